"""The maze as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Style, column_labels, disc, lines, row_labels

from .state import SIGNS, State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL = {9: 44, 11: 36, 13: 32}
MARGIN, GAP = 50, 10
FONT = {9: 20, 11: 19, 13: 18}
PAPER, BLUE, LINE, RED, GREEN = "#FFFFFF", "#6FA8DC", "#C0C0C0", "#E60000", "#00C000"


def draw(state: State, style: Style) -> "Image":
    """Draw walls, goal, lines, numbers at the left (rows) and top (columns), and the player."""
    size, cell, margin = state.size, style.px(CELL[state.size]), style.px(MARGIN)
    grid = Grid(size, size, cell, margin, margin)
    side = size * cell + 2 * margin
    canvas = Canvas(side, side, PAPER)
    canvas.rect(grid.frame, BLUE)
    for row, column in sorted(state.free):
        canvas.rect(grid.box(row, column), PAPER)
    canvas.rect(grid.box(*state.goal), GREEN)
    lines(canvas, grid, LINE, style.px(1))
    font, gap = style.px(FONT[size]), style.px(GAP)
    row_labels(canvas, grid, range(size), font, gap)
    column_labels(canvas, grid, range(size), font, gap)
    canvas.paste(disc(cell // 2, RED, width=0, paper=PAPER), grid.center(*state.player), "mm")
    return canvas.image


def describe(state: State) -> str:
    """Return the maze with one sign a cell and numbered rows and columns."""
    size = state.size
    wide = len(str(size - 1))
    rows = [" " * (wide + 2) + " ".join(f"{column:>{wide}}" for column in range(size))]
    for row, numbers in enumerate(state.maze):
        rows.append(f"{row:>{wide}}  " + " ".join(f"{SIGNS[number]:>{wide}}" for number in numbers))
    heading = f"Maze {size} x {size}. # wall  . free  P player  G goal. Rows and columns are numbered from 0."
    return "\n".join([heading, *rows])
