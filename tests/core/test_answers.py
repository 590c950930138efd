"""Every answer kind: canonical text, reading, comparing, and the final answer of a reply."""

import json
import math
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameqa.core.answers import AnswerKind, canonical, parse, same, score
from gameqa.tools.attacks import attacks, reply_forms

CELLS = ["(2, 2)", "(2, 3)", "(3, 2)"]
MOVES = ["Up → Right", "Right → Up", "Up → Up"]
COLOURS = ["red", "dark red", "None", "9 ♥"]
SENTENCES = [
    "The snake hits the bound of the grid.",
    "The snake hits its body.",
    "The snake reaches the food.",
    "Nothing happens.",
]
POSES = ["Position (4, 1), facing right", "Position (4, 1), facing left", "Position (1, 4), facing up"]


def choice(right, options):
    return {"answer_kind": "choice", "answer": right, "accepted": [right], "options": options}


def fill_in(kind, *accepted):
    return {"answer_kind": kind, "answer": accepted[0], "accepted": list(accepted), "options": []}


# --- Canonical text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("choice", "C", "C"),
        ("integer", 7, "7"),
        ("integer", -1, "-1"),
        ("number", "0.550", "0.550"),
        ("number", 0.55, "0.55"),
        ("number", 1e-7, "0.0000001"),
        ("number", 3, "3"),
        ("coordinate", [2, 2], "(2, 2)"),
        ("coordinate", (2, 2, 3, 2), "(2, 2, 3, 2)"),
        ("sequence", ["up", "left", "up"], "up, left, up"),
        ("sequence", [1, 0, 1], "1, 0, 1"),
        ("sequence", [[0, 0, 0], [0, 1, 1]], "[[0, 0, 0], [0, 1, 1]]"),
        ("set", [10, 9, 2], "2, 9, 10"),
        ("set", ["red", "blue"], "blue, red"),
        ("set", [5, 5], "5"),
        ("set", ["b", "-", "."], "-, ., b"),
        ("set", ["0.5", "-1", "0.25"], "-1, 0.25, 0.5"),
        ("text", "  Spade\n Ace ", "Spade Ace"),
    ],
)
def test_canonical_text(kind, value, text):
    assert canonical(kind, value) == text
    assert canonical(AnswerKind(kind), value) == text


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("choice", "AB"),
        ("choice", "Ａ"),
        ("choice", 1),
        ("integer", True),
        ("integer", "7"),
        ("integer", 7.0),
        ("number", "1e5"),
        ("number", "٣"),
        ("number", math.nan),
        ("number", math.inf),
        ("coordinate", []),
        ("coordinate", [1, "2"]),
        ("coordinate", "(1, 2)"),
        ("sequence", []),
        ("sequence", ["up, down"]),
        ("sequence", [[1], []]),
        ("sequence", [1.5]),
        ("set", []),
        ("set", "25"),
        ("text", " "),
        ("text", None),
    ],
)
def test_a_value_of_the_wrong_shape_is_named(kind, value):
    with pytest.raises(ValueError, match=f"is not an answer of kind {kind}"):
        canonical(kind, value)


# --- Reading one answer


