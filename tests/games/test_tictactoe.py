"""TicTacToe: rules, perfect play, the three questions, shares of boards and answers."""

import re
from collections import Counter
from functools import cache
from itertools import product
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.draw import Style
from gameqa.games.tictactoe import GAME
from gameqa.games.tictactoe.generate import TicTacToeParams, generate, perturb, pools
from gameqa.games.tictactoe.rules import best_move, kind_of, play_of, positions, wins
from gameqa.games.tictactoe.state import State

COLOR, BEST, REPLY = GAME.tasks
LEVELS = ("Easy", "Medium", "Hard")
COUNT = 500

# The test's own referee: lists of marks, lines found by arithmetic, plain search.

LINES = [
    *([(r, 0), (r, 1), (r, 2)] for r in range(3)),
    *([(0, c), (1, c), (2, c)] for c in range(3)),
    [(0, 0), (1, 1), (2, 2)],
    [(0, 2), (1, 1), (2, 0)],
]


def has_line(board, mark):
    return any(all(board[3 * r + c] == mark for r, c in line) for line in LINES)


def legal(board):
    lead = board.count("O") - board.count("X")
    o, x = has_line(board, "O"), has_line(board, "X")
    return lead in (0, 1) and not (o and x) and not (o and lead == 0) and not (x and lead == 1)


def finished(board):
    return " " not in board or has_line(board, "O") or has_line(board, "X")


def after(board, cell):
    mark = "O" if board.count("O") == board.count("X") else "X"
    return board[:cell] + mark + board[cell + 1 :]


@cache
def outcome(board):
    """Return (result for the player to move, moves until the end) under perfect play."""
    if has_line(board, "O") or has_line(board, "X"):
        return -1, 0
    if " " not in board:
        return 0, 0
    return max(moves(board).values(), key=merit)


@cache
def moves(board):
    found = {}
    for cell in range(9):
        if board[cell] == " ":
            result, length = outcome(after(board, cell))
            found[cell] = (-result, length + 1)
    return found


def merit(end):
    result, length = end
    return result, -result * length


def best(board):
    if finished(board):
        return None
    top = max(map(merit, moves(board).values()))
    return next(divmod(cell, 3) for cell, end in moves(board).items() if merit(end) == top)


def at_once(board, mark):
    cells = [cell for cell in range(9) if board[cell] == " "]
    return {cell for cell in cells if has_line(board[:cell] + mark + board[cell + 1 :], mark)}


def mover_of(board):
    return "O" if board.count("O") == board.count("X") else "X"


def rival_of(board):
    return "X" if mover_of(board) == "O" else "O"


ALL = [board for board in map("".join, product("OX ", repeat=9)) if legal(board)]
OPEN = [board for board in ALL if not finished(board)]


def read(text):
    """Turn rows like `OX. ... .O.` into a board."""
    return text.replace(" ", "").replace(".", " ")


def board_of(sample):
    return "".join(mark for row in msgspec.json.decode(sample.state)["board"] for mark in row)


def answer_of(sample):
    value = msgspec.json.decode(sample.params)["options"]["ABCDEFGH".index(sample.answer)]
    return tuple(value) if isinstance(value, list) else value


@cache
def samples(task, level, split="train", count=COUNT):
    return [gameqa.sample("tictactoe", task, level, split, seed=5, index=index) for index in range(count)]


def share(items):
    items = list(items)
    return sum(items) / len(items)


# Rules


def test_positions_are_those_of_the_literature():
    assert len(ALL) == 5478
    assert len(OPEN) == 4520
    assert sorted(positions()) == sorted(ALL)


def test_kinds():
    counts = Counter(map(kind_of, ALL))
    assert counts == {
        "won": 942,
        "full": 16,
        "win": 2358,
        "threat": 976,
        "threats": 508,
        "forced": 262,
        "mistakes": 207,
        "equal": 209,
    }
    for board in OPEN:
        mine, theirs = at_once(board, mover_of(board)), at_once(board, rival_of(board))
        results = {result for result, _ in moves(board).values()}
        if mine:
            expected = "win"
        elif theirs:
            expected = "threat" if len(theirs) == 1 else "threats"
        elif 1 in results:
            expected = "forced"
        else:
            expected = "equal" if len(results) == 1 else "mistakes"
        assert kind_of(board) == expected


