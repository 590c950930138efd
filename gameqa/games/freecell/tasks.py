"""The three questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.words import listed, ordinal

from .generate import FreecellParams
from .rules import (
    HOMES,
    KINDS,
    PILES,
    Area,
    Fault,
    Kind,
    Move,
    Place,
    cell_cards,
    empty_cells,
    fault,
    fits,
    is_due,
    moves,
    open_cards,
    play,
)
from .state import DECK, RANK, RANKS, SUIT, SUITS, Card, CardText, State, is_red

PLACES = """\
FreeCell is played with one deck of 52 cards, all face up: ranks A, 2, 3, ..., 10, J, Q, K from low to high; hearts ♥ \
and diamonds ♦ are red, clubs ♣ and spades ♠ are black. The cards lie in
- cascades: piles in a row, numbered 0, 1, 2, ... from left to right. Within a pile each card lies on the one before \
it; the card on top of all others is the open card;
- free cells: four places, numbered 0 to 3 from left to right, each empty or holding one card;
- foundations: four places for the suits hearts, diamonds, clubs, spades, in this order; each is built up from the ace \
and shows the highest card put there, or is empty."""

BUSY = 0.4
"""Share of samples for which a free cell in use is asked for; play fills one in many of the others as well."""
RIGHT = {
    Kind.PILE_TO_PILE: 0.35,
    Kind.PILE_TO_HOME: 0.25,
    Kind.PILE_TO_CELL: 0.20,
    Kind.CELL_TO_PILE: 0.16,
    Kind.CELL_TO_HOME: 0.04,
}
"""Shares of the kinds of the legal option."""
OPEN_DECOYS = {
    Kind.PILE_TO_PILE: 0.34,
    Kind.PILE_TO_HOME: 0.18,
    Kind.PILE_TO_CELL: 0.23,
    Kind.CELL_TO_PILE: 0.20,
    Kind.CELL_TO_HOME: 0.05,
}
COVERED_DECOYS = {Kind.PILE_TO_PILE: 0.30, Kind.PILE_TO_HOME: 0.50, Kind.PILE_TO_CELL: 0.20}
"""Weights of the kinds of the illegal options, with free and with covered cards. Together they come near `RIGHT`, so
that no kind of move is right more often than others."""
COVERED = 0.6
"""Share of questions in which one illegal option names a covered card."""
STRAY_ACE = 0.1
"""Share of decoys for a foundation that lead an ace to the foundation of another suit."""
FROM_SOURCE, DEEP = 0.64, 0.9
"""Share of asked cascades that lose a card in the last move that concerns them, and of deep ones among these."""
WALKS = 24
"""Routes tried on one board."""

Index = Annotated[int, Meta(ge=0, le=7)]


class CardParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `specified_card`."""

    pile: Index
    n: Annotated[int, Meta(ge=1)]


class MoveJson(msgspec.Struct, forbid_unknown_fields=True):
    """A move in params."""

    card: CardText
    source: Annotated[str, Meta(pattern="^(Cascade [0-7]|FreeCell [0-3])$")] = msgspec.field(name="from")
    target: Annotated[
        str, Meta(pattern="^(Cascade [0-7]|FreeCell [0-3]|Foundation (HEARTS|DIAMONDS|CLUBS|SPADES))$")
    ] = msgspec.field(name="to")


class AfterParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `card_after_move`."""

    moves: Annotated[list[MoveJson], Meta(min_length=1)]
    pile: Index


class SpecifiedCard(Task[State, FreecellParams]):
    """Task 1."""

    id, slug = 1, "specified_card"
    about = "Name the card at a given depth of a cascade."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CardParams
    option_type = CardText
    rules = PLACES

    def plan(self, level: FreecellParams, rng: Random) -> FreecellParams:
        return _busy(level, rng)

    def ask(self, state: State, plan: FreecellParams, rng: Random) -> dict[str, Any]:
        pile = rng.choice([number for number, cards in enumerate(state.piles) if cards])
        return {"pile": pile, "n": rng.randint(1, len(state.piles[pile]))}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Which card is the {ordinal(params['n'])} card from the top of cascade {params['pile']}? The 1st is the "
            "open card (the lowest one in the picture, fully visible; the last one of its line in the text); the "
            "count goes on towards the covered cards (upwards in the picture, leftwards in the text)."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        pile, n = params["pile"], params["n"]
        counted = state.piles[pile][::-1][:n]
        right = counted[n - 1]
        return Solution(
            right,
            [
                f"The open card of cascade {pile} is {counted[0]}. Counting starts with it and goes towards the "
                "covered cards.",
                f"Cards: {', '.join(f'{ordinal(place)} {card}' for place, card in enumerate(counted, 1))}.",
                f"So the {ordinal(n)} card from the top of cascade {pile} is {right}.",
            ],
            work=float(n),
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Card]:
        """Slips of counting: one too few or too many, from the other end, in the pile beside."""
        number, n = params["pile"], params["n"]
        pile = state.piles[number]
        below = len(pile) - n
        slips = [pile[place] for place in (below - 1, below + 1) if 0 <= place < len(pile)]
        slips.append(pile[n - 1])
        beside = state.piles[max(0, number - 1) : number] + state.piles[number + 1 : number + 2]
        as_deep = [near[-n] for near in beside if len(near) >= n]
        slips += rng.sample(as_deep, min(1, len(as_deep)))
        return _card_options(right, slips, (), rng)


class ValidMove(Task[State, FreecellParams]):
    """Task 2."""

    id, slug = 2, "valid_move"
    about = "Find the only legal move among the options."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = MoveJson
    option_count = 4

    def plan(self, level: FreecellParams, rng: Random) -> FreecellParams:
        """Draw the kind of the legal option; some free cell must be in use, so that every kind can be a decoy."""
        return msgspec.structs.replace(level, busy=True, kind=rng.choices([*RIGHT], [*RIGHT.values()])[0])

    def ask(self, state: State, plan: FreecellParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which of these moves is legal now? (A move starts from the card on top of a cascade, the open card, or "
            "from a free cell.)"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        """Every legal move is right; the verdicts discuss the options."""
        legal = [move.to_json() for kind in Kind for move in moves(state, kind)] or [None]
        tops = [f"{pile[-1]} in cascade {number}" for number, pile in enumerate(state.piles) if pile]
        empty = [f"cascade {number}" for number, pile in enumerate(state.piles) if not pile]
        cells = [f"{card} in free cell {place.number}" for card, place in cell_cards(state)]
        due = [DECK[13 * suit + height] for suit, height in enumerate(state.heights) if height < len(RANKS)]
        return Solution(
            legal[0],
            [
                f"The open cards are {listed(tops)}; empty cascades: {listed(empty)}.",
                f"Free cells: {listed(cells)}; empty: {listed(place.number for place in empty_cells(state))}.",
                f"The foundations wait for: {listed(due)}.",
            ],
            also=legal[1:],
            work=float(max(map(len, state.piles))),
        )

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        return fault(state, Move.from_json(value)) is None

    def right_option(
        self, state: State, plan: FreecellParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice([move for kind in Kind if kind is plan.kind for move in moves(state, kind)]).to_json()

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Illegal moves of the kinds that legal ones have; at most one of them with a covered card."""
        chosen = [Move.from_json(right)]
        for number in range(self.option_count - 1):
            covered = number == 0 and rng.random() < COVERED
            weights = dict(COVERED_DECOYS if covered else OPEN_DECOYS)
            while weights:
                kind = rng.choices([*weights], [*weights.values()])[0]
                del weights[kind]
                decoys = _covered_decoys(state, kind, rng) if covered else _open_decoys(state, kind, rng)
                decoys = [move for move in decoys if not any(_tells(move, other) for other in chosen)]
                if decoys:
                    chosen.append(decoys[0])
                    break
        return [move.to_json() for move in chosen[1:]]

    def option_text(self, state: State, value: Any) -> str:
        return _order(Move.from_json(value))

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        move = Move.from_json(value)
        broken = fault(state, move)
        if broken is None:
            return f"{_reason(state, move)}, so the move is legal."
        return f"{_objection(state, move, broken)}, so the move is not legal."

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, [self.listed_answer(state, params)])


