import json
from collections import Counter
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.Image import Image

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.turing_machine_2d import GAME, TuringMachine2dParams
from gameqa.games.turing_machine_2d.rules import play, run, symbol_at
from gameqa.games.turing_machine_2d.state import State

EXAMPLE: dict[str, Any] = {
    "rules": [
        {"state": 0, "symbol": 0, "new_state": 1, "new_symbol": 2, "direction": 1},
        {"state": 0, "symbol": 1, "new_state": 0, "new_symbol": 2, "direction": 3},
        {"state": 0, "symbol": 2, "new_state": 0, "new_symbol": 2, "direction": 0},
        {"state": 1, "symbol": 0, "new_state": 1, "new_symbol": 1, "direction": 0},
        {"state": 1, "symbol": 1, "new_state": 1, "new_symbol": 0, "direction": 2},
        {"state": 1, "symbol": 2, "new_state": 0, "new_symbol": 1, "direction": 0},
    ],
    "head": {"x": 2, "y": 3, "state": 0},
    "grid": [[2, 0, 1], [0, 0, 2], [0, 1, 0], [0, 1, 1]],
}
MACHINE = State.from_json(EXAMPLE)
TASKS = ("head_position", "head_state_symbol", "symbol_history", "first_state_entry")
LEVELS = tuple(Level)
BOARDS = {
    Level.EASY: {(3, 3), (4, 3)},
    Level.MEDIUM: {(5, 3), (4, 4)},
    Level.HARD: {(5, 4), (5, 5)},
}
SIZES = {Level.EASY: ((2, 3), (3,)), Level.MEDIUM: ((2, 3), (3, 4)), Level.HARD: ((3, 4), (4, 5))}
STEPS = {Level.EASY: (3, 4, 5), Level.MEDIUM: (5, 6), Level.HARD: (6, 7, 8)}
COUNT = 240


class Trace(NamedTuple):
    """What a machine did: cells, states, symbols read, symbols written; cells and states one longer."""

    cells: list[tuple[int, int]]
    states: list[int]
    read: list[int]
    written: list[int]
    grid: list[list[int]]


def interpret(data: dict[str, Any], steps: int) -> Trace:
    """A second machine, on the JSON alone; it fails with an IndexError or AssertionError off the board."""
    grid = deepcopy(data["grid"])
    x, y, state = data["head"]["x"], data["head"]["y"], data["head"]["state"]
    trace = Trace([(y, x)], [state], [], [], grid)
    for _ in range(steps):
        for rule in data["rules"]:
            if rule["state"] == state and rule["symbol"] == grid[y][x]:
                break
        else:
            raise LookupError("no rule")
        trace.read.append(grid[y][x])
        trace.written.append(rule["new_symbol"])
        grid[y][x] = rule["new_symbol"]
        if rule["direction"] == 0:
            y -= 1
        elif rule["direction"] == 1:
            x += 1
        elif rule["direction"] == 2:
            y += 1
        else:
            x -= 1
        assert x >= 0 and y >= 0 and grid[y][x] is not None
        state = rule["new_state"]
        trace.cells.append((y, x))
        trace.states.append(state)
    return trace


class Row(NamedTuple):
    """A sample with its JSON read."""

    sample: Sample
    state: dict[str, Any]
    params: dict[str, Any]
    options: list[Any]
    right: Any

    @property
    def head(self) -> tuple[int, int]:
        return self.state["head"]["y"], self.state["head"]["x"]

    @property
    def states(self) -> int:
        return 1 + max(rule["state"] for rule in self.state["rules"])

    @property
    def symbols(self) -> int:
        return 1 + max(rule["symbol"] for rule in self.state["rules"])


@cache
def rows(task: str, level: Level) -> list[Row]:
    made: list[Row] = []
    for index in range(COUNT):
        sample = gameqa.sample("turing_machine_2d", task, level, seed=11, index=index)
        state, params = json.loads(sample.state), json.loads(sample.params)
        options = params["options"]
        made.append(Row(sample, state, params, options, options[ord(sample.answer) - ord("A")]))
    return made


