import json
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise
from math import sqrt
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.grids import Direction
from gameqa.draw import Style
from gameqa.games.maze import GAME, MazeParams
from gameqa.games.maze.generate import carve, perturb
from gameqa.games.maze.rules import branches, follow, path, play
from gameqa.games.maze.state import State

Cell = tuple[int, int]
WAYS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
SIZE = {"Easy": 9, "Medium": 11, "Hard": 13}
LENGTH = {"Easy": (5, 20), "Medium": (8, 36), "Hard": (14, 60)}
TURNS = {"Easy": (1, 7), "Medium": (2, 9), "Hard": (3, 12)}
MOVES = {"Easy": (1, 3), "Medium": (3, 5), "Hard": (4, 8)}
LEVELS = list(SIZE)

EXAMPLE_JSON: dict[str, Any] = {
    "maze": [
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
        [1, 0, 1, 0, 0, 0, 0, 0, 1],
        [1, 0, 1, 0, 1, 1, 1, 0, 1],
        [1, 0, 1, 0, 0, 0, 1, 0, 1],
        [1, 0, 1, 0, 1, 2, 1, 1, 1],
        [1, 0, 1, 0, 1, 0, 0, 0, 1],
        [1, 0, 1, 1, 1, 1, 1, 0, 1],
        [1, 0, 0, 0, 0, 0, 0, 3, 1],
        [1, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
    "size": [9, 9],
    "playerPosition": [4, 5],
    "endPosition": [7, 7],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)


@cache
def samples(task: str, level: str, count: int = 300) -> list[Sample]:
    return [gameqa.sample("maze", task, level, index=index) for index in range(count)]


def board(sample: Sample) -> dict[str, Any]:
    return json.loads(sample.state)


def options(sample: Sample) -> list[Any]:
    """The options, the right one first."""
    values = json.loads(sample.params)["options"]
    right = values[ord(sample.answer) - ord("A")]
    return [right, *(value for value in values if value != right)]


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def walk(maze: list[list[int]], start: Sequence[int], moves: Sequence[str]) -> tuple[Cell, int]:
    """The end of moves of which those into walls do nothing, and how many of them did nothing."""
    row, column = start
    blocked = 0
    for move in moves:
        down, across = WAYS[move]
        if maze[row + down][column + across] == 1:
            blocked += 1
        else:
            row, column = row + down, column + across
    return (row, column), blocked


def search(maze: list[list[int]], here: Cell, goal: Cell, before: tuple[Cell, ...] = ()) -> list[list[Cell]]:
    """All paths without repetition, by trying every way."""
    if here == goal:
        return [[*before, here]]
    found = []
    for down, across in WAYS.values():
        cell = here[0] + down, here[1] + across
        if maze[cell[0]][cell[1]] != 1 and cell not in before:
            found += search(maze, cell, goal, (*before, here))
    return found


def near(share: float, wanted: float, count: int) -> bool:
    # Three standard deviations for one share; a little more because each test looks at several.
    return abs(share - wanted) <= 3.5 * sqrt(wanted * (1 - wanted) / count)


def at_most(share: float, bound: float, count: int) -> bool:
    return share <= bound + 3 * sqrt(bound * (1 - bound) / count)


def guesses(found: list[Sample], key: Callable[[Any, list[Any], Sample], Any]) -> float:
    """How often a reader is right who takes the option with the greatest key and guesses among equals."""
    hits = 0.0
    for sample in found:
        values = options(sample)
        keys = [key(value, values, sample) for value in values]
        hits += (keys[0] == max(keys)) / keys.count(max(keys))
    return hits / len(found)


# Rules


def test_worked_examples() -> None:
    assert EXAMPLE.to_json() == EXAMPLE_JSON
    assert solve("player_position", {}) == (4, 5)
    assert solve("goal_position", {}) == (7, 7)
    assert solve("path_to_goal", {}) == ["down", "right", "right", "down", "down"]
    assert solve("turn_count", {}) == 2
    assert solve("available_directions", {}) == ["up", "down"]
    moves: list[Direction] = ["down", "right", "up", "right"]
    assert solve("position_after_moves", {"moves": moves}) == (5, 7)
    assert [(step.after, step.blocked) for step in play(EXAMPLE, moves)] == [
        ((5, 5), False),
        ((5, 6), False),
        ((5, 6), True),
        ((5, 7), False),
    ]


def test_wrong_paths_of_the_example_are_wrong() -> None:
    task = GAME.task("path_to_goal")
    for moves in (
        "up, left, left, down, down",
        "down, right, right, down, right",
        "down, down, right, right, down",
        "up, right, right, down, down",
        "down, right, right, down",
    ):
        assert not task.is_right(EXAMPLE, {}, moves.split(", "))
    # Walking back is allowed, walking over the goal and beyond is not the end on it.
    assert task.is_right(EXAMPLE, {}, ["up", "down", "down", "right", "right", "down", "down"])
    assert not task.is_right(EXAMPLE, {}, ["down", "right", "right", "down", "down", "left"])


def test_the_text_view_has_no_positions_in_words() -> None:
    assert GAME.describe(EXAMPLE).splitlines()[:7] == [
        "Maze 9 x 9. # wall  . free  P player  G goal. Rows and columns are numbered from 0.",
        "   0 1 2 3 4 5 6 7 8",
        "0  # # # # # # # # #",
        "1  # . # . . . . . #",
        "2  # . # . # # # . #",
        "3  # . # . . . # . #",
        "4  # . # . # P # # #",
    ]
    wide = samples("player_position", "Medium")[0].text_view.splitlines()
    assert wide[1] == "     0  1  2  3  4  5  6  7  8  9 10"
    assert {len(line) for line in wide[1:]} == {len(wide[1])}


def test_branches_and_their_dead_ends() -> None:
    found = branches(EXAMPLE, path(EXAMPLE))
    # The way up from the player leads over (3, 5) to (3, 3), where it splits: to (1, 7), (3, 7) and to (5, 3).
    assert [(branch.cell, branch.direction, set(branch.ends), branch.cells) for branch in found] == [
        ((4, 5), "up", {(3, 7), (5, 3)}, 13)
    ]


@given(st.sampled_from([9, 11, 13]), st.randoms(use_true_random=False))
def test_carved_mazes_have_one_path_between_any_two_cells(size: int, rng: Random) -> None:
    cells = sorted(carve(size, rng))
    rooms = ((size - 1) // 2) ** 2
    assert len(cells) == 2 * rooms - 1
    player, goal = rng.sample(cells, 2)
    state = State(size, frozenset(cells), player, goal)
    assert State.from_json(state.to_json()) == state
    (only,) = search(state.to_json()["maze"], player, goal)
    assert path(state) == only
    bends = sum(a[0] != c[0] and a[1] != c[1] for a, c in zip(only, only[2:], strict=False))
    assert solve("turn_count", {}, state) == bends


@given(st.integers(0, 10**6), st.lists(st.sampled_from(list(WAYS)), min_size=1, max_size=12))
def test_moves_agree_with_a_second_walk(seed: int, moves: list[Any]) -> None:
    rng = Random(seed)
    cells = sorted(carve(9, rng))
    player, goal = rng.sample(cells, 2)
    state = State(9, frozenset(cells), player, goal)
    data = state.to_json()
    end, blocked = walk(data["maze"], player, moves)
    assert solve("position_after_moves", {"moves": moves}, state) == end
    assert sum(step.blocked for step in play(state, moves)) == blocked
    free = [way for way in WAYS if walk(data["maze"], player, [way])[1] == 0]
    assert solve("available_directions", {}, state) == free


# States


def changed(cells: dict[Cell, int] | None = None, **keys: Any) -> dict[str, Any]:
    data = json.loads(json.dumps(EXAMPLE_JSON))
    for (row, column), number in (cells or {}).items():
        data["maze"][row][column] = number
    return {**data, **keys}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed({(2, 2): 0}), "no loop"),
        (changed({(2, 1): 1}), "connected"),
        (changed({(0, 1): 0}), "outer ring"),
        (changed({(1, 1): 2}), "one cell with 2"),
        (changed({(7, 7): 0}), "one cell with 3"),
        (changed(playerPosition=[5, 4]), "one cell with 2"),
        (changed(endPosition=[7, 6]), "one cell with 3"),
        (changed(size=[9, 11]), "size must be"),
        (changed({(1, 1): 4}), "Invalid enum value 4"),
        (changed(maze=[[1] * 7] * 7), "square with 9, 11, 13"),
        (changed(maze=[*EXAMPLE_JSON["maze"][:8], [1] * 8]), "square"),
        (changed(goal=[7, 7]), "unknown field"),
    ],
)
def test_illegal_mazes_are_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json(data)


