"""The seven questions."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.options import shuffled
from gameqa.core.words import counted, listed

from .generate import SpiderParams
from .rules import (
    Move,
    Outcome,
    best_actions,
    deal,
    face_up,
    fits,
    is_complete,
    joined,
    moves,
    open_run,
    outcome,
    play,
    put_away,
    revealing,
    run_start,
)
from .state import DEALS, KING, PILES, State, letter

NAMES = {1: "Ace", 11: "Jack", 12: "Queen", 13: "King"}
"""Ranks with a name of their own in `top_card`."""
ASK_EMPTY = 0.35
"""Share of tables with an empty pile on which `top_card` asks for it."""
BEYOND, REFUSED, CLICKS = 0.32, 0.08, 5
"""`deal_clicks`: shares of samples with more clicks than deals, and with an empty pile; most clicks."""
OUTCOMES = {
    Outcome.SUCCESS: 0.25,
    Outcome.RANK_MISMATCH: 0.25,
    Outcome.BLOCKED: 0.20,
    Outcome.FACE_DOWN: 0.15,
    Outcome.NO_SUCH_CARD: 0.15,
}
"""Shares of the results in `move_result`."""
NEAR = (0, 2, -1)
"""Ranks of a target's top card above the moved card that are tempting but wrong."""
CLOSE = 0.65
"""Share of mismatches that are off by so little."""
REVEALS = {"move": 0.55, "foundation": 0.05, "impossible": 0.28, "none_needed": 0.12}
"""Shares of the answers of `reveal_move`."""
FOUNDATION_LISTED = 0.37
"""Share of the other answers beside which a move to a foundation is listed, so that it is right as often as others."""
BEST = {"move": 0.70, "foundation": 0.15, "deal": 0.15}
"""Shares of the best actions."""
SHORTER = 3
"""Legal moves with a shorter result that a board must offer for a move to be asked."""
DOWN, BLOCKED = 0.3, 0.4
"""Shares of questions in which near misses begin with a face-down card, and with a blocked one."""
PER_PILE = 2
"""Options of `best_action` that take cards from the same pile, at most."""

PileIndex = Annotated[int, Meta(ge=0, lt=PILES[1])]
CardNumber = Annotated[int, Meta(ge=0)]

OPTION_TEXTS = {
    Outcome.SUCCESS: "The move is carried out",
    Outcome.NO_SUCH_CARD: "It fails: the pile has no card of that number",
    Outcome.FACE_DOWN: "It fails: the card is face down",
    Outcome.BLOCKED: "It fails: the cards on top of it do not continue a run",
    Outcome.RANK_MISMATCH: "It fails: the target's top card is not one rank higher",
}


class PileParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `top_card` and `reveal_move`."""

    pile: PileIndex


class ClickParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `deal_clicks`."""

    clicks: Annotated[int, Meta(ge=1, le=CLICKS)]
    pile: PileIndex


class MoveParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `move_result`."""

    pile: PileIndex
    card: CardNumber
    to: PileIndex


class MoveOption(msgspec.Struct, tag_field="kind", tag="move", forbid_unknown_fields=True):
    """A move as an option."""

    pile: PileIndex
    card: CardNumber
    to: PileIndex


class FoundationOption(msgspec.Struct, tag_field="kind", tag="foundation", forbid_unknown_fields=True):
    """The complete run of a pile to a foundation, as an option."""

    pile: PileIndex


class DealOption(msgspec.Struct, tag_field="kind", tag="deal", forbid_unknown_fields=True):
    """A click on the stock as an option."""


class NoneNeededOption(msgspec.Struct, tag_field="kind", tag="none_needed", forbid_unknown_fields=True):
    """That the pile has no face-down card, as an option."""


class ImpossibleOption(msgspec.Struct, tag_field="kind", tag="impossible", forbid_unknown_fields=True):
    """That no single action turns the card over, as an option."""


class DealsLeft(Task[State, SpiderParams]):
    """Task 0."""

    id, slug = 0, "deals_left"
    about = "Remaining deals in the stock."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.3

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        return msgspec.structs.replace(level, deals=rng.randint(0, DEALS))

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "How many more times can the stock be clicked to deal cards? (Ignore empty waste piles: count the deals "
            "that are left in the stock, 0 if it is empty.)"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        count = len(state.piles)
        shown = f"The stock holds {counted(state.deals, 'deal')}" if state.deals else "The stock is empty"
        return Solution(
            state.deals,
            [
                f"One deal puts a card onto each of the {count} waste piles, and every back in the stock stands for "
                "one such deal.",
                f"{shown}, so it can be clicked {counted(state.deals, 'time')} to deal cards.",
            ],
            work=float(count),
        )


class TopCard(Task[State, SpiderParams]):
    """Task 1."""

    id, slug = 1, "top_card"
    about = "Name the top card of a waste pile."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.TEXT
    params_type = PileParams
    answer_form = '"Spade X" (or "Empty")'
    answer_bound = 0.2

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        return msgspec.structs.replace(level, top=rng.randint(1, KING))

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any]:
        """Ask for a pile with the planned rank on top, or now and then for an empty one."""
        empty = [pile for pile, cards in enumerate(state.piles) if not cards]
        if empty and rng.random() < ASK_EMPTY:
            return {"pile": empty[0]}
        return {"pile": rng.choice([pile for pile, cards in enumerate(state.piles) if cards[-1:] == (plan.top,)])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Which card is the top card of waste pile {params['pile']}, the one that lies on all others of the pile "
            '(drawn lowest in the picture, last in its line of the text)? Write it as "Spade X", where X is one of '
            'Ace, 2, 3, 4, 5, 6, 7, 8, 9, 10, Jack, Queen, King; write "Empty" for an empty pile.'
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        pile = params["pile"]
        cards = state.piles[pile]
        steps = [f"The waste piles are numbered 0 to {len(state.piles) - 1} from left to right; find number {pile}."]
        if not cards:
            return Solution("Empty", [*steps, f"Pile {pile} holds no card."], work=float(len(state.piles)))
        name = f"Spade {NAMES.get(cards[-1], cards[-1])}"
        steps += [
            f"Pile {pile}, the bottom card first: {state.pile_text(pile)}.",
            f"The top card is the last one of these, {letter(cards[-1])}: {name}.",
        ]
        return Solution(name, steps, work=float(len(state.piles)))


class FaceDownCount(Task[State, SpiderParams]):
    """Task 2."""

    id, slug = 2, "face_down_count"
    about = "Count the face-down cards in the waste piles."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.15

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many face-down cards lie in all waste piles together? Do not count the stock."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        total = sum(state.hidden)
        each = [f"pile {pile}: {count}" for pile, count in enumerate(state.hidden)]
        return Solution(
            total,
            [
                f"Face-down cards of each pile: {', '.join(each)}.",
                f"The sum is {' + '.join(map(str, state.hidden))} = {total}.",
            ],
            work=float(len(state.piles)),
        )


class DealClicks(Task[State, SpiderParams]):
    """Task 3."""

    id, slug = 3, "deal_clicks"
    about = "Face-up cards of a pile after clicks on the stock."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = ClickParams
    answer_bound = 0.3

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        """Draw deals and clicks, with more clicks than deals in the planned share, and whether a pile is empty."""
        if rng.random() < BEYOND:
            deals = rng.randint(0, CLICKS - 1)
            clicks = rng.randint(deals + 1, CLICKS)
        else:
            deals = rng.randint(1, DEALS)
            clicks = rng.randint(1, deals)
        return msgspec.structs.replace(level, deals=deals, clicks=clicks, empty=rng.random() < REFUSED)

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any]:
        return {"clicks": plan.clicks, "pile": rng.randrange(len(state.piles))}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        clicks = params["clicks"]
        times = "once" if clicks == 1 else f"{clicks} times in a row"
        return (
            f"The stock is clicked {times}; nothing else happens. (A click on an empty stock does nothing. A click is "
            "refused, so that nothing is dealt, while any waste pile is empty.) How many face-up cards are then in "
            f"waste pile {params['pile']}?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        pile, clicks = params["pile"], params["clicks"]
        now, deals = len(face_up(state, pile)), min(clicks, state.deals)
        shown = f": {' '.join(map(letter, face_up(state, pile)))}" if now else ""
        steps = [f"Pile {pile} now has {counted(now, 'face-up card')}{shown}."]
        empty = [other for other, cards in enumerate(state.piles) if not cards]
        if empty:
            steps.append(
                f"Pile {empty[0]} is empty, so every click is refused and nothing is dealt: pile {pile} keeps "
                f"{counted(now, 'face-up card')}."
            )
            return Solution(now, steps, work=float(len(state.piles)))
        idle = clicks - deals
        stock = f"The stock holds {counted(state.deals, 'deal')}" if state.deals else "The stock is empty"
        if not idle:
            done = "so the click deals" if clicks == 1 else f"so all {clicks} clicks deal"
        elif not deals:
            done = "so the click does nothing" if clicks == 1 else f"so all {clicks} clicks do nothing"
        else:
            done = (
                f"so {deals} of the {clicks} clicks {'deals' if deals == 1 else 'deal'} and the other {idle} "
                f"{'does' if idle == 1 else 'do'} nothing"
            )
        steps += [
            f"No waste pile is empty, so no click is refused. {stock}, {done}.",
            f"Each deal adds one face-up card to pile {pile}: {now} + {deals} = {now + deals}.",
        ]
        return Solution(now + deals, steps, work=float(len(state.piles)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        def after() -> Iterator[tuple[str, State]]:
            now = state
            for _ in range(params["clicks"]):
                now = deal(now)
                yield "click the stock", now

        return course(state, after())


class MoveResult(Task[State, SpiderParams]):
    """Task 4."""

    id, slug = 4, "move_result"
    about = "Predict the result of a move."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = MoveParams
    option_type = Literal["success", "no_such_card", "face_down", "blocked", "rank_mismatch"]
    option_count = 5

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        """Draw the result, and whether it comes with its twist: several cards, a fitting target, a near rank."""
        answer = rng.choices([*OUTCOMES], [*OUTCOMES.values()])[0]
        twist = rng.random() < (CLOSE if answer is Outcome.RANK_MISMATCH else 0.5)
        return msgspec.structs.replace(level, answer=answer.value, twist=twist)

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any] | None:
        attempts = _attempts(state, Outcome(plan.answer))
        found = [move for move in attempts if self._twist(state, move) in (None, plan.twist)]
        if not found:
            return None
        pile = rng.choice(sorted({move.pile for move in found}))
        move = rng.choice([move for move in found if move.pile == pile])
        return move._asdict()

    @staticmethod
    def _twist(state: State, move: Move) -> bool | None:
        """Return whether a success moves several cards, a blocked move fits its target, a mismatch is a near one."""
        cards = state.piles[move.pile]
        match outcome(state, move):
            case Outcome.SUCCESS:
                return move.card < len(cards) - 1
            case Outcome.BLOCKED:
                return fits(state, cards[move.card], move.to)
            case Outcome.RANK_MISMATCH:
                return state.piles[move.to][-1] - cards[move.card] in NEAR
            case _:
                return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"A player tries to move card number {params['card']} of pile {params['pile']}, with all cards on top of "
            f"it, to pile {params['to']} (bottom card = number 0). What happens? These checks are made in this order, "
            "and the first one that fails decides: (1) the pile has a card of that number; (2) the card is face up; "
            "(3) it and all cards on top of it form a run; (4) it fits the target: the top card of the target pile is "
            "exactly one rank higher, or the target pile is empty. If no check fails, the move is carried out."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        move = Move(params["pile"], params["card"], params["to"])
        cards, result = state.piles[move.pile], outcome(state, move)
        steps = [_numbered(state, move.pile)]
        if result is Outcome.NO_SUCH_CARD:
            last = f"its last number is {len(cards) - 1}" if cards else "it is empty"
            checks = [f"pile {move.pile} has no card number {move.card}; {last}. This check fails."]
        else:
            up = f"{letter(cards[move.card])}, face up."
            shown = "face down. This check fails." if result is Outcome.FACE_DOWN else up
            checks = [f"pile {move.pile} has a card number {move.card}.", f"card number {move.card} is {shown}"]
        if result not in (Outcome.NO_SUCH_CARD, Outcome.FACE_DOWN):
            checks.append(_run_check(state, move))
        if result in (Outcome.RANK_MISMATCH, Outcome.SUCCESS):
            checks.append(_target_check(state, move))
        steps += [f"Check ({number}): {check}" for number, check in enumerate(checks, 1)]
        if result is Outcome.SUCCESS:
            steps.append("No check fails, so the move is carried out.")
        return Solution(result.value, steps, work=float(len(state.piles) + len(checks)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[str]:
        return [result.value for result in Outcome]

    def option_text(self, state: State, value: Any) -> str:
        return OPTION_TEXTS[Outcome(value)]

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """None when the move fails."""
        move = Move(params["pile"], params["card"], params["to"])
        if outcome(state, move) is not Outcome.SUCCESS:
            return None
        return course(state, [(_action_text(move.to_json()), play(state, move))])


class ActionTask(Task[State, SpiderParams]):
    """A question whose options are actions."""

    kind = AnswerKind.CHOICE

    def option_text(self, state: State, value: Any) -> str:
        return _action_text(value)

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The right action; None when the right option is none."""
        action = self.listed_answer(state, params)
        match action["kind"]:
            case "move":
                after = play(state, Move.from_json(action))
            case "foundation":
                after = put_away(state, action["pile"])
            case "deal":
                after = deal(state)
            case _:
                return None
        return course(state, [(_action_text(action), after)])


