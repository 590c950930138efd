"""Progress of long work: a bar with rate and time left on a terminal, silence in a pipe."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def progress(items: Iterable[T], total: int, what: str) -> Iterator[T]:
    """Yield the items and show on standard error how far the work is.

    Args:
        items: what is worked through.
        total: how many there are.
        what: the unit in words, for example `samples`.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.speed:.1f}/s", justify="right"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task(what, total=total)
        bar.columns = columns
        for item in items:
            yield item
            bar.advance(row)
