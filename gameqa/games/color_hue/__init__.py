"""Color Hue: rows and columns of cells whose colours change evenly; restore lost colours, name those that are there.

| | |
|---|---|
| id | `color_hue` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `color_matching`, `color_description`, `gradient_pattern` (choice) |
| picture | 420 x 510 px (5 x 5 and 6 x 6 cells) to 540 x 630 px (8 x 8) |

Coordinates: rows and columns are counted from 1 in words, and from 0 in `state` and `params`; (row, column) from the \
top left.

Levels: 5 x 5 cells with 2-3 gradients, 6 x 6 or 7 x 7 with 3-4, and 8 x 8 with 4-5; 3, 4-5 and 5-6 cells without \
colour in `color_matching`.

    Row 1: 200,40,40 | 160,70,80 | P | 80,130,160 | 40,160,200
    Row 2: ..        | ..        | ..| ..         | ..

Cell P lies midway between (160, 70, 80) and (80, 130, 160), so its colour is (120, 100, 120).

A gradient is even in red, green and blue: of m + 1 cells, cell t has round(start + (end - start) t / m). How far
colours look apart is ΔE, the CIE76 distance in L\\*a\\*b\\* (sRGB, D65). A name is right when its reference colour is
the nearest, within ΔE 25, and the next one lies 8 or more behind it; a wrong name lies 25 or more behind.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, ColorHueParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import BASE, TASKS

GAME = Game(
    id="color_hue",
    title="Color Hue",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=BASE,
    picture="Row numbers stand at the left of the board, column numbers above it.",
    text="The text gives colours as red,green,blue from 0 to 255; .. stands for a cross-hatched cell.",
    state_type=State,
    params_type=ColorHueParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "ColorHueParams"]
