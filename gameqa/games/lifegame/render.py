"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Grid, Style, column_labels, lines, row_labels

from .rules import live_cells
from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL = {4: 100, 5: 84, 6: 72}
NEAR, FAR = 44, 16
"""Left and top margin (with labels), right and bottom margin."""
LABEL, GAP = 20, 13
ALIVE, DEAD, LINE = "#000000", "#FFFFFF", "#808080"


def draw(state: State, style: Style) -> "Image":
    """Draw live cells, lines, frame, and the numbers of rows and columns."""
    near, size = style.px(NEAR), state.size
    grid = Grid(size, size, style.px(CELL[size]), near, near)
    side = grid.right + style.px(FAR)
    canvas = Canvas(side, side, DEAD)
    for row, col in live_cells(state.rows):
        canvas.rect(grid.box(row, col), ALIVE)
    lines(canvas, grid, LINE, style.px(1), frame_width=style.px(2))
    row_labels(canvas, grid, range(size), style.px(LABEL), style.px(GAP))
    column_labels(canvas, grid, range(size), style.px(LABEL), style.px(GAP))
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign a cell."""
    size = state.size
    heading = f"Game of Life, {size} x {size}, edges wrap around. '#' alive, '.' dead."
    table = [["  ", *map(str, range(size))]]
    table += [[f"{row}:", *signs] for row, signs in enumerate(str(state).split("\n"))]
    return f"{heading}\n{aligned(table)}"
