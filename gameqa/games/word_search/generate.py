"""Levels and grids."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from random import Random
from string import ascii_uppercase
from typing import Annotated, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params
from gameqa.core.options import shuffled

from .rules import DIAGONAL, LOOKALIKES, STRAIGHT, Direction, Placement, fitting, line, occurrences
from .state import Cell, State
from .words import LONGEST, SHORTEST

SWAPS = 60
"""Pairs of free letters that are swapped on one grid until the split fits."""
SEARCHED = 3000
"""Steps of the search for the options around one right placement."""
WIDE = 5
"""From so many fitting directions on, a start of `word_direction` counts as wide; the others have three."""
DECOYS = 4
"""Beginnings of the word that are written on wrong placements of `find_word`, if they find room."""
FEWEST_DECOYS = 3

Length = Annotated[int, Meta(ge=SHORTEST, le=LONGEST)]
Count = Annotated[int, Meta(ge=0, le=9)]


class Board(NamedTuple):
    """A size of the grid and the word lengths that go with it, as (least, most)."""

    size: Annotated[int, Meta(ge=5, le=9)]
    find: tuple[Length, Length]
    direction: tuple[Length, Length]


class WordSearchParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive, and the boards are drawn equally often.

    `counts` is the range of the right answers of `letter_count`, `lookalikes` the least number of cells there with a
    letter that looks like the one asked for. The others are wishes of a plan: with `letter` the grid is made for
    `letter_count`, with `word` and `direction` for `word_direction`, with `word` alone for `find_word`.
    """

    boards: Annotated[tuple[Board, ...], Meta(min_length=1)]
    counts: tuple[Count, Count]
    lookalikes: Annotated[int, Meta(ge=0, le=9)]
    size: int | None = None
    letter: str | None = None
    count: int | None = None
    word: str | None = None
    direction: Direction | None = None
    wide: bool | None = None

    def __post_init__(self) -> None:
        if self.counts[0] > self.counts[1]:
            raise ValueError("counts must be (least, most)")
        for board in self.boards:
            for low, high in (board.find, board.direction):
                if not low <= high < board.size:
                    raise ValueError(f"word lengths must be (least, most) below the size {board.size}")


LEVELS = {
    Level.EASY: WordSearchParams(boards=(Board(5, (3, 4), (3, 4)),), counts=(0, 5), lookalikes=0),
    Level.MEDIUM: WordSearchParams(
        boards=(Board(6, (4, 5), (3, 4)), Board(7, (4, 6), (3, 5))), counts=(0, 7), lookalikes=3
    ),
    Level.HARD: WordSearchParams(boards=(Board(8, (5, 7), (4, 6)),), counts=(1, 9), lookalikes=3),
}


def generate(rng: Random, plan: WordSearchParams, accept: Callable[[State], bool]) -> State | None:
    """Write what the plan wants, fill up with uniform letters, and swap free letters until the split fits."""
    size = plan.size or rng.choice(plan.boards).size
    fixed: dict[Cell, str] | None = {}
    if plan.word and plan.direction:
        fixed = _fanned(rng, size, plan.word, plan.direction, bool(plan.wide))
    elif plan.word:
        fixed = _scattered(rng, size, plan.word)
    if fixed is None:
        return None
    letters = [fixed.get(cell, "") for cell in board(size)]
    free = [place for place, letter in enumerate(letters) if not letter]
    for place, letter in zip(free, _filling(rng, plan, len(free)), strict=True):
        letters[place] = letter
    for _ in range(SWAPS):
        text = "".join(letters)
        state = State(tuple(text[start : start + size] for start in range(0, size * size, size)))
        if accept(state):
            return state if plan.word is None or len(occurrences(state, plan.word)) == 1 else None
        one, two = rng.sample(free, 2)
        letters[one], letters[two] = letters[two], letters[one]
    return None


def perturb(state: State, rng: Random) -> State:
    """Replace one letter by another."""
    row, col = rng.randrange(state.size), rng.randrange(state.size)
    text = state.grid[row]
    letter = rng.choice([other for other in ascii_uppercase if other != text[col]])
    return State((*state.grid[:row], f"{text[:col]}{letter}{text[col + 1 :]}", *state.grid[row + 1 :]))


@cache
def board(size: int) -> tuple[Cell, ...]:
    """Return all cells in reading order."""
    lines = range(1, size + 1)
    return tuple(product(lines, lines))


def _filling(rng: Random, plan: WordSearchParams, number: int) -> list[str]:
    """Return uniform letters for the free cells; for a count, with as many of the letter as planned."""
    if plan.letter is None or plan.count is None:
        return rng.choices(ascii_uppercase, k=number)
    others = rng.choices(ascii_uppercase.replace(plan.letter, ""), k=number - plan.count)
    alike = LOOKALIKES[plan.letter]
    plain = [place for place, letter in enumerate(others) if letter not in alike]
    missing = plan.lookalikes - (len(others) - len(plain))
    for place in plain[: max(0, missing)]:
        others[place] = rng.choice(alike)
    return shuffled([*others, *plan.letter * plan.count], rng)


