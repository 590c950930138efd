"""The board as picture and as text. Lengths are pixels at scale 1."""

from itertools import pairwise
from typing import TYPE_CHECKING

from gameqa.core.grids import direction_of
from gameqa.draw import Canvas, Grid, Style, column_labels, lines, row_labels

from .state import BODY, EMPTY, FOOD, HEAD, SIGNS, State

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE, BOARD, GAP = 480, 420, 6
"""Picture side, room for the cells, distance of the numbers from the board."""
GREY, BLACK = "#C8C8C8", "#000000"
FILL = {EMPTY: "#FFFFFF", FOOD: "#FF2A2A", BODY: "#2F5BFF", HEAD: "#FFE600"}
LINE, DOT = 4, 8
"""Width of the line through the snake, diameter of the dot at its end."""


def draw(state: State, style: Style) -> "Image":
    """Draw cells, numbers at the left (rows) and top (columns), and the line from head to tail."""
    cell = style.px(BOARD // state.size)
    corner = (style.px(SIDE) - cell * state.size) // 2
    grid = Grid(state.size, state.size, cell, corner, corner)
    canvas = Canvas(style.px(SIDE), style.px(SIDE), GREY)
    inset = style.px(1)
    canvas.rect(grid.frame, FILL[EMPTY])
    lines(canvas, grid, GREY, 2 * inset)
    for place, kind in ((state.food, FOOD), (state.head, HEAD), *((other, BODY) for other in state.snake[1:])):
        canvas.rect(grid.box(*place, inset=inset), FILL[kind])
    x, y = grid.center(*state.snake[-1])
    dot, half = style.px(DOT) / 2, style.px(LINE) / 2
    canvas.ellipse((x - dot, y - dot, x + dot, y + dot), BLACK, paper=FILL[BODY])
    for one, other in pairwise(state.snake):
        (left, top), (right, bottom) = sorted((grid.center(*one), grid.center(*other)))
        canvas.rect((left - half, top - half, right + half, bottom + half), BLACK)
    size, gap = style.px(20 if state.size <= 10 else 16), style.px(GAP)
    row_labels(canvas, grid, range(state.size), size, gap, paper=GREY)
    column_labels(canvas, grid, range(state.size), size, gap, paper=GREY)
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one sign a cell, and the body's order as directions from the head on."""
    wide = len(str(state.size - 1))
    rows = [" " * wide + "".join(f" {column:>{wide}}" for column in range(state.size))]
    for row, numbers in enumerate(state.rows()):
        rows.append(f"{row:>{wide}}" + "".join(f" {SIGNS[number]:>{wide}}" for number in numbers))
    ways = " ".join(direction_of(one, other) for one, other in pairwise(state.snake))
    heading = f"Snake, grid {state.size} x {state.size}, rows and columns from 0. H head  B body  F food  . empty"
    return "\n".join([heading, *rows, f"Body order from head to tail: H {ways}"])
