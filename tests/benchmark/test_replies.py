"""Reading stored replies of any harness, scoring them, and the commands around it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from gameqa.benchmark import pack
from gameqa.benchmark.outcome import conclude, graded_of, read_results
from gameqa.benchmark.records import Reply, View
from gameqa.benchmark.replies import Store, read, read_run
from gameqa.benchmark.scoring import grade, made_questions
from hypothesis import given
from hypothesis import strategies as st
from lm_eval import simple_evaluate
from lm_eval.loggers import EvaluationTracker
from lm_eval.models.api_models import JsonChatStr
from lm_eval.tasks import TaskManager
from replay import Replay

import gameqa
from gameqa.core.errors import GameQAError, UsageError

IDS = [f"tictactoe/{task}/{level}/test/0/0" for task in ("cell_color", "best_move") for level in ("easy", "hard")]


def right_lines() -> list[dict[str, str]]:
    return [{"data_id": name, "reply": f"Answer: {gameqa.from_data_id(name).answer}"} for name in IDS]


def write(path: Path, lines: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "gameqa", "bench", *map(str, arguments)]
    return subprocess.run(whole, capture_output=True, text=True, env=os.environ, stdin=subprocess.DEVNULL)


class _Chat(Replay):
    """Sends what a model behind a chat API is sent."""

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> JsonChatStr:  # type: ignore[override]
        return JsonChatStr(json.dumps(chat_history, ensure_ascii=False))


@pytest.mark.parametrize("kind", [Replay, _Chat])
def test_logged_samples_of_lm_eval_are_read_with_their_view(tmp_path: Path, kind: type[Replay]) -> None:
    manager = TaskManager(include_path=str(pack.FOLDER), include_defaults=False)
    for view in View:
        name = pack.task_name(view, "tictactoe")
        model = kind(lambda request: f"Answer: {request.doc['answer']}")
        found = simple_evaluate(
            model=model, tasks=[name], task_manager=manager, limit=3, bootstrap_iters=0, apply_chat_template=True
        )
        assert found is not None
        tracker = EvaluationTracker(output_path=str(tmp_path / view))
        tracker.general_config_tracker.model_name_sanitized = "model"
        tracker.date_id = "now"
        tracker.save_results_samples(name, found["samples"][name])
        (path,) = (tmp_path / view).rglob("samples_*.jsonl")
        replies = read(path)
        assert [reply.view for reply in replies] == [view] * 3
        assert all(one.right for one in grade(replies, made_questions))


@given(
    st.lists(
        st.builds(
            Reply,
            data_id=st.text(min_size=1),
            reply=st.text(),
            view=st.sampled_from(View),
            finish=st.sampled_from(["", "stop", "length"]),
        ),
        unique_by=lambda reply: (reply.view, reply.data_id),
    ),
    st.integers(0, 40),
)
def test_a_store_loses_nothing_but_the_line_a_kill_cut_off(
    tmp_path_factory: pytest.TempPathFactory, replies: list[Reply], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("store")
    Store(folder / "replies.jsonl").add(replies)
    whole = msgspec.json.encode(Reply(data_id="last", reply="x" * 40))
    with (folder / "replies.jsonl").open("ab") as file:
        file.write(whole[:cut])
    assert read_run(folder) == replies
    again = Store(folder / "replies.jsonl")
    again.add([Reply(data_id="more", reply="")])
    assert read_run(folder) == [*replies, Reply(data_id="more", reply="")]


def test_processes_of_one_run_are_read_together(tmp_path: Path) -> None:
    for rank in (0, 1, 11):
        Store(tmp_path / "replies.jsonl", rank).add([Reply(data_id=f"of {rank}", reply="")])
    assert sorted(reply.data_id for reply in read_run(tmp_path)) == ["of 0", "of 1", "of 11"]
    assert len(Store(tmp_path / "replies.jsonl", 1).known) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["replies-1.jsonl", "replies-11.jsonl", "replies.jsonl"]


def test_bare_lines_are_scored_and_reported(tmp_path: Path) -> None:
    lines = right_lines()
    lines[0]["reply"] = "no idea"
    done = command("score", write(tmp_path / "mine.jsonl", lines), "--name", "mine", "--out", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert "75.0% right" in done.stdout
    results = read_results(tmp_path / "run")
    assert results.name == "mine"
    overall = results.views[View.PICTURE].overall
    assert (overall.n, overall.by_sample.value, overall.unparsable, overall.cut) == (4, 0.75, 0.25, None)
    assert "mine" in (tmp_path / "run" / "report.md").read_text()
    assert "data:image/png;base64," in (tmp_path / "run" / "report.html").read_text()


def test_two_runs_are_compared_and_ranked(tmp_path: Path) -> None:
    worse = right_lines()
    worse[0]["reply"] = worse[1]["reply"] = "?"
    files = write(tmp_path / "a.jsonl", right_lines()), write(tmp_path / "b.jsonl", worse)
    done = command("compare", *files)
    assert done.returncode == 0 and "-50.0" in done.stdout, done.stderr
    for path in files:
        conclude(tmp_path / path.stem, read(path), path.stem)
    done = command("leaderboard", tmp_path / "b", tmp_path / "a", "--html", tmp_path / "board.html")
    assert done.returncode == 0, done.stderr
    rows = [line.split("|") for line in done.stdout.splitlines() if "100.0" in line or "50.0" in line]
    assert "a" in rows[0][1] + rows[0][2] and (tmp_path / "board.html").is_file()


def test_seeing_and_blind_stand_side_by_side(tmp_path: Path) -> None:
    seeing = [Reply(data_id=line["data_id"], reply=line["reply"]) for line in right_lines()]
    blind = [Reply(data_id=line["data_id"], reply="?", view=View.BLIND) for line in right_lines()]
    results = conclude(tmp_path, seeing + blind)
    assert results.gain["overall"]["overall"].difference.value == 1.0


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            [{"data_id": "tictactoe/none/easy/test/0/0", "reply": ""}],
            "there is no question 'tictactoe/none/easy/test/0/0'",
        ),
        ([{"data_id": "x", "reply": ""}], "there is no question 'x'"),
        (right_lines()[:1] * 2, "is answered twice under the view picture"),
        ([{"data_id": IDS[0]}], "line 1 of .* is no reply: Object missing required field `reply`"),
        ([{"doc": {"data_id": 3}, "resps": ["x"]}], "line 1 of .* is no reply: it has a doc, but no data_id"),
        ([], "there are no replies to score"),
    ],
)
def test_bad_files_are_told_in_one_sentence(tmp_path: Path, lines: list[dict[str, str]], told: str) -> None:
    path = write(tmp_path / "bad.jsonl", lines)
    with pytest.raises(UsageError, match=told):
        conclude(tmp_path / "run", read(path))
    assert not (tmp_path / "run").exists()


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read replies from .*none.jsonl: No such file"):
        read(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"holds no replies\.jsonl"):
        read(tmp_path)
    with pytest.raises(UsageError, match=r"holds no results\.json; make it by `gameqa bench score"):
        read_results(tmp_path)
    done = command("score", tmp_path / "none.jsonl")
    assert (done.returncode, done.stdout) == (2, "") and done.stderr.count("\n") == 1


def test_replies_to_published_questions_are_scored_against_their_data(tmp_path: Path) -> None:
    """A named data set stands in for the questions that cannot be made from their names."""
    from gameqa.builders.build import build
    from gameqa.builders.recipes import Recipe

    build(Recipe("own", "", counts={"test": 1}, games=("tictactoe",)), tmp_path / "own", workers=1, progress=False)
    lines = [{"data_id": IDS[0], "reply": f"Answer: {gameqa.from_data_id(IDS[0]).answer}"}]
    path = write(tmp_path / "mine.jsonl", lines)
    assert [one.right for one in graded_of(path, str(tmp_path / "own"))] == [True]
    with pytest.raises(UsageError, match="there is no question 'zuma/count_color/easy/test/0/0'"):
        graded_of(
            write(tmp_path / "other.jsonl", [{"data_id": "zuma/count_color/easy/test/0/0", "reply": ""}]),
            str(tmp_path / "own"),
        )
    with pytest.raises(GameQAError, match="cannot be read as a data set with a split 'test'"):
        graded_of(path, str(tmp_path / "nowhere"))
