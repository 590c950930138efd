import copy
import json
from collections import Counter
from functools import cache
from itertools import combinations, pairwise, permutations
from math import cos, radians, sin
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style, visible_faces
from gameqa.games.maze_3d import GAME, Maze3dParams
from gameqa.games.maze_3d.rules import Cell
from gameqa.games.maze_3d.state import State
from gameqa.games.maze_3d.view import legible, lens

TASKS = ("path_finding", "sequence_finding", "height_comparison", "main_path")
COUNT = 200
STEPS = {(-1, 0, 0): "right-forward", (0, -1, 0): "left-forward", (0, 0, 3): "up"}


def cell(x: int, y: int, z: int) -> dict[str, int]:
    return {"x": x, "y": y, "z": z}


EXAMPLE = {
    "grid_size": cell(8, 8, 7),
    "start_pos": cell(7, 7, 0),
    "goal_pos": cell(5, 5, 3),
    "cubes": [
        *(cell(7, y, 0) for y in (5, 6, 7)),
        *(cell(5, y, 3) for y in (5, 6, 7)),
        cell(6, 7, 3),
        cell(7, 7, 3),
    ],
    "ladders": [{"base_pos": cell(7, 7, 0), "height": 3}],
    "numbered_markers": [
        {"label": 1, "pos": cell(5, 7, 3)},
        {"label": 2, "pos": cell(7, 6, 0)},
        {"label": 3, "pos": cell(7, 7, 3)},
    ],
}


def read(*floors: str, numbers: dict[int, Cell], size: Cell = (8, 8, 7)) -> State:
    """Read floors from the lowest up: the near corner of the grid is at the lower right, rows are x, columns y.

    S is the start, G the goal, # another cube; ^ behind a cube is the foot of a ladder.
    """
    cubes, ladders, ends = [], [], {}
    for level, floor in enumerate(floors):
        rows = [line.split() for line in floor.strip().splitlines()]
        for up, row in enumerate(reversed(rows)):
            for left, mark in enumerate(reversed(row)):
                at = cell(size[0] - 1 - up, size[1] - 1 - left, 3 * level)
                if mark[0] != ".":
                    cubes.append(at)
                    ends[mark[0]] = at
                if mark[-1] == "^":
                    ladders.append({"base_pos": at, "height": 3})

    def order(at: dict[str, int]) -> Cell:
        return at["z"], at["y"], at["x"]

    return State.from_json(
        {
            "grid_size": cell(*size),
            "start_pos": ends["S"],
            "goal_pos": ends["G"],
            "cubes": sorted(cubes, key=order),
            "ladders": sorted(ladders, key=lambda ladder: order(ladder["base_pos"])),
            "numbered_markers": [{"label": n, "pos": cell(*numbers[n])} for n in sorted(numbers)],
        }
    )


@cache
def samples(task: str, level: str) -> list[Sample]:
    return [gameqa.sample("maze_3d", task, level, index=index) for index in range(COUNT)]


def read_sample(sample: Sample) -> tuple[State, list[Any], Any]:
    """The state, the option values and the right one."""
    options = json.loads(sample.params)["options"]
    return State.from_json(json.loads(sample.state)), options, options[ord(sample.answer) - ord("A")]


def links(state: State) -> dict[Cell, set[Cell]]:
    """A second graph: every pair of cubes is looked at."""
    near: dict[Cell, set[Cell]] = {one: set() for one in state.cubes}
    for one, other in permutations(state.cubes, 2):
        (x, y, z), (a, b, c) = one, other
        if (z == c and abs(x - a) + abs(y - b) == 1) or (c - z == 3 and (x, y) == (a, b) and one in state.ladders):
            near[one].add(other)
            near[other].add(one)
    return near


def paths(near: dict[Cell, set[Cell]], one: Cell, other: Cell, walk: tuple[Cell, ...] = ()) -> list[tuple[Cell, ...]]:
    """Every walk without repetition between two cubes."""
    walk = (*walk, one)
    if one == other:
        return [walk]
    return [path for step in sorted(near[one] - set(walk)) for path in paths(near, step, other, walk)]


