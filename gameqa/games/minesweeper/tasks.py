"""The six questions."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.masks import bits
from gameqa.core.words import cell_text, counted, listed, ordinal

from .generate import MinesweeperParams, Seek, zone
from .proofs import Prover
from .rules import action, conclusion, know, look
from .state import FLAG, HIDDEN, State, neighbours

RULES = """\
Minesweeper is played on a board of cells under which mines lie hidden, at most one under a cell. The question gives \
the size of the board and M, the exact number of mines on it.
A cell is hidden, flagged or revealed. A revealed cell holds no mine. It shows how many of its up to eight neighbours \
(horizontally, vertically and diagonally adjacent cells) hold a mine; a revealed cell without a number (a blank cell) \
has no mined neighbour.
A flag marks a mine. Every flag on the board is right: a mine lies under it. A hidden cell without a flag may or may \
not hold a mine.
A cell is written (row, column), both counted from 0. (0, 0) is the top-left cell, rows grow downward, columns to the \
right."""

PROOF = """\
"Can be proved" means: true in every placement of M mines that agrees with all shown numbers and all flags. Everything \
visible counts, including numbers far away and the mine total M; nothing hidden counts."""

REVEALING = """\
Revealing a mine ends the game. Revealing a safe cell with at least one mined neighbour shows its number. Revealing a \
safe cell without mined neighbours opens it and all its neighbours, and goes on from every neighbour that has none \
either."""

ACTIONS = """\
Exactly one of six actions is right for a cell:
- Flag it: the cell is hidden and has no flag, and it can be proved that it holds a mine.
- Reveal it: the cell is hidden and has no flag, and it can be proved that it holds no mine.
- Wait: the cell is hidden and has no flag, and neither can be proved.
- Use its number: the cell is revealed with a number, and at least one of its neighbours is hidden without a flag, \
so that the number still says something.
- Nothing to do, revealed: the cell is revealed, and it is blank or none of its neighbours is hidden without a flag.
- Nothing to do, flagged: the cell is flagged already."""

ZERO_SHARE = 0.4
"""Share of boards without a flag in `flag_count`, times the number of mines: with few mines, 0 stands beside fewer
other answers."""
EDGES = (0.25, 0.6, 0.15)
"""Shares of cells asked about that lie at no edge of the board, at one, and at two."""
OUTCOME_SHARES = {"mine": 0.3, "number": 0.3, "undecidable": 0.3, "blank": 0.1}

Look = Literal["number", "blank", "flag", "hidden"]
Outcome = Literal[
    "mine",
    "blank",
    "undecidable",
    "number_1",
    "number_2",
    "number_3",
    "number_4",
    "number_5",
    "number_6",
    "number_7",
    "number_8",
]
Action = Literal["flag", "reveal", "wait", "use_number", "done_revealed", "done_flagged"]

LOOKS: dict[str, str] = {
    "number": "It is revealed and shows a number",
    "blank": "It is revealed and blank",
    "flag": "It is flagged",
    "hidden": "It is hidden and has no flag",
}
OUTCOMES: dict[str, str] = {
    "mine": "It can be proved that the cell holds a mine: the game ends",
    "blank": "It can be proved that the cell is safe and has no mined neighbour: an area opens",
    "undecidable": "It cannot be proved whether the cell holds a mine",
    **{
        f"number_{number}": f"It can be proved that the cell is safe and shows the number {number}"
        for number in range(1, 9)
    },
}
MOVES: dict[str, str] = {
    "flag": "Flag it",
    "reveal": "Reveal it",
    "wait": "Wait",
    "use_number": "Use its number",
    "done_revealed": "Nothing to do, it is revealed",
    "done_flagged": "Nothing to do, it is flagged",
}

Index = Annotated[int, Meta(ge=0)]


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of the questions about one cell."""

    row: Index
    col: Index


