"""The board as picture and as text. Lengths are pixels at scale 1, before the factor of small and large boards."""

from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, NamedTuple

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Sprite, Style, cached_sprite

from .state import State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL, LEFT, TOP = (70, 55), 40, 60
"""Width and height of a cell; the strips for row and column numbers."""
LEAST, MOST = 200_000, 700_000
"""Pixels of the picture."""
BACK, LINE, LABEL = "#000000", "#FFFFFF", "#FFFF00"
TEXT, SMALL = 38, 24
"""Font sizes of the numbers; the small one where row numbers have two digits."""
COLORS = {"purple": "#D000FF", "blue": "#00C8FF", "green": "#00FF60", "ship": "#FFA500"}
ENEMY_SIZE, SHIP_SIZE = (48, 40), (50, 42)
FIGURES = {
    "purple": """
        .....##.....
        ....####....
        ..########..
        .##..##..##.
        ############
        ..########..
        ...##..##...
        ..##....##..
    """,
    "blue": """
        ##........##
        .##......##.
        .##########.
        ##..####..##
        ############
        ############
        ##.##..##.##
        ##........##
    """,
    "green": """
        ...######...
        .##########.
        ##.##..##.##
        ##.##..##.##
        ############
        .#.#.##.#.#.
        .#.#.##.#.#.
        ...#....#...
    """,
    "ship": """
        ....##....
        ....##....
        ...####...
        .########.
        ##########
        ##########
        ##########
    """,
}
"""One bitmap for each colour of enemies and one for the ship."""


def draw(state: State, style: Style) -> "Image":
    """Draw lines, numbers, enemies and the ship."""
    layout = _Layout(state.ship_row, state.total_cols, _factor(state), style)
    wide, high = layout.px(ENEMY_SIZE[0]), layout.px(ENEMY_SIZE[1])
    canvas = Canvas(*layout.size, BACK)
    canvas.paste(_empty(layout), (0, 0))
    for enemy in state.enemies:
        canvas.paste(_figure(enemy.color, wide, high), layout.middle(enemy.row, enemy.col), "mm")
    ship = _figure("ship", layout.px(SHIP_SIZE[0]), layout.px(SHIP_SIZE[1]))
    canvas.paste(ship, layout.middle(state.ship_row, state.ship_col), "mm")
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign for each cell."""
    heading = (
        f"Space Invaders: enemy area rows 1-{state.enemy_area_rows}, columns 1-{state.total_cols}; ship in row"
        f" {state.ship_row}, column {state.ship_col}. P purple, B blue, G green, . empty"
    )
    rows = [["", *map(str, range(1, state.total_cols + 1))]]
    rows += [[f"row {row}:", *signs] for row, signs in enumerate(state.rows(), 1)]
    width = len(str(state.total_cols))
    return f"{heading}\n{aligned([[sign.rjust(width) for sign in row] for row in rows])}"


class _Layout(NamedTuple):
    """Where the cells of a board lie; rows and columns count from 1."""

    rows: int
    cols: int
    factor: float
    style: Style

    def px(self, length: float) -> int:
        """`length` with the factor and at the scale."""
        return self.style.px(length * self.factor)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.px(LEFT) + self.cols * self.px(CELL[0]), self.px(TOP) + self.rows * self.px(CELL[1])

    def corner(self, row: int, col: int) -> tuple[int, int]:
        """The left top corner of a cell."""
        return self.px(LEFT) + (col - 1) * self.px(CELL[0]), self.px(TOP) + (row - 1) * self.px(CELL[1])

    def middle(self, row: int, col: int) -> tuple[float, float]:
        """The middle of a cell."""
        left, top = self.corner(row, col)
        return left + self.px(CELL[0]) / 2, top + self.px(CELL[1]) / 2


@cached_sprite
def _empty(layout: _Layout) -> Sprite:
    """The board with its lines and numbers."""
    (wide, high), line = layout.size, layout.style.px(1)
    canvas = Canvas(wide, high, BACK)
    for col in range(1, layout.cols + 1):
        left = layout.corner(1, col)[0]
        canvas.rect((left, 0, left + line, high), LINE)
        at = (layout.middle(1, col)[0], layout.px(TOP) / 2)
        canvas.text(at, str(col), layout.px(TEXT), LABEL, BACK)
    for row in range(1, layout.rows + 1):
        top = layout.corner(row, 1)[1]
        canvas.rect((0, top, wide, top + line), LINE)
        at = (layout.px(LEFT) / 2, layout.middle(row, 1)[1])
        canvas.text(at, str(row), layout.px(TEXT if layout.rows < 10 else SMALL), LABEL, BACK)
    return canvas.sprite()


def _factor(state: State) -> float:
    """Return the factor, in steps of a twentieth, that brings the picture into its bounds."""
    pixels = (LEFT + CELL[0] * state.total_cols) * (TOP + CELL[1] * state.ship_row)
    if pixels < LEAST:
        return ceil(20 * sqrt(LEAST / pixels)) / 20
    return min(1.0, floor(20 * sqrt(MOST / pixels)) / 20)


@cached_sprite
def _figure(name: str, width: int, height: int) -> Sprite:
    """A bitmap, each of its dots a small rectangle."""
    rows = FIGURES[name].split()
    canvas = Canvas(width, height, BACK)
    for y, row in enumerate(rows):
        for x, dot in enumerate(row):
            if dot == "#":
                corners = (x, y, x + 1, y + 1)
                scales = (width / len(row), height / len(rows)) * 2
                left, top, right, bottom = (side * scale for side, scale in zip(corners, scales, strict=True))
                canvas.rect((left, top, right, bottom), COLORS[name])
    return canvas.sprite()
