"""Sokoban: a player pushes boxes onto targets, never pulls, and can lock itself out.

| | |
|---|---|
| id | `sokoban` |
| category | Strategic Planning |
| domain | in |
| tasks | `player_after_moves`, `box_after_moves`, `min_moves`, `player_position`, `box_target_distance`, \
`shortest_walk` (all choice, 8 options) |
| picture | 472 x 472, 552 x 552 and 808 x 808 px |

Coordinates: a cell is `(row, column)`, counted from 0 at the top and at the left; the outer wall ring counts. In the
state's JSON `y` is the row and `x` the column.

Levels: 6 x 6, 8 x 8 and 12 x 12 boards with up to 2, 2-5 and 8-12 inner walls and up to 2, 3 and 3 boxes;
sequences of 5, 8 and 12 moves; shortest walks of 2-4, 4-8 and 7-14 moves. Every board is solvable: boxes are pulled
backward from the targets.

        0 1 2 3 4
     0  # # # # #     The least number of moves that solves this board is 2: Up to (2, 3), then Left,
     1  # . . . #     which pushes the box from (2, 2) onto the target (2, 1).
     2  # T B . #
     3  # . . P #
     4  # # # # #

The rules are those of Hiroyuki Imabayashi's puzzle (Thinking Rabbit, 1982).

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, SokobanParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
This is a Sokoban board: square cells of floor and wall, one player, and as many boxes as targets. The outer ring is \
wall. A box or the player may stand on a target. The puzzle is solved when every target carries a box.
A move is Up, Down, Left or Right: the player goes one cell that way.
- If the next cell is wall, the move is blocked.
- If the next cell holds a box, the box is pushed one cell the same way, provided that the cell behind it is not wall \
and holds no other box; otherwise the move is blocked. Two boxes in a row cannot be pushed, and boxes are never pulled.
- A blocked move leaves everything in place; the rest of a sequence is still carried out.
A cell is written (row, column), both counted from 0, the outer wall ring included: row 0 is the top row, column 0 the \
leftmost column."""

PICTURE = """\
In the picture, wall is orange brick with level and upright mortar lines and floor is plain beige. A box is a brown \
square with a pale frame and a pale diagonal cross; a box on a target has a green frame and a green cross instead. A \
target is a green X on the floor. The player is a small figure with a black cap; if it stands on a target, a large \
green X shows behind it. The numbers at the left edge are rows, those at the top edge columns."""

TEXT = """\
In the text, one letter stands for one cell; a line above the board says which. Rows are numbered at the left, columns \
at the top."""

GAME = Game(
    id="sokoban",
    title="Sokoban",
    category=Category.STRATEGY,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=SokobanParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "SokobanParams"]
