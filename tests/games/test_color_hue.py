import io
import json
from collections import Counter
from functools import cache
from itertools import combinations, pairwise
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.color_hue import GAME, ColorHueParams
from gameqa.games.color_hue.colors import (
    REFERENCES,
    apart,
    clear_name,
    clearly_wrong,
    differences,
    distances,
    faults,
    gap,
    look,
    nearest_name,
)
from gameqa.games.color_hue.generate import LEVELS, generate, perturb
from gameqa.games.color_hue.rules import fits, readings
from gameqa.games.color_hue.state import State

EXAMPLE_JSON: dict[str, Any] = {
    "board": [
        [[200, 40, 40], [160, 70, 80], None, [80, 130, 160], [40, 160, 200]],
        *([[None] * 5] * 4),
    ],
    "cell_labels": {"P": [0, 2]},
    "palette": [[120, 100, 120], [30, 30, 30], [240, 220, 60], [60, 200, 90], [240, 240, 240], [120, 20, 160]],
    "gradient_info": [
        {
            "type": "row",
            "index": 0,
            "start": 0,
            "end": 4,
            "start_color": [200, 40, 40],
            "end_color": [40, 160, 200],
        }
    ],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
COUNT = 250

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(color: Any) -> Any:
    """A second conversion from sRGB to L*a*b*, on arrays."""
    values = np.asarray(color) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ linear / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def delta(one: Any, two: Any) -> float:
    return float(np.linalg.norm(lab(one) - lab(two)))


def hexed(text: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(text[1:]))


@cache
def samples(task: str, level: str, count: int = COUNT) -> list[Sample]:
    return [gameqa.sample("color_hue", task, level, index=index) for index in range(count)]


def facts(sample: Sample) -> tuple[dict[str, Any], dict[str, Any], int]:
    """State and params as published, and the place of the right option."""
    return json.loads(sample.state), json.loads(sample.params), ord(sample.answer) - ord("A")


def boards(level: Level, palette: bool, count: int = 120) -> list[State]:
    plan, rng = msgspec.structs.replace(LEVELS[level], palette=palette), Random(level)
    return [state for _ in range(count) if (state := generate(rng, plan, lambda _: True))]


# Values of the sRGB primaries in L*a*b* under D65, as published by Bruce Lindbloom (brucelindbloom.com, colour
# calculator) and many others; the matrix rounded to four places moves them by less than 0.05.
@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((255, 255, 0), (97.14, -21.55, 94.48)),
        ((0, 255, 255), (91.11, -48.09, -14.13)),
        ((255, 0, 255), (60.32, 98.23, -60.82)),
        ((128, 128, 128), (53.59, 0.0, 0.0)),
    ],
)
def test_distances_agree_with_published_values(
    color: tuple[int, int, int], expected: tuple[float, float, float]
) -> None:
    assert apart(color, (0, 0, 0)) == pytest.approx(np.linalg.norm(expected), abs=0.05)
    assert apart(color, (255, 255, 255)) == pytest.approx(np.linalg.norm(np.subtract(expected, (100, 0, 0))), abs=0.05)
    assert apart(color, (255, 0, 0)) == pytest.approx(
        np.linalg.norm(np.subtract(expected, (53.24, 80.09, 67.20))), abs=0.05
    )


