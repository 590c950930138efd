"""The table as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import counted
from gameqa.draw import Canvas, Sprite, Style, back, cached_sprite, card, place
from gameqa.draw.cards import BLACK

from .state import DECKS, State, letter

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, MARGIN, BOTTOM = 860, 16, 12
"""Picture width, room at the sides, room below the longest pile."""
LOWEST, HIGHEST = 430, 760
"""Bounds of the picture's height for piles of up to 22 cards."""
CARD = (71, 96)
UPPER, LOWER = 32, 160
"""Top of stock and foundations, top of the piles."""
HEADINGS, NUMBERS = 17, 146
"""Heights of the lines of text (their middles)."""
FAN, HOMES = 20, 78
"""Shift of the backs in the stock, distance of the foundations."""
STRIPS = (25, 23)
"""Heights of the visible strip of a covered face-up card; the first with which the longest pile fits is taken."""
HIDDEN_STRIP = 12
FONT = 16
FELT, EMPTY, BACK, INK = "#077007", "#066006", "#1F3A93", "#FFFFFF"


def draw(state: State, style: Style) -> "Image":
    """Draw stock and foundations above, the waste piles below."""
    longest = {strip: max(_tops(state, pile, strip)[-1] for pile in _piles(state)) for strip in STRIPS}
    heights = {strip: LOWER + lowest + CARD[1] + BOTTOM for strip, lowest in longest.items()}
    strip = next((strip for strip in STRIPS if heights[strip] <= HIGHEST), STRIPS[-1])
    canvas = Canvas(style.px(WIDTH), style.px(max(LOWEST, heights[strip])), FELT)
    canvas.ramp(BLACK, "#FFFFFF")  # the cards come in any order
    size = style.px(CARD[0]), style.px(CARD[1])

    def write(x: float, y: float, text: str, paper: str = FELT, anchor: str = "mm") -> None:
        canvas.text((style.px(x), style.px(y)), text, style.px(FONT), INK, paper, anchor)

    def put(x: float, y: float, picture: Sprite) -> None:
        canvas.paste(picture, (style.px(x), style.px(y)))

    homes = WIDTH - MARGIN - (DECKS - 1) * HOMES - CARD[0]
    write(MARGIN, HEADINGS, "Stock", anchor="lm")
    write(homes, HEADINGS, "Foundations", anchor="lm")
    for number in range(state.deals):
        put(MARGIN + number * FAN, UPPER, back(*size, BACK))
    if not state.deals:
        put(MARGIN, UPPER, place(*size, EMPTY))
        write(MARGIN + CARD[0] / 2, UPPER + CARD[1] / 2, "Empty", EMPTY)
    for number in range(DECKS):
        king = number < state.foundations
        put(homes + number * HOMES, UPPER, card("K", "S", *size, style.px(strip)) if king else place(*size, EMPTY))
    pitch = (WIDTH - 2 * MARGIN - CARD[0]) / (len(state.piles) - 1)
    for pile in _piles(state):
        left, cards = MARGIN + pile * pitch, state.piles[pile]
        write(left + CARD[0] / 2, NUMBERS, str(pile))
        if not cards:
            put(left, LOWER, place(*size, EMPTY))
        for number, top in enumerate(_tops(state, pile, strip)[: len(cards)]):
            shown = letter(cards[number]) if number >= state.hidden[pile] else ""
            put(left, LOWER + top, _layer(shown, *size, style.px(strip), number < len(cards) - 1))
    return canvas.image


def _piles(state: State) -> range:
    return range(len(state.piles))


def _tops(state: State, pile: int, strip: int) -> list[int]:
    """Return how far below the top of its pile each card lies; one place for an empty pile."""
    hidden, count = state.hidden[pile], max(1, len(state.piles[pile]))
    return [min(number, hidden) * HIDDEN_STRIP + max(0, number - hidden) * strip for number in range(count)]


@cached_sprite
def _layer(shown: str, width: int, height: int, strip: int, covered: bool) -> Sprite:
    """A card face up, or face down if `shown` is empty; of a covered one only the part that can be seen."""
    whole = card(shown, "S", width, height, strip) if shown else back(width, height, BACK)
    return whole.crop((0, 0, width, strip + width // 8)) if covered else whole


def describe(state: State) -> str:
    """Return the table as text, one line a pile, the bottom card first."""
    deals = f"{counted(state.deals, 'deal')} left ({len(state.stock)} cards)" if state.deals else "empty"
    piles = [f"{pile}: {state.pile_text(pile) or 'empty'}" for pile in _piles(state)]
    return "\n".join(
        [
            f"Spider Solitaire (one suit, all cards spades), {len(state.piles)} waste piles",
            f"Stock: {deals} | Foundations: {counted(state.foundations, 'complete run')}",
            *piles,
        ]
    )
