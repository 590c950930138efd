"""The table of FreeCell: cards, cascades, free cells, foundations."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Self

import msgspec
from msgspec import Meta

Card = str
"""Rank, one space, suit sign: `10 ♥`."""

RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
SIGNS = ("♥", "♦", "♣", "♠")
SUITS = ("HEARTS", "DIAMONDS", "CLUBS", "SPADES")
"""Suits are numbered 0 to 3 in this order, the order of the foundations; 0 and 1 are red."""
DECK: tuple[Card, ...] = tuple(f"{rank} {sign}" for sign in SIGNS for rank in RANKS)
RANK = {card: index % 13 + 1 for index, card in enumerate(DECK)}
"""Ace 1, jack 11, queen 12, king 13."""
SUIT = {card: index // 13 for index, card in enumerate(DECK)}

CELLS = 4
CASCADES = (4, 8)
"""Fewest and most cascades."""

CardText = Annotated[str, Meta(pattern="^(A|[2-9]|10|J|Q|K) [♥♦♣♠]$")]


class _FoundationsJson(msgspec.Struct, forbid_unknown_fields=True):
    HEARTS: list[CardText]
    DIAMONDS: list[CardText]
    CLUBS: list[CardText]
    SPADES: list[CardText]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    cascade_piles: list[list[CardText]]
    free_cells: list[CardText | None]
    foundation_piles: _FoundationsJson


def is_red(card: Card) -> bool:
    """Return whether a card is a heart or a diamond."""
    return SUIT[card] < 2


def foundation(suit: int, height: int) -> tuple[Card, ...]:
    """Return the cards of a foundation, the ace first."""
    return DECK[13 * suit : 13 * suit + height]


@dataclass(frozen=True, slots=True)
class State:
    """A table with all 52 cards face up.

    `piles` holds the cascades from left to right, each from its bottom card to its open card; `cells` the four
    free cells; `heights` the rank of the highest card on each foundation, in the order of `SUITS`, 0 for empty.
    """

    piles: tuple[tuple[Card, ...], ...]
    cells: tuple[Card | None, ...]
    heights: tuple[int, ...]

    @property
    def occupied(self) -> int:
        """How many free cells hold a card."""
        return CELLS - self.cells.count(None)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "cascade_piles": [list(pile) for pile in self.piles],
            "free_cells": list(self.cells),
            "foundation_piles": {name: list(foundation(suit, self.heights[suit])) for suit, name in enumerate(SUITS)},
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        low, high = CASCADES
        if not low <= len(read.cascade_piles) <= high:
            raise ValueError(f"there must be {low} to {high} cascades, not {len(read.cascade_piles)}")
        if len(read.free_cells) != CELLS:
            raise ValueError(f"there must be {CELLS} free cells, not {len(read.free_cells)}")
        built = [getattr(read.foundation_piles, name) for name in SUITS]
        for suit, cards in enumerate(built):
            if tuple(cards) != foundation(suit, len(cards)):
                raise ValueError(f"the {SUITS[suit]} foundation must hold its suit from the ace upwards")
        cells = [card for card in read.free_cells if card is not None]
        count = Counter([card for pile in [*read.cascade_piles, cells, *built] for card in pile])
        wrong = [card for card in DECK if count[card] != 1]
        if wrong:
            raise ValueError(f"every card must occur exactly once, but {wrong[0]} occurs {count[wrong[0]]} times")
        return cls(tuple(map(tuple, read.cascade_piles)), tuple(read.free_cells), tuple(map(len, built)))

    def __str__(self) -> str:
        tops = [foundation(suit, height)[-1:] for suit, height in enumerate(self.heights)]
        upper = [_ascii(card) for card in self.cells], [_ascii(*top) for top in tops]
        lines = [f"{' '.join(upper[0])} | {' '.join(upper[1])}"]
        lines += [f"{number}: {' '.join(map(_ascii, pile))}".rstrip() for number, pile in enumerate(self.piles)]
        return "\n".join(lines)


def _ascii(card: Card | None = None) -> str:
    """Return a card as `10H`, an empty place as `--`."""
    return "--" if card is None else card.split()[0] + SUITS[SUIT[card]][0]
