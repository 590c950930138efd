"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, column_labels, lines, row_labels, sprite

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIDE, MARGIN, BOARD = 600, 56, 520
"""Picture side, left and top margin, room for the cells."""
FILL = ("#FFFFFF", "#1A1A1A")
LINE, FRAME, RED = "#8C8C8C", "#000000", "#E60000"
TIP, BASE, HALF_WIDTH = 0.42, 0.30, 0.28
"""The arrow in cells: tip ahead of the centre, base behind it, half of the base's width."""
TURNS = {"right": 0, "down": 1, "left": 2, "up": 3}
ARROWS = {"up": "^", "right": ">", "down": "v", "left": "<"}
LEGEND = (
    "W = white, B = black; ^ > v < behind the letter = the ant facing up, right, down, left.\n"
    "x (row) grows downward, y (column) grows rightward."
)


def draw(state: State, style: Style) -> "Image":
    """Draw cells, lines, numbers at the left (x) and top (y), and the ant."""
    cell = style.px(BOARD // state.size)
    grid = Grid(state.size, state.size, cell, style.px(MARGIN), style.px(MARGIN))
    canvas = Canvas(style.px(SIDE), style.px(SIDE), FILL[0])
    for x, row in enumerate(state.grid):
        for y, color in enumerate(row):
            if color:
                canvas.rect(grid.box(x, y), FILL[1])
    lines(canvas, grid, LINE, style.px(1), frame=FRAME, frame_width=style.px(2))
    size = style.px(30 if state.size <= 9 else 24)
    labels = range(state.size)
    row_labels(canvas, grid, labels, size, style.px(10))
    column_labels(canvas, grid, labels, size, style.px(10))
    inset = style.px(1)
    arrow = _arrow(cell - 2 * inset, TURNS[state.ant.facing], FILL[state.grid[state.ant.x][state.ant.y]])
    left, top, _, _ = grid.box(*state.ant.cell, inset=inset)
    canvas.paste(arrow, (left, top))
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one letter a cell; the arrow stands only in the ant's cell."""
    heading = f"Langton's Ant, {state.size} x {state.size} board. {LEGEND}"
    rows = ["x\\y   " + "".join(f"{y:<4}" for y in range(state.size))]
    for x, row in enumerate(state.grid):
        marks = [
            "WB"[color] + (ARROWS[state.ant.facing] if state.ant.cell == (x, y) else "") for y, color in enumerate(row)
        ]
        rows.append(f"{x:>2}    " + "".join(f"{mark:<4}" for mark in marks))
    return "\n".join([heading, *(row.rstrip() for row in rows)])


@cached_sprite
def _arrow(size: int, turns: int, paper: str) -> Sprite:
    """An isosceles triangle with a white rim, longer than wide, turned clockwise from facing right."""

    def paint(pen: "ImageDraw", s: int) -> None:
        middle = size * s / 2
        points = [(TIP, 0.0), (-BASE, HALF_WIDTH), (-BASE, -HALF_WIDTH)]
        for _ in range(turns):
            points = [(-y, x) for x, y in points]
        corners = [(middle + x * size * s, middle + y * size * s) for x, y in points]
        pen.polygon(corners, fill=RED, outline="#FFFFFF", width=s)

    return sprite(size, paint, paper=paper)
