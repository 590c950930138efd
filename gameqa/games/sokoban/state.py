"""The board of Sokoban."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

Cell = tuple[int, int]
"""(row, column), counted from 0 at the top and at the left; the outer wall ring counts."""

FLOOR, WALL, BOX, TARGET, BOX_ON_TARGET, PLAYER, PLAYER_ON_TARGET = range(7)
Code = Literal[0, 1, 2, 3, 4, 5, 6]
SIGNS = ".#BT*P+"
"""One sign for each cell code, used by the text view too."""
SIZES = (5, 12)
MOST_BOXES = 3


class _SizeJson(msgspec.Struct, forbid_unknown_fields=True):
    width: int
    height: int


class _CellJson(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    y: int


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid: list[list[Code]]
    grid_size: _SizeJson
    player: _CellJson
    boxes: list[_CellJson]
    targets: list[_CellJson]


@dataclass(frozen=True, slots=True)
class State:
    """A position before any move. `grid` decides the rest; boxes and targets stand in reading order."""

    grid: tuple[tuple[int, ...], ...]
    player: Cell
    boxes: tuple[Cell, ...]
    targets: tuple[Cell, ...]

    @classmethod
    def of(cls, grid: tuple[tuple[int, ...], ...]) -> Self:
        """Make the state of a grid; raise ValueError when it is not a legal board."""
        height, width = len(grid), len(grid[0]) if grid else 0
        if any(len(row) != width for row in grid):
            raise ValueError("the rows of the grid must be equally long")
        if not (SIZES[0] <= height <= SIZES[1] and SIZES[0] <= width <= SIZES[1]):
            raise ValueError(f"the grid must be {SIZES[0]} to {SIZES[1]} cells high and wide")
        edge = [*grid[0], *grid[-1], *(row[0] for row in grid), *(row[-1] for row in grid)]
        if any(code != WALL for code in edge):
            raise ValueError("the outer ring of the grid must be wall")
        players = _cells(grid, PLAYER, PLAYER_ON_TARGET)
        boxes = _cells(grid, BOX, BOX_ON_TARGET)
        targets = _cells(grid, TARGET, BOX_ON_TARGET, PLAYER_ON_TARGET)
        if len(players) != 1:
            raise ValueError(f"the grid must hold exactly one player, not {len(players)}")
        if len(boxes) != len(targets) or not 1 <= len(boxes) <= MOST_BOXES:
            raise ValueError(f"the grid must hold 1 to {MOST_BOXES} boxes and as many targets")
        return cls(grid, players[0], boxes, targets)

    def placed(self, player: Cell, boxes: Collection[Cell], targets: Collection[Cell] | None = None) -> Self:
        """Return this board with the player, the boxes and perhaps the targets on other cells."""
        aims = self.targets if targets is None else targets

        def code(cell: Cell) -> int:
            if self.grid[cell[0]][cell[1]] == WALL:
                return WALL
            on_target = cell in aims
            if cell in boxes:
                return BOX_ON_TARGET if on_target else BOX
            if cell == player:
                return PLAYER_ON_TARGET if on_target else PLAYER
            return TARGET if on_target else FLOOR

        return self.of(tuple(tuple(code((r, c)) for c in range(self.width)) for r in range(self.height)))

    @property
    def height(self) -> int:
        """Rows, the wall ring included."""
        return len(self.grid)

    @property
    def width(self) -> int:
        """Columns, the wall ring included."""
        return len(self.grid[0])

    @property
    def open_cells(self) -> list[Cell]:
        """Every cell that is not wall, in reading order."""
        return [(r, c) for r, row in enumerate(self.grid) for c, code in enumerate(row) if code != WALL]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON; x is the column, y the row."""
        return {
            "grid": [list(row) for row in self.grid],
            "grid_size": {"width": self.width, "height": self.height},
            "player": _json(self.player),
            "boxes": [_json(cell) for cell in self.boxes],
            "targets": [_json(cell) for cell in self.targets],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        state = cls.of(tuple(tuple(row) for row in read.grid))
        if (read.grid_size.height, read.grid_size.width) != (state.height, state.width):
            raise ValueError(f"grid_size must be {state.width} wide and {state.height} high, as the grid is")
        if (read.player.y, read.player.x) != state.player:
            raise ValueError("player must be the cell that the grid gives")
        for name, given, cells in (("boxes", read.boxes, state.boxes), ("targets", read.targets, state.targets)):
            if tuple((cell.y, cell.x) for cell in given) != cells:
                raise ValueError(f"{name} must be those of the grid, in reading order")
        return state

    def __str__(self) -> str:
        return "\n".join("".join(SIGNS[code] for code in row) for row in self.grid)


def _cells(grid: tuple[tuple[int, ...], ...], *codes: int) -> tuple[Cell, ...]:
    return tuple((r, c) for r, row in enumerate(grid) for c, code in enumerate(row) if code in codes)


def _json(cell: Cell) -> dict[str, int]:
    return {"x": cell[1], "y": cell[0]}
