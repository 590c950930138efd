"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import Layout, completed, completions, layout, stays_unique
from .state import State

Count = Annotated[int, Meta(ge=1)]

RECOLORINGS = 60
"""Recolourings of one board that are offered before a new one is dug."""
MOST_EMPTY = {4: 10, 9: 52}
"""Beyond these, digging hardly ever succeeds."""


class SudokuParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `fit_shares` are the probabilities that `possible_colors` asks for a cell which 1, 2, or 3 and more colours fit.
    `chain` is the number of steps of a deduction. `fits` is a wish of a plan: that number of colours (3: or more).
    """

    size: Literal[4, 9]
    empty: tuple[Count, Count]
    chain: tuple[Annotated[int, Meta(ge=1, le=6)], Annotated[int, Meta(ge=1, le=6)]]
    fit_shares: tuple[float, float, float] = (0.30, 0.35, 0.35)
    fits: Literal[1, 2, 3] | None = None

    def __post_init__(self) -> None:
        for name in ("empty", "chain"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.empty[1] > MOST_EMPTY[self.size]:
            raise ValueError(f"empty must not exceed {MOST_EMPTY[self.size]} cells when the size is {self.size}")
        if min(self.fit_shares) < 0 or sum(self.fit_shares) <= 0:
            raise ValueError("fit_shares must be probabilities")


LEVELS = {
    Level.EASY: SudokuParams(size=4, empty=(7, 9), chain=(1, 2), fit_shares=(0.40, 0.45, 0.15)),
    Level.MEDIUM: SudokuParams(size=9, empty=(24, 32), chain=(2, 2)),
    Level.HARD: SudokuParams(size=9, empty=(36, 46), chain=(3, 3)),
}


def generate(rng: Random, plan: SudokuParams, accept: Callable[[State], bool]) -> State | None:
    """Fill a board at random, empty cells while one completion is left, then recolour it until the split fits.

    A recoloured board has as many completions as before, so the proof is made once.
    """
    board = _dug(layout(plan.size), rng.randint(*plan.empty), rng)
    if board is None:
        return None
    colors = list(range(1, plan.size + 1))
    for _ in range(RECOLORINGS):
        rng.shuffle(colors)
        table = [0, *colors]
        state = State.from_flat([table[color] for color in board])
        if accept(state):
            return state
    return None


def _dug(grid: Layout, empty: int, rng: Random) -> list[int] | None:
    """Return a board with so many empty cells and one completion; None when no further cell can be emptied."""
    full = next(completions(grid, [grid.full] * grid.size**2, rng.shuffle))
    board = [mask.bit_length() for mask in full]
    cells = list(range(len(board)))
    rng.shuffle(cells)
    for cell in cells:
        if stays_unique(grid, board, cell):
            board[cell] = 0
            empty -= 1
            if not empty:
                return board
    return None


def perturb(state: State, rng: Random) -> State:
    """Fill one empty cell as the completion has it; on a full board, empty one."""
    cells = state.flat
    empty = [cell for cell, color in enumerate(cells) if not color]
    if empty:
        cell = rng.choice(empty)
        cells[cell] = completed(state.layout, cells)[0][cell]
    else:
        cells[rng.randrange(len(cells))] = 0
    return State.from_flat(cells)
