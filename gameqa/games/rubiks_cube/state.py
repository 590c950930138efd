"""The cube."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

import msgspec
from msgspec import Meta

from .rules import FACES, Face, flaw

ColorName = Literal["yellow", "white", "orange", "red", "blue", "green"]
COLORS: tuple[ColorName, ...] = get_args(ColorName)
"""The colour of each number; the centres of `FACES` have them in this order."""

_Color = Annotated[int, Meta(ge=0, le=5)]
_Row = tuple[_Color, _Color, _Color]
_Face = tuple[_Row, _Row, _Row]


class _FacesJson(msgspec.Struct, forbid_unknown_fields=True):
    U: _Face
    D: _Face
    L: _Face
    R: _Face
    F: _Face
    B: _Face


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    faces: _FacesJson
    colors: list[str]


@dataclass(frozen=True, slots=True)
class State:
    """A cube that turns can make; `stickers` as in `rules`."""

    stickers: bytes

    def rows(self, face: Face) -> list[list[int]]:
        """Return the colours of a face, top row first."""
        start = 9 * FACES.index(face)
        return [list(self.stickers[row : row + 3]) for row in range(start, start + 9, 3)]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"faces": {face: self.rows(face) for face in FACES}, "colors": list(COLORS)}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        if read.colors != list(COLORS):
            raise ValueError(f"colors must be {', '.join(COLORS)}")
        faces: list[_Face] = [getattr(read.faces, face) for face in FACES]
        stickers = bytes(color for rows in faces for row in rows for color in row)
        if found := flaw(stickers):
            raise ValueError(found)
        return cls(stickers)

    def __str__(self) -> str:
        drawn = {face: ["".join(COLORS[color][0] for color in row) for row in self.rows(face)] for face in FACES}
        middle = [" ".join(drawn[face][row] for face in ("L", "F", "R", "B")) for row in range(3)]
        return "\n".join([*(f"    {row}" for row in drawn["U"]), *middle, *(f"    {row}" for row in drawn["D"])])
