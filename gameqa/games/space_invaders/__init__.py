"""Space Invaders: a ship shoots at a formation of enemies that moves from side to side.

| | |
|---|---|
| id | `space_invaders` |
| category | Strategic Planning |
| domain | in |
| tasks | `enemies_in_column`, `enemies_in_row`, `total_enemies`, `enemies_of_color`, `shoot_here`, `move_and_shoot`, \
`continuous_shooting`, `max_one_shot`, `max_two_shots` (all integer) |
| picture | 506 x 432 to 1230 x 555 px |

Coordinates: columns are counted from 1 at the left, rows from 1 at the top; the bottom row is the ship's. In the
state an enemy's `x` is its row and its `y` its column.

Levels: formations of 3, 4 and 5 rows and 4-5, 6-8 and 9-11 columns, with 2 or 4, 4, and 4 or 6 free columns beside
them, in enemy areas of 5-6, 6-7 and 7-8 rows. Each column has lost some of its enemies, from below.

           1 2 3 4 5 6    A shot from column 3 hits the blue enemy in row 3: 20 points. If the enemies move left and
    row 1: . . . . . .    the ship stays and shoots in the intervals t and t+1, column 4 arrives next: 20 + 30 = 50
    row 2: . P P P P .    points. The best single shot is at column 4: 30 points; the best two shots are at columns
    row 3: . B B . B .    4 and 3, or both at column 3: 50 points.
    row 4: . G . . . .
    row 5: . . . . . .
    row 6: . . ^ . . .

Points are those of the arcade game Space Invaders (Taito, 1978) for its three kinds of enemies: 30, 20 and 10 from the
top down.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, SpaceInvadersParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
Column numbers stand along the top of the picture, row numbers along its left side. Every figure above the bottom row \
is an enemy; "blue" is the name used for the light blue ones. The orange figure in the bottom row is the ship."""

TEXT = "In the text, column numbers stand along the top, row numbers along the left side; ^ is the ship."

GAME = Game(
    id="space_invaders",
    title="Space Invaders",
    category=Category.STRATEGY,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=SpaceInvadersParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "SpaceInvadersParams"]
