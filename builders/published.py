"""The published GameQA data become a folder with the columns of our own builds.

    SOURCE/games_data_<split>.json            a list of rows; the training split may be called games_data.json
    SOURCE/games_images_<split>.zip           their pictures, or a folder of that name; games_images.zip likewise

    OUT/data/<game>/<split>-00000-of-00001.parquet, README.md, manifest.json       as in a build
    OUT/problems.jsonl                        one line for every row that was left out: file, row, data_id, why

How a row is read, and what it leaves empty, stands in `published_rows`. Rows and pictures are read one at a time.
"""

import io
import json
import shutil
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, NoReturn
from zipfile import BadZipFile, ZipFile

import yaml
from PIL import Image
from pyarrow.parquet import read_metadata

import gameqa
from gameqa.core.errors import GameQAError, Interrupted, UsageError
from gameqa.core.files import PART, new_folder, sha256_of
from gameqa.core.seeds import SPLITS
from gameqa.tools.progress import progress_bar

from .card import markdown_table
from .published_rows import Doubt, understand
from .schema import ABOUT, write_parquet

PROBLEMS = "problems.jsonl"
SHARD_ROWS = 1000
BLOCK = 1 << 20
"""Characters of the JSON file that are read at a time."""
ROW_LIMIT = 1 << 26
"""Longest row, in characters."""
PICTURE_LIMIT = 1 << 26
"""Largest picture file, in bytes."""
PIXEL_LIMIT = 50_000_000


@dataclass(frozen=True)
class ImportReport:
    """What an import has done.

    Attributes:
        out: the folder.
        rows: rows taken, in all splits.
        splits: rows taken of each split.
        problems: rows left out, by reason.
        examples: for each reason the first row: where it stands, and what is wrong.
    """

    out: Path
    rows: int
    splits: Mapping[str, int]
    problems: Mapping[str, int]
    examples: Mapping[str, str]

    @property
    def left_out(self) -> int:
        """Number of rows left out."""
        return sum(self.problems.values())

    def __str__(self) -> str:
        lines = [f"{self.rows} rows of {self.rows + self.left_out} in {self.out}"]
        if self.left_out:
            lines.append(f"{self.left_out} left out, each with its reason in {self.out / PROBLEMS}:")
        for reason, number in sorted(self.problems.items(), key=lambda entry: (-entry[1], entry[0])):
            lines.append(f"{number:>8}  {reason}, such as {self.examples[reason]}")
        return "\n".join(lines)


def import_published(source: str | Path, out: str | Path, progress: bool | None = None) -> ImportReport:
    """Read a folder of published data and write what is understood; all or nothing, under a temporary name.

    When no row is understood, `out` holds problems.jsonl only.

    Args:
        source: the folder with the JSON files and the pictures.
        out: the new folder; missing, empty, or left by an import that understood nothing.
        progress: show a progress bar on stderr; None: if it is a terminal.

    Raises:
        UsageError: `source` lacks the files, `out` holds something or cannot be written.
        GameQAError: a file is damaged, or the disk is full.
        Interrupted: by Ctrl-C; nothing is left behind.
    """
    source, out = Path(source), Path(out)
    files = _find(source)
    try:
        with new_folder(out, replaceable=[PROBLEMS]) as part:
            return _Importer(part, progress).run(files, out)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing half-written is left") from None


# --- The files ------------------------------------------------------------------------------------


class _Files(NamedTuple):
    split: str
    table: Path
    pictures: Path


def _find(source: Path) -> list[_Files]:
    """Return table and pictures of every split in the folder."""
    if not source.is_dir():
        raise UsageError(f"{source} is no folder")
    found: dict[str, _Files] = {}
    for table in sorted(source.glob("games_data*.json")):
        suffix = table.stem.removeprefix("games_data")
        split = suffix.removeprefix("_") if suffix else "train"
        if split not in SPLITS:
            raise UsageError(f"{table} names the unknown split {split!r}; allowed: {', '.join(SPLITS)}")
        if split in found:
            raise UsageError(f"{table} and {found[split].table.name} are both the split {split}; keep one of them")
        stem = f"games_images{suffix}"
        pictures = [path for path in (source / f"{stem}.zip", source / stem) if path.exists()]
        if not pictures:
            raise UsageError(f"{source} holds neither {stem}.zip nor a folder {stem}, the pictures of {table.name}")
        found[split] = _Files(split, table, pictures[0])
    if not found:
        raise UsageError(f"{source} holds no games_data_<split>.json; splits: {', '.join(SPLITS)}")
    return list(found.values())


