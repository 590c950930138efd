"""Bases, blocks and what may happen in a slot. Sets of slots are bits of a number, see `state.slots`."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gameqa.core.masks import bits

from .state import Slot, State, slots

Status = Literal["player_0", "player_1", "empty", "out_of_bound"]
Outcome = Literal["place_no_take", "place_take", "occupied", "not_ready"]
Detail = Literal["out_of_bound", "ball_fixed", "ball_takable", "empty_placeable", "empty_not_placeable"]


@dataclass(frozen=True)
class Geometry:
    """Which slots carry which on one board size; every list goes by the number of the slot.

    Attributes:
        number: the number of each slot.
        base: the four slots that a slot rests on; none on level 0.
        above: the up to four slots that rest on a slot.
        blocks: the up to four 2 x 2 blocks that a slot belongs to.
        below: all slots that a slot rests on, directly or indirectly.
        levels: the slots of each level.
    """

    number: dict[Slot, int]
    base: tuple[int, ...]
    above: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]
    below: tuple[int, ...]
    levels: tuple[int, ...]


@lru_cache(maxsize=8)
def geometry(size: int) -> Geometry:
    """Return the geometry of a board size."""
    every = slots(size)
    number = {slot: place for place, slot in enumerate(every)}
    base, below, levels = [0] * len(every), [0] * len(every), [0] * size
    above, blocks = [0] * len(every), [list[int]() for _ in every]
    for place, (level, x, y) in enumerate(every):
        levels[level] |= 1 << place
        if level:
            hollow = [number[Slot(level - 1, x + dx, y + dy)] for dx in (0, 1) for dy in (0, 1)]
            base[place] = sum(1 << lower for lower in hollow)
            for lower in hollow:
                below[place] |= below[lower] | 1 << lower
                above[lower] |= 1 << place
                blocks[lower].append(base[place])
    return Geometry(number, tuple(base), tuple(above), tuple(map(tuple, blocks)), tuple(below), tuple(levels))


def exists(state: State, slot: Slot) -> bool:
    """Return whether the board has a slot."""
    return slot in geometry(state.size).number


def placeable(state: State) -> int:
    """Return the slots in which a ball may be placed now: empty, and with a full base."""
    full = state.full
    found, bit = 0, 1
    for base in geometry(state.size).base:
        if full & base == base and not full & bit:
            found |= bit
        bit <<= 1
    return found


def placed(state: State, player: int, number: int) -> State:
    """Return the board after a player has placed a ball in a slot."""
    bit = 1 << number
    return State(state.size, state.blue | bit * (player == 0), state.red | bit * (player == 1))


def completed(state: State, player: int, number: int) -> list[int]:
    """Return the blocks of a player's colour that his ball in a slot would complete."""
    own = state.balls[player] | 1 << number
    return [block for block in geometry(state.size).blocks[number] if own & block == block]


def completing(state: State, player: int) -> int:
    """Return the slots in which a ball of a player may be placed now and completes a block of his colour."""
    able, own, found = placeable(state), state.balls[player], 0
    for block in geometry(state.size).base:
        gap = block & ~own
        if gap & able and not gap & (gap - 1):
            found |= gap
    return found


def best_moves(state: State, player: int) -> tuple[bool, int]:
    """Return whether a player can complete a block of his own, and the slots in which a ball does that.

    When he cannot: the slots in which his opponent's ball would complete one.
    """
    own = completing(state, player)
    return (True, own) if own else (False, completing(state, 1 - player))


def takable(state: State) -> int:
    """Return the balls on which no ball rests."""
    above, full = geometry(state.size).above, state.full
    return sum(1 << number for number in bits(full) if not full & above[number])


def missing(state: State, number: int) -> int:
    """Return the empty slots that must be filled before a slot can be."""
    return geometry(state.size).below[number] & ~state.full


def status_of(state: State, slot: Slot) -> Status:
    """Return what is in a slot, or that there is no such slot."""
    if not exists(state, slot):
        return "out_of_bound"
    names: tuple[Status, ...] = ("player_0", "player_1", "empty")
    return names[state.holder(geometry(state.size).number[slot])]


def outcome_of(state: State, slot: Slot, player: int) -> Outcome:
    """Return whether a player's ball can be placed in an existing slot, and whether it earns a take-back."""
    number = geometry(state.size).number[slot]
    if state.full >> number & 1:
        return "occupied"
    if not placeable(state) >> number & 1:
        return "not_ready"
    return "place_take" if completed(state, player, number) else "place_no_take"


def detail_of(state: State, slot: Slot) -> Detail:
    """Return whether a slot exists, and whether its ball is free or a ball may be placed in it."""
    if not exists(state, slot):
        return "out_of_bound"
    bit = 1 << geometry(state.size).number[slot]
    if state.full & bit:
        return "ball_takable" if takable(state) & bit else "ball_fixed"
    return "empty_placeable" if placeable(state) & bit else "empty_not_placeable"
