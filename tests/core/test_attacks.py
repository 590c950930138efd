"""No reply without a commitment to one right answer scores, and every usual way of giving it does."""

import time

import pytest

from gameqa.core.answers import AnswerKind, score
from gameqa.tools.attacks import attacks, reply_forms

RULES = "A robot moves on a grid. If there is no way, the answer is -1. Rows count from the top."
OPTION_LISTS = {
    "cells": ["(2, 2)", "(2, 3)", "(3, 2)", "(12, 2)"],
    "counts": ["3", "8", "9", "4", "7", "2", "1", "5"],
    "moves": ["Up → Right", "Right → Up", "Up → Up → Right"],
    "poses": [
        "Position (4, 1), facing right",
        "Position (4, 1), facing left",
        "Position (1, 4), facing right",
    ],
    "sentences": [
        "The snake hits the bound of the grid.",
        "The snake hits its body.",
        "The snake reaches the food.",
        "Nothing happens.",
    ],
    "letters": ["B", "A", "D", "C"],
    "other letters": ["X", "Q", "Z", "Y"],
    "cards": ["9 ♥", "9 ♦", "10 ♥", "Q ♠"],
    "colours": ["red", "dark red", "green", "None"],
    "yes and no": ["Yes", "No", "Cannot be told"],
    "brackets": ["[2]", "(2)", "{2}", "<2>"],
    "lists": ["2, 3", "2, 3, 4", "None", "4"],
    "lives": [
        "Initially: alive → Step 1: dead",
        "Initially: dead → Step 1: alive",
        "Initially: dead → Step 1: dead",
    ],
    "articles": ["A red ball", "a blue ball", "I see no ball"],
}
FILL_INS = [
    ("integer", ["7"]),
    ("integer", ["-1"]),
    ("integer", ["0"]),
    ("integer", ["1250"]),
    ("number", ["0.550"]),
    ("number", ["12"]),
    ("coordinate", ["(2, 2)"]),
    ("coordinate", ["(2, 2, 3, 2)", "(3, 2, 2, 2)"]),
    ("sequence", ["up, left, up"]),
    ("sequence", ["up"]),
    ("sequence", ["1, 0, 1"]),
    ("sequence", ["[[0, 0, 0], [0, 1, 1], [1, 1, 1]]"]),
    ("set", ["2, 5"]),
    ("set", ["4"]),
    ("set", ["blue, red"]),
    ("text", ["g6"]),
    ("text", ["Spade Ace"]),
    ("text", ["left the field"]),
    ("text", ["removed 3"]),
    ("text", ["Yes, 3, 2", "Yes, 4, 2"]),
    ("text", ["swap 1 2 left", "none"]),
]


def row(kind, accepted, options=()):
    query = "Which of these is right, or what is the answer?"
    if options:
        query += "\n\nOptions:\n" + "\n".join(
            f"{letter}. {text}" for letter, text in zip("ABCDEFGH", options, strict=False)
        )
    form = f'End your reply with one line of the form "Answer: <{"letter" if options else "answer"}>".'
    return {
        "answer_kind": kind,
        "answer": accepted[0],
        "accepted": accepted,
        "options": list(options),
        "query": query,
        "question": f"{RULES}\n\n{query}\n\n{form}",
        "text_question": f"{RULES}\n\n#.#\n.@.\n\n{query}\n\n{form}",
        "answer_format": form,
        "analysis": f"1. First look.\n2. Then count.\nAnswer: {accepted[0]}",
    }


ROWS = [row(kind, accepted) for kind, accepted in FILL_INS] + [
    row("choice", [letter], options)
    for options in OPTION_LISTS.values()
    for letter, _ in zip("ABCDEFGH", options, strict=False)
]
NAMES = [f"{entry['answer_kind']}-{entry['answer']}-{place}" for place, entry in enumerate(ROWS)]


@pytest.mark.parametrize("entry", ROWS, ids=NAMES)
def test_attacks_score_nothing(entry):
    scored = {name: score(reply, entry) for name, reply in attacks(entry).items()}
    assert {name: found for name, found in scored.items() if found.value} == {}


@pytest.mark.parametrize("entry", ROWS, ids=NAMES)
def test_usual_replies_score(entry):
    scored = {name: (reply[-80:], score(reply, entry)) for name, reply in reply_forms(entry).items()}
    assert {name: found for name, found in scored.items() if not found[1].value} == {}


HEAVY = {
    "letters": "A " * 500_000,
    "boxes": "\\boxed{" * 150_000,
    "closed boxes": "\\boxed{" * 1_250 + "}" * 1_250,
    "braces": "{" * 1_000_000,
    "backslashes": "\\" * 1_000_000,
    "thinks": "<think>" * 150_000,
    "ends of thinking": "</think>" * 125_000,
    "tags": "<answer>" * 125_000,
    "answers": "answer is " * 100_000,
    "colons": "Answer: " * 125_000,
    "stars": "*" * 1_000_000,
    "quotes": '"' * 1_000_000,
    "stops": "." * 1_000_000,
    "blanks": " " * 1_000_000 + "x",
    "lines": "\n" * 1_000_000 + "x",
    "digits": "1" * 1_000_000,
    "digits stated": "Answer: " + "1" * 3_900,
    "digit list": "Answer: " + "1, " * 1_300,
    "brackets": "[" * 3_999,
    "brackets stated": "Answer: " + "[[" * 1_900,
    "bold": "Answer: " + "** " * 1_300,
    "texts": "Answer: " + "\\text{" * 600,
    "closed texts": "Answer: " + "\\text{" * 500 + "}" * 500,
    "becauses": "Answer: " + "A because " * 390,
    "ifs": "if the answer is " * 60_000,
    "conditions": "when " * 4_000,
    "words": "Answer: " + "word " * 750,
}


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("name", HEAVY)
def test_huge_replies_cost_milliseconds(kind, name):
    options = [f"The {ordinal} of the long options" for ordinal in ("first", "second", "third", "fourth")]
    entry = row(kind, ["B"], options if kind == "choice" else ())
    start = time.process_time()
    assert score(HEAVY[name], entry).value == 0
    assert time.process_time() - start < 1  # far below; a quadratic pattern takes minutes
