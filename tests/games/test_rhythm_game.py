import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.rhythm_game import GAME, RhythmGameParams
from gameqa.games.rhythm_game.generate import LEVELS, generate, perturb
from gameqa.games.rhythm_game.state import State

NAMES = {"Y": "yellow", "G": "green", "H": "pink", "B": "blue", "T": "grey"}
SIGNS = {name: sign for sign, name in NAMES.items()}
SNAKES = {2: 22, 3: 39, 4: 60, 5: 85}
EXAMPLE_TEXT = """\
5 rows x 4 columns; row 1 is the bottom row
row 5: . . Y T
row 4: Y . . B
row 3: . G . H
row 2: G T Y .
row 1: Y H . .
col:   1 2 3 4"""
EXAMPLE_JSON = {
    "rows": 5,
    "cols": 4,
    "blocked_cell_num": 11,
    "block_info": [
        {"row": 1, "col": 1, "color": "yellow"},
        {"row": 1, "col": 2, "color": "pink"},
        {"row": 2, "col": 1, "color": "green"},
        {"row": 2, "col": 2, "color": "grey"},
        {"row": 2, "col": 3, "color": "yellow"},
        {"row": 3, "col": 2, "color": "green"},
        {"row": 3, "col": 4, "color": "pink"},
        {"row": 4, "col": 1, "color": "yellow"},
        {"row": 4, "col": 4, "color": "blue"},
        {"row": 5, "col": 3, "color": "yellow"},
        {"row": 5, "col": 4, "color": "grey"},
    ],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
OPTIONS = [25, 64, 35, 49, 74, 54, 39, 79]
POINT_TASKS, BEST_TASKS = ("column_points", "column_points_delay"), ("best_columns", "best_columns_delay")


def board(text: str) -> State:
    """Read a field of letters and dots, top row first."""
    rows = text.split()[::-1]
    blocks = [
        {"row": row, "col": col, "color": NAMES[sign]}
        for row, signs in enumerate(rows, 1)
        for col, sign in enumerate(signs, 1)
        if sign != "."
    ]
    size = {"rows": len(rows), "cols": len(rows[0]), "blocked_cell_num": len(blocks)}
    return State.from_json({**size, "block_info": blocks})


def rows_of(state: State) -> list[str]:
    """The rows of a field, bottom first, read from its JSON."""
    data = state.to_json()
    rows = [["."] * data["cols"] for _ in range(data["rows"])]
    for block in data["block_info"]:
        rows[block["row"] - 1][block["col"] - 1] = SIGNS[block["color"]]
    return ["".join(row) for row in rows]


def play(rows: list[str], finger: int, delay: bool) -> tuple[int, list[tuple[int, int]]]:
    """Let a field really fall and turn, second after second.

    Returns the points, and the places in the picture of all blocks that came to row 1 below the finger.
    """
    width = len(rows[0])
    cells: dict[tuple[int, int], tuple[str, tuple[int, int], int]] = {}  # place now: sign, first place, snake
    snake, sizes = 0, Counter[int]()
    for col in range(width):
        for row, signs in enumerate(rows):
            snake += signs[col] == "H"
            if signs[col] != ".":
                cells[row, col] = (signs[col], (row + 1, col + 1), snake)
                sizes[snake] += signs[col] in "HBT"
    clicked, seen = Counter[int](), []
    score, idle = 0, 0
    for _ in rows:
        if (0, finger - 1) in cells:
            sign, place, number = cells[0, finger - 1]
            seen.append(place)
            if not idle:
                score += {"Y": 10, "G": 15}.get(sign, 0)
                clicked[number] += sign in "HBT"
                if sign == "G":
                    cells = {(row, width - 1 - col): cell for (row, col), cell in cells.items()}
                    idle = 2 if delay else 0
        idle = max(0, idle - 1)
        cells = {(row - 1, col): cell for (row, col), cell in cells.items() if row}
    score += sum(SNAKES[sizes[number]] for number, cells_hit in clicked.items() if cells_hit == sizes[number] > 0)
    return score, seen


def random_board(rng: Random) -> State:
    """Any field, crowded or not, snakes on snakes, Reverse blocks side by side."""
    height, width, columns = rng.randint(1, 12), rng.randint(1, 6), list[str]()
    parts = ["Y", "G", ".", "HT", "HBT", "HBBT", "HBBBT"]
    weights = [rng.random() for _ in parts]
    for _ in range(width):
        column = ""
        while len(column) < height:
            column += rng.choices(parts, weights)[0]
        if not re.fullmatch(r"(?:[YG.]|HB*T)*", column[:height]):
            column = column[: column.rindex("H", 0, height)] + "." * height
        columns.append(column[:height])
    return board(" ".join("".join(column[row] for column in columns) for row in range(height - 1, -1, -1)))


@cache
def samples(task: str, level: str, count: int = 250) -> list[Sample]:
    return [gameqa.sample("rhythm_game", task, level, index=index) for index in range(count)]


def parts(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def right_of(sample: Sample) -> Any:
    return json.loads(sample.params)["options"]["ABCDEFGH".index(sample.answer)]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def near(count: int, share: float, total: int) -> bool:
    return abs(count / total - share) < 3.5 * (share * (1 - share) / total) ** 0.5


def test_worked_examples() -> None:
    assert EXAMPLE.to_json() == EXAMPLE_JSON
    assert GAME.describe(EXAMPLE) == EXAMPLE_TEXT
    assert solve("block_type", {"row": 4, "col": 4}) == "Snake Body"
    assert GAME.task("occupied_fraction").canonical(solve("occupied_fraction", {})) == "0.550"
    assert solve("snake_length_later", {"row": 1, "col": 4, "seconds": 2}) == 3
    assert OPTIONS.index(solve("column_points", {"col": 1})) == "ABCDEFGH".index("B")
    assert OPTIONS.index(solve("column_points_delay", {"col": 1})) == "ABCDEFGH".index("A")
    assert [solve("column_points", {"col": col}) for col in (1, 2, 3, 4)] == [64, 47, 20, 39]
    assert [solve("column_points_delay", {"col": col}) for col in (1, 2, 3, 4)] == [25, 47, 20, 39]
    assert GAME.task("best_columns").canonical(solve("best_columns", {})) == "1"
    assert GAME.task("best_columns_delay").canonical(solve("best_columns_delay", {})) == "2"


@pytest.mark.parametrize(
    ("text", "instant", "delayed"),
    [
        ("Y. .. Y.", [20, 0], [20, 0]),  # row 1 counts, empty rows do not matter
        ("Y. .Y G.", [25, 10], [15, 10]),  # after the Reverse comes column 2, not column 1; delayed, row 2 is lost
        (".Y G. .G G.", [55, 40], [25, 15]),  # a lost Reverse does not mirror
        (".T .H G.", [37, 22], [15, 22]),  # the lost row holds the head
        (".T .B .H GG", [54, 15], [15, 15]),
        (".T .B GH", [15, 39], [15, 39]),  # entered in its body
        (".G. .Y. .G.", [0, 40, 0], [0, 30, 0]),  # the middle column is its own mirror
    ],
)
def test_points_of_small_fields(text: str, instant: list[int], delayed: list[int]) -> None:
    state = board(text)
    for task, expected in zip(POINT_TASKS, (instant, delayed), strict=True):
        found = [solve(task, {"col": col}, state) for col in range(1, state.cols + 1)]
        assert found == expected == [play(rows_of(state), col, "delay" in task)[0] for col in range(1, state.cols + 1)]


@settings(max_examples=250, deadline=None)
@given(st.randoms(use_true_random=False))
def test_solvers_agree_with_a_field_that_really_falls(rng: Random) -> None:
    state = random_board(rng)
    rows = rows_of(state)
    for delay in (False, True):
        scores = [play(rows, col, delay)[0] for col in range(1, state.cols + 1)]
        assert scores == [solve(POINT_TASKS[delay], {"col": col}, state) for col in range(1, state.cols + 1)]
        top = [col for col, score in enumerate(scores, 1) if score == max(scores)]
        assert solve(BEST_TASKS[delay], {}, state) == top
    for col in range(1, state.cols + 1):
        for row in range(2, state.rows + 1):
            if rows[row - 1][col - 1] == "H":
                length = next(n for n in range(2, 6) if rows[row + n - 2][col - 1] == "T")
                for seconds in range(1, row):
                    params = {"row": row - seconds, "col": col, "seconds": seconds}
                    assert solve("snake_length_later", params, state) == length


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False))
def test_analyses_list_every_block_met_and_the_sum(rng: Random) -> None:
    state = random_board(rng)
    for delay in (False, True):
        for col in range(1, state.cols + 1):
            score, seen = play(rows_of(state), col, delay)
            solution = GAME.task(POINT_TASKS[delay]).solve(state, {"col": col})
            listed = [re.match(r"Cell \((\d+), (\d+)\)", step) for step in solution.steps]
            assert [(int(found[1]), int(found[2])) for found in listed if found] == seen
            for step, place in zip(solution.steps[1:], seen, strict=False):
                sign = rows_of(state)[place[0] - 1][place[1] - 1]
                name = {"Y": "Click", "G": "Reverse", "H": "Snake Head", "B": "Snake Body", "T": "Snake Tail"}[sign]
                assert f", {name}: " in step
            stated = [int(found) for step in solution.steps for found in re.findall(r"(\d+) points\.", step)]
            assert stated[-1] == sum(stated[:-1]) == score
            brief = GAME.task(BEST_TASKS[delay]).solve(state, {}).steps[col]
            named = set[tuple[int, int]]()
            for row, place, last in re.findall(r"\((\d+), (\d+)\)(?: to \((\d+), \d+\))?", brief):
                named |= {(up, int(place)) for up in range(int(row), int(last or row) + 1)}
            assert named == set(seen)
            assert f" {score}." in brief or brief.endswith(" 0 points.")


