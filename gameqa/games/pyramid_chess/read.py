"""The balls of Pyramid Chess from their picture: slot by slot off the panels.

The size of the board is told by the x digits below the panels. Then the board read is drawn anew, and the drawing in
space has to look alike: so both parts show the same balls, as far as balls in front leave them visible.
"""

from functools import lru_cache

import numpy as np

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import CELL, HEIGHT, LABELS, LEGEND_LINE, NARROWEST, PANEL_BOTTOM, WIDTH, draw
from .state import SUPPLY, Slot, State, slots

DIGITS = (0, PANEL_BOTTOM + 3, WIDTH, PANEL_BOTTOM + 28)
"""The line of x digits below the panels."""
SPACE = (0, LEGEND_LINE + 20, WIDTH, HEIGHT)
"""The drawing in space."""
PATCH, UNLIKE = 8, 25.0
"""Both drawings are compared by the means of patches of so many pixels; so much difference is too much."""


def _panels(size: int) -> list[Grid]:
    """Return the grids of the levels: all of one cell size, on one bottom line, evenly spread."""
    cell = CELL[size]
    widths = [max(cell * count, NARROWEST) for count in range(size, 0, -1)]
    gap = (WIDTH - sum(widths) - LABELS * size) // (size + 1)
    grids, left = list[Grid](), gap
    for level, width in enumerate(widths):
        count = size - level
        left += LABELS
        grids.append(Grid(count, count, cell, left + (width - cell * count) // 2, PANEL_BOTTOM - cell * count))
        left += width + gap
    return grids


def _slot(picture: Pixels, size: int, slot: Slot) -> Pixels:
    """Return the inside of a slot's cell: x grows to the right, y upward."""
    grid = _panels(size)[slot.level]
    return crop(picture, grid.box(grid.rows - 1 - slot.y, slot.x, 2))


@lru_cache(maxsize=1)
def _sizes() -> Templates[int]:
    """Return the line of x digits for every size."""
    return Templates({size: crop(pixels(draw(State(size, 0, 0), Style())), DIGITS) for size in SUPPLY})


@lru_cache(maxsize=len(SUPPLY))
def _marks(size: int) -> Templates[str]:
    """Return a cell for each mark, off a picture with a blue and a red ball in the first two slots."""
    picture = pixels(draw(State(size, 0b01, 0b10), Style()))
    return Templates({mark: _slot(picture, size, slots(size)[at]) for at, mark in enumerate(("P0", "P1", "--"))})


def _unlike(picture: Pixels, other: Pixels) -> float:
    """Return the largest difference between two drawings in space, of the mean colours of one patch."""
    part = crop(picture, SPACE).astype(np.float32) - crop(other, SPACE)
    height, width = part.shape[0] // PATCH, part.shape[1] // PATCH
    patches = part[: height * PATCH, : width * PATCH].reshape(height, PATCH, width, PATCH, 3)
    return float(np.abs(patches.mean(axis=(1, 3))).max())


def read(picture: Pixels) -> list[str]:
    """Return the marks of all slots, level by level, by x and then y."""
    if picture.shape[:2] != (HEIGHT, WIDTH):
        raise ValueError(f"a picture of Pyramid Chess has {WIDTH} x {HEIGHT} pixels")
    size = _sizes().match(crop(picture, DIGITS))
    found = [_marks(size).match(_slot(picture, size, slot)) for slot in slots(size)]
    blue, red = (sum(1 << at for at, one in enumerate(found) if one == mark) for mark in ("P0", "P1"))
    if _unlike(picture, pixels(draw(State(size, blue, red), Style()))) > UNLIKE:
        raise ValueError("the drawing in space does not show the balls of the panels")
    return found


def shown(state: State) -> list[str]:
    """Return the same marks from the state."""
    return [mark for rows in state.levels() for row in rows for mark in row]


READER = Reader[State](read=read, shown=shown)
