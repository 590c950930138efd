"""Builds: the same bytes whatever happens on the way, and a folder that loads."""

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from datasets import Image, load_dataset
from filelock import FileLock
from gameqa.builders import build as builds
from gameqa.builders.build import BuildReport, Recipe, build, verify
from gameqa.builders.recipes import plan, read_recipe

import gameqa
from gameqa.core import streams
from gameqa.core.errors import GameQAError, Unaskable, UsageError
from gameqa.core.files import PART
from gameqa.core.sample import COLUMNS

SHARDS = 15
Hashes = Callable[[Path], dict[str, str]]


def unfinished(out: Path) -> list[Path]:
    """Whatever has no place in a finished folder."""
    return [path for path in out.rglob("*") if path.is_file() and (PART in path.name or path.name.startswith("."))]


def shards(out: Path) -> int:
    return len([*out.glob("data/*/*.parquet")])


def script(recipe: Recipe, before: str = "") -> str:
    return f"""
import os, signal, sys
from pathlib import Path
from gameqa.builders.build import Recipe, build
from gameqa.core.errors import GameQAError

if __name__ == "__main__":
    {before}
    try:
        print(build({recipe!r}, sys.argv[1], workers=int(sys.argv[2])))
    except GameQAError as error:
        print(type(error).__name__, error, file=sys.stderr)
        sys.exit(130)
"""


def test_load_dataset_reads_the_folder(finished: Path) -> None:
    data = load_dataset(str(finished))
    assert {split: len(rows) for split, rows in data.items()} == {"train": 36, "validation": 18, "test": 18}
    assert isinstance(data["train"].features["image"], Image)
    for row in data["test"]:
        assert gameqa.rederive(row) == row["accepted"]
    first = gameqa.from_data_id(data["train"][0]["data_id"])
    assert data["train"][0]["image"].tobytes() == first.image.tobytes()
    one = load_dataset(str(finished), "langtons_ant", split="test", streaming=True)
    assert [row["data_id"] for row in one] == data["test"]["data_id"]
    assert len(load_dataset(str(finished), "multi_step_reasoning", split="train")) == 36


def test_the_folder_holds_the_rows_of_the_builder(finished: Path) -> None:
    built = load_dataset(str(finished), split="train").sort("data_id")
    made = load_dataset("gameqa", "langtons_ant", samples=4, splits="train", split="train").sort("data_id")
    assert built.features == made.features
    assert built.remove_columns("image").to_list() == made.remove_columns("image").to_list()


def test_manifest(finished: Path, recipe: Recipe, hashes: Hashes) -> None:
    manifest = json.loads((finished / "manifest.json").read_text())
    found = hashes(finished)
    del found["manifest.json"]
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == found
    assert {name: entry["bytes"] for name, entry in manifest["files"].items()} == {
        name: (finished / name).stat().st_size for name in found
    }
    assert sum(entry.get("rows", 0) for entry in manifest["files"].values()) == manifest["rows"] == 72
    assert manifest["complete"] and manifest["recipe"] == recipe.plain() and manifest["release"] == gameqa.RELEASE
    assert verify(finished) == []


def test_verify_finds_what_differs(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    broken, missing = sorted(out.glob("data/*/*"))[:2]
    broken.write_bytes(broken.read_bytes()[:-1])
    missing.unlink()
    assert len(verify(out)) == 2
    with pytest.raises(UsageError, match="holds no finished build"):
        verify(tmp_path)


def test_broken_and_missing_files_are_made_again(
    finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes
) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    broken, missing = sorted(out.glob("data/*/*"))[:2]
    broken.write_bytes(b"")
    missing.unlink()
    report = build(recipe, out, workers=1)
    assert (report.made, report.reused) == (2, SHARDS - 2)
    assert hashes(out) == hashes(finished)


def test_card(finished: Path) -> None:
    text = (finished / "README.md").read_text()
    assert "license: apache-2.0" in text
    assert "| Langton's Ant | `ant_pose` |" in text
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(COLUMNS)
    shares = [float(share) for share in re.findall(r"^\| [A-Z] \| \d+ \| ([\d.]+)% \|$", text, re.MULTILINE)]
    assert sum(shares) == pytest.approx(100, abs=0.5)
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        compile(block, "card", "exec")


def test_the_commands_of_the_card_work(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished.parent)
    blocks = re.findall(r"```python\n(.*?)```", (finished / "README.md").read_text(), re.DOTALL)
    use, make, check = (block.replace('"DIR"', '"ants"') for block in blocks)
    for block in (use, make, check):
        exec(block, {"__name__": "__main__" if block is not make else "card"})


def test_parallel_equals_serial(finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes) -> None:
    report = build(recipe, tmp_path / "ants", workers=2)
    assert report.made == SHARDS
    assert hashes(tmp_path / "ants") == hashes(finished)


def test_a_finished_build_is_left_alone(finished: Path, recipe: Recipe) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}
    report = build(recipe, finished, workers=2)
    assert (report.made, report.reused) == (0, SHARDS)
    assert before == {path: path.stat().st_mtime_ns for path in finished.rglob("*") if path.is_file()}


