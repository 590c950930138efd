"""The board of TicTacToe from its picture: a cell is read as the reference cell (free, O or X) that is most like it."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import CELL, LINE, MARGIN, SIDE, draw
from .state import State, rows

GRID = Grid(3, 3, CELL, MARGIN, MARGIN)


@lru_cache(maxsize=1)
def _cells() -> Templates[str]:
    """Return the inside of a cell for each mark, off a picture whose first row holds O, X and nothing."""
    picture = pixels(draw(State("OX       "), Style()))
    return Templates({mark: crop(picture, GRID.box(0, col, LINE)) for col, mark in enumerate("OX ")})


def read(picture: Pixels) -> list[str]:
    """Return the marks of each row."""
    if picture.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"a picture of TicTacToe has {SIDE} pixels a side")
    cells = _cells()
    return ["".join(cells.match(crop(picture, GRID.box(row, col, LINE))) for col in range(3)) for row in range(3)]


READER = Reader[State](read=read, shown=lambda state: rows(state.board))
