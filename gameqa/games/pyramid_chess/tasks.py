"""The six questions."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.masks import bits
from gameqa.core.words import counted, listed

from .generate import PyramidChessParams, Wish, any_of, wished
from .rules import (
    Detail,
    Outcome,
    Status,
    best_moves,
    completed,
    detail_of,
    geometry,
    missing,
    outcome_of,
    placeable,
    placed,
    status_of,
)
from .state import Slot, State, slots

COLOR = ("blue", "red")

NEAR = 0.85
"""Share of missing slots that lie just outside the board."""
ABOVE_TOP = 0.25
"""Share of those that lie on the level above the top."""
FARTHEST = 6
"""Largest number in a missing slot."""

LEVEL_WEIGHTS = (5, 3, 2)
"""How often a slot is wanted on level 0, 1 and 2. On a 3 x 3 board no position has a ball on level 2."""
ANYWHERE = 0.2
"""Share of empty slots that may lie on any level, the top included."""

ON_FLOOR, AT_ONCE = 0.03, 0.05
"""Shares of `turns_to_place` with a slot of level 0, and with one above whose base is full: both need one turn."""

Index = Annotated[int, Meta(ge=0)]
Player = Literal[0, 1]


class SlotParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params that name a slot."""

    level: Index
    position: tuple[Index, Index]


class PlaceParams(SlotParams, forbid_unknown_fields=True):
    """Params of `place_outcome`."""

    player: Player


class MoverParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `best_move`."""

    player: Player


class SlotTask(Task[State, PyramidChessParams]):
    """A choice between all the classes that a slot may have; the class is drawn first."""

    kind = AnswerKind.CHOICE
    params_type = SlotParams
    words: ClassVar[Mapping[Any, str]]
    """The classes and the text of their options."""

    def plan(self, level: PyramidChessParams, rng: Random) -> PyramidChessParams:
        """Draw the class, a level that suits it, and the player to move."""
        wish = rng.choice(list(self.words))
        return msgspec.structs.replace(level, wish=wish, at=_levels_for(wish, level.size, rng), player=rng.randrange(2))

    def ask(self, state: State, plan: PyramidChessParams, rng: Random) -> dict[str, Any] | None:
        if plan.wish == "out_of_bound":
            return _slot_json(_outside(state.size, rng))
        found = wished(state, plan)
        return _slot_json(slots(state.size)[any_of(found, rng)]) if found else None

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        yield from self.words

    def option_text(self, state: State, value: Any) -> str:
        return self.words[value]


class SlotStatus(SlotTask):
    """Task 0."""

    id, slug = 0, "slot_status"
    about = "Tell what is in a given slot."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    option_type = Status
    option_count = 4
    words = {
        "player_0": "A ball of PLAYER_0",
        "player_1": "A ball of PLAYER_1",
        "empty": "No ball",
        "out_of_bound": "No such slot on this board",
    }

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"What is in the slot {_named(_slot(params))}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        slot = _slot(params)
        found = status_of(state, slot)
        steps = _range_steps(state, slot)
        if found == "empty":
            steps.append(f"On level {slot.level}, the place x = {slot.x}, y = {slot.y} is empty: no ball lies there.")
        elif found != "out_of_bound":
            player = int(found == "player_1")
            steps.append(
                f"On level {slot.level}, a {COLOR[player]} ball lies at x = {slot.x}, y = {slot.y}; {COLOR[player]}"
                f" balls belong to PLAYER_{player}."
            )
        return Solution(found, steps, work=float(state.size))


class PlaceOutcome(SlotTask):
    """Task 1."""

    id, slug = 1, "place_outcome"
    about = "Tell whether a ball can be placed in a slot and whether a take-back follows."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = PlaceParams
    option_type = Outcome
    option_count = 4
    words = {
        "place_no_take": "Allowed, no take-back follows",
        "place_take": "Allowed, and it earns a take-back",
        "occupied": "Not allowed, the slot holds a ball already",
        "not_ready": "Not allowed, the slot lacks its full base",
    }

    def ask(self, state: State, plan: PyramidChessParams, rng: Random) -> dict[str, Any] | None:
        asked = super().ask(state, plan, rng)
        return asked and {**asked, "player": plan.player}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        player = params["player"]
        return (
            f"It is the turn of PLAYER_{player} ({COLOR[player]}), who wants to place a {COLOR[player]} ball in the"
            f" slot {_named(_slot(params))}. Is this allowed, and does it earn a take-back?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        slot, player = _slot(params), params["player"]
        found = outcome_of(state, slot, player)
        board = geometry(state.size)
        number = board.number[slot]
        if found == "occupied":
            held = (
                f"The slot {_named(slot)} holds a {COLOR[state.holder(number)]} ball, so no ball may be placed there."
            )
            return Solution(found, [held], work=float(state.size))
        steps = [f"The slot {_named(slot)} is empty.", _base_step(state, number)]
        if found == "not_ready":
            steps.append("The base is not full, so no ball may be placed in the slot.")
            return Solution(found, steps, work=float(state.size + 4))
        steps.append("So a ball may be placed in the slot. A take-back follows if it completes a block with this slot.")
        done = completed(state, player, number)
        for block in board.blocks[number]:
            others = block & ~(1 << number)
            verdict = f"all are {COLOR[player]}, so the block is completed" if block in done else "not completed"
            steps.append(f"Block {_places(state, block)}: the other three are {_contents(state, others)}; {verdict}.")
        if not board.blocks[number]:
            steps.append("The top slot belongs to no block.")
        steps.append(
            f"The ball completes {counted(len(done), f'{COLOR[player]} block')}, so a take-back is earned."
            if done
            else f"The ball completes no {COLOR[player]} block, so no take-back follows."
        )
        return Solution(found, steps, work=float(state.size + 4 * len(board.blocks[number])))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The ball in its slot; None when it may not be placed."""
        slot, player = _slot(params), params["player"]
        if not outcome_of(state, slot, player).startswith("place"):
            return None
        after = placed(state, player, geometry(state.size).number[slot])
        return course(state, [(f"{COLOR[player]} ball in {_named(slot)}", after)])


