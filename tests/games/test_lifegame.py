import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable
from itertools import pairwise, product
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.lifegame import GAME, LifeGameParams
from gameqa.games.lifegame.generate import LEVELS, perturb
from gameqa.games.lifegame.rules import fate, history, live_neighbours, neighbours, step
from gameqa.games.lifegame.state import State

EXAMPLE = {"grid": [[0, 1, 1, 0, 0], [0, 1, 0, 0, 0], [1, 0, 0, 1, 1], [0, 1, 0, 0, 0], [0, 1, 1, 1, 0]]}
SIZE = {"Easy": 4, "Medium": 5, "Hard": 6}
PATTERNS = st.integers(4, 6).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 1), min_size=size, max_size=size), min_size=size, max_size=size)
)


def board(text: str) -> State:
    return State.from_json({"grid": [[int(sign == "#") for sign in row] for row in text.split()]})


def iterate(grid: Any) -> Any:
    """A second simulation: sums of shifted arrays."""
    cells = np.array(grid)
    shifts = [shift for shift in product((-1, 0, 1), repeat=2) if shift != (0, 0)]
    count = sum(np.roll(cells, shift, (0, 1)) for shift in shifts)
    return ((count == 3) | (cells == 1) & (count == 2)).astype(int)


def entry_of(grid: Any) -> tuple[int, int]:
    """First pattern that comes again, and the length of its cycle: by looking back through a list."""
    seen: list[list[list[int]]] = []
    pattern = np.array(grid)
    while pattern.tolist() not in seen:
        seen.append(pattern.tolist())
        pattern = iterate(pattern)
    first = seen.index(pattern.tolist())
    return first, len(seen) - first


