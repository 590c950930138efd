"""Tables and charts of what a build holds: for the card, the terminal, JSON and a page of their own."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from math import floor
from typing import Any, NamedTuple

from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.game import Level
from gameqa.core.seeds import SPLITS
from gameqa.tools.html import frame

from .survey import ANSWERS, Answers, Range, Survey

# --- Tables ---------------------------------------------------------------------------------------


class Share(float):
    """A number between 0 and 1 that is shown in percent."""


class Table(NamedTuple):
    """A table: its name in JSON, its title, one sentence, and the cells; `code` names columns with data as text."""

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    code: tuple[str, ...] = ()


def shown(value: str | float) -> str:
    """Return a cell as text.

    >>> shown(Share(0.25)), shown(1234), shown(2.0)
    ('25.0%', '1234', '2.0')
    """
    if isinstance(value, Share):
        return f"{value:.1%}"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def tables(found: Survey) -> list[Table]:
    """Return every table of a build; those that would be empty are left out."""
    made = [_games(found), _levels(found), _kinds(found), _tasks(found), *_balance(found), _effort(found)]
    return [table for table in [*made, _pictures(found)] if table.rows]


def plain(made: Iterable[Table]) -> dict[str, list[dict[str, Any]]]:
    """Return the tables as plain JSON: a list of objects for each; shares lie between 0 and 1, empty cells are null."""

    def item(table: Table, row: Sequence[Any]) -> dict[str, Any]:
        return {name: None if value == "" else value for name, value in zip(table.head, row, strict=True)}

    return {table.name: [item(table, row) for row in table.rows] for table in made}


def print_tables(made: Iterable[Table], width: int | None) -> None:
    """Print the tables to the terminal; `width` in characters, None: that of the terminal."""
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    console = Console(width=width)
    for table in made:
        console.print(Text(table.title, "bold"), *([Text(table.about)] if table.about else []), sep="\n")
        grid = Grid()
        for name, values in zip(table.head, zip(*table.rows, strict=True), strict=True):
            numbers = any(not isinstance(value, str) for value in values)
            grid.add_column(name, justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
        for row in table.rows:
            grid.add_row(*(Text(shown(value)) for value in row))
        console.print(grid, "")


def _split_counts(found: Survey, **where: str) -> tuple[int, ...]:
    counts = found.total("split", **where)
    return (*(counts.get(split, 0) for split in SPLITS), sum(counts.values()))


def _games(found: Survey) -> Table:
    rows = [(game, *family, *_split_counts(found, game=game)) for game, family in sorted(found.families.items())]
    return Table("games", "By game", "", ("game", "category", "domain", *SPLITS, "all"), rows)


def _levels(found: Survey) -> Table:
    held = found.total("level")
    rows = [(level.value, *_split_counts(found, level=level.value)) for level in Level if level.value in held]
    return Table("levels", "By level", "How hard the board is.", ("level", *SPLITS, "all"), rows)


def _kinds(found: Survey) -> Table:
    counts = {kind.value: [0] * (len(SPLITS) + 1) for kind in AnswerKind}
    for (game, task), answers in found.answers.items():
        for place, rows in enumerate(_split_counts(found, game=game, task=task)):
            counts[answers.kind][place] += rows
    rows = [(kind, *numbers) for kind, numbers in counts.items() if any(numbers)]
    return Table("answer_kinds", "By kind of answer", "", ("answer", *SPLITS, "all"), rows)


def _tasks(found: Survey) -> Table:
    rows = []
    for (game, task), answers in sorted(found.answers.items()):
        levels = found.total("level", game=game, task=task)
        counts = (*(levels.get(level, 0) for level in Level), *_split_counts(found, game=game, task=task))
        rows.append((game, task, answers.kind, *counts))
    head = ("game", "task", "answer", *(level.value for level in Level), *SPLITS, "all")
    return Table("tasks", "By task", "Rows of each level, then of each split.", head, rows)


def _balance(found: Survey) -> Iterator[Table]:
    total = found.letters.total()
    yield Table(
        "letters",
        "Answer letters",
        "How often each letter is right, over all choice questions (their number of options varies).",
        ("letter", "rows", "share"),
        [(letter, rows, Share(rows / total)) for letter, rows in sorted(found.letters.items())],
    )
    sizes = sorted({size for size, _ in found.options})
    letters = LETTERS[: max(sizes, default=0)]
    rows = []
    for size in sizes:
        counts = [found.options[size, letter] for letter in letters]
        shares = [Share(count / sum(counts)) if place < size else "" for place, count in enumerate(counts)]
        rows.append((f"{size} options", sum(counts), *shares))
    yield Table(
        "letters_by_options",
        "Answer letters by number of options",
        "",
        ("options", "rows", *letters),
        rows,
    )
    yield Table(
        "fill_in",
        "Most frequent answers",
        "Tasks without options: what the best constant answer would score.",
        ("game", "task", "rows", "different answers", "most frequent", "share"),
        [_most_frequent(*key, answers) for key, answers in _fill_in(found)],
        ("most frequent",),
    )


def _fill_in(found: Survey) -> list[tuple[tuple[str, str], Answers]]:
    return [item for item in sorted(found.answers.items()) if item[1].kind != AnswerKind.CHOICE]


def _most_frequent(game: str, task: str, answers: Answers) -> tuple[Any, ...]:
    answer, rows = answers.ranked()[0]
    different = f"more than {ANSWERS}" if answers.rest else len(answers.counts)
    return game, task, answers.rows, different, shorten(answer, 60), Share(rows / answers.rows)


def _effort(found: Survey) -> Table:
    rows = []
    for game, task in sorted(found.answers):
        levels = [found.difficulty.get((game, task, level.value)) for level in Level]
        rows.append((game, task, *(level.mean if level else "" for level in levels)))
    return Table(
        "difficulty",
        "Difficulty by level",
        "Mean work of the worked solution (steps, search depth); comparable within a task only.",
        ("game", "task", *(level.value for level in Level)),
        rows,
    )


def _pictures(found: Survey) -> Table:
    rows = [
        (game, _span(size.width), _span(size.height), size.size.mean / 1000, size.size.high / 1000)
        for game, size in sorted(found.pictures.items())
    ]
    head = ("game", "width (px)", "height (px)", "mean PNG (kB)", "largest PNG (kB)")
    return Table("pictures", "Picture sizes", "", head, rows)


def _span(size: Range) -> str:
    return f"{size.low}" if size.low == size.high else f"{size.low} to {size.high}"


def shorten(text: str, length: int) -> str:
    """Return the text cut to a length, with an ellipsis where something is gone.

    >>> shorten("up, left, up", 8)
    'up, left…'
    """
    return text if len(text) <= length else f"{text[:length]}…"


# --- Charts ---------------------------------------------------------------------------------------

LABEL, PLOT, VALUE, ROW, FONT = 124, 234, 56, 20, 12
"""Pixels: widths of the labels, of the plot and of the numbers right of it, height of a row, size of the letters."""

BARS = 12
"""Bars of a chart of answers."""


class Mark(NamedTuple):
    """One row of a chart: a bar from `low` to `high`, with a dot at `dot` if that is given."""

    label: str
    low: float
    high: float
    text: str
    dot: float | None = None


def chart(
    title: str, axes: tuple[str, str], marks: Sequence[Mark], unit: Callable[[float], str] = "{:g}".format
) -> str:
    """Draw rows of bars as inline SVG.

    Args:
        title: stands above the chart.
        axes: what the rows are, and what the horizontal axis counts.
        marks: the rows, from the top down.
        unit: writes a number of the horizontal axis.
    """
    top, bottom = 44, 44 + ROW * len(marks)
    highest = max(mark.high for mark in marks) or 1
    step = _step(highest)
    ticks = [step * number for number in range(6) if number == 0 or step * (number - 1) < highest]

    def across(value: float) -> float:
        return round(LABEL + PLOT * value / ticks[-1], 1)

    parts = [_text(0, 14, title, "title"), _text(LABEL - 8, 34, axes[0], "axis end")]
    for tick in ticks:
        parts.append(f'<line class="grid" x1="{across(tick)}" x2="{across(tick)}" y1="{top - 4}" y2="{bottom}"/>')
        parts.append(_text(across(tick), bottom + 15, unit(tick), "tick middle"))
    parts.append(_text(LABEL + PLOT / 2, bottom + 32, axes[1], "axis middle"))
    for place, mark in enumerate(marks):
        y = top + ROW * place
        width = across(mark.high) - across(mark.low)
        parts.append(_text(LABEL - 8, y + 14, shorten(mark.label, 17), "end", mark.label))
        parts.append(f'<rect x="{across(mark.low)}" y="{y + 3}" width="{width:.1f}" height="{ROW - 6}" rx="2"/>')
        if mark.dot is not None:
            parts.append(f'<circle cx="{across(mark.dot)}" cy="{y + ROW / 2}" r="4.5"/>')
        parts.append(_text(LABEL + PLOT + 10, y + 14, mark.text))
    width, height = LABEL + PLOT + VALUE, bottom + 38
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="{escape(title)}">{"".join(parts)}</svg>\n'
    )


def _step(high: float, parts: int = 5) -> float:
    """Return the distance of ticks: 1, 2 or 5 times a power of ten, at most so many up to `high`.

    >>> _step(0.31), _step(23), _step(1000)
    (0.1, 5.0, 200.0)
    """
    size = 1e-4
    while True:
        for factor in (1, 2, 5):
            if size * factor * parts >= high:
                return round(size * factor, 4)
        size *= 10


def _text(x: float, y: float, text: str, kind: str = "", whole: str = "") -> str:
    hover = f"<title>{escape(whole)}</title>" if whole not in ("", text) else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(text)}{hover}</text>'


# --- Page -----------------------------------------------------------------------------------------

STYLE = f"""
:root{{color-scheme:light dark;--bg:#f6f6f3;--card:#fff;--ink:#1c1c1a;--dim:#62625d;--line:#deded8;--bar:#4a8fbf;
--dot:#b4431f}}
@media(prefers-color-scheme:dark){{:root{{--bg:#171716;--card:#222220;--ink:#ecece6;--dim:#a8a8a0;--line:#3a3a36;
--bar:#4f8fb8;--dot:#f2a27f}}}}
body{{margin:0 auto;max-width:1420px;padding:16px 24px 60px;background:var(--bg);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}}
h1{{font-size:22px;margin:8px 0}}h2{{font-size:18px;margin:32px 0 4px}}h3{{font-size:15px;margin:18px 0 6px}}
p{{margin:0 0 10px;color:var(--dim);max-width:80ch}}nav a{{margin-right:14px;color:var(--bar)}}
.charts{{display:flex;flex-wrap:wrap;gap:14px;align-items:flex-start}}
svg{{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px;max-width:100%;height:auto;
font:{FONT}px system-ui,sans-serif}}
svg text{{fill:var(--ink)}}svg .title{{font-weight:600;font-size:13px}}svg .tick,svg .axis{{fill:var(--dim)}}
svg .axis{{font-style:italic}}svg .end{{text-anchor:end}}svg .middle{{text-anchor:middle}}
svg rect{{fill:var(--bar)}}svg circle{{fill:var(--dot)}}svg .grid{{stroke:var(--line)}}
details{{margin:6px 0}}summary{{cursor:pointer;font-weight:600}}div.wide{{overflow-x:auto}}
table{{border-collapse:collapse;background:var(--card);font-size:13px;margin:6px 0}}
th,td{{border:1px solid var(--line);padding:3px 8px;text-align:left}}td.number{{text-align:right}}
"""


def page(name: str, found: Survey) -> str:
    """Return one self-contained HTML page with charts and tables of a build."""
    splits = ", ".join(f"{found.splits[split]} {split}" for split in SPLITS if split in found.splits)
    sections = [("answers", "Answers by task", _ANSWERS, _answer_charts(found))]
    sections.append(("difficulty", "Difficulty by level", _DIFFICULTY, _difficulty_charts(found)))
    if found.pictures:
        sections.append(("pictures", "Picture sizes", _PICTURES, _picture_charts(found)))
    links = "".join(f'<a href="#{anchor}">{escape(title)}</a>' for anchor, title, *_ in sections)
    drawn = "".join(
        f'<h2 id="{anchor}">{escape(title)}</h2><p>{escape(about)}</p>{"".join(charts)}'
        for anchor, title, about, charts in sections
    )
    body = (
        f"<h1>{escape(name)}</h1>"
        f"<p>{found.rows} rows ({splits}), {len(found.families)} games, {len(found.answers)} tasks.</p>"
        f'<nav>{links}<a href="#tables">Tables</a></nav>{drawn}'
        f'<h2 id="tables">Tables</h2>{"".join(map(_html_table, tables(found)))}'
    )
    return frame(f"{name}: statistics", STYLE, body, sealed=False)


_ANSWERS = (
    "How often each answer is the right one. Choice questions: the letters. Numbers with many values: ranges of equal"
    " width. Others: the most frequent answers, then all further ones together."
)
_DIFFICULTY = (
    "Work of the worked solution: smallest to largest (bar) and mean (dot, number). Each task has its own scale."
)
_PICTURES = "Smallest to largest width and height (bar) and mean (dot, number), and mean size of the PNG files."


def _answer_charts(found: Survey) -> Iterator[str]:
    for game in sorted(found.families):
        charts = [
            chart(f"{task} ({answers.kind})", ("answer", "share of rows"), _answer_marks(answers), "{:.0%}".format)
            for (name, task), answers in sorted(found.answers.items())
            if name == game
        ]
        yield f'<h3>{escape(game)}</h3><div class="charts">{"".join(charts)}</div>'


def _answer_marks(answers: Answers) -> list[Mark]:
    counts = [*_bars(answers)]
    return [Mark(label, 0, rows / answers.rows, f"{rows / answers.rows:.1%}") for label, rows in counts]


def _bars(answers: Answers) -> Iterator[tuple[str, int]]:
    """Yield label and rows of each bar."""
    if answers.kind == AnswerKind.CHOICE:
        yield from ((letter, answers.counts[letter]) for letter in LETTERS if letter <= max(answers.counts))
    elif answers.kind in (AnswerKind.INTEGER, AnswerKind.NUMBER):
        yield from _histogram({float(answer): rows for answer, rows in answers.counts.items()})
        if answers.rest:
            yield "further answers", answers.rest
    else:
        ranked = answers.ranked()
        yield from ranked[:BARS]
        if rest := sum(rows for _, rows in ranked[BARS:]) + answers.rest:
            yield f"{len(ranked) - BARS} others" if not answers.rest else "all others", rest


def _histogram(counts: dict[float, int]) -> Iterator[tuple[str, int]]:
    """Yield a few values in order, or ranges of equal width where there are many: of whole width for whole numbers."""
    whole = all(value == int(value) for value in counts)
    span = max(counts) - min(counts)
    width = -(-(span + 1) // BARS) if whole else _step(span, BARS)
    if len(counts) <= BARS and (width > 1 or not whole):
        yield from ((f"{value:g}", rows) for value, rows in sorted(counts.items()))
        return
    bars: Counter[int] = Counter()
    for value, rows in counts.items():
        bars[floor(value / width + 1e-9)] += rows
    for place in range(min(bars), max(bars) + 1):
        end = f" to {place * width + width - 1:g}" if whole else f" to below {place * width + width:g}"
        yield f"{place * width:g}{end if width > 1 or not whole else ''}", bars[place]


def _difficulty_charts(found: Survey) -> Iterator[str]:
    for game in sorted(found.families):
        charts = []
        for name, task in sorted(found.answers):
            levels = {level.value: found.difficulty.get((name, task, level.value)) for level in Level}
            marks = [_range_mark(level, held) for level, held in levels.items() if held]
            if name == game:
                charts.append(chart(task, ("level", "difficulty"), marks))
        yield f'<h3>{escape(game)}</h3><div class="charts">{"".join(charts)}</div>'


def _range_mark(label: str, held: Range) -> Mark:
    return Mark(label, held.low, held.high, f"{held.mean:.1f}", held.mean)


def _picture_charts(found: Survey) -> Iterator[str]:
    sizes = sorted(found.pictures.items())
    charts = [
        chart("Width", ("game", "pixels"), [_range_mark(game, size.width) for game, size in sizes]),
        chart("Height", ("game", "pixels"), [_range_mark(game, size.height) for game, size in sizes]),
        chart(
            "Mean size of a PNG file",
            ("game", "kB"),
            [Mark(game, 0, size.size.mean / 1000, f"{size.size.mean / 1000:.1f}") for game, size in sizes],
        ),
    ]
    yield f'<div class="charts">{"".join(charts)}</div>'


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in table.head)
    rows = "".join(f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in table.rows)
    about = f"<p>{escape(table.about)}</p>" if table.about else ""
    return (
        f"<details><summary>{escape(table.title)}</summary>{about}"
        f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div></details>'
    )


def _html_cell(value: Any) -> str:
    return f"<td>{escape(value)}</td>" if isinstance(value, str) else f'<td class="number">{shown(value)}</td>'
