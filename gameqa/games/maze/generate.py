"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import DIRECTIONS, OFFSETS, OPPOSITE, Cell, ahead, manhattan, sides, spanning_tree

from .rules import available
from .state import State

PLAYERS, GOALS = 12, 8
"""Places for the player tried in one maze, and goals tried for each."""
BRANCHY = 1 / 3
"""Share of mazes with many short dead ends instead of long corridors."""

Length = Annotated[int, Meta(ge=1, le=70)]
Turns = Annotated[int, Meta(ge=0, le=40)]


class MazeParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `path` is the number of steps from player to goal. Every path has at least `turns[0]` turns; `turn_count` asks for
    `turns[0]` to `turns[1]`. `moves` is the number of moves in `position_after_moves`.
    The others are wishes of a plan: `bends`, turns on the path; `openings`, directions open to the player, and
    `straight`, whether two of them lie opposite; `bump`, whether a move is blocked; `pairs`, see `generate`.
    """

    size: Literal[9, 11, 13]
    path: tuple[Length, Length]
    turns: tuple[Turns, Turns]
    moves: tuple[Annotated[int, Meta(ge=1, le=20)], Annotated[int, Meta(ge=1, le=20)]]
    bends: int | None = None
    openings: int | None = None
    straight: bool | None = None
    bump: bool | None = None
    pairs: bool = False

    def __post_init__(self) -> None:
        for name in ("path", "turns", "moves"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")


LEVELS = {
    Level.EASY: MazeParams(size=9, path=(5, 20), turns=(1, 7), moves=(1, 3)),
    Level.MEDIUM: MazeParams(size=11, path=(8, 36), turns=(2, 9), moves=(3, 5)),
    Level.HARD: MazeParams(size=13, path=(14, 60), turns=(3, 12), moves=(4, 8)),
}


def generate(rng: Random, plan: MazeParams, accept: Callable[[State], bool]) -> State | None:
    """Carve a maze, then draw player and goal until the pair is as planned and of the right split.

    Every cell is equally likely for the player; with `pairs` every pair is equally likely instead. Then player and
    goal lie equally often near the border, and neither stands out among options that hold both.
    """
    free = carve(plan.size, rng)
    cells = sorted(free)
    players = [cell for cell in cells if _fits(free, cell, plan)]
    if not players:
        return None
    for _ in range(PLAYERS):
        player = rng.choice(players)
        goals = _goals(free, player, plan)
        if not plan.pairs or rng.randrange(len(cells)) < len(goals):
            for goal in rng.sample(goals, min(GOALS, len(goals))):
                state = State(plan.size, free, player, goal)
                if accept(state):
                    return state
    return None


def carve(size: int, rng: Random) -> frozenset[Cell]:
    """Return the free cells of a random perfect maze.

    Cells in odd rows and columns are rooms; a spanning tree over them opens the cells between rooms.
    """
    rooms = [(row, column) for row in range(1, size, 2) for column in range(1, size, 2)]
    links = spanning_tree(rooms, _next_rooms, rng, branchy=rng.random() < BRANCHY)
    return frozenset(rooms) | {((one[0] + other[0]) // 2, (one[1] + other[1]) // 2) for one, other in links}


def perturb(state: State, rng: Random) -> State:
    """Move the player or the goal, or wall up a dead end."""
    empty = sorted(state.free - {state.player, state.goal})
    kind = rng.randrange(3)
    ends = [cell for cell in empty if sum(side in state.free for side in sides(cell)) == 1]
    if kind == 0 and ends:
        return State(state.size, state.free - {rng.choice(ends)}, state.player, state.goal)
    cell = rng.choice(empty)
    return (
        State(state.size, state.free, cell, state.goal)
        if kind == 1
        else State(state.size, state.free, state.player, cell)
    )


def _next_rooms(room: Cell) -> list[Cell]:
    return [ahead(room, direction, 2) for direction in DIRECTIONS]


def _fits(free: frozenset[Cell], cell: Cell, plan: MazeParams) -> bool:
    """Return whether a player on a cell would have the planned directions."""
    if plan.openings is None:
        return True
    ways = available(free, cell)
    if len(ways) != plan.openings:
        return False
    return plan.straight is None or (ways[1] == OPPOSITE[ways[0]]) == plan.straight


def _goals(free: frozenset[Cell], player: Cell, plan: MazeParams) -> list[Cell]:
    """Return the goals that lie far enough from a player, at the end of a path with a length and turns as planned."""
    (least, most), bends = plan.path, plan.bends
    found = list[Cell]()
    open_ways: list[tuple[Cell, Cell | None, int, int]] = [(player, None, 0, 0)]
    while open_ways:
        cell, step, length, turned = open_ways.pop()
        turns_fit = turned >= plan.turns[0] if bends is None else turned == bends
        if turns_fit and length >= least and 2 * manhattan(player, cell) >= plan.size:
            found.append(cell)
        if length < most:
            for down, across in OFFSETS.values():
                there = cell[0] + down, cell[1] + across
                if there in free and (step is None or (down, across) != (-step[0], -step[1])):
                    turn = step is not None and step != (down, across)
                    open_ways.append((there, (down, across), length + 1, turned + turn))
    return found