@given(*[st.tuples(*[st.integers(0, 255)] * 3)] * 2)
def test_names_agree_with_a_second_computation(color: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert apart(color, other) == pytest.approx(delta(color, other), abs=1e-6)
    ranked = sorted((delta(color, hexed(reference)), name) for name, reference in REFERENCES.items())
    (first, name), (second, _) = ranked[:2]
    if second - first > 1e-6:
        assert nearest_name(color) == name
    if min(abs(first - 25), abs(second - first - 8)) > 1e-6:
        assert clear_name(color) == (name if first <= 25 and second >= first + 8 else None)
    for distance, wrong in ranked:
        if abs(distance - first - 25) > 1e-6:
            assert clearly_wrong(color, wrong) == (distance >= first + 25)


def test_every_reference_bears_its_own_name_and_half_of_all_colors_have_a_clear_one() -> None:
    assert len(REFERENCES) == 25
    assert all(clear_name(hexed(reference)) == name for name, reference in REFERENCES.items())  # type: ignore[arg-type]
    rng = Random(1)
    colors = [(rng.randrange(256), rng.randrange(256), rng.randrange(256)) for _ in range(2000)]
    assert 0.4 < sum(clear_name(color) is not None for color in colors) / 2000 < 0.6


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ((236, 54, 32), "red"),
        ((255, 255, 0), "yellow"),
        ((255, 140, 0), "orange"),
        ((150, 230, 20), "lime green"),
        ((100, 10, 10), "dark red"),
        ((85, 85, 85), "dark gray"),
    ],
)
def test_colors_that_thresholds_misname(color: tuple[int, int, int], name: str) -> None:
    assert clear_name(color) == name


def test_words_on_looks_by_hand() -> None:
    assert look((0, 0, 0)) == "very dark and nearly gray"
    assert look((0, 0, 255)) == "dark, vivid, its hue blue"
    assert differences((255, 0, 0), (0, 0, 255)) == ["blue instead of red"]
    assert differences((100, 100, 100), (200, 200, 200)) == ["lighter"]
    assert faults((120, 100, 120), (30, 30, 30)) == ["too dark"]
    assert faults((100, 100, 100), (100, 180, 100))[0] == "too green"
    assert faults((30, 160, 40), (90, 90, 90))[0] == "not green enough"
    assert faults((100, 100, 100), (100, 100, 250))[0] == "too blue"


def test_worked_example() -> None:
    task = GAME.task("color_matching")
    solution = task.solve(EXAMPLE, {"label": "P"})
    assert list(solution.value) == [120, 100, 120]
    assert task.option_text(EXAMPLE, [120, 100, 120]) == "swatch A"
    right = [task.is_right(EXAMPLE, {"label": "P"}, color) for color in EXAMPLE_JSON["palette"]]
    assert right == [True, False, False, False, False, False]
    assert "-40.0 in red, +30.0 in green and +40.0 in blue" in " ".join(solution.steps)
    assert EXAMPLE.to_json() == EXAMPLE_JSON


def test_text_view_of_the_example_hides_what_was_lost() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "COLOR HUE STATE (rows and columns from 1; colours as r,g,b; .. = no gradient)",
        "Row 1: 200,40,40 | 160,70,80 | P | 80,130,160 | 40,160,200",
        *(f"Row {row}: .. | .. | .. | .. | .." for row in range(2, 6)),
        "Palette: A=120,100,120  B=30,30,30  C=240,220,60  D=60,200,90  E=240,240,240  F=120,20,160",
    ]
    for sample in samples("color_description", "Easy", 5):
        assert "Palette" not in sample.text_view and len(sample.text_view.splitlines()) == 6


@pytest.mark.parametrize("level", list(Level))
def test_readings_are_least_squares_lines(level: Level) -> None:
    for state in boards(level, palette=True, count=40):
        for _, cell in state.labels:
            for reading in readings(state, cell):
                gradient = reading.gradient
                cells = [
                    (gradient.index, k) if gradient.type == "row" else (k, gradient.index) for k in range(state.size)
                ]
                seen = [(k, state.board[r][c]) for k, (r, c) in enumerate(cells) if state.board[r][c] is not None]
                assert reading.visible == seen and len(seen) >= 3
                at = cells.index(cell)
                for channel in range(3):
                    line = np.polyfit([k for k, _ in seen], [color[channel] for _, color in seen], 1)  # type: ignore[index]
                    assert reading.slopes[channel] == pytest.approx(line[0], abs=1e-6)
                    assert reading.color[channel] == pytest.approx(np.clip(np.polyval(line, at), 0, 255), abs=1e-6)


