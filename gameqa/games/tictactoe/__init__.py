"""TicTacToe: read the board, find the best move, and foresee the best reply.

| | |
|---|---|
| id | `tictactoe` |
| category | Strategic Planning |
| domain | in |
| tasks | `cell_color` (choice), `best_move` (choice), `reply_after_move` (choice) |
| picture | 480 x 480 px |

Coordinates: a cell is `(row, column)`, both counted from 0; `(0, 0)` is the top-left cell, `(2, 2)` the bottom-right.

The best move is that of perfect play, found by searching every game to its end: the best result first, then the
fastest win or the slowest loss, then reading order. So every unfinished game has exactly one.

Levels go by what the player to move faces. Easy: the player can win at once, or the game is over. Medium: no immediate
win, and the opponent threatens to win in one cell or in several. Hard: nobody can win at once, so the right move needs
looking further ahead. All 5478 positions that a game can reach are enumerated; the kind of position is drawn first,
then one of that kind, all equally likely.

    OXO        Two O and two X, so it is O's turn. O cannot win at once, X threatens (2, 1): column 1.
    .X.        The best move is (2, 1). After it X cannot win at once either, and all four free cells lead
    ...        to a draw, so the best reply is the first of them in reading order, (1, 0).

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TicTacToeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
In the picture red blocks carry the letter O and blue blocks the letter X. The row numbers stand to the left of the \
board, the column numbers above it."""

TEXT = "The text shows one mark for each cell."

GAME = Game(
    id="tictactoe",
    title="TicTacToe",
    category=Category.STRATEGY,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TicTacToeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TicTacToeParams"]
