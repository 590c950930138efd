"""Rhythm Game: a field of blocks falls row by row past a finger that clicks whatever arrives in its column.

| | |
|---|---|
| id | `rhythm_game` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `block_type` (choice), `occupied_fraction` (number), `snake_length_later`, `column_points`, \
`column_points_delay` (choice), `best_columns`, `best_columns_delay` (set) |
| picture | 438 x 538 px |

Coordinates: a cell is `(row, column)`; row 1 is the bottom row, column 1 the leftmost column.

Levels: 15 x 4, 15 x 6 and 20 x 6 cells, about 70 % of them occupied, with 6-8, 10-12 and 14-17 Reverse blocks.

    row 5: . . Y T    Y Click, G Reverse, H head, B body, T tail of a snake. Column 1: Click, 10 points; Reverse,
    row 4: Y . . B    15 points, and the field is mirrored: column 4 of the picture comes next. Rows 3 to 5 of it hold
    row 3: . G . H    a whole snake of length 3, 39 points; together 64, more than any other column brings. When
    row 2: G T Y .    mirroring takes a second, row 3 is lost and with it the snake: 25 points, and column 2 is best
    row 1: Y H . .    with 22 + 15 + 10 = 47.
    col:   1 2 3 4

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, RhythmGameParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
The picture shows the field before the start. Row numbers stand at the left edge, row 1 at the bottom; column numbers \
stand below. Marks on the blocks: Click a ring, Reverse a double arrow, Snake Head two dots, Snake Body a bar, Snake \
Tail a triangle."""

TEXT = """\
The text shows the field before the start, the top row first and row 1 last; column numbers stand below. Y = Click \
(yellow), G = Reverse (green), H = Snake Head (pink), B = Snake Body (blue), T = Snake Tail (grey), . = empty."""

GAME = Game(
    id="rhythm_game",
    title="Rhythm Game",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=RhythmGameParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "RhythmGameParams"]
