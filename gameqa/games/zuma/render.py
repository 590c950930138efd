"""The board as picture and as text. Lengths are pixels at scale 1, or units of the board where stated."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING, NamedTuple

from gameqa.draw import Canvas, Sprite, Style, cached_sprite, sprite, text_size

from .state import GROWTH, HOLE_RADIUS, RADIUS, WIDTH, Point, State, Track

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIDE = 800
EDGE = 0.5
"""Units left free around everything that is drawn."""
PAPER, LINE, TRACK, DASHES = "#FFFFFF", "#000000", "#D3D3D3", "#808080"
FILL = {"red": "#FF0000", "yellow": "#FFFF00", "blue": "#0000FF", "green": "#008000"}
MARK = {"red": "#FFFFFF", "yellow": "#000000", "blue": "#FFFFFF", "green": "#FFFFFF"}
TIP, BASE, HALF_BASE = 1.2, 0.6, 0.6
"""The frog's triangle in units: tip ahead of the circle's centre, base behind it, half of the base."""
RAYS = (22.5, 67.5, 112.5, 157.5, -157.5, -112.5, -67.5, -22.5)
LABEL, LABEL_EDGE, LABEL_STEP, LABEL_BAND = 16, 4, 6, 80
"""Size of a ray's label, its least distance from the edge, the steps by which it makes way for marbles, and how far
from the edge labels reach at most."""
STEP = 0.1
"""Radians between two points of the drawn track."""


class View(NamedTuple):
    """From units to pixels: y grows upwards on the board, downwards in the picture."""

    middle: Point
    unit: float
    side: int

    def at(self, point: Point) -> Point:
        """Return the pixel of a point."""
        x, y = point
        return self.side / 2 + (x - self.middle[0]) * self.unit, self.side / 2 - (y - self.middle[1]) * self.unit


def view_of(state: State, border: list[Point], side: int) -> View:
    """Return the view that holds track, hole and frog, however the frog is turned."""
    hole, frog = state.track.hole, state.frog
    ends: list[tuple[float, float]] = []
    for axis in (0, 1):
        track = [point[axis] for point in border]
        low = min(*track, hole[axis] - HOLE_RADIUS, frog[axis] - TIP)
        high = max(*track, hole[axis] + HOLE_RADIUS, frog[axis] + TIP)
        ends.append((low, high))
    width = max(high - low for low, high in ends) + 2 * EDGE
    return View((sum(ends[0]) / 2, sum(ends[1]) / 2), side / width, side)


def draw(state: State, style: Style) -> "Image":
    """Draw track, hole, rays, marbles, frog and the labels of the rays, in this order."""
    side = style.px(SIDE)
    border = track_border(state.track)
    view = view_of(state, border, side)
    canvas = Canvas(side, side, PAPER)
    thin = style.px(1)
    canvas.polygon([view.at(point) for point in border], TRACK, LINE, thin)
    canvas.ellipse(_box(view, state.track.hole, HOLE_RADIUS), LINE)
    frog = view.at(state.frog)
    for degree in RAYS:
        canvas.dashed(frog, _exit(frog, degree, 0, 0, side), DASHES, thin, style.px(6), style.px(4))
    diameter = round(2 * RADIUS * view.unit)
    for marble, color in zip(state.marbles, state.colors, strict=True):
        canvas.paste(_marble(diameter, color, thin), view.at(marble), "mm")
    canvas.polygon([view.at(corner) for corner in _triangle(state)], PAPER, LINE, thin, paper=PAPER)
    canvas.paste(_marble(diameter, state.shot, thin), frog, "mm")
    for text, spot in label_spots(state, view, style):
        canvas.text(spot, text, style.px(LABEL), bold=False, halo=PAPER)
    return canvas.image


def describe(state: State) -> str:
    """Return the board with coordinates of two decimals."""
    chain = "; ".join(
        f"{number} {color} {point_text(marble)}"
        for number, (marble, color) in enumerate(zip(state.marbles, state.colors, strict=True), 1)
    )
    return "\n".join(
        [
            "Zuma. Marble radius 0.30 (diameter 0.60). Coordinates: x right, y up.",
            f"Hole at {point_text(state.track.hole)}, radius 0.60.",
            f"Frog at {point_text(state.frog)}, aiming at {state.angle} degrees, next marble: {state.shot}.",
            f"Chain of {len(state.marbles)} marbles, outer end first:",
            chain,
        ]
    )


def point_text(point: Point) -> str:
    """Return coordinates with two decimals, without minus zeros."""
    x, y = (round(value, 2) + 0.0 for value in point)
    return f"({x:.2f}, {y:.2f})"


def label_spots(state: State, view: View, style: Style) -> Iterator[tuple[str, Point]]:
    """Yield the labels of the rays and their middles: where the ray leaves the picture, or as near as marbles allow."""
    frog, size = view.at(state.frog), style.px(LABEL)
    reach = RADIUS * view.unit + style.px(2)
    band = reach + style.px(LABEL_BAND)
    marbles = [view.at(marble) for marble in state.marbles]
    marbles = [(x, y) for x, y in marbles if min(x, y, view.side - x, view.side - y) < band]
    for degree in RAYS:
        text = f"{degree:g}"
        wide, high = text_size(text, size, bold=False)
        across, down = wide / 2 + style.px(LABEL_EDGE), high / 2 + style.px(LABEL_EDGE)
        spot = _exit(frog, degree, across, down, view.side)
        beside = min(spot[0] - across, view.side - across - spot[0]) < 1
        shifts = _shifts(view.side, style.px(LABEL_STEP))
        ways = ((spot[0], spot[1] + shift) if beside else (spot[0] + shift, spot[1]) for shift in shifts)
        yield (
            text,
            next(
                ((x, y) for x, y in ways if not any(_overlap(x, y, wide, high, marble, reach) for marble in marbles)),
                spot,
            ),
        )


@lru_cache(maxsize=8)
def _shifts(side: int, step: int) -> list[int]:
    """Return how far a label may move along the edge of the picture, the least first."""
    return sorted(range(-side, side, step), key=abs)


def _overlap(x: float, y: float, wide: float, high: float, marble: Point, reach: float) -> bool:
    """Say whether a disc of radius `reach` meets a rectangle around (x, y)."""
    right, down = max(0.0, abs(marble[0] - x) - wide / 2), max(0.0, abs(marble[1] - y) - high / 2)
    return hypot(right, down) < reach


def _exit(frog: Point, degree: float, across: float, down: float, side: int) -> Point:
    """Return where a ray leaves the picture without a margin of `across` and `down` pixels."""
    x, y = cos(radians(degree)), -sin(radians(degree))
    to_x = ((side - across if x > 0 else across) - frog[0]) / x
    to_y = ((side - down if y > 0 else down) - frog[1]) / y
    way = min(to_x, to_y)
    return frog[0] + way * x, frog[1] + way * y


def track_border(track: Track) -> list[Point]:
    """Return the outline of the track: along the outer border to the outer end, back along the inner one."""
    count = int((track.end - track.start) / STEP) + 1
    outer: list[Point] = []
    inner: list[Point] = []
    for i in range(count + 1):
        t = track.start + (track.end - track.start) * i / count
        x, y = track.point(t)
        radius = hypot(x, y)
        across = (radius * cos(t) + GROWTH * sin(t), radius * sin(t) - GROWTH * cos(t))
        half = WIDTH / 2 / hypot(*across)
        outer.append((x + half * across[0], y + half * across[1]))
        inner.append((x - half * across[0], y - half * across[1]))
    return outer + inner[::-1]


def _triangle(state: State) -> list[Point]:
    x, y = cos(radians(state.angle)), sin(radians(state.angle))
    corners = [(TIP, 0.0), (-BASE, HALF_BASE), (-BASE, -HALF_BASE)]
    return [(state.frog[0] + a * x - b * y, state.frog[1] + a * y + b * x) for a, b in corners]


def _box(view: View, centre: Point, radius: float) -> tuple[float, float, float, float]:
    x, y = view.at(centre)
    reach = radius * view.unit
    return x - reach, y - reach, x + reach, y + reach


@cached_sprite
def _marble(diameter: int, color: str, rim: int) -> Sprite:
    """A disc with a rim and a mark: plus on red, dot on yellow, diamond on blue, bar on green."""

    def paint(pen: "ImageDraw", s: int) -> None:
        end, middle = diameter * s - 1, diameter * s / 2
        pen.ellipse((0, 0, end, end), FILL[color], LINE, rim * s)
        long, thick = middle * 0.5, middle * 0.16
        ink = MARK[color]
        if color in ("red", "green"):
            pen.rectangle((middle - long, middle - thick, middle + long - 1, middle + thick - 1), ink)
        if color == "red":
            pen.rectangle((middle - thick, middle - long, middle + thick - 1, middle + long - 1), ink)
        if color == "yellow":
            dot = middle * 0.36
            pen.ellipse((middle - dot, middle - dot, middle + dot - 1, middle + dot - 1), ink)
        if color == "blue":
            pen.polygon(
                [(middle - long, middle), (middle, middle - long), (middle + long, middle), (middle, middle + long)],
                ink,
            )

    return sprite(diameter, paint)
