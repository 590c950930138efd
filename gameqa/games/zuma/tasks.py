"""The six questions."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, Literal

import msgspec

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.words import counted, listed

from .generate import ZumaParams, group_number
from .render import point_text
from .rules import (
    ANGLES,
    DIRECTIONS,
    LEFT,
    TENTHS,
    Direction,
    Near,
    Run,
    Shot,
    bearing,
    best_answer,
    best_groups,
    candidates,
    directions_of,
    gap,
    groups,
    groups_in,
    landings,
    near_landings,
    reachable,
    reached_gaps,
    removed,
    shoot,
    steady_best,
    steady_color,
    steady_counts,
    steady_result,
)
from .state import COLORS, Angle, Color, State
from .wishes import Best, Groups, Hit, Result

BOARD = """\
Zuma: a frog sits near the centre of a spiral track. Coloured marbles (red, yellow, blue, green), all of radius 0.3, \
lie on the track as one unbroken chain: neighbouring marbles touch. A hole is at the inner end of the track. The frog \
carries the marble that it will shoot next; it has the same radius as the others and is not one of the marbles on the \
track."""

AIMING = """\
All angles and directions are measured at the centre of the marble on the frog: 0 degrees points right, 90 up, 180 \
left, -90 down (counter-clockwise positive, in degrees above -180 up to 180)."""

FLIGHT = """\
A shot marble flies in a straight line from that centre, over the empty track, the hole and everything else that is \
not a marble. It stops at the first marble that it touches (its centre comes within one marble diameter, 0.6, of that \
marble's centre). If it touches none, it leaves the field."""

LANDING = """\
A marble that stops is pushed into the chain beside the touched marble, on the side of that one of its two chain \
neighbours whose centre is nearer to the shot marble's centre at the moment of contact. (For the first or last marble \
of the chain, imagine the missing neighbour as the mirror image of the existing one.)
If the shot marble then has, counting without a break in both directions along the chain, at least two track marbles \
of its own colour next to it (so that the row of equal colour is three or longer with the shot one), those track \
marbles vanish with it. Only these are counted: nothing happens when the gap closes, and groups that already lie on \
the track do not vanish by themselves."""

GROUP = """\
A group is a maximal stretch of two or more marbles of equal colour that are consecutive along the chain; marbles of \
two neighbouring windings of the spiral are never in one group."""

SECTORS = """\
There are eight directions, each 45 degrees wide: right (-22.5 to 22.5), up-right (22.5 to 67.5), up (67.5 to 112.5), \
up-left (112.5 to 157.5), left (157.5 to 180 and -180 to -157.5), down-left (-157.5 to -112.5), \
down (-112.5 to -67.5), \
down-right (-67.5 to -22.5). A marble lies in the direction that contains its centre; a group counts for every \
direction that contains at least one of its marbles, even if only marbles in its middle lie there."""

RULES = "\n".join([BOARD, AIMING, FLIGHT, LANDING, GROUP, SECTORS])

STRETCH = 10
"""Marbles that a count takes at once."""
NOTHING_SHARE = 0.3
"""How often `hit_color` asks for a shot that touches no marble, on boards where one can."""
BESIDE_SHARE = 0.2
"""How often the marble touched before a removal has another colour."""

Hue = Literal["red", "yellow", "blue", "green", "none"]


class ColorParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one colour."""

    color: Color


class DirectionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one direction."""

    direction: Direction


class AngleParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one shot."""

    angle: Angle


class ZumaTask(Task[State, ZumaParams]):
    """What all questions share: the number of marbles is drawn once for a key."""

    params_type = NoParams

    def plan(self, level: ZumaParams, rng: Random) -> ZumaParams:
        return msgspec.structs.replace(level, count=rng.randint(*level.marbles))


class NextMarbleColor(ZumaTask):
    """Task 1."""

    id, slug = 1, "next_marble_color"
    about = "Colour of the marble about to be shot."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    option_type = Color
    option_count = len(COLORS)
    rules = BOARD

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Which colour has the marble that the frog will shoot next?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        steps = [
            "Find the frog near the centre of the spiral.",
            f"The marble on the frog is the one it will shoot next; it is {state.shot}.",
        ]
        return Solution(state.shot, steps, work=float(len(state.marbles)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return COLORS


class CountColor(ZumaTask):
    """Task 2."""

    id, slug = 2, "count_color"
    about = "Number of track marbles of one colour."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = ColorParams
    answer_bound = 0.25
    rules = BOARD

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any]:
        return {"color": rng.choice(COLORS)}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many {params['color']} marbles lie on the track? The marble on the frog is not counted."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        color, total, steps = params["color"], 0, list[str]()
        steps.append("Walk along the chain from its outer end towards the hole, ten marbles at a time.")
        for start in range(0, len(state.colors), STRETCH):
            part = state.colors[start : start + STRETCH]
            total += part.count(color)
            name = f"Marbles {start + 1} to {start + len(part)}" if len(part) > 1 else f"Marble {start + 1}"
            steps.append(f"{name}: {', '.join(part)}. That is {part.count(color)} {color}, {total} so far.")
        lie = "marble lies" if total == 1 else "marbles lie"
        steps.append(f"So {total} {color} {lie} on the track.")
        return Solution(total, steps, work=float(len(state.colors)))


class GroupsInDirection(ZumaTask):
    """Task 3."""

    id, slug = 3, "groups_in_direction"
    about = "Groups of equal neighbours in one direction."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.INTEGER
    params_type = DirectionParams
    answer_bound = 0.3
    rules = f"{BOARD}\n{AIMING}\n{GROUP}\n{SECTORS}"

    def plan(self, level: ZumaParams, rng: Random) -> ZumaParams:
        count = rng.randint(*level.marbles)
        return msgspec.structs.replace(level, count=count, wish=Groups(group_number(count, rng)))

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any] | None:
        counts = steady_counts(state.frog, state.marbles, state.colors)
        wish = plan.wish
        fits = [name for name, number in counts.items() if not isinstance(wish, Groups) or number == wish.number]
        return {"direction": rng.choice(fits)} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f'How many groups, of any colour, have at least one marble in the direction "{params["direction"]}", seen '
            "from the frog?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        name: Direction = params["direction"]
        middle = DIRECTIONS[name]
        held = directions_of(state.frog, state.marbles)
        span = "157.5 to 180 and -180 to -157.5" if name == "left" else f"{middle - 22.5} to {middle + 22.5}"
        present = [number for number, names in enumerate(held) if name in names]
        found = groups_in(state.frog, state.marbles, state.colors)[name]
        steps = [f'The direction "{name}" spans {span} degrees, seen from the frog.']
        if not present:
            steps.append("No marble of the chain has its centre there.")
        else:
            shown = listed(f"{number + 1} ({state.colors[number]})" for number in present)
            verb = "marble has its centre" if len(present) == 1 else "marbles have their centres"
            steps.append(f"{len(present)} {verb} there (numbered along the chain from its outer end): {shown}.")
        for run in found:
            members = range(run.start, run.end)
            degrees = listed(f"{round(bearing(state.frog, state.marbles[number]))}" for number in members)
            lying = [number + 1 for number in members if number in present]
            if len(lying) == run.size:
                part = "all of them lie inside"
            else:
                part = f"marble{' ' if len(lying) == 1 else 's '}{listed(lying)} "
                part += "lies inside" if len(lying) == 1 else "lie inside"
            steps.append(f"{_named(run)} form a {run.color} group; they are at {degrees} degrees: {part}.")
        if not found and present:
            steps.append("None of them has a chain neighbour of its own colour, so none belongs to a group.")
        steps.append(f"So {counted(len(found), 'group')} {'has' if len(found) == 1 else 'have'} a marble there.")
        return Solution(len(found), steps, work=float(len(state.marbles) + len(found)))


class ShotTask(ZumaTask):
    """What the questions about one shot share: the angle is the frog's."""

    params_type = AngleParams

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        angle = params["angle"]
        if angle != state.angle:
            raise ValueError(f"the angle must be the frog's, {state.angle}")
        return self.shot(state, candidates(state.frog, state.marbles, angle))

    def shot(self, state: State, line: list[Near]) -> Solution:
        """Derive the answer from the marbles along the line of flight."""
        raise NotImplementedError


class HitColor(ShotTask):
    """Task 4."""

    id, slug = 4, "hit_color"
    about = "Colour of the marble hit at the shown angle."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    option_type = Hue
    option_count = len(COLORS) + 1
    rules = f"{BOARD}\n{AIMING}\n{FLIGHT}"

    def plan(self, level: ZumaParams, rng: Random) -> ZumaParams:
        return msgspec.structs.replace(super().plan(level, rng), wish=Hit(rng.random() < NOTHING_SHARE))

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any] | None:
        near = near_landings(state.frog, state.marbles)[state.angle]
        return {"angle": state.angle} if steady_color(state.colors, near) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The frog shoots at the angle it aims at, {params['angle']} degrees. Which colour has the first marble "
            'that the shot marble touches? Choose "none" if it touches no marble.'
        )

    def shot(self, state: State, line: list[Near]) -> Solution:
        steps = _flight(state, line)
        value = state.colors[line[0].marble] if line else "none"
        return Solution(value, steps, work=float(len(state.marbles) + len(line)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return [*COLORS, "none"]


class ShotResult(ShotTask):
    """Task 5."""

    id, slug = 5, "shot_result"
    about = "Result of the shot at the shown angle."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.TEXT
    answer_bound = 0.35
    answer_form = '"left the field", "stayed on the track" or "removed N" (with a number for N)'
    rules = f"{BOARD}\n{AIMING}\n{FLIGHT}\n{LANDING}"

    def plan(self, level: ZumaParams, rng: Random) -> ZumaParams:
        wish = Result(
            rng.choices(("left", "stayed", "removed"), (25, 30, 45))[0],
            rng.choices(("stayed", "removed"), (35, 65))[0],
            rng.choice((2, 3, 4)),
            rng.random() < BESIDE_SHARE,
        )
        return msgspec.structs.replace(super().plan(level, rng), wish=wish)

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any] | None:
        near = near_landings(state.frog, state.marbles)[state.angle]
        return {"angle": state.angle} if steady_result(state.colors, state.shot, near) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"What happens when the frog shoots its marble at the angle it aims at, {params['angle']} degrees? Either "
            'it touches no marble ("left the field"), or it is pushed into the chain and nothing vanishes ("stayed on '
            'the track"), or N marbles that lay on the track vanish, the shot marble itself not counted ("removed N").'
        )

    def shot(self, state: State, line: list[Near]) -> Solution:
        steps = _flight(state, line)
        shot = shoot(state.frog, state.marbles, state.angle)
        work = float(len(state.marbles) + len(line))
        if shot is None:
            return Solution("left the field", steps, work=work)
        group = removed(state.colors, state.shot, shot.landing)
        steps += _pushed_in(state, shot)
        if group is None:
            steps.append("Fewer than two, so nothing vanishes and the shot marble stays on the track.")
            return Solution("stayed on the track", steps, work=work)
        steps.append(f"{_named(group)} vanish with the shot marble: {group.size} track marbles are removed.")
        return Solution(f"removed {group.size}", steps, work=work)


