"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import aligned
from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, disc, sprite

from .state import State, cells

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIDE, LEFT, TOP, BOARD = 540, 30, 50, 486
"""Picture side, corner of the board, room for the cells."""
BACK, LINE, LABEL, TEXT = "#000000", "#222222", "#FFFFFF", 16
WALL, EDGE = "#2121DE", "#5C5CFF"
YELLOW, EYE, PUPIL = "#FFE600", "#FFFFFF", "#14147A"
GHOSTS = {"Pinky": "#FF9AD5", "Blinky": "#FF1E1E"}
FIGURE = 0.9
"""Part of the cell that a figure fills."""
MOUTH = 35
"""Half of the angle of the open mouth, in degrees."""
TURNED = {"RIGHT": 0, "DOWN": 90, "LEFT": 180, "UP": 270}
"""Clockwise from 3 o'clock."""
LEGEND = "# wall  o bean  . empty  P Pinky  B Blinky\nPac-Man is shown as ^ v < > (his direction)."


def draw(state: State, style: Style) -> "Image":
    """Draw score and numbers, walls and beans, and the figures last."""
    canvas = Canvas(style.px(SIDE), style.px(SIDE), BACK)
    grid = _grid(state.size, style)
    canvas.paste(_labels(state.size, style), (0, 0))
    canvas.text((grid.left, style.px(13)), f"Score: {state.score}", style.px(TEXT), YELLOW, BACK, "lm")
    canvas.paste(_board(state, grid.cell, style.px(1)), (grid.left, grid.top))
    figure = round(grid.cell * FIGURE)
    canvas.paste(_pacman(figure, TURNED[state.direction]), grid.center(*state.pacman), "mm")
    for name, color in GHOSTS.items():
        canvas.paste(_ghost(figure, color), grid.center(*state.ghost(name)), "mm")
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign for each cell."""
    size = state.size
    width = 1 if size <= 10 else 2
    heading = f"Pacman, grid {size} x {size}, rows and columns from 0. {LEGEND} Score: {state.score}"
    rows = [["", *map(str, range(size))]]
    rows += [[str(row), *signs] for row, signs in enumerate(state.rows())]
    return f"{heading}\n{aligned([[sign.rjust(width) for sign in row] for row in rows])}"


def _grid(size: int, style: Style) -> Grid:
    return Grid(size, size, style.px(BOARD // size), style.px(LEFT), style.px(TOP))


@cached_sprite
def _labels(size: int, style: Style) -> Sprite:
    """The empty picture with the numbers of rows and columns."""
    canvas, grid = Canvas(style.px(SIDE), style.px(SIDE), BACK), _grid(size, style)
    for number in range(size):
        x, y = grid.center(number, number)
        for at in ((x, grid.top - style.px(11)), (grid.left - style.px(15), y)):
            canvas.text(at, str(number), style.px(TEXT), LABEL, BACK, bold=False)
    return canvas.sprite()


@cached_sprite
def _tiles(cell: int, line: int) -> Sprite:
    """The three kinds of cells side by side: empty, bean, wall."""
    canvas = Canvas(3 * cell, cell, BACK)
    for left in (0, cell):
        canvas.rect((left, 0, left + cell, line), LINE)
        canvas.rect((left, 0, left + line, cell), LINE)
    bean = disc(max(2, round(cell / 3)), YELLOW, width=0, paper=BACK)
    canvas.paste(bean, (1.5 * cell, 0.5 * cell), "mm")
    canvas.rect((2 * cell, 0, 3 * cell, cell), WALL, EDGE, line)
    return canvas.sprite()


def _board(state: State, cell: int, line: int) -> Sprite:
    """All cells in one picture: hundreds of single pastes would take most of the time."""
    import numpy as np

    size, made = state.size, _tiles(cell, line)
    tiles = np.frombuffer(made.pixels, np.uint8).reshape(cell, 3, cell).swapaxes(0, 1)
    kinds = np.zeros((size, size), np.uint8)
    for kind, found in ((1, state.beans), (2, state.walls)):
        kinds[tuple(zip(*cells(found, size), strict=True))] = kind
    pixels = tiles[kinds].swapaxes(1, 2).tobytes()
    return Sprite(size * cell, size * cell, pixels, None, made.colors)


@cached_sprite
def _pacman(size: int, turned: int) -> Sprite:
    """A disc with an open mouth."""

    def paint(pen: "ImageDraw", s: int) -> None:
        end = size * s - 1
        pen.pieslice((0, 0, end, end), turned + MOUTH, turned + 360 - MOUTH, YELLOW)

    return sprite(size, paint, paper=BACK)


@cached_sprite
def _ghost(size: int, color: str) -> Sprite:
    """A dome with a wavy hem and two eyes."""

    def paint(pen: "ImageDraw", s: int) -> None:
        side = size * s
        left, right, wave = round(side * 0.06), round(side * 0.94), round(side * 0.88 / 3)
        pen.ellipse((left, 0, right, right - left), color)
        pen.rectangle((left, (right - left) // 2, right, side - wave // 2), color)
        for foot in range(3):
            start = left + foot * wave
            pen.ellipse((start, side - wave, start + wave, side - 1), color)
        for middle in (0.32, 0.68):
            x, y = middle * side, 0.4 * side
            across, high = 0.13 * side, 0.17 * side
            pen.ellipse((x - across, y - high, x + across, y + high), EYE)
            pen.ellipse((x - across / 2, y - high / 4, x + across / 2, y + high * 0.75), PUPIL)

    return sprite(size, paint, paper=BACK)
