"""The grid of letters."""

from dataclasses import dataclass
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

Cell = tuple[int, int]
"""(row, column), both counted from 1; (1, 1) is the top-left cell."""

Letter = Annotated[str, Meta(pattern="^[A-Z]$", max_length=1)]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid: list[list[Letter]]
    size: int


@dataclass(frozen=True, slots=True)
class State:
    """A square grid of capital letters, one string a row."""

    grid: tuple[str, ...]

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.grid)

    def letter(self, cell: Cell) -> str:
        """Return the letter in a cell."""
        return self.grid[cell[0] - 1][cell[1] - 1]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"grid": [list(row) for row in self.grid], "size": self.size}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if not read.grid or any(len(row) != len(read.grid) for row in read.grid):
            raise ValueError("the grid must be a square with at least one cell")
        if read.size != len(read.grid):
            raise ValueError(f"size is {read.size}, but the grid has {len(read.grid)} rows")
        return cls(tuple("".join(row) for row in read.grid))

    def __str__(self) -> str:
        return "\n".join(" ".join(row) for row in self.grid)
