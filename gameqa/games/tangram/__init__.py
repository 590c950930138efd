"""Tangram: a board cut into pieces, some of which have been taken off and lie beside it.

| | |
|---|---|
| id | `tangram` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `piece_count`, `piece_rotation`, `piece_area`, `piece_adjacency`, `piece_placement` (choice) |
| picture | 600 x 720 px; more where the removed pieces need it |

Coordinates: a cell is `(row, column)`, both counted from 0; (0, 0) is the top-left cell.

Levels: boards of 5 x 5, 6 x 6 to 8 x 8, and 9 x 9 to 10 x 10 cells, cut into 4-6, 5-8 and 6-9 pieces of three cells
or more.

    1 1 2 2     Piece 4 lies beside the board, drawn as    4 .
    1 . . 2                                                4 4
    3 . 2 2     Which turns make it fill the hole? Turned 90 degrees clockwise it has two cells above and one below on
    3 3 3 3     the left, just like the hole. The other three turns differ: exactly 90 degrees clockwise.

Each cell belongs to the nearest of some random seed cells, as in G. Voronoi's diagrams (1908).

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TangramParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import ADJACENT, AREA, BASE, FIXED, TASKS

PICTURE = """\
The upper part of the picture shows the board: each cell of a piece has the piece's colour and number, the room of \
the removed pieces is white with grey hatching, row numbers stand at the left and column numbers at the bottom. The \
lower part shows the removed pieces side by side, each cell with the piece's number. The number decides, not the \
colour."""

TEXT = """\
Each cell of the text shows the number of its piece. A dot is an empty cell of the board, or a place beside a removed \
piece that does not belong to it."""

GAME = Game(
    id="tangram",
    title="Tangram",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=f"{BASE}\n{ADJACENT}\n{AREA}\n{FIXED}",
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TangramParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TangramParams"]
