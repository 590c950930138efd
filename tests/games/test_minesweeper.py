import json
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.core.masks import bits
from gameqa.draw import Style
from gameqa.games.minesweeper import GAME, MinesweeperParams
from gameqa.games.minesweeper.generate import generate, perturb
from gameqa.games.minesweeper.proofs import Prover
from gameqa.games.minesweeper.rules import conclusion, know, opened, outcomes
from gameqa.games.minesweeper.solver import Clue, TangledBoard, knowledge
from gameqa.games.minesweeper.state import State, neighbours

Cell = tuple[int, int]
LEVELS = list(Level)
SIZE = {Level.EASY: 4, Level.MEDIUM: 5, Level.HARD: 6}
MINES = {Level.EASY: range(2, 5), Level.MEDIUM: range(4, 7), Level.HARD: range(7, 11)}
FEWEST_HIDDEN = {Level.EASY: 3, Level.MEDIUM: 5, Level.HARD: 9}
EXAMPLE = {
    "rows": 5,
    "cols": 5,
    "mines": 5,
    "board": [
        [-1, -2, -1, -1, -1],
        [1, 2, 3, 3, -1],
        [0, 0, 0, 1, -1],
        [0, 0, 0, 1, -1],
        [0, 0, 0, 1, -1],
    ],
}


def board(mines: int, *rows: str) -> State:
    """A state from its drawing."""
    values = {"#": -1, "F": -2, ".": 0}
    cells = [[values[sign] if sign in values else int(sign) for sign in row] for row in rows]
    return State.from_json({"rows": len(rows), "cols": len(rows[0]), "mines": mines, "board": cells})


@cache
def samples(task: str, level: Level) -> list[Sample]:
    return [gameqa.sample("minesweeper", task, level, index=index) for index in range(300)]


def parts(sample: Sample) -> tuple[State, dict[str, Any], Any]:
    """State, params and right value of a sample."""
    params = json.loads(sample.params)
    right = params["options"][ord(sample.answer) - ord("A")] if sample.options else int(sample.answer)
    return State.from_json(json.loads(sample.state)), params, right


def solve(task: str, state: State, **params: int) -> Any:
    return GAME.task(task).solve(state, params).value


# A second player: no masks, no parts, just all placements.


def around(state: State, cell: Cell) -> list[Cell]:
    row, col = cell
    near = product(range(row - 1, row + 2), range(col - 1, col + 2))
    return [(r, c) for r, c in near if (r, c) != cell and 0 <= r < state.rows and 0 <= c < state.cols]


def showing(state: State, *values: int) -> set[Cell]:
    cells = product(range(state.rows), range(state.cols))
    return {(row, col) for row, col in cells if state.board[row][col] in values}


def placements(state: State) -> list[set[Cell]]:
    """All sets of mines, flags included, that agree with the board; by plain enumeration."""
    flags, hidden = showing(state, -2), sorted(showing(state, -1))
    shown = [(set(around(state, cell)), state.board[cell[0]][cell[1]]) for cell in sorted(showing(state, *range(9)))]
    found = []
    for chosen in combinations(hidden, state.mines - len(flags)):
        mines = flags.union(chosen)
        if all(len(near & mines) == number for near, number in shown):
            found.append(mines)
    return found


def outcomes_in(state: State, cell: Cell, found: list[set[Cell]]) -> set[str]:
    near = set(around(state, cell))
    numbers = {"mine" if cell in mines else f"number_{len(near & mines)}" for mines in found}
    return {"blank" if name == "number_0" else name for name in numbers}


def small(sample: Sample, cells: int = 15) -> bool:
    return len(showing(parts(sample)[0], -1)) <= cells


# Rules and solver


def test_answers_of_the_example() -> None:
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert (solve("flag_count", state), solve("mines_left", state), solve("revealed_count", state)) == (1, 4, 16)
    looks = {(0, 1): "flag", (0, 0): "hidden", (1, 3): "number", (2, 1): "blank"}
    assert {cell: solve("cell_state", state, row=cell[0], col=cell[1]) for cell in looks} == looks
    assert solve("reveal_outcome", state, row=2, col=4) == "number_1"
    assert solve("reveal_outcome", state, row=0, col=4) == "undecidable"
    actions = {
        (0, 2): "flag",
        (0, 0): "reveal",
        (1, 4): "wait",
        (1, 3): "use_number",
        (2, 1): "done_revealed",
        (0, 1): "done_flagged",
    }
    assert {cell: solve("best_move", state, row=cell[0], col=cell[1]) for cell in actions} == actions


