"""Commands: what they remove, and what is known of the board afterwards.

A board may hold `UNKNOWN` cells: elements that have entered from above. Every function then tells what happens at
least. An unknown element may be a basic one that differs from all its neighbours (five kinds, four sides), or a special
one that refuses a swap; but it is there to be removed by a bar or a black gem.
"""

from functools import lru_cache
from typing import Literal, NamedTuple, Self, cast

from gameqa.core.grids import Cell, Direction, ahead, around

from .state import BAR, BASIC, BLACK, SPECIAL, Board

UNKNOWN = "?"
RUN = 3
"""Length from which a run is removed."""

Kind = Literal["none", "blocked", "line", "special"]

TIE_ORDER: tuple[Direction, ...] = ("up", "down", "right", "left")
"""Order of directions in the tie-break of the best command."""


class Command(NamedTuple):
    """`clear x y`, or with a direction `swap x y pos`."""

    x: int
    y: int
    pos: Direction | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `clear x y` or `swap x y pos`."""
        _, x, y, *pos = text.split()
        return cls(int(x), int(y), cast("Direction", pos[0]) if pos else None)

    @property
    def cell(self) -> Cell:
        """The cell that the command names."""
        return self.x, self.y

    def __str__(self) -> str:
        return f"clear {self.x} {self.y}" if self.pos is None else f"swap {self.x} {self.y} {self.pos}"


class Outcome(NamedTuple):
    """What a command does: its kind and the removed cells in reading order."""

    kind: Kind
    removed: tuple[Cell, ...] = ()


NOTHING = Outcome("none")


def inside(cell: Cell, size: int) -> bool:
    """Return whether a cell is on the board."""
    return 0 <= cell[0] < size and 0 <= cell[1] < size


def runs(board: Board, cell: Cell) -> tuple[list[Cell], list[Cell]]:
    """Return the unbroken horizontal and vertical run of a basic element through its cell."""
    x, y = cell
    row, size = board[x], len(board)
    element = row[y]
    left = right = y
    while left and row[left - 1] == element:
        left -= 1
    while right + 1 < size and row[right + 1] == element:
        right += 1
    top = bottom = x
    while top and board[top - 1][y] == element:
        top -= 1
    while bottom + 1 < size and board[bottom + 1][y] == element:
        bottom += 1
    horizontal = [cell] if left == right else [(x, column) for column in range(left, right + 1)]
    return horizontal, [cell] if top == bottom else [(line, y) for line in range(top, bottom + 1)]


def clear(board: Board, cell: Cell) -> Outcome:
    """Return what `clear` does to a cell."""
    x, y = cell
    element = board[x][y]
    if element in BASIC:
        return _line(board, [cell])
    if element == UNKNOWN:
        return NOTHING
    size = len(board)
    if element == BAR:
        removed = [(row, y) for row in range(size)]
    elif element == BLACK:
        removed = [cell, *(near for near in around(cell) if inside(near, size))]
    else:
        removed = [cell, *cells_of(board, element.upper())]
    return Outcome("special", tuple(sorted(removed)))


def swap(board: Board, cell: Cell, pos: Direction) -> Outcome:
    """Return what `swap` does: the removed cells are those of the board after the exchange."""
    other = ahead(cell, pos)
    if not inside(other, len(board)):
        return NOTHING
    elements = board[cell[0]][cell[1]], board[other[0]][other[1]]
    if elements[0] in SPECIAL or elements[1] in SPECIAL:
        return Outcome("blocked")
    if UNKNOWN in elements:
        return NOTHING
    return _line(exchanged(board, cell, other), [cell, other])


def _line(board: Board, cells: list[Cell]) -> Outcome:
    """Return the union of the long runs through some cells with basic elements."""
    removed = {member for cell in cells for run in runs(board, cell) if len(run) >= RUN for member in run}
    return Outcome("line", tuple(sorted(removed))) if removed else NOTHING


def outcome(board: Board, command: Command) -> Outcome:
    """Return what a command does."""
    return clear(board, command.cell) if command.pos is None else swap(board, command.cell, command.pos)


def after(board: Board, command: Command) -> Board:
    """Return the board after a command, with unknown elements where new ones have entered."""
    removed = outcome(board, command).removed
    if removed and command.pos is not None:
        board = exchanged(board, command.cell, ahead(command.cell, command.pos))
    return slid(board, removed)


def exchanged(board: Board, one: Cell, two: Cell) -> Board:
    """Return the board with two cells exchanged."""
    rows = list(board)
    for (x, y), element in ((one, board[two[0]][two[1]]), (two, board[one[0]][one[1]])):
        rows[x] = rows[x][:y] + element + rows[x][y + 1 :]
    return tuple(rows)


def slid(board: Board, removed: tuple[Cell, ...]) -> Board:
    """Return the board after a removal: what stood above a gap has slid down, unknown elements have entered."""
    size, gone = len(board), set(removed)
    columns = ["".join(board[x][y] for x in range(size) if (x, y) not in gone) for y in range(size)]
    full = [column.rjust(size, UNKNOWN) for column in columns]
    return tuple("".join(column[x] for column in full) for x in range(size))


def cells_of(board: Board, elements: str) -> list[Cell]:
    """Return the cells that hold one of some elements, in reading order."""
    return [(x, y) for x, row in enumerate(board) for y, element in enumerate(row) if element in elements]


@lru_cache(maxsize=8)
def commands(size: int) -> tuple[Command, ...]:
    """Return every clear, and every swap within the board once: written from the end that the tie-break prefers."""
    cells = [(x, y) for x in range(size) for y in range(size)]
    swaps = [Command(x, y, pos) for x, y in cells for pos in TIE_ORDER if pos in ("down", "right")]
    return (
        *(swap for swap in swaps if inside(ahead(swap.cell, swap.pos or "up"), size)),
        *(Command(x, y) for x, y in cells),
    )


def useful(board: Board) -> dict[Command, Outcome]:
    """Return every command that removes something, swaps of one pair once, in the order of the tie-break."""
    found = ((command, outcome(board, command)) for command in commands(len(board)))
    return {command: result for command, result in found if result.removed}


def best(board: Board) -> Command | None:
    """Return the command that removes most, the first in the order of the tie-break; None when none removes any."""
    found = useful(board)
    return max(found, key=lambda command: len(found[command].removed), default=None)
