"""The three questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.words import cell_text, counted, listed

from .generate import FULL, Color, OpenKind, TicTacToeParams, draw_kind
from .rules import (
    CENTER,
    WON,
    Kind,
    Play,
    best_move,
    free,
    is_over,
    moves_to_end,
    other,
    play_of,
    played,
    sign,
    turn,
    values,
    wins,
    worth,
)
from .state import Board, Mark, State, complete_lines, rows

RULES = """\
TicTacToe is played on a board of 3 x 3 cells. Player O owns the red blocks, player X the blue blocks; free cells are \
white. O makes the first move of every game, then the players alternate. A move marks one free cell. A player who has \
three own marks in one row, column or diagonal wins, and the game ends. If all nine cells are filled without that, the \
game ends in a draw.
Whose turn it is must be inferred from the counts: with equally many O and X it is O's turn, with one O more it is \
X's turn. Nothing else shows it.
A cell is written (row, column), both counted from 0; (0, 0) is the top-left cell, (2, 2) the bottom-right cell."""

BEST_MOVE_RULES = f"""{RULES}

The best move is defined by these three steps, which leave exactly one cell in every unfinished game:
1. It is a move with the best result when both sides play perfectly from then on (a win is better than a draw, a draw \
is better than a loss).
2. Among winning moves it is one that wins in the fewest moves, among losing moves one that delays the loss longest; \
moves that lead to a draw are all equal.
3. Among the moves still equal it is the first in reading order: (0, 0), (0, 1), (0, 2), (1, 0), ..., (2, 2)."""

COLOR: dict[str, Color] = {"O": "red", "X": "blue", " ": "white"}

NOT_OVER = "No line is complete and cells are free, so the game is not over."

OFF_DIAGONAL = 0.75
"""Share of colour questions that insist on row and column being different, so that swapping them shows."""

ENDING: tuple[OpenKind, ...] = ("win", "threat", "equal")
"""Kinds of boards on which a move can end the game: by a line, else (without one) in the last free cell."""
FIRST_FREE: dict[Kind, float] = {
    "win": 0.36,
    "threat": 0.25,
    "threats": 1.0,
    "forced": 0.24,
    "mistakes": 0.34,
    "equal": 1.0,
}
"""Share of boards whose best move is the first free cell, which a guess would try first.

It always is with two threats or equal moves; with the others it makes 36 % on every level.
"""
GOING_ON: dict[Kind, dict[tuple[Play, bool], float]] = {
    "win": {
        ("keep", True): 0.34,
        ("mistake", True): 0.02,
        ("mistake", False): 0.37,
        ("gift", True): 0.01,
        ("gift", False): 0.26,
    },
    "threat": {("keep", True): 0.31, ("keep", False): 0.59, ("gift", True): 0.03, ("gift", False): 0.07},
    "threats": {("gift", True): 0.4, ("gift", False): 0.6},
    "forced": {("keep", True): 0.27, ("keep", False): 0.28, ("mistake", True): 0.09, ("mistake", False): 0.36},
    "mistakes": {("keep", True): 0.25, ("keep", False): 0.35, ("mistake", True): 0.1, ("mistake", False): 0.3},
    "equal": {("keep", True): 0.5, ("keep", False): 0.5},
}
"""What the given move does when the game goes on, and whether the best reply is the first free cell.

A win that is put off at no risk leaves two threats, so that the first free cell is the reply: hence few of those.
"""

Index = Annotated[int, Meta(ge=0, le=2)]
Cell = tuple[Index, Index]


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `cell_color` and `reply_after_move`."""

    cell: Cell


