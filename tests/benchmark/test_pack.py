"""The lm-eval task pack: fresh, complete, readable by lm-eval, and its functions."""

import subprocess
import sys
from pathlib import Path

import pytest
from gameqa.benchmark import pack
from gameqa.benchmark.records import View
from lm_eval.models.api_models import JsonChatStr
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml

import gameqa
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.groups import games_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manager() -> TaskManager:
    return TaskManager(include_path=str(pack.FOLDER), include_defaults=False)


def test_the_files_are_those_of_the_registry() -> None:
    assert list(pack.stale()) == []


def test_stale_missing_and_left_over_files_are_told(tmp_path: Path) -> None:
    pack.write(tmp_path)
    assert list(pack.stale(tmp_path)) == []
    (tmp_path / "picture" / "gameqa.yaml").unlink()
    (tmp_path / "text" / "gameqa_text_zuma.yaml").write_text("task: other")
    (tmp_path / "blind" / "gameqa_blind_chess.yaml").write_text("task: gameqa_blind_chess")
    told = sorted(sentence.rpartition("/")[2] for sentence in pack.stale(tmp_path))
    assert told == [
        "gameqa.yaml is missing",
        "gameqa_blind_chess.yaml belongs to no task",
        "gameqa_text_zuma.yaml is stale",
    ]
    pack.write(tmp_path)
    assert list(pack.stale(tmp_path)) == []


def test_lm_eval_finds_every_task_and_group(manager: TaskManager) -> None:
    assert {definition.name for definition in pack.definitions()} <= set(manager.all_subtasks)
    assert set(pack.groups()) <= set(manager.all_groups)
    assert all("::" not in name for name in manager.all_tasks)


@pytest.mark.parametrize("view", View)
def test_the_groups_hold_every_game_once(view: View) -> None:
    every = sorted(pack.task_name(view, game) for game in gameqa.games())
    assert sorted(pack.tasks_of("gameqa", view)) == every
    categories = ["3d_spatial_perception_and_understanding", "strategic_planning"]
    categories += ["pattern_recognition_and_matching", "multi_step_reasoning"]
    assert sorted(task for name in categories for task in pack.tasks_of(f"gameqa_{name}", view)) == every
    assert pack.tasks_of("gameqa_out_of_domain", view) == [
        pack.task_name(view, game) for game in games_of("out_of_domain")
    ]


def test_unknown_names_are_told_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match=r"unknown task 'chess'; allowed: gameqa, gameqa_in_domain.*gameqa_sokoban"):
        pack.tasks_of("chess", View.PICTURE)
    with pytest.raises(UsageError, match="unknown task 'gameqa_published'"):
        pack.tasks_of("gameqa_published", View.TEXT)


@pytest.mark.parametrize("view", View)
def test_a_task_asks_the_bench_questions_in_its_view(manager: TaskManager, view: View) -> None:
    name = pack.task_name(view, "tictactoe")
    task = manager.load(name)["tasks"][name]
    rows = list(task.eval_docs)
    game = gameqa.game("tictactoe")
    assert len(rows) == len(game.tasks) * len(game.levels) * pack.SAMPLES
    sample = gameqa.from_data_id(rows[0]["data_id"])
    prompt = {
        View.PICTURE: f"<image>\n{sample.question}",
        View.TEXT: sample.text_question,
        View.BLIND: sample.question,
    }
    assert task.doc_to_text(rows[0]) == prompt[view]
    assert getattr(task, "MULTIMODAL", False) == (view is View.PICTURE)
    if view is View.PICTURE:
        (image,) = task.doc_to_image(rows[0])
        assert image.mode == "RGB" and image.tobytes() == sample.image.convert("RGB").tobytes()
    assert task.process_results(rows[0], [f"Answer: {sample.answer}"]) == {"acc": 1.0, "unparsable": 0.0}
    assert task.process_results(rows[0], ["I cannot tell."]) == {"acc": 0.0, "unparsable": 1.0}


