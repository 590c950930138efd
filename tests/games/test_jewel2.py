import json
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.jewel2 import GAME
from gameqa.games.jewel2.rules import UNKNOWN, Command, after, best, cells_of, outcome
from gameqa.games.jewel2.state import BASIC, SPECIAL, State

DATA = {
    "rows": 4,
    "cols": 4,
    "chessboard": [
        ["A", "A", "A", "C"],
        ["B", "D", "A", "E"],
        ["C", "B", "|", "B"],
        ["D", "E", "B", "a"],
    ],
    "total_cleared": 37,
}
EXAMPLE = State.from_json(DATA)
KINDS = BASIC + SPECIAL
STEPS = {"up": (-1, 0), "down": (1, 0), "right": (0, 1), "left": (0, -1)}
COUNT = 300

# --- A second game, played on a dictionary with every refill known -----------------------------------------------


Grid = dict[tuple[int, int], str]


def grid_of(rows: tuple[str, ...]) -> Grid:
    return {(x, y): sign for x, row in enumerate(rows) for y, sign in enumerate(row)}


def triples(grid: Grid, cell: tuple[int, int]) -> set[tuple[int, int]]:
    """The cells of all straight threes of one basic kind that reach `cell` through further such threes of its line."""
    gone: set[tuple[int, int]] = set()
    for dx, dy in ((0, 1), (1, 0)):
        line = {cell}
        for sign in (-1, 1):
            x, y = cell
            while grid.get((x + sign * dx, y + sign * dy)) == grid[cell]:
                x, y = x + sign * dx, y + sign * dy
                line.add((x, y))
        gone |= line if len(line) > 2 else set()
    return gone


def removed_by(grid: Grid, command: str) -> tuple[set[tuple[int, int]], Grid]:
    """What a command removes, and the board on which it does so."""
    name, x, y, *pos = command.split()
    cell = int(x), int(y)
    if name == "clear":
        sign = grid[cell]
        if sign in "ABCDE":
            return triples(grid, cell), grid
        if sign == "|":
            return {c for c in grid if c[1] == cell[1]}, grid
        if sign == "+":
            return {c for c in grid if max(abs(c[0] - cell[0]), abs(c[1] - cell[1])) <= 1}, grid
        return {cell} | {c for c in grid if grid[c] == sign.upper()}, grid
    dx, dy = STEPS[pos[0]]
    other = cell[0] + dx, cell[1] + dy
    if other not in grid or not {grid[cell], grid[other]} <= set("ABCDE"):
        return set(), grid
    turned = {**grid, cell: grid[other], other: grid[cell]}
    gone = triples(turned, cell) | triples(turned, other)
    return gone, turned if gone else grid


def run_command(grid: Grid, command: str, refill: dict[tuple[int, int], str]) -> tuple[int, Grid]:
    """Play one command; `refill` names what enters, by the cell where it comes to rest."""
    gone, board = removed_by(grid, command)
    result: Grid = {}
    for column in {y for _, y in grid}:
        height = 1 + max(x for x, _ in grid)
        kept = [board[x, column] for x in range(height) if (x, column) not in gone]
        for x in range(height):
            entered = x < height - len(kept)
            result[x, column] = refill[x, column] if entered else kept[x - height + len(kept)]
    return len(gone), result


def commands_of(size: int, rng: Random) -> str:
    x, y = rng.randrange(size), rng.randrange(size)
    return f"clear {x} {y}" if rng.random() < 0.5 else f"swap {x} {y} {rng.choice(list(STEPS))}"


def random_board(size: int, rng: Random, kinds: str = KINDS) -> tuple[str, ...]:
    return tuple("".join(rng.choice(kinds) for _ in range(size)) for _ in range(size))


# --- Helpers -----------------------------------------------------------------------------------------------------


@cache
def samples(task: str, level: str, count: int = COUNT) -> tuple[Sample, ...]:
    return tuple(gameqa.sample("jewel2", task, level, index=index) for index in range(count))


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def right(sample: Sample) -> Any:
    return json.loads(sample.params)["options"][ord(sample.answer) - ord("A")]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def near_share(found: float, share: float, count: int = COUNT) -> bool:
    return abs(found / count - share) < 3.2 * (share * (1 - share) / count) ** 0.5


# --- Rules -------------------------------------------------------------------------------------------------------


