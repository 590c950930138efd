"""Builds shared out by datatrove: the bytes of a plain build, also after a kill and through Slurm's job scripts."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gameqa.builders import build as builds
from gameqa.builders.build import begin, build
from gameqa.builders.recipes import Recipe, plan
from typer.testing import CliRunner

from gameqa.cli import app
from gameqa.core import streams
from gameqa.core.errors import GameQAError, MissingExtra, Unaskable, UsageError

Hashes = Callable[[Path], dict[str, str]]


@pytest.fixture
def scale() -> Any:
    pytest.importorskip("datatrove")
    from gameqa.builders import scale

    return scale


SCRIPT = """
import sys
from gameqa.builders.recipes import Recipe
from gameqa.builders.scale import shared_build
from gameqa.core.errors import GameQAError

if __name__ == "__main__":
    try:
        shared_build({recipe!r}, sys.argv[1], tasks=5, workers=2)
    except GameQAError as error:
        print(type(error).__name__, error)
"""


def wait_for(process: "subprocess.Popen[str]", out: Path, number: int) -> None:
    deadline = time.monotonic() + 60
    while len([*out.glob("data/*/*.parquet")]) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_killed_and_resumed(
    scale: Any, start: Any, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes
) -> None:
    out = tmp_path / "ants"
    process = start(SCRIPT.format(recipe=recipe), out)
    wait_for(process, out, 3)
    process.kill()
    process.wait()
    assert not (out / "README.md").exists()
    report = scale.shared_build(recipe, out, tasks=3, workers=2)
    os.killpg(process.pid, signal.SIGKILL)  # what datatrove itself leaves behind
    assert report.reused >= 3 and report.made + report.reused == 15
    assert hashes(out) == hashes(finished)


def test_ctrl_c(scale: Any, start: Any, tmp_path: Path, recipe: Recipe) -> None:
    out = tmp_path / "ants"
    process = start(SCRIPT.format(recipe=recipe), out)
    wait_for(process, out, 2)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert output == f"Interrupted interrupted; {out} keeps what is finished, run again to go on\n"
    assert "Traceback" not in errors
    assert not [*out.rglob("*.part")]


def test_workers_end_with_their_parent(scale: Any, start: Any, tmp_path: Path) -> None:
    code = """
import time
from gameqa.builders.scale import _watch_parent
import multiprocess

def work(_):
    _watch_parent()
    print("up", flush=True)
    time.sleep(100)

if __name__ == "__main__":
    multiprocess.get_context("forkserver").Pool(1).map(work, [0])
"""
    process = start(code)
    assert process.stdout.readline() == "up\n"
    process.kill()
    process.communicate(timeout=20)  # the pipes close only when the worker is gone as well


def test_damaged_files_are_made_again(
    scale: Any, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes
) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    damaged, missing = sorted(out.glob("data/*/*"))[3:5]
    damaged.write_bytes(b"")
    missing.unlink()
    report = scale.shared_build(recipe, out, tasks=4, workers=1)
    assert (report.made, report.reused) == (2, 13)
    assert hashes(out) == hashes(finished)


def _dry(game: Any, task: Any, level: Any, split: str, seed: int, until: int, *rest: Any) -> Iterator[Any]:
    """Hold two questions in one stream."""
    dry = (task.slug, level) == ("ant_pose", "Easy")
    yield from real_distinct(game, task, level, split, seed, min(until, 2) if dry else until, *rest)
    if dry and until > 2:
        raise Unaskable("dry")


real_distinct = streams.distinct


def test_late_files_of_streams_that_ran_dry(
    scale: Any, tmp_path: Path, recipe: Recipe, hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "distinct", _dry)
    wanted = replace(recipe, counts={}, rows={"train": 36})
    with pytest.warns(UserWarning, match="hold fewer distinct questions"):
        plain = build(wanted, tmp_path / "plain", workers=1)
        shared = scale.shared_build(wanted, tmp_path / "shared", tasks=2, workers=1)
    assert plain.rows == shared.rows == 36
    assert [*tmp_path.glob("shared/data/*/*more*")]
    assert hashes(tmp_path / "shared") == hashes(tmp_path / "plain")


def test_a_failed_task_is_one_error(
    scale: Any, tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(self: Any, data: Any, rank: int, world_size: int) -> None:
        return None

    monkeypatch.setattr(scale.WriteShards, "run", run)
    with pytest.raises(GameQAError, match=r"15 data files were not made, such as data/.*\.parquet; .*\.datatrove"):
        scale.shared_build(recipe, tmp_path / "ants", workers=1)


def test_other_code_on_a_node_is_refused(
    scale: Any, tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="holds no build"):
        scale.WriteShards(recipe, tmp_path, plan(recipe)).run()
    begin(recipe, tmp_path)
    monkeypatch.setattr(builds, "fingerprint", lambda: "0" * 16)
    with pytest.raises(UsageError, match="was begun with another fingerprint than is found on"):
        scale.WriteShards(recipe, tmp_path, plan(recipe)).run()
    assert not (tmp_path / "data").exists()


COMMANDS = {
    "sbatch": """#!/bin/sh
