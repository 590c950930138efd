"""Cells by their colours, and the order of the snake by the black line that crosses the borders between its cells."""

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid
from gameqa.draw.reading import Pixels, crop, nearest, tone

from .render import BOARD, FILL, SIDE
from .state import BODY, FOOD, HEAD, State

SIZES = (15, 10, 5)
"""The boards of the levels. The lines of the small board are lines of the larger ones too, so it is tried last."""
LIGHTEST, DARK = 230.0, 80.0
"""Between grey lines and white cells; between the black line and everything else."""


def _grid(picture: Pixels) -> Grid:
    """Return the largest board all of whose inner borders are grey lines."""
    for size in SIZES:
        grid = Grid(size, size, BOARD // size, (SIDE - BOARD) // 2, (SIDE - BOARD) // 2)
        borders = [grid.left + grid.cell * border for border in range(1, size)]
        columns = [tone(picture, (x - 1, grid.top, x + 1, grid.bottom)) for x in borders]
        if all(sum(color) / 3 < LIGHTEST for color in columns):
            return grid
    raise ValueError("the lines of no known board are found")


def _read(picture: Pixels) -> Json:
    """Return size, food and the chain of the snake."""
    if picture.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"a picture has {SIDE} x {SIDE} pixels")
    grid = _grid(picture)
    near, far = round(grid.cell * 0.15), round(grid.cell * 0.38)
    kinds: dict[tuple[int, int], int] = {}
    for row in range(grid.rows):
        for col in range(grid.cols):
            # A corner of the cell, beside the black line that runs through the middle.
            left, top = grid.box(row, col)[:2]
            kinds[row, col] = nearest(tone(picture, (left + near, top + near, left + far, top + far)), FILL, most=90)
    (head,), (food,) = ([cell for cell, kind in kinds.items() if kind == wanted] for wanted in (HEAD, FOOD))
    chain, left_over = [head], {cell for cell, kind in kinds.items() if kind == BODY}
    while True:
        (row, col) = chain[-1]
        beside = [(row + r, col + c) for r, c in ((-1, 0), (1, 0), (0, -1), (0, 1)) if (row + r, col + c) in left_over]
        linked = [cell for cell in beside if _linked(picture, grid, chain[-1], cell)]
        if not linked:
            break
        if len(linked) > 1:
            raise ValueError(f"the line forks at {chain[-1]}")
        chain.append(linked[0])
        left_over.remove(linked[0])
    if left_over:
        raise ValueError(f"the line does not reach {sorted(left_over)}")
    return [grid.rows, food, chain]


def _linked(picture: Pixels, grid: Grid, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether the black line crosses the border between two cells."""
    x, y = grid.center((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    return float(crop(picture, (x - 2, y - 2, x + 2, y + 2)).mean()) < DARK


READER = Reader[State](read=_read, shown=lambda state: [state.size, state.food, state.snake])
