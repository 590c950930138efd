"""Moves: which are legal, how many cards they carry, what they lead to."""

from enum import StrEnum
from typing import NamedTuple, Self

from .state import FOUNDATIONS, ONTO, RANK, SUIT, TABS, Card, State


class Area(StrEnum):
    """The parts of the table that moves lead from or to."""

    TAB = "Tab"
    WASTE = "Waste"
    FOUNDATION = "Foundation"


class Place(NamedTuple):
    """A tableau pile or a foundation, counted from 1, or the waste (number 0)."""

    area: Area
    number: int

    def __str__(self) -> str:
        if self.area is Area.WASTE:
            return "Waste"
        return f"Tab{self.number}" if self.area is Area.TAB else f"Foundation {self.number}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that `str` writes."""
        area = next(area for area in Area if text.startswith(area))
        return cls(area, int(text[len(area) :] or 0))


WASTE = Place(Area.WASTE, 0)
TAB_PLACES = tuple(Place(Area.TAB, number) for number in range(1, TABS + 1))
HOMES = tuple(Place(Area.FOUNDATION, number) for number in range(1, FOUNDATIONS + 1))


class Move(NamedTuple):
    """One move, not necessarily legal; a legal one is fully described by where it leads from and to."""

    source: Place
    target: Place

    def __str__(self) -> str:
        return f"{self.source} to {self.target}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the move that `str` writes."""
        source, target = text.split(" to ")
        return cls(Place.read(source), Place.read(target))


class Kind(StrEnum):
    """Moves by the areas they lead from and to."""

    TAB_TO_TAB = "Tab to Tab"
    TAB_TO_HOME = "Tab to Foundation"
    WASTE_TO_TAB = "Waste to Tab"
    WASTE_TO_HOME = "Waste to Foundation"


MOVES: dict[Kind, tuple[Move, ...]] = {
    Kind.TAB_TO_TAB: tuple(Move(one, other) for one in TAB_PLACES for other in TAB_PLACES if one != other),
    Kind.TAB_TO_HOME: tuple(Move(tab, home) for tab in TAB_PLACES for home in HOMES),
    Kind.WASTE_TO_TAB: tuple(Move(WASTE, tab) for tab in TAB_PLACES),
    Kind.WASTE_TO_HOME: tuple(Move(WASTE, home) for home in HOMES),
}


class Effect(StrEnum):
    """What a legal move does first of these."""

    HOME = "puts a card on a foundation"
    TURN = "turns over a face-down card"
    EMPTY = "empties a tableau pile without filling an empty one"
    NOTHING = "none of these"


def movable(state: State, source: Place) -> tuple[Card, ...]:
    """Return the face-up cards of a place, the open card or top waste card last; covered waste cards do not count."""
    return state.dump[-1:] if source.area is Area.WASTE else state.runs[source.number - 1]


def fits(card: Card, run: tuple[Card, ...]) -> bool:
    """Return whether a card may be laid on a tableau pile: one rank lower, other colour; on an empty one a king."""
    return card in ONTO[run[-1]] if run else RANK[card] == 13


def due(card: Card, pile: tuple[Card, ...]) -> bool:
    """Return whether a card is the next one of a foundation."""
    return RANK[card] == len(pile) + 1 and (not pile or SUIT[pile[0]] == SUIT[card])


def carried(state: State, move: Move) -> tuple[Card, ...]:
    """Return the cards that a legal move carries; an illegal one carries none."""
    source, target = move
    cards = movable(state, source)
    if target.area is Area.FOUNDATION:
        return cards[-1:] if cards and due(cards[-1], state.piles[target.number - 1]) else ()
    if source == target:
        return ()
    run = state.runs[target.number - 1]
    return next((cards[depth:] for depth, card in enumerate(cards) if fits(card, run)), ())