def solve(task: str, state: State) -> Any:
    return GAME.task(task).solve(state, {}).value


def within(share: float, count: float, total: int) -> bool:
    return abs(count / total - share) < 3 * (share * (1 - share) / total) ** 0.5


def test_example_of_the_format() -> None:
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert solve("height_comparison", state) == [[2], [1, 3]]
    assert solve("main_path", state) == [1, 3]
    assert GAME.task("height_comparison").option_text(state, [[2], [1, 3]]) == "2 < 1 = 3"
    assert GAME.task("main_path").option_text(state, [1, 3]) == "1, 3"
    assert GAME.task("main_path").option_text(state, []) == "None"
    assert GAME.describe(state).splitlines() == [
        "3D maze, grid 8 x 8 x 7, cells (x, y, z), z is the height."
        " right-forward = x-1, left-forward = y-1, up = ladder.",
        "start (7,7,0)   goal (5,5,3)",
        "cubes: z=0: (7,5) (7,6) (7,7) | z=3: (5,5) (5,6) (5,7) (6,7) (7,7)",
        "ladders: (7,7,0)-(7,7,3)",
        "numbered: 1 at (5,7,3), 2 at (7,6,0), 3 at (7,7,3)",
    ]


def test_directions_at_branch_points_by_hand() -> None:
    # From the start (2) up or left-forward; at 3 left-forward or right-forward; at 1 right-forward or up.
    state = read(
        """
        . . .
        # # S^
        """,
        """
        G . # . .
        # . # . .
        #^ # # # #
        """,
        "# . . . .",
        numbers={1: (7, 3, 3), 2: (7, 7, 0), 3: (7, 5, 3)},
    )
    assert solve("path_finding", state) == {"1": "right-forward", "2": "up", "3": "left-forward"}
    shown = GAME.task("path_finding").option_text(state, solve("path_finding", state))
    assert shown == "1-right-forward, 2-up, 3-left-forward"
    steps = GAME.task("path_finding").solve(state, {}).steps
    assert "in the order 2, 3 and 1" in steps[0]
    assert "up leads to number 3; left-forward ends after 2 cubes at (7, 5, 0)" in steps[1]
    assert "left-forward leads to number 1; right-forward ends after 2 cubes at (5, 5, 3)" in steps[2]
    assert "right-forward leads to the goal; up ends after 1 cube at (7, 3, 6)" in steps[3]


def test_order_of_checkpoints_by_hand() -> None:
    state = read(
        ". . S^",
        """
        G # # # #
        . . . . #
        . . . . #
        """,
        numbers={1: (5, 7, 3), 2: (5, 5, 3), 3: (7, 7, 3)},
    )
    assert solve("sequence_finding", state) == [3, 1, 2]
    assert GAME.task("sequence_finding").option_text(state, [3, 1, 2]) == "Start -> 3 -> 1 -> 2 -> Goal"


def test_the_map_of_a_state() -> None:
    drawn = str(State.from_json(EXAMPLE)).splitlines()
    assert drawn[8] == ". . . . . # 2 S^"
    assert [row[10:] for row in drawn[15:18]] == ["G # 1", ". . #", ". . 3"]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("level", list(Level))
def test_mazes_are_trees_and_answers_agree_with_enumeration(task: str, level: Level) -> None:
    for sample in samples(task, level)[:60]:
        state, options, right = read_sample(sample)
        near = links(state)
        assert sum(map(len, near.values())) == 2 * (len(state.cubes) - 1)
        assert all(len(paths(near, state.start, other)) == 1 for other in state.cubes)
        (route,) = paths(near, state.start, state.goal)
        numbers = dict(enumerate(state.markers, 1))
        passed = [label for at in route for label, marker in numbers.items() if marker == at]
        if task == "main_path":
            assert right == sorted(passed)
        elif task == "sequence_finding":
            assert right == passed
        elif task == "height_comparison":
            for one, other in combinations(numbers, 2):
                places = [next(i for i, group in enumerate(right) if label in group) for label in (one, other)]
                heights = [numbers[one][2], numbers[other][2]]
                assert (places[0] < places[1], places[0] == places[1]) == (
                    heights[0] < heights[1],
                    heights[0] == heights[1],
                )
        else:
            for label, at in numbers.items():
                onto = route[route.index(at) + 1]
                assert STEPS[onto[0] - at[0], onto[1] - at[1], onto[2] - at[2]] == right[str(label)]
            # Walking by an option: only the right one ends at the goal.
            assert [option for option in options if follow(state, near, option) == state.goal] == [right]


