"""Levels and boards."""

from collections.abc import Callable
from math import atan2, dist, hypot
from random import Random
from typing import Annotated

import msgspec
from msgspec import Meta

from gameqa.core.game import Level, Params

from .state import (
    COLORS,
    DIAMETER,
    FROG_TO_HOLE,
    FROG_TO_MARBLE,
    GROWTH,
    MARBLE_TO_HOLE,
    MOST_TURNS,
    Color,
    Point,
    State,
    Track,
    rounded,
)
from .wishes import Anything, AnyWish, Layout

TURNS = {15: (0.5, 1.0), 30: (1.0, 1.5), 55: (1.5, 2.0), 75: (2.0, 2.5), 100: (2.5, 3.0), 134: (3.0, 3.0)}
"""Range of the track's turns for up to so many marbles."""
GROUPS = {30: (0, 3), 45: (0, 4), 60: (1, 4), 75: (1, 5), 90: (1, 6), 105: (2, 6), 134: (3, 7)}
"""Range of the numbers of groups asked for, with up to so many marbles: those that a direction often holds."""
ZERO_WEIGHT = 0.7
"""How often 0 groups are asked for, beside 1 for every other number."""
REPEAT = 0.35
"""Probability that a marble repeats the colour before it outright; independent colours leave hardly any large group."""
SECANTS = 12
"""Steps of the secant method; three or four are enough."""
FROGS = 12
"""Places tried for the frog on one track."""
COLORINGS = 40
"""Colourings tried on one layout."""
DRESSES = 60
"""Exchanges of colours, and aims, tried on one colouring."""

Count = Annotated[int, Meta(ge=10, le=134)]
Share = Annotated[float, Meta(ge=0, le=1)]


BEST = (
    (0, 0, 0.12),
    (2, 1, 0.12),
    (2, 2, 0.1),
    (2, 3, 0.06),
    (3, 1, 0.18),
    (3, 2, 0.1),
    (4, 1, 0.16),
    (5, 1, 0.1),
    (6, 1, 0.06),
)
"""What `best_elimination` aims at: marbles removed, number of such groups, probability."""


class ZumaParams(Params, frozen=True, kw_only=True):
    """Level parameters.

    `marbles` is an inclusive range. `best` lists (marbles, groups, probability) for `best_elimination`.
    `count` and `wish` are set by a plan: the number of marbles, and what the question wants of the board.
    """

    marbles: tuple[Count, Count]
    best: tuple[tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)], Share], ...] = BEST
    count: Count | None = None
    wish: AnyWish = msgspec.field(default_factory=Anything)

    def __post_init__(self) -> None:
        if self.marbles[0] > self.marbles[1]:
            raise ValueError("marbles must be (least, most)")
        if not sum(share for _, _, share in self.best) > 0:
            raise ValueError("best must have a probability above 0")
        for size, number, _ in self.best:
            if (size, number) != (0, 0) and (size < 2 or number < 1):
                raise ValueError("best must name groups of two or more marbles, or 0 marbles and 0 groups")
            if size * number > 10 or size * number + number - 1 > self.marbles[0]:
                raise ValueError(f"best asks for {number} groups of {size}, too rare on chains of {self.marbles[0]}")


LEVELS = {
    Level.EASY: ZumaParams(
        marbles=(10, 30),
        best=((0, 0, 0.14), (2, 1, 0.2), (2, 2, 0.18), (3, 1, 0.2), (3, 2, 0.06), (4, 1, 0.14), (5, 1, 0.08)),
    ),
    Level.MEDIUM: ZumaParams(marbles=(31, 75)),
    Level.HARD: ZumaParams(marbles=(76, 134)),
}


def generate(rng: Random, plan: ZumaParams, accept: Callable[[State], bool]) -> State | None:
    """Lay a chain, colour it until the wish is granted, then exchange colours and aims until the split fits."""
    layout = lay_out(rng, plan.count or rng.randint(*plan.marbles))
    if layout is None:
        return None
    for _ in range(COLORINGS):
        colors = draw_colors(rng, len(layout.marbles))
        aims = plan.wish.aims(layout, colors)
        for _ in range(DRESSES if aims else 0):
            angle, shot = rng.choice(aims)
            names: list[Color] = list(COLORS)
            rng.shuffle(names)
            dressed: tuple[Color, ...] = tuple(names[COLORS.index(color)] for color in colors)
            state = State(layout.track, layout.frog, angle, names[COLORS.index(shot)], layout.marbles, dressed)
            if accept(state):
                return state
    return None


