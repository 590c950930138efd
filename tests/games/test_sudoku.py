"""Sudoku with colours: completions, deductions, boards, shares and pictures."""

import json
import re
from collections import Counter
from functools import cache
from itertools import permutations
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.core.engine import make
from gameqa.core.game import Level
from gameqa.draw import NINE, Style, delta_e
from gameqa.games.sudoku import GAME, SudokuParams
from gameqa.games.sudoku.generate import LEVELS, generate, perturb
from gameqa.games.sudoku.render import describe, draw
from gameqa.games.sudoku.rules import chains, completed, completions, fitting, layout
from gameqa.games.sudoku.state import COLORS, State

EXAMPLE = {
    "size": 4,
    "board": [[3, 1, 0, 0], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]],
    "colors": ["red", "green", "blue", "magenta"],
}
TEXT = """\
Sudoku with colours, 4 x 4, boxes of 2 x 2. Colours: red, green, blue, magenta. '.' is an empty cell.
         c1      c2      c3      c4
r1:    blue     red       .       .
r2: magenta       .     red       .
r3:       .       .       .       .
r4:     red magenta    blue       ."""


def board(text: str) -> list[list[int]]:
    return [[int(sign) if sign.isdigit() else 0 for sign in line] for line in text.split()]


def state_of(rows: list[list[int]]) -> State:
    return State(tuple(map(tuple, rows)))


# The test's own checker: cells are (row, col) from 0, colours are sets.


def fits(rows: list[list[int]], row: int, col: int) -> set[int]:
    size = len(rows)
    box = round(size**0.5)
    top, left = row - row % box, col - col % box
    seen = {rows[row][i] for i in range(size)} | {rows[i][col] for i in range(size)}
    seen |= {rows[r][c] for r in range(top, top + box) for c in range(left, left + box)}
    return set(range(1, size + 1)) - seen


def solutions(rows: list[list[int]], limit: int = 2) -> list[list[list[int]]]:
    empty = [(r, c) for r, row in enumerate(rows) for c, color in enumerate(row) if not color]
    if not empty:
        return [[list(row) for row in rows]]
    row, col = min(empty, key=lambda cell: len(fits(rows, *cell)))
    found: list[list[list[int]]] = []
    for color in fits(rows, row, col):
        rows[row][col] = color
        found += solutions(rows, limit - len(found))
        rows[row][col] = 0
        if len(found) >= limit:
            break
    return found


@cache
def all_small_grids() -> tuple[tuple[int, ...], ...]:
    """Every finished 4 x 4 board, by stacking permutations."""
    grids = []
    rows = list(permutations((1, 2, 3, 4)))
    for a in rows:
        for b in (b for b in rows if not set(a[:2]) & set(b[:2]) and all(x != y for x, y in zip(a, b, strict=True))):
            for c in (c for c in rows if all(len({x, y, z}) == 3 for x, y, z in zip(a, b, c, strict=True))):
                d = tuple(10 - x - y - z for x, y, z in zip(a, b, c, strict=True))
                if len(set(d)) == 4 and not set(c[:2]) & set(d[:2]):
                    grids.append((*a, *b, *c, *d))
    return tuple(grids)


def samples(task: str, level: str, count: int, split: str = "train"):
    for index in range(count):
        made = make(GAME, GAME.task(task), level, split, 5, index)
        yield made, json.loads(made.state)["board"], json.loads(made.params)


def near(share: float, wanted: float, count: int) -> bool:
    return abs(share - wanted) <= 3.3 * (wanted * (1 - wanted) / count) ** 0.5


# Rules


def test_there_are_288_finished_boards_of_size_4():
    grid = layout(4)
    found = {tuple(mask.bit_length() for mask in way) for way in completions(grid, [grid.full] * 16)}
    assert found == set(all_small_grids()) and len(found) == 288


@given(st.integers(0, 287), st.sets(st.integers(0, 15)), st.lists(st.tuples(st.integers(0, 15), st.integers(1, 4))))
def test_completions_are_those_that_enumeration_finds(number: int, emptied: set[int], changed: list[tuple[int, int]]):
    """Parts of finished boards, some spoilt without an open clash."""
    cells = [0 if i in emptied else color for i, color in enumerate(all_small_grids()[number])]
    for cell, color in changed:
        if not cells[cell] and color in fits(board_of(cells), *divmod(cell, 4)):
            cells[cell] = color
    wanted = [full for full in all_small_grids() if all(a in (0, b) for a, b in zip(cells, full, strict=True))]
    found = completed(layout(4), cells)
    assert len(found) == min(2, len(wanted)) and set(found) <= set(wanted)


