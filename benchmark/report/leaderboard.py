"""One table of several runs, as Markdown and as a page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gameqa.core.game import Category, Domain, Level

from ..records import Cell, Results, View
from . import content
from .content import Table
from .html import bars, frame, text
from .html import table as html_table
from .markdown import inline
from .markdown import table as markdown_table

MARK = "†"
"""Stands behind the name of a run that is not comparable with those above it."""

TITLES = {"in": "in domain", "out": "out of domain"}
"""Titles of columns whose groups have other names in the data."""


class _Asked(NamedTuple):
    """What two runs must have in common to be compared; empty what is not known."""

    data: str
    release: str
    view: str
    questions: int


class _Entry(NamedTuple):
    name: str
    run: Results
    cell: Cell
    asked: _Asked


def leaderboard(runs: Sequence[Results]) -> str:
    """Return one table of several runs as Markdown, the best on top.

    Runs that were asked other questions than most are marked and stand below the others.
    """
    found, notes = _table(runs)
    title = f"# {inline(found.title)}"
    return "\n\n".join([title, inline(found.about), markdown_table(found), *map(inline, notes)]) + "\n"


def leaderboard_page(runs: Sequence[Results]) -> str:
    """Return the table of `leaderboard` and its bars as one self-contained HTML page."""
    found, notes = _table(runs)
    remarks = "".join(f'<p class="loud">{text(note)}</p>' for note in notes)
    drawn = bars([(entry.name, entry.cell) for entry in _entries(runs)])
    return frame(
        "gameqa leaderboard",
        f'<h1>{text(found.title)}</h1><p class="dim">{text(found.about)}</p>{html_table(found)}{remarks}'
        f"<h2>Overall by sample</h2>{drawn}",
    )


def _table(runs: Sequence[Results]) -> tuple[Table, list[str]]:
    """Return the table of the runs and the remarks below it."""
    entries = _entries(runs)
    judged = any(map(content.is_judged, runs))
    columns = [(entry.name, *_columns(entry, judged)) for entry in entries]
    rows = [(name, *(value for _, value in cells)) for name, *cells in columns]
    head = ("run", *(name for name, _ in columns[0][1:])) if columns else ("run",)
    about = content.NOTES
    if judged:
        about += " Pairs a / b: by the rules / by rules and judge; a dash: no judge was asked."
    notes = [note for entry in entries if (note := _note(entry, entries[0].asked))]
    return Table("gameqa leaderboard", about, tuple(head), rows), notes


def _entries(runs: Sequence[Results]) -> list[_Entry]:
    """Return the runs that have replies: first those asked what most were asked, each part from the best down."""
    found: list[_Entry] = []
    for name, run in zip(_names(runs), runs, strict=True):
        view = content.main_view(run)
        if view is not None:
            cell = run.views[view].overall
            about = run.about
            found.append(
                _Entry(name, run, cell, _Asked(about.get("data", ""), about.get("release", ""), view.value, cell.n))
            )
    found.sort(key=lambda entry: -entry.cell.by_sample.value)
    counts = Counter(entry.asked for entry in found)
    common = max(counts, key=lambda asked: (counts[asked], asked.view == View.PICTURE, asked.questions), default=None)
    first = [entry for entry in found if entry.asked == common]
    return [*first, *(entry._replace(name=f"{entry.name} {MARK}") for entry in found if entry.asked != common)]


def _names(runs: Sequence[Results]) -> list[str]:
    """Return what runs are called; those that share a name are numbered in the order given."""
    names = [run.name if run.model in ("", run.name) else f"{run.name} ({run.model})" for run in runs]
    counts, met = Counter(names), Counter[str]()
    told: list[str] = []
    for name in names:
        met[name] += 1
        told.append(f"{name} #{met[name]}" if counts[name] > 1 else name)
    return told


def _note(entry: _Entry, common: _Asked) -> str:
    parts = [
        f"{what} {theirs or 'not known'} instead of {ours or 'not known'}"
        for what, theirs, ours in zip(_Asked._fields, entry.asked, common, strict=True)
        if theirs != ours
    ]
    return f"{entry.name}: not comparable with the unmarked runs: {', '.join(parts)}." if parts else ""


def _columns(entry: _Entry, judged: bool) -> Iterable[tuple[str, str]]:
    """Yield name and text of the cells after the name of the run."""
    run, cell = entry.run, entry.cell
    own = content.is_judged(run)
    yield "questions", str(cell.n)
    yield "by sample, rules" if judged else "by sample", content.with_interval(cell.by_sample)
    if judged:
        yield "by sample, rules and judge", content.with_interval(cell.with_judge) if own else "–"
        yield "judge", f"{run.judge or 'not named'} ({run.judge_scope or 'scope not known'})" if own else "–"
        yield "unjudged", str(cell.unjudged) if own else "–"
    yield "by task, rules" if judged else "by task", content.with_interval(cell.by_task)
    groups = run.views[View(entry.asked.view)].by
    for dimension, names in (("domain", Domain), ("category", Category), ("plot_level", Level)):
        for name in names:
            found = groups.get(dimension, {}).get(name.value)
            yield TITLES.get(name.value, name.value), content.both(found) if found else "–"
    gain = run.gain.get("overall", {})
    found = next(iter(gain.values()), None)
    yield "blind", content.percent(found.blind) if found else "–"
    yield "seeing minus blind, points", content.points(found.difference) if found else "–"
    yield "unparsable", content.percent(cell.unparsable)
    yield "cut off", content.percent(cell.cut)
