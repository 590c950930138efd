import json
import re
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations, product
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.ultra_tictactoe import GAME
from gameqa.games.ultra_tictactoe.generate import SYMMETRIES, perturb, turned
from gameqa.games.ultra_tictactoe.rules import POINTS
from gameqa.games.ultra_tictactoe.state import Spot, State

Place = tuple[int, int, int, int]
Pieces = dict[Place, str]

ORDER = "2231 3111 1133 3313 1331 3133 3331 3122 2233 3311 1111 1122"
"""An order of play that leads to the example; X begins."""
CELLS = [(row, col) for row in (1, 2, 3) for col in (1, 2, 3)]
PLACES: list[Place] = [(*grid, *cell) for grid in CELLS for cell in CELLS]
PLAYERS = {"X": "First Player", "O": "Second Player"}


def straight(cells: Any) -> bool:
    """Three cells in a row, a column or a diagonal, from the definition."""
    rows, cols = ({cell[axis] for cell in cells} for axis in (0, 1))
    diagonal = all(row == col for row, col in cells) or all(row + col == 4 for row, col in cells)
    return len(rows) == 1 or len(cols) == 1 or (len(rows) == len(cols) == 3 and diagonal)


TRIPLES = [set(three) for three in combinations(CELLS, 3) if straight(three)]


def score(pieces: Pieces, mark: str, grid: tuple[int, int]) -> int:
    """The points of a player in a Nine-grid."""
    return sum(all(pieces.get((*grid, *cell)) == mark for cell in three) for three in TRIPLES)


def replay(order: list[Place]) -> Pieces:
    """Play a game from its first move, insisting on every rule."""
    pieces: Pieces = {}
    for turn, place in enumerate(order):
        assert not all((*grid, 2, 2) in pieces for grid in CELLS), "the game is over"
        assert place[:2] == (order[turn - 1][2:] if turn else (2, 2)), "wrong Nine-grid"
        assert place not in pieces, "marked already"
        pieces[place] = "XO"[turn % 2]
    return pieces


def find_order(pieces: Pieces, last: Place) -> list[Place]:
    """An order of play that ends with `last`: walks spliced into each other (Hierholzer)."""
    leaving: dict[tuple[tuple[int, ...], str], list[Place]] = defaultdict(list)
    for place, mark in pieces.items():
        if place != last:
            leaving[place[:2], mark].append(place)
    stack: list[tuple[tuple[tuple[int, ...], str], Place | None]] = [(((2, 2), "X"), None)]
    found: list[Place] = []
    while stack:
        (grid, mark), came = stack[-1]
        if leaving[grid, mark]:
            place = leaving[grid, mark].pop()
            stack.append(((place[2:], "O" if mark == "X" else "X"), place))
        else:
            stack.pop()
            if came:
                found.append(came)
    return [*reversed(found), last]


def has_order(pieces: Pieces, last: Place) -> bool:
    """Whether some order of play ends with `last`, by trying all."""

    def search(grid: tuple[int, ...], turn: int, left: frozenset[Place]) -> bool:
        if left == {last}:
            return last[:2] == grid and pieces[last] == "XO"[turn % 2]
        return any(
            search(place[2:], turn + 1, left - {place})
            for place in left
            if place[:2] == grid and place != last and pieces[place] == "XO"[turn % 2]
        )

    return search((2, 2), 0, frozenset(pieces))


def random_game(rng: Random, moves: int, middles: int = 8) -> list[Place]:
    """Moves of a game, all at random, with at most so many middle cells; it ends with the ninth."""
    order: list[Place] = []
    grid: tuple[int, ...] = (2, 2)
    while len(order) < moves:
        marked = sum(place[2:] == (2, 2) for place in order)
        free = [place for place in PLACES if place[:2] == grid and place not in order]
        free = [place for place in free if marked < middles or place[2:] != (2, 2)]
        if not free or marked == 9:
            break
        order.append(rng.choice(free))
        grid = order[-1][2:]
    return order


def to_json(pieces: Pieces, last: Place) -> dict[str, Any]:
    listed = [{"nine_grid": [*p[:2]], "position": [*p[2:]], "type": pieces[p]} for p in sorted(pieces)]
    return {"pieces": listed, "last_step": [*last]}


def read(data: str | dict[str, Any]) -> tuple[Pieces, Place]:
    raw = json.loads(data) if isinstance(data, str) else data
    pieces: Pieces = {(*piece["nine_grid"], *piece["position"]): piece["type"] for piece in raw["pieces"]}
    return pieces, tuple(raw["last_step"])


