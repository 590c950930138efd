"""A picture with few colours, drawn straight into palette indices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from math import hypot
from weakref import WeakKeyDictionary

from PIL import Image, ImageDraw

from .fonts import font
from .palette import RGB, Color, rgb
from .sprites import Sprite

Box = tuple[float, float, float, float]
"""left, top, right, bottom in pixels; right and bottom are the first pixels outside."""
Point = tuple[float, float]
_Paint = Callable[[ImageDraw.ImageDraw, list[Point], int], None]

LEVELS = 7
"""Steps from paper to ink in anti-aliased text and edges."""
_SMOOTH = 4
_TO_LEVEL = [(v * LEVELS + 127) // 255 for v in range(256)]
_COVERED = [0] + [255] * 255
_HALF_COVERED = bytes(255 if v > LEVELS // 2 else 0 for v in range(256))


@dataclass(frozen=True, eq=False)
class _Mask:
    """How much of each pixel a shape covers, 0..LEVELS, and where the shape lies."""

    size: tuple[int, int]
    levels: bytes
    covered: Image.Image
    used: tuple[int, ...]
    left: int
    top: int


def _mask(coverage: Image.Image, left: int, top: int) -> _Mask:
    levels = coverage.point(_TO_LEVEL)
    used = tuple(v for v, n in enumerate(levels.histogram()[: LEVELS + 1]) if v and n)
    return _Mask(levels.size, levels.tobytes(), levels.point(_COVERED, "1"), used, left, top)


@lru_cache(maxsize=4096)
def _text_mask(text: str, size: int, bold: bool, stroke: int = 0) -> tuple[_Mask, Box]:
    """The ink of a text, placed relative to the start of its baseline, and the ink's box."""
    face = font(size, bold)
    for sign in text:
        if not sign.isascii() and not sign.isspace() and _glyph(sign, bold) == _glyph("\uffff", bold):
            raise ValueError(f"the bundled font has no sign {sign!r} (in {text!r})")
    box = face.getbbox(text or " ", anchor="ls", stroke_width=stroke)
    left, top, right, bottom = (int(v) for v in box)
    image = Image.new("L", (right - left + 4, bottom - top + 4), 0)
    ImageDraw.Draw(image).text((2 - left, 2 - top), text, 255, face, "ls", stroke_width=stroke)
    # A pixel that hardly any ink touches does not count for the size of the text.
    ink = image.point([0] * 48 + [255] * 208).getbbox() or (2, 2, 2, 2)
    x, y = left - 2, top - 2
    return _mask(image, x, y), (ink[0] + x, ink[1] + y, ink[2] + x, ink[3] + y)


@lru_cache(maxsize=2048)
def _inked(mask: _Mask, table: bytes) -> Image.Image:
    """The palette indices of a text's mask; labels come back in every picture of a game."""
    return Image.frombytes("L", mask.size, mask.levels.translate(table))


_pasted: WeakKeyDictionary[Sprite, tuple[bytes, Image.Image]] = WeakKeyDictionary()
"""Each sprite with the palette indices that its last canvas gave it: the next picture mostly has the same."""


@lru_cache(maxsize=1024)
def _glyph(sign: str, bold: bool) -> bytes:
    image = Image.new("L", (32, 32), 0)
    ImageDraw.Draw(image).text((4, 4), sign, 255, font(16, bold))
    return image.tobytes()


@lru_cache(maxsize=128)
def _cap_height(size: int, bold: bool) -> float:
    return -_text_mask("H", size, bold)[1][1]


def text_size(text: str, size: int, bold: bool = True) -> tuple[int, int]:
    """Width and height of the ink of one line of text, in pixels; `size` is the font size."""
    left, top, right, bottom = _text_mask(text, size, bold)[1]
    return int(right - left), int(bottom - top)


