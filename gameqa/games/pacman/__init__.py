"""Pacman: eat beans in a maze while two ghosts hunt by known rules.

| | |
|---|---|
| id | `pacman` |
| category | Strategic Planning |
| domain | out |
| tasks | `pacman_position` (choice), `beans_in_5x5` (integer), `closer_ghost` (choice), `beans_ahead` (integer), \
`move_outcome` (choice), `pinky_direction_change` (choice), `blinky_direction_change` (choice), `pinky_next_move` \
(choice), `blinky_next_move` (choice), `best_direction` (choice) |
| picture | 540 x 540 px |

Coordinates: a cell is `(row, column)`, both counted from 0; `(0, 0)` is the top left corner of the outer wall.

Levels: 16 x 16, 18 x 18 and 20 x 20 cells with 25, 32 and 40 inner walls; 4-30, 8-50 and 12-70 cells eaten so far.

      0 1 2 3 4 5 6    Pac-Man (3, 2) faces RIGHT, so Pinky heads for (3, 5), the last cell before the wall, and
    0 # # # # # # #    Blinky for (3, 2). From (5, 4) both UP and LEFT lie on shortest paths: by the order UP, DOWN,
    1 # o o o o P #    LEFT, RIGHT Blinky steps UP. If Pac-Man runs RIGHT, Blinky catches him in turn 2; UP is the
    2 # o o # o # #    best direction: 2 beans, safe.
    3 # . > o o o #
    4 # . # o o o #
    5 # . o o B o #
    6 # # # # # # #

The ghosts are named after those of Pac-Man (Namco, 1980): Blinky hunts, Pinky heads for a cell ahead of Pac-Man. They
move by shortest paths here, so that one board decides every step.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, PacmanParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Pacman is played on a square grid. A cell is written (row, column), both counted from 0; (0, 0) is the top left \
corner of the outer wall, rows grow downward, columns grow rightward. UP leads to the row above, LEFT to the column \
to the left. The outer ring is wall, and there are walls inside; nobody enters a wall.
Pac-Man faces UP, DOWN, LEFT or RIGHT. When he enters a cell with a bean, he eats it, and the score grows by 1. The \
score shown is the number of beans eaten so far. No bean lies under Pac-Man or a ghost at the moment shown.
In one step Pac-Man tries to go one cell in a named direction. If he can, he goes there and faces that direction. If \
a wall is there, he stays where he is and keeps his old direction.
There are two ghosts, Pinky and Blinky. A ghost moves one cell per turn along a shortest path to its target; walls \
block paths, figures and beans do not. Ghosts eat nothing.
- Blinky's target is Pac-Man's cell.
- Pinky's target is the cell 4 cells ahead of Pac-Man in the direction he faces. If a wall comes earlier, it is the \
last cell before that wall; with a wall directly ahead it is Pac-Man's own cell.
- Among all first steps that lie on some shortest path to its target, a ghost takes the first one in the order UP, \
DOWN, LEFT, RIGHT. A ghost that stands on its target or has no path stays where it is.
Order of a turn in which all move: first Pac-Man moves (or stays at a wall) and eats; then Pinky moves, then Blinky, \
each towards the target that follows from Pac-Man's new cell and direction.
Pac-Man is caught by a ghost as soon as both stand on one cell. This is checked after Pac-Man's move (entering a \
ghost's cell counts), after Pinky's move and after Blinky's move. Then everything stops."""

PICTURE = """\
Blue cells are walls. Pac-Man is the large yellow disc; his open mouth points in the direction he faces. Small yellow \
dots are beans. Pinky is the pink ghost, Blinky the red one. The numbers at the left edge are rows, those at the top \
edge columns."""

TEXT = "In the text, rows are numbered at the left edge, columns at the top edge."

GAME = Game(
    id="pacman",
    title="Pacman",
    category=Category.STRATEGY,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=PacmanParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "PacmanParams"]
