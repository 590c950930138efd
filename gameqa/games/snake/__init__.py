"""Snake: where it is, how long it is, what its moves lead to, and how soon it can reach the food.

| | |
|---|---|
| id | `snake` |
| category | Strategic Planning |
| domain | out |
| tasks | `head_position`, `food_position` (coordinate), `snake_length` (integer), `what_happens` (choice), \
`shortest_path_length` (integer) |
| picture | 480 x 480 px |

Coordinates: a cell is `(row, column)`, both counted from 0 at the top left.

Levels: grids of 5 x 5, 10 x 10 and 15 x 15 cells, snakes of 5-12, 10-20 and 12-30 cells, 2-6, 4-9 and 6-12 moves.

    .....       H is the head, F the food. From the head the body goes up, left, down and down, so the snake has 5
    .BB..       cells and its tail is at (3, 1).
    .BH.F       The moves right, right lead the head to (2, 3) and (2, 4): it reaches the food, in the least number
    .B...       of steps that can do, 2.
    .....

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, SnakeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
A snake lives on a square grid. A cell is written (row, column); rows are counted from 0 at the top, columns from 0 \
at the left, so (0, 0) is the top-left cell. The snake is a chain of cells, from the head over the body to the tail; \
each cell of the chain is a side neighbour of the one before. One cell holds food.
In each step the snake moves up (row - 1), down (row + 1), left (column - 1) or right (column + 1): the head enters \
that neighbouring cell, and every body cell moves to the place of the cell before it in the chain. So the tail cell is \
left in the same step, and the head may enter the cell that the tail is just leaving.
The process ends in the first step in which one of these happens:
- the head would leave the grid: the snake hits the bound;
- the head would enter a cell that the body occupies after the step (any cell of the snake before the step except its \
tail): the snake hits its body; turning straight back is such a hit;
- the head enters the food cell: the snake reaches the food. It does not grow; the process just ends."""

PICTURE = """\
The head is yellow, the body blue, the food red, empty cells are white. The black line runs along the chain from the \
head to the tail and ends in a dot at the tail. The numbers at the left edge are rows, the numbers at the top edge \
columns. The picture shows the grid before any step."""

TEXT = """\
The text shows the grid before any step. The numbers at the left edge are rows, the numbers at the top edge columns. \
Below the grid stands the order of the chain: starting at the head H, each word leads to the next cell, as far as the \
tail."""

GAME = Game(
    id="snake",
    title="Snake",
    category=Category.STRATEGY,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=SnakeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "SnakeParams"]
