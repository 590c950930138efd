"""Answers by playing: columns of enemies that shift and lose their lowest one, and every plan of the ship tried out."""

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from gameqa.core.audit import Checks, denied
from gameqa.core.game import Json

from .state import State

POINTS = {"purple": 30, "blue": 20, "green": 10}
SHIFT = {"left": -1, "right": 1}

Board = dict[tuple[int, int], str]
"""Colour of the enemy on each (row, column) that holds one."""


def _board(state: State) -> Board:
    return {(row, col): color for row, col, color in state.enemies}


def _shot(board: Board, col: int) -> tuple[int, Board]:
    """Return the points of a shot in a column and what it leaves."""
    rows = [row for row, c in board if c == col]
    if not rows:
        return 0, board
    lowest = (max(rows), col)
    return POINTS[board[lowest]], {cell: color for cell, color in board.items() if cell != lowest}


def _shifted(board: Board, direction: str) -> Board:
    return {(row, col + SHIFT[direction]): color for (row, col), color in board.items()}


def _played(state: State, plan: Sequence[int], direction: str) -> list[int]:
    """Return the points of one shot per interval from these columns."""
    board, points = _board(state), list[int]()
    for col in plan:
        score, board = _shot(board, col)
        points.append(score)
        board = _shifted(board, direction)
    return points


def _best_two(state: State, direction: str) -> int:
    columns = range(1, state.total_cols + 1)
    return max(sum(_played(state, plan, direction)) for plan in product(columns, columns))


