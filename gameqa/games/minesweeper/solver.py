"""What numbers and the mine total say about hidden cells, exactly: by counting all placements of the mines.

Cells are bits of an integer. Cells that touch the same numbers are interchangeable, so a placement is told by the
number of mines in each *box* of such cells. Boxes linked by numbers form a *part*; parts share nothing but the total.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gameqa.core.masks import bits

NODES = 20_000
"""Search nodes spent on one board; the boards of the levels need a few hundred at most."""


class TangledBoard(ValueError):
    """The numbers leave too many ways to place the mines."""


class Clue(NamedTuple):
    """Exactly `mines` of the `cells` hold a mine."""

    cells: int
    mines: int


class Part(NamedTuple):
    """Boxes linked by numbers, and the ways to spread mines over them: one count for each box."""

    boxes: tuple[int, ...]
    ways: list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All placements of `left` mines that agree with the clues.

    `mine` and `safe` are the cells that hold a mine in every placement and in none.
    """

    left: int
    parts: tuple[Part, ...]
    mine: int
    safe: int

    def counts(self, cell: int, near: int) -> int:
        """Return the numbers of mines in `near` over all placements without a mine in `cell`: bit k stands for k."""
        found = {0: 1}
        for boxes, ways in self.parts:
            shares = [((box & ~cell).bit_count(), (box & near).bit_count()) for box in boxes]
            own: dict[int, int] = {}
            for way in ways:
                least = most = 0
                for (size, close), mines in zip(shares, way, strict=True):
                    if mines > size:
                        break
                    least += max(0, mines - size + close)
                    most += min(mines, close)
                else:
                    total = sum(way)
                    own[total] = own.get(total, 0) | (2 << most) - (1 << least)
            joined: dict[int, int] = {}
            for total, sums in found.items():
                for more, others in own.items():
                    if total + more <= self.left:
                        joined[total + more] = joined.get(total + more, 0) | _sums(sums, others)
            found = joined
        return found.get(self.left, 0)

    def placement(self, mine: int = 0, safe: int = 0, like: int = 0) -> int | None:
        """Return a placement with mines in all cells of `mine` and none in `safe`, as close to `like` as possible."""
        found = {0: 0}
        for boxes, ways in self.parts:
            order = [[box & mine, box & like & ~mine & ~safe, box & ~like & ~mine & ~safe] for box in boxes]
            least = [cells[0].bit_count() for cells in order]
            most = [sum(cells.bit_count() for cells in group) for group in order]
            joined: dict[int, int] = {}
            for way in ways:
                if any(mines < low or mines > high for mines, low, high in zip(way, least, most, strict=True)):
                    continue
                placed = sum(_first(cells, mines) for cells, mines in zip(order, way, strict=True))
                for total, before in found.items():
                    now, both = total + sum(way), before | placed
                    if now <= self.left and (now not in joined or _shared(joined[now], both, like)):
                        joined[now] = both
            found = joined
        return found.get(self.left)


def knowledge(hidden: int, clues: Iterable[Clue], left: int) -> Knowledge | None:
    """Return what is known when `left` mines lie in the `hidden` cells; None when no placement agrees with the clues.

    Raises:
        TangledBoard: after `NODES` nodes of search.
    """
    distinct = dict.fromkeys(clues)
    if any(not 0 <= clue.mines <= clue.cells.bit_count() for clue in distinct):
        return None
    rules = [clue for clue in distinct if clue.cells]
    nodes = 0
    parts: list[Part] = []
    for boxes, own in _linked(hidden, rules):
        ways, nodes = _ways(boxes, own, nodes)
        parts.append(Part(boxes, ways))
    totals = [sum(1 << total for total in {sum(way) for way in part.ways}) for part in parts]
    mine = safe = 0
    for number, part in enumerate(parts):
        others = 1
        for other, total in enumerate(totals):
            if other != number:
                others = _sums(others, total)
        part.ways[:] = [way for way in part.ways if sum(way) <= left and others >> left - sum(way) & 1]
        if not part.ways:
            return None
        for box, mines in zip(part.boxes, zip(*part.ways, strict=True), strict=True):
            if min(mines) == box.bit_count():
                mine |= box
            elif max(mines) == 0:
                safe |= box
    return Knowledge(left, tuple(parts), mine, safe) if parts or left == 0 else None


def _linked(hidden: int, clues: Sequence[Clue]) -> Iterator[tuple[tuple[int, ...], list[Clue]]]:
    """Yield the boxes of each part with the clues about them; cells without clues are a part of one box."""
    touched = 0
    groups: list[tuple[int, list[Clue]]] = []
    for clue in clues:
        touched |= clue.cells
        apart = [group for group in groups if not group[0] & clue.cells]
        cells, own = clue.cells, [clue]
        for other, theirs in groups:
            if other & clue.cells:
                cells, own = cells | other, theirs + own
        groups = [*apart, (cells, own)]
    for cells, own in groups:
        boxes = [cells]
        for clue in own:
            split = [(box & clue.cells, box & ~clue.cells) for box in boxes]
            boxes = [half for halves in split for half in halves if half]
        yield tuple(sorted(boxes, key=lambda box: box & -box)), own
    if hidden & ~touched:
        yield (hidden & ~touched,), []


def _ways(boxes: Sequence[int], clues: Sequence[Clue], nodes: int) -> tuple[list[tuple[int, ...]], int]:
    """Return all ways to spread mines over the boxes of a part, and the search nodes spent so far.

    Every box gets only as many mines as its clues still need, and at least as many as the later boxes cannot hold.
    """
    sizes = [box.bit_count() for box in boxes]
    touching = [[number for number, clue in enumerate(clues) if clue.cells & box] for box in boxes]
    need = [clue.mines for clue in clues]
    room = [clue.cells.bit_count() for clue in clues]
    counts, found = [0] * len(boxes), list[tuple[int, ...]]()

    def place(at: int) -> None:
        nonlocal nodes
        nodes += 1
        if nodes > NODES:
            raise TangledBoard(f"the numbers leave too many placements of the mines (over {NODES} search nodes)")
        if at == len(boxes):
            found.append(tuple(counts))
            return
        size, own = sizes[at], touching[at]
        low, high = 0, size
        for clue in own:
            room[clue] -= size
            high = min(high, need[clue])
            low = max(low, need[clue] - room[clue])
        for mines in range(low, high + 1):
            counts[at] = mines
            for clue in own:
                need[clue] -= mines
            place(at + 1)
            for clue in own:
                need[clue] += mines
        for clue in own:
            room[clue] += size

    place(0)
    return found, nodes


def _sums(one: int, two: int) -> int:
    """Return all sums of a number of one set and a number of another; sets of numbers are bits."""
    found = 0
    for number in bits(two):
        found |= one << number
    return found


def _first(groups: Sequence[int], count: int) -> int:
    """Return `count` cells, from the earlier groups first."""
    cells = [1 << place for group in groups for place in bits(group)]
    return sum(cells[:count])


def _shared(old: int, new: int, like: int) -> bool:
    """Say whether `new` has more in common with `like` than `old`."""
    return (new & like).bit_count() > (old & like).bit_count()
