"""Zuma: a frog shoots coloured marbles into a chain that lies on a spiral track.

| | |
|---|---|
| id | `zuma` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `next_marble_color`, `hit_color` (choice), `count_color`, `groups_in_direction` (integer), `shot_result`, \
`best_elimination` (text) |
| picture | 800 x 800 px |

Coordinates: x grows to the right, y upwards; the origin is the centre of the spiral and a marble has the radius 0.3.
Angles are degrees at the frog: 0 points right, 90 up, 180 left, -90 down. Marbles are numbered along the chain from its
outer end.

Levels: 10 to 30, 31 to 75 and 76 to 134 marbles on half a turn to three turns of the track.

    . R B R R G .      A red marble, shot so that it touches the second of the two neighbouring reds, is pushed in
    .           .      beside it. With two red track marbles next to it the row is three long: both vanish, and the
          ^            result is `removed 2`.

A shot that a picture could not settle is not asked: aims one degree to either side, and coordinates rounded to two
decimals, give the same answer.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, ZumaParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
The light grey band is the track, the black disc the hole at its inner end. The white triangle is the frog; its long \
tip points at the angle it aims at, and the circle on it is the marble it will shoot next. Besides its colour every \
marble bears a mark: a white plus on red, a black dot on yellow, a white diamond on blue, a white bar on green. The \
dashed grey rays start at the centre of the circle on the frog; the number at the end of a ray is its angle in \
degrees."""

TEXT = """\
The text gives the centres of the hole, of the marble on the frog and of all marbles, which are numbered along the \
chain from its outer end towards the hole."""

GAME = Game(
    id="zuma",
    title="Zuma",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=ZumaParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "ZumaParams"]