class TurnsToPlace(Task[State, PyramidChessParams]):
    """Task 2."""

    id, slug = 2, "turns_to_place"
    about = "Find the fewest turns until a given slot can be filled."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = SlotParams
    answer_bound = 0.4

    def plan(self, level: PyramidChessParams, rng: Random) -> PyramidChessParams:
        """Choose the level of the slot, and whether its base is full."""
        draw = rng.random()
        if draw < ON_FLOOR:
            return msgspec.structs.replace(level, wish="empty_placeable", at=(0,))
        if draw < ON_FLOOR + AT_ONCE:
            return msgspec.structs.replace(level, wish="empty_placeable", at=tuple(range(1, level.size)))
        return msgspec.structs.replace(level, wish="empty_not_placeable", at=(rng.randrange(1, level.size),))

    def ask(self, state: State, plan: PyramidChessParams, rng: Random) -> dict[str, Any] | None:
        """Draw one of the answers that the level offers, so that common ones do not prevail."""
        by_answer: dict[int, list[int]] = {}
        for number in bits(wished(state, plan)):
            by_answer.setdefault(missing(state, number).bit_count(), []).append(number)
        if not by_answer:
            return None
        number = rng.choice(by_answer[rng.choice(sorted(by_answer))])
        return _slot_json(slots(state.size)[number])

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The slot {_named(_slot(params))} is empty. What is the least number of turns until a ball can lie in it?"
            " Count the placements by both players together, the one in this slot included, and assume that no ball is"
            " ever taken back and that both players have balls enough."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        slot = _slot(params)
        board = geometry(state.size)
        number = board.number[slot]
        empty = missing(state, number)
        steps = [f"A ball can lie in {_named(slot)} only when every slot below it, direct or indirect, is full."]
        if not slot.level:
            steps = [f"The slot {_named(slot)} is empty and on level 0, where no base is needed."]
        for level in range(slot.level - 1, -1, -1):
            reach = slot.level - level
            gaps = empty & board.levels[level]
            found = (
                f"empty {'is' if gaps.bit_count() == 1 else 'are'} {_places(state, gaps)}" if gaps else "none is empty"
            )
            steps.append(
                f"Level {level}: it rests on the {(reach + 1) ** 2} slots with x from {slot.x} to {slot.x + reach} and"
                f" y from {slot.y} to {slot.y + reach}; {found}: {gaps.bit_count()}."
            )
        count = empty.bit_count()
        parts = [(empty & board.levels[level]).bit_count() for level in range(slot.level - 1, -1, -1)]
        total = f"{' + '.join(map(str, parts))} = {count}" if len(parts) > 1 else str(count)
        steps.append(
            f"{total} {'slot' if count == 1 else 'slots'} must be filled first, from the bottom upward, one in each"
            f" turn; with the ball in {_named(slot)} that makes {count} + 1 = {counted(count + 1, 'turn')}."
            if count
            else "No other slot must be filled first: 1 turn is enough."
        )
        return Solution(count + 1, steps, work=float(1 + board.below[number].bit_count()))


