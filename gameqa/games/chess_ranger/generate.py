"""Levels and boards."""

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import lines, puzzle
from .state import KINDS, MOST, SIDE, Kind, State

Board = dict[int, Kind]
"""Kind of piece by number of the square."""

WEIGHTS: dict[Kind, float] = {"P": 1, "R": 1, "N": 1.3, "B": 1.2, "Q": 0.5, "K": 1}
"""How often a kind is put on a board that is played: many queens would make every capture right."""
RETREATS = 60
"""Captures tried to be taken back while one board grows."""
PLACINGS = 8
"""Places of one board, shifted or mirrored, that are offered to the split."""


class ChessRangerParams(Params, frozen=True, kw_only=True):
    """Level parameters; `pieces` is an inclusive range.

    Wishes of a plan: the number of pieces (`count`). For boards that are played: how many pieces are to be left in
    the best play (`left`), how many of the four listed captures are to be right (`right`). For boards that are only
    looked at: a `kind`, how many pieces of it there are (`copies`), the `square` of one of them, and whether to ask for
    an `empty` square.
    """

    pieces: tuple[Annotated[int, Meta(ge=4, le=MOST)], Annotated[int, Meta(ge=4, le=MOST)]]
    count: int | None = None
    left: int | None = None
    right: int | None = None
    kind: Kind | None = None
    copies: int | None = None
    square: int | None = None
    empty: bool = False

    def __post_init__(self) -> None:
        if self.pieces[0] > self.pieces[1]:
            raise ValueError("pieces must be (least, most)")


LEVELS = {
    Level.EASY: ChessRangerParams(pieces=(4, 4)),
    Level.MEDIUM: ChessRangerParams(pieces=(5, 6)),
    Level.HARD: ChessRangerParams(pieces=(7, 8)),
}

LISTED = 4
"""Captures that `first_move` lists."""


def generate(rng: Random, plan: ChessRangerParams, accept: Callable[[State], bool]) -> State | None:
    """Scatter pieces when a kind is wished, else grow a board backward; offer its places to the split.

    The board must have the captures that the plan wishes; only boards of the split are searched for them.
    """
    count = plan.count or rng.randint(*plan.pieces)
    if plan.kind:
        state = _state(_scatter(rng, count, plan))
        return state if accept(state) else None
    board = _grow(rng, count, _ends(rng, plan))
    for state in _placings(board, rng) if board else ():
        if accept(state):
            return state if _as_wished(state, plan) else None
    return None


def perturb(state: State, rng: Random) -> State:
    """Move a piece to an empty square or exchange it for another kind."""
    board: Board = dict(state.pieces)
    square = rng.choice([*board])
    kind = board[square]
    if rng.random() < 0.5:
        board[square] = rng.choice([other for other in KINDS if other != kind])
    else:
        del board[square]
        board[rng.choice([other for other, sign in enumerate(state.board) if sign == "."])] = kind
    return _state(board)


def _ends(rng: Random, plan: ChessRangerParams) -> int:
    """Return how many pieces a board grows from: those left at its end, more where no or few captures are right."""
    if plan.left is not None:
        return plan.left
    return 2 if plan.right == 0 or (plan.right == 1 and rng.random() < 0.3) else 1


def _as_wished(state: State, plan: ChessRangerParams) -> bool:
    """Return whether the board has the captures that a plan wishes."""
    search = puzzle(state)
    if plan.left is not None:
        return search.most(search.start) == len(search.start) - plan.left
    if plan.right is not None:
        found = [right for _, right in search.first_captures()]
        return found.count(True) >= plan.right and found.count(False) >= LISTED - plan.right
    return True


def _grow(rng: Random, count: int, ends: int) -> Board | None:
    """Grow a board backward from pieces that cannot take one another; None when that fails.

    Again and again a piece goes back to an empty square from which it could take its present one, where a new piece
    appears. So at most `ends` pieces are left in the best play. If there are enough pieces, every end goes back at
    first: a board with ends that stand by themselves would be too easily seen through.
    """
    kinds = rng.choices(KINDS, [WEIGHTS[kind] for kind in KINDS], k=count)
    board: Board = {square: kinds.pop() for square in rng.sample(range(SIDE * SIDE), ends)}
    if any(square in board for start, kind in board.items() for square in lines(kind, start)):
        return None
    waiting = [*board] if count > 2 * ends else []
    for _ in range(RETREATS):
        if not kinds:
            return board
        square = waiting[-1] if waiting else rng.choice([*board])
        kind = board[square]
        occupied = sum(1 << taken for taken in board)
        free = [start for start, between in _origins(kind, square) if start not in board and not between & occupied]
        if free:
            board[square] = kinds.pop()
            board[rng.choice(free)] = kind
            waiting = waiting[:-1]
        elif waiting:
            return None
    return None


@cache
def _origins(kind: Kind, square: int) -> list[tuple[int, int]]:
    """Return the squares from which a piece could take on a square, with those that must be empty in between."""
    found = [(start, lines(kind, start)) for start in range(SIDE * SIDE)]
    return [(start, line[square]) for start, line in found if square in line]


def _placings(board: Board, rng: Random) -> Iterator[State]:
    """Yield the board at random places, mirrored or not: captures stay the same when all pieces move together."""
    rows, columns = zip(*(divmod(square, SIDE) for square in board), strict=True)
    for _ in range(PLACINGS):
        down = rng.randint(-min(rows), SIDE - 1 - max(rows))
        across = rng.randint(-min(columns), SIDE - 1 - max(columns))
        mirrored = rng.random() < 0.5
        placed: Board = {}
        for square, kind in board.items():
            row, column = square // SIDE + down, square % SIDE + across
            placed[row * SIDE + (SIDE - 1 - column if mirrored else column)] = kind
        yield _state(placed)


def _scatter(rng: Random, count: int, plan: ChessRangerParams) -> Board:
    """Put pieces anywhere; with a wished kind exactly so many of it, the first of them on the wished square."""
    squares = rng.sample(range(SIDE * SIDE), count)
    if plan.square is not None:
        squares = [plan.square, *[square for square in squares if square != plan.square][: count - 1]]
    copies = 1 if plan.copies is None else min(plan.copies, count)
    kinds: list[Kind] = [kind for kind in KINDS if kind == plan.kind] * copies
    others: list[Kind] = [kind for kind in KINDS if plan.copies is None or kind != plan.kind]
    return dict(zip(squares, kinds + rng.choices(others, k=count - copies), strict=True))


def _state(board: Board) -> State:
    return State("".join(board.get(square, ".") for square in range(SIDE * SIDE)))