def distance(a: Any, b: Any) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def solve(task: str, params: dict[str, Any], state: State = MACHINE) -> Any:
    return GAME.task(task).solve(state, params).accepted_json[0]


def pixels(image: Image) -> list[tuple[int, ...]]:
    data = image.convert("RGB").tobytes()
    return list(zip(data[::3], data[1::3], data[2::3], strict=True))


def limit(share: float, count: int) -> float:
    return share + 3 * (share * (1 - share) / count) ** 0.5


def test_example_run() -> None:
    # 2 0 1          step 1 at (3, 2), step 2 at (3, 1), step 3 at (3, 0), step 4 at (3, 1) again, step 5 at (2, 1)
    # 0 0 2
    # 0 1 0
    # 0 1(1)
    assert str(MACHINE).splitlines() == [" 2  0  1", " 0  0  2", " 0  1  0", " 0  1 (1)"]
    played = run(MACHINE, 10)
    assert [(step.cell, step.state, step.symbol, step.rule.write, step.rule.move) for step in played[:5]] == [
        ((3, 2), 0, 1, 2, "left"),
        ((3, 1), 0, 1, 2, "left"),
        ((3, 0), 0, 0, 2, "right"),
        ((3, 1), 1, 2, 1, "up"),
        ((2, 1), 0, 1, 2, "left"),
    ]
    assert [step.source for step in played[:5]] == [0, 0, 0, 2, 0]
    assert (played[4].to, played[4].rule.state, symbol_at(MACHINE, played[:5], (2, 0))) == ((2, 0), 0, (0, 0))


def test_example_answers() -> None:
    assert solve("head_position", {"steps": 5}) == [2, 0]
    assert solve("head_state_symbol", {"steps": 5}) == {"state": 0, "symbol": 0}
    assert solve("head_state_symbol", {"steps": 3}) == {"state": 1, "symbol": 2}
    record = {"start": 1, "writes": [[2, 2], [4, 1]]}
    assert solve("symbol_history", {"steps": 5, "cell": [3, 1]}) == record
    assert solve("first_state_entry", {"target_state": 1}) == 3
    shown = {task: GAME.task(task).option_text for task in TASKS}
    assert shown["symbol_history"](MACHINE, record) == "1->2(at step 2)->1(at step 4)"
    assert [shown["head_state_symbol"](MACHINE, {"state": s, "symbol": 1}) for s in range(4)] == [
        "(1)",
        "[1]",
        "{1}",
        "<1>",
    ]


def test_arriving_last_writes_nothing_and_writing_the_same_symbol_counts() -> None:
    # After step 3 the head is on (3, 1), written only in step 2.
    assert solve("symbol_history", {"steps": 3, "cell": [3, 1]}) == {"start": 1, "writes": [[2, 2]]}
    same = deepcopy(EXAMPLE)
    same["rules"][1]["new_symbol"] = 1
    machine = State.from_json(same)
    assert solve("symbol_history", {"steps": 3, "cell": [3, 2]}, machine) == {"start": 1, "writes": [[1, 1]]}


def test_leaving_the_board_is_refused() -> None:
    away = deepcopy(EXAMPLE)
    away["rules"][1]["direction"] = 2
    with pytest.raises(ValueError, match="leaves the board in step 1"):
        run(State.from_json(away), 3)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(2, 4), st.integers(2, 5), st.randoms(use_true_random=False))
