"""The report of one run as a page of its own, with the pictures of the examples in it; needs no network."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gameqa.tools.html import data_url

from ..records import Graded, Results, View, ViewResults
from ..scoring import Questions, png_of
from . import content
from .content import Example, Table
from .html import bars, frame, heat_map, table, text

QUESTION = 2400
"""Characters of a question that are shown."""

PICTURE = 400_000
"""Bytes of a picture above which a smaller copy of it is shown, so that a page stays below 5 MB."""

BARS = ("domain", "category", "qa_type", "plot_level")
"""Dimensions that are drawn as bars."""

VIEWS = {
    View.PICTURE: "with the picture",
    View.TEXT: "with the state as text instead of the picture",
    View.BLIND: "without the picture: the floor",
}


def page(results: Results, graded: Sequence[Graded], questions: Questions) -> str:
    """Return the report of a run as one self-contained HTML page.

    Args:
        results: what was measured.
        graded: the replies it was measured on; some of them are shown.
        questions: gives the columns of the shown questions, with or without `image`.
    """
    body = "".join(_sections(results, graded, questions))
    return frame(f"{results.name}: gameqa", body)


def _sections(results: Results, graded: Sequence[Graded], questions: Questions) -> Iterator[str]:
    judged = content.is_judged(results)
    yield f"<h1>{text(results.name)}</h1>"
    for warning in content.warnings(results):
        yield f'<p class="loud" role="alert">Warning: {text(warning)}</p>'
    yield _navigation(results)
    if not results.views:
        yield "<p>There are no replies.</p>"
    yield _tiles(results)
    if line := content.judge_line(results):
        yield f"<p><b>{text(line)}</b></p>"
    yield f'<p class="dim">{text(content.NOTES)}</p>{table(content.headline(results))}'
    yield from _gain(results)
    for view, found in results.views.items():
        yield from _view(view, found, judged)
    for title, shown in zip(("Worst tasks", "Best tasks"), content.examples(results, graded), strict=True):
        if shown:
            cards = "".join(_card(example, questions(example.shown.reply.data_id)) for example in shown)
            yield f'<h2 id="{title.split()[0].lower()}">{title}</h2><div class="cards">{cards}</div>'
    yield '<h2 id="tables">All tables</h2>'
    for view, found in results.views.items():
        yield from (_folded(made, view) for made in content.dimension_tables(found, judged))
    yield f'<h2 id="about">About this run</h2>{_list(content.facts(results))}'


def _navigation(results: Results) -> str:
    views = [(f"view-{view}", f"View: {view}") for view in results.views]
    fixed = [("worst", "Worst tasks"), ("best", "Best tasks"), ("tables", "All tables"), ("about", "About")]
    links = "".join(f'<a href="#{anchor}">{title}</a>' for anchor, title in [*views, *fixed])
    return f"<nav>{links}</nav>"


def _tiles(results: Results) -> str:
    view = content.main_view(results)
    if view is None:
        return ""
    cell, judged = results.views[view].overall, content.is_judged(results)
    tiles = [_tile("by sample, rules" if judged else "by sample", content.with_interval(cell.by_sample))]
    if judged:
        tiles.append(_tile("by sample, rules and judge", content.with_interval(cell.with_judge)))
        tiles.append(_tile("unjudged", str(cell.unjudged)))
    tiles.append(_tile("by task, rules" if judged else "by task", content.with_interval(cell.by_task)))
    tiles.append(_tile("chance", content.percent(cell.chance)))
    gains = results.gain.get("overall", {}).values()
    tiles += [_tile("seeing minus blind, points", content.points(found.difference)) for found in gains]
    tiles += [_tile("unparsable", content.percent(cell.unparsable)), _tile("cut off", content.percent(cell.cut))]
    return f'<p class="dim">{cell.n} questions {VIEWS[view]}</p><div class="tiles">{"".join(tiles)}</div>'


def _tile(name: str, told: str) -> str:
    value, _, interval = told.partition(" (")
    return f"<div><span>{name}</span><b>{value}</b><small>{interval.rstrip(')')}</small></div>"


def _gain(results: Results) -> Iterator[str]:
    for made in content.gain_tables(results):
        about = f'<p class="dim">{text(made.about)}</p>' if made.about else ""
        yield f"<h2>{text(made.title)}</h2>{about}{table(made)}" if about else _folded(made)


def _view(view: View, found: ViewResults, judged: bool) -> Iterator[str]:
    yield f'<h2 id="view-{view}">View: {view}</h2><p class="dim">{found.overall.n} questions {VIEWS[view]}.</p>'
    both = " The second number is with the judge." if judged else ""
    yield f'<h3>Game and level</h3><p class="dim">Share of right replies, by sample.{both}</p>'
    yield heat_map(("game", *content.levels(found), "all levels"), content.heat_rows(found))
    diamond = ", diamond: with the judge" if judged else ""
    yield (
        f'<p class="dim">Bars below: share of right replies by the rules; whisker: 95% interval; dashed line: chance'
        f"{diamond}.</p>"
    )
    for dimension in BARS:
        if groups := found.by.get(dimension):
            yield f"<h3>By {dimension}</h3>{bars(groups.items())}"


def _folded(made: Table, view: View | None = None) -> str:
    title = f"{made.title}, view: {view}" if view else made.title
    return f"<details><summary>{text(title)}</summary>{table(made)}</details>" if made.rows else ""


def _list(items: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{text(name)}</dt><dd>{text(told)}</dd>' for name, told in items)}</dl>"


def _card(example: Example, row: Mapping[str, Any] | None) -> str:
    one = example.shown
    columns = row or {}
    asked = columns.get("query") or columns.get("question") or ""
    items = "".join(
        f"<li>{'<b>' if right else ''}{letter}. {text(option)}{' ✓</b>' if right else ''}</li>"
        for letter, option, right in content.lettered(one)
    )
    options = f'<ul class="options">{items}</ul>' if items else ""
    return (
        f'<article><h3>{text(example.task)}</h3><p class="dim">{content.told(example.cell)}</p>{_picture(columns, one)}'
        f'<p class="asked">{text(content.shorten(asked, QUESTION))}</p>'
        f"{options}{_list([*content.outcome(one), ('question', one.reply.data_id)])}"
        f"<pre>{text(content.shorten(one.reply.reply, content.REPLY)) or '(empty reply)'}</pre></article>"
    )


def _picture(row: Mapping[str, Any], one: Graded) -> str:
    png = png_of(row)
    if png is None:
        return ""
    unseen = "" if one.reply.view is View.PICTURE else '<p class="dim">The model was not shown this picture.</p>'
    kind, data = ("png", png) if len(png) <= PICTURE else ("jpeg", _smaller(png))
    return f'<img src="{data_url(data, kind)}" alt="picture of {text(one.reply.data_id)}">{unseen}'


def _smaller(png: bytes) -> bytes:
    """Return a copy of a picture as JPEG, 800 pixels at most on a side."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    image.thumbnail((800, 800))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
