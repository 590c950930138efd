"""Rows to train on: what TRL reads, from every source, and what is refused."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pytest
from gameqa.builders import build as building
from gameqa.builders.build import Recipe, build
from gameqa.train import settings
from gameqa.train.data import FACTS, bounded, cells, completion, facts, messages, sft_rows, training_rows
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import gameqa
from gameqa.core.engine import select
from gameqa.core.errors import UsageError

Row = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setattr("datasets.config.HF_DATASETS_CACHE", folder)
        yield folder


def small(**given: Any) -> Recipe:
    return Recipe("small", "Two games.", {"train": 2, "test": 1}, **{"games": ("snake", "tictactoe"), **given})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of two games. Never change it."""
    out = tmp_path_factory.mktemp("builds") / "small"
    build(small(), out, workers=1)
    return out


def data(source: Path | str, **given: Any) -> settings.Data:
    return settings.Data(source=str(source), **{"games": "all", **given})


def names(rows: datasets.Dataset) -> list[str]:
    return [*rows.with_format(None)["data_id"]]


def test_every_task_has_a_prompt_without_a_mark_and_analyses_that_score():
    found = select("all", "all", "Easy")
    assert len(found) >= 159
    for game, task, level in found:
        sample = gameqa.sample(game.id, task.slug, level, index=1)
        row = facts(sample.row(image=False))
        for view in ("picture", "text"):
            (message,) = messages(row, settings.Data(view=view))
            assert message["role"] == "user"
            assert "<image>" not in message["content"]
            assert message["content"].endswith(row["answer_format"])
        full, short = completion(row["analysis"]), completion(row["analysis"], "short")
        assert gameqa.score(full, row).value == 1.0
        assert gameqa.score(short, row).value == 1.0, short
        assert full == row["analysis"]
        assert short.split("\n")[-1] == full.split("\n")[-1]
        assert re.match(r"[0-9]+\. ", short)
        assert len(short) < len(full) or "\n2. " not in full


def test_a_short_analysis_is_the_last_step_without_verdicts_on_options():
    full = "1. First.\n2. Two lines:\n7. stands on it.\n3. Option A, 4: no.\nSo option B is right: 5.\nAnswer: B"
    assert completion(full, "short") == "2. Two lines:\n7. stands on it.\nAnswer: B"
    assert completion("1. Option A, 4: no.\nSo option B is right: 5.\nAnswer: B", "short").startswith("1. Option A")
    assert completion("1. It is 4.\nAnswer: 4", "short") == "1. It is 4.\nAnswer: 4"


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 9000), st.sampled_from(["P", "RGB", "L", "RGBA"]))
def test_pictures_keep_to_the_bound_and_their_proportions(width: int, height: int, most: int, mode: str):
    image = bounded(Image.new(mode, (width, height)), most)
    assert image.mode == "RGB"
    assert image.width * image.height <= most
    if width * height <= most:
        assert image.size == (width, height)
    else:
        factor = (most / (width * height)) ** 0.5
        assert image.width == max(1, min(int(width * factor), most))
        assert image.height <= max(1, height * factor) + 1e-6
        assert image.height > height * factor - 1 or image.width == 1


def test_rows_hold_what_trl_rewards_and_logs_need(built: Path):
    rows = training_rows(data(built, max_pixels=50_000, system="Look closely."))
    assert len(rows) == 2 * 3 * sum(len(gameqa.game(name).tasks) for name in ("snake", "tictactoe"))
    assert {*FACTS, "prompt", "image"} == {*rows[0]}
    assert {"prompt", "image"} < {*rows.column_names}
    for row in (rows[0], rows[-1]):
        sample = gameqa.from_data_id(row["data_id"])
        assert row["prompt"] == [
            {"role": "system", "content": "Look closely."},
            {"role": "user", "content": sample.question},
        ]
        assert facts(row) == facts(sample.row(image=False))
        assert row["image"].tobytes() == bounded(sample.image, 50_000).tobytes()
        assert row["split"] == "train"
        assert gameqa.score(row["analysis"], row).value == 1.0


def test_rows_of_one_batch_share_their_pictures_and_the_next_call_too(built: Path):
    rows = training_rows(data(built))
    batch = rows.__getitems__([0, 0, 1, 0])
    assert batch[0]["image"] is batch[1]["image"] is batch[3]["image"]
    assert batch[0]["image"] is not batch[2]["image"]
    assert rows.__getitems__([1])[0]["image"] is batch[2]["image"]


def test_rows_are_chosen_cut_and_shuffled_by_the_seed(built: Path):
    whole = names(training_rows(data(built)))
    assert names(training_rows(data(built))) == whole
    assert names(training_rows(data(built, rows=7))) == whole[:7]
    assert names(training_rows(data(built, rows=10_000))) == whole
    other = names(training_rows(data(built, seed=1)))
    assert other != whole
    assert sorted(other) == sorted(whole)
    some = names(training_rows(data(built, games=["snake", "in_domain"], tasks="best_move", levels=["easy", "Hard"])))
    assert sorted(some) == sorted(name for name in whole if re.search("/best_move/(easy|hard)/", name))
    assert all("/test/" in name for name in names(training_rows(data(built), split="test")))


def test_text_rows_hold_no_picture(built: Path):
    row = training_rows(data(built, view="text"))[0]
    assert "image" not in row
    assert row["prompt"] == [{"role": "user", "content": gameqa.from_data_id(row["data_id"]).text_question}]


