"""Rows to train on, in the columns that TRL reads.

    prompt          messages of a role and a text: the system message if there is one, then the question
    image           with `view: picture`, a PIL picture in RGB of at most `max_pixels` pixels
    data_id, task, answer, accepted, …   what rewards and logs need, see `FACTS`

Pictures stay as they are stored; they are decoded and scaled only when a row is read. TRL puts the picture into the
first message of the user by itself, so no prompt holds a mark for it.

Rows come from a named build, made once into the cache of `datasets`, or from the folder of a build. Rows made while
training are the matter of `online`; asked for here, `source: online` makes them up front, by `load_dataset("gameqa")`.
"""

import io
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gameqa.core.engine import select
from gameqa.core.errors import UsageError, choice_error
from gameqa.core.files import writing
from gameqa.core.game import Level
from gameqa.core.groups import config_names, games_of
from gameqa.core.seeds import RELEASE, SPLITS

from . import settings
from .curriculum import Cell

if TYPE_CHECKING:
    import datasets
    from PIL.Image import Image

ONLINE = "online"
"""The source whose rows are made while training."""

FACTS = (
    "data_id",
    "game_name",
    "game_category",
    "domain",
    "task",
    "question_id",
    "qa_type",
    "qa_level",
    "plot_level",
    "question",
    "query",
    "answer_format",
    "options",
    "answer_kind",
    "answer",
    "accepted",
    "analysis",
    "text_question",
    "difficulty",
    "split",
    "seed",
    "index",
    "release",
    "state_hash",
)
"""Columns of the data that rewards and logs may ask for."""

_VERDICT = re.compile(r"[0-9]+\. Option [A-Z]\b")

Analysis = Literal["full", "short"]


def cells(data: settings.Data) -> list[Cell]:
    """Return every game, task and level that a recipe's `data` selects.

    Raises:
        UsageError: a name does not exist, or the names together select nothing.
    """
    named = [data.games] if isinstance(data.games, str) else [*data.games]
    for name in named:
        if name not in config_names():
            raise choice_error("game or group", name, config_names())
    games = [*dict.fromkeys(game for name in named for game in games_of(name))]
    found = [Cell(game.id, task.slug, level.value) for game, task, level in select(games, data.tasks, data.levels)]
    if not found:
        raise UsageError(
            f"games={data.games!r}, tasks={data.tasks!r} and levels={data.levels!r} together select nothing; `all` is"
            " allowed for each"
        )
    return found


def training_rows(data: settings.Data, split: str = "train") -> "datasets.Dataset":
    """Return the rows of a recipe for GRPO.

    Args:
        data: the section of the recipe.
        split: which split of the source.

    Raises:
        UsageError: in one sentence: the source, a game, task, level or split does not exist, the folder is empty or of
            another release, or nothing is left of it.
    """
    return _source(data, split).with_transform(_Shown(data))


def sft_rows(data: settings.Data, analysis: Analysis = "full") -> "datasets.Dataset":
    """Return the rows of a recipe for SFT: `prompt`, `completion`, and with pictures `images`, a list of one.

    Args:
        data: the section of the recipe.
        analysis: what is learnt to be said, see `completion`.

    Raises:
        UsageError: as by `training_rows`.
    """
    rows = _source(data, "train").rename_column("analysis", "completion")
    # Trainer drops every stored column that it does not know by name.
    rows = rows.select_columns(["prompt", "completion", *(["image"] if data.view == "picture" else [])])
    return rows.with_transform(_Shown(data, analysis))


