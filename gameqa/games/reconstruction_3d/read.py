"""Reads the structure from the layers pulled apart, the targets, and the number in the box.

All tops of a layer lie in one plane, which no side of a voxel crosses: the middle of a top has the colour of tops only
where the voxel is there. The assembled drawing is compared with a drawing of what the layers show.
"""

from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from gameqa.core.audit import Reader
from gameqa.draw import Style
from gameqa.draw.reading import Pixels, Templates, crop, nearest, pixels, tone

from . import rules
from .render import ASSEMBLED, DARK, HEIGHT, LIGHT, NOTE, PAPER, VOXEL, WIDTH, _layer, _targets, draw
from .state import State

STYLE = Style()
MOST_LEFT = 26
"""More voxels than that never have room."""
TOP_RADIUS, CELL_RADIUS = 3, 15
"""Half the sides of the squares that are read in the middle of a top and of a target's cell."""
BLOCK, MOST = 8, 45.0
"""Side of the blocks in which two drawings are compared, and the greatest difference of their mean colours."""
TARGETS = ("target_yz_projection", "target_xz_projection")
"""In the order of their drawings."""


@lru_cache(1)
def budgets() -> Templates[int]:
    """Return how the box looks for each number of voxels left to add."""
    return Templates({number: crop(drawing(State(1, 0, number)), NOTE) for number in range(MOST_LEFT + 1)})


def drawing(state: State) -> Pixels:
    """Return a picture as the game draws it."""
    return pixels(draw(state, STYLE))


def square(x: float, y: float, radius: int) -> tuple[float, float, float, float]:
    """Return the box around a point."""
    return x - radius, y - radius, x + radius, y + radius


def filled(picture: Pixels, x: int, y: int, z: int) -> bool:
    """Tell whether a layer shows a voxel in a cell."""
    middle = _layer(STYLE, z - 1).project(x - 0.5, y - 0.5, 1)
    seen = tone(picture, square(*middle, TOP_RADIUS))
    return nearest(seen, {"top": VOXEL.top, "left": VOXEL.left, "right": VOXEL.right, "paper": PAPER}, 90) == "top"


def agree(one: Pixels, other: Pixels) -> bool:
    """Tell whether two drawings have about the same colours, block by block."""
    difference = one.astype(np.int32) - other
    high, wide = (length // BLOCK * BLOCK for length in difference.shape[:2])
    blocks = difference[:high, :wide].reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK, 3).mean(axis=(1, 3))
    return bool(np.abs(blocks).max() <= MOST)


def target(picture: Pixels, number: int) -> list[list[int]]:
    """Return the rows of a target, bottom layer first."""
    grid, colors = _targets(STYLE)[number], {1: DARK, 0: LIGHT}

    def cell(row: int, col: int) -> int:
        return nearest(tone(picture, square(*grid.center(row, col), CELL_RADIUS)), colors)

    return [[cell(row, col) for col in range(3)] for row in (2, 1, 0)]


def read(picture: Pixels) -> dict[str, Any]:
    """Return the state as JSON; ValueError when the two drawings of the structure differ."""
    if picture.shape != (HEIGHT, WIDTH, 3):
        raise ValueError(f"the picture should have {WIDTH} x {HEIGHT} pixels")
    voxels = [(x, y, z) for x, y, z in product((1, 2, 3), repeat=3) if filled(picture, x, y, z)]
    if not agree(crop(picture, ASSEMBLED), crop(drawing(State(rules.mask(voxels), 0, 0)), ASSEMBLED)):
        raise ValueError(f"the assembled structure is not that of the layers, {voxels}")
    return {
        "voxel_positions": voxels,
        **{name: target(picture, number) for number, name in enumerate(TARGETS)},
        "remaining_voxels": budgets().match(crop(picture, NOTE)),
    }


READER = Reader[State](
    read=read,
    shown=State.to_json,
    unread="Of the assembled drawing it is only told whether it shows what the layers show: it hides voxels, and the "
    "layers hide none, so that no question needs more.",
)
