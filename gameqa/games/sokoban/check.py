"""Sokoban a second time: options are tried one by one; a shortest solution is searched backwards, by pulling."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, unlike

from .state import WALL, Cell, State

Params = Mapping[str, Any]
MOVES = {"Up": (-1, 0), "Down": (1, 0), "Left": (0, -1), "Right": (0, 1)}
LETTERS = "ABCDEFGH"


class _Position(NamedTuple):
    player: Cell
    boxes: frozenset[Cell]


def _step(cell: Cell, move: str, length: int = 1) -> Cell:
    return cell[0] + length * MOVES[move][0], cell[1] + length * MOVES[move][1]


def _is_wall(state: State, cell: Cell) -> bool:
    return state.grid[cell[0]][cell[1]] == WALL


def _move(state: State, now: _Position, move: str) -> tuple[_Position, str]:
    """Return the position after a move, and in words what happened."""
    (player, boxes), ahead, behind = now, _step(now.player, move), _step(now.player, move, 2)
    if _is_wall(state, ahead):
        return now, f"blocked by the wall at {ahead}; the player stays at {player}."
    if ahead not in boxes:
        return _Position(ahead, boxes), f"the player goes {player} → {ahead}."
    if _is_wall(state, behind) or behind in boxes:
        what = "wall" if _is_wall(state, behind) else "another box"
        return now, f"blocked by the box at {ahead}, behind which {behind} is {what}; the player stays at {player}."
    told = f"the player goes {player} → {ahead} and pushes the box {ahead} → {behind}."
    return _Position(ahead, boxes - {ahead} | {behind}), told


def _slide(state: State, box: Cell, others: Set[Cell], move: str) -> tuple[Cell, str]:
    """Return the cell of a box after it moved by itself, and in words what happened."""
    ahead = _step(box, move)
    if _is_wall(state, ahead) or ahead in others:
        what = "wall" if _is_wall(state, ahead) else "another box"
        return box, f"blocked, {ahead} is {what}; the box stays at {box}."
    return ahead, f"{box} → {ahead}."


def _played(state: State, moves: Sequence[str]) -> tuple[_Position, list[str]]:
    """Return the position after moves, and what each of them did."""
    now, told = _Position(state.player, frozenset(state.boxes)), list[str]()
    for number, move in enumerate(moves, 1):
        now, words = _move(state, now, move)
        told.append(f"Move {number}, {move}: {words}")
    return now, told


def _slid(state: State, params: Params) -> tuple[Cell, list[str]]:
    """Return the last cell of the box that moves by itself, and what each move did."""
    start = box = (params["box"][0], params["box"][1])
    told = list[str]()
    for number, move in enumerate(params["moves"], 1):
        box, words = _slide(state, box, set(state.boxes) - {start}, move)
        told.append(f"Move {number}, {move}: {words}")
    return box, told


def _least_moves(state: State) -> int:
    """Return the distance from the solved positions to the board, counted backwards move by move."""
    free = set(state.open_cells)
    start, solved = _Position(state.player, frozenset(state.boxes)), frozenset(state.targets)
    layer = {_Position(cell, solved) for cell in free - solved}
    seen, count = set(layer), 0
    while start not in seen:
        before = set[_Position]()
        for player, boxes in layer:
            for move in MOVES:
                back, front = _step(player, move, -1), _step(player, move)
                if back in free and back not in boxes:
                    before.add(_Position(back, boxes))
                    if front in boxes:  # the move may have pushed that box: pull it back
                        before.add(_Position(back, boxes - {front} | {player}))
        layer, count = before - seen, count + 1
        if not layer:
            raise ValueError("no solved position leads back to this board")
        seen |= layer
    return count


def _walks(state: State) -> dict[Cell, int]:
    """Return the fewest moves of the player to every cell that he reaches without a push."""
    free = set(state.open_cells) - set(state.boxes)
    found, edge = {state.player: 0}, {state.player}
    while edge:
        edge = {_step(cell, move) for cell in edge for move in MOVES} & free - found.keys()
        found |= dict.fromkeys(edge, max(found.values()) + 1)
    return found


def _tried(state: State, walk: Sequence[str], goal: Cell) -> str:
    """Return in words how a walk without pushes ends."""
    cell = state.player
    for number, move in enumerate(walk, 1):
        cell = _step(cell, move)
        if _is_wall(state, cell) or cell in state.boxes:
            return f"move {number} runs into a {'wall' if _is_wall(state, cell) else 'box'} at {cell}"
    longer = len(walk) - _walks(state)[goal]
    if cell != goal:
        return f"it ends at {cell}, not on the goal"
    return f"it is legal but {longer} moves longer" if longer else "it is legal and reaches the goal"


def _among(params: Params, right: Any) -> list[Any]:
    return [option for option in params["options"] if option == right]


def _shortest(state: State, params: Params) -> list[Any]:
    goal = (params["goal"][0], params["goal"][1])
    return [walk for walk in params["options"] if _tried(state, walk, goal) == "it is legal and reaches the goal"]


def _distance(a: Cell, b: Cell) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _player_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    end, told = _played(state, params["moves"])
    last = f"After the last move the player stands at {end.player}."
    return unlike(steps, [f"The player starts at {state.player}.", *told, last])


def _box_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    end, told = _slid(state, params)
    first = f"The box starts at {tuple(params['box'])}."
    return unlike(steps, [first, *told, f"After the last move the box is at {end}."])


def _cells(cells: Sequence[Cell]) -> str:
    return " and ".join(map(str, cells))


def _solution_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    moves = [match[1] for step in steps if (match := re.match(r"Move \d+, (\w+): ", step))]
    end, told = _played(state, moves)
    least = _least_moves(state)
    one, kinds = len(state.boxes) == 1, (_cells(state.boxes), _cells(state.targets))
    first = f"The box is at {kinds[0]}, the target at" if one else f"The boxes are at {kinds[0]}, the targets at"
    solved = f"Now every target carries a box, after {least} moves."
    expected = [f"The player starts at {state.player}. {first} {kinds[1]}.", *told, solved]
    problems = unlike(steps[:-1], expected)
    if end.boxes != set(state.targets) or len(moves) != least:
        problems.append(f"the moves do not solve the board in {least}")
    if steps[-1:] != [
        f"A breadth-first search over player and box positions finds nothing shorter than {least} moves."
    ]:
        problems += unlike(steps[-1:], [_bound(state)])
        if not "".join(steps[-1:]).endswith(f"So fewer than {least} moves are impossible."):
            problems.append(f"the bound is not the least number {least}")
    return problems


def _bound(state: State) -> str:
    """Return the bound by pushes and by walking to the only box and around a corner of it, in words."""
    (box,), (target,) = state.boxes, state.targets
    pushes, walks = _distance(box, target), _walks(state)
    near = min(walks[cell] for move in MOVES if (cell := _step(box, move)) in walks)
    turn = 2 if box[0] != target[0] and box[1] != target[1] else 0
    told = f"The box is {pushes} away from the target, so it takes {pushes} push{'es' * (pushes != 1)} at least; "
    if near:
        told += f"before that the player needs {near} move{'s' * (near != 1)} to stand beside the box. "
    else:
        told += "the player already stands beside the box. "
    if turn:
        told += "The pushes go in two directions, and walking around a corner of the box takes 2 moves. "
    return f"{told}So fewer than {pushes + near + turn} moves are impossible."


def _position_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    row, column = state.player
    return unlike(
        steps,
        [
            "Find the player on the board.",
            f"The number at the left edge of its row is {row}, so the row is {row}.",
            f"The number at the top edge of its column is {column}, so the column is {column}.",
            f"The row comes first: the player stands at {state.player}.",
        ],
    )


def _distance_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    (a, b), (c, d) = state.boxes[0], state.targets[0]
    return unlike(
        steps,
        [
            f"The box is at {(a, b)}, the target at {(c, d)}.",
            f"The rows differ by |{a} - {c}| = {abs(a - c)}.",
            f"The columns differ by |{b} - {d}| = {abs(b - d)}.",
            f"The distance is {abs(a - c)} + {abs(b - d)} = {abs(a - c) + abs(b - d)}.",
        ],
    )


def _walk_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    goal, walks = (params["goal"][0], params["goal"][1]), _walks(state)
    least, away = walks[goal], _distance(state.player, goal)
    rows, columns = abs(goal[0] - state.player[0]), abs(goal[1] - state.player[1])
    found = re.search(r"that is ([\w →]+), \d+ moves", "".join(steps[1:2]))
    way = found[1].split(" → ") if found else []
    cells = [state.player]
    for move in way:
        cells.append(_step(cells[-1], move))
    minimal = f"A walk needs at least {least} moves to cover the rows and columns, so none is shorter."
    if least > away:
        near = [f"{walks[cell]} to {cell}" for cell in sorted(_step(goal, move) for move in MOVES) if cell in walks]
        listed = " and ".join(filter(None, [", ".join(near[:-1]), near[-1]]))
        minimal = (
            f"Walls and boxes force a detour beyond the {away} moves of the distance. Counting outward from the player"
            f" over free cells, the fewest moves to the free cells next to the goal are {listed}; one more leads"
            f" to the goal, so no walk is shorter than {least} moves."
        )
    expected = [
        f"The player stands at {state.player}, the goal is {goal}: {rows} row{'s' * (rows != 1)} and"
        f" {columns} column{'s' * (columns != 1)} away.",
        f"One way leads over free cells only: {' → '.join(map(str, cells))}, that is {' → '.join(way)}, {least} moves.",
        minimal,
        *(
            f"Option {letter}, {' → '.join(walk)}: {_tried(state, walk, goal)}."
            for letter, walk in zip(LETTERS, params["options"], strict=True)
        ),
    ]
    # The walk of an option may be left out.
    options = zip(steps[3:], params["options"], strict=False)
    full = [re.sub(r"^(Option \w):", rf"\1, {' → '.join(walk)}:", step) for step, walk in options]
    problems = unlike([*steps[:3], *full], expected)
    if _tried(state, way, goal) != "it is legal and reaches the goal":
        problems.append("the way is not legal and shortest")
    return problems


CHECKS = Checks[State](
    answers={
        "player_after_moves": lambda state, params: _among(params, list(_played(state, params["moves"])[0].player)),
        "box_after_moves": lambda state, params: _among(params, list(_slid(state, params)[0])),
        "min_moves": lambda state, params: _among(params, _least_moves(state)),
        "player_position": lambda state, params: [o for o in params["options"] if state.grid[o[0]][o[1]] in (5, 6)],
        "box_target_distance": lambda state, params: _among(params, _distance(state.boxes[0], state.targets[0])),
        "shortest_walk": _shortest,
    },
    steps={
        "player_after_moves": _player_steps,
        "box_after_moves": _box_steps,
        "min_moves": _solution_steps,
        "player_position": _position_steps,
        "box_target_distance": _distance_steps,
        "shortest_walk": _walk_steps,
    },
)
