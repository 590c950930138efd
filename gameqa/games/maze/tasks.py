"""The six questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import DIRECTIONS, OPPOSITE, Cell, Direction, ahead
from gameqa.core.words import cell_text, counted, listed

from . import decoys
from .generate import MazeParams
from .rules import Branch, Step, available, branches, directions, follow, path, play, runs, turns
from .state import State

CellOption = tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]
Steps = Annotated[list[Direction], Meta(min_length=1)]

OPENINGS = {1: 25, 2: 40, 3: 30, 4: 5}
"""Shares of the number of open directions in `available_directions`, in percent."""
LISTED = {1: 2, 2: 3, 3: 2, 4: 1}
"""How many direction sets of each size are options."""
TRIES = 40
"""Sequences of moves tried in one maze."""


class MovesParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `position_after_moves`."""

    moves: Steps


class PiecePosition(Task[State, MazeParams]):
    """A question for the cell of a piece."""

    qa_type, qa_level, kind = QAType.TARGET_PERCEPTION, Level.EASY, AnswerKind.CHOICE
    params_type = NoParams
    option_type = CellOption
    option_count = 5

    def plan(self, level: MazeParams, rng: Random) -> MazeParams:
        return msgspec.structs.replace(level, pairs=True)

    def ask(self, state: State, plan: MazeParams, rng: Random) -> dict[str, Any]:
        return {}


class PlayerPosition(PiecePosition):
    """Task 1."""

    id, slug = 1, "player_position"
    about = "Ask for the position of player."

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which cell does the player stand?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        return _located(state, state.player, "the player")

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return decoys.positions(state, state.player, state.goal, rng)


class GoalPosition(PiecePosition):
    """Task 2."""

    id, slug = 2, "goal_position"
    about = "Ask for the position of goal within the maze."

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which cell is the goal?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        return _located(state, state.goal, "the goal")

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return decoys.positions(state, state.goal, state.player, rng)


