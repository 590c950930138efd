"""Looks of the faces, 16 x 16 texels, all made here: patterns written as letters, noise from a fixed stream."""

from functools import lru_cache
from random import Random
from typing import NamedTuple

from gameqa.draw import RGB, blend, delta_e, rgb

from .state import Block

SIZE = 16
SHADES = (1.0, 0.85, 0.7)
"""Brightness of top faces, of faces to the east or west, and of faces to the north or south."""

COLORS = {
    "b": "#A3442F", "B": "#8E3826", "m": "#D9C3AE",  # brick, brick, mortar
    "s": "#8C8C8C", "S": "#7A7A7A", "l": "#9C9C9C",  # stone
    "g": "#FFD21F", "G": "#E0A800",  # gold
    "d": "#35E6E6", "D": "#12B5C4",  # diamond
    "r": "#D8301F", "R": "#B82416", "w": "#F5F0E6", "k": "#1C1410",  # dynamite
    "o": "#F08A1D", "O": "#C96A0C", "q": "#A9560A", "t": "#4F7A28", "T": "#3A5C1C",  # pumpkin and its stem
    "h": "#6B3F16", "H": "#8A5524",  # wood
    "f": "#FF7A00", "F": "#FFC400", "y": "#FFA000",  # lava
}  # fmt: skip

TNT = """
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
wwwwwwwwwwwwwwww
wkkkkwkwwkwkkkkw
wwkkwwkwwkwwkkww
wwkkwwkkwkwwkkww
wwkkwwkwkkwwkkww
wwkkwwkwwkwwkkww
wwkkwwkwwkwwkkww
wwwwwwwwwwwwwwww
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
rRrrRrrRrrRrrRrr
"""
NUGGETS = """
................
..##......###...
.####....#####..
.###......###...
..#.............
.......##.......
......####...##.
......####..###.
.##....##...##..
####............
####.....##.....
.##.....####..#.
........####.##.
...##....##..##.
..####..........
...##...........
"""


class Texture(NamedTuple):
    """SIZE x SIZE indices into `colors`, row by row from the top, with a rim of one texel around that repeats the
    border, for points that rounding moves out of the face."""

    pixels: bytes
    colors: tuple[RGB, ...]


@lru_cache(maxsize=256)
def shaded(color: str, shade: float) -> str:
    """Return a colour at a brightness."""
    return blend("#000000", color, shade)


@lru_cache(maxsize=64)
def edge_color(color: str) -> str:
    """Return the colour of the edge lines of plain cubes: that which contrasts more with the colour in any shade."""
    shades = [shaded(color, shade) for shade in SHADES]
    return max(("#101010", "#FFFFFF"), key=lambda line: min(delta_e(line, shade) for shade in shades))


def shade_of(normal: tuple[int, int, int]) -> float:
    """Return the brightness of a face."""
    return SHADES[0 if normal[1] else 1 if normal[0] else 2]


@lru_cache(maxsize=256)
def texture(block_type: str, color: str | None, ladder: bool, top: bool, shade: float) -> Texture:
    """Return the look of one face of a block (type "lava": of the liquid)."""
    names: dict[str, int] = {}
    cells = [[names.setdefault(sign, len(names)) for sign in row] for row in _pattern(block_type, ladder, top)]
    rows = [bytes([row[0], *row, row[-1]]) for row in (cells[0], *cells, cells[-1])]
    colors = {**COLORS, "p": color or "#000000"}
    return Texture(b"".join(rows), tuple(rgb(blend("#000000", colors[name], shade)) for name in names))


def needs_texture(block: Block, top: bool) -> bool:
    """Return whether a face is more than one colour."""
    return block.type != "plain" or (block.ladder and not top)


def _pattern(block_type: str, ladder: bool, top: bool) -> list[str]:
    rows = _plain_pattern(block_type, top)
    if not ladder or top:
        return rows
    return ["".join(_rung(x, y) or sign for x, sign in enumerate(row)) for y, row in enumerate(rows)]


def _rung(x: int, y: int) -> str | None:
    """Return the wood of a ladder at a texel: rails on both sides, four rungs."""
    if x in (2, 3, 12, 13):
        return "h" if x in (3, 13) else "H"
    return "H" if 3 < x < 12 and y % 4 in (1, 2) else None


def _plain_pattern(block_type: str, top: bool) -> list[str]:
    if block_type == "plain":
        return ["p" * SIZE] * SIZE
    if block_type == "brick":
        return [_bricks(y) for y in range(SIZE)]
    if block_type == "tnt":
        return [_fuse(y) for y in range(SIZE)] if top else _art(TNT)
    if block_type == "pumpkin":
        return [_stem(y) for y in range(SIZE)] if top else ["qoOoooqooooqoOoq"] * SIZE
    if block_type == "lava":
        return _noise("lava", "fffyF", 2)
    stone = _noise("stone", "sssSl")
    if block_type == "stone":
        return stone
    bright, dark = ("g", "G") if block_type == "gold_ore" else ("d", "D")
    return ["".join(_nugget(x, y, bright, dark) or stone[y][x] for x in range(SIZE)) for y in range(SIZE)]


def _art(text: str) -> list[str]:
    return text.split()


def _nugget(x: int, y: int, bright: str, dark: str) -> str | None:
    rows = _art(NUGGETS)
    if rows[y][x] == ".":
        return None
    return bright if y + 1 < SIZE and rows[y + 1][x] == "#" else dark


def _bricks(y: int) -> str:
    if y % 4 == 3:
        return "m" * SIZE
    joints = (7, 15) if y % 8 < 4 else (3, 11)
    return "".join("m" if x in joints else "bB"[(x + y // 4) % 5 == 0] for x in range(SIZE))


def _fuse(y: int) -> str:
    """The top of dynamite: three rows of sticks with dark fuses."""
    if y % 5 == 0:
        return "R" * SIZE
    return "".join("R" if x % 5 == 0 else "k" if x % 5 in (2, 3) and y % 5 in (2, 3) else "r" for x in range(SIZE))


def _stem(y: int) -> str:
    """The top of a pumpkin: grooves that meet at a green stem."""
    row = ""
    for x in range(SIZE):
        a, b = abs(2 * x - 15), abs(2 * y - 15)
        row += "T" if max(a, b) == 5 else "t" if max(a, b) < 5 else "q" if a == b or min(a, b) == 1 else "o"
    return row


def _noise(seed: str, signs: str, size: int = 1) -> list[str]:
    """Random patches of `size` texels, the same in every run."""
    rng = Random(seed)
    rows: list[str] = []
    for _ in range(SIZE // size):
        row = "".join(rng.choice(signs) * size for _ in range(SIZE // size))
        rows += [row] * size
    return rows
