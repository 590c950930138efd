"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Grid, Style, column_labels, lines

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL = {8: 52, 12: 37, 16: 30}
BOARD = 470
"""Side of a cell on the boards of the levels, and room for the cells on others."""
MARGIN, LABEL, GAP = 38, 17, 9
EMPTY, BLOCK, PIECE, LINE = "#FFFFFF", "#808080", "#FF0000", "#000000"


def draw(state: State, style: Style) -> "Image":
    """Draw blocks, piece, the outlines of all cells, and the numbers of rows and columns."""
    size, margin = state.size, style.px(MARGIN)
    grid = Grid(size, size, style.px(CELL.get(size, BOARD // size)), margin, margin)
    side = grid.right + margin
    canvas = Canvas(side, side, EMPTY)
    for cell in state.block_cells():
        canvas.rect(grid.box(*cell), BLOCK)
    for cell in state.piece:
        canvas.rect(grid.box(*cell), PIECE)
    lines(canvas, grid, LINE, style.px(1))
    for row in range(size):
        at = grid.left - style.px(GAP), grid.center(row, 0)[1]
        canvas.text(at, str(row), style.px(LABEL), LINE, EMPTY, "rm")
    column_labels(canvas, grid, range(size), style.px(LABEL), style.px(GAP))
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign a cell."""
    size = state.size
    heading = f"Board: {size} rows x {size} columns. '.' empty, '#' landed block, '@' active piece."
    table = [["", *map(str, range(size))]]
    table += [[f"Row {row}:", *signs] for row, signs in enumerate(str(state).split("\n"))]
    return f"{heading}\n{aligned(table)}"
