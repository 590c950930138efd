"""The board from pixels: every square against squares drawn by the game itself."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.canvas import Box
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BOTTOM, CELL, LEFT, RIGHT, TOP, draw
from .state import KINDS, SIDE, State

GRID = Grid(SIDE, SIDE, CELL, LEFT, TOP)
SIZE = (GRID.bottom + BOTTOM, GRID.right + RIGHT)
"""Height and width of a picture."""


def _inside(row: int, column: int) -> Box:
    """Return the box of a square without its border, so that no frame comes near."""
    left, top, right, bottom = GRID.box(row, column)
    return left + 4, top + 4, right - 4, bottom - 4


@lru_cache(maxsize=2)
def _squares(dark: bool) -> Templates[str]:
    """Return what a light or dark square looks like, empty and with every kind of piece."""
    boards = {kind: pixels(draw(State(kind * SIDE**2), Style())) for kind in (".", *KINDS)}
    return Templates({kind: crop(board, _inside(0, int(dark))) for kind, board in boards.items()})


def _read(picture: Pixels) -> list[str]:
    if picture.shape[:2] != SIZE:
        raise ValueError(f"a board is drawn with {SIZE[1]} x {SIZE[0]} pixels, not {picture.shape[1::-1]}")
    return [
        "".join(_squares((row + column) % 2 == 1).match(crop(picture, _inside(row, column))) for column in range(SIDE))
        for row in range(SIDE)
    ]


def _shown(state: State) -> list[str]:
    return state.rows


READER = Reader(read=_read, shown=_shown)
