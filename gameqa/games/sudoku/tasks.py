"""The five questions."""

from collections.abc import Iterable, Mapping
from itertools import islice
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, QAType, Solution, Task
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import SudokuParams
from .rules import chains, fitting
from .state import Cell, ColorName, State

Place = Annotated[int, Meta(ge=1, le=9)]

CHAIN_NODES = 2_000
"""Positions looked at in the search for a deduction on one board."""
CHAINS = 8
"""Deductions found before one of them is drawn."""


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `color_position` and `possible_colors`."""

    row: Place
    col: Place


class ColorParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `color_count`."""

    color: ColorName


class LineParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `empty_count`."""

    axis: Literal["row", "col"]
    threshold: Annotated[int, Meta(ge=1, le=7)]


class ChainParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `deductive_reasoning`."""

    row: Place
    col: Place
    steps: Annotated[list[tuple[Place, Place]], Meta(min_length=1)]


class ColorChoice(Task[State, SudokuParams]):
    """A question whose options are all colours in play."""

    kind = AnswerKind.CHOICE
    option_type = ColorName

    def options_wanted(self, state: State, params: Mapping[str, Any]) -> int:
        return state.size

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[str]:
        return state.colors


class ColorPosition(ColorChoice):
    """Task 1."""

    id, slug = 1, "color_position"
    about = "Name the colour of a given cell."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = CellParams

    def ask(self, state: State, plan: SudokuParams, rng: Random) -> dict[str, Any]:
        """Draw the colour first, so that each is right equally often."""
        color = rng.choice([color for color in range(1, state.size + 1) if color in state.flat])
        row, col = rng.choice([_cell(state, i) for i, shown in enumerate(state.flat) if shown == color])
        return {"row": row, "col": col}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} Which colour has the cell ({params['row']}, {params['col']})? It is not empty."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, col = params["row"], params["col"]
        name = _name(state, row, col)
        around = [
            (f"{word} it, ({r}, {c}),", _name(state, r, c))
            for word, r, c in (
                ("above", row - 1, col),
                ("below", row + 1, col),
                ("left of", row, col - 1),
                ("right of", row, col + 1),
            )
            if 1 <= r <= state.size and 1 <= c <= state.size
        ]
        check = listed(f"the cell {where} is {shown}" for where, shown in around[:2])
        empty = sum(not state.at(row, i) for i in range(1, state.size + 1))
        empty += sum(not state.at(i, col) for i in range(1, state.size + 1))
        return Solution(
            name,
            [
                f"Find row {row} by its number at the left edge and column {col} by its number at the top edge.",
                f"They meet in the cell ({row}, {col}). As a check: {check}.",
                f"The cell ({row}, {col}) itself is {name}.",
            ],
            work=float(state.size + empty),
        )


class ColorCount(Task[State, SudokuParams]):
    """Task 2."""

    id, slug = 2, "color_count"
    about = "Count the cells of one colour."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = ColorParams
    answer_bound = {Level.EASY: 0.4, Level.MEDIUM: 0.3, Level.HARD: 0.3}

    def ask(self, state: State, plan: SudokuParams, rng: Random) -> dict[str, Any]:
        """Draw one of the counts that occur, then a colour that has it."""
        counts = {name: state.flat.count(color) for color, name in enumerate(state.colors, 1)}
        wanted = rng.choice(sorted(set(counts.values())))
        return {"color": rng.choice([name for name, count in counts.items() if count == wanted])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} How many cells of the board are {params['color']} now?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        name = params["color"]
        color = state.colors.index(name) + 1
        steps, counts, looked = [], [], 0
        for row, shown in enumerate(state.board, 1):
            cells = [(row, col) for col, its in enumerate(shown, 1) if its == color]
            steps.append(f"Row {row}: {cells_text(cells)}.")
            counts.append(len(cells))
            looked += shown.index(color) + 1 if cells else state.size
        total = sum(counts)
        steps.append(f"{' + '.join(map(str, counts))} = {total}: the board has {counted(total, f'{name} cell')}.")
        return Solution(total, steps, work=float(looked))


