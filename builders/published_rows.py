r"""One row of the published GameQA data becomes one row with our columns, or a doubt in one sentence.

Both published schemas are read: `question`, `answer`, `analysis`, `options` (the preview adds `game_category` and
`refinement`), and the smaller set's `query` and `solution`, the latter being the bare answer.

The published rows write their choices in many ways. A row is taken only when its right option is certain:

* Options come from the column `options` (or `Options`), without `A. `, `A: `, `A.`, `[1] ` or `1: `; else from the
  list in the question. How the question labels them (letters, or numbers from 1 or 0) decides what an answer means.
* An answer that reads both as the label of one option and as the text of another counts only when the analysis says
  which option it is. In all other cases of doubt the row is left out and told in problems.jsonl. Nothing is guessed.

`question` keeps the published text. Where that shows no letters, a line is added that says which letter stands for
which option, since the answer of a choice is a letter here. `rules` and `query` are filled when the question is
marked in the text, else empty. Without counterpart in the published rows, and thus empty, are

    domain, task, text_view, text_question, state, params, release, state_hash      ""
    game_category                                  "" unless the row has it
    answer_format                                  "" unless a line was added to the question
    question_id                                    -1 when missing
    seed                                           -1
    difficulty                                     -1.0

`index` is the place of the row in its file, from 0. So `gameqa.score` works on these rows, `gameqa.rederive` does not.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from gameqa.core.answers import LETTERS, AnswerKind, canonical, parse, score
from gameqa.core.errors import GameQAError
from gameqa.core.sample import COLUMNS

TEXT_LIMIT = 100
"""Longest fill-in text that can be compared fairly, in characters."""


class Doubt(GameQAError):
    """A row that cannot be read for certain.

    Attributes:
        reason: one of a few phrases.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def understand(row: Any, split: str, index: int) -> dict[str, Any]:
    """Return the columns of a published row; `image` is the path of the picture.

    Raises:
        Doubt: in one sentence, what cannot be read for certain.
    """
    if not isinstance(row, dict):
        raise Doubt("no row", f"a row must be an object, not {type(row).__name__}")
    question = _text(row, "question") or _text(row, "query")
    if not question.strip():
        raise Doubt("no question", "neither question nor query holds a text")
    image = _image(row)
    name = _text(row, "game_name") or _game(image)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name) or name == "default":
        raise Doubt("no game", f"game_name {name!r} cannot name a folder; allowed are letters, digits, _ and -")
    answer = _answer(row)
    analysis = _text(row, "analysis") or _text(row, "refinement")
    listed = _options(row, question)
    columns: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    if listed is None:
        kind, right = _fill_in(answer, question)
        columns |= {"options": [], "answer_kind": kind.value}
        columns["rules"], columns["query"] = _parts(question)
    else:
        right = LETTERS[_right(answer, listed, analysis)]
        columns |= {"options": listed.texts, "answer_kind": AnswerKind.CHOICE.value}
        columns["rules"], columns["query"] = _parts(_before_list(question[: listed.start]))
        columns["answer_format"] = _letters(listed)
    columns |= {
        "data_id": _text(row, "data_id") or f"{split}/{index}",
        "game_name": name,
        **{column: _text(row, column) for column in _KEPT},
        "question_id": _number(row, "question_id"),
        "image": image,
        "question": "\n\n".join(filter(None, [question, columns["answer_format"]])),
        "answer": right,
        "accepted": [right],
        "analysis": analysis,
        "difficulty": -1.0,
        "split": split,
        "seed": -1,
        "index": index,
    }
    if not score(f"\\boxed{{{right}}}", columns).value:
        raise Doubt("answer not comparable", f"the answer {right!r} is not recognised when given as a reply")
    return columns


