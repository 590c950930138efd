"""The rhythm game a second time: the field really falls and is really mirrored, second after second.

Every block knows its place in the picture; a snake counts when the finger has clicked all its cells. Worked solutions
are checked sentence by sentence against those that this play gives.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, as_solved
from gameqa.core.words import listed

from .state import State

_Cell = tuple[int, int]
"""(row, column), counted from 1 at the bottom left."""

_TYPES = {"yellow": "Click", "green": "Reverse", "pink": "Snake Head", "blue": "Snake Body", "grey": "Snake Tail"}
_LETTERS = {"yellow": "Y", "green": "G", "pink": "H", "blue": "B", "grey": "T"}
_SNAKES = {2: 22, 3: 39, 4: 60, 5: 85}
"""Points of a snake by its length."""


class _Block(NamedTuple):
    """A cell of the picture that holds something; the cells of its snake, head first, if it belongs to one."""

    cell: _Cell
    color: str
    snake: tuple[_Cell, ...]


class _Met(NamedTuple):
    """A block in row 1 of the finger's column, whether it is clicked, and the points this completes."""

    block: _Block
    clicked: bool
    points: int


def _colors(state: State) -> dict[_Cell, str]:
    return {(one["row"], one["col"]): one["color"] for one in state.to_json()["block_info"]}


def _blocks(state: State) -> list[_Block]:
    """Return all blocks; a snake goes from a pink cell up to the first grey one."""
    colors = _colors(state)
    snakes: dict[_Cell, tuple[_Cell, ...]] = {}
    for (row, col), color in colors.items():
        if color == "pink":
            end = row
            while colors[end, col] != "grey":
                end += 1
            cells = tuple((one, col) for one in range(row, end + 1))
            snakes.update(dict.fromkeys(cells, cells))
    return [_Block(cell, color, snakes.get(cell, ())) for cell, color in colors.items()]


def _play(state: State, finger: int, delay: bool) -> list[_Met]:
    """Return what comes to the finger in turn."""
    field = {block.cell: block for block in _blocks(state)}
    clicked: set[_Cell] = set()
    met: list[_Met] = []
    lost = -1
    for second in range(state.rows):
        if block := field.get((1, finger)):
            points = 0
            if second != lost:
                clicked.add(block.cell)
                points = {"yellow": 10, "green": 15}.get(block.color, 0)
                if block.color == "grey" and clicked.issuperset(block.snake):
                    points = _SNAKES[len(block.snake)]
                if block.color == "green":
                    field = {(row, state.cols + 1 - col): one for (row, col), one in field.items()}
                    lost = second + 1 if delay else -1
            met.append(_Met(block, second != lost, points))
        field = {(row - 1, col): one for (row, col), one in field.items() if row > 1}
    return met


def _total(state: State, finger: int, delay: bool) -> int:
    return sum(one.points for one in _play(state, finger, delay))


def _totals(state: State, delay: bool) -> dict[int, int]:
    return {finger: _total(state, finger, delay) for finger in range(1, state.cols + 1)}


def _best(state: State, delay: bool) -> list[int]:
    """Return the columns that no column surpasses."""
    totals = _totals(state, delay)
    return [finger for finger, total in totals.items() if not any(other > total for other in totals.values())]


def _types(state: State, params: Mapping[str, Any]) -> list[str]:
    color = _colors(state).get((params["row"], params["col"]))
    return [option for option in params["options"] if option == (_TYPES[color] if color else "Non-type")]


def _fraction(state: State) -> Decimal:
    return Decimal(len(_colors(state))) / (state.rows * state.cols)


def _rounded(state: State) -> str:
    return str(_fraction(state).quantize(Decimal("0.001"), ROUND_HALF_UP))