[ -z "$REFUSE" ] || exit 3
for last; do :; done
job=$(ls "$SPOOL" | wc -l)
cp "$last" "$SPOOL/$job.sh"
echo "$@" > "$SPOOL/$job.options"
echo "Submitted batch job $job"
""",
    "srun": """#!/bin/sh
echo "$@" >> "$SPOOL/../srun"
while [ "${1#-}" != "$1" ]; do [ "$1" = -n ] && shift; shift; done
exec "$@"
""",
    "scontrol": "#!/bin/sh\necho here\n",
}
"""Just enough of Slurm to keep job scripts and to run them."""


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "bin").mkdir()
    for name, code in COMMANDS.items():
        (tmp_path / "bin" / name).write_text(code)
        (tmp_path / "bin" / name).chmod(0o755)
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("SPOOL", str(spool))
    monkeypatch.setenv("SLURM_NODELIST", "here")
    return spool


def run_job(script: Path, number: int) -> None:
    """Do what Slurm does with one task of an array."""
    environment = os.environ | {"SLURM_ARRAY_TASK_ID": str(number), "RUN_OFFSET": "0"}
    done = subprocess.run(["bash", script], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def directives(script: str) -> dict[str, str]:
    return {name: value for name, _, value in re.findall(r"^#SBATCH --([\w-]+)(=(.*))?$", script, re.MULTILINE)}


def test_slurm_from_submission_to_the_finished_build(
    scale: Any, spool: Path, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes
) -> None:
    out, slurm = tmp_path / "ants", scale.Slurm("cpu", "04:00:00")
    told = scale.submit(recipe, out, replace(slurm, cpus=2), tasks=2)
    assert told.startswith("job 0 makes 15 data files in 2 tasks, then job 2 finishes the build; logs are in ")
    assert directives((spool / "0.sh").read_text())["array"] == "0-1"
    assert "--dependency=afterok:0" in (spool / "2.options").read_text()
    run_job(spool / "0.sh", 1)
    assert {path.relative_to(out).as_posix() for path in out.glob("data/*/*")} == {
        shard.path for shard in plan(recipe)[1::2]
    }
    told = scale.submit(recipe, out, slurm, tasks=2)
    assert told.startswith("job 4 makes 8 data files in 1 tasks, then job 6 ")
    assert directives((spool / "4.sh").read_text())["array"] == "0-0"
    run_job(spool / "4.sh", 0)
    run_job(spool / "6.sh", 0)
    for line, cpus in zip((tmp_path / "srun").read_text().splitlines(), (2, 1, 1), strict=True):
        assert line.startswith(f"--cpus-per-task={cpus} -l -n 1 launch_pickled_pipeline {out}/{scale.LOGS}/")
    shutil.rmtree(out / scale.LOGS)
    assert hashes(out) == hashes(finished)
    told = scale.submit(recipe, out, slurm)
    assert told.startswith("all data files are there; job 8 finishes the build") and not (spool / "10.sh").exists()


def test_slurm_job_scripts(scale: Any, tmp_path: Path, recipe: Recipe) -> None:
    named = replace(recipe, name="my ants; rm")
    shards = plan(named)
    making, finishing = scale.slurm_jobs(
        named, tmp_path, shards, shards, scale.Slurm("cpu,big", "1-12:30:00", cpus=8), tasks=7, workers=3
    )
    for job, size in ((making, "0-6%3"), (finishing, "0-0")):
        script = job.get_launch_file_contents(job.get_sbatch_args(job.tasks), "launch_pickled_pipeline executor.pik")
        asked = directives(script)
        assert asked["array"] == size
        assert (asked["partition"], asked["time"], asked["cpus-per-task"]) == ("cpu,big", "1-12:30:00", "8")
        assert asked["job-name"].startswith("gameqa-my-ants-rm")
        assert "qos" not in asked and Path(asked["output"]).is_relative_to(tmp_path / scale.LOGS)
        assert f"export PATH={Path(sys.executable).parent}:$PATH" in script
        assert script.endswith("launch_pickled_pipeline executor.pik\n")
    assert directives(script)["kill-on-invalid-dep"] == "yes" and finishing.depends is making
    assert making.pipeline[0].cores == finishing.pipeline[0].cores == 8


def test_more_tasks_than_files(scale: Any, tmp_path: Path, recipe: Recipe) -> None:
    shards = plan(recipe)
    for tasks in (None, 15, 99):
        assert scale.slurm_jobs(recipe, tmp_path, shards, shards, scale.Slurm("cpu"), tasks)[0].tasks == 15


def test_ray(scale: Any, tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scale.executor_here("ray", recipe, tmp_path, plan(recipe), tasks=4, workers=2)
    assert (type(made).__name__, made.tasks, made.workers) == ("RayPipelineExecutor", 4, 2)
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"needs ray, which is not installed; run: pip install 'datatrove\[ray\]'"):
        scale.shared_build(recipe, tmp_path / "ants", "ray")


@pytest.mark.slow
def test_ray_makes_the_same_bytes(scale: Any, finished: Path, tmp_path: Path, recipe: Recipe, hashes: Hashes) -> None:
    ray = pytest.importorskip("ray")
    begin(recipe, tmp_path / "ants")
    shutil.copytree(finished / "data", tmp_path / "ants" / "data")
    for shard in plan(recipe)[::2]:
        (tmp_path / "ants" / shard.path).unlink()
    report = scale.shared_build(recipe, tmp_path / "ants", "ray", tasks=2)
    ray.shutdown()
    assert (report.made, report.reused) == (8, 7)
    assert hashes(tmp_path / "ants") == hashes(finished)


def test_usage(scale: Any, spool: Path, tmp_path: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    out, slurm = tmp_path / "ants", scale.Slurm("cpu")
    with pytest.raises(UsageError, match="unknown executor 'spark'; allowed: local, ray"):
        scale.shared_build(recipe, out, "spark")
    for counts in ({"tasks": 0}, {"workers": -1}):
        with pytest.raises(UsageError, match=f"{next(iter(counts))} must be at least 1"):
            scale.shared_build(recipe, out, **counts)
        with pytest.raises(UsageError, match=f"{next(iter(counts))} must be at least 1"):
            scale.submit(recipe, out, slurm, **counts)
    with pytest.raises(UsageError, match="cannot name a folder with spaces"):
        scale.submit(recipe, tmp_path / "my ants", slurm)
    monkeypatch.setenv("REFUSE", "1")
    with pytest.raises(GameQAError, match="sbatch refused the job with exit code 3"):
        scale.submit(recipe, out, slurm)
    (tmp_path / "bin" / "sbatch").unlink()
    with pytest.raises(UsageError, match="sbatch is not found"):
        scale.submit(recipe, out, slurm)


@pytest.mark.parametrize("given", ["90", "90:00", "04:00:00", "1-12", "1-12:30", "1-12:30:00"])
def test_time_limits_of_slurm(scale: Any, given: str) -> None:
    assert scale.Slurm("cpu", given).time == given


@pytest.mark.parametrize(
    "given",
    [
        ("", "90"),
        ("cpu big", "90"),
        ("cpu\n#SBATCH --x", "90"),
        ("cpu", "soon"),
        ("cpu", ""),
        ("cpu", "4h"),
        ("cpu", "90", 0),
    ],
)
def test_slurm_options_are_checked(scale: Any, given: tuple[Any, ...]) -> None:
    with pytest.raises(UsageError, match="must"):
        scale.Slurm(*given)


def refused(*arguments: str) -> str:
    error = CliRunner().invoke(app, ["build", "mini", "--out", "nowhere", *arguments]).exception
    assert isinstance(error, GameQAError) and not Path("nowhere").exists()
    return str(error)


def test_the_command_line_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("--executor", "spark") == "unknown executor 'spark'; allowed: local, slurm, ray"
    assert refused("--tasks", "3") == "--tasks needs --executor local, slurm or ray"
    assert refused("--executor", "local", "--slurm-time", "90") == "--slurm-time needs --executor slurm"
    assert refused("--executor", "slurm") == "--executor slurm needs --slurm-partition"
    monkeypatch.setitem(sys.modules, "datatrove", None)
    monkeypatch.delitem(sys.modules, "gameqa.builders.scale", raising=False)
    monkeypatch.delattr("gameqa.builders.scale", raising=False)
    for name in [name for name in sys.modules if name.startswith("datatrove.")]:
        monkeypatch.delitem(sys.modules, name)
    missing = "this needs datatrove, which is not installed; run: pip install 'gameqa[scale]'"
    assert refused("--executor", "local") == missing


def test_the_command_submits_and_builds(scale: Any, spool: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "few.yaml"
    recipe.write_text("{name: few, samples: {test: 1}, games: langtons_ant, levels: Easy}")
    arguments = ["build", str(recipe), "--out", str(tmp_path / "few")]
    slurm = ["--executor", "slurm", "--slurm-partition", "cpu", "--slurm-time", "90", "--slurm-cpus", "2"]
    done = CliRunner().invoke(app, [*arguments, *slurm], catch_exceptions=False)
    assert "job 0 makes 1 data files in 1 tasks, then job 2" in done.output
    assert directives((spool / "0.sh").read_text())["time"] == "90"
    done = CliRunner().invoke(app, [*arguments, "--executor", "local", "--workers", "1"], catch_exceptions=False)
    assert "rows" in done.output and not (tmp_path / "few" / ".datatrove").exists()