_KEPT = ("game_category", "question_description", "qa_type", "qa_level", "plot_level")


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Doubt("wrong type", f"{name} must be a text, not {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Doubt("wrong type", f"{name} holds half a character (a lone surrogate)") from None
    return value


def _number(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    if value is None:
        return -1
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise Doubt("wrong type", f"{name} must be a number from 0, not {value!r}")
    return value


def _image(row: Mapping[str, Any]) -> str:
    value = row.get("image") or row.get("images")
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise Doubt("picture missing", "image must be the path of one picture")
    return value.removeprefix("./")


def _game(image: str) -> str:
    """Return the game by the picture's path, as in `maze/images/image_00000.png`."""
    parts = PurePosixPath(image).parts
    return parts[0] if len(parts) == 3 and parts[1] == "images" else ""


_WRAPPED = re.compile(r"\s*(?:<answer>(.*)</answer>|\\boxed\{(.*)\})\s*", re.DOTALL | re.IGNORECASE)


def _answer(row: Mapping[str, Any]) -> str:
    name = "answer" if row.get("answer") is not None else "solution"
    value = row.get(name)
    if isinstance(value, float) and isfinite(value):
        return str(int(value)) if value.is_integer() else canonical(AnswerKind.NUMBER, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is not None and not isinstance(value, str):
        raise Doubt("wrong type", f"{name} must be a text or a number, not {type(value).__name__}")
    text = _text(row, name)
    wrapped = _WRAPPED.fullmatch(text)
    text = (wrapped[1] or wrapped[2] or "") if wrapped else text
    if not text.strip():
        raise Doubt("no answer", "neither answer nor solution holds a text or a number")
    return text.strip()


# --- Options --------------------------------------------------------------------------------------


class _Listed(NamedTuple):
    texts: list[str]
    labels: list[str] | None
    """As the reader sees them; None when there are none to be seen."""
    start: int
    """Where the list begins in the question; its end when it is not listed there."""
    shown: bool
    """Whether the reader sees what each label stands for."""


_STYLES = (list(LETTERS), [str(number) for number in range(1, 27)], [str(number) for number in range(26)])
_HEADING = re.compile(r"\b(?:options?|optoins)\b[^\n:]{0,60}:\**\??[ \t]*\n?", re.IGNORECASE)
_LABELLED = re.compile(r"\s*(?:[\[(]([A-Z]|\d{1,2})[\])][.:]?|([A-Z]|\d{1,2})(?:[:)]|\.(?!\d)))\s*(.*)", re.DOTALL)
_CHOOSES = re.compile(r"\bwhich of the following\b|\b(?:following|correct|right) options?\b", re.IGNORECASE)


def _options(row: Mapping[str, Any], question: str) -> _Listed | None:
    """Return the options of a row, from its own columns or else from its question; None for a fill-in question."""
    given = [row[name] for name in ("options", "Options") if row.get(name) not in (None, [], "", {})]
    if len(given) == 2 and given[0] != given[1]:
        raise Doubt("options unclear", "options and Options differ")
    found = _given(given[0], question) if given else _free(question)
    if found is None:
        return None
    if not 2 <= len(found.texts) <= len(LETTERS):
        raise Doubt("options unclear", f"a choice must have 2 to {len(LETTERS)} options, not {len(found.texts)}")
    if not all(found.texts):
        raise Doubt("options unclear", "an option has no text")
    return found


def _given(value: Any, question: str) -> _Listed:
    """Read the column of options and look for them in the question."""
    if isinstance(value, str):
        found = _read_list(value)
        if found is None:
            raise Doubt("options unclear", "options is one text that is no list of labelled options")
        value = [f"{label}. {text}" for label, text in found]
    if isinstance(value, dict):
        value = [f"{label}. {text}" for label, text in value.items()]
    if not isinstance(value, list):
        raise Doubt("options unclear", f"options must be a list, not {type(value).__name__}")
    if len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    forms = [_forms(option) for option in value[: len(LETTERS) + 1]]
    own, forms = _strip_labels(forms)
    for labels in _STYLES:
        place = _find_list(question, labels, forms)
        if place:
            shown = labels[: len(forms)]
            if own and own != shown:
                raise Doubt("options unclear", f"options are labelled {own[0]}, … but the question says {shown[0]}, …")
            return _Listed([" ".join(text.split()) for text in place[1]], shown, place[0], True)
    texts = [form[0] for form in forms]
    if own is None:
        # Options that are nothing but labels, such as numbers that stand in the picture.
        own = next((style[: len(texts)] for style in _STYLES if style[: len(texts)] == texts), None)
    heading = _last(_HEADING, question)
    if heading and (shown := _read_list(question[heading.end() :])) and len(shown) > 1:
        raise Doubt("options unclear", "options and the list in the question differ")
    return _Listed(texts, own, len(question), False)


def _forms(option: Any) -> list[str]:
    """Return the ways in which an option may be shown, the likeliest first."""
    if isinstance(option, str):
        return [" ".join(option.split())]
    if isinstance(option, int | float) and not isinstance(option, bool):
        return [str(option)]
    if isinstance(option, list) and option and all(isinstance(item, str | int | float) for item in option):
        if len(option) == 2 and option[0] in list(LETTERS):
            return [f"{option[0]}. {option[1]}"]
        inner, python = ", ".join(map(str, option)), repr(option)[1:-1]
        forms = [f"({inner})", f"[{inner}]", inner, f"[{python}]", f"({python})", f"({inner.replace(' ', '')})"]
        return forms if all(isinstance(item, int | float) for item in option) else [inner, *forms]
    raise Doubt("options unclear", f"an option must be a text, a number or a list of them, not {option!r:.60}")


def _strip_labels(forms: list[list[str]]) -> tuple[list[str] | None, list[list[str]]]:
    """Cut `A. ` and the like off the options when all of them are labelled in order."""
    matches = [_LABELLED.fullmatch(form[0]) for form in forms]
    labels = [found[1] or found[2] for found in matches if found and found[3]]
    if len(labels) == len(forms) and any(labels == style[: len(labels)] for style in _STYLES):
        return labels, [[found[3]] for found in matches if found]
    return None, forms


def _find_list(question: str, labels: Sequence[str], forms: Sequence[Sequence[str]]) -> tuple[int, list[str]] | None:
    """Find the labelled options in the question; return where they begin, and their texts as shown."""
    pieces = [
        rf"(?:[\[(]{label}[\])][.:]?|{label}[.:)])\s*({'|'.join(map(_loose, form))})"
        for label, form in zip(labels, forms, strict=False)
    ]
    # Nothing may follow but the end of the line: no more words of the last option, and no further option.
    more = rf"(?!\s*[\[(]?{labels[len(forms)]}[\]):.])" if len(forms) < len(labels) else ""
    end = rf"[ \t,;.'\"\]]*(?=\n|$){more}"
    found = _last(re.compile(r"(?<![A-Za-z0-9])" + r"[\s,;'\"]*".join(pieces) + end), question)
    return (found.start(), list(found.groups())) if found and len(pieces) == len(forms) else None


def _loose(text: str) -> str:
    return r"\s+".join(re.escape(word) for word in text.split())


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found


def _free(question: str) -> _Listed | None:
    """Read the options from the question alone; None when it lists none."""
    heading = _last(_HEADING, question)
    if not heading:
        if _CHOOSES.search(question):
            raise Doubt("options unclear", "the question speaks of options, but there are none")
        return None
    found = _read_list(question[heading.end() :])
    if not found:
        raise Doubt("options unclear", "the options in the question cannot be told apart for certain")
    return _Listed([text for _, text in found], [label for label, _ in found], heading.end(), True)


def _read_list(body: str) -> list[tuple[str, str]] | None:
    """Read labelled options: one a line, all in one line, or a Python list; None when it is not certain."""
    body, *more = re.split(r"\n[ \t]*\n", body.strip(), maxsplit=1)
    if more and _LABELLED.fullmatch(more[0]):
        return None
    if body.startswith(("['", '["')):
        try:
            members = ast.literal_eval(body)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            members = None
        if isinstance(members, list) and all(isinstance(member, str) for member in members):
            return _labelled(members)
    lines = body.splitlines()
    if len(lines) > 1:
        return _labelled(lines)
    for style in _STYLES:
        marks: list[re.Match[str]] = []
        for label in style:
            mark = rf"(?:^|(?<=[\s,;'\"]))['\"]?(?:[\[(]{label}[\])][.:]?|{label}(?:[:)]|\.(?!\d)))\s*"
            found = list(re.finditer(mark, body))
            if len(found) > 1:
                return None
            if not found or (marks and found[0].start() < marks[-1].end()):
                break
            marks += found
        if len(marks) > 1 and marks[0].start() == 0:
            ends = [*(mark.start() for mark in marks[1:]), len(body)]
            texts = [body[mark.end() : end].strip(" ,;'\"") for mark, end in zip(marks, ends, strict=True)]
            return list(zip(style, texts, strict=False)) if all(texts) else None
    return None


def _labelled(lines: Iterable[str]) -> list[tuple[str, str]] | None:
    own, texts = _strip_labels([[" ".join(line.split())] for line in lines])
    return list(zip(own, (text[0] for text in texts), strict=True)) if own else None


_NAMED = re.compile(
    r"(?:\b(?:answer|choose|correct|right)\b[^.\n]{0,40}?\boption(?: number)?(?: is)?|\boption(?: number)? is)"
    r"\s*[\[('\"]?([A-Z]|[0-9]{1,2})\b",
    re.IGNORECASE,
)
"""Where an analysis says which option is right."""


def _right(answer: str, listed: _Listed, analysis: str) -> int:
    """Return the place of the right option.

    Raises:
        Doubt: the answer names none, or may mean several.
    """
    texts, labels = [_key(text) for text in listed.texts], listed.labels
    by_text = {place for place, text in enumerate(texts) if text == _key(answer)}
    whole = _LABELLED.fullmatch(answer)
    label = (whole[1] or whole[2]) if whole else answer
    if whole and whole[3] and not by_text:
        meant = labels.index(label) if labels and label in labels else LETTERS.find(label)
        if 0 <= meant < len(texts) and texts[meant] == _key(whole[3]):
            return _only(meant, texts)
        raise Doubt("no such option", f"the answer {answer!r:.80} is none of the options")
    if labels is not None:
        by_label = {place for place, shown in enumerate(labels) if shown == label}
    elif label in list(LETTERS):
        by_label = {LETTERS.index(label)}
    else:
        by_label = {int(label) - 1, int(label)} if re.fullmatch(r"[0-9]{1,2}", label) else set[int]()
    readings = {place for place in by_text | by_label if 0 <= place < len(texts)}
    if not readings:
        raise Doubt("no such option", f"the answer {answer!r:.80} is none of the options")
    named = _last(_NAMED, analysis)
    if named and labels and named[1] in labels:
        place = labels.index(named[1])
        if place not in readings:
            raise Doubt("analysis disagrees", f"the answer is {answer!r:.80}, but the analysis says option {named[1]}")
        readings &= {place}
    if len(readings) > 1:
        meant = " or ".join(repr(listed.texts[place]) for place in sorted(readings))
        raise Doubt("answer ambiguous", f"the answer {answer!r:.80} may mean the option {meant:.200}")
    return _only(readings.pop(), texts)


def _only(place: int, texts: Sequence[str]) -> int:
    if texts.count(texts[place]) > 1:
        raise Doubt("options unclear", f"the right option {texts[place]!r:.80} is listed twice")
    return place


def _key(text: str) -> str:
    return " ".join(text.split()).rstrip(".").replace(" ", "")


def _letters(listed: _Listed) -> str:
    """Return the line that tells the letters of the options when the question shows none."""
    count, labels = len(listed.texts), listed.labels
    if listed.shown and labels == list(LETTERS[:count]):
        return ""
    if labels and (listed.shown or labels == listed.texts):
        pairs = ", ".join(f"{letter} for option {label}" for letter, label in zip(LETTERS, labels, strict=False))
        return f"Answer with the letter of the option: {pairs}."
    lines = [f"{letter}. {text}" for letter, text in zip(LETTERS, listed.texts, strict=False)]
    return "\n".join(["Options:", *lines, "Answer with the letter of the option."])


# --- Fill-in answers and the parts of the text ----------------------------------------------------


def _fill_in(answer: str, question: str) -> tuple[AnswerKind, str]:
    """Return kind and canonical text of an answer without options.

    A list counts as a sequence: that its order is free cannot be seen.
    """
    kinds = [AnswerKind.INTEGER, AnswerKind.NUMBER]
    if re.fullmatch(r"[(\[]\s*-?\d+(?:\s*,\s*-?\d+){1,3}\s*[)\]]", answer):
        kinds.append(AnswerKind.COORDINATE)
    elif re.search(r"[,;→|]|->", answer) or answer.startswith("["):
        kinds.append(AnswerKind.SEQUENCE)
    for kind in kinds:
        found = parse(kind, answer)
        if found is not None:
            return kind, found
    if len(answer) > TEXT_LIMIT or "\n" in answer:
        raise Doubt("answer not comparable", f"a text of {len(answer)} characters is too long to be compared")
    return AnswerKind.TEXT, canonical(AnswerKind.TEXT, answer)


_MARK = re.compile(
    r"^[ \t]*\**Question:?\**:?[ \t]*|\bthink carefully, reason,? and answer:\s*", re.MULTILINE | re.IGNORECASE
)
_LEAD = re.compile(r"[^\n.?!\"]*\b(?:options?|optoins)\b[^\n.?!]*:?\**\??\s*['\"\[]*$", re.IGNORECASE)


def _before_list(text: str) -> str:
    """Cut the heading of the options off the end of a text."""
    text = text.rstrip()
    place = max(0, len(text) - 200)  # a search through all of a long text would take quadratic time
    return text[:place] + _LEAD.sub("", text[place:], count=1)


def _parts(text: str) -> tuple[str, str]:
    """Return rules and bare question; both empty when the question is not marked and not all there is."""
    text = text.strip()
    marks = list(_MARK.finditer(text))
    if len(marks) == 1:
        query, *more = re.split(r"\n[ \t]*\n", text[marks[0].end() :].strip())
        if query and (not more or "?" in query):
            return text[: marks[0].start()].strip(), query.strip()
    elif not marks and re.fullmatch(r"[^.?!\n:]+\?", text):
        return "", text
    return "", ""
