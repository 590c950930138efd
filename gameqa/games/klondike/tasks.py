"""The three questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.options import shuffled
from gameqa.core.words import counted, listed

from .generate import KlondikeParams
from .rules import (
    MOVES,
    TAB_PLACES,
    WASTE,
    Area,
    Effect,
    Kind,
    Move,
    Wish,
    carried,
    effect,
    granting,
    home_moves,
    is_useful,
    legal_moves,
    movable,
    play,
    tab_moves,
)
from .state import RANK, RANKS, RED, SIGNS, SUIT, TAKERS, Card, State, name

NONE = "none"
VALID_SHARES: dict[Wish | None, float] = {
    None: 0.135,
    Wish.CARD: 0.242,
    Wish.RUN: 0.121,
    Wish.KING: 0.026,
    Wish.TAB_HOME: 0.216,
    Wish.WASTE_TAB: 0.13,
    Wish.WASTE_HOME: 0.13,
}
"""Shares of the right answers of `valid_move`; None: no listed move is legal."""
VALID_DECOYS = {Kind.TAB_TO_TAB: 0.45, Kind.TAB_TO_HOME: 0.25, Kind.WASTE_TO_TAB: 0.15, Kind.WASTE_TO_HOME: 0.15}
"""Weights of the kinds of illegal moves: those of the right ones, so that no kind is right more often than others."""
EFFECTIVE_SHARES: dict[Wish | None, float] = {
    None: 0.15,
    Wish.TURN: 0.45,
    Wish.EMPTY: 0.20,
    Wish.TAB_HOME: 0.13,
    Wish.WASTE_HOME: 0.07,
}
"""Shares of the right answers of `effective_move`."""
EFFECTIVE_DECOYS = {Kind.TAB_TO_TAB: 0.69, Kind.TAB_TO_HOME: 0.16, Kind.WASTE_TO_TAB: 0.06, Kind.WASTE_TO_HOME: 0.09}
"""Weights of the kinds of illegal moves there; legal ones without effect come on top."""
IDLE = 3
"""Most legal moves without effect among the options of `effective_move`."""
NEAR = 4
"""Fewest near misses among the illegal moves of `valid_move`."""
TWIST = (0.45, 0.6)
"""How often `deadlock` asks for a position in which useless Tab to Tab moves mislead, and for one in which the useful
ones carry several cards."""

MoveText = Annotated[str, Meta(pattern="^(none|(Tab[1-7]|Waste) to (Tab[1-7]|Foundation [1-4]))$")]


class Facts(msgspec.Struct, forbid_unknown_fields=True):
    """An option of `deadlock`."""

    stock_and_waste_empty: bool
    foundation_move: bool
    tableau_move: bool


class MoveTask(Task[State, KlondikeParams]):
    """A question whose options are seven moves, of which at most one is as asked for, and "none"."""

    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = MoveText
    judges_list = True

    def ask(self, state: State, plan: KlondikeParams, rng: Random) -> dict[str, Any]:
        return {}

    def fulfils(self, state: State, move: Move) -> bool:
        """Return whether a move is as asked for."""
        raise NotImplementedError

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        """Every move that is as asked for is right; the verdicts discuss the options."""
        right = [str(move) for move in legal_moves(state) if self.fulfils(state, move)]
        runs = [f"{tab} {_run(run)}" for tab, run in zip(TAB_PLACES, state.runs, strict=True)]
        steps = [
            f"The face-up cards of the tableau, the open card last: {'; '.join(runs)}.",
            f"The waste {_shows(state.dump)}. {_foundations(state)}",
        ]
        return Solution(right[0] if right else NONE, steps, also=[*right[1:], NONE], work=float(state.face_up))

    def right_option(
        self, state: State, plan: KlondikeParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> str:
        return NONE if plan.wish is None else str(rng.choice(granting(state, plan.wish)))

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        moves = [Move.read(text) for text in ([*params["options"]] if value == NONE else [value]) if text != NONE]
        return any(self.fulfils(state, move) for move in moves) == (value != NONE)

    def option_text(self, state: State, value: Any) -> str:
        return "none of the listed moves" if value == NONE else value

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The right move, unless it turns over a card: nobody knows which one."""
        answer = self.listed_answer(state, params)
        after = None if answer == NONE else play(state, Move.read(answer))
        return course(state, [(answer, after)]) if after else None


