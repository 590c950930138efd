"""The maze with its player and its goal."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

from gameqa.core.grids import Cell, connected, sides

FREE, WALL, PLAYER, GOAL = 0, 1, 2, 3
SIZES = (9, 11, 13)
SIGNS = ".#PG"
"""One sign for each number of `maze`."""


class _StateJson(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    maze: list[list[Literal[0, 1, 2, 3]]]
    size: tuple[int, int]
    player_position: tuple[int, int]
    end_position: tuple[int, int]


@dataclass(frozen=True, slots=True)
class State:
    """A perfect maze: its free cells form a tree. Cells are (row, column), 0-based, outer wall included."""

    size: int
    free: frozenset[Cell]
    player: Cell
    goal: Cell

    @property
    def maze(self) -> list[list[int]]:
        """The number of every cell: 0 free, 1 wall, 2 player, 3 goal."""
        rows = [[WALL] * self.size for _ in range(self.size)]
        for row, column in self.free:
            rows[row][column] = FREE
        rows[self.player[0]][self.player[1]] = PLAYER
        rows[self.goal[0]][self.goal[1]] = GOAL
        return rows

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "maze": self.maze,
            "size": [self.size, self.size],
            "playerPosition": list(self.player),
            "endPosition": list(self.goal),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size = len(read.maze)
        if size not in SIZES or any(len(row) != size for row in read.maze):
            raise ValueError(f"the maze must be a square with {', '.join(map(str, SIZES))} cells along a side")
        if read.size != (size, size):
            raise ValueError(f"size must be [{size}, {size}], as the maze is")
        places: dict[int, list[Cell]] = {FREE: [], WALL: [], PLAYER: [], GOAL: []}
        for row, numbers in enumerate(read.maze):
            for column, number in enumerate(numbers):
                places[number].append((row, column))
        if places[PLAYER] != [read.player_position]:
            raise ValueError("playerPosition must be the one cell with 2")
        if places[GOAL] != [read.end_position]:
            raise ValueError("endPosition must be the one cell with 3")
        free = frozenset(places[FREE] + places[PLAYER] + places[GOAL])
        if any(not 0 < row < size - 1 or not 0 < column < size - 1 for row, column in free):
            raise ValueError("the outer ring of the maze must be wall")
        if not is_tree(free):
            raise ValueError("the free cells must be connected and contain no loop")
        return cls(size, free, read.player_position, read.end_position)

    def __str__(self) -> str:
        return "\n".join("".join(SIGNS[number] for number in row) for row in self.maze)


def is_tree(free: Set[Cell]) -> bool:
    """Return whether cells are connected and have one neighbouring pair less than cells."""
    pairs = sum(side in free for cell in free for side in sides(cell)) // 2
    return pairs == len(free) - 1 and connected(sorted(free))
