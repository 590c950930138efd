"""Levels, and tables built directly."""

from collections.abc import Callable
from math import ceil
from random import Random
from typing import Annotated, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import deal, is_complete, moves
from .state import DEALS, DECKS, KING, State

Runs = list[list[int]]

PUT_AWAY = {0: 0.45, 1: 0.30, 2: 0.125, 3: 0.125}
"""Weights of the numbers of runs on the foundations."""
LENGTHS = {1: 35, 2: 25, 3: 18, 4: 11, 5: 7, 6: 4}
"""Weights of the lengths of the face-up runs that are laid."""
EMPTY = 0.10
"""Share of tables with an empty pile."""
FEWEST_HIDDEN = 0.2
"""Least part of the room for face-down cards that is used."""
MOST_OPEN, MOST_OPEN_DEAD = 6, 2
"""Face-up cards per pile on average, at most; the second where nothing may be movable."""
LONGEST = 22
"""Most cards of a pile."""
TRIES = 600
"""Numbers of cards drawn until they add up."""
SHUFFLES = 60
"""Orders of the piles that are tried to hit the wanted split."""


class SpiderParams(Params, frozen=True, kw_only=True):
    """Level parameters: `caps[p]` is the largest number of face-down cards of pile p.

    The other fields are wishes of a plan: `deals` left in the stock; `empty`, that one pile is empty; `top`, that a
    top card has this rank; `complete`, that a run from king to ace lies open; `reveal`, that all face-up cards of
    some pile can leave it at once; `bare`, that some pile has no face-down card; `dead`, that no card can be moved.
    `answer`, `clicks` and `twist` are for the questions alone.
    """

    caps: Annotated[tuple[Annotated[int, Meta(ge=1, le=7)], ...], Meta(min_length=8, max_length=10)]
    deals: Annotated[int, Meta(ge=0, le=DEALS)] | None = None
    empty: bool | None = None
    top: Annotated[int, Meta(ge=1, le=KING)] | None = None
    complete: bool = False
    reveal: bool = False
    bare: bool = False
    dead: bool = False
    answer: str | None = None
    clicks: int | None = None
    twist: bool | None = None


LEVELS = {
    Level.EASY: SpiderParams(caps=(7,) * 8),
    Level.MEDIUM: SpiderParams(caps=(6,) * 5 + (5,) * 4),
    Level.HARD: SpiderParams(caps=(5,) * 4 + (4,) * 6),
}


class _Totals(NamedTuple):
    """How many cards lie where: deals in the stock, complete runs, face-down and face-up cards of the piles."""

    deals: int
    put_away: int
    hidden: int
    open: int


def generate(rng: Random, plan: SpiderParams, accept: Callable[[State], bool]) -> State | None:
    """Draw the numbers of cards, the face-up runs and the place of each; then shuffle the piles for the split."""
    piles = list(range(len(plan.caps)))
    empty = plan.empty if plan.empty is not None else rng.random() < EMPTY
    if empty:
        piles.remove(rng.choice(piles))
    totals = _totals(rng, plan, piles)
    if totals is None:
        return None
    left = [DECKS - totals.put_away] * KING
    if plan.dead:
        placed = _dead_piles(rng, plan, left, totals.open, piles), None
    else:
        placed = _place(rng, plan, _runs(rng, plan, left, totals.open, piles), piles)
    if placed is None:
        return None
    laid, alone = placed
    hidden = _split(rng, plan, totals.hidden, piles, alone)
    below = [rank for rank, count in enumerate(left, 1) for _ in range(count)]
    rng.shuffle(below)
    ends = [sum(hidden[: pile + 1]) for pile in range(len(hidden))]
    table = State(
        tuple(below[totals.hidden :]),
        tuple((*below[end - count : end], *up) for end, count, up in zip(ends, hidden, laid, strict=True)),
        tuple(hidden),
        totals.put_away,
    )
    if not _grants(table, plan):
        return None
    for _ in range(SHUFFLES):
        state = _shuffle_piles(table, plan, rng)
        if accept(state):
            return state
    return None


