"""Reads the board from a picture: each cell is the piece of a drawn example that it resembles most."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import CELLS, LINE, MARGIN, draw
from .state import SIZES, State

EXAMPLES = (("#####", "#BT*#", "#P.##", "#...#", "#####"), ("#####", "#+B.#", "#...#", "#...#", "#####"))
"""Small boards that show all pieces; `_example` makes them larger."""
SIGNS = ".#BT*P+"


def _example(rows: tuple[str, ...], height: int, width: int) -> State:
    """Return an example with floor added at the right and at the bottom."""
    inner = [row[1:-1].ljust(width - 2, ".") for row in rows[1:-1]]
    inner += ["." * (width - 2)] * (height - 2 - len(inner))
    lines = ["#" * width, *(f"#{row}#" for row in inner), "#" * width]
    return State.of(tuple(tuple(map(SIGNS.index, line)) for line in lines))


def _grid(picture: Pixels) -> Grid:
    """Return where the cells lie; ValueError when no board has a picture of this size."""
    height, width = picture.shape[:2]
    smallest = 1
    for most, cell in CELLS:
        rows, cols = (height - MARGIN) // cell, (width - MARGIN) // cell
        fits = (rows * cell + MARGIN, cols * cell + MARGIN) == (height, width)
        if fits and smallest <= rows * cols <= most and all(SIZES[0] <= n <= SIZES[1] for n in (rows, cols)):
            return Grid(rows, cols, cell, MARGIN, MARGIN)
        smallest = most + 1
    raise ValueError(f"no board has a picture of {width} x {height} pixels")


@lru_cache(maxsize=16)
def _pieces(grid: Grid) -> Templates[int]:
    """Return what each code looks like inside the lines of a cell."""
    found: dict[int, Pixels] = {}
    for rows in EXAMPLES:
        state = _example(rows, grid.rows, grid.cols)
        picture = pixels(draw(state, Style()))
        for r, line in enumerate(state.grid):
            for c, code in enumerate(line):
                found.setdefault(code, crop(picture, grid.box(r, c, LINE)))
    return Templates(found)


def read(picture: Pixels) -> Json:
    """Return the codes of all cells, row by row."""
    grid = _grid(picture)
    pieces = _pieces(grid)
    return [[pieces.match(crop(picture, grid.box(r, c, LINE))) for c in range(grid.cols)] for r in range(grid.rows)]


READER = Reader[State](read=read, shown=lambda state: state.to_json()["grid"])
