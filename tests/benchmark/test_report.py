import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from random import Random

import pytest
from gameqa.benchmark import report
from gameqa.benchmark.metrics import measure
from gameqa.benchmark.records import DIMENSIONS, Cell, Graded, Reply, Results, Verdict, View
from gameqa.benchmark.report import content, html
from gameqa.benchmark.scoring import graded_by_rules, made_questions
from PIL import Image

import gameqa
from gameqa.core.sample import Sample

GAMES = ("tictactoe", "sokoban", "snake")
LEVELS = ("Easy", "Medium", "Hard")
JUDGE = "Judge-72B"
HOSTILE = (
    "a | b\n<script>alert(1)</script></pre><img src=http://evil.test/x.png onerror=alert(1)> ```\n````\n"
    "# not a heading\n![x](http://evil.test/y.png) \x00\ud800"
)
VOID = {"meta", "img", "br"}


class Node:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Node | None"):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Node] = []
        self.words: list[str] = []

    def all(self, tag: str, kind: str = "") -> Iterator["Node"]:
        for child in self.children:
            if child.tag == tag and kind in child.attributes.get("class", ""):
                yield child
            yield from child.all(tag, kind)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def cells(self) -> list[str]:
        return [child.text for child in self.children]


class Reader(HTMLParser):
    """Reads a page into a tree, and insists that every element is closed where it should be."""

    def __init__(self, page: str):
        super().__init__()
        self.root = self.now = Node("", {}, None)
        self.feed(page)
        self.close()
        assert self.now is self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.now)
        self.now.children.append(node)
        if tag not in VOID:
            self.now = node

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.now.tag
        assert self.now.parent is not None
        self.now = self.now.parent

    def handle_data(self, data: str) -> None:
        node: Node | None = self.now
        while node is not None:
            node.words.append(data)
            node = node.parent


@cache
def samples() -> list[Sample]:
    return list(gameqa.generate(games=GAMES, split="test", per_task=2))


def replies(view: View = View.PICTURE, skill: float = 0.6, known: bool = True, wrong: str = HOSTILE) -> list[Graded]:
    rng = Random(view)
    found: list[Graded] = []
    for sample in samples():
        said = f"Answer: {sample.answer}" if rng.random() < skill else wrong
        finish = rng.choice(("stop", "length")) if known else ""
        reply = Reply(data_id=sample.data_id, reply=said, view=view, finish=finish)
        found.append(graded_by_rules(sample.row(image=False), reply))
    return found


def judged(graded: Sequence[Graded]) -> list[Graded]:
    rng = Random(1)
    words = (Verdict.RIGHT, Verdict.WRONG, Verdict.UNJUDGED)
    return [one if one.parsable else replace(one, verdict=rng.choice(words)) for one in graded]


def results(graded: Sequence[Graded], name: str = "model", judge: str = "", **about: str) -> Results:
    return measure(graded, name, name, judge, "unparsed" if judge else "", {"data": "bench", "release": "1", **about})


@cache
def whole() -> tuple[Results, tuple[Graded, ...]]:
    graded = judged([*replies(), *replies(View.BLIND, 0.2)])
    return results(graded, judge=JUDGE, warning="the endpoint drops pictures"), tuple(graded)


@cache
def whole_page() -> str:
    return report.page(*whole(), made_questions)


@cache
def whole_markdown() -> str:
    return report.markdown(*whole())


def numbers(cell: Cell) -> list[str]:
    """What a row of a table must hold, written down apart from the code under test."""
    told = [str(cell.n), str(cell.boards)]
    for share in (cell.by_sample, cell.with_judge, cell.by_task):
        told.append(f"{100 * share.value:.1f}%" if share else "none judged")
        if share:
            told.append(f"({100 * share.low:.1f} to {100 * share.high:.1f})")
    told += [str(cell.unjudged), f"{100 * cell.unparsable:.1f}%", f"{100 * cell.chance:.1f}%"]
    return [*told, "not known" if cell.cut is None else f"{100 * cell.cut:.1f}%"]


def holds(row: Sequence[str], cell: Cell) -> bool:
    left = Counter(word for text in row for word in re.findall(r"\([^)]*\)|none judged|not known|[^\s]+", text))
    return not Counter(numbers(cell)) - left