def board_of(cells: list[int]) -> list[list[int]]:
    return [cells[start : start + 4] for start in range(0, 16, 4)]


def test_a_known_puzzle_is_completed():
    given_cells = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"
    full = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
    assert completed(layout(9), list(map(int, given_cells))) == [tuple(map(int, full))]


def test_two_completions_are_seen():
    """The cells of 1 and 2 in rows 1 and 3, columns 1 and 3 can be swapped."""
    rows = board("..34 3412 ..43 4321")
    assert len(solutions(rows)) == 2
    assert len(completed(layout(4), state_of(rows).flat)) == 2
    with pytest.raises(ValueError, match="exactly one completion, not several"):
        State.from_json({**EXAMPLE, "board": rows})


def test_fitting_colours_look_at_row_column_and_box_only():
    rows = EXAMPLE["board"]
    masks = fitting(layout(4), state_of(rows).flat)
    for row in range(4):
        for col in range(4):
            wanted = set() if rows[row][col] else fits(rows, row, col)
            assert {bit + 1 for bit in range(4) if masks[4 * row + col] >> bit & 1} == wanted
    assert masks[11] == 0b1011


def test_chains_are_exactly_those_that_the_definition_allows():
    rows = EXAMPLE["board"]
    masks = fitting(layout(4), state_of(rows).flat)
    empty = [i for i, mask in enumerate(masks) if mask]
    for length in (1, 2):
        wanted = {
            (order[:-1], order[-1])
            for order in permutations(empty, length + 1)
            if is_chain(rows, order[:-1], order[-1])
        }
        found = [(chain.steps, chain.target) for chain in chains(layout(4), masks, length, empty, 2000)]
        assert set(found) == wanted and len(found) == len(wanted) > 0


def is_chain(rows: list[list[int]], steps: tuple[int, ...], target: int) -> bool:
    """Each step single in its turn, the target only after the last one, and no step to spare."""
    size = len(rows)

    def plays(order: tuple[int, ...]) -> list[int] | None:
        """The number of colours that fit the target, before each step and at the end."""
        now, counts = [list(row) for row in rows], [len(fits(rows, *divmod(target, size)))]
        for cell in order:
            row, col = divmod(cell, size)
            colors = fits(now, row, col)
            if len(colors) != 1 or now[row][col]:
                return None
            now[row][col] = colors.pop()
            counts.append(len(fits(now, *divmod(target, size))))
        return counts

    counts = plays(steps)
    if counts is None or counts[-1] != 1 or min(counts[:-1]) < 2:
        return False
    shorter = [plays(steps[:i] + steps[i + 1 :]) for i in range(len(steps))]
    return all(counts is None or counts[-1] > 1 for counts in shorter)


# State


def test_state_reads_what_it_writes():
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert str(state) == "31..\n4.1.\n....\n143."
    assert describe(state) == TEXT


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 5}, "size"),
        ({"size": 9}, "9 rows of 9 cells"),
        ({"board": [[3, 1, 0, 0]] * 3}, "4 rows of 4 cells"),
        ({"board": [[3, 1, 0], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]]}, "4 rows of 4 cells"),
        ({"board": [[5, 1, 0, 0], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]]}, "must be 0 to 4"),
        ({"board": [[-1, 1, 0, 0], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]]}, "board"),
        ({"colors": ["green", "red", "blue", "magenta"]}, "first 4 of red, green"),
        ({"colors": ["#E53935", "green", "blue", "magenta"]}, "first 4 of red, green"),
        ({"board": [[3, 1, 0, 3], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]]}, "a colour twice"),
        ({"board": [[3, 1, 0, 0], [4, 0, 1, 0], [3, 0, 0, 0], [1, 4, 3, 0]]}, "a colour twice"),
        ({"board": [[3, 1, 0, 0], [4, 3, 1, 0], [0, 0, 0, 0], [1, 4, 0, 0]]}, "a colour twice"),
        ({"board": [[3, 1, 4, 0], [4, 0, 1, 0], [0, 0, 0, 0], [1, 4, 3, 0]]}, "not none"),
        ({"board": [[0] * 4] * 4}, "not several"),
        ({"hint": 1}, "hint"),
    ],
)
def test_bad_states_are_refused(change: dict[str, object], message: str):
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**EXAMPLE, **change})


