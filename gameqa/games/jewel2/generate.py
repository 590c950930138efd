"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell, sides

from .rules import inside
from .state import BASIC, MOST_CLEARED, SIZES, SPECIAL, State, Symbol

TOTALS = 60
"""Values of Total Cleared that are tried on one board to hit the wanted split."""

Share = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0, le=5)]


class Jewel2Params(Params, frozen=True, kw_only=True):
    """Level parameters; `specials` is an inclusive range of the number of special elements.

    `swap_best` is the share of swaps among the best commands, by the number of special elements: the more there are,
    the rarer a swap removes most.
    The other fields are wishes of a plan: `absent`, a basic element that the board lacks; `aim`, the class of the
    answer; `differs`, that the second command would do something else on the board shown; `plant`, the shape of equal
    elements written on the board (a straight run of this length, 0 for none; `cross`: two runs that share a cell);
    `displaced`, that one swap completes the shape.
    """

    size: Annotated[int, Meta(ge=SIZES[0], le=SIZES[-1])]
    specials: tuple[Count, Count]
    swap_best: tuple[Share, Share, Share, Share, Share, Share] = (1.0, 0.8, 0.5, 0.2, 0.08, 0.03)
    absent: Symbol | None = None
    aim: str | None = None
    differs: bool | None = None
    plant: Literal["cross"] | Annotated[int, Meta(ge=0, le=6)] = 0
    displaced: bool = False

    def __post_init__(self) -> None:
        if self.specials[0] > self.specials[1]:
            raise ValueError("specials must be (least, most)")


LEVELS = {
    Level.EASY: Jewel2Params(size=4, specials=(0, 3), swap_best=(1.0, 0.65, 0.25, 0.1, 0.0, 0.0)),
    Level.MEDIUM: Jewel2Params(size=5, specials=(0, 4), swap_best=(1.0, 0.75, 0.45, 0.2, 0.1, 0.0)),
    Level.HARD: Jewel2Params(size=6, specials=(0, 5), swap_best=(1.0, 0.9, 0.6, 0.25, 0.1, 0.04)),
}


def generate(rng: Random, plan: Jewel2Params, accept: Callable[[State], bool]) -> State | None:
    """Draw basic elements, plant the shape, put special elements beside it, then count until the split fits."""
    size = plan.size
    kinds = [kind for kind in BASIC if kind != plan.absent]
    grid = [[rng.choice(kinds) for _ in range(size)] for _ in range(size)]
    planted = _plant(grid, plan, rng)
    free = [(x, y) for x in range(size) for y in range(size) if (x, y) not in planted]
    for x, y in rng.sample(free, rng.randint(*plan.specials)):
        grid[x][y] = rng.choice(SPECIAL)
    board = tuple(map("".join, grid))
    for total in rng.sample(range(MOST_CLEARED + 1), TOTALS):
        state = State(board, total)
        if accept(state):
            return state
    return None


def _plant(grid: list[list[str]], plan: Jewel2Params, rng: Random) -> set[Cell]:
    """Write the planned shape at a random place and return its cells."""
    size = len(grid)
    if not plan.plant:
        return set()
    x, y = rng.randrange(size), rng.randrange(size)
    if plan.plant == "cross":
        shape = {(x, column) for column in _span(y, 3, size, rng)} | {(row, y) for row in _span(x, 3, size, rng)}
    elif rng.random() < 0.5:
        shape = {(x, column) for column in _span(y, plan.plant, size, rng)}
    else:
        shape = {(row, y) for row in _span(x, plan.plant, size, rng)}
    element = rng.choice(BASIC)
    for row, column in shape:
        grid[row][column] = element
    if plan.displaced:
        pairs = [(cell, near) for cell in sorted(shape) for near in sides(cell) if inside(near, size)]
        out, into = rng.choice([pair for pair in pairs if pair[1] not in shape])
        grid[into[0]][into[1]] = element
        grid[out[0]][out[1]] = rng.choice([kind for kind in BASIC if kind != element])
        shape.add(into)
    return shape


def _span(place: int, length: int, size: int, rng: Random) -> range:
    """Return a random stretch of a line that holds a place."""
    length = min(length, size)
    start = rng.randint(max(0, place - length + 1), min(place, size - length))
    return range(start, start + length)


def perturb(state: State, rng: Random) -> State:
    """Change one cell, or Total Cleared."""
    if rng.random() < 0.2:
        return State(state.board, (state.total + rng.randint(1, MOST_CLEARED)) % (MOST_CLEARED + 1))
    x, y = rng.randrange(state.size), rng.randrange(state.size)
    grid = [list(row) for row in state.board]
    grid[x][y] = rng.choice([element for element in BASIC + SPECIAL if element != grid[x][y]])
    return State(tuple(map("".join, grid)), state.total)
