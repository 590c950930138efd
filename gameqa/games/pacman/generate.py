"""Levels and boards."""

from collections.abc import Callable
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import DIRECTIONS, OPPOSITE, ahead, layers
from .state import SIZES, Cell, Direction, State, bit, bits, cells, ring
from .wishes import AnyWish, Ghosts, Scene, Wish

Tries = Annotated[int, Meta(ge=1, le=5)]
Trail = Annotated[int, Meta(ge=2, le=100)]

SCENES = 16
"""Scenes tried on the same walls."""
WALKS = 3
"""Walks tried for a scene; the longest is kept, as many run into a dead end."""
STRAIGHT = 0.7
"""How likely the walk goes on straight where it can."""


class PacmanParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `size` counts the wall ring, `walls` the inner walls, `trail` the eaten cells, Pac-Man's included; `leg` is the
    number of tries in each of two directions of `move_outcome`, `tries` that of the questions for a change.
    `wish` is what a plan wants.
    """

    size: Annotated[int, Meta(ge=10, le=SIZES[1])]
    walls: Annotated[int, Meta(ge=1)]
    trail: tuple[Trail, Trail]
    leg: tuple[Tries, Tries]
    tries: tuple[Tries, Tries]
    wish: AnyWish = Wish()

    def __post_init__(self) -> None:
        for name in ("trail", "leg", "tries"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        inner = (self.size - 2) ** 2
        if not inner // 12 <= self.walls <= inner // 5:
            raise ValueError(f"walls must be {inner // 12} to {inner // 5} of the {inner} inner cells")
        if self.trail[0] > inner // 4:
            raise ValueError(f"trail must not ask for more than {inner // 4} of the {inner} inner cells")


LEVELS = {
    Level.EASY: PacmanParams(size=16, walls=25, trail=(4, 30), leg=(1, 2), tries=(1, 3)),
    Level.MEDIUM: PacmanParams(size=18, walls=32, trail=(8, 50), leg=(1, 3), tries=(1, 3)),
    Level.HARD: PacmanParams(size=20, walls=40, trail=(12, 70), leg=(2, 4), tries=(2, 5)),
}


def generate(rng: Random, plan: PacmanParams, accept: Callable[[State], bool]) -> State | None:
    """Carve walls, walk back from Pac-Man, place the ghosts as wished; new walks and ghosts come before new walls."""
    free = _carve(rng, plan)
    for _ in range(SCENES):
        scene = _scene(rng, plan, free)
        if scene is None or not plan.wish.fits(scene):
            continue
        for _ in range(plan.wish.placings):
            ghosts = plan.wish.ghosts(scene, rng)
            if ghosts is None:
                break
            state = _vary(rng, plan, scene, ghosts, accept)
            if state is not None:
                return state
    return None


def perturb(state: State, rng: Random) -> State:
    """Turn or move Pac-Man, eat a bean, move a ghost, exchange the ghosts, or wall up a bean."""
    size, walls, beans = state.size, state.walls, state.beans
    pacman, direction, pinky, blinky = state.pacman, state.direction, state.pinky, state.blinky
    bean = rng.choice(cells(beans, size))
    kind = rng.randrange(6)
    if kind == 0:
        others: list[Direction] = [other for other in DIRECTIONS if other != direction]
        direction = rng.choice(others)
    elif kind == 1:
        pacman, beans = bean, beans ^ bit(bean, size) ^ bit(pacman, size)
    elif kind == 2:
        beans ^= bit(bean, size)
    elif kind == 3:
        pinky, beans = bean, beans ^ bit(bean, size) ^ bit(pinky, size)
    elif kind == 4:
        pinky, blinky = blinky, pinky
    else:
        walls, beans = walls ^ bit(bean, size), beans ^ bit(bean, size)
    return State(size, walls, beans, pacman, direction, pinky, blinky)


def _carve(rng: Random, plan: PacmanParams) -> int:
    """Return the free cells: walls are placed one by one where the rest stays connected."""
    size = plan.size
    free = (1 << size * size) - 1 ^ ring(size)
    placed = 0
    inner = [row * size + column for row in range(1, size - 1) for column in range(1, size - 1)]
    for place in rng.sample(inner, len(inner)):
        if placed == plan.walls:
            break
        if _dispensable(free, place, size):
            free ^= 1 << place
            placed += 1
    return free


def _dispensable(free: int, place: int, size: int) -> bool:
    """Say whether the other free cells stay connected without a cell.

    They do when its free neighbours are linked through its corners; only otherwise a search is needed.
    """
    around = [free >> place + shift & 1 for shift in (-size, 1 - size, 1, 1 + size, size, size - 1, -1, -1 - size)]
    sides = around[0::2]
    links = sum(sides[turn] & around[2 * turn + 1] & sides[(turn + 1) % 4] for turn in range(4))
    if sum(sides) - links <= 1:
        return True
    wanted = sum(side << place + shift for side, shift in zip(sides, (-size, 1, size, -1), strict=True))
    start = wanted & -wanted
    for layer in layers(free ^ 1 << place, start, size):
        wanted &= ~layer
        if not wanted:
            return True
    return False


def _scene(rng: Random, plan: PacmanParams, free: int) -> Scene | None:
    """Put Pac-Man somewhere and walk back from him; None when every walk ends too early."""
    pacman, facing = rng.choice(cells(free, plan.size)), rng.choice(DIRECTIONS)
    if not free & bit(ahead(pacman, OPPOSITE[facing]), plan.size):
        return None
    walks = [_walk(rng, plan, free, pacman, facing) for _ in range(WALKS)]
    walk = max(walks, key=len)
    if len(walk) < plan.trail[0]:
        return None
    return Scene(plan.size, free, walk, facing, rng.randint(plan.trail[0], len(walk)))


def _walk(rng: Random, plan: PacmanParams, free: int, pacman: Cell, facing: Direction) -> list[Cell]:
    """Walk back from Pac-Man, never over an own cell, until the trail is long enough or no way is left."""
    size, heading = plan.size, OPPOSITE[facing]
    walk = [pacman, ahead(pacman, heading)]
    rest = free & ~bits(walk, size)
    while len(walk) < plan.trail[1]:
        there = ahead(walk[-1], heading)
        if not rest & bit(there, size) or rng.random() > STRAIGHT:
            ways: list[Direction] = [way for way in DIRECTIONS if rest & bit(ahead(walk[-1], way), size)]
            if not ways:
                break
            heading = rng.choice(ways)
            there = ahead(walk[-1], heading)
        walk.append(there)
        rest ^= bit(there, size)
    return walk


def _vary(
    rng: Random, plan: PacmanParams, scene: Scene, ghosts: Ghosts, accept: Callable[[State], bool]
) -> State | None:
    """Once the scene's board suits the wish, try trails of other lengths until the split fits as well."""
    state = scene.state(scene.trail, ghosts)
    if not plan.wish.suits(state):
        return None
    if accept(state):
        return state
    trails = [trail for trail in range(plan.trail[0], len(scene.walk) + 1) if trail != scene.trail]
    for trail in rng.sample(trails, len(trails)):
        state = scene.state(trail, ghosts)
        if accept(state) and plan.wish.suits(state):
            return state
    return None