def test_runs_agree_with_a_naive_interpreter(height: int, width: int, states: int, symbols: int, rng: Random) -> None:
    data: dict[str, Any] = {
        "rules": [
            {
                "state": state,
                "symbol": symbol,
                "new_state": rng.randrange(states),
                "new_symbol": rng.randrange(symbols),
                "direction": rng.randrange(4),
            }
            for state in range(states)
            for symbol in range(symbols)
        ],
        "head": {"x": rng.randrange(width), "y": rng.randrange(height), "state": rng.randrange(states)},
        "grid": [[rng.randrange(symbols) for _ in range(width)] for _ in range(height)],
    }
    machine = State.from_json(data)
    assert machine.to_json() == data
    played = play(machine, 12)
    trace = interpret(data, len(played))
    assert [step.cell for step in played] == trace.cells[:-1]
    assert [step.to for step in played] == trace.cells[1:]
    assert [step.state for step in played] == trace.states[:-1]
    assert [step.symbol for step in played] == trace.read
    assert [step.rule.write for step in played] == trace.written
    if len(played) < 12:
        with pytest.raises((IndexError, AssertionError)):
            interpret(data, len(played) + 1)
    for row in range(height):
        for column in range(width):
            assert symbol_at(machine, played, (row, column))[0] == trace.grid[row][column]
    # A source is the latest step at the same cell.
    for place, step in enumerate(played):
        earlier = [other + 1 for other in range(place) if trace.cells[other] == step.cell]
        assert step.source == max(earlier, default=0)
    assert machine.to_json() == data


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", TASKS)
def test_answers_agree_with_the_naive_interpreter(task: str, level: Level) -> None:
    for row in rows(task, level):
        if task == "first_state_entry":
            trace = interpret(row.state, 8)
            expected = trace.states.index(row.params["target_state"], 1)
            assert trace.states[0] != row.params["target_state"]
        else:
            steps = row.params["steps"]
            trace = interpret(row.state, steps)
            if task == "head_position":
                expected = list(trace.cells[-1])
            elif task == "head_state_symbol":
                y, x = trace.cells[-1]
                expected = {"state": trace.states[-1], "symbol": trace.grid[y][x]}
            else:
                y, x = row.params["cell"]
                writes = [[t + 1, trace.written[t]] for t in range(steps) if trace.cells[t] == (y, x)]
                expected = {"start": row.state["grid"][y][x], "writes": writes}
        assert row.right == expected
        assert row.options.count(expected) == 1


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", TASKS)
def test_level_sizes_are_uniform_and_runs_are_lively(task: str, level: Level) -> None:
    boards: Counter[tuple[int, int]] = Counter()
    states: Counter[int] = Counter()
    symbols: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for row in rows(task, level):
        boards[len(row.state["grid"]), len(row.state["grid"][0])] += 1
        states[row.states] += 1
        symbols[row.symbols] += 1
        steps = row.params.get("steps", 8)
        asked[steps] += 1
        trace = interpret(row.state, 10)
        assert len(set(trace.cells[: steps + 1])) >= (3 if level is Level.EASY else 4)
        assert level is Level.EASY or len(set(trace.cells[:steps])) < steps
        assert trace.read[:steps] != trace.written[:steps]
        assert len(set(trace.states[: steps + 1])) >= 2
    steps_allowed = STEPS[level] if task != "symbol_history" else [n for n in STEPS[level] if n >= 4]
    wanted = [(boards, BOARDS[level]), (states, SIZES[level][0]), (symbols, SIZES[level][1])]
    if task != "first_state_entry":
        wanted.append((asked, set(steps_allowed)))
    for found, values in wanted:
        assert set(found) == set(values)
        assert max(found.values()) <= COUNT * limit(1 / len(found), COUNT)


def test_difficulty_rises_with_the_level() -> None:
    for task in TASKS:
        easy, medium, hard = (sum(row.sample.difficulty for row in rows(task, level)) / COUNT for level in (LEVELS))
        assert easy < medium < hard


@pytest.mark.parametrize("level", LEVELS)
def test_positions_survive_parity_and_reach(level: Level) -> None:
    rates: Counter[str] = Counter()
    rng = Random(1)

    def guess(row: Row, options: list[Any], worth: Any) -> bool:
        best = max(map(worth, options))
        return rng.choice([option for option in options if worth(option) == best]) == row.right

    for row in rows("head_position", level):
        steps, options = row.params["steps"], row.options
        board = [(y, x) for y, cells in enumerate(row.state["grid"]) for x in range(len(cells))]

        def fits(cell: Any, row: Row = row, steps: int = steps) -> bool:
            away = distance(cell, row.head)
            return away <= steps and (steps - away) % 2 == 0

        assert all(tuple(option) in board for option in options) and len(options) == 8
        left = [option for option in options if fits(option)]
        assert len(left) - 1 >= min(4, sum(map(fits, board)) - 1)
        rates["parity"] += guess(row, options, fits)
        for name, sign in (("inner", -1), ("outer", 1)):
            rates[name] += guess(
                row, left, lambda cell, left=left, sign=sign: sign * sum(distance(cell, other) for other in left)
            )
            rates[f"{name} all"] += guess(
                row, options, lambda cell, all_=options, sign=sign: sign * sum(distance(cell, c) for c in all_)
            )
    # Parity leaves 4 to 6 cells; the middle of the board is reached more often than its corners.
    assert rates["parity"] / COUNT < limit(0.21, COUNT)
    assert max(rates["inner"], rates["outer"]) / COUNT < limit(0.24, COUNT)
    assert max(rates["inner all"], rates["outer all"]) / COUNT < limit(0.18, COUNT)


