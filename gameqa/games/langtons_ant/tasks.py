"""The three questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.words import counted

from .generate import LangtonsAntParams
from .rules import Step, boards, flips, reachable, turned, walk
from .state import WHITE, Ant, Cell, Facing, State

COLOR = ("white", "black")
Index = Annotated[int, Meta(ge=0)]


class Pose(msgspec.Struct, forbid_unknown_fields=True):
    """A pose option in `params`."""

    x: Index
    y: Index
    direction: Facing


class StepParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `pose_after_steps`."""

    steps: Annotated[int, Meta(ge=1)]


class FlipParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `cell_flip_count`."""

    steps: Annotated[int, Meta(ge=1)]
    cell: tuple[Index, Index]


class PoseTask(Task[State, LangtonsAntParams]):
    """A question whose options are poses."""

    kind = AnswerKind.CHOICE
    option_type = Pose

    def option_text(self, state: State, value: Any) -> str:
        return f"Position ({value['x']}, {value['y']}), facing {value['direction']}"


class AntPose(PoseTask):
    """Task 1."""

    id, slug = 1, "ant_pose"
    about = "Identify the current position and direction of the ant."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams

    def ask(self, state: State, plan: LangtonsAntParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Where does the ant stand now, and which way does it face?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        ant = state.ant
        return Solution(
            _json(ant),
            [
                "Find the ant, the only arrow on the board.",
                f"The row number at the left edge of its row is {ant.x}, so x = {ant.x}.",
                f"The column number at the top edge of its column is {ant.y}, so y = {ant.y}.",
                f"The arrow points {ant.facing}, so the ant stands at ({ant.x}, {ant.y}) facing {ant.facing}.",
            ],
            work=float(state.size),
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Cross two rows, two columns and two facings: every option looks alike without the picture.

        The other row and column are slips: off by one (counted from 1), counted from the other end, or swapped.
        """
        ant, size = state.ant, state.size
        slips = [(ant.x + dx, ant.y + dy) for dx in (-1, 1) for dy in (-1, 1)]
        slips += [(ant.y, ant.x), (size - 1 - ant.x, ant.y + rng.choice((-1, 1)))]
        fits = [(x, y) for x, y in slips if 0 <= x < size and 0 <= y < size and x != ant.x and y != ant.y]
        x, y = rng.choice(fits)
        facing = turned(ant.facing, rng.randint(1, 3))
        for other in (Ant(a, b, f) for a in (ant.x, x) for b in (ant.y, y) for f in (ant.facing, facing)):
            if other != ant:
                yield _json(other)


