"""Solids in parallel projection, with hidden faces removed.

The world has x and y on the ground and z upwards, in units; a cell (x, y, z) is the unit cube from that
corner to (x+1, y+1, z+1). The screen is in pixels, y downwards.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import cos, radians, sin
from typing import Literal, NamedTuple

from .canvas import Box, Canvas, Point
from .palette import Color, blend

Cell = tuple[int, int, int]
Vector = tuple[float, float, float]
Face = Literal["top", "left", "right"]
"""The sides of a cube that the camera sees, named as they lie in the picture."""
FACES: tuple[Face, Face, Face] = ("top", "left", "right")


@dataclass(frozen=True)
class Camera:
    """A parallel projection from above.

    Attributes:
        azimuth: Where the viewer stands: degrees from the x axis towards the y axis.
        elevation: How high: degrees above the ground, above 0 and below 90.
        scale: Pixels per unit.
        origin: Where the world's (0, 0, 0) lies on the screen.

    At azimuth 0 < a < 90 the x axis points to the left and the y axis to the right, both downwards.
    """

    azimuth: float
    elevation: float
    scale: float = 1.0
    origin: Point = (0.0, 0.0)

    def __post_init__(self) -> None:
        if not 0 < self.elevation < 90:
            raise ValueError(f"elevation must lie between 0 and 90 degrees, not {self.elevation}")

    @classmethod
    def fit(cls, azimuth: float, elevation: float, points: Iterable[Vector], box: Box) -> "Camera":
        """The camera that shows the points as large as the box on the screen allows, centred in it."""
        unit = cls(azimuth, elevation)
        seen = [unit.project(*point) for point in points]
        x0, x1 = min(x for x, _ in seen), max(x for x, _ in seen)
        y0, y1 = min(y for _, y in seen), max(y for _, y in seen)
        left, top, right, bottom = box
        scale = min((right - left) / (x1 - x0), (bottom - top) / (y1 - y0))
        origin = ((left + right - scale * (x0 + x1)) / 2, (top + bottom - scale * (y0 + y1)) / 2)
        return cls(azimuth, elevation, scale, origin)

    @cached_property
    def toward(self) -> Vector:
        """The unit vector from the scene to the viewer."""
        a, e = radians(self.azimuth), radians(self.elevation)
        return _clean(cos(a) * cos(e)), _clean(sin(a) * cos(e)), sin(e)

    @cached_property
    def _rows(self) -> tuple[float, float, float, float, float]:
        a, e, s = radians(self.azimuth), radians(self.elevation), self.scale
        return (
            _clean(-sin(a)) * s,
            _clean(cos(a)) * s,
            _clean(cos(a)) * sin(e) * s,
            _clean(sin(a)) * sin(e) * s,
            -cos(e) * s,
        )

    def project(self, x: float, y: float, z: float) -> Point:
        """Where a point of the world lies on the screen."""
        across_x, across_y, down_x, down_y, down_z = self._rows
        ox, oy = self.origin
        return ox + across_x * x + across_y * y, oy + down_x * x + down_y * y + down_z * z

    def depth(self, x: float, y: float, z: float) -> float:
        """How near a point is to the viewer, in units: larger is nearer."""
        dx, dy, dz = self.toward
        return dx * x + dy * y + dz * z

    @cached_property
    def normals(self) -> dict[Face, Cell]:
        """The outward direction of each face the camera sees; one seen edge-on is left out."""
        dx, dy, _ = self.toward
        walls: list[Cell] = [(side, 0, 0) for side in (1, -1) if dx * side > 0]
        walls += [(0, side, 0) for side in (1, -1) if dy * side > 0]
        walls.sort(key=lambda n: self.project(*n)[0])
        names: list[Face] = ["left", "right"] if len(walls) == 2 else ["left"]
        return {"top": (0, 0, 1), **dict(zip(names, walls, strict=True))}

    def face(self, low: Vector, high: Vector, face: Face) -> list[Point]:
        """The corners on the screen of one face of the upright box from corner `low` to corner `high`."""
        normal = self.normals[face]
        axis = next(i for i in range(3) if normal[i])
        level = (high if normal[axis] > 0 else low)[axis]
        if axis == 2:
            (x0, y0, _), (x1, y1, _) = low, high
            return [self.project(x, y, level) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
        z0, z1 = low[2], high[2]
        a, b = low[1 - axis], high[1 - axis]
        corners = ((a, z0), (b, z0), (b, z1), (a, z1))
        if axis == 0:
            return [self.project(level, t, z) for t, z in corners]
        return [self.project(t, level, z) for t, z in corners]

    def face_area(self, face: Face) -> float:
        """How many pixels a whole face of a unit cube covers; 0 for one seen edge-on."""
        normal = self.normals.get(face)
        if normal is None:
            return 0.0
        return self.scale**2 * abs(sum(a * b for a, b in zip(normal, self.toward, strict=True)))

    def back_to_front(self, cells: Iterable[Cell]) -> list[Cell]:
        """Cells in an order in which none is covered by an earlier one.

        A ray towards the viewer never steps back along any axis, so a cube can hide only cubes that
        are no further along any axis; the sum over the axes respects that, exactly.
        """
        sx, sy, _ = (1 if t >= 0 else -1 for t in self.toward)
        return sorted(cells, key=lambda c: (sx * c[0] + sy * c[1] + c[2], c))


def _clean(value: float) -> float:
    return 0.0 if abs(value) < 1e-12 else value


class Tones(NamedTuple):
    """The colours of a cube's three visible faces."""

    top: Color
    left: Color
    right: Color


