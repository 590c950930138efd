"""Chess Ranger: chess pieces of one side take one another until one is left.

| | |
|---|---|
| id | `chess_ranger` |
| category | Strategic Planning |
| domain | out |
| tasks | `max_captures`, `count_piece` (integer), `find_piece` (text), `piece_at`, `first_move` (choice) |
| picture | 524 x 524 px |

Every move is a capture, made as in chess; pawns take diagonally forward, towards rank 8. With n pieces a solution takes
n - 1 captures.

Coordinates: a square is file and rank, `a1` at the bottom left, `h8` at the top right. The first string of `board` is
rank 8, its first character file a.

Levels: 4 pieces, 5-6 pieces, 7-8 pieces. Boards that are played grow backward: a piece goes back to where it could
have come from, and a new one appears on the square it left. Grown from one piece a board can be solved, grown from more
it often cannot. All captures are searched to the end; a position that two orders of captures lead to is searched once.

    8 . . . . . . P .   First captures: h7xg8, g6xg8, g6xg3, e1xg3. After h7xg8 the rook takes g8 and then
    7 . . . . . . . P   g3, and the bishop takes g3: solved, 4 captures. After g6xg8 the pawn on h7 can only
    6 . . . . . . R .   take on g8, which no pawn can leave and neither king nor bishop can reach; if it does
    5 . . . . . . . .   not, it stays on h7. So two pieces remain: g6xg8 is wrong.
    4 . . . . . . . .
    3 . . . . . . K .
    2 . . . . . . . .
    1 . . . . B . . .
      a b c d e f g h

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, ChessRangerParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import RULES, TASKS

PICTURE = """\
All pieces in the picture are white. The king is broad with a small cross on top, the queen has a crown of five points \
with balls, the rook has battlements, the bishop is slim with a round head and a cross on its body, the knight is a \
horse's head, the pawn is plain with a round head. The files stand below the board, the ranks at its left."""

TEXT = """\
In the diagram K is a king, Q a queen, R a rook, B a bishop, N a knight, P a pawn, and a dot is an empty square. The \
files stand below the board, the ranks at its left."""

GAME = Game(
    id="chess_ranger",
    title="Chess Ranger",
    category=Category.STRATEGY,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=ChessRangerParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "ChessRangerParams"]
