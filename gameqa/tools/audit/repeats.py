"""Repeated questions, boards in two splits, pictures that look alike, and questions that another seed asks too."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from gameqa.core.streams import Stream

from .criteria import WORST, Cell, Flaw, counted, judged
from .rows import Entry, Rows

SIDE = 16
"""Differences of grey along each row of a picture that its perceptual hash holds, and rows."""


def measure(game: str, rows: Rows, most: int, other_seed: int | None) -> Iterator[Cell]:
    """Yield the cells `repeats`, `leaks`, `lookalikes` and, with the number of another seed, `seeds`.

    Args:
        game, rows: what is measured.
        most: pictures of each task and level that are compared, and questions of the other seed.
        other_seed: whose questions are made for comparison; None: not measured.
    """
    known = [entry for part in rows.values() for entry in part if entry.task]
    if not known:
        return
    splits: dict[str, set[str]] = defaultdict(set)
    for entry in known:
        splits[entry.columns["state_hash"]].add(entry.columns["split"])
    shared = {mark for mark, found in splits.items() if len(found) > 1}
    leaks = [
        Flaw(e.data_id, "its board stands in another split too") for e in known if e.columns["state_hash"] in shared
    ]
    yield counted("leaks", game, "all", "all", len(known), leaks)
    for place, entries in rows.items():
        asked = [entry for entry in entries if entry.task]
        first: dict[tuple[str, str], str] = {}
        flaws = []
        for entry in asked:
            mark = entry.columns["split"], entry.question_hash
            if first.setdefault(mark, entry.data_id) != entry.data_id:
                flaws.append(Flaw(entry.data_id, f"asks what {first[mark]} asks"))
        yield counted("repeats", game, *place, len(asked), flaws)
        if other_seed is not None and asked:
            yield _seeds(game, place, asked[:most], other_seed)
    yield _lookalikes(game, [entry for part in rows.values() for entry in part[:most] if entry.task])


def _seeds(game: str, place: tuple[str, str], asked: list[Entry], seed: int) -> Cell:
    """Return how many questions of these the other seed asks too, within as many of its own."""
    marks: set[str] = set()
    for split, count in Counter(entry.columns["split"] for entry in asked).items():
        marks |= {sample.question_hash() for sample in Stream(game, *place, split, seed, count).samples()}
    share = sum(entry.question_hash in marks for entry in asked) / len(asked)
    return judged("seeds", (game, *place), len(asked), (share, share, share))


def _lookalikes(game: str, entries: list[Entry]) -> Cell:
    """Return the share of boards whose perceptual hash another board has."""
    boards = {entry.columns["state_hash"]: entry for entry in entries}
    found: dict[bytes, list[str]] = defaultdict(list)
    for entry in boards.values():
        found[perceptual_hash(entry)].append(entry.data_id)
    alike = {name: names for names in found.values() if len(names) > 1 for name in names}
    worst = [
        Flaw(name, f"looks like {next(other for other in names if other != name)}") for name, names in alike.items()
    ]
    share = len(alike) / len(boards)
    return judged("lookalikes", (game, "all", "all"), len(boards), (share, share, share), len(alike), worst[:WORST])


def perceptual_hash(entry: Entry) -> bytes:
    """Return the difference hash of a picture: whether grey rises from each of 16 x 16 cells to the next."""
    import numpy as np

    grey = np.asarray(entry.picture().convert("L").resize((SIDE + 1, SIDE))).astype(np.int16)
    return np.packbits(grey[:, 1:] > grey[:, :-1]).tobytes()
