"""Sprites that several games share: discs, shaded balls, chess figures."""

from PIL import ImageDraw

from .fonts import font
from .palette import Color, blend
from .sprites import Sprite, cached_sprite, sprite

FIGURES = {"king": "♚", "queen": "♛", "rook": "♜", "bishop": "♝", "knight": "♞", "pawn": "♟"}


@cached_sprite
def disc(
    diameter: int, fill: Color | None, outline: Color = "#000000", width: int = 1, paper: Color = "#FFFFFF"
) -> Sprite:
    """A flat disc `diameter` pixels across with a rim of `width` inside it (0: none); `fill` None: a ring."""

    def paint(pen: ImageDraw.ImageDraw, s: int) -> None:
        end = diameter * s - 1
        pen.ellipse((0, 0, end, end), fill, outline if width else None, width * s)

    return sprite(diameter, paint, paper)


@cached_sprite
def ball(diameter: int, color: Color, outline: Color = "#000000", paper: Color = "#FFFFFF") -> Sprite:
    """A ball, lit from the upper left, with a thin rim."""

    def paint(pen: ImageDraw.ImageDraw, s: int) -> None:
        whole = diameter * s
        rim = max(s, whole // 36)
        pen.ellipse((0, 0, whole - 1, whole - 1), outline)
        steps = 8
        for i in range(steps):
            part = i / steps
            shade = blend(color, "#000000", 0.3 * (1 - part * 2.5)) if part < 0.4 else color
            if part > 0.6:
                shade = blend(color, "#FFFFFF", (part - 0.6) * 1.8)
            radius = (whole / 2 - rim) * (1 - part)
            x = whole / 2 - (whole / 2 - rim) * part * 0.42
            y = whole / 2 - (whole / 2 - rim) * part * 0.48
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), shade)

    return sprite(diameter, paint, paper)


@cached_sprite
def figure(
    kind: str,
    size: int,
    fill: Color = "#FFFFFF",
    outline: Color = "#000000",
    width: int = 2,
    paper: Color | None = None,
) -> Sprite:
    """A chess figure in a square of `size` pixels, as high as the square allows.

    Args:
        kind: `king`, `queen`, `rook`, `bishop`, `knight` or `pawn`.
        size: Side of the sprite; the king fills its height.
        fill: Colour of the body.
        outline: Colour of the rim and of the inner lines.
        width: Width of the rim in pixels.
        paper: Plain colour below, for soft edges.
    """
    sign = FIGURES[kind]

    def paint(pen: ImageDraw.ImageDraw, s: int) -> None:
        room = (size - 2 * width) * s
        _, top, _, bottom = font(1000).getbbox(FIGURES["king"], anchor="ls")
        face = font(int(1000 * room / (bottom - top)))
        left, top, right, bottom = face.getbbox(sign, anchor="ls")
        at = (size * s / 2 - (left + right) / 2, size * s / 2 - (top + bottom) / 2)
        pen.text(at, sign, outline, face, "ls", stroke_width=width * s, stroke_fill=outline)
        pen.text(at, sign, fill, face, "ls")

    return sprite(size, paint, paper)
