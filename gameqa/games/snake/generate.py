"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated, Literal

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import DIRECTIONS, OPPOSITE, Cell, Direction, ahead, direction_of, manhattan, sides

from .rules import TooLargeError, earliest, event_of, inside, open_moves, play, strict_layers, uses_motion
from .state import SHORTEST, State

RESTARTS = 500
"""Walks tried for one length of the snake."""
VARIANTS = 40
"""Pairs of food and mirrored or turned board tried for one snake."""
TRAPS = 120
"""Snakes tried for one that cannot get away."""
POCKET = 300
"""Positions that a trapped snake may have before it is stuck."""
ENDS = 12
"""Walks to places for the food."""
SCRIPTS = 40
"""Lists of moves tried on one board."""
NODES = 400
"""Positions looked at for one path to the food."""
BACK = 0.15
"""Probability that a move may turn back where nothing speaks against it."""

Outcome = Literal["bound", "body", "food", "nothing"]
Way = Literal["none", "direct", "detour"]
Count = Annotated[int, Meta(ge=1, le=60)]


class SnakeParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `moves` is how many are given in `what_happens`, `distances` the range in which lengths of shortest paths are
    wished. The rest are wishes of a plan: `length` of the snake, `near` allows the food beside the head, `shut` a
    head without an empty neighbour; `outcome`, `total`, `decided` and `moving` describe the moves to be given: what
    happens, how many there are, in which step it happens, and whether the motion of the body matters; `way` and
    `distance` describe the shortest path.
    """

    size: Annotated[int, Meta(ge=4, le=15)]
    lengths: tuple[Annotated[int, Meta(ge=SHORTEST)], int]
    moves: tuple[Annotated[int, Meta(ge=2)], Annotated[int, Meta(le=30)]]
    distances: tuple[Count, Count]
    length: int | None = None
    near: bool = False
    shut: bool = False
    outcome: Outcome | None = None
    total: int | None = None
    decided: int | None = None
    moving: bool = False
    way: Way | None = None
    distance: int | None = None

    def __post_init__(self) -> None:
        for name in ("lengths", "moves", "distances"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.lengths[1] > self.size**2 // 2:
            raise ValueError(f"the snake must not cover more than half of the {self.size**2} cells")


LEVELS = {
    Level.EASY: SnakeParams(size=5, lengths=(5, 12), moves=(2, 6), distances=(1, 9)),
    Level.MEDIUM: SnakeParams(size=10, lengths=(10, 20), moves=(4, 9), distances=(2, 15)),
    Level.HARD: SnakeParams(size=15, lengths=(12, 30), moves=(6, 12), distances=(3, 22)),
}


def generate(rng: Random, plan: SnakeParams, accept: Callable[[State], bool]) -> State | None:
    """Let a snake wind at random, find cells for the food, then mirror and turn the board until the split fits."""
    length = plan.length or rng.randint(*plan.lengths)
    if plan.way == "none":
        snake, foods = _trapped(rng, plan.size, length)
    else:
        snake = _wound(rng, plan.size, length, plan.lengths[0])
        if not snake:
            return None
        if plan.way:
            foods = _at_distance(plan, snake)
        elif plan.decided:
            foods = _within_reach(rng, plan, snake)
        else:
            cells = rng.sample(range(plan.size**2), min(plan.size**2, VARIANTS))
            foods = [food for food in (divmod(cell, plan.size) for cell in cells) if _fits(plan, snake, food)]
    if not foods:
        return None
    for _ in range(VARIANTS):
        food, turns, mirrored = rng.choice(foods), rng.randrange(4), rng.random() < 0.5
        chain = [_turned(cell, plan.size, turns, mirrored) for cell in (*snake, food)]
        state = State(plan.size, tuple(chain[:-1]), chain[-1])
        if accept(state):
            return state
    return None


def _wound(rng: Random, size: int, length: int, shortest: int) -> tuple[Cell, ...]:
    """Return a random self-avoiding walk; where the length has none, a shorter one; empty if there is none."""
    for cells in range(length, shortest - 1, -1):
        for _ in range(RESTARTS):
            snake = _walk(rng, size, cells)
            if snake:
                return snake
    return ()


def _walk(rng: Random, size: int, length: int) -> tuple[Cell, ...]:
    """Walk at random from a random head; empty at a dead end."""
    cell = rng.randrange(size), rng.randrange(size)
    walk = [cell]
    while len(walk) < length:
        free = [other for other in sides(cell) if inside(other, size) and other not in walk]
        if not free:
            return ()
        cell = rng.choice(free)
        walk.append(cell)
    return tuple(walk)


def _fits(plan: SnakeParams, snake: tuple[Cell, ...], food: Cell) -> bool:
    """Return whether the food lies, and the head has an empty neighbour, as planned."""
    if food in snake or (not plan.near and manhattan(snake[0], food) == 1):
        return False
    taken = {*snake, food}
    return plan.shut or any(inside(cell, plan.size) and cell not in taken for cell in sides(snake[0]))


def _within_reach(rng: Random, plan: SnakeParams, snake: tuple[Cell, ...]) -> list[Cell]:
    """Return ends of random safe walks of as many steps as the plan gives (two at least)."""
    ends, steps = list[Cell](), max(2, plan.decided or 0)
    for _ in range(ENDS):
        moved, track = snake, list[Cell]()
        while len(track) < steps and (moves := list(open_moves(plan.size, moved))):
            moved = (ahead(moved[0], rng.choice(moves)), *moved[:-1])
            track.append(moved[0])
        if track.count(moved[0]) == 1 and len(track) == steps and _fits(plan, snake, moved[0]):
            ends.append(moved[0])
    return ends


def _at_distance(plan: SnakeParams, snake: tuple[Cell, ...]) -> list[Cell]:
    """Return the cells with the wished kind of way whose distance is nearest to the wished one."""
    taken, wished = set(snake), plan.distance or 0
    cells = {
        cell: abs(steps - wished)
        for cell, steps in earliest(plan.size, snake).items()
        if cell not in taken
        and (steps > 1 or wished == 1)
        and (steps > manhattan(snake[0], cell)) == (plan.way == "detour")
    }
    nearest = min(cells.values(), default=0)
    return [cell for cell, gap in cells.items() if gap == nearest]


def _trapped(rng: Random, size: int, length: int) -> tuple[tuple[Cell, ...], list[Cell]]:
    """Return a snake that is stuck whatever it does, and the cells that it cannot reach."""
    for _ in range(TRAPS):
        snake = _walk(rng, size, length)
        if not snake:
            continue
        # A head with two ways out is hardly ever stuck; looking at the positions would cost more than it finds.
        if sum(1 for _ in open_moves(size, snake)) > 1 and rng.random() < 0.5:
            continue
        try:
            reached = set[Cell]().union(*strict_layers(State(size, snake, snake[0]), None, POCKET))
        except TooLargeError:
            continue
        everywhere = [(row, column) for row in range(size) for column in range(size)]
        return snake, [cell for cell in everywhere if cell not in snake and cell not in reached]
    return (), []


def _turned(cell: Cell, size: int, turns: int, mirrored: bool) -> Cell:
    row, column = cell
    if mirrored:
        column = size - 1 - column
    for _ in range(turns):
        row, column = column, size - 1 - row
    return row, column


def scripted(state: State, plan: SnakeParams, rng: Random) -> list[Direction] | None:
    """Return moves with the planned outcome in the planned step, or None when the tries do not find any."""
    total, decided = plan.total or 0, plan.decided or 0
    # Turning back is a hit as well, but one that the list of moves alone betrays.
    back = rng.random() < BACK
    for attempt in range(SCRIPTS):
        moves = _to_food(state, decided, rng) if plan.outcome == "food" else _safe(state, plan, back, rng)
        if moves is None:
            continue
        # Many boards offer no such moves in so few steps, so this wish is given up rather than the others.
        if plan.moving and attempt < SCRIPTS // 2 and not uses_motion(state, play(state, moves)):
            continue
        while len(moves) < total:
            turnings: list[Direction] = [
                move for move in DIRECTIONS if move != OPPOSITE[moves[-1]] or rng.random() < BACK
            ]
            moves.append(rng.choice(turnings))
        return moves
    return None


def _safe(state: State, plan: SnakeParams, back: bool, rng: Random) -> list[Direction] | None:
    """Walk safely past the food, and into the planned end with the last move if there is one."""
    snake, moves, steps = state.snake, list[Direction](), plan.decided or 0
    for _ in range(steps - (plan.outcome != "nothing")):
        choices: list[Direction] = list(open_moves(state.size, snake, (state.food,)))
        if not choices:
            return None
        moves.append(rng.choice(choices))
        snake = (ahead(snake[0], moves[-1]), *snake[:-1])
    if plan.outcome != "nothing":
        neck = direction_of(snake[0], snake[1])
        ends: list[Direction] = [
            move
            for move in DIRECTIONS
            if event_of(state.size, state.food, snake, ahead(snake[0], move)) == plan.outcome
            and (move != neck or (back and moves))
        ]
        if not ends:
            return None
        moves.append(rng.choice(ends))
    return moves


def _to_food(state: State, steps: int, rng: Random) -> list[Direction] | None:
    """Return a safe path that enters the food in exactly so many steps, by a search in random order."""
    looked = 0

    def further(snake: tuple[Cell, ...], left: int) -> list[Direction] | None:
        nonlocal looked
        looked += 1
        if looked > NODES:
            return None
        choices = list(open_moves(state.size, snake, (state.food,) if left > 1 else ()))
        rng.shuffle(choices)
        for move in choices:
            cell = ahead(snake[0], move)
            away = manhattan(cell, state.food)
            if away > left - 1 or (left == 1) != (cell == state.food):
                continue
            rest = further((cell, *snake[:-1]), left - 1) if left > 1 else []
            if rest is not None:
                return [move, *rest]
        return None

    return further(state.snake, steps)


def perturb(state: State, rng: Random) -> State:
    """Put the food elsewhere, let the snake face the other way, or take its last cell away."""
    taken = {*state.snake, state.food}
    empty = [(row, column) for row in range(state.size) for column in range(state.size) if (row, column) not in taken]
    kind = rng.randrange(3)
    if kind == 0 and empty:
        return State(state.size, state.snake, rng.choice(empty))
    if kind == 1 and len(state.snake) > SHORTEST:
        return State(state.size, state.snake[:-1], state.food)
    return State(state.size, state.snake[::-1], state.food)
