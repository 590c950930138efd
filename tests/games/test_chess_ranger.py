import json
import re
from collections import Counter
from functools import cache
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import Level, Sample
from gameqa.draw import Style
from gameqa.games.chess_ranger import GAME, ChessRangerParams
from gameqa.games.chess_ranger.proof import MORE, ROWS, Proof
from gameqa.games.chess_ranger.rules import puzzle
from gameqa.games.chess_ranger.state import State

EXAMPLE = {
    "pieces": 5,
    "board": ["......P.", ".......P", "......R.", "........", "........", "......K.", "........", "....B..."],
}
NAMES = {"P": "Pawn", "R": "Rook", "N": "Knight", "B": "Bishop", "Q": "Queen", "K": "King"}
COUNT = 300
SEARCHED = 60
"""Samples of a level, and how many of them brute force goes through."""
LEVELS = [level.value for level in Level]

Pieces = dict[str, str]
"""Square name to letter, as the checker below sees a board."""
Known = dict[frozenset[tuple[str, str]], int]


# A second chess, on square names, with plain loops.


def pieces_of(state: dict[str, Any]) -> Pieces:
    rows = dict(zip("87654321", state["board"], strict=True))
    return {
        f"{file}{rank}": rows[rank][i] for rank in rows for i, file in enumerate("abcdefgh") if rows[rank][i] != "."
    }


def state_of(pieces: Pieces) -> State:
    board = ["".join(pieces.get(f"{file}{rank}", ".") for file in "abcdefgh") for rank in range(8, 0, -1)]
    return State.from_json({"pieces": len(pieces), "board": board})


def takes(pieces: Pieces, a: str, b: str, forward: int = 1) -> bool:
    """Whether the piece on a can take the one on b."""
    right, up = ord(b[0]) - ord(a[0]), int(b[1]) - int(a[1])
    kind, far = pieces[a], max(abs(right), abs(up))
    if kind == "N":
        return sorted((abs(right), abs(up))) == [1, 2]
    if kind == "P":
        return abs(right) == 1 and up == forward
    if kind == "K":
        return far == 1
    straight, slanted = right == 0 or up == 0, abs(right) == abs(up)
    if not ((straight and kind in "RQ") or (slanted and kind in "BQ")):
        return False
    between = [f"{chr(ord(a[0]) + right * i // far)}{int(a[1]) + up * i // far}" for i in range(1, far)]
    return not any(square in pieces for square in between)


def all_captures(pieces: Pieces, forward: int = 1) -> list[tuple[str, str]]:
    return [(a, b) for a in pieces for b in pieces if a != b and takes(pieces, a, b, forward)]


def after(pieces: Pieces, a: str, b: str) -> Pieces:
    assert a in pieces and b in pieces and a != b
    return {square: kind for square, kind in {**pieces, b: pieces[a]}.items() if square != a}


def most(pieces: Pieces, known: Known | None = None, forward: int = 1) -> int:
    """The greatest number of captures in a row, by trying everything; `known` may be kept for one board."""
    known = {} if known is None else known
    key = frozenset(pieces.items())
    if key not in known:
        tried = [most(after(pieces, a, b), known, forward) + 1 for a, b in all_captures(pieces, forward)]
        known[key] = max(tried, default=0)
    return known[key]


@cache
def samples(task: str, level: str, count: int = COUNT) -> list[Sample]:
    return [gameqa.sample("chess_ranger", task, level, index=index) for index in range(count)]


def board(sample: Sample) -> Pieces:
    return pieces_of(json.loads(sample.state))


def moves(sample: Sample) -> list[tuple[str, str]]:
    return [(move["from"], move["to"]) for move in json.loads(sample.params)["moves"]]


def right_set(sample: Sample) -> list[int]:
    return json.loads(sample.params)["options"][ord(sample.answer) - ord("A")]


def near(share: float, wished: float, count: int) -> bool:
    return abs(share - wished) < 3 * (wished * (1 - wished) / count) ** 0.5 + 1e-9


boards = st.dictionaries(
    st.builds("{}{}".format, st.sampled_from("abcdefgh"), st.integers(1, 8)),
    st.sampled_from("PRNBQK"),
    min_size=4,
    max_size=8,
)
crowded = st.dictionaries(
    st.builds("{}{}".format, st.sampled_from("cdef"), st.integers(3, 6)),
    st.sampled_from("PRNBK"),
    min_size=4,
    max_size=8,
)


def solve(task: str, params: dict[str, Any], state: dict[str, Any] = EXAMPLE) -> Any:
    return GAME.task(task).solve(State.from_json(state), params).value


