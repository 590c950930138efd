"""Directions, groups, shots and what they remove.

A shot is described by its *landing*: 2 i when the shot marble is pushed in before marble i (0-based, outer end
first), 2 i + 1 when behind it, `LEFT` when it touches no marble. *Gap* g lies before marble g.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import atan2, cos, degrees, dist, radians, sin, sqrt
from typing import TYPE_CHECKING, Literal, NamedTuple

from .state import DIAMETER, Color, Point, coarse

if TYPE_CHECKING:
    from numpy import ndarray

Direction = Literal["right", "up-right", "up", "up-left", "left", "down-left", "down", "down-right"]
DIRECTIONS: dict[Direction, int] = {
    "right": 0,
    "up-right": 45,
    "up": 90,
    "up-left": 135,
    "left": 180,
    "down-left": -135,
    "down": -90,
    "down-right": -45,
}
"""The degrees in the middle of each direction."""
Outcome = Literal["left", "stayed"]
"""The results of a shot that removes nothing."""
_RING: tuple[Direction, ...] = tuple(DIRECTIONS)
MARGIN = 1
"""Degrees that a direction's border or an aim may be off without changing the answer."""

ANGLES = range(-179, 181)
TENTHS = 3600
LEFT = -1
_COS = [cos(radians(tenth / 10)) for tenth in range(TENTHS)]
_SIN = [sin(radians(tenth / 10)) for tenth in range(TENTHS)]


class Run(NamedTuple):
    """A maximal stretch of equal marbles along the chain: 0-based indices, `end` exclusive."""

    start: int
    end: int
    color: Color

    @property
    def size(self) -> int:
        """Number of marbles."""
        return self.end - self.start


class Near(NamedTuple):
    """A marble that a shot would touch if no other stopped it first.

    `side` is the distance of its centre from the line of flight, `travel` the way of the shot until contact.
    """

    travel: float
    side: float
    marble: int


class Shot(NamedTuple):
    """A shot that touches marble `touched`: where it stops, and how far from there the neighbours are."""

    touched: int
    centre: Point
    before: float
    behind: float

    @property
    def landing(self) -> int:
        """The landing in one number."""
        return 2 * self.touched + (self.behind < self.before)


def bearing(frog: Point, point: Point) -> float:
    """Return the direction of a point seen from the frog, in degrees."""
    return degrees(atan2(point[1] - frog[1], point[0] - frog[0]))


@lru_cache(maxsize=64)
def runs(colors: tuple[Color, ...]) -> tuple[Run, ...]:
    """Return the maximal stretches of equal colour, single marbles too."""
    borders = [i for i in range(1, len(colors)) if colors[i] != colors[i - 1]]
    return tuple(
        Run(start, end, colors[start]) for start, end in zip([0, *borders], [*borders, len(colors)], strict=True)
    )


@lru_cache(maxsize=64)
def _run_at(colors: tuple[Color, ...]) -> list[Run]:
    """Return the run of every marble."""
    return [run for run in runs(colors) for _ in range(run.size)]


@lru_cache(maxsize=64)
def groups(colors: tuple[Color, ...]) -> tuple[Run, ...]:
    """Return the stretches of two or more."""
    return tuple(run for run in runs(colors) if run.size > 1)


# --- Directions -----------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def directions_of(frog: Point, marbles: tuple[Point, ...], wider: float = 0) -> tuple[frozenset[Direction], ...]:
    """Return the directions that hold each marble when all of them are made wider by so many degrees at both borders
    (narrower when negative)."""
    found: list[frozenset[Direction]] = []
    for marble in marbles:
        degree = bearing(frog, marble)
        names: list[Direction] = [_RING[round((degree + shift) / 45) % 8] for shift in (-wider, wider)]
        found.append(frozenset(names if wider >= 0 or names[0] == names[1] else ()))
    return tuple(found)


def groups_in(
    frog: Point, marbles: tuple[Point, ...], colors: tuple[Color, ...], wider: float = 0
) -> dict[Direction, list[Run]]:
    """Return, for every direction, the groups with at least one marble in it."""
    held = directions_of(frog, marbles, wider)
    found: dict[Direction, list[Run]] = {name: [] for name in DIRECTIONS}
    for run in groups(colors):
        for name in frozenset[Direction]().union(*held[run.start : run.end]):
            found[name].append(run)
    return found


