import json
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import groupby, pairwise
from math import sqrt
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Sample
from gameqa.draw import Style, rgb
from gameqa.games.rubiks_cube import GAME, RubiksCubeParams
from gameqa.games.rubiks_cube.generate import scramble
from gameqa.games.rubiks_cube.rules import MOVES, SOLVED, SOURCE, Move, flaw, inverse, turned
from gameqa.games.rubiks_cube.solver import SPHERES, cube_solution, face_solution, only, table
from gameqa.games.rubiks_cube.state import COLORS, State

LEVELS = ("Easy", "Medium", "Hard")
FACES = "UDLRFB"
EXAMPLE = State.from_json(
    {
        "faces": {
            "U": [[0, 0, 0], [0, 0, 0], [0, 3, 3]],
            "D": [[1, 2, 2], [1, 1, 5], [1, 1, 5]],
            "L": [[4, 4, 4], [2, 2, 4], [2, 2, 4]],
            "R": [[5, 5, 5], [1, 3, 3], [1, 3, 3]],
            "F": [[3, 1, 1], [3, 4, 4], [3, 4, 4]],
            "B": [[2, 2, 2], [0, 5, 5], [0, 5, 5]],
        },
        "colors": ["yellow", "white", "orange", "red", "blue", "green"],
    }
)


# --- A second cube, played by the words of the rules ---

Cube = tuple[Any, ...]


def at(face: str, row: int, col: int) -> int:
    return FACES.index(face) * 9 + 3 * row + col


def strip(text: str) -> list[int]:
    face, line, number, *direction = text.split()
    cells = [at(face, int(number), k) if line == "row" else at(face, k, int(number)) for k in range(3)]
    return cells[::-1] if direction and direction[0] in ("right-to-left", "bottom-to-top") else cells


@cache
def by_words() -> dict[str, Cube]:
    """For each move and place, the place from which its sticker comes, read from the rules of the prompt."""
    made: dict[str, Cube] = {}
    for face, cycle in re.findall(r"^([UDLRFB]): (.* -> .*)$", GAME.rules, re.MULTILINE):
        source = list(range(54))
        for r in range(3):
            for c in range(3):
                source[at(face, r, c)] = at(face, 2 - c, r)
        strips = cycle.split(" -> ")
        assert len(strips) == 5 and strips[0].startswith(strips[4])
        strips[4] = strips[0]
        for one, two in pairwise(strips):
            for a, b in zip(strip(one), strip(two), strict=True):
                source[b] = a
        made[face] = tuple(source)
        made[face + "'"] = tuple(sorted(range(54), key=source.__getitem__))
    return made


def play(cube: Any, *moves: str) -> Cube:
    for move in moves:
        cube = tuple(cube[place] for place in by_words()[move])
    return tuple(cube)


@cache
def spheres(goal: Cube, depth: int) -> list[set[Cube]]:
    """Arrangements by least number of turns from the goal; needs only the layer before and the one before that."""
    layers = [set[Cube](), {goal}]
    for _ in range(depth):
        fresh = {tuple([cube[place] for place in source]) for cube in layers[-1] for source in by_words().values()}
        layers.append(fresh - layers[-1] - layers[-2])
    return layers[1:]


def order(*moves: str) -> int:
    start = cube = tuple(range(54))
    for count in range(1, 2000):
        cube = play(cube, *moves)
        if cube == start:
            return count
    raise AssertionError(moves)


def randomly(rng: Random, length: int) -> tuple[bytes, list[Move]]:
    moves: list[Move] = [rng.choice(MOVES) for _ in range(length)]
    return turned(SOLVED, *moves), moves


@cache
def samples(task: str, level: str, count: int = 400) -> list[Sample]:
    return [gameqa.sample("rubiks_cube", task, level, seed=1, index=index) for index in range(count)]


def read(sample: Sample) -> tuple[State, dict[str, Any]]:
    return State.from_json(json.loads(sample.state)), json.loads(sample.params)


def chosen(sample: Sample) -> str:
    return sample.options[ord(sample.answer) - ord("A")]


