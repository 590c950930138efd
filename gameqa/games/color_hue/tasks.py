"""The three questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, QAType, Solution, Task
from gameqa.core.grids import Cell
from gameqa.core.words import cell_text, counted, listed
from gameqa.draw.palette import rgb

from .colors import (
    REFERENCES,
    apart,
    clear_name,
    clearly_wrong,
    differences,
    distances,
    faults,
    gap,
    look,
    nearest_name,
)
from .generate import ColorHueParams
from .rules import TOLERANCE, Reading, fits, readings
from .state import RGB, SWATCHES, Channel, Gradient, Line, State

BASE = """\
The board is a square grid. Rows and columns are numbered from 1, starting at the top-left corner.
Some straight runs of cells in a row (left to right) or a column (top to bottom) carry a colour gradient: from the \
first to the last cell of the run the colour changes evenly, in equal steps, from one end colour to the other. Red, \
green and blue each change evenly, up to rounding.
Each gradient is independent of the others; where a row gradient and a column gradient cross, the common cell belongs \
to both.
Cross-hatched cells belong to no gradient."""

LOST = """
White cells with a letter have lost their colour; they belong to gradients like the coloured cells. The colour of \
each is among the six swatches A to F of the palette below the board."""

NAMES = "By the name of a colour is meant the one that comes nearest to it among common colour names."

WEIGHTS: dict[str, tuple[float, float, float]] = {
    "white": (6, 0.11, 0.031),
    "light gray": (1.5, 2.1, 0.51),
    "dark gray": (0.45, 1.4, 1),
    "black": (6, 0.23, 0.24),
    "red": (2, 0.78, 1),
    "dark red": (3, 1.6, 0.75),
    "pink": (1, 0.75, 0.94),
    "orange": (6, 0.49, 0.4),
    "brown": (1, 1.9, 0.73),
    "beige": (1.4, 1.1, 0.74),
    "yellow": (3.5, 0.53, 0.45),
    "olive": (0.75, 0.73, 1.3),
    "lime green": (1, 0.62, 1.4),
    "green": (0.5, 0.69, 1.9),
    "dark green": (2, 0.61, 0.53),
    "light green": (0.7, 1.1, 1.3),
    "turquoise": (0.75, 1.2, 2),
    "teal": (0.7, 1, 1),
    "light blue": (1, 1.6, 1),
    "blue": (0.9, 1.8, 1.4),
    "dark blue": (6, 2.4, 0.5),
    "purple": (0.7, 1.2, 2.9),
    "lavender": (0.65, 0.65, 1.3),
    "magenta": (0.9, 0.68, 2.5),
    "dark purple": (0.9, 1.3, 0.96),
}
"""How gladly a name is asked for where it occurs, offered as a wrong name, and offered as a wrong end of a gradient.
Fitted on many boards: all names but white and black, which hardly occur, are asked for about equally often, and a
name is right in an eighth of its offers, or in half of them as an end."""
LONELIEST_REDRAWN, FARTHEST_REDRAWN = 0.6, 0.2
"""Share of sets of names redrawn because the right one is the one most unlike the others, or because the right pair is
the one of greatest contrast; both would be so too often."""
SEPARATE = 35.0
"""Least ΔE between the reference colours of all names of a question: two kindred names would both look wrong."""
SETS = 12
"""Sets of wrong names tried for one question."""

Name = Literal[
    "white", "light gray", "dark gray", "black", "red", "dark red", "pink", "orange", "brown", "beige", "yellow",
    "olive", "lime green", "green", "dark green", "light green", "turquoise", "teal", "light blue", "blue",
    "dark blue", "purple", "lavender", "magenta", "dark purple",
]  # fmt: skip
Index = Annotated[int, Meta(ge=0)]


class LabelParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `color_matching`."""

    label: Literal["P", "Q", "R", "S", "T", "U"]


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `color_description`."""

    cell: tuple[Index, Index]


class LineParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `gradient_pattern`."""

    type: Line
    index: Index