def test_the_worked_example() -> None:
    listed = [("h7", "g8"), ("g6", "g8"), ("g6", "g3"), ("e1", "g3")]
    assert solve("max_captures", {}) == 4
    assert solve("count_piece", {"piece": "P"}) == 2
    assert solve("find_piece", {"piece": "R"}) == "g6"
    assert solve("piece_at", {"square": "g3"}) == "King"
    assert solve("piece_at", {"square": "g4"}) == "No Piece"
    assert solve("first_move", {"moves": [{"from": a, "to": b} for a, b in listed]}) == [1, 4]
    view = GAME.describe(State.from_json(EXAMPLE)).splitlines()
    assert view[0] == "Chess Ranger, 5 pieces: Pawn g8, Pawn h7, Rook g6, King g3, Bishop e1"
    assert view[1:] == [
        "8 . . . . . . P .",
        "7 . . . . . . . P",
        "6 . . . . . . R .",
        "5 . . . . . . . .",
        "4 . . . . . . . .",
        "3 . . . . . . K .",
        "2 . . . . . . . .",
        "1 . . . . B . . .",
        "  a b c d e f g h",
    ]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        # Pawns take diagonally forward only, neither straight on nor back nor two squares away.
        ({"d4": "P", "c5": "P", "d5": "P", "e3": "P", "b6": "P"}, {"d4c5", "c5b6", "e3d4"}),
        # On the edge files and on rank 1 they take to one side; on rank 8 not at all.
        ({"a1": "P", "b2": "P", "h7": "P", "g8": "P"}, {"a1b2", "h7g8"}),
        # A rook is blocked by the piece in between, and never takes diagonally.
        ({"a1": "R", "a4": "P", "a8": "P", "b2": "P"}, {"a1a4"}),
        # A bishop likewise; a queen takes as both.
        ({"c1": "B", "e3": "P", "g5": "P"}, {"c1e3"}),
        ({"d1": "Q", "d7": "P", "h5": "P", "g4": "P"}, {"d1d7", "d1g4", "g4h5"}),
        # The knight jumps; the king takes on neighbouring squares and may be taken.
        ({"b1": "N", "b2": "P", "c2": "P", "c3": "K"}, {"b1c3", "c3b2", "c3c2", "b2c3"}),
        # No line leads around the edge.
        ({"h4": "K", "a4": "P", "a5": "N"}, set()),
    ],
)
def test_captures_by_hand(pieces: Pieces, expected: set[str]) -> None:
    state = state_of(pieces)
    search = puzzle(state)
    names = [f"{chr(97 + square % 8)}{8 - square // 8}" for square in search.squares]
    assert {names[a] + names[b] for a, b in search.captures(search.start)} == expected


@settings(max_examples=120, deadline=None)
@given(boards | crowded, st.randoms(use_true_random=False))
def test_the_search_agrees_with_brute_force(pieces: Pieces, rng: Random) -> None:
    search = puzzle(state_of(pieces))
    names = [f"{chr(97 + square % 8)}{8 - square // 8}" for square in search.squares]
    found = sorted((names[a], names[b]) for a, b in search.captures(search.start))
    assert found == sorted(all_captures(pieces))
    best = most(pieces)
    assert search.most(search.start) == best
    assert search.solvable(search.start) == (best == len(pieces) - 1)
    played = dict(pieces)
    for a, b in search.longest(search.start):
        assert takes(played, names[a], names[b])
        played = after(played, names[a], names[b])
    assert len(pieces) - len(played) == best
    # Traps keep a piece on one of their squares whatever is played, and so bound what is left.
    traps = [{names[place] for place in trap.kinds} for trap in search.traps(search.start)]
    assert 1 <= len(traps) <= len(pieces) - best
    assert sum(map(len, traps)) == len(set().union(*traps))
    played = dict(pieces)
    while options := all_captures(played):
        played = after(played, *rng.choice(options))
        assert all(trap & played.keys() for trap in traps)


def ends_of(row: str) -> tuple[int, Pieces, list[tuple[list[str], str]]]:
    """Number, position and (captures, end) pairs of one row of a table."""
    match = re.fullmatch(r"#(\d+) ((?:[PRNBQK][a-h][1-8] ?)+) \| (.+)", row)
    assert match, row
    outcomes: list[tuple[list[str], str]] = []
    for outcome in match[3].split("; "):
        heads, end = outcome.split(": ")
        outcomes += [(head.split(" then "), end) for head in heads.split(", ")]
    return int(match[1]), {word[1:]: word[0] for word in match[2].split()}, outcomes


