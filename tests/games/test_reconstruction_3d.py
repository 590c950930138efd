import re
from collections import Counter, deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageChops

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.reconstruction_3d import GAME, Reconstruction3DParams, render, rules
from gameqa.games.reconstruction_3d.generate import generate, perturb
from gameqa.games.reconstruction_3d.state import State

Cell = tuple[int, int, int]
EVERY = sorted(product((1, 2, 3), repeat=3))

EXAMPLE_JSON = {
    "voxel_positions": [[2, 2, 1], [2, 2, 2]],
    "target_yz_projection": [[1, 1, 0], [0, 1, 0], [0, 0, 0]],
    "target_xz_projection": [[0, 1, 1], [0, 1, 0], [0, 0, 0]],
    "remaining_voxels": 3,
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
LEVELS = [level.value for level in Level]


# A second set of rules, on sets of cells


def shadows(voxels: Iterable[Cell]) -> dict[str, set[tuple[int, int]]]:
    return {"yz": {(y, z) for _, y, z in voxels}, "xz": {(x, z) for x, _, z in voxels}}


def is_joined(voxels: set[Cell]) -> bool:
    queue = deque(list(voxels)[:1])
    seen = set(queue)
    while queue:
        x, y, z = queue.popleft()
        for near in ((x - 1, y, z), (x + 1, y, z), (x, y - 1, z), (x, y + 1, z), (x, y, z - 1), (x, y, z + 1)):
            if near in voxels and near not in seen:
                seen.add(near)
                queue.append(near)
    return len(seen) == len(voxels)


def targets(state: dict[str, Any]) -> dict[str, set[tuple[int, int]]]:
    return {
        view: {(c + 1, r + 1) for r, row in enumerate(state[f"target_{view}_projection"]) for c in range(3) if row[c]}
        for view in ("yz", "xz")
    }


def fits(voxels: set[Cell], state: dict[str, Any], goal: str = "both") -> bool:
    seen, wanted = shadows(voxels), targets(state)
    return all(seen[view] == wanted[view] for view in ("yz", "xz") if goal in ("both", view))


def shown(state: dict[str, Any]) -> set[Cell]:
    return set(map(tuple, state["voxel_positions"]))


def solutions(state: dict[str, Any], count: int, goal: str = "both") -> set[frozenset[Cell]]:
    """Every legal addition of `count` voxels that reaches the goal, among all subsets of all empty cells."""
    voxels = shown(state)
    empty = [cell for cell in EVERY if cell not in voxels]
    return {
        frozenset(added)
        for added in combinations(empty, count)
        if fits(voxels | set(added), state, goal) and is_joined(voxels | set(added))
    }


def brute_least(state: dict[str, Any]) -> int:
    return next(count for count in range(28) if solutions(state, count))


@lru_cache
def samples(task: str, level: str, count: int = 300) -> list[tuple[Sample, dict[str, Any], dict[str, Any]]]:
    made = [gameqa.sample("reconstruction_3d", task, level, index=index) for index in range(count)]
    return [(one, msgspec.json.decode(one.state), msgspec.json.decode(one.params)) for one in made]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


# Rules


@given(st.sets(st.sampled_from(EVERY), min_size=1))
def test_views_connection_and_neighbours_agree_with_their_definitions(voxels: set[Cell]) -> None:
    mask = rules.mask(voxels)
    assert rules.cells(mask) == sorted(voxels)
    seen = rules.views(mask)
    for view, shift in (("yz", 0), ("xz", 9)):
        dark = {(n % 3 + 1, n // 3 + 1) for n in range(9) if seen >> shift >> n & 1}
        assert dark == shadows(voxels)[view]
    assert rules.connected(mask) == is_joined(voxels)
    apart = {cell: [sorted(abs(a - b) for a, b in zip(cell, v, strict=True)) for v in voxels] for cell in EVERY}
    empty = [cell for cell in EVERY if cell not in voxels]
    assert rules.cells(rules.touching(mask)) == [cell for cell in empty if [0, 0, 1] in apart[cell]]
    beside = [cell for cell in empty if [0, 0, 1] in apart[cell] or [0, 1, 1] in apart[cell]]
    assert rules.cells(rules.near(mask)) == beside


@pytest.mark.parametrize("level", LEVELS)
def test_the_minimum_and_all_its_sets_agree_with_brute_force(level: str) -> None:
    for sample, state, _ in samples("min_added_voxels", level)[:12]:
        least = int(sample.answer)
        assert all(not solutions(state, count) for count in range(least))
        read = State.from_json(state)
        found = [
            frozenset(rules.cells(a)) for a in rules.completions(read.voxels, read.target, rules.GOALS["both"], least)
        ]
        assert len(found) == len(set(found))
        assert set(found) == solutions(state, least) != set()


@pytest.mark.parametrize("goal", ["yz", "xz"])
def test_the_smallest_sets_for_one_view_agree_with_brute_force(goal: rules.View) -> None:
    tried = 0
    for _, state, params in samples("transition_path", "Medium"):
        if params["goal"] != goal or tried == 8:
            continue
        tried += 1
        read = State.from_json(state)
        least = rules.least(read.voxels, read.target, rules.GOALS[goal], read.remaining)
        assert least is not None
        found = {
            frozenset(rules.cells(a)) for a in rules.completions(read.voxels, read.target, rules.GOALS[goal], least)
        }
        assert found == solutions(state, least, goal)
        assert all(not solutions(state, count, goal) for count in range(least))
    assert tried == 8


def test_a_voxel_may_hang_on_one_that_comes_later_in_order() -> None:
    """z=1 seen from above, # shown:   y=1  . . #     Both targets want the whole row; (1,1,1) hangs on (2,1,1)."""
    row = [[1, 1, 1], [0, 0, 0], [0, 0, 0]]
    corner = [[1, 0, 0], [0, 0, 0], [0, 0, 0]]
    state = {
        "voxel_positions": [[3, 1, 1]],
        "target_yz_projection": corner,
        "target_xz_projection": row,
        "remaining_voxels": 2,
    }
    assert solve("min_added_voxels", {}, State.from_json(state)) == 2
    right = GAME.task("transition_path").is_right(State.from_json(state), {"goal": "both"}, [[1, 1, 1], [2, 1, 1]])
    assert right


def test_targets_out_of_reach_are_refused() -> None:
    with pytest.raises(ValueError, match="no 1 voxels make the views equal"):
        solve("min_added_voxels", {}, State.from_json({**EXAMPLE_JSON, "remaining_voxels": 1}))
    strayed = {**EXAMPLE_JSON, "voxel_positions": [[2, 2, 1], [2, 3, 1]]}
    with pytest.raises(ValueError, match="make the views equal"):
        solve("transition_path", {"goal": "yz"}, State.from_json(strayed))


# The example of the rules


def test_worked_examples() -> None:
    assert solve("count_voxels", {}) == 2
    position = GAME.task("voxel_position")
    options = [[1, 2, 2], [3, 1, 2], [2, 2, 1], [3, 2, 1], [1, 1, 3], [2, 3, 2]]
    assert [position.is_right(EXAMPLE, {}, cell) for cell in options] == [False, False, True, False, False, False]
    assert solve("projection_match", {}) == "neither"
    added = {"added": [[2, 3, 1], [3, 2, 1]], "view": "yz"}
    assert solve("action_outcome", added) == [[0, 0, 0], [0, 1, 0], [0, 1, 1]]
    path = GAME.task("transition_path")
    options = [[[1, 2, 1], [3, 2, 1]], [[2, 1, 1], [3, 2, 1]], [[3, 1, 1]]]
    assert [path.is_right(EXAMPLE, {"goal": "both"}, value) for value in options] == [False, True, False]
    assert path.option_text(EXAMPLE, options[0]) == "(1,2,1), (3,2,1)"
    assert solve("min_added_voxels", {}) == 2


def test_the_text_view_of_the_example() -> None:
    assert render.describe(EXAMPLE) == (
        "3D RECONSTRUCTION STATE\n"
        "Voxels (x,y,z): (2,2,1) (2,2,2)\n"
        "Voxels left to add: 3\n"
        "Target front view (Y-Z), top row z=3 first, columns y=1..3:\n"
        "z=3: 0 0 0\nz=2: 0 1 0\nz=1: 1 1 0\n"
        "Target side view (X-Z), top row z=3 first, columns x=1..3:\n"
        "z=3: 0 0 0\nz=2: 0 1 0\nz=1: 0 1 1"
    )
    maps = GAME.task("count_voxels").text_view(EXAMPLE, {})
    assert maps is not None
    assert "(2,2,1)" not in maps
    assert "z=1 (rows y=1..3, columns x=1..3)\ny=1: . . .\ny=2: . # .\ny=3: . . .\nz=2" in maps
    assert str(EXAMPLE) == "z=3  ... ... ...   000  000\nz=2  ... .#. ...   010  010\nz=1  ... .#. ...   110  011"


# Boards


def boards(level: Level, count: int, **wishes: Any) -> list[State]:
    plan = msgspec.structs.replace(GAME.levels[level], **wishes)
    made = [generate(Random(seed), plan, lambda _: True) for seed in range(count)]
    return [state for state in made if state is not None]


@pytest.mark.parametrize("level", list(Level))
def test_partial_boards_keep_their_promises(level: Level) -> None:
    low, high, most_taken = {"Easy": (1, 4, 3), "Medium": (2, 8, 4), "Hard": (5, 12, 6)}[level]
    slack, minima = Counter[int](), Counter[int]()
    made = boards(level, 900)
    assert len(made) == 900
    for state in made:
        least = rules.least(state.voxels, state.target, rules.GOALS["both"], state.remaining)
        assert least is not None
        assert 1 <= least <= min(5, most_taken)
        assert low <= len(state.cells) <= high
        slack[state.remaining - least] += 1
        minima[least] += 1
    assert set(slack) == {0, 1, 2}
    assert all(abs(number - 300) < 50 for number in slack.values())
    assert max(minima.values()) <= 0.46 * 900
    assert set(minima) == set(range(1, min(5, most_taken) + 1))


@pytest.mark.parametrize("level", list(Level))
def test_full_and_strayed_boards(level: Level) -> None:
    low, high = {"Easy": (3, 5), "Medium": (6, 10), "Hard": (11, 15)}[level]
    full = boards(level, 300, kind="full")
    assert all(fits(set(state.cells), state.to_json()) for state in full)
    assert {len(state.cells) for state in full} == set(range(low, high + 1))
    strayed = boards(level, 300, kind="strayed")
    surplus = [bool(rules.gap(state.voxels, state.target, rules.GOALS["both"])[1]) for state in strayed]
    assert 0.3 < sum(surplus) / 300 < 0.95
    for made in (full, strayed):
        budgets = Counter(state.remaining for state in made)
        assert set(budgets) == {1, 2, 3, 4, 5}
        assert all(abs(number - 60) < 24 for number in budgets.values())


def test_mirrored_boards_are_mirror_images() -> None:
    """A refused board comes back mirrored, its targets with it."""
    seen: list[State] = []
    plan = msgspec.structs.replace(GAME.levels[Level.HARD], kind="full")

    def refuse(state: State) -> bool:
        seen.append(state)
        return len(seen) == 20

    assert generate(Random(3), plan, refuse) is not None
    first = seen[0].cells
    images = {
        tuple(sorted((4 - x if a else x, 4 - y if b else y, z) for x, y, z in first)) for a in (0, 1) for b in (0, 1)
    }
    assert {tuple(state.cells) for state in seen} == images
    assert all(fits(set(state.cells), state.to_json()) for state in seen)


def test_perturbed_boards_are_legal_and_differ_in_one_thing() -> None:
    state, kinds = boards(Level.MEDIUM, 1)[0], Counter[str]()
    for seed in range(200):
        other = perturb(state, Random(seed))
        assert State.from_json(other.to_json()) == other
        before, after = state.to_json(), other.to_json()
        changed = [key for key in before if before[key] != after[key]]
        assert len(changed) == 1
        if changed == ["voxel_positions"]:
            assert len(shown(before) ^ shown(after)) == 1
        kinds[changed[0]] += 1
    assert set(kinds) == set(EXAMPLE_JSON)
    assert perturb(State(1, 0, 0), Random(2)).voxels != 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"voxel_positions": []}, "length >= 1"),
        ({"voxel_positions": [[2, 2, 2], [2, 2, 1]]}, "sorted"),
        ({"voxel_positions": [[2, 2, 1], [2, 2, 1]]}, "without repeats"),
        ({"voxel_positions": [[1, 1, 1], [2, 2, 1]]}, "connected"),
        ({"voxel_positions": [[0, 2, 1]]}, ">= 1"),
        ({"voxel_positions": [[2, 2, 4]]}, "<= 3"),
        ({"target_yz_projection": [[1, 1, 0], [0, 1, 0]]}, "length 3"),
        ({"target_xz_projection": [[2, 1, 0], [0, 1, 0], [0, 0, 0]]}, "Invalid enum value 2"),
        ({"remaining_voxels": -1}, ">= 0"),
        ({"remaining_voxels": "3"}, "Expected `int`"),
        ({"caption": "complete"}, "unknown field"),
    ],
)
def test_bad_states_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        State.from_json({**EXAMPLE_JSON, **change})