def test_a_safe_cell_without_mined_neighbours_opens_on_and_on() -> None:
    #  * 1 . .
    #  1 1 1 1
    #  . . 1 *
    near, mines = neighbours(3, 4), 1 << 0 | 1 << 11
    assert set(bits(opened(near, mines, 0, 5))) == {5}
    assert set(bits(opened(near, mines, 0, 2))) == {1, 2, 3, 5, 6, 7}
    assert set(bits(opened(near, mines, 0, 8))) == {4, 5, 6, 8, 9, 10}
    assert set(bits(opened(near, mines, 1 << 2, 5))) == {2, 5}


@settings(deadline=None)
@given(st.integers(2, 4), st.integers(2, 4), st.randoms(use_true_random=False))
def test_the_solver_agrees_with_plain_enumeration(rows: int, cols: int, rng: Random) -> None:
    """Random boards, also such that no click would leave, and clues that contradict each other."""
    places, near = range(rows * cols), neighbours(rows, cols)
    mines = set(rng.sample(places, rng.randint(1, rows * cols - 1)))
    shown = {place for place in places if place not in mines and rng.random() < rng.choice((0.3, 0.7))}
    hidden = [place for place in places if place not in shown]
    clues = {place: len(mines & set(bits(near[place]))) for place in shown}
    if clues and rng.random() < 0.2:
        clues[rng.choice(list(clues))] += rng.choice((-1, 1))
    left = len(mines) if rng.random() < 0.8 else rng.randint(0, len(hidden))
    found = [
        set(chosen)
        for chosen in combinations(hidden, left)
        if all(len(set(bits(near[place])).intersection(chosen)) == number for place, number in clues.items())
    ]
    mask = sum(1 << place for place in hidden)
    known = knowledge(mask, [Clue(near[place] & mask, number) for place, number in clues.items()], left)
    assert (known is None) == (not found)
    if known is None:
        return
    assert set(bits(known.mine)) == set.intersection(*found)
    assert set(bits(known.safe)) == set(hidden) - set.union(*found)
    for place in hidden:
        close = set(bits(near[place] & mask))
        counts = {len(close & chosen) for chosen in found if place not in chosen}
        assert set(bits(known.counts(1 << place, near[place] & mask))) == counts
        for mined in (True, False):
            placed = known.placement(mine=mined << place, safe=(not mined) << place)
            fits = [chosen for chosen in found if (place in chosen) == mined]
            assert (placed is None) == (not fits)
            assert placed is None or set(bits(placed)) in fits


@pytest.mark.parametrize("level", LEVELS)
def test_conclusions_agree_with_plain_enumeration(level: Level) -> None:
    checked = Counter[str]()
    for sample in [*samples("reveal_outcome", level), *samples("best_move", level)]:
        if not small(sample, 12 if level == Level.EASY else 15) or checked.total() > 600:
            continue
        state, _, _ = parts(sample)
        found = placements(state)
        for cell in showing(state, -1):
            expected = outcomes_in(state, cell, found)
            place = cell[0] * state.cols + cell[1]
            assert set(outcomes(state, place)) == expected
            single = expected.copy().pop() if len(expected) == 1 else "undecidable" if "mine" in expected else None
            assert conclusion(state, place) == single
            checked[str(single)] += 1
            moves = {"mine": "flag", "undecidable": "wait"}
            assert solve("best_move", state, row=cell[0], col=cell[1]) == moves.get(str(single), "reveal")
    assert checked.total() > 300
    assert len(checked) >= 6, checked


