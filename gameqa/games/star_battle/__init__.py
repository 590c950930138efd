"""Star Battle: one star in every row, column and region, and no two stars touch.

| | |
|---|---|
| id | `star_battle` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `last_star` (coordinate), `cells_of_region`, `star_of_region`, `valid_cells` (choice) |
| picture | 456 x 522, 464 x 530 or 504 x 570 px |

Coordinates: a cell is `(row, column)`, both counted from 0; (0, 0) is the top-left cell.

Levels: boards of 5 x 5, 6 x 6 and 8 x 8 cells; in `last_star` one, two and three stars are missing.

    1 1 0 0*0 0     Two stars are missing: rows 1 and 2, columns 1 and 5 and regions 1 and 2 are open. Where does the
    1 1 3 0 0 2     star of region 2 stand? On (1, 5) or (2, 5). With (1, 5), region 1 would need (2, 1), which touches
    1 1 3 2 2 2     the star on (3, 2). So it stands on (2, 5), and that of region 1 on (1, 1).
    5 3 3*4 4 4
    5 5 3 5 4*4
    5*5 5 5 4 4

The puzzle is Hans Eendebak's Star Battle (World Puzzle Championship 2003), here with one star per unit.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, StarBattleParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Star Battle is played on a board of n x n cells, cut into n connected regions. All cells of one region have the same \
colour, and no two regions share a colour.
A finished board has exactly one star in every row, in every column and in every region, and no two stars touch, not \
even at a corner.
Some stars are already placed; all of them are right, that is, they belong to a finished board.
A cell is written (row, column), both counted from 0: (0, 0) is the top-left cell, rows count downwards, columns to \
the right. Regions are numbered from 0 to n-1."""

PICTURE = """\
Thick lines run along the borders of regions. The legend below the board names the colour of each region. Row numbers \
stand at the left, column numbers at the top."""

TEXT = "Each cell of the text shows the number of its region; * behind the number is a star."

GAME = Game(
    id="star_battle",
    title="Star Battle",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=StarBattleParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "StarBattleParams"]
