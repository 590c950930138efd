"""Klondike: the patience of seven half-hidden piles; which moves are there, which of them help, is it over?

| | |
|---|---|
| id | `klondike` |
| category | Pattern Recognition and Matching |
| domain | out |
| tasks | `valid_move`, `deadlock`, `effective_move` (all choice) |
| picture | 760 px wide, 620 to 734 px high |

Coordinates: the seven tableau piles are Tab1 to Tab7, the four foundations F1 to F4, both from left to right. A line
of text gives the undermost card first and the open card last.

Levels: 8-14, 15-21 and 22-30 face-up cards in the tableau. Foundations hold 0 to 4 cards each, 2 to 8 where stock and
waste are to be empty.

    Klondike. Stock: 4 face-down cards. Waste top: 8 of hearts.
    Foundations (top): F1 4 of diamonds | F2 3 of hearts | F3 3 of spades | F4 5 of clubs
    Tab1: 7S 6H 5S 4H
    Tab2: ## KD
    Tab3: ## ## JS 10D             `##` is a face-down card. Is Tab1 to Tab5 legal? Yes: the open card 6D takes a
    Tab4: ## ## ## 8S 7H           black 5, so 5S moves there with 4H on it. Is it effective? No: it moves a part of
    Tab5: 8D 7C 6D                 the run and turns nothing over. Tab7 to Tab2 is: QS goes onto KD, and a face-down
    Tab6: ## ## ## 9D 8C 7D        card of Tab7 is turned over.
    Tab7: ## ## ## ## ## QS

Positions are laid out at random rather than played, but keep what play keeps: Tab k has at most k-1 face-down cards,
stock and waste together at most 24 cards. Games need not be winnable.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, KlondikeParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
Klondike is played with one deck of 52 cards: ranks A, 2, 3, ..., 10, J, Q, K from low to high; hearts and diamonds \
are red, clubs and spades black.
- Stock: face-down cards. Waste: face-up cards turned from the stock; only its top card can be seen and moved.
- Foundations 1 to 4 (F1 to F4), from left to right: each is built upwards in one suit, A, 2, 3, ..., K. No foundation \
is reserved for a suit: an ace may go to any empty one, which afterwards accepts only the next rank of that suit. \
Cards never leave a foundation.
- Tableau, seven piles Tab1 to Tab7, from left to right: face-down cards with face-up cards on them. The face-up cards \
of a pile always form one run: each is one rank lower than the card it lies on and of the other colour. The last card \
of the run, on top of all others, is the open card. If a move uncovers a face-down card, that card is turned face up.
Legal moves:
- Tab i to Tab j: a face-up card of Tab i together with all cards on top of it (one or more cards) is laid on the open \
card of Tab j, if the first of them is one rank lower than that open card and of the other colour. On an empty Tab \
only a king may be laid, with the cards on it. For given i and j at most one number of cards fits.
- Waste to Tab j: the top waste card, by the same rule.
- Tab i to Foundation f, Waste to Foundation f: one card, the open card or the top waste card, if it is an ace and the \
foundation is empty, or if it is the next rank of the foundation's suit."""

PICTURE = """\
The upper row shows, from left to right, the stock (its back, or a crossed-out place when it is empty), the top card \
of the waste and the top cards of the foundations F1 to F4; an empty place is an outline. Below it is the tableau. \
The cards of a pile overlap downwards; the open card is drawn lowest and in full, of the others only the upper edge is \
seen."""

TEXT = """\
In the text every tableau pile is one line, the undermost card first and the open card last. ## is a face-down card; \
the letters S, H, D, C stand for spades, hearts, diamonds, clubs. Of waste and foundations the top card is given."""

GAME = Game(
    id="klondike",
    title="Klondike",
    category=Category.PATTERN,
    domain=Domain.OUT,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=KlondikeParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "KlondikeParams"]
