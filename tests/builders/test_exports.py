"""Exports: each format as its reader documents it, with every answer scoreable and every picture unchanged.

The modules of `gameqa.builders.exports` say where each format is documented; tests repeat the title of the source.
"""

import base64
import errno
import json
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import datasets
import pyarrow.parquet as pq
import pytest
from datasets import Image, List, Value, load_dataset
from gameqa.builders import exports
from gameqa.builders.build import build
from gameqa.builders.exports import FORMATS, MODEL, export, lines
from gameqa.builders.exports.rows import Shards
from gameqa.builders.recipes import Recipe
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.cli import main
from gameqa.core.errors import GameQAError, UsageError

Row = dict[str, Any]
COUNTS = {"train": 48, "test": 24}
SCORED = [form for form in FORMATS if form != "trajectories"]
"""Formats that hold questions to be scored; `test_trajectories.py` looks at the other one."""
TEXT_FORMATS = [form for form in SCORED if form != "published"]


def recipe(text: bool) -> Recipe:
    return Recipe("two", "Two games.", {"train": 2, "test": 1}, games=("snake", "tictactoe"), text=text)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of a game with mostly fill-in answers, which comes first, and one with options. Never change it."""
    out = tmp_path_factory.mktemp("exports") / "two"
    build(recipe(text=False), out, workers=1)
    return out


@pytest.fixture(scope="session")
def built_text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without pictures."""
    out = tmp_path_factory.mktemp("exports") / "two-text"
    build(recipe(text=True), out, workers=1)
    return out


def rows_of(folder: Path, split: str) -> list[Row]:
    return [row for path in sorted(folder.glob(f"data/*/{split}-*")) for row in pq.read_table(path).to_pylist()]


class Read(NamedTuple):
    """What a reader of a format gets: the prompt as the model sees it, the picture, and what scores the reply."""

    prompt: str
    picture: bytes | None
    facts: Row


