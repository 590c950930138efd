"""The board of Space Invaders."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from msgspec import Meta

Color = Literal["purple", "blue", "green"]
Direction = Literal["left", "right"]

MOST_ROWS, MOST_COLS = 16, 20
"""The largest board whose cells can be drawn wide enough."""

Row = Annotated[int, Meta(ge=1, le=MOST_ROWS)]
Col = Annotated[int, Meta(ge=1, le=MOST_COLS)]


class Enemy(NamedTuple):
    """One enemy; rows count from 1 at the top, columns from 1 at the left."""

    row: int
    col: int
    color: Color


class _EnemyJson(msgspec.Struct, forbid_unknown_fields=True):
    """`x` is the row, `y` the column."""

    x: Row
    y: Col
    color: Color


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    enemy_area_rows: Row
    total_cols: Col
    ship_col: Col
    enemies: list[_EnemyJson]


@dataclass(frozen=True, slots=True)
class State:
    """The enemies, sorted by column and then row, and the ship in the row below the enemy area."""

    enemy_area_rows: int
    total_cols: int
    ship_col: int
    enemies: tuple[Enemy, ...]

    @property
    def ship_row(self) -> int:
        """The bottom row."""
        return self.enemy_area_rows + 1

    def rows(self) -> list[list[str]]:
        """Return one sign for each cell: P, B, G for enemies, ^ for the ship, a dot for an empty cell."""
        signs = [["."] * self.total_cols for _ in range(self.ship_row)]
        for enemy in self.enemies:
            signs[enemy.row - 1][enemy.col - 1] = enemy.color[0].upper()
        signs[-1][self.ship_col - 1] = "^"
        return signs

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {
            "enemy_area_rows": self.enemy_area_rows,
            "total_cols": self.total_cols,
            "ship_col": self.ship_col,
            "enemies": [{"x": row, "y": col, "color": color} for row, col, color in self.enemies],
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if read.ship_col > read.total_cols:
            raise ValueError(f"ship_col must be 1 to {read.total_cols}")
        for enemy in read.enemies:
            if enemy.x > read.enemy_area_rows or enemy.y > read.total_cols:
                raise ValueError(
                    f"an enemy's x must be 1 to {read.enemy_area_rows} and its y 1 to {read.total_cols}, not"
                    f" {enemy.x} and {enemy.y}"
                )
        enemies = tuple(Enemy(enemy.x, enemy.y, enemy.color) for enemy in read.enemies)
        places = [(enemy.col, enemy.row) for enemy in enemies]
        if any(first >= second for first, second in pairwise(places)):
            raise ValueError("enemies must be sorted by y and then x, no two of them in one cell")
        return cls(read.enemy_area_rows, read.total_cols, read.ship_col, enemies)

    def __str__(self) -> str:
        return "\n".join("".join(row) for row in self.rows())
