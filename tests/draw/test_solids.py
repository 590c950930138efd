import itertools
import random
from math import cos, radians, sin

import numpy as np
import pytest

from gameqa.draw import Camera, Canvas, Tones, axis, cubes, mesh, tones, visible_faces
from gameqa.draw.solids import FACES

CAMERAS = [(30, 25), (55, 22), (45, 35.264), (120, 30), (200, 40), (300, 20), (10, 60)]
COLORS = {"top": (255, 0, 0), "left": (0, 255, 0), "right": (0, 0, 255)}


def random_cells(seed, count):
    rng = random.Random(seed)
    return {(rng.randrange(3), rng.randrange(3), rng.randrange(3)) for _ in range(count)}


def ray_hits(cells, camera, side):
    """For the middle of every pixel of a square screen: which cell (as an index, -1 for none) and which
    axis' side of it a ray from the viewer meets first. Slab test against every cube, nothing clever."""
    a, e = radians(camera.azimuth), radians(camera.elevation)
    toward = np.array([cos(a) * cos(e), sin(a) * cos(e), sin(e)])
    right = np.array([-sin(a), cos(a), 0.0])
    up = np.array([-cos(a) * sin(e), -sin(a) * sin(e), cos(e)])
    y, x = np.mgrid[0:side, 0:side] + 0.5
    u, v = (x - camera.origin[0]) / camera.scale, (camera.origin[1] - y) / camera.scale
    start = u[..., None] * right + v[..., None] * up + 50 * toward
    nearest = np.full((side, side), np.inf)
    cell_hit = np.full((side, side), -1)
    axis_hit = np.full((side, side), -1)
    for number, cell in enumerate(cells):
        low, high = (start - np.array(cell)) / toward, (start - np.array(cell) - 1) / toward
        enter, leave = np.minimum(low, high), np.maximum(low, high)
        at = enter.max(axis=2)
        hit = (at < leave.min(axis=2)) & (at < nearest)
        nearest[hit] = at[hit]
        cell_hit[hit] = number
        axis_hit[hit] = enter.argmax(axis=2)[hit]
    return cell_hit, axis_hit


def axis_of(camera, face):
    return next(i for i in range(3) if camera.normals[face][i])


def test_projection_formulas():
    camera = Camera(30, 25, 45, (270, 300))
    x, y, z = 1.5, 2, 3
    u = -x * sin(radians(30)) + y * cos(radians(30))
    v = z * cos(radians(25)) - (x * cos(radians(30)) + y * sin(radians(30))) * sin(radians(25))
    assert camera.project(x, y, z) == pytest.approx((270 + 45 * u, 300 - 45 * v))
    assert camera.depth(x, y, z) == pytest.approx(
        (x * cos(radians(30)) + y * sin(radians(30))) * cos(radians(25)) + z * sin(radians(25))
    )
    assert camera.normals == {"top": (0, 0, 1), "left": (1, 0, 0), "right": (0, 1, 0)}
    assert Camera(120, 25).normals == {"top": (0, 0, 1), "left": (0, 1, 0), "right": (-1, 0, 0)}
    assert list(Camera(90, 25).normals) == ["top", "left"]
    with pytest.raises(ValueError):
        Camera(30, 90)


def test_fit_fills_the_box():
    corners = [(x, y, z) for x in (0, 3) for y in (0, 3) for z in (0, 3)]
    camera = Camera.fit(55, 22, corners, (20, 30, 420, 330))
    seen = [camera.project(*corner) for corner in corners]
    assert min(y for _, y in seen) == pytest.approx(30) and max(y for _, y in seen) == pytest.approx(330)
    assert min(x for x, _ in seen) + max(x for x, _ in seen) == pytest.approx(440)


