"""The scenes a second time: bridges by a search over ground cells, climbs by trying, cubes and sceneries by looking."""

import heapq
import re
from collections.abc import Mapping, Sequence
from itertools import count
from math import cos, radians, sin, sqrt, tan
from typing import Any

from gameqa.core.audit import Checks, unlike
from gameqa.core.words import listed

from .state import Cell, State

Params = Mapping[str, Any]
NAMES = {
    "brick": "Brick",
    "diamond_ore": "Diamond Ore",
    "gold_ore": "Gold Ore",
    "ladder": "Ladder",
    "lava": "Lava",
    "pumpkin": "Pumpkin",
    "river": "River",
    "tnt": "TNT",
}
LOOKS = {
    "brick": "red-brown with light mortar lines",
    "diamond_ore": "grey stone with cyan nuggets",
    "gold_ore": "grey stone with yellow nuggets",
    "pumpkin": "orange with upright grooves and a stem",
    "tnt": "red with a white band and the letters TNT",
}
LETTERS = "ABCDEFGH"
FAR = 24
"""Cells farther out than this cannot belong to a shortest way."""


def _places(state: State) -> dict[str, list[tuple[int, ...]]]:
    """Return where each scenery of the scene lies; a river lies everywhere along itself."""
    found: dict[str, list[tuple[int, ...]]] = {kind: [] for kind in NAMES}
    for block in state.blocks:
        if block.ladder:
            found["ladder"].append(block.pos)
        if block.type in LOOKS:
            found[block.type].append(block.pos)
    found["lava"] += state.lava
    if state.river:
        found["river"] += [(at,) for at in _water(state)]
    return {kind: places for kind, places in found.items() if places}


def _water(state: State) -> list[int]:
    """Return the rows of water: their coordinates on the axis across the river."""
    assert state.river
    return [state.river.start + row for row in range(state.river.width)]


def _across(state: State, cell: Cell) -> int:
    return cell[1] if state.river and state.river.direction == "x" else cell[0]


def _blocks_to(state: State, is_goal: Any) -> int:
    """Return the fewest blocks for a walk from the player's cell to a goal: one for each water cell on it."""
    assert state.player
    feet = {(x, z) for (x, _, z), *_ in state.blocks}
    water = set(_water(state))
    queue, done = [(0, state.player)], set[Cell]()
    while queue:
        cost, cell = heapq.heappop(queue)
        if cell in done:
            continue
        if is_goal(cell):
            return cost
        done.add(cell)
        x, z = cell
        for side in ((x + 1, z), (x - 1, z), (x, z + 1), (x, z - 1)):
            if side not in feet and max(map(abs, side)) <= FAR:
                heapq.heappush(queue, (cost + (_across(state, side) in water), side))
    raise ValueError("the player cannot get there")


def _bridge(state: State) -> int:
    """Return the fewest blocks to the other bank."""
    assert state.player
    first, last = _water(state)[0], _water(state)[-1]
    south = _across(state, state.player) < first
    return _blocks_to(state, lambda cell: _across(state, cell) > last if south else _across(state, cell) < first)


def _climb(state: State) -> int:
    """Return the fewest blocks that lift the upper body to the height of the target."""
    if any(block.ladder for block in state.blocks):
        return 0
    height = len(state.blocks)
    return next(k for k in count() if k + 2 >= height)


def _approach(state: State) -> int:
    """Return the fewest blocks to a cell beside the column."""
    x, _, z = state.blocks[0].pos
    return _blocks_to(state, lambda cell: abs(cell[0] - x) + abs(cell[1] - z) == 1)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _look_at(state: State, places: Sequence[tuple[int, ...]]) -> tuple[float, float]:
    """Return where the middle of places lies in the picture: -1 to 1 from left to right and from bottom to top."""
    p, a, far = radians(state.camera.polar), radians(state.camera.azimuth), state.camera.distance
    seen = list[tuple[float, float]]()
    for place in places:
        point = (place[0], place[1] + 0.5, place[2]) if len(place) == 3 else (place[0], 0, place[1])
        x, y, z = (at - middle for at, middle in zip(point, state.camera.center, strict=True))
        right = z * cos(a) - x * sin(a)
        outward = x * cos(a) + z * sin(a)
        up, depth = y * sin(p) - outward * cos(p), far - y * cos(p) - outward * sin(p)
        seen.append((right / depth / tan(radians(20)) / (16 / 9), up / depth / tan(radians(20))))
    return sum(x for x, _ in seen) / len(seen), sum(y for _, y in seen) / len(seen)


def _is_there(state: State, where: str, places: Sequence[tuple[int, ...]]) -> bool:
    """Return whether words such as "at the back on the left" fit the picture, with some room at the borders."""
    x, y = _look_at(state, places)
    near = sqrt(x * x + y * y) < 0.25
    fits = {"left": x < -0.05, "right": x > 0.05, "in front": y < -0.05, "at the back": y > 0.05}
    said = [word for word in fits if word in where]
    return all(fits[word] for word in said) and ("middle" not in where or abs(x) < 0.2 or near) and bool(where)


