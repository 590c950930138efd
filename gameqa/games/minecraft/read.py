"""Reads a scene by its colours, boxes by their outlines, and rivers by the lines on the water.

An outline is fitted by the camera and the lengths of a box. The lines on water, thrown on a level plane, run along its
axes when the camera is right: that gives the camera, and with it the width of the river in cells.
"""

from collections.abc import Callable, Iterable
from math import cos, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Color, Style, rgb
from gameqa.draw.reading import Pixels, pixels

from .generate import CUBES, EARTHS, GRASS, TARGETS
from .render import RED, SOIL, STRIPE_SHADE, WATER, WATER_LINE, draw
from .rules import box_size, crossing_cost, has_ladder, sceneries
from .scene import DEEP, HEIGHT, WIDTH, Lens
from .state import Block, Camera, Ground, State, Target, box
from .textures import SHADES, edge_color, shaded

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
FOCAL = Lens(Camera((0, 0, 0), 20, 50, 0)).focal
SCENERY_KINDS = 3
"""Fewest kinds in a scenery; other scenes without a marker show at most a target and ladders."""
TURNS = np.linspace(0, 2 * np.pi, 48, endpoint=False)
DIRECTIONS: Floats = np.stack([np.cos(TURNS), np.sin(TURNS)])
"""In which an outline is measured."""


def _near(picture: NDArray[np.int16], color: Color, most: int) -> Mask:
    return np.abs(picture - np.array(rgb(color), np.int16)).max(axis=2) < most


def _largest(mask: Mask) -> Mask:
    """Return the largest connected part."""
    from scipy import ndimage

    labels, number = ndimage.label(mask)
    if not number:
        raise ValueError("the picture shows no box")
    return labels == np.bincount(labels.ravel())[1:].argmax() + 1


def _ground(picture: NDArray[np.int16]) -> Color:
    few = picture[::4, ::4]
    return max((*EARTHS, *GRASS), key=lambda color: int(_near(few, color, 10).sum()))


def _objects(picture: NDArray[np.int16], ground: Color, liquids: bool) -> Mask:
    """Return what is not ground, without thin lines; without water, marker and walls of pits too if asked."""
    from scipy import ndimage

    known = [ground, shaded(ground, STRIPE_SHADE)]
    if liquids:
        known += [WATER, WATER_LINE, RED, shaded(ground, SOIL)]
    free = ~np.any([_near(picture, color, 24) for color in known], axis=0)
    return ndimage.binary_opening(free, np.ones((5, 5)))


# Sceneries


def _kinds(picture: NDArray[np.int16], ground: Color) -> dict[str, int]:
    """Return how many pixels have the tones of each scenery, borders left out."""
    from scipy import ndimage

    red, green, blue = (picture[..., channel].astype(np.float32) + 0.01 for channel in range(3))
    water = ndimage.binary_opening((blue - green > 70) & (blue > 170), np.ones((3, 3)))
    wet = ndimage.binary_dilation(water, np.ones((7, 7)))
    objects = _objects(picture, ground, False)
    solid = ndimage.binary_erosion(objects, np.ones((5, 5))) & ~wet
    stone = ndimage.binary_dilation(objects, np.ones((3, 3))) & (abs(red - blue) < 14) & (abs(red - green) < 14)
    stone = ndimage.binary_dilation(stone, np.ones((5, 5))) & ~_near(picture, ground, 24)
    q0, s0 = green / red, blue / red
    wood = stone & (red > 60) & (red < 145) & (q0 > 0.52) & (q0 < 0.72) & (s0 > 0.12) & (s0 < 0.45)
    r, g, b = red[solid], green[solid], blue[solid]
    q, s = g / r, b / r
    found = {
        "brick": (r > 95) & (r < 180) & (q > 0.33) & (q < 0.5) & (s > 0.2) & (s < 0.4),
        "diamond_ore": (g - r > 50) & (abs(g - b) < 40) & (b > 90),
        "gold_ore": (r > 110) & (r < 226) & (q > 0.72) & (q < 0.95) & (s < 0.55),
        "ladder": (r > 60) & (r < 130) & (q > 0.55) & (q < 0.8) & (s > 0.14) & (s < 0.6),
        "lava": (r > 246) & (g > 100) & (g < 178) & (b < 40),
        "pumpkin": (r > 140) & (r < 225) & (q > 0.45) & (q < 0.62) & (s < 0.17),
        "tnt": (r > 110) & (q < 0.3) & (s < 0.3),
    }
    counts = {kind: int(mask.sum()) for kind, mask in found.items()}
    counts["ladder"] = int(wood.sum())
    return counts | {"river": int(water.sum()), "marker": int(((red > 235) & (green < 40) & (blue < 40)).sum())}


