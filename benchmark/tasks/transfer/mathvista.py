"""MathVista (Lu and others, 2023): mathematics in pictures; choices, integers, decimals, lists.

Columns read: `query` (the official prompt: hint, question, choices), `decoded_image`, `choices`, `answer` (for choices
the text of an option), `question_type`, `answer_type` and `precision` (decimal places to round to).
"""

from gameqa.core.answers import LETTERS, AnswerKind

from .rules import Question, Row, equal, free_kind, functions, one_picture


def question(doc: Row) -> Question:
    """Read a row of AI4Math/MathVista."""
    options, answer = tuple(doc["choices"] or ()), str(doc["answer"])
    letters = [letter for letter, option in zip(LETTERS, options, strict=False) if option == answer]
    letters = letters or [letter for letter, option in zip(LETTERS, options, strict=False) if equal(option, answer)]
    if doc["question_type"] == "multi_choice" and letters:
        kind, accepted = AnswerKind.CHOICE, tuple(letters)
    elif doc["answer_type"] == "float" and doc["precision"]:
        kind, accepted = AnswerKind.NUMBER, (f"{float(answer):.{int(doc['precision'])}f}",)
    else:
        kind, accepted = free_kind([answer]), (answer,)
    return Question(
        text=one_picture(doc["query"], kind),
        pictures=[doc["decoded_image"]],
        kind=kind,
        accepted=accepted,
        options=options if kind is AnswerKind.CHOICE else (),
    )


prompt, pictures, process_results = functions(question)
