"""Levels, scenes and cameras."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from math import ceil
from operator import mul
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.draw.palette import delta_e, lab

from .render import RED, WATER
from .rules import Scenery, box_size
from .scene import HEIGHT, MARGIN, WIDTH, Lens, Vector, legible
from .state import Block, BlockType, Camera, Cell, Direction, Ground, Kind, Place, River, State, Target, bounds, box
from .textures import COLORS, SHADES, shaded

Few = Annotated[int, Meta(ge=0, le=8)]
Width = Annotated[int, Meta(ge=1, le=8)]
Span = tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1, le=144)]]

LIMIT: dict[Direction, int] = {"x": 3, "z": 4}
"""How far from the middle objects lie on each axis."""
SIDES, HEIGHTS = range(2, 7), range(1, 5)
"""Lengths and heights of cuboids."""
LADDERS, SAME_BANK = 0.2, 0.25
BRIDGES, COLUMNS = range(1, 6), range(7)
"""Widths of the river and heights of the column in scenes that have both."""
TARGETS: tuple[Target, ...] = ("pumpkin", "gold_ore", "diamond_ore")

TRIES = 20
"""Directions of view tried for one scene."""
SHOTS = 50
"""Cameras drawn for one direction of view until one belongs to the split."""
POLAR, DISTANCE = (400, 600), (16, 28)
"""Polar angles in tenths of a degree, and distances of the camera."""
NOWHERE = Camera((0.0, 0.0, 0.0), 20.0, 50.0, 0.0)
"""The camera of a scene that has none yet."""
OBLIQUE = 80
"""A cuboid's camera keeps this many tenths of a degree clear of the directions along the axes."""

GRASS = ("#2E8B2E", "#5A2D0C")
EARTHS = ("#D8CFA8", "#7FA86B", "#6B5B4B", "#E4E4E0", "#4F7F4F", "#B9A7D6", "#C9B27C", "#3F4A3F")
"""Colours of plain and ruled ground: none that looks like water, lava or the marker."""
CUBES = (
    "#7A5AC8", "#E6C84A", "#D98CC0", "#F2F2EC", "#8A6A48", "#3A3A46", "#2FB5A5", "#C8E05A", "#A6A6AE", "#5B2E86",
    "#B57A3C", "#9FD8F0", "#F0A878", "#7C1E4A", "#1E6A6A", "#B0E0B8",
)  # fmt: skip
APART = 30
"""Least distance (CIE76) of the colours of ground, plain blocks, water and marker."""
LIGHTER = 20
"""How much lighter (CIE L*) than the wood of a ladder the block is on which it hangs."""


class MinecraftParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `sceneries` is the number of kinds of scenery, `cubes` the number of cubes of the cuboid, `width` that of the river
    of `cross_river`, `height` the number of blocks under the target of `climb` (with `shares` when they are not
    uniform), and `total` the sum of both in `cross_river_climb`.

    The rest are wishes of a plan: the kind of scene, what it shows, the size of the cuboid, the river's width, the
    height of the column, whether ladders hang on it, and whether the player stands on the bank of the column.
    """

    sceneries: Annotated[int, Meta(ge=2, le=6)]
    cubes: Span
    width: tuple[Width, Width]
    height: tuple[Few, Few]
    shares: tuple[float, ...] = ()
    total: tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1, le=11)]]
    kind: Kind = "scenery"
    shown: tuple[Scenery, ...] = ()
    box: Place = (2, 1, 2)
    bridge: int = 1
    under: int = 0
    ladder: bool = False
    same_bank: bool = False

    def __post_init__(self) -> None:
        for name in ("cubes", "width", "height", "total"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if not boxes(self.cubes):
            raise ValueError("no cuboid with sides of 2 to 6 and a height of 1 to 4 has that number of cubes")
        if self.shares and (len(self.shares) != self.height[1] - self.height[0] + 1 or min(self.shares) <= 0):
            raise ValueError("shares must hold one positive number for each height")


@cache
def boxes(cubes: tuple[int, int]) -> list[Place]:
    """Return the sizes of all cuboids with a number of cubes in a range."""
    sizes = [(a, h, b) for a in SIDES for h in HEIGHTS for b in SIDES]
    return [(a, h, b) for a, h, b in sizes if cubes[0] <= a * h * b <= cubes[1]]


def crossings(total: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the pairs of a river's width and a column's height whose sum lies in a range."""
    return [(width, under) for width in BRIDGES for under in COLUMNS if total[0] <= width + under <= total[1]]