LEAST = {
    "brick": 150,
    "diamond_ore": 120,
    "gold_ore": 60,
    "ladder": 80,
    "lava": 60,
    "pumpkin": 200,
    "river": 500,
    "tnt": 150,
    "marker": 60,
}
"""Fewest pixels of each scenery and of the marker."""


# Boxes


def _corners(size: Floats) -> Floats:
    """Return the corners of a box around the origin."""
    signs = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    return signs * size


def _axes(polar: float, azimuth: float) -> Floats:
    p, a = radians(polar), radians(azimuth)
    right = (-sin(a), 0.0, cos(a))
    up = (-cos(p) * cos(a), sin(p), -cos(p) * sin(a))
    return np.array([right, up, (-sin(p) * cos(a), -cos(p), -sin(p) * sin(a))])


def _outline(mask: Mask) -> Floats:
    """Return how far a mask reaches in each direction."""
    rows, cols = np.nonzero(mask)
    first, last = mask.argmax(axis=1), mask.shape[1] - 1 - mask[:, ::-1].argmax(axis=1)
    rows = np.unique(rows)
    points = np.concatenate([np.stack([at[rows], rows], 1) for at in (first, last)])
    return (points @ DIRECTIONS).max(axis=0)


def _thrown(points: Floats, view: Floats) -> Floats:
    """Return points in the picture. A view is polar angle, azimuth, distance, and how far the origin is right and up
    of the middle of the picture."""
    x, y, z = _axes(view[0], view[1]) @ points.T
    depth = view[2] + z
    return np.stack([WIDTH / 2 + FOCAL * (x + view[3]) / depth, HEIGHT / 2 - FOCAL * (y + view[4]) / depth], 1)


def _fit(misfit: Callable[[Floats], Floats], start: Floats) -> tuple[Floats, float]:
    """Return the parameters of the least squares, and the root of their mean."""
    from scipy.optimize import least_squares

    found = least_squares(misfit, start, x_scale=np.array([10, 20, 3, 1, 1, 1, 1, 1][: len(start)]), max_nfev=40)
    return found.x, float(np.sqrt(np.mean(found.fun**2)))


def _start(mask: Mask, azimuth: float) -> list[float]:
    rows, cols = np.nonzero(mask)
    scale = 20 / FOCAL
    return [50.0, azimuth, 20.0, (cols.mean() - WIDTH / 2) * scale, (HEIGHT / 2 - rows.mean()) * scale]


def _scene(size: tuple[int, int, int], view: Floats, blocks: Iterable[Block], ground: Color, **facts: Any) -> State:
    """Return a scene with a box whose lowest cell is (0, 0, 0), seen as the fit says."""
    right, up, _ = _axes(view[0], view[1])
    middle = np.array([size[0] / 2 - 0.5, size[1] / 2, size[2] / 2 - 0.5]) - view[3] * right - view[4] * up
    camera = Camera((middle[0], middle[1], middle[2]), view[2], view[0], view[1])
    return State(
        facts.pop("kind"), Ground("plain", ground), True, tuple(blocks), None, (), None, camera=camera, **facts
    )


def _unlike(picture: NDArray[np.int16], state: State, mask: Mask) -> float:
    """Return how much a drawing differs from the picture within a mask."""
    rows, cols = np.nonzero(mask)
    part = slice(rows.min(), rows.max() + 1), slice(cols.min(), cols.max() + 1)
    drawn = pixels(draw(state, Style()))[part].astype(np.int16)
    return float(np.abs(drawn - picture[part])[mask[part]].mean())


