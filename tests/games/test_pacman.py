import json
from collections import Counter, defaultdict, deque
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.pacman import GAME, PacmanParams
from gameqa.games.pacman.generate import LEVELS, generate, perturb
from gameqa.games.pacman.rules import (
    DIRECTIONS,
    OPPOSITE,
    compass,
    first_steps,
    pinky_target,
    play,
    snare,
    travel,
)
from gameqa.games.pacman.state import State, bits, cells
from gameqa.games.pacman.wishes import Change, Outcome

EXAMPLE_JSON: dict[str, Any] = {
    "grid_size": 7,
    "walls": [
        *([0, c] for c in range(7)), [1, 0], [1, 6], [2, 0], [2, 3], [2, 5], [2, 6], [3, 0], [3, 6], [4, 0], [4, 2],
        [4, 6], [5, 0], [5, 6], *([6, c] for c in range(7)),
    ],
    "beans": [
        [1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2], [2, 4], [3, 3], [3, 4], [3, 5], [4, 3], [4, 4], [4, 5], [5, 2],
        [5, 3], [5, 5],
    ],
    "pacman_position": [3, 2],
    "direction": "RIGHT",
    "ghosts": [{"name": "Pinky", "position": [1, 5]}, {"name": "Blinky", "position": [5, 4]}],
    "score": 4,
}  # fmt: skip
EXAMPLE = State.from_json(EXAMPLE_JSON)
STEP = {"UP": (-1, 0), "DOWN": (1, 0), "LEFT": (0, -1), "RIGHT": (0, 1)}
FACING = {"^": "UP", "v": "DOWN", "<": "LEFT", ">": "RIGHT"}
PER_LEVEL = 85


def board(text: str) -> State:
    """Read a board without its outer wall: # wall, o bean, . empty, P Pinky, B Blinky, ^ v < > Pac-Man."""
    inner = text.split()
    size = len(inner) + 2
    rows = ["#" * size, *(f"#{row}#" for row in inner), "#" * size]
    where = {sign: [(r, c) for r in range(size) for c in range(size) if rows[r][c] == sign] for sign in "#oPB^v<>"}
    face = next(sign for sign in FACING if where[sign])
    walls, beans = bits(where["#"], size), bits(where["o"], size)
    state = State(size, walls, beans, where[face][0], FACING[face], where["P"][0], where["B"][0])  # type: ignore[arg-type]
    return State.from_json(state.to_json())


def free_cells(state: State) -> set[tuple[int, int]]:
    walls = {tuple(cell) for cell in state.to_json()["walls"]}
    return {(r, c) for r in range(state.size) for c in range(state.size)} - walls


def add(cell: tuple[int, int], direction: str) -> tuple[int, int]:
    return cell[0] + STEP[direction][0], cell[1] + STEP[direction][1]


