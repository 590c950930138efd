"""Why no order of captures leaves fewer pieces: a search written down as a table, every position once."""

from collections.abc import Iterable

from .rules import Capture, Position, Puzzle, Trap
from .state import SQUARES

ROWS = 40
"""Rows of the tables of one analysis after which only positions that a table starts from are added."""
MORE = "more"
"""Stands for a position that found no room in the table."""


class Proof:
    """Shows that at least `left` pieces remain; tables made one after another share their positions.

    Attributes:
        rows: the table so far, one position a row.
    """

    def __init__(self, puzzle: Puzzle, left: int) -> None:
        self.puzzle, self.left = puzzle, left
        self.rows: list[str] = []
        self._numbers: dict[Position, int] = {}

    def traps(self, position: Position) -> list[Trap]:
        """Return the traps of a position when they alone are proof enough, else nothing."""
        found = self.puzzle.traps(position)
        return found if len(found) >= self.left else []

    def table(self, position: Position) -> list[str]:
        """Return the rows that a position adds to the table; none when it stands there already."""
        before = len(self.rows)
        if position not in self._numbers:
            self._add(position)
        return self.rows[before:]

    def number(self, position: Position) -> int:
        """Return the number of a position in the table."""
        return self._numbers[position]

    def _add(self, position: Position) -> int:
        """Write the row of a position, after it those of the positions it leads to."""
        number = self._numbers[position] = len(self.rows) + 1
        self.rows.append("")
        ends: dict[str, list[str]] = {}
        for capture in self.puzzle.captures(position):
            moves, end = self._follow(position, capture)
            ends.setdefault(end, []).append(moves)
        outcomes = "; ".join(f"{', '.join(moves)}: {end}" for end, moves in ends.items())
        self.rows[number - 1] = f"#{number} {self.standing(position)} | {outcomes}"
        return number

    def _follow(self, position: Position, capture: Capture) -> tuple[str, str]:
        """Make a capture, go on as long as only one is possible, and say where that ends."""
        moves: list[str] = []
        while True:
            moves.append(self.short(capture))
            position = self.puzzle.after(position, capture)
            captures = self.puzzle.captures(position)
            if position in self._numbers:
                end = f"#{self._numbers[position]}"
            elif not captures:
                end = f"stuck with {len(position) - position.count('.')}"
            elif found := self.traps(position):
                end = " ".join(["traps", *(f"[{' '.join(self._names(trap.kinds))}]" for trap in found)])
            elif len(captures) == 1:
                capture = captures[0]
                continue
            elif len(self.rows) < ROWS:
                end = f"#{self._add(position)}"
            else:
                end = MORE
            return " then ".join(moves), end

    def standing(self, position: Position) -> str:
        """Return the pieces of a position as `Rg8 Kg3`."""
        return " ".join(
            kind + SQUARES[square] for kind, square in zip(position, self.puzzle.squares, strict=True) if kind != "."
        )

    def short(self, capture: Capture) -> str:
        """Return a capture as `g6xg8`."""
        return "x".join(self._names(capture))

    def _names(self, places: Iterable[int]) -> list[str]:
        return [SQUARES[self.puzzle.squares[place]] for place in places]
