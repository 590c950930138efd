"""The nine questions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.words import aligned, counted, listed

from .generate import LONGEST, SpaceInvadersParams, recipes
from .rules import (
    POINTS,
    SHIFT,
    Shot,
    best_one,
    best_two,
    columns_worth,
    moved,
    room,
    shot,
    stacks,
    volley,
    volleys,
    without,
)
from .state import Col, Color, Direction, Enemy, Row, State

FILLED = 0.8
"""How often a row or column with enemies is asked for."""
HITS = (5, 20, 75)
"""How often, in per cent, none, one, or two or more of the shots at moving enemies hit."""
SCORES = {20: 1, 30: 2, 40: 2, 50: 2, 60: 2}
"""How often each largest score of two shots is wished, relative to the others that the level allows."""

GRID = """\
Space Invaders is played on a grid. Columns are numbered 1, 2, ... from left to right, rows are numbered 1, 2, ... \
from top to bottom. The bottom row belongs to the ship, which stands in one of its columns. All rows above it form \
the enemy area; there a cell is empty or holds one enemy. Enemies are purple, blue or green."""

SHOOTING = """\
When the ship shoots, the laser goes straight up and destroys the nearest (lowest) enemy in the ship's column, if \
there is one. That enemy disappears, and the one behind it is exposed. Points for a destroyed enemy: purple 30, blue \
20, green 10. A shot that meets no enemy scores 0."""

TIME = """\
Time runs in intervals t, t+1, t+2, and so on. During one interval the enemies stand still; the ship may first move to \
any column and may then shoot at most once. At the very end of each interval all enemies together move one column in \
their current direction (left or right). They neither move down nor turn round in the period asked about. The board \
shown is the one at the beginning of interval t."""

RULES = f"{GRID}\n{SHOOTING}\n{TIME}"


class ColParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one column."""

    col: Col


class RowParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one row."""

    row: Row


class ColorParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `enemies_of_color`."""

    color: Color


class VolleyParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `continuous_shooting`."""

    direction: Direction
    duration: Annotated[int, Meta(ge=1)]


class DirectionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `max_two_shots`."""

    direction: Direction


class _Question(Task[State, SpaceInvadersParams]):
    """What all questions share."""

    kind = AnswerKind.INTEGER
    params_type = NoParams

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        return {}


class _LineQuestion(_Question):
    """A question about one row or column: whether it has enemies is planned."""

    rules = GRID

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        return msgspec.structs.replace(level, filled=rng.random() < FILLED)


class EnemiesInColumn(_LineQuestion):
    """Task 1."""

    id, slug = 1, "enemies_in_column"
    about = "Number of enemies in a column."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = ColParams
    answer_bound = 0.42

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        filled = stacks(state)
        return {"col": rng.choice([col for col in range(1, state.total_cols + 1) if (col in filled) == plan.filled])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many enemies are there in column {params['col']}? Enemies of every colour count."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        col = params["col"]
        enemies = [enemy for enemy in state.enemies if enemy.col == col]
        if enemies:
            steps = [
                f"Column {col} has {listed(f'a {enemy.color} enemy in row {enemy.row}' for enemy in enemies)}.",
                f"So there {_are(len(enemies))} in column {col}.",
            ]
        else:
            steps = [f"No cell of column {col} in the enemy area holds an enemy, so the number is 0."]
        return Solution(len(enemies), steps, work=float(state.total_cols))


class EnemiesInRow(_LineQuestion):
    """Task 2."""

    id, slug = 2, "enemies_in_row"
    about = "Number of enemies in a row."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = RowParams

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        filled = {enemy.row for enemy in state.enemies}
        return {
            "row": rng.choice([row for row in range(1, state.enemy_area_rows + 1) if (row in filled) == plan.filled])
        }

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many enemies are there in row {params['row']}? Enemies of every colour count."

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        row = params["row"]
        cols = [enemy.col for enemy in state.enemies if enemy.row == row]
        if cols:
            steps = [
                f"Going through row {row} from left to right, there is an enemy in {_numbered('column', cols)}.",
                f"So there {_are(len(cols))} in row {row}.",
            ]
        else:
            steps = [f"No cell of row {row} holds an enemy, so the number is 0."]
        return Solution(len(cols), steps, work=float(state.total_cols))


class TotalEnemies(_Question):
    """Task 3."""

    id, slug = 3, "total_enemies"
    about = "Number of all enemies."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    rules = GRID
    answer_bound = 0.25

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many enemies are there in all?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        return Solution(
            len(state.enemies), _count_by_row(state.enemies, "enemy", "enemies"), work=float(len(state.enemies))
        )


class EnemiesOfColor(_Question):
    """Task 4."""

    id, slug = 4, "enemies_of_color"
    about = "Number of enemies of one color."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    params_type = ColorParams
    rules = GRID

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any]:
        return {"color": rng.choice([*POINTS])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many {params['color']} enemies are there?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        color = params["color"]
        enemies = [enemy for enemy in state.enemies if enemy.color == color]
        steps = _count_by_row(enemies, f"{color} enemy", f"{color} enemies")
        return Solution(len(enemies), steps, work=float(len(state.enemies)))


class ShootHere(_Question):
    """Task 5."""

    id, slug = 5, "shoot_here"
    about = "Points for one shot from the present column."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.EASY
    rules = f"{GRID}\n{SHOOTING}"
    answer_bound = 0.3

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        return msgspec.structs.replace(level, here=rng.choice(_single_scores(level)))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "The ship shoots once now, without moving. How many points does this shot score?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        fired = shot(state, state.ship_col)
        steps = [f"The ship stands in column {state.ship_col}.", *_narrate(fired)]
        return Solution(fired.points, steps, work=float(state.total_cols))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return course(state, [("shoot", without(state, shot(state, state.ship_col).hit))])


class MoveAndShoot(_Question):
    """Task 6."""

    id, slug = 6, "move_and_shoot"
    about = "Points for one shot after moving to a given column."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.EASY
    params_type = ColParams
    rules = f"{GRID}\n{SHOOTING}"
    answer_bound = 0.3

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        return msgspec.structs.replace(level, there=rng.choice(_single_scores(level)))

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        cols = [col for col in columns_worth(state, plan.there or 0) if col != state.ship_col]
        return {"col": rng.choice(cols)}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The ship moves to column {params['col']} and then shoots once. The enemies stand still meanwhile. How"
            " many points does this shot score?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        fired = shot(state, params["col"])
        steps = [
            f"The ship leaves column {state.ship_col} and shoots from column {fired.col}; the enemies stand as shown.",
            *_narrate(fired),
        ]
        return Solution(fired.points, steps, work=float(state.total_cols))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        there = replace(state, ship_col=params["col"])
        after = without(there, shot(there, there.ship_col).hit)
        return course(state, [(f"the ship moves to column {there.ship_col}", there), ("shoot", after)])


class ContinuousShooting(_Question):
    """Task 7."""

    id, slug = 7, "continuous_shooting"
    about = "Points from repeated shots at one place while the enemies move."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    params_type = VolleyParams
    answer_bound = 0.25

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        return msgspec.structs.replace(level, hits=rng.choices((0, 1, 2), HITS)[0])

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        fits = [volley for volley in volleys(state, LONGEST) if min(volley.hits, 2) == plan.hits]
        chosen = rng.choice(fits)
        return {"direction": chosen.direction, "duration": chosen.duration}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        intervals = [_interval(step) for step in range(params["duration"] + 1)]
        return (
            f"The enemies move to the {params['direction']}. The ship stays in its column and shoots exactly once in"
            f" each of the {len(intervals)} intervals {listed(intervals)}, so there are {len(intervals)} shots. How"
            f" many points does it score in total by the end of interval {intervals[-1]}?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        direction, ship = params["direction"], state.ship_col
        fired = volley(state, direction, params["duration"]).shots
        side = "left" if direction == "right" else "right"
        steps = [
            f"The ship stays in column {ship}. The enemies move one column to the {direction} after each interval, so"
            f" the enemies above the ship come from one column further {side} each time. No column is met twice."
        ]
        for step, single in enumerate(fired):
            steps.append(f"Interval {_interval(step)}: {_arrival(state, single, step)}")
        points = [single.points for single in fired]
        steps.append(f"Total: {_sum(points)} points.")
        return Solution(sum(points), steps, work=len(fired) + state.total_cols / 10)

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        """Shots and moves of the enemies in turn, up to the last shot."""

        def after() -> Iterator[tuple[str, State]]:
            now = state
            for interval in range(params["duration"] + 1):
                if interval:
                    now = moved(now, params["direction"])
                    yield f"the enemies move {params['direction']}", now
                now = without(now, shot(now, now.ship_col).hit)
                yield "shoot", now

        return course(state, after())


class MaxOneShot(_Question):
    """Task 8."""

    id, slug = 8, "max_one_shot"
    about = "Largest score of a single shot."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.MEDIUM
    answer_bound = 0.38

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        return msgspec.structs.replace(level, best=(1, rng.choice([*recipes(level, 1)])))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "Within interval t the ship may move to any column and shoot once. What is the largest number of points it"
            " can score with this shot?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = stacks(state)
        best = best_one(_colors(found.values()))
        steps = ["One shot destroys the lowest enemy of one column, so compare the lowest enemies of all columns."]
        for color in POINTS:
            cols = [col for col, stack in found.items() if stack[0].color == color]
            if cols:
                steps.append(f"Lowest enemy {color} ({POINTS[color]} points): {_numbered('column', cols)}.")
            else:
                steps.append(f"Lowest enemy {color} ({POINTS[color]} points): no column.")
        steps.append(f"The largest score is {best}, from column {listed(columns_worth(state, best), 'or')}.")
        return Solution(best, steps, work=float(len(found)))


class MaxTwoShots(_Question):
    """Task 9."""

    id, slug = 9, "max_two_shots"
    about = "Largest score of two shots in two consecutive intervals."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    params_type = DirectionParams
    answer_bound = 0.3

    def plan(self, level: SpaceInvadersParams, rng: Random) -> SpaceInvadersParams:
        scores = [*recipes(level, 2)]
        wished = rng.choices(scores, [SCORES.get(score, 1) for score in scores])[0]
        return msgspec.structs.replace(level, best=(2, wished))

    def ask(self, state: State, plan: SpaceInvadersParams, rng: Random) -> dict[str, Any] | None:
        return {"direction": rng.choice([direction for direction in SHIFT if room(state, direction)])}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"The enemies move to the {params['direction']}. In each of the two intervals t and t+1 the ship may first"
            " move to any column and may then shoot at most once. What is the largest total number of points it can"
            " score by the end of interval t+1?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = stacks(state)
        best = best_two(_colors(found.values()))
        steps = [
            "The ship can reach every column in each interval, so it can always follow the enemies: the two shots take"
            " either the two lowest enemies of one column or the lowest enemies of two columns (columns are named as"
            " shown, in interval t).",
        ]
        if not found:
            return Solution(best, [*steps, "There are no enemies, so the total is 0."], work=0.0)
        steps.append(f"Points of the lowest and the second lowest enemy of each column:\n{_table(found)}")
        pairs = {col: [POINTS[enemy.color] for enemy in stack[:2]] for col, stack in found.items()}
        same = max(pairs, key=lambda col: sum(pairs[col]))
        steps.append(f"Best in one column: column {same} with {_sum(pairs[same])}.")
        first, *others = sorted(found, key=lambda col: -pairs[col][0])
        apart = [pairs[col][0] for col in (first, *others[:1])]
        if others:
            steps.append(f"Best in two columns: {_numbered('column', [first, others[0]])} with {_sum(apart)}.")
        tie = others and sum(pairs[same]) == sum(apart)
        compared = f"{'Both give' if tie else 'The largest total is'} {best}"
        cols = [first, others[0]] if others and sum(apart) == best else [same] * len(pairs[same])
        steps.append(f"{compared}. A plan that reaches it: {_plan(cols, params['direction'])}")
        return Solution(best, steps, work=float(len(found)))


def _single_scores(level: SpaceInvadersParams) -> list[int]:
    """Return what one shot can score."""
    return [0, *sorted({POINTS[color] for color in level.colors})]


def _interval(step: int) -> str:
    return f"t+{step}" if step else "t"


def _are(number: int) -> str:
    return f"{'is' if number == 1 else 'are'} {counted(number, 'enemy', 'enemies')}"


def _numbered(noun: str, numbers: Sequence[int]) -> str:
    """Return `column 2` or `columns 2, 3 and 5`."""
    return f"{noun if len(numbers) == 1 else noun + 's'} {listed(numbers)}"


def _sum(numbers: Sequence[int]) -> str:
    """Return `30 + 20 = 50`, or a single number alone."""
    total = str(sum(numbers))
    return f"{' + '.join(map(str, numbers))} = {total}" if len(numbers) > 1 else total


def _count_by_row(enemies: Iterable[Enemy], noun: str, plural: str) -> list[str]:
    """Count enemies row by row."""
    rows = dict[int, list[int]]()
    for enemy in enemies:
        rows.setdefault(enemy.row, []).append(enemy.col)
    if not rows:
        return [f"No row holds a {noun}, so the number is 0."]
    steps = [
        f"Row {row}: {counted(len(cols), noun, plural)}, in {_numbered('column', cols)}."
        for row, cols in sorted(rows.items())
    ]
    counts = [len(cols) for _, cols in sorted(rows.items())]
    rest = "The other rows hold none"
    return [
        *steps,
        f"{rest}. Together: {_sum(counts)}." if len(counts) > 1 else f"{rest}, so the number is {counts[0]}.",
    ]


def _narrate(fired: Shot) -> list[str]:
    """Return what a shot at the enemies as shown meets, and its points."""
    if not fired.hit:
        return [f"Column {fired.col} holds no enemy, so the laser meets nothing and the shot scores 0."]
    color, points = fired.hit.color, fired.points
    return [
        f"The lowest enemy in column {fired.col} is the {color} one in row {fired.hit.row}; the laser destroys it.",
        f"A {color} enemy gives {points} points.",
    ]


def _arrival(state: State, fired: Shot, step: int) -> str:
    """Return which column shown stands above the ship in an interval, and what the shot meets."""
    if not 1 <= fired.col <= state.total_cols:
        return "nothing can have come from beyond the border, so no enemy stands above the ship; 0 points."
    if not fired.hit:
        return f"column {fired.col}{' as shown' if step else ''} is above the ship, and it is empty; 0 points."
    return (
        f"the enemies{' shown' if step else ''} in column {fired.col} are above the ship; the lowest is the"
        f" {fired.hit.color} one in row {fired.hit.row}; {fired.points} points."
    )


def _colors(columns: Iterable[Sequence[Enemy]]) -> list[list[Color]]:
    return [[enemy.color for enemy in column] for column in columns]


def _table(found: Mapping[int, Sequence[Enemy]]) -> str:
    rows = [["column", "lowest", "second"]]
    for col, stack in found.items():
        worth = [f"{enemy.color} {POINTS[enemy.color]}" for enemy in stack[:2]]
        rows.append([str(col), *worth, *["-"] * (2 - len(worth))])
    return aligned(rows, gap="  ", left=True)


def _plan(cols: Sequence[int], direction: Direction) -> str:
    """Return where to stand in the two intervals to shoot at columns as shown."""
    first = f"in interval t stand in column {cols[0]} and shoot;"
    if len(cols) == 1:
        return f"{first} no enemy is left for interval t+1."
    now = cols[1] + SHIFT[direction]
    if cols[0] == cols[1]:
        return f"{first} in interval t+1 the same enemies stand above column {now}: stand there and shoot again."
    return f"{first} in interval t+1 column {cols[1]} as shown has moved to column {now}: stand there and shoot."


TASKS = (
    EnemiesInColumn(),
    EnemiesInRow(),
    TotalEnemies(),
    EnemiesOfColor(),
    ShootHere(),
    MoveAndShoot(),
    ContinuousShooting(),
    MaxOneShot(),
    MaxTwoShots(),
)
