import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from math import cos, floor, radians, sin, tan
from random import Random
from typing import Any

import msgspec
import numpy as np
import pytest

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style, delta_e
from gameqa.games.minecraft import GAME, MinecraftParams
from gameqa.games.minecraft.rules import climb_cost, crossing_cost, sceneries
from gameqa.games.minecraft.scene import HEIGHT, Lens, id_buffer, legible, parts
from gameqa.games.minecraft.state import State
from gameqa.games.minecraft.tasks import related_sets

EXAMPLE: dict[str, Any] = {
    "kind": "river_tower",
    "ground": {"style": "grass", "color": "#2E8B2E"},
    "sky": True,
    "blocks": [
        {"pos": [2, 0, 4], "type": "plain", "color": "#7A5AC8", "ladder": False},
        {"pos": [2, 1, 4], "type": "plain", "color": "#7A5AC8", "ladder": False},
        {"pos": [2, 2, 4], "type": "pumpkin", "ladder": False},
    ],
    "river": {"direction": "x", "start": -1, "width": 3, "grid": True},
    "lava": [],
    "player": [0, -3],
    "target": "pumpkin",
    "camera": {"center": [0.6, 0.4, 0.9], "distance": 25.0, "polar_deg": 52.0, "azimuth_deg": 131.0},
}
TASKS = ("scenery_recognition", "cube_count", "cross_river", "climb", "cross_river_climb")
FRAME = (400, 225)


@cache
def samples(task: str, level: str, count: int = 300) -> list[Sample]:
    return [gameqa.sample("minecraft", task, level, index=index) for index in range(count)]


def state_of(sample: Sample) -> State:
    return State.from_json(json.loads(sample.state))


def solve(task: str, state: dict[str, Any]) -> Any:
    return GAME.task(task).solve(State.from_json(state), {}).value


def blocks_at(places: Any, block_type: str = "plain", **more: Any) -> list[dict[str, Any]]:
    color = {"color": "#7A5AC8"} if block_type == "plain" else {}
    return [{"pos": list(place), "type": block_type, "ladder": False, **color, **more} for place in places]


def tower(under: int, ladder: bool) -> dict[str, Any]:
    pile = blocks_at([(0, y, 0) for y in range(under)], ladder=ladder)
    top = blocks_at([(0, under, 0)], "pumpkin")
    return {**EXAMPLE, "kind": "tower", "river": None, "player": None, "blocks": pile + top}


SCENERY = {
    **EXAMPLE,
    "kind": "scenery",
    "player": None,
    "target": None,
    "river": None,
    "blocks": [
        *blocks_at([(-2, 0, 2), (-2, 1, 2)], "stone", ladder=True),
        *blocks_at([(0, 0, 0)], "diamond_ore"),
        *blocks_at([(2, 0, -2)], "pumpkin"),
    ],
}


# --- Rules and answers ------------------------------------------------------------------------------------------------


def test_example_answers() -> None:
    assert solve("cross_river_climb", EXAMPLE) == 4
    assert solve("cross_river", {**EXAMPLE, "kind": "river", "blocks": [], "target": None}) == 3
    assert solve("climb", tower(4, ladder=False)) == 3
    assert solve("climb", tower(4, ladder=True)) == 0
    assert solve("climb", tower(0, ladder=False)) == solve("climb", tower(1, ladder=False)) == 0
    box = blocks_at([(x, y, z) for x in range(4) for y in range(4) for z in range(5)])
    cuboid = {**EXAMPLE, "kind": "cuboid", "blocks": box, "river": None, "player": None, "target": None}
    assert solve("cube_count", cuboid) == 80
    assert solve("scenery_recognition", SCENERY) == ["diamond_ore", "ladder", "pumpkin"]


def test_bare_stone_is_no_scenery_and_river_and_lava_are() -> None:
    bare = {**SCENERY, "blocks": blocks_at([(0, 0, 3)], "stone"), "lava": [[2, 4]], "river": EXAMPLE["river"]}
    assert list(sceneries(State.from_json(bare))) == ["lava", "river"]


def test_same_bank_costs_no_bridge_and_the_analysis_does_not_add_one() -> None:
    state = {**EXAMPLE, "player": [-2, 3]}
    solution = GAME.task("cross_river_climb").solve(State.from_json(state), {})
    assert solution.value == 1
    assert "both on the north bank" in solution.steps[0]
    assert "+ 1 = 4" not in " ".join(solution.steps) and "bridge takes" not in " ".join(solution.steps)


