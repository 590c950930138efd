from itertools import combinations, pairwise, product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameqa.core.grids import (
    DIRECTIONS,
    OPPOSITE,
    ahead,
    around,
    connected,
    direction_of,
    distances,
    manhattan,
    route,
    sides,
    spanning_tree,
)
from gameqa.core.options import cell_lattice

BOARDS = st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1)


def closure(start: tuple[int, int], free: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Fewest steps by relaxing every pair until nothing changes."""
    best = {start: 0}
    changed = True
    while changed:
        changed = False
        for a, b in product(list(best), free):
            if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 and best[a] + 1 < best.get(b, 99):
                best[b] = best[a] + 1
                changed = True
    return best


@given(BOARDS)
def test_distances_and_routes_agree_with_a_second_method(free: set[tuple[int, int]]) -> None:
    start = min(free)
    found = distances(start, free)
    assert found == closure(start, free)
    assert list(found.values()) == sorted(found.values())
    assert connected(free) == (len(found) == len(free))
    for goal in free:
        walk = route(start, goal, free)
        if goal not in found:
            assert walk is None
            continue
        assert walk is not None and walk[0] == start and walk[-1] == goal and len(walk) == found[goal] + 1
        assert all(cell in free for cell in walk[1:])
        assert all(ahead(a, direction_of(a, b)) == b for a, b in pairwise(walk))


def test_directions() -> None:
    for direction in DIRECTIONS:
        assert ahead(ahead((3, 3), direction, 2), OPPOSITE[direction], 2) == (3, 3)
        assert direction_of((3, 3), ahead((3, 3), direction)) == direction
    assert set(sides((0, 0))) < set(around((0, 0))) and len(set(around((0, 0)))) == 8
    with pytest.raises(KeyError):
        direction_of((0, 0), (1, 1))


@given(st.integers(2, 6), st.booleans(), st.randoms(use_true_random=False))
def test_spanning_trees_span_without_cycles(size: int, branchy: bool, rng: Random) -> None:
    rooms = list(product(range(size), repeat=2))
    links = spanning_tree(rooms, sides, rng, branchy)
    assert len(links) == len(rooms) - 1
    reached = {links[0][0]}
    for a, b in links:
        assert a in reached and b not in reached and manhattan(a, b) == 1
        reached.add(b)
    assert reached == set(rooms)


@given(st.randoms(use_true_random=False), st.tuples(st.integers(0, 7), st.integers(0, 7)))
def test_a_lattice_looks_alike_from_each_of_its_cells(rng: Random, right: tuple[int, int]) -> None:
    board = set(product(range(8), repeat=2))
    cells = set(cell_lattice(right, [(2, 3), (1, -1), (0, 0)], sorted(board), rng))
    if not cells:
        return
    assert right in cells and len(cells) == 8 and cells <= board

    def spans(cell: tuple[int, int]) -> bool:
        """Whether some three offsets from the cell make the whole set."""
        offsets = [(a - cell[0], b - cell[1]) for a, b in cells if (a, b) != cell]
        for three in combinations(offsets, 3):
            made = {cell}
            for down, across in three:
                made |= {(a + down, b + across) for a, b in made}
            if made == cells:
                return True
        return False

    assert all(map(spans, cells))
