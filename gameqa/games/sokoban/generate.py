"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated

import msgspec
from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.masks import bits

from .rules import flood
from .state import BOX, BOX_ON_TARGET, FLOOR, MOST_BOXES, PLAYER, PLAYER_ON_TARGET, SIZES, TARGET, WALL, State

Positive = Annotated[int, Meta(ge=1, le=60)]
Span = tuple[Positive, Positive]
LEAST_FLOOR = 8
"""Floor cells that a board must have at least."""
PULL_LIMIT = 60
"""Pulls after which an aimed distance is given up."""


class SokobanParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `size` counts the wall ring, `walls` the inner walls; half of the boards hold one box, the others 2 to `boxes`.
    `moves` is the length of a sequence of moves, `telling` the blocked moves that must matter in one of a box
    and `ranks` how many ends may at most be as likely as the right one for a reader without the board,
    `least` the smallest minimum of moves asked for, `search_boxes` the boxes on boards for that question, `walk`
    the length of a shortest walk, `distance` the largest distance of box and target asked for.
    The fields from `count` on are wishes of a plan: the number of boxes, whether a box and the player start on a
    target, the distance of box and target; whether a sequence shall push, be blocked, and end elsewhere if pushes are
    misjudged; how many ends of a box's moves look likelier without the board than the right one.
    """

    size: Annotated[int, Meta(ge=SIZES[0], le=SIZES[1])]
    walls: tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]
    boxes: Annotated[int, Meta(ge=1, le=MOST_BOXES)]
    pulls: Span
    moves: Annotated[int, Meta(ge=3, le=20)]
    telling: Annotated[int, Meta(ge=1, le=3)]
    ranks: Annotated[int, Meta(ge=1, le=7)]
    least: Positive
    search_boxes: Annotated[int, Meta(ge=1, le=2)]
    walk: tuple[Annotated[int, Meta(ge=2, le=20)], Annotated[int, Meta(ge=2, le=20)]]
    distance: Annotated[int, Meta(ge=1, le=18)]
    count: Annotated[int, Meta(ge=1, le=MOST_BOXES)] | None = None
    box_on_target: bool = False
    player_on_target: bool = False
    apart: int | None = None
    push: bool = False
    blocked: bool = False
    misjudged: bool = False
    rank: Annotated[int, Meta(ge=0, le=6)] | None = None

    def __post_init__(self) -> None:
        for name in ("walls", "pulls", "walk"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        inner = (self.size - 2) ** 2
        most = min(inner // 4, inner - LEAST_FLOOR)
        if self.walls[0] > most:
            raise ValueError(f"walls must not ask for more than {most} of the {inner} inner cells")
        if self.distance > 2 * (self.size - 3):
            raise ValueError(f"distance must not exceed {2 * (self.size - 3)} on this size")


LEVELS = {
    Level.EASY: SokobanParams(
        size=6,
        walls=(0, 2),
        boxes=2,
        pulls=(3, 8),
        moves=5,
        telling=1,
        ranks=5,
        least=2,
        search_boxes=2,
        walk=(2, 4),
        distance=4,
    ),
    Level.MEDIUM: SokobanParams(
        size=8,
        walls=(2, 5),
        boxes=3,
        pulls=(6, 14),
        moves=8,
        telling=1,
        ranks=7,
        least=5,
        search_boxes=2,
        walk=(4, 8),
        distance=7,
    ),
    Level.HARD: SokobanParams(
        size=12,
        walls=(8, 12),
        boxes=3,
        pulls=(10, 24),
        moves=12,
        telling=2,
        ranks=7,
        least=8,
        search_boxes=1,
        walk=(7, 14),
        distance=12,
    ),
}


def planned(level: SokobanParams, rng: Random, count: int | None = None) -> SokobanParams:
    """Draw the number of boxes (unless given), and whether a box and the player start on a target."""
    if count is None:
        count = 1 if level.boxes == 1 or rng.random() < 0.5 else rng.randint(2, level.boxes)
    return msgspec.structs.replace(
        level,
        count=count,
        box_on_target=count > 1 and rng.random() < 0.15,
        player_on_target=rng.random() < 0.1,
    )


def generate(rng: Random, plan: SokobanParams, accept: Callable[[State], bool]) -> State | None:
    """Pull the boxes backward from the targets, so that every board is solvable; try players' cells until one fits."""
    if plan.count is None:
        plan = planned(plan, rng)
    width = plan.size
    floor = _carve(rng, plan)
    cells = list(bits(floor))
    if len(cells) < LEAST_FLOOR:
        return None
    targets = rng.sample(cells, plan.count or 1)
    pulled = _pull(rng, plan, floor, targets)
    if pulled is None:
        return None
    boxes, reach = pulled
    if sum(box in targets for box in boxes) != plan.box_on_target:
        return None
    board = [FLOOR if floor >> cell & 1 else WALL for cell in range(width * width)]
    for cell in targets:
        board[cell] = TARGET
    for cell in boxes:
        board[cell] = BOX_ON_TARGET if cell in targets else BOX
    rows = [tuple(board[start : start + width]) for start in range(0, width * width, width)]
    box_cells, target_cells = (tuple(divmod(cell, width) for cell in sorted(some)) for some in (boxes, targets))
    players = [cell for cell in bits(reach) if (cell in targets) == plan.player_on_target]
    rng.shuffle(players)
    for player in players:
        row, column = divmod(player, width)
        code = PLAYER_ON_TARGET if player in targets else PLAYER
        line = (*rows[row][:column], code, *rows[row][column + 1 :])
        state = State((*rows[:row], line, *rows[row + 1 :]), (row, column), box_cells, target_cells)
        if accept(state):
            return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Move the player, one box or one target to another cell."""
    players, boxes, targets = {state.player}, set(state.boxes), set(state.targets)
    kind = rng.randrange(3)
    moved, taken = ((players, boxes), (boxes, boxes | players), (targets, targets))[kind]
    there = rng.choice([cell for cell in state.open_cells if cell not in taken | moved])
    moved.remove(rng.choice(sorted(moved)))
    moved.add(there)
    (player,) = players
    return state.placed(player, boxes, targets)


def _carve(rng: Random, plan: SokobanParams) -> int:
    """Return the floor as a bit set (see `flood`): walls are drawn, then smaller pockets filled. 0: too many."""
    width = plan.size
    inner = [row * width + column for row in range(1, width - 1) for column in range(1, width - 1)]
    least, most = plan.walls
    floor = sum(1 << cell for cell in inner)
    for cell in rng.sample(inner, min(rng.randint(least, most), len(inner))):
        floor ^= 1 << cell
    largest, rest = 0, floor
    while rest:
        part = flood(rest & -rest, floor, width)
        largest = max(largest, part, key=int.bit_count)
        rest &= ~part
    return largest if len(inner) - largest.bit_count() <= most else 0


def _pull(rng: Random, plan: SokobanParams, floor: int, targets: list[int]) -> tuple[list[int], int] | None:
    """Pull the boxes off the targets; return them and the cells that the player can reach then.

    None: no pull was possible, or an aimed distance was not met. With `box_on_target` the first box stays.
    """
    width = plan.size
    shifts = (1, -1, width, -width)
    boxes = list(targets)
    free = floor
    for box in boxes:
        free ^= 1 << box
    beside = [box + shift for box in boxes for shift in shifts if free >> (box + shift) & 1]
    if not beside:
        return None
    reach = flood(1 << rng.choice(beside), free, width)
    wanted = rng.randint(*plan.pulls)
    movable = range(int(plan.box_on_target), len(boxes))
    last = (-1, 0)
    pulls = 0
    while pulls < wanted if plan.apart is None else pulls < PULL_LIMIT:
        if plan.apart is not None and pulls >= plan.pulls[0] and _apart(boxes[0], targets[0], width) == plan.apart:
            break
        ways = [
            (index, shift)
            for index in movable
            for shift in shifts
            if reach >> (boxes[index] + shift) & 1 and free >> (boxes[index] + 2 * shift) & 1
        ]
        # A pull that only takes the last one back is made when nothing else can be.
        ways = [way for way in ways if way != (last[0], -last[1])] or ways
        if not ways:
            break
        if plan.apart is not None and rng.random() < 0.7:
            ways = _steered(ways, boxes[0], targets[0], plan.apart, width) or ways
        last = last if last in ways and rng.random() < 0.4 else rng.choice(ways)
        index, shift = last
        free ^= 1 << boxes[index]
        boxes[index] += shift
        free ^= 1 << boxes[index]
        reach = flood(1 << (boxes[index] + shift), free, width)
        pulls += 1
    if pulls == 0 or (plan.apart is not None and _apart(boxes[0], targets[0], width) != plan.apart):
        return None
    return boxes, reach


def _steered(ways: list[tuple[int, int]], box: int, target: int, aim: int, width: int) -> list[tuple[int, int]]:
    """Return the pulls that bring the distance of box and target nearer to `apart`."""
    gap = abs(_apart(box, target, width) - aim)
    return [way for way in ways if abs(_apart(box + way[1], target, width) - aim) < gap]


def _apart(a: int, b: int, width: int) -> int:
    """Return the Manhattan distance of two cells given as bit positions."""
    (row, column), (other_row, other_column) = divmod(a, width), divmod(b, width)
    return abs(row - other_row) + abs(column - other_column)
