"""The maze of cubes a second time: a cube lies on the route when taking it away parts the start from the goal."""

from collections.abc import Mapping, Sequence
from itertools import combinations, groupby, pairwise
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.words import listed

from .state import State

Cell = tuple[int, int, int]
Params = Mapping[str, Any]
WAYS = {"right-forward": (-1, 0, 0), "left-forward": (0, -1, 0), "up": (0, 0, 3)}
HIGH = 3


def _neighbor(state: State, cell: Cell, way: str) -> Cell | None:
    """Return the cube that one step in a direction leads to."""
    x, y, z = (at + by for at, by in zip(cell, WAYS[way], strict=True))
    if (x, y, z) not in state.cubes or (way == "up" and cell not in state.ladders):
        return None
    return x, y, z


def _joined(state: State, cell: Cell) -> set[Cell]:
    """Return the cubes that one step leads to, up, down or level."""
    x, y, z = cell
    level = {(x - 1, y, z), (x + 1, y, z), (x, y - 1, z), (x, y + 1, z)} & set(state.cubes)
    climbed = {(x, y, z + HIGH)} if cell in state.ladders else set[Cell]()
    return level | climbed | ({(x, y, z - HIGH)} & set(state.ladders))


def _reached(state: State, start: Cell, without: Cell) -> set[Cell]:
    """Return the cubes that can be reached from a cube when another one is taken away."""
    seen = {start} - {without}
    edge = set(seen)
    while edge:
        edge = set[Cell]().union(*(_joined(state, cell) for cell in edge)) - seen - {without}
        seen |= edge
    return seen


def _is_passed(state: State, cell: Cell, goal: Cell) -> bool:
    """Return whether no way leads from the start to `goal` without this cube."""
    return goal not in _reached(state, state.start, cell)


def _is_right_way(state: State, label: int, way: str) -> bool:
    """Return whether the goal can be reached through the neighbour in a direction, without coming back."""
    cell = state.markers[label - 1]
    first = _neighbor(state, cell, way)
    return first is not None and state.goal in _reached(state, first, cell)


def _directions(state: State, params: Params) -> list[Any]:
    return [
        option for option in params["options"] if all(_is_right_way(state, int(n), way) for n, way in option.items())
    ]


def _in_order(state: State, order: Sequence[int]) -> bool:
    """Return whether each cube comes before the next one, the last before the goal, on every way from the start."""
    cells = [*(state.markers[label - 1] for label in order), state.goal]
    return all(_is_passed(state, a, b) for a, b in pairwise(cells))


def _is_true(state: State, groups: Sequence[Sequence[int]]) -> bool:
    """Return whether the heights are the same within each group and grow from group to group."""
    heights = [{state.markers[label - 1][2] for label in group} for group in groups]
    return all(len(one) == 1 for one in heights) and all(max(a) < min(b) for a, b in pairwise(heights))


def _passed(state: State) -> list[int]:
    return [label for label, cell in enumerate(state.markers, 1) if _is_passed(state, cell, state.goal)]


def _way(state: State, start: Cell, goal: Cell) -> list[Cell]:
    """Return the cubes from one to another, without repetition."""
    ways = [[start]]
    for way in ways:
        if way[-1] == goal:
            return way
        ways += [[*way, cell] for cell in sorted(_joined(state, way[-1])) if cell not in way]
    raise ValueError(f"no way leads from {start} to {goal}")


def _direction(here: Cell, after: Cell) -> str:
    return next(name for name, by in WAYS.items() if all(a + d == b for a, b, d in zip(here, after, by, strict=True)))


def _met(state: State) -> list[int]:
    """Return the numbers on the route, in the order in which they are met."""
    route = _way(state, state.start, state.goal)
    return [state.labels[cell] for cell in route if cell in state.labels]


