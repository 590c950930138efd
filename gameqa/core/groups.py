"""Groups of games by name, in which data and scores are asked for."""

import re
from collections.abc import Callable
from typing import Any

from gameqa.core import registry
from gameqa.core.errors import UsageError, choice_error
from gameqa.core.game import Category, Domain, Game


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