@pytest.mark.parametrize(
    ("text", "options", "letter"),
    [
        ("C", CELLS, "C"),
        ("c", CELLS, "C"),
        ("[C]", CELLS, "C"),
        ("C:", CELLS, "C"),
        (r"\text{(C)}", CELLS, "C"),
        (r"\mathbf{C}.", CELLS, "C"),
        ("option C", CELLS, "C"),
        ("C (3, 2)", CELLS, "C"),
        ("(C) (3,2)", CELLS, "C"),
        (r"C: \((3, 2)\)", CELLS, "C"),
        ("(3, 2) (C)", CELLS, "C"),
        ("3, 2", CELLS, "C"),
        (r"\left(3,\,2\right)", CELLS, "C"),
        ("C, because nothing else is free", CELLS, "C"),
        ("C since A and B are walls", CELLS, "C"),
        ("Up -> Right", MOVES, "A"),
        ("up, right", MOVES, "A"),
        (r"\text{Up} \rightarrow \text{Right}", MOVES, "A"),
        (r"$\text{Right}\to\text{Up}$", MOVES, "B"),
        ("RED", COLOURS, "A"),
        ('"dark red".', COLOURS, "B"),
        ("none", COLOURS, "C"),
        ("9♥", COLOURS, "D"),
        (r"9 \heartsuit", COLOURS, "D"),
        ("The snake hits its body", SENTENCES, "B"),
        ("Snake hits the bound of the grid", SENTENCES, "A"),
        ("The snake hits the bounds of the grid", SENTENCES, "A"),
        ("C. The snake reaches the food", SENTENCES, "C"),
        ("Position (4, 1), facing left", POSES, "B"),
        ("position (4,1) , facing  left", POSES, "B"),
        ("B", ["B", "A"], "B"),
        ("X", ["X", "Y"], "A"),
        ("x", ["X", "Y"], "A"),
        ("3", ["7", "3"], "B"),
        ("[2]", ["(2)", "[2]"], "B"),
        ("A. B", ["B", "A"], "A"),
        ("A closer look", ["a far look", "A closer look"], "B"),
    ],
)
def test_choices_read(text, options, letter):
    assert parse("choice", text, options) == letter


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("D", CELLS),
        ("A or B", CELLS),
        ("A, B", CELLS),
        ("A/B", CELLS),
        ("A and C", CELLS),
        ("ABC", CELLS),
        ("A B C", CELLS),
        ("C C C", CELLS),
        ("not C", CELLS),
        ("C?", CELLS),
        ("A as well as B", CELLS),
        ("C. (2, 3)", CELLS),
        ("C (2, 3)", CELLS),
        ("(2, 3) (C)", CELLS),
        ("(2, 2) or (2, 3)", CELLS),
        ("(4, 4)", CELLS),
        ("(2, 33)", CELLS),
        ("Ａ", CELLS),
        ("С", CELLS),
        ("(２, ２)", CELLS),
        ("(٢, ٢)", CELLS),
        ("a red ball", COLOURS),
        ("bright red", COLOURS),
        ("The snake does not hit its body", SENTENCES),
        ("The snake hits its bоdy", SENTENCES),
        ("C. The snake hits its body.", SENTENCES),
        ("The snake", SENTENCES),
        ("Position (4, 1), facing down", POSES),
        ("Position (4, 2), facing right", POSES),
        ("2", ["(2)", "[2]"]),
        ("A, B", ["B", "A"]),
        ("The move is invalid for this piece here", ["The move is valid for this piece here", "No move"]),
        ("", CELLS),
    ],
)
def test_no_single_choice(text, options):
    assert parse("choice", text, options) is None


