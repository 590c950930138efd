"""Levels and boards."""

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations_with_replacement
from random import Random
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from gameqa.core.game import Level, Params

from .rules import best_one, best_two, columns_worth, stacks, volleys
from .state import MOST_COLS, MOST_ROWS, Color, Enemy, State

Weight = Annotated[float, Meta(gt=0)]
Size = Annotated[int, Meta(ge=3, le=MOST_COLS)]
Rows = Annotated[int, Meta(ge=2, le=MOST_ROWS)]
Points = Annotated[int, Meta(ge=0, le=60)]

ABOVE_SHIP = 0.8
"""How often the ship stands below enemies."""
LONGEST = 4
"""The most steps of the enemies while the ship goes on shooting."""
MOST_EMPTY, FEWEST_COLUMNS, FEWEST_ENEMIES = 2, 3, 4
"""Bounds of a formation: empty columns, columns with enemies, enemies in all."""
BEST = {1: best_one, 2: best_two}


class SpaceInvadersParams(Params, frozen=True, kw_only=True):
    """Level parameters; ranges are inclusive.

    `weights[k]` is the relative frequency of a formation column with its k topmost enemies left; a whole column has
    one purple enemy, then `blue_rows` blue ones, then green ones. `free_cols` lists the numbers of columns beside
    the formation, both sides together, that are drawn from.

    The other fields are wishes of a plan: a line with enemies or without (`filled`); the points of a shot from where
    the ship is (`here`) and from some other column (`there`); shots that hit while the enemies move (`hits`, 2 for
    two or more); the number of shots and their largest score (`best`).
    """

    weights: Annotated[tuple[Weight, ...], Meta(min_length=3, max_length=MOST_ROWS + 1)]
    blue_rows: Annotated[int, Meta(ge=0)]
    enemy_cols: tuple[Size, Size]
    free_cols: Annotated[tuple[Annotated[int, Meta(ge=1, le=MOST_COLS)], ...], Meta(min_length=1)]
    area_rows: tuple[Rows, Rows]
    filled: bool | None = None
    here: Points | None = None
    there: Points | None = None
    hits: Annotated[int, Meta(ge=0, le=2)] | None = None
    best: tuple[Literal[1, 2], Points] | None = None

    def __post_init__(self) -> None:
        for name in ("enemy_cols", "area_rows"):
            low, high = getattr(self, name)
            if low > high:
                raise ValueError(f"{name} must be (least, most)")
        if self.blue_rows >= self.enemy_rows:
            raise ValueError(f"blue_rows must be below the {self.enemy_rows} rows that weights has")
        if self.area_rows[0] <= self.enemy_rows:
            raise ValueError(f"area_rows must be above the {self.enemy_rows} rows that weights has")
        if self.enemy_cols[1] + max(self.free_cols) > MOST_COLS:
            raise ValueError(f"enemy_cols and free_cols must not exceed {MOST_COLS} together")

    @property
    def enemy_rows(self) -> int:
        """Height of the formation."""
        return len(self.weights) - 1

    @property
    def colors(self) -> tuple[Color, ...]:
        """Colours of a whole column of the formation, topmost first."""
        return _colors(self.enemy_rows, self.blue_rows)


LEVELS = {
    Level.EASY: SpaceInvadersParams(
        weights=(0.1, 0.2, 0.3, 0.4), blue_rows=1, enemy_cols=(4, 5), free_cols=(2, 4), area_rows=(5, 6)
    ),
    Level.MEDIUM: SpaceInvadersParams(
        weights=(0.1, 0.15, 0.2, 0.25, 0.3), blue_rows=1, enemy_cols=(6, 8), free_cols=(4,), area_rows=(6, 7)
    ),
    Level.HARD: SpaceInvadersParams(
        weights=(0.1, 0.1, 0.15, 0.2, 0.2, 0.25), blue_rows=2, enemy_cols=(9, 11), free_cols=(4, 6), area_rows=(7, 8)
    ),
}


class Recipe(NamedTuple):
    """How to give a board a wished best score: heights of one or two columns, and those that the others may have."""

    needed: tuple[int, ...]
    others: tuple[int, ...]


