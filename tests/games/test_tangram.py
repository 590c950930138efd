import json
from collections import Counter
from functools import cache
from hashlib import sha256
from itertools import combinations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style, delta_e
from gameqa.games.tangram import GAME
from gameqa.games.tangram.generate import LEVELS, TangramParams, generate, perturb
from gameqa.games.tangram.state import COLORS, State
from gameqa.games.tangram.tasks import SHARES

Cells = frozenset[tuple[int, int]]

EXAMPLE: dict[str, Any] = {
    "grid": [[1, 1, 2, 2], [1, 0, 0, 2], [3, 0, 2, 2], [3, 3, 3, 3]],
    "removed_pieces": [4],
    "shown_pieces": {"4": [[1, 0], [1, 1]]},
    "config": {"grid_size": 4, "num_pieces": 4},
}


COUNT = 250


@cache
def samples(task: str, level: str) -> list[Sample]:
    return [gameqa.sample("tangram", task, level, index=index) for index in range(COUNT)]


def read(sample: Sample) -> tuple[State, dict[str, Any], Any]:
    """State, params and the right option's value."""
    params = json.loads(sample.params)
    return State.from_json(json.loads(sample.state)), params, params["options"][ord(sample.answer) - ord("A")]


def board(*rows: str, **shown: list[str]) -> State:
    """A state from digits (. = empty); `p4=["X.", "XX"]` is the removed piece 4 as drawn."""
    grid = [[0 if sign == "." else int(sign) for sign in row] for row in rows]
    shapes = {name[1:]: [[int(sign == "X") for sign in row] for row in picture] for name, picture in shown.items()}
    return State.from_json(
        {
            "grid": grid,
            "removed_pieces": [int(name) for name in shapes],
            "shown_pieces": shapes,
            "config": {"grid_size": len(grid), "num_pieces": len({n for row in grid for n in row} - {0}) + len(shapes)},
        }
    )


def solve(task: str, state: State, **params: Any) -> Any:
    return GAME.task(task).solve(state, params).value


def anchored(cells: Any) -> Cells:
    """Cells moved so that the least row and the least column are 0."""
    cells = list(cells)
    top, left = min(row for row, _ in cells), min(col for _, col in cells)
    return frozenset((row - top, col - left) for row, col in cells)


def drawn(state: State, piece: int) -> Cells:
    matrix = state.shown[state.removed.index(piece)]
    return frozenset((row, col) for row, line in enumerate(matrix) for col, value in enumerate(line) if value)


def turn_once(cells: Cells) -> Cells:
    """A quarter turn clockwise of the plane: (row, column) goes to (column, -row)."""
    return anchored((col, -row) for row, col in cells)


def turns_that_fit(state: State) -> set[int]:
    hole, piece, found = anchored(state.cells(0)), drawn(state, state.removed[0]), set[int]()
    for degrees in (0, 90, 180, 270):
        if anchored(piece) == hole:
            found.add(degrees)
        piece = turn_once(piece)
    return found


def all_placements(state: State, piece: int) -> list[list[int]]:
    """Brute force over all translations on the board of both pieces."""
    other = next(number for number in state.removed if number != piece)
    hole = set(state.cells(0))

    def laid(number: int) -> list[set[tuple[int, int]]]:
        shifts = [(down, across) for down in range(state.size) for across in range(state.size)]
        moved = [{(row + down, col + across) for row, col in drawn(state, number)} for down, across in shifts]
        return [cells for cells in moved if cells <= hole]

    found = [one for one in laid(piece) for two in laid(other) if one | two == hole and not one & two]
    return [[*map(min, zip(*cells, strict=True)), *map(max, zip(*cells, strict=True))] for cells in found]


def joined(cells: Cells) -> bool:
    """Grow from one cell until nothing changes."""
    grown = {min(cells)}
    while True:
        more = {(r, c) for r, c in cells if any(abs(r - row) + abs(c - col) <= 1 for row, col in grown)}
        if more == grown:
            return grown == cells
        grown = more


# --- Rules ---------------------------------------------------------------------------------------


def test_examples() -> None:
    state = State.from_json(EXAMPLE)
    assert solve("piece_count", state) == 3
    assert solve("piece_rotation", state) == "90"
    assert solve("piece_area", state, piece=3) == 5
    assert solve("piece_adjacency", state, piece=1) == 2
    assert state.to_json() == EXAMPLE
    assert GAME.describe(state).splitlines() == [
        "TANGRAM STATE",
        "Board (row by row from the top, columns 0..3; . = empty):",
        "row 0: 1 1 2 2",
        "row 1: 1 . . 2",
        "row 2: 3 . 2 2",
        "row 3: 3 3 3 3",
        "Removed piece 4 as drawn:",
        "4 .",
        "4 4",
    ]


