"""The seven questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import REDRAW, Level, NoParams, QAType, Solution, Task
from gameqa.core.grids import DIRECTIONS, OPPOSITE, Cell, Direction, ahead, sides
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import Jewel2Params
from .rules import (
    RUN,
    UNKNOWN,
    Command,
    Outcome,
    after,
    best,
    cells_of,
    clear,
    commands,
    exchanged,
    inside,
    outcome,
    runs,
    swap,
    useful,
)
from .state import BAR, BASIC, BLACK, ROUND, SPECIAL, Board, State, Symbol

ELEMENTS = """\
Jewel2 is played on a square board; every cell holds one element.
- A, B, C, D, E: diamond-cut gem (flat top, pointed bottom) in red, green, blue, yellow, purple. These are the basic \
elements.
- a, b, c, d, e: round gem in red, green, blue, yellow, purple. Special elements.
- +: round black gem. Special element.
- |: tall upright cyan bar. Special element.
A cell is written (x, y): x is the row, y the column, both counted from 0. (0, 0) is the top-left cell; rows count \
downwards, columns to the right."""

COMMANDS = """\
Commands remove elements; Total Cleared grows by the number of removed elements.
Command "clear x y":
- On a basic element: look at the unbroken horizontal run and the unbroken vertical run of the same element through \
(x, y). Every one of the two that has length 3 or more is removed (both if both are that long; the shared cell counts \
once). If neither has, nothing happens.
- On a, b, c, d or e: removes itself and all basic elements of the matching capital letter on the board; it works, \
removing only itself, even if there is none.
- On |: removes its whole column, itself included.
- On +: removes itself and all of its up to 8 neighbours (horizontal, vertical, diagonal) that exist.
- Special elements that are removed by another special element do not act; they only count as removed.
Command "swap x y pos", with pos one of up, down, left, right (up leads to row x-1, left to column y-1), exchanges \
(x, y) with its neighbour on that side:
- If the neighbour is off the board, nothing happens.
- If one of the two is special, the swap is refused.
- Otherwise the two are exchanged, and the run test of clear is applied to both exchanged cells: all runs of length 3 \
or more through either of them are removed together. If there is none, the exchange is undone and nothing happens. \
Equal elements may be exchanged; the same test applies. Runs elsewhere on the board play no part.
After a removal the elements above a gap slide down in their column, and new random elements of unknown kind (basic \
or special) enter at the top. No further removal happens by itself."""

COLORS = ("red", "green", "blue", "yellow", "purple")
NAMES = {
    **{kind: f"{color} diamond-cut gem" for kind, color in zip(BASIC, COLORS, strict=True)},
    **{kind: f"{color} round gem" for kind, color in zip(ROUND, COLORS, strict=True)},
    BLACK: "round black gem",
    BAR: "cyan bar",
}
SIDE = {"up": "above", "down": "below", "left": "to the left of", "right": "to the right of"}

ABSENT, SPECIAL_ASKED = 0.06, 0.5
"""Shares of questions for an element that does not occur, and for the position of a special element."""
LONG = 1 / 3
"""Share of removed runs with more than three elements; in `clear_outcome`, half of them are crossing runs."""
TEMPTING = 0.6
"""Share of failing commands that nearly work."""
OFF_BOARD = 0.06
SEQUENCE = {"neither": 0.08, "first": 0.24, "second": 0.12, "both": 0.56}
"""Which of the two commands remove something."""
DIFFERS = 0.72
"""Share of second commands that would do something else on the board shown, when the first removes something."""
FIRSTS = 6
"""First commands that are tried on one board."""
LONG_RUNS = (4, 4, 5, 5, 5, 6)
"""Numbers around which the options for runs are made when no longer run is right."""
TRIES = 30
"""Sets of numbers tried for the options of one question."""

Index = Annotated[int, Meta(ge=0, le=5)]
Number = Annotated[int, Meta(ge=0)]


class ElementParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `count_element`."""

    element: Literal["A", "B", "C", "D", "E"]


class SymbolParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `element_position`."""

    element: Symbol


class ClearParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `clear_outcome`."""

    x: Index
    y: Index


class SwapParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `swap_outcome`."""

    x: Index
    y: Index
    pos: Direction


class SequenceParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `command_sequence`."""

    commands: Annotated[
        list[Annotated[str, Meta(pattern="^(clear [0-5] [0-5]|swap [0-5] [0-5] (up|down|left|right))$")]],
        Meta(min_length=2, max_length=2),
    ]


