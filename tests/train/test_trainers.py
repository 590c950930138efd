"""Whole runs with the model made on the spot: folder, exact resume, evaluation, SFT, page, card, command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hub_stand_in import WRITE, Hub
from huggingface_hub import constants

pytest.importorskip("trl", reason="needs the extra train")

from gameqa.train import launch, outputs, rewards, trainers
from gameqa.train.recipes import read_recipe

from gameqa.core.errors import GameQAError, UsageError

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

ROOT = Path(__file__).parents[2]
QUICK = ["check.sight=false", "data.workers=0", "data.games=tictactoe", "max_completion_length=8"]


def coin(completions: Sequence[Any], **_: Any) -> list[float | None]:
    """A reward that differs within a group, which a model without training would never earn."""
    return [float(sum(map(ord, rewards.text_of(one))) % 2) for one in completions]


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewards, "accuracy", coin)


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


def same(first: Path, second: Path) -> bool:
    import torch

    one, two = weights(first), weights(second)
    return one.keys() == two.keys() and all(torch.equal(one[name], two[name]) for name in one)


def test_a_run_that_goes_on_from_a_checkpoint_ends_as_if_it_had_not_stopped(tmp_path: Path, paid: None) -> None:
    recipe = read_recipe("tiny-cpu", [*QUICK, "max_steps=4", "save_steps=2", "check.pages=true", "beta=0.04"])
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    assert trainers.run(recipe, whole) == f"model: {whole / 'final'}"
    shutil.copytree(whole / "checkpoint-2", halved / "checkpoint-2")
    shutil.copytree(whole / "checkpoint-4", halved / "checkpoint-3")
    (halved / "checkpoint-3" / outputs.STATE).unlink()  # as a kill leaves it
    shutil.copy(whole / outputs.RECIPE, halved)
    trainers.run(recipe, halved)
    assert same(whole / "final", halved / "final")
    assert not same(whole / "final", whole / "checkpoint-2")
    asked = [_asked(folder, step) for folder in (whole, halved) for step in (3, 4)]
    assert asked[:2] == asked[2:]
    assert len({name for found in asked[:2] for name in found}) == 4
    page = (whole / "completions.html").read_text()
    assert all(name in page for name in asked[1]) and "data:image/png;base64," in page
    card = (whole / "final" / "README.md").read_text()
    assert "tiny-cpu" in card and "| reward |" in card and "Steps: 4" in card
    with pytest.raises(UsageError, match=r"holds a run of another recipe \(it differs in training\)"):
        trainers.run(read_recipe("tiny-cpu", [*QUICK, "max_steps=5"]), whole)


def _asked(folder: Path, step: int) -> list[str]:
    import pyarrow.parquet as pq

    rows = pq.read_table(folder / "completions" / f"completions_{step:05d}.parquet").to_pylist()
    return sorted({row["data_id"] for row in rows})


def test_the_bench_mini_set_is_asked_while_training(tmp_path: Path, paid: None, monkeypatch: Any) -> None:
    from gameqa.builders.build import build
    from gameqa.builders.recipes import Recipe

    build(Recipe("few", "", counts={"test": 1}, games=("tictactoe",)), tmp_path / "few", workers=1, progress=False)
    monkeypatch.setattr(trainers, "EVALUATION", str(tmp_path / "few"))
    told = [*QUICK, "max_steps=2", "eval_steps=2", "check.evaluate=4", "per_device_eval_batch_size=4"]
    trainers.run(read_recipe("tiny-cpu", [*told, "save_strategy=steps", "save_steps=2"]), tmp_path / "run")
    state = json.loads((tmp_path / "run" / "checkpoint-2" / "trainer_state.json").read_text())
    assert any("eval_rewards/accuracy/mean" in line for line in state["log_history"])
    assert any("pass_rate/Easy" in line for line in state["log_history"])


def test_sft_learns_the_analyses(tmp_path: Path) -> None:
    told = ["check.sight=false", "data.games=tictactoe", "data.rows=8", "max_steps=6", "learning_rate=3e-3"]
    trainers.run(read_recipe("tiny-sft", told), tmp_path)
    losses = [line["loss"] for line in _history(tmp_path) if "loss" in line]
    assert losses[-1] < losses[0] - 0.5
    assert "SFT" in (tmp_path / "final" / "README.md").read_text()


def _history(folder: Path) -> list[dict[str, Any]]:
    (state,) = folder.glob("checkpoint-*/trainer_state.json")
    return json.loads(state.read_text())["log_history"]


def test_another_method_keeps_the_fields_both_trainers_have() -> None:
    recipe = read_recipe("qwen2_5_vl_7b", method="sft")
    assert recipe.method == "sft" and recipe.training["learning_rate"] == 5e-7
    assert "num_generations" not in recipe.training and "loss_type" not in recipe.training


def test_a_final_model_that_cannot_be_sent_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "final").mkdir()
    (tmp_path / "final" / "README.md").write_text("card")
    with pytest.raises(GameQAError, match="the model could not be sent to me/model"):
        outputs.push(tmp_path / "final", "me/model")
    assert (tmp_path / "final" / "README.md").is_file()


def test_a_final_model_arrives_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", WRITE)
    files = {"README.md": b"card", "config.json": b"{}", "model.safetensors": b"weights" * 1000}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    hub = Hub()
    try:
        assert "me/model" in outputs.push(tmp_path, "me/model", hub.url)
        assert {name: blob.content for name, blob in hub.repos["me/model"].main.items() if name in files} == files
        outputs.push(tmp_path, "me/model", hub.url)  # once more: nothing is lost
        assert files.keys() <= hub.repos["me/model"].main.keys()
    finally:
        hub.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--recipe", "gpt"], "unknown recipe 'gpt'; allowed: internvl2_5_8b"),
        (["--method", "dpo"], "unknown method 'dpo'; allowed: grpo, sft"),
        (["learning_rat=1"], "the nearest right key is 'learning_rate'"),
        (["--recipe", "qwen2_5_vl_7b"], "needs a GPU and PyTorch sees none"),
    ],
)
def test_bad_input_is_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *arguments, "--out", str(tmp_path / "run")])
    with pytest.raises(SystemExit) as ended:
        launch.main()
    said = capsys.readouterr().err
    assert ended.value.code == 2 and told in said
    assert said.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_a_dry_run_shows_plan_prompt_and_picture(tmp_path: Path) -> None:
    """As `accelerate launch train` does it: Python runs the folder of the checkout."""
    command = [sys.executable, "train", "--recipe", "tiny-cpu", "--dry-run", "--out", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "8 completions a step" in done.stdout and "[user]" in done.stdout and "right answer: " in done.stdout
    assert (tmp_path / "first-prompt.png").is_file() and not (tmp_path / "recipe.json").exists()


def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    """`accelerate launch train`, kill -9 after the first checkpoint, and again to the end."""
    command = [str(Path(sys.executable).with_name("accelerate")), "launch", "--cpu", "train", "--out", str(tmp_path)]
    command += [*QUICK, "max_steps=6", "save_steps=1", "save_total_limit=2"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    while outputs.last_checkpoint(tmp_path) is None:
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "final").exists()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "final" / "model.safetensors").is_file()
    asked = [_asked(tmp_path, step) for step in range(1, 7)]
    assert len({name for found in asked for name in found}) == 12
