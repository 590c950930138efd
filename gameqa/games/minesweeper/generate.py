"""Levels and boards."""

from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.masks import bits

from .rules import know, known_of, opened, openings
from .solver import Knowledge, TangledBoard, knowledge
from .state import FLAG, HIDDEN, State, neighbours

Seek = Literal["mine", "safe", "either", "number", "opening"]
"""What the numbers prove about a cell; `either`: nothing, `number`: which number it shows, `opening`: that it opens an
area."""
Side = Annotated[int, Meta(ge=4, le=8)]

MOVES = 3
"""Most safe moves after the first click."""

ROUNDS = 3
"""How often each symmetry of a board is tried, with other flags."""


class MinesweeperParams(Params, frozen=True, kw_only=True):
    """Level parameters.

    `mines` is (least, most), `hidden` the fewest hidden cells without a flag, `flags` the most flags that a question
    about their number plans for. Wishes of a plan: `flagged` is the number of flags, `kind` the class of the cell
    that is asked about, `edges` the number of edges it lies at, `seek` what the numbers must prove about such a cell.
    """

    rows: Side
    cols: Side
    mines: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    hidden: Annotated[int, Meta(ge=1)]
    flags: Annotated[int, Meta(ge=1)]
    flagged: int | None = None
    kind: str | None = None
    edges: int | None = None
    seek: Seek | None = None

    def __post_init__(self) -> None:
        low, high = self.mines
        room = self.rows * self.cols - 9
        if not low <= high <= room:
            raise ValueError(f"mines must be (least, most), at most {room}: the first click leaves no more cells")


LEVELS = {
    Level.EASY: MinesweeperParams(rows=4, cols=4, mines=(2, 4), hidden=3, flags=4),
    Level.MEDIUM: MinesweeperParams(rows=5, cols=5, mines=(4, 6), hidden=5, flags=5),
    Level.HARD: MinesweeperParams(rows=6, cols=6, mines=(7, 10), hidden=9, flags=6),
}


def generate(rng: Random, plan: MinesweeperParams, accept: Callable[[State], bool]) -> State | None:
    """Click, make safe moves, flag some provable mines; then turn and mirror the board until the split fits."""
    rows, cols = plan.rows, plan.cols
    near, everywhere = neighbours(rows, cols), (1 << rows * cols) - 1
    count, click = rng.randint(*plan.mines), rng.randrange(rows * cols)
    mines = sum(1 << at for at in rng.sample([*bits(everywhere & ~near[click] & ~(1 << click))], count))
    shown, moves = opened(near, mines, 0, click), rng.randint(0, MOVES)
    try:
        known = known_of(near, mines, shown)
        while moves and known.safe and not (plan.seek == "opening" and openings(near, known, shown)):
            shown = opened(near, mines, shown, rng.choice([*bits(known.safe)]))
            known = known_of(near, mines, shown)
            moves -= 1
    except TangledBoard:
        return None
    if plan.seek is not None and not _found(plan.seek, zone(rows, cols, plan.edges), near, known, shown):
        return None
    closed = everywhere & ~shown
    proved = [*bits(known.mine)]
    most = min(len(proved), closed.bit_count() - plan.hidden)
    if most < (plan.flagged or 0) or closed == mines:
        return None
    numbers = [(near[at] & mines).bit_count() if shown >> at & 1 else HIDDEN for at in range(rows * cols)]
    for places in rng.sample(turns(rows, cols) * ROUNDS, len(turns(rows, cols)) * ROUNDS):
        flat = numbers.copy()
        for at in rng.sample(proved, rng.randint(0, most) if plan.flagged is None else plan.flagged):
            flat[at] = FLAG
        turned = [flat[at] for at in places]
        state = State(count, tuple(tuple(turned[at : at + cols]) for at in range(0, rows * cols, cols)))
        if accept(state):
            return state
    return None


def _found(seek: Seek, within: int, near: tuple[int, ...], known: Knowledge, shown: int) -> int:
    """Return the hidden cells within a zone about which the numbers prove what is sought."""
    hidden = (1 << len(near)) - 1 & ~shown
    if seek == "either":
        return within & hidden & ~known.mine & ~known.safe
    if seek == "number":
        counts = [(1 << place, known.counts(1 << place, near[place] & hidden)) for place in bits(known.safe & within)]
        return sum(cell for cell, found in counts if found > 1 and found.bit_count() == 1)
    return within & (known.mine if seek == "mine" else known.safe if seek == "safe" else openings(near, known, shown))


@lru_cache(maxsize=256)
def zone(rows: int, cols: int, edges: int | None) -> int:
    """Return the cells that lie at so many edges of the board; all cells for None."""
    cells = [(row, col) for row in range(rows) for col in range(cols)]
    at_edges = [(row in (0, rows - 1)) + (col in (0, cols - 1)) for row, col in cells]
    return sum(1 << place for place, count in enumerate(at_edges) if edges in (None, count))


@lru_cache(maxsize=64)
def turns(rows: int, cols: int) -> tuple[tuple[int, ...], ...]:
    """Return the symmetries of a board: for every cell of the new board, the old place it shows."""
    cells = [(row, col) for row in range(rows) for col in range(cols)]
    made = [
        tuple((rows - 1 - row if down else row) * cols + (cols - 1 - col if across else col) for row, col in cells)
        for down in (False, True)
        for across in (False, True)
    ]
    if rows == cols:
        made += [tuple(places[col * cols + row] for row, col in cells) for places in made]
    return tuple(made)


def perturb(state: State, rng: Random) -> State:
    """Take up a flag, put one on a cell that may hold a mine, reveal a cell that may be safe, or change the total."""
    known, flags = know(state), state.mask(FLAG)
    near, closed = neighbours(state.rows, state.cols), state.mask(HIDDEN, FLAG)
    made = [_shows(state, at, HIDDEN) for at in bits(flags)]
    made += [_shows(state, at, FLAG) for at in bits(state.mask(HIDDEN) & ~known.safe) if known.left]
    for at in bits(state.mask(HIDDEN) & ~known.mine):
        number = (near[at] & (flags | (known.placement(safe=1 << at) or 0))).bit_count()
        if number and closed.bit_count() > state.mines + 1:
            made.append(_shows(state, at, number))
    for mines in (state.mines - 1, state.mines + 1):
        left = mines - flags.bit_count()
        if 0 < mines < closed.bit_count() and left >= 0 and knowledge(state.mask(HIDDEN), state.clues(), left):
            made.append(State(mines, state.board))
    return rng.choice(made)


def _shows(state: State, place: int, value: int) -> State:
    """Return the board with another value in one cell."""
    rows = [list(row) for row in state.board]
    rows[place // state.cols][place % state.cols] = value
    return State(state.mines, tuple(map(tuple, rows)))
