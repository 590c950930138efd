"""Where the rows of an audit come from: a folder of rows, or samples made on the spot."""

import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gameqa.core import engine, registry
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.game import Task
from gameqa.core.sample import draw, question_hash, read_row
from gameqa.core.seeds import SPLITS
from gameqa.core.streams import Stream

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

    def png(self) -> bytes:
        """Return the picture as PNG bytes: the row's own, else drawn from the state."""
        from gameqa.draw.canvas import encode

        image = self.columns.get("image")
        return encode(self._drawn()) if image is None else image["bytes"]

    def picture(self) -> "Image":
        """Return the picture as RGB: the row's own, else drawn from the state."""
        from PIL import Image

        image = self.columns.get("image")
        if image is not None:
            return Image.open(io.BytesIO(image["bytes"])).convert("RGB")
        return self._drawn().convert("RGB")

    def _drawn(self) -> "Image":
        return draw(registry.game(self.columns["game_name"]), self.state, self.scale)


Rows = Mapping[tuple[str, str], list[Entry]]
"""The rows of one game by task and level."""


@dataclass(frozen=True)
class Made:
    """Rows made on the spot.

    Attributes:
        name: what is audited, in words.
        streams: which rows, all of one seed.
        scale: of the pictures.
    """

    name: str
    streams: tuple[Stream, ...]
    scale: float = 1.0

    @classmethod
    def of(cls, games: Sequence[str], per_task: int, seed: int = 0) -> "Made":
        """Return so many rows of each task and level of some games, the splits with a third each."""
        lengths = {split: (per_task + len(SPLITS) - 1 - place) // len(SPLITS) for place, split in enumerate(SPLITS)}
        streams = (
            Stream(game.id, task.slug, level, split, seed, length)
            for game, task, level in engine.select(games)
            for split, length in lengths.items()
        )
        named = ", ".join(games) if len(games) < 4 else f"{len(games)} games"
        return cls(f"{named}: {per_task} fresh rows of each task and level, seed {seed}", tuple(streams))

    @classmethod
    def by_recipe(cls, recipe: str) -> "Made":
        """Return the rows of a recipe of builds; raise UsageError when there is none of that name."""
        from gameqa.builders.recipes import read_recipe, streams_of  # pyright: ignore[reportMissingImports]

        read = read_recipe(recipe)
        streams = (stream for split in SPLITS for stream in streams_of(read, split))
        return cls(f"the rows of {read.name}", tuple(streams), read.scale)

    @property
    def seed(self) -> int:
        """The seed of all streams."""
        return self.streams[0].seed

    @property
    def games(self) -> tuple[str, ...]:
        """The games that have rows."""
        return tuple(dict.fromkeys(stream.game for stream in self.streams))

    def rows(self, game: str) -> Iterator[Entry]:
        """Yield the rows of a game; a small stream may hold fewer than asked for."""
        for stream in self.streams:
            if stream.game == game:
                for sample in stream.samples():
                    yield Entry.of(sample.row(image=False), self.scale)


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
    def files(self) -> dict[str, list[Path]]:
        """For each game the files with rows of it.

        Raises:
            UsageError: there are none.
        """
        found: dict[str, list[Path]] = defaultdict(list)
        for path in sorted([*self.folder.rglob("*.parquet"), *self.folder.rglob("metadata.jsonl")]):
            for game in {columns["game_name"] for columns in _read(path, ["game_name"])}:
                found[game].append(path)
        if not found:
            raise UsageError(f"{self.folder} holds no rows: neither parquet files nor metadata.jsonl")
        return dict(found)

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
        return tuple(sorted(self.files))

    def rows(self, game: str) -> Iterator[Entry]:
        """Yield the rows of a game."""
        taken: dict[tuple[str, str], int] = defaultdict(int)
        for path in self.files[game]:
            for columns in _read(path):
                place = columns["task"], columns["plot_level"]
                if columns["game_name"] == game and (self.per_task is None or taken[place] < self.per_task):
                    taken[place] += 1
                    yield Entry.of(columns, self.scale)


def _read(path: Path, only: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file; raise GameQAError when it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from gameqa.builders.schema import read_batches  # pyright: ignore[reportMissingImports]

    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as file:
                for batch in read_batches(file, only):
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
