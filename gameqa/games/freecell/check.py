"""A second way to every answer of FreeCell: all legal moves listed, moves played on plain lists of cards.

The table is a list of cards for every place, named as moves name it: `Cascade 0`, `FreeCell 3`, `Foundation SPADES`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from gameqa.core.audit import Checks
from gameqa.core.game import Json

from .state import RANKS, SIGNS, SUITS, Card, State

Table = dict[str, list[Card]]
Params = Mapping[str, Any]
Move = tuple[Card, str, str]

CARD = r"(?:A|[2-9]|10|J|Q|K) [♥♦♣♠]"
FOUNDATION = r"(?:hearts|diamonds|clubs|spades) foundation"
PLACE = rf"(?:cascade \d|free cell \d|the {FOUNDATION})"


def _table(state: State) -> Table:
    places = {f"Cascade {number}": list(pile) for number, pile in enumerate(state.piles)}
    places |= {f"FreeCell {number}": [] if card is None else [card] for number, card in enumerate(state.cells)}
    for name, sign, height in zip(SUITS, SIGNS, state.heights, strict=True):
        places[f"Foundation {name}"] = [f"{rank} {sign}" for rank in RANKS[:height]]
    return places


def _rank(card: Card) -> int:
    return RANKS.index(card.split()[0])


def _red(card: Card) -> bool:
    return card[-1] in "♥♦"


def _own(card: Card) -> str:
    """Return the name of the foundation of a card."""
    return f"Foundation {SUITS[SIGNS.index(card[-1])]}"


def _waits(table: Table, place: str) -> Card:
    """Return the card that a foundation takes next."""
    return f"{RANKS[len(table[place])]} {SIGNS[SUITS.index(place.split()[1])]}"


def _legal(table: Table) -> set[Move]:
    """Return all legal moves of a table."""
    moves: set[Move] = set()
    for source, cards in table.items():
        if not cards or source.startswith("Foundation"):
            continue
        card = cards[-1]
        for target, lying in table.items():
            match target.split()[0]:
                case "FreeCell":
                    fits = source.startswith("Cascade") and not lying
                case "Foundation":
                    fits = target == _own(card) and len(lying) == _rank(card)
                case _:
                    fits = not lying or (_red(lying[-1]) != _red(card) and _rank(lying[-1]) - _rank(card) == 1)
            if fits and target != source:
                moves.add((card, source, target))
    return moves


def _move(option: Mapping[str, str]) -> Move:
    return option["card"], option["from"], option["to"]


def _play(table: Table, move: Move) -> bool:
    """Make a move; return False, with nothing done, when it is not legal."""
    if move not in _legal(table):
        return False
    table[move[2]].append(table[move[1]].pop())
    return True


def _specified_card(state: State, params: Params) -> list[Json]:
    return [card for card in params["options"] if card == list(reversed(state.piles[params["pile"]]))[params["n"] - 1]]


def _valid_move(state: State, params: Params) -> list[Json]:
    legal = _legal(_table(state))
    return [option for option in params["options"] if _move(option) in legal]


def _card_after_move(state: State, params: Params) -> list[Json]:
    table = _table(state)
    if not all(_play(table, _move(move)) for move in params["moves"]):
        return []
    return [card for card in params["options"] if card == table[f"Cascade {params['pile']}"][-1]]


def _place(words: str) -> str:
    """Return the place that is called `free cell 3` or `the hearts foundation` in a text."""
    words = words.removeprefix("the ")
    if words.endswith("foundation"):
        return f"Foundation {words.split()[0].upper()}"
    return words.replace("free cell", "FreeCell").replace("cascade", "Cascade")


def _shown(table: Table, place: str) -> str:
    """Return what a text tells of a place: its last three cards, of a foundation the highest."""
    cards = table[place]
    if not cards:
        return "empty"
    last = cards[-1:] if place.startswith("Foundation") else cards[-3:]
    return "... " * (len(cards) > len(last) > 1) + ", ".join(last)


def _lies(table: Table, move: Move, card: Card, place: str) -> bool:
    """Return whether a card is the open one of source or target."""
    return any(_place(place) == end and table[end][-1:] == [card] for end in move[1:])


def _covered(table: Table, move: Move, card: Card, place: str, by: Card) -> bool:
    return (card, _place(place)) == move[:2] and (card, by) in pairwise(table[move[1]])


CLAIMS: dict[str, Callable[..., bool]] = {
    rf"({CARD}) is (?:the open card of|in) (cascade \d|free cell \d)": _lies,
    rf"({CARD}) is in (cascade \d), but covered by ({CARD})": _covered,
    rf"({PLACE}) is empty": lambda table, move, place: _place(place) == move[2] and not table[move[2]],
    rf"(free cell \d) already holds ({CARD})": lambda table, move, place, card: (
        _place(place) == move[2] and table[move[2]] == [card]
    ),
    rf"the ({FOUNDATION}) is empty and waits for ({CARD})": lambda table, move, place, due: (
        _place(place) == move[2] and not table[move[2]] and _waits(table, move[2]) == due
    ),
    rf"the ({FOUNDATION}) shows ({CARD}) and waits for ({CARD})": lambda table, move, place, top, due: (
        _place(place) == move[2] and table[move[2]][-1:] == [top] and _waits(table, move[2]) == due
    ),
    rf"the ({FOUNDATION}) is not of its suit": lambda table, move, place: _place(place) == move[2] != _own(move[0]),
    rf"it may only go to the ({FOUNDATION})": lambda table, move, place: _place(place) == _own(move[0]),
    rf"it goes only onto a (red|black) ({'|'.join(RANKS)}) or onto an empty cascade": lambda table, move, color, rank: (
        (color == "black") == _red(move[0]) and RANKS.index(rank) == _rank(move[0]) + 1
    ),
    "it goes only onto an empty cascade": lambda table, move: _rank(move[0]) == len(RANKS) - 1,
}
"""What a text may say of a move: pattern and whether it is true on a table."""


def _denied(table: Table, move: Move, text: str) -> list[str]:
    """Return the claims of a text about a move that are false or not understood."""
    found: list[str] = []
    for claim in re.split(r"; |, and |, but (?!covered)", text):
        for pattern, holds in CLAIMS.items():
            if match := re.fullmatch(pattern, claim):
                if not holds(table, move, *match.groups()):
                    found.append(f"it is false that {claim}")
                break
        else:
            found.append(f"not understood: {claim}")
    return found


def _specified_card_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    number, n = params["pile"], params["n"]
    pile = state.piles[number][::-1]
    nth = [f"{k}{'th' if 10 < k < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(k % 10, 'th')}" for k in range(1, n + 1)]
    expected = [
        f"The open card of cascade {number} is {pile[0]}. Counting starts with it and goes towards the covered cards.",
        "Cards: " + ", ".join(f"{one} {card}" for one, card in zip(nth, pile, strict=False)) + ".",
        f"So the {nth[-1]} card from the top of cascade {number} is {pile[n - 1]}.",
    ]
    return [f"expected: {text}" for text in expected if text not in steps] + [
        f"not expected: {step}" for step in steps if step not in expected
    ]


def _valid_move_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    table, problems = _table(state), list[str]()
    legal = _legal(table)
    if len(steps) != 3 + len(params["options"]):
        return [f"{len(steps)} steps for {len(params['options'])} options"]
    piles = {place: cards for place, cards in table.items() if place.startswith("Cascade")}
    told = {f"Cascade {number}": card for card, number in re.findall(rf"({CARD}) in cascade (\d)", steps[0])}
    empty = re.findall(r"\d", steps[0].partition("empty cascades: ")[2])
    if told != {place: cards[-1] for place, cards in piles.items() if cards}:
        problems.append(f"wrong open cards: {steps[0]}")
    if empty != [place[-1] for place, cards in piles.items() if not cards]:
        problems.append(f"wrong empty cascades: {steps[0]}")
    held = {int(number): card for card, number in re.findall(rf"({CARD}) in free cell (\d)", steps[1])}
    free = {int(number): None for number in re.findall(r"\d", steps[1].partition("empty: ")[2])}
    if held | free != dict(enumerate(state.cells)):
        problems.append(f"wrong free cells: {steps[1]}")
    if re.findall(CARD, steps[2]) != [_waits(table, f"Foundation {name}") for name in SUITS]:
        problems.append(f"wrong cards that foundations wait for: {steps[2]}")
    for letter, option, step in zip("ABCD", params["options"], steps[3:], strict=True):
        match = re.fullmatch(
            rf"Option {letter}, ({CARD}) from ({PLACE}) to ({PLACE}): (.*), so the move is( not)? legal\.", step
        )
        if not match:
            problems.append(f"not understood: {step}")
            continue
        card, source, target, reason, wrong = match.groups()
        move = _move(option)
        if (card, _place(source), _place(target)) != move or (wrong is None) != (move in legal):
            problems.append(f"wrong: {step}")
        problems += _denied(table, move, reason)
    return problems


def _card_after_move_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    table, problems = _table(state), list[str]()
    if len(steps) != len(params["moves"]) + 1:
        return [f"{len(steps)} steps for {len(params['moves'])} moves"]
    for option, step in zip(params["moves"], steps, strict=False):
        first, *states = re.split(r"(?<!\.)\. ", step.removesuffix("."))
        match = re.fullmatch(rf"({CARD}) from ({PLACE}) to ({PLACE}): (.*)", first)
        move = _move(option)
        if not match or (match[1], _place(match[2]), _place(match[3])) != move:
            return [*problems, f"not the move {move}: {step}"]
        problems += _denied(table, move, match[4])
        before = {place: _shown(table, place) for place in move[1:]}
        if not _play(table, move):
            return [*problems, f"{move} is not legal"]
        expected = {place: f"{before[place]} before; {_shown(table, place)} after" for place in move[1:]}
        told = dict(text.split(": ") for text in states)
        if {_place(place[0].lower() + place[1:]): text for place, text in told.items()} != expected:
            problems.append(f"expected {expected}: {step}")
    asked = f"Cascade {params['pile']}"
    end = f"cascade {params['pile']} holds {_shown(table, asked)}; its open card is {table[asked][-1]}."
    if steps[-1] != f"After the last move {end}":
        problems.append(f"expected at the end {end} {steps[-1]}")
    return problems


CHECKS = Checks(
    answers={"specified_card": _specified_card, "valid_move": _valid_move, "card_after_move": _card_after_move},
    steps={
        "specified_card": _specified_card_steps,
        "valid_move": _valid_move_steps,
        "card_after_move": _card_after_move_steps,
    },
)
