"""Levels and boards: place the runs, colour the smaller group of lines freely, fit the others to the crossings."""

import colorsys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, permutations, product
from operator import itemgetter
from random import Random
from typing import Annotated

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.grids import Cell
from gameqa.core.options import shuffled

from .colors import apart
from .rules import LEAST, fits, readings
from .state import LABELS, RGB, SWATCHES, Gradient, Line, Run, State

Span = tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]

ENDS, NEIGHBOURS = 40.0, 4.0
"""Least ΔE of the ends and of neighbouring cells of a gradient."""
SWATCH = 20.0
"""Least ΔE of two palette colours."""
KINDRED = 35.0
"""Greatest ΔE of a lost colour and a swatch of the same hue made from it."""
WHITE, FROM_WHITE = (255, 255, 255), 12.0
"""Least ΔE of coloured cells from white where labelled cells are white."""
CROSSED = 2
"""Most gradients of the smaller group: two crossings tell a gradient, a third would have to agree."""
RUNS, PAINTS, ENDS_DRAWN, REMOVALS, FILL_UPS, ORDERS = 20, 10, 12, 12, 400, 60
"""Tries of one board: runs, colourings, ends of one gradient, sets of lost cells, fill-up colours, palette orders."""


class ColorHueParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `taken` is the number of cells that lose their colour in `color_matching`. `palette` is a wish of a plan: cells
    lose their colour, and a palette is shown.
    """

    size: tuple[Annotated[int, Meta(ge=5, le=10)], Annotated[int, Meta(ge=5, le=10)]]
    gradients: Span
    taken: tuple[Annotated[int, Meta(ge=1, le=6)], Annotated[int, Meta(ge=1, le=6)]]
    palette: bool = False

    def __post_init__(self) -> None:
        for name in ("size", "gradients", "taken"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        most = (self.size[0] + 1) // 2 + CROSSED
        if self.gradients[1] > most:
            raise ValueError(f"gradients must not exceed {most} on a board of {self.size[0]} x {self.size[0]} cells")
        most = self.gradients[0] * (self.size[0] - LEAST)
        if self.taken[1] > most:
            raise ValueError(f"taken must not exceed {most}, so that every gradient keeps {LEAST} cells")


LEVELS = {
    Level.EASY: ColorHueParams(size=(5, 5), gradients=(2, 3), taken=(3, 3)),
    Level.MEDIUM: ColorHueParams(size=(6, 7), gradients=(3, 4), taken=(4, 5)),
    Level.HARD: ColorHueParams(size=(8, 8), gradients=(4, 5), taken=(5, 6)),
}


def generate(rng: Random, plan: ColorHueParams, accept: Callable[[State], bool]) -> State | None:
    """Make gradients; then take colours away and order the palette, or vary the board, until the split fits."""
    size = rng.randint(*plan.size)
    gradients = _gradients(rng, size, rng.randint(*plan.gradients))
    if gradients is None:
        return None
    if plan.palette:
        return next(filter(accept, _puzzles(rng, size, gradients, rng.randint(*plan.taken))), None)
    for state in _variants(rng, size, gradients):
        if accept(state) and all(map(_contrast, state.gradients)):
            return state
    return None


def _gradients(rng: Random, size: int, count: int) -> list[Gradient] | None:
    """Return the gradients of a board, the smaller group first."""
    groups = [few for few in range(CROSSED + 1) if few <= count - few <= (size + 1) // 2]
    few = rng.choice(groups)
    kinds: tuple[Line, Line] = rng.choice((("row", "column"), ("column", "row")))
    for _ in range(RUNS):
        runs = [
            Run(kind, index, rng.randint(0, 1), rng.randint(size - 2, size - 1))
            for kind, number in zip(kinds, (few, count - few), strict=True)
            for index in _apart(rng, size, number)
        ]
        if all((one.index in two.places) == (two.index in one.places) for one in runs[:few] for two in runs[few:]):
            break
    else:
        return None
    painted = (_painted(rng, runs[:few], runs[few:]) for _ in range(PAINTS))
    return next(filter(None, painted), None)


def _apart(rng: Random, size: int, number: int) -> list[int]:
    """Return so many lines of which no two are neighbours."""
    return [line + before for before, line in enumerate(sorted(rng.sample(range(size - number + 1), number)))]


def _painted(rng: Random, few: list[Run], many: list[Run]) -> list[Gradient] | None:
    """Colour the runs, those of the smaller group freely; None when one of the others cannot be coloured."""
    painted = list[Gradient]()
    for run in few:
        gradient = _drawn(rng, run, {})
        if gradient is None:
            return None
        painted.append(gradient)
    free = tuple(painted)
    for run in many:
        met = {other.index: other.color(run.index) for other in free if other.index in run.places}
        gradient = _drawn(rng, run, met)
        if gradient is None:
            return None
        painted.append(gradient)
    return painted


def _drawn(rng: Random, run: Run, met: Mapping[int, RGB]) -> Gradient | None:
    """Return a gradient of good contrast through the colours `met` at up to two places, else with free ends."""
    for _ in range(ENDS_DRAWN if len(met) < CROSSED else 1):
        known = dict(met)
        for place in shuffled((run.start, run.end), rng):
            if len(known) < 2:
                known.setdefault(place, _random_color(rng))
        (one, first), (two, second) = known.items()
        ends = [_on_line(one, first, two, second, place) for place in (run.start, run.end)]
        if ends[0] and ends[1]:
            gradient = Gradient(run.type, run.index, run.start, run.end, ends[0], ends[1])
            if _contrast(gradient):
                return gradient
    return None


def _random_color(rng: Random) -> RGB:
    return rng.randrange(256), rng.randrange(256), rng.randrange(256)


def _on_line(one: int, first: RGB, two: int, second: RGB, place: int) -> RGB | None:
    """Return the colour at a place of the even change through two others; None outside 0..255."""
    r, g, b = (round((a * (two - place) + b * (place - one)) / (two - one)) for a, b in zip(first, second, strict=True))
    return (r, g, b) if min(r, g, b) >= 0 and max(r, g, b) <= 255 else None


def _contrast(gradient: Gradient) -> bool:
    if apart(gradient.start_color, gradient.end_color) < ENDS:
        return False
    return all(apart(one, two) >= NEIGHBOURS for one, two in pairwise(gradient.colors()))


def _board(gradients: Iterable[Gradient]) -> dict[Cell, RGB]:
    """Return the coloured cells; where two gradients cross, the first one's colour stands."""
    colors = dict[Cell, RGB]()
    for gradient in gradients:
        for cell, color in zip(gradient.cells, gradient.colors(), strict=True):
            colors.setdefault(cell, color)
    return colors


