"""CharXiv (Wang and others, 2024), the reasoning questions: charts of scientific papers.

Columns read: `reasoning_q`, `reasoning_a`, `image`, and `reasoning_a_type`: 1 text in the chart, 2 text in general,
3 number in the chart, 4 number in general.
"""

from gameqa.core.answers import AnswerKind

from .rules import Question, Row, free_kind, functions, one_picture

NUMBER_IN_GENERAL = 4

_HINTS = {
    1: "The answer is a text that stands in the chart; write it as it stands there.",
    2: "The answer is a text.",
    3: "The answer is a number that stands in the chart; write it as it stands there.",
}


def question(doc: Row) -> Question:
    """Read a row of princeton-nlp/CharXiv."""
    answer, answer_type = str(doc["reasoning_a"]).strip(), int(doc["reasoning_a_type"])
    kind = free_kind([answer]) if answer_type > 2 else AnswerKind.TEXT
    text = f"{doc['reasoning_q'].strip()}\n{_HINTS.get(answer_type) or rounding(answer)}"
    return Question(one_picture(text, kind), [doc["image"]], kind, (answer,))


def rounding(answer: str) -> str:
    """Return the sentence that tells how many decimal places a number that has to be reckoned should have.

    Example:
        >>> rounding("9.17")
        'The answer is a number; give 2 decimal places.'
    """
    places = len(answer.partition(".")[2])
    return "The answer is a number; give " + (f"{places} decimal places." if places else "an integer.")


prompt, pictures, process_results = functions(question)
