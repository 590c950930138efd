"""What is in a scene, and what it costs to cross the river and to climb to the target."""

from typing import Literal, get_args

from .state import Block, Cell, Place, State, bounds

Scenery = Literal["brick", "diamond_ore", "gold_ore", "ladder", "lava", "pumpkin", "river", "tnt"]
SCENERIES: tuple[Scenery, ...] = get_args(Scenery)

REACH = 2
"""Height of the player's upper body when he stands on the ground."""


def shows(block: Block, side: bool) -> Scenery | None:
    """Return which scenery a face of a block shows; `side` is False for the top."""
    if block.ladder:
        return "ladder" if side else None
    return None if block.type in ("plain", "stone") else block.type


def sceneries(state: State) -> dict[Scenery, list[Place]]:
    """Return the sceneries present, in alphabetical order, with their places (ground cells have y = -1).

    Of a river one place is listed, the first water cell on the line x = 0 or z = 0.
    """
    found: dict[Scenery, list[Place]] = {name: [] for name in SCENERIES}
    for block in state.blocks:
        name = shows(block, side=True)
        if name:
            found[name].append(block.pos)
    found["lava"] = [(x, -1, z) for x, z in state.lava]
    if state.river:
        along = state.river.direction == "x"
        found["river"] = [(0, -1, state.river.start) if along else (state.river.start, -1, 0)]
    return {name: places for name, places in found.items() if places}


def box_size(state: State) -> Place:
    """Return length along x, height and length along z of a cuboid."""
    low, high = bounds(block.pos for block in state.blocks)
    return high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1


def foot(state: State) -> Cell:
    """Return the ground cell under the target."""
    x, _, z = state.blocks[-1].pos
    return x, z


def has_ladder(state: State) -> bool:
    """Return whether ladders hang on the column under the target."""
    return any(block.ladder for block in state.column)


def climb_cost(under: int, ladder: bool) -> int:
    """Return the blocks it takes to mine a target on top of `under` blocks: the least k with k + 2 >= under + 1."""
    return 0 if ladder else max(0, under + 1 - REACH)


def crossing_cost(state: State) -> int:
    """Return how many blocks it takes to come to the bank of the target."""
    river, player = state.river, state.player
    if river is None or player is None or river.side(player) == river.side(foot(state)):
        return 0
    return river.width