LEVELS = {
    Level.EASY: MinecraftParams(
        sceneries=3, cubes=(1, 30), width=(1, 3), height=(0, 3), shares=(0.1, 0.15, 0.4, 0.35), total=(1, 3)
    ),
    Level.MEDIUM: MinecraftParams(sceneries=4, cubes=(31, 70), width=(3, 5), height=(3, 5), total=(4, 6)),
    Level.HARD: MinecraftParams(sceneries=5, cubes=(71, 144), width=(5, 8), height=(5, 7), total=(7, 11)),
}


def generate(rng: Random, plan: MinecraftParams, accept: Callable[[State], bool]) -> State | None:
    """Build a scene, then move the camera until the split fits and all that counts is visible.

    What is visible hardly changes while the camera only comes nearer or aims a little beside: so that is tried when the
    split does not fit, after a first look.
    """
    scene = _BUILD[plan.kind](rng, plan)
    if scene is None:
        return None
    points = _corners(scene)
    for _ in range(TRIES):
        clear = OBLIQUE + 1 if scene.kind == "cuboid" else 0
        azimuth = (900 * rng.randrange(4) + rng.randint(clear, 899 - clear)) / 10
        angles = NOWHERE._replace(polar=rng.randint(*POLAR) / 10, azimuth=azimuth)
        aim, looked = _Aim(points, angles), False
        for _ in range(SHOTS):
            camera = aim.camera(rng)
            if camera is None:
                continue
            state = replace(scene, camera=camera)
            if not looked and not legible(state):
                break
            if accept(state) and (not looked or legible(state)):
                return state
            looked = True
    return None


class _Aim:
    """Cameras of one direction of view that have all of some points in their picture.

    A point at `r` to the right, `u` up and `a` ahead of the center is within the picture when the distance is at least
    |r| * wide - a and |u| * tall - a. The largest of these are sought once, for a center at the origin.
    """

    def __init__(self, points: Iterable[Vector], angles: Camera) -> None:
        self.angles = angles
        lens = Lens(angles)
        self.axes = lens.axes
        self.wide, self.tall = (lens.focal / (size * (0.5 - MARGIN)) for size in (WIDTH, HEIGHT))
        placed = [[sum(map(mul, point, axis)) for axis in self.axes] for point in points]
        self.right, self.left = (max(sign * r * self.wide - a for r, _, a in placed) for sign in (1, -1))
        self.upper, self.lower = (max(sign * u * self.tall - a for _, u, a in placed) for sign in (1, -1))
        self.middle = [(min(axis) + max(axis)) / 2 for axis in zip(*points, strict=True)]

    def camera(self, rng: Random) -> Camera | None:
        """Draw a center near the middle of the points, and a distance; None when the points do not fit."""
        shift, lift = rng.uniform(-0.8, 0.8), rng.uniform(-0.5, 0.5)
        right, up, _ = self.axes
        x, y, z = (round(m + shift * r + lift * u, 1) for m, r, u in zip(self.middle, right, up, strict=True))
        r, u, a = (sum(map(mul, (x, y, z), axis)) for axis in self.axes)
        r, u = r * self.wide, u * self.tall
        least = a + max(self.right - r, self.left + r, self.upper - u, self.lower + u)
        nearest = max(10 * DISTANCE[0], ceil(10 * least + 0.01))
        farthest = 10 * DISTANCE[1]
        if nearest > farthest:
            return None
        distance = rng.randint(nearest, min(farthest, nearest + 40)) / 10
        return self.angles._replace(center=(x, y, z), distance=distance)


def _corners(scene: State) -> list[Vector]:
    """Return the corners of all that must lie within the picture; of a river a part with both banks."""
    cells = [*scene.lava, *([scene.player] if scene.player else [])]
    points = [(x + i, 0.0, z + j) for x, z in cells for i in (-0.5, 0.5) for j in (-0.5, 0.5)]
    if scene.blocks:
        places = [block.pos for block in scene.blocks]
        for group in [[place] for place in places] if scene.kind == "scenery" else [places]:
            low, high = bounds(group)
            points += [
                (x, float(y), z)
                for x in (low[0] - 0.5, high[0] + 0.5)
                for y in (low[1], high[1] + 1)
                for z in (low[2] - 0.5, high[2] + 0.5)
            ]
    river = scene.river
    if river:
        middle = 0 if scene.player is None else scene.player[0 if river.direction == "x" else 1]
        for along in (middle - 1.5, middle + 1.5):
            for across in (river.start - 1.5, river.last + 1.5):
                points.append((along, 0.0, across) if river.direction == "x" else (across, 0.0, along))
    return points


def _look(rng: Random) -> Ground:
    """Draw any ground."""
    style = rng.choice(("grass", "grid", "plain"))
    return Ground(style, rng.choice(GRASS if style == "grass" else EARTHS))


