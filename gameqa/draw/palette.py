"""Colours with names, and arithmetic on colours.

A colour is written `"#RRGGBB"` or as three numbers 0..255.
"""

from functools import lru_cache

RGB = tuple[int, int, int]
Color = str | RGB

NINE: dict[str, str] = {
    "red": "#E53935",
    "green": "#2E9E3F",
    "blue": "#2979FF",
    "magenta": "#FF5CD6",
    "yellow": "#FFE100",
    "aqua": "#2BD9F0",
    "gray": "#8C8C8C",
    "purple": "#5B0F8A",
    "orange": "#FF8A00",
}
"""Nine colours for filled cells on white: any two of the ten are 41 apart or more (`delta_e`)."""

NAMED: dict[str, str] = {
    **NINE,
    "white": "#FFFFFF",
    "black": "#000000",
    "brown": "#7A3E12",
    "pink": "#FF9CB4",
    "lime": "#A4F000",
}
"""Every colour that a question may call by name; any two are 41 apart or more."""


@lru_cache(maxsize=1024)
def _parse(color: str) -> RGB:
    if len(color) != 7 or color[0] != "#":
        raise ValueError(f'a colour is written "#RRGGBB", not {color!r}')
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def rgb(color: Color) -> RGB:
    """The three numbers 0..255 of a colour; ValueError for any other spelling.

    >>> rgb("#FF8A00")
    (255, 138, 0)
    """
    return _parse(color) if isinstance(color, str) else color


def hex_of(color: Color) -> str:
    """The colour as "#RRGGBB"."""
    r, g, b = rgb(color)
    return f"#{r:02X}{g:02X}{b:02X}"


def blend(a: Color, b: Color, t: float) -> str:
    """The colour at part `t` of the way from `a` (0) to `b` (1).

    >>> blend("#000000", "#FFFFFF", 0.2)
    '#333333'
    """
    r, g, b_ = (round(x + (y - x) * t) for x, y in zip(rgb(a), rgb(b), strict=True))
    return hex_of((r, g, b_))


def lab(color: Color) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour under D65."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb(color)))
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def delta_e(a: Color, b: Color) -> float:
    """How far apart two colours look: CIE76, the distance in L*a*b* (black to white is 100)."""
    (l1, a1, b1), (l2, a2, b2) = lab(a), lab(b)
    return ((l1 - l2) ** 2 + (a1 - a2) ** 2 + (b1 - b2) ** 2) ** 0.5
