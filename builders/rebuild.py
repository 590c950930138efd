"""A finished build made again: damaged files from the recipe, or single rows from their names for comparison."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from gameqa.core.errors import UsageError
from gameqa.tools.audit import remade
from gameqa.tools.progress import progress_bar

from .build import BuildReport, build, finished_manifest, verify
from .fingerprint import fingerprint
from .recipes import stored_recipe
from .schema import read_batches


@dataclass(frozen=True)
class Comparison:
    """What a comparison has found.

    Attributes:
        rows: the number of rows made again.
        differences: one sentence for each file or row that differs.
        same_code: whether the build was made by this very code and these libraries.
    """

    rows: int
    differences: tuple[str, ...]
    same_code: bool


def rebuild(out: str | Path, workers: int | None = None, progress: bool | None = None) -> BuildReport:
    """Make the missing and damaged files of a build again, by the recipe in its manifest.

    Raises:
        UsageError: the folder holds no build, or one of other code.
    """
    return build(stored_recipe(finished_manifest(Path(out))["recipe"]), out, workers=workers, progress=progress)


def compare(
    out: str | Path, fraction: float = 1.0, workers: int | None = None, progress: bool | None = None
) -> Comparison:
    """Make rows again from their `data_id` and compare every column, pictures byte by byte.

    Args:
        out: a finished build.
        fraction: the share of rows to compare, above 0 up to 1; the same rows every time.
        workers: number of processes; None: one for each core.
        progress: show a progress bar on stderr; None: if it is a terminal.

    Raises:
        UsageError: the folder holds no finished build, or the fraction is out of range.
    """
    if not 0 < fraction <= 1:
        raise UsageError(f"fraction must lie above 0 and be at most 1, not {fraction}")
    out = Path(out)
    manifest = finished_manifest(out)
    differences = verify(out)
    names = [name for name, entry in manifest["files"].items() if "rows" in entry and (out / name).is_file()]
    scale, rows = float(manifest["recipe"]["scale"]), 0
    total = round(fraction * sum(manifest["files"][name]["rows"] for name in names))
    pool = ProcessPoolExecutor(workers or os.cpu_count() or 1, mp_context=get_context("spawn"))
    with pool, progress_bar("compare", "rows", total, 0, progress) as on_row:
        waiting = {pool.submit(compare_file, out / name, fraction, scale): name for name in names}
        for done in as_completed(waiting):
            count, found = done.result()
            rows += count
            differences += found
            for _ in range(count):
                on_row()
    same = manifest["fingerprint"] == fingerprint()
    return Comparison(rows, tuple(sorted(differences)), same)


def compare_file(path: Path, fraction: float, scale: float) -> tuple[int, list[str]]:
    """Compare the chosen rows of one data file; return their number and a sentence for each that differs."""
    count, differences = 0, list[str]()
    try:
        for row in _chosen(path, fraction):
            count += 1
            differences += remade.differences(row, scale)
    except OSError as error:  # pyarrow's errors for broken files included
        differences.append(f"{path.name} cannot be read: {error}")
    return count, differences


def _chosen(path: Path, fraction: float) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in read_batches(file):
                names = batch.column("data_id").to_pylist()
                marks = [int(sha256(name.encode()).hexdigest()[:8], 16) for name in names]
                kept = [place for place, mark in enumerate(marks) if mark < fraction * 2**32]
                yield from batch.take(pa.array(kept, pa.int64())).to_pylist()
    except pa.ArrowInvalid as error:
        raise OSError(str(error)) from error