def steps_to(goal: tuple[int, int], free: set[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """A second search: distances to a target."""
    found, queue = {goal: 0}, deque([goal])
    while queue:
        cell = queue.popleft()
        for direction in STEP:
            other = add(cell, direction)
            if other in free and other not in found:
                found[other] = found[cell] + 1
                queue.append(other)
    return found


def goal_of(free: set[tuple[int, int]], pacman: tuple[int, int], facing: str, name: str) -> tuple[int, int]:
    if name == "Pinky":
        for _ in range(4):
            if add(pacman, facing) in free:
                pacman = add(pacman, facing)
            else:
                break
    return pacman


def choices(ghost: tuple[int, int], goal: tuple[int, int], free: set[tuple[int, int]]) -> list[str]:
    """All first steps of shortest paths, in order of priority."""
    far = steps_to(goal, free)
    return [d for d in STEP if ghost in far and far.get(add(ghost, d), far[ghost]) < far[ghost]]


def simulate(state: State, tries: list[str]) -> tuple[int, int, set[str], int]:
    """A second simulation: turns played, beans eaten, who catches Pac-Man, tries that a wall blocked."""
    free, beans = free_cells(state), set(cells(state.beans, state.size))
    pacman, facing, ghosts = state.pacman, state.direction, {"Pinky": state.pinky, "Blinky": state.blinky}
    eaten = blocked = 0
    for number, direction in enumerate(tries, 1):
        if add(pacman, direction) in free:
            pacman, facing = add(pacman, direction), direction
        else:
            blocked += 1
        eaten += pacman in beans
        beans.discard(pacman)
        for name in (None, "Pinky", "Blinky"):
            if name:
                way = choices(ghosts[name], goal_of(free, pacman, facing, name), free)
                ghosts[name] = add(ghosts[name], way[0]) if way else ghosts[name]
            by = {ghost for ghost, cell in ghosts.items() if cell == pacman}
            if by:
                return number, eaten, by, blocked
    return len(tries), eaten, set(), blocked


def outcomes(state: State) -> dict[str, tuple[int, int, bool]]:
    """For each available direction: beans in a safe run, beans up to the wall, whether it ends in capture."""
    free, beans = free_cells(state), set(cells(state.beans, state.size))
    found = {}
    for direction in STEP:
        path = [state.pacman]
        while add(path[-1], direction) in free:
            path.append(add(path[-1], direction))
        if len(path) > 1:
            _, eaten, by, _ = simulate(state, [direction] * (len(path) - 1))
            found[direction] = eaten, len(beans.intersection(path)), bool(by)
    return found


def random_board(rng: Random, size: int = 8, walls: int = 12) -> State:
    inner = [(r, c) for r in range(1, size - 1) for c in range(1, size - 1)]
    rng.shuffle(inner)
    outer = [(r, c) for r in range(size) for c in range(size) if {r, c} & {0, size - 1}]
    pacman, pinky, blinky, *rest = inner
    shut, free = rest[:walls], rest[walls:]
    beans = bits([cell for cell in free if rng.random() < 0.6], size)
    return State(size, bits(outer + shut, size), beans, pacman, rng.choice(DIRECTIONS), pinky, blinky)


@cache
def samples(task: str, count: int = PER_LEVEL) -> list[tuple[Sample, State, dict[str, Any]]]:
    made = [gameqa.sample("pacman", task, level, index=index) for level in Level for index in range(count)]
    return [(one, State.from_json(json.loads(one.state)), json.loads(one.params)) for one in made]


def right(sample: Sample, params: dict[str, Any]) -> Any:
    return params["options"][ord(sample.answer) - ord("A")]


def within(found: int, total: int, low: float, high: float) -> bool:
    """Say whether a share is in a range, give or take three standard deviations."""
    slack = 3 * (max(low * (1 - low), high * (1 - high)) / total) ** 0.5
    return low - slack <= found / total <= high + slack


def solve(task: str, params: dict[str, Any] | None = None, state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params or {}).value


# --- Rules ----------------------------------------------------------------------------------------


def test_example_state_and_text_view() -> None:
    assert EXAMPLE.to_json() == EXAMPLE_JSON
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Pacman, grid 7 x 7, rows and columns from 0. # wall  o bean  . empty  P Pinky  B Blinky",
        "Pac-Man is shown as ^ v < > (his direction). Score: 4",
        "  0 1 2 3 4 5 6",
        "0 # # # # # # #",
        "1 # o o o o P #",
        "2 # o o # o # #",
        "3 # . > o o o #",
        "4 # . # o o o #",
        "5 # . o o B o #",
        "6 # # # # # # #",
    ]


@pytest.mark.parametrize(
    ("task", "params", "value"),
    [
        ("pacman_position", {}, {"cell": (3, 2), "direction": "RIGHT"}),
        ("beans_in_5x5", {}, 13),
        ("closer_ghost", {}, "Blinky"),
        ("beans_ahead", {}, 3),
        ("move_outcome", {"moves": [["UP", 2], ["LEFT", 1]]}, {"beans": 3, "score": 7}),
        ("move_outcome", {"moves": [["RIGHT", 1], ["RIGHT", 1]]}, {"caught": "Blinky"}),
        ("pinky_direction_change", {"moves": [["RIGHT", 2]]}, {"change": False, "direction": "LEFT"}),
        ("blinky_direction_change", {"moves": [["UP", 2]]}, {"change": False, "direction": "UP"}),
        ("pinky_next_move", {}, "LEFT"),
        ("blinky_next_move", {}, "UP"),
        ("best_direction", {}, "UP"),
    ],
)
def test_worked_examples(task: str, params: dict[str, Any], value: Any) -> None:
    assert solve(task, params) == value


def test_a_blocked_try_keeps_the_direction_and_the_ghosts_still_move() -> None:
    state = board(
        """
        >#...
        .....
        P...B
        .....
        .....
        """
    )
    turn = play(state, ["UP"])[0]
    assert (turn.pacman, turn.direction, turn.moved) == ((1, 1), "RIGHT", False)
    # A wall is directly ahead, so Pinky heads for Pac-Man's own cell.
    assert (turn.target, turn.pinky, turn.blinky) == ((1, 1), (2, 1), (2, 5))


def test_entering_a_ghosts_cell_is_a_capture_though_she_would_move_on() -> None:
    state = board(
        """
        >P....
        ......
        ......
        ......
        ......
        .....B
        """
    )
    assert first_steps(state.free, state.pinky, (1, 6), state.size) == ["RIGHT"]
    assert play(state, ["RIGHT"])[0].by == ("Pinky",)
    assert solve("move_outcome", {"moves": [["RIGHT", 1], ["DOWN", 1]]}, state) == {"caught": "Pinky"}


def test_a_ghost_on_its_target_or_walled_off_stays() -> None:
    state = board(
        """
        >...P
        .....
        .....
        ...##
        ...#B
        """
    )
    assert pinky_target(state.free, state.pacman, "RIGHT", state.size) == (1, 5)
    assert first_steps(state.free, state.pinky, (1, 5), state.size) == []
    assert first_steps(state.free, state.blinky, state.pacman, state.size) == []
    turn = play(state, ["UP"])[0]
    assert (turn.pinky, turn.blinky) == (state.pinky, state.blinky)


def test_the_target_stops_before_a_wall_and_never_more_than_four_cells_ahead() -> None:
    open_board = board(
        """
        >......
        .......
        .......
        .......
        .......
        P......
        B......
        """
    )
    free, size = open_board.free, open_board.size
    assert pinky_target(free, (1, 1), "RIGHT", size) == (1, 5)
    assert pinky_target(free & ~bits([(1, 4)], size), (1, 1), "RIGHT", size) == (1, 3)
    assert pinky_target(free, (1, 1), "UP", size) == (1, 1)


def test_best_direction_breaks_ties_in_order_and_skips_walls() -> None:
    tie = board(
        """
        #.#####
        #.#####
        o.>.o##
        #######
        #######
        ######.
        .P#.B#.
        """
    )
    assert outcomes(tie) == {"LEFT": (1, 1, False), "RIGHT": (1, 1, False)}
    assert solve("best_direction", {}, tie) == "LEFT"
    blocked = board(
        """
        oo#oo
        oo#oo
        oo>..
        ##.##
        P#.#B
        """
    )
    assert outcomes(blocked).keys() == {"DOWN", "LEFT", "RIGHT"}
    assert solve("best_direction", {}, blocked) == "LEFT"


def test_best_direction_says_caught_when_every_way_is_closed() -> None:
    state = board(
        """
        #######
        #######
        oB>oP##
        #######
        #######
        #######
        #######
        """
    )
    assert all(caught for _, _, caught in outcomes(state).values())
    assert solve("best_direction", {}, state) == "CAUGHT"


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_ghosts_agree_with_a_second_search(rng: Random) -> None:
    state = random_board(rng)
    free = free_cells(state)
    for name in ("Pinky", "Blinky"):
        goal = goal_of(free, state.pacman, state.direction, name)
        if name == "Pinky":
            assert goal == pinky_target(state.free, state.pacman, state.direction, state.size)
        found = compass(state.free, goal, state.size)
        for cell in free:
            expected = choices(cell, goal, free)
            assert first_steps(state.free, cell, goal, state.size) == expected
            taken = [d for d in DIRECTIONS if cell in cells(found.steps[d], state.size)]
            assert taken == expected[:1]
            assert (cell in cells(found.ties, state.size)) == (len(expected) > 1)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False))