def _totals(rng: Random, plan: SpiderParams, piles: list[int]) -> _Totals | None:
    """Draw numbers that add up to eight decks and suit the piles."""
    size, room = len(plan.caps), sum(plan.caps)
    deals = plan.deals if plan.deals is not None else rng.randint(int(plan.dead), DEALS)
    low = len(piles) + (KING - 1 if plan.complete else 0)
    high = (MOST_OPEN_DEAD if plan.dead else MOST_OPEN) * size
    space = sum(plan.caps[pile] for pile in piles) - (max(plan.caps) if plan.bare else 0)
    for put_away in rng.choices([*PUT_AWAY], [*PUT_AWAY.values()], k=TRIES):
        hidden = rng.randint(ceil(FEWEST_HIDDEN * room), room)
        up = KING * (DECKS - put_away) - size * deals - hidden
        if max(low, size) <= up <= high and hidden <= space:
            return _Totals(deals, put_away, hidden, up)
    return None


def _take(left: list[int], start: int, length: int) -> list[int]:
    """Take a run off the ranks left: from `start` downwards, at most `length` cards."""
    run: list[int] = []
    while len(run) < length and start > 0 and left[start - 1]:
        left[start - 1] -= 1
        run.append(start)
        start -= 1
    return run


def _runs(rng: Random, plan: SpiderParams, left: list[int], cards: int, piles: list[int]) -> Runs:
    """Draw face-up runs with so many cards in all, at least one for each pile; a complete one comes last."""
    last = [_take(left, KING, KING)] if plan.complete else []
    cards -= KING * len(last)
    needed = len(piles) - len(last)
    runs: Runs = []
    lengths, weights = [*LENGTHS], [*LENGTHS.values()]
    while cards > 0:
        length = min(rng.choices(lengths, weights)[0], cards - max(0, needed - len(runs) - 1))
        runs.append(_take(left, rng.choice([rank for rank in range(1, KING + 1) if left[rank - 1]]), length))
        cards -= len(runs[-1])
    return runs + last


def _dead_piles(rng: Random, plan: SpiderParams, left: list[int], cards: int, piles: list[int]) -> Runs:
    """Draw the face-up cards of each pile so that none can be moved: each pile ends on one of a few ranks.

    No two of these ranks are neighbours, and the runs that end on them stay below the next one.
    """
    ends: list[int] = []
    rank = rng.randint(1, 3)
    while rank <= KING:
        ends.append(rank)
        rank += rng.choice((2, 2, 3))
    tops: Runs = []
    for others in reversed(range(len(piles))):
        end = rng.choice([end for end in ends if left[end - 1]])
        above = min([other for other in ends if other > end], default=KING + 2)
        length = min(rng.choices((1, 2), (3, 1))[0], above - end - 1, cards - others)
        tops.append(_take(left, end + length - 1, length) if left[end + length - 2] else _take(left, end, 1))
        cards -= len(tops[-1])
    laid: Runs = [[] for _ in plan.caps]
    while cards > 0:
        run = _take(left, rng.choice([rank for rank in range(1, KING + 1) if left[rank - 1]]), min(2, cards))
        laid[rng.choice(piles)] += run
        cards -= len(run)
    for pile, run in zip(piles, tops, strict=True):
        laid[pile] += run
    return laid


