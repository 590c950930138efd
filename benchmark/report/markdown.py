"""The report of one run as Markdown."""

import re
from collections.abc import Iterator, Sequence

from ..records import Graded, Results, View, ViewResults
from ..tables import markdown_table
from . import content
from .content import Example, Table


def markdown(results: Results, graded: Sequence[Graded]) -> str:
    """Return the report of a run as Markdown.

    Args:
        results: what was measured.
        graded: the replies it was measured on; some of them are shown.
    """
    return "\n\n".join(_blocks(results, graded)) + "\n"


def inline(text: str) -> str:
    """Return text that stands for itself in a line or a cell of Markdown.

    >>> print(inline("<b> *x* maze_3d"))
    \\<b\\> \\*x\\* maze_3d
    """
    return re.sub(r"([\\`*\[\]<>&~]|^#|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", " ".join(content.clean(text).split()))


def table(found: Table) -> str:
    """Return a table whose cells stand for themselves."""
    return markdown_table(tuple(map(inline, found.head)), [tuple(map(inline, row)) for row in found.rows])


def _blocks(results: Results, graded: Sequence[Graded]) -> Iterator[str]:
    yield f"# {inline(results.name)}"
    for text in content.warnings(results):
        yield f"> **WARNING: {inline(text)}**"
    yield from _table(content.headline(results))
    if line := content.judge_line(results):
        yield inline(line)
    for found in content.gain_tables(results):
        yield from _table(found)
    for view, measured in results.views.items():
        yield from _heat_map(view, measured, content.is_judged(results))
    for title, found in zip(("Worst tasks", "Best tasks"), content.examples(results, graded), strict=True):
        if found:
            yield f"## {title}"
        for example in found:
            yield from _example(example)
    for view, measured in results.views.items():
        yield f"## All tables, view: {view}"
        for found in content.dimension_tables(measured, content.is_judged(results)):
            yield from _table(found, "###")
    yield "## About this run"
    yield "\n".join(f"- {inline(fact)}: {inline(text)}" for fact, text in content.facts(results))


def _table(found: Table, mark: str = "##") -> Iterator[str]:
    if not found.rows:
        return
    yield f"{mark} {inline(found.title)}"
    if found.about:
        yield inline(found.about)
    yield table(found)


def _heat_map(view: View, measured: ViewResults, judged: bool) -> Iterator[str]:
    rows = [
        (game, *("–" if cell is None else content.both(cell) for cell in cells))
        for game, cells in content.heat_rows(measured)
    ]
    about = "Share of right replies by sample" + (": rules / rules and judge." if judged else ".")
    yield from _table(
        Table(f"Game and level, view: {view}", about, ("game", *content.levels(measured), "all levels"), rows)
    )


def _example(example: Example) -> Iterator[str]:
    one = example.shown
    yield f"### {inline(example.task)}: {content.told(example.cell)}"
    facts = [("question", one.reply.data_id), *content.outcome(one)]
    yield "\n".join(f"- {name}: {inline(text)}" for name, text in facts)
    yield _fenced(content.shorten(content.clean(one.reply.reply), content.REPLY))


def _fenced(text: str) -> str:
    """Return text as a block that no run of backticks within it can end."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
