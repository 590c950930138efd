"""The board and the ant from the pixels: the size by the row numbers, each cell by the pictures of all it may show."""

from functools import lru_cache
from typing import get_args

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BOARD, MARGIN, SIDE, draw
from .state import Ant, Facing, State

_SIZES = range(3, 21)
"""Sizes that are told apart."""
_NUMBERS = (0, 0, MARGIN - 6, SIDE)
"""The strip with the row numbers."""
_INSET = 3
"""Pixels next to the lines that are left out of a cell."""
_FACINGS: tuple[Facing, ...] = get_args(Facing)


def _drawn(size: int, color: int, facing: Facing) -> Pixels:
    """Return the picture of a board of one colour with the ant on (0, 0)."""
    return pixels(draw(State(((color,) * size,) * size, Ant(0, 0, facing)), Style()))


@lru_cache(maxsize=1)
def _strips() -> Templates[int]:
    return Templates({size: crop(_drawn(size, 0, "up"), _NUMBERS) for size in _SIZES})


def _grid(size: int) -> Grid:
    return Grid(size, size, BOARD // size, MARGIN, MARGIN)


@lru_cache(maxsize=len(_SIZES))
def _cells(size: int) -> Templates[tuple[int, Facing | None]]:
    """Return a cell of either colour without the ant and with it in each facing."""
    grid, patches = _grid(size), dict[tuple[int, Facing | None], Pixels]()
    for color in (0, 1):
        for facing in _FACINGS:
            picture = _drawn(size, color, facing)
            patches[color, facing] = crop(picture, grid.box(0, 0, _INSET))
            patches[color, None] = crop(picture, grid.box(1, 1, _INSET))
    return Templates(patches)


def read(picture: Pixels) -> Json:
    """Return the board and the ant; ValueError unless there is just one."""
    size = _strips().match(crop(picture, _NUMBERS))
    grid, cells = _grid(size), _cells(size)
    seen = [[cells.match(crop(picture, grid.box(x, y, _INSET))) for y in range(size)] for x in range(size)]
    ants = [
        {"x": x, "y": y, "direction": facing}
        for x, row in enumerate(seen)
        for y, (_, facing) in enumerate(row)
        if facing is not None
    ]
    if len(ants) != 1:
        raise ValueError(f"there must be one ant, not {len(ants)}")
    return {"grid": [[color for color, _ in row] for row in seen], "ant": ants[0]}


READER = Reader[State](read=read, shown=State.to_json)