def test_worked_examples() -> None:
    assert solve("count_element", {"element": "A"}) == 4
    position = GAME.task("element_position")
    options = [[0, 1], [1, 2], [2, 2], [3, 2], [0, 0], [3, 3], [1, 1], [2, 0]]
    assert [o for o in options if position.is_right(EXAMPLE, {"element": "B"}, o)] == [[3, 2]]
    assert solve("count_special", {}) == 2
    assert solve("clear_outcome", {"x": 0, "y": 1}) == {"outcome": "line", "cleared": 3, "total": 40}
    assert solve("swap_outcome", {"x": 2, "y": 2, "pos": "left"}) == {"outcome": "blocked"}
    assert solve("swap_outcome", {"x": 0, "y": 3, "pos": "down"}) == {"outcome": "none"}
    assert solve("command_sequence", {"commands": ["clear 0 1", "clear 2 2"]}) == 7
    assert solve("best_command", {}) == "clear 3 3"


BOARD = (
    "BBBAa",
    "CBDAB",
    "+BAC|",
    "DAAAE",
    "eDDAc",
)


@pytest.mark.parametrize(
    ("command", "kind", "cells"),
    [
        ("clear 0 1", "line", "00 01 02 11 21"),  # two runs that share a cell
        ("clear 0 0", "line", "00 01 02"),
        ("clear 4 3", "none", ""),
        ("clear 0 4", "special", "03 04 13 22 31 32 33 43"),  # every A, and itself
        ("clear 2 0", "special", "10 11 20 21 30 31"),  # five neighbours exist
        ("clear 2 4", "special", "04 14 24 34 44"),
        ("clear 4 0", "special", "34 40"),
        ("swap 2 3 left", "line", "03 13 23 33 43"),  # completes a column; 22 gets a C
        ("swap 2 3 up", "line", "23 33 43"),
        ("swap 3 2 right", "line", "31 32 33"),  # equal elements: the run stays and goes
        ("swap 0 0 up", "none", ""),
        ("swap 2 1 left", "blocked", ""),
        ("swap 2 4 right", "none", ""),
        ("swap 4 1 right", "none", ""),
    ],
)
def test_commands_by_hand(command: str, kind: str, cells: str) -> None:
    found = outcome(BOARD, Command.parse(command))
    assert found.kind == kind
    assert [f"{x}{y}" for x, y in found.removed] == cells.split()


def test_what_stands_above_slides_and_unknown_elements_enter() -> None:
    assert after(BOARD, Command.parse("swap 2 3 left")) == ("BBB?a", "CBD?B", "+BC?|", "DAA?E", "eDD?c")
    assert after(BOARD, Command.parse("clear 3 1")) == ("B???a", "CBBAB", "+BDA|", "DBACE", "eDDAc")
    assert after(BOARD, Command.parse("clear 2 0")) == ("??BAa", "??DAB", "??AC|", "BBAAE", "eDDAc")
    assert after(BOARD, Command.parse("swap 4 1 right")) == BOARD


