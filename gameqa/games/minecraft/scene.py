"""Perspective: where things of a scene lie in the picture, and how much of each is visible.

Cell (x, z) is the unit square around that point, at height 0 on the ground; block (x, y, z) fills the cell from
height y to y + 1. The picture is in pixels, from its top left corner.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, cos, floor, hypot, inf, radians, sin, tan
from typing import TYPE_CHECKING, NamedTuple

from .rules import SCENERIES, shows
from .state import Camera, Cell, Place, State

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 800, 450
MARGIN = 0.04
"""Part of the picture along each edge that what matters keeps clear of."""
VIEW = 40
"""Vertical field of view in degrees."""
DEEP = 0.3
"""How far water and lava lie below the ground, in cells."""
OVERSCAN = 0.1
"""How far beyond the picture the ground is drawn, in heights of the picture: walls below its edge reach further."""
HORIZON = 0.01
"""Slope of the lowest ray that counts as meeting the ground; flatter ones belong to the sky."""

SHARE, PIXELS = 0.6, 300
"""Least visible part of a scenery or of the marker, and fewest pixels of a scenery."""
EDGE = 8
"""Least height in pixels of a face in a column, and the shorter width of a cube's face in a cuboid."""
SIDE_SHARE = 0.08
"""Least part of a cuboid's pixels on each of its three faces."""

Vector = tuple[float, float, float]
Point = tuple[float, float]
Ground = list[Point]
"""A polygon of (x, z) on a level plane."""

TOP = (0, 1, 0)
SIDES: tuple[Place, ...] = ((1, 0, 0), (-1, 0, 0), (0, 0, 1), (0, 0, -1))


@dataclass(frozen=True)
class Lens:
    """The camera's projection to a picture of `height` pixels in height."""

    camera: Camera
    height: int = HEIGHT

    @property
    def width(self) -> int:
        """Pixels across."""
        return round(self.height * WIDTH / HEIGHT)

    @cached_property
    def axes(self) -> tuple[Vector, Vector, Vector]:
        """The directions to the right, upwards and ahead, of length 1."""
        p, a = radians(self.camera.polar), radians(self.camera.azimuth)
        return (
            (-sin(a), 0.0, cos(a)),
            (-cos(p) * cos(a), sin(p), -cos(p) * sin(a)),
            (-sin(p) * cos(a), -cos(p), -sin(p) * sin(a)),
        )

    @cached_property
    def eye(self) -> Vector:
        """Where the camera stands."""
        x, y, z = (at - self.camera.distance * d for at, d in zip(self.camera.center, self.axes[2], strict=True))
        return x, y, z

    @cached_property
    def focal(self) -> float:
        """Pixels of a unit at distance 1."""
        return self.height / 2 / tan(radians(VIEW / 2))

    @cached_property
    def rows(self) -> tuple[Vector, Vector, Vector]:
        """Take a vector from the eye to (column, row, 1) times its depth."""
        right, up, ahead = self.axes
        f, x, y = self.focal, self.width / 2, self.height / 2
        return (
            (f * right[0] + x * ahead[0], x * ahead[1], f * right[2] + x * ahead[2]),
            (y * ahead[0] - f * up[0], y * ahead[1] - f * up[1], y * ahead[2] - f * up[2]),
            ahead,
        )

    def seen_from_eye(self, x: float, y: float, z: float) -> Vector:
        """Return (column, row, 1) times the depth of a vector from the eye."""
        (a, b, c), (d, e, f), (g, h, i) = self.rows
        return a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z

    def project(self, x: float, y: float, z: float) -> Point:
        """Return where a point in front of the camera lies in the picture."""
        ex, ey, ez = self.eye
        column, row, depth = self.seen_from_eye(x - ex, y - ey, z - ez)
        return column / depth, row / depth

    def depth(self, x: float, y: float, z: float) -> float:
        """Return how far a point lies in front of the camera."""
        (ex, ey, ez), (ax, ay, az) = self.eye, self.axes[2]
        return (x - ex) * ax + (y - ey) * ay + (z - ez) * az

    @cached_property
    def horizon(self) -> float:
        """The row above which no ground is drawn; below 0 when ground fills the picture."""
        p = radians(self.camera.polar)
        return self.height / 2 - self.focal * (cos(p) - HORIZON) / sin(p)

    def footprint(self, y: float) -> Ground:
        """Return the part of the plane at height `y` that the picture shows, and a little more."""
        right, up, ahead = self.axes
        over = OVERSCAN * self.height
        top = max(-over, self.horizon)
        far, bottom = self.width + over, self.height + over
        shown: Ground = []
        for column, row in ((-over, top), (far, top), (far, bottom), (-over, bottom)):
            a, b = (column - self.width / 2) / self.focal, (self.height / 2 - row) / self.focal
            dx, dy, dz = (a * r + b * u + f for r, u, f in zip(right, up, ahead, strict=True))
            reach = (y - self.eye[1]) / dy
            shown.append((self.eye[0] + reach * dx, self.eye[2] + reach * dz))
        return shown

    def flat(self, shape: Ground, y: float) -> list[Point]:
        """Return a level polygon in the picture."""
        return [self.project(x, y, z) for x, z in shape]


