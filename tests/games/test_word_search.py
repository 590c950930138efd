import codecs
import json
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games import word_search
from gameqa.games.word_search import GAME
from gameqa.games.word_search.rules import LOOKALIKES
from gameqa.games.word_search.state import State
from gameqa.games.word_search.words import words

EXAMPLE_JSON = {
    "grid": [
        ["C", "A", "T", "Q", "B"],
        ["O", "C", "S", "M", "E"],
        ["A", "U", "A", "C", "W"],
        ["C", "O", "T", "R", "F"],
        ["D", "T", "G", "A", "C"],
    ],
    "size": 5,
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
STEPS = {
    "right": (0, 1),
    "left": (0, -1),
    "down": (1, 0),
    "up": (-1, 0),
    "diagonal-right-down": (1, 1),
    "diagonal-right-up": (-1, 1),
    "diagonal-left-down": (1, -1),
    "diagonal-left-up": (-1, -1),
}
SIZES = {"Easy": {5}, "Medium": {6, 7}, "Hard": {8}}
FIND = {5: (3, 4), 6: (4, 5), 7: (4, 6), 8: (5, 7)}
FOLLOW = {5: (3, 4), 6: (3, 4), 7: (3, 5), 8: (4, 6)}
COUNTS = {"Easy": range(6), "Medium": range(8), "Hard": range(1, 10)}
STEMS = "shpx fuvg phag avtt snttb fyhg juber encr frk cbea crav intva anmv wvunq urebva pbpnv xvyyre zheqre fhvpvq"
EXACT = "nff nany qnza uryy gvgf gvg phz phzf jnax cvff oen nefr fbq tnl wrj qvr qrnq tha obzo jne tbq fva qeht onyyf"
"""Stems no word may contain, and words that must not be listed; ROT13."""


@cache
def rows(task: str, level: str, count: int = 300) -> list[tuple[Sample, dict[str, Any], list[list[str]], Any]]:
    """Samples with params, grid and the right option."""
    made = []
    for index in range(count):
        sample = gameqa.sample("word_search", task, level, index=index)
        params, grid = json.loads(sample.params), json.loads(sample.state)["grid"]
        made.append((sample, params, grid, params["options"][ord(sample.answer) - ord("A")]))
    return made


def cells(size: int, row: int, col: int, name: str, length: int) -> list[tuple[int, int]]:
    """A second reading: the cells of a word, counted from 1, or an empty list when it leaves the grid."""
    down, across = STEPS[name]
    made = [(row + down * n, col + across * n) for n in range(length)]
    return made if all(1 <= a <= size and 1 <= b <= size for a, b in made) else []


def agreeing(grid: list[list[str]], word: str, row: int, col: int, name: str) -> int:
    """How many first letters of a word that fits agree with the grid."""
    read = "".join(grid[a - 1][b - 1] for a, b in cells(len(grid), row, col, name, len(word)))
    return next((n for n, pair in enumerate(zip(read, word, strict=False)) if pair[0] != pair[1]), len(read))


def everywhere(grid: list[list[str]], word: str) -> list[dict[str, Any]]:
    size = len(grid)
    return [
        {"row": row, "col": col, "direction": name}
        for row in range(1, size + 1)
        for col in range(1, size + 1)
        for name in STEPS
        if agreeing(grid, word, row, col, name) == len(word)
    ]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params)


def near(share: float, count: int, total: int) -> bool:
    return abs(count / total - share) < 3.2 * (share * (1 - share) / total) ** 0.5


# Rules


def test_example_answers() -> None:
    assert solve("cell_letter", {"row": 3, "col": 4}).value == "C"
    assert solve("letter_count", {"letter": "C"}).value == 5
    assert solve("word_direction", {"word": "CAT", "row": 1, "col": 1}).value == "right"
    assert solve("find_word", {"word": "COAC"}).accepted == [{"row": 1, "col": 1, "direction": "down"}]


def test_rows_and_columns_are_not_swapped_and_count_from_one() -> None:
    assert solve("cell_letter", {"row": 1, "col": 5}).value == "B"
    assert solve("cell_letter", {"row": 5, "col": 1}).value == "D"
    assert solve("cell_letter", {"row": 5, "col": 5}).value == "C"


