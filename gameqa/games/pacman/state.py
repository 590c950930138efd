"""The board of Pacman."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, pairwise
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

Cell = tuple[int, int]
"""(row, column), counted from 0 at the top left corner of the outer wall."""

Direction = Literal["UP", "DOWN", "LEFT", "RIGHT"]
Name = Literal["Pinky", "Blinky"]

SIZES = (5, 24)
"""Smallest and largest board."""
FACES: dict[Direction, str] = {"UP": "^", "DOWN": "v", "LEFT": "<", "RIGHT": ">"}
"""How Pac-Man is written in texts."""

_FLAGS = bytes.maketrans(b"01", b"\0\1")


@cache
def _board(size: int) -> tuple[Cell, ...]:
    return tuple((row, column) for row in range(size) for column in range(size))


def bit(cell: Cell, size: int) -> int:
    """Return the set that holds one cell: bit `row * size + column`."""
    return 1 << (cell[0] * size + cell[1])


def bits(cells: Iterable[Cell], size: int) -> int:
    """Return cells as a bit set."""
    found = 0
    for row, column in cells:
        found |= 1 << (row * size + column)
    return found


def cells(found: int, size: int) -> list[Cell]:
    """Return the cells of a bit set in reading order."""
    flags = f"{found:0{size * size}b}"[::-1].encode().translate(_FLAGS)
    return list(compress(_board(size), flags))


@cache
def ring(size: int) -> int:
    """Return the outer ring as a bit set."""
    return bits((cell for cell in _board(size) if {0, size - 1} & {*cell}), size)


Index = Annotated[int, Meta(ge=0)]
CellJson = tuple[Index, Index]


class _GhostJson(msgspec.Struct, forbid_unknown_fields=True):
    name: Name
    position: CellJson


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    grid_size: int
    walls: list[CellJson]
    beans: list[CellJson]
    pacman_position: CellJson
    direction: Direction
    ghosts: list[_GhostJson]
    score: int


@dataclass(frozen=True, slots=True)
class State:
    """A board between two turns. `walls` and `beans` are bit sets (see `bit`)."""

    size: int
    walls: int
    beans: int
    pacman: Cell
    direction: Direction
    pinky: Cell
    blinky: Cell

    @property
    def free(self) -> int:
        """The cells without a wall as a bit set."""
        return (1 << self.size * self.size) - 1 ^ self.walls

    @property
    def score(self) -> int:
        """Beans eaten so far: at first a bean lay on every free cell but the ghosts'."""
        return self.free.bit_count() - 2 - self.beans.bit_count()

    def ghost(self, name: str) -> Cell:
        """Return the cell of the ghost of a name."""
        return self.pinky if name == "Pinky" else self.blinky

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "grid_size": self.size,
            "walls": [[row, column] for row, column in cells(self.walls, self.size)],
            "beans": [[row, column] for row, column in cells(self.beans, self.size)],
            "pacman_position": list(self.pacman),
            "direction": self.direction,
            "ghosts": [
                {"name": "Pinky", "position": list(self.pinky)},
                {"name": "Blinky", "position": list(self.blinky)},
            ],
            "score": self.score,
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        size = read.grid_size
        if not SIZES[0] <= size <= SIZES[1]:
            raise ValueError(f"grid_size must be {SIZES[0]} to {SIZES[1]}")
        if [ghost.name for ghost in read.ghosts] != ["Pinky", "Blinky"]:
            raise ValueError("the ghosts must be Pinky and Blinky, in this order")
        walls, beans = _read(read.walls, "walls", size), _read(read.beans, "beans", size)
        pinky, blinky = (ghost.position for ghost in read.ghosts)
        state = cls(size, walls, beans, read.pacman_position, read.direction, pinky, blinky)
        if walls & ring(size) != ring(size):
            raise ValueError("every cell of the outer ring must be a wall")
        figures = (state.pacman, pinky, blinky)
        if any(max(cell) >= size or bit(cell, size) & walls for cell in figures):
            raise ValueError("Pac-Man and the ghosts must stand on free cells")
        if len({*figures}) < 3:
            raise ValueError("Pac-Man and the ghosts must stand on three different cells")
        if beans & (walls | bits(figures, size)):
            raise ValueError("there must be no bean on a wall, under Pac-Man or under a ghost")
        if read.score != state.score:
            raise ValueError(f"the score must be {state.score}: free cells less two ghosts' cells less beans")
        return state

    def __str__(self) -> str:
        return "\n".join(map("".join, self.rows()))

    def rows(self) -> list[list[str]]:
        """Return one sign for each cell: # wall, o bean, . empty, P Pinky, B Blinky, and one of `FACES`."""
        size = self.size
        rows = [["."] * size for _ in range(size)]
        for sign, found in (("#", self.walls), ("o", self.beans)):
            for row, column in cells(found, size):
                rows[row][column] = sign
        figures = ((self.pacman, FACES[self.direction]), (self.pinky, "P"), (self.blinky, "B"))
        for (row, column), sign in figures:
            rows[row][column] = sign
        return rows


def _read(listed: Sequence[Cell], name: str, size: int) -> int:
    """Return listed cells as a bit set."""
    if any(max(cell) >= size for cell in listed):
        raise ValueError(f"the {name} must lie on the board, rows and columns 0 to {size - 1}")
    if any(one >= other for one, other in pairwise(listed)):
        raise ValueError(f"the {name} must be sorted and must not repeat")
    return bits(listed, size)
