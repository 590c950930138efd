"""A second way to the answers: every line of the grid is written out as text and searched for the words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gameqa.core.audit import Checks, unmet

from .state import Cell, State

Params = Mapping[str, Any]

DIRECTIONS = {
    "right": (0, 1),
    "left": (0, -1),
    "down": (1, 0),
    "up": (-1, 0),
    "diagonal-right-down": (1, 1),
    "diagonal-right-up": (-1, 1),
    "diagonal-left-down": (1, -1),
    "diagonal-left-up": (-1, -1),
}


def _letters(state: State) -> dict[Cell, str]:
    return {(row, col): letter for row, line in enumerate(state.grid, 1) for col, letter in enumerate(line, 1)}


def _line(state: State, start: Cell, direction: str) -> list[Cell]:
    """Return the cells from a start to the edge of the grid."""
    (down, right), cells = DIRECTIONS[direction], [start]
    while cells[-1] in _letters(state):
        cells.append((cells[-1][0] + down, cells[-1][1] + right))
    return cells[:-1]


def _lines(state: State) -> Iterator[tuple[str, list[Cell]]]:
    """Yield each line from edge to edge in each direction."""
    letters = _letters(state)
    for direction, (down, right) in DIRECTIONS.items():
        for cell in letters:
            if (cell[0] - down, cell[1] - right) not in letters:
                yield direction, _line(state, cell, direction)


def _placements(state: State, word: str) -> list[tuple[Cell, str]]:
    """Return start and direction of each occurrence of a word."""
    letters = _letters(state)
    found: list[tuple[Cell, str]] = []
    for direction, cells in _lines(state):
        text = "".join(letters[cell] for cell in cells)
        found += [(cells[hit.start()], direction) for hit in re.finditer(f"(?={word})", text)]
    return sorted(found)


def _cell_letter(state: State, params: Params) -> list[Any]:
    return [letter for letter in params["options"] if _letters(state)[params["row"], params["col"]] == letter]


def _letter_count(state: State, params: Params) -> list[Any]:
    return [count for count in params["options"] if "".join(state.grid).count(params["letter"]) == count]


def _word_direction(state: State, params: Params) -> list[Any]:
    found = _placements(state, params["word"])
    return [name for name in params["options"] if ((params["row"], params["col"]), name) in found]


def _find_word(state: State, params: Params) -> list[Any]:
    """Return the placements of the word; none when it does not lie in the grid exactly once."""
    found = _placements(state, params["word"])
    options = params["options"]
    return [o for o in options if len(found) == 1 and ((o["row"], o["col"]), o["direction"]) in found]


def _cells(text: str) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((\d), (\d)\)", text)]


def _letter_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    row, col = params["row"], params["col"]
    line = [_letters(state)[row, place] for place in range(1, state.size + 1)]

    def count(text: str) -> bool:
        return re.findall(r"(\d) ([A-Z])", text) == [(f"{at}", letter) for at, letter in enumerate(line[:col], 1)]

    return unmet(
        steps,
        [
            (rf"Row {row}, counted from the top, holds the letters ([A-Z ]+)\.", lambda said: said.split() == line),
            (rf"Count along the row to column {col}: ([A-Z\d, ]+)\.", count),
            (rf"So row {row}, column {col} holds ([A-Z])\.", lambda letter: letter == line[col - 1]),
        ],
    )


def _count_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    letter = params["letter"]
    places = [
        sorted(col for (r, col), held in _letters(state).items() if (r, held) == (row + 1, letter))
        for row in range(state.size)
    ]

    def row(number: int) -> Callable[[str, str | None, str], bool]:
        def true(said: str, columns: str | None, so_far: str) -> bool:
            named = list(map(int, re.findall(r"\d", columns or "")))
            right = "".join(said.split()) == state.grid[number] and named == places[number]
            return right and int(so_far) == sum(map(len, places[: number + 1]))

        return true

    return unmet(
        steps,
        [
            (rf"Go through the grid row by row and note the columns that hold {letter}\.", lambda: True),
            *(
                (
                    rf"Row {at + 1}, ([A-Z ]+): (?:no {letter}|{letter} in columns? ([\d, and]+)); (\d+) so far\.",
                    row(at),
                )
                for at in range(state.size)
            ),
            (rf"In all, (\d) cells? holds? the letter {letter}\.", lambda n: int(n) == sum(map(len, places))),
        ],
    )


def _follows(state: State, word: str, start: Cell, direction: str, told: int) -> Callable[[str], bool]:
    """Judge how a word is followed from a start: off the grid, to the first mismatch, or to its end.

    The first `told` letters have been told before.
    """
    letters, line = _letters(state), _line(state, start, direction)

    def true(text: str) -> bool:
        leaves = re.fullmatch(r"the line leaves the grid after (\d) cells?, too soon for (\d) letters", text)
        if leaves or len(line) < len(word):
            return bool(leaves) and len(line) == int(leaves[1]) < len(word) == int(leaves[2])
        match = re.fullmatch(r"(.+?)(?:, not ([A-Z])|: (the whole word))", text)
        if not match:
            return False
        held = re.findall(r"(\(\d, \d\)) holds ([A-Z])", match[1])
        cells = line[told : told + len(held)]
        if [(_cells(cell)[0], letter) for cell, letter in held] != [(cell, letters[cell]) for cell in cells]:
            return False
        read, want = "".join(letter for _, letter in held), word[told : told + len(held)]
        if match[3]:
            return read == word[told:] == want
        return read[:-1] == want[:-1] and read[-1] != want[-1] == match[2]

    return true


def _direction_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    word, start = params["word"], (params["row"], params["col"])

    def rest(said: str) -> bool:
        return re.findall(r"\b[A-Z]\b", said) == list(word[1:]) and _letters(state)[start] == word[0]

    return unmet(
        steps,
        [
            (
                rf"The start cell \({start[0]}, {start[1]}\), written \(row, column\), holds {word[0]}, the first "
                rf"letter of {word}\. The cells after it must hold ([A-Z, and]+)\. Try all eight directions\.",
                rest,
            ),
            *((rf"{name}: (.+)\.", _follows(state, word, start, name, 1)) for name in DIRECTIONS),
            (
                rf"Only ([a-z-]+) gives the whole word {word}\.",
                lambda name: [(start, name)] == [p for p in _placements(state, word) if p[0] == start],
            ),
        ],
    )


def _word_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    word, letters = params["word"], _letters(state)
    starts = sorted(cell for cell, letter in letters.items() if letter == word[0])

    def start(cell: Cell) -> Callable[[str], bool]:
        seconds = {name: _line(state, cell, name)[1:2] for name in DIRECTIONS}
        on = {name: second[0] for name, second in seconds.items() if second and letters[second[0]] == word[1]}

        def true(text: str) -> bool:
            if text == f"no neighbouring cell holds {word[1]}.":
                return not on
            head, _, tail = text.partition(". ")
            begins = re.fullmatch(rf"{word[1]} follows at (.+)", head)
            said = re.findall(r"(\(\d, \d\)) \(([a-z-]+)\)", begins[1]) if begins else []
            followed = re.findall(r"([a-z-]+): (.+?)\.(?: |$)", tail)
            return (
                begins is not None
                and {name: _cells(at)[0] for at, name in said} == on
                and [name for name, _ in followed] == [name for _, name in said]
                and all(_follows(state, word, cell, name, 2)(claim) for name, claim in followed)
            )

        return true

    def found(row: str, col: str, name: str, cells: str) -> bool:
        at = (int(row), int(col))
        spelt = [(letter, _cells(cell)[0]) for letter, cell in re.findall(r"([A-Z]) (\(\d, \d\))", cells)]
        line = _line(state, at, name)[: len(word)]
        return _placements(state, word) == [(at, name)] and spelt == list(zip(word, line, strict=False))

    return unmet(
        steps,
        [
            (
                rf"The cells that hold {word[0]}, the first letter of {word}, in reading order and written "
                rf"\(row, column\): (.+)\. At each, look for {word[1]} in a neighbouring cell and follow the line\.",
                lambda said: _cells(said) == starts,
            ),
            *((rf"\({row}, {col}\): (.+)", start((row, col))) for row, col in starts),
            (rf"So {word} starts in row (\d), column (\d) and runs ([a-z-]+): (.+)\.", found),
        ],
    )


CHECKS: Checks[State] = Checks(
    answers={
        "cell_letter": _cell_letter,
        "letter_count": _letter_count,
        "word_direction": _word_direction,
        "find_word": _find_word,
    },
    steps={
        "cell_letter": _letter_steps,
        "letter_count": _count_steps,
        "word_direction": _direction_steps,
        "find_word": _word_steps,
    },
)
