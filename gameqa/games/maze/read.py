"""Reads the maze from a picture: the colour in the middle of each cell tells what it is.

Pictures of mazes with 9 and with 11 cells along a side have one size: the one that, drawn again, differs less is right.
"""

import numpy as np

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw import Grid, Style
from gameqa.draw.reading import Pixels, nearest, pixels, tone

from .render import BLUE, CELL, GREEN, MARGIN, PAPER, RED, draw
from .state import FREE, GOAL, PLAYER, SIZES, WALL, State

COLORS = {FREE: PAPER, WALL: BLUE, PLAYER: RED, GOAL: GREEN}


def _as_size(picture: Pixels, size: int) -> State:
    """Return the maze if it has so many cells along a side; ValueError when that makes no maze."""
    cell = CELL[size]
    grid = Grid(size, size, cell, MARGIN, MARGIN)
    inset = cell * 3 // 8  # within the disc of the player
    maze = [[nearest(tone(picture, grid.box(r, c, inset)), COLORS) for c in range(size)] for r in range(size)]
    places = {number: [r, c] for r, row in enumerate(maze) for c, number in enumerate(row)}
    if not {PLAYER, GOAL} <= places.keys():
        raise ValueError("the picture shows no player or no goal")
    data = {"maze": maze, "size": [size, size], "playerPosition": places[PLAYER], "endPosition": places[GOAL]}
    return State.from_json(data)


def read(picture: Pixels) -> Json:
    """Return the numbers of all cells, row by row."""
    found: dict[float, State] = {}
    for size in SIZES:
        side = size * CELL[size] + 2 * MARGIN
        if picture.shape[:2] == (side, side):
            try:
                state = _as_size(picture, size)
            except ValueError:
                continue
            again = pixels(draw(state, Style())).astype(np.float64)
            found[float(np.abs(again - picture).mean())] = state
    if not found:
        raise ValueError("the picture shows no maze of a known size")
    return found[min(found)].maze


READER = Reader[State](read=read, shown=lambda state: state.maze)