@cache
def _fitting(ground: str, ladder: bool = False) -> list[str]:
    """Return the colours of plain blocks that stand out from ground, water and marker, and from a ladder on them."""
    wood = (COLORS["h"], COLORS["H"]) if ladder else ()
    return [
        color
        for color in CUBES
        if all(delta_e(color, other) >= APART for other in (ground, WATER, RED, *wood))
        and all(delta_e(shaded(color, shade), other) >= APART / 2 for shade in SHADES for other in (ground, *wood))
        and all(lab(color)[0] - lab(other)[0] >= LIGHTER for other in wood)
    ]


def _scene(
    kind: Kind,
    ground: Ground,
    blocks: Iterable[Block] = (),
    river: River | None = None,
    lava: Iterable[Cell] = (),
    player: Cell | None = None,
    target: Target | None = None,
) -> State:
    """Put a scene together, without a camera yet. The sky is always one: cameras here look below the horizon, and
    scenes that differ in nothing visible must not land in different splits."""
    return State(kind, ground, True, tuple(sorted(blocks)), river, tuple(sorted(lava)), player, target, NOWHERE)


def _cuboid(rng: Random, plan: MinecraftParams) -> State:
    a, h, b = plan.box
    low = (-(a // 2) + rng.randint(-1, 1), 0, -(b // 2) + rng.randint(-1, 1))
    ground = _look(rng)
    color = rng.choice(_fitting(ground.color))
    return _scene("cuboid", ground, (Block(place, "plain", color) for place in box(low, (a, h, b))))


def _crossing(rng: Random, width: int, room: int) -> tuple[River, int, int]:
    """Draw a river of a width and a player 1 to 3 cells away from it, on either side.

    Returns:
        the river, the coordinate of the player across it, and 1 or -1: on which side of the player the river lies. The
        bank beyond keeps `room` cells within the limit as far as the width allows.
    """
    direction: Direction = rng.choice(("x", "z"))
    limit = LIMIT["z" if direction == "x" else "x"]
    away, side = rng.randint(1, 3), rng.choice((-1, 1))
    # On the side +1 the player stands at `start - away`; the other side is its mirror image.
    first = away - limit
    start = rng.randint(first, max(first, min(0, limit - width - room + 1)))
    player = (start - away) * side
    low = start if side == 1 else -(start + width - 1)
    return River(direction, low, width, True), player, side


def _river(rng: Random, plan: MinecraftParams) -> State:
    river, player, _ = _crossing(rng, plan.bridge, 1)
    return _scene("river", Ground("grass", GRASS[0]), river=river, player=_cell(river, player, _along(rng, river)))


def _along(rng: Random, river: River) -> int:
    limit = LIMIT[river.direction]
    return rng.randint(-limit, limit)


def _cell(river: River, across: int, along: int) -> Cell:
    return (along, across) if river.direction == "x" else (across, along)


def _pillar(rng: Random, plan: MinecraftParams, ground: Ground, cell: Cell, target: Target) -> list[Block]:
    color = rng.choice(_fitting(ground.color, plan.ladder))
    x, z = cell
    pile = [Block((x, y, z), "plain", color, plan.ladder) for y in range(plan.under)]
    return [*pile, Block((x, plan.under, z), target)]


def _tower(rng: Random, plan: MinecraftParams) -> State:
    ground, target = _look(rng), rng.choice(TARGETS)
    cell = (rng.randint(-LIMIT["x"], LIMIT["x"]), rng.randint(-LIMIT["z"], LIMIT["z"]))
    return _scene("tower", ground, _pillar(rng, plan, ground, cell, target), target=target)


def _river_tower(rng: Random, plan: MinecraftParams) -> State | None:
    """Between the river and a column beyond it lies one free cell at least: beside the water, a block that hangs on
    the column over the last water cell would bridge and lift at once."""
    river, player, side = _crossing(rng, plan.bridge, 3)
    limit = LIMIT["z" if river.direction == "x" else "x"]
    edge = (river.last if side == 1 else -river.start) + 2
    if plan.same_bank:
        near = (river.start if side == 1 else -river.last) - 1
        across = side * rng.randint(-limit, near)
    else:
        across = side * rng.randint(edge, max(edge, limit))
    start = _cell(river, player, _along(rng, river))
    foot = _cell(river, across, _along(rng, river))
    if abs(start[0] - foot[0]) + abs(start[1] - foot[1]) < 2:
        return None
    ground, target = Ground("grass", GRASS[0]), rng.choice(TARGETS)
    blocks = _pillar(rng, plan, ground, foot, target)
    return _scene("river_tower", ground, blocks, river, player=start, target=target)


def _scenery(rng: Random, plan: MinecraftParams) -> State | None:
    """Place one object of each kind, none beside another."""
    river, lava, blocks = None, list[Cell](), list[Block]()
    if "river" in plan.shown:
        direction: Direction = rng.choice(("x", "z"))
        limit, width = LIMIT["z" if direction == "x" else "x"], rng.randint(1, 3)
        river = River(direction, rng.randint(-limit, limit - width + 1), width, rng.random() < 0.5)
    free = [
        (x, z)
        for x in range(-LIMIT["x"], LIMIT["x"] + 1)
        for z in range(-LIMIT["z"], LIMIT["z"] + 1)
        if river is None or not river.start - 1 <= river.across((x, z)) <= river.last + 1
    ]
    for kind in plan.shown:
        if kind == "river":
            continue
        shape = rng.choice(_SHAPES[kind])
        fits = [(x, z) for x, z in free if all((x + dx, z + dz) in free for dx, _, dz in shape)]
        if not fits:
            return None
        x, z = rng.choice(fits)
        cells = {(x + dx, z + dz) for dx, _, dz in shape}
        if kind == "lava":
            lava += cells
        elif kind == "ladder":
            blocks += [Block((x, dy, z), "stone", None, True) for _, dy, _ in shape]
        else:
            name: BlockType = kind
            blocks += [Block((x + dx, dy, z + dz), name) for dx, dy, dz in shape]
        free = [(a, b) for a, b in free if all(max(abs(a - c), abs(b - d)) > 1 for c, d in cells)]
    return _scene("scenery", _look(rng), blocks, river, lava)


_ONE: tuple[Place, ...] = ((0, 0, 0),)
_STACKED: tuple[Place, ...] = ((0, 0, 0), (0, 1, 0))
_PAIRS: tuple[tuple[Place, ...], ...] = (((0, 0, 0), (1, 0, 0)), ((0, 0, 0), (0, 0, 1)))
_SHAPES: dict[Scenery, tuple[tuple[Place, ...], ...]] = {
    **dict.fromkeys(("brick", "gold_ore", "diamond_ore"), (_ONE, _ONE, *_PAIRS, _STACKED, _STACKED)),
    "tnt": (_ONE,),
    "pumpkin": (_ONE,),
    "ladder": (_STACKED,),
    "lava": (_ONE, _ONE, *_PAIRS),
}
"""Shapes that objects take; those listed twice are as frequent as the pairs together."""

_BUILD: dict[Kind, Callable[[Random, MinecraftParams], State | None]] = {
    "scenery": _scenery,
    "cuboid": _cuboid,
    "river": _river,
    "tower": _tower,
    "river_tower": _river_tower,
}


def perturb(state: State, rng: Random) -> State:
    """Take one kind of scenery away, or change a length of the cuboid, the river's width or the column's height."""
    if state.kind == "scenery":
        return _poorer(state, rng)
    if state.kind == "cuboid":
        size = list(box_size(state))
        axis = rng.randrange(3)
        size[axis] += rng.choice((-1, 1)) if size[axis] > 1 else 1
        places = box(state.blocks[0].pos, (size[0], size[1], size[2]))
        return replace(state, blocks=tuple(Block(place, "plain", state.blocks[0].color) for place in places))
    if state.river and (state.kind == "river" or rng.random() < 0.5):
        return _other_width(state, state.river)
    top, pile = state.blocks[-1], state.column
    x, y, z = top.pos
    if not pile or rng.random() < 0.5:
        pile += (Block(top.pos, "plain", pile[0].color if pile else CUBES[0], bool(pile) and pile[0].ladder),)
        y += 1
    else:
        pile, y = pile[:-1], y - 1
    return replace(state, blocks=(*pile, top._replace(pos=(x, y, z))))


def _poorer(state: State, rng: Random) -> State:
    """Remove one kind of block, the lava or the river."""
    kinds = sorted({block.type for block in state.blocks})
    removable = [*kinds, *(["lava"] if state.lava else []), *(["river"] if state.river else [])]
    gone = rng.choice(removable)
    return replace(
        state,
        blocks=tuple(block for block in state.blocks if block.type != gone),
        lava=() if gone == "lava" else state.lava,
        river=None if gone == "river" else state.river,
    )


def _other_width(state: State, river: River) -> State:
    """Move one bank by a cell: away from the water when that cell is free, else towards it."""
    cells = [state.player, *((block.pos[0], block.pos[2]) for block in state.blocks[:1])]
    taken = {river.across(cell) for cell in cells if cell}
    if river.last + 1 not in taken:
        return replace(state, river=river._replace(width=river.width + 1))
    if river.start - 1 not in taken:
        return replace(state, river=river._replace(start=river.start - 1, width=river.width + 1))
    return replace(state, river=river._replace(width=river.width - 1))
