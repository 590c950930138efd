"""The report of an audit: one self-contained page for people who want to know whether to trust the data."""

import html
import io
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator

from gameqa.core import engine
from gameqa.core.errors import GameQAError
from gameqa.core.game import Level
from gameqa.tools.html import data_url, frame

from .criteria import CRITERIA, EXCEPTIONS, Audit, Cell, Criterion, Verdict, shown

WIDTH = 320
"""Pixels that a picture of the report is wide at most."""

_STYLE = """
:root { color-scheme: light dark; --pass: #cfe8d2; --unsure: #f6e3b4; --fail: #f2b8b0; --told: #dfe3ea; --line: #8886; }
@media (prefers-color-scheme: dark) { :root { --pass: #1f4a2a; --unsure: #5d4a12; --fail: #6d241c; --told: #333a45; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
table { border-collapse: collapse; font-size: .85rem; } .wide { overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: .15rem .5rem; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.pass { background: var(--pass); } .unsure { background: var(--unsure); } .fail { background: var(--fail); }
.told { background: var(--told); } .key span { padding: .1rem .6rem; margin-right: .5rem; }
article { border: 1px solid var(--line); padding: .75rem; margin: .75rem 0; overflow-wrap: anywhere; }
img { max-width: 100%; } summary { cursor: pointer; }
"""


def page(found: Audit, show: "Callable[[str], bytes | None] | None" = None) -> str:
    """Return the page.

    Args:
        found: the audit.
        show: returns the PNG of a row by its `data_id`, or None; by default the row is made again.
    """
    body = "\n".join(_body(found, show or _made_again))
    return frame(f"Audit: {found.source}", _STYLE, f"\n{body}\n")


def _body(found: Audit, show: Callable[[str], bytes | None]) -> Iterator[str]:
    yield f"<h1>Audit: {_text(found.source)}</h1><p>{headline(found)}</p>"
    yield (
        '<p class="key"><span class="pass">within its bound</span><span class="unsure">beyond it, but within chance'
        '</span><span class="fail">beyond it</span><span class="told">told, no bound</span></p>'
    )
    yield _summary(found)
    yield from (f"<p>{_text(note)}</p>" for note in found.notes)
    for name, criterion in CRITERIA.items():
        cells = [cell for cell in found.cells if cell.criterion == name]
        if cells:
            yield _section(criterion, cells)
    yield "<h2>Flawed rows</h2>"
    yield from _flawed(found, show)
    if found.unread:
        yield "<h2>What the picture readers leave out</h2><ul>"
        yield from (f"<li><b>{game}</b>: {_text(why)}</li>" for game, why in found.unread.items())
        yield "</ul>"
    yield f"<p>Made with {', '.join(f'{name} {number}' for name, number in found.made_with.items())}.</p>"


def headline(found: Audit) -> str:
    """Return the result in one or two sentences."""
    failed = len(found.failed)
    unsure = sum(cell.verdict is Verdict.UNSURE for cell in found.cells)
    bounded = sum(cell.bound is not None for cell in found.cells)
    return (
        f"{found.rows:,} rows. Of {bounded:,} measurements with a bound, {bounded - failed - unsure:,} keep it,"
        f" {unsure:,} are beyond it by no more than chance explains, and {failed:,} are beyond it."
    )


def summary(found: Audit) -> list[tuple[str, ...]]:
    """Return for every criterion its title, bound, rows, flawed rows or worst value, and counts of verdicts."""
    lines: list[tuple[str, ...]] = []
    for name, criterion in CRITERIA.items():
        cells = [cell for cell in found.cells if cell.criterion == name]
        if not cells:
            continue
        least = criterion.least is not None
        worst = min(cells, key=lambda cell: cell.value) if least else max(cells, key=lambda cell: cell.value)
        counts = [sum(cell.verdict is verdict for cell in cells) for verdict in Verdict]
        rows, flaws = sum(cell.rows for cell in cells), sum(cell.flaws for cell in cells)
        mean = sum(cell.value * cell.rows for cell in cells) / rows if rows else 0.0
        exact = criterion.most == 0
        told = f"{flaws:,} of {rows:,} rows" if exact else f"mean {shown(name, mean)}, worst {shown(name, worst.value)}"
        bound = f"≤ {shown(name, criterion.most)}" if criterion.most is not None else ""
        bound = f"≥ {shown(name, criterion.least)}" if least else bound
        lines.append((criterion.title, bound, told, *(f"{count:,}" for count in counts)))
    return lines


