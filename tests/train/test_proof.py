"""The pieces of the proof that the training teaches to see; the proof itself takes too long for a test."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("trl", reason="needs the extra train")

import msgspec
from gameqa.train import proof, sight
from gameqa.train.plan import plan

import gameqa

pytestmark = pytest.mark.slow  # needs torch and TRL, which take long to be imported

BOTH = msgspec.structs.replace(proof.SCALES["medium"], image_size=28)


def samples(count: int) -> list[gameqa.Sample]:
    return [*proof.questions(BOTH, "test", proof.SEEDS["test"], count)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return proof.make_model(tmp_path_factory.mktemp("proof") / "model", BOTH)


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_wilsons_interval_solves_its_equation(counts: tuple[int, int]) -> None:
    share = proof.wilson(*counts)
    assert 0 <= share.low <= share.value <= share.high <= 1
    for bound in (share.low, share.high):
        if 0 < bound < 1:
            assert (share.value - bound) ** 2 == pytest.approx(proof.Z**2 * bound * (1 - bound) / share.of)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2))
def test_a_gain_is_the_difference_of_the_shares_and_turns_with_the_order(pairs: list[tuple[bool, bool]]) -> None:
    before, after = zip(*pairs, strict=True)
    mean, low, high = proof.gain(before, after)
    assert mean == pytest.approx((sum(after) - sum(before)) / len(pairs))
    assert low <= mean <= high
    assert proof.gain(after, before) == pytest.approx((-mean, -high, -low))


def test_the_floor_is_what_one_answer_to_each_wording_can_reach() -> None:
    asked = samples(60)
    for task in proof.TASKS.values():
        of_task = [sample for sample in asked if sample.task == task]
        assert len({sample.question for sample in of_task}) == 1  # nothing but the picture tells them apart
        best = max(sum(sample.answer == told for sample in of_task) for told in {sample.answer for sample in of_task})
        assert proof.floor(of_task) == best < len(of_task) / 2


def test_test_boards_are_in_no_training_split() -> None:
    held_out = {sample.state_hash for sample in samples(60)}
    for stream in ("warm-up", "grpo"):
        assert held_out.isdisjoint(
            sample.state_hash for sample in proof.questions(BOTH, "train", proof.SEEDS[stream], 60)
        )


def test_the_model_is_the_same_each_time_and_its_prompts_are_short(model: Path, tmp_path: Path) -> None:
    from transformers import AutoProcessor

    again = proof.make_model(tmp_path / "model", BOTH)
    assert (again / "model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()
    tokenizer: Any = AutoProcessor.from_pretrained(model).tokenizer
    lengths: list[int] = []
    for sample in samples(40):
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": sample.question}]}],
            add_generation_prompt=True,
        )
        assert len(chat["input_ids"]) <= proof.PROMPT  # of some 300 words
        told = tokenizer(sample.analysis)["input_ids"]
        assert tokenizer.decode(told) == sample.analysis
        lengths.append(len(told))
    assert sum(length < BOTH.reply for length in lengths) > 0.7 * len(lengths)


def test_recipes_can_be_planned_and_chain(model: Path) -> None:
    warm, grpo = proof.recipes(model.parent, BOTH, "cpu")
    assert grpo.model.name == str(model.parent / "sft" / "final")
    assert warm.model.name == str(model)
    assert plan(warm).batch.completions == BOTH.batch
    assert plan(grpo).batch.completions == BOTH.prompts * BOTH.generations


def test_replies_are_scored_and_pictures_withheld(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = samples(3)
    shown: list[bool] = []

    def replies(_model: Any, _processor: Any, inputs: dict[str, Any], _tokens: int) -> list[str]:
        shown.append("pixel_values" in inputs)
        return [f"Answer: {sample.answer}" if place else "no idea" for place, sample in enumerate(asked)]

    monkeypatch.setattr(sight, "replies", replies)
    right: Sequence[bool] = [False] + [True] * (len(asked) - 1)
    for seeing in (True, False):
        assert proof.ask(model, asked, BOTH, "cpu", seeing) == right
    assert shown == [True, False]


@pytest.mark.parametrize(("right", "stuck"), [(10, True), (40, False)])
def test_a_warm_up_that_taught_nothing_is_called_so(right: int, stuck: bool) -> None:
    share, floor = proof.wilson(right, 100), proof.wilson(10, 100)
    results = [proof.Result("after SFT", kind, task, share, floor, None) for kind, task in proof.TASKS.items()]
    floors = dict.fromkeys(proof.TASKS.values(), floor)
    shown = proof.text(proof.Proof("medium", "cpu", BOTH, floors, results, {}, 0.0, {}))
    assert shown.count("still on its plateau") == (len(proof.TASKS) if stuck else 0)