def _scenery_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    places, told, problems = _places(state), list[str](), list[str]()
    for number, kind in enumerate(sorted(places)):
        cells = places[kind]
        if kind == "river":
            along = state.river.direction if state.river else ""
            first, last = cells[0][0], cells[-1][0]
            rows = f"{first}" if first == last else f"{first} to {last}"
            other = "z" if along == "x" else "x"
            told.append(f"River: a strip of blue water along {along} crosses the scene ({other} = {rows}).")
            continue
        where = re.match(r"[\w ]+: (.*?), (?:the|brown)", "".join(steps[number : number + 1]))
        if not where or not _is_there(state, where[1], cells):
            problems.append(f"the {kind} does not lie where the step {number + 1} says")
        what = "ground cell" if kind == "lava" else "block"
        which = f"the {what} at" if len(cells) == 1 else f"the {len(cells)} {what}s at"
        which, is_ = f"{which} {listed(cells)}", "is" if len(cells) == 1 else "are"
        look = {"lava": "orange and yellow and slightly sunken"}.get(kind) or LOOKS.get(kind)
        says = f"{which} {is_} {look}" if look else f"brown rails and rungs hang on {which}"
        told.append(f"{NAMES[kind]}: {where[1] if where else '?'}, {says}.")
    absent = [NAMES[kind] for kind in NAMES if kind not in places]
    told.append(f"Nothing in the scene looks like {listed(absent, 'or')}.")
    told.append(f"So the scene contains exactly {listed([NAMES[kind] for kind in NAMES if kind in places])}.")
    for letter, option in zip(LETTERS, params["options"], strict=True):
        lacks = [NAMES[kind] for kind in sorted(set(option) - set(places))]
        left = [NAMES[kind] for kind in sorted(set(places) - set(option))]
        said = f"lists {listed(lacks)}, which the scene lacks, and leaves out {listed(left)}"
        names = ", ".join(NAMES[kind] for kind in sorted(option))
        told.append(f"Option {letter}, {names}: {said if lacks else 'lists exactly what is there'}.")
    return problems + unlike(steps, told)


def _box_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    a, high, b = (len(set(axis)) for axis in zip(*(block.pos for block in state.blocks), strict=True))
    return unlike(
        steps,
        [
            f"Along the two edges of the top lie {_many(a, 'cube')} (along x) and {_many(b, 'cube')} (along z).",
            f"Along an upright edge the box is {_many(high, 'cube')} high.",
            f"One layer has {a} × {b} = {a * b} cubes.",
            f"All layers together have {a * b} × {high} = {len(state.blocks)} cubes, seen or hidden:"
            f" {len(state.blocks)}.",
        ],
    )


def _rows(state: State) -> str:
    axis = "z" if state.river and state.river.direction == "x" else "x"
    return f"{_many(len(_water(state)), 'water cell')} ({axis} = {', '.join(map(str, _water(state)))})"


def _river_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    return unlike(
        steps,
        [
            f"Count the water cells on a line straight across the river: {_rows(state)}.",
            "Each step leads to a side-neighbour cell, so the player sets foot on at least one cell of every row of"
            " water that runs along the river; each such cell needs a block. A slanted bridge needs further blocks at"
            " its corners.",
            f"A straight bridge needs one block for each row of water: {_bridge(state)}.",
        ],
    )


def _climb_told(state: State) -> list[str]:
    target, under = (state.target or "").replace("_", " "), len(state.blocks) - 1
    if any(block.ladder for block in state.blocks):
        return [
            f"Ladders hang on the column under the {target}.",
            "The player climbs them, so the climb needs no block, whatever the height: 0.",
        ]
    are = f"are {under} blocks" if under > 1 else f"is {under or 'no'} block"
    first = f"Under the {target} {are} and no ladder, so the {target} is at height {under} + 1 = {under + 1}."
    if under < 2:
        second = f"A player who stands on the ground has his upper body at height 2, which is not below {under + 1}."
        return [first, f"{second} Blocks needed for the climb: {_climb(state)}."]
    second = f"On k blocks the player's upper body is at height k + 2. It must not be below {under + 1}, so k is"
    return [first, f"{second} at least {under + 1} - 2 = {_climb(state)}."]


def _both_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    assert state.player and state.river
    bridge, climb = _approach(state), _climb(state)
    x, _, z = state.blocks[0].pos
    axis, names = ("z", ("south", "north")) if state.river.direction == "x" else ("x", ("west", "east"))
    mine, its = _across(state, state.player), _across(state, (x, z))
    bank, other = (names[at > _water(state)[-1]] for at in (mine, its))
    at = f"(player at {axis} = {mine}, column at {axis} = {its})"
    climbing = _climb_told(state)
    if bank == other:
        same = f"The player and the column are both on the {bank} bank {at}, so the river need not be crossed."
        problems = ["a bridge is needed"] if bridge else []
        return problems + unlike(steps, [same, *climbing, f"No bridge is needed, only the climb counts: {climb}."])
    return unlike(
        steps,
        [
            f"The river lies between the player and the column: the player stands on the {bank} bank, the column on"
            f" the {other} bank {at}.",
            f"The river must be crossed. A line straight across it has {_rows(state)}, so the shortest bridge takes"
            f" {_many(bridge, 'block')}.",
            *climbing,
            f"Bridge and climb together: {bridge} + {climb} = {bridge + climb}.",
        ],
    )


CHECKS = Checks[State](
    answers={
        "scenery_recognition": lambda state, params: [
            option for option in params["options"] if set(option) == set(_places(state))
        ],
        "cube_count": lambda state, params: [len(state.blocks)],
        "cross_river": lambda state, params: [_bridge(state)],
        "climb": lambda state, params: [_climb(state)],
        "cross_river_climb": lambda state, params: [_approach(state) + _climb(state)],
    },
    steps={
        "scenery_recognition": _scenery_steps,
        "cube_count": _box_steps,
        "cross_river": _river_steps,
        "climb": lambda state, params, steps: unlike(steps, _climb_told(state)),
        "cross_river_climb": _both_steps,
    },
)
