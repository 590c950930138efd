"""The field of falling blocks."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import Meta

Color = Literal["yellow", "green", "pink", "blue", "grey"]

MOST_ROWS, MOST_COLS = 24, 12
"""The largest field whose numbers fit beside its cells."""
CLICK, REVERSE, HEAD, BODY, TAIL, EMPTY = "YGHBT."
COLORS: dict[str, Color] = {CLICK: "yellow", REVERSE: "green", HEAD: "pink", BODY: "blue", TAIL: "grey"}
SIGNS = {color: sign for sign, color in COLORS.items()}
SHORTEST, LONGEST = 2, 5
"""Lengths of snakes."""

Row = Annotated[int, Meta(ge=1, le=MOST_ROWS)]
Col = Annotated[int, Meta(ge=1, le=MOST_COLS)]

_COLUMN = re.compile(f"(?:[{CLICK}{REVERSE}{EMPTY}]|{HEAD}{BODY}{{0,{LONGEST - 2}}}{TAIL})*")
"""A legal column from the bottom up."""


class _BlockJson(msgspec.Struct, forbid_unknown_fields=True):
    row: Row
    col: Col
    color: Color


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    rows: Row
    cols: Col
    blocked_cell_num: int
    block_info: list[_BlockJson]


@dataclass(frozen=True, slots=True)
class State:
    """A field before the start: one string for each column, left first, with one sign a cell, row 1 (bottom) first."""

    columns: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Cells in a column."""
        return len(self.columns[0])

    @property
    def cols(self) -> int:
        """Cells in a row."""
        return len(self.columns)

    @property
    def occupied(self) -> int:
        """The number of cells that are not empty."""
        return sum(self.rows - column.count(EMPTY) for column in self.columns)

    def sign(self, row: int, col: int) -> str:
        """Return the sign of a cell; rows and columns count from 1."""
        return self.columns[col - 1][row - 1]

    def row(self, row: int) -> str:
        """Return the signs of a row, left first."""
        return "".join(column[row - 1] for column in self.columns)

    def cells(self, sign: str) -> list[tuple[int, int]]:
        """Return the (row, column) of every cell with a sign, column by column."""
        return [
            (row, col)
            for col, column in enumerate(self.columns, 1)
            for row, other in enumerate(column, 1)
            if other == sign
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        blocks = [
            {"row": row, "col": col, "color": COLORS[sign]}
            for row, signs in enumerate(zip(*self.columns, strict=True), 1)
            for col, sign in enumerate(signs, 1)
            if sign != EMPTY
        ]
        return {"rows": self.rows, "cols": self.cols, "blocked_cell_num": len(blocks), "block_info": blocks}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if read.blocked_cell_num != len(read.block_info):
            raise ValueError(f"blocked_cell_num must be {len(read.block_info)}, the length of block_info")
        if any((one.row, one.col) >= (two.row, two.col) for one, two in pairwise(read.block_info)):
            raise ValueError("block_info must be sorted by row and then column, no cell twice")
        columns = [[EMPTY] * read.rows for _ in range(read.cols)]
        for block in read.block_info:
            if block.row > read.rows or block.col > read.cols:
                raise ValueError(f"the cell ({block.row}, {block.col}) lies outside {read.rows} x {read.cols} cells")
            columns[block.col - 1][block.row - 1] = SIGNS[block.color]
        for col, column in enumerate(columns, 1):
            if not _COLUMN.fullmatch("".join(column)):
                raise ValueError(f"column {col} has a snake that is not pink, at most {LONGEST - 2} blue, grey upwards")
        return cls(tuple("".join(column) for column in columns))

    def __str__(self) -> str:
        return "\n".join(self.row(row) for row in range(self.rows, 0, -1))
