"""Piles, stock and foundations from pixels: edges of the piles, then every rank against those the game itself draws."""

from functools import lru_cache
from itertools import pairwise
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Style
from gameqa.draw.canvas import Box
from gameqa.draw.reading import Pixels, Templates, crop, extent, nearest, pixels, tone

from .render import (
    BACK,
    BOTTOM,
    CARD,
    EMPTY,
    FAN,
    FELT,
    HIDDEN_STRIP,
    HOMES,
    LOWER,
    LOWEST,
    MARGIN,
    STRIPS,
    UPPER,
    WIDTH,
    draw,
)
from .state import DECKS, KING, PILES, State

WHITE = "#FFFFFF"
LOOKS = {"face up": WHITE, "face down": BACK, "empty": EMPTY, "felt": FELT}
HOME = WIDTH - MARGIN - (DECKS - 1) * HOMES - CARD[0]
"""Left side of the first foundation."""


def _lefts(count: int) -> list[int]:
    """Return the left sides of the piles."""
    return [round(MARGIN + pile * (WIDTH - 2 * MARGIN - CARD[0]) / (count - 1)) for pile in range(count)]


def _within(picture: Pixels, box: Box) -> str:
    """Return what a box shows most of; the blue of a back may be pale from its lattice."""
    return nearest(tone(picture, box), LOOKS, most=200)


def _look(picture: Pixels, left: int, y: int) -> str:
    """Return what lies at a place, by the right end of its uppermost strip."""
    return _within(picture, (left + 52, y + 6, left + CARD[0] - 6, y + HIDDEN_STRIP - 1))


def _count(picture: Pixels) -> int:
    """Return the number of piles: the one with which cards and gaps are where they must be."""
    for count in range(PILES[0], PILES[1] + 1):
        lefts = _lefts(count)
        gaps = [(left + CARD[0] + 3, LOWER + 10, after - 3, LOWER + 60) for left, after in pairwise(lefts)]
        felt = all(_within(picture, gap) == "felt" for gap in gaps)
        if felt and all(_look(picture, left, LOWER) != "felt" for left in lefts):
            return count
    raise ValueError("the piles are at none of the known places")


def _label(left: int, y: int, strip: int) -> Box:
    """Return the box around rank and suit of a card, inside the strip that is never covered."""
    return left + 3, y + 3, left + CARD[0] - 10, y + strip - 1


@lru_cache(maxsize=len(STRIPS))
def _labels(strip: int) -> Templates[int]:
    """Return what the label of each rank looks like."""
    count = PILES[0]
    # A pile of all ranks; a second one that is too long for the wider strip where the narrower one is wanted.
    ranks = [tuple(range(1, KING + 1)), (KING,) * 22][: 1 + (strip != STRIPS[0])]
    piles = (*ranks, *[(KING,)] * (count - len(ranks)))
    picture = pixels(draw(State((), piles, (0,) * count, 0), Style()))
    left = _lefts(count)[0]
    return Templates({rank: crop(picture, _label(left, LOWER + (rank - 1) * strip, strip)) for rank in ranks[0]})


def _pile(picture: Pixels, left: int, strip: int) -> dict[str, Any]:
    """Return the number of face-down cards of a pile, and the ranks of the face-up ones."""
    hidden = 0
    while _look(picture, left, LOWER + hidden * HIDDEN_STRIP) == "face down":
        hidden += 1
    first = LOWER + hidden * HIDDEN_STRIP
    if _look(picture, left, first) == "empty":
        return {"face_down": hidden, "face_up": []}
    end = extent(picture, (left + 5, first, left + CARD[0] - 5, picture.shape[0]), FELT) - first
    covered = round((end - CARD[1]) / strip)
    if abs(end - CARD[1] - covered * strip) > 2:
        raise ValueError("a pile ends between two cards")
    tops = [first + depth * strip for depth in range(covered + 1)]
    return {"face_down": hidden, "face_up": [_labels(strip).match(crop(picture, _label(left, y, strip))) for y in tops]}


def _deals(picture: Pixels) -> int:
    """Return the number of backs in the stock, by its right end."""
    if _within(picture, (MARGIN + 10, UPPER + 8, MARGIN + 60, UPPER + 24)) == "empty":
        return 0
    stock = MARGIN, UPPER + 10, HOME - 5, UPPER + CARD[1] - 10
    end = extent(picture, stock, FELT, down=False) - MARGIN
    return round((end - CARD[0]) / FAN) + 1


def _piles(picture: Pixels) -> list[dict[str, Any]]:
    """Return the piles, read with the strip that fits the height of the picture."""
    lefts = _lefts(_count(picture))
    for strip in STRIPS:
        try:
            piles = [_pile(picture, left, strip) for left in lefts]
        except ValueError:
            continue
        lowest = max(pile["face_down"] * HIDDEN_STRIP + max(0, len(pile["face_up"]) - 1) * strip for pile in piles)
        if max(LOWEST, LOWER + lowest + CARD[1] + BOTTOM) == picture.shape[0]:
            return piles
    raise ValueError("the piles fit no known strip")


def _read(picture: Pixels) -> dict[str, Any]:
    if picture.shape[1] != WIDTH:
        raise ValueError(f"no table is drawn {picture.shape[1]} pixels wide")
    homes = [_look(picture, HOME + number * HOMES, UPPER) for number in range(DECKS)]
    return {"deals": _deals(picture), "foundations": homes.count("face up"), "piles": _piles(picture)}


def _shown(state: State) -> dict[str, Any]:
    return {
        "deals": state.deals,
        "foundations": state.foundations,
        "piles": [
            {"face_down": hidden, "face_up": list(pile[hidden:])}
            for hidden, pile in zip(state.hidden, state.piles, strict=True)
        ],
    }


READER = Reader(
    read=_read,
    shown=_shown,
    unread="The ranks of the cards in the stock and of those that lie face down: by the rules nobody sees them, and no"
    " question asks for them.",
)