def _in_column(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [len([1 for _, col in _board(state) if col == params["col"]])]


def _in_row(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [len([1 for row, _ in _board(state) if row == params["row"]])]


def _total(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [len(_board(state))]


def _of_color(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [[*_board(state).values()].count(params["color"])]


def _shoot_here(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [_shot(_board(state), state.ship_col)[0]]


def _shoot_there(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [_shot(_board(state), params["col"])[0]]


def _shoot_on(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [sum(_played(state, [state.ship_col] * (params["duration"] + 1), params["direction"]))]


def _one_shot(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [max(_shot(_board(state), col)[0] for col in range(1, state.total_cols + 1))]


def _two_shots(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [_best_two(state, params["direction"])]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _lowest(state: State, col: int) -> tuple[int, str]:
    """Return row and colour of the lowest enemy of a column, (0, "") for none."""
    return max(((row, color) for (row, c), color in _board(state).items() if c == col), default=(0, ""))


def _line_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Judge the count of one column or one row."""
    (axis, index) = next(iter(params.items()))
    line = {cell: color for cell, color in _board(state).items() if cell[axis == "col"] == index}

    def column(said: str, text: str) -> bool:
        enemies = re.findall(r"an? (\w+) enemy in row (\d+)", text)
        found = [(cell[0], color) for cell, color in sorted(line.items())]
        return int(said) == index and [(int(row), color) for color, row in enemies] == found

    return denied(
        steps,
        {
            r"Column (\d+) has (an? .*)\.": column,
            r"Going through row (\d+) from left to right, there is an enemy in columns? (.*)\.": lambda row, cols: (
                int(row) == index and _numbers(cols) == sorted(col for _, col in line)
            ),
            r"(?:Going through |)(?:[Cc]olumn|[Rr]ow) (\d+)[^:]* (?:no|nowhere an) enem(?:y|ies).*": lambda said: (
                int(said) == index and not line
            ),
            r"So there (?:are|is) (\d+|no) enem(?:y|ies) in (?:column|row) (\d+)\.": lambda count, said: (
                (0 if count == "no" else int(count)) == len(line) and int(said) == index
            ),
            r"No cell of (?:column|row) (\d+) (?:in the .* )?holds an enemy, so the number is 0\.": lambda said: (
                int(said) == index and not line
            ),
        },
    )


def _sum_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Judge the count row by row, of all enemies or of one colour."""
    color = params.get("color")
    counted = [cell for cell, one in _board(state).items() if color in (None, one)]
    rows = sorted({row for row, _ in counted})
    counts = [len([1 for r, _ in counted if r == row]) for row in rows]
    named: list[int] = []

    def row(number: str, count: str, said: str | None, cols: str) -> bool:
        named.append(int(number))
        found = sorted(col for row, col in counted if row == int(number))
        return _numbers(cols) == found and len(found) == int(count) and said == color

    def total(terms: str | None, count: str) -> bool:
        sums = _numbers(terms) == counts if terms else True
        return sums and int(count) == sum(counts) and named == rows

    return denied(
        steps,
        {
            r"Row (\d+): (\d+) (?:(\w+) )?enem(?:y|ies), in columns? (.*)\.": row,
            r"The other rows hold none\. Together: (?:(.*) = )?(\d+)\.": total,
            r"The other rows hold none, so the (number) is (\d+)\.": lambda _, count: total(None, count),
            r".*no row .*": lambda: not counted,
            r"(No|There are no) .*": lambda _: not counted,
        },
    )


def _shot_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    col = params.get("col", state.ship_col)
    row, color = _lowest(state, col)
    return denied(
        steps,
        {
            r"The ship stands in column (\d+)\.": lambda said: int(said) == state.ship_col,
            r"The ship leaves column (\d+) and shoots from column (\d+); the enemies stand as shown\.": lambda a, b: (
                (int(a), int(b)) == (state.ship_col, col)
            ),
            r"The lowest enemy in column (\d+) is the (\w+) one in row (\d+); the laser .*\.": lambda c, k, r: (
                (int(c), k, int(r)) == (col, color, row)
            ),
            r"Column (\d+) holds no enemy, so the laser meets nothing and the shot scores 0\.": lambda said: (
                int(said) == col and not color
            ),
            r"A (\w+) enemy gives (\d+) points\.": lambda said, points: (
                said == color and POINTS[color] == int(points) == _shot(_board(state), col)[0]
            ),
        },
    )


def _shoot_on_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    direction, shots = params["direction"], params["duration"] + 1
    points = _played(state, [state.ship_col] * shots, direction)
    step = -SHIFT[direction]

    def interval(plus: str | None, text: str) -> bool:
        number = int(plus or 0)
        col = state.ship_col + step * number
        row, color = _lowest(state, col)
        outside = not 1 <= col <= state.total_cols
        said = re.fullmatch(
            r"the enemies (?:shown )?in column (\d+) are above the ship; the lowest is the (\w+) one in row (\d+); "
            r"(\d+) points",
            text,
        )
        if said:
            return (int(said[1]), said[2], int(said[3]), int(said[4])) == (col, color, row, points[number])
        nothing = points[number] == 0 and not color
        named = _numbers(re.sub(r"\d+ points?|scores \d+", "", text))
        return nothing and (named == [col] or outside) and (" 0 points" in text or "scores 0" in text)

    moves = (
        r"The ship stays in column (\d+)\. The enemies move one column to the (\w+) after each interval, so the "
        r"enemies above the ship come from one column further (\w+) each time\. No column is met twice\."
    )
    return denied(
        steps,
        {
            moves: lambda col, way, other: (
                int(col) == state.ship_col and way == direction and SHIFT.get(other, 0) == step
            ),
            r"Interval t(?:\+(\d))?: (.*)\.": interval,
            r"Total: (.*) = (\d+) points\.": lambda terms, total: (
                _numbers(terms) == points and int(total) == sum(points)
            ),
        },
    )


def _one_shot_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    columns = range(1, state.total_cols + 1)
    scores = {col: _shot(_board(state), col)[0] for col in columns}

    def of_color(color: str, points: str, cols: str) -> bool:
        return int(points) == POINTS[color] and _numbers(cols) == [c for c in columns if scores[c] == int(points)]

    return denied(
        steps,
        {
            r"One shot destroys the lowest enemy of one column, so compare the lowest .*\.": lambda: True,
            r"Lowest enemy (\w+) \((\d+) points\): (.*)\.": of_color,
            r"The largest score is (\d+), from columns? (.*)\.": lambda best, cols: (
                int(best) == max(scores.values()) and _numbers(cols) == [c for c in columns if scores[c] == int(best)]
            ),
        },
    )


def _two_shots_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    direction, right = params["direction"], _best_two(state, params["direction"])
    columns = range(1, state.total_cols + 1)
    shift = SHIFT[direction]
    one = {col: _played(state, [col, col + shift], direction) for col in columns}
    best_one = max(sum(points) for points in one.values())
    lowest = sorted((points[0] for points in one.values()), reverse=True)
    totals: list[int] = []

    def same(col: str, a: str, b: str | None, total: str | None) -> bool:
        totals.append(int(total or a))
        return one[int(col)] == [int(a), int(b or 0)] and totals[-1] == sum(one[int(col)]) == best_one

    def different(first: str, second: str, a: str, b: str, total: str) -> bool:
        totals.append(int(total))
        told = [one[int(first)][0], one[int(second)][0]] == [int(a), int(b)] and first != second
        return told and int(total) == int(a) + int(b) == lowest[0] + lowest[1]

    def plan(said: str, first: str, shown: str | None, second: str) -> bool:
        both = said.startswith("Both")
        moved = shown is None or int(shown) + shift == int(second)
        follows = shown is not None or int(first) + shift == int(second)
        held = int(_numbers(said)[0]) == right == sum(_played(state, [int(first), int(second)], direction))
        return held and moved and follows and max(totals) == right and both == (len({*totals}) == 1 < len(totals))

    reach = r"The ship can reach every column in each interval, so .*"
    final = r"(Both give \d+|The largest total is \d+)\. A plan .*: in interval t stand in column (\d+) and shoot;"
    return denied(
        steps,
        {
            reach: lambda: True,
            r"Points of the lowest and the second lowest enemy of each column:": lambda: True,
            r"Best in one column: column (\d+) with (\d+)(?: \+ (\d+) = (\d+))?\.": same,
            r"Best in two columns: columns (\d+) and (\d+) with (\d+) \+ (\d+) = (\d+)\.": different,
            final + r" in interval t\+1 the same enemies stand above column (\d+): stand there and shoot again\.": (
                lambda said, first, second: plan(said, first, None, second)
            ),
            final + r" in interval t\+1 column (\d+) as shown has moved to column (\d+): stand there and shoot\.": plan,
        },
    )


CHECKS = Checks[State](
    answers={
        "enemies_in_column": _in_column,
        "enemies_in_row": _in_row,
        "total_enemies": _total,
        "enemies_of_color": _of_color,
        "shoot_here": _shoot_here,
        "move_and_shoot": _shoot_there,
        "continuous_shooting": _shoot_on,
        "max_one_shot": _one_shot,
        "max_two_shots": _two_shots,
    },
    steps={
        "enemies_in_column": _line_steps,
        "enemies_in_row": _line_steps,
        "total_enemies": _sum_steps,
        "enemies_of_color": _sum_steps,
        "shoot_here": _shot_steps,
        "move_and_shoot": _shot_steps,
        "continuous_shooting": _shoot_on_steps,
        "max_one_shot": _one_shot_steps,
        "max_two_shots": _two_shots_steps,
    },
)