@pytest.mark.parametrize("angles", CAMERAS)
@pytest.mark.parametrize("seed", range(5))
def test_hidden_faces_against_rays(angles, seed):
    cells = sorted(random_cells(seed, 4 + 3 * seed))
    camera = Camera.fit(*angles, itertools.product((0, 3), repeat=3), (10, 10, 290, 290))
    face_of = {axis_of(camera, face): face for face in camera.normals}
    cell_hit, axis_hit = ray_hits(cells, camera, 300)

    canvas = Canvas(300, 300)
    cubes(canvas, {cell: Tones(*(COLORS[face] for face in FACES)) for cell in cells}, camera, edge=None)
    wanted = np.full((300, 300, 3), 255)
    for axis_number, face in face_of.items():
        wanted[axis_hit == axis_number] = COLORS[face]
    wrong = (np.asarray(canvas.image.convert("RGB")) != wanted).any(axis=2)
    # Hard edges may be off by a pixel or so: only pixels within a plain 5 by 5 field are compared.
    inner = np.ones((300, 300), bool)
    for step in itertools.product((-2, -1, 0, 1, 2), repeat=2):
        inner &= (np.roll(wanted, step, (0, 1)) == wanted).all(axis=2)
    assert (wrong & inner).sum() <= 3

    counts = visible_faces(cells, camera)
    assert set(counts) == {(cell, face) for cell in cells for face in camera.normals}
    for (cell, face), pixels in counts.items():
        by_ray = int(((cell_hit == cells.index(cell)) & (axis_hit == axis_of(camera, face))).sum())
        assert abs(pixels - by_ray) <= 2, (cell, face)


def test_a_single_cube_shows_three_whole_faces_and_a_buried_one_none():
    camera = Camera(30, 25, 60)
    single = visible_faces([(0, 0, 0)], camera)
    for face in FACES:
        assert single[(0, 0, 0), face] == pytest.approx(camera.face_area(face), rel=0.02)
    block = [(x, y, z) for x in range(3) for y in range(3) for z in range(3)]
    counts = visible_faces(block, camera)
    assert [counts[(1, 1, 1), face] for face in FACES] == [0, 0, 0]
    assert counts[(2, 2, 2), "top"] > 0 and counts[(1, 1, 2), "left"] == 0
    assert visible_faces([], camera) == {}


def test_hiding_at_a_distance():
    # Straight along the diagonal, the near cube covers the far one exactly.
    camera = Camera(45, 35.2643896828, 40)
    counts = visible_faces([(0, 0, 0), (2, 2, 2)], camera)
    assert all(counts[(0, 0, 0), face] <= 1 for face in FACES)


def test_extras_are_hidden_by_nearer_cubes_only():
    camera = Camera(30, 25, 40, (120, 120))

    def picture(cells, key):
        canvas = Canvas(240, 240)
        x, y = camera.project(1.0, 0.5, 0.5)
        mark = {key: lambda: canvas.rect((x - 3, y - 3, x + 3, y + 3), "#FF00FF")}
        cubes(canvas, {cell: tones("#A8A8A8") for cell in cells}, camera, extras=mark)
        return (255, 0, 255) in {color for _, color in canvas.image.convert("RGB").getcolors()}

    assert picture([(0, 0, 0)], (1, 0, 0))
    assert not picture([(0, 0, 0), (1, 0, 0)], (0, 0, 0))


def test_mesh_and_axis_draw_where_the_camera_says():
    camera = Camera(45, 30, 40, (100, 60))
    canvas = Canvas(200, 200)
    mesh(canvas, camera, (0, 0, 0), (1, 0, 0), (0, 1, 0), (2, 2), "#D3D3D3", fill="#EDEDED")
    axis(canvas, camera, (0, 0, 0), (2.2, 0, 0), "#E00000", "X")
    picture = canvas.image.convert("RGB")
    x, y = camera.project(1.5, 1.5, 0)
    assert picture.getpixel((round(x), round(y))) == (0xED, 0xED, 0xED)
    assert (0xE0, 0, 0) in {color for _, color in picture.getcolors()}


def test_the_same_cells_in_any_order_give_the_same_picture():
    cells = sorted(random_cells(9, 12))
    camera = Camera(30, 25, 24, (120, 120))
    looks = set()
    for seed in range(5):
        random.Random(seed).shuffle(cells)
        canvas = Canvas(240, 240)
        cubes(canvas, {cell: tones("#17CFCF") for cell in cells}, camera)
        looks.add(canvas.image.tobytes())
    assert len(looks) == 1
