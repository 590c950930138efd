"""A named recipe becomes a folder of parquet files that `load_dataset(DIR)` reads.

    DIR/data/<game>/<split>-00000-of-00001.parquet      pictures embedded
    DIR/README.md                                       the card; its head tells configs and splits
    DIR/manifest.json                                   recipe, fingerprint, and SHA-256 of every file

One file is one unit of work: written under a temporary name, synced, renamed. A build that was killed goes on where
it was when it is started again, and ends with the same bytes as one that was not, by any number of workers.
"""

import json
import os
import platform
import shutil
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

import gameqa
from gameqa.core.errors import Interrupted, UsageError
from gameqa.core.files import PART, sha256_of, write_atomic, writing
from gameqa.core.seeds import RELEASE
from gameqa.core.streams import Stream
from gameqa.tools.progress import progress_bar

from .card import card
from .fingerprint import fingerprint
from .pool import run
from .recipes import LATE, Recipe, Shard, named_recipes, plan, read_recipe, top_up
from .schema import features, write_parquet
from .survey import Place, Survey, survey

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["BuildReport", "Recipe", "build", "named_recipes", "plan", "read_recipe", "verify"]

MANIFEST, CARD, LOCK = "manifest.json", "README.md", ".build.lock"

Make = Callable[[Recipe, Path, list[Shard], list[Shard]], None]
"""Makes the data files of a build that are missing; gets the recipe, the folder, all data files and the missing."""


@dataclass(frozen=True)
class BuildReport:
    """What a build has done.

    Attributes:
        out: the folder.
        files: every file of the build, the manifest last.
        rows: number of rows in all splits.
        size: bytes in all files.
        seconds: how long it took.
        made, reused: number of data files made now, and found finished.
        short: for each stream with fewer distinct questions than asked for: name, found, asked for.
    """

    out: Path
    files: tuple[Path, ...]
    rows: int
    size: int
    seconds: float
    made: int
    reused: int
    short: tuple[tuple[str, int, int], ...]

    def __str__(self) -> str:
        found = f", {self.reused} found finished" if self.reused else ""
        return (
            f"{self.rows} rows, {self.size / 1e6:.1f} MB in {self.out}: {self.made} data files made{found},"
            f" {self.seconds:.1f} s"
        )