def _state(size: int, gradients: Iterable[Gradient], colors: Mapping[Cell, RGB], lost: Sequence[Cell] = ()) -> State:
    board = tuple(
        tuple(None if (row, col) in lost else colors.get((row, col)) for col in range(size)) for row in range(size)
    )
    ordered = sorted(gradients, key=lambda gradient: (gradient.type == "column", gradient.index))
    return State(board, tuple(ordered), tuple(zip(LABELS, lost, strict=False)))


def _variants(rng: Random, size: int, gradients: list[Gradient]) -> Iterator[State]:
    """Yield the board in its eight positions, then with its channels exchanged, which may spoil the contrast."""
    as_drawn, *others = permutations(range(3))
    for channels in (as_drawn, *shuffled(others, rng)):
        pick = itemgetter(*channels)
        yield from _turned(
            rng,
            size,
            [
                replace(gradient, start_color=pick(gradient.start_color), end_color=pick(gradient.end_color))
                for gradient in gradients
            ],
        )


def _turned(rng: Random, size: int, gradients: list[Gradient]) -> Iterator[State]:
    """Yield the board in its eight positions, in random order."""
    colors = _board(gradients)
    for way in shuffled(product((False, True), repeat=3), rng):
        moved = partial(_moved, size, *way)
        placed = [_placed(gradient, moved) for gradient in gradients]
        yield _state(size, placed, {moved(cell): color for cell, color in colors.items()})


def _placed(gradient: Gradient, moved: Callable[[Cell], Cell]) -> Gradient:
    ends = [moved(gradient.cell(place)) for place in (gradient.start, gradient.end)]
    end_colors = gradient.start_color, gradient.end_color
    (one, first), (two, last) = sorted(zip(ends, end_colors, strict=True))
    if one[0] == two[0]:
        return Gradient("row", one[0], one[1], two[1], first, last)
    return Gradient("column", one[1], one[0], two[0], first, last)