def test_example_of_a_placement() -> None:
    state = board(
        "33333.....",
        "33333.....",
        "33333.....",
        "33333.....",
        "44444.....",
        "44444.....",
        "44444.....",
        "4444455555",
        "4444455555",
        "4444455555",
        p1=["XXXX"] * 6 + [".XXX"],
        p2=["X."] * 6 + ["XX"],
    )
    assert solve("piece_placement", state, piece=1) == [0, 6, 6, 9]
    assert solve("piece_placement", state, piece=2) == [0, 5, 6, 6]


def test_touching_at_a_corner_and_the_hole_are_no_neighbours() -> None:
    state = board("1122", "1122", "33.4", "33.4", p5=["X", "X"])
    assert [solve("piece_adjacency", state, piece=piece) for piece in (1, 2, 3, 4)] == [2, 2, 1, 1]
    texts = GAME.task("piece_adjacency").solve(state, {"piece": 3}).steps
    assert "an empty cell to the right" in texts[1] and "piece 4" not in " ".join(texts)


def test_columns_with_a_gap_are_listed_one_by_one() -> None:
    state = board("1112", "1.12", "1112", "3333", p4=["X"])
    steps = GAME.task("piece_area").solve(state, {"piece": 1}).steps
    assert steps[2] == "Row 1: columns 0 and 2, 2 cells; 3 + 2 = 5 so far."
    assert solve("piece_area", state, piece=1) == 8


@pytest.mark.parametrize(
    ("piece", "codes"),
    [
        (["X.", "X.", "XX"], ["0", "270", "180", "90"]),  # L: the codes of the piece drawn at 0, 90, 180, 270
        (["XX.", ".XX"], ["0_180", "90_270", "0_180", "90_270"]),
        (["XXX"], ["0_180", "90_270", "0_180", "90_270"]),
        (["XX", "XX"], ["all"] * 4),
        ([".X.", "XXX", ".X."], ["all"] * 4),
    ],
)
def test_turns_by_hand(piece: list[str], codes: list[str]) -> None:
    rows = [["1"] * 5 for _ in range(5)]
    for row, line in enumerate(piece):
        for col, sign in enumerate(line):
            rows[row + 1][col + 1] = "." if sign == "X" else "1"
    for code in codes:
        assert solve("piece_rotation", board(*map("".join, rows), p2=piece)) == code
        piece = ["".join(line[::-1]) for line in zip(*piece, strict=True)]


@pytest.mark.parametrize("flipped", [[".X", ".X", "XX"], ["XXX", "..X"], ["XX", "X.", "X."], ["X..", "XXX"]])
def test_a_flipped_piece_fits_no_turn(flipped: list[str]) -> None:
    assert solve("piece_rotation", board(".111", ".111", "..11", "1111", p2=flipped)) == "none"


