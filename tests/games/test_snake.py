import json
from collections import Counter, deque
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.snake import GAME, SnakeParams
from gameqa.games.snake.rules import earliest, loose_layers, play, shortest, strict_layers, uses_motion
from gameqa.games.snake.state import State

EXAMPLE = {
    "map": [[0, 0, 0, 0, 0], [0, 2, 2, 0, 0], [0, 2, 3, 0, 1], [0, 2, 0, 0, 0], [0, 0, 0, 0, 0]],
    "snake": [[2, 2], [1, 2], [1, 1], [2, 1], [3, 1]],
    "food": [2, 4],
}
BOARD = State.from_json(EXAMPLE)
WAYS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
BACK = {"up": "down", "down": "up", "left": "right", "right": "left"}


def board(text: str, food: tuple[int, int] | None = None) -> State:
    """Read a board whose snake is spelled a, b, c … from head to tail, with F for the food."""
    cells = {sign: (r, c) for r, row in enumerate(text.split()) for c, sign in enumerate(row)}
    snake = tuple(cells[sign] for sign in sorted(cells) if sign.islower())
    assert all(abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1 for a, b in pairwise(snake))
    return State(len(text.split()), snake, food or cells["F"])


def advance(state: State, snake: tuple[tuple[int, int], ...], way: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A second step: move the whole chain first, then look what the head has run into."""
    head = (snake[0][0] + WAYS[way][0], snake[0][1] + WAYS[way][1])
    moved = (head, *snake[:-1])
    if min(head) < 0 or max(head) >= state.size:
        return "bound", moved
    if len(set(moved)) < len(moved):
        return "body", moved
    return ("food" if head == state.food else "nothing"), moved


def outcome(state: State, moves: list[str]) -> str:
    snake = state.snake
    for way in moves:
        event, snake = advance(state, snake, way)
        if event != "nothing":
            return event
    return "nothing"


def exhaustive(state: State) -> int:
    """Breadth-first search over all whole snakes."""
    seen, queue = {state.snake}, deque([(state.snake, 0)])
    while queue:
        snake, steps = queue.popleft()
        for way in WAYS:
            event, moved = advance(state, snake, way)
            if event == "food":
                return steps + 1
            if event == "nothing" and moved not in seen:
                seen.add(moved)
                queue.append((moved, steps + 1))
    return -1


def random_state(rng: Random, size: int, length: int) -> State | None:
    snake = [(rng.randrange(size), rng.randrange(size))]
    while len(snake) < length:
        near = [(snake[-1][0] + a, snake[-1][1] + b) for a, b in WAYS.values()]
        near = [cell for cell in near if min(cell) >= 0 and max(cell) < size and cell not in snake]
        if not near:
            return None
        snake.append(rng.choice(near))
    empty = [(r, c) for r in range(size) for c in range(size) if (r, c) not in snake]
    return State(size, tuple(snake), rng.choice(empty))


@cache
def samples(task: str, level: str, count: int = 300) -> list[Sample]:
    return [gameqa.sample("snake", task, level, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def solve(task: str, state: State = BOARD, **params: Any) -> Any:
    return GAME.task(task).solve(state, params).value


def close(share: float, expected: float, count: int) -> bool:
    return abs(share - expected) < 3 * (expected * (1 - expected) / count) ** 0.5


def test_worked_examples() -> None:
    assert BOARD.to_json() == EXAMPLE
    assert GAME.task("head_position").canonical(list(solve("head_position"))) == "(2, 2)"
    assert GAME.task("food_position").canonical(list(solve("food_position"))) == "(2, 4)"
    assert solve("snake_length") == 5
    assert solve("what_happens", moves=["right", "right"]) == "food"
    assert solve("shortest_path_length") == 2


def test_the_head_may_enter_the_cell_that_the_tail_is_leaving() -> None:
    ring = board("ab. hc. gd. fe.", (3, 2))
    square = board("abc.. fed.. ..... ..... ....F")
    assert solve("what_happens", square, moves=["down"]) == "nothing"
    assert uses_motion(square, play(square, ["down"]))
    assert shortest(square) is not None
    assert solve("what_happens", ring, moves=["down"]) == "nothing"
    longer = board("abc.. fed.. g.... ..... ....F")
    assert solve("what_happens", longer, moves=["down"]) == "body"


def test_bound_neck_own_track_and_first_event() -> None:
    assert solve("what_happens", moves=["up"]) == "body"
    assert solve("what_happens", moves=["right", "down", "down", "down", "right"]) == "bound"
    assert solve("what_happens", moves=["right", "down", "left"]) == "nothing"
    # After three turns the head meets the cell it started from, which the body still covers.
    assert solve("what_happens", moves=["right", "down", "left", "up", "up"]) == "body"
    assert solve("what_happens", moves=["right", "right", "right"]) == "food"


@given(st.integers(4, 6), st.integers(5, 10), st.randoms(use_true_random=False))
def test_events_agree_with_a_second_simulation(size: int, length: int, rng: Random) -> None:
    state = random_state(rng, size, length)
    if state is not None:
        moves = [rng.choice(list(WAYS)) for _ in range(8)]
        assert solve("what_happens", state, moves=moves) == outcome(state, moves)


def check_shortest(state: State) -> int:
    found, path = exhaustive(state), shortest(state)
    assert (-1 if path is None else len(path)) == found, str(state)
    if path is not None:
        assert outcome(state, list(path)) == "food" and outcome(state, list(path[:-1])) == "nothing"
        assert earliest(state.size, state.snake)[state.food] <= found
        # No layer argument may refute a total that does.
        assert state.food in loose_layers(state, found)[-1]
        assert state.food in strict_layers(state, found, 100_000)[-1]
    return found


def test_shortest_paths_agree_with_exhaustive_search() -> None:
    rng, seen = Random(5), Counter[bool]()
    for size, lengths, count in ((3, (3, 7), 150), (4, (5, 9), 250), (5, (5, 8), 40)):
        for _ in range(count):
            state = random_state(rng, size, rng.randint(*lengths))
            if state is not None:
                seen[check_shortest(state) < 0] += 1
    assert seen[True] > 10 and seen[False] > 200


def test_a_fixed_body_would_give_wrong_lengths() -> None:
    # The only way out leads over the cells that the tail leaves, and right at that time.
    pocket = board(".ab.. edc.. ..... .F... .....")
    assert exhaustive(pocket) == solve("shortest_path_length", pocket) == 5
    stuck = board("abF.. dc... e.... f.... .....")
    assert solve("shortest_path_length", stuck) == -1


@pytest.mark.parametrize("level", list(Level))
def test_boards_keep_to_their_level(level: Level) -> None:
    size, low, high, bound = {
        "Easy": (5, 5, 12, 0.25),
        "Medium": (10, 10, 20, 0.2),
        "Hard": (15, 12, 30, 0.2),
    }[level]
    made = samples("snake_length", level)
    lengths = Counter(int(sample.answer) for sample in made)
    assert set(lengths) == set(range(low, high + 1))
    assert max(lengths.values()) / 300 < bound
    assert {read(sample)[0].size for sample in made} == {size}


@pytest.mark.parametrize("task", ["head_position", "food_position", "snake_length", "what_happens"])
@pytest.mark.parametrize("level", list(Level))
def test_heads_have_room_and_food_is_rarely_beside_them(task: str, level: Level) -> None:
    near = shut = 0
    for state in (read(sample)[0] for sample in samples(task, level)):
        around = [(state.head[0] + a, state.head[1] + b) for a, b in WAYS.values()]
        near += state.food in around
        rows = state.rows()
        shut += not any(0 <= r < state.size and 0 <= c < state.size and rows[r][c] == 0 for r, c in around)
    assert near / 300 <= 0.1 and shut / 300 <= 0.1


@pytest.mark.parametrize(("level", "least", "most"), [("Easy", 2, 6), ("Medium", 4, 9), ("Hard", 6, 12)])
def test_outcomes_are_balanced_and_moves_as_many_as_planned(level: str, least: int, most: int) -> None:
    events, at_once, motion, turned = Counter[str](), 0, 0, 0
    backs = Counter[str]()
    for sample in samples("what_happens", level):
        state, params = read(sample)
        moves = params["moves"]
        event = outcome(state, moves)
        assert params["options"][ord(sample.answer) - ord("A")] == event
        assert least <= len(moves) <= most
        played = play(state, moves)
        assert len(moves) - len(played) <= 3
        events[event] += 1
        at_once += len(played) == 1
        motion += uses_motion(state, played)
        turned += event == "body" and played[0].cell == state.snake[1]
        backs[event] += any(BACK[a] == b for a, b in pairwise(moves))
    assert all(close(events[event] / 300, 0.25, 300) for event in ("bound", "body", "food", "nothing"))
    assert at_once / 300 <= 0.1 and motion / 300 >= 0.15 and turned == 0
    # Turning back always means a hit if nothing came before: such lists must be rare.
    assert backs["body"] / events["body"] < 0.3


@pytest.mark.parametrize("level", list(Level))
def test_the_list_of_moves_alone_tells_little(level: Level) -> None:
    told = Counter[tuple[int, bool, str]]()
    for sample in samples("what_happens", level):
        moves = read(sample)[1]["moves"]
        told[len(moves), len(set(moves)) > 2, outcome(*_of(sample))] += 1
    best = Counter[tuple[int, bool]]()
    for (count, turns, _), times in told.items():
        best[count, turns] = max(best[count, turns], times)
    # The best rule by number of moves and number of different moves, fitted to the very samples.
    assert best.total() / 300 < 0.5


def _of(sample: Sample) -> tuple[State, list[str]]:
    state, params = read(sample)
    return state, params["moves"]


@pytest.mark.parametrize(("level", "bound"), [("Easy", 0.25), ("Medium", 0.15), ("Hard", 0.15)])
def test_path_lengths_are_spread(level: str, bound: float) -> None:
    made = samples("shortest_path_length", level)
    answers = Counter(int(sample.answer) for sample in made)
    assert close(answers[-1] / 300, 0.1, 300)
    assert max(answers.values()) / 300 < bound + 0.02
    longer = 0
    for sample in made:
        state, _ = read(sample)
        least = abs(state.head[0] - state.food[0]) + abs(state.head[1] - state.food[1])
        longer += int(sample.answer) > least
        assert len(sample.analysis) < 2500
    assert longer / (300 - answers[-1]) >= 0.35


@pytest.mark.parametrize("level", list(Level))
def test_worked_solutions_name_why_less_will_not_do(level: Level) -> None:
    for sample in samples("shortest_path_length", level, 100):
        state, _ = read(sample)
        least = abs(state.head[0] - state.food[0]) + abs(state.head[1] - state.food[1])
        if sample.answer == "-1":
            assert ": nowhere" in sample.analysis
        elif int(sample.answer) > least:
            assert f"{int(sample.answer) - 2} steps are too few" in sample.analysis
            assert ": nowhere" in sample.analysis


def test_text_views() -> None:
    assert GAME.describe(BOARD).splitlines() == [
        "Snake, grid 5 x 5, rows and columns from 0. H head  B body  F food  . empty",
        "  0 1 2 3 4",
        "0 . . . . .",
        "1 . B B . .",
        "2 . B H . F",
        "3 . B . . .",
        "4 . . . . .",
        "Body order from head to tail: H up left down down",
    ]
    lines = GAME.describe(State(15, BOARD.snake, BOARD.food)).splitlines()
    assert lines[1] == "    0  1  2  3  4  5  6  7  8  9 10 11 12 13 14"
    assert len({len(line) for line in lines[1:-1]}) == 1


def test_the_picture_shows_kinds_and_the_line_from_head_to_tail() -> None:
    image = GAME.draw(BOARD, Style()).convert("RGB")
    assert image.size == (480, 480)
    fill = ((255, 255, 255), (0xFF, 0x2A, 0x2A), (0x2F, 0x5B, 0xFF), (0xFF, 0xE6, 0))
    for row, numbers in enumerate(EXAMPLE["map"]):
        for column, number in enumerate(numbers):  # type: ignore[arg-type]
            assert image.getpixel((30 + 84 * column + 8, 30 + 84 * row + 8)) == fill[number]
            middle = image.getpixel((30 + 84 * column + 42, 30 + 84 * row + 42))
            assert middle == ((0, 0, 0) if number >= 2 else fill[number])
    # Between (2, 1) and (2, 2), side by side but not joined, there is no line; between (1, 1) and (1, 2) there is.
    assert image.getpixel((30 + 168, 30 + 210)) != (0, 0, 0)
    assert image.getpixel((30 + 168, 30 + 126)) == (0, 0, 0)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"food": [2, 3]}, "map must show"),
    ({"food": [2, 5]}, "must be 0 to 4"),
    ({"food": [1, 1]}, "not lie on the snake"),
    ({"snake": EXAMPLE["snake"][:4]}, "at least 5"),
    ({"snake": [*EXAMPLE["snake"], [2, 1]]}, "twice"),
    ({"snake": [*EXAMPLE["snake"], [4, 2]]}, "side neighbour"),
    ({"snake": EXAMPLE["snake"][::-1]}, "map must show"),
    ({"map": EXAMPLE["map"][:4]}, "square"),
    ({"map": [[4] * 5] * 5}, "<= 3"),
]


@pytest.mark.parametrize(("change", "reason"), BAD)
def test_illegal_boards_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=reason):
        State.from_json({**EXAMPLE, **change})


def test_perturbed_boards_are_legal_and_different() -> None:
    rng = Random(3)
    for sample in samples("head_position", "Easy", 60):
        state, _ = read(sample)
        other = GAME.perturb(state, rng)
        assert State.from_json(other.to_json()) == other != state


@pytest.mark.parametrize(
    "change", [{"lengths": (9, 5)}, {"lengths": (5, 13)}, {"lengths": (4, 9)}, {"size": 16}, {"moves": (1, 3)}]
)
def test_bad_parameters_are_refused(change: dict[str, Any]) -> None:
    given_ = {"size": 5, "lengths": (5, 12), "moves": (2, 6), "distances": (1, 9)}
    assert msgspec.convert(given_, SnakeParams).size == 5
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**given_, **change}, SnakeParams)
