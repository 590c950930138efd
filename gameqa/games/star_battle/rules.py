"""Where stars may stand, and the finished boards that hold the stars placed so far."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gameqa.core.grids import Cell, around

from .state import State


class Objection(NamedTuple):
    """One rule that a further star would break, and the star in the way."""

    rule: str
    """`star` (the cell holds one), `row`, `column`, `region` or `touch`."""
    star: Cell


@lru_cache
def columns(size: int) -> tuple[tuple[int, ...], ...]:
    """Return every way to place one star in each row and column of which no two touch, as columns by row."""
    found: list[tuple[int, ...]] = [()]
    for _ in range(size):
        found = [
            (*placed, col)
            for placed in found
            for col in range(size)
            if col not in placed and (not placed or abs(placed[-1] - col) > 1)
        ]
    return tuple(found)


def objections(state: State, cell: Cell, owners: dict[Cell, int]) -> list[Objection]:
    """Return every reason against one more star on a cell; none: it breaks no rule right now."""
    if cell in state.stars:
        return [Objection("star", cell)]
    row, col = cell
    return [
        Objection(rule, star)
        for star in state.stars
        for rule, broken in (
            ("row", star[0] == row),
            ("column", star[1] == col),
            ("region", owners[star] == owners[cell]),
            ("touch", abs(star[0] - row) <= 1 and abs(star[1] - col) <= 1),
        )
        if broken
    ]


def open_cells(state: State, region: int, stars: tuple[Cell, ...]) -> list[Cell]:
    """Return the cells of a region whose rows and columns hold none of the stars and that touch none.

    The region itself must not hold a star yet.
    """
    rows, cols = {row for row, _ in stars}, {col for _, col in stars}
    near = {cell for star in stars for cell in around(star)}
    return [cell for cell in state.regions[region] if cell[0] not in rows and cell[1] not in cols and cell not in near]


def open_regions(state: State, stars: tuple[Cell, ...]) -> list[int]:
    """Return the regions that hold none of the stars."""
    return [number for number, cells in enumerate(state.regions) if not any(star in cells for star in stars)]


def finished_boards(state: State) -> Iterator[tuple[Cell, ...]]:
    """Yield every finished board that holds the placed stars, region by region with fewest open cells first."""
    stack = [state.stars]
    while stack:
        stars = stack.pop()
        regions = open_regions(state, stars)
        if not regions:
            yield tuple(sorted(stars))
            continue
        choices = min((open_cells(state, region, stars) for region in regions), key=len)
        stack += [(*stars, cell) for cell in choices]