def places(text: str) -> list[Place]:
    return [tuple(map(int, word)) for word in text.split()]  # type: ignore[misc]


def mover(pieces: Pieces) -> str:
    marks = [*pieces.values()]
    return "X" if marks.count("X") == marks.count("O") else "O"


def best(pieces: Pieces, last: Place) -> tuple[int, list[Place]]:
    """The most points that one more piece gains, and the cells that gain them, by placing it everywhere."""
    target, mark = (last[2], last[3]), mover(pieces)
    gains = {
        (*target, *cell): score({**pieces, (*target, *cell): mark}, mark, target) - score(pieces, mark, target)
        for cell in CELLS
        if (*target, *cell) not in pieces
    }
    most = max(gains.values())
    return most, [place for place, gain in gains.items() if gain == most]


@cache
def samples(task: str, level: str, count: int = 300) -> list[Sample]:
    return [gameqa.sample("ultra_tictactoe", task, level, index=index) for index in range(count)]


def everywhere(task: str, count: int = 300) -> list[Sample]:
    return [sample for level in Level for sample in samples(task, level, count)]


def options(sample: Sample) -> list[Any]:
    return json.loads(sample.params)["options"]


def right(sample: Sample) -> Any:
    return options(sample)[ord(sample.answer) - ord("A")]


def sigma(share: float, count: int) -> float:
    return (share * (1 - share) / count) ** 0.5


EXAMPLE_JSON = to_json(replay(places(ORDER)), (1, 1, 2, 2))
EXAMPLE = State.from_json(EXAMPLE_JSON)


def solve(task: str, params: dict[str, Any], state: State = EXAMPLE) -> Any:
    return GAME.task(task).solve(state, params).value


# --- Rules ----------------------------------------------------------------------------------------


def test_worked_examples() -> None:
    assert EXAMPLE.to_json() == EXAMPLE_JSON and EXAMPLE.mover == "X"
    assert solve("cell_owner", {"cell": [3, 3, 3, 1]}) == "First Player"
    assert solve("next_move_count", {}) == 7
    assert solve("middle_cells_marked", {}) == 2
    assert solve("piece_count", {}) == 12
    assert solve("nine_grid_points", {"player": "Second Player", "nine_grid": [3, 1]}) == 1
    assert solve("next_nine_grid", {"player": "First Player"}) == (2, 2)
    assert GAME.task("next_nine_grid").option_text(EXAMPLE, [2, 2]) == "Nine-grid (2, 2)"
    assert solve("best_scoring_move", {}) == (2, 2, 3, 2)
    assert GAME.task("best_scoring_move").canonical((2, 2, 3, 2)) == "(2, 2, 3, 2)"


def test_the_pairs_of_coordinates_are_not_swapped() -> None:
    # (1, 2, 3, 1) would be O for swapped pairs, (3, 1, 1, 2), and free for a swapped cell, (1, 2, 1, 3).
    state = State.from_json(to_json(replay(places("2212 1231 3112")), (3, 1, 1, 2)))
    owners = {cell: solve("cell_owner", {"cell": places(cell)[0]}, state) for cell in ["2212", "1231", "3112", "1213"]}
    assert owners == dict(
        zip(["2212", "1231", "3112"], ("First Player", "Second Player", "First Player"), strict=True)
    ) | {"1213": "Not Marked"}
    assert solve("next_nine_grid", {"player": "Second Player"}, state) == (1, 2)
    assert solve("next_move_count", {}, state) == 8


def test_points_of_every_set_of_cells() -> None:
    assert len(TRIPLES) == 8
    for mask, points in enumerate(POINTS):
        pieces: Pieces = {(1, 1, *cell): "X" for place, cell in enumerate(CELLS) if mask >> place & 1}
        assert points == score(pieces, "X", (1, 1))


def test_straights_do_not_run_across_nine_grids() -> None:
    # X holds the top row's last cell of (1, 1) and the first two of (1, 2).
    pieces: Pieces = {(1, 1, 1, 3): "X", (1, 2, 1, 1): "X", (1, 2, 1, 2): "X"}
    assert score(pieces, "X", (1, 1)) == score(pieces, "X", (1, 2)) == 0
    state = State((0b100, 0b011, *(0,) * 7), (0,) * 9, Spot(1, 1))
    for grid in ([1, 1], [1, 2]):
        assert solve("nine_grid_points", {"player": "First Player", "nine_grid": grid}, state) == 0


