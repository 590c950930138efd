"""The board of the Game of Life."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

Cell = tuple[int, int]
"""(row, column), counted from 0 at the top left."""

Rows = tuple[int, ...]
"""A square pattern, one bit mask a row: bit c of row r is set when cell (r, c) is alive."""

SIZES = (4, 5, 6)


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid: list[list[Literal[0, 1]]]


@dataclass(frozen=True, slots=True)
class State:
    """A board before any iteration."""

    rows: Rows

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"grid": [[mask >> col & 1 for col in range(self.size)] for mask in self.rows]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        grid = msgspec.convert(data, _StateJson, strict=True).grid
        if len(grid) not in SIZES:
            raise ValueError(f"the grid must have 4, 5 or 6 rows, not {len(grid)}")
        if any(len(row) != len(grid) for row in grid):
            raise ValueError(f"every row of the grid must have {len(grid)} cells, as many as there are rows")
        return cls(tuple(sum(cell << col for col, cell in enumerate(row)) for row in grid))

    def __str__(self) -> str:
        return "\n".join("".join(".#"[mask >> col & 1] for col in range(self.size)) for mask in self.rows)