def test_turns_agree_with_a_second_simulation(rng: Random) -> None:
    state = random_board(rng)
    tries = [rng.choice(DIRECTIONS) for _ in range(rng.randint(1, 8))]
    turns = play(state, tries)
    played, beans, by, blocked = simulate(state, list(tries))
    assert (len(turns), sum(turn.bean for turn in turns), {*turns[-1].by}) == (played, beans, by)
    assert sum(not turn.moved for turn in turns) == blocked


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.sampled_from(["Pinky", "Blinky"]))
def test_a_snare_holds_exactly_the_cells_from_which_the_ghost_catches(rng: Random, name: Any) -> None:
    state = random_board(rng)
    tries = [rng.choice(DIRECTIONS) for _ in range(rng.randint(1, 6))]
    found = cells(snare(state.free, travel(state.free, state.pacman, state.direction, tries, state.size), name, 8), 8)
    # The other ghost is shut in far from everything: it never counts.
    for cell in free_cells(state) - {state.pacman}:
        ghosts = (cell, (0, 0)) if name == "Pinky" else ((0, 0), cell)
        alone = State(8, state.walls, 0, state.pacman, state.direction, *ghosts)
        assert (simulate(alone, list(tries))[2] == {name}) == (cell in found)


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_answers_agree_with_a_second_method(rng: Random) -> None:
    state = random_board(rng)
    free, (row, column) = free_cells(state), state.pacman
    beans = cells(state.beans, state.size)
    assert solve("beans_in_5x5", {}, state) == sum(abs(r - row) <= 2 and abs(c - column) <= 2 for r, c in beans)
    found = outcomes(state)
    safe = {direction: eaten for direction, (eaten, _, caught) in found.items() if not caught}
    expected = next((d for d in STEP if d in safe and safe[d] == max(safe.values())), "CAUGHT")
    assert solve("best_direction", {}, state) == expected
    assert solve("beans_ahead", {}, state) == found.get(state.direction, (0, 0))[1]
    for name in ("Pinky", "Blinky"):
        way = choices(state.ghost(name), goal_of(free, state.pacman, state.direction, name), free)
        assert solve(f"{name.lower()}_next_move", {}, state) == (way[0] if way else None)


