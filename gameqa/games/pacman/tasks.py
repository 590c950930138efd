"""The ten questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import manhattan
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import PacmanParams
from .rules import (
    DIRECTIONS,
    LOOKAHEAD,
    OPPOSITE,
    Run,
    Turn,
    ahead,
    beans_on,
    best_run,
    distance,
    eaten,
    first_steps,
    play,
    runs,
    straight,
    target,
    window,
)
from .state import Cell, CellJson, Direction, Name, State, bit
from .wishes import Ahead, AnyWish, Best, Change, Closer, Leg, Outcome, Step, tries

Tries = Annotated[int, Meta(ge=1, le=99)]
LegJson = tuple[Direction, Tries]


class Pose(msgspec.Struct, forbid_unknown_fields=True):
    """An option of `pacman_position`."""

    cell: CellJson
    direction: Direction


class TwoLegs(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `move_outcome`."""

    moves: tuple[LegJson, LegJson]


class OneLeg(msgspec.Struct, forbid_unknown_fields=True):
    """Params of the questions for a change."""

    moves: tuple[LegJson]


class End(msgspec.Struct, forbid_unknown_fields=True):
    """An option of `move_outcome`: beans and score, or the ghost that catches Pac-Man."""

    beans: int | UnsetType = UNSET
    score: int | UnsetType = UNSET
    caught: Name | UnsetType = UNSET

    def __post_init__(self) -> None:
        free = self.caught is UNSET
        if (self.beans is UNSET) == free or (self.score is UNSET) == free:
            raise ValueError("an option names either beans and score, or the ghost that catches Pac-Man")


class NextStep(msgspec.Struct, forbid_unknown_fields=True):
    """An option of the questions for a change."""

    change: bool
    direction: Direction


class PacmanTask(Task[State, PacmanParams]):
    """What all questions share: the plan is a level with a wish."""

    kind = AnswerKind.CHOICE
    params_type = NoParams

    def plan(self, level: PacmanParams, rng: Random) -> PacmanParams:
        return msgspec.structs.replace(level, wish=self.wish(level, rng))

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        """Draw what the question wants of the board; by default nothing."""
        return level.wish

    def ask(self, state: State, plan: PacmanParams, rng: Random) -> dict[str, Any] | None:
        return {}


