"""A cache of its own for every test, a small recipe, and a finished build of it."""

import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from gameqa.builders.build import build
from gameqa.builders.recipes import Recipe

RECIPE = Recipe("ants", "Ants.", {"train": 4, "validation": 2, "test": 2}, games=("langtons_ant",), shard_rows=6)
SHARDS = 15


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(folder))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(folder))
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", folder)
    return folder


@pytest.fixture
def recipe() -> Recipe:
    return RECIPE


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an uninterrupted serial build. Read it, never change it."""
    out = tmp_path_factory.mktemp("finished") / "ants"
    report = build(RECIPE, out, workers=1)
    assert (report.made, report.reused, report.rows) == (SHARDS, 0, 72)
    return out


@pytest.fixture
def hashes() -> Callable[[Path], dict[str, str]]:
    return _hashes


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start a script in a fresh interpreter and its own process group."""

    def start(code: str, *arguments: object, cwd: Path = tmp_path) -> "subprocess.Popen[str]":
        script = tmp_path / "script.py"
        script.write_text(code)
        return subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            cwd=cwd,
            env=dict(os.environ),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    return start
