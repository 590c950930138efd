"""The board of Chess Ranger."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from msgspec import Meta

Kind = Literal["P", "R", "N", "B", "Q", "K"]
KINDS: tuple[Kind, ...] = ("P", "R", "N", "B", "Q", "K")
SIDE = 8
SQUARES = tuple(f"{file}{rank}" for rank in range(SIDE, 0, -1) for file in "abcdefgh")
"""Names of the squares in the order of the board's strings: `a8` is number 0, `h1` number 63."""
NUMBER = {name: number for number, name in enumerate(SQUARES)}
FEWEST, MOST = 1, 8
"""Pieces on a board; a single one is left at the end, with more than eight searching all captures takes too long."""


class Piece(NamedTuple):
    """A piece and the number of its square."""

    square: int
    kind: Kind


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    pieces: int
    board: Annotated[list[Annotated[str, Meta(pattern=r"\A[.PRNBQK]{8}\Z")]], Meta(min_length=SIDE, max_length=SIDE)]


@dataclass(frozen=True, slots=True)
class State:
    """A chessboard with the pieces of one side, all 64 squares in one string from a8 to h1, `.` where empty."""

    board: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The pieces, from a8 to h1."""
        return tuple(
            Piece(square, kind)  # pyright: ignore[reportArgumentType]
            for square, kind in enumerate(self.board)
            if kind != "."
        )

    @property
    def rows(self) -> list[str]:
        """The ranks as strings, rank 8 first."""
        return [self.board[start : start + SIDE] for start in range(0, SIDE * SIDE, SIDE)]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"pieces": len(self.board) - self.board.count("."), "board": self.rows}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        state = cls("".join(read.board))
        found = len(state.pieces)
        if not FEWEST <= found <= MOST:
            raise ValueError(f"a board must have {FEWEST} to {MOST} pieces, not {found}")
        if read.pieces != found:
            raise ValueError(f"pieces must be {found}, the number of pieces on the board, not {read.pieces}")
        return state

    def __str__(self) -> str:
        return "\n".join(self.rows)
