"""Answers by playing turns on sets of cells; ways are measured by waves that spread from a ghost's target."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from gameqa.core.audit import Checks, denied
from gameqa.core.game import Json

from .state import Cell, State, cells

STEPS = {"UP": (-1, 0), "DOWN": (1, 0), "LEFT": (0, -1), "RIGHT": (0, 1)}
"""In the order in which ghosts and ties prefer them."""
GHOSTS = ("Pinky", "Blinky")


@lru_cache(maxsize=64)
def _walls(state: State) -> frozenset[Cell]:
    return frozenset(cells(state.walls, state.size))


def _beans(state: State) -> set[Cell]:
    return set(cells(state.beans, state.size))


def _ahead(cell: Cell, direction: str, count: int = 1) -> Cell:
    return cell[0] + count * STEPS[direction][0], cell[1] + count * STEPS[direction][1]


@lru_cache(maxsize=512)
def _ways(walls: frozenset[Cell], target: Cell) -> dict[Cell, int]:
    """Return the length of the shortest way to the target from each cell that has one."""
    ways, wave, length = {target: 0}, {target}, 0
    while wave:
        length += 1
        wave = {_ahead(cell, step) for cell in wave for step in STEPS} - walls - ways.keys()
        ways |= dict.fromkeys(wave, length)
    return ways


def _target(state: State, ghost: str, pacman: Cell, direction: str) -> Cell:
    target = pacman
    if ghost == "Pinky":
        for count in range(1, 5):
            if _ahead(pacman, direction, count) in _walls(state):
                break
            target = _ahead(pacman, direction, count)
    return target


def _firsts(state: State, cell: Cell, target: Cell) -> list[str]:
    """Return the first steps of all shortest ways, the preferred one first; none on the target or without a way."""
    ways = _ways(_walls(state), target)
    return [step for step in STEPS if cell in ways and ways.get(_ahead(cell, step), -1) == ways[cell] - 1 >= 0]


class _Play:
    """A board on which turns are played."""

    def __init__(self, state: State) -> None:
        self.state, self.pacman, self.direction = state, state.pacman, str(state.direction)
        self.ghosts = {name: state.ghost(name) for name in GHOSTS}
        self.beans, self.eaten = _beans(state), 0
        self.caught: list[str] = []
        """The ghosts that caught Pac-Man; more than one only when he entered a cell with both."""

    def _meet(self) -> bool:
        self.caught = [name for name in GHOSTS if self.ghosts[name] == self.pacman]
        return bool(self.caught)

    def try_step(self, direction: str) -> bool:
        """Move Pac-Man alone; tell whether no wall stopped him."""
        if _ahead(self.pacman, direction) in _walls(self.state):
            return False
        self.pacman, self.direction = _ahead(self.pacman, direction), direction
        if self.pacman in self.beans:
            self.beans.remove(self.pacman)
            self.eaten += 1
        return True

    def turn(self, direction: str) -> None:
        """Play a turn in which all move."""
        self.try_step(direction)
        if self._meet():
            return
        for name in GHOSTS:
            cell = self.ghosts[name]
            firsts = _firsts(self.state, cell, _target(self.state, name, self.pacman, self.direction))
            self.ghosts[name] = _ahead(cell, firsts[0]) if firsts else cell
            if self._meet():
                return


def _legs(params: Mapping[str, Any]) -> list[str]:
    return [direction for direction, count in params["moves"] for _ in range(count)]


def _runs(state: State) -> dict[str, tuple[int, list[str]]]:
    """Return beans and captors of the run in each available direction."""
    found: dict[str, tuple[int, list[str]]] = {}
    for direction in STEPS:
        play = _Play(state)
        while not play.caught and _ahead(play.pacman, direction) not in _walls(state):
            play.turn(direction)
        if play.pacman != state.pacman:
            found[direction] = (play.eaten, play.caught)
    return found


def _next(state: State, ghost: str, pacman: Cell, direction: str) -> str | None:
    firsts = _firsts(state, state.ghost(ghost), _target(state, ghost, pacman, direction))
    return firsts[0] if firsts else None


def _moved(state: State, params: Mapping[str, Any]) -> _Play:
    """Return the board after Pac-Man's tries, the ghosts standing still."""
    play = _Play(state)
    for direction in _legs(params):
        play.try_step(direction)
    return play


