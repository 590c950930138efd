"""Reads a picture back: the board's size from the picture's width, each cell from the colour of its middle."""

from gameqa.core.audit import Reader
from gameqa.draw import NINE, Grid
from gameqa.draw.reading import Pixels, nearest, tone

from .render import CELL, EDGE, MARGIN, WHITE
from .state import COLORS, State

Names = list[list[str | None]]


def read(picture: Pixels) -> Names:
    """Return the name of the colour of each cell, None for an empty one."""
    width = picture.shape[1]
    size = next((size for size, cell in CELL.items() if MARGIN + size * cell + EDGE == width), None)
    if size is None:
        raise ValueError(f"no board is {width} pixels wide")
    grid = Grid(size, size, CELL[size], MARGIN, MARGIN)
    known = {None: WHITE} | {name: NINE[name] for name in COLORS[:size]}
    middles = [[grid.box(row, col, grid.cell // 4) for col in range(size)] for row in range(size)]
    return [[nearest(tone(picture, box), known) for box in boxes] for boxes in middles]


def shown(state: State) -> Names:
    """Return the name of the colour of each cell as the state has it."""
    names = (None, *state.colors)
    return [[names[color] for color in row] for row in state.board]


READER: Reader[State] = Reader(read=read, shown=shown)
