"""What the finger meets, and what it brings.

The field is not moved: as everything falls together, the finger walks up the picture, one row a second, and a
clicked Reverse takes it to the mirrored column of the picture.
"""

from typing import NamedTuple

from .state import CLICK, EMPTY, HEAD, REVERSE, TAIL, State

CLICK_POINTS, REVERSE_POINTS = 10, 15


class Meeting(NamedTuple):
    """A cell with a block that the finger meets; `row` and `col` are its place in the picture.

    `length` is the length of the snake that is being clicked, `part` the number of its cells clicked so far; both are
    0 outside snakes and in snakes whose head was not clicked. `lost`: the field is turning, nothing can be clicked.
    """

    row: int
    col: int
    sign: str
    points: int
    length: int
    part: int
    lost: bool

    @property
    def broken(self) -> bool:
        """Whether this is a body or tail, in time to be clicked, of a snake whose head was not clicked."""
        return not self.length and not self.lost and self.sign not in (CLICK, REVERSE)


def worth(length: int) -> int:
    """Return the points of a snake."""
    return length * (2 * length + 7)


def snake_length(state: State, row: int, col: int) -> int:
    """Return the length of the snake whose head stands in a cell."""
    return state.columns[col - 1].index(TAIL, row) + 2 - row


def walk(state: State, col: int, *, delay: bool = False, mirrors: bool = True) -> list[Meeting]:
    """Return what the finger meets in a screen column, in order.

    Args:
        state: the field.
        col: the screen column, from 1.
        delay: mirroring takes a second in which nothing can be clicked.
        mirrors: False describes a mistake: that a Reverse mirrors nothing.
    """
    met = list[Meeting]()
    length = part = lost_row = 0
    for row in range(1, state.rows + 1):
        sign = state.columns[col - 1][row - 1]
        if sign == EMPTY:
            continue
        if row == lost_row:
            met.append(Meeting(row, col, sign, 0, 0, 0, True))
            continue
        if sign in (CLICK, REVERSE):
            met.append(Meeting(row, col, sign, CLICK_POINTS if sign == CLICK else REVERSE_POINTS, 0, 0, False))
            if sign == REVERSE and mirrors:
                col = mirrored(state, col)
                lost_row = row + 1 if delay else 0
            continue
        if sign == HEAD:
            length, part = snake_length(state, row, col), 0
        part += bool(length)
        points = worth(length) if sign == TAIL and length else 0
        met.append(Meeting(row, col, sign, points, length, part, False))
        if sign == TAIL:
            length = part = 0
    return met


def mirrored(state: State, col: int) -> int:
    """Return the column that takes the place of a column when the field is mirrored."""
    return state.cols + 1 - col


def points(met: list[Meeting]) -> int:
    """Return the points of a walk."""
    return sum(meeting.points for meeting in met)


def totals(state: State, delay: bool) -> list[int]:
    """Return the points of every screen column, left first."""
    return [points(walk(state, col, delay=delay)) for col in range(1, state.cols + 1)]


def best(scores: list[int]) -> list[int]:
    """Return the columns, from 1, with the highest score."""
    top = max(scores)
    return [col for col, score in enumerate(scores, 1) if score == top]


def clear(scores: list[int], lead: int) -> bool:
    """Return whether the highest scores are equal or the highest leads by at least so much."""
    ranked = sorted(scores, reverse=True)
    return len(ranked) < 2 or ranked[0] == ranked[1] or ranked[0] - ranked[1] >= lead


def slips(state: State, col: int, delay: bool) -> list[int]:
    """Return the points that mistakes lead to: nothing mirrored, the other rule of time, a wrong column."""
    wrong = [other for other in (col - 1, col + 1, mirrored(state, col)) if 1 <= other <= state.cols and other != col]
    return [
        points(walk(state, col, mirrors=False)),
        points(walk(state, col, delay=not delay)),
        *(points(walk(state, other, delay=delay)) for other in wrong),
    ]