def generate(rng: Random, plan: SpaceInvadersParams, accept: Callable[[State], bool]) -> State | None:
    """Draw a formation that has lost enemies from below, put it and the ship somewhere, and see to the wishes."""
    width, area = rng.randint(*plan.enemy_cols), rng.randint(*plan.area_rows)
    total = width + rng.choice(plan.free_cols)
    heights = _heights(rng, plan, width)
    if heights is None:
        return None
    top, left = rng.randint(1, area - plan.enemy_rows + 1), rng.randint(1, total - width + 1)
    enemies = tuple(
        Enemy(row, col, color)
        for col, height in enumerate(heights, left)
        for row, color in enumerate(plan.colors[:height], top)
    )
    ship = _ship(rng, plan, State(area, total, 1, enemies))
    if ship is None:
        return None
    state = State(area, total, ship, enemies)
    return state if _suits(state, plan) and accept(state) else None


def recipes(plan: SpaceInvadersParams, shots: int) -> dict[int, list[Recipe]]:
    """Return, for each best score of so many shots, the ways to get boards with it; scores in rising order."""
    return _recipes(plan.enemy_rows, plan.blue_rows, shots)


def perturb(state: State, rng: Random) -> State:
    """Move the ship, shift all enemies by a column, or destroy the lowest enemy of a column."""
    area, total, ship, enemies = state.enemy_area_rows, state.total_cols, state.ship_col, state.enemies
    kind = rng.randrange(3)
    steps = [step for step in (-1, 1) if all(1 <= enemy.col + step <= total for enemy in enemies)]
    if kind == 0 and total > 1:
        return State(area, total, rng.choice([col for col in range(1, total + 1) if col != ship]), enemies)
    if kind == 1 and steps and enemies:
        step = rng.choice(steps)
        return State(area, total, ship, tuple(enemy._replace(col=enemy.col + step) for enemy in enemies))
    if enemies:
        gone = rng.choice([stack[0] for stack in stacks(state).values()])
        return State(area, total, ship, tuple(enemy for enemy in enemies if enemy != gone))
    return State(area, total, ship, (Enemy(1, rng.randint(1, total), "purple"),))


@lru_cache(maxsize=64)
def _colors(rows: int, blue: int) -> tuple[Color, ...]:
    return tuple("purple" if row == 0 else "blue" if row <= blue else "green" for row in range(rows))


@lru_cache(maxsize=64)
def _recipes(rows: int, blue: int, shots: int) -> dict[int, list[Recipe]]:
    """Try every one or two heights for what they are worth; the others are those that do not raise it.

    Two columns of each other height are tried at a time: two shots reach no further.
    """
    colors, heights = _colors(rows, blue), range(rows + 1)

    def worth(*columns: int) -> int:
        return BEST[shots]([colors[:height][::-1] for height in columns])

    found = dict[int, list[Recipe]]()
    for count in range(1, shots + 1):
        for needed in combinations_with_replacement(heights[1:], count):
            value = worth(*needed)
            others = tuple(height for height in heights if worth(*needed, height, height) == value)
            minimal = count == 1 or all(worth(height) < value for height in needed)
            if minimal and any(others):
                found.setdefault(value, []).append(Recipe(needed, others))
    return dict(sorted(found.items()))


def _heights(rng: Random, plan: SpaceInvadersParams, width: int) -> list[int] | None:
    """Draw the number of enemies of each formation column; None when too few are left."""
    needed, others = (), tuple(range(plan.enemy_rows + 1))
    if plan.best:
        shots, score = plan.best
        ways = recipes(plan, shots).get(score)
        if not ways:
            return None
        needed, others = rng.choice(ways)
    weights = [plan.weights[height] for height in others]
    heights = [*needed, *rng.choices(others, weights, k=width - len(needed))]
    rng.shuffle(heights)
    empty = heights.count(0)
    few = width - empty < FEWEST_COLUMNS or sum(heights) < FEWEST_ENEMIES
    return None if empty > MOST_EMPTY or few else heights


def _ship(rng: Random, plan: SpaceInvadersParams, state: State) -> int | None:
    """Choose the ship's column; None when no column gives the wished points."""
    if plan.here is not None:
        cols = columns_worth(state, plan.here)
        return rng.choice(cols) if cols else None
    above = rng.random() < ABOVE_SHIP
    filled = {enemy.col for enemy in state.enemies}
    return rng.choice([col for col in range(1, state.total_cols + 1) if (col in filled) == above])


def _suits(state: State, plan: SpaceInvadersParams) -> bool:
    if plan.there is not None:
        return any(col != state.ship_col for col in columns_worth(state, plan.there))
    if plan.hits is not None:
        return any(min(volley.hits, 2) == plan.hits for volley in volleys(state, LONGEST))
    return True
