"""Answers, options and worked steps: solved again, and by the game's second method."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from gameqa.core.answers import LETTERS, AnswerKind, canonical
from gameqa.core.audit import Checks
from gameqa.core.errors import InvalidRow
from gameqa.core.game import Level
from gameqa.core.sample import rederive

from .criteria import CONFIDENCE, Cell, Flaw, counted, judged
from .rows import IMPORTED, Entry, Rows

_STEP = re.compile(r"^\d+\. ")


def measure(game: str, rows: Rows, second: Checks[Any] | None) -> Iterator[Cell]:
    """Yield the cells `readable`, `labels`, `second_method`, `steps`, `options`, `letters` and `majority`."""
    for (task, level), entries in rows.items():
        place = game, task, level
        known = [entry for entry in entries if entry.task]
        unread = [Flaw(entry.data_id, entry.why) for entry in entries if not entry.task and entry.why != IMPORTED]
        yield counted("readable", *place, len(entries), unread)
        if known:
            yield counted("labels", *place, len(known), (flaw for entry in known for flaw in _solved_again(entry)))
        if known and second:
            yield counted("second_method", *place, len(known), (f for entry in known for f in _second(second, entry)))
            if task in second.steps:
                yield counted("steps", *place, len(known), (f for entry in known for f in _steps(second, entry)))
        yield counted("options", *place, len(entries), (flaw for entry in entries for flaw in _options(entry)))
        yield from _shares(place, entries)


def numbered_steps(analysis: str) -> list[str]:
    """Return the numbered steps of an analysis without their numbers."""
    return [_STEP.sub("", line) for line in analysis.splitlines() if _STEP.match(line)]


def right_by_check(second: Checks[Any], entry: Entry) -> list[str]:
    """Return the right answers of a row by the second method, as the column `accepted` would write them.

    Raises:
        KeyError: the second method has no check for the task.
    """
    task, params = entry.task, entry.params
    assert task is not None and params is not None
    found = second.answers[task.slug](entry.state, params)
    if task.kind is AnswerKind.CHOICE:
        return [LETTERS[params["options"].index(value)] for value in found]
    return [value if isinstance(value, str) else canonical(task.kind, value) for value in found]


def _solved_again(entry: Entry) -> Iterator[Flaw]:
    try:
        found = rederive(entry.columns)
    except InvalidRow as error:
        yield Flaw(entry.data_id, str(error))
        return
    if found != entry.columns["accepted"] or entry.columns["answer"] != found[0]:
        yield Flaw(entry.data_id, f"the row says {entry.columns['accepted']}, solving it again says {found}")


def _second(second: Checks[Any], entry: Entry) -> Iterator[Flaw]:
    try:
        found = right_by_check(second, entry)
    except Exception as error:  # a row from outside may break a checker, and the audit must go on
        yield Flaw(entry.data_id, f"the second method gives up: {type(error).__name__}: {error}")
        return
    if sorted(found) != sorted(entry.columns["accepted"]):
        yield Flaw(entry.data_id, f"the row says {entry.columns['accepted']}, the second method says {sorted(found)}")


def _steps(second: Checks[Any], entry: Entry) -> Iterator[Flaw]:
    check = second.steps[entry.columns["task"]]
    try:
        problems = check(entry.state, entry.params or {}, numbered_steps(entry.columns["analysis"]))
    except Exception as error:  # as above
        problems = [f"the steps cannot be followed: {type(error).__name__}: {error}"]
    yield from (Flaw(entry.data_id, problem) for problem in problems[:1])


def _options(entry: Entry) -> Iterator[Flaw]:
    options, task = entry.columns["options"], entry.task
    if len({text.casefold() for text in options}) != len(options):
        yield Flaw(entry.data_id, f"two options look alike: {options}")
    if options and entry.columns["answer"] not in LETTERS[: len(options)]:
        yield Flaw(entry.data_id, f"the answer {entry.columns['answer']!r} is the letter of no option")
    if task is None or entry.params is None:
        return
    choice = task.kind is AnswerKind.CHOICE
    wanted = task.options_wanted(entry.state, entry.params) if choice else 0
    if len(options) != wanted:
        yield Flaw(entry.data_id, f"the row has {len(options)} options instead of {wanted}")


def _shares(place: tuple[str, str, str], entries: list[Entry]) -> Iterator[Cell]:
    """Yield how evenly right letters are spread, or how common the most common answer is."""
    from scipy.stats import binomtest, chisquare

    kind, rows = entries[0].columns["answer_kind"], len(entries)
    answers = Counter(entry.columns["answer"] for entry in entries)
    if kind != AnswerKind.CHOICE:
        task = entries[0].task
        most = answers.most_common(1)[0][1]
        low, high = binomtest(most, rows).proportion_ci(CONFIDENCE, "wilson")
        own = task.most_common(Level(place[2])) if task else 1.0
        yield judged("majority", place, rows, (most / rows, float(low), float(high)), bound=own)
    elif entries[0].task is None or not entries[0].task.fixed_order:
        expected: dict[str, float] = defaultdict(float)
        for entry in entries:
            letters = LETTERS[: len(entry.columns["options"])]
            if entry.columns["answer"] in letters:
                for letter in letters:
                    expected[letter] += 1 / len(letters)
        observed = [answers[letter] for letter in expected]
        p = float(chisquare(observed, [*expected.values()]).pvalue) if len(expected) > 1 else 1.0
        yield judged("letters", place, rows, (p, p, p))