@given(st.integers(3, 6), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_two_commands_agree_with_a_second_game_while_nothing_is_unknown(size: int, rng: Random) -> None:
    board = random_board(size, rng, rng.choice(["AABB|", "ABCDEABCDEabc+|", "AB"]))
    command = commands_of(size, rng)
    gone, turned = removed_by(grid_of(board), command)
    found = outcome(board, Command.parse(command))
    assert set(found.removed) == gone
    assert (found.kind in ("line", "special")) == bool(gone)
    if gone:
        on_special = command.startswith("clear") and turned[found_cell(command)] in SPECIAL
        assert found.kind == ("special" if on_special else "line")
    refill = dict.fromkeys(turned, UNKNOWN)
    assert grid_of(after(board, Command.parse(command))) == run_command(grid_of(board), command, refill)[1]


def found_cell(command: str) -> tuple[int, int]:
    _, x, y, *_ = command.split()
    return int(x), int(y)


@given(st.sampled_from([3, 4]), st.randoms(use_true_random=False))
@settings(max_examples=120, deadline=None)
def test_the_guaranteed_number_is_the_minimum_over_all_refills(size: int, rng: Random) -> None:
    """Every refill is played; of specials, the black gem alone stands for all when more than three cells enter."""
    board = random_board(size, rng, rng.choice(["AAB", "AABBC", "ABCa|+", "AAAABb|", "AABB|"]))
    grid = grid_of(board)
    works = [c for c in (commands_of(size, rng) for _ in range(30)) if removed_by(grid, c)[0]]
    if not works:
        return
    first = works[0]
    _, left = run_command(grid, first, dict.fromkeys(grid, UNKNOWN))
    unknown = [cell for cell, sign in left.items() if sign == UNKNOWN]
    if len(unknown) > 4:
        return
    # Take second commands of every sort: that name an unknown cell, that remove one, that remove only known ones.
    seconds = [commands_of(size, rng) for _ in range(25)]
    gone = {c: removed_by(left, c)[0] for c in seconds}
    sorts = [
        [c for c in seconds if left[found_cell(c)] == UNKNOWN],
        [c for c in seconds if left[found_cell(c)] != UNKNOWN and not gone[c].isdisjoint(unknown)],
        [c for c in seconds if gone[c] and gone[c].isdisjoint(unknown)],
    ]
    second = rng.choice(rng.choice([sort for sort in sorts if sort] or [seconds]))
    kinds = KINDS if len(unknown) <= 2 else BASIC + "+"
    least = min(
        sum_of(grid, first, second, dict(zip(unknown, kind, strict=True)))
        for kind in product(kinds, repeat=len(unknown))
    )
    task = GAME.task("command_sequence")
    if size == 4:
        state = State(board, 0)
        assert task.solve(state, {"commands": [first, second]}).value == least
    one, two = Command.parse(first), Command.parse(second)
    assert len(outcome(board, one).removed) + len(outcome(after(board, one), two).removed) == least


def sum_of(grid: Grid, first: str, second: str, refill: dict[tuple[int, int], str]) -> int:
    count, left = run_command(grid, first, refill)
    return count + len(removed_by(left, second)[0])


def test_unknown_elements_by_hand() -> None:
    board = ("AAAC", "BDDE", "C|BB", "DEBa")
    for second, count in [
        ("clear 0 0", 0),  # a new element
        ("swap 0 0 down", 0),  # refused when it is special
        ("clear 2 1", 4),  # the new element on top of the bar's column counts
        ("clear 3 3", 1),  # no A is left for certain
    ]:
        assert solve("command_sequence", {"commands": ["clear 0 1", second]}, State(board, 0)) == 3 + count
    # The neighbours of the unknown cells make no run with them.
    assert solve("command_sequence", {"commands": ["clear 0 0", "clear 1 1"]}, State(board, 0)) == 3
    # A command that fails changes nothing.
    assert solve("command_sequence", {"commands": ["swap 2 1 up", "clear 0 0"]}, State(board, 0)) == 3


@given(st.sampled_from([4, 5, 6]), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_best_command_against_every_command_in_every_spelling(size: int, rng: Random) -> None:
    board = random_board(size, rng, rng.choice(["ABC", "ABCDE", "ABCDEABCDEABCDEABCDEabcde+|"]))
    grid = grid_of(board)
    cells = [(x, y) for x in range(size) for y in range(size)]
    texts = [f"swap {x} {y} {pos}" for x, y in cells for pos in STEPS] + [f"clear {x} {y}" for x, y in cells]
    counts = {text: len(removed_by(grid, text)[0]) for text in texts}
    most = max(counts.values())
    expected = next(text for text in texts if counts[text] == most) if most else "none"
    assert solve("best_command", {}, State(board, 0)) == expected
    assert str(best(board) or "none") == expected


# --- State, picture, text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cols": 5}, "equal"),
        ({"rows": 5, "cols": 5}, "5 rows of 5"),
        ({"rows": 3, "cols": 3}, "enum"),
        ({"total_cleared": 101}, "total_cleared"),
        ({"chessboard": [["A"] * 4] * 3 + [["?"] * 4]}, "chessboard"),
        ({"chessboard": [["A"] * 4] * 3 + [["A"] * 5]}, "4 rows of 4"),
        ({"more": 1}, "more"),
    ],
)
def test_bad_states_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**DATA, **change})


def test_perturbed_states_are_legal_and_different() -> None:
    for seed in range(200):
        other = GAME.perturb(EXAMPLE, Random(seed))
        assert other != EXAMPLE and State.from_json(other.to_json()) == other


def test_text_view() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Jewel2 board: 4 rows x 4 columns, Total Cleared: 37",
        "      y=0 y=1 y=2 y=3",
        "x=0:   A   A   A   C",
        "x=1:   B   D   A   E",
        "x=2:   C   B   |   B",
        "x=3:   D   E   B   a",
    ]


