"""A second way to every answer of Spider: actions are carried out on lists of cards and judged by the table they leave.

Worked solutions are compared with sentences that are put together here from the same trials.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json

from .state import DECKS, KING, LETTERS, State, letter

Params = Mapping[str, Any]
NAMES = ("Ace", *LETTERS[1:10], "Jack", "Queen", "King")


class Card(NamedTuple):
    """A card of a pile."""

    rank: int
    up: bool


Piles = list[list[Card]]


def _piles(state: State) -> Piles:
    return [
        [Card(rank, number >= hidden) for number, rank in enumerate(pile)]
        for pile, hidden in zip(state.piles, state.hidden, strict=True)
    ]


def _is_run(cards: Sequence[Card]) -> bool:
    ranks = [card.rank for card in cards]
    return all(card.up for card in cards) and ranks == list(range(ranks[0], ranks[0] - len(ranks), -1))


def _open_run(pile: Sequence[Card]) -> list[Card]:
    """Return the longest run at the open end of a pile."""
    return next((list(pile[start:]) for start in range(len(pile)) if _is_run(pile[start:])), [])


def _result(piles: Piles, move: Mapping[str, Any]) -> str:
    """Return the first of the four checks that a move fails, or `success`."""
    pile, cards = piles[move["pile"]], piles[move["pile"]][move["card"] :]
    if not cards:
        return "no_such_card"
    if not pile[move["card"]].up:
        return "face_down"
    if not _is_run(cards):
        return "blocked"
    target = piles[move["to"]]
    return "rank_mismatch" if target and target[-1].rank != cards[0].rank + 1 else "success"


def _after(state: State, action: Mapping[str, Any]) -> Piles | None:
    """Return the piles after a move or a run put away, None when it is not possible."""
    piles = _piles(state)
    pile = piles[action["pile"]]
    if action["kind"] == "foundation":
        if len(_open_run(pile)) != KING or state.foundations == DECKS:
            return None
        del pile[-KING:]
    else:
        if _result(piles, action) != "success" or action["to"] == action["pile"]:
            return None
        piles[action["to"]] += pile[action["card"] :]
        del pile[action["card"] :]
    if pile:
        pile[-1] = Card(pile[-1].rank, True)
    return piles


def _actions(state: State) -> list[dict[str, Any]]:
    """Return all moves and foundation actions that are possible."""
    piles, numbers = _piles(state), range(len(state.piles))
    moves = [
        {"kind": "move", "pile": pile, "card": card, "to": to}
        for pile in numbers
        for card in range(state.hidden[pile], len(state.piles[pile]))
        for to in numbers
        if to != pile
    ]
    found: list[dict[str, Any]] = [{"kind": "foundation", "pile": pile} for pile in numbers]
    found = [action for action in found if _after(state, action) is not None]
    return found + [move for move in moves if _result(piles, move) == "success"]


def _reveals(state: State, action: Mapping[str, Any], pile: int) -> bool:
    """Return whether a possible action turns over a card of a pile."""
    after = _after(state, action)
    return after is not None and sum(not card.up for card in after[pile]) < state.hidden[pile]


def _length(state: State, move: Mapping[str, Any]) -> int:
    """Return the length of the run at the open end of the target after a possible move onto a card."""
    after = _after(state, move)
    return len(_open_run(after[move["to"]])) if after and state.piles[move["to"]] else 0


def _deals(state: State) -> int:
    stock, deals = list(state.stock), 0
    while stock:
        del stock[-len(state.piles) :]
        deals += 1
    return deals


def _top_card(state: State, params: Params) -> list[Json]:
    pile = state.piles[params["pile"]]
    return [f"Spade {NAMES[pile[-1] - 1]}" if pile else "Empty"]


def _face_down_count(state: State, _: Params) -> list[Json]:
    return [sum(not card["faceUp"] for pile in state.to_json()["waste"] for card in pile)]


def _deal_clicks(state: State, params: Params) -> list[Json]:
    piles, stock = _piles(state), list(state.stock)
    for _ in range(params["clicks"]):
        if stock and all(piles):
            for pile in piles:
                pile.append(Card(stock.pop(), True))
    return [sum(card.up for card in piles[params["pile"]])]


def _move_result(state: State, params: Params) -> list[Json]:
    result = _result(_piles(state), params)
    return [option for option in params["options"] if option == result]


def _reveal_move(state: State, params: Params) -> list[Json]:
    asked = params["pile"]
    covered = state.hidden[asked] > 0
    some = any(_reveals(state, action, asked) for action in _actions(state))
    facts = {"none_needed": not covered, "impossible": covered and not some}
    return [
        option
        for option in params["options"]
        if (facts[option["kind"]] if option["kind"] in facts else _reveals(state, option, asked))
    ]


def _best(state: State) -> list[dict[str, Any]]:
    """Return all actions that are best by the strategy."""
    actions = _actions(state)
    if first := [action for action in actions if action["kind"] == "foundation"]:
        return first
    if not actions:
        return [{"kind": "deal"}]
    lengths = [_length(state, action) for action in actions]
    return [action for action, length in zip(actions, lengths, strict=True) if length == max(lengths) > 0]


def _best_action(state: State, params: Params) -> list[Json]:
    best = _best(state)
    return [option for option in params["options"] if option in best]


def _ranks(cards: Sequence[Card]) -> str:
    return " ".join(letter(card.rank) if card.up else "##" for card in cards)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _numbers(numbers: Sequence[int], last: str) -> str:
    """Return numbers as `1, 2 and 3`."""
    texts = list(map(str, numbers))
    return f" {last} ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def _deals_left_steps(state: State, _: Params, steps: Sequence[str]) -> list[str]:
    deals = _deals(state)
    holds = f"holds {_count(deals, 'deal')}" if deals else "is empty"
    expected = [
        f"One deal puts a card onto each of the {len(state.piles)} waste piles, and every back in the stock stands for"
        " one such deal.",
        f"The stock {holds}, so it can be clicked {_count(deals, 'time')} to deal cards.",
    ]
    return unlike(steps, expected)


def _top_card_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    number = params["pile"]
    pile = _piles(state)[number]
    expected = [
        f"The waste piles are numbered 0 to {len(state.piles) - 1} from left to right; find number {number}.",
        f"Pile {number}, the bottom card first: {_ranks(pile)}." if pile else f"Pile {number} holds no card.",
    ]
    if pile:
        rank = pile[-1].rank
        expected.append(f"The top card is the last one of these, {letter(rank)}: Spade {NAMES[rank - 1]}.")
    return unlike(steps, expected)


def _face_down_count_steps(state: State, _: Params, steps: Sequence[str]) -> list[str]:
    counts = [sum(not card.up for card in pile) for pile in _piles(state)]
    each = ", ".join(f"pile {number}: {count}" for number, count in enumerate(counts))
    total = f"{' + '.join(map(str, counts))} = {sum(counts)}"
    return unlike(steps, [f"Face-down cards of each pile: {each}.", f"The sum is {total}."])


def _deal_clicks_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    number, clicks, deals = params["pile"], params["clicks"], _deals(state)
    cards = [card for card in _piles(state)[number] if card.up]
    now = f"Pile {number} now has {_count(len(cards), 'face-up card')}"
    expected = [f"{now}: {_ranks(cards)}." if cards else f"{now}."]
    if not all(state.piles):
        keeps = f"keeps {_count(len(cards), 'face-up card')}"
        gap = state.piles.index(())
        expected.append(f"Pile {gap} is empty, so every click is refused and nothing is dealt: pile {number} {keeps}.")
        return unlike(steps, expected)
    done, idle = min(clicks, deals), clicks - min(clicks, deals)
    if not done:
        which = "the click does nothing" if clicks == 1 else f"all {clicks} clicks do nothing"
    elif not idle:
        which = "the click deals" if clicks == 1 else f"all {clicks} clicks deal"
    else:
        which = f"{done} of the {clicks} clicks deal{'s' * (done == 1)} and the other {idle} do{'es' * (idle == 1)}"
        which += " nothing"
    stock = f"holds {_count(deals, 'deal')}" if deals else "is empty"
    expected += [
        f"No waste pile is empty, so no click is refused. The stock {stock}, so {which}.",
        f"Each deal adds one face-up card to pile {number}: {len(cards)} + {done} = {len(cards) + done}.",
    ]
    return unlike(steps, expected)


def _by_number(number: int, pile: Sequence[Card]) -> str:
    if not pile:
        return f"Pile {number} is empty."
    cards = ", ".join(f"{place}: {_ranks([card])}" for place, card in enumerate(pile))
    return f"Pile {number} by card number (## is face down): {cards}."


def _break(cards: Sequence[Card], text: str) -> tuple[str, str]:
    """Return a card that does not continue a run, and the card it lies on: those named in a text, if they are such."""
    breaks = [
        (letter(upper.rank), letter(lower.rank)) for lower, upper in pairwise(cards) if upper.rank != lower.rank - 1
    ]
    told = re.search(r"(\w+) (?:lies on|is not one rank lower than the) (\w+)", text)
    return told.groups() if told and told.groups() in breaks else breaks[0]  # pyright: ignore[reportReturnType]


def _move_result_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    piles = _piles(state)
    number, card, to = params["pile"], params["card"], params["to"]
    pile, target, result = piles[number], piles[to], _result(piles, params)
    cards, fails = pile[card:], " This check fails."
    expected = [_by_number(number, pile)]
    if result == "no_such_card":
        last = f"its last number is {len(pile) - 1}" if pile else "it is empty"
        return unlike(steps, [*expected, f"Check (1): pile {number} has no card number {card}; {last}.{fails}"])
    expected.append(f"Check (1): pile {number} has a card number {card}.")
    if result == "face_down":
        return unlike(steps, [*expected, f"Check (2): card number {card} is face down.{fails}"])
    expected.append(f"Check (2): card number {card} is {letter(cards[0].rank)}, face up.")
    if result == "blocked":
        upper, lower = _break(cards, steps[-1])
        broken = f"{_ranks(cards)} do not form a run: {upper} is not one rank lower than the {lower} it lies on"
        return unlike(steps, [*expected, f"Check (3): {broken}.{fails}"])
    single = "it is the top card, and a single card is a run"
    expected.append(f"Check (3): {f'{_ranks(cards)} form a run' if len(cards) > 1 else single}.")
    top = f"the top card of pile {to} is {letter(target[-1].rank)}" if target else ""
    if result == "rank_mismatch":
        expected.append(f"Check (4): {top}, not exactly one rank higher than {letter(cards[0].rank)}.{fails}")
        return unlike(steps, expected)
    fits = f"{top}, exactly one rank higher than {letter(cards[0].rank)}"
    expected.append(f"Check (4): {fits if target else f'pile {to} is empty, so any card fits'}.")
    return unlike(steps, [*expected, "No check fails, so the move is carried out."])


def _label(option: Mapping[str, Any]) -> str:
    match option["kind"]:
        case "none_needed":
            return "No action is needed: the pile has no face-down card"
        case "impossible":
            return "Impossible: no single action turns it over now"
        case "deal":
            return "Deal from the stock"
        case "foundation":
            return f"Move cards K to A of pile {option['pile']} to a foundation"
        case _:
            return f"Move card number {option['card']} of pile {option['pile']} to pile {option['to']}"


def _prevented(state: State, action: Mapping[str, Any]) -> str:
    """Return why a move or a foundation action is not possible."""
    piles = _piles(state)
    pile = piles[action["pile"]]
    if action["kind"] == "foundation":
        return f"the run at the open end of pile {action['pile']} is {_ranks(_open_run(pile))}, not K to A"
    cards, target = pile[action["card"] :], piles[action["to"]]
    match _result(piles, action):
        case "face_down":
            return f"card number {action['card']} of pile {action['pile']} is face down"
        case "blocked":
            return f"{_ranks(cards)} do not form a run"
        case _:
            card, top = letter(cards[0].rank), letter(target[-1].rank)
            return f"{card} does not fit onto {top}, the top card of pile {action['to']}"


def _reveal_option(state: State, option: Mapping[str, Any], asked: int, some: bool) -> str:
    hidden = state.hidden[asked]
    match option["kind"]:
        case "none_needed":
            return f"wrong, pile {asked} has {_count(hidden, 'face-down card')}" if hidden else "right"
        case "impossible" if not hidden:
            return f"wrong, pile {asked} has no face-down card at all"
        case "impossible":
            return "wrong, a single action does it" if some else "right"
        case "foundation":
            if _reveals(state, option, asked):
                return "right, the whole run leaves and uncovers the face-down card"
            return f"wrong, {_prevented(state, option)}"
        case _:
            pass
    if _after(state, option) is None:
        return f"not possible, {_prevented(state, option)}"
    if _reveals(state, option, asked):
        return "right, all face-up cards leave and the face-down card is turned over"
    if option["pile"] != asked:
        return f"possible, but it takes no card from pile {asked}"
    if not hidden:
        return f"possible, but pile {asked} has no face-down card"
    left = [card for card in _piles(state)[asked][: option["card"]] if card.up]
    return f"possible, but {_ranks(left)} stay{'s' * (len(left) == 1)} on the face-down card"


def _reveal_move_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    piles, asked = _piles(state), params["pile"]
    hidden = state.hidden[asked]
    ways = [action for action in _actions(state) if _reveals(state, action, asked)]
    expected = [_by_number(asked, piles[asked])]
    if not hidden:
        expected.append("It has no face-down card, so no action is needed to turn one over.")
    else:
        cards = piles[asked][hidden:]
        head = letter(cards[0].rank)
        expected.append(
            f"Its uppermost face-down card is number {hidden - 1}. It is turned over only if everything from card"
            f" number {hidden} on leaves the pile in one action: {_ranks(cards)}."
        )
        empty = [number for number, pile in enumerate(piles) if not pile]
        gaps = f"pile {empty[0]} is empty" if empty else "no pile is empty"
        begin = "These cards form one run" if len(cards) > 1 else "This is a single card"
        if not _is_run(cards):
            upper, lower = _break(cards, " ".join(steps[2:3]))
            text = f"These cards do not form one run ({upper} lies on {lower}), so they cannot leave together."
        elif head == "K":
            text = f"{begin} with K as its first card; a king goes only onto an empty pile, and {gaps}."
        else:
            above = letter(cards[0].rank + 1)
            fit = [number for number, pile in enumerate(piles) if pile and letter(pile[-1].rank) == above]
            tops = f"{above} is the top card of pile{'s' * (len(fit) > 1)} {_numbers(fit, 'and')}"
            tops = tops if fit else f"no pile has {above} as its top card"
            text = f"{begin}; {head} goes onto {above} or an empty pile: {tops}, and {gaps}."
        expected.append(text)
        if any(action["kind"] == "foundation" for action in ways):
            expected.append("They are a complete run from K to A, which may be moved to a foundation.")
        targets = [action["to"] for action in ways if action["kind"] == "move"]
        if targets:
            expected.append(f"Card number {hidden} of pile {asked} can go to pile {_numbers(targets, 'or')}.")
        if not ways:
            expected.append("So no single action turns the card over now.")
    for sign, option in zip("ABCDEFGH", params["options"], strict=True):
        expected.append(f"Option {sign}, {_label(option)}: {_reveal_option(state, option, asked, bool(ways))}.")
    return unlike(steps, expected)


def _other_option(state: State, option: Mapping[str, Any], rule: int) -> str:
    """Return what a text tells of an option that is not best."""
    if option["kind"] == "deal":
        return f"not best, rule {rule} comes first"
    if _after(state, option) is None:
        return f"not possible, {_prevented(state, option)}"
    if rule == 1:
        return "possible, but rule 1 comes first"
    if not _length(state, option):
        return "possible, but moves to empty piles do not count"
    return f"possible, but {_produced(state, option)} has only {_length(state, option)} cards"


def _produced(state: State, move: Mapping[str, Any]) -> str:
    """Return the run at the open end of the target after a possible move."""
    after = _after(state, move)
    return _ranks(_open_run(after[move["to"]])) if after else ""


def _listed(text: str) -> list[str]:
    """Return the moves of a list of legal moves in order: how they are ordered does not matter."""
    return sorted(re.findall(r"card number \d+ of pile \d to pile \d gives [^(]+\(\d+\)", text))


def _best_action_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    runs = "; ".join(f"{number}: {_ranks(_open_run(pile)) or 'empty'}" for number, pile in enumerate(_piles(state)))
    actions, best = _actions(state), _best(state)
    rule = {"foundation": 1, "move": 2, "deal": 3}[best[0]["kind"]]
    expected = [f"Runs at the open ends of the piles: {runs}."]
    if rule == 1:
        expected.append(
            f"A complete run K to A lies at the open end of pile {best[0]['pile']}: by rule 1 it is moved first."
        )
    else:
        expected.append("No pile ends in a complete run K to A, so rule 1 does not apply.")
    if rule == 3:
        expected.append(
            "No card of these runs is exactly one rank lower than the top card of another pile, and no pile is empty,"
            " so there is no legal move: by rule 3 the stock is dealt from."
        )
    problems: list[str] = []
    if rule == 2:
        onto = [
            f"card number {one['card']} of pile {one['pile']} to pile {one['to']} gives {_produced(state, one)}"
            f" ({_length(state, one)})"
            for one in actions
            if _length(state, one)
        ]
        told = steps[2].removesuffix(" Moves to the empty pile do not count.")
        if _listed(told) != sorted(onto) or len(told.split("; ")) != len(onto):
            problems.append(f"{told} (expected: {onto})")
        several = " (reached by several moves)" * (len(best) > 1)
        expected += [steps[2], f"The longest of these runs has {_length(state, best[0])} cards{several}."]
        if (told != steps[2]) == all(state.piles):
            problems.append(f"wrong on empty piles: {steps[2]}")
    for sign, option in zip("ABCDEFGH", params["options"], strict=True):
        verdict = "best" if option in best else _other_option(state, option, rule)
        expected.append(f"Option {sign}, {_label(option)}: {verdict}.")
    return problems + unlike(steps, expected)


CHECKS = Checks(
    answers={
        "deals_left": lambda state, _: [_deals(state)],
        "top_card": _top_card,
        "face_down_count": _face_down_count,
        "deal_clicks": _deal_clicks,
        "move_result": _move_result,
        "reveal_move": _reveal_move,
        "best_action": _best_action,
    },
    steps={
        "deals_left": _deals_left_steps,
        "top_card": _top_card_steps,
        "face_down_count": _face_down_count_steps,
        "deal_clicks": _deal_clicks_steps,
        "move_result": _move_result_steps,
        "reveal_move": _reveal_move_steps,
        "best_action": _best_action_steps,
    },
)