class CardAfterMove(Task[State, FreecellParams]):
    """Task 3."""

    id, slug = 3, "card_after_move"
    about = "Name the open card of a cascade after given moves."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = AfterParams
    option_type = CardText

    def plan(self, level: FreecellParams, rng: Random) -> FreecellParams:
        """Draw how the asked cascade is touched last and whether deeply, and leave free cells for the moves."""
        touch: Literal["source", "target"] = "source" if rng.random() < FROM_SOURCE else "target"
        return msgspec.structs.replace(
            _busy(level, rng),
            most_cells=min(level.most_cells, 5 - level.moves),
            touch=touch,
            deep=touch == "source" and level.moves > 1 and rng.random() < DEEP,
        )

    def ask(self, state: State, plan: FreecellParams, rng: Random) -> dict[str, Any] | None:
        """Walk routes until one can be played and leaves a card on the asked cascade."""
        routes = _routes(plan.moves, plan.touch or "source", bool(plan.deep))
        weights = [3 if len(route) - route.count(".") > 1 else 1 for route in routes]
        for route in rng.choices(routes, weights, k=WALKS):
            pile = rng.randrange(len(state.piles))
            played = _walk(state, route, PILES[pile], rng)
            if played:
                return {"moves": [move.to_json() for move in played], "pile": pile}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        played = [Move.from_json(move) for move in params["moves"]]
        lines = [f"{number}) {_order(move)}" for number, move in enumerate(played, 1)]
        order = "this legal move is" if len(lines) == 1 else "these legal moves are"
        return (
            f"From the position shown, {order} played{' in order' if len(lines) > 1 else ''}: {'; '.join(lines)}. "
            f"Which card is then the top card of cascade {params['pile']}, that is its open card, which lies on all "
            "the others (the lowest one in a picture, the last one of the line in a text)?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps: list[str] = []
        for data in params["moves"]:
            move = Move.from_json(data)
            after = play(state, move)
            changes = [_change(state, after, place) for place in (move.source, move.target)]
            steps.append(f"{_order(move)}: {_reason(state, move)}. {' '.join(changes)}")
            state = after
        pile = params["pile"]
        right = state.piles[pile][-1]
        steps.append(
            f"After the last move cascade {pile} holds {_content(state, PILES[pile])}; its open card is {right}."
        )
        return Solution(right, steps, work=float(len(params["moves"])))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, params["moves"])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Card]:
        """The open card before, the moved cards, the next card below, and another open card."""
        number = params["pile"]
        played = [Move.from_json(move) for move in params["moves"]]
        after = state
        for move in played:
            after = play(after, move)
        others = [card for card, place in open_cards(after) if place.number != number]
        slips = [*after.piles[number][-2:-1], *rng.sample(others, min(1, len(others)))]
        named = [*state.piles[number][-1:], *(move.card for move in played)]
        return _card_options(right, slips, named, rng)


def _course(state: State, moves: Iterable[Any]) -> Sequence[Frame[State]] | None:
    """Return the tables that legal moves, as in params, lead to."""

    def after() -> Iterator[tuple[str, State]]:
        now = state
        for data in moves:
            move = Move.from_json(data)
            now = play(now, move)
            yield _order(move), now

    return course(state, after())


def _busy(level: FreecellParams, rng: Random) -> FreecellParams:
    return msgspec.structs.replace(level, busy=rng.random() < BUSY)


def _card_options(right: Card, slips: Sequence[Card], named: Sequence[Card], rng: Random) -> Iterator[Card]:
    """Yield the right rank in another suit, the slips, cards named by the question, and random cards.

    The slips get partners of the same rank as well, or else the right card would be told by its partner.
    """
    tempting = [card for card in dict.fromkeys([*slips, *named]) if card != right]
    partners = [_partner(card, [right, *tempting], rng) for card in rng.sample(slips, len(slips))]
    yield _partner(right, tempting, rng)
    yield from slips
    yield from partners[:1]
    yield from named
    yield from partners[1:]
    yield from (_partner(card, [right, *tempting], rng) for card in named)
    yield from rng.sample(DECK, len(DECK))


def _partner(card: Card, taken: Sequence[Card], rng: Random) -> Card:
    """Return the same rank in another suit, if possible not one of the cards taken."""
    same = [other for other in DECK if RANK[other] == RANK[card] and other != card]
    return rng.choice([other for other in same if other not in taken] or same)


