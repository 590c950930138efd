"""Least numbers of turns, exact up to six: a table around the goal meets a search around the cube.

What is searched are the 54 bytes of a cube, or those of one colour's stickers alone (1 where it shows, else 0). All
moves can be undone, so ways to the goal are as long as ways from it.
"""

from functools import cache

from .rules import MOVES, SOLVED, SOURCE, Move, inverse, turned

DEPTH = 4
"""Turns that the table of a goal looks ahead."""
LIMIT = DEPTH + 2
"""The largest number of turns that is decided."""
SPHERES = (1, 12, 114, 1068, 10011, 93840)
"""How many cubes are 0, 1, 2, ... turns from the solved one."""

_ONLY = [bytes(value == color for value in range(256)) for color in range(6)]


def only(stickers: bytes, color: int) -> bytes:
    """Return where one colour's stickers are: 1 for a place that shows it, 0 for any other."""
    return stickers.translate(_ONLY[color])


def ball(middle: bytes, radius: int) -> dict[bytes, int]:
    """Return every arrangement that at most `radius` turns lead to, with the least number of turns, nearest first."""
    sources = [SOURCE[move] for move in MOVES]
    found, fresh = {middle: 0}, [middle]
    for turns in range(1, radius + 1):
        edge, fresh = fresh, list[bytes]()
        for arrangement in edge:
            table = arrangement.ljust(256)
            for source in sources:
                other = source.translate(table)
                if other not in found:
                    found[other] = turns
                    fresh.append(other)
    return found


@cache
def table(goal: bytes) -> dict[bytes, int]:
    """Return the ball around a goal: the solved cube, or one of six faces. Made when first asked for, then shared."""
    return ball(goal, DEPTH)


def solution(arrangement: bytes, goal: bytes) -> list[Move] | None:
    """Return a shortest sequence of moves to the goal; None when it takes more than `LIMIT`."""
    near = table(goal)
    ways: list[tuple[bytes, list[Move]]] = [(arrangement, [])]
    for turns in range(LIMIT - DEPTH + 1):
        for start, way in ways:
            if start in near:
                return way + _descent(start, near)
        if turns < LIMIT - DEPTH:
            ways = [
                (turned(start, move), [*way, move])
                for start, way in ways
                for move in MOVES
                if not (way and move == inverse(way[-1]))
            ]
    return None


def _descent(arrangement: bytes, near: dict[bytes, int]) -> list[Move]:
    """Return moves that come nearer to the goal with every turn; `arrangement` is in the table."""
    moves: list[Move] = []
    for left in range(near[arrangement], 0, -1):
        after: dict[Move, bytes] = {move: turned(arrangement, move) for move in MOVES}
        nearer: Move = next(move for move in after if near.get(after[move], left) < left)
        arrangement = after[nearer]
        moves.append(nearer)
    return moves


def cube_solution(stickers: bytes) -> list[Move] | None:
    """Return a shortest sequence of moves that solves the cube; None when it takes more than `LIMIT`."""
    return solution(stickers, SOLVED)


def face_solution(stickers: bytes, color: int) -> list[Move] | None:
    """Return a shortest sequence that makes a colour's face uniform; None when it takes more than `LIMIT`.

    Where the other colours are does not matter, so only the nine stickers of this one are searched.
    """
    return solution(only(stickers, color), only(SOLVED, color))


@cache
def near_face(color: int, radius: int) -> int:
    """Return how many arrangements of a colour's stickers are at most `radius` turns from its uniform face."""
    return sum(turns <= radius for turns in table(only(SOLVED, color)).values())