KILL = """
    count, real = 0, Path.replace
    def replace(self, target):
        global count
        count += 1
        if count == {at} and {early}:
            os.kill(os.getpid(), signal.SIGKILL)
        real(self, target)
        if count == {at}:
            os.kill(os.getpid(), signal.SIGKILL)
    Path.replace = replace
"""


@pytest.mark.parametrize(
    ("at", "early", "kept"),
    [(1, True, 0), (1, False, 0), (5, True, 3), (5, False, 4), (SHARDS + 3, True, SHARDS)],
    ids=["before-first-manifest", "after-first-manifest", "before-rename", "after-rename", "before-last-manifest"],
)
def test_killed_and_resumed(
    start, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes, at: int, early: bool, kept: int
) -> None:
    out = tmp_path / "ants"
    process = start(script(recipe, KILL.format(at=at, early=early)), out, 1)
    assert process.wait(60) == -signal.SIGKILL, process.communicate()
    report = build(recipe, out, workers=1)
    assert report.reused == kept
    assert hashes(out) == hashes(finished)


def wait_for(process: "subprocess.Popen[str]", out: Path, number: int) -> None:
    deadline = time.monotonic() + 60
    while shards(out) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_killed_with_workers_and_resumed(start, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes) -> None:
    out = tmp_path / "ants"
    process = start(script(recipe), out, 2)
    wait_for(process, out, 3)
    process.kill()
    # The pipes close only when the workers are gone as well.
    process.communicate(timeout=10)
    kept = shards(out)
    assert not (out / "README.md").exists()
    report = build(recipe, out, workers=2)
    assert report.reused == kept >= 3
    assert hashes(out) == hashes(finished)


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c(start, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes, workers: int) -> None:
    out = tmp_path / "ants"
    process = start(script(recipe), out, workers)
    wait_for(process, out, 2)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output) == (130, "")
    assert errors == f"Interrupted interrupted; {out} keeps what is finished, run again to go on\n"
    assert unfinished(out) == []
    build(recipe, out, workers=1)
    assert hashes(out) == hashes(finished)


def test_full_disk(
    finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ants"
    real = builds.write_parquet

    def write_parquet(rows: Iterator[Any], file: Any, schema: Any) -> None:
        if shards(out) < 2:
            return real(rows, file, schema)
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(builds, "write_parquet", write_parquet)
    with pytest.raises(GameQAError, match="the disk is full while writing to") as error:
        build(recipe, out, workers=1)
    assert "\n" not in str(error.value)
    assert unfinished(out) == []
    monkeypatch.undo()
    assert build(recipe, out, workers=1).reused == 2
    assert hashes(out) == hashes(finished)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.name != "posix" or os.getuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "none", folder], check=False).returncode:
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("workers", [1, 2])
def test_really_full_disk(small_disk: Path, finished: Path, recipe: Recipe, hashes: Hashes, workers: int) -> None:
    out = small_disk / "ants"
    with pytest.raises(GameQAError, match="the disk is full while writing to"):
        build(recipe, out, workers=workers)
    assert unfinished(out) == []
    kept = shards(out)
    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    assert build(recipe, out, workers=workers).reused == kept > 0
    assert hashes(out) == hashes(finished)


def test_read_only_disk(small_disk: Path, recipe: Recipe) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with pytest.raises(UsageError, match=r"cannot write to .*: Read-only file system; choose a writable folder"):
        build(recipe, small_disk / "ants")


