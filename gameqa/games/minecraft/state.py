"""The scene: ground, blocks, river, lava, player and camera."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Annotated, Any, Literal, NamedTuple, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

Cell = tuple[int, int]
"""(x, z) of a ground cell; x grows to the east, z to the north."""
Place = tuple[int, int, int]
"""(x, y, z) of a block; y is its height, 0 right on the ground."""
Kind = Literal["scenery", "cuboid", "river", "tower", "river_tower"]
BlockType = Literal["plain", "stone", "brick", "gold_ore", "diamond_ore", "tnt", "pumpkin"]
Target = Literal["pumpkin", "gold_ore", "diamond_ore"]
Direction = Literal["x", "z"]
GroundStyle = Literal["grass", "grid", "plain"]


class Ground(NamedTuple):
    """The look of the ground; `color` is "#RRGGBB"."""

    style: GroundStyle
    color: str


class Block(NamedTuple):
    """A unit cube. Only plain blocks have a colour; ladders hang on all four sides."""

    pos: Place
    type: BlockType
    color: str | None = None
    ladder: bool = False


class River(NamedTuple):
    """A straight strip of water along `direction`; it covers `width` cells from `start` on the other axis."""

    direction: Direction
    start: int
    width: int
    grid: bool

    @property
    def last(self) -> int:
        """The last covered cell on the axis across the river."""
        return self.start + self.width - 1

    def across(self, cell: Cell) -> int:
        """Return the coordinate of a cell on the axis across the river."""
        return cell[1] if self.direction == "x" else cell[0]

    def side(self, cell: Cell) -> int:
        """Return -1 or 1 for the two banks, 0 in the river."""
        at = self.across(cell)
        return (at > self.last) - (at < self.start)


class Camera(NamedTuple):
    """A camera that looks at `center` from `distance`; polar angle 0 is from above, azimuth 0 from the east."""

    center: tuple[float, float, float]
    distance: float
    polar: float
    azimuth: float


Coordinate = Annotated[int, Meta(ge=-20, le=20)]
Hex = Annotated[str, Meta(pattern="^#[0-9A-F]{6}$")]


class _GroundJson(msgspec.Struct, forbid_unknown_fields=True):
    style: GroundStyle
    color: Hex


class _BlockJson(msgspec.Struct, forbid_unknown_fields=True):
    pos: tuple[Coordinate, Annotated[int, Meta(ge=0, le=20)], Coordinate]
    type: BlockType
    ladder: bool
    color: Hex | UnsetType = UNSET


class _RiverJson(msgspec.Struct, forbid_unknown_fields=True):
    direction: Direction
    start: Coordinate
    width: Annotated[int, Meta(ge=1, le=20)]
    grid: bool


class _CameraJson(msgspec.Struct, forbid_unknown_fields=True):
    center: tuple[float, float, float]
    distance: Annotated[float, Meta(ge=10, le=60)]
    polar_deg: Annotated[float, Meta(ge=20, le=80)]
    azimuth_deg: Annotated[float, Meta(ge=0, lt=360)]


class _StateJson(msgspec.Struct, forbid_unknown_fields=True):
    kind: Kind
    ground: _GroundJson
    sky: bool
    blocks: list[_BlockJson]
    river: _RiverJson | None
    lava: list[tuple[Coordinate, Coordinate]]
    player: tuple[Coordinate, Coordinate] | None
    target: Target | None
    camera: _CameraJson


@dataclass(frozen=True, slots=True)
class State:
    """A scene. Blocks are sorted by position, lava cells too; `target` names the block on top of the column."""

    kind: Kind
    ground: Ground
    sky: bool
    blocks: tuple[Block, ...]
    river: River | None
    lava: tuple[Cell, ...]
    player: Cell | None
    target: Target | None
    camera: Camera

    @property
    def column(self) -> tuple[Block, ...]:
        """The blocks under the target, from the ground up; only in scenes with a target."""
        return self.blocks[:-1]

    def to_json(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        camera = self.camera
        return {
            "kind": self.kind,
            "ground": self.ground._asdict(),
            "sky": self.sky,
            "blocks": [_block_json(block) for block in self.blocks],
            "river": None if self.river is None else self.river._asdict(),
            "lava": [list(cell) for cell in self.lava],
            "player": None if self.player is None else list(self.player),
            "target": self.target,
            "camera": {
                "center": list(camera.center),
                "distance": camera.distance,
                "polar_deg": camera.polar,
                "azimuth_deg": camera.azimuth,
            },
        }

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read a state; raise ValueError or msgspec.ValidationError when it is not legal."""
        read = msgspec.convert(data, _StateJson, strict=True)
        blocks = [
            Block(block.pos, block.type, None if block.color is UNSET else block.color, block.ladder)
            for block in read.blocks
        ]
        river = read.river and River(read.river.direction, read.river.start, read.river.width, read.river.grid)
        camera = Camera(read.camera.center, read.camera.distance, read.camera.polar_deg, read.camera.azimuth_deg)
        ground = Ground(read.ground.style, read.ground.color)
        state = cls(
            read.kind, ground, read.sky, tuple(blocks), river, tuple(read.lava), read.player, read.target, camera
        )
        _check(state)
        return state

    def __str__(self) -> str:
        """Return a map seen from above, north up: ~ water, ^ lava, P player, digits: height of a pile of blocks."""
        heights: dict[Cell, int] = {}
        for (x, y, z), *_ in self.blocks:
            heights[x, z] = max(heights.get((x, z), 0), y + 1)
        cells = [*heights, *self.lava, *([self.player] if self.player else [])]
        if self.river:
            along = 0 if not cells else cells[0][self.river.direction == "z"]
            across = (self.river.start - 1, self.river.last + 1)
            cells += [(along, at) if self.river.direction == "x" else (at, along) for at in across]
        (west, east), (south, north) = ((min(axis), max(axis)) for axis in zip(*cells, strict=True))

        def sign(cell: Cell) -> str:
            if cell in heights:
                return str(heights[cell])
            if cell in self.lava:
                return "^"
            if self.river and self.river.side(cell) == 0:
                return "~"
            return "P" if cell == self.player else "."

        return "\n".join("".join(sign((x, z)) for x in range(west, east + 1)) for z in range(north, south - 1, -1))


