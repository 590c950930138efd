"""Reads the board and the removed pieces: the fill of each cell, and in it the number by comparison.

The board's size comes from the column numbers below it. How the removed pieces divide their strip into cells follows
from its extent; where several ways are possible, each is drawn, and the one nearest to the picture is right.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from gameqa.core.audit import Reader
from gameqa.draw import Canvas, Grid, Style, column_labels
from gameqa.draw.reading import Pixels, Templates, crop, nearest, pixels, tone

from .render import (
    BOARD,
    HEIGHT,
    LABEL,
    LABEL_GAP,
    LABEL_SPACE,
    MARGIN,
    PAPER,
    SMALLEST,
    THICK,
    TITLE_SPACE,
    WIDTH,
    _look,
    draw,
)
from .state import COLORS, Shape, State

Numbers = list[list[int]]
Box = tuple[int, int, int, int]

SIZES = range(2, 11)
NUMBERS = dict(enumerate(COLORS.values(), 1))
FILLS = {0: PAPER, **NUMBERS}
INSET = 3
"""So much of a cell's edges is left out, where lines lie."""
DARK = 200
"""Below this a pixel is not paper; hatching is lighter, but has no room among the removed pieces."""


@lru_cache(256)
def glyphs(fill: int, side: int) -> Templates[int]:
    """Return how each number looks in a cell with the fill of a piece."""
    color, ink = _look(fill)

    def cell(number: int) -> Pixels:
        canvas = Canvas(side, side, color)
        canvas.text((side / 2, side / 2), str(number), max(16, round(side * 0.42)), ink, color)
        return crop(pixels(canvas.image), (INSET, INSET, side - INSET, side - INSET))

    return Templates({number: cell(number) for number in NUMBERS})


def number(picture: Pixels, box: Box) -> int:
    """Return the number of a cell, 0 where there is none; ValueError when its colour is that of another number."""
    left, top, right, bottom = box
    inner = (left + INSET, top + INSET, right - INSET, bottom - INSET)
    fill = nearest(tone(picture, inner), FILLS)
    told = glyphs(fill, right - left).match(crop(picture, inner)) if fill else 0
    if told != fill:
        raise ValueError(f"number {told} stands on the colour of number {fill}")
    return told


@lru_cache(32)
def strip(size: int, width: int) -> Pixels:
    """Return the strip below a board of a size in a picture of a width."""
    canvas = Canvas(width, LABEL_SPACE, PAPER)
    cell = BOARD // size
    # Its lines reach into the strip; the board itself lies above.
    grid = Grid(size, size, cell, (width - cell * size) // 2, -cell * size)
    column_labels(canvas, grid, range(size), LABEL, LABEL_GAP, below=True)
    return pixels(canvas.image)[THICK:]


def board_size(picture: Pixels) -> int:
    """Return the size of the board whose column numbers stand in the picture."""
    width = picture.shape[1]

    def error(size: int) -> float:
        top = TITLE_SPACE + BOARD // size * size
        seen = crop(picture, (0, top + THICK, width, top + LABEL_SPACE))
        return float(((seen.astype(np.int32) - strip(size, width)) ** 2).mean())

    return min(SIZES, key=error)


def extent(picture: Pixels, top: int) -> Box:
    """Return the box of all that is drawn below a line."""
    drawn = picture[top:].min(axis=2) < DARK
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        raise ValueError("no removed pieces are drawn")
    return int(columns[0]), top + int(rows[0]), int(columns[-1]) + 1, top + int(rows[-1]) + 1


def divisions(picture: Pixels, size: int) -> Iterator[Grid]:
    """Yield the grids of cells that the removed pieces may lie in."""
    side = BOARD // size
    tray = TITLE_SPACE + side * size + LABEL_SPACE + TITLE_SPACE
    left, top, right, bottom = extent(picture, tray - THICK)
    for high in range(1, size + 1):
        for wide in range(1, 3 * size + 3):
            fit = min((WIDTH - 2 * MARGIN) // wide, (HEIGHT - MARGIN - tray) // high)
            cell = max(SMALLEST, min(side, fit))
            if abs(cell * wide - (right - left)) <= 4 and abs(cell * high - (bottom - top)) <= 4:
                yield Grid(high, wide, cell, (picture.shape[1] - cell * wide) // 2, tray)


def pieces(picture: Pixels, grid: Grid) -> dict[int, Shape]:
    """Return the removed pieces by number, from left to right; ValueError when the grid cannot be theirs."""
    columns = [[number(picture, grid.box(row, col)) for row in range(grid.rows)] for col in range(grid.cols)]
    found: dict[int, Shape] = {}
    start = 0
    for end in [col for col, column in enumerate(columns) if not any(column)] + [grid.cols]:
        rows = [row for row in zip(*columns[start:end], strict=True) if any(row)]
        names = {one for row in rows for one in row} - {0}
        if len(names) != 1:
            raise ValueError(f"one piece has the numbers {names}")
        found[names.pop()] = tuple(tuple(int(one > 0) for one in row) for row in rows)
        start = end + 1
    return found


def read(picture: Pixels) -> dict[str, Any]:
    """Return the state as JSON."""
    size = board_size(picture)
    cell = BOARD // size
    board = Grid(size, size, cell, (picture.shape[1] - cell * size) // 2, TITLE_SPACE)
    rows = tuple(tuple(number(picture, board.box(row, col)) for col in range(size)) for row in range(size))
    errors: list[tuple[float, State]] = []
    for grid in divisions(picture, size):
        try:
            shown = pieces(picture, grid)
        except ValueError:
            continue
        state = State(rows, tuple(shown), tuple(shown.values()))
        drawn = pixels(draw(state, Style()))
        if drawn.shape == picture.shape:
            errors.append((float(((drawn.astype(np.int32) - picture) ** 2).mean()), state))
    if not errors:
        raise ValueError("the removed pieces cannot be read")
    return min(errors, key=lambda pair: pair[0])[1].to_json()


READER = Reader[State](read=read, shown=State.to_json)
