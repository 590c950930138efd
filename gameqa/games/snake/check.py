"""Answers by moving whole snakes step by step; the shortest path by a search that keeps every snake it has met."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from gameqa.core.audit import Checks, denied
from gameqa.core.game import Json

from .state import State

Cell = tuple[int, int]
Snake = tuple[Cell, ...]

STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


def _ahead(cell: Cell, move: str) -> Cell:
    return cell[0] + STEPS[move][0], cell[1] + STEPS[move][1]


def _event(state: State, snake: Snake, move: str) -> str:
    """Return what ends the process in this step, or nothing."""
    head = _ahead(snake[0], move)
    if not (0 <= head[0] < state.size and 0 <= head[1] < state.size):
        return "bound"
    if head in snake[:-1]:
        return "body"
    return "food" if head == state.food else "nothing"


def _stepped(snake: Snake, move: str) -> Snake:
    return _ahead(snake[0], move), *snake[:-1]


def _outcome(state: State, moves: Sequence[str]) -> str:
    snake = state.snake
    for move in moves:
        event = _event(state, snake, move)
        if event != "nothing":
            return event
        snake = _stepped(snake, move)
    return "nothing"


@lru_cache(maxsize=4096)
def _shortest(state: State) -> int:
    """Return the fewest steps to the food or -1: depth by depth, each snake as its whole chain.

    Before depth `limit` is tried, all walks of fewer steps have failed; only snakes that can still be at the food by
    then are followed, so no chain is kept that the limit rules out.
    """
    food, snakes = state.food, state.snake
    apart = abs(snakes[0][0] - food[0]) + abs(snakes[0][1] - food[1])
    # Without a food in reach the snakes die out, or fill the board: a trapped head has few cells.
    for limit in range(apart, 4 * state.size * state.size, 2):
        alive, cut, depth = {state.snake}, False, 0
        while alive and depth < limit:
            depth += 1
            grown: set[Snake] = set()
            for snake in alive:
                for move in STEPS:
                    event = _event(state, snake, move)
                    if event == "food":
                        return depth
                    if event == "nothing":
                        row, col = _ahead(snake[0], move)
                        if abs(row - food[0]) + abs(col - food[1]) <= limit - depth:
                            grown.add(_stepped(snake, move))
                        else:
                            cut = True
            alive = grown
        if not cut:
            return -1
    raise ValueError("the search did not end")


def _head(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [f"({row}, {col})" for row, line in enumerate(state.rows()) for col, sign in enumerate(line) if sign == 3]


def _food(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [f"({row}, {col})" for row, line in enumerate(state.rows()) for col, sign in enumerate(line) if sign == 1]


def _length(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [sum(line.count(2) + line.count(3) for line in state.rows())]


def _happens(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [option for option in params["options"] if option == _outcome(state, params["moves"])]


def _path_length(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [_shortest(state)]


def _cells(text: str) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((-?\d+), (-?\d+)\)", text)]


def _place_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    (row, col) = state.food if "food" in steps[0] else state.head
    return denied(
        steps,
        {
            r"Find the (?:head of the snake|food) \(.*\)\.": lambda: True,
            r"The number at the left of its row is (\d+)\.": lambda said: int(said) == row,
            r"The number above its column is (\d+)\.": lambda said: int(said) == col,
            r"So it is at (.*)\.": lambda said: _cells(said) == [(row, col)],
        },
    )


def _length_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    chain = list(state.snake)

    def runs(text: str) -> bool:
        at, count, last = state.head, 1, ""
        for part in text.split("; "):
            read = re.fullmatch(r"(\w+) (\d+) to (.*), makes (\d+)", part)
            if not read or read[1] == last:
                return False
            last = read[1]
            for _ in range(int(read[2])):
                at, count = _ahead(at, last), count + 1
                if count > len(chain) or chain[count - 1] != at:
                    return False
            if _cells(read[3]) != [at] or int(read[4]) != count:
                return False
        return count == len(chain)

    return denied(
        steps,
        {
            r"Follow the snake from the head .* The head at (.*) is cell number 1\.": lambda said: (
                _cells(said) == chain[:1]
            ),
            r"Count run by run: (.*)\.": runs,
            r"The tail is at (.*), so the snake has (\d+) cells\.": lambda said, count: (
                _cells(said) == chain[-1:] and int(count) == len(chain)
            ),
        },
    )


class _Walk:
    """A snake that makes the steps of a worked solution; each claim is judged before the step is made."""

    def __init__(self, state: State) -> None:
        self.state, self.snake = state, state.snake
        self.heads = [state.head]
        """The head at the start and after each step."""

    def step(self, move: str, cell: Cell, said: str) -> bool:
        """Make a step to a cell; tell whether what is said of it holds."""
        event, tail = _event(self.state, self.snake, move), self.snake[-1]
        number, size = len(self.heads), len(self.snake)
        at = self.heads[::-1].index(cell) if cell in self.heads else -1
        start = self.state.snake.index(cell) if cell in self.state.snake else -1
        right = cell == _ahead(self.snake[0], move)
        if said in ("; inside the grid, no body, no food", ""):
            right &= event in ("nothing", "food") and cell != tail and (not said or event == "nothing")
        elif said in ("; the tail leaves this cell in the same step", " (the tail leaves this cell in the same step)"):
            right &= event == "nothing" and cell == tail
        elif left := re.fullmatch(r"; the tail left this cell in step (\d+)|\ \(the tail left .* step (\d+)\)", said):
            # Cell i of the first chain is left by the tail in step size - i, unless the head has been there since.
            right &= event == "nothing" and start >= 0 and int(left[1] or left[2]) == size - start < number
        elif said == ", outside the grid. The snake hits the bound":
            right &= event == "bound"
        elif said == ", the food cell. The snake reaches the food":
            right &= event == "food"
        elif until := re.fullmatch(r", a body cell that cannot be entered before step (\d+)\. The snake .*", said):
            right &= event == "body" and start > 0 and int(until[1]) == size - start > number
        elif since := re.fullmatch(r", which the head entered in step (\d+) and the body still .* hits its body", said):
            right &= event == "body" and int(since[1]) == number - 1 - at > 0
        elif said == ", where the head was at the start and which the body still covers. The snake hits its body":
            right &= event == "body" and cell == self.state.head
        else:
            right = False
        self.snake = _stepped(self.snake, move)
        self.heads.append(cell)
        return right


def _happens_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    walk, moves = _Walk(state), params["moves"]

    def step(number: str, move: str, cell: str, said: str) -> bool:
        told = int(number) == len(walk.heads) <= len(moves) and moves[int(number) - 1] == move
        return told and walk.step(move, _cells(cell)[0], said)

    return denied(
        steps,
        {
            r"The head is at (.*), the food at (.*)\.": lambda head, food: (
                _cells(head) == [state.head] and _cells(food) == [state.food]
            ),
            r"Step (\d+): (\w+) to (\(-?\d+, -?\d+\))(.*)\.": step,
            r"All (\d+) moves are carried out, and none of them ends the process\.": lambda count: (
                int(count) == len(moves) == len(walk.heads) - 1 and _outcome(state, moves) == "nothing"
            ),
        },
    )


def _path_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    (row, col), (food_row, food_col) = state.head, state.food
    rows, cols = abs(row - food_row), abs(col - food_col)
    right, size = _shortest(state), len(state.snake)
    limit, tried = 0, rows + cols
    reached: list[set[Cell]] = [{state.head}]
    snakes: set[Snake] = {state.snake}

    def start(head: str, food: str, down: str, side: str, least: str) -> bool:
        told = (int(down), int(side), int(least)) == (rows, cols, rows + cols)
        return told and _cells(head) == [state.head] and _cells(food) == [state.food]

    def attempt(number: str, again: str) -> bool:
        """Begin anew with a number of steps; fewer of them are refuted along with it."""
        nonlocal limit, reached, tried
        limit = tried = int(number)
        reached = [{state.head}]
        return limit == int(again) >= rows + cols and (limit - rows - cols) % 2 == 0

    def all_steps() -> bool:
        nonlocal limit
        limit = 0
        return True

    def after(number: str, cells: str, banned: str | None) -> bool:
        """Judge the cells where the head can be; with a limit, as if only the first snake's body were in the way."""
        nonlocal snakes
        step, here, body = int(number), set[Cell](), set[tuple[int, int, int]]()
        safe = {(snake, move) for snake in snakes for move in STEPS if _event(state, snake, move) == "nothing"}
        snakes = set() if limit else {_stepped(snake, move) for snake, move in safe}
        for cell in reached[-1]:
            for move in STEPS:
                row, col = there = _ahead(cell, move)
                if not (0 <= row < state.size and 0 <= col < state.size):
                    continue
                if limit and abs(row - food_row) + abs(col - food_col) > limit - step:
                    continue
                free = size - state.snake.index(there) if there in state.snake else 0
                if free > step:
                    body.add((row, col, free))
                elif limit or there in {snake[0] for snake in snakes}:
                    here.add(there)
        in_order = step == len(reached)
        reached.append(here)
        said = {(int(a), int(b), int(c)) for a, b, c in re.findall(r"\((\d+), (\d+)\) before step (\d+)", banned or "")}
        return in_order and set(_cells(cells)) == here and (cells == "nowhere") == (not here) and said == body

    def too_few(number: str, then: str) -> bool:
        nonlocal tried
        done = int(number) == limit == tried and not reached[-1] and right != limit
        tried += 2
        return done and int(then) == tried

    def will_do(number: str, text: str) -> bool:
        walk, parts = _Walk(state), re.findall(r"(\w+) to (\(\d+, \d+\))( \([^)]*\))?", text)
        held = [walk.step(move, _cells(cell)[0], said) for move, cell, said in parts]
        return all(held) and len(parts) == int(number) == right == tried and walk.heads[-1] == state.food

    def stuck(cells: str) -> bool:
        return set(_cells(cells)) == set().union(*reached[1:]) and not reached[-1]

    return denied(
        steps,
        {
            r"The head is at (.*), the food at (.*): (\d+) rows? and (\d+) columns? apart, so at least (\d+) .*": start,
            r"(\d+) steps? will do: (.*)\.": will_do,
            r"Each step changes row \+ column by one, so .* is (\d+) or more by an even number\.": lambda n: (
                int(n) == rows + cols
            ),
            r"Could (\d+) steps? do\? Then the head must be at most (\d+) - t steps? from the food .*:": attempt,
            r"Follow all steps that hit neither bound nor body\. These are the cells .*:": all_steps,
            r"After step (\d+): (.*?)(?:; body, not to be entered: (.*))?\.": after,
            r"So (\d+) steps? (?:are|is) too few; the next number to try is (\d+)\.": too_few,
            r"The head can reach no cells? but (.*), and then it is stuck\.": stuck,
            r"The food is out of reach, so the number to write is -1\.": lambda: right == -1,
        },
    )


CHECKS = Checks[State](
    answers={
        "head_position": _head,
        "food_position": _food,
        "snake_length": _length,
        "what_happens": _happens,
        "shortest_path_length": _path_length,
    },
    steps={
        "head_position": _place_steps,
        "food_position": _place_steps,
        "snake_length": _length_steps,
        "what_happens": _happens_steps,
        "shortest_path_length": _path_steps,
    },
)
