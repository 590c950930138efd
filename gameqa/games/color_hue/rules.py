"""What the visible cells of a gradient say about a cell of it."""

from dataclasses import dataclass

from gameqa.core.grids import Cell

from .state import RGB, Gradient, State

LEAST = 3
"""Visible cells that a gradient needs to tell a lost colour."""
TOLERANCE = 6
"""How far, per channel, a colour that fits may be from the one that the visible cells tell."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one gradient tells about a cell: the straight line through its visible cells, per channel.

    `slopes` are the changes from cell to cell, `color` is the line's colour in the cell, cut to 0..255 but not rounded.
    """

    gradient: Gradient
    visible: list[tuple[int, RGB]]
    slopes: tuple[float, ...]
    color: tuple[float, ...]

    def gap(self, color: RGB) -> float:
        """Return the largest difference of a colour from the told one in any channel."""
        return max(abs(told - given) for told, given in zip(self.color, color, strict=True))


def readings(state: State, cell: Cell) -> list[Reading]:
    """Return what each gradient through a cell with enough visible cells tells, by least squares."""
    found = [_reading(state, gradient, cell) for gradient in state.gradients if cell in gradient.cells]
    return [reading for reading in found if reading is not None]


def fits(found: list[Reading], color: RGB) -> bool:
    """Say whether a colour continues every gradient read, of which there must be one."""
    return bool(found) and all(reading.gap(color) <= TOLERANCE for reading in found)


def _reading(state: State, gradient: Gradient, cell: Cell) -> Reading | None:
    visible = [(place, color) for place in gradient.places if (color := state.color(gradient.cell(place))) is not None]
    if len(visible) < LEAST:
        return None
    at = cell[1] if gradient.type == "row" else cell[0]
    count = len(visible)
    middle = sum(place for place, _ in visible) / count
    spread = sum((place - middle) ** 2 for place, _ in visible)
    slopes, told = list[float](), list[float]()
    for channel in range(3):
        mean = sum(color[channel] for _, color in visible) / count
        slope = sum((place - middle) * (color[channel] - mean) for place, color in visible) / spread
        slopes.append(slope)
        told.append(min(255.0, max(0.0, mean + slope * (at - middle))))
    return Reading(gradient, visible, tuple(slopes), tuple(told))