class PoseAfterSteps(PoseTask):
    """Task 2."""

    id, slug = 2, "pose_after_steps"
    about = "Predict the ant's position and direction after several steps."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = StepParams

    def ask(self, state: State, plan: LangtonsAntParams, rng: Random) -> dict[str, Any] | None:
        """Choose the number of steps; the ant must not be back in its first pose."""
        steps = rng.randint(*plan.pose_steps)
        return None if walk(state, steps)[-1].after == state.ant else {"steps": steps}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Where does the ant stand, and which way does it face, after exactly {params['steps']} steps?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = walk(state, params["steps"])
        end = played[-1].after
        steps = [f"The ant starts at ({state.ant.x}, {state.ant.y}) facing {state.ant.facing}."]
        steps += [f"Step {step.number}: {_narrate(step)}." for step in played]
        steps.append(f"After step {len(played)} the ant stands at ({end.x}, {end.y}) facing {end.facing}.")
        return Solution(_json(end), steps, work=float(len(played)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return course(state, (("step", after) for after in boards(state, walk(state, params["steps"]))))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Four cells, each with both facings of the axis that the parity of the steps leaves.

        Every pose survives the cheap checks (axis and reach), and no cell or facing stands out by its number. The
        cells are those that mistakes lead to, as far as they are in reach.
        """
        end = Ant(right["x"], right["y"], right["direction"])
        rows, columns, facings = reachable(state.ant, params["steps"], state.size)
        everywhere = [(x, y) for x in sorted(rows) for y in sorted(columns)]
        rng.shuffle(everywhere)
        slips = [pose.cell for pose in _slips(state, params["steps"], rng)]
        fits = [cell for cell in dict.fromkeys([*slips, *everywhere]) if cell[0] in rows and cell[1] in columns]
        cells = [end.cell, *[cell for cell in fits if cell != end.cell][: self.option_count // 2 - 1]]
        yield from (_json(Ant(x, y, facing)) for x, y in cells for facing in facings if (x, y, facing) != end)


class CellFlipCount(Task[State, LangtonsAntParams]):
    """Task 3."""

    id, slug = 3, "cell_flip_count"
    about = "Count how many times a specific cell changes its color."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = FlipParams
    answer_bound = 0.45

    def plan(self, level: LangtonsAntParams, rng: Random) -> LangtonsAntParams:
        """Draw the wanted count, and whether to ask for the cell on which the ant ends."""
        wanted = rng.choices(range(len(level.flip_shares)), level.flip_shares)[0]
        return msgspec.structs.replace(level, flips=wanted, at_end=rng.random() < (0.45 if wanted == 0 else 0.2))

    def ask(self, state: State, plan: LangtonsAntParams, rng: Random) -> dict[str, Any] | None:
        """Play the real board and choose a cell that changes as often as planned."""
        steps = rng.randint(*plan.flip_steps)
        played = walk(state, steps)
        visited = {step.before.cell for step in played}
        end = played[-1].after.cell
        if plan.at_end:
            cells = [end]
        elif plan.flips == 0:
            cells = sorted({cell for middle in visited for cell in _around(middle, state.size)} - visited - {end})
        else:
            cells = sorted(visited)
        cells = [cell for cell in cells if flips(played, cell) == plan.flips]
        return {"steps": steps, "cell": rng.choice(cells)} if cells else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        x, y = params["cell"]
        return (
            f"How many times does the cell ({x}, {y}) change its colour during the first {params['steps']} steps? "
            "Count every change, also a change back to an earlier colour."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cell: Cell = (params["cell"][0], params["cell"][1])
        played = walk(state, params["steps"])
        steps = [
            f"The ant starts at ({state.ant.x}, {state.ant.y}) facing {state.ant.facing}; the cell ({cell[0]},"
            f" {cell[1]}) is {COLOR[state.grid[cell[0]][cell[1]]]}. A cell changes in a step exactly when the ant"
            " stands on it at the beginning of that step."
        ]
        total = 0
        for step in played:
            total += step.before.cell == cell
            remark = f"this is change no. {total} of the cell" if step.before.cell == cell else "the cell stays"
            steps.append(f"Step {step.number}: {_narrate(step)}; {remark}.")
        ends_there = played[-1].after.cell == cell
        reminder = (
            "The ant ends on the cell, but being reached by the last move changes nothing. " if ends_there else ""
        )
        steps.append(f"{reminder}The cell ({cell[0]}, {cell[1]}) changes {counted(total, 'time')} in all.")
        return Solution(total, steps, work=float(len(played)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return course(state, (("step", after) for after in boards(state, walk(state, params["steps"]))))


def _json(ant: Ant) -> dict[str, Any]:
    return {"x": ant.x, "y": ant.y, "direction": ant.facing}


def _narrate(step: Step) -> str:
    """Return one step in words, without a full stop."""
    before, after = step.before, step.after
    again = f" now (recoloured in step {step.painted_in})" if step.painted_in else ""
    turn = "right" if step.color == WHITE else "left"
    edge = ", across the edge," if step.wraps else ""
    return (
        f"the cell ({before.x}, {before.y}) is {COLOR[step.color]}{again}; facing {before.facing}, the ant turns"
        f" {turn} to face {after.facing}, the cell becomes {COLOR[1 - step.color]}, and the ant moves{edge} to"
        f" ({after.x}, {after.y})"
    )


def _slips(state: State, steps: int, rng: Random) -> list[Ant]:
    """Return the poses that typical mistakes lead to, in order of temptation."""
    wrong_turns = [walk(state, steps, slip_at=step)[-1].after for step in range(1, steps + 1)]
    rng.shuffle(wrong_turns)
    return [
        *wrong_turns[:2],
        walk(state, steps, recolor=False)[-1].after,
        walk(state, steps, mirrored=True)[-1].after,
        walk(state, steps, wrap=False)[-1].after,
        *wrong_turns[2:],
    ]


def _around(cell: Cell, size: int) -> set[Cell]:
    return {((cell[0] + dx) % size, (cell[1] + dy) % size) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} - {cell}


TASKS = (AntPose(), PoseAfterSteps(), CellFlipCount())
