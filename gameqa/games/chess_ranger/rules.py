"""Captures, and the exhaustive search for the most of them.

A capture only leads to a square that is occupied already, so every position that can come up lies on the squares of
the start. A position is a string with one letter for each of them, `.` where the piece is gone.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from gameqa.core.masks import bits

from .state import SIDE, Kind, State

Position = str

STRAIGHT = ((-1, 0), (0, 1), (1, 0), (0, -1))
DIAGONAL = ((-1, -1), (-1, 1), (1, 1), (1, -1))
KNIGHT = ((-2, -1), (-2, 1), (-1, 2), (1, 2), (2, 1), (2, -1), (1, -2), (-1, -2))
STEPS: dict[Kind, tuple[tuple[tuple[int, int], ...], int]] = {
    "P": (DIAGONAL[:2], 1),
    "R": (STRAIGHT, SIDE),
    "N": (KNIGHT, 1),
    "B": (DIAGONAL, SIDE),
    "Q": ((*STRAIGHT, *DIAGONAL), SIDE),
    "K": ((*STRAIGHT, *DIAGONAL), 1),
}
"""Steps (rows down, columns right) of a kind, and how often one move may repeat a step. Pawns go up, to rank 8."""


class Capture(NamedTuple):
    """A capture; places are those of the piece and of its victim in the position."""

    source: int
    target: int


@cache
def lines(kind: str, square: int) -> Mapping[int, int]:
    """Return the squares that a piece could take on, each with the mask of the squares that must be empty for it."""
    steps, reach = STEPS[kind]  # pyright: ignore[reportArgumentType]
    found: dict[int, int] = {}
    for down, across in steps:
        row, column = divmod(square, SIDE)
        between = 0
        for _ in range(reach):
            row, column = row + down, column + across
            if not (0 <= row < SIDE and 0 <= column < SIDE):
                break
            found[row * SIDE + column] = between
            between |= 1 << (row * SIDE + column)
    return found


class Trap(NamedTuple):
    """Places that no piece can ever leave together, with the kinds that can ever stand on each."""

    kinds: dict[int, list[str]]


class Puzzle:
    """All positions that captures can lead to from one board.

    Attributes:
        squares: numbers of the occupied squares.
        start: the position at the beginning.
    """

    def __init__(self, state: State) -> None:
        pieces = state.pieces
        self.squares = tuple(piece.square for piece in pieces)
        self.start: Position = "".join(piece.kind for piece in pieces)
        places = {square: place for place, square in enumerate(self.squares)}
        taken = sum(1 << square for square in self.squares)
        self._reach: dict[str, list[list[tuple[int, int]]]] = {
            kind: [
                [
                    (places[target], sum(1 << places[square] for square in bits(between & taken)))
                    for target, between in lines(kind, square).items()
                    if target in places
                ]
                for square in self.squares
            ]
            for kind in dict.fromkeys(self.start)
        }
        self._most: dict[Position, int] = {}

    def captures(self, position: Position) -> list[Capture]:
        """Return every capture of a position, by square of the piece, then by direction."""
        occupied = sum(1 << place for place, kind in enumerate(position) if kind != ".")
        return [
            Capture(source, target)
            for source, kind in enumerate(position)
            if kind != "."
            for target, between in self._reach[kind][source]
            if occupied >> target & 1 and not between & occupied
        ]

    def after(self, position: Position, capture: Capture) -> Position:
        """Return the position after a capture."""
        pieces = list(position)
        pieces[capture.target] = pieces[capture.source]
        pieces[capture.source] = "."
        return "".join(pieces)

    def board(self, position: Position) -> State:
        """Return a position as a board."""
        kinds = dict(zip(self.squares, position, strict=True))
        return State("".join(kinds.get(square, ".") for square in range(SIDE * SIDE)))

    def most(self, position: Position) -> int:
        """Return the greatest number of captures in a row: depth first, every position once."""
        known = self._most.get(position)
        if known is not None:
            return known
        best, limit = 0, len(position) - position.count(".") - 1
        for capture in self.captures(position):
            best = max(best, 1 + self.most(self.after(position, capture)))
            if best == limit:
                break
        self._most[position] = best
        return best

    def solvable(self, position: Position) -> bool:
        """Return whether all pieces but one can be taken."""
        return self.most(position) == len(position) - position.count(".") - 1

    def first_captures(self) -> list[tuple[Capture, bool]]:
        """Return each capture of the start, and whether the puzzle can still be solved after it."""
        return [(capture, self.solvable(self.after(self.start, capture))) for capture in self.captures(self.start)]

    def longest(self, position: Position) -> list[Capture]:
        """Return one longest sequence of captures."""
        found: list[Capture] = []
        while left := self.most(position):
            for capture in self.captures(position):
                then = self.after(position, capture)
                if self.most(then) == left - 1:
                    found.append(capture)
                    position = then
                    break
        return found

    def traps(self, position: Position) -> list[Trap]:
        """Return the smallest groups of places that no piece can ever leave, whatever is taken before.

        Lines count as never blocked, so there may be more such groups in truth. Each of them keeps a piece for ever: at
        least as many pieces as there are groups remain at the end.
        """
        on = [place for place, kind in enumerate(position) if kind != "."]
        kinds = {place: [position[place]] for place in on}
        reached = {place: 1 << place for place in on}
        queue = [(place, position[place]) for place in on]
        for place, kind in queue:
            for target, _ in self._reach[kind][place]:
                if target in kinds:
                    reached[place] |= 1 << target
                    if kind not in kinds[target]:
                        kinds[target].append(kind)
                        queue.append((target, kind))
        for middle in on:
            for place in on:
                if reached[place] >> middle & 1:
                    reached[place] |= reached[middle]
        groups = dict.fromkeys(
            reached[place] for place in on if all(reached[other] >> place & 1 for other in bits(reached[place]))
        )
        return [Trap({place: kinds[place] for place in bits(group)}) for group in groups]


@lru_cache(maxsize=64)
def puzzle(state: State) -> Puzzle:
    """Return the puzzle of a board."""
    return Puzzle(state)