def cell_pictures(level_size: int) -> dict[str, Any]:
    """The grey picture of each element's cell."""
    side = 400 // level_size
    shown = {}
    for start in range(0, 12, level_size):
        row = (KINDS + KINDS)[start : start + level_size]
        image = GAME.draw(State((row,) * level_size, 0), Style()).convert("L")
        for y, sign in enumerate(row):
            left = 58 + y * side
            shown[sign] = image.crop((left + 1, 133, left + side - 1, 131 + side))
    return shown


@pytest.mark.parametrize("size", [4, 5, 6])
def test_gems_differ_without_colour(size: int) -> None:
    """Outlines tell pointed, round, ball and bar apart; windows tell the gems of one outline apart."""
    shown = cell_pictures(size)
    side = shown["A"].width
    outline = {sign: image.point(lambda v: 255 * (abs(v - 0xE7) > 4)).tobytes() for sign, image in shown.items()}
    for one, two in [("A", "a"), ("E", "e"), ("C", "|"), ("c", "|"), ("D", "+"), ("+", "|")]:
        apart = sum(a != b for a, b in zip(outline[one], outline[two], strict=True))
        assert apart > 0.1 * side * side, (one, two)
    for family, middle in ((BASIC, 0.45), (SPECIAL[:5], 0.5)):
        reach = round(0.2 * side)
        top = round(middle * side) - reach
        box = (side // 2 - reach, top, side // 2 + reach, top + 2 * reach)
        windows = {sign: shown[sign].crop(box).point(lambda v: 255 * (v > 212)).tobytes() for sign in family}
        for one, two in combinations(family, 2):
            apart = sum(a != b for a, b in zip(windows[one], windows[two], strict=True))
            assert apart > 0.12 * max(windows[one].count(255), windows[two].count(255)), (one, two)
    # The same window in both outlines.
    assert all(outline[sign] != outline[sign.lower()] for sign in BASIC)


def test_picture_is_not_mirrored_and_shows_the_total() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    yellow = (0xF0, 0xB4, 0x00)
    for x, y in product(range(4), repeat=2):
        cell = image.crop((58 + 100 * y, 132 + 100 * x, 158 + 100 * y, 232 + 100 * x))
        assert (yellow in {color for _, color in cell.getcolors(10_000) or []}) == (EXAMPLE.board[x][y] in "Dd")
    other = GAME.draw(State(EXAMPLE.board, 38), Style()).convert("RGB")
    assert other.crop((0, 540, 480, 640)).tobytes() != image.crop((0, 540, 480, 640)).tobytes()
    assert other.crop((0, 0, 480, 540)).tobytes() == image.crop((0, 0, 480, 540)).tobytes()


# --- Questions: shares and blind rates ---------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "size", "most"), [("Easy", 4, 3), ("Medium", 5, 4), ("Hard", 6, 5)])
@pytest.mark.parametrize("task", ["count_special", "clear_outcome", "swap_outcome", "command_sequence", "best_command"])
def test_specials_are_uniform_whatever_is_asked(task: str, level: str, size: int, most: int) -> None:
    boards = [read(sample)[0] for sample in samples(task, level)]
    assert {board.size for board in boards} == {size}
    counts = Counter(len(cells_of(board.board, SPECIAL)) for board in boards)
    assert set(counts) == set(range(most + 1))
    assert all(near_share(count, 1 / (most + 1)) for count in counts.values())
    kinds = Counter(sign for board in boards for sign in "".join(board.board) if sign in SPECIAL)
    assert max(kinds.values()) < 2.5 * min(kinds.values())
    totals = [board.total for board in boards]
    assert min(totals) < 8 and max(totals) > 92 and 44 < sum(totals) / COUNT < 56


@pytest.mark.parametrize("level", list(Level))
def test_counted_elements_mostly_occur(level: Level) -> None:
    zeros = sum(sample.answer == "0" for sample in samples("count_element", level))
    assert 0 < zeros <= 0.1 * COUNT
    assert Counter(s.answer for s in samples("count_element", level)).most_common(1)[0][1] < 0.35 * COUNT
    asked = Counter(read(sample)[1]["element"] for sample in samples("count_element", level))
    assert min(asked.values()) > 0.11 * COUNT


@pytest.mark.parametrize("level", list(Level))
def test_listed_positions_do_not_tell_which_is_right(level: Level) -> None:
    """Middle, outermost, most and fewest neighbours, diagonal: each is right about once in eight."""
    hits: dict[str, float] = defaultdict(float)
    diagonal_lists = 0
    for sample in samples("element_position", level, 400):
        options = [tuple(option) for option in read(sample)[1]["options"]]
        answer = tuple(right(sample))
        listed = set(options)
        assert all(cell[::-1] in listed for cell in options)
        spread = {a: sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for b in options) for a in options}
        close = {a: sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for b in options) for a in options}
        for name, scores in (("middle", spread), ("close", close)):
            for pick in (min, max):
                chosen = [cell for cell in options if scores[cell] == pick(scores.values())]
                hits[f"{pick.__name__} {name}"] += (answer in chosen) / len(chosen)
        flat = [cell for cell in options if cell[0] == cell[1]]
        diagonal_lists += bool(flat)
        hits["diagonal"] += (answer in flat) / len(flat) if flat else 0
    assert all(hits[name] < 0.19 * 400 for name in hits if name != "diagonal"), hits
    assert hits["diagonal"] < 0.2 * diagonal_lists