def markdown_rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in outside(text) if line.startswith("|")
    ]


def outside(text: str) -> Iterator[str]:
    """Yield the lines of Markdown that stand in no fenced block."""
    fence = ""
    for line in text.split("\n"):
        if fence:
            if re.fullmatch(f"{fence}`* *", line):
                fence = ""
        elif mark := re.match("`{3,}", line):
            fence = mark[0]
        else:
            yield line
    assert not fence


@pytest.mark.parametrize("kind", ["markdown", "page"])
def test_every_measured_number_is_told(kind: str) -> None:
    measured, _ = whole()
    if kind == "page":
        rows = [row.cells() for row in Reader(whole_page()).root.all("tr")]
    else:
        rows = markdown_rows(whole_markdown())
    for view, found in measured.views.items():
        assert any(row[0] == view and holds(row, found.overall) for row in rows)
        for dimension in DIMENSIONS:
            for name, cell in found.by[dimension].items():
                assert any(row[0] == name and holds(row, cell) for row in rows), (view, dimension, name)
    for groups in measured.gain.values():
        for name, gain in groups.items():
            difference = f"{100 * gain.difference.value:+.1f} ({100 * gain.difference.low:+.1f} to"
            wanted = [name, str(gain.n), f"{gain.seeing:.1%}", f"{gain.blind:.1%}"]
            assert any(row[:4] == wanted and row[4].startswith(difference) for row in rows), name


@pytest.mark.parametrize("make", [whole_page, whole_markdown])
def test_judge_warning_and_facts_are_told(make) -> None:
    text = make()
    _, graded = whole()
    unjudged = sum(one.verdict is Verdict.UNJUDGED for one in graded)
    assert unjudged > 0
    assert f"{unjudged} of them are unjudged" in text
    assert JUDGE in text
    assert "unparsed" in text
    assert text.index("the endpoint drops pictures") < text.index("by sample")
    assert text.count("the endpoint drops pictures") == 1
    assert "bench" in text[text.index("About this run") :]


def test_shares_by_rules_never_stand_alone_where_there_is_a_judge() -> None:
    for table in Reader(whole_page()).root.all("table"):
        head = next(iter(table.all("tr"))).cells()
        if "by sample, rules" in head:
            assert head[head.index("by sample, rules") + 1] == "by sample, rules and judge"
    for cell in Reader(whole_page()).root.all("td", "h"):
        assert re.fullmatch(r"[\d.]+% / ([\d.]+%|none judged)", cell.text)


def test_without_a_judge_none_is_mentioned() -> None:
    graded = replies()
    found = results(graded)
    for text in (report.markdown(found, graded), report.leaderboard([found])):
        assert "judge" not in text.lower()
    assert "judge" not in " ".join(
        node.text for node in Reader(report.page(found, graded, made_questions)).root.all("table")
    )


def test_heat_map_has_a_cell_for_each_game_and_level() -> None:
    measured, _ = whole()
    maps = list(Reader(whole_page()).root.all("table", "heat"))
    assert len(maps) == len(measured.views)
    for drawn, found in zip(maps, measured.views.values(), strict=True):
        head, *rows = [row.cells() for row in drawn.all("tr")]
        assert head == ["game", *LEVELS, "all levels"]
        assert {row[0] for row in rows} == {*GAMES}
        for game, *cells in rows:
            for level, shown in zip(LEVELS, cells, strict=False):
                assert shown.startswith(f"{found.by['game and level'][f'{game}/{level}'].by_sample.value:.1%} /")
            assert cells[3].startswith(f"{found.by['game'][game].by_sample.value:.1%} /")


def test_a_level_without_replies_leaves_a_gap() -> None:
    graded = [one for one in replies() if (one.game, one.plot_level) != ("snake", "Hard")]
    [drawn] = Reader(report.page(results(graded), graded, made_questions)).root.all("table", "heat")
    [snake] = [row for row in (row.cells() for row in drawn.all("tr")) if row[0] == "snake"]
    assert [cell == "–" for cell in snake] == [False, False, False, True, False]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_heat_colours_are_readable_and_ordered(scheme: str) -> None:
    backs = []
    for back, ink in html.heat_colors(scheme):
        bright = html.luminance(bytes.fromhex(back[1:]))
        text = html.luminance(bytes.fromhex(ink[1:]))
        assert (max(bright, text) + 0.05) / (min(bright, text) + 0.05) >= 4.5
        backs.append(bright)
    assert backs == sorted(backs, reverse=scheme == "light")
    assert len({*backs}) == len(backs)


