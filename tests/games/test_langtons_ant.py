import json
from collections import Counter
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.langtons_ant import GAME
from gameqa.games.langtons_ant.rules import flips, reachable, walk
from gameqa.games.langtons_ant.state import Ant, State

EXAMPLE = State.from_json(
    {
        "grid": [[0, 1, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0]],
        "ant": {"x": 0, "y": 0, "direction": "right"},
    }
)
AHEAD = {"up": -1 + 0j, "down": 1 + 0j, "left": -1j, "right": 1j}


def simulate(grid: list[list[int]], ant: dict[str, Any], steps: int) -> tuple[list[complex], dict[str, Any]]:
    """A second walk, on complex numbers (x real, y imaginary): the cells stood on, and the last pose."""
    size = len(grid)
    black = {complex(x, y) for x in range(size) for y in range(size) if grid[x][y]}
    at, ahead = complex(ant["x"], ant["y"]), AHEAD[ant["direction"]]
    stood = []
    for _ in range(steps):
        stood.append(at)
        # With x down and y right, a right turn (up to right, -1 to i) is a factor of -i.
        ahead *= 1j if at in black else -1j
        black ^= {at}
        moved = at + ahead
        at = complex(moved.real % size, moved.imag % size)
    name = next(name for name, step in AHEAD.items() if step == ahead)
    return stood, {"x": int(at.real), "y": int(at.imag), "direction": name}


def samples(task: str, level: str, count: int = 300) -> list[Sample]:
    return [gameqa.sample("langtons_ant", task, level, index=index) for index in range(count)]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def test_worked_example_of_the_pose() -> None:
    assert solve("ant_pose", {}) == {"x": 0, "y": 0, "direction": "right"}
    poses = [(step.after.x, step.after.y, step.after.facing) for step in walk(EXAMPLE, 6)]
    assert poses == [(1, 0, "down"), (1, 4, "left"), (0, 4, "up"), (0, 0, "right"), (4, 0, "up"), (4, 1, "right")]
    assert solve("pose_after_steps", {"steps": 6}) == {"x": 4, "y": 1, "direction": "right"}


def test_worked_example_of_the_count_and_being_reached_last_changes_nothing() -> None:
    assert walk(EXAMPLE, 12)[-1].after.cell == (0, 0)
    assert solve("cell_flip_count", {"steps": 12, "cell": [0, 0]}) == 2
    assert solve("cell_flip_count", {"steps": 13, "cell": [0, 0]}) == 3


def test_one_step_by_hand() -> None:
    board = State(((0, 0, 0), (0, 1, 0), (0, 0, 0)), Ant(1, 1, "right"))
    step = walk(board, 1)[0]
    assert (step.color, step.after) == (1, Ant(0, 1, "up"))
    assert walk(State(board.grid, Ant(0, 0, "right")), 1)[0].after == Ant(1, 0, "down")


@given(st.integers(3, 9), st.integers(1, 30), st.randoms(use_true_random=False))
def test_walks_agree_with_a_second_simulation(size: int, steps: int, rng: Random) -> None:
    grid = [[rng.randrange(2) for _ in range(size)] for _ in range(size)]
    ant = {"x": rng.randrange(size), "y": rng.randrange(size), "direction": rng.choice(list(AHEAD))}
    state = State.from_json({"grid": grid, "ant": ant})
    stood, last = simulate(grid, ant, steps)
    played = walk(state, steps)
    assert [complex(*step.before.cell) for step in played] == stood
    assert solve("pose_after_steps", {"steps": steps}, state) == last
    cell = rng.choice(stood)
    assert flips(played, (int(cell.real), int(cell.imag))) == stood.count(cell)
    rows, columns, facings = reachable(state.ant, steps, size)
    assert last["x"] in rows and last["y"] in columns and last["direction"] in facings
    # The colour of every step is that of the grid, changed once for each earlier visit.
    for number, step in enumerate(played):
        assert step.color == grid[step.before.x][step.before.y] ^ (stood[:number].count(stood[number]) & 1)


@pytest.mark.parametrize(
    ("level", "size", "black"), [("Easy", 5, (2, 12)), ("Medium", 9, (8, 40)), ("Hard", 13, (16, 80))]
)
def test_levels_have_their_boards(level: str, size: int, black: tuple[int, int]) -> None:
    states = [json.loads(sample.state) for sample in samples("ant_pose", level)]
    counts = [sum(map(sum, state["grid"])) for state in states]
    assert {len(state["grid"]) for state in states} == {size}
    assert black[0] <= min(counts) and max(counts) <= black[1]
    assert max(counts) - min(counts) > 0.8 * (black[1] - black[0])
    assert min(Counter(state["ant"]["direction"] for state in states).values()) > 45
    on_black = sum(state["grid"][state["ant"]["x"]][state["ant"]["y"]] for state in states) / len(states)
    assert abs(on_black - sum(counts) / len(counts) / size**2) < 0.09


@pytest.mark.parametrize(("level", "steps"), [("Easy", (5, 6)), ("Medium", (7, 8)), ("Hard", (9, 10))])
def test_walks_revisit_wrap_and_end_elsewhere(level: str, steps: tuple[int, int]) -> None:
    revisits = wraps = 0
    for sample in samples("pose_after_steps", level):
        state, params = State.from_json(json.loads(sample.state)), json.loads(sample.params)
        assert params["steps"] in steps
        played = walk(state, params["steps"])
        assert played[-1].after != state.ant
        revisits += any(step.painted_in for step in played)
        wraps += any(step.wraps for step in played)
        assert len({step.color for step in played}) == 2
    assert wraps > 0.25 * 300
    assert level == "Easy" or revisits > 0.6 * 300


