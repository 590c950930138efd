"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import CLOCKWISE, turned
from .state import Ant, State

Steps = tuple[Annotated[int, Meta(ge=1, le=40)], Annotated[int, Meta(ge=1, le=40)]]


POSES = 40
"""Poses tried on one board."""


class LangtonsAntParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `flip_shares[k]` is the probability that `cell_flip_count` asks for a cell that changes k times.
    `flips` and `at_end` are wishes of a plan: the aimed count, and whether to ask for the cell the ant ends on.
    """

    size: Annotated[int, Meta(ge=3, le=25)]
    black: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]
    pose_steps: Steps
    flip_steps: Steps
    flip_shares: tuple[float, ...] = (0.2, 0.4, 0.4)
    flips: int | None = None
    at_end: bool | None = None

    def __post_init__(self) -> None:
        for name in ("black", "pose_steps", "flip_steps"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.black[1] > self.size**2:
            raise ValueError(f"black must not exceed the {self.size**2} cells")


LEVELS = {
    Level.EASY: LangtonsAntParams(
        size=5, black=(2, 12), pose_steps=(5, 6), flip_steps=(5, 7), flip_shares=(0.22, 0.39, 0.39)
    ),
    Level.MEDIUM: LangtonsAntParams(
        size=9, black=(8, 40), pose_steps=(7, 8), flip_steps=(8, 10), flip_shares=(0.17, 0.34, 0.34, 0.15)
    ),
    Level.HARD: LangtonsAntParams(
        size=13, black=(16, 80), pose_steps=(9, 10), flip_steps=(10, 12), flip_shares=(0.17, 0.34, 0.34, 0.15)
    ),
}


def generate(rng: Random, plan: LangtonsAntParams, accept: Callable[[State], bool]) -> State | None:
    """Blacken a uniform number of distinct cells, then put the ant anywhere, facing anywhere, until the split fits."""
    size = plan.size
    black = set(rng.sample(range(size * size), rng.randint(*plan.black)))
    grid = tuple(tuple(int(x * size + y in black) for y in range(size)) for x in range(size))
    for _ in range(POSES):
        state = State(grid, Ant(rng.randrange(size), rng.randrange(size), rng.choice(CLOCKWISE)))
        if accept(state):
            return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Flip one cell, or turn or move the ant."""
    x, y = rng.randrange(state.size), rng.randrange(state.size)
    kind = rng.randrange(3)
    if kind == 0:
        return State(state.grid, Ant(state.ant.x, state.ant.y, turned(state.ant.facing, rng.randint(1, 3))))
    if kind == 1 and (x, y) != state.ant.cell:
        return State(state.grid, Ant(x, y, state.ant.facing))
    grid = [list(row) for row in state.grid]
    grid[x][y] ^= 1
    return State(tuple(map(tuple, grid)), state.ant)
