"""The second method: cells as plain coordinates, views as sets of their shadows, and every way to add voxels tried.

The least number of voxels comes from adding one after the other as rule 4 says, breadth first, and not from a choice of
cells that is tested afterwards. Cells that darken a light cell of a target are left out, as no voxel is ever removed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from typing import Any

from gameqa.core.audit import Checks

from .state import State

Spot = tuple[int, ...]
"""A cell (x, y, z), or a cell of a view: (y, z) in the front view, (x, z) in the side view."""

GRID: list[Spot] = list(product((1, 2, 3), repeat=3))
NAMES = {"yz": "front view (Y-Z)", "xz": "side view (X-Z)"}
VIEW = r"(?:front view \(Y-Z\)|side view \(X-Z\))"


def voxels(state: State) -> frozenset[Spot]:
    """Return the cells of the structure."""
    return frozenset(map(tuple, state.to_json()["voxel_positions"]))


def shadow(cells: Iterable[Spot], view: str) -> set[Spot]:
    """Return the dark cells of a view."""
    return {(y if view == "yz" else x, z) for x, y, z in cells}


def target(state: State, view: str) -> set[Spot]:
    """Return the dark cells of a target."""
    rows = state.to_json()[f"target_{view}_projection"]
    return {(c + 1, r + 1) for r, row in enumerate(rows) for c, dark in enumerate(row) if dark}


def touch(one: Spot, other: Spot) -> bool:
    """Tell whether two cells share a face."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) == 1


def joined(structure: frozenset[Spot], added: Iterable[Spot]) -> set[Spot]:
    """Return those of the cells that can be added one after the other."""
    left, held = set(added), set(structure)
    while found := {cell for cell in left if any(touch(cell, other) for other in held)}:
        left -= found
        held |= found
    return held - structure


def allowed(state: State) -> list[Spot]:
    """Return the empty cells that darken no light cell of a target."""
    free = [cell for cell in GRID if cell not in voxels(state)]
    return [cell for cell in free if all(shadow([cell], view) <= target(state, view) for view in NAMES)]


def fits(state: State, cells: Iterable[Spot], views: Iterable[str]) -> bool:
    """Tell whether views of a structure equal their targets."""
    cells = list(cells)
    return all(shadow(cells, view) == target(state, view) for view in views)


def least(state: State) -> int:
    """Return the least number of voxels; ValueError when no number does."""
    structure, free = voxels(state), allowed(state)
    found, size = {structure}, 0
    while found:
        if any(fits(state, cells, NAMES) for cells in found):
            return size
        more = ((cells, cell) for cells in found for cell in free if cell not in cells)
        found = {cells | {cell} for cells, cell in more if any(touch(cell, other) for other in cells)}
        size += 1
    raise ValueError("the targets are out of reach")


