"""The last full audit of the release, kept with the package: cards of builds and docs/quality.md tell of it."""

from functools import cache
from importlib.resources import files

import msgspec

NAME = "record.json"


class Record(msgspec.Struct, frozen=True):
    """A full audit in short.

    Attributes:
        date: day it was made.
        release: of the samples.
        source: what was audited.
        command: what made it.
        headline: the result in a sentence or two.
        head, lines: the table of criteria.
    """

    date: str
    release: str
    source: str
    command: str
    headline: str
    head: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@cache
def record() -> Record | None:
    """Return the record that comes with the package; None before the first full audit of a release."""
    try:
        return msgspec.json.decode((files(__package__ or __name__) / NAME).read_bytes(), type=Record)
    except FileNotFoundError:
        return None
