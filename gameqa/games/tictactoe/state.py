"""The board of TicTacToe."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import msgspec

Mark = Literal["O", "X"]

Board = str
"""Nine characters in reading order, `O`, `X` or one blank: character 3 * row + column is the cell (row, column)."""

LINES = {
    "row 0": (0, 1, 2),
    "row 1": (3, 4, 5),
    "row 2": (6, 7, 8),
    "column 0": (0, 3, 6),
    "column 1": (1, 4, 7),
    "column 2": (2, 5, 8),
    "the main diagonal": (0, 4, 8),
    "the other diagonal": (2, 4, 6),
}


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    board: list[list[Literal["O", "X", " "]]]


@dataclass(frozen=True, slots=True)
class State:
    """A legal position. Who moves follows from the counts: O when both have equally many marks, else X."""

    board: Board

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"board": [list(row) for row in rows(self.board)]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True).board
        if len(read) != 3 or any(len(row) != 3 for row in read):
            raise ValueError("the board must have 3 rows of 3 cells")
        board = "".join(mark for row in read for mark in row)
        found = flaw(board)
        if found:
            raise ValueError(found)
        return cls(board)

    def __str__(self) -> str:
        return "\n".join(rows(self.board.replace(" ", ".")))


def rows(board: Board) -> list[str]:
    """Return the three rows, top first."""
    return [board[:3], board[3:6], board[6:]]


def complete_lines(board: Board, mark: Mark) -> list[str]:
    """Return the names of the lines that hold three marks of one player."""
    return [name for name, (a, b, c) in LINES.items() if board[a] == board[b] == board[c] == mark]


def flaw(board: Board) -> str | None:
    """Return why no game can reach a position, None for a legal one."""
    lead = board.count("O") - board.count("X")
    if lead not in (0, 1):
        return f"O must have as many marks as X or one more, not {board.count('O')} against {board.count('X')}"
    o_wins, x_wins = complete_lines(board, "O"), complete_lines(board, "X")
    if o_wins and x_wins:
        return f"only one player may have a line, but O has {o_wins[0]} and X has {x_wins[0]}"
    if o_wins and lead == 0:
        return f"O has {o_wins[0]}, so X must not have moved afterwards, but both have equally many marks"
    if x_wins and lead == 1:
        return f"X has {x_wins[0]}, so O must not have moved afterwards, but O has one mark more"
    return None
