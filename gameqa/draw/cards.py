"""Playing cards.

Ranks are `A 2 … 10 J Q K`, suits the letters `S H D C` or the signs `♠ ♥ ♦ ♣`.
"""

from functools import lru_cache
from math import cos, pi, sin

from PIL import Image, ImageDraw

from .canvas import Canvas, Point, text_size
from .palette import Color
from .sprites import Sprite, cached_sprite

RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
SUITS = "SHDC"
SIGNS = {"S": "♠", "H": "♥", "D": "♦", "C": "♣"}
_LETTER = {**{letter: letter for letter in SUITS}, **{sign: letter for letter, sign in SIGNS.items()}}
RED = "#D00000"
BLACK = "#000000"


@cached_sprite
def card(
    rank: str, suit: str, width: int, height: int, strip: int = 24, red: Color = RED, black: Color = BLACK
) -> Sprite:
    """An open card.

    Rank and suit stand side by side at the top left, within the upper `strip` pixels (22 or more), so
    that they stay visible when the next card of a pile covers the rest. The suit is drawn as a shape, two
    thirds of the strip high, with a large one in the middle of the card. Lengths are pixels.
    """
    letter = _LETTER[suit]
    ink = red if letter in "HD" else black
    canvas = _blank(width, height, black)
    size = round(strip * 0.8)
    pip = round(strip * 0.66)
    left = max(4, round(strip * 0.22))
    middle = (strip + 1) / 2
    canvas.text((left, middle), rank, size, ink, "#FFFFFF", "lm")
    at = left + text_size(rank, size)[0] + max(3, strip // 7)
    top = round(middle - pip / 2)
    draw_suit(canvas, letter, (at, top, at + pip, top + pip), ink, "#FFFFFF")
    big = round(min(width * 0.56, (height - strip) * 0.66))
    x, y = round((width - big) / 2), round(strip + (height - strip - big) / 2)
    draw_suit(canvas, letter, (x, y, x + big, y + big), ink, "#FFFFFF")
    return canvas.sprite(_corners(width, height))


def enter_colors(canvas: Canvas, red: Color = RED, black: Color = BLACK) -> None:
    """Enter all colours of open cards into the palette: the canvas then pastes cards in any order quickly."""
    for ink in (red, black):
        canvas.ramp(ink, "#FFFFFF")


@cached_sprite
def back(width: int, height: int, color: Color = "#4F62D0", border: Color = BLACK) -> Sprite:
    """A card face down: a white margin around a lattice of white lines on `color`."""
    canvas = _blank(width, height, border)
    margin = max(4, width // 16)
    step = max(8, width // 8)
    right, bottom = width - margin, height - margin
    inner = Canvas(right - margin, bottom - margin, color)
    for x in range(-height, width + height, step):
        inner.line([(x, 0), (x + height, height)], "#FFFFFF", max(1, step // 8))
        inner.line([(x, 0), (x - height, height)], "#FFFFFF", max(1, step // 8))
    canvas.paste(inner.sprite(), (margin, margin))
    return canvas.sprite(_corners(width, height))


@cached_sprite
def place(
    width: int,
    height: int,
    fill: Color = "#1C352D",
    border: Color = BLACK,
    suit: str | None = None,
    ink: Color = "#6F8F84",
) -> Sprite:
    """An empty place for a card, with the outline of `suit` in the pale colour `ink` if one is given."""
    canvas = Canvas(width, height, fill)
    line = max(1, width // 72)
    _frame(canvas, width, height, border, line)
    if suit is not None:
        big = round(min(width, height) * 0.5)
        x, y = (width - big) // 2, (height - big) // 2
        draw_suit(canvas, _LETTER[suit], (x, y, x + big, y + big), ink, fill)
        inset = max(2, big // 14)
        inside = (x + inset, y + inset * 1.3, x + big - inset, y + big - inset * 1.3)
        draw_suit(canvas, _LETTER[suit], inside, fill, ink)
    return canvas.sprite(_corners(width, height))


def draw_suit(canvas: Canvas, suit: str, box: tuple[float, float, float, float], ink: Color, paper: Color) -> None:
    """A suit's shape, filling the height of the box (pixels), anti-aliased against `paper`."""
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    outline = [(left + x * wide, top + y * high) for x, y in _outline(_LETTER[suit])]
    canvas.polygon(outline, ink, paper=paper)


@lru_cache(maxsize=4)
def _outline(letter: str) -> list[Point]:
    """The border of a suit's shape in the unit square, y downwards."""
    if letter == "D":
        return [(0.5, 0), (0.9, 0.5), (0.5, 1), (0.1, 0.5)]
    if letter == "C":
        foot = [(0.55, 0.74), (0.56, 0.86), (0.68, 1.0), (0.32, 1.0), (0.44, 0.86), (0.45, 0.74)]
        # From the foot counter-clockwise around the three leaves; angles in degrees, y downwards.
        leaves = [(0.245, 0.56, 60, 300), (0.5, 0.245, 150, 390), (0.755, 0.56, 240, 480)]
        return foot + [
            (round(x + 0.245 * cos(a * pi / 180), 4), round(y + 0.245 * sin(a * pi / 180), 4))
            for x, y, start, end in leaves
            for a in range(start, end + 1, 10)
        ]
    heart = [
        (
            round(0.5 + 0.5 * sin(t) ** 3, 4),
            round((12 - (13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t))) / 29, 4),
        )
        for t in (k * pi / 30 for k in range(60))
    ]
    if letter == "H":
        return heart
    # The heart upside down, its middle dent replaced by the foot.
    leaf = [(x, round(0.84 * (1 - y), 4)) for x, y in heart]
    foot = [(0.46, 0.72), (0.44, 0.86), (0.32, 1.0), (0.68, 1.0), (0.56, 0.86), (0.54, 0.72)]
    return leaf[3:-2] + foot


def _blank(width: int, height: int, border: Color) -> Canvas:
    canvas = Canvas(width, height, "#FFFFFF")
    _frame(canvas, width, height, border, max(1, width // 72))
    return canvas


def _radius(width: int) -> int:
    return max(3, width // 16)


def _frame(canvas: Canvas, width: int, height: int, border: Color, line: int) -> None:
    canvas.rounded((0, 0, width, height), _radius(width), outline=border, width=line)


@lru_cache(maxsize=16)
def _corners(width: int, height: int) -> Image.Image:
    mask = Image.new("1", (width, height), 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width - 1, height - 1), _radius(width), 255)
    return mask