def test_bad_parameters_are_refused_and_own_ones_work() -> None:
    for size, taken in (((5, 3), (1, 2)), ((2, 8), (2, 4)), ((3, 21), (1, 2))):
        bad = {"size": size, "taken": taken}
        with pytest.raises(gameqa.UsageError):
            gameqa.sample("reconstruction_3d", "count_voxels", bad)
    own = Reconstruction3DParams(size=(16, 18), taken=(4, 6))
    for task in GAME.tasks:
        assert gameqa.sample("reconstruction_3d", task.slug, own).plot_level == "Custom"


# Questions


def option(sample: Sample) -> int:
    return "ABCDEFGH".index(sample.answer)


@pytest.mark.parametrize("level", LEVELS)
def test_counting(level: str) -> None:
    for sample, state, _ in samples("count_voxels", level):
        assert sample.answer == str(len(state["voxel_positions"]))
        assert "Voxels (x,y,z)" not in sample.text_question
    most = Counter(sample.answer for sample, _, _ in samples("count_voxels", level)).most_common(1)[0][1]
    assert most <= 0.4 * 300


@pytest.mark.parametrize("level", LEVELS)
def test_positions(level: str) -> None:
    for sample, state, params in samples("voxel_position", level):
        voxels, options = shown(state), [tuple(cell) for cell in params["options"]]
        assert len(set(options)) == 6
        assert [cell in voxels for cell in options] == [i == option(sample) for i in range(6)]
        empty = [cell for cell in options if cell not in voxels]
        beside = rules.cells(rules.near(rules.mask(voxels)))
        assert sum(cell in beside for cell in empty) >= 3


