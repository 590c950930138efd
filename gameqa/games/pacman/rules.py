"""How Pac-Man and the ghosts move. Sets of cells are bit sets, see `state.bit`.

The outer ring is wall, so shifting a set of free cells by one row or one column never wraps around.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, repeat

from .state import Cell, Direction, Name, State, bit

OFFSETS: dict[Direction, Cell] = {"UP": (-1, 0), "DOWN": (1, 0), "LEFT": (0, -1), "RIGHT": (0, 1)}
"""Direction and the change of (row, column) it means; the order is the ghosts' priority."""
DIRECTIONS: tuple[Direction, ...] = tuple(OFFSETS)
OPPOSITE: dict[Direction, Direction] = {"UP": "DOWN", "DOWN": "UP", "LEFT": "RIGHT", "RIGHT": "LEFT"}
Pose = tuple[Cell, Direction]
LOOKAHEAD = 4
"""How many cells ahead of Pac-Man Pinky's target lies."""


def ahead(cell: Cell, direction: Direction) -> Cell:
    """Return the next cell in a direction."""
    down, across = OFFSETS[direction]
    return cell[0] + down, cell[1] + across


def straight(free: int, cell: Cell, direction: Direction, size: int, limit: int | None = None) -> list[Cell]:
    """Return the cells from `cell` (not included) to the last one before a wall, or `limit` of them."""
    passed = list[Cell]()
    cell = ahead(cell, direction)
    while free & bit(cell, size) and len(passed) != limit:
        passed.append(cell)
        cell = ahead(cell, direction)
    return passed


def pinky_target(free: int, pacman: Cell, direction: Direction, size: int) -> Cell:
    """Return the cell up to four cells ahead of Pac-Man, the last one before a wall."""
    return [pacman, *straight(free, pacman, direction, size, LOOKAHEAD)][-1]


def target(state: State, name: str) -> Cell:
    """Return the cell that a ghost heads for."""
    return state.pacman if name == "Blinky" else pinky_target(state.free, state.pacman, state.direction, state.size)


def layers(free: int, start: int, size: int) -> Iterator[int]:
    """Yield the cells that are 0, 1, 2 … steps away from the set `start`, as bit sets."""
    layer, rest = start, free & ~start
    while layer:
        yield layer
        layer = (layer << 1 | layer >> 1 | layer << size | layer >> size) & rest
        rest ^= layer


def distance(free: int, start: Cell, goal: Cell, size: int) -> int | None:
    """Return the number of steps of a shortest path; None when there is no path."""
    wanted = bit(goal, size)
    return next((steps for steps, layer in enumerate(layers(free, bit(start, size), size)) if layer & wanted), None)


def first_steps(free: int, ghost: Cell, goal: Cell, size: int) -> list[Direction]:
    """Return every first step of a shortest path in order of priority; none on the goal and without a path."""
    here = bit(ghost, size)
    beside = (here >> size, here << size, here >> 1, here << 1)
    sides = (beside[0] | beside[1] | beside[2] | beside[3]) if ghost != goal else 0
    for layer in layers(free, bit(goal, size), size):
        if layer & sides:
            return [direction for direction, side in zip(DIRECTIONS, beside, strict=True) if layer & side]
    return []


@dataclass(frozen=True, slots=True)
class Compass:
    """The next step of a ghost from every cell of the board towards one target.

    Attributes:
        steps: for each direction the cells from which a ghost takes it.
        ties: the cells from which two or more first steps are shortest.
    """

    steps: dict[Direction, int]
    ties: int


def compass(free: int, goal: Cell, size: int) -> Compass:
    """Return the next steps towards a target, from all cells at once."""
    up = down = left = right = ties = 0
    for inner, outer in pairwise(layers(free, bit(goal, size), size)):
        ups, downs, lefts, rights = inner << size & outer, inner >> size & outer, inner << 1 & outer, inner >> 1 & outer
        up |= ups
        down |= downs & ~ups
        left |= lefts & ~ups & ~downs
        right |= outer & ~ups & ~downs & ~lefts
        ties |= ups & (downs | lefts | rights) | downs & (lefts | rights) | lefts & rights
    return Compass({"UP": up, "DOWN": down, "LEFT": left, "RIGHT": right}, ties)


def travel(free: int, pacman: Cell, facing: Direction, tries: Iterable[Direction], size: int) -> list[Pose]:
    """Return where Pac-Man stands and faces after each try, ghosts ignored."""
    poses = list[Pose]()
    for direction in tries:
        if free & bit(ahead(pacman, direction), size):
            pacman, facing = ahead(pacman, direction), direction
        poses.append((pacman, facing))
    return poses


