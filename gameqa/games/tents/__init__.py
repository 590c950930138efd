"""Tents: every tree owns one tent beside it, no two tents touch, and the numbers at the edge count the tents.

| | |
|---|---|
| id | `tents` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `tents_in_row`, `missing_in_column`, `missing_total`, `tree_adjacent_cells`, `new_tent_cells` (integer), \
`which_is_tree`, `which_can_hold_tent` (choice) |
| picture | 558 x 636, 556 x 634 or 564 x 642 px |

Coordinates: a cell is `(row, column)`, both counted from 0; (0, 0) is the top-left cell.

Levels: 7 x 7 cells with 6-9 trees and 2-5 tents missing, 10 x 10 with 12-17 and 3-9, 13 x 13 with 20-28 and 5-16.
A grid is made from its solution: tents are placed one by one, each with a tree of its own, and some are taken away
again. Other finished grids may exist as well; no question depends on which one is meant.

      0 2 0 2 1 1     T tree, A tent; the numbers are the final counts. On how many cells can a new tent be placed
    2 . . T . . .     now? Rows 1, 3, 4 and 5 and columns 0, 2 and 5 are full. Row 0: (0, 1) and (0, 3) beside the
    0 . . . . T .     tree (0, 2), and (0, 4) above the tree (1, 4). Row 2: (2, 1) touches the tent (3, 1), but
    1 . . T . . .     (2, 3) and (2, 4) touch none. So there are 5.
    1 T A . T . .
    2 . . . A . A
    0 . . . . . T

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TentsParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
The puzzle Tents is played on a grid. Each cell is empty, holds a tree or holds a tent.
In the finished grid there are as many tents as trees: every tree owns exactly one tent, which stands directly above, \
below, left or right of it (not diagonally), and a tent belongs to one tree only. No two tents touch, not even at a \
corner.
The final count of a row or column is the number of tents it has in the finished grid; tents already standing are \
included.
The tents now on the grid are right, but some are still missing.
A cell is written (row, column), both counted from 0: (0, 0) is the top-left cell, rows count downwards, columns to \
the right."""

PICTURE = """\
A tree is a green crown on a brown trunk, a tent an orange-brown triangle with a dark door. The blue number at the \
left of a row or at the top of a column is its final count; the black number next to the grid is its index."""

TEXT = "In the text, the number behind 'tents' is a row's final count; the line 'tents' gives those of the columns."

GAME = Game(
    id="tents",
    title="Tents",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TentsParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TentsParams"]