@given(st.randoms(use_true_random=False))
def test_perturbed_mazes_are_legal_and_different(rng: Random) -> None:
    other = perturb(EXAMPLE, rng)
    assert State.from_json(other.to_json()) == other != EXAMPLE


def test_own_parameters_are_checked() -> None:
    with pytest.raises(ValueError, match="path must be"):
        MazeParams(size=9, path=(9, 5), turns=(1, 2), moves=(1, 2))
    with pytest.raises(gameqa.GameQAError, match="size"):
        gameqa.sample("maze", "turn_count", {"size": 10, "path": (5, 20), "turns": (1, 7), "moves": (1, 3)})


# Levels


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_levels_keep_their_ranges(task: str, level: str) -> None:
    for sample in samples(task, level)[:100]:
        data = board(sample)
        player, goal = tuple(data["playerPosition"]), tuple(data["endPosition"])
        (only,) = search(data["maze"], player, goal)
        assert data["size"] == [SIZE[level]] * 2
        assert LENGTH[level][0] <= len(only) - 1 <= LENGTH[level][1]
        assert abs(player[0] - goal[0]) + abs(player[1] - goal[1]) >= SIZE[level] / 2
        bends = sum(a[0] != c[0] and a[1] != c[1] for a, c in zip(only, only[2:], strict=False))
        assert bends >= TURNS[level][0]