def _covered_decoys(state: State, kind: Kind, rng: Random) -> list[Move]:
    """Return, in random order, moves that would be legal if their card were not covered."""
    covered = [(card, place) for pile, place in zip(state.piles, PILES, strict=False) for card in pile[:-1]]
    rng.shuffle(covered)
    if kind is Kind.PILE_TO_HOME:
        return [Move(card, place, HOMES[SUIT[card]]) for card, place in covered if is_due(state, card)]
    if kind is Kind.PILE_TO_CELL:
        return [Move(*covered[0], cell) for cell in empty_cells(state)]
    return [
        Move(card, place, PILES[number])
        for card, place in covered
        for number, pile in enumerate(state.piles)
        if pile and number != place.number and fits(card, pile)
    ]


def _open_decoys(state: State, kind: Kind, rng: Random) -> list[Move]:
    """Return moves that fail only at their target, the tempting ones first.

    Tempting are near ranks for a cascade and low ranks for a foundation. Kings are left out for cascades: that
    they fit on no card can be told without looking.
    """
    from_cell = kind in (Kind.CELL_TO_PILE, Kind.CELL_TO_HOME)
    movable = cell_cards(state) if from_cell else open_cards(state)
    rng.shuffle(movable)
    if kind is Kind.PILE_TO_CELL:
        return [Move(*rng.choice(movable), cell) for _, cell in cell_cards(state)]
    if kind in (Kind.PILE_TO_HOME, Kind.CELL_TO_HOME):
        aces = [(card, place) for card, place in movable if RANK[card] == 1]
        if aces and rng.random() < STRAY_ACE:
            return [Move(*aces[0], home) for home in rng.sample(HOMES, len(HOMES)) if home.number != SUIT[aces[0][0]]]
        movable.sort(key=lambda held: RANK[held[0]] + 3 * rng.random())
        return [Move(card, place, HOMES[SUIT[card]]) for card, place in movable if not is_due(state, card)]
    decoys = [
        Move(card, place, PILES[number])
        for card, place in movable
        if RANK[card] < len(RANKS)
        for number, pile in enumerate(state.piles)
        if PILES[number] != place and not fits(card, pile)
    ]
    rng.shuffle(decoys)
    return sorted(decoys, key=lambda move: not -1 <= RANK[state.piles[move.target.number][-1]] - RANK[move.card] <= 3)


def _tells(move: Move, other: Move) -> bool:
    """Return whether two options betray each other: one shows what lies at the target of the other, or both need
    the same free cell, so that neither is right."""
    same_cell = move.target.area is Area.CELL and move.target == other.target
    return same_cell or move.target == other.source or move.source == other.target or move == other


@lru_cache(maxsize=64)
def _routes(count: int, touch: str, deep: bool) -> list[str]:
    """Return the routes of `count` moves whose last touch of the asked cascade is as wished.

    A letter stands for a move: `s` takes a card from the cascade, `t` puts one on it, `.` does neither. A route is
    deep when the card that is open afterwards was neither open before nor would be after its last touch alone.
    """
    found: list[str] = []
    for letters in product("st.", repeat=count):
        cards = [*range(count, -1, -1)]
        touches = [letter for letter in letters if letter != "."]
        for number, letter in enumerate(touches, count + 1):
            cards = cards[:-1] if letter == "s" else [*cards, number]
        if touches and touches[-1] == touch[0] and deep == (touch == "source" and cards[-1] not in (0, 1)):
            found.append("".join(letters))
    return found


def _walk(state: State, route: str, pile: Place, rng: Random) -> list[Move] | None:
    """Play random moves along a route; None when it is blocked or leaves the asked cascade empty."""
    played: list[Move] = []
    for letter in route:
        move = _step(state, letter, pile, played, rng)
        if move is None:
            return None
        state = play(state, move)
        played.append(move)
    return played if state.piles[pile.number] else None


