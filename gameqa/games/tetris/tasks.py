"""The four questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.grids import Cell, Direction
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import MOST_ROWS, TetrisParams
from .rules import (
    FILLERS,
    REFERENCE,
    SHAPES,
    TURNS,
    Fall,
    Place,
    Shape,
    Turn,
    blocked,
    clearing,
    column_tops,
    drops_to,
    falls,
    fillings,
    landing,
    landings,
    outside,
    recognised,
    shifted,
)
from .state import State

GRID = """\
The board of Tetris is a square grid. A cell is written (row, column), both counted from 0: row 0 is the top row, \
column 0 the leftmost column.
Every cell is empty, or filled by a landed block, or part of the active piece, the one piece that is still falling. A \
board may also have no active piece."""

SHAPES_TEXT = "\n".join(
    [
        "A piece is one of seven tetrominoes, each made of four cells joined by their sides. Here each is shown in its"
        " reference rotation; X is a cell, . is not, and / separates its rows from top to bottom:",
        *(f"{shape}: {picture}" for shape, picture in REFERENCE.items()),
        "A piece may be turned by quarter turns but never mirrored: however they are turned, L and J differ, and so do"
        " S and Z.",
    ]
)

FALLING = """\
In every timestep the active piece falls exactly one row. It lands when one of its cells stands on the bottom row or \
directly above a landed block; from then on it can fall no further."""

MOVING = """\
Before it falls, the active piece is moved one column to the left or to the right. This takes no time and does not \
change its row. Then count the timesteps until it can fall no further, because the next step would push one of its \
cells below the bottom row or into a landed block. Blocks or walls beside the piece do not stop it.
Special cases: if there is no active piece, the number is -1. If the sideways move is impossible, because a cell \
would leave the grid or enter a landed block, the number is 0. If the move is possible and the piece then already \
stands on something, the number is 0."""

PLACING = """\
A row is complete when all its cells are filled.
A placement: take the active piece off the board, turn it to any of its rotations, choose any columns inside the \
grid, and drop it straight down from above the grid until it can fall no further. It is neither moved sideways nor \
turned during the drop. A placement that leaves a cell above row 0 is not allowed. The landed blocks stay where they \
are."""

EMPTY_ROW = 0.12
"""Share of the questions of `empty_cells_in_row` about a fully empty row."""
NO_PIECE, AT_WALL = 1 / 16, 0.11
"""Shares of `timesteps_until_collision`: no active piece, and a move into the wall."""
SIDES: tuple[tuple[Direction, int], ...] = (("left", 0), ("right", -1))
"""Moves, and the column in which a piece can make them no longer."""
CLEARED = (0.2, 0.33, 0.27, 0.13, 0.07)
"""Shares of 0, 1, … rows in `max_rows_cleared`."""
PLAYED = (0.4, 0.08, 0.0, 0.0, 0.0)
"""By answer: shares of the stacks left as played. In the others, rows are prepared for the piece, and some of them
spoiled again, so that a row that is nearly full does not mean that it can be completed."""
MIRRORED: dict[Shape, Shape] = {"L": "J", "J": "L", "S": "Z", "Z": "S"}

Index = Annotated[int, Meta(ge=0)]


class RowParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `empty_cells_in_row`."""

    row: Index


class MoveParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `timesteps_until_collision`."""

    move: Literal["left", "right"]


class EmptyCellsInRow(Task[State, TetrisParams]):
    """Task 0."""

    id, slug = 0, "empty_cells_in_row"
    about = "Count the empty cells of a given row."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = RowParams
    rules = GRID
    answer_bound = 0.45

    def ask(self, state: State, plan: TetrisParams, rng: Random) -> dict[str, Any]:
        """Choose a row: mostly one that holds something."""
        filled = {row for row, mask in enumerate(state.blocks) if mask} | {row for row, _ in state.piece}
        empty = rng.random() < EMPTY_ROW
        return {"row": rng.choice([row for row in range(state.size) if (row in filled) != empty])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How many cells of row {params['row']} are empty? Cells of landed blocks and of the active piece are not"
            " empty."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row = params["row"]
        values = state.grid()[row]
        empty, blocks, piece = ([(row, col) for col, value in enumerate(values) if value == kind] for kind in range(3))
        return Solution(
            len(empty),
            [
                f"Row {row} holds {f'landed blocks at {cells_text(blocks)}' if blocks else 'no landed block'} and"
                f" {f'cells of the active piece at {cells_text(piece)}' if piece else 'no cell of the active piece'}.",
                f"The empty cells of the row are {cells_text(empty)}.",
                f"That makes {counted(len(empty), 'empty cell')}. Check: {len(empty)} empty + {len(blocks)} landed +"
                f" {len(piece)} active = {state.size} columns.",
            ],
            work=float(state.size),
        )


class ActiveShape(Task[State, TetrisParams]):
    """Task 1."""

    id, slug = 1, "active_shape"
    about = "Recognise the shape of the active piece."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = Literal["I", "O", "T", "L", "J", "S", "Z", "none"]
    rules = f"{GRID}\n{SHAPES_TEXT}"

    def plan(self, level: TetrisParams, rng: Random) -> TetrisParams:
        """Draw one of the eight outcomes."""
        return msgspec.structs.replace(level, shape=rng.choice((*SHAPES, "none")))

    def ask(self, state: State, plan: TetrisParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which tetromino is the active piece, or is there none? Turning a piece does not change its name, and"
            " mirroring is not allowed."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        if not state.piece:
            steps = [
                f"Look at all {counted(state.size, 'row')}: every cell is empty or a landed block.",
                "No cell belongs to an active piece, so there is none.",
            ]
            return Solution("none", steps, work=float(state.size))
        turn = _turn(state)
        lines = {row: [col for line, col in state.piece if line == row] for row, _ in state.piece}
        steps = [
            f"The active piece covers {cells_text(state.piece)}.",
            "From top to bottom: "
            + "; ".join(f"row {row}, {_span('column', cols[0], cols[-1])}" for row, cols in lines.items())
            + f". Drawn with X: {turn}.",
            f"{_match(turn)} So the active piece is {turn.shape}.",
        ]
        return Solution(turn.shape, steps, work=float(state.size))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return (*SHAPES, "none")

    def option_text(self, state: State, value: Any) -> str:
        return "no active piece" if value == "none" else value


class TimestepsUntilCollision(Task[State, TetrisParams]):
    """Task 2."""

    id, slug = 2, "timesteps_until_collision"
    about = "Timesteps until the active piece lands after one sideways move."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    params_type = MoveParams
    rules = f"{GRID}\n{FALLING}\n{MOVING}"
    answer_bound = 0.33

    def plan(self, level: TetrisParams, rng: Random) -> TetrisParams:
        """Draw whether there is a piece, whether the move runs into the wall, and perhaps how far the piece falls."""
        drawn = rng.random()
        if drawn < NO_PIECE:
            return msgspec.structs.replace(level, shape="none")
        if drawn < NO_PIECE + AT_WALL:
            return msgspec.structs.replace(level, wall=True)
        steps = rng.randint(1, level.falls) if level.falls and rng.random() < 0.5 else None
        return msgspec.structs.replace(level, wall=False, steps=steps)

    def ask(self, state: State, plan: TetrisParams, rng: Random) -> dict[str, Any] | None:
        """Choose the move: into the wall when planned, else not, and with the planned fall."""
        columns = {col for _, col in state.piece}
        stopped: list[Direction] = [move for move, edge in SIDES if edge % state.size in columns]
        moves: list[Direction] = stopped if plan.wall else [move for move, _ in SIDES if move not in stopped]
        if plan.steps is not None:
            moves = [
                move
                for move in moves
                if min(fall.free for fall in falls(state, shifted(state.piece, move))) == plan.steps
            ]
        return {"move": rng.choice(moves)} if moves else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The active piece is moved one column to the {params['move']} and then falls. After how many timesteps"
            " can it fall no further?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        if not state.piece:
            return Solution(-1, ["No cell belongs to an active piece, so the number is -1."], work=float(state.size))
        piece = shifted(state.piece, params["move"])
        steps = [f"The active piece covers {cells_text(state.piece)}."]
        hit = _obstacle(state, piece)
        if hit:
            steps.append(f"The move to the {params['move']} is impossible: {hit}. So the number is 0.")
            return Solution(0, steps, work=float(state.size))
        steps.append(f"Moved one column to the {params['move']}, it covers {cells_text(piece)}, all inside and free.")
        found = falls(state, piece)
        steps += [_narrate(state, fall) for fall in found]
        least = min(fall.free for fall in found)
        first = [fall for fall in found if fall.free == least]
        steps.append(
            f"The smallest number decides. {_numbered('Column', [fall.col for fall in first])}"
            f" {'stops' if len(first) == 1 else 'stop'} the piece after {counted(least, 'timestep')}, on"
            f" {listed(dict.fromkeys(_support(state, fall) for fall in first))}."
        )
        return Solution(least, steps, work=float(state.size + sum(fall.free for fall in found)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The sideways move, if it is possible, then the fall, row by row."""
        piece = tuple(shifted(state.piece, params["move"]))
        if not piece or _obstacle(state, piece):
            return None
        places = [piece]
        for _ in range(min(fall.free for fall in falls(state, piece))):
            places.append(tuple(shifted(places[-1], "down")))
        words = [params["move"], *["down"] * (len(places) - 1)]
        return course(state, ((word, State(state.blocks, place)) for word, place in zip(words, places, strict=True)))


