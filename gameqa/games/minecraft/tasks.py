"""The five questions."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import msgspec

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.options import shuffled
from gameqa.core.words import counted, listed

from .generate import LADDERS, SAME_BANK, MinecraftParams, boxes, crossings
from .rules import REACH, SCENERIES, Scenery, box_size, climb_cost, crossing_cost, foot, has_ladder, sceneries
from .scene import where
from .state import Place, River, State

WORLD = """\
The scene belongs to a world of blocks like that of the game Minecraft.
1. The world is made of unit cubes on a flat ground. Positions are whole numbers (x, y, z): x grows to the east, z to \
the north, y is the height. y = 0 is the first layer standing on the ground, the ground itself is layer y = -1.
2. A river is a straight strip of water cells in the ground layer that crosses the whole scene. Lava is one or two \
cells of the ground layer. Both lie slightly below ground level.
3. The player has plenty of blocks. A block is placed in a free cell or a water cell (it replaces the water) next to \
an existing block or ground cell (sharing a face)."""
NO_TAKING = """
4. Blocks once placed are not taken back and not used again. No other block is removed; the only thing that may be \
mined is the target, where there is one."""
SWIMLESS = """
The player stands on the ground cell that is marked (red in the picture). He cannot swim, wade or jump over water. \
Each of his steps goes to a side-neighbour cell, never diagonally."""
CLIMBING = """
The target stands on top of a column of n blocks on the ground (n may be 0), so its own height is n + 1, the first \
layer having height 1. The player is 2 blocks tall and mines the target from a cell beside the column once his upper \
body is not below the target's height: when he stands on the ground, his upper body is at height 2; when he stands \
on k blocks, it is at height k + 2.
If ladders are attached to the column under the target, he climbs them and needs no block for the climb, whatever n \
is."""

TITLES: dict[Scenery, str] = {
    "brick": "Brick",
    "diamond_ore": "Diamond Ore",
    "gold_ore": "Gold Ore",
    "ladder": "Ladder",
    "lava": "Lava",
    "pumpkin": "Pumpkin",
    "river": "River",
    "tnt": "TNT",
}
LOOKS: dict[Scenery, str] = {
    "brick": "a red-brown block with light mortar lines",
    "diamond_ore": "a block of grey stone with cyan nuggets",
    "gold_ore": "a block of grey stone with yellow nuggets",
    "ladder": "brown rails and rungs that hang on blocks",
    "lava": "orange and yellow ground, slightly sunken",
    "pumpkin": "an orange block with upright grooves and a stem on top",
    "river": "a strip of blue water, with or without cell lines",
    "tnt": "a block with red sides, a white band and the letters TNT",
}
TARGETS = {"pumpkin": "pumpkin", "gold_ore": "gold ore", "diamond_ore": "diamond ore"}
BANKS = {("x", -1): "south", ("x", 1): "north", ("z", -1): "west", ("z", 1): "east"}
"""The bank of a river along x or z on which the coordinate across is smaller (-1) or larger."""

GROUPS = 400
"""Groups of options drawn until one hangs together."""
LEAST_KIN = 2
"""How many other options each option differs from in one kind only, at least."""


class SceneryRecognition(Task[State, MinecraftParams]):
    """Task 1."""

    id, slug = 1, "scenery_recognition"
    about = "Recognise which sceneries the scene contains."
    qa_type, qa_level, kind = QAType.TARGET_PERCEPTION, Level.EASY, AnswerKind.CHOICE
    params_type = NoParams
    option_type = list[Scenery]
    rules = WORLD

    def plan(self, level: MinecraftParams, rng: Random) -> MinecraftParams:
        shown = tuple(sorted(rng.sample(SCENERIES, level.sceneries)))
        return msgspec.structs.replace(level, kind="scenery", shown=shown)

    def ask(self, state: State, plan: MinecraftParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        looks = "\n".join(f"- {TITLES[name]}: {LOOKS[name]}" for name in SCENERIES)
        return (
            "Which option lists exactly the sceneries that the scene contains? The order within an option does not "
            "matter. There are eight kinds of scenery:\n"
            f"{looks}\nBare stone is not a scenery, nor is the stone behind a ladder."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = sceneries(state)
        steps = [f"{TITLES[name]}: {_spotted(state, name, places)}" for name, places in found.items()]
        absent = [TITLES[name] for name in SCENERIES if name not in found]
        steps.append(f"Nothing in the scene looks like {listed(absent, 'or', 'any other kind')}.")
        steps.append(f"So the scene contains exactly {listed(TITLES[name] for name in found)}.")
        return Solution(list(found), steps, work=float(len(found)))

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        return set(value) == set(sceneries(state))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Take one of eight related sets as the right one: seen from any of them, the others lie alike."""
        group = related_sets(len(right), rng)
        if not group:
            return
        truth = rng.choice(group)
        absent = [name for name in SCENERIES if name not in right]
        names = dict(zip(sorted(truth), shuffled(right, rng), strict=True))
        names |= dict(zip(sorted(set(range(len(SCENERIES))) - truth), shuffled(absent, rng), strict=True))
        for members in group:
            if members != truth:
                yield sorted(names[member] for member in members)

    def option_text(self, state: State, value: Any) -> str:
        return ", ".join(TITLES[name] for name in value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str | None:
        missing = [TITLES[name] for name in solution.value if name not in value]
        extra = [TITLES[name] for name in value if name not in solution.value]
        if not extra:
            return "lists exactly what is there."
        return f"lists {listed(extra)}, which the scene lacks, and leaves out {listed(missing)}."


def related_sets(size: int, rng: Random) -> list[frozenset[int]]:
    """Return eight sets of `size` of the numbers 0 to 7, each of which differs from two others in one number only.

    Each new set changes one number of a set chosen before; groups in which a set has fewer relatives are dropped.
    """
    everything = frozenset(range(len(SCENERIES)))
    for _ in range(GROUPS):
        group = [frozenset(rng.sample(range(len(SCENERIES)), size))]
        for _ in range(GROUPS):
            parent = rng.choice(group)
            child = parent - {rng.choice(sorted(parent))} | {rng.choice(sorted(everything - parent))}
            if child not in group:
                group.append(child)
            if len(group) == 8:
                break
        kin = (sum(len(one - other) == 1 for other in group) for one in group)
        if len(group) == 8 and min(kin) >= LEAST_KIN:
            return group
    return []


def _spotted(state: State, name: Scenery, places: list[Place]) -> str:
    """Say where a scenery is and what marks it."""
    if name == "river" and state.river:
        low, high = state.river.start, state.river.last
        across = "z" if state.river.direction == "x" else "x"
        span = f"{across} = {low}" if low == high else f"{across} = {low} to {high}"
        return f"a strip of blue water along {state.river.direction} crosses the scene ({span})."
    spot = where(state, places)
    cells = listed(f"({x}, {z})" if y < 0 else f"({x}, {y}, {z})" for x, y, z in places)
    kind = "ground cell" if name == "lava" else "block"
    if name == "ladder":
        return f"{spot}, brown rails and rungs hang on the {counted(len(places), kind)} at {cells}."
    looks = {
        "brick": "red-brown with light mortar lines",
        "diamond_ore": "grey stone with cyan nuggets",
        "gold_ore": "grey stone with yellow nuggets",
        "lava": "orange and yellow and slightly sunken",
        "pumpkin": "orange with upright grooves and a stem",
        "tnt": "red with a white band and the letters TNT",
    }[name]
    if len(places) == 1:
        return f"{spot}, the {kind} at {cells} is {looks}."
    return f"{spot}, the {counted(len(places), kind)} at {cells} are {looks}."


class CountTask(Task[State, MinecraftParams]):
    """A question without params whose answer is a number."""

    kind = AnswerKind.INTEGER
    params_type = NoParams

    def ask(self, state: State, plan: MinecraftParams, rng: Random) -> dict[str, Any]:
        return {}


class CubeCount(CountTask):
    """Task 2."""

    id, slug = 2, "cube_count"
    about = "Count the cubes of a solid cuboid."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    rules = WORLD

    def plan(self, level: MinecraftParams, rng: Random) -> MinecraftParams:
        return msgspec.structs.replace(level, kind="cuboid", box=rng.choice(boxes(level.cubes)))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "The scene shows one solid box of unit cubes. It has no holes. How many cubes does the box consist of, "
            "the hidden ones included?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        a, h, b = box_size(state)
        layer, total = a * b, a * h * b
        steps = [
            f"Along the two edges of the top lie {counted(a, 'cube')} (along x) and {counted(b, 'cube')} (along z).",
            f"Along an upright edge the box is {counted(h, 'cube')} high.",
            f"One layer has {a} × {b} = {layer} cubes.",
            f"All layers together have {layer} × {h} = {total} cubes, seen or hidden: {total}.",
        ]
        return Solution(total, steps, work=float(total))


class CrossRiver(CountTask):
    """Task 3."""

    id, slug = 3, "cross_river"
    about = "Find the fewest blocks to bridge the river."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    rules = WORLD + NO_TAKING + SWIMLESS

    def plan(self, level: MinecraftParams, rng: Random) -> MinecraftParams:
        return msgspec.structs.replace(level, kind="river", bridge=rng.randint(*level.width))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "What is the least number of blocks that the player must place to reach the other bank of the river?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        assert state.river
        width = state.river.width
        steps = [
            f"Count the water cells on a line straight across the river: {_cells(state.river)}.",
            "Each step leads to a side-neighbour cell, so the player sets foot on at least one cell of every row of "
            "water that runs along the river; each such cell needs a block. A slanted bridge needs further blocks at "
            "its corners.",
            f"A straight bridge needs one block for each row of water: {width}.",
        ]
        return Solution(width, steps, work=float(width))


class Climb(CountTask):
    """Task 4."""

    id, slug = 4, "climb"
    about = "Find the fewest blocks to reach a block on a column, with or without ladders."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    rules = WORLD + NO_TAKING + CLIMBING

    def plan(self, level: MinecraftParams, rng: Random) -> MinecraftParams:
        heights = range(level.height[0], level.height[1] + 1)
        under = rng.choices(heights, level.shares or None)[0]
        return msgspec.structs.replace(level, kind="tower", under=under, ladder=_laddered(under, rng))

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        assert state.target
        return (
            "The player stands on the ground and can walk freely around the column. What is the least number of blocks"
            f" that he must place to reach the {TARGETS[state.target]}?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cost, steps = _climb(state)
        return Solution(cost, steps, work=float(len(state.column) + 1))


class CrossRiverClimb(CountTask):
    """Task 5."""

    id, slug = 5, "cross_river_climb"
    about = "Find the fewest blocks to reach a target that may lie across the river."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    rules = WORLD + NO_TAKING + SWIMLESS + CLIMBING

    def plan(self, level: MinecraftParams, rng: Random) -> MinecraftParams:
        bridge, under = rng.choice(crossings(level.total))
        same_bank = rng.random() < SAME_BANK
        ladder = _laddered(under, rng)
        return msgspec.structs.replace(
            level, kind="river_tower", bridge=bridge, under=under, ladder=ladder, same_bank=same_bank
        )

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        assert state.target
        return f"What is the least number of blocks that the player must place to reach the {TARGETS[state.target]}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        river, player = state.river, state.player
        assert river and player
        column = foot(state)
        across = "z" if river.direction == "x" else "x"
        banks = [BANKS[river.direction, river.side(cell)] for cell in (player, column)]
        places = f"player at {across} = {river.across(player)}, column at {across} = {river.across(column)}"
        crossing = crossing_cost(state)
        climbing, steps = _climb(state)
        if crossing:
            steps = [
                f"The river lies between the player and the column: the player stands on the {banks[0]} bank, the "
                f"column on the {banks[1]} bank ({places}).",
                f"The river must be crossed. A line straight across it has {_cells(river)}, so the shortest bridge "
                f"takes {counted(crossing, 'block')}.",
                *steps,
                f"Bridge and climb together: {crossing} + {climbing} = {crossing + climbing}.",
            ]
        else:
            steps = [
                f"The player and the column are both on the {banks[0]} bank ({places}), so the river need not be "
                "crossed.",
                *steps,
                f"No bridge is needed, only the climb counts: {climbing}.",
            ]
        return Solution(crossing + climbing, steps, work=float(river.width + len(state.column)))


def _laddered(under: int, rng: Random) -> bool:
    return rng.random() < LADDERS and under > 0


def _cells(river: River) -> str:
    """Return the water cells straight across a river in words."""
    across = "z" if river.direction == "x" else "x"
    cells = ", ".join(map(str, range(river.start, river.last + 1)))
    return f"{counted(river.width, 'water cell')} ({across} = {cells})"


def _climb(state: State) -> tuple[int, list[str]]:
    """Return how many blocks the climb costs, and why."""
    assert state.target
    target, under, ladder = TARGETS[state.target], len(state.column), has_ladder(state)
    cost = climb_cost(under, ladder)
    if ladder:
        return cost, [
            f"Ladders hang on the column under the {target}.",
            f"The player climbs them, so the climb needs no block, whatever the height: {cost}.",
        ]
    height = under + 1
    pile = "no block" if not under else counted(under, "block")
    verb = "are" if under > 1 else "is"
    steps = [f"Under the {target} {verb} {pile} and no ladder, so the {target} is at height {under} + 1 = {height}."]
    if height <= REACH:
        steps.append(
            f"A player who stands on the ground has his upper body at height {REACH}, which is not below {height}. "
            f"Blocks needed for the climb: {cost}."
        )
    else:
        steps.append(
            f"On k blocks the player's upper body is at height k + {REACH}. It must not be below {height}, so k is at "
            f"least {height} - {REACH} = {cost}."
        )
    return cost, steps


TASKS = (SceneryRecognition(), CubeCount(), CrossRiver(), Climb(), CrossRiverClimb())