def by_single_numbers(state: State) -> tuple[set[Cell], set[Cell]]:
    """Mines and safe cells that a player finds who looks at one number at a time, and never at the total."""
    mines, safe, closed = showing(state, -2), set[Cell](), showing(state, -1, -2)
    numbers = [(closed.intersection(around(state, cell)), cell) for cell in showing(state, *range(1, 9))]
    for _ in closed:
        for near, (row, col) in numbers:
            rest = near - safe - mines
            need = state.board[row][col] - len(near & mines)
            if need == 0:
                safe |= rest
            elif need == len(rest):
                mines |= rest
    return mines - showing(state, -2), safe


def test_two_numbers_together_count() -> None:
    state = board(2, "####", "1221", "....", "....")
    assert by_single_numbers(state) == (set(), set())
    assert [conclusion(state, place) for place in range(4)] == ["number_1", "mine", "mine", "number_1"]


def test_numbers_far_away_count() -> None:
    # Next to (0, 2) the numbers say: one mine in (0, 2) and (1, 2), none in (2, 2). The rest comes from below.
    state = board(3, ".1##", ".1##", ".1##", ".1##")
    assert by_single_numbers(state) == (set(), set())
    assert (conclusion(state, 2), conclusion(state, 14)) == ("mine", "mine")


@pytest.mark.parametrize(("mines", "expected"), [(2, "number_1"), (3, "undecidable"), (6, "mine")])
def test_the_mine_total_counts(mines: int, expected: str) -> None:
    state = board(mines, ".1##", ".1##", ".1##", ".1##")
    assert conclusion(state, 3) == solve("reveal_outcome", state, row=0, col=3) == expected


def test_a_safe_cell_with_several_possible_numbers_has_no_conclusion() -> None:
    state = board(3, ".1##", ".1##", ".1##", ".1##")
    assert set(outcomes(state, 6)) == {"number_1", "number_2"}
    assert conclusion(state, 6) is None
    assert solve("best_move", state, row=1, col=2) == "reveal"
    with pytest.raises(ValueError, match=r"\(1, 2\)"):
        solve("reveal_outcome", state, row=1, col=2)
    with pytest.raises(ValueError, match=r"\(0, 1\)"):
        solve("reveal_outcome", state, row=0, col=1)


def test_flags_count_as_mines() -> None:
    state = board(3, ".1##", ".1##", ".1##", ".1F#")
    assert (solve("best_move", state, row=2, col=2), solve("best_move", state, row=3, col=2)) == (
        "reveal",
        "done_flagged",
    )
    done = board(2, ".1F#", ".1##", ".1##", ".1F#")
    assert solve("best_move", done, row=0, col=1) == "use_number"
    #  All neighbours of the 2 are settled: its number says nothing more.
    assert solve("best_move", board(2, "F2F#", "1211", "....", "...."), row=0, col=1) == "done_revealed"


def test_a_solver_of_single_numbers_would_be_wrong_often() -> None:
    wrong = total = 0
    for sample in samples("reveal_outcome", Level.MEDIUM) + samples("reveal_outcome", Level.HARD):
        state, params, right = parts(sample)
        if right != "undecidable":
            mines, safe = by_single_numbers(state)
            wrong += (params["row"], params["col"]) not in mines | safe
            total += 1
    assert wrong / total > 0.1


def test_too_many_placements_are_refused_and_do_not_hang() -> None:
    rows = [[4 if row % 2 and col % 2 else -1 for col in range(15)] for row in range(15)]
    with pytest.raises(TangledBoard, match="search nodes"):
        State.from_json({"rows": 15, "cols": 15, "mines": 100, "board": rows})


# Boards


@pytest.mark.parametrize("level", LEVELS)
def test_boards_of_the_levels(level: Level) -> None:
    mines = Counter[int]()
    for sample in samples("revealed_count", level) + samples("best_move", level):
        state, _, _ = parts(sample)
        hidden, flags = showing(state, -1), showing(state, -2)
        assert state.rows == state.cols == SIZE[level]
        assert len(hidden) >= FEWEST_HIDDEN[level]
        assert len(hidden | flags) > state.mines
        assert showing(state, 0), "the first click opens a cell without a number"
        mines[state.mines] += 1
    assert set(mines) == set(MINES[level])
    share = 1 / len(MINES[level])
    for count in mines.values():
        assert abs(count / 600 - share) < 3 * (share * (1 - share) / 600) ** 0.5


