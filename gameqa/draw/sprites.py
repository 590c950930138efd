"""Small anti-aliased pictures, drawn once and pasted often."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import ParamSpec, cast

from PIL import Image, ImageDraw

from .palette import RGB, Color, rgb

_P = ParamSpec("_P")
_FACTOR = 4


@dataclass(frozen=True, eq=False)
class Sprite:
    """A small picture: indices into its own colours, and which pixels belong to it.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        pixels: Row by row from the top, one byte each: an index into `colors`.
        mask: Mode 1; pixels outside it stay as they were on the canvas. None: all belong.
        colors: The colours, in a fixed order.
    """

    width: int
    height: int
    pixels: bytes
    mask: Image.Image | None
    colors: tuple[RGB, ...]

    def crop(self, box: tuple[int, int, int, int]) -> "Sprite":
        """The part within (left, top, right, bottom), right and bottom exclusive."""
        part = Image.frombytes("L", (self.width, self.height), self.pixels).crop(box)
        mask = None if self.mask is None else self.mask.crop(box)
        return Sprite(part.width, part.height, part.tobytes(), mask, self.colors)


def sprite(
    size: int | tuple[int, int],
    paint: Callable[[ImageDraw.ImageDraw, int], None],
    paper: Color | None = None,
    colors: int = 16,
) -> Sprite:
    """Make a sprite from a drawing at four times its size.

    Args:
        size: Width and height in pixels; one number for a square.
        paint: Called with a pen on a clear RGBA picture and the factor `s` (4) that every length and
            coordinate is to be multiplied with. Coordinates are Pillow's: right and bottom are inclusive.
        paper: The plain colour below, for soft edges. Without it pixels covered less than half are left out
            and the rest is opaque: hard edges, right on any ground.
        colors: At most so many colours are kept; the most frequent stay exact.

    Decorate the function that calls this with `cached_sprite`:

    >>> @cached_sprite
    ... def dot(size: int, color: str, paper: str) -> Sprite:
    ...     return sprite(size, lambda pen, s: pen.ellipse((0, 0, size * s - 1, size * s - 1), color), paper)
    >>> dot(24, "#FF0000", "#FFFFFF") is dot(24, "#FF0000", "#FFFFFF")
    True
    """
    width, height = (size, size) if isinstance(size, int) else size
    big = Image.new("RGBA", (width * _FACTOR, height * _FACTOR), (0, 0, 0, 0))
    paint(ImageDraw.Draw(big), _FACTOR)
    small = big.reduce(_FACTOR)
    alpha = small.getchannel("A")
    if paper is None:
        flat = small.convert("RGB")
        limit = 128
    else:
        flat = Image.alpha_composite(Image.new("RGBA", small.size, (*rgb(paper), 255)), small).convert("RGB")
        limit = 1
    mask = alpha.point([0] * limit + [255] * (256 - limit), "1")
    whole = alpha.getextrema()[0] >= limit  # type: ignore[operator]
    pixels, palette = _reduce_colors(flat, None if whole else mask, colors)
    return Sprite(width, height, pixels, None if whole else mask, palette)


def cached_sprite(make: Callable[_P, Sprite]) -> Callable[_P, Sprite]:
    """Remember the sprites a function made; its arguments must be hashable and decide the result alone."""
    return cast(Callable[_P, Sprite], lru_cache(maxsize=1024)(make))


def _reduce_colors(image: Image.Image, mask: Image.Image | None, limit: int) -> tuple[bytes, tuple[RGB, ...]]:
    """Indices and palette of an RGB picture, with at most `limit` of its own colours.

    The most frequent colour is kept first, then again and again the one whose pixels are worst served
    by those kept: whole numbers throughout, so the same on every machine.
    """
    import numpy as np

    values = np.asarray(image).astype(np.int64)
    inside = np.ones(values.shape[:2], bool) if mask is None else np.asarray(mask)
    codes = values[..., 0] << 16 | values[..., 1] << 8 | values[..., 2]
    found, counts = np.unique(codes[inside], return_counts=True)
    channels = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    nearest = np.zeros(len(found), np.int64)
    distance = np.full(len(found), 1 << 40, np.int64)
    kept: list[int] = []
    while len(kept) < limit:
        worst = int(np.argmax(counts if not kept else counts * distance))
        if kept and not distance[worst]:
            break
        apart = ((channels - channels[worst]) ** 2).sum(axis=1)
        closer = apart < distance
        nearest[closer] = len(kept)
        distance = np.minimum(distance, apart)
        kept.append(worst)
    indices = np.zeros(codes.shape, np.uint8)
    indices[inside] = nearest[np.searchsorted(found, codes[inside])].astype(np.uint8)
    palette = tuple((int(r), int(g), int(b)) for r, g, b in channels[kept])
    return indices.tobytes(), palette
