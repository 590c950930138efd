import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.tetris import GAME
from gameqa.games.tetris.generate import MOST_ROWS, SOCKETS
from gameqa.games.tetris.rules import (
    REFERENCE,
    SHAPES,
    TURNS,
    Shape,
    clearing,
    column_tops,
    falls,
    landing,
    most_anywhere,
    most_cleared,
    recognised,
)
from gameqa.games.tetris.state import State

GRID = [
    [0, 0, 0, 0, 0, 0],
    [0, 2, 2, 2, 0, 0],
    [0, 0, 2, 0, 0, 0],
    [0, 0, 0, 0, 0, 0],
    [1, 0, 0, 0, 0, 1],
    [1, 1, 0, 1, 1, 1],
]
EXAMPLE = State.from_json({"rows": 6, "cols": 6, "grid": GRID})
LEVELS = {"Easy": (8, 2, 5), "Medium": (12, 3, 8), "Hard": (16, 4, 11)}
COUNT = 300

Cells = frozenset[tuple[int, int]]


class Board(NamedTuple):
    grid: list[list[int]]
    params: dict[str, Any]
    sample: Sample


@cache
def boards(task: str, level: str) -> list[Board]:
    made = [gameqa.sample("tetris", task, level, index=index) for index in range(COUNT)]
    return [Board(json.loads(sample.state)["grid"], json.loads(sample.params), sample) for sample in made]


def board(picture: str) -> State:
    grid = [[".#@".index(sign) for sign in line] for line in picture.split()]
    return State.from_json({"rows": len(grid), "cols": len(grid), "grid": grid})


def solve(task: str, state: State = EXAMPLE, **params: Any) -> Any:
    return GAME.task(task).solve(state, params).value


def within(found: int, count: int, share: float, sigmas: float = 3.3) -> bool:
    return abs(found / count - share) <= sigmas * (share * (1 - share) / count) ** 0.5


# A second method: cells in sets, on full grids, one row at a time.


@cache
def rotations(shape: Shape) -> list[Cells]:
    """Every rotation, made by turning the rows of text."""
    lines, found = REFERENCE[shape].split(" / "), []
    for _ in range(4):
        cells = frozenset((row, col) for row, line in enumerate(lines) for col, sign in enumerate(line) if sign == "X")
        if cells not in found:
            found.append(cells)
        lines = ["".join(column) for column in zip(*reversed(lines), strict=True)]
    return found


def free(grid: list[list[int]], cells: Cells, above: bool = False) -> bool:
    size = len(grid)
    return not any(not 0 <= c < size or r >= size or (grid[r][c] == 1 if r >= 0 else not above) for r, c in cells)


def down(cells: Cells, rows: int = 1) -> Cells:
    return frozenset((row + rows, col) for row, col in cells)


def completed(grid: list[list[int]], cells: Cells) -> int:
    return sum(all(grid[r][c] == 1 or (r, c) in cells for c in range(len(grid))) for r in range(len(grid)))


def straight(grid: list[list[int]], shape: Shape) -> Iterator[Cells]:
    for turn in rotations(shape):
        for col in range(len(grid)):
            cells = frozenset((r - 4, c + col) for r, c in turn)
            if free(grid, cells, above=True):
                while free(grid, down(cells), above=True):
                    cells = down(cells)
                if min(cells)[0] >= 0:
                    yield cells


def resting(grid: list[list[int]], shape: Shape) -> Iterator[Cells]:
    for turn in rotations(shape):
        for row in range(len(grid)):
            for col in range(len(grid)):
                cells = frozenset((r + row, c + col) for r, c in turn)
                if free(grid, cells) and not free(grid, down(cells)):
                    yield cells


def most(grid: list[list[int]], places: Iterator[Cells]) -> int:
    return max((completed(grid, cells) for cells in places), default=0)