class NoneJson(msgspec.Struct, tag_field="outcome", tag="none", forbid_unknown_fields=True):
    """Nothing is removed."""


class BlockedJson(msgspec.Struct, tag_field="outcome", tag="blocked", forbid_unknown_fields=True):
    """A swap is refused."""


class LineJson(msgspec.Struct, tag_field="outcome", tag="line", forbid_unknown_fields=True):
    """Runs are removed."""

    cleared: Number
    total: Number


class SpecialJson(msgspec.Struct, tag_field="outcome", tag="special", forbid_unknown_fields=True):
    """A special element acts."""

    cleared: Number
    total: Number


class JewelTask(Task[State, Jewel2Params]):
    """A question whose plan fixes the number of special elements, so that no answer class changes its spread."""

    def plan(self, level: Jewel2Params, rng: Random) -> Jewel2Params:
        count = rng.randint(*level.specials)
        return msgspec.structs.replace(level, specials=(count, count), **self.wishes(level, count, rng))

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        """Return what else the plan wants, given the number of special elements."""
        return {}


class OutcomeTask(JewelTask):
    """A question for the outcome of one command."""

    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE

    def option_text(self, state: State, value: Any) -> str:
        if value["outcome"] == "none":
            return "Nothing is removed"
        if value["outcome"] == "blocked":
            return "The swap is refused because a special element is involved"
        removed = counted(value["cleared"], "element")
        if value["outcome"] == "line":
            return f"By runs, {removed} removed; Total Cleared becomes {value['total']}"
        return f"A special element acts, {removed} removed; Total Cleared becomes {value['total']}"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        command = Command(params["x"], params["y"], params.get("pos"))
        result = outcome(state.board, command)
        steps = _explain(state.board, command)
        count = len(result.removed)
        if count:
            steps.append(f"Total Cleared becomes {state.total} + {count} = {state.total + count}.")
        else:
            steps.append(f"Total Cleared stays {state.total}.")
        return Solution(_option(state, result.kind, count), steps, work=float(10 * state.size + count))


class CountElement(JewelTask):
    """Task 0."""

    id, slug = 0, "count_element"
    about = "Count one basic element."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = ElementParams
    rules = ELEMENTS

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        return {"absent": rng.choice(BASIC) if rng.random() < ABSENT else None}

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any]:
        """Choose an element that occurs, twice as often one that has a round gem of its colour beside it."""
        if plan.absent:
            return {"element": plan.absent}
        signs = "".join(state.board)
        present = [kind for kind in BASIC if kind in signs]
        return {"element": rng.choices(present, [2 if kind.lower() in signs else 1 for kind in present])[0]}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        element = params["element"]
        return f"How many cells hold element {element} ({NAMES[element]})?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        element = params["element"]
        steps = [f"Look for {element}, the {NAMES[element]}, row by row."]
        for x in range(state.size):
            found = [cell for cell in cells_of(state.board, element) if cell[0] == x]
            steps.append(f"Row {x}: {cells_text(found)}.")
        count = len(cells_of(state.board, element))
        twins = cells_of(state.board, element.lower())
        warning = f" The {NAMES[element.lower()]} at {cells_text(twins)} must not be counted." if twins else ""
        if len(twins) > 1:
            warning = f" The {NAMES[element.lower()]}s at {cells_text(twins)} must not be counted."
        steps.append(f"{element} occurs {counted(count, 'time')}.{warning}")
        return Solution(count, steps, work=float(state.size**2))