@pytest.mark.parametrize("level", LEVELS)
def test_every_flag_can_be_proved_without_flags(level: Level) -> None:
    flags = 0
    for sample in samples("flag_count", level) + samples("best_move", level):
        state, _, _ = parts(sample)
        bare = State(state.mines, tuple(tuple(max(value, -1) for value in row) for row in state.board))
        assert state.mask(-2) & ~know(bare).mine == 0
        flags += state.mask(-2).bit_count()
    assert flags > 600


def test_further_moves_and_flags_vary() -> None:
    rng, plan, seen = Random(1), GAME.levels[Level.MEDIUM], defaultdict[str, Counter[int]](Counter)
    for _ in range(600):
        state = generate(rng, plan, lambda _: True)
        if state is None:
            continue
        bare = State(state.mines, tuple(tuple(max(value, -1) for value in row) for row in state.board))
        provable = know(bare).mine.bit_count()
        if provable == 3 and state.mask(-1, -2).bit_count() >= 8:
            seen["flags"][state.mask(-2).bit_count()] += 1
        # Cells with a number that touch no blank one were opened by a move, not by the first click.
        numbers = showing(state, *range(1, 9))
        seen["moves"][sum(not showing(state, 0) & set(around(state, cell)) for cell in numbers)] += 1
    assert min(seen["flags"][count] for count in range(4)) > 0.15 * seen["flags"].total()
    assert min(seen["moves"][count] for count in range(4)) > 10


@pytest.mark.parametrize("level", LEVELS)
def test_perturbed_boards_are_legal_and_differ(level: Level) -> None:
    kinds = Counter[str]()
    for number, sample in enumerate(samples("cell_state", level)):
        state, _, _ = parts(sample)
        other = perturb(state, Random(number))
        assert State.from_json(other.to_json()) == other
        changed = [
            (old, new)
            for before, after in zip(state.board, other.board, strict=True)
            for old, new in zip(before, after, strict=True)
            if old != new
        ]
        assert len(changed) + (state.mines != other.mines) == 1
        kinds[str(min(changed[0][1], 1)) if changed else "mines"] += 1
    assert set(kinds) == {"-1", "-2", "1", "mines"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"board": EXAMPLE["board"][:4]}, "5 rows of 5 cells"),
        ({"cols": 4}, "5 rows of 4 cells"),
        ({"mines": 9}, "more than 9 cells must be hidden"),
        ({"mines": 1}, "no placement of 1 mines"),
        ({"mines": 0}, "mines"),
        ({"board": [[9] * 5, *EXAMPLE["board"][1:]]}, "board"),
        ({"board": [[-3] * 5, *EXAMPLE["board"][1:]]}, "board"),
        ({"board": [[-1, -2, -1, -1, -1], [1, 0, 3, 3, -1], *EXAMPLE["board"][2:]]}, r"revealed 0 at \(1, 1\)"),
        ({"board": [[-1, -2, -1, -1, -1], [3, 2, 3, 3, -1], *EXAMPLE["board"][2:]]}, "no placement of 5 mines"),
        ({"board": [[-2, -2, -1, -1, -1], *EXAMPLE["board"][1:]]}, "no placement of 5 mines"),
        ({"board": [[-2] * 5, *EXAMPLE["board"][1:]]}, "no placement of 5 mines"),
    ],
)
def test_illegal_boards_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**EXAMPLE, **change})


def test_own_levels() -> None:
    level = MinesweeperParams(rows=4, cols=7, mines=(5, 7), hidden=4, flags=3)
    sample = gameqa.sample("minesweeper", "reveal_outcome", level)
    state, _, right = parts(sample)
    assert (state.rows, state.cols) == (4, 7)
    assert state.mines in range(5, 8)
    assert solve("reveal_outcome", state, row=parts(sample)[1]["row"], col=parts(sample)[1]["col"]) == right
    width, height = sample.image.size
    assert width > height and 200_000 < width * height < 1_000_000
    with pytest.raises(ValueError, match="at most 7"):
        MinesweeperParams(rows=4, cols=4, mines=(2, 8), hidden=3, flags=2)


