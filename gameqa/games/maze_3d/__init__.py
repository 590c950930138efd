"""3D Maze: cubes on several floors, joined by ladders, with one route from start to goal.

| | |
|---|---|
| id | `maze_3d` |
| category | 3D Spatial Perception and Understanding |
| domain | in |
| tasks | `path_finding`, `sequence_finding`, `height_comparison`, `main_path` (all choice) |
| picture | 540 x 540 px, Hard 640 x 640 px |

Coordinates: a cube is `(x, y, z)`, counted from 0; z is the height. The viewer looks from above at the corner with the
largest x and y. `right-forward` is x - 1 (to the upper right), `left-forward` is y - 1 (to the upper left), `up` is a
ladder (z + 3). The maze starts in the front corner and grows in these three directions only.

Levels:

| | Easy | Medium | Hard |
|---|---|---|---|
| grid | 8 x 8 x 7 | 8 x 8 x 7 | 10 x 10 x 10 |
| segments of the route (2 steps or a ladder) | 4-5 | 5-7 | 7-9 |
| dead ends (segments each), `path_finding` and `main_path` | 2 (1) | 3 (1) | 4 (1-2) |
| dead ends (segments each), other tasks | 0-1 (1) | 1-2 (1-2) | 2-3 (1-2) |
| numbers in `sequence_finding` and `main_path` | 3 | 4 | 4-5 |

One map a floor, rows are x, columns y; S start, G goal, `^` the foot of a ladder:

    z=0       z=3
    . . .     G # 1     The route climbs the ladder at the start to number 3, then goes right-forward 2 to number 1 and
    . . .     . . #     left-forward 2 to the goal. Number 2 lies on the dead end left-forward of the start. Which
    # 2 S^    . . 3     numbers are passed on the route? 1 and 3.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, Maze3dParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
A maze of unit cubes floats in a grid of cells. A player walks on the tops of the cubes.
1. From a cube the player can walk to a cube at the same height that shares a whole side face with it.
2. A ladder joins a cube with the cube straight above it, 3 levels higher; the player can climb it. There is no other \
way to change the height: no jumping, no falling.
3. There is exactly one route without repetition from the start to the goal. Everything else is a dead end.
The blue cube is the start, the red cube is the goal. Numbered cubes are green; if the start has a number, it stays \
blue.
A cell is written (x, y, z), counted from 0; z is the height. The start is in the corner of the ground floor with the \
largest x and y. Steps are called "right-forward" (x decreases by 1), "left-forward" (y decreases by 1) and "up" (a \
ladder is climbed, z grows by 3). From the start on, the maze grows in these three directions only, so no other \
direction is ever needed."""

PICTURE = """\
The picture shows the maze from above; the viewer looks at the corner with the largest x and y. Right-forward is \
towards the upper right of the picture, left-forward is towards the upper left, up is straight up a ladder. A ladder \
is brown; it stands at the left edge of the lower cube's top and leads straight up the left side of the upper cube to \
its top. The pale grey area is the floor of the grid, the lower side of the cubes with z = 0."""

TEXT = """\
The text lists the cubes floor by floor, each as (x,y) behind its z. A ladder is written (lower cube)-(upper cube)."""

GAME = Game(
    id="maze_3d",
    title="3D Maze",
    category=Category.SPATIAL,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=Maze3dParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "Maze3dParams"]
