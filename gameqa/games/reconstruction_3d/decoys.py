"""Wrong options, made such that the right one does not stand out among them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from random import Random
from typing import NamedTuple

from .generate import grown
from .rules import ALL, BIT, CELL, CELLS, Cell, admissible, bits, covers, gap, joined, mask, touching
from .state import State

SELECTIONS = 30
"""Most sets of options drawn for one question."""
CLOSE_ENOUGH = 1.0
"""Ranks, all marks together, by which the right option may miss those drawn for it."""
ROUNDS = 16
"""Sets of `transition_path` from which wrong ones are made."""
MOST_COVERS = 2000
"""Sets looked at for ones that match but are not connected."""


def place_marks(options: list[int]) -> list[list[float]]:
    """Measure what could give a cell away: how far it is from the others, how low and central it lies."""
    places = [CELL[bit] for bit in options]
    apart = [float(sum(abs(a - b) for p in places for a, b in zip(p, q, strict=True))) for q in places]
    return [apart, [3.0 * place[2] - _central(place) for place in places]]


def set_marks(options: list[int]) -> list[list[float]]:
    """Measure what could give a set away.

    That is: how like the others it is, how common its cells are, how many others differ from it in a cell or two,
    and whether it rather contains others or is contained in them.
    """
    like, common, close, nested = ([0.0] * len(options) for _ in range(4))
    for i, one in enumerate(options):
        for j, other in enumerate(options[:i]):
            shared, apart = (one & other).bit_count(), (one ^ other).bit_count()
            for k in (i, j):
                like[k] += shared / (shared + apart)
                common[k] += shared / options[k].bit_count()
                close[k] += apart <= 2
            if shared == other.bit_count() or shared == one.bit_count():
                larger = i if shared == other.bit_count() else j
                nested[larger] += 1
                nested[i + j - larger] -= 1
    return [like, common, close, nested]


def unremarkable(
    right: int,
    draw: Callable[[list[int]], list[int]],
    marks: Callable[[list[int]], list[list[float]]],
    rng: Random,
) -> list[int]:
    """Draw wrong options such that the right one has, by each mark, a random rank among them, as far as possible.

    `draw` completes the options that are kept; again and again two are given up for others.
    """
    best: list[int] = []
    wanted: list[float] = []
    least_off = 99.0
    for _ in range(SELECTIONS):
        wrong = draw(rng.sample(best, max(len(best) - 2, 0)))
        if not wrong:
            continue
        measured = marks([right, *wrong])
        wanted = wanted or [rng.random() * len(wrong) for _ in measured]
        off = 0.0
        for values, place in zip(measured, wanted, strict=True):
            lower = sum(value < values[0] for value in values)
            equal = values.count(values[0]) - 1
            off += max(lower - place, place - lower - equal, 0.0)
        if off < least_off:
            best, least_off = wrong, off
        if least_off < CLOSE_ENOUGH:
            break
    return best


def likely_cells(structure: int, rng: Random) -> list[int]:
    """Return empty cells that are, layer by layer and corner or middle, where voxels of such a structure may be."""
    size = structure.bit_count()
    pool: list[int] = []
    for _ in range(8):
        twin = list(bits(grown(1 << rng.randrange(9), size, ALL, rng)))
        for bit in rng.choices(twin, k=3):
            free = bit & ~structure or _KIN[bit] & ~structure or _LEVEL[bit] & ~structure
            if free:
                pool.append(rng.choice(list(bits(free))))
    return pool


def _central(cell: Cell) -> int:
    return (cell[0] == 2) + (cell[1] == 2)


_LEVEL = {BIT[a]: mask(b for b in CELLS if a[2] == b[2]) for a in CELLS}
_KIN = {BIT[a]: mask(b for b in CELLS if a[2] == b[2] and _central(a) == _central(b)) for a in CELLS}


def extended(structure: int, added: int, size: int, room: int, rng: Random) -> int:
    """Join further cells of `room` to an addition, up to `size` cells."""
    return grown(structure | added, structure.bit_count() + size, room, rng) ^ structure


class _Pool(NamedTuple):
    """Wrong sets: over the budget, not connected (those that match the views apart), and near misses."""

    over_fit: dict[int, None]
    over: dict[int, None]
    loose_fit: dict[int, None]
    loose: dict[int, None]
    close: dict[int, None]


def wrong_sets(state: State, goal: int, bases: Sequence[int], size: int, rng: Random) -> _Pool:
    """Make wrong sets, from right ones and from near misses: a voxel less, more or moved, or too many."""
    room = admissible(state.voxels, state.target, goal)
    pool = _Pool({}, {}, {}, {}, {})

    def keep(added: int) -> None:
        number, after = added.bit_count(), state.voxels | added
        missing, surplus = gap(after, state.target, goal)
        wrong = (missing | surplus).bit_count()
        if not 1 <= number <= state.remaining + 2 or wrong > 2:
            return
        if joined(after, state.voxels) != after:
            if number <= state.remaining:
                (pool.loose if wrong else pool.loose_fit)[added] = None
        elif number > state.remaining:
            (pool.over if wrong else pool.over_fit)[added] = None
        elif wrong:
            pool.close[added] = None

    for added in islice(_loose_covers(state, goal), 12):
        keep(added)
    for _ in range(ROUNDS):
        base = rng.choice(bases if rng.random() < 0.5 or not pool.close else list(pool.close))
        wanted = rng.choice((size, rng.randint(1, state.remaining)))
        base = extended(state.voxels, base, wanted, room, rng)
        rest = base ^ rng.choice(list(bits(base)))
        around = touching(state.voxels | rest) & ~base
        apart = ALL & ~(state.voxels | base | touching(state.voxels | rest))
        keep(rest)
        for spots, start in ((around, rest), (around, base), (apart, rest), (apart, base)):
            if spots:
                keep(start | rng.choice(list(bits(spots))))
        too_many = state.remaining + rng.randint(1, 2)
        keep(extended(state.voxels, base, too_many, room, rng))
        keep(extended(state.voxels, base, too_many, ALL, rng))
        keep(extended(state.voxels, 0, rng.choice((wanted, too_many)), ALL, rng))
    return pool


def _loose_covers(state: State, goal: int) -> Iterator[int]:
    """Yield sets within the budget that match the views but are not connected."""
    sets = (
        added for count in range(1, state.remaining + 1) for added in covers(state.voxels, state.target, goal, count)
    )
    for added in islice(sets, MOST_COVERS):
        if joined(state.voxels | added, state.voxels) != state.voxels | added:
            yield added


def seven(pool: _Pool, size: int, rng: Random, kept: list[int]) -> list[int]:
    """Draw up to seven wrong sets, at least two of the right one's size; none when that fails."""
    chosen = [*kept]

    def take(number: int, *kinds: dict[int, None]) -> None:
        """Draw from some kinds until they make up a number."""
        lacking = number - sum(added in kind for added in chosen for kind in kinds)
        offered = [added for kind in kinds for added in kind if added not in chosen] if lacking > 0 else []
        chosen.extend(rng.sample(offered, min(lacking, len(offered))) if offered else [])

    take(1, pool.over_fit)
    take(2, pool.over_fit, pool.over)
    take(1, pool.loose_fit)
    take(2, pool.loose_fit, pool.loose)
    over = sum(added in pool.over or added in pool.over_fit for added in chosen)
    take(7 - over - sum(added in pool.loose or added in pool.loose_fit for added in chosen), pool.close)
    take(7 - over, pool.loose_fit, pool.loose, pool.close)
    take(7, *pool)
    same = sum(added.bit_count() == size for added in chosen)
    return chosen if len(chosen) == 7 and same >= 2 else []
