"""Sudoku on flat boards: what fits, completions, chains of single-candidate deductions.

Cells are numbered row by row from 0 at the top left. A set of colours is a bit mask: bit v - 1 stands for colour v.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

NODES = 20_000
"""Positions looked at before a search for completions is given up; boards of the levels need a few dozen."""


class SearchLimitError(Exception):
    """The search for completions looked at `NODES` positions and is not done."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which cells share a row, a column or a box on a board of one size."""

    size: int
    box: int
    full: int
    units: tuple[tuple[int, ...], ...]
    """The cells of every row, then of every column, then of every box."""
    units_of: tuple[tuple[int, int, int], ...]
    """For every cell the numbers of its row, its column and its box in `units`."""
    peers: tuple[tuple[int, ...], ...]
    """For every cell the other cells of its units."""


@lru_cache
def layout(size: int) -> Layout:
    """Return the layout of a board of `size` x `size` cells."""
    box = {4: 2, 9: 3}[size]
    units_of = tuple(
        (row, size + col, 2 * size + row // box * box + col // box) for row in range(size) for col in range(size)
    )
    units = tuple(tuple(cell for cell, its in enumerate(units_of) if number in its) for number in range(3 * size))
    peers = tuple(
        tuple(sorted({other for number in its for other in units[number]} - {cell}))
        for cell, its in enumerate(units_of)
    )
    return Layout(size, box, (1 << size) - 1, units, units_of, peers)


def clash(grid: Layout, board: Sequence[int]) -> bool:
    """Tell whether a row, a column or a box holds a colour twice."""
    shown = [[board[cell] for cell in unit if board[cell]] for unit in grid.units]
    return any(len(set(colors)) < len(colors) for colors in shown)


def fitting(grid: Layout, board: Sequence[int]) -> list[int]:
    """Return for every empty cell the colours that its row, column and box lack; 0 for filled cells."""
    used = [0] * len(grid.units)
    for color, its in zip(board, grid.units_of, strict=True):
        if color:
            bit = 1 << color - 1
            for number in its:
                used[number] |= bit
    full = grid.full
    return [
        0 if color else full & ~(used[row] | used[col] | used[box])
        for color, (row, col, box) in zip(board, grid.units_of, strict=True)
    ]


def settle(grid: Layout, masks: list[int], singles: list[int]) -> bool:
    """Strike the colour of each cell in `singles` from its peers, and so on for the singles that come of it.

    Changes both lists; False when a cell is left without a colour.
    """
    peers = grid.peers
    while singles:
        cell = singles.pop()
        bit = masks[cell]
        for peer in peers[cell]:
            mask = masks[peer]
            if mask & bit:
                mask ^= bit
                if not mask:
                    return False
                masks[peer] = mask
                if not mask & (mask - 1):
                    singles.append(peer)
    return True


def completions(
    grid: Layout, masks: Sequence[int], shuffle: Callable[[list[int]], None] | None = None
) -> Iterator[list[int]]:
    """Yield every way to give each empty cell one colour of its mask, as masks of one bit (0 for filled cells).

    Branches on a cell with fewest colours; `shuffle` is asked for the order of the colours at each branch. No empty
    cell may have an empty mask. Raises SearchLimitError after `NODES` positions.
    """
    bits = [1 << bit for bit in range(grid.size)]
    start = list(masks)
    singles = [cell for cell, mask in enumerate(start) if mask and not mask & (mask - 1)]
    stack = [start] if settle(grid, start, singles) else []
    for _ in range(NODES):
        if not stack:
            return
        now = stack.pop()
        cell = _fewest(now)
        if cell < 0:
            yield now
            continue
        mask = now[cell]
        if shuffle:
            shuffle(bits)
        for bit in bits:
            if mask & bit:
                child = now.copy()
                child[cell] = bit
                if settle(grid, child, [cell]):
                    stack.append(child)
    raise SearchLimitError


def _fewest(masks: Sequence[int]) -> int:
    """Return a cell with fewest colours among those with two or more; -1 when there is none."""
    best, fewest = -1, 99
    for cell, mask in enumerate(masks):
        if mask & (mask - 1):
            count = mask.bit_count()
            if count == 2:
                return cell
            if count < fewest:
                best, fewest = cell, count
    return best


def completed(grid: Layout, board: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the completions of a board, at most two: exactly one proves that it is unique."""
    masks = fitting(grid, board)
    if any(not mask and not color for mask, color in zip(masks, board, strict=True)):
        return []
    found: list[tuple[int, ...]] = []
    for ways in completions(grid, masks):
        found.append(tuple(color or way.bit_length() for color, way in zip(board, ways, strict=True)))
        if len(found) == 2:
            break
    return found


def stays_unique(grid: Layout, board: list[int], cell: int) -> bool:
    """Tell whether a board with one completion keeps it as the only one when `cell` is emptied.

    A second completion would have another colour in the cell; so all of those are tried.
    """
    color = board[cell]
    bit = 1 << color - 1
    board[cell] = 0
    masks = fitting(grid, board)
    board[cell] = color
    if masks[cell] == bit:
        return True
    for number in grid.units_of[cell]:
        if not any(masks[other] & bit for other in grid.units[number] if other != cell):
            return True
    masks[cell] ^= bit
    try:
        return next(completions(grid, masks), None) is None
    except SearchLimitError:
        return False


@dataclass(frozen=True, slots=True)
class Chain:
    """Cells to be filled in this order, each with its only fitting colour, until the target has only one too."""

    steps: tuple[int, ...]
    target: int


def put(grid: Layout, masks: Sequence[int], cell: int) -> list[int]:
    """Return the masks after a cell with one fitting colour got it."""
    after = list(masks)
    bit = after[cell]
    for peer in grid.peers[cell]:
        after[peer] &= ~bit
    after[cell] = 0
    return after


def chains(grid: Layout, masks: Sequence[int], length: int, order: Sequence[int], limit: int) -> Iterator[Chain]:
    """Yield chains of `length` needed steps, depth first over single-candidate cells in the given order.

    The target has at least two fitting colours before the last step and one after it. Stops after `limit` positions.
    """
    stack: list[tuple[list[int], tuple[int, ...]]] = [(list(masks), ())]
    for _ in range(limit):
        if not stack:
            return
        now, steps = stack.pop()
        for cell in order:
            if now[cell].bit_count() != 1:
                continue
            if len(steps) + 1 < length:
                stack.append((put(grid, now, cell), (*steps, cell)))
                continue
            for target in grid.peers[cell]:
                if now[target] & now[cell] and now[target].bit_count() == 2:
                    chain = Chain((*steps, cell), target)
                    if all_needed(grid, masks, chain):
                        yield chain


def all_needed(grid: Layout, masks: Sequence[int], chain: Chain) -> bool:
    """Tell whether the chain breaks whichever of its steps is left out."""
    return not any(
        holds(grid, masks, Chain(chain.steps[:i] + chain.steps[i + 1 :], chain.target)) for i in range(len(chain.steps))
    )


def holds(grid: Layout, masks: Sequence[int], chain: Chain) -> bool:
    """Tell whether each step, and the target after all, has exactly one fitting colour when its turn comes."""
    for cell in chain.steps:
        if masks[cell].bit_count() != 1:
            return False
        masks = put(grid, masks, cell)
    return masks[chain.target].bit_count() == 1