def test_a_cell_without_three_visible_cells_beside_it_is_refused() -> None:
    board = [[[200, 40, 40], None, None, [80, 130, 160], None], *([[None] * 5] * 4)]
    info = [{**EXAMPLE_JSON["gradient_info"][0], "end": 3, "end_color": [80, 130, 160]}]
    labels = {"P": [0, 2], "Q": [0, 1]}
    state = State.from_json({**EXAMPLE_JSON, "board": board, "gradient_info": info, "cell_labels": labels})
    assert readings(state, (0, 2)) == [] and not fits([], (120, 100, 120))
    with pytest.raises(ValueError, match="swatches"):
        GAME.task("color_matching").solve(state, {"label": "P"})


def check_board(state: dict[str, Any], known: dict[tuple[int, int], list[int]]) -> None:
    """Check a board by the rules; `known` holds lost colours."""
    size = len(state["board"])
    colors = {(r, c): v for r, row in enumerate(state["board"]) for c, v in enumerate(row) if v} | known
    covered = set()
    for info in state["gradient_info"]:
        line = [(info["index"], k) if info["type"] == "row" else (k, info["index"]) for k in range(size)]
        assert info["start"] in (0, 1) and info["end"] in (size - 2, size - 1)
        steps = info["end"] - info["start"]
        even = [
            [round(a + (b - a) * t / steps) for a, b in zip(info["start_color"], info["end_color"], strict=True)]
            for t in range(steps + 1)
        ]
        assert delta(even[0], even[-1]) >= 40 - 1e-6
        assert all(delta(one, two) >= 4 - 1e-6 for one, two in pairwise(even))
        for place, cell in enumerate(line):
            inside = info["start"] <= place <= info["end"]
            assert (cell in colors) == inside
            if inside:
                assert max(abs(a - b) for a, b in zip(colors[cell], even[place - info["start"]], strict=True)) <= 2
                covered.add(cell)
    assert covered == set(colors)
    for kind in ("row", "column"):
        lines = [info["index"] for info in state["gradient_info"] if info["type"] == kind]
        assert lines == sorted(lines) and all(two - one >= 2 for one, two in pairwise(lines))


@pytest.mark.parametrize(
    ("level", "sizes", "gradients", "taken"),
    [("Easy", {5}, {2, 3}, {3}), ("Medium", {6, 7}, {3, 4}, {4, 5}), ("Hard", {8}, {4, 5}, {5, 6})],
)
def test_levels_and_boards(level: str, sizes: set[int], gradients: set[int], taken: set[int]) -> None:
    seen: dict[str, set[int]] = {"size": set(), "gradients": set(), "taken": set()}
    shapes = set()
    for sample in [*samples("color_description", level), *samples("gradient_pattern", level)]:
        state, _, _ = facts(sample)
        check_board(state, {})
        assert state["cell_labels"] == {} and state["palette"] == []
        seen["size"].add(len(state["board"]))
        seen["gradients"].add(len(state["gradient_info"]))
        rows = sum(info["type"] == "row" for info in state["gradient_info"])
        shapes.add((rows, len(state["gradient_info"]) - rows))
    for sample in samples("color_matching", level):
        seen["taken"].add(len(json.loads(sample.state)["cell_labels"]))
    assert (seen["size"], seen["gradients"], seen["taken"]) == (sizes, gradients, taken)
    assert all(min(shape) <= 2 for shape in shapes) and {(b, a) for a, b in shapes} == shapes