@pytest.mark.parametrize("level", list(Level))
def test_position_options_hold_tempting_cells(level: Level) -> None:
    found = mirrored = 0
    for sample in samples("element_position", level, 400):
        state, params = read(sample)
        signs = [state.board[x][y] for x, y in params["options"]]
        assert signs.count(params["element"]) == 1
        other = params["element"].swapcase()
        if params["element"].isalpha():
            own = cells_of(state.board, params["element"])
            twins = [(x, y) for x, y in cells_of(state.board, other) if x != y and (y, x) not in own]
            assert not twins or other in signs
            found += other in signs
        mirrored += right(sample)[0] != right(sample)[1]
    assert found > 0.1 * 400 and mirrored > 0.5 * 400


@pytest.mark.parametrize("level", list(Level))
def test_special_counts_are_spread(level: Level) -> None:
    assert Counter(s.answer for s in samples("count_special", level)).most_common(1)[0][1] <= 0.35 * COUNT


def has_run(board: tuple[str, ...]) -> bool:
    lines = [*board, *("".join(column) for column in zip(*board, strict=True))]
    return any(re.search(r"([A-E])\1\1", line) for line in lines)


@pytest.mark.parametrize("level", list(Level))
def test_clear_outcomes_have_their_shares_and_options(level: Level) -> None:
    found: Counter[str] = Counter()
    long = crossing = 0
    places: Counter[tuple[int, int]] = Counter()
    for sample in samples("clear_outcome", level):
        state, params = read(sample)
        assert has_run(state.board)
        value = right(sample)
        found[value["outcome"]] += 1
        places[params["x"], params["y"]] += 1
        options = params["options"]
        assert Counter(o["outcome"] for o in options) == {"none": 1, "special": 3, "line": 4}
        numbers = [o["cleared"] for o in options if o["outcome"] != "none"]
        assert len(set(numbers)) == 7
        assert all(o["total"] == state.total + o["cleared"] for o in options if o["outcome"] != "none")
        for option in options:
            if option["outcome"] == "line":
                assert 3 <= option["cleared"] < 2 * state.size
            elif option["outcome"] == "special":
                assert 1 <= option["cleared"] <= state.size**2
        if value["outcome"] != "none":
            assert sum(0 < abs(number - value["cleared"]) <= 2 for number in numbers) >= 2
        if value["outcome"] == "line":
            long += value["cleared"] > 3
            rows = {cell[0] for cell in triples(grid_of(state.board), (params["x"], params["y"]))}
            columns = {cell[1] for cell in triples(grid_of(state.board), (params["x"], params["y"]))}
            crossing += len(rows) > 1 and len(columns) > 1
    assert near_share(found["none"], 0.25) and near_share(found["special"], 0.3) and near_share(found["line"], 0.45)
    assert near_share(long, 0.15) and crossing > 0.03 * COUNT
    assert len(places) == (4 + list(Level).index(level)) ** 2 and max(places.values()) < 3 * COUNT / len(places)


@pytest.mark.parametrize("level", list(Level))
def test_clear_options_are_not_guessed_from_their_numbers(level: Level) -> None:
    """By rank of the number within runs, within specials, and among all seven."""
    hits: Counter[str] = Counter()
    for sample in samples("clear_outcome", level):
        options = [option for option in read(sample)[1]["options"] if option["outcome"] != "none"]
        for name in ("line", "special", ""):
            group = sorted((o for o in options if name in o["outcome"]), key=lambda o: o["cleared"])
            for rank, option in enumerate(group):
                hits[f"{name}{rank}"] += option == right(sample)
            hits[f"{name} inner"] += min(group, key=lambda o: abs(o["cleared"] - 5)) == right(sample)
    # A run of exactly three makes up 30 % of the answers by the mix itself.
    assert all(count < 0.39 * COUNT for count in hits.values()), hits
    assert all(hits[f"special{rank}"] < 0.2 * COUNT for rank in range(3))


