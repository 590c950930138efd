"""The export of picture sequences: lines, pictures, what is skipped, and what a reader needs."""

import json
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import load_dataset
from gameqa.builders.build import build
from gameqa.builders.exports import export
from gameqa.builders.recipes import Recipe
from PIL import Image

import gameqa
from gameqa.cli import main
from gameqa.core.errors import InvalidRow
from gameqa.core.sample import read_row

Row = dict[str, Any]
SCALE = 0.75


def recipe(text: bool) -> Recipe:
    games = ("sudoku", "tictactoe", "turing_machine_2d")
    return Recipe("three", "Three games.", {"train": 1, "test": 1}, games=games, scale=SCALE, text=text)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with a game without courses and two with some. Never change it."""
    out = tmp_path_factory.mktemp("trajectories") / "three"
    build(recipe(text=False), out, workers=1)
    return out


def rows_of(folder: Path, split: str) -> list[Row]:
    return [row for path in sorted(folder.glob(f"data/*/{split}-*")) for row in pq.read_table(path).to_pylist()]


def lines_of(out: Path, split: str) -> list[Row]:
    return [json.loads(line) for line in (out / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]


def courses(rows: list[Row]) -> dict[str, list[Any]]:
    """Return the frames of the rows that have some, by name."""
    read = {row["data_id"]: read_row(row) for row in rows}
    found = {name: task.trajectory(state, params) for name, (task, state, params) in read.items()}
    return {name: [*frames] for name, frames in found.items() if frames}


def pixels(picture: Image.Image) -> tuple[tuple[int, int], bytes]:
    return picture.size, picture.convert("RGB").tobytes()


def test_every_course_comes_back_from_wherever_the_export_lies(built: Path, tmp_path: Path) -> None:
    counts = export(built, "trajectories", tmp_path / "out")
    moved = tmp_path / "elsewhere"
    (tmp_path / "out").rename(moved)
    for split in ("train", "test"):
        rows = {row["data_id"]: row for row in rows_of(built, split)}
        wanted, lines = courses([*rows.values()]), lines_of(moved, split)
        assert [line["data_id"] for line in lines] == [*wanted]
        assert (counts[split], counts[f"skipped {split}"]) == (len(wanted), len(rows) - len(wanted))
        assert 10 < len(wanted) < len(rows)
        for line in lines:
            row, frames = rows[line["data_id"]], wanted[line["data_id"]]
            assert [*line] == ["data_id", "game", "task", "question", "moves", "frames"]
            assert (line["game"], line["task"], line["question"]) == (row["game_name"], row["task"], row["question"])
            assert line["moves"] == [frame.move for frame in frames[1:]]
            assert len(line["frames"]) == len(frames) == len(set(line["frames"]))
            assert (moved / line["frames"][0]).read_bytes() == row["image"]["bytes"]
            for path, frame in zip(line["frames"], frames, strict=True):
                drawn = gameqa.render(row["game_name"], frame.state.to_json(), SCALE)
                assert pixels(Image.open(moved / path)) == pixels(drawn)
    listed = [path for split in ("train", "test") for line in lines_of(moved, split) for path in line["frames"]]
    assert sorted(listed) == sorted(str(path.relative_to(moved)) for path in moved.rglob("*.png"))


def test_load_dataset_reads_the_lines(built: Path, tmp_path: Path) -> None:
    counts = export(built, "trajectories", tmp_path / "out", split="test")
    data = load_dataset("json", data_files=str(tmp_path / "out" / "test.jsonl"), split="train")
    assert len(data) == counts["test"]
    assert all(len(row["moves"]) == len(row["frames"]) - 1 for row in data)


def test_text_only_builds_give_the_same_pictures(built: Path, tmp_path: Path) -> None:
    build(recipe(text=True), tmp_path / "text", workers=1)
    for folder, out in ((built, "one"), (tmp_path / "text", "two")):
        export(folder, "trajectories", tmp_path / out, split="test")
    one, two = lines_of(tmp_path / "one", "test"), lines_of(tmp_path / "two", "test")
    assert [(line["data_id"], line["moves"], line["frames"]) for line in one] == [
        (line["data_id"], line["moves"], line["frames"]) for line in two
    ]
    texts = {row["data_id"]: row["text_question"] for row in rows_of(tmp_path / "text", "test")}
    for line in two:
        assert line["question"] == texts[line["data_id"]]
        for path in line["frames"]:
            assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_a_row_that_breaks_its_rules_is_named_and_leaves_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object, split: str, limit: int) -> Any:
        return iter([{**rows_of(built, split)[0], "state": "{}"}])

    monkeypatch.setattr("gameqa.builders.exports.Built.rows", broken)
    with pytest.raises(InvalidRow, match="the state of sudoku is not valid"):
        export(built, "trajectories", tmp_path / "out")
    assert [*tmp_path.iterdir()] == []


def test_the_command_counts_what_it_skips(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["export", str(built), "--format", "trajectories", "--out", str(out), "--split", "test"]
    monkeypatch.setattr(sys, "argv", ["gameqa", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    count, total = len(lines_of(out, "test")), len(rows_of(built, "test"))
    said = f"{count} test rows, {total - count} skipped test rows as trajectories in {out}\n"
    assert (ended.value.code, capsys.readouterr().out) == (0, said)