@pytest.mark.parametrize(
    ("kind", "text", "read"),
    [
        ("integer", "007", "7"),
        ("integer", "+7", "7"),
        ("integer", "-0", "0"),
        ("integer", "−1", "-1"),
        ("integer", "7.0", "7"),
        ("integer", "1,250", "1250"),
        ("integer", "**7**.", "7"),
        ("integer", "7.5", None),
        ("integer", "7 or 8", None),
        ("integer", "7, 8", None),
        ("integer", "3 + 4", None),
        ("integer", "seven", None),
        ("integer", "٣", None),
        ("integer", "７", None),
        ("integer", "²", None),
        ("number", ".55", "0.55"),
        ("number", "0.550", "0.550"),
        ("number", "-0.0", "0.0"),
        ("number", "55%", None),
        ("number", "1e3", None),
        ("number", ".", None),
        ("coordinate", "2,2", "(2, 2)"),
        ("coordinate", "[2, 2]", "(2, 2)"),
        ("coordinate", "(row 2, column 3)", "(2, 3)"),
        ("coordinate", "row 2, column 3", "(2, 3)"),
        ("coordinate", "row 2 and column 3", "(2, 3)"),
        ("coordinate", "x=2, y=3", "(2, 3)"),
        ("coordinate", r"\left(2,\ 2\right)", "(2, 2)"),
        ("coordinate", "cell (2, 2)", "(2, 2)"),
        ("coordinate", "column 3, row 2", None),
        ("coordinate", "(2, 2", None),
        ("coordinate", "(2, 2) or (2, 3)", None),
        ("coordinate", "2", None),
        ("sequence", "up → left", "up, left"),
        ("sequence", r"\text{up} \to \text{left}", "up, left"),
        ("sequence", "up -> left -> up", "up, left, up"),
        ("sequence", "up; left", "up, left"),
        ("sequence", "up left", "up, left"),
        ("sequence", "up, then left", "up, left"),
        ("sequence", '["up", "left"]', "up, left"),
        ("sequence", "[up, left]", "up, left"),
        ("sequence", "1 0 1", "1, 0, 1"),
        ("sequence", "R U' F2", "R, U', F2"),
        ("sequence", "[[0,0],[1,0]]", "[[0, 0], [1, 0]]"),
        ("sequence", "((0, 0), (1, 0))", "[[0, 0], [1, 0]]"),
        ("sequence", "[0, 0], [1, 0]", "[[0, 0], [1, 0]]"),
        ("sequence", "(0, 0) → (1, 0)", "[[0, 0], [1, 0]]"),
        ("sequence", "[[0 0]\n [1 0]]", "[[0, 0], [1, 0]]"),
        ("sequence", "0 0\n1 0", "[[0, 0], [1, 0]]"),
        ("sequence", "```\n0, 0\n1, 0\n```", "[[0, 0], [1, 0]]"),
        ("sequence", r"\begin{pmatrix}0&0\\1&0\end{pmatrix}", "[[0, 0], [1, 0]]"),
        ("sequence", r"\left[\begin{array}{cc} 0 & 0 \\ 1 & 0 \end{array}\right]", "[[0, 0], [1, 0]]"),
        ("sequence", "I do not know", None),
        ("sequence", "[[0, 0], [1, 0]", None),
        ("set", "{2, 5}", "2, 5"),
        ("set", r"\{5, 2\}", "2, 5"),
        ("set", "5 and 2", "2, 5"),
        ("set", "9, 10, and 2", "2, 9, 10"),
        ("set", "2 5", "2, 5"),
        ("set", "2, 5, 2", "2, 5"),
        ("set", "2 or 5", None),
        ("text", ' "Spade  Ace". ', "Spade Ace"),
        ("text", r"\text{Spade Ace}", "Spade Ace"),
        ("text", "<answer>", None),
    ],
)
def test_fill_ins_read(kind, text, read):
    assert parse(kind, text) == read


# --- Comparing


@pytest.mark.parametrize(
    ("kind", "given", "expected", "equal"),
    [
        ("number", "0.55", "0.550", True),
        ("number", "0.5504", "0.550", True),
        ("number", "0.5506", "0.550", False),
        ("number", "0.551", "0.550", False),
        ("number", "12.4", "12", True),
        ("number", "13", "12", False),
        ("text", "spade ace", "Spade Ace", True),
        ("text", "Yes,3, 2", "Yes, 3, 2", True),
        ("text", "Spade Ace of", "Spade Ace", False),
        ("text", "swap 12 left", "swap 1 2 left", False),
        ("sequence", "UP, left", "up, left", True),
        ("sequence", "left, up", "up, left", False),
        ("set", "Blue, red", "blue, red", True),
        ("coordinate", "(2, 3)", "(3, 2)", False),
        ("integer", "7", "7", True),
        ("choice", "A", "B", False),
        ("text", "", "", False),
    ],
)
def test_same(kind, given, expected, equal):
    assert same(kind, given, expected) is equal


# --- Finding the final answer