@pytest.mark.parametrize("level", list(Level))
def test_lost_colors_can_be_told_and_swatches_are_far_apart(level: Level) -> None:
    letters, labels = Counter[str](), Counter[str]()
    for sample in samples("color_matching", level):
        state, params, right = facts(sample)
        board, palette = State.from_json(state), state["palette"]
        assert params["options"] == palette and len(palette) == 6
        assert sample.options == [f"swatch {letter}" for letter in "ABCDEF"]
        assert all(delta(one, two) >= 20 - 1e-6 for one, two in combinations(palette, 2))
        assert "".join(state["cell_labels"]) == "PQRSTU"[: len(state["cell_labels"])]
        known = {}
        for cell in state["cell_labels"].values():
            found = readings(board, tuple(cell))  # type: ignore[arg-type]
            near = [color for color in palette if fits(found, tuple(color))]
            assert len(near) == 1
            known[tuple(cell)] = near[0]
        check_board(state, known)
        assert len({tuple(color) for color in known.values()}) == len(known)
        assert known[tuple(state["cell_labels"][params["label"]])] == palette[right]
        assert all(delta(color, (255, 255, 255)) >= 12 - 1e-6 for row in state["board"] for color in row if color)
        letters[sample.answer] += 1
        labels[params["label"]] += 1
    share = (5 / 36 / COUNT) ** 0.5
    assert all(abs(letters[letter] / COUNT - 1 / 6) < 3.3 * share for letter in "ABCDEF")
    assert all(labels[label] for label in "PQR")


def test_names_are_asked_evenly_and_offered_eight_times_as_often() -> None:
    right, offered, total = Counter[str](), Counter[str](), 0
    blind = Counter[str]()
    for level in Level:
        for sample in samples("color_description", level):
            state, params, place = facts(sample)
            options, (row, col) = params["options"], params["cell"]
            color = tuple(state["board"][row][col])
            ranked = sorted((delta(color, hexed(reference)), name) for name, reference in REFERENCES.items())
            away = {name: distance for distance, name in ranked}
            assert options[place] == ranked[0][1] and ranked[0][0] <= 25 and ranked[1][0] >= ranked[0][0] + 8 - 1e-6
            assert all(away[name] >= ranked[0][0] + 25 - 1e-6 for name in options if name != options[place])
            assert len(set(options)) == 8
            right[options[place]] += 1
            offered.update(options)
            total += 1
            lonely = [min(gap(name, other) for other in options if other != name) for name in options]
            central = [sum(gap(name, other) for other in options) for name in options]
            blind["lonely"] += lonely[place] == max(lonely)
            blind["close"] += lonely[place] == min(lonely)
            blind["central"] += central[place] == min(central)
            blind["outer"] += central[place] == max(central)
    assert max(right.values()) / total < 0.08
    assert len(right) >= 23
    for name in offered:
        share = right[name] / offered[name]
        assert abs(share - 1 / 8) < 3.3 * (7 / 64 / offered[name]) ** 0.5 + 0.02, (name, share)
    # One of eight by guessing; ties between the two closest names let two options count for "close".
    assert max(blind["lonely"], blind["central"], blind["outer"]) / total < 0.19
    assert blind["close"] / total < 0.2


@pytest.mark.parametrize("level", list(Level))
def test_pairs_of_names_are_crossed_and_exactly_one_fits(level: Level) -> None:
    farthest = nearest = 0.0
    for sample in samples("gradient_pattern", level):
        state, params, place = facts(sample)
        lines = [
            info
            for info in state["gradient_info"]
            if (info["type"], info["index"]) == (params["type"], params["index"])
        ]
        assert len(lines) == 1
        first, last = (
            state["board"][params["index"]][lines[0][key]]
            if params["type"] == "row"
            else state["board"][lines[0][key]][params["index"]]
            for key in ("start", "end")
        )
        options = params["options"]
        assert options[place] == [clear_name(tuple(first)), clear_name(tuple(last))]
        assert options[place][0] != options[place][1]
        for pair in options:
            wrong = clearly_wrong(tuple(first), pair[0]) or clearly_wrong(tuple(last), pair[1])
            assert wrong == (pair != options[place])
            assert pair[::-1] in options
        assert sorted(Counter(name for pair in options for name in pair).values()) == [4, 4, 4, 4]
        assert len({pair[0] for pair in options}) == len({pair[1] for pair in options}) == 4
        order = "from left to right" if params["type"] == "row" else "from top to bottom"
        assert order in sample.query and f"{params['type']} {params['index'] + 1}," in sample.query
        gaps = [gap(*pair) for pair in options]
        farthest += (gaps[place] == max(gaps)) / 2
        nearest += (gaps[place] == min(gaps)) / 2
    # Each pair and its reversal are equally far apart: an eighth by guessing.
    assert farthest / COUNT < 0.19 and nearest / COUNT < 0.19


