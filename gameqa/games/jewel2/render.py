"""The board as picture and as text. Lengths are pixels at scale 1."""

from math import cos, pi, sin
from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, blend, cached_sprite, column_labels, lines, row_labels, sprite

from .state import BAR, BASIC, BLACK, State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT, LEFT, TOP, BOARD = 480, 640, 58, 132, 400
"""The picture, the corner of the board, room for the cells."""
TITLE, TITLE_Y, TOTAL, TOTAL_GAP = 48, 52, 30, 52
"""Font size and height of the title; font size of Total Cleared and its distance from the board."""
LABEL, TICK, LABEL_GAP = 20, 8, 13
CELL, LINE, FRAME, INK, PAPER = "#E8E8E4", "#BEBEB8", "#6E6E6A", "#000000", "#FFFFFF"
COLORS = {
    **dict(zip(BASIC, ("#D0142C", "#159A3C", "#1C86E0", "#F0B400", "#8E30C0"), strict=True)),
    BLACK: "#202020",
    BAR: "#35C4D0",
}
GEM = 0.78
"""Side of a gem in cells."""
BAR_WIDTH, BAR_HEIGHT = 0.2, 0.7
"""The bar in cells."""
WINDOW, LIGHT, DARK = 0.16, 0.85, -0.6
"""Radius of the light window in the middle, in gems; shades of the window and of its rim."""

Outline = list[tuple[float, float]]


