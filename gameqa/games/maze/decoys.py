"""Wrong options that look like right ones to a reader without the board.

Every builder is a reversible draw: it joins the options by steps that lead as often one way as the other, and lets the
right option take each place among them equally often. So neither place, length nor likeness tells which one is right.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise, product
from random import Random

from gameqa.core.grids import DIRECTIONS, OPPOSITE, Cell, Direction, ahead, distances, manhattan, sides

from .rules import Step, directions, displacement, follow, turns
from .state import State

Moves = list[Direction]

ENDS = 24
"""Other ends tried for one path."""
FLIPS = 24
"""Corners tried for one pair of ends."""
LATTICES = 200
"""Sets of offsets tried around one end."""
MOST = 4
"""How many options are to be ends of moves that nothing blocks."""
BY_ROOMS: tuple[Cell, ...] = ((0, 2), (2, 0), (2, 2), (2, -2))
"""Offsets from a room to the next ones."""


def possible(size: int, cell: Cell) -> bool:
    """Return whether a maze can be free on a cell: never on the ring, nor where row and column are even."""
    row, column = cell
    return 0 < row < size - 1 and 0 < column < size - 1 and bool(row % 2 or column % 2)


def positions(state: State, right: Cell, other: Cell, rng: Random) -> list[Cell]:
    """Return four wrong cells for the place of a piece, none if two draws leave the board.

    The five options are two pairs of neighbours and a single cell, joined by swapping row and column or by a far
    pair such as player and goal (`other` is the other piece). The right one is any of the five. More draws would
    favour right cells near the border, which fewer draws fit.
    """
    return _positions(state, right, other, rng) or _positions(state, right, other, rng)


def _positions(state: State, right: Cell, other: Cell, rng: Random) -> list[Cell]:
    """Draw four wrong cells once."""
    kinds = rng.choice([("swap", "far"), ("far", "swap"), ("far", "far")])
    links = {
        (0, 1): "side",
        (2, 3): "side",
        (rng.randrange(2), rng.randrange(2, 4)): kinds[0],
        (rng.randrange(4), 4): kinds[1],
    }
    start = rng.randrange(5)
    cells: dict[int, Cell] = {start: right}
    while len(cells) < 5:
        for (a, b), kind in links.items():
            if (a in cells) != (b in cells):
                known, new = (a, b) if a in cells else (b, a)
                cell = _linked(state, cells[known], kind, other if known == start else None, rng)
                if cell in cells.values() or not possible(state.size, cell):
                    return []
                cells[new] = cell
    return [cell for cell in cells.values() if cell != right]


def _linked(state: State, cell: Cell, kind: str, other: Cell | None, rng: Random) -> Cell:
    """Return a cell that a link leads to, on the board or not."""
    if kind == "side":
        return ahead(cell, rng.choice(DIRECTIONS))
    if kind == "swap":
        return cell[1], cell[0]
    if other is not None:
        return other
    return rng.choice([far for far in sorted(state.free) if 2 * manhattan(cell, far) >= state.size])


def ends_of_moves(state: State, played: Sequence[Step], rng: Random, tries: int = LATTICES) -> list[Cell]:
    """Return four wrong cells for the end of a walk, none if no try fits.

    Four of the five options are a parallelogram whose sides are offsets from the end to where mistakes lead; the
    fifth hangs on one of them by another such offset. The right one is any of the five. If there are cells where the
    moves could end unblocked, as most right ones are, then most options are such cells.
    """
    end = played[-1].after
    moves: Moves = [step.direction for step in played]
    slips = [(cell[0] - end[0], cell[1] - end[1]) for cell in _slips(played)]
    least = MOST if _could_be_unblocked(state.size, moves) else 0
    for _ in range(tries):
        offsets = _three_offsets(slips, rng)
        corner = _moved(end, offsets[2]) if rng.randrange(5) == 0 else end
        square = [corner, _moved(corner, offsets[0]), _moved(corner, offsets[1])]
        square.append(_moved(square[1], offsets[1]))
        cells = {end, *square}
        if corner == end:
            cells.add(_moved(rng.choice(square), offsets[2]))
        if len(cells) < 5 or not all(possible(state.size, cell) for cell in cells) or _is_cross(cells):
            continue
        if sum(_could_end(state.size, cell, moves) for cell in cells) >= least:
            return sorted(cells - {end})
    return []


def _could_be_unblocked(size: int, moves: Sequence[Direction]) -> bool:
    """Return whether there is a maze of the size in which none of the moves is blocked."""
    cells = _cells(moves)
    top, left = (min(part) for part in zip(*cells, strict=True))
    # A walk that fits anywhere also fits two cells further up or to the left: turns stay in rooms.
    places = [(cells[-1][0] - top + row, cells[-1][1] - left + column) for row in (1, 2) for column in (1, 2)]
    return any(_could_end(size, place, moves) for place in places)


def _cells(moves: Sequence[Direction]) -> list[Cell]:
    """Return the cells of an unblocked walk, seen from its start."""
    cells: list[Cell] = [(0, 0)]
    for move in moves:
        cells.append(ahead(cells[-1], move))
    return cells


def _could_end(size: int, end: Cell, moves: Sequence[Direction]) -> bool:
    """Return whether there is a maze of the size in which moves, none of them blocked, end on a cell."""
    here = end
    for move in reversed(moves):
        if not possible(size, here):
            return False
        here = ahead(here, OPPOSITE[move])
    return possible(size, here)


def _slips(played: Sequence[Step]) -> list[Cell]:
    """Return the cells that mistakes lead to: walls ignored, stopped at the first block, a move more or less."""
    start, end = played[0].before, played[-1].after
    free_end = _moved(start, displacement([step.direction for step in played]))
    blocked = [step for step in played if step.blocked]
    effective = [step for step in played if not step.blocked]
    found = [free_end, start]
    found += [step.before for step in (*blocked[:1], *effective[-1:])]
    found += [ahead(end, step.direction) for step in blocked]
    found += [ahead(end, OPPOSITE[step.direction]) for step in effective]
    return [cell for cell in dict.fromkeys(found) if cell != end]


def _three_offsets(slips: Sequence[Cell], rng: Random) -> list[Cell]:
    """Return three offsets, most of them from slips, the others by rooms; which way each leads is left to chance."""
    chosen = rng.sample(slips, min(len(slips), rng.randint(1, 3)))
    while len(chosen) < 3:
        chosen.append(rng.choice(BY_ROOMS))
    rng.shuffle(chosen)
    return [offset if rng.random() < 0.5 else (-offset[0], -offset[1]) for offset in chosen]


def _is_cross(cells: Iterable[Cell]) -> bool:
    """Return whether five cells are one cell with its four neighbours."""
    five = set(cells)
    return any(all(side in five for side in sides(cell)) for cell in five)


def _moved(cell: Cell, offset: Cell) -> Cell:
    return cell[0] + offset[0], cell[1] + offset[1]


@dataclass(frozen=True, slots=True)
class _Flip:
    """A corner cut the other way round: the `first` steps before a turn and the `second` ones after it trade places."""

    at: int
    first: int
    second: int

    def of(self, moves: Sequence[Direction]) -> Moves:
        """Return moves with the corner flipped."""
        start, turn, end = self.at, self.at + self.first, self.at + self.first + self.second
        return [*moves[:start], *moves[turn:end], *moves[start:turn], *moves[end:]]

    def fits(self, moves: Sequence[Direction]) -> bool:
        """Return whether moves have such a corner there."""
        start, turn, end = self.at, self.at + self.first, self.at + self.first + self.second
        pieces = set(moves[start:turn]), set(moves[turn:end])
        return end <= len(moves) and len(pieces[0]) == len(pieces[1]) == 1 and pieces[0] != pieces[1]


def paths(state: State, right: Moves, rng: Random) -> list[Moves]:
    """Return four wrong sequences for the path to the goal, none if the maze offers none.

    Two ends (the goal and another one) times two ways through one corner (the real one and the corner flipped) make
    four sequences that are alike in likeness to each other; the fifth is shorter than all of them and is never right.
    The other end is that of a wrong branch, or the path is mirrored after a turn.
    """
    near = distances(state.player, state.free)
    elsewhere, mirrored = list(_branch_paths(state, right, near)), list(_mirrored(right))
    rng.shuffle(elsewhere)
    rng.shuffle(mirrored)
    others = [*elsewhere, *mirrored] if rng.random() < 0.75 else [*mirrored, *elsewhere]
    farther, straighter, away = rng.choice((-1, 1)), rng.choice((-1, 1)), _distance(right)
    for change in rng.sample((-1, 0, 1), 3):
        fits = [moves for moves in others if len(moves) - len(right) == change]
        for other in [moves for moves in fits if (_distance(moves) - away) * farther >= 0][:ENDS]:
            if not _looks_right(state, other) or _succeeds(state, other):
                continue
            flip = _common_flip(state, right, other, straighter, rng)
            if flip is None:
                continue
            four = [right, other, flip.of(right), flip.of(other)]
            shorter = _shorter(state, four, flip, near, rng)
            if shorter is not None:
                return [*four[1:], shorter]
    return []


def _branch_paths(state: State, right: Moves, near: Mapping[Cell, int]) -> Iterator[Moves]:
    """Yield the legal paths to other cells, about as far away, that leave the right path before its last turn."""
    for cell, length in near.items():
        if abs(length - len(right)) <= 1 and cell != state.goal:
            moves = _way(near, cell)
            if not _starts_alike(moves, right):
                yield moves


def _way(near: Mapping[Cell, int], end: Cell) -> Moves:
    """Return the path to an end, by the number of steps to each free cell."""
    cells = [end]
    while near[cells[-1]]:
        cells.append(next(side for side in sides(cells[-1]) if near.get(side) == near[end] - len(cells)))
    return directions(cells[::-1])


def _starts_alike(moves: Moves, right: Moves) -> bool:
    """Return whether two paths differ in no more than their last step."""
    return all(one == other for one, other in zip(moves[:-1], right, strict=False))


def _mirrored(right: Moves) -> Iterator[Moves]:
    """Yield the path mirrored after each of its turns, left to right or up to down, its last run changed a little."""
    for turn in (at for at in range(1, len(right)) if right[at] != right[at - 1]):
        for pair in (("left", "right"), ("up", "down")):
            tail: Moves = [OPPOSITE[move] if move in pair else move for move in right[turn:]]
            if tail != right[turn:]:
                moves: Moves = [*right[:turn], *tail]
                yield moves
                yield moves[:-1]
                yield [*moves, moves[-1]]


def _common_flip(state: State, right: Moves, other: Moves, straighter: int, rng: Random) -> _Flip | None:
    """Return a corner that can be flipped in both paths, so that both still look like paths and neither is right.

    It leaves the path as straight as it was or changes that one way only, up (1) or down (-1), drawn beforehand: else
    the wrong paths could be told by being more winding.
    """
    flips = _flips(right)
    flips = rng.sample(flips, min(FLIPS, len(flips)))
    before = _straightness(right)
    changes = {flip: (_straightness(flip.of(right)) - before) * straighter for flip in flips}
    for flip in sorted((flip for flip in flips if changes[flip] >= 0), key=lambda flip: changes[flip] > 0):
        if flip.fits(other):
            made = [flip.of(right), flip.of(other)]
            if all(_looks_right(state, moves) and not _succeeds(state, moves) for moves in made):
                return flip
    return None


def _flips(moves: Moves) -> list[_Flip]:
    """Return the corners of a path that can be flipped, in pieces of every length that keeps later turns in rooms."""
    found: list[_Flip] = []
    corners = [at for at in range(1, len(moves)) if moves[at] != moves[at - 1]]
    for before, corner, after in zip([0, *corners], corners, [*corners[1:], len(moves)], strict=False):
        firsts = {*range(2, corner - before + 1, 2), corner - before}
        seconds = {*range(2, after - corner + 1, 2), after - corner}
        found += [_Flip(corner - first, first, second) for first, second in product(sorted(firsts), sorted(seconds))]
    return found


def _shorter(state: State, four: Sequence[Moves], flip: _Flip, near: Mapping[Cell, int], rng: Random) -> Moves | None:
    """Return a wrong sequence a little shorter than the four, and as like to either two of them as to the others.

    It leads to another cell, or is one of the first two with a straight run cut short; the corner is flipped or not.
    """
    shortest, longest = min(map(len, four)), max(map(len, four))
    for length in rng.sample((shortest - 1, shortest - 2), 2):
        if length < longest - 2:
            continue
        pools = [_elsewhere(four[0][:length], near, rng), *(_cut(moves, length) for moves in four[:2])]
        rng.shuffle(pools)
        for moves in chain(*pools):
            pair = [moves, flip.of(moves)]
            if flip.fits(moves) and all(_looks_right(state, one) and not _succeeds(state, one) for one in pair):
                return rng.choice(pair)
    return None


def _elsewhere(part: Moves, near: Mapping[Cell, int], rng: Random) -> Iterator[Moves]:
    """Yield legal paths as long as a part of the right one but to other cells."""
    cells = [cell for cell, length in near.items() if length == len(part)]
    for cell in rng.sample(cells, len(cells)):
        moves = _way(near, cell)
        if moves != part:
            yield moves


def _cut(moves: Moves, length: int) -> Iterator[Moves]:
    """Yield moves with one of their straight runs made shorter, to a given length."""
    less = len(moves) - length
    for at in range(len(moves) - less + 1):
        piece = moves[at : at + less]
        if len(set(piece)) == 1 and (at == 0 or moves[at - 1] != piece[0]):
            yield [*moves[:at], *moves[at + less :]]


def _straightness(moves: Moves) -> int:
    """Return a number that grows when turns become fewer or straight runs less equal: the sum of squared runs."""
    return sum(len(list(run)) ** 2 for _, run in groupby(moves))


def _distance(moves: Moves) -> int:
    """Return how many rows and columns lie between the ends of moves."""
    down, across = displacement(moves)
    return abs(down) + abs(across)


def _looks_right(state: State, moves: Moves) -> bool:
    """Return whether moves could be the path from a player to a goal in some maze of the size.

    They never turn back nor come beside themselves, turn only in rooms, fit into the ring, and lead far enough with
    enough turns.
    """
    least_turns = (state.size - 7) // 2
    if 2 * _distance(moves) < state.size or turns(moves) < least_turns:
        return False
    corners = [at for at in range(1, len(moves)) if moves[at] != moves[at - 1]]
    if any((there - here) % 2 for here, there in pairwise(corners)):
        return False
    cells = _cells(moves)
    visited = set(cells)
    touching = sum(((row + 1, column) in visited) + ((row, column + 1) in visited) for row, column in visited)
    if len(visited) < len(cells) or touching > len(moves):
        return False
    room = state.size - 3
    return all(max(part) - min(part) <= room for part in zip(*cells, strict=True))


def _succeeds(state: State, moves: Moves) -> bool:
    """Return whether the legal part of moves comes to the goal."""
    return state.goal in follow(state, moves)[0]
