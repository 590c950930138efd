"""Recipes: read from YAML, spread evenly, topped up where questions run out."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from gameqa.builders import build as builds
from gameqa.builders.build import build, verify
from gameqa.builders.recipes import (
    PIECE_ROWS,
    Recipe,
    named_recipes,
    parse_recipe,
    plan,
    read_recipe,
    spread,
    stored_recipe,
    streams_of,
)
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.core import streams
from gameqa.core.errors import Unaskable, UsageError
from gameqa.core.game import Domain
from gameqa.core.sample import Sample


@given(st.integers(0, 10_000), st.lists(st.floats(0.1, 10), min_size=1, max_size=40))
def test_spread_shares_all_and_fairly(total: int, weights: list[float]) -> None:
    shares = spread(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) <= 1


def test_the_published_proportions() -> None:
    recipe = read_recipe("gameqa-140k")
    train, test = (streams_of(recipe, split) for split in ("train", "test"))
    assert sum(stream.length for stream in train) == 126_760
    assert sum(stream.length for stream in test) == 15_047
    assert {stream.game for stream in train} == {
        name for name in gameqa.games() if gameqa.game(name).domain is Domain.IN
    }
    assert {stream.game for stream in test} == set(gameqa.games())
    for found in (train, test):
        games: Counter[str] = Counter()
        for stream in found:
            games[stream.game] += stream.length
        assert max(games.values()) - min(games.values()) <= 1
        for name in games:
            lengths = [stream.length for stream in found if stream.game == name]
            assert max(lengths) - min(lengths) <= 1


def test_named_recipes() -> None:
    assert {"mini", "gameqa-140k", "gameqa-5k", "gameqa-text", "gameqa-bench", "gameqa-bench-mini"} <= set(
        named_recipes()
    )
    cells = sum(len(gameqa.game(name).tasks) * len(gameqa.game(name).levels) for name in gameqa.games())
    bench = [stream for shard in plan(read_recipe("gameqa-bench")) for stream in shard.streams]
    assert len(bench) == cells and {(stream.length, stream.split) for stream in bench} == {(10, "test")}
    small = streams_of(read_recipe("gameqa-5k"), "train")
    assert sum(stream.length for stream in small) == 5000
    for recipe in named_recipes().values():
        assert stored_recipe(recipe.plain()) == recipe


def test_own_recipes_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: own\nrows: {train: 90}\nweights: {snake: 2}\ngames: [snake, tictactoe]\nlevels: [Easy, Hard]\n"
        "text: true\n"
    )
    recipe = read_recipe(file)
    found = streams_of(recipe, "train")
    assert sum(stream.length for stream in found if stream.game == "snake") == 60
    assert {stream.level for stream in found} == {"Easy", "Hard"} and recipe.text
    assert read_recipe(str(file)) == recipe and stored_recipe(recipe.plain()) == recipe


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name: [", "is no YAML"),
        ("nothing", "is no recipe"),
        ("name: own\nsample: {train: 1}", "unknown field `sample`; fields are name, about, samples"),
        ("name: own\nsamples: {train: many}", "is no recipe"),
        ("name: own", "must ask for at least one sample"),
        ("name: own\nsamples: {train: 1}\nrows: {train: 1}", "either samples or rows"),
        ("name: own\nsamples: {dev: 1}", "split"),
        ("name: own\nrows: {train: 1}\nweights: {snake: 0}", "above 0"),
        ("name: own\nsamples: {train: 1}\nscale: 9", "scale 9"),
        ("name: own\nsamples: {train: 1}\nshard_rows: 0", "shard_rows must be at least 1"),
        ("name: own\nsamples: {train: 1}\ngames: {dev: all}", "split"),
    ],
)
def test_malformed_recipes_are_named(content: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        parse_recipe(content, "own.yaml")
    assert "\n" not in str(raised.value)


def test_unknown_names_are_listed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="gameqa-140k, gameqa-5k"):
        read_recipe("huge")
    with pytest.raises(UsageError, match="cannot be read"):
        read_recipe(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="chess_boxing"):
        plan(Recipe("own", "", {"train": 1}, games="chess_boxing"))


def test_long_streams_are_cut_and_hold_the_same_rows() -> None:
    recipe = Recipe("own", "", {"train": PIECE_ROWS + 100}, games="snake", tasks="head_position", levels="Easy")
    pieces = [stream for shard in plan(recipe) for stream in shard.streams]
    assert [(piece.skip, piece.length) for piece in pieces] == [(0, PIECE_ROWS), (PIECE_ROWS, 100)]
    whole = pieces[0]._replace(length=12)
    parts = [*pieces[0]._replace(length=5).samples(), *pieces[0]._replace(skip=5, length=7).samples()]
    assert [sample.data_id for sample in whole.samples()] == [sample.data_id for sample in parts]


LACKING = Recipe("lacking", "", rows={"train": 27, "test": 9}, games="tictactoe", text=True, shard_rows=4)


@pytest.fixture
def dry(monkeypatch: pytest.MonkeyPatch) -> None:
    """One task holds two questions in the train split, and none in the test split."""
    whole = streams.distinct

    def distinct(game: Any, task: Any, level: str, split: str, seed: int, count: int, scale: float) -> Iterator[Sample]:
        held = {"train": 2, "test": 0}[split] if task.slug == "best_move" and level == "Hard" else count
        yield from whole(game, task, level, split, seed, min(held, count), scale)
        if held < count:
            raise Unaskable("dry")

    monkeypatch.setattr(streams, "distinct", distinct)


@pytest.mark.usefixtures("dry")
def test_what_a_task_cannot_give_its_games_other_tasks_do(tmp_path: Path, hashes: Any) -> None:
    with pytest.warns(UserWarning, match="hold fewer distinct questions"):
        report = build(LACKING, tmp_path / "one", workers=1)
    assert report.rows == 36
    assert {(name, found) for name, found, _ in report.short} == {
        ("tictactoe/best_move/hard/train/0", 2),
        ("tictactoe/best_move/hard/test/0", 0),
    }
    rows = load_dataset(str(tmp_path / "one"))
    assert {split: len(found) for split, found in rows.items()} == {"train": 27, "test": 9}
    assert len(set(rows["train"]["data_id"])) == 27
    counts = Counter((row["task"], row["plot_level"]) for row in rows["train"])
    assert counts["best_move", "Hard"] == 2 and set(counts.values()) == {2, 3, 4}
    assert verify(tmp_path / "one") == []

    made = builds.write_shard

    def stop_late(shard: Any, *arguments: Any, **options: Any) -> None:
        if "more" in shard.path:
            raise KeyboardInterrupt
        made(shard, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builds, "write_shard", stop_late)
        with pytest.raises(Exception, match="run again to go on"):
            build(LACKING, tmp_path / "two", workers=1)
    with pytest.warns(UserWarning, match="hold fewer distinct questions"):
        build(LACKING, tmp_path / "two", workers=1)
        again = build(LACKING, tmp_path / "two", workers=1)
    assert again.made == 0
    assert hashes(tmp_path / "two") == hashes(tmp_path / "one")


@pytest.mark.usefixtures("dry")
def test_counts_for_each_cell_are_not_topped_up(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="hold fewer distinct questions"):
        report = build(replace(LACKING, rows={}, counts={"train": 3}), tmp_path / "out", workers=1)
    assert report.rows == 26
