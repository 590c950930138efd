"""The five questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from random import Random
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import Cell, Direction, ahead, direction_of, manhattan, sides
from gameqa.core.words import cell_text, cells_text, counted

from .generate import Outcome, SnakeParams, scripted
from .rules import (
    Step,
    TooLargeError,
    free_from,
    inside,
    loose_layers,
    play,
    shortest,
    strict_layers,
)
from .state import State

Layers = Sequence[set[Cell]]

OUTCOMES: dict[Outcome, str] = {
    "bound": "The snake hits the bound of the grid",
    "body": "The snake hits its body",
    "food": "The snake reaches the food",
    "nothing": "Nothing of these happens",
}
NEAR, SHUT = 0.06, 0.06
"""Shares of boards on which the food may lie beside the head, and on which no neighbour of the head need be empty."""
MOVING = 0.4
"""Share of move lists made so that the motion of the body matters."""
EXTRA = 3
"""Most moves after the deciding one."""
AT_ONCE = 0.08
"""Share of the lists that may be decided by the first move, where there are so few that it is possible."""
WAYS = {"none": 10, "direct": 47, "detour": 43}
"""Shares of boards without a path, with one as long as the distance, and with a longer one, in percent."""
LONGER = 3
"""How much the least wished distance grows where the direct way is to be blocked: next to the head that is rare."""
POSITIONS = 2000
"""Positions of the snake that a worked solution may go through."""
LONGEST = 2200
"""Most characters of a worked solution about the shortest path."""


class MovesParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `what_happens`."""

    moves: Annotated[list[Direction], Meta(min_length=1)]


class SnakeTask(Task[State, SnakeParams]):
    """A question that needs nothing besides the board."""

    params_type = NoParams

    def plan(self, level: SnakeParams, rng: Random) -> SnakeParams:
        """Draw the snake's length, and whether food and head may lie in narrow places."""
        return msgspec.structs.replace(
            level, length=rng.randint(*level.lengths), near=rng.random() < NEAR, shut=rng.random() < SHUT
        )

    def ask(self, state: State, plan: SnakeParams, rng: Random) -> dict[str, Any] | None:
        return {}


class PositionTask(SnakeTask):
    """A question for the cell of something."""

    qa_type, qa_level, kind = QAType.TARGET_PERCEPTION, Level.EASY, AnswerKind.COORDINATE
    answer_form = "(row, column), with one blank after the comma"
    answer_bound = 0.15


class HeadPosition(PositionTask):
    """Task 0."""

    id, slug = 0, "head_position"
    about = "Where is the head of the snake?"

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Where is the head of the snake?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        return _located(state, state.head, "head of the snake (the yellow block, H in the text)")


class FoodPosition(PositionTask):
    """Task 1."""

    id, slug = 1, "food_position"
    about = "Where is the food?"

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Where is the food?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        return _located(state, state.food, "food (the red block, F in the text)")


class SnakeLength(SnakeTask):
    """Task 2."""

    id, slug = 2, "snake_length"
    about = "How long is the snake?"
    qa_type, qa_level, kind = QAType.TARGET_PERCEPTION, Level.MEDIUM, AnswerKind.INTEGER
    answer_bound = 0.2

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How long is the snake? Count its cells, the head included."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        count, runs = 1, list[str]()
        cell = state.head
        ways: list[Direction] = [direction_of(one, other) for one, other in pairwise(state.snake)]
        for move, run in groupby(ways):
            steps = len(list(run))
            count, cell = count + steps, ahead(cell, move, steps)
            runs.append(f"{move} {steps} to {cell_text(cell)}, makes {count}")
        steps = [
            f"Follow the snake from the head to the tail. The head at {cell_text(state.head)} is cell number 1.",
            f"Count run by run: {'; '.join(runs)}.",
            f"The tail is at {cell_text(cell)}, so the snake has {count} cells.",
        ]
        return Solution(count, steps, work=float(count))


