"""The pyramid as panels, as a drawing in space and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import (
    Camera,
    Canvas,
    Grid,
    Sprite,
    Style,
    axis,
    ball,
    cached_sprite,
    column_labels,
    disc,
    lines,
    mesh,
    row_labels,
    sprite,
)

from .state import State, slots

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from gameqa.draw.canvas import Box

WIDTH, HEIGHT = 720, 760
CELL = {3: 62, 4: 46, 5: 33}
TITLE_TOP, PANEL_BOTTOM = 14, 236
LABELS = 28
"""Room for a panel's y digits."""
NARROWEST = 62
"""A panel's least width: its title."""
LEGEND_LINE, SPACE_TOP, SPACE_BOTTOM = 292, 330, 720
SIDE = 70
"""Room left and right of the drawing in space."""
TEXT_SIZE = 17
COLORS = ("#1F4FE0", "#D62222")
PAPER, INK, LINE, FAINT, AXIS = "#FFFFFF", "#000000", "#A0A0A0", "#C0C0C0", "#606060"
BALL, RING = 0.8, 0.24
"""Diameters in cells."""
AZIMUTH, ELEVATION = -68.0, 40.0
RISE = 0.5**0.5
"""Height of a level in diameters: a ball in the hollow touches the four below."""


def draw(state: State, style: Style) -> "Image":
    """Draw one panel per level, the legend, and the pyramid in space."""
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT), PAPER)
    _panels(canvas, state, style)
    _legend(canvas, style)
    _space(canvas, state, style)
    return canvas.image


def describe(state: State) -> str:
    """Return every level as rows of x, with a column for each y."""
    size = state.size
    parts = [f"PYRAMID CHESS STATE ({size}x{size} board, PLAYER_0 = blue = P0, PLAYER_1 = red = P1, -- = empty)"]
    for level, rows in enumerate(state.levels()):
        end = size - 1 - level
        parts.append(f"Level {level} (rows x=0..{end}, columns y=0..{end}):" if end else f"Level {level}:")
        parts += [f"x={x}: {' '.join(row)}" for x, row in enumerate(rows)]
    return "\n".join(parts)


def _panels(canvas: Canvas, state: State, style: Style) -> None:
    """Draw the levels side by side: x to the right, y upward."""
    cell, labels, text = style.px(CELL[state.size]), style.px(LABELS), style.px(TEXT_SIZE)
    widths = [max(cell * count, style.px(NARROWEST)) for count in range(state.size, 0, -1)]
    gap = (canvas.width - sum(widths) - labels * len(widths)) // (len(widths) + 1)
    ring = disc(round(cell * RING), None, FAINT, style.px(2))
    balls = [_ball(round(cell * BALL), color, bool(player)) for player, color in enumerate(COLORS)]
    left = gap
    for level, rows in enumerate(state.levels()):
        count, room = len(rows), widths[level]
        left += labels
        grid_left = left + (room - cell * count) // 2
        grid = Grid(count, count, cell, grid_left, style.px(PANEL_BOTTOM) - cell * count)
        lines(canvas, grid, LINE, style.px(1))
        column_labels(canvas, grid, range(count), text, style.px(8), below=True)
        row_labels(canvas, grid, range(count - 1, -1, -1), text, style.px(8))
        middle = left + room / 2
        canvas.text((middle, grid.top - style.px(30)), f"Level {level}", text)
        digit = canvas.text_size("0", text)
        canvas.text((grid.left - style.px(8) - digit[0] / 2, grid.top - style.px(9)), "y", text, bold=False)
        below = grid.bottom + style.px(8) + digit[1] / 2
        canvas.text((grid.right + style.px(9), below), "x", text, bold=False)
        for x, row in enumerate(rows):
            for y, mark in enumerate(row):
                shown = ring if mark == "--" else balls[mark == "P1"]
                canvas.paste(shown, grid.center(count - 1 - y, x), "mm")
        left += room + gap


def _legend(canvas: Canvas, style: Style) -> None:
    """Name the two players' balls on one line."""
    y, text, size = style.px(LEGEND_LINE), style.px(TEXT_SIZE), style.px(26)
    for player, color in enumerate(COLORS):
        x = style.px(WIDTH / 2 + (-210, 40)[player])
        canvas.paste(_ball(size, color, bool(player)), (x, y), "mm")
        canvas.text((x + style.px(20), y), f"PLAYER_{player} ({('blue', 'red')[player]})", text, anchor="lm")


def _space(canvas: Canvas, state: State, style: Style) -> None:
    """Draw the floor with its ticks, the scale of levels, and the balls from back to front."""
    size, text = state.size, style.px(TEXT_SIZE)
    height = 0.5 + RISE * (size - 1)
    corners = [(x, y, 0.0) for x in (0.0, size) for y in (0.0, size)] + [
        (0.0, 0.0, height),
        (size / 2, size / 2, height + 0.6),
    ]
    room: Box = (style.px(SIDE), style.px(SPACE_TOP), style.px(WIDTH - SIDE), style.px(SPACE_BOTTOM))
    camera = Camera.fit(AZIMUTH, ELEVATION, corners, room)
    mesh(canvas, camera, (0, 0, 0), (1, 0, 0), (0, 1, 0), (size, size), FAINT, style.px(1))
    axis(canvas, camera, (0, 0, 0), (0, 0, height + 0.3), AXIS, "level", text, style.px(2))
    for tick in range(size):
        x, y = camera.project(tick + 0.5, 0, 0)
        canvas.text((x - style.px(6), y + style.px(16)), str(tick), text)
        x, y = camera.project(size, tick + 0.5, 0)
        canvas.text((x + style.px(14), y + style.px(10)), str(tick), text)
        x, y = camera.project(0, 0, 0.5 + RISE * tick)
        canvas.line([(x - style.px(6), y), (x + style.px(6), y)], AXIS, style.px(2))
        canvas.text((x - style.px(18), y), str(tick), text)
    x, y = camera.project(size, 0, 0)
    canvas.text((x - style.px(10), y + style.px(16)), "x", text, bold=False)
    x, y = camera.project(size, size, 0)
    canvas.text((x + style.px(16), y), "y", text, bold=False)
    spheres = [ball(round(camera.scale), color, paper=INK) for color in COLORS]
    placed = [
        (slot.x + (slot.level + 1) / 2, slot.y + (slot.level + 1) / 2, 0.5 + RISE * slot.level, state.holder(number))
        for number, slot in enumerate(slots(size))
        if state.full >> number & 1
    ]
    for x, y, z, player in sorted(placed, key=lambda one: camera.depth(*one[:3])):
        canvas.paste(spheres[player], camera.project(x, y, z), "mm")


@cached_sprite
def _ball(size: int, color: str, barred: bool) -> Sprite:
    """A flat ball with a black rim; a white bar tells red ones apart without their colour."""

    def paint(pen: "ImageDraw", s: int) -> None:
        whole = size * s
        pen.ellipse((0, 0, whole - 1, whole - 1), color, INK, max(s, whole // 20))
        if barred:
            pen.rectangle((whole * 0.32, whole * 0.45, whole * 0.68, whole * 0.55), PAPER)

    return sprite(size, paint, paper=PAPER)
