"""Template: some cells of a square board are marked.

| | |
|---|---|
| id | `template` |
| category | Pattern Recognition and Matching |
| domain | out |
| tasks | `count_marks` (integer), `marked_cell` (choice) |
| picture | about 560 x 560 px |

Coordinates: a cell is `(row, column)`, both counted from 0; (0, 0) is the top-left cell.

Levels: 5 x 5, 7 x 7 and 9 x 9 cells.

    .#.     Three cells are marked: (0, 1), (1, 0) and (2, 2).
    #..
    ..#

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TemplateParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
The board is a square of cells; some of them are marked. A cell is written (row, column), both counted from 0; \
(0, 0) is the top-left cell."""

PICTURE = "Marked cells are blue. Row numbers stand at the left, column numbers at the top."

TEXT = "In the text, # is a marked cell and . a cell without a mark."

GAME = Game(
    id="template",
    title="Template",
    category=Category.PATTERN,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TemplateParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TemplateParams"]