class PossibleColors(Task[State, SudokuParams]):
    """Task 3."""

    id, slug = 3, "possible_colors"
    about = "Count the colours that fit an empty cell."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    params_type = CellParams
    answer_bound = {Level.EASY: 0.5, Level.MEDIUM: 0.4, Level.HARD: 0.4}

    def plan(self, level: SudokuParams, rng: Random) -> SudokuParams:
        """Draw the wanted number of colours."""
        return msgspec.structs.replace(_with_empty(level, rng), fits=rng.choices((1, 2, 3), level.fit_shares)[0])

    def ask(self, state: State, plan: SudokuParams, rng: Random) -> dict[str, Any] | None:
        masks = fitting(state.layout, state.flat)
        cells = [_cell(state, i) for i, mask in enumerate(masks) if mask and min(mask.bit_count(), 3) == plan.fits]
        if not cells:
            return None
        row, col = rng.choice(cells)
        return {"row": row, "col": col}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"{_board(state)} The cell ({params['row']}, {params['col']}) is empty. How many of the colours in play do "
            "not yet stand in its row, nor in its column, nor in its box? Look only at these three units of the board "
            "as it is now; do not reason about other empty cells or about the finished board."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cell = (params["row"], params["col"])
        units = _units(state, cell)
        steps = []
        for unit, shown in units:
            colors = listed(f"{_name(state, *other)} {cell_text(other)}" for other in shown)
            steps.append(f"{unit[0].upper()}{unit[1:]} shows {colors}.")
        seen = {state.at(*other) for _, shown in units for other in shown}
        names = [name for color, name in enumerate(state.colors, 1) if color not in seen]
        taken = [name for color, name in enumerate(state.colors, 1) if color in seen]
        steps += [
            f"Together they show {listed(taken, empty='no colour')}.",
            f"Of the {state.size} colours in play, {listed(names)} {'is' if len(names) == 1 else 'are'} left: "
            f"{counted(len(names), 'colour')}.",
        ]
        peers = [_cell(state, other) for other in state.layout.peers[state.size * (cell[0] - 1) + cell[1] - 1]]
        white = sum(not state.at(*other) for other in peers)
        return Solution(len(names), steps, work=float(len(peers) + white))


class EmptyCount(Task[State, SudokuParams]):
    """Task 4."""

    id, slug = 4, "empty_count"
    about = "Count rows or columns with many empty cells."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    params_type = LineParams

    def ask(self, state: State, plan: SudokuParams, rng: Random) -> dict[str, Any] | None:
        """Draw the axis, then a threshold that some lines exceed and others do not."""
        for axis in rng.sample(("row", "col"), 2):
            empty = [len(places) for places in _empty(state, axis)]
            fit = [t for t in range(1, state.size - 1) if 0 < sum(count > t for count in empty) < state.size]
            if fit:
                return {"axis": axis, "threshold": rng.choice(fit)}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        lines = {"row": "rows", "col": "columns"}[params["axis"]]
        return f"{_board(state)} How many {lines} have more than {counted(params['threshold'], 'empty cell')}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        axis, threshold = params["axis"], params["threshold"]
        line, across = ("Row", "column") if axis == "row" else ("Column", "row")
        empty = _empty(state, axis)
        steps, marked = [], []
        for number, places in enumerate(empty, 1):
            where = f" ({across if len(places) == 1 else across + 's'} {listed(places)})" if places else ""
            many = len(places) > threshold
            steps.append(
                f"{line} {number}: {counted(len(places), 'empty cell') if places else 'none'}{where}; "
                f"{'more' if many else 'not more'} than {threshold}."
            )
            marked += [number] * many
        steps.append(
            f"{line}s with more than {threshold}: {listed(marked)}. That is {counted(len(marked), line.lower())}."
        )
        return Solution(len(marked), steps, work=float(state.size + sum(map(len, empty))))