@pytest.mark.parametrize("level", LEVELS)
def test_positions_do_not_give_the_voxel_away(level: str) -> None:
    def apart(cell: Cell, options: list[Cell]) -> int:
        return sum(abs(a - b) for other in options for a, b in zip(cell, other, strict=True))

    tricks: dict[str, Callable[[Cell, list[Cell]], float]] = {
        "central": lambda cell, options: -apart(cell, options),
        "outlying": apart,
        "low": lambda cell, _: -cell[2],
        "high": lambda cell, _: cell[2],
        "middle": lambda cell, _: cell.count(2),
        "low and middle": lambda cell, _: cell[:2].count(2) - 2 * cell[2],
    }
    made = [([*map(tuple, params["options"])], option(one)) for one, _, params in samples("voxel_position", level)]
    for name, rate in blind_rates(made, tricks).items():
        assert rate <= 1 / 6 + 0.12, name
    assert max(Counter(right for _, right in made).values()) <= 300 * (1 / 6 + 0.07)


def blind_rates(
    made: list[tuple[list[Any], int]], tricks: dict[str, Callable[[Any, list[Any]], float]]
) -> dict[str, float]:
    """How often the option with the highest mark is right; several highest ones share."""
    rates: dict[str, float] = {}
    for name, mark in tricks.items():
        hits = 0.0
        for options, right in made:
            marks = [mark(one, options) for one in options]
            best = [i for i, value in enumerate(marks) if value == max(marks)]
            hits += (right in best) / len(best)
        rates[name] = hits / len(made)
    return rates


