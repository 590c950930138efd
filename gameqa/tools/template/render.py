"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Grid, Style, column_labels, lines, row_labels

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

BOARD, MARGIN, EDGE = 500, 44, 16
BLUE, LINE = "#2979FF", "#8C8C8C"


def draw(state: State, style: Style) -> "Image":
    """Draw the cells, the lines between them and the numbers at the left and at the top."""
    cell, margin = style.px(BOARD // state.size), style.px(MARGIN)
    grid = Grid(state.size, state.size, cell, margin, margin)
    canvas = Canvas(grid.right + style.px(EDGE), grid.bottom + style.px(EDGE))
    for r, row in enumerate(state.board):
        for c, marked in enumerate(row):
            if marked:
                canvas.rect(grid.box(r, c), BLUE)
    lines(canvas, grid, LINE, style.px(1), frame="#000000", frame_width=style.px(2))
    row_labels(canvas, grid, range(state.size), style.px(24), style.px(10))
    column_labels(canvas, grid, range(state.size), style.px(24), style.px(10))
    return canvas.image


def describe(state: State) -> str:
    """Return the board as rows of signs with row and column numbers."""
    head = ["", *map(str, range(state.size))]
    return aligned([head, *([str(r), *(".#"[cell] for cell in row)] for r, row in enumerate(state.board))])
