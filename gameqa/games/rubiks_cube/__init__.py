"""Rubik's Cube: a scrambled cube, unfolded and in two views, and what quarter turns make of it.

| | |
|---|---|
| id | `rubiks_cube` |
| category | 3D Spatial Perception and Understanding |
| domain | in |
| choice tasks | `face_recognition`, `move_prediction` |
| other tasks | `single_face_solve` (integer), `full_solve` (integer), `color_count` (integer) |
| picture | 780 x 600 px |

Coordinates: a sticker is named by its face (U, D, L, R, F, B) and `(row, column)`, both from 0; row 0 is the top row
of the face as drawn in the net, column 0 the left one. In the net U lies above F, the row is L F R B, D lies below F.

Levels: 3-4, 5-8 or 15-25 random quarter turns; 1-2, 3 or 4-5 moves to predict; one face is 1-3, 2-4 or 3-5 turns from
uniform, the whole cube 2-4, 3-5 or 4-6 turns from solved. A half turn counts as two.

        yyy                 The solved cube after the turns R U F' (first letters of the colours).
        yyy
        yrr                 `full_solve`: F U' R' takes the three turns back, and this cube is none of
    bbb rww ggg ooo         the 12 + 114 cubes that are one or two turns from solved. So 3 turns.
    oob rbb wrr ygg
    oob rbb wrr ygg         `move_prediction`: after U and then R, which colour is at F (0,2)? R brings
        woo                 it from D (0,2), which U leaves alone: orange.
        wwg
        wwg

Least numbers of turns are exact: a table of all positions within four turns of the goal meets a search of up to two
turns around the cube. The table is made when a question first needs it.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, RubiksCubeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
At the left the picture shows the net: the six faces unfolded, each with its letter. At the right it shows two 3D \
views of the same cube: from the front and above (F, R and U), and from behind and below (B, L and D). In both, the \
corner where the three faces meet points at the viewer. The grid called Coordinates shows the (row,column) of the nine \
stickers of any face as drawn in the net."""

TEXT = "The text lists the colours of each face of the net row by row; rows are separated by a slash."

GAME = Game(
    id="rubiks_cube",
    title="Rubik's Cube",
    category=Category.SPATIAL,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=RubiksCubeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "RubiksCubeParams"]
