"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import NINE, Canvas, Grid, Style, column_labels, lines, row_labels, text_size

from .state import COLORS, State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL = {4: 96, 9: 52}
MARGIN, EDGE = 36, 16
"""Room for the labels at the left and at the top; room at the right, above and below the legend."""
LABEL, LABEL_GAP = 20, 10
THIN, THICK = 1, 4
LINE, WHITE = "#000000", "#FFFFFF"
LEGEND_LINES = {4: 1, 9: 2}
SWATCH, NAME, NAME_GAP, LINE_GAP = 20, 16, 6, 10
"""Legend: side of a swatch, font size, space between swatch and name, space between lines."""
ENTRY = max(map(len, COLORS)) + 1
"""Width of a column of the text view."""


def draw(state: State, style: Style) -> "Image":
    """Draw the cells, the lines, the numbers of rows and columns, and the legend below."""
    size, px = state.size, style.px
    grid = Grid(size, size, px(CELL[size]), px(MARGIN), px(MARGIN))
    legend = grid.bottom + px(EDGE)
    high = LEGEND_LINES[size] * px(SWATCH + LINE_GAP) - px(LINE_GAP)
    canvas = Canvas(grid.right + px(EDGE), legend + high + px(EDGE), WHITE)
    fills = [NINE[name] for name in state.colors]
    for row, colors in enumerate(state.board):
        for col, color in enumerate(colors):
            if color:
                canvas.rect(grid.box(row, col), fills[color - 1])
    lines(canvas, grid, LINE, px(THIN))
    lines(canvas, grid, LINE, px(THICK), every=state.layout.box)
    labels = range(1, size + 1)
    row_labels(canvas, grid, labels, px(LABEL), px(LABEL_GAP))
    column_labels(canvas, grid, labels, px(LABEL), px(LABEL_GAP))
    _legend(canvas, state, grid, legend, style)
    return canvas.image


def _legend(canvas: Canvas, state: State, grid: Grid, top: int, style: Style) -> None:
    """Draw a swatch with a name for each colour, spread over the width of the board.

    Each column is as wide as its own names: with equal widths nine colours would take three lines.
    """
    names, px = state.colors, style.px
    columns = -(-len(names) // LEGEND_LINES[len(names)])
    swatch, indent = px(SWATCH), px(SWATCH + NAME_GAP)
    widths = [indent + max(text_size(name, px(NAME))[0] for name in names[col::columns]) for col in range(columns)]
    gap = (grid.width - sum(widths)) / (columns - 1)
    for place, name in enumerate(names):
        line, col = divmod(place, columns)
        x, y = round(grid.left + sum(widths[:col]) + col * gap), top + line * px(SWATCH + LINE_GAP)
        canvas.rect((x, y, x + swatch, y + swatch), NINE[name], LINE, px(1))
        canvas.text((x + indent, y + swatch / 2), name, px(NAME), anchor="lm")


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
