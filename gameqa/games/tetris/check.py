"""Answers by sets of cells that are really turned and pushed down row by row, without column heights or masks."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gameqa.core.audit import Checks, denied
from gameqa.core.game import Json

from .state import State

Cells = frozenset[tuple[int, int]]
Placement = tuple[int, tuple[int, ...], Cells]
"""Clockwise degrees from the reference, the columns covered, and the cells where the piece comes to rest."""

DRAWN = {
    "I": "XXXX",
    "O": "XX / XX",
    "T": "XXX / .X.",
    "L": "X. / X. / XX",
    "J": ".X / .X / XX",
    "S": ".XX / XX.",
    "Z": "XX. / .XX",
}
MIRRORED = {"L": "J", "J": "L", "S": "Z", "Z": "S"}


def _turned(name: str, degrees: int) -> str:
    rows = DRAWN[name].split(" / ")
    for _ in range(degrees // 90):
        rows = ["".join(column) for column in zip(*rows[::-1], strict=True)]
    return " / ".join(rows)


def _turns(name: str) -> dict[int, str]:
    """Return the drawings of a piece that differ, by the least clockwise turn that makes each."""
    drawings: dict[int, str] = {}
    for degrees in (0, 90, 180, 270):
        if _turned(name, degrees) not in drawings.values():
            drawings[degrees] = _turned(name, degrees)
    return drawings


def _filled(drawing: str) -> Cells:
    rows = drawing.split(" / ")
    return frozenset((r, c) for r, row in enumerate(rows) for c, sign in enumerate(row) if sign == "X")


def _moved(cells: Cells, down: int, right: int) -> Cells:
    return frozenset((row + down, col + right) for row, col in cells)


def _holding(state: State, value: int) -> Cells:
    return frozenset((r, c) for r, row in enumerate(state.grid()) for c, v in enumerate(row) if v == value)


def _drawing(cells: Cells) -> str:
    rows, cols = sorted({row for row, _ in cells}), [col for _, col in cells]
    return " / ".join("".join(".X"[(r, c) in cells] for c in range(min(cols), max(cols) + 1)) for r in rows)


def _name(cells: Cells) -> str:
    """Return the name of the piece on these cells, or none."""
    return next((name for name in DRAWN if cells and _drawing(cells) in _turns(name).values()), "none")


def _free(state: State, cells: Cells) -> bool:
    """Tell whether cells lie beside no wall's far side, not below the floor and on no landed block."""
    blocks = _holding(state, 1)
    return all(row < state.size and 0 <= col < state.size for row, col in cells) and not cells & blocks


def _falling(state: State, cells: Cells) -> int:
    steps = 0
    while _free(state, _moved(cells, steps + 1, 0)):
        steps += 1
    return steps


def _sideways(state: State, move: str) -> Cells:
    return _moved(_holding(state, 2), 0, {"left": -1, "right": 1}[move])


def _placements(state: State) -> list[Placement]:
    """Return every straight drop from above the grid that ends inside it."""
    found: list[Placement] = []
    for degrees, drawing in _turns(_name(_holding(state, 2))).items():
        cells = _filled(drawing)
        width = max(col for _, col in cells) + 1
        for left in range(state.size - width + 1):
            above = _moved(cells, -4, left)
            rest = _moved(above, _falling(state, above), 0)
            if min(rest)[0] >= 0:
                found.append((degrees, tuple(range(left, left + width)), rest))
    return found


def _completed(state: State, rest: Cells) -> list[int]:
    full = rest | _holding(state, 1)
    return [row for row in range(state.size) if all((row, col) in full for col in range(state.size))]