def shape_of(grid: list[list[int]]) -> Shape:
    cells = [(r, c) for r, line in enumerate(grid) for c, value in enumerate(line) if value == 2]
    top, left = min(r for r, _ in cells), min(c for _, c in cells)
    box = frozenset((r - top, c - left) for r, c in cells)
    return next(shape for shape in SHAPES if box in rotations(shape))


def highest(grid: list[list[int]]) -> int:
    return next(row for row, line in enumerate(grid) if 1 in line)


@st.composite
def stacks(draw: Any) -> list[list[int]]:
    """Random boards: dense rows with few holes at the bottom, so that pieces complete some."""
    size, rng = draw(st.integers(4, 10)), draw(st.randoms(use_true_random=False))
    grid = [[0] * size for _ in range(size)]
    gap = rng.randrange(size)
    for row in range(rng.randint(1, size - 1), size):
        if rng.random() < 0.6:
            start = max(0, min(size - 1, gap + rng.randint(-1, 1)))
            holes = set(range(start, start + rng.randint(1, 3)))
        else:
            holes = set(rng.sample(range(size), rng.randint(1, size)))
        grid[row] = [int(col not in holes) for col in range(size)]
    return grid


def test_worked_examples() -> None:
    assert solve("empty_cells_in_row", row=4) == 4
    assert solve("active_shape", options=["S", "I", "none", "T", "O", "Z", "L", "J"]) == "T"
    assert solve("timesteps_until_collision", move="right") == 2
    assert solve("max_rows_cleared") == 1
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Board: 6 rows x 6 columns. '.' empty, '#' landed block, '@' active piece.",
        "       0 1 2 3 4 5",
        "Row 0: . . . . . .",
        "Row 1: . @ @ @ . .",
        "Row 2: . . @ . . .",
        "Row 3: . . . . . .",
        "Row 4: # . . . . #",
        "Row 5: # # . # # #",
    ]


def test_rotations_are_those_of_the_turned_text() -> None:
    assert [(shape, len(TURNS[shape])) for shape in SHAPES] == [*zip("IOTLJSZ", (2, 1, 4, 4, 4, 2, 2), strict=True)]
    everything = set()
    for shape, turns in TURNS.items():
        assert [frozenset(turn.cells) for turn in turns] == rotations(shape)
        assert [turn.degrees for turn in turns] == [0, 90, 180, 270][: len(turns)]
        assert str(turns[0]) == REFERENCE[shape]
        for turn in turns:
            found = recognised([(row + 3, col + 5) for row, col in turn.cells])
            assert found is turn
        everything |= set(rotations(shape))
    assert len(everything) == 19
    assert recognised([(0, 0), (0, 1), (0, 2), (1, 3)]) is None
    assert recognised([(0, 0), (0, 1), (1, 0)]) is None


@settings(max_examples=120, deadline=None)
@given(stacks(), st.sampled_from(SHAPES))
def test_drops_and_cleared_rows_agree_with_a_simulation_on_grids(grid: list[list[int]], shape: Shape) -> None:
    blocks = tuple(sum(value << col for col, value in enumerate(line)) for line in grid)
    tops = column_tops(blocks)
    landed = {
        frozenset((row + landing(turn, col, tops), c + col) for row, c in turn.cells)
        for turn in TURNS[shape]
        for col in range(len(grid) - turn.width + 1)
        if landing(turn, col, tops) >= 0
    }
    places = list(straight(grid, shape))
    assert landed == set(places)
    cleared = {frozenset(place.cells): rows for place, rows in clearing(blocks, shape, tops).items()}
    assert cleared == {cells: rows for cells in places if (rows := completed(grid, cells))}
    assert most_cleared(blocks, shape) == most(grid, iter(places))
    assert most_anywhere(blocks, shape) == most(grid, resting(grid, shape))