def steady_counts(frog: Point, marbles: tuple[Point, ...], colors: tuple[Color, ...]) -> dict[Direction, int]:
    """Return the number of groups in those directions where the margin does not change it."""
    views = [(frog, marbles), coarse(frog, marbles)]
    counted = [groups_in(*view, colors, wider) for view in views for wider in (-MARGIN, 0, MARGIN)]
    return {name: len(counted[0][name]) for name in DIRECTIONS if len({len(found[name]) for found in counted}) == 1}


# --- One shot -------------------------------------------------------------------------------------


def candidates(frog: Point, marbles: Sequence[Point], angle: int) -> list[Near]:
    """Return the marbles within one diameter of the line of flight, in the order in which they would be touched."""
    ahead, across = _COS[angle * 10 % TENTHS], _SIN[angle * 10 % TENTHS]
    found: list[Near] = []
    for number, (x, y) in enumerate(marbles):
        dx, dy = x - frog[0], y - frog[1]
        along, side = dx * ahead + dy * across, abs(dy * ahead - dx * across)
        if along > 0 and side < DIAMETER:
            found.append(Near(along - sqrt(DIAMETER**2 - side**2), side, number))
    return sorted(found)


def shoot(frog: Point, marbles: Sequence[Point], angle: int) -> Shot | None:
    """Return where a shot stops, or None when it leaves the field."""
    line = candidates(frog, marbles, angle)
    if not line:
        return None
    way, _, touched = line[0]
    centre = (frog[0] + way * _COS[angle * 10 % TENTHS], frog[1] + way * _SIN[angle * 10 % TENTHS])
    chain = with_mirrors(marbles)
    return Shot(touched, centre, dist(centre, chain[touched]), dist(centre, chain[touched + 2]))


