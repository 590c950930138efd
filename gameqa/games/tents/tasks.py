"""The seven questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.grids import Cell, sides
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import TentsParams
from .rules import Objection, beside, beside_trees, full_lines, judged, open_cells, standing
from .state import State

Index = Annotated[int, Meta(ge=0)]
COUNTS = (28, 35, 37)
"""How often, in per cent, the number asked for in one row or column is 0, 1, and 2 or more."""
TELLING = 0.8
"""How often a row or column is preferred that a hasty look gets wrong."""
FENCED = 0.75
"""How often only one option lies beside the right tree."""
CONDITIONS = (
    "Exactly these four conditions count: (a) the cell is empty; (b) a tree stands directly above, below, left or "
    "right of it; (c) none of its eight neighbours holds a tent; (d) its row and its column both have fewer tents "
    "standing now than their final count. Which tree owns which tent is not checked, and the placement need not be "
    "part of a finished grid."
)


class RowParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one row."""

    row: Index


class ColParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one column."""

    col: Index


class _GridTask(Task[State, TentsParams]):
    """A question about the whole grid: its numbers of trees and of missing tents are planned, so that they stay
    uniform whatever grids are refused."""

    params_type = NoParams

    def plan(self, level: TentsParams, rng: Random) -> TentsParams:
        trees, missing = rng.randint(*level.trees), rng.randint(*level.missing)
        return msgspec.structs.replace(level, trees=(trees, trees), missing=(missing, missing))

    def ask(self, state: State, plan: TentsParams, rng: Random) -> dict[str, Any] | None:
        return {}


class _LineTask(Task[State, TentsParams]):
    """A question about one row or column: the number asked for is planned."""

    def plan(self, level: TentsParams, rng: Random) -> TentsParams:
        return msgspec.structs.replace(level, count=rng.choices((0, 1, 2), COUNTS)[0])


class TentsInRow(_LineTask):
    """Task 0."""

    id, slug = 0, "tents_in_row"
    about = "Count the tents standing in a row."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = RowParams
    answer_bound = 0.4

    def ask(self, state: State, plan: TentsParams, rng: Random) -> dict[str, Any] | None:
        now = standing(state).rows
        fits = [row for row in range(state.rows) if min(now[row], 2) == plan.count]
        unlike = [row for row in fits if now[row] != state.row_counts[row]]
        if unlike and rng.random() < TELLING:
            fits = unlike
        return {"row": _spread(fits, now, rng)} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How many tents stand in row {params['row']} now? Count the tents on the grid; the row's final count is "
            "not asked for."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row = params["row"]
        tents = [tent for tent in state.tents if tent[0] == row]
        found = f"Row {row}, from left to right, has tents on {cells_text(tents)}."
        steps = [found if tents else f"Row {row}, from left to right, has no tent on it."]
        steps.append(f"{_now(len(tents))} in row {row} now; its final count is {state.row_counts[row]}.")
        return Solution(len(tents), steps, work=float(state.cols + len(tents)))


class MissingInColumn(_LineTask):
    """Task 3."""

    id, slug = 3, "missing_in_column"
    about = "Count the tents missing in a column."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = ColParams
    answer_bound = 0.4

    def ask(self, state: State, plan: TentsParams, rng: Random) -> dict[str, Any] | None:
        now = standing(state).cols
        missing = [want - have for want, have in zip(state.col_counts, now, strict=True)]
        fits = [col for col in range(state.cols) if min(missing[col], 2) == plan.count]
        if rng.random() < TELLING:
            fits = [col for col in fits if state.col_counts[col]]
        return {"col": _spread(fits, missing, rng)} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many tents are still missing in column {params['col']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        col = params["col"]
        tents, count = [tent for tent in state.tents if tent[1] == col], state.col_counts[col]
        steps = [
            f"The final count of column {col} is {count}.",
            f"Tents standing in column {col}: {cells_text(tents)}.",
            f"{count} - {len(tents)} = {count - len(tents)}.",
        ]
        return Solution(count - len(tents), steps, work=float(state.rows + count))


class MissingTotal(_GridTask):
    """Task 4."""

    id, slug = 4, "missing_total"
    about = "Count the tents missing in the whole grid."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    answer_bound = 0.3

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many tents are still missing in the whole grid?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        total, now = len(state.trees), len(state.tents)
        steps = [
            f"The final counts of the columns add up to {' + '.join(map(str, state.col_counts))} = {total}; there are "
            f"as many trees.",
            f"Tents standing now: {cells_text(state.tents)}; these are {now}.",
            f"{total} - {now} = {total - now}.",
        ]
        return Solution(total - now, steps, work=float(total + now))


class TreeAdjacentCells(_GridTask):
    """Task 5."""

    id, slug = 5, "tree_adjacent_cells"
    about = "Count the cells next to a tree."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    answer_bound = 0.25

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "How many cells hold no tree and have at least one tree directly above, below, left or right of them? "
            "Cells with a tent count too. Final counts, touching tents and which tree owns which tent play no role. "
            "A cell beside two or more trees counts once."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        entries = {tree: sorted(beside(state, tree)) for tree in state.trees}
        cells = beside_trees(state)
        steps = ["For each tree, note the cells beside it that hold no tree."]
        steps += [f"Tree {cell_text(tree)}: {cells_text(near)}." for tree, near in entries.items()]
        noted = [cell for near in entries.values() for cell in near]
        again = [f"{cell_text(cell)} {_times(noted.count(cell))}" for cell in cells if noted.count(cell) > 1]
        steps.append(f"These are {len(noted)} notes. Noted more than once: {listed(again)}.")
        steps.append(f"Each cell counts once: {len(noted)} - {len(noted) - len(cells)} = {len(cells)}.")
        return Solution(len(cells), steps, work=float(len(noted)))


class NewTentCells(_GridTask):
    """Task 6."""

    id, slug = 6, "new_tent_cells"
    about = "Count the cells that can take a tent now."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    answer_bound = 0.25

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "On how many cells can one new tent be placed right now, each cell judged by itself without the others? "
            f"{CONDITIONS}"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        rows, cols = full_lines(state)
        places = [cell for cell in beside_trees(state) if cell[0] not in rows and cell[1] not in cols]
        reasons, tents = judged(state), set(state.tents)
        steps = [
            _full(state),
            "Go through the cells beside a tree, without those that hold a tree or tent, in the other rows and "
            "columns, and look for tents around them.",
        ]
        free: list[Cell] = []
        for row in sorted({row for row, _ in places}):
            words: list[str] = []
            for cell in (cell for cell in places if cell[0] == row and cell not in tents):
                touched = [tent for reason in reasons[cell] for tent in reason.tents]
                words.append(f"{cell_text(cell)} {_touches(touched) if touched else 'can take a tent'}")
                free += [] if touched else [cell]
            if words:
                steps.append(f"Row {row}: {'; '.join(words)}.")
        steps.append(f"Cells that can take a tent: {cells_text(free)}; these are {len(free)}.")
        return Solution(len(free), steps, work=float(state.rows + state.cols + len(places)))


class _CellTask(_GridTask):
    """A choice among cells."""

    kind = AnswerKind.CHOICE
    option_type = tuple[Index, Index]

    def right_option(
        self, state: State, plan: TentsParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice(solution.accepted)


class WhichIsTree(_CellTask):
    """Task 8."""

    id, slug = 8, "which_is_tree"
    about = "Find the cell with a tree."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Which of the listed cells holds a tree?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps = ["Look up each listed cell by its row and column."]
        work = float(state.rows + state.cols + len(state.trees))
        return Solution(state.trees[0], steps, also=state.trees[1:], work=work)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Pairs of cells side by side, so that lying beside another option does not mark the tree."""
        tree: Cell = (right[0], right[1])
        near = set(beside_trees(state)) - set(state.tents)
        # A cell of another pair may lie beside the tree by chance, more often than beside any other option.
        used = {tree, *(sides(tree) if rng.random() < FENCED else ())}
        mates = [cell for cell in sides(tree) if cell in near]
        if mates:
            used.add(mate := rng.choice(mates))
            yield mate
        for first in [*shuffled(state.tents, rng)[:2], *shuffled(sorted(near), rng)]:
            if first in used and first not in state.tents:
                continue
            used.add(first)
            mates = [cell for cell in _empty_beside(state, first) if cell not in used]
            if mates:
                mate = rng.choice([cell for cell in mates if cell in near] or mates)
                used.add(mate)
                yield from (first, mate)
            elif first in state.tents:
                yield first

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        sign = state.sign((value[0], value[1]))
        return {"T": "a tree stands there.", "A": "a tent stands there.", ".": "the cell is empty."}[sign]


