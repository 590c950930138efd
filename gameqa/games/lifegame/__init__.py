"""Conway's Game of Life on a small board whose edges wrap around.

| | |
|---|---|
| id | `lifegame` |
| category | Multi-step Reasoning |
| domain | out |
| tasks | `live_count`, `next_live_count`, `cell_sequence`, `region_stability_steps` (all choice, 8 options) |
| picture | 460 x 460, 480 x 480 or 492 x 492 px |

Coordinates: a cell is `(row, column)`, counted from 0; (0, 0) is the top-left cell.

Levels: 4 x 4, 5 x 5 and 6 x 6 boards; live cells after 1, 1 and 2 iterations; sequences over 3, 4 and 5 iterations;
stability of the whole 4 x 4 board, of a 4 x 4 region and of a 5 x 5 region, which evolves as a board of its own.

    .....       The three live cells stand in row 2. After one iteration (1, 2), (2, 2) and (3, 2) are alive, after
    .....       two the first pattern is back. How many iterations does the whole board take until it is in a
    .###.       repeating pattern? 0: the pattern it starts with appears again.
    .....
    .....

The rule is J. H. Conway's, from M. Gardner's column "Mathematical Games", Scientific American 223 (October 1970).
Boards of 3 x 3 cells are left out: with wrapping edges every cell is a neighbour of every other there.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, LifeGameParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Conway's Game of Life is played on a square board of n x n cells. Every cell is either alive or dead.
A cell is written (row, column), both counted from 0: (0, 0) is the top-left cell, rows count downward, columns to \
the right.
Every cell has eight neighbours: the cells next to it horizontally, vertically and diagonally. The edges wrap around: \
the row above row 0 is row n-1, the column left of column 0 is column n-1, and vice versa, so cells at an edge or \
corner also have eight neighbours. For example, on a 5 x 5 board the eight neighbours of (0, 0) are (4, 4), (4, 0), \
(4, 1), (0, 4), (0, 1), (1, 4), (1, 0) and (1, 1).
In one iteration all cells change at the same time, each according to its neighbours before the iteration:
- A live cell with 2 or 3 live neighbours stays alive; any other live cell dies.
- A dead cell with exactly 3 live neighbours becomes alive; any other dead cell stays dead."""

PICTURE = """\
A black cell is alive, a white cell is dead. The numbers at the left edge count the rows, the numbers at the top edge \
the columns. The picture shows the board before any iteration."""

TEXT = """\
In the text # is a live cell (black in a picture) and . a dead cell (white). The numbers at the left edge count the \
rows, the numbers at the top edge the columns. The text shows the board before any iteration."""

GAME = Game(
    id="lifegame",
    title="Conway's Game of Life",
    category=Category.REASONING,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=LifeGameParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "LifeGameParams"]