# Questions


@pytest.mark.parametrize("level", LEVELS)
def test_counted_answers_are_right_and_spread(level: Level) -> None:
    found = {task: Counter[int]() for task in ("flag_count", "mines_left", "revealed_count")}
    for task, counter in found.items():
        for sample in samples(task, level):
            state, _, right = parts(sample)
            shown = {
                "flag_count": len(showing(state, -2)),
                "mines_left": state.mines - len(showing(state, -2)),
                "revealed_count": len(showing(state, *range(9))),
            }
            assert right == shown[task]
            counter[right] += 1
    limits = {"flag_count": 0.4, "mines_left": 0.35, "revealed_count": 0.2}
    for task, limit in limits.items():
        assert max(found[task].values()) / 300 < limit + 0.03, (task, found[task])
    assert 0 < found["flag_count"][0] / 300 < 0.15 + 0.05
    assert len(found["mines_left"]) >= 5


SHARES = {
    "cell_state": dict.fromkeys(("number", "blank", "flag", "hidden"), 1 / 4),
    "reveal_outcome": {"mine": 0.3, "number": 0.3, "undecidable": 0.3, "blank": 0.1},
    "best_move": dict.fromkeys(("flag", "reveal", "wait", "use_number", "done_revealed", "done_flagged"), 1 / 6),
}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", list(SHARES))
def test_classes_have_their_shares(task: str, level: Level) -> None:
    found = Counter(re.sub(r"(?<=number)_\d", "", parts(sample)[2]) for sample in samples(task, level))
    assert set(found) == set(SHARES[task])
    for kind, share in SHARES[task].items():
        assert abs(found[kind] / 300 - share) < 3.3 * (share * (1 - share) / 300) ** 0.5, (kind, found)


@pytest.mark.parametrize("task", list(SHARES))
def test_neither_the_place_nor_the_number_of_mines_gives_the_class_away(task: str) -> None:
    """Guess the most frequent class for the edges a cell lies at and the mines; learnt and judged on two halves."""
    for level in LEVELS:
        rows = []
        for sample in samples(task, level):
            state, params, right = parts(sample)
            edges = sum(params[name] in (0, SIZE[level] - 1) for name in ("row", "col"))
            rows.append(((edges, state.mines), re.sub(r"(?<=number)_\d", "", right)))
        learnt = defaultdict[Any, Counter[str]](Counter)
        for seen, right in rows[:150]:
            learnt[seen][right] += 1
        hits = sum(bool(learnt[seen]) and learnt[seen].most_common(1)[0][0] == right for seen, right in rows[150:])
        assert hits / 150 < max(SHARES[task].values()) + 0.12, level


@pytest.mark.parametrize("level", LEVELS)
def test_numbers_among_the_options_do_not_depend_on_the_answer(level: Level) -> None:
    ranks = Counter[int]()
    for sample in samples("reveal_outcome", level):
        state, params, right = parts(sample)
        cell = (params["row"], params["col"])
        assert {"mine", "blank", "undecidable", right} <= set(params["options"])
        offered = sorted(int(option[-1]) for option in params["options"] if option.startswith("number_"))
        assert len(set(offered)) == 3 and set(offered) <= set(range(1, 9))
        near = set(around(state, cell))
        flags, hidden = len(near & showing(state, -2)), len(near & showing(state, -1, -2))
        allowed = set(range(max(1, flags), hidden + 1))
        assert len(allowed.intersection(offered)) == min(3, len(allowed))
        if len(allowed) < 3:
            gaps = sorted(max(flags - number, number - hidden, 0) for number in range(1, 9))
            assert sorted(max(flags - number, number - hidden, 0) for number in offered) == gaps[:3]
        if right.startswith("number_"):
            ranks[offered.index(int(right[-1]))] += 1
    # One of three numbers is right in less than a third of the questions: no rank is worth choosing blindly.
    assert max(ranks.values()) / 300 < 0.25