def test_ends_are_right_in_half_of_their_offers() -> None:
    right, offered = Counter[str](), Counter[str]()
    for level in Level:
        for sample in samples("gradient_pattern", level):
            _, params, place = facts(sample)
            right.update(params["options"][place])
            offered.update({name for pair in params["options"] for name in pair})
    for name, times in offered.items():
        assert abs(right[name] / times - 1 / 2) < 3.3 * (1 / 4 / times) ** 0.5 + 0.06, name


def test_about_half_of_the_boards_carry_a_line_with_clear_ends() -> None:
    task, rng = GAME.task("gradient_pattern"), Random(2)
    made = [state for level in Level for state in boards(level, palette=False)]
    share = sum(task.ask(state, LEVELS[Level.EASY], rng) is not None for state in made) / len(made)
    assert 0.45 < share < 0.67


@pytest.mark.parametrize("level", list(Level))
def test_variants_of_one_board_are_legal_and_different(level: Level) -> None:
    tried = list[str]()

    def refuse(state: State) -> bool:
        data = state.to_json()
        assert State.from_json(data) == state
        tried.append(json.dumps(data))
        return False

    rng = Random(4)
    while not tried:
        assert generate(rng, LEVELS[level], refuse) is None
    assert len(set(tried)) == len(tried) == 48


def colors_of(pixels: Any) -> set[tuple[int, ...]]:
    packed = np.unique(pixels.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1]))
    return {(int(color) >> 16, int(color) >> 8 & 255, int(color) & 255) for color in packed}


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("task", ["color_matching", "color_description"])
def test_every_pixel_of_a_cell_and_of_a_swatch_has_the_exact_color(task: str, scale: float) -> None:
    for level in Level:
        for sample in samples(task, level, 3):
            state, _, _ = facts(sample)
            size = len(state["board"])
            file = io.BytesIO()
            GAME.draw(State.from_json(state), Style(scale)).save(file, "PNG")
            pixels = np.asarray(Image.open(file).convert("RGB"))
            side, margin = round((72 if size == 5 else 60) * scale), round(40 * scale)
            if scale == 1:
                assert pixels.shape[:2] == (size * side + 150, size * side + 60)
                assert pixels.shape[0] * pixels.shape[1] >= 200_000
            line = max(1, round(scale))
            labelled = [tuple(cell) for cell in state["cell_labels"].values()]
            for r in range(size):
                for c in range(size):
                    top, left = margin + r * side + line, margin + c * side + line
                    shown = colors_of(pixels[top : top + side - 2 * line, left : left + side - 2 * line])
                    if state["board"][r][c]:
                        assert shown == {tuple(state["board"][r][c])}
                    elif (r, c) in labelled:
                        assert (255, 255, 255) in shown and (0, 0, 0) in shown
                    else:
                        assert shown == {(0xF5,) * 3, (0xC8,) * 3}
            for number, color in enumerate(state["palette"]):
                middle = margin + size * side * (2 * number + 1) // 12
                wide, high = round(52 * scale) - 4 * line, round(46 * scale) - 4 * line
                top = margin + size * side + round(42 * scale) + 2 * line
                swatch = pixels[top : top + high, middle - wide // 2 : middle + wide // 2]
                assert colors_of(swatch) == {tuple(color)}


def test_channels_are_not_exchanged() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    assert image.getpixel((40 + 36, 40 + 36)) == (200, 40, 40)
    assert image.getpixel((40 + 4 * 72 + 36, 40 + 36)) == (40, 160, 200)


@settings(max_examples=30)
@given(st.sampled_from(list(Level)), st.booleans(), st.randoms(use_true_random=False))
def test_perturbed_boards_are_legal_and_differ(level: Level, palette: bool, rng: Random) -> None:
    state = generate(rng, msgspec.structs.replace(LEVELS[level], palette=palette), lambda _: True)
    if state is not None:
        other = perturb(state, rng)
        assert State.from_json(other.to_json()) == other
        assert GAME.describe(other) != GAME.describe(state)


def changed(**fields: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(EXAMPLE_JSON)), **fields}


