"""A second way to the answers: every completion by exact cover, fits by trying colours, steps replayed on a board."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from gameqa.core.audit import Checks, unmet

from .state import Cell, State

Board = dict[Cell, str]
"""The name of the colour of each filled cell."""
Params = Mapping[str, Any]

UNIT = r"([a-z0-9 ,()]+)"


def _board(state: State) -> Board:
    side = range(1, state.size + 1)
    return {(r, c): state.colors[state.at(r, c) - 1] for r, c in product(side, side) if state.at(r, c)}


def _cells(state: State) -> list[Cell]:
    side = range(1, state.size + 1)
    return list(product(side, side))


def _box(state: State, cell: Cell) -> list[Cell]:
    """Return the cells whose row and column lie in the same band and stack."""
    width = 2 if state.size == 4 else 3
    key = [(place - 1) // width for place in cell]
    return [other for other in _cells(state) if [(place - 1) // width for place in other] == key]


def _units(state: State, cell: Cell) -> list[list[Cell]]:
    """Return the row, the column and the box of a cell."""
    cells = _cells(state)
    return [[c for c in cells if c[0] == cell[0]], [c for c in cells if c[1] == cell[1]], _box(state, cell)]


def _fits(state: State, board: Board, cell: Cell) -> list[str]:
    """Return the colours that stand in no unit of a cell, each tried on its own."""
    units = _units(state, cell)
    return [color for color in state.colors if all(board.get(c) != color for unit in units for c in unit)]


def _completions(state: State) -> Iterator[Board]:
    """Yield every finished board: placements that cover each cell, and each colour of each unit, exactly once."""
    covers: dict[tuple[Cell, str], list[Any]] = {}
    for cell, color in product(_cells(state), state.colors):
        box = _box(state, cell)[0]
        covers[cell, color] = [cell, ("row", cell[0], color), ("column", cell[1], color), ("box", box, color)]
    open_: dict[Any, set[tuple[Cell, str]]] = {}
    for placement, needs in covers.items():
        for need in needs:
            open_.setdefault(need, set()).add(placement)

    def select(placement: tuple[Cell, str]) -> list[tuple[Any, set[tuple[Cell, str]]]]:
        taken: list[tuple[Any, set[tuple[Cell, str]]]] = []
        for need in covers[placement]:
            for rival in open_[need]:
                for other in covers[rival]:
                    if other != need and other in open_:
                        open_[other].discard(rival)
            taken.append((need, open_.pop(need)))
        return taken

    def restore(taken: list[tuple[Any, set[tuple[Cell, str]]]]) -> None:
        for need, rivals in reversed(taken):
            open_[need] = rivals
            for rival in rivals:
                for other in covers[rival]:
                    if other != need and other in open_:
                        open_[other].add(rival)

    def search(chosen: Board) -> Iterator[Board]:
        if not open_:
            yield dict(chosen)
            return
        need = min(open_, key=lambda need: len(open_[need]))
        for placement in sorted(open_[need]):
            taken = select(placement)
            yield from search(chosen | {placement[0]: placement[1]})
            restore(taken)

    board = _board(state)
    for given in board.items():
        select(given)
    yield from search(board)


def _play(state: State, params: Params) -> Board | None:
    """Fill in the steps of the question; None when one has more or less than one fitting colour."""
    board = _board(state)
    for row, col in params["steps"]:
        fits = _fits(state, board, (row, col))
        if (row, col) in board or len(fits) != 1:
            return None
        board[row, col] = fits[0]
    return board


def _color_position(state: State, params: Params) -> list[Any]:
    return [name for name in params["options"] if _board(state).get((params["row"], params["col"])) == name]


def _color_count(state: State, params: Params) -> list[Any]:
    return [list(_board(state).values()).count(params["color"])]


def _possible_colors(state: State, params: Params) -> list[Any]:
    return [len(_fits(state, _board(state), (params["row"], params["col"])))]


def _empty(state: State, axis: str) -> list[list[int]]:
    """Return for each row (column) the places of its empty cells."""
    board, at = _board(state), 0 if axis == "row" else 1
    empty = [cell for cell in _cells(state) if cell not in board]
    return [[cell[1 - at] for cell in empty if cell[at] == line] for line in range(1, state.size + 1)]


def _empty_count(state: State, params: Params) -> list[Any]:
    return [sum(len(places) > params["threshold"] for places in _empty(state, params["axis"]))]


def _deductive_reasoning(state: State, params: Params) -> list[Any]:
    played, target = _play(state, params), (params["row"], params["col"])
    if played is None:
        return []
    last = {board[target] for board in _completions(state)}
    return [name for name in params["options"] if name in last and name in _fits(state, played, target)]


def _listed(text: str) -> list[str]:
    return [] if text == "none" else re.split(r", (?![^()]*\))| and ", text)


def _cell(text: str) -> Cell:
    row, col = map(int, re.findall(r"\d+", text))
    return row, col


def _position_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    row, col, board = params["row"], params["col"], _board(state)
    sides = {"above": (row - 1, col), "below": (row + 1, col), "left of": (row, col - 1), "right of": (row, col + 1)}

    def neighbours(text: str) -> bool:
        said = re.findall(r"the cell ([a-z ]+) it, (\(\d, \d\)), is (\w+)", text)
        return len(said) == text.count(" and ") + 1 and all(
            sides[side] == _cell(cell) and board.get(_cell(cell), "empty") == color for side, cell, color in said
        )

    return unmet(
        steps,
        [
            (rf"Find row {row} by its number at the left edge and column {col} by .*", lambda: True),
            (rf"They meet in the cell \({row}, {col}\)\. As a check: (.+)\.", neighbours),
            (rf"The cell \({row}, {col}\) itself is (\w+)\.", lambda color: board.get((row, col)) == color),
        ],
    )


def _count_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    color = params["color"]
    rows = [
        [c for c, name in sorted(_board(state).items()) if name == color and c[0] == r + 1] for r in range(state.size)
    ]

    def adds(terms: str, total: str, again: str) -> bool:
        counts = list(map(len, rows))
        return list(map(int, terms.split(" + "))) == counts and int(total) == int(again) == sum(counts)

    lines = [
        (rf"Row {row}: (.+)\.", lambda text, cells=cells: list(map(_cell, _listed(text))) == cells)
        for row, cells in enumerate(rows, 1)
    ]
    return unmet(steps, [*lines, (rf"([\d +]+) = (\d+): the board has (\d+) {color} cells?\.", adds)])


def _possible_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    cell, board = (params["row"], params["col"]), _board(state)
    units, box = _units(state, cell), _box(state, cell)
    left = _fits(state, board, cell)

    def shows(unit: Sequence[Cell]) -> Callable[[str], bool]:
        want = [f"{board[c]} ({c[0]}, {c[1]})" for c in unit if c in board]
        return lambda text: sorted(_listed(text)) == sorted(want)

    return unmet(
        steps,
        [
            (rf"Row {cell[0]} shows {UNIT}\.", shows(units[0])),
            (rf"Column {cell[1]} shows {UNIT}\.", shows(units[1])),
            (rf"The box of {_span(box)} shows {UNIT}\.", shows(box)),
            (r"Together they show (.+)\.", lambda text: sorted([*_listed(text), *left]) == sorted(state.colors)),
            (
                rf"Of the {state.size} colours in play, (.+) (?:is|are) left: (\d) colours?\.",
                lambda text, count: sorted(_listed(text)) == sorted(left) and int(count) == len(left),
            ),
        ],
    )


def _span(box: Sequence[Cell]) -> str:
    return f"rows {box[0][0]}-{box[-1][0]} and columns {box[0][1]}-{box[-1][1]}"


def _empty_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    axis, limit = params["axis"], params["threshold"]
    name, across = ("row", "column") if axis == "row" else ("column", "row")
    lines = _empty(state, axis)
    marked = [number for number, places in enumerate(lines, 1) if len(places) > limit]

    def line(places: Sequence[int]) -> Callable[[str | None, str | None, str], bool]:
        def true(count: str | None, said: str | None, verdict: str) -> bool:
            named = list(map(int, _listed(said or "none")))
            return int(count or 0) == len(places) and named == places and (verdict == "more") == (len(places) > limit)

        return true

    return unmet(
        steps,
        [
            *(
                (
                    rf"{name.title()} {number}: (?:none|(\d) empty cells? \({across}s? ([\d, and]+)\)); "
                    rf"(not more|more) than {limit}\.",
                    line(places),
                )
                for number, places in enumerate(lines, 1)
            ),
            (
                rf"{name.title()}s with more than {limit}: (.+)\. That is (\d) {name}s?\.",
                lambda said, count: list(map(int, _listed(said))) == marked and int(count) == len(marked),
            ),
        ],
    )


def _deductive_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    board, source = _board(state), dict[Cell, int]()
    problems: list[str] = []
    cells = [(row, col) for row, col in params["steps"]] + [(params["row"], params["col"])]
    if len(steps) != len(cells):
        return [f"{len(steps)} steps instead of {len(cells)}"]
    for number, (step, cell) in enumerate(zip(steps, cells, strict=True), 1):
        units, fits = _units(state, cell), _fits(state, board, cell)
        near = {c for unit in units for c in unit if c in board}
        given = {board[c] for c in near if c not in source}
        gone = {f"step {source[c]} took away {board[c]}" for c in near if c in source and board[c] not in given}
        match = re.fullmatch(
            rf"Cell {re.escape(f'({cell[0]}, {cell[1]})')}: row {cell[0]} shows {UNIT}; column {cell[1]} shows {UNIT}; "
            rf"the box of {_span(units[2])} shows {UNIT}\.(?: Here ([^.]+)\.)? Only (\w+) is left, so "
            rf"{re.escape(f'({cell[0]}, {cell[1]})')} gets (\w+)\.",
            step,
        )
        if not match:
            problems.append(f"not understood: {step}")
            continue
        for said, unit in zip(match.groups(), units, strict=False):
            want = [board[c] + (f" (step {source[c]})" if c in source else "") for c in unit if c in board]
            if sorted(_listed(said)) != sorted(want):
                problems.append(f"{unit} shows {want}: {step}")
        if set(_listed(match[4] or "none")) != gone:
            problems.append(f"it is {sorted(gone)}: {step}")
        if not (fits == [match[5]] == [match[6]]):
            problems.append(f"{fits} fit: {step}")
        board[cell], source[cell] = match[5], number
    return problems


CHECKS: Checks[State] = Checks(
    answers={
        "color_position": _color_position,
        "color_count": _color_count,
        "possible_colors": _possible_colors,
        "empty_count": _empty_count,
        "deductive_reasoning": _deductive_reasoning,
    },
    steps={
        "color_position": _position_steps,
        "color_count": _count_steps,
        "possible_colors": _possible_steps,
        "empty_count": _empty_steps,
        "deductive_reasoning": _deductive_steps,
    },
)