def test_some_mazes_are_branchy() -> None:
    def dead_ends(sample: Sample) -> int:
        maze = board(sample)["maze"]
        cells = [(row, column) for row in range(13) for column in range(13) if maze[row][column] != 1]
        return sum(sum(maze[r + d][c + a] != 1 for d, a in WAYS.values()) == 1 for r, c in cells)

    counts = [dead_ends(sample) for sample in samples("player_position", "Hard")]
    # Depth-first mazes of 36 rooms have four to seven dead ends, the branchy ones nine or more.
    assert near(sum(count >= 9 for count in counts) / len(counts), 1 / 3, len(counts))


# Positions


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", ["player_position", "goal_position"])
def test_the_places_of_the_options_do_not_tell_the_right_one(task: str, level: str) -> None:
    found = samples(task, level)
    other = "endPosition" if task == "player_position" else "playerPosition"
    for sample in found:
        cells = options(sample)
        assert all(0 < part < SIZE[level] - 1 for cell in cells for part in cell)
        assert sum(beside(cell, cells) > 0 for cell in cells[1:]) >= 2
    listed = sum(board(sample)[other] in options(sample) for sample in found)
    assert 0.35 < listed / len(found) < 0.65
    assert sum([cell[1], cell[0]] in cells[1:] for cells in map(options, found) for cell in cells[:1]) > 40
    middle = (SIZE[level] - 1) / 2
    keys: list[Callable[[Any, list[Any], Sample], Any]] = [
        lambda cell, cells, _: beside(cell, cells),
        lambda cell, cells, _: -sum(apart(cell, one) for one in cells),
        lambda cell, cells, _: sum(apart(cell, one) for one in cells),
        lambda cell, _, __: abs(cell[0] - middle) + abs(cell[1] - middle),
        lambda cell, _, __: -abs(cell[0] - middle) - abs(cell[1] - middle),
        lambda cell, _, __: cell[0] % 2 + cell[1] % 2,
        lambda cell, cells, _: sum(cell[0] == one[0] for one in cells) + sum(cell[1] == one[1] for one in cells),
    ]
    for key in keys:
        assert at_most(guesses(found, key), 0.25, len(found))


def beside(cell: Sequence[int], cells: list[Any]) -> int:
    return sum(apart(cell, one) == 1 for one in cells)


def apart(one: Sequence[int], other: Sequence[int]) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


# Paths


@pytest.mark.parametrize("level", LEVELS)
def test_wrong_paths_are_built_from_the_maze_and_hide_the_right_one(level: str) -> None:
    found = samples("path_to_goal", level)
    tally: Counter[str] = Counter()
    for sample in found:
        state = State.from_json(board(sample))
        right, *wrong = options(sample)
        assert not any({one, two} in ({"up", "down"}, {"left", "right"}) for one, two in pairwise(right))
        for moves in [right, *wrong]:
            assert set(moves) <= set(WAYS)
            assert abs(len(moves) - len(right)) <= 2
        # Neither is the right one the shortest nor the only one that never turns back or leads to its end.
        assert min(map(len, wrong)) < len(right)
        assert any(not turns_back(moves) for moves in wrong)
        assert any(shift(moves) == shift(right) for moves in wrong)
        for moves in wrong:
            cells, hit = follow(state, moves)
            assert state.goal not in cells
            tally["legal"] += hit is None
            tally["same end"] += shift(moves) == shift(right)
        tally["longer"] += max(map(len, wrong)) > len(right)
        tally["not longest"] += max(map(len, wrong)) >= len(right)
        assert len(sample.analysis) <= 2500
        where = "(" + ", ".join(map(str, state.player)) + ")"
        assert where not in sample.query
    assert tally["longer"] > 0.15 * len(found)
    assert tally["legal"] > 0.3 * len(found)


