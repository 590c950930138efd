"""The environments: each is played with its real library where that is installed."""

import importlib
import json
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gameqa.train.environments import (
    Questions,
    environment_factory,
    gymnasium_environment,
    load_environment,
)
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.core.errors import GameQAError, MissingExtra, UsageError
from gameqa.tools.attacks import attacks

FEW: dict[str, Any] = {"games": ["tictactoe", "lifegame"], "levels": "Easy"}


# --- The stream -----------------------------------------------------------------------------------


@given(st.integers(0, 10**6))
def test_questions_depend_on_their_number_alone(number: int) -> None:
    one, two = (Questions(**FEW, split="test", seed=5)(number) for _ in range(2))
    assert one == two and one == gameqa.sample(
        one.game_name, one.task, "Easy", split="test", seed=5, index=number // len(tasks())
    )


def tasks() -> list[tuple[str, str]]:
    return [(game, task.slug) for game in FEW["games"] for task in gameqa.game(game).tasks]


def test_tasks_and_levels_take_turns() -> None:
    questions = Questions(**FEW)
    first, second = ([questions(turn * len(tasks()) + place) for place in range(len(tasks()))] for turn in (0, 1))
    for turn in (first, second):
        assert sorted((sample.game_name, sample.task) for sample in turn) == sorted(tasks())
    assert not {sample.data_id for sample in first} & {sample.data_id for sample in second}


def test_groups_count_for_games() -> None:
    questions = Questions(["out_of_domain", "maze"], levels="Easy")
    found = {questions(number).game_name for number in range(150)}
    assert "maze" in found and all(gameqa.game(name).domain.value == "out" for name in found - {"maze"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"games": "chess"}, "'chess'"),
        ({"tasks": "fly"}, "unknown task 'fly'"),
        ({"levels": "Insane"}, "unknown level 'Insane'"),
        ({"split": "dev"}, "unknown split 'dev'; allowed: train, validation, test"),
        ({"view": "sound"}, "unknown view 'sound'; allowed: picture, text"),
        ({"seed": -1}, "seed must be at least 0, not -1"),
    ],
)
def test_options_that_do_not_exist_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Questions(**options)
    with pytest.raises(UsageError, match=message):
        environment_factory(**options)


# --- TRL ------------------------------------------------------------------------------------------


def test_a_group_of_resets_gets_one_question_and_processes_share_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    dealt: dict[int, list[str]] = {}
    for rank in (0, 1):
        monkeypatch.setenv("RANK", str(rank))
        factory = environment_factory(**FEW, view="text", generations=3)
        environments = [factory() for _ in range(6)]
        dealt[rank] = [environment.reset(prompt="")[-1]["text"] for environment in environments * 2]
        assert len(set(dealt[rank])) == 4
        assert all(dealt[rank][place] == dealt[rank][place - place % 3] for place in range(12))
    stream = Questions(**FEW, view="text")
    wanted = [stream(number).text_question for number in range(8)]
    assert [text.startswith(question) for text, question in zip(dealt[0][::3], wanted[::2], strict=True)] == [True] * 4
    assert [text.startswith(question) for text, question in zip(dealt[1][::3], wanted[1::2], strict=True)] == [True] * 4


def test_the_first_answer_handed_in_counts() -> None:
    environment = environment_factory(**FEW)()
    with pytest.raises(GameQAError, match="call reset first"):
        environment.get_reward()
    sample = gameqa.sample("tictactoe", "best_move", split="test")
    picture, told = environment.reset(data_id=sample.data_id, other="column")
    assert picture["image"].mode == "RGB" and sample.question in told["text"] and "`submit`" in told["text"]
    assert environment.get_reward() == 0.0
    assert "taken" in environment.submit(sample.answer)
    assert environment.get_reward() == 1.0
    assert "stands" in environment.submit("Z")
    assert environment.get_reward() == 1.0
    for attack in attacks(sample).values():
        environment.reset(data_id=sample.data_id)
        environment.submit(attack)
        environment.submit(sample.answer)
        assert environment.get_reward() == 0.0
    assert isinstance(pickle.loads(pickle.dumps(environment_factory(**FEW)))().reset(), list)
    with pytest.raises(UsageError, match="generations must be at least 1, not 0"):
        environment_factory(generations=0)


CALL = '<tool_call>\n{"name": "submit", "arguments": {"answer": "%s"}}\n</tool_call>'