def _step(state: State, letter: str, pile: Place, played: Sequence[Move], rng: Random) -> Move | None:
    """Draw a kind and then a move of it that touches the asked cascade as the letter says; no card goes back."""
    for kind in rng.sample([*KINDS.values()], len(KINDS)):
        fitting = [
            move
            for move in moves(state, kind)
            if letter == ("s" if move.source == pile else "t" if move.target == pile else ".")
            and not any(move.undoes(other) for other in played)
        ]
        if fitting:
            return rng.choice(fitting)
    return None


def _name(place: Place) -> str:
    """Return a place in words."""
    if place.area is Area.FOUNDATION:
        return f"the {SUITS[place.number].lower()} foundation"
    return f"{'cascade' if place.area is Area.CASCADE else 'free cell'} {place.number}"


def _order(move: Move) -> str:
    """Return a move in words."""
    return f"{move.card} from {_name(move.source)} to {_name(move.target)}"


def _stand(move: Move) -> str:
    """Return where a card that may move stands."""
    return f"{move.card} is {'the open card of' if move.source.area is Area.CASCADE else 'in'} {_name(move.source)}"


def _wants(card: Card) -> str:
    """Return what a card may be put on in the cascades."""
    if RANK[card] == len(RANKS):
        return "it goes only onto an empty cascade"
    return f"it goes only onto a {'black' if is_red(card) else 'red'} {RANKS[RANK[card]]} or onto an empty cascade"


def _home(state: State, suit: int) -> str:
    """Return what a foundation shows and waits for."""
    height = state.heights[suit]
    shown = f"shows {DECK[13 * suit + height - 1]}" if height else "is empty"
    return f"{_name(HOMES[suit])} {shown} and waits for {DECK[13 * suit + height]}"


def _reason(state: State, move: Move) -> str:
    """Return why a legal move is legal, without a full stop."""
    area, index = move.target
    if area is Area.FOUNDATION:
        return f"{_stand(move)}, and {_home(state, index)}"
    if area is Area.CELL:
        return f"{_stand(move)}, and {_name(move.target)} is empty"
    if not state.piles[index]:
        return f"{_stand(move)}, and {_name(move.target)} is empty, so it takes any card"
    top = state.piles[index][-1]
    return f"{_stand(move)}; {_wants(move.card)}, and {top} is the open card of {_name(move.target)}"


def _objection(state: State, move: Move, broken: Fault) -> str:
    """Return why an illegal move is illegal, without a full stop."""
    index = move.target.number
    match broken:
        case Fault.ABSENT:
            return f"{move.card} is not in {_name(move.source)}"
        case Fault.COVERED:
            above = state.piles[move.source.number]
            cover = above[above.index(move.card) + 1]
            return f"{move.card} is in {_name(move.source)}, but covered by {cover}"
        case Fault.NO_SUCH_MOVE:
            return f"no move leads from {_name(move.source)} to {_name(move.target)}"
        case Fault.CELL_TAKEN:
            return f"{_stand(move)}, but {_name(move.target)} already holds {state.cells[index]}"
        case Fault.OTHER_SUIT:
            own = _name(HOMES[SUIT[move.card]])
            return f"{_stand(move)}, but {_name(move.target)} is not of its suit; it may only go to {own}"
        case Fault.NOT_DUE:
            return f"{_stand(move)}, but {_home(state, index)}"
        case Fault.SAME_COLOR | Fault.WRONG_RANK:
            top = state.piles[index][-1]
            return f"{_stand(move)}; {_wants(move.card)}, but {top} is the open card of {_name(move.target)}"


def _content(state: State, place: Place) -> str:
    """Return the last three cards of a cascade, or the card that a free cell or foundation shows."""
    area, index = place
    if area is Area.CASCADE:
        pile = state.piles[index]
        return ("... " if len(pile) > 3 else "") + ", ".join(pile[-3:]) if pile else "empty"
    if area is Area.CELL:
        return state.cells[index] or "empty"
    return DECK[13 * index + state.heights[index] - 1] if state.heights[index] else "empty"


def _change(before: State, after: State, place: Place) -> str:
    """Return what a place shows before and after a move."""
    name = _name(place).removeprefix("the ").capitalize()
    return f"{name}: {_content(before, place)} before; {_content(after, place)} after."


TASKS = (SpecifiedCard(), ValidMove(), CardAfterMove())