def _cuboid(picture: NDArray[np.int16], ground: Color) -> list[int]:
    """Return the lengths of a cuboid along x, upwards and along z."""
    from scipy import ndimage

    objects = _objects(picture, ground, False)

    def tones(color: Color) -> list[Mask]:
        return [_near(picture, shaded(color, shade), 12) & objects for shade in SHADES]

    color = max(CUBES, key=lambda one: int(np.any(tones(one), axis=0).sum()))
    top, east, north = tones(color)
    line = _near(picture, edge_color(color), 60) & objects
    whole = _largest(ndimage.binary_closing(top | east | north | line, np.ones((3, 3))))
    flat = _largest(ndimage.binary_closing(top, np.ones((7, 7))) & whole)
    turn = 45.0 if np.nonzero(east & whole)[1].mean() < np.nonzero(north & whole)[1].mean() else 135.0
    seen = np.concatenate([_outline(whole), _outline(flat) + 1])

    def misfit(at: Floats) -> Floats:
        corners = _corners(np.exp(at[5:8]))
        points = _thrown(corners, at)
        upper = points[corners[:, 1] > 0]
        told = np.concatenate([(points @ DIRECTIONS).max(axis=0), (upper @ DIRECTIONS).max(axis=0)])
        return np.append(told - seen, 10 * (at[2] - 20))

    starts = [np.array([*_start(whole, turn + by), 1.2, 0.8, 1.2]) for by in (-20, 20)]
    best, _ = min((_fit(misfit, start) for start in starts), key=lambda found: found[1])
    lengths = np.exp(best[5:8])
    options: dict[tuple[int, int, int], float] = {}
    for size in np.ndindex(5, 4, 5):
        a, h, b = size[0] + 2, size[1] + 1, size[2] + 2
        ratios = np.array([a, h, b]) / lengths
        scale = float(ratios.mean())
        if ratios.max() / ratios.min() < 1.12 and 0.6 < scale < 1.6:
            view = np.array([*best[:2], *(best[2:5] * scale)])
            blocks = [Block(place, "plain", color) for place in box((0, 0, 0), (a, h, b))]
            scene = _scene((a, h, b), view, blocks, ground, kind="cuboid", target=None)
            options[a, h, b] = _unlike(picture, scene, whole)
    if not options:
        raise ValueError("no cuboid has such an outline")
    return list(min(options, key=options.__getitem__))


def _column(picture: NDArray[np.int16], ground: Color, mask: Mask, target: Target) -> tuple[int, bool]:
    """Return how many blocks lie under a target, and whether ladders hang on them."""
    outline = _outline(mask)
    fits: list[tuple[float, int, Floats]] = []
    for height in range(1, 9):
        corners = _corners(np.array([1, height, 1]))

        def misfit(at: Floats, corners: Floats = corners) -> Floats:
            return (_thrown(corners, at) @ DIRECTIONS).max(axis=0) - outline

        for azimuth in (10, 45, 80):
            start = _start(mask, azimuth)
            found, unlike = _fit(misfit, np.array(start))
            if 35 < found[0] < 65:
                fits.append((unlike, height, found))
    fits.sort(key=lambda fit: fit[0])
    best, unlike = None, 1e9
    done = set[int]()
    for _, height, found in fits:
        if height in done or len(done) == 3:
            continue
        done.add(height)
        for color, ladder in _looks(picture, mask) if height > 1 else [(CUBES[0], False)]:
            pile = [Block((0, y, 0), "plain", color, ladder) for y in range(height - 1)]
            blocks = [*pile, Block((0, height - 1, 0), target)]
            differences = []
            for turn in (0, 90):
                at = found.copy()
                at[1] += turn
                scene = _scene((1, height, 1), at, blocks, ground, kind="tower", target=target)
                differences.append(_unlike(picture, scene, mask))
            if min(differences) < unlike:
                best, unlike = (height - 1, ladder), min(differences)
    if best is None:
        raise ValueError("no column has such an outline")
    return best


def _looks(picture: NDArray[np.int16], mask: Mask) -> list[tuple[Color, bool]]:
    """Return the likely colours of plain blocks, each without and with ladders."""
    part = picture[mask][:, None, :]

    def share(color: Color) -> int:
        return sum(int(_near(part, shaded(color, shade), 12).sum()) for shade in SHADES[1:])

    colors = sorted(CUBES, key=share, reverse=True)[:2]
    return [(color, ladder) for color in colors for ladder in (False, True)]


# Rivers


def _level(points: Floats, polar: float, azimuth: float) -> Floats:
    """Throw points of the picture on the level plane one unit below the eye; return (x, z) from the eye."""
    axes = _axes(polar, azimuth)
    rays = np.stack([(points[:, 0] - WIDTH / 2) / FOCAL, (HEIGHT / 2 - points[:, 1]) / FOCAL, np.ones(len(points))], 1)
    rays = rays @ axes
    return rays[:, [0, 2]] / np.minimum(rays[:, 1:2], -1e-3) * -1


