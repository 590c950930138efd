"""A second way to every answer of Chess Ranger: all positions that can follow, layer by layer, no search in depth.

A position is a set of (file, rank, kind), files and ranks counted from 0 at a1.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json
from gameqa.core.words import listed

from .state import State

Params = Mapping[str, Any]
Square = tuple[int, int]
Man = tuple[int, int, str]
Position = frozenset[Man]
NAMES = {"P": "Pawn", "R": "Rook", "N": "Knight", "B": "Bishop", "Q": "Queen", "K": "King"}
NAME = "|".join(NAMES.values())
CAPTURE = rf"(?:{NAME}) [a-h][1-8] takes [a-h][1-8]"


def _position(state: State) -> Position:
    rows = state.to_json()["board"]
    return frozenset(
        (file, 7 - down, kind) for down, row in enumerate(rows) for file, kind in enumerate(row) if kind != "."
    )


def _square(name: str) -> Square:
    return "abcdefgh".index(name[0]), int(name[1]) - 1


def _named(square: Square) -> str:
    return f"{'abcdefgh'[square[0]]}{square[1] + 1}"


def _reaches(kind: str, source: Square, target: Square) -> bool:
    """Return whether a piece takes from a square to another when nothing is in between."""
    files, ranks = target[0] - source[0], target[1] - source[1]
    straight, diagonal = (files == 0) != (ranks == 0), abs(files) == abs(ranks) > 0
    match kind:
        case "P":
            return abs(files) == 1 and ranks == 1
        case "N":
            return {abs(files), abs(ranks)} == {1, 2}
        case "K":
            return max(abs(files), abs(ranks)) == 1
        case "R":
            return straight
        case "B":
            return diagonal
        case _:
            return straight or diagonal


def _between(source: Square, target: Square) -> list[Square]:
    """Return the squares strictly between two squares of one line; none for a knight's jump."""
    files, ranks = target[0] - source[0], target[1] - source[1]
    length = max(abs(files), abs(ranks))
    if files * ranks and abs(files) != abs(ranks):
        return []
    return [(source[0] + files // length * k, source[1] + ranks // length * k) for k in range(1, length)]


def _after(position: Position, source: Square, target: Square) -> Position | None:
    """Return the position after a capture, None when it is not possible."""
    men = {(file, rank): kind for file, rank, kind in position}
    if source == target or source not in men or target not in men:
        return None
    kind = men[source]
    if not _reaches(kind, source, target) or any(square in men for square in _between(source, target)):
        return None
    return position - {(*source, kind), (*target, men[target])} | {(*target, kind)}


def _captures(position: Position) -> Iterator[tuple[Square, Square, Position]]:
    """Return all captures of a position as source, target and the position after it."""
    squares = [man[:2] for man in position]
    for source in squares:
        for target in squares:
            if (after := _after(position, source, target)) is not None:
                yield source, target, after


@lru_cache(maxsize=256)
def _most(position: Position) -> int:
    """Return the greatest number of captures: how often the layer of positions after one more capture is not empty."""
    layer, count = {position}, -1
    while layer:
        layer = {after for one in layer for *_, after in _captures(one)}
        count += 1
    return count


def _solvable(position: Position | None) -> bool:
    return position is not None and _most(position) == len(position) - 1


def _of_kind(state: State, kind: str) -> list[str]:
    """Return the squares of the pieces of a kind, from the top rank down, each rank from the left."""
    men = sorted(_position(state), key=lambda man: (-man[1], man[0]))
    return [_named(man[:2]) for man in men if man[2] == kind]


def _piece_at(state: State, params: Params) -> list[Json]:
    square = _square(params["square"])
    kinds = {NAMES[kind] for file, rank, kind in _position(state) if (file, rank) == square} or {"No Piece"}
    return [option for option in params["options"] if option in kinds]


def _right_moves(state: State, params: Params) -> list[int]:
    """Return the numbers of the listed captures after which the puzzle can still be solved."""
    position = _position(state)
    moves = [(_square(move["from"]), _square(move["to"])) for move in params["moves"]]
    return [number for number, move in enumerate(moves, 1) if _solvable(_after(position, *move))]


def _first_move(state: State, params: Params) -> list[Json]:
    right = _right_moves(state, params)
    return [option for option in params["options"] if set(option) == set(right)]


def _men(state: State) -> str:
    men = sorted(_position(state), key=lambda man: (-man[1], man[0]))
    return f"The pieces, from the top rank down: {', '.join(f'{NAMES[man[2]]} {_named(man[:2])}' for man in men)}."


def _count_piece_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    squares = _of_kind(state, params["piece"])
    number = f"{NAMES[params['piece']]}s among them: {listed(squares)}. That makes {len(squares)}."
    return unlike(steps, [_men(state), number])


def _on(square: str) -> str:
    return f"file {square[0]} and rank {square[1]}"


def _find_piece_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    (square,) = _of_kind(state, params["piece"])
    name = NAMES[params["piece"]].lower()
    return unlike(steps, [_men(state), f"The only {name} stands on {_on(square)}, that is on {square}."])


def _piece_at_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    square = params["square"]
    (name,) = _piece_at(state, params)
    stands = "no piece" if name == "No Piece" else f"a {str(name).lower()}"
    return unlike(steps, [_men(state), f"On {square}, the square on {_on(square)}, stands {stands}."])


def _wrong_list(position: Position, text: str) -> list[str]:
    """Return what is wrong with a list of all captures of a position."""
    kinds = {man[:2]: NAMES[man[2]] for man in position}
    right = sorted(f"{kinds[one]} {_named(one)} takes {_named(two)}" for one, two, _ in _captures(position))
    told = re.split(r", | and ", text)
    return [] if sorted(told) == right else [f"{text} (expected: {listed(right)})"]


def _played(position: Position, text: str) -> tuple[Position, list[str]]:
    """Play the captures of a text; return the last position and what is wrong with them."""
    for told in text.split(", "):
        if not re.fullmatch(CAPTURE, told):
            return position, [f"not understood: {told}"]
        name, source, _, target = told.split()
        after = _after(position, _square(source), _square(target))
        if after is None or (*_square(source), name[0] if name != "Knight" else "N") not in position:
            return position, [f"{told} is not possible"]
        position = after
    return position, []


GROUPS = (
    r"These are groups of squares, with the kinds of piece that can ever stand there, even if lines were never"
    r" blocked: (.*)\. From a group nothing outside it can be taken, so each group keeps a piece for ever\."
)


def _ever(position: Position) -> dict[Square, set[str]]:
    """Return the kinds that can ever stand on a square if lines were never blocked."""
    kinds = {man[:2]: {man[2]} for man in position}
    grown = True
    while grown:
        grown = False
        for source, can in kinds.items():
            for target, stand in kinds.items():
                new = {kind for kind in can - stand if _reaches(kind, source, target)}
                stand |= new
                grown = grown or bool(new)
    return kinds


def _wrong_groups(position: Position, text: str) -> tuple[int, list[str]]:
    """Return how many groups of squares a text names, and what is wrong with them."""
    ever, problems = _ever(position), list[str]()
    groups: list[set[Square]] = []
    for group in text.split("; "):
        squares: set[Square] = set()
        if not re.fullmatch(r"\[[a-h][1-8] \([^)]*\)(, [a-h][1-8] \([^)]*\))*\]", group):
            return 0, [f"not understood: {group}"]
        for name, kinds in re.findall(r"([a-h][1-8]) \(([^)]*)\)", group):
            squares.add(_square(name))
            stand = {NAMES[kind] for kind in ever.get(_square(name), ())}
            if sorted(re.split(r", | or ", kinds)) != sorted(stand) or not stand:
                problems.append(f"on {name} can stand {sorted(stand)}, not {kinds}")
        for source in squares & ever.keys():
            outside = [square for square in ever if square not in squares]
            if any(_reaches(kind, source, square) for kind in ever[source] for square in outside):
                problems.append(f"the group {group} can take outside")
        groups.append(squares)
    if len(set[Square]().union(*groups)) != sum(map(len, groups)):
        problems.append(f"groups overlap: {text}")
    return len(groups), problems


def _max_captures_steps(state: State, _: Params, steps: Sequence[str]) -> list[str]:
    position = _position(state)
    total, most = len(position), _most(position)
    problems: list[str] = []
    if steps[0] != f"{_men(state)} With {total} pieces at most {total - 1} captures can be made.":
        problems.append(f"wrong pieces: {steps[0]}")
    if not most:
        none = ["No piece can take another one, so no capture can be made."]
        return problems + unlike(steps[1:], none)
    match = re.fullmatch(r"Possible first captures: (.*)\.", steps[1])
    problems += _wrong_list(position, match[1]) if match else [f"not understood: {steps[1]}"]
    if most == total - 1:
        match = re.fullmatch(rf"One way to take all pieces but one: (.*)\. That is {most} captures\.", steps[2])
    else:
        match = re.fullmatch(
            rf"A sequence of {most} captures?: (.*)\. Then {total - most} pieces are left\.",
            steps[2],
        )
    if not match:
        return [*problems, f"not understood or wrong number: {steps[2]}"]
    last, wrong = _played(position, match[1])
    problems += wrong or ([] if len(last) == total - most else [f"{len(last)} pieces are left: {steps[2]}"])
    if most == total - 1:
        return problems + [f"not expected: {step}" for step in steps[3:]]
    if match := re.fullmatch(GROUPS, steps[-2]):
        groups, wrong = _wrong_groups(position, match[1])
        problems += wrong or ([] if groups == total - most else [f"{groups} groups: {steps[-2]}"])
    elif steps[-2] != "All that can follow from position #1:":
        problems.append(f"not understood: {steps[-2]}")
    problems += [f"not expected: {step}" for step in steps[3:-2] if not step.startswith("In a table ")]
    captures = "1 capture is" if most == 1 else f"{most} captures are"
    end = f"So at least {total - most} of the {total} pieces always remain, and {captures} the most that can be made."
    return problems + ([] if steps[-1] == end else [f"{steps[-1]} (expected: {end})"])


def _first_move_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    position, right = _position(state), _right_moves(state, params)
    kinds = {man[:2]: NAMES[man[2]] for man in position}
    first = f"{_men(state)} The puzzle is solved when one piece is left."
    problems = [] if steps[0] == first else [f"{steps[0]} (expected: {first})"]
    told = [step for step in steps[1:-1] if not step.startswith("In a table ")]
    if len(told) != len(params["moves"]):
        return [*problems, f"{len(told)} captures are judged"]
    for number, (move, step) in enumerate(zip(params["moves"], told, strict=True), 1):
        source, target = _square(move["from"]), _square(move["to"])
        after = _after(position, source, target)
        can = "can still" if number in right else "can no longer"
        begin = f"Capture {number}, {kinds[source]} {move['from']} takes {kinds[target]} {move['to']}: the puzzle {can}"
        begin += " be solved. "
        rest = step.removeprefix(begin)
        if after is None or rest == step:
            problems.append(f"{step} (expected: {begin})")
        elif match := re.fullmatch(r"The rest: (.*)\. One piece is left\.", rest):
            last, wrong = _played(after, match[1])
            problems += wrong or ([] if len(last) == 1 else [f"{len(last)} pieces are left: {step}"])
        elif match := re.fullmatch(rf"Next captures: (.*?)\. {GROUPS}", rest):
            groups, wrong = _wrong_groups(after, match[2])
            problems += wrong + _wrong_list(after, match[1])
            problems += [f"only {groups} group: {step}"] * (groups < 2)
        elif match := re.fullmatch(r"No further capture is possible, and (\d) pieces are left\.", rest):
            if _most(after) or int(match[1]) != len(after):
                problems.append(f"false: {step}")
        elif match := re.fullmatch(
            r"This is position #\d+ of the table above, from which at least (\d) pieces remain\.", rest
        ):
            if int(match[1]) != len(after) - _most(after):
                problems.append(f"false: {step}")
        elif not re.fullmatch(r"All that can follow from position #\d+:", rest):
            problems.append(f"not understood: {step}")
    numbers = listed(list(map(str, right)))
    end = {0: "none of the four", 1: f"capture {numbers}"}.get(len(right), f"captures {numbers}")
    end = f"A solution is still possible after {end}."
    return problems + ([] if steps[-1] == end else [f"{steps[-1]} (expected: {end})"])


CHECKS = Checks(
    answers={
        "max_captures": lambda state, _: [_most(_position(state))],
        "count_piece": lambda state, params: [len(_of_kind(state, params["piece"]))],
        "find_piece": lambda state, params: list(_of_kind(state, params["piece"])),
        "piece_at": _piece_at,
        "first_move": _first_move,
    },
    steps={
        "max_captures": _max_captures_steps,
        "count_piece": _count_piece_steps,
        "find_piece": _find_piece_steps,
        "piece_at": _piece_at_steps,
        "first_move": _first_move_steps,
    },
)
