"""Rows and pictures in archives: WebDataset shards, and the layout of the published GameQA data.

Sources of the shapes:

- WebDataset: its README and the description of the format in the Hub's documentation ("WebDataset"): files of one
  sample stand side by side and share their name up to the first dot, `<key>.png` and `<key>.json`.
- published: `games_data_<split>.json`, one list of rows, and `games_images_<split>.zip`, which holds each row's
  `image` below a folder of the archive's own name. Options are written as in most of its games, `A. text`, and are
  missing where there are none.
"""

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from itertools import chain, groupby
from typing import NamedTuple

import datasets
import yaml

from gameqa.core.answers import LETTERS
from gameqa.core.seeds import SPLITS

from ..schema import features
from .rows import Row, Shards, Target, encode

SHARD_SAMPLES, SHARD_BYTES = 1_000, 500_000_000
"""The most samples and bytes of one tar: enough to read in one go, small enough to share among workers."""

PUBLISHED = (
    "data_id",
    "qa_type",
    "question_id",
    "question_description",
    "image",
    "plot_level",
    "qa_level",
    "question",
    "answer",
    "analysis",
    "options",
    "game_name",
)
"""Columns of the published data, in the order of most of its rows."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip: the same rows give the same bytes."""


class _Member(NamedTuple):
    """A file of a sample."""

    name: str
    content: bytes


def webdataset(rows: Iterator[Row], to: Target) -> None:
    """Write `<split>-00000.tar` and so on, and a README whose head tells `load_dataset` splits and types."""
    for number, samples in groupby(map(_members, rows), Shards(SHARD_SAMPLES, SHARD_BYTES, _size)):
        with tarfile.open(to.folder / f"{to.split}-{number:05d}.tar", "w") as tar:
            for member in chain.from_iterable(samples):
                info = tarfile.TarInfo(member.name)
                info.size = len(member.content)
                tar.addfile(info, io.BytesIO(member.content))
    head = yaml.safe_dump(_head(to), sort_keys=False)
    (to.folder / "README.md").write_text(f"---\n{head}---\n\ngameqa as WebDataset shards.\n", encoding="utf-8")


def _members(row: Row) -> list[_Member]:
    key = re.sub(r"[^A-Za-z0-9_]+", "-", row["data_id"])
    picture = row.pop("image", None)
    text = _Member(f"{key}.json", encode(row).encode())
    return [_Member(f"{key}.png", picture["bytes"]), text] if picture else [text]


def _size(members: list[_Member]) -> int:
    return sum(len(member.content) for member in members)


def _head(to: Target) -> Row:
    """Return splits and types; guessed from the first samples, the type of a list that is empty there is wrong."""
    splits = [split for split in SPLITS if any(to.folder.glob(f"{split}-*.tar"))]
    files = [{"split": split, "path": f"{split}-*.tar"} for split in splits]
    kinds = features(text=True)
    struct = [
        {"name": name, "list": "string"} if isinstance(kind, datasets.List) else {"name": name, "dtype": kind.dtype}
        for name, kind in kinds.items()
    ]
    types = [
        {"name": "json", "struct": struct},
        *({"name": name, "dtype": "string"} for name in ("__key__", "__url__")),
    ]
    if to.pictures:
        types.insert(0, {"name": "png", "dtype": "image"})
    return {
        "configs": [{"config_name": "default", "data_files": files}],
        "dataset_info": {"features": types},
    }


def published(rows: Iterator[Row], to: Target) -> None:
    """Write `games_data_<split>.json` and `games_images_<split>.zip`."""
    images = f"games_images_{to.split}"
    with (
        (to.folder / f"games_data_{to.split}.json").open("w", encoding="utf-8") as table,
        zipfile.ZipFile(to.folder / f"{images}.zip", "w") as pictures,
    ):
        before = "[\n"
        for row in rows:
            path = f"{row['game_name']}/images/{row['image']['path']}"
            pictures.writestr(zipfile.ZipInfo(f"{images}/{path}", EPOCH), row["image"]["bytes"])
            table.write(before + json.dumps(_published_row(row, path), ensure_ascii=False, indent=0))
            before = ",\n"
        table.write("\n]\n")


def _published_row(row: Row, path: str) -> Row:
    options = [f"{letter}. {text}" for letter, text in zip(LETTERS, row["options"], strict=False)]
    values = {**row, "image": path, "options": options}
    return {name: values[name] for name in PUBLISHED if name != "options" or options}
