"""Reads the cube from its picture: the colour in the middle of each sticker, in the net and in both 3D views.

Where stickers lie in the views follows from the words alone: three faces meet at a corner, and neighbouring stickers of
the net stay neighbours. So a mirrored or twisted view would be read as another cube than the net.
"""

from math import sqrt
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw.reading import Pixels, nearest, tone

from .render import AT, BEHIND, CELL, EDGE, FILL, FRONT, GAP, HEIGHT, NET, WIDTH
from .state import State

Vector = tuple[float, float]
Plane = tuple[Vector, Vector, Vector]
"""The top left corner of a face and the ways from there to its top right and its bottom left corner."""

RADIUS = 5
"""Half the side of the square that is read in the middle of a sticker."""
WIDE, HALF, TALL = sqrt(3) / 2 * EDGE, EDGE / 2, float(EDGE)
COLORS = dict(enumerate(FILL))


def net() -> dict[str, Plane]:
    """Return the six faces of the net."""
    side = 3 * CELL
    corners = {face: (NET[0] + col * (side + GAP), NET[1] + row * (side + GAP)) for face, (row, col) in AT.items()}
    return {face: (corner, (side, 0), (0, side)) for face, corner in corners.items()}


def views() -> dict[str, Plane]:
    """Return the faces of both views, each around the corner that its three faces share."""
    (x, y), (u, v) = FRONT, BEHIND
    return {
        "F": ((x - WIDE, y - HALF), (WIDE, HALF), (0, TALL)),
        "R": ((x, y), (WIDE, -HALF), (0, TALL)),
        "U": ((x, y - TALL), (WIDE, HALF), (-WIDE, HALF)),
        "B": ((u - WIDE, v + HALF - TALL), (WIDE, -HALF), (0, TALL)),
        "L": ((u, v - TALL), (WIDE, HALF), (0, TALL)),
        "D": ((u + WIDE, v + HALF), (-WIDE, HALF), (-WIDE, -HALF)),
    }


def face(picture: Pixels, plane: Plane) -> list[list[int]]:
    """Return the colours of a face, row by row."""
    (left, top), across, down = plane

    def sticker(row: int, col: int) -> int:
        r, c = (row + 0.5) / 3, (col + 0.5) / 3
        x, y = left + c * across[0] + r * down[0], top + c * across[1] + r * down[1]
        return nearest(tone(picture, (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)), COLORS)

    return [[sticker(row, col) for col in range(3)] for row in range(3)]


def read(picture: Pixels) -> dict[str, Any]:
    """Return the faces as the net and as the views show them."""
    if picture.shape != (HEIGHT, WIDTH, 3):
        raise ValueError(f"the picture should have {WIDTH} x {HEIGHT} pixels")
    drawings = {"net": net(), "views": views()}
    return {name: {one: face(picture, plane) for one, plane in planes.items()} for name, planes in drawings.items()}


def shown(state: State) -> dict[str, Any]:
    """Return the faces twice."""
    faces = state.to_json()["faces"]
    return {"net": faces, "views": faces}


READER = Reader[State](read=read, shown=shown)
