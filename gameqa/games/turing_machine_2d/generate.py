"""Levels and machines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell, Direction, ahead

from .rules import write_steps
from .state import BRACKETS, COLORS, COMPASS, Rule, State

Side = Annotated[int, Meta(ge=3, le=8)]
StateCount = Annotated[int, Meta(ge=2, le=len(BRACKETS))]
SymbolCount = Annotated[int, Meta(ge=3, le=len(COLORS))]
StepCount = Annotated[int, Meta(ge=3, le=16)]
Entry = Annotated[int, Meta(ge=1, le=8)]

SAFE = 10
"""The head stays on the board for so many steps, and for two more than are asked about."""
ENTRY_STEPS = 8
"""The steps within which a state asked about is entered."""
MACHINES = 400
"""Machines tried in one call of `generate`."""
VARIANTS = 80
"""Fillings of what the run never touches that are tried for the split."""


class TuringMachine2dParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive, boards are (rows, columns).

    `visited` is the least number of different cells the head visits within the steps asked about; with `rereads`, it
    comes back to a cell within them. `entries` are the steps in which a state asked about is first entered.
    A plan sets the wishes. `entry`: the step of a first entry. `ends_on_written`, `ends_in_first_state`: whether the
    last cell was written in the run, whether the last state is the first one. `writes`, `write_steps`: writes into
    one cell, and the number of steps that could write it: exactly two, or at least three.
    """

    boards: Annotated[tuple[tuple[Side, Side], ...], Meta(min_length=1)]
    states: tuple[StateCount, StateCount]
    symbols: tuple[SymbolCount, SymbolCount]
    steps: tuple[StepCount, StepCount]
    entries: tuple[Entry, Entry]
    visited: Annotated[int, Meta(ge=2, le=4)] = 4
    rereads: bool = True
    entry: int | None = None
    ends_on_written: bool | None = None
    ends_in_first_state: bool | None = None
    writes: int | None = None
    write_steps: int | None = None

    def __post_init__(self) -> None:
        for name in ("states", "symbols", "steps", "entries"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")

    def narrowed(self, rng: Random, least_steps: int = 0) -> Self:
        """Return a plan with one board size, one number of states, of symbols and of steps."""
        states, symbols = rng.randint(*self.states), rng.randint(*self.symbols)
        low, high = (max(count, least_steps) for count in self.steps)
        steps = rng.randint(low, high)
        return msgspec.structs.replace(
            self,
            boards=(rng.choice(self.boards),),
            states=(states, states),
            symbols=(symbols, symbols),
            steps=(steps, steps),
        )


LEVELS = {
    Level.EASY: TuringMachine2dParams(
        boards=((3, 3), (4, 3)),
        states=(2, 3),
        symbols=(3, 3),
        steps=(3, 5),
        entries=(1, 4),
        visited=3,
        rereads=False,
    ),
    Level.MEDIUM: TuringMachine2dParams(
        boards=((5, 3), (4, 4)), states=(2, 3), symbols=(3, 4), steps=(5, 6), entries=(2, 6)
    ),
    Level.HARD: TuringMachine2dParams(
        boards=((5, 4), (5, 5)), states=(3, 4), symbols=(4, 5), steps=(6, 8), entries=(3, 8)
    ),
}


@dataclass(slots=True)
class _Draft:
    """A machine of which only what its run touches is fixed; `path` and `taken` are the head's cells and states."""

    size: Cell
    states: int
    symbols: int
    rules: dict[tuple[int, int], Rule]
    cells: dict[Cell, int]
    path: list[Cell]
    taken: list[int]
    changes: list[bool]
    """For each step whether it writes another symbol than it reads."""

    def filled(self, rng: Random) -> State:
        """Return a machine with this run; everything else is random."""
        rows, columns = self.size
        table = tuple(
            tuple(self.rules.get((state, symbol)) or self._any_rule(rng) for symbol in range(self.symbols))
            for state in range(self.states)
        )
        grid = tuple(
            tuple(
                self.cells[row, column] if (row, column) in self.cells else _below(rng, self.symbols)
                for column in range(columns)
            )
            for row in range(rows)
        )
        return State(table, grid, self.path[0], self.taken[0])

    def _any_rule(self, rng: Random) -> Rule:
        return Rule(_below(rng, self.symbols), COMPASS[_below(rng, len(COMPASS))], _below(rng, self.states))


def generate(rng: Random, plan: TuringMachine2dParams, accept: Callable[[State], bool]) -> State | None:
    """Find a run as planned, inventing rules and symbols when first needed; then fill up until the split fits."""
    steps = rng.randint(*plan.steps)
    for _ in range(MACHINES):
        draft = _draft(rng, plan, max(SAFE, steps + 2))
        if draft is None or not (_lively(draft, plan, steps) and _as_wished(draft, plan, steps)):
            continue
        for _ in range(VARIANTS):
            state = draft.filled(rng)
            if accept(state):
                return state
        return None
    return None


def _draft(rng: Random, plan: TuringMachine2dParams, steps: int) -> _Draft | None:
    """Simulate a machine that is invented on the way; None when a rule it already has leads off the board."""
    size = rows, columns = rng.choice(plan.boards)
    states, symbols = rng.randint(*plan.states), rng.randint(*plan.symbols)
    neighbours = _neighbours(rows, columns)
    rules: dict[tuple[int, int], Rule] = {}
    first: dict[Cell, int] = {}
    now: dict[Cell, int] = {}
    cell, state = (_below(rng, rows), _below(rng, columns)), _below(rng, states)
    target = (state + 1 + _below(rng, states - 1)) % states
    path, taken, changes = [cell], [state], list[bool]()
    for number in range(1, steps + 1):
        if cell not in now:
            now[cell] = first[cell] = _below(rng, symbols)
        symbol = now[cell]
        rule = rules.get((state, symbol))
        if rule is None:
            goal = target if number == plan.entry else _below(rng, states)
            if plan.entry is not None and number < plan.entry:
                goal = (target + 1 + _below(rng, states - 1)) % states
            sides = tuple(neighbours[cell])
            rule = rules[state, symbol] = Rule(_below(rng, symbols), sides[_below(rng, len(sides))], goal)
        elif number == plan.entry or rule.move not in neighbours[cell]:
            return None
        now[cell] = rule.write
        changes.append(rule.write != symbol)
        cell, state = neighbours[cell][rule.move], rule.state
        path.append(cell)
        taken.append(state)
    return _Draft(size, states, symbols, rules, first, path, taken, changes)


def _below(rng: Random, count: int) -> int:
    """Draw one of 0 ... count - 1; thrice as fast as `randrange`, and drafts are drawn by the dozen."""
    return int(rng.random() * count)


@lru_cache
def _neighbours(rows: int, columns: int) -> dict[Cell, dict[Direction, Cell]]:
    """Return for each cell of a board the sides to which the head can move, with the cells there."""
    board = [(row, column) for row in range(rows) for column in range(columns)]
    return {cell: {side: ahead(cell, side) for side in COMPASS if ahead(cell, side) in board} for cell in board}


def _lively(draft: _Draft, plan: TuringMachine2dParams, steps: int) -> bool:
    """Say whether enough happens within the steps that are asked about."""
    return (
        len(set(draft.path[: steps + 1])) >= plan.visited
        and any(draft.changes[:steps])
        and len(set(draft.taken[: steps + 1])) > 1
        and (not plan.rereads or len(set(draft.path[:steps])) < steps)
    )


def _as_wished(draft: _Draft, plan: TuringMachine2dParams, steps: int) -> bool:
    """Say whether the run grants the plan's wishes (that of an entry is granted on the way)."""
    written, end = draft.path[:steps], draft.path[steps]
    return (
        (plan.ends_on_written is None or plan.ends_on_written == (end in written))
        and (plan.ends_in_first_state is None or plan.ends_in_first_state == (draft.taken[steps] == draft.taken[0]))
        and (plan.writes is None or bool(cells_to_ask(written, plan.writes, plan.write_steps)))
    )


def cells_to_ask(written: Sequence[Cell], writes: int, possible: int | None) -> list[Cell]:
    """Return the cells that a run writes `writes` times and that two, or at least three, of its steps could write.

    Args:
        written: the cell that each step writes.
        writes: the wanted number of writes.
        possible: 2: exactly two steps could write the cell; 3: three or more.
    """
    return [
        cell
        for cell in dict.fromkeys(written)
        if written.count(cell) == writes and min(len(write_steps(written[0], cell, len(written))), 3) == possible
    ]


def perturb(state: State, rng: Random) -> State:
    """Change the symbol of one cell, or the head's cell or state."""
    cell = rng.randrange(state.rows), rng.randrange(state.columns)
    kind = rng.randrange(3)
    if kind == 0:
        other = (state.head_state + rng.randrange(1, state.states)) % state.states
        return State(state.rules, state.grid, state.head, other)
    if kind == 1 and cell != state.head:
        return State(state.rules, state.grid, cell, state.head_state)
    grid = [list(row) for row in state.grid]
    grid[cell[0]][cell[1]] = (grid[cell[0]][cell[1]] + rng.randrange(1, state.symbols)) % state.symbols
    return State(state.rules, tuple(map(tuple, grid)), state.head, state.head_state)