class MinesweeperTask(Task[State, MinesweeperParams]):
    """A question; its number of mines is drawn first, so that it tells nothing about the rest."""

    def plan(self, level: MinesweeperParams, rng: Random) -> MinesweeperParams:
        mines = rng.randint(*level.mines)
        return msgspec.structs.replace(level, mines=(mines, mines))


class CountTask(MinesweeperTask):
    """A question about the whole board."""

    kind = AnswerKind.INTEGER
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = NoParams

    def ask(self, state: State, plan: MinesweeperParams, rng: Random) -> dict[str, Any]:
        return {}


class FlagCount(CountTask):
    """Task 0."""

    id, slug = 0, "flag_count"
    about = "Count the flags."
    answer_bound = 0.4

    def plan(self, level: MinesweeperParams, rng: Random) -> MinesweeperParams:
        """Draw the number of flags, given that of mines."""
        plan = super().plan(level, rng)
        mines, _ = plan.mines
        flagged = 0 if rng.random() < ZERO_SHARE / mines else rng.randint(1, min(mines, level.flags))
        return msgspec.structs.replace(plan, flagged=flagged)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} How many cells are flagged?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps, total = list[str](), 0
        for row, values in enumerate(state.board):
            cells = [cell_text((row, col)) for col, value in enumerate(values) if value == FLAG]
            total += len(cells)
            steps.append(f"Row {row}: {f'a flag at {listed(cells)}' if cells else 'no flag'}.")
        steps.append(f"That makes {counted(total, 'flagged cell')}.")
        return Solution(total, steps, work=float(state.rows * state.cols))


class MinesLeft(CountTask):
    """Task 1."""

    id, slug = 1, "mines_left"
    about = "Mines without a flag."
    answer_bound = 0.35

    def plan(self, level: MinesweeperParams, rng: Random) -> MinesweeperParams:
        """Draw the number of flags evenly, given that of mines."""
        plan = super().plan(level, rng)
        return msgspec.structs.replace(plan, flagged=rng.randint(0, min(*plan.mines, level.flags)))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} How many of the mines are not flagged yet?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        flags = state.mask(FLAG)
        left = state.mines - flags.bit_count()
        steps = [
            f"The board has {counted(state.mines, 'mine')} in all.",
            f"Flags mark {counted(flags.bit_count(), 'mine')}: {_cells(state, flags)}."
            if flags
            else "No cell is flagged.",
            f"{state.mines} - {flags.bit_count()} = {left}.",
        ]
        return Solution(left, steps, work=float(state.rows * state.cols + flags.bit_count()))


class RevealedCount(CountTask):
    """Task 2."""

    id, slug = 2, "revealed_count"
    about = "Count the revealed cells."
    answer_bound = 0.2

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} How many cells are revealed? Count blank cells and cells with a number together."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps, total = list[str](), list[int]()
        for row, values in enumerate(state.board):
            blank, numbered = values.count(0), sum(value > 0 for value in values)
            total.append(blank + numbered)
            steps.append(f"Row {row}: {blank} blank and {numbered} with a number, {blank + numbered} revealed.")
        steps.append(f"{' + '.join(map(str, total))} = {sum(total)}.")
        return Solution(sum(total), steps, work=float(state.rows * state.cols))


