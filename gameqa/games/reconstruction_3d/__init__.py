"""3D Reconstruction: add cubes to a structure until its two shadows equal two given silhouettes.

| | |
|---|---|
| id | `reconstruction_3d` |
| category | 3D Spatial Perception and Understanding |
| domain | in |
| choice tasks | `voxel_position`, `projection_match`, `transition_path` |
| other tasks | `count_voxels` (integer), `action_outcome` (sequence), `min_added_voxels` (integer) |
| picture | 900 x 640 px |

Coordinates: a cell is `(x,y,z)`, each 1..3; z is height, 1 the bottom layer. In the picture (1,1,1) is the far bottom
corner, where the three axes meet; x grows to the left, y to the right, both towards the viewer.
Front view (Y-Z): the shadow along the X axis; side view (X-Z): the shadow along the Y axis. In both, 1 is at the left
and at the bottom.

Levels: a hidden structure of 3-5, 6-10 or 11-15 voxels gives the targets; 1-3, 2-4 or 3-6 of them are not shown. The
budget exceeds the least number of voxels to add by 0, 1 or 2. For counting, locating and comparing, the structure may
also be the full one, or one that has strayed: a voxel or two were added regardless of the targets.

    Voxels (2,2,1) (2,2,2); voxels left to add: 3
    Front target  z=3  . . .      Side target  z=3  . . .
                  z=2  . # .                   z=2  . # .
                  z=1  # # .                   z=1  . # #
                  y =  1 2 3                   x =  1 2 3

`min_added_voxels`: the front view lacks (1,1), the side view (3,1). One voxel that darkens both would be (3,1,1), and
it touches nothing. (2,1,1) and (3,1,1) do it: 2 voxels.

Connectivity is asked of the finished structure: a voxel may hang on another one that is added as well.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, Reconstruction3DParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
3D Reconstruction is played in a 3 x 3 x 3 grid of cells.
1. A cell is written (x,y,z), each coordinate 1 to 3. z is height, z=1 is the bottom layer. (1,1,1) is the bottom cell \
at the corner where the three axes meet.
2. A cell holds at most one voxel (unit cube).
3. The structure is face-connected: any two voxels are joined by a path of voxels that share faces. Voxels may \
overhang; there is no gravity.
4. Adding: a new voxel goes into an empty cell that shares a face with a voxel that is already there. At most as many \
voxels can be added in total as "Voxels left to add" says. Voxels are never removed.
5. Front view (Y-Z): the shadow along the X axis. Its horizontal axis is Y, 1 to 3 from left to right; its vertical \
axis is Z, 1 to 3 from bottom to top. Cell (y,z) of this view is dark (1) if at least one voxel has these y and z, \
else light (0).
6. Side view (X-Z): the shadow along the Y axis. Its horizontal axis is X, 1 to 3 from left to right; its vertical \
axis is Z, 1 to 3 from bottom to top. Cell (x,z) of this view is dark (1) if at least one voxel has these x and z, \
else light (0).
7. Two target views are given. The puzzle is solved when the two views of the structure equal both targets exactly, \
with no missing and no surplus dark cell. The structure that is shown need not fit the targets yet."""

PICTURE = """\
The picture shows the same structure twice: assembled at the left, and beside it with its layers z=1, z=2 and z=3 \
pulled apart, so that no layer hides another. The viewer looks from above: (1,1,1) is the far bottom corner, x grows \
towards the left front, y towards the right front. The red digits along an edge are x, the green ones y, the blue ones \
z. At the right stand the two targets; dark blue cells are dark, white cells are light."""

TEXT = "The text shows the voxels of the structure and the two targets; in a target, 1 is dark and 0 is light."

GAME = Game(
    id="reconstruction_3d",
    title="3D Reconstruction",
    category=Category.SPATIAL,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=Reconstruction3DParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "Reconstruction3DParams"]
