"""The second method: pieces as sets of plane points, turned by a swap of coordinates, and every placement tried.

Pieces on the board are counted as areas of equal numbers, neighbours as pairs of cells with an edge in common.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gameqa.core.audit import Checks, unlike

from .state import State

Cell = tuple[int, int]
Cells = frozenset[Cell]

TURNS = {"0": "0°", "90": "90° clockwise", "180": "180°", "270": "90° counter-clockwise"}
CODES = {code: set(code.split("_")) for code in ("0", "90", "180", "270", "0_180", "90_270")}
CODES |= {"none": set(), "all": set(TURNS)}
SIDES = {"above": (-1, 0), "below": (1, 0), "to the left": (0, -1), "to the right": (0, 1)}


def board(state: State) -> dict[Cell, int]:
    """Return the number of each cell, 0 where it is empty."""
    return {(row, col): n for row, line in enumerate(state.to_json()["grid"]) for col, n in enumerate(line)}


def piece(state: State, number: int) -> Cells:
    """Return the cells of a piece on the board; those of the hole for 0."""
    return frozenset(cell for cell, value in board(state).items() if value == number)


def drawn(state: State, number: int) -> Cells:
    """Return the cells of a removed piece as drawn."""
    rows = state.to_json()["shown_pieces"][str(number)]
    return frozenset((row, col) for row, line in enumerate(rows) for col, held in enumerate(line) if held)


def shifted(cells: Iterable[Cell], down: int, right: int) -> Cells:
    """Return cells moved."""
    return frozenset((row + down, col + right) for row, col in cells)


def corner(cells: Iterable[Cell]) -> Cell:
    """Return the top left cell of the box of cells."""
    return min(row for row, _ in cells), min(col for _, col in cells)


def home(cells: Cells) -> Cells:
    """Return cells moved to the origin."""
    top, left = corner(cells)
    return shifted(cells, -top, -left)


def turned(cells: Cells, degrees: int) -> Cells:
    """Return cells turned clockwise, at the origin."""
    for _ in range(degrees // 90):
        cells = frozenset((col, -row) for row, col in cells)
    return home(cells)


def size(cells: Cells) -> Cell:
    """Return how many rows and columns the box of cells has."""
    return max(row for row, _ in home(cells)) + 1, max(col for _, col in home(cells)) + 1


def areas(state: State) -> int:
    """Return how many areas of equal numbers, joined through edges, the board has without the hole."""
    cells = board(state)
    left, found = {cell for cell, value in cells.items() if value}, 0
    while left:
        found, heap = found + 1, [left.pop()]
        for row, col in heap:
            near = {(row + down, col + right) for down, right in SIDES.values()} & left
            heap += (same := [cell for cell in near if cells[cell] == cells[row, col]])
            left -= set(same)
    return found


def neighbours(state: State, number: int) -> set[int]:
    """Return the numbers of the pieces that share an edge with a piece."""
    cells = board(state)
    edges = [{cells[row, col], cells.get((row + r, col + c), 0)} for row, col in cells for r, c in ((0, 1), (1, 0))]
    return {other for edge in edges if number in edge for other in edge} - {0, number}


def fitting(state: State) -> set[str]:
    """Return the turns after which the removed piece equals the hole."""
    shape, hole = drawn(state, state.to_json()["removed_pieces"][0]), home(piece(state, 0))
    return {turn for turn in TURNS if turned(shape, int(turn)) == hole}


def other_piece(state: State, number: int) -> int:
    """Return the other one of two removed pieces."""
    return next(one for one in state.to_json()["removed_pieces"] if one != number)


def _piece_count(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [count for count in params["options"] if count == areas(state)]


def _piece_rotation(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [code for code in params["options"] if CODES[code] == fitting(state)]


def _piece_area(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [area for area in params["options"] if area == len(piece(state, params["piece"]))]


def _piece_adjacency(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [count for count in params["options"] if count == len(neighbours(state, params["piece"]))]


def _piece_placement(state: State, params: Mapping[str, Any]) -> list[Any]:
    hole, shape = piece(state, 0), drawn(state, params["piece"])
    rest = drawn(state, other_piece(state, params["piece"]))

    def right(option: list[int]) -> bool:
        top, left, bottom, end = option
        placed = shifted(shape, top, left)
        fits = (bottom - top + 1, end - left + 1) == size(shape) and placed < hole
        return fits and home(hole - placed) == rest

    return [option for option in params["options"] if right(option)]


def listed(items: Iterable[Any], name: str = "") -> str:
    """Return items in words, after a noun that gets its plural."""
    *words, last = map(str, items)
    noun = f"{name}{'s' * bool(words)} " if name else ""
    return noun + (f"{', '.join(words)} and {last}" if words else last)


def rows_of(cells: Cells) -> str:
    """Return cells as rows of X and dots."""
    height, width = size(cells)
    return " / ".join("".join(".X"[(r, c) in home(cells)] for c in range(width)) for r in range(height))


def box(cells: Cells) -> str:
    """Return the size of the box of cells in words."""
    height, width = size(cells)
    return f"{height} row{'s' * (height > 1)} and {width} column{'s' * (width > 1)}"


def lines(cells: Cells) -> dict[int, list[int]]:
    """Return the columns that cells cover, row by row."""
    return {row: sorted(col for one, col in cells if one == row) for row in sorted({row for row, _ in cells})}


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    there, gone = sorted({*board(state).values()} - {0}), state.to_json()["removed_pieces"]
    right = [f"Piece {one} covers cells of {listed(lines(piece(state, one)), 'row')}." for one in there]
    off = "that number" if len(gone) == 1 else "such a number"
    verb = "is" if len(gone) == 1 else "are"
    right.append(f"{listed(gone, 'Piece')} {verb} off the board: no cell of the board has {off}.")
    right.append(f"So {listed(there, 'piece')} are on the board: {areas(state)} pieces.")
    return unlike(steps[1:], right)


def _area_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    number, total = params["piece"], 0
    right = [f"Count the cells with the number {number} row by row."]
    for row, columns in lines(piece(state, number)).items():
        more = len(columns)
        so_far = f"; {total} + {more} = {total + more} so far" if total else ""
        right.append(f"Row {row}: {listed(columns, 'column')}, {more} cell{'s' * (more > 1)}{so_far}.")
        total += more
    return unlike(steps, [*right, f"Piece {number} covers {total} cells in all."])


def _beside(state: State, number: int) -> dict[Cell, dict[str, int]]:
    """Return what lies beside the cells of a piece outside it, where anything does."""
    cells = board(state)
    around = {
        (row, col): {
            side: cells[row + r, col + c]
            for side, (r, c) in SIDES.items()
            if cells.get((row + r, col + c), number) != number
        }
        for row, col in sorted(piece(state, number))
    }
    return {cell: found for cell, found in around.items() if found}


def _adjacency_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    number, beside = params["piece"], _beside(state, params["piece"])
    found = sorted(neighbours(state, number))
    right = [f"Look at the cells of piece {number} that share an edge with a cell outside it, row by row."]
    for row in sorted({row for row, _ in beside}):
        parts: list[str] = []
        for (one, col), sides in beside.items():
            if one == row:
                seen = [f"{f'piece {other}' if other else 'an empty cell'} {side}" for side, other in sides.items()]
                parts.append(f"({row}, {col}) has {listed(seen)}")
        right.append(f"Row {row}: {'; '.join(parts)}.")
    empty = " The empty cells are no piece." if any(0 in sides.values() for sides in beside.values()) else ""
    count = f"{len(found)} piece{'s' * (len(found) != 1)}"
    right.append(f"Different pieces found: {listed(found)}.{empty} Piece {number} is adjacent to {count}.")
    return unlike(steps, right)


def _tried(cells: Cells, hole: Cells) -> str:
    """Return how one turn compares with the hole."""
    if size(cells) != size(hole):
        return f"the box has {box(cells)}, that of the hole has {box(hole)}; it does not fit."
    if cells == hole:
        return f"[{rows_of(cells)}]. All rows are those of the hole: it fits."
    first = min(cells ^ hole)
    has, lacks = ("hole", "piece") if first in hole else ("piece", "hole")
    return f"[{rows_of(cells)}]. At {first} of the box the {has} has a cell, the {lacks} has none: it does not fit."


def _reach(name: str, values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{name} {low}" if low == high else f"{name}s {low} to {high}"


def _rotation_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    number, hole = state.to_json()["removed_pieces"][0], piece(state, 0)
    shape = drawn(state, number)
    covers = f"{_reach('row', [row for row, _ in hole])} and {_reach('column', [col for _, col in hole])}"
    right = [
        f"The hole covers {covers}, a box of {box(hole)}. Its rows from top to bottom (X = empty, . = not): "
        f"[{rows_of(hole)}].",
        f"Piece {number} as drawn has a box of {box(shape)}. Its rows from top to bottom (X = a cell of the piece): "
        f"[{rows_of(shape)}].",
        *(f"{name}: {_tried(turned(shape, int(turn)), home(hole))}" for turn, name in TURNS.items()),
    ]
    fits = [name for turn, name in TURNS.items() if turn in fitting(state)]
    none = "None of the four turns fits, so the piece was flipped over."
    return unlike(steps, [*right, f"The turns that fit: {listed(fits)}." if fits else none])


def _placement_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    number, hole = params["piece"], piece(state, 0)
    other = other_piece(state, number)
    shape, rest = drawn(state, number), drawn(state, other)
    (top, left), (height, width) = corner(hole), size(hole)
    end = (top + height - 1, left + width - 1)
    empty = "; ".join(f"row {row}: {listed(columns, 'column')}" for row, columns in lines(hole).items())
    right = [
        f"The hole reaches from {top, left} to {end}. Its empty cells are: {empty}.",
        f"Piece {number} has a box of {box(shape)}, with the rows [{rows_of(shape)}]; piece {other} has one of "
        f"{box(rest)}, with the rows [{rows_of(rest)}] (from top to bottom, X = a cell of the piece).",
        f"Try each place of piece {number} at which its box lies in the box of the hole, by the top left cell of its "
        f"box.",
    ]
    solved: list[Cell] = []
    for row in range(top, end[0] - size(shape)[0] + 2):
        parts: list[str] = []
        for col in range(left, end[1] - size(shape)[1] + 2):
            placed = shifted(shape, row, col)
            over = min(placed - hole, default=None)
            same = over is None and home(hole - placed) == rest
            solved += [(row, col)] * same
            ending = f"{'exactly' if same else 'not'} piece {other}"
            ending = f"has room, and the rest, [{rows_of(hole - placed)}], is {ending}" if over is None else ""
            parts.append(f"{row, col} {ending or f'fails, {over} belongs to piece {board(state)[over or (0, 0)]}'}")
        right.append(f"Top row {row}: {'; '.join(parts)}.")
    (row, col), (height, width) = solved[0], size(shape)
    right.append(f"So the box of piece {number} reaches from {row, col} to {row + height - 1, col + width - 1}.")
    return unlike(steps, right) + ["several places are right"] * (len(solved) > 1)


CHECKS = Checks[State](
    answers={
        "piece_count": _piece_count,
        "piece_rotation": _piece_rotation,
        "piece_area": _piece_area,
        "piece_adjacency": _piece_adjacency,
        "piece_placement": _piece_placement,
    },
    steps={
        "piece_count": _count_steps,
        "piece_rotation": _rotation_steps,
        "piece_area": _area_steps,
        "piece_adjacency": _adjacency_steps,
        "piece_placement": _placement_steps,
    },
)