def _moved(size: int, upside_down: bool, mirrored: bool, transposed: bool, cell: Cell) -> Cell:
    row, col = cell
    row, col = size - 1 - row if upside_down else row, size - 1 - col if mirrored else col
    return (col, row) if transposed else (row, col)


def _puzzles(rng: Random, size: int, gradients: list[Gradient], taken: int) -> Iterator[State]:
    """Yield boards with lost colours that can be told from the rest, with palettes in many orders."""
    colors = _board(gradients)
    if any(apart(color, WHITE) < FROM_WHITE for color in colors.values()):
        return
    for _ in range(REMOVALS):
        lost = _lost(rng, colors, gradients, taken)
        if len(lost) == taken:
            state = _state(size, gradients, colors, lost)
            if all(fits(readings(state, cell), colors[cell]) for cell in lost):
                break
    else:
        return
    palette = _filled(rng, size, gradients, [colors[cell] for cell in lost])
    if palette is not None:
        for _ in range(ORDERS):
            yield replace(state, palette=tuple(shuffled(palette, rng)))


def _lost(rng: Random, colors: Mapping[Cell, RGB], gradients: list[Gradient], taken: int) -> list[Cell]:
    """Return up to so many random cells, in random order, of colours well apart, each on a run with enough left."""
    runs = [frozenset(gradient.cells) for gradient in gradients]
    lost = list[Cell]()
    for cell in shuffled(colors, rng):
        if len(lost) == taken:
            break
        if all(apart(colors[cell], colors[other]) >= SWATCH for other in lost):
            tried = [*lost, cell]
            telling = [run for run in runs if len(run.difference(tried)) >= LEAST]
            if all(any(other in run for run in telling) for other in tried):
                lost = tried
    return lost


def _filled(rng: Random, size: int, gradients: list[Gradient], lost: list[RGB]) -> list[RGB] | None:
    """Fill a palette up: colours of gradients that are not on the board, and colours akin to those that are."""
    palette = list(lost)
    kinds = [rng.random() < 0.5 for _ in range(len(SWATCHES) - len(lost))]
    for _ in range(FILL_UPS):
        if len(palette) == len(SWATCHES):
            return palette
        if kinds[len(palette) - len(lost)]:
            color = _foreign(rng, size)
        else:
            color = _kindred(rng, rng.choice(lost)) if rng.random() < 0.5 else _carried_on(rng, rng.choice(gradients))
        if color and all(apart(color, other) >= SWATCH for other in palette):
            palette.append(color)
    return palette if len(palette) == len(SWATCHES) else None


def _foreign(rng: Random, size: int) -> RGB | None:
    """Return an inner colour of a random gradient."""
    gradient = _drawn(rng, Run("row", 0, 0, size - 1), {})
    return gradient and gradient.color(rng.randint(1, size - 2))


def _kindred(rng: Random, color: RGB) -> RGB | None:
    """Return a colour of the same hue, lighter, darker, duller or brighter."""
    hue, _, _ = colorsys.rgb_to_hls(*(channel / 255 for channel in color))
    r, g, b = (round(255 * channel) for channel in colorsys.hls_to_rgb(hue, rng.random(), rng.random()))
    return (r, g, b) if SWATCH <= apart(color, (r, g, b)) <= KINDRED else None


def _carried_on(rng: Random, gradient: Gradient) -> RGB | None:
    """Return the colour one or two steps before or behind a gradient."""
    steps = rng.choice((1, 2))
    place = rng.choice((gradient.start - steps, gradient.end + steps))
    return _on_line(gradient.start, gradient.start_color, gradient.end, gradient.end_color, place)


def perturb(state: State, rng: Random) -> State:
    """Let two swatches change places; without a palette, hatch the cells that belong to one gradient only."""
    if state.palette:
        palette = list(state.palette)
        one, two = rng.sample(range(len(palette)), 2)
        palette[one], palette[two] = palette[two], palette[one]
        return replace(state, palette=tuple(palette))
    kept = shuffled(state.gradients, rng)[1:]
    covered = {cell for gradient in kept for cell in gradient.cells}
    colors = {cell: color for cell in covered if (color := state.color(cell)) is not None}
    return _state(state.size, kept, colors)