class CellColor(Task[State, TicTacToeParams]):
    """Task 1."""

    id, slug = 1, "cell_color"
    about = "Identify the color of a given block."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CellParams
    option_type = Color
    option_count = 3

    def plan(self, level: TicTacToeParams, rng: Random) -> TicTacToeParams:
        """Draw the colour first; full boards have no white cell, so the other colours get their share."""
        color = rng.choice(list(COLOR.values()))
        kind = draw_kind(level, rng, level.finished.get("cell_color", 0), 0 if color == "white" else 1.5 * FULL)
        return msgspec.structs.replace(level, color=color, kind=kind, off_diagonal=rng.random() < OFF_DIAGONAL)

    def ask(self, state: State, plan: TicTacToeParams, rng: Random) -> dict[str, Any] | None:
        cells = [divmod(cell, 3) for cell, mark in enumerate(state.board) if COLOR[mark] == plan.color]
        if plan.off_diagonal:
            cells = [(row, column) for row, column in cells if row != column] or cells
        return {"cell": rng.choice(cells)} if cells else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Which colour does the cell {cell_text(params['cell'])} have?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, column = params["cell"]
        mark = state.board[3 * row + column]
        steps = [
            f"Row {row} is the {('top', 'middle', 'bottom')[row]} row.",
            f"Column {column} is the {('left', 'middle', 'right')[column]} column.",
            f"Where they cross, at ({row}, {column}), "
            + (f"stands a {COLOR[mark]} block with {mark}." if mark != " " else "the cell is free, which is white."),
        ]
        # The fewer blocks there are, the fewer landmarks there are to find a cell by.
        return Solution(COLOR[mark], steps, work=float(1 + state.board.count(" ")))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        yield from COLOR.values()


class BestMove(Task[State, TicTacToeParams]):
    """Task 2."""

    id, slug = 2, "best_move"
    about = "Find the best move for the player to move."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = Cell | None
    rules = BEST_MOVE_RULES

    def plan(self, level: TicTacToeParams, rng: Random) -> TicTacToeParams:
        """Draw the kind of board; the finished ones make None right."""
        kind = draw_kind(level, rng, level.finished.get("best_move", 0))
        first_free = rng.random() < FIRST_FREE[kind] if kind in FIRST_FREE else None
        return msgspec.structs.replace(level, kind=kind, first_free=first_free)

    def ask(self, state: State, plan: TicTacToeParams, rng: Random) -> dict[str, Any] | None:
        fits = plan.first_free is None or plan.first_free == _first_is_best(state.board)
        return {} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Which cell is the best move for the player whose turn it is? Choose None if the game is already over."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        board = state.board
        steps = [_turn_step(board), *([] if is_over(board) else [NOT_OVER]), *_game_steps(board)]
        return Solution(_json(best_move(board)), steps)

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state.board, best_move(state.board))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return _options(state.board, rng)