@given(st.integers(1, 3), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_placements_agree_with_brute_force(gap: int, rng: Random) -> None:
    """Two random pieces of a small board: also cases with several places, as well as equal shapes."""
    size = 4
    cut = [(row, col) for row in range(size) for col in range(size)]
    one = frozenset(rng.sample(cut, gap))
    two = frozenset(rng.sample([cell for cell in cut if cell not in one], rng.randint(1, 3)))
    rest = frozenset(cut) - one - two
    if not (joined(one) and joined(two) and joined(rest)):
        return
    shown = {}
    for number, cells in (("2", anchored(one)), ("3", anchored(two))):
        rows, cols = (max(axis) + 1 for axis in zip(*cells, strict=True))
        shown[number] = [[int((row, col) in cells) for col in range(cols)] for row in range(rows)]
    grid = [[int((row, col) in rest) for col in range(size)] for row in range(size)]
    config = {"grid_size": size, "num_pieces": 3}
    state = State.from_json({"grid": grid, "removed_pieces": [2, 3], "shown_pieces": shown, "config": config})
    for piece in (2, 3):
        found = GAME.task("piece_placement").solve(state, {"piece": piece}).accepted
        assert sorted(found) == sorted(all_placements(state, piece))


# --- Boards --------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
@pytest.mark.parametrize(
    ("level", "sizes", "pieces"), [("Easy", {5}, (4, 6)), ("Medium", {6, 7, 8}, (5, 8)), ("Hard", {9, 10}, (6, 9))]
)
def test_boards_and_removals(task: str, level: str, sizes: set[int], pieces: tuple[int, int]) -> None:
    found, totals, gone = set[int](), set[int](), set[int]()
    for sample in samples(task, level):
        state, _, _ = read(sample)
        total = len(state.on_board) + len(state.removed)
        own = [frozenset(state.cells(number)) for number in state.on_board]
        own += [drawn(state, number) for number in state.removed]
        assert all(len(cells) >= 3 and joined(cells) for cells in own)
        found.add(state.size)
        totals.add(total)
        gone.add(len(state.removed))
        if task in ("piece_area", "piece_adjacency"):
            assert len(state.on_board) >= 3
    assert found == sizes
    assert min(totals) >= pieces[0] and max(totals) == pieces[1]
    assert gone == {"piece_rotation": {1}, "piece_placement": {2}}.get(task, {1, 2, 3})


def test_numbers_are_given_at_random() -> None:
    """Neither do the removed pieces have the first numbers, nor does the top left cell."""
    for task in ("piece_rotation", "piece_placement"):
        states = [read(sample)[0] for sample in samples(task, "Medium")]
        assert len({state.removed for state in states}) >= 8
        lowest = sum(1 in state.removed for state in states)
        assert lowest / COUNT < 0.5
    assert len({state.grid[0][0] for state in states}) == 9


# --- Answers and options -------------------------------------------------------------------------


def close(found: int, share: float, count: int = COUNT) -> bool:
    return abs(found / count - share) < 3.3 * (share * (1 - share) / count) ** 0.5


@pytest.mark.parametrize(("level", "values"), [("Easy", (2, 5)), ("Medium", (3, 7)), ("Hard", (4, 8))])
def test_counts_are_uniform(level: str, values: tuple[int, int]) -> None:
    found = Counter[int]()
    for sample in samples("piece_count", level):
        state, params, right = read(sample)
        assert right == len({number for row in state.grid for number in row} - {0})
        assert sorted(params["options"]) == [*range(1, 9)]
        found[right] += 1
    expected = range(values[0], values[1] + 1)
    assert set(found) == set(expected)
    assert all(close(found[value], 1 / len(expected)) for value in expected)


@pytest.mark.parametrize("level", list(Level))
def test_turns_are_proven_by_trying_all_four(level: Level) -> None:
    codes = {
        "0": {0}, "90": {90}, "180": {180}, "270": {270}, "none": set[int](),
        "0_180": {0, 180}, "90_270": {90, 270}, "all": {0, 90, 180, 270},
    }  # fmt: skip
    found = Counter[str]()
    for sample in samples("piece_rotation", level):
        state, params, right = read(sample)
        assert turns_that_fit(state) == codes[right]
        assert sorted(params["options"]) == sorted(codes)
        if right == "none":
            flipped = anchored((row, -col) for row, col in drawn(state, state.removed[0]))
            assert anchored(state.cells(0)) in [
                flipped,
                turn_once(flipped),
                turn_once(turn_once(flipped)),
                turn_once(turn_once(turn_once(flipped))),
            ]
        found[right] += 1
    assert sum(SHARES.values()) == pytest.approx(1)
    assert all(close(found[code], share) for code, share in SHARES.items())


def test_the_flipped_piece_is_drawn_in_any_turn() -> None:
    boxes = Counter[bool]()
    for sample in samples("piece_rotation", "Hard"):
        state, _, right = read(sample)
        hole, piece = anchored(state.cells(0)), state.shown[0]
        height, width = (max(axis) + 1 for axis in zip(*hole, strict=True))
        if right == "none" and height != width:
            boxes[(len(piece), len(piece[0])) == (height, width)] += 1
    assert min(boxes.values()) > 0.2 * boxes.total()


@pytest.mark.parametrize("level", list(Level))
def test_areas_have_uniform_ranks(level: Level) -> None:
    ranks: dict[int, Counter[int]] = {}
    seen: dict[int, Counter[int]] = {}
    for sample in samples("piece_area", level):
        state, params, right = read(sample)
        assert right == sum(row.count(params["piece"]) for row in state.grid)
        options = sorted(params["options"])
        assert options == [*range(options[0], options[0] + 8)] and options[0] >= 1
        ranks.setdefault(min(8, right), Counter())[options.index(right)] += 1
        seen.setdefault(options[0], Counter())[right] += 1
    for open_ranks, found in ranks.items():
        assert set(found) <= set(range(open_ranks))
        if found.total() >= 30:
            assert all(close(found[rank], 1 / open_ranks, found.total()) for rank in range(open_ranks))
    # Who knows how frequent each area is and sees nothing but the options is right in less than two of five cases.
    assert sum(max(found.values()) for found in seen.values()) / COUNT < 0.4


@pytest.mark.parametrize(
    ("level", "shares"),
    [
        ("Easy", {1: 0.25, 2: 0.3, 3: 0.25, 4: 0.2}),
        ("Medium", {1: 0.1, 2: 0.2, 3: 0.2, 4: 0.25, 5: 0.25}),
        ("Hard", {2: 0.1, 3: 0.2, 4: 0.2, 5: 0.3, 6: 0.2}),
    ],
)
def test_neighbours_are_counted_and_have_their_shares(level: str, shares: dict[int, float]) -> None:
    found = Counter[int]()
    for sample in samples("piece_adjacency", level):
        state, params, right = read(sample)
        piece, near = params["piece"], set[int]()
        for row in range(state.size):
            for col in range(state.size):
                for pair in ({(row, col), (row + 1, col)}, {(row, col), (row, col + 1)}):
                    numbers = {state.grid[r][c] for r, c in pair if r < state.size and c < state.size}
                    if piece in numbers:
                        near |= numbers
        assert right == len(near - {0, piece})
        assert sorted(params["options"]) == [*range(8)]
        found[right] += 1
    assert set(found) == set(shares)
    assert all(close(found[value], share) for value, share in shares.items())


@pytest.mark.parametrize("level", list(Level))
def test_placements_are_unique_and_hidden_among_their_neighbours(level: Level) -> None:
    places, guesses, lower = Counter[int](), Counter[str](), 0
    for sample in samples("piece_placement", level):
        state, params, right = read(sample)
        piece, options = params["piece"], sorted(params["options"])
        assert all_placements(state, piece) == [right]
        one, two = state.removed
        assert drawn(state, one) != drawn(state, two)
        own = drawn(state, piece)
        height, width = (max(axis) for axis in zip(*own, strict=True))
        hole = set(state.cells(0))
        rows, cols = zip(*hole, strict=True)
        assert len({tuple(option) for option in options}) == 8
        for top, left, bottom, right_end in options:
            assert 0 <= top <= bottom < state.size and 0 <= left <= right_end < state.size
            assert (bottom - top, right_end - left) == (height, width)
        near = [
            option
            for option in options
            if option[0] >= min(rows) - 1
            and option[1] >= min(cols) - 1
            and option[2] <= max(rows) + 1
            and option[3] <= max(cols) + 1
        ]
        assert len(near) >= 4
        everywhere = [(top, left) for top in range(state.size) for left in range(state.size)]
        fits = [(top, left) for top, left in everywhere if {(row + top, col + left) for row, col in own} <= hole]
        assert len([option for option in options if tuple(option[:2]) in fits]) >= min(3, len(fits))

        def spread(option: list[int], options: list[list[int]] = options) -> int:
            return sum(max(abs(option[0] - other[0]), abs(option[1] - other[1])) for other in options)

        def edges(option: list[int], size: int = state.size) -> int:
            return sum(option[k] == 0 for k in (0, 1)) + sum(option[k] == size - 1 for k in (2, 3))

        for name, measure, choose in (
            ("middle", spread, min),
            ("outermost", spread, max),
            ("at the edge", edges, max),
            ("far from the edge", edges, min),
        ):
            best = choose(map(measure, options))
            guessed = [option for option in options if measure(option) == best]
            guesses[name] += (right in guessed) / len(guessed)  # type: ignore[assignment]
        places[options.index(right)] += 1
        lower += piece == one
    assert all(guess / COUNT < 0.25 for guess in guesses.values()), guesses
    assert all(0.06 < places[place] / COUNT < 0.21 for place in range(8)), places
    assert close(lower, 0.5)


WISHES = [
    *(({"on_board": wish}, level) for level in Level for wish in LEVELS[level].counts),
    *(({"near": wish}, level) for level in Level for wish, share in enumerate(LEVELS[level].neighbours) if share),
    *(({"code": code}, level) for level in Level for code in SHARES),
    *(({"pair": True}, level) for level in Level),
]


@pytest.mark.parametrize(("wish", "level"), WISHES, ids=str)
def test_each_wish_comes_true_soon_although_nine_of_ten_boards_are_refused(wish: dict[str, Any], level: Level) -> None:
    """Far below the 3,000 attempts after which the engine would drop the plan."""
    plan = msgspec.structs.replace(LEVELS[level], **wish)

    def accept(state: State) -> bool:
        return sha256(json.dumps(state.to_json()).encode()).digest()[0] < 26

    for seed in range(8):
        rng = Random(seed)
        tries = next(tries for tries in range(1, 3000) if generate(rng, plan, accept) is not None)
        assert tries < 200


# --- Picture, state, parameters ------------------------------------------------------------------


def test_colors_are_far_apart() -> None:
    assert min(delta_e(one, two) for one, two in combinations(COLORS.values(), 2)) >= 25
    assert len(COLORS) == 10


def test_the_picture_shows_board_hole_and_pieces_as_drawn() -> None:
    state = State.from_json(EXAMPLE)
    image = GAME.draw(state, Style()).convert("RGB")
    colors = [(255, 255, 255), *(tuple(bytes.fromhex(color[1:])) for color in COLORS.values())]
    for row, line in enumerate(state.grid):
        for col, number in enumerate(line):
            # Near the lower left corner of each cell of 100 pixels, between number and line.
            assert image.getpixel((100 + 100 * col + 6, 48 + 100 * row + 84)) == colors[number]
    red = colors[4]
    below = [(x, y) for x in range(600) for y in range(500, image.height) if image.getpixel((x, y)) == red]
    left, right = min(x for x, _ in below), max(x for x, _ in below)
    middle = (left + right) // 2
    top = min(y for _, y in below)
    half = (max(y for _, y in below) - top) // 2
    assert not [1 for x, y in below if x > middle + 3 and y < top + half - 3]
    assert [1 for x, y in below if x < middle - 3 and y < top + half - 3]


def test_long_pieces_make_the_picture_wider_and_higher() -> None:
    rows = ["." * 10] * 3 + ["4" * 10] * 7
    wide = board(*rows, p1=["X" * 10], p2=["X" * 10], p3=["X" * 10])
    assert GAME.draw(wide, Style()).size == (32 * 22 + 40, 720)
    high = board(*(".222222222" for _ in range(10)), p1=["X"] * 10)
    assert GAME.draw(high, Style()).size == (600, 48 + 400 + 36 + 48 + 220 + 20)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"grid": [[1, 1, 2, 2], [1, 0, 0, 2], [3, 0, 2, 2]]}, "rows of as many cells"),
        ({"grid": [[1, 1, 2, 2], [1, 0, 0, 2], [3, 0, 2, 2], [3, 3, 3, 1]]}, "joined"),
        ({"grid": [[1, 1, 2, 2], [1, 0, 0, 2], [3, 0, 2, 2], [3, 3, 3, 5]]}, "each number from 1 to 4"),
        ({"grid": [[1, 1, 2, 2], [1, 1, 0, 2], [3, 0, 2, 2], [3, 3, 3, 3]]}, "as many cells"),
        ({"shown_pieces": {"4": [[1, 0, 0], [1, 1, 0]]}}, "rectangle"),
        ({"shown_pieces": {"4": [[1], [1, 1]]}}, "rectangle"),
        ({"shown_pieces": {"4": []}}, "rectangle"),
        ({"shown_pieces": {"4": [[1, 0, 1], [0, 1, 0]]}}, "joined"),
        ({"shown_pieces": {"3": [[1, 0], [1, 1]]}}, "exactly the removed pieces"),
        ({"config": {"grid_size": 11, "num_pieces": 4}, "grid": [[1] * 11] * 11}, "1 to 10"),
        ({"removed_pieces": []}, "one to three"),
        ({"config": {"grid_size": 4, "num_pieces": 11}}, "at most 10"),
        ({"config": {"grid_size": 4, "num_pieces": 5}}, "each number from 1 to 5"),
        ({"shown_pieces": {"4": [[1, 0], [1, 2]]}}, "Invalid enum value"),
        ({"turned": True}, "unknown field"),
    ],
)
def test_illegal_states_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**EXAMPLE, **change})


def test_removed_pieces_must_be_ascending() -> None:
    data = board("1122", "1122", "33.4", "33.4", p5=["X"], p6=["X"]).to_json()
    with pytest.raises(ValueError, match="ascending"):
        State.from_json({**data, "removed_pieces": [6, 5]})


@pytest.mark.parametrize(
    "change",
    [
        {"size": (6, 5)},
        {"pieces": (4, 7)},
        {"counts": (2, 6)},
        {"neighbours": (0.0, 0.0)},
        {"neighbours": (0.0, 0.5, 0.0, 0.0, 0.0, 0.5)},
    ],
)
def test_parameters_that_allow_no_board_are_refused(change: dict[str, Any]) -> None:
    given = {**msgspec.structs.asdict(LEVELS[Level.EASY]), **change}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(given, TangramParams)


@given(st.sampled_from(list(Level)), st.integers(0, 99), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_perturbed_boards_are_legal_and_different(level: Level, index: int, rng: Random) -> None:
    state, _, _ = read(samples("piece_count", level)[index])
    other = perturb(state, rng)
    assert other != state
    assert State.from_json(other.to_json()) == other
