"""The board of Ultra TicTacToe.

Inside the code a Nine-grid and a cell of a Nine-grid are numbers from 0 to 8 in reading order, so that a piece on
cell p sends the opponent to Nine-grid p. JSON and texts write them as two coordinates, each from 1 to 3.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from msgspec import Meta

from gameqa.core.masks import bits

Mark = Literal["X", "O"]

Coordinate = Annotated[int, Meta(ge=1, le=3)]
Pair = tuple[Coordinate, Coordinate]
Place = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
"""(i, j, row, col), as JSON and texts write a cell of the board."""

MIDDLE = 4
"""The number of the central Nine-grid, and of the middle cell of every Nine-grid."""
FULL = 0b111111111
PAIRS = tuple((row, col) for row in (1, 2, 3) for col in (1, 2, 3))
"""The coordinates of each number."""


class Spot(NamedTuple):
    """A cell of the board: the number of its Nine-grid, and its number in there."""

    grid: int
    cell: int

    @property
    def place(self) -> Place:
        """(i, j, row, col)."""
        return (*pair(self.grid), *pair(self.cell))


def pair(number: int) -> Pair:
    """Return the two coordinates of a Nine-grid, or of a cell inside one."""
    return PAIRS[number]


def number(coordinates: Pair) -> int:
    """Return the number of a Nine-grid, or of a cell inside one."""
    return 3 * coordinates[0] + coordinates[1] - 4


class _PieceJson(msgspec.Struct, forbid_unknown_fields=True):
    nine_grid: Pair
    position: Pair
    type: Mark


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    pieces: list[_PieceJson]
    last_step: Place


@dataclass(frozen=True, slots=True)
class State:
    """The pieces of each player, and the last one placed.

    `x[grid]` and `o[grid]` are the cells that hold X and O in a Nine-grid, as bits.
    """

    x: tuple[int, ...]
    o: tuple[int, ...]
    last: Spot

    @property
    def mover(self) -> Mark:
        """The player who places the next piece."""
        return "O" if self.x[self.last.grid] >> self.last.cell & 1 else "X"

    @property
    def target(self) -> int:
        """The Nine-grid in which the next piece must be placed."""
        return self.last.cell

    def held(self, mark: Mark, grid: int) -> int:
        """Return the cells of a player in a Nine-grid, as bits."""
        return (self.x if mark == "X" else self.o)[grid]

    def free(self, grid: int) -> int:
        """Return the free cells of a Nine-grid, as bits."""
        return FULL ^ self.x[grid] ^ self.o[grid]

    def mark(self, spot: Spot) -> Mark | None:
        """Return the piece on a cell, or None."""
        if self.x[spot.grid] >> spot.cell & 1:
            return "X"
        return "O" if self.o[spot.grid] >> spot.cell & 1 else None

    def count(self, mark: Mark) -> int:
        """Return how many pieces of a player are on the board."""
        return sum(mask.bit_count() for mask in (self.x if mark == "X" else self.o))

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        pieces = [
            {
                "nine_grid": [*PAIRS[grid]],
                "position": [*PAIRS[cell]],
                "type": "X" if self.x[grid] >> cell & 1 else "O",
            }
            for grid in range(9)
            for cell in bits(self.x[grid] | self.o[grid])
        ]
        return {"pieces": pieces, "last_step": [*self.last.place]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        from .rules import is_over, is_playable

        read = msgspec.convert(data, _StateJson, strict=True)
        places = [(*piece.nine_grid, *piece.position) for piece in read.pieces]
        if places != sorted(set(places)):
            raise ValueError("the pieces must be sorted by (i, j, row, col) and stand on different cells")
        if read.last_step not in places:
            raise ValueError("last_step must be the cell of a piece")
        x, o = [0] * 9, [0] * 9
        for piece in read.pieces:
            (x if piece.type == "X" else o)[number(piece.nine_grid)] |= 1 << number(piece.position)
        state = cls(tuple(x), tuple(o), Spot(number(read.last_step[:2]), number(read.last_step[2:])))
        if state.count("X") - state.count("O") != (state.mover == "O"):
            raise ValueError("there must be as many X as O when the last step is an O, and one X more when it is an X")
        if is_over(state):
            raise ValueError("at most 8 of the middle cells may be marked")
        if not is_playable(state):
            raise ValueError("no order of play that obeys the placement rule leads to these pieces and this last step")
        return state

    def __str__(self) -> str:
        lines = list[str]()
        for line in range(9):
            blocks = [[Spot(line // 3 * 3 + j, line % 3 * 3 + col) for col in range(3)] for j in range(3)]
            lines.append(" | ".join(" ".join(self.mark(spot) or "." for spot in block) for block in blocks))
        return "\n------+-------+------\n".join("\n".join(lines[top : top + 3]) for top in (0, 3, 6))
