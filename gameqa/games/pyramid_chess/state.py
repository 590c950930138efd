"""The pyramid of Pyramid Chess."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Self

import msgspec

from gameqa.core.words import counted

Mark = Literal["P0", "P1", "--"]
MARKS: tuple[Mark, Mark, Mark] = ("P0", "P1", "--")
EMPTY = "--"

SUPPLY = {3: (7, 7), 4: (15, 15), 5: (28, 27)}
"""Balls of PLAYER_0 and PLAYER_1 for every board size."""


class Slot(NamedTuple):
    """A place for a ball: its level, counted from 0 at the bottom, and its x and y on that level."""

    level: int
    x: int
    y: int


@lru_cache(maxsize=8)
def slots(size: int) -> tuple[Slot, ...]:
    """Return all slots of a board, level by level, each level by x and then y; a slot's place here is its number."""
    return tuple(Slot(level, x, y) for level in range(size) for x in range(size - level) for y in range(size - level))


@dataclass(frozen=True, slots=True)
class State:
    """The balls on a board of `size` x `size` slots: the slots of each colour as bits of a number, see `slots`."""

    size: int
    blue: int
    red: int

    @property
    def full(self) -> int:
        """The slots that hold a ball, as bits."""
        return self.blue | self.red

    @property
    def balls(self) -> tuple[int, int]:
        """The slots of PLAYER_0 and of PLAYER_1, as bits."""
        return self.blue, self.red

    def levels(self) -> Iterator[list[list[Mark]]]:
        """Yield each level as a list over x of lists over y."""
        marks: list[Mark] = [MARKS[self.holder(number)] for number in range(len(slots(self.size)))]
        start = 0
        for width in range(self.size, 0, -1):
            yield [marks[at : at + width] for at in range(start, start + width * width, width)]
            start += width * width

    def holder(self, number: int) -> int:
        """Return whose ball a slot holds, 0 or 1; 2 when it is empty."""
        return 0 if self.blue >> number & 1 else 1 if self.red >> number & 1 else 2

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {str(level): rows for level, rows in enumerate(self.levels())}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, dict[str, list[list[Mark]]], strict=True)
        size = len(read)
        if size not in SUPPLY or set(read) != {str(level) for level in range(size)}:
            raise ValueError('the keys must be "0" to "2", to "3" or to "4"')
        masks = dict.fromkeys(MARKS, 0)
        for number, (level, x, y) in enumerate(slots(size)):
            rows, width = read[str(level)], size - level
            if len(rows) != width or any(len(row) != width for row in rows):
                raise ValueError(f"level {level} must be {width} lists of {width}")
            masks[rows[x][y]] |= 1 << number
            hollow = ((x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1))
            if level and rows[x][y] != EMPTY and any(read[str(level - 1)][a][b] == EMPTY for a, b in hollow):
                raise ValueError(f"the ball in [{x},{y}] on level {level} lacks its full base")
        for player, most in enumerate(SUPPLY[size]):
            found = masks[MARKS[player]].bit_count()
            if found > most:
                raise ValueError(
                    f"PLAYER_{player} has {counted(found, 'ball')} on the board, more than the {most} given"
                )
        return cls(size, masks["P0"], masks["P1"])

    def __str__(self) -> str:
        return "\n\n".join("\n".join(" ".join(row) for row in rows) for rows in self.levels())
