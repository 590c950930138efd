"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import alive, fate, history, live_count, states_of
from .state import Cell, Rows, State

DENSITY = (0.2, 0.6)
SPARE = 3
"""Fewest live cells, and fewest dead ones, of a board."""
MOVES = 40
"""Boards made of one pattern, by moving it and drawing what surrounds it, to find one of the wanted split."""
LAST = 7
"""The largest answer of `region_stability_steps`; its options are 0 to 7."""

Iterations = Annotated[int, Meta(ge=1, le=4)]


class LifeGameParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    Attributes:
        size: cells along one side of the board.
        iterations: iterations of `next_live_count`.
        count: live counts that `next_live_count` aims at.
        sequence: iterations of `cell_sequence`.
        changes: shares of the sequences in which the cell changes 0, 1, 2, 3 or more times.
        region: cells along one side of the region of `region_stability_steps`.
        entries: answers that `region_stability_steps` aims at.
        alive, alive_after, states, entry: wishes of a plan: the live cells now and after the iterations, the
            sequence of some cell, the region's answer.
        corner: where a plan puts the region.
    """

    size: Annotated[int, Meta(ge=4, le=6)]
    iterations: Iterations
    count: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(le=36)]]
    sequence: Annotated[int, Meta(ge=3, le=6)]
    changes: tuple[float, float, float, float] = (0.2, 0.3, 0.3, 0.2)
    region: Annotated[int, Meta(ge=4, le=6)]
    entries: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(le=LAST)]]
    alive: int | None = None
    alive_after: int | None = None
    states: tuple[int, ...] | None = None
    entry: int | None = None
    corner: Cell | None = None

    def __post_init__(self) -> None:
        for name in ("count", "entries"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.count[1] > self.size**2:
            raise ValueError(f"count must not exceed the {self.size**2} cells")
        if self.region > self.size:
            raise ValueError("region must not exceed size")
        if min(self.changes) < 0 or sum(self.changes) <= 0:
            raise ValueError("changes must be shares, at least one of them above 0")


LEVELS = {
    Level.EASY: LifeGameParams(
        size=4, iterations=1, count=(0, 10), sequence=3, changes=(0.2, 0.4, 0.35, 0.05), region=4, entries=(0, 4)
    ),
    Level.MEDIUM: LifeGameParams(size=5, iterations=1, count=(0, 15), sequence=4, region=4, entries=(0, 5)),
    Level.HARD: LifeGameParams(size=6, iterations=2, count=(0, 20), sequence=5, region=5, entries=(1, 7)),
}


def generate(rng: Random, plan: LifeGameParams, accept: Callable[[State], bool]) -> State | None:
    """Draw a pattern and its density; if it is as planned, move it about until the board suits the split.

    The pattern is the whole board or, where the plan is about a region, the region alone.
    """
    side = plan.size if plan.entry is None else plan.region
    density = rng.uniform(*DENSITY)
    if plan.alive is None:
        pattern = _scattered(side, density, rng)
    else:
        living = rng.sample(range(side * side), plan.alive)
        pattern = tuple(sum(1 << place % side for place in living if place // side == row) for row in range(side))
    if not _as_planned(pattern, plan):
        return None
    for _ in range(MOVES):
        board = _moved(pattern, rng)
        if plan.corner is not None:
            board = _framed(board, plan.size, plan.corner, density, rng)
        if SPARE <= live_count(board) <= plan.size**2 - SPARE:
            state = State(board)
            if accept(state):
                return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Flip one cell."""
    rows = list(state.rows)
    rows[rng.randrange(state.size)] ^= 1 << rng.randrange(state.size)
    return State(tuple(rows))


def _as_planned(pattern: Rows, plan: LifeGameParams) -> bool:
    """Return whether a pattern grants the plan's wish about its future."""
    if plan.alive_after is not None:
        return live_count(history(pattern, plan.iterations)[-1]) == plan.alive_after
    if plan.states is not None:
        side, patterns = range(len(pattern)), history(pattern, plan.sequence)
        return any(states_of(patterns, (row, col)) == plan.states for row in side for col in side)
    if plan.entry is not None:
        found = fate(pattern, LAST + 1)
        return found is not None and found.entry == plan.entry
    return True


def _scattered(side: int, density: float, rng: Random) -> Rows:
    return tuple(sum(1 << col for col in range(side) if rng.random() < density) for _ in range(side))


def _moved(pattern: Rows, rng: Random) -> Rows:
    """Shift a pattern over the edges, and mirror it along the diagonal or not: its future moves along with it."""
    side = len(pattern)
    down, across = rng.randrange(side), rng.randrange(side)
    full = (1 << side) - 1
    shifted = [(mask << across | mask >> side - across) & full for mask in pattern[down:] + pattern[:down]]
    if rng.random() < 0.5:
        return tuple(shifted)
    return tuple(sum(alive(pattern, (row, col)) << row for row in range(side)) for col in range(side))


def _framed(region: Rows, size: int, corner: Cell, density: float, rng: Random) -> Rows:
    """Return a board with a region at its place and as many live cells around as its density lets expect."""
    top, left = corner
    inside = ((1 << len(region)) - 1) << left
    rows = list(_scattered(size, density, rng))
    for row, mask in enumerate(region, top):
        rows[row] = rows[row] & ~inside | mask << left
    return tuple(rows)
