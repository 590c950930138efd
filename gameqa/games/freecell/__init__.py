"""FreeCell: one deck face up in overlapping piles, moved card by card with the help of four free cells.

| | |
|---|---|
| id | `freecell` |
| category | Pattern Recognition and Matching |
| domain | in |
| tasks | `specified_card`, `valid_move`, `card_after_move` (all choice) |
| picture | 720 px wide, 520 to 700 px high |

Coordinates: cascades are numbered 0 to N-1 and free cells 0 to 3, both from left to right. Foundations bear the
names of their suits, in the order hearts, diamonds, clubs, spades. Depths in a cascade count from 1, the open card,
towards the covered cards.

Levels: 8, 6 and 4 cascades, after 1-8, 2-16 and 4-24 random moves; `card_after_move` plays 1, 2 and 3 moves.

    JS -- QC -- | AH -- -- --      `10H` is the 10 of hearts, `--` an empty place, the last card of a line is open.
    0: 8H 6C 8S ... 7H 5C 4D       4D may go to free cell 1 or 3. It may not go onto JC (it needs a black 5), nor to
    1: 10S KC 7D ... 9H JD 4C      the diamonds, which wait for their ace.
    2: 2S JH 7C ... 6H 3D JC       4D goes to free cell 1, then 4C to free cell 3. Which card is then open in
    3: 8C 10H 10D ... KS AC 6D     cascade 0? 5C: the second move does not touch this cascade.

FreeCell is Paul Alfille's game (1978); deals need not be winnable here.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, FreecellParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import PLACES, TASKS

RULES = f"""\
{PLACES}
One move carries exactly one card: the open card of a cascade, or the card in a free cell. It may go
- from a cascade to an empty free cell;
- from a cascade or a free cell to the foundation of its own suit: an ace onto the empty foundation, any other card \
only onto the card of its suit that is exactly one rank lower;
- from a cascade or a free cell onto another cascade: onto an open card of the other colour that is exactly one rank \
higher, or onto an empty cascade (any card).
Nothing else is a move: not from free cell to free cell, nothing out of a foundation, no card onto the cascade it \
comes from, never several cards at once."""

PICTURE = """\
The free cells are at the upper left with their numbers below them, the foundations at the upper right; an empty \
foundation shows the pale sign of its suit. The cascades are below, each with its number above it. The cards of a \
cascade overlap downwards: the one drawn lowest and fully visible is the open card (the top card, for it lies on top \
of all others), the one drawn highest, directly below the number, is the bottom card, covered by all others."""

TEXT = """\
In the text every cascade is one line, the bottom card first and the open card (the top card, which lies on top of all \
others) last. Of a foundation only its highest card is given."""

GAME = Game(
    id="freecell",
    title="FreeCell",
    category=Category.PATTERN,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=FreecellParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "FreecellParams"]
