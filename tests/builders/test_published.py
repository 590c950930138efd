"""Import of the published data: what is understood, what is told instead, and the folder that comes out."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from gameqa.builders import published
from gameqa.builders.build import verify
from gameqa.builders.published import ImportReport, import_published, read_rows
from gameqa.builders.published_rows import Doubt, understand
from gameqa.builders.schema import features
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import gameqa
from gameqa.core.errors import GameQAError, Interrupted, UsageError
from gameqa.core.files import PART

BOARD = "This is a board of coloured cells."


def row(question: str, answer: Any, options: Any = None, analysis: str = "", /, **more: Any) -> dict[str, Any]:
    """A row in the published columns; `None` leaves a column out."""
    columns = {
        "data_id": "boards-00001",
        "game_name": "boards",
        "image": "boards/images/a.png",
        "qa_type": "Target Perception",
        "qa_level": "Easy",
        "plot_level": "Medium",
        "question_id": 3,
        "question_description": "colour of a cell",
        "question": question,
        "answer": answer,
        "options": options,
        "analysis": analysis,
        **more,
    }
    return {name: value for name, value in columns.items() if value is not None}


def listing(*lines: str) -> str:
    return "\n".join([BOARD, "", "Question: Which colour is the first cell?", "", *lines])


RED = ["red", "blue", "green"]
LETTERED = listing("Options:", "A. red", "B. blue", "C. green")
COLONS = listing("**Optoins:**", "A: red", "B: blue", "C: green")
TIGHT = listing("Options: ['A.red', 'B.blue', 'C.green']")
COMMAS = f"{BOARD} Which colour is the first cell?Choose from following options:A.red, B.blue, C.green"
NUMBERED = listing("Options:", "1: red", "2: blue", "3: green")
BRACKETS = listing("Options: [1] red, [2] blue, [3] green")
INLINE = f"{BOARD} Which colour is the first cell? Options: 1. red 2. blue 3. green"
FROM_ZERO = listing("Options:?", "0: red", "1: blue", "2: green")
QUOTED = f"{BOARD} Which colour is it? Answer in one of the following formats: 'red', 'blue', or 'green'."
COUNTS = listing("Options:", "1: 3", "2: 7", "3: 2")
CELLS = listing("Options:", "1: (0, 1)", "2: (2, 2)")

CHOICES = {
    "letters": row(LETTERED, "B", RED),
    "letters in the options": row(LETTERED, "B", ["A. red", "B. blue", "C. green"]),
    "colons in the options": row(COLONS, "B", ["A: red", "B: blue", "C: green"]),
    "tight letters": row(TIGHT, "B", ["A.red", "B.blue", "C.green"]),
    "letters in one line": row(COMMAS, "B", ["A.red", "B.blue", "C.green"]),
    "whole option as answer": row(LETTERED, "B. blue", ["A. red", "B. blue", "C. green"]),
    "text as answer": row(LETTERED, "blue", RED),
    "number as int": row(NUMBERED, 2, RED),
    "number as text": row(NUMBERED, "2", RED),
    "numbers in brackets": row(BRACKETS, 2, RED),
    "numbers in one line": row(INLINE, "2", RED),
    "numbers from zero": row(FROM_ZERO, 1, RED),
    "text with nothing listed": row(QUOTED, "blue", RED),
    "letter with nothing listed": row(f"{BOARD} Which colour is it?", "B", RED),
    "last number with nothing listed": row(f"{BOARD} Which is it?", 2, ["red", "blue"]),
    "options that are labels": row(f"{BOARD} Options:\nColors are numbered from 1 to 3 in the palette", 2, [1, 2, 3]),
    "other key": row(NUMBERED, 2, None, Options=RED),
    "both keys": row(NUMBERED, 2, RED, Options=RED),
    "empty options, listed": row(LETTERED, "B", []),
    "no options, listed by letter": row(LETTERED, "B"),
    "no options, listed by number": row(NUMBERED, 2),
    "no options, listed from zero": row(FROM_ZERO, 1),
    "no options, listed in one line": row(INLINE, "2"),
    "no options, listed in brackets": row(BRACKETS, 2),
    "no options, listed with commas": row(COMMAS, "B"),
    "no options, a list in the question": row(TIGHT, "B"),
    "numbers that are no label": row(COUNTS, 2, [3, 7, 2], "It is 7. So the answer is Option 2."),
    "number that no text repeats": row(listing("Options:", "1: 8", "2: 7", "3: 9"), 2, [8, 7, 9]),
    "label and text agree": row(listing("Options:", "1: 1", "2: 2", "3: 3"), 2, [1, 2, 3]),
    "nested cells": row(CELLS, 2, [[0, 1], [2, 2]]),
    "a list in a list": row(LETTERED, "B", [RED]),
    "pairs": row(LETTERED, "B", [["A", "red"], ["B", "blue"], ["C", "green"]]),
    "object": row(LETTERED, "B", {"A": "red", "B": "blue", "C": "green"}),
    "one text": row(LETTERED, "B", "A. red\nB. blue\nC. green"),
    "preview": row(LETTERED, "B", RED, game_category="Multi-step Reasoning", refinement="Look: blue."),
    "smaller set": row("", None, RED, question=None, query=LETTERED, solution="B", data_id=None, game_name=None),
    "smaller set, tagged": row("", None, RED, question=None, query=LETTERED, solution="<answer>B</answer>"),
}

FILL_IN = {
    "int": (11, "integer", "11", "12"),
    "integer as text": ("2", "integer", "2", "3"),
    "negative": (-1, "integer", "-1", "1"),
    "decimal": ("0.733", "number", "0.733", "0.734"),
    "float": (0.5, "number", "0.5", "0.6"),
    "small float": (1e-7, "number", "0.0000001", "0.1"),
    "whole float": (3.0, "integer", "3", "4"),
    "coordinate": ("(1, 3)", "coordinate", "(1, 3)", "(3, 1)"),
    "coordinate in brackets": ("[1,3]", "coordinate", "(1, 3)", "(1, 4)"),
    "moves": ("up, left, left", "sequence", "up, left, left", "left, up, left"),
    "arrows": ("Up -> Left", "sequence", "Up, Left", "Left, Up"),
    "matrix": ("[[1, 0], [1, 1]]", "sequence", "[[1, 0], [1, 1]]", "[[1, 0], [0, 1]]"),
    "text": ("Spade Ace", "text", "Spade Ace", "Heart Ace"),
    "square": ("h2", "text", "h2", "g2"),
    "cell and level": ("[0, 2] at level 0", "text", "[0, 2] at level 0", "[0, 2] at level 1"),
}

DOUBTS = {
    "label or text": (row(COUNTS, 2, [3, 7, 2]), "answer ambiguous"),
    "label or text, listed only": (row(COUNTS, "2"), "answer ambiguous"),
    "from one or from zero": (row(f"{BOARD} Which is it?", 1, RED), "answer ambiguous"),
    "same text twice": (row(f"{BOARD} Which is it?", "red", ["red", "blue", "red"]), "answer ambiguous"),
    "right option twice": (row(f"{BOARD} Options: A. 1 B. 1 C. 2", "A", ["1", "1", "2"]), "options unclear"),
    "analysis names another": (row(NUMBERED, 2, RED, "The correct answer is option 3."), "analysis disagrees"),
    "number outside": (row(NUMBERED, 4, RED), "no such option"),
    "zero counted from one": (row(NUMBERED, 0, RED), "no such option"),
    "letter outside": (row(LETTERED, "D", RED), "no such option"),
    "two letters": (row(LETTERED, "AB", RED), "no such option"),
    "letter and another text": (row(LETTERED, "B. red", RED), "no such option"),
    "text of none": (row(LETTERED, "yellow", RED), "no such option"),
    "other list in the question": (row(LETTERED, "B", ["red", "black", "green"]), "options unclear"),
    "shorter list in the question": (row(LETTERED, "B", ["red", "blue"]), "options unclear"),
    "more words in the question": (row("Which? Options: A. red B. blue sky", "B", ["red", "blue"]), "options unclear"),
    "labels disagree": (row(NUMBERED, "B", ["A. red", "B. blue", "C. green"]), "options unclear"),
    "keys disagree": (row(NUMBERED, 2, RED, Options=["red", "blue"]), "options unclear"),
    "unreadable list": (row(f"{BOARD}\nOptions:\nred or blue\nor green", "B"), "options unclear"),
    "list that goes on": (row(f"{BOARD}\nOptions:\n1. a\n2. b\n\n3. c", 2), "options unclear"),
    "list that can be cut twice": (row(f"{BOARD} Options: 1. a 2. b 2. c", 2), "options unclear"),
    "options nowhere": (row("Which of the following is red?", "B"), "options unclear"),
    "one option": (row(LETTERED, "A", ["red"]), "options unclear"),
    "too many options": (row(f"{BOARD} Which?", "x1", [f"x{number}" for number in range(27)]), "options unclear"),
    "empty option": (row(f"{BOARD} Which?", "red", ["red", ""]), "options unclear"),
    "option without shape": (row(f"{BOARD} Which?", "red", ["red", None]), "options unclear"),
    "options of no shape": (row(f"{BOARD} Which?", "red", 7), "options unclear"),
    "no answer": (row("How many?", ""), "no answer"),
    "answer missing": (row("How many?", None), "no answer"),
    "truth": (row("Is it red?", True), "wrong type"),
    "answer of no shape": (row("How many?", [1]), "wrong type"),
    "not a number": (row("How many?", float("nan")), "wrong type"),
    "reasoning": (row("", None, question=None, query="How many?", solution="I count. " * 30), "answer not comparable"),
    "no question": (row(" ", 1), "no question"),
    "question of no shape": (row("", 1, question=5), "wrong type"),
    "half a character": (row("How many \ud800?", 1), "wrong type"),
    "path out of the folder": (row("How many?", 1, game_name="../up"), "no game"),
    "no game": (row("How many?", 1, game_name=None, image="a.png"), "no game"),
    "no picture": (row("How many?", 1, image=None), "picture missing"),
    "negative template": (row("How many?", 1, question_id=-2), "wrong type"),
    "no object": (["How many?", 1], "no row"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHOICES)
def test_choices(name: str) -> None:
    published_row = CHOICES[name]
    columns = understand(published_row, "test", 7)
    right = columns["options"][ord(columns["answer"]) - ord("A")]
    meant = {"options that are labels": "2", "numbers that are no label": "7", "number that no text repeats": "7",
             "label and text agree": "2", "nested cells": "(2, 2)"}.get(name, "blue")  # fmt: skip
    assert (columns["answer_kind"], columns["accepted"], right) == ("choice", [columns["answer"]], meant)
    full = published_row.get("question") or published_row["query"]
    assert columns["question"].startswith(full)
    scores(columns)


def scores(columns: Mapping[str, Any]) -> None:
    """The right letter or text scores, every other does not."""
    for letter, text in zip("ABC", columns["options"], strict=False):
        expected = float(letter == columns["answer"])
        for reply in (f"\\boxed{{{letter}}}", f"Answer: {letter}. {text}"):
            assert gameqa.score(reply, columns).value == expected, reply


@pytest.mark.parametrize("name", FILL_IN)
def test_fill_in(name: str) -> None:
    answer, kind, text, other = FILL_IN[name]
    columns = understand(row(f"{BOARD} What is it?", answer), "test", 0)
    assert (columns["answer_kind"], columns["answer"], columns["options"]) == (kind, text, [])
    assert gameqa.score(f"\\boxed{{{text}}}", columns).value == 1.0
    assert gameqa.score(f"\\boxed{{{other}}}", columns).value == 0.0


@pytest.mark.parametrize("name", DOUBTS)
def test_nothing_is_guessed(name: str) -> None:
    with pytest.raises(Doubt) as doubt:
        understand(DOUBTS[name][0], "test", 0)
    assert doubt.value.reason == DOUBTS[name][1]
    assert "\n" not in str(doubt.value)


def test_the_letters_are_told_when_the_question_shows_none() -> None:
    assert understand(CHOICES["letters"], "test", 0)["answer_format"] == ""
    numbered = understand(CHOICES["numbers from zero"], "test", 0)
    assert numbered["answer_format"].endswith("A for option 0, B for option 1, C for option 2.")
    assert numbered["question"] == f"{FROM_ZERO}\n\n{numbered['answer_format']}"
    assert "B. blue" in understand(CHOICES["text with nothing listed"], "test", 0)["question"]


@pytest.mark.parametrize("full", [LETTERED, COLONS, TIGHT, NUMBERED, BRACKETS, FROM_ZERO])
def test_the_bare_question(full: str) -> None:
    columns = understand(row(full, 1 if "1: " in full or "[1]" in full else "B", RED), "test", 0)
    assert (columns["rules"], columns["query"]) == (BOARD, "Which colour is the first cell?")


@pytest.mark.parametrize(
    ("full", "query"),
    [
        ("How many Pawns are on the board?", "How many Pawns are on the board?"),
        (f"{BOARD} How many are red?", ""),
        (f"{BOARD}\n\nQuestion: How many?\n\nQuestion: How many are red?", ""),
        (f"{BOARD}\n**Question**: How many?\n\nAnswer Format:\n1. A number", "How many?"),
        (f"{BOARD} Please think carefully, reason, and answer: How many?", "How many?"),
    ],
)
def test_the_bare_question_only_when_it_is_certain(full: str, query: str) -> None:
    assert understand(row(full, 3), "test", 0)["query"] == query


def test_columns_that_are_kept_and_columns_that_are_empty() -> None:
    columns = understand(CHOICES["preview"], "test", 7)
    assert (columns["data_id"], columns["question_id"], columns["plot_level"]) == ("boards-00001", 3, "Medium")
    assert (columns["game_category"], columns["analysis"]) == ("Multi-step Reasoning", "Look: blue.")
    assert (columns["split"], columns["index"], columns["seed"], columns["difficulty"]) == ("test", 7, -1, -1.0)
    empty = ("domain", "task", "state", "params", "text_view", "text_question", "release", "state_hash")
    assert [columns[name] for name in empty] == [""] * len(empty)
    small = understand(CHOICES["smaller set"], "test", 7)
    assert (small["data_id"], small["game_name"]) == ("test/7", "boards")


# --- The folder -----------------------------------------------------------------------------------


def picture(color: str = "red", form: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(buffer, format=form)
    return buffer.getvalue()


def write(folder: Path, rows: Any, pictures: Mapping[str, bytes], suffix: str = "_test", zipped: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"games_data{suffix}.json").write_text(json.dumps(rows), encoding="utf-8")
    stem = f"games_images{suffix}"
    if zipped:
        with zipfile.ZipFile(folder / f"{stem}.zip", "w") as file:
            for name, content in pictures.items():
                file.writestr(f"{stem}/{name}", content)
        return folder
    for name, content in pictures.items():
        path = folder / stem / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


ROWS = [
    row(LETTERED, "B", RED),
    row(COUNTS, 2, [3, 7, 2], data_id="boards-00002"),
    row(f"{BOARD} How many?", 4, game_name="maze", image="maze/images/b.png", data_id="maze-00001"),
    row(f"{BOARD} How many?", 5, image="boards/images/none.png", data_id="boards-00003"),
    row(f"{BOARD} How many?", 6, image="boards/images/broken.png", data_id="boards-00004"),
    row(f"{BOARD} How many?", 7, image="../secret.png", data_id="boards-00005"),
    "no row",
]
PICTURES = {
    "boards/images/a.png": picture(),
    "boards/images/broken.png": picture()[:-20],
    "maze/images/b.png": picture("blue", "BMP"),
}


def problems(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "problems.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(params=[True, False], ids=["zip", "folder"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "secret.png").write_bytes(picture())
    return write(tmp_path / "published", ROWS, PICTURES, zipped=request.param)


def test_the_folder_loads(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = import_published(source, out)
    data: Any = load_dataset(str(out), split="test").sort("index")
    assert data.features == features()
    assert data["data_id"] == ["boards-00001", "maze-00001"]
    assert [image.convert("RGB").getpixel((0, 0)) for image in data["image"]] == [(255, 0, 0), (0, 0, 255)]
    assert data[1]["image"].format == "PNG"
    for taken in data.remove_columns("image").to_list():
        assert gameqa.score(f"\\boxed{{{taken['answer']}}}", taken).value == 1.0
        assert gameqa.score("\\boxed{C}", taken).value == 0.0
    assert load_dataset(str(out), "maze", split="test").to_list()[0]["answer"] == "4"
    assert (report.rows, report.splits, report.left_out) == (2, {"test": 2}, 5)


def test_every_row_left_out_is_told(source: Path, tmp_path: Path) -> None:
    report = import_published(source, tmp_path / "out")
    told = sorted(problems(tmp_path / "out"), key=lambda line: line["row"])
    assert [(line["row"], line["data_id"], line["reason"]) for line in told] == [
        (1, "boards-00002", "answer ambiguous"),
        (3, "boards-00003", "picture missing"),
        (4, "boards-00004", "picture unreadable"),
        (5, "boards-00005", "picture missing"),
        (6, "", "no row"),
    ]
    assert report.problems == {"answer ambiguous": 1, "picture missing": 2, "picture unreadable": 1, "no row": 1}
    assert "2 rows of 7" in str(report) and "2  picture missing, such as row 3 ('boards-00003')" in str(report)


def test_manifest_and_card(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    import_published(source, out)
    assert verify(out) == []
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["rows"] == 2 and manifest["recipe"]["source"]["games_data_test.json"]["bytes"] > 0
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == {*manifest["files"], "manifest.json"}
    assert "games_data_test.json" in (out / "README.md").read_text()


def test_the_same_source_gives_the_same_bytes(
    source: Path, tmp_path: Path, hashes: Callable[[Path], dict[str, str]]
) -> None:
    for name in ("one", "two"):
        import_published(source, tmp_path / name)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_splits_and_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "SHARD_ROWS", 2)
    monkeypatch.setattr(published, "BLOCK", 64)
    rows = [row(f"{BOARD} How many?", number, data_id=f"boards-{number}") for number in range(5)]
    source = write(tmp_path / "published", rows, PICTURES, suffix="")
    write(source, rows[:1], PICTURES)
    import_published(source, tmp_path / "out")
    data = load_dataset(str(tmp_path / "out"))
    assert [(split, len(held)) for split, held in data.items()] == [("train", 5), ("test", 1)]
    assert data["train"]["answer"] == ["0", "1", "2", "3", "4"]
    assert len([*(tmp_path / "out").glob("data/boards/train-*-of-00003.parquet")]) == 3


def test_no_row_understood(tmp_path: Path) -> None:
    source, out = write(tmp_path / "published", ROWS[3:], PICTURES), tmp_path / "out"
    assert import_published(source, out).rows == 0
    assert [path.name for path in out.iterdir()] == ["problems.jsonl"]
    write(source, ROWS, PICTURES)
    assert import_published(source, out).rows == 2


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[", "[{}", "[{},", '[{"a": 1} {"b": 2}]', '[{"a": 1}', "[{}] more", '[{"a": tru', "[{},,{}]", "\xff["],
)
def test_damaged_tables(tmp_path: Path, text: str) -> None:
    source = write(tmp_path / "published", [], PICTURES)
    (source / "games_data_test.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(GameQAError, match="is no valid JSON list of rows"):
        import_published(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.recursive(st.none() | st.integers() | st.text() | st.booleans(), st.lists)),
       block=st.integers(1, 40), indent=st.none() | st.integers(0, 2))  # fmt: skip
def test_rows_are_read_whatever_the_blocks(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], block: int, indent: int | None
) -> None:
    table = tmp_path_factory.mktemp("table") / "table.json"
    table.write_text(json.dumps(rows, indent=indent) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(published, "BLOCK", block)
        assert list(read_rows(table)) == rows


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from([*RED, "A. red"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*row("", 1), "options", "Options", "query", "solution"]), JUNK),
       full=st.sampled_from([LETTERED, NUMBERED, COUNTS, INLINE, "How many?"]))  # fmt: skip
def test_any_row_is_read_or_doubted(changes: dict[str, Any], full: str) -> None:
    try:
        columns = understand({**row(full, 2, RED), **changes}, "test", 0)
    except Doubt:
        return
    assert gameqa.score(f"\\boxed{{{columns['answer']}}}", columns).value == 1.0
    assert set(columns) == set(features())


def test_wrong_folders(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        import_published(tmp_path / "none", tmp_path / "out")
    source = tmp_path / "published"
    source.mkdir()
    with pytest.raises(UsageError, match=r"holds no games_data_<split>\.json"):
        import_published(source, tmp_path / "out")
    (source / "games_data_test.json").write_text("[]")
    with pytest.raises(UsageError, match=r"neither games_images_test\.zip nor a folder games_images_test"):
        import_published(source, tmp_path / "out")
    (source / "games_images_test.zip").write_text("no zip")
    with pytest.raises(GameQAError, match="is no zip file"):
        write(source, ROWS, {}, zipped=False)
        import_published(source, tmp_path / "out")
    (source / "games_data_tset.json").write_text("[]")
    with pytest.raises(UsageError, match="unknown split 'tset'"):
        import_published(source, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["published"]


def test_what_lies_in_the_folder_is_left_alone(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not an empty folder"):
        import_published(source, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_ctrl_c_leaves_nothing(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(published, "write_parquet", interrupt)
    with pytest.raises(Interrupted):
        import_published(source, tmp_path / "out")
    assert not [path for path in tmp_path.iterdir() if path.name == "out" or path.name.endswith(PART)]


def command(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "gameqa.cli", "import", *map(str, arguments)], capture_output=True, text=True, timeout=60
    )


def test_the_command(tmp_path: Path) -> None:
    source = write(tmp_path / "published", ROWS, PICTURES)
    done = command(source, "--out", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 rows of 7" in done.stdout and "picture unreadable" in done.stdout
    write(source, ROWS[3:], PICTURES)
    assert command(source, "--out", tmp_path / "none").returncode == 1
    assert command(source, "--out", tmp_path / "out").returncode == 2


def test_the_report_names_the_first_of_each_reason() -> None:
    report = ImportReport(Path("out"), 1, {"test": 1}, {"no row": 2}, {"no row": "row 4 (''): a row"})
    assert str(report).splitlines()[-1].strip() == "2  no row, such as row 4 (''): a row"
