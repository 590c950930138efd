"""The six questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import manhattan
from gameqa.core.options import cell_lattice
from gameqa.core.words import arrows, cell_text, cells_text, counted, listed

from .choices import blocked_routes, likely_ends, near_misses, numbers, offset, same_end
from .generate import SokobanParams, planned
from .rules import (
    BACK,
    MOVES,
    Move,
    Step,
    ahead,
    follow,
    free_end,
    greedy_length,
    hindered,
    inside,
    play,
    shortest_solution,
    shortest_walk,
    slide,
    walks,
)
from .state import WALL, Cell, State

Index = Annotated[int, Meta(ge=0)]
CellParam = tuple[Index, Index]
MoveList = Annotated[list[Move], Meta(min_length=1)]
TRIES = 40
"""Sequences tried on one board."""


class MovesParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `player_after_moves`."""

    moves: MoveList


class BoxMovesParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `box_after_moves`."""

    box: CellParam
    moves: MoveList


class GoalParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `shortest_walk`."""

    goal: CellParam


class SokobanTask(Task[State, SokobanParams]):
    """What all questions share; half of the boards hold one box."""

    kind = AnswerKind.CHOICE

    def plan(self, level: SokobanParams, rng: Random) -> SokobanParams:
        return planned(level, rng)


