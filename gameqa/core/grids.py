"""Cells, directions and walks on boards of squares, shared by games whose cells are (row, column)."""

from collections.abc import Callable, Container, Iterable, Iterator
from random import Random
from typing import Literal

Cell = tuple[int, int]
"""(row, column), counted from the top left."""

Direction = Literal["up", "down", "left", "right"]

OFFSETS: dict[Direction, Cell] = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
"""Direction word and the change of (row, column) it means."""

DIRECTIONS: tuple[Direction, ...] = tuple(OFFSETS)

_BY_OFFSET: dict[Cell, Direction] = {offset: direction for direction, offset in OFFSETS.items()}

OPPOSITE: dict[Direction, Direction] = {"up": "down", "down": "up", "left": "right", "right": "left"}


def ahead(cell: Cell, direction: Direction, steps: int = 1) -> Cell:
    """Return the cell `steps` cells away in a direction, inside the board or not."""
    down, across = OFFSETS[direction]
    return cell[0] + steps * down, cell[1] + steps * across


def sides(cell: Cell) -> Iterator[Cell]:
    """Yield the four cells that share a side with a cell, inside the board or not."""
    for down, across in OFFSETS.values():
        yield cell[0] + down, cell[1] + across


def around(cell: Cell) -> Iterator[Cell]:
    """Yield the eight cells that share a side or a corner with a cell, inside the board or not."""
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            if down or across:
                yield cell[0] + down, cell[1] + across


def manhattan(a: Cell, b: Cell) -> int:
    """Return |row difference| + |column difference|."""
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def distances(start: Cell, free: Container[Cell]) -> dict[Cell, int]:
    """Return every free cell that side steps reach from `start`, with the fewest steps to it; nearest first.

    `start` itself counts as free.
    """
    found = {start: 0}
    queue = [start]
    for cell in queue:
        for other in sides(cell):
            if other not in found and other in free:
                found[other] = found[cell] + 1
                queue.append(other)
    return found


def route(start: Cell, goal: Cell, free: Container[Cell]) -> list[Cell] | None:
    """Return one shortest walk over free cells from `start` to `goal`, both included; None when there is none.

    Of several shortest walks, the one that takes the first of up, down, left, right that is still shortest.
    """
    left = distances(goal, free)
    walk = [start]
    if start != goal and not any(cell in left for cell in sides(start)):
        return None
    while walk[-1] != goal:
        near = [cell for cell in sides(walk[-1]) if cell in left]
        walk.append(min(near, key=left.__getitem__))
    return walk


def direction_of(start: Cell, end: Cell) -> Direction:
    """Return the direction of a side step; raise KeyError when the cells are not side by side."""
    return _BY_OFFSET[end[0] - start[0], end[1] - start[1]]


def connected(cells: Iterable[Cell]) -> bool:
    """Return whether side steps lead from any of the cells to any other (an empty set is connected)."""
    members = set(cells)
    return not members or len(distances(next(iter(members)), members)) == len(members)


def spanning_tree(
    rooms: Iterable[Cell], linked: Callable[[Cell], Iterable[Cell]], rng: Random, branchy: bool = False
) -> list[tuple[Cell, Cell]]:
    """Return the links of a random spanning tree over rooms.

    Args:
        rooms: the rooms, in a fixed order.
        linked: the rooms that a link may join a room with.
        rng: the stream.
        branchy: grow from a random visited room each time (many short dead ends, in the manner of Prim's algorithm)
            instead of from the latest one (long corridors, depth-first search).
    """
    everywhere = list(rooms)
    allowed = set(everywhere)
    seen = {rng.choice(everywhere)}
    active, links = list(seen), list[tuple[Cell, Cell]]()
    while active:
        place = rng.randrange(len(active)) if branchy else len(active) - 1
        room = active[place]
        fresh = [other for other in linked(room) if other in allowed and other not in seen]
        if not fresh:
            active[place] = active[-1]
            active.pop()
            continue
        other = rng.choice(fresh)
        seen.add(other)
        active.append(other)
        links.append((room, other))
    return links
