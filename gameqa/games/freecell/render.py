"""The table as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Sprite, Style, cached_sprite, card, enter_colors, place

from .state import SUITS, Card, State, foundation

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, BOTTOM = 720, 12
"""Picture width, and room below the longest cascade."""
LOWEST, HIGHEST = 520, 700
"""Bounds of the picture's height for cascades of up to 19 cards."""
CARD, PITCH, LEFT = (72, 96), 86, 23
"""Size of a card, distance of the eight columns, place of the first."""
UPPER, LOWER = 30, 194
"""Top of the free cells and foundations, top of the cascades."""
HEADINGS, CELL_NUMBERS, CASCADES_HEADING, CASCADE_NUMBERS = 15, 138, 160, 182
"""Heights of the lines of text (their middles)."""
STRIPS = (28, 25, 22)
"""Heights of the visible strip of a covered card; the first with which the longest cascade fits is taken."""
FONT = 18
TABLE, INK = "#2F4F4F", "#FFFFFF"


def draw(state: State, style: Style) -> "Image":
    """Draw free cells and foundations above, cascades below."""
    longest = max(1, *map(len, state.piles))
    heights = {strip: LOWER + (longest - 1) * strip + CARD[1] + BOTTOM for strip in STRIPS}
    strip = next((strip for strip in STRIPS if heights[strip] <= HIGHEST), STRIPS[-1])
    canvas = Canvas(style.px(WIDTH), style.px(max(LOWEST, heights[strip])), TABLE)
    enter_colors(canvas)

    def write(x: float, y: float, text: str, anchor: str = "mm") -> None:
        canvas.text((style.px(x), style.px(y)), text, style.px(FONT), INK, TABLE, anchor)

    def put(column: int, y: float, picture: Sprite) -> None:
        canvas.paste(picture, (style.px(LEFT + column * PITCH), style.px(y)))

    size = style.px(CARD[0]), style.px(CARD[1])
    middles = [LEFT + column * PITCH + CARD[0] / 2 for column in range(8)]
    write(LEFT, HEADINGS, "Free cells", "lm")
    write(LEFT + 4 * PITCH, HEADINGS, "Foundations", "lm")
    write(LEFT, CASCADES_HEADING, "Cascades", "lm")
    for number, held in enumerate(state.cells):
        put(number, UPPER, _face(held, *size, style.px(strip), False) if held else place(*size))
        write(middles[number], CELL_NUMBERS, str(number))
    for suit, height in enumerate(state.heights):
        top = foundation(suit, height)[-1:]
        picture = _face(top[0], *size, style.px(strip), False) if top else place(*size, suit=SUITS[suit][0])
        put(4 + suit, UPPER, picture)
    for number, pile in enumerate(state.piles):
        write(middles[number], CASCADE_NUMBERS, str(number))
        if not pile:
            put(number, LOWER, place(*size))
        for depth, shown in enumerate(pile):
            put(number, LOWER + depth * strip, _face(shown, *size, style.px(strip), depth < len(pile) - 1))
    return canvas.image


@cached_sprite
def _face(shown: Card, width: int, height: int, strip: int, covered: bool) -> Sprite:
    """A card; of a covered one only what the next card leaves free, its round corners included."""
    rank, suit = shown.split()
    whole = card(rank, suit, width, height, strip)
    return whole.crop((0, 0, width, strip + width // 8)) if covered else whole


def describe(state: State) -> str:
    """Return the table as text, every place with its number or suit."""
    cells = [f"{number}: {held or 'empty'}" for number, held in enumerate(state.cells)]
    tops = [f"{name.lower()} {_top(suit, state.heights[suit])}" for suit, name in enumerate(SUITS)]
    piles = [f"{number}: {', '.join(pile) or 'empty'}" for number, pile in enumerate(state.piles)]
    return "\n".join(
        [
            f"FreeCell, {len(state.piles)} cascades",
            f"Free cells: {' | '.join(cells)}",
            f"Foundations (top card): {' | '.join(tops)}",
            "Cascades (bottom card first, open card last):",
            *piles,
        ]
    )


def _top(suit: int, height: int) -> Card:
    return foundation(suit, height)[-1] if height else "empty"