class DeductiveReasoning(ColorChoice):
    """Task 5."""

    id, slug = 5, "deductive_reasoning"
    about = "Deduce a cell's colour over several steps."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = ChainParams

    def plan(self, level: SudokuParams, rng: Random) -> SudokuParams:
        """Draw the number of steps."""
        length = rng.randint(*level.chain)
        return msgspec.structs.replace(_with_empty(level, rng), chain=(length, length))

    def ask(self, state: State, plan: SudokuParams, rng: Random) -> dict[str, Any] | None:
        """Draw one of the first deductions met in random order."""
        masks = fitting(state.layout, state.flat)
        order = [cell for cell, mask in enumerate(masks) if mask]
        rng.shuffle(order)
        found = list(islice(chains(state.layout, masks, plan.chain[0], order, CHAIN_NODES), CHAINS))
        if not found:
            return None
        chain = rng.choice(found)
        row, col = _cell(state, chain.target)
        return {"row": row, "col": col, "steps": [_cell(state, cell) for cell in chain.steps]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        steps = params["steps"]
        target = f"the empty cell ({params['row']}, {params['col']})"
        only = (
            "the only colour that fits, that is, the only one that does not yet stand in the cell's row, column or box"
        )
        if len(steps) == 1:
            work = f"Work out the colour of the empty cell {cell_text(steps[0])}; it is {only}."
        else:
            cells = ", ".join(map(cell_text, steps))
            work = f"Work out the colours of the empty cells {cells} in this order; each is then {only}."
        return f"{_board(state)} {work} Which colour must {target} get?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        """Fill the steps in order; as the board has one completion, a single fitting colour is the colour there."""
        placed: dict[Cell, int] = {}
        steps: list[str] = []
        target = (params["row"], params["col"])
        for row, col in [*params["steps"], target]:
            mask = fitting(state.layout, _filled(state, placed).flat)[state.size * (row - 1) + col - 1]
            if mask.bit_count() != 1:
                raise ValueError(f"the cell ({row}, {col}) does not have exactly one fitting colour in its turn")
            steps.append(_deduce(state, placed, (row, col), mask.bit_length()))
            placed[row, col] = mask.bit_length()
        return Solution(state.colors[placed[target] - 1], steps, work=float(state.size * len(steps)))


def _with_empty(level: SudokuParams, rng: Random) -> SudokuParams:
    """Draw the number of empty cells now: redrawn with each refused board, it would drift to the emptier ones."""
    empty = rng.randint(*level.empty)
    return msgspec.structs.replace(level, empty=(empty, empty))


def _board(state: State) -> str:
    """Return what the rules leave open: the size and the colours."""
    size, box = state.size, state.layout.box
    return (
        f"The board has {size} x {size} cells and boxes of {box} x {box} cells; the {size} colours in play are "
        f"{listed(state.colors)}."
    )


def _cell(state: State, place: int) -> Cell:
    """Return the cell of a place on the flat board."""
    row, col = divmod(place, state.size)
    return row + 1, col + 1


def _name(state: State, row: int, col: int) -> str:
    color = state.at(row, col)
    return state.colors[color - 1] if color else "empty"


def _empty(state: State, axis: str) -> list[list[int]]:
    """Return for each row (or column) the places of its empty cells, counted from 1."""
    board = state.board if axis == "row" else tuple(zip(*state.board, strict=True))
    return [[place for place, color in enumerate(line, 1) if not color] for line in board]


def _units(state: State, cell: Cell) -> list[tuple[str, list[Cell]]]:
    """Return the row, column and box of a cell in words, each with its other filled cells."""
    row, col = cell
    grid, box, flat = state.layout, state.layout.box, state.flat
    top, left = (row - 1) // box * box + 1, (col - 1) // box * box + 1
    words = (
        f"row {row}",
        f"column {col}",
        f"the box of rows {top}-{top + box - 1} and columns {left}-{left + box - 1}",
    )
    place = state.size * (row - 1) + col - 1
    return [
        (name, [_cell(state, other) for other in grid.units[unit] if flat[other] and other != place])
        for name, unit in zip(words, grid.units_of[place], strict=True)
    ]


def _filled(state: State, placed: Mapping[Cell, int]) -> State:
    """Return the board with further cells filled."""
    cells = state.flat
    for (row, col), color in placed.items():
        cells[state.size * (row - 1) + col - 1] = color
    return State.from_flat(cells)


def _deduce(state: State, placed: Mapping[Cell, int], cell: Cell, color: int) -> str:
    """Say why a colour is the only one that fits a cell once the steps so far are filled in."""
    now = _filled(state, placed)
    order = {step: number for number, step in enumerate(placed, 1)}
    seen = {state.at(*other) for _, shown in _units(state, cell) for other in shown}
    news: list[Cell] = []
    shows: list[str] = []
    for unit, shown in _units(now, cell):
        words = [_name(now, *other) + (f" (step {order[other]})" if other in order else "") for other in shown]
        shows.append(f"{unit} shows {listed(words)}")
        news += [other for other in shown if other in order and other not in news and placed[other] not in seen]
    removed = [
        f"step {order[step]} took away {state.colors[placed[step] - 1]}" for step in sorted(news, key=order.__getitem__)
    ]
    because = f" Here {listed(removed)}." if removed else ""
    name = state.colors[color - 1]
    return (
        f"Cell {cell_text(cell)}: {'; '.join(shows)}.{because} Only {name} is left, so {cell_text(cell)} gets {name}."
    )


TASKS = (ColorPosition(), ColorCount(), PossibleColors(), EmptyCount(), DeductiveReasoning())
