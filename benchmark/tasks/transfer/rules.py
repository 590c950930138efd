"""What the general benchmarks share: a question in one form, its prompt, and scoring by rule.

The final answer is found in a reply by `gameqa.core.answers`, as for the games; what is added here is the reading of
free answers: numbers written as expressions or with units, and words in other spelling.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gameqa.core.answers import LETTERS, UNPARSABLE, AnswerKind, parse, same, score

IMAGE_MARK = "<image>"
"""Where the text holds this, `hf-multimodal` and `vllm-vlm` put the next picture."""

Row = Mapping[str, Any]
"""One row of a public data set, in its own columns."""


class Question(NamedTuple):
    """A question of any benchmark.

    Attributes:
        text: the prompt, with one `<image>` for each picture.
        pictures: PIL images in the order of their markers.
        kind: how the answer is read.
        accepted: right answers: letters of a choice, else answers as the data give them.
        options: texts of a choice, without letters; empty when they are in the picture only.
    """

    text: str
    pictures: list[Any]
    kind: AnswerKind
    accepted: tuple[str, ...]
    options: tuple[str, ...] = ()


class Functions(NamedTuple):
    """What the YAML file of a benchmark names."""

    prompt: Callable[[Row], str]
    pictures: Callable[[Row], list[Any]]
    process_results: Callable[[Row, Sequence[str]], dict[str, Any]]


def functions(question: Callable[[Row], Question]) -> Functions:
    """Return the functions of a task from the one that reads a row."""
    return Functions(
        prompt=lambda doc: question(doc).text,
        pictures=lambda doc: [picture.convert("RGB") for picture in question(doc).pictures],
        process_results=lambda doc, results: measured(results[0], question(doc)),
    )


# --- Prompts --------------------------------------------------------------------------------------

_WORDS = {AnswerKind.CHOICE: "letter", AnswerKind.INTEGER: "number", AnswerKind.NUMBER: "number"}
_STRAY = re.compile(r"<image ?([0-9]?)>")


def one_picture(text: str, kind: AnswerKind) -> str:
    """Return the prompt of a question with one picture, which goes first, and the form of the answer at the end.

    Markers in the text of the data become words: more markers than pictures stop `hf-multimodal`.
    """
    return f"{IMAGE_MARK}\n{_STRAY.sub('(picture)', text).strip()}\n{answer_form(kind)}"


def answer_form(kind: AnswerKind) -> str:
    """Return the sentence that asks for a final answer which the rules can read."""
    return f'End your reply with one line of the form "Answer: <{_WORDS.get(kind, "answer")}>".'


def lettered(options: Sequence[str]) -> str:
    """Return options one a line, as in `A. red`."""
    return "\n".join(f"{letter}. {option}" for letter, option in zip(LETTERS, options, strict=False))


def free_kind(answers: Sequence[str]) -> AnswerKind:
    """Return the kind of free answers: integers, decimals, or else text, which expressions are as well."""
    if all(parse(AnswerKind.INTEGER, answer) and "." not in answer for answer in answers):
        return AnswerKind.INTEGER
    if all(parse(AnswerKind.NUMBER, answer) and "." in answer for answer in answers):
        return AnswerKind.NUMBER
    return AnswerKind.TEXT


# --- Scoring --------------------------------------------------------------------------------------


def measured(reply: str, question: Question) -> dict[str, Any]:
    """Return `acc` and `unparsable` of a reply, each 0.0 or 1.0."""
    right, parsable = graded(reply, question)
    return {"acc": float(right), "unparsable": float(not parsable)}


def graded(reply: str, question: Question) -> tuple[bool, bool]:
    """Say whether the reply is right, and whether the rules could read a final answer in it."""
    found = _score(reply, question, question.kind)
    if question.kind is AnswerKind.CHOICE or found.value:
        return bool(found.value), found.reason not in UNPARSABLE
    if question.kind is not AnswerKind.TEXT and found.reason in UNPARSABLE:  # 3\sqrt{2}, 14 m^2
        found = _score(reply, question, AnswerKind.TEXT)
        if _parts(found.extracted) is None:
            return False, False
    if not found.extracted:
        return False, found.reason not in UNPARSABLE
    line = _LAST_LINE.search(reply)  # whole, where a full stop inside the answer ended it too early
    given = [found.extracted, *(line.groups() if line else ())]
    return any(equal(one, answer) for one in given for answer in question.accepted), True


_LAST_LINE = re.compile(r"^\W*Answer\W*: *(\S.*?)\s*\Z", re.MULTILINE | re.IGNORECASE)


def _score(reply: str, question: Question, kind: AnswerKind) -> Any:
    accepted = [parse(kind, answer, question.options) or answer for answer in question.accepted]
    row = {"question": question.text, "answer_kind": kind, "accepted": accepted, "options": question.options}
    return score(reply, row | {"answer": accepted[0]})


def equal(given: str, expected: str) -> bool:
    """Say whether two free answers are the same: as words, as numbers, or as lists of either.

    A decimal that is expected allows half a unit of its last place. Where an exact expression is expected, a decimal of
    two places or more is right when it is that expression rounded. The left side of an equation may be missing.
    """
    if same(AnswerKind.TEXT, given, expected) or (plain(given) and plain(given) == plain(expected)):
        return True
    items, wanted = _items(given), _items(expected)
    if len(wanted) > 1:
        return len(items) == len(wanted) and all(map(equal, items, wanted))
    one, two = _parts(given), _parts(expected)
    if one is None or two is None or (one.left and two.left and one.left != two.left):
        return False
    rounded = one.places if two.places is None and (one.places or 0) > 1 else two.places
    slack = 1e-9 * max(1.0, abs(two.value)) + (0.5 * 10.0**-rounded if rounded else 0.0)
    return abs(one.value - two.value) <= slack


def _items(text: str) -> list[str]:
    """Split a list such as `[1, 2.5]`, but not the thousands of a number."""
    return [part.strip() for part in re.split(r",(?![0-9]{3}\b)", text.strip().strip("[]()"))]


# --- Words ----------------------------------------------------------------------------------------

_PLACE = re.compile(r"^(?:the )?(?:(?:sub)?plot|panel|option) (?=\S)")


def plain(text: str) -> str:
    r"""Return words under loose eyes: no case, LaTeX, brackets, blanks, quotes; Greek letters by name.

    Example:
        >>> plain(r"$\eta = 0.13$") == plain("η=0.13"), plain("Subplot (c)"), plain("case and det")
        (True, 'c', 'case,det')
    """
    text = re.sub(r"\\(?:text|math)[a-z]{0,2} ?(?=\{)", "", text)
    text = "".join(map(_greek, unicodedata.normalize("NFKC", text))).casefold()
    text = _PLACE.sub("", re.sub(r"[(){}\[\]$\\_\"'`*]", "", text).strip())
    text = re.sub(r",? and |, +", ",", text)
    return re.sub(r"\s|(?<=[a-z])-(?=[a-z])", "", text.removeprefix("the ")).rstrip(".")


def _greek(mark: str) -> str:
    name = unicodedata.name(mark, "")
    return name.rpartition(" ")[2] if re.fullmatch(r"GREEK (?:SMALL|CAPITAL) LETTER [A-Z]+", name) else mark


# --- Numbers --------------------------------------------------------------------------------------


class _Number(NamedTuple):
    left: str
    """Left side of an equation, empty when there is none."""
    value: float
    places: int | None
    """Decimal places of a plain number, None for an expression."""


_LATEX = [
    (re.compile(r"\\(?:left|right|displaystyle|[,;:! ])"), ""),
    (re.compile(r"\\[dt]frac"), r"\\frac"),
    (re.compile(r"\\frac ?([0-9])([0-9])"), r"\\frac{\1}{\2}"),
    (re.compile(r"\^ ?(?:\\circ|\{ ?\\circ ?\})|°|\\degree"), " degrees"),
    (re.compile(r"\\(?:text|math)[a-z]{0,2} ?\{([^{}]*)\}"), r" \1"),
    (re.compile(r"\\(?:cdot|times)|[×·⋅]"), "*"),
    (re.compile(r"\\?√"), r"\\sqrt "),
    (re.compile(r"π"), r"\\pi "),
    (re.compile(r"\\approx|≈"), "="),
    (re.compile(r"[−–]"), "-"),
    (re.compile(r"[$]|\\[()\[\]]"), ""),
    (re.compile(r"\\%"), "%"),
]
_UNIT = re.compile(
    r" ?%$|(?<=[0-9)}.i])\s+(?!(?:thousand|hundred|million|billion|trillion|dozen|half|times|or|and|to|pi|sqrt|frac"
    r"|[a-fi-kn-ru-z])\b)[A-Za-z]{1,12}(?:\^?\{?[23]\}?)?(?:[ /*][A-Za-z]{1,12}(?:\^?\{?-?[123]\}?)?){0,2}\.?$"
    r"|(?<=[0-9])(?:cm|mm|km|kg|ft|in)(?:\^?\{?[23]\}?)?$"
)
"""A unit after a number: a percent sign, words after a blank that are neither numbers nor variables, short ones."""
_TOKEN = re.compile(
    r"\s*([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+"
    r"|\\?(?:frac|sqrt|pi)(?![a-z])|[-+*/^(){}\[\]])"
)
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9,]*\.?([0-9]*)")
_LONGEST = 200


def value(text: str) -> float | None:
    r"""Return the number that a text states, or None: digits, fractions, roots, powers, pi, in LaTeX or plain.

    Units are dropped. Mixed numbers (`2 1/2`) and anything with a variable are not read.

    Example:
        >>> value(r"\frac{3}{4}"), value("1,000 cm"), value("x = 2^3"), value("2x"), value("5 million")
        (0.75, 1000.0, 8.0, None, None)
    """
    found = _parts(text)
    return found.value if found else None


def _parts(text: str) -> _Number | None:
    if len(text) > _LONGEST:
        return None
    for pattern, instead in _LATEX:
        text = pattern.sub(instead, text)
    left, equals, right = text.partition("=")
    text = _UNIT.sub("", (right if equals else left).strip()).strip()
    try:
        number = _Expression(text).whole()
    except (ValueError, ArithmeticError):
        return None
    if not isinstance(number, float) or not math.isfinite(number):
        return None
    digits = _PLAIN_NUMBER.fullmatch(text)
    return _Number(plain(left) if equals else "", number, len(digits[1]) if digits else None)


class _Expression:
    """Recursive descent over arithmetic; every method raises ValueError where the text is no such thing."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.place = 0

    def whole(self) -> float:
        number = self.sum()
        if self.peek():
            raise ValueError
        return number

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise ValueError
        self.place += 1
        return token

    def sum(self) -> float:
        number = self.product()
        while self.peek() in ("+", "-"):
            number = number + self.product() if self.take() == "+" else number - self.product()
        return number

    def product(self) -> float:
        number = self.signed()
        while (token := self.peek()) and (token in "*/({" or token in ("frac", "sqrt", "pi")):
            if token in "*/":
                self.take()
            number = number / self.signed() if token == "/" else number * self.signed()
        return number

    def signed(self) -> float:
        if self.peek() in ("+", "-"):
            return -self.signed() if self.take() == "-" else self.signed()
        return self.power()

    def power(self) -> float:
        number = self.atom()
        if self.peek() == "^":
            self.take()
            return number ** self.signed()
        return number

    def atom(self) -> float:
        token = self.take()
        if token in ("(", "{"):
            number = self.sum()
            self.take(")" if token == "(" else "}")
            return number
        if token == "pi":
            return math.pi
        if token == "frac":
            return self.atom() / self.atom()
        if token == "sqrt":
            degree = 2.0
            if self.peek() == "[":
                self.take()
                degree = self.sum()
                self.take("]")
            return self.atom() ** (1 / degree)
        return float(token.replace(",", ""))


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise ValueError
        yield found[1].lstrip("\\")
        place = found.end()