def fewest_blocks(water: int, gap: int, under: int, most: int) -> int | None:
    """Search in a vertical slice through player, river and column: cells (column, height), ground at height 0.

    Blocks may hang on anything they share a face with; the player walks, falls, jumps up one block, places blocks
    anywhere and also below himself.
    """
    pole = 1 + water + gap
    pile = {(pole, height) for height in range(1, under + 2)}
    land = {(c, 0) for c in range(pole + 1) if not 1 <= c <= water}
    fixed = pile | land

    def stands(placed: frozenset[tuple[int, int]], start: tuple[int, int]) -> set[tuple[int, int]]:
        """Where the player's feet (column, height of the support) can get to."""
        solid = fixed | placed
        found, queue = {start}, [start]
        for c, h in queue:
            for other in ((d, g) for d in (c - 1, c + 1) for g in range(h + 2)):
                free = all((other[0], y) not in solid for y in range(other[1] + 1, max(h, other[1]) + 3))
                room = other[1] <= h or (c, h + 3) not in solid
                if 0 <= other[0] < pole and other in solid and free and room and other not in found:
                    found.add(other)
                    queue.append(other)
        return found

    level = {(frozenset[tuple[int, int]](), (0, 0))}
    for cost in range(most + 1):
        following = set()
        for placed, start in level:
            reached = stands(placed, start)
            if any(c == pole - 1 and h + 2 >= under + 1 for c, h in reached):
                return cost
            solid = fixed | placed
            near = {(c + a, h + b) for c, h in solid for a, b in ((0, 1), (0, -1), (1, 0), (-1, 0))}
            for new in near - solid:
                if not (0 <= new[0] < pole and 0 <= new[1] <= under + 1):
                    continue
                for c, h in reached:
                    if new == (c, h + 1):
                        following.add((placed | {new}, (c, h + 1)))
                    elif new != (c, h + 2):
                        following.add((placed | {new}, (c, h)))
        level = following
    return None


@pytest.mark.parametrize(("water", "under"), [(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 2), (1, 3), (2, 1), (2, 2)])
def test_bridge_and_climb_agree_with_a_search(water: int, under: int) -> None:
    assert fewest_blocks(water, 1, under, 4) == water + climb_cost(under, ladder=False)


def test_a_column_beside_the_water_would_save_a_block_so_scenes_keep_one_cell_free() -> None:
    assert fewest_blocks(2, 0, 2, 4) == 2 < 2 + climb_cost(2, ladder=False)
    for level in Level:
        for sample in samples("cross_river_climb", level):
            state = state_of(sample)
            assert state.river
            if crossing_cost(state):
                at = state.river.across((state.blocks[0].pos[0], state.blocks[0].pos[2]))
                assert at > state.river.last + 1 or at < state.river.start - 1


# --- Levels and shares ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "kinds", "cubes", "width"),
    [("Easy", 3, (1, 30), (1, 3)), ("Medium", 4, (31, 70), (3, 5)), ("Hard", 5, (71, 144), (5, 8))],
)
def test_levels(level: str, kinds: int, cubes: tuple[int, int], width: tuple[int, int]) -> None:
    shown: Counter[str] = Counter()
    for sample in samples("scenery_recognition", level):
        found = sceneries(state_of(sample))
        assert len(found) == kinds
        shown.update(found.keys())
    share = kinds / 8
    assert all(abs(n / 300 - share) < 3.5 * (share * (1 - share) / 300) ** 0.5 for n in shown.values())
    totals = [int(sample.answer) for sample in samples("cube_count", level)]
    assert cubes[0] <= min(totals) and max(totals) <= cubes[1]
    widths = Counter(int(sample.answer) for sample in samples("cross_river", level))
    assert set(widths) == set(range(width[0], width[1] + 1))
    share = 1 / len(widths)
    assert all(abs(n / 300 - share) < 3.5 * (share * (1 - share) / 300) ** 0.5 for n in widths.values())


def test_sizes_of_cuboids_are_uniform_within_their_level() -> None:
    def size(sample: Sample) -> tuple[int, int, int]:
        a, h, b = (max(axis) - min(axis) + 1 for axis in zip(*(b.pos for b in state_of(sample).blocks), strict=True))
        return a, h, b

    every = [(a, h, b) for a in range(2, 7) for h in range(1, 5) for b in range(2, 7) if 71 <= a * h * b <= 144]
    found = Counter(map(size, samples("cube_count", "Hard")))
    assert set(found) <= set(every)
    expected = 300 / len(every)
    chi = sum((found[key] - expected) ** 2 / expected for key in every)
    assert chi < len(every) + 5 * (2 * len(every)) ** 0.5


