"""The five questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.grids import Cell
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, counted, listed

from .generate import TangramParams, fitness, windows
from .rules import (
    CODES,
    TURNS,
    Box,
    Contact,
    Trial,
    box,
    completes,
    contacts,
    fitting_turns,
    neighbours,
    placements,
    shape,
    trials,
    turned,
)
from .state import Shape, State

BASE = """\
A square board is divided completely into pieces. A piece is a set of cells joined through shared edges and has a \
number; all cells with the same number are one piece.
One to three pieces have been taken off the board. Their room on the board, the hole, is empty; the removed pieces \
themselves are shown apart, each with its number.
A cell is written (row, column), both counted from 0: row 0 is the top row, column 0 the leftmost column."""

ADJACENT = """\
Two pieces are adjacent if at least one cell of the one shares an edge with a cell of the other; touching at a corner \
does not count. Only pieces on the board count: neither the empty cells nor the removed pieces do."""

AREA = "The area of a piece is its number of cells."

FIXED = """\
The removed pieces are shown in their original orientation. They may be shifted, but neither turned nor flipped over."""

TURNING = """\
Before the removed piece was drawn, it may have been turned by a multiple of 90 degrees, and perhaps flipped over. To \
put it back it may be turned and shifted, but not flipped over."""

SINGLE, FLIPPED, DOUBLE, FOURFOLD = 0.145, 0.175, 0.0975, 0.05
SHARES = {
    "0": SINGLE,
    "90": SINGLE,
    "180": SINGLE,
    "270": SINGLE,
    "none": FLIPPED,
    "0_180": DOUBLE,
    "90_270": DOUBLE,
    "all": FOURFOLD,
}
"""Shares of the answers of `piece_rotation`."""
CODE_TEXTS = {
    "0": "only 0° (as drawn)",
    "90": "only 90° clockwise",
    "180": "only 180°",
    "270": "only 90° counter-clockwise (= 270° clockwise)",
    "none": "it cannot fit by turning (it was flipped over)",
    "0_180": "both 0° and 180°, nothing else",
    "90_270": "both 90° clockwise and 90° counter-clockwise, nothing else",
    "all": "all four turns",
}
PLACES = 8
"""Places offered in `piece_placement`."""
FITS = 2
"""Wrong places among them where the piece lies on empty cells only, if there are so many."""
NEAR = 3
"""Wrong places among them that lie in the box of the hole or reach out of it by one row or column."""
SIDES = {"up": "above", "down": "below", "left": "to the left", "right": "to the right"}

Index = Annotated[int, Meta(ge=0)]


class PieceParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of the questions about one piece."""

    piece: Annotated[int, Meta(ge=1)]


class TangramTask(Task[State, TangramParams]):
    """A choice among eight options."""

    kind = AnswerKind.CHOICE


