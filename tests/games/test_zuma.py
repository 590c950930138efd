import json
from cmath import phase
from collections import Counter
from functools import cache
from itertools import pairwise
from math import atan2, cos, degrees, dist, hypot, pi, radians, sin
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style, text_size
from gameqa.games.zuma import GAME, ZumaParams
from gameqa.games.zuma.generate import LEVELS, chain, draw_colors, lay_out, perturb
from gameqa.games.zuma.render import FILL, View, label_spots, track_border, view_of
from gameqa.games.zuma.rules import ANGLES, LEFT, landings, removed, runs, shoot
from gameqa.games.zuma.state import COLORS, Color, State, Track
from gameqa.games.zuma.wishes import Layout, free_angles

JSON = {
    "track": {
        "hole_position": {"x": 2.5, "y": 0.0},
        "a": 2.5,
        "b": 0.2,
        "theta_start": 0.0,
        "turns": 0.5,
        "width": 0.6,
    },
    "marble_radius": 0.3,
    "frog": {"position": {"x": 0.0, "y": 0.0}, "angle": 156, "next_ball_color": "red"},
    "balls": [
        {"position": {"x": -3.1283, "y": 0.0}, "color": "red"},
        {"position": {"x": -3.0324, "y": 0.5926}, "color": "blue"},
        {"position": {"x": -2.8233, "y": 1.1556}, "color": "red"},
        {"position": {"x": -2.5078, "y": 1.6664}, "color": "red"},
        {"position": {"x": -2.0974, "y": 2.1041}, "color": "green"},
    ],
}
EXAMPLE = State.from_json(JSON)
LETTERS: dict[str, Color] = {"r": "red", "y": "yellow", "b": "blue", "g": "green"}
MIDDLES: dict[str, int] = {
    "right": 0,
    "up-right": 45,
    "up": 90,
    "up-left": 135,
    "left": 180,
    "down-left": -135,
    "down": -90,
    "down-right": -45,
}


