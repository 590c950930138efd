"""A snake on its board."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from gameqa.core.grids import Cell, manhattan

EMPTY, FOOD, BODY, HEAD = range(4)
SIGNS = ".FBH"
SHORTEST = 5
"""Fewest cells of a snake; a shorter one could turn round within three steps."""

Index = Annotated[int, Meta(ge=0)]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    map: list[list[Annotated[int, Meta(ge=0, le=3)]]]
    snake: list[tuple[Index, Index]]
    food: tuple[Index, Index]


@dataclass(frozen=True, slots=True)
class State:
    """A square board before any step. Cells are (row, column), 0-based, from the top left; the head comes first."""

    size: int
    snake: tuple[Cell, ...]
    food: Cell

    @property
    def head(self) -> Cell:
        """The first cell of the chain."""
        return self.snake[0]

    def rows(self) -> list[list[int]]:
        """Return the map: 0 empty, 1 food, 2 body, 3 head."""
        rows = [[EMPTY] * self.size for _ in range(self.size)]
        for row, column in self.snake:
            rows[row][column] = BODY
        rows[self.head[0]][self.head[1]] = HEAD
        rows[self.food[0]][self.food[1]] = FOOD
        return rows

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"map": self.rows(), "snake": [list(cell) for cell in self.snake], "food": list(self.food)}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size = len(read.map)
        if size == 0 or any(len(row) != size for row in read.map):
            raise ValueError("the map must be a square with at least one cell")
        if any(max(cell) >= size for cell in [*read.snake, read.food]):
            raise ValueError(f"rows and columns of snake and food must be 0 to {size - 1}")
        if len(read.snake) < SHORTEST:
            raise ValueError(f"the snake must have at least {SHORTEST} cells")
        if len(set(read.snake)) < len(read.snake):
            raise ValueError("the snake must not cover a cell twice")
        if any(manhattan(a, b) != 1 for a, b in pairwise(read.snake)):
            raise ValueError("every cell of the snake must be a side neighbour of the one before")
        if read.food in read.snake:
            raise ValueError("the food must not lie on the snake")
        state = cls(size, tuple(read.snake), read.food)
        if state.rows() != read.map:
            raise ValueError("the map must show exactly the snake and the food")
        return state

    def __str__(self) -> str:
        return "\n".join("".join(SIGNS[number] for number in row) for row in self.rows())
