"""Where the rows of an audit come from: a folder of rows, or samples made on the spot."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gameqa.core import engine, registry
from gameqa.core.errors import GameQAError, Unaskable, UsageError
from gameqa.core.game import Task
from gameqa.core.sample import draw, question_hash, read_row
from gameqa.core.seeds import SPLITS

if TYPE_CHECKING:
    from PIL.Image import Image

PER_TASK = 200
"""Rows of each task and level that are made when nobody says how many."""
IMPORTED = "imported"
"""The `why` of a row that carries no state: only its texts and options can be looked at."""


@dataclass(frozen=True)
class Entry:
    """One row.

    Attributes:
        columns: the row, perhaps without `image`.
        task, state, params: what its JSON says; None where `why` tells that it cannot be read.
        why: empty, or why the row cannot be read.
        scale: of its picture.
    """

    columns: Mapping[str, Any]
    task: Task[Any, Any] | None = None
    state: Any = None
    params: Mapping[str, Any] | None = None
    why: str = ""
    scale: float = 1.0

    @classmethod
    def of(cls, columns: Mapping[str, Any], scale: float = 1.0) -> "Entry":
        """Read the JSON of a row."""
        if not columns.get("state"):
            return cls(columns, why=IMPORTED)
        try:
            return cls(columns, *read_row(columns), scale=scale)
        except (GameQAError, KeyError, TypeError) as error:
            return cls(columns, why=str(error))

    @property
    def data_id(self) -> str:
        """Its name."""
        return self.columns["data_id"]

    @cached_property
    def question_hash(self) -> str:
        """The mark of its question, whatever the order of the options."""
        return question_hash(self.columns["state"], self.columns["params"])

    def picture(self) -> "Image":
        """Return the picture as RGB: the row's own, else drawn from the state."""
        from PIL import Image

        image = self.columns.get("image")
        if image is not None:
            return Image.open(io.BytesIO(image["bytes"])).convert("RGB")
        return draw(registry.game(self.columns["game_name"]), self.state, self.scale).convert("RGB")


Rows = Mapping[tuple[str, str], list[Entry]]
"""The rows of one game by task and level."""


class Part(NamedTuple):
    """The first `length` questions of a stream."""

    game: str
    task: str
    level: str
    split: str
    length: int


@dataclass(frozen=True)
class Made:
    """Rows made on the spot.

    Attributes:
        name: what is audited, in words.
        parts: which rows.
        seed: of all streams.
        scale: of the pictures.
    """

    name: str
    parts: tuple[Part, ...]
    seed: int = 0
    scale: float = 1.0

    @classmethod
    def of(cls, games: Sequence[str], per_task: int, seed: int = 0) -> "Made":
        """Return so many rows of each task and level of some games, the splits with a third each."""
        parts = [
            Part(game.id, task.slug, level.value, split, per_task // len(SPLITS) + (place < per_task % len(SPLITS)))
            for game, task, level in engine.select(games)
            for place, split in enumerate(SPLITS)
        ]
        named = ", ".join(games) if len(games) < 4 else f"{len(games)} games"
        return cls(f"{named}: {per_task} fresh rows of each task and level, seed {seed}", tuple(parts), seed)

    @classmethod
    def by_recipe(cls, recipe: str) -> "Made":
        """Return the rows of a recipe of builds; raise UsageError when there is none of that name."""
        from gameqa.builders.recipes import read_recipe, streams_of  # pyright: ignore[reportMissingImports]

        read = read_recipe(recipe)
        found = [stream for split in SPLITS for stream in streams_of(read, split)]
        parts = (Part(stream.game, stream.task, stream.level, stream.split, stream.length) for stream in found)
        return cls(f"the rows of {read.name}", tuple(parts), read.seed, read.scale)

    @property
    def games(self) -> tuple[str, ...]:
        """The games that have rows."""
        return tuple(dict.fromkeys(part.game for part in self.parts))

    def rows(self, game: str) -> Iterator[Entry]:
        """Yield the rows of a game."""
        found = registry.game(game)
        for part in self.parts:
            if part.game == game:
                level = engine.read_level(part.level)
                try:
                    for sample in engine.distinct(
                        found, found.task(part.task), level, part.split, self.seed, part.length
                    ):
                        yield Entry.of(sample.row(image=False), self.scale)
                except Unaskable:  # a small stream has run dry; what it holds has been yielded
                    continue


@dataclass(frozen=True)
class Stored:
    """Rows of a folder: a build, an import, or what `gameqa generate` wrote.

    Attributes:
        per_task: the most rows of each task and level, the first of each file; None: all.
    """

    folder: Path
    per_task: int | None = None

    @property
    def name(self) -> str:
        """What was audited, in words."""
        return f"the rows in {self.folder.name}"

    @cached_property
    def files(self) -> list[Path]:
        """The files with rows; raises UsageError when there are none."""
        found = sorted([*self.folder.rglob("*.parquet"), *self.folder.rglob("metadata.jsonl")])
        if not found:
            raise UsageError(f"{self.folder} holds no rows: neither parquet files nor metadata.jsonl")
        return found

    @cached_property
    def scale(self) -> float:
        """The picture scale, as the manifest tells it; 1 without a manifest."""
        try:
            return float(json.loads((self.folder / "manifest.json").read_bytes())["recipe"]["scale"])
        except (OSError, ValueError, KeyError, TypeError):
            return 1.0

    @property
    def games(self) -> tuple[str, ...]:
        """The games that have rows."""
        found: set[str] = set()
        for path in self.files:
            found |= {columns["game_name"] for columns in _read(path, ["game_name"])}
        return tuple(sorted(found))

    def rows(self, game: str) -> Iterator[Entry]:
        """Yield the rows of a game."""
        taken: dict[tuple[str, str], int] = defaultdict(int)
        for path in self.files:
            for columns in _read(path):
                place = columns["task"], columns["plot_level"]
                if columns["game_name"] == game and (self.per_task is None or taken[place] < self.per_task):
                    taken[place] += 1
                    yield Entry.of(columns, self.scale)


def _read(path: Path, only: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file; raise GameQAError when it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(64, columns=only):
                    yield from batch.to_pylist()
            return
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                columns = json.loads(line)
                if not only:
                    png = (path.parent / columns.pop("file_name")).read_bytes()
                    columns["image"] = {"bytes": png, "path": None}
                yield columns
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise GameQAError(f"{path} cannot be read as rows of gameqa: {reason}") from None


def source_of(name: str, per_task: int | None = None, seed: int = 0) -> Made | Stored:
    """Return the rows that a folder, a game, a recipe of builds, or `all` names.

    Raises:
        UsageError: there is nothing of that name, or `per_task` is below 1.
    """
    if per_task is not None and per_task < 1:
        raise UsageError(f"--rows must be at least 1, not {per_task}")
    if name == "all" or name in registry.games():
        return Made.of(registry.games() if name == "all" else [name], per_task or PER_TASK, seed)
    if Path(name).is_dir():
        return Stored(Path(name), per_task)
    try:
        return Made.by_recipe(name)
    except UsageError as error:
        raise UsageError(f"{name!r} is no folder and no game, and as a recipe: {error}") from None


def grouped(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    """Return rows by task and level; levels in order."""
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        found[entry.columns["task"], entry.columns["plot_level"]].append(entry)
    return dict(found)