def messages(row: Mapping[str, Any], data: settings.Data) -> list[dict[str, str]]:
    """Return the prompt of a row as messages."""
    system = [{"role": "system", "content": data.system}] if data.system else []
    return [*system, {"role": "user", "content": row[_question(data)]}]


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what rewards and logs may need of a row."""
    return {name: row[name] for name in FACTS}


def completion(analysis: str, length: Analysis = "full") -> str:
    """Return what a model should say: a worked analysis as it is, or only the end of it.

    The `short` one is the last numbered step, verdicts on single options aside, and the line with the answer.

    Example:
        >>> completion("1. Two rows.\\n2. So 2.\\n3. Option A, 1: no.\\nSo option B is right: 2.\\nAnswer: B", "short")
        '2. So 2.\\nAnswer: B'
    """
    if length == "full":
        return analysis
    steps, answer = analysis.rsplit("\n", 1) if "\n" in analysis else ("", analysis)
    told: list[list[str]] = []
    closing = f"So option {answer.removeprefix('Answer: ')} is right:"
    for line in steps.split("\n"):
        if line.startswith(f"{len(told) + 1}. "):
            told.append([line])
        elif told and not line.startswith(closing):
            told[-1].append(line)
    last = [step for step in told if not _VERDICT.match(step[0])] or told
    return "\n".join([*(last[-1] if last else []), answer])


def bounded(image: "Image", max_pixels: int) -> "Image":
    """Return a picture in RGB, scaled down in its proportions to at most `max_pixels` pixels."""
    from PIL import Image

    image = image.convert("RGB")
    width, height = image.size
    if width * height <= max_pixels:
        return image
    factor = math.sqrt(max_pixels / (width * height))
    wide = max(1, min(int(width * factor), max_pixels))
    return image.resize((wide, max(1, min(int(height * factor), max_pixels // wide))), Image.Resampling.LANCZOS)


class Pictures:
    """Decodes stored pictures and bounds them.

    TRL reads the same few rows again for each completion and each micro-step, so those of the last call are kept.

    Args:
        max_pixels: the most pixels of a picture.

    Raises:
        UsageError: fewer than one pixel is allowed.
    """

    def __init__(self, max_pixels: int) -> None:
        if max_pixels < 1:
            raise UsageError(f"max_pixels must be at least 1, not {max_pixels}")
        self.max_pixels = max_pixels
        self._last: dict[bytes, Image] = {}

    def __call__(self, pngs: Sequence[bytes]) -> "list[Image]":
        """Return the pictures of files given as bytes; equal files share one picture."""
        from PIL import Image

        known, self._last = self._last, {}
        for png in pngs:
            if png not in self._last:
                self._last[png] = known[png] if png in known else bounded(Image.open(io.BytesIO(png)), self.max_pixels)
        return [self._last[png] for png in pngs]

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is kept: `datasets` names its caches by this state."""
        return {"max_pixels": self.max_pixels, "_last": {}}


class _Shown:
    """What is done to stored rows when they are read: for SFT on analyses, else for GRPO."""

    def __init__(self, data: settings.Data, analysis: Analysis | None = None) -> None:
        self.data = data
        self.analysis: Analysis | None = analysis
        self.pictures = Pictures(data.max_pixels)

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        shown = dict(batch)
        question = _question(self.data)
        if "prompt" in batch:
            shown["prompt"] = [messages({question: text}, self.data) for text in batch["prompt"]]
        if "image" in batch:
            shown["image"] = self.pictures([image["bytes"] for image in batch["image"]])
        analysis = self.analysis
        if analysis is None:
            return {**shown, question: batch["prompt"]} if "prompt" in batch else shown
        if "image" in batch:
            shown["images"] = [[image] for image in shown.pop("image")]
        if "completion" in batch:
            replies = [completion(text, analysis) for text in batch["completion"]]
            shown["completion"] = [[{"role": "assistant", "content": reply}] for reply in replies]
        return shown


def _question(data: settings.Data) -> str:
    return "question" if data.view == "picture" else "text_question"


def _source(data: settings.Data, split: str) -> "datasets.Dataset":
    """Return the rows of a recipe as they are stored, filtered, shuffled and cut; `prompt` holds the bare question.

    No row is copied: a renamed column and a list of numbers are all that is made.
    """
    import datasets

    if split not in SPLITS:
        raise choice_error("split", split, SPLITS)
    if data.rows is not None and data.rows < 1:
        raise UsageError(f"rows must be at least 1, not {data.rows}")
    if data.seed < 0:
        raise UsageError(f"seed must be at least 0, not {data.seed}")
    Pictures(data.max_pixels)
    wanted = cells(data)
    rows = _fresh(data, wanted, split) if data.source == ONLINE else _built(data.source, wanted, split)
    if data.view == "picture" and "image" not in rows.column_names:
        raise UsageError(f"{data.source} holds no pictures; choose view: text, or another source")
    held = zip(rows["game_name"], rows["task"], rows["plot_level"], strict=True)
    selected = {*wanted}
    rows = rows.select([number for number, place in enumerate(held) if place in selected])
    if not len(rows):
        raise UsageError(f"{data.source} holds no {split} rows of the games, tasks and levels asked for")
    if data.view == "picture":
        rows = rows.cast_column("image", datasets.Image(decode=False))
    columns = [*FACTS, *(["image"] if data.view == "picture" else [])]
    rows = rows.select_columns(columns).rename_column(_question(data), "prompt").shuffle(seed=data.seed)
    return rows.select(range(min(len(rows), data.rows or len(rows))))