@settings(max_examples=120, deadline=None)
@given(stacks(), st.sampled_from(SHAPES), st.sampled_from(["left", "right"]), st.randoms(use_true_random=False))
def test_falls_agree_with_a_simulation_on_grids(grid: list[list[int]], shape: Shape, move: str, rng: Random) -> None:
    """Pieces anywhere, also beside blocks and under overhangs."""
    size = len(grid)
    turn = rng.choice(rotations(shape))
    spots = [
        cells
        for row in range(size)
        for col in range(size)
        if free(grid, cells := frozenset((r + row, c + col) for r, c in turn))
    ]
    if not spots:
        return
    cells = rng.choice(spots)
    shown = [[2 if (r, c) in cells else value for c, value in enumerate(line)] for r, line in enumerate(grid)]
    moved = frozenset((row, col + (1 if move == "right" else -1)) for row, col in cells)
    steps = 0
    while free(grid, moved) and free(grid, down(moved, steps + 1)):
        steps += 1
    state = State.from_json({"rows": size, "cols": size, "grid": shown})
    assert solve("timesteps_until_collision", state, move=move) == steps


@pytest.mark.parametrize("level", LEVELS)
def test_published_boards_have_one_maximum_for_drops_and_for_any_resting_place(level: str) -> None:
    for grid, _, sample in boards("max_rows_cleared", level)[:100]:
        shape = shape_of(grid)
        assert most(grid, straight(grid, shape)) == most(grid, resting(grid, shape)) == int(sample.answer)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_levels_have_their_boards(task: str, level: str) -> None:
    size, least, greatest = LEVELS[level]
    heights, starts = Counter[int](), Counter[int]()
    for grid, _, _ in boards(task, level):
        assert len(grid) == size and all(type(value) is int for line in grid for value in line)
        filled = [row for row, line in enumerate(grid) if 1 in line]
        assert least <= len(filled) <= greatest and filled == list(range(size - len(filled), size))
        assert [1] * size not in grid
        heights[len(filled)] += 1
        rows = [row for row, line in enumerate(grid) if 2 in line]
        if rows:
            assert max(rows) + 1 < filled[0]
            starts[filled[0] - 1 - max(rows)] += 1
    assert set(heights) == set(range(least, greatest + 1))
    # The piece hangs at varying heights above the stack.
    assert len(starts) >= {"Easy": 3, "Medium": 5, "Hard": 6}[level]
    assert task == "max_rows_cleared" or max(starts.values()) < 0.7 * COUNT


@pytest.mark.parametrize("level", LEVELS)
def test_boards_without_a_piece_have_their_quotas(level: str) -> None:
    for task, share in zip(GAME.tasks, (0, 1 / 8, 1 / 16, 0), strict=True):
        bare = sum(not any(2 in line for line in grid) for grid, _, _ in boards(task.slug, level))
        assert within(bare, COUNT, share)


@pytest.mark.parametrize("level", LEVELS)
def test_rows_asked_about_are_mostly_not_empty(level: str) -> None:
    empty, ranks, answers = 0, [], Counter[str]()
    for grid, params, sample in boards("empty_cells_in_row", level):
        assert int(sample.answer) == grid[params["row"]].count(0)
        answers[sample.answer] += 1
        filled = [row for row, line in enumerate(grid) if any(line)]
        if params["row"] in filled:
            ranks.append((filled.index(params["row"]) + 0.5) / len(filled))
        else:
            empty += 1
    assert within(empty, COUNT, 0.12) and empty <= 0.2 * COUNT
    # Uniform among the others: the mean place is the middle one.
    assert abs(sum(ranks) / len(ranks) - 0.5) < 3.3 * 0.29 / len(ranks) ** 0.5
    assert max(answers.values()) < 0.35 * COUNT