@pytest.mark.parametrize(
    ("word", "row", "col", "name"),
    [
        ("SMEL", 3, 3, "right"),
        ("SAUB", 3, 3, "left"),
        ("SNOW", 3, 3, "down"),
        ("SKIP", 3, 3, "up"),
        ("SRT", 3, 3, "diagonal-right-down"),
        ("SHV", 3, 3, "diagonal-right-up"),
        ("SDZ", 3, 3, "diagonal-left-down"),
        ("SGY", 3, 3, "diagonal-left-up"),
    ],
)
def test_the_eight_directions_lead_where_their_names_say(word: str, row: int, col: int, name: str) -> None:
    #     1 2 3 4 5
    # 1   Y . I . V
    # 2   . G K H .
    # 3   B U S M E      only the first three letters of each word fit
    # 4   . D N R .
    # 5   Z . O . T
    state = State(("YQIQV", "QGKHQ", "UASME", "QDNRQ", "ZQOQT"))
    assert solve("find_word", {"word": word[:3]}, state).accepted == [{"row": row, "col": col, "direction": name}]
    assert solve("word_direction", {"word": word[:3], "row": row, "col": col}, state).value == name


def test_words_do_not_wrap_around_the_edges() -> None:
    state = State(("TQCA", "QQQQ", "QQQQ", "QQQQ"))
    with pytest.raises(ValueError, match="does not lie"):
        solve("find_word", {"word": "CAT"}, state)
    with pytest.raises(ValueError, match="does not start"):
        solve("word_direction", {"word": "CAT", "row": 1, "col": 3}, state)


def test_two_occurrences_are_both_accepted() -> None:
    state = State(("CAT", "AQQ", "TQQ"))
    assert solve("word_direction", {"word": "CAT", "row": 1, "col": 1}, state).accepted == ["right", "down"]
    assert len(solve("find_word", {"word": "CAT"}, state).accepted) == 2


@given(st.integers(3, 8), st.randoms(use_true_random=False))
def test_search_agrees_with_a_second_reading(size: int, rng: Random) -> None:
    grid = [[rng.choice("ABC") for _ in range(size)] for _ in range(size)]
    state = State.from_json({"grid": grid, "size": size})
    word = "".join(rng.choices("ABC", k=rng.randint(2, 4)))
    found = everywhere(grid, word)
    if not found:
        with pytest.raises(ValueError, match="does not lie"):
            solve("find_word", {"word": word}, state)
        return
    assert solve("find_word", {"word": word}, state).accepted_json == found
    row, col = found[0]["row"], found[0]["col"]
    names = [place["direction"] for place in found if (place["row"], place["col"]) == (row, col)]
    assert solve("word_direction", {"word": word, "row": row, "col": col}, state).accepted == names
    assert solve("letter_count", {"letter": "A"}, state).value == sum(line.count("A") for line in grid)


@pytest.mark.parametrize(
    "broken",
    [
        {"grid": [["A", "B"]], "size": 1},
        {"grid": [["A", "B"], ["C"]], "size": 2},
        {"grid": [["A"]], "size": 2},
        {"grid": [["a"]], "size": 1},
        {"grid": [["AB"]], "size": 1},
        {"grid": [["A\n"]], "size": 1},
        {"grid": [["Ä"]], "size": 1},
        {"grid": [[""]], "size": 1},
        {"grid": ["A"], "size": 1},
        {"grid": [], "size": 0},
    ],
)
def test_malformed_grids_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        State.from_json(broken)


def test_perturb_changes_exactly_one_letter() -> None:
    places = set()
    for seed in range(200):
        other = GAME.perturb(EXAMPLE, Random(seed))
        assert State.from_json(other.to_json()) == other
        changed = [n for n, (a, b) in enumerate(zip(str(EXAMPLE), str(other), strict=True)) if a != b]
        assert len(changed) == 1
        places.add(changed[0])
    assert len(places) == 25


@pytest.mark.parametrize(
    "broken",
    [
        {"boards": []},
        {"boards": [(4, (3, 3), (3, 3))]},
        {"boards": [(5, (3, 5), (3, 4))]},
        {"boards": [(6, (5, 4), (3, 4))]},
        {"boards": [(6, (2, 4), (3, 4))]},
        {"boards": [(9, (3, 8), (3, 4))]},
        {"counts": (3, 2)},
        {"counts": (0, 10)},
    ],
)
def test_own_parameters_out_of_range_are_refused(broken: dict[str, Any]) -> None:
    level = {"boards": [(6, (4, 5), (3, 4))], "counts": (0, 5), "lookalikes": 0}
    assert gameqa.sample("word_search", "find_word", level).plot_level == "Custom"
    with pytest.raises(gameqa.UsageError):
        gameqa.sample("word_search", "find_word", {**level, **broken})


# The words


