"""Where a tent can be placed now, and finished grids."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from gameqa.core.grids import Cell, around, sides

from .state import State

NODES = 50_000
"""Grids tried in the search for a finished one. Grids of the levels need fewer than a hundred."""

Rule = Literal["tree", "tent", "alone", "touch", "row", "column"]


class Standing(NamedTuple):
    """How many tents stand now in each row and in each column."""

    rows: list[int]
    cols: list[int]


class Objection(NamedTuple):
    """One reason against a new tent: what stands on the cell, no tree beside it, tents touched, a line full."""

    rule: Rule
    tents: tuple[Cell, ...] = ()
    """The tents touched."""


def standing(state: State) -> Standing:
    """Count the tents that stand now."""
    rows, cols = [0] * state.rows, [0] * state.cols
    for row, col in state.tents:
        rows[row] += 1
        cols[col] += 1
    return Standing(rows, cols)


def full_lines(state: State) -> tuple[set[int], set[int]]:
    """Return the rows and the columns that hold all their tents already."""
    now = standing(state)
    return (
        {row for row, count in enumerate(state.row_counts) if now.rows[row] >= count},
        {col for col, count in enumerate(state.col_counts) if now.cols[col] >= count},
    )


def beside(state: State, tree: Cell) -> list[Cell]:
    """Return the cells of the grid directly above, below, left and right of a tree that hold no tree."""
    return [
        (row, col)
        for row, col in sides(tree)
        if 0 <= row < state.rows and 0 <= col < state.cols and (row, col) not in state.trees
    ]


def beside_trees(state: State) -> list[Cell]:
    """Return all cells without a tree that lie beside one, in reading order."""
    near = {cell for tree in state.trees for cell in sides(tree)} - set(state.trees)
    return sorted((row, col) for row, col in near if 0 <= row < state.rows and 0 <= col < state.cols)


@lru_cache(maxsize=16)
def judged(state: State) -> Mapping[Cell, Sequence[Objection]]:
    """Return, for every cell, all reasons against placing a new tent there now."""
    trees, tents = set(state.trees), set(state.tents)
    near = {cell for tree in trees for cell in sides(tree)}
    rows, cols = full_lines(state)
    touched: dict[Cell, list[Cell]] = {}
    for tent in state.tents:
        for cell in around(tent):
            touched.setdefault(cell, []).append(tent)
    found: dict[Cell, list[Objection]] = {}
    for row in range(state.rows):
        for col in range(state.cols):
            cell = (row, col)
            reasons = found[cell] = list[Objection]()
            if cell in trees:
                reasons.append(Objection("tree"))
            elif cell in tents:
                reasons.append(Objection("tent"))
            if cell not in near:
                reasons.append(Objection("alone"))
            if cell in touched:
                reasons.append(Objection("touch", tuple(touched[cell])))
            if row in rows:
                reasons.append(Objection("row"))
            if col in cols:
                reasons.append(Objection("column"))
    return found


def open_cells(state: State) -> list[Cell]:
    """Return the cells that can take a new tent now, in reading order."""
    rows, cols = full_lines(state)
    closed = {*state.tents, *(cell for tent in state.tents for cell in around(tent))}
    return [cell for cell in beside_trees(state) if cell not in closed and cell[0] not in rows and cell[1] not in cols]


class _Partial(NamedTuple):
    """A search node: tents that trees own, cells that the other trees may own, and what lines still need."""

    owned: dict[Cell, Cell]
    choices: dict[Cell, list[Cell]]
    rows: list[int]
    cols: list[int]


def finished(state: State) -> dict[Cell, Cell] | None:
    """Return the tent of each tree in one finished grid that holds all standing tents; None: there is none.

    Raises:
        ValueError: when `NODES` grids do not decide it.
    """
    now, tents, fit = standing(state), set(state.tents), {*state.tents, *open_cells(state)}
    start = _Partial(
        {},
        {tree: [cell for cell in beside(state, tree) if cell in fit] for tree in state.trees},
        [want - have for want, have in zip(state.row_counts, now.rows, strict=True)],
        [want - have for want, have in zip(state.col_counts, now.cols, strict=True)],
    )
    stack = [start]
    for _ in range(NODES):
        if not stack:
            return None
        node = stack.pop()
        if len(node.owned) == len(state.trees):
            return node.owned
        if not _hopeless(node, tents):
            stack += _branches(node, tents)
    raise ValueError(f"{NODES} steps do not tell whether the grid can be finished")


def _hopeless(node: _Partial, tents: set[Cell]) -> bool:
    """Return whether a row or column has too few cells left, or a standing tent no tree."""
    cells = {cell for choices in node.choices.values() for cell in choices}
    rows, cols = node.rows.copy(), node.cols.copy()
    for row, col in cells - tents:
        rows[row] -= 1
        cols[col] -= 1
    return max(rows) > 0 or max(cols) > 0 or not tents <= cells | set(node.owned.values())


def _branches(node: _Partial, tents: set[Cell]) -> Iterator[_Partial]:
    """Settle the tree with the fewest cells, or the standing tent with the fewest trees."""
    tree = min(node.choices, key=lambda tree: len(node.choices[tree]))
    pairs = [(tree, cell) for cell in node.choices[tree]]
    if len(pairs) > 1:
        owners: dict[Cell, list[tuple[Cell, Cell]]] = {}
        for other, choices in node.choices.items():
            for cell in choices:
                if cell in tents:
                    owners.setdefault(cell, []).append((other, cell))
        pairs = min(pairs, *owners.values(), key=len) if owners else pairs
    for tree, cell in pairs:
        rows, cols = node.rows.copy(), node.cols.copy()
        gone = {cell}
        if cell not in tents:
            rows[cell[0]] -= 1
            cols[cell[1]] -= 1
            gone.update(around(cell))
        choices = {
            other: [
                place
                for place in places
                if place not in gone and (place in tents or (rows[place[0]] and cols[place[1]]))
            ]
            for other, places in node.choices.items()
            if other != tree
        }
        if all(choices.values()):
            yield _Partial({**node.owned, tree: cell}, choices, rows, cols)
