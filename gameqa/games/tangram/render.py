"""The board and the removed pieces as picture and as text. Lengths are pixels at scale 1."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gameqa.core.grids import Cell
from gameqa.core.words import aligned
from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, column_labels, rgb, row_labels

from .state import COLORS, State

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT, MARGIN = 600, 720, 20
TITLE, TITLE_SPACE = 22, 48
"""Font size of a title, and the height of its strip."""
BOARD, LABEL, LABEL_GAP, LABEL_SPACE = 400, 18, 10, 36
"""Room for the cells of the board; font size, distance and strip of the row and column numbers."""
SMALLEST = 22
"""Least side of a removed piece's cells; the picture grows where the pieces need more room."""
THIN, THICK, LINE, PAPER, HATCH = 1, 2, "#000000", "#FFFFFF", "#CFCFCF"
STRIPES = 5
"""Stripes of the hatching that cross a cell's edge."""


def draw(state: State, style: Style) -> "Image":
    """Draw the board with its numbers, and below it the removed pieces in a row."""
    px = style.px
    wide = sum(len(shape[0]) for shape in state.shown) + len(state.shown) - 1
    high = max(map(len, state.shown))
    side = BOARD // state.size
    tray = TITLE_SPACE + side * state.size + LABEL_SPACE + TITLE_SPACE
    fit = min((WIDTH - 2 * MARGIN) // wide, (HEIGHT - MARGIN - tray) // high)
    small = max(SMALLEST, min(side, fit))
    width, height = max(WIDTH, small * wide + 2 * MARGIN), max(HEIGHT, tray + small * high + MARGIN)
    canvas = Canvas(px(width), px(height), PAPER)
    cell = px(side)
    board = Grid(state.size, state.size, cell, (px(width) - cell * state.size) // 2, px(TITLE_SPACE))
    canvas.text((px(width) / 2, px(TITLE_SPACE) / 2), "Main Board", px(TITLE))
    _paint(canvas, board, state.grid, style)
    row_labels(canvas, board, range(state.size), px(LABEL), px(LABEL_GAP))
    column_labels(canvas, board, range(state.size), px(LABEL), px(LABEL_GAP), below=True)
    canvas.text((px(width) / 2, px(tray) - px(TITLE_SPACE) / 2), "Removed Pieces", px(TITLE))
    cell = px(small)
    left = (px(width) - cell * wide) // 2
    for number, shape in zip(state.removed, state.shown, strict=True):
        place = Grid(len(shape), len(shape[0]), cell, left, px(tray))
        _paint(canvas, place, [[number if part else None for part in row] for row in shape], style)
        left = place.right + cell
    return canvas.image


def _paint(canvas: Canvas, grid: Grid, numbers: Sequence[Sequence[int | None]], style: Style) -> None:
    """Draw cells with colour and number (0: hatched, None: not there), and thick lines where pieces end."""
    thin, thick, size = style.px(THIN), style.px(THICK), max(style.px(16), round(grid.cell * 0.42))
    half = thick // 2
    around: dict[Cell, int | None] = {
        (row, col): number for row, line in enumerate(numbers) for col, number in enumerate(line)
    }
    for (row, col), number in around.items():
        if number is not None:
            canvas.paste(_cell(number, grid.cell, size, thin), grid.box(row, col)[:2])
    for row in range(grid.rows + 1):
        for col in range(grid.cols + 1):
            own, (left, top, right, bottom) = around.get((row, col)), grid.box(row, col)
            if own != around.get((row - 1, col)):
                canvas.rect((left - half, top - half, right - half + thick, top - half + thick), LINE)
            if own != around.get((row, col - 1)):
                canvas.rect((left - half, top - half, left - half + thick, bottom - half + thick), LINE)


@cached_sprite
def _cell(number: int, side: int, size: int, line: int) -> Sprite:
    """One cell, with a line along its upper and left edge: of a piece with its number, or hatched (0)."""
    fill, ink = _look(number) if number else (PAPER, LINE)
    canvas = Canvas(side, side, fill)
    if number:
        canvas.text((side / 2, side / 2), str(number), size, ink, fill)
    for stripe in range(1, 0 if number else 2 * STRIPES):
        at = stripe * side / STRIPES
        canvas.line([(at, 0), (0, at)], HATCH, line, PAPER)
    canvas.rect((0, 0, side, line), LINE)
    canvas.rect((0, 0, line, side), LINE)
    return canvas.sprite()


def _look(number: int) -> tuple[str, str]:
    """The fill of a piece and the ink of its number: black or white, whichever contrasts more."""
    fill = list(COLORS.values())[number - 1]
    parts = [part / 255 for part in rgb(fill)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return fill, "#000000" if (bright + 0.05) / 0.05 >= 1.05 / (bright + 0.05) else "#FFFFFF"


def describe(state: State) -> str:
    """Return the board and the removed pieces as drawn, with one number a cell."""
    body = aligned([[f"row {row}:", *map(_mark, line)] for row, line in enumerate(state.grid)])
    head = f"Board (row by row from the top, columns 0..{state.size - 1}; . = empty):"
    pieces = [
        f"Removed piece {number} as drawn:\n{aligned([[_mark(part * number) for part in row] for row in shape])}"
        for number, shape in zip(state.removed, state.shown, strict=True)
    ]
    return "\n".join(["TANGRAM STATE", head, body, *pieces])


def _mark(number: int) -> str:
    return str(number) if number else "."
