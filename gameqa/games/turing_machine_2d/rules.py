"""The machine's run: read, write, move, change the state."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from gameqa.core.grids import Cell, ahead, manhattan

from .state import Rule, State


class Step(NamedTuple):
    """One step. `cell`, `state` and `symbol` are those before the step.

    `source` is the number of the latest earlier step that wrote the cell, 0 if none did; `to` is the next cell.
    """

    number: int
    cell: Cell
    state: int
    symbol: int
    source: int
    rule: Rule
    to: Cell


def play(
    state: State,
    steps: int,
    look_up: Callable[[int, int, int], Rule] | None = None,
    forgets: bool = False,
) -> list[Step]:
    """Play up to `steps` steps; a step that would leave the board is not made and ends the run.

    The keywords describe mistakes, for making wrong options: `look_up(step, state, symbol)` takes another rule than
    the table's; a machine that `forgets` reads every cell as it was at the start.
    """
    written: dict[Cell, tuple[int, int]] = {}
    cell, now, played = state.head, state.head_state, list[Step]()
    for number in range(1, steps + 1):
        symbol, source = written.get(cell, (state.grid[cell[0]][cell[1]], 0))
        rule = look_up(number, now, symbol) if look_up else state.rules[now][symbol]
        to = ahead(cell, rule.move)
        if not (0 <= to[0] < state.rows and 0 <= to[1] < state.columns):
            break
        played.append(Step(number, cell, now, symbol, source, rule, to))
        if not forgets:
            written[cell] = rule.write, number
        cell, now = to, rule.state
    return played


def run(state: State, steps: int) -> list[Step]:
    """Return the first `steps` steps; raise ValueError when the head leaves the board in one of them."""
    played = play(state, steps)
    if len(played) < steps:
        raise ValueError(f"the head leaves the board in step {len(played) + 1}")
    return played


def boards(state: State, played: Iterable[Step]) -> Iterator[State]:
    """Yield the machine after each step."""
    grid = [list(row) for row in state.grid]
    for step in played:
        grid[step.cell[0]][step.cell[1]] = step.rule.write
        yield State(state.rules, tuple(map(tuple, grid)), step.to, step.rule.state)


def record(played: Sequence[Step], cell: Cell) -> list[tuple[int, int]]:
    """Return every write into a cell as (step, symbol), writes of the symbol it already held included."""
    return [(step.number, step.rule.write) for step in played if step.cell == cell]


def symbol_at(state: State, played: Sequence[Step], cell: Cell) -> tuple[int, int]:
    """Return a cell's symbol after the played steps, and the step that wrote it (0: none)."""
    step, symbol = max(record(played, cell), default=(0, state.grid[cell[0]][cell[1]]))
    return symbol, step


def write_steps(start: Cell, cell: Cell, steps: int) -> range:
    """Return the steps in which a head that starts on `start` can write `cell` under any rules.

    The head moves one cell in every step, so it stands on the cell first after as many steps as the cell is away,
    and then again after 2, 4, 6 ... more steps at the most often.
    """
    return range(manhattan(start, cell) + 1, steps + 1, 2)


def can_end(state: State, cell: Cell, steps: int) -> bool:
    """Say whether a head can stand on a cell of the board after `steps` steps under any rules: parity and distance."""
    away = manhattan(state.head, cell)
    return away <= steps and (steps - away) % 2 == 0