class PieceCount(TangramTask):
    """Task 1."""

    id, slug = 1, "piece_count"
    about = "Count the pieces on the main board."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams
    option_type = Annotated[int, Meta(ge=1, le=8)]
    rules = BASE

    def plan(self, level: TangramParams, rng: Random) -> TangramParams:
        return msgspec.structs.replace(level, on_board=rng.randint(*level.counts))

    def ask(self, state: State, plan: TangramParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "How many different pieces are on the main board now? Neither the hole nor the pieces taken off the board"
            " count."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        numbers = state.on_board
        steps = ["Go through the numbers on the main board; each of them is one piece."]
        for number in numbers:
            rows = [row for row, line in enumerate(state.grid) if number in line]
            steps.append(f"Piece {number} covers cells of {_lines('row', rows)}.")
        gone = f"{_numbers(state.removed)} {'is' if len(state.removed) == 1 else 'are'} off the board"
        steps.append(
            f"{gone}: no cell of the board has {'that number' if len(state.removed) == 1 else 'such a number'}."
        )
        verb = "is" if len(numbers) == 1 else "are"
        steps.append(f"So {_numbers(numbers, lower=True)} {verb} on the board: {counted(len(numbers), 'piece')}.")
        return Solution(len(numbers), steps, work=float(state.size**2))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return range(1, 9)


class PieceRotation(TangramTask):
    """Task 2."""

    id, slug = 2, "piece_rotation"
    about = "Tell which turns let the removed piece fit back."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = NoParams
    option_type = Literal["0", "90", "180", "270", "none", "0_180", "90_270", "all"]
    rules = f"{BASE}\n{TURNING}"

    def plan(self, level: TangramParams, rng: Random) -> TangramParams:
        return msgspec.structs.replace(level, code=rng.choices(list(SHARES), list(SHARES.values()))[0])

    def ask(self, state: State, plan: TangramParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Piece {state.removed[0]} is to be put back so that it fills the hole exactly. Exactly which turns of the"
            " piece as it is drawn make it fit? Name all of them: 0° (as drawn), 90° clockwise, 180°, and 90°"
            " counter-clockwise."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        number, piece = state.removed[0], state.shown[0]
        cells = state.cells(0)
        hole = shape(cells)
        room = box(cells)
        fits = fitting_turns(piece, hole)
        end = f"The turns that fit: {listed(map(_turn, fits))}."
        if not fits:
            end = "None of the four turns fits, so the piece was flipped over."
        steps = [
            f"The hole covers {_span('row', room.top, room.bottom)} and {_span('column', room.left, room.right)}, a box"
            f" of {_size(hole)}. Its rows from top to bottom (X = empty, . = not): {_picture(hole)}.",
            f"Piece {number} as drawn has a box of {_size(piece)}. Its rows from top to bottom (X = a cell of the"
            f" piece): {_picture(piece)}.",
            *(_compared(piece, hole, degrees) for degrees in TURNS),
            end,
        ]
        return Solution(CODES[fits], steps, work=float(state.size**2 + len(cells)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return CODE_TEXTS

    def option_text(self, state: State, value: Any) -> str:
        return CODE_TEXTS[value]


class PieceArea(TangramTask):
    """Task 3."""

    id, slug = 3, "piece_area"
    about = "Number of cells of a given piece."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    params_type = PieceParams
    option_type = Annotated[int, Meta(ge=1)]
    rules = f"{BASE}\n{AREA}"

    def ask(self, state: State, plan: TangramParams, rng: Random) -> dict[str, Any]:
        """Choose a piece; a small one is less likely, as few ranks among the options are open to its area."""
        pieces = state.on_board
        weights = [min(self.option_count, len(state.cells(piece))) for piece in pieces]
        return {"piece": rng.choices(pieces, weights)[0]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"What is the area of piece {params['piece']}, that is, how many cells of the board does it cover?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        piece, total = params["piece"], 0
        steps = [f"Count the cells with the number {piece} row by row."]
        for row, line in enumerate(state.grid):
            cols = [col for col, number in enumerate(line) if number == piece]
            if cols:
                before, total = total, total + len(cols)
                running = f"; {before} + {len(cols)} = {total} so far" if before else ""
                steps.append(f"Row {row}: {_lines('column', cols)}, {counted(len(cols), 'cell')}{running}.")
        steps.append(f"Piece {piece} covers {counted(total, 'cell')} in all.")
        return Solution(total, steps, work=float(total))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Complete a run of numbers in which the right one has any rank that keeps all of them above 0."""
        least = right - rng.randrange(min(self.option_count, right))
        return range(least, least + self.option_count)


class PieceAdjacency(TangramTask):
    """Task 4."""

    id, slug = 4, "piece_adjacency"
    about = "Number of pieces adjacent to a given piece."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    params_type = PieceParams
    option_type = Annotated[int, Meta(ge=0, le=7)]
    rules = f"{BASE}\n{ADJACENT}"

    def plan(self, level: TangramParams, rng: Random) -> TangramParams:
        wished = rng.choices(range(len(level.neighbours)), level.neighbours)[0]
        return msgspec.structs.replace(level, near=wished)

    def ask(self, state: State, plan: TangramParams, rng: Random) -> dict[str, Any] | None:
        fits = [piece for piece in state.on_board if len(neighbours(state, piece)) == plan.near]
        return {"piece": rng.choice(fits)} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many pieces on the main board are adjacent to piece {params['piece']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        piece = params["piece"]
        found = contacts(state, piece)
        near = neighbours(state, piece)
        steps = [f"Look at the cells of piece {piece} that share an edge with a cell outside it, row by row."]
        for row, group in groupby(found, key=lambda contact: contact.cell[0]):
            cells = groupby(group, key=lambda contact: contact.cell)
            steps.append(f"Row {row}: {'; '.join(_touching(cell, list(sides)) for cell, sides in cells)}.")
        hole = " The empty cells are no piece." if any(contact.number == 0 for contact in found) else ""
        steps.append(
            f"Different pieces found: {listed(near)}.{hole} Piece {piece} is adjacent to {counted(len(near), 'piece')}."
        )
        return Solution(len(near), steps, work=float(len(found)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return range(8)


class PiecePlacement(TangramTask):
    """Task 5."""

    id, slug = 5, "piece_placement"
    about = "Where a piece goes if both removed pieces are to fill the hole."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = PieceParams
    option_type = tuple[Index, Index, Index, Index]
    rules = f"{BASE}\n{FIXED}"

    def plan(self, level: TangramParams, rng: Random) -> TangramParams:
        return msgspec.structs.replace(level, pair=True)

    def ask(self, state: State, plan: TangramParams, rng: Random) -> dict[str, Any] | None:
        """Choose one of the two pieces, mostly the one whose place other places hide better."""
        hole = state.cells(0)
        homes = [placements(hole, own, other)[0] for own, other in (state.shown, state.shown[::-1])]
        worth = [fitness(state.size, home) for home in homes]
        return {"piece": rng.choices(state.removed, worth)[0]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        piece = params["piece"]
        other = next(number for number in state.removed if number != piece)
        return (
            f"The removed pieces {listed(state.removed)} together fill the hole exactly. Which cells does the box of"
            f" piece {piece} (the smallest rectangle of cells around it) reach from and to when piece {piece} lies so"
            f" that piece {other} fills the rest of the hole exactly? Each option gives the top left and the bottom"
            " right cell of the box."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        piece = params["piece"]
        hole = state.cells(0)
        own, other, second = _two(state, piece)
        tried = trials(hole, own)
        places = [trial for trial in tried if completes(trial, other)]
        if not places:
            raise ValueError(f"pieces {piece} and {second} do not fill the hole")
        room = box(hole)
        rows = groupby(hole, key=lambda cell: cell[0])
        open_cells = "; ".join(f"row {row}: {_lines('column', [col for _, col in cells])}" for row, cells in rows)
        steps = [
            f"The hole reaches from {cell_text(room[:2])} to {cell_text(room[2:])}. Its empty cells are: {open_cells}.",
            f"Piece {piece} has a box of {_size(own)}, with the rows {_picture(own)}; piece {second} has one of"
            f" {_size(other)}, with the rows {_picture(other)} (from top to bottom, X = a cell of the piece).",
            f"Try each place of piece {piece} at which its box lies in the box of the hole, by the top left cell of its"
            " box.",
        ]
        for top, line in groupby(tried, key=lambda trial: trial.box.top):
            steps.append(f"Top row {top}: {'; '.join(_tried(state, trial, other, second) for trial in line)}.")
        steps.append(f"So the box of piece {piece} reaches from {_place_text(places[0].box)}.")
        values = [list(trial.box) for trial in places]
        return Solution(values[0], steps, also=values[1:], work=float(len(hole) + len(tried)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Complete a random window of neighbouring places that holds enough tempting ones; none: another board."""
        own, _, _ = _two(state, params["piece"])
        hole, home = state.cells(0), Box(*right)
        fits = {trial.box[:2] for trial in trials(hole, own) if not trial.blocked} - {home[:2]}
        room = box(hole)
        for window in shuffled(windows(state.size, home), rng):
            wrong = rng.sample([place for place in window.places() if place != home[:2]], PLACES - 1)
            boxes = [Box(row, col, row + home.height - 1, col + home.width - 1) for row, col in wrong]
            if (
                len(fits.intersection(wrong)) >= min(FITS, len(fits))
                and sum(_near(room, place) for place in boxes) >= NEAR
            ):
                yield from boxes
                return

    def option_text(self, state: State, value: Any) -> str:
        return _place_text(value)


def _two(state: State, piece: int) -> tuple[Shape, Shape, int]:
    """Return the shapes of the piece asked for and of the other removed one, and the number of the other."""
    own = state.removed.index(piece)
    return state.shown[own], state.shown[1 - own], state.removed[1 - own]


def _near(room: Box, place: Box) -> bool:
    """Return whether a box reaches out of another one by at most one row and one column on each side."""
    return (
        place.top >= room.top - 1
        and place.left >= room.left - 1
        and place.bottom <= room.bottom + 1
        and place.right <= room.right + 1
    )


def _numbers(pieces: Sequence[int], lower: bool = False) -> str:
    return f"{'p' if lower else 'P'}iece{'' if len(pieces) == 1 else 's'} {listed(pieces)}"


def _lines(noun: str, numbers: Sequence[int]) -> str:
    return f"{noun}{'' if len(numbers) == 1 else 's'} {listed(numbers)}"


def _span(noun: str, first: int, last: int) -> str:
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"


def _size(own: Shape) -> str:
    return f"{counted(len(own), 'row')} and {counted(len(own[0]), 'column')}"


def _picture(own: Shape) -> str:
    """Return a shape in one line, its rows separated by slashes."""
    return f"[{' / '.join(''.join('X' if part else '.' for part in row) for row in own)}]"


def _turn(degrees: int) -> str:
    return {0: "0°", 90: "90° clockwise", 180: "180°", 270: "90° counter-clockwise"}[degrees]


def _compared(piece: Shape, hole: Shape, degrees: int) -> str:
    """Say whether a piece fits after a turn, and if not, why."""
    made = turned(piece, degrees)
    name = _turn(degrees)
    if (len(made), len(made[0])) != (len(hole), len(hole[0])):
        return f"{name}: the box has {_size(made)}, that of the hole has {_size(hole)}; it does not fit."
    if made == hole:
        return f"{name}: {_picture(made)}. All rows are those of the hole: it fits."
    row, col = next(
        (row, col) for row, line in enumerate(made) for col, part in enumerate(line) if part != hole[row][col]
    )
    has = ("the piece has a cell, the hole has none", "the hole has a cell, the piece has none")[hole[row][col]]
    return f"{name}: {_picture(made)}. At {cell_text((row, col))} of the box {has}: it does not fit."


def _touching(cell: Cell, found: Sequence[Contact]) -> str:
    """Say what a cell of the piece touches on each side."""
    parts = [
        f"{f'piece {contact.number}' if contact.number else 'an empty cell'} {SIDES[contact.side]}" for contact in found
    ]
    return f"{cell_text(cell)} has {listed(parts)}"


def _tried(state: State, trial: Trial, other: Shape, second: int) -> str:
    """Say what comes of laying the piece at one place."""
    corner = cell_text(trial.box[:2])
    if trial.blocked:
        row, col = trial.blocked
        return f"{corner} fails, {cell_text(trial.blocked)} belongs to piece {state.grid[row][col]}"
    match = "is exactly" if completes(trial, other) else "is not"
    return f"{corner} has room, and the rest, {_picture(shape(trial.rest))}, {match} piece {second}"


def _place_text(place: Sequence[int]) -> str:
    return f"{cell_text(place[:2])} to {cell_text(place[2:])}"


TASKS = (PieceCount(), PieceRotation(), PieceArea(), PieceAdjacency(), PiecePlacement())