class WhichCanHoldTent(_CellTask):
    """Task 9."""

    id, slug = 9, "which_can_hold_tent"
    about = "Find the cell that can take a tent now."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM

    def ask(self, state: State, plan: TentsParams, rng: Random) -> dict[str, Any] | None:
        return {} if open_cells(state) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"On which of the listed cells can one new tent be placed right now? {CONDITIONS}"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        free = open_cells(state)
        steps = [_full(state), f"Tents stand on {cells_text(state.tents)}. Check the conditions for each listed cell."]
        work = float(state.rows + state.cols + len(state.trees) + len(state.tents))
        return Solution(free[0], steps, also=free[1:], work=work)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """One cell that fails by one condition alone, for each; few cells that fail at a glance."""
        against = {cell: {reason.rule for reason in reasons} for cell, reasons in judged(state).items() if reasons}
        mixed = shuffled(against, rng)
        for rule in ("touch", "row", "column"):
            yield from [cell for cell in mixed if against[cell] == {rule}][:1]
        plain = [cell for cell in mixed if against[cell] & {"tree", "tent", "alone"} == set()]
        alone = [cell for cell in mixed if "alone" in against[cell] and "tree" not in against[cell]]
        glance = shuffled([*shuffled(state.trees, rng)[:1], *shuffled(state.tents, rng)[:1], *alone[:2]], rng)
        at_once = rng.randint(1, 3)
        yield from [*glance[:at_once], *plain, *glance[at_once:]]

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        cell: Cell = (value[0], value[1])
        return f"{listed((_reason(state, cell, reason) for reason in judged(state)[cell]), empty='all four hold')}."