@pytest.mark.parametrize("page", [whole_page, lambda: report.leaderboard_page([whole()[0]])])
def test_the_page_loads_and_runs_nothing(page) -> None:
    text = page()
    assert len(text) < 5_000_000
    tree = Reader(text).root
    tags = {"script", "link", "iframe", "object", "base", "form"}
    assert not [tag for tag in tags for _ in tree.all(tag)]
    for node in (node for tag in ("img", "a", "p", "td", "pre", "i") for node in tree.all(tag)):
        assert not [name for name in node.attributes if name.startswith("on")]
        assert node.attributes.get("src", "data:").startswith("data:image/") or node.tag != "img"
        assert node.attributes.get("href", "#").startswith("#")
    [style] = tree.all("style")
    assert not re.search(r"url\(|@import|http", style.text)
    text.encode()  # no half of a character is left


def test_hostile_replies_stay_text() -> None:
    graded = replies(skill=0)
    page = report.page(results(graded, "<b>|evil"), graded, made_questions)
    shown = [node.text for node in Reader(page).root.all("pre")]
    assert len(shown) == 6
    assert all("<script>alert(1)</script></pre><img" in reply for reply in shown)
    text = report.markdown(results(graded, "<b>|evil"), graded)
    lines = list(outside(text))
    assert not [line for line in lines if "script" in line or "evil.test" in line or line == "# not a heading"]
    assert lines[0] == r"# \<b\>|evil"
    widths = {len(row) for row in markdown_rows(report.leaderboard([results(graded, "<b>|evil")]))}
    assert len(widths) == 1
    text.encode()


def test_long_replies_and_large_pictures_are_cut_down() -> None:
    noise = BytesIO()
    Image.frombytes("RGB", (1500, 1500), Random(1).randbytes(3 * 1500**2)).save(noise, "PNG")
    graded = replies(wrong=f"start {'x' * 100_000} end")
    page = report.page(results(graded), graded, lambda data_id: {"query": "?", "image": {"bytes": noise.getvalue()}})
    tree = Reader(page).root
    assert len(list(tree.all("img"))) == 6
    assert len(page) < 5_000_000
    cut = [node.text for node in tree.all("pre") if node.text.startswith("start")]
    assert cut
    for reply in cut:
        assert reply.endswith(" end")
        assert "characters left out" in reply
        assert len(reply) < 2000


def test_examples_are_the_worst_and_the_best_tasks_with_all_that_belongs_to_them() -> None:
    measured, graded = whole()
    worst, best = content.examples(measured, graded)
    shares = {task: cell.by_sample.value for task, cell in measured.views[View.PICTURE].by["task"].items()}
    ranked = sorted(shares.values())
    assert [shares[one.task] for one in worst] == ranked[:3]
    assert [shares[one.task] for one in best] == ranked[:-4:-1]
    assert all(one.shown.reply.view is View.PICTURE for one in [*worst, *best])
    assert not any(one.shown.right for one in worst)
    assert all(one.shown.right for one in best)
    cards = list(Reader(whole_page()).root.all("article"))
    for card, example in zip(cards, [*worst, *best], strict=True):
        sample = gameqa.from_data_id(example.shown.reply.data_id)
        assert len(list(card.all("img"))) == 1
        for part in (example.task, sample.data_id, sample.query, sample.answer, *sample.options, example.shown.reason):
            assert part in card.text


def test_a_reply_shown_of_a_bad_task_is_wrong_and_of_a_good_one_right() -> None:
    half = [replace(one, right=place % 2 == 0) for place, one in enumerate(replies())]
    for order in (half, half[::-1]):
        worst, best = content.examples(results(order), order)
        assert [one.shown.right for one in [*worst, *best]] == [False] * 3 + [True] * 3


def test_tasks_with_few_replies_are_examples_only_when_no_other_is() -> None:
    graded = [one for one in replies() if one.game == "snake" or one.plot_level == "Easy"]
    assert {one.task.split("/")[0] for side in content.examples(results(graded), graded) for one in side} == {"snake"}
    few = [one for one in graded if one.plot_level == "Easy"]
    assert [len(side) for side in content.examples(results(few), few)] == [3, 3]


