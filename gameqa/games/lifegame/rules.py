"""The automaton on a board whose edges wrap around, with one bit mask a row."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from gameqa.core.grids import around

from .state import Cell, Rows


class Fate(NamedTuple):
    """A pattern from its start to its first repetition.

    Attributes:
        patterns: the patterns after 0, 1, 2 … iterations, all different.
        entry: the number of the pattern that comes next after the last one. It is the first that appears again.
    """

    patterns: list[Rows]
    entry: int

    @property
    def period(self) -> int:
        """Iterations until a repeating pattern is back: 1 for a still life."""
        return len(self.patterns) - self.entry


def step(rows: Rows) -> Rows:
    """Return the pattern after one iteration.

    Neighbour counts are added bit by bit for a whole row at once. A count is 2 or 3 exactly when one of its four
    parts worth two is set, and 3 when the part worth one is set besides.
    """
    sums = [_row_sums(len(rows))[mask] for mask in rows]
    after: list[int] = []
    for row, mask in enumerate(rows):
        up1, up2, _, _ = sums[row - 1]
        _, _, side1, side2 = sums[row]
        down1, down2, _, _ = sums[row + 1 - len(rows)]
        odd = up1 ^ down1 ^ side1
        carry = up1 & down1 | side1 & (up1 | down1)
        several = up2 & down2 | side2 & carry | (up2 | down2) & (side2 | carry)
        after.append((up2 ^ down2 ^ side2 ^ carry) & ~several & (odd | mask))
    return tuple(after)


def history(rows: Rows, iterations: int) -> list[Rows]:
    """Return the patterns after 0, 1 … `iterations` iterations."""
    patterns = [rows]
    for _ in range(iterations):
        patterns.append(step(patterns[-1]))
    return patterns


def fate(rows: Rows, limit: int | None = None) -> Fate | None:
    """Follow a pattern until one appears again; None when the first `limit` iterations all bring new ones."""
    seen: dict[Rows, int] = {}
    while rows not in seen:
        if len(seen) - 1 == limit:
            return None
        seen[rows] = len(seen)
        rows = step(rows)
    return Fate(list(seen), seen[rows])


def live_count(rows: Rows) -> int:
    """Return how many cells are alive."""
    return sum(map(int.bit_count, rows))


def alive(rows: Rows, cell: Cell) -> int:
    """Return 1 for a live cell, 0 for a dead one."""
    return rows[cell[0]] >> cell[1] & 1


def live_cells(rows: Rows) -> list[Cell]:
    """Return the live cells in reading order."""
    return [(row, col) for row, mask in enumerate(rows) for col in range(len(rows)) if mask >> col & 1]


def neighbours(cell: Cell, size: int) -> list[Cell]:
    """Return the eight neighbours of a cell on a board that wraps around."""
    return [(row % size, col % size) for row, col in around(cell)]


def live_neighbours(rows: Rows, cell: Cell) -> int:
    """Return how many neighbours of a cell are alive."""
    return sum(alive(rows, other) for other in neighbours(cell, len(rows)))


def states_of(patterns: Sequence[Rows], cell: Cell) -> tuple[int, ...]:
    """Return the state of one cell in each pattern."""
    return tuple(alive(rows, cell) for rows in patterns)


def cut(rows: Rows, row: int, col: int, size: int) -> Rows:
    """Return the square region whose top-left cell is (row, col)."""
    return tuple(mask >> col & (1 << size) - 1 for mask in rows[row : row + size])


@cache
def _row_sums(size: int) -> list[tuple[int, int, int, int]]:
    """Return, for each row mask, the bits worth one and two of its sums: over three cells, over the two sides."""
    full = (1 << size) - 1
    table: list[tuple[int, int, int, int]] = []
    for mask in range(full + 1):
        left, right = (mask << 1 | mask >> size - 1) & full, (mask >> 1 | mask << size - 1) & full
        table.append((left ^ mask ^ right, left & right | mask & (left | right), left ^ right, left & right))
    return table
