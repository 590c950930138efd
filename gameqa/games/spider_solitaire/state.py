"""The table of one-suit Spider: stock, waste piles, foundations."""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

LETTERS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
"""The 13 ranks; rank 1 is the ace, rank 13 the king."""
KING = len(LETTERS)
DECKS = 8
"""How often each rank occurs in the whole game."""
PILES = (8, 10)
"""Fewest and most waste piles."""
DEALS = 5
"""Most deals that the stock can hold."""


class _CardJson(msgspec.Struct, forbid_unknown_fields=True):
    rank: Annotated[int, Meta(ge=1, le=KING)]
    suit: Literal["spade"]
    face_up: bool = msgspec.field(name="faceUp")


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    stock: list[_CardJson]
    waste: list[list[_CardJson]]
    foundations: Annotated[int, Meta(ge=0, le=DECKS)]


@dataclass(frozen=True, slots=True)
class State:
    """A table of spades; a card is its rank, 1 to 13.

    `piles` holds the waste piles from left to right, each from its bottom card (number 0) to its top card; `hidden`
    says how many cards of each pile are face down, always the lowest numbers. The last card of `stock` is dealt
    first. `foundations` is the number of complete runs put away.
    """

    stock: tuple[int, ...]
    piles: tuple[tuple[int, ...], ...]
    hidden: tuple[int, ...]
    foundations: int

    @property
    def deals(self) -> int:
        """How often the stock can still be dealt from."""
        return len(self.stock) // len(self.piles)

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "stock": [_card(rank, False) for rank in self.stock],
            "waste": [
                [_card(rank, number >= hidden) for number, rank in enumerate(pile)]
                for pile, hidden in zip(self.piles, self.hidden, strict=True)
            ],
            "foundations": self.foundations,
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        low, high = PILES
        count = len(read.waste)
        if not low <= count <= high:
            raise ValueError(f"there must be {low} to {high} waste piles, not {count}")
        if len(read.stock) % count or len(read.stock) > DEALS * count:
            raise ValueError(f"the stock must hold 0 to {DEALS} deals of {count} cards, not {len(read.stock)} cards")
        if any(card.face_up for card in read.stock):
            raise ValueError("every card of the stock must be face down")
        for number, pile in enumerate(read.waste):
            if any(card.face_up and not above.face_up for card, above in pairwise(pile)):
                raise ValueError(f"a face-down card lies on a face-up one in waste pile {number}")
            if pile and not pile[-1].face_up:
                raise ValueError(f"the top card of waste pile {number} is face down")
        found = Counter(card.rank for row in (read.stock, *read.waste) for card in row)
        for rank in range(1, KING + 1):
            if found[rank] != DECKS - read.foundations:
                raise ValueError(
                    f"rank {rank} must occur {DECKS - read.foundations} times in stock and waste, not {found[rank]}"
                )
        return cls(
            tuple(card.rank for card in read.stock),
            tuple(tuple(card.rank for card in pile) for pile in read.waste),
            tuple(sum(not card.face_up for card in pile) for pile in read.waste),
            read.foundations,
        )

    def pile_text(self, pile: int) -> str:
        """Return a pile as `## ## 9 8`, the bottom card first."""
        cards, hidden = self.piles[pile], self.hidden[pile]
        return " ".join([*["##"] * hidden, *map(letter, cards[hidden:])])

    def __str__(self) -> str:
        piles = [f"{pile}: {self.pile_text(pile)}".rstrip() for pile in range(len(self.piles))]
        return "\n".join([f"{self.deals} | {self.foundations}", *piles])


def letter(rank: int) -> str:
    """Return a rank as it stands on a card."""
    return LETTERS[rank - 1]


def _card(rank: int, face_up: bool) -> dict[str, Any]:
    return {"rank": rank, "suit": "spade", "faceUp": face_up}