def _spread(lines: list[int], numbers: list[int], rng: Random) -> int:
    """Return one of the lines, each of their numbers being as likely as the others."""
    number = rng.choice(sorted({numbers[line] for line in lines}))
    return rng.choice([line for line in lines if numbers[line] == number])


def _empty_beside(state: State, cell: Cell) -> Iterator[Cell]:
    """Yield the empty cells that share a side with a cell."""
    for row, col in sides(cell):
        if 0 <= row < state.rows and 0 <= col < state.cols and state.sign((row, col)) == ".":
            yield row, col


def _times(number: int) -> str:
    return {2: "twice", 3: "three times", 4: "four times"}[number]


def _now(number: int) -> str:
    return f"{counted(number, 'tent')} stand{'s' if number == 1 else ''}"


def _full(state: State) -> str:
    """Say which rows and columns have all their tents."""
    now = standing(state)
    rows, cols = (
        listed(f"{line} ({have[line]} of {wanted[line]})" for line in sorted(full))
        for full, have, wanted in zip(full_lines(state), now, (state.row_counts, state.col_counts), strict=True)
    )
    return f"Rows that have all their tents already: {rows}. Columns: {cols}."


def _touches(tents: Sequence[Cell]) -> str:
    return f"touches the tent{'s' if len(tents) > 1 else ''} {cells_text(tents)}"


def _reason(state: State, cell: Cell, reason: Objection) -> str:
    """Say which condition a cell breaks, and how."""
    if reason.rule == "touch":
        return f"it {_touches(reason.tents)} (c)"
    now = standing(state)
    row, col = cell
    return {
        "tree": "a tree stands there (a)",
        "tent": "a tent stands there (a)",
        "alone": "no tree is directly beside it (b)",
        "row": f"row {row} is full, {now.rows[row]} of {state.row_counts[row]} (d)",
        "column": f"column {col} is full, {now.cols[col]} of {state.col_counts[col]} (d)",
    }[reason.rule]


TASKS = (
    TentsInRow(),
    MissingInColumn(),
    MissingTotal(),
    TreeAdjacentCells(),
    NewTentCells(),
    WhichIsTree(),
    WhichCanHoldTent(),
)
