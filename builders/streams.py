"""Streams of samples.

A stream is the unit that is never cut: repeated questions are dropped within it, so its rows cannot be made apart.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from gameqa.core import registry
from gameqa.core.engine import distinct, select
from gameqa.core.errors import Unaskable
from gameqa.core.sample import Sample
from gameqa.core.streams import Stream

ENDLESS = 2**62
"""A length that no stream reaches."""
LANES = 64
"""Parts of endless streams, for processes that share the work."""


class Lane(NamedTuple):
    """Every `LANES`-th sample of endless streams, beginning with the one of index `number`, the streams in turn.

    Lanes share no sample; repeated questions are dropped within a lane.
    """

    number: int
    streams: tuple[Stream, ...]

    def samples(self, scale: float = 1.0) -> Iterator[Sample]:
        """Yield one sample of each stream, then the next of each; streams that run dry are left out."""
        going = [self._of(stream, scale) for stream in self.streams]
        while going:
            made = [(samples, next(samples, None)) for samples in going]
            yield from (sample for _, sample in made if sample is not None)
            going = [samples for samples, sample in made if sample is not None]

    def _of(self, stream: Stream, scale: float) -> Iterator[Sample]:
        game = registry.game(stream.game)
        with suppress(Unaskable):
            yield from distinct(
                game,
                game.task(stream.task),
                stream.level,
                stream.split,
                stream.seed,
                ENDLESS,
                scale,
                self.number,
                LANES,
            )


def streams(
    games: str | Sequence[str],
    tasks: str | Sequence[str],
    levels: str | Sequence[str],
    split: str,
    seed: int,
    length: int,
) -> list[Stream]:
    """Return the streams that the names select, in the order of `gameqa.generate`.

    Raises:
        UsageError: when a name selects nothing.
    """
    return [
        Stream(game.id, task.slug, level.value, split, seed, length)
        for game, task, level in select(games, tasks, levels)
    ]
