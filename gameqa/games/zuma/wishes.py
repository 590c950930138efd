"""What a plan may want of a board: which aims and colours on the frog give the wished answer.

Where marbles lie does not depend on their colours: every wish looks for a colouring of given places.
"""

from collections.abc import Sequence
from itertools import product
from typing import Literal, NamedTuple

from msgspec import Struct

from .rules import (
    ANGLES,
    LEFT,
    TENTHS,
    Run,
    landings,
    near_landings,
    steady_best,
    steady_color,
    steady_counts,
    steady_result,
)
from .state import COLORS, Color, Point, Track

Aim = tuple[int, Color]
"""Angle of the frog and colour of the marble on it."""
ANY_AIM: list[Aim] = list(product(ANGLES, COLORS))


class Layout(NamedTuple):
    """A board without colours."""

    track: Track
    frog: Point
    marbles: tuple[Point, ...]


class Anything(Struct, frozen=True, tag=True):
    """No wish."""

    def aims(self, layout: Layout, colors: tuple[Color, ...]) -> Sequence[Aim]:
        """Return every aim."""
        return ANY_AIM


class Groups(Struct, frozen=True, tag=True):
    """A direction with so many groups."""

    number: int

    def aims(self, layout: Layout, colors: tuple[Color, ...]) -> Sequence[Aim]:
        """Return every aim when there is such a direction."""
        counts = steady_counts(layout.frog, layout.marbles, colors)
        return ANY_AIM if self.number in counts.values() else []


class Hit(Struct, frozen=True, tag=True):
    """A shot that touches nothing where that is possible, else a marble."""

    nothing: bool

    def aims(self, layout: Layout, colors: tuple[Color, ...]) -> Sequence[Aim]:
        """Return the aims whose first marble is clear, with every colour."""
        near = near_landings(layout.frog, layout.marbles)
        free = free_angles(layout)
        angles = free if self.nothing and free else [a for a in ANGLES if steady_color(colors, near[a]) in COLORS]
        return list(product(angles, COLORS))


class Result(Struct, frozen=True, tag=True):
    """The result of a shot: one for boards that it can leave, one for closed boards.

    `size` is the number of marbles to remove, 4 for four or more; with `beside` the touched marble has another
    colour than they.
    """

    open: Literal["left", "stayed", "removed"]
    closed: Literal["stayed", "removed"]
    size: int
    beside: bool

    def aims(self, layout: Layout, colors: tuple[Color, ...]) -> Sequence[Aim]:
        """Return the aims with this result."""
        near = near_landings(layout.frog, layout.marbles)
        free = free_angles(layout)
        wanted = self.open if free else self.closed
        if wanted == "left":
            return list(product(free, COLORS))
        results = {(some, color): steady_result(colors, color, some) for some in set(near.values()) for color in COLORS}
        if wanted == "stayed":
            return [(angle, color) for angle, color in ANY_AIM if results[near[angle], color] == "stayed"]
        touched = landings(layout.frog, layout.marbles)
        return [
            (angle, color)
            for angle, color in ANY_AIM
            if isinstance(result := results[near[angle], color], Run)
            and min(result.size, 4) == self.size
            and (colors[touched[angle * 10 % TENTHS] // 2] != color) == self.beside
        ]


class Best(Struct, frozen=True, tag=True):
    """The largest number of marbles that one shot can remove, and the number of such groups."""

    size: int
    number: int

    def aims(self, layout: Layout, colors: tuple[Color, ...]) -> Sequence[Aim]:
        """Return every angle with the colours on the frog that fit."""
        fits: list[Color] = [
            color
            for color in COLORS
            if steady_best(layout.frog, layout.marbles, colors, color) == (self.size, self.number)
        ]
        return list(product(ANGLES, fits))


AnyWish = Anything | Groups | Hit | Result | Best


def free_angles(layout: Layout) -> list[int]:
    """Return the angles at which a shot clearly leaves the field."""
    near = near_landings(layout.frog, layout.marbles)
    return [angle for angle in ANGLES if near[angle] == {LEFT}]