def test_positions_include_the_ends_of_mistakes() -> None:
    two_earlier = one_off = 0
    for row in rows("head_position", Level.HARD):
        trace = interpret(row.state, 9)
        steps = row.params["steps"]
        earlier = list(trace.cells[steps - 2])
        two_earlier += earlier in row.options
        one_off += any(list(trace.cells[steps + side]) in row.options for side in (-1, 1))
    assert two_earlier > 0.9 * COUNT
    assert one_off > 0.3 * COUNT


@pytest.mark.parametrize("level", LEVELS)
def test_readings_are_a_full_product(level: Level) -> None:
    shapes: set[tuple[int, int]] = set()
    for row in rows("head_state_symbol", level):
        pairs = {(option["state"], option["symbol"]) for option in row.options}
        assert len(pairs) == len(row.options) == min(8, row.states * row.symbols)
        states, symbols = {state for state, _ in pairs}, {symbol for _, symbol in pairs}
        assert max(states) < row.states and max(symbols) < row.symbols
        missing = len(states) * len(symbols) - len(pairs)
        assert missing == (1 if row.states == row.symbols == 3 else 0)
        shapes.add((len(states), len(symbols)))
    assert (
        shapes
        == {
            Level.EASY: {(2, 3), (3, 3)},
            Level.MEDIUM: {(2, 3), (3, 3), (2, 4)},
            Level.HARD: {(2, 4), (4, 2)},
        }[level]
    )


def test_readings_often_end_on_written_cells_and_seldom_in_the_first_state() -> None:
    written = same = listed = 0
    made = [row for level in LEVELS for row in rows("head_state_symbol", level)]
    for row in made:
        trace = interpret(row.state, row.params["steps"])
        written += trace.cells[-1] in trace.cells[:-1]
        same += trace.states[-1] == trace.states[0]
        listed += any(option["state"] == trace.states[0] for option in row.options)
    assert written / len(made) >= 0.40
    assert same / len(made) <= 0.40
    # Where the first state is among the options, it is right no more often than by chance.
    assert 0.33 < same / listed < 0.48


@pytest.mark.parametrize("level", LEVELS)
def test_records_are_a_product_of_steps_that_could_write_the_cell(level: Level) -> None:
    rates = {"fewest": 0.0, "most": 0.0}
    for row in rows("symbol_history", level):
        possible = set(range(distance(row.params["cell"], row.head) + 1, row.params["steps"] + 1, 2))
        assert len(possible) >= 2 and row.params["steps"] >= 4
        y, x = row.params["cell"]
        variants: dict[int, Counter[int | None]] = {step: Counter() for step in possible}
        for option in row.options:
            assert option["start"] == row.state["grid"][y][x]
            writes = dict(option["writes"])
            assert writes and set(writes) <= possible and list(writes) == sorted(writes)
            assert all(symbol < row.symbols for symbol in writes.values())
            for step in possible:
                variants[step][writes.get(step)] += 1
        # Every variant of a step occurs equally often: nothing about one step points at one option.
        assert all(len(set(counter.values())) == 1 for counter in variants.values())
        sizes = sorted(len(counter) for counter in variants.values() if len(counter) > 1)
        assert sizes in ([2, 4], [2, 2, 2])
        counts = [len(option["writes"]) for option in row.options]
        assert len(set(counts)) > 1
        if tuple(row.params["cell"]) == row.head:
            assert all(option["writes"][0][0] == 1 for option in row.options)
        for name, value in (("fewest", min(counts)), ("most", max(counts))):
            rates[name] += (len(row.right["writes"]) == value) / counts.count(value)
    assert max(rates.values()) / COUNT < limit(1 / 8, COUNT)


