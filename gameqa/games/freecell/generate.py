"""Levels, deals and random play."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import Area, Kind, Move, cell_cards, empty_cells, moves, play
from .state import CELLS, DECK, State

Count = Annotated[int, Meta(ge=1, le=60)]

PLAY: tuple[tuple[tuple[Kind, ...], float], ...] = (
    ((Kind.PILE_TO_HOME, Kind.CELL_TO_HOME), 0.4),
    ((Kind.PILE_TO_PILE,), 0.3),
    ((Kind.PILE_TO_CELL,), 0.2),
    ((Kind.CELL_TO_PILE,), 0.1),
)
"""Kinds of moves and their weights in random play."""
MOST_CELLS, LONGEST, MOST_EMPTY, FEWEST = 3, 19, 1, 30
"""Random play keeps to these bounds: occupied cells, cards of a cascade, empty cascades, cards in all cascades."""
SHUFFLES = 60
"""Orders of equal places that are tried to hit the wanted split."""


class FreecellParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `play` is the number of random moves before the snapshot, `moves` the number of moves in `card_after_move`.
    The other fields are wishes of a plan: `busy`, that a free cell is in use; `kind`, that a move of this kind is
    open; `touch`, how the last of the asked moves that concerns the asked cascade does so; `deep`, that this move
    alone does not tell what is open afterwards.
    """

    cascades: Annotated[int, Meta(ge=4, le=8)]
    play: tuple[Count, Count]
    moves: Annotated[int, Meta(ge=1, le=4)]
    most_cells: Annotated[int, Meta(ge=1, le=MOST_CELLS)] = MOST_CELLS
    busy: bool | None = None
    kind: Kind | None = None
    touch: Literal["source", "target"] | None = None
    deep: bool | None = None

    def __post_init__(self) -> None:
        if self.play[0] > self.play[1]:
            raise ValueError("play must be (least, most)")


LEVELS = {
    Level.EASY: FreecellParams(cascades=8, play=(1, 8), moves=1),
    Level.MEDIUM: FreecellParams(cascades=6, play=(2, 16), moves=2),
    Level.HARD: FreecellParams(cascades=4, play=(4, 24), moves=3),
}


def generate(rng: Random, plan: FreecellParams, accept: Callable[[State], bool]) -> State | None:
    """Deal, play at random, take the last position that grants the plan, and shuffle equal places for the split."""
    for state in reversed(_random_play(rng, plan)):
        if (not plan.busy or state.occupied) and (plan.kind is None or moves(state, plan.kind)):
            break
    else:
        return None
    for _ in range(SHUFFLES):
        shuffled = _shuffle_places(state, rng)
        if accept(shuffled):
            return shuffled
    return None


def _random_play(rng: Random, plan: FreecellParams) -> list[State]:
    """Return the positions after each move of a random game."""
    deck = list(DECK)
    rng.shuffle(deck)
    piles = tuple(tuple(deck[first :: plan.cascades]) for first in range(plan.cascades))
    state, last, positions = State(piles, (None,) * CELLS, (0, 0, 0, 0)), None, list[State]()
    total = rng.randint(*plan.play)
    for number in range(1, total + 1):
        last = _random_move(rng, plan, state, last, fill=bool(plan.busy) and number == total and not state.occupied)
        if last is None:
            break
        state = play(state, last)
        positions.append(state)
    return positions


def _random_move(rng: Random, plan: FreecellParams, state: State, last: Move | None, fill: bool) -> Move | None:
    """Draw the kind of move, then a move of that kind; with `fill`, put a card into a free cell."""
    groups = [group for group in PLAY if not fill or Kind.PILE_TO_CELL in group[0]]
    while groups:
        group = rng.choices(groups, [weight for _, weight in groups])[0]
        open_moves = [move for kind in group[0] for move in moves(state, kind) if _allowed(state, move, plan)]
        open_moves = [move for move in open_moves if last is None or not move.undoes(last)]
        if open_moves:
            return rng.choice(open_moves)
        groups.remove(group)
    return None


def _allowed(state: State, move: Move, plan: FreecellParams) -> bool:
    """Return whether a legal move keeps within the bounds of random play."""
    empty = state.piles.count(())
    if move.target.area is Area.CASCADE:
        height = len(state.piles[move.target.number])
        empty -= height == 0
        if height == LONGEST:
            return False
    elif move.target.area is Area.CELL and state.occupied >= plan.most_cells:
        return False
    if move.source.area is Area.CASCADE:
        empty += len(state.piles[move.source.number]) == 1
        if move.target.area is not Area.CASCADE and sum(map(len, state.piles)) == FEWEST:
            return False
    return empty <= MOST_EMPTY


def _shuffle_places(state: State, rng: Random) -> State:
    """Shuffle the free cells, and the cascades that were dealt equally many cards.

    The rules treat these places alike, so every order is as likely to come out of play as the one at hand.
    """
    longer = len(DECK) % len(state.piles)
    first, second = list(state.piles[:longer]), list(state.piles[longer:])
    cells = list(state.cells)
    for places in (first, second, cells):
        rng.shuffle(places)
    return State((*first, *second), tuple(cells), state.heights)


def perturb(state: State, rng: Random) -> State:
    """Exchange two cards, move a card to another free cell, or take a card down from a foundation."""
    kind = rng.randrange(3)
    held, built = cell_cards(state), [suit for suit, height in enumerate(state.heights) if height]
    if kind == 0 and held and empty_cells(state):
        (_, source), target = rng.choice(held), rng.choice(empty_cells(state))
        cells = list(state.cells)
        cells[source.number], cells[target.number] = cells[target.number], cells[source.number]
        return State(state.piles, tuple(cells), state.heights)
    if kind == 1 and built:
        suit, onto = rng.choice(built), rng.randrange(len(state.piles))
        piles, heights = list(state.piles), list(state.heights)
        heights[suit] -= 1
        piles[onto] = (*piles[onto], DECK[13 * suit + heights[suit]])
        return State(tuple(piles), state.cells, tuple(heights))
    movable = [card for row in (*state.piles, state.cells) for card in row if card is not None]
    one, other = rng.sample(movable, 2)
    swap = {one: other, other: one}
    piles = tuple(tuple(swap.get(card, card) for card in pile) for pile in state.piles)
    return State(piles, tuple(swap.get(card, card) if card else None for card in state.cells), state.heights)
