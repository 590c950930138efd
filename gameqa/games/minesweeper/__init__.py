"""Minesweeper: read the board, and tell what the numbers prove about a hidden cell.

| | |
|---|---|
| id | `minesweeper` |
| category | Multi-step Reasoning |
| domain | out |
| tasks | `flag_count`, `mines_left`, `revealed_count` (integer), `cell_state`, `reveal_outcome`, `best_move` (choice) |
| picture | 504 x 540 px on Easy, 506 x 542 px on Medium and Hard |

Coordinates: a cell is `(row, column)`, both counted from 0; `(0, 0)` is the top-left cell.

A state holds what the player sees and the number of mines, not where they lie: several placements fit one board. What
can be concluded about a cell is found by counting all placements of the mines that agree with numbers, flags and
total. Only mines that a player can prove carry flags, so a flag never gives away more than the numbers do.

Levels: 4 x 4 cells with 2-4 mines, 5 x 5 with 4-6, 6 x 6 with 7-10. A board comes from a first click, which always
opens an area, and up to three further moves to cells that can be proved safe.

    #F###      5 mines. What can be concluded about revealing (2, 4)? (4, 3) shows 1, so one of (3, 4) and (4, 4)
    1233#      holds a mine. That is the only mine around (3, 3), so (2, 4) is safe. (2, 3) shows 1, so one of
    ...1#      (1, 4) and (3, 4) holds a mine; these are the only hidden cells around (2, 4). So it shows 1,
    ...1#      though neither of the two is known.
    ...1#

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, MinesweeperParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
In the picture, hidden cells are grey with raised edges, flagged cells are grey and carry a red flag, and revealed \
cells are white. The line above the board gives M. The numbers at the left edge are rows, those at the top edge \
columns."""

TEXT = "The first line of the text explains its signs. Row numbers stand at the left, column numbers at the top."

GAME = Game(
    id="minesweeper",
    title="Minesweeper",
    category=Category.REASONING,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=MinesweeperParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "MinesweeperParams"]
