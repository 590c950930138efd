"""What a build holds, read back from its files; the card and the manifest tell nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from gameqa.core.answers import AnswerKind

from .recipes import Shard

TOLD = ["game_name", "task", "plot_level", "split", "answer_kind", "answer"]


class Place(NamedTuple):
    """Where a row belongs."""

    game: str
    task: str
    level: str
    split: str


@dataclass
class Survey:
    """What a build holds.

    Attributes:
        files: SHA-256, rows and bytes of every data file.
        counts: rows of each game, task, level and split.
        letters: how often each letter is the answer of a choice question.
        short: streams with fewer rows than asked for: name, found, asked for.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[Place] = field(default_factory=Counter)
    letters: Counter[str] = field(default_factory=Counter)
    short: tuple[tuple[str, int, int], ...] = ()

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return self.counts.total()

    @property
    def splits(self) -> dict[str, int]:
        """Rows of each split that has any."""
        return self.total("split")

    def total(self, by: str, **where: str) -> dict[str, int]:
        """Return the number of rows by one of the fields of `Place`, of the places that fit `where`."""
        found: Counter[str] = Counter()
        for place, rows in self.counts.items():
            if all(getattr(place, name) == value for name, value in where.items()):
                found[getattr(place, by)] += rows
        return dict(found)


def survey(out: Path, shards: list[Shard]) -> Survey:
    """Read back all files of a build."""
    found = Survey()
    for shard in shards:
        path = out / shard.path
        table = pq.ParquetFile(path).read(TOLD).select(TOLD)
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        found.files[shard.path] = {"sha256": digest, "rows": table.num_rows, "bytes": path.stat().st_size}
        for *place, kind, answer in zip(*(column.to_pylist() for column in table.columns), strict=True):
            found.counts[Place(*place)] += 1
            if kind == AnswerKind.CHOICE:
                found.letters[answer] += 1
    asked = [stream for shard in shards for stream in shard.streams]
    got = [found.counts[Place(stream.game, stream.task, stream.level, stream.split)] for stream in asked]
    found.short = tuple(
        (stream.name, rows, stream.length) for stream, rows in zip(asked, got, strict=True) if rows < stream.length
    )
    return found