class ReplyAfterMove(Task[State, TicTacToeParams]):
    """Task 3."""

    id, slug = 3, "reply_after_move"
    about = "Find the opponent's best reply after a given move."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = CellParams
    option_type = Cell | None
    rules = BEST_MOVE_RULES

    def plan(self, level: TicTacToeParams, rng: Random) -> TicTacToeParams:
        """Draw the kind of board and what the given move does, so that the shares hold over all kinds."""
        finished = level.finished.get("reply_after_move", 0)
        kind, first_free = draw_kind(level, rng, finished), None
        able = sum(level.kinds.get(each, 0) for each in ENDING) / sum(level.kinds.values())
        if kind in ("won", "full"):
            play = "over"
        elif kind in ENDING and rng.random() * able * (1 - finished) < level.ends:
            play = "ends"
        elif rng.random() * (1 - finished - level.ends) < level.occupied:
            play = "occupied"
        else:
            ways = GOING_ON[kind]
            play, first_free = rng.choices(list(ways), list(ways.values()))[0]
        last = play == "ends" and kind != "win"
        return msgspec.structs.replace(level, kind=kind, play=play, last=last, first_free=first_free)

    def ask(self, state: State, plan: TicTacToeParams, rng: Random) -> dict[str, Any] | None:
        """Choose a cell that does what is planned; without a board for the last move, the game goes on."""
        board = state.board
        play = "keep" if plan.last and board.count(" ") > 1 else plan.play
        cells = [cell for cell in range(9) if play_of(board, cell) == play]
        if play == "over":
            cells = free(board) or cells
        if plan.first_free is not None:
            cells = [cell for cell in cells if _first_is_best(played(board, cell)) == plan.first_free]
        return {"cell": divmod(rng.choice(cells), 3)} if cells else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        cell = cell_text(params["cell"])
        return (
            f"The player whose turn it is plays {cell}. Which cell is then the best move for the opponent? Choose None "
            f"in each of these cases: the game on the board shown is already over; {cell} is occupied; the move to "
            f"{cell} ends the game, by completing a line or by filling the last free cell."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        board, cell = state.board, _index(params["cell"])
        steps, play, mover = [_turn_step(board)], play_of(board, cell), turn(board)
        if play == "over":
            return Solution(None, [*steps, *_game_steps(board), "No further move is allowed, so there is no reply."])
        if play == "occupied":
            steps.append(f"{_name(cell)} holds {board[cell]} already: the move is not allowed, so there is no reply.")
            return Solution(None, steps)
        after = played(board, cell)
        shown = " / ".join(" ".join(row) for row in rows(after.replace(" ", ".")))
        steps.append(f"{_name(cell)} is free, so {mover} may move there. Then the rows are {shown} (. = free).")
        if play != "ends":
            steps += [NOT_OVER, f"It is {other(mover)}'s turn."]
        steps += _game_steps(after)
        if play == "ends":
            steps.append("The move ends the game, so there is no reply.")
        return Solution(_json(best_move(after)), steps)

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The given move, then the best reply; None when the given move is not allowed."""
        board, cell = state.board, _index(params["cell"])
        if play_of(board, cell) in ("over", "occupied"):
            return None
        return _course(board, cell, best_move(played(board, cell)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        board, cell = state.board, _index(params["cell"])
        allowed = play_of(board, cell) not in ("over", "occupied")
        return _options(played(board, cell) if allowed else board, rng, cell)


def _course(board: Board, *cells: int | None) -> Sequence[Frame[State]] | None:
    """Return the positions after moves; None stands for no move."""

    def after() -> Iterator[tuple[str, State]]:
        now = board
        for cell in cells:
            if cell is not None:
                mark, now = turn(now), played(now, cell)
                yield f"{mark} {_name(cell)}", State(now)

    return course(State(board), after())


def _index(cell: Sequence[int]) -> int:
    return 3 * cell[0] + cell[1]


def _json(cell: int | None) -> list[int] | None:
    return None if cell is None else list(divmod(cell, 3))


def _name(cell: int) -> str:
    return cell_text(divmod(cell, 3))


def _names(cells: Iterable[int]) -> str:
    return listed(map(_name, cells))


def _first_is_best(board: Board) -> bool:
    return best_move(board) == free(board)[0]


def _options(board: Board, rng: Random, given: int | None = None) -> Iterable[list[int] | None]:
    """Yield None, the given cell, tempting cells, then the other free and at last the occupied ones."""
    cells = [] if given is None else [given]
    cells += _tempting(board)
    for group in (free(board), [cell for cell in range(9) if board[cell] != " "]):
        cells += rng.sample(group, len(group))
    return [None, *map(_json, cells)]


def _tempting(board: Board) -> list[int]:
    """Return the first free cell, the centre, a mere block, and a later cell with the same result."""
    best = best_move(board)
    if best is None:
        return []
    own, rival = (wins(board, mark) for mark in (turn(board), other(turn(board))))
    blocks = [cell for cell in rival if own and cell not in own]
    later = [
        (value != worth(board), cell)
        for cell, value in values(board)
        if cell > best and sign(value) == sign(worth(board))
    ]
    return [
        free(board)[0],
        *([CENTER] if board[CENTER] == " " else []),
        *blocks[:1],
        *(cell for _, cell in sorted(later)[:1]),
    ]


def _turn_step(board: Board) -> str:
    """Say whose turn the counts give, or would give if the game were not over."""
    reds, blues = (counted(board.count(mark), f"{COLOR[mark]} block") for mark in "OX")
    counts = f"The board holds {reds} (O) and {blues} (X), {'equally many' if turn(board) == 'O' else 'one O more'}"
    return f"{counts}." if is_over(board) else f"{counts}, so it is {turn(board)}'s turn."


def _game_steps(board: Board) -> list[str]:
    """Return how the best move is found."""
    mover = turn(board)
    rival = other(mover)
    if is_over(board):
        done = complete_lines(board, rival)
        return [
            f"{rival} has three marks in {listed(done)}: {rival} has won and the game is over."
            if done
            else "All nine cells are filled and no line is complete: the game is over, a draw."
        ]
    own, threats, cells = wins(board, mover), wins(board, rival), free(board)
    if own:
        steps = [f"{mover} can win at once: {_completing(own)}."]
        if len(own) > 1:
            steps.append(f"These moves win equally fast; the first of them in reading order is {_name(min(own))}.")
        return steps
    steps = [f"No line holds two {mover} and a free cell, so {mover} cannot win at once."]
    if len(cells) == 1:
        return [*steps, f"{_name(cells[0])} is the only free cell, so {mover} has no other move."]
    if len(threats) == 1:
        steps.append(f"{rival} threatens to win with its next move: {_completing(threats)}.")
        steps.append(f"After any other move {rival} does so; {mover} must block at {_name(min(threats))}.")
    elif threats:
        steps.append(f"{rival} threatens to win with its next move in several ways: {_completing(threats)}.")
        steps.append(
            f"{mover} can block only one of these cells, so every move loses equally fast; the first free cell in "
            f"reading order is {_name(cells[0])}."
        )
    else:
        steps.append(f"No line holds two {rival} and a free cell, so {rival} does not threaten to win at once either.")
        steps += [f"{mover} at {_name(cell)} {_outcome(board, cell)}." for cell in cells]
        steps.append(_comparison(board))
    return steps


def _completing(cells: Mapping[int, Sequence[str]]) -> str:
    return listed(f"{_name(cell)} completes {listed(lines)}" for cell, lines in cells.items())


def _outcome(board: Board, cell: int) -> str:
    """Say what a move leads to under perfect play, when nobody can win at once before it.

    The loser can stop any single threat, so every win goes through a position with two threats.
    """
    after, winner = played(board, cell), turn(board)
    if worth(after) == 0:
        return f"leads to a draw; {other(winner)} answers best at {_name(best_move(after) or 0)}"
    if worth(after) > 0:
        winner = other(winner)
    line: list[tuple[Mark, int]] = []
    while worth(after) != 2 - WON:
        move = best_move(after)
        assert move is not None, "nobody has won before two threats exist"
        line.append((turn(after), move))
        after = played(after, move)
    threats = f"{_names(wins(after, winner))} at once"
    if winner == turn(board):
        if not line:
            return f"wins: it creates threats at {threats}"
        return f"wins: {_line(line)} may follow, and then {winner} has threats at {threats}"
    if len(line) == 1:
        return f"loses to {_line(line)}, which creates threats at {threats}"
    return f"loses: {_line(line)} may follow, and then {winner} has threats at {threats}"


def _line(moves: Sequence[tuple[Mark, int]]) -> str:
    return ", ".join(f"{mark} {_name(cell)}" for mark, cell in moves)


def _comparison(board: Board) -> str:
    """Apply the three steps of the definition to the outcomes of all moves."""
    top = worth(board)
    kept = [cell for cell, value in values(board) if sign(value) == sign(top)]
    best = [cell for cell, value in values(board) if value == top]
    if len(kept) == 1:
        return f"Only {_name(kept[0])} {'wins' if top > 0 else 'leads to a draw'}, so it is the best move."
    said = [f"{_names(kept)} {('all lose', 'lead to a draw', 'win')[sign(top) + 1]}"]
    if len(best) < len(kept):
        # Only wins can differ in length here: where every move loses, all lose equally fast.
        said.append(f"fastest in {(moves_to_end(top) + 1) // 2} own moves at {_names(best)}")
    if len(best) > 1:
        said.append(f"the first of these equal moves in reading order is {_name(best[0])}")
    return "; ".join(said) + "."


TASKS = (CellColor(), BestMove(), ReplyAfterMove())