class PacmanPosition(PacmanTask):
    """Task 0."""

    id, slug = 0, "pacman_position"
    about = "Identify Pacman location."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    option_type = Pose

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which cell is Pac-Man, and which direction does he face?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, column = state.pacman
        steps = [
            "Find Pac-Man.",
            f"The number at the left edge of his row is {row}.",
            f"The number at the top edge of his column is {column}.",
            f"He faces {state.direction}, so the pose is ({row}, {column}), {state.direction}.",
        ]
        return Solution(_pose(state.pacman, state.direction), steps, work=float(state.size))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Cross two cells with the four directions, so that no part of an option stands out."""
        other = _near_miss(state, rng)
        return [_pose(cell, direction) for cell in (state.pacman, other) for direction in DIRECTIONS]

    def option_text(self, state: State, value: Any) -> str:
        return f"{cell_text(value['cell'])}, {value['direction']}"


class BeansIn5x5(PacmanTask):
    """Task 1."""

    id, slug = 1, "beans_in_5x5"
    about = "Count Pacman's surrounding beans."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    answer_bound = 0.12

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "How many beans lie in the 5 x 5 square of cells with Pac-Man in its middle, that is, in the cells whose "
            "row differs from his by at most 2 and whose column differs from his by at most 2? Cells outside the "
            "board do not exist."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        rows = window(state)
        (top, left), (bottom, right) = rows[0][0], rows[-1][-1]
        steps = [
            f"Pac-Man is at {cell_text(state.pacman)}, so the square has rows {top} to {bottom} and columns {left} to"
            f" {right}."
        ]
        counts = list[int]()
        for row in rows:
            columns = [column for _, column in beans_on(state, row)]
            counts.append(len(columns))
            where = f", in {_columns(columns)}" if columns else ""
            steps.append(f"Row {row[0][0]}: {counted(len(columns), 'bean')}{where}.")
        steps.append(f"Together: {' + '.join(map(str, counts))} = {sum(counts)}.")
        return Solution(sum(counts), steps, work=float(state.size))


class CloserGhost(PacmanTask):
    """Task 2."""

    id, slug = 2, "closer_ghost"
    about = "Identify the closest ghost."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    option_type = Literal["Pinky", "Blinky", "equal"]
    option_count = 3

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        winner: Name | None = rng.choices(("Pinky", "Blinky", None), (3, 3, 2))[0]
        return Closer(winner=winner, slight=rng.random() < 0.6)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which ghost is closer to Pac-Man by Manhattan distance (difference of the rows plus difference of the "
            "columns; walls are ignored)? Choose equal if both distances are the same."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, column = state.pacman
        steps = [f"Pac-Man is at {cell_text(state.pacman)}."]
        for name in ("Pinky", "Blinky"):
            cell = state.ghost(name)
            down, across = abs(cell[0] - row), abs(cell[1] - column)
            steps.append(
                f"{name} is at {cell_text(cell)}: |{cell[0]} - {row}| + |{cell[1]} - {column}| = {down} + {across} ="
                f" {down + across}."
            )
        pinky, blinky = manhattan(state.pinky, state.pacman), manhattan(state.blinky, state.pacman)
        value = "equal" if pinky == blinky else "Pinky" if pinky < blinky else "Blinky"
        sign = "=" if pinky == blinky else "<" if pinky < blinky else ">"
        closer = "both are equally close" if pinky == blinky else f"{value} is closer"
        steps.append(f"{pinky} {sign} {blinky}, so {closer}.")
        return Solution(value, steps, work=state.size + (pinky + blinky) / 100)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return ["Pinky", "Blinky", "equal"]


class BeansAhead(PacmanTask):
    """Task 3."""

    id, slug = 3, "beans_ahead"
    about = "Count beans in Pacman's path."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.EASY
    kind = AnswerKind.INTEGER
    answer_bound = 0.25

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        beans: Literal[0, 1] | None = rng.choices((0, 1, None), (6, 8, 86))[0]
        return Ahead(beans=beans)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Suppose the ghosts are absent: they neither move nor stand in the way. Pac-Man runs in the direction he "
            "faces now until a wall stops him. How many beans does he eat on this run?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        path = straight(state.free, state.pacman, state.direction, state.size)
        beans = beans_on(state, path)
        wall = ahead([state.pacman, *path][-1], state.direction)
        steps = [f"Pac-Man is at {cell_text(state.pacman)} and faces {state.direction}."]
        if path:
            steps.append(f"He runs through {cells_text(path)}; {cell_text(wall)} is a wall and stops him.")
            steps.append(f"Of these cells {_beans_at(beans)}, so he eats {counted(len(beans), 'bean')}.")
        else:
            steps.append(f"{cell_text(wall)}, directly ahead, is a wall, so he cannot move and eats 0 beans.")
        return Solution(len(beans), steps, work=state.size + len(path) / 20)


class MoveOutcome(PacmanTask):
    """Task 4."""

    id, slug = 4, "move_outcome"
    about = "Predict Pacman's movement result."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = TwoLegs
    option_type = End

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        """Moves and end are drawn apart, so the moves do not tell the end; captures always have a ghost near by."""
        first = rng.choice(DIRECTIONS)
        others: list[Direction] = [direction for direction in DIRECTIONS if direction != first]
        second = rng.choice(others)
        legs: tuple[Leg, Leg] = ((first, rng.randint(*level.leg)), (second, rng.randint(*level.leg)))
        by: Name | None = rng.choices(("Pinky", "Blinky", None), (14, 14, 72))[0]
        near = by is not None or rng.random() < 0.6
        return Outcome(legs=legs, by=by, beans=rng.randint(0, _most(legs)), near=near, stuck=rng.random() < 0.1)

    def ask(self, state: State, plan: PacmanParams, rng: Random) -> dict[str, Any] | None:
        return {"moves": plan.wish.legs} if isinstance(plan.wish, Outcome) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        (first, count), (second, other) = params["moves"]
        return (
            f"All move in turns. Pac-Man tries to go {first} {counted(count, 'time')}, then {second}"
            f" {counted(other, 'time')}, one try per turn; in a turn in which a wall blocks him the ghosts still move."
            " What happens: how many beans does he eat and what is the score then, or which ghost catches him?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        moves = tries(params["moves"])
        turns = play(state, moves)
        steps = [
            f"At the start Pac-Man is at {cell_text(state.pacman)}, Pinky at {cell_text(state.pinky)}, Blinky at"
            f" {cell_text(state.blinky)}; the score is {state.score}."
        ]
        before = state.pinky, state.blinky
        for number, (move, turn) in enumerate(zip(moves, turns, strict=False), 1):
            steps.append(f"Turn {number}, {move}: {_narrate(turn, *before)}.")
            before = turn.pinky, turn.blinky
        value: dict[str, Any]
        if turns[-1].by:
            value = {"caught": turns[-1].by[0]}
            steps.append(f"{listed(turns[-1].by)} caught Pac-Man in turn {len(turns)}; everything stops.")
        else:
            beans = eaten(turns)
            value = {"beans": beans, "score": state.score + beans}
            steps.append(
                f"Pac-Man is not caught; he eats {counted(beans, 'bean')}, and the score becomes {state.score} +"
                f" {beans} = {state.score + beans}."
            )
        return Solution(value, steps, work=float(len(turns)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Both captures, and numbers of beans that are drawn alike whether Pac-Man is caught or not.

        A capture takes the place of the right number by one drawn like a right number.
        """
        legs = params["moves"]
        sure = right["beans"] if "beans" in right else rng.randint(0, _most(legs))
        others = [beans for beans in range(max(5, len(tries(legs))) + 1) if beans != sure]
        numbers = [sure, *rng.sample(others, 5)]
        yield from ({"caught": name} for name in ("Pinky", "Blinky"))
        yield from ({"beans": beans, "score": state.score + beans} for beans in numbers)

    def option_text(self, state: State, value: Any) -> str:
        if "caught" in value:
            return f"caught by {value['caught']}"
        return f"{counted(value['beans'], 'bean')} eaten, score {value['score']}"


