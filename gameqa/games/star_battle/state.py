"""The board: regions, their colours, and the stars placed so far."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

from gameqa.core.grids import Cell, around, connected

COLORS = {
    "red": "#F25C54",
    "orange": "#FF9F1C",
    "yellow": "#FFE94D",
    "green": "#4CB944",
    "cyan": "#5FDDE5",
    "blue": "#3F8CFF",
    "purple": "#9B3FC8",
    "pink": "#FFB3D1",
}
"""Name and colour; any two are about 41 or more apart in CIE Lab."""


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    regions: list[list[Cell]]
    stars: list[Cell]
    colors: list[Literal["red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink"]]


@dataclass(frozen=True, slots=True)
class State:
    """A board of `size` x `size` cells; `regions[i]` are the cells of region i, `colors[i]` is its colour."""

    size: int
    regions: tuple[tuple[Cell, ...], ...]
    stars: tuple[Cell, ...]
    colors: tuple[str, ...]

    def owners(self) -> dict[Cell, int]:
        """Return the number of the region of each cell."""
        return {cell: number for number, cells in enumerate(self.regions) for cell in cells}

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "size": self.size,
            "regions": [[list(cell) for cell in cells] for cells in self.regions],
            "stars": [list(cell) for cell in self.stars],
            "colors": list(self.colors),
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        from .rules import finished_boards

        read = msgspec.convert(data, _StateJson, strict=True)
        size = read.size
        board = [(row, col) for row in range(size) for col in range(size)]
        if not 4 <= size <= len(COLORS) or len(read.regions) != size:
            raise ValueError(f"size must be 4 to {len(COLORS)}, with as many regions")
        if sorted(cell for cells in read.regions for cell in cells) != board:
            raise ValueError("the regions must hold every cell of the board exactly once")
        if not all(cells and cells == sorted(cells) and connected(cells) for cells in read.regions):
            raise ValueError("the cells of each region must be sorted and connected")
        if len(read.colors) != size or len(set(read.colors)) != size:
            raise ValueError("each region must have a colour of its own")
        state = cls(size, tuple(map(tuple, read.regions)), tuple(read.stars), tuple(read.colors))
        owners = state.owners()
        if read.stars != sorted(set(read.stars)) or not all(star in owners for star in read.stars):
            raise ValueError("stars must be sorted, different and on the board")
        for unit in ([r for r, _ in read.stars], [c for _, c in read.stars], [owners[star] for star in read.stars]):
            if len(set(unit)) < len(unit):
                raise ValueError("no row, column or region may hold two stars")
        if any(other in read.stars for star in read.stars for other in around(star)):
            raise ValueError("stars must not touch")
        if next(finished_boards(state), None) is None:
            raise ValueError("no finished board holds all the stars")
        return state

    def __str__(self) -> str:
        owners = self.owners()
        rows = ([(row, col) for col in range(self.size)] for row in range(self.size))
        return "\n".join(
            " ".join(f"{owners[cell]}{'*' if cell in self.stars else ' '}" for cell in row) for row in rows
        )
