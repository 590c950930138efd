"""Turns, threats, and perfect play by exhaustive search with memory.

A cell is its index in the board here (3 * row + column), so the order of indices is the reading order.
"""

from functools import cache, lru_cache
from typing import Literal

from .state import LINES, Board, Mark, complete_lines

CENTER = 4

Kind = Literal["won", "full", "win", "threat", "threats", "forced", "mistakes", "equal"]
"""What the player to move faces.

Finished: `won` (somebody has a line), `full` (nobody has). `win`: wins at once. `threat`, `threats`: does not,
and the opponent threatens to win in one cell, in two or more. Neither side wins at once: `forced` (a win by
force), else `mistakes` (some moves give the result away) or `equal` (all moves have the same result).
"""

Play = Literal["over", "occupied", "ends", "gift", "keep", "mistake"]
"""What a move does.

Not allowed: `over` (the game is), `occupied` (the cell is). `ends`: completes a line or fills the board. Else
`gift` (the opponent can win at once), `keep` or `mistake` (without a gift: keeps the mover's result or not).
"""

WON = 10
"""Worth of a game that is won already; each move until then takes one off."""


def turn(board: Board) -> Mark:
    """Return the player to move."""
    return "O" if board.count("O") == board.count("X") else "X"


def other(mark: Mark) -> Mark:
    """Return the opponent of a player."""
    return "X" if mark == "O" else "O"


def free(board: Board) -> list[int]:
    """Return the free cells in reading order."""
    return [cell for cell, mark in enumerate(board) if mark == " "]


def is_won(board: Board) -> bool:
    """Tell whether a player has a line: always the one who moved last."""
    return bool(complete_lines(board, other(turn(board))))


def is_over(board: Board) -> bool:
    """Tell whether the game has ended."""
    return " " not in board or is_won(board)


def played(board: Board, cell: int) -> Board:
    """Return the position after the player to move has marked a free cell."""
    return f"{board[:cell]}{turn(board)}{board[cell + 1 :]}"


def wins(board: Board, mark: Mark) -> dict[int, list[str]]:
    """Return each free cell where a mark of this player completes lines, in reading order, and their names."""
    found: dict[int, list[str]] = {}
    for name, cells in LINES.items():
        held = [board[cell] for cell in cells]
        if held.count(mark) == 2 and " " in held:
            found.setdefault(cells[held.index(" ")], []).append(name)
    return dict(sorted(found.items()))


@cache
def worth(board: Board) -> int:
    """Return what a position is worth for the player to move when both play perfectly.

    0 is a draw; 10 - n a win with the n-th move from here, n - 10 a loss with the n-th: so the larger the better,
    faster wins and slower losses included.
    """
    if is_won(board):
        return -WON
    return max((value for _, value in values(board)), default=0)


@cache
def values(board: Board) -> tuple[tuple[int, int], ...]:
    """Return every free cell of an unfinished position with what moving there is worth to the mover."""
    return tuple((cell, _a_move_later(-worth(played(board, cell)))) for cell in free(board))


def _a_move_later(value: int) -> int:
    return value - sign(value)


def sign(value: int) -> int:
    """Return the result behind a worth: 1 win, 0 draw, -1 loss."""
    return (value > 0) - (value < 0)


def moves_to_end(value: int) -> int:
    """Return after how many moves of both players together a win or loss is on the board."""
    return WON - abs(value)


def best_move(board: Board) -> int | None:
    """Return the best move: the first cell in reading order among those worth most; None when the game is over."""
    if is_over(board):
        return None
    return next(cell for cell, value in values(board) if value == worth(board))


@lru_cache(maxsize=1)
def positions() -> tuple[Board, ...]:
    """Return every position a game can reach, each once, in a fixed order."""
    reached, layer = list[Board](), {" " * 9}
    while layer:
        boards = sorted(layer)
        reached += boards
        layer = {played(board, cell) for board in boards if not is_over(board) for cell in free(board)}
    return tuple(reached)


def kind_of(board: Board) -> Kind:
    """Return the tactical class of a position."""
    if is_won(board):
        return "won"
    if " " not in board:
        return "full"
    if moves_to_end(worth(board)) == 1:
        return "win"
    threats = len(wins(board, other(turn(board))))
    if threats:
        return "threat" if threats == 1 else "threats"
    if worth(board) > 0:
        return "forced"
    results = {sign(value) for _, value in values(board)}
    return "mistakes" if len(results) > 1 else "equal"


def play_of(board: Board, cell: int) -> Play:
    """Return what the player to move does by marking a cell."""
    if is_over(board):
        return "over"
    if board[cell] != " ":
        return "occupied"
    after = played(board, cell)
    if is_over(after):
        return "ends"
    if wins(after, turn(after)):
        return "gift"
    return "keep" if sign(worth(after)) == -sign(worth(board)) else "mistake"
