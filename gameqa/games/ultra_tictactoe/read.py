"""The pieces of Ultra TicTacToe from their picture: every cell is the reference cell that it differs least from."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import CELL, EDGE, FRAME_WIDTH, GAP, MARGIN, draw
from .state import Spot, State

STEP = 3 * CELL + GAP
SIDE = MARGIN + 2 * STEP + 3 * CELL + EDGE


def _cell(picture: Pixels, i: int, j: int, row: int, col: int) -> Pixels:
    """Return the inside of a cell; all four numbers from 0."""
    return crop(picture, Grid(3, 3, CELL, MARGIN + j * STEP, MARGIN + i * STEP).box(row, col, FRAME_WIDTH))


@lru_cache(maxsize=1)
def _cells() -> Templates[str]:
    """Return a cell for each sign, off a picture with X and O in the first row of the first Nine-grid."""
    picture = pixels(draw(State((0b001, *[0] * 8), (0b010, *[0] * 8), Spot(0, 1)), Style()))
    return Templates({sign: _cell(picture, 0, 0, 0, col) for col, sign in enumerate("XO.")})


def read(picture: Pixels) -> list[str]:
    """Return the nine rows of the board, top first, X, O or . for each of its nine cells."""
    if picture.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"a picture of Ultra TicTacToe has {SIDE} pixels a side")
    lines = list[str]()
    for line in range(9):
        places = [(line // 3, j, line % 3, col) for j in range(3) for col in range(3)]
        lines.append("".join(_cells().match(_cell(picture, *place)) for place in places))
    return lines


def shown(state: State) -> list[str]:
    """Return the same nine rows from the list of pieces."""
    board = {(*piece["nine_grid"], *piece["position"]): piece["type"] for piece in state.to_json()["pieces"]}
    return [
        "".join(board.get((line // 3 + 1, j, line % 3 + 1, col), ".") for j in (1, 2, 3) for col in (1, 2, 3))
        for line in range(9)
    ]


READER = Reader[State](
    read=read,
    shown=shown,
    unread="The last piece placed is not marked in the picture; the questions that build on it name its cell.",
)
