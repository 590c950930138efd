"""Which cards can be moved where, and what a move brings about."""

from enum import StrEnum
from typing import Any, NamedTuple, Self

from .state import KING, State


class Move(NamedTuple):
    """Card number `card` of a pile, with all cards on top of it, on its way to another pile; not necessarily legal."""

    pile: int
    card: int
    to: int

    def to_json(self) -> dict[str, Any]:
        """Return the move as it stands in params."""
        return {"kind": "move", "pile": self.pile, "card": self.card, "to": self.to}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a move from params."""
        return cls(data["pile"], data["card"], data["to"])


class Outcome(StrEnum):
    """What becomes of an attempted move: the first check that fails, in this order, or success."""

    NO_SUCH_CARD = "no_such_card"
    FACE_DOWN = "face_down"
    BLOCKED = "blocked"
    RANK_MISMATCH = "rank_mismatch"
    SUCCESS = "success"


def run_start(state: State, pile: int) -> int:
    """Return the number of the first card of the run at the open end of a pile; 0 for an empty pile."""
    cards = state.piles[pile]
    start = max(0, len(cards) - 1)
    while start > state.hidden[pile] and cards[start - 1] == cards[start] + 1:
        start -= 1
    return start


def open_run(state: State, pile: int) -> tuple[int, ...]:
    """Return the face-up cards that form the run at the open end of a pile."""
    return state.piles[pile][run_start(state, pile) :]


def face_up(state: State, pile: int) -> tuple[int, ...]:
    """Return the face-up cards of a pile."""
    return state.piles[pile][state.hidden[pile] :]


def is_complete(state: State, pile: int) -> bool:
    """Return whether the run at the open end of a pile goes from king to ace."""
    return len(open_run(state, pile)) == KING


def fits(state: State, rank: int, to: int) -> bool:
    """Return whether a card may be put on a pile: one rank below its top card, or onto nothing."""
    target = state.piles[to]
    return not target or target[-1] == rank + 1


def outcome(state: State, move: Move) -> Outcome:
    """Return what becomes of a move."""
    cards = state.piles[move.pile]
    if move.card >= len(cards):
        return Outcome.NO_SUCH_CARD
    if move.card < state.hidden[move.pile]:
        return Outcome.FACE_DOWN
    if move.card < run_start(state, move.pile):
        return Outcome.BLOCKED
    return Outcome.SUCCESS if fits(state, cards[move.card], move.to) else Outcome.RANK_MISMATCH


def moves(state: State) -> list[Move]:
    """Return every legal move."""
    found: list[Move] = []
    for pile, cards in enumerate(state.piles):
        if not cards:
            continue
        start, last = run_start(state, pile), len(cards) - 1
        for to, target in enumerate(state.piles):
            if to == pile:
                continue
            if not target:
                found += [Move(pile, card, to) for card in range(start, last + 1)]
            elif cards[last] < target[-1] <= cards[start] + 1:
                found.append(Move(pile, last - (target[-1] - 1 - cards[last]), to))
    return found


def play(state: State, move: Move) -> State:
    """Return the table after a legal move."""
    if outcome(state, move) is not Outcome.SUCCESS:
        raise ValueError(f"{move} is not legal: {outcome(state, move)}")
    piles = list(state.piles)
    piles[move.to] += piles[move.pile][move.card :]
    return _taken(state, piles, move.pile, move.card, 0)


def put_away(state: State, pile: int) -> State:
    """Return the table after the complete run of a pile has gone to a foundation."""
    if not is_complete(state, pile):
        raise ValueError(f"pile {pile} does not end in a complete run")
    return _taken(state, list(state.piles), pile, len(state.piles[pile]) - KING, 1)


def _taken(state: State, piles: list[tuple[int, ...]], pile: int, card: int, complete: int) -> State:
    """Take the cards from number `card` on from a pile; a face-down card on top is turned over."""
    hidden = list(state.hidden)
    piles[pile] = piles[pile][:card]
    hidden[pile] = min(hidden[pile], max(0, card - 1))
    return State(state.stock, tuple(piles), tuple(hidden), state.foundations + complete)


def deal(state: State) -> State:
    """Return the table after a click on the stock: the same table when it is empty or a pile is."""
    if not state.stock or not all(state.piles):
        return state
    dealt = state.stock[: -len(state.piles) - 1 : -1]
    piles = tuple((*pile, rank) for pile, rank in zip(state.piles, dealt, strict=True))
    return State(state.stock[: -len(dealt)], piles, state.hidden, state.foundations)


def joined(state: State, move: Move) -> tuple[int, ...]:
    """Return the run at the open end of the target after a legal move onto a card."""
    return open_run(state, move.to) + state.piles[move.pile][move.card :]


def revealing(state: State, pile: int) -> list[dict[str, Any]]:
    """Return every single action that turns over the uppermost face-down card of a pile, as in params."""
    first = state.hidden[pile]
    if first == 0 or run_start(state, pile) != first:
        return []
    home: list[dict[str, Any]] = [{"kind": "foundation", "pile": pile}] if is_complete(state, pile) else []
    targets = [to for to in range(len(state.piles)) if to != pile and fits(state, state.piles[pile][first], to)]
    return home + [Move(pile, first, to).to_json() for to in targets]


def best_actions(state: State) -> list[dict[str, Any]]:
    """Return the best actions by the strategy of `best_action`, as in params.

    A complete run goes to the foundation; else the moves onto a card that make the longest run; else, if nothing
    at all can be moved, a deal. Empty where the strategy names nothing.
    """
    complete = [pile for pile in range(len(state.piles)) if is_complete(state, pile)]
    if complete:
        return [{"kind": "foundation", "pile": pile} for pile in complete]
    legal = moves(state)
    lengths = {move: len(joined(state, move)) for move in legal if state.piles[move.to]}
    if lengths:
        longest = max(lengths.values())
        return [move.to_json() for move, length in lengths.items() if length == longest]
    return [{"kind": "deal"}] if state.stock and not legal else []
