"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params

from .state import State


class TemplateParams(Params, frozen=True, kw_only=True):
    """Level parameters; `marks` is an inclusive range. `wanted` is a wish of a plan: how many marks to make."""

    size: Annotated[int, Meta(ge=3, le=15)]
    marks: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
    wanted: int | None = None

    def __post_init__(self) -> None:
        if not self.marks[0] <= self.marks[1] <= self.size**2 - 7:
            raise ValueError(f"marks must be (least, most) and leave 7 of the {self.size**2} cells free")


LEVELS = {
    Level.EASY: TemplateParams(size=5, marks=(3, 8)),
    Level.MEDIUM: TemplateParams(size=7, marks=(8, 15)),
    Level.HARD: TemplateParams(size=9, marks=(15, 30)),
}


def generate(rng: Random, plan: TemplateParams, accept: Callable[[State], bool]) -> State | None:
    """Mark distinct cells at random; None when the board belongs to another split."""
    size = plan.size
    count = plan.wanted if plan.wanted is not None else rng.randint(*plan.marks)
    marked = set(rng.sample(range(size * size), count))
    state = State(tuple(tuple(int(r * size + c in marked) for c in range(size)) for r in range(size)))
    return state if accept(state) else None


def perturb(state: State, rng: Random) -> State:
    """Mark or clear one cell."""
    row, column = rng.randrange(state.size), rng.randrange(state.size)
    board = [list(line) for line in state.board]
    board[row][column] ^= 1
    return State(tuple(map(tuple, board)))