def snare(free: int, poses: Iterable[Pose], name: Name, size: int) -> int:
    """Return the cells from which a ghost catches Pac-Man on his way, as long as the other ghost does not.

    Works back from the last turn: the ghost must step onto Pac-Man's cell or into the snare of the next turn.
    """
    caught = 0
    for pacman, facing in reversed([*poses]):
        goal = pacman if name == "Blinky" else pinky_target(free, pacman, facing, size)
        steps, onto = compass(free, goal, size).steps, caught | bit(pacman, size)
        caught = steps["UP"] & onto << size | steps["DOWN"] & onto >> size
        caught |= steps["LEFT"] & onto << 1 | steps["RIGHT"] & onto >> 1
        caught |= bit(goal, size) & onto | bit(pacman, size)
    return caught


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: where the figures stand after it.

    `target` is Pinky's; `by` names the ghosts that share Pac-Man's cell when he is caught.
    """

    pacman: Cell
    direction: Direction
    moved: bool
    bean: bool
    target: Cell
    pinky: Cell
    blinky: Cell
    by: tuple[Name, ...] = ()


def play(state: State, tries: Iterable[Direction]) -> list[Turn]:
    """Play turns in which Pac-Man tries the given directions, until he is caught."""
    size, free, beans = state.size, state.free, state.beans
    pacman, facing, pinky, blinky = state.pacman, state.direction, state.pinky, state.blinky
    turns = list[Turn]()
    for direction in tries:
        there = bit(ahead(pacman, direction), size) & free
        if there:
            pacman, facing = ahead(pacman, direction), direction
        bean = bool(beans & there)
        beans &= ~there
        goal = pinky_target(free, pacman, facing, size)
        by = _caught(pacman, pinky, blinky)
        if not by:
            pinky = _moved(free, pinky, goal, size)
            by = _caught(pacman, pinky, blinky)
        if not by:
            blinky = _moved(free, blinky, pacman, size)
            by = _caught(pacman, pinky, blinky)
        turns.append(Turn(pacman, facing, bool(there), bean, goal, pinky, blinky, by))
        if by:
            break
    return turns


def eaten(turns: Iterable[Turn]) -> int:
    """Return how many beans Pac-Man eats in these turns."""
    return sum(turn.bean for turn in turns)


def beans_on(state: State, path: Iterable[Cell]) -> list[Cell]:
    """Return the cells of a path on which a bean lies."""
    return [cell for cell in path if state.beans & bit(cell, state.size)]


@dataclass(frozen=True, slots=True)
class Run:
    """Pac-Man's run in an available direction.

    `path` goes on to the wall; turns and beans end where he is caught.
    """

    direction: Direction
    path: list[Cell]
    turns: list[Turn]

    @property
    def caught(self) -> bool:
        """Whether a ghost catches him."""
        return bool(self.turns[-1].by)

    @property
    def beans(self) -> int:
        """Beans eaten."""
        return eaten(self.turns)


def runs(state: State) -> Iterator[Run]:
    """Yield the runs in all available directions, in order of priority."""
    for direction in DIRECTIONS:
        path = straight(state.free, state.pacman, direction, state.size)
        if path:
            yield Run(direction, path, play(state, repeat(direction, len(path))))


def best_run(found: Iterable[Run]) -> Run | None:
    """Return the safe run with most beans, the first of several; None when all end in capture."""
    return max((one for one in found if not one.caught), key=lambda one: one.beans, default=None)


def window(state: State) -> list[list[Cell]]:
    """Return the rows of the 5 x 5 square around Pac-Man, as far as they lie on the board."""
    row, column = state.pacman
    return [
        [(r, c) for c in range(column - 2, column + 3) if 0 <= c < state.size]
        for r in range(row - 2, row + 3)
        if 0 <= r < state.size
    ]


def _caught(pacman: Cell, pinky: Cell, blinky: Cell) -> tuple[Name, ...]:
    if pacman == pinky:
        return ("Pinky", "Blinky") if pacman == blinky else ("Pinky",)
    return ("Blinky",) if pacman == blinky else ()


def _moved(free: int, ghost: Cell, goal: Cell, size: int) -> Cell:
    """Return where a ghost stands after its move."""
    steps = first_steps(free, ghost, goal, size)
    return ahead(ghost, steps[0]) if steps else ghost


def within(free: int, start: Cell, size: int, least: int, most: int | None = None) -> int:
    """Return the cells that are at least `least` and at most `most` steps away as a bit set."""
    found = 0
    for steps, layer in enumerate(layers(free, bit(start, size), size)):
        if steps == most:
            return found | layer
        if steps >= least:
            found |= layer
    return found
