"""Word Search: a word hidden in a square of letters, on a straight line in one of eight directions.

| | |
|---|---|
| id | `word_search` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `cell_letter`, `letter_count`, `word_direction`, `find_word` (choice) |
| picture | 460 x 460 to 516 x 516 px |

Coordinates: a cell is `(row, column)`, both counted from 1; (1, 1) is the top-left cell. Directions: `right`, `left`,
`down`, `up`, `diagonal-right-down`, `diagonal-right-up`, `diagonal-left-down`, `diagonal-left-up`.

Levels: 5 x 5, then 6 x 6 or 7 x 7, then 8 x 8 letters; words of 3-4, 4-6 and 5-7 letters to be found, of 3-4, 3-5 and
4-6 letters to be followed from their start; letters that occur 0-5, 0-7 and 1-9 times.

    col    1 2 3 4 5     CAT starts in row 1, column 1. Which way does it run? Down and diagonal-right-down begin C O
    row 1  C A T Q B     and C C; right reads C A T. In all other directions the grid ends too soon.
    row 2  O C S M E
    row 3  A U A C W
    row 4  C O T R F
    row 5  D T G A C

The words are common English ones from SCOWL, see `words.py`. A word occurs exactly once in its grid; other lines begin
like it.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, WordSearchParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import GRID, TASKS

PICTURE = """\
The numbers on grey are the column numbers (at the top) and the row numbers (at the left); they are no part of the \
grid."""

TEXT = "The column numbers stand in the first line, the row number at the beginning of each row."

GAME = Game(
    id="word_search",
    title="Word Search",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=GRID,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=WordSearchParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "WordSearchParams"]