def _lengths(state: State, params: Mapping[str, Any]) -> list[int]:
    """Return the options that fit a head at the place when the field has fallen and the cells above it."""
    row, col = params["row"], params["col"]
    fallen = {(row - params["seconds"], col): color for (row, col), color in _colors(state).items()}
    if fallen.get((row, col)) != "pink":
        return []
    above = [fallen.get((row + up, col)) for up in range(max(params["options"]))]
    return [n for n in params["options"] if above[n - 1] == "grey" and "grey" not in above[: n - 1]]


def _seen(color: str | None) -> str:
    return f"{color} ({_LETTERS[color]} in a text view)" if color else "empty"


def _type_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    colors, row, col = _colors(state), params["row"], params["col"]
    color = colors.get((row, col))
    told = [f"Go up to row {row} in column {col}: the cell {row, col} is {_seen(color)}."]
    places = {"pink": "the lowest cell", "blue": "between head and tail", "grey": "the highest cell"}
    if color in places:
        around = [f"the cell below it is {_seen(colors.get((row - 1, col)))}"] if row > 1 else []
        around += [f"the cell above it is {_seen(colors.get((row + 1, col)))}"] if row < state.rows else []
        told.append(f"It belongs to a snake, and {listed(around)}: it is {places[color]} of its snake.")
    return [*told, f"{color.capitalize()} means {_TYPES[color]}." if color else "An empty cell means Non-type."]


def _fraction_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    rows = [sum(cell[0] == row for cell in _colors(state)) for row in range(1, state.rows + 1)]
    cells, fraction = state.rows * state.cols, _fraction(state)
    cut = fraction.quantize(Decimal("0.00001"), ROUND_DOWN)
    return [
        f"Occupied cells row by row: {', '.join(f'row {row}: {count}' for row, count in enumerate(rows, 1))}.",
        f"Together {' + '.join(map(str, rows))} = {sum(rows)} occupied cells.",
        f"The field has {state.rows} x {state.cols} = {cells} cells.",
        f"{sum(rows)} / {cells} = {cut}{'' if cut == fraction else '...'}, rounded to three decimal places "
        f"{_rounded(state)}.",
    ]


def _length_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    row, col, seconds = params["row"], params["col"], params["seconds"]
    colors, now, s = _colors(state), row + seconds, "" if seconds == 1 else "s"
    snake = next(block.snake for block in _blocks(state) if block.cell == (now, col))
    cells = listed(f"{cell} is {_seen(colors[cell])}" for cell in snake)
    return [
        f"In {seconds} second{s} everything falls by {seconds} row{s}, so the head that will be in row {row} is now in "
        f"row {row} + {seconds} = {now} of column {col}.",
        f"From there upwards until the first grey cell: {cells}.",
        f"These are {len(snake)} cells, so the snake has length {len(snake)}.",
    ]


def _sum(met: Sequence[_Met]) -> str:
    """Return the points as a sum with its value, or alone."""
    points = [one.points for one in met if one.points]
    return f"{' + '.join(map(str, points))} = {sum(points)}" if len(points) > 1 else str(sum(points))


def _points_solution(state: State, params: Mapping[str, Any], delay: bool) -> list[str]:
    finger = params["col"]
    met = _play(state, finger, delay)
    told = [
        f"The finger stays in screen column {finger}. Instead of letting the field fall, walk up the picture from row "
        f"1 of column {finger}, one row a second; after each clicked Reverse the walk goes on in the mirrored column "
        "of the picture. Cells not listed are empty."
    ]
    clicked = {one.block.cell for one in met if one.clicked}
    for block, hit, points in met:
        (row, col), color, snake = block
        if not hit:
            what = f"no points, because row {row} is lost."
        elif color == "yellow":
            what = f"{points} points."
        elif color == "green":
            resumed = row + 1 + delay
            shows = f"from row {resumed} on, screen column {finger} shows column {state.cols + 1 - col} of the picture"
            loss = f"row {row + 1} is lost; " if delay else ""
            mirrored = f"The field is mirrored; {loss}{shows if resumed <= state.rows else 'nothing follows'}."
            top = "It stands in the topmost row, so nothing follows."
            what = f"{points} points. {mirrored if row < state.rows else top}"
        elif not clicked.issuperset(snake):
            what = "no points, because the head of this snake was not clicked."
        elif color == "pink":
            what = f"a snake of {len(snake)} cells begins; its points come with its tail."
        elif color == "blue":
            place = ("2nd", "3rd", "4th")[snake.index(block.cell) - 1]
            what = f"the {place} of the snake's {len(snake)} cells is clicked."
        else:
            what = f"the snake of {len(snake)} cells is clicked completely, {points} points."
        told.append(f"Cell {block.cell} of the picture, {_TYPES[color]}: {what}")
    return [*told, f"The sum is {_sum(met)} points."]