def build(
    recipe: str | Path | Recipe,
    out: str | Path,
    workers: int | None = None,
    overwrite: bool = False,
    progress: bool | None = None,
    make: Make | None = None,
) -> BuildReport:
    """Make a dataset, or go on with one that was begun.

    A script that calls this with more than one worker needs the `if __name__ == "__main__":` guard.

    Args:
        recipe: the name of one of `named_recipes()`, the path of a YAML file, or an own recipe.
        out: the folder; new, empty, or holding the same build.
        workers: number of processes; None: one for each core.
        overwrite: replace what another build has left in the folder.
        progress: show a progress bar on stderr; None: if it is a terminal.
        make: what makes the data files; None: our own processes. See `gameqa.builders.scale`.

    Raises:
        UsageError: for a recipe that does not exist, a folder that holds something else or cannot be written.
        Interrupted: by Ctrl-C.
        GameQAError: the disk is full, or a worker died.

    Example:
        >>> from gameqa.builders.build import build
        >>> build("mini", "mini-data").short         # doctest: +SKIP
        ()
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers must be at least 1, not {workers}")
    begun = time.perf_counter()
    recipe, out = read_recipe(recipe), Path(out)
    shards = plan(recipe)
    identity = _identity(recipe)
    try:
        with _claimed(out):
            missing = _open(out, identity, shards, overwrite)
            make = make or partial(_make, workers=workers or os.cpu_count() or 1, progress=progress)
            make(recipe, out, shards, missing)
            found = survey(out, shards)
            rounds = 0
            while more := top_up(recipe, _held(shards, found), rounds := rounds + 1):
                late = _missing(out, more)
                make(recipe, out, more, late)
                shards, missing = shards + more, missing + late
                found = survey(out, shards)
            _close(out, recipe, identity, found)
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; {out} keeps what is finished, run again to go on") from None
    _warn(found)
    files = tuple(out / name for name in [*found.files, CARD, MANIFEST])
    return BuildReport(
        out=out,
        files=files,
        rows=found.rows,
        size=sum(file.stat().st_size for file in files),
        seconds=time.perf_counter() - begun,
        made=len(missing),
        reused=len(shards) - len(missing),
        short=found.short,
    )


def begin(recipe: Recipe, out: Path, overwrite: bool = False) -> tuple[list[Shard], list[Shard]]:
    """Make the folder ready for others to write data files; return all of them, and those that are missing.

    Raises:
        UsageError: as by `build`.
    """
    shards = plan(recipe)
    with _claimed(out):
        return shards, _open(out, _identity(recipe), shards, overwrite)


def check_begun(recipe: Recipe, out: Path) -> None:
    """Check that a folder was made ready for this recipe by this very code and these libraries.

    Raises:
        UsageError: it was not.
    """
    manifest = read_manifest(out)
    if manifest is None:
        raise UsageError(f"{out} holds no build")
    if differs := _differing(manifest, _identity(recipe)):
        raise UsageError(f"{out} was begun with another {' and '.join(differs)} than is found on {platform.node()}")


def verify(out: str | Path) -> list[str]:
    """Compare the files of a finished build with its manifest; return one sentence for each that differs.

    Raises:
        UsageError: the folder holds no finished build.
    """
    out = Path(out)
    manifest = finished_manifest(out)
    wrong = []
    for name, entry in manifest["files"].items():
        if not (out / name).is_file():
            wrong.append(f"{name} is missing")
        elif sha256_of(out / name) != entry["sha256"]:
            wrong.append(f"{name} differs from its SHA-256 in the manifest")
    return wrong


def write_shard(shard: Shard, on_row: Callable[[], None], out: Path, schema: "pa.Schema", scale: float) -> None:
    """Make one data file. The same rows give the same bytes."""
    path = out / shard.path
    # Host and process keep a worker that outlives its killed parent for a moment, or runs elsewhere, away from this.
    part = path.with_name(f"{path.name}.{platform.node()}.{os.getpid()}{PART}")
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("wb") as file:
                write_parquet(_rows(shard, on_row, scale, image="image" in schema.names), file, schema)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _rows(shard: Shard, on_row: Callable[[], None], scale: float, image: bool) -> Iterator[dict[str, Any]]:
    for stream in shard.streams:
        for sample in stream.samples(scale):
            yield sample.row(image)
            on_row()


def _identity(recipe: Recipe) -> dict[str, Any]:
    """Return all that decides the bytes of a build."""
    return {
        "release": RELEASE,
        "version": gameqa.__version__,
        "recipe": recipe.plain(),
        "fingerprint": fingerprint(),
        "made_with": {name: version(name) for name in ("datasets", "numpy", "pillow", "pyarrow")},
    }


@contextmanager
def _claimed(out: Path) -> Iterator[None]:
    """Keep other builds out of the folder."""
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise UsageError(f"another build is writing to {out}") from None
    try:
        yield
    finally:
        _clean(out)
        (out / LOCK).unlink(missing_ok=True)
        lock.release()


def _open(out: Path, identity: dict[str, Any], shards: list[Shard], overwrite: bool) -> list[Shard]:
    """Make the folder ready and return the data files that are still to be made.

    Raises:
        UsageError: the folder holds something else.
    """
    manifest = read_manifest(out)
    _clean(out)
    if manifest is None:
        if any(not path.name.startswith(".") for path in out.iterdir()):
            raise UsageError(f"{out} is not empty and holds no build; choose another folder")
    elif differs := _differing(manifest, identity):
        if not overwrite:
            raise UsageError(
                f"{out} holds a build with another {' and '.join(differs)}; choose another folder, or overwrite it"
            )
        with writing(out):
            if (out / "data").exists():
                shutil.rmtree(out / "data")
            (out / CARD).unlink(missing_ok=True)
        manifest = None
    planned = {shard.path for shard in shards}
    strays = {path.relative_to(out).as_posix() for path in out.glob("data/*/*") if LATE not in path.name} - planned
    if strays:
        raise UsageError(
            f"{out} holds {min(strays)}, which is no part of this build; remove it or choose another folder"
        )
    if manifest is None:
        write_atomic(out / MANIFEST, _json({**identity, "complete": False}))
    return _missing(out, shards)


def _differing(manifest: dict[str, Any], identity: dict[str, Any]) -> list[str]:
    return [name for name in identity if manifest.get(name) != identity[name]]


def _missing(out: Path, shards: list[Shard]) -> list[Shard]:
    """Return the data files that are still to be made."""
    known = (read_manifest(out) or {}).get("files", {})
    return [shard for shard in shards if not _finished(out / shard.path, known.get(shard.path))]


def _held(shards: list[Shard], found: Survey) -> dict[Stream, int]:
    """Return every stream from its beginning, with the whole length asked for, and how many rows it has given."""
    asked: Counter[Stream] = Counter()
    for stream in (stream for shard in shards for stream in shard.streams):
        whole = stream._replace(skip=0, length=0)
        asked[whole] = max(asked[whole], stream.skip + stream.length)
    return {
        stream._replace(length=length): found.counts[Place(stream.game, stream.task, stream.level, stream.split)]
        for stream, length in asked.items()
    }


def _clean(out: Path) -> None:
    """Remove half-written files."""
    for part in [*out.glob(f"*{PART}"), *out.glob(f"data/*/*{PART}")]:
        part.unlink(missing_ok=True)


def _finished(path: Path, entry: dict[str, Any] | None) -> bool:
    """A file under its final name is complete; once its hash is known, it is compared."""
    return path.is_file() and (entry is None or sha256_of(path) == entry["sha256"])


def _make(
    recipe: Recipe, out: Path, shards: list[Shard], missing: list[Shard], workers: int, progress: bool | None
) -> None:
    """Make the missing data files."""
    if not missing:
        return
    schema = features(recipe.text).arrow_schema
    total = sum(shard.rows for shard in shards)
    done = total - sum(shard.rows for shard in missing)
    left = Counter(shard.game for shard in missing)
    games = len({shard.game for shard in shards})
    with progress_bar(recipe.name, "rows", total, done, progress) as bar:

        def on_job(shard: Shard) -> None:
            left[shard.game] -= 1
            bar.note(f"{games - len(+left)} of {games} games, last {shard.game}")

        run(missing, partial(write_shard, out=out, schema=schema, scale=recipe.scale), workers, bar, on_job)


def _close(out: Path, recipe: Recipe, identity: dict[str, Any], found: Survey) -> None:
    """Write the card and, last of all, the manifest that calls the build complete."""
    _write_new(out / CARD, card(recipe, identity, found))
    files = {
        **found.files,
        CARD: {"sha256": sha256_of(out / CARD), "bytes": (out / CARD).stat().st_size},
    }
    manifest = {
        **identity,
        "complete": True,
        "rows": found.rows,
        "splits": found.splits,
        "short": [{"stream": name, "found": got, "asked": asked} for name, got, asked in found.short],
        "files": files,
    }
    _write_new(out / MANIFEST, _json(manifest))


def _write_new(path: Path, content: str) -> None:
    if not path.is_file() or path.read_bytes() != content.encode():
        write_atomic(path, content)


def _warn(found: Survey) -> None:
    if found.short:
        name, got, asked = found.short[0]
        warnings.warn(
            f"{len(found.short)} streams hold fewer distinct questions than asked for, such as {name}: {got} of"
            f" {asked}; manifest.json lists them",
            stacklevel=3,
        )


def finished_manifest(out: Path) -> dict[str, Any]:
    """Return the manifest of a finished build.

    Raises:
        UsageError: the folder holds none.
    """
    manifest = read_manifest(out)
    if manifest is None or not manifest["complete"]:
        raise UsageError(f"{out} holds no finished build")
    return manifest


def read_manifest(out: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder, None when there is none.

    Raises:
        UsageError: the file is no manifest of a build.
    """
    path = out / MANIFEST
    if not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not {"complete", "fingerprint", "recipe"} <= manifest.keys():
        raise UsageError(f"{path} is no manifest of a build; choose another folder")
    return manifest


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
