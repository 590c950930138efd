"""The builder: the same rows on every road, clear refusals, caches that follow the code."""

import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset, load_dataset_builder
from datasets.distributed import split_dataset_by_node
from gameqa.builders import fingerprint as prints
from gameqa.builders.gameqa import GameQA
from gameqa.builders.schema import ABOUT, columns, features

import gameqa
from gameqa.core import groups, streams
from gameqa.core.errors import Unaskable, UsageError
from gameqa.core.sample import COLUMNS

ROOT = Path(gameqa.__file__).parent.parent


def load(split: str | None = "test", **arguments: Any) -> Any:
    return load_dataset("gameqa", "langtons_ant", split=split, **{"samples": 2, "splits": "test", **arguments})


def plain(rows: Any) -> list[dict[str, Any]]:
    return [{**row, "image": row["image"].tobytes()} for row in rows]


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A folder with a folder called gameqa that plain `load_dataset` would fall for."""
    (tmp_path / "gameqa").mkdir()
    (tmp_path / "gameqa" / "gameqa.py").write_text("raise RuntimeError\n")
    (tmp_path / "gameqa" / "train.csv").write_text("a\n1\n")
    return tmp_path


@pytest.mark.parametrize("place", ["empty", "repository", "trap"])
def test_any_working_directory(
    place: str, trap: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir({"empty": tmp_path_factory.mktemp("empty"), "repository": ROOT, "trap": trap}[place])
    rows = load()
    assert len(rows) == 18
    assert rows.column_names == list(COLUMNS)
    sample = gameqa.from_data_id(rows[0]["data_id"])
    assert plain(rows)[0] == {**sample.row(image=False), "image": sample.image.tobytes()}


def test_fresh_interpreter_in_the_repository(start) -> None:
    code = """