@pytest.mark.parametrize("level", LEVELS)
def test_matches_are_balanced_and_true(level: str) -> None:
    counts, by_budget = Counter[str](), dict[int, Counter[str]]()
    for sample, state, params in samples("projection_match", level):
        assert sorted(params["options"]) == ["both", "neither", "xz_only", "yz_only"]
        front, side = (fits(shown(state), state, goal) for goal in ("yz", "xz"))
        value = params["options"][option(sample)]
        assert value == {(0, 0): "neither", (1, 0): "yz_only", (0, 1): "xz_only", (1, 1): "both"}[front, side]
        counts[value] += 1
        by_budget.setdefault(state["remaining_voxels"], Counter())[value] += 1
    assert all(abs(number - 75) < 24 for number in counts.values())
    assert sum(max(seen.values()) for seen in by_budget.values()) <= 0.42 * 300


@pytest.mark.parametrize("level", LEVELS)
def test_outcomes(level: str) -> None:
    counts = Counter[str]()
    for sample, state, params in samples("action_outcome", level):
        voxels, added, view = shown(state), [tuple(cell) for cell in params["added"]], params["view"]
        assert 1 <= len(added) <= min(3, state["remaining_voxels"])
        assert added == sorted(set(added))
        assert not voxels & set(added)
        assert is_joined(voxels | set(added))
        dark = shadows(voxels | set(added))[view]
        rows = [[int((c, z) in dark) for c in (1, 2, 3)] for z in (3, 2, 1)]
        assert sample.answer == str(rows)
        counts["changed"] += dark != shadows(voxels)[view]
        counts["on target"] += dark == targets(state)[view]
        counts[view] += 1
    assert 210 <= counts["changed"] < 285
    assert counts["on target"] <= 60
    assert abs(counts["yz"] - 150) < 30