# --- State ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"grid_size": 8}, "outer ring"),
        ({"grid_size": 50}, "grid_size"),
        ({"walls": EXAMPLE_JSON["walls"][1:]}, "outer ring"),
        ({"walls": EXAMPLE_JSON["walls"][::-1]}, "sorted"),
        ({"beans": [*EXAMPLE_JSON["beans"], [5, 5]]}, "sorted"),
        ({"beans": [*EXAMPLE_JSON["beans"], [9, 9]]}, "lie on the board"),
        ({"pacman_position": [0, 0]}, "free cells"),
        ({"pacman_position": [4, 2]}, "free cells"),
        ({"pacman_position": [1, 5]}, "different cells"),
        ({"pacman_position": [1, 1]}, "no bean"),
        ({"ghosts": EXAMPLE_JSON["ghosts"][::-1]}, "Pinky and Blinky"),
        ({"ghosts": [{"name": "Pinky", "position": [3, 3]}, EXAMPLE_JSON["ghosts"][1]]}, "no bean"),
        ({"score": 5}, "score must be 4"),
        ({"direction": "up"}, "direction"),
        ({"pacman_position": [-1, 2]}, "pacman_position"),
    ],
)
def test_illegal_boards_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**EXAMPLE_JSON, **change})


def test_perturbed_boards_are_legal_and_differ() -> None:
    rng = Random(1)
    kinds = Counter[str]()
    for _ in range(80):
        other = perturb(EXAMPLE, rng)
        changed = other.to_json()
        assert State.from_json(changed) == other != EXAMPLE
        kinds.update(key for key in changed if changed[key] != EXAMPLE_JSON[key])
    assert kinds.keys() == EXAMPLE_JSON.keys() - {"grid_size"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"walls": 200},
        {"trail": (9, 4)},
        {"trail": (80, 90)},
        {"leg": (0, 1)},
        {"size": 4},
    ],
)
def test_own_parameters_are_checked(wrong: dict[str, Any]) -> None:
    base = msgspec.to_builtins(LEVELS[Level.EASY])
    assert msgspec.convert(base, PacmanParams) == LEVELS[Level.EASY]
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.convert({**base, **wrong}, PacmanParams)


# --- Boards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "size", "walls", "trail"),
    [(Level.EASY, 16, 25, (4, 30)), (Level.MEDIUM, 18, 32, (8, 50)), (Level.HARD, 20, 40, (12, 70))],
)
def test_levels_have_their_boards(level: Level, size: int, walls: int, trail: tuple[int, int]) -> None:
    rng = Random(level)
    made = [generate(rng, LEVELS[level], lambda state: True) for _ in range(400)]
    counts, scores = Counter[int](), list[int]()
    for state in made:
        assert state is not None and state.size == size
        free = free_cells(state)
        assert size * size - len(free) - 4 * (size - 1) == walls
        assert len(steps_to(state.pacman, free)) == len(free)
        scores.append(state.score)
        # The eaten cells hang together, and Pac-Man came from the cell behind him.
        eaten = free - {*cells(state.beans, size), state.pinky, state.blinky}
        assert len(steps_to(state.pacman, eaten)) == len(eaten)
        assert add(state.pacman, OPPOSITE[state.direction]) in eaten
        counts[solve("beans_in_5x5", {}, state)] += 1
    assert trail[0] <= min(scores) <= trail[0] + 2
    assert trail[1] * 0.85 < max(scores) <= trail[1]
    assert min(Counter(state.direction for state in made if state).values()) > 65
    assert within(max(counts.values()), 400, 0, 0.12)
    assert max(counts) - min(counts) > 16


