"""2D Turing Machine: a head that reads, writes and moves on a coloured board, step by step, by a table of rules.

| | |
|---|---|
| id | `turing_machine_2d` |
| category | Multi-step Reasoning |
| domain | in |
| tasks | `head_position`, `head_state_symbol`, `symbol_history`, `first_state_entry` (all choice) |
| picture | 640 x 480 px |

Coordinates: a cell is `(row, column)`, both counted from 0, `(0, 0)` at the top left; up is towards row 0. In the JSON
of a state the head's `x` is its column and `y` its row.

Brackets: a head in state 0, 1, 2, 3 on symbol k is written `(k)`, `[k]`, `{k}`, `<k>`.

Levels:

| | boards (rows x columns) | states | symbols | steps | first entry |
|---|---|---|---|---|---|
| Easy | 3 x 3, 4 x 3 | 2-3 | 3 | 3-5 | step 1-4 |
| Medium | 5 x 3, 4 x 4 | 2-3 | 3-4 | 5-6 | step 2-6 |
| Hard | 5 x 4, 5 x 5 | 3-4 | 4-5 | 6-8 | step 3-8 |

The head stays on the board for at least 10 steps. Within the steps asked about it visits 3 (Easy) or 4 cells or more,
takes two states or more and changes a symbol; on Medium and Hard it comes back to a cell.

     2  0  1     State 0, Symbol 0 -> Write 2, Move right, New State 1
     0  0  2     State 0, Symbol 1 -> Write 2, Move left, New State 0
     0  1  0     ...
     0  1 (1)    Where is the head after 2 steps? On (3, 2), in state 0, it reads 1: it writes 2 and moves left to
                 (3, 1), still in state 0. There it reads 1 again, writes 2 and moves left to (3, 0).

Machines of this kind: A. K. Dewdney, "Two-dimensional Turing machines and tur-mites make tracks on a plane", Scientific
American, September 1989.

Version history: v1, first release.
"""

from gameqa.core.game import Category, Domain, Game

from .generate import LEVELS, TuringMachine2dParams, generate, perturb
from .render import describe, draw
from .state import State
from .tasks import TASKS

RULES = """\
A machine works on a rectangular board. Every cell holds a symbol, a number from 0 on. A head stands on one cell and \
is in one of several states, numbered from 0 on. For every pair of a state and a symbol there is exactly one rule: it \
names the symbol to write, the side to move to and the new state.
One step consists of four parts, in this order:
1. The head reads the symbol of the cell it stands on. The rule for its present state and this symbol is taken.
2. It writes the rule's symbol into that same cell; this may be the symbol that was there already.
3. It moves one cell up, right, down or left, as the rule says.
4. It takes the rule's new state.
Steps are counted 1, 2, 3 and so on; "after n steps" means after n complete steps. What is written stays on the board \
and is read when the head comes back. The board does not wrap around, and the head never leaves it in this question.
A cell is written (row, column), both counted from 0; (0, 0) is the top-left cell. Up leads to the row above \
(row - 1), right to the next column (column + 1)."""

PICTURE = """\
Every cell shows its symbol as a colour. The head is the black disc with a white number on the board; the number is \
its state, which also stands above the board. The numbers at the left edge are rows, those at the top edge columns. \
The picture shows the board before step 1."""

TEXT = """\
The text shows the board before step 1, one symbol for each cell, and the head's cell and state in the last line. \
The symbols stand there as numbers, so their colours are not needed."""

GAME = Game(
    id="turing_machine_2d",
    title="2D Turing Machine",
    category=Category.REASONING,
    domain=Domain.IN,
    rules=RULES,
    picture=PICTURE,
    text=TEXT,
    state_type=State,
    params_type=TuringMachine2dParams,
    levels=LEVELS,
    tasks=TASKS,
    generate=generate,
    draw=draw,
    describe=describe,
    perturb=perturb,
    doc=__doc__,
)

__all__ = ["GAME", "TuringMachine2dParams"]
