"""The table as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import counted
from gameqa.draw import Canvas, Sprite, Style, back, cached_sprite, card, enter_colors, place

from .state import RANK, RANKS, SIGNS, SUIT, Card, State, brief, name

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, LOWEST, BOTTOM = 760, 620, 14
"""Picture width, least height, and room below the longest pile."""
CARD, PITCH, LEFT = (80, 112), 104, 28
"""Size of a card, distance of the seven columns, place of the first."""
UPPER, LOWER = 34, 188
"""Top of stock, waste and foundations, top of the tableau."""
UPPER_LABELS, LOWER_LABELS = 18, 172
"""Heights of the lines of text (their middles)."""
FACE_UP, FACE_DOWN = 28, 14
"""Visible strips of covered cards."""
FONT = 18
TABLE, OUTLINE, BACK, INK = "#1E6446", "#A9C8B8", "#4F62D0", "#FFFFFF"
RED, BLACK = "#C00000", "#101010"


def draw(state: State, style: Style) -> "Image":
    """Draw stock, waste and foundations above, the tableau below."""
    piles = [
        hidden * FACE_DOWN + max(0, len(run) - 1) * FACE_UP
        for hidden, run in zip(state.hidden, state.runs, strict=True)
    ]
    height = max(LOWEST, LOWER + max(piles) + CARD[1] + BOTTOM)
    canvas = Canvas(style.px(WIDTH), style.px(height), TABLE)
    enter_colors(canvas, RED, BLACK)
    size, strip = (style.px(CARD[0]), style.px(CARD[1])), style.px(FACE_UP)

    def write(column: int, y: float, text: str) -> None:
        middle = style.px(LEFT + column * PITCH + CARD[0] / 2), style.px(y)
        canvas.text(middle, text, style.px(FONT), INK, TABLE)

    def put(column: int, y: float, picture: Sprite) -> None:
        canvas.paste(picture, (style.px(LEFT + column * PITCH), style.px(y)))

    for column, text in {0: "Stock", 1: "Waste", 3: "F1", 4: "F2", 5: "F3", 6: "F4"}.items():
        write(column, UPPER_LABELS, text)
    put(0, UPPER, back(*size, BACK, BLACK) if state.draw else _none_left(*size))
    for column, cards in ((1, state.dump), *enumerate(state.piles, 3)):
        put(column, UPPER, _face(cards[-1], *size, strip, False) if cards else place(*size, TABLE, OUTLINE))
    for column, (hidden, run) in enumerate(zip(state.hidden, state.runs, strict=True)):
        write(column, LOWER_LABELS, f"Tab{column + 1}")
        if not run:
            put(column, LOWER, place(*size, TABLE, OUTLINE))
        for depth in range(hidden):
            put(column, LOWER + depth * FACE_DOWN, _strip_of_back(*size, style.px(FACE_DOWN)))
        for depth, shown in enumerate(run):
            y = LOWER + hidden * FACE_DOWN + depth * FACE_UP
            put(column, y, _face(shown, *size, strip, depth < len(run) - 1))
    return canvas.image


@cached_sprite
def _face(shown: Card, width: int, height: int, strip: int, covered: bool) -> Sprite:
    """A card; of a covered one only what the next card leaves free, its round corners included."""
    whole = card(RANKS[RANK[shown] - 1], SIGNS[SUIT[shown]], width, height, strip, RED, BLACK)
    return whole.crop((0, 0, width, strip + width // 8)) if covered else whole


@cached_sprite
def _strip_of_back(width: int, height: int, strip: int) -> Sprite:
    """What the next card leaves free of a card that lies face down."""
    return back(width, height, BACK, BLACK).crop((0, 0, width, strip + width // 8))


@cached_sprite
def _none_left(width: int, height: int) -> Sprite:
    """The place of the empty stock, crossed out."""
    canvas = Canvas(width, height, TABLE)
    outline = place(width, height, TABLE, OUTLINE)
    canvas.paste(outline, (0, 0))
    half, line = width * 0.22, max(2, width // 20)
    x, y = width / 2, height / 2
    for slope in (-1, 1):
        canvas.line([(x - half, y - slope * half), (x + half, y + slope * half)], OUTLINE, line, TABLE)
    return canvas.sprite(outline.mask)


def describe(state: State) -> str:
    """Return the table as text, one line for each pile of the tableau."""
    stock = counted(state.draw, "face-down card") if state.draw else "empty"
    lines = [
        f"Klondike. Stock: {stock}. Waste top: {_top(state.dump)}.",
        f"Foundations (top): {' | '.join(f'F{number} {_top(pile)}' for number, pile in enumerate(state.piles, 1))}",
    ]
    for number, (hidden, run) in enumerate(zip(state.hidden, state.runs, strict=True), 1):
        lines.append(f"Tab{number}: {' '.join(['##'] * hidden + [brief(card) for card in run]) or 'empty'}")
    return "\n".join(lines)


def _top(cards: tuple[Card, ...]) -> str:
    return name(cards[-1]) if cards else "empty"
