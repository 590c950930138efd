"""Maze: one player, one goal, and exactly one path between them.

| | |
|---|---|
| id | `maze` |
| category | Strategic Planning |
| domain | in |
| tasks | `player_position`, `goal_position`, `path_to_goal`, `position_after_moves` (choice of 5), \
`available_directions` (choice of 8), `turn_count` (integer) |
| picture | 496 x 496 and 516 x 516 px |

Coordinates: a cell is `(row, col)`, counted from 0 at the top and at the left; the outer wall counts.

Levels: mazes of 9 x 9, 11 x 11 and 13 x 13 cells; paths of 5-20, 8-36 and 14-60 steps with 1-7, 2-9 and 3-12 turns; \
sequences of 1-3, 3-5 and 4-8 moves. Every maze is perfect: its free cells form a tree. A third of the mazes grow from \
random cells (many short dead ends), the others depth first (long corridors).

       0 1 2 3 4 5 6 7 8
    0  # # # # # # # # #     The player stands at (4, 5), the goal is at (7, 7).
    1  # . # . . . . . #     The path is down, right, right, down, down. It has
    2  # . # . # # # . #     2 turns: at (5, 5) and at (5, 7).
    3  # . # . . . # . #
    4  # . # . # P # # #     The player can step up and down: (3, 5) and (5, 5)
    5  # . # . # . . . #     are free.
    6  # . # # # # # . #
    7  # . . . . . . G #
    8  # # # # # # # # #

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, MazeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
This is a maze on a square board of cells. Each cell is a wall or free; the outer ring is wall. One player and one \
goal stand on different free cells.
A step goes up, down, left or right to the neighbouring cell and is possible only if that cell is free. The goal cell \
is free.
The free cells are connected and contain no loop, so there is exactly one path without repetition between any two \
free cells.
A cell is written (row, col), both counted from 0, the outer wall included: row 0 is the top row, column 0 the \
leftmost column."""

PICTURE = """\
In the picture, a blue block is a wall, a white cell is free, the red circle is the player and the green block is the \
goal. The numbers at the left edge are rows, those at the top edge columns."""

TEXT = """\
In the text, one sign stands for one cell; a line above the maze says which. Rows are numbered at the left, columns at \
the top."""

GAME = Game(
    id="maze",
    title="Maze",
    category=Category.STRATEGY,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=MazeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "MazeParams"]