@pytest.mark.parametrize(
    ("level", "shares"),
    [
        ("Easy", {0: 0.1, 1: 0.15, 2: 0.4, 3: 0.35}),
        ("Medium", {3: 1 / 3, 4: 1 / 3, 5: 1 / 3}),
        ("Hard", {5: 1 / 3, 6: 1 / 3, 7: 1 / 3}),
    ],
)
def test_columns_ladders_and_zeros_of_climb(level: str, shares: dict[int, float]) -> None:
    made = samples("climb", level)
    states = [state_of(sample) for sample in made]
    found = Counter(len(state.column) for state in states)
    assert set(found) == set(shares)
    for under, share in shares.items():
        assert abs(found[under] / 300 - share) < 3 * (share * (1 - share) / 300) ** 0.5
    high = [state for state in states if state.column]
    assert abs(sum(state.column[0].ladder for state in high) / len(high) - 0.2) < 3 * (0.16 / len(high)) ** 0.5
    assert sum(sample.answer == "0" for sample in made) / 300 < (0.45 if level == "Easy" else 0.3)


@pytest.mark.parametrize(("level", "total"), [("Easy", (1, 3)), ("Medium", (4, 6)), ("Hard", (7, 11))])
def test_banks_directions_and_distances(level: str, total: tuple[int, int]) -> None:
    made = samples("cross_river_climb", level)
    same = along_x = low = 0
    away: Counter[int] = Counter()
    for sample in made:
        state = state_of(sample)
        river, player = state.river, state.player
        assert river and player and state.ground.color == "#2E8B2E" and state.ground.style == "grass" and river.grid
        assert total[0] <= river.width + len(state.column) <= total[1]
        assert 1 <= river.width <= 5 and len(state.column) <= 6
        assert abs(player[0]) <= 3 and abs(player[1]) <= 4
        same += crossing_cost(state) == 0
        along_x += river.direction == "x"
        low += river.side(player) < 0
        away[max(river.start - river.across(player), river.across(player) - river.last)] += 1
    assert abs(same / 300 - 0.25) < 3 * (0.1875 / 300) ** 0.5
    assert abs(along_x / 300 - 0.5) < 0.09 and abs(low / 300 - 0.5) < 0.09
    assert set(away) == {1, 2, 3} and min(away.values()) > 60


def test_zero_is_rare_in_the_last_task() -> None:
    zeros = sum(sample.answer == "0" for level in Level for sample in samples("cross_river_climb", level))
    assert zeros / 900 < 0.15


@pytest.mark.parametrize("size", [3, 4, 5])
def test_no_option_stands_out(size: int) -> None:
    for seed in range(60):
        group = related_sets(size, Random(seed))
        assert len(set(group)) == 8 and {len(members) for members in group} == {size}
        for one in group:
            assert sum(len(one - other) == 1 for other in group) >= 2


@pytest.mark.parametrize("level", list(Level))
def test_blind_guesses_at_options_do_not_pay(level: Level) -> None:
    popular = central = 0.0
    for sample in samples("scenery_recognition", level):
        options = [frozenset(option) for option in json.loads(sample.params)["options"]]
        right = options[ord(sample.answer) - ord("A")]
        votes = Counter(kind for option in options for kind in option)
        for key, score in (("votes", 0), ("kin", 1)):
            ranked = {
                option: sum(votes[kind] for kind in option)
                if key == "votes"
                else sum(len(option - other) == 1 for other in options)
                for option in options
            }
            best = [option for option in options if ranked[option] == max(ranked.values())]
            gain = (right in best) / len(best)
            popular, central = popular + gain * (score == 0), central + gain * (score == 1)
    assert popular / 300 < 0.125 + 0.06 and central / 300 < 0.125 + 0.06


@pytest.mark.parametrize("task", TASKS[1:])
@pytest.mark.parametrize("level", list(Level))
def test_the_last_number_of_the_analysis_is_the_answer(task: str, level: Level) -> None:
    for sample in samples(task, level):
        steps = sample.analysis.rpartition("\nAnswer:")[0]
        assert re.findall(r"\d+", steps)[-1] == sample.answer
        assert not re.search(r"\b1 (blocks|cubes|cells|water cells)\b|\b[02-9] (block|cube|water cell)\b", steps)


