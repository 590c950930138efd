"""The board of Langton's Ant."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

import msgspec

Cell = tuple[int, int]
"""(x, y): x is the row, counted from 0 at the top; y is the column, counted from 0 at the left."""

Facing = Literal["up", "right", "down", "left"]

WHITE, BLACK = 0, 1


class Ant(NamedTuple):
    """A pose: the ant's cell and the side it faces."""

    x: int
    y: int
    facing: Facing

    @property
    def cell(self) -> Cell:
        """The cell the ant stands on."""
        return self.x, self.y


class _AntJson(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    y: int
    direction: Facing


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid: list[list[Literal[0, 1]]]
    ant: _AntJson


@dataclass(frozen=True, slots=True)
class State:
    """A square board of white (0) and black (1) cells with one ant, before any step."""

    grid: tuple[tuple[int, ...], ...]
    ant: Ant

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.grid)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        ant = {"x": self.ant.x, "y": self.ant.y, "direction": self.ant.facing}
        return {"grid": [list(row) for row in self.grid], "ant": ant}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size = len(read.grid)
        if size == 0 or any(len(row) != size for row in read.grid):
            raise ValueError("the grid must be a square with at least one cell")
        if not (0 <= read.ant.x < size and 0 <= read.ant.y < size):
            raise ValueError(f"the ant's x and y must be 0 to {size - 1}")
        return cls(tuple(tuple(row) for row in read.grid), Ant(read.ant.x, read.ant.y, read.ant.direction))

    def __str__(self) -> str:
        rows = [["#" if cell else "." for cell in row] for row in self.grid]
        rows[self.ant.x][self.ant.y] = {"up": "^", "right": ">", "down": "v", "left": "<"}[self.ant.facing]
        return "\n".join("".join(row) for row in rows)
