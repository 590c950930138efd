"""The four questions."""

from collections.abc import Iterable, Mapping
from random import Random
from string import ascii_uppercase
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, QAType, Solution, Task
from gameqa.core.grids import around
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import FEWEST_DECOYS, WordSearchParams, board, spreads
from .rules import DIRECTIONS, LOOKALIKES, Direction, Placement, agreement, cells_with, line, occurrences
from .state import Cell, Letter, State
from .words import words

WIDE_SHARE = 0.74
"""How often a word that can start where it fits in five directions does so: 35 % of all samples."""
IN_GRID = 5
"""Wrong options of `cell_letter` that occur in the grid, at least."""

GRID = """\
A square grid holds one capital letter, A to Z, in each cell. Rows and columns are counted from 1, starting at the \
top-left corner: row 1 is the top row, column 1 the leftmost column; row numbers grow downward, column numbers to the \
right."""

WORDS = """\
A word lies in the grid when its letters stand, in order, in neighbouring cells on one straight line. It is read from \
its first letter on, in one of eight directions:
- right: the column grows by 1 from letter to letter, the row stays;
- left: the column shrinks by 1, the row stays;
- down: the row grows by 1, the column stays;
- up: the row shrinks by 1, the column stays;
- diagonal-right-down: row and column grow by 1;
- diagonal-right-up: the row shrinks by 1, the column grows by 1;
- diagonal-left-down: the row grows by 1, the column shrinks by 1;
- diagonal-left-up: row and column shrink by 1.
A word does not wrap around the edges of the grid. A letter may belong to several words."""

Place = Annotated[int, Meta(ge=1)]
Word = Annotated[str, Meta(pattern="^[A-Z]{2,9}$")]


class CellParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `cell_letter`."""

    row: Place
    col: Place


class CountParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `letter_count`."""

    letter: Letter


class DirectionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `word_direction`."""

    word: Word
    row: Place
    col: Place


class WordParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `find_word`."""

    word: Word


class PlacementJson(msgspec.Struct, forbid_unknown_fields=True):
    """A placement option in `params`."""

    row: Place
    col: Place
    direction: Direction


