"""The lmms-eval pack: the tasks and scores of the lm-eval pack, in files and messages that lmms-eval understands.

lmms-eval itself is used where it is installed; elsewhere the files are read here by its rules.
"""

import importlib
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from gameqa.benchmark import lmms, pack
from gameqa.benchmark.records import Reply, View
from gameqa.benchmark.replies import read
from gameqa.benchmark.tasks import task as lm_eval_twin
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.errors import UsageError

TASK_KEYS = {
    "task",
    "dataset_path",
    "dataset_name",
    "dataset_kwargs",
    "test_split",
    "output_type",
    "doc_to_visual",
    "doc_to_text",
    "doc_to_messages",
    "doc_to_target",
    "process_docs",
    "process_results",
    "reasoning_tags",
    "generation_kwargs",
    "metric_list",
    "metadata",
}
"""The fields of TaskConfig of lmms-eval 0.7.3 that the files may use."""

GROUP_KEYS = {"group", "task", "aggregate_metric_list", "metadata"}
"""The fields of GroupConfig of lmms-eval 0.7.3 that the files may use."""

FIRST_OF_KIND = {
    "choice": "tictactoe/cell_color/easy/test/0/0",
    "integer": "chess_ranger/count_piece/easy/test/0/0",
    "number": "rhythm_game/occupied_fraction/easy/test/0/0",
    "coordinate": "snake/head_position/easy/test/0/0",
    "sequence": "reconstruction_3d/action_outcome/easy/test/0/0",
    "set": "rhythm_game/best_columns/easy/test/0/0",
    "text": "spider_solitaire/top_card/easy/test/0/0",
}

ROWS = {kind: gameqa.from_data_id(name).row(image=False) for kind, name in FIRST_OF_KIND.items()}


class Loader(yaml.SafeLoader):
    """Reads `!function module.name` as that function, as lmms-eval does for dotted names of installed modules."""


