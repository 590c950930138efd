r"""Answers: the kinds, their canonical text, finding the final answer in a reply, comparing, scoring.

A reply scores 1 only when it commits itself to one right final answer. The final is looked for in this
order: `\boxed{…}`, `<answer>…</answer>`, "the answer is …" / "Answer: …", a reply that is only the answer.
The first of these that occurs decides; two different finals, or a box or tag that cannot be read, score 0,
and the last final of every weaker form must agree. Text in `<think>` and echoes of the prompt never count.

Only ASCII letters and digits are read; Python's `\d` and `int` would take other scripts as well.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, cast

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Letters of the options, in order."""

REPLY_TAIL = 20_000
"""Characters at the end of a reply that are read."""
ANSWER_LENGTH = 4_000
"""Longest text that is read as one answer."""
STATEMENTS = 200
"""Boxes, tags or phrases that are read, from the end of the reply."""


class AnswerKind(StrEnum):
    """What an answer is, which decides how it is written, read and compared."""

    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    COORDINATE = "coordinate"
    SEQUENCE = "sequence"
    SET = "set"
    TEXT = "text"


UNPARSABLE = ("no final answer", "not readable")
"""Reasons of a score when no final answer could be read; two different finals are read, and wrong."""


class Score(NamedTuple):
    """The score of one reply.

    Attributes:
        value: 1.0 for a right final answer, else 0.0.
        extracted: canonical text of the final answer found, empty when there is none.
        reason: `match`, `wrong`, `no final answer`, `two different finals` or `not readable`.
    """

    value: float
    extracted: str
    reason: str


# --- Canonical text -------------------------------------------------------------------------------


def canonical(kind: AnswerKind | str, value: Any) -> str:
    """Return the canonical text of a plain JSON value.

    Raises:
        ValueError: in one sentence, when the value does not have the shape of its kind.

    Example:
        >>> canonical("coordinate", [2, 2]), canonical("set", [5, 2]), canonical("sequence", ["up", "left"])
        ('(2, 2)', '2, 5', 'up, left')
    """
    kind = AnswerKind(kind)
    text = _WRITERS[kind](value)
    if text is None:
        raise ValueError(f"{value!r} is not an answer of kind {kind.value}")
    return text


def _write_choice(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) == 1 and value in LETTERS else None


def _write_integer(value: Any) -> str | None:
    return str(value) if _is_int(value) else None


def _write_number(value: Any) -> str | None:
    if isinstance(value, float):
        value = format(Decimal(repr(value)), "f")
    elif _is_int(value):
        value = str(value)
    return value if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", value) else None


def _write_coordinate(value: Any) -> str | None:
    items = _items(value)
    if not items or not all(map(_is_int, items)):
        return None
    return f"({', '.join(map(str, items))})"


def _write_sequence(value: Any) -> str | None:
    items = _items(value)
    if not items:
        return None
    if any(map(_items, items)):
        return json.dumps(items, ensure_ascii=False) if _is_nest(items) else None
    tokens = [_token_text(item) for item in items]
    return ", ".join(tokens) if all(tokens) else None


def _write_set(value: Any) -> str | None:
    items = _items(value)
    tokens = [_token_text(item) for item in items]
    return _join_set(tokens) if tokens and all(tokens) else None


def _write_text(value: Any) -> str | None:
    return " ".join(value.split()) or None if isinstance(value, str) else None


_WRITERS: dict[AnswerKind, Callable[[Any], str | None]] = {
    AnswerKind.CHOICE: _write_choice,
    AnswerKind.INTEGER: _write_integer,
    AnswerKind.NUMBER: _write_number,
    AnswerKind.COORDINATE: _write_coordinate,
    AnswerKind.SEQUENCE: _write_sequence,
    AnswerKind.SET: _write_set,
    AnswerKind.TEXT: _write_text,
}


def _items(value: Any) -> list[Any]:
    return list(cast("Sequence[Any]", value)) if isinstance(value, list | tuple) else []


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_nest(value: Any) -> bool:
    items = _items(value)
    return all(map(_is_nest, items)) if items else _is_int(value) or isinstance(value, str)


