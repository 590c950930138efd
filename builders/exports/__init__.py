"""A built folder in the shapes that trainers, evaluators and archives read.

    gameqa export DIR --format trl --out OUT

One function writes one split in one format; `FORMATS` names them all. A new format is one function and one entry.
Each module names the documentation that its shapes follow. Rows stream through, about a hundred at a time.

Every export can be scored with `gameqa.score(reply, facts)`, where `facts` are (see `rows.facts`):

    trl                 the columns of the row
    verl                `extra_info`
    easyr1, ms-swift    the JSON text in `ground_truth` (llamafactory carries it too; its loader drops it)
    nemo-gym            `verifier_metadata`
    openai-jsonl        the line of `answers/<split>.jsonl` whose `data_id` is the `custom_id`
    webdataset          `<key>.json`, the whole row

`trajectories` holds no questions to be scored but pictures of what happens next, see `courses`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from gameqa.core.errors import UsageError, choice_error
from gameqa.core.files import new_folder
from gameqa.tools.progress import progress_bar

from . import archives, courses, lines, tables
from .rows import MODEL, Built, Row, Target

__all__ = ["FORMATS", "MODEL", "export"]

FORMATS: dict[str, Callable[[Iterator[Row], Target], int | None]] = {
    "trl": tables.trl,
    "verl": tables.verl,
    "easyr1": tables.easyr1,
    "ms-swift": lines.ms_swift,
    "llamafactory": lines.llamafactory,
    "nemo-gym": lines.nemo_gym,
    "openai-jsonl": lines.openai,
    "webdataset": archives.webdataset,
    "published": archives.published,
    "trajectories": courses.trajectories,
}
"""Name of a format and the function that writes one split of it and may return how many rows it had to skip."""

WITH_PICTURES = ("published",)
"""Formats that have no place for a row without a picture."""


def export(
    folder: str | Path,
    form: str,
    out: str | Path,
    split: str | None = None,
    limit: int | None = None,
    model: str = MODEL,
    progress: bool | None = None,
) -> dict[str, int]:
    """Write the rows of a finished build in another format, all or nothing; return the rows of each split.

    Rows that a format had to skip are counted apart, as `skipped <split>`.

    Args:
        folder: the built folder.
        form: one of `FORMATS`.
        out: the folder to write, new or empty. It may be moved afterwards: paths within are relative to it.
        split: one split; None: all that have rows.
        limit: the most rows of each split, the first ones in the order of the build; None: all.
        model: the model that requests are for (`openai-jsonl` only).
        progress: show a progress bar on stderr; None: if it is a terminal.

    Raises:
        UsageError: no such format or split, no finished build in `folder`, no pictures for a format that needs
            them, `out` holds something or cannot be written.
        GameQAError: a file of the build cannot be read, or the disk is full.

    Example:
        >>> from gameqa.builders.exports import export
        >>> export("mini-data", "trl", "mini-trl", split="train")         # doctest: +SKIP
        {'train': 868}
    """
    if form not in FORMATS:
        raise choice_error("format", form, [*FORMATS])
    if limit is not None and limit < 1:
        raise UsageError(f"limit must be at least 1, not {limit}")
    built = Built(Path(folder))
    if split is not None and split not in built.splits:
        raise choice_error(f"split of {folder}", split, [*built.splits])
    if form in WITH_PICTURES and not built.pictures:
        allowed = ", ".join(name for name in FORMATS if name not in WITH_PICTURES)
        raise UsageError(f"{form} needs pictures, and {folder} is a text-only build; allowed: {allowed}")
    chosen = {name: min(count, limit or count) for name, count in built.splits.items() if split in (None, name)}
    counts: dict[str, int] = {}
    with (
        new_folder(Path(out)) as part,
        progress_bar(form, "rows", sum(chosen.values()), shown=progress) as done,
    ):
        for name, count in chosen.items():
            target = Target(part, name, built.pictures, model, built.scale)
            skipped = FORMATS[form](_counted(built.rows(name, count), done), target) or 0
            counts[name] = count - skipped
            if skipped:
                counts[f"skipped {name}"] = skipped
    return counts


def _counted(rows: Iterator[Row], done: Callable[[], None]) -> Iterator[Row]:
    for row in rows:
        yield row
        done()
