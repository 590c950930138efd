"""Every card from pixels: its strip with rank and suit against those of a table drawn by the game itself."""

from functools import lru_cache
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Style
from gameqa.draw.canvas import Box
from gameqa.draw.reading import Pixels, Templates, crop, extent, nearest, pixels, tone

from .render import BOTTOM, CARD, HIGHEST, LEFT, LOWER, LOWEST, PITCH, STRIPS, TABLE, UPPER, WIDTH, draw
from .state import CASCADES, CELLS, DECK, SUITS, Card, State, foundation

MOST = 19
"""Cards of the longest cascade."""
WHITE, EMPTY = "#FFFFFF", "#1C352D"


def _strip(longest: int) -> int:
    """Return the strip with which a table is drawn."""
    heights = {strip: LOWER + (longest - 1) * strip + CARD[1] + BOTTOM for strip in STRIPS}
    return next((strip for strip in STRIPS if heights[strip] <= HIGHEST), STRIPS[-1])


@lru_cache(maxsize=1)
def _strips() -> dict[int, int]:
    """Return the strip for every height of a picture."""
    found: dict[int, int] = {}
    for longest in range(1, MOST + 1):
        strip = _strip(longest)
        found[max(LOWEST, LOWER + (longest - 1) * strip + CARD[1] + BOTTOM)] = strip
    return found


def _label(column: int, y: int, strip: int) -> Box:
    """Return the box around rank and suit of a card, inside the strip that is never covered."""
    left = LEFT + column * PITCH
    return left + 3, y + 3, left + CARD[0] - 10, y + strip - 1


@lru_cache(maxsize=len(STRIPS))
def _labels(strip: int) -> Templates[Card]:
    """Return what rank and suit of each card look like."""
    longest = next(count for count in range(13, MOST + 1) if _strip(count) == strip)
    starts = range(0, len(DECK), longest)
    piles = tuple(DECK[start : start + longest] for start in starts)
    picture = pixels(draw(State(piles, (None,) * CELLS, (0,) * len(SUITS)), Style()))
    return Templates(
        {
            card: crop(picture, _label(column, LOWER + depth * strip, strip))
            for column, pile in enumerate(piles)
            for depth, card in enumerate(pile)
        }
    )


def _ground(picture: Pixels, column: int, y: int) -> str:
    """Return the colour of a place beside the label of a card, between card, empty place and table."""
    left = LEFT + column * PITCH
    box = left + 6, y + CARD[1] - 12, left + CARD[0] - 6, y + CARD[1] - 4
    return nearest(tone(picture, box), {color: color for color in (WHITE, EMPTY, TABLE)})


def _cascade(picture: Pixels, column: int, strip: int) -> list[Card]:
    """Return the cards of a cascade, the bottom card first."""
    left = LEFT + column * PITCH
    end = extent(picture, (left + 5, LOWER, left + CARD[0] - 5, picture.shape[0]), TABLE) - LOWER
    covered = round((end - CARD[1]) / strip)
    if abs(end - CARD[1] - covered * strip) > 2:
        raise ValueError(f"cascade {column} ends between two cards")
    tops = [LOWER + depth * strip for depth in range(covered + 1)]
    return [_labels(strip).match(crop(picture, _label(column, top, strip))) for top in tops]


def _read(picture: Pixels) -> dict[str, Any]:
    height, width = picture.shape[:2]
    if width != WIDTH or height not in _strips():
        raise ValueError(f"no table is drawn with {width} x {height} pixels")
    strip = _strips()[height]
    upper = [
        _labels(strip).match(crop(picture, _label(column, UPPER, strip)))
        if _ground(picture, column, UPPER) == WHITE
        else None
        for column in range(CELLS + len(SUITS))
    ]
    piles: list[list[Card]] = []
    for column in range(CASCADES[1]):
        left = LEFT + column * PITCH
        top = nearest(
            tone(picture, (left + 50, LOWER + 5, left + CARD[0] - 5, LOWER + strip - 2)),
            {color: color for color in (WHITE, EMPTY, TABLE)},
        )
        if top == TABLE:
            break
        piles.append([] if top == EMPTY else _cascade(picture, column, strip))
    return {"cells": upper[:CELLS], "foundations": upper[CELLS:], "cascades": piles}


def _shown(state: State) -> dict[str, Any]:
    tops = [foundation(suit, height)[-1:] for suit, height in enumerate(state.heights)]
    return {
        "cells": list(state.cells),
        "foundations": [top[0] if top else None for top in tops],
        "cascades": [list(pile) for pile in state.piles],
    }


READER = Reader(read=_read, shown=_shown)