def _pose(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [o for o in params["options"] if tuple(o["cell"]) == state.pacman and o["direction"] == state.direction]


def _around(state: State, params: Mapping[str, Any]) -> list[Json]:
    (row, col), beans = state.pacman, _beans(state)
    return [sum((row + r, col + c) in beans for r in range(-2, 3) for c in range(-2, 3))]


def _apart(one: Cell, other: Cell) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _closer(state: State, params: Mapping[str, Any]) -> list[Json]:
    pinky, blinky = (_apart(state.ghost(name), state.pacman) for name in GHOSTS)
    right = {"Pinky": pinky < blinky, "Blinky": blinky < pinky, "equal": pinky == blinky}
    return [option for option in params["options"] if right[option]]


def _beans_ahead(state: State, params: Mapping[str, Any]) -> list[Json]:
    play = _Play(state)
    while play.try_step(state.direction):
        pass
    return [play.eaten]


def _outcome(state: State, params: Mapping[str, Any]) -> list[Json]:
    play = _Play(state)
    for direction in _legs(params):
        if not play.caught:
            play.turn(direction)
    if play.caught:
        return [option for option in params["options"] if option.get("caught") in play.caught]
    return [o for o in params["options"] if o == {"beans": play.eaten, "score": state.score + play.eaten}]


def _change(state: State, params: Mapping[str, Any], ghost: str) -> list[Json]:
    after = _moved(state, params)
    before, then = (
        _next(state, ghost, state.pacman, state.direction),
        _next(state, ghost, after.pacman, after.direction),
    )
    return [o for o in params["options"] if o["change"] == (before != then) and o["direction"] == then]


def _next_move(state: State, params: Mapping[str, Any], ghost: str) -> list[Json]:
    return [option for option in params["options"] if option == _next(state, ghost, state.pacman, state.direction)]


def _best(state: State, params: Mapping[str, Any]) -> list[Json]:
    safe = {direction: beans for direction, (beans, caught) in _runs(state).items() if not caught}
    best = max(safe, key=lambda direction: safe[direction]) if safe else "CAUGHT"
    return [option for option in params["options"] if option == best]


def _cells(text: str | None) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((\d+), (\d+)\)", text or "")]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _pose_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    return denied(
        steps,
        {
            r"Find Pac-Man\.": lambda: True,
            r"The number at the left edge of his row is (\d+)\.": lambda row: int(row) == state.pacman[0],
            r"The number at the top edge of his column is (\d+)\.": lambda col: int(col) == state.pacman[1],
            r"He faces (\w+), so the pose is (.*), (\w+)\.": lambda one, cell, two: (
                one == two == state.direction and _cells(cell) == [state.pacman]
            ),
        },
    )


def _around_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    (row, col), beans, last = state.pacman, _beans(state), state.size - 1
    rows, columns = (range(max(0, at - 2), min(last, at + 2) + 1) for at in (row, col))
    counts: dict[int, int] = {}

    def in_row(number: str, count: str, columns_said: str | None) -> bool:
        found = [c for c in columns if (int(number), c) in beans]
        counts[int(number)] = len(found)
        return int(count) == len(found) and _numbers(columns_said or "") == found and int(number) in rows

    return denied(
        steps,
        {
            r"Pac-Man is at (.*), so the square has (.*)\.": lambda cell, text: (
                _cells(cell) == [state.pacman] and _numbers(text) == [rows[0], rows[-1], columns[0], columns[-1]]
            ),
            r"Row (\d+): (\d+) beans?(?:, in columns? (.*))?\.": in_row,
            r"Together: (.*) = (\d+)\.": lambda terms, total: (
                list(counts) == list(rows)
                and _numbers(terms) == [*counts.values()]
                and int(total) == sum(counts.values())
            ),
        },
    )


