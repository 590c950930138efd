"""Questions made while training: never one twice, decided by seed and rewards alone, and gone on with exactly."""

import json
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from gameqa.train import online as module
from gameqa.train import settings
from gameqa.train.curriculum import Cell
from gameqa.train.online import Online, Pace, pace
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

import gameqa
from gameqa.core.errors import GameQAError, UsageError

Row = dict[str, Any]
BAND = settings.Curriculum(window=6)
TWO = ["snake", "tictactoe"]


def data(**given: Any) -> settings.Data:
    return settings.Data(**{"source": "online", "games": TWO, "workers": 0, "view": "text", **given})


def cheap(cell: Cell, index: int, seed: int, pictured: bool) -> Any:
    """Stand in for the making of a question: now and then an old one again, and in one task only 40 different ones."""
    if index % 11 == 5:
        return None
    key = index % 40 if cell.task == "best_move" else index - (index % 7 == 3)
    mark = sha256(f"{cell.game}/{cell.task}/{key}".encode()).hexdigest()[: module.MARK]
    return module._Made(mark, {"data_id": f"{cell.name}/{index}", "mark": mark, "text_question": "?"}, None)


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_make", cheap)


def judge(row: Row) -> list[float | None]:
    """Rewards of a question's completions, decided by the question."""
    return [float(digit in "01234567") for digit in sha256(row["data_id"].encode()).hexdigest()[:4]]


def train(online: Online, start: int, blocks: int, late: int = 0) -> list[Row]:
    """Read and answer blocks one after another, rewards coming in `late` blocks later; return the rows."""
    size, rows, waiting = online.pace.block, [], []
    for block in range(start, start + blocks):
        read = online.rows(range(block * size, (block + 1) * size))
        rows += read
        waiting.append([(row["number"], value) for row in read for value in judge(row)])
        while len(waiting) > late:
            online.record(waiting.pop(0))
    while waiting:
        online.record(waiting.pop(0))
    return rows


def ids(rows: list[Row]) -> list[str]:
    return [row["data_id"] for row in rows]


@pytest.mark.parametrize("band", [None, BAND])
def test_thousands_of_questions_hold_none_twice(fast: None, band: settings.Curriculum | None):
    rows = train(Online(data(curriculum=band, games="all"), Pace(20, 2, 200)), 0, 200)
    assert len(rows) == 4000
    assert len({*ids(rows)}) == 4000
    assert len({row["mark"] for row in rows}) == 4000


def test_real_questions_are_new_by_state_and_params_too():
    rows = train(Online(data(games="tictactoe"), Pace(8, 2, 40)), 0, 40)
    asked = [gameqa.sample(*row["data_id"].split("/")[:3], index=row["index"]) for row in rows]
    assert ids(rows) == [sample.data_id for sample in asked]
    assert len({(sample.task, sample.question_hash()) for sample in asked}) == 320


def test_a_task_that_runs_dry_is_replaced_by_others(fast: None):
    found = Online(data(games="tictactoe", tasks=["best_move", "cell_color"], levels="Easy"), Pace(10, 1, 20))
    rows = train(found, 0, 20)
    assert sum("best_move" in name for name in ids(rows)) == 40
    assert len({*ids(rows)}) == 200
    only = Online(data(games="tictactoe", tasks="best_move", levels="Easy"), Pace(10, 1, 20))
    with pytest.raises(GameQAError, match="run out of fresh questions"):
        train(only, 0, 20)


@pytest.mark.parametrize("band", [None, BAND])
def test_same_seed_and_rewards_give_the_same_questions_whenever_rewards_come(
    fast: None, band: settings.Curriculum | None
):
    def run(late: int, **given: Any) -> list[str]:
        return ids(train(Online(data(curriculum=band, **given), Pace(5, 3, 60)), 0, 60, late))

    assert run(0) == run(1) == run(2)
    assert run(0) != run(0, seed=1)