# --- The picture ------------------------------------------------------------------------------------------------------


class Caster:
    """Shoots one ray through the middle of pixels and finds what it meets: an account of its own of the geometry."""

    def __init__(self, state: dict[str, Any], size: tuple[int, int] = FRAME, step: int = 1) -> None:
        self.state = state
        camera = state["camera"]
        p, a = radians(camera["polar_deg"]), radians(camera["azimuth_deg"])
        back = np.array([sin(p) * cos(a), cos(p), sin(p) * sin(a)])
        self.eye = np.array(camera["center"]) + camera["distance"] * back
        # Seen from above x runs to the right and z upwards: a left-handed frame, so right = up × ahead.
        right = np.cross(np.array([0.0, 1.0, 0.0]), -back)
        right /= np.linalg.norm(right)
        up = np.cross(-back, right)
        self.columns, self.rows = np.arange(0, size[0], step), np.arange(0, size[1], step)
        unit = tan(radians(20)) * 2 / size[1]
        across = (self.columns + 0.5 - size[0] / 2) * unit
        down = (self.rows + 0.5 - size[1] / 2) * unit
        self.ways = -back + across[None, :, None] * right - down[:, None, None] * up

    def ground(self, height: float) -> tuple[Any, Any, Any]:
        reach = (height - self.eye[1]) / self.ways[..., 1]
        at = self.eye + reach[..., None] * self.ways
        return np.where(self.ways[..., 1] < 0, reach, np.inf), np.rint(at[..., 0]), np.rint(at[..., 2])

    def names(self, only: str | None = None) -> Any:
        """The name of the part seen at each pixel; "" for ground, walls of pits and sky."""
        state, found = self.state, np.full(self.ways.shape[:2], "", dtype="<U16")
        nearest, x, z = self.ground(0)
        _, wet_x, wet_z = self.ground(-0.3)
        river = state["river"]
        if river:
            low, high = river["start"], river["start"] + river["width"] - 1
            above, below = (z, wet_z) if river["direction"] == "x" else (x, wet_x)
            found[(low <= above) & (above <= high) & (low <= below) & (below <= high)] = "river"
        lava = [tuple(cell) for cell in state["lava"]]
        above, below = (sum((a == x) & (b == z) for a, b in lava), sum((a == wet_x) & (b == wet_z) for a, b in lava))
        apart = len(lava) == 2 and abs(lava[0][0] - lava[1][0]) + abs(lava[0][1] - lava[1][1]) != 1
        assert not apart, "scenes keep two lava cells together"
        found[np.asarray(above * below > 0) & np.ones_like(found, dtype=bool)] = "lava"
        if state["player"]:
            found[(x == state["player"][0]) & (z == state["player"][1])] = "player"
        if only:
            found[found != only] = ""
        for low_corner, high_corner, kinds in self.boxes():
            low = (np.array(low_corner) - self.eye) / self.ways
            high = (np.array(high_corner) - self.eye) / self.ways
            enters, leaves = np.minimum(low, high), np.maximum(low, high).min(axis=-1)
            axis, enter = enters.argmax(axis=-1), enters.max(axis=-1)
            picked = np.take_along_axis(self.ways < 0, axis[..., None], axis=-1)[..., 0]
            met = np.array(kinds)[2 * axis + picked]
            hit = (enter < leaves) & (enter < nearest)
            if only:
                hit &= met == only
            found[hit] = met[hit]
            nearest = np.where(hit, enter, nearest)
        return found

    def boxes(self) -> list[tuple[list[float], list[float], list[str]]]:
        """Low corner, high corner, and what the six faces show (west, east, bottom, top, south, north).

        Cuboids and columns are one box each, whose faces are named by their direction.
        """
        blocks = self.state["blocks"]
        scenery = self.state["kind"] == "scenery"
        ways = ["(-1, 0, 0)", "(1, 0, 0)", "(0, -1, 0)", "(0, 1, 0)", "(0, 0, -1)", "(0, 0, 1)"]
        made = []
        for group in [[block] for block in blocks] if scenery else [blocks] if blocks else []:
            axes = list(zip(*(block["pos"] for block in group), strict=True))
            (a, b, c), (x, y, z) = map(min, axes), map(max, axes)
            side, top = self.kind(group[0], "side"), self.kind(group[0], "top")
            kinds = [side, side, top, top, side, side] if scenery else ways
            made.append(([a - 0.5, b, c - 0.5], [x + 0.5, y + 1, z + 0.5], kinds))
        return made

    @staticmethod
    def kind(block: dict[str, Any], face: str) -> str:
        if block["ladder"]:
            return "ladder" if face == "side" else "bare"
        return "bare" if block["type"] == "stone" else block["type"]