def test_numbers_of_writes_are_spread() -> None:
    counts: Counter[int] = Counter()
    ends = starts = 0
    for level in LEVELS:
        for row in rows("symbol_history", level):
            counts[min(3, len(row.right["writes"]))] += 1
            trace = interpret(row.state, row.params["steps"])
            ends += trace.cells[-1] == tuple(row.params["cell"])
            starts += row.head == tuple(row.params["cell"])
    total = counts.total()
    assert counts[1] / total <= 0.45 and counts[2] / total >= 0.35 and counts[3] / total >= 0.10
    assert ends > 0 and 0.2 < starts / total < 0.8


def test_first_entries_are_uniform_over_the_range_and_all_numbers_are_offered() -> None:
    total: Counter[int] = Counter()
    for level, low, high in ((Level.EASY, 1, 4), (Level.MEDIUM, 2, 6), (Level.HARD, 3, 8)):
        found: Counter[int] = Counter()
        for row in rows("first_state_entry", level):
            assert sorted(row.options) == list(range(1, 9))
            found[row.right] += 1
        assert set(found) == set(range(low, high + 1))
        share = 1 / (high - low + 1)
        assert max(found.values()) / COUNT < limit(share, COUNT)
        assert min(found.values()) / COUNT > 2 * share - limit(share, COUNT)
        total += found
    assert total[1] / total.total() <= 0.15
    assert max(total.values()) / total.total() <= 0.25


@pytest.mark.parametrize("level", LEVELS)
def test_questions_state_all_rules_and_legends(level: Level) -> None:
    names = ("red", "green", "blue", "magenta", "cyan")
    moves = ("up", "right", "down", "left")
    for row in rows("symbol_history", level)[:60]:
        query = row.sample.query
        lines = [line for line in query.splitlines() if line.startswith("State ")]
        assert lines == [
            f"State {rule['state']}, Symbol {rule['symbol']} -> Write {rule['new_symbol']}, "
            f"Move {moves[rule['direction']]}, New State {rule['new_state']}"
            for rule in row.state["rules"]
        ]
        assert [name in query for name in names] == [symbol < row.symbols for symbol in range(5)]
        signs = ("(k)", "[k]", "{k}", "<k>")
        assert [sign in query for sign in signs] == [state < row.states for state in range(4)]
        assert f"on {row.head}" not in query and "Head" not in query
        assert "picture" not in row.sample.text_question and "image" not in row.sample.text_question


def test_text_view() -> None:
    assert GAME.describe(MACHINE).splitlines() == [
        "2D Turing machine, board 4 rows x 3 columns, cells are (row, column), 0-based. Numbers are symbols.",
        "        col 0  col 1  col 2",
        "row 0     2      0      1",
        "row 1     0      0      2",
        "row 2     0      1      0",
        "row 3     0      1      1",
        "Head: at (3, 2), state 0.",
    ]


