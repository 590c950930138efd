"""The maze a second time: filling dead ends leaves the only path; sequences are walked on the numbers of the maze."""

import re
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.words import listed

from .state import GOAL, PLAYER, WALL, State

Cell = tuple[int, int]
Params = Mapping[str, Any]
STEPS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
LETTERS = "ABCDE"


def _step(cell: Cell, direction: str) -> Cell:
    return cell[0] + STEPS[direction][0], cell[1] + STEPS[direction][1]


def _find(maze: list[list[int]], number: int) -> Cell:
    return next((r, c) for r, row in enumerate(maze) for c, one in enumerate(row) if one == number)


def _ways(maze: list[list[int]], cell: Cell) -> list[str]:
    """Return the directions in which the neighbouring cell is no wall."""
    return [way for way in STEPS if maze[_step(cell, way)[0]][_step(cell, way)[1]] != WALL]


def _path(state: State) -> list[str]:
    """Return the steps from the player to the goal: what is left when dead ends are filled again and again."""
    maze = state.maze
    cells = [(r, c) for r, row in enumerate(maze) for c, number in enumerate(row) if number != WALL]
    filled = True
    while filled:
        filled = [cell for cell in cells if maze[cell[0]][cell[1]] not in (PLAYER, GOAL) and len(_ways(maze, cell)) < 2]
        for r, c in filled:
            maze[r][c] = WALL
        cells = [cell for cell in cells if cell not in filled]
    here, steps = _find(maze, PLAYER), list[str]()
    while maze[here[0]][here[1]] != GOAL:
        (way,) = _ways(maze, here)
        maze[here[0]][here[1]] = WALL
        steps.append(way)
        here = _step(here, way)
    return steps


def _tried(state: State, walk: Sequence[str]) -> str:
    """Return in words how a sequence of steps ends."""
    maze = state.maze
    cell = _find(maze, PLAYER)
    for number, way in enumerate(walk, 1):
        cell = _step(cell, way)
        if maze[cell[0]][cell[1]] == WALL:
            return f"step {number} goes into the wall at {cell}"
    if maze[cell[0]][cell[1]] == GOAL:
        return "every step goes to a free cell, the last one to the goal"
    return f"it ends at {cell}, not on the goal"


def _moved(state: State, params: Params) -> tuple[Cell, list[str]]:
    """Return the last cell of the player, and what each move did."""
    maze = state.maze
    cell, told = _find(maze, PLAYER), list[str]()
    for number, way in enumerate(params["moves"], 1):
        ahead = _step(cell, way)
        if maze[ahead[0]][ahead[1]] == WALL:
            told.append(f"Move {number}, {way}: wall at {ahead}, the player stays at {cell}.")
        else:
            told.append(f"Move {number}, {way}: {cell} → {ahead}.")
            cell = ahead
    return cell, told


def _turns(steps: Sequence[str]) -> int:
    return sum(a != b for a, b in pairwise(steps))


def _found(who: str, look: str, cell: Cell) -> list[str]:
    row, column = cell
    return [
        f"Find the {who} ({look} in the text).",
        f"The number at the left edge of its row is {row}, so the row is {row}.",
        f"The number at the top edge of its column is {column}, so the column is {column}.",
        f"The row comes first: the {who} is at {cell}.",
    ]


def _way_told(state: State) -> tuple[list[str], list[tuple[Cell, str, str]]]:
    """Return the sentences about the path, and its corners with the directions before and after."""
    maze, steps = state.maze, _path(state)
    start, goal = _find(maze, PLAYER), _find(maze, GOAL)
    cells = [start]
    for way in steps:
        cells.append(_step(cells[-1], way))
    at, runs = start, list[str]()
    for way, group in groupby(steps):
        length = len(list(group))
        at = at[0] + length * STEPS[way][0], at[1] + length * STEPS[way][1]
        runs.append(f"{way} {length} to {at}")
    others = [
        f"at {cell} the way {way} {_end(maze, cell, _step(cell, way))}"
        for cell in cells[:-1]
        for way in _ways(maze, cell)
        if _step(cell, way) not in cells
    ]
    aside = f"The other ways do not lead to the goal: {'; '.join(others)}." if others else ""
    told = [
        f"The player stands at {start}, the goal is at {goal}.",
        f"The path in straight runs: {', '.join(runs)}.",
        aside or "No other way leaves this path.",
    ]
    corners = [(cells[i], a, b) for i, (a, b) in enumerate(pairwise(steps), 1) if a != b]
    return told, corners