def test_words_are_many_plain_and_no_palindromes() -> None:
    listed = [word for length in range(3, 8) for word in words(length)]
    assert len(listed) == len(set(listed)) >= 3000
    for length in range(3, 8):
        assert len(words(length)) >= 250
        assert list(words(length)) == sorted(words(length))
        for word in words(length):
            assert len(word) == length and word.isascii() and word.isalpha() and word.isupper()
            assert word != word[::-1]


def test_words_are_fit_for_everybody() -> None:
    stems = codecs.decode(STEMS, "rot13").upper().split()
    exact = codecs.decode(EXACT, "rot13").upper().split()
    names = {"JOHN", "MARY", "PAUL", "LONDON", "PARIS", "GERMAN", "FRENCH", "MONDAY", "JUNE", "ROMAN", "JACK", "NICK"}
    cries = {"HEY", "UGH", "ALAS", "HELLO", "BYE", "GOODBYE", "WHOOPS", "CANT", "WONT", "HES", "USA", "ETC"}
    for length in range(3, 8):
        assert not ({*exact} | names | cries) & set(words(length))
        assert not [word for word in words(length) for stem in stems if stem in word]


def test_the_list_carries_its_notice_and_is_no_loose_file() -> None:
    notice = " ".join((import_module(words.__module__).__doc__ or "").split())
    assert "Copyright 2000-2011 by Kevin Atkinson" in notice
    assert "provided that the above copyright notice appears in all copies" in notice
    folder = Path(word_search.__file__).parent
    assert {path.suffix for path in folder.iterdir() if path.is_file()} == {".py"}


@pytest.mark.parametrize("task", ["word_direction", "find_word"])
def test_no_word_is_frequent(task: str) -> None:
    asked = Counter(params["word"] for level in SIZES for _, params, _, _ in rows(task, level))
    assert max(asked.values()) / asked.total() < 0.01
    assert len(asked) > 0.7 * asked.total()


# Levels


@pytest.mark.parametrize("task", ["word_direction", "find_word"])
@pytest.mark.parametrize("level", list(SIZES))
def test_sizes_and_lengths_are_uniform(task: str, level: str) -> None:
    ranges = FIND if task == "find_word" else FOLLOW
    found = Counter((len(grid), len(params["word"])) for _, params, grid, _ in rows(task, level))
    assert {size for size, _ in found} == SIZES[level]
    for size in SIZES[level]:
        low, high = ranges[size]
        assert {length for n, length in found if n == size} == set(range(low, high + 1))
        for length in range(low, high + 1):
            assert near(1 / len(SIZES[level]) / (high - low + 1), found[size, length], 300)


@pytest.mark.parametrize("level", list(SIZES))
def test_cells_are_spread_over_the_grid(level: str) -> None:
    made = rows("cell_letter", level)
    assert {len(grid) for _, _, grid, _ in made} == SIZES[level]
    for size in SIZES[level]:
        own = [(params["row"], params["col"]) for _, params, grid, _ in made if len(grid) == size]
        assert {row for row, _ in own} == {col for _, col in own} == set(range(1, size + 1))
    assert near(
        1 - sum(1 / n for n in SIZES[level]) / len(SIZES[level]), sum(p["row"] != p["col"] for _, p, _, _ in made), 300
    )


# Task 0


@pytest.mark.parametrize("level", list(SIZES))
def test_letters_to_choose_from(level: str) -> None:
    lookalike, slips, from_zero = 0, 0, list[bool]()
    for _, params, grid, right in rows("cell_letter", level):
        row, col, options = params["row"], params["col"], params["options"]
        assert grid[row - 1][col - 1] == right
        present = {letter for line in grid for letter in line}
        assert sum(letter in present for letter in options if letter != right) >= 5
        lookalike += any(other in options for other in LOOKALIKES[right])
        beside = [(row + a, col + b) for a in (-1, 0, 1) for b in (-1, 0, 1)] + [(col, row)]
        around = {grid[a - 1][b - 1] for a, b in beside if 1 <= a <= len(grid) and 1 <= b <= len(grid)}
        slips += len(around & set(options) - {right}) >= 3
        if row < len(grid) and col < len(grid):
            from_zero.append(grid[row][col] in options)
    assert lookalike == 300
    assert sum(from_zero) > 0.9 * len(from_zero)
    assert slips > 285


@pytest.mark.parametrize("level", list(SIZES))
def test_likeness_does_not_tell_the_letter(level: str) -> None:
    guessed = [0.0, 0.0]
    for _, params, _, right in rows("cell_letter", level):
        likeness = {one: sum(two in LOOKALIKES[one] for two in params["options"]) for one in params["options"]}
        for rank, aim in enumerate((min(likeness.values()), max(likeness.values()))):
            tied = [letter for letter, count in likeness.items() if count == aim]
            guessed[rank] += (right in tied) / len(tied)
    assert max(guessed) / 300 < 0.18


