"""What a report tells, before it becomes Markdown or a page: numbers as text, tables, examples."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gameqa.core.answers import LETTERS
from gameqa.core.game import Level

from ..records import DIMENSIONS, Cell, Difference, Estimate, Graded, Results, Verdict, View, ViewResults

EXAMPLES, ENOUGH = 3, 5
"""Tasks shown as best and as worst, and the replies a task needs to be among them where any task has as many."""

REPLY = 1600
"""Characters of a reply that are shown."""

NOTES = (
    "Shares are of right replies, with 95% intervals in brackets. By sample every reply counts the same, by task every"
    " task does. Chance is what guessing among the options gives."
)
JUDGE_NOTES = {
    "unparsed": "It was asked only about replies in which the rules could read no final answer.",
    "all": "It was asked about all replies.",
}


class Table(NamedTuple):
    """A table: its title, one sentence, its head, and its cells as text."""

    title: str
    about: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Example(NamedTuple):
    """A task among the best or the worst: its name, what was measured, and one of its replies."""

    task: str
    cell: Cell
    shown: Graded


# --- Numbers as text ------------------------------------------------------------------------------


def percent(share: float | None) -> str:
    """Return a share as text.

    >>> percent(0.125), percent(None)
    ('12.5%', 'not known')
    """
    return "not known" if share is None else f"{share:.1%}"


def with_interval(found: Estimate | None) -> str:
    """Return a share with its interval; None where a judge gave no clear word on any reply.

    >>> with_interval(Estimate(0.5, 0.4, 0.6))
    '50.0% (40.0 to 60.0)'
    """
    if found is None:
        return "none judged"
    return f"{found.value:.1%} ({100 * found.low:.1f} to {100 * found.high:.1f})"


def points(found: Estimate) -> str:
    """Return a difference of shares in percentage points, with its interval.

    >>> points(Estimate(0.25, -0.0001, 0.5))
    '+25.0 (+0.0 to +50.0)'
    """
    value, low, high = (f"{round(100 * number, 1) + 0.0:+.1f}" for number in found)
    return f"{value} ({low} to {high})"


def both(cell: Cell) -> str:
    """Return the share by the rules and, where there is a judge, that with the judge beside it."""
    alone = percent(cell.by_sample.value)
    if not cell_is_judged(cell):
        return alone
    return f"{alone} / {percent(cell.with_judge.value) if cell.with_judge else 'none judged'}"


def told(cell: Cell) -> str:
    """Return in words what was measured on a task."""
    which = " (rules / rules and judge)" if cell_is_judged(cell) else ""
    return f"{both(cell)} right{which}, {cell.n} replies, chance {percent(cell.chance)}"


def cell_is_judged(cell: Cell) -> bool:
    """Whether there was a judge: it gave a share, or no clear word on any reply."""
    return cell.with_judge is not None or cell.unjudged > 0


def shorten(text: str, length: int) -> str:
    """Return the text with its middle left out where it is longer than `length` characters.

    >>> shorten("a" * 50 + "b" * 50, 20)
    'aaaaaaaaaa\\n[… 80 characters left out …]\\nbbbbbbbbbb'
    """
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters left out …]\n{text[-half:]}"


def clean(text: str) -> str:
    """Return the text without control characters and halves of characters, which no file or page can hold."""
    return re.sub(r"[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]", "�", text.replace("\r\n", "\n"))


# --- What was measured ----------------------------------------------------------------------------


def is_judged(results: Results) -> bool:
    """Whether a judge was asked about any reply."""
    return bool(results.judge) or any(cell_is_judged(found.overall) for found in results.views.values())


def judge_line(results: Results) -> str:
    """Return who judged what and how often no clear word came back; empty without a judge."""
    if not is_judged(results):
        return ""
    unjudged = sum(found.overall.unjudged for found in results.views.values())
    told = f"{unjudged} of them are unjudged: no clear word came back" if unjudged else "none is unjudged"
    scope = JUDGE_NOTES.get(results.judge_scope, "")
    return (
        f"Judge: {results.judge or 'not named'} (scope {results.judge_scope or 'not known'}). {scope} Shares with the"
        f" judge leave out unjudged replies; {told}."
    )


def main_view(results: Results) -> View | None:
    """Return the view that a run is known by: the picture where it was shown."""
    return next((view for view in View if view in results.views), None)


def warnings(results: Results) -> list[str]:
    """Return the warnings among the facts about a run."""
    return [text for fact, text in results.about.items() if _warns(fact)]


def facts(results: Results) -> list[tuple[str, str]]:
    """Return the other facts about a run."""
    return [("model", results.model), *((fact, text) for fact, text in results.about.items() if not _warns(fact))]


def _warns(fact: str) -> bool:
    return fact.lower().startswith("warning")


# --- Tables ---------------------------------------------------------------------------------------


def headline(results: Results) -> Table:
    """Return one row for each view."""
    judged = is_judged(results)
    rows = [(view.value, *_cells(found.overall, judged)) for view, found in results.views.items()]
    return Table("Overall", NOTES, ("view", *_head(judged)), rows)


def gain_tables(results: Results) -> list[Table]:
    """Return seeing minus blind, overall and by groups; empty without blind replies."""
    head = ("questions", "seeing, rules", "blind, rules", "seeing minus blind, points")
    about = "Questions answered with the picture and without it. What is not clear of zero needs no picture."
    return [
        Table(
            f"Seeing and blind {'overall' if dimension == 'overall' else f'by {dimension}'}",
            about if dimension == "overall" else "",
            ("" if dimension == "overall" else dimension, *head),
            [(name, *_difference(found)) for name, found in groups.items()],
        )
        for dimension, groups in results.gain.items()
    ]


def _difference(found: Difference) -> tuple[str, ...]:
    return str(found.n), percent(found.seeing), percent(found.blind), points(found.difference)


def dimension_tables(found: ViewResults, judged: bool) -> list[Table]:
    """Return the tables of all DIMENSIONS."""
    return [
        Table(
            f"By {dimension}",
            "",
            (dimension, *_head(judged)),
            [(name, *_cells(cell, judged)) for name, cell in found.by.get(dimension, {}).items()],
        )
        for dimension in DIMENSIONS
    ]


def _head(judged: bool) -> tuple[str, ...]:
    rules = ("by sample, rules", "by sample, rules and judge", "unjudged") if judged else ("by sample",)
    by_task = "by task, rules" if judged else "by task"
    return "replies", "boards", *rules, by_task, "unparsable", "cut off", "chance"


def _cells(cell: Cell, judged: bool) -> tuple[str, ...]:
    judge = (with_interval(cell.with_judge), str(cell.unjudged)) if judged else ()
    rest = (with_interval(cell.by_task), percent(cell.unparsable), percent(cell.cut), percent(cell.chance))
    return str(cell.n), str(cell.boards), with_interval(cell.by_sample), *judge, *rest


def levels(found: ViewResults) -> list[str]:
    """Return the levels of the heat map: the three of the data, and any other that occurs."""
    return list(dict.fromkeys([*(level.value for level in Level), *found.by.get("plot_level", {})]))


def heat_rows(found: ViewResults) -> list[tuple[str, list[Cell | None]]]:
    """Return for each game the cells of the levels, None where there are no replies, then that of the whole game."""
    cells = found.by.get("game and level", {})
    return [
        (game, [*(cells.get(f"{game}/{level}") for level in levels(found)), whole])
        for game, whole in found.by.get("game", {}).items()
    ]


# --- Examples -------------------------------------------------------------------------------------


def examples(results: Results, graded: Sequence[Graded]) -> tuple[list[Example], list[Example]]:
    """Return the worst and the best tasks of the main view, the most telling first, each with one of its replies.

    No task is among both; a reply of a bad task is a wrong one, that of a good task a right one, where there is any.
    """
    view = main_view(results)
    replies: dict[str, list[Graded]] = {}
    for one in graded:
        if one.reply.view is view:
            replies.setdefault(f"{one.game}/{one.task}", []).append(one)
    cells: Mapping[str, Cell] = results.views[view].by.get("task", {}) if view else {}
    known = {task: cell for task, cell in cells.items() if task in replies}
    tasks = [task for task, cell in known.items() if cell.n >= ENOUGH] or list(known)
    tasks.sort(key=lambda task: known[task].by_sample.value)
    number = min(EXAMPLES, -(-len(tasks) // 2))
    worst, best = tasks[:number], tasks[max(number, len(tasks) - EXAMPLES) :][::-1]
    return (
        [Example(task, known[task], _typical(replies[task], False)) for task in worst],
        [Example(task, known[task], _typical(replies[task], True)) for task in best],
    )


def _typical(replies: Sequence[Graded], right: bool) -> Graded:
    """Return the first reply with the most frequent reason, among the right or the wrong ones."""
    found = [one for one in replies if one.right is right] or replies
    [(reason, _)] = Counter(one.reason for one in found).most_common(1)
    return next(one for one in found if one.reason == reason)


def lettered(one: Graded) -> list[tuple[str, str, bool]]:
    """Return letter and text of each option, and whether it is right."""
    return [
        (letter, option, letter == one.answer)
        for letter, option in zip(LETTERS, one.options, strict=False)  # there are more letters than options
    ]


def outcome(one: Graded) -> list[tuple[str, str]]:
    """Return what became of a reply, as names and texts."""
    right = {letter: option for letter, option, _ in lettered(one)}.get(one.answer)
    told = [
        ("right answer", f"{one.answer}: {right}" if right else one.answer),
        ("read as", one.extracted or "nothing"),
        ("score", f"{int(one.right)} ({one.reason})"),
    ]
    if one.verdict is not Verdict.NONE:
        told.append(("judge", one.verdict.value))
    return [*told, ("cut off", {"length": "yes", "stop": "no"}.get(one.reply.finish, "not known"))]