@pytest.mark.parametrize("level", list(Level))
def test_swap_outcomes_have_their_shares_and_options(level: Level) -> None:
    found: Counter[str] = Counter()
    long = off = 0
    places: Counter[tuple[int, int]] = Counter()
    for sample in samples("swap_outcome", level):
        state, params = read(sample)
        value, options = right(sample), params["options"]
        found[value["outcome"]] += 1
        places[params["x"], params["y"]] += 1
        dx, dy = STEPS[params["pos"]]
        if (params["x"] + dx, params["y"] + dy) not in grid_of(state.board):
            off += 1
            assert state.board[params["x"]][params["y"]] in BASIC and value == {"outcome": "none"}
        assert Counter(o["outcome"] for o in options) == {"none": 1, "blocked": 1, "line": 6}
        numbers = {o["cleared"] for o in options if o["outcome"] == "line"}
        assert len(numbers) == 6 and numbers <= set(range(3, 10))
        assert all(o["total"] == state.total + o["cleared"] for o in options if o["outcome"] == "line")
        long += value.get("cleared", 0) > 3
    assert near_share(found["none"], 0.25) and near_share(found["blocked"], 0.2) and near_share(found["line"], 0.55)
    assert near_share(long, 0.55 / 3) and 0 < off <= 0.1 * COUNT
    assert len(places) == (4 + list(Level).index(level)) ** 2 and max(places.values()) < 3 * COUNT / len(places)


def test_answers_stand_under_every_letter_alike() -> None:
    for task in ("clear_outcome", "swap_outcome"):
        for kind in ("none", "line"):
            made = [s for level in Level for s in samples(task, level) if right(s)["outcome"] == kind]
            letters = Counter(sample.answer for sample in made)
            assert len(letters) == 8 and max(letters.values()) < 0.2 * len(made)


@pytest.mark.parametrize("level", list(Level))
def test_sequences_have_their_shares(level: Level) -> None:
    answers = Counter(sample.answer for sample in samples("command_sequence", level))
    assert answers["0"] <= 0.15 * COUNT and answers.most_common(1)[0][1] < 0.35 * COUNT
    works = differs = unknown = told = 0
    for sample in samples("command_sequence", level):
        state, params = read(sample)
        first, second = params["commands"]
        grid = grid_of(state.board)
        gone, _ = removed_by(grid, first)
        left = after(state.board, Command.parse(first))
        there, here = (outcome(board, Command.parse(second)) for board in (left, state.board))
        works += bool(gone)
        differs += (there.kind, len(there.removed)) != (here.kind, len(here.removed))
        touched = [found_cell(second), *there.removed]
        if any(left[x][y] == UNKNOWN for x, y in touched):
            unknown += 1
            told += "new element" in sample.analysis
    assert works >= 0.75 * COUNT - 8 and differs >= 0.5 * COUNT
    assert unknown > 0.05 * COUNT and told == unknown


@pytest.mark.parametrize("level", list(Level))
def test_best_commands_have_their_shares(level: Level) -> None:
    swaps = lone = 0
    for sample in samples("best_command", level):
        swaps += sample.answer.startswith("swap")
        special = cells_of(read(sample)[0].board, SPECIAL)
        lone += len(special) == 1 and sample.answer == "clear {} {}".format(*special[0])
    assert 0.4 * COUNT < swaps < 0.6 * COUNT and lone <= 0.4 * COUNT
    answers = Counter(sample.answer for sample in samples("best_command", level))
    assert answers.most_common(1)[0][1] < 0.15 * COUNT


def test_analyses_name_the_removed_cells() -> None:
    for level in Level:
        for sample in samples("clear_outcome", level, 60):
            state, params = read(sample)
            gone, _ = removed_by(grid_of(state.board), f"clear {params['x']} {params['y']}")
            assert all(f"({x}, {y})" in sample.analysis for x, y in gone)
            assert " 1 elements" not in sample.analysis


def test_questions_without_commands_leave_their_rules_out() -> None:
    for task in GAME.tasks:
        sample = gameqa.sample("jewel2", task.slug)
        assert ("swap x y pos" in sample.rules) == (task.id >= 3)
        assert "diamond-cut" in sample.rules and "Total Cleared: " in sample.text_view
