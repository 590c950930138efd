"""The five questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import around
from gameqa.core.options import shuffled
from gameqa.core.words import counted, listed

from .generate import LISTED, ChessRangerParams
from .proof import MORE, Proof
from .render import NAMES, diagram, pieces_text
from .rules import Capture, Position, Puzzle, Trap, puzzle
from .state import KINDS, NUMBER, SIDE, SQUARES, Kind, State

BOARD = """\
The board is a chessboard of 8 x 8 squares: files a to h from left to right, ranks 1 to 8 from bottom to top. A square \
is written as file and rank, like d5; a1 is the bottom-left square."""

RULES = f"""\
{BOARD}

Chess Ranger is a puzzle with kings, queens, rooks, bishops, knights and pawns. All pieces belong to one side and may \
take one another. Every move must be a capture: a piece moves like in chess onto a square occupied by another piece, \
which is removed.
- Rook, bishop and queen are blocked by pieces in between. The knight jumps.
- The king takes on the 8 neighbouring squares and may itself be taken; there is no check and no castling.
- Pawns take one square diagonally forward, towards rank 8 (upwards on the board), and never otherwise. Pawns may \
stand on any rank; a pawn on rank 8 cannot move. There is no promotion and no en passant.
Any piece may make the next capture. The puzzle is solved when one piece is left; with n pieces this takes n - 1 \
captures."""

LEFT = {1: 0.4, 2: 0.3, 3: 0.26, 4: 0.04}
"""Shares of the numbers of pieces left in the best play; four pieces left of four are those without a capture."""
COPIES = {0: 0.2, 1: 0.35, 2: 0.25, 3: 0.15, 4: 0.05}
"""Shares of the numbers of pieces of the kind asked for."""
EMPTY = 0.15
"""Share of empty squares that are asked for."""
RIGHT = {0: 0.15, 1: 0.25, 2: 0.25, 3: 0.2, 4: 0.15}
"""Shares of the numbers of right captures among the four listed."""
NONE, ALL = (), (1, 2, 3, 4)
NEAR = 2
"""Options at least that differ from the right one by one number."""
ALIKE = 6
"""Options at least that have so many near ones, so that this does not tell the right one."""

PIECE_LIST = "The pieces, from the top rank down: "
NOTATION = {
    "#": "In a table h7xg8 is a capture, and Ng6 a knight on g6. A row shows a position and what every capture leads "
    "to; a position that several orders of captures lead to is searched only once, in the row with its number (#).",
    " then ": '"Then" joins a capture to the only one that is possible after it.',
    "stuck": '"Stuck with 3" says that no capture is possible and that 3 pieces are left.',
    "traps": '"Traps [a8] [g1 h1]" says that no piece that can ever stand on a8 can take anything from there, and that '
    "no piece that can ever stand on g1 or h1 can take anything outside these two squares, even if lines were never "
    "blocked; so every bracket keeps a piece for ever.",
    MORE: 'For the positions marked "more" there is no room; they were searched in the same way.',
}
"""What the rows of tables may hold that needs explaining."""

PieceName = Literal["Pawn", "Rook", "Knight", "Bishop", "Queen", "King", "No Piece"]
Number = Annotated[int, Meta(ge=1, le=LISTED)]


class KindParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `count_piece` and `find_piece`."""

    piece: Kind


class SquareParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `piece_at`."""

    square: Annotated[str, Meta(pattern=r"\A[a-h][1-8]\Z")]


class MoveJson(msgspec.Struct, forbid_unknown_fields=True):
    """A capture in params."""

    source: Annotated[str, Meta(pattern=r"\A[a-h][1-8]\Z")] = msgspec.field(name="from")
    target: Annotated[str, Meta(pattern=r"\A[a-h][1-8]\Z")] = msgspec.field(name="to")


class MovesParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `first_move`."""

    moves: Annotated[list[MoveJson], Meta(min_length=LISTED, max_length=LISTED)]


