"""The drawing kit backwards: what a picture shows, from its pixels.

Pictures are uint8 of shape (height, width, 3); boxes are (left, top, right, bottom) in pixels, right and bottom
exclusive, as `Grid.box` gives them.
"""

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .canvas import Box
from .palette import Color, rgb

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
K = TypeVar("K", bound=Hashable)


def pixels(image: "Image") -> Pixels:
    """Return a picture as an array of RGB."""
    return np.asarray(image.convert("RGB"))


def crop(picture: Pixels, box: Box) -> Pixels:
    """Return the part of a picture within a box; ValueError when the box reaches beyond it."""
    left, top, right, bottom = map(round, box)
    height, width = picture.shape[:2]
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f"the picture of {width} x {height} pixels does not reach to {box}")
    return picture[top:bottom, left:right]


def tone(picture: Pixels, box: Box) -> tuple[int, int, int]:
    """Return the median colour of a box, channel by channel: the fill where it takes more than half of the box."""
    r, g, b = np.median(crop(picture, box).reshape(-1, 3), axis=0)
    return int(r), int(g), int(b)


def extent(picture: Pixels, box: Box, ground: Color, down: bool = True) -> int:
    """Return how far something reaches from the top of a box, or from its left, before the ground begins for good.

    The result is in pixels of the picture: the first row (or column) of which the median, and that of all that follow
    in the box, is the ground. ValueError when there is nothing but ground.
    """
    lines = np.median(crop(picture, box), axis=1 if down else 0)
    other = np.flatnonzero(np.abs(lines - rgb(ground)).sum(axis=1) > 90)
    if not len(other):
        raise ValueError("nothing but ground is to be seen")
    return round(box[1] if down else box[0]) + int(other[-1]) + 1


def nearest(color: tuple[int, int, int], named: Mapping[K, Color], most: float = 60.0) -> K:
    """Return the key of the colour that is nearest in RGB; ValueError when none is within `most`."""
    distances = {key: sum((a - b) ** 2 for a, b in zip(color, rgb(one), strict=True)) for key, one in named.items()}
    best = min(distances, key=distances.__getitem__)
    if distances[best] > most**2:
        raise ValueError(f"the colour {color} is none of {list(named)}")
    return best


class Templates(Generic[K]):
    """Patches of one size with a key each; a part of a picture is read as the patch that differs least from it."""

    def __init__(self, patches: Mapping[K, Pixels]) -> None:
        """Take the patches; ValueError unless all have one shape."""
        self.keys = list(patches)
        self.patches = np.stack([patch.astype(np.int32) for patch in patches.values()])

    def match(self, part: Pixels, most: float = 2500.0) -> K:
        """Return the key of the patch with the least mean squared difference; ValueError when it exceeds `most`."""
        if part.shape != self.patches.shape[1:]:
            raise ValueError(
                f"a part of shape {part.shape} cannot be compared with patches of {self.patches.shape[1:]}"
            )
        differences = ((self.patches - part.astype(np.int32)) ** 2).mean(axis=(1, 2, 3))
        best = int(differences.argmin())
        if differences[best] > most:
            raise ValueError(f"nothing known looks like this part; the nearest is {self.keys[best]}")
        return self.keys[best]