@pytest.mark.parametrize("view", [*View])
def test_a_run_of_one_view_and_one_reply(view: View) -> None:
    graded = replies(view, known=False)[:1]
    found = results(graded)
    page, text = report.page(found, graded, lambda data_id: None), report.markdown(found, graded)
    assert "not known" in page
    assert "not known" in text
    assert "Seeing and blind" not in page + text
    assert len(list(Reader(page).root.all("article"))) == 1


def test_a_run_without_replies() -> None:
    empty = Results("nothing", "nothing", {})
    assert report.markdown(empty, []).startswith("# nothing\n")
    assert "There are no replies." in Reader(report.page(empty, [], lambda data_id: None)).root.text
    assert "nothing" not in report.leaderboard([empty])
    Reader(report.leaderboard_page([]))


def test_leaderboard_ranks_runs_and_tells_same_names_apart() -> None:
    skills = (0.3, 0.9, 0.6)
    runs = [results(replies(skill=skill, wrong="no idea")) for skill in skills]
    head, _, *rows = markdown_rows(report.leaderboard(runs))
    assert [row[0] for row in rows] == ["model #2", "model #3", "model #1"]
    for row, run in zip(rows, [runs[1], runs[2], runs[0]], strict=True):
        told = dict(zip(head, row, strict=True))
        found = run.views[View.PICTURE]
        assert told["by sample"].startswith(f"{found.overall.by_sample.value:.1%} (")
        assert told["by task"].startswith(f"{found.overall.by_task.value:.1%} (")
        assert told["unparsable"] == f"{found.overall.unparsable:.1%}"
        for name, cell in [*found.by["category"].items(), *found.by["plot_level"].items()]:
            assert told[name] == f"{cell.by_sample.value:.1%}"
        domains = [told[f"{name} domain"] for name in ("in", "out of")]
        assert domains == [
            f"{cell.by_sample.value:.1%}" if (cell := found.by["domain"].get(name)) else "–" for name in ("in", "out")
        ]
    page = Reader(report.leaderboard_page(runs)).root
    assert [row.cells() for row in page.all("tr")] == [head, *rows]


def test_leaderboard_shows_both_numbers_beside_each_other_and_the_blind_floor() -> None:
    plain = results(replies(skill=0.1), "plain")
    head, _, first, second = markdown_rows(report.leaderboard([plain, whole()[0]]))
    told = dict(zip(head, first, strict=True))
    overall = whole()[0].views[View.PICTURE].overall
    [gain] = whole()[0].gain["overall"].values()
    assert overall.with_judge is not None
    assert head[head.index("by sample, rules") + 1] == "by sample, rules and judge"
    assert told["by sample, rules and judge"].startswith(f"{overall.with_judge.value:.1%}")
    assert told["judge"] == f"{JUDGE} (unparsed)"
    assert told["unjudged"] == str(overall.unjudged)
    assert told["blind"] == f"{gain.blind:.1%}"
    assert told["seeing minus blind, points"].startswith(f"{100 * gain.difference.value:+.1f} ")
    assert re.fullmatch(r"[\d.]+% / [\d.]+%", told["Easy"])
    assert dict(zip(head, second, strict=True))["judge"] == "–"


def test_leaderboard_marks_runs_that_were_asked_other_questions() -> None:
    runs = [
        results(replies(skill=1), "elsewhere", data="me/other"),
        results(replies(skill=1)[:9], "short"),
        results(replies(View.TEXT, skill=1), "reader"),
        results(replies(skill=0.2), "low"),
        results(replies(skill=0.5), "high"),
    ]
    text = report.leaderboard(runs)
    names = [row[0] for row in markdown_rows(text)[2:]]
    assert names[:2] == ["high", "low"]
    assert {*names[2:]} == {"elsewhere †", "short †", "reader †"}
    assert "elsewhere †: not comparable with the unmarked runs: data me/other instead of bench." in text
    assert f"questions 9 instead of {len(samples())}." in text
    assert "view text instead of picture." in text
    assert len(list(Reader(report.leaderboard_page(runs)).root.all("p", "loud"))) == 3
