"""The machine: rule table, board and head before the first step."""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, Self

import msgspec
from msgspec import Meta

from gameqa.core.grids import Cell, Direction

COMPASS: tuple[Direction, ...] = ("up", "right", "down", "left")
"""Directions in the order of their numbers in the JSON."""

BRACKETS = ("()", "[]", "{}", "<>")
"""The signs that enclose the symbol under a head in state 0, 1, 2, 3."""

COLORS = ("red", "green", "blue", "magenta", "cyan")
"""The colour of each symbol."""


class Rule(NamedTuple):
    """What the head does: the symbol it writes, the side it moves to, the state it takes."""

    write: int
    move: Direction
    state: int


_StateIndex = Annotated[int, Meta(ge=0, lt=len(BRACKETS))]
_Symbol = Annotated[int, Meta(ge=0, lt=len(COLORS))]


class _RuleJson(msgspec.Struct, forbid_unknown_fields=True):
    state: _StateIndex
    symbol: _Symbol
    new_state: _StateIndex
    new_symbol: _Symbol
    direction: Annotated[int, Meta(ge=0, lt=len(COMPASS))]


class _HeadJson(msgspec.Struct, forbid_unknown_fields=True):
    x: Annotated[int, Meta(ge=0)]
    y: Annotated[int, Meta(ge=0)]
    state: _StateIndex


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[_RuleJson]
    head: _HeadJson
    grid: list[list[_Symbol]]


@dataclass(frozen=True, slots=True)
class State:
    """A machine before its first step; `rules[state][symbol]` is the rule for that pair."""

    rules: tuple[tuple[Rule, ...], ...]
    grid: tuple[tuple[int, ...], ...]
    head: Cell
    head_state: int

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.rules)

    @property
    def symbols(self) -> int:
        """Number of symbols; some may be missing from the board."""
        return len(self.rules[0])

    @property
    def rows(self) -> int:
        """Rows of the board."""
        return len(self.grid)

    @property
    def columns(self) -> int:
        """Columns of the board."""
        return len(self.grid[0])

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON; the head's x is its column, y its row."""
        rules = [
            {
                "state": state,
                "symbol": symbol,
                "new_state": rule.state,
                "new_symbol": rule.write,
                "direction": COMPASS.index(rule.move),
            }
            for state, row in enumerate(self.rules)
            for symbol, rule in enumerate(row)
        ]
        row, column = self.head
        head = {"x": column, "y": row, "state": self.head_state}
        return {"rules": rules, "head": head, "grid": [list(row) for row in self.grid]}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        states = 1 + max((rule.state for rule in read.rules), default=0)
        symbols = 1 + max((rule.symbol for rule in read.rules), default=0)
        if states < 2 or symbols < 2:
            raise ValueError("the rules must know at least 2 states and 2 symbols")
        pairs = [(state, symbol) for state in range(states) for symbol in range(symbols)]
        if [(rule.state, rule.symbol) for rule in read.rules] != pairs:
            raise ValueError("the rules must name each pair of state and symbol once, sorted by state, then symbol")
        if any(rule.new_state >= states or rule.new_symbol >= symbols for rule in read.rules):
            raise ValueError(f"the rules must lead to states below {states} and write symbols below {symbols}")
        columns = len(read.grid[0]) if read.grid else 0
        if not columns or any(len(row) != columns for row in read.grid):
            raise ValueError("the grid must have rows of one length, with at least one cell")
        if any(symbol >= symbols for row in read.grid for symbol in row):
            raise ValueError(f"the grid must hold symbols below {symbols}")
        if read.head.x >= columns or read.head.y >= len(read.grid):
            raise ValueError("the head must stand on the board: x is its column, y its row")
        if read.head.state >= states:
            raise ValueError(f"the head's state must be below {states}")
        table = iter(Rule(rule.new_symbol, COMPASS[rule.direction], rule.new_state) for rule in read.rules)
        return cls(
            tuple(tuple(next(table) for _ in range(symbols)) for _ in range(states)),
            tuple(map(tuple, read.grid)),
            (read.head.y, read.head.x),
            read.head.state,
        )

    def __str__(self) -> str:
        opened, closed = BRACKETS[self.head_state]
        cells = [[f" {symbol} " for symbol in row] for row in self.grid]
        row, column = self.head
        cells[row][column] = f"{opened}{self.grid[row][column]}{closed}"
        return "\n".join("".join(row).rstrip() for row in cells)