class BestElimination(ZumaTask):
    """Task 6."""

    id, slug = 6, "best_elimination"
    about = "Best single shot and number of equally good targets."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.TEXT
    answer_bound = 0.25
    answer_form = '"Yes, <number>, <groups>" or "No, 0, 0"'
    rules = f"{BOARD}\n{AIMING}\n{FLIGHT}\n{LANDING}\n{GROUP}"

    def plan(self, level: ZumaParams, rng: Random) -> ZumaParams:
        size, number, _ = rng.choices(level.best, [share for _, _, share in level.best])[0]
        return msgspec.structs.replace(super().plan(level, rng), wish=Best(size, number))

    def ask(self, state: State, plan: ZumaParams, rng: Random) -> dict[str, Any] | None:
        return {} if steady_best(state.frog, state.marbles, state.colors, state.shot) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "The frog may turn to any whole degree and then shoots its marble once. Can some shot remove track "
            "marbles? If yes, give the largest number of track marbles (the shot marble not counted) that one shot "
            "can remove, and the number of different groups that can be removed with that largest number (several "
            'angles that remove the same group count once): "Yes, <number>, <groups>". If no shot removes anything, '
            'write "No, 0, 0".'
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        table = landings(state.frog, state.marbles)
        gaps = reached_gaps(state.frog, state.marbles)
        own = [run for run in groups(state.colors) if run.color == state.shot]
        steps = [
            f"The frog's marble is {state.shot}; it removes a {state.shot} group when it is pushed in beside or within "
            "it (marbles are numbered along the chain from its outer end)."
        ]
        steps += [_reach(state, run, table, reachable(run, gaps)) for run in own]
        if not own:
            steps.append(f"No {state.shot} group lies on the track.")
        best = best_groups(state.colors, state.shot, gaps)
        size, number = best_answer(best)
        work = float(len(state.marbles) + len(own))
        if not best:
            steps.append("So no shot removes anything.")
            return Solution("No, 0, 0", steps, work=work)
        have = "group that can be reached has" if number == 1 else "groups that can be reached have"
        steps.append(f"The largest number removed by one shot is {size}; {number} {have} that size.")
        return Solution(f"Yes, {size}, {number}", steps, work=work)


