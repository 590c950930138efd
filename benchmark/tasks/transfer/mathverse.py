"""MathVerse (Zhang and others, 2024): one problem in five versions, from all in the text to all in the picture.

Columns read: `query_cot` (the official prompt that asks to reason first), `image`, `answer` (for choices the letter),
`question_type`, and `question_for_eval` (the question in words, for every version) or `question`, for the options.
"""

import re

from gameqa.core.answers import LETTERS, AnswerKind

from .rules import Question, Row, free_kind, functions, one_picture

_OPTION = re.compile(r"^\(?([A-H])\)?[:.] ?(.*?)\s*$", re.MULTILINE)


def question(doc: Row) -> Question:
    """Read a row of AI4Math/MathVerse, config `testmini`."""
    answer = str(doc["answer"]).strip()
    choice = doc["question_type"] == "multi-choice" and re.fullmatch(r"[A-H]", answer)
    kind = AnswerKind.CHOICE if choice else free_kind([answer])
    return Question(
        text=one_picture(doc["query_cot"], kind),
        pictures=[doc["image"]],
        kind=kind,
        accepted=(answer,),
        options=options(doc.get("question_for_eval") or doc["question"]) if choice else (),
    )


def options(text: str) -> tuple[str, ...]:
    r"""Return the options that stand in a question, `A:50°` one a line; none when they are not lettered in order.

    Example:
        >>> options("Find x.\nChoices:\nA:50°\nB:40°"), options("Find x.")
        (('50°', '40°'), ())
    """
    found = _OPTION.findall(text.partition("Choices")[2])
    letters = "".join(letter for letter, _ in found)
    return tuple(option for _, option in found) if letters and LETTERS.startswith(letters) else ()


prompt, pictures, process_results = functions(question)
