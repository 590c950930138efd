"""Levels and boards."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Annotated, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell, connected, sides
from gameqa.core.options import shuffled

from .rules import TURNS, Box, box, fitting_turns, mirrored, placements, shape, turned
from .state import COLORS, Shape, State, members

DIVISIONS = 200
"""Divisions tried for one size and number of pieces."""
LEAST = 3
"""Cells of the smallest piece, and pieces that stay on the board unless a count below that is wished."""
REMOVALS = 12
"""Sets of removed pieces tried on one division."""
DRESSES = 60
"""Turns, reflections and numberings tried on one division."""
DRAWN_AT = {"0": 0, "90": 270, "180": 180, "270": 90, "0_180": 0, "90_270": 90, "all": 0}
"""By the turns that shall make a piece fit: how far it is turned from its place on the board before it is drawn."""

WINDOWS = ((2, 4), (4, 2), (3, 3))
"""Rows and columns of neighbouring places that `piece_placement` offers; of 3 x 3, one is left out."""

Division = tuple[tuple[int, ...], ...]
"""The piece of each cell, counted from 0."""
Range = tuple[int, int]
Share = Annotated[float, Meta(ge=0)]


class TangramParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `counts` are the numbers of pieces on the board in `piece_count`; `neighbours[k]` is the share of the answer k in
    `piece_adjacency`. The rest are wishes of a plan: `on_board` pieces on the board, a piece with `near` neighbours,
    one removed piece that the turns `code` make fit, or a `pair` of adjacent removed pieces.
    """

    size: tuple[Annotated[int, Meta(ge=5)], Annotated[int, Meta(le=10)]]
    pieces: tuple[Annotated[int, Meta(ge=4)], Annotated[int, Meta(le=len(COLORS))]]
    counts: tuple[Annotated[int, Meta(ge=2)], Annotated[int, Meta(le=8)]]
    neighbours: Annotated[tuple[Share, ...], Meta(max_length=8)]
    on_board: int | None = None
    near: int | None = None
    code: str | None = None
    pair: bool = False

    def __post_init__(self) -> None:
        for name in ("size", "pieces", "counts"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if 4 * self.pieces[1] > self.size[0] ** 2:
            raise ValueError(f"a board of {self.size[0]} x {self.size[0]} has no room for {self.pieces[1]} pieces")
        if self.counts[0] < self.pieces[0] - 3 or self.counts[1] > self.pieces[1] - 1:
            raise ValueError("counts must be reachable by taking one to three pieces off")
        wished = [number for number, share in enumerate(self.neighbours) if share]
        if not wished or wished[-1] > self.pieces[1] - 2:
            raise ValueError("neighbours must hold a share above 0, and none for more than all but two pieces")


LEVELS = {
    Level.EASY: TangramParams(size=(5, 5), pieces=(4, 6), counts=(2, 5), neighbours=(0, 0.25, 0.3, 0.25, 0.2)),
    Level.MEDIUM: TangramParams(size=(6, 8), pieces=(5, 8), counts=(3, 7), neighbours=(0, 0.1, 0.2, 0.2, 0.25, 0.25)),
    Level.HARD: TangramParams(size=(9, 10), pieces=(6, 9), counts=(4, 8), neighbours=(0, 0, 0.1, 0.2, 0.2, 0.3, 0.2)),
}


class Window(NamedTuple):
    """Neighbouring places of a box: rows and columns of them, and the corner of the first one."""

    rows: int
    cols: int
    top: int
    left: int

    def places(self) -> list[Cell]:
        """Return the top left corners of the boxes."""
        return [(self.top + row, self.left + col) for row in range(self.rows) for col in range(self.cols)]


def generate(rng: Random, plan: TangramParams, accept: Callable[[State], bool]) -> State | None:
    """Divide a board, take pieces off as planned, then turn, reflect and number it until the split fits."""
    size = rng.randint(*plan.size)
    count, removals = _numbers(plan, rng)
    division = next((made for _ in range(DIVISIONS) if (made := _divided(size, count, rng))), None)
    if division is None:
        return None
    removed = _removed(division, count, removals, plan, rng)
    if removed is None:
        return None
    pieces = _pieces(division, count)
    gone = {piece: shape(pieces[piece]) for piece in removed}
    for _ in range(DRESSES):
        state = _dressed(division, count, gone, plan.code, rng)
        if accept(state):
            return state
    return None


def windows(size: int, room: Box) -> list[Window]:
    """Return every window of eight or nine places of a box on the board that holds its real place."""
    down, across = size - room.height + 1, size - room.width + 1
    return [
        Window(rows, cols, top, left)
        for rows, cols in WINDOWS
        for top in range(max(0, room.top - rows + 1), min(room.top, down - rows) + 1)
        for left in range(max(0, room.left - cols + 1), min(room.left, across - cols) + 1)
    ]


def fitness(size: int, room: Box) -> float:
    """Return how well `piece_placement` can hide the place of a piece among others; 0: not at all.

    A place in a corner of the board has few windows, and it is in hardly any window of another place. As most pieces
    reach the edge, the place nearest to it would be right in a third of the questions if all pieces were alike.
    """
    edges = (room.top == 0) + (room.left == 0) + (room.bottom == size - 1) + (room.right == size - 1)
    return len(windows(size, room)) / 4**edges


def _numbers(plan: TangramParams, rng: Random) -> tuple[int, int]:
    """Return the number of pieces, and how many of them to take off."""
    least, most = plan.pieces
    if plan.on_board is not None:
        count = rng.randint(max(least, plan.on_board + 1), min(most, plan.on_board + 3))
        return count, count - plan.on_board
    if plan.code or plan.pair:
        return rng.randint(least, most), 1 if plan.code else 2
    stay = max(LEAST, (plan.near or 0) + 1)
    count = rng.randint(max(least, stay + 1), most)
    return count, rng.randint(1, min(3, count - stay))


def _divided(size: int, count: int, rng: Random) -> Division | None:
    """Give each cell to its nearest seed; None when a piece is too small or not connected."""
    seeds = rng.sample(range(size * size), count)
    owners: list[int] = []
    for far in zip(*map(_squares(size).__getitem__, seeds), strict=True):
        nearest = min(far)
        if far.count(nearest) == 1:
            owners.append(far.index(nearest))
        else:
            owners.append(rng.choice([seed for seed, distance in enumerate(far) if distance == nearest]))
    if min(map(owners.count, range(count))) < LEAST:
        return None
    division = tuple(tuple(owners[row * size : (row + 1) * size]) for row in range(size))
    return division if all(map(connected, _pieces(division, count))) else None


@lru_cache
def _squares(size: int) -> list[list[int]]:
    """The squared distance of any two cells, both in reading order."""
    board = [(row, col) for row in range(size) for col in range(size)]
    return [[(row - r) ** 2 + (col - c) ** 2 for r, c in board] for row, col in board]


def _pieces(division: Division, count: int) -> list[list[Cell]]:
    """Return the cells of each piece."""
    pieces: list[list[Cell]] = [[] for _ in range(count)]
    for row, line in enumerate(division):
        for col, piece in enumerate(line):
            pieces[piece].append((row, col))
    return pieces


def _adjacency(division: Division, count: int) -> list[set[int]]:
    """Return the pieces that share an edge with each piece."""
    near: list[set[int]] = [set() for _ in range(count)]
    for rows in (division, tuple(zip(*division, strict=True))):
        for line in rows:
            for one, two in pairwise(line):
                if one != two:
                    near[one].add(two)
                    near[two].add(one)
    return near


def _removed(division: Division, count: int, removals: int, plan: TangramParams, rng: Random) -> Sequence[int] | None:
    """Choose the pieces to take off; None when none will do."""
    if plan.code:
        return _turnable(_pieces(division, count), plan.code, rng)
    if plan.pair:
        return _pair(division, count, rng)
    if plan.near is None:
        return rng.sample(range(count), removals)
    near = _adjacency(division, count)
    for _ in range(REMOVALS):
        gone = rng.sample(range(count), removals)
        if any(len(near[piece].difference(gone)) == plan.near for piece in range(count) if piece not in gone):
            return gone
    return None


def _turnable(pieces: list[list[Cell]], code: str, rng: Random) -> list[int] | None:
    """Return a random piece that can be drawn so that exactly the wished turns make it fit."""
    alike = {"all": 4, "0_180": 2, "90_270": 2, "none": 0}.get(code, 1)
    shapes = map(shape, pieces)
    fits = [
        piece
        for piece, own in enumerate(shapes)
        if len(fitting_turns(mirrored(own) if code == "none" else own, own)) == alike
    ]
    return [rng.choice(fits)] if fits else None


def _pair(division: Division, count: int, rng: Random) -> tuple[int, int] | None:
    """Return two adjacent pieces that fill their room in one way only."""
    pieces = _pieces(division, count)
    worth = [fitness(len(division), box(cells)) for cells in pieces]
    pairs = [(one, two) for one, near in enumerate(_adjacency(division, count)) for two in sorted(near) if one < two]
    weights = [worth[one] + worth[two] for one, two in pairs]
    if not any(weights):
        return None
    one, two = rng.choices(pairs, weights)[0]
    places = placements(pieces[one] + pieces[two], shape(pieces[one]), shape(pieces[two]))
    return (one, two) if len(places) == 1 else None


def _dressed(division: Division, count: int, gone: Mapping[int, Shape], code: str | None, rng: Random) -> State:
    """Turn and reflect a division, number its pieces, and take some off."""
    reflected, degrees = rng.random() < 0.5, rng.choice(TURNS)

    def moved(rows: Shape) -> Shape:
        return turned(mirrored(rows) if reflected else rows, degrees)

    numbers = rng.sample(range(1, count + 1), count)
    shown = {numbers[piece]: _drawn(moved(own), code, rng) for piece, own in gone.items()}
    for piece in gone:
        numbers[piece] = 0
    grid = tuple(tuple(numbers[piece] for piece in row) for row in moved(division))
    return State(grid, tuple(sorted(shown)), tuple(shown[number] for number in sorted(shown)))


def _drawn(own: Shape, code: str | None, rng: Random) -> Shape:
    """Return a shape as it is drawn, flipped and turned as the wished turns demand."""
    if code is None:
        return own
    return turned(mirrored(own), rng.choice(TURNS)) if code == "none" else turned(own, DRAWN_AT[code])


def perturb(state: State, rng: Random) -> State:
    """Give a cell on the border of a piece to a neighbour, or let two pieces on the board swap their numbers."""
    if rng.random() < 0.5:
        for cell in shuffled(members(state.grid), rng):
            own = state.grid[cell[0]][cell[1]]
            rest = [other for other in state.cells(own) if other != cell]
            inside = (place for place in sides(cell) if min(place) >= 0 and max(place) < state.size)
            near = {state.grid[row][col] for row, col in inside}
            takers = sorted(near - {0, own})
            if takers and rest and connected(rest):
                return _renumbered(state, {cell: rng.choice(takers)})
    one, two = rng.sample(state.on_board, 2)
    return _renumbered(state, {**dict.fromkeys(state.cells(one), two), **dict.fromkeys(state.cells(two), one)})


def _renumbered(state: State, numbers: dict[Cell, int]) -> State:
    grid = tuple(
        tuple(numbers.get((row, col), number) for col, number in enumerate(line)) for row, line in enumerate(state.grid)
    )
    return State(grid, state.removed, state.shown)
