"""The command as a user meets it: output, exit codes, one clear sentence for bad input."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

import gameqa
from gameqa.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run the command in this process, in an empty folder; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gameqa", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


def test_list_shows_every_game_and_task(run: Run) -> None:
    code, out, _ = run("list")
    assert code == 0
    for name in gameqa.games():
        assert name in out
    rows = json.loads(run("list", "--json")[1])
    assert [row["game"] for row in rows] == gameqa.games()
    assert all(row["tasks"] and row["levels"] == ["Easy", "Medium", "Hard"] for row in rows)


def test_show_by_data_id_writes_the_picture_and_prints_the_sample(run: Run, tmp_path: Path) -> None:
    sample = gameqa.sample("langtons_ant", "pose_after_steps", "Hard", "test", 2, 5)
    code, out, _ = run("show", sample.data_id)
    assert code == 0
    for part in (sample.query, sample.analysis, sample.state, sample.params, *sample.options):
        assert part in out
    assert (tmp_path / sample.file_name).read_bytes() == sample.png()


@pytest.mark.parametrize("target", ["sudoku", "sudoku/color_count", "sudoku/color_count/hard"])
def test_show_by_game_task_and_level(run: Run, target: str) -> None:
    code, out, _ = run("show", target, "--out", "picture.png", "--scale", "0.5", "--text")
    assert code == 0
    assert out.startswith(target)
    assert Image.open("picture.png").format == "PNG"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["show", "ludo"], "unknown game 'ludo'; allowed: "),
        (["show", "sudoku/win"], "unknown task of sudoku 'win'; allowed: color_position"),
        (["show", "sudoku/color_count/extreme"], "unknown level 'extreme'; allowed: Easy"),
        (["show", "sudoku", "--split", "dev"], "unknown split 'dev'; allowed: train, validation, test"),
        (["show", "sudoku", "--index", "-1"], "seed and index must be at least 0, not -1"),
        (["show", "sudoku", "--scale", "0.1"], "scale 0.1 is out of range"),
        (["show", "sudoku/color_count/{}"], "level parameters of sudoku are not valid"),
        (["show", "a/b/c/d/e/f/g"], "unknown game"),
        (["generate", "x", "--game", "ludo"], "unknown game 'ludo'"),
        (["generate", "x", "--task", "win"], "unknown task 'win'"),
        (["generate", "x", "--format", "csv"], "unknown format 'csv'; allowed: jsonl, parquet"),
        (["generate", "x", "--per-task", "0"], "--per-task must be at least 1"),
        (["gallery", "x", "--game", "ludo"], "unknown game 'ludo'"),
        (["check", "ludo"], "unknown game 'ludo'"),
        (["build", "huge", "--out", "x"], "unknown recipe 'huge'; allowed: gameqa-140k, "),
        (["new", "My Game"], "is no name for a game"),
        (["new", "sudoku"], "a game 'sudoku' exists already"),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(
    run: Run, tmp_path: Path, arguments: list[str], words: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("gameqa: ") and words in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_generate_writes_a_folder_that_load_dataset_reads(run: Run, tmp_path: Path) -> None:
    import datasets

    code, out, _ = run("generate", "ants", "--game", "langtons_ant", "--level", "Easy", "--per-task", 2)
    assert (code, out) == (0, "ants/train/metadata.jsonl\n")
    rows = datasets.load_dataset(str(tmp_path / "ants"), split="train", cache_dir=str(tmp_path / "cache"))
    assert len(rows) == 6
    again = [gameqa.Sample.from_row(row) for row in rows]
    assert again == list(gameqa.generate("langtons_ant", levels="Easy", per_task=2))


def test_generate_parquet(run: Run, tmp_path: Path) -> None:
    import datasets

    assert run("generate", "out", "--game", "sudoku", "--level", "hard", "--format", "parquet")[0] == 0
    rows = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert [row["data_id"] for row in rows] == [s.data_id for s in gameqa.generate("sudoku", levels="Hard")]
    assert rows[0]["image"].size == gameqa.from_data_id(rows[0]["data_id"]).image.size


def test_generate_never_mixes_with_what_is_there(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    code, _, err = run("generate", "out", "--game", "sudoku")
    assert code == 2 and "not an empty folder" in err
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "mine.txt"]


def test_interrupted_generate_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gameqa.cli", "generate", "out", "--game", "langtons_ant", "--per-task", "100000"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    part = tmp_path / "out.part" / "train"
    for _ in range(600):
        if part.is_dir() and len(list(part.iterdir())) > 5:
            break
        time.sleep(0.05)
    try:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err and "interrupted" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and /dev/full are Linux's")
@pytest.mark.parametrize("command", [["show", "sudoku", "--out"], ["gallery", "--game", "sudoku"], ["generate"]])
def test_folders_that_cannot_be_written(run: Run, command: list[str]) -> None:
    target = "/proc/nowhere/picture.png" if command[0] == "show" else "/proc/nowhere"
    code, _, err = run(*command, target)
    assert code in (1, 2)
    assert err.startswith("gameqa: ") and "/proc/nowhere" in err and err.count("\n") == 1


def test_a_full_disk_is_named_and_leaves_no_part(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = run("show", "sudoku")
    assert code == 1 and "disk is full" in err
    assert list(tmp_path.iterdir()) == []


def test_long_work_shows_a_bar_on_a_terminal_and_nothing_in_a_pipe(tmp_path: Path) -> None:
    import pty

    command = [sys.executable, "-m", "gameqa.cli", "generate", "--game", "langtons_ant", "--per-task", "5"]
    quiet = subprocess.run([*command, "quiet"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert quiet.stderr == ""
    own, terminal = pty.openpty()
    with subprocess.Popen([*command, "shown"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        while True:
            try:
                piece = os.read(own, 4096)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not piece:
                break
            shown += piece
    os.close(own)
    assert process.returncode == 0
    assert b"45/45" in shown and b"samples" in shown and b"Traceback" not in shown


def test_gallery_is_one_page_with_every_cell(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("gallery", "page", "--game", "sudoku", "--game", "langtons_ant")
    assert (code, out) == (0, "page/index.html\n")
    page = (tmp_path / "page" / "index.html").read_text()
    cells = sum(3 * len(gameqa.game(name).tasks) for name in ("sudoku", "langtons_ant"))
    assert page.count("<article ") == page.count("data:image/png;base64,") == cells
    assert "http://" not in page and "https://" not in page
    assert [path.name for path in (tmp_path / "page").iterdir()] == ["index.html"]


def test_check_passes_a_good_game_and_names_what_a_bad_one_misses(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from gameqa.core import registry
    from gameqa.tools.template import GAME

    monkeypatch.setitem(registry._registered, "template", GAME)
    code, out, _ = run("check", "template", "--keys", 3, "--many", 60)
    assert code == 0 and out.endswith("template keeps the contract\n")

    blind = replace(GAME, describe=lambda state: "a board", draw=lambda state, style: GAME.draw(GAME_STATE, style))
    monkeypatch.setitem(registry._registered, "template", blind)
    code, out, _ = run("check", "template", "--keys", 2, "--many", 20)
    assert code == 1
    assert "FAIL visible" in out and "the picture is the same" in out and "the text view is the same" in out
    assert "ok   labels" in out


def test_new_makes_a_game_that_keeps_the_contract(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib import import_module

    from gameqa.core import registry

    code, out, _ = run("new", "four_in_a_row", "--into", tmp_path)
    assert code == 0 and "gameqa check four_in_a_row" in out
    monkeypatch.syspath_prepend(str(tmp_path))
    game = import_module("four_in_a_row").GAME
    assert game.params_type.__name__ == "FourInARowParams"
    monkeypatch.setitem(registry._registered, "four_in_a_row", game)
    assert run("check", "four_in_a_row", "--keys", 3, "--many", 60)[0] == 0


def test_docs_are_fresh_after_writing_and_stale_after_a_change(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gameqa.core import registry

    monkeypatch.setattr(registry, "games", lambda: ["langtons_ant"])
    assert run("docs", "docs")[0] == 0
    assert run("docs", "docs", "--check")[:2] == (0, "docs are fresh\n")
    page = tmp_path / "docs" / "games" / "langtons_ant.md"
    page.write_text(page.read_text() + "more")
    (tmp_path / "docs" / "games" / "gone.md").write_text("old")
    code, _, err = run("docs", "docs", "--check")
    assert code == 1 and "langtons_ant.md is stale" in err and "gone.md belongs to no game" in err


@pytest.mark.parametrize("command", ["list", "show", "gallery", "generate", "check", "build", "docs", "new"])
def test_every_command_has_help_with_an_example(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"Example: gameqa {command}" in out


GAME_STATE = __import__("gameqa.tools.template.state", fromlist=["State"]).State(((1, 0), (0, 1)))
