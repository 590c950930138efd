"""Shots, moving enemies, and the best plans for one and two shots."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from .state import Color, Direction, Enemy, State

POINTS: dict[Color, int] = {"purple": 30, "blue": 20, "green": 10}
SHIFT: dict[Direction, int] = {"left": -1, "right": 1}
"""How far the enemies move at the end of an interval."""


class Shot(NamedTuple):
    """A shot straight up at the enemies that stand in column `col` now; `hit` is the lowest of them."""

    col: int
    hit: Enemy | None

    @property
    def points(self) -> int:
        """What the shot scores."""
        return POINTS[self.hit.color] if self.hit else 0


class Volley(NamedTuple):
    """One shot in each of the intervals t to t+duration from a ship that stays where it is."""

    direction: Direction
    duration: int
    shots: tuple[Shot, ...]

    @property
    def hits(self) -> int:
        """How many shots destroy an enemy."""
        return sum(shot.hit is not None for shot in self.shots)


def stacks(state: State) -> dict[int, list[Enemy]]:
    """Return the enemies of each column that has any, lowest first."""
    found = dict[int, list[Enemy]]()
    for enemy in state.enemies:
        found.setdefault(enemy.col, []).insert(0, enemy)
    return found


def shot(state: State, col: int) -> Shot:
    """Return the shot at a column as it stands now."""
    return Shot(col, next(iter(stacks(state).get(col, [])), None))


def columns_worth(state: State, points: int) -> list[int]:
    """Return the columns in which one shot scores so many points."""
    found = stacks(state)
    worth = {col: POINTS[stack[0].color] for col, stack in found.items()}
    return [col for col in range(1, state.total_cols + 1) if worth.get(col, 0) == points]


def room(state: State, direction: Direction) -> int:
    """Return the number of free columns between the enemies and the border they move to."""
    cols = [enemy.col for enemy in state.enemies]
    if not cols:
        return state.total_cols
    return min(cols) - 1 if direction == "left" else state.total_cols - max(cols)


def volley(state: State, direction: Direction, duration: int) -> Volley:
    """Shoot at the columns that stand above the ship one after the other, first the one there now."""
    found = stacks(state)
    cols = [state.ship_col - SHIFT[direction] * step for step in range(duration + 1)]
    return Volley(direction, duration, tuple(Shot(col, next(iter(found.get(col, [])), None)) for col in cols))


def without(state: State, enemy: Enemy | None) -> State:
    """Return the board after an enemy is destroyed, if any."""
    return replace(state, enemies=tuple(other for other in state.enemies if other != enemy))


def moved(state: State, direction: Direction) -> State:
    """Return the board after the enemies have moved one column."""
    shift = SHIFT[direction]
    return replace(state, enemies=tuple(enemy._replace(col=enemy.col + shift) for enemy in state.enemies))


def volleys(state: State, longest: int) -> list[Volley]:
    """Return every volley in which no enemy leaves the board before the last shot."""
    return [
        volley(state, direction, duration)
        for direction in SHIFT
        for duration in range(1, min(longest, room(state, direction)) + 1)
    ]


def lowest_points(columns: Iterable[Sequence[Color]]) -> list[tuple[int, ...]]:
    """Return what the first and the second shot at each column score; `columns` list colours, lowest first."""
    return [tuple(POINTS[color] for color in column[:2]) for column in columns]


def best_one(columns: Iterable[Sequence[Color]]) -> int:
    """Return the largest score of one shot."""
    return max((points[0] for points in lowest_points(columns) if points), default=0)


def best_two(columns: Iterable[Sequence[Color]]) -> int:
    """Return the largest score of two shots in consecutive intervals.

    The ship reaches every column in every interval, so where the enemies have moved makes no difference: the shots
    take the two lowest enemies of one column, or the lowest of two columns.
    """
    points = [column for column in lowest_points(columns) if column]
    apart = sorted(column[0] for column in points)[-2:]
    return max([sum(apart), *map(sum, points)])
