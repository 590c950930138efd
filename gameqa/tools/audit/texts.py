"""Slips in words: what a proof-reader of templates looks for."""

import re
from collections.abc import Iterator

from .criteria import Cell, Flaw, counted
from .rows import Entry, Rows

LONGEST = {"question": 8_000, "text_question": 12_000, "analysis": 12_000}
"""Characters that a text may have."""

_NOUNS = (
    "moves steps boxes rows columns options cards points pieces mines turns tents trees stars balls beans cubes marbles"
    " lines notes walls enemies letters words blocks clicks captures pushes cells squares tiles ships piles seconds"
    " suits ranks faces colours colors times places digits symbols states neighbours neighbors"
)
_BEFORE = "only|exactly|is|are|in|takes|has|have|needs|and|with|least|most|makes|be|after|costs|leaves"
"""Words after which a number counts what follows: "row 1 moves" is no slip."""
SLIPS = (
    (re.compile(r"\{([A-Za-z_]{2,})?\}"), "a placeholder is left"),
    (re.compile(r"\b(nan|NaN|TODO|undefined|inf)\b"), "a value is missing"),
    (re.compile(r"<(object|function|class)\b"), "an object of the program is shown"),
    (re.compile(r"\b(the|of|is|to|and|in) \1\b", re.IGNORECASE), "a word stands twice"),
    (re.compile(rf"\b({_BEFORE}) 1 ({'|'.join(_NOUNS.split())})\b"), "one of something in the plural"),
    (
        re.compile(rf"\b({_BEFORE}) ([02-9]|\d\d+) (move|step|card|point|mine|turn|box|piece)\b(?! of| is)"),
        "several in the singular",
    ),
    (re.compile(r",,|;;| [,;]"), "stray punctuation"),
    (re.compile(r"\ba (?!and\b|as\b|is\b|in\b|on\b|of\b|or\b|at\b|one|uni|use)[aeiou][a-z]+\b"), "a instead of an"),
)
"""Patterns that no sentence may hold, and what each means."""
_LETTERED = re.compile(r"^[A-Z][.)] ")
_BLANKS = re.compile(r"(?<=[a-z.,;:])  +(?=[A-Za-z])")
_CLOSE = re.compile(r"^So option ([A-Z]) is right")


def measure(game: str, rows: Rows) -> Iterator[Cell]:
    """Yield the cells `texts`."""
    for place, entries in rows.items():
        yield counted("texts", game, *place, len(entries), (flaw for entry in entries for flaw in slips(entry)))


def slips(entry: Entry) -> Iterator[Flaw]:
    """Yield one flaw for each slip in a row."""
    row = entry.columns
    for name in ("query", "analysis"):
        for line in row[name].splitlines():
            if len(_BLANKS.findall(line)) == 1:  # more of them make a table
                yield Flaw(entry.data_id, f"{name}: two blanks in {line[:120]!r}")
            for pattern, what in SLIPS:
                if found := pattern.search(line):
                    yield Flaw(entry.data_id, f"{name}: {what}: {found.group()!r} in {line[:200]!r}")
    for name, longest in LONGEST.items():
        if len(row[name]) > longest:
            yield Flaw(entry.data_id, f"{name} has {len(row[name])} characters, more than {longest}")
    for text in row["options"]:
        if _LETTERED.match(text):
            yield Flaw(entry.data_id, f"the option {text!r} carries a letter of its own")
    if entry.task:
        yield from _close(entry)


def _close(entry: Entry) -> Iterator[Flaw]:
    """Yield where the end of the analysis says another answer than the row."""
    row = entry.columns
    lines = row["analysis"].splitlines()
    if lines[-1] != f"Answer: {row['answer']}":
        yield Flaw(entry.data_id, f"the analysis ends with {lines[-1]!r}, the answer is {row['answer']!r}")
    if sum(line.startswith("Answer: ") for line in lines) > 1:
        yield Flaw(entry.data_id, "the analysis states its answer twice")
    for line in lines:
        if (found := _CLOSE.match(line)) and found.group(1) != row["answer"]:
            yield Flaw(
                entry.data_id, f"the analysis calls option {found.group(1)} right, the answer is {row['answer']}"
            )
