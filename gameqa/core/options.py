"""Makers of option values that several games share.

Options must not give the answer away by rank, length or shape; these helpers see to the rank of numbers.
"""

from collections.abc import Iterable
from random import Random


def number_options(
    right: int, count: int, low: int, high: int, rng: Random, tempting: Iterable[int] = ()
) -> list[int] | None:
    """Return `count - 1` wrong integers in `low..high` such that the rank of `right` among all is uniform.

    The rank is drawn first, as far as the range allows it; then the places below and above are filled, with the
    `tempting` values first and near neighbours next. None when the range holds too few integers.
    """
    room_below, room_above = right - low, high - right
    least, most = max(0, count - 1 - room_above), min(count - 1, room_below)
    if least > most:
        return None
    below = rng.randint(least, most)
    wanted = {-1: below, 1: count - 1 - below}
    chosen: list[int] = []
    for value in [*dict.fromkeys(tempting), *_spread(right, low, high, count, rng)]:
        side = (value > right) - (value < right)
        if low <= value <= high and value not in chosen and wanted.get(side, 0) > 0:
            chosen.append(value)
            wanted[side] -= 1
    return chosen


def _spread(right: int, low: int, high: int, count: int, rng: Random) -> list[int]:
    """Return the other integers of the range, near ones first, loosely shuffled so that gaps tell nothing."""
    others = [value for value in range(max(low, right - 3 * count), min(high, right + 3 * count) + 1) if value != right]
    return sorted(others, key=lambda value: abs(value - right) + rng.random() * 4)
