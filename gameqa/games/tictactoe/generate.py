"""Levels and boards: first the kind of board, then a board of that kind, all equally likely."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from random import Random
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import Kind, Play, kind_of, positions
from .state import State, flaw

OpenKind = Literal["win", "threat", "threats", "forced", "mistakes", "equal"]
Color = Literal["red", "blue", "white"]
OPEN: tuple[OpenKind, ...] = ("win", "threat", "threats", "forced", "mistakes", "equal")
TaskName = Literal["cell_color", "best_move", "reply_after_move"]
Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(gt=0)]

FULL = 0.1
"""Share of full boards among the finished ones, of which there are few."""
TRIES = 60
"""Boards offered to the split in one attempt; with 60 a pool for one split fails once in 500 attempts."""


class TicTacToeParams(Params, frozen=True, kw_only=True):
    """Level parameters.

    `kinds` weighs the kinds of unfinished boards, `finished` is each task's share of finished ones. In
    `reply_after_move` the given move ends the game with the share `ends` and is not free with `occupied`.

    Wishes of a plan: the `kind` of board and whether only one cell is free (`last`); for `cell_color` the `color`
    and whether row and column differ (`off_diagonal`); for `reply_after_move` what the given move does (`play`); for
    both other tasks whether the right cell is the first free one (`first_free`).
    """

    kinds: Annotated[dict[OpenKind, Weight], Meta(min_length=1)]
    finished: dict[TaskName, Share] = {}
    ends: Share = 0.0
    occupied: Share = 0.0
    kind: Kind | None = None
    last: bool = False
    color: Color | None = None
    off_diagonal: bool = False
    play: Play | None = None
    first_free: bool | None = None

    def __post_init__(self) -> None:
        if self.finished.get("reply_after_move", 0) + self.ends + self.occupied > 1:
            raise ValueError("finished['reply_after_move'], ends and occupied must not exceed 1 in all")


LEVELS = {
    Level.EASY: TicTacToeParams(
        kinds={"win": 1.0},
        finished={"cell_color": 0.12, "best_move": 0.32, "reply_after_move": 0.16},
        ends=0.19,
        occupied=0.03,
    ),
    Level.MEDIUM: TicTacToeParams(kinds={"threat": 0.85, "threats": 0.15}, ends=0.04, occupied=0.08),
    Level.HARD: TicTacToeParams(kinds={"forced": 0.45, "mistakes": 0.45, "equal": 0.1}, ends=0.04, occupied=0.08),
}


def draw_kind(level: TicTacToeParams, rng: Random, finished: float = 0.0, full: float = FULL) -> Kind:
    """Draw the kind of board: finished with the given share, and then full with the share `full`."""
    if rng.random() < finished:
        return "full" if rng.random() < full else "won"
    # In a fixed order: equal parameters must draw alike however they are spelled.
    return rng.choices(OPEN, [level.kinds.get(kind, 0) for kind in OPEN])[0]


@lru_cache(maxsize=1)
def pools() -> Mapping[tuple[Kind, bool], tuple[State, ...]]:
    """Return all positions by kind, and those with one free cell once more by kind."""
    found: dict[tuple[Kind, bool], list[State]] = {
        (kind, last): [] for kind in get_args(Kind) for last in (False, True)
    }
    for board in positions():
        state, kind = State(board), kind_of(board)
        found[kind, False].append(state)
        if board.count(" ") == 1:
            found[kind, True].append(state)
    return {key: tuple(states) for key, states in found.items()}


def generate(rng: Random, plan: TicTacToeParams, accept: Callable[[State], bool]) -> State | None:
    """Offer boards of the kind in random order until the split fits.

    A split may hold no board with one free cell: when it refuses all of them, any number of free cells will do.
    """
    kind = plan.kind or draw_kind(plan, rng)
    pool = pools()[kind, plan.last]
    for state in rng.sample(pool, min(TRIES, len(pool))):
        if accept(state):
            return state
    if plan.last:
        return generate(rng, msgspec.structs.replace(plan, kind=kind, last=False), accept)
    return None


def perturb(state: State, rng: Random) -> State:
    """Change one cell: a legal position one move earlier or later."""
    board = state.board
    changed = [f"{board[:cell]}{mark}{board[cell + 1 :]}" for cell in range(9) for mark in "OX " if mark != board[cell]]
    return State(rng.choice([other for other in changed if flaw(other) is None]))
