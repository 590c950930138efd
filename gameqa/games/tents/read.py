"""Reads a picture back: signs and blue numbers are compared with those of pictures drawn for the purpose."""

from functools import lru_cache
from typing import Any

from gameqa.core.audit import Reader
from gameqa.core.grids import Cell
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BAND, BOARD, COUNT, EDGE, MARGIN, draw
from .state import LARGEST, State

STYLE = Style()
MOST = LARGEST // 2
"""The largest blue number: tents do not touch, so that at most every second cell of a line holds one."""


def read(picture: Pixels) -> dict[str, Any]:
    """Return trees, tents and the finished numbers of tents of rows and columns."""
    size = _size(picture)
    grid = _grid(size)
    signs, counts = _signs(size), _counts(size)
    cells = [(row, col) for row in range(size) for col in range(size)]
    held = {cell: signs.match(crop(picture, grid.box(*cell, 2))) for cell in cells}
    return {
        "trees": [list(cell) for cell, sign in held.items() if sign == "T"],
        "tents": [list(cell) for cell, sign in held.items() if sign == "A"],
        "row_counts": [counts[0].match(crop(picture, _count_box(grid, row, 0))) for row in range(size)],
        "col_counts": [counts[1].match(crop(picture, _count_box(grid, col, 1))) for col in range(size)],
    }


def _size(picture: Pixels) -> int:
    """Return the number of rows and columns: the most of those for which there is a line wherever there should be."""
    for size in range(LARGEST, 0, -1):
        grid = _grid(size)
        if grid.right + EDGE == picture.shape[1] and all(_line_at(picture, grid, col) for col in range(1, size)):
            return size
    raise ValueError(f"no square grid is {picture.shape[1]} pixels wide")


def _line_at(picture: Pixels, grid: Grid, col: int) -> bool:
    """Whether the left border of a column is darker than what is beside it."""
    x = grid.left + col * grid.cell
    line, *beside = (picture[grid.top : grid.bottom, at].mean() for at in (x, x - 3, x + 3))
    return line + 30 < min(beside)


def _grid(size: int) -> Grid:
    return Grid(size, size, BOARD // size, MARGIN, MARGIN)


def _count_box(grid: Grid, number: int, unit: int) -> tuple[int, int, int, int]:
    """Where the blue number of a row (unit 0) or a column (unit 1) is printed."""
    low, high = EDGE // 2, EDGE // 2 + BAND
    left, top, right, bottom = grid.box(number, number)
    spare = (grid.cell - COUNT) // 2 - 2
    return (low, top + spare, high, bottom - spare) if unit == 0 else (left, low, right, high)


@lru_cache(maxsize=8)
def _signs(size: int) -> Templates[str]:
    """What a cell with a tree, with a tent, and without either looks like."""
    grid, zeros = _grid(size), (0,) * size
    looks: dict[str, Pixels] = {}
    held: dict[str, tuple[tuple[Cell, ...], tuple[Cell, ...]]] = {
        "T": (((0, 0),), ()),
        "A": ((), ((0, 0),)),
        "": ((), ()),
    }
    for sign, (trees, tents) in held.items():
        picture = pixels(draw(State(size, size, trees, tents, zeros, zeros), STYLE))
        looks[sign] = crop(picture, grid.box(0, 0, 2))
    return Templates(looks)


@lru_cache(maxsize=8)
def _counts(size: int) -> tuple[Templates[int], Templates[int]]:
    """What each number looks like beside a row and above a column."""
    grid = _grid(size)
    drawn = {n: pixels(draw(State(size, size, (), (), (n,) * size, (n,) * size), STYLE)) for n in range(MOST + 1)}
    rows, cols = ({n: crop(drawn[n], _count_box(grid, 0, unit)) for n in drawn} for unit in (0, 1))
    return Templates(rows), Templates(cols)


def shown(state: State) -> dict[str, Any]:
    """Return the same of a state."""
    return {
        "trees": [list(cell) for cell in state.trees],
        "tents": [list(cell) for cell in state.tents],
        "row_counts": list(state.row_counts),
        "col_counts": list(state.col_counts),
    }


READER: Reader[State] = Reader(read=read, shown=shown)