def test_no_bean_is_hidden_and_two_ghosts_never_share_a_cell() -> None:
    for task in ("beans_ahead", "move_outcome", "best_direction"):
        for _, state, _ in samples(task):
            assert not state.beans & bits([state.pacman, state.pinky, state.blinky], state.size)
            assert len({state.pacman, state.pinky, state.blinky}) == 3


# --- Questions ------------------------------------------------------------------------------------


def test_positions_cross_two_free_cells_with_four_directions() -> None:
    higher = 0
    for sample, state, params in samples("pacman_position"):
        shown = Counter(tuple(option["cell"]) for option in params["options"])
        assert sorted(shown.values()) == [4, 4]
        assert sorted(Counter(option["direction"] for option in params["options"]).values()) == [2, 2, 2, 2]
        assert shown.keys() <= free_cells(state) - {state.pinky, state.blinky}
        higher += tuple(right(sample, params)["cell"]) == min(shown)
    assert within(higher, 3 * PER_LEVEL, 0.5, 0.5)


def test_closer_ghost_is_balanced_and_often_close() -> None:
    found, slight = Counter[str](), 0
    for sample, state, params in samples("closer_ghost"):
        found[right(sample, params)] += 1
        pinky, blinky = (abs(g[0] - state.pacman[0]) + abs(g[1] - state.pacman[1]) for g in (state.pinky, state.blinky))
        assert right(sample, params) == ("equal" if pinky == blinky else "Pinky" if pinky < blinky else "Blinky")
        slight += 0 < abs(pinky - blinky) <= 3
    total = found.total()
    assert within(found["equal"], total, 0.2, 0.3)
    assert within(found["Pinky"], total, 0.375, 0.375)
    assert within(slight, total - found["equal"], 0.5, 1)


def test_beans_ahead_are_seldom_none_or_one() -> None:
    found = Counter(int(sample.answer) for sample, _, _ in samples("beans_ahead"))
    total = found.total()
    assert found[0] > 0 and within(found[0], total, 0, 0.1)
    assert found[1] > 0 and within(found[1], total, 0, 0.12)
    assert max(found) > 8


@pytest.mark.parametrize(("level", "leg"), [("Easy", (1, 2)), ("Medium", (1, 3)), ("Hard", (2, 4))])
def test_legs_have_their_lengths(level: str, leg: tuple[int, int]) -> None:
    counts = {k for s, _, params in samples("move_outcome") if s.plot_level == level for _, k in params["moves"]}
    assert counts == {*range(leg[0], leg[1] + 1)}


def test_move_outcomes_are_balanced() -> None:
    found, stuck, near = Counter[str](), 0, 0
    for sample, state, params in samples("move_outcome"):
        (first, count), (second, other) = params["moves"]
        _, beans, by, _ = simulate(state, [first] * count + [second] * other)
        value = right(sample, params)
        assert value == ({"caught": min(by)} if by else {"beans": beans, "score": state.score + beans})
        assert len(by) < 2
        found[value.get("caught", "beans")] += 1
        moved = [turn.moved for turn in play(state, [first] * count + [second] * other)]
        stuck += not any(moved[:count]) or (len(moved) > count and not any(moved[count:]))
        far = steps_to(state.pacman, free_cells(state))
        closest = min(far[state.pinky], far[state.blinky])
        near += closest <= 8
        assert closest >= 2
    total = found.total()
    assert within(total - found["beans"], total, 0.25, 0.3)
    assert within(found["Pinky"], total - found["beans"], 0.4, 0.6)
    assert within(stuck, total, 0, 0.1)
    assert within(near, total, 0.7, 0.7)


