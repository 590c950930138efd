"""The four questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise, product
from operator import xor
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import LAST, SPARE, LifeGameParams
from .rules import (
    alive,
    cut,
    fate,
    history,
    live_cells,
    live_count,
    live_neighbours,
    neighbours,
    states_of,
    step,
)
from .state import Cell, Rows, State

WORD = ("dead", "alive")
FULLEST = 0.65
"""The largest part of the board that is alive in `live_count`."""
Index = Annotated[int, Meta(ge=0)]
Steps = Annotated[int, Meta(ge=1)]


class CountParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `next_live_count`."""

    iterations: Steps


class SequenceParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `cell_sequence`."""

    row: Index
    col: Index
    iterations: Steps


class RegionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `region_stability_steps`."""

    row: Index
    col: Index
    size: Annotated[int, Meta(ge=4)]


class LifeTask(Task[State, LifeGameParams]):
    """What the four questions have in common."""

    kind = AnswerKind.CHOICE
    option_type: Any = int


class CountTask(LifeTask):
    """A question whose options are a window of consecutive numbers of cells."""

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Near misses are always there, and the rank of the right number tells little."""
        low = rng.choice(_windows(right, state.size**2, self.option_count))
        yield from (value for value in range(low, low + self.option_count) if value != right)


class LiveCount(CountTask):
    """Task 1."""

    id, slug = 1, "live_count"
    about = "Count the live cells."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams

    def plan(self, level: LifeGameParams, rng: Random) -> LifeGameParams:
        """Draw the number of live cells."""
        return msgspec.structs.replace(level, alive=rng.randint(SPARE, int(FULLEST * level.size**2)))

    def ask(self, state: State, plan: LifeGameParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many cells of this {state.size} x {state.size} board are alive now?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        living = live_cells(state.rows)
        steps: list[str] = []
        for row in range(state.size):
            cells = [cell for cell in living if cell[0] == row]
            named = f": {cells_text(cells)}" if cells else ""
            steps.append(f"Row {row} has {counted(len(cells), 'live cell')}{named}.")
        steps.append(f"Together: {_sum(state.rows)} live cells.")
        return Solution(len(living), steps, work=float(state.size**2))


class NextLiveCount(CountTask):
    """Task 2."""

    id, slug = 2, "next_live_count"
    about = "Count the live cells after some iterations."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = CountParams

    def plan(self, level: LifeGameParams, rng: Random) -> LifeGameParams:
        """Draw the number of live cells; numbers in many windows come more often, so that windows tell little."""
        values = range(level.count[0], level.count[1] + 1)
        weights = [len(_windows(value, level.size**2, self.option_count)) for value in values]
        return msgspec.structs.replace(level, alive_after=rng.choices(values, weights)[0])

    def ask(self, state: State, plan: LifeGameParams, rng: Random) -> dict[str, Any]:
        return {"iterations": plan.iterations}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How many cells of the whole {state.size} x {state.size} board are alive after"
            f" {counted(params['iterations'], 'iteration')}? Cells that became alive count, too."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        patterns = history(state.rows, params["iterations"])
        steps = [f"The board now, row by row: {_pattern(state.rows)}. Neighbours are counted over the edges, too."]
        for number, (before, after) in enumerate(pairwise(patterns), 1):
            steps += [f"Iteration {number}: {line}" for line in _fates(before)]
            steps.append(f"The board after iteration {number}: {_pattern(after)}.")
        steps.append(f"Live cells row by row: {_sum(patterns[-1])}.")
        return Solution(live_count(patterns[-1]), steps, work=float(state.size**2 * params["iterations"]))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(history(state.rows, params["iterations"]))


class CellSequence(LifeTask):
    """Task 3."""

    id, slug = 3, "cell_sequence"
    about = "State of one cell over several iterations."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = SequenceParams
    option_type = tuple[Literal[0, 1], ...]

    def plan(self, level: LifeGameParams, rng: Random) -> LifeGameParams:
        """Draw how often the cell changes, then one of the sequences that do so, all alike."""
        changes = rng.choices(range(4), level.changes)[0]
        flips = [flip for flip in product((0, 1), repeat=level.sequence) if min(sum(flip), 3) == changes]
        states = accumulate(rng.choice(flips), xor, initial=rng.randrange(2))
        return msgspec.structs.replace(level, states=tuple(states))

    def ask(self, state: State, plan: LifeGameParams, rng: Random) -> dict[str, Any] | None:
        """Choose one of the cells with the planned sequence."""
        patterns = history(state.rows, plan.sequence)
        side = range(state.size)
        cells = [(row, col) for row in side for col in side if states_of(patterns, (row, col)) == plan.states]
        if not cells:
            return None
        row, col = rng.choice(cells)
        return {"row": row, "col": col, "iterations": plan.sequence}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"What are the states of the cell ({params['row']}, {params['col']}) of this {state.size} x {state.size}"
            f" board now and after each of the next {params['iterations']} iterations?"
        )

    def option_text(self, state: State, value: Any) -> str:
        return _sequence(value)

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cell: Cell = (params["row"], params["col"])
        patterns = history(state.rows, params["iterations"])
        states = states_of(patterns, cell)
        steps = [
            f"The board now, row by row: {_pattern(state.rows)}. The cell {cell_text(cell)} is {WORD[states[0]]}. Its"
            f" neighbours, over the edges where need be, are {cells_text(neighbours(cell, state.size))}."
        ]
        for number, (before, after) in enumerate(pairwise(patterns), 1):
            around = [other for other in neighbours(cell, state.size) if alive(before, other)]
            steps.append(
                f"Iteration {number}: of the eight neighbours {cells_text(around)}"
                f" {'is' if len(around) == 1 else 'are'} alive, the others are dead:"
                f" {counted(len(around), 'live neighbour')}. {_rule(alive(before, cell), len(around))}"
                f" So {cell_text(cell)} is {WORD[alive(after, cell)]} after"
                f" iteration {number}."
            )
            if number < len(patterns) - 1:
                steps.append(f"On the whole board, {_changes(before, after)} in iteration {number}: {_pattern(after)}.")
        steps.append(f"The states in order: {_sequence(states)}.")
        return Solution(states, steps, work=float(state.size**2 * params["iterations"]))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(history(state.rows, params["iterations"]))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Free three iterations: every option then has three others that differ in just one state.

        The constant sequence must be an option. Where the three iterations do not lead to it, it takes the place of
        an option that differs from the right one in two or three states.
        """
        later = range(1, len(right))
        differing = [place for place in later if right[place] != right[0]]
        if len(differing) < 3 or (len(differing) == 3 and rng.random() < 0.5):
            freed = differing + rng.sample([place for place in later if place not in differing], 3 - len(differing))
        else:
            freed = rng.sample(later, 3)
        options = [list(right)]
        for place in freed:
            options += [[*option[:place], 1 - option[place], *option[place + 1 :]] for option in options]
        constant = [right[0]] * len(right)
        if constant not in options:
            # The options stand in binary order of the freed places: 3, 5, 6 and 7 differ in two or three.
            options[rng.choice((3, 5, 6, 7))] = constant
        yield from options[1:]


