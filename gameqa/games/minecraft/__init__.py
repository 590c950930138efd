"""Minecraft: a small world of blocks in perspective, with a river to bridge and a column to climb.

| | |
|---|---|
| id | `minecraft` |
| category | 3D Spatial Perception and Understanding |
| domain | out |
| tasks | `scenery_recognition` (choice), `cube_count`, `cross_river`, `climb`, `cross_river_climb` (integers) |
| picture | 800 x 450 px, in perspective |

Coordinates: `(x, y, z)`; x grows to the east and z to the north (seen from above, x to the right and z upwards), y is
the height. y = 0 is the first layer of blocks on the ground, y = -1 the ground itself with river and lava. The camera
is described by the point it looks at, its distance, the polar angle from above and the azimuth from the east.

Levels: 3, 4 and 5 kinds of scenery; cuboids of up to 30, up to 70 and up to 144 cubes; rivers 1-3, 3-5 and 5-8 cells
wide; 0-3, 3-5 and 5-7 blocks under the target; width and height together up to 3, 4-6 and 7-11.

    ..2..    Seen from above, north up: two blocks (the upper one a pumpkin), a river two cells wide, the player P.
    .....    To reach the pumpkin the player bridges the river with 2 blocks. The pumpkin is at height 2, which the
    ~~~~~    player's upper body reaches from the ground: no further block, 2 in all.
    ~~~~~
    ..P..

A column across the river always keeps one free cell from the water: beside the water, a block that hangs on the column
over the last water cell would bridge and lift at once, and the sum of bridge and climb would not be the least number.

The looks of the blocks are patterns of 16 x 16 texels made in `textures.py`; nothing is taken from the game Minecraft.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, MinecraftParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS, WORLD

PICTURE = """\
The picture shows the scene in perspective from above, at a slant. Blue is water; a red ground cell, where there is \
one, is the cell on which the player stands."""

TEXT = """\
The text lists all that the picture shows, with coordinates. Ranges such as 2..5 include both ends."""

GAME = Game(
    id="minecraft",
    title="Minecraft",
    category=Category.SPATIAL,
    domain=Domain.OUT,
    rules=WORLD,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=MinecraftParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "MinecraftParams"]