def _token_text(item: Any) -> str:
    """Return one member of a sequence or set as text, empty when it cannot be one."""
    if _is_int(item):
        return str(item)
    text = " ".join(item.split()) if isinstance(item, str) else ""
    return text if _TOKEN.fullmatch(text) else ""


def _join_set(tokens: Sequence[str]) -> str:
    """Return set members without repeats (case aside), numbers by value, words by alphabet, joined."""
    tokens = [_short_int(token) for token in tokens]
    if all(map(_read_number, tokens)):
        members = sorted({Decimal(token): token for token in reversed(tokens)}.items())
    else:
        members = sorted({_lower(token): token for token in reversed(tokens)}.items())
    return ", ".join(token for _, token in members)


# --- Plain text: what models wrap answers in ------------------------------------------------------

_ASCII_LOWER = str.maketrans(LETTERS, LETTERS.lower())
_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‘’′", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("−‐‑", "-"),
        **dict.fromkeys("➡➔⟶⇒⟹", "→"),
        **dict.fromkeys("\u00a0\u2009\u200a\u202f\u2002\u2003", " "),
        **dict.fromkeys("\ufe0f\ufe0e\u200b\u2060\ufeff", None),
    }
)
_LATEX = [
    (re.compile(r"\\(?:left|right|big|Big|bigl|bigr|displaystyle)(?![A-Za-z])"), ""),
    (re.compile(r"\\(?:(?:long)?rightarrow|(?:Long)?Rightarrow|to|implies)(?![A-Za-z])"), " → "),
    (re.compile(r"\\heartsuit(?![A-Za-z])"), "♥"),
    (re.compile(r"\\diamondsuit(?![A-Za-z])"), "♦"),
    (re.compile(r"\\spadesuit(?![A-Za-z])"), "♠"),
    (re.compile(r"\\clubsuit(?![A-Za-z])"), "♣"),
    (re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])"), " "),
    (re.compile(r"\\[()\[\]]"), ""),
    (
        re.compile(r"\\(?:boxed|mbox|operatorname|(?:text|math)(?:rm|bf|it|tt|sf|normal)?) ?\{([^{}]*)\}"),
        r"\1",
    ),
    (re.compile(r"\\([{}_%#&])"), r"\1"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\$"), ""),
]
_ARROW = re.compile(r"[-=]{1,2}>")
_FENCE = re.compile(r"^```[A-Za-z]{0,12}[ \t]*$", re.MULTILINE)


def _plain(text: str) -> str:
    """Strip LaTeX wrappers, markdown, quotes and the final full stop, down to a fixed point."""
    if len(text) > ANSWER_LENGTH:
        return ""
    text = text.translate(_CHARACTERS)
    for _ in range(12):
        before = text
        if "`" in text:
            text = _FENCE.sub("", text).replace("`", "")
        if "\\" in text or "$" in text:
            for pattern, plain in _LATEX:
                text = pattern.sub(plain, text)
        text = _unwrap(_ARROW.sub("→", text).replace("**", ""))
        if text == before:
            return text
    return ""


def _unwrap(text: str) -> str:
    while True:
        before = text
        text = text.strip().strip("*").lstrip("#")
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'_" and text[0] not in text[1:-1]:
            text = text[1:-1]
        if text.endswith(".") and not text.endswith(".."):
            text = text[:-1]
        if text == before:
            return text


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _lower(text: str) -> str:
    return text.translate(_ASCII_LOWER)


def _inner(text: str) -> str:
    """Return what stands inside one pair of brackets around the whole text, or the text itself."""
    if len(text) > 1 and text[0] + text[-1] in ("()", "[]", "{}", "<>") and not re.search(r"[()\[\]{}<>]", text[1:-1]):
        return text[1:-1].strip()
    return text


# --- Reading one answer ---------------------------------------------------------------------------


def parse(kind: AnswerKind | str, text: str, options: Sequence[str] = ()) -> str | None:
    r"""Read one answer text, such as stood inside `\boxed{}`, and return it in canonical form.

    Returns None when the text is not exactly one answer of the kind. Options are the shown texts of a choice,
    without letters.

    Example:
        >>> parse("choice", "**B.** (2, 3)", ["(1, 1)", "(2, 3)"]), parse("choice", "A or B", ["red", "blue"])
        ('B', None)
    """
    return _read(AnswerKind(kind), text, options, loose=False)


