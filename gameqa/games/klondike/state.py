"""The table of Klondike: stock, waste, foundations, and seven piles with face-down and face-up cards."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

Card = str
"""Suit, one space, rank as a number: `spade 12` is the queen of spades."""

SUITS: tuple[str, ...] = ("heart", "diamond", "club", "spade")
SIGNS = {"heart": "♥", "diamond": "♦", "club": "♣", "spade": "♠"}
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
DECK: tuple[Card, ...] = tuple(f"{suit} {rank}" for suit in SUITS for rank in range(1, 14))
RANK = {card: index % 13 + 1 for index, card in enumerate(DECK)}
SUIT = {card: card.split()[0] for card in DECK}
RED = {card: index < 26 for index, card in enumerate(DECK)}
ONTO: dict[Card, tuple[Card, ...]] = {
    card: tuple(other for other in DECK if RANK[other] == RANK[card] - 1 and RED[other] != RED[card]) for card in DECK
}
"""The two cards that may be laid on a card in the tableau; none on an ace."""
TAKERS: dict[Card, tuple[Card, ...]] = {card: tuple(other for other in DECK if card in ONTO[other]) for card in DECK}
"""The two cards that a card may be laid on; none for a king."""

TABS, FOUNDATIONS, MOST_LEFT = 7, 4, 24
"""Numbers of piles and foundations, most cards of stock and waste together."""

CardText = Annotated[str, Meta(pattern="^(heart|diamond|club|spade) ([1-9]|1[0-3])$")]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    draw: Annotated[int, Meta(ge=0, le=MOST_LEFT)]
    dump: list[CardText]
    piles: list[list[CardText]]
    tableau: list[list[Annotated[str, Meta(pattern=r"^(\?|(heart|diamond|club|spade) ([1-9]|1[0-3]))$")]]]


def name(card: Card) -> str:
    """Return a card in words: `10 of hearts`."""
    return f"{RANKS[RANK[card] - 1]} of {SUIT[card]}s"


def brief(card: Card) -> str:
    """Return a card in letters: `10H`."""
    return f"{RANKS[RANK[card] - 1]}{SUIT[card][0].upper()}"


def foundation(suit: str, height: int) -> tuple[Card, ...]:
    """Return the cards of a foundation, the ace first."""
    first = 13 * SUITS.index(suit)
    return DECK[first : first + height]


@dataclass(frozen=True, slots=True)
class State:
    """A table.

    `draw` counts the cards of the stock, `dump` is the waste with its top card last, `piles` are the foundations from
    left to right. Of the seven piles of the tableau `hidden` counts the face-down cards and `runs` holds the face-up
    cards, the open card last.
    """

    draw: int
    dump: tuple[Card, ...]
    piles: tuple[tuple[Card, ...], ...]
    hidden: tuple[int, ...]
    runs: tuple[tuple[Card, ...], ...]

    @property
    def face_up(self) -> int:
        """How many cards of the tableau are face up."""
        return sum(map(len, self.runs))

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "draw": self.draw,
            "dump": list(self.dump),
            "piles": [list(pile) for pile in self.piles],
            "tableau": [["?"] * hidden + list(run) for hidden, run in zip(self.hidden, self.runs, strict=True)],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if len(read.piles) != FOUNDATIONS or len(read.tableau) != TABS:
            raise ValueError(
                f"there must be {FOUNDATIONS} foundations and {TABS} tableau piles, not {len(read.piles)} and"
                f" {len(read.tableau)}"
            )
        for number, cards in enumerate(read.piles, 1):
            if cards and tuple(cards) != foundation(SUIT[cards[0]], len(cards)):
                raise ValueError(f"foundation {number} must hold one suit from the ace upwards")
        hidden = tuple(pile.count("?") for pile in read.tableau)
        runs = tuple(tuple(pile[covered:]) for covered, pile in zip(hidden, read.tableau, strict=True))
        for number, (covered, run) in enumerate(zip(hidden, runs, strict=True), 1):
            _check_pile(number, covered, run)
        if read.draw + len(read.dump) > MOST_LEFT:
            raise ValueError(
                f"stock and waste hold at most {MOST_LEFT} cards together, not {read.draw + len(read.dump)}"
            )
        count = Counter([card for pile in (read.dump, *read.piles, *runs) for card in pile])
        twice = [card for card in DECK if count[card] > 1]
        if twice:
            raise ValueError(f"every card occurs at most once, but {twice[0]} occurs {count[twice[0]]} times")
        total = len(count) + sum(hidden) + read.draw
        if total != len(DECK):
            raise ValueError(f"there must be {len(DECK)} cards in all, not {total}")
        return cls(read.draw, tuple(read.dump), tuple(map(tuple, read.piles)), hidden, runs)

    def __str__(self) -> str:
        tops = " ".join(brief(pile[-1]) if pile else "--" for pile in self.piles)
        waste = brief(self.dump[-1]) if self.dump else "--"
        lines = [f"stock {self.draw}, waste {len(self.dump)}: {waste} | {tops}"]
        for number, (hidden, run) in enumerate(zip(self.hidden, self.runs, strict=True), 1):
            lines.append(" ".join([f"Tab{number}:", *["##"] * hidden, *map(brief, run)]))
        return "\n".join(lines)


def _check_pile(number: int, hidden: int, run: tuple[str, ...]) -> None:
    """Raise ValueError when a pile of the tableau cannot look like this."""
    if "?" in run:
        raise ValueError(f"in Tab{number} the face-down cards must come first")
    if hidden >= number:
        raise ValueError(f"Tab{number} has at most {number - 1} face-down cards, not {hidden}")
    if hidden and not run:
        raise ValueError(f"Tab{number} has face-down cards but no face-up card")
    for lower, upper in pairwise(run):
        if upper not in ONTO[lower]:
            raise ValueError(f"in Tab{number} {upper} cannot lie on {lower}")