def check_table(rows: list[str], left: int, known: Known | None) -> int:
    """Replay every row of a table; return how many positions are left out of it. None: traps are not searched."""
    positions = {number: pieces for number, pieces, _ in map(ends_of, rows)}
    assert list(positions) == list(range(1, len(rows) + 1)) and len(rows) <= ROWS + 3
    assert len({frozenset(pieces.items()) for pieces in positions.values()}) == len(rows)
    left_out = 0
    for row in rows:
        _, pieces, outcomes = ends_of(row)
        assert sorted(chain[0] for chain, _ in outcomes) == sorted(f"{a}x{b}" for a, b in all_captures(pieces))
        for chain, end in outcomes:
            now = pieces
            for place, move in enumerate(chain):
                assert place == 0 or [f"{a}x{b}" for a, b in all_captures(now)] == [move]
                now = after(now, *move.split("x"))
            if end.startswith("#"):
                assert now == positions[int(end[1:])]
            elif end.startswith("stuck"):
                assert not all_captures(now) and len(now) == int(end.split()[-1]) >= left
            elif end.startswith("traps"):
                assert len(re.findall(r"\[[a-h1-8 ]+\]", end)) >= left
                assert known is None or len(now) - most(now, known) >= left
            else:
                assert end == MORE and len(rows) >= ROWS
                left_out += 1
    return left_out


@settings(max_examples=60, deadline=None)
@given(boards | crowded)
def test_tables_prove_that_pieces_remain(pieces: Pieces) -> None:
    search = puzzle(state_of(pieces))
    left = len(pieces) - search.most(search.start)
    proof = Proof(search, left)
    if left > 1 and search.captures(search.start):
        check_table(proof.table(search.start), left, {})


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("task", ["max_captures", "first_move"])
def test_analyses_hold_on_the_board(task: str, level: str) -> None:
    cut = 0
    for sample in samples(task, level):
        pieces = board(sample)
        left = 2 if task == "first_move" else len(pieces) - int(sample.answer)
        rows = [line for line in sample.analysis.splitlines() if line.startswith("#")]
        assert ("(#)" in sample.analysis) == bool(rows)
        cut += check_table(rows, left, None) > 0
        for line in sample.analysis.splitlines():
            rest = re.search(r"(?:The rest|captures?|but one): ((?:[A-Z]\w+ .. takes ..(?:, )?)+)\.", line)
            if not rest or "Possible first" in line or "Next captures" in line:
                continue
            now = dict(pieces)
            first = re.search(r"Capture (\d)", line)
            if first:
                now = after(now, *moves(sample)[int(first[1]) - 1])
            for name, a, b in re.findall(r"(\w+) (..) takes (..)", rest[1]):
                assert NAMES[now[a]] == name and takes(now, a, b)
                now = after(now, a, b)
            assert len(now) == (1 if task == "first_move" else left)
        assert "1 captures" not in sample.analysis and "1 pieces" not in sample.analysis
        assert len(sample.analysis) < 12_000
    # Long searches are written down, not thrown away, and hardly ever exceed the table.
    assert cut <= (0.12 * COUNT if level == "Hard" else 0)


@pytest.mark.parametrize(("level", "sizes"), [("Easy", {4}), ("Medium", {5, 6}), ("Hard", {7, 8})])
def test_levels_have_their_numbers_of_pieces(level: str, sizes: set[int]) -> None:
    for task in GAME.tasks:
        counts = Counter(len(board(sample)) for sample in samples(task.slug, level))
        assert counts.keys() == sizes
        assert min(counts.values()) > COUNT / len(sizes) * 0.8


@pytest.mark.parametrize("level", LEVELS)
def test_most_captures_have_their_shares_and_are_right(level: str) -> None:
    found = Counter[int]()
    zeros = 0
    for number, sample in enumerate(samples("max_captures", level)):
        pieces = board(sample)
        assert number >= SEARCHED or int(sample.answer) == most(pieces)
        found[min(3, len(pieces) - int(sample.answer))] += 1
        zeros += sample.answer == "0"
    assert all(near(found[rest] / COUNT, share, COUNT) for rest, share in ((1, 0.4), (2, 0.3), (3, 0.3)))
    assert zeros / COUNT < 0.05 + 0.03


@pytest.mark.parametrize("level", LEVELS)
def test_counts_have_their_shares(level: str) -> None:
    made = samples("count_piece", level)
    found, kinds = Counter[int](), Counter[str]()
    for sample in made:
        kind = json.loads(sample.params)["piece"]
        kinds[kind] += 1
        number = list(board(sample).values()).count(kind)
        assert number == int(sample.answer)
        found[min(2, number)] += 1
    assert all(near(found[number] / COUNT, share, COUNT) for number, share in enumerate((0.2, 0.35, 0.45)))
    assert all(near(kinds[kind] / COUNT, 1 / 6, COUNT) for kind in NAMES)


