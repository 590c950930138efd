"""The seven shapes, what stops a falling piece, and which rows a placement completes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gameqa.core.grids import Cell, Direction, ahead
from gameqa.core.masks import bits

from .state import State

Shape = Literal["I", "O", "T", "L", "J", "S", "Z"]

REFERENCE: dict[Shape, str] = {
    "I": "XXXX",
    "O": "XX / XX",
    "T": "XXX / .X.",
    "L": "X. / X. / XX",
    "J": ".X / .X / XX",
    "S": ".XX / XX.",
    "Z": "XX. / .XX",
}
"""Each shape before any turn, its rows from top to bottom."""

SHAPES: tuple[Shape, ...] = tuple(REFERENCE)


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A shape in one rotation, in its own box of `height` x `width` cells.

    Attributes:
        degrees: clockwise from the reference.
        cells: the four cells in reading order; (0, 0) is the corner of the box.
        rows: the cells of each row as bits, bit c for column c of the box.
        feet: the row of the lowest cell in each column.
    """

    shape: Shape
    degrees: int
    cells: tuple[Cell, ...]
    rows: tuple[int, ...]
    feet: tuple[int, ...]

    @property
    def height(self) -> int:
        """Rows of the box."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Columns of the box."""
        return len(self.feet)

    def __str__(self) -> str:
        return " / ".join("".join(".X"[mask >> col & 1] for col in range(self.width)) for mask in self.rows)


class Place(NamedTuple):
    """A turned shape on the board: the row and the column of its box's corner. It may stick out of the board."""

    turn: Turn
    top: int
    col: int

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The four cells in reading order."""
        return tuple((self.top + row, self.col + col) for row, col in self.turn.cells)


class Fall(NamedTuple):
    """What lies below the piece in one column: `stop` is the row of the first block, or of the floor."""

    col: int
    low: int
    stop: int

    @property
    def free(self) -> int:
        """Empty rows between."""
        return self.stop - self.low - 1


def _turns(shape: Shape) -> tuple[Turn, ...]:
    """Return the distinct rotations of a shape, by degrees."""
    lines = REFERENCE[shape].split(" / ")
    cells = [(row, col) for row, line in enumerate(lines) for col, sign in enumerate(line) if sign == "X"]
    found: dict[tuple[Cell, ...], Turn] = {}
    for degrees in (0, 90, 180, 270):
        height, width = (1 + max(values) for values in zip(*cells, strict=True))
        key = tuple(sorted(cells))
        rows = tuple(sum(1 << col for row, col in cells if row == line) for line in range(height))
        feet = tuple(max(row for row, col in cells if col == column) for column in range(width))
        found.setdefault(key, Turn(shape, degrees, key, rows, feet))
        cells = [(col, height - 1 - row) for row, col in cells]
    return tuple(found.values())


TURNS: dict[Shape, tuple[Turn, ...]] = {shape: _turns(shape) for shape in SHAPES}

_BY_CELLS = {turn.cells: turn for turns in TURNS.values() for turn in turns}


def _fillers(shape: Shape, width: int) -> tuple[tuple[Turn, int, int], ...]:
    """Return each rotation that has a row of just so many cells, with that row and the column where they begin."""
    return tuple(
        (turn, line, (mask & -mask).bit_length() - 1)
        for turn in TURNS[shape]
        for line, mask in enumerate(turn.rows)
        if mask.bit_count() == width
    )


FILLERS = {(shape, width): _fillers(shape, width) for shape in SHAPES for width in (1, 2, 3, 4)}


def recognised(cells: Sequence[Cell]) -> Turn | None:
    """Return the shape and rotation of some cells; None when they are no tetromino."""
    top, left = (min(values) for values in zip(*cells, strict=True))
    return _BY_CELLS.get(tuple(sorted((row - top, col - left) for row, col in cells)))


def shifted(piece: Iterable[Cell], move: Direction) -> list[Cell]:
    """Return the cells of a piece after one step in a direction, inside the grid or not."""
    return [ahead(cell, move) for cell in piece]


def outside(state: State, cell: Cell) -> bool:
    """Return whether a cell lies outside the grid."""
    return not (0 <= cell[0] < state.size and 0 <= cell[1] < state.size)


def blocked(state: State, cell: Cell) -> bool:
    """Return whether a cell inside the grid holds a landed block."""
    return bool(state.blocks[cell[0]] >> cell[1] & 1)


def falls(state: State, piece: Iterable[Cell]) -> list[Fall]:
    """Return for each column of a piece, left to right, how far its lowest cell can fall."""
    low = {col: row for row, col in sorted(piece)}
    found: list[Fall] = []
    for col, row in sorted(low.items()):
        below = range(row + 1, state.size)
        found.append(Fall(col, row, next((line for line in below if blocked(state, (line, col))), state.size)))
    return found


def column_tops(blocks: Sequence[int]) -> list[int]:
    """Return the row of the highest block of each column; the number of rows where a column is empty."""
    size = len(blocks)
    tops, clear = [size] * size, (1 << size) - 1
    for row, mask in enumerate(blocks):
        for col in bits(mask & clear):
            tops[col] = row
        clear &= ~mask
    return tops


def landings(turn: Turn, tops: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where straight drops end, for each column of the box's corner: the box's top row, and the sum of the top
    rows that each column of the piece would allow by itself. A negative row: a cell would be above the grid."""
    places = len(tops) - turn.width + 1
    limits = [[top - foot - 1 for top in tops[col : col + places]] for col, foot in enumerate(turn.feet)]
    groups = list(zip(*limits, strict=True))
    return zip(map(min, groups), map(sum, groups), strict=True)