@pytest.mark.parametrize(
    ("reply", "value", "extracted", "reason"),
    [
        ("C", 1, "C", "match"),
        ("B", 0, "B", "wrong"),
        ("Hm.", 0, "", "no final answer"),
        ("First I thought the answer is B. But \\boxed{C}, the answer is C", 1, "C", "match"),
        ("The answer is A. The answer is B.", 0, "", "two different finals"),
        ("The answer is C. The answer is C.", 1, "C", "match"),
        ("Answer: C\n\\boxed{B}", 0, "", "two different finals"),
        ("\\boxed{?} Answer: C", 0, "", "not readable"),
        ("<answer>A or C</answer> Answer: C", 0, "", "not readable"),
        ("\\boxed{C", 0, "", "not readable"),
        ("\\boxed{\\boxed{C}}", 1, "C", "match"),
        ("\\\\boxed{C}", 1, "C", "match"),
        ("The answer is not obvious. Answer: C", 1, "C", "match"),
        ('I must write "Answer: <letter>".\nAnswer: C', 1, "C", "match"),
        ("If the answer is B, the box is lost. So the answer is C.", 1, "C", "match"),
        ("If the box moves, the answer is C.", 1, "C", "match"),
        ("There is no doubt the answer is C.", 1, "C", "match"),
        ("I'm not sure, but the answer is C.", 1, "C", "match"),
        ("The wrong answer is B, the right answer is C.", 1, "C", "match"),
        ("<think>The answer is B</think>C", 1, "C", "match"),
        ("The answer is B</think>C", 1, "C", "match"),
        ("<think>C", 0, "", "no final answer"),
        ("Answer: C\n<think>or B", 1, "C", "match"),
        ("Answer: (3, 2)", 1, "C", "match"),
        ("The answer is therefore **C**: (3, 2).", 1, "C", "match"),
        ("<answer>The answer is C.</answer>", 1, "C", "match"),
        ("Answer: C. We start at (1, 1) and go down.", 1, "C", "match"),
        ("The answer is (3, 2) because the rest is wall.", 1, "C", "match"),
        ("Answer: C\nA is a wall, and B is out of reach.", 1, "C", "match"),
    ],
)
def test_final_answer_of_a_reply(reply, value, extracted, reason):
    assert score(reply, choice("C", CELLS)) == (value, extracted, reason)


@pytest.mark.parametrize(
    ("row", "reply", "value"),
    [
        (fill_in("integer", "7"), "The answer is 7 voxels.", 1),
        (fill_in("integer", "7"), "\\boxed{7 \\text{ moves}}", 1),
        (fill_in("integer", "7"), "The answer is 7 or eight.", 0),
        (fill_in("integer", "7"), "We need 3 + 4 = 7", 0),
        (fill_in("integer", "7"), "Answer: 7\n\n3 boxes were counted twice.", 1),
        (fill_in("number", "0.550"), "The answer is 0.55. It is 11/20.", 1),
        (fill_in("set", "2, 5"), "The answer is columns 5 and 2.", 1),
        (fill_in("sequence", "[[0, 1], [1, 1]]"), "Answer:\n[[0, 1],\n [1, 1]]\n\nDone.", 1),
        (fill_in("sequence", "[[0, 1], [1, 1]]"), "The matrix is clear.\n\nAnswer:\n```\n0 1\n1 1\n```", 1),
        (fill_in("sequence", "[[0, 1], [1, 1]]"), "\\boxed{\\begin{bmatrix} 0 & 1 \\\\ 1 & 1 \\end{bmatrix}}", 1),
        (fill_in("sequence", "[[0, 1], [1, 1]]"), "Answer: 0, 1, 1, 1", 0),
        (fill_in("sequence", "up, left"), "The answer is not obvious. Answer: up → left", 1),
        (fill_in("sequence", "up, left"), "Answer: up, left\nup, right", 0),
        (fill_in("sequence", "right, up"), "The answer is right, up.", 1),
        (fill_in("text", "clear 2 3"), "The answer is clear 2 3.", 1),
        (fill_in("text", "g6"), "The answer is g6. There stands the bishop.", 1),
        (fill_in("text", "g6"), "Answer: g6 and h2", 0),
        (fill_in("text", "g6"), "The piece stands on g6.", 0),
        (fill_in("coordinate", "(2, 2)", "(3, 3)"), "Answer: (3, 3)", 1),
    ],
)
def test_final_answer_of_a_fill_in(row, reply, value):
    assert score(reply, row).value == value


def test_a_rule_that_names_an_answer_is_no_final():
    rules = "Count the ways. If there is none, the answer is -1."
    row = fill_in("integer", "3") | {"question": f"{rules}\n\nHow many ways?", "query": "How many ways?"}
    assert score("If there is none, the answer is -1. There are some.\nAnswer: 3", row).value == 1
    assert score(rules, row | {"answer": "-1", "accepted": ["-1"]}).value == 0


def test_rows_may_be_objects():
    row = choice("C", CELLS)
    assert score("Answer: C", SimpleNamespace(**row, question="Where?", query="Where?")).value == 1
    assert score("Answer: C", {**row, "accepted": []}).value == 1


def test_import_stays_light():
    code = "import sys, gameqa.core.answers; print('rapidfuzz' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


