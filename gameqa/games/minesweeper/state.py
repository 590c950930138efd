"""The board of Minesweeper as the player sees it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

from gameqa.core.grids import Cell, around
from gameqa.core.masks import bits
from gameqa.core.words import cell_text

from .solver import Clue, knowledge

HIDDEN, FLAG = -1, -2
SIGNS = {HIDDEN: "#", FLAG: "F", 0: "."}


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    rows: Annotated[int, Meta(ge=1)]
    cols: Annotated[int, Meta(ge=1)]
    mines: Annotated[int, Meta(ge=1)]
    board: list[list[Annotated[int, Meta(ge=FLAG, le=8)]]]


@dataclass(frozen=True, slots=True)
class State:
    """What the player sees: -1 hidden without flag, -2 flagged, 0 to 8 revealed; and the number of mines in all.

    Masks have bit `row * cols + col` for a cell.
    """

    mines: int
    board: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.board)

    @property
    def cols(self) -> int:
        """Number of columns."""
        return len(self.board[0])

    def mask(self, *values: int) -> int:
        """Return the cells that show one of the values."""
        flat = [value for row in self.board for value in row]
        return sum(1 << place for place, value in enumerate(flat) if value in values)

    def showing(self, place: int, value: int) -> Self:
        """Return the board with one cell that shows a value."""
        rows = [list(row) for row in self.board]
        rows[place // self.cols][place % self.cols] = value
        return type(self)(self.mines, tuple(map(tuple, rows)))

    def clues(self) -> list[Clue]:
        """Return what every number says about its hidden neighbours, flags taken as mines."""
        hidden, flags = self.mask(HIDDEN), self.mask(FLAG)
        flat = [value for row in self.board for value in row]
        near = neighbours(self.rows, self.cols)
        return [
            Clue(near[place] & hidden, value - (near[place] & flags).bit_count())
            for place, value in enumerate(flat)
            if value >= 0
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"rows": self.rows, "cols": self.cols, "mines": self.mines, "board": [list(row) for row in self.board]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if len(read.board) != read.rows or any(len(row) != read.cols for row in read.board):
            raise ValueError(f"the board must have {read.rows} rows of {read.cols} cells")
        state = cls(read.mines, tuple(map(tuple, read.board)))
        closed = state.mask(HIDDEN, FLAG)
        if closed.bit_count() <= state.mines:
            raise ValueError(f"more than {state.mines} cells must be hidden or flagged, as many as there are mines")
        for place in bits(state.mask(0)):
            if neighbours(state.rows, state.cols)[place] & closed:
                cell = cell_text(divmod(place, state.cols))
                raise ValueError(f"every neighbour of the revealed 0 at {cell} must be revealed")
        left = state.mines - state.mask(FLAG).bit_count()
        if left < 0 or knowledge(state.mask(HIDDEN), state.clues(), left) is None:
            raise ValueError(f"no placement of {state.mines} mines agrees with the numbers and flags")
        return state

    def __str__(self) -> str:
        return "\n".join("".join(SIGNS.get(value, str(value)) for value in row) for row in self.board)


@lru_cache(maxsize=256)
def neighbours(rows: int, cols: int) -> tuple[int, ...]:
    """Return the mask of the up to eight neighbours of every cell."""

    def mask(cell: Cell) -> int:
        return sum(1 << row * cols + col for row, col in around(cell) if 0 <= row < rows and 0 <= col < cols)

    return tuple(mask(divmod(place, cols)) for place in range(rows * cols))