def _write(fixed: dict[Cell, str], size: int, word: str, place: Placement, depth: int) -> bool:
    """Write the first `depth` letters of a word unless a cell holds another letter; return whether it was done."""
    letters = dict(zip(line(size, place, depth), word, strict=False))
    if any(fixed.get(cell, letter) != letter for cell, letter in letters.items()):
        return False
    fixed.update(letters)
    return True


def _depths(rng: Random, length: int) -> Iterator[int]:
    """Yield the lengths of decoys: all letters but the last, then any beginning of two letters or more."""
    yield length - 1
    while True:
        yield rng.randint(2, length - 1)


def _fanned(rng: Random, size: int, word: str, direction: Direction, wide: bool) -> dict[Cell, str] | None:
    """Write a word, and beginnings of it in two to four other directions from the same cell."""
    length = len(word)
    fits = {start: fitting(size, start, length) for start in board(size)}
    starts = [
        start
        for start, names in fits.items()
        if direction in names and len(names) >= 3 and (len(names) >= WIDE) == wide
    ]
    if not starts:
        return None
    start = rng.choice(starts)
    fixed: dict[Cell, str] = {}
    _write(fixed, size, word, Placement(*start, direction), length)
    others: list[Direction] = shuffled([name for name in fits[start] if name != direction], rng)
    decoys = others[: rng.randint(2, min(DECOYS, len(others)))]
    for name, depth in zip(decoys, _depths(rng, length), strict=False):
        _write(fixed, size, word, Placement(*start, name), depth)
    return fixed


def _scattered(rng: Random, size: int, word: str) -> dict[Cell, str] | None:
    """Write a word, its first letter on three other cells, and beginnings of it on some of the placements there."""
    length = len(word)
    for places in spreads(size, length, board(size), rng):
        right, *wrong = shuffled(places, rng)
        fixed: dict[Cell, str] = {}
        _write(fixed, size, word, right, length)
        for place in wrong:
            _write(fixed, size, word, place, 1)
        depths, decoys = _depths(rng, length), 0
        depth = next(depths)
        for place in wrong:
            if decoys < DECOYS and _write(fixed, size, word, place, depth):
                decoys, depth = decoys + 1, next(depths)
        if decoys >= FEWEST_DECOYS:
            return fixed
    return None


class Fork(NamedTuple):
    """A start cell with a straight and a diagonal direction."""

    start: Cell
    straight: Direction
    diagonal: Direction

    @property
    def places(self) -> tuple[Placement, Placement]:
        """The two placements."""
        return Placement(*self.start, self.straight), Placement(*self.start, self.diagonal)


def spreads(
    size: int, length: int, cells: Sequence[Cell], rng: Random, right: Placement | None = None
) -> Iterator[list[Placement]]:
    """Yield sets of eight placements as options of `find_word`.

    They have four starts, each with one straight and one diagonal direction in which the word stays on the board.
    Two straight and two diagonal directions occur, each with two starts, and no placement runs over another start,
    which could not be right: so neither starts nor directions tell which one is.

    Args:
        size: cells along one side.
        length: letters of the word.
        cells: the cells that may be starts.
        rng: the stream.
        right: a placement that each set must have.
    """
    forks = shuffled([fork for cell in cells for fork in _forks(size, cell, length)], rng)
    tried = 0

    def grow(chosen: list[Fork], after: int) -> Iterator[list[Placement]]:
        nonlocal tried
        if len(chosen) == 4:
            yield [place for fork in chosen for place in fork.places]
            return
        closed = _closed(chosen)
        for index in range(after, len(forks)):
            tried += 1
            if tried > SEARCHED:
                return
            fork = forks[index]
            if fork.straight in closed or fork.diagonal in closed:
                continue
            covered = _covered(size, fork, length)
            if not any(other.start in covered or fork.start in _covered(size, other, length) for other in chosen):
                yield from grow([*chosen, fork], index + 1)

    roots = [[fork] for fork in forks if right in fork.places] if right else [[]]
    for root in roots:
        yield from grow(root, 0)


@cache
def _forks(size: int, start: Cell, length: int) -> tuple[Fork, ...]:
    """Return the straight and diagonal directions in which a word fits, in pairs."""
    names = fitting(size, start, length)
    return tuple(
        Fork(start, straight, diagonal)
        for straight in STRAIGHT
        if straight in names
        for diagonal in DIAGONAL
        if diagonal in names
    )


@cache
def _covered(size: int, fork: Fork, length: int) -> frozenset[Cell]:
    """Return the cells that a word takes in both directions."""
    return frozenset(cell for place in fork.places for cell in line(size, place, length))


def _closed(chosen: list[Fork]) -> set[Direction]:
    """Return the directions that a further fork must not have: used twice, or a third one of their kind."""
    closed = set[Direction]()
    for kind, used in (
        (STRAIGHT, [fork.straight for fork in chosen]),
        (DIAGONAL, [fork.diagonal for fork in chosen]),
    ):
        closed |= {name for name in kind if used.count(name) == 2 or (name not in used and len(set(used)) == 2)}
    return closed