class MaxCaptures(Task[State, ChessRangerParams]):
    """Task 1."""

    id, slug = 1, "max_captures"
    about = "Greatest number of captures that can be made in a row."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = NoParams

    def plan(self, level: ChessRangerParams, rng: Random) -> ChessRangerParams:
        """Draw how many pieces are left in the best play."""
        left = rng.choices([*LEFT], [*LEFT.values()])[0]
        return msgspec.structs.replace(level, count=rng.randint(*level.pieces), left=left)

    def ask(self, state: State, plan: ChessRangerParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many captures can be made at most, one after another, starting from this position?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        search = puzzle(state)
        count, most = len(search.start), search.most(search.start)
        steps = [
            f"{PIECE_LIST}{pieces_text(state)}. With {counted(count, 'piece')} at most "
            f"{counted(count - 1, 'capture')} can be made."
        ]
        first = search.captures(search.start)
        if not first:
            return Solution(0, [*steps, "No piece can take another one, so no capture can be made."], work=float(count))
        steps.append(f"Possible first captures: {listed(_order(search, search.start, move) for move in first)}.")
        best = search.longest(search.start)
        sequence = _sequence(search, search.start, best)
        rows = 0
        if most == count - 1:
            steps.append(f"One way to take all pieces but one: {sequence}. That is {counted(most, 'capture')}.")
        else:
            left = count - most
            steps.append(f"A sequence of {counted(most, 'capture')}: {sequence}. Then {left} pieces are left.")
            proof = Proof(search, left)
            reason = _reason(proof, search.start)
            steps += [*_notation(proof), reason]
            rows = len(proof.rows)
            steps.append(
                f"So at least {left} of the {count} pieces always remain, and {counted(most, 'capture')} "
                f"{'is' if most == 1 else 'are'} the most that can be made."
            )
        return Solution(most, steps, work=float(count + len(first) + rows))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """One longest sequence of captures."""
        search = puzzle(state)

        def after() -> Iterator[tuple[str, State]]:
            position = search.start
            for move in search.longest(position):
                words, position = _order(search, position, move), search.after(position, move)
                yield words, search.board(position)

        return course(state, after())


class PerceptionTask(Task[State, ChessRangerParams]):
    """A question about the pieces as they stand; the text view is the bare diagram."""

    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    rules = BOARD

    def text_view(self, state: State, params: Mapping[str, Any]) -> str:
        return diagram(state)


class CountPiece(PerceptionTask):
    """Task 2."""

    id, slug = 2, "count_piece"
    about = "Count the pieces of one kind."
    kind = AnswerKind.INTEGER
    params_type = KindParams

    def plan(self, level: ChessRangerParams, rng: Random) -> ChessRangerParams:
        """Draw the kind and how many pieces of it there are."""
        copies = rng.choices([*COPIES], [*COPIES.values()])[0]
        return msgspec.structs.replace(level, kind=rng.choice(KINDS), copies=copies)

    def ask(self, state: State, plan: ChessRangerParams, rng: Random) -> dict[str, Any]:
        return {"piece": plan.kind}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many {_plural(params['piece'])} are on the board?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        squares = _squares(state, params["piece"])
        found = f"{_plural(params['piece']).capitalize()} among them: {listed(squares)}"
        steps = [f"{PIECE_LIST}{pieces_text(state)}.", f"{found}. That makes {len(squares)}."]
        return Solution(len(squares), steps, work=float(len(state.pieces)))


class FindPiece(PerceptionTask):
    """Task 3."""

    id, slug = 3, "find_piece"
    about = "Find the only piece of a kind."
    kind = AnswerKind.TEXT
    params_type = KindParams
    answer_form = "file letter and rank number, without a blank between them"

    def plan(self, level: ChessRangerParams, rng: Random) -> ChessRangerParams:
        """Draw the kind and its square."""
        square = rng.randrange(SIDE * SIDE)
        return msgspec.structs.replace(level, kind=rng.choice(KINDS), copies=1, square=square)

    def ask(self, state: State, plan: ChessRangerParams, rng: Random) -> dict[str, Any]:
        return {"piece": plan.kind}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        name = NAMES[params["piece"]].lower()
        return f"There is exactly one {name} on the board. On which square does it stand?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        (square,) = _squares(state, params["piece"])
        name = NAMES[params["piece"]].lower()
        steps = [
            f"{PIECE_LIST}{pieces_text(state)}.",
            f"The only {name} stands on file {square[0]} and rank {square[1]}, that is on {square}.",
        ]
        return Solution(square, steps, work=float(len(state.pieces)))


class PieceAt(PerceptionTask):
    """Task 4."""

    id, slug = 4, "piece_at"
    about = "Name the piece on a square."
    kind = AnswerKind.CHOICE
    params_type = SquareParams
    option_type = PieceName
    option_count = 7

    def plan(self, level: ChessRangerParams, rng: Random) -> ChessRangerParams:
        """Draw the kind and its square, and whether an empty square beside or across is asked for instead."""
        square, empty = rng.randrange(SIDE * SIDE), rng.random() < EMPTY
        return msgspec.structs.replace(level, kind=rng.choice(KINDS), square=square, empty=empty)

    def ask(self, state: State, plan: ChessRangerParams, rng: Random) -> dict[str, Any]:
        square = plan.square or 0
        if plan.empty:
            square = rng.choice(_tempting(state))
        return {"square": SQUARES[square]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Which piece stands on the square {params['square']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        square = params["square"]
        kind = state.board[NUMBER[square]]
        found = f"stands a {NAMES[kind].lower()}" if kind != "." else "stands no piece"
        steps = [
            f"{PIECE_LIST}{pieces_text(state)}.",
            f"On {square}, the square on file {square[0]} and rank {square[1]}, {found}.",
        ]
        return Solution(NAMES.get(kind, "No Piece"), steps, work=float(len(state.pieces)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[str]:
        return [*NAMES.values(), "No Piece"]


class FirstMove(Task[State, ChessRangerParams]):
    """Task 5."""

    id, slug = 5, "first_move"
    about = "Which of four first captures lead to a solution."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = MovesParams
    option_type = list[Number]

    def plan(self, level: ChessRangerParams, rng: Random) -> ChessRangerParams:
        """Draw how many of the listed captures are right."""
        right = rng.choices([*RIGHT], [*RIGHT.values()])[0]
        return msgspec.structs.replace(level, count=rng.randint(*level.pieces), right=right)

    def ask(self, state: State, plan: ChessRangerParams, rng: Random) -> dict[str, Any]:
        """List right and wrong captures as planned, in random order."""
        search = puzzle(state)
        judged = search.first_captures()
        number = plan.right or 0
        chosen = rng.sample([move for move, right in judged if right], number)
        chosen += rng.sample([move for move, right in judged if not right], LISTED - number)
        names = [[SQUARES[search.squares[place]] for place in move] for move in shuffled(chosen, rng)]
        return {"moves": [{"from": source, "to": target} for source, target in names]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        search = puzzle(state)
        moves = [_order(search, search.start, move, victim=True) for move in _moves(search, params)]
        lines = "\n".join(f"{number}. {move}" for number, move in enumerate(moves, 1))
        return (
            f"Four possible first captures:\n{lines}\nAfter which of them can the puzzle still be solved? Choose the "
            "option that names exactly these."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        search = puzzle(state)
        proof = Proof(search, 2)
        right: list[int] = []
        steps = [f"{PIECE_LIST}{pieces_text(state)}. The puzzle is solved when one piece is left."]
        for number, move in enumerate(_moves(search, params), 1):
            then = search.after(search.start, move)
            head = f"Capture {number}, {_order(search, search.start, move, victim=True)}:"
            if search.solvable(then):
                right.append(number)
                rest = _sequence(search, then, search.longest(then))
                steps.append(f"{head} the puzzle can still be solved. The rest: {rest}. One piece is left.")
            else:
                more = [_order(search, then, next_move) for next_move in search.captures(then)]
                follow = f" Next captures: {listed(more)}." if more and proof.traps(then) else ""
                steps.append(f"{head} the puzzle can no longer be solved.{follow} {_reason(proof, then)}")
        steps[1:1] = _notation(proof)
        named = f"capture{'s' if len(right) > 1 else ''} {listed(right)}" if right else "none of the four"
        steps.append(f"A solution is still possible after {named}.")
        first = len(search.captures(search.start))
        return Solution(right, steps, work=float(len(search.start) + first + len(proof.rows)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [NONE, ALL, *rng.choice(_lists()[tuple(right)])]

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(map(str, value)) if value else "None of the four"


@cache
def _lists() -> Mapping[tuple[int, ...], Sequence[tuple[tuple[int, ...], ...]]]:
    """Return, for each set of right numbers, the lists of six options beside none and all four.

    A list holds the right set and enough sets that differ from it by one number. The same is true of most of the other
    options in it, so that whoever looks for this finds six or seven candidates.
    """
    some = [numbers for size in (1, 2, 3) for numbers in combinations(ALL, size)]
    lists: dict[tuple[int, ...], list[tuple[tuple[int, ...], ...]]] = {numbers: [] for numbers in (NONE, *some, ALL)}
    for chosen in combinations(some, 6):
        fits = [
            numbers
            for numbers in (NONE, *chosen, ALL)
            if sum(len(set(numbers) ^ set(other)) == 1 for other in chosen) >= NEAR
        ]
        if len(fits) >= ALIKE:
            for numbers in fits:
                lists[numbers].append(chosen)
    return lists


def _reason(proof: Proof, position: Position) -> str:
    """Say why so many pieces remain from a position on: it is stuck, or has traps, or else by a table."""
    search = proof.puzzle
    if not search.captures(position):
        return f"No further capture is possible, and {len(position) - position.count('.')} pieces are left."
    traps = proof.traps(position)
    if traps:
        groups = "; ".join(_group(search, trap) for trap in traps)
        return (
            "These are groups of squares, with the kinds of piece that can ever stand there, even if lines were never "
            f"blocked: {groups}. From a group nothing outside it can be taken, so each group keeps a piece for ever."
        )
    rows = proof.table(position)
    number = proof.number(position)
    if not rows:
        return f"This is position #{number} of the table above, from which at least {proof.left} pieces remain."
    table = "\n".join([f"All that can follow from position #{number}:", *rows])
    return f"{table}\nNowhere do fewer than {proof.left} pieces remain."


def _group(search: Puzzle, trap: Trap) -> str:
    """Return the squares of a trap with the kinds that can ever stand there: `[g6 (Knight), e5 (Queen or Knight)]`."""
    squares = (
        f"{SQUARES[search.squares[place]]} ({listed((NAMES[kind] for kind in kinds), 'or')})"
        for place, kinds in trap.kinds.items()
    )
    return f"[{', '.join(squares)}]"


def _notation(proof: Proof) -> list[str]:
    """Explain what the rows of a table hold, if there are any."""
    used = [text for sign, text in NOTATION.items() if any(sign in row for row in proof.rows)]
    return [" ".join(used)] if used else []


def _moves(search: Puzzle, params: Mapping[str, Any]) -> list[Capture]:
    """Return the listed captures."""
    places = {SQUARES[square]: place for place, square in enumerate(search.squares)}
    return [Capture(places[move["from"]], places[move["to"]]) for move in params["moves"]]


def _order(search: Puzzle, position: Position, move: Capture, victim: bool = False) -> str:
    """Return a capture as `Rook g6 takes g8`, or with its victim as `Rook g6 takes Pawn g8`."""
    source, target = (SQUARES[search.squares[place]] for place in move)
    taken = f"{NAMES[position[move.target]]} " if victim else ""
    return f"{NAMES[position[move.source]]} {source} takes {taken}{target}"


def _sequence(search: Puzzle, position: Position, moves: Sequence[Capture]) -> str:
    """Return captures made one after another in words."""
    words: list[str] = []
    for move in moves:
        words.append(_order(search, position, move))
        position = search.after(position, move)
    return ", ".join(words)


def _squares(state: State, kind: str) -> list[str]:
    return [SQUARES[square] for square, other in state.pieces if other == kind]


def _plural(kind: str) -> str:
    return f"{NAMES[kind].lower()}s"


def _tempting(state: State) -> list[int]:
    """Return the empty squares beside a piece, and those where file and rank of a piece are swapped."""
    found: list[int] = []
    for square, _ in state.pieces:
        row, column = divmod(square, SIDE)
        # File number column + 1 and rank SIDE - row swap.
        cells = [*around((row, column)), (SIDE - 1 - column, SIDE - 1 - row)]
        found += [r * SIDE + c for r, c in cells if 0 <= r < SIDE and 0 <= c < SIDE]
    return [square for square in dict.fromkeys(found) if state.board[square] == "."]


TASKS = (MaxCaptures(), CountPiece(), FindPiece(), PieceAt(), FirstMove())
