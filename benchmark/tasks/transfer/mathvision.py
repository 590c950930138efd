"""MATH-Vision (Wang and others, 2024): problems of competitions, choices or free answers.

Columns read: `question` (with markers such as `<image1>`), `decoded_image` (all pictures of the problem in one),
`options` (empty for free answers) and `answer` (for choices the letter).
"""

import re

from gameqa.core.answers import LETTERS, AnswerKind

from .rules import Question, Row, free_kind, functions, lettered, one_picture


def question(doc: Row) -> Question:
    """Read a row of MathLLMs/MathVision."""
    options, answer = tuple(doc["options"] or ()), str(doc["answer"]).strip()
    if options and re.fullmatch(r"[A-Z]", answer) and answer in LETTERS[: len(options)]:
        kind = AnswerKind.CHOICE
    else:
        kind, options = free_kind([answer]), ()
    if options == tuple(LETTERS[: len(options)]):  # they stand in the picture
        options = ()
    text = f"{doc['question']}\nOptions:\n{lettered(options)}" if options else doc["question"]
    return Question(
        text=one_picture(text, kind),
        pictures=[doc["decoded_image"]],
        kind=kind,
        accepted=(answer,),
        options=options,
    )


prompt, pictures, process_results = functions(question)
