"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import cell_text
from gameqa.draw import Canvas, Grid, Legend, Style, column_labels, lines, row_labels
from gameqa.draw.pieces import disc

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 640, 480
LEFT, TOP, BOARD = 44, 84, 380
"""Left and top of the room for the board, and its side."""
KEY_LEFT = 452
FILL = ("#E02020", "#1E9E3C", "#2050E0", "#F050F0", "#40E0F0")
LINE, INK, RING = "#303030", "#000000", "#FFFFFF"
HEAD = 0.45
"""The head's diameter in cells."""


def draw(state: State, style: Style) -> "Image":
    """Draw cells, lines, numbers at the edges, the head, its state above the board, and the legend."""
    cell = style.px(BOARD // max(state.rows, state.columns))
    room = style.px(BOARD)
    left = style.px(LEFT) + (room - state.columns * cell) // 2
    grid = Grid(state.rows, state.columns, cell, left, style.px(TOP) + (room - state.rows * cell) // 2)
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT))
    for row, symbols in enumerate(state.grid):
        for column, symbol in enumerate(symbols):
            canvas.rect(grid.box(row, column), FILL[symbol])
    lines(canvas, grid, LINE, style.px(2))
    row_labels(canvas, grid, range(state.rows), style.px(20), style.px(10))
    column_labels(canvas, grid, range(state.columns), style.px(20), style.px(10))
    row, column = state.head
    _head(canvas, state, grid.center(row, column), round(cell * HEAD), FILL[state.grid[row][column]], style)
    middle = style.px(LEFT + BOARD / 2)
    canvas.text((middle, style.px(28)), f"Head state: {state.head_state}", style.px(22))
    _legend(canvas, state, style)
    return canvas.image


def _head(canvas: Canvas, state: State, center: tuple[float, float], diameter: int, paper: str, style: Style) -> None:
    canvas.paste(disc(diameter, INK, RING, style.px(2), paper), center, "mm")
    canvas.text(center, str(state.head_state), max(style.px(18), round(diameter * 0.6)), RING, INK)


def _legend(canvas: Canvas, state: State, style: Style) -> None:
    """One swatch for each symbol of the rules, then the head."""
    left, swatch = style.px(KEY_LEFT), style.px(30)
    entries = [(color, f"= {symbol}") for symbol, color in enumerate(FILL[: state.symbols])]
    legend = Legend(entries, width=0, size=style.px(20), swatch=swatch)
    top = style.px(TOP + 16)
    legend.draw(canvas, left, top)
    center = top + legend.height + style.px(48)
    _head(canvas, state, (left + swatch / 2, center), style.px(34), "#FFFFFF", style)
    for line, text in enumerate(("head", "(number = state)")):
        at = left + swatch + style.px(10), center + style.px(22 * line - 11)
        canvas.text(at, text, style.px(16), anchor="lm", bold=False)


def describe(state: State) -> str:
    """Return the board with one number a cell, and the head in a line of its own."""
    size = f"board {state.rows} rows x {state.columns} columns"
    columns = "".join(f"{f'col {column}':^7}" for column in range(state.columns))
    rows = [f"row {row}  " + "".join(f"{symbol:^7}" for symbol in cells) for row, cells in enumerate(state.grid)]
    return "\n".join(
        [
            f"2D Turing machine, {size}, cells are (row, column), 0-based. Numbers are symbols.",
            f"{'':7}{columns}".rstrip(),
            *(row.rstrip() for row in rows),
            f"Head: at {cell_text(state.head)}, state {state.head_state}.",
        ]
    )