def read_rows(table: Path, on_block: Callable[[], None] = lambda: None) -> Iterator[Any]:
    """Yield the members of a JSON list, holding one block of the file at a time.

    Raises:
        GameQAError: the file is no JSON list; the message counts the members before the damage.
    """
    decode = json.JSONDecoder().raw_decode
    text, place, number, wanted, ended = "", 0, 0, BLOCK, False

    def damaged() -> NoReturn:
        raise GameQAError(f"{table} is no valid JSON list of rows; it is damaged or cut short after row {number}")

    with _reading(table), table.open(encoding="utf-8-sig") as file:
        while True:
            place = _skip(text, place)
            # What stands before a member: `[` at the start, then `,`; `]` ends the list.
            mark = _skip(text, place + 1)
            if mark < len(text) or ended:
                if text[place : place + 1] == "]" and number:
                    break
                if text[place : place + 1] != ("," if number else "["):
                    damaged()
                if not number and text[mark : mark + 1] == "]":
                    return
                try:
                    value, end = decode(text, mark)
                except (ValueError, RecursionError):
                    value, end = None, len(text)
                if end < len(text):  # at the very end of the block a member may go on
                    yield value
                    number, place, wanted = number + 1, end, BLOCK
                    continue
                if ended or len(text) - place > ROW_LIMIT:
                    damaged()
            try:
                block = file.read(wanted)
            except UnicodeDecodeError:
                damaged()
            for _ in range(0, len(block), BLOCK):
                on_block()
            text, place, wanted, ended = text[place:] + block, 0, 2 * wanted, not block
    if text[place + 1 :].strip():
        damaged()


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Tell apart a source that cannot be read from an output that cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None


def _skip(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


class _Pictures:
    """The pictures of one split, in a zip file or a folder, by the paths of the rows."""

    def __init__(self, path: Path) -> None:
        self.roots = [f"{path.stem}/", ""]
        self.folder = None if path.is_file() else path
        self.zip = None
        if path.is_file():
            try:
                with _reading(path):
                    self.zip = ZipFile(path)
            except (BadZipFile, NotImplementedError):
                raise GameQAError(f"{path} is no zip file, or damaged") from None

    def png(self, name: str) -> bytes:
        """Return a picture as PNG, its bytes untouched when it is one.

        Raises:
            Doubt: it is missing or no picture.
        """
        if not name or name.startswith("/") or "\\" in name or ".." in PurePosixPath(name).parts:
            raise Doubt("picture missing", f"the picture {name!r} is no path below the pictures' folder")
        content = self._from_zip(name) if self.zip else self._from_folder(name)
        return _as_png(name, content)

    def _from_zip(self, name: str) -> bytes:
        assert self.zip is not None
        info = next((found for root in self.roots if (found := self.zip.NameToInfo.get(root + name))), None)
        if info is None:
            raise Doubt("picture missing", f"the picture {name} is not in {self.zip.filename}")
        if info.file_size > PICTURE_LIMIT:
            raise Doubt("picture unreadable", f"the picture {name} is larger than {PICTURE_LIMIT} bytes")
        try:
            return self.zip.read(info)
        except Exception as error:  # every compression method has errors of its own
            raise Doubt("picture unreadable", f"the picture {name} cannot be unpacked: {error}") from None

    def _from_folder(self, name: str) -> bytes:
        assert self.folder is not None
        for root in self.roots:
            path = self.folder / root / name
            try:
                told = path.stat()
                if not stat.S_ISREG(told.st_mode):
                    continue
                if not path.resolve().is_relative_to(self.folder.resolve()):
                    raise Doubt("picture missing", f"the picture {name} is a link to outside {self.folder}")
                if told.st_size > PICTURE_LIMIT:
                    raise Doubt("picture unreadable", f"the picture {name} is larger than {PICTURE_LIMIT} bytes")
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, ValueError) as error:
                raise Doubt("picture unreadable", f"the picture {name} cannot be read: {error}") from None
        raise Doubt("picture missing", f"the picture {name} is not in {self.folder}")