def read_jsonl(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def unmarked(text: str, picture: bool) -> str:
    """Return the text around its one mark for the picture."""
    assert text.count("<image>") == text.startswith("<image>") == picture
    return text.removeprefix("<image>")


def from_url(url: str) -> bytes:
    kind, content = url.split(",", 1)
    assert kind == "data:image/png;base64"
    return base64.b64decode(content, validate=True)


def parts(content: Any, kinds: tuple[str, str]) -> tuple[str, str | None]:
    """Return text and picture of a message in parts."""
    if isinstance(content, str):
        return content, None
    picture, text = content
    assert (picture["type"], text["type"]) == kinds
    url = picture["image_url"]
    return text["text"], url["url"] if isinstance(url, dict) else url


def read_trl(out: Path, split: str) -> Iterator[Read]:
    for row in pq.read_table(out / f"{split}.parquet").to_pylist():
        (message,) = row["prompt"]
        assert message["role"] == "user"
        yield Read(message["content"], row["image"]["bytes"] if "image" in row else None, row)


def read_verl(out: Path, split: str) -> Iterator[Read]:
    for row in pq.read_table(out / f"{split}.parquet").to_pylist():
        (message,) = row["prompt"]
        (image,) = row.get("images", [None])
        facts = row["extra_info"]
        assert row["reward_model"] == {"style": "rule", "ground_truth": facts["answer"]}
        yield Read(unmarked(message["content"], image is not None), image and image["bytes"], facts)


def read_easyr1(out: Path, split: str) -> Iterator[Read]:
    for row in pq.read_table(out / f"{split}.parquet").to_pylist():
        (image,) = row.get("images", [None])
        facts = json.loads(row["ground_truth"])
        assert row["answer"] == facts["answer"]
        yield Read(unmarked(row["problem"], image is not None), image and image["bytes"], facts)


def read_messages(out: Path, split: str) -> Iterator[Read]:
    for row in read_jsonl(out / f"{split}.jsonl"):
        (path,) = row.get("images", [None])
        prompt = unmarked(row["messages"][0]["content"], path is not None)
        yield Read(prompt, path and (out / path).read_bytes(), json.loads(row["ground_truth"]))


def read_nemo_gym(out: Path, split: str) -> Iterator[Read]:
    for row in read_jsonl(out / f"{split}.jsonl"):
        (message,) = row["responses_create_params"]["input"]
        text, url = parts(message["content"], ("input_image", "input_text"))
        yield Read(text, url and from_url(url), row["verifier_metadata"])


def read_openai(out: Path, split: str) -> Iterator[Read]:
    facts = {row["data_id"]: row for row in read_jsonl(out / "answers" / f"{split}.jsonl")}
    for path in sorted(out.glob(f"{split}-*.jsonl")):
        for row in read_jsonl(path):
            (message,) = row["body"]["messages"]
            text, url = parts(message["content"], ("image_url", "text"))
            yield Read(text, url and from_url(url), facts[row["custom_id"]])


def read_webdataset(out: Path, split: str) -> Iterator[Read]:
    for path in sorted(out.glob(f"{split}-*.tar")):
        with tarfile.open(path) as tar:
            members = [(*member.name.split("."), tar.extractfile(member).read()) for member in tar]
        for _, sample in groupby(members, key=lambda member: member[0]):
            files = {ending: content for _, ending, content in sample}
            row = json.loads(files["json"])
            yield Read(row["question" if "png" in files else "text_question"], files.get("png"), row)


def read_published(out: Path, split: str) -> Iterator[Read]:
    kinds = {"snake": gameqa.game("snake"), "tictactoe": gameqa.game("tictactoe")}
    with zipfile.ZipFile(out / f"games_images_{split}.zip") as pictures:
        for row in json.loads((out / f"games_data_{split}.json").read_text(encoding="utf-8")):
            # The layout has no place for the kind of an answer; who knows the game knows it.
            kind = kinds[row["game_name"]].task(row["data_id"].split("/")[1]).kind
            options = [option.split(". ", 1)[1] for option in row.get("options", [])]
            facts = {**row, "answer_kind": kind, "accepted": [row["answer"]], "options": options}
            yield Read(row["question"], pictures.read(f"games_images_{split}/{row['image']}"), facts)


READERS: dict[str, Callable[[Path, str], Iterator[Read]]] = {
    "trl": read_trl,
    "verl": read_verl,
    "easyr1": read_easyr1,
    "ms-swift": read_messages,
    "llamafactory": read_messages,
    "nemo-gym": read_nemo_gym,
    "openai-jsonl": read_openai,
    "webdataset": read_webdataset,
    "published": read_published,
}


@pytest.mark.parametrize("form", SCORED)
def test_every_row_comes_back_from_wherever_the_export_lies(built: Path, tmp_path: Path, form: str) -> None:
    assert export(built, form, tmp_path / "out") == COUNTS
    moved = tmp_path / "elsewhere" / "moved"
    moved.parent.mkdir()
    (tmp_path / "out").rename(moved)
    for split, count in COUNTS.items():
        rows = rows_of(built, split)
        read = [*READERS[form](moved, split)]
        assert len(read) == len(rows) == count
        for row, (prompt, picture, facts) in zip(rows, read, strict=True):
            assert (prompt, picture) == (row["question"], row["image"]["bytes"])
            for name in ("data_id", "game_name", "answer_kind", "answer", "options", "plot_level"):
                assert facts[name] == row[name]
            if form != "published":
                assert facts["accepted"] == row["accepted"] and facts["task"] == row["task"]


@pytest.mark.parametrize("form", SCORED)
def test_replies_score_as_on_the_row(built: Path, tmp_path: Path, form: str) -> None:
    export(built, form, tmp_path / "out", split="test")
    for row, (_, _, facts) in zip(rows_of(built, "test"), READERS[form](tmp_path / "out", "test"), strict=True):
        assert gameqa.score(row["analysis"], facts).value == 1
        for reply in ("", row["question"], "Answer: B", "Answer: (9, 9)", row["question"] + row["analysis"]):
            assert gameqa.score(reply, facts).value == gameqa.score(reply, row).value


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_text_only_builds(built_text: Path, tmp_path: Path, form: str) -> None:
    assert export(built_text, form, tmp_path / "out") == COUNTS
    read = [*READERS[form](tmp_path / "out", "train")]
    rows = rows_of(built_text, "train")
    assert [(prompt, picture) for prompt, picture, _ in read] == [(row["text_question"], None) for row in rows]
    assert all(gameqa.score(row["analysis"], facts).value for row, (_, _, facts) in zip(rows, read, strict=True))
    assert not [*(tmp_path / "out").rglob("*.png")]


def test_published_refuses_text_only_builds(built_text: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"published needs pictures, and .* is a text-only build; allowed: trl, "):
        export(built_text, "published", tmp_path / "out")
    assert [*tmp_path.iterdir()] == []


MESSAGES = List({"role": Value("string"), "content": Value("string")})
TEXTS = List(Value("string"))


def loaded(out: Path, **arguments: Any) -> datasets.DatasetDict:
    data = load_dataset(str(out), **arguments)
    assert {split: len(rows) for split, rows in data.items()} == COUNTS
    return data


def test_trl(built: Path, tmp_path: Path) -> None:
    """TRL, "Dataset formats": a prompt of messages, a picture, and columns for the reward."""
    export(built, "trl", tmp_path / "out")
    train = loaded(tmp_path / "out")["train"]
    assert train.features["prompt"] == MESSAGES and train.features["image"] == Image()
    assert train.features["accepted"] == train.features["options"] == TEXTS
    taken = {"prompts", "completions", "completion_ids", "trainer_state", "log_extra", "log_metric"}
    assert not taken & train.features.keys()
    for row in train.select(range(4)):
        assert row["image"].tobytes() == gameqa.from_data_id(row["data_id"]).image.tobytes()


def test_verl(built: Path, tmp_path: Path) -> None:
    """verl, "Prepare Data for Post-Training", and `examples/data_preprocess/geo3k.py`."""
    export(built, "verl", tmp_path / "out")
    train = loaded(tmp_path / "out")["train"]
    assert train.column_names == ["data_source", "prompt", "images", "ability", "reward_model", "extra_info"]
    assert train.features["prompt"] == MESSAGES and train.features["images"] == List(Image())
    assert train.features["reward_model"] == {"style": Value("string"), "ground_truth": Value("string")}
    assert [info["index"] for info in train["extra_info"]] == [*range(len(train))]
    assert {info["split"] for info in train["extra_info"]} == {"train"}
    assert set(train["data_source"]) == {"gameqa/snake", "gameqa/tictactoe"}


def test_easyr1(built: Path, built_text: Path, tmp_path: Path) -> None:
    """EasyR1, README, "Custom Dataset": images, problem, answer; problem and answer for text."""
    export(built, "easyr1", tmp_path / "out")
    features = loaded(tmp_path / "out")["train"].features
    assert [*features][:3] == ["images", "problem", "answer"] and features["images"] == List(Image())
    # What `data.answer_key` may name must be one text: nothing else reaches a reward function.
    assert features["answer"] == features["ground_truth"] == Value("string")
    export(built_text, "easyr1", tmp_path / "text")
    assert loaded(tmp_path / "text")["train"].column_names[:2] == ["problem", "answer"]


@pytest.mark.parametrize("form", ["trl", "verl", "easyr1"])
def test_older_releases_of_datasets_know_every_type(built: Path, tmp_path: Path, form: str) -> None:
    export(built, form, tmp_path / "out", split="test")
    metadata = pq.read_schema(tmp_path / "out" / "test.parquet").metadata[b"huggingface"].decode()
    names = set(re.findall(r'"_type": "(\w+)"', metadata))
    assert {"Value", "Image"} <= names <= {"Value", "Image", "Sequence"}


def test_ms_swift(built: Path, tmp_path: Path) -> None:
    """ms-swift, "Custom Dataset": messages without the assistant, images, solution."""
    export(built, "ms-swift", tmp_path / "out")
    for row, source in zip(read_jsonl(tmp_path / "out" / "train.jsonl"), rows_of(built, "train"), strict=True):
        assert [message["role"] for message in row["messages"]] == ["user"]
        assert row["solution"] == source["answer"]
        # `load_file` takes longer ones for a picture in base64.
        assert all(len(path) <= 200 and not path.startswith("/") for path in row["images"])


def test_llamafactory(built: Path, built_text: Path, tmp_path: Path) -> None:
    """LLaMA-Factory, `data/README.md`, "OpenAI Format": odd turns by the user, even ones by the assistant."""
    export(built, "llamafactory", tmp_path / "out")
    info = json.loads((tmp_path / "out" / "dataset_info.json").read_text())
    assert [*info] == ["gameqa_train", "gameqa_test"]
    for name, entry in info.items():
        assert entry["formatting"] == "sharegpt"
        columns, tags = entry["columns"], entry["tags"]
        rows = read_jsonl(tmp_path / "out" / entry["file_name"])
        for row, source in zip(rows, rows_of(built, name.removeprefix("gameqa_")), strict=True):
            user, assistant = row[columns["messages"]]
            assert (user[tags["role_tag"]], assistant[tags["role_tag"]]) == (tags["user_tag"], tags["assistant_tag"])
            assert gameqa.score(assistant[tags["content_tag"]], source).value == 1
            assert all((tmp_path / "out" / path).is_file() for path in row[columns["images"]])
    export(built_text, "llamafactory", tmp_path / "text", split="test")
    info = json.loads((tmp_path / "text" / "dataset_info.json").read_text())
    assert {name: entry["columns"] for name, entry in info.items()} == {"gameqa_test": {"messages": "messages"}}


@pytest.mark.parametrize("form", ["ms-swift", "llamafactory"])
def test_json_lines_have_one_type_throughout(built: Path, tmp_path: Path, form: str) -> None:
    """`load_dataset("json")` settles types on the first lines, where all of these lists of options are empty."""
    export(built, form, tmp_path / "out")
    assert rows_of(built, "train")[0]["options"] == [] != rows_of(built, "train")[-1]["options"]
    data = load_dataset("json", data_files={split: str(tmp_path / "out" / f"{split}.jsonl") for split in COUNTS})
    lists = {name for name, kind in data["train"].features.items() if isinstance(kind, List)}
    assert lists == {"messages", "images"}


def test_nemo_gym(built: Path, tmp_path: Path) -> None:
    """NeMo Gym, "Prepare and Validate Data", and the parts of the Responses interface."""
    export(built, "nemo-gym", tmp_path / "out")
    for row in read_jsonl(tmp_path / "out" / "train.jsonl"):
        assert row.keys() == {"responses_create_params", "verifier_metadata"}
        (message,) = row["responses_create_params"]["input"]
        assert message["role"] == "user"
        assert message["content"][0].keys() == {"type", "image_url", "detail"}


def test_openai(built: Path, built_text: Path, tmp_path: Path) -> None:
    """OpenAI, "The request input object" of the Batch interface."""
    export(built, "openai-jsonl", tmp_path / "out")
    rows = read_jsonl(tmp_path / "out" / "train-00000.jsonl")
    assert {(row["method"], row["url"], row["body"]["model"]) for row in rows} == {
        ("POST", "/v1/chat/completions", MODEL)
    }
    assert all(row.keys() == {"custom_id", "method", "url", "body"} for row in rows)
    assert all(row["body"].keys() == {"model", "messages"} for row in rows)
    assert [row["custom_id"] for row in rows] == [row["data_id"] for row in rows_of(built, "train")]
    export(built_text, "openai-jsonl", tmp_path / "text", split="test", model="mine")
    assert {row["body"]["model"] for row in read_jsonl(tmp_path / "text" / "test-00000.jsonl")} == {"mine"}


def test_requests_are_cut_into_files_that_a_batch_may_have(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BATCH_REQUESTS", 10)
    export(built, "openai-jsonl", tmp_path / "out", split="test")
    files = sorted((tmp_path / "out").glob("test-*.jsonl"))
    assert [len(read_jsonl(path)) for path in files] == [10, 10, 4]
    monkeypatch.setattr(lines, "BATCH_BYTES", 50_000)
    export(built, "openai-jsonl", tmp_path / "small", split="test")
    files = sorted((tmp_path / "small").glob("test-*.jsonl"))
    assert len(files) > 3 and all(path.stat().st_size <= 50_000 for path in files)
    assert len([*read_openai(tmp_path / "small", "test")]) == COUNTS["test"]


@given(st.lists(st.integers(0, 20)), st.integers(1, 5), st.integers(1, 30))
def test_shards_are_full_but_never_too_full(sizes: list[int], items: int, size: int) -> None:
    files = [(number, [*group]) for number, group in groupby(sizes, Shards(items, size, int))]
    assert [number for number, _ in files] == [*range(len(files))]
    assert [weight for _, group in files for weight in group] == sizes
    for number, group in files:
        assert len(group) == 1 or (len(group) <= items and sum(group) <= size)
        if number + 1 < len(files):
            after = files[number + 1][1][0]
            assert len(group) == items or sum(group) + after > size


def test_webdataset(built: Path, built_text: Path, tmp_path: Path) -> None:
    """WebDataset: `<key>.png` and `<key>.json` side by side, no dot in the key; and the Hub's loader."""
    export(built, "webdataset", tmp_path / "out")
    with tarfile.open(tmp_path / "out" / "train-00000.tar") as tar:
        names = tar.getnames()
    assert [name.count(".") for name in names] == [1] * len(names)
    assert len(set(names)) == len(names) == 2 * COUNTS["train"]
    train = loaded(tmp_path / "out")["train"]
    assert train.features["png"] == Image() and train.features["json"]["options"] == TEXTS
    for row, source in zip(train, rows_of(built, "train"), strict=True):
        assert row["json"] == {name: value for name, value in source.items() if name != "image"}
        gameqa.rederive(row["json"])
    export(built_text, "webdataset", tmp_path / "text")
    assert "png" not in loaded(tmp_path / "text")["test"].features


def test_published(built: Path, tmp_path: Path) -> None:
    """The layout of the published data: the columns of its rows, and pictures at the path of `image`."""
    export(built, "published", tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"games_{what}" for split in COUNTS for what in (f"data_{split}.json", f"images_{split}.zip")
    }
    always = {"data_id", "qa_type", "question_id", "question_description", "image", "plot_level", "qa_level"}
    always |= {"question", "answer", "analysis", "game_name"}
    rows = json.loads((tmp_path / "out" / "games_data_train.json").read_text(encoding="utf-8"))
    for row, source in zip(rows, rows_of(built, "train"), strict=True):
        assert row.keys() == always | ({"options"} if source["options"] else set())
        assert row["image"].startswith(f"{row['game_name']}/images/")
        if source["options"]:
            assert f"\n{row['options'][0]}\n" in row["question"] and row["options"][0].startswith("A. ")


def test_split_and_limit(built: Path, tmp_path: Path) -> None:
    assert export(built, "trl", tmp_path / "one", split="test", limit=5) == {"test": 5}
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["test.parquet"]
    first = [facts["data_id"] for _, _, facts in read_trl(tmp_path / "one", "test")]
    assert first == [row["data_id"] for row in rows_of(built, "test")[:5]]
    assert export(built, "trl", tmp_path / "all", limit=30) == {"train": 30, "test": 24}
    with pytest.raises(UsageError, match="limit must be at least 1, not 0"):
        export(built, "trl", tmp_path / "none", limit=0)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_build_gives_the_same_bytes(
    built: Path, tmp_path: Path, hashes: Callable[[Path], dict[str, str]], form: str
) -> None:
    out = tmp_path / "empty"
    out.mkdir()
    export(built, form, out, split="test")
    export(built, form, tmp_path / "new", split="test")
    assert hashes(out) == hashes(tmp_path / "new")


def test_nothing_is_overwritten(built: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    for out in (tmp_path, tmp_path / "thesis.tex", built):
        with pytest.raises(UsageError, match="is not an empty folder; choose another one or remove it first"):
            export(built, "trl", out)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_broken_file_leaves_nothing_behind(built: Path, tmp_path: Path, form: str) -> None:
    broken = tmp_path / "two"
    shutil.copytree(built, broken)
    path = max(broken.glob("data/*/train-*"))
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(GameQAError, match=rf"{path.name} cannot be read: .*; build the folder anew") as error:
        export(broken, form, tmp_path / "out")
    assert "\n" not in str(error.value)
    assert [*tmp_path.iterdir()] == [broken]


def test_full_disk(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(rows: Iterator[Row], to: exports.Target) -> None:
        (to.folder / "half").write_text(next(rows)["data_id"])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(FORMATS, "trl", full)
    with pytest.raises(GameQAError, match="the disk is full while writing to"):
        export(built, "trl", tmp_path / "out")
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("manifest", [None, "{", "[]", '{"complete": false, "files": {}}', '{"complete": true}'])
def test_only_finished_builds(tmp_path: Path, manifest: str | None) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    with pytest.raises(UsageError, match="data holds no finished build; make one with `gameqa build`"):
        export(folder, "trl", tmp_path / "out")


def test_the_command(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: object) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["gameqa", "export", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capsys.readouterr())

    out = tmp_path / "out"
    assert run(built, "--format", "verl", "--out", out) == (0, f"48 train rows, 24 test rows as verl in {out}\n", "")
    code, printed, errors = run(built, "--format", "vrl", "--out", tmp_path / "other")
    assert (code, printed) == (2, "")
    assert errors == f"gameqa: unknown format 'vrl'; allowed: {', '.join(FORMATS)}\n"
    code, _, errors = run(built, "--format", "trl", "--out", tmp_path / "other", "--split", "validation")
    assert (code, errors) == (2, f"gameqa: unknown split of {built} 'validation'; allowed: train, test\n")
    code, printed, _ = run("--help")
    assert all(form in printed.replace("\n", "").replace(" ", "") for form in FORMATS)
