"""The field from the pixels: its shape by the numbers beside it, each cell by the pictures of all it may show."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BLOCK, EDGE, HEIGHT, MARGIN, WIDTH, draw
from .state import COLORS, EMPTY, MOST_COLS, MOST_ROWS, State

_LEFT = (0, 0, MARGIN - 3, EDGE + HEIGHT)
"""The strip with the row numbers."""
_BELOW = (MARGIN, EDGE + HEIGHT + 4, MARGIN + WIDTH, EDGE + HEIGHT + MARGIN)
"""The strip with the column numbers."""


def _drawn(rows: int, cols: int, sign: str = EMPTY) -> Pixels:
    """Return the picture of a field with one sign everywhere."""
    return pixels(draw(State((sign * rows,) * cols), Style()))


@lru_cache(maxsize=1)
def _row_numbers() -> Templates[int]:
    return Templates({rows: crop(_drawn(rows, 1), _LEFT) for rows in range(1, MOST_ROWS + 1)})


@lru_cache(maxsize=1)
def _col_numbers() -> Templates[int]:
    return Templates({cols: crop(_drawn(1, cols), _BELOW) for cols in range(1, MOST_COLS + 1)})


def _box(rows: int, cols: int, row: int, col: int) -> tuple[int, int, int, int]:
    """Return the box of a block; rows count from 1 at the bottom, columns from 1 at the left."""
    wide, high = round(BLOCK * WIDTH / cols), round(BLOCK * HEIGHT / rows)
    left = int(MARGIN + WIDTH * (col - 0.5) / cols - wide / 2)
    top = int(EDGE + HEIGHT * (1 - (row - 0.5) / rows) - high / 2)
    return left, top, left + wide, top + high


@lru_cache(maxsize=64)
def _blocks(rows: int, cols: int) -> Templates[str]:
    """Return a cell with every sign."""
    box = _box(rows, cols, 1, 1)
    return Templates({sign: crop(_drawn(rows, cols, sign), box) for sign in (*COLORS, EMPTY)})


def read(picture: Pixels) -> Json:
    """Return the field as plain JSON, as a state gives it."""
    rows = _row_numbers().match(crop(picture, _LEFT))
    cols = _col_numbers().match(crop(picture, _BELOW))
    blocks = _blocks(rows, cols)
    columns = [
        "".join(blocks.match(crop(picture, _box(rows, cols, row, col))) for row in range(1, rows + 1))
        for col in range(1, cols + 1)
    ]
    return State(tuple(columns)).to_json()


READER = Reader[State](read=read, shown=State.to_json)