def _read(kind: AnswerKind, text: str, options: Sequence[str], loose: bool) -> str | None:
    """As `parse`; `loose` also allows the small words of a sentence: units, "columns", a reason."""
    if len(text) > ANSWER_LENGTH or _PLACEHOLDER.search(text):
        return None
    if kind is AnswerKind.CHOICE:
        return _read_choice(_line(text), options)
    if kind is AnswerKind.SEQUENCE:
        return _read_sequence(text)
    line = _line(text)
    if loose and kind is not AnswerKind.TEXT:
        line = _before_reason(line)
    if kind is AnswerKind.INTEGER:
        return _read_integer(line, loose)
    if kind is AnswerKind.NUMBER:
        return _read_number(line)
    if kind is AnswerKind.COORDINATE:
        return _read_coordinate(line)
    if kind is AnswerKind.SET:
        return _read_set(line, loose)
    return line or None


_PLACEHOLDER = re.compile(r"<(?:letter|answer|number)>", re.IGNORECASE)
_REASON = re.compile(r"[\s,;:.–—-]+(?:because|since|as(?! well)|due to|given)\b", re.IGNORECASE)
_INTEGER = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0+)?")
_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_UNIT = re.compile(r"(?: [A-Za-z][A-Za-z'-]*){1,3}")
_NO_UNIT = re.compile(
    r" (?:or|and|to|at|if|not|is|are|was|maybe|perhaps|more|less|plus|minus|times|half|hundred|thousand"
    r"|million|dozen|but|through|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    re.IGNORECASE,
)


def _before_reason(line: str) -> str:
    found = _REASON.search(line)
    return line[: found.start()] if found else line


def _read_integer(line: str, loose: bool) -> str | None:
    found = _INTEGER.match(line)
    if not found:
        return None
    rest = line[found.end() :]
    if rest and not (loose and _UNIT.fullmatch(rest) and not _NO_UNIT.search(rest)):
        return None
    return _signed(found[1], found[2].replace(",", ""))


def _signed(sign: str, digits: str) -> str:
    digits = digits.lstrip("0") or "0"
    return f"-{digits}" if sign == "-" and digits != "0" else digits


def _short_int(token: str) -> str:
    found = re.fullmatch(r"([+-]?)([0-9]+)", token)
    return _signed(found[1], found[2]) if found else token


def _read_number(line: str) -> str | None:
    found = _NUMBER.fullmatch(line)
    if not found or not (found[2] or found[3]):
        return None
    whole, places = _signed("", found[2]), f".{found[3]}" if found[3] else ""
    sign = "-" if found[1] == "-" and (found[2] + (found[3] or "")).strip("0") else ""
    return f"{sign}{whole}{places}"


_PLACE_WORD = re.compile(r"\b(row|column|col|x|y|z|level|layer)\b ?[=:]? ?", re.IGNORECASE)
_PLACE_ORDER = {"row": 0, "x": 0, "column": 1, "col": 1, "y": 1, "z": 2, "level": 2, "layer": 2}
_PLACE_HEAD = re.compile(
    r"(?:the )?(?:cell|position|square|point|coordinates?) ?(?:at )?[=:]? ?(?=[(\[0-9-])", re.IGNORECASE
)


def _read_coordinate(line: str) -> str | None:
    line = _PLACE_HEAD.sub("", line, count=1) if _PLACE_HEAD.match(line) else line
    body = _inner(line)
    words = [_PLACE_ORDER[_lower(word)] for word in _PLACE_WORD.findall(body)]
    if words != sorted(set(words)):
        return None
    numbers = _PLACE_WORD.sub(" ", body).replace(" and ", " , " if words else " and ")
    between = r" *, *| +" if words else r" *, *"
    parts = re.split(between, numbers.strip())
    if not all(re.fullmatch(r"[+-]?[0-9]+", part) for part in parts) or (len(parts) == 1 and body == line):
        return None
    return f"({', '.join(map(_short_int, parts))})"