def board(*cells: tuple[int, int, Any]) -> list[Any]:
    """The board of the example with some cells changed."""
    rows = json.loads(json.dumps(EXAMPLE_JSON["board"]))
    for row, col, color in cells:
        rows[row][col] = color
    return rows


INFO = EXAMPLE_JSON["gradient_info"][0]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (changed(board=EXAMPLE_JSON["board"][:4]), "square"),
        (changed(board=board((0, 0, [256, 40, 40]))), "255"),
        (changed(board=board((0, 0, [203, 40, 40]))), "does not lie"),
        (changed(board=board((0, 0, None))), "hatched"),
        (changed(board=board((2, 2, [1, 2, 3]))), "must lie on a gradient"),
        (changed(board=board((0, 2, [120, 100, 120]))), "no colour"),
        (changed(cell_labels={"Q": [0, 2]}), "first of the letters"),
        (changed(cell_labels={"A": [0, 2]}), "first of the letters"),
        (changed(cell_labels={"P": [0, 5]}), "cells of the board"),
        (changed(cell_labels={"P": [0, 2], "Q": [0, 2]}), "different cells"),
        (changed(cell_labels={"P": [2, 2]}), "hatched"),
        (changed(palette=[]), "palette"),
        (changed(palette=[[1, 2, 3]] * 6), "palette"),
        (changed(gradient_info=[]), "must lie on a gradient"),
        (changed(gradient_info=[{**INFO, "end": 5}]), "two cells of the board"),
        (changed(gradient_info=[{**INFO, "end": 0}]), "two cells of the board"),
        (changed(gradient_info=[{**INFO, "end": 3, "end_color": [80, 130, 160]}]), "leaves out"),
        (changed(gradient_info=[INFO, {**INFO, "index": 1}]), "neighbouring"),
        (changed(gradient_info=[{**INFO, "type": "column"}, INFO]), "rows first"),
        (changed(gradient_info=[{**INFO, "type": "diagonal"}]), "diagonal"),
    ],
)
def test_illegal_states_are_refused(state: dict[str, Any], reason: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=reason):
        State.from_json(state)


@pytest.mark.parametrize(
    "params",
    [
        {"size": (6, 5), "gradients": (2, 3), "taken": (3, 3)},
        {"size": (5, 5), "gradients": (2, 6), "taken": (3, 3)},
        {"size": (5, 5), "gradients": (3, 2), "taken": (3, 3)},
        {"size": (5, 5), "gradients": (1, 3), "taken": (3, 3)},
    ],
)
def test_impossible_levels_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must"):
        ColorHueParams(**params)


def test_analyses_compare_swatches_and_names() -> None:
    for sample in samples("color_matching", "Hard", 30):
        state, params, place = facts(sample)
        value = tuple(state["palette"][place])
        assert f"Option {sample.answer}, swatch {sample.answer}: {value} continues the gradient." in sample.analysis
        assert sample.analysis.count(" is too ") + sample.analysis.count(" is not ") == 5
        row, col = state["cell_labels"][params["label"]]
        assert f"in row {row + 1}, column {col + 1}" in sample.analysis
    for sample in samples("color_description", "Easy", 30):
        state, params, _ = facts(sample)
        color = tuple(state["board"][params["cell"][0]][params["cell"][1]])
        assert str(color) in sample.analysis
        first = next(iter(distances(color).values()))
        assert f"ΔE {first:.0f} away" in sample.analysis
        assert sample.analysis.count("its typical colour, (") == 8
