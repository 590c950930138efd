"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, column_labels, lines, row_labels

from .state import RGB, SWATCHES, State

if TYPE_CHECKING:
    from PIL.Image import Image

MARGIN, EDGE, BELOW = 40, 20, 110
"""Left and top margin, free space at the right, space below the board (for the palette, where there is one)."""
LABEL, GAP, LETTER, LOST = 20, 10, 20, 34
"""Size of the numbers, their distance from the board, size of the letters of swatches and of labelled cells."""
SWATCH = (52, 46)
LETTER_AT, SWATCH_AT = 26, 42
"""Middle of the letters, and top of the swatches, below the board."""
INK, PAPER, HATCHED, HATCH = "#000000", "#FFFFFF", "#F5F5F5", "#C8C8C8"


def cell_side(size: int) -> int:
    """Return the side of a cell: larger on small boards."""
    return 72 if size <= 5 else 60


def draw(state: State, style: Style) -> "Image":
    """Fill every coloured cell flat; number rows and columns from 1; put the palette below."""
    px, grid = style.px, _grid(state.size, style)
    blank = _blank(state.size, style)
    canvas = Canvas(blank.width, blank.height, PAPER)
    canvas.paste(blank, (0, 0))
    for row, colors in enumerate(state.board):
        for col, color in enumerate(colors):
            if color is not None:
                canvas.rect(grid.box(row, col), color)
    for label, cell in state.labels:
        canvas.rect(grid.box(*cell), PAPER)
        canvas.text(grid.center(*cell), label, px(LOST), INK, PAPER)
    lines(canvas, grid, INK, px(1))
    _palette(canvas, grid, state.palette, style)
    return canvas.image


def _grid(size: int, style: Style) -> Grid:
    return Grid(size, size, style.px(cell_side(size)), style.px(MARGIN), style.px(MARGIN))


@cached_sprite
def _blank(size: int, style: Style) -> Sprite:
    """A board of hatched cells with its numbers."""
    px, grid = style.px, _grid(size, style)
    canvas = Canvas(grid.right + px(EDGE), grid.bottom + px(BELOW), PAPER)
    hatched = _hatched(grid.cell, px(2))
    for row in range(size):
        for col in range(size):
            canvas.paste(hatched, grid.box(row, col)[:2])
    numbers = range(1, size + 1)
    row_labels(canvas, grid, numbers, px(LABEL), px(GAP))
    column_labels(canvas, grid, numbers, px(LABEL), px(GAP))
    return canvas.sprite()


def _hatched(side: int, width: int) -> Sprite:
    """A cell crossed by diagonals in both directions."""
    canvas = Canvas(side, side, HATCHED)
    for fourth in range(1, 8):
        at = side * fourth / 4
        canvas.line([(0, at), (at, 0)], HATCH, width)
        canvas.line([(side, at), (side - at, 0)], HATCH, width)
    return canvas.sprite()


def _palette(canvas: Canvas, grid: Grid, palette: tuple[RGB, ...], style: Style) -> None:
    """Swatches in one row below the board, the letter of each above it."""
    wide, high = (style.px(length) for length in SWATCH)
    for place, (letter, color) in enumerate(zip(SWATCHES, palette, strict=False)):
        middle = grid.left + grid.width * (2 * place + 1) // (2 * len(SWATCHES))
        left, top = middle - wide // 2, grid.bottom + style.px(SWATCH_AT)
        canvas.text((middle, grid.bottom + style.px(LETTER_AT)), letter, style.px(LETTER), INK, PAPER)
        canvas.rect((left, top, left + wide, top + high), color, INK, style.px(1))


def describe(state: State) -> str:
    """Return the colours row by row, and the palette, if any, with its letters."""
    signs = {cell: label for label, cell in state.labels}
    text = ["COLOR HUE STATE (rows and columns from 1; colours as r,g,b; .. = no gradient)"]
    for row, colors in enumerate(state.board):
        words = [_numbers(color) if color else signs.get((row, col), "..") for col, color in enumerate(colors)]
        text.append(f"Row {row + 1}: {' | '.join(words)}")
    if state.palette:
        swatches = zip(SWATCHES, map(_numbers, state.palette), strict=True)
        text.append("Palette: " + "  ".join(f"{letter}={color}" for letter, color in swatches))
    return "\n".join(text)


def _numbers(color: RGB) -> str:
    return ",".join(map(str, color))