def about(found: float, share: float, count: int) -> bool:
    return abs(found / count - share) <= 3 * (share * (1 - share) / count) ** 0.5 + 0.005


# --- Turns ---


def test_turns_in_space_do_what_the_words_of_the_rules_say() -> None:
    assert sorted(by_words()) == sorted(MOVES)
    for move in MOVES:
        assert tuple(SOURCE[move]) == by_words()[move], move


@given(st.integers(0, 30), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_sequences_agree_with_a_second_cube_and_can_be_undone(length: int, rng: Random) -> None:
    stickers, moves = randomly(rng, length)
    assert tuple(stickers) == play(SOLVED, *moves)
    back: list[Move] = [inverse(move) for move in reversed(moves)]
    assert turned(stickers, *back) == SOLVED
    assert flaw(stickers) is None
    assert Counter(stickers) == dict.fromkeys(range(6), 9)


def test_orders_of_known_sequences() -> None:
    assert [order(move) for move in MOVES] == [4] * 12
    assert order("R", "U") == 105
    assert order("R", "U'") == 63
    assert order("R", "U", "R'", "U'") == 6
    assert order("R", "R", "U", "U") == 6
    assert order("R", "U", "U") == 30
    # Turns of opposite faces commute; half turns of all six faces give the chequered cube, its own inverse.
    assert play(SOLVED, "L", "R") == play(SOLVED, "R", "L") != play(SOLVED, "R", "L'")
    assert order(*(move for face in "RLUDFB" for move in (face, face))) == 2


def test_one_turn_by_hand() -> None:
    cube = State(turned(SOLVED, "R"))
    # Seen from the front, the right column goes up, so yellow goes to the back and blue on top.
    assert cube.rows("U") == [[0, 0, 4]] * 3
    assert cube.rows("F") == [[4, 4, 1]] * 3
    assert cube.rows("B") == [[0, 5, 5]] * 3
    assert cube.rows("D") == [[1, 1, 5]] * 3
    assert cube.rows("R") == [[3, 3, 3]] * 3


def test_the_example_is_the_cube_after_its_turns() -> None:
    assert turned(SOLVED, "R", "U", "F'") == EXAMPLE.stickers
    assert GAME.describe(EXAMPLE).splitlines() == [
        "Rubik's cube (rows from the top, as in the net)",
        "U: yellow yellow yellow / yellow yellow yellow / yellow red red",
        "D: white orange orange / white white green / white white green",
        "L: blue blue blue / orange orange blue / orange orange blue",
        "R: green green green / white red red / white red red",
        "F: red white white / red blue blue / red blue blue",
        "B: orange orange orange / yellow green green / yellow green green",
    ]
    assert str(EXAMPLE).splitlines()[2:4] == ["    yrr", "bbb rww ggg ooo"]
    assert str(EXAMPLE) in "\n".join(line[4:19].rstrip() for line in (GAME.doc or "").splitlines())


# --- The solver ---


def test_layers_have_the_known_sizes_and_the_table_holds_them() -> None:
    layers = spheres(tuple(SOLVED), 5)
    assert tuple(map(len, layers)) == SPHERES == (1, 12, 114, 1068, 10011, 93840)
    assert {bytes(cube): turns for turns in range(5) for cube in layers[turns]} == table(SOLVED)


def test_least_turns_of_the_cube_agree_with_the_layers() -> None:
    layers, rng = spheres(tuple(SOLVED), 5), Random(1)
    for turns in range(6):
        cubes = sorted(layers[turns])
        for cube in rng.sample(cubes, min(len(cubes), 60)):
            way = cube_solution(bytes(cube))
            assert way is not None and len(way) == turns
            assert play(cube, *way) == tuple(SOLVED)
    near = set[Cube]().union(*layers)
    six = 0
    for _ in range(150):
        cube = play(SOLVED, *scramble(rng, 6))
        way = cube_solution(bytes(cube))
        assert way is not None and play(cube, *way) == tuple(SOLVED)
        assert len(way) == (6 if cube not in near else next(n for n in range(6) if cube in layers[n]))
        six += len(way) == 6
    assert six > 100
    # Every quarter turn is an odd permutation: a cube that an odd number of turns made needs an odd number.
    far = 0
    for length in (7, 8, 40, 41) * 5:
        way = cube_solution(turned(SOLVED, *scramble(rng, length)))
        assert way is None or len(way) % 2 == length % 2
        far += way is None
    assert far >= 15


@pytest.mark.parametrize("color", range(6))
def test_least_turns_of_a_face_agree_with_a_search_over_its_stickers(color: int) -> None:
    goal = tuple(int(value == color) for value in SOLVED)
    layers, rng = spheres(goal, 4), Random(color)
    assert {bytes(marks): turns for turns in range(5) for marks in layers[turns]} == table(bytes(goal))
    # By the symmetry of the cube all faces have the same layers.
    assert [len(layer) for layer in layers] == [1, 8, 76, 680, 5714]
    seen = Counter[int]()
    for _ in range(60):
        stickers, _ = randomly(rng, rng.randint(1, 7))
        way = face_solution(stickers, color)
        marks = tuple(only(stickers, color))
        # Two-sided: layers around the goal meet layers around the cube.
        expected = next((n for n in range(5) if marks in layers[n]), None)
        if expected is None:
            around = {play(marks, move) for move in MOVES}
            expected = 5 if not around.isdisjoint(layers[4]) else 6
        assert way is not None or expected == 6
        if way is not None:
            assert len(way) == expected
            assert State(bytes(play(stickers, *way))).rows(FACES[color]) == [[color] * 3] * 3  # type: ignore[arg-type]
            seen[len(way)] += 1
    assert set(seen) >= {1, 2, 3, 4, 5}


def test_tables_are_made_when_needed_and_once() -> None:
    code = """
import gameqa, time
from gameqa.games.rubiks_cube.solver import table
for task in (1, 2, 5):
    gameqa.sample("rubiks_cube", task, "Hard").png()
assert table.cache_info().currsize == 0
start = time.perf_counter()
for index in range(3):
    gameqa.sample("rubiks_cube", 4, "Hard", index=index)
assert table.cache_info().currsize == table.cache_info().misses == 1
print(time.perf_counter() - start)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 0.5


# --- Which cubes are legal ---

CORNERS = ["URF", "UFL", "ULB", "UBR", "DFR", "DLF", "DBL", "DRB"]
EDGES = ["UR", "UF", "UL", "UB", "DR", "DF", "DL", "DB", "FR", "FL", "BL", "BR"]
PLACES = {
    "URF": [("U", 2, 2), ("R", 0, 0), ("F", 0, 2)],
    "UFL": [("U", 2, 0), ("F", 0, 0), ("L", 0, 2)],
    "ULB": [("U", 0, 0), ("L", 0, 0), ("B", 0, 2)],
    "UBR": [("U", 0, 2), ("B", 0, 0), ("R", 0, 2)],
    "DFR": [("D", 0, 2), ("F", 2, 2), ("R", 2, 0)],
    "DLF": [("D", 0, 0), ("L", 2, 2), ("F", 2, 0)],
    "DBL": [("D", 2, 0), ("B", 2, 2), ("L", 2, 0)],
    "DRB": [("D", 2, 2), ("R", 2, 2), ("B", 2, 0)],
    "UR": [("U", 1, 2), ("R", 0, 1)],
    "UF": [("U", 2, 1), ("F", 0, 1)],
    "UL": [("U", 1, 0), ("L", 0, 1)],
    "UB": [("U", 0, 1), ("B", 0, 1)],
    "DR": [("D", 1, 2), ("R", 2, 1)],
    "DF": [("D", 0, 1), ("F", 2, 1)],
    "DL": [("D", 1, 0), ("L", 2, 1)],
    "DB": [("D", 2, 1), ("B", 2, 1)],
    "FR": [("F", 1, 2), ("R", 1, 0)],
    "FL": [("F", 1, 0), ("L", 1, 2)],
    "BL": [("B", 1, 2), ("L", 1, 0)],
    "BR": [("B", 1, 0), ("R", 1, 2)],
}


def assemble(changes: dict[str, str]) -> bytes:
    """Put pieces into places: `{"URF": "FUR"}` twists a corner, `{"UR": "RU"}` flips an edge."""
    stickers = bytearray(SOLVED)
    for slot, piece in changes.items():
        for (face, row, col), color in zip(PLACES[slot], piece, strict=True):
            stickers[at(face, row, col)] = FACES.index(color)
    return bytes(stickers)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"URF": "FUR"}, "corner is turned in its place"),
        ({"UR": "RU"}, "edge is turned in its place"),
        ({"UR": "UF", "UF": "UR"}, "two pieces are swapped"),
        ({"URF": "UFL", "UFL": "URF"}, "two pieces are swapped"),
        ({"URF": "UFL"}, "one corner occurs twice"),
        ({"UR": "UF"}, "one edge occurs twice"),
        ({"UR": "UD"}, "no edge of a cube has the colours 0, 1"),
        ({"URF": "UFR"}, "no corner of a cube has the colours"),
    ],
)
def test_cubes_that_turns_cannot_make_are_refused(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        State.from_json(State(assemble(changes)).to_json())


@pytest.mark.parametrize(
    "changes",
    [
        {"URF": "FUR", "UFL": "FLU"},
        {"UR": "RU", "UF": "FU"},
        {"UR": "UF", "UF": "UR", "URF": "UFL", "UFL": "URF"},
        {"UR": "UF", "UF": "UL", "UL": "UR"},
    ],
)
def test_cubes_that_turns_can_make_are_accepted(changes: dict[str, str]) -> None:
    assert flaw(assemble(changes)) is None


def test_one_of_twelve_random_assemblies_is_legal_and_all_near_cubes_are() -> None:
    rng, legal = Random(5), 0
    for _ in range(1500):
        changes: dict[str, str] = {}
        for slots in (CORNERS, EDGES):
            for slot, piece in zip(slots, rng.sample(slots, len(slots)), strict=True):
                spin = rng.randrange(len(piece))
                changes[slot] = piece[spin:] + piece[:spin]
        legal += flaw(assemble(changes)) is None
    assert about(legal, 1 / 12, 1500)
    assert all(flaw(bytes(cube)) is None for layer in spheres(tuple(SOLVED), 5)[:4] for cube in layer)


def test_mirrored_cubes_and_bad_json_are_refused() -> None:
    good = EXAMPLE.to_json()
    mirrored = {face: [row[::-1] for row in rows] for face, rows in good["faces"].items()}
    mirrored["L"], mirrored["R"] = mirrored["R"], mirrored["L"]
    swap = [0, 1, 3, 2, 4, 5]
    mirrored = {face: [[swap[color] for color in row] for row in rows] for face, rows in mirrored.items()}
    # The mirrored cube is another legal one; with the colours left as they are it is not.
    assert State.from_json({**good, "faces": mirrored}).stickers == turned(SOLVED, "L'", "U'", "F")
    unchanged = {face: [[swap[color] for color in row] for row in rows] for face, rows in mirrored.items()}
    faces = good["faces"]
    for bad in (
        {**good, "faces": unchanged},
        {**good, "colors": good["colors"][::-1]},
        {**good, "faces": {**faces, "U": faces["D"], "D": faces["U"]}},
        {**good, "faces": {**faces, "U": [[0, 0, 0], [0, 0, 0], [0, 3, 6]]}},
        {**good, "faces": {**faces, "U": [[0, 0, 0], [0, 0, 0]]}},
        {**good, "faces": {face: faces[face] for face in "UDLRF"}},
        {**good, "moves": []},
    ):
        with pytest.raises((ValueError, msgspec.ValidationError)):
            State.from_json(bad)


def test_perturbed_cubes_are_legal_other_and_not_solved() -> None:
    rng = Random(3)
    for length in (1, 1, 1, 1, 2, 5, 20) * 4:
        state = State(turned(SOLVED, *scramble(rng, length)))
        other = GAME.perturb(state, rng)
        assert other != state and other.stickers != SOLVED
        assert State.from_json(other.to_json()) == other


# --- Scrambles ---


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_scrambles_take_nothing_back(length: int, rng: Random) -> None:
    moves: list[Move] = scramble(rng, length)
    assert len(moves) == length
    axis = {"U": "y", "D": "y", "L": "x", "R": "x", "F": "z", "B": "z"}
    for _, run in groupby(moves, key=lambda move: axis[move[0]]):
        turns = Counter(run)
        assert max(turns.values()) <= 2
        assert not any(inverse(move) in turns for move in turns)


@pytest.mark.parametrize(("level", "least", "most"), [("Easy", 3, 4), ("Medium", 5, 8), ("Hard", 15, 25)])
def test_levels_scramble_as_far_as_they_should(level: str, least: int, most: int) -> None:
    lengths = Counter[int]()
    rng = Random(9)
    for _ in range(300):
        state = GAME.generate(rng, GAME.levels[gameqa.Level(level)], lambda _: True)
        assert state is not None and state.stickers != SOLVED
        way = cube_solution(state.stickers)
        lengths[len(way) if way is not None else 99] += 1
    if level == "Easy":
        # Shortest ways may be shorter than the scramble only where turns are repeated or commute.
        assert set(lengths) <= {2, 3, 4} and lengths[3] > 100 and lengths[4] > 100
    assert level == "Easy" or lengths[99] > (60 if level == "Medium" else 290)
    assert GAME.levels[gameqa.Level(level)].scramble == (least, most)


# --- Tasks ---


@pytest.mark.parametrize(
    ("task", "params", "value"),
    [
        ("face_recognition", {"face": "F", "row": 2, "col": 2}, "blue"),
        ("move_prediction", {"moves": ["U", "R"], "face": "F", "row": 0, "col": 2}, "orange"),
        ("single_face_solve", {"face": "L"}, 2),
        ("full_solve", {}, 3),
        ("color_count", {"face": "L", "color": "orange"}, 4),
        ("color_count", {"face": "R", "color": "white"}, 2),
    ],
)
def test_worked_examples(task: str, params: dict[str, Any], value: Any) -> None:
    assert GAME.task(task).solve(EXAMPLE, params).value == value
    if task == "full_solve":
        assert "F → U' → R'" in GAME.task(task).solve(EXAMPLE, params).steps[0]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", ["face_recognition", "move_prediction"])
def test_colours_are_six_and_cannot_be_guessed(task: str, level: str) -> None:
    made = samples(task, level)
    relations, colors, own = Counter[str](), Counter[str](), 0
    for sample in made:
        assert sorted(sample.options) == sorted(COLORS)
        color, home = COLORS.index(chosen(sample)), FACES.index(read(sample)[1]["face"])
        relations["own" if color == home else "opposite" if color // 2 == home // 2 else "side"] += 1
        colors[chosen(sample)] += 1
        own += read(sample)[1]["row"] == read(sample)[1]["col"] == 1
    # One in six by any rule: always the same colour, the face's own colour, that of the opposite face.
    share = 1 / 6 + (0.033 if task == "face_recognition" else 0)
    assert about(relations["own"], share, 400) and about(relations["opposite"], 1 / 6, 400)
    assert max(colors.values()) / 400 < 0.24
    assert 0 < own / 400 <= 0.05 + 0.02 if task == "face_recognition" else own == 0


@pytest.mark.parametrize("level", LEVELS)
def test_recognition_asks_where_mistaken_coordinates_show_another_colour(level: str) -> None:
    for sample in samples("face_recognition", level):
        state, params = read(sample)
        rows, row, col = state.rows(params["face"]), params["row"], params["col"]
        assert chosen(sample) == COLORS[rows[row][col]]
        if (row, col) != (1, 1):
            assert rows[col][row] != rows[row][col] or rows[2 - row][col] != rows[row][col]
        assert level == "Easy" or len({color for line in rows for color in line}) >= 3


@pytest.mark.parametrize(("level", "lengths"), [("Easy", {1, 2}), ("Medium", {3}), ("Hard", {4, 5})])
def test_predictions_move_their_sticker_and_mostly_change_the_colour(level: str, lengths: set[int]) -> None:
    changed, found = 0, Counter[int]()
    for sample in samples("move_prediction", level):
        state, params = read(sample)
        moves, place = params["moves"], at(params["face"], params["row"], params["col"])
        found[len(moves)] += 1
        assert len(moves) == 1 or len({move[0] for move in moves}) > 1
        assert not any(inverse(one) == two for one, two in pairwise(moves))
        cubes = [tuple(range(54))]
        for move in moves:
            cubes.append(play(cubes[-1], move))
        sticker = cubes[-1][place]
        assert chosen(sample) == COLORS[state.stickers[sticker]]
        moved = sum(one.index(sticker) != two.index(sticker) for one, two in pairwise(cubes))
        assert moved >= 0.6 * len(moves)
        changed += state.stickers[sticker] != state.stickers[place]
        assert f"in the cube shown, {FACES[sticker // 9]} ({sticker // 3 % 3},{sticker % 3}) is" in sample.analysis
    assert set(found) == lengths and min(found.values()) > 150
    assert changed / 400 >= 0.8


def test_the_words_of_a_prediction_follow_the_strips() -> None:
    steps = GAME.task("move_prediction").solve(EXAMPLE, {"moves": ["U", "R"], "face": "F", "row": 0, "col": 2}).steps
    assert steps[1:] == [
        "Before R the sticker was at D (0,2): R moves D col 2 top-to-bottom onto F col 2 top-to-bottom.",
        "U leaves D (0,2) where it is, so before U the sticker was there as well.",
        "Before all moves, in the cube shown, D (0,2) is orange.",
    ]
    own = GAME.task("move_prediction").solve(EXAMPLE, {"moves": ["F'"], "face": "F", "row": 0, "col": 0})
    assert own.steps[1] == (
        "Before F' the sticker was at F (0,2): F' turns face F counter-clockwise, which brings it to F (0,0)."
    )


@pytest.mark.parametrize(
    ("task", "level", "shares"),
    [
        ("single_face_solve", "Easy", {1: 0.4, 2: 0.4, 3: 0.2}),
        ("single_face_solve", "Medium", {2: 0.35, 3: 0.4, 4: 0.25}),
        ("single_face_solve", "Hard", {3: 0.35, 4: 0.4, 5: 0.25}),
        ("full_solve", "Easy", {2: 0.2, 3: 0.45, 4: 0.35}),
        ("full_solve", "Medium", {3: 0.3, 4: 0.4, 5: 0.3}),
        ("full_solve", "Hard", {4: 0.3, 5: 0.4, 6: 0.3}),
    ],
)
def test_least_numbers_have_their_shares_and_the_written_way_works(
    task: str, level: str, shares: dict[int, float]
) -> None:
    made = samples(task, level)
    found = Counter(int(sample.answer) for sample in made)
    assert set(found) == set(shares)
    for value, share in shares.items():
        assert about(found[value], share, 400)
    for sample in made[:80]:
        state, params = read(sample)
        cube, face = tuple(state.stickers), FACES.index(params.get("face", "U"))
        turns = re.findall(r"^\d+\. Turn (\d+), ([UDLRFB]'?): (.*)$", sample.analysis, re.MULTILINE)
        assert [int(number) for number, _, _ in turns] == list(range(1, int(sample.answer) + 1))
        for _, move, text in turns:
            cube = play(cube, move)
            if task == "full_solve":
                assert text.endswith(f"Then {'; '.join(map(short, FACES, cut(cube, 9)))}.")
            else:
                shown = [" ".join(COLORS[color] for color in row) for row in cut(cut(cube, 9)[face], 3)]
                assert text == f"face {params['face']} is then {' / '.join(shown)}."
        goal = range(54) if task == "full_solve" else range(9 * face, 9 * face + 9)
        assert all(cube[place] == place // 9 for place in goal)
        assert any(state.stickers[place] != place // 9 for place in goal)


def cut(cube: Cube, size: int) -> list[Cube]:
    return [cube[start : start + size] for start in range(0, len(cube), size)]


def short(face: str, colors: Cube) -> str:
    return f"{face} {'/'.join(''.join(COLORS[color][0] for color in row) for row in cut(colors, 3))}"


def test_reasons_for_the_least_number_are_true() -> None:
    pattern = re.compile(
        r"With up to (\d) turns? from here the nine (\w+) stickers get into (\d+) arrangements, and (\d+) arrangements"
        r" are up to (\d) turns? from a uniform face (\w)\..* so (\d) turns? are not enough, and (\d) are the least"
    )
    read_reasons = 0
    for sample in samples("single_face_solve", "Hard")[:40]:
        state, params = read(sample)
        found = pattern.search(sample.analysis)
        assert found, sample.analysis
        fore, name, here, there, back, face, few, least = found.groups()
        color = FACES.index(params["face"])
        assert (face, name, least) == (params["face"], COLORS[color], sample.answer)
        assert int(fore) + int(back) == int(few) == int(least) - 1
        goal = tuple(int(value == color) for value in SOLVED)
        start = tuple(only(state.stickers, color))
        ball = set[Cube]().union(*spheres.__wrapped__(start, int(fore)))
        rim = set[Cube]().union(*spheres(goal, 4)[: int(back) + 1])
        assert (len(ball), len(rim)) == (int(here), int(there)) and ball.isdisjoint(rim)
        read_reasons += 1
    assert read_reasons == 40
    text = GAME.task("full_solve").solve(EXAMPLE, {}).steps[-1]
    assert "exactly 12 are 1 turn and 114 are 2 turns from solved" in text


@pytest.mark.parametrize("level", LEVELS)
def test_counts_have_their_shares_and_cannot_be_guessed(level: str) -> None:
    made = samples("color_count", level, 800)
    found = Counter(int(sample.answer) for sample in made)
    assert about(found[0], 0.13, 800) and 0.1 <= found[0] / 800 <= 0.16
    assert found[9] / 800 <= 0.03 and max(found.values()) / 800 < 0.25
    assert len(found) >= 6
    by_relation: dict[str, Counter[int]] = {}
    for sample in made:
        state, params = read(sample)
        color, face = COLORS.index(params["color"]), params["face"]
        assert int(sample.answer) == sum(row.count(color) for row in state.rows(face))
        home = FACES.index(face)
        relation = "own" if color == home else "opposite" if color // 2 == home // 2 else "side"
        by_relation.setdefault(relation, Counter())[int(sample.answer)] += 1
    # Who knows only face and colour is right in about a quarter of the cases.
    assert sum(max(counts.values()) for counts in by_relation.values()) / 800 < 0.33
    assert all(sum(counts.values()) > 40 for counts in by_relation.values())


@pytest.mark.parametrize(
    "task", ["face_recognition", "move_prediction", "single_face_solve", "full_solve", "color_count"]
)
def test_questions_say_what_they_need(task: str) -> None:
    sample = samples(task, "Medium")[0]
    needs_turns = task not in ("face_recognition", "color_count")
    assert ("D row 0 right-to-left -> L col 2" in sample.question) == needs_turns
    assert ("A half turn counts as two" in sample.query) == (task in ("single_face_solve", "full_solve"))
    assert "row 0 is the top row" in sample.question
    assert "handedness" not in sample.question


def test_cubes_out_of_reach_and_reached_goals_give_no_answer() -> None:
    far = State(turned(SOLVED, *scramble(Random(2), 30)))
    with pytest.raises(ValueError, match="more than 6 turns away"):
        GAME.task("full_solve").solve(far, {})
    with pytest.raises(ValueError, match="without a turn"):
        GAME.task("single_face_solve").solve(State(turned(SOLVED, "U")), {"face": "U"})


def test_parameters_are_checked() -> None:
    level = json.loads(msgspec.json.encode(GAME.levels[gameqa.Level.EASY]))
    for bad in ({"scramble": (4, 3)}, {"moves": (0, 1)}, {"cube_shares": [0.0, 0.0]}, {"face_shares": [0.1] * 7}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**level, **bad}, RubiksCubeParams)


# --- The picture ---

RGB = [rgb(color) for color in ("#FFD500", "#FFFFFF", "#FF7A00", "#B71234", "#0046AD", "#009B48")]
IN_NET = {"U": (1, 0), "L": (0, 1), "F": (1, 1), "R": (2, 1), "B": (3, 1), "D": (1, 2)}
# Sticker centres of a cube of side 3 around the origin: x to the right, y up, z towards who looks at F.
IN_SPACE = {
    "U": lambda r, c: (c - 1, 1.5, r - 1),
    "D": lambda r, c: (c - 1, -1.5, 1 - r),
    "L": lambda r, c: (-1.5, 1 - r, c - 1),
    "R": lambda r, c: (1.5, 1 - r, 1 - c),
    "F": lambda r, c: (c - 1, 1 - r, 1.5),
    "B": lambda r, c: (1 - c, 1 - r, -1.5),
}
# Middle on the screen, faces, and the directions that point to the right and up on the screen.
VIEWS = [
    ((630, 172), "FRU", (1 / sqrt(2), 0, -1 / sqrt(2)), (-1 / sqrt(6), 2 / sqrt(6), -1 / sqrt(6))),
    ((630, 452), "BLD", (-1 / sqrt(2), 0, 1 / sqrt(2)), (-1 / sqrt(6), 2 / sqrt(6), -1 / sqrt(6))),
]
EDGE = 120


def dot(a: Any, b: Any) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))


def in_views(face: str, row: int, col: int) -> list[tuple[float, float]]:
    unit = EDGE / 3 / sqrt(2 / 3)  # an edge looks sqrt(2/3) times as long as it is
    points = []
    for (x, y), faces, right, up in VIEWS:
        if face in faces:
            at = IN_SPACE[face](row, col)
            points.append((x + unit * dot(at, right), y - unit * dot(at, up)))
    return points


@pytest.mark.parametrize("scale", [1, 2, 0.5, 1.3])
def test_net_and_views_show_every_sticker_of_the_cube(scale: float) -> None:
    rng = Random(11)
    cubes = [SOLVED, EXAMPLE.stickers, *(turned(SOLVED, *scramble(rng, length)) for length in (1, 4, 20, 20, 20, 20))]
    for stickers in cubes:
        image = GAME.draw(State(stickers), Style(scale)).convert("RGB")
        for place in range(54):
            face, row, col = FACES[place // 9], place // 3 % 3, place % 3
            across, down = IN_NET[face]
            net = (24 + across * (3 * 34 + 8) + 34 * (col + 0.5), 46 + down * (3 * 34 + 8) + 34 * (row + 0.5))
            views = in_views(face, row, col)
            assert len(views) == 1
            for x, y in [net, *views]:
                # Around the middle as well: no letter covers a sticker.
                for dx, dy in ((0, 0), (7, 0), (-7, 0), (0, 5), (0, -5)):
                    pixel = image.getpixel((int((x + dx) * scale), int((y + dy) * scale)))
                    assert pixel == RGB[stickers[place]], (face, row, col, x, y)


def test_stickers_that_meet_at_an_edge_meet_in_the_views() -> None:
    """The two stickers of an edge piece lie side by side in a view that shows both of their faces."""
    pairs = 0
    for name in EDGES:
        (one, two), faces = PLACES[name], set(name)
        if any(faces <= set(view[1]) for view in VIEWS):
            (x0, y0), (x1, y1) = in_views(*one)[0], in_views(*two)[0]
            assert abs(x0 - x1) < EDGE / 3 + 1 and abs(y0 - y1) < EDGE / 3 + 1
            pairs += 1
    assert pairs == 6


def test_colours_are_far_apart_and_the_size_fits() -> None:
    from gameqa.draw import delta_e

    assert min(delta_e(a, b) for a in RGB for b in RGB if a != b) > 25
    image = GAME.draw(EXAMPLE, Style())
    assert image.size == (780, 600) and image.mode == "P"