def box(low: Place, size: Place) -> Iterable[Place]:
    """Yield the places of a full box, sorted."""
    x, y, z = (range(start, start + length) for start, length in zip(low, size, strict=True))
    return product(x, y, z)


def bounds(places: Iterable[Place]) -> tuple[Place, Place]:
    """Return the lowest and the highest coordinate on each axis."""
    low, high = zip(*((min(axis), max(axis)) for axis in zip(*places, strict=True)), strict=True)
    return low, high


def _block_json(block: Block) -> dict[str, Any]:
    data: dict[str, Any] = {"pos": list(block.pos), "type": block.type, "ladder": block.ladder}
    return data if block.color is None else {**data, "color": block.color}


NEEDS: dict[Kind, tuple[bool, bool, bool]] = {
    "cuboid": (False, False, False),
    "river": (True, True, False),
    "tower": (False, False, True),
    "river_tower": (True, True, True),
}
"""Whether a kind of scene has a river, a player and a target. In a scenery the river is free."""


def _check(state: State) -> None:
    """Raise ValueError when the scene breaks a rule."""
    places = [block.pos for block in state.blocks]
    feet = {(x, z) for x, _, z in places}
    for name, sorted_places in (("blocks", places), ("lava cells", state.lava)):
        if any(a >= b for a, b in pairwise(sorted_places)):
            raise ValueError(f"the {name} must be distinct and sorted")
    if any((block.type == "plain") != (block.color is not None) for block in state.blocks):
        raise ValueError("plain blocks have a color, other blocks have none")
    numbers = (*state.camera.center, *state.camera[1:])
    if any(not abs(number) < 1000 or round(number, 1) != number for number in numbers):
        raise ValueError("the numbers of the camera must have one decimal")
    if feet & set(state.lava):
        raise ValueError("no block may stand over lava")
    bank = state.river.side if state.river else lambda cell: 1
    if not all(map(bank, (*feet, *state.lava))):
        raise ValueError("no block or lava cell may lie in the river")
    if state.player and (state.player in feet or state.player in state.lava or not bank(state.player)):
        raise ValueError("the player's cell must be free ground")
    _check_kind(state, places)


def _check_kind(state: State, places: list[Place]) -> None:
    river, player, target = NEEDS.get(state.kind, (state.river is not None, False, False))
    for name, needed in (("river", river), ("player", player), ("target", target)):
        if (getattr(state, name) is not None) != needed:
            raise ValueError(f"a scene of kind {state.kind} must {'' if needed else 'not '}have a {name}")
    if state.kind != "scenery" and state.lava:
        raise ValueError(f"a scene of kind {state.kind} must not have lava")
    if state.kind == "scenery" and not (places or state.lava or state.river):
        raise ValueError("a scenery must hold something")
    if state.kind == "river" and places:
        raise ValueError("a scene of kind river must not have blocks")
    if state.kind == "cuboid":
        if not places:
            raise ValueError("a cuboid must have blocks")
        low, high = bounds(places)
        size = (high[0] - low[0] + 1, high[1] + 1, high[2] - low[2] + 1)
        if places != list(box((low[0], 0, low[2]), size)):
            raise ValueError("the blocks of a cuboid must fill a box that stands on the ground")
    if target:
        if not places or places != list(box((places[0][0], 0, places[0][2]), (1, len(places), 1))):
            raise ValueError("the blocks must be one column without gaps that stands on the ground")
        if [block.type for block in state.blocks].index(state.target or "plain") != len(places) - 1:
            raise ValueError("the target must be the top block and occur once")
        if state.blocks[-1].ladder or len({block.ladder for block in state.column}) > 1:
            raise ValueError("ladders hang on all blocks under the target or on none, never on the target")