@pytest.mark.parametrize("level", LEVELS)
def test_only_settled_questions_are_asked(level: Level) -> None:
    unknown = 0
    for sample in samples("reveal_outcome", level):
        state, params, right = parts(sample)
        place = params["row"] * state.cols + params["col"]
        assert state.board[params["row"]][params["col"]] == -1
        assert right == "undecidable" or outcomes(state, place) == [right]
        safe = [other for other in bits(know(state).safe) if conclusion(state, other) is None]
        unknown += bool(safe)
    assert unknown > 30, "cells to be left out do occur"


# Worked solutions

CELL = r"\(\d+, \d+\)"
CELLS = rf"{CELL}(?:(?:, | and ){CELL})*"


def cells_of(text: str) -> set[Cell]:
    return {(int(row), int(col)) for row, col in re.findall(r"\((\d+), (\d+)\)", text)}


def check_proof(state: State, steps: list[str], found: list[set[Cell]]) -> tuple[set[Cell], set[Cell]]:
    """Check every statement of a proof against all placements; return the mines and the safe cells it settles."""
    mines, safe = set[Cell](), set[Cell]()
    flags, hidden = showing(state, -2), showing(state, -1)
    for step in steps:
        supposed = step.startswith("Suppose ")
        for cell, number, text in re.findall(rf"({CELL}) shows (\d); hidden around it: ([^.]*)\.", step):
            (at,) = cells_of(cell)
            assert state.board[at[0]][at[1]] == int(number)
            told = {word: set[Cell]() for word in ("flagged", "mine", "safe", "unknown", "besides")}
            for part in text.split("; "):
                words = part.rpartition(")")[2].removeprefix(" a").strip()
                told[words.removesuffix("s") if words == "mines" else words] |= cells_of(part)
            near = set(around(state, at))
            assert set.union(*told.values()) == near & (flags | hidden)
            assert told["flagged"] == near & flags
            if not supposed:
                assert told["mine"] <= mines and told["safe"] <= safe
        for words in ("for", "must lie in the unknown cells,", "must lie in the other unknown cells,"):
            for count, cells in re.findall(rf"exactly (\d+) mines? {words} ({CELLS})", "" if supposed else step):
                assert all(len(cells_of(cells) & mined) == int(count) for mined in found)
        last = step.rpartition("which is impossible.")[2] if supposed else step
        for cells in re.findall(rf"({CELLS}) (?:is|are) safe", last):
            assert all(not cells_of(cells) & mined for mined in found), step
            safe |= cells_of(cells)
        for cells in re.findall(rf"({CELLS}) (?:holds a mine|hold mines)", last):
            assert all(cells_of(cells) <= mined for mined in found), step
            mines |= cells_of(cells)
    return mines, safe


@pytest.mark.parametrize("level", LEVELS)
def test_every_step_of_the_worked_solutions_is_true(level: Level) -> None:
    checked = Counter[str]()
    for sample in samples("reveal_outcome", level):
        if not small(sample, 16):
            continue
        state, params, right = parts(sample)
        cell, found = (params["row"], params["col"]), placements(state)
        steps = list(GAME.task("reveal_outcome").solve(state, params).steps)
        checked[right] += 1
        if right == "undecidable":
            flags = showing(state, -2)
            shown = [cells_of(step.partition(": ")[2]) | flags for step in steps[1:3]]
            assert all(mines in found for mines in shown)
            assert [cell in mines for mines in shown] == [True, False]
            alike = max(len(mines & shown[0]) for mines in found if cell not in mines)
            assert len(shown[0] & shown[1]) == alike
            continue
        mines, safe = check_proof(state, steps, found)
        assert cell in (mines if right == "mine" else safe)
        if right.startswith("number_"):
            assert any(step.endswith(f"That makes {right[-1]}.") for step in steps)
    assert min(checked[kind] for kind in ("mine", "undecidable", "blank", "number_1", "number_2")) > 3, checked


def test_a_cell_is_tried_out_where_nothing_else_helps() -> None:
    state = board(6, "1#1..", "##1..", "#2111", "##3##", "#####")
    steps = Prover(state).settle(20)
    assert any(step.startswith("Suppose (4, 0) held a mine.") and "If (2, 0) were safe" in step for step in steps)
    assert check_proof(state, steps, placements(state))[1] >= {(4, 0)}


