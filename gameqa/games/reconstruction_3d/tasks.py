"""The six questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, NoParams, QAType, Solution, Task, course
from gameqa.core.game import Level as QALevel
from gameqa.core.words import counted

from .decoys import extended, likely_cells, place_marks, set_marks, seven, unremarkable, wrong_sets
from .generate import KINDS, MATCHES, MOST_MISSING, Match, Reconstruction3DParams, grown, match
from .render import describe
from .rules import (
    ALL,
    BIT,
    CELL,
    GOALS,
    SHADOW,
    Cell,
    Goal,
    View,
    admissible,
    bits,
    bound,
    cells,
    completions,
    covers,
    gap,
    joined,
    least,
    mask,
    near,
    touching,
    views,
)
from .state import Axis, State, view_rows

MOST_BASES = 200
"""Smallest right sets of `transition_path` that are listed."""

CellJson = tuple[Axis, Axis, Axis]

VIEW_NAME: dict[View, str] = {"yz": "front view (Y-Z)", "xz": "side view (X-Z)"}
AXIS: dict[View, str] = {"yz": "y", "xz": "x"}
SHIFT: dict[View, int] = {"yz": 0, "xz": 9}


class ActionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `action_outcome`."""

    added: Annotated[list[CellJson], Meta(min_length=1, max_length=3)]
    view: View


class PathParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `transition_path`."""

    goal: Goal


class CountVoxels(Task[State, Reconstruction3DParams]):
    """Task 0."""

    id, slug = 0, "count_voxels"
    about = "Count the voxels of the shown structure."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, QALevel.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        return msgspec.structs.replace(level, kind=rng.choice(KINDS))

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many voxels does the structure contain?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        layers = _layers(state)
        total = len(state.cells)
        steps = [f"Layer z={z}: {_names(layer)}, that is {counted(len(layer), 'voxel')}." for z, layer in layers]
        steps.append(f"{' + '.join(str(len(layer)) for _, layer in layers)} = {total} voxels in all.")
        return Solution(total, steps, work=float(total + 3))

    def text_view(self, state: State, params: Mapping[str, Any]) -> str:
        return describe(state, as_maps=True)


class VoxelPosition(Task[State, Reconstruction3DParams]):
    """Task 1."""

    id, slug = 1, "voxel_position"
    about = "Find the one listed cell that holds a voxel."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, QALevel.EASY
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = CellJson
    option_count = 6

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        return msgspec.structs.replace(level, kind=rng.choice(KINDS))

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Which of these positions contains a voxel?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps = ["Read the structure layer by layer in the pulled-apart drawing or in the list of voxels."]
        steps += [f"Layer z={z} holds {_names(layer)}." for z, layer in _layers(state)]
        first, *others = state.cells
        return Solution(first, steps, also=others, work=float(len(state.cells) + 6))

    def right_option(
        self,
        state: State,
        plan: Reconstruction3DParams,
        params: Mapping[str, Any],
        solution: Solution,
        rng: Random,
    ) -> Cell:
        return rng.choice(state.cells)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Cell]:
        """Five empty cells, three of them next to the structure, that look as likely as the right one.

        Voxels gather at the bottom and in the middle, so the cells are drawn as voxels of other structures of this
        size. And the right cell must not stand out as the centre of all six.
        """
        beside = near(state.voxels)
        pool = likely_cells(state.voxels, rng)

        def drawn(kept: list[int]) -> list[int]:
            rng.shuffle(pool)
            order = [*kept, *pool]
            close = list(dict.fromkeys(bit for bit in order if bit & beside))
            if len(close) < 3:
                close = rng.sample(list(bits(beside)), 3)
            return list(dict.fromkeys([*close[:3], *order, *bits(beside)]))[:5]

        return [CELL[bit] for bit in unremarkable(BIT[tuple(right)], drawn, place_marks, rng)]

    def option_text(self, state: State, value: Any) -> str:
        return _name(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        x, y, z = value
        held = "holds a voxel" if BIT[x, y, z] & state.voxels else "is empty"
        return f"in layer z={z} the cell at x={x}, y={y} {held}."


class ProjectionMatch(Task[State, Reconstruction3DParams]):
    """Task 2."""

    id, slug = 2, "projection_match"
    about = "Tell which target views the shown structure fits already."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, QALevel.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = Match
    option_count = 4
    words = {
        "neither": "Neither view matches its target",
        "yz_only": "Only the front view (Y-Z) matches its target",
        "xz_only": "Only the side view (X-Z) matches its target",
        "both": "Both views match their targets",
    }

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        """Draw the answer first. Most of the other structures have strayed, so that the budget tells little."""
        wanted = rng.choice(MATCHES)
        kind = "full" if wanted == "both" else "partial"
        if rng.random() < (0.25 if wanted == "both" else 0.7):
            kind = "strayed"
        return msgspec.structs.replace(level, kind=kind, match=wanted)

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which views of the structure, as it is now, match their targets? A view matches if all its nine cells"
            " are equal to those of the target."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps: list[str] = []
        for view in ("yz", "xz"):
            missing, surplus = gap(state.voxels, state.target, GOALS[view])
            verdict = "does not match" if missing or surplus else "matches"
            steps.append(
                f"The {VIEW_NAME[view]} of the structure is dark at {_view_names(views(state.voxels), view)}, its"
                f" target at {_view_names(state.target, view)}. Missing: {_view_names(missing, view)}; surplus:"
                f" {_view_names(surplus, view)}. So this view {verdict}."
            )
        value = match(state.voxels, state.target)
        return Solution(value, steps, work=float(len(state.cells) + 2))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Match]:
        return MATCHES

    def option_text(self, state: State, value: Any) -> str:
        return self.words[value]


class ActionOutcome(Task[State, Reconstruction3DParams]):
    """Task 3."""

    id, slug = 3, "action_outcome"
    about = "Predict one view after adding given voxels."
    qa_type, qa_level = QAType.STATE_PREDICTION, QALevel.MEDIUM
    kind = AnswerKind.SEQUENCE
    params_type = ActionParams
    answer_form = "[[a, b, c], [d, e, f], [g, h, i]], where each letter is 0 or 1 and a, b, c is the top row"

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        """Draw the view, whether it changes (mostly), and whether it may become the target (seldom)."""
        return msgspec.structs.replace(
            level,
            view=rng.choice(("yz", "xz")),
            changed=rng.random() < 0.85,
            on_target=rng.random() < 0.15,
        )

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any] | None:
        """Add a few random voxels until the view changes, or not, as planned."""
        goal = GOALS[plan.view]
        number = rng.randint(1, min(3, state.remaining))
        for _ in range(12):
            after = grown(state.voxels, state.voxels.bit_count() + number, ALL, rng)
            seen = views(after) & goal
            changed = seen != views(state.voxels) & goal
            if changed == plan.changed and (plan.on_target or seen != state.target & goal):
                return {"added": cells(after ^ state.voxels), "view": plan.view}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        added, view = params["added"], params["view"]
        are = "s are" if len(added) > 1 else " is"
        return (
            f"The following voxel{are} added to the structure: {_names(added)}. What is the {VIEW_NAME[view]} of"
            " the new structure itself (not of the target)? Give the view as three rows of three numbers: the top row"
            f" (z=3) first, each row from left to right ({AXIS[view]} = 1, 2, 3), 1 for a dark cell, 0 for a light one."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        view = params["view"]
        goal = GOALS[view]
        seen = views(state.voxels) & goal
        steps = [f"Before, the {VIEW_NAME[view]} of the structure is dark at {_view_names(seen, view)}."]
        for cell in params["added"]:
            shadow = SHADOW[BIT[tuple(cell)]] & goal
            effect = "which is dark already" if shadow & seen else "which becomes dark"
            steps.append(f"The voxel {_name(cell)} falls on {_view_names(shadow, view)} of this view, {effect}.")
            seen |= shadow
        rows = view_rows(seen >> SHIFT[view])[::-1]
        steps += [f"Row z={3 - number}: {', '.join(map(str, row))}." for number, row in enumerate(rows)]
        steps.append(f"From top to bottom: {rows}.")
        return Solution(rows, steps, work=float(len(state.cells) + 3 * len(params["added"])))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, mask(map(tuple, params["added"])))


class TransitionPath(Task[State, Reconstruction3DParams]):
    """Task 4."""

    id, slug = 4, "transition_path"
    about = "Choose the set of voxel additions that reaches the target view(s) within the rules."
    qa_type, qa_level = QAType.STATE_PREDICTION, QALevel.HARD
    kind = AnswerKind.CHOICE
    params_type = PathParams
    option_type = Annotated[list[CellJson], Meta(min_length=1)]
    aims = {
        "both": "both views equal to their targets",
        "yz": "the front view (Y-Z) equal to its target (the side view does not matter)",
        "xz": "the side view (X-Z) equal to its target (the front view does not matter)",
    }

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        return msgspec.structs.replace(level, goal=rng.choice(("both", "both", "yz", "xz")))

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any] | None:
        matched = gap(state.voxels, state.target, GOALS[plan.goal]) == (0, 0)
        return None if matched else {"goal": plan.goal}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Which set of additional voxels makes {self.aims[params['goal']]}, without breaking a rule? All voxels of"
            " the set are added, in any order that keeps rule 4: the order in which they are listed does not matter."
            " The set must not hold more voxels than may still be added."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        goal: Goal = params["goal"]
        steps = [
            "A set is right if it holds at most as many voxels as may still be added, which is"
            f" {state.remaining}, if all its voxels can be joined to the structure, and if it makes"
            f" {self.aims[goal]}."
        ]
        for view in _views_of(goal):
            missing, _ = gap(state.voxels, state.target, GOALS[view])
            steps.append(_lacks(state, missing, view))
        found = completions(state.voxels, state.target, GOALS[goal], _least(state, goal))
        first, *others = [cells(added) for added in islice(found, MOST_BASES)]
        return Solution(first, steps, also=others, work=float(len(state.cells) + 8 * len(first)))

    def right_option(
        self,
        state: State,
        plan: Reconstruction3DParams,
        params: Mapping[str, Any],
        solution: Solution,
        rng: Random,
    ) -> list[Cell]:
        """Choose a smallest set and add voxels that change nothing, up to a random size within the budget."""
        base = rng.choice(solution.accepted)
        room = admissible(state.voxels, state.target, GOALS[params["goal"]])
        added = extended(state.voxels, mask(base), rng.randint(len(base), state.remaining), room, rng)
        return cells(added)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[list[Cell]]:
        """Seven wrong sets: two over the budget, two not connected, three that miss the views by a cell or two.

        The right one must not stand out as the one that all others are made from.
        """
        goal = GOALS[params["goal"]]
        bases = [mask(map(tuple, value)) for value in solution.accepted]
        pool = wrong_sets(state, goal, bases, len(right), rng)
        chosen = unremarkable(mask(map(tuple, right)), partial(seven, pool, len(right), rng), set_marks, rng)
        return [cells(added) for added in chosen]

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        added = mask(map(tuple, value))
        return (
            added.bit_count() == len(value) <= state.remaining
            and not added & state.voxels
            and joined(state.voxels | added, state.voxels) == state.voxels | added
            and gap(state.voxels | added, state.target, GOALS[params["goal"]]) == (0, 0)
        )

    def option_text(self, state: State, value: Any) -> str:
        return _names(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        added = mask(map(tuple, value))
        after = state.voxels | added
        loose = after & ~joined(after, state.voxels)
        budget = "within" if len(value) <= state.remaining else "over"
        said = [f"{counted(len(value), 'voxel')}, {budget} the budget of {state.remaining}"]
        said.append(f"{_names(cells(loose))} cannot be joined on" if loose else "all can be joined on")
        for view in _views_of(params["goal"]):
            missing, surplus = gap(after, state.target, GOALS[view])
            faults = [f"lacks {_view_names(missing, view)}"] if missing else []
            faults += [f"has {_view_names(surplus, view)} too many"] if surplus else []
            said.append(f"the {VIEW_NAME[view]} {' and '.join(faults) or 'equals its target'}")
        return "; ".join(said) + "."

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, mask(map(tuple, self.listed_answer(state, params))))


class MinAddedVoxels(Task[State, Reconstruction3DParams]):
    """Task 5."""

    id, slug = 5, "min_added_voxels"
    about = "Smallest number of voxels to add so that both targets are matched."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, QALevel.HARD
    kind = AnswerKind.INTEGER
    params_type = NoParams

    def plan(self, level: Reconstruction3DParams, rng: Random) -> Reconstruction3DParams:
        """Draw the answer."""
        return msgspec.structs.replace(level, missing=rng.randint(1, min(MOST_MISSING, level.taken[1])))

    def ask(self, state: State, plan: Reconstruction3DParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the smallest number of voxels that have to be added, by the rules, so that both views of the"
            " structure equal their targets?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        goal = GOALS["both"]
        missing, _ = gap(state.voxels, state.target, goal)
        fewest = bound(missing)
        usable = admissible(state.voxels, state.target, goal)
        twice = [bit for bit in bits(usable) if SHADOW[bit] & missing == SHADOW[bit]]
        steps = [
            *(_lacks(state, missing, view) for view in _views_of("both")),
            f"One voxel darkens at most one missing cell of each view, so at least {counted(fewest, 'voxel')} must be"
            " added.",
            "A new voxel must not darken a cell that is light in a target. The empty cells that keep to this are"
            f" {_names(cells(usable))}. Those of them that darken a missing cell of both views at once:"
            f" {_names(CELL[bit] for bit in twice)}.",
        ]
        count = _least(state, "both")
        for number in range(fewest, count):
            sets = list(covers(state.voxels, state.target, goal, number))
            steps += [_ruled_out(sets, number)]
        found = next(completions(state.voxels, state.target, goal, count))
        steps += [
            f"With {counted(count, 'voxel')}: {_placed(state.voxels, found)}. Both views then equal their targets.",
            f"So the smallest number is {count}.",
        ]
        return Solution(count, steps, work=float(len(state.cells) + usable.bit_count() + 4 * count))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, next(completions(state.voxels, state.target, GOALS["both"], _least(state, "both"))))


def _least(state: State, goal: Goal) -> int:
    """Return the smallest number of voxels that reaches a goal; ValueError when the budget does not suffice."""
    number = least(state.voxels, state.target, GOALS[goal], state.remaining)
    if number is None:
        raise ValueError(f"no {state.remaining} voxels make the views equal to their targets")
    return number


# Wording


def _name(cell: Iterable[int]) -> str:
    return f"({','.join(map(str, cell))})"


def _names(some: Iterable[Iterable[int]]) -> str:
    return ", ".join(map(_name, some)) or "none"


def _layers(state: State) -> list[tuple[int, list[Cell]]]:
    return [(z, [cell for cell in state.cells if cell[2] == z]) for z in (1, 2, 3)]


def _views_of(goal: Goal) -> tuple[View, ...]:
    return ("yz", "xz") if goal == "both" else (goal,)


def _view_names(view_cells: int, view: View) -> str:
    """Return the cells of one view, horizontal coordinate first."""
    nine = view_cells >> SHIFT[view]
    return _names((n % 3 + 1, n // 3 + 1) for n in range(9) if nine >> n & 1)


def _lacks(state: State, missing: int, view: View) -> str:
    return (
        f"The {VIEW_NAME[view]} of the structure is dark at {_view_names(views(state.voxels), view)}; in its target"
        f" dark as well: {_view_names(missing, view)}."
    )


def _ruled_out(sets: list[int], count: int) -> str:
    """Say why a number of voxels is too small."""
    voxels = counted(count, "voxel")
    if not sets:
        return f"With {voxels}: no choice among these cells darkens all missing cells."
    shown = "; ".join(_names(cells(added)) for added in sets[:4])
    if len(sets) > 4:
        return (
            f"With {voxels}: {len(sets)} choices among these cells darken all missing cells, for example {shown}; in"
            " every one of them some voxel is not joined to the structure."
        )
    only = "the only choice that darkens" if len(sets) == 1 else "the only choices that darken"
    each = "in it" if len(sets) == 1 else "in each of them"
    return f"With {voxels}: {only} all missing cells: {shown}; but {each} some voxel is not joined to the structure."


def _ordered(structure: int, added: int) -> Iterator[int]:
    """Yield the voxels of an addition in an order in which they can be placed."""
    while added:
        bit = next(bits(added & touching(structure)))
        yield bit
        structure |= bit
        added ^= bit


def _placed(structure: int, added: int) -> str:
    """Return an order in which an addition can be placed, with a neighbour of each voxel."""
    said: list[str] = []
    for bit in _ordered(structure, added):
        support = next(bits(touching(bit) & structure))
        said.append(f"{_name(CELL[bit])} next to {_name(CELL[support])}")
        structure |= bit
    return "; then ".join(said)


def _course(state: State, added: int) -> Sequence[Frame[State]] | None:
    """Return the structures after each voxel of an addition, in an order that the rules allow."""

    def after() -> Iterator[tuple[str, State]]:
        now = state
        for bit in _ordered(state.voxels, added):
            now = State(now.voxels | bit, now.target, now.remaining - 1)
            yield f"add {_name(CELL[bit])}", now

    return course(state, after())


TASKS = (
    CountVoxels(),
    VoxelPosition(),
    ProjectionMatch(),
    ActionOutcome(),
    TransitionPath(),
    MinAddedVoxels(),
)