def test_best_move_in_every_position():
    for board in ALL:
        cell = best_move(board)
        assert (None if cell is None else divmod(cell, 3)) == best(board)


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ("... ... ...", (0, 0)),  # all moves draw: reading order
        ("O.. ... ...", (1, 1)),  # against a corner only the centre draws, not the first free cell
        ("O.. .X. ..O", (0, 1)),  # both other corners would fork; a side forces a draw, no fork cell does
        ("OO. XX. ...", (0, 2)),  # a win comes before a block
        ("OO. .X. ...", (0, 2)),  # a single threat is blocked
        ("O.O XX. O.X", (0, 1)),  # a win: row 0
        ("O.O X.. OX.", (0, 1)),  # two threats: every move loses, and still there is a move
        ("OXO XXO OOX", None),  # full board
        ("OOO XX. ...", None),  # won with free cells
    ],
)
def test_best_move_on_boards(rows, cell):
    found = best_move(read(rows))
    assert (None if found is None else divmod(found, 3)) == cell


def test_kinds_of_play():
    board = read("OXO .X. ...")  # O to move, X threatens (2, 1)
    assert [play_of(board, cell) for cell in (0, 7, 8)] == ["occupied", "keep", "gift"]
    assert play_of(read("OO. XX. ..."), 2) == "ends"
    assert play_of(read("OXO XXO .OX"), 6) == "ends"
    assert play_of(read("OOO XX. ..."), 5) == "over"
    assert play_of(read("O.. ... ..."), 8) == "mistake"


# State


def test_json_and_text_of_the_example():
    data = {"board": [["O", "X", "O"], [" ", "X", " "], [" ", " ", " "]]}
    state = State.from_json(data)
    assert state.to_json() == data
    assert str(state) == "OXO\n.X.\n..."
    assert GAME.describe(state).splitlines() == [
        "TicTacToe board, 3 x 3, cells are (row, column), 0-based. O = red block, X = blue block, . = free (white).",
        "        col 0  col 1  col 2",
        "row 0     O      X      O",
        "row 1     .      X      .",
        "row 2     .      .      .",
    ]


@pytest.mark.parametrize(
    ("board", "error"),
    [
        (["OX ", "   "], "3 rows"),
        (["OX", "   ", "   "], "3 rows"),
        (["XX ", "O  ", "   "], "as many marks"),
        (["OOO", "X  ", "   "], "as many marks"),
        (["OOO", "XXX", "   "], "only one player"),
        (["OOO", "XX ", "X  "], "X must not have moved"),
        (["XXX", "OO ", "O O"], "O must not have moved"),
    ],
)
def test_illegal_positions_are_refused(board, error):
    with pytest.raises(ValueError, match=error):
        State.from_json({"board": [list(row) for row in board]})


@pytest.mark.parametrize("cell", ["", "  ", ".", "o", None, 0])
def test_wrong_marks_are_refused(cell):
    with pytest.raises(msgspec.ValidationError):
        State.from_json({"board": [[cell, " ", " "], [" "] * 3, [" "] * 3]})


def test_two_lines_of_one_player_are_legal():
    board = read("OOO OXX OXX")
    assert State.from_json({"board": [list(board[:3]), list(board[3:6]), list(board[6:])]}).board == board


@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_perturbed_boards_are_legal_and_differ_in_one_cell(board, rng):
    other = perturb(State(board), rng).board
    assert legal(other)
    assert sum(a != b for a, b in zip(board, other, strict=True)) == 1


# Generation


def test_wish_for_a_last_free_cell_is_dropped_when_the_split_has_none():
    plan = TicTacToeParams(kinds={"equal": 1.0}, kind="equal", last=True)
    found = generate(Random(1), plan, lambda state: state.board.count(" ") > 1)
    assert found is not None and kind_of(found.board) == "equal"
    offered = []
    assert generate(Random(1), plan, lambda state: offered.append(state) is not None) is None
    assert len(offered) == 100  # 40 boards with one free cell, then 60 others


def test_boards_of_a_kind_are_equally_likely():
    plan = TicTacToeParams(kinds={"equal": 1.0})
    drawn = Counter(generate(Random(seed), plan, lambda state: True).board for seed in range(6000))
    assert len(drawn) == len(pools()["equal", False]) == 209
    chi = sum((n - 6000 / 209) ** 2 / (6000 / 209) for n in drawn.values())
    assert chi < 208 + 3.5 * (2 * 208) ** 0.5


