"""Levels and boards. Boards come from games played forward, so an order of play exists."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.masks import bits

from .rules import POINTS, best_cells, is_over, marked_middles, played
from .state import FULL, MIDDLE, Mark, Spot, State

GREEDY = 0.85
"""Probability of a move that gains the most points at once."""

_TURN = tuple(6 - 3 * (cell % 3) + cell // 3 for cell in range(9))
_MIRROR = tuple(cell + 2 - 2 * (cell % 3) for cell in range(9))
"""Where a quarter turn and a mirror image take a cell, or a Nine-grid."""


def _symmetries() -> tuple[tuple[int, ...], ...]:
    found = [tuple(range(9))]
    for _ in range(3):
        found.append(tuple(_TURN[cell] for cell in found[-1]))
    return (*found, *(tuple(_MIRROR[cell] for cell in map_) for map_ in found))


SYMMETRIES = _symmetries()
"""The eight symmetries of a square. Applied to Nine-grids and cells alike, each turns a legal game into another."""
_MASKS = tuple(
    tuple(sum(1 << symmetry[cell] for cell in bits(mask)) for mask in range(FULL + 1)) for symmetry in SYMMETRIES
)


Number = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]


class UltraTicTacToeParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `pieces` stand on the board; `free` is the least number of free cells in the target grid. `eights` is the share of
    `middle_cells_marked` with eight marked middle cells (None: as it comes). In `nine_grid_points`, `point_shares[k]`
    is the share of k points, the last one that of k or more; a player without points has at least `zero_pieces`
    pieces in the Nine-grid.
    `owner` (None: a free cell), `eight` and `points` are wishes of a plan: the aimed answers of tasks 1, 3 and 5, the
    last one as a range.
    """

    pieces: tuple[Annotated[int, Meta(ge=4, le=78)], Annotated[int, Meta(ge=4, le=78)]]
    free: Annotated[int, Meta(ge=2, le=6)] = 2
    eights: Share | None = None
    point_shares: Annotated[tuple[float, ...], Meta(min_length=1, max_length=9)] = (0.4, 0.4, 0.2)
    zero_pieces: Annotated[int, Meta(ge=0, le=4)] = 2
    owner: Mark | None = None
    eight: bool | None = None
    points: tuple[Number, Number] | None = None

    def __post_init__(self) -> None:
        if self.pieces[0] > self.pieces[1]:
            raise ValueError("pieces must be (least, most)")
        if min(self.point_shares) < 0 or sum(self.point_shares) <= 0:
            raise ValueError("point_shares must not be negative, and one must be above 0")


LEVELS = {
    Level.EASY: UltraTicTacToeParams(pieces=(10, 34), free=3, point_shares=(0.46, 0.44, 0.10, 0.0)),
    Level.MEDIUM: UltraTicTacToeParams(pieces=(35, 59), point_shares=(0.12, 0.18, 0.35, 0.35), zero_pieces=3),
    Level.HARD: UltraTicTacToeParams(
        pieces=(60, 76), eights=0.4, point_shares=(0.04, 0.05, 0.20, 0.35, 0.36), zero_pieces=3
    ),
}


def generate(rng: Random, plan: UltraTicTacToeParams, accept: Callable[[State], bool]) -> State | None:
    """Play a game up to a position with one best move, and turn or mirror it until the split fits."""
    state = _game(rng, plan)
    if state is None or not _as_wished(state, plan):
        return None
    for symmetry in rng.sample(range(len(SYMMETRIES)), len(SYMMETRIES)):
        variant = turned(state, symmetry)
        if accept(variant):
            return variant
    return None


def _game(rng: Random, plan: UltraTicTacToeParams) -> State | None:
    """Play until just one free cell of the target grid gains the most.

    None when too few cells are free there, or when the game ends or grows too long first. The least number of pieces
    is drawn, so that the numbers of pieces spread over the level's range.
    """
    least, most = rng.randint(*plan.pieces), plan.pieces[1]
    own, other = [0] * 9, [0] * 9
    last, middles = Spot(MIDDLE, MIDDLE), 0
    for count in range(most + 1):
        grid = last.cell
        free = FULL ^ own[grid] ^ other[grid]
        gain, best = best_cells(own[grid], free)
        if count >= least and gain and len(best) == 1:
            x, o = (own, other) if count % 2 == 0 else (other, own)
            return State(tuple(x), tuple(o), last) if free.bit_count() >= plan.free else None
        cell = rng.choice(best if rng.random() < GREEDY else [*bits(free)])
        middles += cell == MIDDLE
        if middles == 9:
            return None
        own[grid] |= 1 << cell
        own, other, last = other, own, Spot(grid, cell)
    return None


def _as_wished(state: State, plan: UltraTicTacToeParams) -> bool:
    if plan.eight is not None and plan.eight != (marked_middles(state) == 8):
        return False
    return plan.points is None or bool(holders(state, plan))


def holders(state: State, plan: UltraTicTacToeParams) -> list[tuple[Mark, int]]:
    """Return every player and Nine-grid with the planned points; without points, also with enough pieces there."""
    low, high = plan.points or (0, 8)
    marks: tuple[Mark, ...] = ("X", "O")
    return [
        (mark, grid)
        for mark in marks
        for grid in range(9)
        if low <= POINTS[cells := state.held(mark, grid)] <= high
        and (POINTS[cells] or cells.bit_count() >= plan.zero_pieces)
    ]


def turned(state: State, symmetry: int) -> State:
    """Return the state turned or mirrored."""
    to, masks = SYMMETRIES[symmetry], _MASKS[symmetry]
    x, o = [0] * 9, [0] * 9
    for grid in range(9):
        x[to[grid]], o[to[grid]] = masks[state.x[grid]], masks[state.o[grid]]
    return State(tuple(x), tuple(o), Spot(to[state.last.grid], to[state.last.cell]))


def perturb(state: State, rng: Random) -> State:
    """Play one move more that does not end the game."""
    after = [played(state, cell) for cell in bits(state.free(state.target))]
    return rng.choice([state for state in after if not is_over(state)])
