"""Words on straight lines: directions, which fit on the board, and where a word stands."""

from functools import cache
from typing import Literal, NamedTuple

from .state import Cell, State

Direction = Literal[
    "right",
    "left",
    "down",
    "up",
    "diagonal-right-down",
    "diagonal-right-up",
    "diagonal-left-down",
    "diagonal-left-up",
]

OFFSETS: dict[Direction, Cell] = {
    "right": (0, 1),
    "left": (0, -1),
    "down": (1, 0),
    "up": (-1, 0),
    "diagonal-right-down": (1, 1),
    "diagonal-right-up": (-1, 1),
    "diagonal-left-down": (1, -1),
    "diagonal-left-up": (-1, -1),
}
"""Direction and the change of (row, column) it means."""

DIRECTIONS: tuple[Direction, ...] = tuple(OFFSETS)
STRAIGHT, DIAGONAL = DIRECTIONS[:4], DIRECTIONS[4:]

LOOKALIKES = {
    letter: tuple(other for other in group if other != letter)
    for group in ("OQDCG", "EF", "ILTJ", "MNW", "UVY", "PRB", "KX", "AH", "SZ")
    for letter in group
}
"""The letters that each letter is easily taken for."""


class Placement(NamedTuple):
    """Where a word starts and in which direction it runs."""

    row: int
    col: int
    direction: Direction

    @property
    def start(self) -> Cell:
        """The cell of the first letter."""
        return self.row, self.col


@cache
def line(size: int, place: Placement, length: int) -> tuple[Cell, ...]:
    """Return the cells of a word in order; fewer than its length when it would leave the board."""
    down, across = OFFSETS[place.direction]
    cells = ((place.row + step * down, place.col + step * across) for step in range(length))
    return tuple(cell for cell in cells if min(cell) >= 1 and max(cell) <= size)


@cache
def fitting(size: int, start: Cell, length: int) -> tuple[Direction, ...]:
    """Return the directions in which a word stays on the board."""
    return tuple(name for name in DIRECTIONS if len(line(size, Placement(*start, name), length)) == length)


def agreement(state: State, word: str, place: Placement) -> int:
    """Return how many letters of a word, from the first on, stand where the placement wants them."""
    count = 0
    for cell, letter in zip(line(state.size, place, len(word)), word, strict=False):
        if state.letter(cell) != letter:
            break
        count += 1
    return count


def cells_with(state: State, letter: str) -> list[Cell]:
    """Return the cells that hold a letter, in reading order."""
    return [
        (row, col)
        for row, text in enumerate(state.grid, 1)
        if letter in text
        for col, found in enumerate(text, 1)
        if found == letter
    ]


def occurrences(state: State, word: str) -> list[Placement]:
    """Return every placement of a word in the grid, in reading order of the start cells."""
    places = (Placement(*cell, name) for cell in cells_with(state, word[0]) for name in DIRECTIONS)
    return [place for place in places if agreement(state, word, place) == len(word)]
