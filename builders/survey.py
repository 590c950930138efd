"""What a build holds, read back from its files; the card, the manifest and `gameqa stats` tell nothing else.

Rows are read a batch at a time, and only what is counted is kept. Of a picture only the head is looked at.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gameqa.core.answers import AnswerKind
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.files import PART, sha256_of, write_atomic, writing
from gameqa.core.game import Level
from gameqa.core.seeds import SPLITS

from .recipes import Shard
from .schema import read_batches

TOLD = ["game_name", "task", "plot_level", "split", "game_category", "domain", "answer_kind", "answer", "difficulty"]
SHOWN = ["data_id", "query", "options"]
"""Columns that are counted, and those that examples show besides."""

ANSWERS = 4096
"""Different answers of one task that are told apart; later ones count together, so that memory stays bounded."""

EXAMPLE_BYTES, EXAMPLE_TEXT = 40_000, 600
"""Largest picture (bytes of PNG) and longest question or state as text (characters) of an example."""

ASSETS = "assets"
_ASSET = re.compile(
    rf"\w+-\w+-({'|'.join(map(str.lower, Level))})-({'|'.join(SPLITS)})-\d+-\d+\.png({re.escape(PART)})?"
)

_compute: Any = pc  # its functions are made when it is imported, so type checkers do not know them

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
"""What every PNG file begins with; width and height follow, four bytes each (PNG specification, 11.2.1 IHDR)."""


class Place(NamedTuple):
    """Where a row belongs."""

    game: str
    task: str
    level: str
    split: str


class Example(NamedTuple):
    """A row that the card shows; `png` is empty in a build without pictures, `text_view` in one with them."""

    data_id: str
    query: str
    options: list[str]
    answer: str
    png: bytes
    text_view: str

    @property
    def asset(self) -> str:
        """Path of the picture within the build."""
        return f"{ASSETS}/{self.data_id.replace('/', '-')}.png"


@dataclass
class Range:
    """Smallest, largest and mean of some numbers."""

    rows: int = 0
    total: float = 0
    low: float = float("inf")
    high: float = float("-inf")

    def add(self, value: float) -> None:
        """Count one more."""
        self.rows += 1
        self.total += value
        self.low, self.high = min(self.low, value), max(self.high, value)

    @property
    def mean(self) -> float:
        """Their mean."""
        return self.total / self.rows


@dataclass
class Pictures:
    """Sizes of the pictures of one game: width and height in pixels, PNG in bytes."""

    width: Range = field(default_factory=Range)
    height: Range = field(default_factory=Range)
    size: Range = field(default_factory=Range)


@dataclass
class Answers:
    """How often each answer of a task occurs; `rest` counts those that came when `ANSWERS` others were known."""

    kind: str
    counts: Counter[str] = field(default_factory=Counter)
    rest: int = 0

    def add(self, answer: str) -> None:
        """Count one more."""
        if answer in self.counts or len(self.counts) < ANSWERS:
            self.counts[answer] += 1
        else:
            self.rest += 1

    @property
    def rows(self) -> int:
        """Rows of the task."""
        return self.counts.total() + self.rest

    def ranked(self) -> list[tuple[str, int]]:
        """Return the answers, the most frequent first; of equally frequent ones the first in the alphabet."""
        return sorted(self.counts.items(), key=lambda item: (-item[1], item[0]))


@dataclass
class Survey:
    """What a build holds.

    Attributes:
        files: SHA-256 and bytes of every data file and example picture, and rows of every data file.
        counts: rows of each game, task, level and split.
        short: streams with fewer rows than asked for: name, found, asked for.
        families: category and domain of each game.
        answers: kind and answers of each game and task.
        options: how often each letter is the answer of choice questions with so many options.
        difficulty: of each game, task and level.
        pictures: of each game; empty in a build without pictures.
        examples: one row for each category of games, in the order of the alphabet.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter[Place] = field(default_factory=Counter)
    short: tuple[tuple[str, int, int], ...] = ()
    families: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answers] = field(default_factory=dict)
    options: Counter[tuple[int, str]] = field(default_factory=Counter)
    difficulty: dict[tuple[str, str, str], Range] = field(default_factory=dict)
    pictures: dict[str, Pictures] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return self.counts.total()

    @property
    def splits(self) -> dict[str, int]:
        """Rows of each split that has any."""
        return self.total("split")

    @property
    def letters(self) -> Counter[str]:
        """How often each letter is the answer of a choice question."""
        found: Counter[str] = Counter()
        for (_, letter), rows in self.options.items():
            found[letter] += rows
        return found

    def total(self, by: str, **where: str) -> dict[str, int]:
        """Return the number of rows by one of the fields of `Place`, of the places that fit `where`."""
        found: Counter[str] = Counter()
        for place, rows in self.counts.items():
            if all(getattr(place, name) == value for name, value in where.items()):
                found[getattr(place, by)] += rows
        return dict(found)


def survey(out: Path, shards: list[Shard]) -> Survey:
    """Read back all files of a build, and lay the pictures of its examples next to them."""
    found = read(out / shard.path for shard in shards)
    for shard in shards:
        path = out / shard.path
        rows = pq.read_metadata(path).num_rows
        found.files[shard.path] = {"sha256": sha256_of(path), "rows": rows, "bytes": path.stat().st_size}
    found.files |= _lay_out(out, found.examples)
    asked: dict[Place, tuple[str, int]] = {}
    for stream in (stream for shard in shards for stream in shard.streams):
        place = Place(stream.game, stream.task, stream.level, stream.split)
        until = stream.skip + stream.length
        asked[place] = stream.name, max(until, asked.get(place, ("", 0))[1])
    found.short = tuple(
        (name, found.counts[place], until) for place, (name, until) in asked.items() if found.counts[place] < until
    )
    return found


