"""MMBench (Liu and others, 2023), English dev split: choices about perception and reasoning.

Columns read: `index`, `hint`, `question`, `A` … `D` (null or `nan` where missing), `image`, `answer` (the letter).
The rows hold every question with its options rotated as well; the rotations of a question have the same `index` modulo
one million. `circular_acc` counts a question as right when all its rows are: the official CircularEval.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from gameqa.core.answers import AnswerKind

from .rules import Question, Row, functions, lettered, measured, one_picture

ROTATION = 1_000_000
"""What a rotation adds to `index`."""


def question(doc: Row) -> Question:
    """Read a row of lmms-lab/MMBench, config `en`."""
    options = tuple(doc[letter] for letter in "ABCD" if given(doc[letter]))
    lines = [doc["hint"]] * given(doc["hint"]) + [doc["question"], lettered(options)]
    text = one_picture("\n".join(lines), AnswerKind.CHOICE)
    return Question(text, [doc["image"]], AnswerKind.CHOICE, (doc["answer"].strip(),), options)


def given(value: Any) -> bool:
    """Say whether a column holds something."""
    return value is not None and str(value).strip().lower() not in ("", "nan")


def process_results(doc: Row, results: Sequence[str]) -> dict[str, Any]:
    """Score a reply; `circular_acc` is told the question and whether this rotation is right."""
    scores = measured(results[0], question(doc))
    return scores | {"circular_acc": (int(doc["index"]) % ROTATION, scores["acc"])}


def circular(items: Iterable[tuple[int, float]]) -> float:
    """Return the share of questions with all rotations right.

    Example:
        >>> circular([(7, 1.0), (7, 0.0), (8, 1.0)])
        0.5
    """
    questions: dict[int, bool] = {}
    for index, right in items:
        questions[index] = bool(right) and questions.get(index, True)
    return sum(questions.values()) / len(questions)


prompt, pictures, _ = functions(question)
