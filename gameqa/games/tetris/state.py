"""The board: landed blocks, and the piece that still falls."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

from gameqa.core.grids import Cell
from gameqa.core.masks import bits

EMPTY, BLOCK, PIECE = 0, 1, 2
LEAST, MOST = 4, 16
"""Cells along one side of a board."""

Blocks = tuple[int, ...]
"""The landed blocks, one number a row from the top; bit c of it is column c."""


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    rows: int
    cols: int
    grid: list[list[Literal[0, 1, 2]]]


@dataclass(frozen=True, slots=True)
class State:
    """A square board. `piece` holds the four cells of the active piece in reading order, or none."""

    blocks: Blocks
    piece: tuple[Cell, ...]

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.blocks)

    def grid(self) -> list[list[int]]:
        """Return 0 (empty), 1 (landed block) or 2 (active piece) for each cell."""
        values = [[mask >> col & 1 for col in range(self.size)] for mask in self.blocks]
        for row, col in self.piece:
            values[row][col] = PIECE
        return values

    def block_cells(self) -> list[Cell]:
        """Return the cells of the landed blocks in reading order."""
        return [(row, col) for row, mask in enumerate(self.blocks) for col in bits(mask)]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"rows": self.size, "cols": self.size, "grid": self.grid()}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        from .rules import recognised

        read = msgspec.convert(data, _StateJson, strict=True)
        size = read.rows
        if not LEAST <= size <= MOST or read.cols != size:
            raise ValueError(f"rows and cols must be the same number from {LEAST} to {MOST}")
        if len(read.grid) != size or any(len(line) != size for line in read.grid):
            raise ValueError(f"the grid must have {size} rows of {size} cells")
        if [BLOCK] * size in read.grid:
            raise ValueError("no row may consist of landed blocks only")
        cells = [(row, col, value) for row, line in enumerate(read.grid) for col, value in enumerate(line)]
        piece = tuple((row, col) for row, col, value in cells if value == PIECE)
        if piece and recognised(piece) is None:
            raise ValueError("the cells of the active piece must form exactly one tetromino")
        blocks = tuple(sum(1 << col for col, value in enumerate(line) if value == BLOCK) for line in read.grid)
        return cls(blocks, piece)

    def __str__(self) -> str:
        return "\n".join("".join(".#@"[value] for value in line) for line in self.grid())
