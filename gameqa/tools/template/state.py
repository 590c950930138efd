"""The board."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    board: list[list[Literal[0, 1]]]


@dataclass(frozen=True, slots=True)
class State:
    """A square board; 1 is a marked cell. Cells are (row, column), counted from 0 at the top left."""

    board: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.board)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"board": [list(row) for row in self.board]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if not read.board or any(len(row) != len(read.board) for row in read.board):
            raise ValueError("the board must be a square with at least one cell")
        return cls(tuple(tuple(row) for row in read.board))

    def __str__(self) -> str:
        return "\n".join("".join(".#"[cell] for cell in row) for row in self.board)
