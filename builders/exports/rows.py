"""What all exports share: the rows of a built folder, and what one of them tells its reader."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.seeds import SPLITS
from gameqa.tools import html

from ..build import MANIFEST
from ..schema import read_batches

Row = dict[str, Any]
T = TypeVar("T")

MODEL = "gpt-4o-mini"
"""The model that requests name when no other one is asked for: that of the interface's own example."""

FACTS = (
    "data_id",
    "game_name",
    "task",
    "qa_level",
    "plot_level",
    "answer_kind",
    "answer",
    "accepted",
    "options",
    "query",
    "answer_format",
)
"""Columns that scoring and its statistics need, besides the prompt."""


@dataclass(frozen=True)
class Target:
    """Where one split is written.

    Attributes:
        folder: the folder that all splits share.
        split: name of the split.
        pictures: whether the rows have pictures.
        model: the model that requests are for.
        scale: the scale of the rows' pictures.
    """

    folder: Path
    split: str
    pictures: bool
    model: str
    scale: float


class Built:
    """The data files of a finished build.

    Attributes:
        splits: number of rows of each split that has any.
        pictures: whether the rows have pictures.
        scale: the scale of the pictures.

    Raises:
        UsageError: the folder holds no finished build.
        GameQAError: a data file cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads((folder / MANIFEST).read_bytes())
            complete = manifest["complete"]
            self.scale = float(manifest["recipe"].get("scale", 1))
            entries = {name: entry["rows"] for name, entry in manifest["files"].items() if name.endswith(".parquet")}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            complete, entries = False, {}
        if not complete or not entries:
            raise UsageError(f"{folder} holds no finished build; make one with `gameqa build`")
        self._files = {split: [folder / name for name in sorted(entries) if _split(name) == split] for split in SPLITS}
        counts = {split: sum(rows for name, rows in entries.items() if _split(name) == split) for split in SPLITS}
        self.splits = {split: count for split, count in counts.items() if count}
        first = folder / min(entries)
        try:
            self.pictures = "image" in pq.read_schema(first).names
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(first, error) from error

    def rows(self, split: str, limit: int) -> Iterator[Row]:
        """Yield the first rows of a split, file by file; a few of them are in memory at a time."""
        return islice(self._rows(split), limit)

    def _rows(self, split: str) -> Iterator[Row]:
        for path in self._files[split]:
            try:
                with pq.ParquetFile(path) as file:
                    for batch in read_batches(file):
                        yield from batch.to_pylist()
            except (OSError, pa.ArrowException) as error:
                raise _unreadable(path, error) from error


def _split(name: str) -> str:
    return Path(name).name.partition("-")[0]


def _unreadable(path: Path, error: Exception) -> GameQAError:
    return GameQAError(f"{path} cannot be read: {' '.join(str(error).split())}; build the folder anew")


def prompt(row: Row) -> str:
    """Return the whole prompt: the one for the picture, or the text-only one where there is no picture."""
    return row["question"] if "image" in row else row["text_question"]


def marked_prompt(row: Row) -> str:
    """Return the prompt behind the mark that many trainers replace by the picture."""
    return f"<image>{prompt(row)}" if "image" in row else prompt(row)


def facts(row: Row) -> Row:
    """Return what `gameqa.score` reads of a row, and what statistics group by."""
    return {**{name: row[name] for name in FACTS}, "question": prompt(row)}


def ground_truth(row: Row) -> str:
    """Return the facts as JSON text.

    For readers that pass on one string only, or infer types line by line: a list that is empty in the first
    lines and filled later breaks `load_dataset("json")`.
    """
    return encode(facts(row))


def encode(value: Any) -> str:
    """Return a value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def json_lines(path: Path) -> Generator[Callable[[Row], None], None, None]:
    """Yield a function that writes one object as a line of a new file."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        yield lambda value: print(encode(value), file=file)


def data_url(row: Row) -> str:
    """Return the picture as a data URL."""
    return html.data_url(row["image"]["bytes"])


class Shards:
    """Numbers the files that items go to, as the key of `itertools.groupby`: a full file is followed by the next.

    Args:
        items: the most items of one file.
        size: the most bytes of one file.
        weigh: tells the bytes of an item.
    """

    def __init__(self, items: int, size: int, weigh: Callable[[Any], int]) -> None:
        self.most_items, self.most_size, self.weigh = items, size, weigh
        self.number = self.items = self.size = 0

    def __call__(self, item: Any) -> int:
        """Return the number of the file that the next item goes to."""
        size = self.weigh(item)
        if self.items and (self.items == self.most_items or self.size + size > self.most_size):
            self.number += 1
            self.items = self.size = 0
        self.items += 1
        self.size += size
        return self.number
