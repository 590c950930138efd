"""Builds shared out by datatrove: to the processes of one machine, to a Slurm cluster, or to a Ray cluster.

The data files of a build are dealt to tasks like cards: of N tasks, task i % N gets file i. A task writes those of its
files that are missing, under a temporary name that is renamed, so it may be killed and started again at any time.
Surveying the files, making up for streams that ran dry, card and manifest come last, in one process. The bytes are
those of a plain build.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gameqa.core.errors import GameQAError, MissingExtra, UsageError, choice_error
from gameqa.core.extras import require
from gameqa.core.files import writing

from .build import BuildReport, begin, build, check_begun, write_shard
from .pool import ctrl_c_ignored, run
from .recipes import Recipe, Shard, read_recipe
from .schema import features

try:
    from datatrove.executor import (  # pyright: ignore[reportMissingImports]
        LocalPipelineExecutor,
        RayPipelineExecutor,
        SlurmPipelineExecutor,
    )
    from datatrove.pipeline.base import PipelineStep  # pyright: ignore[reportMissingImports]
except ImportError:
    require("scale", "datatrove")
    raise

HERE = ("local", "ray")
"""Executors that are waited for."""
LOGS = ".datatrove"
"""Folder within a build for datatrove's logs and markers."""
MOST_TASKS = 1000
"""Tasks unless asked for otherwise; Slurm's own limit of an array is 1001 (slurm.conf, MaxArraySize)."""

# sbatch(1), --time: minutes, minutes:seconds, hours:minutes:seconds, days-hours and so on.
_TIME = re.compile(r"\d+(:\d\d){0,2}|\d+-\d{1,2}(:\d\d){0,2}")


@dataclass(frozen=True)
class Slurm:
    """What is asked of Slurm for each task; anything else is told by sbatch's own variables, as SBATCH_ACCOUNT.

    Attributes:
        partition: one name, or several with commas.
        time: limit of each task, as sbatch reads it, for example 90 (minutes), 04:00:00 or 1-12.
        cpus: cores of each task, which makes as many files at once.
    """

    partition: str
    time: str = "12:00:00"
    cpus: int = 1

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.-]+(,[\w.-]+)*", self.partition):
            raise UsageError(f"the partition must be a name, or names with commas, not {self.partition!r}")
        if not _TIME.fullmatch(self.time):
            raise UsageError(f"the time limit must look like 90 (minutes), 04:00:00 or 1-12:00:00, not {self.time!r}")
        if self.cpus < 1:
            raise UsageError(f"the cores of a task must be at least 1, not {self.cpus}")


class WriteShards(PipelineStep):
    """Writes the missing data files of one task.

    Attributes:
        shards: all data files.
        cores: how many are made at once.
    """

    type, name = "gameqa", "write data files"

    def __init__(self, recipe: Recipe, out: Path, shards: list[Shard], cores: int = 1) -> None:
        super().__init__()
        self.recipe, self.out, self.shards, self.cores = recipe, out, shards, cores

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> None:
        """Write them; the task of number `rank` out of `world_size` is done when this returns."""
        _watch_parent()
        check_begun(self.recipe, self.out)
        own = [shard for shard in self.shards[rank::world_size] if not (self.out / shard.path).is_file()]
        schema = features(self.recipe.text).arrow_schema
        work = partial(write_shard, out=self.out, schema=schema, scale=self.recipe.scale)
        run(own, work, self.cores, partial(self.stat_update, "rows"))


class FinishBuild(PipelineStep):
    """Makes whatever is left, the card and the manifest."""

    type, name = "gameqa", "finish the build"

    def __init__(self, recipe: Recipe, out: Path, cores: int) -> None:
        super().__init__()
        self.recipe, self.out, self.cores = recipe, out, cores

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> None:
        """Do what `gameqa build` does."""
        print(build(self.recipe, self.out, workers=self.cores), flush=True)


class SlurmJob(SlurmPipelineExecutor):
    """Tasks without the job that adds up their statistics: those tell nothing that the manifest does not."""

    def launch_merge_stats(self) -> None:
        """Launch nothing."""


