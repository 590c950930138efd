"""The seven questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, Literal

import msgspec

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.masks import bits
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, counted, listed

from .generate import UltraTicTacToeParams, holders
from .rules import POINTS, balance, best_move, completed, is_over, played, straights
from .state import MIDDLE, Mark, Pair, Place, Spot, State, number, pair

Player = Literal["First Player", "Second Player"]
PLAYER: dict[Mark, Player] = {"X": "First Player", "O": "Second Player"}
MARK: dict[Player, Mark] = {"First Player": "X", "Second Player": "O"}
UNMARKED = "Not Marked"

BUSY_GRID = 0.75
"""Share of questions about a free cell that insist on a Nine-grid with two pieces or more."""
TELLING = 0.75
"""Share of questions about a cell that insist on a swap of its coordinates showing, where the board allows it."""


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `cell_owner`."""

    cell: Place


class PointsParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `nine_grid_points`."""

    player: Player
    nine_grid: Pair


class PlayerParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `next_nine_grid`."""

    player: Player


class CellOwner(Task[State, UltraTicTacToeParams]):
    """Task 1."""

    id, slug = 1, "cell_owner"
    about = "Find which player marked the cell at a given coordinate."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CellParams
    option_type = Literal["First Player", "Second Player", "Not Marked"]
    option_count = 3

    def plan(self, level: UltraTicTacToeParams, rng: Random) -> UltraTicTacToeParams:
        marks: tuple[Mark | None, ...] = ("X", "O", None)
        return msgspec.structs.replace(level, owner=rng.choice(marks))

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        spots = [Spot(grid, cell) for grid in range(9) for cell in range(9)]
        fits = [spot for spot in spots if state.mark(spot) == plan.owner]
        if plan.owner is None and rng.random() < BUSY_GRID:
            fits = [spot for spot in fits if state.free(spot.grid).bit_count() <= 7]
        if rng.random() < TELLING:
            fits = [spot for spot in fits if _is_telling(state, spot)] or fits
        return {"cell": rng.choice(fits).place}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f'Which player marked the cell {cell_text(params["cell"])}? Choose "{UNMARKED}" if this cell is free.'

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        spot = _spot(params["cell"])
        i, j, row, col = params["cell"]
        mark = state.mark(spot)
        steps = [
            f"The first two numbers give Nine-grid ({i}, {j}): the {_place(i, j)} one.",
            f"The last two give the cell in it: row {row}, col {col}, the {_place(row, col)} cell.",
            f"This cell carries an {mark}, the sign of the {PLAYER[mark]}." if mark else "This cell carries no piece.",
        ]
        return Solution(PLAYER[mark] if mark else UNMARKED, steps, work=float(_pieces(state)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [*MARK, UNMARKED]


class NextMoveCount(Task[State, UltraTicTacToeParams]):
    """Task 2."""

    id, slug = 2, "next_move_count"
    about = "Given the coordinate of last step, find the number of possible coordinates of next step."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = int

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_last_step(state)} How many cells may you use for your next piece?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        free = [*bits(state.free(state.target))]
        marked = 9 - len(free)
        steps = [
            _target_step(state),
            f"In Nine-grid {_pair(state.target)}, {_contents(state, state.target)}.",
            f"Its free cells (row, col): {_cells(free)}.",
            f"These are 9 - {marked} = {len(free)}.",
        ]
        return Solution(len(free), steps, work=float(marked))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [2, 3, 4, 5, 6, 7, *rng.sample([1, 8, 9], 2)]


class MiddleCellsMarked(Task[State, UltraTicTacToeParams]):
    """Task 3."""

    id, slug = 3, "middle_cells_marked"
    about = "Find the number of marked middle cells in the image."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = int

    def plan(self, level: UltraTicTacToeParams, rng: Random) -> UltraTicTacToeParams:
        eight = None if level.eights is None else rng.random() < level.eights
        return msgspec.structs.replace(level, eight=eight)

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "The middle cell of Nine-grid (i, j) is the cell (i, j, 2, 2), in its row 2 and col 2. How many of the "
            "nine middle cells carry a piece (X or O)?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        marks = [state.mark(Spot(grid, MIDDLE)) for grid in range(9)]
        steps = list[str]()
        for i in range(3):
            cells = (f"{cell_text(Spot(3 * i + j, MIDDLE).place)} {marks[3 * i + j] or 'free'}" for j in range(3))
            steps.append(f"Middle cells of the Nine-grids with i = {i + 1}: {', '.join(cells)}.")
        counts = [sum(mark is not None for mark in marks[start : start + 3]) for start in (0, 3, 6)]
        total = sum(counts)
        steps.append(f"Marked in these three rows of Nine-grids: {_sum(counts)} = {total}.")
        return Solution(total, steps, work=float(total))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return shuffled(range(9), rng)


class PieceCount(Task[State, UltraTicTacToeParams]):
    """Task 4."""

    id, slug = 4, "piece_count"
    about = "Find the number of pieces in the image."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = int

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many pieces are on the board, X and O together?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        counts = [9 - state.free(grid).bit_count() for grid in range(9)]
        steps = ["Count X and O in each Nine-grid and add them up."]
        for i in range(3):
            grids = range(3 * i, 3 * i + 3)
            held = (f"{_pair(grid)} {state.x[grid].bit_count()} X + {state.o[grid].bit_count()} O" for grid in grids)
            row = counts[3 * i : 3 * i + 3]
            steps.append(f"Nine-grids with i = {i + 1}: {'; '.join(held)}: together {_sum(row)} = {sum(row)}.")
        rows = [sum(counts[start : start + 3]) for start in (0, 3, 6)]
        steps.append(f"All three rows of Nine-grids: {_sum(rows)} = {sum(rows)}.")
        return Solution(sum(rows), steps, work=float(sum(rows)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        # Eight numbers in a row look alike whichever is right: neither rank nor distances tell it.
        below = rng.randint(max(0, right - 74), min(7, right - 1))
        return range(right - below, right - below + 8)


class NineGridPoints(Task[State, UltraTicTacToeParams]):
    """Task 5."""

    id, slug = 5, "nine_grid_points"
    about = "Find the points the given player has got within the given Nine-grid."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = PointsParams
    option_type = int

    def plan(self, level: UltraTicTacToeParams, rng: Random) -> UltraTicTacToeParams:
        last = len(level.point_shares) - 1
        wanted = rng.choices(range(last + 1), level.point_shares)[0]
        return msgspec.structs.replace(level, points=(wanted, 8 if wanted == last else wanted))

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        fits = holders(state, plan)
        points = rng.choice(sorted({POINTS[state.held(*holder)] for holder in fits}))
        mark, grid = rng.choice([holder for holder in fits if POINTS[state.held(*holder)] == points])
        return {"player": PLAYER[mark], "nine_grid": pair(grid)}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How many points has the {params['player']} got within Nine-grid {cell_text(params['nine_grid'])} now, "
            "before the next move?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        mark, name = MARK[params["player"]], f"Nine-grid {cell_text(params['nine_grid'])}"
        cells = state.held(mark, number(params["nine_grid"]))
        lines, pieces = straights(cells), cells.bit_count()
        steps = [f"The {params['player']} places {mark}."]
        if pieces:
            steps.append(f"In {name}, {mark} stands on {counted(pieces, 'cell')} (row, col): {_cells(bits(cells))}.")
        else:
            steps.append(f"In {name} there is no {mark}.")
        if lines:
            steps.append(f"Complete lines of {mark} in {name}: {listed(lines)}.")
        else:
            steps.append(f"No row, column or diagonal of {name} holds three {mark}.")
        steps.append(f"That makes {counted(len(lines), 'point')}.")
        return Solution(len(lines), steps, work=float(pieces + len(lines)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return shuffled(range(9), rng)


class NextNineGrid(Task[State, UltraTicTacToeParams]):
    """Task 6."""

    id, slug = 6, "next_nine_grid"
    about = "Given the Player name, find in which Nine-grid to place the piece."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = PlayerParams
    option_type = Pair

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        return {"player": PLAYER[state.mover]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        player = params["player"]
        return (
            f"It is the {player}'s turn; the last move is not shown. In which Nine-grid must the {player} place the "
            "next piece? The pieces on the board and the placement rule determine it."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        own = MARK[params["player"]]
        other: Mark = "O" if own == "X" else "X"
        steps = [
            f"The {params['player']} places {own}, the opponent {other}. Every {other} on cell (a, b) of any Nine-grid "
            f"sends {own} to Nine-grid (a, b). {own} has answered all of them but the last one. So count for each "
            f"(a, b) the {other} on cell (a, b), over all Nine-grids, and subtract the {own} in Nine-grid (a, b): the "
            "difference is 1 where the next piece must go, and 0 elsewhere."
        ]
        if own == "X":
            steps.append("The opening X in Nine-grid (2, 2) answered nothing, so add 1 for (2, 2).")
        ahead = list[int]()
        for grid in range(9):
            sent, answered = balance(state, grid)
            opening = own == "X" and grid == MIDDLE
            left = sent + opening - answered
            ahead += [grid] * left
            steps.append(
                f"{_pair(grid)}: {sent} {other} on this cell, {answered} {own} in this Nine-grid: "
                f"{sent}{' + 1' if opening else ''} - {answered} = {left}."
            )
        (target,) = ahead
        steps.append(f"Only {_pair(target)} has the difference 1: the next {own} goes to Nine-grid {_pair(target)}.")
        return Solution(pair(target), steps, work=float(_pieces(state)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return shuffled(map(pair, range(9)), rng)

    def option_text(self, state: State, value: Any) -> str:
        return f"Nine-grid {cell_text(value)}"


class BestScoringMove(Task[State, UltraTicTacToeParams]):
    """Task 7."""

    id, slug = 7, "best_scoring_move"
    about = "Given the coordinate of last step, find the coordinate to place the next piece to get the highest point."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.COORDINATE
    params_type = NoParams
    answer_form = "(i, j, row, col)"
    answer_bound = 0.2

    def ask(self, state: State, plan: UltraTicTacToeParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"{_last_step(state)} At which coordinate should you place your next piece so that you hold the most "
            "points in the Nine-grid where you must play, right after this move? Later moves are not considered."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        best = best_move(state)
        if best is None:
            raise ValueError("no single cell gains the most points for the player to move")
        mark, target = state.mover, state.target
        own = state.held(mark, target)
        steps = [
            _target_step(state),
            f"The opponent's piece there is an {state.mark(state.last)}, so you place {mark}.",
            f"In Nine-grid {_pair(target)}, {_contents(state, target)}. You hold {counted(POINTS[own], 'point')} there "
            "now.",
        ]
        for cell in bits(state.free(target)):
            lines = completed(own, cell)
            total = POINTS[own | 1 << cell]
            gained = f"completes {listed(lines)}: {POINTS[own]} + {len(lines)}" if lines else "completes no line"
            steps.append(f"{_pair(cell)} {gained}{' =' if lines else ': you keep'} {counted(total, 'point')}.")
        most = POINTS[own | 1 << best.cell]
        steps.append(
            f"The most, {counted(most, 'point')}, comes from cell {_pair(best.cell)} alone: {cell_text(best.place)}."
        )
        return Solution(best.place, steps, work=float(9 - state.free(target).bit_count()))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """None when the move ends the game: a finished board is no state."""
        best = best_move(state)
        if best is None or is_over(after := played(state, best.cell)):
            return None
        return course(state, [(f"{state.mover} {cell_text(best.place)}", after)])


def _spot(place: Any) -> Spot:
    return Spot(number(place[:2]), number(place[2:]))


def _pair(place: int) -> str:
    return cell_text(pair(place))


def _cells(cells: Iterable[int]) -> str:
    return listed(map(_pair, cells))


def _sum(parts: Iterable[int]) -> str:
    return " + ".join(map(str, parts))


def _pieces(state: State) -> int:
    return state.count("X") + state.count("O")


def _place(row: int, col: int) -> str:
    """Say where a row and a column of three meet."""
    if (row, col) == (2, 2):
        return "central"
    return f"{('top', 'middle', 'bottom')[row - 1]}-{('left', 'middle', 'right')[col - 1]}"


def _is_telling(state: State, spot: Spot) -> bool:
    """Tell whether swapping the two pairs of coordinates, or the last two, would lead to another answer."""
    flipped = Spot(spot.grid, 3 * (spot.cell % 3) + spot.cell // 3)
    return any(state.mark(other) != state.mark(spot) for other in (Spot(spot.cell, spot.grid), flipped))


def _last_step(state: State) -> str:
    return (
        f"Your opponent has just placed the piece at {cell_text(state.last.place)}; it is already on the board shown. "
        "Now it is your turn."
    )


def _target_step(state: State) -> str:
    return (
        f"The last piece, at {cell_text(state.last.place)}, is on cell {_pair(state.target)} of its Nine-grid, so you "
        f"must play in Nine-grid {_pair(state.target)}."
    )


def _contents(state: State, grid: int) -> str:
    """Say where X and O stand in a Nine-grid."""
    held = ((mark, state.held(mark, grid)) for mark in PLAYER)
    return "; ".join(f"{mark} stands on {_cells(bits(cells))}" for mark, cells in held if cells)


TASKS = (
    CellOwner(),
    NextMoveCount(),
    MiddleCellsMarked(),
    PieceCount(),
    NineGridPoints(),
    NextNineGrid(),
    BestScoringMove(),
)