class CellLetter(Task[State, WordSearchParams]):
    """Task 0."""

    id, slug = 0, "cell_letter"
    about = "Read the letter at a given cell."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = CellParams
    option_type = Letter

    def plan(self, level: WordSearchParams, rng: Random) -> WordSearchParams:
        return msgspec.structs.replace(level, size=rng.choice(level.boards).size)

    def ask(self, state: State, plan: WordSearchParams, rng: Random) -> dict[str, Any]:
        row, col = rng.choice(board(state.size))
        return {"row": row, "col": col}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Which letter stands in row {params['row']}, column {params['col']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row, col = params["row"], params["col"]
        letter = state.letter((row, col))
        counting = ", ".join(f"{number} {found}" for number, found in enumerate(state.grid[row - 1][:col], 1))
        steps = [
            f"Row {row}, counted from the top, holds the letters {' '.join(state.grid[row - 1])}.",
            f"Count along the row to column {col}: {counting}.",
            f"So row {row}, column {col} holds {letter}.",
        ]
        return Solution(letter, steps, work=float(state.size))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Letters of cells that slips lead to; each letter, the right one too, comes with one that looks like it.

        With a partner for the right letter alone, the option that most others look like would be right.
        """
        row, col = params["row"], params["col"]
        slips = [(row + 1, col + 1), (col, row), *shuffled(around((row, col)), rng)]
        present = set("".join(state.grid))
        options: list[str] = []
        for letter in [right, *(state.letter(cell) for cell in slips if min(cell) >= 1 and max(cell) <= state.size)]:
            alike = [other for other in LOOKALIKES[letter] if other not in options]
            if letter not in options and alike and len(options) < self.option_count:
                options += [letter, rng.choice([other for other in alike if other in present] or alike)]
        return options[1:] if sum(letter in present for letter in options[1:]) >= IN_GRID else ()


class LetterCount(Task[State, WordSearchParams]):
    """Task 1."""

    id, slug = 1, "letter_count"
    about = "Count how often a given letter occurs in the grid."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = CountParams
    option_type = Annotated[int, Meta(ge=0, le=9)]

    def plan(self, level: WordSearchParams, rng: Random) -> WordSearchParams:
        return msgspec.structs.replace(
            level,
            size=rng.choice(level.boards).size,
            letter=rng.choice(ascii_uppercase),
            count=rng.randint(*level.counts),
        )

    def ask(self, state: State, plan: WordSearchParams, rng: Random) -> dict[str, Any]:
        return {"letter": plan.letter}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many cells of the grid hold the letter {params['letter']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        letter, total = params["letter"], 0
        steps = [f"Go through the grid row by row and note the columns that hold {letter}."]
        for row, text in enumerate(state.grid, 1):
            columns = [col for col, found in enumerate(text, 1) if found == letter]
            total += len(columns)
            where = f"{letter} in {_columns(columns)}" if columns else f"no {letter}"
            steps.append(f"Row {row}, {' '.join(text)}: {where}; {total} so far.")
        steps.append(f"In all, {counted(total, 'cell holds', 'cells hold')} the letter {letter}.")
        return Solution(total, steps, work=float(state.size**2))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """All other digits: two of them are left out at random."""
        return shuffled(range(10), rng)


class WordDirection(Task[State, WordSearchParams]):
    """Task 2."""

    id, slug = 2, "word_direction"
    about = "Given its start cell, find the direction of a word."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = DirectionParams
    option_type = Direction
    rules = f"{GRID}\n{WORDS}"

    def plan(self, level: WordSearchParams, rng: Random) -> WordSearchParams:
        size, _, lengths = rng.choice(level.boards)
        length = rng.randint(*lengths)
        return msgspec.structs.replace(
            level,
            size=size,
            word=rng.choice(words(length)),
            direction=rng.choice(DIRECTIONS),
            wide=2 * length <= size + 1 and rng.random() < WIDE_SHARE,
        )

    def ask(self, state: State, plan: WordSearchParams, rng: Random) -> dict[str, Any]:
        """Find the word that was written."""
        place = occurrences(state, plan.word or "")[0]
        return {"word": plan.word, "row": place.row, "col": place.col}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The word {params['word']} starts in row {params['row']}, column {params['col']}. "
            "In which direction does it run?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        word, start = params["word"], (params["row"], params["col"])
        places = [Placement(*start, name) for name in DIRECTIONS]
        found = [place.direction for place in places if agreement(state, word, place) == len(word)]
        if not found:
            raise ValueError(f"{word} does not start in {cell_text(start)}")
        steps = [
            f"The start cell {cell_text(start)}, written (row, column), holds {word[0]}, the first letter of {word}. "
            f"The cells after it must hold {listed(word[1:])}. Try all eight directions."
        ]
        steps += [f"{place.direction}: {_followed(state, word, place)}." for place in places]
        steps.append(f"Only {found[0]} gives the whole word {word}.")
        return Solution(found[0], steps, also=found[1:], work=float(_letters_read(state, word, places)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return DIRECTIONS


class FindWord(Task[State, WordSearchParams]):
    """Task 3."""

    id, slug = 3, "find_word"
    about = "Find the start cell and the direction of a word."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.HARD
    kind = AnswerKind.CHOICE
    params_type = WordParams
    option_type = PlacementJson
    rules = f"{GRID}\n{WORDS}"

    def plan(self, level: WordSearchParams, rng: Random) -> WordSearchParams:
        size, lengths, _ = rng.choice(level.boards)
        word = rng.choice(words(rng.randint(*lengths)))
        return msgspec.structs.replace(level, size=size, word=word)

    def ask(self, state: State, plan: WordSearchParams, rng: Random) -> dict[str, Any]:
        return {"word": plan.word}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The word {params['word']} lies in the grid exactly once. In which cell does it start, and in which "
            "direction does it run?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        word = params["word"]
        found = occurrences(state, word)
        if not found:
            raise ValueError(f"{word} does not lie in the grid")
        starts = cells_with(state, word[0])
        steps = [
            f"The cells that hold {word[0]}, the first letter of {word}, in reading order and written (row, column): "
            f"{cells_text(starts)}. At each, look for {word[1]} in a neighbouring cell and follow the line."
        ]
        steps += [_tried(state, word, start) for start in starts]
        place = found[0]
        cells = listed(
            f"{letter} {cell_text(cell)}" for letter, cell in zip(word, _cells(state, word, place), strict=True)
        )
        steps.append(f"So {word} starts in row {place.row}, column {place.col} and runs {place.direction}: {cells}.")
        places = [Placement(*start, name) for start in starts for name in DIRECTIONS]
        work = state.size**2 + _letters_read(state, word, places)
        return Solution(_json(place), steps, also=[_json(other) for other in found[1:]], work=float(work))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Four starts with two directions each; enough wrong placements begin like the word."""
        word, place = params["word"], Placement(**right)
        for places in spreads(state.size, len(word), cells_with(state, word[0]), rng, place):
            wrong = [other for other in places if other != place]
            depths = [agreement(state, word, other) for other in wrong]
            if sum(depth > 1 for depth in depths) >= FEWEST_DECOYS and max(depths) == len(word) - 1:
                return map(_json, wrong)
        return ()

    def option_text(self, state: State, value: Any) -> str:
        return f"Row {value['row']}, Column {value['col']}, Direction: {value['direction']}"


def _json(place: Placement) -> dict[str, Any]:
    return place._asdict()


def _columns(columns: list[int]) -> str:
    return f"column{'' if len(columns) == 1 else 's'} {listed(columns)}"


def _cells(state: State, word: str, place: Placement) -> tuple[Cell, ...]:
    return line(state.size, place, len(word))


def _letters_read(state: State, word: str, places: Iterable[Placement]) -> int:
    """Return how many letters one reads on lines that stay in the grid, each up to the first wrong letter."""
    fits = (place for place in places if len(_cells(state, word, place)) == len(word))
    return sum(min(agreement(state, word, place) + 1, len(word)) for place in fits)


def _followed(state: State, word: str, place: Placement, known: int = 1) -> str:
    """Say how far a word can be read on a line whose first `known` letters are known to agree."""
    cells = _cells(state, word, place)
    if len(cells) < len(word):
        return f"the line leaves the grid after {counted(len(cells), 'cell')}, too soon for {len(word)} letters"
    good = agreement(state, word, place)
    read = [f"{cell_text(cell)} holds {state.letter(cell)}" for cell in cells[known : good + 1]]
    return f"{listed(read)}: the whole word" if good == len(word) else f"{listed(read)}, not {word[good]}"


def _tried(state: State, word: str, start: Cell) -> str:
    """Say where the second letter stands beside a start cell, and how far the word can be read from there."""
    places = [Placement(*start, name) for name in DIRECTIONS]
    begun = [place for place in places if agreement(state, word, place) > 1]
    if not begun:
        return f"{cell_text(start)}: no neighbouring cell holds {word[1]}."
    beside = listed(f"{cell_text(_cells(state, word, place)[1])} ({place.direction})" for place in begun)
    tries = " ".join(f"{place.direction}: {_followed(state, word, place, 2)}." for place in begun)
    return f"{cell_text(start)}: {word[1]} follows at {beside}. {tries}"


TASKS = (CellLetter(), LetterCount(), WordDirection(), FindWord())
