"""Board, head and legend from the pixels.

The shape is found by drawing boards of all shapes and comparing what the symbols have no part in: lines, numbers and
paper. The head's state is read twice, on the board and above it.
"""

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.core.grids import Cell
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, nearest, pixels, tone

from .render import BOARD, FILL, HEAD, HEIGHT, INK, KEY_LEFT, LEFT, RING, TOP, WIDTH, draw
from .state import BRACKETS, COLORS, Rule, State

_SIDES = range(3, 7)
"""Numbers of rows and columns that are told apart."""
_ROOM = (0, TOP - 40, KEY_LEFT - 4, HEIGHT)
"""The board with its numbers."""
_CAPTION = (LEFT, 10, LEFT + BOARD, 46)
"""The line above the board."""
_LEGEND = (KEY_LEFT, TOP, WIDTH, HEIGHT)


def _drawn(
    shape: Cell = (3, 3), symbol: int = 0, head: Cell = (0, 0), state: int = 0, symbols: int = len(COLORS)
) -> Pixels:
    """Return the picture of a board with one symbol everywhere."""
    rules = ((Rule(0, "up", 0),) * symbols,) * len(BRACKETS)
    return pixels(draw(State(rules, ((symbol,) * shape[1],) * shape[0], head, state), Style()))


def _thinned(picture: Pixels) -> NDArray[np.int32]:
    """Return every second pixel of the room; lines are two pixels wide."""
    return crop(picture, _ROOM)[::2, ::2].astype(np.int32)


@lru_cache(maxsize=1)
def _shapes() -> dict[Cell, tuple[NDArray[np.bool_], NDArray[np.int32]]]:
    """Return for each shape where the symbols have no part in the picture, and what is there."""
    shapes: dict[Cell, tuple[NDArray[np.bool_], NDArray[np.int32]]] = {}
    for shape in product(_SIDES, _SIDES):
        # These two differ in every channel, so what is equal in both pictures is no symbol.
        red, cyan = (_thinned(_drawn(shape, symbol)) for symbol in (0, 4))
        fixed = (red == cyan).all(axis=2)
        shapes[shape] = fixed, red[fixed]
    return shapes


def _shape(picture: Pixels) -> Cell:
    """Return rows and columns; ValueError when no shape of board looks like this."""
    seen = _thinned(picture)
    differences = {shape: ((seen[fixed] - there) ** 2).mean() for shape, (fixed, there) in _shapes().items()}
    best = min(differences, key=differences.__getitem__)
    if differences[best] > 2500:
        raise ValueError("this is no board of a known shape")
    return best


def _grid(shape: Cell) -> Grid:
    rows, columns = shape
    cell = BOARD // max(shape)
    return Grid(rows, columns, cell, LEFT + (BOARD - columns * cell) // 2, TOP + (BOARD - rows * cell) // 2)


def _corner(grid: Grid, row: int, column: int) -> tuple[int, int, int, int]:
    """Return a part of a cell that no head covers."""
    left, top, _, _ = grid.box(row, column)
    return left + grid.cell // 12, top + grid.cell // 12, left + grid.cell // 5, top + grid.cell // 5


def _middle(grid: Grid, row: int, column: int) -> tuple[int, int, int, int]:
    """Return the square within the head's disc."""
    x, y = grid.center(row, column)
    half = int(HEAD * grid.cell / 2 * 0.66)
    return int(x) - half, int(y) - half, int(x) + half, int(y) + half


@lru_cache(maxsize=512)
def _numbers(shape: Cell, head: Cell) -> Templates[int]:
    """Return the head with each state on a cell."""
    box = _middle(_grid(shape), *head)
    return Templates({state: crop(_drawn(shape, 0, head, state), box) for state in range(len(BRACKETS))})


@lru_cache(maxsize=1)
def _captions() -> Templates[int]:
    return Templates({state: crop(_drawn(state=state), _CAPTION) for state in range(len(BRACKETS))})


@lru_cache(maxsize=len(BRACKETS))
def _legends(state: int) -> Templates[int]:
    """Return the legend with each number of symbols; the head in it has the state's number."""
    numbers = range(2, len(COLORS) + 1)
    return Templates({symbols: crop(_drawn(state=state, symbols=symbols), _LEGEND) for symbols in numbers})


def read(picture: Pixels) -> Json:
    """Return board, head and number of symbols; ValueError when the head is not there or its numbers differ."""
    shape = _shape(picture)
    grid, cells = _grid(shape), list(product(range(shape[0]), range(shape[1])))
    fills = dict(enumerate(FILL))
    symbols = {cell: nearest(tone(picture, _corner(grid, *cell)), fills) for cell in cells}
    middles = {**fills, "head": INK, "number": RING}
    covered = {cell: nearest(tone(picture, _middle(grid, *cell)), middles, 160) for cell in cells}
    heads = [cell for cell in cells if covered[cell] != symbols[cell]]
    if len(heads) != 1:
        raise ValueError(f"there must be one head, not {len(heads)}")
    row, column = heads[0]
    state = _numbers(shape, heads[0]).match(crop(picture, _middle(grid, row, column)))
    if state != _captions().match(crop(picture, _CAPTION)):
        raise ValueError("the number in the head is not the one above the board")
    return {
        "grid": [[symbols[row, column] for column in range(shape[1])] for row in range(shape[0])],
        "head": {"x": column, "y": row, "state": state},
        "symbols": _legends(state).match(crop(picture, _LEGEND)),
    }


def _shown(state: State) -> Json:
    data = state.to_json()
    return {"grid": data["grid"], "head": data["head"], "symbols": state.symbols}


READER = Reader[State](
    read=read,
    shown=_shown,
    unread="The rules: they are not in the picture, the question lists them. Of them the legend shows the number of "
    "symbols, which is read.",
)
