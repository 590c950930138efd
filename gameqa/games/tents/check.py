"""A second way to the answers: the grid as rows of signs, each cell judged by the words of the question."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from gameqa.core.audit import Checks, unmet

from .state import State

Cell = tuple[int, int]
Params = Mapping[str, Any]

CELL = r"\(\d+, \d+\)"


@lru_cache(maxsize=4)
def _grid(state: State) -> dict[Cell, str]:
    """Return what each cell holds: `T`, `A` or nothing."""
    held = dict.fromkeys(state.trees, "T") | dict.fromkeys(state.tents, "A")
    return {cell: held.get(cell, "") for cell in product(range(state.rows), range(state.cols))}


def _near(cell: Cell, corners: bool) -> list[Cell]:
    """Return the four cells beside a cell, with the four at its corners on demand, whether on the grid or not."""
    around = [(cell[0] + down, cell[1] + right) for down, right in product((-1, 0, 1), repeat=2)]
    return [c for c in around if c != cell and (corners or c[0] == cell[0] or c[1] == cell[1])]


def _standing(state: State, unit: int, number: int) -> list[Cell]:
    """Return the tents of a row (unit 0) or a column (unit 1)."""
    return [cell for cell, sign in _grid(state).items() if sign == "A" and cell[unit] == number]


@lru_cache(maxsize=4)
def _full(state: State) -> list[list[int]]:
    """Return the rows and the columns that have all their tents."""
    counts = (state.row_counts, state.col_counts)
    return [
        [number for number, count in enumerate(counts[unit]) if len(_standing(state, unit, number)) >= count]
        for unit in (0, 1)
    ]


def _broken(state: State, cell: Cell) -> list[str]:
    """Return which of the conditions fail for a new tent: a, b, c, d for its row and D for its column."""
    grid, full = _grid(state), _full(state)
    fails = {
        "a": grid[cell] != "",
        "b": all(grid.get(c) != "T" for c in _near(cell, corners=False)),
        "c": any(grid.get(c) == "A" for c in _near(cell, corners=True)),
        "d": cell[0] in full[0],
        "D": cell[1] in full[1],
    }
    return [condition for condition, failed in fails.items() if failed]


def _takers(state: State) -> list[Cell]:
    return [cell for cell in _grid(state) if not _broken(state, cell)]


def _beside_tree(state: State) -> list[Cell]:
    """Return the cells without a tree that have a tree beside them."""
    grid = _grid(state)
    return [c for c in grid if grid[c] != "T" and any(grid.get(n) == "T" for n in _near(c, corners=False))]


def _missing_in_column(state: State, params: Params) -> list[Any]:
    return [state.col_counts[params["col"]] - len(_standing(state, 1, params["col"]))]


def _cells(text: str) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((\d+), (\d+)\)", text)]


def _same(cells: Sequence[Cell]) -> Callable[[str], bool]:
    """Judge a list of cells in words, `none` or `no tent` when there are none."""
    return lambda said: _cells(said) == list(cells) and (bool(cells) or said in ("none", "no tent on it"))


def _row_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    row = params["row"]
    tents, final = _standing(state, 0, row), state.row_counts[row]
    return unmet(
        steps,
        [
            (rf"Row {row}, from left to right, has (?:tents on )?(.+)\.", _same(tents)),
            (rf"(\d+) tents? stands? in row {row} now; its final count is {final}\.", lambda n: int(n) == len(tents)),
        ],
    )


def _column_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    col = params["col"]
    tents, final = _standing(state, 1, col), state.col_counts[col]
    return unmet(
        steps,
        [
            (rf"The final count of column {col} is {final}\.", lambda: True),
            (rf"Tents standing in column {col}: (.+)\.", _same(tents)),
            (rf"{final} - {len(tents)} = (\d+)\.", lambda rest: int(rest) == final - len(tents)),
        ],
    )


def _total_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    trees, tents = len(state.trees), len(state.tents)

    def adds(terms: str, total: str) -> bool:
        return [int(term) for term in terms.split(" + ")] == list(state.col_counts) and int(total) == trees

    def stand(said: str, count: str) -> bool:
        return _same(state.tents)(said) and int(count) == tents

    return unmet(
        steps,
        [
            (r"The final counts of the columns add up to ([\d +]+) = (\d+); there are as many trees\.", adds),
            (r"Tents standing now: (.+); these are (\d+)\.", stand),
            (rf"{trees} - {tents} = (\d+)\.", lambda rest: int(rest) == sum(state.row_counts) - tents),
        ],
    )


def _adjacent_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    grid = _grid(state)
    notes = {tree: [c for c in _near(tree, corners=False) if grid.get(c, "T") != "T"] for tree in sorted(state.trees)}
    tally = Counter(c for cells in notes.values() for c in cells)
    total, cells = sum(tally.values()), len(_beside_tree(state))

    def repeated(said: str) -> bool:
        named = re.findall(rf"({CELL}) (twice|three times|four times)", said)
        times = {"twice": 2, "three times": 3, "four times": 4}
        return {_cells(cell)[0]: times[word] for cell, word in named} == {
            c: n for c, n in tally.items() if n > 1
        } and bool(named) != (said == "none")

    return unmet(
        steps,
        [
            (r"For each tree, note the cells beside it that hold no tree\.", lambda: True),
            *((rf"Tree \({tree[0]}, {tree[1]}\): (.+)\.", _same(near)) for tree, near in notes.items()),
            (rf"These are {total} notes\. Noted more than once: (.+)\.", repeated),
            (rf"Each cell counts once: (?:{total} - {total - cells} = )?{cells}\.", lambda: True),
        ],
    )


def _full_lines(state: State) -> tuple[str, Callable[[str, str], bool]]:
    """Judge the step that lists the rows and columns which have all their tents."""

    def true(rows: str, cols: str) -> bool:
        said = [re.findall(r"(\d+) \((\d+) of (\d+)\)", text) for text in (rows, cols)]
        counts = (state.row_counts, state.col_counts)
        return [[int(number) for number, _, _ in unit] for unit in said] == _full(state) and all(
            int(have) == len(_standing(state, at, int(number))) and int(want) == counts[at][int(number)]
            for at, unit in enumerate(said)
            for number, have, want in unit
        )

    return r"Rows that have all their tents already: (.+)\. Columns: (.+)\.", true


def _touched(state: State, cell: Cell) -> list[Cell]:
    return [other for other in _near(cell, corners=True) if other in state.tents]


def _new_tent_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    full, takers = _full(state), _takers(state)
    asked = [c for c in _beside_tree(state) if c not in state.tents and c[0] not in full[0] and c[1] not in full[1]]

    def row(cells: Sequence[Cell]) -> Callable[[str], bool]:
        def true(text: str) -> bool:
            verdicts = [
                re.fullmatch(rf"({CELL}) (can take a tent|touches the tents? (.+))", one) for one in text.split("; ")
            ]
            return [_cells(verdict[1])[0] for verdict in verdicts if verdict] == cells and all(
                verdict and _cells(verdict[3] or "") == _touched(state, cell)
                for verdict, cell in zip(verdicts, cells, strict=True)
            )

        return true

    def result(said: str, count: str) -> bool:
        return _same(takers)(said) and int(count) == len(takers)

    rows = {number: [cell for cell in asked if cell[0] == number] for number, _ in asked}
    return unmet(
        steps,
        [
            _full_lines(state),
            (
                r"Go through the cells beside a tree, without those that hold a tree or tent, in the other rows and "
                r"columns, and look for tents around them\.",
                lambda: True,
            ),
            *((rf"Row {number}: (.+)\.", row(cells)) for number, cells in rows.items()),
            (r"Cells that can take a tent: (.+); these are (\d+)\.", result),
        ],
    )


def _options(params: Params) -> list[tuple[str, Cell]]:
    """Return the beginning of the step of each option, and its cell."""
    letters = zip("ABCDEFGH", params["options"], strict=True)
    return [(rf"Option {letter}, \({row}, {col}\): ", (row, col)) for letter, (row, col) in letters]


def _tree_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    words = {"": "the cell is empty", "T": "a tree stands there", "A": "a tent stands there"}
    grid = _grid(state)
    return unmet(
        steps,
        [
            (r"Look up each listed cell by its row and column\.", lambda: True),
            *((start + words[grid[cell]] + r"\.", lambda: True) for start, cell in _options(params)),
        ],
    )


def _hold_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    grid = _grid(state)
    counts = (state.row_counts, state.col_counts)

    def option(cell: Cell) -> Callable[[str], bool]:
        says = {
            "a": f"a {'tree' if grid[cell] == 'T' else 'tent'} stands there (a)",
            "b": "no tree is directly beside it (b)",
            "d": f"row {cell[0]} is full, {len(_standing(state, 0, cell[0]))} of {counts[0][cell[0]]} (d)",
            "D": f"column {cell[1]} is full, {len(_standing(state, 1, cell[1]))} of {counts[1][cell[1]]} (d)",
        }

        def true(text: str) -> bool:
            if text == "all four hold":
                return not _broken(state, cell)
            reasons = re.split(r"(?<=\([abcd]\))(?:, | and )", text)
            broken = _broken(state, cell)
            return len(reasons) == len(broken) and all(
                (
                    re.match("it touches the tents? ", said)
                    and said.endswith(" (c)")
                    and _cells(said) == _touched(state, cell)
                )
                if condition == "c"
                else said == says[condition]
                for condition, said in zip(broken, reasons, strict=True)
            )

        return true

    tents = r"Tents stand on (.+)\. Check the conditions for each listed cell\."
    return unmet(
        steps,
        [
            _full_lines(state),
            (tents, _same(state.tents)),
            *((start + r"(.+)\.", option(cell)) for start, cell in _options(params)),
        ],
    )


CHECKS: Checks[State] = Checks(
    answers={
        "tents_in_row": lambda state, params: [len(_standing(state, 0, params["row"]))],
        "missing_in_column": _missing_in_column,
        "missing_total": lambda state, params: [sum(state.row_counts) - len(state.tents)],
        "tree_adjacent_cells": lambda state, params: [len(_beside_tree(state))],
        "new_tent_cells": lambda state, params: [len(_takers(state))],
        "which_is_tree": lambda state, params: [c for c in params["options"] if _grid(state)[tuple(c)] == "T"],
        "which_can_hold_tent": lambda state, params: [c for c in params["options"] if not _broken(state, tuple(c))],
    },
    steps={
        "tents_in_row": _row_steps,
        "missing_in_column": _column_steps,
        "missing_total": _total_steps,
        "tree_adjacent_cells": _adjacent_steps,
        "new_tent_cells": _new_tent_steps,
        "which_is_tree": _tree_steps,
        "which_can_hold_tent": _hold_steps,
    },
)