HEAD = ("what", "bound", "found", "pass", "unsure", "fail", "told")
"""Head of the table of `summary`."""


def print_summary(found: Audit) -> None:
    """Print the result to the terminal: the table, and a line for each cell beyond its bound."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 140)
    grid = Table()
    for name in HEAD:
        grid.add_column(name, justify="left" if name in HEAD[:3] else "right")
    for line in summary(found):
        grid.add_row(*map(Text, line))
    console.print(Text(f"Audit: {found.source}", "bold"), grid, sep="\n")
    for cell in found.failed:
        told = f"{shown(cell.criterion, cell.value)} (bound {shown(cell.criterion, cell.bound)}, {cell.rows} rows)"
        why = f" {cell.worst[0].data_id}: {cell.worst[0].why}" if cell.worst else ""
        console.print(Text(f"{CRITERIA[cell.criterion].title}: {cell.game}/{cell.task}/{cell.level} {told}{why}"))
    for note in found.notes:
        console.print(Text(note))
    console.print(Text(headline(found)))


def _summary(found: Audit) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in line)}</tr>" for line in summary(found))
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _section(criterion: Criterion, cells: list[Cell]) -> str:
    """Return the heat-map of one criterion: a line for each task, a column for each level."""
    by_task: dict[tuple[str, str], dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        by_task[cell.game, cell.task][cell.level] = cell
    levels = [level for level in (*Level, "all") if any(level in found for found in by_task.values())]
    lines = [
        f"<tr><td>{game} / {task}</td>{''.join(_cell(found.get(level)) for level in levels)}</tr>"
        for (game, task), found in by_task.items()
    ]
    excepted = "".join(
        f"<p>{game}/{task}: bound {shown(name, bound)}, because {_text(why)}</p>"
        for (name, game, task), (bound, why) in EXCEPTIONS.items()
        if name == criterion.name and (game, task) in by_task
    )
    bad = any(cell.verdict in (Verdict.FAIL, Verdict.UNSURE) for cell in cells)
    head = "".join(f"<th>{level}</th>" for level in levels)
    return (
        f"<details{' open' if bad else ''}><summary><b>{criterion.title}</b>: {_text(criterion.about)}</summary>"
        f'{excepted}<div class="wide"><table><tr><th>task</th>{head}</tr>{"".join(lines)}</table></div></details>'
    )


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td></td>"
    between = f"{shown(cell.criterion, cell.low)} to {shown(cell.criterion, cell.high)}"
    return (
        f'<td class="{cell.verdict}" title="{cell.rows} rows, {between}, {cell.verdict}">'
        f"{shown(cell.criterion, cell.value)}</td>"
    )


def _flawed(found: Audit, show: Callable[[str], bytes | None]) -> Iterator[str]:
    """Yield two examples of every cell beyond its bound."""
    flawed = [(cell, flaw) for cell in found.failed for flaw in cell.worst[:2]]
    if not flawed:
        yield "<p>None.</p>"
    for cell, flaw in flawed:
        picture = _picture(show(flaw.data_id))
        yield (
            f"<article><b>{_text(flaw.data_id)}</b> ({CRITERIA[cell.criterion].title})<br>{_text(flaw.why)}"
            f"<br>{picture}</article>"
        )


def _made_again(data_id: str) -> bytes | None:
    try:
        return engine.from_data_id(data_id).png()
    except GameQAError:  # a row of another origin
        return None


def _picture(png: bytes | None) -> str:
    from PIL import Image

    if png is None:
        return ""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.thumbnail((WIDTH, WIDTH))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return f'<img alt="" src="{data_url(buffer.getvalue())}">'


def _text(words: object) -> str:
    return html.escape(str(words))