@pytest.mark.parametrize("task", TASKS)
def test_id_buffer_agrees_with_a_ray_caster(task: str) -> None:
    lens_height = HEIGHT // 2
    for level in Level:
        for sample in samples(task, level)[:3]:
            state = state_of(sample)
            lens = Lens(state.camera, lens_height)
            shown = parts(state, lens)
            labels = np.array(["", *(part.name for part in shown)])
            got = labels[np.asarray(id_buffer(shown, lens))]
            want = Caster(json.loads(sample.state)).names()
            if state.kind == "scenery":  # Tops of ladder columns are named by direction there.
                want = np.where(want == "bare", "(0, 1, 0)", want)
            wrong = got != want
            assert wrong.mean() < 0.02
            # Polygons cover the pixels that their border runs through, so only pixels at a border may differ.
            padded = np.pad(want, 2, mode="edge")
            rows, columns = want.shape
            around = [padded[i : i + rows, j : j + columns] == got for i in range(5) for j in range(5)]
            assert np.any(around, axis=0).mean() > 0.9995


@pytest.mark.parametrize("level", list(Level))
def test_every_scenery_is_visible_by_ray_casting(level: Level) -> None:
    for sample in samples("scenery_recognition", level)[:10]:
        caster = Caster(json.loads(sample.state), step=2)
        seen = Counter(caster.names().ravel().tolist())
        for kind in sceneries(state_of(sample)):
            # One ray stands for 4 x 4 pixels of the picture; small things are counted with an error.
            assert seen[kind] * 16 > 300 - 80
            assert seen[kind] > 0.6 * caster.names(kind).__eq__(kind).sum() - 4


@pytest.mark.parametrize("level", list(Level))
def test_marker_and_column_are_visible_by_ray_casting(level: Level) -> None:
    for sample in samples("cross_river_climb", level)[:12]:
        data = json.loads(sample.state)
        seen = (Caster(data).names() == "player").sum()
        alone = (Caster({**data, "blocks": []}).names() == "player").sum()
        assert seen > 0.55 * alone and alone > 30


@pytest.mark.parametrize("task", TASKS)
def test_all_that_counts_is_inside_the_frame(task: str) -> None:
    for level in Level:
        for sample in samples(task, level)[:60]:
            state = state_of(sample)
            lens = Lens(state.camera)
            cells = [*state.lava, *([state.player] if state.player else [])]
            points = [(x + i, 0, z + j) for x, z in cells for i in (-0.5, 0.5) for j in (-0.5, 0.5)]
            points += [
                (b.pos[0] + i, b.pos[1] + j, b.pos[2] + k)
                for b in state.blocks
                for i in (-0.5, 0.5)
                for j in (0, 1)
                for k in (-0.5, 0.5)
            ]
            for column, row in (lens.project(*point) for point in points):
                assert 31.9 <= column <= 768.1 and 17.9 <= row <= 432.1
            camera = state.camera
            assert 16 <= camera.distance <= 28 and 40 <= camera.polar <= 60
            if state.kind == "cuboid":
                assert 8 < camera.azimuth % 90 < 82


def test_cuboids_show_three_faces() -> None:
    for sample in samples("cube_count", "Hard")[:25]:
        seen = Counter(Caster(json.loads(sample.state), step=2).names().ravel().tolist())
        del seen[""]
        assert len(seen) == 3 and min(seen.values()) > 0.07 * seen.total()