def test_reverse_is_explained_with_screen_and_picture_columns() -> None:
    state = board(".Y Y. G. ..")
    texts = [GAME.task(task).solve(state, {"col": 1}).steps for task in POINT_TASKS]
    assert "from row 3 on, screen column 1 shows column 2 of the picture" in texts[0][1]
    assert "row 3 is lost; from row 4 on, screen column 1 shows column 2 of the picture" in texts[1][1]


def test_shares_are_rounded_half_up_to_three_places() -> None:
    assert solve("occupied_fraction", {}, board("Y... .... .... ....")) == "0.063"
    assert solve("occupied_fraction", {}, board("YY ..")) == "0.500"
    text = GAME.task("occupied_fraction").solve(board("Y.. ..."), {}).steps[-1]
    assert text == "1 / 6 = 0.16666..., rounded to three decimal places 0.167."


@pytest.mark.parametrize(
    ("level", "shape", "clicks", "reverses", "snakes"),
    [
        ("Easy", (15, 4), (13, 15), (6, 8), (5, 7)),
        ("Medium", (15, 6), (20, 22), (10, 12), (9, 11)),
        ("Hard", (20, 6), (26, 30), (14, 17), (11, 13)),
    ],
)
def test_levels_have_their_blocks(
    level: str, shape: tuple[int, int], clicks: tuple[int, int], reverses: tuple[int, int], snakes: tuple[int, int]
) -> None:
    lengths = Counter[int]()
    found: dict[str, Counter[int]] = {sign: Counter() for sign in "YGH"}
    for sample in samples("occupied_fraction", level):
        rows = rows_of(parts(sample)[0])
        assert (len(rows), len(rows[0])) == shape
        for sign, counter in found.items():
            counter["".join(rows).count(sign)] += 1
        for column in map("".join, zip(*rows, strict=True)):
            lengths.update(map(len, re.findall("HB*T", column)))
    for counter, (low, high) in zip(found.values(), (clicks, reverses, snakes), strict=True):
        assert set(counter) == set(range(low, high + 1))
        assert all(near(count, 1 / (high - low + 1), 250) for count in counter.values())
    assert set(lengths) == {2, 3, 4, 5}
    assert all(near(count, 1 / 4, lengths.total()) for count in lengths.values())


