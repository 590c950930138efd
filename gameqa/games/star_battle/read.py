"""Reads a picture back: regions by the fill along the upper edge of each cell, stars by the ink in its middle.

The legend is scanned for swatches, line by line, for the colours of the regions in the order of their numbers.
"""

from itertools import groupby
from typing import Any

import numpy as np

from gameqa.core.audit import Reader
from gameqa.draw import Grid
from gameqa.draw.reading import Pixels, crop, nearest, tone

from .render import EDGE, LINE, MARGIN, THICK, cell_side
from .state import COLORS, State

STAR = ""
"""Key of the black of a star among the names of colours."""
SWATCH = 20
"""Side of a swatch; the lines of the legend are half of it apart."""


def read(picture: Pixels) -> dict[str, Any]:
    """Return the region of each cell, the stars, and the colours of the regions."""
    width = picture.shape[1]
    size = next((n for n in range(4, len(COLORS) + 1) if MARGIN + n * cell_side(n) + EDGE == width), None)
    if size is None:
        raise ValueError(f"no board is {width} pixels wide")
    grid = Grid(size, size, cell_side(size), MARGIN, MARGIN)
    colors = _legend(picture, grid)
    if len(colors) != size or len(set(colors)) != size:
        raise ValueError(f"the legend shows {colors} for {size} regions")
    known = {name: COLORS[name] for name in colors}
    regions, stars = [[-1] * size for _ in range(size)], list[list[int]]()
    for row in range(size):
        for col in range(size):
            left, top, right, _ = grid.box(row, col, THICK)
            regions[row][col] = colors.index(nearest(tone(picture, (left, top, right, top + grid.cell // 10)), known))
            middle = grid.box(row, col, grid.cell * 7 // 16)
            if nearest(tone(picture, middle), {STAR: LINE} | known, 90) == STAR:
                stars.append([row, col])
    return {"regions": regions, "stars": stars, "colors": colors}


def _legend(picture: Pixels, grid: Grid) -> list[str]:
    """Return the names of the colours of the swatches."""
    colors: list[str] = []
    for top in range(grid.bottom + EDGE, picture.shape[0] - SWATCH, SWATCH * 3 // 2):
        band = crop(picture, (0, top + SWATCH // 4, picture.shape[1], top + SWATCH * 3 // 4))
        names = [_name((int(r), int(g), int(b))) for r, g, b in np.median(band, axis=0)]
        runs = [(name, len(list(run))) for name, run in groupby(names)]
        colors += [name for name, length in runs if name and length > SWATCH // 2]
    return colors


def _name(color: tuple[int, int, int]) -> str:
    """Return the name of a colour of the palette, nothing for any other colour."""
    try:
        return nearest(color, COLORS, 45)
    except ValueError:
        return ""


def shown(state: State) -> dict[str, Any]:
    """Return the same of a state."""
    owners, side = state.owners(), range(state.size)
    return {
        "regions": [[owners[row, col] for col in side] for row in side],
        "stars": [list(star) for star in state.stars],
        "colors": list(state.colors),
    }


READER: Reader[State] = Reader(read=read, shown=shown)