def test_hidden_things_are_refused() -> None:
    """Camera in the south: a wall of brick hides what stands behind it."""
    camera = {"center": [0.0, 0.0, 0.0], "distance": 20.0, "polar_deg": 60.0, "azimuth_deg": 270.0}
    wall = blocks_at([(0, 0, 0), (0, 1, 0)], "brick")
    hidden = {**SCENERY, "camera": camera, "blocks": wall, "lava": [[0, 1]]}
    assert not legible(State.from_json(hidden))
    assert legible(State.from_json({**hidden, "lava": [[2, 0], [2, 1]]}))
    covered = {**EXAMPLE, "camera": camera, "player": [2, 5]}
    assert not legible(State.from_json(covered))
    assert legible(State.from_json({**covered, "player": [-1, 5]}))
    thin = {**hidden, "kind": "cuboid", "lava": [], "blocks": blocks_at([(0, 0, 0), (1, 0, 0)])}
    assert not legible(State.from_json(thin))


def test_east_is_right_and_north_is_up_when_seen_from_the_south() -> None:
    lens = Lens(State.from_json({**EXAMPLE, "camera": {**EXAMPLE["camera"], "azimuth_deg": 270.0}}).camera)
    column, row = lens.project(0, 0, 0)
    assert lens.project(1, 0, 0)[0] > column + 10
    assert lens.project(0, 0, 1)[1] < row - 10
    assert lens.project(0, 1, 0)[1] < row - 10


def look_at(image: Any, lens: Lens, x: float, y: float, z: float) -> Any:
    column, row = lens.project(x, y, z)
    return image.getpixel((floor(column), floor(row)))


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 180.0, 270.0])
def test_the_letters_of_tnt_are_never_mirrored(azimuth: float) -> None:
    camera = {"center": [0.0, 0.5, 0.0], "distance": 10.0, "polar_deg": 80.0, "azimuth_deg": azimuth}
    state = State.from_json({**SCENERY, "blocks": blocks_at([(0, 0, 0)], "tnt"), "camera": camera})
    image = GAME.draw(state, Style(4)).convert("L")
    lens = Lens(state.camera, 4 * HEIGHT)
    a = radians(azimuth)

    def ink(column: int, row: int) -> str:
        """A texel of the face towards the camera, counted from its top left corner: dark or not."""
        across = (column + 0.5) / 16 - 0.5
        x, z = 0.5 * cos(a) - across * sin(a), 0.5 * sin(a) + across * cos(a)
        return "#" if look_at(image, lens, x, 1 - (row + 0.5) / 16, z) < 60 else "."

    letter = ["".join(ink(x, y) for x in range(6, 10)) for y in range(5, 11)]
    assert letter == ["#..#", "#..#", "##.#", "#.##", "#..#", "#..#"]
    assert "".join(ink(x, 5) for x in range(16)) == ".####.#..#.####."


def test_colors_of_water_marker_and_sides() -> None:
    image = GAME.draw(State.from_json(EXAMPLE), Style()).convert("RGB")
    lens, water = Lens(State.from_json(EXAMPLE).camera), (0x0A, 0x78, 0xF0)
    assert look_at(image, lens, 0, 0, -3) == (255, 0, 0)
    assert [look_at(image, lens, x, -0.3, z) for x in (-4, 0) for z in (0, 1)] == [water] * 4
    assert look_at(image, lens, 0.5, -0.3, 0) != water != look_at(image, lens, 0, -0.3, 0.5)
    # The camera stands in the north-west: it sees the west side at 85 % and the north side at 70 %.
    assert look_at(image, lens, 1.5, 0.5, 4) == tuple(round(0.85 * v) for v in (0x7A, 0x5A, 0xC8))
    assert look_at(image, lens, 2, 0.5, 4.5) == tuple(round(0.7 * v) for v in (0x7A, 0x5A, 0xC8))


def test_sky_shows_above_the_horizon_only() -> None:
    high = {**EXAMPLE, "camera": {**EXAMPLE["camera"], "polar_deg": 80.0}}
    top = [GAME.draw(State.from_json({**high, "sky": sky}), Style()).convert("RGB") for sky in (True, False)]
    assert top[0].getpixel((400, 2)) != top[1].getpixel((400, 2))
    assert top[0].crop((0, 200, 800, 450)).tobytes() == top[1].crop((0, 200, 800, 450)).tobytes()
    level = [GAME.draw(State.from_json({**EXAMPLE, "sky": sky}), Style()).convert("RGB") for sky in (True, False)]
    assert level[0].tobytes() == level[1].tobytes()


def test_plain_blocks_stand_out() -> None:
    for task in ("cube_count", "climb", "cross_river_climb"):
        for level in Level:
            for sample in samples(task, level):
                state = state_of(sample)
                for color in {block.color for block in state.blocks if block.color}:
                    ladder = ("#6B3F16", "#8A5524") if state.blocks[0].ladder else ()
                    for other in (state.ground.color, "#0A78F0", "#FF0000", *ladder):
                        assert delta_e(color, other) >= 30