class RevealMove(ActionTask):
    """Task 5."""

    id, slug = 5, "reveal_move"
    about = "One move that turns over a face-down card."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = PileParams
    option_type = MoveOption | FoundationOption | NoneNeededOption | ImpossibleOption

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        """Draw the answer; for an impossible one, whether the top card alone fits somewhere."""
        answer = rng.choices([*REVEALS], [*REVEALS.values()])[0]
        return msgspec.structs.replace(
            level,
            answer=answer,
            reveal=answer in ("move", "foundation"),
            complete=answer == "foundation",
            bare=answer == "none_needed",
            twist=rng.random() < 0.5,
        )

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any] | None:
        found = [pile for pile, cards in enumerate(state.piles) if len(cards) > 1 and self._suits(state, pile, plan)]
        return {"pile": rng.choice(found)} if found else None

    @staticmethod
    def _suits(state: State, pile: int, plan: SpiderParams) -> bool:
        """Return whether asking for a pile has the planned answer."""
        if state.hidden[pile] == 0:
            return plan.answer == "none_needed"
        kinds = [action["kind"] for action in revealing(state, pile)]
        if kinds:
            return plan.answer == kinds[0]
        return plan.answer == "impossible" and _top_fits(state, pile) == plan.twist

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which option turns over the uppermost face-down card of pile "
            f"{params['pile']} (the face-down card with the highest number) with a single action, right now? A move "
            "takes the named card with all cards on top of it (bottom card = number 0)."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        pile = params["pile"]
        down, cards = state.hidden[pile], face_up(state, pile)
        work = float(len(state.piles) + len(cards))
        steps = [_numbered(state, pile)]
        if not down:
            steps.append("It has no face-down card, so no action is needed to turn one over.")
            return Solution({"kind": "none_needed"}, steps, work=work)
        steps.append(
            f"Its uppermost face-down card is number {down - 1}. It is turned over only if everything from card "
            f"number {down} on leaves the pile in one action: {' '.join(map(letter, cards))}."
        )
        ways = revealing(state, pile)
        loose = run_start(state, pile) != down
        if loose:
            upper = state.piles[pile][run_start(state, pile) - 1 :]
            steps.append(
                f"These cards do not form one run ({letter(upper[1])} lies on {letter(upper[0])}), so they cannot "
                "leave together."
            )
        else:
            steps.append(_targets(state, pile, len(cards)))
        if not ways:
            steps.append("So no single action turns the card over now.")
            return Solution({"kind": "impossible"}, steps, work=work)
        if ways[0]["kind"] == "foundation":
            steps.append("They are a complete run from K to A, which may be moved to a foundation.")
        onto = [action["to"] for action in ways if action["kind"] == "move"]
        if onto:
            steps.append(f"Card number {down} of pile {pile} can go to {_piles(onto, 'or')}.")
        return Solution(ways[0], steps, also=ways[1:], work=work)

    def right_option(
        self, state: State, plan: SpiderParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice([value for value in solution.accepted if value["kind"] == plan.answer])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterator[Any]:
        """Two cards of the pile crossed with two targets, then moves of other piles.

        Seen without the table, each of the four crossed moves looks like the others. The engine skips moves that
        are right as well.
        """
        pile = params["pile"]
        yield {"kind": "none_needed"}
        yield {"kind": "impossible"}
        if rng.random() < FOUNDATION_LISTED:
            yield {"kind": "foundation", "pile": pile}
        if right["kind"] == "move":
            right = Move.from_json(right)
            first, target = right.card, right.to
        else:
            first, target = state.hidden[pile] or rng.randint(1, len(state.piles[pile]) - 1), None
        second, tempting = _second_card(state, pile, first, rng)
        fitting = {value.get("to") for value in solution.accepted}
        others = shuffled((to for to in range(len(state.piles)) if to != pile and to not in fitting), rng)
        if len(others) < 2:
            return
        if tempting:
            others.sort(key=lambda to: not fits(state, state.piles[pile][second], to))
        ends = [others[0], target if target is not None else _near_target(state, pile, first, others, rng)]
        crossed = [Move(pile, card, to) for card in (first, second) for to in ends]
        numbers = [card for card in range(len(state.piles[pile])) if card not in (first, second)]
        rest = [Move(pile, card, rng.choice(ends)) for card in numbers]
        elsewhere = [move for move in moves(state) if move.pile != pile]
        near = [move for move in _near_misses(state, rng) if move.pile != pile]
        yield from (move.to_json() for move in crossed)
        yield from (move.to_json() for move in rng.sample(elsewhere, min(1, len(elsewhere))))
        yield from (move.to_json() for move in rng.sample(rest, min(1, len(rest))))
        yield from (move.to_json() for move in near)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        pile = params["pile"]
        down = state.hidden[pile]
        right = value in solution.accepted
        match value["kind"]:
            case "none_needed":
                return "right." if right else f"wrong, pile {pile} has {counted(down, 'face-down card')}."
            case "impossible" if right:
                return "right."
            case "impossible":
                reason = "a single action does it" if down else f"pile {pile} has no face-down card at all"
                return f"wrong, {reason}."
            case "foundation" if right:
                return "right, the whole run leaves and uncovers the face-down card."
            case "foundation" if is_complete(state, pile):
                return f"wrong, pile {pile} has no face-down card."
            case "foundation":
                return f"wrong, the run at the open end of pile {pile} is {_run(state, pile)}, not K to A."
            case _:
                return self._verdict_on_move(state, pile, Move.from_json(value))

    @staticmethod
    def _verdict_on_move(state: State, pile: int, move: Move) -> str:
        down = state.hidden[pile]
        if outcome(state, move) is not Outcome.SUCCESS:
            return f"not possible, {_objection(state, move)}."
        if move.pile != pile:
            return f"possible, but it takes no card from pile {pile}."
        if not down:
            return f"possible, but pile {pile} has no face-down card."
        if move.card > down:
            stay = state.piles[pile][down : move.card]
            return f"possible, but {_cards(stay)} {'stays' if len(stay) == 1 else 'stay'} on the face-down card."
        return "right, all face-up cards leave and the face-down card is turned over."


class BestAction(ActionTask):
    """Task 6."""

    id, slug = 6, "best_action"
    about = "Choose the best action by the stated strategy."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    params_type = NoParams
    option_type = MoveOption | FoundationOption | DealOption

    def plan(self, level: SpiderParams, rng: Random) -> SpiderParams:
        """Draw the kind of the best action; nothing can be dealt while a pile is empty."""
        answer = rng.choices([*BEST], [*BEST.values()])[0]
        dead = answer == "deal"
        return msgspec.structs.replace(
            level, answer=answer, dead=dead, empty=False if dead else None, complete=answer == "foundation"
        )

    def ask(self, state: State, plan: SpiderParams, rng: Random) -> dict[str, Any] | None:
        best = best_actions(state)
        if not best or best[0]["kind"] != plan.answer:
            return None
        if plan.answer == "move":
            onto = [move for move in moves(state) if state.piles[move.to]]
            if len(onto) - len(best) < SHORTER:
                return None
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which option is the best action on this table by the following strategy?\n"
            "1. If a complete run K to A lies at the open end of a pile, move it to the foundation.\n"
            "2. Otherwise choose the legal move onto a card of another pile that produces the longest run at the open "
            "end of the target pile, counted after the move: the cards moved plus the run they are joined to (face-up "
            "cards only). Part of a run may be moved. Moves to empty piles do not count here.\n"
            "3. If there is no legal move at all (moves to empty piles included), deal from the stock.\n"
            "If several moves of the table are equally good by rule 2, only one of them is listed. A move takes the "
            "named card with all cards on top of it (bottom card = number 0)."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        best = best_actions(state)
        legal = moves(state)
        work = float(len(state.piles) + len(legal))
        ends = [f"{pile}: {_run(state, pile)}" if cards else f"{pile}: empty" for pile, cards in enumerate(state.piles)]
        steps = [f"Runs at the open ends of the piles: {'; '.join(ends)}."]
        if best[0]["kind"] == "foundation":
            homes = listed(action["pile"] for action in best)
            steps.append(f"A complete run K to A lies at the open end of pile {homes}: by rule 1 it is moved first.")
            return Solution(best[0], steps, also=best[1:], work=work)
        steps.append("No pile ends in a complete run K to A, so rule 1 does not apply.")
        if best[0]["kind"] == "deal":
            steps.append(
                "No card of these runs is exactly one rank lower than the top card of another pile, and no pile is "
                "empty, so there is no legal move: by rule 3 the stock is dealt from."
            )
            return Solution(best[0], steps, work=work)
        onto = sorted((move for move in legal if state.piles[move.to]), key=lambda move: -len(joined(state, move)))
        made = [
            f"card number {move.card} of pile {move.pile} to pile {move.to} gives {_cards(joined(state, move))} "
            f"({len(joined(state, move))})"
            for move in onto
        ]
        tie = " (reached by several moves)" if len(best) > 1 else ""
        ignored = " Moves to the empty pile do not count." if len(onto) < len(legal) else ""
        steps += [
            f"Legal moves onto cards, with the run they produce and its length: {'; '.join(made)}.{ignored}",
            f"The longest of these runs has {len(joined(state, onto[0]))} cards{tie}.",
        ]
        return Solution(best[0], steps, also=best[1:], work=work)

    def right_option(
        self, state: State, plan: SpiderParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice(solution.accepted)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterator[Any]:
        """Legal moves with a shorter result, as far as the table has them; near misses; deal and foundation."""
        source = [right["pile"]] if right["kind"] == "move" else []
        taken = Counter(source * rng.randint(1, PER_PILE))
        others = shuffled((move for move in moves(state) if move.to_json() not in solution.accepted), rng)
        shorter = [move for move in others if state.piles[move.to]]
        shorter.sort(key=lambda move: rng.random() - len(joined(state, move)) / 4)
        wanted = self.option_count - 1 - (right["kind"] != "foundation") - (right["kind"] != "deal")
        chosen = [*_spread(shorter, taken, min(wanted, rng.randint(SHORTER, SHORTER + 2)))]
        chosen += [move for move in shorter if move not in chosen][: max(0, SHORTER - len(chosen))]
        idle = [move for move in others if not state.piles[move.to]]
        chosen += [*_spread(idle, taken, 1), *_spread(_near_misses(state, rng), taken, wanted)]
        chosen = chosen[:wanted]
        yield {"kind": "deal"}
        if right["kind"] != "foundation":
            named = Counter([*source, *(move.pile for move in chosen)])
            yield {"kind": "foundation", "pile": _foundation_decoy(state, named, rng)}
        yield from (move.to_json() for move in [*chosen, *others])

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        if value in solution.accepted:
            return "best."
        best = solution.value["kind"]
        match value["kind"]:
            case "deal":
                return f"not best, rule {1 if best == 'foundation' else 2} comes first."
            case "foundation":
                pile = value["pile"]
                return f"not possible, the run at the open end of pile {pile} is {_run(state, pile)}, not K to A."
            case _:
                move = Move.from_json(value)
                if outcome(state, move) is not Outcome.SUCCESS:
                    return f"not possible, {_objection(state, move)}."
                if best == "foundation":
                    return "possible, but rule 1 comes first."
                if not state.piles[move.to]:
                    return "possible, but moves to empty piles do not count."
                made = joined(state, move)
                return f"possible, but {_cards(made)} has only {counted(len(made), 'card')}."


def _action_text(value: Any) -> str:
    match value["kind"]:
        case "move":
            return f"Move card number {value['card']} of pile {value['pile']} to pile {value['to']}"
        case "foundation":
            return f"Move cards K to A of pile {value['pile']} to a foundation"
        case "deal":
            return "Deal from the stock"
        case "none_needed":
            return "No action is needed: the pile has no face-down card"
        case _:
            return "Impossible: no single action turns it over now"


def _attempts(state: State, wanted: Outcome) -> Iterator[Move]:
    """Yield every attempted move with a given result; for missing cards up to two numbers beyond the first."""
    for pile, cards in enumerate(state.piles):
        start, size = run_start(state, pile), len(cards)
        numbers = {
            Outcome.NO_SUCH_CARD: range(size, size + 3),
            Outcome.FACE_DOWN: range(state.hidden[pile]),
            Outcome.BLOCKED: range(state.hidden[pile], start),
        }.get(wanted, range(start, size))
        for card in numbers:
            for to in range(len(state.piles)):
                if to != pile and (
                    wanted not in (Outcome.SUCCESS, Outcome.RANK_MISMATCH)
                    or fits(state, cards[card], to) == (wanted is Outcome.SUCCESS)
                ):
                    yield Move(pile, card, to)


def _top_fits(state: State, pile: int) -> bool:
    """Return whether the top card alone can be moved somewhere."""
    return any(to != pile and fits(state, state.piles[pile][-1], to) for to in range(len(state.piles)))


def _second_card(state: State, pile: int, first: int, rng: Random) -> tuple[int, bool]:
    """Return another card of the pile, above or below, and whether it is one above that can be moved somewhere."""
    count = len(state.piles[pile])
    above = [move.card for move in moves(state) if move.pile == pile and move.card > first]
    if above and rng.random() < 0.75:
        return rng.choice(above), True
    higher, lower = [*range(first + 1, count)], [*range(first)]
    return rng.choice(higher if higher and rng.random() < 0.3 else lower or higher), False


def _near_target(state: State, pile: int, card: int, others: list[int], rng: Random) -> int:
    """Return a second target, if possible one that a face-up card misses by little."""
    rank = state.piles[pile][card]
    near = [to for to in others[1:] if state.piles[to] and state.piles[to][-1] - rank in NEAR]
    return rng.choice(near or others[1:])


def _near_misses(state: State, rng: Random) -> list[Move]:
    """Return illegal moves: at times a face-down card and one that is blocked but would fit first, then near ranks."""
    down, blocked, near = list[Move](), list[Move](), list[Move]()
    for pile, cards in enumerate(state.piles):
        start, hidden = run_start(state, pile), state.hidden[pile]
        for to, target in enumerate(state.piles):
            if to == pile or not target:
                continue
            near += [Move(pile, card, to) for card in range(start, len(cards)) if target[-1] - cards[card] in NEAR]
            blocked += [Move(pile, card, to) for card in range(hidden, start) if fits(state, cards[card], to)]
            down += [Move(pile, card, to) for card in range(hidden)]
    first = [rng.choice(group) for group, share in ((down, DOWN), (blocked, BLOCKED)) if group and rng.random() < share]
    return [*first, *shuffled(near, rng), *shuffled(blocked, rng), *shuffled(down, rng)]


def _spread(candidates: Iterable[Move], taken: Counter[int], count: int) -> Iterator[Move]:
    """Yield at most `count` moves, and at most so many from one pile that no pile stands out."""
    for move in candidates:
        if count and taken[move.pile] < PER_PILE:
            taken[move.pile] += 1
            count -= 1
            yield move


def _foundation_decoy(state: State, named: Counter[int], rng: Random) -> int:
    """Return a pile for a wrong move to the foundation: one that other options take cards from as well.

    A complete run offers many moves, so its pile is often named twice more.
    """
    filled = [pile for pile, cards in enumerate(state.piles) if cards and not is_complete(state, pile)]
    return max(filled, key=lambda pile: 3 * named[pile] + len(open_run(state, pile)) / 3 + 3 * rng.random())


def _cards(ranks: Iterable[int]) -> str:
    return " ".join(map(letter, ranks))


def _piles(numbers: list[int], last: str = "and") -> str:
    """Return `pile 3`, `piles 3 and 5` or `pile 3 or 5`."""
    return f"{'piles' if len(numbers) > 1 and last == 'and' else 'pile'} {listed(numbers, last)}"


def _run(state: State, pile: int) -> str:
    """Return the run at the open end of a pile."""
    return _cards(open_run(state, pile))


def _numbered(state: State, pile: int) -> str:
    """Return the pile with the number of every card."""
    cards, hidden = state.piles[pile], state.hidden[pile]
    if not cards:
        return f"Pile {pile} is empty."
    named = [f"{number}: {letter(rank) if number >= hidden else '##'}" for number, rank in enumerate(cards)]
    return f"Pile {pile} by card number (## is face down): {', '.join(named)}."


def _run_check(state: State, move: Move) -> str:
    """Return whether the chosen card and those on top of it form a run, as a sentence."""
    cards = state.piles[move.pile][move.card :]
    if len(cards) == 1:
        return "it is the top card, and a single card is a run."
    if outcome(state, move) is not Outcome.BLOCKED:
        return f"{_cards(cards)} form a run."
    broken = next(place for place in range(1, len(cards)) if cards[place] != cards[place - 1] - 1)
    return (
        f"{_cards(cards)} do not form a run: {letter(cards[broken])} is not one rank lower than the "
        f"{letter(cards[broken - 1])} it lies on. This check fails."
    )


def _target_check(state: State, move: Move) -> str:
    """Return whether the chosen card fits its target, as a sentence."""
    target = state.piles[move.to]
    if not target:
        return f"pile {move.to} is empty, so any card fits."
    rank = letter(state.piles[move.pile][move.card])
    shown = f"the top card of pile {move.to} is {letter(target[-1])}"
    if outcome(state, move) is Outcome.SUCCESS:
        return f"{shown}, exactly one rank higher than {rank}."
    return f"{shown}, not exactly one rank higher than {rank}. This check fails."


def _targets(state: State, pile: int, count: int) -> str:
    """Return where the open run of a pile may go, as a sentence; it is all that lies face up."""
    head = open_run(state, pile)[0]
    forms = "These cards form one run" if count > 1 else "This is a single card"
    empty = [other for other, cards in enumerate(state.piles) if not cards]
    free = f"pile {listed(empty)} is empty" if empty else "no pile is empty"
    if head == KING:
        return f"{forms} with K as its first card; a king goes only onto an empty pile, and {free}."
    tops = [other for other, cards in enumerate(state.piles) if cards and cards[-1] == head + 1]
    wanted = letter(head + 1)
    found = f"{wanted} is the top card of {_piles(tops)}" if tops else f"no pile has {wanted} as its top card"
    return f"{forms}; {letter(head)} goes onto {wanted} or an empty pile: {found}, and {free}."


def _objection(state: State, move: Move) -> str:
    """Return why an illegal move is illegal, without a full stop."""
    cards = state.piles[move.pile]
    match outcome(state, move):
        case Outcome.NO_SUCH_CARD:
            return f"pile {move.pile} has no card number {move.card}"
        case Outcome.FACE_DOWN:
            return f"card number {move.card} of pile {move.pile} is face down"
        case Outcome.BLOCKED:
            return f"{_cards(cards[move.card :])} do not form a run"
        case _:
            top = letter(state.piles[move.to][-1])
            return f"{letter(cards[move.card])} does not fit onto {top}, the top card of pile {move.to}"


TASKS = (DealsLeft(), TopCard(), FaceDownCount(), DealClicks(), MoveResult(), RevealMove(), BestAction())