def clip(shape: Ground, west: float = -inf, east: float = inf, south: float = -inf, north: float = inf) -> Ground:
    """Cut a convex polygon to a rectangle."""
    for axis, sign, limit in ((0, 1, west), (0, -1, east), (1, 1, south), (1, -1, north)):
        if limit in (inf, -inf):
            continue
        kept: Ground = []
        for here, after in zip(shape, [*shape[1:], *shape[:1]], strict=True):
            a, b = sign * (here[axis] - limit), sign * (after[axis] - limit)
            if a >= 0:
                kept.append(here)
            if (a >= 0) != (b >= 0):
                t = a / (a - b)
                kept.append((here[0] + t * (after[0] - here[0]), here[1] + t * (after[1] - here[1])))
        shape = kept
    return shape


def chords(shape: Ground, axis: int, first: float = 0.5) -> Iterator[tuple[Point, Point]]:
    """Yield the parts within a convex polygon of the lines x (axis 0) or z (axis 1) = first, first ± 1, …"""
    if not shape:
        return
    values = [point[axis] for point in shape]
    for step in range(ceil(min(values) - first), floor(max(values) - first) + 1):
        value = first + step
        ends: list[float] = []
        for here, after in zip(shape, [*shape[1:], *shape[:1]], strict=True):
            if (here[axis] < value) != (after[axis] < value) or here[axis] == after[axis] == value:
                t = 0.0 if here[axis] == after[axis] else (value - here[axis]) / (after[axis] - here[axis])
                ends.append(here[1 - axis] + t * (after[1 - axis] - here[1 - axis]))
                if here[axis] == after[axis]:
                    ends.append(after[1 - axis])
        if ends:
            low, high = min(ends), max(ends)
            yield ((value, low), (value, high)) if axis == 0 else ((low, value), (high, value))


class Pit(NamedTuple):
    """A hollow in the ground: its opening, and what is visible of the liquid in it."""

    opening: Ground
    liquid: Ground


def river_pit(state: State, lens: Lens) -> Pit | None:
    """Return the pit of the river, cut to the picture."""
    river = state.river
    if river is None:
        return None
    low, high = river.start - 0.5, river.last + 0.5
    edges = (-inf, inf, low, high) if river.direction == "x" else (low, high, -inf, inf)
    return _pit(lens, edges)


def lava_pits(state: State, lens: Lens) -> list[tuple[Cell, Pit]]:
    """Return each lava cell with its pit; two cells side by side form one hollow."""
    xs, zs = [x for x, _ in state.lava], [z for _, z in state.lava]
    joined = len(state.lava) == 2 and abs(xs[0] - xs[1]) + abs(zs[0] - zs[1]) == 1
    pits: list[tuple[Cell, Pit]] = []
    for x, z in state.lava:
        cell = (x - 0.5, x + 0.5, z - 0.5, z + 0.5)
        whole = (min(xs) - 0.5, max(xs) + 0.5, min(zs) - 0.5, max(zs) + 0.5) if joined else cell
        pit = _pit(lens, whole)
        pits.append(((x, z), Pit(pit.opening, clip(pit.liquid, *cell))))
    return pits


def _pit(lens: Lens, edges: tuple[float, float, float, float]) -> Pit:
    """Cut a hollow to the picture. Its near edge hides a strip of the liquid: the opening, seen from the eye, throws a
    larger rectangle on the liquid's plane."""
    x, y, z = lens.eye
    grow = (y + DEEP) / y
    thrown = [at + (edge - at) * grow for at, edge in zip((x, x, z, z), edges, strict=True)]
    liquid = clip(clip(lens.footprint(-DEEP), *edges), *thrown)
    return Pit(clip(lens.footprint(0), *edges), liquid)


class Face(NamedTuple):
    """A visible face of a block: its outward direction, and its corners clockwise from the top left, seen from
    outside."""

    block: int
    normal: Place
    corners: tuple[Vector, Vector, Vector, Vector]


def faces(state: State, lens: Lens) -> list[Face]:
    """Return the faces that look at the camera and touch no other block, farthest first.

    On the way to the eye a ray only ever comes nearer to the eye's cell along each axis: so the sum of the distances
    along the axes orders blocks from back to front.
    """
    taken = {block.pos for block in state.blocks}
    eye = lens.eye
    middle = (round(eye[0]), floor(eye[1]), round(eye[2]))

    def away(index: int) -> int:
        return -sum(abs(a - b) for a, b in zip(state.blocks[index].pos, middle, strict=True))

    shown: list[Face] = []
    for index in sorted(range(len(state.blocks)), key=away):
        x, y, z = state.blocks[index].pos
        if lens.depth(x, y, z) < 2:
            continue
        if eye[1] > y + 1 and (x, y + 1, z) not in taken:
            high, west, east, south, north = y + 1, x - 0.5, x + 0.5, z - 0.5, z + 0.5
            corners = ((west, high, north), (east, high, north), (east, high, south), (west, high, south))
            shown.append(Face(index, TOP, corners))
        for normal in SIDES:
            nx, _, nz = normal
            if (x + nx, y, z + nz) in taken or (eye[0] - x) * nx + (eye[2] - z) * nz <= 0.5:
                continue
            a, b, c, d = x + (nx + nz) / 2, z + (nz - nx) / 2, x + (nx - nz) / 2, z + (nz + nx) / 2
            shown.append(Face(index, normal, ((a, y + 1, b), (c, y + 1, d), (c, y, d), (a, y, b))))
    return shown


