"""The board of Minesweeper from its picture.

The size is the one whose inner grid lines are darkest; cells and the header are matched with those of reference
pictures.
"""

from functools import lru_cache
from math import isqrt
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BOARD, EDGE, HEADER, HEADER_SIZE, LEFT, MARGIN, TOP, draw
from .state import FLAG, HIDDEN, State

SIZES = (4, 5, 6)
MOST = 15
"""The largest mine total that is looked for; boards of these sizes have 10 at most."""
HEAD = (LEFT, HEADER - HEADER_SIZE, LEFT + 9 * HEADER_SIZE, HEADER + HEADER_SIZE)
"""The header line, wide enough for two digits."""


def _grid(size: int) -> Grid:
    return Grid(size, size, isqrt(BOARD * BOARD // size**2), LEFT, TOP)


@lru_cache(maxsize=1)
def _heads() -> Templates[int]:
    """Return the header line for every mine total."""
    blank = ((0,) * 4,) * 4
    return Templates({mines: crop(pixels(draw(State(mines, blank), Style())), HEAD) for mines in range(1, MOST + 1)})


@lru_cache(maxsize=len(SIZES))
def _cells(size: int) -> Templates[int]:
    """Return the inside of a cell for everything that it may show."""
    values = [HIDDEN, FLAG, *range(9)]
    flat = [*values, *[0] * (size * size - len(values))]
    board = tuple(tuple(flat[start : start + size]) for start in range(0, size * size, size))
    picture = pixels(draw(State(1, board), Style()))
    grid = _grid(size)
    return Templates({value: crop(picture, grid.box(*divmod(at, size), EDGE)) for at, value in enumerate(values)})


def _size(picture: Pixels) -> int:
    """Return the number of rows and columns; ValueError when no board has a picture of this size."""
    brightness = dict[int, float]()
    for size in SIZES:
        grid = _grid(size)
        if picture.shape[:2] == (grid.bottom + MARGIN, grid.right + MARGIN):
            board = crop(picture, grid.frame)
            inner = range(grid.cell, grid.width, grid.cell)
            brightness[size] = float((board[inner, :].mean() + board[:, inner].mean()) / 2)
    if not brightness:
        raise ValueError(f"no board has a picture of {picture.shape[1]} x {picture.shape[0]} pixels")
    return min(brightness, key=brightness.__getitem__)


def read(picture: Pixels) -> dict[str, Any]:
    """Return the mine total and what every cell shows."""
    size = _size(picture)
    grid, cells = _grid(size), _cells(size)
    board = [[cells.match(crop(picture, grid.box(row, col, EDGE))) for col in range(size)] for row in range(size)]
    return {"mines": _heads().match(crop(picture, HEAD)), "board": board}


READER = Reader[State](
    read=read,
    shown=lambda state: {"mines": state.mines, "board": [list(row) for row in state.board]},
)