def _fresh(data: settings.Data, wanted: Sequence[Cell], split: str) -> "datasets.Dataset":
    """Make rows now, as many of each task and level; they are kept in the cache of `datasets`."""
    import datasets

    if data.rows is None:
        raise UsageError(f"source: {ONLINE} needs the number of rows to be made up front: rows")
    each = math.ceil(data.rows / len(wanted))
    games: dict[str, list[Cell]] = {}
    for cell in wanted:
        games.setdefault(cell.game, []).append(cell)
    parts = [
        datasets.load_dataset(
            "gameqa",
            game if data.view == "picture" else f"{game}-text",
            split=split,
            splits=split,
            samples=each,
            tasks=[*dict.fromkeys(cell.task for cell in found)],
            levels=[level.value for level in Level if level in {cell.level for cell in found}],
            seed=data.seed,
        )
        for game, found in games.items()
    ]
    return datasets.concatenate_datasets(parts)  # pyright: ignore[reportArgumentType]


class _Manifest(msgspec.Struct):
    """What a build says of itself."""

    release: str
    complete: bool
    files: dict[str, Any] = {}


def _built(source: str, wanted: Sequence[Cell], split: str) -> "datasets.Dataset":
    """Load the rows of the games wanted from a build."""
    import datasets
    from gameqa.builders.build import named_recipes  # pyright: ignore[reportMissingImports]

    named = named_recipes()
    folder = _named(source) if source in named and not Path(source).is_dir() else Path(source)
    if not folder.is_dir():
        raise choice_error("source", source, [ONLINE, *named, "the folder of a build"])
    games = {cell.game for cell in wanted}
    files = [name for name in _manifest(folder).files if re.match(rf"data/[^/]+/{split}-", name)]
    chosen = sorted(str(folder / name) for name in files if name.split("/")[1] in games)
    if not chosen:
        held = sorted({name.split("/")[1] for name in files})
        raise UsageError(
            f"{source} holds no {split} rows of {', '.join(sorted(games))}; it holds {', '.join(held) or 'none at all'}"
        )
    if missing := [name for name in chosen if not Path(name).is_file()]:
        raise UsageError(f"{missing[0]} is missing; build {source} anew")
    return datasets.load_dataset("parquet", data_files=chosen, split="train")  # pyright: ignore[reportReturnType]


def _manifest(folder: Path) -> _Manifest:
    if not any(folder.iterdir()):
        raise UsageError(f"{folder} is empty; make a build there with: gameqa build gameqa-5k --out {folder}")
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
    except FileNotFoundError:
        raise UsageError(f"{folder} holds no manifest.json, so it is no build; make one with: gameqa build") from None
    except msgspec.MsgspecError:
        raise UsageError(f"{folder / 'manifest.json'} is no manifest of a build; choose another folder") from None
    if not manifest.complete:
        raise UsageError(f"the build in {folder} is not finished; run gameqa build again to go on with it")
    if manifest.release != RELEASE:
        raise UsageError(f"{folder} is of release {manifest.release}; allowed: {RELEASE}; build it anew")
    return manifest


def _named(name: str) -> Path:
    """Return the folder of a named build in the cache of `datasets`, and make it when it is not there yet.

    Of several training processes that come here at once, one makes it.

    Raises:
        UsageError: the cache cannot be written.
    """
    import datasets
    from datasets import config
    from filelock import FileLock
    from gameqa.builders.build import build  # pyright: ignore[reportMissingImports]

    fingerprint = datasets.load_dataset_builder("gameqa").hash
    home = Path(config.HF_DATASETS_CACHE) / "gameqa-builds"
    with writing(home):
        home.mkdir(parents=True, exist_ok=True)
    folder = home / f"{name}-{fingerprint}"
    with FileLock(f"{folder}.lock"):
        if not _finished(folder):
            # One that was begun with other libraries, which can give other bytes, cannot be gone on with.
            build(name, folder, overwrite=True)
    return folder


def _finished(folder: Path) -> bool:
    try:
        _manifest(folder)
    except (OSError, UsageError):
        return False
    return True