# Boards


@pytest.mark.parametrize("level", list(Level))
def test_boards_have_one_completion_and_the_wanted_number_of_empty_cells(level: Level):
    plan, rng, counts = LEVELS[level], Random(7), Counter()
    for _ in range(90):
        state = generate(rng, plan, lambda _: True)
        assert state is not None and state.size == plan.size
        assert State.from_json(state.to_json()) == state
        assert len(solutions([list(row) for row in state.board])) == 1
        counts[sum(row.count(0) for row in state.board)] += 1
    low, high = plan.empty
    assert set(counts) <= set(range(low, high + 1))
    assert all(near(counts[number] / 90, 1 / (high - low + 1), 90) for number in range(low, high + 1))


def test_every_colour_is_as_likely_in_every_cell():
    rng = Random(3)
    corners = Counter()
    for _ in range(600):
        state = generate(rng, LEVELS[Level.EASY], lambda _: True)
        assert state is not None
        corners[completed(state.layout, state.flat)[0][5]] += 1
    assert all(near(corners[color] / 600, 1 / 4, 600) for color in range(1, 5))


def test_boards_are_not_all_the_same_pattern():
    """Rows of a shuffled base pattern would cut every box into the same triples; these do not."""
    rng, patterns = Random(1), set()
    for _ in range(20):
        state = generate(rng, LEVELS[Level.MEDIUM], lambda _: True)
        assert state is not None
        full = completed(state.layout, state.flat)[0]
        triples = {frozenset(full[9 * row + col : 9 * row + col + 3]) for row in range(9) for col in (0, 3, 6)}
        patterns.add(len(triples))
    assert len(patterns) > 3


def test_perturb_gives_another_legal_board():
    rng = Random(2)
    for level in Level:
        state = generate(rng, LEVELS[level], lambda _: True)
        while state is not None and 0 in state.flat:
            other = perturb(state, rng)
            assert State.from_json(other.to_json()) == other
            assert sum(a != b for a, b in zip(state.flat, other.flat, strict=True)) == 1
            state = other
        assert state is not None
        assert perturb(state, rng).flat.count(0) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"empty": (9, 8)}, "least, most"),
        ({"empty": (8, 11)}, "must not exceed 10"),
        ({"chain": (2, 1)}, "least, most"),
        ({"size": 6}, "size"),
        ({"fit_shares": (0.0, 0.0, 0.0)}, "fit_shares"),
    ],
)
def test_bad_level_parameters_are_refused(change: dict[str, object], message: str):
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert({"size": 4, "empty": (7, 9), "chain": (1, 2), **change}, SudokuParams)


def test_the_emptiest_boards_allowed_can_be_made():
    for size, most in ((4, 10), (9, 52)):
        plan, rng = SudokuParams(size=size, empty=(most, most), chain=(1, 1)), Random(0)
        assert any(generate(rng, plan, lambda _: True) for _ in range(10))


# Questions


def solved(task: str, params: dict[str, object]):
    return GAME.task(task).solve(State.from_json(EXAMPLE), params)


def test_worked_examples():
    assert solved("color_position", {"row": 2, "col": 1}).value == "magenta"
    assert solved("color_count", {"color": "magenta"}).value == 2
    assert solved("color_count", {"color": "green"}).value == 0
    assert solved("possible_colors", {"row": 3, "col": 4}).value == 3
    assert solved("empty_count", {"axis": "col", "threshold": 1}).value == 3
    assert solved("deductive_reasoning", {"row": 1, "col": 3, "steps": [[3, 1], [3, 3]]}).value == "green"


def test_empty_lists_are_words():
    steps = solved("empty_count", {"axis": "row", "threshold": 2}).steps
    assert steps[2:4] == [
        "Row 3: 4 empty cells (columns 1, 2, 3 and 4); more than 2.",
        "Row 4: 1 empty cell (column 4); not more than 2.",
    ]
    full = State.from_json({**EXAMPLE, "board": board("3124 4213 2341 143.")})
    lines = GAME.task("empty_count").solve(full, {"axis": "col", "threshold": 1}).steps
    assert lines[0] == "Column 1: none; not more than 1."
    assert solved("color_count", {"color": "red"}).steps[2] == "Row 3: none."
    assert solved("possible_colors", {"row": 3, "col": 4}).steps[:2] == ["Row 3 shows none.", "Column 4 shows none."]


