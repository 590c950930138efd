"""Sets of places as the bits of an integer, for searches that must be fast."""

from collections.abc import Iterator


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the set bits, lowest first.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