def _closer_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    ways = [_apart(state.ghost(name), state.pacman) for name in GHOSTS]

    def way(name: str, cell: str, text: str) -> bool:
        (row, col), (r, c) = state.ghost(name), state.pacman
        terms = [row, r, col, c, abs(row - r), abs(col - c), ways[GHOSTS.index(name)]]
        return _cells(cell) == [(row, col)] and _numbers(text) == terms

    def verdict(one: str, sign: str, other: str, said: str) -> bool:
        words = {"<": "Pinky is closer", ">": "Blinky is closer", "=": "both are equally close"}
        holds = {"<": ways[0] < ways[1], ">": ways[0] > ways[1], "=": ways[0] == ways[1]}[sign]
        return [int(one), int(other)] == ways and holds and said == words[sign]

    return denied(
        steps,
        {
            r"Pac-Man is at (.*)\.": lambda cell: _cells(cell) == [state.pacman],
            r"(\w+) is at (\(.*?\)): (.*)\.": way,
            r"(\d+) ([<>=]) (\d+), so (.*)\.": verdict,
        },
    )


def _ahead_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    play, run = _Play(state), list[Cell]()
    while play.try_step(state.direction):
        run.append(play.pacman)
    wall, beans = _ahead(play.pacman, state.direction), [cell for cell in run if cell in _beans(state)]
    return denied(
        steps,
        {
            r"Pac-Man is at (.*) and faces (\w+)\.": lambda cell, way: (
                _cells(cell) == [state.pacman] and way == state.direction
            ),
            r"He runs through (.*); (.*) is a wall and stops him\.": lambda cells, stop: (
                _cells(cells) == run and _cells(stop) == [wall]
            ),
            r"(.*), directly ahead, is a wall, so he cannot move and eats 0 beans\.": lambda cell: (
                _cells(cell) == [wall] and not run
            ),
            r"Of these cells (.*) holds? (?:a bean|beans), so he eats (\d+) beans?\.": lambda cells, count: (
                _cells(cells) == beans and int(count) == len(beans)
            ),
            r"(?:None of these cells|This cell|Neither of these cells) holds? .*": lambda: run and not beans,
        },
    )


def _outcome_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    play, legs, turns = _Play(state), _legs(params), 0

    def turn(number: str, direction: str, text: str) -> bool:
        nonlocal turns
        turns += 1
        was, eaten, held = dict(play.ghosts), play.eaten, not play.caught
        free = _ahead(play.pacman, direction) not in _walls(state)
        play.turn(direction)
        parts = text.split("; ")
        if free:
            says = f"Pac-Man goes to {play.pacman}" + (" and eats a bean" if play.eaten > eaten else ", no bean")
        else:
            says = f"a wall blocks Pac-Man, he stays at {play.pacman} facing {play.direction}"
        entered = [name for name in GHOSTS if was[name] == play.pacman]
        if entered and play.caught:
            return held and parts == [f"{says}, the cell of {entered[0]}: caught"]
        wanted = [says]
        for name in GHOSTS:
            target = f" (target {_target(state, name, play.pacman, play.direction)})" if name == "Pinky" else ""
            way = "stays at" if was[name] == play.ghosts[name] else "goes to"
            wanted.append(f"{name}{target} {way} {play.ghosts[name]}" + (": caught" if name in play.caught else ""))
            if name in play.caught:
                break
        return held and int(number) == turns <= len(legs) and legs[turns - 1] == direction and parts == wanted

    def start(pacman: str, pinky: str, blinky: str, score: str) -> bool:
        figures = [state.pacman, state.pinky, state.blinky]
        return _cells(pacman + pinky + blinky) == figures and int(score) == state.score

    def free(beans: str, text: str) -> bool:
        total = [state.score, play.eaten, state.score + play.eaten]
        return not play.caught and turns == len(legs) and int(beans) == play.eaten and _numbers(text) == total

    return denied(
        steps,
        {
            r"At the start Pac-Man is at (.*), Pinky at (.*), Blinky at (.*); the score is (\d+)\.": start,
            r"Turn (\d+), (\w+): (.*)\.": turn,
            r"Pac-Man is not caught; he eats (\d+) beans?, and the score becomes (.*)\.": free,
            r"(\w+) caught Pac-Man in turn (\d+); everything stops\.": lambda name, number: (
                play.caught == [name] and int(number) == turns
            ),
        },
    )


