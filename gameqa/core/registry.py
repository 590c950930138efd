"""Finds games: every package below `gameqa/games`, and outside packages through entry points.

An outside package registers a game under the entry-point group `gameqa.games`:

    [project.entry-points."gameqa.games"]
    my_game = "my_package.my_game:GAME"
"""

from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gameqa.core.errors import UsageError, choice_error
from gameqa.core.game import Game

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "gameqa.games"

_registered: dict[str, Game[Any, Any]] = {}


def games() -> list[str]:
    """Return the ids of all games, in alphabetical order; imports none of them."""
    return sorted({*_own(), *_outside(), *_registered})


def register(game: Game[Any, Any]) -> None:
    """Make a game known in this process, for example one written in a notebook.

    Raises:
        UsageError: another game has the same id.
    """
    if game.id in games() and _registered.get(game.id) is not game:
        raise UsageError(f"a game {game.id!r} exists already; choose another id")
    _registered[game.id] = game


def game(name: str) -> Game[Any, Any]:
    """Return a game by id.

    Raises:
        UsageError: the game does not exist (the message lists those that do), or its package offers no `GAME`.
    """
    return _registered[name] if name in _registered else _load(name)


@cache
def _load(name: str) -> Game[Any, Any]:
    """Import the package of a game."""
    if name in _own():
        found = getattr(import_module(f"gameqa.games.{name}"), "GAME", None)
    elif name in _outside():
        found = _outside()[name].load()
    else:
        raise choice_error("game", name, games())
    if not isinstance(found, Game):
        raise UsageError(f"the package of game {name!r} must define GAME = Game(...), found {type(found).__name__}")
    found_game: Game[Any, Any] = found  # pyright: ignore[reportUnknownVariableType]
    if found_game.id != name:
        raise UsageError(f"game {name!r} calls itself {found_game.id!r}; both names must be equal")
    return found_game


@lru_cache(maxsize=1)
def _own() -> frozenset[str]:
    folder = Path(__file__).parent.parent / "games"
    return frozenset(path.parent.name for path in folder.glob("*/__init__.py"))


@lru_cache(maxsize=1)
def _outside() -> "dict[str, EntryPoint]":
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP) if point.name not in _own()}
