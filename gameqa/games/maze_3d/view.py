"""What the viewer sees: the camera, and how much of each cube nearer ones leave visible.

Whether one cube hides a point of another depends only on the offset between the two. So the hidden points of a cube
are looked up as bit masks, one per offset, instead of filling a picture buffer for every maze.
"""

from collections.abc import Callable
from functools import lru_cache

from gameqa.draw import Camera

from .rules import LADDER, Cell
from .state import State

AZIMUTH, ELEVATION = 30, 25
SMALL, LARGE = (540, 45.0), (640, 41.0)
"""Picture side and pixels per unit for grids that fit into the first, and for larger ones."""
MARGIN = 10

RAILS = (0.35, 0.65)
"""Where the rails of a ladder stand, from the base cube in y; both lie on the +x side of the column."""
PLAIN, PROMINENT, TOP = 0.2, 0.45, 0.6
"""Least visible share of an ordinary cube, of start, goal and numbered cubes, and of the top face of those."""
POINTS = 8
"""Points along each side of a face."""
NUMBER = (0.2, 0.25)
"""Half the width and height of a number with its rim, in units on the screen."""

Point = tuple[float, float, float]


def lens(size: Cell, scale: float = 1.0) -> tuple[int, Camera]:
    """Return the side of the picture at scale 1 and the camera, with the grid's box in the middle."""
    unit = Camera(AZIMUTH, ELEVATION)
    corners = [unit.project(x, y, z) for x in (0, size[0]) for y in (0, size[1]) for z in (0, size[2])]
    (x0, x1), (y0, y1) = ((min(axis), max(axis)) for axis in zip(*corners, strict=True))
    extent = max(x1 - x0, y1 - y0)
    side, pixels = SMALL if extent * SMALL[1] <= SMALL[0] - 2 * MARGIN else LARGE
    pixels *= scale
    middle = round(side * scale) / 2
    return side, Camera(AZIMUTH, ELEVATION, pixels, (middle - pixels * (x0 + x1) / 2, middle - pixels * (y0 + y1) / 2))


def legible(state: State) -> bool:
    """Return whether cubes, ladder ends and numbers are visible enough to answer from the picture."""
    cubes, marked = set(state.cubes), set(state.markers)
    prominent = marked | {state.start, state.goal}
    for cell in state.cubes:
        hidden = _covered(_hides_cube, cell, cubes)
        top, left, right = (~hidden >> shift & _FACE for shift in _SHIFTS)
        x, y, z = cell
        seen, exposed = _AREAS[0] * top.bit_count(), _AREAS[0]
        for face, area, neighbor in ((left, _AREAS[1], (x + 1, y, z)), (right, _AREAS[2], (x, y + 1, z))):
            if neighbor not in cubes:
                seen += area * face.bit_count()
                exposed += area
        if seen < (PROMINENT if cell in prominent else PLAIN) * exposed * POINTS**2:
            return False
        if cell in prominent and top.bit_count() < TOP * POINTS**2:
            return False
        # The ladder on a numbered cube passes beside its number, which is drawn over it; others must stay clear of it.
        crossed = (_crossed(*_offset(base, cell)) for base in state.ladders if base != cell)
        if cell in marked and (_DIGIT & ~top or any(crossed)):
            return False
    return not any(_covered(_hides_ends, base, cubes) for base in state.ladders)


def _offset(cell: Cell, origin: Cell) -> Cell:
    return cell[0] - origin[0], cell[1] - origin[1], cell[2] - origin[2]


def _covered(hides: Callable[[int, int, int], int], cell: Cell, cubes: set[Cell]) -> int:
    """Return what cubes hide of a cell's points; `hides` tells it for a cube at an offset."""
    x, y, z = cell
    bits = 0
    for a, b, c in cubes:
        # The viewer stands where x, y and z are large: a cube hides nothing in front of it on any axis.
        if a >= x and b >= y and c >= z:
            bits |= hides(a - x, b - y, c - z)
    return bits


@lru_cache(maxsize=2048)
def _hides_cube(x: int, y: int, z: int) -> int:
    return _hit(_CUBE, (x, y, z), (x + 1, y + 1, z + 1))


@lru_cache(maxsize=2048)
def _hides_ends(x: int, y: int, z: int) -> int:
    return _hit(_ENDS, (x, y, z), (x + 1, y + 1, z + 1))


@lru_cache(maxsize=2048)
def _crossed(x: int, y: int, z: int) -> bool:
    """Return whether the ladder on a base at this offset stands before the number on a cube."""
    low, high = RAILS
    return bool(_hit(_CUBE, (x + 1, y + low - 0.05, z + 1), (x + 1.02, y + high + 0.05, z + 1 + LADDER)) & _DIGIT)


def _hit(points: tuple[Point, ...], low: Point, high: Point) -> int:
    """Return from which of the points the ray to the viewer passes through a box: one bit a point."""
    toward = _CAMERA.toward
    bits = 0
    for bit, point in enumerate(points):
        enter, leave = 0.0, float("inf")
        for at, near, far, pace in zip(point, low, high, toward, strict=True):
            enter, leave = max(enter, (near - at) / pace), min(leave, (far - at) / pace)
        if leave - enter > 1e-6:
            bits |= 1 << bit
    return bits


_CAMERA = Camera(AZIMUTH, ELEVATION)
_MIDDLES = [(i + 0.5) / POINTS for i in range(POINTS)]
_CUBE: tuple[Point, ...] = (
    *((a, b, 1.0) for a in _MIDDLES for b in _MIDDLES),
    *((1.0, a, b) for a in _MIDDLES for b in _MIDDLES),
    *((a, 1.0, b) for a in _MIDDLES for b in _MIDDLES),
)
"""Points on the top, left (+x) and right (+y) faces of the cube at the origin."""
_FACE = (1 << POINTS**2) - 1
_SHIFTS = (0, POINTS**2, 2 * POINTS**2)
_AREAS = tuple(_CAMERA.face_area(face) for face in ("top", "left", "right"))
_ENDS: tuple[Point, ...] = tuple(
    (1.0, y, z) for y in RAILS for z in (1.02, 1.25, 1.5, LADDER + 0.5, LADDER + 0.75, LADDER + 0.98)
)
"""Points on the lowest and the highest half unit of the ladder on the cube at the origin."""
_CENTER = _CAMERA.project(0.5, 0.5, 1)
_DIGIT = sum(
    1 << bit
    for bit, (x, y, _) in enumerate(_CUBE[: POINTS**2])
    if all(abs(at - middle) <= half for at, middle, half in zip(_CAMERA.project(x, y, 1), _CENTER, NUMBER, strict=True))
)
"""The points of the top face that a number covers."""
