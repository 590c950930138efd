"""Straights, points, the next move, and whether pieces can come from real play."""

from functools import cache

from gameqa.core.masks import bits

from .state import MIDDLE, Spot, State

LINES = {
    "row 1": 0b000000111,
    "row 2": 0b000111000,
    "row 3": 0b111000000,
    "column 1": 0b001001001,
    "column 2": 0b010010010,
    "column 3": 0b100100100,
    "the diagonal (1, 1)-(2, 2)-(3, 3)": 0b100010001,
    "the diagonal (1, 3)-(2, 2)-(3, 1)": 0b001010100,
}
"""The eight lines of a Nine-grid; bit 3 * (row - 1) + (col - 1) is the cell (row, col)."""

POINTS = tuple(sum(cells & line == line for line in LINES.values()) for cells in range(512))
"""The points for every set of cells that one player holds in a Nine-grid."""


def straights(cells: int) -> list[str]:
    """Return the names of the lines that a set of cells fills."""
    return [name for name, line in LINES.items() if cells & line == line]


def completed(cells: int, cell: int) -> list[str]:
    """Return the names of the lines that one more cell completes."""
    return [name for name, line in LINES.items() if line >> cell & 1 and (cells | 1 << cell) & line == line]


@cache
def best_cells(own: int, free: int) -> tuple[int, tuple[int, ...]]:
    """Return the most points that one piece more can gain in a Nine-grid, and the free cells that gain them."""
    gains = {cell: POINTS[own | 1 << cell] - POINTS[own] for cell in bits(free)}
    most = max(gains.values(), default=0)
    return most, tuple(cell for cell, gain in gains.items() if gain == most)


def best_move(state: State) -> Spot | None:
    """Return the cell of the target grid that gains the most; None when nothing is gained or two cells tie."""
    gain, cells = best_cells(state.held(state.mover, state.target), state.free(state.target))
    return Spot(state.target, cells[0]) if gain and len(cells) == 1 else None


def marked_middles(state: State) -> int:
    """Return how many Nine-grids have a piece on their middle cell."""
    return sum((x | o) >> MIDDLE & 1 for x, o in zip(state.x, state.o, strict=True))


def is_over(state: State) -> bool:
    """Tell whether all nine middle cells are marked."""
    return marked_middles(state) == 9


def played(state: State, cell: int) -> State:
    """Return the position after the mover has marked a free cell of the target grid."""
    grids = list(state.x if state.mover == "X" else state.o)
    grids[state.target] |= 1 << cell
    last = Spot(state.target, cell)
    return State(tuple(grids), state.o, last) if state.mover == "X" else State(state.x, tuple(grids), last)


def balance(state: State, grid: int) -> tuple[int, int]:
    """Return how often the opponent has sent the mover to a Nine-grid, and how often the mover has played there."""
    theirs, own = (state.o, state.x) if state.mover == "X" else (state.x, state.o)
    return sum(cells >> grid & 1 for cells in theirs), own[grid].bit_count()


def is_playable(state: State) -> bool:
    """Tell whether an order of play leads to the pieces and ends with the last step.

    A piece on cell p of Nine-grid g is an arrow from (g, its player to move) to (p, the opponent to move). An order
    of play is a walk along every arrow once, from (central Nine-grid, X to move). By Euler it exists exactly when the
    arrows are connected and as many arrows leave every node as enter it, but for the walk's start and end. The last
    step is left out of the walk, which must then end where that step begins.
    """
    start, end = (MIDDLE, "X"), (state.last.grid, "O" if state.mover == "X" else "X")
    surplus: dict[tuple[int, str], int] = {start: 1}
    surplus[end] = surplus.get(end, 0) - 1
    near: dict[tuple[int, str], list[tuple[int, str]]] = {start: []}
    for mark, other, grids in (("X", "O", state.x), ("O", "X", state.o)):
        for grid, cells in enumerate(grids):
            for cell in bits(cells):
                if (grid, cell) == state.last:
                    continue
                tail, head = (grid, mark), (cell, other)
                surplus[tail] = surplus.get(tail, 0) - 1
                surplus[head] = surplus.get(head, 0) + 1
                near.setdefault(tail, []).append(head)
                near.setdefault(head, []).append(tail)
    reached = [start]
    for node in reached:
        reached += [other for other in dict.fromkeys(near[node]) if other not in reached]
    return not any(surplus.values()) and len(reached) == len(near)
