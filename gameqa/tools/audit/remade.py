"""Reproducibility: rows made again from their names, in a process that has made nothing before."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from typing import Any

from gameqa.core import engine
from gameqa.core.errors import GameQAError

from .criteria import Cell, Flaw, counted
from .rows import Rows


def chosen(rows: Rows, share: float) -> list[tuple[dict[str, Any], float]]:
    """Return a share of the rows with their pictures and scales, always the same; at least one if there is any."""
    known = [entry for part in rows.values() for entry in part if entry.task]
    marked = sorted(known, key=lambda entry: sha256(entry.data_id.encode()).digest())
    kept = marked[: max(1, round(share * len(known)))]
    return [({**entry.columns, "image": {"bytes": entry.png()}}, entry.scale) for entry in kept]


def measure(game: str, rows: Sequence[tuple[dict[str, Any], float]]) -> Iterator[Cell]:
    """Yield the cell `remade` of rows as `chosen` returns them."""
    if not rows:
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        found = [*fresh.map(differences, *zip(*rows, strict=True), chunksize=16)]
    flaws = [Flaw(row["data_id"], told[0]) for (row, _), told in zip(rows, found, strict=True) if told]
    yield counted("remade", game, "all", "all", len(rows), flaws)


def differences(row: Mapping[str, Any], scale: float) -> list[str]:
    """Make a row again from its `data_id` and return one sentence for each column that comes out differently."""
    name, told = row["data_id"], list[str]()
    try:
        made = engine.from_data_id(name, scale=scale).row(image="image" in row)
    except GameQAError as error:
        return [f"{name} cannot be made again: {error}"]
    for column, value in row.items():
        fresh = made.get(column)
        if column == "image":
            if value["bytes"] != (fresh["bytes"] if fresh else None):
                told.append(f"{name}: the picture differs")
        elif value != fresh:
            told.append(f"{name}: {column} is {_short(value)} in the file and {_short(fresh)} when made again")
    return told


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