@pytest.mark.parametrize("level", LEVELS)
def test_shapes_are_even_in_every_rotation_and_the_letter_names_the_shape(level: str) -> None:
    found, turned = Counter[str](), Counter[object]()
    for grid, params, sample in boards("active_shape", level):
        options = params["options"]
        assert sorted(options) == sorted([*SHAPES, "none"])
        right = options["ABCDEFGH".index(sample.answer)]
        found[right] += 1
        assert right == (shape_of(grid) if any(2 in line for line in grid) else "none")
        assert sample.options[options.index("none")] == "no active piece"
        if right != "none":
            piece = State.from_json(json.loads(sample.state)).piece
            turned[right, recognised(piece)] += 1
    assert all(within(found[shape], COUNT, 1 / 8) for shape in [*SHAPES, "none"])
    assert len(turned) == 19


@pytest.mark.parametrize("level", LEVELS)
def test_timesteps_have_their_shares(level: str) -> None:
    found = Counter(int(entry.sample.answer) for entry in boards("timesteps_until_collision", level))
    assert within(found[-1], COUNT, 1 / 16)
    assert within(found[0], COUNT, 0.11)
    assert max(found.values()) <= 0.3 * COUNT
    moves = Counter(entry.params["move"] for entry in boards("timesteps_until_collision", level))
    assert within(moves["left"], COUNT, 0.5)


@pytest.mark.parametrize("level", LEVELS)
def test_cleared_rows_have_their_shares_and_full_rows_do_not_tell(level: str) -> None:
    made = boards("max_rows_cleared", level)
    found = Counter(int(entry.sample.answer) for entry in made)
    for value, share in enumerate((0.2, 0.33, 0.27, 0.13, 0.07)):
        assert within(found[value], COUNT, share)
    shapes = Counter((shape_of(entry.grid), int(entry.sample.answer)) for entry in made)
    assert sum(max(n for (shape, _), n in shapes.items() if shape == each) for each in SHAPES) < 0.42 * COUNT
    zeros = [entry.grid for entry in made if entry.sample.answer == "0"]
    tempting = sum(any(1 <= sum(value != 1 for value in line) <= 4 for line in grid) for grid in zeros)
    assert tempting > 0.9 * len(zeros)


def test_special_cases_of_the_move() -> None:
    bare = board("....\n....\n#...\n##.#")
    assert solve("timesteps_until_collision", bare, move="left") == -1
    wall = board("@@..\n@@..\n....\n##.#")
    assert solve("timesteps_until_collision", wall, move="left") == 0
    assert "(0, -1) and (1, -1) would lie outside the grid, behind the wall" in steps(wall, "left")
    beside = board(".@@.\n.@@#\n....\n##.#")
    assert solve("timesteps_until_collision", beside, move="right") == 0
    assert "(1, 3) would enter a landed block" in steps(beside, "right")
    standing = board("@@..\n@@..\n..#.\n##.#")
    assert solve("timesteps_until_collision", standing, move="right") == 0
    # Blocks beside the piece do not stop it, and a roof above the landing place of another column does not either.
    shaft = board(".@.#.#\n.@.#.#\n.@.#.#\n.@....\n.#.###\n.#.###")
    assert solve("timesteps_until_collision", shaft, move="right") == 2
    assert "only the floor" in steps(shaft, "right") and "on the floor" in steps(shaft, "right")


def steps(state: State, move: str) -> str:
    return " ".join(GAME.task("timesteps_until_collision").solve(state, {"move": move}).steps)


def test_the_lowest_cell_of_each_column_counts() -> None:
    state = board("......\n.@@@..\n..@...\n......\n#....#\n##.###")
    assert [(fall.col, fall.low, fall.stop, fall.free) for fall in falls(state, state.piece)] == [
        (1, 1, 5, 3),
        (2, 2, 6, 3),
        (3, 1, 5, 3),
    ]


def test_a_pocket_under_an_overhang_cannot_be_reached_by_a_straight_drop() -> None:
    pocket = board("@@@@..\n......\n......\n......\n#.....\n....##")
    assert solve("max_rows_cleared", pocket) == 0
    assert most_cleared(pocket.blocks, "I") == 0 and most_anywhere(pocket.blocks, "I") == 1


