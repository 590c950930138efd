"""Levels and boards. Boards are made backward from their stars, so each can be finished."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell, sides

from .rules import columns
from .state import COLORS, State

DRESSES = 60
"""Numberings, colourings and subsets of stars tried on one set of regions."""


class StarBattleParams(Params, frozen=True, kw_only=True):
    """Level parameters; `stars` is an inclusive range of the stars shown.

    `missing` is the number of stars missing in `last_star`; with `ahead` its region has two open cells or more, so
    that one must look ahead. `none` is a wish of a plan: the option that names no cell is to be right.
    """

    size: Annotated[int, Meta(ge=5, le=8)]
    stars: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    missing: Annotated[int, Meta(ge=1, le=4)]
    ahead: bool = True
    none: bool | None = None

    def __post_init__(self) -> None:
        if not self.stars[0] <= self.stars[1] < self.size:
            raise ValueError(f"stars must be (least, most) below the size {self.size}")


LEVELS = {
    Level.EASY: StarBattleParams(size=5, stars=(1, 4), missing=1, ahead=False),
    Level.MEDIUM: StarBattleParams(size=6, stars=(1, 5), missing=2),
    Level.HARD: StarBattleParams(size=8, stars=(2, 7), missing=3),
}


def generate(rng: Random, plan: StarBattleParams, accept: Callable[[State], bool]) -> State | None:
    """Place all stars, grow one region around each, then number, colour and show until the split fits."""
    stars = list(enumerate(rng.choice(columns(plan.size))))
    regions = _grown(stars, plan.size, rng)
    if not all(2 <= len(cells) <= 2 * plan.size for cells in regions):
        return None
    for _ in range(DRESSES):
        rng.shuffle(regions)
        shown = sorted(rng.sample(stars, rng.randint(*plan.stars)))
        state = State(plan.size, tuple(regions), tuple(shown), tuple(rng.sample(list(COLORS), plan.size)))
        if accept(state):
            return state
    return None


def _grown(stars: list[Cell], size: int, rng: Random) -> list[tuple[Cell, ...]]:
    """Return one connected region around each star; small regions grow first."""
    owner = {star: number for number, star in enumerate(stars)}
    sizes = [1] * size
    border: list[tuple[Cell, int]] = []

    def reach(cell: Cell, number: int) -> None:
        border.extend((near, number) for near in sides(cell) if min(near) >= 0 and max(near) < size)

    for number, star in enumerate(stars):
        reach(star, number)
    while len(owner) < size * size:
        border = [(cell, number) for cell, number in border if cell not in owner]
        cell, number = rng.choices(border, [1 / sizes[number] ** 2 for _, number in border])[0]
        owner[cell] = number
        sizes[number] += 1
        reach(cell, number)
    return [tuple(sorted(cell for cell, its in owner.items() if its == number)) for number in range(size)]


def perturb(state: State, rng: Random) -> State:
    """Take a star away, or let two regions swap their colours."""
    if state.stars and rng.random() < 0.5:
        gone = rng.choice(state.stars)
        return State(state.size, state.regions, tuple(star for star in state.stars if star != gone), state.colors)
    colors = list(state.colors)
    one, two = rng.sample(range(state.size), 2)
    colors[one], colors[two] = colors[two], colors[one]
    return State(state.size, state.regions, state.stars, tuple(colors))