def _named(run: Run) -> str:
    """Return `Marbles 3 and 4`, `Marbles 3 to 5`."""
    return f"Marbles {run.start + 1} {'and' if run.size == 2 else 'to'} {run.end}"


def _flight(state: State, line: list[Near]) -> list[str]:
    """Say which marbles lie along the line of flight and which is touched first."""
    steps = [f"The shot starts at {point_text(state.frog)} and flies at {state.angle} degrees."]
    if not line:
        return [
            *steps,
            "No marble ahead has its centre within one diameter (0.60) of the line of flight, so the shot marble "
            "touches none and leaves the field.",
        ]
    near = "; ".join(
        f"marble {number + 1} ({state.colors[number]}), {side:.2f} beside the line, touched after {travel:.2f}"
        for travel, side, number in line
    )
    first = line[0].marble
    lead = "The shortest way counts, not the nearest centre:" if len(line) > 1 else "So"
    return [
        *steps,
        "Marbles ahead whose centres are within one diameter (0.60) of the line of flight, numbered along the chain "
        f"from its outer end, with the way of the shot until contact: {near}.",
        f"{lead} marble {first + 1} is touched first. It is {state.colors[first]}.",
    ]


def _pushed_in(state: State, shot: Shot) -> list[str]:
    """Say into which gap the shot marble goes and what lies on both sides of it."""
    last, touched = len(state.colors), shot.touched + 1
    other = touched + 1 if shot.landing % 2 else touched - 1
    far = 2 * touched - other
    names = {number: f"marble {number}" for number in range(1, last + 1)}
    names |= {0: "the mirror image beyond marble 1", last + 1: f"the mirror image beyond marble {last}"}
    ways = sorted((shot.before, shot.behind))
    digits = 2 if ways[1] - ways[0] > 0.01 else 5
    at = gap(shot.landing)
    place = {0: "before marble 1", last: f"behind marble {last}"}.get(at, f"between marbles {at} and {at + 1}")
    sides: list[str] = []
    total = 0
    for side in (state.colors[:at][::-1], state.colors[at:]):
        run = next((i for i, color in enumerate(side) if color != state.shot), len(side))
        total += run
        sides.append(f"{side[0]} ({run} {state.shot} in a row)" if side else "no marble")
    return [
        f"At contact the shot marble's centre is at {point_text(shot.centre)}. {_first_up(names[other])} is nearer to "
        f"it ({ways[0]:.{digits}f}) than {names[far]} ({ways[1]:.{digits}f}), so it is pushed in {place}.",
        f"The shot marble is {state.shot}. On the side of the outer end its neighbour is {sides[0]}, on the side of "
        f"the hole {sides[1]}: {counted(total, 'track marble')} of its colour next to it.",
    ]


