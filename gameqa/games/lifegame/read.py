"""The board from the pixels: its size by the picture's size, each cell by the colour in its middle."""

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid
from gameqa.draw.reading import Pixels, nearest, tone

from .render import ALIVE, CELL, DEAD, FAR, NEAR
from .state import State

_SIZES = {NEAR + size * cell + FAR: size for size, cell in CELL.items()}
"""Sizes of boards by the sides of their pictures."""


def read(picture: Pixels) -> Json:
    """Return the cells, 1 where alive; ValueError when the picture has no side of a board."""
    height, width = picture.shape[:2]
    if height != width or width not in _SIZES:
        raise ValueError(f"a picture of {width} x {height} pixels is none of {list(_SIZES)}")
    size = _SIZES[width]
    grid = Grid(size, size, CELL[size], NEAR, NEAR)
    colors = {0: DEAD, 1: ALIVE}
    cells = [
        [nearest(tone(picture, grid.box(row, col, grid.cell // 4)), colors) for col in range(size)]
        for row in range(size)
    ]
    return {"grid": cells}


READER = Reader[State](read=read, shown=State.to_json)