class Canvas:
    """A palette picture under construction.

    Lengths are pixels, the origin is the top left corner, x grows to the right and y downwards. Coordinates
    name the borders between pixels: the box (0, 0, 10, 10) covers exactly ten by ten pixels, and its right
    neighbour starts at x = 10. Colours are "#RRGGBB" or three numbers 0..255. The palette grows in order
    of first use, so equal drawings give equal bytes.

    Shapes have hard edges unless `paper`, the colour that surrounds them, is given: then edges are
    anti-aliased against it. For shapes that occur often, sprites are faster.

    >>> canvas = Canvas(60, 40)
    >>> canvas.rect((10, 10, 50, 30), fill="#E53935")
    >>> canvas.image.getpixel((49, 29)), canvas.image.getpixel((50, 30))
    (1, 0)
    """

    def __init__(self, width: int, height: int, background: Color = "#FFFFFF") -> None:
        self.width, self.height = width, height
        self._colors: dict[RGB, int] = {rgb(background): 0}
        self._index: dict[Color, int] = {}
        self._ramps: dict[tuple[RGB, RGB, int], int] = {}
        self._sprites: dict[Sprite, Image.Image] = {}
        self._start(Image.new("L", (width, height), 0))

    @property
    def image(self) -> Image.Image:
        """The picture so far, in mode P, with a palette of the colours used; later drawing does not change it."""
        picture = self._image
        picture.putpalette(bytes(v for color in self._colors for v in color))
        self._given = True
        return picture

    def _start(self, surface: Image.Image) -> None:
        self._surface, self._pen, self._given = surface, ImageDraw.Draw(surface), False

    @property
    def _image(self) -> Image.Image:
        if self._given:  # The caller owns that picture now: go on with a copy. Hardly any drawing needs it.
            self._start(Image.frombytes("L", self._surface.size, self._surface.tobytes()))
        return self._surface

    @property
    def _draw(self) -> ImageDraw.ImageDraw:
        _ = self._image
        return self._pen

    @property
    def colors(self) -> tuple[RGB, ...]:
        """The palette so far, in order of first use."""
        return tuple(self._colors)

    def ink(self, color: Color) -> int:
        """The palette index of a colour, new if need be; ValueError when it would be the 257th."""
        index = self._index.get(color)
        if index is not None:
            return index
        value = rgb(color)
        index = self._colors.setdefault(value, len(self._colors))
        if index == 256:
            del self._colors[value]
            raise ValueError(
                f"a palette picture holds 256 colours, {color} would be one more; "
                "use fewer papers below text, or sprites with fewer colours"
            )
        self._index[color] = index
        return index

    # Shapes

    def rect(self, box: Box, fill: Color | None = None, outline: Color | None = None, width: int = 1) -> None:
        """A rectangle; the outline of `width` pixels lies inside the box. An empty box draws nothing."""
        left, top, right, bottom = map(round, box)
        if right <= left or bottom <= top:
            return
        if outline is not None and 2 * width >= min(right - left, bottom - top):
            fill, outline = outline, None
        self._draw.rectangle(
            (left, top, right - 1, bottom - 1),
            None if fill is None else self.ink(fill),
            None if outline is None else self.ink(outline),
            width if outline is not None else 1,
        )

    def rounded(
        self,
        box: Box,
        radius: int,
        fill: Color | None = None,
        outline: Color | None = None,
        width: int = 1,
    ) -> None:
        """A rectangle whose corners are quarter circles of `radius` pixels."""
        left, top, right, bottom = map(round, box)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1),
            radius,
            None if fill is None else self.ink(fill),
            None if outline is None else self.ink(outline),
            width if outline is not None else 1,
        )

    def line(self, points: Sequence[Point], fill: Color, width: int = 1, paper: Color | None = None) -> None:
        """A line through the points. Upright and level parts are exact: `width` pixels, centred on the
        border between pixels that the coordinate names (an odd width has its extra pixel after it)."""
        if paper is not None:
            self._smooth(points, fill, paper, lambda pen, at, s: pen.line(at, 255, width * s, "curve"), width)
            return
        index = self.ink(fill)
        if len(points) == 2:
            (x0, y0), (x1, y1) = points
            before = width // 2
            if round(x0) == round(x1) or round(y0) == round(y1):
                left, top = round(min(x0, x1)), round(min(y0, y1))
                right, bottom = round(max(x0, x1)), round(max(y0, y1))
                if left == right:
                    left, right = left - before, left - before + width
                else:
                    top, bottom = top - before, top - before + width
                if left < right and top < bottom:
                    self._draw.rectangle((left, top, right - 1, bottom - 1), index)
                return
        self._stroke(points, index, width)

    def _stroke(self, points: Sequence[Point], index: int, width: int) -> None:
        self._draw.line([(round(x), round(y)) for x, y in points], index, width, "curve" if width > 2 else None)

    def dashed(self, start: Point, end: Point, fill: Color, width: int = 1, dash: float = 6, gap: float = 4) -> None:
        """A straight line of dashes, `dash` pixels long and `gap` pixels apart."""
        (x0, y0), (x1, y1) = start, end
        length = hypot(x1 - x0, y1 - y0)
        if not length:
            return
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        index, slanted = self.ink(fill), round(x0) != round(x1) and round(y0) != round(y1)
        for i in range(int(length // (dash + gap)) + 1):
            a = i * (dash + gap)
            b = min(a + dash, length)
            ends = (x0 + dx * a, y0 + dy * a), (x0 + dx * b, y0 + dy * b)
            if slanted:
                self._stroke(ends, index, width)
            else:
                self.line(ends, fill, width)

    def polygon(
        self,
        points: Sequence[Point],
        fill: Color | None = None,
        outline: Color | None = None,
        width: int = 1,
        paper: Color | None = None,
    ) -> None:
        """A closed shape; the outline of `width` pixels is centred on its border. With hard edges, the shape
        also covers the pixels to the right of and below the coordinates of its border."""
        closed = [*points, points[0], points[1]]
        if paper is not None:
            if outline is not None:

                def rim(pen: ImageDraw.ImageDraw, at: list[Point], s: int) -> None:
                    if fill is not None:
                        pen.polygon(at, 255)
                    pen.line([*at, at[0], at[1]], 255, width * s, "curve")

                self._smooth(points, outline, paper, rim, width)
            if fill is not None:

                def inside(pen: ImageDraw.ImageDraw, at: list[Point], s: int) -> None:
                    pen.polygon(at, 255)
                    if outline is not None:
                        pen.line([*at, at[0], at[1]], 0, width * s, "curve")

                self._smooth(points, fill, outline if outline is not None else paper, inside, width)
            return
        flat = [(round(x), round(y)) for x, y in points]
        if fill is not None:
            self._draw.polygon(flat, self.ink(fill))
        if outline is not None:
            if width == 1:
                self._draw.polygon(flat, None, self.ink(outline))
            else:
                self._draw.line([(round(x), round(y)) for x, y in closed], self.ink(outline), width, "curve")

    def ellipse(
        self,
        box: Box,
        fill: Color | None = None,
        outline: Color | None = None,
        width: int = 1,
        paper: Color | None = None,
    ) -> None:
        """An ellipse that fills the box; the outline of `width` pixels lies inside it."""
        left, top, right, bottom = box
        if paper is None:
            self._draw.ellipse(
                (round(left), round(top), round(right) - 1, round(bottom) - 1),
                None if fill is None else self.ink(fill),
                None if outline is None else self.ink(outline),
                width if outline is not None else 1,
            )
            return
        corners = [(left, top), (right, bottom)]

        def rim(pen: ImageDraw.ImageDraw, at: list[Point], s: int) -> None:
            (x0, y0), (x1, y1) = at
            pen.ellipse((x0, y0, x1 - 1, y1 - 1), None if fill is None else 255, 255, width * s)

        def inside(pen: ImageDraw.ImageDraw, at: list[Point], s: int) -> None:
            (x0, y0), (x1, y1) = at
            inset = width * s if outline is not None else 0
            pen.ellipse((x0 + inset, y0 + inset, x1 - inset - 1, y1 - inset - 1), 255)

        if outline is not None:
            self._smooth(corners, outline, paper, rim, 1)
        if fill is not None:
            self._smooth(corners, fill, outline if outline is not None else paper, inside, 1)

    def arc(self, box: Box, start: float, end: float, fill: Color, width: int = 1) -> None:
        """Part of an ellipse's border, from `start` to `end` in degrees, clockwise from 3 o'clock."""
        left, top, right, bottom = map(round, box)
        self._draw.arc((left, top, right - 1, bottom - 1), start, end, self.ink(fill), width)

    # Text and sprites

    def text(
        self,
        xy: Point,
        text: str,
        size: int,
        ink: Color = "#000000",
        paper: Color = "#FFFFFF",
        anchor: str = "mm",
        bold: bool = True,
        halo: Color | None = None,
        halo_width: int = 2,
    ) -> None:
        """One line of text, anti-aliased between `ink` and `paper`, the plain colour that lies below it.

        Args:
            xy: The point that `anchor` names.
            text: Signs of the bundled font.
            size: Font size in pixels; capitals and digits are 0.73 times as high.
            ink: Colour of the text.
            paper: Colour below the text.
            anchor: First letter: `l` left, `m` middle or `r` right of the ink. Second letter: `t` top or
                `b` bottom of the ink, `s` baseline, `c` middle of the ink, or `m`: middle between baseline
                and the top of capitals for anything with letters or digits, so that labels in a row stand
                on one line, and middle of the ink for signs.
            bold: Bold or plain.
            halo: Colour of a rim of `halo_width` pixels around the letters; the rim has hard outer edges.
            halo_width: Width of the rim.

        Raises:
            ValueError: The anchor is none of these, or the font lacks a sign.
        """
        if len(anchor) != 2 or anchor[0] not in "lmr" or anchor[1] not in "tmbsc":
            raise ValueError(f"an anchor is one of l, m, r and one of t, m, b, s, c, not {anchor!r}")
        mask, (left, top, right, bottom) = _text_mask(text, size, bold)
        across, along = anchor
        x = xy[0] - {"l": left, "m": (left + right) / 2, "r": right}[across]
        if along == "m":
            along = "H" if any(c.isalnum() for c in text) else "c"
        up = {"t": top, "b": bottom, "s": 0, "c": (top + bottom) / 2}
        y = xy[1] + (_cap_height(size, bold) / 2 if along == "H" else -up[along])
        at = (int(x // 1), int(y // 1))
        if halo is not None:
            rim, _ = _text_mask(text, size, bold, halo_width)
            half = Image.frombytes("L", rim.size, rim.levels.translate(_HALF_COVERED)).convert("1")
            self._image.paste(self.ink(halo), (at[0] + rim.left, at[1] + rim.top), half)
            paper = halo
        pixels = _inked(mask, self._steps(rgb(ink), rgb(paper), mask.used))
        self._put(pixels, at[0] + mask.left, at[1] + mask.top, mask.covered)

    def text_size(self, text: str, size: int, bold: bool = True) -> tuple[int, int]:
        """Width and height of the ink of one line of text, in pixels."""
        return text_size(text, size, bold)

    def sprite(self, mask: Image.Image | None = None) -> Sprite:
        """The picture so far as a sprite; `mask` (mode 1, same size) tells which pixels belong to it."""
        return Sprite(self.width, self.height, self._image.tobytes(), mask, self.colors)

    def paste(self, sprite: Sprite, xy: Point, anchor: str = "lt") -> None:
        """Put a sprite with its left top corner (`lt`) or its middle (`mm`) at `xy`."""
        pixels = self._sprites.get(sprite)
        if pixels is None:
            indices = bytes(map(self.ink, sprite.colors))
            known, pixels = _pasted.get(sprite, (None, None))
            if pixels is None or known != indices:
                table = indices.ljust(256, b"\0")
                pixels = Image.frombytes("L", (sprite.width, sprite.height), sprite.pixels.translate(table))
                _pasted[sprite] = indices, pixels
            self._sprites[sprite] = pixels
        x, y = xy
        if anchor == "mm":
            x, y = x - sprite.width / 2, y - sprite.height / 2
        self._put(pixels, int(x // 1), int(y // 1), sprite.mask)

    def _put(self, pixels: Image.Image, left: int, top: int, mask: Image.Image | None) -> None:
        # The core's own paste: Image.paste checks and converts first, which costs more than the pasting itself here.
        width, height = pixels.size
        box = (left, top, left + width, top + height)
        surface = self._image.im
        if mask is None:
            surface.paste(pixels.im, box)
        else:
            surface.paste(pixels.im, box, mask.im)

    # Anti-aliasing

    def ramp(self, ink: Color, paper: Color) -> None:
        """Enter all steps between two colours into the palette.

        Sprites that are pasted in changing order, cards for example, then get the same indices in every
        picture, which is quicker.
        """
        self._steps(rgb(ink), rgb(paper), range(1, LEVELS + 1))

    def _steps(self, ink: RGB, paper: RGB, levels: Iterable[int]) -> bytes:
        """The palette index of each of the levels between `paper` and `ink`, as a table for `bytes.translate`."""
        table = bytearray(256)
        for level in levels:
            key = (ink, paper, level)
            index = self._ramps.get(key)
            if index is None:
                r, g, b = (
                    (p * (LEVELS - level) + i * level + LEVELS // 2) // LEVELS for p, i in zip(paper, ink, strict=True)
                )
                index = self._ramps[key] = self.ink((r, g, b))
            table[level] = index
        return bytes(table)

    def _smooth(self, points: Sequence[Point], ink: Color, paper: Color, paint: _Paint, margin: int) -> None:
        """Paint coverage at four times the size within the points' bounding box, and blend it in."""
        left = int(min(x for x, _ in points) // 1) - margin
        top = int(min(y for _, y in points) // 1) - margin
        right = int(max(x for x, _ in points) // 1) + margin + 2
        bottom = int(max(y for _, y in points) // 1) + margin + 2
        big = Image.new("L", ((right - left) * _SMOOTH, (bottom - top) * _SMOOTH), 0)
        at = [((x - left) * _SMOOTH, (y - top) * _SMOOTH) for x, y in points]
        paint(ImageDraw.Draw(big), at, _SMOOTH)
        mask = _mask(big.reduce(_SMOOTH), left, top)
        table = self._steps(rgb(ink), rgb(paper), mask.used)
        pixels = Image.frombytes("L", mask.size, mask.levels.translate(table))
        self._put(pixels, mask.left, mask.top, mask.covered)


def encode(image: Image.Image, level: int = 3) -> bytes:
    """The picture as a PNG file without metadata.

    Pillow packs palettes of up to 16 colours into four bits a pixel or fewer. `level` is zlib's, 0..9: on
    boards, 3 costs as much time as 1 and gives a quarter less; 6 takes twice as long for a tenth or more again.
    """
    file = BytesIO()
    image.save(file, "PNG", compress_level=level)
    return file.getvalue()
