"""The seven questions."""

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.options import shuffled
from gameqa.core.words import counted, listed, ordinal

from .generate import RhythmGameParams
from .rules import Meeting, best, mirrored, points, slips, snake_length, totals, walk
from .state import BODY, CLICK, COLORS, EMPTY, HEAD, LONGEST, REVERSE, SHORTEST, TAIL, Col, Row, State

NAMES = {
    EMPTY: "Non-type",
    CLICK: "Click",
    REVERSE: "Reverse",
    HEAD: "Snake Head",
    BODY: "Snake Body",
    TAIL: "Snake Tail",
}
PLACES = {HEAD: "the lowest cell", BODY: "between head and tail", TAIL: "the highest cell"}
Sign = Literal["Non-type", "Click", "Reverse", "Snake Head", "Snake Body", "Snake Tail"]

WITH_REVERSE, WITH_CHANGE, WITH_OTHER_BEST = 0.7, 0.7, 0.5
"""How often a Reverse on the finger's way, and an answer that the delay changes, are wished: these shares are
exceeded, as many boards are so anyway."""
FAR = 30
"""The largest difference that a slip may put between options: larger ones would make extreme options implausible."""
BLOCK_STEPS = (5, 10, 15, 20)
"""Differences made by Click and Reverse blocks left out, counted twice or mixed up."""
SETS = 60
"""Sets of options tried for one question."""

BLOCKS = """\
The field is a grid of cells. Rows are numbered upwards: row 1 is the bottom row. Columns are numbered from left to \
right: column 1 is the leftmost. A cell is written (row, column). A cell is empty or holds one of these:
- Click (yellow): a block of one cell.
- Reverse (green): a block of one cell.
- Part of a snake. A snake is a block of 2 to 5 cells on top of one another in one column: its lowest cell is the \
Snake Head (pink), its highest cell the Snake Tail (grey), and those between, if any, are the Snake Body (blue). \
Where a head stands directly above a tail, a new snake begins."""

FALLING = """\
After the start all blocks fall together, one cell a second: what stands in row r now is in row r - k after k \
seconds, as long as r - k is at least 1. Nothing comes after the topmost row shown."""

CLICKING = """\
Before the start one column of the screen is chosen for the finger, and the finger stays there. Every second it \
automatically clicks whatever is then in row 1 of its screen column; no click can be left out. What stands in row 1 at \
the beginning is clicked at once (second 0), row 2 of the picture comes at second 1, and so on.
- Click: 10 points.
- Reverse: 15 points, and the whole field is mirrored left-right: with n columns, column c becomes column n + 1 - c. \
The finger stays in its screen column. A mirrored field falls on normally; a second Reverse mirrors it back.
- Snake: only if all its cells are clicked it brings points: 22, 39, 60 or 85 for length 2, 3, 4 or 5. If the finger \
meets a snake only in its body or tail, the rest of that snake brings nothing."""

INSTANT = """\
Mirroring takes no time: after a Reverse clicked at second s, the field is already mirrored at second s + 1, when the \
next row is clicked."""

DELAY = """\
Mirroring takes one second, during which the blocks keep falling but nothing can be clicked: after a Reverse clicked \
at second s, everything that is in row 1 at second s + 1 is lost, without points or effect, and clicking goes on at \
second s + 2 in the mirrored field. If the lost row holds the head of a snake, that snake brings nothing."""

RULES = f"{BLOCKS}\n\n{FALLING}\n\n{CLICKING}\n{INSTANT}"
DELAY_RULES = f"{BLOCKS}\n\n{FALLING}\n\n{CLICKING}\n{DELAY}"


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `block_type`."""

    row: Row
    col: Col


class LaterParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `snake_length_later`."""

    row: Row
    col: Col
    seconds: Row


class ColParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one column."""

    col: Col


class BlockType(Task[State, RhythmGameParams]):
    """Task 1."""

    id, slug = 1, "block_type"
    about = "Type of the block in a given cell."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CellParams
    option_type = Sign
    option_count = len(NAMES)
    rules = BLOCKS

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, sign=rng.choice(list(NAMES)))

    def ask(self, state: State, plan: RhythmGameParams, rng: Random) -> dict[str, Any] | None:
        cells = state.cells(plan.sign or EMPTY)
        if not cells:
            return None
        row, col = rng.choice(cells)
        return {"row": row, "col": col}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Which type is the cell ({params['row']}, {params['col']}), that is row {params['row']} from the bottom"
            f' and column {params["col"]} from the left? "Non-type" means that the cell is empty.'
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, col = params["row"], params["col"]
        sign = state.sign(row, col)
        steps = [f"Go up to row {row} in column {col}: the cell ({row}, {col}) is {_look(sign)}."]
        if sign in PLACES:
            near = [(row + step, word) for step, word in ((-1, "below"), (1, "above")) if 1 <= row + step <= state.rows]
            cells = listed(f"the cell {word} it is {_look(state.sign(other, col))}" for other, word in near)
            steps.append(f"It belongs to a snake, and {cells}: it is {PLACES[sign]} of its snake.")
        steps.append(f"{'An empty cell' if sign == EMPTY else COLORS[sign].capitalize()} means {NAMES[sign]}.")
        return Solution(NAMES[sign], steps, work=float(state.rows * state.cols))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return NAMES.values()


class OccupiedFraction(Task[State, RhythmGameParams]):
    """Task 2."""

    id, slug = 2, "occupied_fraction"
    about = "Share of cells occupied by blocks, as a decimal."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.NUMBER
    params_type = NoParams
    answer_form = "0.ddd with three digits after the point, for example 0.500"
    answer_bound = 0.15
    rules = BLOCKS

    def ask(self, state: State, plan: RhythmGameParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What share of all cells of the field is occupied by blocks? Every cell of a snake counts. Give a decimal"
            " rounded to three decimal places (not three significant figures), with half a unit of the third place"
            " rounded up."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cells, taken = state.rows * state.cols, state.occupied
        counts = [state.cols - state.row(row).count(EMPTY) for row in range(1, state.rows + 1)]
        share = _rounded(taken, cells)
        digits, rest = divmod(taken * 10**5, cells)
        exact = f"{digits // 10**5}.{digits % 10**5:05}{'...' if rest else ''}"
        steps = [
            f"Occupied cells row by row: {', '.join(f'row {row}: {count}' for row, count in enumerate(counts, 1))}.",
            f"Together {' + '.join(map(str, counts))} = {counted(taken, 'occupied cell')}.",
            f"The field has {state.rows} x {state.cols} = {counted(cells, 'cell')}.",
            f"{taken} / {cells} = {exact}, rounded to three decimal places {share}.",
        ]
        return Solution(share, steps, work=float(cells))


class SnakeLengthLater(Task[State, RhythmGameParams]):
    """Task 3."""

    id, slug = 3, "snake_length_later"
    about = "Length of the snake whose head is at a given cell after some seconds."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = LaterParams
    option_type = Annotated[int, Meta(ge=SHORTEST, le=LONGEST)]
    option_count = LONGEST - SHORTEST + 1
    rules = f"{BLOCKS}\n\n{FALLING}"

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, length=rng.randint(SHORTEST, LONGEST))

    def ask(self, state: State, plan: RhythmGameParams, rng: Random) -> dict[str, Any] | None:
        """Choose a snake that will have fallen; its head stands where a snake of any length has room."""
        highest = state.rows + 1 - LONGEST
        heads = [
            (row, col)
            for row, col in state.cells(HEAD)
            if 1 < row <= highest and snake_length(state, row, col) == plan.length
        ]
        if not heads:
            return None
        row, col = rng.choice(heads)
        seconds = rng.randint(1, row - 1)
        return {"row": row - seconds, "col": col, "seconds": seconds}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"Nobody clicks. {counted(params['seconds'], 'second')} after the start, the cell ({params['row']},"
            f" {params['col']}) holds the head of a snake. How many cells long is that snake, head and tail included?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        col, seconds = params["col"], params["seconds"]
        row = params["row"] + seconds
        length = snake_length(state, row, col)
        cells = listed(f"({up}, {col}) is {_look(state.sign(up, col))}" for up in range(row, row + length))
        steps = [
            f"In {counted(seconds, 'second')} everything falls by {counted(seconds, 'row')}, so the head that will be"
            f" in row {params['row']} is now in row {params['row']} + {seconds} = {row} of column {col}.",
            f"From there upwards until the first grey cell: {cells}.",
            f"These are {counted(length, 'cell')}, so the snake has length {length}.",
        ]
        return Solution(length, steps, work=float(state.rows * state.cols + length))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return range(SHORTEST, LONGEST + 1)


class ColumnPoints(Task[State, RhythmGameParams]):
    """Task 4."""

    id, slug = 4, "column_points"
    about = "Points from choosing a given column."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = ColParams
    option_type = Annotated[int, Meta(ge=0)]
    delay: ClassVar[bool] = False

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, reverse=rng.random() < WITH_REVERSE)

    def ask(self, state: State, plan: RhythmGameParams, rng: Random) -> dict[str, Any] | None:
        """Choose a column; when planned, one with a Reverse on the finger's way, or one that the delay changes."""
        cols = [
            col
            for col in range(1, state.cols + 1)
            if not (plan.reverse and all(meeting.sign != REVERSE for meeting in walk(state, col)))
            and not (plan.changed and points(walk(state, col)) == points(walk(state, col, delay=True)))
        ]
        return {"col": rng.choice(cols)} if cols else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"How many points does the finger bring in all when column {params['col']} of the screen is chosen for it?"
            f" {_times(self.delay)}"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        col = params["col"]
        met = walk(state, col, delay=self.delay)
        steps = [
            f"The finger stays in screen column {col}. Instead of letting the field fall, walk up the picture from row"
            f" 1 of column {col}, one row a second; after each clicked Reverse the walk goes on in the mirrored column"
            " of the picture. Cells not listed are empty."
        ]
        steps += [_narrate(state, col, meeting, self.delay) for meeting in met]
        steps.append(f"The sum is {_sum(met)} points.")
        return Solution(points(met), steps, work=float(len(met) + state.cols))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Add or subtract one, two or all of three differences, one of them that of a slip where signs allow.

        Seen from any of the eight values the others lie alike, and the rank of the right one is uniform.
        """
        wrong = slips(state, params["col"], self.delay)
        signs = [rng.choice((-1, 1)) for _ in range(3)]
        for attempt in range(SETS):
            if attempt == SETS // 2:  # A right value near 0 has no room for so many below it.
                signs = [1, 1, 1]
            values = {right}
            for sign, step in zip(signs, _differences(wrong, right, signs, rng), strict=True):
                values |= {value + sign * step for value in values}
            if len(values) == self.option_count and min(values) >= 0:
                return shuffled(sorted(values - {right}), rng)
        return ()


class ColumnPointsDelay(ColumnPoints):
    """Task 5."""

    id, slug = 5, "column_points_delay"
    about = "Points from choosing a given column when mirroring takes one second."
    rules = DELAY_RULES
    delay = True

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, changed=rng.random() < WITH_CHANGE)


class BestColumns(Task[State, RhythmGameParams]):
    """Task 6."""

    id, slug = 6, "best_columns"
    about = "Column(s) giving the highest score."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.SET
    params_type = NoParams
    answer_form = "column number, or several column numbers in rising order with commas between them"
    answer_bound = {Level.EASY: 0.27, Level.MEDIUM: 0.19, Level.HARD: 0.19}
    delay: ClassVar[bool] = False

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, ranked="instant")

    def ask(self, state: State, plan: RhythmGameParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which screen column must be chosen for the finger to get the most points? If several columns give the"
            f" same highest score, name all of them. {_times(self.delay)}"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        walks = {col: walk(state, col, delay=self.delay) for col in range(1, state.cols + 1)}
        scores = totals(state, self.delay)
        skipped = " but one" if self.delay else ""
        steps = [
            "For each screen column walk up the picture from row 1, one row a second; after each clicked Reverse the"
            f" walk goes on in the next row{skipped} of the mirrored column. Positions are those in the picture."
        ]
        steps += [f"Screen column {col}: {_summary(state, met, self.delay)}" for col, met in walks.items()]
        top = best(scores)
        compared = listed(f"column {col}: {score}" for col, score in enumerate(scores, 1))
        names = f"column {top[0]}" if len(top) == 1 else f"columns {listed(top)} alike"
        steps.append(f"Totals: {compared}. The highest score is {max(scores)}, reached by {names}.")
        return Solution(top, steps, work=float(sum(map(len, walks.values()))))


class BestColumnsDelay(BestColumns):
    """Task 7."""

    id, slug = 7, "best_columns_delay"
    about = "Column(s) giving the highest score when mirroring takes one second."
    rules = DELAY_RULES
    delay = True

    def plan(self, level: RhythmGameParams, rng: Random) -> RhythmGameParams:
        return msgspec.structs.replace(level, ranked="delay", changed=rng.random() < WITH_OTHER_BEST)


def _times(delay: bool) -> str:
    return "Mirroring takes one second." if delay else "Mirroring takes no time."


def _look(sign: str) -> str:
    """Return how a cell looks, in the picture and in the text view."""
    return "empty" if sign == EMPTY else f"{COLORS[sign]} ({sign} in a text view)"


def _rounded(part: int, whole: int) -> str:
    """Return part / whole with three decimal places, half up."""
    thousandths = (2000 * part + whole) // (2 * whole)
    return f"{thousandths // 1000}.{thousandths % 1000:03}"


def _sum(met: list[Meeting]) -> str:
    """Return the points of a walk as a sum."""
    parts = [meeting.points for meeting in met if meeting.points]
    return f"{' + '.join(map(str, parts))} = {sum(parts)}" if len(parts) > 1 else str(sum(parts))


def _narrate(state: State, finger: int, meeting: Meeting, delay: bool) -> str:
    """Return what happens at one cell of a walk."""
    row, col, sign = meeting.row, meeting.col, meeting.sign
    head = f"Cell ({row}, {col}) of the picture, {NAMES[sign]}"
    if meeting.lost:
        return f"{head}: no points, because row {row} is lost."
    if meeting.broken:
        return f"{head}: no points, because the head of this snake was not clicked."
    if sign == CLICK:
        return f"{head}: {meeting.points} points."
    if sign == REVERSE:
        return f"{head}: {meeting.points} points. {_turn(state, finger, meeting, delay)}"
    if sign == TAIL:
        return f"{head}: the snake of {meeting.length} cells is clicked completely, {meeting.points} points."
    if sign == HEAD:
        return f"{head}: a snake of {meeting.length} cells begins; its points come with its tail."
    return f"{head}: the {ordinal(meeting.part)} of the snake's {meeting.length} cells is clicked."


def _turn(state: State, finger: int, meeting: Meeting, delay: bool) -> str:
    """Return what a Reverse leads to."""
    row, shown = meeting.row, mirrored(state, meeting.col)
    if row == state.rows:
        return "It stands in the topmost row, so nothing follows."
    lost = f" row {row + 1} is lost;" if delay else ""
    if delay and row + 1 == state.rows:
        return f"The field is mirrored;{lost} nothing follows."
    shows = f"screen column {finger} shows column {shown} of the picture"
    return f"The field is mirrored;{lost} from row {row + 1 + delay} on, {shows}."


def _summary(state: State, met: list[Meeting], delay: bool) -> str:
    """Return a walk in one sentence: every block with its points, and the total."""
    if not met:
        return "no block is met, 0 points."
    return f"{'; '.join(_briefs(state, met, delay))}. Total {_sum(met)}."


def _briefs(state: State, met: list[Meeting], delay: bool) -> Iterator[str]:
    """Yield what each block of a walk brings; the cells of one snake are taken together."""
    start = 0
    for number, meeting in enumerate(met):
        row, col, sign = meeting.row, meeting.col, meeting.sign
        if sign in (HEAD, BODY) and not meeting.lost:
            continue
        first, start = met[start], number + 1
        place = f"({row}, {col})" if first is meeting else f"({first.row}, {col}) to ({row}, {col})"
        if meeting.lost:
            yield f"{place} {NAMES[sign]}: lost"
        elif meeting.broken:
            yield f"{place} rest of a snake without its head: 0"
        elif sign == TAIL:
            yield f"{place} snake of length {meeting.length}: {meeting.points}"
        elif sign == CLICK or row == state.rows:
            yield f"{place} {NAMES[sign]}: {meeting.points}"
        else:
            lost = f"row {row + 1} lost, " if delay else ""
            ends = delay and row + 1 == state.rows
            on = "nothing follows" if ends else f"on in column {mirrored(state, col)}"
            yield f"{place} Reverse: {meeting.points} ({lost}{on})"


def _differences(wrong: list[int], right: int, signs: list[int], rng: Random) -> list[int]:
    """Return three differences: one that a slip in the wanted direction makes, if any does, and two by blocks.

    Only whole walks lead from one plausible last digit to another; other odd differences would give points that hardly
    any walk has.
    """
    tempting = [signs[0] * (value - right) for value in wrong if 0 < signs[0] * (value - right) <= FAR]
    return [rng.choice(tempting or BLOCK_STEPS), *rng.sample(BLOCK_STEPS, 2)]


TASKS = (
    BlockType(),
    OccupiedFraction(),
    SnakeLengthLater(),
    ColumnPoints(),
    ColumnPointsDelay(),
    BestColumns(),
    BestColumnsDelay(),
)