def _sharpness(points: Floats, polar: float, azimuth: float) -> float:
    """Return how well points gather on lines along the axes."""
    bins = np.clip((_level(points, polar, azimuth) + 5) / BIN, 0, BINS - 1).astype(np.int32)
    return sum(float((np.bincount(at, minlength=BINS).astype(float) ** 2).sum()) for at in bins.T)


BIN, BINS = 0.006, 1700
"""Width of a bin and number of bins in which points on a level plane are counted, in heights of the eye."""


def _comb(points: Floats, at: Floats) -> float:
    """Return how well points lie on lines along the axes whose distance is one cell; `at` are polar angle, azimuth and
    the height of the eye."""
    if not (39 < at[0] < 61 and 8 < at[2] < 26):
        return 0.0
    waves = np.exp(2j * np.pi * at[2] * _level(points, at[0], at[1]))
    return float(np.abs(waves.sum(axis=0)).sum() / len(points))


def _river(picture: NDArray[np.int16]) -> tuple[Floats, int, int, float]:
    """Return the camera over the water (polar angle, azimuth, height of the eye above it), and the river: its axis
    (0: it is crossed along x), its width, and the middle of it from the eye, in heights of the eye."""
    from scipy import ndimage
    from scipy.optimize import minimize

    red, green, blue = (picture[..., channel] for channel in range(3))
    wet = ndimage.binary_closing(_near(picture, WATER, 60) | _near(picture, WATER_LINE, 45), np.ones((3, 3)))
    wet = _largest(ndimage.binary_opening(wet, np.ones((3, 3))))
    lines = ndimage.binary_erosion(wet, np.ones((5, 5))) & (blue < 185) & (blue - red > 50)
    rows, cols = np.nonzero(lines)
    if len(rows) < 50:
        raise ValueError("the water has no lines")
    pick = np.random.default_rng(0).permutation(len(rows))[:1500]
    points = np.stack([cols[pick], rows[pick]], 1).astype(float)
    few = points[:600]
    tries = [(polar, azimuth) for polar in np.arange(40, 61, 2.0) for azimuth in np.arange(0, 90, 2.0)]
    tries.sort(key=lambda at: -_sharpness(few, *at))
    best = np.array([0.0, 0, 0])
    score = 0.0
    for start in tries[:6]:
        fine = max(
            ((start[0] + i, start[1] + j) for i in np.arange(-1.5, 1.6, 0.5) for j in np.arange(-1.5, 1.6, 0.5)),
            key=lambda at: _sharpness(points, *at),
        )
        level = _level(points, *fine)
        heights = np.arange(8, 26, 0.05)
        waves = np.exp(2j * np.pi * heights[:, None, None] * level[None, :400])
        height = heights[np.abs(waves.sum(axis=1)).sum(axis=1).argmax()]
        found = minimize(
            lambda at: -_comb(points, at),
            np.array([*fine, height]),
            method="Nelder-Mead",
            options={
                "initial_simplex": [
                    [*fine, height],
                    [fine[0] + 0.4, fine[1], height],
                    [fine[0], fine[1] + 0.4, height],
                    [*fine, height + 0.1],
                ],
                "maxfev": 90,
            },
        )
        if -found.fun > score:
            best, score = found.x, -found.fun
    return best, *_strip(wet, best)


def _strip(wet: Mask, at: Floats) -> tuple[int, int, float]:
    """Return axis, width and middle of the river: where level points are water, line by line."""
    rows, cols = np.mgrid[4 : HEIGHT - 4 : 3, 4 : WIDTH - 4 : 3].reshape(2, -1)
    level = _level(np.stack([cols, rows], 1).astype(float), at[0], at[1])
    water = wet[rows, cols]
    found: list[tuple[float, int, float, float]] = []
    for axis in (0, 1):
        line = level[:, axis]
        low, high = np.percentile(line[water], [2, 98])
        inside = (line > low) & (line < high)
        found.append((float(water[inside].mean()), axis, low, high))
    _, axis, low, high = max(found)
    line = level[:, axis]
    edges = [_edge(line, water, edge, high - low) for edge in (low, high)]
    eye = at[2] - DEEP
    south = edges[0] * (eye if edges[0] > 0 else at[2])
    north = edges[1] * (at[2] if edges[1] > 0 else eye)
    return axis, round(north - south), (edges[0] + edges[1]) / 2


