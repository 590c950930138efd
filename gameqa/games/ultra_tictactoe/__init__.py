"""Ultra TicTacToe: nine small boards, and each move decides on which of them the opponent plays next.

| | |
|---|---|
| id | `ultra_tictactoe` |
| category | Strategic Planning |
| domain | in |
| tasks | `cell_owner`, `next_move_count`, `middle_cells_marked`, `piece_count`, `nine_grid_points`, `next_nine_grid` \
(choice), `best_scoring_move` (coordinate) |
| picture | 600 x 600 px |

Coordinates: a cell is `(i, j, row, col)`, all four counted from 1. `(i, j)` is the Nine-grid (i downward, j
rightward), `(row, col)` the cell inside it.

Levels: 10 to 34, 35 to 59 and 60 to 76 pieces.

                j=1     j=2     j=3
               1 2 3   1 2 3   1 2 3
    i=1 row 1  X . . | . . . | . . .    The Second Player has just placed the O at (1, 1, 2, 2), so the First
        row 2  . O . | . . . | . . .    Player places the next X in Nine-grid (2, 2). Which cell there is worth
        row 3  . . X | . . . | X . .    most? (2, 2, 3, 2): with it, row 3 of the Nine-grid is X X X, one point.
               ------+-------+------
    i=2 row 1  . . . | . . . | . . .
        row 2  . . . | . . . | . . .
        row 3  . . . | X . X | . . .
               ------+-------+------
    i=3 row 1  O . . | . . . | O . O
        row 2  . O . | . . . | . . .
        row 3  . . O | . . . | X . .

Every board comes from a whole game played by the rules. The next Nine-grid follows from the pieces alone: each piece
but the opening X answers one of the opponent's. So the opponent's pieces on cell (a, b), over all Nine-grids, are one
more than the mover's pieces in Nine-grid (a, b), the opening X left out, exactly where the mover must play.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, UltraTicTacToeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Ultra TicTacToe is played on a board of 3 x 3 Nine-grids. Each Nine-grid is a field of 3 x 3 cells, so there are 81 \
cells.
A cell is written (i, j, row, col). (i, j) is the Nine-grid: i counts the rows of Nine-grids from the top, j the \
columns of Nine-grids from the left. (row, col) is the cell inside that Nine-grid: row counts from its top, col from \
its left. All four run from 1 to 3; (2, 2, 3, 1) is the bottom-left cell of the central Nine-grid.
Players: the First Player places X and begins, the Second Player places O; they alternate. Pieces stay where they are.
Placement: the first piece of the game goes on any cell of Nine-grid (2, 2). Afterwards a piece placed at \
(i, j, row, col) forces the opponent to place the next piece in Nine-grid (row, col), on any free cell there. For \
example, after a piece at (2, 2, 3, 1) the opponent must play in Nine-grid (3, 1).
Scoring: three pieces of one player in a row, a column or a diagonal inside one Nine-grid are a straight, worth 1 \
point. A player may score several points in one Nine-grid (at most 8). Straights never run across Nine-grids. A \
Nine-grid with straights is played on.
End: the game ends when the middle cells (row 2, col 2) of all nine Nine-grids are marked. The game shown has not \
ended."""

PICTURE = """\
X is red, O is blue. The small numbers at the left and top edges are row and col inside each Nine-grid; the bold \
labels outside them give i and j of the Nine-grids. Neither the last move nor whose turn it is is marked."""

TEXT = "In the text, neither the last move nor whose turn it is is marked."

GAME = Game(
    id="ultra_tictactoe",
    title="Ultra TicTacToe",
    category=Category.STRATEGY,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=UltraTicTacToeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "UltraTicTacToeParams"]