def shift(moves: list[str]) -> Cell:
    return sum(WAYS[move][0] for move in moves), sum(WAYS[move][1] for move in moves)


def turns_back(moves: list[str]) -> bool:
    return any(shift([one, two]) == (0, 0) for one, two in pairwise(moves))


def bends(moves: list[str]) -> int:
    return sum(one != two for one, two in pairwise(moves))


def likeness(moves: list[str], others: list[list[str]]) -> int:
    return sum(one == two for other in others for one, two in zip(moves, other, strict=False))


@pytest.mark.parametrize("level", LEVELS)
def test_no_cheap_property_tells_the_right_path(level: str) -> None:
    found = samples("path_to_goal", level)
    keys: list[Callable[[Any, list[Any], Sample], Any]] = [
        lambda moves, _, __: len(moves),
        lambda moves, _, __: -len(moves),
        lambda moves, all_, _: -abs(len(moves) - sorted(map(len, all_))[2]),
        lambda moves, _, __: -turns_back(moves),
        lambda moves, _, __: bends(moves),
        lambda moves, _, __: -bends(moves),
        lambda moves, all_, _: sum(shift(moves) == shift(one) for one in all_),
        lambda moves, all_, _: sum(moves[0] == one[0] for one in all_),
        lambda moves, all_, _: sum(moves[-1] == one[-1] for one in all_),
        lambda moves, all_, _: likeness(moves, all_),
        lambda moves, _, __: apart(shift(moves), (0, 0)),
        lambda moves, _, __: -apart(shift(moves), (0, 0)),
    ]
    for key in keys:
        assert at_most(guesses(found, key), 0.27, len(found))


def test_a_worked_path_names_runs_and_dead_ends() -> None:
    steps = GAME.task("path_to_goal").solve(EXAMPLE, {}).steps
    assert list(steps) == [
        "The player stands at (4, 5), the goal is at (7, 7).",
        "The path in straight runs: down 1 to (5, 5), right 2 to (5, 7), down 2 to (7, 7).",
        "The other ways do not lead to the goal: at (4, 5) the way up has 13 cells and only dead ends.",
    ]


def test_verdicts_name_the_first_wall_or_the_end() -> None:
    task = GAME.task("path_to_goal")
    solution = task.solve(EXAMPLE, {})

    def verdict(moves: str) -> str | None:
        return task.verdict(EXAMPLE, {}, moves.split(", "), solution)

    assert verdict("up, right, right, down, down") == "step 2 goes into the wall at (3, 6)."
    assert verdict("up, left, left, down, down") == "it ends at (5, 3), not on the goal."
    assert verdict("down, right, right, down, down") == "every step goes to a free cell, the last one to the goal."


# Turns


@pytest.mark.parametrize("level", LEVELS)
def test_turn_counts_are_uniform(level: str) -> None:
    found = samples("turn_count", level)
    counts = Counter(int(sample.answer) for sample in found)
    low, high = TURNS[level]
    assert set(counts) == set(range(low, high + 1))
    assert all(near(count / len(found), 1 / (high - low + 1), len(found)) for count in counts.values())


def test_a_worked_count_numbers_the_corners() -> None:
    steps = GAME.task("turn_count").solve(EXAMPLE, {}).steps
    assert list(steps[-2:]) == [
        "The direction changes at these corners: (1) at (5, 5) from down to right; (2) at (5, 7) from right to down.",
        "These are 2 turns.",
    ]


# Directions

SETS = [list(chosen) for size in range(1, 5) for chosen in combinations(WAYS, size)]
OPPOSITE = (["up", "down"], ["left", "right"])


@pytest.mark.parametrize("level", LEVELS)
def test_direction_sets_have_their_shares_and_sizes_do_not_tell(level: str) -> None:
    found = samples("available_directions", level)
    count = len(found)
    right = [options(sample)[0] for sample in found]
    for sample in found:
        values = options(sample)
        assert all(value in SETS for value in values)
        assert Counter(map(len, values)) == {1: 2, 2: 3, 3: 2, 4: 1}
    sizes = Counter(map(len, right))
    for size, share in {1: 0.25, 2: 0.4, 3: 0.3, 4: 0.05}.items():
        assert near(sizes[size] / count, share, count)
    pairs = [value for value in right if len(value) == 2]
    assert near(sum(value in OPPOSITE for value in pairs) / len(pairs), 0.5, len(pairs))
    singles = Counter(value[0] for value in right if len(value) == 1)
    assert min(singles.values()) > 7
    keys: list[Callable[[Any, list[Any], Sample], Any]] = [
        *(lambda value, _, __, size=size: len(value) == size for size in (1, 2, 3, 4)),
        lambda value, _, __: value in OPPOSITE,
        lambda value, _, __: len(value) == 2 and value not in OPPOSITE,
        lambda value, values, _: sum(len(set(value) & set(one)) for one in values),
        lambda value, values, _: sum(len(set(value) ^ set(one)) for one in values),
    ]
    for key in keys:
        assert at_most(guesses(found, key), 0.15, count)


