"""A second way to the answers: gradients found on the board alone, each option measured on its own in CIELAB.

The gradients that the state lists are not used: gradients never lie side by side, so two or more neighbouring cells of
a line that are not hatched form one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gameqa.core.audit import Checks, unmet

from .state import RGB, State

Cell = tuple[int, int]
Params = Mapping[str, Any]

NAMES = {
    "white": "FFFFFF",
    "light gray": "C4C4C4",
    "dark gray": "5A5A5A",
    "black": "000000",
    "red": "E0201B",
    "dark red": "800A0A",
    "pink": "F7A8B8",
    "orange": "FF8A00",
    "brown": "86501F",
    "beige": "E0C9A0",
    "yellow": "FFE41A",
    "olive": "85821A",
    "lime green": "9BE01E",
    "green": "1FA02A",
    "dark green": "0A4F14",
    "light green": "A6E8A0",
    "turquoise": "3AD6C4",
    "teal": "0E7C7B",
    "light blue": "93CCF0",
    "blue": "1F5FE0",
    "dark blue": "12127A",
    "purple": "7A22C0",
    "lavender": "C3A6EE",
    "magenta": "E330D0",
    "dark purple": "4A0F58",
}
HUES = {
    "pink": (-25, 25),
    "red": (10, 55),
    "orange": (45, 82),
    "yellow": (72, 112),
    "yellow-green": (100, 132),
    "green": (120, 175),
    "blue-green": (165, 240),
    "blue": (210, 310),
    "violet": (290, 335),
    "magenta": (310, 360),
}
"""Hue angles in CIELAB for which a word is not plainly wrong; they overlap on purpose."""
LIGHTNESS = {
    "very dark": (0, 30),
    "dark": (15, 50),
    "of medium lightness": (35, 70),
    "light": (55, 90),
    "very light": (75, 100),
}
CHROMA = {"nearly gray": (0, 15), "muted": (5, 45), "moderately saturated": (20, 70), "vivid": (40, 200)}
CLOSE, CLEAR, WRONG = 25, 8, 25
"""ΔE within which a name is a name, by which it must beat the next, and by which a wrong one must be farther."""
WITHIN = 6
"""How far per channel a lost colour may be from the line through the visible ones."""
COLOR = r"\((\d+, \d+, \d+)\)"


@lru_cache(maxsize=1024)
def _lab(color: RGB) -> tuple[float, float, float]:
    """Convert sRGB under D65 to CIELAB."""
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in color))
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _typical(name: str) -> RGB:
    red, green, blue = bytes.fromhex(NAMES[name])
    return red, green, blue


def _apart(color: RGB, name: str) -> float:
    """Return ΔE from a colour to the typical colour of a name."""
    return sum((a - b) ** 2 for a, b in zip(_lab(color), _lab(_typical(name)), strict=True)) ** 0.5


def _ranked(color: RGB) -> list[str]:
    return sorted(NAMES, key=lambda name: _apart(color, name))


def _fitting(color: RGB, names: Sequence[str]) -> list[str]:
    """Return the names that are not clearly wrong for a colour; none when it has no clear name."""
    first, second, *_ = (_apart(color, name) for name in _ranked(color))
    return [
        name for name in names if first <= CLOSE and second >= first + CLEAR and _apart(color, name) < first + WRONG
    ]


def _filled(state: State, cell: Cell) -> bool:
    """Whether a cell is on the board and has a colour or a label."""
    inside = all(0 <= place < state.size for place in cell)
    return inside and (state.color(cell) is not None or cell in dict(state.labels).values())


def _gradient(state: State, cell: Cell, kind: str) -> list[Cell]:
    """Return the cells of the gradient of a row or column that runs through a cell, none if it stands alone."""
    at = 1 if kind == "row" else 0
    line = [(cell[0], place) if at else (place, cell[1]) for place in range(state.size)]
    first = last = cell[at]
    while first > 0 and _filled(state, line[first - 1]):
        first -= 1
    while last + 1 < state.size and _filled(state, line[last + 1]):
        last += 1
    return line[first : last + 1] if last > first else []


def _fits(state: State, cell: Cell) -> dict[str, tuple[list[Cell], Any, Any]]:
    """Return for each gradient through a cell its visible cells, the change per cell and the colour due in the cell."""
    fits: dict[str, tuple[list[Cell], Any, Any]] = {}
    for at, kind in ((1, "row"), (0, "column")):
        seen = [c for c in _gradient(state, cell, kind) if state.color(c)]
        if len(seen) >= 3:
            slope, start = np.polyfit([c[at] for c in seen], [state.color(c) or () for c in seen], 1)
            fits[kind] = seen, slope, np.clip(start + slope * cell[at], 0, 255)
    return fits


def _restores(state: State, cell: Cell, color: Sequence[int]) -> bool:
    fits = _fits(state, cell)
    return bool(fits) and all(np.abs(np.rint(due) - color).max() <= WITHIN for _, _, due in fits.values())


def _color_matching(state: State, params: Params) -> list[Any]:
    return [color for color in params["options"] if _restores(state, dict(state.labels)[params["label"]], color)]


def _color_description(state: State, params: Params) -> list[Any]:
    color = state.color(tuple(params["cell"]))
    return _fitting(color, params["options"]) if color else []


def _run(state: State, params: Params) -> list[Cell]:
    """Return the cells of the one gradient of the row or column asked about."""
    kind, index = params["type"], params["index"]
    line = [(index, place) if kind == "row" else (place, index) for place in range(state.size)]
    runs = {tuple(_gradient(state, cell, kind)) for cell in line if _filled(state, cell)} - {()}
    return list(next(iter(runs))) if len(runs) == 1 else []


def _gradient_pattern(state: State, params: Params) -> list[Any]:
    run = _run(state, params)
    ends = (state.color(run[0]), state.color(run[-1])) if run else (None, None)
    return [pair for pair in params["options"] if all(c and _fitting(c, [n]) for c, n in zip(ends, pair, strict=True))]


def _rgb(text: str) -> RGB:
    red, green, blue = map(int, re.findall(r"-?\d+", text))
    return red, green, blue


def _near(said: Any, value: Any, most: float) -> bool:
    return bool(np.abs(np.asarray(said, float) - value).max() <= most)


def _parts(text: str) -> list[str]:
    return re.split(r", | and ", text)


def _matching_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    cell = dict(state.labels)[params["label"]]
    fits = _fits(state, cell)
    other = {"row": "column", "column": "row"}

    def visible(kind: str) -> Callable[[str], bool]:
        place = 1 if kind == "row" else 0
        want = [(c[place] + 1, state.color(c)) for c in fits[kind][0]]

        def true(text: str) -> bool:
            said = re.findall(rf"\b{other[kind]} (\d) ([a-z ]+) {COLOR}", text)
            return [(int(at), _rgb(color)) for at, _, color in said] == want and all(
                _ranked(_rgb(color))[0] == name for _, name, color in said
            )

        return true

    def change(kind: str) -> Callable[..., bool]:
        place = 1 if kind == "row" else 0
        seen, slope, due = fits[kind]

        def true(red: str, green: str, blue: str, here: str, gap: str, there: str, color: str) -> bool:
            at = int(here) - 1 == cell[place] and abs(int(here) - int(there)) == int(gap)
            shown = any(c[place] == int(there) - 1 for c in seen)
            return at and shown and _near([red, green, blue], slope, 0.0501) and _near(_rgb(color), due, 0.501)

        return true

    def restoring(dues: str, color: str) -> bool:
        said = [_rgb(due) for due in re.findall(COLOR, dues)]
        paired = len(said) == len(fits) and all(
            _near(s, due, 0.501) for s, (_, _, due) in zip(said, fits.values(), strict=True)
        )
        return paired and _restores(state, cell, _rgb(color)) and _rgb(color) in state.palette

    def option(color: RGB) -> Callable[..., bool]:
        def true(words: str, red: str | None, green: str | None, blue: str | None) -> bool:
            if words == "continues the gradient" or _restores(state, cell, color):
                return words == "continues the gradient" and _restores(state, cell, color)
            return any(
                [int(red or 0), int(green or 0), int(blue or 0)] == np.subtract(color, right).tolist()
                and all(_drift(word, color, right) for word in _parts(words.removeprefix("is ")))
                for right in _color_matching(state, params)
            )

        return true

    where = [f"{kind} {cell[0 if kind == 'row' else 1] + 1}" for kind in fits]
    runs = (
        f"The gradient of {where[0]} runs through it"
        if len(fits) == 1
        else f"The gradients of {' and '.join(where)} cross there"
    )
    expected: list[tuple[str, Callable[..., bool]]] = [
        (rf"Cell {params['label']} is in row {cell[0] + 1}, column {cell[1] + 1}\. {runs}\.", lambda: True)
    ]
    for kind, line in zip(fits, where, strict=True):
        across, step = other[kind], r"([+-]?[\d.]+)"
        expected.append((rf"Visible in {line}(?: \(nearest name and red, green, blue\))?: (.+)\.", visible(kind)))
        changes = (
            rf"From {across} to {across} the colour changes by about {step} in red, {step} in green and {step} in blue"
        )
        expected.append(
            (changes + rf", so {across} (\d), (\d) cells? from {across} (\d), should be {COLOR}\.", change(kind))
        )
    expected.append((rf"The swatch that comes within {WITHIN} of (.+) in red, green and blue is {COLOR}\.", restoring))
    for letter, color in zip("ABCDEF", params["options"], strict=True):
        shown = rf"\({color[0]}, {color[1]}, {color[2]}\)"
        signed = r"(?: \(red ([+-]?\d+), green ([+-]?\d+), blue ([+-]?\d+)\))?"
        expected.append((rf"Option {letter}, swatch {letter}: {shown} (.+?){signed}\.", option(tuple(color))))
    return unmet(steps, expected)


def _drift(word: str, color: RGB, right: Sequence[int]) -> bool:
    """Judge a word like `too light` or `not red enough` on a colour beside the right one."""
    light, red, yellow = np.subtract(_lab(color), _lab((right[0], right[1], right[2])))
    more = {"light": light, "dark": -light, "red": red, "green": -red, "yellow": yellow, "blue": -yellow}
    match = re.fullmatch(r"too (\w+)|not (\w+) enough", word)
    return bool(match) and (more[match[1]] > 0 if match[1] else more[match[2]] < 0)


def _polar(color: RGB) -> tuple[float, float, float]:
    """Return lightness, chroma and hue angle."""
    light, red, yellow = _lab(color)
    return light, float(np.hypot(red, yellow)), float(np.degrees(np.arctan2(yellow, red)) % 360)


def _is_hue(word: str, color: RGB) -> bool:
    low, high = HUES.get(word, (0, -1))
    return (_polar(color)[2] - low) % 360 <= high - low


def _description_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    row, col = params["cell"]
    color = state.color((row, col)) or (0, 0, 0)
    light, chroma, _ = _polar(color)
    first, second = _ranked(color)[:2]
    options = params["options"]

    def looks(lightness: str, vividness: str, hue: str | None) -> bool:
        low, high = LIGHTNESS[lightness]
        dull, vivid = CHROMA[vividness]
        return low <= light <= high and dull <= chroma <= vivid and (hue is None or _is_hue(hue, color))

    def nearest(name: str, typical: str, apart: str, runner: str, farther: str) -> bool:
        near = _near([apart, farther], [_apart(color, first), _apart(color, second)], 0.501)
        return (name, runner) == (first, second) and _rgb(typical) == _typical(name) and near

    def option(name: str) -> Callable[..., bool]:
        reference = _typical(name)
        wrong_light, wrong_chroma, _ = _polar(reference)
        true_of = {
            "lighter": wrong_light > light,
            "darker": wrong_light < light,
            "more vivid": wrong_chroma > chroma,
            "duller": wrong_chroma < chroma,
        }

        def holds(word: str) -> bool:
            hue, instead, own = word.partition(" instead of ")
            return (
                _is_hue(hue, reference) and _is_hue(own, color) and hue != own if instead else true_of.get(word, False)
            )

        def true(typical: str, words: str, apart: str | None) -> bool:
            if _rgb(typical) != reference or (words == "the nearest") != (apart is None):
                return False
            if apart is None:
                return name == first
            return _near([apart], [_apart(color, name)], 0.501) and all(map(holds, _parts(words)))

        return true

    kinds = "|".join(CHROMA)
    return unmet(
        steps,
        [
            (
                rf"The cell in row {row + 1}, column {col + 1} has the colour {COLOR} in red, green, blue\.",
                lambda said: _rgb(said) == color,
            ),
            (rf"It is ([a-z ]+?),? (?:and )?({kinds})(?:, its hue ([a-z-]+))?\.", looks),
            (
                rf"Of the common names, ([a-z ]+) is nearest: its typical colour is {COLOR}, ΔE (\d+) away; "
                r"the next is ([a-z ]+) at ΔE (\d+)\.",
                nearest,
            ),
            *(
                (rf"Option {letter}, {name}: its typical colour, {COLOR}, is (.+?)(?: \(ΔE (\d+)\))?\.", option(name))
                for letter, name in zip("ABCDEFGH", options, strict=True)
            ),
        ],
    )


def _pattern_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    kind, index, run = params["type"], params["index"], _run(state, params)
    across, at = ("column", 1) if kind == "row" else ("row", 0)
    way = "from left to right" if kind == "row" else "from top to bottom"
    cells = steps[1 : -1 - len(params["options"])]
    ends = [_ranked(state.color(cell) or (0, 0, 0))[0] for cell in (run[0], run[-1])]

    def place(end: str) -> Callable[[str, str | None, str, str], bool]:
        def true(number: str, said: str | None, name: str, color: str) -> bool:
            cell = (index, int(number) - 1) if kind == "row" else (int(number) - 1, index)
            shown = cell in run and _rgb(color) == state.color(cell) and _ranked(_rgb(color))[0] == name
            role = "first" if cell == run[0] else "last" if cell == run[-1] else ""
            return shown and (said or "") == role == end

        return true

    def option(pair: Sequence[str]) -> Callable[[str], bool]:
        wrong = [
            f"the {which} cell is {own}, not {name}"
            for which, own, name in zip(("first", "last"), ends, pair, strict=True)
            if own != name
        ]
        reverse = "these are the colours of the ends, but in reverse"
        want = reverse if list(pair) == ends[::-1] else "; ".join(wrong) or "both ends fit"
        return lambda said: said == want

    numbers = [int(match[1]) for step in cells if (match := re.match(r"\w+ (\d)", step))]
    if len(cells) < 2 or numbers != sorted(set(numbers)):
        return [f"the cells {numbers} are not followed along the gradient"]
    return unmet(
        steps,
        [
            (
                rf"The gradient of {kind} {index + 1} runs from {across} {run[0][at] + 1} to {across} {run[-1][at] + 1}"
                rf"; it is read {way}\.",
                lambda: True,
            ),
            *(
                (rf"{across.title()} (\d)(?:, the (first|last) cell,)? is ([a-z ]+) {COLOR}\.", place(end))
                for end in ("first", *("" for _ in cells[2:]), "last")
            ),
            (rf"So the colour changes {way} from {ends[0]} to {ends[1]}\.", lambda: True),
            *(
                (rf"Option {letter}, from {pair[0]} to {pair[1]}: (.+)\.", option(pair))
                for letter, pair in zip("ABCDEFGH", params["options"], strict=True)
            ),
        ],
    )


CHECKS: Checks[State] = Checks(
    answers={
        "color_matching": _color_matching,
        "color_description": _color_description,
        "gradient_pattern": _gradient_pattern,
    },
    steps={
        "color_matching": _matching_steps,
        "color_description": _description_steps,
        "gradient_pattern": _pattern_steps,
    },
)
