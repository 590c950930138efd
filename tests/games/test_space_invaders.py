import json
import re
from collections import Counter
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.errors import GameQAError
from gameqa.draw import Style
from gameqa.games.space_invaders import GAME, SpaceInvadersParams
from gameqa.games.space_invaders.generate import LEVELS, perturb
from gameqa.games.space_invaders.state import State

EXAMPLE_JSON = {
    "enemy_area_rows": 5,
    "total_cols": 6,
    "ship_col": 3,
    "enemies": [
        {"x": 2, "y": 2, "color": "purple"},
        {"x": 3, "y": 2, "color": "blue"},
        {"x": 4, "y": 2, "color": "green"},
        {"x": 2, "y": 3, "color": "purple"},
        {"x": 3, "y": 3, "color": "blue"},
        {"x": 2, "y": 4, "color": "purple"},
        {"x": 2, "y": 5, "color": "purple"},
        {"x": 3, "y": 5, "color": "blue"},
    ],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
WORTH = {"purple": 30, "blue": 20, "green": 10}
NAMES = {"P": "purple", "B": "blue", "G": "green"}
WEIGHTS = {
    "Easy": (0.10, 0.20, 0.30, 0.40),
    "Medium": (0.10, 0.15, 0.20, 0.25, 0.30),
    "Hard": (0.10, 0.10, 0.15, 0.20, 0.20, 0.25),
}
COLORS = {"Easy": "PBG", "Medium": "PBGG", "Hard": "PBBGG"}
SHAPES = {
    "Easy": ({4, 5}, {2, 4}, {5, 6}),
    "Medium": ({6, 7, 8}, {4}, {6, 7}),
    "Hard": ({9, 10, 11}, {4, 6}, {7, 8}),
}


def board(text: str) -> State:
    """Read a board of P, B, G and dots; the ship's row, with ^, comes last."""
    rows = text.split()
    enemies = [
        {"x": x, "y": y, "color": NAMES[sign]}
        for y in range(1, len(rows[0]) + 1)
        for x, row in enumerate(rows[:-1], 1)
        if (sign := row[y - 1]) != "."
    ]
    data = {"enemy_area_rows": len(rows) - 1, "total_cols": len(rows[0]), "ship_col": rows[-1].index("^") + 1}
    return State.from_json({**data, "enemies": enemies})


class World:
    """A second game, played step by step on (row, column) cells, with nothing of the code under test."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.enemies = {(enemy["x"], enemy["y"]): enemy["color"] for enemy in state["enemies"]}
        self.ship, self.total = state["ship_col"], state["total_cols"]

    def shoot(self, col: int) -> int:
        above = [cell for cell in self.enemies if cell[1] == col]
        return WORTH[self.enemies.pop(max(above))] if above else 0

    def step(self, direction: str) -> None:
        by = {"left": -1, "right": 1}[direction]
        self.enemies = {(row, col + by): color for (row, col), color in self.enemies.items()}

    def inside(self) -> bool:
        return all(1 <= col <= self.total for _, col in self.enemies)


def stepped(state: dict[str, Any], direction: str, duration: int) -> tuple[int, int]:
    """Play continuous shooting; return points and hits."""
    world, total, hits = World(state), 0, 0
    for interval in range(duration + 1):
        assert world.inside()
        points = world.shoot(world.ship)
        total, hits = total + points, hits + (points > 0)
        if interval < duration:
            world.step(direction)
    return total, hits


def best_plan(state: dict[str, Any], direction: str, intervals: int) -> int:
    """Play every plan of (column, shoot or not) for each interval."""
    choices = list(product(range(1, state["total_cols"] + 1), (False, True)))
    best = 0
    for plan in product(choices, repeat=intervals):
        world, total = World(state), 0
        for col, shoots in plan:
            total += world.shoot(col) if shoots else 0
            world.step(direction)
        best = max(best, total)
    return best


def samples(task: str, level: str, count: int = 400) -> list[Sample]:
    return [gameqa.sample("space_invaders", task, level, index=index) for index in range(count)]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def state_of(sample: Sample) -> dict[str, Any]:
    return json.loads(sample.state)


def heights(state: dict[str, Any]) -> Counter[int]:
    return Counter(enemy["y"] for enemy in state["enemies"])


def near(found: int, total: int, share: float) -> bool:
    return abs(found / total - share) <= 3.3 * (share * (1 - share) / total) ** 0.5


# Rules


@pytest.mark.parametrize(
    ("task", "params", "value"),
    [
        ("enemies_in_column", {"col": 2}, 3),
        ("enemies_in_row", {"row": 3}, 3),
        ("total_enemies", {}, 8),
        ("enemies_of_color", {"color": "blue"}, 3),
        ("shoot_here", {}, 20),
        ("move_and_shoot", {"col": 4}, 30),
        ("continuous_shooting", {"direction": "left", "duration": 1}, 50),
        ("max_one_shot", {}, 30),
        ("max_two_shots", {"direction": "right"}, 50),
    ],
)
def test_worked_examples(task: str, params: dict[str, Any], value: int) -> None:
    assert solve(task, params) == value


def test_the_text_view() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Space Invaders: enemy area rows 1-5, columns 1-6; ship in row 6, column 3. P purple, B blue, G green, . empty",
        "       1 2 3 4 5 6",
        "row 1: . . . . . .",
        "row 2: . P P P P .",
        "row 3: . B B . B .",
        "row 4: . G . . . .",
        "row 5: . . . . . .",
        "row 6: . . ^ . . .",
    ]


def test_empty_lines_score_and_count_nothing() -> None:
    assert solve("enemies_in_column", {"col": 1}) == solve("enemies_in_row", {"row": 5}) == 0
    assert solve("move_and_shoot", {"col": 6}) == 0
    alone = board("P... .... ^...")
    assert solve("enemies_of_color", {"color": "green"}, alone) == 0
    assert solve("max_two_shots", {"direction": "right"}, alone) == 30
    nobody = board(".... .^..")
    assert solve("max_one_shot", {}, nobody) == solve("max_two_shots", {"direction": "left"}, nobody) == 0


def test_continuous_shooting_takes_the_columns_that_come_and_nothing_beyond_the_border() -> None:
    state = board(
        """
        .PPP..
        .B.B..
        .^....
        """
    )
    assert solve("continuous_shooting", {"direction": "right", "duration": 2}, state) == 20 + 0 + 0
    assert solve("continuous_shooting", {"direction": "left", "duration": 1}, state) == 20 + 30


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("PPP BBB GGG GGG ^..", 20),
        ("PPP BBB GGG .GG ^..", 30),
        ("PPP .BB .GG ^..", 40),
        ("PPP BBB BBB .GG ^..", 40),
        ("PPP BBB .GG ^..", 50),
        ("PPP ..B ..G ^..", 60),
    ],
)
def test_each_score_of_two_shots(text: str, two: int) -> None:
    assert solve("max_two_shots", {"direction": "right"}, board(text)) == two


random_boards = st.builds(
    lambda rows, cols, signs, ship: board(
        " ".join(
            ["".join(signs[row * cols : row * cols + cols]) for row in range(rows)]
            + ["".join("^" if col == ship % cols else "." for col in range(cols))]
        )
    ),
    st.integers(1, 4),
    st.integers(3, 6),
    st.lists(st.sampled_from("PBG..."), min_size=24, max_size=24),
    st.integers(0, 5),
)


@given(random_boards, st.sampled_from(["left", "right"]))
@settings(max_examples=60, deadline=None)
def test_any_board_is_solved_like_the_second_game(state: State, direction: str) -> None:
    data = state.to_json()
    # Room on both sides, as generated boards have it.
    data["total_cols"] += 6
    data["ship_col"] += 3
    for enemy in data["enemies"]:
        enemy["y"] += 3
    wide = State.from_json(data)
    assert solve("max_one_shot", {}, wide) == best_plan(data, direction, 1)
    assert solve("max_two_shots", {"direction": direction}, wide) == best_plan(data, direction, 2)
    for duration in (1, 2, 3):
        total = stepped(data, direction, duration)[0]
        assert solve("continuous_shooting", {"direction": direction, "duration": duration}, wide) == total
    assert solve("shoot_here", {}, wide) == World(data).shoot(data["ship_col"])
    for col in range(1, data["total_cols"] + 1):
        assert solve("move_and_shoot", {"col": col}, wide) == World(data).shoot(col)


# State


@pytest.mark.parametrize(
    "change",
    [
        {"ship_col": 7},
        {"ship_col": 0},
        {"total_cols": 4},
        {"enemy_area_rows": 3},
        {"enemies": [{"x": 6, "y": 1, "color": "blue"}]},
        {"enemies": [{"x": 1, "y": 1, "color": "red"}]},
        {"enemies": EXAMPLE_JSON["enemies"][::-1]},
        {"enemies": [{"x": 1, "y": 1, "color": "blue"}, {"x": 1, "y": 1, "color": "green"}]},
        {"enemies": [{"x": 1, "y": 2, "color": "blue"}, {"x": 2, "y": 1, "color": "blue"}]},
    ],
)
def test_illegal_states_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        State.from_json({**EXAMPLE_JSON, **change})


def test_perturb_gives_other_legal_boards_without_holes() -> None:
    rng, seen = Random(1), set[str]()
    for sample in samples("max_two_shots", "Medium", 60):
        state = State.from_json(state_of(sample))
        other = perturb(state, rng)
        data = other.to_json()
        assert other != state and State.from_json(data) == other
        for col, height in heights(data).items():
            rows = [enemy["x"] for enemy in data["enemies"] if enemy["y"] == col]
            assert rows == list(range(rows[0], rows[0] + height))
        seen |= {name for name, value in data.items() if value != state.to_json()[name]}
    assert seen == {"ship_col", "enemies"}


# Levels


@pytest.mark.parametrize("level", list(Level))
def test_boards_of_a_level(level: str) -> None:
    widths, free, areas = SHAPES[level]
    made = [state_of(sample) for sample in samples("total_enemies", level)]
    assert {state["enemy_area_rows"] for state in made} == areas
    allowed = {wide + beside for wide in widths for beside in free}
    assert {state["total_cols"] for state in made} == allowed
    above, left_most, counts = 0, set[int](), Counter[int]()
    for state in made:
        tops = {min(e["x"] for e in state["enemies"] if e["y"] == col) for col in heights(state)}
        assert len(tops) == 1
        top = tops.pop()
        for col, height in heights(state).items():
            column = [(e["x"], e["color"][0].upper()) for e in state["enemies"] if e["y"] == col]
            assert column == list(enumerate(COLORS[level][:height], top))
        left_most.add(min(heights(state)))
        above += state["ship_col"] in heights(state)
        counts.update(heights(state).values())
        assert len(heights(state)) >= 3 and len(state["enemies"]) >= 4
        span = max(heights(state)) - min(heights(state)) + 1
        assert span <= max(widths) and span - len(heights(state)) <= 2
    assert near(above, len(made), 0.8)
    assert left_most >= set(range(1, max(free) + 2))
    total, whole = counts.total(), sum(WEIGHTS[level][1:])
    for height, weight in enumerate(WEIGHTS[level][1:], 1):
        # At most two empty columns and at least four enemies: rare boards are refused, which shifts little.
        assert abs(counts[height] / total - weight / whole) < 0.035


def test_formations_lean_to_neither_side() -> None:
    lefts = rights = 0
    for sample in samples("max_one_shot", "Hard", 300):
        state = state_of(sample)
        lefts += min(heights(state)) - 1
        rights += state["total_cols"] - max(heights(state))
    assert abs(lefts - rights) < 0.12 * (lefts + rights)


# Tasks 1 to 4


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize(("task", "name", "axis"), [("enemies_in_column", "col", "y"), ("enemies_in_row", "row", "x")])
def test_lines_with_and_without_enemies(task: str, name: str, axis: str, level: str) -> None:
    made = samples(task, level)
    for sample in made:
        state, line = state_of(sample), json.loads(sample.params)[name]
        assert 1 <= line <= (state["total_cols"] if name == "col" else state["enemy_area_rows"])
        assert int(sample.answer) == sum(enemy[axis] == line for enemy in state["enemies"])
    assert near(sum(sample.answer != "0" for sample in made), len(made), 0.8)


@pytest.mark.parametrize("level", list(Level))
def test_counts_of_a_color_and_of_all(level: str) -> None:
    made = samples("enemies_of_color", level)
    for sample in made:
        color = json.loads(sample.params)["color"]
        assert int(sample.answer) == sum(enemy["color"] == color for enemy in state_of(sample)["enemies"])
    colors = Counter(json.loads(sample.params)["color"] for sample in made)
    assert all(near(colors[color], len(made), 1 / 3) for color in WORTH)
    assert sum(sample.answer == "0" for sample in made) <= 0.1 * len(made)
    for sample in samples("total_enemies", level, 60):
        assert int(sample.answer) == len(state_of(sample)["enemies"])


# Tasks 5 and 6


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("task", ["shoot_here", "move_and_shoot"])
def test_scores_of_one_shot_are_balanced(task: str, level: str) -> None:
    made = samples(task, level)
    for sample in made:
        state, params = state_of(sample), json.loads(sample.params)
        assert params.get("col") != state["ship_col"]
        assert int(sample.answer) == World(state).shoot(params.get("col", state["ship_col"]))
    found = Counter(sample.answer for sample in made)
    assert set(found) == {"0", "10", "20", "30"}
    assert all(near(times, len(made), 0.25) for times in found.values())


# Task 7


@pytest.mark.parametrize("level", list(Level))
def test_shots_at_moving_enemies(level: str) -> None:
    made = samples("continuous_shooting", level, 800)
    several, durations, directions = 0, set[int](), Counter[str]()
    for sample in made:
        state, params = state_of(sample), json.loads(sample.params)
        total, hits = stepped(state, **params)
        assert int(sample.answer) == total
        several += hits >= 2
        durations.add(params["duration"])
        directions[params["direction"]] += 1
        assert f"each of the {params['duration'] + 1} intervals" in sample.query
        assert f"there are {params['duration'] + 1} shots" in sample.query
    found = Counter(sample.answer for sample in made)
    assert durations == {1, 2, 3, 4}
    assert near(directions["left"], len(made), 0.5)
    assert several > 0.7 * len(made)
    assert 0 < found["0"] < 0.08 * len(made)
    assert max(found.values()) < 0.26 * len(made)


# Tasks 8 and 9


@pytest.mark.parametrize("level", list(Level))
def test_best_single_shots_are_balanced(level: str) -> None:
    made = samples("max_one_shot", level)
    for sample in made:
        state = state_of(sample)
        assert int(sample.answer) == max(World(state).shoot(col) for col in range(1, state["total_cols"] + 1))
    found = Counter(sample.answer for sample in made)
    assert set(found) == {"10", "20", "30"}
    assert all(near(times, len(made), 1 / 3) for times in found.values())


@pytest.mark.parametrize("level", list(Level))
def test_best_pairs_of_shots_are_balanced(level: str) -> None:
    made = samples("max_two_shots", level)
    for sample in made:
        state, params = state_of(sample), json.loads(sample.params)
        world = World(state)
        world.step(params["direction"])
        assert world.inside()
    found = Counter(sample.answer for sample in made)
    assert set(found) == {"30", "40", "50", "60"} | ({"20"} if level != "Easy" else set())
    assert max(found.values()) < 0.35 * len(made)
    assert found["20"] + found["30"] > 0.15 * len(made)
    directions = Counter(json.loads(sample.params)["direction"] for sample in made)
    assert near(directions["left"], len(made), 0.5)


@pytest.mark.parametrize(("level", "count"), [("Easy", 24), ("Medium", 12), ("Hard", 6)])
def test_best_pairs_of_shots_agree_with_every_plan(level: str, count: int) -> None:
    for sample in samples("max_two_shots", level, count):
        assert int(sample.answer) == best_plan(state_of(sample), json.loads(sample.params)["direction"], 2)


def test_the_plan_of_two_shots_reaches_the_total() -> None:
    for level in Level:
        for sample in samples("max_two_shots", level, 60):
            direction = json.loads(sample.params)["direction"]
            plan = sample.analysis.splitlines()[-2]
            first = int(re.findall(r"in interval t stand in column (\d+)", plan)[0])
            second = int(re.findall(r"(?:above|moved to) column (\d+): stand there", plan)[0])
            world = World(state_of(sample))
            total = world.shoot(first)
            world.step(direction)
            assert total + world.shoot(second) == int(sample.answer)


def test_forty_comes_from_a_lone_purple_and_from_two_blues() -> None:
    lone = Counter[bool]()
    for sample in samples("max_two_shots", "Hard", 200):
        if sample.answer == "40":
            lone[1 in heights(state_of(sample)).values()] += 1
    assert min(lone[True], lone[False]) > 0.15 * lone.total()


# Wording


def test_analyses_handle_singular_plural_and_nothing() -> None:
    made = [sample for task in GAME.tasks for level in Level for sample in samples(task.slug, level, 25)]
    texts = "\n".join(sample.analysis for sample in made)
    assert "1 enemy" in texts and "so the number is 0" in texts
    assert not re.search(r"\b1 (\w+ )?enemies|there are 1\b|columns \d+\b(?! and|,| as)|  = | in columns? none", texts)


def test_absent_colors_read_well() -> None:
    solution = GAME.task("enemies_of_color").solve(board("PP BB ^."), {"color": "green"})
    assert list(solution.steps) == ["No row holds a green enemy, so the number is 0."]


def test_perception_questions_come_without_the_rules_of_shooting() -> None:
    for task in GAME.tasks:
        rules = gameqa.sample("space_invaders", task.slug).rules
        assert ("laser" in rules) == (task.id >= 5)
        assert ("interval" in rules) == (task.id >= 7)
        assert "light blue" in rules


# Picture


@pytest.mark.parametrize("level", list(Level))
def test_the_picture_shows_every_figure_in_its_cell(level: str) -> None:
    colors = {"purple": (0xD0, 0, 0xFF), "blue": (0, 0xC8, 0xFF), "green": (0, 0xFF, 0x60), "ship": (0xFF, 0xA5, 0)}
    for sample in samples("shoot_here", level, 6):
        state = state_of(sample)
        image = sample.image.convert("RGB")
        rows, cols = state["enemy_area_rows"] + 1, state["total_cols"]
        factor = image.width / (40 + 70 * cols)
        assert factor == pytest.approx(image.height / (60 + 55 * rows), rel=0.02)
        assert 200_000 <= image.width * image.height <= 700_000
        figures = {(e["x"], e["y"]): e["color"] for e in state["enemies"]} | {(rows, state["ship_col"]): "ship"}
        for row, col in product(range(1, rows + 1), range(1, cols + 1)):
            left, top = 40 + 70 * (col - 1), 60 + 55 * (row - 1)
            sides = (left + 3, top + 3, left + 67, top + 52)
            x0, y0, x1, y1 = (round(side * factor) for side in sides)
            cell = image.crop((x0, y0, x1, y1))
            shown = {color for _, color in cell.getcolors() or []} - {(0, 0, 0)}
            wanted = figures.get((row, col))
            assert shown == ({colors[wanted]} if wanted else set())


def test_figures_differ_by_shape_and_not_only_by_color() -> None:
    shapes = list[bytes]()
    for sign in "PBG":
        rows = [f"{sign}......", *["......."] * 5, "^......"]
        shapes.append(GAME.draw(board(" ".join(rows)), Style()).convert("L").point([0] + [255] * 255).tobytes())
    gaps = [sum(x != y for x, y in zip(*pair, strict=True)) for pair in combinations(shapes, 2)]
    # A figure is 48 x 40 pixels: at least a sixth of them tell two classes apart.
    assert min(gaps) > 48 * 40 / 6


# Own parameters


def test_own_parameters() -> None:
    own = SpaceInvadersParams(weights=(1, 1, 1), blue_rows=1, enemy_cols=(15, 16), free_cols=(4,), area_rows=(14, 15))
    for task in GAME.tasks:
        sample = gameqa.sample("space_invaders", task.slug, level=own)
        assert gameqa.rederive(sample) == sample.accepted
        assert sample.image.width * sample.image.height <= 700_000
        assert sample.image.width / (40 + 70 * state_of(sample)["total_cols"]) * 70 >= 45


@pytest.mark.parametrize(
    "change",
    [
        {"blue_rows": 3},
        {"area_rows": (3, 5)},
        {"enemy_cols": (5, 4)},
        {"free_cols": (18,)},
        {"free_cols": ()},
        {"weights": (0, 1, 1, 1)},
    ],
)
def test_impossible_parameters_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(GameQAError):
        gameqa.sample("space_invaders", "total_enemies", {**msgspec.to_builtins(LEVELS[Level.EASY]), **change})
