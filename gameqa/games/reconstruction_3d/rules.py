"""Cells, structures, views and the search for additions, all as bit masks.

A structure is a mask of 27 bits, one a cell, x fastest, then y, then z. The views of a structure are a mask of
18 bits: the front view (Y-Z) in the lower nine, y fastest, the side view (X-Z) in the upper nine, x fastest.
A goal is the mask of the view bits that count.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Literal

Cell = tuple[int, int, int]
"""(x, y, z), each 1..3; z is height, 1 the bottom layer."""

CELLS: tuple[Cell, ...] = tuple((x, y, z) for z in (1, 2, 3) for y in (1, 2, 3) for x in (1, 2, 3))
BIT: dict[Cell, int] = {cell: 1 << number for number, cell in enumerate(CELLS)}
CELL = {bit: cell for cell, bit in BIT.items()}
ALL = (1 << 27) - 1

FRONT, SIDE = 0x1FF, 0x1FF << 9
View = Literal["yz", "xz"]
Goal = Literal["both", "yz", "xz"]
GOALS: dict[Goal, int] = {"both": FRONT | SIDE, "yz": FRONT, "xz": SIDE}


def mask(cells: Iterable[Cell]) -> int:
    """Return the mask of some cells."""
    return sum(BIT[cell] for cell in set(cells))


def cells(structure: int) -> list[Cell]:
    """Return the cells of a mask, sorted by (x, y, z)."""
    return sorted(CELLS[number] for number in range(27) if structure >> number & 1)


def bits(mask: int) -> Iterator[int]:
    """Yield the single bits of a mask, lowest first."""
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


_INNER = {(axis, end): mask(cell for cell in CELLS if cell[axis] != end) for axis in (0, 1) for end in (1, 3)}
_NOT_X1, _NOT_X3, _NOT_Y1, _NOT_Y3 = _INNER[0, 1], _INNER[0, 3], _INNER[1, 1], _INNER[1, 3]

_LAYER = [
    sum(1 << y for y in range(3) if layer >> 3 * y & 7) | (layer | layer >> 3 | layer >> 6) % 8 << 9
    for layer in range(512)
]
"""The two views of one layer, as they lie in the lowest row of each."""


def views(structure: int) -> int:
    """Return both views of a structure: what it darkens along the X axis and along the Y axis."""
    return _LAYER[structure & 511] | _LAYER[structure >> 9 & 511] << 3 | _LAYER[structure >> 18] << 6


SHADOW = {bit: views(bit) for bit in BIT.values()}
"""The two view cells that one voxel darkens."""
LINE = [sum(bit for bit, shadow in SHADOW.items() if shadow >> number & 1) for number in range(18)]
"""The three cells that can darken a view cell."""


_AROUND = {
    BIT[cell]: mask(
        other
        for other in CELLS
        if sorted(abs(a - b) for a, b in zip(cell, other, strict=True)) in ([0, 0, 1], [0, 1, 1])
    )
    for cell in CELLS
}
"""The cells that share a face or an edge with a cell."""


def touching(structure: int) -> int:
    """Return the empty cells that share a face with a structure."""
    around = (structure & _NOT_X3) << 1 | (structure & _NOT_X1) >> 1
    around |= (structure & _NOT_Y3) << 3 | (structure & _NOT_Y1) >> 3
    return (around | structure << 9 | structure >> 9) & ALL & ~structure


def near(structure: int) -> int:
    """Return the empty cells that share a face or an edge with a structure."""
    return sum(bit for bit, around in _AROUND.items() if around & structure and not bit & structure)


def joined(structure: int, seed: int) -> int:
    """Return the part of a structure that is face-connected to `seed`, seed included."""
    while fresh := touching(seed) & structure:
        seed |= fresh
    return seed


def connected(structure: int) -> bool:
    """Tell whether any two voxels are joined by a path through shared faces."""
    return joined(structure, structure & -structure) == structure


def gap(structure: int, target: int, goal: int) -> tuple[int, int]:
    """Return the view cells within a goal that a structure lacks, and those it has too many."""
    seen = views(structure) & goal
    return target & goal & ~seen, seen & ~target


def bound(missing: int) -> int:
    """Return the least number of voxels that can darken some view cells: one voxel, one cell in each view."""
    return max((missing & FRONT).bit_count(), (missing & SIDE).bit_count())


def admissible(structure: int, target: int, goal: int) -> int:
    """Return the empty cells whose voxel would darken nothing that is light in the target."""
    light = goal & ~target
    return sum(bit for bit, shadow in SHADOW.items() if not (shadow & light or bit & structure))


def covers(structure: int, target: int, goal: int, count: int) -> Iterator[int]:
    """Yield every set of `count` empty cells that makes the views equal the target within the goal.

    Whether the result is connected is left open: that has to be asked of the finished structure, for a voxel may
    be joined by one that comes later in any fixed order. Each set is yielded once: a branch that takes a cell
    for a missing view cell excludes the cells that earlier branches took for it.
    """
    missing, surplus = gap(structure, target, goal)
    if surplus:
        return
    free = admissible(structure, target, goal)
    stack = [(0, missing, free, count)]
    while stack:
        chosen, lacking, pool, left = stack.pop()
        if not lacking:
            for extra in combinations(bits(pool), left):
                yield chosen | sum(extra)
            continue
        if bound(lacking) > left:
            continue
        for bit in bits(LINE[(lacking & -lacking).bit_length() - 1] & pool):
            pool &= ~bit
            stack.append((chosen | bit, lacking & ~SHADOW[bit], pool, left - 1))


def completions(structure: int, target: int, goal: int, count: int) -> Iterator[int]:
    """Yield every set of `count` cells that can be added, by the rules, to reach the goal."""
    for added in covers(structure, target, goal, count):
        if joined(structure | added, structure) == structure | added:
            yield added


def least(structure: int, target: int, goal: int, limit: int) -> int | None:
    """Return the smallest number of voxels that reaches the goal, None if it exceeds the limit."""
    missing, _ = gap(structure, target, goal)
    for count in range(bound(missing), limit + 1):
        if next(completions(structure, target, goal, count), None) is not None:
            return count
    return None