def test_own_levels():
    with pytest.raises(gameqa.UsageError, match="must not exceed 1"):
        gameqa.sample("tictactoe", "best_move", {"kinds": {"win": 1}, "ends": 0.7, "occupied": 0.4})
    with pytest.raises(gameqa.UsageError):
        gameqa.sample("tictactoe", "best_move", {"kinds": {}})
    made = [
        gameqa.sample("tictactoe", "reply_after_move", {"kinds": kinds, "ends": 0.5}, index=1)
        for kinds in ({"win": 1, "equal": 2}, {"equal": 2, "win": 1})
    ]
    assert made[0] == made[1]


@pytest.mark.parametrize("task", ["cell_color", "best_move", "reply_after_move"])
@pytest.mark.parametrize(
    ("level", "kinds"),
    [
        ("Easy", {"win"}),
        ("Medium", {"threat": 0.85, "threats": 0.15}),
        ("Hard", {"forced": 0.45, "mistakes": 0.45, "equal": 0.1}),
    ],
)
def test_shares_of_kinds(task, level, kinds):
    counts = Counter(kind_of(board_of(sample)) for sample in samples(task, level))
    if level == "Easy":
        over = {"cell_color": 0.12, "best_move": 0.32, "reply_after_move": 0.16}[task]
        assert (counts["won"] + counts["full"]) / COUNT == pytest.approx(over, abs=0.065)
        assert counts["full"] / COUNT == pytest.approx(over / 10, abs=0.025)
        assert set(counts) == {"win", "won", "full"}
    else:
        assert set(counts) == set(kinds)
        for kind, expected in kinds.items():
            assert counts[kind] / COUNT == pytest.approx(expected, abs=0.067)


def test_difficulty_rises():
    for task in ("cell_color", "best_move", "reply_after_move"):
        work = [share(sample.difficulty for sample in samples(task, level)) for level in LEVELS]
        assert work[0] + 0.4 < work[1] and work[1] + 0.4 < work[2]


@pytest.mark.parametrize("task", ["cell_color", "best_move", "reply_after_move"])
def test_letters_are_uniform(task):
    letters = Counter(sample.answer for level in LEVELS for sample in samples(task, level))
    count = 3 if task == "cell_color" else 8
    assert len(letters) == count
    for n in letters.values():
        assert n / (3 * COUNT) == pytest.approx(1 / count, abs=3.2 * (1 / count / (3 * COUNT)) ** 0.5)


# Task 1


def test_color_of_the_example():
    state = State(read("OXO .X. ..."))
    assert [COLOR.solve(state, {"cell": cell}).value for cell in ([0, 1], [0, 2], [1, 0])] == ["blue", "red", "white"]


@pytest.mark.parametrize("level", LEVELS)
def test_colors(level):
    answers, off_diagonal = Counter(), 0
    for sample in samples("cell_color", level):
        row, column = msgspec.json.decode(sample.params)["cell"]
        answers[answer_of(sample)] += 1
        off_diagonal += row != column
        expected = {"O": "red", "X": "blue", " ": "white"}[board_of(sample)[3 * row + column]]
        assert answer_of(sample) == expected
        assert sorted(sample.options) == ["blue", "red", "white"]
    assert off_diagonal / COUNT >= 0.6
    for color in ("red", "blue", "white"):
        assert answers[color] / COUNT == pytest.approx(1 / 3, abs=0.065)


# Tasks 2 and 3


def position_asked(sample):
    """Return the board for whose mover the best move is asked, None when a given move is not allowed."""
    board = board_of(sample)
    if sample.task == "best_move":
        return board
    row, column = msgspec.json.decode(sample.params)["cell"]
    if finished(board) or board[3 * row + column] != " ":
        return None
    return after(board, 3 * row + column)


def reasonable(sample):
    board = board_of(sample)
    row, column = msgspec.json.decode(sample.params)["cell"]
    return moves(board)[3 * row + column][0] == outcome(board)[0]


def test_best_move_of_the_example():
    board = read("OXO .X. ...")
    solution = BEST.solve(State(board), {})
    assert solution.value == [2, 1]
    assert "(2, 1) completes column 1" in " ".join(solution.steps)


def test_replies_of_the_example():
    state = State(read("OXO .X. ..."))
    reply = REPLY.solve(state, {"cell": [2, 1]})
    assert reply.value == [1, 0]
    assert "O X O / . X . / . O ." in " ".join(reply.steps)
    assert "(1, 0), (1, 2), (2, 0) and (2, 2) lead to a draw" in reply.steps[-1]
    assert REPLY.solve(state, {"cell": [1, 1]}).value is None


