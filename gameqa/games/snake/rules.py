"""The moving snake: steps, what ends the process, and the shortest path to the food."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from gameqa.core.grids import DIRECTIONS, Cell, Direction, ahead, direction_of, manhattan, sides

from .state import State

Event = Literal["bound", "body", "food"]
Trail: TypeAlias = "tuple[Cell, Trail] | None"
"""The cells of a walk, latest first: (cell, earlier trail)."""

EXPANSIONS = 100_000
"""Positions of the snake that a search may look at."""


class TooLargeError(ValueError):
    """A search would look at more positions than allowed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `cell` is what the head enters (or would), `event` what ends the process in this step, if anything.

    `since` is the number of the step in which the head came to `cell` before, 0 if it was never there in a step.
    """

    number: int
    move: Direction
    cell: Cell
    event: Event | None
    since: int


def inside(cell: Cell, size: int) -> bool:
    """Return whether a cell lies in the grid."""
    return 0 <= cell[0] < size and 0 <= cell[1] < size


def event_of(size: int, food: Cell, snake: Sequence[Cell], cell: Cell) -> Event | None:
    """Return what happens when the head of `snake` enters a cell. The tail leaves its own cell in the same step."""
    if not inside(cell, size):
        return "bound"
    if cell in snake[:-1]:
        return "body"
    return "food" if cell == food else None


def play(state: State, moves: Sequence[Direction]) -> list[Step]:
    """Carry out moves until the process ends, and return the steps."""
    snake, played, last = state.snake, list[Step](), dict[Cell, int]()
    for number, move in enumerate(moves, 1):
        cell = ahead(snake[0], move)
        event = event_of(state.size, state.food, snake, cell)
        played.append(Step(number, move, cell, event, last.get(cell, 0)))
        if event:
            break
        snake = (cell, *snake[:-1])
        last[cell] = number
    return played


def free_from(state: State) -> dict[Cell, int]:
    """Return for each cell of the snake the first step in which the head may enter it, by the snake's own motion."""
    length = len(state.snake)
    return {cell: length - place for place, cell in enumerate(state.snake)}


def uses_motion(state: State, played: Sequence[Step]) -> bool:
    """Return whether a snake that stays where it is, but for its head, would have made a difference."""
    return any((step.cell in state.snake) != (step.event == "body") for step in played if step.event != "bound")


@dataclass(frozen=True, slots=True)
class _Board:
    """Cells as bits of one number. A row holds one bit more than cells, so that shifts never reach another row."""

    size: int

    def bit(self, cell: Cell) -> int:
        return 1 << (cell[0] * (self.size + 1) + cell[1])

    def mask(self, cells: Sequence[Cell]) -> int:
        return sum(map(self.bit, cells))

    @property
    def everything(self) -> int:
        return sum(((1 << self.size) - 1) << (row * (self.size + 1)) for row in range(self.size))

    def beside(self, mask: int) -> int:
        """Return the side neighbours of cells, borders not minded."""
        wide = self.size + 1
        return mask << 1 | mask >> 1 | mask << wide | mask >> wide


def _free(board: _Board, snake: Sequence[Cell]) -> list[int]:
    """Return the cells that the original snake leaves free in step 0, 1, …, up to the step that frees them all."""
    free = [board.everything & ~board.mask(snake)]
    for cell in reversed(snake):
        free.append(free[-1] | board.bit(cell))
    return free


def earliest(size: int, snake: Sequence[Cell]) -> dict[Cell, int]:
    """Return the cells the head can reach and the first step in which it can, if only the original snake is in the way.

    The head's own new track is ignored, so the numbers are lower bounds.
    """
    board = _Board(size)
    free = _free(board, snake)
    bits = {board.bit((row, column)): (row, column) for row in range(size) for column in range(size)}
    front = seen = board.bit(snake[0])
    found = dict[Cell, int]()
    for step in range(1, len(snake) + 2 * size):
        front = board.beside(front) & free[min(step, len(snake))]
        fresh = front & ~seen
        seen |= fresh
        while fresh:
            lowest = fresh & -fresh
            found[bits[lowest]] = step
            fresh ^= lowest
        if not front or seen == board.everything:
            break
    return found


@lru_cache(maxsize=32)
def _beside(size: int) -> dict[Cell, list[Cell]]:
    cells = [(row, column) for row in range(size) for column in range(size)]
    return {cell: [other for other in sides(cell) if inside(other, size)] for cell in cells}