def _empty_cells(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [state.grid()[params["row"]].count(0)]


def _shape(state: State, params: Mapping[str, Any]) -> list[Json]:
    piece = _holding(state, 2)
    return [
        option
        for option in params["options"]
        if (not piece if option == "none" else piece and _drawing(piece) in _turns(option).values())
    ]


def _timesteps(state: State, params: Mapping[str, Any]) -> list[Json]:
    if not _holding(state, 2):
        return [-1]
    moved = _sideways(state, params["move"])
    return [_falling(state, moved) if _free(state, moved) else 0]


def _most_rows(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [max(len(_completed(state, rest)) for _, _, rest in _placements(state))]


def _cells(text: str) -> Cells:
    return frozenset((int(row), int(col)) for row, col in re.findall(r"\((-?\d+), (-?\d+)\)", text))


def _numbers(text: str) -> list[int]:
    """Return listed numbers, a stretch such as `2 to 4` in full."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return list(range(numbers[0], numbers[1] + 1)) if " to " in text else numbers


def _empty_cells_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    here = [{(r, c) for r, c in _holding(state, value) if r == params["row"]} for value in (0, 1, 2)]
    counts = [len(cells) for cells in here]

    def holds(row: str, landed: str, active: str) -> bool:
        return int(row) == params["row"] and _cells(landed) == here[1] and _cells(active) == here[2]

    return denied(
        steps,
        {
            r"Row (\d+) holds (no landed block|landed blocks at .*) and (no cell of .*|cells of .*)\.": holds,
            r"The empty cells of the row are (.*)\.": lambda cells: _cells(cells) == here[0],
            r"No cell of the row is empty\.|The row has no empty cell\.": lambda: not here[0],
            r"That makes (.*) columns\.": lambda text: (
                [int(n) for n in re.findall(r"\d+", text)] == [counts[0], *counts, state.size]
            ),
        },
    )


def _shape_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    piece = _holding(state, 2)
    name = _name(piece)

    def described(text: str, drawing: str) -> bool:
        rows = [re.fullmatch(r"row (\d+), columns? (.*)", part) for part in text.split("; ")]
        cells = {(int(row[1]), col) for row in rows if row for col in _numbers(row[2])}
        return cells == piece and drawing == _drawing(piece)

    def turned(said: str, drawing: str | None, degrees: str | None, mirrored: str | None, final: str) -> bool:
        seen = _turned(said, int(degrees or 0)) == _drawing(piece) and drawing in (None, DRAWN[said])
        return seen and said == final == name and mirrored == MIRRORED.get(name)

    shape = r"It is the reference rotation of (\w)(?:, ([X./ ]+))?, (?:turned (?:clockwise )?by (\d+) degrees|.*)\."
    mirror = r"(?: No rotation of its mirror image (\w) looks like this\.)? So the active piece is (\w)\."
    return denied(
        steps,
        {
            r"Look at all (\d+) rows: every cell .*": lambda rows: int(rows) == state.size and not piece,
            r"No cell belongs to an active piece, so there is none\.": lambda: not piece,
            r"The active piece covers (.*)\.": lambda cells: _cells(cells) == piece,
            r"From top to bottom: (.*)\. Drawn with X: (.*)\.": described,
            r"It is the reference rotation of O, which looks the same .* So the active piece is O\.": lambda: (
                name == "O"
            ),
            shape + mirror: turned,
        },
    )


def _timesteps_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    piece, blocks = _holding(state, 2), _holding(state, 1)
    moved = _sideways(state, params["move"])
    landed = _falling(state, moved) if piece and _free(state, moved) else -1

    def support(col: int) -> tuple[int, int]:
        """Return the first landed block below the piece in a column, or a place in the floor."""
        lowest = max(row for row, c in moved if c == col)
        return min((row for row, c in blocks if c == col and row > lowest), default=state.size), col

    def gap(col: int) -> int:
        return support(col)[0] - max(row for row, c in moved if c == col) - 1

    def column(col: str, lowest: str, below: str, gap_said: str) -> bool:
        (row, c) = next(iter(_cells(lowest)))
        first = _cells(below) or {(state.size, c)}
        place = c == int(col) and (row, c) in moved and (row + 1, c) not in moved
        return place and first == {support(c)} and gap(c) == int(gap_said)

    def stopped(cols: str, said: str, on: str) -> bool:
        stopping = [col for col in sorted({c for _, c in moved}) if gap(col) == landed]
        met = [support(col) for col in stopping]
        named = {cell for cell in met if cell[0] < state.size}
        floor = len(named) < len(met)
        return _numbers(cols) == stopping and int(said) == landed and _cells(on) == named and ("floor" in on) == floor

    def outside(way: str, cells: str) -> bool:
        beyond = {cell for cell in moved if not 0 <= cell[1] < state.size}
        return way == params["move"] and beyond != set() and _cells(cells) == beyond

    def blocked(way: str, cells: str) -> bool:
        inside = all(0 <= col < state.size for _, col in moved)
        return way == params["move"] and inside and _cells(cells) == moved & blocks != set()

    return denied(
        steps,
        {
            r"No cell belongs to an active piece, so the number is -1\.": lambda: not piece,
            r"The active piece covers (.*)\.": lambda cells: _cells(cells) == piece,
            r"Moved one column to the (\w+), it covers (.*), all inside and free\.": lambda way, cells: (
                way == params["move"] and _cells(cells) == moved and landed >= 0
            ),
            r"The move to the (\w+) is impossible: (.*) would lie outside the grid, .* is 0\.": outside,
            r"The move to the (\w+) is impossible: (.*) would .* landed blocks?.* So the number is 0\.": blocked,
            r"Column (\d+): the lowest cell of the piece is (.*); below it (.*), and (\d+) empty cells? .*\.": column,
            r"The smallest number decides\. Columns? (.*) stops? the piece after (\d+) timesteps?, on (.*)\.": stopped,
        },
    )


def _most_rows_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    piece, blocks = _holding(state, 2), _holding(state, 1)
    turns, placements = _turns(_name(piece)), _placements(state)
    best = max(len(_completed(state, rest)) for _, _, rest in placements)
    lacking = {row: [col for col in range(state.size) if (row, col) not in blocks] for row in range(state.size)}

    def lacks(row: str, cells: str) -> bool:
        return _cells(cells) == {(int(row), col) for col in lacking[int(row)]}

    def completes(row: int) -> bool:
        return any(row in _completed(state, rest) for _, _, rest in placements)

    def opened(row: int, col: int) -> bool:
        return all((above, col) not in blocks for above in range(row))

    def apart(row: str, cells: str) -> bool:
        cols = lacking[int(row)]
        return lacks(row, cells) and cols[-1] - cols[0] >= len(cols) and not completes(int(row))

    def covered(row: str, cells: str, which: str, block: str) -> bool:
        (r, c) = next(iter(_cells(block)))
        cell = next(iter(_cells(cells if which == "it" else which)))
        top = (r, c) in blocks and opened(r, c) and c == cell[1] and r < cell[0]
        return lacks(row, cells) and cell in _cells(cells) and top and not completes(int(row))

    def unfit(row: str, cells: str, name: str, count: str) -> bool:
        rows = {len(part.replace(".", "")) for drawing in turns.values() for part in drawing.split(" / ")}
        fits = len(lacking[int(row)]) in rows
        return lacks(row, cells) and int(count) == len(lacking[int(row)]) and name == _name(piece) and not fits

    def drops(row: str, cells: str, text: str, none: str | None) -> bool:
        number, wanted = int(row), lacking[int(row)]
        said = re.findall(
            r"(\d+) degrees over columns? ([\d, ando]+?|\d+ to \d+) (completes it, the piece lies in rows?|"
            r"stops above it, in rows?|ends in rows?) ([\d to]+|\d+ and \d+)( and does not fill it)?(?:; |$)",
            text,
        )
        listed = {
            (int(degrees), tuple(_numbers(cols))): (verb, _numbers(rows)) for degrees, cols, verb, rows, _ in said
        }
        if len(said) != len(text.split("; ")) or len(listed) != len(said):
            return False
        could: set[tuple[int, tuple[int, ...]]] = set()
        for degrees, cols, rest in placements:
            rows = sorted({r for r, _ in rest})
            if any([c for c in cols if (r, c) in rest] == wanted for r in rows):
                could.add((degrees, cols))
                verb, at = listed.get((degrees, cols), ("", []))
                done = number in _completed(state, rest)
                right = "completes" in verb if done else "stops above" in verb if rows[-1] < number else "ends" in verb
                if at != rows or not right:
                    return False
        clear = all(opened(number, col) for col in wanted) and bool(none) != completes(number)
        return lacks(row, cells) and could == set(listed) and clear

    def by_turn(text: str) -> bool:
        most = {turn: max(len(_completed(state, rest)) for d, _, rest in placements if d == turn) for turn in turns}
        return {int(a): int(b) for a, b in re.findall(r"(\d+) degrees (\d+)", text)} == most

    def the_best(how: str, degrees: str, cols: str, cells: str, rows: str, count: str) -> bool:
        many = [p for p in placements if len(_completed(state, p[2])) == best]
        rest = _cells(cells)
        single = (how == "The best placement is") == (len(many) == 1)
        done = _completed(state, rest) == _numbers(rows) and len(_numbers(rows)) == int(count) == best
        return single and done and (int(degrees), tuple(_numbers(cols)), rest) in many

    def rotations(text: str) -> bool:
        return {int(a): b for a, b in re.findall(r"(\d+) degrees: ([X.]+(?: / [X.]+)*)", text)} == turns

    return denied(
        steps,
        {
            r"The active piece covers (.*), so its shape is (\w)\.": lambda cells, name: (
                _cells(cells) == piece and name == _name(piece)
            ),
            r"((?:Its rotations, by clockwise|Every turn of it looks like the reference) .*)\.": rotations,
            r"Take it off the board\. Its 4 cells .* rows that lack 4 cells or fewer: (.*)\.": lambda rows: (
                [int(n) for n in re.findall(r"\d+", rows)] == [r for r, cols in lacking.items() if len(cols) <= 4]
            ),
            r"Row (\d+) lacks (.*), not side by side, .* No placement completes it\.": apart,
            r"Row (\d+) lacks (.*), but (.*) is not open from above: the landed block (.*) stops .* completes it\.": (
                covered
            ),
            r"Row (\d+) lacks (.*), and no rotation of (\w) has exactly (\d) cells? in a row\. No .* it\.": unfit,
            r"Row (\d+) lacks (.*), open from above\. Only these drops could fill just that: (.*?)\."
            r"( No placement completes it\.)?": drops,
            r"Most rows that one placement completes, by rotation: (.*)\.": by_turn,
            r"(The best placement is|One of the best placements is) (\d+) degrees over columns? (.*): the piece "
            r"lies on (.*) and completes rows? (.*), (\d) rows? in all\. No placement completes more\.": the_best,
            r"So no placement, in any rotation and over any columns, completes a row: the number is 0\.": lambda: (
                best == 0
            ),
        },
    )


CHECKS = Checks[State](
    answers={
        "empty_cells_in_row": _empty_cells,
        "active_shape": _shape,
        "timesteps_until_collision": _timesteps,
        "max_rows_cleared": _most_rows,
    },
    steps={
        "empty_cells_in_row": _empty_cells_steps,
        "active_shape": _shape_steps,
        "timesteps_until_collision": _timesteps_steps,
        "max_rows_cleared": _most_rows_steps,
    },
)