def test_no_permission(start, tmp_path: Path, recipe: Recipe) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    tmp_path.chmod(0o755)
    # Root may write everywhere, so it becomes nobody first; what is imported on the way must be there by then.
    before = f"from gameqa.builders import build as b; b.plan({recipe!r}); b._identity({recipe!r})"
    process = start(script(recipe, f"{before}; os.getuid() or os.setuid(65534)"), locked / "ants", 1)
    _, errors = process.communicate(timeout=60)
    assert errors.startswith("UsageError cannot write to "), errors
    assert errors.endswith(": Permission denied; choose a writable folder\n")


def test_a_file_in_the_way(tmp_path: Path, recipe: Recipe) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "ants"):
        with pytest.raises(UsageError, match="cannot write to"):
            build(recipe, out)


def test_another_build_is_refused_or_replaced(tmp_path: Path, finished: Path, recipe: Recipe, hashes: Hashes) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    other = replace(recipe, seed=1)
    with pytest.raises(UsageError, match="holds a build with another recipe; choose another folder, or overwrite it"):
        build(other, out)
    assert hashes(out) == hashes(finished)
    assert build(other, out, workers=1, overwrite=True).made == SHARDS
    assert not set(hashes(out).values()) & set(hashes(finished).values())


def test_another_fingerprint_is_refused(
    tmp_path: Path, finished: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    monkeypatch.setattr(builds, "fingerprint", lambda: "0" * 16)
    with pytest.raises(UsageError, match="holds a build with another fingerprint"):
        build(recipe, out)


@pytest.mark.parametrize("overwrite", [False, True])
def test_foreign_folders_are_never_touched(tmp_path: Path, recipe: Recipe, overwrite: bool) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(UsageError, match="is not empty and holds no build"):
        build(recipe, tmp_path, overwrite=overwrite)
    (tmp_path / "manifest.json").write_text('{"name": "app"}')
    with pytest.raises(UsageError, match="is no manifest of a build"):
        build(recipe, tmp_path, overwrite=overwrite)
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.tex", "manifest.json"}


def test_a_stray_file_among_the_data_is_refused(tmp_path: Path, finished: Path, recipe: Recipe) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    (out / "data" / "langtons_ant" / "train-extra.parquet").write_text("")
    with pytest.raises(UsageError, match="which is no part of this build"):
        build(recipe, out)


def test_two_builds_do_not_meet(tmp_path: Path, recipe: Recipe) -> None:
    with (
        FileLock(tmp_path / builds.LOCK),
        pytest.raises(UsageError, match="another build is writing to"),
    ):
        build(recipe, tmp_path)


def test_leftovers_are_cleaned(tmp_path: Path, recipe: Recipe, finished: Path, hashes: Hashes) -> None:
    folder = tmp_path / "data" / "langtons_ant"
    folder.mkdir(parents=True)
    (folder / f"train-00000-of-00009.parquet.77{PART}").write_text("half")
    (tmp_path / f"manifest.json{PART}").write_text("half")
    shutil.copy(finished / "manifest.json", tmp_path)
    build(recipe, tmp_path, workers=1)
    assert hashes(tmp_path) == hashes(finished)


def _dry(game: Any, task: Any, level: Any, split: str, *rest: Any) -> Iterator[Any]:
    """Hold nothing in the validation split, and one question less than asked for in one stream."""
    seed, count, scale = rest
    if split == "validation":
        raise Unaskable("dry")
    dry = (task.slug, level, split) == ("ant_pose", "Easy", "train")
    yield from real_distinct(game, task, level, split, seed, count - dry, scale)
    if dry:
        raise Unaskable("dry")


real_distinct = streams.distinct


def test_streams_that_run_dry(tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "distinct", _dry)
    small = replace(recipe, shard_rows=1000)
    with pytest.warns(UserWarning, match="10 streams hold fewer distinct questions than asked for"):
        report = build(small, tmp_path / "dry", workers=1)
    assert len(report.short) == 10
    assert ("langtons_ant/ant_pose/easy/train/0", 3, 4) in report.short
    data = load_dataset(str(tmp_path / "dry"))
    assert {split: len(rows) for split, rows in data.items()} == {"train": 35, "test": 18}
    assert "| `langtons_ant/ant_pose/easy/train/0` | 3 | 4 |" in (tmp_path / "dry" / "README.md").read_text()


def test_text_only(tmp_path: Path, recipe: Recipe) -> None:
    build(replace(recipe, text=True, counts={"test": 1}), tmp_path / "text", workers=1)
    data = load_dataset(str(tmp_path / "text"))
    assert set(data) == {"test"} and "image" not in data["test"].column_names


def test_an_error_in_a_worker_comes_through(start, tmp_path: Path, recipe: Recipe) -> None:
    broken = replace(recipe, scale=4.0)
    code = script(broken).replace(
        "from pathlib import Path\n",
        "from pathlib import Path\nfrom gameqa.builders import build as builds\n"
        "def write(*_): raise AssertionError('two right options')\nbuilds.write_parquet = write\n",
    )
    _, errors = start(code, tmp_path / "ants", 2).communicate(timeout=60)
    assert "AssertionError: two right options\nIn a worker process:" in errors
    assert unfinished(tmp_path / "ants") == []


def test_a_dead_worker_is_reported(start, tmp_path: Path, recipe: Recipe) -> None:
    code = script(recipe).replace(
        "from pathlib import Path\n",
        "from pathlib import Path\nfrom gameqa.builders import build as builds\n"
        "def write(*_): os.kill(os.getpid(), signal.SIGKILL)\nbuilds.write_parquet = write\n",
    )
    _, errors = start(code, tmp_path / "ants", 2).communicate(timeout=60)
    assert errors.startswith("GameQAError a worker process died (exit code -9), perhaps for want of memory"), errors
    assert unfinished(tmp_path / "ants") == []


def test_a_worker_busy_with_one_row_ends_with_its_parent(start, tmp_path: Path, recipe: Recipe) -> None:
    code = script(recipe).replace(
        "from pathlib import Path\n",
        "from pathlib import Path\nimport time\nfrom gameqa.builders import build as builds\n"
        "def write(rows, file, schema): time.sleep(100)\nbuilds.write_parquet = write\n",
    )
    process = start(code, tmp_path / "ants", 2)
    deadline = time.monotonic() + 60
    while len(unfinished(tmp_path / "ants")) < 3:  # the lock, and one file for each worker
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=10)