def test_bean_options_do_not_tell_of_a_capture() -> None:
    listed: dict[bool, Counter[Any]] = {True: Counter(), False: Counter()}
    runs, totals = Counter[bool](), Counter[Any]()
    by_moves: dict[Any, Counter[Any]] = defaultdict(Counter)
    for sample, state, params in samples("move_outcome"):
        options = [option for option in params["options"] if "beans" in option]
        numbers = [option["beans"] for option in options]
        (first, count), (second, other) = params["moves"]
        assert len(set(numbers)) == 6 and min(numbers) >= 0 and max(numbers) <= max(5, count + other)
        assert all(option["score"] == state.score + option["beans"] for option in options)
        assert {"caught": "Pinky"} in params["options"] and {"caught": "Blinky"} in params["options"]
        caught = "caught" in right(sample, params)
        runs[caught] += 1
        listed[caught][0 in numbers] += 1
        listed[caught]["above"] += max(numbers) > count + other
        value = right(sample, params)
        by_moves[count, other, second == OPPOSITE[first]][value.get("caught", value.get("beans"))] += 1
        totals["all"] += 1
    # Listing 0, or a number above the tries, must be about as likely with a capture as without.
    for key in (True, "above"):
        with_capture, without = (listed[caught][key] / runs[caught] for caught in (True, False))
        assert abs(with_capture - without) < 3 * (0.25 / runs[True] + 0.25 / runs[False]) ** 0.5
    # Knowing the moves alone, the best guess is right in about a quarter of the samples (small classes add some).
    assert sum(max(found.values()) for found in by_moves.values()) / totals["all"] < 0.37


@pytest.mark.parametrize("name", ["Pinky", "Blinky"])
def test_changes_of_direction_are_balanced_and_defined(name: str) -> None:
    changed, total = 0, 0
    guess: dict[Any, Counter[Any]] = defaultdict(Counter)
    for sample, state, params in samples(f"{name.lower()}_direction_change"):
        ((direction, count),) = params["moves"]
        assert 1 <= count <= 3 if sample.plot_level != "Hard" else 2 <= count <= 5
        free = free_cells(state)
        path = [state.pacman]
        while len(path) <= count and add(path[-1], direction) in free:
            path.append(add(path[-1], direction))
        assert len(path) > 1 and not {state.pinky, state.blinky} & {*path}
        for ghost in ("Pinky", "Blinky"):
            before = choices(state.ghost(ghost), goal_of(free, state.pacman, state.direction, ghost), free)
            after = choices(state.ghost(ghost), goal_of(free, path[-1], direction, ghost), free)
            assert before and after
            if ghost == name:
                assert right(sample, params) == {"change": before[0] != after[0], "direction": after[0]}
                same = {"change": False, "direction": before[0]}
                others = [{"change": True, "direction": d} for d in STEP if d != before[0]]
                assert sorted(params["options"], key=str) == sorted([same, *others], key=str)
                changed += before[0] != after[0]
                guess[before[0], direction]["same" if before[0] == after[0] else after[0]] += 1
        far = steps_to(state.pacman, free)
        assert all(3 <= far[cell] <= 20 for cell in (state.pinky, state.blinky))
        total += 1
    assert within(changed, total, 0.45, 0.55)
    # Present step and move are known to a reader without the board: no more than the half that is unchanged.
    assert sum(max(found.values()) for found in guess.values()) / total < 0.62


@pytest.mark.parametrize("name", ["Pinky", "Blinky"])
def test_next_moves_are_balanced_and_not_greedy(name: str) -> None:
    found, misled, ties = Counter[str](), 0, 0
    for sample, state, params in samples(f"{name.lower()}_next_move"):
        free = free_cells(state)
        goal = goal_of(free, state.pacman, state.direction, name)
        ghost = state.ghost(name)
        way = choices(ghost, goal, free)
        assert right(sample, params) == way[0]
        assert sorted(params["options"]) == sorted(STEP)
        found[way[0]] += 1
        ties += len(way) > 1
        down, across = goal[0] - ghost[0], goal[1] - ghost[1]
        greedy = {("DOWN" if down > 0 else "UP")} if abs(down) >= abs(across) else set()
        greedy |= {("RIGHT" if across > 0 else "LEFT")} if abs(across) >= abs(down) else set()
        misled += way[0] not in greedy
        other = "Blinky" if name == "Pinky" else "Pinky"
        assert choices(state.ghost(other), goal_of(free, state.pacman, state.direction, other), free)
        far = steps_to(state.pacman, free)
        assert all(3 <= far[cell] <= 20 for cell in (state.pinky, state.blinky))
    total = found.total()
    assert all(within(found[direction], total, 0.2, 0.3) for direction in STEP)
    assert within(misled, total, 0.4, 0.6)
    assert within(ties, total, 0.3, 0.45)