def test_a_placement_above_row_0_is_not_allowed() -> None:
    high = board("@@@@.\n.####\n##.##\n##.##\n##.##")
    assert solve("max_rows_cleared", high) == 0
    lower = board("@@@@.\n.####\n.####\n.####\n#.###")
    assert solve("max_rows_cleared", lower) == 3


@pytest.mark.parametrize("level", LEVELS)
def test_solutions_name_the_best_cells_and_every_nearly_full_row(level: str) -> None:
    for grid, _, sample in boards("max_rows_cleared", level)[:60]:
        text = sample.analysis
        near = [row for row, line in enumerate(grid) if sum(value != 1 for value in line) <= 4]
        assert all(f"Row {row} lacks " in text for row in near)
        assert (sample.answer == "0") == ("completes a row: the number is 0" in text)
        refused = text.count("No placement completes it.")
        completing = {r for cells in straight(grid, shape_of(grid)) for r in near if fills(grid, cells, r)}
        assert refused == len(near) - len(completing)
        if sample.answer != "0":
            best = text.split("the piece lies on ")[1].split(" and completes")[0]
            cells = frozenset((int(row), int(col)) for row, col in re.findall(r"\((\d+), (\d+)\)", best))
            assert cells in set(straight(grid, shape_of(grid)))
            assert completed(grid, cells) == int(sample.answer)


def fills(grid: list[list[int]], cells: Cells, row: int) -> bool:
    return all(value == 1 or (row, col) in cells for col, value in enumerate(grid[row]))


def test_solutions_of_shapes_show_the_rotation_that_the_rules_define() -> None:
    for shape, turns in TURNS.items():
        assert f"{shape}: {REFERENCE[shape]}\n" in GAME.task("active_shape").rules
        for turn in turns:
            state = State((0,) * 8, tuple((row + 1, col + 2) for row, col in turn.cells))
            text = " ".join(GAME.task("active_shape").solve(state, {}).steps)
            assert f"Drawn with X: {turn}." in text
            assert "any turn" in text if shape == "O" else f"{turn.degrees} degrees" in text


def test_difficulty_rises_and_words_are_in_singular_and_plural() -> None:
    for task in GAME.tasks:
        means = [sum(entry.sample.difficulty for entry in boards(task.slug, level)) for level in LEVELS]
        assert means == sorted(means) and len(set(means)) == 3
    texts = [entry.sample.analysis for task in GAME.tasks for entry in boards(task.slug, "Easy")]
    for wrong in ("1 empty cells", "1 rows", "1 timesteps", " 2 row ", "1 cells", "columns 3 and 3"):
        assert not any(f" {wrong}" in text for text in texts)


def test_the_question_states_the_special_cases_and_the_placement() -> None:
    prompt = boards("timesteps_until_collision", "Easy")[0].sample.question
    for part in ("no active piece, the number is -1", "sideways move is impossible", "already stands on something"):
        assert part in prompt
    prompt = boards("max_rows_cleared", "Easy")[0].sample.question
    for part in ("straight down from above", "neither moved sideways nor turned", "above row 0 is not allowed"):
        assert part in prompt


