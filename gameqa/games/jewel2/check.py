"""The second method: commands on a board of single cells, runs as all equal stretches, and new elements filled in.

What two commands remove at least is the least number over fillings of the entered cells: those that the second command
names take every kind, all others together one kind after the other. Other elements only ever lengthen runs or add to
what a round gem removes, so that no mixture among them removes less.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from gameqa.core.audit import Checks

from .state import State

Cell = tuple[int, int]
Board = dict[Cell, str]

BASIC, ROUND, KINDS = "ABCDE", "abcde", "+|abcdeABCDE"
UNKNOWN = "?"
STEPS = {"up": (-1, 0), "down": (1, 0), "right": (0, 1), "left": (0, -1)}
"""In the order for ties."""
SHAPES = {"diamond-cut": BASIC, "round": ROUND}
COLORS = ("red", "green", "blue", "yellow", "purple")
NAMES = {
    **{signs[i]: f"{color} {cut} gem" for cut, signs in SHAPES.items() for i, color in enumerate(COLORS)},
    "+": "round black gem",
    "|": "cyan bar",
}


def board_of(state: State) -> Board:
    """Return the board cell by cell."""
    rows = state.to_json()["chessboard"]
    return {(x, y): sign for x, row in enumerate(rows) for y, sign in enumerate(row)}


def run(board: Board, cell: Cell, axis: int) -> list[Cell]:
    """Return the unbroken stretch of equal known elements through a cell, in its row (axis 0) or column (axis 1)."""
    line = [one for one in sorted(board) if one[axis] == cell[axis]]
    stretches = re.finditer(r"\?|(.)\1*", "".join(board[one] for one in line))
    return next(part for part in (line[slice(*stretch.span())] for stretch in stretches) if cell in part)


def runs(board: Board, cell: Cell) -> set[Cell]:
    """Return the cells of the horizontal and the vertical run through a cell, where they are 3 or longer."""
    lines = (run(board, cell, axis) for axis in (0, 1))
    return {one for line in lines if len(line) >= 3 for one in line}


def exchanged(board: Board, one: Cell, other: Cell) -> Board:
    """Return the board with two elements exchanged."""
    return board | {one: board[other], other: board[one]}


def parts(command: str) -> tuple[Cell, Cell | None]:
    """Return the cell of a command, and for a swap its neighbour, which may be off the board."""
    name, x, y, *way = command.split()
    cell = int(x), int(y)
    return (cell, None) if name == "clear" else (cell, (cell[0] + STEPS[way[0]][0], cell[1] + STEPS[way[0]][1]))


def cleared(board: Board, cell: Cell) -> set[Cell]:
    """Return what a clear removes."""
    sign = board[cell]
    if sign in BASIC:
        return runs(board, cell)
    if sign == "|":
        return {one for one in board if one[1] == cell[1]}
    if sign == "+":
        return {one for one in board if max(abs(one[0] - cell[0]), abs(one[1] - cell[1])) <= 1}
    return {cell} | {one for one in board if board[one] == sign.upper()}


def refused(board: Board, command: str) -> bool:
    """Tell whether a swap is refused because of a special element."""
    cell, other = parts(command)
    return other in board and any(board[one] not in BASIC for one in (cell, other))


def removed(board: Board, command: str) -> set[Cell]:
    """Return the cells that a command removes."""
    cell, other = parts(command)
    if other is None:
        return cleared(board, cell)
    if other not in board or refused(board, command):
        return set()
    after = exchanged(board, cell, other)
    return runs(after, cell) | runs(after, other)


def slid(board: Board, command: str) -> Board:
    """Return the board after a command and the fall, with new elements unknown."""
    gone, (cell, other) = removed(board, command), parts(command)
    if gone and other:
        board = exchanged(board, cell, other)
    after: Board = dict.fromkeys(board, UNKNOWN)
    for column in {y for _, y in board}:
        left = [board[one] for one in sorted(board) if one[1] == column and one not in gone]
        height = max(board)[0] + 1
        after |= {(height - len(left) + i, column): sign for i, sign in enumerate(left)}
    return after


def fillings(board: Board, command: str) -> Iterator[Board]:
    """Yield boards with the unknown elements filled in."""
    unknown = [cell for cell in board if board[cell] == UNKNOWN]
    named = [cell for cell in unknown if cell in parts(command)]
    for signs in product(KINDS, repeat=len(named) + 1):
        yield board | dict.fromkeys(unknown, signs[-1]) | dict(zip(named, signs, strict=False))


def sure(board: Board, command: str) -> int:
    """Return how many elements a command removes whatever the unknown ones are."""
    least = len(board)
    for filled in fillings(board, command):
        least = min(least, len(removed(filled, command)))
        if not least:
            break
    return least


def useful(board: Board) -> dict[str, set[Cell]]:
    """Return every command that removes something, with the cells, in the order for ties."""
    swaps = [f"swap {x} {y} {way}" for x, y in sorted(board) for way in STEPS]
    commands = swaps + [f"clear {x} {y}" for x, y in sorted(board)]
    return {command: gone for command in commands if (gone := removed(board, command))}


def _count_element(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [list(board_of(state).values()).count(params["element"])]


def _element_position(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [cell for cell in params["options"] if board_of(state)[cell[0], cell[1]] == params["element"]]


def _count_special(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [sum(sign not in BASIC for sign in board_of(state).values())]


def command_of(params: Mapping[str, Any]) -> str:
    """Return the command of an outcome question."""
    place = f"{params['x']} {params['y']}"
    return f"swap {place} {params['pos']}" if "pos" in params else f"clear {place}"


def _outcome(state: State, params: Mapping[str, Any]) -> list[Any]:
    board, command = board_of(state), command_of(params)
    count, total = len(removed(board, command)), state.to_json()["total_cleared"]
    special = command.startswith("clear") and board[parts(command)[0]] not in BASIC
    kind = "special" if special else "line" if count else "blocked" if refused(board, command) else "none"
    numbers = {"cleared": count, "total": total + count} if count else {}
    return [option for option in params["options"] if option == {"outcome": kind, **numbers}]


def _command_sequence(state: State, params: Mapping[str, Any]) -> list[Any]:
    board, (first, second) = board_of(state), params["commands"]
    return [len(removed(board, first)) + sure(slid(board, first), second)]


def _best_command(state: State, params: Mapping[str, Any]) -> list[Any]:
    found = useful(board_of(state))
    return [max(found, key=lambda command: len(found[command]), default="none")]


CELL = r"\((\d), (\d)\)"
CELLS = r"(\([^a-z]*(?: and \(\d, \d\))?)"
ELEMENT = r"(.) \(([a-z -]+)\)"


def cells(text: str) -> list[Cell]:
    """Return the cells that a text names."""
    return [(int(x), int(y)) for x, y in re.findall(CELL, text)]


def _denied(step: str, right: bool) -> list[str]:
    return [] if right else [f"not so, or not understood: {step!r}"]


def named(sign: str) -> str:
    """Return an element as the steps name it."""
    return f"{sign} ({NAMES[sign]})"


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, element = board_of(state), params["element"]
    found = sorted(cell for cell in board if board[cell] == element)
    others = sorted(cell for cell in board if board[cell] == element.lower())
    problems = _denied("a row is missing", len(steps) == state.size + 2)
    problems += _denied(steps[0], steps[0] == f"Look for {element}, the {NAMES[element]}, row by row.")
    for x, step in enumerate(steps[1:-1]):
        row = [cell for cell in found if cell[0] == x]
        problems += _denied(
            step, step.startswith(f"Row {x}: ") and cells(step) == row and (bool(row) or "none" in step)
        )
    note = rf" The {NAMES[element.lower()]}s? at .* must not be counted\." if others else ""
    told = re.fullmatch(rf"{element} occurs {len(found)} times?\.{note}", steps[-1])
    return problems + _denied(steps[-1], told is not None and cells(steps[-1]) == others)


def _position_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, element = board_of(state), params["element"]
    found = sorted(cell for cell in board if board[cell] == element)
    start = f"On the whole board, {named(element)} stands at "
    problems = _denied(steps[0], steps[0].startswith(start) and cells(steps[0]) == found)
    options = zip("ABCDEFGH", params["options"], strict=True)
    right = [f"Option {a}, ({x}, {y}): the cell holds {named(board[x, y])}." for a, (x, y) in options]
    return problems + [
        problem for step, one in zip(steps[1:], right, strict=True) for problem in _denied(step, step == one)
    ]


def _special_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board = board_of(state)
    found = sorted(cell for cell in board if board[cell] not in BASIC)
    right = [f"({x}, {y}) holds {named(board[x, y])}: number {i}." for i, (x, y) in enumerate(found, 1)]
    problems = [] if list(steps[1:-1]) == right else [f"the special elements are {right}"]
    ends = rf"There (is|are) {len(found)} special elements?; all other gems are diamond-cut\."
    return problems + _denied(steps[-1], re.fullmatch(ends, steps[-1]) is not None)


def _holds(board: Board, text: str) -> bool:
    """Tell whether every element that a text names stands where the text says."""
    known = re.findall(rf"{CELL} holds {ELEMENT}", text)
    unknown = re.search(rf"{CELLS} holds? (?:a )?new elements? of unknown kind", text)
    hidden = cells(unknown[1]) if unknown else []
    told = [((int(x), int(y)), sign, name) for x, y, sign, name in known]
    right = all(board.get(cell) == sign and NAMES[sign] == name for cell, sign, name in told)
    return right and bool(told or hidden) and all(board.get(cell) == UNKNOWN for cell in hidden)


def _runs_told(board: Board, text: str) -> bool:
    """Tell whether both runs through a cell are as a text says; `board` after the exchange of a swap."""
    told = re.search(
        rf"the horizontal run of (.) through {CELL} is {CELLS}, length (\d); the vertical one is {CELLS}, length (\d)\."
        rf"(?: What entered at {CELLS} may be another kind, so it lengthens no run for certain\.)?$",
        text,
    )
    if not told:
        return False
    cell = int(told[2]), int(told[3])
    if cell not in board:
        return False
    across, down = run(board, cell, 0), run(board, cell, 1)
    near = [(x + dx, y + dy) for line in (across, down) for x, y in line for dx, dy in STEPS.values()]
    beside = {one for one in near if board.get(one) == UNKNOWN and (one[0] == cell[0] or one[1] == cell[1])}
    right = (board[cell], sorted(across), len(across), sorted(down), len(down), beside)
    return right == (told[1], cells(told[4]), int(told[5]), cells(told[6]), int(told[7]), set(cells(told[8] or "")))


def _plain(board: Board, command: str, step: str) -> bool:
    """Tell whether a step on one command is true of the board before it."""
    gone, (cell, other) = removed(board, command), parts(command)
    sign = board[cell]
    if "run of" in step:
        return cells(step)[0] in (cell, other) and _runs_told(
            exchanged(board, cell, other) if other in board and other else board, step
        )
    if step.startswith("Removed"):
        told = re.match(rf"Removed(?: by runs of length 3 or more)?: {CELLS}, (\d+) elements?", step)
        counting = "whatever they are, they stand there" in step
        passing = re.search(r"The new elements need not be (.), so none of them counts", step)
        hidden = any(board[one] == UNKNOWN for one in gone)
        notes = counting == hidden and (not passing or passing[1] == sign.upper())
        return (
            bool(told)
            and notes
            and cells(told[1]) == sorted(gone)
            and int(told[2]) == len(gone) == sure(board, command)
        )
    if step == "No run has length 3 or more, so nothing is removed.":
        return not gone and not refused(board, command)
    if told := re.match(
        rf"There is no cell (above|below|to the right of|to the left of) {CELL}, so nothing happens", step
    ):
        return other is not None and other not in board and cells(step) == [cell] and _way(command) == told[1]
    if told := re.fullmatch(
        rf"The neighbour (above|below|to the right of|to the left of) {CELL} is {CELL}\.( .*)?", step
    ):
        heads = _way(command) == told[1] and cells(step)[:2] == [cell, other]
        return heads and (not told[6] or _plain(board, command, told[6].strip()))
    if "new element" in step:
        return (
            step.endswith("it is not certain that anything is removed: 0 elements.")
            and _holds(board, step)
            and not sure(board, command)
        )
    if "the swap is refused" in step:
        specials = [one for one in (cell, other) if one and board[one] not in BASIC]
        return refused(board, command) and _holds(board, step) and cells(step) == specials
    if "both are basic" in step:
        return (
            _holds(board, step)
            and cells(step) == [cell, other]
            and board[cell] in BASIC
            and not refused(board, command)
        )
    if not _holds(board, step) or cells(step) != [cell]:
        return False
    ends = {
        "|": f"a special element: it removes column {cell[1]}, itself included.",
        "+": f"a special element: it removes itself and its {len(gone) - 1} neighbours on the board.",
    }
    default = (
        "a basic element."
        if sign in BASIC
        else f"a special element: it removes itself and every {sign.upper()} on the board."
    )
    return step.endswith(f", {ends.get(sign, default)}")


def _way(command: str) -> str:
    ways = {"up": "above", "down": "below", "right": "to the right of", "left": "to the left of"}
    return ways[command.split()[3]]


def _outcome_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, command, total = board_of(state), command_of(params), state.to_json()["total_cleared"]
    count = len(removed(board, command))
    end = f"becomes {total} + {count} = {total + count}" if count else f"stays {total}"
    problems = [problem for step in steps[:-1] for problem in _denied(step, _plain(board, command, step))]
    return problems + _denied(steps[-1], steps[-1] == f"Total Cleared {end}.")


def _sequence_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    before = board_of(state)
    after = slid(before, params["commands"][0])
    boards, turn = (before, after), -1
    problems: list[str] = []
    for step in steps[:-1]:
        if told := re.fullmatch(r"(First|Second) command, \"([^\"]*)\": (.*)", step):
            turn += 1
            right = (told[1], told[2]) == (("First", "Second")[turn], params["commands"][turn])
            right = right and _plain(boards[turn], told[2], told[3])
        elif told := re.search(r"the rows are now, from top to bottom: (.*)\.$", step):
            right = told[1].replace("; ", " ").split() == [after[cell] for cell in sorted(after)]
        elif step == "The board stays as it is.":
            right = before == after
        else:
            right = _plain(boards[turn], params["commands"][turn], step)
        problems += _denied(step, right)
    first, second = len(removed(before, params["commands"][0])), sure(after, params["commands"][1])
    return problems + _denied(steps[-1], steps[-1] == f"In total at least {first} + {second} = {first + second}.")


def _grouped(step: str) -> list[tuple[int, list[str]]]:
    """Return the commands that a step lists, by the number of elements removed."""
    groups = re.findall(r"(\d+) removed by ([^;.]*)", step)
    return [(int(count), re.split(", | and ", commands)) for count, commands in groups]


def _best_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    board, found = board_of(state), useful(board_of(state))
    once = [command for command in found if command.split()[-1] not in ("up", "left")]
    swaps = [command for command in once if command.startswith("swap")]
    clears = [command for command in once if command.startswith("clear")]
    lists = [
        ("Clears of special elements: ", [command for command in clears if board[parts(command)[0]] not in BASIC]),
        ("Clears of basic elements: ", [command for command in clears if board[parts(command)[0]] in BASIC]),
        ("Swaps, each pair once: ", swaps),
    ]
    problems: list[str] = []
    for (start, commands), step in zip(lists, steps, strict=False):
        counts = sorted({len(found[command]) for command in commands}, reverse=True)
        right = [(count, [one for one in commands if len(found[one]) == count]) for count in counts]
        told = [(count, sorted(listed)) for count, listed in _grouped(step)]
        same = told == [(count, sorted(listed)) for count, listed in right] and (bool(right) or step == f"{start}none.")
        problems += _denied(step, step.startswith(start) and same)
    best = max(found, key=lambda command: len(found[command]))
    most = len(found[best])
    problems += _denied(steps[3], steps[3] == f"The greatest number is {most}.")
    start = f'"{best}" removes ' if best in clears else f'After the exchange, "{best}" removes '
    problems += _denied(steps[4], steps[4].startswith(start) and cells(steps[4]) == sorted(found[best]))
    return problems + _denied(
        " ".join(steps[5:]), _tie(best, [one for one in once if len(found[one]) == most], steps[5:])
    )


def _tie(best: str, equal: Iterable[str], steps: Sequence[str]) -> bool:
    """Tell whether the last step breaks the tie rightly."""
    many = len(list(equal))
    start = (
        f'Only "{best}" removes that many.'
        if many == 1
        else f'{many} of these commands remove that many; by the order for ties, "{best}" comes first.'
    )
    (x, y), other = parts(best)
    end = ""
    if other:
        back = next(way for way, (dx, dy) in STEPS.items() if (other[0] + dx, other[1] + dy) == (x, y))
        end = f' "swap {other[0]} {other[1]} {back}" is the same exchange written from its other end and comes later.'
    return list(steps) == [start + end]


CHECKS = Checks[State](
    answers={
        "count_element": _count_element,
        "element_position": _element_position,
        "count_special": _count_special,
        "clear_outcome": _outcome,
        "swap_outcome": _outcome,
        "command_sequence": _command_sequence,
        "best_command": _best_command,
    },
    steps={
        "count_element": _count_steps,
        "element_position": _position_steps,
        "count_special": _special_steps,
        "clear_outcome": _outcome_steps,
        "swap_outcome": _outcome_steps,
        "command_sequence": _sequence_steps,
        "best_command": _best_steps,
    },
)
