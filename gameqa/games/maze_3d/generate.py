"""Levels and mazes."""

from collections.abc import Callable, Collection, Iterable
from itertools import pairwise
from random import Random
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import DIRECTIONS, LADDER, Cell, Direction, ahead, beside, parents
from .state import State, by_floor
from .view import legible, lens

Length = Annotated[int, Meta(ge=6, le=10)]
Few = Annotated[int, Meta(ge=0, le=5)]
Aim = Literal["forks", "checkpoints", "heights", "mixed"]

STRUCTURES = 200
"""Mazes tried for the drawn number of segments, and again with one segment fewer allowed."""
LABELINGS = 12
"""Orders of the labels tried on one maze until the split fits."""
PICKS = 20
"""Choices of cubes to be numbered that are tried on one maze."""
APART = 40
"""Pixels between the heights in the picture of two cubes of one floor that look different in height."""
STRIDE: dict[Direction, int] = {"right-forward": 2, "left-forward": 2, "up": 1}
"""Steps of one segment."""


class Maze3dParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `forks` dead ends of `fork_segments` each belong to `path_finding` and `main_path`, `branches` of
    `branch_segments` to the other two. On a `varied` route both walking directions and a ladder occur. `cubes` bounds
    the number of all cubes.

    The rest are wishes of a plan: what is numbered (`aim`), how many numbers, the direction of the route and of the
    dead end at each fork, how many numbered cubes stand on each floor from low to high, whether two of one floor
    must differ in height in the picture, and how many numbers stand on the route.
    """

    size: tuple[Length, Length, Annotated[int, Meta(ge=7, le=10)]]
    segments: tuple[Annotated[int, Meta(ge=3)], Annotated[int, Meta(le=11)]]
    forks: Annotated[int, Meta(ge=2, le=5)]
    fork_segments: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(le=3)]] = (1, 1)
    branches: tuple[Few, Few]
    branch_segments: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(le=3)]] = (1, 1)
    labels: tuple[Annotated[int, Meta(ge=3, le=5)], Annotated[int, Meta(ge=3, le=5)]]
    varied: bool = True
    cubes: tuple[Annotated[int, Meta(ge=4)], Annotated[int, Meta(le=80)]] = (4, 80)
    aim: Aim = "checkpoints"
    count: int = 3
    turns: tuple[tuple[Direction, Direction], ...] = ()
    floors: tuple[int, ...] = ()
    apart: bool = False
    on_route: int = 0

    def __post_init__(self) -> None:
        for name in ("segments", "fork_segments", "branches", "branch_segments", "labels", "cubes"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        x, y, z = self.size
        room = (x - 1) // 2 + (y - 1) // 2 + (z - 1) // LADDER
        if self.segments[1] > room:
            raise ValueError(f"the grid has room for {room} segments at most")
        if max(self.forks, self.branches[1]) > self.segments[0] - 2:
            raise ValueError("the dead ends must be at least two fewer than the segments of the route")
        if self.labels[1] > self.forks + 1:
            raise ValueError("the labels must be at most one more than the forks")


LEVELS = {
    Level.EASY: Maze3dParams(
        size=(8, 8, 7), segments=(4, 5), forks=2, branches=(0, 1), labels=(3, 3), varied=False, cubes=(7, 15)
    ),
    Level.MEDIUM: Maze3dParams(
        size=(8, 8, 7), segments=(5, 7), forks=3, branches=(1, 2), branch_segments=(1, 2), labels=(4, 4), cubes=(10, 22)
    ),
    Level.HARD: Maze3dParams(
        size=(10, 10, 10),
        segments=(7, 9),
        forks=4,
        fork_segments=(1, 2),
        branches=(2, 3),
        branch_segments=(1, 2),
        labels=(4, 5),
        cubes=(14, 32),
    ),
}


class Maze(NamedTuple):
    """A structure without numbers."""

    size: Cell
    route: list[Cell]
    forks: list[Cell]
    cubes: set[Cell]
    ladders: set[Cell]


def generate(rng: Random, plan: Maze3dParams, accept: Callable[[State], bool]) -> State | None:
    """Draw mazes, numbers and orders of the numbers until the split fits and the picture is legible."""
    for attempt in range(2 * STRUCTURES):
        relaxed = attempt >= STRUCTURES
        maze = _maze(rng, plan, rng.randint(plan.segments[0] - relaxed, plan.segments[1]))
        chosen = maze and _chosen(rng, plan, maze)
        if not maze or not chosen:
            continue
        state = _labelled(rng, plan, maze, chosen, accept)
        if state and parents(state.start, state.cubes, state.ladders) and legible(state):
            return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Swap two numbers, or move one or the goal to another cube."""
    markers = list(state.markers)
    free = [cell for cell in state.cubes if cell not in {state.start, state.goal, *markers}]
    rng.shuffle(free)
    kind, place = rng.randrange(3), rng.randrange(len(markers))
    goal = state.goal
    if kind == 0 and free:
        goal = free[0]
    elif kind == 1 and free:
        markers[place] = free[0]
    else:
        markers[place - 1], markers[place] = markers[place], markers[place - 1]
    return State(state.size, state.start, goal, state.cubes, state.ladders, tuple(markers))