class _Arrivals:
    """For any total K and step t: the cells from which the food can be reached in step K, own new track ignored."""

    def __init__(self, state: State) -> None:
        self._board = _Board(state.size)
        self._free = _free(self._board, state.snake)
        self._food = self._board.bit(state.food)
        self._masks: dict[int, list[int]] = {}
        self._length, self._last = len(state.snake), len(state.snake) + 2 * state.size

    def total(self, step: int, cell: Cell, least: int) -> int | None:
        """Return the least K from `least` on (by twos: parity is fixed), or None if the food is out of reach."""
        bit = self._board.bit(cell)
        # Everything is free from step L on, and then less than 2n steps lead anywhere.
        for total in range(least, max(step, self._length) + self._last - self._length + 1, 2):
            if total >= step and self._of(total)[step] & bit:
                return total
        return None

    def _of(self, total: int) -> list[int]:
        masks = self._masks.get(total)
        if masks is None:
            masks = [0] * total + [self._food]
            for step in range(total, 0, -1):
                masks[step - 1] = self._board.beside(masks[step] & self._free[min(step, self._length)])
            self._masks[total] = masks
        return masks


@lru_cache(maxsize=8)
def shortest(state: State) -> tuple[Direction, ...] | None:
    """Return a shortest sequence of moves to the food, or None when there is none.

    A* over whole snakes; the estimate is exact for a snake whose head ignores its own new track. Positions are kept
    in stacks by the estimated total, so the deepest of equally good ones is looked at first.

    Raises:
        TooLargeError: when more than `EXPANSIONS` positions would be looked at.
    """
    beside, arrivals = _beside(state.size), _Arrivals(state)
    # The tail leaves in each step, so a position is the snake without its tail.
    start = state.snake[:-1]
    first = arrivals.total(0, state.head, manhattan(state.head, state.food))
    if first is None:
        return None
    stacks: dict[int, list[tuple[int, tuple[Cell, ...], Trail]]] = {first: [(0, start, (state.head, None))]}
    best = {start: 0}
    looked = 0
    while stacks:
        total = min(stacks)
        stack = stacks[total]
        if not stack:
            del stacks[total]
            continue
        step, body, trail = stack.pop()
        looked += 1
        if looked > EXPANSIONS:
            raise TooLargeError(f"the search for the shortest path takes more than {EXPANSIONS} positions")
        step += 1
        for cell in beside[body[0]]:
            if cell in body:
                continue
            if cell == state.food:
                return _moves((cell, trail))
            after = (cell, *body[:-1])
            if best.get(after, step + 1) <= step:
                continue
            estimate = arrivals.total(step, cell, total)
            if estimate is not None:
                best[after] = step
                stacks.setdefault(estimate, []).append((step, after, (cell, trail)))
    return None


def _moves(trail: Trail) -> tuple[Direction, ...]:
    cells = list[Cell]()
    while trail is not None:
        cell, trail = trail
        cells.append(cell)
    cells.reverse()
    return tuple(direction_of(a, b) for a, b in pairwise(cells))


def loose_layers(state: State, total: int) -> list[set[Cell]]:
    """Return where the head can be after step 0, 1, … if it is still to reach the food by step `total`.

    The head's own new track is ignored: when no cell is left, `total` steps cannot do.
    """
    free = free_from(state)
    layers = [{state.head}]
    while layers[-1] and len(layers) <= total:
        step = len(layers)
        near = {cell for old in layers[-1] for cell in sides(old) if _in_time(state, cell, total - step)}
        layers.append({cell for cell in near if free.get(cell, 0) <= step})
    return layers


def strict_layers(state: State, total: int | None, limit: int) -> list[set[Cell]]:
    """As `loose_layers`, but over real positions of the snake; with `total` None, until it can go nowhere.

    Raises:
        TooLargeError: when there are more than `limit` positions.
    """
    bodies, layers, looked = {state.snake[:-1]}, [{state.head}], 0
    while bodies and (total is None or len(layers) <= total):
        step, after = len(layers), set[tuple[Cell, ...]]()
        for body in bodies:
            for cell in sides(body[0]):
                in_time = inside(cell, state.size) if total is None else _in_time(state, cell, total - step)
                if in_time and cell not in body:
                    after.add((cell, *body[:-1]))
        looked += len(after)
        if looked > limit:
            raise TooLargeError(f"the snake has more than {limit} positions to look at")
        bodies = after
        layers.append({body[0] for body in bodies})
    return layers


def _in_time(state: State, cell: Cell, left: int) -> bool:
    return inside(cell, state.size) and manhattan(cell, state.food) <= left


def open_moves(size: int, snake: Sequence[Cell], closed: Container[Cell] = ()) -> Iterator[Direction]:
    """Yield the moves that hit neither bound nor body and enter no closed cell."""
    for move in DIRECTIONS:
        cell = ahead(snake[0], move)
        if inside(cell, size) and cell not in snake[:-1] and cell not in closed:
            yield move