_TOKEN = re.compile(r"[^\s,;:→()\[\]{}<>?!\"=|]+(?: [^\s,;:→()\[\]{}<>?!\"=|]+){0,3}")
_STEP = re.compile(
    r"[+-]?[0-9]+|[A-Z][0-9]?'?|[a-h][1-8]|[↑↓←→]|up|down|left|right|north|south|east|west|forward|back|backward|turn",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b(?:the|is|are|was|be|not|no|or|so|as|we|it|its|i|you|do|does|this|that|which|because|since|then"
    r"|therefore|thus|if|would|can|cannot|let|answer|obvious|unclear|unknown)\b",
    re.IGNORECASE,
)
_MATRIX = re.compile(r"\\(?:begin|end)\{(?:[A-Za-z]?matrix|array)\*?\}(?:\{[lcr| ]*\})?")


def _tokens(line: str, separators: str) -> list[str] | None:
    """Split a flat list at its separators, or at blanks when it is numbers or steps throughout."""
    parts = re.split(separators, line)
    if len(parts) > 1:
        parts = [re.sub(r"^(?:and then|and|then) ", "", part.strip()) for part in parts]
    elif all(map(_STEP.fullmatch, line.split())):
        parts = line.split()
    parts = [_unwrap(part) for part in parts]
    for part in parts:
        if not _TOKEN.fullmatch(part) or (" " in part and _PROSE.search(part)):
            return None
    return parts


def _read_sequence(text: str) -> str | None:
    if _MATRIX.search(text):
        text = _MATRIX.sub("", text).replace("\\\\", "\n").replace("&", " ")
    plain = _plain(text)
    nested = _nested(plain) or _rows(plain)
    if nested:
        return _write_sequence(nested)
    tokens = _tokens(_inner(" ".join(plain.split())), r" *[,;→|] *")
    return ", ".join(tokens) if tokens else None


def _nested(plain: str) -> list[Any] | None:
    """Read a list of lists in any brackets, with commas, arrows or blanks between."""
    text = plain.translate(str.maketrans("(){}→", "[][],"))
    if not text.startswith("[") or text.count("[") < 2:
        return None
    text = re.sub(r"\](?=\s*\[)", "],", text)
    text = re.sub(r"(?<=[0-9])\s+(?=[-0-9\[])", ", ", text)
    for attempt in (text, f"[{text}]"):
        try:
            value = json.loads(attempt)
        except (ValueError, RecursionError):
            continue
        return cast("list[Any]", value) if isinstance(value, list) else None
    return None


def _rows(plain: str) -> list[list[int]] | None:
    """Read a matrix written as rows of integers, one a line or with semicolons between."""
    lines = [line.strip() for line in re.split(r"[\n;]", _inner(plain)) if line.strip()]
    rows = [re.split(r"[\s,|]+", line.strip(" |,")) for line in lines]
    if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1:
        return None
    if not all(re.fullmatch(r"-?[0-9]{1,9}", cell) for row in rows for cell in row):
        return None
    return [[int(cell) for cell in row] for row in rows]


def _read_set(line: str, loose: bool) -> str | None:
    if loose:
        line = re.sub(r"^(?:the )?(?:columns?|rows?|cells?|numbers?|set) ", "", line, flags=re.IGNORECASE)
    tokens = _tokens(_inner(line), r" *[,;] *(?:and |& )?| and | & ")
    return _join_set(tokens) if tokens else None


# --- Choices --------------------------------------------------------------------------------------

_LETTER = re.compile(
    r"(?:(?:the )?(?:option|choice|letter)(?: |(?=[(\[])))?[(\[{<\"']? ?([A-Za-z]) ?[)\]}>\"']?[.:)]?",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:(?:the )?(?:[Oo]ption|[Cc]hoice) )?[(\[]?([A-Z])(?![A-Za-z0-9])([)\]]?)"
    r"(?P<sep> ?[.:),;=–—-]? ?)(?P<rest>\S.*)"
)
_LETTER_LAST = re.compile(r"(.*\S) ?[,–—-]? ?(?:[(\[](?:option )?|option )([A-Z])[)\]]?", re.IGNORECASE)
_NUMBERS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_NEGATION = re.compile(r"\b(?:no|not|none|never|neither|nor|without|cannot)\b|n't\b")
_FILLER = frozenset(["the", "a", "an", "of"])