def follow(state: State, near: dict[Cell, set[Cell]], choice: dict[str, str]) -> Cell:
    """Walk from the start, by the choice at numbered cubes, until there is no way on."""
    walk = [state.start]
    while True:
        at = walk[-1]
        ways = {STEPS[x - at[0], y - at[1], z - at[2]]: (x, y, z) for x, y, z in near[at] - set(walk[-2:-1])}
        if not ways:
            return at
        walk.append(ways[choice[str(state.markers.index(at) + 1)]] if len(ways) > 1 else next(iter(ways.values())))


def test_every_step_of_an_analysis_about_the_route_is_true() -> None:
    for sample in samples("sequence_finding", "Hard")[:40]:
        state, _, _ = read_sample(sample)
        at = state.start
        for line in sample.analysis.splitlines()[1:]:
            text = line.partition(". ")[2]
            if not text.startswith(("Up", "Right", "Left")):
                continue
            word, number = text.split(", to ")[0].split()[:2]
            step = next(step for step, name in STEPS.items() if name == word.lower())
            for _ in range(int(number)):
                at = (at[0] + step[0], at[1] + step[1], at[2] + step[2])
                assert at in state.cubes
            assert f"to ({at[0]}, {at[1]}, {at[2]})" in text
        assert at == state.goal


@pytest.mark.parametrize(
    ("level", "size", "cubes", "forks", "labels"),
    [
        ("Easy", (8, 8, 7), (7, 15), 2, {3}),
        ("Medium", (8, 8, 7), (10, 22), 3, {4}),
        ("Hard", (10, 10, 10), (14, 32), 4, {4, 5}),
    ],
)
def test_levels(level: str, size: Cell, cubes: tuple[int, int], forks: int, labels: set[int]) -> None:
    for task in TASKS:
        found: set[int] = set()
        for sample in samples(task, level):
            state, _, _ = read_sample(sample)
            assert state.size == size and state.start == (size[0] - 1, size[1] - 1, 0)
            assert cubes[0] <= len(state.cubes) <= cubes[1]
            found.add(len(state.markers))
            near = links(state)
            (route,) = paths(near, state.start, state.goal)
            branching = [at for at in route[:-1] if len(near[at]) > (1 if at == state.start else 2)]
            assert not set(branching) & set(route[-3:])
            assert all(len(near[at]) <= 2 + (at != state.start) for at in state.cubes)
            if task in ("path_finding", "main_path"):
                assert len(branching) == forks
            if task == "path_finding":
                assert set(state.markers) == set(branching)
            if level != "Easy":
                used = {STEPS[c - a, d - b, f - e] for (a, b, e), (c, d, f) in pairwise(route)}
                assert used == set(STEPS.values())
        assert found == ({forks} if task == "path_finding" else {3} if task == "height_comparison" else labels)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("level", list(Level))
def test_numbers_stand_apart_on_the_right_kind_of_cubes(task: str, level: Level) -> None:
    for sample in samples(task, level):
        state, _, _ = read_sample(sample)
        assert len(set(state.markers)) == len(state.markers) >= (2 if task == "path_finding" else 3)
        assert state.goal not in state.markers
        if task == "height_comparison":
            assert state.start not in state.markers
            continue
        for one, other in combinations(state.markers, 2):
            assert max(abs(a - b) for a, b in zip(one, other, strict=True)) >= 2
        if task != "path_finding":
            assert state.start not in state.markers