@pytest.mark.slow
@pytest.mark.parametrize("rows", [None, ["tictactoe/best_move/easy/train/0/3", "lifegame/live_count/easy/train/0/1"]])
def test_trl_trains_on_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[str] | None) -> None:
    """Two steps of the real trainer with a tiny model; what it says is put in its mouth, since it cannot call tools."""
    torch = pytest.importorskip("torch")
    trl = pytest.importorskip("trl")
    transformers = pytest.importorskip("transformers")
    datasets = pytest.importorskip("datasets")
    chat = pytest.importorskip("trl.chat_template_utils")
    from gameqa.train.tiny import make

    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    make(tmp_path / "model", hidden=64, layers=1, image_size=28, words=300, texts=["Answer: A", "Answer: B"])
    processor = transformers.AutoProcessor.from_pretrained(tmp_path / "model")
    template = chat.qwen3_vl_chat_template.replace("<|vision_start|><|image_pad|><|vision_end|>", "<image>")
    assert template != chat.qwen3_vl_chat_template
    processor.chat_template = template
    processor.tokenizer.response_template = chat.qwen3_template
    model = transformers.AutoModelForImageTextToText.from_pretrained(tmp_path / "model")
    asked: list[str] = []
    pays: list[float] = []

    def watch(environments: Any, completions: Any, **_: Any) -> list[float]:
        asked.extend(environment._sample.data_id for environment in environments)
        pays.extend(environment.get_reward() for environment in environments)
        return [0.0] * len(environments)

    data = rows and datasets.Dataset.from_dict({"data_id": rows, "prompt": [[{"role": "user", "content": ""}]] * 2})
    args = trl.GRPOConfig(
        output_dir=str(tmp_path / "out"),
        use_cpu=True,
        bf16=False,
        report_to="none",
        max_steps=2,
        per_device_train_batch_size=4,
        num_generations=2,
        max_completion_length=48,
        max_tool_calling_iterations=1,
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = trl.GRPOTrainer(
        model=model,
        processing_class=processor,
        reward_funcs=[watch],
        train_dataset=data,
        args=args,
        environment_factory=environment_factory(**FEW, generations=2),
    )

    def said(input_ids: Any, **options: Any) -> Any:
        answers = [environment._sample.answer for environment in trainer.environments][: len(input_ids)]
        if len(answers) == 4:
            answers[1::2] = ["Z", "Z"]
        words = processor.tokenizer([CALL % answer + "<|im_end|>" for answer in answers], padding=True)
        return torch.cat([input_ids, torch.tensor(words["input_ids"])], dim=1)

    monkeypatch.setattr(model, "generate", said)
    trainer.train()
    assert len(asked) == 8 and asked[::2] == asked[1::2]
    assert len(set(asked)) == (4 if rows is None else 2) and set(asked) <= set(rows or asked)
    assert pays == [1.0, 0.0] * 4
    assert any("rewards/GameQAEnvironment/mean" in line for line in trainer.state.log_history)


# --- verifiers ------------------------------------------------------------------------------------

HARNESS = '''
import json
import urllib.request
import asyncio
import verifiers.v1 as vf
from verifiers.v1.dialects.chat import message_to_wire

__all__ = ["Chat"]


class Config(vf.HarnessConfig):
    pass


class Chat(vf.Harness[Config]):
    """Sends the prompt once, from this process, so that nothing needs to be installed for a program of its own."""

    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def launch(self, ctx, trace, runtime, endpoint, secret, mcp_urls, data, **_):
        body = {"model": ctx.model, "messages": [message_to_wire(message) for message in data.prompt]}
        request = urllib.request.Request(
            f"{endpoint}/chat/completions",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
        )
        await asyncio.to_thread(lambda: urllib.request.urlopen(request, timeout=20).read())
        return vf.ProgramResult(0, "", "")
'''


@pytest.mark.parametrize("view", ["picture", "text"])
def test_verifiers_plays_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: Any) -> None:
    """Whole episodes against an endpoint on loopback that answers by looking at the picture."""
    vf = pytest.importorskip("verifiers.v1")
    import asyncio

    (tmp_path / "chat_once.py").write_text(HARNESS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmark")
    fake = importlib.import_module("fake_openai")
    whole = {"id": "1", "object": "chat.completion", "created": 0, "model": "tiny"}  # verifiers wants all of the form
    monkeypatch.setattr(
        fake, "json", SimpleNamespace(loads=json.loads, dumps=lambda body: json.dumps({**whole, **body}))
    )
    environment = load_environment(
        games="lifegame", tasks="live_count", levels="Easy", split="test", seed=2, view=view, harness="chat_once"
    )
    assert environment.taskset.bounded is False
    asked = list(environment.taskset.take(3))
    samples = [gameqa.sample("lifegame", "live_count", split="test", seed=2, index=index) for index in range(3)]
    assert [task.key for task in asked] == [sample.data_id for sample in samples]
    assert json.loads(asked[0].data.model_dump_json())["id"] == samples[0].data_id

    async def play(url: str) -> list[Any]:
        client = vf.EvalClientConfig(base_url=url, api_key_var="GAMEQA_TEST_KEY")
        async with environment.serving():
            context = vf.ModelContext(model="tiny", client=client)
            return [await environment.run_episode(task, context) for task in asked]

    monkeypatch.setenv("GAMEQA_TEST_KEY", "none")
    with fake.serve(fake.count_live_cells) as endpoint:
        episodes = asyncio.run(play(endpoint.url))
    assert [episode.errors for episode in episodes] == [[]] * 3 and all(episode.ok for episode in episodes)
    rewards = [episode.traces[0].reward for episode in episodes]
    blind = [float(sample.answer == "A") for sample in samples]
    assert rewards == ([1.0] * 3 if view == "picture" else blind)
    picture, told = fake.split(endpoint.requests[0])
    assert told == (samples[0].question if view == "picture" else samples[0].text_question)
    assert (picture is not None) == (view == "picture")
    with pytest.raises(UsageError, match="unknown view"):
        load_environment(view="sound")  # type: ignore[arg-type]


# --- Gymnasium ------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["picture", "text"])
def test_gymnasium_finds_nothing_wrong_with_the_environment(view: Any) -> None:
    pytest.importorskip("gymnasium")
    from gymnasium.utils.env_checker import check_env

    check_env(gymnasium_environment(**FEW, view=view, size=(64, 80)), skip_render_check=True)


def test_gymnasium_episodes_are_one_question_long() -> None:
    pytest.importorskip("gymnasium")
    environment = gymnasium_environment(**FEW, split="test", seed=4)
    observation, info = environment.reset(seed=1)
    sample = gameqa.from_data_id(info["data_id"])
    assert info == {"data_id": sample.data_id} and sample.split == "test" and sample.seed == 4
    assert observation in environment.observation_space
    assert observation["question"] == sample.question
    width, height = sample.image.size
    assert (observation["picture"][:height, :width] == sample.image.convert("RGB")).all()
    assert (observation["picture"][height:] == 255).all() and (observation["picture"][:, width:] == 255).all()
    same, reward, terminated, truncated, told = environment.step(f"Answer: {sample.answer}")
    assert (reward, terminated, truncated) == (1.0, True, False)
    assert told == {"data_id": sample.data_id, "extracted": sample.answer, "reason": "match", "answer": sample.answer}
    assert same["question"] == observation["question"]
    with pytest.raises(GameQAError, match="call reset first"):
        environment.step("A")
    again, _ = environment.reset(seed=1)
    assert again["question"] == observation["question"]
    assert environment.reset()[1] != environment.reset()[1]
    first = Questions(**FEW, split="test", seed=4)(0)
    assert environment.reset(options={"number": 0})[1] == {"data_id": first.data_id}


def test_gymnasium_pays_nothing_for_attacks() -> None:
    pytest.importorskip("gymnasium")
    environment = gymnasium_environment(**FEW, view="text")
    _, info = environment.reset(options={"number": 0})
    for attack in attacks(gameqa.from_data_id(info["data_id"])).values():
        environment.reset(options={"number": 0})
        assert environment.step(attack)[1] == 0.0


def test_gymnasium_shows_large_pictures_smaller() -> None:
    pytest.importorskip("gymnasium")
    environment = gymnasium_environment(**FEW, size=(100, 60))
    observation, _ = environment.reset(seed=1)
    assert observation["picture"].shape == (100, 60, 3) and observation["picture"].min() < 255
    with pytest.raises(UsageError, match=r"not \(0, 5\)"):
        gymnasium_environment(size=(0, 5))


# --- Libraries that are not there -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "package"), [(load_environment, "verifiers>=0.4"), (gymnasium_environment, "gymnasium")]
)
def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, make: Any, package: str) -> None:
    monkeypatch.setattr("gameqa.train.environments.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=f"pip install '{package}'"):
        make()