class ElementPosition(JewelTask):
    """Task 1."""

    id, slug = 1, "element_position"
    about = "Find a cell holding a given element."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = SymbolParams
    option_type = tuple[Index, Index]
    rules = ELEMENTS

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any]:
        signs = "".join(state.board)
        special = [kind for kind in SPECIAL if kind in signs]
        if special and rng.random() < SPECIAL_ASKED:
            return {"element": rng.choice(special)}
        return {"element": rng.choice([kind for kind in BASIC if kind in signs])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        element = params["element"]
        return f"At which of the listed positions is element {element} ({NAMES[element]})?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        element = params["element"]
        cells = cells_of(state.board, element)
        steps = [f"On the whole board, {element} ({NAMES[element]}) stands at {cells_text(cells)}."]
        return Solution(cells[0], steps, also=cells[1:], work=float(state.size**2))

    def right_option(
        self, state: State, plan: Jewel2Params, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        """Choose one whose mirror image may be listed."""
        cells = solution.accepted
        fits = [cell for cell in cells if cell[::-1] == cell or cell[::-1] not in cells]
        return rng.choice(fits) if fits else REDRAW

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Cells in mirrored pairs (x, y) and (y, x), and sometimes two cells of the diagonal.

        Mirroring is the mistake to expect, so every listed cell off the diagonal has its mirror image listed: the
        pairs then tell nothing. The share of lists with two cells of the diagonal makes each of these right as often
        as any other cell. The other cells are up to two of the same colour in the other outline, a neighbour of an
        occurrence, then others; few neighbours of the right cell, which would stand in the middle of them.
        """
        size, element, home = state.size, params["element"], tuple(right)
        own = set(cells_of(state.board, element))
        twins = cells_of(state.board, element.swapcase()) if element.isalpha() else []
        twins = [cell for cell in twins if cell[::-1] not in own]
        everywhere = shuffled(_board(size), rng)
        near = [cell for cell in everywhere if cell not in own and not own.isdisjoint(sides(cell))]
        apart = [cell for cell in everywhere if home not in sides(cell)]
        ranked = [
            *sorted(shuffled(twins, rng), key=lambda cell: cell[0] == cell[1])[:2],
            *near[:1],
            *apart,
            *everywhere,
        ]
        diagonal = [cell for cell in dict.fromkeys(ranked) if cell[0] == cell[1] and cell not in own]
        pairs = dict.fromkeys(tuple(sorted((cell, cell[::-1]))) for cell in ranked if cell[0] != cell[1])
        free = [pair for pair in pairs if not own & set(pair)]
        if home[0] == home[1]:
            return [*diagonal[:1], *(cell for pair in free[:3] for cell in pair)]
        if rng.random() < 3 / (size - 1):
            return [home[::-1], *diagonal[:2], *(cell for pair in free[:2] for cell in pair)]
        return [home[::-1], *(cell for pair in free[:3] for cell in pair)]

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        element = state.board[value[0]][value[1]]
        return f"the cell holds {element} ({NAMES[element]})."


class CountSpecial(JewelTask):
    """Task 2."""

    id, slug = 2, "count_special"
    about = "Count the special elements."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams
    rules = ELEMENTS
    answer_bound = 0.35

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many special elements (any of a, b, c, d, e, + and |) are on the board?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cells = cells_of(state.board, SPECIAL)
        steps = ["Look row by row for round gems and bars."]
        steps += [f"{_holds(state.board, cell)}: number {number}." for number, cell in enumerate(cells, 1)]
        verb = "is" if len(cells) == 1 else "are"
        steps.append(f"There {verb} {counted(len(cells), 'special element')}; all other gems are diamond-cut.")
        return Solution(len(cells), steps, work=float(state.size**2))


class ClearOutcome(OutcomeTask):
    """Task 3."""

    id, slug = 3, "clear_outcome"
    about = "Outcome of one clear command."
    params_type = ClearParams
    option_type = NoneJson | LineJson | SpecialJson

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        """Draw the outcome; a run is always on the board."""
        if count and rng.random() < _given_some(0.3, level):
            aim = "special"
        else:
            long = 0.45 * LONG / 2
            aim = _class(rng, {"none": 0.25, "line": 0.45 - 2 * long, "long": long, "cross": long})
        plant = {"long": rng.choice((4, 4, 5)), "cross": "cross"}.get(aim, RUN)
        return {"aim": aim, "plant": plant}

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any] | None:
        fits = [cell for cell in _board(state.size) if _clear_class(state.board, cell) == plan.aim]
        if plan.aim == "none" and rng.random() < TEMPTING:
            fits = [cell for cell in fits if max(map(len, runs(state.board, cell))) == RUN - 1] or fits
        if not fits:
            return None
        x, y = rng.choice(fits)
        return {"x": x, "y": y}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f'What happens when the command "clear {params["x"]} {params["y"]}" is executed on this board? '
            "Total Cleared counts what has been removed before as well."
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Four numbers for runs and three for special elements, all different.

        Both groups are made alike whatever is right: one around a run of more than three (3 is listed as well), one
        around what a special element on this board removes. So neither group tells whether it holds the right option.
        """
        kind, count = right["outcome"], right.get("cleared", 0)
        for _ in range(TRIES):
            lines, specials = _numbers(state, params, kind, count, rng)
            near = sum(0 < abs(number - count) <= 2 for number in [*lines, *specials])
            listed_right = kind == "none" or (near >= 2 and count in (lines if kind == "line" else specials))
            if listed_right and len({*lines, *specials}) == 7:
                yield _option(state, "none", 0)
                yield from (_option(state, "line", number) for number in lines)
                yield from (_option(state, "special", number) for number in specials)
                return


class SwapOutcome(OutcomeTask):
    """Task 4."""

    id, slug = 4, "swap_outcome"
    about = "Outcome of one swap command."
    params_type = SwapParams
    option_type = NoneJson | BlockedJson | LineJson

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        """Draw the outcome; half of the boards that offer a failing swap have a run somewhere."""
        if count and rng.random() < _given_some(0.2, level):
            aim = "blocked"
        else:
            shares = {"off": OFF_BOARD, "none": 0.25 - OFF_BOARD, "line": 0.55 * (1 - LONG), "long": 0.55 * LONG}
            aim = _class(rng, shares)
        if aim in ("line", "long"):
            plant = RUN if aim == "line" else rng.choice((4, 4, 5, "cross"))
            return {"aim": aim, "plant": plant, "displaced": True}
        return {"aim": aim, "plant": rng.choice((0, RUN))}

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any] | None:
        board = state.board
        swaps = [Command(x, y, pos) for x, y in _board(state.size) for pos in DIRECTIONS]
        fits = [command for command in swaps if _swap_class(board, command) == plan.aim]
        if plan.aim == "none" and rng.random() < TEMPTING:
            fits = [command for command in fits if _nearly(board, command)] or fits
        if not fits:
            return None
        command = rng.choice(fits)
        return {"x": command.x, "y": command.y, "pos": command.pos}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        command = Command(params["x"], params["y"], params["pos"])
        return (
            f'What happens when the command "{command}" is executed on this board? '
            "Total Cleared counts what has been removed before as well."
        )

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """All numbers from 3 to 9 but one above 3."""
        numbers = [number for number in range(RUN, 10) if number != right.get("cleared")]
        numbers.remove(rng.choice([number for number in numbers if number > RUN]))
        yield _option(state, "none", 0)
        yield _option(state, "blocked", 0)
        yield from (_option(state, "line", number) for number in numbers)


class CommandSequence(JewelTask):
    """Task 5."""

    id, slug = 5, "command_sequence"
    about = "Guaranteed removals of two commands in a row."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = SequenceParams
    answer_bound = 0.35

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        aim = _class(rng, SEQUENCE)
        differs = aim in ("first", "both") and rng.random() < DIFFERS
        return {"aim": aim, "differs": differs, "plant": rng.choice((RUN, 4, "cross")), "displaced": rng.random() < 0.5}

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any] | None:
        """Choose a first command, then a second one that does as planned on the board that the first leaves."""
        board = state.board
        first_works, second_works = plan.aim in ("first", "both"), plan.aim in ("second", "both")
        start = {command: outcome(board, command) for command in commands(state.size)}
        firsts = [command for command, result in start.items() if bool(result.removed) == first_works]
        for first in _mixed(firsts, rng)[:FIRSTS]:
            left = after(board, first)
            fits = [
                command
                for command, before in start.items()
                for result in [outcome(left, command)]
                if bool(result.removed) == second_works
                and ((result.kind, len(result.removed)) != (before.kind, len(before.removed))) == plan.differs
                and command != first
            ]
            if fits:
                return {"commands": [_turned(command, rng) for command in (first, _mixed(fits, rng)[0])]}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        first, second = params["commands"]
        return (
            f'Two commands are executed one after the other: first "{first}", then "{second}". A command that fails '
            "changes nothing, and the next one is still executed. How many elements do the two commands remove at "
            "least in total, that is, whatever new elements have entered from above?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        first, second = map(Command.parse, params["commands"])
        left = after(state.board, first)
        counts = [len(outcome(state.board, first).removed), len(outcome(left, second).removed)]
        steps = [*_explain(state.board, first)]
        steps[0] = f'First command, "{first}": {steps[0]}'
        if counts[0]:
            steps.append(
                f"What stood above the gaps slides down. With {UNKNOWN} for the new elements of unknown kind, the rows "
                f"are now, from top to bottom: {'; '.join(' '.join(row) for row in left)}."
            )
        else:
            steps.append("The board stays as it is.")
        told = _explain(left, second)
        steps += [f'Second command, "{second}": {told[0]}', *told[1:]]
        steps.append(f"In total at least {counts[0]} + {counts[1]} = {sum(counts)}.")
        return Solution(sum(counts), steps, work=float(10 * state.size + sum(counts)))


class BestCommand(JewelTask):
    """Task 6."""

    id, slug = 6, "best_command"
    about = "Single command removing most elements."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.TEXT
    params_type = NoParams
    answer_form = '"swap x y pos" or "clear x y", with single spaces and in lower case'

    def wishes(self, level: Jewel2Params, count: int, rng: Random) -> dict[str, Any]:
        """Draw whether a swap is best. A clear is so only on a special element: swaps remove every run as well."""
        if rng.random() < level.swap_best[count]:
            return {"aim": "swap", "plant": rng.choice((0, RUN, 4, 5, "cross")), "displaced": True}
        return {"aim": "clear"}

    def ask(self, state: State, plan: Jewel2Params, rng: Random) -> dict[str, Any] | None:
        command = best(state.board)
        return {} if command and (command.pos is None) == (plan.aim == "clear") else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Which single command removes the most elements on this board? If several commands remove the same "
            "greatest number, give a swap rather than a clear; among several swaps (or several clears) the one with "
            "the smallest x, then the smallest y, then with pos first in the order up, down, right, left. If no "
            "command removes anything, write none."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = useful(state.board)
        if not found:
            return Solution("none", ["No special element is on the board, and no clear and no swap meets a run."])
        counts = {command: len(result.removed) for command, result in found.items()}
        most = max(counts.values())
        steps = _survey(state.board, counts)
        top = [command for command in found if counts[command] == most]
        steps.append(f"The greatest number is {most}.")
        way = 'After the exchange, "{}" removes' if top[0].pos else '"{}" removes'
        steps.append(f"{way.format(top[0])} {cells_text(found[top[0]].removed)}.")
        steps.append(_tie(top))
        return Solution(str(top[0]), steps, work=float(state.size**2 + len(found)))


def _class(rng: Random, shares: Mapping[str, float]) -> str:
    return rng.choices(list(shares), list(shares.values()))[0]


def _given_some(share: float, level: Jewel2Params) -> float:
    """Return the share among plans with special elements that makes `share` of all plans."""
    low, high = level.specials
    return share * (high - low + 1) / (high - max(low, 1) + 1)


def _board(size: int) -> list[Cell]:
    return [(x, y) for x in range(size) for y in range(size)]


def _clear_class(board: Board, cell: Cell) -> str:
    """Return the outcome of a clear; runs are `line` (three elements), `long` or `cross`."""
    result = clear(board, cell)
    if result.kind != "line":
        return result.kind
    if all(len(run) >= RUN for run in runs(board, cell)):
        return "cross"
    return "line" if len(result.removed) == RUN else "long"


def _swap_class(board: Board, command: Command) -> str:
    """Return the outcome of a swap: `off` the board, `none`, `blocked`, `line` (three elements), `long`; or nothing.

    A special element pushed off the board would fit two options; more than nine elements fit none.
    """
    if not inside(ahead(command.cell, command.pos or "up"), len(board)):
        return "off" if board[command.x][command.y] in BASIC else ""
    result = outcome(board, command)
    if result.kind != "line":
        return result.kind
    return "line" if len(result.removed) == RUN else "long" if len(result.removed) <= 9 else ""


def _nearly(board: Board, command: Command) -> bool:
    """Return whether a failing swap makes two equal elements stand side by side."""
    other = ahead(command.cell, command.pos or "up")
    made = exchanged(board, command.cell, other)
    return any(len(run) == RUN - 1 for cell in (command.cell, other) for run in runs(made, cell))


def _option(state: State, kind: str, count: int) -> dict[str, Any]:
    """Return an outcome as an option value."""
    if kind in ("none", "blocked"):
        return {"outcome": kind}
    return {"outcome": kind, "cleared": count, "total": state.total + count}


def _numbers(
    state: State, params: Mapping[str, Any], kind: str, count: int, rng: Random
) -> tuple[list[int], list[int]]:
    """Return four numbers for runs and three for special elements; the right one is among those of its kind."""
    size, board, cell = state.size, state.board, (params["x"], params["y"])
    line, slips = rng.choice(LONG_RUNS), list[int]()
    if kind == "line":
        lengths = [len(run) for run in runs(board, cell)]
        line, slips = count if count > RUN else line, [*lengths, sum(lengths)]
    if kind != "special":
        cell = rng.choice(_board(size))
        rows = [list(row) for row in board]
        rows[cell[0]][cell[1]] = rng.choice(SPECIAL)
        board = tuple(map("".join, rows))
    special = len(clear(board, cell).removed)
    lines = [number for number in dict.fromkeys((RUN, line)) if number != special]
    pool = [number for number in range(RUN + 1, 2 * size) if number not in (line, special)]
    lines += _around(line, pool, slips, 4 - len(lines), rng)
    pool = [number for number in range(1, size * size + 1) if number != special and number not in lines]
    specials = [special, *_around(special, pool, _special_slips(board, cell, special), 2, rng)]
    return lines, specials


def _special_slips(board: Board, cell: Cell, count: int) -> list[int]:
    """Return what is counted without the element itself, off the board, or with other gems of the colour."""
    element = board[cell[0]][cell[1]]
    if element == BLACK:
        return [count - 1, 9]
    return [count - 1, count - 1 + len(cells_of(board, element))]


def _around(middle: int, pool: Sequence[int], slips: Sequence[int], need: int, rng: Random) -> list[int]:
    """Return numbers of the pool around one, slips first, then the nearest; how many are smaller is drawn."""
    ranked = sorted(pool, key=lambda number: (number not in slips, abs(number - middle)))
    below = [number for number in ranked if number < middle]
    beyond = [number for number in ranked if number > middle]
    smaller = rng.randint(max(0, need - len(beyond)), min(need, len(below)))
    return [*below[:smaller], *beyond[: need - smaller]]


def _mixed(found: Sequence[Command], rng: Random) -> list[Command]:
    """Return commands in random order, clears and swaps by turns as long as both last."""
    order = shuffled(found, rng)
    clears = [command for command in order if command.pos is None]
    swaps = [command for command in order if command.pos is not None]
    turns = [(place, rng.random(), command) for group in (clears, swaps) for place, command in enumerate(group)]
    return [command for _, _, command in sorted(turns, key=lambda turn: turn[:2])]


def _turned(command: Command, rng: Random) -> str:
    """Write a swap from either of its ends."""
    if command.pos is None or rng.random() < 0.5:
        return str(command)
    return str(_reverse(command, command.pos))


def _reverse(command: Command, pos: Direction) -> Command:
    """Return the same swap written from its other end."""
    return Command(*ahead(command.cell, pos), OPPOSITE[pos])


def _holds(board: Board, cell: Cell) -> str:
    """Say what a cell holds."""
    element = board[cell[0]][cell[1]]
    return f"{cell_text(cell)} holds {element} ({NAMES[element]})"


def _explain(board: Board, command: Command) -> list[str]:
    """Say step by step what a command does; unknown elements remove nothing for certain."""
    return _explain_clear(board, command.cell) if command.pos is None else _explain_swap(board, command)


def _explain_clear(board: Board, cell: Cell) -> list[str]:
    element = board[cell[0]][cell[1]]
    if element == UNKNOWN:
        return [
            f"{cell_text(cell)} holds a new element of unknown kind. It may be a basic element without a run, so it "
            "is not certain that anything is removed: 0 elements."
        ]
    result = clear(board, cell)
    if element in BASIC:
        return [
            f"{_holds(board, cell)}, a basic element.",
            f"Look at its two runs: {_run_text(board, cell)}",
            _line_text(result),
        ]
    unknown = UNKNOWN in "".join(board[x][y] for x, y in result.removed)
    if element == BAR:
        effect = f"it removes column {cell[1]}, itself included"
    elif element == BLACK:
        effect = f"it removes itself and its {counted(len(result.removed) - 1, 'neighbour')} on the board"
    else:
        effect = f"it removes itself and every {element.upper()} on the board"
        unknown = UNKNOWN in "".join(board)
    text = f"Removed: {cells_text(result.removed)}, {counted(len(result.removed), 'element')}."
    if unknown and element in ROUND:
        text += f" The new elements need not be {element.upper()}, so none of them counts."
    elif unknown:
        text += " The new elements among them count: whatever they are, they stand there."
    return [f"{_holds(board, cell)}, a special element: {effect}.", text]


def _explain_swap(board: Board, command: Command) -> list[str]:
    cell, pos = command.cell, command.pos or "up"
    other = ahead(cell, pos)
    if not inside(other, len(board)):
        return [f"There is no cell {SIDE[pos]} {cell_text(cell)}, so nothing happens."]
    special = [spot for spot in (cell, other) if board[spot[0]][spot[1]] in SPECIAL]
    if special:
        return [
            f"The neighbour {SIDE[pos]} {cell_text(cell)} is {cell_text(other)}.",
            f"{' and '.join(_holds(board, spot) for spot in special)}, special: the swap is refused and nothing is "
            "removed.",
        ]
    unknown = [spot for spot in (cell, other) if board[spot[0]][spot[1]] == UNKNOWN]
    if unknown:
        return [
            f"The neighbour {SIDE[pos]} {cell_text(cell)} is {cell_text(other)}. {cells_text(unknown)} "
            f"{'holds a new element' if len(unknown) == 1 else 'hold new elements'} of unknown kind. Such an element "
            "may be special; then the swap is refused. So it is not certain that anything is removed: 0 elements."
        ]
    made = exchanged(board, cell, other)
    return [
        f"{_holds(board, cell)}, its neighbour {_holds(board, other)}; both are basic.",
        f"After the exchange, {_run_text(made, cell)}",
        f"Likewise, {_run_text(made, other)}",
        _line_text(swap(board, cell, pos)),
    ]


def _run_text(board: Board, cell: Cell) -> str:
    """Name both runs through a cell."""
    horizontal, vertical = runs(board, cell)
    element = board[cell[0]][cell[1]]
    beside = [ahead(horizontal[0], "left"), ahead(horizontal[-1], "right")]
    beside += [ahead(vertical[0], "up"), ahead(vertical[-1], "down")]
    unknown = [spot for spot in beside if inside(spot, len(board)) and board[spot[0]][spot[1]] == UNKNOWN]
    text = (
        f"the horizontal run of {element} through {cell_text(cell)} is {cells_text(horizontal)}, length "
        f"{len(horizontal)}; the vertical one is {cells_text(vertical)}, length {len(vertical)}."
    )
    if unknown:
        text += f" What entered at {cells_text(unknown)} may be another kind, so it lengthens no run for certain."
    return text


def _line_text(result: Outcome) -> str:
    if not result.removed:
        return f"No run has length {RUN} or more, so nothing is removed."
    return (
        f"Removed by runs of length {RUN} or more: {cells_text(result.removed)}, {len(result.removed)} elements in all."
    )


def _survey(board: Board, counts: Mapping[Command, int]) -> list[str]:
    """List all commands that remove something, by kind and number."""
    kinds = {
        "Clears of special elements": [c for c in counts if c.pos is None and board[c.x][c.y] in SPECIAL],
        "Clears of basic elements": [c for c in counts if c.pos is None and board[c.x][c.y] in BASIC],
        "Swaps, each pair once": [c for c in counts if c.pos is not None],
    }
    steps: list[str] = []
    for title, found in kinds.items():
        groups = [
            f"{number} removed by {listed(str(c) for c in found if counts[c] == number)}"
            for number in sorted({counts[c] for c in found}, reverse=True)
        ]
        steps.append(f"{title}: {'; '.join(groups) or 'none'}.")
    return steps


def _tie(top: Sequence[Command]) -> str:
    """Say which of the best commands is to be given."""
    first = top[0]
    alone = f'Only "{first}" removes that many.'
    if len(top) > 1:
        alone = f'{len(top)} of these commands remove that many; by the order for ties, "{first}" comes first.'
    if first.pos is None:
        return alone
    return f'{alone} "{_reverse(first, first.pos)}" is the same exchange written from its other end and comes later.'


TASKS = (
    CountElement(),
    ElementPosition(),
    CountSpecial(),
    ClearOutcome(),
    SwapOutcome(),
    CommandSequence(),
    BestCommand(),
)
