"""Tetris: four-cell pieces fall onto a stack, and rows without a gap are complete.

| | |
|---|---|
| id | `tetris` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `empty_cells_in_row`, `timesteps_until_collision`, `max_rows_cleared` (integer), `active_shape` (choice) |
| picture | 492 x 492, 520 x 520 or 556 x 556 px |

Coordinates: a cell is `(row, column)`, both counted from 0; (0, 0) is the top-left cell.

Levels: boards of 8 x 8, 12 x 12 and 16 x 16 cells after 6-12, 12-24 and 22-40 pieces, with stacks of 2-5, 3-8 and
4-11 rows.

    ......      The piece is a T. Moved one column to the right it covers (1, 2), (1, 3), (1, 4) and (2, 3) and falls
    .@@@..      2 rows until (2, 3) stands in row 4 on the block (5, 3). Dropped with its stem into column 2 instead,
    ..@...      it completes row 5.
    ......
    #....#
    ##.###

In `max_rows_cleared` a straight drop and any other resting place, under an overhang for example, have the same most
rows: who thinks of sliding a piece in finds the same number.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TetrisParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import FALLING, GRID, SHAPES_TEXT, TASKS

PICTURE = """\
White cells are empty, grey cells are landed blocks, red cells are the active piece; without red cells there is no \
active piece. Row numbers stand at the left, column numbers at the top."""

TEXT = "Row numbers stand at the left, column numbers at the top; without '@' there is no active piece."

GAME = Game(
    id="tetris",
    title="Tetris",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=f"{GRID}\n{SHAPES_TEXT}\n{FALLING}",
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TetrisParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TetrisParams"]