def shared_build(
    recipe: str | Path | Recipe,
    out: str | Path,
    executor: str = "local",
    tasks: int | None = None,
    workers: int | None = None,
    overwrite: bool = False,
) -> BuildReport:
    """Make a dataset as `build` does, its data files by datatrove on this machine or on a Ray cluster.

    A script that calls this needs the `if __name__ == "__main__":` guard.

    Args:
        recipe, out, overwrite: as for `build`. A Ray cluster must see the folder under the same path everywhere.
        executor: local or ray.
        tasks: into how many parts the data files are dealt; None: one each, at most `MOST_TASKS`.
        workers: how many tasks run at once; None: one for each core, with Ray as many as the cluster holds.

    Raises:
        UsageError: as by `build`, and for an unknown executor or a number below 1.
        MissingExtra: Ray is not installed.
        GameQAError: as by `build`, and when tasks have failed.
    """
    _check_counts(tasks, workers)
    if executor not in HERE:
        raise choice_error("executor", executor, HERE)
    if executor == "ray":
        _connect_ray()
    out = Path(out).absolute()
    report = build(recipe, out, overwrite=overwrite, make=partial(_make, executor, tasks, workers))
    shutil.rmtree(out / LOGS, ignore_errors=True)
    return report


def submit(
    recipe: str | Path | Recipe,
    out: str | Path,
    slurm: Slurm,
    tasks: int | None = None,
    workers: int | None = None,
    overwrite: bool = False,
) -> str:
    """Hand a build to Slurm: an array of tasks, and a job that finishes the build when all have ended well.

    Args:
        recipe, overwrite: as for `build`.
        out: as for `build`; on a file system that all nodes share.
        slurm: what is asked of Slurm for each task and for the finishing job.
        tasks: into how many parts the data files are dealt; None: one each, at most `MOST_TASKS`.
        workers: how many tasks run at once; None: as many as Slurm has room for.

    Returns:
        A sentence that tells what was submitted.

    Raises:
        UsageError: as by `build`, for a number below 1, and where there is no sbatch.
        GameQAError: sbatch refused the job.
    """
    _check_counts(tasks, workers)
    if not shutil.which("sbatch"):
        raise UsageError("sbatch is not found; submit from a machine of the Slurm cluster")
    recipe, out = read_recipe(recipe), Path(out).absolute()
    if re.search(r"\s", str(out)):
        raise UsageError(f"the job script cannot name a folder with spaces, such as {out}; choose another")
    shards, missing = begin(recipe, out, overwrite)
    making, finishing = slurm_jobs(recipe, out, shards, missing, slurm, tasks, workers)
    try:
        finishing.launch_job()
    except subprocess.CalledProcessError as error:
        raise GameQAError(
            f"sbatch refused the job with exit code {error.returncode}; its reason stands above"
        ) from None
    logs = Path(finishing.logging_dir.path).parent
    if not missing:
        return f"all data files are there; job {finishing.job_id} finishes the build, logs are in {logs}"
    return (
        f"job {making.job_id} makes {len(missing)} data files in {len(_waiting(making.tasks, shards, missing))} tasks,"
        f" then job {finishing.job_id} finishes the build; logs are in {logs}"
    )