class ColorMatching(Task[State, ColorHueParams]):
    """Task 0."""

    id, slug = 0, "color_matching"
    about = "Find the palette colour that belongs in a labelled cell."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = LabelParams
    option_type = tuple[Channel, Channel, Channel]
    option_count = len(SWATCHES)
    fixed_order = True
    rules = BASE + LOST

    def plan(self, level: ColorHueParams, rng: Random) -> ColorHueParams:
        return msgspec.structs.replace(level, palette=True)

    def ask(self, state: State, plan: ColorHueParams, rng: Random) -> dict[str, Any]:
        return {"label": rng.choice(state.labels)[0]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        label = params["label"]
        return f"Cell {label} is {_at(dict(state.labels)[label])}. Which swatch restores the gradient in cell {label}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        label = params["label"]
        cell = dict(state.labels)[label]
        found = readings(state, cell)
        right = [color for color in state.palette if fits(found, color)]
        if len(right) != 1:
            raise ValueError(f"{counted(len(right), 'swatch', 'swatches')} of the palette restore the cell {label}")
        steps = [f"Cell {label} is {_at(cell)}. {_lines_through(found)}"]
        for reading in found:
            steps += _narrated(reading, cell)
        steps.append(
            f"The swatch that comes within {TOLERANCE} of {' and of '.join(_rounded(reading) for reading in found)} in "
            f"red, green and blue is {cell_text(right[0])}."
        )
        work = state.size + sum(len(reading.visible) for reading in found) / len(found)
        return Solution(right[0], steps, work=work)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return state.palette

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        return fits(readings(state, dict(state.labels)[params["label"]]), value)

    def order_key(self, state: State, value: Any) -> int:
        return state.palette.index(tuple(value))

    def option_text(self, state: State, value: Any) -> str:
        return f"swatch {SWATCHES[state.palette.index(tuple(value))]}"

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        if value == list(solution.value):
            return f"{cell_text(value)} continues the gradient."
        r, g, b = (given - told for given, told in zip(value, solution.value, strict=True))
        gaps = f"red {r:+d}, green {g:+d}, blue {b:+d}"
        return f"{cell_text(value)} is {listed(faults(solution.value, tuple(value)))} ({gaps})."


class ColorDescription(Task[State, ColorHueParams]):
    """Task 1."""

    id, slug = 1, "color_description"
    about = "Name the colour of a given cell."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CellParams
    rules = f"{BASE}\n{NAMES}"
    option_type = Name

    def ask(self, state: State, plan: ColorHueParams, rng: Random) -> dict[str, Any] | None:
        """Choose one of the clear names on the board, rare ones rather, then a cell of that name."""
        cells: dict[str, list[Cell]] = {}
        for cell, color in _colored(state):
            name = clear_name(color)
            if name is not None:
                cells.setdefault(name, []).append(cell)
        if not cells:
            return None
        name = _weighted(list(cells), 0, rng)
        return {"cell": rng.choice(cells[name])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Look at the cell {_at(params['cell'])}. Which name fits its colour best?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        color = _shown(state, params["cell"])
        name = clear_name(color)
        if name is None:
            raise ValueError(f"the colour {cell_text(color)} has no clear name")
        (_, first), (second, later), *_ = distances(color).items()
        steps = [
            f"The cell {_at(params['cell'])} has the colour {cell_text(color)} in red, green, blue.",
            f"It is {look(color)}.",
            f"Of the common names, {name} is nearest: its typical colour is {cell_text(rgb(REFERENCES[name]))}, ΔE "
            f"{first:.0f} away; the next is {second} at ΔE {later:.0f}.",
        ]
        return Solution(name, steps, work=float(state.size))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Names that are clearly wrong, and unlike each other as they are unlike the right one."""
        color = _shown(state, params["cell"])
        wrong = [name for name in REFERENCES if clearly_wrong(color, name)]
        for _ in range(SETS):
            names = [right]
            while len(names) < self.option_count and (pool := _unlike(wrong, names)):
                names.append(_weighted(pool, 1, rng))
            if len(names) == self.option_count and not (_lonely(names) and rng.random() < LONELIEST_REDRAWN):
                return names[1:]
        return ()

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        color, typical = _shown(state, params["cell"]), rgb(REFERENCES[value])
        if value == solution.value:
            return f"its typical colour, {cell_text(typical)}, is the nearest."
        return (
            f"its typical colour, {cell_text(typical)}, is {listed(differences(color, typical))} "
            f"(ΔE {apart(color, typical):.0f})."
        )


class GradientPattern(Task[State, ColorHueParams]):
    """Task 2."""

    id, slug = 2, "gradient_pattern"
    about = "Describe the gradient of a given row or column."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = LineParams
    rules = f"{BASE}\n{NAMES}"
    option_type = tuple[Name, Name]

    def ask(self, state: State, plan: ColorHueParams, rng: Random) -> dict[str, Any] | None:
        """Choose a gradient whose ends have clear names that are not kindred."""
        fit = [
            gradient for gradient in state.gradients if (ends := _ends(state, gradient)) and _unlike(ends[:1], ends[1:])
        ]
        if not fit:
            return None
        gradient = rng.choice(fit)
        return {"type": gradient.type, "index": gradient.index}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Look at the gradient of {params['type']} {params['index'] + 1}, {DIRECTION[params['type']]}. From which "
            "colour to which does it change?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        gradient = _gradient(state, params)
        names = _ends(state, gradient)
        if names is None:
            raise ValueError(f"the ends of {params['type']} {params['index']} have no clear names")
        length = gradient.end - gradient.start
        seen = dict.fromkeys(gradient.start + length * third // 3 for third in range(4))
        across = "column" if gradient.type == "row" else "row"
        steps = [
            f"The gradient of {gradient.type} {gradient.index + 1} runs from {across} {gradient.start + 1} to {across} "
            f"{gradient.end + 1}; it is read {DIRECTION[gradient.type]}.",
        ]
        for place in seen:
            cell = gradient.cell(place)
            end = {gradient.start: ", the first cell,", gradient.end: ", the last cell,"}.get(place, "")
            color = _shown(state, cell)
            steps.append(f"{across.capitalize()} {place + 1}{end} is {nearest_name(color)} {cell_text(color)}.")
        steps.append(f"So the colour changes {DIRECTION[gradient.type]} from {names[0]} to {names[1]}.")
        return Solution(list(names), steps, work=float(state.size + len(gradient.places)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Cross two names for each end and add the reversals: no name and no pair stands out."""
        gradient = _gradient(state, params)
        ends = [_shown(state, cell) for cell in (gradient.cells[0], gradient.cells[-1])]
        for _ in range(SETS):
            names = list(right)
            for end in ends:
                pool = [name for name in _unlike(REFERENCES, names) if clearly_wrong(end, name)]
                if pool:
                    names.append(_weighted(pool, 2, rng))
            if len(names) < 4:
                continue
            first, last, not_first, not_last = names
            pairs = [[one, two] for one in (first, not_first) for two in (last, not_last)]
            pairs = [pair for pair in [*pairs, *([two, one] for one, two in pairs)] if pair != right]
            farthest = gap(first, last) > max(gap(*pair) for pair in pairs if pair != right[::-1])
            if farthest and rng.random() < FARTHEST_REDRAWN:
                continue
            if all(any(map(clearly_wrong, ends, pair)) for pair in pairs):
                return pairs
        return ()

    def option_text(self, state: State, value: Any) -> str:
        return f"from {value[0]} to {value[1]}"

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        right = solution.value
        if value == right:
            return "both ends fit."
        if value == right[::-1]:
            return "these are the colours of the ends, but in reverse."
        wrong = [
            f"the {end} cell is {name}, not {given}"
            for end, name, given in zip(("first", "last"), right, value, strict=True)
            if name != given
        ]
        return f"{'; '.join(wrong)}."


DIRECTION: dict[str, str] = {"row": "from left to right", "column": "from top to bottom"}


def _at(cell: Iterable[int]) -> str:
    row, col = cell
    return f"in row {row + 1}, column {col + 1}"


def _colored(state: State) -> Iterator[tuple[Cell, RGB]]:
    for row, colors in enumerate(state.board):
        for col, color in enumerate(colors):
            if color is not None:
                yield (row, col), color


def _shown(state: State, cell: Iterable[int]) -> RGB:
    row, col = cell
    color = state.board[row][col] if max(row, col) < state.size else None
    if color is None:
        raise ValueError(f"the cell {[row, col]} shows no colour")
    return color


def _gradient(state: State, params: Mapping[str, Any]) -> Gradient:
    for gradient in state.gradients:
        if (gradient.type, gradient.index) == (params["type"], params["index"]):
            return gradient
    raise ValueError(f"{params['type']} {params['index']} carries no gradient")


def _ends(state: State, gradient: Gradient) -> tuple[str, str] | None:
    """Return the clear names of both end cells, or None when there are no two different ones."""
    first, last = (
        color and clear_name(color) for color in (state.color(gradient.cells[0]), state.color(gradient.cells[-1]))
    )
    return (first, last) if first and last and first != last else None


def _unlike(names: Iterable[str], chosen: Iterable[str]) -> list[str]:
    """Return the names whose reference colours are well apart from those of all chosen ones."""
    return [name for name in names if all(gap(name, other) >= SEPARATE for other in chosen)]


def _weighted(names: Sequence[str], use: int, rng: Random) -> str:
    return rng.choices(names, [WEIGHTS[name][use] for name in names])[0]


def _lonely(names: Sequence[str]) -> bool:
    """Say whether the first name is the one farthest from its nearest neighbour among the others."""
    nearest = [min(gap(name, other) for other in names if other != name) for name in names]
    return nearest[0] == max(nearest)


def _lines_through(found: list[Reading]) -> str:
    names = listed(f"{reading.gradient.type} {reading.gradient.index + 1}" for reading in found)
    return f"The gradient of {names} runs through it." if len(found) == 1 else f"The gradients of {names} cross there."


def _narrated(reading: Reading, cell: Cell) -> Iterator[str]:
    """Yield what one gradient shows and what it tells about a cell."""
    gradient = reading.gradient
    across, place = ("column", cell[1]) if gradient.type == "row" else ("row", cell[0])
    name = f"{gradient.type} {gradient.index + 1}"
    seen = listed(f"{across} {at + 1} {nearest_name(color)} {cell_text(color)}" for at, color in reading.visible)
    yield f"Visible in {name} (nearest name and red, green, blue): {seen}."
    r, g, b = reading.slopes
    at = min((at for at, _ in reading.visible), key=lambda at: abs(at - place))
    steps = counted(abs(place - at), "cell")
    yield (
        f"From {across} to {across} the colour changes by about {r:+.1f} in red, {g:+.1f} in green and {b:+.1f} in "
        f"blue, so {across} {place + 1}, {steps} from {across} {at + 1}, should be {_rounded(reading)}."
    )


def _rounded(reading: Reading) -> str:
    return cell_text(map(round, reading.color))


TASKS = (ColorMatching(), ColorDescription(), GradientPattern())