@given(st.sets(st.sampled_from(EVERY), min_size=1, max_size=4), st.sampled_from(["both", "yz", "xz"]))
def test_any_set_is_judged_by_the_rules(added: set[Cell], goal: str) -> None:
    voxels = shown(EXAMPLE_JSON)
    right = (
        not added & voxels
        and len(added) <= 3
        and is_joined(voxels | added)
        and fits(voxels | added, EXAMPLE_JSON, goal)
    )
    value = [list(cell) for cell in sorted(added)]
    assert GAME.task("transition_path").is_right(EXAMPLE, {"goal": goal}, value) == right


@pytest.mark.parametrize("level", LEVELS)
def test_paths(level: str) -> None:
    goals, whole = Counter[str](), 0
    larger = 0
    for sample, state, params in samples("transition_path", level):
        voxels, goal, budget = shown(state), params["goal"], state["remaining_voxels"]
        sets = [[tuple(cell) for cell in value] for value in params["options"]]
        goals[goal] += 1
        assert not fits(voxels, state, goal)
        kinds = Counter[str]()
        for number, cells in enumerate(sets):
            assert cells == sorted(set(cells))
            assert not voxels & set(cells)
            assert 1 <= len(cells) <= budget + 2
            joined, fit = is_joined(voxels | set(cells)), fits(voxels | set(cells), state, goal)
            off = sum(
                len(shadows(voxels | set(cells))[view] ^ targets(state)[view])
                for view in ("yz", "xz")
                if goal in ("both", view)
            )
            assert off <= 2
            right = joined and fit and len(cells) <= budget
            assert right == (number == option(sample))
            kinds["right" if right else "over" if len(cells) > budget else "near" if joined else "loose"] += 1
        assert len({frozenset(cells) for cells in sets}) == 8
        size = len(sets[option(sample)])
        assert sum(len(cells) == size for cells in sets) >= 3
        whole += kinds == {"right": 1, "over": 2, "loose": 2, "near": 3}
        read = State.from_json(state)
        larger += size > (rules.least(read.voxels, read.target, rules.GOALS[goal], budget) or 0)
    assert abs(goals["both"] - 150) < 30
    assert abs(goals["yz"] - 75) < 30
    assert whole >= 0.85 * 300
    assert 0.2 * 300 <= larger <= 0.7 * 300