def _function(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    module, _, name = loader.construct_scalar(node).rpartition(".")
    return getattr(importlib.import_module(module), name)


Loader.add_constructor("!function", _function)


def load(made: Mapping[str, str], name: str) -> dict[str, Any]:
    """Return a file with what it includes, which stands in the same folder or the one above."""
    config = yaml.load(made[name], Loader)
    common = config.pop("include", None)
    return {**(load(made, common.removeprefix("../")) if common else {}), **config}


OURS = {name.removesuffix(".yaml"): load(lmms.files(), name) for name in lmms.files() if name.endswith(".yaml")}
TWINS = {Path(name).stem: load(pack.files(), name) for name in pack.files() if name.endswith(".yaml")}


def test_both_packs_hold_the_same_tasks_and_groups() -> None:
    # lmms-eval has no way to name a folder of published data.
    assert set(OURS) == {name for name in TWINS if "published" not in name}
    assert set(OURS) == {*pack.groups(), *(definition.name for definition in pack.definitions())}


@pytest.mark.parametrize("name", OURS)
def test_a_task_or_group_is_that_of_the_other_pack(name: str) -> None:
    same = ["task", "group", "dataset_path", "dataset_name", "dataset_kwargs", "test_split", "output_type"]
    same += ["doc_to_target", "metric_list", "aggregate_metric_list", "metadata"]
    ours, twin = OURS[name], TWINS[name]
    assert [ours.get(key) for key in same] == [twin.get(key) for key in same]
    assert ("process_docs" in ours) == ("process_docs" in twin)
    if "generation_kwargs" in ours:
        limit = ours["generation_kwargs"].pop("max_new_tokens", 0)
        assert {**ours["generation_kwargs"], "max_gen_toks": limit} == twin["generation_kwargs"]
        ours["generation_kwargs"]["max_new_tokens"] = limit


@pytest.mark.parametrize("name", OURS)
def test_every_key_is_one_that_lmms_eval_knows(name: str) -> None:
    config = OURS[name]
    assert set(config) <= (GROUP_KEYS if "group" in config else TASK_KEYS)
    if "group" in config:
        assert set(config["task"]) <= set(OURS)
    else:
        # Without `until` lmms-eval stops replies at the first empty line.
        assert config["generation_kwargs"]["until"] == [] and config["reasoning_tags"] == "none"


@pytest.mark.parametrize("view", View)
def test_a_question_is_put_as_its_view_wants(view: View) -> None:
    sample = gameqa.from_data_id(FIRST_OF_KIND["choice"])
    doc = {**ROWS["choice"], "image": sample.image}
    config = OURS[pack.task_name(view, "tictactoe")]
    visuals, text, messages = (config[key](doc) for key in ("doc_to_visual", "doc_to_text", "doc_to_messages"))
    assert text == (sample.text_question if view is View.TEXT else sample.question)
    assert TWINS[pack.task_name(view, "tictactoe")]["doc_to_text"](doc).removeprefix("<image>\n") == text
    assert len(visuals) == (view is View.PICTURE)
    for image in visuals:
        assert image.mode == "RGB" and image.tobytes() == sample.image.convert("RGB").tobytes()
    (message,) = messages
    *shown, asked = message["content"]
    assert message["role"] == "user" and asked == {"type": "text", "text": text}
    assert [(part["type"], part["url"].tobytes()) for part in shown] == [
        ("image", image.tobytes()) for image in visuals
    ]


@pytest.mark.parametrize("view", View)
def test_words_of_the_user_stand_around_the_prompt(view: View) -> None:
    doc = {**ROWS["choice"], "image": gameqa.from_data_id(FIRST_OF_KIND["choice"]).image}
    config = OURS[pack.task_name(view, "tictactoe")]
    words = {"pre_prompt": "Look.\n", "post_prompt": " /no_think"}
    text = config["doc_to_text"](doc, words)
    assert text == f"Look.\n{config['doc_to_text'](doc)} /no_think"
    assert config["doc_to_messages"](doc, lmms_eval_specific_kwargs=words)[0]["content"][-1]["text"] == text


def replies(row: Mapping[str, Any]) -> dict[str, tuple[str, dict[str, float] | None]]:
    """Return replies to a question with what they score; None where it depends on the question."""
    right, none = {"acc": 1.0, "unparsable": 0.0}, {"acc": 0.0, "unparsable": 1.0}
    answer = row["answer"]
    return {
        "right": (f"So it is.\nAnswer: {answer}", right),
        "boxed": (f"\\boxed{{{answer}}}", right),
        "other accepted": (f"Answer: {row['accepted'][-1]}", right),
        "thinking": (f"<think>Answer: nothing at all</think>\n\nAnswer: {answer}", right),
        "only thinking": (f"<think>Answer: {answer}", none),
        "cut": (f"Let me see. The answer must be near {answer} and I go on to", None),
        "wrong": (f"Answer: {ROWS['coordinate' if row['answer_kind'] != 'coordinate' else 'choice']['answer']}", None),
        "two finals": (f"Answer: {answer}\nAnswer: 7777", None),
        # Where the answer is a text, a short reply of nothing but text is read as one.
        "no answer": ("I cannot tell.", None if row["answer_kind"] == "text" else none),
        "empty": ("", none),
    }


def scores(made: Mapping[str, Any]) -> dict[str, float]:
    return {name: made[name] for name in ("acc", "unparsable")}


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("case", replies(ROWS["choice"]))
@pytest.mark.parametrize("kind", ROWS)
def test_both_packs_score_a_reply_alike(kind: str, case: str, view: View) -> None:
    name = pack.task_name(view, "tictactoe")
    reply, expected = replies(ROWS[kind])[case]
    ours = scores(OURS[name]["process_results"](ROWS[kind], [reply]))
    assert ours == TWINS[name]["process_results"](ROWS[kind], [reply])
    assert ours["acc"] == gameqa.score(reply, ROWS[kind]).value
    assert expected is None or ours == expected
    # lmms-eval strips the reply before it is scored.
    assert ours == scores(OURS[name]["process_results"](ROWS[kind], [reply.strip()]))


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(ROWS)), words=st.text() | st.from_regex(r"(Answer: )?[A-D(\d,. )]{1,9}"))
def test_both_packs_score_any_reply_alike(kind: str, words: str) -> None:
    ours = scores(lmms.picture_results(ROWS[kind], [words]))
    assert ours == lm_eval_twin.process_results(ROWS[kind], [words])
    assert ours == scores(lmms.picture_results(ROWS[kind], [words.strip()]))


