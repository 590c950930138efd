"""The structure, the two target views and the number of voxels that may be added."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

from . import rules
from .rules import Cell

Axis = Annotated[int, Meta(ge=1, le=3)]
_Row = tuple[Literal[0, 1], Literal[0, 1], Literal[0, 1]]
Matrix = tuple[_Row, _Row, _Row]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    voxel_positions: Annotated[list[tuple[Axis, Axis, Axis]], Meta(min_length=1)]
    target_yz_projection: Matrix
    target_xz_projection: Matrix
    remaining_voxels: Annotated[int, Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class State:
    """A structure with its targets. Masks are those of `rules`."""

    voxels: int
    target: int
    remaining: int

    @property
    def cells(self) -> list[Cell]:
        """The voxels as (x, y, z), sorted."""
        return rules.cells(self.voxels)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON; the rows of a view stand bottom layer first."""
        return {
            "voxel_positions": [list(cell) for cell in self.cells],
            "target_yz_projection": view_rows(self.target),
            "target_xz_projection": view_rows(self.target >> 9),
            "remaining_voxels": self.remaining,
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if sorted(set(read.voxel_positions)) != read.voxel_positions:
            raise ValueError("voxel_positions must be sorted and without repeats")
        voxels = rules.mask(read.voxel_positions)
        if not rules.connected(voxels):
            raise ValueError("the voxels must be connected through shared faces")
        rows = [*read.target_yz_projection, *read.target_xz_projection]
        target = sum(filled << 3 * r + c for r, row in enumerate(rows) for c, filled in enumerate(row))
        return cls(voxels, target, read.remaining_voxels)

    def __str__(self) -> str:
        return "\n".join(
            f"z={z}  "
            + " ".join("".join("#" if (x, y, z) in self.cells else "." for x in (1, 2, 3)) for y in (1, 2, 3))
            + "   "
            + "  ".join("".join(map(str, view_rows(view)[z - 1])) for view in (self.target, self.target >> 9))
            for z in (3, 2, 1)
        )


def view_rows(view: int) -> list[list[int]]:
    """Return the lower nine bits of a view mask as rows, z = 1 first."""
    return [[view >> 3 * row + column & 1 for column in range(3)] for row in range(3)]