# --- Properties

# Single words that hold back an answer ("the answer is not …") cannot be answers themselves.
HEDGES = {"not", "that", "given", "as", "so", "based", "likely", "maybe", "either", "an", "and", "or", "the"}
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ'", min_size=2, max_size=8).filter(
    lambda word: word[0] != "'" != word[-1] and word.lower() not in HEDGES
)
NUMBERS = st.integers(-999, 9999)
VALUES = {
    "integer": NUMBERS,
    "number": st.decimals(-100, 100, places=3).map(lambda number: format(number, "f")) | st.floats(-99, 99),
    "coordinate": st.lists(NUMBERS, min_size=2, max_size=5),
    "sequence": st.lists(st.sampled_from(["up", "Left", "turn left", "R2", "U'"]), min_size=1, max_size=9)
    | st.lists(NUMBERS, min_size=1, max_size=9)
    | st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(NUMBERS, min_size=width, max_size=width), min_size=1)),
    "set": st.lists(NUMBERS, min_size=1, max_size=9) | st.lists(WORDS, min_size=1, max_size=9),
    "text": st.lists(WORDS, min_size=1, max_size=4).map(" ".join),
}
ANSWERS = st.sampled_from(sorted(VALUES)).flatmap(lambda kind: st.tuples(st.just(kind), VALUES[kind]))
OPTIONS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).map(str)
    | st.lists(st.sampled_from(["Up", "Down", "Left"]), min_size=2, max_size=5).map(" → ".join)
    | st.integers(0, 99).map(str),
    min_size=2,
    max_size=8,
    unique=True,
)
PIECES = [
    *["A", "B", "C", " ", "\n", ".", ", ", "or ", "7", "(2, 3)", "[", "]", "not ", "because ", "٣", "Ａ"],
    *["The answer is ", "Answer:", "\\boxed{", "}", "{", "<answer>", "</answer>", "<think>", "</think>"],
    *["**", "$", "\\text{"],
]
REPLIES = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@given(ANSWERS)
def test_canonical_text_is_read_back(answer):
    kind, value = answer
    text = canonical(kind, value)
    assert same(kind, parse(kind, text) or "", text)
    assert same(kind, parse(kind, f"**{text}**.") or "", text)
    assert same(kind, parse(kind, f"$\\text{{{text}}}$") or "", text)


@given(ANSWERS)
def test_every_usual_reply_scores(answer):
    kind, value = answer
    row = fill_in(kind, canonical(kind, value))
    assert [name for name, reply in reply_forms(row).items() if not score(reply, row).value] == []


@given(st.sampled_from(AnswerKind), REPLIES)
def test_reading_twice_changes_nothing(kind, text):
    read = parse(kind, text, CELLS)
    assert read is None or parse(kind, read, CELLS) == read


@given(st.sampled_from(AnswerKind), REPLIES)
def test_any_reply_gets_a_score(kind, reply):
    right = {"choice": "A", "integer": "7", "coordinate": "(2, 3)", "text": "A"}.get(kind, "7")
    row = {"answer_kind": kind, "answer": right, "accepted": [right], "options": CELLS if kind == "choice" else []}
    found = score(reply, row)
    assert found.value in (0.0, 1.0)
    assert found.value == (found.reason == "match")
    assert bool(found.extracted) == (found.reason in ("match", "wrong"))


@given(REPLIES, OPTIONS)
def test_at_most_one_option_scores(reply, options):
    assert sum(score(reply, choice(letter, options)).value for letter in "ABCDEFGH"[: len(options)]) <= 1


@given(OPTIONS, st.data())
def test_options_score_as_letters_and_as_texts(options, data):
    letters = "ABCDEFGH"[: len(options)]
    row = choice(data.draw(st.sampled_from(letters)), options)
    assert [name for name, reply in reply_forms(row).items() if not score(reply, row).value] == []
    small = {name: reply for name, reply in attacks(row).items() if len(reply) < 9_999}
    assert [name for name, reply in small.items() if score(reply, row).value] == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=9))
def test_canonical_takes_any_json_or_says_no(value):
    for kind in AnswerKind:
        try:
            text = canonical(kind, value)
        except ValueError as error:
            assert "\n" not in json.dumps(str(error))
        else:
            assert text and text == text.strip()
