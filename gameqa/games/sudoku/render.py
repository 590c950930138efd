"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import NINE, Canvas, Grid, Legend, Style, column_labels, lines, row_labels

from .state import COLORS, State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL = {4: 96, 9: 52}
MARGIN, EDGE = 36, 16
"""Room for the labels at the left and at the top; room at the right, above and below the legend."""
LABEL, LABEL_GAP = 20, 10
THIN, THICK = 1, 4
LINE, WHITE = "#000000", "#FFFFFF"
SWATCH, NAME = 20, 16
"""Legend: side of a swatch, font size."""
ENTRY = max(map(len, COLORS)) + 1
"""Width of a column of the text view."""


def draw(state: State, style: Style) -> "Image":
    """Draw the cells, the lines, the numbers of rows and columns, and the legend below."""
    size, px = state.size, style.px
    grid = Grid(size, size, px(CELL[size]), px(MARGIN), px(MARGIN))
    fills = [NINE[name] for name in state.colors]
    legend = Legend([*zip(fills, state.colors, strict=True)], grid.width, px(NAME), px(SWATCH), px(MARGIN - SWATCH))
    canvas = Canvas(grid.right + px(EDGE), grid.bottom + legend.height + 2 * px(EDGE), WHITE)
    for row, colors in enumerate(state.board):
        for col, color in enumerate(colors):
            if color:
                canvas.rect(grid.box(row, col), fills[color - 1])
    lines(canvas, grid, LINE, px(THIN))
    lines(canvas, grid, LINE, px(THICK), every=state.layout.box)
    labels = range(1, size + 1)
    row_labels(canvas, grid, labels, px(LABEL), px(LABEL_GAP))
    column_labels(canvas, grid, labels, px(LABEL), px(LABEL_GAP))
    legend.draw(canvas, grid.left, grid.bottom + px(EDGE), LINE, WHITE)
    return canvas.image


def describe(state: State) -> str:
    """Return the board with the name of a colour for each filled cell."""
    size, box = state.size, state.layout.box
    shown = [".", *state.colors]
    heading = (
        f"Sudoku with colours, {size} x {size}, boxes of {box} x {box}. Colours: {', '.join(state.colors)}."
        " '.' is an empty cell."
    )
    rows = [["   ", *(f"c{col}" for col in range(1, size + 1))]]
    rows += [[f"r{number}:", *(shown[color] for color in row)] for number, row in enumerate(state.board, 1)]
    return "\n".join([heading, *(head + "".join(f"{word:>{ENTRY}}" for word in words) for head, *words in rows)])
