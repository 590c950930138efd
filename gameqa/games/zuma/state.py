"""The spiral track, the frog and the chain of marbles."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import atan2, cos, dist, hypot, isfinite, sin, tau
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from msgspec import Meta

Point = tuple[float, float]
"""(x, y): x grows to the right, y upwards; the origin is the centre of the spiral."""

Color = Literal["red", "yellow", "blue", "green"]
COLORS: tuple[Color, ...] = ("red", "yellow", "blue", "green")

RADIUS, DIAMETER, HOLE_RADIUS, WIDTH = 0.3, 0.6, 0.6, 0.6
"""Radius and diameter of a marble, radius of the hole, width of the track."""
GROWTH = 0.2
"""What the radius of the spiral gains per radian."""
MOST_TURNS = 3.2
FROG_TO_MARBLE, FROG_TO_HOLE, MARBLE_TO_HOLE = 2.0, 2.2, 1.3
"""Least distances of centres; that to the hole is for the last marble, the next winding passes a little nearer."""
SLACK = 0.001
"""What rounding to four decimals may cost."""

Angle = Annotated[int, Meta(ge=-179, le=180)]
"""Whole degrees: 0 points right, 90 up, 180 left, -90 down."""


class Track(NamedTuple):
    """The spiral of the points (r cos t, r sin t) with r = a + GROWTH t; t grows from the hole by `turns` turns."""

    hole: Point
    a: float
    start: float
    turns: float

    @property
    def end(self) -> float:
        """The t of the outer end."""
        return self.start + tau * self.turns

    def point(self, t: float) -> Point:
        """Return the point of the middle line at t."""
        radius = self.a + GROWTH * t
        return radius * cos(t), radius * sin(t)

    def place(self, point: Point) -> float | None:
        """Return the t of a point on the middle line, or None when the point does not lie on the track."""
        t = (hypot(*point) - self.a) / GROWTH
        on = dist(point, self.point(t)) < 0.02 and self.start - 0.01 < t < self.end + 0.01
        return t if on else None


class _PointJson(msgspec.Struct, forbid_unknown_fields=True):
    x: float
    y: float


class _TrackJson(msgspec.Struct, forbid_unknown_fields=True):
    hole_position: _PointJson
    a: float
    b: float
    theta_start: float
    turns: float
    width: float


class _FrogJson(msgspec.Struct, forbid_unknown_fields=True):
    position: _PointJson
    angle: Angle
    next_ball_color: Color


class _BallJson(msgspec.Struct, forbid_unknown_fields=True):
    position: _PointJson
    color: Color


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    track: _TrackJson
    marble_radius: float
    frog: _FrogJson
    balls: list[_BallJson]


@dataclass(frozen=True, slots=True)
class State:
    """A chain of marbles on its track, outer end first, and a frog about to shoot.

    `frog` is the centre of the marble on the frog, `shot` its colour, `angle` where the frog aims.
    """

    track: Track
    frog: Point
    angle: int
    shot: Color
    marbles: tuple[Point, ...]
    colors: tuple[Color, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        track = self.track
        return {
            "track": {
                "hole_position": _point(track.hole),
                "a": track.a,
                "b": GROWTH,
                "theta_start": track.start,
                "turns": track.turns,
                "width": WIDTH,
            },
            "marble_radius": RADIUS,
            "frog": {"position": _point(self.frog), "angle": self.angle, "next_ball_color": self.shot},
            "balls": [
                {"position": {"x": x, "y": y}, "color": color}
                for (x, y), color in zip(self.marbles, self.colors, strict=True)
            ],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        spiral, frog = read.track, read.frog
        if (read.marble_radius, spiral.b, spiral.width) != (RADIUS, GROWTH, WIDTH):
            raise ValueError(f"marble_radius, b and width must be {RADIUS}, {GROWTH} and {WIDTH}")
        hole = _pair(spiral.hole_position)
        track = Track(hole, spiral.a, spiral.theta_start, spiral.turns)
        state = cls(
            track,
            _pair(frog.position),
            frog.angle,
            frog.next_ball_color,
            tuple(_pair(ball.position) for ball in read.balls),
            tuple(ball.color for ball in read.balls),
        )
        _check_track(track)
        _check_marbles(state)
        return state

    def __str__(self) -> str:
        chain = " ".join(color[0].upper() for color in self.colors)
        return f"frog at {self.frog} aims {self.shot} at {self.angle} degrees; chain: {chain}"


def rounded(point: Point, digits: int) -> Point:
    """Return a point with rounded coordinates, without minus zeros."""
    return round(point[0], digits) + 0.0, round(point[1], digits) + 0.0


@lru_cache(maxsize=32)
def coarse(frog: Point, marbles: tuple[Point, ...]) -> tuple[Point, tuple[Point, ...]]:
    """Return frog and marbles with the two decimals that the text view shows."""
    return rounded(frog, 2), tuple(rounded(marble, 2) for marble in marbles)


def _point(point: Point) -> dict[str, float]:
    return {"x": point[0], "y": point[1]}


def _pair(point: _PointJson) -> Point:
    if not (isfinite(point.x) and isfinite(point.y)):
        raise ValueError("coordinates must be finite numbers")
    return point.x, point.y


def _check_track(track: Track) -> None:
    if not (isfinite(track.a) and 0 < track.turns <= MOST_TURNS + SLACK):
        raise ValueError(f"a must be finite and turns at most {MOST_TURNS}")
    if not abs(track.start - atan2(track.hole[1], track.hole[0])) < SLACK:
        raise ValueError("theta_start must be the direction of the hole from the origin")
    if not dist(track.hole, track.point(track.start)) < SLACK:
        raise ValueError("the track must begin at the hole")


def _check_marbles(state: State) -> None:
    marbles = state.marbles
    if len(marbles) < 2:
        raise ValueError("the chain must have at least two marbles")
    for number, (one, two) in enumerate(pairwise(marbles), 1):
        if abs(dist(one, two) - DIAMETER) > SLACK:
            raise ValueError(f"marbles {number} and {number + 1} must touch")
    places: list[float] = []
    for number, point in enumerate(marbles, 1):
        place = state.track.place(point)
        if place is None:
            raise ValueError(f"marble {number} does not lie on the track")
        places.append(place)
    if any(one <= two for one, two in pairwise(places)):
        raise ValueError("the marbles must be listed from the outer end towards the hole")
    hole = state.track.hole
    if dist(state.frog, hole) < FROG_TO_HOLE - SLACK:
        raise ValueError(f"the hole must be {FROG_TO_HOLE} away from the frog")
    if dist(hole, marbles[-1]) < MARBLE_TO_HOLE - SLACK:
        raise ValueError(f"the last marble must be {MARBLE_TO_HOLE} away from the hole")
    if any(dist(state.frog, marble) < FROG_TO_MARBLE - SLACK for marble in marbles):
        raise ValueError(f"every marble must be {FROG_TO_MARBLE} away from the frog")