def test_sft_rows_hold_prompt_completion_and_pictures(built: Path):
    grpo, full, short = training_rows(data(built)), sft_rows(data(built)), sft_rows(data(built), "short")
    assert {*full[0]} == {"prompt", "completion", "images"}
    for number in (0, 5):
        row = grpo[number]
        assert full[number]["prompt"] == row["prompt"]
        assert full[number]["completion"] == [{"role": "assistant", "content": row["analysis"]}]
        assert short[number]["completion"][0]["content"] == completion(row["analysis"], "short")
        (image,) = full[number]["images"]
        assert image.tobytes() == row["image"].tobytes()
    assert {*sft_rows(data(built, view="text"))[0]} == {"prompt", "completion"}


def test_a_named_build_is_made_once_into_the_cache(cache: Path, monkeypatch: pytest.MonkeyPatch):
    made = []

    def smaller(recipe: str, out: Path, overwrite: bool) -> Any:
        assert recipe == "gameqa-5k"
        report = build(small(games=("tictactoe",)), out, workers=1, overwrite=overwrite)
        made.append(report.made)
        return report

    monkeypatch.setattr(building, "build", smaller)
    first, second = (training_rows(data("gameqa-5k", games="in_domain")) for _ in range(2))
    assert names(first) == names(second)
    assert len(made) == 1
    (folder,) = (path for path in (cache / "gameqa-builds").iterdir() if path.is_dir())
    assert folder.name == f"gameqa-5k-{datasets.load_dataset_builder('gameqa').hash}"


def test_fresh_rows_can_be_made_up_front():
    asked = data("online", games=["snake", "tictactoe"], tasks=["best_move", "food_position"], levels="Hard", rows=3)
    rows = training_rows(asked)
    assert len(rows) == 3
    assert {name.rsplit("/", 2)[0] for name in names(rows)} <= {f"{cell.name}/train" for cell in cells(asked)}
    assert "images" in sft_rows(asked)[0]
    with pytest.raises(UsageError, match="needs the number of rows"):
        training_rows(data("online"))


def test_folders_that_hold_no_build_for_this_are_refused(built: Path, tmp_path: Path):
    def told(source: Path | str, **given: Any) -> str:
        with pytest.raises(UsageError) as error:
            training_rows(data(source, **given))
        assert "\n" not in str(error.value)
        return str(error.value)

    assert told("gameqa-6k").startswith("unknown source 'gameqa-6k'; allowed: online, gameqa-140k, gameqa-5k")
    assert "is empty" in told(tmp_path)
    (tmp_path / "note.txt").write_text("something else")
    assert "holds no manifest.json" in told(tmp_path)
    manifest = json.loads((built / "manifest.json").read_text())
    for change, why in (
        ({"release": "0"}, f"is of release 0; allowed: {gameqa.RELEASE}"),
        ({"complete": False}, "is not finished"),
        ({"files": 3}, "is no manifest of a build"),
        ({}, "is missing; build"),
    ):
        (tmp_path / "manifest.json").write_text(json.dumps({**manifest, **change}))
        assert why in told(tmp_path)
    assert "holds no train rows of sokoban; it holds snake, tictactoe" in told(built, games="sokoban")
    bare = tmp_path / "bare"
    build(small(games=("tictactoe",), text=True, levels="Easy"), bare, workers=1)
    assert "holds no pictures; choose view: text" in told(bare)
    assert "rows of the games, tasks and levels asked for" in told(bare, view="text", levels="Hard")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"games": "chess"}, "unknown game or group 'chess'; allowed: all, in_domain"),
        ({"tasks": ["fly"]}, "unknown task 'fly'; allowed: "),
        ({"levels": "Absurd"}, "unknown level 'Absurd'; allowed: Easy, Medium, Hard"),
        ({"tasks": []}, "together select nothing"),
        ({"rows": 0}, "rows must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"max_pixels": 0}, "max_pixels must be at least 1"),
    ],
)
def test_bad_sections_are_refused(built: Path, given: Row, told: str):
    with pytest.raises(UsageError, match=told):
        training_rows(data(built, **given))


@pytest.mark.slow
def test_trl_trains_on_the_rows(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("torch")
    pytest.importorskip("trl")
    from gameqa.train.tiny import make
    from transformers import AutoModelForImageTextToText, AutoProcessor
    from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

    model = make(tmp_path / "model", texts=["Answer: A", "Answer: B"])
    asked = data(built, games="tictactoe", tasks="cell_color", max_pixels=10_000)
    common: Row = {
        "output_dir": str(tmp_path / "out"),
        "use_cpu": True,
        "bf16": False,
        "report_to": "none",
        "disable_tqdm": True,
        "per_device_train_batch_size": 1,
        "max_steps": 2,
        "save_strategy": "no",
    }
    seen: list[Row] = []  # of each generation

    def reward(completions: Any, **columns: Any) -> list[float]:
        seen.append(columns)
        return [float(place) for place in range(len(completions))]

    parts = {
        "model": AutoModelForImageTextToText.from_pretrained(model),
        "processing_class": AutoProcessor.from_pretrained(model),
    }
    GRPOTrainer(
        **parts,
        reward_funcs=reward,
        args=GRPOConfig(**common, max_completion_length=2, num_generations=2, gradient_accumulation_steps=2),
        train_dataset=training_rows(asked),
    ).train()
    assert len(seen) == 2
    for columns in seen:
        assert {*FACTS} <= columns.keys()
        assert len({*columns["data_id"]}) == 1
        assert [image.mode for image in columns["image"]] == ["RGB", "RGB"]
    trained = SFTTrainer(**parts, args=SFTConfig(**common, max_length=None), train_dataset=sft_rows(asked, "short"))
    assert trained.train().global_step == 2
