"""Wrong options that a reader without the board cannot tell from the right one."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise, product
from random import Random

from .rules import BACK, MOVES, Move, ahead, follow, free_end, inside, shortest_walk, straight, walks
from .state import WALL, Cell, State


def offset(start: Cell, end: Cell) -> Cell:
    """Return the rows down and columns to the right from one cell to another."""
    return end[0] - start[0], end[1] - start[1]


def numbers(right: int, gaps: Sequence[int], low: int, high: int, rng: Random) -> list[int]:
    """Return seven wrong numbers: `right` moved by 1, by 2 and by a gap, up or down, in every combination.

    Seen from any of the eight numbers the others lie alike. Gaps under 4 would make numbers coincide.
    """
    wide = [gap for gap in dict.fromkeys(gaps) if 4 <= gap <= 9]
    rng.shuffle(wide)
    made: list[set[int]] = []
    for gap in [*wide, 4]:
        for signs in product((-1, 1), repeat=3):
            eight = {right}
            for sign, step in zip(signs, (1, 2, gap), strict=True):
                eight |= {number + sign * step for number in eight}
            if low <= min(eight) and max(eight) <= high:
                made.append(eight)
        if made:
            break
    return sorted(rng.choice(made))


def likely_ends(state: State, box: Cell, moves: Sequence[Move]) -> list[Cell]:
    """Return the open cells where a box could end if one cell in five inside the ring were wall, likeliest first.

    The end of the free walk is left out: it is never right. A move repeated after it was blocked is blocked again.
    """
    places: dict[tuple[Cell, Move | None], int] = {(box, None): 1}
    free = free_end(box, moves)
    for move in moves:
        reached: dict[tuple[Cell, Move | None], int] = {}
        for (here, blocked), chance in places.items():
            there = ahead(here, move)
            goes = 4 if blocked != move and inside(state, there) else 0
            if goes:
                reached[there, None] = reached.get((there, None), 0) + goes * chance
            reached[here, move] = reached.get((here, move), 0) + (5 - goes) * chance
        places = reached
    chances: Counter[Cell] = Counter()
    for (cell, _), chance in places.items():
        if cell != free and state.grid[cell[0]][cell[1]] != WALL:
            chances[cell] += chance
    return sorted(chances, key=lambda cell: (-chances[cell], cell))


def same_end(state: State, right: Sequence[Move], rng: Random) -> list[list[Move]]:
    """Return three sequences with the net displacement of `right`, fewer if there are not so many.

    Some are no longer but blocked, the others legal but 2 or 4 moves longer. Blocked inside the board come before
    blocked by its edge, which could be told without the board.
    """
    goal = follow(state, right)[0][-1]
    blocked = blocked_routes(state, right, goal, rng)
    near, far = walks(state, state.player), walks(state, goal)
    detours = [cell for cell in near if near[cell] + far.get(cell, 99) - len(right) in (2, 4)]
    longer: list[list[Move]] = []
    for cell in rng.sample(detours, min(8, len(detours))):
        back: list[Move] = [BACK[move] for move in reversed(shortest_walk(far, cell)[0])]
        moves: list[Move] = [*shortest_walk(near, cell)[0], *back]
        if not _turns_back(moves) and moves not in longer:
            longer.append(moves)
    many = rng.choice((2, 2, 3))
    return [*blocked[:many], *longer[: 3 - min(many, len(blocked))], *blocked[many:]][:3]


def near_misses(state: State, models: Sequence[Sequence[Move]], rng: Random) -> list[list[Move]]:
    """Return for each model a sequence that makes the same move once less, or once more, than the model.

    The move is such that a start inside the board could explain the sequences, and, where that can be, one that
    every model makes, so that runs become shorter or longer and no turns are added.
    """
    shared = [move for move in MOVES if all(move in model for model in models)]
    # Dropping leaves two moves at least: no goal is one move away.
    changes: list[tuple[bool, Move]] = [
        (drop, move) for drop in (True, False) for move in MOVES if not drop or min(map(len, models)) > 2
    ]
    rng.shuffle(changes)
    for drop, move in sorted(changes, key=lambda change: change[1] not in shared):
        if not inside(state, ahead(state.player, move if drop else BACK[move])):
            continue
        made: list[list[Move]] = []
        for model in models:
            places = [at for at, made_move in enumerate(model) if made_move == move]
            if not drop:
                places = places or list(range(len(model) + 1))
            ways: list[list[Move]] = [[*model[:at], *([] if drop else [move]), *model[at + drop :]] for at in places]
            ways = [way for way in ways if way and not _turns_back(way) and way not in made]
            if not ways:
                break
            made.append(rng.choice(ways))
        if len(made) == len(models):
            return made
    return []


def blocked_routes(state: State, right: Sequence[Move], goal: Cell, rng: Random) -> list[list[Move]]:
    """Return sequences no longer than `right` that would end on the goal but run into something.

    They are made by shuffling straight runs, so that they turn about as often as a walk does.
    """
    down, across = straight(state.player, goal)
    move, other = rng.sample(MOVES, 2)
    pools = [_runs(right), [down, across], [down, across, [move], [BACK[move]]]]
    pools.append([*pools[2], [other], [BACK[other]]])
    found: list[list[Move]] = []
    for attempt in range(12 * len(pools)):
        runs = [run for run in pools[attempt % len(pools)] if run]
        if not runs or sum(map(len, runs)) > len(right):
            continue
        for _ in range(rng.randint(0, 2)):
            run = runs.pop(rng.randrange(len(runs)))
            cut = rng.randint(0, len(run))
            runs += [run[:cut], run[cut:]]
        rng.shuffle(runs)
        moves = [move for run in runs for move in run]
        if not _turns_back(moves) and moves not in found and follow(state, moves)[1] is not None:
            found.append(moves)
    return sorted(found, key=lambda moves: _at_edge(state, moves))


def _runs(moves: Sequence[Move]) -> list[list[Move]]:
    """Return the moves cut at every turn."""
    runs: list[list[Move]] = []
    for move in moves:
        if runs and runs[-1][0] == move:
            runs[-1].append(move)
        else:
            runs.append([move])
    return runs


def _turns_back(moves: Sequence[Move]) -> bool:
    return any(after == BACK[before] for before, after in pairwise(moves))


def _at_edge(state: State, moves: Sequence[Move]) -> bool:
    hit = follow(state, moves)[1]
    return hit is not None and not inside(state, hit)
