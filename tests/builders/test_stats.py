"""Statistics and the card: what they tell is what the rows hold, counted here once more by other means."""

import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from gameqa.builders import stats, survey
from gameqa.builders.build import build, verify
from gameqa.builders.card import CANARY, card
from gameqa.builders.recipes import Recipe
from gameqa.builders.schema import write_parquet
from gameqa.builders.stats import Mark, Share, chart, page, plain, tables
from gameqa.builders.survey import Answers, Survey, data_files, read
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gameqa import cli
from gameqa.core.errors import GameQAError, UsageError

RECIPE = Recipe("two", "Two.", {"train": 2, "test": 1}, games=("snake", "tictactoe"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished build. Read it, never change it."""
    out = tmp_path_factory.mktemp("stats") / "two"
    build(RECIPE, out, workers=1)
    return out


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, Any]]:
    return [row for path in sorted(folder.glob("data/*/*")) for row in pq.read_table(path).to_pylist()]


@pytest.fixture(scope="module")
def found(folder: Path) -> Survey:
    return read(data_files(folder))


@pytest.fixture
def told(found: Survey) -> dict[str, list[dict[str, Any]]]:
    return plain(tables(found))


def test_rows_are_counted(told: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]]) -> None:
    for name, column, field in (
        ("games", "game_name", "game"),
        ("levels", "plot_level", "level"),
        ("answer_kinds", "answer_kind", "answer"),
    ):
        assert {line[field]: line["all"] for line in told[name]} == Counter(row[column] for row in rows)
        for split in ("train", "validation", "test"):
            counts = Counter(row[column] for row in rows if row["split"] == split)
            assert {line[field]: line[split] for line in told[name] if line[split]} == counts
    tasks = Counter((row["game_name"], row["task"], row["answer_kind"]) for row in rows)
    assert {(line["game"], line["task"], line["answer"]): line["all"] for line in told["tasks"]} == tasks
    for line in told["tasks"]:
        assert line["Easy"] + line["Medium"] + line["Hard"] == line["train"] + line["test"] == line["all"]


def test_answers_are_counted(told: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]]) -> None:
    letters = Counter(row["answer"] for row in rows if row["answer_kind"] == "choice")
    assert {line["letter"]: line["rows"] for line in told["letters"]} == letters
    assert sum(line["share"] for line in told["letters"]) == pytest.approx(1)
    for line in told["letters_by_options"]:
        size = int(line["options"].split()[0])
        held = [row["answer"] for row in rows if row["answer_kind"] == "choice" and len(row["options"]) == size]
        assert line["rows"] == len(held) and line["A"] == held.count("A") / len(held)
        assert all(line[letter] is None for letter in list(line)[2 + size :])
    assert {line["task"] for line in told["fill_in"]} == {row["task"] for row in rows if row["answer_kind"] != "choice"}
    for line in told["fill_in"]:
        counts = Counter(row["answer"] for row in rows if row["task"] == line["task"])
        assert line["different answers"] == len(counts)
        assert line["share"] == max(counts.values()) / line["rows"] == counts[line["most frequent"]] / counts.total()


def test_difficulty_and_pictures_are_measured(
    told: dict[str, list[dict[str, Any]]], rows: list[dict[str, Any]]
) -> None:
    for line in told["difficulty"]:
        for level in ("Easy", "Medium", "Hard"):
            held = [row["difficulty"] for row in rows if (row["task"], row["plot_level"]) == (line["task"], level)]
            assert line[level] == pytest.approx(sum(held) / len(held))
    for line in told["pictures"]:
        pictures = [row["image"]["bytes"] for row in rows if row["game_name"] == line["game"]]
        sizes = [Image.open(BytesIO(png)).size for png in pictures]
        for place, name in enumerate(("width (px)", "height (px)")):
            held = {size[place] for size in sizes}
            assert line[name] == (f"{min(held)} to {max(held)}" if len(held) > 1 else str(*held))
        assert line["mean PNG (kB)"] == pytest.approx(sum(map(len, pictures)) / len(pictures) / 1000)
        assert line["largest PNG (kB)"] == max(map(len, pictures)) / 1000


def test_the_card_is_a_function_of_the_rows(folder: Path, found: Survey) -> None:
    identity = json.loads((folder / "manifest.json").read_text())
    text = card(RECIPE, identity, found)
    assert text == (folder / "README.md").read_text()
    assert text == card(RECIPE, identity, read(reversed(data_files(folder))))


def test_the_card_tells_what_a_reader_needs(folder: Path, found: Survey) -> None:
    text = (folder / "README.md").read_text()
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "apache-2.0" and head["language"] == ["en"]
    assert head["task_categories"] == ["visual-question-answering", "image-text-to-text"]
    assert head["size_categories"] == ["n<1K"] and len(head["tags"]) == len(set(head["tags"]))
    assert {"default", "snake", "tictactoe"} <= {config["config_name"] for config in head["configs"]}
    for heading in ("Examples", "Contents", "How labels are made and checked", "Limits", "How to rebuild", "Citation"):
        assert f"\n## {heading}\n" in text
    for table in tables(found):
        assert f"\n### {table.title}\n" in text
    assert "2505.13886" in text and "@software{gameqa" in text
    assert text.count(CANARY) == 1
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_examples_lie_next_to_the_card(folder: Path, found: Survey, rows: list[dict[str, Any]]) -> None:
    text = (folder / "README.md").read_text()
    links = re.findall(r"!\[.*\]\((.*)\)", text)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    assert links and links == [path.relative_to(folder).as_posix() for path in sorted(folder.glob("assets/*"))]
    assert len(found.examples) == len({row["game_category"] for row in rows})
    by_id = {row["data_id"]: row for row in rows}
    for example, link in zip(found.examples, links, strict=True):
        row, png = by_id[example.data_id], (folder / link).read_bytes()
        assert row["split"] == "train" and png == row["image"]["bytes"] and len(png) <= survey.EXAMPLE_BYTES
        assert row["query"] in text and f"Answer: {row['answer']}" in text and all(o in text for o in row["options"])
        assert files[link] == {"sha256": sha256(png).hexdigest(), "bytes": len(png)}
    assert verify(folder) == []


def test_pictures_of_an_earlier_build_are_removed(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "two"
    shutil.copytree(folder, out)
    mine, old = out / "assets" / "logo.png", out / "assets" / "snake-head_position-easy-train-0-77.png"
    mine.write_bytes(b"mine")
    old.write_bytes(b"old")
    old.with_name(f"{old.name}.part").write_bytes(b"half")
    build(RECIPE, out, workers=1)
    assert mine.exists() and {path.name for path in out.glob("assets/*")} == {
        "logo.png",
        *(path.name for path in folder.glob("assets/*")),
    }


def test_a_build_without_pictures_or_test_split(tmp_path: Path) -> None:
    recipe = Recipe("text", "Text.", {"train": 1}, games=("tictactoe",), text=True)
    build(recipe, tmp_path / "text", workers=1)
    text = (tmp_path / "text" / "README.md").read_text()
    found = read(data_files(tmp_path / "text"))
    assert CANARY not in text and "![" not in text and not (tmp_path / "text" / "assets").exists()
    assert all(example.text_view in text and not example.png for example in found.examples) and found.examples
    assert "pictures" not in plain(tables(found)) and "Picture sizes" not in page("text", found)


def test_answers_beyond_the_bound_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "ANSWERS", 3)
    answers = Answers("text")
    for answer in "abcabcdefa":
        answers.add(answer)
    assert answers.ranked() == [("a", 3), ("b", 2), ("c", 2)] and (answers.rest, answers.rows) == (3, 10)


class Outline(HTMLParser):
    """Collect tags, and whatever a browser would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.fetched += [
            str(value) for name, value in attrs if name in ("src", "href") and not str(value).startswith("#")
        ]


def test_the_page_is_self_contained(found: Survey) -> None:
    text = page("a <b> & c", found)
    outline = Outline(text)
    assert outline.fetched == [] and not outline.tags & Counter(["script", "link", "img"])
    assert "url(" not in text and "@import" not in text and "a &lt;b&gt; &amp; c" in text
    assert outline.tags["svg"] == 2 * len(found.answers) + 3
    assert outline.tags["table"] == len(tables(found))
    assert text == page("a <b> & c", found)


def drawn(text: str) -> tuple[list[ElementTree.Element], list[ElementTree.Element]]:
    """Return bars and words of a chart."""
    root = ElementTree.fromstring(text)
    return root.findall("rect"), root.findall("text")


number = st.floats(0, 1e9, allow_nan=False).map(lambda value: round(value, 3))


@given(st.lists(st.tuples(st.text(max_size=30), number, number), min_size=1, max_size=20))
def test_charts_hold_their_marks(values: list[tuple[str, float, float]]) -> None:
    printable = [("".join(filter(str.isprintable, label)), *sorted(span)) for label, *span in values]
    marks = [Mark(label, low, high, f"{high:g}", (low + high) / 2) for label, low, high in printable]
    bars, words = drawn(chart("<title>", ("rows & more", "number"), marks))
    assert len(bars) == len(marks)
    assert {"<title>", "rows & more", "number", "0"} <= {word.text for word in words}
    right = stats.LABEL + stats.PLOT
    highest = max(mark.high for mark in marks)
    for bar, mark in zip(bars, marks, strict=True):
        begin, width = float(bar.attrib["x"]), float(bar.attrib["width"])
        assert begin >= stats.LABEL and begin + width <= right + 0.2
        if mark.high == highest > 0:
            assert begin + width >= stats.LABEL + stats.PLOT / 2 - 1


whole, fraction = st.integers(-500, 5000).map(float), st.integers(-50, 3000).map(lambda value: value / 1000)


@given(st.one_of(st.dictionaries(kind, st.integers(1, 9), min_size=1, max_size=60) for kind in (whole, fraction)))
def test_histograms_lose_nothing(counts: dict[float, int]) -> None:
    bars = [*stats._histogram(counts)]
    assert sum(rows for _, rows in bars) == sum(counts.values()) and len(bars) <= stats.BARS + 1
    assert len({label for label, _ in bars}) == len(bars)
    if all("to" not in label for label, _ in bars):
        assert {float(label): rows for label, rows in bars if rows} == counts


def test_cells() -> None:
    assert [stats.shown(value) for value in (Share(1 / 3), 7, 2.25, "x")] == ["33.3%", "7", "2.2", "x"]


def command(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["gameqa", "stats", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_the_command(
    folder: Path, found: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, folder, "--json", "--html", tmp_path / "page.html") == 0
    assert json.loads(capsys.readouterr().out) == plain(tables(found))
    assert (tmp_path / "page.html").read_text() == page("two", found)
    assert command(monkeypatch, folder) == 0
    text = capsys.readouterr().out
    for table in tables(found):
        assert table.title in text and table.about in text
    assert "│ tictactoe │ cell_color           │ choice     │" in text and "\x1b" not in text


def broken(folder: Path, out: Path) -> Iterator[tuple[str, int]]:
    """Break a copy of a build in many ways; yield what the command must say, and its exit code."""
    path = out / "data" / "snake" / "train-00000-of-00001.parquet"
    name, whole = path.relative_to(out).as_posix(), (folder / path.relative_to(out)).read_bytes()
    table = pq.read_table(BytesIO(whole))
    yield f"{out} is no folder; give the folder of a finished build", 2
    out.mkdir()
    yield f"{out} holds no finished build: it has no manifest.json", 2
    shutil.rmtree(out)
    shutil.copytree(folder, out)
    path.unlink()
    yield f"{name} is missing from {out}, though its manifest.json lists it", 1
    for content in (b"", b"nonsense", whole[: len(whole) // 2], whole[:-400]):
        path.write_bytes(content)
        yield f"{path} cannot be read as a parquet file: ", 1
    pq.write_table(table.drop_columns(["answer"]), path)
    yield f"{path} holds no rows of gameqa: column 'answer' is missing", 1
    picture = pa.array([{"bytes": b"GIF89a", "path": "x"}] * len(table), table.schema.field("image").type)
    pq.write_table(table.set_column(table.schema.get_field_index("image"), "image", picture), path)
    yield f"{path} holds a picture that is no PNG", 1
    for manifest in (
        "",
        "[]",
        "{}",
        '{"complete": false, "files": {"a.parquet": {}}}',
        '{"complete": 1, "files": [1]}',
    ):
        (out / "manifest.json").write_text(manifest)
        yield f"{out} holds no finished build: its manifest.json is not complete or lists no data files", 2
    (out / "manifest.json").unlink()
    (out / "manifest.json").mkdir()
    yield f"{out} cannot be read: Is a directory", 2


def test_what_cannot_be_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for message, code in broken(folder, tmp_path / "two"):
        assert command(monkeypatch, tmp_path / "two") == code, message
        output, errors = capsys.readouterr()
        assert output == "" and errors.startswith(f"gameqa: {message}") and errors.count("\n") == 1


def test_errors_are_of_the_library(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        data_files(tmp_path / "nowhere")
    with pytest.raises(GameQAError, match="cannot be read as a parquet file: "):
        read([tmp_path / "nowhere.parquet"])


MEMORY = """
import sys
from pathlib import Path
from gameqa.builders.survey import read

def peak():
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

small, big = map(Path, sys.argv[1:])
read([small])
before = peak()
assert read([big]).rows == 8000
print(peak() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
def test_memory_is_that_of_a_row_group(start: Any, folder: Path, tmp_path: Path) -> None:
    small, big = folder / "data" / "snake" / "train-00000-of-00001.parquet", tmp_path / "big.parquet"
    rows = pq.read_table(small).to_pylist()
    large = [{**row, "image": {"bytes": row["image"]["bytes"] + bytes(20_000), "path": "x"}} for row in rows]
    write_parquet((large[place % len(large)] for place in range(8000)), big)
    output, errors = start(MEMORY, small, big).communicate(timeout=60)
    assert errors == "" and big.stat().st_size > 160_000_000
    assert int(output) < 100_000  # kB; arrow keeps some of what it has freed