@cache
def samples(task: str, level: str, count: int) -> list[Sample]:
    return [gameqa.sample("zuma", task, level, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


def straight(colors: str, shot: str, angle: int = 90, *, left: float = -1.5, high: float = 3.0) -> State:
    """Marbles in a row from left to right above a frog at the origin; no spiral, but the rules ask for none."""
    row = tuple((left + 0.6 * number, high) for number in range(len(colors)))
    chained: tuple[Color, ...] = tuple(LETTERS[c] for c in colors)
    return State(Track((2.5, 0.0), 2.5, 0.0, 1.0), (0.0, 0.0), angle, LETTERS[shot], row, chained)


def rounded(state: State) -> State:
    """The board as the text view shows it."""
    frog, *marbles = ((float(f"{x:.2f}"), float(f"{y:.2f}")) for x, y in (state.frog, *state.marbles))
    return State(state.track, frog, state.angle, state.shot, tuple(marbles), state.colors)


STEP = 0.004


def stepped(state: State, degree: float) -> int | None:
    """The first marble touched, found by moving the shot marble in fine steps; None: it leaves the field."""
    ways = np.arange(0, 12, STEP)
    path = np.stack([state.frog[0] + ways * cos(radians(degree)), state.frog[1] + ways * sin(radians(degree))], axis=1)
    # Only marbles that the whole path comes near to need the fine look.
    marbles = np.array(state.marbles)
    near = np.flatnonzero(np.abs(marbles[:, None] - path[::100]).sum(axis=2).min(axis=1) < 2)
    apart = np.hypot(*(path[:, None] - marbles[near]).transpose(2, 0, 1))
    touching = np.flatnonzero((apart < 0.6).any(axis=1))
    return int(near[apart[touching[0]].argmin()]) if len(touching) else None


def outcome(state: State, degree: float, touched: int | None) -> str | tuple[int, ...]:
    """Push the shot marble into a list and take the row around it out again; the marbles removed, or what else."""
    if touched is None:
        return "left the field"
    ahead = complex(cos(radians(degree)), sin(radians(degree)))
    points = [complex(*marble) for marble in state.marbles]
    offset = (points[touched] - complex(*state.frog)) * ahead.conjugate()
    centre = complex(*state.frog) + ahead * (offset.real - (0.36 - offset.imag**2) ** 0.5)
    before = points[touched - 1] if touched else 2 * points[0] - points[1]
    behind = points[touched + 1] if touched + 1 < len(points) else 2 * points[-1] - points[-2]
    at = touched + (abs(centre - behind) < abs(centre - before))
    row = [*enumerate(state.colors)]
    row.insert(at, (-1, state.shot))
    low = high = at
    while low > 0 and row[low - 1][1] == state.shot:
        low -= 1
    while high + 1 < len(row) and row[high + 1][1] == state.shot:
        high += 1
    gone = tuple(number for number, _ in row[low : high + 1] if number >= 0)
    return gone if len(gone) > 1 else "stayed on the track"


def all_touched(state: State, aims: np.ndarray) -> list[int | None]:
    """The first marble for many aims, by solving |t d - p| = 0.6 for every marble at once."""
    away = np.array(state.marbles) - np.array(state.frog)
    along = np.cos(np.radians(aims))[:, None] * away[:, 0] + np.sin(np.radians(aims))[:, None] * away[:, 1]
    inner = along**2 - (away**2).sum(axis=1) + 0.36
    ways = np.where((inner > 0) & (along > 0), along - np.sqrt(np.maximum(inner, 0)), np.inf)
    first = ways.argmin(axis=1)
    return [int(i) if np.isfinite(ways[k, i]) else None for k, i in enumerate(first)]


def best(state: State, aims: np.ndarray) -> str:
    """Shoot at every aim and keep the largest removals."""
    touched = all_touched(state, aims)
    gone = {outcome(state, degree, first) for degree, first in zip(aims.tolist(), touched, strict=True)}
    groups = [group for group in gone if isinstance(group, tuple)]
    most = max(map(len, groups), default=0)
    return f"Yes, {most}, {sum(len(group) == most for group in groups)}" if groups else "No, 0, 0"


def groups_toward(state: State, direction: str, half: float) -> int:
    """Count groups with a marble whose direction differs from the middle by at most `half` degrees."""
    turn = complex(cos(radians(MIDDLES[direction])), -sin(radians(MIDDLES[direction])))
    off = [abs(degrees(phase((complex(*marble) - complex(*state.frog)) * turn))) for marble in state.marbles]
    found, start = 0, 0
    for end in range(1, len(off) + 1):
        if end == len(off) or state.colors[end] != state.colors[start]:
            found += end - start > 1 and min(off[start:end]) <= half
            start = end
    return found


# --- Rules ----------------------------------------------------------------------------------------


def test_worked_examples() -> None:
    assert solve("next_marble_color", {}) == "red"
    assert solve("count_color", {"color": "red"}) == 3
    assert solve("groups_in_direction", {"direction": "up-left"}) == 1
    assert solve("hit_color", {"angle": 156}) == "red"
    assert shoot(EXAMPLE.frog, EXAMPLE.marbles, 156).touched == 2  # type: ignore[union-attr]
    assert solve("shot_result", {"angle": 156}) == "removed 2"
    assert solve("best_elimination", {}) == "Yes, 2, 1"
    task = GAME.task("groups_in_direction")
    steps = " ".join(task.solve(EXAMPLE, {"direction": "up-left"}).steps)
    assert "Marbles 3 and 4 form a red group; they are at 158 and 146 degrees: marble 4 lies inside" in steps


def test_worked_text_view() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Zuma. Marble radius 0.30 (diameter 0.60). Coordinates: x right, y up.",
        "Hole at (2.50, 0.00), radius 0.60.",
        "Frog at (0.00, 0.00), aiming at 156 degrees, next marble: red.",
        "Chain of 5 marbles, outer end first:",
        "1 red (-3.13, 0.00); 2 blue (-3.03, 0.59); 3 red (-2.82, 1.16); 4 red (-2.51, 1.67); 5 green (-2.10, 2.10)",
    ]
    tiny = State(EXAMPLE.track, (-0.0004, -0.0), 0, "red", EXAMPLE.marbles, EXAMPLE.colors)
    assert "Frog at (0.00, 0.00)" in GAME.describe(tiny)


def test_contact_counts_not_the_nearest_centre() -> None:
    # Marble 1 is nearer to the frog, but the shot grazes it only after it would have met marble 2.
    marbles = ((3.0, 0.56), (3.2, -0.0057))
    assert dist((0, 0), marbles[0]) < dist((0, 0), marbles[1])
    state = State(EXAMPLE.track, (0.0, 0.0), 0, "red", marbles, ("red", "blue"))
    assert solve("hit_color", {"angle": 0}, state) == "blue"
    assert stepped(state, 0) == 1


def test_marbles_behind_the_frog_and_a_diameter_beside_the_line_are_not_touched() -> None:
    state = straight("rr", "r", -90)
    assert solve("hit_color", {"angle": -90}, state) == "none"
    assert solve("shot_result", {"angle": -90}, state) == "left the field"
    assert solve("hit_color", {"angle": 90}, straight("rr", "r", left=0.61)) == "none"
    assert solve("hit_color", {"angle": 90}, straight("rr", "r", left=0.59)) == "red"


@pytest.mark.parametrize(
    ("colors", "shot", "left", "result"),
    [
        ("bbrry", "b", -0.1, "removed 2"),  # touches marble 1, goes behind it
        ("rbbry", "b", -0.2, "removed 2"),  # touches the red one before the group: it goes beside the group
        ("rbbry", "b", 0.4, "stayed on the track"),  # the mirror image of marble 2 is nearer: before marble 1
        ("bbrry", "b", 0.4, "removed 2"),
        ("rbrry", "b", -0.4, "stayed on the track"),  # one blue and the shot one are two
        ("brbry", "b", -0.7, "stayed on the track"),  # 1 red between two blue ones
        ("rrbbrr", "b", -1.3, "removed 2"),  # the reds meet when the gap closes and stay
        ("rrrbyg", "y", -0.7, "stayed on the track"),  # a row of three on the track does not vanish by itself
        ("ybbbb", "b", -2.0, "removed 4"),
        ("ybbbr", "r", -2.7, "stayed on the track"),  # touches the last marble, goes behind it
    ],
)
def test_result_of_a_shot_by_hand(colors: str, shot: str, left: float, result: str) -> None:
    state = straight(colors, shot, left=left)
    assert solve("shot_result", {"angle": 90}, state) == result


def test_neighbours_on_another_winding_are_no_group_and_middle_marbles_count() -> None:
    chained = runs(("red", "red", "blue", "red", "green"))
    assert [(run.start, run.end) for run in chained] == [(0, 2), (2, 3), (3, 4), (4, 5)]
    # Five blue marbles reach beyond both borders of "up"; only the middle ones lie inside.
    state = straight("bbbbb", "r", left=-1.2, high=2.0)
    assert solve("groups_in_direction", {"direction": "up"}, state) == 1
    for side in ("up-left", "up-right"):
        assert solve("groups_in_direction", {"direction": side}, state) == 1
    assert solve("groups_in_direction", {"direction": "left"}, state) == 0


def test_the_analysis_of_an_insertion_beside_the_group_names_the_marble_touched() -> None:
    steps = " ".join(GAME.task("shot_result").solve(straight("rbbry", "b", left=-0.2), {"angle": 90}).steps)
    assert "marble 1 is touched first. It is red" in steps and "pushed in between marbles 1 and 2" in steps
    assert "Marbles 2 and 3 vanish" in steps


@settings(max_examples=60, deadline=None)
@given(st.integers(10, 134), st.integers(-179, 180), st.randoms(use_true_random=False))
def test_first_contact_agrees_with_fine_stepping(count: int, angle: int, rng: Random) -> None:
    layout = lay_out(rng, count)
    if layout is None:
        return
    state = State(layout.track, layout.frog, angle, "red", layout.marbles, draw_colors(rng, count))
    found, slow = shoot(state.frog, state.marbles, angle), stepped(state, angle)
    if found is None:
        assert slow is None
        return
    # A contact may fall between two steps: then the other marble is touched within the same step, or hardly grazed.
    if slow != found.touched:
        centre = complex(*found.centre) + 2 * STEP * complex(cos(radians(angle)), sin(radians(angle)))
        apart = abs(centre - complex(*state.marbles[slow])) if slow is not None else 0.6
        assert apart < 0.6 + STEP
    assert abs(dist(found.centre, state.marbles[found.touched]) - 0.6) < 1e-9


@pytest.mark.parametrize("count", [12, 50, 134])
def test_the_table_of_all_shots_agrees_with_single_shots(count: int) -> None:
    layout = next(filter(None, (lay_out(Random(seed), count) for seed in range(20))))
    table = landings(layout.frog, layout.marbles)
    for angle in ANGLES:
        shot = shoot(layout.frog, layout.marbles, angle)
        assert table[angle * 10 % 3600] == (shot.landing if shot else LEFT)
    state = State(layout.track, layout.frog, 0, "red", layout.marbles, ("red",) * count)
    touched = all_touched(state, np.arange(3600) / 10)
    assert [None if landing == LEFT else landing // 2 for landing in table] == touched


@given(st.text("rbyg", min_size=2, max_size=12), st.sampled_from("rbyg"), st.data())
def test_removal_agrees_with_taking_a_row_out_of_a_list(colors: str, shot: str, data: st.DataObject) -> None:
    landing = data.draw(st.integers(0, 2 * len(colors) - 1))
    at = landing // 2 + landing % 2
    left, right = colors[:at], colors[at:]
    size = len(left) - len(left.rstrip(shot)) + len(right) - len(right.lstrip(shot))
    run = removed(tuple(LETTERS[c] for c in colors), LETTERS[shot], landing)
    assert (run.size if run else 0) == (size if size > 1 else 0)
    assert run is None or set(colors[run.start : run.end]) == {shot}


# --- Margins of published questions ---------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
def test_hits_and_results_hold_within_a_degree_and_for_rounded_coordinates(level: Level) -> None:
    for task in ("hit_color", "shot_result"):
        for sample in samples(task, level, 200)[:12]:
            state, params = read(sample)
            assert params["angle"] == state.angle
            found = set()
            for board in (state, rounded(state)):
                for shift in (-1, -0.5, 0, 0.5, 1):
                    touched = stepped(board, state.angle + shift)
                    result = outcome(board, state.angle + shift, touched)
                    color = "none" if touched is None else state.colors[touched]
                    found.add(color if task == "hit_color" else result)
            assert len(found) == 1
            value = found.pop()
            if task == "hit_color":
                assert params["options"][ord(sample.answer) - ord("A")] == value
            else:
                assert sample.answer == (value if isinstance(value, str) else f"removed {len(value)}")


@pytest.mark.parametrize("level", list(Level))
def test_group_counts_hold_at_both_borders_and_for_rounded_coordinates(level: Level) -> None:
    for sample in samples("groups_in_direction", level, 200)[:50]:
        state, params = read(sample)
        for board in (state, rounded(state)):
            counts = {groups_toward(board, params["direction"], half) for half in (21.5, 22.5, 23.5)}
            assert counts == {int(sample.answer)}


@pytest.mark.parametrize("level", list(Level))
def test_best_shots_hold_for_whole_degrees_tenths_and_rounded_coordinates(level: Level) -> None:
    for sample in samples("best_elimination", level, 200)[:3]:
        state, _ = read(sample)
        for board in (state, rounded(state)):
            assert best(board, np.arange(-179.0, 181)) == best(board, np.arange(-1799, 1801) / 10) == sample.answer


# --- Levels and shares ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "marbles", "turns"),
    [("Easy", (10, 30), (0.5, 1.5)), ("Medium", (31, 75), (1.5, 2.5)), ("Hard", (76, 134), (2.5, 3.2))],
)
def test_boards_of_the_levels(level: str, marbles: tuple[int, int], turns: tuple[float, float]) -> None:
    counts, repeats, pairs = [], 0, 0
    for sample in samples("count_color", level, 200):
        state, _ = read(sample)
        counts.append(len(state.marbles))
        assert turns[0] <= state.track.turns <= turns[1] + 0.1
        assert all(1.5 <= abs(value) <= 3 for value in state.track.hole)
        assert max(map(abs, state.frog)) <= 1
        assert dist(state.frog, state.track.hole) >= 2.2
        assert min(dist(state.frog, marble) for marble in state.marbles) >= 2
        assert dist(state.track.hole, state.marbles[-1]) >= 1.2999
        assert all(abs(dist(one, two) - 0.6) < 0.001 for one, two in pairwise(state.marbles))
        repeats += sum(one == two for one, two in pairwise(state.colors))
        pairs += len(state.colors) - 1
    assert marbles[0] <= min(counts) and max(counts) <= marbles[1]
    assert abs(sum(counts) / 200 - sum(marbles) / 2) < 3.5 * (marbles[1] - marbles[0]) / 12**0.5 / 200**0.5
    assert abs(repeats / pairs - (0.35 + 0.65 / 4)) < 0.04


def test_a_chain_that_does_not_fit_is_not_shortened() -> None:
    hole = (2.5, 0.0)
    assert len(chain(Track(hole, 2.5, 0.0, 0.5), 12)) == 12
    assert chain(Track(hole, 2.5, 0.0, 0.5), 14) == ()
    # The first marble lies on the outer end, the others follow the curve inwards.
    marbles = chain(Track(hole, 2.5, 0.0, 0.5), 5)
    assert all(dist(*pair) < 0.003 for pair in zip(marbles, EXAMPLE.marbles, strict=True))


def share_is(found: int, total: int, share: float) -> bool:
    return abs(found / total - share) < 3.2 * (share * (1 - share) / total) ** 0.5


@pytest.mark.parametrize("level", list(Level))
def test_shares_of_hits(level: Level) -> None:
    hits, by_board = Counter[str](), Counter[bool]()
    for sample in samples("hit_color", level, 200):
        state, params = read(sample)
        hit = params["options"][ord(sample.answer) - ord("A")]
        hits[hit] += 1
        touched = all_touched(state, np.arange(360.0))
        by_board[None in touched] += 1
        assert sorted(params["options"]) == sorted([*COLORS, "none"])
        if None not in touched:
            assert hit != "none"
    total = hits.total()
    assert share_is(hits["none"], by_board[True], 0.3) if by_board[True] else not hits["none"]
    assert all(share_is(hits[color], total - hits["none"], 0.25) for color in COLORS)
    assert {"Easy": by_board[False] == 0, "Medium": 0.3 < by_board[True] / total < 0.7, "Hard": not by_board[True]}[
        level
    ]


@pytest.mark.parametrize("level", list(Level))
def test_shares_of_results(level: Level) -> None:
    results: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    beside = removals = 0
    for sample in samples("shot_result", level, 200):
        state, _ = read(sample)
        number = sample.answer.removeprefix("removed ")
        kind = number if number == sample.answer else f"removed {min(int(number), 4)}"
        results[bool(free_angles(Layout(state.track, state.frog, state.marbles)))][kind] += 1
        if kind != number:
            removals += 1
            touched = stepped(state, state.angle)
            assert touched is not None
            beside += state.colors[touched] != state.shot
    for opened, stayed, gone in ((True, 0.3, 0.15), (False, 0.35, 0.65 / 3)):
        total = results[opened].total()
        if total:
            assert share_is(results[opened]["stayed on the track"], total, stayed)
            assert all(share_is(results[opened][f"removed {size}"], total, gone) for size in (2, 3, 4))
    assert share_is(beside, removals, 0.2)


@pytest.mark.parametrize("level", list(Level))
def test_no_count_and_no_best_answer_is_a_good_guess(level: Level) -> None:
    groups = Counter(sample.answer for sample in samples("groups_in_direction", level, 200))
    directions = Counter(read(sample)[1]["direction"] for sample in samples("groups_in_direction", level, 200))
    assert groups["0"] <= 0.2 * 200 + 3.2 * 5.7 and max(groups.values()) <= 0.3 * 200 + 3.2 * 6.5
    assert min(directions.values()) > 8
    answers = Counter(sample.answer for sample in samples("best_elimination", level, 200))
    assert share_is(answers["No, 0, 0"], 200, {"Easy": 0.14}.get(level, 0.12))
    assert max(answers.values()) <= 0.25 * 200
    for size, number, share in LEVELS[level].best:
        assert not size or share_is(answers[f"Yes, {size}, {number}"], 200, share)


def test_plans_that_no_chain_can_grant_are_refused() -> None:
    with pytest.raises(ValueError, match="too rare"):
        ZumaParams(marbles=(10, 12), best=((5, 2, 1.0),))
    with pytest.raises(ValueError, match="least, most"):
        ZumaParams(marbles=(30, 12))


# --- Picture and state ----------------------------------------------------------------------------


def test_the_picture_is_upright_and_shows_every_marble() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    view = view_of(EXAMPLE, track_border(EXAMPLE.track), 800)
    for marble, color in zip((*EXAMPLE.marbles, EXAMPLE.frog), (*EXAMPLE.colors, EXAMPLE.shot), strict=True):
        x, y = view.at((marble[0] + 0.19, marble[1] + 0.13))
        pixel = image.getpixel((int(x), int(y)))
        assert "#{:02X}{:02X}{:02X}".format(*pixel) == FILL[color]  # type: ignore[misc]
    assert view.at((0, 1))[1] < view.at((0, 0))[1] and view.at((1, 0))[0] > view.at((0, 0))[0]
    tip = (1.1 * cos(radians(156)), 1.1 * sin(radians(156)))
    assert image.getpixel(tuple(map(int, view.at(tip)))) == (255, 255, 255)  # type: ignore[arg-type]
    x, y = map(int, view.at(EXAMPLE.track.hole))
    assert image.getpixel((x, y)) == (0, 0, 0)


def test_marks_tell_the_colours_apart_without_colour() -> None:
    shapes = set()
    for color in COLORS:
        state = State(EXAMPLE.track, EXAMPLE.frog, 0, color, EXAMPLE.marbles, EXAMPLE.colors)
        image = GAME.draw(state, Style()).convert("RGB")
        x, y = view_of(state, track_border(state.track), 800).at(state.frog)
        mark = image.crop((int(x) - 15, int(y) - 15, int(x) + 15, int(y) + 15))
        fill = tuple(int(FILL[color][i : i + 2], 16) for i in (1, 3, 5))
        shapes.add(tuple(pixel == fill for pixel in mark.convert("RGB").get_flattened_data()))
    pairs = [(one, two) for one in shapes for two in shapes if one is not two]
    assert len(pairs) == 12
    assert all(sum(a != b for a, b in zip(one, two, strict=True)) > 60 for one, two in pairs)


def test_labels_stay_in_the_picture_and_off_the_marbles() -> None:
    rng, sizes = Random(3), []
    for _ in range(150):
        layout = lay_out(rng, rng.randint(10, 134))
        if layout is None:
            continue
        state = State(layout.track, layout.frog, 0, "red", layout.marbles, ("red",) * len(layout.marbles))
        view: View = view_of(state, track_border(state.track), 800)
        sizes.append(0.6 * view.unit)
        for text, (x, y) in label_spots(state, view, Style()):
            wide, high = text_size(text, 16, bold=False)
            assert wide / 2 <= x <= 800 - wide / 2 and high / 2 <= y <= 800 - high / 2
            for marble in state.marbles:
                px, py = view.at(marble)
                gap = hypot(max(0, abs(px - x) - wide / 2), max(0, abs(py - y) - high / 2))
                assert gap > 0.3 * view.unit
            frog = view.at(state.frog)
            off = degrees(atan2(frog[1] - y, x - frog[0])) - float(text)
            assert abs((off + 180) % 360 - 180) < 10
    assert min(sizes) >= 26


def broken(**changes: Any) -> dict[str, Any]:
    return json.loads(json.dumps(JSON)) | changes


def moved(number: int, x: float, y: float) -> dict[str, Any]:
    data = broken()
    data["balls"][number]["position"] = {"x": x, "y": y}
    return data


FROG = JSON["frog"]
TRACK = JSON["track"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (broken(marble_radius=0.4), "marble_radius"),
        (broken(balls=JSON["balls"][:1]), "two marbles"),  # type: ignore[index]
        (broken(balls=JSON["balls"][::-1]), "outer end"),  # type: ignore[index]
        (broken(balls=JSON["balls"][::2]), "must touch"),  # type: ignore[index]
        (moved(4, -1.9078, 1.6664), "on the track"),
        (broken(frog={**FROG, "position": {"x": -1.5, "y": 0.0}}), "away from the frog"),  # type: ignore[dict-item]
        (broken(frog={**FROG, "position": {"x": 0.9, "y": 0.0}}), "hole must be"),  # type: ignore[dict-item]
        (broken(frog={**FROG, "angle": -180}), "angle"),  # type: ignore[dict-item]
        (broken(frog={**FROG, "next_ball_color": "pink"}), "next_ball_color"),  # type: ignore[dict-item]
        (broken(track={**TRACK, "theta_start": 1.0}), "theta_start"),  # type: ignore[dict-item]
        (broken(track={**TRACK, "a": 2.6}), "begin at the hole"),  # type: ignore[dict-item]
        (broken(track={**TRACK, "turns": 9.0}), "turns"),  # type: ignore[dict-item]
        (broken(track={**TRACK, "turns": 0.4}), "on the track"),  # type: ignore[dict-item]
    ],
)
def test_illegal_boards_are_refused(data: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json(data)


def test_a_perturbed_board_is_legal_and_different() -> None:
    rng = Random(1)
    changed = [perturb(EXAMPLE, rng) for _ in range(100)]
    assert all(State.from_json(state.to_json()) == state != EXAMPLE for state in changed)
    assert all(
        any(getattr(state, name) != getattr(EXAMPLE, name) for state in changed) for name in ("angle", "shot", "colors")
    )


def test_a_question_about_another_angle_than_the_frogs_is_refused() -> None:
    with pytest.raises(ValueError, match="the angle must be the frog's"):
        solve("hit_color", {"angle": 10})


def test_half_a_turn_of_the_example_ends_at_its_first_marble() -> None:
    assert EXAMPLE.track.end == pytest.approx(pi)
    assert EXAMPLE.track.point(pi) == pytest.approx(EXAMPLE.marbles[0], abs=1e-4)