class CellTask(MinesweeperTask):
    """A choice question about one cell: its class is drawn first, then a cell of the class.

    Corner, edge or inside is drawn as well, so that the place of the cell does not give its class away.
    """

    kind = AnswerKind.CHOICE
    params_type = CellParams
    shares: Mapping[str, float]
    """Classes of cells and their shares."""
    seeks: Mapping[str, Seek] = {}
    """Classes for which a board is dropped at once unless its numbers prove something."""
    texts: Mapping[str, str]
    """Option values and how they are shown."""

    def classify(self, state: State, place: int) -> str | None:
        """Return the class of a cell; None: it must not be asked about."""
        raise NotImplementedError

    def plan(self, level: MinesweeperParams, rng: Random) -> MinesweeperParams:
        kind = rng.choices(list(self.shares), list(self.shares.values()))[0]
        seek = self.seeks.get(kind)
        edges = rng.choices(range(3), EDGES)[0]
        if seek == "opening" or (edges == 2 and kind in ("number", "use_number") and seek is None):
            # Hardly any board has a number in a corner, or a cell inside that can be proved to open an area.
            edges = None
        return msgspec.structs.replace(super().plan(level, rng), kind=kind, edges=edges, seek=seek)

    def ask(self, state: State, plan: MinesweeperParams, rng: Random) -> dict[str, Any] | None:
        places = bits(zone(state.rows, state.cols, plan.edges))
        cells = [place for place in places if self.classify(state, place) == plan.kind]
        if not cells:
            return None
        row, col = divmod(rng.choice(cells), state.cols)
        return {"row": row, "col": col}

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return list(self.texts)

    def option_text(self, state: State, value: Any) -> str:
        return self.texts[value]


class CellState(CellTask):
    """Task 3."""

    id, slug = 3, "cell_state"
    about = "State of one cell."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    option_type = Look
    option_count = 4
    shares = dict.fromkeys(LOOKS, 1.0)
    texts = LOOKS

    def classify(self, state: State, place: int) -> str:
        return look(state, place)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} What is the state of the cell {_name(params)}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        value, number = look(state, _place(state, params)), state.board[params["row"]][params["col"]]
        seen = {HIDDEN: "is hidden and carries no flag", FLAG: "carries a flag", 0: "is revealed and empty"}
        excluded = {
            "number": "neither hidden nor flagged, and not blank",
            "blank": "neither hidden nor flagged, and shows no number",
            "flag": "neither revealed nor hidden without a flag",
            "hidden": "neither revealed nor flagged",
        }
        steps = [
            f"Row {params['row']} is the {ordinal(params['row'] + 1)} row from the top, column {params['col']} the"
            f" {ordinal(params['col'] + 1)} column from the left.",
            f"Where they cross, the cell {seen.get(number, f'is revealed and shows {number}')}.",
            f"So it is {excluded[value]}.",
        ]
        return Solution(value, steps, work=float(state.rows * state.cols))