def samples(task: str, level: str, count: int = 400, split: str = "train") -> list[Sample]:
    return [gameqa.sample("lifegame", task, level, split, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[list[list[int]], dict[str, Any], Any]:
    """Grid, params and the right option's value."""
    params = json.loads(sample.params)
    return json.loads(sample.state)["grid"], params, params["options"][ord(sample.answer) - ord("A")]


def solve(task: str, params: dict[str, Any], state: Any = EXAMPLE) -> Any:
    return GAME.task(task).solve(State.from_json(state), params).value


def blind_rate(pairs: list[tuple[Hashable, Hashable]]) -> float:
    """What a guesser scores on one half who knows, for every list of options, the answers of the other half."""
    table: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    half = len(pairs) // 2
    for shown, right in pairs[:half]:
        table[shown][right] += 1
    guesses = {shown: answers.most_common(1)[0][0] for shown, answers in table.items()}
    return sum(guesses.get(shown) == right for shown, right in pairs[half:]) / half


def near(share: float, count: int, sigmas: float = 3.5) -> float:
    """Tolerance of an observed share."""
    return sigmas * (share * (1 - share) / count) ** 0.5


def test_worked_examples() -> None:
    assert solve("live_count", {}) == 10
    assert solve("next_live_count", {"iterations": 1}) == 12
    assert solve("cell_sequence", {"row": 1, "col": 4, "iterations": 4}) == (0, 1, 0, 1, 1)
    assert solve("region_stability_steps", {"row": 1, "col": 0, "size": 4}) == 4
    rows = [board(".#.. #..# .#.. .###").rows]
    for _ in range(5):
        rows.append(step(rows[-1]))
    drawn = [".#.. ###. .#.. .#..", ".... #.#. .... ###.", "#.#. .... #.#. .#..", ".#.. .... .#.. #.#."]
    assert rows[1:] == [board(text).rows for text in [*drawn, drawn[-1]]]


def test_neighbours_wrap_around() -> None:
    expected = {(4, 4), (4, 0), (4, 1), (0, 4), (0, 1), (1, 4), (1, 0), (1, 1)}
    assert set(neighbours((0, 0), 5)) == expected
    assert step(board("#...# ..... ..... ..... #....").rows) == board("#...# ..... ..... ..... #...#").rows


@given(PATTERNS)
def test_iterations_agree_with_a_second_simulation(grid: list[list[int]]) -> None:
    state, expected = State.from_json({"grid": grid}), np.array(grid)
    for rows in history(state.rows, 4):
        assert State(rows).to_json()["grid"] == expected.tolist()
        expected = iterate(expected)
    found = fate(state.rows)
    assert found is not None and (found.entry, found.period) == entry_of(grid)


def test_every_rule_of_a_cell() -> None:
    for bits in range(512):
        grid = np.zeros((5, 5), int)
        grid[1:4, 1:4] = np.array([bits >> place & 1 for place in range(9)]).reshape(3, 3)
        rows = State.from_json({"grid": grid.tolist()}).rows
        around = live_neighbours(rows, (2, 2))
        assert around == bits.bit_count() - (bits >> 4 & 1)
        assert step(rows)[2] >> 2 & 1 == (around == 3 or (around == 2 and bits >> 4 & 1))


@pytest.mark.parametrize(
    ("text", "entry", "period"),
    [
        ("..... ..... .###. ..... .....", 0, 2),  # a blinker: entered at once, though noticed after two iterations
        (".... .##. .##. ....", 0, 1),
        (".... .... .... ....", 0, 1),
        (".... .#.. .... ....", 1, 1),
        ("..... .##.. .#... ..... .....", 1, 1),
    ],
)
def test_stability_is_the_entry_of_the_cycle(text: str, entry: int, period: int) -> None:
    found = fate(board(text).rows)
    assert found is not None and (found.entry, found.period) == (entry, period)
    size = len(text.split())
    assert solve("region_stability_steps", {"row": 0, "col": 0, "size": size}, board(text).to_json()) == entry


def test_the_search_for_a_repetition_stops_at_the_limit() -> None:
    glider = board("..#... #.#... .##... ...... ...... ......").rows
    found = fate(glider)
    assert fate(glider, 8) is None and found is not None and found.period == 24


def test_the_region_evolves_by_itself() -> None:
    # A block in the region; the live cells outside would make the board around it boil.
    state = board("####.. #..... #.##.. #.##.. ...... ......")
    assert entry_of(state.to_json()["grid"])[0] > 0
    assert solve("region_stability_steps", {"row": 1, "col": 1, "size": 4}, state.to_json()) == 0
    steps = GAME.task("region_stability_steps").solve(state, {"row": 1, "col": 1, "size": 4}).steps
    assert "..... / " not in " ".join(steps)


@pytest.mark.parametrize("level", list(Level))
def test_answers_agree_with_a_second_solver(level: str) -> None:
    for sample in samples("next_live_count", level, 100):
        grid, params, right = read(sample)
        for _ in range(params["iterations"]):
            grid = iterate(grid)
        assert np.sum(grid) == right
    for sample in samples("cell_sequence", level, 100):
        grid, params, right = read(sample)
        for value in right:
            assert grid[params["row"]][params["col"]] == value
            grid = iterate(grid)
    for sample in samples("region_stability_steps", level, 100):
        grid, params, right = read(sample)
        row, col, size = params["row"], params["col"], params["size"]
        assert 0 <= row <= len(grid) - size and 0 <= col <= len(grid) - size
        assert entry_of([line[col : col + size] for line in grid[row : row + size]])[0] == right
    assert all(sum(map(sum, read(sample)[0])) == read(sample)[2] for sample in samples("live_count", level, 50))


@pytest.mark.parametrize("level", list(Level))
def test_levels_have_their_sizes_and_steps(level: str) -> None:
    iterations, sequence, region = {"Easy": (1, 3, 4), "Medium": (1, 4, 4), "Hard": (2, 5, 5)}[level]
    wanted = {
        "live_count": {},
        "next_live_count": {"iterations": iterations},
        "cell_sequence": {"iterations": sequence},
        "region_stability_steps": {"size": region},
    }
    for task, fixed in wanted.items():
        for sample in samples(task, level, 60, "test"):
            grid, params, _ = read(sample)
            assert len(grid) == SIZE[level]
            assert 3 <= sum(map(sum, grid)) <= len(grid) ** 2 - 3
            assert fixed.items() <= params.items()


@pytest.mark.parametrize("level", list(Level))
def test_live_counts_are_uniform(level: str) -> None:
    values = range(3, int(0.65 * SIZE[level] ** 2) + 1)
    counts = Counter(read(sample)[2] for sample in samples("live_count", level))
    assert set(counts) <= set(values)
    share = 1 / len(values)
    assert max(counts[value] for value in values) / 400 < share + near(share, 400, 4) < 0.2
    assert min(counts[value] for value in values) / 400 > share - near(share, 400, 4)


@pytest.mark.parametrize("level", list(Level))
def test_counts_after_iterations_are_spread(level: str) -> None:
    counts = Counter(read(sample)[2] for sample in samples("next_live_count", level))
    assert counts[0] / 400 <= 0.1 and max(counts.values()) / 400 <= 0.2
    assert max(counts) - min(counts) >= 9


@pytest.mark.parametrize(
    ("task", "bound"), [("live_count", (0.242, 0.197, 0.173)), ("next_live_count", (0.17, 0.16, 0.15))]
)
@pytest.mark.parametrize("level", list(Level))
def test_number_options_are_windows_that_tell_little(task: str, bound: tuple[float, ...], level: str) -> None:
    pairs = []
    for sample in samples(task, level, 600):
        grid, params, right = read(sample)
        options = sorted(params["options"])
        assert options == list(range(options[0], options[0] + 8))
        assert options[0] >= 0 and options[-1] <= len(grid) ** 2
        pairs.append((options[0], right))
    best = bound[list(Level).index(Level(level))]
    assert blind_rate(pairs) < best + near(best, 300)
    assert max(Counter(right - low for low, right in pairs).values()) / 600 < 0.2


@pytest.mark.parametrize(
    ("level", "shares"),
    [("Easy", (0.2, 0.4, 0.35, 0.05)), ("Medium", (0.2, 0.3, 0.3, 0.2)), ("Hard", (0.2, 0.3, 0.3, 0.2))],
)
def test_sequences_change_as_often_as_planned(level: str, shares: tuple[float, ...]) -> None:
    rights = [read(sample)[2] for sample in samples("cell_sequence", level, 500)]
    changes = Counter(min(3, sum(a != b for a, b in pairwise(right))) for right in rights)
    for number, share in enumerate(shares):
        assert abs(changes[number] / 500 - share) < near(share, 500)
    assert sum(not any(right[1:]) for right in rights) / 500 <= 0.2
    assert abs(sum(right[0] for right in rights) / 500 - 0.5) < near(0.5, 500)


@pytest.mark.parametrize(("level", "bound"), [("Easy", 0.2), ("Medium", 0.31), ("Hard", 0.39)])
def test_sequence_options_share_their_start_and_lie_close(level: str, bound: float) -> None:
    pairs, crowded = [], []
    for sample in samples("cell_sequence", level):
        _, params, right = read(sample)
        options = params["options"]
        assert {option[0] for option in options} == {right[0]}
        assert [right[0]] * len(right) in options

        def degree(option: list[int], options: Any = options) -> int:
            return sum(sum(a != b for a, b in zip(option, other, strict=True)) == 1 for other in options)

        assert degree(right) >= 3
        if level == "Easy":
            assert sorted(option[1:] for option in options) == [list(bits) for bits in product((0, 1), repeat=3)]
        crowded.append(sum(degree(option) >= 3 for option in options))
        # Whether the cell starts alive or dead says nothing, so sequences are compared by their changes.
        relative = [tuple(value ^ right[0] for value in option) for option in [right, *options]]
        pairs.append((frozenset(relative), relative[0]))
    # The right one is never the only one with three close neighbours.
    assert min(crowded) >= 4
    assert blind_rate(pairs) < bound + near(bound, 200)
    # Guessing the constant sequence.
    assert abs(sum(not any(right) for _, right in pairs) / 400 - 0.2) < near(0.2, 400)


@pytest.mark.parametrize(("level", "entries"), [("Easy", range(5)), ("Medium", range(6)), ("Hard", range(1, 8))])
def test_stability_is_uniform_and_has_oscillators(level: str, entries: range) -> None:
    counts: Counter[int] = Counter()
    cycles, corners = 0, set()
    for sample in samples("region_stability_steps", level, 500):
        grid, params, right = read(sample)
        assert sorted(params["options"]) == list(range(8))
        row, col, size = params["row"], params["col"], params["size"]
        counts[right] += 1
        cycles += entry_of([line[col : col + size] for line in grid[row : row + size]])[1] > 1
        corners.add((row, col))
    assert set(counts) == set(entries)
    share = 1 / len(entries)
    assert all(abs(count / 500 - share) < near(share, 500) for count in counts.values())
    assert cycles / 500 >= 0.05
    assert len(corners) == (SIZE[level] - size + 1) ** 2


def test_questions_say_what_must_be_known() -> None:
    for task in GAME.tasks:
        for text in (
            gameqa.sample("lifegame", task.slug, "Hard").question,
            gameqa.sample("lifegame", task.slug, "Hard").text_question,
        ):
            for words in ("edges wrap around", "6 x 6 board", "counted from 0", "same time", "neighbours of (0, 0)"):
                assert words in text
    query = gameqa.sample("lifegame", "region_stability_steps", "Hard").query
    for words in ("wrap around onto itself", "no influence", "smallest t", "cycle is entered"):
        assert words in query
    texts = gameqa.sample("lifegame", "cell_sequence", "Easy").options
    assert "now: dead, 1: dead, 2: dead, 3: dead" in texts or "now: alive, 1: alive, 2: alive, 3: alive" in texts


@pytest.mark.parametrize(("level", "side", "cell"), [("Easy", 460, 100), ("Medium", 480, 84), ("Hard", 492, 72)])
def test_the_picture_shows_every_cell_at_its_place(level: str, side: int, cell: int) -> None:
    sample = gameqa.sample("lifegame", "live_count", level)
    image = sample.image.convert("RGB")
    assert image.size == (side, side)
    for row, line in enumerate(read(sample)[0]):
        for col, value in enumerate(line):
            for inset in (3, cell - 4):
                pixel = image.getpixel((44 + col * cell + inset, 44 + row * cell + inset))
                assert pixel == ((0, 0, 0) if value else (255, 255, 255))


def test_the_board_has_three_colours_and_no_marks() -> None:
    image = GAME.draw(State.from_json(EXAMPLE), Style()).convert("RGB").crop((40, 40, 480, 480))
    colors = {color for _, color in image.getcolors() or []}
    assert colors == {(0, 0, 0), (255, 255, 255), (128, 128, 128)}


def test_the_text_view() -> None:
    assert GAME.describe(State.from_json(EXAMPLE)) == (
        "Game of Life, 5 x 5, edges wrap around. '#' alive, '.' dead.\n"
        "   0 1 2 3 4\n"
        "0: . # # . .\n"
        "1: . # . . .\n"
        "2: # . . # #\n"
        "3: . # . . .\n"
        "4: . # # # ."
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"grid": [[0] * 3] * 3}, "4, 5 or 6 rows"),
        ({"grid": [[0] * 7] * 7}, "4, 5 or 6 rows"),
        ({"grid": [[0] * 4] * 3 + [[0] * 5]}, "must have 4 cells"),
        ({"grid": [[2] * 4] * 4}, "Invalid"),
        ({"grid": [[True] * 4] * 4}, "Expected"),
        ({"grid": [[0] * 4] * 4, "n": 4}, "unknown field"),
    ],
)
def test_illegal_boards_are_refused(state: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=words):
        State.from_json(state)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 3},
        {"region": 3},
        {"size": 4, "region": 5},
        {"count": (5, 4)},
        {"count": (0, 26), "size": 5},
        {"entries": (0, 8)},
        {"changes": (0, 0, 0, 0)},
    ],
)
def test_illegal_parameters_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.convert(msgspec.structs.asdict(LEVELS[Level.MEDIUM]) | change, LifeGameParams)


@given(PATTERNS, st.randoms(use_true_random=False))
def test_perturbing_flips_one_cell(grid: list[list[int]], rng: Random) -> None:
    state = State.from_json({"grid": grid})
    other = State.from_json(perturb(state, rng).to_json())
    assert np.sum(np.array(other.to_json()["grid"]) != np.array(grid)) == 1


@pytest.mark.parametrize("accept", [lambda state: True, lambda state: sum(state.rows) % 10 == 0])
def test_regions_keep_their_wish_wherever_they_go(accept: Callable[[State], bool]) -> None:
    rng, plan = Random(3), GAME.task("region_stability_steps").plan(LEVELS[Level.HARD], Random(5))
    found = [state for _ in range(1500) if (state := GAME.generate(rng, plan, accept))]
    assert len(found) > 20 and plan.corner is not None
    row, col = plan.corner
    for state in found:
        grid = state.to_json()["grid"]
        assert accept(state)
        assert entry_of([line[col : col + plan.region] for line in grid[row : row + plan.region]])[0] == plan.entry
