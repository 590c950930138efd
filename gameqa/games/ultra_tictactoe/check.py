"""A second way to the answers of Ultra TicTacToe, on the plain list of pieces, with coordinates from 1 to 3.

Straights are the triples of pieces whose centres lie on one line, of all triples there are. Where the next piece must
go is found by putting the pieces in an order of play: a walk from Nine-grid to Nine-grid that uses each piece once.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json
from gameqa.core.words import listed

from .state import State

Pair = tuple[int, int]
Board = dict[tuple[int, int, int, int], str]

NAMES = {"First Player": "X", "Second Player": "O"}
PAIRS = [(row, col) for row in (1, 2, 3) for col in (1, 2, 3)]
UP_DOWN, ACROSS = ("top", "middle", "bottom"), ("left", "middle", "right")
AREAS = {(row, col): f"{UP_DOWN[row - 1]}-{ACROSS[col - 1]}" for row, col in PAIRS} | {(2, 2): "central"}


def _board(state: State) -> tuple[Board, tuple[int, int, int, int]]:
    """Return the pieces by their cells, and the cell of the last one."""
    data = state.to_json()
    i, j, row, col = data["last_step"]
    pieces = {(*piece["nine_grid"], *piece["position"]): piece["type"] for piece in data["pieces"]}
    return pieces, (i, j, row, col)


def _inside(board: Board, grid: Pair, mark: str) -> list[Pair]:
    """Return the cells of a player in a Nine-grid."""
    return sorted(cell[2:] for cell, one in board.items() if cell[:2] == grid and one == mark)


def _free(board: Board, grid: Pair) -> list[Pair]:
    return [cell for cell in PAIRS if (*grid, *cell) not in board]


def _straights(cells: Sequence[Pair]) -> set[str]:
    """Return the names of all triples of cells on one line."""
    found = set[str]()
    for a, b, c in combinations(sorted(cells), 3):
        if (b[0] - a[0]) * (c[1] - a[1]) == (c[0] - a[0]) * (b[1] - a[1]):
            same_row, same_col = a[0] == c[0], a[1] == c[1]
            found.add(f"row {a[0]}" if same_row else f"column {a[1]}" if same_col else f"the diagonal {a}-{b}-{c}")
    return found


def _walk_end(board: Board) -> tuple[Pair, str] | None:
    """Return where an order of play of all pieces ends and whose turn it is then; None when there is no such order.

    A piece leads from (its Nine-grid, its player) to (the Nine-grid of its cell, the other player).
    """
    ways: dict[tuple[Pair, str], list[tuple[Pair, str]]] = {}
    for (i, j, row, col), mark in board.items():
        ways.setdefault(((i, j), mark), []).append(((row, col), "O" if mark == "X" else "X"))
    trail, walk = [((2, 2), "X")], list[tuple[Pair, str]]()
    while trail:
        if onward := ways.get(trail[-1]):
            trail.append(onward.pop())
        else:
            walk.append(trail.pop())
    walk.reverse()
    steps = sorted((*a[0], *b[0], a[1]) for a, b in pairwise(walk))
    return walk[-1] if steps == sorted((*cell, mark) for cell, mark in board.items()) else None


def _owner(state: State, params: Mapping[str, Any]) -> list[Json]:
    i, j, row, col = params["cell"]
    mark = _board(state)[0].get((i, j, row, col))
    return [one for one in params["options"] if NAMES.get(one) == mark]


def _next_count(state: State, params: Mapping[str, Any]) -> list[Json]:
    board, last = _board(state)
    return [one for one in params["options"] if one == len(_free(board, last[2:]))]


def _middles(state: State, params: Mapping[str, Any]) -> list[Json]:
    marked = [cell for cell in _board(state)[0] if cell[2:] == (2, 2)]
    return [one for one in params["options"] if one == len(marked)]


def _pieces(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [one for one in params["options"] if one == sum(sign in "XO" for sign in str(state))]


def _points(state: State, params: Mapping[str, Any]) -> list[Json]:
    i, j = params["nine_grid"]
    points = len(_straights(_inside(_board(state)[0], (i, j), NAMES[params["player"]])))
    return [one for one in params["options"] if one == points]


def _next_grid(state: State, params: Mapping[str, Any]) -> list[Json]:
    end = _walk_end(_board(state)[0])
    return [one for one in params["options"] if end == (tuple(one), NAMES[params["player"]])]


def _mover(state: State) -> str:
    """Return the sign of the player who did not place the last piece."""
    board, last = _board(state)
    return "O" if board[last] == "X" else "X"


def _best(state: State, params: Mapping[str, Any]) -> list[Json]:
    board, last = _board(state)
    own = _inside(board, last[2:], _mover(state))
    points = {cell: len(_straights([*own, cell])) for cell in _free(board, last[2:])}
    return [[*last[2:], *cell] for cell, value in points.items() if value == max(points.values())]


# The worked solutions: what each step must say, word for word, as the pieces have it.


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _order(straight: str) -> tuple[bool, bool, str]:
    """Sort straights: rows, columns, diagonals."""
    return straight.startswith("the"), straight.startswith("column"), straight


def _sent(last: tuple[int, int, int, int]) -> str:
    return (
        f"The last piece, at {last}, is on cell {last[2:]} of its Nine-grid, so you must play in Nine-grid {last[2:]}."
    )


def _standing(board: Board, grid: Pair) -> str:
    """Say which cells of a Nine-grid carry pieces of which player."""
    held = {mark: _inside(board, grid, mark) for mark in "XO"}
    parts = [f"{mark} stands on {listed(cells)}" for mark, cells in held.items() if cells]
    return f"In Nine-grid {grid}, {'; '.join(parts)}."


def _owner_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    i, j, row, col = params["cell"]
    mark = _board(state)[0].get((i, j, row, col))
    player = next((name for name, sign in NAMES.items() if sign == mark), "")
    told = [
        f"The first two numbers give Nine-grid {(i, j)}: the {AREAS[i, j]} one.",
        f"The last two give the cell in it: row {row}, col {col}, the {AREAS[row, col]} cell.",
        f"This cell carries an {mark}, the sign of the {player}." if mark else "This cell carries no piece.",
    ]
    return unlike(steps, told)


def _next_count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, last = _board(state)
    free = _free(board, last[2:])
    told = [
        _sent(last),
        _standing(board, last[2:]),
        f"Its free cells (row, col): {listed(free)}.",
        f"These are 9 - {9 - len(free)} = {len(free)}.",
    ]
    return unlike(steps, told)


def _middle_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board = _board(state)[0]
    told, sums = list[str](), list[int]()
    for i in (1, 2, 3):
        cells = [(i, j, 2, 2) for j in (1, 2, 3)]
        sums.append(sum(cell in board for cell in cells))
        shown = ", ".join(f"{cell} {board.get(cell, 'free')}" for cell in cells)
        told.append(f"Middle cells of the Nine-grids with i = {i}: {shown}.")
    added = " + ".join(map(str, sums))
    return unlike(steps, [*told, f"Marked in these three rows of Nine-grids: {added} = {sum(sums)}."])


def _piece_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board = _board(state)[0]
    told, sums = ["Count X and O in each Nine-grid and add them up."], list[int]()
    for i in (1, 2, 3):
        counts = [[len(_inside(board, (i, j), mark)) for mark in "XO"] for j in (1, 2, 3)]
        sums.append(sum(map(sum, counts)))
        shown = "; ".join(f"{(i, j)} {x} X + {o} O" for j, (x, o) in enumerate(counts, 1))
        added = " + ".join(str(x + o) for x, o in counts)
        told.append(f"Nine-grids with i = {i}: {shown}: together {added} = {sums[-1]}.")
    added = " + ".join(map(str, sums))
    return unlike(steps, [*told, f"All three rows of Nine-grids: {added} = {sum(sums)}."])


def _point_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    grid, mark = (params["nine_grid"][0], params["nine_grid"][1]), NAMES[params["player"]]
    own = _inside(_board(state)[0], grid, mark)
    straights = sorted(_straights(own), key=_order)
    lines = f"Complete lines of {mark} in Nine-grid {grid}: {listed(straights)}." if straights else ""
    told = [
        f"The {params['player']} places {mark}.",
        f"In Nine-grid {grid}, {mark} stands on {_count(len(own), 'cell')} (row, col): {listed(own)}.",
        lines or f"No row, column or diagonal of Nine-grid {grid} holds three {mark}.",
        f"That makes {_count(len(straights), 'point')}.",
    ]
    return unlike(steps, told)


def _counting(player: str, mark: str, other: str) -> str:
    """Tell how the pieces are counted."""
    return (
        f"The {player} places {mark}, the opponent {other}. Every {other} on cell (a, b) of any Nine-grid sends {mark} "
        f"to Nine-grid (a, b). {mark} has answered all of them but the last one. So count for each (a, b) the {other} "
        f"on cell (a, b), over all Nine-grids, and subtract the {mark} in Nine-grid (a, b): the difference is 1 where "
        "the next piece must go, and 0 elsewhere."
    )


def _next_grid_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Check the nine differences, each piece counted, and that the walk ends where the difference is 1."""
    board = _board(state)[0]
    mark = NAMES[params["player"]]
    other = "O" if mark == "X" else "X"
    target = _walk_end(board)
    told, problems = [_counting(params["player"], mark, other)], list[str]()
    if mark == "X":
        told.append("The opening X in Nine-grid (2, 2) answered nothing, so add 1 for (2, 2).")
    for pair in PAIRS:
        sent = sum(cell[2:] == pair and one == other for cell, one in board.items())
        come = len(_inside(board, pair, mark))
        extra = " + 1" if mark == "X" and pair == (2, 2) else ""
        difference = sent + bool(extra) - come
        told.append(
            f"{pair}: {sent} {other} on this cell, {come} {mark} in this Nine-grid: "
            f"{sent}{extra} - {come} = {difference}."
        )
        if difference != (target == (pair, mark)):
            problems.append(f"{pair} has the difference {difference}, but the walk through all pieces ends at {target}")
    if target:
        told.append(f"Only {target[0]} has the difference 1: the next {mark} goes to Nine-grid {target[0]}.")
    return problems + unlike(steps, told)