def data_files(out: Path) -> list[Path]:
    """Return the data files of a finished build, as its manifest lists them.

    Raises:
        UsageError: the folder holds no finished build.
        GameQAError: a data file is missing.
    """
    try:
        if not out.is_dir():
            raise UsageError(f"{out} is no folder; give the folder of a finished build")
        names = _listed((out / "manifest.json").read_bytes())
        missing = [name for name in names if not (out / name).is_file()]
    except FileNotFoundError:
        raise UsageError(f"{out} holds no finished build: it has no manifest.json") from None
    except OSError as error:
        raise UsageError(f"{out} cannot be read: {error.strerror}") from None
    if not names:
        raise UsageError(f"{out} holds no finished build: its manifest.json is not complete or lists no data files")
    if missing:
        raise GameQAError(f"{missing[0]} is missing from {out}, though its manifest.json lists it")
    return [out / name for name in names]


def _listed(manifest: bytes) -> list[str]:
    """Return the names of the data files; none when the manifest is not complete or no manifest."""
    try:
        content = json.loads(manifest)
        return sorted(name for name in content["files"] if name.endswith(".parquet")) if content["complete"] else []
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def read(paths: Iterable[Path]) -> Survey:
    """Read data files and count what they hold.

    Raises:
        GameQAError: a file cannot be read, or does not hold the columns of a build.
    """
    found = Survey()
    best: dict[str, tuple[tuple[int, str], Example]] = {}
    for path in paths:
        for row in _rows(path):
            _count(found, row)
            _show(best, row)
    found.examples = tuple(example for _, (_, example) in sorted(best.items()))
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what is counted of every row; `size` is width, height and bytes of the picture, or None."""
    with _reading(path), pq.ParquetFile(path) as file:
        image = "image" in file.schema_arrow.names
        wanted = [*TOLD, *SHOWN, *(() if image else ["text_view"])]
        missing = [name for name in wanted if name not in file.schema_arrow.names]
        if missing:
            raise GameQAError(f"{path} holds no rows of gameqa: column {missing[0]!r} is missing")
        for batch in read_batches(file, [*wanted, *(["image.bytes"] if image else [])]):
            sizes = _sizes(path, batch.column("image").field("bytes")) if image else [None] * len(batch)
            columns = {name: batch.column(name).to_pylist() for name in wanted}
            for place, size in enumerate(sizes):
                row = {name: values[place] for name, values in columns.items()}
                yield {**row, "size": size, "batch": batch, "place": place}


def _sizes(path: Path, pictures: Any) -> list[tuple[int, int, int]]:
    heads = _compute.binary_slice(pictures, 0, len(_PNG) + 8).to_pylist()
    sizes = []
    for head, length in zip(heads, _compute.binary_length(pictures).to_pylist(), strict=True):
        if head is None or len(head) < len(_PNG) + 8 or not head.startswith(_PNG):
            raise GameQAError(f"{path} holds a picture that is no PNG")
        sizes.append((int.from_bytes(head[-8:-4]), int.from_bytes(head[-4:]), length))
    return sizes


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what arrow says of a broken file into one sentence."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0].rstrip(". ")
        raise GameQAError(f"{path} cannot be read as a parquet file: {reason}") from None


def _count(found: Survey, row: Mapping[str, Any]) -> None:
    game, task, level, answer = row["game_name"], row["task"], row["plot_level"], row["answer"]
    found.counts[Place(game, task, level, row["split"])] += 1
    found.families.setdefault(game, (row["game_category"], row["domain"]))
    found.answers.setdefault((game, task), Answers(row["answer_kind"])).add(answer)
    found.difficulty.setdefault((game, task, level), Range()).add(row["difficulty"])
    if row["answer_kind"] == AnswerKind.CHOICE:
        found.options[len(row["options"]), answer] += 1
    if row["size"]:
        pictures = found.pictures.setdefault(game, Pictures())
        for one, value in zip((pictures.width, pictures.height, pictures.size), row["size"], strict=True):
            one.add(value)


def _show(best: dict[str, tuple[tuple[int, str], Example]], row: Mapping[str, Any]) -> None:
    """Keep the row as example of its category when it fits and its hash is the smallest; training rows go first."""
    data_id, category = row["data_id"], row["game_category"]
    rank = (SPLITS.index(row["split"]), sha256(data_id.encode()).hexdigest())
    if category in best and best[category][0] < rank:
        return
    if max(len(row["query"]), len(row.get("text_view", ""))) > EXAMPLE_TEXT:
        return
    if row["size"] and row["size"][-1] > EXAMPLE_BYTES:
        return
    png = row["batch"].column("image")[row["place"]]["bytes"].as_py() if row["size"] else b""
    best[category] = rank, Example(data_id, row["query"], row["options"], row["answer"], png, row.get("text_view", ""))


def _lay_out(out: Path, examples: Iterable[Example]) -> dict[str, dict[str, Any]]:
    """Write the pictures of the examples, remove those of an earlier build, and return what the manifest says."""
    pictures = {example.asset: example.png for example in examples if example.png}
    with writing(out):
        for path in (out / ASSETS).glob("*"):
            if _ASSET.fullmatch(path.name) and f"{ASSETS}/{path.name}" not in pictures:
                path.unlink()
    for name, png in pictures.items():
        if not (out / name).is_file() or (out / name).read_bytes() != png:
            write_atomic(out / name, png)
    return {name: {"sha256": sha256(png).hexdigest(), "bytes": len(png)} for name, png in pictures.items()}
