"""Each cell by comparing it with cells that the game drew itself; the board size is the one whose cells fit best."""

from functools import lru_cache
from typing import get_args

import numpy as np

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Canvas, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BACK, SIDE, TEXT, YELLOW, _grid, draw
from .state import FACES, Direction, State, bit, ring

SIZES = (16, 18, 20)
SCORE_BOX = (30, 3, 150, 24)
"""The line of the score above the column numbers, as far as `Score: 999` reaches."""


@lru_cache(maxsize=len(SIZES))
def _templates(size: int) -> Templates[str]:
    """Return a cell of each kind by its sign in texts, cut out of pictures that the game drew."""
    grid, patches = _grid(size, Style()), dict[str, Pixels]()
    places = {"": (1, 1), "P": (1, 3), "B": (1, 5), "o": (3, 3), ".": (3, 5), "#": (0, 3)}
    directions: tuple[Direction, ...] = get_args(Direction)
    for direction in directions:
        beans = bit(places["o"], size)
        picture = pixels(draw(State(size, ring(size), beans, (1, 1), direction, (1, 3), (1, 5)), Style()))
        for sign, place in places.items():
            patches[sign or FACES[direction]] = crop(picture, grid.box(*place, inset=1))
    return Templates(patches)


@lru_cache(maxsize=1)
def _scores() -> Templates[int]:
    """Return the line of the score for every score that a board allows."""
    patches: dict[int, Pixels] = {}
    for score in range(18 * 18 - 2):
        canvas = Canvas(SIDE, 30, BACK)
        canvas.text((30, 13), f"Score: {score}", TEXT, YELLOW, BACK, "lm")
        patches[score] = crop(pixels(canvas.image), SCORE_BOX)
    return Templates(patches)


def _misfit(picture: Pixels, size: int) -> float:
    """Return how much the cells of the two outer rings differ from known ones."""
    grid, templates = _grid(size, Style()), _templates(size)
    parts = [crop(picture, grid.box(row, col, inset=1)) for row in (0, 1, size - 1) for col in range(size)]
    return sum(float(((templates.patches - part.astype(np.int32)) ** 2).mean((1, 2, 3)).min()) for part in parts) / size


def _read(picture: Pixels) -> Json:
    """Return score and board, one sign for each cell."""
    if picture.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"a picture has {SIDE} x {SIDE} pixels")
    size = min(SIZES, key=lambda size: _misfit(picture, size))
    grid, templates = _grid(size, Style()), _templates(size)
    board = [
        [templates.match(crop(picture, grid.box(row, col, inset=1)), 4000) for col in range(size)]
        for row in range(size)
    ]
    return [_scores().match(crop(picture, SCORE_BOX), 4000), board]


READER = Reader[State](read=_read, shown=lambda state: [state.score, state.rows()])