def _count_voxels(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [sum(cell in voxels(state) for cell in GRID)]


def _voxel_position(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [cell for cell in params["options"] if tuple(cell) in voxels(state)]


def _projection_match(state: State, params: Mapping[str, Any]) -> list[Any]:
    front, side = (fits(state, voxels(state), [view]) for view in NAMES)
    true = {"neither": not front and not side, "yz_only": front and not side, "xz_only": side and not front}
    return [code for code in params["options"] if (true | {"both": front and side})[code]]


def _action_outcome(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [matrix(voxels(state) | set(map(tuple, params["added"])), params["view"])]


def matrix(cells: Iterable[Spot], view: str) -> list[list[int]]:
    """Return a view row by row from the top."""
    dark = shadow(cells, view)
    return [[int((column, z) in dark) for column in (1, 2, 3)] for z in (3, 2, 1)]


def goals(goal: str) -> list[str]:
    """Return the views that a goal names."""
    return list(NAMES) if goal == "both" else [goal]


def _transition_path(state: State, params: Mapping[str, Any]) -> list[Any]:
    structure, most = voxels(state), state.to_json()["remaining_voxels"]

    def right(option: list[list[int]]) -> bool:
        added = set(map(tuple, option))
        legal = 0 < len(option) == len(added) <= most and not added & structure and joined(structure, added) == added
        return legal and fits(state, structure | added, goals(params["goal"]))

    return [option for option in params["options"] if right(option)]


def _min_added_voxels(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [least(state)]


def spots(text: str) -> set[Spot]:
    """Return the cells that a text names."""
    return {tuple(map(int, found.split(","))) for found in re.findall(r"\((\d(?:,\d)+)\)", text)}


def counted(number: int) -> str:
    """Return a number of voxels in words."""
    return f"{number} voxel{'s' * (number != 1)}"


def _denied(step: str, right: bool) -> list[str]:
    return [] if right else [f"not so, or not understood: {step!r}"]


def _layer(state: State, z: int) -> set[Spot]:
    return {cell for cell in voxels(state) if cell[2] == z}


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    problems: list[str] = []
    sizes = [len(_layer(state, z)) for z in (1, 2, 3)]
    for z, step in zip((1, 2, 3), steps, strict=False):
        form = step.startswith(f"Layer z={z}: ") and step.endswith(f", that is {counted(sizes[z - 1])}.")
        problems += _denied(step, form and spots(step) == _layer(state, z))
    total = rf"{' [+] '.join(map(str, sizes))} = {sum(sizes)} voxels? in all\."
    return problems + _denied(steps[-1], len(steps) == 4 and re.fullmatch(total, steps[-1]) is not None)


def _position_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    problems: list[str] = []
    for z, step in zip((1, 2, 3), steps[1:4], strict=True):
        problems += _denied(step, step.startswith(f"Layer z={z} holds ") and spots(step) == _layer(state, z))
    for letter, (x, y, z), step in zip("ABCDEFGH", params["options"], steps[4:], strict=False):
        holds = "holds a voxel" if (x, y, z) in voxels(state) else "is empty"
        right = f"Option {letter}, ({x},{y},{z}): in layer z={z} the cell at x={x}, y={y} {holds}."
        problems += _denied(step, step == right)
    return problems + _denied("an option is missing", len(steps) == 4 + len(params["options"]))


def _match_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    problems = _denied("a view is missing", len(steps) == len(NAMES))
    for view, step in zip(NAMES, steps, strict=False):
        told = re.fullmatch(
            rf"The ({VIEW}) of the structure is dark at (.*), its target at (.*)\. Missing: (.*); surplus: (.*)\. "
            r"So this view (matches|does not match)\.",
            step,
        )
        own, goal = shadow(voxels(state), view), target(state, view)
        right = (NAMES[view], [own, goal, goal - own, own - goal], "matches" if own == goal else "does not match")
        problems += _denied(step, bool(told) and (told[1], list(map(spots, told.group(2, 3, 4, 5))), told[6]) == right)
    return problems


def _outcome_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    view, cells = params["view"], set(voxels(state))
    before = f"Before, the {NAMES[view]} of the structure is dark at "
    problems = _denied(steps[0], steps[0].startswith(before) and spots(steps[0]) == shadow(cells, view))
    for (x, y, z), step in zip(params["added"], steps[1:], strict=False):
        across = y if view == "yz" else x
        ends = "is dark already" if (across, z) in shadow(cells, view) else "becomes dark"
        cells.add((x, y, z))
        problems += _denied(
            step, step == f"The voxel ({x},{y},{z}) falls on ({across},{z}) of this view, which {ends}."
        )
    rows = matrix(cells, view)
    told = [f"Row z={z}: {', '.join(map(str, row))}." for z, row in zip((3, 2, 1), rows, strict=True)]
    last = steps[1 + len(params["added"]) :]
    return problems + _denied(" ".join(last), list(last) == [*told, f"From top to bottom: {rows}."])


def _start(state: State, view: str, step: str) -> bool:
    """Tell whether a step says rightly where a view is dark now and where it is still to be."""
    told = re.fullmatch(rf"The ({VIEW}) of the structure is dark at (.*); in its target dark as well: (.*)\.", step)
    own = shadow(voxels(state), view)
    right = (NAMES[view], own, target(state, view) - own)
    return bool(told) and (told[1], spots(told[2]), spots(told[3])) == right


def _path_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    views, most = goals(params["goal"]), state.to_json()["remaining_voxels"]
    problems = _denied(steps[0], f"as many voxels as may still be added, which is {most}, " in steps[0])
    for view, step in zip(views, steps[1:], strict=False):
        problems += _denied(step, _start(state, view, step))
    told = steps[1 + len(views) :]
    problems += _denied("an option is missing", len(told) == len(params["options"]))
    for letter, option, step in zip("ABCDEFGH", params["options"], told, strict=False):
        problems += _denied(step, _option(state, views, most, (letter, set(map(tuple, option))), step))
    return problems


def _option(state: State, views: list[str], most: int, option: tuple[str, set[Spot]], step: str) -> bool:
    """Tell whether a step judges an option rightly in each of its points."""
    (letter, added), structure = option, voxels(state)
    head, *ends = step.removesuffix(".").split("; ")
    budget = f"{'within' if len(added) <= most else 'over'} the budget of {most}"
    named, _, size = head.removeprefix(f"Option {letter}").rpartition(": ")
    loose = added - joined(structure, added)
    joins = ends[0] == "all can be joined on" if not loose else ends[0].endswith(" cannot be joined on")
    # Long sets are not written out again.
    if (
        not step.startswith(f"Option {letter}")
        or (named and spots(named) != added)
        or size != f"{counted(len(added))}, {budget}"
        or not joins
        or spots(ends[0]) != loose
    ):
        return False
    return len(ends) == 1 + len(views) and all(map(_verdict, [state] * 2, views, [structure | added] * 2, ends[1:]))


def _verdict(state: State, view: str, cells: frozenset[Spot], text: str) -> bool:
    """Tell whether a text says rightly what a view lacks and has too many."""
    told = re.fullmatch(
        rf"the ({VIEW})(?: equals its target|(?: lacks ([^a-z]*))?(?: and)?(?: has (.*) too many)?)", text
    )
    own, goal = shadow(cells, view), target(state, view)
    right = (NAMES[view], goal - own, own - goal, own == goal)
    return bool(told) and (told[1], spots(told[2] or ""), spots(told[3] or ""), "equals" in text) == right


def _least_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    structure, free = voxels(state), allowed(state)
    missing = {view: target(state, view) - shadow(structure, view) for view in NAMES}
    both = {cell for cell in free if all(shadow([cell], view) <= missing[view] for view in NAMES)}
    bound, answer = max(map(len, missing.values())), least(state)
    problems = [
        problem
        for view, step in zip(NAMES, steps, strict=False)
        for problem in _denied(step, _start(state, view, step))
    ]
    right = f"One voxel darkens at most one missing cell of each view, so at least {counted(bound)} must be added."
    problems += _denied(steps[2], steps[2] == right)
    keep = re.search(r"that keep to this are (.*)\. Those .* both views at once: (.*)\.", steps[3])
    problems += _denied(steps[3], bool(keep) and (spots(keep[1]), spots(keep[2])) == (set(free), both))
    tried = steps[4:-2]
    problems += _denied("a number is left out", len(tried) == answer - bound)
    for size, step in enumerate(tried, bound):
        problems += _denied(step, _in_vain(state, size, step))
    problems += _denied(steps[-2], _witness(state, answer, steps[-2]))
    return problems + _denied(steps[-1], steps[-1] == f"So the smallest number is {answer}.")


def _in_vain(state: State, size: int, step: str) -> bool:
    """Tell whether a step says rightly which choices of so many cells darken all that is missing."""
    structure, head = voxels(state), f"With {counted(size)}: "
    found = [set(one) for one in combinations(allowed(state), size) if fits(state, structure | set(one), NAMES)]
    if not found:
        return step == f"{head}no choice among these cells darkens all missing cells."
    told = re.fullmatch(
        r"(?:the only choices? that darkens? all missing cells: |(\d+) choices among these cells darken all missing "
        r"cells, for example )([^a-z]*); (?:but )?in (?:it|each of them|every one of them) some voxel is not joined to "
        r"the structure\.",
        step.removeprefix(head),
    )
    if not told or any(joined(structure, one) == one for one in found):
        return False
    named = list(map(spots, told[2].split("; ")))
    return all(one in found for one in named) and len(found) == int(told[1] or len(named))


def _witness(state: State, size: int, step: str) -> bool:
    """Tell whether a step adds so many voxels by the rules and meets both targets."""
    head, tail = f"With {counted(size)}: ", ". Both views then equal their targets."
    cells = set(voxels(state))
    parts = step.removeprefix(head).removesuffix(tail).split("; then ")
    for part in parts:
        told = re.fullmatch(r"\((\d),(\d),(\d)\) next to \((\d),(\d),(\d)\)", part)
        if not told:
            return False
        numbers = tuple(map(int, told.groups()))
        new, held = numbers[:3], numbers[3:]
        if new in cells or held not in cells or not touch(new, held):
            return False
        cells.add(new)
    return step.startswith(head) and step.endswith(tail) and len(parts) == size and fits(state, cells, NAMES)


CHECKS = Checks[State](
    answers={
        "count_voxels": _count_voxels,
        "voxel_position": _voxel_position,
        "projection_match": _projection_match,
        "action_outcome": _action_outcome,
        "transition_path": _transition_path,
        "min_added_voxels": _min_added_voxels,
    },
    steps={
        "count_voxels": _count_steps,
        "voxel_position": _position_steps,
        "projection_match": _match_steps,
        "action_outcome": _outcome_steps,
        "transition_path": _path_steps,
        "min_added_voxels": _least_steps,
    },
)