def _ghost_steps(state: State, params: Mapping[str, Any], steps: Sequence[str], ghost: str) -> list[str]:
    """Judge how a ghost's next step is found, before and after Pac-Man's tries if he makes any."""
    play = _Play(state)
    first = _next(state, ghost, state.pacman, state.direction)
    there = state.ghost(ghost)

    def pacman(cell: str, way: str | None, text: str) -> bool:
        target = _target(state, ghost, play.pacman, play.direction)
        own = _cells(cell) == [play.pacman] and way in (None, play.direction)
        if ghost == "Blinky":
            return own and text == ", and this is Blinky's target"
        count = _apart(target, play.pacman)
        wall = _ahead(play.pacman, play.direction, count + 1)
        if count == 4:
            return own and text == f"; no wall is among the 4 cells ahead, so Pinky's target is {target}"
        if count:
            return own and text == f"; {wall} is a wall, so Pinky's target is {target}, the last cell before it"
        return own and text == f"; {wall} ahead is a wall, so Pinky's target is his own cell"

    def choice(name: str, cell: str, target: str, length: str, around: str, left: str, text: str) -> bool:
        goal = _target(state, ghost, play.pacman, play.direction)
        ways, firsts = _ways(_walls(state), goal), _firsts(state, there, goal)
        beside = ", ".join(f"{step} {_ahead(there, step)} {ways.get(_ahead(there, step), 'wall')}" for step in STEPS)
        told = name == ghost and _cells(cell) == [there] and _cells(target) == [goal]
        told &= int(length) == ways[there] == int(left) + 1 and around == beside
        named = text.partition(" on ")[0].partition(" lie")[0]
        only = text.startswith("only ") == (len(firsts) == 1)
        first_said = re.search(r", and (\w+) comes first in the order UP, DOWN, LEFT, RIGHT, so", text)
        picked = only and text.endswith(f"so the next step is {firsts[0]}") and (len(firsts) == 1) == (not first_said)
        return (
            told
            and re.findall(r"[A-Z]+", named) == firsts
            and picked
            and (not first_said or first_said[1] == firsts[0])
        )

    def goes(path: str, wall: str | None, way: str) -> bool:
        walked: list[Cell] = []
        stop: list[Cell] = []
        for direction in _legs(params):
            if play.try_step(direction):
                walked.append(play.pacman)
            else:
                stop = [_ahead(play.pacman, direction)]
        return _cells(path) == walked and _cells(wall) == stop and way == play.direction

    def verdict(name: str, was: str, now: str | None) -> bool:
        then = _next(state, ghost, play.pacman, play.direction)
        return name == ghost and was == first and (now or was) == then and (now is None) == (first == then)

    return denied(
        steps,
        {
            r"(?:Before the move: |After the move: |)Pac-Man is at (\(\d+, \d+\))(?: and faces (\w+))?(.*)\.": pacman,
            r"(\w+) is at (.*); a shortest path to (.*) has (\d+) steps?\. Steps from the cells beside .* to the "
            r"target: (.*)\. With (\d+) left, (.*)\.": choice,
            r"Pac-Man goes to (.*?)(?:; (.*) is a wall)?\. He now faces (\w+)\.": goes,
            r"(\w+)'s next step changes from (\w+) to (\w+)\.": verdict,
            r"(\w+)'s next step was (\w+) and still is, so it does not change\.": lambda name, was: verdict(
                name, was, None
            ),
        },
    )