def test_pose_options_cross_two_rows_two_columns_and_two_facings() -> None:
    for sample in samples("ant_pose", "Medium", 60):
        options = json.loads(sample.params)["options"]
        for name in ("x", "y", "direction"):
            assert sorted(Counter(option[name] for option in options).values()) == [4, 4]


@pytest.mark.parametrize("level", list(Level))
def test_wrong_poses_survive_the_cheap_checks(level: Level) -> None:
    central = outer = 0
    for sample in samples("pose_after_steps", level, 300):
        state, params = State.from_json(json.loads(sample.state)), json.loads(sample.params)
        rows, columns, facings = reachable(state.ant, params["steps"], state.size)
        right = params["options"][ord(sample.answer) - ord("A")]
        for option in params["options"]:
            assert option["x"] in rows and option["y"] in columns and option["direction"] in facings
        cells = Counter((option["x"], option["y"]) for option in params["options"])
        assert list(cells.values()) == [2, 2, 2, 2]
        size = state.size

        def spread(cell: tuple[int, int], cells: Counter[tuple[int, int]] = cells, size: int = size) -> int:
            return sum(min((a - b) % size, (b - a) % size) for c in cells for a, b in zip(cell, c, strict=True))

        ranked = sorted(cells, key=spread)
        central += ranked[0] == (right["x"], right["y"])
        outer += ranked[-1] == (right["x"], right["y"])
    # One of four cells: the middle one and the outermost one must not be right much more often than that.
    assert central / 300 < 0.37 and outer / 300 < 0.37


@pytest.mark.parametrize(
    ("level", "shares"),
    [("Easy", (0.22, 0.39, 0.39)), ("Medium", (0.17, 0.34, 0.34, 0.15)), ("Hard", (0.17, 0.34, 0.34, 0.15))],
)
def test_counts_have_their_shares_and_zero_is_not_obvious(level: str, shares: tuple[float, ...]) -> None:
    made = samples("cell_flip_count", level, 400)
    found = Counter(int(sample.answer) for sample in made)
    assert max(found) == len(shares) - 1
    for value, share in enumerate(shares):
        assert abs(found[value] / 400 - share) < 3 * (share * (1 - share) / 400) ** 0.5
    zeros, on_end = 0, 0
    for sample in made:
        state, params = State.from_json(json.loads(sample.state)), json.loads(sample.params)
        played = walk(state, params["steps"])
        cell, size = params["cell"], state.size
        if sample.answer == "0":
            zeros += 1
            on_end += tuple(cell) == played[-1].after.cell
            visited = [step.before.cell for step in played] + [played[-1].after.cell]
            gaps = [max(min((a - b) % size, (b - a) % size) for a, b in zip(cell, c, strict=True)) for c in visited]
            assert min(gaps) <= 1
    assert on_end / zeros > 1 / 3 - 0.05


def test_the_picture_is_not_mirrored_and_shows_the_board_before_any_step() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    for x, row in enumerate(EXAMPLE.grid):
        for y, color in enumerate(row):
            pixel = image.getpixel((56 + 104 * y + 90, 56 + 104 * x + 10))
            assert pixel == ((0x1A,) * 3 if color else (255,) * 3)
    # The ant stands at (0, 0) and points right: its tip is red, the mirrored place is not.
    assert image.getpixel((56 + 52 + 32, 56 + 52)) == (0xE6, 0, 0)
    assert image.getpixel((56 + 52 - 36, 56 + 52)) == (255, 255, 255)


@pytest.mark.parametrize("facing", list(AHEAD))
@pytest.mark.parametrize("size", [5, 9, 13])
def test_the_arrow_is_longer_than_wide_and_leaves_the_cell_visible(facing: str, size: int) -> None:
    state = State(((0,) * size,) * size, Ant(2, 1, facing))  # type: ignore[arg-type]
    image = GAME.draw(state, Style()).convert("RGB")
    red = [(x, y) for x in range(600) for y in range(600) if image.getpixel((x, y)) == (0xE6, 0, 0)]
    wide, high = (max(c) - min(c) + 1 for c in zip(*red, strict=True))
    length, width = (wide, high) if facing in ("left", "right") else (high, wide)
    assert length > 1.2 * width
    assert len(red) < 0.55 * (520 // size) ** 2


def test_the_text_view_states_the_pose_only_in_the_cell() -> None:
    assert GAME.describe(EXAMPLE).splitlines()[2:] == [
        "x\\y   0   1   2   3   4",
        " 0    W>  B   B   W   W",
        " 1    W   W   W   W   W",
        " 2    W   W   B   W   W",
        " 3    W   W   B   W   W",
        " 4    W   W   B   W   W",
    ]


@pytest.mark.parametrize(
    "state",
    [
        {"grid": [[0, 1]], "ant": {"x": 0, "y": 0, "direction": "up"}},
        {"grid": [[0]], "ant": {"x": 0, "y": 1, "direction": "up"}},
        {"grid": [[2]], "ant": {"x": 0, "y": 0, "direction": "up"}},
        {"grid": [[0]], "ant": {"x": 0, "y": 0, "direction": "north"}},
        {"grid": [], "ant": {"x": 0, "y": 0, "direction": "up"}},
    ],
)
def test_illegal_boards_are_refused(state: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        State.from_json(state)


def test_total_is_worded_in_singular_and_plural() -> None:
    texts = [sample.analysis for sample in samples("cell_flip_count", "Easy", 40)]
    assert any("changes 1 time in all" in text for text in texts)
    assert any("changes 2 times in all" in text for text in texts)
    assert not any("1 times" in text for text in texts)
