"""The field as picture and as text. Lengths are pixels at scale 1."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Sprite, Style, cached_sprite, sprite

from .state import BODY, CLICK, COLORS, EMPTY, HEAD, REVERSE, State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT, MARGIN, EDGE = 400, 500, 30, 8
"""The field; the strips for row and column numbers; the blank strips opposite."""
BLOCK, RIM, LABEL = 0.8, 1, 17
"""Width and height of a block in cells, width of its outline, font size of the numbers."""
PAPER, INK, OUTLINE = "#FFFFFF", "#000000", "#404040"
FILL = {"yellow": "#FFFF00", "green": "#00C000", "blue": "#0000FF", "pink": "#FF69B4", "grey": "#808080"}


def draw(state: State, style: Style) -> "Image":
    """Draw lines, numbers and blocks."""
    layout = _Layout(state.rows, state.cols, style)
    canvas = Canvas(*layout.size, PAPER)
    canvas.paste(_empty(layout), (0, 0))
    wide, high = layout.block
    blocks = {sign: _block(sign, wide, high, style.px(RIM)) for sign in COLORS}
    for signs, corners in zip(state.columns, _corners(layout), strict=True):
        for sign, corner in zip(signs, corners, strict=True):
            if sign != EMPTY:
                canvas.paste(blocks[sign], corner)
    return canvas.image


def describe(state: State) -> str:
    """Return the field with one letter a cell, top row first."""
    width = len(str(state.rows))
    rows = [[f"row {row:>{width}}:", *state.row(row)] for row in range(state.rows, 0, -1)]
    numbers = ["col:".ljust(len(rows[0][0])), *map(str, range(1, state.cols + 1))]
    return f"{state.rows} rows x {state.cols} columns; row 1 is the bottom row\n{aligned([*rows, numbers])}"


class _Layout(NamedTuple):
    """Where the cells lie; rows count from 1 at the bottom, columns from 1 at the left."""

    rows: int
    cols: int
    style: Style

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        strips = self.style.px(MARGIN) + self.style.px(EDGE)
        return self.style.px(WIDTH) + strips, self.style.px(HEIGHT) + strips

    @property
    def block(self) -> tuple[int, int]:
        """Width and height of a block."""
        wide, high = self.style.px(WIDTH) / self.cols, self.style.px(HEIGHT) / self.rows
        return round(BLOCK * wide), round(BLOCK * high)

    def x(self, cols: float) -> float:
        """The right border of so many columns."""
        return self.style.px(MARGIN) + self.style.px(WIDTH) * cols / self.cols

    def y(self, rows: float) -> float:
        """The upper border of so many rows."""
        return self.style.px(EDGE) + self.style.px(HEIGHT) * (1 - rows / self.rows)


@lru_cache(maxsize=64)
def _corners(layout: _Layout) -> list[list[tuple[int, int]]]:
    """The left top corners of the blocks, column by column, each from the bottom up."""
    wide, high = layout.block
    return [
        [(int(layout.x(col + 0.5) - wide / 2), int(layout.y(row + 0.5) - high / 2)) for row in range(layout.rows)]
        for col in range(layout.cols)
    ]


@cached_sprite
def _empty(layout: _Layout) -> Sprite:
    """The field with its lines and numbers."""
    canvas, px = Canvas(*layout.size, PAPER), layout.style.px
    left, right, top, bottom = (
        round(v) for v in (layout.x(0), layout.x(layout.cols), layout.y(layout.rows), layout.y(0))
    )
    line, size = px(1), px(LABEL)
    for col in range(layout.cols + 1):
        x = round(layout.x(col))
        canvas.rect((x, top, x + line, bottom + line), INK)
        if col:
            canvas.text((layout.x(col - 0.5), bottom + px(MARGIN) / 2), str(col), size, INK, PAPER)
    for row in range(layout.rows + 1):
        y = round(layout.y(row))
        canvas.rect((left, y, right + line, y + line), INK)
        if row:
            canvas.text((left / 2, layout.y(row - 0.5)), str(row), size, INK, PAPER)
    return canvas.sprite()


@cached_sprite
def _block(sign: str, wide: int, high: int, rim: int) -> Sprite:
    """A filled rectangle with a mark, so that the types differ without their colours as well."""

    def paint(pen: "ImageDraw", s: int) -> None:
        pen.rectangle((0, 0, wide * s - 1, high * s - 1), FILL[COLORS[sign]], OUTLINE, rim * s)
        _mark(pen, sign, wide * s / 2, high * s / 2, min(high, wide / 2) * s / 10)

    return sprite((wide, high), paint)


def _mark(pen: "ImageDraw", sign: str, x: float, y: float, unit: float) -> None:
    """Draw the mark of a type around (x, y), up to 8 units to the sides and 3 up and down."""
    ink, thin = "#FFFFFF" if sign == BODY else "#202020", max(1, round(0.9 * unit))
    if sign == CLICK:
        pen.ellipse((x - 2.6 * unit, y - 2.6 * unit, x + 2.6 * unit, y + 2.6 * unit), None, ink, thin)
    elif sign == REVERSE:
        pen.line((x - 6 * unit, y, x + 6 * unit, y), ink, thin)
        for side in (-1, 1):
            tip = x + 8 * side * unit
            pen.polygon(
                [(tip, y), (tip - 4 * side * unit, y - 2.8 * unit), (tip - 4 * side * unit, y + 2.8 * unit)], ink
            )
    elif sign == HEAD:
        for side in (-1, 1):
            eye = x + 3 * side * unit
            pen.ellipse((eye - 1.5 * unit, y - 1.5 * unit, eye + 1.5 * unit, y + 1.5 * unit), ink)
    elif sign == BODY:
        pen.rectangle((x - unit, y - 3 * unit, x + unit, y + 3 * unit), ink)
    else:
        pen.polygon([(x, y - 3 * unit), (x - 4 * unit, y + 2.6 * unit), (x + 4 * unit, y + 2.6 * unit)], ink)