def _column_sentence(state: State, finger: int, delay: bool) -> str:
    """Return the walk of a screen column with its total; clicked cells of one snake are one item."""
    met = _play(state, finger, delay)
    items: list[str] = []
    for _, group in groupby(met, lambda one: one.block.snake if one.clicked and one.block.snake else one.block.cell):
        first, *_, last = [*group] * 2
        (row, col), color, snake = first.block
        span = f"{first.block.cell}{f' to {last.block.cell}' if first != last else ''}"
        if not first.clicked:
            items.append(f"{span} {_TYPES[color]}: lost")
        elif snake:
            what = f"snake of length {len(snake)}" if color == "pink" else "rest of a snake without its head"
            items.append(f"{span} {what}: {last.points}")
        else:
            notes = [f"row {row + 1} lost"] if delay else []
            notes.append(f"on in column {state.cols + 1 - col}" if row + delay < state.rows else "nothing follows")
            note = f" ({', '.join(notes)})" if color == "green" and row < state.rows else ""
            items.append(f"{span} {_TYPES[color]}: {first.points}{note}")
    return f"Screen column {finger}: {'; '.join(items)}. Total {_sum(met)}."


def _best_solution(state: State, params: Mapping[str, Any], delay: bool) -> list[str]:
    totals, best = _totals(state, delay), _best(state, delay)
    reached = f"column {best[0]}" if len(best) == 1 else f"columns {listed(best)} alike"
    return [
        "For each screen column walk up the picture from row 1, one row a second; after each clicked Reverse the walk "
        f"goes on in the next row {'but one ' if delay else ''}of the mirrored column. Positions are those in the "
        "picture.",
        *(_column_sentence(state, finger, delay) for finger in totals),
        f"Totals: {listed(f'column {finger}: {total}' for finger, total in totals.items())}. The highest score is "
        f"{totals[best[0]]}, reached by {reached}.",
    ]


def _column_points(state: State, params: Mapping[str, Any], delay: bool) -> list[int]:
    total = _total(state, params["col"], delay)
    return [option for option in params["options"] if option == total]


CHECKS = Checks[State](
    answers={
        "block_type": lambda state, params: list(_types(state, params)),
        "occupied_fraction": lambda state, params: [_rounded(state)],
        "snake_length_later": lambda state, params: list(_lengths(state, params)),
        "column_points": lambda state, params: list(_column_points(state, params, False)),
        "column_points_delay": lambda state, params: list(_column_points(state, params, True)),
        "best_columns": lambda state, params: [_best(state, False)],
        "best_columns_delay": lambda state, params: [_best(state, True)],
    },
    steps={
        "block_type": as_solved(_type_solution),
        "occupied_fraction": as_solved(_fraction_solution),
        "snake_length_later": as_solved(_length_solution),
        "column_points": as_solved(lambda state, params: _points_solution(state, params, False)),
        "column_points_delay": as_solved(lambda state, params: _points_solution(state, params, True)),
        "best_columns": as_solved(lambda state, params: _best_solution(state, params, False)),
        "best_columns_delay": as_solved(lambda state, params: _best_solution(state, params, True)),
    },
)