def test_a_deduction_that_does_not_hold_is_refused():
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        solved("deductive_reasoning", {"row": 1, "col": 3, "steps": [[3, 1]]})


@pytest.mark.parametrize("level", list(Level))
def test_color_position(level: Level):
    count, letters, colors = 300, Counter(), Counter()
    for made, rows, params in samples("color_position", level, count):
        color = rows[params["row"] - 1][params["col"] - 1]
        assert color and params["options"]["ABCDEFGHI".index(made.answer)] == COLORS[color - 1]
        assert sorted(params["options"]) == sorted(COLORS[: len(rows)])
        letters[made.answer] += 1
        colors[color] += 1
    size = LEVELS[level].size
    for tally in (letters, colors):
        assert all(near(n / count, 1 / size, count) for n in tally.values()) and len(tally) == size


@pytest.mark.parametrize(("level", "bound"), [("Easy", 0.40), ("Medium", 0.30), ("Hard", 0.30)])
def test_color_count(level: str, bound: float):
    count, answers = 300, Counter()
    for made, rows, params in samples("color_count", level, count):
        assert int(made.answer) == state_of(rows).flat.count(COLORS.index(params["color"]) + 1)
        answers[made.answer] += 1
    assert max(answers.values()) / count < bound


@pytest.mark.parametrize("level", list(Level))
def test_possible_colors(level: Level):
    count, classes = 300, Counter()
    for made, rows, params in samples("possible_colors", level, count):
        row, col = params["row"] - 1, params["col"] - 1
        assert rows[row][col] == 0
        assert int(made.answer) == len(fits(rows, row, col))
        classes[min(3, int(made.answer))] += 1
    wanted = (0.40, 0.45, 0.15) if level is Level.EASY else (0.30, 0.35, 0.35)
    assert all(near(classes[number] / count, share, count) for number, share in enumerate(wanted, 1))


@pytest.mark.parametrize("task", ["possible_colors", "deductive_reasoning"])
def test_refused_boards_do_not_shift_the_number_of_empty_cells(task: str):
    counts = Counter(state_of(rows).flat.count(0) for _, rows, _ in samples(task, "Easy", 400))
    assert all(near(counts[number] / 400, 1 / 3, 400) for number in (7, 8, 9))


@pytest.mark.parametrize("level", list(Level))
def test_empty_count(level: Level):
    count, axes, places, answers = 200, Counter(), Counter(), Counter()
    size = LEVELS[level].size
    for made, rows, params in samples("empty_count", level, count):
        lines = rows if params["axis"] == "row" else list(zip(*rows, strict=True))
        allowed = [t for t in range(1, size - 1) if 1 <= sum(line.count(0) > t for line in lines) <= size - 1]
        assert params["threshold"] in allowed
        assert int(made.answer) == sum(line.count(0) > params["threshold"] for line in lines)
        axes[params["axis"]] += 1
        answers[made.answer] += 1
        if len(allowed) > 1:
            places[allowed.index(params["threshold"]) / (len(allowed) - 1) > 0.5] += 1
    assert near(axes["row"] / count, 0.5, count)
    assert max(answers.values()) / count < 0.48
    assert 0.35 < places[True] / sum(places.values()) < 0.58


@pytest.mark.parametrize("level", list(Level))
def test_deductive_reasoning(level: Level):
    count, letters, colors, lengths = 150, Counter(), Counter(), Counter()
    size = LEVELS[level].size
    for made, rows, params in samples("deductive_reasoning", level, count):
        target = (params["row"] - 1, params["col"] - 1)
        steps = [(row - 1, col - 1) for row, col in params["steps"]]
        assert len({*steps, target}) == len(steps) + 1
        assert all(rows[row][col] == 0 for row, col in [*steps, target])
        assert is_chain(rows, tuple(size * row + col for row, col in steps), size * target[0] + target[1])
        color = solutions([list(row) for row in rows])[0][target[0]][target[1]]
        assert params["options"]["ABCDEFGHI".index(made.answer)] == COLORS[color - 1]
        assert sorted(params["options"]) == sorted(COLORS[:size])
        letters[made.answer] += 1
        colors[color] += 1
        lengths[len(steps)] += 1
    for tally in (letters, colors):
        assert all(near(n / count, 1 / size, count) for n in tally.values()) and len(tally) == size
    if level is Level.EASY:
        assert set(lengths) == {1, 2} and near(lengths[1] / count, 0.5, count)
    else:
        assert set(lengths) == {2 if level is Level.MEDIUM else 3}