class RegionStabilitySteps(LifeTask):
    """Task 4."""

    id, slug = 4, "region_stability_steps"
    about = "Iterations until a region repeats itself."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = RegionParams

    def plan(self, level: LifeGameParams, rng: Random) -> LifeGameParams:
        """Draw the number of iterations and the region's place."""
        free = level.size - level.region
        corner = (rng.randint(0, free), rng.randint(0, free))
        return msgspec.structs.replace(level, entry=rng.randint(*level.entries), corner=corner)

    def ask(self, state: State, plan: LifeGameParams, rng: Random) -> dict[str, Any]:
        row, col = plan.corner or (0, 0)
        return {"row": row, "col": col, "size": plan.region}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        row, col, size = params["row"], params["col"], params["size"]
        if size == state.size:
            region = f"The region is the whole {size} x {size} board; its edges wrap around onto itself."
        else:
            region = (
                f"Cut the {size} x {size} region with rows {row} to {row + size - 1} and columns {col} to"
                f" {col + size - 1} out of the {state.size} x {state.size} board and let it evolve alone, as a"
                f" {size} x {size} board of its own whose edges wrap around onto itself: the cells outside the region"
                " have no influence."
            )
        return (
            f"{region} How many iterations does it take until the region is in a repeating pattern? Wanted is the"
            " smallest t >= 0 such that the pattern after t iterations appears again after some later iteration. So a"
            " pattern that no longer changes, the empty one too, repeats itself at once; and for a pattern that"
            " oscillates t is the iteration with which the cycle is entered, not the later one with which the first"
            " repetition shows."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, col, size = params["row"], params["col"], params["size"]
        region = cut(state.rows, row, col, size)
        found = fate(region)
        assert found is not None, "without a limit a finite board repeats itself"
        where = "" if size == state.size else f" (its cell (0, 0) is the board's {cell_text((row, col))})"
        steps = [f"The region, row by row{where}: {_pattern(region)}. From here on only the region counts."]
        following = [*found.patterns[1:], found.patterns[found.entry]]
        for number, (before, after) in enumerate(zip(found.patterns, following, strict=True), 1):
            if before == after:
                still = (
                    "every live cell has 2 or 3 live neighbours, no dead cell has 3"
                    if any(before)
                    else "no cell is alive"
                )
                steps.append(f"Iteration {number} changes nothing: {still}. The pattern equals the one before.")
            else:
                novel = number < len(found.patterns)
                verdict = "not seen before" if novel else f"the same as {_after(found.entry)}"
                steps.append(f"Iteration {number}: {_reasons(before, after)}. This gives {_pattern(after)}, {verdict}.")
        kind = "it no longer changes" if found.period == 1 else f"it is in a cycle of {found.period} patterns"
        steps.append(
            f"The first pattern that appears again is the one {_after(found.entry)}, as {kind}: t = {found.entry}."
        )
        return Solution(found.entry, steps, work=float((found.entry + 1) * size**2 + state.size**2))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """Up to the first pattern that appears again; none for a region, which is a board of its own."""
        found = fate(state.rows) if params["size"] == state.size else None
        return found and _course(found.patterns[: found.entry + 1])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """The options are 0 to 7 whatever the answer is."""
        yield from (value for value in range(LAST + 1) if value != right)


def _course(patterns: Sequence[Rows]) -> Sequence[Frame[State]] | None:
    return course(State(patterns[0]), (("iteration", State(rows)) for rows in patterns[1:]))


def _windows(value: int, cells: int, count: int) -> range:
    """Return the lower ends of the windows of `count` integers inside 0 .. `cells` that contain a value."""
    return range(max(0, value - count + 1), min(value, cells + 1 - count) + 1)


def _fates(rows: Rows) -> list[str]:
    """Return who dies, who survives and who is born in the next iteration, with the neighbour counts."""
    living = [(cell, live_neighbours(rows, cell)) for cell in live_cells(rows)]
    if not living:
        return ["no cell is alive, so nothing changes."]
    born = _new(step(rows), rows)
    few = [f"{cell_text(cell)} with {count}" for cell, count in living if count < 2]
    many = [f"{cell_text(cell)} with {count}" for cell, count in living if count > 3]
    stay = [f"{cell_text(cell)} with {count}" for cell, count in living if count in (2, 3)]
    return [
        f"live cells that die of too few live neighbours: {listed(few)}; of too many: {listed(many)}.",
        f"live cells with 2 or 3 live neighbours, which stay alive: {listed(stay)}.",
        f"dead cells with exactly 3 live neighbours, which become alive: {cells_text(born)}.",
    ]


def _new(rows: Rows, others: Rows) -> list[Cell]:
    """Return the cells that are alive in the first pattern and dead in the second."""
    return [cell for cell in live_cells(rows) if not alive(others, cell)]


def _reasons(before: Rows, after: Rows) -> str:
    """Return the cells that change in one iteration, each with its live neighbours."""
    dying = [
        f"{cell_text(cell)} with {counted(live_neighbours(before, cell), 'live neighbour')}"
        for cell in _new(before, after)
    ]
    born = _new(after, before)
    parts = [f"these live cells die: {listed(dying)}"] if dying else []
    parts += [f"these dead cells with 3 live neighbours become alive: {cells_text(born)}"] if born else []
    return "; ".join(parts)


def _changes(before: Rows, after: Rows) -> str:
    """Return the cells that change in one iteration."""
    dying, born = _new(before, after), _new(after, before)
    parts = [f"{cells_text(dying)} {'dies' if len(dying) == 1 else 'die'}"] if dying else []
    parts += [f"{cells_text(born)} {'becomes' if len(born) == 1 else 'become'} alive"] if born else []
    return " and ".join(parts) or "nothing changes"


def _rule(state: int, count: int) -> str:
    """Return the rule that applies to a cell."""
    if state:
        return "A live cell with 2 or 3 stays alive." if count in (2, 3) else f"A live cell with {count} dies."
    return "A dead cell with exactly 3 becomes alive." if count == 3 else f"A dead cell with {count} stays dead."


def _after(number: int) -> str:
    return f"after {counted(number, 'iteration')}"


def _pattern(rows: Rows) -> str:
    """Return a pattern on one line, # for a live cell."""
    return str(State(rows)).replace("\n", " / ")


def _sum(rows: Rows) -> str:
    return f"{' + '.join(str(mask.bit_count()) for mask in rows)} = {live_count(rows)}"


def _sequence(states: Sequence[int]) -> str:
    """Return states as `now: dead, 1: alive, 2: dead`."""
    return ", ".join(f"{number or 'now'}: {WORD[state]}" for number, state in enumerate(states))


TASKS = (LiveCount(), NextLiveCount(), CellSequence(), RegionStabilitySteps())