def test_unconnected_and_oversized_sets_that_match_are_offered_where_there_are_any() -> None:
    found = Counter[tuple[str, bool]]()
    for _, state, params in samples("transition_path", "Easy"):
        voxels, goal, budget = shown(state), params["goal"], state["remaining_voxels"]
        if budget > 2:
            continue
        empty = [cell for cell in EVERY if cell not in voxels]
        for kind, counts, joined in (("loose", range(1, budget + 1), False), ("over", [budget + 1], True)):
            exists = any(
                fits(voxels | set(added), state, goal) and is_joined(voxels | set(added)) == joined
                for count in counts
                for added in combinations(empty, count)
            )
            offered = any(
                len(value) in counts
                and fits(voxels | set(map(tuple, value)), state, goal)
                and is_joined(voxels | set(map(tuple, value))) == joined
                for value in params["options"]
            )
            # A set over the budget may also be so by two cells.
            two_over = any(len(value) == budget + 2 for value in params["options"]) and kind == "over"
            assert offered or two_over or not exists
            found[kind, exists] += 1
    assert min(found.values()) > 10
    assert len(found) == 4


@pytest.mark.parametrize("level", LEVELS)
def test_paths_do_not_give_the_right_set_away(level: str) -> None:
    def like(one: frozenset[Cell], sets: list[frozenset[Cell]]) -> float:
        return sum(len(one & other) / len(one | other) for other in sets)

    def common(one: frozenset[Cell], sets: list[frozenset[Cell]]) -> float:
        return sum(cell in other for other in sets for cell in one) / len(one)

    tricks: dict[str, Callable[[frozenset[Cell], list[frozenset[Cell]]], float]] = {
        "most alike": like,
        "least alike": lambda one, sets: -like(one, sets),
        "most common cells": common,
        "contains most": lambda one, sets: sum(other < one for other in sets),
        "contained most": lambda one, sets: sum(other > one for other in sets),
        "shortest": lambda one, _: -len(one),
        "longest": lambda one, _: len(one),
        "usual length": lambda one, sets: sum(len(other) == len(one) for other in sets),
        "in one piece": lambda one, _: is_joined(set(one)),
    }
    made = [
        ([frozenset(map(tuple, value)) for value in params["options"]], option(sample))
        for sample, _, params in samples("transition_path", level)
    ]
    for name, rate in blind_rates(made, tricks).items():
        assert rate <= 0.31, name
    near = {"most others a cell or two away": lambda one, sets: sum(len(one ^ other) <= 2 for other in sets)}
    assert max(blind_rates(made, near).values()) <= 0.4
    assert max(Counter(right for _, right in made).values()) <= 300 * (1 / 8 + 0.07)