@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ("OO. XX. ...", [0, 2]),  # wins
        ("OXO XXO .OX", [2, 0]),  # fills the board
        ("OOO XX. ...", [1, 2]),  # over, with free cells
        ("OXO XXO OOX", [0, 0]),  # over, full
        ("OO. XX. ...", [1, 0]),  # occupied
    ],
)
def test_no_reply(rows, cell):
    assert REPLY.solve(State(read(rows)), {"cell": cell}).value is None


@pytest.mark.parametrize("task", ["best_move", "reply_after_move"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", ["train", "test"])
def test_answers_and_options(task, level, split):
    for sample in samples(task, level, split, COUNT if split == "train" else 150):
        board = position_asked(sample)
        right = None if board is None else best(board)
        assert answer_of(sample) == right
        options = [None if value is None else tuple(value) for value in msgspec.json.decode(sample.params)["options"]]
        assert len(set(options)) == 8 and None in options
        shown = board_of(sample) if board is None else board
        listed = {3 * cell[0] + cell[1] for cell in options if cell}
        unlisted_free = [cell for cell in range(9) if shown[cell] == " " and cell not in listed]
        occupied = [cell for cell in listed if shown[cell] != " "]
        if task == "reply_after_move":
            row, column = msgspec.json.decode(sample.params)["cell"]
            assert (row, column) in options and right != (row, column)
            occupied = [cell for cell in occupied if cell != 3 * row + column]
        assert not (unlisted_free and occupied)
        if right is None:
            continue
        first, found = shown.index(" "), moves(shown)
        mine, theirs = at_once(shown, mover_of(shown)), at_once(shown, rival_of(shown))
        picked = 3 * right[0] + right[1]
        assert first in listed and (shown[4] != " " or 4 in listed)
        assert not mine or theirs - mine <= listed
        later = {cell for cell in found if cell > picked and found[cell][0] == found[picked][0]}
        assert not later or later & listed


@pytest.mark.parametrize("task", ["best_move", "reply_after_move"])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("split", ["train", "test"])
def test_first_free_cell_is_not_a_good_guess(task, level, split):
    boards = [(sample, position_asked(sample)) for sample in samples(task, level, split)]
    replies = [(answer_of(sample), board) for sample, board in boards if answer_of(sample) is not None]
    sigma = (0.24 / len(replies)) ** 0.5
    assert share(divmod(board.index(" "), 3) == right for right, board in replies) < 0.40 + 2 * sigma


@pytest.mark.parametrize("task", ["best_move", "reply_after_move"])
def test_no_cell_is_a_good_guess(task):
    answers = Counter(answer_of(sample) for level in LEVELS for sample in samples(task, level))
    del answers[None]
    assert max(answers.values()) / (3 * COUNT) < 0.22


def test_share_of_none_for_best_move():
    none = [share(answer_of(sample) is None for sample in samples("best_move", level)) for level in LEVELS]
    assert none[1] == none[2] == 0
    assert 0.085 < none[0] / 3 < 0.135


def test_hard_best_moves_need_care():
    def needs_care(board):
        row, column = best(board)
        cell = 3 * row + column
        return list(moves(board).values()).count(moves(board)[cell]) == 1 or board.index(" ") != cell

    assert share(needs_care(board_of(sample)) for sample in samples("best_move", "Hard")) >= 0.6


@pytest.mark.parametrize(
    ("level", "split", "shares"),
    [
        ("Easy", "train", {"over": 0.16, "ends": 0.19, "occupied": 0.03}),
        ("Medium", "train", {"over": 0, "ends": 0.04, "occupied": 0.08}),
        ("Hard", "train", {"over": 0, "ends": 0.04, "occupied": 0.08}),
        ("Easy", "test", {"over": 0.16, "ends": 0.19, "occupied": 0.03}),
        ("Medium", "test", {"over": 0, "ends": 0.04, "occupied": 0.08}),
        ("Hard", "test", {"over": 0, "ends": 0, "occupied": 0.08}),  # no Hard test board has one free cell
    ],
)
def test_shares_of_none_for_replies(level, split, shares):
    cases = Counter()
    for sample in samples("reply_after_move", level, split):
        board, after_move = board_of(sample), position_asked(sample)
        if answer_of(sample) is None:
            cases["over" if finished(board) else "occupied" if after_move is None else "ends"] += 1
        if finished(board) and " " in board:
            row, column = msgspec.json.decode(sample.params)["cell"]
            assert board[3 * row + column] == " "
    for case, expected in shares.items():
        sigma = (expected * (1 - expected) / COUNT) ** 0.5
        assert cases[case] / COUNT == pytest.approx(expected, abs=3.2 * sigma)


def test_given_moves_are_mostly_reasonable_and_seldom_gifts():
    answered = {
        level: [sample for sample in samples("reply_after_move", level) if answer_of(sample) is not None]
        for level in LEVELS
    }
    for level, found in answered.items():
        gifts = share(bool(at_once(board, mover_of(board))) for board in map(position_asked, found))
        assert gifts < 0.30 + (0 if level == "Hard" else 0.02)
        if level != "Easy":
            assert share(map(reasonable, found)) >= 0.5
    assert share(reasonable(sample) for found in answered.values() for sample in found) >= 0.5


# Wording


def test_questions_define_best_move_and_do_not_name_the_mover():
    for task in ("best_move", "reply_after_move"):
        sample = samples(task, "Medium")[0]
        for prompt in (sample.question, sample.text_question):
            assert "in the fewest moves" in prompt and "first in reading order" in prompt
            assert "must be inferred from the counts" in prompt
        assert not re.search(r"\b(O|X|red|blue)\b", sample.query)
    assert "reading order" not in samples("cell_color", "Easy")[0].question


def test_steps_tell_the_outcome_of_every_move():
    names = {"wins": 1, "leads to a draw": 0, "loses": -1}
    told = 0
    for board in OPEN:
        if at_once(board, "O") or at_once(board, "X") or board.count(" ") == 1:
            continue
        text = "\n".join(BEST.solve(State(board), {}).steps)
        found = re.findall(r"^[OX] at \((\d), (\d)\) (wins|leads to a draw|loses)(.*)$", text, re.MULTILINE)
        assert {3 * int(r) + int(c): names[word] for r, c, word, _ in found} == {
            cell: result for cell, (result, _) in moves(board).items()
        }
        for row, column, word, reason in found:
            told += check_reason(after(board, 3 * int(row) + int(column)), word, reason)
    assert told > 1000


def check_reason(board, word, reason):
    """Play the moves a reason names and look for the threats it claims; return whether it claims any."""
    winner = rival_of(board) if word == "wins" else mover_of(board)
    if word == "leads to a draw":
        row, column = map(int, re.search(r"best at \((\d), (\d)\)", reason).groups())
        assert best(board) == (row, column)
        return False
    line, claimed = reason.split("threats at")
    for mark, row, column in re.findall(r"([OX]) \((\d), (\d)\)", line):
        assert mark == mover_of(board) and best(board) == (int(row), int(column))
        board = after(board, 3 * int(row) + int(column))
    cells = {3 * int(row) + int(column) for row, column in re.findall(r"\((\d), (\d)\)", claimed)}
    assert len(cells) >= 2 and cells == at_once(board, winner) == set(wins(board, winner))
    assert not at_once(board, rival_of(board) if winner == mover_of(board) else mover_of(board))
    return True


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        (
            "... ..O OXX",
            "(0, 0), (0, 1), (1, 0) and (1, 1) win; fastest in 2 own moves at (1, 0) and (1, 1); "
            "the first of these equal moves in reading order is (1, 0).",
        ),
        (
            "..O O.X .OX",
            "(0, 0), (0, 1), (1, 1) and (2, 0) all lose; the first of these equal moves in reading order is (0, 0).",
        ),
        ("... ... ..O", "Only (1, 1) leads to a draw, so it is the best move."),
        (
            "... OOX OXX",
            "These moves win equally fast; the first of them in reading order is (0, 0).",
        ),
    ],
)
def test_tie_rules_are_told(rows, step):
    assert BEST.solve(State(read(rows)), {}).steps[-1] == step


# Picture


def test_picture():
    image = GAME.draw(State(read("OX. ... ...")), Style()).convert("RGB")
    assert image.size == (480, 480)
    assert [image.getpixel((x, 100)) for x in (100, 220, 340)] == [(0xE0, 0x20, 0x20), (0x20, 0x40, 0xE0), (255,) * 3]
    assert [image.getpixel(xy) for xy in ((84, 144), (444, 400), (144, 84), (204, 264))] == [(0, 0, 0)] * 4
    free = image.crop((88, 330, 200, 440)).getcolors()
    assert free == [(112 * 110, (255, 255, 255))]
