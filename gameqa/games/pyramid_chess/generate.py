"""Levels and boards: every board is a position of a game played from the empty board."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from random import Random
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.masks import bits

from .rules import Detail, Outcome, Status, best_moves, completed, completing, geometry, placeable, takable
from .state import SUPPLY, Slot, State, slots

Wish = Status | Outcome | Detail | Literal["own", "opponent"]
Count = Annotated[int, Meta(ge=0, le=54)]


class PyramidChessParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    A game is played for a number of turns out of `turns`, and on from there until `balls` and the wishes are met.

    Wishes of a plan: the class `wish` that some slot must have (`own` and `opponent`: the one best move completes a
    block, or takes the slot of the opponent's), the levels `at` which that slot may lie, and the `player` to move.
    """

    size: Annotated[int, Meta(ge=3, le=5)]
    balls: tuple[Count, Count]
    turns: tuple[Annotated[int, Meta(ge=1, le=400)], Annotated[int, Meta(ge=1, le=400)]]
    wish: Wish | None = None
    at: tuple[int, ...] | None = None
    player: Literal[0, 1] | None = None

    def __post_init__(self) -> None:
        for name in ("balls", "turns"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.balls[0] > self.turns[1]:
            raise ValueError("turns must be at least as many as balls")
        if self.balls[0] >= len(slots(self.size)):
            raise ValueError(f"balls must be fewer than the {len(slots(self.size))} slots")


LEVELS = {
    Level.EASY: PyramidChessParams(size=3, balls=(2, 12), turns=(2, 13)),
    Level.MEDIUM: PyramidChessParams(size=4, balls=(5, 27), turns=(5, 30)),
    Level.HARD: PyramidChessParams(size=5, balls=(10, 50), turns=(10, 56)),
}


def any_of(mask: int, rng: Random) -> int:
    """Return one of the slots of a set that is not empty."""
    for _ in range(rng.randrange(mask.bit_count())):
        mask &= mask - 1
    return (mask & -mask).bit_length() - 1


class Turn(NamedTuple):
    """One turn of a game: the ball of `player` goes to the slot `placed`, the balls `taken` go back to his supply."""

    player: int
    placed: int
    taken: tuple[int, ...]
    after: State


def play(rng: Random, size: int) -> Iterator[Turn]:
    """Yield the turns of a game of random moves until it is over.

    Whoever completes blocks takes back one or two balls, so that none of these blocks stays: of a single one any
    free balls, of several at once the ball just placed and perhaps another one.
    """
    top, state, player = len(slots(size)) - 1, State(size, 0, 0), 0
    while state.balls[player].bit_count() < SUPPLY[size][player]:
        placed = any_of(placeable(state), rng)
        blocks = completed(state, player, placed)
        own = state.balls[player] | 1 << placed
        state = _with(state, player, own)
        taken: tuple[int, ...] = ()
        if blocks:
            free = list(bits(rng.choice(blocks) & takable(state)))
            count = min(rng.randint(1, 2), len(free))
            if len(blocks) == 1:
                taken = tuple(rng.sample(free, count))
            else:
                free.remove(placed)
                taken = (placed, *rng.sample(free, count - 1))
            state = _with(state, player, own - sum(1 << number for number in taken))
        yield Turn(player, placed, taken, state)
        if placed == top:
            return
        player = 1 - player


def generate(rng: Random, plan: PyramidChessParams, accept: Callable[[State], bool]) -> State | None:
    """Play a game and stop at a position that meets the plan, turned or mirrored until the split fits.

    In every position both players have a ball left, so either of them may be asked about. After an even number of
    turns PLAYER_0 is to move.
    """
    first, last = rng.randint(*plan.turns), plan.turns[1]
    least, most = plan.balls
    for count, turn in enumerate(play(rng, plan.size), 1):
        state = turn.after
        if count < first or (plan.player is not None and count % 2 != plan.player):
            continue
        if count > last or not _has_balls_left(state):
            return None
        if least <= state.full.bit_count() <= most and (plan.wish is None or wished(state, plan)):
            for way in rng.sample(range(8), 8):
                turned = _turned(state, way)
                if accept(turned):
                    return turned
    return None


def wished(state: State, plan: PyramidChessParams) -> int:
    """Return the slots that have the wished class, on the wished levels."""
    found = _of_class(state, plan)
    if plan.at is not None:
        levels = geometry(state.size).levels
        found &= sum(levels[level] for level in plan.at)
    return found


def perturb(state: State, rng: Random) -> State:
    """Add, take or recolour one ball; no block of one colour arises."""
    free, changes = takable(state), list[State]()
    for number in bits(placeable(state) | free):
        bit = 1 << number
        cleared = State(state.size, state.blue & ~bit, state.red & ~bit)
        changes += [
            _with(cleared, player, cleared.balls[player] | bit)
            for player in (0, 1)
            if cleared.balls[player].bit_count() < SUPPLY[state.size][player] and not completed(cleared, player, number)
        ]
        changes.append(cleared)
    return rng.choice([changed for changed in changes if changed != state])


def _of_class(state: State, plan: PyramidChessParams) -> int:
    every = (1 << len(slots(state.size))) - 1
    wish, player = plan.wish, plan.player or 0
    if wish == "player_0":
        return state.blue
    if wish == "player_1":
        return state.red
    if wish == "empty":
        return every & ~state.full
    if wish == "occupied":
        return state.full
    if wish == "ball_takable":
        return takable(state)
    if wish == "ball_fixed":
        return state.full & ~takable(state)
    if wish == "empty_placeable":
        return placeable(state)
    if wish in ("empty_not_placeable", "not_ready"):
        return every & ~state.full & ~placeable(state)
    if wish == "place_take":
        return completing(state, player)
    if wish == "place_no_take":
        return placeable(state) & ~completing(state, player)
    if wish in ("own", "opponent"):
        is_own, best = best_moves(state, player)
        return best if is_own == (wish == "own") and best.bit_count() == 1 else 0
    return every


def _with(state: State, player: int, own: int) -> State:
    return State(state.size, own, state.red) if player == 0 else State(state.size, state.blue, own)


def _has_balls_left(state: State) -> bool:
    return all(own.bit_count() < most for own, most in zip(state.balls, SUPPLY[state.size], strict=True))


@lru_cache(maxsize=32)
def _way(size: int, way: int) -> tuple[int, ...]:
    """Return where each slot goes, as a bit: mirrored in x (1), in y (2), and then x and y swapped (4)."""
    number, found = geometry(size).number, list[int]()
    for level, x, y in slots(size):
        end = size - 1 - level
        a, b = end - x if way & 1 else x, end - y if way & 2 else y
        found.append(1 << number[Slot(level, b, a) if way & 4 else Slot(level, a, b)])
    return tuple(found)


def _turned(state: State, way: int) -> State:
    """Return the position that the same game, played on a board turned or mirrored, leads to."""
    goes = _way(state.size, way)
    return State(state.size, *(sum(goes[number] for number in bits(own)) for own in state.balls))