def play(state: State, move: Move) -> State | None:
    """Return the table after a legal move; None when it turns over a card, for nobody knows which."""
    cards = carried(state, move)
    if not cards:
        raise ValueError(f"the move {move} is not legal")
    source, target = move
    dump, piles, runs = state.dump, list(state.piles), list(state.runs)
    if source.area is Area.WASTE:
        dump = dump[:-1]
    else:
        runs[source.number - 1] = runs[source.number - 1][: -len(cards)]
        if not runs[source.number - 1] and state.hidden[source.number - 1]:
            return None
    put = piles if target.area is Area.FOUNDATION else runs
    put[target.number - 1] += cards
    return State(state.draw, dump, tuple(piles), state.hidden, tuple(runs))


def effect(state: State, move: Move) -> Effect | None:
    """Return what a move does, or None: it is not legal."""
    cards = carried(state, move)
    if not cards:
        return None
    source, target = move
    if target.area is Area.FOUNDATION:
        return Effect.HOME
    if source.area is Area.WASTE or len(cards) < len(movable(state, source)):
        return Effect.NOTHING
    if state.hidden[source.number - 1]:
        return Effect.TURN
    return Effect.EMPTY if state.runs[target.number - 1] else Effect.NOTHING


def tab_moves(state: State) -> list[Move]:
    """Return the legal moves from Tab to Tab, found from the few cards that each open card takes."""
    places = {card: place for place, run in zip(TAB_PLACES, state.runs, strict=True) for card in run}
    found: list[Move] = []
    for target, run in zip(TAB_PLACES, state.runs, strict=True):
        if run:
            found += [Move(places[card], target) for card in ONTO[run[-1]] if places.get(card, target) != target]
        else:
            starts = zip(TAB_PLACES, state.runs, strict=True)
            found += [Move(source, target) for source, other in starts if other and RANK[other[0]] == 13]
    return found


def home_moves(state: State) -> list[Move]:
    """Return the legal moves to a foundation, those from the waste last."""
    tops = [(place, run[-1]) for place, run in zip(TAB_PLACES, state.runs, strict=True) if run]
    tops += [(WASTE, card) for card in state.dump[-1:]]
    return [
        Move(source, home)
        for source, card in tops
        for home, pile in zip(HOMES, state.piles, strict=True)
        if due(card, pile)
    ]


def legal_moves(state: State) -> list[Move]:
    """Return every legal move."""
    onto_tabs = [
        Move(WASTE, tab)
        for card in state.dump[-1:]
        for tab, run in zip(TAB_PLACES, state.runs, strict=True)
        if fits(card, run)
    ]
    return [*tab_moves(state), *home_moves(state), *onto_tabs]


def is_useful(state: State, move: Move) -> bool:
    """Return whether a move from Tab to Tab turns over a card or empties a pile without filling an empty one."""
    return effect(state, move) in (Effect.TURN, Effect.EMPTY)


class Wish(StrEnum):
    """Classes of legal moves that a question may want to be there."""

    CARD = "one card from Tab to Tab, onto a card"
    RUN = "several cards from Tab to Tab, onto a card"
    KING = "a king from Tab to an empty Tab"
    TAB_HOME = "from Tab to a foundation"
    WASTE_TAB = "from the waste to a Tab"
    WASTE_HOME = "from the waste to a foundation"
    TURN = "from Tab to Tab, turning over a card"
    EMPTY = "from Tab to Tab, emptying a pile"


def granting(state: State, wish: Wish) -> list[Move]:
    """Return the legal moves of a class."""
    if wish in (Wish.TAB_HOME, Wish.WASTE_HOME):
        from_waste = wish is Wish.WASTE_HOME
        return [move for move in home_moves(state) if (move.source == WASTE) == from_waste]
    if wish is Wish.WASTE_TAB:
        return [move for move in MOVES[Kind.WASTE_TO_TAB] if carried(state, move)]
    found = tab_moves(state)
    if wish is Wish.TURN:
        return [move for move in found if effect(state, move) is Effect.TURN]
    if wish is Wish.EMPTY:
        return [move for move in found if effect(state, move) is Effect.EMPTY]
    if wish is Wish.KING:
        return [move for move in found if not state.runs[move.target.number - 1]]
    onto_cards = [move for move in found if state.runs[move.target.number - 1]]
    return [move for move in onto_cards if (len(carried(state, move)) > 1) == (wish is Wish.RUN)]