def _best_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, last = _board(state)
    grid, mark = last[2:], _mover(state)
    own, free = _inside(board, grid, mark), _free(board, grid)
    now = _straights(own)
    told = [
        _sent(last),
        f"The opponent's piece there is an {board[last]}, so you place {mark}.",
        f"{_standing(board, grid)} You hold {_count(len(now), 'point')} there now.",
    ]
    totals = dict[Pair, int]()
    for cell in free:
        made = sorted(_straights([*own, cell]) - now, key=_order)
        totals[cell] = len(now) + len(made)
        if made:
            total = _count(totals[cell], "point")
            told.append(f"{cell} completes {listed(made)}: {len(now)} + {len(made)} = {total}.")
        else:
            told.append(f"{cell} completes no line: you keep {_count(len(now), 'point')}.")
    most = max(totals.values())
    best = [cell for cell, value in totals.items() if value == most]
    told.append(f"The most, {_count(most, 'point')}, comes from cell {listed(best)} alone: {(*grid, *best[0])}.")
    return unlike(steps, told)


CHECKS = Checks[State](
    answers={
        "cell_owner": _owner,
        "next_move_count": _next_count,
        "middle_cells_marked": _middles,
        "piece_count": _pieces,
        "nine_grid_points": _points,
        "next_nine_grid": _next_grid,
        "best_scoring_move": _best,
    },
    steps={
        "cell_owner": _owner_steps,
        "next_move_count": _next_count_steps,
        "middle_cells_marked": _middle_steps,
        "piece_count": _piece_steps,
        "nine_grid_points": _point_steps,
        "next_nine_grid": _next_grid_steps,
        "best_scoring_move": _best_steps,
    },
)