class WhatHappens(SnakeTask):
    """Task 3."""

    id, slug = 3, "what_happens"
    about = "Which will happen until this process ends if the snake moves like this each step."
    qa_type, qa_level, kind = QAType.STATE_PREDICTION, Level.HARD, AnswerKind.CHOICE
    params_type = MovesParams
    option_type = Literal["bound", "body", "food", "nothing"]
    option_count = 4

    def plan(self, level: SnakeParams, rng: Random) -> SnakeParams:
        """Draw what happens, in which step, and how many moves are given."""
        outcome, total = rng.choice(get_args(Outcome)), rng.randint(*level.moves)
        first = max(2, total - EXTRA)
        if total - EXTRA <= 1 and outcome in ("bound", "body") and rng.random() < AT_ONCE:
            decided = 1
        else:
            decided = total if outcome == "nothing" else rng.randint(first, total)
        return msgspec.structs.replace(
            super().plan(level, rng), outcome=outcome, total=total, decided=decided, moving=rng.random() < MOVING
        )

    def ask(self, state: State, plan: SnakeParams, rng: Random) -> dict[str, Any] | None:
        moves = scripted(state, plan, rng)
        return None if moves is None else {"moves": moves}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The snake makes these moves in this order, one each step, until the process ends: "
            f"{', '.join(params['moves'])}. What happens? Only the first event counts; moves after it are not carried "
            "out."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = play(state, params["moves"])
        event = played[-1].event
        steps = [f"The head is at {cell_text(state.head)}, the food at {cell_text(state.food)}."]
        steps += [f"Step {step.number}: {_narrated(state, step)}" for step in played]
        if event is None:
            steps.append(f"All {len(played)} moves are carried out, and none of them ends the process.")
        return Solution(event or "nothing", steps, work=float(len(played)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, params["moves"])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [outcome for outcome in OUTCOMES if outcome != right]

    def option_text(self, state: State, value: Any) -> str:
        return OUTCOMES[value]


class ShortestPathLength(SnakeTask):
    """Task 4."""

    id, slug = 4, "shortest_path_length"
    about = "How long is the shortest path if the snake wants to reach the food? If there is no path, answer -1."
    qa_type, qa_level, kind = QAType.STRATEGY_OPTIMIZATION, Level.HARD, AnswerKind.INTEGER
    answer_bound = {Level.EASY: 0.25, Level.MEDIUM: 0.15, Level.HARD: 0.15}

    def plan(self, level: SnakeParams, rng: Random) -> SnakeParams:
        """Draw the kind of way, and the distance."""
        way = rng.choices(list(WAYS), list(WAYS.values()))[0]
        low, high = level.distances
        if way == "detour":
            low = min(low + LONGER, high)
        return msgspec.structs.replace(super().plan(level, rng), way=way, distance=rng.randint(low, high))

    def ask(self, state: State, plan: SnakeParams, rng: Random) -> dict[str, Any] | None:
        """Refuse a board that is not as planned, or whose worked solution would be too long to read."""
        try:
            path = shortest(state)
            if _way(state, path) != plan.way or sum(map(len, _explained(state, path))) > LONGEST:
                return None
        except TooLargeError:
            return None
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the least number of steps after which the head enters the food cell, if no step hits the bound or "
            "the body? The snake must move in each step, it cannot wait. If the food cannot be reached, write -1."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        path = shortest(state)
        steps = _explained(state, path)
        return Solution(-1 if path is None else len(path), steps, work=float(state.size + len(path or ())))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, shortest(state) or ())


def _course(state: State, moves: Sequence[Direction]) -> Sequence[Frame[State]] | None:
    """Return the boards before the step that ends the process: a crash and a meal cannot be drawn."""

    def after() -> Iterator[tuple[str, State]]:
        snake = state.snake
        for step in play(state, moves):
            if step.event:
                return
            snake = (step.cell, *snake[:-1])
            yield step.move, replace(state, snake=snake)

    return course(state, after())


def _located(state: State, cell: Cell, what: str) -> Solution:
    steps = [
        f"Find the {what}.",
        f"The number at the left of its row is {cell[0]}.",
        f"The number above its column is {cell[1]}.",
        f"So it is at {cell_text(cell)}.",
    ]
    return Solution(cell, steps, work=float(state.size))


def _narrated(state: State, step: Step) -> str:
    """Return one step, and what there is to check in the cell that the head enters."""
    opening = f"{step.move} to {cell_text(step.cell)}"
    free = free_from(state).get(step.cell, 0)
    if step.event == "bound":
        return f"{opening}, outside the grid. The snake hits the bound."
    if step.event == "food":
        return f"{opening}, the food cell. The snake reaches the food."
    if step.event == "body":
        if step.since:
            why = f"which the head entered in step {step.since} and the body still covers"
        elif step.cell == state.head:
            why = "where the head was at the start and which the body still covers"
        else:
            why = f"a body cell that cannot be entered before step {free}"
        return f"{opening}, {why}. The snake hits its body."
    if step.since:
        return f"{opening}; the head was there in step {step.since}, but the body has left it."
    return f"{opening}; {_vacated(free, step.number)}." if free else f"{opening}; inside the grid, no body, no food."


