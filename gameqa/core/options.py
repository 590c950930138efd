"""Makers of option values that several games share.

Options must not give the answer away by rank, length or shape.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

from gameqa.core.grids import Cell

T = TypeVar("T")

LATTICES = 12
"""Sets of cells tried for one question. More tries would favour right cells at the edge, which fewer sets fit."""


def shuffled(items: Iterable[T], rng: Random) -> list[T]:
    """Return the items as a new list in random order."""
    mixed = list(items)
    rng.shuffle(mixed)
    return mixed


def cell_lattice(right: Cell, offsets: Iterable[Cell], cells: Sequence[Cell], rng: Random) -> list[Cell]:
    """Return eight cells: `right`, and `right` moved by one, two or all of three offsets.

    Seen from any of the eight the others lie alike, so neither the middle of the cells nor the most frequent row or
    column tells which one is right.

    Args:
        right: the right cell.
        offsets: (rows down, columns to the right) from the right cell to where mistakes lead; up to two are used.
        cells: the cells that may be options. When they are fewer than 14, all of them are returned, mixed: nearly
            all are listed then anyway.
        rng: the stream.

    Returns:
        The cells in reading order, or an empty list when no set fits: draw another board then.
    """
    if len(cells) < 14:
        return rng.sample(cells, len(cells))
    allowed = set(cells)
    tempting = [offset for offset in dict.fromkeys(offsets) if offset != (0, 0)]
    for attempt in range(LATTICES):
        chosen = rng.sample(tempting, min(len(tempting), max(0, 2 - attempt // 4)))
        while len(chosen) < 3:
            chosen.append((rng.randint(-2, 2), rng.randint(-2, 2)))
        made = {right}
        for down, across in chosen:
            made |= {(row + down, column + across) for row, column in made}
        if len(made) == 8 and made <= allowed:
            return sorted(made)
    return []
