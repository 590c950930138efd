"""Levels and boards."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Annotated, Literal, get_args

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import ALL, FRONT, GOALS, SIDE, Goal, View, bits, connected, gap, least, touching, views
from .state import State

Kind = Literal["partial", "full", "strayed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Match = Literal["neither", "yz_only", "xz_only", "both"]
MATCHES: tuple[Match, ...] = get_args(Match)

MOST_MISSING = 5
"""The largest minimum of voxels to add."""
SLACK = 2
"""The budget exceeds the minimum by 0 to so many."""
BUDGETS = range(1, 6)
"""Budgets of full and strayed structures: the number must not tell the kind."""
TRIES = 60
"""Structures grown in one attempt."""

_BOTTOM = 511


class Reconstruction3DParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `size` is the number of voxels of the hidden full structure, `taken` how many of them are not shown (at least
    one is). The other fields are wishes of a plan: the kind of structure, its budget, how it matches the targets,
    the least number of voxels to add, and what the question asks.
    """

    size: tuple[Annotated[int, Meta(ge=2, le=20)], Annotated[int, Meta(ge=2, le=20)]]
    taken: tuple[Annotated[int, Meta(ge=1, le=6)], Annotated[int, Meta(ge=1, le=6)]]
    kind: Kind = "partial"
    match: Match | None = None
    missing: int | None = None
    changed: bool = True
    view: View = "yz"
    on_target: bool = False
    goal: Goal = "both"

    def __post_init__(self) -> None:
        for name in ("size", "taken"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.taken[0] >= self.size[0]:
            raise ValueError("the least number taken away must be below the least size")


LEVELS = {
    Level.EASY: Reconstruction3DParams(size=(3, 5), taken=(1, 3)),
    Level.MEDIUM: Reconstruction3DParams(size=(6, 10), taken=(2, 4)),
    Level.HARD: Reconstruction3DParams(size=(11, 15), taken=(3, 6)),
}


def generate(rng: Random, plan: Reconstruction3DParams, accept: Callable[[State], bool]) -> State | None:
    """Grow a full structure and a part of it; mirror it and vary the budget until the split fits."""
    for _ in range(TRIES):
        full, shown = _structures(rng, plan)
        target = views(full)
        if plan.match is not None and match(shown, target) != plan.match:
            continue
        budgets = BUDGETS
        if plan.kind == "partial":
            missing = least(shown, target, GOALS["both"], MOST_MISSING)
            if not missing or plan.missing not in (None, missing):
                continue
            budgets = range(missing, missing + SLACK + 1)
        variants = [(twin, budget) for twin in _mirrored(full, shown) for budget in budgets]
        rng.shuffle(variants)
        for (twin, part), budget in variants:
            state = State(part, views(twin), budget)
            if accept(state):
                return state
    return None


def match(structure: int, target: int) -> Match:
    """Tell which views of a structure equal the target."""
    front, side = (gap(structure, target, view) == (0, 0) for view in (FRONT, SIDE))
    return MATCHES[front + 2 * side]


def grown(structure: int, size: int, room: int, rng: Random) -> int:
    """Add random face-neighbours within `room`, one at a time, up to `size` voxels or as far as it goes."""
    while structure.bit_count() < size and (around := touching(structure) & room):
        structure |= rng.choice(list(bits(around)))
    return structure


def _structures(rng: Random, plan: Reconstruction3DParams) -> tuple[int, int]:
    """Return a full structure and the one that is shown."""
    size = rng.randint(*plan.size)
    full = grown(1 << rng.randrange(9), size, ALL, rng)
    if plan.kind == "full":
        return full, full
    taken = rng.randint(plan.taken[0], min(plan.taken[1], size - 1))
    shown = grown(rng.choice(list(bits(full & _BOTTOM))), size - taken, full, rng)
    if plan.kind == "strayed":
        shown = grown(shown, shown.bit_count() + rng.randint(1, 2), ALL, rng)
    return full, shown


def _mirrored(full: int, shown: int) -> Iterator[tuple[int, int]]:
    """Yield both structures as they are, mirrored along x, along y, and along both."""
    for along_x in (False, True):
        for along_y in (False, True):
            yield _flip(full, along_x, along_y), _flip(shown, along_x, along_y)


def _flip(structure: int, along_x: bool, along_y: bool) -> int:
    if along_x:
        structure = _swapped(structure, 0o111111111, 2)
    return _swapped(structure, 0o007007007, 6) if along_y else structure


def _swapped(structure: int, low: int, shift: int) -> int:
    """Exchange the cells of a mask with those `shift` bits further."""
    kept = structure & ~(low | low << shift)
    return kept | (structure & low) << shift | structure >> shift & low


def perturb(state: State, rng: Random) -> State:
    """Add or remove a voxel, change a cell of a target, or change the budget."""
    what = rng.randrange(3)
    if what == 0:
        return State(state.voxels, state.target ^ 1 << rng.randrange(18), state.remaining)
    if what == 1:
        return State(state.voxels, state.target, state.remaining + 1)
    add = list(bits(touching(state.voxels)))
    remove = [bit for bit in bits(state.voxels) if bit != state.voxels and connected(state.voxels ^ bit)]
    return State(state.voxels ^ rng.choice(add + remove), state.target, state.remaining)
