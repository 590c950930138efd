"""The automaton: look, turn, recolour, move (in this order)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .state import WHITE, Ant, Cell, Facing, State

CLOCKWISE: tuple[Facing, ...] = ("up", "right", "down", "left")
AHEAD = {"up": (-1, 0), "right": (0, 1), "down": (1, 0), "left": (0, -1)}
VERTICAL = ("up", "down")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ant. `color` is the cell's colour when the ant looks at it.

    `painted_in` is the number of the latest earlier step that recoloured the cell, 0 if none did.
    """

    number: int
    before: Ant
    color: int
    after: Ant
    wraps: bool
    painted_in: int


def turned(facing: Facing, quarter_turns: int) -> Facing:
    """Return a facing after clockwise quarter turns (negative: counter-clockwise)."""
    return CLOCKWISE[(CLOCKWISE.index(facing) + quarter_turns) % 4]


def ahead(cell: Cell, facing: Facing, size: int) -> Cell:
    """Return the next cell in a facing; the board wraps around."""
    dx, dy = AHEAD[facing]
    return (cell[0] + dx) % size, (cell[1] + dy) % size


def walk(
    state: State,
    steps: int,
    *,
    slip_at: int = 0,
    mirrored: bool = False,
    recolor: bool = True,
    wrap: bool = True,
) -> list[Step]:
    """Play `steps` steps and return them.

    The keywords describe mistakes, for making wrong options: `slip_at` turns the wrong way in that step,
    `mirrored` in every step; without `recolor` cells keep their colour; without `wrap` the ant stays at the edge.
    """
    painted: dict[Cell, list[int]] = {}
    ant, size, played = state.ant, state.size, list[Step]()
    for number in range(1, steps + 1):
        earlier = painted.setdefault(ant.cell, [])
        color = state.grid[ant.x][ant.y] ^ (len(earlier) & 1 if recolor else 0)
        right_turn = (color == WHITE) != (mirrored or number == slip_at)
        facing = turned(ant.facing, 1 if right_turn else -1)
        x, y = ahead(ant.cell, facing, size)
        wraps = abs(x - ant.x) + abs(y - ant.y) > 1
        after = Ant(ant.x, ant.y, facing) if wraps and not wrap else Ant(x, y, facing)
        played.append(Step(number, ant, color, after, wraps, earlier[-1] if earlier else 0))
        earlier.append(number)
        ant = after
    return played


def boards(state: State, played: Iterable[Step]) -> Iterator[State]:
    """Yield the board after each step."""
    grid = [list(row) for row in state.grid]
    for step in played:
        grid[step.before.x][step.before.y] = 1 - step.color
        yield State(tuple(map(tuple, grid)), step.after)


def flips(played: list[Step], cell: Cell) -> int:
    """Return how often a cell changes its colour: once for each step that begins on it."""
    return sum(step.before.cell == cell for step in played)


def reachable(start: Ant, steps: int, size: int) -> tuple[set[int], set[int], tuple[Facing, ...]]:
    """Return the rows, columns and facings that any walk of `steps` steps can end with.

    The ant turns by 90 degrees in every step, so its moves alternate between vertical and horizontal.
    """
    first_vertical = start.facing not in VERTICAL
    vertical = (steps + first_vertical) // 2
    horizontal = steps - vertical
    rows = {(start.x + shift) % size for shift in range(-vertical, vertical + 1, 2)}
    columns = {(start.y + shift) % size for shift in range(-horizontal, horizontal + 1, 2)}
    ends_vertical = (start.facing in VERTICAL) == (steps % 2 == 0)
    return rows, columns, ("up", "down") if ends_vertical else ("right", "left")
