"""Sudoku with colours: every row, column and box is to hold each colour exactly once.

| | |
|---|---|
| id | `sudoku` |
| category | Multi-step Reasoning |
| domain | out |
| tasks | `color_position` (choice), `color_count` (integer), `possible_colors` (integer), `empty_count` (integer), \
`deductive_reasoning` (choice) |
| picture | 436 x 472 px (4 x 4), 520 x 586 px (9 x 9) |

Coordinates: a cell is `(row, column)`; rows are counted from 1 at the top downward, columns from 1 at the left
rightward.

Levels: 4 x 4 with 7-9 empty cells; 9 x 9 with 24-32 and with 36-46 empty cells. The deduction takes 1-2, 2 and 3 steps
before its target. Every board has exactly one completion.

    31..        1 red, 2 green, 3 blue, 4 magenta. Work out (3, 1) and (3, 3), then (1, 3). Column 1 and the box of
    4.1.        (3, 1) hold blue, magenta and red, so (3, 1) is green. Row 3 now holds green, column 3 holds red and
    ....        blue, so (3, 3) is magenta. Column 3 now holds red, magenta and blue, so (1, 3) is green.
    143.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, SudokuParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
This is a Sudoku in which colours take the place of digits.
The board is a square grid of n x n cells, cut into n boxes: n = 4 with boxes of 2 x 2 cells, or n = 9 with boxes of \
3 x 3 cells. Exactly n colours are in play; the question names them. A cell holds one of these colours or is empty.
In a finished board every row, every column and every box holds each colour exactly once. No row, column or box ever \
holds a colour twice. The board shown can be finished in exactly one way.
A cell is written (row, column). Rows are numbered 1 to n from top to bottom, columns 1 to n from left to right; \
(1, 1) is the top-left cell."""

PICTURE = """\
The picture shows the board as it is now. Thick lines mark the boxes. A white cell is empty; white is no colour of the \
game. Row numbers stand at the left edge, column numbers at the top edge. The legend below the board names all colours \
in play, whether or not the board shows them."""

TEXT = """\
The text shows the board as it is now, one line a row: r1, r2, ... are the row numbers, c1, c2, ... the column \
numbers. The boxes are not marked: with n = 4 a box spans rows 1-2 or 3-4 and columns 1-2 or 3-4, with n = 9 rows 1-3, \
4-6 or 7-9 and columns 1-3, 4-6 or 7-9."""

GAME = Game(
    id="sudoku",
    title="Sudoku with Colours",
    category=Category.REASONING,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=SudokuParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "SudokuParams"]