@settings(max_examples=60)
@given(st.integers(1, 11), st.integers(0, 3), st.randoms(use_true_random=False))
def test_states_are_legal_exactly_when_some_order_of_play_exists(moves: int, change: int, rng: Random) -> None:
    order = random_game(rng, moves)
    pieces, last = replay(order), order[-1]
    if change == 1:  # another last step
        last = rng.choice(order)
    elif change == 2:  # a piece moved
        kind = pieces.pop(rng.choice(order[:-1] or order))
        place = rng.choice([place for place in PLACES if place not in pieces])
        pieces[place] = kind
        last = last if last in pieces else place
    elif change == 3:  # two pieces swapped
        one, two = rng.choice(order), rng.choice(order)
        pieces[one], pieces[two] = pieces[two], pieces[one]
    if has_order(pieces, last):
        assert State.from_json(to_json(pieces, last)).last.place == last
    else:
        with pytest.raises(ValueError):
            State.from_json(to_json(pieces, last))


def test_a_round_of_moves_that_nothing_leads_to_is_refused() -> None:
    # X at (3, 3, 3, 1) and O at (3, 1, 3, 3) answer each other; no other piece sends X to (3, 3) or O to (3, 1).
    pieces: Pieces = {(2, 2, 1, 1): "X", (3, 1, 3, 3): "O", (3, 3, 3, 1): "X"}
    assert not has_order(pieces, (2, 2, 1, 1))
    with pytest.raises(ValueError, match="no order of play"):
        State.from_json(to_json(pieces, (2, 2, 1, 1)))


@given(st.integers(1, 80), st.randoms(use_true_random=False))
def test_every_solver_against_counting_on_random_games(moves: int, rng: Random) -> None:
    order = random_game(rng, moves)
    pieces, last = replay(order), order[-1]
    state = State.from_json(to_json(pieces, last))
    assert state.to_json() == to_json(pieces, last)
    target, mark = last[2:], mover(pieces)
    assert state.mover == mark
    assert solve("next_nine_grid", {"player": PLAYERS[mark]}, state) == target
    assert solve("next_move_count", {}, state) == sum(place[:2] == target and place not in pieces for place in PLACES)
    assert solve("middle_cells_marked", {}, state) == sum(place[2:] == (2, 2) for place in order)
    assert solve("piece_count", {}, state) == len(order)
    for place in PLACES:
        owner = PLAYERS[pieces[place]] if place in pieces else "Not Marked"
        assert solve("cell_owner", {"cell": place}, state) == owner
    for (sign, player), grid in product(PLAYERS.items(), CELLS):
        assert solve("nine_grid_points", {"player": player, "nine_grid": grid}, state) == score(pieces, sign, grid)
    most, cells = best(pieces, last)
    if most and len(cells) == 1:
        assert solve("best_scoring_move", {}, state) == cells[0]
    else:
        with pytest.raises(ValueError, match="no single cell"):
            solve("best_scoring_move", {}, state)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data["pieces"].reverse(), "sorted"),
        (lambda data: data["pieces"].insert(0, data["pieces"][0]), "sorted"),
        (lambda data: data.update(last_step=[1, 1, 1, 2]), "cell of a piece"),
        (lambda data: data["pieces"][-1].update(type="O"), "as many X as O"),
        (lambda data: data.update(last_step=[1, 1, 3, 3]), "as many X as O"),
        (lambda data: data.update(last_step=[3, 3, 1, 1]), "no order of play"),
        (lambda data: data["pieces"][0].update(position=[0, 1]), ">= 1"),
        (lambda data: data["pieces"][0].update(type="x"), "Invalid enum"),
        (lambda data: data.update(turn="X"), "unknown field"),
        (lambda data: data.update(pieces=[]), "cell of a piece"),
    ],
)
def test_illegal_states_are_refused(change: Any, message: str) -> None:
    data = json.loads(json.dumps(EXAMPLE_JSON))
    change(data)
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json(data)


def test_finished_games_are_refused() -> None:
    order = random_game(Random(5), 81, middles=9)
    assert sum(place[2:] == (2, 2) for place in order) == 9 and order[-1][2:] == (2, 2)
    with pytest.raises(ValueError, match="at most 8"):
        State.from_json(to_json(replay(order), order[-1]))
    assert State.from_json(to_json(replay(order[:-1]), order[-2]))


