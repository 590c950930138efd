"""A stream of distinct questions of one game, task, level, split and seed."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from gameqa.core import registry
from gameqa.core.engine import distinct
from gameqa.core.errors import Unaskable
from gameqa.core.sample import Sample


class Stream(NamedTuple):
    """Distinct samples of one game, task, level, split and seed: `length` of them after the first `skip`."""

    game: str
    task: str
    level: str
    split: str
    seed: int
    length: int
    skip: int = 0

    @property
    def name(self) -> str:
        """The common part of the `data_id` of its samples."""
        return f"{self.game}/{self.task}/{self.level.lower()}/{self.split}/{self.seed}"

    def samples(self, scale: float = 1.0) -> Iterator[Sample]:
        """Yield the samples; fewer than `length` when the stream holds no more distinct questions."""
        game, until = registry.game(self.game), self.skip + self.length
        try:
            made = distinct(game, game.task(self.task), self.level, self.split, self.seed, until, scale)
            yield from islice(made, self.skip, None)
        except Unaskable:
            return
