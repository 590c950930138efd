"""Jewel2: clear and swap gems; runs of three or more vanish, and special gems take others with them.

| | |
|---|---|
| id | `jewel2` |
| category | Pattern Recognition and Matching |
| domain | out |
| tasks | `count_element`, `count_special`, `command_sequence` (integer), `element_position`, `clear_outcome`, \
`swap_outcome` (choice), `best_command` (text) |
| picture | 480 x 640 px |

Coordinates: a cell is `(x, y)`; x is the row, counted from 0 at the top downward, y the column, counted from 0 at the
left rightward.

Levels: boards of 4 x 4, 5 x 5 and 6 x 6 cells with up to 3, 4 and 5 special elements.

    A A A C     `clear 0 1` removes the run (0, 0), (0, 1), (0, 2): 3 elements. `clear 2 2` removes the column of the
    B D A E     bar: 4. `clear 3 3` removes all four A and the round gem itself: 5. No swap removes more than 3, so
    C B | B     `clear 3 3` is the best command.
    D E B a

What enters from above is not known in advance. `command_sequence` asks what two commands remove at least: a new
element may complete no run and may refuse a swap, but it is there to be removed by a bar or a black gem.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, Jewel2Params, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import COMMANDS, ELEMENTS, TASKS

PICTURE = """\
The row numbers x stand at the left, the column numbers y at the top. Each coloured gem has a light window in the \
middle whose shape goes with the colour: a triangle in red gems, a square in green, a disc in blue, a five-pointed \
star in yellow, a slanted four-pointed star in purple ones. The number of elements removed so far stands under the \
board as "Total Cleared"."""

TEXT = """\
The text shows the symbol of the element in each cell; rows are marked with x, columns with y. "Total Cleared" is the \
number of elements removed so far."""

GAME = Game(
    id="jewel2",
    title="Jewel2",
    category=Category.PATTERN,
    domain=Domain.OUT,
    rules=f"{ELEMENTS}\n{COMMANDS}",
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=Jewel2Params,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "Jewel2Params"]
