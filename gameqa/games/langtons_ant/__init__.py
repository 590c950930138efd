"""Langton's Ant: an ant that turns by the colour it stands on and recolours every cell it leaves.

| | |
|---|---|
| id | `langtons_ant` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `ant_pose` (choice), `pose_after_steps` (choice), `cell_flip_count` (integer) |
| picture | 600 x 600 px |

Coordinates: a cell is `(x, y)`; x is the row, counted from 0 at the top downward, y the column, counted from 0 at
the left rightward.

Levels: 5 x 5, 9 x 9 and 13 x 13 boards; 5-6, 7-8 and 9-10 steps for the pose, 5-7, 8-10 and 10-12 for the count.

    #...        The ant stands on the white cell (1, 1) and faces right. One step: it turns right and faces down,
    .>..        (1, 1) becomes black, and it moves to (2, 1).
    ..#.
    ....

The rule is C. G. Langton's virtual ant, "Studying artificial life with cellular automata", Physica D 22 (1986).

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, LangtonsAntParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Langton's Ant is played on a square board of white and black cells. One ant stands on a cell and faces up, right, \
down or left. One step consists of three parts, in this order:
1. The ant looks at the colour of the cell it stands on. White: it turns 90 degrees to the right (clockwise). Black: \
it turns 90 degrees to the left (counter-clockwise).
2. That same cell changes its colour (white becomes black, black becomes white).
3. The ant moves one cell forward in its new facing.
The board wraps around: an ant that leaves over one edge enters on the opposite edge of the same row or column, its \
facing unchanged.
Clockwise order of facings: up, right, down, left. "Up" leads to the row above, "right" to the column to the right.
A cell is written (x, y). x is the row, counted from 0 at the top and growing downward; y is the column, counted \
from 0 at the left and growing rightward. (0, 0) is the top-left cell."""

PICTURE = """\
The red arrow is the ant; its tip points to the side it faces. The numbers at the left edge are x (rows), the \
numbers at the top edge are y (columns). The picture shows the board before any step."""

TEXT = "The text shows the board before any step; x labels stand at the left edge, y labels at the top edge."

GAME = Game(
    id="langtons_ant",
    title="Langton's Ant",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=LangtonsAntParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "LangtonsAntParams"]
