"""Moves and pushes, walks, and the least number of moves that solves a board."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gameqa.core.grids import manhattan
from gameqa.core.masks import bits

from .state import WALL, Cell, State

Move = Literal["Up", "Down", "Left", "Right"]
Outcome = Literal["walk", "push", "wall", "box", "stuck"]
"""What a move does; the last three are blocked: by a wall, by a box that counts as wall, by a box that cannot move."""
Boxes = Literal["pushed", "wall", "floor"]

AHEAD: dict[Move, Cell] = {"Up": (-1, 0), "Down": (1, 0), "Left": (0, -1), "Right": (0, 1)}
MOVES: tuple[Move, ...] = tuple(AHEAD)
BACK: dict[Move, Move] = {"Up": "Down", "Down": "Up", "Left": "Right", "Right": "Left"}
SEARCH_BOUND = 200_000
"""Positions (player and boxes) that the search for a shortest solution may visit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One move of the player (or of a box that is thought to move by itself)."""

    number: int
    move: Move
    before: Cell
    after: Cell
    outcome: Outcome

    @property
    def ahead(self) -> Cell:
        """The cell the move leads to."""
        return ahead(self.before, self.move)

    @property
    def beyond(self) -> Cell:
        """The cell behind the one the move leads to."""
        return ahead(self.ahead, self.move)

    @property
    def blocked(self) -> bool:
        """Whether the rules do not let the move happen."""
        return self.outcome not in ("walk", "push")


def ahead(cell: Cell, move: Move) -> Cell:
    """Return the next cell in the direction of a move."""
    step = AHEAD[move]
    return cell[0] + step[0], cell[1] + step[1]


def play(state: State, moves: Sequence[Move], *, boxes: Boxes = "pushed", through: Container[int] = ()) -> list[Step]:
    """Let the player carry out `moves` and return them; a blocked move changes nothing.

    The keywords describe mistakes, for making wrong options: boxes taken as wall or as floor, and the numbers of
    moves that go `through` whatever blocks them.
    """
    return _run(state.grid, state.player, state.boxes, moves, boxes, through)


def slide(state: State, box: Cell, moves: Sequence[Move], *, through: Container[int] = ()) -> list[Step]:
    """Let a box move by itself; walls and the other boxes block it, the player does not."""
    others = [other for other in state.boxes if other != box]
    return _run(state.grid, box, others, moves, "wall", through)


def _run(
    grid: Sequence[Sequence[int]],
    start: Cell,
    boxes: Collection[Cell],
    moves: Sequence[Move],
    mode: Boxes,
    through: Container[int],
) -> list[Step]:
    standing = set() if mode == "floor" else set(boxes)
    here, played = start, list[Step]()
    for number, move in enumerate(moves, 1):
        there = ahead(here, move)
        outcome: Outcome = "walk"
        if there in standing:
            beyond = ahead(there, move)
            stuck = _is_wall(grid, beyond) or beyond in standing
            outcome = "box" if mode == "wall" else "stuck" if stuck else "push"
        elif _is_wall(grid, there):
            outcome = "wall"
        goes = outcome in ("walk", "push") or number in through
        if goes and there in standing and mode == "pushed":
            standing.remove(there)
            standing.add(ahead(there, move))
        played.append(Step(number, move, here, there if goes else here, outcome))
        here = played[-1].after
    return played


def _is_wall(grid: Sequence[Sequence[int]], cell: Cell) -> bool:
    """Everything outside the board counts as wall (a walk that ignores walls may leave it)."""
    row, column = cell
    return not (0 <= row < len(grid) and 0 <= column < len(grid[0])) or grid[row][column] == WALL


def walks(state: State, start: Cell) -> dict[Cell, int]:
    """Return the cells that can be reached from `start` without entering a box, with the fewest moves to each."""
    width = state.width
    free = _mask(state.open_cells, width) & ~_mask(state.boxes, width)
    return {
        divmod(cell, width): length
        for length, layer in enumerate(_layers(_mask([start], width), free, width))
        for cell in bits(layer)
    }


def _layers(start: int, free: int, width: int) -> Iterator[int]:
    """Yield, as bit sets, the cells that 0, 1, 2 … steps over `free` lead to at best."""
    while start:
        yield start
        free &= ~start
        start = (start << 1 | start >> 1 | start << width | start >> width) & free


def inside(state: State, cell: Cell) -> bool:
    """Return whether a cell lies inside the wall ring."""
    return 0 < cell[0] < state.height - 1 and 0 < cell[1] < state.width - 1


def free_end(start: Cell, moves: Sequence[Move]) -> Cell:
    """Return where the moves lead if nothing blocks them."""
    for move in moves:
        start = ahead(start, move)
    return start


def shortest_walk(near: Mapping[Cell, int], goal: Cell) -> tuple[list[Move], list[Cell]]:
    """Return one shortest walk to `goal`, its moves and its cells.

    Where several moves are as short, the cell decides which is taken, so that turns follow no habit.
    """
    moves: list[Move] = []
    cells = [goal]
    while near[cells[-1]]:
        here = cells[-1]
        back: list[Move] = [move for move in MOVES if near.get(ahead(here, BACK[move]), -1) == near[here] - 1]
        mark = 5 * here[0] + 3 * here[1] + len(cells)
        move = moves[-1] if moves and moves[-1] in back and mark % 3 else back[mark // 3 % len(back)]
        moves.append(move)
        cells.append(ahead(here, BACK[move]))
    return moves[::-1], cells[::-1]


def follow(state: State, moves: Sequence[Move]) -> tuple[list[Cell], Cell | None]:
    """Return the cells of a walk until it runs into a wall or box, and the cell it runs into (None: nowhere)."""
    cells = [state.player]
    for move in moves:
        there = ahead(cells[-1], move)
        if state.grid[there[0]][there[1]] == WALL or there in state.boxes:
            return cells, there
        cells.append(there)
    return cells, None


def straight(start: Cell, goal: Cell) -> tuple[list[Move], list[Move]]:
    """Return the moves down or up, and those across, from one cell to another."""
    rows, columns = goal[0] - start[0], goal[1] - start[1]
    down: list[Move] = ["Down" if rows > 0 else "Up"] * abs(rows)
    across: list[Move] = ["Right" if columns > 0 else "Left"] * abs(columns)
    return down, across


def hindered(state: State, goal: Cell, length: int) -> bool:
    """Return whether the way is longer than the distance, or one of the two routes with one turn is blocked."""
    if length > manhattan(state.player, goal):
        return True
    down, across = straight(state.player, goal)
    return any(follow(state, route)[1] is not None for route in (down + across, across + down))


def flood(start: int, free: int, width: int) -> int:
    """Return the part of the bit set `free` connected with `start`.

    Bit `row * width + column` stands for a cell. The wall ring keeps shifts from running over the edges.
    """
    reach = 0
    while start != reach:
        reach = start
        start = (reach | reach << 1 | reach >> 1 | reach << width | reach >> width) & free
    return reach


@lru_cache(maxsize=16)
def shortest_solution(state: State, bound: int = SEARCH_BOUND) -> tuple[Move, ...] | None:
    """Return the moves of one shortest solution; None when there is none, or none within `bound` positions.

    A breadth-first search by single moves. All players' cells that go with one placement of the boxes are
    expanded at once, as a bit set.
    """
    width = state.width
    shifts = [row * width + column for row, column in AHEAD.values()]
    floor, boxes, goal = (_mask(cells, width) for cells in (state.open_cells, state.boxes, state.targets))
    alive = _alive(floor, goal, shifts)
    layers = [{boxes: _mask([state.player], width)}]
    seen = dict(layers[0])
    visited = 1
    while goal not in layers[-1]:
        reached: dict[int, int] = {}
        for boxes, players in layers[-1].items():
            free = floor & ~boxes
            around = 0
            for shift in shifts:
                moved = players << shift if shift > 0 else players >> -shift
                around |= moved
                for box in bits(moved & boxes):
                    if (free & alive) >> (box + shift) & 1:
                        pushed = boxes ^ (1 << box) ^ (1 << (box + shift))
                        reached[pushed] = reached.get(pushed, 0) | 1 << box
            reached[boxes] = reached.get(boxes, 0) | around & free
        layer: dict[int, int] = {}
        for boxes, players in reached.items():
            new = players & ~seen.get(boxes, 0)
            if new:
                layer[boxes] = new
                seen[boxes] = seen.get(boxes, 0) | new
                visited += new.bit_count()
        if not layer or visited > bound:
            return None
        layers.append(layer)
    return _trace(layers, goal, shifts)


def _trace(layers: list[dict[int, int]], goal: int, shifts: list[int]) -> tuple[Move, ...]:
    """Walk back from the solved position through the layers of the search."""
    boxes, player = goal, next(bits(layers[-1][goal]))
    moves: list[Move] = []
    for layer in reversed(layers[:-1]):
        for move, shift in zip(MOVES, shifts, strict=True):
            came_from, pushed = player - shift, 1 << (player + shift)
            before = boxes
            if not layer.get(boxes, 0) >> came_from & 1:
                if not boxes & pushed:
                    continue
                before = boxes ^ pushed ^ (1 << player)
                if not layer.get(before, 0) >> came_from & 1:
                    continue
            boxes, player = before, came_from
            moves.append(move)
            break
    return tuple(reversed(moves))


def _alive(floor: int, goal: int, shifts: list[int]) -> int:
    """Return the cells from which a box could be pushed to a target if it were alone."""
    alive, border = goal, list(bits(goal))
    while border:
        cell = border.pop()
        for shift in shifts:
            pulled = cell + shift
            if floor >> pulled & 1 and not alive >> pulled & 1 and floor >> (pulled + shift) & 1:
                alive |= 1 << pulled
                border.append(pulled)
    return alive


def _mask(cells: Iterable[Cell], width: int) -> int:
    return _bit_set(row * width + column for row, column in cells)


def _bit_set(positions: Iterable[int]) -> int:
    found = 0
    for position in positions:
        found |= 1 << position
    return found


def greedy_length(state: State) -> int | None:
    """Return the moves of a player who always makes the nearest push that brings the one box closer to the target.

    None when that gets stuck.
    """
    width = state.width
    floor = _mask(state.open_cells, width)
    (box, target, player) = (row * width + column for row, column in (*state.boxes, *state.targets, state.player))
    goal_row, goal_column = divmod(target, width)
    total = 0
    while box != target:
        row, column = divmod(box, width)
        steps = [width if goal_row > row else -width] * (goal_row != row)
        steps += [1 if goal_column > column else -1] * (goal_column != column)
        steps = [step for step in steps if floor >> (box + step) & 1]
        stands = _bit_set(box - step for step in steps)
        for walked, layer in enumerate(_layers(1 << player, floor & ~(1 << box), width)):
            if layer & stands:
                step = next(step for step in steps if layer >> (box - step) & 1)
                total += walked + 1
                player, box = box, box + step
                break
        else:
            return None
    return total
