"""The Game of Life a second time: live cells as a set, all neighbours counted by letting every live cell add one.

Whether a pattern repeats is tried out: it is followed until some pattern is met twice, which must be itself. Worked
solutions are checked sentence by sentence against those that this evolution gives.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise, product
from typing import Any

from gameqa.core.audit import Checks, as_solved
from gameqa.core.words import listed

from .state import Cell, State

_Life = frozenset[Cell]


def _around(cell: Cell, size: int) -> list[Cell]:
    """Return the eight neighbours over the edges, from the top left to the bottom right."""
    shifts = [shift for shift in product((-1, 0, 1), repeat=2) if shift != (0, 0)]
    return [((cell[0] + down) % size, (cell[1] + right) % size) for down, right in shifts]


def _counts(live: _Life, size: int) -> Counter[Cell]:
    """Return the number of live neighbours of every cell that has any."""
    return Counter(other for cell in live for other in _around(cell, size))


def _next(live: _Life, size: int) -> _Life:
    """Return the live cells one iteration later."""
    return frozenset(cell for cell, n in _counts(live, size).items() if n == 3 or (n == 2 and cell in live))


def _lives(live: _Life, size: int, iterations: int) -> list[_Life]:
    """Return the patterns now and after each iteration."""
    patterns = [live]
    for _ in range(iterations):
        patterns.append(_next(patterns[-1], size))
    return patterns


def _live(state: State) -> _Life:
    """Return the live cells of the board."""
    grid = state.to_json()["grid"]
    return frozenset((row, col) for row, line in enumerate(grid) for col, alive in enumerate(line) if alive)


def _region(state: State, params: Mapping[str, Any]) -> _Life:
    """Return the live cells of the region, by their places in it."""
    grid = state.to_json()["grid"]
    places = product(range(params["size"]), repeat=2)
    return frozenset((row, col) for row, col in places if grid[params["row"] + row][params["col"] + col])


def _repeats(pattern: _Life, size: int) -> bool:
    """Return whether a pattern appears again: it is the first one met twice from itself on."""
    seen: set[_Life] = set()
    now = pattern
    while now not in seen:
        seen.add(now)
        now = _next(now, size)
    return now == pattern


def _cell_states(state: State, params: Mapping[str, Any]) -> list[int]:
    """Return the states of the cell now and after each iteration."""
    patterns = _lives(_live(state), state.size, params["iterations"])
    return [int((params["row"], params["col"]) in pattern) for pattern in patterns]


def _settled(state: State, params: Mapping[str, Any]) -> list[int]:
    """Return the options after which the pattern appears again while the one before does not."""
    size = params["size"]
    patterns = _lives(_region(state, params), size, max(params["options"]))
    # A pattern that repeats is followed by such ones only, so the one before speaks for all earlier ones.
    return [t for t in params["options"] if _repeats(patterns[t], size) and not (t and _repeats(patterns[t - 1], size))]


def _rows(live: _Life, size: int) -> str:
    """Return a pattern as text, row by row."""
    return " / ".join("".join(".#"[(row, col) in live] for col in range(size)) for row in range(size))


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _count_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    rows = [[cell for cell in sorted(_live(state)) if cell[0] == row] for row in range(state.size)]
    return [
        *(
            f"Row {row} has {_number(len(cells), 'live cell')}{f': {listed(cells)}' if cells else ''}."
            for row, cells in enumerate(rows)
        ),
        f"Together: {' + '.join(str(len(cells)) for cells in rows)} = {sum(map(len, rows))} live cells.",
    ]


def _next_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    size = state.size
    patterns = _lives(_live(state), size, params["iterations"])
    told = [f"The board now, row by row: {_rows(patterns[0], size)}. Neighbours are counted over the edges, too."]
    for number, (now, then) in enumerate(pairwise(patterns), 1):
        counts = _counts(now, size)
        few, many, stay = (
            listed(f"{cell} with {counts[cell]}" for cell in sorted(now) if counts[cell] in few_or_many)
            for few_or_many in ((0, 1), (4, 5, 6, 7, 8), (2, 3))
        )
        born = listed(sorted(then - now))
        changes = [
            f"Iteration {number}: live cells that die of too few live neighbours: {few}; of too many: {many}.",
            f"Iteration {number}: live cells with 2 or 3 live neighbours, which stay alive: {stay}.",
            f"Iteration {number}: dead cells with exactly 3 live neighbours, which become alive: {born}.",
        ]
        told += changes if now else [f"Iteration {number}: no cell is alive, so nothing changes."]
        told.append(f"The board after iteration {number}: {_rows(then, size)}.")
    rows = [sum(cell[0] == row for cell in patterns[-1]) for row in range(size)]
    return [*told, f"Live cells row by row: {' + '.join(map(str, rows))} = {len(patterns[-1])}."]


def _sequence_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    size, cell = state.size, (params["row"], params["col"])
    patterns = _lives(_live(state), size, params["iterations"])
    words = ["alive" if cell in pattern else "dead" for pattern in patterns]
    neighbours = _around(cell, size)
    told = [
        f"The board now, row by row: {_rows(patterns[0], size)}. The cell {cell} is {words[0]}. Its neighbours, over "
        f"the edges where need be, are {listed(neighbours)}."
    ]
    for number, (now, then) in enumerate(pairwise(patterns), 1):
        alive = [other for other in neighbours if other in now]
        count = len(alive)
        if cell in now:
            rule = "live cell with 2 or 3 stays alive" if count in (2, 3) else f"live cell with {count} dies"
        else:
            rule = "dead cell with exactly 3 becomes alive" if count == 3 else f"dead cell with {count} stays dead"
        told.append(
            f"Iteration {number}: of the eight neighbours {listed(alive)} {'is' if count == 1 else 'are'} alive, the "
            f"others are dead: {_number(count, 'live neighbour')}. A {rule}. So {cell} is {words[number]} after "
            f"iteration {number}."
        )
        if number < params["iterations"]:
            died, born = sorted(now - then), sorted(then - now)
            changes = [f"{listed(died)} {'dies' if len(died) == 1 else 'die'}"] if died else []
            changes += [f"{listed(born)} {'becomes' if len(born) == 1 else 'become'} alive"] if born else []
            change = " and ".join(changes) or "nothing changes"
            told.append(f"On the whole board, {change} in iteration {number}: {_rows(then, size)}.")
    states = ", ".join(f"{number or 'now'}: {word}" for number, word in enumerate(words))
    return [*told, f"The states in order: {states}."]


def _region_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    size = params["size"]
    patterns = [_region(state, params)]
    corner = "" if size == state.size else f" (its cell (0, 0) is the board's {(params['row'], params['col'])})"
    told = [f"The region, row by row{corner}: {_rows(patterns[0], size)}. From here on only the region counts."]
    while patterns[-1] not in patterns[:-1]:
        now, then, number = patterns[-1], _next(patterns[-1], size), len(patterns)
        counts = _counts(now, size)
        changes: list[str] = []
        if died := [f"{cell} with {_number(counts[cell], 'live neighbour')}" for cell in sorted(now - then)]:
            changes.append(f"these live cells die: {listed(died)}")
        if born := sorted(then - now):
            changes.append(f"these dead cells with 3 live neighbours become alive: {listed(born)}")
        if changes:
            same = f"the same as after {_number(patterns.index(then), 'iteration')}" if then in patterns else None
            news = same or "not seen before"
            told.append(f"Iteration {number}: {'; '.join(changes)}. This gives {_rows(then, size)}, {news}.")
        else:
            why = "every live cell has 2 or 3 live neighbours, no dead cell has 3" if now else "no cell is alive"
            told.append(f"Iteration {number} changes nothing: {why}. The pattern equals the one before.")
        patterns.append(then)
    first = patterns.index(patterns[-1])
    cycle = len(patterns) - 1 - first
    why = "it no longer changes" if cycle == 1 else f"it is in a cycle of {cycle} patterns"
    ending = f"the one after {_number(first, 'iteration')}, as {why}: t = {first}."
    return [*told, f"The first pattern that appears again is {ending}"]


CHECKS = Checks[State](
    answers={
        "live_count": lambda state, params: [n for n in params["options"] if n == len(_live(state))],
        "next_live_count": lambda state, params: [
            n for n in params["options"] if n == len(_lives(_live(state), state.size, params["iterations"])[-1])
        ],
        "cell_sequence": lambda state, params: [
            option for option in params["options"] if option == _cell_states(state, params)
        ],
        "region_stability_steps": lambda state, params: list(_settled(state, params)),
    },
    steps={
        "live_count": as_solved(_count_solution),
        "next_live_count": as_solved(_next_solution),
        "cell_sequence": as_solved(_sequence_solution),
        "region_stability_steps": as_solved(_region_solution),
    },
)
