"""Levels and grids. A grid is made from its solution backwards, so that every tree owns a tent."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell, around, sides

from .rules import finished
from .state import State

Side = Annotated[int, Meta(ge=5, le=16)]
Amount = Annotated[int, Meta(ge=1)]

REMOVALS = 20
"""Sets of tents taken away from one solution."""


class TentsParams(Params, frozen=True, kw_only=True):
    """Level parameters; `trees` and `missing` (tents taken away) are inclusive ranges.

    `count` is a wish of a plan: the number asked for, 2 standing for 2 and more.
    """

    rows: Side
    cols: Side
    trees: tuple[Amount, Amount]
    missing: tuple[Amount, Amount]
    count: int | None = None

    def __post_init__(self) -> None:
        room = self.rows * self.cols // 5
        if not self.trees[0] <= self.trees[1] <= room:
            raise ValueError(f"trees must be (least, most), at most {room} on {self.rows} x {self.cols} cells")
        if not self.missing[0] <= self.missing[1] < self.trees[0]:
            raise ValueError("missing must be (least, most), below the least number of trees")


LEVELS = {
    Level.EASY: TentsParams(rows=7, cols=7, trees=(6, 9), missing=(2, 5)),
    Level.MEDIUM: TentsParams(rows=10, cols=10, trees=(12, 17), missing=(3, 9)),
    Level.HARD: TentsParams(rows=13, cols=13, trees=(20, 28), missing=(5, 16)),
}


def generate(rng: Random, plan: TentsParams, accept: Callable[[State], bool]) -> State | None:
    """Place tents with their trees, then take tents away until the split fits."""
    wanted = rng.randint(*plan.trees)
    owned = _planted(wanted, plan.rows, plan.cols, rng)
    if len(owned) < wanted:
        return None
    tents = sorted(owned.values())
    rows, cols = _counts(tents, plan.rows, plan.cols)
    for _ in range(REMOVALS):
        left = sorted(rng.sample(tents, wanted - rng.randint(*plan.missing)))
        state = State(plan.rows, plan.cols, tuple(sorted(owned)), tuple(left), rows, cols)
        if accept(state):
            return state
    return None


def _planted(wanted: int, rows: int, cols: int, rng: Random) -> dict[Cell, Cell]:
    """Return trees with their tents, as many as wanted if they find room."""
    board = [(row, col) for row in range(rows) for col in range(cols)]
    free = set(board)
    owned: dict[Cell, Cell] = {}
    closed: set[Cell] = set()
    for cell in rng.sample(board, len(board)):
        if len(owned) == wanted:
            break
        if cell in closed:
            continue
        places = [place for place in sides(cell) if place in free]
        if places:
            tree = rng.choice(places)
            owned[tree] = cell
            free -= {cell, tree}
            closed.update(around(cell), [tree])
    return owned


def _counts(tents: Iterable[Cell], rows: int, cols: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the number of tents of each row and of each column."""
    placed = list(tents)
    return (
        tuple(sum(cell[0] == row for cell in placed) for row in range(rows)),
        tuple(sum(cell[1] == col for cell in placed) for col in range(cols)),
    )


def perturb(state: State, rng: Random) -> State:
    """Take a tent away or add one, move one tree, or move a missing tent, which changes counts."""
    owned = finished(state)
    assert owned is not None, "a legal grid can be finished"
    missing = sorted(set(owned.values()) - set(state.tents))
    made = [replace(state, tents=tuple(tent for tent in state.tents if tent != gone)) for gone in state.tents]
    if len(missing) > 1:
        made += [replace(state, tents=tuple(sorted([*state.tents, tent]))) for tent in missing]
    kinds = [made, _other_trees(state, owned), _other_counts(state, owned, missing)]
    return rng.choice(rng.choice([kind for kind in kinds if kind]))


def _other_trees(state: State, owned: dict[Cell, Cell]) -> list[State]:
    """Move one tree to another side of its tent."""
    taken = {*owned, *owned.values()}
    return [
        replace(state, trees=tuple(sorted([place, *(set(owned) - {tree})])))
        for tree, tent in owned.items()
        for place in sides(tent)
        if place not in taken and 0 <= place[0] < state.rows and 0 <= place[1] < state.cols
    ]


def _other_counts(state: State, owned: dict[Cell, Cell], missing: list[Cell]) -> list[State]:
    """Move one missing tent to another side of its tree."""
    made: list[State] = []
    for tree, tent in owned.items():
        rest = set(owned.values()) - {tent}
        for place in sides(tree) if tent in missing else ():
            inside = 0 <= place[0] < state.rows and 0 <= place[1] < state.cols
            if inside and place not in {*owned, tent} and rest.isdisjoint([place, *around(place)]):
                rows, cols = _counts([*rest, place], state.rows, state.cols)
                made.append(replace(state, row_counts=rows, col_counts=cols))
    return made