class PlayerAfterMoves(SokobanTask):
    """Task 1."""

    id, slug = 1, "player_after_moves"
    about = "Given a sequence of player moves, predict the final position of the player."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = MovesParams
    option_type = CellParam

    def plan(self, level: SokobanParams, rng: Random) -> SokobanParams:
        """Wish for a push, a blocked move, and an end that depends on judging pushes rightly."""
        misjudged = rng.random() < 0.5
        push, blocked = misjudged or rng.random() < 0.6, rng.random() < 0.6
        plan = planned(level, rng)
        return msgspec.structs.replace(plan, push=push, blocked=blocked, misjudged=misjudged)

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        for _ in range(TRIES):
            moves = _player_moves(state, plan, rng)
            if moves is not None and _as_wished(state, plan, moves):
                return {"moves": moves}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The player makes these moves, one after the other: {arrows(params['moves'])}. "
            "In which cell does the player stand after the last move?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = play(state, params["moves"])
        steps = [f"The player starts at {cell_text(state.player)}."]
        steps += [f"Move {step.number}, {step.move}: {_narrate(state, step)}." for step in played]
        end = played[-1].after
        steps.append(f"After the last move the player stands at {cell_text(end)}.")
        return Solution(end, steps, work=float(len(played)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, params["moves"])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        moves = params["moves"]
        played = play(state, moves)
        blocked = [step.number for step in played if step.blocked]
        end = played[-1].after
        ends = [
            play(state, moves, boxes="wall"),
            play(state, moves, boxes="floor"),
            *(play(state, moves, through={number}) for number in blocked),
            play(state, moves, through=blocked),
        ]
        slips = [offset(end, steps[-1].after) for steps in ends]
        # A reader without the board knows which way these two lie, so they are listed both ways.
        for cell in (state.player, played[-2].after):
            down, across = offset(end, cell)
            slips.append(rng.choice([(down, across), (-down, -across)]))
        return cell_lattice(end, slips, state.open_cells, rng)


class BoxAfterMoves(SokobanTask):
    """Task 2."""

    id, slug = 2, "box_after_moves"
    about = "Given a sequence of moves, predict the final position of the box."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = BoxMovesParams
    option_type = CellParam

    def plan(self, level: SokobanParams, rng: Random) -> SokobanParams:
        """Draw how likely the end shall look to a reader who knows the start and the moves but not the board.

        An unlikely end needs something inside the wall ring.
        """
        rank, (low, high) = rng.randrange(level.ranks), level.walls
        return msgspec.structs.replace(planned(level, rng), rank=rank, walls=(max(low, min(rank // 2, high)), high))

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        """Choose a box and moves of which enough are blocked in a way that matters."""
        rank = plan.rank or 0
        for _ in range(TRIES):
            box = rng.choice(state.boxes)
            moves: list[Move] = [rng.choice(MOVES)]
            while len(moves) < plan.moves:
                moves.append(moves[-1] if rng.random() < 0.4 else rng.choice(MOVES))
            steps = slide(state, box, moves)
            # Among the likelier ends are nearly all those that the wall ring alone explains.
            if rank > 2 and not any(step.blocked and inside(state, step.ahead) for step in steps):
                continue
            if _telling(state, box, steps, plan.telling):
                ends = likely_ends(state, box, moves)
                if len(ends) >= self.option_count - 1 and steps[-1].after == ends[rank]:
                    return {"box": box, "moves": moves}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"A thought experiment: the box at {cell_text(params['box'])} moves by itself, one cell per move, and "
            f"nothing pushes it: {arrows(params['moves'])}. Walls and other boxes block it, and a blocked move is "
            "skipped; targets and the player's cell count as plain floor. In which cell is this box after the last "
            "move?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        box: Cell = (params["box"][0], params["box"][1])
        steps = [f"The box starts at {cell_text(box)}."]
        slid = slide(state, box, params["moves"])
        for step in slid:
            obstacle = "wall" if step.outcome == "wall" else "another box"
            what = (
                f"blocked, {cell_text(step.ahead)} is {obstacle}; the box stays at {cell_text(step.after)}"
                if step.blocked
                else f"{cell_text(step.before)} → {cell_text(step.after)}"
            )
            steps.append(f"Move {step.number}, {step.move}: {what}.")
        end = slid[-1].after
        steps.append(f"After the last move the box is at {cell_text(end)}.")
        return Solution(end, steps, work=float(len(slid)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """None when the box crosses the player's cell, which no picture can show."""
        box: Cell = (params["box"][0], params["box"][1])
        slid = slide(state, box, params["moves"])
        if any(step.after == state.player for step in slid):
            return None
        others = [other for other in state.boxes if other != box]
        return course(
            state, ((f"the box goes {step.move}", state.placed(state.player, [*others, step.after])) for step in slid)
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """The free walk, a block overlooked, then ends that are likely without knowing the board."""
        box: Cell = (params["box"][0], params["box"][1])
        moves = params["moves"]
        blocked = [step.number for step in slide(state, box, moves) if step.blocked]
        overlooked = slide(state, box, moves, through=[rng.choice([blocked[0], blocked[-1]])])[-1].after
        cells = state.open_cells
        yield from (cell for cell in (free_end(box, moves), overlooked) if cell in cells)
        yield from likely_ends(state, box, moves)


class MinMoves(SokobanTask):
    """Task 3."""

    id, slug = 3, "min_moves"
    about = "Determine the minimum number of moves needed to solve the puzzle."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    params_type = NoParams
    option_type = Annotated[int, Meta(ge=1)]

    def plan(self, level: SokobanParams, rng: Random) -> SokobanParams:
        return planned(level, rng, count=2 if level.search_boxes == 2 and rng.random() < 0.25 else 1)

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        moves = shortest_solution(state)
        return None if moves is None or len(moves) < plan.least else {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the least number of player moves after which every target carries a box? "
            "Every step of the player counts as one move, whether it pushes a box or not."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        moves = shortest_solution(state)
        if moves is None:
            raise ValueError("no solution was found within the bound of the search")
        played = play(state, moves)
        boxes, targets = (cells_text(cells) for cells in (state.boxes, state.targets))
        several = len(state.boxes) > 1
        steps = [
            f"The player starts at {cell_text(state.player)}. The {'boxes are' if several else 'box is'} at {boxes}, "
            f"the {'targets' if several else 'target'} at {targets}."
        ]
        steps += [f"Move {step.number}, {step.move}: {_narrate(state, step)}." for step in played]
        total = len(moves)
        bound, why = _lower_bound(state)
        steps.append(f"Now every target carries a box, after {counted(total, 'move')}.")
        steps.append(
            f"{why} So fewer than {total} moves are impossible."
            if bound == total
            else f"A breadth-first search over player and box positions finds nothing shorter than {total} moves."
        )
        return Solution(total, steps, work=float(total))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, shortest_solution(state) or ())

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        moves = shortest_solution(state) or ()
        pushes = sum(step.outcome == "push" for step in play(state, moves))
        greedy = greedy_length(state) if len(state.boxes) == 1 else None
        gaps = [abs(right - slip) for slip in (pushes, greedy) if slip is not None]
        return numbers(right, gaps, 1, right + 12, rng)


class PlayerPosition(SokobanTask):
    """Task 4."""

    id, slug = 4, "player_position"
    about = "Identify the current position of the player on the board."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams
    option_type = CellParam

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which cell does the player stand now?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, column = state.player
        steps = [
            "Find the player on the board.",
            f"The number at the left edge of its row is {row}, so the row is {row}.",
            f"The number at the top edge of its column is {column}, so the column is {column}.",
            f"The row comes first: the player stands at {cell_text(state.player)}.",
        ]
        return Solution(state.player, steps, work=float(state.height + state.width))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Rows and columns off by one, with row and column swapped; or cells apart like the player and a box or target.

        Either way each of the eight options stands to the others as the right one does.
        """
        player: Cell = (right[0], right[1])
        cells = state.open_cells
        rows, columns = ((value, value + rng.choice((-1, 1))) for value in player)
        family = {(a, b) for some in ((rows, columns), (columns, rows)) for a in some[0] for b in some[1]}
        if len(family) == 8 and family.issubset(cells) and rng.random() < 0.6:
            return sorted(family)
        unit = rng.choice([(1, 1), (-1, -1), (0, 1), (0, -1), (1, 0), (-1, 0)])
        return cell_lattice(player, [unit, *(offset(player, cell) for cell in state.boxes + state.targets)], cells, rng)


class BoxTargetDistance(SokobanTask):
    """Task 5."""

    id, slug = 5, "box_target_distance"
    about = "Calculate the Manhattan distance between a box and its target."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams
    option_type = Annotated[int, Meta(ge=0)]

    def plan(self, level: SokobanParams, rng: Random) -> SokobanParams:
        """Draw the distance first."""
        return msgspec.structs.replace(planned(level, rng, count=1), apart=rng.randint(1, level.distance))

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the Manhattan distance between the box and the target, that is, the difference of their rows "
            "plus the difference of their columns? Walls and the player do not matter."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        if len(state.boxes) != 1:
            raise ValueError("the distance of box and target needs a board with one box")
        (box,), (target,) = state.boxes, state.targets
        rows, columns = abs(box[0] - target[0]), abs(box[1] - target[1])
        steps = [
            f"The box is at {cell_text(box)}, the target at {cell_text(target)}.",
            f"The rows differ by |{box[0]} - {target[0]}| = {rows}.",
            f"The columns differ by |{box[1]} - {target[1]}| = {columns}.",
            f"The distance is {rows} + {columns} = {rows + columns}.",
        ]
        return Solution(rows + columns, steps, work=float(rows + columns + state.height))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        (box,), (target,) = state.boxes, state.targets
        rows, columns = abs(box[0] - target[0]), abs(box[1] - target[1])
        slips = [rows, columns, manhattan(box, state.player), manhattan(target, state.player)]
        gaps = [abs(rows + columns - slip) for slip in slips]
        # Much larger numbers could be told apart without the board.
        return numbers(right, gaps, 0, max(9, state.height + 1, state.width + 1, right + 1), rng)


class ShortestWalk(SokobanTask):
    """Task 6."""

    id, slug = 6, "shortest_walk"
    about = "Find the optimal sequence of moves to reach a specific position."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    params_type = GoalParams
    option_type = MoveList

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        """Draw the length first, among those that occur; something must lie in the way."""
        near = walks(state, state.player)
        low, high = plan.walk
        if max(near.values()) < low:
            low = high = max(2, max(near.values()))
        goals: dict[int, list[Cell]] = {}
        for cell, length in near.items():
            if low <= length <= high and hindered(state, cell, length):
                goals.setdefault(length, []).append(cell)
        for length in rng.sample(sorted(goals), min(4, len(goals))):
            goal = rng.choice(goals[length])
            if len(blocked_routes(state, shortest_walk(near, goal)[0], goal, rng)) >= min(2, length - 1):
                return {"goal": goal}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Here the player may not push: boxes count as walls, and a sequence is legal only if none of its moves "
            f"runs into a wall or a box. Which sequence of moves is legal and brings the player to the cell "
            f"{cell_text(params['goal'])} in the fewest possible moves?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        goal: Cell = (params["goal"][0], params["goal"][1])
        near = walks(state, state.player)
        if goal not in near:
            raise ValueError("the goal cannot be reached")
        moves, cells = shortest_walk(near, goal)
        length, straight = len(moves), manhattan(state.player, goal)
        steps = [
            f"The player stands at {cell_text(state.player)}, the goal is {cell_text(goal)}: "
            f"{counted(abs(goal[0] - state.player[0]), 'row')} and "
            f"{counted(abs(goal[1] - state.player[1]), 'column')} away.",
            f"One way leads over free cells only: {arrows([cell_text(cell) for cell in cells])}, "
            f"that is {arrows(moves)}, {counted(length, 'move')}.",
        ]
        if length == straight:
            steps.append(f"A walk needs at least {straight} moves to cover the rows and columns, so none is shorter.")
        else:
            doors = sorted(cell for move in MOVES if (cell := ahead(goal, move)) in near)
            steps.append(
                f"Walls and boxes force a detour beyond the {counted(straight, 'move')} of the distance. Counting "
                "outward from the player over free cells, the fewest moves to the free cells next to the goal are "
                f"{listed(f'{near[cell]} to {cell_text(cell)}' for cell in doors)}; one more leads to the goal, so no "
                f"walk is shorter than {length} moves."
            )
        return Solution(moves, steps, work=float(length))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, self.solve(state, params).value)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Three that would end on the goal were nothing in the way, and four that miss it by the same one move.

        So half of the options share one net displacement and half another, and lengths vary alike in both.
        """
        same = same_end(state, right, rng)
        if len(same) == 3:
            yield from same
            yield from near_misses(state, [right, *same], rng)

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        found = solution if solution is not None else self.solve(state, params)
        cells, hit = follow(state, value)
        return hit is None and list(cells[-1]) == list(params["goal"]) and len(value) == len(found.value)

    def option_text(self, state: State, value: Any) -> str:
        return arrows(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        cells, hit = follow(state, value)
        if hit is not None:
            thing = "a box" if hit in state.boxes else "a wall"
            return f"move {len(cells)} runs into {thing} at {cell_text(hit)}."
        if list(cells[-1]) != list(params["goal"]):
            return f"it ends at {cell_text(cells[-1])}, not on the goal."
        more = len(value) - len(solution.value)
        return f"it is legal but {counted(more, 'move')} longer." if more else "it is legal and reaches the goal."


def _course(state: State, moves: Sequence[Move]) -> Sequence[Frame[State]] | None:
    """Return the boards that the player's moves lead to."""

    def after() -> Iterator[tuple[str, State]]:
        boxes = set(state.boxes)
        for step in play(state, moves):
            if step.outcome == "push":
                boxes = boxes - {step.ahead} | {step.beyond}
            yield step.move, state.placed(step.after, boxes)

    return course(state, after())


def _narrate(state: State, step: Step) -> str:
    """Return one move of the player in words, without a full stop."""
    before, after, there, beyond = map(cell_text, (step.before, step.after, step.ahead, step.beyond))
    if step.outcome == "walk":
        return f"the player goes {before} → {after}"
    if step.outcome == "push":
        return f"the player goes {before} → {after} and pushes the box {there} → {beyond}"
    if step.outcome == "wall":
        return f"blocked by the wall at {there}; the player stays at {after}"
    behind = "wall" if state.grid[step.beyond[0]][step.beyond[1]] == WALL else "another box"
    return f"blocked by the box at {there}, behind which {beyond} is {behind}; the player stays at {after}"


def _telling(state: State, box: Cell, steps: Sequence[Step], least: int) -> bool:
    """Return whether the box ends elsewhere than unhindered, and at least so many blocked moves matter each alone."""
    moves: list[Move] = [step.move for step in steps]
    end, blocked = steps[-1].after, [step.number for step in steps if step.blocked]
    if not least <= len(blocked) < len(steps) or end == free_end(box, moves):
        return False
    return sum(slide(state, box, moves, through={number})[-1].after != end for number in blocked) >= least


def _player_moves(state: State, plan: SokobanParams, rng: Random) -> list[Move] | None:
    """Draw a sequence: a walk to a push if one is wished for, then wandering, a move into something put in between."""
    moves: list[Move] = []
    length = plan.moves - plan.blocked
    if plan.push:
        near = walks(state, state.player)
        pushes: list[tuple[Cell, Move]] = [
            (stand, move)
            for box in state.boxes
            for move in MOVES
            if near.get(stand := ahead(box, BACK[move]), length) < length
            and play(state, [*shortest_walk(near, stand)[0], move])[-1].outcome == "push"
        ]
        if not pushes:
            return None
        stand, move = rng.choice(pushes)
        moves = [*shortest_walk(near, stand)[0], move]
    while len(moves) < length:
        onward: list[Move] = [move for move in MOVES if not moves or move != BACK[moves[-1]] or rng.random() < 0.2]
        moves.append(moves[-1] if moves and rng.random() < 0.35 else rng.choice(onward))
    if plan.blocked:
        at, move = rng.randint(0, length), rng.choice(MOVES)
        moves.insert(at, move)
    return moves


def _as_wished(state: State, plan: SokobanParams, moves: Sequence[Move]) -> bool:
    played = play(state, moves)
    end = played[-1].after
    blocked = [step for step in played if step.blocked]
    stuck = [step.number for step in blocked if step.outcome == "stuck"]
    misjudged = play(state, moves, boxes="wall")[-1].after != end or play(state, moves, through=stuck)[-1].after != end
    pushes = any(step.outcome == "push" for step in played)
    return (
        len(blocked) < len(moves)
        and pushes >= plan.push
        and bool(blocked) >= plan.blocked
        and misjudged >= plan.misjudged
    )


def _lower_bound(state: State) -> tuple[int, str]:
    """Return a simple lower bound of the moves for one box and why it holds; 0 for more boxes."""
    if len(state.boxes) != 1:
        return 0, ""
    (box,), (target,) = state.boxes, state.targets
    near = walks(state, state.player)
    stands = [near[stand] for move in MOVES if (stand := ahead(box, BACK[move])) in near]
    pushes, walk = manhattan(box, target), min(stands, default=0)
    turn = 2 * (box[0] != target[0] and box[1] != target[1])
    first = f"before that the player needs {counted(walk, 'move')} to stand" if walk else "the player already stands"
    around = " The pushes go in two directions, and walking around a corner of the box takes 2 moves." if turn else ""
    return pushes + walk + turn, (
        f"The box is {pushes} away from the target, so it takes {counted(pushes, 'push', 'pushes')} at least; "
        f"{first} beside the box.{around}"
    )


TASKS = (
    PlayerAfterMoves(),
    BoxAfterMoves(),
    MinMoves(),
    PlayerPosition(),
    BoxTargetDistance(),
    ShortestWalk(),
)
