"""The six questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.words import arrows, cell_text, counted, listed

from .generate import SokobanParams, planned
from .rules import (
    AHEAD,
    BACK,
    MOVES,
    Move,
    Step,
    ahead,
    distance,
    greedy_length,
    play,
    shortest_solution,
    slide,
    walks,
)
from .state import WALL, Cell, State

Index = Annotated[int, Meta(ge=0)]
CellParam = tuple[Index, Index]
MoveList = Annotated[list[Move], Meta(min_length=1)]
TRIES = 40
"""Sequences tried on one board."""
LATTICES = 12
"""Sets of cell options tried on one board. More tries would favour cells at the edge: fewer sets fit them."""


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
        slips = [_offset(end, steps[-1].after) for steps in ends]
        # A reader without the board knows which way these two lie, so they are listed both ways.
        for cell in (state.player, played[-2].after):
            down, across = _offset(end, cell)
            slips.append(rng.choice([(down, across), (-down, -across)]))
        return _lattice(end, slips, state.open_cells, rng)


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
        rank, (low, high) = rng.randrange(6), level.walls
        return msgspec.structs.replace(planned(level, rng), rank=rank, walls=(max(low, min(rank // 2, high)), high))

    def ask(self, state: State, plan: SokobanParams, rng: Random) -> dict[str, Any] | None:
        """Choose a box and moves of which enough are blocked in a way that matters."""
        for _ in range(TRIES):
            box = rng.choice(state.boxes)
            moves = [rng.choice(MOVES)]
            while len(moves) < plan.moves:
                moves.append(moves[-1] if rng.random() < 0.4 else rng.choice(MOVES))
            if _telling(state, box, moves, plan.telling):
                ends = _likely_ends(state, box, moves)
                if len(ends) >= self.option_count - 1 and slide(state, box, moves)[-1].after == ends[plan.rank or 0]:
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

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """The free walk, a block overlooked, then ends that are likely without knowing the board."""
        box: Cell = (params["box"][0], params["box"][1])
        moves = params["moves"]
        blocked = [step.number for step in slide(state, box, moves) if step.blocked]
        overlooked = [range(len(moves) + 1), rng.choice([{blocked[0]}, {blocked[-1]}])]
        cells = state.open_cells
        yield from (cell for some in overlooked if (cell := slide(state, box, moves, through=some)[-1].after) in cells)
        yield from _likely_ends(state, box, moves)


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
        where = "; ".join(
            f"{listed(map(cell_text, cells))} {'is' if len(cells) == 1 else 'are'} to be reached"
            for cells in [state.targets]
        )
        steps = [
            f"The player starts at {cell_text(state.player)}, the {'box' if len(state.boxes) == 1 else 'boxes'} at"
            f" {listed(map(cell_text, state.boxes))}; {where} by boxes.",
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

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        moves = shortest_solution(state) or ()
        pushes = sum(step.outcome == "push" for step in play(state, moves))
        greedy = greedy_length(state) if len(state.boxes) == 1 else None
        gaps = [abs(right - slip) for slip in (pushes, greedy) if slip is not None]
        return _numbers(right, gaps, 1, 4 * right + 40, rng)


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
        return _lattice(player, [unit, *(_offset(player, cell) for cell in state.boxes + state.targets)], cells, rng)


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
        slips = [rows, columns, distance(box, state.player), distance(target, state.player)]
        gaps = [abs(rows + columns - slip) for slip in slips]
        # Much larger numbers could be told apart without the board.
        return _numbers(right, gaps, 0, max(9, max(state.height, state.width) + 1), rng)


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
            if low <= length <= high and _hindered(state, cell, length):
                goals.setdefault(length, []).append(cell)
        for length in rng.sample(sorted(goals), min(4, len(goals))):
            goal = rng.choice(goals[length])
            if len(_blocked_routes(state, _walk(near, goal)[0], goal, rng)) >= min(2, length - 1):
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
        moves, cells = _walk(near, goal)
        length, straight = len(moves), distance(state.player, goal)
        steps = [
            f"The player stands at {cell_text(state.player)}, the goal is {cell_text(goal)}: "
            f"{counted(abs(goal[0] - state.player[0]), 'row')} and "
            f"{counted(abs(goal[1] - state.player[1]), 'column')} away.",
            f"One way leads over free cells only: {arrows(map(cell_text, cells))}, "  # pyright: ignore[reportArgumentType]
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

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Three that would end on the goal were nothing in the way, and four that miss it by the same one move.

        So half of the options share one net displacement and half another, and lengths vary alike in both.
        """
        same = _same_end(state, right, rng)
        if len(same) == 3:
            yield from same
            yield from _miss(state, [right, *same], rng)

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        found = solution if solution is not None else self.solve(state, params)
        cells, hit = _follow(state, value)
        return hit is None and list(cells[-1]) == list(params["goal"]) and len(value) == len(found.value)

    def option_text(self, state: State, value: Any) -> str:
        return arrows(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        cells, hit = _follow(state, value)
        if hit is not None:
            thing = "a box" if hit in state.boxes else "a wall"
            return f"move {len(cells)} runs into {thing} at {cell_text(hit)}."
        if list(cells[-1]) != list(params["goal"]):
            return f"it ends at {cell_text(cells[-1])}, not on the goal."
        more = len(value) - len(solution.value)
        return f"it is legal but {counted(more, 'move')} longer." if more else "it is legal and reaches the goal."


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


def _offset(start: Cell, end: Cell) -> Cell:
    return end[0] - start[0], end[1] - start[1]


def _lattice(right: Cell, slips: Sequence[Cell], cells: Sequence[Cell], rng: Random) -> list[Cell]:
    """Return seven wrong cells: `right` moved by one, two or all of three offsets, as many as can be from `slips`.

    Seen from any of the eight cells the others lie alike, so their places do not tell which one is right.
    """
    allowed = set(cells)
    tempting = [slip for slip in dict.fromkeys(slips) if slip != (0, 0)]
    for attempt in range(LATTICES):
        offsets = rng.sample(tempting, min(len(tempting), max(0, 2 - attempt // 4)))
        while len(offsets) < 3:
            offsets.append((rng.randint(-2, 2), rng.randint(-2, 2)))
        made = {right}
        for down, across in offsets:
            made |= {(row + down, column + across) for row, column in made}
        if len(made) == 8 and made <= allowed:
            return sorted(made)
    return []


def _numbers(right: int, gaps: Sequence[int], low: int, high: int, rng: Random) -> list[int]:
    """Return seven wrong numbers: `right` moved by 1, by 2 and by a gap, up or down, in every combination.

    Seen from any of the eight numbers the others lie alike. Gaps under 4 would make numbers coincide.
    """
    wide = [gap for gap in dict.fromkeys(gaps) if 4 <= gap <= 9]
    rng.shuffle(wide)
    for gap in [*wide[:2], 4, 5]:
        made: list[set[int]] = []
        for signs in range(8):
            numbers = {right}
            for bit, step in enumerate((1, 2, gap)):
                numbers |= {number + (step if signs >> bit & 1 else -step) for number in numbers}
            if low <= min(numbers) and max(numbers) <= high:
                made.append(numbers)
        if made:
            return sorted(rng.choice(made))
    raise AssertionError(f"no eight numbers from {low} to {high} around {right}")


def _telling(state: State, box: Cell, moves: Sequence[Move], least: int) -> bool:
    """Return whether the box ends elsewhere than unhindered, and at least so many blocked moves matter each alone."""
    steps = slide(state, box, moves)
    end, blocked = steps[-1].after, [step.number for step in steps if step.blocked]
    free = (
        box[0] + sum(AHEAD[move][0] for move in moves),
        box[1] + sum(AHEAD[move][1] for move in moves),
    )
    if end == free or len(blocked) < least or len(blocked) == len(moves):
        return False
    return sum(slide(state, box, moves, through={number})[-1].after != end for number in blocked) >= least


def _likely_ends(state: State, box: Cell, moves: Sequence[Move]) -> list[Cell]:
    """Return the open cells where a box could end if one cell in five inside the ring were wall, likeliest first.

    The end of the free walk is left out: it is never right. A move repeated after it was blocked is blocked again.
    """
    places: dict[tuple[Cell, Move | None], float] = {(box, None): 1.0}
    free = box
    for move in moves:
        free = ahead(free, move)
        reached: dict[tuple[Cell, Move | None], float] = {}
        for (here, blocked), chance in places.items():
            row, column = there = ahead(here, move)
            inside = 0 < row < state.height - 1 and 0 < column < state.width - 1
            goes = 0.8 * chance if inside and blocked != move else 0.0
            if goes:
                reached[there, None] = reached.get((there, None), 0.0) + goes
            reached[here, move] = reached.get((here, move), 0.0) + chance - goes
        places = reached
    chances: dict[Cell, float] = {}
    for (cell, _), chance in places.items():
        if cell != free and state.grid[cell[0]][cell[1]] != WALL:
            chances[cell] = chances.get(cell, 0.0) + chance
    return sorted(chances, key=lambda cell: (-chances[cell], cell))


def _player_moves(state: State, plan: SokobanParams, rng: Random) -> list[Move] | None:
    """Draw a sequence: a walk to a push if one is wished for, then wandering, a move into something put in between."""
    moves: list[Move] = []
    length = plan.moves - plan.blocked
    if plan.push:
        near = walks(state, state.player)
        pushes = [
            (stand, move)
            for box in state.boxes
            for move in MOVES
            if near.get(stand := ahead(box, BACK[move]), length) < length
            and play(state, [*_walk(near, stand)[0], move])[-1].outcome == "push"
        ]
        if not pushes:
            return None
        stand, move = rng.choice(pushes)
        moves = [*_walk(near, stand)[0], move]
    while len(moves) < length:
        onward = [move for move in MOVES if not moves or move != BACK[moves[-1]] or rng.random() < 0.2]
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
    if len(state.boxes) > 1:
        return 0, ""
    (box,), (target,) = state.boxes, state.targets
    near = walks(state, state.player)
    stands = [near[stand] for move in MOVES if (stand := ahead(box, BACK[move])) in near]
    pushes, walk = distance(box, target), min(stands)
    turn = 2 * (box[0] != target[0] and box[1] != target[1])
    around = " The pushes go in two directions, and walking around a corner of the box takes 2 moves." if turn else ""
    return pushes + walk + turn, (
        f"The box is {pushes} away from the target, so {counted(pushes, 'push', 'pushes')} are needed at least, and "
        f"before the first one the player needs {counted(walk, 'move')} to stand beside the box.{around}"
    )


def _walk(near: Mapping[Cell, int], goal: Cell) -> tuple[list[Move], list[Cell]]:
    """Return one shortest walk to `goal`, its moves and its cells.

    Where several moves are as short, the cell decides which is taken, so that turns follow no habit.
    """
    moves: list[Move] = []
    cells = [goal]
    while near[cells[-1]]:
        here = cells[-1]
        back = [move for move in MOVES if near.get(ahead(here, BACK[move]), -1) == near[here] - 1]
        mark = 5 * here[0] + 3 * here[1] + len(cells)
        move = moves[-1] if moves and moves[-1] in back and mark % 3 else back[mark // 3 % len(back)]
        moves.append(move)
        cells.append(ahead(here, BACK[move]))
    return moves[::-1], cells[::-1]


def _follow(state: State, moves: Sequence[Move]) -> tuple[list[Cell], Cell | None]:
    """Return the cells of a walk until it runs into a wall or box, and the cell it runs into (None: nowhere)."""
    cells = [state.player]
    for move in moves:
        there = ahead(cells[-1], move)
        if state.grid[there[0]][there[1]] == WALL or there in state.boxes:
            return cells, there
        cells.append(there)
    return cells, None


def _hindered(state: State, goal: Cell, length: int) -> bool:
    """Return whether the way is longer than the distance, or one of the two routes with one turn is blocked."""
    if length > distance(state.player, goal):
        return True
    down, across = _straight(state.player, goal)
    return any(_follow(state, route)[1] is not None for route in (down + across, across + down))


def _straight(start: Cell, goal: Cell) -> tuple[list[Move], list[Move]]:
    """Return the moves down or up, and those across, from one cell to another."""
    rows, columns = goal[0] - start[0], goal[1] - start[1]
    down: list[Move] = ["Down" if rows > 0 else "Up"] * abs(rows)
    across: list[Move] = ["Right" if columns > 0 else "Left"] * abs(columns)
    return down, across


def _same_end(state: State, right: Sequence[Move], rng: Random) -> list[list[Move]]:
    """Return three sequences with the net displacement of `right`, fewer if there are not so many.

    Some are no longer but blocked, the others legal but 2 or 4 moves longer. Blocked inside the board come before
    blocked by its edge, which could be told without the board.
    """
    goal = _follow(state, right)[0][-1]
    blocked = _blocked_routes(state, right, goal, rng)
    near, far = walks(state, state.player), walks(state, goal)
    detours = [cell for cell in near if near[cell] + far.get(cell, 99) - len(right) in (2, 4)]
    longer: list[list[Move]] = []
    for cell in rng.sample(detours, min(8, len(detours))):
        back = [BACK[move] for move in reversed(_walk(far, cell)[0])]
        moves = [*_walk(near, cell)[0], *back]
        if not _turns_back(moves) and moves not in longer:
            longer.append(moves)
    many = rng.choice((2, 2, 3))
    return [*blocked[:many], *longer[: 3 - min(many, len(blocked))], *blocked[many:]][:3]


def _blocked_routes(state: State, right: Sequence[Move], goal: Cell, rng: Random) -> list[list[Move]]:
    """Return sequences no longer than `right` that would end on the goal but run into something.

    They are made by shuffling straight runs, so that they turn about as often as a walk does.
    """
    down, across = _straight(state.player, goal)
    move, other = rng.sample(MOVES, 2)
    pools = [_runs(right), [down, across], [down, across, [move], [BACK[move]]]]
    pools.append([*pools[2], [other], [BACK[other]]])
    found: list[list[Move]] = []
    for attempt in range(12 * len(pools)):
        runs = [run for run in pools[attempt % len(pools)] if run]
        if not runs or sum(map(len, runs)) > len(right):
            continue
        for _ in range(rng.randint(0, 2)):
            run = runs.pop(rng.randrange(len(runs)))
            cut = rng.randint(0, len(run))
            runs += [run[:cut], run[cut:]]
        rng.shuffle(runs)
        moves = [move for run in runs for move in run]
        if not _turns_back(moves) and moves not in found and _follow(state, moves)[1] is not None:
            found.append(moves)
    return sorted(found, key=lambda moves: _at_edge(state, moves))


def _runs(moves: Sequence[Move]) -> list[list[Move]]:
    """Return the moves cut at every turn."""
    runs: list[list[Move]] = []
    for move in moves:
        if runs and runs[-1][0] == move:
            runs[-1].append(move)
        else:
            runs.append([move])
    return runs


def _miss(state: State, models: Sequence[Sequence[Move]], rng: Random) -> list[list[Move]]:
    """Return for each model a sequence that makes the same move once less, or once more, than the model.

    The move is such that a start inside the board could explain the sequences, and, where that can be, one that
    every model makes, so that runs become shorter or longer and no turns are added.
    """
    shared = [move for move in MOVES if all(move in model for model in models)]
    # Dropping leaves two moves at least: no goal is one move away.
    changes = [(drop, move) for drop in (True, False) for move in MOVES if not drop or min(map(len, models)) > 2]
    rng.shuffle(changes)
    for drop, move in sorted(changes, key=lambda change: change[1] not in shared):
        row, column = ahead(state.player, move if drop else BACK[move])
        if not (0 < row < state.height - 1 and 0 < column < state.width - 1):
            continue
        made: list[list[Move]] = []
        for model in models:
            places = [at for at, made_move in enumerate(model) if made_move == move]
            if not drop:
                places = places or list(range(len(model) + 1))
            ways = [[*model[:at], *([] if drop else [move]), *model[at + drop :]] for at in places]
            ways = [way for way in ways if way and not _turns_back(way) and way not in made]
            if not ways:
                break
            made.append(rng.choice(ways))
        if len(made) == len(models):
            return made
    return []


def _turns_back(moves: Sequence[Move]) -> bool:
    return any(after == BACK[before] for before, after in pairwise(moves))


def _at_edge(state: State, moves: Sequence[Move]) -> bool:
    hit = _follow(state, moves)[1]
    return hit is not None and (hit[0] in (0, state.height - 1) or hit[1] in (0, state.width - 1))


TASKS = (
    PlayerAfterMoves(),
    BoxAfterMoves(),
    MinMoves(),
    PlayerPosition(),
    BoxTargetDistance(),
    ShortestWalk(),
)
