"""Spider Solitaire with one suit: runs of spades are built on waste piles, and complete ones are put away.

| | |
|---|---|
| id | `spider_solitaire` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `deals_left`, `face_down_count`, `deal_clicks` (integer), `top_card` (text), `move_result`, `reveal_move`, \
`best_action` (choice) |
| picture | 860 px wide, 430 to 760 px high |

Coordinates: waste piles are numbered from 0, left to right. The cards of a pile are numbered from 0 as well: number 0
is the bottom card, drawn highest; the last number is the top card, drawn lowest.

Levels: 8 piles with up to 7 face-down cards each, 9 piles with up to 6 or 5, 10 piles with up to 5 or 4.

    Stock: 1 deal left | Foundations: 6      `##` is a face-down card, the last card of a line is the top card.
    0: K Q               4: ## 4 3           Which move turns over the face-down card of pile 1? All its face-up cards
    1: ## 9 8            5: 6                must leave at once: 9 8 is a run, and 9 fits onto the 10 of pile 2. So
    2: ## 10             6: ## 7 6           card number 1 of pile 1 goes to pile 2.
    3: J                 7: ## ## 9

Tables are built directly, not played: whether a game can be won is never asked.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, SpiderParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
One-suit Spider Solitaire is played with 104 cards: 8 times the 13 spades A, 2, 3, ..., 10, J, Q, K (from low to high).
- Waste piles: piles in a row, numbered 0, 1, 2, ... from left to right. The cards of a pile are numbered from its \
bottom card: the bottom card is card number 0, the card lying on it is card number 1, and so on. The top card lies on \
all the others.
- Face-down cards lie beneath the face-up ones. The top card of a pile is always face up: when a move uncovers a \
face-down card, that card is turned over at once.
- Run: face-up cards of which each is exactly one rank lower than the card it lies on, for example 9, 8, 7. A single \
card is a run as well.
- Move: takes one card together with all cards on top of it to another waste pile. It is allowed only if the chosen \
card is face up and it and all the cards on top of it form one run, and if it fits the target: the chosen card must \
be exactly one rank lower than the top card of the target pile, or the target pile is empty. So nothing can be put on \
an ace, and a king goes only onto an empty pile.
- Stock: each click on it deals one face-up card onto every waste pile. A click does nothing if the stock is empty; it \
is refused while any waste pile is empty.
- Foundations: 8 places. A complete run K, Q, J, ..., A at the open end of a pile (its ace is the top card) may be \
moved to a free foundation as one action; this never happens by itself."""

PICTURE = """\
The stock is at the upper left, the foundations are at the upper right; a king on a foundation stands for one \
completed run. The fanned backs of the stock are the remaining deals (clicks), not single cards: each back stands for \
one deal. The waste piles are below, each with its number above it. Their cards overlap downwards: the bottom card \
(number 0) is drawn highest, the top card lowest and in full. Face-down cards show a blue back."""

TEXT = """\
In the text every waste pile is one line, its bottom card (card number 0) first and its top card last; `##` is a \
face-down card."""

GAME = Game(
    id="spider_solitaire",
    title="Spider Solitaire",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=SpiderParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "SpiderParams"]
