"""The grid as picture and as text. Lengths are pixels at scale 1."""

from math import sqrt
from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, lines, sprite

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

BOARD = 468
"""Side of a square board of 13 x 13 cells; others come near it."""
MARGIN, EDGE, BAND = 82, 14, 34
"""Space for the numbers, free space at the edge, width of the band below the counts."""
INDEX, COUNT, GAP = 17, 20, 8
LEGEND, SYMBOL = 17, 28
LINE, INK, BLUE, PAPER = "#000000", "#000000", "#0033CC", "#E3ECFF"
CROWN, TRUNK, CLOTH, DOOR = "#2E9E3F", "#7A4A21", "#D9853B", "#3A2412"
PART = 0.78
"""Side of a symbol in cells."""


def draw(state: State, style: Style) -> "Image":
    """Draw the empty board, then the counts, trees and tents."""
    grid = _grid(state.rows, state.cols, style)
    board = _board(state.rows, state.cols, style)
    canvas = Canvas(board.width, board.height)
    canvas.paste(board, (0, 0))
    size, middle = style.px(COUNT), sum(_band(style)) / 2
    for row, count in enumerate(state.row_counts):
        canvas.paste(_count(count, size), (middle, grid.center(row, 0)[1]), "mm")
    for col, count in enumerate(state.col_counts):
        canvas.paste(_count(count, size), (grid.center(0, col)[0], middle), "mm")
    side = round(grid.cell * PART)
    for cells, symbol in ((state.trees, _tree(side)), (state.tents, _tent(side))):
        for cell in cells:
            canvas.paste(symbol, grid.center(*cell), "mm")
    return canvas.image


def _grid(rows: int, cols: int, style: Style) -> Grid:
    return Grid(rows, cols, style.px(int(BOARD / sqrt(rows * cols))), style.px(MARGIN), style.px(MARGIN))


def _band(style: Style) -> tuple[int, int]:
    """Where the bands with the counts begin and end, seen from the edge of the picture."""
    return style.px(EDGE / 2), style.px(EDGE / 2) + style.px(BAND)


@cached_sprite
def _board(rows: int, cols: int, style: Style) -> Sprite:
    """What all grids of a size share: bands, indices, lines and legend."""
    px, grid = style.px, _grid(rows, cols, style)
    low, high = _band(style)
    canvas = Canvas(grid.right + px(EDGE), grid.bottom + px(2 * EDGE + 2 * SYMBOL + 8))
    canvas.rect((low, grid.top, high, grid.bottom), PAPER)
    canvas.rect((grid.left, low, grid.right, high), PAPER)
    _indices(canvas, grid, px(INDEX), px(GAP))
    lines(canvas, grid, LINE, px(1), frame_width=px(2))
    _legend(canvas, style, grid.bottom + px(EDGE))
    return canvas.sprite()


def _indices(canvas: Canvas, grid: Grid, size: int, gap: int) -> None:
    """The black numbers beside the grid, not bold as the counts are."""
    wide = canvas.text_size(str(grid.rows - 1), size, bold=False)[0]
    for row in range(grid.rows):
        canvas.text((grid.left - gap - wide / 2, grid.center(row, 0)[1]), str(row), size, INK, bold=False)
    high = canvas.text_size("0", size, bold=False)[1]
    for col in range(grid.cols):
        canvas.text((grid.center(0, col)[0], grid.top - gap - high / 2), str(col), size, INK, bold=False)


def _legend(canvas: Canvas, style: Style, top: int) -> None:
    """The two symbols with their names, and below them what the blue numbers are."""
    px, x = style.px, style.px(EDGE)
    for symbol, name in ((_tree(px(SYMBOL)), "tree"), (_tent(px(SYMBOL)), "tent")):
        canvas.paste(symbol, (x, top))
        canvas.text((x + px(SYMBOL + 7), top + px(SYMBOL) / 2), name, px(LEGEND), INK, anchor="lm", bold=False)
        x += px(SYMBOL + 80)
    words = "blue: tents per row / column when finished"
    canvas.text((px(EDGE), top + px(SYMBOL + 8 + SYMBOL / 2)), words, px(LEGEND), BLUE, anchor="lm", bold=False)


@cached_sprite
def _count(count: int, size: int) -> Sprite:
    """A blue number, drawn once because every grid shows few different ones often."""
    canvas = Canvas(3 * size // 2, size, PAPER)
    canvas.text((canvas.width / 2, size / 2), str(count), size, BLUE, PAPER)
    return canvas.sprite()


@cached_sprite
def _tree(size: int) -> Sprite:
    """A green crown on a brown trunk."""

    def paint(pen: "ImageDraw", s: int) -> None:
        unit = size * s / 100
        pen.rectangle((43 * unit, 60 * unit, 57 * unit, 99 * unit), TRUNK)
        pen.ellipse((14 * unit, 2 * unit, 86 * unit, 74 * unit), CROWN)

    return sprite(size, paint, paper="#FFFFFF", colors=12)


@cached_sprite
def _tent(size: int) -> Sprite:
    """An orange-brown triangle with a black outline and a dark door."""

    def paint(pen: "ImageDraw", s: int) -> None:
        unit = size * s / 100
        pen.polygon([(50 * unit, 4 * unit), (100 * unit, 94 * unit), (0, 94 * unit)], LINE)
        pen.polygon([(50 * unit, 14 * unit), (92 * unit, 89 * unit), (8 * unit, 89 * unit)], CLOTH)
        pen.polygon([(50 * unit, 48 * unit), (66 * unit, 90 * unit), (34 * unit, 90 * unit)], DOOR)

    return sprite(size, paint, paper="#FFFFFF", colors=14)


def describe(state: State) -> str:
    """Return the grid with one sign a cell, counts and indices beside it."""
    heads = [f"row {row}, tents {count}" for row, count in enumerate(state.row_counts)]
    left, wide = max(map(len, heads)), len(str(state.cols - 1))
    table = [("columns", [*map(str, range(state.cols))]), ("tents", [*map(str, state.col_counts)])]
    table += [(head, [state.sign((row, col)) for col in range(state.cols)]) for row, head in enumerate(heads)]
    title = (
        f"Tents, {state.rows} x {state.cols}. 'T' tree, 'A' tent, '.' empty. "
        "First number of a line: tents of that row in the finished grid."
    )
    return "\n".join(
        [title, *(" ".join([head.ljust(left), *(word.rjust(wide) for word in row)]) for head, row in table)]
    )
