"""The maze: cubes, ladders, start, goal and numbers."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, Self

import msgspec

from .rules import LADDER, Cell, parents


class _Cell(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    y: int
    z: int

    @property
    def cell(self) -> Cell:
        return self.x, self.y, self.z


class _Ladder(msgspec.Struct, forbid_unknown_fields=True):
    base_pos: _Cell
    height: Literal[3]


class _Marker(msgspec.Struct, forbid_unknown_fields=True):
    label: int
    pos: _Cell


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid_size: _Cell
    start_pos: _Cell
    goal_pos: _Cell
    cubes: list[_Cell]
    ladders: list[_Ladder]
    numbered_markers: list[_Marker]


@dataclass(frozen=True, slots=True)
class State:
    """A maze of cubes that is a tree. `ladders` holds lower cubes, `markers` the cubes of the numbers 1, 2, …."""

    size: Cell
    start: Cell
    goal: Cell
    cubes: tuple[Cell, ...]
    ladders: tuple[Cell, ...]
    markers: tuple[Cell, ...]

    @property
    def labels(self) -> dict[Cell, int]:
        """The number on each numbered cube."""
        return {cell: label for label, cell in enumerate(self.markers, 1)}

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "grid_size": _json(self.size),
            "start_pos": _json(self.start),
            "goal_pos": _json(self.goal),
            "cubes": [_json(cell) for cell in self.cubes],
            "ladders": [{"base_pos": _json(cell), "height": LADDER} for cell in self.ladders],
            "numbered_markers": [{"label": n, "pos": _json(cell)} for n, cell in enumerate(self.markers, 1)],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if not all(4 <= length <= 10 for length in read.grid_size.cell):
            raise ValueError("each length of the grid must be 4 to 10")
        if [marker.label for marker in read.numbered_markers] != list(range(1, len(read.numbered_markers) + 1)):
            raise ValueError("the labels must be 1, 2, 3 and so on")
        state = cls(
            read.grid_size.cell,
            read.start_pos.cell,
            read.goal_pos.cell,
            tuple(cube.cell for cube in read.cubes),
            tuple(ladder.base_pos.cell for ladder in read.ladders),
            tuple(marker.pos.cell for marker in read.numbered_markers),
        )
        _check(state)
        return state

    def __str__(self) -> str:
        """One map a floor: rows are x, columns y; S start, G goal, # other cubes, ^ behind a cube: a ladder up."""
        labels, shown = self.labels, list[str]()
        for z in sorted({cell[2] for cell in self.cubes}):
            shown.append(f"z={z}")
            for x in range(self.size[0]):
                row = ""
                for y in range(self.size[1]):
                    cell = (x, y, z)
                    mark = "#" if cell in self.cubes else "."
                    mark = "S" if cell == self.start else "G" if cell == self.goal else mark
                    row += f"{labels.get(cell, mark)}{'^' if cell in self.ladders else ' '}"
                shown.append(row.rstrip())
        return "\n".join(shown)


def by_floor(cell: Cell) -> Cell:
    """Sort key of cells in a state: by z, then y, then x."""
    x, y, z = cell
    return z, y, x


def _check(state: State) -> None:
    """Raise ValueError when the cubes break a rule."""
    cubes, markers = set(state.cubes), set(state.markers)
    for name, cells in (("cubes", state.cubes), ("ladders", state.ladders)):
        if any(by_floor(a) >= by_floor(b) for a, b in pairwise(cells)):
            raise ValueError(f"the {name} must be distinct and sorted by z, y, x")
    for cell in state.cubes:
        if not all(0 <= at < length for at, length in zip(cell, state.size, strict=True)) or cell[2] % LADDER:
            raise ValueError(f"the cube {cell} must lie in the grid, at a height that is a multiple of {LADDER}")
    if not {state.start, state.goal} <= cubes or state.start == state.goal:
        raise ValueError("start and goal must be two different cubes")
    if not markers <= cubes - {state.goal} or len(markers) != len(state.markers):
        raise ValueError("each number must stand on a cube of its own other than the goal")
    if parents(state.start, cubes, set(state.ladders)) is None:
        raise ValueError("the cubes must form a tree that grows from the start by x - 1, y - 1 or a ladder up")


def _json(cell: Cell) -> dict[str, int]:
    return {"x": cell[0], "y": cell[1], "z": cell[2]}