class RevealOutcome(CellTask):
    """Task 4."""

    id, slug = 4, "reveal_outcome"
    about = "What happens when a cell is revealed."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    option_type = Outcome
    option_count = 6
    rules = f"{RULES}\n{REVEALING}\n{PROOF}"
    shares = OUTCOME_SHARES
    seeks = {"mine": "mine", "number": "number", "undecidable": "either", "blank": "opening"}
    texts = OUTCOMES

    def classify(self, state: State, place: int) -> str | None:
        found = conclusion(state, place) if look(state, place) == "hidden" else None
        return "number" if found and found.startswith("number") else found

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} What can be concluded about revealing the cell {_name(params)}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        place = _place(state, params)
        if self.classify(state, place) is None:
            raise ValueError(f"no single conclusion is true of the cell {_name(params)}")
        found = conclusion(state, place) or ""
        if found == "undecidable":
            steps = _both_ways(state, place)
        elif found == "mine":
            steps = Prover(state).settle(place)
        else:
            steps = Prover(state).count(place)
            shows = "has no mined neighbour, so an area opens" if found == "blank" else f"shows {found[-1]}"
            steps.append(f"So {_name(params)} is safe and {shows}.")
        return Solution(found, steps, work=float(len(steps) + state.mask(HIDDEN).bit_count()))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The cell with its number; None for all else, of which nobody knows what shows, or which ends the game."""
        place = _place(state, params)
        found = conclusion(state, place) or ""
        if not found.startswith("number") or state.mask(HIDDEN, FLAG).bit_count() == state.mines + 1:
            return None
        return course(state, [(f"reveal {_name(params)}", state.showing(place, int(found[-1])))])

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """The three classes and three numbers, drawn the same way whatever is right.

        Numbers come from those that the flags and hidden cells around the cell allow, and the nearest others.
        """
        near = neighbours(state.rows, state.cols)[_place(state, params)]
        least, most = (near & state.mask(FLAG)).bit_count(), (near & state.mask(FLAG, HIDDEN)).bit_count()
        numbers = rng.sample(range(1, 9), 8)
        numbers.sort(key=lambda number: max(least - number, number - most, 0))
        offered = [f"number_{number}" for number in numbers if f"number_{number}" != right]
        return ["mine", "blank", "undecidable", *offered[: 2 if right.startswith("number") else 3]]


class BestMove(CellTask):
    """Task 5."""

    id, slug = 5, "best_move"
    about = "Right action for a given cell."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    option_type = Action
    option_count = 6
    rules = f"{RULES}\n{PROOF}\n{ACTIONS}"
    shares = dict.fromkeys(MOVES, 1.0)
    seeks = {"flag": "mine", "reveal": "safe", "wait": "either", "done_flagged": "mine"}
    texts = MOVES

    def classify(self, state: State, place: int) -> str:
        return action(state, place)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_board(state)} Which action is right for the cell {_name(params)}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        place, cell = _place(state, params), _name(params)
        found, number = action(state, place), state.board[params["row"]][params["col"]]
        if number == FLAG:
            steps = [f"A flag stands at {cell}.", "So nothing is to be done: it is flagged already."]
        elif number == HIDDEN:
            steps = [f"{cell} is hidden and has no flag."]
            steps += _both_ways(state, place) if found == "wait" else Prover(state).settle(place)
            close = {
                "flag": "holds a mine, so it is to be flagged",
                "reveal": "is safe, so it is to be revealed",
                "wait": "can neither be flagged nor revealed with certainty, so wait",
            }
            steps.append(f"{cell} {close[found]}.")
        elif number == 0:
            steps = [f"{cell} is revealed and blank.", "So nothing is to be done there."]
        else:
            near = neighbours(state.rows, state.cols)[place]
            steps = [
                f"{cell} is revealed and shows {number}.",
                f"Neighbours hidden without a flag: {_cells(state, near & state.mask(HIDDEN))}.",
                "So its number still says something."
                if found == "use_number"
                else "So its number says nothing more, and nothing is to be done there.",
            ]
        return Solution(found, steps, work=float(len(steps) + state.mask(HIDDEN).bit_count()))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """The flag; None for other actions: what a cell will show need not be known."""
        place = _place(state, params)
        if action(state, place) != "flag":
            return None
        return course(state, [(f"flag {_name(params)}", state.showing(place, FLAG))])


def _both_ways(state: State, place: int) -> list[str]:
    """Return two complete placements, with and without a mine under a cell, as alike as possible."""
    known, cell = know(state), 1 << place
    with_mine = known.placement(mine=cell) or 0
    without = known.placement(safe=cell, like=with_mine) or 0
    name = cell_text(divmod(place, state.cols))
    flagged = state.mines - known.left
    return [
        f"The board has {counted(state.mines, 'mine')}, {flagged or 'none'} of them flagged, so {known.left} must lie"
        " under cells without a flag.",
        f"This placement has a mine at {name}: {_cells(state, with_mine)}.",
        f"This placement has none there: {_cells(state, without)}.",
        f"Both agree with every shown number, so it cannot be proved whether {name} holds a mine.",
    ]


def _board(state: State) -> str:
    return f"The board has {state.rows} x {state.cols} cells and exactly {counted(state.mines, 'mine')}."


def _place(state: State, params: Mapping[str, Any]) -> int:
    return params["row"] * state.cols + params["col"]


def _name(params: Mapping[str, Any]) -> str:
    return cell_text((params["row"], params["col"]))


def _cells(state: State, mask: int) -> str:
    return listed(cell_text(divmod(place, state.cols)) for place in bits(mask))


TASKS = (FlagCount(), MinesLeft(), RevealedCount(), CellState(), RevealOutcome(), BestMove())
