"""A second way to the answers of Pyramid Chess, on a plain table from (level, x, y) to what lies there.

A move is put on the board and the blocks of one colour are counted before and after it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json
from gameqa.core.words import listed

from .state import State

Slot = tuple[int, int, int]
"""Level, x, y."""
Table = dict[Slot, str]

NAMES = {"P0": "blue", "P1": "red", "--": "empty"}


def _table(state: State) -> Table:
    levels = state.to_json()
    return {
        (int(level), x, y): mark
        for level, rows in levels.items()
        for x, row in enumerate(rows)
        for y, mark in enumerate(row)
    }


def _asked(params: Mapping[str, Any]) -> Slot:
    return params["level"], params["position"][0], params["position"][1]


def _base(slot: Slot) -> list[Slot]:
    """Return the four slots that a slot rests on, as the rules list them; none on level 0."""
    level, x, y = slot
    return [(level - 1, x, y), (level - 1, x, y + 1), (level - 1, x + 1, y), (level - 1, x + 1, y + 1)] * (level > 0)


def _above(table: Table, slot: Slot) -> list[Slot]:
    """Return the slots that rest on a slot."""
    return [one for one in table if slot in _base(one)]


def _ready(table: Table, slot: Slot) -> bool:
    """Return whether a ball may be placed in a slot."""
    return table[slot] == "--" and all(table[one] != "--" for one in _base(slot))


def _blocks(table: Table, mark: str) -> set[Slot]:
    """Return the slots above level 0 whose base is of one colour."""
    return {slot for slot in table if slot[0] and {table[one] for one in _base(slot)} == {mark}}


def _completed(table: Table, slot: Slot, mark: str) -> set[Slot]:
    """Return the slots whose base a ball would complete in its colour."""
    return _blocks({**table, slot: mark}, mark) - _blocks(table, mark)


def _below(table: Table, slot: Slot) -> set[Slot]:
    """Return the slots below a slot, directly or indirectly."""
    return {one for base in _base(slot) for one in {base, *_below(table, base)}}


def _best(table: Table, player: int) -> list[Slot]:
    """Return the best moves: own blocks first, then the slots that the opponent would take for a block of his."""
    ready = [slot for slot in table if _ready(table, slot)]
    own = [slot for slot in ready if _completed(table, slot, f"P{player}")]
    return own or [slot for slot in ready if _completed(table, slot, f"P{1 - player}")]


def _status(state: State, params: Mapping[str, Any]) -> list[Json]:
    words = {"P0": "player_0", "P1": "player_1", "--": "empty", None: "out_of_bound"}
    return [one for one in params["options"] if one == words[_table(state).get(_asked(params))]]


def _outcome(state: State, params: Mapping[str, Any]) -> list[Json]:
    table, slot = _table(state), _asked(params)
    ready, taken = _ready(table, slot), bool(_completed(table, slot, f"P{params['player']}"))
    true = {
        "occupied": table[slot] != "--",
        "not_ready": table[slot] == "--" and not ready,
        "place_take": ready and taken,
        "place_no_take": ready and not taken,
    }
    return [one for one in params["options"] if true[one]]


def _turns(state: State, params: Mapping[str, Any]) -> list[Json]:
    table = _table(state)
    return [1 + sum(table[one] == "--" for one in _below(table, _asked(params)))]


def _best_move(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [[x, y, level] for level, x, y in _best(_table(state), params["player"])]


def _count(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [str(state).count("P")]


def _detail(state: State, params: Mapping[str, Any]) -> list[Json]:
    table, slot = _table(state), _asked(params)
    if slot not in table:
        return [one for one in params["options"] if one == "out_of_bound"]
    loaded = any(table[one] != "--" for one in _above(table, slot))
    true = {
        "out_of_bound": False,
        "ball_fixed": table[slot] != "--" and loaded,
        "ball_takable": table[slot] != "--" and not loaded,
        "empty_placeable": _ready(table, slot),
        "empty_not_placeable": table[slot] == "--" and not _ready(table, slot),
    }
    return [one for one in params["options"] if true[one]]


# The worked solutions: what each step must say, word for word, as the table has it.


def _name(slot: Slot) -> str:
    return f"[{slot[1]},{slot[2]}]"


def _named(slots: Sequence[Slot]) -> str:
    return listed([_name(slot) for slot in slots])


def _balls(number: int) -> str:
    return f"{number} ball{'' if number == 1 else 's'}"


def _contents(table: Table, slots: Sequence[Slot]) -> str:
    return listed([f"{_name(slot)} {NAMES[table[slot]]}" for slot in slots])


def _range(state: State, slot: Slot) -> list[str]:
    """Tell the levels of the board and whether it has a slot."""
    level, x, y = slot
    told = [f"The board is {state.size} x {state.size}, so its levels are 0 to {state.size - 1}."]
    if level >= state.size:
        return [*told, f"There is no level {level}, so there is no such slot."]
    last = state.size - 1 - level
    room = f"Level {level} has x and y from 0 to {last}" if last else f"Level {level} has only x = 0 and y = 0"
    large = [f"{axis} = {value}" for axis, value in (("x", x), ("y", y)) if value > last]
    if not large:
        return [*told, f"{room}; {_name(slot)} is one of its slots."]
    return [*told, f"{room}; {listed(large)} {'is' if len(large) == 1 else 'are'} too large, so there is no such slot."]


def _rests(table: Table, slot: Slot) -> str:
    """Tell what an empty slot rests on."""
    base = _base(slot)
    if not base:
        return "It is on level 0, where no base is needed."
    missing = sum(table[one] == "--" for one in base)
    verdict = f"{_balls(missing)} missing" if missing else "all four are filled"
    return f"Its base on level {slot[0] - 1}: {_contents(table, base)}; {verdict}."


def _status_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    slot = _asked(params)
    level, x, y = slot
    told = _range(state, slot)
    mark = _table(state).get(slot)
    if mark == "--":
        told.append(f"On level {level}, the place x = {x}, y = {y} is empty: no ball lies there.")
    elif mark:
        color = NAMES[mark]
        told.append(
            f"On level {level}, a {color} ball lies at x = {x}, y = {y}; {color} balls belong to PLAYER_{mark[1]}."
        )
    return unlike(steps, told)


def _outcome_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    table, slot, mark = _table(state), _asked(params), f"P{params['player']}"
    place, color = f"The slot {_name(slot)} on level {slot[0]}", NAMES[f"P{params['player']}"]
    if table[slot] != "--":
        return unlike(steps, [f"{place} holds a {NAMES[table[slot]]} ball, so no ball may be placed there."])
    told = [f"{place} is empty.", _rests(table, slot)]
    if not _ready(table, slot):
        return unlike(steps, [*told, "The base is not full, so no ball may be placed in the slot."])
    told.append("So a ball may be placed in the slot. A take-back follows if it completes a block with this slot.")
    completed = _completed(table, slot, mark)
    for top in _above(table, slot):
        others = [NAMES[table[one]] for one in _base(top) if one != slot]
        verdict = f"all are {color}, so the block is completed" if top in completed else "not completed"
        told.append(f"Block {_named(_base(top))}: the other three are {listed(others)}; {verdict}.")
    if completed:
        blocks = f"{len(completed)} {color} block{'' if len(completed) == 1 else 's'}"
        told.append(f"The ball completes {blocks}, so a take-back is earned.")
    else:
        told.append(f"The ball completes no {color} block, so no take-back follows.")
    return unlike(steps, told)


def _turn_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    table, slot = _table(state), _asked(params)
    name, level = _name(slot), slot[0]
    told, missing = list[str](), list[int]()
    if level == 0:
        told.append(f"The slot {name} on level 0 is empty and on level 0, where no base is needed.")
    else:
        told.append(
            f"A ball can lie in {name} on level {level} only when every slot below it, direct or indirect, is full."
        )
    for under in range(level - 1, -1, -1):
        below = [one for one in _below(table, slot) if one[0] == under]
        (_, x, y), (_, end_x, end_y) = min(below), max(below)
        empty = sorted(one for one in below if table[one] == "--")
        missing.append(len(empty))
        which = f"empty {'is' if len(empty) == 1 else 'are'} {_named(empty)}" if empty else "none is empty"
        told.append(
            f"Level {under}: it rests on the {len(below)} slots with x from {x} to {end_x} and y from {y} to {end_y}; "
            f"{which}: {len(empty)}."
        )
    number = sum(missing)
    added = f"{' + '.join(map(str, missing))} = " if len(missing) > 1 else ""
    if number:
        told.append(
            f"{added}{number} slot{'' if number == 1 else 's'} must be filled first, from the bottom upward, one in "
            f"each turn; with the ball in {name} on level {level} that makes {number} + 1 = {number + 1} turns."
        )
    else:
        told.append("No other slot must be filled first: 1 turn is enough.")
    return unlike(steps, told)


def _almost(table: Table, mark: str) -> list[str]:
    """Tell all blocks of three balls of one colour and an empty slot."""
    told = list[str]()
    for top in table:
        base = _base(top)
        empty = [one for one in base if table[one] == "--"]
        own = [one for one in base if table[one] == mark]
        if len(own) == 3 and empty:
            lacking = [one for one in _base(empty[0]) if table[one] == "--"]
            if lacking:
                verdict = f"no ball may be placed there, since its base lacks {_named(lacking)}"
            else:
                verdict = "a ball may be placed there" + ", its base is full" * (empty[0][0] > 0)
            told.append(
                f"Level {top[0] - 1}, block {_named(base)}: {_named(own)} are {NAMES[mark]}, {_name(empty[0])} is "
                f"empty; {verdict}."
            )
    return told or [f"No block consists of three {NAMES[mark]} balls and an empty slot."]


def _best_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    table, player = _table(state), params["player"]
    own, other = f"P{player}", f"P{1 - player}"
    best = _best(table, player)
    if len(best) != 1:
        return [f"{len(best)} moves are best"]
    slot = f"{_name(best[0])} on level {best[0][0]}"
    told = [
        f"PLAYER_{player} is to move, so own blocks are {NAMES[own]}, the opponent's {NAMES[other]}.",
        *_almost(table, own),
    ]
    if _completed(table, best[0], own):
        told.append(
            f"{slot} completes an own block and no other slot in which a ball may be placed does, so it is the one "
            "best move; the opponent's blocks do not matter then."
        )
    else:
        told += [
            "So no move completes an own block, and the opponent's blocks decide.",
            *_almost(table, other),
            f"With {slot} the opponent could complete a block at once, and with no other slot in which a ball may be "
            "placed, so taking it is the one best move.",
        ]
    return unlike(steps, told)


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    told, sums, bare = list[str](), list[int](), list[str]()
    for level, rows in enumerate(state.levels()):
        counts = [sum(mark != "--" for mark in row) for row in rows]
        if not any(counts):
            bare.append(f"level {level}")
            continue
        sums.append(sum(counts))
        parts = ", ".join(f"{count} at x = {x}" for x, count in enumerate(counts))
        told.append(f"Level {level}: {parts}; {_balls(sums[-1])}.")
    if bare:
        told.append(f"No ball lies on {listed(bare)}.")
    added = f"{' + '.join(map(str, sums))} = " if len(sums) > 1 else ""
    return unlike(steps, [*told, f"In all: {added}{_balls(sum(sums))}."])


def _detail_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    table, slot = _table(state), _asked(params)
    told = _range(state, slot)
    if slot not in table:
        return unlike(steps, told)
    if table[slot] == "--":
        now = "So a ball may be placed there now."
        yet = "The base is not full: no ball may be placed yet."
        told += ["The slot is empty.", _rests(table, slot), now if _ready(table, slot) else yet]
        return unlike(steps, told)
    above = _above(table, slot)
    load = sum(table[one] != "--" for one in above)
    rests = f"{_balls(load)} rest{'s' if load == 1 else ''} on it." if load else "No ball rests on it."
    told += [
        f"The slot holds a {NAMES[table[slot]]} ball.",
        f"The slots that rest on it, on level {slot[0] + 1}: {_contents(table, above)}.",
        rests,
    ]
    return unlike(steps, told)


CHECKS = Checks[State](
    answers={
        "slot_status": _status,
        "place_outcome": _outcome,
        "turns_to_place": _turns,
        "best_move": _best_move,
        "count_balls": _count,
        "slot_detail": _detail,
    },
    steps={
        "slot_status": _status_steps,
        "place_outcome": _outcome_steps,
        "turns_to_place": _turn_steps,
        "best_move": _best_steps,
        "count_balls": _count_steps,
        "slot_detail": _detail_steps,
    },
)
