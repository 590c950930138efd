"""The board: coloured and cross-hatched cells, the gradients they form, and the palette of lost colours."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

from gameqa.core.grids import Cell

RGB = tuple[int, int, int]
Line = Literal["row", "column"]

LABELS = "PQRSTU"
"""Letters of cells without colour; others than those that letter options."""
SWATCHES = "ABCDEF"
AGREE = 2
"""How far a cell may be from a gradient through it, per channel: crossing gradients are rounded apart."""


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring cells of one line, from its cell `start` to its cell `end`."""

    type: Line
    index: int
    start: int
    end: int

    @property
    def places(self) -> range:
        """Places along the line."""
        return range(self.start, self.end + 1)

    @property
    def cells(self) -> list[Cell]:
        """The cells, first to last."""
        return [self.cell(place) for place in self.places]

    def cell(self, place: int) -> Cell:
        """Return the cell at a place along the line."""
        return (self.index, place) if self.type == "row" else (place, self.index)


@dataclass(frozen=True, slots=True)
class Gradient(Run):
    """A run along which the colour changes evenly."""

    start_color: RGB
    end_color: RGB

    def colors(self) -> list[RGB]:
        """Return the even colours of the run, first to last."""
        steps = self.end - self.start
        channels = (
            [round((first * (steps - at) + last * at) / steps) for at in range(steps + 1)]
            for first, last in zip(self.start_color, self.end_color, strict=True)
        )
        return list(zip(*channels, strict=True))

    def color(self, place: int) -> RGB:
        """Return the even colour at a place of the run."""
        return self.colors()[place - self.start]


Channel = Annotated[int, Meta(ge=0, le=255)]
_Color = tuple[Channel, Channel, Channel]


class _GradientJson(msgspec.Struct, forbid_unknown_fields=True):
    type: Line
    index: int
    start: int
    end: int
    start_color: _Color
    end_color: _Color


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    board: list[list[_Color | None]]
    cell_labels: dict[str, Cell]
    palette: list[_Color]
    gradient_info: list[_GradientJson]


@dataclass(frozen=True, slots=True)
class State:
    """A square board; `board` holds the visible colours, None for hatched and for labelled cells."""

    board: tuple[tuple[RGB | None, ...], ...]
    gradients: tuple[Gradient, ...]
    labels: tuple[tuple[str, Cell], ...] = ()
    palette: tuple[RGB, ...] = ()

    @property
    def size(self) -> int:
        """Cells along one side."""
        return len(self.board)

    def color(self, cell: Cell) -> RGB | None:
        """Return the visible colour of a cell."""
        return self.board[cell[0]][cell[1]]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "board": [[None if color is None else list(color) for color in row] for row in self.board],
            "cell_labels": {label: list(cell) for label, cell in self.labels},
            "palette": [list(color) for color in self.palette],
            "gradient_info": [
                {
                    "type": gradient.type,
                    "index": gradient.index,
                    "start": gradient.start,
                    "end": gradient.end,
                    "start_color": list(gradient.start_color),
                    "end_color": list(gradient.end_color),
                }
                for gradient in self.gradients
            ],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        state = cls(
            tuple(map(tuple, read.board)),
            tuple(Gradient(**msgspec.structs.asdict(gradient)) for gradient in read.gradient_info),
            tuple(sorted(read.cell_labels.items())),
            tuple(read.palette),
        )
        if not state.board or any(len(row) != state.size for row in state.board):
            raise ValueError("the board must be a square with at least one cell")
        _check_labels(state)
        _check_gradients(state)
        _check_cells(state)
        return state

    def __str__(self) -> str:
        signs = {cell: label for label, cell in self.labels}
        return "\n".join(
            "".join("#" if color else signs.get((row, col), ".") for col, color in enumerate(colors))
            for row, colors in enumerate(self.board)
        )


def _check_labels(state: State) -> None:
    cells = [cell for _, cell in state.labels]
    if "".join(label for label, _ in state.labels) != LABELS[: len(cells)]:
        raise ValueError(f"the labels must be the first of the letters {LABELS}")
    if not all(min(cell) >= 0 and max(cell) < state.size for cell in cells) or len(set(cells)) < len(cells):
        raise ValueError("labelled cells must be different cells of the board")
    if any(state.color(cell) for cell in cells):
        raise ValueError("a labelled cell must have no colour")
    if len(state.palette) != (len(SWATCHES) if cells else 0) or len(set(state.palette)) < len(state.palette):
        raise ValueError(f"the palette must hold {len(SWATCHES)} different colours, or none if no cell is labelled")


def _check_gradients(state: State) -> None:
    lines = [(gradient.type == "column", gradient.index) for gradient in state.gradients]
    if lines != sorted(lines):
        raise ValueError("gradients must be listed rows first, each by index")
    if any(one[0] == two[0] and two[1] - one[1] < 2 for one, two in pairwise(lines)):
        raise ValueError("parallel gradients must not be on the same or on neighbouring lines")
    for gradient in state.gradients:
        if not (0 <= gradient.start < gradient.end < state.size and 0 <= gradient.index < state.size):
            raise ValueError("a gradient must run over at least two cells of the board")


def _check_cells(state: State) -> None:
    labelled = {cell for _, cell in state.labels}
    covered: set[Cell] = set()
    for gradient in state.gradients:
        name = f"the gradient of {gradient.type} {gradient.index}"
        for place in range(state.size):
            cell = gradient.cell(place)
            color = state.color(cell)
            if place not in gradient.places:
                if color or cell in labelled:
                    raise ValueError(f"{name} leaves out a cell with colour or label on its line")
            elif color is None:
                if cell not in labelled:
                    raise ValueError(f"{name} runs over a hatched cell")
            elif any(abs(a - b) > AGREE for a, b in zip(color, gradient.color(place), strict=True)):
                raise ValueError(f"the colour of cell {list(cell)} does not lie on {name}")
        covered.update(gradient.cells)
    cells = [(row, col) for row in range(state.size) for col in range(state.size)]
    if any((state.color(cell) or cell in labelled) and cell not in covered for cell in cells):
        raise ValueError("every coloured or labelled cell must lie on a gradient")
