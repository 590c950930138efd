"""A second way to the answers of Minesweeper: every placement of the mines next to numbers, written out one by one.

The mines that are left over lie in the cells that touch no number, in any way at all. Proofs of the worked solutions
are followed sentence by sentence: each must follow from what has been said before, by the one rule it names.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json
from gameqa.core.words import listed

from .state import FLAG, HIDDEN, State

Cell = tuple[int, int]


def _cells_of(state: State, *values: int) -> list[Cell]:
    """Return the cells that show one of the values, in reading order."""
    return [(r, c) for r, row in enumerate(state.board) for c, value in enumerate(row) if value in values]


def _near(state: State, cell: Cell) -> list[Cell]:
    """Return the neighbours of a cell on the board."""
    around = product(range(cell[0] - 1, cell[0] + 2), range(cell[1] - 1, cell[1] + 2))
    return [one for one in around if one != cell and one[0] in range(state.rows) and one[1] in range(state.cols)]


def _show(state: State, cell: Cell) -> int:
    return state.board[cell[0]][cell[1]]


def _left(state: State) -> int:
    """Return how many mines are not flagged."""
    return state.mines - len(_cells_of(state, FLAG))


def _placements(state: State, border: Sequence[Cell]) -> Iterator[set[Cell]]:
    """Yield the sets of cells next to numbers that may hold mines, as far as the numbers go."""
    numbers = {cell: _show(state, cell) for cell in _cells_of(state, *range(9))}
    need = {
        cell: value - sum(_show(state, one) == FLAG for one in _near(state, cell)) for cell, value in numbers.items()
    }
    watch = {cell: [one for one in _near(state, cell) if one in need] for cell in border}
    room = {cell: sum(one in watch for one in _near(state, cell)) for cell in need}
    mines = set[Cell]()

    def place(at: int, spare: int) -> Iterator[set[Cell]]:
        if at == len(border):
            yield set(mines)
            return
        cell = border[at]
        for mine in (False, True):
            for one in watch[cell]:
                room[one] -= 1
                need[one] -= mine
            if mine <= spare and all(0 <= need[one] <= room[one] for one in watch[cell]):
                if mine:
                    mines.add(cell)
                yield from place(at + 1, spare - mine)
                mines.discard(cell)
            for one in watch[cell]:
                room[one] += 1
                need[one] += mine

    if all(0 <= need[cell] <= room[cell] for cell in need):
        yield from place(0, _left(state))


def _outcomes(state: State, cell: Cell) -> set[str]:
    """Return all that revealing a hidden cell can lead to: "mine", "blank" or "number_k"."""
    hidden = _cells_of(state, HIDDEN)
    border = [one for one in hidden if any(_show(state, other) >= 0 for other in _near(state, one))]
    inner = [one for one in hidden if one not in border]
    near = [one for one in inner if one in _near(state, cell)]
    others = len(inner) - len(near) - (cell in inner)
    flags = sum(_show(state, one) == FLAG for one in _near(state, cell))
    found = set[str]()
    for mines in _placements(state, border):
        beside = flags + sum(one in mines for one in _near(state, cell))
        for mine, more in product((True, False) if cell in inner else (cell in mines,), range(len(near) + 1)):
            rest = _left(state) - len(mines) - more - (mine and cell in inner)
            if 0 <= rest <= others:
                count = beside + more
                found.add("mine" if mine else f"number_{count}" if count else "blank")
    return found


def _flags(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [str(state).count("F")]


def _mines_left(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [state.mines - str(state).count("F")]


def _revealed(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [len(re.findall(r"[.\d]", str(state)))]


def _cell_state(state: State, params: Mapping[str, Any]) -> list[Json]:
    value = _show(state, (params["row"], params["col"]))
    true = {"number": value > 0, "blank": value == 0, "flag": value == FLAG, "hidden": value == HIDDEN}
    return [one for one in params["options"] if true[one]]


def _reveal(state: State, params: Mapping[str, Any]) -> list[Json]:
    outcomes = _outcomes(state, (params["row"], params["col"]))
    unsure = "mine" in outcomes and len(outcomes) > 1
    return [one for one in params["options"] if (unsure if one == "undecidable" else outcomes == {one})]


def _action(state: State, params: Mapping[str, Any]) -> list[Json]:
    cell = (params["row"], params["col"])
    value = _show(state, cell)
    outcomes = _outcomes(state, cell) if value == HIDDEN else set[str]()
    speaks = any(_show(state, one) == HIDDEN for one in _near(state, cell))
    true = {
        "flag": value == HIDDEN and outcomes == {"mine"},
        "reveal": value == HIDDEN and "mine" not in outcomes,
        "wait": value == HIDDEN and "mine" in outcomes and len(outcomes) > 1,
        "use_number": value > 0 and speaks,
        "done_revealed": value == 0 or (value > 0 and not speaks),
        "done_flagged": value == FLAG,
    }
    return [one for one in params["options"] if true[one]]


# The worked solutions.

C = r"\(\d, \d\)"
CS = rf"{C}(?:, {C})*(?: and {C})?"
IS = r"(?:holds a mine|hold mines|is safe|are safe)"
MINES = r"(\d+) mines?"


def _cells(text: str | None) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((\d), (\d)\)", text or "")]


class _Proof:
    """What has been proved so far, or follows from the suppositions that are being tried."""

    def __init__(self, state: State, asked: Cell) -> None:
        self.state, self.asked = state, asked
        self.known: dict[Cell, bool] = {}
        """Hidden cells that hold a mine (True) or none."""
        self.groups: list[tuple[set[Cell], int]] = []
        """Cells that hold exactly so many mines, in the order told."""
        self.since = 0
        """How many groups were told before the mines of the whole board were counted last."""
        self.tried: list[tuple[Cell, bool, dict[Cell, bool]]] = []
        """Cell, what is supposed of it, and what was known before."""
        self.cases: list[tuple[Cell, bool]] = []
        """Cases of a supposition that were found impossible."""
        self.clue: tuple[set[Cell], int] = (set(), 0)
        """The unknown cells around the number told last, and the mines they must hold."""
        self.found_near = 0
        """The mines found around that number."""
        self.left, self.refuted = 0, False
        """The mines left by the last count; whether the supposition being tried is impossible."""
        self.number = -1
        """The mines around the asked cell, as counted."""

    def unknown(self) -> set[Cell]:
        """Return the hidden cells of which nothing is known."""
        return set(_cells_of(self.state, HIDDEN)) - set(self.known)

    def others(self) -> tuple[set[Cell], int]:
        """Return the unknown cells outside the groups told since the last count, and the mines they must hold."""
        groups = self.groups[self.since :]
        inside = set[Cell]().union(*(cells for cells, _ in groups))
        if sum(len(cells) for cells, _ in groups) != len(inside):
            return set(), -99
        return self.unknown() - inside, self.left - sum(mines for _, mines in groups)

    def learn(self, text: str, state: str) -> bool:
        """Note what has been proved of some hidden cells; False when it is against what is known."""
        new = dict.fromkeys(_cells(text), "mine" in state)
        agrees = new == {**new, **{cell: mine for cell, mine in self.known.items() if cell in new}}
        self.known.update(new)
        return agrees and set(new) <= set(_cells_of(self.state, HIDDEN))

    def around(self, cell: Cell) -> tuple[int, int]:
        """Return the flags and known mines around a cell, and the unknown cells there."""
        near = _near(self.state, cell)
        sure = sum(_show(self.state, one) == FLAG or self.known.get(one, False) for one in near)
        return sure, len(self.unknown() & set(near))

    def shows(self, m: re.Match[str]) -> bool:
        cell = _cells(m[1])[0]
        told = {"flagged": list[Cell](), "mine": list[Cell](), "safe": list[Cell](), "unknown": list[Cell]()}
        names = {True: "mine", False: "safe", None: "unknown"}
        if m[3].endswith(" besides"):  # the cells that are no mines so far, known to be safe or not
            told = {"flagged": list[Cell](), "mine": list[Cell](), "beside": list[Cell]()}
            names = {True: "mine", False: "beside", None: "beside"}
        for part in m[3].split("; "):
            told[part.split()[-1].removesuffix("s")].extend(_cells(part))
        near = [one for one in _near(self.state, cell) if _show(self.state, one) < 0]
        true = {name: [one for one in near if self._name(one, names) == name] for name in told}
        self.found_near = len(told["flagged"]) + len(told["mine"])
        self.clue = (set(told.get("beside", told.get("unknown", []))), int(m[2]) - self.found_near)
        return told == true and _show(self.state, cell) == int(m[2])

    def _name(self, cell: Cell, names: dict[bool | None, str]) -> str:
        return "flagged" if _show(self.state, cell) == FLAG else names[self.known.get(cell)]

    def leaves(self, m: re.Match[str]) -> bool:
        self.groups.append((set(_cells(m[2])), int(m[1])))
        return self.groups[-1] == self.clue

    def found(self, m: re.Match[str]) -> bool:
        number = 1 if m[1].startswith("only") else int(m[1].split()[0])
        return number == self.found_near and self.clue == (set(_cells(m[2])), 0) and self.learn(m[2], "safe")

    def so(self, m: re.Match[str]) -> bool:
        """The end of a supposition, or a group that is full of mines."""
        if self.refuted:
            cell, supposed, before = self.tried.pop()
            self.known, self.refuted = before, False
            return _cells(m[1]) == [cell] and ("mine" in m[2]) is not supposed and self.learn(m[1], m[2])
        cells, mines = self.groups[-1] if self.groups else (set[Cell](), 0)
        return "mine" in m[2] and cells == set(_cells(m[1])) and mines == len(cells) and self.learn(m[1], m[2])

    def within(self, m: re.Match[str]) -> bool:
        if len(self.groups) < 2:
            return False
        (less, few), (more, many) = self.groups[-2:]
        rest = more - less
        full = many - few == (len(rest) if "mine" in m[3] else 0)
        return less <= more and int(m[1]) == few and rest == set(_cells(m[2])) and full and self.learn(m[2], m[3])

    def remains(self, m: re.Match[str]) -> bool:
        if len(self.groups) < 2:
            return False
        (less, few), (more, many) = self.groups[-2:]
        self.groups.append((set(_cells(m[2])), int(m[1])))
        return less <= more and self.groups[-1] == (more - less, many - few)

    def tried_out(self, m: re.Match[str]) -> bool:
        for part, state in re.findall(rf"({CS}) ({IS})", m[1]):
            for cell in _cells(part):
                outcomes = _outcomes(self.state, cell)
                if ("mine" in outcomes) is not ("mine" in state) or ("mine" in state and len(outcomes) > 1):
                    return False
            if not self.learn(part, state):
                return False
        return True

    def counted_out(self, m: re.Match[str]) -> bool:
        self.number = int(m[1])
        return _outcomes(self.state, self.asked) == {f"number_{m[1]}" if self.number else "blank"}

    def shared(self, m: re.Match[str]) -> bool:
        """Try all fillings of both groups."""
        if len(self.groups) < 2:
            return False
        (one, few), (two, many) = self.groups[-2:]
        both, cells = one & two, sorted(one | two)
        fillings = [
            {cell for cell, mine in zip(cells, case, strict=True) if mine}
            for case in product((0, 1), repeat=len(cells))
        ]
        fillings = [mines for mines in fillings if len(mines & one) == few and len(mines & two) == many]
        counts = [len(mines & both) for mines in fillings]
        right = both == set(_cells(m[1])) and int(m[3]) == (max(counts) if m[2] == "most" else min(counts))
        for part, state in re.findall(rf"({CS}) ({IS})", m[4]):
            same = all((cell in mines) is ("mine" in state) for cell in _cells(part) for mines in fillings)
            right = right and same and self.learn(part, state)
        return right

    def total(self, m: re.Match[str]) -> bool:
        found = {cell for cell, mine in self.known.items() if mine}
        self.since, self.left = len(self.groups), _left(self.state) - len(found)
        told = (int(m[1]), int(m[2] or 0), int(m[3] or 0), set(_cells(m[4])), int(m[5].replace("none", "0")))
        return told == (self.state.mines, len(_cells_of(self.state, FLAG)), len(found), found, self.left)

    def take_all(self, m: re.Match[str]) -> bool:
        """Any of the other cells may be named, not only all of them."""
        cells, mines = self.others()
        return mines == 0 and set(_cells(m[1])) <= cells and self.learn(m[1], "safe")

    def fill(self, m: re.Match[str]) -> bool:
        cells, mines = self.others()
        same = cells == set(_cells(m[3])) and int(m[1]) == int(m[2]) == mines == len(cells)
        return same and self.learn(m[3], "mines")

    def rest(self, m: re.Match[str]) -> bool:
        same = self.others() == (set(_cells(m[2])), int(m[1]))
        self.groups.append((set(_cells(m[2])), int(m[1])))
        return same

    def suppose(self, m: re.Match[str]) -> bool:
        cell = _cells(m[1])[0]
        self.tried.append((cell, "mine" in m[2], dict(self.known)))
        return self.learn(m[1], m[2])

    def refute(self, true: bool) -> bool:
        """End a case, or the supposition when it has no case left."""
        if len(self.tried) == 1:
            self.refuted = True
            return true
        cell, supposed, self.known = self.tried.pop()
        self.refuted = (cell, not supposed) in self.cases
        self.cases.append((cell, supposed))
        return true

    def crowded(self, m: re.Match[str]) -> bool:
        cell = _cells(m[1])[0]
        return self.refute(_show(self.state, cell) == int(m[2]) < self.around(cell)[0])

    def short(self, m: re.Match[str]) -> bool:
        cell = _cells(m[1])[0]
        return self.refute(_show(self.state, cell) == int(m[2]) > sum(self.around(cell)) == int(m[3]))

    def too_many(self, m: re.Match[str]) -> bool:
        return self.refute(int(m[1]) == self.state.mines and -99 < self.others()[1] < 0)

    def no_room(self, m: re.Match[str]) -> bool:
        cells, mines = self.others()
        return self.refute(int(m[1]) == mines > len(cells) == int(m[2] or 0))

    def sure(self, m: re.Match[str]) -> bool:
        return _cells(m[1]) == [self.asked] and not self.tried and self.known.get(_cells(m[1])[0]) is ("mine" in m[2])

    def counted(self, m: re.Match[str]) -> bool:
        """Check the mines around a safe cell: the known ones, and those of groups of which it has all cells near."""
        cell = _cells(m[1])[0]
        near = _near(self.state, cell)
        number, named = 0, list[Cell]()
        if cell != self.asked:
            return False
        for count, how, text in re.findall(rf"(\d) (at|in) ({CS})", m[2]):
            cells = _cells(text)
            known = all(self.known.get(one) or _show(self.state, one) == FLAG for one in cells)
            exact = (set(cells), int(count)) in self.groups
            if not (known and len(cells) == int(count) if how == "at" else exact) or not set(cells) <= set(near):
                return False
            number += int(count)
            named += cells
        closed = {one for one in near if _show(self.state, one) < 0 and self.known.get(one) is not False}
        self.number = number
        return sorted(closed) == sorted(named) and number == int(m[3])

    def none_around(self, m: re.Match[str]) -> bool:
        near = [one for one in _near(self.state, self.asked) if _show(self.state, one) < 0]
        self.number = 0
        return _cells(m[1]) == [self.asked] and all(self.known.get(one) is False for one in near)

    def verdict(self, m: re.Match[str]) -> bool:
        named = _cells(m[1]) == [self.asked]
        return named and self.known.get(self.asked) is False and self.number == int(m[2] or 0)


TRYING = r"Trying out all placements of the mines in the unknown cells shows that"
RULES: dict[str, Callable[[_Proof, re.Match[str]], bool]] = {
    rf"({C}) shows (\d); hidden around it: (.*)\.": _Proof.shows,
    rf"That leaves exactly {MINES} for ({CS})\.": _Proof.leaves,
    rf"Its (only mine is|\d mines are) found already, so ({CS}) (?:is|are) safe\.": _Proof.found,
    rf"So ({CS}) ({IS})\.": _Proof.so,
    rf"The former cells are all among the latter and hold {MINES}, so ({CS}) ({IS})\.": _Proof.within,
    rf"The former cells are all among the latter; that leaves exactly {MINES} for ({CS})\.": _Proof.remains,
    rf"{TRYING} ({CS} {IS}(?: and {CS} {IS})?)\.": _Proof.tried_out,
    rf"{TRYING} every one has (\d) next to ({C})\.": _Proof.counted_out,
    rf"({CS}), shared by both, holds? at (most|least) {MINES}, so ({CS} {IS}(?:, and {CS} {IS})?)\.": _Proof.shared,
    rf"The board has {MINES}(?:, (\d+) flagged)?(?:(?: and|,) (\d+) found at ({CS}))?: (\d+|none) left\.": _Proof.total,
    rf"These cells take all of them, so no other cell holds a mine: ({CS}) (?:is|are) safe\.": _Proof.take_all,
    rf"So no other unknown cell holds a mine: ({CS}) (?:is|are) safe\.": _Proof.take_all,
    rf"That leaves exactly {MINES} for (\d+) (?:other )?unknown cells?: ({CS}) holds? (?:a mine|mines)\.": _Proof.fill,
    rf"So exactly {MINES} must lie in the (?:other )?unknown cells, ({CS})\.": _Proof.rest,
    rf"(?:Suppose|If) ({C}) (held a mine|were safe)[.:]": _Proof.suppose,
    rf"Then ({C}) shows (\d) but has more mines around it, which is impossible\.": _Proof.crowded,
    rf"Then ({C}) shows (\d) but has room for only (\d) around it, which is impossible\.": _Proof.short,
    rf"Then the board has more than {MINES}, which is impossible\.": _Proof.too_many,
    r"Then (\d+) more would have to lie (?:where no unknown cell is left|in (\d+) (?:other )?unknown cells?), "
    r"which is impossible\.": _Proof.no_room,
    rf"({C}) (holds a mine|is safe), so it is to be (?:flagged|revealed)\.": _Proof.sure,
    rf"Mines around ({C}): (.*)\. That makes (\d)\.": _Proof.counted,
    rf"No mine lies around ({C}): none of its neighbours is flagged, "
    r"and the hidden ones are all safe\.": _Proof.none_around,
    rf"So ({C}) is safe and (?:shows (\d)|has no mined neighbour, so an area opens)\.": _Proof.verdict,
}


def _follow(proof: _Proof, step: str) -> Iterator[str]:
    """Follow one step of a proof and yield what does not hold in it."""
    counts = step.startswith("Mines around")
    parts = [step] if counts else re.split(rf"(?<=[.]) (?=[A-Z(])|(?<=(?:mine|safe):) (?={C} shows)", step)
    for sentence in parts:
        found = [(rule, m) for form, rule in RULES.items() if (m := re.fullmatch(form, sentence))]
        if not found:
            yield f"not understood: {sentence}"
        elif not all(rule(proof, m) for rule, m in found):
            yield f"does not follow: {sentence}"


def _unsure(state: State, cell: Cell, step: str) -> bool | None:
    """Check the steps about two placements; None when the step is none of these."""
    if m := re.fullmatch(rf"This placement has (a mine at {re.escape(str(cell))}|none there): ({CS})\.", step):
        mines = set(_cells(m[2]))
        fits = mines <= set(_cells_of(state, HIDDEN)) and len(mines) == _left(state) == len(_cells(m[2]))
        for one in _cells_of(state, *range(9)):
            near = _near(state, one)
            fits = fits and _show(state, one) == sum(_show(state, other) == FLAG or other in mines for other in near)
        return fits and (cell in mines) is m[1].startswith("a mine")
    total = rf"The board has {MINES}, (none|\d+) of them flagged, so (\d+) must lie under cells without a flag\."
    if m := re.fullmatch(total, step):
        return (int(m[1]), int(m[2].replace("none", "0")), int(m[3])) == (
            state.mines,
            len(_cells_of(state, FLAG)),
            _left(state),
        )
    ends = (
        f"Both agree with every shown number, so it cannot be proved whether {cell} holds a mine.",
        f"{cell} can neither be flagged nor revealed with certainty, so wait.",
    )
    return True if step in ends else None


def _proof_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    """Follow a proof, or check two placements, or what a revealed or flagged cell shows."""
    cell = (params["row"], params["col"])
    value = _show(state, cell)
    hidden = [one for one in _near(state, cell) if _show(state, one) == HIDDEN]
    if value != HIDDEN:
        if value == FLAG:
            told = [f"A flag stands at {cell}.", "So nothing is to be done: it is flagged already."]
        elif value == 0:
            told = [f"{cell} is revealed and blank.", "So nothing is to be done there."]
        else:
            told = [
                f"{cell} is revealed and shows {value}.",
                f"Neighbours hidden without a flag: {listed(hidden)}.",
                "So its number still says something."
                if hidden
                else "So its number says nothing more, and nothing is to be done there.",
            ]
        return unlike(steps, told)
    proof, problems = _Proof(state, cell), list[str]()
    for step in steps:
        if step == f"{cell} is hidden and has no flag.":
            continue
        unsure = _unsure(state, cell, step)
        if unsure is False:
            problems.append(f"not so: {step}")
        elif unsure is None:
            problems.extend(_follow(proof, step))
    return problems


def _flag_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    flags = _cells_of(state, FLAG)
    told = list[str]()
    for row in range(state.rows):
        here = [cell for cell in flags if cell[0] == row]
        told.append(f"Row {row}: a flag at {listed(here)}." if here else f"Row {row}: no flag.")
    return unlike(steps, [*told, f"That makes {len(flags)} flagged cell{'' if len(flags) == 1 else 's'}."])


def _left_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    flags = _cells_of(state, FLAG)
    mines = f"{len(flags)} mine{'' if len(flags) == 1 else 's'}"
    told = [
        f"The board has {state.mines} mines in all.",
        f"Flags mark {mines}: {listed(flags)}." if flags else "No cell is flagged.",
        f"{state.mines} - {len(flags)} = {state.mines - len(flags)}.",
    ]
    return unlike(steps, told)


def _revealed_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    told, counts = list[str](), list[int]()
    for row, shown in enumerate(state.board):
        blank, number = shown.count(0), sum(value > 0 for value in shown)
        counts.append(blank + number)
        told.append(f"Row {row}: {blank} blank and {number} with a number, {blank + number} revealed.")
    return unlike(steps, [*told, f"{' + '.join(map(str, counts))} = {sum(counts)}."])


def _cell_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    row, col = params["row"], params["col"]
    ordinal = ("1st", "2nd", "3rd", "4th", "5th", "6th")
    seen, excluded = {
        HIDDEN: ("is hidden and carries no flag", "neither revealed nor flagged"),
        FLAG: ("carries a flag", "neither revealed nor hidden without a flag"),
        0: ("is revealed and empty", "neither hidden nor flagged, and shows no number"),
    }.get(
        state.board[row][col],
        (f"is revealed and shows {state.board[row][col]}", "neither hidden nor flagged, and not blank"),
    )
    told = [
        f"Row {row} is the {ordinal[row]} row from the top, column {col} the {ordinal[col]} column from the left.",
        f"Where they cross, the cell {seen}.",
        f"So it is {excluded}.",
    ]
    return unlike(steps, told)


CHECKS = Checks[State](
    answers={
        "flag_count": _flags,
        "mines_left": _mines_left,
        "revealed_count": _revealed,
        "cell_state": _cell_state,
        "reveal_outcome": _reveal,
        "best_move": _action,
    },
    steps={
        "flag_count": _flag_steps,
        "mines_left": _left_steps,
        "revealed_count": _revealed_steps,
        "cell_state": _cell_steps,
        "reveal_outcome": _proof_steps,
        "best_move": _proof_steps,
    },
)