def _end(maze: list[list[int]], origin: Cell, first: Cell) -> str:
    """Return in words where a way without the goal ends: in one dead end or in several."""
    seen, ends, queue = {origin}, list[Cell](), [first]
    for cell in queue:
        seen.add(cell)
        onward = [_step(cell, way) for way in _ways(maze, cell) if _step(cell, way) not in seen]
        queue += onward
        if not onward:
            ends.append(cell)
    return f"ends at {ends[0]}" if len(ends) == 1 else f"has {len(queue)} cells and only dead ends"


def _path_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    told, _ = _way_told(state)
    options = list(zip(LETTERS, params["options"], strict=True))
    told += [f"Option {letter}, {', '.join(walk)}: {_tried(state, walk)}." for letter, walk in options]
    # The steps of an option may be left out.
    full = [
        re.sub(r"^(Option \w):", rf"\1, {', '.join(walk)}:", step)
        for step, (_, walk) in zip(steps[3:], options, strict=False)
    ]
    return unlike([*steps[:3], *full, *steps[3 + len(options) :]], told)


def _turn_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    told, corners = _way_told(state)
    listed = "; ".join(f"({n}) at {cell} from {a} to {b}" for n, (cell, a, b) in enumerate(corners, 1))
    count = "This is 1 turn." if len(corners) == 1 else f"These are {len(corners)} turns."
    return unlike(steps, [*told, f"The direction changes at these corners: {listed}.", count])


def _direction_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    cell = _find(state.maze, PLAYER)
    ways = _ways(state.maze, cell)
    looks = [f"{way.title()}: {_step(cell, way)} is {'free' if way in ways else 'wall'}." for way in STEPS]
    return unlike(steps, [f"The player stands at {cell}.", *looks, f"So the player can step {listed(ways)}."])


def _move_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    end, told = _moved(state, params)
    start = _find(state.maze, PLAYER)
    return unlike(steps, [f"The player starts at {start}.", *told, f"At the end the player stands at {end}."])


def _holding(state: State, params: Params, number: int) -> list[Any]:
    return [cell for cell in params["options"] if state.maze[cell[0]][cell[1]] == number]


def _goal_reached(state: State, params: Params) -> list[Any]:
    return [walk for walk in params["options"] if _tried(state, walk).startswith("every step")]


def _open_ways(state: State, params: Params) -> list[Any]:
    ways = _ways(state.maze, _find(state.maze, PLAYER))
    return [option for option in params["options"] if sorted(option) == sorted(ways)]


CHECKS = Checks[State](
    answers={
        "player_position": lambda state, params: _holding(state, params, PLAYER),
        "goal_position": lambda state, params: _holding(state, params, GOAL),
        "path_to_goal": _goal_reached,
        "turn_count": lambda state, params: [_turns(_path(state))],
        "available_directions": _open_ways,
        "position_after_moves": lambda state, params: [
            cell for cell in params["options"] if tuple(cell) == _moved(state, params)[0]
        ],
    },
    steps={
        "player_position": lambda state, params, steps: unlike(
            steps, _found("player", "red circle in the picture, P", _find(state.maze, PLAYER))
        ),
        "goal_position": lambda state, params, steps: unlike(
            steps, _found("goal", "green block in the picture, G", _find(state.maze, GOAL))
        ),
        "path_to_goal": _path_steps,
        "turn_count": _turn_steps,
        "available_directions": _direction_steps,
        "position_after_moves": _move_steps,
    },
)