@pytest.mark.parametrize("level", LEVELS)
def test_the_picture_shows_the_cells_and_keeps_labels_off_the_grid(level: str) -> None:
    size = LEVELS[level][0]
    cell = {8: 52, 12: 37, 16: 30}[size]
    grid = boards("active_shape", level)[3].grid
    image = GAME.draw(State.from_json({"rows": size, "cols": size, "grid": grid}), Style()).convert("RGB")
    colors = ((255, 255, 255), (128, 128, 128), (255, 0, 0))
    pixels: Any = image.load()
    for row, line in enumerate(grid):
        for col, value in enumerate(line):
            x, y = 38 + col * cell, 38 + row * cell
            assert {pixels[x + dx, y + dy] for dx in (2, cell - 3) for dy in (2, cell - 3)} == {colors[value]}
            assert pixels[x, y + 9] == pixels[x + 9, y] == (0, 0, 0)
    white = (255, 255, 255)
    assert all(pixels[x, y] == white for x in range(34, 38) for y in range(42, image.height - 42))
    assert all(pixels[x, y] == white for y in range(34, 38) for x in range(42, image.width - 42))
    # Row labels end in one column of pixels, in the middle of their rows.
    ends = set()
    for row in range(size):
        ink = [
            (x, y) for x in range(34) for y in range(38 + row * cell, 38 + (row + 1) * cell) if sum(pixels[x, y]) < 380
        ]
        ends.add(max(x for x, _ in ink))
        middle = (min(y for _, y in ink) + max(y for _, y in ink)) / 2
        assert abs(middle - (38 + (row + 0.5) * cell)) <= 1.5
    assert max(ends) - min(ends) <= 2
    # Column labels do not touch: white columns of pixels part them.
    inked = [any(sum(pixels[x, y]) < 600 for y in range(34)) for x in range(38, image.width - 38)]
    gaps = [not any(inked[col * cell - 2 : col * cell + 3]) for col in range(1, size)]
    assert all(gaps)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 5}, "same number"),
        ({"rows": 3, "cols": 3, "grid": [[0] * 3] * 3}, "same number"),
        ({"grid": GRID[:5]}, "6 rows of 6 cells"),
        ({"grid": [*GRID[:5], [1] * 5]}, "6 rows of 6 cells"),
        ({"grid": [*GRID[:5], [1] * 6]}, "landed blocks only"),
        ({"grid": [[2, 0, 0, 0, 0, 0], *GRID[1:]]}, "exactly one tetromino"),
        ({"grid": [*GRID[:2], [0] * 6, *GRID[3:]]}, "exactly one tetromino"),
        ({"grid": [[0, 2, 2, 0, 0, 0], [0, 0, 0, 2, 2, 0], [0] * 6, *GRID[3:]]}, "exactly one tetromino"),
        ({"grid": [[3, 0, 0, 0, 0, 0], *GRID[1:]]}, "Invalid enum value 3"),
        ({"grid": [[0.0] * 6, *GRID[1:]]}, "int"),
        ({"score": 1}, "unknown field"),
    ],
)
def test_illegal_boards_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({"rows": 6, "cols": 6, "grid": GRID, **change})


@pytest.mark.parametrize("height", [(5, 4), (2, 6)])
def test_custom_levels_are_checked(height: tuple[int, int]) -> None:
    with pytest.raises(gameqa.UsageError, match="height must"):
        gameqa.sample("tetris", 0, {"size": 8, "pieces": (6, 12), "height": height})


def test_rows_are_prepared_only_for_shapes_that_can_complete_them() -> None:
    level = {"size": 8, "pieces": (6, 12), "height": (2, 5)}
    for wish in ({"shape": "O", "prepared": 3}, {"shape": "I", "prepared": 1, "cleared": 2}, {"prepared": 1}):
        with pytest.raises(gameqa.UsageError, match="prepared must"):
            gameqa.sample("tetris", 0, {**level, **wish})
    for shape in SHAPES:
        assert MOST_ROWS[shape] == max(rows for each, rows in SOCKETS if each == shape and SOCKETS[each, rows])


@pytest.mark.parametrize("task", ["active_shape", "max_rows_cleared"])
def test_perturbed_boards_are_legal_and_differ(task: str) -> None:
    rng = Random(5)
    for entry in boards(task, Level.EASY)[:150]:
        state = State.from_json(json.loads(entry.sample.state))
        other = GAME.perturb(state, rng)
        assert other != state and State.from_json(other.to_json()) == other
        assert len(other.piece) == len(state.piece)
