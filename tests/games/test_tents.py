import json
from collections import Counter
from functools import lru_cache
from itertools import combinations, permutations
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.grids import Cell
from gameqa.draw import Style
from gameqa.games.tents import GAME, TentsParams
from gameqa.games.tents.generate import LEVELS, generate, perturb
from gameqa.games.tents.rules import beside_trees, finished, judged, open_cells
from gameqa.games.tents.state import State

JSON: dict[str, Any] = {
    "size": [6, 6],
    "tree_positions": [[0, 2], [1, 4], [2, 2], [3, 0], [3, 3], [5, 5]],
    "tent_positions": [[3, 1], [4, 3], [4, 5]],
    "row_counts": [2, 0, 1, 1, 2, 0],
    "col_counts": [0, 2, 0, 2, 1, 1],
}
EXAMPLE = State.from_json(JSON)
WIDE = TentsParams(rows=5, cols=8, trees=(5, 7), missing=(2, 3))


@lru_cache(maxsize=32)
def samples(task: str, level: str, count: int = 240) -> list[Sample]:
    return [gameqa.sample("tents", task, level, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def options(sample: Sample) -> list[Cell]:
    return [(row, col) for row, col in json.loads(sample.params)["options"]]


def right(sample: Sample) -> Cell:
    return options(sample)[ord(sample.answer) - ord("A")]


def made(rng: Random, plan: TentsParams) -> State:
    while True:
        state = generate(rng, plan, lambda state: True)
        if state is not None:
            return state


def side_by_side(a: Cell, b: Cell) -> bool:
    return abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1


def touch(a: Cell, b: Cell) -> bool:
    return max(abs(a[0] - b[0]), abs(a[1] - b[1])) == 1


def is_finished(state: State, tents: set[Cell]) -> bool:
    """All rules, straight from their words; the pairing by trying all orders of the tents."""
    counts = [
        *(sum(row == tent[0] for tent in tents) for row in range(state.rows)),
        *(sum(col == tent[1] for tent in tents) for col in range(state.cols)),
    ]
    return (
        counts == [*state.row_counts, *state.col_counts]
        and not tents & set(state.trees)
        and not any(touch(a, b) for a in tents for b in tents)
        and any(all(map(side_by_side, state.trees, order)) for order in permutations(tents))
    )


def broken(state: State, cell: Cell) -> set[str]:
    """The conditions that a new tent would break, straight from their words."""
    rules = {
        "tree": cell in state.trees,
        "tent": cell in state.tents,
        "alone": not any(side_by_side(cell, tree) for tree in state.trees),
        "touch": any(touch(cell, tent) for tent in state.tents),
        "row": sum(tent[0] == cell[0] for tent in state.tents) >= state.row_counts[cell[0]],
        "column": sum(tent[1] == cell[1] for tent in state.tents) >= state.col_counts[cell[1]],
    }
    return {rule for rule, fails in rules.items() if fails}


def cells_of(state: State) -> list[Cell]:
    return [(row, col) for row in range(state.rows) for col in range(state.cols)]


@pytest.mark.parametrize(
    ("slug", "params", "answer"),
    [
        ("tents_in_row", {"row": 4}, 2),
        ("missing_in_column", {"col": 3}, 1),
        ("missing_total", {}, 3),
        ("tree_adjacent_cells", {}, 17),
        ("new_tent_cells", {}, 5),
    ],
)
def test_worked_examples(slug: str, params: dict[str, int], answer: int) -> None:
    assert GAME.task(slug).solve(EXAMPLE, params).value == answer


@pytest.mark.parametrize(
    ("slug", "listed", "letter"),
    [
        ("which_is_tree", [[3, 1], [0, 4], [4, 4], [2, 2], [2, 4], [1, 3], [4, 3], [5, 4]], "D"),
        ("which_can_hold_tent", [[1, 2], [2, 1], [2, 4], [4, 0], [3, 4], [3, 3], [0, 5], [4, 3]], "C"),
    ],
)
def test_worked_choices(slug: str, listed: list[list[int]], letter: str) -> None:
    task = GAME.task(slug)
    assert [value for value in listed if task.is_right(EXAMPLE, {}, value)] == [listed[ord(letter) - ord("A")]]


def test_the_open_cells_of_the_example() -> None:
    assert open_cells(EXAMPLE) == [(0, 1), (0, 3), (0, 4), (2, 3), (2, 4)]


def test_the_verdict_names_every_condition_that_is_broken() -> None:
    task = GAME.task("which_can_hold_tent")
    solution = task.solve(EXAMPLE, {})
    verdicts = [task.verdict(EXAMPLE, {}, cell, solution) for cell in ([3, 4], [5, 0], [0, 3])]
    assert verdicts == [
        "it touches the tents (4, 3) and (4, 5) (c) and row 3 is full, 1 of 1 (d).",
        "no tree is directly beside it (b), row 5 is full, 0 of 0 (d) and column 0 is full, 0 of 0 (d).",
        "all four hold.",
    ]


@given(st.sampled_from([WIDE, *LEVELS.values()]), st.randoms(use_true_random=False))
def test_grids_and_answers_against_the_rules(plan: TentsParams, rng: Random) -> None:
    state = made(rng, plan)
    assert State.from_json(state.to_json()) == state
    assert (state.rows, state.cols) == (plan.rows, plan.cols)
    assert plan.trees[0] <= len(state.trees) <= plan.trees[1]
    assert plan.missing[0] <= len(state.trees) - len(state.tents) <= plan.missing[1]
    cells = cells_of(state)
    assert {cell: {reason.rule for reason in judged(state)[cell]} for cell in cells} == {
        cell: broken(state, cell) for cell in cells
    }
    assert open_cells(state) == [cell for cell in cells if not broken(state, cell)]
    near = [c for c in cells if c not in state.trees and any(side_by_side(c, tree) for tree in state.trees)]
    assert beside_trees(state) == near
    assert GAME.task("tree_adjacent_cells").solve(state, {}).value == len(near)
    assert GAME.task("new_tent_cells").solve(state, {}).value == len(open_cells(state))
    for row in range(state.rows):
        now = sum(tent[0] == row for tent in state.tents)
        assert GAME.task("tents_in_row").solve(state, {"row": row}).value == now
    for col in range(state.cols):
        now = sum(tent[1] == col for tent in state.tents)
        assert GAME.task("missing_in_column").solve(state, {"col": col}).value == state.col_counts[col] - now


@given(st.sampled_from([*LEVELS.values()]), st.randoms(use_true_random=False))
def test_a_finished_grid_holds_all_rules(plan: TentsParams, rng: Random) -> None:
    state = made(rng, plan)
    owned = finished(state)
    assert owned is not None and set(owned) == set(state.trees) and all(map(side_by_side, owned, owned.values()))
    tents = set(owned.values())
    assert len(tents) == len(owned) and tents >= set(state.tents) and not tents & set(owned)
    assert not any(touch(a, b) for a in tents for b in tents)
    assert all(sum(t[0] == row for t in tents) == count for row, count in enumerate(state.row_counts))
    assert all(sum(t[1] == col for t in tents) == count for col, count in enumerate(state.col_counts))


def test_finished_grids_against_enumeration() -> None:
    rng, found = Random(5), Counter[bool]()
    while min(found[True], found[False]) < 40:
        board = [(row, col) for row in range(3) for col in range(4)]
        trees = sorted(rng.sample(board, 3))
        goal = [cell for cell in rng.sample(board, 3) if cell not in trees]
        tents = [tent for tent in goal[:1] if any(side_by_side(tent, tree) for tree in trees)]
        counts = [[sum(cell[axis] == line for cell in goal) for line in range(size)] for axis, size in ((0, 3), (1, 4))]
        if len(goal) < 3 or any(touch(a, b) for a in goal for b in goal):
            continue
        state = State(3, 4, tuple(trees), tuple(tents), tuple(counts[0]), tuple(counts[1]))
        free = [cell for cell in board if cell not in trees]
        truth = any(is_finished(state, set(c)) for c in combinations(free, 3) if set(tents) <= set(c))
        assert (finished(state) is not None) == truth
        found[truth] += 1


@given(st.sampled_from([WIDE, *LEVELS.values()]), st.randoms(use_true_random=False))
def test_a_perturbed_grid_is_legal_and_different(plan: TentsParams, rng: Random) -> None:
    state = made(rng, plan)
    other = perturb(state, rng)
    assert State.from_json(other.to_json()) == other != state
    assert len(other.tents) < len(other.trees) == len(state.trees)
    changed = [getattr(other, name) != getattr(state, name) for name in ("trees", "tents", "counts")]
    assert sum(changed) == 1


@pytest.mark.parametrize("level", list(Level))
def test_trees_and_missing_tents_vary_evenly(level: Level) -> None:
    drawn = [read(sample)[0] for task in ("missing_total", "new_tent_cells") for sample in samples(task, level)]
    for values, (least, most) in (
        ([len(state.trees) for state in drawn], LEVELS[level].trees),
        ([len(state.trees) - len(state.tents) for state in drawn], LEVELS[level].missing),
    ):
        mean, n, kinds = len(drawn) / (most - least + 1), Counter(values), range(least, most + 1)
        assert set(n) == set(kinds)
        assert all(abs(n[kind] - mean) < 3.5 * mean**0.5 for kind in kinds)


@pytest.mark.parametrize("level", list(Level))
def test_counts_of_rows(level: Level) -> None:
    drawn = samples("tents_in_row", level)
    values = Counter(sample.answer for sample in drawn)
    assert abs(values["0"] / len(drawn) - 0.28) < 0.09 and abs(values["1"] / len(drawn) - 0.35) < 0.095
    unlike = 0
    for sample in drawn:
        state, params = read(sample)
        unlike += state.row_counts[params["row"]] != int(sample.answer)
    assert unlike / len(drawn) > 0.5


@pytest.mark.parametrize("level", list(Level))
def test_missing_tents_of_columns(level: Level) -> None:
    drawn = samples("missing_in_column", level)
    zero = [sample for sample in drawn if sample.answer == "0"]
    assert abs(len(zero) / len(drawn) - 0.28) < 0.09
    telling = sum(state.col_counts[params["col"]] > 0 for state, params in map(read, zero))
    assert telling / len(zero) >= 2 / 3
    assert max(Counter(sample.answer for sample in drawn).values()) / len(drawn) < 0.4 + 0.095


@pytest.mark.parametrize("task", ["tree_adjacent_cells", "new_tent_cells"])
@pytest.mark.parametrize("level", list(Level))
def test_no_number_of_cells_prevails(task: str, level: Level) -> None:
    values = Counter(sample.answer for sample in samples(task, level))
    assert max(values.values()) / 240 < 0.25


@pytest.mark.parametrize("level", list(Level))
def test_tree_options(level: Level) -> None:
    for sample in samples("which_is_tree", level):
        state, cells = read(sample)[0], options(sample)
        near = [cell for cell in beside_trees(state) if cell not in state.tents]
        assert [cell for cell in cells if cell in state.trees] == [right(sample)]
        assert sum(cell in state.tents for cell in cells) >= min(2, len(state.tents))
        assert sum(cell in near for cell in cells) >= 2


@pytest.mark.parametrize("level", list(Level))
def test_tent_options_show_every_condition_alone_and_few_at_a_glance(level: Level) -> None:
    for sample in samples("which_can_hold_tent", level):
        state, cells = read(sample)[0], options(sample)
        against = {cell: broken(state, cell) for cell in cells_of(state)}
        assert [cell for cell in cells if not against[cell]] == [right(sample)]
        assert sum(cell in state.trees for cell in cells) <= 1 and sum(cell in state.tents for cell in cells) <= 1
        assert sum("alone" in against[cell] and "tree" not in against[cell] for cell in cells) <= 2
        for rule in ("touch", "row", "column"):
            assert {rule} not in against.values() or any(against[cell] == {rule} for cell in cells)


def guesses(cells: list[Cell], state: State) -> dict[str, Cell]:
    """What a reader who sees nothing but the options and the size of the grid may pick."""

    def spread(cell: Cell) -> int:
        return sum(abs(cell[0] - row) + abs(cell[1] - col) for row, col in cells)

    def mates(cell: Cell) -> int:
        return sum(side_by_side(cell, other) for other in cells)

    def rim(cell: Cell) -> int:
        return min(cell[0], cell[1], state.rows - 1 - cell[0], state.cols - 1 - cell[1])

    def lines(cell: Cell) -> int:
        return sum((cell[0] == row) + (cell[1] == col) for row, col in cells)

    rules = {"spread": spread, "mates": mates, "rim": rim, "lines": lines}
    picks = {f"least {name}": min(cells, key=rule) for name, rule in rules.items()}
    return picks | {f"most {name}": max(cells, key=rule) for name, rule in rules.items()}


@pytest.mark.parametrize("task", ["which_is_tree", "which_can_hold_tent"])
def test_blind_guesses_at_cells_rarely_hit(task: str) -> None:
    hits, drawn = Counter[str](), [sample for level in Level for sample in samples(task, level)]
    for sample in drawn:
        state = read(sample)[0]
        hits.update(name for name, cell in guesses(options(sample), state).items() if cell == right(sample))
    assert max(hits.values()) / len(drawn) < 0.2


def test_the_text_view() -> None:
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Tents, 6 x 6. 'T' tree, 'A' tent, '.' empty. First number of a line: tents of that row in the finished grid.",
        "columns        0 1 2 3 4 5",
        "tents          0 2 0 2 1 1",
        "row 0, tents 2 . . T . . .",
        "row 1, tents 0 . . . . T .",
        "row 2, tents 1 . . T . . .",
        "row 3, tents 1 T A . T . .",
        "row 4, tents 2 . . . A . A",
        "row 5, tents 0 . . . . . T",
    ]
    lines = samples("missing_total", "Hard")[0].text_view.splitlines()
    assert len({len(line) for line in lines[1:]}) == 1 and lines[-1].startswith("row 12, tents ")


@pytest.mark.parametrize("plan", [WIDE, LEVELS[Level.HARD]])
def test_the_picture_shows_every_cell_inside_its_lines(plan: TentsParams) -> None:
    state = made(Random(3), plan)
    image = GAME.draw(state, Style()).convert("RGB")
    side = {40: 73, 169: 36}[state.rows * state.cols]
    band = {image.getpixel((x, y)) == (255, 255, 255) for x in (0, 6, 41, 45) for y in range(image.height - 70)}
    assert band == {True}
    for row, col in cells_of(state):
        left, top = 82 + side * col, 82 + side * row
        spots = {(x, y): image.getpixel((left + x, top + y)) for x in range(2, side - 2) for y in range(2, side - 2)}
        middle = {tone for (x, y), tone in spots.items() if abs(x - side / 2) < side * 0.4 > abs(y - side / 2)}
        assert ((0x2E, 0x9E, 0x3F) in middle) == ((row, col) in state.trees)
        assert ((0xD9, 0x85, 0x3B) in middle) == ((row, col) in state.tents)
        rim = {tone for (x, y), tone in spots.items() if max(abs(x - side / 2), abs(y - side / 2)) > side * 0.42}
        assert rim == {(255, 255, 255)}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tree_positions": JSON["tree_positions"][::-1]}, "sorted"),
        ({"tent_positions": [[3, 1], [3, 1]]}, "different cells"),
        ({"tent_positions": [[3, 0]]}, "different cells"),
        ({"tent_positions": [[4, 6]]}, "on the grid"),
        ({"size": [6, 7]}, "needs a count"),
        ({"size": [0, 6]}, "1 to 20"),
        ({"row_counts": [2, 0, 1, 1, 2, 1]}, "add up"),
        ({"tent_positions": [[0, 3], [0, 4]]}, "must not touch"),
        ({"tent_positions": [[4, 1]]}, "beside a tree"),
        ({"tent_positions": [[1, 2]]}, "more tents than its count"),
        ({"row_counts": [0, 0, 1, 1, 2, 2]}, "no finished grid"),
        ({"row_counts": [3, -1, 1, 1, 2, 0]}, "more tents than its count"),
        ({"row_counts": [2, 0, 1, 1, 2, "0"]}, "Expected `int`"),
        ({"player": [0, 0]}, "unknown field"),
    ],
)
def test_illegal_grids_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=reason):
        State.from_json({**JSON, **change})


@pytest.mark.parametrize("change", [{"trees": (9, 8)}, {"trees": (6, 10)}, {"missing": (2, 6)}, {"rows": 4}])
def test_impossible_levels_are_refused(change: dict[str, Any]) -> None:
    level = {"rows": 7, "cols": 7, "trees": (6, 9), "missing": (2, 5), **change}
    with pytest.raises(gameqa.UsageError):
        gameqa.sample("tents", "missing_total", level)
