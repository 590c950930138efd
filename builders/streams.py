"""Streams of samples, and the named groups of games they are asked for by.

A stream is the unit that is never cut: repeated questions are dropped within it, so its rows cannot be made apart.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from gameqa.core import registry
from gameqa.core.engine import distinct, select
from gameqa.core.errors import Unaskable, UsageError, choice_error
from gameqa.core.game import Category, Domain, Game
from gameqa.core.sample import Sample


class Stream(NamedTuple):
    """The first `length` distinct samples of one game, task, level, split and seed."""

    game: str
    task: str
    level: str
    split: str
    seed: int
    length: int

    @property
    def name(self) -> str:
        """The common part of the `data_id` of its samples."""
        return f"{self.game}/{self.task}/{self.level.lower()}/{self.split}/{self.seed}"

    def samples(self, scale: float = 1.0) -> Iterator[Sample]:
        """Yield the samples; fewer than `length` when the stream holds no more distinct questions."""
        game = registry.game(self.game)
        try:
            yield from distinct(game, game.task(self.task), self.level, self.split, self.seed, self.length, scale)
        except Unaskable:
            return


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


def slug(category: Category) -> str:
    """Return the name under which a category is a group.

    >>> slug(Category.STRATEGY)
    'strategic_planning'
    """
    return re.sub(r"[^a-z0-9]+", "_", category.value.lower())


def _in_category(category: Category) -> Callable[[Game[Any, Any]], bool]:
    return lambda game: game.category is category


GROUPS: dict[str, Callable[[Game[Any, Any]], bool]] = {
    "all": lambda game: True,
    "in_domain": lambda game: game.domain is Domain.IN,
    "out_of_domain": lambda game: game.domain is Domain.OUT,
    **{slug(category): _in_category(category) for category in Category},
}
"""Groups of games by name."""


def config_names() -> list[str]:
    """Return the names of all groups and games; imports no game."""
    return [*GROUPS, *registry.games()]


def games_of(config: str) -> list[str]:
    """Return the ids of the games of a group, or the game itself.

    Raises:
        UsageError: the name is unknown, or no installed game belongs to the group.
    """
    if config not in config_names():
        raise choice_error("config", config, config_names())
    if config not in GROUPS:
        return [config]
    if config == "all":
        return registry.games()
    found = [name for name in registry.games() if GROUPS[config](registry.game(name))]
    if not found:
        raise UsageError(f"no installed game belongs to {config!r}; installed: {', '.join(registry.games())}")
    return found