@pytest.mark.parametrize("level", list(Level))
def test_no_share_of_cells_is_common(level: Level) -> None:
    counts = Counter(sample.answer for sample in samples("occupied_fraction", level))
    assert counts.most_common(1)[0][1] < 0.15 * 250
    assert all(re.fullmatch(r"0\.\d{3}", answer) for answer in counts)


@pytest.mark.parametrize("level", list(Level))
def test_types_and_lengths_are_asked_equally_often(level: Level) -> None:
    types = Counter(right_of(sample) for sample in samples("block_type", level))
    assert len(types) == 6 and all(near(count, 1 / 6, 250) for count in types.values())
    made = samples("snake_length_later", level)
    lengths = Counter(right_of(sample) for sample in made)
    assert len(lengths) == 4 and all(near(count, 1 / 4, 250) for count in lengths.values())
    for sample in made:
        state, params = parts(sample)
        assert params["row"] >= 1 <= params["seconds"]
        # A head nearer to the top would rule out long snakes without a look at the picture.
        assert params["row"] + params["seconds"] + 4 <= state.rows


def test_heads_in_row_1_only_carry_no_question_about_later() -> None:
    state = board(" ".join(["....", "YY.."] * 4 + ["TT.T", "BBGB", "HHYH"]))
    plan = msgspec.structs.replace(LEVELS[Level.EASY], length=3)
    assert GAME.task("snake_length_later").ask(state, plan, Random(1)) is None


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("task", POINT_TASKS)
def test_columns_meet_reverses_and_the_delay_matters(task: str, level: Level) -> None:
    reverses = changed = 0
    for sample in samples(task, level):
        state, params = parts(sample)
        rows = rows_of(state)
        (instant, seen), (delayed, _) = (play(rows, params["col"], delay) for delay in (False, True))
        reverses += any(rows[row - 1][col - 1] == "G" for row, col in seen)
        changed += instant != delayed
    assert reverses >= 0.8 * 250
    assert task == "column_points" or changed >= 0.7 * 250


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("task", POINT_TASKS)
def test_options_do_not_tell_the_points(task: str, level: Level) -> None:
    made = samples(task, level)
    rights = [right_of(sample) for sample in made]
    mean = sum(rights) / len(rights)
    digits = Counter(value % 5 for value in rights)
    ranks, nearest, likeliest = Counter[int](), 0.0, 0.0
    for sample, right in zip(made, rights, strict=True):
        options = json.loads(sample.params)["options"]
        assert min(options) >= 0 and len(set(options)) == 8
        ranks[sorted(options).index(right)] += 1
        nearest += min(options, key=lambda value: abs(value - mean)) == right
        best = [value for value in options if digits[value % 5] == max(digits[value % 5] for value in options)]
        likeliest += (right in best) / len(best)
        # All sums of three differences: seen from any of the values, the others lie alike.
        steps = [value - min(options) for value in sorted(options)[1:]]
        assert any(
            {sum(some) for count in (1, 2, 3) for some in combinations(three, count)} == set(steps)
            for three in combinations(steps, 3)
        )
    chi = sum((ranks[rank] - 250 / 8) ** 2 / (250 / 8) for rank in range(8))
    assert chi < 7 + 3.5 * 14**0.5
    # Blind guessing finds 12.5 %; values near the mean of all questions, or with a common last digit, a little more.
    assert nearest / 250 < 0.27
    assert likeliest / 250 < 0.21


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("task", BEST_TASKS)
def test_best_columns_are_balanced_and_stand_out(task: str, level: Level) -> None:
    columns, ties, changed = Counter[str](), 0, 0
    for sample in samples(task, level):
        state, _ = parts(sample)
        rows = rows_of(state)
        both = [[play(rows, col, delay)[0] for col in range(1, state.cols + 1)] for delay in (False, True)]
        scores = both["delay" in task]
        ranked = sorted(scores, reverse=True)
        ties += ranked[0] == ranked[1]
        assert ranked[0] == ranked[1] or ranked[0] - ranked[1] >= 5
        assert sample.answer == ", ".join(str(n) for n, score in enumerate(scores, 1) if score == ranked[0])
        tops = [{n for n, score in enumerate(one) if score == max(one)} for one in both]
        changed += tops[0] != tops[1]
        columns[sample.answer] += "," not in sample.answer
    assert ties <= 0.1 * 250
    assert task == "best_columns" or changed >= 0.5 * 250
    cols = LEVELS[level].cols
    assert all(near(columns[str(col)], 1 / cols, 250 - ties) for col in range(1, cols + 1))