def tones(color: Color) -> Tones:
    """The colour itself on top, darker on the left, darkest on the right."""
    return Tones(color, blend(color, "#000000", 0.2), blend(color, "#000000", 0.38))


def cubes(
    canvas: Canvas,
    cells: Mapping[Cell, Tones],
    camera: Camera,
    edge: Color | None = "#000000",
    width: int = 1,
    extras: Mapping[Cell, Callable[[], None]] | None = None,
) -> None:
    """Draw opaque unit cubes, each with its colours; what lies behind is hidden.

    Args:
        canvas: Where to draw.
        cells: The cubes and their colours.
        camera: The projection.
        edge: Colour of the edges; None for none. Faces that touch another cube are not drawn.
        width: Width of the edges in pixels.
        extras: Called when it is the turn of their cell, after its cube if there is one. What it draws
            within that cell is hidden by nearer cubes: a ladder on a wall, say, belongs to the cell in
            front of the wall, one call for each cell it passes.
    """
    extras = extras or {}
    normals = camera.normals
    for cell in camera.back_to_front({*cells, *extras}):
        if cell in cells:
            x, y, z = cell
            for face, (dx, dy, dz) in normals.items():
                if (x + dx, y + dy, z + dz) not in cells:
                    color = getattr(cells[cell], face)
                    canvas.polygon(camera.face(cell, (x + 1, y + 1, z + 1), face), color, edge, width)
        if cell in extras:
            extras[cell]()


def visible_faces(cells: Iterable[Cell], camera: Camera) -> dict[tuple[Cell, Face], int]:
    """How many pixels of every face that looks at the camera stay visible; 0 where it is covered.

    All such faces of all cells are listed; `camera.face_area` says how large a whole face is. A pixel
    belongs to the face that covers its middle, whatever edges are drawn over it.
    """
    import numpy as np

    order = camera.back_to_front(set(cells))
    if not order:
        return {}
    corners = [camera.project(x + i, y + j, z + k) for x, y, z in order for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    left, top = (int(min(p[i] for p in corners)) - 2 for i in (0, 1))
    right, bottom = (int(max(p[i] for p in corners)) + 3 for i in (0, 1))
    nearest = np.zeros((bottom - top, right - left), np.int32)
    columns = np.arange(left, right) + 0.5
    rows = np.arange(top, bottom)[:, None] + 0.5
    taken = set(order)
    listed: list[tuple[Cell, Face]] = []
    for cell in order:
        x, y, z = cell
        for face, (dx, dy, dz) in camera.normals.items():
            listed.append((cell, face))
            if (x + dx, y + dy, z + dz) in taken:
                continue
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = camera.face(cell, (x + 1, y + 1, z + 1), face)
            x_from, x_to = int(min(x0, x1, x2, x3)) - left - 1, int(max(x0, x1, x2, x3)) - left + 2
            y_from, y_to = int(min(y0, y1, y2, y3)) - top - 1, int(max(y0, y1, y2, y3)) - top + 2
            across, down = columns[x_from:x_to] - x0, rows[y_from:y_to] - y0
            # Shares of the two sides that lead from the first corner to the middle of each pixel.
            ux, uy, vx, vy = x1 - x0, y1 - y0, x3 - x0, y3 - y0
            area = ux * vy - uy * vx
            u = across * (vy / area) - down * (vx / area)
            v = down * (ux / area) - across * (uy / area)
            inside = (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
            nearest[y_from:y_to, x_from:x_to][inside] = len(listed)
    counts = np.bincount(nearest.ravel(), minlength=len(listed) + 1)
    return {key: int(n) for key, n in zip(listed, counts[1:], strict=True)}


def mesh(
    canvas: Canvas,
    camera: Camera,
    corner: Vector,
    u: Vector,
    v: Vector,
    count: tuple[int, int],
    color: Color,
    width: int = 1,
    fill: Color | None = None,
) -> None:
    """A flat grid in space: `count` cells with sides `u` and `v` from `corner`; a floor or a wall."""
    nu, nv = count

    def at(i: int, j: int) -> Point:
        x, y, z = (c + i * a + j * b for c, a, b in zip(corner, u, v, strict=True))
        return camera.project(x, y, z)

    if fill is not None:
        canvas.polygon([at(0, 0), at(nu, 0), at(nu, nv), at(0, nv)], fill)
    for i in range(nu + 1):
        canvas.line([at(i, 0), at(i, nv)], color, width)
    for j in range(nv + 1):
        canvas.line([at(0, j), at(nu, j)], color, width)


def axis(
    canvas: Canvas,
    camera: Camera,
    start: Vector,
    end: Vector,
    color: Color,
    label: str,
    size: int = 18,
    width: int = 2,
    paper: Color = "#FFFFFF",
) -> None:
    """A line from `start` to `end` in space with its label just beyond the end, on plain `paper`."""
    (x0, y0), (x1, y1) = camera.project(*start), camera.project(*end)
    canvas.line([(x0, y0), (x1, y1)], color, width)
    length = max(1e-9, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
    away = size * 0.8 / length
    canvas.text((x1 + (x1 - x0) * away, y1 + (y1 - y0) * away), label, size, color, paper)
