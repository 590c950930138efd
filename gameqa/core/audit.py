"""What a game offers to the audit: a second way to every answer, and a reader of its own pictures.

Neither is used when samples are made. `check.py` of a game holds `CHECKS`, written without a look at its `rules.py` and
`tasks.py`; `read.py` holds `READER`, which knows how the game draws but is given nothing but pixels.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import zip_longest
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


def unlike(steps: Sequence[str], expected: Sequence[str]) -> list[str]:
    """Return a problem for each step that is not the sentence expected at its place."""
    pairs = zip_longest(steps, expected, fillvalue="(nothing)")
    return [f"the step says {step!r}, right is {right!r}" for step, right in pairs if step != right]


def as_solved(
    solution: Callable[[Any, Mapping[str, Any]], Sequence[str]],
) -> Callable[[Any, Mapping[str, Any], Sequence[str]], list[str]]:
    """Return a check that holds the steps against the sentences of a solution."""
    return lambda state, params, steps: unlike(steps, solution(state, params))


def unmet(steps: Sequence[str], expected: Sequence[tuple[str, Callable[..., bool]]]) -> list[str]:
    """Return a problem for each step that has not the wording expected at its place, or states something untrue.

    Args:
        steps: of the analysis.
        expected: for each step the regular expression of its wording, and whether what its groups state is true.
    """
    if len(steps) != len(expected):
        return [f"{len(steps)} steps instead of {len(expected)}"]
    found = [(step, re.fullmatch(pattern, step), true) for step, (pattern, true) in zip(steps, expected, strict=True)]
    return [f"untrue or not understood: {step}" for step, match, true in found if not (match and true(*match.groups()))]


def denied(steps: Sequence[str], readers: Mapping[str, Callable[..., object]]) -> list[str]:
    """Return a problem for each step that no pattern reads, and for each whose claim does not hold.

    Args:
        steps: of the analysis, in any number and order.
        readers: regular expressions of wordings, the first that fits counts, and whether what the groups state holds.
    """
    problems: list[str] = []
    for step in steps:
        read = ((re.fullmatch(pattern, step), holds) for pattern, holds in readers.items())
        match, holds = next(((match, holds) for match, holds in read if match), (None, None))
        if match is None or holds is None:
            problems.append(f"not understood: {step}")
        elif not holds(*match.groups()):
            problems.append(f"does not hold: {step}")
    return problems


def _part(game: Game[Any, Any], module: str, name: str) -> Any:
    package = game.state_type.__module__.rpartition(".")[0]
    try:
        return getattr(import_module(f"{package}.{module}"), name)
    except ModuleNotFoundError as error:
        if error.name != f"{package}.{module}":
            raise
        raise GameQAError(f"{game.id} has no {module}.py, so this part of the audit cannot run on it") from None