@pytest.mark.parametrize("task", TASKS)
def test_pictures_are_small_files(task: str) -> None:
    assert max(len(sample.png()) for sample in samples(task, "Hard")[:15]) < 120_000


# --- State and text view ----------------------------------------------------------------------------------------------


def test_text_view_of_the_example() -> None:
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert GAME.describe(state).splitlines() == [
        "MINECRAFT SCENE",
        "x = east, z = north, y = height (y=0 stands on the ground)",
        "River: runs along x, covers z = -1, 0, 1",
        "Player stands on ground cell (x=0, z=-3)",
        "Column at (x=2, z=4): y=0 plain block, y=1 plain block, y=2 pumpkin",
        "Ladders: none",
    ]
    assert str(state).splitlines() == ["..3", "...", "...", "~~~", "~~~", "~~~", "...", "P.."]


def test_text_view_gives_ranges_of_a_cuboid_and_no_total() -> None:
    sample = samples("cube_count", "Easy")[0]
    view = sample.text_view.splitlines()[-1]
    (x, a), (y, h), (z, b) = (map(int, pair) for pair in re.findall(r"(-?\d+)\.\.(-?\d+)", view))
    assert int(sample.answer) == (a - x + 1) * (h - y + 1) * (b - z + 1)


BAD: list[dict[str, Any]] = [
    {"player": [0, 0]},
    {"player": [2, 4]},
    {"player": None},
    {"river": None},
    {"river": {**EXAMPLE["river"], "start": 3}},
    {"target": "gold_ore"},
    {"target": None},
    {"lava": [[0, 3]]},
    {"kind": "tower"},
    {"kind": "cuboid"},
    {"blocks": EXAMPLE["blocks"][::-1]},
    {"blocks": EXAMPLE["blocks"][1:]},
    {"blocks": [{**EXAMPLE["blocks"][0], "ladder": True}, *EXAMPLE["blocks"][1:]]},
    {"blocks": [*EXAMPLE["blocks"][:2], {**EXAMPLE["blocks"][2], "ladder": True}]},
    {"blocks": [*EXAMPLE["blocks"][:2], {**EXAMPLE["blocks"][2], "color": "#7A5AC8"}]},
    {"camera": {**EXAMPLE["camera"], "distance": 25.04}},
    {"camera": {**EXAMPLE["camera"], "polar_deg": 89.0}},
    {"ground": {"style": "grass", "color": "green"}},
]


@pytest.mark.parametrize("change", BAD)
def test_illegal_scenes_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        State.from_json({**EXAMPLE, **change})


def test_lava_may_lie_neither_under_a_block_nor_in_the_river() -> None:
    assert State.from_json({**SCENERY, "lava": [[1, 1]]})
    for change in ({"lava": [[0, 0]]}, {"lava": [[3, 0]], "river": {**EXAMPLE["river"], "direction": "z", "start": 3}}):
        with pytest.raises(ValueError, match=r"lava|river"):
            State.from_json({**SCENERY, **change})


@pytest.mark.parametrize("task", TASKS)
def test_perturbed_scenes_are_legal_and_differ(task: str) -> None:
    for level, seed in ((level, seed) for level in Level for seed in range(20)):
        state = state_of(samples(task, level)[seed])
        other = GAME.perturb(state, Random(seed))
        assert State.from_json(other.to_json()) == other != state


def test_levels_of_a_user_are_checked() -> None:
    easy = msgspec.structs.asdict(GAME.levels[Level.EASY])
    for change in ({"cubes": (139, 143)}, {"height": (3, 2)}, {"shares": (0.5, 0.5)}):
        with pytest.raises(ValueError, match=r"must|no cuboid"):
            MinecraftParams(**{**easy, **change})


def test_scenes_hold_kinds_apart() -> None:
    """No two sceneries touch, so that every pair of blocks belongs to one object."""
    for level in Level:
        for sample in samples("scenery_recognition", level)[:100]:
            found = sceneries(state_of(sample))
            solid = {kind: {(x, z) for x, _, z in places} for kind, places in found.items() if kind != "river"}
            for one, two in combinations(solid.values(), 2):
                assert min(max(abs(a - c), abs(b - d)) for a, b in one for c, d in two) > 1