def _place(rng: Random, plan: SpiderParams, runs: Runs, piles: list[int]) -> tuple[Runs, int | None] | None:
    """Lay the runs on the piles; return the face-up cards of each and, for a reveal, the pile of the movable run.

    The first runs go one on each pile, the others on random ones. For a reveal, one run stays alone on its pile; it
    is the complete one, or one that fits onto the end of a run that is laid last.
    """
    laid: Runs = [[] for _ in plan.caps]
    order, rest = rng.sample(piles, len(piles)), list(runs)
    alone, final = None, list[int]()
    if plan.reveal and plan.complete:
        alone = order.pop()
        laid[alone] += rest.pop()
    elif plan.reveal:
        pairs = [
            (one, two) for one in range(len(rest)) for two in range(len(rest)) if rest[two][-1] == rest[one][0] + 1
        ]
        if not pairs:
            return None
        one, two = rng.choice(pairs)
        alone = order.pop()
        laid[alone] += rest[one]
        final = rest[two]
        rest = [run for number, run in enumerate(rest) if number not in (one, two)]
    elif plan.complete:
        final = rest.pop()
    ground = list(order)
    if final and len(rest) < len(order):
        laid[order.pop()] += final
        final = []
    for number, run in enumerate(rest):
        laid[order[number] if number < len(order) else rng.choice(ground)] += run
    if final:
        laid[rng.choice(ground)] += final
    return laid, alone


def _split(rng: Random, plan: SpiderParams, cards: int, piles: list[int], alone: int | None) -> list[int]:
    """Split the face-down cards over the piles within their caps; at least one under a run that is to reveal it."""
    hidden = [0] * len(plan.caps)
    order = rng.sample(piles, len(piles))
    if plan.bare:
        order.pop()
    room = sum(plan.caps[pile] for pile in order)
    for pile in order:
        room -= plan.caps[pile]
        hidden[pile] = rng.randint(max(0, cards - room), min(plan.caps[pile], cards))
        cards -= hidden[pile]
    if alone is not None and not hidden[alone]:
        donor = rng.choice([pile for pile in order if hidden[pile]])
        hidden[donor] -= 1
        hidden[alone] += 1
    return hidden


def _grants(state: State, plan: SpiderParams) -> bool:
    """Return whether a table keeps the bounds and the wishes that only chance grants."""
    if max(map(len, state.piles)) > LONGEST:
        return False
    if plan.top is not None and not any(pile and pile[-1] == plan.top for pile in state.piles):
        return False
    if sum(is_complete(state, pile) for pile in range(len(state.piles))) != plan.complete:
        return False
    return not (plan.dead and moves(state))


def _shuffle_piles(state: State, plan: SpiderParams, rng: Random) -> State:
    """Shuffle the piles that may hold equally many face-down cards: every order is as likely to be built."""
    order = list(range(len(state.piles)))
    for cap in sorted(set(plan.caps)):
        alike = [pile for pile in order if plan.caps[pile] == cap]
        mixed = rng.sample(alike, len(alike))
        for place, pile in zip(alike, mixed, strict=True):
            order[place] = pile
    return State(
        state.stock,
        tuple(state.piles[pile] for pile in order),
        tuple(state.hidden[pile] for pile in order),
        state.foundations,
    )


def perturb(state: State, rng: Random) -> State:
    """Deal from the stock, turn a face-down card over, or exchange two face-up cards of different ranks."""
    kind, piles = rng.randrange(3), [list(pile) for pile in state.piles]
    covered = [pile for pile, count in enumerate(state.hidden) if count]
    if kind == 0 and state.stock and all(piles):
        return deal(state)
    if kind == 1 and covered:
        turned = rng.choice(covered)
        hidden = tuple(count - (pile == turned) for pile, count in enumerate(state.hidden))
        return State(state.stock, state.piles, hidden, state.foundations)
    shown = [(pile, card) for pile, count in enumerate(state.hidden) for card in range(count, len(piles[pile]))]
    one = rng.choice(shown)
    other = rng.choice([place for place in shown if piles[place[0]][place[1]] != piles[one[0]][one[1]]])
    (a, i), (b, j) = one, other
    piles[a][i], piles[b][j] = piles[b][j], piles[a][i]
    return State(state.stock, tuple(map(tuple, piles)), state.hidden, state.foundations)