class MaxRowsCleared(Task[State, TetrisParams]):
    """Task 3."""

    id, slug = 3, "max_rows_cleared"
    about = "Largest number of rows one placement of the active piece can complete."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = NoParams
    rules = f"{GRID}\n{SHAPES_TEXT}\n{PLACING}"
    answer_bound = 0.4

    def plan(self, level: TetrisParams, rng: Random) -> TetrisParams:
        """Draw the answer, a shape that allows it, and how many rows are prepared for it."""
        cleared = rng.choices(range(len(CLEARED)), CLEARED)[0]
        shape: Shape = rng.choice([shape for shape in SHAPES if cleared <= MOST_ROWS[shape]])
        prepared = 0 if rng.random() < PLAYED[cleared] else rng.randint(max(1, cleared), MOST_ROWS[shape])
        return msgspec.structs.replace(level, cleared=cleared, shape=shape, prepared=prepared)

    def ask(self, state: State, plan: TetrisParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the largest number of rows that one placement of the active piece completes? If no placement"
            " completes a row, it is 0."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        shape = _turn(state).shape
        turns, tops = TURNS[shape], column_tops(state.blocks)
        cleared = clearing(state.blocks, shape, tops)
        most = max(cleared.values(), default=0)
        pictures = listed(f"{_name(turn)}: {turn}" for turn in turns)
        near = list(_near_rows(state))
        steps = [
            f"The active piece covers {cells_text(state.piece)}, so its shape is {shape}.",
            f"Its rotations, by clockwise degrees from the reference: {pictures}."
            if len(turns) > 1
            else f"Every turn of it looks like the reference rotation, {pictures}.",
            "Take it off the board. Its 4 cells can complete only rows that lack 4 cells or fewer:"
            f" {_numbered('row', near) if near else 'there is none'}.",
            *_row_steps(state, shape, tops),
        ]
        if most:
            counts = {turn: max((n for place, n in cleared.items() if place.turn is turn), default=0) for turn in turns}
            by_turn = listed(f"{_name(turn)} {count}" for turn, count in counts.items())
            steps.append(f"Most rows that one placement completes, by rotation: {by_turn}.")
            steps.append(_best(state, cleared, most))
        else:
            steps.append("So no placement, in any rotation and over any columns, completes a row: the number is 0.")
        drops = sum(top >= 0 for turn in turns for top, _ in landings(turn, tops))
        return Solution(most, steps, work=float(drops))


# --- Words ----------------------------------------------------------------------------------------


def _span(noun: str, first: int, last: int) -> str:
    """Return `column 3`, `columns 3 and 4`, or `columns 3 to 5`."""
    if first == last:
        return f"{noun} {first}"
    return f"{noun}s {first} {'and' if last == first + 1 else 'to'} {last}"


def _numbered(noun: str, numbers: Sequence[int]) -> str:
    """Return `row 3` or `rows 3, 5 and 6`."""
    return f"{noun}{'s' if len(numbers) > 1 else ''} {listed(numbers)}"


def _name(turn: Turn) -> str:
    return f"{turn.degrees} degrees"


def _where(turn: Turn, col: int) -> str:
    return f"{_name(turn)} over {_span('column', col, col + turn.width - 1)}"


def _turn(state: State) -> Turn:
    turn = recognised(state.piece)
    if turn is None:
        raise ValueError("the question needs an active piece")
    return turn


def _match(turn: Turn) -> str:
    """Return by which rotation the drawn shape is the named one."""
    shape = turn.shape
    if len(TURNS[shape]) == 1:
        return f"It is the reference rotation of {shape}, which looks the same after any turn."
    if turn.degrees == 0:
        found = f"It is the reference rotation of {shape}, turned by 0 degrees."
    else:
        found = (
            f"It is the reference rotation of {shape}, {REFERENCE[shape]}, turned clockwise by {turn.degrees} degrees."
        )
    mirrored = MIRRORED.get(shape)
    return f"{found} No rotation of its mirror image {mirrored} looks like this." if mirrored else found


def _obstacle(state: State, piece: Sequence[Cell]) -> str:
    """Return which cells make a sideways move impossible; empty when it is possible."""
    out = [cell for cell in piece if outside(state, cell)]
    if out:
        return f"{cells_text(out)} would lie outside the grid, behind the wall"
    hit = [cell for cell in piece if blocked(state, cell)]
    return f"{cells_text(hit)} would enter {'a landed block' if len(hit) == 1 else 'landed blocks'}" if hit else ""


def _support(state: State, fall: Fall) -> str:
    return "the floor" if fall.stop == state.size else f"the landed block {cell_text((fall.stop, fall.col))}"


def _narrate(state: State, fall: Fall) -> str:
    """Return how far the piece could fall if only one of its columns counted."""
    first = (
        "there is no landed block, only the floor" if fall.stop == state.size else f"{_support(state, fall)} is first"
    )
    lie = "lies" if fall.free == 1 else "lie"
    return (
        f"Column {fall.col}: the lowest cell of the piece is {cell_text((fall.low, fall.col))}; below it {first}, and"
        f" {counted(fall.free, 'empty cell') if fall.free else 'no empty cells'} {lie} between."
    )


def _near_rows(state: State) -> dict[int, list[Cell]]:
    """Return the rows with at most four cells without a block, and these cells."""
    size = state.size
    return {
        row: [(row, col) for col in range(size) if not mask >> col & 1]
        for row, mask in enumerate(state.blocks)
        if size - mask.bit_count() <= 4
    }


def _row_steps(state: State, shape: Shape, tops: Sequence[int]) -> list[str]:
    """Return for each nearly full row which placements complete it, or why none does."""
    places: dict[int, list[Place]] = {}
    for row, place in fillings(state.blocks, shape):
        places.setdefault(row, []).append(place)
    steps: list[str] = []
    for row, empty in _near_rows(state).items():
        count, first, last = len(empty), empty[0][1], empty[-1][1]
        roofed = [cell for cell in empty if tops[cell[1]] < row]
        if last - first >= count:
            why = "not side by side, as the cells of a piece in one row always are. No placement completes it."
        elif not FILLERS[shape, count]:
            why = (
                f"and no rotation of {shape} has exactly {counted(count, 'cell')} in a row. No placement completes it."
            )
        elif roofed:
            row_above, col = tops[roofed[0][1]], roofed[0][1]
            why = (
                f"but {cell_text(roofed[0]) if count > 1 else 'it'} is not open from above: the landed block"
                f" {cell_text((row_above, col))} stops what drops there. No placement completes it."
            )
        else:
            why = f"open from above. {_drops(row, places[row], tops)}"
        steps.append(f"Row {row} lacks {cells_text(empty)}, {why}")
    return steps


def _drops(row: int, places: Sequence[Place], tops: Sequence[int]) -> str:
    """Return what comes of every drop that might fill just the empty cells of a row, the successful ones first."""
    size = len(tops)
    drops = {(place.turn, place.col): False for place in places if 0 <= place.col <= size - place.turn.width}
    drops |= {(place.turn, place.col): True for place in places if drops_to(place, tops)}
    words: list[str] = []
    for (turn, col), completes in sorted(drops.items(), key=lambda drop: not drop[1]):
        top = landing(turn, col, tops)
        lies = _span("row", top, top + turn.height - 1)
        if top < 0:
            outcome = "would end with a cell above row 0, which is not allowed"
        elif completes:
            outcome = f"completes it, the piece lies in {lies}"
        elif top + turn.height <= row:
            outcome = f"stops above it, in {lies}"
        else:
            outcome = f"falls past it into {lies}" if top > row else f"ends in {lies} and does not fill it"
        words.append(f"{_where(turn, col)} {outcome}")
    if not words:
        return "The rotations that fill just this would stick out of the grid. No placement completes it."
    end = "" if any(drops.values()) else " No placement completes it."
    return f"Only these drops could fill just that: {'; '.join(words)}.{end}"


def _best(state: State, cleared: Mapping[Place, int], most: int) -> str:
    """Return the first of the best placements, with its cells and the rows it completes."""
    best = [place for place, count in cleared.items() if count == most]
    place = best[0]
    rows = [row for row, other in fillings(state.blocks, place.turn.shape) if other == place]
    which = "The best placement is" if len(best) == 1 else "One of the best placements is"
    return (
        f"{which} {_where(place.turn, place.col)}: the piece lies on {cells_text(place.cells)} and completes"
        f" {_numbered('row', rows)}, {counted(most, 'row')} in all. No placement completes more."
    )


TASKS = (EmptyCellsInRow(), ActiveShape(), TimestepsUntilCollision(), MaxRowsCleared())