def _maze(rng: Random, plan: Maze3dParams, segments: int) -> Maze | None:
    """Draw the route segment by segment, then the dead ends; None when one does not fit."""
    numbered = plan.aim in ("forks", "mixed")
    forks = plan.forks if numbered else rng.randint(*plan.branches)
    if forks > segments - 2:
        return None
    places = sorted(rng.sample(range(segments - 1), forks))
    wished = dict(zip(places, plan.turns, strict=False))
    route: list[Cell] = [(plan.size[0] - 1, plan.size[1] - 1, 0)]
    ladders: set[Cell] = set()
    nodes: list[tuple[Cell, Direction]] = []
    for number in range(segments):
        ways = [wished[number][0]] if number in wished else DIRECTIONS
        ways = [way for way in ways if _inside(_segment(route[-1], way)[-1], plan.size)]
        if not ways:
            return None
        nodes.append((route[-1], rng.choice(ways)))
        _extend(route, ladders, nodes[-1][1])
    if plan.varied and len({direction for _, direction in nodes}) < len(DIRECTIONS):
        return None
    maze = Maze(plan.size, route, [nodes[place][0] for place in places], set(route), ladders)
    if any(fork in route[-3:] for fork in maze.forks):
        return None
    lengths = plan.fork_segments if numbered else plan.branch_segments
    for place in places:
        cell, taken = nodes[place]
        others: list[Direction] = [way for way in DIRECTIONS if way != taken]
        first = wished[place][1] if place in wished else rng.choice(others)
        if not _branch(rng, maze, cell, first, rng.randint(*lengths)):
            return None
    return maze if plan.cubes[0] <= len(maze.cubes) <= plan.cubes[1] else None


def _segment(cell: Cell, direction: Direction) -> list[Cell]:
    """Return the cells that a segment adds."""
    added = [cell]
    for _ in range(STRIDE[direction]):
        added.append(ahead(added[-1], direction))
    return added[1:]


def _extend(walk: list[Cell], ladders: set[Cell], direction: Direction) -> None:
    if direction == "up":
        ladders.add(walk[-1])
    walk += _segment(walk[-1], direction)


def _inside(cell: Cell, size: Cell) -> bool:
    return min(cell) >= 0 and cell[2] < size[2]


def _branch(rng: Random, maze: Maze, fork: Cell, first: Direction, segments: int) -> bool:
    """Add a dead end whose cubes touch nothing but their predecessors; False when it does not fit."""
    for number in range(segments):
        direction = first if number == 0 else rng.choice(DIRECTIONS)
        walk = [fork]
        _extend(walk, maze.ladders, direction)
        for before, cell in pairwise(walk):
            if not _inside(cell, maze.size) or cell in maze.cubes:
                return False
            if any(other in maze.cubes and other != before for other in beside(cell)):
                return False
            maze.cubes.add(cell)
        fork = walk[-1]
        if any(_near(fork, cell) for cell in maze.cubes - {fork, walk[-2]}):
            return False
    return True


def _near(one: Cell, other: Cell) -> bool:
    """Return whether two cells differ by less than 2 along every axis."""
    return abs(one[0] - other[0]) < 2 and abs(one[1] - other[1]) < 2 and abs(one[2] - other[2]) < 2


def _chosen(rng: Random, plan: Maze3dParams, maze: Maze) -> list[Cell] | None:
    """Choose the cubes to be numbered, those of the route in route order."""
    if plan.aim == "forks":
        return maze.forks
    inner = maze.route[1:-1]
    if plan.aim == "checkpoints":
        picked = _scattered(rng, inner, plan.count)
        return picked and sorted(picked, key=maze.route.index)
    dead = sorted(maze.cubes - set(maze.route))
    if plan.aim == "heights":
        return _on_floors(rng, plan, sorted([*inner, *dead]))
    for _ in range(PICKS):
        aside = _scattered(rng, dead, plan.count - plan.on_route)
        picked = aside if aside is None else _scattered(rng, inner, plan.count, aside)
        if picked:
            return picked
    return None


def _scattered(rng: Random, cells: Iterable[Cell], count: int, taken: Collection[Cell] = ()) -> list[Cell] | None:
    """Add cells to the taken ones up to a count, any two at least 2 apart along some axis."""
    picked = list(taken)
    shuffled = list(cells)
    rng.shuffle(shuffled)
    for cell in shuffled:
        if len(picked) == count:
            break
        if not any(_near(cell, other) for other in picked):
            picked.append(cell)
    return picked if len(picked) == count else None


def _on_floors(rng: Random, plan: Maze3dParams, cells: list[Cell]) -> list[Cell] | None:
    """Choose cells on as many floors as wished, so many on each."""
    heights = sorted({cell[2] for cell in cells})
    if len(heights) < len(plan.floors):
        return None
    camera = lens(plan.size)[1]
    for _ in range(PICKS):
        picked: list[Cell] = []
        looks_apart = False
        for z, number in zip(sorted(rng.sample(heights, len(plan.floors))), plan.floors, strict=True):
            floor = [cell for cell in cells if cell[2] == z]
            here = rng.sample(floor, min(number, len(floor)))
            tops = [camera.project(*cell)[1] for cell in here]
            looks_apart |= max(tops) - min(tops) >= APART
            picked += here
        if len(picked) == sum(plan.floors) and (looks_apart or not plan.apart):
            return picked
    return None


def _labelled(
    rng: Random, plan: Maze3dParams, maze: Maze, chosen: list[Cell], accept: Callable[[State], bool]
) -> State | None:
    """Number the chosen cubes in random order until the split fits."""
    cubes, ladders = tuple(sorted(maze.cubes, key=by_floor)), tuple(sorted(maze.ladders, key=by_floor))
    # Numbers in the order of the route are too easy to guess: 5 of 6 mazes do without that order.
    refused = chosen if plan.aim == "checkpoints" and rng.random() < 5 / 6 else None
    for _ in range(LABELINGS):
        markers = rng.sample(chosen, len(chosen))
        if markers == refused:
            continue
        state = State(plan.size, maze.route[0], maze.route[-1], cubes, ladders, tuple(markers))
        if accept(state):
            return state
    return None
