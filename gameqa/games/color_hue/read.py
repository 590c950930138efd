"""Reads a picture back: flat cells and swatches by their colour, others by comparison with drawn ones.

JPEG keeps a flat colour but for the rounding of its brightness and chroma, so that colours are told only up to that.
"""

from functools import lru_cache
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.canvas import Box
from gameqa.draw.reading import Pixels, Templates, crop, pixels, tone

from .render import EDGE, MARGIN, PAPER, SWATCH, SWATCH_AT, cell_side, draw
from .state import LABELS, RGB, SWATCHES, State

SIZES = range(3, 13)
HALF = 14
"""Half the side of the middle of a cell: it lies in blocks of JPEG that touch no line."""
FLAT = 6
"""How far a flat area may be from its median, per channel."""


def read(picture: Pixels) -> dict[str, Any]:
    """Return for each cell its colour, its letter or None for hatched, and the colours of the palette."""
    grid = _board(picture)
    board = [[_cell(picture, grid, row, col) for col in range(grid.cols)] for row in range(grid.rows)]
    labelled = any(isinstance(cell, str) for row in board for cell in row)
    swatches = [_swatch(grid, place) for place in range(len(SWATCHES))]
    if not labelled and any(_flat(picture, box) != _settled((255, 255, 255)) for box in swatches):
        raise ValueError(f"a palette below a board without labelled cells, or no plain {PAPER} there")
    return {"board": board, "palette": [_flat(picture, box) for box in swatches] if labelled else []}


def _board(picture: Pixels) -> Grid:
    """Return the grid: of those as wide as the picture the one whose lines stand out most."""
    grids = [Grid(size, size, cell_side(size), MARGIN, MARGIN) for size in SIZES]
    fitting = [grid for grid in grids if grid.right + EDGE == picture.shape[1]]
    if not fitting:
        raise ValueError(f"no board is {picture.shape[1]} pixels wide")
    return max(fitting, key=lambda grid: _contrast(picture, grid))


def _contrast(picture: Pixels, grid: Grid) -> float:
    """Return by how much the lines between cells are darker than what is beside them, in the mean."""
    lines = [grid.left + col * grid.cell for col in range(1, grid.cols)]
    line, *beside = (picture[grid.top : grid.bottom, [x + off for x in lines]].mean() for off in (0, -3, 3))
    return float(sum(beside) / 2 - line)


def _middle(grid: Grid, row: int, col: int) -> Box:
    x, y = grid.center(row, col)
    return x - HALF, y - HALF, x + HALF, y + HALF


def _cell(picture: Pixels, grid: Grid, row: int, col: int) -> list[int] | str | None:
    box = _middle(grid, row, col)
    return _flat(picture, box) or _signs(grid.cols).match(crop(picture, box))


def _swatch(grid: Grid, place: int) -> Box:
    """Where the middle of a swatch is."""
    x = grid.left + grid.width * (2 * place + 1) // (2 * len(SWATCHES))
    y = grid.bottom + SWATCH_AT + SWATCH[1] // 2
    return x - HALF // 2, y - HALF // 2, x + HALF // 2, y + HALF // 2


def _flat(picture: Pixels, box: Box) -> list[int] | None:
    """Return the colour of a flat area, None when it is not flat."""
    color = tone(picture, box)
    return _settled(color) if abs(crop(picture, box).astype(int) - color).max() <= FLAT else None


@lru_cache(maxsize=4096)
def _settled(color: RGB) -> list[int]:
    """Return the colour that JPEG makes of a flat colour when it is saved again and again.

    Saving turns it into whole steps of brightness and chroma (with the factors of JFIF in 65536ths) and back; the
    steps in which JPEG then keeps the mean of a block are finer than that.
    """
    while True:
        r, g, b = color
        y = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16
        cb = (32768 * b - 11059 * r - 21709 * g + 32767) >> 16
        cr = (32768 * r - 27439 * g - 5329 * b + 32767) >> 16
        red, green, blue = 91881 * cr, -22554 * cb - 46802 * cr, 116130 * cb
        again = [min(max(y + ((part + 32768) >> 16), 0), 255) for part in (red, green, blue)]
        if again == [r, g, b]:
            return again
        color = (again[0], again[1], again[2])


@lru_cache(maxsize=8)
def _signs(size: int) -> Templates[str | None]:
    """What the middle of a cell with each letter, and of a hatched cell, looks like."""
    grid, nothing = Grid(size, size, cell_side(size), MARGIN, MARGIN), ((None,) * size,) * size
    looks: dict[str | None, Pixels] = {None: crop(pixels(draw(State(nothing, ()), Style())), _middle(grid, 0, 0))}
    for letter in LABELS:
        picture = pixels(draw(State(nothing, (), ((letter, (0, 0)),)), Style()))
        looks[letter] = crop(picture, _middle(grid, 0, 0))
    return Templates(looks)


def shown(state: State) -> dict[str, Any]:
    """Return the same of a state."""
    letters = {cell: label for label, cell in state.labels}
    return {
        "board": [
            [_settled(color) if color else letters.get((row, col)) for col, color in enumerate(colors)]
            for row, colors in enumerate(state.board)
        ],
        "palette": [_settled(color) for color in state.palette],
    }


READER: Reader[State] = Reader(
    read=read,
    shown=shown,
    unread="colours that JPEG makes one (two or three steps of 255 apart) count as one; the names and swatches that "
    "questions offer lie far farther apart. Gradients are not listed: they follow from the cells.",
)