def _as_png(name: str, content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > PIXEL_LIMIT:
                raise Doubt("picture unreadable", f"the picture {name} has more than {PIXEL_LIMIT} pixels")
            if image.format == "PNG":
                image.verify()
                return content
            buffer = io.BytesIO()
            image.convert("RGB").save(buffer, format="PNG")
            return buffer.getvalue()
    except Doubt:
        raise
    except Exception as error:  # Pillow's readers raise many kinds for damaged files
        raise Doubt("picture unreadable", f"{name} is no readable picture: {error}") from None


# --- Writing --------------------------------------------------------------------------------------


@dataclass
class _Importer:
    """One run: rows are first sorted by game and split into files of text, then get their pictures."""

    part: Path
    progress: bool | None
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def run(self, files: Sequence[_Files], out: Path) -> ImportReport:
        sorted_rows = self.part / "sorted"
        sorted_rows.mkdir()
        with (self.part / PROBLEMS).open("w", encoding="utf-8") as self.problems:
            waiting = self._sort(files, sorted_rows)
            with progress_bar("import", "rows", sum(waiting.values()), shown=self.progress) as on_row:
                for entry in files:
                    with _opened(entry.pictures) as pictures:
                        for game, split in sorted(waiting):
                            if split == entry.split:
                                path = sorted_rows / f"{split}-{game}.jsonl"
                                self._write(entry, game, _spooled(path, on_row), pictures)
        shutil.rmtree(sorted_rows)
        found = {split: sum(rows for (_, held), rows in self.counts.items() if held == split) for split in SPLITS}
        splits = {split: rows for split, rows in found.items() if rows}
        if splits:
            self._close(files, splits)
        return ImportReport(out, self.counts.total(), splits, dict(self.reasons), self.examples)

    def _sort(self, files: Sequence[_Files], folder: Path) -> Counter[tuple[str, str]]:
        waiting: Counter[tuple[str, str]] = Counter()
        size = sum(-(-entry.table.stat().st_size // BLOCK) for entry in files)
        with progress_bar("read", "MB", size, shown=self.progress) as on_block:
            for entry in files:
                for index, row in enumerate(read_rows(entry.table, on_block)):
                    try:
                        columns = understand(row, entry.split, index)
                    except Doubt as doubt:
                        self._tell(entry, index, row, doubt)
                        continue
                    waiting[columns["game_name"], entry.split] += 1
                    path = folder / f"{entry.split}-{columns['game_name']}.jsonl"
                    with path.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(columns, ensure_ascii=False) + "\n")
        return waiting

    def _write(self, entry: _Files, game: str, rows: Iterable[dict[str, Any]], pictures: _Pictures) -> None:
        """Write the files of one game and split; rows whose picture cannot be had are told."""
        folder = self.part / "data" / game
        ready = self._illustrated(entry, rows, pictures)
        written: list[Path] = []
        for first in ready:
            folder.mkdir(parents=True, exist_ok=True)
            written.append(folder / f"{entry.split}-{len(written)}{PART}")
            write_parquet(chain([first], islice(ready, SHARD_ROWS - 1)), written[-1])
        for number, path in enumerate(written):
            path.replace(folder / f"{entry.split}-{number:05d}-of-{len(written):05d}.parquet")

    def _illustrated(
        self, entry: _Files, rows: Iterable[dict[str, Any]], pictures: _Pictures
    ) -> Iterator[dict[str, Any]]:
        for row in rows:
            name = row["image"]
            try:
                content = pictures.png(name)
            except Doubt as doubt:
                self._tell(entry, row["index"], row, doubt)
                continue
            self.counts[row["game_name"], entry.split] += 1
            yield {**row, "image": {"bytes": content, "path": PurePosixPath(name).with_suffix(".png").name}}

    def _tell(self, entry: _Files, index: int, row: Any, doubt: Doubt) -> None:
        told = row if isinstance(row, dict) else {}
        data_id = told.get("data_id")
        line = {
            "file": entry.table.name,
            "row": index,
            "data_id": data_id if isinstance(data_id, str) else "",
            "reason": doubt.reason,
            "problem": str(doubt),
        }
        # Escapes, unlike the characters themselves, can stand for anything that a damaged row may hold.
        self.problems.write(json.dumps(line) + "\n")
        self.reasons[doubt.reason] += 1
        self.examples.setdefault(doubt.reason, f"row {index} ({line['data_id']!a}): {ascii(str(doubt))[1:-1]}")

    def _close(self, files: Sequence[_Files], splits: Mapping[str, int]) -> None:
        """Write card and manifest."""
        source = {
            path.name: _entry(path) if path.is_file() else {"folder": True}
            for entry in files
            for path in (entry.table, entry.pictures)
        }
        (self.part / "README.md").write_text(self._card(source, splits), encoding="utf-8")
        paths = sorted(path for path in self.part.rglob("*") if path.is_file())
        manifest = {
            "release": "published",
            "version": gameqa.__version__,
            # What a build is told by; these rows come from the named files and from no generator of ours.
            "recipe": {"name": "published", "about": "Imported from the published GameQA data.", "source": source},
            "fingerprint": "",
            "made_with": {name: version(name) for name in ("pillow", "pyarrow")},
            "complete": True,
            "rows": self.counts.total(),
            "splits": dict(splits),
            "left_out": dict(sorted(self.reasons.items())),
            "files": {path.relative_to(self.part).as_posix(): _entry(path) for path in paths},
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (self.part / "manifest.json").write_text(text, encoding="utf-8")

    def _card(self, source: Mapping[str, Any], splits: Mapping[str, int]) -> str:
        games = sorted({game for game, _ in self.counts})
        configs = [
            {
                "config_name": game or "default",
                **({} if game else {"default": True}),
                "data_files": [
                    {"split": split, "path": f"data/{game or '*'}/{split}-*.parquet"}
                    for split in splits
                    if not game or self.counts[game, split]
                ],
            }
            for game in ["", *games]
        ]
        head = {
            "pretty_name": "GameQA, imported by gameqa",
            "license": "other",
            "language": ["en"],
            "task_categories": ["visual-question-answering", "image-text-to-text"],
            "tags": ["games", "synthetic", "reasoning"],
            "configs": configs,
        }
        counts = [(game, *(str(self.counts[game, split]) for split in splits)) for game in games]
        reasons = sorted((name, str(rows)) for name, rows in self.reasons.items())
        parts = [
            f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---",
            "# GameQA, imported by gameqa",
            f"{self.counts.total()} rows of the published GameQA data, from {', '.join(sorted(source))}, in the columns"
            f" of gameqa. {self.reasons.total()} rows were left out, each with its reason in `{PROBLEMS}`. The license"
            " of the published data applies.",
            markdown_table(("game", *splits), counts),
            "Splits are those of the published files. `state` and `params` are empty, so answers cannot be derived"
            " anew; `gameqa.score` works.",
            *([markdown_table(("left out because", "rows"), reasons)] if reasons else []),
            "## Columns",
            "Empty are `domain`, `task`, `text_view`, `text_question`, `state`, `params`, `release` and `state_hash`;"
            " `seed`, `difficulty` and a missing `question_id` are -1; `index` is the place in the published file.",
            markdown_table(("column", "meaning"), [(f"`{name}`", about) for name, about in ABOUT.items()]),
        ]  # fmt: skip
        return "\n\n".join(parts) + "\n"


@contextmanager
def _opened(path: Path) -> Iterator[_Pictures]:
    pictures = _Pictures(path)
    try:
        yield pictures
    finally:
        if pictures.zip:
            pictures.zip.close()


def _spooled(path: Path, on_row: Callable[[], None]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
            on_row()


def _entry(path: Path) -> dict[str, Any]:
    entry = {"sha256": sha256_of(path), "bytes": path.stat().st_size}
    return {**entry, "rows": read_metadata(path).num_rows} if path.suffix == ".parquet" else entry