class ValidMove(MoveTask):
    """Task 1."""

    id, slug = 1, "valid_move"
    about = "Choose the only legal move."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY

    def plan(self, level: KlondikeParams, rng: Random) -> KlondikeParams:
        return _wishing(level, VALID_SHARES, rng)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which of these moves is legal now? Remember that a move from Tab to Tab may carry several cards: a "
            "face-up card together with all cards on top of it."
        )

    def fulfils(self, state: State, move: Move) -> bool:
        return bool(carried(state, move))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[str]:
        """Illegal moves of the kinds that legal ones have, near misses first."""
        decoys = _illegal(state, VALID_DECOYS, self.option_count - (1 if right == NONE else 2), rng)
        if sum(_is_near(state, move) for move in decoys) >= NEAR:
            yield from _with_none(decoys, right)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        if value == NONE:
            found = self.is_right(state, params, value)
            return "no listed move is legal." if found else "one of the listed moves is legal."
        move = Move.read(value)
        return f"{_reason(state, move)}, so the move is {'legal' if carried(state, move) else 'not legal'}."


class Deadlock(Task[State, KlondikeParams]):
    """Task 2."""

    id, slug = 2, "deadlock"
    about = "Judge whether the game is deadlocked."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = Facts

    def plan(self, level: KlondikeParams, rng: Random) -> KlondikeParams:
        """Draw one of the eight combinations, and whether Tab to Tab moves are to be misleading."""
        dry, home, useful = (rng.random() < 0.5 for _ in range(len(Facts.__struct_fields__)))
        return msgspec.structs.replace(level, dry=dry, home=home, useful=useful, twist=rng.random() < TWIST[useful])

    def ask(self, state: State, plan: KlondikeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which statement describes this position? Three facts are to be judged:\n"
            "(a) Are stock and waste both empty?\n"
            "(b) Can some card, an open card or the top waste card, go to a foundation now?\n"
            "(c) Is there a Tab to Tab move that turns over a face-down card or empties a tableau pile? Runs of "
            "several cards may be moved. Moving a whole pile to an empty place does not count as emptying a pile.\n"
            "The game is deadlocked exactly if stock and waste are both empty, no card can go to a foundation, and no "
            "Tab to Tab move turns over a face-down card or empties a pile."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        dry = not state.draw and not state.dump
        home, useful = bool(home_moves(state)), any(is_useful(state, move) for move in tab_moves(state))
        return Solution(
            {"stock_and_waste_empty": dry, "foundation_move": home, "tableau_move": useful},
            [
                f"(a) {_empty_steps(state)}",
                *_home_steps(state),
                *_tab_steps(state),
                _conclusion(dry, home, useful),
            ],
            work=float(state.face_up),
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """The other seven combinations."""
        for code in range(8):
            yield dict(zip(right, (bool(code & 4), bool(code & 2), bool(code & 1)), strict=True))

    def option_text(self, state: State, value: Any) -> str:
        dry, home, useful = value["stock_and_waste_empty"], value["foundation_move"], value["tableau_move"]
        return (
            f"Stock and waste are {'' if dry else 'not '}both empty; {'some' if home else 'no'} card can go to a "
            f"foundation; {'some' if useful else 'no'} Tab to Tab move turns over a face-down card or empties a pile; "
            f"so the game is {'' if dry and not home and not useful else 'not '}deadlocked"
        )


class EffectiveMove(MoveTask):
    """Task 3."""

    id, slug = 3, "effective_move"
    about = "Choose the legal and effective move."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD

    def plan(self, level: KlondikeParams, rng: Random) -> KlondikeParams:
        return _wishing(level, EFFECTIVE_SHARES, rng)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which of these moves is legal and effective? A legal move is effective if it (1) puts a card on a "
            "foundation, or (2) turns over a face-down card of the tableau, or (3) empties a tableau pile without "
            "filling an empty one. A move from the waste to a Tab, or of only a part of a pile's face-up run from Tab "
            "to Tab, is not effective. A move from Tab to Tab may carry several cards: a face-up card together with "
            "all cards on top of it."
        )

    def fulfils(self, state: State, move: Move) -> bool:
        return effect(state, move) not in (None, Effect.NOTHING)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[str]:
        """One to three legal moves without effect, as far as there are any, then illegal ones, near misses first."""
        idle = shuffled((move for move in legal_moves(state) if not self.fulfils(state, move)), rng)
        idle = idle[: rng.randint(1, IDLE)]
        wanted = self.option_count - (1 if right == NONE else 2) - len(idle)
        yield from _with_none([*idle, *_illegal(state, EFFECTIVE_DECOYS, wanted, rng)], right)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        if value == NONE:
            found = self.is_right(state, params, value)
            return f"{'no' if found else 'one'} listed move is legal and effective."
        move = Move.read(value)
        does = effect(state, move)
        if does is None:
            return f"{_reason(state, move)}, so the move is not legal."
        return f"{_reason(state, move)}, so the move is legal. {_outcome(state, move, does)}"


def _wishing(level: KlondikeParams, shares: Mapping[Wish | None, float], rng: Random) -> KlondikeParams:
    """Draw the class of the right move; a king needs an empty pile."""
    wish = rng.choices([*shares], [*shares.values()])[0]
    return msgspec.structs.replace(level, wish=wish, empty=1.0 if wish is Wish.KING else level.empty)


def _with_none(decoys: Sequence[Move], right: str) -> list[str]:
    """Return the texts of wrong moves, and "none" where it is wrong."""
    return [*([] if right == NONE else [NONE]), *map(str, decoys)]


def _illegal(state: State, weights: Mapping[Kind, float], number: int, rng: Random) -> list[Move]:
    """Return illegal moves from places that have a card, their kinds drawn by weight, near misses of a kind first."""
    pools: dict[Kind, list[Move]] = {}
    for kind in weights:
        moves = shuffled(
            (move for move in MOVES[kind] if movable(state, move.source) and not carried(state, move)), rng
        )
        pools[kind] = sorted(moves, key=lambda move: _is_near(state, move))
    found: list[Move] = []
    while len(found) < number:
        kinds = [kind for kind in weights if pools[kind]]
        found.append(pools[rng.choices(kinds, [weights[kind] for kind in kinds])[0]].pop())
    return found


def _is_near(state: State, move: Move) -> bool:
    """Return whether an illegal move is easily taken for a legal one.

    Onto a card: the first or the last card of the run has the right rank in the wrong colour, or the right colour and
    misses the rank by one. Onto an empty pile: a queen. To a foundation: the card that would fit is covered; the open
    card has the right suit but is not due yet, or has the due rank in another suit; an ace to an occupied foundation, a
    two to an empty one.
    """
    source, target = move
    cards = movable(state, source)
    if target.area is Area.TAB:
        run = state.runs[target.number - 1]
        if not run:
            return RANK[cards[0]] == 12
        missed = {card: RANK[run[-1]] - 1 - RANK[card] for card in (cards[0], cards[-1])}
        return any(miss == 0 or (abs(miss) == 1 and RED[card] != RED[run[-1]]) for card, miss in missed.items())
    pile, last = state.piles[target.number - 1], cards[-1]
    if not pile:
        return RANK[last] == 2
    wanted = f"{SUIT[pile[0]]} {len(pile) + 1}"
    late = SUIT[last] == SUIT[pile[0]] and RANK[last] - len(pile) in (2, 3)
    return wanted in cards or late or RANK[last] in (1, len(pile) + 1)


def _sign(card: Card) -> str:
    """Return a card as `10♥`."""
    return f"{RANKS[RANK[card] - 1]}{SIGNS[SUIT[card]]}"


def _run(run: Sequence[Card]) -> str:
    return " ".join(map(_sign, run)) or "empty"


def _shows(cards: Sequence[Card]) -> str:
    return f"shows the {name(cards[-1])}" if cards else "is empty"


def _wants(pile: Sequence[Card]) -> str:
    """Return which card a foundation takes."""
    if not pile:
        return "takes any ace"
    return f"takes only the {name(f'{SUIT[pile[0]]} {len(pile) + 1}')}" if len(pile) < len(RANKS) else "is complete"


def _foundations(state: State) -> str:
    """Return what each foundation shows and takes."""
    shown = [f"F{number} {_shows(pile)} and {_wants(pile)}" for number, pile in enumerate(state.piles, 1)]
    return f"{'; '.join(shown)}."


def _taken(top: Card) -> str:
    """Return what may be laid on an open card."""
    return f"{'black' if RED[top] else 'red'} {RANKS[RANK[top] - 2]}"


def _offer(state: State, move: Move) -> str:
    """Return whether the source has a card that a Tab takes."""
    source, cards = move.source, movable(state, move.source)
    moved = carried(state, move)
    if source == WASTE:
        return f"the top waste card is the {name(cards[0])}"
    if len(cards) == 1:
        return f"the only face-up card of {source} is the {name(cards[0])}"
    if not moved:
        return f"none of the face-up cards of {source}, {_run(cards)}, is one"
    above = f" and moves with the {counted(len(moved) - 1, 'card')} on it" if moved[1:] else ""
    return f"of the face-up cards of {source}, {_run(cards)}, the {name(moved[0])} fits{above}"


def _reason(state: State, move: Move) -> str:
    """Return what the target takes and what the source offers, without a full stop."""
    source, target = move
    if target.area is Area.FOUNDATION:
        pile = state.piles[target.number - 1]
        last = movable(state, source)[-1]
        what = "top waste card" if source == WASTE else f"open card of {source}"
        return f"{target} {_shows(pile)} and {_wants(pile)}; the {what} is the {name(last)}"
    run = state.runs[target.number - 1]
    if not run:
        return f"{target} is empty and takes only a king; {_offer(state, move)}"
    top = f"the open card of {target} is the {name(run[-1])}"
    if RANK[run[-1]] == 1:
        return f"{top}, on which no card can be laid"
    return f"{top} and takes only a {_taken(run[-1])}; {_offer(state, move)}"


def _outcome(state: State, move: Move, does: Effect) -> str:
    """Return in one sentence what a legal move leads to, and whether that is effective."""
    source, target = move
    match does:
        case Effect.HOME:
            return "It puts a card on a foundation, so it is effective."
        case Effect.TURN:
            return f"It moves all face-up cards of {source} and turns over a face-down card, so it is effective."
        case Effect.EMPTY:
            return f"It empties {source} and fills no empty pile, so it is effective."
        case Effect.NOTHING if source == WASTE:
            return "A move from the waste to a Tab is not effective."
        case Effect.NOTHING if len(carried(state, move)) < len(movable(state, source)):
            return f"It moves only a part of the face-up run of {source} and turns nothing over: not effective."
        case Effect.NOTHING:
            return f"It empties {source} but fills the empty {target} and turns nothing over: not effective."


def _empty_steps(state: State) -> str:
    """Return how full stock and waste are."""
    stock = f"The stock {'holds face-down cards' if state.draw else 'is empty'} and the waste {_shows(state.dump)}"
    return f"{stock}, so they are {'not ' if state.draw or state.dump else ''}both empty."


def _home_steps(state: State) -> list[str]:
    """Return the comparison of the foundations with every card that could go there."""
    tops = [f"{_sign(run[-1])} in {tab}" for tab, run in zip(TAB_PLACES, state.runs, strict=True) if run]
    if state.dump:
        tops.append(f"{_sign(state.dump[-1])} on the waste")
    found = [f"the {name(movable(state, source)[-1])} to {target}" for source, target in home_moves(state)]
    result = f"These can go to a foundation: {listed(found)}." if found else "None of them can go to a foundation."
    return [f"(b) {_foundations(state)}", f"The cards that could go there are {listed(tops)}. {result}"]


def _tab_steps(state: State) -> list[str]:
    """Return for each pile whether its whole run can move and what that does, then the result."""
    opens = [f"{_sign(run[-1])} in {tab}" for tab, run in zip(TAB_PLACES, state.runs, strict=True) if run]
    empty = [tab for tab, run in zip(TAB_PLACES, state.runs, strict=True) if not run]
    places = f"; {listed(empty)} is empty" if empty else ""
    steps = [
        "(c) Only a move of a pile's whole face-up run can turn over a card or empty the pile. The open cards are "
        f"{listed(opens)}{places}."
    ]
    moves = tab_moves(state)
    for tab, run, hidden in zip(TAB_PLACES, state.runs, state.hidden, strict=True):
        if run:
            whole = [move for move in moves if move.source == tab and len(carried(state, move)) == len(run)]
            below = counted(hidden, "face-down card") if hidden else "no face-down card"
            steps.append(f"{tab}: {below}, then the run {_run(run)}. {_whole(state, run[0], hidden, whole)}")
    useful = [str(move) for move in moves if is_useful(state, move)]
    partial = [str(move) for move in moves if not is_useful(state, move)]
    rest = f" ({listed(partial)} would be legal, but without such an effect.)" if partial and not useful else ""
    steps.append(f"Moves of the kind asked for in (c): {listed(useful)}.{rest}")
    return steps


def _whole(state: State, first: Card, hidden: int, moves: Sequence[Move]) -> str:
    """Return where a whole run that begins with `first` can go, and what comes of it."""
    if RANK[first] == len(RANKS):
        needs = f"The {name(first)} needs an empty Tab"
    else:
        takers = listed((_sign(card) for card in TAKERS[first]), "or")
        needs = f"The {name(first)} needs {takers} as an open card"
    if not moves:
        return f"{needs}; there is none."
    found = f"{needs}: {listed((str(move.target) for move in moves), 'or')}"
    if hidden:
        return f"{found}. The move turns over a face-down card."
    if is_useful(state, moves[0]):
        return f"{found}. The move empties the pile."
    return f"{found}. But moving a whole pile to an empty place does not count."


def _conclusion(dry: bool, home: bool, useful: bool) -> str:
    """Return the verdict on the three facts."""
    if dry and not home and not useful:
        return "Stock and waste are empty and there is neither kind of move: the game is deadlocked."
    against = [
        *([] if dry else ["stock and waste are not both empty"]),
        *(["a card can go to a foundation"] if home else []),
        *(["a Tab to Tab move turns over a card or empties a pile"] if useful else []),
    ]
    return f"The game is not deadlocked, for {listed(against)}."


TASKS = (ValidMove(), Deadlock(), EffectiveMove())