def _best_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    runs = _runs(state)
    safe = {way: beans for way, (beans, caught) in runs.items() if not caught}
    most = [way for way, beans in safe.items() if beans == max(safe.values())]
    told: list[str] = []

    def run(direction: str, length: str, text: str, end: str) -> bool:
        told.append(direction)
        play, says, ahead = _Play(state), list[str](), 1
        while _ahead(state.pacman, direction, ahead) not in _walls(state):
            ahead += 1
        while not play.caught and _ahead(play.pacman, direction) not in _walls(state):
            play.turn(direction)
            says.append(f"{play.pacman} P {play.ghosts['Pinky']} B {play.ghosts['Blinky']}")
        beans = f"{play.eaten} bean" + "s" * (play.eaten != 1)
        wanted = f"the wall comes next, safe with {beans}"
        if play.caught:
            wanted = f"caught by {play.caught[0]} in turn {len(says)}"
        return int(length) == ahead - 1 and text == "; ".join(says) and end == wanted

    def wall(direction: str) -> bool:
        told.append(direction)
        return direction not in runs

    def all_safe(text: str) -> bool:
        said = {way: int(count) for way, count in re.findall(r"(\w+) \((\d+) beans?\)", text)}
        return said == safe and told == list(STEPS)

    return denied(
        steps,
        {
            r"After each turn: Pac-Man, P = Pinky, B = Blinky\.": lambda: True,
            r"(\w+): (\d+) cells? to the wall\. (.*): (the wall comes next, safe with .*|caught by .*)\.": run,
            r"(\w+): a wall is directly ahead, not available\.": wall,
            r"Safe: (.*); (\w+) brings the most\.": lambda text, way: all_safe(text) and most == [way],
            r"Safe: (.*); (.*) are equally good, and (\w+) comes first\.": lambda text, ways, way: (
                all_safe(text) and re.findall(r"[A-Z]+", ways) == most and way == most[0]
            ),
            r"The only safe direction is (.*)\.": lambda text: all_safe(text) and len(safe) == 1,
            r"Every available direction ends in capture\.": lambda: not safe and told == list(STEPS),
        },
    )


CHECKS = Checks[State](
    answers={
        "pacman_position": _pose,
        "beans_in_5x5": _around,
        "closer_ghost": _closer,
        "beans_ahead": _beans_ahead,
        "move_outcome": _outcome,
        "pinky_direction_change": lambda state, params: _change(state, params, "Pinky"),
        "blinky_direction_change": lambda state, params: _change(state, params, "Blinky"),
        "pinky_next_move": lambda state, params: _next_move(state, params, "Pinky"),
        "blinky_next_move": lambda state, params: _next_move(state, params, "Blinky"),
        "best_direction": _best,
    },
    steps={
        "pacman_position": _pose_steps,
        "beans_in_5x5": _around_steps,
        "closer_ghost": _closer_steps,
        "beans_ahead": _ahead_steps,
        "move_outcome": _outcome_steps,
        "pinky_direction_change": lambda state, params, steps: _ghost_steps(state, params, steps, "Pinky"),
        "blinky_direction_change": lambda state, params, steps: _ghost_steps(state, params, steps, "Blinky"),
        "pinky_next_move": lambda state, params, steps: _ghost_steps(state, params, steps, "Pinky"),
        "blinky_next_move": lambda state, params, steps: _ghost_steps(state, params, steps, "Blinky"),
        "best_direction": _best_steps,
    },
)
