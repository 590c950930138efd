"""MMMU-Pro, config `vision` (Yue and others, 2024): the question and its options are in the picture only.

Columns read: `image`, `options` (only for scoring) and `answer` (the letter).
"""

from gameqa.core.answers import AnswerKind

from .mmmu import strings
from .rules import Question, Row, functions, one_picture

TEXT = "Answer the question in the picture."


def question(doc: Row) -> Question:
    """Read a row of MMMU/MMMU_Pro, config `vision`."""
    return Question(
        text=one_picture(TEXT, AnswerKind.CHOICE),
        pictures=[doc["image"]],
        kind=AnswerKind.CHOICE,
        accepted=(doc["answer"].strip(),),
        options=strings(doc["options"]),
    )


prompt, pictures, process_results = functions(question)
