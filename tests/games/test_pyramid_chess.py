import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from itertools import product
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.masks import bits
from gameqa.draw import Style
from gameqa.games.pyramid_chess import GAME
from gameqa.games.pyramid_chess.generate import LEVELS, PyramidChessParams, Turn, play
from gameqa.games.pyramid_chess.rules import best_moves, detail_of, outcome_of, status_of
from gameqa.games.pyramid_chess.state import Slot, State, slots

Place = tuple[int, int, int]
Balls = dict[Place, int]

EXAMPLE_JSON = {
    "0": [["P1", "P1", "--"], ["P1", "--", "P0"], ["P0", "P0", "P0"]],
    "1": [["--", "--"], ["--", "--"]],
    "2": [["--"]],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
SUPPLY = {3: (7, 7), 4: (15, 15), 5: (28, 27)}
SPLITS = ("train", "validation", "test")


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


@lru_cache(maxsize=32)
def samples(task: str, level: str, count: int = 240) -> list[Sample]:
    return [gameqa.sample("pyramid_chess", task, level, split=SPLITS[i % 3], index=i) for i in range(count)]


def right_value(sample: Sample) -> str:
    return json.loads(sample.params)["options"][ord(sample.answer) - ord("A")]


# --- A second set of rules, on a dictionary of the balls ---------------------------------------------


def balls_of(data: dict[str, Any]) -> tuple[int, Balls]:
    marks = {
        (int(level), x, y): mark
        for level, rows in data.items()
        for x, row in enumerate(rows)
        for y, mark in enumerate(row)
    }
    return len(data), {place: int(mark[1]) for place, mark in marks.items() if mark != "--"}


def everywhere(size: int) -> list[Place]:
    return [(k, x, y) for k in range(size) for x in range(size - k) for y in range(size - k)]


def square(level: int, x: int, y: int) -> list[Place]:
    return [(level, x + dx, y + dy) for dx in (0, 1) for dy in (0, 1)]


def can_place(balls: Balls, place: Place) -> bool:
    level, x, y = place
    return place not in balls and (level == 0 or all(lower in balls for lower in square(level - 1, x, y)))


def is_covered(balls: Balls, place: Place) -> bool:
    return any(place in square(upper[0] - 1, *upper[1:]) for upper in balls)


def blocks_at(size: int, balls: Balls, place: Place, player: int) -> list[list[Place]]:
    """The one-coloured blocks that a ball in a place would be part of."""
    after = {**balls, place: player}
    level = place[0]
    corners = range(size - level - 1)
    found = [square(level, x, y) for x in corners for y in corners]
    return [block for block in found if place in block and all(after.get(p) == player for p in block)]


def replay(size: int, turns: list[Turn]) -> Balls:
    """Play the turns by the rules; every one must be legal, and break up every block it completes."""
    balls: Balls = {}
    for number, turn in enumerate(turns):
        player = number % 2
        assert turn.player == player
        assert list(balls.values()).count(player) < SUPPLY[size][player]
        assert (size - 1, 0, 0) not in balls
        place = slots(size)[turn.placed]
        assert can_place(balls, place)
        blocks = blocks_at(size, balls, place, player)
        balls[place] = player
        taken = [slots(size)[number] for number in turn.taken]
        assert len(set(taken)) == len(taken)
        assert (1 <= len(taken) <= 2) if blocks else not taken
        assert not any(is_covered(balls, ball) for ball in taken)
        assert not taken or any(set(taken) <= set(block) for block in blocks)
        assert all(set(taken) & set(block) for block in blocks)
        for ball in taken:
            del balls[ball]
        assert balls_of(turn.after.to_json()) == (size, balls)
        assert not any(blocks_at(size, balls, ball, owner) for ball, owner in balls.items())
    return balls


def positions(seed: int, size: int) -> list[State]:
    return [turn.after for turn in play(Random(seed), size)]


# --- The worked examples -------------------------------------------------------------------------------


def test_examples() -> None:
    assert solve("slot_status", {"level": 0, "position": [1, 2]}) == "player_0"
    assert solve("place_outcome", {"level": 0, "position": [1, 1], "player": 1}) == "place_take"
    assert solve("turns_to_place", {"level": 1, "position": [1, 0]}) == 2
    assert solve("best_move", {"player": 1}) == [1, 1, 0]
    assert GAME.task("best_move").canonical([1, 1, 0]) == "(1, 1, 0)"
    assert solve("count_balls", {}) == 7
    assert solve("slot_detail", {"level": 0, "position": [0, 2]}) == "empty_placeable"
    assert EXAMPLE.to_json() == EXAMPLE_JSON


def test_the_text_view_has_x_as_rows() -> None:
    assert GAME.describe(EXAMPLE) == (
        "PYRAMID CHESS STATE (3x3 board, PLAYER_0 = blue = P0, PLAYER_1 = red = P1, -- = empty)\n"
        "Level 0 (rows x=0..2, columns y=0..2):\nx=0: P1 P1 --\nx=1: P1 -- P0\nx=2: P0 P0 P0\n"
        "Level 1 (rows x=0..1, columns y=0..1):\nx=0: -- --\nx=1: -- --\n"
        "Level 2:\nx=0: --"
    )


# --- Rules ---------------------------------------------------------------------------------------------


def test_a_full_base_of_one_colour_counts_as_full() -> None:
    state = State.from_json({**EXAMPLE_JSON, "0": [["P1", "P1", "--"], ["P1", "P1", "--"], ["P0", "P0", "P0"]]})
    assert detail_of(state, Slot(1, 0, 0)) == "empty_placeable"
    assert outcome_of(state, Slot(1, 0, 0), 0) == "place_no_take"
    assert solve("turns_to_place", {"level": 1, "position": [0, 0]}, state) == 1


def test_only_blocks_with_the_new_ball_count() -> None:
    state = State.from_json({**EXAMPLE_JSON, "0": [["P1", "P1", "--"], ["P1", "P1", "--"], ["P0", "--", "P0"]]})
    assert outcome_of(state, Slot(0, 2, 1), 1) == "place_no_take"
    assert outcome_of(state, Slot(0, 0, 2), 1) == "place_no_take"
    assert outcome_of(state, Slot(0, 0, 0), 1) == "occupied"
    assert outcome_of(state, Slot(1, 0, 1), 1) == "not_ready"


def test_shared_missing_slots_count_once() -> None:
    empty = State(3, 0, 0)
    assert solve("turns_to_place", {"level": 2, "position": [0, 0]}, empty) == 14
    assert solve("turns_to_place", {"level": 3, "position": [1, 0]}, State(5, 0, 0)) == 1 + 4 + 9 + 16


def test_own_blocks_go_before_those_of_the_opponent() -> None:
    rows = [["P1", "P1", "--", "--"], ["P1", "--", "--", "--"], ["--", "--", "--", "P0"], ["--", "--", "P0", "P0"]]
    levels = {str(level): [["--"] * (4 - level)] * (4 - level) for level in range(1, 4)}
    state = State.from_json({"0": rows, **levels})
    assert solve("best_move", {"player": 1}, state) == [1, 1, 0]
    assert solve("best_move", {"player": 0}, state) == [2, 2, 0]
    rows[3][3] = "--"
    assert solve("best_move", {"player": 0}, State.from_json({"0": rows, **levels})) == [1, 1, 0]


@pytest.mark.parametrize("size", [3, 4, 5])
def test_classes_agree_with_a_second_set_of_rules(size: int) -> None:
    for state in positions(7, size)[:: 1 if size == 3 else 3]:
        _, balls = balls_of(state.to_json())
        for number in range((size + 2) ** 3):
            place = (number // (size + 2) ** 2, number // (size + 2) % (size + 2), number % (size + 2))
            slot = Slot(*place)
            if place not in everywhere(size):
                assert status_of(state, slot) == detail_of(state, slot) == "out_of_bound"
                continue
            owner = balls.get(place)
            assert status_of(state, slot) == ("empty" if owner is None else f"player_{owner}")
            if owner is not None:
                assert detail_of(state, slot) == ("ball_fixed" if is_covered(balls, place) else "ball_takable")
            else:
                ready = can_place(balls, place)
                assert detail_of(state, slot) == ("empty_placeable" if ready else "empty_not_placeable")
            for player in (0, 1):
                if owner is not None:
                    wanted = "occupied"
                elif not can_place(balls, place):
                    wanted = "not_ready"
                else:
                    wanted = "place_take" if blocks_at(size, balls, place, player) else "place_no_take"
                assert outcome_of(state, slot, player) == wanted


@given(st.integers(0, 10**6), st.sampled_from([3, 4, 5]), st.sampled_from([0, 1]))
@settings(max_examples=40, deadline=None)
def test_best_moves_agree_with_trying_every_slot(seed: int, size: int, player: int) -> None:
    state = Random(seed).choice(positions(seed, size)[:-1])
    _, balls = balls_of(state.to_json())
    able = [place for place in everywhere(size) if can_place(balls, place)]
    own = {place for place in able if blocks_at(size, balls, place, player)}
    rival = {place for place in able if blocks_at(size, balls, place, 1 - player)}
    is_own, best = best_moves(state, player)
    assert is_own == bool(own)
    assert {slots(size)[number] for number in bits(best)} == (own or rival)


def closure(balls: Balls, place: Place) -> int:
    """The placements needed: close a set of places under "has an empty base slot"."""
    needed, fresh = {place}, [place]
    while fresh:
        level, x, y = fresh.pop()
        lower = square(level - 1, x, y) if level else []
        fresh += [p for p in lower if p not in balls and p not in needed]
        needed |= set(fresh)
    return len(needed)


def fewest_turns(size: int, balls: Balls, goal: Place) -> int:
    """The same by playing: every order of placements, breadth first."""
    layer, turns = {frozenset(balls)}, 0
    while not any(goal in filled for filled in layer):
        turns += 1
        layer = {
            filled | {place}
            for filled in layer
            for place in everywhere(size)
            if can_place(dict.fromkeys(filled, 0), place)
        }
    return turns


def test_turns_agree_with_the_closure_and_with_every_order_of_placements() -> None:
    for size in (3, 4, 5):
        for state in positions(3, size)[::2]:
            _, balls = balls_of(state.to_json())
            for place in set(everywhere(size)) - set(balls):
                params = {"level": place[0], "position": list(place[1:])}
                assert solve("turns_to_place", params, state) == closure(balls, place)
    for state in positions(5, 3)[6::2]:
        _, balls = balls_of(state.to_json())
        for place in set(everywhere(3)) - set(balls):
            params = {"level": place[0], "position": list(place[1:])}
            assert solve("turns_to_place", params, state) == fewest_turns(3, balls, place)


# --- Boards --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [3, 4, 5])
def test_games_follow_the_rules_to_their_end(size: int) -> None:
    takes = Counter[int]()
    for seed in range(12):
        turns = list(play(Random(seed), size))
        balls = replay(size, turns)
        takes.update(len(turn.taken) for turn in turns)
        mover = len(turns) % 2
        assert (size - 1, 0, 0) in balls or list(balls.values()).count(mover) == SUPPLY[size][mover]
    assert size == 3 or min(takes[0], takes[1], takes[2]) > 0


def test_every_board_is_a_position_of_a_played_game(monkeypatch: pytest.MonkeyPatch) -> None:
    games: list[list[Turn]] = []

    def recorded(rng: Random, size: int) -> Iterator[Turn]:
        games.append([])
        for turn in play(rng, size):
            games[-1].append(turn)
            yield turn

    monkeypatch.setattr(import_module("gameqa.games.pyramid_chess.generate"), "play", recorded)
    for task, level in product(("slot_detail", "best_move", "place_outcome", "count_balls"), Level):
        for index in range(12):
            sample = gameqa.sample("pyramid_chess", task, level, "test", seed=5, index=index)
            size, balls = balls_of(json.loads(sample.state))
            played = replay(size, games[-1])
            ways = [
                {(k, *((b, a) if swap else (a, b))): owner for (k, x, y), owner in played.items()
                 for end in [size - 1 - k] for a, b in [(end - x if in_x else x, end - y if in_y else y)]}
                for in_x, in_y, swap in product((False, True), repeat=3)
            ]  # fmt: skip
            assert balls in ways
            player = json.loads(sample.params).get("player")
            assert player in (None, len(games[-1]) % 2)


@pytest.mark.parametrize("level", list(Level))
def test_levels_have_their_boards(level: Level) -> None:
    found = [balls_of(json.loads(sample.state)) for sample in samples("count_balls", level)]
    params = LEVELS[level]
    least, most = params.balls
    counts = [len(balls) for _, balls in found]
    assert {size for size, _ in found} == {params.size}
    assert least <= min(counts) and max(counts) <= most
    # Uniform: the lower, middle and upper third of the range come equally often.
    thirds = Counter(3 * (count - least) // (most - least + 1) for count in counts)
    assert all(abs(thirds[third] / len(counts) - 1 / 3) < 0.11 for third in range(3))
    if level is not Level.EASY:
        assert sum(any(place[0] for place in balls) for _, balls in found) > len(found) / 3


@given(st.integers(0, 10**6), st.sampled_from([3, 4, 5]))
@settings(max_examples=40, deadline=None)
def test_perturbed_boards_are_legal_and_differ_in_one_slot(seed: int, size: int) -> None:
    rng = Random(seed)
    state = rng.choice(positions(seed, size)[:-2])
    other = GAME.perturb(state, rng)
    assert State.from_json(other.to_json()) == other
    _, before = balls_of(state.to_json())
    _, after = balls_of(other.to_json())
    assert sum(before.get(place) != after.get(place) for place in everywhere(size)) == 1
    assert not any(blocks_at(size, after, place, owner) for place, owner in after.items())


FULL = [["P0", "P1", "P0"], ["P1", "P0", "P1"], ["P0", "P1", "P0"]]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({**EXAMPLE_JSON, "1": [["P0", "--"], ["--", "--"]]}, r"\[0,0\] on level 1 lacks its full base"),
        ({**EXAMPLE_JSON, "0": FULL, "2": [["P0"]]}, r"\[0,0\] on level 2 lacks its full base"),
        ({**EXAMPLE_JSON, "0": [["P0"] * 3] * 3}, "PLAYER_0 has 9 balls on the board, more than the 7 given"),
        ({**EXAMPLE_JSON, "1": [["--", "--"]]}, "level 1 must be 2 lists of 2"),
        ({**EXAMPLE_JSON, "0": [["--"] * 2] * 3}, "level 0 must be 3 lists of 3"),
        ({"0": [["--", "--"], ["--", "--"]], "1": [["--"]]}, "the keys must be"),
        ({**EXAMPLE_JSON, "4": [["--"]]}, "the keys must be"),
        ({**EXAMPLE_JSON, "2": [["P2"]]}, "Invalid enum value"),
    ],
)
def test_illegal_boards_are_refused(data: dict[str, Any], error: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=error):
        State.from_json(data)


def test_own_levels_are_checked() -> None:
    for wrong in ({"balls": (5, 4)}, {"turns": (9, 8)}, {"balls": (14, 20)}, {"balls": (8, 9), "turns": (2, 6)}):
        with pytest.raises(ValueError, match="must be"):
            PyramidChessParams(**{"size": 3, "balls": (2, 12), "turns": (2, 13), **wrong})
    made = gameqa.sample("pyramid_chess", "slot_detail", {"size": 4, "balls": [20, 20], "turns": [20, 30]})
    assert len(balls_of(json.loads(made.state))[1]) == 20


# --- Questions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
@pytest.mark.parametrize("task", ["slot_status", "place_outcome", "slot_detail"])
def test_classes_come_equally_often(task: str, level: Level) -> None:
    made = samples(task, level)
    count = len(json.loads(made[0].params)["options"])
    found = Counter(map(right_value, made))
    sigma = (1 / count * (1 - 1 / count) / len(made)) ** 0.5
    assert len(found) == count
    assert all(abs(number / len(made) - 1 / count) < 3.3 * sigma for number in found.values())
    players = Counter(json.loads(sample.params).get("player", 0) for sample in made)
    assert task != "place_outcome" or 0.4 < players[0] / len(made) < 0.6


@pytest.mark.parametrize("level", list(Level))
def test_missing_slots_are_near_misses(level: Level) -> None:
    size, near, far = LEVELS[level].size, 0, 0
    for task in ("slot_status", "slot_detail"):
        for sample in samples(task, level):
            if right_value(sample) == "out_of_bound":
                params = json.loads(sample.params)
                place = (params["level"], *params["position"])
                below = (place[0] - 1, *place[1:])
                assert place not in everywhere(size) and max(place) <= 6
                near += place[0] == size or below in everywhere(size)
                far += 1
    assert near / far > 0.75


@pytest.mark.parametrize("level", list(Level))
def test_balls_and_gaps_are_asked_on_the_same_levels(level: Level) -> None:
    """The level alone must not tell a ball from a gap: its best guess stays near the balance of the classes."""
    seen: dict[int, Counter[str]] = {}
    for sample in samples("slot_status", level):
        if (found := right_value(sample)) != "out_of_bound":
            seen.setdefault(json.loads(sample.params)["level"], Counter())[found] += 1
    total = sum(counts.total() for counts in seen.values())
    assert sum(max(counts.values()) for counts in seen.values()) / total < 0.5


@pytest.mark.parametrize("level", list(Level))
def test_turns_are_seldom_one_and_slots_seldom_on_the_floor(level: Level) -> None:
    made = samples("turns_to_place", level)
    answers = [int(sample.answer) for sample in made]
    assert 0 < answers.count(1) <= 0.1 * len(made) + 3 * (0.1 * 0.9 * len(made)) ** 0.5
    assert sum(json.loads(sample.params)["level"] > 0 for sample in made) > 0.94 * len(made)
    asked = {json.loads(sample.params)["level"] for sample in made}
    assert asked >= set(range(1, LEVELS[level].size))
    for sample in made:
        params = json.loads(sample.params)
        assert (params["level"], *params["position"]) not in balls_of(json.loads(sample.state))[1]


@pytest.mark.parametrize("level", list(Level))
def test_best_moves_are_unique_of_both_kinds_and_often_raised(level: Level) -> None:
    kinds, raised = Counter[bool](), 0
    made = samples("best_move", level)
    for sample in made:
        size, balls = balls_of(json.loads(sample.state))
        player = json.loads(sample.params)["player"]
        able = [place for place in everywhere(size) if can_place(balls, place)]
        own = [place for place in able if blocks_at(size, balls, place, player)]
        best = own or [place for place in able if blocks_at(size, balls, place, 1 - player)]
        assert len(best) == 1
        k, x, y = best[0]
        assert sample.accepted == [f"({x}, {y}, {k})"]
        kinds[bool(own)] += 1
        raised += k > 0
        assert "avoid" not in sample.analysis
    assert abs(kinds[True] / len(made) - 0.5) < 3 * 0.5 / len(made) ** 0.5
    assert level is Level.EASY or raised > 0.25 * len(made)


def test_analyses_name_the_slots_that_decide() -> None:
    steps = GAME.task("best_move").solve(EXAMPLE, {"player": 1}).steps
    assert any("[0,0], [0,1] and [1,0] are red, [1,1] is empty; a ball may be placed there" in step for step in steps)
    assert not any("blue, [1,1] is empty" in step or "no move completes" in step for step in steps)
    fewer = State.from_json({**EXAMPLE_JSON, "0": [["P1", "P1", "--"], ["P1", "--", "--"], ["--", "P0", "P0"]]})
    steps = GAME.task("best_move").solve(fewer, {"player": 0}).steps
    assert steps[1] == "No block consists of three blue balls and an empty slot."
    assert "no move completes an own block" in steps[2] and "[1,1] is empty" in steps[3]
    floor = [["P0", "P1", "P0", "--"], ["P1", "P0", "P1", "--"], ["P0", "P0", "--", "--"], ["P0", "--", "--", "--"]]
    above = {"1": [["P0", "P0", "--"], ["P0", "--", "--"], ["--"] * 3], "2": [["--"] * 2] * 2, "3": [["--"]]}
    steps = GAME.task("best_move").solve(State.from_json({"0": floor, **above}), {"player": 0}).steps
    assert steps[1].startswith("Level 0, block") and steps[1].endswith("[3,1] is empty; a ball may be placed there.")
    assert steps[2].startswith("Level 1, block [0,0], [0,1], [1,0] and [1,1]: [0,0], [0,1] and [1,0] are blue")
    assert steps[2].endswith("[1,1] is empty; no ball may be placed there, since its base lacks [2,2].")
    steps = GAME.task("turns_to_place").solve(EXAMPLE, {"level": 2, "position": [0, 0]}).steps
    assert "empty are [0,2] and [1,1]: 2." in steps[2]
    assert "4 + 2 = 6 slots" in steps[3] and "6 + 1 = 7 turns" in steps[3]


# --- Picture -------------------------------------------------------------------------------------------


def middle(image: Any, top: int, bottom: int, color: tuple[int, int, int]) -> tuple[float, float]:
    """The mean place of a colour between two rows of pixels."""
    rows, columns = np.nonzero((np.asarray(image)[top:bottom] == color).all(axis=2))
    assert len(rows)
    return float(columns.mean()), top + float(rows.mean())


def test_x_grows_to_the_right_and_y_upward_in_panels_and_in_space() -> None:
    blue = (0x1F, 0x4F, 0xE0)
    seen: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for x, y in ((0, 0), (2, 0), (0, 2)):
        state = State(3, 1 << (3 * x + y), 0)
        image = GAME.draw(state, Style()).convert("RGB")
        assert min(image.size) >= 600
        seen[x, y] = [middle(image, 0, 250, blue), middle(image, 320, image.height, blue)]
    for (x0, y0), (x1, y1) in zip(seen[0, 0], seen[2, 0], strict=True):
        assert x1 - x0 > 100 and abs(y1 - y0) < 100
    for (_, y0), (_, y1) in zip(seen[0, 0], seen[0, 2], strict=True):
        assert y1 < y0 - 100


def test_a_ball_on_a_higher_level_is_drawn_above_its_base() -> None:
    red = (0xD6, 0x22, 0x22)
    base = State.from_json({**EXAMPLE_JSON, "0": [["P0", "P0", "--"], ["P0", "P0", "--"], ["--"] * 3]})
    image = GAME.draw(State(3, base.blue, 1 << 9), Style()).convert("RGB")
    _, raised = middle(image, 320, image.height, red)
    _, floor = middle(image, 320, image.height, (0x1F, 0x4F, 0xE0))
    assert raised < floor - 30
