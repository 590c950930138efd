"""Reads the maze from a picture by drawing: cubes are tried from the nearest to the farthest, then ladders and numbers.

What hides a cube is known when its turn comes. A cube is there when most of what should be visible of it has the tones
of one colour within and is darker along the edges.
"""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Canvas, Style, rgb, tones
from gameqa.draw.reading import Pixels, crop, pixels
from gameqa.draw.solids import FACES

from .render import BROWN, GOAL, NUMBERED, PLAIN, START, _number, draw
from .rules import LADDER, Cell
from .state import State, by_floor
from .view import LARGE, NUMBER, SMALL, lens

SIZES = {SMALL[0]: (8, 8, 7), LARGE[0]: (10, 10, 10)}
COLORS = (PLAIN, START, GOAL, NUMBERED)
LABELS = range(1, 6)
NEAR = 40
"""How far each channel of a pixel may be from the nearest tone."""
WOOD = 50
"""The same for the wood of ladders, which says nothing about what lies behind."""
LEAST, SHARE = 20, 0.12
"""Fewest pixels that tell whether a cube is there, and least part of its faces: mazes hide no cube more."""
SAME, DARK = 0.7, 140
"""Least part of a cube's pixels that have one colour, and how bright its edges are at most."""
HALF = 0.4
"""Least part of the pixels of a ladder that are brown; numbers may hide some."""
DIGIT, UNLIKE = 16, 50
"""Half the side of a box around a number, and how much the number in the picture may differ from the drawn one."""
Mask = NDArray[np.bool_]


class _Face(NamedTuple):
    """Where a face of a cube lies: its box, its pixels, those that tell its colour, and its edges."""

    name: str
    neighbor: Cell
    box: tuple[slice, slice]
    whole: Mask
    inner: Mask
    edge: Mask


@lru_cache(maxsize=4)
def _faces(side: int) -> dict[Cell, list[_Face]]:
    """Return the faces of each cube that a grid may hold, nearest cube first."""
    size = SIZES[side]
    camera = lens(size)[1]
    cells = [(x, y, z) for x in range(size[0]) for y in range(size[1]) for z in range(0, size[2], LADDER)]
    found: dict[Cell, list[_Face]] = {}
    for cell in reversed(camera.back_to_front(cells)):
        x, y, z = cell
        found[cell] = []
        for name, (dx, dy, dz) in camera.normals.items():
            flat = [(round(a), round(b)) for a, b in camera.face(cell, (x + 1, y + 1, z + 1), name)]
            left, top = (min(at) - 2 for at in zip(*flat, strict=True))
            right, bottom = (max(at) + 3 for at in zip(*flat, strict=True))
            shape = [(a - left, b - top) for a, b in flat]
            whole, edge, wide = (Image.new("1", (right - left, bottom - top)) for _ in range(3))
            ImageDraw.Draw(whole).polygon(shape, 1, 1)
            ImageDraw.Draw(edge).polygon(shape, 0, 1)
            ImageDraw.Draw(wide).line([*shape, shape[0]], 1, 5)
            if name == "top":
                a, b = camera.project(x + 0.5, y + 0.5, z + 1)
                half, high = (int(at * camera.scale) + 2 for at in NUMBER)
                a, b = round(a) - left, round(b) - top
                ImageDraw.Draw(wide).rectangle((a - half, b - high, a + half, b + high), 1)
            box = (slice(top, bottom), slice(left, right))
            pair = np.asarray(whole), np.asarray(edge)
            found[cell].append(
                _Face(name, (x + dx, y + dy, z + dz), box, pair[0], pair[0] & ~np.asarray(wide), pair[1])
            )
    return found


class _Picture(NamedTuple):
    """A picture, sorted out: which colour each pixel may have on each face (-1: none), and how bright it is."""

    looks: dict[str, NDArray[np.int8]]
    light: NDArray[np.float32]


def _sorted_out(picture: NDArray[np.int16]) -> _Picture:
    wood = np.abs(picture - np.array(rgb(BROWN), np.int16)).max(axis=2) < WOOD
    looks = {face: np.full(picture.shape[:2], -1, np.int8) for face in FACES}
    kinds = [(face, number, getattr(tones(color), face)) for face in FACES for number, color in enumerate(COLORS)]
    far = np.stack([np.abs(picture - np.array(rgb(tone), np.int16)).max(axis=2) for _, _, tone in kinds])
    best = np.where(far.min(axis=0) < NEAR, far.argmin(axis=0), -1)
    for kind, (face, number, _) in enumerate(kinds):
        looks[face][best == kind] = number
    for look in looks.values():
        look[wood] = -2
    return _Picture(looks, picture.mean(axis=2, dtype=np.float32))


