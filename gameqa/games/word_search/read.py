"""Reads a picture back: each cell is compared with the 26 letters of pictures drawn for the purpose."""

from functools import lru_cache
from string import ascii_uppercase

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import MARGIN, cell_side, draw, header_side
from .state import State

INSET = 3
"""Pixels at the border of a cell that are left out, for the lines."""


def read(picture: Pixels) -> list[str]:
    """Return the letters, one string a row."""
    width = picture.shape[1]
    grid = next((g for g in map(_grid, range(2, len(ascii_uppercase))) if g.right + MARGIN == width), None)
    if grid is None:
        raise ValueError(f"no grid is {width} pixels wide")
    letters = _letters(grid.rows)
    return [
        "".join(letters.match(crop(picture, grid.box(row, col, INSET))) for col in range(grid.cols))
        for row in range(grid.rows)
    ]


def _grid(size: int) -> Grid:
    corner = MARGIN + header_side(size)
    return Grid(size, size, cell_side(size), corner, corner)


@lru_cache(maxsize=8)
def _letters(size: int) -> Templates[str]:
    """What a cell with each letter looks like."""
    grid = _grid(size)
    looks: dict[str, Pixels] = {}
    for first in range(0, len(ascii_uppercase), size):
        row = ascii_uppercase[first : first + size]
        picture = pixels(draw(State((row.ljust(size, "A"),) * size), Style()))
        looks |= {letter: crop(picture, grid.box(0, col, INSET)) for col, letter in enumerate(row)}
    return Templates(looks)


def shown(state: State) -> list[str]:
    """Return the letters of a state, one string a row."""
    return list(state.grid)


READER: Reader[State] = Reader(read=read, shown=shown)
