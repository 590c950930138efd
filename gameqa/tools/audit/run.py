"""One audit: every measure on every game, a process for each."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import version
from multiprocessing import get_context
from typing import Any, NamedTuple, TypeVar

from gameqa.core import registry
from gameqa.core.audit import checks, reader
from gameqa.core.errors import GameQAError
from gameqa.core.extras import require
from gameqa.core.game import Game
from gameqa.tools.progress import progress_bar

from . import blind, labels, levels, pictures, remade, repeats, texts
from .criteria import CRITERIA, Audit, Cell
from .rows import IMPORTED, Made, Stored, grouped

T = TypeVar("T")

PICTURES = 20
"""Pictures of each task and level that are read back, three times each."""
REMADE = 0.01
"""Share of the rows that are made again."""


class _Part(NamedTuple):
    """What came out for one game."""

    game: str
    rows: int
    unread: str
    notes: list[str]
    cells: list[Cell]


def audit(
    source: Made | Stored, workers: int | None = None, most_pictures: int = PICTURES, shown: bool | None = None
) -> Audit:
    """Measure every criterion on the rows of a source.

    Args:
        source: where the rows come from.
        workers: processes, one game at a time each; None: one for each core.
        most_pictures: pictures of each task and level that are read back.
        shown: whether to show progress; None: if standard error is a terminal.

    Raises:
        MissingExtra: scikit-learn is missing.
        UsageError: the source holds no rows.
        GameQAError: a file cannot be read, or a worker died.
    """
    require("audit", "sklearn", "scipy")
    games = source.games
    parts: list[_Part] = []
    with progress_bar("audit", "games", len(games), 0, shown) as on_game:
        if (workers or os.cpu_count() or 1) == 1:
            for game in games:
                parts.append(_game(source, game, most_pictures))
                on_game()
        else:
            for done in _spread(source, games, workers, most_pictures):
                parts.append(done)
                on_game()
    parts.sort(key=lambda part: games.index(part.game))
    order = [*CRITERIA]
    return Audit(
        source.name,
        {name: version(name) for name in ("gameqa", "numpy", "pillow", "scikit-learn", "scipy")},
        sum(part.rows for part in parts),
        {part.game: part.unread for part in parts if part.unread},
        [note for part in parts for note in part.notes],
        sorted((cell for part in parts for cell in part.cells), key=lambda cell: order.index(cell.criterion)),
    )


def _spread(source: Made | Stored, games: tuple[str, ...], workers: int | None, most: int) -> Iterator[_Part]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[_Part]] = [pool.submit(_game, source, game, most) for game in games]
        try:
            for done in as_completed(waiting):
                yield done.result()
        except BrokenProcessPool:
            raise GameQAError(
                "a worker process of the audit died, perhaps for want of memory; try fewer rows"
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _game(source: Made | Stored, game: str, most: int) -> _Part:
    rows = grouped(source.rows(game))
    entries = [entry for part in rows.values() for entry in part]
    notes: list[str] = []
    imported = sum(entry.why == IMPORTED for entry in entries)
    if imported:
        notes.append(f"{game}: {imported} rows carry no state, so only their words, options and answers were looked at")
    second, reading, unread = None, None, ""
    if imported < len(entries):
        found = registry.game(game)
        second, reading = _part(checks, found, notes), _part(reader, found, notes)
    cells = [*labels.measure(game, rows, second), *blind.measure(game, rows), *levels.measure(game, rows)]
    cells += texts.measure(game, rows)
    if reading:
        cells += pictures.measure(game, rows, reading, most)
        unread = reading.unread
    if imported < len(entries):
        other = source.seed + 1 if isinstance(source, Made) else None
        cells += repeats.measure(game, rows, most, other)
        cells += remade.measure(game, remade.chosen(rows, REMADE))
    return _Part(game, len(entries), unread, notes, cells)


def _part(load: Callable[[Game[Any, Any]], T], game: Game[Any, Any], notes: list[str]) -> T | None:
    """Return what a game offers to the audit; what it lacks becomes a note."""
    try:
        return load(game)
    except GameQAError as error:
        notes.append(str(error))
        return None
