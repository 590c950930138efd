"""Every face-up card from pixels: its strip with rank and suit against those of a table drawn by the game itself."""

from functools import lru_cache
from typing import Any

from gameqa.core.audit import Reader
from gameqa.draw import Style
from gameqa.draw.canvas import Box
from gameqa.draw.reading import Pixels, Templates, crop, extent, nearest, pixels, tone

from .render import BACK, BOTTOM, CARD, FACE_DOWN, FACE_UP, LEFT, LOWER, LOWEST, PITCH, TABLE, UPPER, WIDTH, draw
from .state import DECK, FOUNDATIONS, TABS, Card, State

WHITE = "#FFFFFF"
LOOKS = {"face up": WHITE, "face down": BACK, "none": TABLE}


def _label(column: int, y: int) -> Box:
    """Return the box around rank and suit of a card, inside the strip that is never covered."""
    left = LEFT + column * PITCH
    return left + 3, y + 3, left + CARD[0] - 15, y + FACE_UP - 1


@lru_cache(maxsize=1)
def _labels() -> Templates[Card]:
    """Return what rank and suit of each card look like."""
    longest = -(-len(DECK) // TABS)
    runs = tuple(DECK[start : start + longest] for start in range(0, len(DECK), longest))
    picture = pixels(draw(State(0, (), ((),) * FOUNDATIONS, (0,) * TABS, runs), Style()))
    return Templates(
        {
            card: crop(picture, _label(column, LOWER + depth * FACE_UP))
            for column, run in enumerate(runs)
            for depth, card in enumerate(run)
        }
    )


def _look(picture: Pixels, column: int, y: int) -> str:
    """Return what lies at a place, by the right end of its uppermost strip; a back may be pale from its lattice."""
    left = LEFT + column * PITCH
    return nearest(tone(picture, (left + 58, y + 7, left + CARD[0] - 7, y + FACE_DOWN - 1)), LOOKS, most=120)


def _open(picture: Pixels, column: int, y: int) -> Card | None:
    """Return the card that lies face up at a place, None if there is none."""
    if _look(picture, column, y) != "face up":
        return None
    return _labels().match(crop(picture, _label(column, y)))


def _tab(picture: Pixels, column: int) -> dict[str, Any]:
    """Return the number of face-down cards of a pile, and its face-up cards."""
    left, hidden = LEFT + column * PITCH, 0
    while _look(picture, column, LOWER + hidden * FACE_DOWN) == "face down":
        hidden += 1
    first = LOWER + hidden * FACE_DOWN
    if _look(picture, column, first) == "none":
        return {"face_down": hidden, "face_up": []}
    end = extent(picture, (left + 6, first, left + CARD[0] - 6, picture.shape[0]), TABLE) - first
    covered = round((end - CARD[1]) / FACE_UP)
    if abs(end - CARD[1] - covered * FACE_UP) > 2:
        raise ValueError(f"pile {column + 1} ends between two cards")
    return {"face_down": hidden, "face_up": [_open(picture, column, first + k * FACE_UP) for k in range(covered + 1)]}


def _read(picture: Pixels) -> dict[str, Any]:
    height, width = picture.shape[:2]
    if width != WIDTH or height < LOWEST:
        raise ValueError(f"no table is drawn with {width} x {height} pixels")
    tabs = [_tab(picture, column) for column in range(TABS)]
    lengths = [tab["face_down"] * FACE_DOWN + max(0, len(tab["face_up"]) - 1) * FACE_UP for tab in tabs]
    if max(LOWEST, LOWER + max(lengths) + CARD[1] + BOTTOM) != height:
        raise ValueError(f"piles of {lengths} pixels do not belong to a picture {height} pixels high")
    return {
        "stock": _look(picture, 0, UPPER) == "face down",
        "waste": _open(picture, 1, UPPER),
        "foundations": [_open(picture, column, UPPER) for column in range(3, 3 + FOUNDATIONS)],
        "tableau": tabs,
    }


def _shown(state: State) -> dict[str, Any]:
    return {
        "stock": state.draw > 0,
        "waste": state.dump[-1] if state.dump else None,
        "foundations": [pile[-1] if pile else None for pile in state.piles],
        "tableau": [
            {"face_down": hidden, "face_up": list(run)} for hidden, run in zip(state.hidden, state.runs, strict=True)
        ],
    }


READER = Reader(
    read=_read,
    shown=_shown,
    unread="How many cards are in the stock, and the waste below its top card: by the rules nobody sees them, and"
    " questions ask only whether stock and waste are empty.",
)
