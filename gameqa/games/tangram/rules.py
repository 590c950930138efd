"""Shapes, their turns, neighbours on the board, and places in the hole."""

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from gameqa.core.grids import OFFSETS, Cell, Direction

from .state import Shape, State, members

T = TypeVar("T")

TURNS = (0, 90, 180, 270)
"""Clockwise turns in degrees."""

CODES: dict[tuple[int, ...], str] = {
    (0,): "0",
    (90,): "90",
    (180,): "180",
    (270,): "270",
    (): "none",
    (0, 180): "0_180",
    (90, 270): "90_270",
    TURNS: "all",
}
"""The name of each set of turns that can make a piece fit: no other set is possible."""


class Box(NamedTuple):
    """The smallest rectangle around some cells; all four ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1


class Contact(NamedTuple):
    """Two cells that share an edge: one of the piece asked for, and its neighbour with its number (0: empty)."""

    cell: Cell
    side: Direction
    number: int


class Trial(NamedTuple):
    """A piece laid into the hole with its box at `box`.

    `blocked` is the first of its cells that is not empty, None when all are; then `rest` are the empty cells left.
    """

    box: Box
    blocked: Cell | None
    rest: tuple[Cell, ...]


def box(cells: Iterable[Cell]) -> Box:
    """Return the box of cells."""
    rows, cols = zip(*cells, strict=True)
    return Box(min(rows), min(cols), max(rows), max(cols))


def shape(cells: Iterable[Cell]) -> Shape:
    """Return the shape of cells, cropped to their box."""
    own = set(cells)
    around = box(own)
    return tuple(
        tuple(int((row, col) in own) for col in range(around.left, around.right + 1))
        for row in range(around.top, around.bottom + 1)
    )


def turned(rows: tuple[tuple[T, ...], ...], degrees: int) -> tuple[tuple[T, ...], ...]:
    """Return rows turned clockwise."""
    for _ in range(degrees // 90):
        rows = tuple(zip(*reversed(rows), strict=True))
    return rows


def mirrored(rows: tuple[tuple[T, ...], ...]) -> tuple[tuple[T, ...], ...]:
    """Return rows with left and right exchanged."""
    return tuple(row[::-1] for row in rows)


def fitting_turns(piece: Shape, hole: Shape) -> tuple[int, ...]:
    """Return every clockwise turn that makes a piece equal to the hole."""
    return tuple(degrees for degrees in TURNS if turned(piece, degrees) == hole)


def contacts(state: State, number: int) -> list[Contact]:
    """Return where a piece on the board touches other pieces or empty cells, cell by cell in reading order."""
    return [
        Contact((row, col), side, state.grid[row + down][col + across])
        for row, col in state.cells(number)
        for side, (down, across) in OFFSETS.items()
        if 0 <= row + down < state.size
        and 0 <= col + across < state.size
        and state.grid[row + down][col + across] != number
    ]


def neighbours(state: State, number: int) -> list[int]:
    """Return the pieces on the board that share an edge with a piece, ascending."""
    return sorted({contact.number for contact in contacts(state, number)} - {0})


def trials(hole: Iterable[Cell], piece: Shape) -> list[Trial]:
    """Lay a piece, unturned, at each place where its box lies within the box of the hole.

    Everywhere else some of its cells lie outside the hole.
    """
    empty = tuple(hole)
    known = set(empty)
    room, own = box(empty), members(piece)
    height, width = len(piece), len(piece[0])
    found: list[Trial] = []
    for top in range(room.top, room.bottom - height + 2):
        for left in range(room.left, room.right - width + 2):
            there = Box(top, left, top + height - 1, left + width - 1)
            laid = [(top + row, left + col) for row, col in own]
            blocked = next((cell for cell in laid if cell not in known), None)
            rest = () if blocked else tuple(cell for cell in empty if cell not in laid)
            found.append(Trial(there, blocked, rest))
    return found


def completes(trial: Trial, other: Shape) -> bool:
    """Return whether the other piece, unturned, fills exactly the rest that a trial leaves."""
    return bool(trial.rest) and shape(trial.rest) == other


def placements(hole: Iterable[Cell], piece: Shape, other: Shape) -> list[Box]:
    """Return every box at which a piece leaves exactly the room of the other one."""
    return [trial.box for trial in trials(hole, piece) if completes(trial, other)]