def slurm_jobs(
    recipe: Recipe,
    out: Path,
    shards: list[Shard],
    missing: list[Shard],
    slurm: Slurm,
    tasks: int | None = None,
    workers: int | None = None,
) -> tuple[SlurmJob, SlurmJob]:
    """Return the executor that makes the data files and the one that depends on it and finishes; launch neither."""
    logs = _new_logs(out)
    name = f"gameqa-{re.sub(r'[^A-Za-z0-9_.]+', '-', recipe.name)}"
    common = {
        "partition": slurm.partition,
        "time": slurm.time,
        "cpus_per_task": slurm.cpus,
        "qos": None,
        # srun does not take it over from sbatch (release notes of Slurm 22.05).
        "srun_args": {"cpus-per-task": slurm.cpus},
        # The commands of this very environment, whether or not it was activated.
        "env_command": f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH",
    }
    making = SlurmJob(
        [WriteShards(recipe, out, shards, slurm.cpus)],
        tasks=_tasks(tasks, shards),
        workers=workers or -1,
        job_name=name,
        logging_dir=str(logs / "make"),
        **common,
    )
    _mark(making, out, shards, missing)
    finishing = SlurmJob(
        [FinishBuild(recipe, out, slurm.cpus)],
        tasks=1,
        job_name=f"{name}-finish",
        logging_dir=str(logs / "finish"),
        depends=making,
        sbatch_args={"kill-on-invalid-dep": "yes"},
        **common,
    )
    return making, finishing


def executor_here(
    executor: str, recipe: Recipe, out: Path, shards: list[Shard], tasks: int | None, workers: int | None
) -> Any:
    """Return the executor of a build that is waited for; run nothing."""
    pipeline, logs = [WriteShards(recipe, out, shards)], str(_new_logs(out))
    count = _tasks(tasks, shards)
    if executor == "ray":
        return RayPipelineExecutor(pipeline, tasks=count, workers=workers or -1, logging_dir=logs)
    return LocalPipelineExecutor(
        pipeline, tasks=count, workers=min(workers or os.cpu_count() or 1, count), logging_dir=logs
    )


def _make(
    executor: str,
    tasks: int | None,
    workers: int | None,
    recipe: Recipe,
    out: Path,
    shards: list[Shard],
    missing: list[Shard],
) -> None:
    if not missing:
        return
    running = executor_here(executor, recipe, out, shards, tasks, workers)
    _mark(running, out, shards, missing)
    if executor == "local":
        from multiprocess import forkserver

        with ctrl_c_ignored():  # by the workers, which inherit it; this process ends them
            forkserver.ensure_running()
    running.run()
    left = [shard.path for shard in missing if not (out / shard.path).is_file()]
    if left:
        raise GameQAError(
            f"{len(left)} data files were not made, such as {left[0]}; {running.logging_dir.path} tells why, run again"
            " to go on"
        )


def _mark(executor: Any, out: Path, shards: list[Shard], missing: list[Shard]) -> None:
    """Make way for the missing files and tell datatrove which tasks are done.

    Markers of earlier runs are never read: files and the number of tasks may have changed.
    """
    with writing(out):
        for shard in missing:
            (out / shard.path).unlink(missing_ok=True)  # a damaged one
        if isinstance(executor, RayPipelineExecutor):
            return  # it adds up the statistics of all tasks, so all must run
        for rank in set(range(executor.tasks)) - _waiting(executor.tasks, shards, missing):
            executor.mark_rank_as_completed(rank)


def _waiting(tasks: int, shards: list[Shard], missing: list[Shard]) -> set[int]:
    """Return the tasks that have files to make."""
    paths = {shard.path for shard in missing}
    return {place % tasks for place, shard in enumerate(shards) if shard.path in paths}


def _tasks(tasks: int | None, shards: list[Shard]) -> int:
    return min(tasks or MOST_TASKS, len(shards))


def _new_logs(out: Path) -> Path:
    """Make a folder for the logs of one run."""
    with writing(out):
        (out / LOGS).mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix="run-", dir=out / LOGS))


def _check_counts(tasks: int | None, workers: int | None) -> None:
    for name, count in (("tasks", tasks), ("workers", workers)):
        if count is not None and count < 1:
            raise UsageError(f"{name} must be at least 1, not {count}")


def _connect_ray() -> None:
    """Join the Ray cluster that RAY_ADDRESS names or that runs here; start one on this machine if there is none."""
    try:
        import ray  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise MissingExtra("this needs ray, which is not installed; run: pip install 'datatrove[ray]'") from None
    ray.init(ignore_reinit_error=True)


def _watch_parent() -> None:
    """Let a process of datatrove's pool end with its parent, which may be killed; its files are made again."""
    from multiprocess.process import parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
