"""Levels and boards."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.options import shuffled

from .rules import Wish, carried, granting, home_moves, is_useful, tab_moves
from .state import DECK, MOST_LEFT, ONTO, RANK, SUIT, SUITS, TABS, Card, State, foundation

LAYOUTS, REPAIRS = 100, 60
"""Boards laid out in search of one that grants the plan, and changes made to each on the way to the plan."""
VARIANTS = 60
"""Variants of such a board that are offered to the split."""
MOST_WASTE = 6

FaceUp = Annotated[int, Meta(ge=8, le=36)]
Height = Annotated[int, Meta(ge=0, le=10)]


class KlondikeParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `face_up` is the number of face-up cards in the tableau, `heights` the height of each foundation, `dry_heights` the
    same for boards whose stock and waste are empty, `empty` the probability of an empty tableau pile. The other fields
    are wishes of a plan: `dry`, that stock and waste are empty; `home`, that some card can go to a foundation;
    `useful`, that some Tab to Tab move turns over a card or empties a pile; `twist`, that all such moves carry several
    cards or, without `useful`, that some other Tab to Tab move is legal; `wish`, that a move of a class is legal.
    """

    face_up: tuple[FaceUp, FaceUp]
    heights: tuple[Height, Height] = (0, 4)
    dry_heights: tuple[Height, Height] = (2, 8)
    empty: Annotated[float, Meta(ge=0, le=1)] = 0.15
    dry: bool = False
    home: bool | None = None
    useful: bool | None = None
    twist: bool = False
    wish: Wish | None = None

    def __post_init__(self) -> None:
        for name in ("face_up", "heights", "dry_heights"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")


LEVELS = {
    Level.EASY: KlondikeParams(face_up=(8, 14)),
    Level.MEDIUM: KlondikeParams(face_up=(15, 21)),
    Level.HARD: KlondikeParams(face_up=(22, 30)),
}


def generate(rng: Random, plan: KlondikeParams, accept: Callable[[State], bool]) -> State | None:
    """Lay out boards until one grants the plan, then vary what is free for the split."""
    for _ in range(LAYOUTS):
        state = _lay_out(rng, plan)
        if state is not None:
            state = _repair(state, plan, rng)
        if state is not None:
            break
    else:
        return None
    for _ in range(VARIANTS):
        variant = _vary(state, rng)
        if variant is not None and not _misses(variant, plan) and accept(variant):
            return variant
    return None


def _lay_out(rng: Random, plan: KlondikeParams) -> State | None:
    """Build foundations, runs, face-down cards, waste and stock; None when the cards do not work out."""
    low, high = plan.dry_heights if plan.dry else plan.heights
    piles = tuple(foundation(suit, rng.randint(low, high)) for suit in rng.sample(SUITS, len(SUITS)))
    built = {card for pile in piles for card in pile}
    left = [card for card in DECK if card not in built]
    rng.shuffle(left)
    total = rng.randint(*plan.face_up)
    if total > len(left):
        return None
    runs = _runs(rng, left, total, TABS - (rng.random() < plan.empty))
    shown = {card for run in runs for card in run}
    if not plan.face_up[0] <= len(shown) <= plan.face_up[1]:
        return None
    left = [card for card in left if card not in shown]
    room = [number if run else 0 for number, run in enumerate(runs)]
    hidden = _hide(rng, room, len(left) if plan.dry else sum(rng.randint(0, most) for most in room))
    if hidden is None:
        return None
    rest = len(left) - sum(hidden)
    if not plan.dry and not 1 <= rest <= MOST_LEFT:
        return None
    least = int(plan.wish in (Wish.WASTE_TAB, Wish.WASTE_HOME))
    dump = tuple(left[: min(rest, rng.randint(least, MOST_WASTE))])
    return State(rest - len(dump), dump, piles, hidden, runs)


def _runs(rng: Random, left: list[Card], total: int, number: int) -> tuple[tuple[Card, ...], ...]:
    """Return seven runs, `number` of them not empty, with about `total` cards in all.

    Each starts high enough for its share of the cards; what it lacks all the same goes to the next one.
    """
    lengths = [1] * number
    for _ in range(total - number):
        lengths[rng.randrange(number)] += 1
    free, lacking = set(left), 0
    runs: list[tuple[Card, ...]] = [()] * (TABS - number)
    for length in lengths:
        run = _run(rng, [card for card in left if card in free], length + lacking)
        free.difference_update(run)
        lacking += length - len(run)
        runs.append(run)
    return tuple(shuffled(runs, rng))


def _run(rng: Random, free: list[Card], length: int) -> tuple[Card, ...]:
    """Return a run of free cards (given in random order) that is at most so long."""
    card = next((card for card in free if RANK[card] >= length), free[0])
    run = [card]
    while len(run) < length:
        fitting = [other for other in ONTO[run[-1]] if other in free]
        if not fitting:
            break
        run.append(rng.choice(fitting))
    return tuple(run)


def _hide(rng: Random, room: list[int], total: int) -> tuple[int, ...] | None:
    """Spread face-down cards over piles that have room for so many each."""
    places = [number for number, most in enumerate(room) for _ in range(most)]
    if total > len(places):
        return None
    chosen = rng.sample(places, total)
    return tuple(chosen.count(number) for number in range(len(room)))


def _repair(state: State, plan: KlondikeParams, rng: Random) -> State | None:
    """Exchange single runs for others of the same length, or the waste, until the plan is granted.

    Plans that one of some hundred boards grants are met after a dozen changes, as none for the worse is kept.
    """
    misses = _misses(state, plan)
    for _ in range(REPAIRS):
        if not misses:
            return state
        other = _exchange(state, rng)
        found = _misses(other, plan)
        if found <= misses:
            state, misses = other, found
    return None if misses else state


def _exchange(state: State, rng: Random) -> State:
    """Lay one run, or the waste, anew from its own cards and those that are not seen; how many lie where stays."""
    number = rng.randrange(TABS + 1)
    kept = [*state.piles, *state.runs[:number], *state.runs[number + 1 :], *([state.dump] if number < TABS else [])]
    seen = {card for cards in kept for card in cards}
    free = [card for card in DECK if card not in seen]
    rng.shuffle(free)
    if number == TABS:
        return replace(state, dump=tuple(free[: len(state.dump)]))
    run = _run(rng, free, len(state.runs[number])) if state.runs[number] else ()
    if len(run) != len(state.runs[number]):
        return state
    return replace(state, runs=(*state.runs[:number], run, *state.runs[number + 1 :]))


def _misses(state: State, plan: KlondikeParams) -> int:
    """Return how far a board is from what the plan wishes: the number of moves too many, 1 for each that lacks."""
    misses = int(plan.wish is not None and not granting(state, plan.wish))
    if plan.home is not None:
        found = len(home_moves(state))
        misses += not found if plan.home else found
    if plan.useful is None:
        return misses
    moves = tab_moves(state)
    useful = [move for move in moves if is_useful(state, move)]
    if not plan.useful:
        return misses + len(useful) + (plan.twist and not moves)
    light = [move for move in useful if len(carried(state, move)) == 1]
    return misses + (not useful or (len(light) if plan.twist else 0))


def _vary(state: State, rng: Random) -> State | None:
    """Exchange hearts with diamonds and clubs with spades, mix the foundations and the runs, hide the cards anew.

    The runs lie as well on one pile as on another, as long as Tab k has at most k-1 face-down cards.
    """
    red, black = shuffled(SUITS[:2], rng), shuffled(SUITS[2:], rng)
    suits = dict(zip(SUITS, (*red, *black), strict=True))

    def swap(cards: tuple[Card, ...]) -> tuple[Card, ...]:
        return tuple(f"{suits[SUIT[card]]} {RANK[card]}" for card in cards)

    runs = tuple(shuffled(map(swap, state.runs), rng))
    hidden = _hide(rng, [number if run else 0 for number, run in enumerate(runs)], sum(state.hidden))
    if hidden is None:
        return None
    return State(state.draw, swap(state.dump), tuple(shuffled(map(swap, state.piles), rng)), hidden, runs)


def perturb(state: State, rng: Random) -> State:
    """Exchange a visible card with its twin, exchange two foundations, move a face-down card to or from the stock."""
    return rng.choice([*_twins(state), *_exchanges(state), *_turns(state)])


def _twins(state: State) -> list[State]:
    """Exchange one face-up card with the one of equal rank and colour, wherever it is outside the foundations."""
    built = {card for pile in state.piles for card in pile}
    twin = {card: other for card in DECK for other in DECK if RANK[card] == RANK[other] and _mates(card, other)}
    visible = [card for run in (*state.runs, state.dump[-1:]) for card in run if twin[card] not in built]
    made: list[State] = []
    for card in visible:
        swap = {card: twin[card], twin[card]: card}
        runs = tuple(tuple(swap.get(other, other) for other in run) for run in state.runs)
        made.append(replace(state, dump=tuple(swap.get(other, other) for other in state.dump), runs=runs))
    return made


def _mates(card: Card, other: Card) -> bool:
    """Return whether two cards have the two suits of one colour."""
    return {SUIT[card], SUIT[other]} in ({*SUITS[:2]}, {*SUITS[2:]})


def _exchanges(state: State) -> list[State]:
    """Exchange two foundations that look different."""
    made: list[State] = []
    for one in range(len(state.piles)):
        for other in range(one):
            if state.piles[one] != state.piles[other]:
                piles = list(state.piles)
                piles[one], piles[other] = piles[other], piles[one]
                made.append(replace(state, piles=tuple(piles)))
    return made


def _turns(state: State) -> list[State]:
    """Move one face-down card from a pile to the stock or back, so that both may still look so in a game."""
    made: list[State] = []
    for number, hidden in enumerate(state.hidden):
        changes = [-1] if hidden and state.draw + len(state.dump) < MOST_LEFT else []
        changes += [1] if hidden < number and state.draw and state.runs[number] else []
        for change in changes:
            counts = (*state.hidden[:number], hidden + change, *state.hidden[number + 1 :])
            made.append(replace(state, draw=state.draw - change, hidden=counts))
    return made