def _first_up(text: str) -> str:
    return text[0].upper() + text[1:]


def _reach(state: State, run: Run, table: tuple[int, ...], reached: bool) -> str:
    """Say how a group can be reached, or which marble blocks it."""
    frog, marbles = state.frog, state.marbles
    middle = marbles[(run.start + run.end - 1) // 2]
    toward = round(bearing(frog, middle))
    toward = 180 if toward == -180 else toward
    head = f"{_named(run)} ({run.size} marbles, around {toward} degrees)"
    if not reached:
        blocker = table[toward * 10 % TENTHS] // 2
        return (
            f"{head}: out of reach, no whole degree brings the marble beside them; straight at them it is stopped by "
            f"marble {blocker + 1} ({state.colors[blocker]})."
        )
    works = {angle for angle in ANGLES if run.start <= gap(table[angle * 10 % TENTHS]) <= run.end}
    works = {angle for angle in works if table[angle * 10 % TENTHS] != LEFT}
    angle = min(works, key=lambda angle: (abs((angle - toward + 180) % 360 - 180), angle))
    touched = table[angle * 10 % TENTHS] // 2
    return f"{head}: reached at {angle} degrees, where the shot touches marble {touched + 1} ({state.colors[touched]})."


TASKS = (NextMarbleColor(), CountColor(), GroupsInDirection(), HitColor(), ShotResult(), BestElimination())