def test_models_behind_an_api_get_no_marker(manager: TaskManager) -> None:
    task = manager.load("gameqa_tictactoe")["tasks"]["gameqa_tictactoe"]
    doc = next(iter(task.eval_docs))
    for ctx in (JsonChatStr('[{"role": "user", "content": "<image>\\\\nWhich?"}]'), "<image>\nWhich?"):
        (request,) = [task.construct_requests(doc, ctx, metadata=("gameqa_tictactoe", 0, 1), doc_id=0)]
        text = request.args[0]
        assert ("<image>" in str(text)) == isinstance(ctx, str)
        assert len(request.args[2]["visual"]) == 1
    assert isinstance(task.construct_requests(doc, ctx, metadata=("", 0, 1), doc_id=0).args[0], str)


def test_the_sanity_set_asks_only_for_what_is_seen(manager: TaskManager) -> None:
    kept = manager.load("gameqa_sanity")["tasks"]["gameqa_sanity"].eval_docs
    assert len(kept) >= 30
    assert set(kept["qa_type"]) == {"Target Perception"} and set(kept["plot_level"]) == {"Easy"}


def test_the_data_can_be_a_named_copy(tmp_path: Path) -> None:
    from gameqa.builders.build import build
    from gameqa.builders.recipes import Recipe

    build(Recipe("own", "", counts={"test": 2}, games=("tictactoe",)), tmp_path / "own", workers=1, progress=False)
    manager = TaskManager(
        include_path=str(pack.FOLDER), include_defaults=False, metadata={"gameqa_data": str(tmp_path / "own")}
    )
    for name in ("gameqa_tictactoe", "gameqa_text_tictactoe"):
        assert len(manager.load(name)["tasks"][name].eval_docs) == 2 * 9
    with pytest.raises(GameQAError, match="holds no config 'zuma' with a split 'test'"):
        manager.load("gameqa_zuma")


def test_a_folder_called_gameqa_leads_to_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lm-eval does for `--tasks gameqa` in the root of a checkout; the data are left out here."""
    import datasets
    from gameqa.benchmark.tasks.task import GameQATask

    one = datasets.Dataset.from_list([gameqa.sample("tictactoe", "best_move", split="test").row(image=False)])
    monkeypatch.setattr(GameQATask, "download", lambda self, *_, **__: setattr(self, "dataset", {"test": one}))
    found = TaskManager(include_defaults=False).load([load_yaml(ROOT / "gameqa" / "tasks.yaml")])
    assert set(found["groups"]) == {"gameqa", "gameqa_in_domain", "gameqa_out_of_domain"}
    assert set(found["tasks"]) == {f"gameqa_{game}" for game in gameqa.games()}


@pytest.mark.slow
def test_lm_eval_validates_the_pack() -> None:
    command = [str(Path(sys.executable).with_name("lm_eval")), "validate", "--include_path", "benchmark"]
    found = subprocess.run(
        [*command, "--tasks", "gameqa,gameqa_text,gameqa_blind,gameqa_mini"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr
    assert "All tasks found and valid" in found.stdout


def test_published_data_must_be_named(manager: TaskManager) -> None:
    with pytest.raises(GameQAError, match="published data are not named"):
        manager.load("gameqa_published")


def test_published_files_are_imported_and_asked(tmp_path: Path) -> None:
    from gameqa.benchmark.records import Reply
    from gameqa.benchmark.scoring import grade, stored_questions
    from gameqa.builders.build import build
    from gameqa.builders.exports import export
    from gameqa.builders.recipes import Recipe

    build(Recipe("own", "", counts={"test": 1}, games=("tictactoe",)), tmp_path / "own", workers=1, progress=False)
    export(tmp_path / "own", "published", tmp_path / "raw", "test", None, "")
    manager = TaskManager(
        include_path=str(pack.FOLDER), include_defaults=False, metadata={"gameqa_published": str(tmp_path / "raw")}
    )
    for name in ("gameqa_published", "gameqa_blind_published"):
        task = manager.load(name)["tasks"][name]
        rows = list(task.eval_docs)
        assert len(rows) == 9 and {row["game_name"] for row in rows} == {"tictactoe"}
        assert all(task.process_results(row, [f"Answer: {row['answer']}"])["acc"] == 1.0 for row in rows)
    questions = stored_questions(str(tmp_path / "raw"))
    graded = grade([Reply(data_id=row["data_id"], reply=f"Answer: {row['answer']}") for row in rows], questions)
    assert all(one.right for one in graded)
