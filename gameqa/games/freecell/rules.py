"""Moves of single cards: which are legal, why the others are not, what they lead to."""

from enum import StrEnum
from typing import Any, NamedTuple, Self

from .state import CELLS, RANK, SUIT, SUITS, Card, State, is_red


class Area(StrEnum):
    """The three parts of the table."""

    CASCADE = "Cascade"
    CELL = "FreeCell"
    FOUNDATION = "Foundation"


class Place(NamedTuple):
    """A cascade, a free cell or a foundation (`number` is then that of its suit)."""

    area: Area
    number: int

    def __str__(self) -> str:
        return f"{self.area} {SUITS[self.number] if self.area is Area.FOUNDATION else self.number}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that `str` writes."""
        area, _, name = text.partition(" ")
        return cls(Area(area), SUITS.index(name) if name in SUITS else int(name))


PILES = tuple(Place(Area.CASCADE, index) for index in range(8))
FREE = tuple(Place(Area.CELL, index) for index in range(CELLS))
HOMES = tuple(Place(Area.FOUNDATION, index) for index in range(len(SUITS)))


class Move(NamedTuple):
    """One card on its way; not necessarily legal."""

    card: Card
    source: Place
    target: Place

    def to_json(self) -> dict[str, str]:
        """Return the move as it stands in params."""
        return {"card": self.card, "from": str(self.source), "to": str(self.target)}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a move from params."""
        return cls(data["card"], Place.read(data["from"]), Place.read(data["to"]))

    def undoes(self, other: "Move") -> bool:
        """Return whether this move carries the card of `other` back to its place."""
        return self.card == other.card and self.target == other.source


class Kind(StrEnum):
    """Legal moves by the areas they lead from and to."""

    PILE_TO_PILE = "cascade to cascade"
    PILE_TO_HOME = "cascade to foundation"
    PILE_TO_CELL = "cascade to free cell"
    CELL_TO_PILE = "free cell to cascade"
    CELL_TO_HOME = "free cell to foundation"


AREAS = {
    Kind.PILE_TO_PILE: (Area.CASCADE, Area.CASCADE),
    Kind.PILE_TO_HOME: (Area.CASCADE, Area.FOUNDATION),
    Kind.PILE_TO_CELL: (Area.CASCADE, Area.CELL),
    Kind.CELL_TO_PILE: (Area.CELL, Area.CASCADE),
    Kind.CELL_TO_HOME: (Area.CELL, Area.FOUNDATION),
}
KINDS = {areas: kind for kind, areas in AREAS.items()}


class Fault(StrEnum):
    """The first rule a move breaks."""

    ABSENT = "the card is not in that place"
    COVERED = "the card is covered"
    NO_SUCH_MOVE = "no move leads between these places"
    CELL_TAKEN = "the free cell is occupied"
    OTHER_SUIT = "the foundation is of another suit"
    NOT_DUE = "the foundation waits for another rank"
    SAME_COLOR = "both cards have the same colour"
    WRONG_RANK = "the open card is not one rank higher"


def open_cards(state: State) -> list[tuple[Card, Place]]:
    """Return the open card of every cascade that has one."""
    return [(pile[-1], place) for pile, place in zip(state.piles, PILES, strict=False) if pile]


def cell_cards(state: State) -> list[tuple[Card, Place]]:
    """Return the cards in free cells."""
    return [(card, place) for card, place in zip(state.cells, FREE, strict=True) if card is not None]


def empty_cells(state: State) -> list[Place]:
    """Return the free cells without a card."""
    return [place for card, place in zip(state.cells, FREE, strict=True) if card is None]


def is_due(state: State, card: Card) -> bool:
    """Return whether a card is the next one of its foundation."""
    return RANK[card] == state.heights[SUIT[card]] + 1


def fits(card: Card, pile: tuple[Card, ...]) -> bool:
    """Return whether a card may be put on a cascade: onto the other colour, one rank higher, or onto nothing."""
    return not pile or (RANK[pile[-1]] == RANK[card] + 1 and is_red(pile[-1]) != is_red(card))


def fault(state: State, move: Move) -> Fault | None:
    """Return the first rule that a move breaks, or None: it is legal."""
    return _source_fault(state, move) or target_fault(state, move)


def _source_fault(state: State, move: Move) -> Fault | None:
    area, index = move.source
    if area is Area.FOUNDATION:
        return Fault.NO_SUCH_MOVE
    if area is Area.CELL:
        return None if state.cells[index] == move.card else Fault.ABSENT
    if index >= len(state.piles) or move.card not in state.piles[index]:
        return Fault.ABSENT
    return None if state.piles[index][-1] == move.card else Fault.COVERED


def target_fault(state: State, move: Move) -> Fault | None:
    """Return what keeps a card from its target, as if it were free to move."""
    card, source, (area, index) = move
    if area is Area.FOUNDATION:
        if index != SUIT[card]:
            return Fault.OTHER_SUIT
        return None if is_due(state, card) else Fault.NOT_DUE
    if area is Area.CELL:
        if source.area is Area.CELL:
            return Fault.NO_SUCH_MOVE
        return None if state.cells[index] is None else Fault.CELL_TAKEN
    if source == move.target or index >= len(state.piles):
        return Fault.NO_SUCH_MOVE
    if fits(card, state.piles[index]):
        return None
    return Fault.SAME_COLOR if is_red(state.piles[index][-1]) == is_red(card) else Fault.WRONG_RANK


def moves(state: State, kind: Kind) -> list[Move]:
    """Return every legal move of a kind."""
    source, target = AREAS[kind]
    movable = open_cards(state) if source is Area.CASCADE else cell_cards(state)
    if target is Area.FOUNDATION:
        return [Move(card, place, HOMES[SUIT[card]]) for card, place in movable if is_due(state, card)]
    if target is Area.CELL:
        empty = empty_cells(state)
        return [Move(card, place, cell) for card, place in movable for cell in empty]
    targets = list(zip(state.piles, PILES, strict=False))
    return [
        Move(card, place, onto)
        for card, place in movable
        for pile, onto in targets
        if fits(card, pile) and onto != place
    ]


def play(state: State, move: Move) -> State:
    """Return the table after a move; raise ValueError when it is not legal."""
    broken = fault(state, move)
    if broken:
        raise ValueError(f"{move.card} cannot go from {move.source} to {move.target}: {broken}")
    piles, cells, heights = list(state.piles), list(state.cells), list(state.heights)
    if move.source.area is Area.CASCADE:
        piles[move.source.number] = piles[move.source.number][:-1]
    else:
        cells[move.source.number] = None
    if move.target.area is Area.CASCADE:
        piles[move.target.number] = (*piles[move.target.number], move.card)
    elif move.target.area is Area.CELL:
        cells[move.target.number] = move.card
    else:
        heights[move.target.number] += 1
    return State(tuple(piles), tuple(cells), tuple(heights))