def test_rewards_change_what_is_asked(fast: None, monkeypatch: pytest.MonkeyPatch):
    def run() -> list[str]:
        return ids(train(Online(data(curriculum=BAND), Pace(5, 2, 40)), 0, 40))

    before = run()
    monkeypatch.setitem(globals(), "judge", lambda row: [1.0] * 6)
    after = run()
    assert before[:10] == after[:10], "the first two blocks are drawn before any reward"
    assert before != after
    assert not any("/hard/" in name for name in after[:10])
    assert sum("/hard/" in name for name in after[-100:]) > 60


def test_training_processes_that_read_different_parts_agree(fast: None):
    whole = train(Online(data(curriculum=BAND), Pace(6, 2, 30)), 0, 30)
    for rank in range(2):
        mine = Online(data(curriculum=BAND), Pace(6, 2, 30))
        for block in range(30):
            numbers = range(block * 6 + rank * 3, block * 6 + rank * 3 + 3)
            assert ids(mine.rows([*numbers, *numbers])) == ids([whole[number] for number in (*numbers, *numbers)])
            mine.record([(row["number"], one) for row in whole[block * 6 : block * 6 + 6] for one in judge(row)])


@examples(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 25), st.booleans(), st.integers(0, 3))
def test_a_run_that_goes_on_asks_what_it_would_have_asked(
    fast: None, block: int, lag: int, cut: int, learns: bool, seed: int
):
    asked = data(curriculum=BAND if learns else None, seed=seed)
    whole = Online(asked, Pace(block, lag, 30))
    head = train(whole, 0, cut, lag - 1)
    state = json.loads(json.dumps(whole.state_dict()))
    tail = train(whole, cut, 30 - cut, lag - 1)
    again = Online(asked, Pace(block, lag, 30))
    again.load_state_dict(state)
    assert again.state_dict() == state
    resumed = train(again, cut, 30 - cut, lag - 1)
    assert ids(resumed) == ids(tail)
    assert len({*ids(head + resumed)}) == 30 * block
    assert again.state_dict() == whole.state_dict()