def test_the_target_is_named_last_and_every_step_is_true():
    for level in Level:
        for made, rows, params in samples("deductive_reasoning", level, 25):
            lines = re.findall(r"^\d+\. Cell (\(.*?\)): (.*)", made.analysis, re.MULTILINE)
            target = f"({params['row']}, {params['col']})"
            assert [cell for cell, _ in lines] == [*(f"({r}, {c})" for r, c in params["steps"]), target]
            assert all(target not in text for _, text in lines[:-1])
            full = solutions([list(row) for row in rows])[0]
            for cell, text in lines:
                row, col = map(int, cell.strip("()").split(","))
                assert text.endswith(f"so {cell} gets {COLORS[full[row - 1][col - 1] - 1]}.")
            size = len(rows)
            seen = {name for name in COLORS[:size] if name in lines[-1][1].split("Only")[0]}
            assert len(seen) == size - 1


def test_step_removals_are_named():
    steps = solved("deductive_reasoning", {"row": 1, "col": 3, "steps": [[3, 1], [3, 3]]}).steps
    assert steps[1] == (
        "Cell (3, 3): row 3 shows green (step 1); column 3 shows red and blue; the box of rows 3-4 and columns 3-4 "
        "shows blue. Here step 1 took away green. Only magenta is left, so (3, 3) gets magenta."
    )
    assert "Here step 2 took away magenta. Only green is left" in steps[2]


def test_questions_state_size_and_colours():
    for level in Level:
        for task in GAME.tasks:
            made = make(GAME, task, level)
            size = LEVELS[level].size
            assert f"{size} x {size} cells" in made.query
            assert all(name in made.query for name in COLORS[:size])
            assert size == 9 or not any(re.search(rf"\b{name}\b", made.question) for name in COLORS[4:])


def test_possible_colors_says_that_only_three_units_count():
    query = make(GAME, GAME.task("possible_colors")).query
    assert "nor in its column, nor in its box" in query and "do not reason about other empty cells" in query


# Picture


def test_palette_is_as_fixed_and_far_apart():
    hexes = ["#E53935", "#2E9E3F", "#2979FF", "#FF5CD6", "#FFE100", "#2BD9F0", "#8C8C8C", "#5B0F8A", "#FF8A00"]
    assert [NINE[name] for name in COLORS] == hexes
    assert all(round(delta_e(a, b)) >= 42 for a in [*hexes, "#FFFFFF"] for b in [*hexes, "#FFFFFF"] if a != b)


@pytest.mark.parametrize("level", list(Level))
def test_picture_shows_cells_lines_and_the_whole_legend(level: Level):
    state = generate(Random(4), LEVELS[level], lambda _: True)
    assert state is not None
    image = draw(state, Style()).convert("RGB")
    size, cell = state.size, {4: 96, 9: 52}[state.size]
    assert 200_000 <= image.width * image.height <= 1_000_000

    def hex_at(x: int, y: int) -> str:
        return "#{:02X}{:02X}{:02X}".format(*image.getpixel((x, y)))

    for row, colors in enumerate(state.board):
        for col, color in enumerate(colors):
            wanted = NINE[COLORS[color - 1]] if color else "#FFFFFF"
            left, top = 36 + col * cell, 36 + row * cell
            for x, y in ((3, 3), (cell // 2, cell // 2), (cell - 4, cell - 4)):
                assert hex_at(left + x, top + y) == wanted
    for border in range(size + 1):
        width = 4 if border % state.layout.box == 0 else 1
        across = [hex_at(36 + border * cell + x, 36 + cell // 2) for x in range(-5, 6)]
        down = [hex_at(36 + cell // 2, 36 + border * cell + y) for y in range(-5, 6)]
        assert across.count("#000000") == down.count("#000000") == width
    below = image.crop((0, 36 + size * cell + 8, image.width, image.height))
    shown = {color for _, color in below.getcolors(1 << 20)}
    assert all(tuple(bytes.fromhex(NINE[name][1:])) in shown for name in COLORS[:size])


def test_the_public_call_works():
    made = gameqa.sample("sudoku", "deductive_reasoning", "Hard")
    assert gameqa.rederive(made) == made.accepted == [made.answer]