class DirectionChange(PacmanTask):
    """A question for the change of a ghost's next step while the ghosts stand still."""

    ghost: ClassVar[Name]
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = OneLeg
    option_type = NextStep
    option_count = 4

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        """The change is drawn apart from step and move, so that these do not tell of it.

        A ghost that already goes Pac-Man's way is left out: it would hardly ever change.
        """
        way = rng.choice(DIRECTIONS)
        steps: list[Direction] = [direction for direction in DIRECTIONS if direction != way]
        move = way, rng.randint(*level.tries)
        return Change(ghost=self.ghost, step=rng.choice(steps), move=move, change=rng.random() < 0.5)

    def ask(self, state: State, plan: PacmanParams, rng: Random) -> dict[str, Any] | None:
        return {"moves": [plan.wish.move]} if isinstance(plan.wish, Change) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        ((direction, count),) = params["moves"]
        return (
            f"Both ghosts stand still while Pac-Man tries to go {direction} {counted(count, 'time')} (walls stop"
            f" him). Compare {self.ghost}'s next step towards the target before and after Pac-Man's move: does its"
            " direction stay the same, or to which direction does it change?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        direction, count = params["moves"][0]
        path = straight(state.free, state.pacman, direction, state.size, count)
        later = _after(state, path, direction)
        first, second = _way(state, self.ghost), _way(later, self.ghost)
        steps = [
            f"Before the move: {_goal(state, self.ghost)}",
            first.text,
            _moved(path, state, direction, count),
            f"After the move: {_goal(later, self.ghost)}",
            second.text,
        ]
        changed = first.step != second.step
        steps.append(
            f"{self.ghost}'s next step changes from {first.step} to {second.step}."
            if changed
            else f"{self.ghost}'s next step was {first.step} and still is, so it does not change."
        )
        work = state.size + (first.length + second.length) / 100
        return Solution({"change": changed, "direction": second.step}, steps, work=work)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        now = _way(state, self.ghost).step
        return [{"change": direction != now, "direction": direction} for direction in DIRECTIONS]

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """Pac-Man's steps; None when he would step onto a ghost, which stands still."""
        direction, count = params["moves"][0]
        path = straight(state.free, state.pacman, direction, state.size, count)
        if {state.pinky, state.blinky} & {*path}:
            return None
        return course(state, ((direction, _after(state, path[:steps], direction)) for steps in range(1, len(path) + 1)))

    def option_text(self, state: State, value: Any) -> str:
        return f"changes to {value['direction']}" if value["change"] else f"unchanged, still {value['direction']}"


class PinkyDirectionChange(DirectionChange):
    """Task 5."""

    id, slug = 5, "pinky_direction_change"
    about = "Predict change in Pinky's movement."
    ghost = "Pinky"


class BlinkyDirectionChange(DirectionChange):
    """Task 6."""

    id, slug = 6, "blinky_direction_change"
    about = "Predict change in Blinky's movement."
    ghost = "Blinky"


class NextMove(PacmanTask):
    """A question for a ghost's next step."""

    ghost: ClassVar[Name]
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    option_type = Direction
    option_count = 4

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        """RIGHT never wins a tie, and LEFT hardly ever: only UP and DOWN are asked to."""
        step = rng.choice(DIRECTIONS)
        tie = step in ("UP", "DOWN") and rng.random() < 0.7
        return Step(ghost=self.ghost, step=step, tie=tie, misleading=rng.random() < 0.5)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Pac-Man stays where he is and keeps his direction. Which way does {self.ghost} step next?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        way = _way(state, self.ghost)
        return Solution(way.step, [_goal(state, self.ghost), way.text], work=state.size + way.length / 50)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return DIRECTIONS


class PinkyNextMove(NextMove):
    """Task 7."""

    id, slug = 7, "pinky_next_move"
    about = "Infer Pinky's next move."
    ghost = "Pinky"


class BlinkyNextMove(NextMove):
    """Task 8."""

    id, slug = 8, "blinky_next_move"
    about = "Infer Blinky's next move."
    ghost = "Blinky"


class BestDirection(PacmanTask):
    """Task 9."""

    id, slug = 9, "best_direction"
    about = "Judge Pacman's optimal movement."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    option_type = Literal["UP", "DOWN", "LEFT", "RIGHT", "CAUGHT"]
    option_count = 5

    def wish(self, level: PacmanParams, rng: Random) -> AnyWish:
        """Captures have a ghost near by, of the other boards enough to make seven of ten."""
        answer = rng.choices((*DIRECTIONS, "CAUGHT"), (23, 23, 23, 23, 8))[0]
        bait = answer == "CAUGHT" or rng.random() < 0.45
        return Best(answer=answer, bait=bait, near=bait or rng.random() < 0.4)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Pac-Man chooses one direction and runs in it, one try per turn, until a wall stops him; Pinky and Blinky "
            "move in every turn. The run ends with the first try that a wall blocks, and the ghosts do not move in "
            "that try. A direction with a wall directly ahead is not available. In which direction does Pac-Man eat "
            "the most beans without being caught? If several are equally good, choose the first of them in the order "
            "UP, DOWN, LEFT, RIGHT. Choose CAUGHT if every available direction ends in capture."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = {one.direction: one for one in runs(state)}
        steps = ["After each turn: Pac-Man, P = Pinky, B = Blinky."]
        for direction in DIRECTIONS:
            one = found.get(direction)
            steps.append(f"{direction}: {_run(one) if one else 'a wall is directly ahead, not available.'}")
        best = best_run(found.values())
        safe = [one for one in found.values() if not one.caught]
        if best is None:
            steps.append("Every available direction ends in capture.")
        else:
            ties = [one.direction for one in safe if one.beans == best.beans]
            totals = listed(f"{one.direction} ({counted(one.beans, 'bean')})" for one in safe)
            tied = f"{listed(ties)} are equally good, and {ties[0]} comes first"
            remark = tied if len(ties) > 1 else f"{ties[0]} brings the most"
            steps.append(f"Safe: {totals}; {remark}." if len(safe) > 1 else f"The only safe direction is {totals}.")
        work = state.size + sum(len(one.turns) for one in found.values()) / 100
        return Solution(best.direction if best else "CAUGHT", steps, work=work)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [*DIRECTIONS, "CAUGHT"]


class Way(msgspec.Struct, frozen=True):
    """A ghost's next step, the length of its shortest path, and why."""

    step: Direction | None
    length: int
    text: str


def _way(state: State, name: Name) -> Way:
    """Find and explain a ghost's next step."""
    free, size, ghost, goal = state.free, state.size, state.ghost(name), target(state, name)
    first = first_steps(free, ghost, goal, size)
    if not first:
        return Way(None, 0, f"{name} is at {cell_text(ghost)} and stays there: no step leads nearer to the target.")
    length = distance(free, ghost, goal, size) or 0
    sides = list[str]()
    for direction in DIRECTIONS:
        cell = ahead(ghost, direction)
        steps = distance(free, cell, goal, size) if free & bit(cell, size) else None
        sides.append(f"{direction} {cell_text(cell)} " + ("wall" if steps is None else str(steps)))
    reason = (
        f"{listed(first)} lie on shortest paths, and {first[0]} comes first in the order UP, DOWN, LEFT, RIGHT"
        if len(first) > 1
        else f"only {first[0]} lies on a shortest path"
    )
    text = (
        f"{name} is at {cell_text(ghost)}; a shortest path to {cell_text(goal)} has {counted(length, 'step')}. Steps"
        f" from the cells beside {name} to the target: {', '.join(sides)}. With {length - 1} left, {reason}, so the"
        f" next step is {first[0]}."
    )
    return Way(first[0], length, text)


def _goal(state: State, name: Name) -> str:
    """Explain a ghost's target in one sentence."""
    pacman, direction = state.pacman, state.direction
    if name == "Blinky":
        return f"Pac-Man is at {cell_text(pacman)}, and this is Blinky's target."
    path = straight(state.free, pacman, direction, state.size, LOOKAHEAD)
    start = f"Pac-Man is at {cell_text(pacman)} and faces {direction};"
    if not path:
        return f"{start} {cell_text(ahead(pacman, direction))} ahead is a wall, so Pinky's target is his own cell."
    if len(path) == LOOKAHEAD:
        return f"{start} no wall is among the {LOOKAHEAD} cells ahead, so Pinky's target is {cell_text(path[-1])}."
    wall = ahead(path[-1], direction)
    return f"{start} {cell_text(wall)} is a wall, so Pinky's target is {cell_text(path[-1])}, the last cell before it."


def _after(state: State, path: Sequence[Cell], direction: Direction) -> State:
    """Return the board after Pac-Man went along a path; he keeps his direction when there is none."""
    if not path:
        return state
    beans = state.beans
    for cell in path:
        beans &= ~bit(cell, state.size)
    return State(state.size, state.walls, beans, path[-1], direction, state.pinky, state.blinky)


def _moved(path: Sequence[Cell], state: State, direction: Direction, count: int) -> str:
    """Say how far Pac-Man gets."""
    if not path:
        return f"Pac-Man cannot go {direction}: a wall is directly ahead. He keeps his direction."
    stop = f"; {cell_text(ahead(path[-1], direction))} is a wall" if len(path) < count else ""
    return f"Pac-Man goes to {', '.join(map(cell_text, path))}{stop}. He now faces {direction}."


def _narrate(turn: Turn, pinky: Cell, blinky: Cell) -> str:
    """Tell one turn, the ghosts' cells before it given, without a full stop."""
    if turn.moved:
        parts = [f"Pac-Man goes to {cell_text(turn.pacman)}" + (" and eats a bean" if turn.bean else ", no bean")]
    else:
        parts = [f"a wall blocks Pac-Man, he stays at {cell_text(turn.pacman)} facing {turn.direction}"]
    if turn.pacman in (pinky, blinky):
        names = [name for name, cell in (("Pinky", pinky), ("Blinky", blinky)) if cell == turn.pacman]
        return f"{parts[0]}, the cell of {listed(names)}: caught"
    parts.append(f"Pinky (target {cell_text(turn.target)}) {_went(pinky, turn.pinky)}")
    if turn.pacman != turn.pinky:
        parts.append(f"Blinky {_went(blinky, turn.blinky)}")
    return "; ".join(parts) + (": caught" if turn.by else "")


def _went(before: Cell, after: Cell) -> str:
    return f"stays at {cell_text(after)}" if before == after else f"goes to {cell_text(after)}"


def _run(one: Run) -> str:
    """Tell a run turn by turn in short form."""
    turns = "; ".join(
        f"{cell_text(turn.pacman)} P {cell_text(turn.pinky)} B {cell_text(turn.blinky)}" for turn in one.turns
    )
    if one.caught:
        verdict = f"caught by {listed(one.turns[-1].by)} in turn {len(one.turns)}"
    else:
        verdict = f"the wall comes next, safe with {counted(one.beans, 'bean')}"
    return f"{counted(len(one.path), 'cell')} to the wall. {turns}: {verdict}."


def _most(legs: Sequence[Leg]) -> int:
    """Return the most beans that two legs can bring: going back crosses the same cells again."""
    (first, count), (second, other) = legs
    return max(count, other) if second == OPPOSITE[first] else count + other


def _pose(cell: Cell, direction: Direction) -> dict[str, Any]:
    return {"cell": cell, "direction": direction}


def _near_miss(state: State, rng: Random) -> Cell:
    """Return a free cell easily taken for Pac-Man's: coordinates swapped, off by one, or in his row or column."""
    (row, column), size = state.pacman, state.size
    beside = [ahead(state.pacman, direction) for direction in DIRECTIONS]
    lines = [cell for other in range(size) for cell in ((row, other), (other, column))]
    kinds = [[(column, row)], beside, lines]
    taken = {state.pacman, state.pinky, state.blinky}
    fitting = [[cell for cell in kind if state.free & bit(cell, size) and cell not in taken] for kind in kinds]
    return rng.choice(rng.choice([cells for cells in fitting if cells]))


def _columns(columns: Sequence[int]) -> str:
    return ("column " if len(columns) == 1 else "columns ") + listed(columns)


def _beans_at(beans: Sequence[Cell]) -> str:
    if not beans:
        return "none holds a bean"
    return f"{cells_text(beans)} {'holds a bean' if len(beans) == 1 else 'hold beans'}"


TASKS = (
    PacmanPosition(),
    BeansIn5x5(),
    CloserGhost(),
    BeansAhead(),
    MoveOutcome(),
    PinkyDirectionChange(),
    BlinkyDirectionChange(),
    PinkyNextMove(),
    BlinkyNextMove(),
    BestDirection(),
)