class _Keys(NamedTuple):
    """An option's text under ever looser eyes."""

    exact: str
    lower: str
    marks: str
    """Also with arrows as commas, all brackets alike and none around the whole."""


@lru_cache(maxsize=4096)
def _keys(text: str) -> _Keys:
    exact = re.sub(r" ?([,;:→()\[\]{}♥♦♠♣]) ?", r"\1", _line(text)).rstrip(" .")
    lower = _lower(exact)
    return _Keys(exact, lower, _inner(lower.translate(str.maketrans("[]{}→", "()(),"))))


def _read_choice(line: str, options: Sequence[str]) -> str | None:
    """Return the letter meant; a lone letter is the option's letter even when some option reads the same."""
    letters = LETTERS[: len(options)] if options else LETTERS
    found = _LETTER.fullmatch(line)
    if found and found[1].isascii() and found[1].upper() in letters:
        return found[1].upper()
    found = _LABELLED.fullmatch(line)
    if found and found[1] in letters:
        rest = found["rest"]
        if _REASON.match(f" {rest}"):
            return found[1]
        named = _option(rest, options) or _option(_before_reason(rest), options)
        if named:
            label = found[2] or found["sep"].strip() in tuple(".:)")
            listing = len(rest) == 1 and rest in letters and not label
            return named if named == found[1] and not listing else None
    named = _option(line, options) or _option(_before_reason(line), options)
    if named:
        return named
    found = _LETTER_LAST.fullmatch(line)
    if found and _option(found[1], options) == found[2].upper():
        return found[2].upper()
    return None


def _option(text: str, options: Sequence[str]) -> str | None:
    """Return the letter of the one option that reads like `text`."""
    if not text:
        return None
    given = _keys(text)
    for place in range(len(given)):
        hits = [
            letter for letter, option in zip(LETTERS, options, strict=False) if _keys(option)[place] == given[place]
        ]
        if hits:
            return hits[0] if len(hits) == 1 else None
    return _nearly(given.lower, options)


def _nearly(text: str, options: Sequence[str]) -> str | None:
    """Return the letter of the option that `text` misspells: close to it word by word, and to no other."""
    if len(text) < 5 or not options or re.match(r"\W*[a-z](?![a-z0-9])", text):
        return None
    from rapidfuzz.fuzz import ratio

    ranked = sorted(
        ((ratio(text, _keys(option).lower), letter) for letter, option in zip(LETTERS, options, strict=False)),
        reverse=True,
    )
    best, letter = ranked[0]
    if best < 92 or (len(ranked) > 1 and best - ranked[1][0] < 8):
        return None
    option = _keys(options[LETTERS.index(letter)]).lower
    strange = {mark for mark in text if not mark.isascii()} - set(option)
    if strange or any(find(text) != find(option) for find in (_NUMBERS.findall, _NEGATION.findall)):
        return None
    pairs = [[word for word in re.findall(r"\w+", side) if word not in _FILLER] for side in (text, option)]
    if len(pairs[0]) != len(pairs[1]):
        return None
    same_words = (
        one == two or (min(len(one), len(two)) >= 4 and one[0] == two[0] and ratio(one, two) >= 75)
        for one, two in zip(*pairs, strict=True)
    )
    return letter if all(same_words) else None


# --- Comparing ------------------------------------------------------------------------------------


def same(kind: AnswerKind | str, given: str, expected: str) -> bool:
    """Say whether two canonical texts are the same answer.

    A number may be off by half a unit of the last decimal place that `expected` shows; case and white space
    do not matter in texts, sequences and sets; a text's quotes and final full stop neither.
    """
    kind = AnswerKind(kind)
    if not given or not expected:
        return False
    if kind is AnswerKind.NUMBER:
        if not (_read_number(given) and _read_number(expected)):
            return False
        half = Decimal(5).scaleb(-1 - len(expected.partition(".")[2]))
        return abs(Decimal(given) - Decimal(expected)) <= half
    if kind is AnswerKind.TEXT:
        return _text_key(given) == _text_key(expected)
    if kind is AnswerKind.SEQUENCE:
        return _lower(given).replace(",", " ").split() == _lower(expected).replace(",", " ").split()
    return _lower(given) == _lower(expected)


