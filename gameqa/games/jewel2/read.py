"""Reads the board by comparison with the game's own gems; its size by the numbers and ticks above it."""

from functools import lru_cache
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Canvas, Grid, Style
from gameqa.draw.reading import Pixels, Templates, crop, pixels

from .render import BOARD, HEIGHT, INK, LEFT, PAPER, TOP, TOTAL, TOTAL_GAP, WIDTH, draw, total_text
from .state import BASIC, MOST_CLEARED, SIZES, SPECIAL, State

Box = tuple[int, int, int, int]

NUMBERS = (LEFT, TOP - 40, LEFT + BOARD, TOP - 2)
"""The strip above the board that numbers and ticks lie in."""
TEXT_WIDTH, TEXT_HEIGHT = 280, 36
"""The part of the line below the board that differs with the number."""


def cells(size: int) -> list[Box]:
    """Return the boxes of the cells in reading order, without their lines."""
    grid = Grid(size, size, BOARD // size, LEFT, TOP)
    return [grid.box(x, y, 2) for x in range(size) for y in range(size)]


def example(size: int) -> tuple[str, Pixels]:
    """Return the elements of a board that holds every kind, and its picture."""
    signs = ((BASIC + SPECIAL) * 3)[: size * size]
    board = tuple(signs[start : start + size] for start in range(0, size * size, size))
    return signs, pixels(draw(State(board, 0), Style()))


@lru_cache(1)
def sizes() -> Templates[int]:
    """Return the strip above a board of each size."""
    return Templates({size: crop(example(size)[1], NUMBERS) for size in SIZES})


@lru_cache(len(SIZES))
def gems(size: int) -> Templates[str]:
    """Return how each element looks in a cell."""
    signs, picture = example(size)
    return Templates({sign: crop(picture, box) for sign, box in zip(signs, cells(size), strict=True)})


@lru_cache(1)
def totals() -> Templates[int]:
    """Return the line below the board for each number."""

    def line(total: int) -> Pixels:
        canvas = Canvas(TEXT_WIDTH, TEXT_HEIGHT, PAPER)
        canvas.text((TEXT_WIDTH / 2, TEXT_HEIGHT / 2), total_text(State((), total)), TOTAL, INK, PAPER)
        return pixels(canvas.image)

    return Templates({total: line(total) for total in range(MOST_CLEARED + 1)})


def read(picture: Pixels) -> dict[str, Any]:
    """Return the state as JSON."""
    if picture.shape != (HEIGHT, WIDTH, 3):
        raise ValueError(f"the picture should have {WIDTH} x {HEIGHT} pixels")
    size = sizes().match(crop(picture, NUMBERS))
    signs = "".join(gems(size).match(crop(picture, box)) for box in cells(size))
    side = BOARD // size * size
    left, top = LEFT + (side - TEXT_WIDTH) // 2, TOP + side + TOTAL_GAP - TEXT_HEIGHT // 2
    total = totals().match(crop(picture, (left, top, left + TEXT_WIDTH, top + TEXT_HEIGHT)))
    return State(tuple(signs[start : start + size] for start in range(0, size * size, size)), total).to_json()


READER = Reader[State](read=read, shown=State.to_json)