# Task 1


@pytest.mark.parametrize("level", list(SIZES))
def test_counts_are_uniform_and_need_care(level: str) -> None:
    found: Counter[int] = Counter()
    for _, params, grid, right in rows("letter_count", level):
        letters = [letter for line in grid for letter in line]
        assert letters.count(params["letter"]) == right
        assert set(params["options"]) < set(range(10)) and len(params["options"]) == 8
        found[right] += 1
        if level != "Easy":
            assert sum(letter in LOOKALIKES[params["letter"]] for letter in letters) >= 3
    assert set(found) == set(COUNTS[level])
    for count in found.values():
        assert near(1 / len(COUNTS[level]), count, 300)


def test_the_rank_of_the_right_count_is_that_of_the_digit() -> None:
    """Of ten digits two wrong ones are missing, whatever the right one: each wrong one is listed as often."""
    listed: Counter[int] = Counter()
    possible: Counter[int] = Counter()
    for level in SIZES:
        for _, params, _, right in rows("letter_count", level):
            listed.update(set(params["options"]) - {right})
            possible.update(set(range(10)) - {right})
    assert all(near(7 / 9, listed[digit], possible[digit]) for digit in range(10))


# Task 2


@pytest.mark.parametrize("level", list(SIZES))
def test_followed_words_have_rivals(level: str) -> None:
    for _, params, grid, right in rows("word_direction", level):
        word, row, col = params["word"], params["row"], params["col"]
        assert everywhere(grid, word) == [{"row": row, "col": col, "direction": right}]
        assert sorted(params["options"]) == sorted(STEPS)
        fits = [name for name in STEPS if cells(len(grid), row, col, name, len(word))]
        assert right in fits and len(fits) >= 3
        depths = [agreeing(grid, word, row, col, name) for name in fits if name != right]
        assert sum(depth >= 2 for depth in depths) >= 2
        assert max(depths) == len(word) - 1


def test_starts_are_wide_as_often_as_planned_and_directions_uniform() -> None:
    wide, names, total = 0, Counter[str](), 0
    for level in SIZES:
        for _, params, grid, right in rows("word_direction", level):
            size, word = len(grid), params["word"]
            fits = [name for name in STEPS if cells(size, params["row"], params["col"], name, len(word))]
            wide += len(fits) >= 5
            names[right] += 1
            total += 1
    assert near(0.35, wide, total)
    assert all(near(1 / 8, names[name], total) for name in STEPS)


# Task 3


@pytest.mark.parametrize("level", list(SIZES))
def test_placements_to_choose_from(level: str) -> None:
    for _, params, grid, right in rows("find_word", level):
        word, options = params["word"], params["options"]
        assert everywhere(grid, word) == [right]
        starts = Counter((place["row"], place["col"]) for place in options)
        assert list(starts.values()) == [2] * 4
        assert all(grid[row - 1][col - 1] == word[0] for row, col in starts)
        assert all(cells(len(grid), **place_of(place), length=len(word)) for place in options)
        depths = [agreeing(grid, word, **place_of(place)) for place in options if place != right]
        assert sum(depth >= 2 for depth in depths) >= 3
        assert max(depths) == len(word) - 1
        assert set(Counter(place["direction"] for place in options).values()) == {2}
        # A line over another start could be ruled out without the picture, unless the word has its first letter twice.
        for place in options:
            assert not set(cells(len(grid), **place_of(place), length=len(word))[1:]) & set(starts)


def place_of(place: dict[str, Any]) -> dict[str, Any]:
    return {"row": place["row"], "col": place["col"], "name": place["direction"]}


def test_nothing_about_starts_and_directions_tells_the_placement() -> None:
    guesses: Counter[str] = Counter()
    names: Counter[str] = Counter()
    total = 0
    for level in SIZES:
        for _, params, grid, right in rows("find_word", level):
            middle, here = (len(grid) + 1) / 2, (right["row"], right["col"])
            starts = sorted({(place["row"], place["col"]) for place in params["options"]})

            def off(cell: tuple[int, int], middle: float = middle) -> float:
                return abs(cell[0] - middle) + abs(cell[1] - middle)

            def apart(cell: tuple[int, int], starts: list[tuple[int, int]] = starts) -> int:
                return sum(abs(cell[0] - row) + abs(cell[1] - col) for row, col in starts)

            guesses["first"] += starts[0] == here
            guesses["last"] += starts[-1] == here
            for name, key in (("central", off), ("outer", lambda cell: -off(cell))):
                guesses[name] += min(starts, key=key) == here
            for name, key in (("among", apart), ("alone", lambda cell: -apart(cell))):
                guesses[name] += min(starts, key=key) == here
            names[right["direction"]] += 1
            total += 1
    assert all(count / total < 0.31 for count in guesses.values()), guesses
    assert all(near(1 / 8, names[name], total) for name in STEPS)


