"""The grid: trees, the tents that stand so far, and the number of tents of each row and column when finished."""

from dataclasses import dataclass
from typing import Any, Self

import msgspec

from gameqa.core.grids import Cell, around, sides

LARGEST = 20
"""Most rows and most columns."""


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    size: Cell
    tree_positions: list[Cell]
    tent_positions: list[Cell]
    row_counts: list[int]
    col_counts: list[int]


@dataclass(frozen=True, slots=True)
class State:
    """A grid of `rows` x `cols` cells; `row_counts` and `col_counts` are the tents of the finished grid."""

    rows: int
    cols: int
    trees: tuple[Cell, ...]
    tents: tuple[Cell, ...]
    row_counts: tuple[int, ...]
    col_counts: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "size": [self.rows, self.cols],
            "tree_positions": [list(cell) for cell in self.trees],
            "tent_positions": [list(cell) for cell in self.tents],
            "row_counts": list(self.row_counts),
            "col_counts": list(self.col_counts),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        from .rules import finished, standing

        read = msgspec.convert(data, _StateJson, strict=True)
        (rows, cols), trees, tents = read.size, read.tree_positions, read.tent_positions
        if not (1 <= rows <= LARGEST and 1 <= cols <= LARGEST):
            raise ValueError(f"a grid has 1 to {LARGEST} rows and columns")
        if trees != sorted(trees) or tents != sorted(tents) or len({*trees, *tents}) < len(trees) + len(tents):
            raise ValueError("trees and tents must be sorted by row, then column, and stand on different cells")
        if not all(0 <= row < rows and 0 <= col < cols for row, col in trees + tents):
            raise ValueError("trees and tents must stand on the grid")
        if (len(read.row_counts), len(read.col_counts)) != (rows, cols):
            raise ValueError("every row and every column needs a count")
        if not sum(read.row_counts) == sum(read.col_counts) == len(trees):
            raise ValueError("row counts and column counts must each add up to the number of trees")
        state = cls(rows, cols, tuple(trees), tuple(tents), tuple(read.row_counts), tuple(read.col_counts))
        if any(other in tents for tent in tents for other in around(tent)):
            raise ValueError("tents must not touch")
        if not all(any(other in trees for other in sides(tent)) for tent in tents):
            raise ValueError("every tent must stand beside a tree")
        now = standing(state)
        if any(have > want for have, want in zip([*now.rows, *now.cols], state.counts, strict=True)):
            raise ValueError("no row or column may hold more tents than its count")
        if finished(state) is None:
            raise ValueError("no finished grid holds all the tents")
        return state

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts of all rows, then of all columns."""
        return self.row_counts + self.col_counts

    def sign(self, cell: Cell) -> str:
        """Return `T` for a tree, `A` for a tent and `.` for an empty cell."""
        return "T" if cell in self.trees else "A" if cell in self.tents else "."

    def __str__(self) -> str:
        lines = (
            " ".join([str(count), *(self.sign((row, col)) for col in range(self.cols))])
            for row, count in enumerate(self.row_counts)
        )
        return "\n".join([" ".join([" ", *map(str, self.col_counts)]), *lines])
