"""The board as picture and as text. Lengths are pixels at scale 1."""

from math import isqrt
from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, column_labels, lines, row_labels, sprite

from .state import FLAG, HIDDEN, SIGNS, State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

BOARD, LEFT, TOP, MARGIN = 450, 40, 76, 16
"""Side of a square board, left and top margin, margin at the other sides."""
HEADER, HEADER_SIZE, LABEL_SIZE, GAP = 22, 22, 18, 6
"""Middle of the header line, font sizes of header and labels, gap between labels and board."""
DIGIT = 0.62
"""Font size of the numbers in cells; digits are 0.73 times as high, 45 % of the cell."""
EDGE = 3
REVEALED, CLOSED, LIGHT, DARK, LINE = "#FFFFFF", "#BDBDBD", "#EEEEEE", "#7B7B7B", "#616161"
RED, POLE = "#D32F2F", "#000000"
INK = ("#1565C0", "#2E7D32", "#D32F2F", "#6A1B9A", "#8D3B00", "#00838F", "#000000", "#616161")
"""Colours of the numbers 1 to 8."""


def draw(state: State, style: Style) -> "Image":
    """Draw the mine total, the labels and the cells; the cells of any board take up about the same room."""
    cell = style.px(isqrt(BOARD * BOARD // (state.rows * state.cols)))
    grid = Grid(state.rows, state.cols, cell, style.px(LEFT), style.px(TOP))
    canvas = Canvas(grid.right + style.px(MARGIN), grid.bottom + style.px(MARGIN), REVEALED)
    canvas.text((grid.left, style.px(HEADER)), f"Mines: {state.mines}", style.px(HEADER_SIZE), anchor="lm")
    column_labels(canvas, grid, range(state.cols), style.px(LABEL_SIZE), style.px(GAP))
    row_labels(canvas, grid, range(state.rows), style.px(LABEL_SIZE), style.px(GAP))
    edge = style.px(EDGE)
    for row, values in enumerate(state.board):
        for col, value in enumerate(values):
            if value in (HIDDEN, FLAG):
                canvas.paste(_closed(cell, edge, value == FLAG), grid.box(row, col)[:2])
            elif value:
                canvas.text(grid.center(row, col), str(value), round(DIGIT * cell), INK[value - 1])
    lines(canvas, grid, LINE, style.px(1))
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign a cell."""
    heading = f"Minesweeper, {state.rows} x {state.cols}, {state.mines} mine{'s' * (state.mines != 1)} in total."
    legend = "'#' hidden, 'F' flag, '.' revealed without number, digits as shown."
    rows = ["       " + " ".join(map(str, range(state.cols)))]
    rows += [
        f"row {row}: " + " ".join(SIGNS.get(value, str(value)) for value in values)
        for row, values in enumerate(state.board)
    ]
    return "\n".join([f"{heading} {legend}", *rows])


@cached_sprite
def _closed(size: int, edge: int, flag: bool) -> Sprite:
    """A cell that is still closed: lit from the upper left, with or without a flag."""

    def paint(pen: "ImageDraw", s: int) -> None:
        # The first row and column of pixels lie under the line between the cells.
        low, high = s, size * s
        pen.rectangle((0, 0, high, high), DARK)
        pen.polygon([(low, low), (high, low), (low, high)], LIGHT)
        pen.rectangle((low + edge * s, low + edge * s, high - edge * s - 1, high - edge * s - 1), CLOSED)
        if flag:
            unit = size * s / 100
            pen.rectangle((40 * unit, 26 * unit, 45 * unit, 76 * unit), POLE)
            pen.rectangle((28 * unit, 72 * unit, 60 * unit, 77 * unit), POLE)
            pen.polygon([(45 * unit, 26 * unit), (76 * unit, 40 * unit), (45 * unit, 54 * unit)], RED)

    return sprite(size, paint, paper=CLOSED)
