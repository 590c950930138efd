"""Asking models: what they are sent, resuming, what stands in the folder, and bad input."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_openai
import pytest
from gameqa.benchmark import run as running
from gameqa.benchmark.records import Graded, Reply, View
from gameqa.benchmark.replies import read_run
from gameqa.benchmark.run import Settings, ask, sanity_of
from gameqa.benchmark.scoring import grade, made_questions
from lm_eval.api.instance import Instance
from replay import Replay

from gameqa.core.errors import GameQAError, UsageError

LIVE_COUNT = 30
"""The first questions of the task gameqa_lifegame are those of live_count, ten of each level."""


def right(request: Instance) -> str:
    return f"Answer: {request.doc['answer']}"


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Instance], str]], Replay]:
    """Let runs ask a model that answers by a function."""

    def use(answer: Callable[[Instance], str]) -> Replay:
        model = Replay(answer)
        monkeypatch.setattr(running, "load", lambda *_, **__: model)
        return model

    return use


def endpoint_settings(endpoint: fake_openai.Endpoint, **arguments: Any) -> Settings:
    url = f"{endpoint.url}/chat/completions"
    return Settings("local-chat-completions", {"model": "tiny", "base_url": url, "max_retries": 1, **arguments})


def shares(folder: Path) -> dict[View, float]:
    graded = grade(read_run(folder), made_questions)
    views = {one.reply.view for one in graded}
    return {view: _share([one for one in graded if one.reply.view is view]) for view in views}


def _share(graded: list[Graded]) -> float:
    return sum(one.right for one in graded) / len(graded)


@pytest.mark.parametrize("concurrency", [1, 8])
def test_an_endpoint_that_reads_the_picture_is_right_and_a_blind_one_at_the_floor(
    tmp_path: Path, concurrency: int
) -> None:
    with fake_openai.serve(fake_openai.count_live_cells) as endpoint:
        settings = endpoint_settings(endpoint, num_concurrent=concurrency)
        for view in (View.PICTURE, View.BLIND):
            ask(settings, tmp_path, ["gameqa_lifegame"], view, limit=LIVE_COUNT, sanity=False)
    found = shares(tmp_path)
    assert found[View.PICTURE] == 1.0
    assert found[View.BLIND] < 0.35
    seen = [fake_openai.split(payload) for payload in endpoint.requests]
    assert sum(image is not None for image, _ in seen) == LIVE_COUNT
    assert not any("<image>" in text for _, text in seen)
    assert {reply.finish for reply in read_run(tmp_path)} == {"stop"}


def test_replies_cut_off_by_the_endpoint_are_told(tmp_path: Path) -> None:
    with fake_openai.serve(lambda image, text: "Let me think", finish="length") as endpoint:
        ask(endpoint_settings(endpoint), tmp_path, ["gameqa_tictactoe"], limit=2, sanity=False)
    assert [reply.finish for reply in read_run(tmp_path)] == ["length", "length"]


def test_what_is_answered_is_not_asked_again(tmp_path: Path, replay: Any) -> None:
    model = replay(right)
    for limit, asked in ((3, 3), (5, 5), (5, 5)):
        ask(Settings("own"), tmp_path, ["gameqa_tictactoe"], limit=limit, sanity=False)
        assert len(model.asked) == asked
    ask(Settings("own"), tmp_path, ["gameqa_tictactoe"], View.TEXT, limit=5, sanity=False)
    assert len(model.asked) == 10
    assert shares(tmp_path) == {View.PICTURE: 1.0, View.TEXT: 1.0}


def test_a_failing_endpoint_keeps_what_was_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gameqa.benchmark import recorder

    monkeypatch.setattr(recorder, "BLOCK", 4)
    monkeypatch.setattr(recorder, "ROUNDS", 1)
    with fake_openai.serve(fake_openai.count_live_cells) as endpoint:
        endpoint.fail_after = 9
        with pytest.raises(GameQAError, match=r"the model failed at gameqa_lifegame: .*500.*; run again to go on"):
            ask(endpoint_settings(endpoint), tmp_path, ["gameqa_lifegame"], limit=LIVE_COUNT, sanity=False)
        assert len(read_run(tmp_path)) == 8
        endpoint.fail_after = None
        endpoint.requests.clear()
        ask(endpoint_settings(endpoint), tmp_path, ["gameqa_lifegame"], limit=LIVE_COUNT, sanity=False)
        assert len(endpoint.requests) == LIVE_COUNT - 8
    assert shares(tmp_path) == {View.PICTURE: 1.0}


@pytest.mark.slow
def test_a_killed_run_goes_on(tmp_path: Path) -> None:
    """kill -9 in the middle; the folder then holds whole replies only, and the rest is asked."""

    def slowly(image: Any, text: str) -> str:
        time.sleep(0.02)
        return fake_openai.count_live_cells(image, text)

    with fake_openai.serve(slowly) as endpoint:
        command = [sys.executable, "-m", "gameqa", "bench", "run", "--model", "tiny", "--endpoint", endpoint.url]
        command += ["--tasks", "gameqa_lifegame", "--limit", str(LIVE_COUNT), "--no-sanity", "--concurrency", "1"]
        script = f"from gameqa.benchmark import recorder; recorder.BLOCK = recorder.ROUNDS = 2; {_MAIN}"
        command[1:3] = ["-c", script]
        process = subprocess.Popen([*command, "--out", str(tmp_path)], env=os.environ, stderr=subprocess.DEVNULL)
        while not (tmp_path / "replies.jsonl").exists() or len(read_run(tmp_path)) < 6:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with (tmp_path / "replies.jsonl").open("ab") as file:
            file.write(b'{"data_id": "lifegame/live')
        held, asked = len(read_run(tmp_path)), len(endpoint.requests)
        del endpoint.requests[:]
        done = subprocess.run([*command, "--out", str(tmp_path)], env=os.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert 6 <= held <= asked < LIVE_COUNT
        assert len(endpoint.requests) == LIVE_COUNT - held
    assert "100.0% right" in done.stdout
    assert shares(tmp_path) == {View.PICTURE: 1.0}


_MAIN = "from gameqa.cli import main; main()"


def test_a_folder_of_another_run_is_refused(tmp_path: Path, replay: Any) -> None:
    replay(right)
    ask(Settings("own"), tmp_path, ["gameqa_tictactoe"], limit=1, sanity=False)
    with pytest.raises(UsageError, match=r"holds another run .*max_new_tokens was 2048, not 99"):
        ask(Settings("own", max_new_tokens=99), tmp_path, ["gameqa_tictactoe"], limit=1, sanity=False)


def test_an_endpoint_that_ignores_pictures_is_told(tmp_path: Path, replay: Any) -> None:
    from gameqa.benchmark.outcome import conclude

    found = {}
    for name, answer in {
        "seeing": lambda request: right(request) if len(request.args) > 2 else "Answer: A",
        "blind": lambda request: "Answer: A",
    }.items():
        replay(answer)
        ask(Settings("own"), tmp_path / name, ["gameqa_sanity"])
        found[name] = conclude(tmp_path / name, read_run(tmp_path / name)).about
    assert "warning: sight" not in found["seeing"]
    assert "pictures may not reach the model" in found["blind"]["warning: sight"]


def test_sanity_counts_pairs_only() -> None:
    rows = [made_questions(f"lifegame/live_count/easy/test/0/{index}") for index in range(3)]
    seeing = grade(
        [Reply(data_id=row["data_id"], reply=f"Answer: {row['answer']}") for row in rows[:2]], made_questions
    )
    blind = grade([Reply(data_id=row["data_id"], reply="no idea", view=View.BLIND) for row in rows[1:]], made_questions)
    assert sanity_of(seeing, blind) == (1, 1.0, 0.0, 0)
    assert sanity_of(seeing, blind).warning == sanity_of(seeing, []).warning == ""
    assert sanity_of(blind, blind).n == 0


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings("gpt"), "unknown model 'gpt'; allowed: vllm-vlm, hf-multimodal"),
        (
            Settings("local-chat-completions", {"model": "x", "base_url": "http://127.0.0.1:9/v1/chat/completions"}),
            "no endpoint answers at http://127.0.0.1:9/v1",
        ),
        (Settings("local-chat-completions", {"model": "x", "base_url": "localhost"}), "is no address of an endpoint"),
        (Settings("local-chat-completions", {"model": "x", "colour": 3}), "needs the address of the endpoint"),
    ],
)
def test_bad_models_are_told_in_one_sentence(tmp_path: Path, settings: Settings, told: str) -> None:
    with pytest.raises(GameQAError, match=told):
        ask(settings, tmp_path, ["gameqa_tictactoe"], limit=1)
    assert not (tmp_path / "replies.jsonl").exists()


def test_wrong_names_and_missing_keys_of_an_endpoint_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with fake_openai.serve(lambda image, text: "", key="secret") as endpoint:
        with pytest.raises(UsageError, match="asks for a key; put it into the environment variable OPENAI_API_KEY"):
            ask(endpoint_settings(endpoint), tmp_path)
        monkeypatch.setenv("OPENAI_API_KEY", "wrong")
        with pytest.raises(UsageError, match="refuses the key; put a valid one into the environment variable"):
            ask(endpoint_settings(endpoint), tmp_path)
        monkeypatch.setenv("OPENAI_API_KEY", "secret")
        with pytest.raises(UsageError, match="does not serve the model 'huge'; it serves tiny"):
            ask(endpoint_settings(endpoint, model="huge"), tmp_path)


@pytest.mark.slow
def test_a_small_llava_gets_the_picture_through_hf_multimodal(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the extra hf")
    pytest.importorskip("transformers", reason="needs the extra hf")
    from gameqa.train.tiny import make

    folder = make(tmp_path / "llava", seed=3)
    settings = Settings("hf-multimodal", {"pretrained": str(folder), "dtype": "float32"}, max_new_tokens=24)
    for view in View:
        ask(settings, tmp_path / "run", ["gameqa_lifegame"], view, limit=4, batch_size=2, device="cpu", sanity=False)
    replies = read_run(tmp_path / "run")
    assert len(replies) == 12 and all(reply.finish for reply in replies)
    texts = {view: [reply.reply for reply in replies if reply.view is view] for view in View}
    assert len({*texts[View.PICTURE]} - {*texts[View.BLIND]}) > 0