# --- Levels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "low", "high", "free"), [("Easy", 10, 34, 3), ("Medium", 35, 59, 2), ("Hard", 60, 76, 2)]
)
def test_boards_come_from_real_play_and_have_one_best_move(level: str, low: int, high: int, free: int) -> None:
    bins = Counter[int]()
    for sample in samples("best_scoring_move", level):
        pieces, last = read(sample.state)
        assert replay(find_order(pieces, last)) == pieces
        assert low <= len(pieces) <= high
        assert sum((*last[2:], *cell) not in pieces for cell in CELLS) >= free
        assert sum((*grid, 2, 2) in pieces for grid in CELLS) <= 8
        most, cells = best(pieces, last)
        assert most >= 1 and sample.answer == str(cells[0]) and len(cells) == 1
        bins[(len(pieces) - low) // 5] += 1
    assert max(bins.values()) / 300 < 0.45 + 3 * sigma(0.45, 300)
    assert len(bins) == (high - low + 1 + 4) // 5


def test_boards_turned_and_mirrored_keep_legal_play_and_points() -> None:
    assert len(set(SYMMETRIES)) == 8
    for sample in samples("best_scoring_move", "Medium", 20):
        state = State.from_json(json.loads(sample.state))
        points = [sorted(POINTS[cells] for cells in grids) for grids in (state.x, state.o)]
        for symmetry in range(8):
            other = State.from_json(turned(state, symmetry).to_json())
            assert [sorted(POINTS[cells] for cells in grids) for grids in (other.x, other.o)] == points
            assert best(*read(other.to_json()))[0] == best(*read(sample.state))[0]


@pytest.mark.parametrize("level", list(Level))
def test_perturb_plays_one_more_legal_move(level: Level) -> None:
    for index, sample in enumerate(samples("best_scoring_move", level, 60)):
        before, last = read(sample.state)
        after, step = read(
            State.from_json(perturb(State.from_json(json.loads(sample.state)), Random(index)).to_json()).to_json()
        )
        assert after == {**before, step: mover(before)} and step not in before and step[:2] == last[2:]


def test_own_levels_are_validated() -> None:
    with pytest.raises(gameqa.UsageError, match="least, most"):
        gameqa.sample("ultra_tictactoe", "piece_count", {"pieces": [30, 20]})
    with pytest.raises(gameqa.UsageError, match="point_shares"):
        gameqa.sample("ultra_tictactoe", "piece_count", {"pieces": [20, 30], "point_shares": [0.0, 0.0]})
    own = gameqa.sample("ultra_tictactoe", "nine_grid_points", {"pieces": [20, 30], "point_shares": [0, 0, 1]})
    assert right(own) >= 2


# --- Questions ------------------------------------------------------------------------------------


def test_owners_come_in_equal_shares_and_a_swap_of_coordinates_shows() -> None:
    for level in Level:
        made = samples("cell_owner", level)
        found = Counter(right(sample) for sample in made)
        telling = busy = 0
        for sample in made:
            pieces, _ = read(sample.state)
            i, j, row, col = json.loads(sample.params)["cell"]
            mark = pieces.get((i, j, row, col))
            telling += {pieces.get((row, col, i, j)), pieces.get((i, j, col, row))} != {mark}
            busy += mark is None and sum((i, j, *cell) in pieces for cell in CELLS) >= 2
        assert all(
            abs(found[owner] / 300 - 1 / 3) < 3 * sigma(1 / 3, 300) for owner in (*PLAYERS.values(), "Not Marked")
        )
        assert telling / 300 > 0.6
        assert busy / found["Not Marked"] > 0.5
    first = Counter(options(sample)[0] for sample in everywhere("cell_owner"))
    assert min(first.values()) / 900 > 1 / 3 - 3 * sigma(1 / 3, 900)


def test_numbers_of_moves_are_spread() -> None:
    made = everywhere("next_move_count")
    found = Counter(right(sample) for sample in made)
    assert set(found) == {2, 3, 4, 5, 6, 7}
    assert max(found.values()) / 900 < 0.22 + 3 * sigma(0.22, 900)
    assert min(found.values()) / 900 > 0.07 - 3 * sigma(0.07, 900)
    for sample in made:
        assert {2, 3, 4, 5, 6, 7} < set(options(sample)) < set(range(1, 10)) and len(options(sample)) == 8


@pytest.mark.parametrize("task", ["next_move_count", "best_scoring_move"])
def test_the_last_step_named_is_a_piece_of_the_opponent(task: str) -> None:
    for sample in everywhere(task, 60):
        pieces, last = read(sample.state)
        assert f"placed the piece at {last};" in sample.query
        assert pieces[last] != mover(pieces)
        assert "First Player" not in sample.query and "Second Player" not in sample.query


def test_numbers_of_middle_cells_are_spread() -> None:
    made = everywhere("middle_cells_marked")
    assert max(Counter(right(sample) for sample in made).values()) / 900 < 0.22 + 3 * sigma(0.22, 900)
    eights = sum(right(sample) == 8 for sample in samples("middle_cells_marked", "Hard"))
    assert 0.40 - 3 * sigma(0.4, 300) < eights / 300 < 0.45
    missing = Counter((set(range(9)) - set(options(sample))).pop() for sample in made)
    assert set(missing) == set(range(9)) and max(missing.values()) / 900 < 0.2


def test_numbers_of_pieces_cannot_be_told_from_the_options() -> None:
    made = everywhere("piece_count")
    ranks = Counter[int]()
    middle = 0
    for sample in made:
        values = options(sample)
        value = right(sample)
        assert all(1 <= option <= 81 and abs(option - value) <= 9 for option in values)
        assert sum(0 < abs(option - value) <= 4 for option in values) >= 4
        ranks[sorted(values).index(value)] += 1
        spread = {option: sum(abs(option - other) for other in values) for option in values}
        middle += spread[value] == min(spread.values())
    assert set(ranks) == set(range(8))
    assert all(abs(count / 900 - 1 / 8) < 3.5 * sigma(1 / 8, 900) for count in ranks.values())
    assert abs(middle / 900 - 1 / 4) < 3 * sigma(1 / 4, 900)  # two of the eight lie in the middle


@pytest.mark.parametrize(
    ("level", "shares", "least"),
    [
        ("Easy", (0.46, 0.44, 0.10, 0), 2),
        ("Medium", (0.12, 0.18, 0.35, 0.35), 3),
        ("Hard", (0.04, 0.05, 0.20, 0.35, 0.36), 3),
    ],
)
def test_points_have_their_shares(level: str, shares: tuple[float, ...], least: int) -> None:
    found = Counter[int]()
    for sample in samples("nine_grid_points", level):
        pieces, _ = read(sample.state)
        params = json.loads(sample.params)
        mark = next(mark for mark, player in PLAYERS.items() if player == params["player"])
        points = score(pieces, mark, tuple(params["nine_grid"]))
        assert right(sample) == points
        assert len(set(params["options"]) & set(range(9))) == 8
        assert points or sum(pieces.get((*params["nine_grid"], *cell)) == mark for cell in CELLS) >= least
        found[min(points, len(shares) - 1)] += 1
    for value, share in enumerate(shares):
        assert abs(found[value] / 300 - share) <= 3 * sigma(share, 300)


def test_no_number_of_points_prevails() -> None:
    made = everywhere("nine_grid_points")
    assert max(Counter(right(sample) for sample in made).values()) / 900 < 0.24 + 2 * sigma(0.24, 900)
    # The smallest and the largest option, and zero, are as rare as eight options make them.
    assert sum(right(sample) == min(options(sample)) for sample in made) / 900 < 0.3
    assert sum(right(sample) == max(options(sample)) for sample in made) / 900 < 0.05


def test_the_next_nine_grid_is_spread_and_not_shown() -> None:
    made = everywhere("next_nine_grid")
    found = Counter(tuple(right(sample)) for sample in made)
    assert set(found) == set(CELLS) and max(found.values()) / 900 < 0.2
    for sample in made:
        pieces, last = read(sample.state)
        assert tuple(right(sample)) == last[2:]
        assert json.loads(sample.params)["player"] == PLAYERS[mover(pieces)]
        assert str(last) not in sample.query and len({tuple(option) for option in options(sample)}) == 8
    assert len({tuple(cell for cell in CELLS if list(cell) not in options(sample)) for sample in made}) == 9


def looks_good(pieces: Pieces, last: Place) -> set[tuple[int, int]]:
    """Free cells of the target grid that score, make two in a line with the third free, or stop the opponent."""
    mark, found = mover(pieces), set[tuple[int, int]]()
    for three in TRIPLES:
        held = {cell: pieces.get((*last[2:], *cell)) for cell in three}  # type: ignore[misc]
        marks = [sign for sign in held.values() if sign]
        if (len(marks) == 2 and marks[0] == marks[1]) or marks == [mark]:
            found |= {cell for cell, sign in held.items() if sign is None}
    return found


@pytest.mark.parametrize("level", list(Level))
def test_the_best_cell_is_rarely_the_only_tempting_one_nor_always_the_middle(level: Level) -> None:
    made = samples("best_scoring_move", level)
    assert sum(len(looks_good(*read(sample.state))) >= 2 for sample in made) / 300 > 0.4
    places = Counter(sample.answer[-5:] for sample in made)
    assert len(places) == 9 and max(places.values()) / 300 < 0.35


def test_gains_are_counted_against_points_held_before() -> None:
    earlier = double = 0
    for sample in everywhere("best_scoring_move"):
        pieces, last = read(sample.state)
        target, mark = (last[2], last[3]), mover(pieces)
        before = score(pieces, mark, target)
        place: Place = tuple(map(int, sample.answer.strip("()").split(", ")))  # type: ignore[assignment]
        total = score({**pieces, place: mark}, mark, target)
        said = f"{total} point{'' if total == 1 else 's'}"
        assert f"The most, {said}, comes from cell {place[2:]} alone" in sample.analysis
        earlier += before > 0
        double += total - before == 2
    assert earlier > 20 and double > 5


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_singular_and_plural(task: str) -> None:
    for sample in everywhere(task, 60):
        assert not re.search(r"\b1 (?:points|cells)\b|\b(?:0|[2-9]) (?:point|cell)\b", sample.analysis)


# --- Picture and text -----------------------------------------------------------------------------


def test_the_picture_shows_every_piece_in_its_place() -> None:
    image = GAME.draw(EXAMPLE, Style()).convert("RGB")
    assert image.size == (600, 600)
    pieces, _ = read(EXAMPLE_JSON)
    for i, j, row, col in PLACES:
        left, top = 60 + 189 * (j - 1) + 50 * (col - 1), 60 + 189 * (i - 1) + 50 * (row - 1)
        inside = [image.getpixel((left + x, top + y)) for x in range(8, 42) for y in range(8, 42)]
        rim = [image.getpixel((left + x, top + y)) for x in range(3, 48) for y in (4, 45)]
        colors = {"X": (0xD6, 0x20, 0x20), "O": (0x20, 0x40, 0xD0)}
        for mark, color in colors.items():
            assert (color in inside) == (pieces.get((i, j, row, col)) == mark)
        middle = image.getpixel((left + 25, top + 25))
        assert (middle == colors["X"]) == (pieces.get((i, j, row, col)) == "X")
        assert set(rim) == {(255, 255, 255)}
    assert image.getpixel((59, 100)) == (0, 0, 0) and image.getpixel((110, 70)) == (0x60, 0x60, 0x60)


def test_neither_view_shows_the_last_step() -> None:
    other = State(EXAMPLE.x, EXAMPLE.o, Spot(0, 0))
    assert GAME.draw(other, Style()).tobytes() == GAME.draw(EXAMPLE, Style()).tobytes()
    assert GAME.describe(other) == GAME.describe(EXAMPLE)


def test_the_text_view() -> None:
    assert (
        GAME.describe(EXAMPLE)
        == """\
Ultra TicTacToe. X = First Player, O = Second Player, . = free. Blocks are Nine-grids (i, j).
            j=1     j=2     j=3
           1 2 3   1 2 3   1 2 3
i=1 row 1  X . . | . . . | . . .
    row 2  . O . | . . . | . . .
    row 3  . . X | . . . | X . .
           ------+-------+------
i=2 row 1  . . . | . . . | . . .
    row 2  . . . | . . . | . . .
    row 3  . . . | X . X | . . .
           ------+-------+------
i=3 row 1  O . . | . . . | O . O
    row 2  . O . | . . . | . . .
    row 3  . . O | . . . | X . ."""
    )


def test_the_prompt_states_the_rules() -> None:
    for task in GAME.tasks:
        prompt = samples(task.slug, "Easy", 60)[0].question
        for part in (
            "First Player places X",
            "Second Player places O",
            "forces the opponent",
            "For example",
            "several points",
            "End:",
        ):
            assert part in prompt
