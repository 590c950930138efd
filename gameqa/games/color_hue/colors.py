"""Colour names and how colours differ. Distances (ΔE) are CIE76: straight lines in CIELAB."""

from functools import lru_cache
from math import atan2, degrees, dist, hypot

from gameqa.draw.palette import RGB, lab

REFERENCES = {
    "white": "#FFFFFF",
    "light gray": "#C4C4C4",
    "dark gray": "#5A5A5A",
    "black": "#000000",
    "red": "#E0201B",
    "dark red": "#800A0A",
    "pink": "#F7A8B8",
    "orange": "#FF8A00",
    "brown": "#86501F",
    "beige": "#E0C9A0",
    "yellow": "#FFE41A",
    "olive": "#85821A",
    "lime green": "#9BE01E",
    "green": "#1FA02A",
    "dark green": "#0A4F14",
    "light green": "#A6E8A0",
    "turquoise": "#3AD6C4",
    "teal": "#0E7C7B",
    "light blue": "#93CCF0",
    "blue": "#1F5FE0",
    "dark blue": "#12127A",
    "purple": "#7A22C0",
    "lavender": "#C3A6EE",
    "magenta": "#E330D0",
    "dark purple": "#4A0F58",
}
"""Every name that a question uses, with its reference colour."""

NEAR, LEAD, WRONG = 25.0, 8.0, 25.0
"""A clear name lies within NEAR and LEAD ahead of the next; a clearly wrong one lies WRONG behind the nearest."""

GRAY = 12.0
"""Chroma below which a colour looks gray."""
_LIGHTNESS = ((20, "very dark"), (40, "dark"), (60, "of medium lightness"), (80, "light"), (101, "very light"))
_CHROMA = ((30, "muted"), (60, "moderately saturated"), (200, "vivid"))
_HUES = (
    (10, "pink"),
    (50, "red"),
    (80, "orange"),
    (108, "yellow"),
    (126, "yellow-green"),
    (165, "green"),
    (220, "blue-green"),
    (307, "blue"),
    (325, "violet"),
    (345, "magenta"),
    (361, "pink"),
)
"""Upper bounds of lightness, chroma and hue angle with their words."""

_LABS = {name: lab(reference) for name, reference in REFERENCES.items()}
_GAPS = {(one, two): dist(place, other) for one, place in _LABS.items() for two, other in _LABS.items()}
_lab = lru_cache(maxsize=8192)(lab)


def apart(one: RGB, two: RGB) -> float:
    """Return the ΔE of two colours; the L*a*b* values of colours used lately are kept."""
    return dist(_lab(one), _lab(two))


def gap(one: str, two: str) -> float:
    """Return the ΔE of the reference colours of two names."""
    return _GAPS[one, two]


@lru_cache(maxsize=4096)
def distances(color: RGB) -> dict[str, float]:
    """Return the ΔE of a colour to each reference colour, nearest name first."""
    place = _lab(color)
    ranked = sorted((dist(place, reference), name) for name, reference in _LABS.items())
    return {name: distance for distance, name in ranked}


def nearest_name(color: RGB) -> str:
    """Return the name whose reference colour is nearest."""
    return next(iter(distances(color)))


def clear_name(color: RGB) -> str | None:
    """Return the nearest name, or None when it is too far away or another one is about as near."""
    (name, first), (_, second), *_ = distances(color).items()
    return name if first <= NEAR and second >= first + LEAD else None


def clearly_wrong(color: RGB, name: str) -> bool:
    """Say whether a name is out of the question for a colour."""
    found = distances(color)
    return found[name] >= next(iter(found.values())) + WRONG


def look(color: RGB) -> str:
    """Describe lightness, saturation and hue in words.

    >>> look((224, 32, 27))
    'of medium lightness, vivid, its hue red'
    """
    lightness, chroma, hue = _lch(color)
    light = next(word for bound, word in _LIGHTNESS if lightness < bound)
    if chroma < GRAY:
        return f"{light} and nearly gray"
    vivid = next(word for bound, word in _CHROMA if chroma < bound)
    return f"{light}, {vivid}, its hue {hue_word(hue)}"


def differences(color: RGB, other: RGB) -> list[str]:
    """Say in words how `other` differs from a colour, as far as it matters, the most striking first.

    >>> differences((224, 32, 27), (128, 10, 10))
    ['duller', 'darker']
    """
    (one, vivid, hue), (two, vivid_two, hue_two) = _lch(color), _lch(other)
    # What lightness and chroma leave of the squared distance is the part of the hue.
    turned = max(0.0, apart(color, other) ** 2 - (two - one) ** 2 - (vivid_two - vivid) ** 2) ** 0.5
    words, words_two = hue_word(hue), hue_word(hue_two)
    found = [
        (abs(two - one), "lighter" if two > one else "darker"),
        (abs(vivid_two - vivid), "more vivid" if vivid_two > vivid else "duller"),
    ]
    if min(vivid, vivid_two) >= GRAY and words != words_two:
        found.append((turned, f"{words_two} instead of {words}"))
    least = max(size for size, _ in found) / 2
    return [word for size, word in sorted(found, reverse=True) if size >= least]


def faults(target: RGB, color: RGB) -> list[str]:
    """Say what is wrong with a colour instead of another one, along the axes of L*a*b*, the worst first.

    >>> faults((120, 100, 120), (30, 30, 30)), faults((30, 160, 40), (90, 90, 90))
    (['too dark'], ['not green enough', 'not yellow enough'])
    """
    axes = (("dark", "light"), ("green", "red"), ("blue", "yellow"))
    found = list[tuple[float, str]]()
    for given, told, (below, above) in zip(_lab(color), _lab(target), axes, strict=True):
        word, other = (above, below) if given > told else (below, above)
        # A gray instead of a green is not red: it only lacks green.
        short = below != "dark" and abs(given) < GRAY and abs(told) >= GRAY
        found.append((abs(given - told), f"not {other} enough" if short else f"too {word}"))
    return [fault for gap, fault in sorted(found, reverse=True) if gap >= max(found)[0] / 2]


def hue_word(hue: float) -> str:
    """Return the word for an angle in the plane of a* and b*, in degrees from 0 to 360."""
    return next(word for bound, word in _HUES if hue < bound)


def _lch(color: RGB) -> tuple[float, float, float]:
    lightness, a, b = _lab(color)
    return lightness, hypot(a, b), degrees(atan2(b, a)) % 360
