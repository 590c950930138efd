"""The board of a Sudoku with colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Annotated, Any, Literal, Self

import msgspec

from .rules import Layout, SearchLimitError, clash, completed, layout

COLORS = ("red", "green", "blue", "magenta", "yellow", "aqua", "gray", "purple", "orange")
"""The palette in order; a board of n x n cells uses the first n."""
ColorName = Literal["red", "green", "blue", "magenta", "yellow", "aqua", "gray", "purple", "orange"]

Cell = tuple[int, int]
"""(row, column), counted from 1 at the top and at the left."""


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    size: Literal[4, 9]
    board: list[list[Annotated[int, msgspec.Meta(ge=0, le=9)]]]
    colors: list[str]


@dataclass(frozen=True, slots=True)
class State:
    """A board with exactly one completion: 0 is an empty cell, v the colour `colors[v - 1]`."""

    board: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.board)

    @property
    def colors(self) -> tuple[str, ...]:
        """Names of the colours in play."""
        return COLORS[: self.size]

    @property
    def layout(self) -> Layout:
        """The rows, columns and boxes."""
        return layout(self.size)

    @property
    def flat(self) -> list[int]:
        """The cells row by row."""
        return [color for row in self.board for color in row]

    def at(self, row: int, col: int) -> int:
        """Return the colour of a cell, 0 when it is empty; row and column count from 1."""
        return self.board[row - 1][col - 1]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"size": self.size, "board": [list(row) for row in self.board], "colors": list(self.colors)}

    @classmethod
    def from_flat(cls, cells: Sequence[int]) -> Self:
        """Make a state from its cells row by row."""
        size = isqrt(len(cells))
        return cls(tuple(tuple(cells[start : start + size]) for start in range(0, size * size, size)))

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size = read.size
        if len(read.board) != size or any(len(row) != size for row in read.board):
            raise ValueError(f"the board must have {size} rows of {size} cells")
        if max(max(row) for row in read.board) > size:
            raise ValueError(f"the cells of a board of size {size} must be 0 to {size}")
        if tuple(read.colors) != COLORS[:size]:
            raise ValueError(f"the colors must be the first {size} of {', '.join(COLORS)}")
        state = cls(tuple(map(tuple, read.board)))
        if clash(state.layout, state.flat):
            raise ValueError("a row, column or box of the board holds a colour twice")
        try:
            found = len(completed(state.layout, state.flat))
        except SearchLimitError:
            raise ValueError("the board is too empty to prove that it has exactly one completion") from None
        if found != 1:
            raise ValueError(f"the board must have exactly one completion, not {'none' if not found else 'several'}")
        return state

    def __str__(self) -> str:
        return "\n".join("".join(str(color or ".") for color in row) for row in self.board)