def _direction_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    met, right, told = _met(state), dict[int, str](), list[str]()
    route = _way(state, state.start, state.goal)
    for place, label in enumerate(met):
        cell = state.markers[label - 1]
        onward = {way: first for way in WAYS if (first := _neighbor(state, cell, way))}
        (right[label],) = (way for way in onward if _is_right_way(state, label, way))
        wrong = set(onward) - {right[label]}
        if len(wrong) != 1:
            return [f"number {label} does not have two directions"]
        (way,) = wrong
        branch = _reached(state, onward[way], cell)
        (end,) = (one for one in branch if len(_joined(state, one)) == 1)
        aim = f"number {met[place + 1]}" if place + 1 < len(met) else "the goal"
        many = f"{len(branch)} cube{'s' * (len(branch) != 1)}"
        told.append(
            f"Number {label} at {cell}: {right[label]} leads to {aim}; {way} ends after {many} at {end}."
            f" Take {right[label]}."
        )
    branching = [state.labels.get(cell) for cell in route if sum(bool(_neighbor(state, cell, way)) for way in WAYS) > 1]
    problems = [] if branching == met else ["the numbered cubes are not the branch points of the route"]
    first = f"Follow the tops from the start {state.start} to the goal {state.goal}."
    last = ", ".join(f"{label}-{right[label]}" for label in sorted(right))
    return problems + unlike(
        steps,
        [
            f"{first} The branch points are met in the order {listed(met)}.",
            *told,
            f"Sorted by number, the directions are {last}.",
        ],
    )


def _route_told(state: State) -> list[str]:
    """Return the sentences that follow the route run by run."""
    route = _way(state, state.start, state.goal)
    told = [f"The route begins at the start {state.start}."]
    at = 0
    for way, group in groupby(_direction(a, b) for a, b in pairwise(route)):
        length = len(list(group))
        run = route[at + 1 : at + length + 1]
        at += length
        many = f"{length} ladder{'s' * (length != 1)}" if way == "up" else f"{length}"
        labels = [f"number {state.labels[cell]} at {cell}" for cell in run if cell in state.labels]
        over = f", over {listed(labels)}" if labels else ""
        told.append(f"{way.capitalize()} {many}, to {run[-1]}{over}.")
    return told


def _order_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    last = f"The goal is reached; the numbers were passed in the order {listed(_met(state))}."
    return unlike(steps, [*_route_told(state), last])


def _passed_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    passed, route, told = _passed(state), _way(state, state.start, state.goal), list[str]()
    for label, cell in enumerate(state.markers, 1):
        if label not in passed:
            here, after = next((a, b) for a, b in pairwise(_way(state, state.start, cell)) if b not in route)
            told.append(
                f"Number {label} is not on it: it stands on a dead end that leaves the route at {here}"
                f" {_direction(here, after)}."
            )
    last = f"The route passes {listed(passed, empty='none of the numbers')}."
    return unlike(steps, [*_route_told(state), *told, last])


def _height_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    told = list[str]()
    for a, b in combinations(range(1, len(state.markers) + 1), 2):
        way = _way(state, state.markers[a - 1], state.markers[b - 1])
        climbs = [after[2] - here[2] for here, after in pairwise(way) if after[2] != here[2]]
        counts = [("down", climbs.count(-HIGH)), ("up", climbs.count(HIGH))]
        ladders = [f"{n} ladder{'s' * (n != 1)} {name}" for name, n in counts if n]
        leads = f"the way leads {listed(ladders)}" if ladders else "the way needs no ladder"
        by = abs(counts[1][1] - counts[0][1])
        low, high = (b, a) if sum(climbs) < 0 else (a, b)
        so = f"so {high} is {by} x 3 = {3 * by} levels higher and {low} < {high}" if by else f"so {a} = {b}"
        told.append(f"From {a} to {b}: {leads}, {so}.")
    floors = groupby(sorted((cell[2], label) for label, cell in enumerate(state.markers, 1)), key=lambda one: one[0])
    relation = " < ".join(" = ".join(str(label) for _, label in group) for _, group in floors)
    return unlike(steps, [*told, f"From low to high: {relation}."])


CHECKS = Checks[State](
    answers={
        "path_finding": _directions,
        "sequence_finding": lambda state, params: [one for one in params["options"] if _in_order(state, one)],
        "height_comparison": lambda state, params: [one for one in params["options"] if _is_true(state, one)],
        "main_path": lambda state, params: [one for one in params["options"] if sorted(one) == _passed(state)],
    },
    steps={
        "path_finding": _direction_steps,
        "sequence_finding": _order_steps,
        "height_comparison": _height_steps,
        "main_path": _passed_steps,
    },
)
