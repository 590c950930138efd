"""The board from its picture: the size from the side, each cell from the colour of its inside."""

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid
from gameqa.draw.reading import Pixels, nearest, tone

from .render import BLOCK, BOARD, CELL, EMPTY, MARGIN, PIECE
from .state import LEAST, MOST, State

FILL = {0: EMPTY, 1: BLOCK, 2: PIECE}


def _read(picture: Pixels) -> Json:
    """Return the rows of the board, as in the state."""
    sides = {size: 2 * MARGIN + size * CELL.get(size, BOARD // size) for size in (*range(LEAST, MOST + 1), *CELL)}
    size = next((size for size in reversed(sides) if sides[size] == picture.shape[0] == picture.shape[1]), None)
    if size is None:
        raise ValueError(f"no board makes a picture of {picture.shape[1]} x {picture.shape[0]} pixels")
    grid = Grid(size, size, CELL.get(size, BOARD // size), MARGIN, MARGIN)
    inset = grid.cell // 5
    return [[nearest(tone(picture, grid.box(row, col, inset)), FILL) for col in range(size)] for row in range(size)]


READER = Reader[State](read=_read, shown=lambda state: state.grid())
