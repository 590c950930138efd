"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.masks import bits
from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, column_labels, disc, lines, row_labels, sprite

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MARGIN, EDGE, CELL, GAP = 60, 12, 50, 39
"""Margin at the left and top, at the right and bottom, side of a cell, gap between Nine-grids."""
FRAME, FRAME_WIDTH, LINE = "#000000", 3, "#606060"
RED, BLUE, STROKE, PIECE = "#D62020", "#2040D0", 4, 34
"""Colours of X and O, width of their strokes, their side."""
SMALL, SMALL_INK, SMALL_GAP = 16, "#555555", 6
BIG, BIG_EDGE, BIG_TOP = 18, 2, 20
"""Numbers of rows and columns, and of the Nine-grids: font sizes, the gap to the board, the places at the edges."""
HEAD = "Ultra TicTacToe. X = First Player, O = Second Player, . = free. Blocks are Nine-grids (i, j)."


def draw(state: State, style: Style) -> "Image":
    """Draw the pieces on the empty board."""
    px = style.px
    board = _board(style)
    canvas = Canvas(board.width, board.height)
    canvas.paste(board, (0, 0))
    cross, ring = _cross(px(PIECE), px(STROKE)), disc(px(PIECE), None, BLUE, px(STROKE))
    for number in range(9):
        grid = _grid(number, style)
        for piece, cells in ((cross, state.x[number]), (ring, state.o[number])):
            for cell in bits(cells):
                canvas.paste(piece, grid.center(*divmod(cell, 3)), "mm")
    return canvas.image


def _grid(number: int, style: Style) -> Grid:
    i, j = divmod(number, 3)
    margin, step = style.px(MARGIN), 3 * style.px(CELL) + style.px(GAP)
    return Grid(3, 3, style.px(CELL), margin + j * step, margin + i * step)


@cached_sprite
def _board(style: Style) -> Sprite:
    """Nine empty Nine-grids with the small row and col numbers and the numbers of the Nine-grids."""
    px = style.px
    side = _grid(8, style).right + px(EDGE)
    canvas = Canvas(side, side)
    for number in range(9):
        i, j = divmod(number, 3)
        grid = _grid(number, style)
        lines(canvas, grid, LINE, px(1), frame=FRAME, frame_width=px(FRAME_WIDTH))
        if j == 0:
            row_labels(canvas, grid, (1, 2, 3), px(SMALL), px(SMALL_GAP), SMALL_INK)
            canvas.text((px(BIG_EDGE), grid.center(1, 1)[1]), f"i={i + 1}", px(BIG), anchor="lm")
        if i == 0:
            column_labels(canvas, grid, (1, 2, 3), px(SMALL), px(SMALL_GAP), SMALL_INK)
            canvas.text((grid.center(1, 1)[0], px(BIG_TOP)), f"j={j + 1}", px(BIG))
    return canvas.sprite()


@cached_sprite
def _cross(size: int, width: int) -> Sprite:
    """Two crossing strokes from corner to corner of a square."""

    def paint(pen: "ImageDraw", s: int) -> None:
        low = width * s * 0.36
        high = size * s - 1 - low
        pen.line((low, low, high, high), RED, width * s)
        pen.line((low, high, high, low), RED, width * s)

    return sprite(size, paint, "#FFFFFF")


def describe(state: State) -> str:
    """Return the nine rows in three blocks, with the numbers of rows, columns and Nine-grids."""
    rows = str(state).splitlines()
    shown = [HEAD, "            j=1     j=2     j=3", "           1 2 3   1 2 3   1 2 3"]
    for place, row in enumerate(rows):
        i, line = divmod(place, 4)
        label = f"i={i + 1}" if line == 0 else ""
        shown.append(f"{label:<4}row {line + 1}  {row}" if line < 3 else f"{'':<11}{row}")
    return "\n".join(shown)
