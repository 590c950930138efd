"""The four questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, permutations
from random import Random
from typing import Any

import msgspec

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.words import cell_text, counted, listed

from .generate import Maze3dParams
from .rules import DIRECTIONS, LADDER, Cell, Direction, beyond, connection, direction_of, onward, parents, runs, way
from .state import State
from .view import lens

Order = tuple[int, ...]
Relation = tuple[tuple[int, ...], ...]
"""Groups of labels of equal height, from low to high."""

PATTERNS = {(3,): 0.08, (1, 2): 0.23, (2, 1): 0.23, (1, 1, 1): 0.46}
"""How many of the three cubes stand on each floor, from low to high, and how often."""
LOOKS_APART = 0.6
"""How often two cubes of equal height must differ in height in the picture."""
ALL_ON_ROUTE = 0.07
"""Share of `None`, and of all labels, where every set of labels is an option."""


class MazeTask(Task[State, Maze3dParams]):
    """A choice question that needs nothing besides the maze; the plan has seen to the numbers."""

    kind = AnswerKind.CHOICE
    params_type = NoParams

    def ask(self, state: State, plan: Maze3dParams, rng: Random) -> dict[str, Any]:
        return {}


class PathFinding(MazeTask):
    """Task 0."""

    id, slug = 0, "path_finding"
    about = "Choose the direction at each branch point so that the walk leads from the start to the goal."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    option_type = dict[str, Direction]

    def plan(self, level: Maze3dParams, rng: Random) -> Maze3dParams:
        """Draw the two directions at each fork and which of them is the route's, with `up` at no more forks than
        the route can climb: then every combination of directions is equally likely."""
        floors = (level.size[2] - 1) // LADDER
        climbing = rng.sample(range(level.forks), min(level.forks, floors))
        flat = [direction for direction in DIRECTIONS if direction != "up"]
        turns = [rng.choice(list(permutations(DIRECTIONS if n in climbing else flat, 2))) for n in range(level.forks)]
        return msgspec.structs.replace(level, aim="forks", turns=tuple(turns))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "At each numbered cube the player has to take one of two directions. Which choice of directions, one for "
            "each number, leads from the start to the goal?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        route, labels = _route(state), state.labels
        met = [cell for cell in route if cell in labels]
        names = [str(labels[cell]) for cell in met]
        steps = [
            f"Follow the tops from the start {cell_text(state.start)} to the goal {cell_text(state.goal)}. The"
            f" branch points are met in the order {listed(names)}."
        ]
        choice: dict[str, Direction] = {}
        work = len(route)
        for cell, name, after in zip(met, names, [*(f"number {name}" for name in names[1:]), "the goal"], strict=True):
            onto = route[route.index(cell) + 1]
            choice[name] = direction_of(cell, onto)
            told = [f"Number {name} at {cell_text(cell)}: {choice[name]} leads to {after}"]
            for direction, other in onward(cell, state.cubes, state.ladders).items():
                if other != onto:
                    dead = beyond(other, state.cubes, state.ladders)
                    work += len(dead)
                    told.append(f"{direction} ends after {counted(len(dead), 'cube')} at {cell_text(dead[-1])}")
            steps.append(f"{'; '.join(told)}. Take {choice[name]}.")
        choice = dict(sorted(choice.items()))
        steps.append(f"Sorted by number, the directions are {self.option_text(state, choice)}.")
        return Solution(choice, steps, work=float(work))

    def options_wanted(self, state: State, params: Mapping[str, Any]) -> int:
        return min(8, 2 ** len(state.markers))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Swap the two directions at the forks of each set of a spread."""
        other: dict[str, Direction] = {}
        for cell, label in state.labels.items():
            ways = onward(cell, state.cubes, state.ladders)
            other[str(label)] = next(way for way in ways if way != right[str(label)])
        for swapped in _spread(len(other), rng):
            yield {name: other[name] if int(name) in swapped else right[name] for name in right}

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(f"{name}-{value[name]}" for name in sorted(value))


