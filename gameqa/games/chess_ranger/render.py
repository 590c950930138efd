"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Style, column_labels, figure, lines, row_labels

from .state import SIDE, SQUARES, State

if TYPE_CHECKING:
    from PIL.Image import Image

CELL, LEFT, TOP, RIGHT, BOTTOM = 60, 34, 10, 10, 34
"""Side of a square, and the margins around the board."""
LABEL, GAP = 16, 9
FIGURE = 48
LIGHT, DARK, BLACK, WHITE = "#F0E6D2", "#B08B62", "#000000", "#FFFFFF"
FILES = "abcdefgh"
NAMES = {"P": "Pawn", "R": "Rook", "N": "Knight", "B": "Bishop", "Q": "Queen", "K": "King"}


def draw(state: State, style: Style) -> "Image":
    """Draw squares, frame, files below, ranks at the left, and the white pieces."""
    cell = style.px(CELL)
    grid = Grid(SIDE, SIDE, cell, style.px(LEFT), style.px(TOP))
    canvas = Canvas(grid.right + style.px(RIGHT), grid.bottom + style.px(BOTTOM), WHITE)
    for row in range(SIDE):
        for column in range(SIDE):
            canvas.rect(grid.box(row, column), _ground(row, column))
    lines(canvas, Grid(1, 1, grid.width, grid.left, grid.top), BLACK, style.px(1))
    row_labels(canvas, grid, range(SIDE, 0, -1), style.px(LABEL), style.px(GAP))
    column_labels(canvas, grid, FILES, style.px(LABEL), style.px(GAP), below=True)
    for square, kind in state.pieces:
        row, column = divmod(square, SIDE)
        size, rim = style.px(FIGURE), style.px(2)
        piece = figure(NAMES[kind].lower(), size, WHITE, BLACK, rim, _ground(row, column))
        canvas.paste(piece, grid.center(row, column), "mm")
    return canvas.image


def _ground(row: int, column: int) -> str:
    """Return the colour of a square; a1, in the last row, is dark."""
    return DARK if (row + column) % 2 else LIGHT


def describe(state: State) -> str:
    """Return the pieces with their squares, and the board."""
    return f"Chess Ranger, {len(state.pieces)} pieces: {pieces_text(state)}\n{diagram(state)}"


def diagram(state: State) -> str:
    """Return the board with ranks at the left and files below."""
    rows = [f"{SIDE - number} {' '.join(row)}" for number, row in enumerate(state.rows)]
    return "\n".join([*rows, f"  {' '.join(FILES)}"])


def pieces_text(state: State) -> str:
    """Return the pieces as `Pawn g8, Rook g6`."""
    return ", ".join(f"{NAMES[kind]} {SQUARES[square]}" for square, kind in state.pieces)
