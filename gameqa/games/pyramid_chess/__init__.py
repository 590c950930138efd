"""Pyramid Chess: two players stack balls into a pyramid; whoever completes a block of his colour takes balls back.

| | |
|---|---|
| id | `pyramid_chess` |
| category | 3D Spatial Perception and Understanding |
| domain | out |
| tasks | `slot_status`, `place_outcome`, `slot_detail` (choice), `turns_to_place`, `count_balls` (integer), \
`best_move` (coordinate) |
| picture | 720 x 760 px |

Coordinates: a slot is `[x,y]` on a level; levels are counted from 0 at the bottom, x grows to the right and y upward
in the panels (away from the viewer in the drawing), both from 0. The slot `[x,y]` on level k + 1 lies in the hollow of
`[x,y]`, `[x+1,y]`, `[x,y+1]` and `[x+1,y+1]` on level k. In the state's JSON and in the text the rows are x.

Levels: 3 x 3, 4 x 4 and 5 x 5 boards with 2-12, 5-27 and 10-50 balls. Every position is reached by a game of random
moves in which every completed block is broken up by a take-back.

    Level 0 (rows x, columns y)      Red is to move. Level 0, [1,1] completes the red block [0,0], [1,0], [0,1],
    P1 P1 --                         [1,1]: the best move is (1, 1, 0). Level 1, [1,0] lacks one ball of its base,
    P1 -- P0                         the one in [1,1], so 2 turns are needed until it can hold one.
    P0 P0 P0

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, PyramidChessParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Pyramid Chess is played on an n x n board, where n is 3, 4 or 5.
1. The board has n levels, numbered 0 (bottom) to n-1 (top). Level k has the slots [x,y] with x and y from 0 to n-1-k, \
so (n-k) x (n-k) slots. A slot [x,y] on level k >= 1 rests on its four base slots [x,y], [x+1,y], [x,y+1] and \
[x+1,y+1] of level k-1. The slots of level 0 need no base.
2. PLAYER_0 has blue balls and starts, PLAYER_1 has red balls. They take turns placing one ball of their own. Supply: \
7 balls each on 3 x 3, 15 each on 4 x 4, 28 for PLAYER_0 and 27 for PLAYER_1 on 5 x 5.
3. A ball may be placed in an empty slot whose base is full: all four base slots hold balls, of whatever colour. On \
level 0 every empty slot qualifies.
4. A 2 x 2 block consists of the four base slots of some slot, all on one level. If a placed ball completes a block of \
the mover's own colour, the mover may take back one or two balls of that block to his supply. Only balls with no ball \
resting on them may be taken; the ball just placed is always one of them, so a completed block always earns a \
take-back. A slot emptied so may be used again later.
5. Whoever places the ball on the top slot wins. A player who has no ball left when it is his turn loses."""

PICTURE = """\
The panels at the top show one level each: x grows to the right, y grows upward; a filled circle is a ball (blue: \
PLAYER_0; red with a white bar: PLAYER_1), a small grey ring is an empty slot. The drawing below shows the same balls \
as a pyramid: x grows to the right, y away from the viewer, and a ball on a higher level lies in the hollow of its \
base."""

TEXT = (
    "The text lists every level; each row is one x, and the entries of a row are y = 0, 1, 2, ... from left to right."
)

GAME = Game(
    id="pyramid_chess",
    title="Pyramid Chess",
    category=Category.SPATIAL,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=PyramidChessParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "PyramidChessParams"]