def _edge(line: Floats, water: Mask, near: float, width: float) -> float:
    """Return the border of the water near a guess: the one that leaves fewest points on the wrong side."""
    reach = min(width, 0.15)
    close = np.abs(line - near) < reach
    order = np.argsort(line[close])
    wet = water[close][order]
    signs = np.where(wet, 1, -1).cumsum()
    first = wet[: len(wet) // 4].mean() < wet[-len(wet) // 4 :].mean()
    return float(line[close][order][signs.argmin() if first else signs.argmax()])


def _place(mask: Mask, view: Floats, axis: int, lowest: bool) -> float:
    """Return where a part of the picture lies across the river, from the eye, in heights of the eye."""
    rows, cols = np.nonzero(mask)
    if lowest:
        rows, cols = rows[-1:], cols[-1:]
    return float(_level(np.array([[cols.mean(), rows.mean()]]), view[0], view[1])[0, axis])


def read(picture: Pixels) -> Json:
    """Return the kind of the scene and what its question asks about."""
    if picture.shape != (HEIGHT, WIDTH, 3):
        raise ValueError(f"the picture should have {WIDTH} x {HEIGHT} pixels")
    wide = picture.astype(np.int16)
    ground = _ground(wide)
    counts = _kinds(wide, ground)
    found = sorted(kind for kind, least in LEAST.items() if counts[kind] >= least)
    if "marker" in found:
        return _banks(wide, ground, counts)
    mask = _largest(_objects(wide, ground, False))
    plain = _plain(wide, mask)
    if not plain and len(found) >= SCENERY_KINDS:
        return {"kind": "scenery", "sceneries": found}
    target = _target(counts)
    if plain and not target:
        return {"kind": "cuboid", "size": _cuboid(wide, ground)}
    if not target:
        raise ValueError(f"no scene shows {found}")
    return {"kind": "tower", **_climbed(wide, ground, mask, target)}


def _plain(picture: NDArray[np.int16], mask: Mask) -> bool:
    """Tell whether even surfaces of a colour of plain blocks are seen."""
    part = picture[mask][:, None, :]
    return any(
        sum(int(_near(part, shaded(color, shade), 10).sum()) for shade in SHADES) > 0.3 * len(part) for color in CUBES
    )


def _target(counts: dict[str, int]) -> Target | None:
    best = max(TARGETS, key=lambda kind: counts[kind] / LEAST[kind])
    return best if counts[best] >= LEAST[best] else None


def _climbed(picture: NDArray[np.int16], ground: Color, mask: Mask, target: Target) -> dict[str, Json]:
    under, ladder = _column(picture, ground, mask, target)
    return {"target": target, "under": under, "ladder": ladder}


def _banks(picture: NDArray[np.int16], ground: Color, counts: dict[str, int]) -> Json:
    """Return what a scene with a river and a player shows."""
    view, axis, width, middle = _river(picture)
    target = _target(counts)
    if not target:
        return {"kind": "river", "width": width}
    mask = _largest(_objects(picture, ground, True))
    player = _place(_near(picture, RED, 40), view, axis, False)
    column = _place(mask, view, axis, True)
    same = (player > middle) == (column > middle)
    return {
        "kind": "river_tower",
        "crossed": 0 if same else width,
        "width": width,
        **_climbed(picture, ground, mask, target),
    }


def _facts(state: State) -> Json:
    if state.kind == "scenery":
        return {"kind": "scenery", "sceneries": list(sceneries(state))}
    if state.kind == "cuboid":
        return {"kind": "cuboid", "size": list(box_size(state))}
    facts: dict[str, Json] = {"kind": state.kind}
    if state.kind == "river_tower":
        facts["crossed"] = crossing_cost(state)
    if state.river:
        facts["width"] = state.river.width
    if state.target:
        facts |= {"target": state.target, "under": len(state.column), "ladder": has_ladder(state)}
    return facts


READER = Reader[State](
    read=read,
    shown=_facts,
    unread="Camera, colours and coordinates are not told: a picture does not fix them, and the questions ask only for "
    "kinds of scenery, lengths of the box, width of the river, height of the column and ladders, and whether the river "
    "lies between player and column.",
)
