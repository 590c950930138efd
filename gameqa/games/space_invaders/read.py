"""The size of the board from that of the picture, each cell by comparing it with cells that the game drew itself."""

from functools import lru_cache

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import COLORS, _factor, _Layout, draw
from .state import MOST_COLS, MOST_ROWS, Color, Enemy, State

MOST_DIFFERENCE = 6000.0
"""Dots of figures blur when a picture is shrunk; a wrong figure differs by three times as much."""


@lru_cache(maxsize=1)
def _layouts() -> dict[tuple[int, int], list[_Layout]]:
    """Return the boards that make a picture of a width and height."""
    found: dict[tuple[int, int], list[_Layout]] = {}
    for rows in range(2, MOST_ROWS + 2):
        for cols in range(1, MOST_COLS + 1):
            layout = _Layout(rows, cols, _factor(State(rows - 1, cols, 1, ())), Style())
            found.setdefault(layout.size, []).append(layout)
    return found


@lru_cache(maxsize=64)
def _templates(layout: _Layout) -> Templates[str]:
    """Return a cell of each kind, cut out of a picture that the game drew."""
    colors: list[Color] = ["purple", "blue", "green"]
    patches: dict[str, Pixels] = {}
    for color in colors:
        picture = pixels(draw(State(layout.rows - 1, layout.cols, 1, (Enemy(1, 1, color),)), Style()))
        patches[color] = crop(picture, _box(layout, 1, 1))
        patches["ship"] = crop(picture, _box(layout, layout.rows, 1))
        patches[""] = crop(picture, _box(layout, layout.rows, 2))
    return Templates(patches)


def _box(layout: _Layout, row: int, col: int) -> tuple[int, int, int, int]:
    left, top = layout.corner(row, col)
    return left + 3, top + 3, left + layout.px(70) - 3, top + layout.px(55) - 3


def _read(picture: Pixels) -> Json:
    """Return rows of the enemy area, columns, column of the ship, and the enemies."""
    layouts = _layouts().get((picture.shape[1], picture.shape[0]), [])
    if len(layouts) != 1:
        raise ValueError(f"{len(layouts)} boards make a picture of {picture.shape[1]} x {picture.shape[0]} pixels")
    (layout,) = layouts
    templates = _templates(layout)
    figures = {
        (row, col): templates.match(crop(picture, _box(layout, row, col)), MOST_DIFFERENCE)
        for col in range(1, layout.cols + 1)
        for row in range(1, layout.rows + 1)
    }
    ships = [cell for cell, figure in figures.items() if figure == "ship"]
    if len(ships) != 1 or ships[0][0] != layout.rows:
        raise ValueError(f"ships at {ships}")
    enemies = [[*cell, figure] for cell, figure in figures.items() if figure in COLORS and figure != "ship"]
    return [layout.rows - 1, layout.cols, ships[0][1], enemies]


READER = Reader[State](
    read=_read,
    shown=lambda state: [state.enemy_area_rows, state.total_cols, state.ship_col, state.enemies],
)
