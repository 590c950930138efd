"""Levels and cubes."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import MOVES, SOLVED, Move, inverse, turned
from .state import State

Turns = tuple[Annotated[int, Meta(ge=1, le=60)], Annotated[int, Meta(ge=1, le=60)]]
Moves = tuple[Annotated[int, Meta(ge=1, le=12)], Annotated[int, Meta(ge=1, le=12)]]
Share = Annotated[float, Meta(ge=0)]
Shares = Annotated[tuple[Share, ...], Meta(min_length=1)]
Relation = Literal["own", "opposite", "side"]
"""What a colour is to a face: its own, that of the opposite face, or that of a face beside it."""

RELATIONS: dict[Relation, int] = {"own": 1, "opposite": 1, "side": 4}
"""Weights by number of colours, so that a face alone does not tell which colour is asked for."""

SCRAMBLES = 30
"""Scrambles tried in one attempt."""


class RubiksCubeParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive, shares are weights.

    Attributes:
        scramble: turns from the solved cube for `face_recognition`, `move_prediction` and `color_count`.
        face_colors: least number of colours on the face of `face_recognition`.
        moves: moves of `move_prediction`.
        face_shares: for least numbers 1, 2, ... of `single_face_solve`.
        cube_shares: for least numbers 2, 3, ... of `full_solve`.
        count_shares: for the answers 0, 1, ... of `color_count`.
        turns: wish of a plan: least number of turns to the goal.
        extra: wish: most turns of the scramble beyond `turns`.
        count: wish: the answer of `color_count`, or how many moves `move_prediction` makes.
        relation: wish: what the colour that is right is to the face asked about.
        centre: wish: whether to ask for a centre.
        changes: wish: whether the moves change the colour of the place.
    """

    scramble: Turns
    face_colors: Annotated[int, Meta(ge=1, le=6)]
    moves: Moves
    face_shares: Annotated[Shares, Meta(max_length=6)]
    cube_shares: Annotated[Shares, Meta(max_length=5)]
    count_shares: Annotated[Shares, Meta(max_length=10)]
    turns: int | None = None
    extra: int = 0
    count: int | None = None
    relation: Relation | None = None
    centre: bool = False
    changes: bool = True

    def __post_init__(self) -> None:
        for name in ("scramble", "moves"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        for name in ("face_shares", "cube_shares", "count_shares"):
            if not sum(getattr(self, name)):
                raise ValueError(f"{name} must not all be 0")


LEVELS = {
    Level.EASY: RubiksCubeParams(
        scramble=(3, 4),
        face_colors=2,
        moves=(1, 2),
        face_shares=(0.4, 0.4, 0.2),
        cube_shares=(0.2, 0.45, 0.35),
        count_shares=(0.13, 0.13, 0.14, 0.16, 0.14, 0.1, 0.12, 0.03, 0.03, 0.02),
    ),
    Level.MEDIUM: RubiksCubeParams(
        scramble=(5, 8),
        face_colors=3,
        moves=(3, 3),
        face_shares=(0, 0.35, 0.4, 0.25),
        cube_shares=(0, 0.3, 0.4, 0.3),
        count_shares=(0.13, 0.17, 0.17, 0.17, 0.15, 0.1, 0.08, 0.02, 0.01),
    ),
    Level.HARD: RubiksCubeParams(
        scramble=(15, 25),
        face_colors=3,
        moves=(4, 5),
        face_shares=(0, 0, 0.35, 0.4, 0.25),
        cube_shares=(0, 0, 0.3, 0.4, 0.3),
        count_shares=(0.13, 0.2, 0.21, 0.19, 0.17, 0.1),
    ),
}


def generate(rng: Random, plan: RubiksCubeParams, accept: Callable[[State], bool]) -> State | None:
    """Scramble the solved cube until it is not solved and the split fits."""
    for _ in range(SCRAMBLES):
        length = rng.randint(*(plan.scramble if plan.turns is None else (plan.turns, plan.turns + plan.extra)))
        state = State(turned(SOLVED, *scramble(rng, length)))
        if state.stickers != SOLVED and accept(state):
            return state
    return None


def scramble(rng: Random, length: int) -> list[Move]:
    """Return random moves of which none takes back an earlier one, be it at once or after turns of the opposite face.

    No face is turned the same way three times without turns about another axis in between.
    """
    moves: list[Move] = []
    run: tuple[Move, ...] = ()
    for _ in range(length):
        move = rng.choice(_next(run))
        run = (*run, move) if run and _axis(run[0]) == _axis(move) else (move,)
        moves.append(move)
    return moves


@cache
def _next(run: tuple[Move, ...]) -> list[Move]:
    """Return the moves that may follow the latest moves about one axis."""
    return [move for move in MOVES if inverse(move) not in run and run.count(move) < 2]


def _axis(move: Move) -> int:
    return MOVES.index(move) // 4


def perturb(state: State, rng: Random) -> State:
    """Turn one face."""
    others = [State(turned(state.stickers, move)) for move in MOVES]
    return rng.choice([other for other in others if other.stickers != SOLVED])