# Words of the questions, picture, text


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_prompts_state_what_they_need(task: str) -> None:
    sample = rows(task, "Easy", 20)[0][0]
    for prompt in (sample.question, sample.text_question):
        assert "capital letter" in prompt and "counted from 1" in prompt and "top-left corner" in prompt
        if task in ("word_direction", "find_word"):
            assert all(f"- {name}: " in prompt for name in STEPS)
            assert "from its first letter on" in prompt


def test_analyses_speak_of_every_line() -> None:
    text = "\n".join(solve("word_direction", {"word": "CAT", "row": 1, "col": 1}).steps)
    assert "right: (1, 2) holds A and (1, 3) holds T: the whole word." in text
    assert "diagonal-right-down: (2, 2) holds C, not A." in text
    assert "left: the line leaves the grid after 1 cell, too soon for 3 letters." in text
    steps = solve("find_word", {"word": "COAC"}).steps
    assert "(1, 1), (2, 2), (3, 4), (4, 1) and (5, 5)" in steps[0]
    assert steps[1] == "(1, 1): O follows at (2, 1) (down). down: (3, 1) holds A and (4, 1) holds C: the whole word."
    assert steps[3] == "(3, 4): no neighbouring cell holds O."
    steps = solve("letter_count", {"letter": "C"}).steps
    assert steps[1] == "Row 1, C A T Q B: C in column 1; 1 so far."
    assert steps[-1] == "In all, 5 cells hold the letter C."
    assert solve("letter_count", {"letter": "W"}).steps[-1] == "In all, 1 cell holds the letter W."


def test_placements_are_shown_in_words() -> None:
    place = {"row": 2, "col": 5, "direction": "down"}
    assert GAME.task("find_word").option_text(EXAMPLE, place) == "Row 2, Column 5, Direction: down"


def test_the_text_view_is_the_grid_with_numbers() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Letter grid, 5 x 5. Rows and columns are counted from 1 at the top-left.",
        "col    1 2 3 4 5",
        "row 1  C A T Q B",
        "row 2  O C S M E",
        "row 3  A U A C W",
        "row 4  C O T R F",
        "row 5  D T G A C",
    ]


@pytest.mark.parametrize(("size", "cell", "side"), [(5, 76, 460), (6, 66, 476), (7, 56, 472), (8, 56, 516)])
def test_every_letter_is_centred_and_numbers_look_different(size: int, cell: int, side: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 3
    state = State(tuple(letters[row * size : row * size + size] for row in range(size)))
    image = GAME.draw(state, Style()).convert("RGB")
    assert image.size == (side, side)
    edge = side - 12 - size * cell
    shapes = {}
    for row in range(size):
        for col in range(size):
            left, top = edge + col * cell, edge + row * cell
            dark = (
                image.crop((left + 2, top + 2, left + cell - 2, top + cell - 2))
                .convert("L")
                .point([255] * 128 + [0] * 128)
            )
            box = dark.getbbox()
            assert box is not None
            inside = cell - 4
            assert abs(box[0] + box[2] - inside) <= 3 and abs(box[1] + box[3] - inside) <= 3
            letter = state.grid[row][col]
            if letter not in "JQ":
                assert 0.44 * cell < box[3] - box[1] < 0.58 * cell
            if letter == "I":
                assert box[2] - box[0] > 0.3 * cell
            assert shapes.setdefault(letter, dark.tobytes()) == dark.tobytes()
    assert len(set(shapes.values())) == len(shapes)
    numbers = image.crop((12, edge, edge - 2, side - 12))
    assert {color for _, color in numbers.getcolors() or []} >= {(0xE6, 0xE6, 0xE6), (0x33, 0x50, 0x7A)}
    assert not [color for _, color in numbers.getcolors() or [] if sum(color) < 3 * 0x33]  # type: ignore[arg-type]


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_difficulty_rises(task: str) -> None:
    means = [sum(sample.difficulty for sample, *_ in rows(task, level)) / 300 for level in Level]
    assert means == sorted(means) and len(set(means)) == 3