class Part(NamedTuple):
    """Something countable in the picture: its name, and its polygon."""

    name: str
    polygon: list[Point]


def parts(state: State, lens: Lens) -> list[Part]:
    """Return all that is countable, farthest first: liquids, the marker, and the faces of blocks.

    A face is named by the scenery it shows, else by its direction; `player` is the marker.
    """
    shown: list[Part] = []
    pit = river_pit(state, lens)
    if pit:
        shown.append(Part("river", lens.flat(pit.liquid, -DEEP)))
    shown += [Part("lava", lens.flat(pit.liquid, -DEEP)) for _, pit in lava_pits(state, lens)]
    if state.player:
        shown.append(Part("player", lens.flat(square(state.player), 0)))
    for face in faces(state, lens):
        name = shows(state.blocks[face.block], face.normal != TOP) if state.kind == "scenery" else None
        shown.append(Part(name or str(face.normal), [lens.project(*corner) for corner in face.corners]))
    return [part for part in shown if len(part.polygon) > 2]


def square(cell: Cell) -> Ground:
    """Return the borders of a ground cell."""
    x, z = cell
    return [(x - 0.5, z - 0.5), (x + 0.5, z - 0.5), (x + 0.5, z + 0.5), (x - 0.5, z + 0.5)]


def id_buffer(shown: list[Part], lens: Lens) -> "Image":
    """Return a picture in which each pixel holds 1 + the index of the part seen there, 0 for ground and sky."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (lens.width, lens.height))
    pen = ImageDraw.Draw(image)
    for number, part in enumerate(shown, 1):
        pen.polygon([(floor(x), floor(y)) for x, y in part.polygon], number)
    return image


def legible(state: State) -> bool:
    """Return whether everything that a question asks to see or to count is visible, by a buffer of half size."""
    lens = Lens(state.camera, HEIGHT // 2)
    shown = parts(state, lens)
    if len(shown) > 255:
        return False
    counts = id_buffer(shown, lens).histogram()[1 : len(shown) + 1]
    if state.kind == "cuboid":
        return _even(shown, counts)
    for name in {part.name for part in shown}.intersection((*SCENERIES, "player")):
        seen = sum(count for part, count in zip(shown, counts, strict=True) if part.name == name)
        alone = [part for part in shown if part.name == name]
        own = sum(id_buffer(alone, lens).histogram()[1:])
        if seen < SHARE * own or (name != "player" and 4 * seen < PIXELS):
            return False
    if state.target is None:
        return True
    column = [(part, count) for part, count in zip(shown, counts, strict=True) if part.name in map(str, SIDES)]
    return all(_tall(part.polygon) and count > 0.9 * _area(part.polygon) for part, count in column)


def _tall(polygon: list[Point]) -> bool:
    (_, a), (_, b), (_, c), (_, d) = polygon
    return 2 * min(d - a, c - b) >= EDGE


def _even(shown: list[Part], counts: list[int]) -> bool:
    """Return whether three faces of a cuboid take part in its picture, with cubes wide enough to be counted."""
    names = {part.name for part in shown}
    shares = [sum(n for part, n in zip(shown, counts, strict=True) if part.name == name) for name in names]
    if len(names) < 3 or min(shares) < SIDE_SHARE * sum(shares):
        return False
    return all(_narrow(part.polygon) * 2 >= EDGE for part in shown)


def _narrow(polygon: list[Point]) -> float:
    """Return the smaller height of a quadrilateral, as if it were a parallelogram."""
    sides = [hypot(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(polygon)]
    return _area(polygon) / max(sides)


def _area(polygon: list[Point]) -> float:
    turns = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in turns)) / 2


def where(state: State, places: list[Place]) -> str:
    """Return in words where places lie in the picture: left or right, in front (low) or at the back (high)."""
    lens = Lens(state.camera)
    points = [lens.project(x, y + 0.5 if y >= 0 else 0, z) for x, y, z in places]
    column, row = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    column, row = column / WIDTH, row / HEIGHT
    across = "left" if column < 0.44 else "right" if column > 0.56 else "middle"
    along = "in front" if row > 0.57 else "at the back" if row < 0.43 else ""
    if not along:
        return "in the middle" if across == "middle" else f"on the {across}"
    return f"{along}, in the middle" if across == "middle" else f"{along} on the {across}"
