"""The cube in space: where each sticker lies, what the twelve turns do, and which cubes turns can make.

A place is an index 0..53, nine for each face in the order of `FACES`, row by row. The stickers of a cube are the 54
bytes of their colours; on the solved cube the colour of a sticker is the index of its face.
"""

from typing import Literal, NamedTuple, get_args

Face = Literal["U", "D", "L", "R", "F", "B"]
Move = Literal["U", "U'", "D", "D'", "L", "L'", "R", "R'", "F", "F'", "B", "B'"]
"""A quarter turn of a face as seen from outside: clockwise, with a stroke counter-clockwise."""
Vector = tuple[int, int, int]
"""x to the right, y upward, z to the front."""

FACES: tuple[Face, ...] = get_args(Face)
MOVES: tuple[Move, ...] = get_args(Move)
SOLVED = bytes(place // 9 for place in range(54))


class Frame(NamedTuple):
    """How a face lies in space: its outward direction, and where its columns and rows grow."""

    normal: Vector
    right: Vector
    down: Vector


FRAMES: dict[Face, Frame] = {
    "U": Frame((0, 1, 0), (1, 0, 0), (0, 0, 1)),
    "D": Frame((0, -1, 0), (1, 0, 0), (0, 0, -1)),
    "L": Frame((-1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "R": Frame((1, 0, 0), (0, 0, -1), (0, -1, 0)),
    "F": Frame((0, 0, 1), (1, 0, 0), (0, -1, 0)),
    "B": Frame((0, 0, -1), (-1, 0, 0), (0, -1, 0)),
}

STRIPS: dict[Face, tuple[str, str, str, str]] = {
    "F": ("U row 2 left-to-right", "R col 0 top-to-bottom", "D row 0 right-to-left", "L col 2 bottom-to-top"),
    "B": ("U row 0 left-to-right", "L col 0 bottom-to-top", "D row 2 right-to-left", "R col 2 top-to-bottom"),
    "R": ("F col 2 top-to-bottom", "U col 2 top-to-bottom", "B col 0 bottom-to-top", "D col 2 top-to-bottom"),
    "L": ("U col 0 top-to-bottom", "F col 0 top-to-bottom", "D col 0 top-to-bottom", "B col 2 bottom-to-top"),
    "U": ("F row 0 left-to-right", "L row 0 left-to-right", "B row 0 left-to-right", "R row 0 left-to-right"),
    "D": ("F row 2 left-to-right", "R row 2 left-to-right", "B row 2 left-to-right", "L row 2 left-to-right"),
}
"""In words, the four strips that a clockwise turn moves, each onto the next. Turns are computed from `FRAMES`."""


def _dot(a: Vector, b: Vector) -> int:
    return sum(p * q for p, q in zip(a, b, strict=True))


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def _clockwise(v: Vector, axis: Vector) -> Vector:
    """Turn a vector by 90 degrees, clockwise for who looks at the tip of the axis."""
    along, (x, y, z) = _dot(axis, v), _cross(v, axis)
    return along * axis[0] + x, along * axis[1] + y, along * axis[2] + z


def _sticker(place: int) -> tuple[Vector, Vector]:
    """Return the small cube that carries the sticker, each coordinate -1..1, and the side on which it does."""
    normal, right, down = FRAMES[FACES[place // 9]]
    row, column = place // 3 % 3 - 1, place % 3 - 1
    x, y, z = (n + column * r + row * d for n, r, d in zip(normal, right, down, strict=True))
    return (x, y, z), normal


_STICKERS = [_sticker(place) for place in range(54)]
_PLACES = {sticker: place for place, sticker in enumerate(_STICKERS)}


def _sources() -> dict[Move, bytes]:
    made: dict[Move, bytes] = {}
    for number, face in enumerate(FACES):
        axis = FRAMES[face].normal
        there, back = bytearray(range(54)), bytearray(range(54))
        for place, (cube, side) in enumerate(_STICKERS):
            if _dot(cube, axis) == 1:
                target = _PLACES[_clockwise(cube, axis), _clockwise(side, axis)]
                there[target], back[place] = place, target
        made[MOVES[2 * number]], made[MOVES[2 * number + 1]] = bytes(there), bytes(back)
    return made


SOURCE = _sources()
"""For each move and place, the place from which the move brings the sticker."""


def turned(stickers: bytes, *moves: Move) -> bytes:
    """Return the stickers after the moves."""
    for move in moves:
        # Byte i of the result is stickers[SOURCE[move][i]]; tables of `translate` have 256 entries.
        stickers = SOURCE[move].translate(stickers.ljust(256))
    return stickers


def inverse(move: Move) -> Move:
    """Return the turn that undoes a turn."""
    return MOVES[MOVES.index(move) ^ 1]


def opposite(color: int) -> int:
    """Return the colour of the face opposite to a colour's face."""
    return color ^ 1


def place_of(face: Face, row: int, column: int) -> int:
    """Return the index of a place."""
    return 9 * FACES.index(face) + 3 * row + column


def traced(place: int, moves: list[Move]) -> list[int]:
    """Return where the sticker that the moves bring to `place` stands: after the last move first, before all last."""
    places = [place]
    for move in reversed(moves):
        places.append(SOURCE[move][places[-1]])
    return places


# --- Which cubes turns can make -------------------------------------------------------------------


def _pieces(count: int) -> list[tuple[int, ...]]:
    """Return the places of each small cube with so many stickers; corners go round in the same sense."""
    cubes: dict[Vector, list[int]] = {}
    for place, (cube, _) in enumerate(_STICKERS):
        cubes.setdefault(cube, []).append(place)
    found = [places for places in cubes.values() if len(places) == count]
    for places in found:
        if count == 3:
            first, second, third = (_STICKERS[place][1] for place in places)
            if _dot(_cross(first, second), third) < 0:
                places[1:] = places[:0:-1]
    return [tuple(places) for places in found]


_CORNERS, _EDGES = _pieces(3), _pieces(2)


def flaw(stickers: bytes) -> str | None:
    """Say in one sentence why no turns of the solved cube lead to these stickers; None when some do."""
    if any(stickers[9 * color + 4] != color for color in range(6)):
        return "the centres of U, D, L, R, F, B must be 0, 1, 2, 3, 4, 5"
    odd = False
    for name, slots in (("corner", _CORNERS), ("edge", _EDGES)):
        homes = {tuple(place // 9 for place in slot): number for number, slot in enumerate(slots)}
        order, spins = list[int](), 0
        for slot in slots:
            shown = tuple(stickers[place] for place in slot)
            turns = [shown[k:] + shown[:k] for k in range(len(shown))]
            spin = next((k for k, colors in enumerate(turns) if colors in homes), None)
            if spin is None:
                return f"no {name} of a cube has the colours {', '.join(map(str, shown))} in this order"
            order.append(homes[turns[spin]])
            spins += spin
        if len(set(order)) < len(order):
            return f"one {name} occurs twice"
        if spins % len(slots[0]):
            return f"one {name} is turned in its place, which no turns of faces can do"
        swaps = sum(a > b for number, b in enumerate(order) for a in order[:number])
        odd ^= bool(swaps % 2)
    return "two pieces are swapped, which no turns of faces can do" if odd else None
