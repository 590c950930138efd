"""The second method: the turns as the table of strips in the question says, and plain searches over whole cubes.

A cube is a tuple of 54 stickers, U D L R F B with nine each, row by row. Least numbers of turns come from two balls of
positions, one around the cube shown and one around the goal, that grow until they touch.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from gameqa.core.audit import Checks

from .state import COLORS, State

Cube = tuple[int, ...]

FACES = "UDLRFB"
TABLE = """
F: U row 2 left-to-right -> R col 0 top-to-bottom -> D row 0 right-to-left -> L col 2 bottom-to-top -> U row 2
B: U row 0 left-to-right -> L col 0 bottom-to-top -> D row 2 right-to-left -> R col 2 top-to-bottom -> U row 0
R: F col 2 top-to-bottom -> U col 2 top-to-bottom -> B col 0 bottom-to-top -> D col 2 top-to-bottom -> F col 2
L: U col 0 top-to-bottom -> F col 0 top-to-bottom -> D col 0 top-to-bottom -> B col 2 bottom-to-top -> U col 0
U: F row 0 left-to-right -> L row 0 left-to-right -> B row 0 left-to-right -> R row 0 left-to-right -> F row 0
D: F row 2 left-to-right -> R row 2 left-to-right -> B row 2 left-to-right -> L row 2 left-to-right -> F row 2
"""
CYCLES = {line[0]: line[3:].split(" -> ")[:4] for line in TABLE.strip().splitlines()}
SOLVED: Cube = tuple(number for number in range(6) for _ in range(9))
MOST = 9

PLACE = r"([UDLRFB]) \(([0-2]),([0-2])\)"
STRIP = r"([UDLRFB] (?:row|col) [0-2] [a-z]+-to-[a-z]+)"
MOVE = r"([UDLRFB]'?)"


def place(face: str, row: int, col: int) -> int:
    """Return where a sticker stands in the tuple."""
    return 9 * FACES.index(face) + 3 * row + col


def strip(text: str) -> list[int]:
    """Return the places of a strip such as `D row 0 right-to-left` in its direction."""
    face, line, number, way = text.split()
    cells = [(int(number), i) if line == "row" else (i, int(number)) for i in range(3)]
    places = [place(face, row, col) for row, col in cells]
    return places if way in ("left-to-right", "top-to-bottom") else places[::-1]


@lru_cache(12)
def sources(move: str) -> tuple[int, ...]:
    """Return for every place the place from which a move brings its sticker."""
    onto = list(range(54))
    face, cycle = move[0], [strip(text) for text in CYCLES[move[0]]]
    for row in range(3):
        for col in range(3):
            onto[place(face, row, col)] = place(face, 2 - col, row)
    for old, new in zip(cycle, cycle[1:] + cycle[:1], strict=True):
        for one, other in zip(old, new, strict=True):
            onto[other] = one
    return tuple(onto) if len(move) == 1 else tuple(onto.index(number) for number in range(54))


MOVES = {face + way: itemgetter(*sources(face + way)) for face in FACES for way in ("", "'")}


@lru_cache(64)
def ball(center: Cube, radius: int) -> dict[Cube, int]:
    """Return what up to so many turns make of a position, each with its number of turns."""
    if not radius:
        return {center: 0}
    found = dict(ball(center, radius - 1))
    for cube in [cube for cube, turns in found.items() if turns == radius - 1]:
        for move in MOVES.values():
            found.setdefault(move(cube), radius)
    return found


def least(start: Cube, goal: Cube) -> int:
    """Return the least number of turns from one position to another; ValueError when it is more than `MOST`."""
    for turns in range(MOST + 1):
        near, far = ball(start, turns // 2), ball(goal, turns - turns // 2)
        if any(cube in far for cube in near):
            return turns
    raise ValueError(f"more than {MOST} turns")


def stickers(state: State) -> Cube:
    """Return the cube of a state."""
    faces = state.to_json()["faces"]
    return tuple(color for face in FACES for row in faces[face] for color in row)


def face_of(cube: Cube, face: str) -> Cube:
    """Return the nine stickers of a face."""
    return cube[place(face, 0, 0) :][:9]


def spots(cube: Cube, face: str) -> tuple[Cube, Cube]:
    """Return where the colour of a face stands, as a cube of 0 and 1, and where it is to stand."""
    color = FACES.index(face)
    return tuple(int(one == color) for one in cube), tuple(int(one == color) for one in SOLVED)


def after(cube: Cube, moves: Sequence[str]) -> Cube:
    """Return the cube after moves."""
    for move in moves:
        cube = MOVES[move](cube)
    return cube


def in_words(cube: Cube, face: str) -> str:
    """Return a face row by row in colour names."""
    names = [COLORS[color] for color in face_of(cube, face)]
    return " / ".join(" ".join(names[row : row + 3]) for row in (0, 3, 6))


def in_letters(cube: Cube) -> str:
    """Return all faces row by row in first letters of the colours."""
    drawn = {face: "".join(COLORS[color][0] for color in face_of(cube, face)) for face in FACES}
    return "; ".join(f"{face} {row[:3]}/{row[3:6]}/{row[6:]}" for face, row in drawn.items())


def _face_recognition(state: State, params: Mapping[str, Any]) -> list[Any]:
    color = state.to_json()["faces"][params["face"]][params["row"]][params["col"]]
    return [name for name in params["options"] if name == COLORS[color]]


def _move_prediction(state: State, params: Mapping[str, Any]) -> list[Any]:
    color = after(stickers(state), params["moves"])[place(params["face"], params["row"], params["col"])]
    return [name for name in params["options"] if name == COLORS[color]]


def _single_face_solve(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [least(*spots(stickers(state), params["face"]))]


def _full_solve(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [least(stickers(state), SOLVED)]


def _color_count(state: State, params: Mapping[str, Any]) -> list[Any]:
    return [sum(COLORS[color] == params["color"] for color in face_of(stickers(state), params["face"]))]


def _denied(step: str, right: str) -> list[str]:
    """Return a problem unless a step says exactly what it should."""
    return [] if step == right else [f"{step!r} should be {right!r}"]


def _seen(state: State, face: str, step: str) -> list[str]:
    center = COLORS[FACES.index(face)]
    words = in_words(stickers(state), face)
    return _denied(step, f"Find face {face}, the one with the {center} centre. Its rows from the top are: {words}.")


def _recognition_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    face, row, col = params["face"], params["row"], params["col"]
    line = in_words(stickers(state), face).split(" / ")[row]
    return [
        *_seen(state, face, steps[0]),
        *_denied(steps[1], f"Row {row} is {line}."),
        *_denied(steps[2], f"In it, column {col} is {line.split()[col]}."),
    ]


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    words = in_words(stickers(state), params["face"]).replace(" / ", " ").split()
    cells = [divmod(i, 3) for i, word in enumerate(words) if word == params["color"]]
    told = [(int(row), int(col)) for row, col in re.findall(r"\((\d),(\d)\)", steps[1])]
    problems = _seen(state, params["face"], steps[0])
    if told != cells or f": {len(cells)} sticker" not in steps[1]:
        problems.append(f"the colour is at {cells}: {steps[1]!r}")
    return problems


def _way_back(step: str, move: str, now: int) -> int | None:
    """Return where the sticker was before a move, when the step tells this rightly."""
    before = sources(move)[now]
    if told := re.fullmatch(
        rf"{MOVE} leaves {PLACE} where it is, so before {MOVE} the sticker was there as well\.", step
    ):
        right = told[1] == told[5] == move and place(told[2], int(told[3]), int(told[4])) == now == before
        return before if right else None
    told = re.fullmatch(rf"Before {MOVE} the sticker was at {PLACE}: (.*)\.", step)
    if not told or told[1] != move or place(told[2], int(told[3]), int(told[4])) != before:
        return None
    if moved := re.fullmatch(rf"{move} moves {STRIP} onto {STRIP}", told[5]):
        pairs = list(zip(strip(moved[1]), strip(moved[2]), strict=True))
        right = (before, now) in pairs and all(sources(move)[new] == old for old, new in pairs)
        return before if right else None
    way = "counter-clockwise" if move[1:] else "clockwise"
    reason = f"{move} turns face {move[0]} {way}, which brings it to {_name(now)}"
    return before if told[5] == reason and before // 9 == now // 9 == FACES.index(move[0]) else None


def _name(number: int) -> str:
    return f"{FACES[number // 9]} ({number % 9 // 3},{number % 3})"


def _prediction_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    now = place(params["face"], params["row"], params["col"])
    moves = params["moves"][::-1]
    if len(steps) != len(moves) + 2:
        return [f"{len(moves)} moves, but {len(steps)} steps"]
    problems = [] if f"its last place, {_name(now)}, to" in steps[0] else [f"wrong start: {steps[0]!r}"]
    for move, step in zip(moves, steps[1:-1], strict=True):
        before = _way_back(step, move, now)
        if before is None:
            return [*problems, f"not so: {step!r}"]
        now = before
    color = COLORS[stickers(state)[now]]
    return [*problems, *_denied(steps[-1], f"Before all moves, in the cube shown, {_name(now)} is {color}.")]


def _face_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    face, cube = params["face"], stickers(state)
    color = FACES.index(face)
    here = face_of(cube, face).count(color)
    away = [_name(i) for i, one in enumerate(cube) if one == color and i // 9 != color]
    start = f"Face {face} must become {COLORS[color]}. It shows {here} sticker{'s' * (here != 1)} of this colour; "
    problems = [] if steps[0].startswith(start) else [f"{steps[0]!r} should begin {start!r}"]
    if [_name(place(f, int(r), int(c))) for f, r, c in re.findall(PLACE, steps[0])] != away:
        problems.append(f"the other stickers are at {away}: {steps[0]!r}")
    turns = steps[1:-1]
    for number, step in enumerate(turns, 1):
        told = re.fullmatch(rf"Turn {number}, {MOVE}: face {face} is then (.*)\.", step)
        if not told:
            return [*problems, f"not understood: {step!r}"]
        cube = MOVES[told[1]](cube)
        problems += _denied(told[2], in_words(cube, face))
    if set(face_of(cube, face)) != {color}:
        problems.append(f"the turns do not make face {face} uniform")
    now, goal = spots(stickers(state), face)
    if least(now, goal) != len(turns):
        problems.append(f"{least(now, goal)} turns suffice")
    return problems + _face_minimum(steps[-1], face, len(turns), now, goal)


def _face_minimum(step: str, face: str, turns: int, now: Cube, goal: Cube) -> list[str]:
    """Check the reason why fewer turns do not suffice."""
    if turns == 1:
        return [] if "one turn" in step or "1 turn" in step else [f"not understood: {step!r}"]
    if turns == 2:
        return _denied(step, f"None of the 12 single turns makes face {face} uniform, so 2 turns are the least.")
    told = re.search(
        r"With up to (\d) turns? from here the nine \w+ stickers get into (\d+) arrangements, and (\d+) arrangements "
        rf"are up to (\d) turns? from a uniform face {face}\. No arrangement is among both, so (\d) turns? are not "
        r"enough, and (\d) are the least\.",
        step,
    )
    if not told:
        return [f"not understood: {step!r}"]
    near, many, others, far, enough, claimed = map(int, told.groups())
    right = (len(ball(now, near)), len(ball(goal, far)), turns - 1, turns, turns - 1)
    said = (many, others, near + far, claimed, enough)
    return [] if said == right else [f"{said} should be {right}: {step!r}"]


def _solve_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    cube, turns = stickers(state), steps[1:-1]
    told = re.fullmatch(
        r"One shortest solution is (.*)\. Letters stand for colours: y = yellow, w = white and so on\.", steps[0]
    )
    moves = told[1].split(" → ") if told else []
    if len(moves) != len(turns):
        return [f"not understood: {steps[0]!r}"]
    problems: list[str] = []
    for number, (move, step) in enumerate(zip(moves, turns, strict=True), 1):
        moved = re.match(rf"Turn {number}, {move}: face {move[0]} turns, and (.*) move\. Then ", step)
        if not moved:
            return [*problems, f"not understood: {step!r}"]
        strips = re.split(", | and ", moved[1])
        if sorted(strips) != sorted(" ".join(text.split()[:3]) for text in CYCLES[move[0]]):
            problems.append(f"not the strips that {move} moves: {step!r}")
        cube = MOVES[move](cube)
        problems += _denied(step[moved.end() :], f"{in_letters(cube)}.")
    if cube != SOLVED or least(stickers(state), SOLVED) != len(moves):
        problems.append("this is no shortest solution")
    return problems + _solve_minimum(steps[-1], len(moves))


def _solve_minimum(step: str, turns: int) -> list[str]:
    """Check the numbers of cubes that are nearer to the solved one."""
    told = {int(far): int(many) for many, far in re.findall(r"(\d+) are (\d) turns?", step)}
    sizes = [len(ball(SOLVED, radius)) for radius in range(turns)]
    right = {far: sizes[far] - sizes[far - 1] for far in range(1, turns)}
    ends = f"So {turns} turns are the least." in step
    return [] if told == right and ends else [f"{told} should be {right}: {step!r}"]


CHECKS = Checks[State](
    answers={
        "face_recognition": _face_recognition,
        "move_prediction": _move_prediction,
        "single_face_solve": _single_face_solve,
        "full_solve": _full_solve,
        "color_count": _color_count,
    },
    steps={
        "face_recognition": _recognition_steps,
        "move_prediction": _prediction_steps,
        "single_face_solve": _face_steps,
        "full_solve": _solve_steps,
        "color_count": _count_steps,
    },
)
