"""Steps, paths, turns and dead ends."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from gameqa.core.grids import DIRECTIONS, OFFSETS, Cell, Direction, ahead, direction_of, distances, route, sides

from .state import State


@dataclass(frozen=True, slots=True)
class Step:
    """One move of the player; `ahead` is the cell it tries to enter."""

    number: int
    direction: Direction
    before: Cell
    ahead: Cell
    after: Cell

    @property
    def blocked(self) -> bool:
        """Whether a wall kept the player in its place."""
        return self.after != self.ahead


@dataclass(frozen=True, slots=True)
class Run:
    """A straight part of a path: steps in one direction, and the cell it ends on."""

    direction: Direction
    length: int
    end: Cell


@dataclass(frozen=True, slots=True)
class Branch:
    """A way that leaves the path at `cell`: the dead ends it leads to, and how many cells it has."""

    cell: Cell
    direction: Direction
    ends: tuple[Cell, ...]
    cells: int


def available(free: Container[Cell], cell: Cell) -> list[Direction]:
    """Return the directions in which a step is possible, in the order up, down, left, right."""
    return [direction for direction in DIRECTIONS if ahead(cell, direction) in free]


def play(state: State, moves: Sequence[Direction]) -> list[Step]:
    """Carry out moves one after the other; a move into a wall leaves the player in place."""
    here, played = state.player, list[Step]()
    for number, move in enumerate(moves, 1):
        there = ahead(here, move)
        after = there if there in state.free else here
        played.append(Step(number, move, here, there, after))
        here = after
    return played


def follow(state: State, moves: Sequence[Direction]) -> tuple[list[Cell], Cell | None]:
    """Return the cells of a walk up to its first step into a wall, and that wall cell (None: no such step)."""
    cells = [state.player]
    for move in moves:
        there = ahead(cells[-1], move)
        if there not in state.free:
            return cells, there
        cells.append(there)
    return cells, None


def path(state: State) -> list[Cell]:
    """Return the cells of the one path without repetition from the player to the goal."""
    found = route(state.player, state.goal, state.free)
    if found is None:
        raise ValueError("player and goal are not connected")
    return found


def directions(cells: Sequence[Cell]) -> list[Direction]:
    """Return the steps that lead from each cell to the next."""
    return [direction_of(here, there) for here, there in pairwise(cells)]


def runs(start: Cell, moves: Sequence[Direction]) -> list[Run]:
    """Return the straight parts of a walk from `start`."""
    found, here = list[Run](), start
    for direction, same in groupby(moves):
        length = len(list(same))
        here = ahead(here, direction, length)
        found.append(Run(direction, length, here))
    return found


def turns(moves: Sequence[Direction]) -> int:
    """Return how often the direction changes between two consecutive steps."""
    return sum(one != other for one, other in pairwise(moves))


def displacement(moves: Sequence[Direction]) -> Cell:
    """Return the change of (row, column) that moves make when nothing blocks them."""
    return sum(OFFSETS[move][0] for move in moves), sum(OFFSETS[move][1] for move in moves)


def branches(state: State, cells: Sequence[Cell]) -> list[Branch]:
    """Return the ways that leave a path before its last cell, in the order in which the path passes them."""
    found, on_path = list[Branch](), set(cells)
    for cell in cells[:-1]:
        for direction in available(state.free, cell):
            first = ahead(cell, direction)
            if first not in on_path:
                inside = distances(first, state.free - {cell})
                ends = tuple(end for end in inside if sum(side in state.free for side in sides(end)) == 1)
                found.append(Branch(cell, direction, ends, len(inside)))
    return found