@pytest.mark.parametrize(("height", "width"), [(3, 3), (4, 3), (5, 3), (4, 4), (5, 4), (5, 5)])
def test_picture_shows_symbols_borders_and_a_legend_of_all_symbols(height: int, width: int) -> None:
    colors = [(0xE0, 0x20, 0x20), (0x1E, 0x9E, 0x3C), (0x20, 0x50, 0xE0), (0xF0, 0x50, 0xF0), (0x40, 0xE0, 0xF0)]
    data = deepcopy(EXAMPLE)
    data["rules"] = [
        {"state": state, "symbol": symbol, "new_state": 0, "new_symbol": 0, "direction": 0}
        for state in range(4)
        for symbol in range(5)
    ]
    # Neither colour 3 nor 4 stands on the board, but both may be written.
    data["grid"] = [[(row + column // 2) % 3 for column in range(width)] for row in range(height)]
    data["head"] = {"x": 1, "y": 2, "state": 3}
    image = GAME.draw(State.from_json(data), Style()).convert("RGB")
    assert image.size == (640, 480)
    cell = 380 // max(height, width)
    left, top = 44 + (380 - width * cell) // 2, 84 + (380 - height * cell) // 2
    for row in range(height):
        for column in range(width):
            x, y = left + column * cell, top + row * cell
            # The corner of a cell shows its colour, with the head on it or not.
            assert image.getpixel((x + cell // 6, y + cell // 6)) == colors[data["grid"][row][column]]
            edge = (x, y + cell // 2), (x - 1, y + cell // 2), (x + cell // 2, y), (x + cell // 2, y - 1)
            assert {image.getpixel(place) for place in edge} == {(0x30,) * 3}
    middle = left + cell + cell // 2, top + 2 * cell + cell // 2
    board = image.crop((left, top, left + width * cell, top + height * cell))
    black = [place % board.width for place, pixel in enumerate(pixels(board)) if pixel == (0, 0, 0)]
    assert abs((min(black) + max(black)) / 2 + left - middle[0]) < 2
    assert 0.35 * cell < max(black) - min(black) < 0.48 * cell
    legend = image.crop((left + width * cell + 2, 0, 640, 480))
    for color in colors:
        assert sum(pixel == color for pixel in pixels(legend)) > 600
    # Nothing is clipped at the right edge.
    assert set(pixels(image.crop((632, 0, 640, 480)))) == {(255, 255, 255)}


def spoilt(**changes: Any) -> dict[str, Any]:
    return {**deepcopy(EXAMPLE), **changes}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (spoilt(rules=EXAMPLE["rules"][:5]), "each pair"),
        (spoilt(rules=EXAMPLE["rules"][::-1]), "each pair"),
        (spoilt(rules=EXAMPLE["rules"][:3]), "at least 2"),
        (spoilt(rules=[{**EXAMPLE["rules"][0], "new_symbol": 3}, *EXAMPLE["rules"][1:]]), "symbols below 3"),
        (spoilt(rules=[{**EXAMPLE["rules"][0], "new_state": 2}, *EXAMPLE["rules"][1:]]), "states below 2"),
        (spoilt(rules=[{**EXAMPLE["rules"][0], "direction": 4}, *EXAMPLE["rules"][1:]]), "direction"),
        (spoilt(grid=[[0, 1, 2], [0, 1]]), "one length"),
        (spoilt(grid=[]), "one length"),
        (spoilt(grid=[[0, 1, 3]] * 4), "symbols below 3"),
        (spoilt(head={"x": 3, "y": 2, "state": 0}), "on the board"),
        (spoilt(head={"x": 2, "y": 4, "state": 0}), "on the board"),
        (spoilt(head={"x": 2, "y": 3, "state": 2}), "state must be below 2"),
        (spoilt(steps=3), "unknown field"),
    ],
)
def test_illegal_machines_are_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json(data)


@given(st.randoms(use_true_random=False))
def test_perturbed_machines_are_legal_and_look_different(rng: Random) -> None:
    other = GAME.perturb(MACHINE, rng)
    assert State.from_json(other.to_json()) == other
    assert other.rules == MACHINE.rules
    assert (other.grid, other.head, other.head_state) != (MACHINE.grid, MACHINE.head, MACHINE.head_state)


def test_own_parameters() -> None:
    params = TuringMachine2dParams(
        boards=((3, 6),), states=(4, 4), symbols=(3, 3), steps=(12, 12), entries=(1, 8), visited=4
    )
    for task in TASKS:
        sample = gameqa.sample("turing_machine_2d", task, params)
        state = json.loads(sample.state)
        assert (len(state["grid"]), len(state["grid"][0])) == (3, 6)
        assert interpret(state, 14 if task != "first_state_entry" else 10)
    with pytest.raises(ValueError, match="steps"):
        TuringMachine2dParams(boards=((3, 3),), states=(2, 2), symbols=(3, 3), steps=(5, 4), entries=(1, 2))
