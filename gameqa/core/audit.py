"""What a game offers to the audit: a second way to every answer, and a reader of its own pictures.

Neither is used when samples are made. `check.py` of a game holds `CHECKS`, written without a look at its `rules.py` and
`tasks.py`; `read.py` holds `READER`, which knows how the game draws but is given nothing but pixels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic

from gameqa.core.errors import GameQAError
from gameqa.core.game import Game, Json, S

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Checks(Generic[S]):
    """The second method of a game.

    Attributes:
        answers: for every task `(state, params) -> right values`. Of a choice question those of `params["options"]`
            that are right; of a fill-in question every right answer, as plain JSON value or as the canonical text.
        steps: for tasks whose worked solution plays moves or counts step by step, `(state, params, steps) -> problems`:
            the numbered steps of the analysis without their numbers, and one sentence for each that is denied. A step
            that is not understood is a problem too.
    """

    answers: Mapping[str, Callable[[S, Mapping[str, Any]], list[Json]]]
    steps: Mapping[str, Callable[[S, Mapping[str, Any], Sequence[str]], list[str]]] = field(
        default_factory=dict[str, Callable[[Any, Mapping[str, Any], Sequence[str]], list[str]]]
    )


@dataclass(frozen=True)
class Reader(Generic[S]):
    """Recovers from a picture what questions can ask about.

    Attributes:
        read: `(pixels) -> facts`: from the picture alone, as uint8 of shape (height, width, 3) at scale 1; perhaps
            shrunk and enlarged again, or after JPEG. ValueError when it cannot be read.
        shown: `(state) -> facts`: the same facts as plain JSON, from the state.
        unread: in plain words what of the state `read` does not recover and why; empty: it recovers all that questions
            ask about.
    """

    read: "Callable[[NDArray[np.uint8]], Json]"
    shown: Callable[[S], Json]
    unread: str = ""


def checks(game: Game[Any, Any]) -> Checks[Any]:
    """Return the second method of a game; raise GameQAError when it has none."""
    return _part(game, "check", "CHECKS")


def reader(game: Game[Any, Any]) -> Reader[Any]:
    """Return the picture reader of a game; raise GameQAError when it has none."""
    return _part(game, "read", "READER")


def _part(game: Game[Any, Any], module: str, name: str) -> Any:
    package = game.state_type.__module__.rpartition(".")[0]
    try:
        return getattr(import_module(f"{package}.{module}"), name)
    except ModuleNotFoundError as error:
        if error.name != f"{package}.{module}":
            raise
        raise GameQAError(f"{game.id} has no {module}.py, so this part of the audit cannot run on it") from None