def with_mirrors(marbles: Sequence[Point]) -> list[Point]:
    """Return the chain with the mirrored neighbours of its first and last marble: marble i has index i + 1."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = marbles[0], marbles[1], marbles[-2], marbles[-1]
    return [(2 * x0 - x1, 2 * y0 - y1), *marbles, (2 * x3 - x2, 2 * y3 - y2)]


def gap(landing: int) -> int:
    """Return the gap into which a shot with this landing is pushed."""
    return (landing + 1) // 2


def removed(colors: tuple[Color, ...], color: Color, landing: int) -> Run | None:
    """Return the group that vanishes when a marble of this colour lands, or None."""
    at = gap(landing)
    for marble in (at - 1, at):
        if landing != LEFT and 0 <= marble < len(colors) and colors[marble] == color:
            run = _run_at(colors)[marble]
            return run if run.size > 1 else None
    return None


# --- All shots ------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _aims() -> "tuple[ndarray, ndarray]":
    """Return the directions of flight, a tenth of a degree apart."""
    import numpy as np

    return np.array(_COS), np.array(_SIN)


@lru_cache(maxsize=32)
def landings(frog: Point, marbles: tuple[Point, ...]) -> tuple[int, ...]:
    """Return the landings of the shots at 0.0, 0.1, … 359.9 degrees.

    Every marble is tried only in the window of aims that can touch it.
    """
    import numpy as np

    points = np.array(with_mirrors(marbles)) - np.array(frog)
    x, y = points[1:-1].T
    middle = np.degrees(np.arctan2(y, x)) * 10
    half = np.degrees(np.arcsin(DIAMETER / np.hypot(x, y))) * 10
    first = np.floor(middle - half).astype(np.int64)
    width = np.ceil(middle + half).astype(np.int64) - first + 1
    marble = np.repeat(np.arange(len(marbles)), width)
    aim = np.arange(len(marble)) - np.repeat(np.cumsum(width) - width - first, width)
    aim %= TENTHS
    ahead, across = _aims()
    side = y[marble] * ahead[aim] - x[marble] * across[aim]
    touching = np.abs(side) < DIAMETER
    marble, aim, side = marble[touching], aim[touching], side[touching]
    travel = x[marble] * ahead[aim] + y[marble] * across[aim] - np.sqrt(DIAMETER**2 - side**2)
    nearest = np.full(TENTHS, np.inf)
    np.minimum.at(nearest, aim, travel)
    first_touched = travel == nearest[aim]
    marble, aim, travel = marble[first_touched], aim[first_touched], travel[first_touched]
    centre = np.stack([travel * ahead[aim], travel * across[aim]], axis=1)
    before, behind = (np.hypot(*(points[marble + shift] - centre).T) for shift in (0, 2))
    found = np.full(TENTHS, LEFT)
    found[aim] = 2 * marble + (behind < before)
    return tuple(found.tolist())


@lru_cache(maxsize=32)
def near_landings(frog: Point, marbles: tuple[Point, ...]) -> dict[int, frozenset[int]]:
    """Return, for every whole degree, the landings of all shots within the margin, by the coordinates as they are
    and as the text view rounds them."""
    found: dict[int, frozenset[int]] = {angle: frozenset() for angle in ANGLES}
    reach = 10 * MARGIN
    for table in (landings(frog, marbles), landings(*coarse(frog, marbles))):
        ring = table[-reach:] + table + table[:reach]
        for angle in ANGLES:
            at = angle * 10 % TENTHS
            found[angle] |= frozenset(ring[at : at + 2 * reach + 1])
    return found


def steady_color(colors: tuple[Color, ...], near: Iterable[int]) -> Color | Literal["none"] | None:
    """Return the colour that all these landings touch, "none" when all leave the field, None when they differ."""
    touched: set[Color | Literal["none"]] = {"none" if landing == LEFT else colors[landing // 2] for landing in near}
    return touched.pop() if len(touched) == 1 else None


def steady_result(colors: tuple[Color, ...], color: Color, near: Iterable[int]) -> Run | Outcome | None:
    """Return what all these landings lead to, the group removed or "left" or "stayed"; None when they differ."""
    results: set[Run | Outcome] = {
        "left" if landing == LEFT else removed(colors, color, landing) or "stayed" for landing in near
    }
    return results.pop() if len(results) == 1 else None


@lru_cache(maxsize=32)
def reached_gaps(frog: Point, marbles: tuple[Point, ...], step: int = 10) -> frozenset[int]:
    """Return the gaps that some shot is pushed into; aims are `step` tenths of a degree apart."""
    return frozenset(gap(landing) for landing in set(landings(frog, marbles)[::step]) - {LEFT})


def best_groups(colors: tuple[Color, ...], color: Color, gaps: frozenset[int]) -> list[Run]:
    """Return the largest groups of a colour that have a reached gap beside or within them."""
    found = [run for run in groups(colors) if run.color == color and reachable(run, gaps)]
    most = max((run.size for run in found), default=0)
    return [run for run in found if run.size == most]


def reachable(run: Run, gaps: frozenset[int]) -> bool:
    """Say whether a marble of the group's colour can be pushed in beside it."""
    return any(at in gaps for at in range(run.start, run.end + 1))


@lru_cache(maxsize=32)
def _gap_views(frog: Point, marbles: tuple[Point, ...]) -> frozenset[frozenset[int]]:
    """Return the gaps reached by whole degrees and by tenths, by the coordinates as they are and as rounded."""
    views = [(frog, marbles), coarse(frog, marbles)]
    return frozenset(reached_gaps(*view, step) for view in views for step in (10, 1))


def steady_best(
    frog: Point, marbles: tuple[Point, ...], colors: tuple[Color, ...], color: Color
) -> tuple[int, int] | None:
    """Return largest number and number of such groups, or None when finer aims or rounding change them."""
    found = {best_answer(best_groups(colors, color, gaps)) for gaps in _gap_views(frog, marbles)}
    return found.pop() if len(found) == 1 else None


def best_answer(best: Sequence[Run]) -> tuple[int, int]:
    """Return size and number of the best groups; (0, 0) when there is none."""
    return (best[0].size, len(best)) if best else (0, 0)