class SequenceFinding(MazeTask):
    """Task 1."""

    id, slug = 1, "sequence_finding"
    about = "Find the order in which the numbered cubes are passed on the way from the start to the goal."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    option_type = list[int]
    option_count = 6

    def plan(self, level: Maze3dParams, rng: Random) -> Maze3dParams:
        return msgspec.structs.replace(level, aim="checkpoints", count=rng.randint(*level.labels))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "In which order does the player pass the numbered cubes on the route from the start to the goal?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        route, labels = _route(state), state.labels
        order = [labels[cell] for cell in route if cell in labels]
        steps = [f"The route begins at the start {cell_text(state.start)}.", *_narrated(route, labels)]
        steps.append(f"The goal is reached; the numbers were passed in the order {listed(order)}.")
        return Solution(order, steps, work=float(len(route)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Orders that arise from one another by slips: two neighbours swapped, backward, from left to right.

        The place of the right order among them is drawn, so none stands out as the one the others come from. With
        three labels all six orders are options.
        """
        if len(right) == 3:
            yield from permutations(right)
            return
        slips = _slips(state.size, [state.markers[label - 1] for label in right], rng)
        base = dict(zip(rng.choice(slips), right, strict=True))
        yield from ([base[at] for at in slip] for slip in slips)

    def option_text(self, state: State, value: Any) -> str:
        return " -> ".join(["Start", *map(str, value), "Goal"])


class HeightComparison(MazeTask):
    """Task 2."""

    id, slug = 2, "height_comparison"
    about = "Compare the heights of three numbered cubes."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    option_type = list[list[int]]

    def plan(self, level: Maze3dParams, rng: Random) -> Maze3dParams:
        """Draw the pattern of `<` and `=`, and whether two cubes of equal height must look different in height."""
        floors = rng.choices(list(PATTERNS), list(PATTERNS.values()))[0]
        apart = max(floors) > 1 and rng.random() < LOOKS_APART
        return msgspec.structs.replace(level, aim="heights", floors=floors, apart=apart)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How do the heights (z) of the {len(state.markers)} numbered cubes compare? < means lower than, = means"
            " at the same height."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        before = _parents(state)
        heights = dict(enumerate((cell[2] for cell in state.markers), 1))
        steps, work = [], 0
        for one, other in combinations(heights, 2):
            back, on = connection(before, state.markers[one - 1], state.markers[other - 1])
            work += len(back) + len(on) - 2
            steps.append(f"From {one} to {other}: {_climb(back, on)}, so {_compared(one, other, heights)}.")
        groups = [[label for label in heights if heights[label] == z] for z in sorted(set(heights.values()))]
        steps.append(f"From low to high: {self.option_text(state, groups)}.")
        return Solution(groups, steps, work=float(work))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """All six relations with one pattern of `=`, the right one's, then all equal, then one of the third pattern.

        If all are equal, the pattern of the six is drawn, so that the options look as they always do.
        """
        labels = range(1, len(state.markers) + 1)
        pair = [*_relations(labels, (1, 2)), *_relations(labels, (2, 1))]
        single = _relations(labels, (1, 1, 1))
        rng.shuffle(pair)
        rng.shuffle(single)
        many, few = (pair, single) if len(right) == 2 or (len(right) == 1 and rng.random() < 0.5) else (single, pair)
        yield from [*many, (tuple(labels),), few[0]]

    def option_text(self, state: State, value: Any) -> str:
        return " < ".join(" = ".join(map(str, group)) for group in value)


class MainPath(MazeTask):
    """Task 3."""

    id, slug = 3, "main_path"
    about = "Choose the numbered cubes that are passed on the way from the start to the goal."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    option_type = list[int]

    def plan(self, level: Maze3dParams, rng: Random) -> Maze3dParams:
        """Draw the number of labels and how many of them stand on the route, so that options are equally likely."""
        count = rng.randint(*level.labels)
        empty = _can_be_empty(count, level.forks)
        if count == 3:
            extreme = (ALL_ON_ROUTE, ALL_ON_ROUTE if empty else 0)
            on_route = rng.choices((3, 0, 1, 2), (*extreme, *[(1 - sum(extreme)) / 2] * 2))[0]
        else:
            spread = _spread(count, rng)
            on_route = len(rng.choice([s for s in _subsets(count) if empty or s not in spread]))
        return msgspec.structs.replace(level, aim="mixed", count=count, on_route=on_route)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        asked = "Which of the numbered cubes does the player pass on the route from the start to the goal?"
        none = "None means that the player passes none of them."
        return f"{asked} {none}" if [] in params.get("options", [[]]) else asked

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        before, route, labels = _parents(state), _route(state), state.labels
        steps = [f"The route begins at the start {cell_text(state.start)}.", *_narrated(route, labels)]
        work = len(route)
        for cell, label in labels.items():
            if cell not in route:
                walk = way(before, cell)
                fork = max(walk.index(cube) for cube in route if cube in walk)
                work += len(walk) - 1 - fork
                steps.append(
                    f"Number {label} is not on it: it stands on a dead end that leaves the route at"
                    f" {cell_text(walk[fork])} {direction_of(walk[fork], walk[fork + 1])}."
                )
        passed = sorted(labels[cell] for cell in route if cell in labels)
        steps.append(f"The route passes {listed(passed, empty='none of the numbers')}.")
        return Solution(passed, steps, work=float(work))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Change the right set by each set of a spread: each label is in half of the options."""
        labels = range(1, len(state.markers) + 1)
        ends = sum(not onward(cell, state.cubes, state.ladders) for cell in state.cubes) - 1
        empty = len(labels) == 3 or _can_be_empty(len(labels), ends)
        for _ in range(50):
            spread = _spread(len(labels), rng)
            if empty or set(right) not in spread:
                yield from (sorted(changed ^ set(right)) for changed in spread)
                return

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(map(str, value)) or "None"


def _parents(state: State) -> dict[Cell, Cell]:
    before = parents(state.start, state.cubes, state.ladders)
    assert before is not None, "a state is a tree"
    return before


def _route(state: State) -> list[Cell]:
    return way(_parents(state), state.goal)


def _narrated(route: Sequence[Cell], labels: Mapping[Cell, int]) -> list[str]:
    """Return the route in words, one sentence for each stretch in one direction."""
    told = []
    for direction, cells in runs(route):
        length = counted(len(cells), "ladder") if direction == "up" else str(len(cells))
        passed = [f"number {labels[cell]} at {cell_text(cell)}" for cell in cells if cell in labels]
        via = f", over {listed(passed)}" if passed else ""
        told.append(f"{direction} {length}, to {cell_text(cells[-1])}{via}.".capitalize())
    return told


def _climb(back: Sequence[Cell], on: Sequence[Cell]) -> str:
    """Return the ladders on the way between two cubes in words."""
    down = (back[0][2] - back[-1][2]) // LADDER
    up = (on[-1][2] - on[0][2]) // LADDER
    told = [f"{counted(number, 'ladder')} {word}" for number, word in ((down, "down"), (up, "up")) if number]
    return f"the way leads {' and '.join(told)}" if told else "the way needs no ladder"


def _compared(one: int, other: int, heights: Mapping[int, int]) -> str:
    rise = heights[other] - heights[one]
    if not rise:
        return f"{one} = {other}"
    floors = abs(rise) // LADDER
    lower, higher = (one, other) if rise > 0 else (other, one)
    return f"{higher} is {floors} x {LADDER} = {abs(rise)} levels higher and {lower} < {higher}"


def _subsets(count: int) -> list[set[int]]:
    """Return all sets of the labels 1 to `count`."""
    labels = range(1, count + 1)
    return [set(chosen) for size in range(count + 1) for chosen in combinations(labels, size)]


def _spread(count: int, rng: Random) -> list[set[int]]:
    """Return eight sets of the labels 1 to `count` (all, if there are fewer), the empty one first.

    The sets are closed under symmetric difference and each label is in four of them. So options that differ from
    the right one by these sets differ by them from one another as well: none stands out, and each label is in half of
    them.
    """
    if count <= 3:
        return _subsets(count)
    codes = [1, 2, 4, *(rng.randint(1, 7) for _ in range(count - 3))]
    rng.shuffle(codes)
    # A label is in the set of a number when the number shares an odd number of binary ones with the label's code.
    return [{n for n, code in enumerate(codes, 1) if (code & number).bit_count() % 2} for number in range(8)]


def _can_be_empty(count: int, dead_ends: int) -> bool:
    """Return whether all labels fit on dead ends, one on each, so that none need be on the route."""
    return dead_ends >= count


def _slips(size: Cell, cells: Sequence[Cell], rng: Random) -> list[Order]:
    """Return six orders of the places of cells: unchanged, two neighbours swapped (twice, those of one floor first),
    backward (twice), and as the cells lie in the picture from left to right (or any other)."""
    identity = tuple(range(len(cells)))
    swaps: list[Order] = []
    for at in sorted(identity[1:], key=lambda at: (cells[at][2] != cells[at - 1][2], rng.random())):
        swapped = list(identity)
        swapped[at - 1], swapped[at] = at, at - 1
        swaps.append(tuple(swapped))
    camera = lens(size)[1]
    across = tuple(sorted(identity, key=lambda at: camera.project(*cells[at])[0]))
    others = list(permutations(identity))
    rng.shuffle(others)
    slips = [identity, *swaps[:2], identity[::-1], swaps[0][::-1], across, *others]
    return list(dict.fromkeys(slips))[:6]


def _relations(labels: Iterable[int], sizes: Sequence[int]) -> list[Relation]:
    """Return the ways to put labels into groups of given sizes, from low to high."""
    found = dict.fromkeys(
        tuple(tuple(sorted(order[sum(sizes[:n]) : sum(sizes[: n + 1])])) for n in range(len(sizes)))
        for order in permutations(labels)
    )
    return list(found)


TASKS = (PathFinding(), SequenceFinding(), HeightComparison(), MainPath())
