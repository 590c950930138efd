"""A second way to the answers of TicTacToe: the three steps of the definition of the best move, taken literally.

"Wins in at most k own moves" is asked for k = 1, 2, ... by the rules alone, with no values passed up a tree.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from gameqa.core.audit import Checks
from gameqa.core.game import Json

from .state import Board, State

LINES = {
    **{f"row {row}": [3 * row, 3 * row + 1, 3 * row + 2] for row in range(3)},
    **{f"column {col}": [col, col + 3, col + 6] for col in range(3)},
    "the main diagonal": [0, 4, 8],
    "the other diagonal": [2, 4, 6],
}
COLORS = {"O": "red", "X": "blue", " ": "white"}


def _turn(board: Board) -> str:
    return "O" if board.count("O") == board.count("X") else "X"


def _other(mark: str) -> str:
    return "X" if mark == "O" else "O"


def _lines(board: Board, mark: str) -> set[str]:
    """Return the names of the complete lines of a player."""
    return {name for name, line in LINES.items() if all(board[cell] == mark for cell in line)}


def _over(board: Board) -> bool:
    return " " not in board or bool(_lines(board, "O") | _lines(board, "X"))


def _free(board: Board) -> list[int]:
    return [cell for cell in range(9) if board[cell] == " "]


def _put(board: Board, cell: int, mark: str = "") -> Board:
    """Return the board after a move of the player whose turn it is, or of the one given."""
    return board[:cell] + (mark or _turn(board)) + board[cell + 1 :]


@cache
def _forces(board: Board, moves: int) -> bool:
    """Return whether the player whose turn it is can force a win with at most so many own moves."""
    return not _over(board) and any(_wins(board, cell, moves) for cell in _free(board))


def _wins(board: Board, cell: int, moves: int) -> bool:
    """Return whether a move forces a win with at most so many own moves, this one counted."""
    after = _put(board, cell)
    if _over(after):
        return bool(_lines(after, _turn(board)))
    return moves > 1 and all(_forces(_put(after, reply), moves - 1) for reply in _free(after))


def _speed(board: Board, cell: int) -> int:
    """Return the own moves a move needs to win, 0 when it forces no win."""
    return next((moves for moves in range(1, 6) if _wins(board, cell, moves)), 0)


def _delay(board: Board, cell: int) -> int:
    """Return the moves in which the opponent wins after a move, 0 when he cannot force a win."""
    after = _put(board, cell)
    return next((moves for moves in range(1, 6) if _forces(after, moves)), 0)


def _equal(board: Board) -> list[int]:
    """Return the moves that the first two steps of the definition leave, none when the game is over."""
    if _over(board):
        return []
    speeds = {cell: _speed(board, cell) for cell in _free(board)}
    if any(speeds.values()):
        least = min(filter(None, speeds.values()))
        return [cell for cell, speed in speeds.items() if speed == least]
    delays = {cell: _delay(board, cell) for cell in _free(board)}
    most = max(delays.values())
    return [cell for cell, delay in delays.items() if (delay == 0 if 0 in delays.values() else delay == most)]


def _choose(board: Board | None, options: Sequence[Json]) -> list[Json]:
    """Return the options that name the best move; None names it when there is none."""
    best = _equal(board)[:1] if board else []
    return [one for one in options if (best == [3 * one[0] + one[1]] if one else not best)]


def _after(state: State, params: Mapping[str, Any]) -> Board | None:
    """Return the board after the given move, None when it is not allowed."""
    cell = 3 * params["cell"][0] + params["cell"][1]
    return None if _over(state.board) or state.board[cell] != " " else _put(state.board, cell)


def _color(state: State, params: Mapping[str, Any]) -> list[Json]:
    row, col = params["cell"]
    return [one for one in params["options"] if one == COLORS[str(state).splitlines()[row][col].replace(".", " ")]]


C = r"\([012], [012]\)"
CELLS = rf"{C}(?:, {C})*(?: and {C})?"
THREATS = rf"threats at (?P<threats>{CELLS}) at once\."
FIRST = rf"the first of these equal moves in reading order is (?P<first>{C})\."


def _cells(text: str) -> list[int]:
    return [3 * int(row) + int(col) for row, col in re.findall(r"\((\d), (\d)\)", text)]


def _completing(board: Board, mark: str) -> dict[int, set[str]]:
    """Return for every free cell that completes lines of a player the names of these."""
    made = {cell: _lines(_put(board, cell, mark), mark) for cell in _free(board)}
    return {cell: names for cell, names in made.items() if names}


def _told(text: str) -> dict[int, set[str]]:
    """Read "(0, 0) completes row 0 and (1, 1) completes column 1 and the main diagonal"."""
    parts = re.findall(rf"({C}) completes (.*?)(?=(?:,| and) \(|$)", text)
    return {_cells(cell)[0]: set(re.split(r", | and ", names)) for cell, names in parts}


def _forks(board: Board, cells: list[int], mark: str, threats: list[int]) -> bool:
    """Return whether these moves, played in turn, are legal and leave a player with these threats, at least two."""
    for cell in cells:
        if board[cell] != " " or _over(board):
            return False
        board = _put(board, cell)
    ends = not _over(board) and _turn(board) == _other(mark) and not _completing(board, _other(mark))
    return ends and len(threats) > 1 and sorted(_completing(board, mark)) == threats


def _line(board: Board, m: re.Match[str]) -> bool:
    """Check what is said of one move that wins or loses by two threats at once."""
    moves, loses = _cells(m["moves"]), m["what"].startswith("loses")
    marks = re.findall(r"\b[OX](?= at \(| \()", m["moves"])
    winner = _other(marks[0]) if loses else marks[0]
    own = (len(moves) + (0 if loses else 1)) // 2 + 1
    if board[moves[0]] != " ":
        return False
    length = (_delay if loses else _speed)(board, moves[0])
    in_turn = marks == [(_turn(board), _other(_turn(board)))[place % 2] for place in range(len(moves))]
    return in_turn and own == length and _forks(board, moves, winner, _cells(m["threats"]))


def _closing(board: Board, m: re.Match[str]) -> bool:
    """Check which moves are said to have the best result, which are fastest or slowest, and the first of them."""
    parts = m.groupdict()
    equal, result = _equal(board), _results(board)
    best = max(result.values())
    kind = {"win": 1, "wins": 1, "lead": 0, "leads": 0, "lose": -1, "loses": -1}[m["kind"]]
    listed = kind == best and _cells(m["all"]) == [cell for cell, value in result.items() if value == best]
    if parts.get("some"):
        lengths = {_speed(board, cell) if kind > 0 else _delay(board, cell) for cell in equal}
        listed = listed and _cells(parts["some"]) == equal and lengths == {int(parts["count"])}
    else:
        listed = listed and _cells(m["all"]) == equal
    return listed and (not parts.get("first") or _cells(parts["first"]) == equal[:1])


def _results(board: Board) -> dict[int, int]:
    """Return 1, 0 or -1 for every move."""
    return {cell: 1 if _speed(board, cell) else -1 if _delay(board, cell) else 0 for cell in _free(board)}


CLAIMS: dict[str, Callable[[Board, re.Match[str]], bool]] = {
    r"The board holds (\d) red blocks? \(O\) and (\d) blue blocks? \(X\), (equally many|one O more)"
    r"(?:, so it is (.)'s turn)?\.": lambda b, m: (
        (int(m[1]), int(m[2])) == (b.count("O"), b.count("X"))
        and int(m[1]) - int(m[2]) == (m[3] == "one O more")
        and m[4] == (None if _over(b) else _turn(b))
    ),
    r"It is (.)'s turn\.": lambda b, m: m[1] == _turn(b),
    r"No line is complete and cells are free, so the game is not over\.": lambda b, m: not _over(b),
    r"All nine cells are filled and no line is complete: the game is over, a draw\.": lambda b, m: (
        " " not in b and not _lines(b, "O") | _lines(b, "X")
    ),
    r"(.) has three marks in (.*): \1 has won and the game is over\.": lambda b, m: (
        set(re.split(r", | and (?:in )?", m[2])) == _lines(b, m[1])
    ),
    r"(?:The move ends the game|No further move is allowed), so there is no reply\.": lambda b, m: _over(b),
    r"No line holds two (.) and a free cell, so \1 cannot win at once\.": lambda b, m: (
        m[1] == _turn(b) and not _completing(b, m[1])
    ),
    r"No line holds two (.) and a free cell, so \1 does not threaten to win at once either\.": lambda b, m: (
        m[1] != _turn(b) and not _completing(b, m[1])
    ),
    r"(.) can win at once: (.*)\.": lambda b, m: m[1] == _turn(b) and _told(m[2]) == _completing(b, m[1]),
    r"(.) threatens to win with its next move(?: in several ways)?: (.*)\.": lambda b, m: (
        m[1] != _turn(b) and _told(m[2]) == _completing(b, m[1])
    ),
    rf"These moves win equally fast; the first of them in reading order is ({C})\.": lambda b, m: (
        _equal(b) == list(_completing(b, _turn(b))) and _cells(m[1]) == _equal(b)[:1]
    ),
    rf"(.) can block only one of these cells, so every move loses equally fast; "
    rf"the first free cell in reading order is ({C})\.": lambda b, m: (
        m[1] == _turn(b) and {_delay(b, cell) for cell in _free(b)} == {1} and _cells(m[2]) == _free(b)[:1]
    ),
    rf"After any other move (.) does so; (.) must block at ({C})\.": lambda b, m: (
        [m[1], m[2]] == [_other(_turn(b)), _turn(b)] and list(_completing(b, m[1])) == _cells(m[3]) == _equal(b)
    ),
    rf"({C}) is the only free cell, so (.) has no other move\.": lambda b, m: (
        _cells(m[1]) == _free(b) and m[2] == _turn(b)
    ),
    rf"(?P<moves>. at {C}) (?P<what>wins): it creates {THREATS}": _line,
    rf"(?P<moves>. at {C} (?P<what>loses) to . {C}), which creates {THREATS}": _line,
    rf"(?P<moves>. at {C} (?P<what>wins|loses): (?:. {C}(?:, )?)+) may follow, and then . has {THREATS}": _line,
    rf"(.) at ({C}) leads to a draw; (.) answers best at ({C})\.": lambda b, m: (
        [m[1], m[3]] == [_turn(b), _other(_turn(b))]
        and _results(b).get(_cells(m[2])[0]) == 0
        and _equal(_put(b, _cells(m[2])[0]))[:1] == _cells(m[4])
    ),
    rf"Only (?P<all>{C}) (?P<kind>wins|leads)(?: to a draw)?, so it is the best move\.": _closing,
    rf"(?P<all>{CELLS})(?: all)? (?P<kind>win|lead|lose)(?: to a draw)?; "
    rf"(?:(?:fastest|slowest) in (?P<count>\d) own moves? at (?P<some>{CELLS}); )?{FIRST}": _closing,
}


def _steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Check the claims about the board; a step that plays the given move goes on from the board after it."""
    board, problems = state.board, list[str]()
    given = params.get("cell", [0, 0])
    for step in steps:
        played = re.fullmatch(rf"({C}) is free, so (.) may move there\. Then the rows are (.*) \(\. = free\)\.", step)
        if played:
            after = _after(state, params)
            rows = played[3].replace(" / ", "").replace(" ", "").replace(".", " ")
            if after != rows or _cells(played[1]) != [3 * given[0] + given[1]]:
                problems.append(f"wrong move: {step}")
            elif played[2] != _turn(board):
                problems.append(f"not the player whose turn it is: {step}")
            board = rows
            continue
        held = f"({given[0]}, {given[1]}) holds {board[3 * given[0] + given[1]]} already"
        if step == f"{held}: the move is not allowed, so there is no reply." and _after(state, params) is None:
            continue
        found = [(claim, m) for form, claim in CLAIMS.items() if (m := re.fullmatch(form, step))]
        if not found:
            problems.append(f"not understood: {step}")
        elif not all(claim(board, m) for claim, m in found):
            problems.append(f"not true: {step}")
    return problems


def _color_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Check the three sentences that find the row, the column and the block where they cross."""
    row, col = params["cell"]
    mark = state.board[3 * row + col]
    seen = f"stands a {COLORS[mark]} block with {mark}" if mark != " " else "the cell is free, which is white"
    told = [
        f"Row {row} is the {('top', 'middle', 'bottom')[row]} row.",
        f"Column {col} is the {('left', 'middle', 'right')[col]} column.",
        f"Where they cross, at ({row}, {col}), {seen}.",
    ]
    return [f"not true: {step}" for step in steps if step not in told]


CHECKS = Checks[State](
    answers={
        "cell_color": _color,
        "best_move": lambda state, params: _choose(state.board, params["options"]),
        "reply_after_move": lambda state, params: _choose(_after(state, params), params["options"]),
    },
    steps={"cell_color": _color_steps, "best_move": _steps, "reply_after_move": _steps},
)