def landing(turn: Turn, col: int, tops: Sequence[int]) -> int:
    """Return the top row of the box after a straight drop in one column."""
    return min(tops[col + across] - foot - 1 for across, foot in enumerate(turn.feet))


def fillings(blocks: Sequence[int], shape: Shape) -> Iterator[tuple[int, Place]]:
    """Yield every row that a piece of a shape may complete, with every place that does so, reachable or not.

    The cells of a tetromino in one row lie side by side. So a place completes a row exactly when the empty cells of
    the row lie side by side and are the cells of the piece in it. Places may stick out of the grid or overlap blocks.
    """
    full = (1 << len(blocks)) - 1
    for row, mask in enumerate(blocks):
        missing = full & ~mask
        width = missing.bit_count()
        low = missing & -missing
        if width <= 4 and missing == low * ((1 << width) - 1):
            first = low.bit_length() - 1
            for turn, line, left in FILLERS[shape, width]:
                yield row, Place(turn, row - line, first - left)


def drops_to(place: Place, tops: Sequence[int]) -> bool:
    """Return whether a straight drop ends in a place inside the grid."""
    turn, top, col = place
    return top >= 0 and 0 <= col <= len(tops) - turn.width and landing(turn, col, tops) == top


def rests(place: Place, blocks: Sequence[int]) -> bool:
    """Return whether a piece can lie in a place, reachable or not: it fits there, but not one row further down."""
    turn, top, col = place
    return _fits(place, blocks) and not _fits(Place(turn, top + 1, col), blocks)


def _fits(place: Place, blocks: Sequence[int]) -> bool:
    turn, top, col = place
    size = len(blocks)
    if not (0 <= top <= size - turn.height and 0 <= col <= size - turn.width):
        return False
    return not any(blocks[top + line] & mask << col for line, mask in enumerate(turn.rows))


def clearing(blocks: Sequence[int], shape: Shape, tops: Sequence[int]) -> Counter[Place]:
    """Return the straight drops that complete rows, each with the number of its rows."""
    return Counter(place for _, place in fillings(blocks, shape) if drops_to(place, tops))


def most_cleared(blocks: Sequence[int], shape: Shape) -> int:
    """Return the most rows that one straight drop completes."""
    return max(clearing(blocks, shape, column_tops(blocks)).values(), default=0)


def most_anywhere(blocks: Sequence[int], shape: Shape) -> int:
    """Return the most rows that a piece completes in any resting place, reachable or not."""
    return max(Counter(place for _, place in fillings(blocks, shape) if rests(place, blocks)).values(), default=0)