def test_best_directions_are_balanced_and_greed_is_often_punished() -> None:
    found, unique, bait, near = Counter[str](), 0, 0, 0
    for sample, state, params in samples("best_direction"):
        runs = outcomes(state)
        safe = {direction: eaten for direction, (eaten, _, caught) in runs.items() if not caught}
        best = next((d for d in STEP if d in safe and safe[d] == max(safe.values())), "CAUGHT")
        assert right(sample, params) == best
        found[best] += 1
        unique += best == "CAUGHT" or list(safe.values()).count(safe[best]) == 1
        most = max(total for _, total, _ in runs.values())
        bait += next(caught for _, total, caught in runs.values() if total == most)
        far = steps_to(state.pacman, free_cells(state))
        near += min(far[state.pinky], far[state.blinky]) <= 8
        assert min(far[state.pinky], far[state.blinky]) >= 2
        assert len(sample.analysis) <= 2500
    total = found.total()
    assert all(within(found[direction], total, 0.18, 0.27) for direction in STEP)
    assert within(found["CAUGHT"], total, 0.06, 0.1)
    assert within(unique, total, 0.8, 1)
    assert within(bait, total, 0.4, 0.6)
    assert within(near, total, 0.65, 0.75)


def test_wishes_leave_moves_and_outcome_independent() -> None:
    rng = Random(7)
    plans = [GAME.task("move_outcome").plan(LEVELS[Level.HARD], rng).wish for _ in range(600)]
    tries: dict[bool, list[int]] = {True: [], False: []}
    for wish in plans:
        assert isinstance(wish, Outcome)
        tries[wish.by is None].append(wish.legs[0][1] + wish.legs[1][1])
    assert abs(sum(tries[True]) / len(tries[True]) - sum(tries[False]) / len(tries[False])) < 0.35
    changes = [GAME.task("blinky_direction_change").plan(LEVELS[Level.HARD], rng).wish for _ in range(200)]
    assert all(isinstance(wish, Change) and wish.step != wish.move[0] for wish in changes)


# --- Picture --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "cell"), [("Easy", 30), ("Medium", 27), ("Hard", 24)])
def test_the_picture_shows_every_cell(level: str, cell: int) -> None:
    sample, state, _ = next(one for one in samples("pacman_position") if one[0].plot_level == level)
    image = sample.image.convert("RGB")
    assert image.size == (540, 540) and len(sample.png()) <= 12 * 1024

    def pixel(row: int, column: int, down: float = 0.5, across: float = 0.5) -> Any:
        return image.getpixel((30 + int((column + across) * cell), 50 + int((row + down) * cell)))

    for row, signs in enumerate(state.rows()):
        for column, sign in enumerate(signs):
            if sign == "#":
                assert pixel(row, column) == (0x21, 0x21, 0xDE)
                assert image.getpixel((30 + column * cell, 50 + row * cell)) == (0x5C, 0x5C, 0xFF)
            elif sign == "o":
                assert pixel(row, column) == (0xFF, 0xE6, 0)
                assert pixel(row, column, 0.2) == (0, 0, 0)
            elif sign == ".":
                assert pixel(row, column) == (0, 0, 0)
            elif sign in "PB":
                body = (0xFF, 0x9A, 0xD5) if sign == "P" else (0xFF, 0x1E, 0x1E)
                assert pixel(row, column, 0.75, 0.3) == body


@pytest.mark.parametrize("face", FACING)
@pytest.mark.parametrize("size", [16, 20])
def test_the_mouth_opens_to_the_front(face: str, size: int) -> None:
    rows = [["."] * (size - 2) for _ in range(size - 2)]
    rows[4][6], rows[0][0], rows[0][1] = face, "P", "B"
    state = board("\n".join("".join(row) for row in rows))
    image = GAME.draw(state, Style()).convert("RGB")
    cell = 486 // size
    x, y = 30 + 7.5 * cell, 50 + 5.5 * cell
    for direction, (down, across) in STEP.items():
        at = (int(x + 0.3 * cell * across), int(y + 0.3 * cell * down))
        assert image.getpixel(at) == ((0, 0, 0) if direction == FACING[face] else (0xFF, 0xE6, 0))
