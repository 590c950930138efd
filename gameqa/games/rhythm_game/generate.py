"""Levels and fields."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import best, clear, totals
from .state import BODY, CLICK, EMPTY, HEAD, LONGEST, MOST_COLS, MOST_ROWS, REVERSE, SHORTEST, TAIL, State

Count = Annotated[int, Meta(ge=0, le=MOST_ROWS * MOST_COLS)]
Range = tuple[Count, Count]

TRIES = 200
"""Places tried for one snake before the field is given up."""
DRESSES = 12
"""Orders of the columns tried on one field."""
LEAD = 5
"""Points by which a best column leads when it is the only one."""


class RhythmGameParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    The other fields are wishes of a plan: the type of block (`sign`), the length of a snake, a Reverse on the
    finger's way, whether the delay changes the answer, and the rule by which best columns must stand out.
    """

    rows: Annotated[int, Meta(ge=8, le=MOST_ROWS)]
    cols: Annotated[int, Meta(ge=2, le=MOST_COLS)]
    clicks: Range
    reverses: Range
    snakes: Range
    sign: Literal["Y", "G", "H", "B", "T", "."] | None = None
    length: Annotated[int, Meta(ge=SHORTEST, le=LONGEST)] | None = None
    reverse: bool = False
    changed: bool = False
    ranked: Literal["instant", "delay"] | None = None

    def __post_init__(self) -> None:
        for name in ("clicks", "reverses", "snakes"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        cells = self.clicks[1] + self.reverses[1] + LONGEST * self.snakes[1]
        if cells >= self.rows * self.cols:
            raise ValueError(f"the most blocks fill {cells} cells, but {self.rows} x {self.cols} cells must leave one")


LEVELS = {
    Level.EASY: RhythmGameParams(rows=15, cols=4, clicks=(13, 15), reverses=(6, 8), snakes=(5, 7)),
    Level.MEDIUM: RhythmGameParams(rows=15, cols=6, clicks=(20, 22), reverses=(10, 12), snakes=(9, 11)),
    Level.HARD: RhythmGameParams(rows=20, cols=6, clicks=(26, 30), reverses=(14, 17), snakes=(11, 13)),
}


def generate(rng: Random, plan: RhythmGameParams, accept: Callable[[State], bool]) -> State | None:
    """Place snakes, then Click and Reverse blocks, then reorder the columns until the split fits.

    Scores are wished for before the split is looked at: they cost less, and reordering keeps them.
    """
    columns = _filled(rng, plan)
    if columns is None or not _suits(State(columns), plan):
        return None
    for _ in range(DRESSES):
        state = State(_reordered(columns, rng))
        if accept(state):
            return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Take a snake away, or let a Click, a Reverse or an empty cell become another of the three."""
    col, row = rng.randrange(state.cols), rng.randrange(state.rows)
    column = state.columns[col]
    if column[row] in (HEAD, BODY, TAIL):
        start, end = column.rindex(HEAD, 0, row + 1), column.index(TAIL, row) + 1
        column = column[:start] + EMPTY * (end - start) + column[end:]
    else:
        sign = rng.choice([sign for sign in (CLICK, REVERSE, EMPTY) if sign != column[row]])
        column = column[:row] + sign + column[row + 1 :]
    return State((*state.columns[:col], column, *state.columns[col + 1 :]))


def _filled(rng: Random, plan: RhythmGameParams) -> tuple[str, ...] | None:
    """Draw the columns; None when a snake finds no place."""
    columns = [[EMPTY] * plan.rows for _ in range(plan.cols)]
    for _ in range(rng.randint(*plan.snakes)):
        length = rng.randint(SHORTEST, LONGEST)
        for _ in range(TRIES):
            column, row = columns[rng.randrange(plan.cols)], rng.randrange(plan.rows - length + 1)
            if column[row : row + length].count(EMPTY) == length:
                column[row : row + length] = [HEAD, *BODY * (length - 2), TAIL]
                break
        else:
            return None
    free = [(column, row) for column in columns for row in range(plan.rows) if column[row] == EMPTY]
    clicks = rng.randint(*plan.clicks)
    for number, (column, row) in enumerate(rng.sample(free, clicks + rng.randint(*plan.reverses))):
        column[row] = CLICK if number < clicks else REVERSE
    return tuple("".join(column) for column in columns)


def _reordered(columns: tuple[str, ...], rng: Random) -> tuple[str, ...]:
    """Shuffle the pairs of columns that mirroring exchanges, and the two of each: walks only get other numbers."""
    half = len(columns) // 2
    order = [rng.sample((col, len(columns) - 1 - col), 2) for col in range(half)]
    rng.shuffle(order)
    middle = columns[half : len(columns) - half]
    return (*(columns[left] for left, _ in order), *middle, *(columns[right] for _, right in reversed(order)))


def _suits(state: State, plan: RhythmGameParams) -> bool:
    """Return whether the best columns stand out, and change with the delay when that is wished."""
    if plan.ranked is None:
        return True
    scores = totals(state, plan.ranked == "delay")
    if not clear(scores, LEAD):
        return False
    return not plan.changed or best(scores) != best(totals(state, plan.ranked != "delay"))
