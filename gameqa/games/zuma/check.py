"""Answers from the equation of contact, and from chains into which the shot marble is really put."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import atan2, cos, degrees, dist, radians, sin, sqrt
from typing import Any

from gameqa.core.audit import Checks, denied
from gameqa.core.game import Json

from .state import State

Point = tuple[float, float]

TOUCH = 0.6
"""The distance of the centres of two marbles that touch."""
SECTORS = ("right", "up-right", "up", "up-left", "left", "down-left", "down", "down-right")
"""Each 45 degrees wide, counter-clockwise; the first is centred on 0 degrees."""


def _way(state: State, marble: int, angle: float) -> float | None:
    """Return how far a shot flies until it touches a marble: the first root of |frog + t d - centre| = TOUCH."""
    x, y = state.marbles[marble][0] - state.frog[0], state.marbles[marble][1] - state.frog[1]
    half = x * cos(radians(angle)) + y * sin(radians(angle))
    under = half * half - (x * x + y * y - TOUCH * TOUCH)
    return half - sqrt(under) if under >= 0 and half > 0 else None


def _touched(state: State, angle: float) -> tuple[int, float] | None:
    """Return the first marble that a shot touches and the way to it."""
    ways = [(way, marble) for marble in range(len(state.marbles)) if (way := _way(state, marble, angle)) is not None]
    return (min(ways)[1], min(ways)[0]) if ways else None


def _contact(state: State, angle: float, way: float) -> Point:
    return state.frog[0] + way * cos(radians(angle)), state.frog[1] + way * sin(radians(angle))


def _neighbours(state: State, marble: int) -> tuple[Point, Point]:
    """Return the places before and behind a marble of the chain; beyond an end, the mirror image."""
    chain, (x, y) = state.marbles, state.marbles[marble]

    def mirrored(other: Point) -> Point:
        return 2 * x - other[0], 2 * y - other[1]

    before = chain[marble - 1] if marble else mirrored(chain[1])
    behind = chain[marble + 1] if marble + 1 < len(chain) else mirrored(chain[marble - 1])
    return before, behind


def _place(state: State, angle: float, marble: int, way: float) -> int:
    """Return how many marbles are before the shot marble once it is in the chain."""
    before, behind = _neighbours(state, marble)
    centre = _contact(state, angle, way)
    return marble if dist(centre, before) < dist(centre, behind) else marble + 1


def _row(state: State, place: int) -> list[int]:
    """Return the marbles that stand in one row of the shot colour with a marble put into the chain."""
    row: list[int] = []
    for marbles in (range(place - 1, -1, -1), range(place, len(state.colors))):
        for marble in marbles:
            if state.colors[marble] != state.shot:
                break
            row.append(marble)
    return sorted(row)


def _removed(state: State, angle: float) -> list[int] | None:
    """Return the marbles that a shot removes; None when it leaves the field."""
    met = _touched(state, angle)
    if met is None:
        return None
    row = _row(state, _place(state, angle, *met))
    return row if len(row) >= 2 else []


def _groups(state: State) -> list[list[int]]:
    groups: list[list[int]] = [[0]]
    for marble in range(1, len(state.colors)):
        if state.colors[marble] == state.colors[marble - 1]:
            groups[-1].append(marble)
        else:
            groups.append([marble])
    return [group for group in groups if len(group) > 1]


def _angle(state: State, marble: int) -> float:
    return degrees(atan2(state.marbles[marble][1] - state.frog[1], state.marbles[marble][0] - state.frog[0]))


def _inside(state: State, marbles: Sequence[int], direction: str) -> list[int]:
    return [marble for marble in marbles if SECTORS[round(_angle(state, marble) / 45) % 8] == direction]


def _best(state: State) -> tuple[int, set[tuple[int, ...]]]:
    """Return the most marbles that one shot at a whole degree removes, and the groups of that size it can be."""
    removed = {tuple(_removed(state, angle) or ()) for angle in range(-179, 181)}
    most = max(map(len, removed))
    return most, {group for group in removed if len(group) == most > 0}


def _next_color(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [option for option in params["options"] if option == state.shot]


def _count(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [len([1 for color in state.colors if color == params["color"]])]


def _in_direction(state: State, params: Mapping[str, Any]) -> list[Json]:
    return [sum(bool(_inside(state, group, params["direction"])) for group in _groups(state))]


def _hit(state: State, params: Mapping[str, Any]) -> list[Json]:
    met = _touched(state, params["angle"])
    color = state.colors[met[0]] if met else "none"
    return [option for option in params["options"] if option == color]


def _result(state: State, params: Mapping[str, Any]) -> list[Json]:
    removed = _removed(state, params["angle"])
    if removed is None:
        return ["left the field"]
    return [f"removed {len(removed)}" if removed else "stayed on the track"]


def _elimination(state: State, params: Mapping[str, Any]) -> list[Json]:
    most, groups = _best(state)
    return [f"Yes, {most}, {len(groups)}" if most else "No, 0, 0"]


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text)]


def _marbles(text: str) -> list[int]:
    """Return the marbles, counted from 0, of `4`, `4 and 5` or `4 to 7`."""
    numbers = _numbers(text)
    return [number - 1 for number in (range(numbers[0], numbers[-1] + 1) if " to " in text else numbers)]


def _near(said: str, exact: float) -> bool:
    """Tell whether a number was rounded to these two decimals."""
    return abs(float(said) - exact) < 0.00501


def _next_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    return denied(
        steps,
        {
            r"Find the frog near the centre of the spiral\.": lambda: True,
            r"The marble on the frog is the one it will shoot next; it is (\w+)\.": lambda color: color == state.shot,
        },
    )


def _count_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    color, seen = params["color"], 0

    def stretch(numbers: str, colors: str, here: str, of: str, total: str) -> bool:
        nonlocal seen
        marbles = _marbles(numbers)
        listed = tuple(colors.split(", "))
        right = marbles[0] == seen and listed == state.colors[seen : seen + len(marbles)]
        seen += len(marbles)
        return (
            right
            and of == color
            and int(here) == listed.count(color)
            and int(total) == state.colors[:seen].count(color)
        )

    def final(count: str, of: str) -> bool:
        return (
            (0 if count == "no" else int(count)) == state.colors.count(color)
            and of == color
            and seen == len(state.colors)
        )

    return denied(
        steps,
        {
            r"Walk along the chain from its outer end towards the hole, ten marbles at a time\.": lambda: True,
            r"Marbles? (\d+(?: to \d+)?): (.*)\. That is (\d+) (\w+), (\d+) so far\.": stretch,
            r"So (\d+|no) (\w+) marbles? lies? on the track\.": final,
        },
    )


def _direction_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    direction = params["direction"]
    listed: list[list[int]] = []
    counted = [group for group in _groups(state) if _inside(state, group, direction)]

    def spans(said: str, low: str, high: str) -> bool:
        centre = 45 * SECTORS.index(said)
        return said == direction and all((float(edge) - centre) % 360 in (22.5, 337.5) for edge in (low, high))

    def group(numbers: str, color: str, angles: str, which: str) -> bool:
        marbles = _marbles(numbers)
        listed.append(marbles)
        inside = marbles if which == "all of them" else _marbles(which.removeprefix("marble").removeprefix("s"))
        exact = [_angle(state, marble) for marble in marbles]
        right = all(
            abs((said - angle + 180) % 360 - 180) < 0.6 for said, angle in zip(_numbers(angles), exact, strict=True)
        )
        return (
            right
            and marbles in counted
            and state.colors[marbles[0]] == color
            and inside == _inside(state, marbles, direction)
        )

    def centres(count: str, text: str) -> bool:
        said = [(int(number) - 1, color) for number, color in re.findall(r"(\d+) \((\w+)\)", text)]
        inside = _inside(state, range(len(state.colors)), direction)
        return said == [(marble, state.colors[marble]) for marble in inside] and int(count) == len(said)

    def total(count: str) -> bool:
        return (0 if count == "no" else int(count)) == len(counted) == len(listed) and sorted(listed) == counted

    return denied(
        steps,
        {
            r'The direction "([a-z-]+)" spans (-?[\d.]+) to .*?(-?[\d.]+) degrees, seen from the frog\.': spans,
            r"Marbles (.*) form a (\w+) group; they are at (.*) degrees: (.*) lies? inside\.": group,
            r"(\d+) marbles? (?:has its|have their) centres? there \(numbered .*?\): (.*)\.": centres,
            r"So (\d+|no) groups? (?:has|have) a marble there\.": total,
            r"(?:No marble|None of the marbles|The centre of no marble) .*": lambda: (
                not _inside(state, range(len(state.colors)), direction)
            ),
            r"(?:None of them|No two of them|It is not|They are|Each of them|It has|No neighbour) .*": lambda: (
                not counted
            ),
        },
    )


def _shot_readers(state: State, angle: int) -> dict[str, Callable[..., object]]:
    """Return what judges the flight of a shot."""
    met = _touched(state, angle)
    ways = {marble: way for marble in range(len(state.marbles)) if (way := _way(state, marble, angle)) is not None}

    def start(x: str, y: str, said: str) -> bool:
        return _near(x, state.frog[0]) and _near(y, state.frog[1]) and int(said) == angle

    def beside(marble: int) -> float:
        x, y = state.marbles[marble][0] - state.frog[0], state.marbles[marble][1] - state.frog[1]
        return abs(x * sin(radians(angle)) - y * cos(radians(angle)))

    def candidates(text: str) -> bool:
        pattern = r"marble (\d+) \((\w+)\), ([\d.]+) beside the line, touched after ([\d.]+)"
        parts = [re.fullmatch(pattern, part) for part in text.split("; ")]
        said = [(int(part[1]) - 1, part[2], part[3], part[4]) for part in parts if part]
        shown = all(
            state.colors[marble] == color and _near(side, beside(marble)) and _near(way, ways.get(marble, -1))
            for marble, color, side, way in said
        )
        # Long lists may end with those that are touched first.
        order = [marble for marble, *_ in said]
        full = len(said) == len(parts) == len(ways) and set(order) == set(ways)
        return shown and full and order == sorted(order, key=ways.__getitem__)

    def first(number: str, color: str) -> bool:
        return met is not None and int(number) - 1 == met[0] and color == state.colors[met[0]]

    return {
        r"The shot starts at \((-?[\d.]+), (-?[\d.]+)\) and flies at (-?\d+) degrees\.": start,
        r"Marbles ahead whose centres .* until contact: (.*)\.": candidates,
        r"(?:The shortest way counts, not the nearest centre:|So) marble (\d+) is touched first\. It is (\w+)\.": first,
        r"No marble ahead has its centre within .*, so the shot marble touches none and leaves the field\.": lambda: (
            not met
        ),
    }


def _hit_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    return denied(steps, _shot_readers(state, params["angle"]))


def _result_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    angle = params["angle"]
    met = _touched(state, angle)
    marble, way = met or (0, 0.0)
    place = _place(state, angle, marble, way)
    row, centre = _row(state, place), _contact(state, angle, way)

    def pushed(x: str, y: str, near: str, near_way: str, far: str, far_way: str, where: str) -> bool:
        sides = dict(zip((marble - 1, marble + 1), _neighbours(state, marble), strict=True))

        def side(text: str) -> int:
            number = _marbles(text)[0]
            return number if text.startswith(("marble", "Marble")) else marble + (1 if marble else -1)

        one, two = side(near), side(far)
        order = (one < two) == (place == marble)
        if {one, two} != set(sides):
            return False
        distances = _near(near_way, dist(centre, sides[one])) and _near(far_way, dist(centre, sides[two]))
        into = [place - 1, place] if where.startswith("between") else [marble]
        return (
            met is not None
            and order
            and distances
            and _marbles(where) == into
            and (where.startswith("between") == (0 < place < len(state.marbles)))
            and (not where.startswith("before") or place == 0)
            and _near(x, centre[0])
            and _near(y, centre[1])
        )

    def runs(shot: str, outer: str, hole: str, total: str) -> bool:
        counts = [len([m for m in row if m < place]), len([m for m in row if m >= place])]
        right = shot == state.shot and int(total) == len(row)
        for text, count, neighbour in ((outer, counts[0], place - 1), (hole, counts[1], place)):
            if 0 <= neighbour < len(state.colors):
                right &= text.startswith(state.colors[neighbour]) and f"({count} {state.shot} in a row)" in text
            else:
                right &= not any(color in text for color in ("red ", "yellow ", "blue ", "green "))
        return right

    def vanish(numbers: str, count: str) -> bool:
        return _marbles(numbers) == row and int(count) == len(row) >= 2

    return denied(
        steps,
        {
            **_shot_readers(state, angle),
            r"At contact the shot marble's centre is at \((-?[\d.]+), (-?[\d.]+)\)\. (.*) is nearer to it "
            r"\(([\d.]+)\) than (.*) \(([\d.]+)\), so it is pushed in (.*)\.": pushed,
            r"The shot marble is (\w+)\. On the side of the outer end (?:its neighbour is )?(.*?), on the side "
            r"of the hole (.*): (\d+) track marbles? of its colour next to it\.": runs,
            r"Marbles (.*) vanish with the shot marble: (\d+) track marbles are removed\.": vanish,
            r"Fewer than two, so nothing vanishes and the shot marble stays on the track\.": lambda: (
                met and len(row) < 2
            ),
        },
    )


def _elimination_steps(state: State, params: Mapping[str, Any], steps: Sequence[str]) -> list[str]:
    most, best = _best(state)
    groups = [group for group in _groups(state) if state.colors[group[0]] == state.shot]
    removed = {angle: _removed(state, angle) for angle in range(-179, 181)}
    listed: list[list[int]] = []

    def group(numbers: str, size: str, around: str) -> list[int] | None:
        marbles = _marbles(numbers)
        listed.append(marbles)
        angles = [_angle(state, marble) for marble in marbles]
        close = any(abs((int(around) - angle + 180) % 360 - 180) < 6 for angle in angles)
        return marbles if marbles in groups and len(marbles) == int(size) and close else None

    def reached(numbers: str, size: str, around: str, angle: str, touched: str, color: str) -> bool:
        marbles, met = group(numbers, size, around), _touched(state, int(angle))
        hit = met is not None and met[0] == int(touched) - 1 and state.colors[met[0]] == color
        return hit and marbles is not None and removed[int(angle)] == marbles

    def out_of_reach(numbers: str, size: str, around: str, stopping: str, color: str) -> bool:
        marbles = group(numbers, size, around)
        met = _touched(state, int(around))
        stop = met is not None and met[0] == int(stopping) - 1 and state.colors[met[0]] == color
        return stop and marbles is not None and marbles not in removed.values()

    def largest(size: str, count: str) -> bool:
        return int(size) == most > 0 and int(count) == len(best) and sorted(listed) == groups

    return denied(
        steps,
        {
            r"The frog's marble is (\w+); it removes an? (\w+) group when it is pushed in .*": lambda a, b: (
                a == b == state.shot
            ),
            r"Marbles (.*) \((\d+) marbles, around (-?\d+) degrees\): reached at (-?\d+) degrees?, where the shot "
            r"touches marble (\d+) \((\w+)\)\.": reached,
            r"Marbles (.*) \((\d+) marbles, around (-?\d+) degrees\): out of reach, .* it is stopped by marble (\d+) "
            r"\((\w+)\)\.": out_of_reach,
            r"The largest number removed by one shot is (\d+); (\d+) groups? that can be reached .*": largest,
            r"No (\w+) group lies on the track\.": lambda color: color == state.shot and not groups,
            r"So no shot removes anything\.": lambda: most == 0 and sorted(listed) == groups,
        },
    )


CHECKS = Checks[State](
    answers={
        "next_marble_color": _next_color,
        "count_color": _count,
        "groups_in_direction": _in_direction,
        "hit_color": _hit,
        "shot_result": _result,
        "best_elimination": _elimination,
    },
    steps={
        "next_marble_color": _next_steps,
        "count_color": _count_steps,
        "groups_in_direction": _direction_steps,
        "hit_color": _hit_steps,
        "shot_result": _result_steps,
        "best_elimination": _elimination_steps,
    },
)