def test_single_pieces_stand_anywhere() -> None:
    made = [sample for level in LEVELS for sample in samples("find_piece", level)]
    for sample in made:
        kind = json.loads(sample.params)["piece"]
        assert [square for square, other in board(sample).items() if other == kind] == [sample.answer]
    squares = Counter(sample.answer for sample in made)
    expected = len(made) / 64
    # Chi-square with 63 degrees of freedom: above 110 once in 5000 times.
    assert sum((squares[f"{f}{r}"] - expected) ** 2 / expected for f in "abcdefgh" for r in range(1, 9)) < 110


@pytest.mark.parametrize("level", LEVELS)
def test_pieces_on_squares_have_their_shares(level: str) -> None:
    made = samples("piece_at", level)
    answers = Counter[str]()
    for sample in made:
        pieces, params = board(sample), json.loads(sample.params)
        square = params["square"]
        right = NAMES.get(pieces.get(square, ""), "No Piece")
        assert sample.options[ord(sample.answer) - ord("A")] == right
        assert sorted(params["options"]) == sorted([*NAMES.values(), "No Piece"])
        answers[right] += 1
        if right == "No Piece":
            swapped = f"{'abcdefgh'[int(square[1]) - 1]}{ord(square[0]) - 96}"
            close = [s for s in pieces if abs(ord(s[0]) - ord(square[0])) < 2 and abs(int(s[1]) - int(square[1])) < 2]
            assert close or swapped in pieces
    assert near(answers["No Piece"] / COUNT, 0.15, COUNT)
    assert all(near(answers[name] / COUNT, 0.85 / 6, COUNT) for name in NAMES.values())


@pytest.mark.parametrize("level", LEVELS)
def test_first_moves_are_legal_judged_rightly_and_mixed(level: str) -> None:
    numbers, spoiled = Counter[int](), 0
    for index, sample in enumerate(samples("first_move", level)):
        pieces, listed = board(sample), moves(sample)
        assert len(set(listed)) == 4 and set(listed) <= set(all_captures(pieces))
        numbers[len(right_set(sample))] += 1
        if index < SEARCHED:
            known: Known = {}
            solved = {move: most(after(pieces, *move), known) == len(pieces) - 2 for move in all_captures(pieces)}
            assert right_set(sample) == [number for number, move in enumerate(listed, 1) if solved[move]]
            spoiled += not all(solved.values())
        for number, (a, b) in enumerate(listed, 1):
            assert f"{number}. {NAMES[pieces[a]]} {a} takes {NAMES[pieces[b]]} {b}\n" in sample.query
    assert all(near(numbers[n] / COUNT, share, COUNT) for n, share in enumerate((0.15, 0.25, 0.25, 0.2, 0.15)))
    assert spoiled / SEARCHED > 0.85 - 0.1
    places = Counter(number for sample in samples("first_move", level) for number in right_set(sample))
    assert max(places.values()) - min(places.values()) < 60


def test_sets_of_first_moves_do_not_tell_the_right_one() -> None:
    made = [sample for level in LEVELS for sample in samples("first_move", level)]
    near_hits = own_numbers = none = whole = 0.0
    for sample in made:
        options = json.loads(sample.params)["options"]
        right = right_set(sample)
        assert len({tuple(option) for option in options}) == 8
        assert [] in options and [1, 2, 3, 4] in options
        assert all(option == sorted(set(option)) and set(option) <= {1, 2, 3, 4} for option in options)
        middle = [option for option in options if 1 <= len(option) <= 3]

        def neighbours(option: list[int], middle: list[list[int]] = middle) -> int:
            return sum(len(set(option) ^ set(other)) == 1 for other in middle)

        def votes(option: list[int], middle: list[list[int]] = middle) -> int:
            """How well an option agrees, number by number, with all others."""
            return sum(sum((n in option) == (n in other) for other in middle) for n in (1, 2, 3, 4))

        assert neighbours(right) >= 2
        for_near = [option for option in options if neighbours(option) == max(map(neighbours, options))]
        for_votes = [option for option in options if votes(option) == max(map(votes, options))]
        near_hits += (right in for_near) / len(for_near)
        own_numbers += (right in for_votes) / len(for_votes)
        none += right == []
        whole += right == [1, 2, 3, 4]
    # Guessing hits one of eight; the two options that are always there are right in 15 % each.
    assert near_hits / len(made) < 0.22 and own_numbers / len(made) < 0.22
    assert near(none / len(made), 0.15, len(made)) and near(whole / len(made), 0.15, len(made))


