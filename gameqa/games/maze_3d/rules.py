"""The maze as a graph: steps over tops and ladders, the one route, dead ends."""

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

Cell = tuple[int, int, int]
"""(x, y, z) of a cube, counted from 0; z is the height."""

Direction = Literal["right-forward", "left-forward", "up"]

LADDER = 3
"""Levels from one floor to the next, and the height of every ladder."""

STEPS: dict[Direction, Cell] = {"right-forward": (-1, 0, 0), "left-forward": (0, -1, 0), "up": (0, 0, LADDER)}

DIRECTIONS: tuple[Direction, ...] = tuple(STEPS)

_NAMES: dict[Cell, Direction] = {step: direction for direction, step in STEPS.items()}


class Run(NamedTuple):
    """Steps in one direction in a row; `cells` are those stepped on."""

    direction: Direction
    cells: list[Cell]


def ahead(cell: Cell, direction: Direction) -> Cell:
    """Return the cell that one step leads to."""
    dx, dy, dz = STEPS[direction]
    return cell[0] + dx, cell[1] + dy, cell[2] + dz


def beside(cell: Cell) -> Iterator[Cell]:
    """Yield the four cells at the same height that share a side face with a cell."""
    x, y, z = cell
    yield from ((x - 1, y, z), (x + 1, y, z), (x, y - 1, z), (x, y + 1, z))


def onward(cell: Cell, cubes: Collection[Cell], ladders: Collection[Cell]) -> dict[Direction, Cell]:
    """Return the steps that lead on from a cube, away from the start."""
    ways: dict[Direction, Cell] = {}
    for direction in DIRECTIONS:
        other = ahead(cell, direction)
        if cell in ladders if direction == "up" else other in cubes:
            ways[direction] = other
    return ways


def parents(start: Cell, cubes: Collection[Cell], ladders: Collection[Cell]) -> dict[Cell, Cell] | None:
    """Return the cube before each cube on the way from the start; the start has none.

    None when the cubes are not a tree that grows from the start in the three directions only.
    """
    members = set(cubes)
    touching = sum(other in members for cell in members for other in beside(cell)) // 2
    if start not in members or touching + len(ladders) != len(members) - 1:
        return None
    before: dict[Cell, Cell] = {}
    queue = [start]
    for cell in queue:
        for other in onward(cell, members, ladders).values():
            if other in before or other not in members:
                return None
            before[other] = cell
            queue.append(other)
    return before if len(queue) == len(members) else None


def way(before: dict[Cell, Cell], cell: Cell) -> list[Cell]:
    """Return the cubes from the start to a cube, both included."""
    walk = [cell]
    while walk[-1] in before:
        walk.append(before[walk[-1]])
    return walk[::-1]


def connection(before: dict[Cell, Cell], one: Cell, other: Cell) -> tuple[list[Cell], list[Cell]]:
    """Return the way between two cubes: back from the first one to where their ways part, and on to the other.

    Both walks contain the cube where the ways part.
    """
    there, here = way(before, one), way(before, other)
    shared = sum(a == b for a, b in zip(there, here, strict=False))
    return there[shared - 1 :][::-1], here[shared - 1 :]


def direction_of(cell: Cell, other: Cell) -> Direction:
    """Return the direction of the step from a cube to the next one."""
    return _NAMES[other[0] - cell[0], other[1] - cell[1], other[2] - cell[2]]


def runs(walk: Sequence[Cell]) -> list[Run]:
    """Return a walk away from the start as runs in one direction."""
    found: list[Run] = []
    for cell, other in pairwise(walk):
        direction = direction_of(cell, other)
        if not found or found[-1].direction != direction:
            found.append(Run(direction, []))
        found[-1].cells.append(other)
    return found


def beyond(cell: Cell, cubes: Collection[Cell], ladders: Collection[Cell]) -> list[Cell]:
    """Return a cube and all cubes that the ways on from it lead to."""
    queue = [cell]
    for other in queue:
        queue += onward(other, cubes, ladders).values()
    return queue
