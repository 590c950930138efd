"""The board, and the pieces that have been taken off."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

from gameqa.core.grids import Cell, connected

Shape = tuple[tuple[int, ...], ...]
"""Rows of 0 and 1, cropped: every edge row and column holds a 1."""

COLORS = {
    "blue": "#1F77B4",
    "orange": "#FF7F0E",
    "green": "#2CA02C",
    "red": "#D62728",
    "purple": "#9467BD",
    "brown": "#8C564B",
    "pink": "#FFB3C6",
    "yellow": "#E3D026",
    "cyan": "#17BECF",
    "grey": "#8A8A8A",
}
"""Colours of the pieces 1, 2, …; any two are 25 or more apart in CIE Lab."""


class _ConfigJson(msgspec.Struct, forbid_unknown_fields=True):
    grid_size: int
    num_pieces: int


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid: list[list[int]]
    removed_pieces: list[int]
    shown_pieces: dict[str, list[list[Literal[0, 1]]]]
    config: _ConfigJson


@dataclass(frozen=True, slots=True)
class State:
    """A square board of piece numbers (0: empty), the removed pieces' numbers, and their shapes as drawn."""

    grid: tuple[tuple[int, ...], ...]
    removed: tuple[int, ...]
    shown: tuple[Shape, ...]

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.grid)

    @property
    def on_board(self) -> list[int]:
        """The numbers of the pieces on the board, ascending."""
        return sorted({number for row in self.grid for number in row} - {0})

    def cells(self, number: int) -> list[Cell]:
        """Return the cells of a piece on the board in reading order; 0: the empty cells."""
        return [(row, col) for row, line in enumerate(self.grid) for col, value in enumerate(line) if value == number]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "grid": [list(row) for row in self.grid],
            "removed_pieces": list(self.removed),
            "shown_pieces": {
                str(number): [list(row) for row in shape]
                for number, shape in zip(self.removed, self.shown, strict=True)
            },
            "config": {"grid_size": self.size, "num_pieces": len(self.on_board) + len(self.removed)},
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size, count = read.config.grid_size, read.config.num_pieces
        if not 1 <= size <= 10 or len(read.grid) != size or any(len(row) != size for row in read.grid):
            raise ValueError("grid_size must be 1 to 10, and the grid must have so many rows of as many cells")
        if not 1 <= len(read.removed_pieces) <= 3 or count > len(COLORS):
            raise ValueError(f"one to three pieces must be removed, of at most {len(COLORS)}")
        if set(read.shown_pieces) != {str(number) for number in read.removed_pieces}:
            raise ValueError("shown_pieces must hold exactly the removed pieces")
        shown = tuple(tuple(map(tuple, read.shown_pieces[str(number)])) for number in read.removed_pieces)
        state = cls(tuple(map(tuple, read.grid)), tuple(read.removed_pieces), shown)
        if sorted([*state.on_board, *state.removed]) != [*range(1, count + 1)] or not state.on_board:
            raise ValueError(f"each number from 1 to {count} must be a piece on the board or a removed one")
        if list(state.removed) != sorted(state.removed):
            raise ValueError("the removed pieces must be ascending")
        if not all(map(_cropped, state.shown)):
            raise ValueError("a shown piece must be a rectangle of 0 and 1 with a 1 in each of its edge lines")
        if not all(map(connected, [*map(state.cells, state.on_board), *map(members, state.shown)])):
            raise ValueError("the cells of each piece must be joined through shared edges")
        if sum(len(members(shape)) for shape in state.shown) != len(state.cells(0)):
            raise ValueError("the removed pieces must have as many cells as the board has empty ones")
        return state

    def __str__(self) -> str:
        return "\n".join(" ".join(str(number) if number else "." for number in row) for row in self.grid)


def members(shape: Shape) -> list[Cell]:
    """Return the cells of a shape in reading order, counted from the corner of its box."""
    return [(row, col) for row, line in enumerate(shape) for col, value in enumerate(line) if value]


def _cropped(shape: Shape) -> bool:
    if not shape or len({len(row) for row in shape}) != 1:
        return False
    columns = tuple(zip(*shape, strict=True))
    return bool(columns) and all(map(any, (shape[0], shape[-1], columns[0], columns[-1])))
