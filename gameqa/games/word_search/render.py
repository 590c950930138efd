"""The grid as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Style, lines, text_size

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN, NUMBER = 12, 20
PAPER, INK, LINE, FRAME = "#FFFFFF", "#111111", "#777777", "#000000"
HEADER, NUMBER_INK = "#E6E6E6", "#33507A"
CAPITAL = 0.69
"""Font size of a letter in cells; capitals are half as high as the cell."""
SERIF = 0.34
"""Width of the bars that end the I, in cells."""


def cell_side(size: int) -> int:
    """Return the side of a cell: larger on small grids."""
    return {5: 76, 6: 66}.get(size, 56)


def header_side(size: int) -> int:
    """Return the width of the column and the height of the row that hold the numbers."""
    return 56 if size <= 7 else 44


def draw(state: State, style: Style) -> "Image":
    """Draw the row and column numbers on grey, the letters and the lines."""
    px, size = style.px, state.size
    margin, header = px(MARGIN), px(header_side(size))
    grid = Grid(size, size, px(cell_side(size)), margin + header, margin + header)
    canvas = Canvas(grid.right + margin, grid.bottom + margin, PAPER)
    canvas.rect((margin, margin, grid.right, grid.top), HEADER)
    canvas.rect((margin, grid.top, grid.left, grid.bottom), HEADER)
    middle = margin + header / 2
    for number in range(1, size + 1):
        x, y = grid.center(number - 1, number - 1)
        canvas.text((x, middle), str(number), px(NUMBER), NUMBER_INK, HEADER, bold=False)
        canvas.text((middle, y), str(number), px(NUMBER), NUMBER_INK, HEADER, bold=False)
    font = round(grid.cell * CAPITAL)
    for row, text in enumerate(state.grid):
        for col, letter in enumerate(text):
            x, y = grid.center(row, col)
            canvas.text((x, y), letter, font, INK, PAPER, "mc")
            if letter == "I":
                _serifs(canvas, x, y, font, grid.cell * SERIF)
    lines(canvas, grid, LINE, px(1), frame=FRAME, frame_width=px(2))
    return canvas.image


def _serifs(canvas: Canvas, x: float, y: float, font: int, width: float) -> None:
    """End an I with two bars: without them it is a mere stroke."""
    half, thick = text_size("I", font)[1] / 2, max(2, round(font * 0.1))
    for top in (y - half, y + half - thick):
        canvas.rect((x - width / 2, top, x + width / 2, top + thick), INK)


def describe(state: State) -> str:
    """Return the letters in rows, with the numbers of rows and columns."""
    size = state.size
    head = f"Letter grid, {size} x {size}. Rows and columns are counted from 1 at the top-left."
    columns = "col    " + " ".join(map(str, range(1, size + 1)))
    return "\n".join([head, columns, *(f"row {row}  {' '.join(text)}" for row, text in enumerate(state.grid, 1))])