class PathToGoal(Task[State, MazeParams]):
    """Task 3."""

    id, slug = 3, "path_to_goal"
    about = "Find the path to the goal."
    qa_type, qa_level, kind = QAType.STRATEGY_OPTIMIZATION, Level.MEDIUM, AnswerKind.CHOICE
    params_type = NoParams
    option_type = Steps
    option_count = 5

    def ask(self, state: State, plan: MazeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which sequence of steps leads the player to the goal? Every step must go to a free cell; a sequence with "
            "a step into a wall does not count. The last step must end on the goal."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cells = path(state)
        moves = directions(cells)
        return Solution(moves, _walked(state, cells), work=float(len(moves)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """Up to the cell before the goal: player and goal cannot be drawn in one cell."""
        return _course(state, directions(path(state))[:-1])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return decoys.paths(state, right, rng)

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        cells, hit = follow(state, value)
        return hit is None and cells[-1] == state.goal

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        cells, hit = follow(state, value)
        if hit is not None:
            return f"step {len(cells)} goes into the wall at {cell_text(hit)}."
        if cells[-1] != state.goal:
            return f"it ends at {cell_text(cells[-1])}, not on the goal."
        return "every step goes to a free cell, the last one to the goal."


class TurnCount(Task[State, MazeParams]):
    """Task 4."""

    id, slug = 4, "turn_count"
    about = "Count how many turns it takes to reach the finish."
    qa_type, qa_level, kind = QAType.STRATEGY_OPTIMIZATION, Level.HARD, AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.2

    def plan(self, level: MazeParams, rng: Random) -> MazeParams:
        """Draw the count first."""
        return msgspec.structs.replace(level, bends=rng.randint(*level.turns))

    def ask(self, state: State, plan: MazeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "The player walks to the goal along the only path that visits no cell twice. A turn is a change of "
            "direction between two consecutive steps; the first step is no turn. How many turns does the player make?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cells = path(state)
        moves = directions(cells)
        straight = runs(state.player, moves)
        total = turns(moves)
        corners = [
            f"({number}) at {cell_text(before.end)} from {before.direction} to {after.direction}"
            for number, (before, after) in enumerate(pairwise(straight), 1)
        ]
        steps = [
            *_walked(state, cells),
            f"The direction changes at these corners: {'; '.join(corners)}."
            if corners
            else "It never changes direction.",
            f"These are {counted(total, 'turn')}." if total != 1 else "This is 1 turn.",
        ]
        return Solution(total, steps, work=float(len(moves) + total))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """Up to the cell before the goal: player and goal cannot be drawn in one cell."""
        return _course(state, directions(path(state))[:-1])


class AvailableDirections(Task[State, MazeParams]):
    """Task 5."""

    id, slug = 5, "available_directions"
    about = "Ask for the available directions to move are currently."
    qa_type, qa_level, kind = QAType.TARGET_PERCEPTION, Level.EASY, AnswerKind.CHOICE
    params_type = NoParams
    option_type = Steps
    option_count = sum(LISTED.values())

    def plan(self, level: MazeParams, rng: Random) -> MazeParams:
        """Draw how many directions are open, and of two whether they lie opposite."""
        openings = rng.choices(list(OPENINGS), list(OPENINGS.values()))[0]
        straight = rng.random() < 0.5 if openings == 2 else None
        return msgspec.structs.replace(level, openings=openings, straight=straight)

    def ask(self, state: State, plan: MazeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which directions can the player step now? Choose the option that names all of them and no other."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = available(state.free, state.player)
        steps = [f"The player stands at {cell_text(state.player)}."]
        for direction in DIRECTIONS:
            cell = ahead(state.player, direction)
            steps.append(f"{direction.capitalize()}: {cell_text(cell)} is {'free' if direction in found else 'wall'}.")
        steps.append(f"So the player can step {listed(found)}.")
        return Solution(found, steps, work=float(state.size))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Fill up the sets of each size.

        Of the two opposite pairs, one and both are listed equally often, so that a pair that is right as often as all
        four corners together does not stand out.
        """
        for size, listed_sets in LISTED.items():
            sets = [list(chosen) for chosen in combinations(DIRECTIONS, size)]
            rng.shuffle(sets)
            missing = listed_sets - (len(right) == size)
            if size == 2:
                opposite = [pair for pair in sets if pair[1] == OPPOSITE[pair[0]] and pair != right]
                corners = [pair for pair in sets if pair[1] != OPPOSITE[pair[0]] and pair != right]
                many = _opposite_pairs(right, rng)
                sets = [*opposite[:many], *corners[: missing - many]]
            yield from [chosen for chosen in sets if chosen != right][:missing]

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(value)


class PositionAfterMoves(Task[State, MazeParams]):
    """Task 6."""

    id, slug = 6, "position_after_moves"
    about = "The position after moving."
    qa_type, qa_level, kind = QAType.STATE_PREDICTION, Level.MEDIUM, AnswerKind.CHOICE
    params_type = MovesParams
    option_type = CellOption
    option_count = 5

    def plan(self, level: MazeParams, rng: Random) -> MazeParams:
        """Draw the number of moves, and wish for a blocked one in half of the questions."""
        count = rng.randint(*level.moves)
        return msgspec.structs.replace(level, moves=(count, count), bump=rng.random() < 0.5)

    def ask(self, state: State, plan: MazeParams, rng: Random) -> dict[str, Any] | None:
        """Take moves as likely as a random set of options fits around their end.

        Options that fit are drawn later, so near the border fewer sets are left; this makes up for it.
        """
        for _ in range(TRIES):
            moves = _wander(state, plan.moves[0], bool(plan.bump), rng)
            if moves and decoys.ends_of_moves(state, play(state, moves), rng, tries=1):
                return {"moves": moves}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The player makes these moves, one after the other: {', '.join(params['moves'])}. A move into a wall "
            "leaves the player in place, and the next move follows. In which cell does the player stand at the end?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = play(state, params["moves"])
        end = played[-1].after
        steps = [f"The player starts at {cell_text(state.player)}."]
        steps += [f"Move {step.number}, {step.direction}: {_narrate(step)}." for step in played]
        steps.append(f"At the end the player stands at {cell_text(end)}.")
        return Solution(end, steps, work=float(len(played)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """None when the moves lead over the goal: player and goal cannot be drawn in one cell."""
        if any(step.after == state.goal for step in play(state, params["moves"])):
            return None
        return _course(state, params["moves"])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return decoys.ends_of_moves(state, play(state, params["moves"]), rng)


def _course(state: State, moves: Sequence[Direction]) -> Sequence[Frame[State]] | None:
    return course(state, ((step.direction, replace(state, player=step.after)) for step in play(state, moves)))


def _located(state: State, cell: Cell, piece: str) -> Solution:
    row, column = cell
    mark = "red circle" if piece == "the player" else "green block"
    steps = [
        f"Find {piece} ({mark} in the picture, {piece[4].upper()} in the text).",
        f"The number at the left edge of its row is {row}, so the row is {row}.",
        f"The number at the top edge of its column is {column}, so the column is {column}.",
        f"The row comes first: {piece} is at {cell_text(cell)}.",
    ]
    return Solution(cell, steps, work=float(state.size))


def _walked(state: State, cells: Sequence[Cell]) -> list[str]:
    """Return the worked path: where it leads from and to, its straight runs, and why no other way leads there."""
    parts = [f"{run.direction} {run.length} to {cell_text(run.end)}" for run in runs(state.player, directions(cells))]
    steps = [
        f"The player stands at {cell_text(state.player)}, the goal is at {cell_text(state.goal)}.",
        f"The path in straight runs: {', '.join(parts)}.",
    ]
    others = branches(state, cells)
    if others:
        steps.append(f"The other ways do not lead to the goal: {'; '.join(map(_dead_end, others))}.")
    else:
        steps.append("No other way leaves this path.")
    return steps


def _dead_end(branch: Branch) -> str:
    """Return why a branch is no way to the goal, without a full stop."""
    where = f"at {cell_text(branch.cell)} the way {branch.direction}"
    if len(branch.ends) == 1:
        return f"{where} ends at {cell_text(branch.ends[0])}"
    return f"{where} has {branch.cells} cells and only dead ends"


def _opposite_pairs(right: Sequence[Direction], rng: Random) -> int:
    """Return how many opposite pairs to list besides the right set.

    One or both shall be listed equally often, and each listed pair be right equally often: then an opposite pair is
    right in half of the questions with two directions.
    """
    if len(right) != 2:
        return rng.randint(1, 2)
    if right[1] == OPPOSITE[right[0]]:
        return int(rng.random() < 2 / 3)
    return 2 if rng.random() < 1 / 3 else 1


def _wander(state: State, count: int, bump: bool, rng: Random) -> list[Direction] | None:
    """Draw moves along the corridors, some of them into walls if one is to be blocked.

    No move goes straight back unless nothing else is left. None: no move could be blocked as planned.
    """
    blocked = set(rng.sample(range(count), rng.randint(1, max(1, count // 2)))) if bump else set[int]()
    here = state.player
    moves: list[Direction] = []
    for number in range(count):
        ways: list[Direction] = [way for way in DIRECTIONS if (ahead(here, way) in state.free) != (number in blocked)]
        onward: list[Direction] = [way for way in ways if not moves or way != OPPOSITE[moves[-1]]]
        if not ways:
            return None
        moves.append(rng.choice(onward or ways))
        if number not in blocked:
            here = ahead(here, moves[-1])
    return moves


def _narrate(step: Step) -> str:
    """Return one move in words, without a full stop."""
    if step.blocked:
        return f"wall at {cell_text(step.ahead)}, the player stays at {cell_text(step.after)}"
    return f"{cell_text(step.before)} → {cell_text(step.after)}"


TASKS = (
    PlayerPosition(),
    GoalPosition(),
    PathToGoal(),
    TurnCount(),
    AvailableDirections(),
    PositionAfterMoves(),
)