def test_boards_that_no_chain_of_steps_settles_are_said_to_be_tried_out() -> None:
    state = board(5, "##2#", "##3#", "####", "##1#")
    steps = Prover(state).settle(13)
    assert steps == ["Trying out all placements of the mines in the unknown cells shows that (3, 1) is safe."]
    assert check_proof(state, steps, placements(state))[1] == {(3, 1)}
    state = board(8, "###21", "4####", "####2", "2##2#")
    assert outcomes_in(state, (3, 1), placements(state)) == {"number_3"}
    steps = Prover(state).count(16)
    assert steps[-1].endswith("shows that every one has 3 next to (3, 1).")
    assert (3, 1) in check_proof(state, steps, placements(state))[1]


# Picture and text


def test_the_picture_shows_hidden_flagged_and_revealed_cells() -> None:
    state = State.from_json(EXAMPLE)
    image = GAME.draw(state, Style()).convert("RGB")
    assert image.size == (506, 542)
    grey, red, white = (0xBD,) * 3, (0xD3, 0x2F, 0x2F), (0xFF,) * 3
    for row, col in product(range(5), range(5)):
        left, top = 40 + 90 * col, 76 + 90 * row
        inside = image.crop((left + 1, top + 1, left + 89, top + 89))
        colors = {color for _, color in inside.getcolors(1 << 16) or []}
        value = state.board[row][col]
        assert inside.getpixel((8, 78)) == (grey if value < 0 else white)
        assert (red in colors) == (value in (-2, 3))
        assert (colors == {white}) == (value == 0)
        if value > 0:
            digit = [(x, y) for x in range(88) for y in range(88) if inside.getpixel((x, y)) != white]
            tops, bottoms = min(y for _, y in digit), max(y for _, y in digit)
            assert abs((bottoms - tops + 1) / 90 - 0.45) < 0.03
            assert abs((tops + bottoms) / 2 - 44) < 2


def test_numbers_have_eight_colours() -> None:
    ink = ("1565C0", "2E7D32", "D32F2F", "6A1B9A", "8D3B00", "00838F", "000000", "616161")
    for number in range(1, 9):
        state = State(number, ((-1, -1, -1, -1), (-1, number, -1, -1), (-1, -1, -1, -1), (-1, -1, -1, -1)))
        inside = GAME.draw(state, Style()).convert("RGB").crop((155, 191, 260, 296))
        (most, color), *_ = sorted(inside.getcolors(1 << 16) or [], reverse=True)[1:]
        assert most > 200 and bytes(color).hex().upper() == ink[number - 1]  # type: ignore[arg-type]


def test_the_header_gives_the_total() -> None:
    state = State.from_json(EXAMPLE)
    one, two = (GAME.draw(State(mines, state.board), Style()).convert("RGB") for mines in (5, 6))
    assert one.crop((0, 0, 506, 40)).tobytes() != two.crop((0, 0, 506, 40)).tobytes()
    assert one.crop((0, 40, 506, 542)).tobytes() == two.crop((0, 40, 506, 542)).tobytes()


def test_the_text_view() -> None:
    assert GAME.describe(State.from_json(EXAMPLE)).splitlines() == [
        "Minesweeper, 5 x 5, 5 mines in total. '#' hidden, 'F' flag, '.' revealed without number, digits as shown.",
        "       0 1 2 3 4",
        "row 0: # F # # #",
        "row 1: 1 2 3 3 #",
        "row 2: . . . 1 #",
        "row 3: . . . 1 #",
        "row 4: . . . 1 #",
    ]


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_prompts_give_size_and_mines_and_say_what_can_be_proved(task: str) -> None:
    for sample in samples(task, Level.MEDIUM)[:5]:
        mines = json.loads(sample.state)["mines"]
        for prompt in (sample.question, sample.text_question):
            assert f"The board has 5 x 5 cells and exactly {mines} mines." in prompt
            assert "both counted from 0" in prompt
            assert ('"Can be proved" means' in prompt) == (task in ("reveal_outcome", "best_move"))
