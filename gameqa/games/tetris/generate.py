"""Levels and boards: a stack as play leaves it, and a piece that hangs free above it."""

from collections.abc import Callable
from heapq import nlargest
from itertools import combinations
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.masks import bits

from .rules import (
    SHAPES,
    TURNS,
    Place,
    Shape,
    Turn,
    clearing,
    column_tops,
    landing,
    landings,
    most_anywhere,
    most_cleared,
)
from .state import Blocks, State

NEVER = -(10**6)
"""The score of a drop that ends above the grid."""
SURE, CHOICE = 0.7, 5
"""Probability that a move of the play is the best one; else it is one of so many best."""
ROW, HOLE, HIGHER = 100, -50, -30
"""What counts for a move: a completed row, an empty cell newly covered, a row that the stack grows."""
HANGS = 40
"""Active pieces, or moves of a board without one, that are tried to find a board of the wanted split."""
TRIES = 24
"""Sets of rows that are prepared on one stack to find one with the wanted number of rows to complete."""
SPOIL = 2
"""Most cells opened in a row that is not to be completed."""

MOST_ROWS = {"I": 4, "O": 2, "T": 2, "L": 3, "J": 3, "S": 2, "Z": 2}
"""The most rows that one placement of a shape can complete."""

Span = tuple[Annotated[int, Meta(ge=1, le=60)], Annotated[int, Meta(ge=1, le=60)]]
Rows = Annotated[int, Meta(ge=0, le=4)]


class TetrisParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    Attributes:
        size: cells along one side of the board.
        pieces: pieces dropped before the snapshot.
        height: rows that hold a landed block.
        falls: aimed at, from 1 to this, by half of the questions of `timesteps_until_collision`; None: by none.
        shape: wish of a plan: the active piece, or "none".
        wall: wish of a plan: whether the active piece touches the left or right edge.
        steps: wish of a plan: how far the piece falls after its move.
        cleared: wish of a plan: the most rows that one placement completes.
        prepared: wish of a plan: rows filled but for the cells of the active shape, so that one placement completes
            them. Those more than `cleared` are spoiled again.
    """

    size: Annotated[int, Meta(ge=8, le=16)]
    pieces: Span
    height: tuple[Annotated[int, Meta(ge=2)], Annotated[int, Meta(ge=2)]]
    falls: Annotated[int, Meta(ge=1, le=16)] | None = None
    shape: Shape | Literal["none"] | None = None
    wall: bool | None = None
    steps: int | None = None
    cleared: Rows | None = None
    prepared: Rows | None = None

    def __post_init__(self) -> None:
        for name in ("pieces", "height"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.height[1] > self.size - 3:
            raise ValueError(f"height must not exceed {self.size - 3}: the active piece hangs above the stack")
        if self.prepared and not (self.cleared or 0) <= self.prepared <= MOST_ROWS.get(self.shape or "none", 0):
            raise ValueError("prepared must be at least cleared, and no more rows than the shape can complete")


LEVELS = {
    Level.EASY: TetrisParams(size=8, pieces=(6, 12), height=(2, 5), falls=4),
    Level.MEDIUM: TetrisParams(size=12, pieces=(12, 24), height=(3, 8)),
    Level.HARD: TetrisParams(size=16, pieces=(22, 40), height=(4, 11)),
}


def generate(rng: Random, plan: TetrisParams, accept: Callable[[State], bool]) -> State | None:
    """Play a stack, prepare rows on it if planned, and hang a piece above it until the split fits."""
    stack = _played(rng, plan)
    if stack is None:
        return None
    if plan.shape == "none":
        return _bare(rng, stack, accept)
    shape = plan.shape or rng.choice(SHAPES)
    if plan.cleared is None:
        return _hung(rng, stack, shape, plan.wall, None, accept)
    if not plan.prepared:
        return _hung(rng, stack, shape, None, None, accept) if _clears(stack, shape, plan.cleared) else None
    for _ in range(TRIES):
        turn, lines = rng.choice(SOCKETS[shape, plan.prepared])
        col = rng.randrange(plan.size - turn.width + 1)
        blocks = _prepared(rng, stack, Place(turn, landing(turn, col, column_tops(stack)), col), lines, plan.cleared)
        if blocks is not None and _stands(blocks, plan) and _clears(blocks, shape, plan.cleared):
            return _hung(rng, blocks, shape, None, (turn, col), accept)
    return None


def perturb(state: State, rng: Random) -> State:
    """Move the piece sideways, or add or take away one block of the stack."""
    if state.piece and rng.random() < 0.5:
        step = rng.choice((-1, 1))
        piece = tuple((row, col + step) for row, col in state.piece)
        if all(0 <= col < state.size and not state.blocks[row] >> col & 1 for row, col in piece):
            return State(state.blocks, piece)
    full = (1 << state.size) - 1
    lowest = next((row for row, mask in enumerate(state.blocks) if mask), state.size - 1)
    cells = [(row, col) for row in range(lowest, state.size) for col in range(state.size)]
    free = [(row, col) for row, col in cells if state.blocks[row] ^ 1 << col != full and (row, col) not in state.piece]
    row, col = rng.choice(free)
    return State((*state.blocks[:row], state.blocks[row] ^ 1 << col, *state.blocks[row + 1 :]), state.piece)


# --- The stack ------------------------------------------------------------------------------------


def _played(rng: Random, plan: TetrisParams) -> Blocks | None:
    """Drop pieces one after another; None when the stack leaves the allowed range of heights."""
    size, full = plan.size, (1 << plan.size) - 1
    blocks, tops = [0] * size, [size] * size
    for _ in range(rng.randint(*plan.pieces)):
        turn, top, col = _move(rng, blocks, tops)
        for line, mask in enumerate(turn.rows):
            blocks[top + line] |= mask << col
        kept = [mask for mask in blocks if mask != full]
        blocks = [0] * (size - len(kept)) + kept
        tops = column_tops(blocks)
        if size - min(tops) > plan.height[1]:
            return None
    return tuple(blocks) if size - min(tops) >= plan.height[0] else None


def _move(rng: Random, blocks: list[int], tops: list[int]) -> Place:
    """Choose a straight drop of a random shape; of equally good ones any."""
    shape, highest = rng.choice(SHAPES), min(tops)
    scores: list[int] = []
    begin: dict[Turn, int] = {}
    for turn in TURNS[shape]:
        begin[turn], width = len(scores), turn.width
        scores += [
            (HOLE * (room - width * top) + (HIGHER * (highest - top) if top < highest else 0) if top >= 0 else NEVER)
            for top, room in landings(turn, tops)
        ]
    for place, rows in clearing(blocks, shape, tops).items():
        scores[begin[place.turn] + place.col] += ROW * rows
    if rng.random() < SURE:
        best = max(scores)
        index = rng.choice([index for index, score in enumerate(scores) if score == best])
    else:
        ranked = nlargest(CHOICE, ((score, rng.random(), index) for index, score in enumerate(scores) if score > NEVER))
        _, _, index = rng.choice(ranked)
    turn = max((turn for turn in begin if begin[turn] <= index), key=begin.__getitem__)
    col = index - begin[turn]
    return Place(turn, landing(turn, col, tops), col)


def _stands(blocks: Blocks, plan: TetrisParams) -> bool:
    """Return whether a stack has an allowed height and no empty row within."""
    height = sum(map(bool, blocks))
    return plan.height[0] <= height <= plan.height[1] and all(blocks[-height:])


# --- Rows prepared for a shape --------------------------------------------------------------------


def _sockets(shape: Shape) -> list[tuple[Turn, tuple[int, ...]]]:
    """Return every rotation with every set of its rows that it completes when dropped into them.

    A row is filled except for the piece's cells, so it must not roof a lower cell of the piece.
    """
    found: list[tuple[Turn, tuple[int, ...]]] = []
    for turn in TURNS[shape]:
        lines = [line for line, mask in enumerate(turn.rows) if not any(low & ~mask for low in turn.rows[line:])]
        found += [(turn, chosen) for count in (1, 2, 3, 4) for chosen in combinations(lines, count)]
    return found


SOCKETS = {
    (shape, count): [socket for socket in _sockets(shape) if len(socket[1]) == count]
    for shape in SHAPES
    for count in (1, 2, 3, 4)
}
"""Rotations and rows by shape and number of rows; more rows than a shape can complete have none."""


def _prepared(rng: Random, stack: Blocks, place: Place, lines: tuple[int, ...], keep: int) -> Blocks | None:
    """Fill rows around the place where a piece lands, `lines` of its box, and open all but `keep` of them elsewhere."""
    turn, top, col = place
    if top < 0:
        return None
    blocks, full = list(stack), (1 << len(stack)) - 1
    spoiled = rng.sample(lines, len(lines) - keep)
    for line in lines:
        mask = full & ~(turn.rows[line] << col)
        if line in spoiled:
            for away in rng.sample(list(bits(mask)), rng.randint(1, SPOIL)):
                mask ^= 1 << away
        blocks[top + line] = mask
    return tuple(blocks)


def _clears(blocks: Blocks, shape: Shape, wanted: int) -> bool:
    """Return whether the most rows one placement completes are as wanted, by a straight drop and anywhere alike."""
    return most_cleared(blocks, shape) == wanted == most_anywhere(blocks, shape)


# --- The active piece -----------------------------------------------------------------------------


def _hung(
    rng: Random,
    blocks: Blocks,
    shape: Shape,
    wall: bool | None,
    avoid: tuple[Turn, int] | None,
    accept: Callable[[State], bool],
) -> State | None:
    """Hang a piece with an empty row or more below its box, not as in `avoid`, until the split fits."""
    highest = next(row for row, mask in enumerate(blocks) if mask)
    turns = [turn for turn in TURNS[shape] if turn.height < highest]
    if not turns:
        return None
    for _ in range(HANGS):
        turn = rng.choice(turns)
        last = len(blocks) - turn.width
        col = rng.choice((0, last)) if wall else rng.randint(0, last)
        top = rng.randrange(highest - turn.height)
        if (turn, col) != avoid:
            state = State(blocks, Place(turn, top, col).cells)
            if accept(state):
                return state
    return None


def _bare(rng: Random, blocks: Blocks, accept: Callable[[State], bool]) -> State | None:
    """Shift the stack sideways around the edges and mirror it or not, without a piece, until the split fits."""
    size, full = len(blocks), (1 << len(blocks)) - 1
    for _ in range(HANGS):
        by = rng.randrange(size)
        moved = [(mask << by | mask >> size - by) & full for mask in blocks]
        if rng.random() < 0.5:
            moved = [sum(1 << size - 1 - col for col in bits(mask)) for mask in moved]
        state = State(tuple(moved), ())
        if accept(state):
            return state
    return None
