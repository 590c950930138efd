"""Small exports: samples as JSON lines with PNG files, or as one parquet file. For large data sets use builds."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

from gameqa.core.files import new_folder
from gameqa.core.sample import Sample


def export(samples: Iterable[Sample], out: Path, form: str, split: str) -> Path:
    """Write the samples into the folder `out`, all or nothing, and return the path of the table.

    The folder is filled under a temporary name and renamed at the end.

    Raises:
        UsageError: `out` holds something already, or cannot be written.
        GameQAError: the disk is full.
    """
    with new_folder(out) as part:
        name = FORMATS[form](samples, part, split)
    return out / name


def _jsonl(samples: Iterable[Sample], folder: Path, split: str) -> str:
    """Write `<split>/metadata.jsonl` and the PNG files it names: the layout `load_dataset(folder)` reads."""
    (folder / split).mkdir()
    with (folder / split / "metadata.jsonl").open("w", encoding="utf-8") as table:
        for sample in samples:
            row = sample.row()
            image = row.pop("image")
            (folder / split / image["path"]).write_bytes(image["bytes"])
            table.write(json.dumps({"file_name": image["path"], **row}, ensure_ascii=False) + "\n")
    return f"{split}/metadata.jsonl"


def _parquet(samples: Iterable[Sample], folder: Path, split: str) -> str:
    """Write one parquet file with embedded pictures."""
    from gameqa.builders.schema import write_parquet  # pyright: ignore[reportMissingImports]

    write_parquet((sample.row() for sample in samples), folder / f"{split}.parquet")
    return f"{split}.parquet"


FORMATS: dict[str, Callable[[Iterable[Sample], Path, str], str]] = {"jsonl": _jsonl, "parquet": _parquet}
"""Name of a format and the function that writes it."""