@pytest.mark.parametrize("rows,cols", [(15, 4), (15, 6), (20, 6), (5, 4)])
def test_the_picture_shows_each_block_in_its_cell(rows: int, cols: int) -> None:
    state = EXAMPLE
    if rows > 5:
        level = next(params for params in LEVELS.values() if (params.rows, params.cols) == (rows, cols))
        made = generate(Random(3), level, lambda state: True)
        assert made is not None
        state = made
    image = GAME.draw(state, Style()).convert("RGB")
    fills = {"Y": "#FFFF00", "G": "#00C000", "B": "#0000FF", "H": "#FF69B4", "T": "#808080", ".": "#FFFFFF"}
    for row, signs in enumerate(rows_of(state)):
        for col, sign in enumerate(signs):
            left, bottom = 30 + col * 400 / cols, 508 - row * 500 / rows
            pixel = image.getpixel((round(left + 0.15 * 400 / cols), round(bottom - 0.5 * 500 / rows)))
            assert "#{:02X}{:02X}{:02X}".format(*pixel) == fills[sign]  # type: ignore[misc]
            gap = image.getpixel((round(left + 0.06 * 400 / cols), round(bottom - 0.5 * 500 / rows)))
            assert gap == (255, 255, 255)


def test_types_differ_by_their_marks_without_colours() -> None:
    image = GAME.draw(board("T. BG HY"), Style()).convert("RGB")
    marks: list[set[tuple[int, int]]] = []
    for col, row in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2)):
        left, top = 30 + 200 * col + 40, round(8 + 500 / 3 * row) + 30
        ground = image.getpixel((left, top))
        marks.append({(x, y) for x in range(120) for y in range(100) if image.getpixel((left + x, top + y)) != ground})
    assert all(len(one ^ two) > 300 for one in marks for two in marks if one is not two)


