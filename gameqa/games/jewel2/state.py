"""The board of Jewel2."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

BASIC = "ABCDE"
ROUND = "abcde"
BLACK, BAR = "+", "|"
SPECIAL = ROUND + BLACK + BAR
SIZES = (4, 5, 6)
MOST_CLEARED = 100

Board = tuple[str, ...]
"""Rows from top to bottom, one sign a cell."""

Symbol = Literal["A", "B", "C", "D", "E", "a", "b", "c", "d", "e", "+", "|"]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    rows: Literal[4, 5, 6]
    cols: Literal[4, 5, 6]
    chessboard: list[list[Symbol]]
    total_cleared: Annotated[int, Meta(ge=0, le=MOST_CLEARED)]


@dataclass(frozen=True, slots=True)
class State:
    """A square board between two commands, and how many elements have been removed so far."""

    board: Board
    total: int

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.board)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        chessboard = [list(row) for row in self.board]
        return {"rows": self.size, "cols": self.size, "chessboard": chessboard, "total_cleared": self.total}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if read.rows != read.cols:
            raise ValueError(f"rows and cols must be equal, not {read.rows} and {read.cols}")
        if len(read.chessboard) != read.rows or any(len(row) != read.cols for row in read.chessboard):
            raise ValueError(f"chessboard must have {read.rows} rows of {read.cols} elements")
        return cls(tuple("".join(row) for row in read.chessboard), read.total_cleared)

    def __str__(self) -> str:
        return "\n".join([*self.board, f"Total Cleared: {self.total}"])