def draw(state: State, style: Style) -> "Image":
    """Draw title, cells, gems, numbers at the left (x) and top (y) with ticks, and Total Cleared."""
    px, size = style.px, state.size
    grid = Grid(size, size, px(BOARD // size), px(LEFT), px(TOP))
    canvas = Canvas(px(WIDTH), px(HEIGHT), PAPER)
    canvas.rect(grid.frame, CELL)
    lines(canvas, grid, LINE, px(1), frame=FRAME, frame_width=px(2))
    for x, row in enumerate(state.board):
        for y, element in enumerate(row):
            canvas.paste(_gem(element, round(grid.cell * GEM)), grid.center(x, y), "mm")
    for place in range(size):
        across, down = grid.center(place, place)
        canvas.line([(across, grid.top - px(TICK)), (across, grid.top)], FRAME, px(2))
        canvas.line([(grid.left - px(TICK), down), (grid.left, down)], FRAME, px(2))
    row_labels(canvas, grid, range(size), px(LABEL), px(LABEL_GAP), INK, PAPER)
    column_labels(canvas, grid, range(size), px(LABEL), px(LABEL_GAP), INK, PAPER)
    canvas.text((canvas.width / 2, px(TITLE_Y)), "Jewel2 Game", px(TITLE), INK, PAPER)
    canvas.text(((grid.left + grid.right) / 2, grid.bottom + px(TOTAL_GAP)), total_text(state), px(TOTAL), INK, PAPER)
    return canvas.image


def total_text(state: State) -> str:
    """Return the line below the board."""
    return f"Total Cleared: {state.total}"


def describe(state: State) -> str:
    """Return the board with the symbols of its elements, and Total Cleared."""
    head = f"Jewel2 board: {state.size} rows x {state.size} columns, {total_text(state)}"
    rows = ["     " + "".join(f" y={y}" for y in range(state.size))]
    rows += [f"x={x}:" + "".join(f"   {element}" for element in row) for x, row in enumerate(state.board)]
    return "\n".join([head, *rows])


@cached_sprite
def _gem(element: str, size: int) -> Sprite:
    """The picture of an element, on the ground of a cell."""

    def paint(pen: "ImageDraw", s: int) -> None:
        brush = _Brush(pen, size * s, COLORS[element.upper()])
        if element == BLACK:
            brush.ball()
        elif element == BAR:
            brush.bar()
        else:
            (brush.pointed if element in BASIC else brush.round)()
            brush.window(element.upper(), 0.43 if element in BASIC else 0.5)

    return sprite(size, paint, paper=CELL)


class _Brush:
    """Draws in parts of a gem's side; shades run from black (-1) over the gem's colour (0) to white (1)."""

    def __init__(self, pen: "ImageDraw", side: int, color: str) -> None:
        self.pen, self.side, self.color = pen, side, color
        self.thin = max(1, side // 36)

    def shade(self, part: float) -> str:
        return blend(self.color, "#FFFFFF" if part > 0 else "#000000", abs(part))

    def facet(self, points: Outline, part: float) -> None:
        self.pen.polygon([(x * self.side, y * self.side) for x, y in points], self.shade(part))

    def rim(self, points: Outline, part: float = -0.5) -> None:
        at = [(x * self.side, y * self.side) for x, y in [*points, points[0], points[1]]]
        self.pen.line(at, self.shade(part), self.thin, "curve")

    def disc(self, x: float, y: float, radius: float, part: float | None, rim: float | None = None) -> None:
        box = [(v + sign * radius) * self.side for sign in (-1, 1) for v in (x, y)]
        fill, edge = (None if shade is None else self.shade(shade) for shade in (part, rim))
        self.pen.ellipse(box, fill, edge, self.thin)

    def pointed(self) -> None:
        """A cut diamond from the side: flat top, pointed bottom."""
        left, right, tip = (0.02, 0.35), (0.98, 0.35), (0.5, 0.98)
        crown = [(0.22, 0.06), (0.78, 0.06)]
        belt = [(0.34, 0.35), (0.66, 0.35)]
        self.facet([left, crown[0], belt[0]], 0.15)
        self.facet([*crown, belt[1], belt[0]], 0.35)
        self.facet([crown[1], right, belt[1]], -0.1)
        self.facet([left, belt[0], tip], 0)
        self.facet([*belt, tip], -0.18)
        self.facet([belt[1], right, tip], -0.38)
        self.rim([left, *crown, right, tip])

    def round(self) -> None:
        """A brilliant from above: a circle with eight facets around a table."""
        self.disc(0.5, 0.5, 0.48, 0)
        corners = _star(8, 0.46, 0.46)
        for place, part in enumerate((0.2, -0.05, -0.2, -0.35, -0.35, -0.2, 0.05, 0.2)):
            self.facet([(0.5, 0.5), *corners[2 * place : 2 * place + 2], corners[(2 * place + 2) % 16]], part)
        self.facet(_star(8, 0.33, 0.33), 0)
        self.disc(0.5, 0.5, 0.48, None, -0.5)

    def ball(self) -> None:
        """A glossy black ball."""
        self.disc(0.5, 0.5, 0.48, 0)
        self.disc(0.46, 0.44, 0.38, 0.12)
        self.disc(0.43, 0.4, 0.27, 0.22)
        self.disc(0.36, 0.31, 0.09, 0.9)

    def bar(self) -> None:
        """An upright bar with six corners and three long facets."""
        high, wide = BAR_HEIGHT / GEM / 2, BAR_WIDTH / GEM / 2
        top, bottom = (0.5, 0.5 - high), (0.5, 0.5 + high)
        edges = [[(0.5 + x, 0.6 - high), (0.5 + x, 0.4 + high)] for x in (-wide, -wide / 3, wide / 3, wide)]
        for place, part in enumerate((0.45, 0.05, -0.35)):
            self.facet([top, *edges[place], bottom, *reversed(edges[place + 1])], part)
        self.rim([top, *edges[3], bottom, *reversed(edges[0])])

    def window(self, element: str, y: float) -> None:
        """The light window in the middle whose shape doubles the colour."""
        radius = WINDOW
        if element == "C":
            self.disc(0.5, y, radius, LIGHT, DARK)
            return
        outline = {
            "A": _star(3, 1.25 * radius, 0.625 * radius),
            "B": _star(4, 1.25 * radius, 0.884 * radius, pi / 4),
            "D": _star(5, 1.35 * radius, 0.55 * radius),
            "E": _star(4, 1.6 * radius, 0.45 * radius, pi / 4),
        }[element]
        points = [(x, across + y - 0.5) for x, across in outline]
        self.facet(points, LIGHT)
        self.rim(points, DARK)


def _star(tips: int, outer: float, inner: float, turn: float = 0) -> Outline:
    """A star around the middle, its first tip up; a polygon when the inner corners lie on the sides."""
    angles = [turn + pi * n / tips for n in range(2 * tips)]
    radii = [outer, inner] * tips
    return [(0.5 + r * sin(angle), 0.5 - r * cos(angle)) for r, angle in zip(radii, angles, strict=True)]
