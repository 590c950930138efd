"""Progress of long work: a bar with rate and time left on a terminal, silence in a pipe."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Bar:
    """What is to be called after every item; `note` shows a few words on the state of the work."""

    advance: Callable[[], None]
    note: Callable[[str], None]

    def __call__(self) -> None:
        """Count one more item."""
        self.advance()


@contextmanager
def progress_bar(
    what: str, unit: str, total: int, done: int = 0, shown: bool | None = None
) -> Generator[Bar, None, None]:
    """Show on standard error how far the work is; yield what is to be called after every item.

    Args:
        what: the name of the work.
        unit: what is counted, for example `rows`.
        total: how many there are.
        done: how many are done already.
        shown: whether to show the bar; None: if standard error is a terminal.
    """
    if not (sys.stderr.isatty() if shown is None else shown):
        yield Bar(lambda: None, lambda text: None)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:.0f} {unit}/s" if task.speed else "")

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield Bar(lambda: bar.advance(task), lambda text: bar.update(task, description=f"{what} ({text})"))


def progress(items: Iterable[T], total: int, what: str, unit: str = "samples") -> Iterator[T]:
    """Yield the items and show a bar while they are worked through; see `progress_bar`."""
    with progress_bar(what, unit, total) as advance:
        for item in items:
            yield item
            advance()
