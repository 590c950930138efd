"""The cube as picture and as text. Lengths are pixels at scale 1."""

from dataclasses import replace
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Legend, Point, Sprite, Style, lines, rgb

from .rules import FACES, FRAMES, Face, Frame, place_of
from .state import COLORS, State

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 780, 600
PAPER, INK, GREY = "#FFFFFF", "#000000", "#808080"
FILL = ("#FFD500", "#FFFFFF", "#FF7A00", "#B71234", "#0046AD", "#009B48")
"""The colours of the stickers, in the order of `COLORS`."""

NET = (24, 46)
"""Left top corner of the net, where no face lies."""
CELL, GAP = 34, 8
"""Side of a sticker in the net; space between two faces."""
AT: dict[Face, tuple[int, int]] = {"U": (0, 1), "L": (1, 0), "F": (1, 1), "R": (1, 2), "B": (1, 3), "D": (2, 1)}
"""Row and column of each face in the net."""
TABLE, TABLE_CELL = (24, 428), 50
"""Left top corner of the coordinate grid; side of its cells."""
KEY = (236, 438)
"""Left top corner of the colour names."""

EDGE = 120
"""Length of the cube's edges in the views."""
FRONT, BEHIND = (630, 172), (630, 452)
"""Where the corner that three faces share lies in each view."""
LETTER, HEADING, TEXT = 20, 17, 16


def draw(state: State, style: Style) -> "Image":
    """Draw net, views, coordinates and colour names."""
    blank = _blank(style.scale)
    canvas = Canvas(blank.width, blank.height, PAPER)
    fills = {_mark(place): rgb(FILL[color]) for place, color in enumerate(state.stickers)}
    canvas.paste(replace(blank, colors=tuple(fills.get(color, color) for color in blank.colors)), (0, 0))
    return canvas.image


def describe(state: State) -> str:
    """Return the six faces, one line each."""
    lines = [f"{face}: {face_text(state.rows(face))}" for face in FACES]
    return "\n".join(["Rubik's cube (rows from the top, as in the net)", *lines])


def face_text(rows: list[list[int]]) -> str:
    """Return the colours of a face in words, row by row."""
    return " / ".join(" ".join(COLORS[color] for color in row) for row in rows)


def _mark(place: int) -> tuple[int, int, int]:
    """The colour that stands for a place's sticker in the blank picture; no other part has it."""
    return place, 1, 2


@lru_cache(maxsize=8)
def _blank(scale: float) -> Sprite:
    """The whole picture, with marks in place of the colours."""
    style = Style(scale)
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT), PAPER)
    _net(canvas, style)
    _coordinates(canvas, style)
    left, top = (style.px(length) for length in KEY)
    entries = list(zip(FILL, COLORS, strict=True))
    key = Legend(entries, style.px(220), style.px(TEXT), style.px(24), style.px(24))
    key.draw(canvas, left, top)
    _view(canvas, style, FRONT, 1, ("F", "R", "U"))
    _view(canvas, style, BEHIND, -1, ("B", "L", "D"))
    return canvas.sprite()


def _net(canvas: Canvas, style: Style) -> None:
    cell, gap, size = style.px(CELL), style.px(GAP), style.px(LETTER)
    for face, (row, column) in AT.items():
        left, top = style.px(NET[0]) + column * (3 * cell + gap), style.px(NET[1]) + row * (3 * cell + gap)
        grid = Grid(3, 3, cell, left, top)
        for r in range(3):
            for c in range(3):
                canvas.rect(grid.box(r, c), _mark(place_of(face, r, c)))
        lines(canvas, grid, INK, style.px(1), frame=INK, frame_width=style.px(3))
        middle, above, below = left + 1.5 * cell, top - style.px(14), grid.bottom + style.px(16)
        if face == "F":
            # F has no free side: its letter stands beyond a corner, in the room that L and D leave.
            x, y = left - style.px(26), grid.bottom + style.px(26)
            near, far = style.px(2), style.px(17)
            canvas.line([(left - near, grid.bottom + near), (left - far, grid.bottom + far)], INK, style.px(2))
            canvas.text((x, y), face, size, INK, PAPER)
        else:
            canvas.text((middle, below if face == "D" else above), face, size, INK, PAPER)


def _coordinates(canvas: Canvas, style: Style) -> None:
    grid = Grid(3, 3, style.px(TABLE_CELL), style.px(TABLE[0]), style.px(TABLE[1]))
    canvas.text((grid.left, grid.top - style.px(16)), "Coordinates", style.px(HEADING), INK, PAPER, "lm")
    lines(canvas, grid, GREY, style.px(1), frame=GREY, frame_width=style.px(2))
    for row in range(3):
        for column in range(3):
            canvas.text(grid.center(row, column), f"({row},{column})", style.px(TEXT), INK, PAPER, bold=False)


def _view(canvas: Canvas, style: Style, middle: tuple[int, int], side: int, faces: tuple[Face, Face, Face]) -> None:
    """Draw the three faces that meet at the corner (side, side, side) of the cube, seen from beyond it.

    Up is up on the screen in both views, so that left and right change places. `faces`: the left, the right and the
    level one. Letters stand outside, at the free side or corner of their face.
    """
    edge, (x0, y0) = style.px(EDGE), (style.px(length) for length in middle)

    def project(x: float, y: float, z: float) -> Point:
        # Isometric: the three axes look equally long. The cube reaches from -1 to 1.
        return x0 + side * (x - z) * sqrt(3) / 4 * edge, y0 + ((x + z) / 4 - y / 2) * edge

    for face in faces:

        def at(row: float, column: float, frame: Frame = FRAMES[face]) -> Point:
            u, v = column / 1.5 - 1, row / 1.5 - 1
            x, y, z = (n + u * r + v * d for n, r, d in zip(*frame, strict=True))
            return project(x, y, z)

        for row in range(3):
            for column in range(3):
                corners = [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)]
                canvas.polygon(corners, _mark(place_of(face, row, column)))
        for k in range(4):
            width = style.px(3 if k in (0, 3) else 1)
            canvas.line([at(k, 0), at(k, 3)], INK, width)
            canvas.line([at(0, k), at(3, k)], INK, width)
    wide = sqrt(3) / 2 * edge + style.px(16)
    for face, dx, dy in zip(faces, (-wide, wide, 0), (0, 0, -side * (edge + style.px(15))), strict=True):
        canvas.text((x0 + dx, y0 + dy), face, style.px(LETTER), INK, PAPER)
    title = f"View from {'front' if side > 0 else 'behind'}: {', '.join(faces)}"
    # Only the front view has a letter on top.
    canvas.text((x0, y0 - edge - style.px(36 if side > 0 else 18)), title, style.px(HEADING), INK, PAPER)