def group_number(count: int, rng: Random) -> int:
    """Draw the number of groups to be asked for on a board of so many marbles."""
    low, high = next(span for most, span in GROUPS.items() if count <= most)
    numbers = range(low, high + 1)
    return rng.choices(numbers, [ZERO_WEIGHT if number == 0 else 1 for number in numbers])[0]


def lay_out(rng: Random, count: int) -> Layout | None:
    """Draw the hole, the track long enough for the marbles, and the frog; None when the frog finds no place."""
    turns = next(rng.uniform(*span) for most, span in TURNS.items() if count <= most)
    hole = rounded((_signed(rng), _signed(rng)), 4)
    start = atan2(hole[1], hole[0])
    a, start = round(hypot(*hole) - GROWTH * start, 4), round(start, 4)
    while True:
        track = Track(hole, a, start, round(turns, 4))
        marbles = chain(track, count)
        if marbles:
            break
        if turns == MOST_TURNS:
            return None
        turns = min(turns + 0.1, MOST_TURNS)
    for _ in range(FROGS):
        frog = rounded((rng.uniform(-1, 1), rng.uniform(-1, 1)), 4)
        if dist(frog, hole) >= FROG_TO_HOLE and all(dist(frog, marble) >= FROG_TO_MARBLE for marble in marbles):
            return Layout(track, frog, marbles)
    return None


def chain(track: Track, count: int) -> tuple[Point, ...]:
    """Return so many touching marbles from the outer end inwards; nothing when they do not fit."""
    length = (track.point(track.end)[0] ** 2 + track.point(track.end)[1] ** 2 - hypot(*track.hole) ** 2) / GROWTH / 2
    if length < DIAMETER * (count - 1) + MARBLE_TO_HOLE - 0.5:
        return ()
    t = track.end
    marbles = [track.point(t)]
    for _ in range(count - 1):
        t = _next(track, t)
        marbles.append(track.point(t))
    if t < track.start or dist(marbles[-1], track.hole) < MARBLE_TO_HOLE:
        return ()
    return tuple(rounded(marble, 4) for marble in marbles)


def _next(track: Track, t: float) -> float:
    """Return the t of the next marble inwards: one diameter away in a straight line."""
    here = track.point(t)
    radius = hypot(*here)
    near, far = t, t - DIAMETER / radius
    gap_near, gap_far = -DIAMETER, dist(here, track.point(far)) - DIAMETER
    for _ in range(SECANTS):
        if abs(gap_far) < 1e-9:
            break
        near, far = far, far - gap_far * (far - near) / (gap_far - gap_near)
        gap_near, gap_far = gap_far, dist(here, track.point(far)) - DIAMETER
    return far


def draw_colors(rng: Random, count: int) -> tuple[Color, ...]:
    """Colour a chain; repeats are more frequent than by chance."""
    colors: list[Color] = [rng.choice(COLORS)]
    for _ in range(count - 1):
        colors.append(colors[-1] if rng.random() < REPEAT else rng.choice(COLORS))
    return tuple(colors)


def perturb(state: State, rng: Random) -> State:
    """Give one marble or the marble on the frog another colour, or turn the frog."""
    kind, angle, shot, colors = rng.randrange(3), state.angle, state.shot, list(state.colors)
    if kind == 0:
        marble = rng.randrange(len(colors))
        colors[marble] = rng.choice([color for color in COLORS if color != colors[marble]])
    elif kind == 1:
        others: list[Color] = [color for color in COLORS if color != shot]
        shot = rng.choice(others)
    else:
        angle = (angle + rng.randint(20, 340) + 179) % 360 - 179
    return State(state.track, state.frog, angle, shot, state.marbles, tuple(colors))


def _signed(rng: Random) -> float:
    return rng.choice((-1, 1)) * rng.uniform(1.5, 3.0)
