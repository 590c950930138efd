import json
from collections import Counter
from itertools import permutations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.grids import Cell, connected
from gameqa.draw import Style, delta_e
from gameqa.games.star_battle import GAME
from gameqa.games.star_battle.generate import LEVELS, generate
from gameqa.games.star_battle.render import cell_side
from gameqa.games.star_battle.rules import columns, finished_boards, objections
from gameqa.games.star_battle.state import COLORS, State

JSON = {
    "size": 6,
    "regions": [
        [[0, 2], [0, 3], [0, 4], [0, 5], [1, 3], [1, 4]],
        [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]],
        [[1, 5], [2, 3], [2, 4], [2, 5]],
        [[1, 2], [2, 2], [3, 1], [3, 2], [4, 2]],
        [[3, 3], [3, 4], [3, 5], [4, 4], [4, 5], [5, 4], [5, 5]],
        [[3, 0], [4, 0], [4, 1], [4, 3], [5, 0], [5, 1], [5, 2], [5, 3]],
    ],
    "stars": [[0, 3], [3, 2], [4, 4], [5, 0]],
    "colors": ["blue", "yellow", "red", "green", "pink", "cyan"],
}
EXAMPLE = State.from_json(JSON)


def samples(task: str, level: str, count: int = 240) -> list[Sample]:
    return [gameqa.sample("star_battle", task, level, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def right_value(sample: Sample) -> Any:
    return json.loads(sample.params)["options"][ord(sample.answer) - ord("A")]


def enumerate_boards(state: State) -> set[tuple[Cell, ...]]:
    """Every finished board, by trying all permutations."""
    region = {cell: number for number, cells in enumerate(state.regions) for cell in cells}
    found = set()
    for order in permutations(range(state.size)):
        cells = tuple(enumerate(order))
        apart = all(abs(order[row] - order[row + 1]) > 1 for row in range(state.size - 1))
        if apart and len({region[cell] for cell in cells}) == state.size and set(state.stars) <= set(cells):
            found.add(cells)
    return found


def free_now(state: State) -> set[Cell]:
    """Cells where one more star breaks no rule, straight from the definition."""
    region = {cell: number for number, cells in enumerate(state.regions) for cell in cells}
    return {
        (row, col)
        for row, col in region
        if all(
            r != row and c != col and region[r, c] != region[row, col] and max(abs(r - row), abs(c - col)) > 1
            for r, c in state.stars
        )
    }


@pytest.mark.parametrize(("size", "count"), [(5, 14), (6, 90), (8, 5242)])
def test_the_known_numbers_of_star_patterns(size: int, count: int) -> None:
    assert len(set(columns(size))) == count


def test_worked_examples() -> None:
    assert GAME.task("last_star").solve(EXAMPLE, {"region": 2}).value == (2, 5)
    cells = {"region": 3, "options": [[2, 1], [1, 3], [4, 1], [2, 3], [4, 2], [0, 2], [3, 3], [5, 2]]}
    star = {"region": 4, "options": [[4, 5], [3, 2], None, [3, 3], [4, 4], [0, 3], [5, 5], [4, 3]]}
    valid = {"options": [[2, 1], [1, 4], [3, 5], [1, 1], None, [2, 2], [1, 2], [4, 1]]}
    for slug, params, letter in (
        ("cells_of_region", cells, "E"),
        ("star_of_region", star, "E"),
        ("valid_cells", valid, "D"),
    ):
        task = GAME.task(slug)
        right = [value for value in params["options"] if task.is_right(EXAMPLE, params, value)]  # type: ignore[attr-defined]
        assert right == [params["options"][ord(letter) - ord("A")]]  # type: ignore[index]


def test_the_analysis_looks_ahead_as_a_person_would() -> None:
    steps = " ".join(GAME.task("last_star").solve(EXAMPLE, {"region": 2}).steps)
    assert "With a star on (1, 5), region 1" in steps
    assert "rows 1 and 2; columns 1 and 5; regions 1 and 2" in steps


@given(st.sampled_from([*Level]), st.randoms(use_true_random=False))
def test_boards_and_their_completions_against_enumeration(level: Level, rng: Random) -> None:
    state = None
    while state is None:
        state = generate(rng, LEVELS[level], lambda state: True)
    assert all(connected(cells) and 2 <= len(cells) <= 2 * state.size for cells in state.regions)
    if state.size < 8:
        assert set(finished_boards(state)) == enumerate_boards(state) != set()
    free = free_now(state)
    owners = state.owners()
    assert {cell for cell in owners if not objections(state, cell, owners)} == free


@pytest.mark.parametrize("level", list(Level))
def test_last_star_is_forced_and_needs_a_look_ahead(level: Level) -> None:
    for sample in samples("last_star", level, 60):
        state, params = read(sample)
        assert len(state.stars) == state.size - {"Easy": 1, "Medium": 2, "Hard": 3}[level]
        cells = set(state.regions[params["region"]])
        assert {star for board in finished_boards(state) for star in board if star in cells} == {
            tuple(map(int, sample.answer.strip("()").split(", ")))
        }
        assert not cells & set(state.stars)
        if level != "Easy":
            assert len(free_now(state) & cells) >= 2
        assert "*" in sample.text_view and not any(f"({r}, {c})" in sample.query for r, c in state.stars)


@pytest.mark.parametrize("task", ["star_of_region", "valid_cells"])
def test_none_is_always_listed_and_right_in_one_of_eight(task: str) -> None:
    made = [sample for level in Level for sample in samples(task, level)]
    assert all(None in json.loads(sample.params)["options"] for sample in made)
    share = sum(right_value(sample) is None for sample in made) / len(made)
    assert abs(share - 1 / 8) < 3 * (7 / 64 / len(made)) ** 0.5


def test_star_options_hold_cells_of_the_region_and_other_stars() -> None:
    for sample in samples("star_of_region", "Hard", 120):
        state, params = read(sample)
        cells = [tuple(option) for option in params["options"] if option is not None]
        own = [cell for cell in cells if cell in state.regions[params["region"]]]
        stars = [cell for cell in cells if cell in state.stars and cell not in own]
        assert min(2, len(state.regions[params["region"]]) - 1) <= len([c for c in own if c not in state.stars]) <= 5
        assert len(stars) >= min(2, len(state.stars) - any(c in state.stars for c in own))


def test_region_options_lie_beside_the_region() -> None:
    for sample in samples("cells_of_region", "Medium", 120):
        state, params = read(sample)
        own = set(state.regions[params["region"]])
        cells = [tuple(option) for option in params["options"]]
        beside = {(r + dr, c + dc) for r, c in own for dr, dc in ((0, 1), (1, 0), (0, -1), (-1, 0))} - own
        beside &= set(state.owners())
        assert sum(cell in own for cell in cells) == 1
        assert sum(cell in beside for cell in cells) >= min(4, len(beside))


def test_forbidden_cells_show_every_rule_alone() -> None:
    for sample in samples("valid_cells", "Hard", 120):
        state, params = read(sample)
        owners = state.owners()
        cells = [(option[0], option[1]) for option in params["options"] if option is not None]
        assert sum(cell in state.stars for cell in cells) <= 1
        assert sum(cell in free_now(state) for cell in cells) == (right_value(sample) is not None)
        alone = {}
        for cell in owners:
            rules = {objection.rule for objection in objections(state, cell, owners)}
            if len(rules) == 1:
                alone.setdefault(rules.pop(), []).append(cell)
        for rule in ("row", "column", "region", "touch"):
            assert rule not in alone or any(cell in alone[rule] for cell in cells)


@pytest.mark.parametrize("task", ["cells_of_region", "star_of_region", "valid_cells"])
def test_the_middle_or_the_outermost_cell_is_rarely_right(task: str) -> None:
    made = [sample for level in Level for sample in samples(task, level)]
    hits = Counter()
    for sample in made:
        cells = [tuple(option) for option in json.loads(sample.params)["options"] if option is not None]
        ranked = sorted(cells, key=lambda cell: sum(abs(cell[0] - r) + abs(cell[1] - c) for r, c in cells))
        right = right_value(sample)
        hits["middle"] += right is not None and tuple(right) == ranked[0]
        hits["outermost"] += right is not None and tuple(right) == ranked[-1]
    assert max(hits.values()) / len(made) < 0.24


def test_colours_are_apart_and_independent_of_numbers() -> None:
    names = list(COLORS)
    assert min(delta_e(COLORS[a], COLORS[b]) for a in names for b in names if a < b) > 40.5
    first = Counter(read(sample)[0].colors[0] for sample in samples("cells_of_region", "Medium"))
    assert len(first) == 8 and max(first.values()) < 60


def test_the_picture_shows_regions_borders_and_stars() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    side, owners = cell_side(6), EXAMPLE.owners()
    for (row, col), owner in owners.items():
        left, top = 40 + side * col, 40 + side * row
        color = COLORS[EXAMPLE.colors[owner]]
        assert "#{:02X}{:02X}{:02X}".format(*image.getpixel((left + 5, top + 5))) == color  # type: ignore[misc]
        middle = image.getpixel((left + side // 2, top + side // 2))
        assert (middle == (0, 0, 0)) == ((row, col) in EXAMPLE.stars)
        if col + 1 < 6:
            black = [image.getpixel((left + side + shift, top + side // 2)) == (0, 0, 0) for shift in (-2, 1)]
            assert black == [owners[row, col + 1] != owner] * 2


def test_the_text_view() -> None:
    assert GAME.describe(EXAMPLE).splitlines()[1:4] == [
        "Regions: 0 blue, 1 yellow, 2 red, 3 green, 4 pink, 5 cyan",
        "       0  1  2  3  4  5",
        "row 0: 1  1  0  0* 0  0",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"stars": [[0, 3], [0, 5]]},
        {"stars": [[0, 3], [1, 2]]},
        {"stars": [[0, 2], [2, 2]]},
        {"stars": [[3, 2], [0, 3]]},
        {"stars": [[0, 6]]},
        {"stars": [[1, 2], [3, 3]]},
        {"colors": ["blue"] * 6},
        {"colors": ["blue", "yellow", "red", "green", "pink", "white"]},
        {"size": 5},
        {"regions": JSON["regions"][:5]},  # type: ignore[index]
    ],
)
def test_illegal_boards_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        State.from_json({**JSON, **change})