class BestMove(Task[State, PyramidChessParams]):
    """Task 3."""

    id, slug = 3, "best_move"
    about = "Find the decisive slot for the player to move."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.COORDINATE
    params_type = MoverParams
    answer_form = "(x, y, level)"
    answer_bound = 0.3

    def plan(self, level: PyramidChessParams, rng: Random) -> PyramidChessParams:
        """Draw the player to move, and whose block decides."""
        wish: Wish = rng.choice(("own", "opponent"))
        return msgspec.structs.replace(level, wish=wish, player=rng.randrange(2))

    def ask(self, state: State, plan: PyramidChessParams, rng: Random) -> dict[str, Any] | None:
        return {"player": plan.player} if wished(state, plan) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        player = params["player"]
        return (
            f"It is the turn of PLAYER_{player} ({COLOR[player]}). A move is best if it completes a 2 x 2 block of the"
            " mover's colour; if no such move exists, it is best if it takes the slot with which the opponent could"
            " complete a block of his colour at once. Only slots in which a ball may be placed now count, on whatever"
            " level. Exactly one slot is best. Which one is it? Write it as (x, y, level), in this order."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        player = params["player"]
        is_own, best = best_moves(state, player)
        steps = [
            f"PLAYER_{player} is to move, so own blocks are {COLOR[player]}, the opponent's {COLOR[1 - player]}.",
            *_gap_steps(state, player),
        ]
        [number] = bits(best)
        slot = slots(state.size)[number]
        if is_own:
            steps.append(
                f"{_named(slot)} completes an own block and no other slot in which a ball may be placed does, so it is"
                " the one best move; the opponent's blocks do not matter then."
            )
        else:
            steps += [
                "So no move completes an own block, and the opponent's blocks decide.",
                *_gap_steps(state, 1 - player),
            ]
            steps.append(
                f"With {_named(slot)} the opponent could complete a block at once, and with no other slot in which a"
                " ball may be placed, so taking it is the one best move."
            )
        work = float(placeable(state).bit_count() + len(steps))
        return Solution([slot.x, slot.y, slot.level], steps, work=work)

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        player = params["player"]
        [number] = bits(best_moves(state, player)[1])
        move = f"{COLOR[player]} ball in {_named(slots(state.size)[number])}"
        return course(state, [(move, placed(state, player, number))])


class CountBalls(Task[State, PyramidChessParams]):
    """Task 4."""

    id, slug = 4, "count_balls"
    about = "Count the balls on the board."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.25

    def ask(self, state: State, plan: PyramidChessParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many balls lie on the board, on all levels and of both colours together?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps, sums = list[str](), list[int]()
        for level, rows in enumerate(state.levels()):
            counts = [sum(mark != "--" for mark in row) for row in rows]
            sums.append(sum(counts))
            if sums[-1]:
                parts = ", ".join(f"{count} at x = {x}" for x, count in enumerate(counts))
                steps.append(f"Level {level}: {parts}; {counted(sums[-1], 'ball')}.")
        if len(sums) > len(steps):
            steps.append(
                f"No ball lies on {listed(f'level {level}' for level, count in enumerate(sums) if not count)}."
            )
        total = sum(sums)
        filled = [count for count in sums if count]
        sum_text = f"{' + '.join(map(str, filled))} = {total}" if len(filled) > 1 else str(total)
        steps.append(f"In all: {sum_text} {'ball' if total == 1 else 'balls'}.")
        return Solution(total, steps, work=float(total + len(slots(state.size))))


class SlotDetail(SlotTask):
    """Task 5."""

    id, slug = 5, "slot_detail"
    about = "Tell legality, content, and whether a ball can be taken or placed."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    option_type = Detail
    option_count = 5
    words = {
        "out_of_bound": "No such slot",
        "ball_fixed": "A ball with other balls resting on it",
        "ball_takable": "A ball with nothing resting on it",
        "empty_placeable": "Empty, a ball may be placed now",
        "empty_not_placeable": "Empty, no ball may be placed yet",
    }

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Which statement holds for the slot {_named(_slot(params))}? For a ball, only whether other balls rest on"
            " it is asked, not whether a take-back is due now."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        slot = _slot(params)
        found = detail_of(state, slot)
        steps = _range_steps(state, slot)
        if found == "out_of_bound":
            return Solution(found, steps, work=float(state.size))
        board = geometry(state.size)
        number = board.number[slot]
        if found in ("ball_fixed", "ball_takable"):
            steps.append(f"The slot holds a {_content(state, number)} ball.")
            near = board.above[number]
            resting = near & state.full
            if near:
                steps.append(f"The slots that rest on it, on level {slot.level + 1}: {_details(state, near)}.")
            steps.append(
                f"{counted(resting.bit_count(), 'ball rests', 'balls rest')} on it."
                if resting
                else "No ball rests on it."
            )
            return Solution(found, steps, work=float(state.size + near.bit_count()))
        steps += ["The slot is empty.", _base_step(state, number)]
        ready = found == "empty_placeable"
        steps.append(
            "So a ball may be placed there now." if ready else "The base is not full: no ball may be placed yet."
        )
        return Solution(found, steps, work=float(state.size + 4 * bool(slot.level)))


def _slot(params: Mapping[str, Any]) -> Slot:
    return Slot(params["level"], *params["position"])


def _slot_json(slot: Slot) -> dict[str, Any]:
    return {"level": slot.level, "position": [slot.x, slot.y]}


def _levels_for(wish: Wish, size: int, rng: Random) -> tuple[int, ...] | None:
    """Return the level where a slot of the class is wanted; None: any."""
    if wish in ("out_of_bound", "not_ready", "empty_not_placeable", "place_take"):
        return None
    if wish == "empty" and rng.random() < ANYWHERE:
        return None
    # The top slot is never full, so on the level below it no ball has another one on it.
    highest = size - 2 if wish == "ball_fixed" else size - 1
    weights = LEVEL_WEIGHTS[:highest]
    return tuple(rng.choices(range(len(weights)), weights))


@lru_cache(maxsize=8)
def _missing_slots(size: int) -> tuple[list[Slot], list[Slot], list[Slot]]:
    """Return slots just above the top, slots just outside their level, and all missing slots with small numbers."""
    span = range(FARTHEST + 1)
    every = [Slot(level, x, y) for level in span for x in span for y in span if max(x, y) >= size - level]
    above = [slot for slot in every if slot.level == size and max(slot.x, slot.y) <= 1]
    beside = [slot for slot in every if 1 <= slot.level < size and max(slot.x, slot.y) == size - slot.level]
    return above, beside, every


def _outside(size: int, rng: Random) -> Slot:
    """Return a slot that the board does not have."""
    above, beside, every = _missing_slots(size)
    if rng.random() < NEAR:
        return rng.choice(above if rng.random() < ABOVE_TOP else beside)
    return rng.choice(every)


def _place(slot: Slot) -> str:
    return f"[{slot.x},{slot.y}]"


def _named(slot: Slot) -> str:
    return f"{_place(slot)} on level {slot.level}"


def _places(state: State, mask: int) -> str:
    return listed(_place(slots(state.size)[number]) for number in bits(mask))


def _content(state: State, number: int) -> str:
    return ("blue", "red", "empty")[state.holder(number)]


def _contents(state: State, mask: int) -> str:
    return listed(_content(state, number) for number in bits(mask))


def _details(state: State, mask: int) -> str:
    return listed(f"{_place(slots(state.size)[number])} {_content(state, number)}" for number in bits(mask))


def _range_steps(state: State, slot: Slot) -> list[str]:
    """Say which slots the board has, and whether the given one is among them."""
    size, level = state.size, slot.level
    steps = [f"The board is {size} x {size}, so its levels are 0 to {size - 1}."]
    if level >= size:
        return [*steps, f"There is no level {level}, so there is no such slot."]
    end = size - 1 - level
    allowed = f"x and y from 0 to {end}" if end else "only x = 0 and y = 0"
    beyond = [f"{name} = {value}" for name, value in (("x", slot.x), ("y", slot.y)) if value > end]
    verdict = f"{listed(beyond)} {'is' if len(beyond) == 1 else 'are'} too large, so there is no such slot"
    return [*steps, f"Level {level} has {allowed}; {verdict if beyond else f'{_place(slot)} is one of its slots'}."]


def _base_step(state: State, number: int) -> str:
    """Say what lies in the base of a slot."""
    level, base = slots(state.size)[number].level, geometry(state.size).base[number]
    if not level:
        return "It is on level 0, where no base is needed."
    gaps = base & ~state.full
    verdict = f"{counted(gaps.bit_count(), 'ball')} missing" if gaps else "all four are filled"
    return f"Its base on level {level - 1}: {_details(state, base)}; {verdict}."


def _gap_steps(state: State, player: int) -> list[str]:
    """Go through the blocks with three balls of a player and an empty slot."""
    own, able, color = state.balls[player], placeable(state), COLOR[player]
    steps = list[str]()
    for top, block in enumerate(geometry(state.size).base):
        gap = block & ~own
        if gap.bit_count() != 1 or gap & state.full:
            continue
        number = gap.bit_length() - 1
        place, level = _place(slots(state.size)[number]), slots(state.size)[top].level - 1
        if gap & able:
            verdict = "a ball may be placed there" + (", its base is full" if level else "")
        else:
            lacking = geometry(state.size).base[number] & ~state.full
            verdict = f"no ball may be placed there, since its base lacks {_places(state, lacking)}"
        steps.append(
            f"Level {level}, block {_places(state, block)}: {_places(state, block & own)} are {color}, {place} is"
            f" empty; {verdict}."
        )
    return steps or [f"No block consists of three {color} balls and an empty slot."]


TASKS: Sequence[Task[State, PyramidChessParams]] = (
    SlotStatus(),
    PlaceOutcome(),
    TurnsToPlace(),
    BestMove(),
    CountBalls(),
    SlotDetail(),
)