@pytest.mark.parametrize("level", list(Level))
def test_directions_are_balanced_and_options_hide_them(level: Level) -> None:
    route: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    ups: list[float] = []
    for sample in samples("path_finding", level):
        _, options, right = read_sample(sample)
        assert len(options) == (4 if level == "Easy" else 8)
        for label in right:
            counts = Counter(option[label] for option in options)
            assert sorted(counts.values()) == [len(options) // 2] * 2
            for direction in counts:
                offered[direction] += 1
                route[direction] += direction == right[label]
        # Among the options, the right one has neither more nor fewer ladders than the others on average.
        climbs = [sum(way == "up" for way in option.values()) for option in options]
        ups.append(sum(way == "up" for way in right.values()) - sum(climbs) / len(climbs))
    for direction, times in offered.items():
        assert within(0.5, route[direction], times), direction
    assert abs(sum(ups) / len(ups)) < 0.2


@pytest.mark.parametrize("level", list(Level))
def test_orders_hide_the_right_one(level: Level) -> None:
    def swaps(one: list[int], other: list[int]) -> int:
        return sum((one.index(a) < one.index(b)) != (other.index(a) < other.index(b)) for a, b in combinations(one, 2))

    blind: Counter[str] = Counter()
    ascending = 0
    for sample in samples("sequence_finding", level):
        _, options, right = read_sample(sample)
        assert len(options) == 6 and len(right) >= 3
        assert all(sorted(option) == sorted(right) for option in options)
        ascending += right == sorted(right)
        votes = [Counter(column) for column in zip(*options, strict=True)]
        for name, rate in (
            ("central", [sum(swaps(option, other) for other in options) for option in options]),
            ("popular", [-sum(vote[label] for vote, label in zip(votes, option, strict=True)) for option in options]),
        ):
            for sign in (1, -1):
                best = [
                    option
                    for option, value in zip(options, rate, strict=True)
                    if sign * value == min(sign * v for v in rate)
                ]
                blind[f"{name} {sign}"] += (right in best) / len(best)
    for name, hits in blind.items():
        assert hits / COUNT < 1 / 6 + 3 * (5 / 36 / COUNT) ** 0.5, name
    assert ascending / COUNT < (0.1 if level == "Easy" else 0.05)


@pytest.mark.parametrize("level", list(Level))
def test_patterns_of_height(level: Level) -> None:
    patterns: Counter[int] = Counter()
    pairs = apart = guesses = 0
    for sample in samples("height_comparison", level):
        state, options, right = read_sample(sample)
        assert len(options) == 8 and len(state.markers) == 3
        assert all(sorted(label for group in option for label in group) == [1, 2, 3] for option in options)
        patterns[len(right)] += 1
        same = Counter(len(option) for option in options)
        if len(right) > 1:
            assert same[len(right)] == 6
        # A guess among the options of the most frequent pattern.
        guesses += (same[len(right)] == 6) / 6
        if len(right) < 3:
            camera = lens(state.size)[1]
            tops = [camera.project(*state.markers[label - 1])[1] for label in max(right, key=len)]
            pairs += 1
            apart += max(tops) - min(tops) >= 40
    assert patterns[1] / COUNT < 0.1 + 0.06
    assert within(0.46, patterns[2], COUNT) and within(0.46, patterns[3], COUNT)
    assert apart >= 0.5 * pairs
    assert guesses / COUNT < 0.17


@pytest.mark.parametrize("level", list(Level))
def test_sets_of_passed_numbers(level: Level) -> None:
    none = everything = frequent = 0
    sizes: Counter[int] = Counter()
    for sample in samples("main_path", level):
        state, options, right = read_sample(sample)
        labels = len(state.markers)
        assert len(options) == 8
        for label in range(1, labels + 1):
            assert sum(label in option for option in options) == 4
        # The options differ from one another by the same sets, whichever is taken as the right one.
        differences = {frozenset(frozenset(set(one) ^ set(other)) for other in options) for one in options}
        assert len(differences) == 1
        none += right == []
        everything += len(right) == labels
        sizes[len(right)] += 1
        middle = Counter(len(option) for option in options).most_common(1)[0]
        frequent += (len(right) == middle[0]) / middle[1]
    limit = 0.08 + 3 * (0.08 * 0.92 / COUNT) ** 0.5
    assert none / COUNT < limit and everything / COUNT < limit
    assert 1 - (none + everything) / COUNT > 0.85 - 0.075
    assert (none > 0) == (level == "Hard")
    assert frequent / COUNT < 1 / 6 + 0.08


@given(st.integers(0, 10_000), st.sampled_from(TASKS), st.sampled_from(list(Level)))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_legibility_agrees_with_a_picture_buffer_and_rays(index: int, task: str, level: Level) -> None:
    state, _, _ = read_sample(samples(task, level)[index % COUNT])
    rng = Random(index)
    # Another goal and one cube more: a maze that the filter has not seen. Numbers have their own test.
    extra = rng.choice(state.cubes)
    extra = (extra[0], extra[1], extra[2] + 3)
    cubes = {*state.cubes, extra}
    state = State(state.size, state.start, rng.choice(state.cubes), tuple(sorted(cubes)), state.ladders, ())
    camera = lens(state.size, 2)[1]
    seen, margins = visible_faces(cubes, camera), []
    for at in cubes:
        x, y, z = at
        faces = ["top", *["left"] * ((x + 1, y, z) not in cubes), *["right"] * ((x, y + 1, z) not in cubes)]
        prominent = at in (state.start, state.goal)
        share = sum(seen[at, face] for face in faces) / sum(camera.face_area(face) for face in faces)
        margins.append(share - (0.45 if prominent else 0.2))
        if prominent:
            margins.append(seen[at, "top"] / camera.face_area("top") - 0.6)
    ends = all(
        lit((x + 1, y + side, z + up), cubes)
        for x, y, z in state.ladders
        for side in (0.35, 0.65)
        for up in (1.05, 1.45, 3.55, 3.95)
    )
    if legible(state):
        assert ends and min(margins) > -0.05
    else:
        assert not ends or min(margins) < 0.05


def lit(point: tuple[float, float, float], cubes: set[Cell]) -> bool:
    """Whether small steps towards the viewer meet no cube."""
    a, e = radians(30), radians(25)
    toward = (cos(a) * cos(e), sin(a) * cos(e), sin(e))
    path = ([at + 0.04 * n * pace for at, pace in zip(point, toward, strict=True)] for n in range(1, 300))
    return not any((int(x // 1), int(y // 1), int(z // 1)) in cubes for x, y, z in path)


@pytest.mark.parametrize("level", list(Level))
def test_numbers_are_not_covered(level: Level) -> None:
    for sample in samples("main_path", level)[:40]:
        state, _, _ = read_sample(sample)
        for x, y, z in state.markers:
            corners = ((0.5, 0.5), (0.3, 0.4), (0.7, 0.6), (0.45, 0.65), (0.55, 0.35))
            assert all(lit((x + a, y + b, z + 1), set(state.cubes)) for a, b in corners)


def test_hidden_cubes_numbers_and_ladders_are_refused() -> None:
    def view(*cubes: Cell, ladders: tuple[Cell, ...] = (), markers: tuple[Cell, ...] = ()) -> bool:
        ends = ((7, 7, 0), (0, 7, 0))
        return legible(State((8, 8, 7), *ends, tuple(sorted((*ends, *cubes))), ladders, markers))

    # Seen from the viewer, (7, 5, 3) lies straight before (2, 2, 0); (3, 3, 0) covers what is left of its right face.
    behind = (2, 2, 0)
    assert view(behind) and view(behind, (3, 3, 0)) and view(behind, (7, 5, 3))
    assert not view(behind, (3, 3, 0), (7, 5, 3))
    # (6, 5, 3) leaves the cube visible, but not its number.
    assert view(behind, markers=(behind,)) and view(behind, (6, 5, 3))
    assert not view(behind, (6, 5, 3), markers=(behind,))
    # (5, 4, 3) covers the foot of the ladder on (4, 4, 0) and leaves the cubes visible.
    column = ((4, 4, 0), (4, 4, 3))
    assert view(*column, ladders=column[:1]) and view(*column, (5, 4, 3))
    assert not view(*column, (5, 4, 3), ladders=column[:1])
    # A number may stand below its own ladder, but not behind another one.
    assert view(*column, ladders=column[:1], markers=column[:1])
    column = ((3, 3, 0), (3, 3, 3))
    assert view(behind, *column, ladders=column[:1]) and view(behind, *column, markers=(behind,))
    assert not view(behind, *column, ladders=column[:1], markers=(behind,))


@pytest.mark.parametrize("size", [(8, 8, 7), (10, 10, 10)])
def test_projection_follows_the_formulas(size: Cell) -> None:
    side, camera = lens(size)
    scale = 45 if side == 540 else 41
    assert side == (540 if size == (8, 8, 7) else 640)
    a, e = radians(30), radians(25)
    origin = camera.project(0, 0, 0)
    corners = [(x, y, z) for x in (0, size[0]) for y in (0, size[1]) for z in (0, size[2])]
    for x, y, z in corners:
        u, v = -x * sin(a) + y * cos(a), z * cos(e) - (x * cos(a) + y * sin(a)) * sin(e)
        assert camera.project(x, y, z) == pytest.approx((origin[0] + scale * u, origin[1] - scale * v))
        assert camera.depth(x, y, z) == pytest.approx((x * cos(a) + y * sin(a)) * cos(e) + z * sin(e))
    for axis in (0, 1):
        seen = [camera.project(*corner)[axis] for corner in corners]
        assert min(seen) >= 10 and max(seen) <= side - 10
        assert min(seen) + max(seen) == pytest.approx(side)


def test_the_picture_shows_directions_colours_ladder_and_hidden_parts() -> None:
    state = State.from_json(EXAMPLE)
    image, (_, camera) = GAME.draw(state, Style()).convert("RGB"), lens(state.size)

    def at(x: float, y: float, z: float) -> Any:
        a, b = camera.project(x, y, z)
        return image.getpixel((round(a), round(b)))

    assert at(7.8, 7.15, 1) == (0x5A, 0x5A, 255)
    assert at(5.5, 5.5, 4) == (255, 0x5A, 0x5A)
    assert at(6.5, 7.5, 4) == (0xA8, 0xA8, 0xA8)
    assert at(7.8, 6.15, 1) == (0x4C, 0xE0, 0x4C)
    assert at(1, 1, 0) == (0xED, 0xED, 0xED)
    assert at(0, 0, 7)[0] == 255
    # The rails stand on the +x side of the column, from the top of the lower to the top of the upper cube.
    for height in (1.4, 2.4, 3.4, 3.9):
        assert at(8, 7.35, height) == at(8, 7.65, height) == (0x5B, 0x3A, 0x1A)
    assert at(8, 7.35, 4.2) != (0x5B, 0x3A, 0x1A) and at(8, 7.35, 0.6) != (0x5B, 0x3A, 0x1A)
    # Right-forward is towards the upper right, left-forward towards the upper left.
    here, right, left = camera.project(7, 7, 0), camera.project(6, 7, 0), camera.project(7, 6, 0)
    assert right[0] > here[0] and right[1] < here[1] and left[0] < here[0] and left[1] < here[1]


@pytest.mark.parametrize("level", list(Level))
def test_numbers_change_nothing_but_the_tops_of_their_cubes(level: Level) -> None:
    for sample in samples("main_path", level)[:12]:
        state = read_sample(sample)[0]
        camera = lens(state.size)[1]
        markers = state.markers[1:] + state.markers[:1]
        turned = State(state.size, state.start, state.goal, state.cubes, state.ladders, markers)
        one, other = (np.asarray(GAME.draw(each, Style()).convert("RGB"), int) for each in (state, turned))
        changed = [(x, y) for y, x in np.argwhere((one != other).any(axis=2)).tolist()]
        assert len(changed) > 100
        faces = [camera.face(at, (at[0] + 1, at[1] + 1, at[2] + 1), "top") for at in state.markers]
        for x, y in changed:
            assert any(inside(face, x, y) for face in faces)


def inside(face: list[tuple[float, float]], x: float, y: float, slack: float = 1.5) -> bool:
    """Whether a point lies in a parallelogram, or at most `slack` pixels outside."""
    (x0, y0), (x1, y1), _, (x3, y3) = face
    ux, uy, vx, vy = x1 - x0, y1 - y0, x3 - x0, y3 - y0
    area = ux * vy - uy * vx
    u, v = ((x - x0) * vy - (y - y0) * vx) / area, ((y - y0) * ux - (x - x0) * uy) / area
    du, dv = slack * (vx**2 + vy**2) ** 0.5 / abs(area), slack * (ux**2 + uy**2) ** 0.5 / abs(area)
    return -du <= u <= 1 + du and -dv <= v <= 1 + dv


def changed(path: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(EXAMPLE)
    *head, last = path.split(".")
    place: Any = data
    for name in head:
        place = place[int(name) if name.isdecimal() else name]
    place[int(last) if last.isdecimal() else last] = value
    return data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (changed("grid_size.x", 11), "4 to 10"),
        (changed("numbered_markers.0.label", 4), "labels"),
        (changed("cubes", EXAMPLE["cubes"][::-1]), "cubes must be distinct and sorted"),
        (changed("ladders", EXAMPLE["ladders"] * 2), "ladders must be distinct and sorted"),
        (changed("cubes.7.z", 4), "multiple of 3"),
        (changed("cubes.2", cell(8, 7, 0)), "in the grid"),
        (changed("goal_pos", cell(7, 7, 0)), "two different cubes"),
        (changed("goal_pos", cell(0, 0, 0)), "two different cubes"),
        (changed("numbered_markers.0.pos", cell(5, 5, 3)), "other than the goal"),
        (changed("numbered_markers.0.pos", cell(7, 6, 0)), "of its own"),
        (changed("numbered_markers.0.pos", cell(0, 0, 0)), "of its own"),
        (changed("ladders", []), "tree"),
        (changed("ladders.0.base_pos", cell(7, 6, 0)), "tree"),
        (changed("ladders.0.base_pos", cell(7, 7, 3)), "tree"),
        (changed("ladders.0.height", 4), "height"),
        (changed("start_pos", cell(7, 5, 0)), "tree"),
        (changed("cubes", [*EXAMPLE["cubes"][:6], cell(6, 6, 3), *EXAMPLE["cubes"][6:]]), "sorted"),
        (changed("cubes", [*EXAMPLE["cubes"][:4], cell(6, 5, 3), *EXAMPLE["cubes"][4:]]), "tree"),
    ],
)
def test_illegal_states_are_refused(data: dict[str, Any], problem: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=problem):
        State.from_json(data)


@pytest.mark.parametrize(
    "wrong",
    [
        {"segments": (5, 4)},
        {"segments": (4, 9)},
        {"forks": 3},
        {"labels": (3, 4)},
        {"size": (5, 8, 7)},
        {"size": (8, 8, 6)},
    ],
)
def test_parameters_that_leave_no_maze_are_refused(wrong: dict[str, Any]) -> None:
    given_ = {**msgspec.structs.asdict(GAME.levels[Level.EASY]), **wrong}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given_, Maze3dParams)


def test_own_parameters_make_mazes() -> None:
    level = Maze3dParams(size=(6, 6, 10), segments=(5, 6), forks=2, branches=(0, 0), labels=(3, 3))
    for task in TASKS:
        state = read_sample(gameqa.sample("maze_3d", task, level))[0]
        assert state.size == (6, 6, 10)


def test_perturbed_mazes_are_legal_and_different() -> None:
    kinds: set[str] = set()
    for task in TASKS:
        for sample in samples(task, "Easy")[:40]:
            state = read_sample(sample)[0]
            other = GAME.perturb(state, Random(sample.data_id))
            assert State.from_json(other.to_json()) == other != state
            same_cubes = set(other.markers) == set(state.markers)
            kinds.add("goal" if other.goal != state.goal else "swap" if same_cubes else "move")
    assert kinds == {"goal", "swap", "move"}