@given(st.integers(1, 6), st.integers(1, 8), st.integers(1, 3), st.integers(0, 12))
@examples(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_pace_fits_the_way_the_trainer_reads(fast: None, accumulation: int, steps: int, iterations: int, cut: int):
    """A trainer reads the micro-batches of a step at once and one ahead, and generates every so many of them.

    After a resume it counts them from 0 again, so that a block may be answered later than in its first micro-batch.
    """
    lasts = steps * iterations
    config = trainer(
        gradient_accumulation_steps=accumulation,
        steps_per_generation=steps,
        num_iterations=iterations,
        generation_batch_size=4,
        max_steps=16,
    )
    found = pace(data(), config)
    assert found.blocks * lasts >= 16 * accumulation > (found.blocks - 1) * lasts

    def run(online: Online, first: int, last: int) -> list[str]:
        read: list[str] = []
        micro = 0
        for step in range(first, last):
            batches = range(step * accumulation, (step + 1) * accumulation + 1)
            for batch in batches:
                if batch < found.blocks * lasts:
                    read += ids(online.rows([batch // lasts * 2, batch // lasts * 2 + 1]))
            for batch in batches[:-1]:
                if micro % lasts == 0:
                    rows = online.rows([batch // lasts * 2, batch // lasts * 2 + 1])
                    online.note([row["number"] for row in rows], [1.0, None])
                micro += 1
            online.record(online.noted())
        return read

    whole = Online(data(curriculum=BAND), found)
    run(whole, 0, cut)
    state = json.loads(json.dumps(whole.state_dict()))
    rest = run(whole, cut, 16)
    again = Online(data(curriculum=BAND), found)
    again.load_state_dict(state)
    assert run(again, cut, 16) == rest


def trainer(**given: Any) -> Any:
    usual = {
        "shuffle_dataset": False,
        "dataloader_num_workers": 0,
        "generation_batch_size": 24,
        "num_generations": 2,
        "steps_per_generation": 4,
        "num_iterations": 1,
        "gradient_accumulation_steps": 4,
        "max_steps": 10,
        "num_train_epochs": 1.0,
    }
    return SimpleNamespace(**{**usual, **given})


def test_the_number_of_questions_follows_from_rows_or_steps():
    assert pace(data(), trainer()) == Pace(12, 2, 10)
    assert pace(data(rows=125), trainer(max_steps=-1)) == Pace(12, 2, 10)
    assert pace(data(rows=500), trainer()).blocks == 41


@pytest.mark.parametrize(
    ("asked", "config", "told"),
    [
        ({}, {"shuffle_dataset": True}, "shuffle_dataset: false"),
        ({}, {"dataloader_num_workers": 2}, "dataloader_num_workers: 0"),
        ({}, {"max_steps": -1}, "either data.rows or training.max_steps"),
        ({"rows": 30}, {}, "ask for more; no question is asked twice"),
        ({"rows": 11}, {"max_steps": -1}, "gives 0 rounds of 12"),
        ({"rows": 240}, {"max_steps": -1, "num_train_epochs": 2}, "2 epochs"),
    ],
)
def test_configs_that_do_not_go_with_it_are_refused(asked: Row, config: Row, told: str):
    with pytest.raises(UsageError, match=told):
        pace(data(**asked), trainer(**config))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"seed": -1}, "seed and workers"),
        ({"workers": -1}, "seed and workers"),
        ({"games": "chess"}, "unknown game or group 'chess'; allowed: all, in_domain"),
        ({"tasks": "fly"}, "unknown task 'fly'; allowed: "),
        ({"levels": "Absurd"}, "unknown level 'Absurd'; allowed: Easy, Medium, Hard"),
        ({"games": []}, "together select nothing"),
        ({"max_pixels": 0}, "max_pixels must be at least 1"),
    ],
)
def test_bad_sections_are_refused(asked: Row, told: str):
    with pytest.raises(UsageError, match=told):
        Online(data(**asked), Pace(2, 2, 4))


def test_what_breaks_the_order_is_told(fast: None):
    found = Online(data(curriculum=BAND), Pace(2, 2, 20))
    found.rows([0, 1, 2, 3])
    with pytest.raises(GameQAError, match="block 2 of the questions: the rewards of block 0 were not recorded"):
        found.rows([4])
    found.record([(0, None), (1, 1.0)])
    found.rows([4])
    train(found, 1, 5)
    with pytest.raises(GameQAError, match="question 0 was asked before"):
        found.rows([0])
    with pytest.raises(GameQAError, match="dataloader_num_workers: 0"):
        pickle.loads(pickle.dumps(found.dataset().format["format_kwargs"]["transform"]))


def test_rewards_that_come_again_change_nothing(fast: None):
    one, two = (Online(data(curriculum=BAND), Pace(2, 2, 20)) for _ in range(2))
    assert ids(train(one, 0, 4)) == ids(train(two, 0, 4))
    two.record([(number, 1.0) for number in range(8) for _ in range(6)])
    assert two.state_dict() == one.state_dict()


@pytest.mark.parametrize(
    ("asked", "paced", "told"),
    [
        ({"seed": 1}, Pace(2, 2, 20), "another seed"),
        ({"games": "snake"}, Pace(2, 2, 20), "another games, tasks or levels"),
        ({"curriculum": None}, Pace(2, 2, 20), "another curriculum"),
        ({}, Pace(4, 3, 20), "another block and another lag"),
    ],
)
def test_states_of_other_runs_are_refused(fast: None, asked: Row, paced: Pace, told: str):
    found = Online(data(curriculum=BAND), Pace(2, 2, 20))
    train(found, 0, 3)
    with pytest.raises(UsageError, match=told):
        Online(data(**{"curriculum": BAND, **asked}), paced).load_state_dict(found.state_dict())
    with pytest.raises(UsageError, match="cannot be read"):
        found.load_state_dict({"next": 1})


@pytest.fixture
def workers() -> Iterator[Callable[..., Online]]:
    made: list[Online] = []

    def make(**given: Any) -> Online:
        made.append(Online(data(workers=1, view="picture", max_pixels=40_000, **given), Pace(3, 2, 20)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_worker_processes_make_the_same_rows_and_end(workers: Callable[..., Online]):
    found = workers()
    here = Online(data(view="picture", max_pixels=40_000), Pace(3, 2, 20))
    for row, other in zip(train(found, 0, 3), train(here, 0, 3), strict=True):
        assert row.pop("image").tobytes() == other.pop("image").tobytes()
        assert row == other
    assert multiprocessing.active_children()
    for child in multiprocessing.active_children():
        child.kill()
        child.join()
    with pytest.raises(GameQAError, match="a process that makes questions died"):
        train(found, 3, 17)
    found.close()
    assert not multiprocessing.active_children()


def test_rows_hold_what_trainer_rewards_and_logs_need():
    found = Online(data(view="picture", max_pixels=40_000, system="Think."), Pace(2, 1, 3))
    rows = found.dataset()
    assert len(rows) == 6
    row = rows[3]
    assert row["number"] == 3
    assert row["prompt"] == [{"role": "system", "content": "Think."}, {"role": "user", "content": row["question"]}]
    assert row["image"].mode == "RGB"
    assert row["image"].width * row["image"].height <= 40_000
    assert gameqa.score(row["analysis"], row).value == 1.0
    assert rows[3]["data_id"] == row["data_id"]
    text = Online(data(), Pace(2, 1, 3)).dataset()[0]
    assert text["prompt"] == [{"role": "user", "content": text["text_question"]}]
    assert "image" not in text


@pytest.mark.slow
def test_grpo_trains_on_it_and_goes_on_from_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("torch")
    pytest.importorskip("trl")
    from gameqa.train.tiny import make
    from transformers import AutoModelForImageTextToText, AutoProcessor, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    model = make(tmp_path / "model", texts=["Answer: A", "Answer: B"])
    asked = data(
        games="tictactoe",
        tasks="cell_color",
        view="picture",
        max_pixels=10_000,
        curriculum=settings.Curriculum(window=4),
    )

    def run(steps: int, resume: Path | None = None) -> list[list[str]]:
        config = GRPOConfig(
            output_dir=str(tmp_path / "out"),
            use_cpu=True,
            bf16=False,
            report_to="none",
            disable_tqdm=True,
            max_completion_length=2,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=2,
            num_generations=2,
            max_steps=steps,
            save_steps=2,
            shuffle_dataset=False,
        )
        online = Online(asked, pace(asked, config))
        read: list[list[str]] = []

        def accuracy(completions: Any, number: list[int], data_id: list[str], **rest: Any) -> list[float]:
            read.append(data_id)
            values = [float(Random(f"{one}/{place}").random() < 0.5) for place, one in enumerate(data_id)]
            online.note(number, values)
            return values

        class Keep(TrainerCallback):
            def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
                online.record(online.noted())

            def on_save(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
                place = tmp_path / "out" / f"checkpoint-{state.global_step}" / "questions.json"
                place.write_text(json.dumps(online.state_dict()))

        if resume:
            online.load_state_dict(json.loads((resume / "questions.json").read_text()))
        GRPOTrainer(
            model=AutoModelForImageTextToText.from_pretrained(model),
            processing_class=AutoProcessor.from_pretrained(model),
            reward_funcs=accuracy,
            args=config,
            train_dataset=online.dataset(),
            callbacks=[Keep()],
        ).train(resume_from_checkpoint=str(resume) if resume else None)
        return read

    whole = run(4)
    assert [len({*block}) for block in whole] == [1, 1, 1, 1]
    assert len({name for block in whole for name in block}) == 4
    assert run(4, tmp_path / "out" / "checkpoint-2") == whole[2:]