def test_progress_on_a_terminal_only(tmp_path: Path, recipe: Recipe, capfd: pytest.CaptureFixture[str]) -> None:
    build(recipe, tmp_path / "silent", workers=1)
    assert capfd.readouterr() == ("", "")
    build(recipe, tmp_path / "shown", workers=1, progress=True)
    output, errors = capfd.readouterr()
    assert output == "" and "72/72" in errors and "1 of 1 games" in errors


def test_usage(tmp_path: Path, recipe: Recipe) -> None:
    with pytest.raises(UsageError, match="unknown recipe 'huge'; allowed: gameqa-140k, "):
        build("huge", tmp_path)
    with pytest.raises(UsageError, match="workers must be at least 1, not 0"):
        build(recipe, tmp_path, workers=0)
    with pytest.raises(UsageError, match="unknown game or group 'chess'"):
        build(replace(recipe, games=("chess",)), tmp_path)
    with pytest.raises(UsageError, match="unknown split 'dev'"):
        replace(recipe, counts={"dev": 1})
    with pytest.raises(UsageError, match="must ask for at least one sample"):
        replace(recipe, counts={"train": 0})
    with pytest.raises(UsageError, match="scale 9 is out of range"):
        replace(recipe, scale=9)
    assert not any(tmp_path.iterdir())


def test_plan_never_cuts_a_stream(recipe: Recipe) -> None:
    for rows in (1, 6, 7, 1000):
        planned = plan(replace(recipe, shard_rows=rows))
        held = [stream for shard in planned for stream in shard.streams]
        assert len(held) == len(set(held)) == 27
        assert all(shard.rows <= rows or len(shard.streams) == 1 for shard in planned)
        assert len({shard.path for shard in planned}) == len(planned)


def test_mini_holds_every_game_task_and_level() -> None:
    held = {(stream.game, stream.task, stream.level) for shard in plan(read_recipe("mini")) for stream in shard.streams}
    assert held == {
        (name, task.slug, level.value)
        for name in gameqa.games()
        for task in gameqa.game(name).tasks
        for level in gameqa.game(name).levels
    }


def test_report_reads_well() -> None:
    report = BuildReport(Path("out"), (), 72, 1_234_567, 2.04, 10, 5, ())
    assert str(report) == "72 rows, 1.2 MB in out: 10 data files made, 5 found finished, 2.0 s"
