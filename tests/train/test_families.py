"""Tiny models of the families that the recipes name take GRPO steps by these very recipes."""

import json
import math
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("trl", reason="needs the extra train")

from families import FAMILIES, make
from gameqa.train import outputs, rewards, sight, trainers
from gameqa.train.loading import load_model, load_processor, vision_tower
from gameqa.train.recipes import read_recipe
from gameqa.train.settings import Model, Recipe

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

SMALL = [
    *("model.dtype=float32", "use_cpu=true", "bf16=false", "gradient_checkpointing=false", "report_to=none"),
    *("data.source=online", "data.games=tictactoe", "data.workers=0", "data.max_pixels=12544"),
    *("batch_prompts=2", "per_device_train_batch_size=2", "num_generations=2", "max_completion_length=4"),
    *("max_steps=2", "save_steps=1", "warmup_steps=0"),
]


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pay one of the two completions of each prompt, so that there is something to learn in every step."""
    monkeypatch.setattr(rewards, "accuracy", lambda completions, **_: [float(i % 2) for i in range(len(completions))])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the eyes with four questions."""
    rows = sight.perception_rows(4)
    monkeypatch.setattr(sight, "perception_rows", lambda: rows)


@pytest.mark.usefixtures("paid", "few")
@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_trained_by_its_recipe(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = read_recipe(name, [f"model.name={make(FAMILIES[name], tmp_path / 'model')}", *SMALL])
    run = tmp_path / "run"
    trained = _trained(recipe, run, monkeypatch)
    _check_eyes(capsys.readouterr().err)
    _check_steps(run / "checkpoint-2")
    _check_changes(load_model(recipe.model), trained)
    assert _same(trained, load_model(recipe.model, run / "checkpoint-2"))
    _check_final(run / "final", recipe, trained)

    assert not _same(trained, load_model(recipe.model, run / "checkpoint-1"))
    shutil.rmtree(run / "checkpoint-2")
    shutil.rmtree(run / "final")
    assert _same(trained, _trained(recipe, run, monkeypatch))  # goes on from checkpoint-1


def _trained(recipe: Recipe, run: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the model of a run as it is in memory at the end."""
    kept: list[Any] = []

    def loading(*arguments: Any) -> Any:
        kept.append(load_model(*arguments))
        return kept[-1]

    monkeypatch.setattr(trainers, "load_model", loading)
    assert trainers.run(recipe, run) == f"model: {run / outputs.FINAL}"
    (model,) = kept
    return model


def _check_eyes(told: str) -> None:
    """Pictures reach the model and change what it says."""
    found = re.search(r"at least (\d+) image tokens; the logits change with the picture in (\d+) of (\d+)", told)
    assert found is not None, told
    tokens, changed, asked = map(int, found.groups())
    assert tokens >= 4 and changed == asked > 0


def _check_steps(checkpoint: Path) -> None:
    history = json.loads((checkpoint / "trainer_state.json").read_text())["log_history"]
    assert [line["step"] for line in history] == [1, 2]
    assert all(math.isfinite(line["loss"]) and line["reward"] == 0.5 for line in history)
    assert all(math.isfinite(line["grad_norm"]) and line["grad_norm"] > 0 for line in history)


def _check_changes(before: Any, after: Any) -> None:
    """The tower is as it was, bit by bit; all else has changed."""
    tower, _ = vision_tower(after)
    old = before.state_dict()
    equal = {name for name, weight in after.state_dict().items() if old[name].equal(weight)}
    assert equal == {name for name in old if name.startswith(f"{tower}.")}


def _same(one: Any, other: Any) -> bool:
    first, second = one.state_dict(), other.state_dict()
    return first.keys() == second.keys() and all(first[name].equal(second[name]) for name in first)


def _check_final(folder: Path, recipe: Recipe, trained: Any) -> None:
    """The folder can be loaded by itself: the same weights, and a processor that says the same."""
    final = Model(name=str(folder), dtype="float32")
    assert _same(trained, load_model(final))
    asked = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Who wins?"}]}]
    texts = {load_processor(model).apply_chat_template(asked, tokenize=False) for model in (final, recipe.model)}
    assert len(texts) == 1
    assert recipe.name in (folder / "README.md").read_text()