@given(st.randoms(use_true_random=False))
def test_perturbing_gives_another_legal_field(rng: Random) -> None:
    state = random_board(rng)
    other = perturb(state, rng)
    assert other != state
    assert State.from_json(other.to_json()) == other


def refused(**changes: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(EXAMPLE_JSON)), **changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (refused(blocked_cell_num=10), "blocked_cell_num must be 11"),
        (refused(block_info=EXAMPLE_JSON["block_info"][::-1]), "sorted by row"),  # type: ignore[index]
        (refused(rows=4), r"cell \(5, 3\) lies outside"),
        (refused(cols=3), r"cell \(3, 4\) lies outside"),
        (refused(blocked_cell_num=10, block_info=EXAMPLE_JSON["block_info"][:-1]), "column 4 has a snake"),  # type: ignore[index]
        (refused(blocked_cell_num=1, block_info=[{"row": 1, "col": 1, "color": "blue"}]), "column 1 has a snake"),
        (refused(blocked_cell_num=1, block_info=[{"row": 1, "col": 1, "color": "red"}]), "red"),
        (refused(rows=0), "rows"),
    ],
)
def test_illegal_fields_are_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json(data)


def test_a_snake_of_six_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3 blue"):
        board("T B B B B H")


def test_custom_levels() -> None:
    params = {"rows": 10, "cols": 5, "clicks": [6, 8], "reverses": [3, 5], "snakes": [2, 3]}
    for task in GAME.tasks:
        sample = gameqa.sample("rhythm_game", task.slug, params)
        assert sample.plot_level == "Custom" and len(rows_of(parts(sample)[0])) == 10
    with pytest.raises(ValueError, match="must leave one"):
        RhythmGameParams(rows=8, cols=2, clicks=(1, 8), reverses=(1, 3), snakes=(1, 1))
    with pytest.raises(ValueError, match="least, most"):
        RhythmGameParams(rows=8, cols=2, clicks=(3, 2), reverses=(1, 3), snakes=(1, 1))


def test_snakes_without_room_end_the_attempt() -> None:
    crowded = RhythmGameParams(rows=8, cols=2, clicks=(0, 0), reverses=(0, 0), snakes=(3, 3))
    made = [generate(Random(seed), crowded, lambda state: True) for seed in range(200)]
    assert None in made and any(made)