import gameqa
from datasets import load_dataset
print(load_dataset("gameqa", "langtons_ant", split="test", samples=1, splits="test")["data_id"][0])
"""
    output, errors = start(code, cwd=ROOT).communicate(timeout=60)
    assert output == "langtons_ant/ant_pose/easy/test/0/0\n", errors


def test_rows_are_right_and_can_be_derived_anew() -> None:
    for row in load():
        assert gameqa.rederive(row) == row["accepted"]
        assert gameqa.score(f"Answer: {row['answer']}", row).value == 1
        assert row["split"] == "test"


def test_processes_and_streaming_give_the_same_rows(tmp_path: Path) -> None:
    rows = load()
    parallel = load(num_proc=2, cache_dir=str(tmp_path))
    streamed = load(streaming=True)
    assert parallel._fingerprint == rows._fingerprint
    assert plain(parallel) == plain(rows) == plain(streamed)
    assert streamed.num_shards == 9
    assert [row["data_id"] for row in streamed.shard(3, 1)] == rows["data_id"][1 * 6 : 2 * 6]


def test_slices() -> None:
    assert load("test[:3]")["data_id"] == load()["data_id"][:3]
    assert len(load("test[50%:]")) == 9


def test_splits_are_made_only_when_asked_for() -> None:
    assert set(load(None)) == {"test"}
    assert {split: len(rows) for split, rows in load(None, splits="all").items()} == {
        "train": 18,
        "validation": 18,
        "test": 18,
    }
    uneven = load(None, splits="all", samples={"train": 2, "test": 1})
    assert {split: len(rows) for split, rows in uneven.items()} == {"train": 18, "test": 9}


def test_arguments_select() -> None:
    rows = load(levels=["hard", "easy"], tasks="ant_pose", seed=5, scale=0.5)
    assert rows["plot_level"] == ["Easy", "Easy", "Hard", "Hard"]
    assert set(rows["seed"]) == {5}
    assert rows[0]["image"].size == (300, 300)


def test_text_only() -> None:
    columns = [name for name in COLUMNS if name != "image"]
    assert load(text=True).column_names == columns
    rows = load_dataset("gameqa", "langtons_ant-text", samples=2, splits="test", split="test")
    assert rows.column_names == columns and rows["data_id"] == load()["data_id"]


def test_endless_streams_take_the_streams_in_turn() -> None:
    endless = load_dataset("gameqa", "langtons_ant", samples=None, splits="train", split="train", streaming=True)
    rows = [*endless.take(30)]
    assert len({row["data_id"] for row in rows}) == 30
    assert [(row["task"], row["plot_level"]) for row in rows[:9]] == [
        (row["task"], row["plot_level"]) for row in rows[9:18]
    ]
    assert len({(row["task"], row["plot_level"]) for row in rows[:9]}) == 9
    parts = [[row["data_id"] for row in split_dataset_by_node(endless, rank, 2).take(20)] for rank in range(2)]
    assert not {*parts[0]} & {*parts[1]}
    with pytest.raises(UsageError, match="samples=None has no end"):
        load_dataset("gameqa", "langtons_ant", samples=None, split="train")


def test_nodes_share_a_stream() -> None:
    streamed = load(streaming=True)
    parts = [[row["data_id"] for row in split_dataset_by_node(streamed, rank, 2)] for rank in range(2)]
    assert sorted(parts[0] + parts[1]) == sorted(load()["data_id"]) and all(parts)


def test_equal_requests_share_a_cache() -> None:
    def cached(**arguments: Any) -> str:
        return load_dataset_builder("gameqa", "langtons_ant", **arguments).config_id

    assert (
        cached() == cached(seed=0, levels="all", samples=20, splits=["test", "validation", "train"]) == "langtons_ant"
    )
    assert cached(splits="test") == cached(splits=["test"]) == "langtons_ant-splits=test"
    assert cached(levels=["Hard", "easy"]) == cached(levels=("easy", "hard")) == "langtons_ant-levels=Easy-Hard"
    assert cached(seed=1) != cached(seed=2)


def test_without_the_hook() -> None:
    builder = GameQA(config_name="langtons_ant", samples=2, splits="test")
    assert builder.hash == prints.fingerprint()
    builder.download_and_prepare()
    assert plain(builder.as_dataset(split="test")) == plain(load())
    assert plain(builder.as_streaming_dataset(split="test")) == plain(load())


def test_pickling() -> None:
    builder = load_dataset_builder("gameqa", "langtons_ant", samples=1, splits="test")
    again = pickle.loads(pickle.dumps(builder))
    again.download_and_prepare()
    assert len(again.as_dataset(split="test")) == 9


def test_data_loader() -> None:
    torch_data = pytest.importorskip("torch.utils.data")
    streamed = load(streaming=True)
    loader = torch_data.DataLoader(streamed, batch_size=None, num_workers=2)
    assert {row["data_id"] for row in loader} == set(load()["data_id"])


@pytest.mark.parametrize(
    ("config", "arguments", "message"),
    [
        ("chess", {}, "unknown config 'chess'; allowed: all, in_domain, "),
        ("langtons_ant", {"levels": "Expert"}, "unknown level 'Expert'; allowed: Easy, Medium, Hard"),
        ("langtons_ant", {"levels": []}, "no level is given; allowed: Easy, Medium, Hard"),
        ("langtons_ant", {"tasks": "walk"}, "unknown task 'walk'; allowed: ant_pose, "),
        ("langtons_ant", {"splits": ["test", "dev"]}, "unknown split 'dev'; allowed: train, validation, test"),
        ("langtons_ant", {"samples": 0}, "samples must be a whole number of at least 1"),
        ("langtons_ant", {"samples": {"dev": 1}}, "unknown split 'dev'"),
        ("langtons_ant", {"samples": {"train": 1}, "splits": "test"}, "leaves nothing to generate"),
        ("langtons_ant", {"seed": -1}, "seed must be a whole number from 0"),
        ("langtons_ant", {"seed": 2**63}, "seed must be a whole number from 0"),
        ("langtons_ant", {"scale": 9}, "scale must be a number from 0.5 to 4.0, not 9"),
        ("langtons_ant", {"text": "yes"}, "text must be True or False"),
        ("langtons_ant", {"size": 9}, "unknown argument 'size'; allowed: samples, seed, "),
    ],
)
def test_refusals(config: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        load_dataset("gameqa", config, **arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def _dry(split: str, most: int) -> Any:
    """A generator that finds at most `most` distinct questions in a split."""
    real = streams.distinct

    def distinct(game: Any, task: Any, level: Any, place: str, seed: int, count: int, scale: float) -> Iterator[Any]:
        yield from real(game, task, level, place, seed, min(count, most) if place == split else count, scale)
        if place == split and count > most:
            raise Unaskable("dry")

    return distinct


def test_a_stream_that_runs_dry_warns_and_keeps_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "distinct", _dry("test", 1))
    with pytest.warns(UserWarning) as caught:
        assert len(load()) == 9
    assert [str(warning.message) for warning in caught] == [
        "9 streams hold fewer distinct questions than asked for, such as langtons_ant/ant_pose/easy/test/0: 1 of 2"
    ]


def test_a_split_without_rows_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "distinct", _dry("validation", 0))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert set(load(None, splits="all", samples=1)) == {"train", "test"}
    with pytest.raises(UsageError, match="no sample in any of the splits"):
        load("validation", splits="validation")


def test_groups() -> None:
    games = gameqa.games()
    assert groups.games_of("all") == games
    assert groups.games_of("in_domain") + groups.games_of("out_of_domain") != []
    assert sorted(groups.games_of("in_domain") + groups.games_of("out_of_domain")) == games
    assert "langtons_ant" in groups.games_of("multi_step_reasoning")
    with pytest.raises(UsageError, match="unknown config 'chess'"):
        groups.games_of("chess")


def test_every_column_is_described_and_typed() -> None:
    assert list(ABOUT) == list(COLUMNS) == list(features()) == columns()
    assert features()["question_id"].dtype == "int64"
    assert features()["options"].feature.dtype == "string"


def test_fingerprint_follows_the_sources(tmp_path: Path) -> None:
    (tmp_path / "games" / "__pycache__").mkdir(parents=True)
    rules = tmp_path / "games" / "rules.py"
    rules.write_text("A = 1\n")
    first = prints.fingerprint([tmp_path / "games"])
    assert first == prints.fingerprint([tmp_path / "games"])
    (tmp_path / "games" / "__pycache__" / "rules.pyc").write_text("x")
    assert first == prints.fingerprint([tmp_path / "games"])
    rules.write_text("A = 2\n")
    second = prints.fingerprint([tmp_path / "games"])
    rules.rename(rules.with_name("laws.py"))
    assert len({first, second, prints.fingerprint([tmp_path / "games"])}) == 3
    assert all(source.exists() for source in prints.SOURCES)


def test_changed_code_gets_a_new_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_dataset_builder("gameqa", "langtons_ant").cache_dir
    monkeypatch.setattr(prints, "fingerprint", lambda: "0" * 16)
    assert load_dataset_builder("gameqa", "langtons_ant").cache_dir == before.replace(prints_hash(before), "0" * 16)


def prints_hash(cache_dir: str) -> str:
    return Path(cache_dir).name
