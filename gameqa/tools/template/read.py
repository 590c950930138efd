"""Reads the board back from the picture, for the audit: its size by that of the picture, then the colours of cells."""

from gameqa.core.audit import Reader
from gameqa.draw import Grid
from gameqa.draw.reading import Pixels, nearest, tone

from .generate import LEVELS
from .render import BLUE, BOARD, EDGE, MARGIN
from .state import State


def _read(picture: Pixels) -> list[list[int]]:
    """Return the board; ValueError when the picture is none of a level's size."""
    for params in LEVELS.values():
        grid = Grid(params.size, params.size, BOARD // params.size, MARGIN, MARGIN)
        if picture.shape[1] == grid.right + EDGE:
            cells = range(params.size)
            return [[nearest(tone(picture, grid.box(r, c, 8)), {0: "#FFFFFF", 1: BLUE}) for c in cells] for r in cells]
    raise ValueError(f"no board is {picture.shape[1]} pixels wide")


def _shown(state: State) -> list[list[int]]:
    return [list(row) for row in state.board]


READER = Reader(read=_read, shown=_shown)
