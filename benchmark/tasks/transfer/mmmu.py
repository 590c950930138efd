"""MMMU (Yue and others, 2023) and MMMU-Pro (2024) with the question as text: college questions with up to 7 pictures.

Columns read: `question` and `options` (a Python list as text) with markers such as `<image 1>`, `image_1` … `image_7`,
`answer` (the letter; for open questions the answer, or a Python list of right ones as text) and, where there is one,
`question_type` (`multiple-choice` or `open`).
"""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gameqa.core.answers import AnswerKind

from .rules import IMAGE_MARK, Question, Row, answer_form, free_kind, functions, lettered

_MARK = re.compile(r"<image ?([1-7])>")


def all_subjects(path: str, split: str, subjects: Sequence[str], **_: Any) -> Mapping[str, Any]:
    """Return the split with the subjects, which are configs of the data set, one after the other.

    lm-eval takes the mean of a group over its tasks: as thirty tasks, MMMU would outweigh all other benchmarks.
    """
    from datasets import concatenate_datasets, load_dataset

    return {split: concatenate_datasets([load_dataset(path, subject, split=split) for subject in subjects])}


def question(doc: Row) -> Question:
    """Read a row of MMMU/MMMU, or of MMMU/MMMU_Pro with the question as text."""
    choice = doc.get("question_type", "multiple-choice") == "multiple-choice"
    options = strings(doc["options"]) if choice else ()
    accepted = (doc["answer"].strip(),) if choice else strings(doc["answer"])
    kind = AnswerKind.CHOICE if choice else free_kind(accepted)
    text = doc["question"].strip() if not options else f"{doc['question'].strip()}\n{lettered(options)}"
    text, pictures = interleaved(f"{text}\n{answer_form(kind)}", doc)
    return Question(text, pictures, kind, accepted, tuple(_MARK.sub("", option).strip() for option in options))


def strings(value: Any) -> tuple[str, ...]:
    """Return the strings of a list, of a list written as Python, or of one answer.

    Example:
        >>> strings("['red', 'blue']"), strings(["red"]), strings("8")
        (('red', 'blue'), ('red',), ('8',))
    """
    if isinstance(value, str):
        try:
            value = ast.literal_eval(value) if value.lstrip().startswith("[") else [value]
        except (ValueError, SyntaxError):
            value = [value]
    return tuple(str(item).strip() for item in value)


def interleaved(text: str, doc: Row) -> tuple[str, list[Any]]:
    """Put `<image> (picture 1)` where the text first names a picture, and `(picture 1)` where it does so again.

    The numbers are those of the order in which pictures are sent, so that they still tell when a model is sent all
    pictures before the text. Pictures that the text never names go first.
    """
    held = [str(number) for number in range(1, 8) if doc.get(f"image_{number}") is not None]
    named = [number for number in dict.fromkeys(_MARK.findall(text)) if number in held]
    unnamed = [number for number in held if number not in named]
    text = "".join(f"<image {number}>\n" for number in unnamed) + text
    order = unnamed + named
    shown: set[str] = set()

    def place(found: re.Match[str]) -> str:
        number = found[1]
        if number not in order:
            return "(picture)"
        mark = "" if number in shown else f"{IMAGE_MARK} "
        shown.add(number)
        return f"{mark}(picture {order.index(number) + 1})"

    return _MARK.sub(place, text.replace(IMAGE_MARK, "(picture)")), [doc[f"image_{number}"] for number in order]


prompt, pictures, process_results = functions(question)