@pytest.mark.parametrize("level", LEVELS)
def test_verdicts_on_paths_are_true(level: str) -> None:
    for sample, state, params in samples("transition_path", level)[:60]:
        said = re.findall(
            r"Option [A-H](?:, (.*?))?: (\d+) voxels?, (within|over) the budget of (\d+); (.*)", sample.analysis
        )
        assert len(said) == 8
        for value, (text, number, budget, most, rest) in zip(params["options"], said, strict=True):
            cells = set(map(tuple, value))
            after = shown(state) | cells
            # Long options are discussed by their letter alone.
            assert text in ("", ", ".join(f"({x},{y},{z})" for x, y, z in value))
            assert (int(number), int(most)) == (len(cells), state["remaining_voxels"])
            assert (budget == "within") == (len(cells) <= state["remaining_voxels"])
            assert ("all can be joined on" in rest) == is_joined(after)
            for view, name in (("yz", "front view (Y-Z)"), ("xz", "side view (X-Z)")):
                if params["goal"] in ("both", view):
                    assert (f"{name} equals its target" in rest) == fits(after, state, view)


@pytest.mark.parametrize("level", LEVELS)
def test_minima_are_spread_and_their_witness_is_legal(level: str) -> None:
    answers, by_budget = Counter[str](), dict[int, Counter[str]]()
    for sample, state, _ in samples("min_added_voxels", level):
        answers[sample.answer] += 1
        by_budget.setdefault(state["remaining_voxels"], Counter())[sample.answer] += 1
        voxels = shown(state)
        moves = re.findall(r"\((\d),(\d),(\d)\) next to \((\d),(\d),(\d)\)", sample.analysis)
        assert len(moves) == int(sample.answer) <= state["remaining_voxels"]
        for move in moves:
            new, old = tuple(map(int, move[:3])), tuple(map(int, move[3:]))
            assert old in voxels
            assert new not in voxels
            assert sum(abs(a - b) for a, b in zip(new, old, strict=True)) == 1
            voxels.add((new[0], new[1], new[2]))
        assert fits(voxels, state)
    assert set(answers) == set("12345"[: {"Easy": 3, "Medium": 4, "Hard": 5}[level]])
    assert max(answers.values()) <= 0.45 * 300
    guessed = sum(max(seen.values()) for seen in by_budget.values()) / 300
    assert guessed <= 0.65


# Picture


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_cell_can_be_read_from_the_layers_and_every_target_cell_from_its_silhouette(scale: float) -> None:
    style = Style(scale)
    for state in [EXAMPLE, *boards(Level.HARD, 12), *boards(Level.HARD, 6, kind="full")]:
        picture = render.draw(state, style).convert("RGB")
        for x, y, z in EVERY:
            across, down = render._layer(style, z - 1).project(x - 0.6, y - 0.6, 1)
            filled = picture.getpixel((int(across), int(down))) == (0x17, 0xCF, 0xCF)
            assert filled == ((x, y, z) in state.cells)
        for grid, view in zip(render._targets(style), ("yz", "xz"), strict=True):
            for column, height in product((1, 2, 3), repeat=2):
                across, down = grid.center(3 - height, column - 1)
                dark = picture.getpixel((int(across), int(down))) == (0x08, 0x30, 0x6B)
                assert dark == ((column, height) in targets(state.to_json())[view])


def test_the_budget_stands_in_its_box_and_nowhere_else() -> None:
    other = State(EXAMPLE.voxels, EXAMPLE.target, 4)
    pictures = [render.draw(state, Style()).convert("RGB") for state in (EXAMPLE, other)]
    left, top, right, bottom = ImageChops.difference(*pictures).getbbox()
    box = render.NOTE
    assert box[0] < left < right < box[2]
    assert box[1] < top < bottom < box[3]