@pytest.mark.parametrize("view", View)
def test_a_logged_line_is_a_reply_of_ours(tmp_path: Path, view: View) -> None:
    """lmms-eval writes what is scored beside keys of its own; the question itself is left out."""
    made = OURS[pack.task_name(view, "tictactoe")]["process_results"](ROWS["choice"], ["Answer: A"])
    line = {"doc_id": 0, "target": "C", "filtered_resps": "Answer: A", "token_counts": [None], "input": "…", **made}
    (tmp_path / "samples.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert read(tmp_path / "samples.jsonl") == [Reply(data_id=FIRST_OF_KIND["choice"], reply="Answer: A", view=view)]


def test_the_sanity_set_is_that_of_the_other_pack() -> None:
    import datasets

    docs = datasets.Dataset.from_list([ROWS["choice"], ROWS["coordinate"], ROWS["sequence"]])
    kept = OURS["gameqa_sanity"]["process_docs"](docs)
    assert kept["data_id"] == TWINS["gameqa_sanity"]["process_docs"](docs)["data_id"] == [ROWS["coordinate"]["data_id"]]


def test_the_pack_is_written_whole_and_replaces_only_itself(tmp_path: Path) -> None:
    folder = lmms.write_pack(tmp_path / "pack")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == lmms.files()
    (folder / "gameqa.yaml").write_text("group: old", encoding="utf-8")
    lmms.write_pack(folder)
    assert (folder / "gameqa.yaml").read_text(encoding="utf-8") == lmms.files()["gameqa.yaml"]
    (folder / "notes.txt").touch()
    with pytest.raises(UsageError, match="is not an empty folder"):
        lmms.write_pack(folder)


def test_the_folder_in_the_cache_follows_the_content(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = lmms.pack_folder()
    assert folder.is_relative_to(cache) and {path.name for path in folder.iterdir()} == set(lmms.files())
    (folder / "gameqa.yaml").unlink()
    assert lmms.pack_folder() == folder and (folder / "gameqa.yaml").is_file()
    monkeypatch.setattr(pack, "MAX_NEW_TOKENS", 77)
    other = lmms.pack_folder()
    assert other != folder and "max_new_tokens: 77" in (other / "_picture").read_text(encoding="utf-8")


def test_lmms_eval_itself_makes_the_requests() -> None:
    tasks = pytest.importorskip("lmms_eval.tasks", reason="needs lmms-eval")
    from lmms_eval.api.group import GroupConfig  # pyright: ignore[reportMissingImports]
    from lmms_eval.api.task import TaskConfig  # pyright: ignore[reportMissingImports]

    assert {field.name for field in fields(TaskConfig)} >= TASK_KEYS
    assert {field.name for field in fields(GroupConfig)} >= GROUP_KEYS
    manager = tasks.TaskManager(include_path=str(lmms.pack_folder()), include_defaults=False)
    assert set(manager.all_tasks) == set(OURS)
    for view in View:
        name = pack.task_name(view, "tictactoe")
        for kind, place in (("simple", 2), ("chat", 1)):
            made = manager.load_task_or_group(name, task_type=kind)[name]
            made.build_all_requests(limit=1, rank=0, world_size=1)
            (request,) = made.instances
            doc = made.eval_docs[0]
            assert "<image>" not in request.args[0]
            assert repr(request.args[place](doc)).count("PIL.Image") == (view is View.PICTURE)
            assert made.process_results(made.eval_docs_no_media[0], [f"Answer: {doc['answer']}"])["acc"] == 1.0
