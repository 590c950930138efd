"""The wheel and the editable install offer the same package, light and complete."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCRIPT = """
import sys
import gameqa, gameqa.builders, gameqa.benchmark, gameqa.train
assert not sys.argv[1:] or gameqa.__file__.startswith(sys.argv[1]), gameqa.__file__
assert len({module.__name__ for module in (gameqa.builders, gameqa.benchmark, gameqa.train)}) == 3
sample = gameqa.sample("langtons_ant", "pose_after_steps", "Hard")
assert sample.png().startswith(b"\\x89PNG")
print(sample.data_id, sample.answer)
"""


def call(*command: object, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([*map(str, command)], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # Build from the files git knows, so that leftovers of the checkout cannot slip into the wheel.
    files = call("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT).splitlines()
    for name in files:
        if (ROOT / name).is_file() and not name.startswith(("tests/", "docs/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"gameqa", next(top for top in tops if top.endswith(".dist-info"))}
    for wanted in (
        "gameqa/py.typed",
        "gameqa/draw/fonts/DejaVuSans-Bold.ttf",
        "gameqa/draw/fonts/LICENSE",
        "gameqa/builders/gameqa.py",
        "gameqa/benchmark/__init__.py",
        "gameqa/benchmark/tasks/_picture",
        "gameqa/benchmark/tasks/picture/gameqa.yaml",
        "gameqa/benchmark/tasks/transfer/_common_yaml",
        "gameqa/benchmark/tasks/transfer/transfer.yaml",
        "gameqa/train/recipes/_paper.yaml",
        "gameqa/train/recipes/tiny-cpu.yaml",
        "gameqa/train/accelerate/zero3.yaml",
        "gameqa/train/slurm/server.sbatch",
        "gameqa/games/langtons_ant/tasks.py",
        "gameqa/tools/template/tasks.py",
    ):
        assert wanted in names
    # Loose data files and a module gameqa/gameqa.py would be taken for a data set by load_dataset("gameqa").
    loose = (".txt", ".csv", ".json", ".jsonl", ".parquet", ".png", ".jpg", ".zip")
    assert [name for name in names if name.startswith("gameqa/") and name.endswith(loose)] == []
    assert "gameqa/gameqa.py" not in names


def test_the_wheel_runs_in_a_fresh_environment_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    site = next((home / "lib").glob("python*/site-packages"))
    # Dependencies come from this environment; its own .pth files, the editable install among them, are not read.
    (site / "dependencies.pth").write_text("\n".join(path for path in sys.path if path.endswith("site-packages")))
    call(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel, cwd=tmp_path)
    listed = call(home / "bin" / "gameqa", "list", cwd=tmp_path)
    assert "langtons_ant" in listed
    pack = Path(call(home / "bin" / "gameqa", "tasks-path", cwd=tmp_path).strip())
    assert pack.is_relative_to(site) and (pack / "picture" / "gameqa_sokoban.yaml").is_file()
    assert call(python, "-c", SCRIPT, home, cwd=tmp_path) == call(sys.executable, "-c", SCRIPT, cwd=tmp_path)


def test_importing_gameqa_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = ("datasets", "torch", "numpy", "PIL", "pyarrow", "pandas", "rapidfuzz", "rich", "typer")
    script = f"import sys, gameqa; print([name for name in {heavy!r} if name in sys.modules])"
    assert call(sys.executable, "-c", script, cwd=tmp_path) == "[]\n"


def test_making_a_text_sample_needs_no_data_set_library(tmp_path: Path) -> None:
    script = (
        "import sys, gameqa; gameqa.sample('langtons_ant', 'ant_pose').row(image=False);"
        "print([name for name in ('datasets', 'torch', 'pyarrow', 'pandas') if name in sys.modules])"
    )
    assert call(sys.executable, "-c", script, cwd=tmp_path) == "[]\n"


def test_a_missing_extra_is_one_sentence_with_the_pip_line() -> None:
    from gameqa import MissingExtra
    from gameqa.core.extras import require

    with pytest.raises(MissingExtra, match=r"run: pip install 'gameqa\[eval\]'"):
        require("eval", "a_module_that_is_not_there")
    require("eval", "json")


def test_an_outside_package_brings_a_game_through_its_entry_point(tmp_path: Path) -> None:
    from gameqa.tools.scaffold import scaffold

    scaffold("outside_game", tmp_path)
    info = tmp_path / "outside-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[gameqa.games]\noutside_game = outside_game:GAME\n")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import gameqa; assert 'outside_game' in gameqa.games()\n"
        "sample = gameqa.sample('outside_game', 'marked_cell', 'Hard', 'test')\n"
        "assert gameqa.Sample.from_row(sample.row()) == sample and gameqa.rederive(sample) == sample.accepted\n"
        "print(sample.data_id)"
    )
    assert call(sys.executable, "-c", script, tmp_path, cwd=tmp_path) == "outside_game/marked_cell/hard/test/0/0\n"