def _text_key(text: str) -> str:
    return re.sub(r" ?([,;:()]) ?", r"\1", _lower(_line(text))) or text.strip()


def _agree(kind: AnswerKind, one: str, two: str) -> bool:
    if kind is AnswerKind.NUMBER:
        return Decimal(one) == Decimal(two)
    return same(kind, one, two)


# --- Finding the final answer in a reply ----------------------------------------------------------

_THINK = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)answer>", re.IGNORECASE)
_BRACES = re.compile(r"(\\{1,2}boxed\s{0,3}\{)|\\[\\{}]|[{}]")
_HEAD = re.compile(
    r"\banswer[*_`]{0,3}[ \t]{0,3}(?:is\b[*_`]{0,3}[ \t]{0,3}(?P<is_colon>:?)|(?P<colon>[:=]))[*_`]{0,3}",
    re.IGNORECASE,
)
_LEAD = re.compile(r"[\s*_]{0,9}(?:(?:the|my|final|correct)\s+){0,3}" + _HEAD.pattern, re.IGNORECASE)
_ADVERB = re.compile(r"^(?:therefore|thus|then|hence|clearly|indeed|simply|exactly)\b,?\s+(?=\S)", re.IGNORECASE)
_DENIED = re.compile(
    r"""(?: \b(?:wrong|incorrect|false|bad|another|other|possible|tempting|example|sample|no|every|each|not)
          | \b(?:if|whether|unless|suppose|assume|assuming|(?<!no\ )(?<!out\ )doubt|false|untrue)
            (?:\ that)?(?:\ (?:the|my))?
          | (?:\bnot|n't|n’t|\bnever|\bcannot|\bhardly)\ (?:\w{1,20}\ )?
            (?:think|thought|believe|say|saying|sure|certain|clear|true|correct|right|know|mean|confident|case)
            (?:\ (?:that|if|whether))?(?:\ (?:the|my))?
        )(?:\ (?:final|correct|right|best|true|only))*\ $""",
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before "answer" when the sentence does not state one."""
_CONDITION = re.compile(r"\b(?:if|when|unless|otherwise|suppose|assume|assuming)\b[^.!?\n]*$", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!](?=\s)")
_RETRACT = re.compile(
    r"^(?:(?:or|and|no|wait|actually|maybe|perhaps|alternatively|possibly|rather|but|it is|it's)\b[,.:]?\s*)+",
    re.IGNORECASE,
)
_VAGUE = re.compile(
    r"(?:not|that|obvious|unclear|given|as|so|therefore|based|probably|likely|maybe|either|anything|something)\b",
    re.IGNORECASE,
)
"""How a phrase goes on that does not state an answer, for kinds that would take any words."""
_SPAN = "\0"
"""Stands for a box or tag in the text that phrases are looked for in."""


def score(reply: str, row: object) -> Score:
    r"""Score a model's reply to a sample or to a row of the data.

    Example:
        >>> row = {"answer_kind": "choice", "answer": "B", "accepted": ["B"], "options": ["red", "blue"]}
        >>> score("Red is out, so \\boxed{B}.", row).value, score("A or B", row).value
        (1.0, 0.0)
    """
    kind = AnswerKind(_field(row, "answer_kind"))
    options = [str(option) for option in _field(row, "options") or ()]
    accepted = [str(answer) for answer in _field(row, "accepted") or ()] or [str(_field(row, "answer"))]
    text = after_thinking(_without_prompt(reply, row))[-REPLY_TAIL:]
    final, reason = _final(kind, text, options)
    if final is None:
        return Score(0.0, "", reason)
    if any(same(kind, final, answer) for answer in accepted):
        return Score(1.0, final, "match")
    return Score(0.0, final, "wrong")


def _field(row: object, name: str) -> Any:
    value: Any = cast("Mapping[str, Any]", row).get(name) if isinstance(row, Mapping) else getattr(row, name, None)
    return value.tolist() if hasattr(value, "tolist") else value


def _final(kind: AnswerKind, text: str, options: Sequence[str]) -> tuple[str | None, str]:
    """Return the final answer of a reply, or None and the reason why there is none."""
    boxes = _spans(kind, text, options, _boxes(text))
    tags = _spans(kind, text, options, _tags(text))
    spoken = _spoken(kind, _blank(text, [*_boxes(text), *_tags(text)]), options)
    forms: list[list[str | None]] = [form for form in (boxes, tags, spoken) if form]
    if not forms or kind is not AnswerKind.TEXT:
        whole = _read(kind, text, options, loose=False) if text.strip() else None
        if whole:
            forms.append([whole])
    if not forms:
        return None, "no final answer"
    winner = forms[0]
    if None in winner:
        return None, "not readable"
    rivals = [*winner, *(form[-1] for form in forms[1:])]
    final = winner[-1]
    if final is None or any(rival and not _agree(kind, final, rival) for rival in rivals):
        return None, "two different finals"
    return final, ""


def _without_prompt(reply: str, row: object) -> str:
    """Cut verbatim echoes of the prompt, and its single sentences that look like a final answer."""
    prompts = [_field(row, name) for name in ("question", "text_question", "query", "answer_format")]
    echoes: list[str] = [prompt.strip() for prompt in prompts if isinstance(prompt, str) and len(prompt) >= 8]
    lines = [line for prompt in echoes for line in prompt.splitlines() if "answer" in line.lower()]
    sentences = [part.strip() for line in lines for part in [line, *re.split(r"(?<=[.!?])\s+", line)]]
    echoes += [part for part in sentences if any(head.end() < len(part) for head in _HEAD.finditer(part))]
    for echo in sorted(set(echoes), key=len, reverse=True):
        reply = reply.replace(echo, "\n")
    return reply


def after_thinking(reply: str) -> str:
    """Cut `<think>…</think>`; a lone close tag cuts what precedes it, an unclosed open tag what follows."""
    kept: list[str] = []
    start, thinking = 0, False
    for tag in _THINK.finditer(reply):
        if not tag[1]:
            if not thinking:
                kept.append(reply[start : tag.start()])
            thinking = True
        else:
            if not thinking:
                kept.clear()
            thinking, start = False, tag.end()
    if not thinking:
        kept.append(reply[start:])
    return "\n".join(kept)


class _Span(NamedTuple):
    start: int
    end: int
    content: str | None
    """None: never closed."""


def _boxes(text: str) -> list[_Span]:
    r"""Find every outermost `\boxed{…}` with balanced braces, in one pass."""
    spans: list[_Span] = []
    stack: list[tuple[int, int]] = []  # start of the brace's text and of its content; -1: a brace of no box
    for mark in _BRACES.finditer(text):
        if mark[1]:
            stack.append((mark.start(), mark.end()))
        elif mark[0] == "{":
            stack.append((-1, -1))
        elif mark[0] == "}" and stack:
            start, content = stack.pop()
            if start >= 0:
                while spans and spans[-1].start > start:
                    spans.pop()
                end = min(mark.start(), content + ANSWER_LENGTH + 1)
                spans.append(_Span(start, mark.end(), text[content:end]))
    opened = [start for start, _ in stack if start >= 0]
    if opened:
        spans.append(_Span(opened[-1], opened[-1], None))
    return spans


def _tags(text: str) -> list[_Span]:
    """Find every `<answer>…</answer>`; a tag never closed is a mention of the format."""
    spans: list[_Span] = []
    opened: re.Match[str] | None = None
    for tag in _TAG.finditer(text):
        if not tag[1]:
            opened = tag
        elif opened:
            spans.append(_Span(opened.start(), tag.end(), text[opened.end() : tag.start()]))
            opened = None
    return spans


def _spans(kind: AnswerKind, text: str, options: Sequence[str], spans: Sequence[_Span]) -> list[str | None]:
    """Read boxes or tags; empty ones are mentions of the format unless there is nothing else."""
    filled = [span for span in spans if span.content is None or span.content.strip()] or spans
    return [_inside(kind, span.content, options) for span in filled[-STATEMENTS:]]


def _inside(kind: AnswerKind, content: str | None, options: Sequence[str]) -> str | None:
    if content is None:
        return None
    lead = _LEAD.match(content)
    return _read(kind, content[lead.end() :] if lead else content, options, loose=True)


def _blank(text: str, spans: Sequence[_Span]) -> str:
    """Put one mark in the place of every span."""
    pieces: list[str] = []
    start = 0
    for span in sorted(spans):
        if span.start >= start:
            pieces += [text[start : span.start], _SPAN]
        start = max(start, span.end)
    return "".join([*pieces, text[start:]])


def _spoken(kind: AnswerKind, text: str, options: Sequence[str]) -> list[str | None]:
    """Read "the answer is …" and "Answer: …"; those that give no answer of the kind are left out.

    Sentences with an "if" count only when there is no plain one.
    """
    plain: list[str | None] = []
    conditional: list[str | None] = []
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    for head, end in list(zip(heads, ends, strict=False))[-STATEMENTS:]:
        before = text[max(0, head.start() - 120) : head.start()].replace("*", "")
        if _DENIED.search(before):
            continue
        segment = text[head.end() : end].partition(_SPAN)[0]
        if not (head["colon"] or head["is_colon"]):
            segment = segment.partition("\n")[0]
        finals = _segment(kind, segment.strip(), options)
        (conditional if _CONDITION.search(before) else plain).extend(finals)
    return plain or conditional


def _segment(kind: AnswerKind, segment: str, options: Sequence[str]) -> list[str]:
    """Read the answer at the start of a segment, and the one that directly follows it, if any."""
    segment = _ADVERB.sub("", _FENCE.sub("", segment.replace("**", "")).strip())
    for end in _ends(kind, segment):
        text = segment[:end]
        if kind in (AnswerKind.TEXT, AnswerKind.SEQUENCE, AnswerKind.SET) and _VAGUE.match(text):
            continue
        final = _read(kind, text, options, loose=True)
        if final is None or (end > segment.find("\n") >= 0 and not final.startswith("[")):
            continue
        after = segment[end:].lstrip(".! \n\t").partition("\n")[0]
        return [final, *_second(kind, final, after, options)]
    return []


def _ends(kind: AnswerKind, segment: str) -> Iterator[int]:
    """Yield where the answer may end: paragraph (for a matrix), line, sentence."""
    line = segment.find("\n")
    line = len(segment) if line < 0 else line
    if kind is AnswerKind.SEQUENCE and line < len(segment):
        blank = re.search(r"\n[ \t]*\n", segment)
        yield blank.start() if blank else len(segment)
    sentence = _SENTENCE_END.search(segment, 0, line + 1)
    if kind is not AnswerKind.TEXT or not sentence:
        yield line
    if sentence:
        yield sentence.start()


def _second(kind: AnswerKind, final: str, after: str, options: Sequence[str]) -> list[str]:
    """Return a different answer that directly follows the final: `C. Or B.`, or the next line of a list."""
    sentence = _SENTENCE_END.search(after)
    starts = [after, after[: sentence.start()]] if sentence else [after]
    texts = [text for start in starts if (text := _RETRACT.sub("", start, count=1)) != start]
    for text in texts if kind is AnswerKind.TEXT else [*starts, *texts]:
        other = _read(kind, text, options, loose=False)
        if kind is AnswerKind.CHOICE and text in starts:
            other = _option(_line(text), options) or other or _listed(final, text, options)
        if other is None or _agree(kind, final, other):
            continue
        if kind in (AnswerKind.SEQUENCE, AnswerKind.SET) and not _alike(final, other):
            continue
        return [other]
    return []


def _listed(final: str, text: str, options: Sequence[str]) -> str | None:
    """Return the letter of another option that `text` lists with its letter, as in `… B. blue C. green`."""
    packed = "".join(text.split())
    for letter, option in zip(LETTERS, options, strict=False):
        if letter != final and any(f"{letter}{mark}{''.join(option.split())}" in packed for mark in ".):"):
            return letter
    return None


def _alike(one: str, two: str) -> bool:
    """Say whether two lists speak of the same things: both of numbers, or with a word in common."""
    first, second = (set(_lower(side).replace(",", " ").split()) for side in (one, two))
    return not first.isdisjoint(second) or all(re.fullmatch(r"[-\[\]0-9]+", token) for token in first | second)