def _color(picture: _Picture, faces: list[_Face], cells: dict[Cell, str], covered: Mask) -> str | None:
    """Return the colour of a cube; None when it is not there."""
    counts, dark, whole, open_ = np.zeros(len(COLORS) + 2, int), list[NDArray[np.float32]](), 0, 0
    for face in faces:
        if face.neighbor not in cells:
            seen = ~covered[face.box]
            whole += int(face.whole.sum())
            open_ += int((face.whole & seen).sum())
            counts += np.bincount(picture.looks[face.name][face.box][face.inner & seen] + 2, minlength=len(counts))
            dark.append(picture.light[face.box][face.edge & seen])
    number, total = int(counts[2:].argmax()), counts[1:].sum()
    if total < LEAST or open_ < SHARE * whole or counts[2 + number] < SAME * total:
        return None
    return COLORS[number] if np.concatenate(dark).mean() < DARK else None


def _cubes(picture: Pixels) -> dict[Cell, str]:
    """Return the cubes with their colours."""
    sorted_out, covered = _sorted_out(picture.astype(np.int16)), np.zeros(picture.shape[:2], bool)
    cells: dict[Cell, str] = {}
    for cell, faces in _faces(picture.shape[0]).items():
        color = _color(sorted_out, faces, cells, covered)
        if color:
            cells[cell] = color
            for face in faces:
                covered[face.box] |= face.whole
    return cells


def _ladders(picture: Pixels, state: State) -> tuple[Cell, ...]:
    """Return the lower cubes of the ladders: where most pixels that a ladder would change are brown."""
    wood = np.abs(picture.astype(np.int16) - np.array(rgb(BROWN), np.int16)).max(axis=2) < WOOD
    bare, found = pixels(draw(state, Style())), list[Cell]()
    for x, y, z in state.cubes:
        if (x, y, z + LADDER) in state.cubes:
            changed = (pixels(draw(replace(state, ladders=((x, y, z),)), Style())) != bare).any(axis=2)
            if wood[changed].mean() > HALF:
                found.append((x, y, z))
    return tuple(found)


def _label(picture: Pixels, size: Cell, cell: Cell, color: str) -> int | None:
    """Return the number on a cube; None when it has none."""
    camera = lens(size)[1]
    differences: dict[int, float] = {}
    a, b = map(round, camera.project(cell[0] + 0.5, cell[1] + 0.5, cell[2] + 1))
    part = crop(picture, (a - DIGIT, b - DIGIT, a + DIGIT, b + DIGIT))
    moved = replace(camera, origin=(camera.origin[0] - a + DIGIT, camera.origin[1] - b + DIGIT))
    for label in LABELS:
        canvas = Canvas(2 * DIGIT, 2 * DIGIT, color)
        _number(canvas, moved, cell, label, Style())
        drawn = pixels(canvas.image).astype(int)
        changed = (drawn != rgb(color)).any(axis=2)
        differences[label] = float(np.abs(drawn - part)[changed].mean())
    best = min(differences, key=differences.__getitem__)
    return best if differences[best] < UNLIKE else None


def read(picture: Pixels) -> Json:
    """Return start, goal, cubes, ladders and numbers."""
    size = SIZES.get(picture.shape[0])
    if size is None or picture.shape[0] != picture.shape[1]:
        raise ValueError(f"no maze has a picture of {picture.shape[1]} x {picture.shape[0]} pixels")
    colors = _cubes(picture)
    ends = [[cell for cell, one in colors.items() if one == color] for color in (START, GOAL)]
    if any(len(cells) != 1 for cells in ends):
        raise ValueError("the picture does not show one start and one goal")
    (start,), (goal,) = ends
    state = State(size, start, goal, tuple(sorted(colors, key=by_floor)), (), ())
    numbered = {
        cell: _label(picture, size, cell, color) for cell, color in colors.items() if color in (START, NUMBERED)
    }
    labels = {label: cell for cell, label in numbered.items() if label is not None}
    if any(label is None and cell != start for cell, label in numbered.items()) or max(labels, default=0) != len(
        labels
    ):
        raise ValueError("the numbers of the picture cannot be read")
    markers = tuple(labels[label] for label in sorted(labels))
    return _facts(replace(state, ladders=_ladders(picture, state), markers=markers))


def _facts(state: State) -> Json:
    return {
        "start": list(state.start),
        "goal": list(state.goal),
        "cubes": [list(cell) for cell in state.cubes],
        "ladders": [list(cell) for cell in state.ladders],
        "numbers": {str(label): list(cell) for label, cell in enumerate(state.markers, 1)},
    }


READER = Reader[State](read=read, shown=_facts)