# Moves


@pytest.mark.parametrize("level", LEVELS)
def test_moves_are_as_many_as_the_level_says_and_blocked_in_half_of_the_samples(level: str) -> None:
    found = samples("position_after_moves", level)
    low, high = MOVES[level]
    lengths: Counter[int] = Counter()
    bumps = slips = 0
    for sample in found:
        data, moves = board(sample), json.loads(sample.params)["moves"]
        lengths[len(moves)] += 1
        start = data["playerPosition"]
        end, blocked = walk(data["maze"], start, moves)
        assert list(end) == options(sample)[0]
        bumps += blocked > 0
        free = shift(moves)
        wrong = options(sample)[1:]
        slips += [start[0] + free[0], start[1] + free[1]] in wrong or start in wrong
    assert set(lengths) == set(range(low, high + 1))
    assert all(near(count / len(found), 1 / (high - low + 1), len(found)) for count in lengths.values())
    assert near(bumps / len(found), 0.5, len(found))
    assert slips > 0.1 * len(found)


@pytest.mark.parametrize("level", LEVELS)
def test_ends_of_moves_are_not_told_by_their_places(level: str) -> None:
    found = samples("position_after_moves", level)
    for sample in found:
        cells = options(sample)
        assert all(0 < part < SIZE[level] - 1 for cell in cells for part in cell)
        assert max(beside(cell, cells) for cell in cells) < 4

    def total(sample: Sample) -> Cell:
        return shift(json.loads(sample.params)["moves"])

    keys: list[Callable[[Any, list[Any], Sample], Any]] = [
        lambda cell, cells, _: beside(cell, cells),
        lambda cell, cells, _: -sum(apart(cell, one) for one in cells),
        lambda cell, cells, _: sum(apart(cell, one) for one in cells),
        lambda cell, cells, sample: [cell[0] - total(sample)[0], cell[1] - total(sample)[1]] in cells,
        lambda cell, _, sample: cell[0] * total(sample)[0] + cell[1] * total(sample)[1],
        lambda cell, cells, _: sum(cell[0] == one[0] for one in cells) + sum(cell[1] == one[1] for one in cells),
    ]
    for key in keys:
        assert at_most(guesses(found, key), 0.3, len(found))


def test_a_worked_walk_has_one_line_a_move() -> None:
    steps = GAME.task("position_after_moves").solve(EXAMPLE, {"moves": ["down", "right", "up", "right"]}).steps
    assert list(steps) == [
        "The player starts at (4, 5).",
        "Move 1, down: (4, 5) → (5, 5).",
        "Move 2, right: (5, 5) → (5, 6).",
        "Move 3, up: wall at (4, 6), the player stays at (5, 6).",
        "Move 4, right: (5, 6) → (5, 7).",
        "At the end the player stands at (5, 7).",
    ]


# Picture


def test_the_picture_shows_every_cell_in_its_colour() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    assert image.size == (496, 496)
    colors = {0: (255, 255, 255), 1: (0x6F, 0xA8, 0xDC), 2: (0xE6, 0, 0), 3: (0, 0xC0, 0)}
    for row, numbers in enumerate(EXAMPLE_JSON["maze"]):
        for column, number in enumerate(numbers):
            left, top = 50 + 44 * column, 50 + 44 * row
            assert image.getpixel((left + 22, top + 22)) == colors[number]
            # Near its corner a cell shows its ground; the player's disc leaves half of the cell free.
            ground = colors[0] if number == 2 else colors[number]
            assert image.getpixel((left + 6, top + 6)) == ground
            assert image.getpixel((left, top + 22)) == (0xC0, 0xC0, 0xC0)
    red = [(x, y) for x in range(496) for y in range(496) if image.getpixel((x, y)) == colors[2]]
    assert [max(part) - min(part) + 1 for part in zip(*red, strict=True)] == [22, 22]


@pytest.mark.parametrize("level", list(Level))
def test_pictures_have_their_sizes_and_stay_small(level: Level) -> None:
    sample = samples("player_position", level.value)[0]
    assert sample.image.size == ((516, 516) if level is Level.HARD else (496, 496))
    assert len(sample.png()) < 12 * 1024