def test_the_direction_of_pawns_matters() -> None:
    other = 0
    for sample in samples("first_move", "Medium")[:SEARCHED]:
        pieces, right = board(sample), list[int]()
        known: Known = {}
        for number, move in enumerate(moves(sample), 1):
            legal = takes(pieces, *move, forward=-1)
            if legal and most(after(pieces, *move), known, forward=-1) == len(pieces) - 2:
                right.append(number)
        other += right != right_set(sample)
    assert other > 0.08 * SEARCHED
    assert "towards rank 8" in GAME.rules


def test_only_questions_about_play_state_the_rules() -> None:
    for task in GAME.tasks:
        sample = samples(task.slug, "Easy")[0]
        assert ("Every move must be a capture" in sample.question) == (task.slug in ("max_captures", "first_move"))
        assert "a1 is the bottom-left square" in sample.question
        listed = task.slug in ("max_captures", "first_move")
        assert sample.text_view.startswith("Chess Ranger, 4 pieces: " if listed else "8 ")


def test_the_picture_has_a_dark_a1_and_is_not_mirrored() -> None:
    image = GAME.draw(State.from_json(EXAMPLE), Style()).convert("RGB")
    squares = pieces_of(EXAMPLE)
    for i, file in enumerate("abcdefgh"):
        for rank in range(1, 9):
            left, top = 34 + 60 * i, 10 + 60 * (8 - rank)
            ground = (0xB0, 0x8B, 0x62) if (i + rank) % 2 else (0xF0, 0xE6, 0xD2)
            assert image.getpixel((left + 3, top + 3)) == ground
            inside = {image.getpixel((left + x, top + y)) for x in range(10, 50) for y in range(10, 50)}
            assert ((255, 255, 255) in inside) == (f"{file}{rank}" in squares)


def test_pieces_differ_in_shape_and_fill_their_squares() -> None:
    shapes: dict[str, bytes] = {}
    for kind in NAMES:
        image = GAME.draw(state_of({"d4": kind, "a8": "P"}), Style()).convert("L")
        cut = image.crop((34 + 180, 10 + 240, 34 + 240, 10 + 300))
        shapes[kind] = cut.point([0] * 251 + [255] * 5).tobytes()
        ink = cut.point([255] * 60 + [0] * 196).getbbox()
        assert ink is not None and 44 <= ink[3] - ink[1] <= 50
        assert abs(ink[1] + ink[3] - 60) <= 3 and abs(ink[0] + ink[2] - 60) <= 4
    for one in NAMES:
        for two in NAMES:
            differing = sum(a != b for a, b in zip(shapes[one], shapes[two], strict=True))
            assert one == two or differing > 200, (one, two)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pieces": 4}, "pieces must be 5"),
        ({"board": ["........"] * 8, "pieces": 0}, "1 to 8 pieces"),
        ({"board": ["PPPPPPPP", "P......."] + ["........"] * 6, "pieces": 9}, "1 to 8 pieces"),
        ({"board": EXAMPLE["board"][:7]}, "length"),
        ({"board": ["......p.", *EXAMPLE["board"][1:]]}, "regex"),
        ({"board": ["......P.\n", *EXAMPLE["board"][1:]]}, "regex"),
        ({"turn": "white"}, "turn"),
    ],
)
def test_illegal_boards_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=message):
        State.from_json({**EXAMPLE, **change})


@given(boards, st.randoms(use_true_random=False))
def test_perturbed_boards_are_legal_and_differ_in_one_piece(pieces: Pieces, rng: Random) -> None:
    state = state_of(pieces)
    other = GAME.perturb(state, rng)
    assert State.from_json(other.to_json()) == other
    changed = set(pieces.items()) ^ set(pieces_of(other.to_json()).items())
    assert len(changed) == 2 and len(other.pieces) == len(pieces)


@pytest.mark.parametrize("task", [task.slug for task in GAME.tasks])
def test_own_levels(task: str) -> None:
    level = ChessRangerParams(pieces=(4, 8))
    counts = {
        len(board(gameqa.sample("chess_ranger", task, level, "test", index=index)))  # type: ignore[arg-type]
        for index in range(25)
    }
    assert counts <= set(range(4, 9)) and len(counts) > 2
    for pieces in ([3, 4], [6, 5], [5, 9]):
        with pytest.raises(gameqa.UsageError):
            gameqa.sample("chess_ranger", task, {"pieces": pieces})
