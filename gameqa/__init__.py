"""gameqa: procedurally generated games as verified visual question answering data.

    import gameqa
    sample = gameqa.sample("sokoban", "min_moves", level="Hard")
    sample.image, sample.question, sample.answer, sample.analysis

    from datasets import load_dataset          # after `import gameqa`
    load_dataset("gameqa", "sokoban", split="test")

Names are loaded when first used, so that `import gameqa` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gameqa.hook import install

if TYPE_CHECKING:
    from gameqa.core.answers import Score as Score
    from gameqa.core.answers import score as score
    from gameqa.core.engine import from_data_id as from_data_id
    from gameqa.core.engine import generate as generate
    from gameqa.core.engine import sample as sample
    from gameqa.core.errors import GameQAError as GameQAError
    from gameqa.core.errors import InvalidRow as InvalidRow
    from gameqa.core.errors import MissingExtra as MissingExtra
    from gameqa.core.errors import Unaskable as Unaskable
    from gameqa.core.errors import UsageError as UsageError
    from gameqa.core.game import Game as Game
    from gameqa.core.game import Level as Level
    from gameqa.core.registry import game as game
    from gameqa.core.registry import games as games
    from gameqa.core.registry import register as register
    from gameqa.core.sample import Sample as Sample
    from gameqa.core.sample import rederive as rederive
    from gameqa.core.sample import render as render
    from gameqa.core.seeds import RELEASE as RELEASE

__version__ = "0.1.0"

_HOME = {
    "answers": ("Score", "score"),
    "engine": ("from_data_id", "generate", "sample"),
    "errors": ("GameQAError", "InvalidRow", "MissingExtra", "Unaskable", "UsageError"),
    "game": ("Game", "Level"),
    "registry": ("game", "games", "register"),
    "sample": ("Sample", "rederive", "render"),
    "seeds": ("RELEASE",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}
__all__ = [
    "RELEASE",
    "Game",
    "GameQAError",
    "InvalidRow",
    "Level",
    "MissingExtra",
    "Sample",
    "Score",
    "Unaskable",
    "UsageError",
    "from_data_id",
    "game",
    "games",
    "generate",
    "rederive",
    "register",
    "render",
    "sample",
    "score",
]

install()


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"gameqa.core.{_MODULE[name]}"), name)
    globals()[name] = value
    return value