def _vacated(free: int, number: int) -> str:
    if free == number:
        return "the tail leaves this cell in the same step"
    return f"the tail left this cell in step {free}"


def _way(state: State, path: Sequence[Direction] | None) -> str:
    if path is None:
        return "none"
    return "direct" if len(path) == manhattan(state.head, state.food) else "detour"


def _explained(state: State, path: Sequence[Direction] | None) -> list[str]:
    """Return the worked solution: the bound, why less cannot do, and the path, or why there is none."""
    least = manhattan(state.head, state.food)
    rows, columns = abs(state.head[0] - state.food[0]), abs(state.head[1] - state.food[1])
    opening = (
        f"The head is at {cell_text(state.head)}, the food at {cell_text(state.food)}: {counted(rows, 'row')} and "
        f"{counted(columns, 'column')} apart, so at least {counted(least, 'step')}."
    )
    if path is None:
        return [opening, *_stuck(state)]
    steps = [opening]
    if len(path) > least:
        steps += _too_few(state, len(path) - 2, least)
    steps.append(f"{counted(len(path), 'step')} will do: {_walked(state, path)}.")
    return steps


def _walked(state: State, path: Sequence[Direction]) -> str:
    """Return a path with the cells, remarking where the head enters a cell that the snake has left."""
    free, words = free_from(state), list[str]()
    for step in play(state, path):
        remark = ""
        if step.since:
            remark = f" (entered in step {step.since}, left by the body since)"
        elif step.cell in free:
            remark = f" ({_vacated(free[step.cell], step.number)})"
        words.append(f"{step.move} to {cell_text(step.cell)}{remark}")
    return ", ".join(words)


def _too_few(state: State, total: int, least: int) -> list[str]:
    """Return why `total` steps or fewer cannot do."""
    layers = loose_layers(state, total)
    where = (
        "Only these cells come into question (that the head's new track becomes body as well could only rule out more):"
    )
    if layers[-1]:
        layers = strict_layers(state, total, POSITIONS)
        where = "These are the cells where it can be (cells that it entered itself become body as well):"
    steps = list[str]()
    if total > least:
        steps.append(
            f"Each step changes row + column by one, so the number of steps is {least} or more by an even number."
        )
    steps.append(
        f"Could {total} steps do? Then the head must be at most {total} - t steps from the food after step t. {where}"
    )
    close = f"So {total} steps are too few; the next number to try is {total + 2}."
    return [*steps, *_layered(state, layers, total), close]


def _stuck(state: State) -> list[str]:
    """Return where the head can go until it can go nowhere."""
    layers = strict_layers(state, None, POSITIONS)
    reached = sorted(set[Cell]().union(*layers[1:]))
    steps = [
        "Follow all steps that hit neither bound nor body. These are the cells where the head can be (cells that it "
        "entered itself become body as well):"
    ]
    steps += _layered(state, layers, None)
    if reached:
        steps.append(f"The head can reach no cells but {cells_text(reached)}, and then it is stuck.")
    return [*steps, "The food is out of reach, so the number to write is -1."]


def _layered(state: State, layers: Layers, total: int | None) -> list[str]:
    """Return the cells after each step, and which cells of the original snake are not free in time."""
    free, lines = free_from(state), list[str]()
    for number, (before, after) in enumerate(pairwise(layers), 1):
        near = {cell for old in before for cell in sides(old) if inside(cell, state.size)}
        if total is not None:
            near = {cell for cell in near if manhattan(cell, state.food) <= total - number}
        shut = [f"{cell_text(cell)} before step {free[cell]}" for cell in sorted(near) if free.get(cell, 0) > number]
        where = ", ".join(map(cell_text, sorted(after))) or "nowhere"
        why = f"; body, not to be entered: {', '.join(shut)}" if shut else ""
        lines.append(f"After step {number}: {where}{why}.")
    return lines


TASKS = (HeadPosition(), FoodPosition(), SnakeLength(), WhatHappens(), ShortestPathLength())
