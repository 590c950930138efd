"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Style, column_labels, lines, row_labels

from .state import State, rows

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE, MARGIN, CELL = 480, 84, 120
"""Picture side, left and top margin, side of a cell."""
LINE, GAP = 4, 14
"""Width of the lines; gap between labels and board."""
MARK, LABEL = 72, 30
"""Font sizes."""
FILL = {"O": "#E02020", "X": "#2040E0"}
BLACK, WHITE = "#000000", "#FFFFFF"
LEGEND = "TicTacToe board, 3 x 3, cells are (row, column), 0-based. O = red block, X = blue block, . = free (white)."


def draw(state: State, style: Style) -> "Image":
    """Draw blocks with their letters, lines between the cells and around the board, and the numbers outside."""
    grid = Grid(3, 3, style.px(CELL), style.px(MARGIN), style.px(MARGIN))
    canvas = Canvas(style.px(SIDE), style.px(SIDE), WHITE)
    for cell, mark in enumerate(state.board):
        if mark != " ":
            canvas.rect(grid.box(*divmod(cell, 3)), FILL[mark])
            canvas.text(grid.center(*divmod(cell, 3)), mark, style.px(MARK), WHITE, FILL[mark])
    lines(canvas, grid, BLACK, style.px(LINE))
    row_labels(canvas, grid, range(3), style.px(LABEL), style.px(GAP))
    column_labels(canvas, grid, range(3), style.px(LABEL), style.px(GAP))
    return canvas.image


def describe(state: State) -> str:
    """Return the board as a table of marks."""
    marks = state.board.replace(" ", ".")
    table = [f"row {number}     {'      '.join(row)}" for number, row in enumerate(rows(marks))]
    return "\n".join([LEGEND, "        col 0  col 1  col 2", *table])
