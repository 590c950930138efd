"""Langton's Ant a second time: cells and facings as complex numbers, the black cells as a set.

x, which grows downward, is the real part and y the imaginary part, so a right turn is a product with -1j and a step a
sum. Worked solutions are checked sentence by sentence against those that this walk gives.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, as_solved

from .state import Cell, State

_HEADINGS = {"up": -1 + 0j, "right": 1j, "down": 1 + 0j, "left": -1j}
_NAMES = {heading: name for name, heading in _HEADINGS.items()}


class _Moment(NamedTuple):
    """What is so when some steps are done: where the ant stands and faces, the colour below it, since which step."""

    cell: Cell
    facing: str
    color: str
    since: int | None


def _walk(state: State, steps: int) -> list[_Moment]:
    """Return the moments before the first step and after each of the steps."""
    data = state.to_json()
    size = len(data["grid"])
    black = {complex(x, y) for x, row in enumerate(data["grid"]) for y, color in enumerate(row) if color}
    place = complex(data["ant"]["x"], data["ant"]["y"])
    heading = _HEADINGS[data["ant"]["direction"]]
    recolored: dict[complex, int] = {}
    moments: list[_Moment] = []
    for step in range(1, steps + 2):
        color = "black" if place in black else "white"
        cell = int(place.real), int(place.imag)
        moments.append(_Moment(cell, _NAMES[heading], color, recolored.get(place)))
        heading *= 1j if color == "black" else -1j
        black ^= {place}
        recolored[place] = step
        place += heading
        place = complex(place.real % size, place.imag % size)
    return moments


def _poses(moment: _Moment, params: Mapping[str, Any]) -> list[Any]:
    """Return the options that name where the ant stands and faces."""
    return [
        option
        for option in params["options"]
        if (option["x"], option["y"]) == moment.cell and option["direction"] == moment.facing
    ]


def _flips(state: State, params: Mapping[str, Any]) -> int:
    """Return how often the ant stands on the cell when a step begins."""
    return [list(moment.cell) for moment in _walk(state, params["steps"])[:-1]].count(params["cell"])


def _step_sentences(state: State, steps: int) -> list[str]:
    """Return a sentence for each step, without its full stop."""
    moments = _walk(state, steps)
    sentences: list[str] = []
    for step, (now, then) in enumerate(pairwise(moments), 1):
        side, becomes = ("right", "black") if now.color == "white" else ("left", "white")
        again = "" if now.since is None else f" now (recoloured in step {now.since})"
        # Across the edge exactly when one of the coordinates jumps.
        edge = ", across the edge," if max(abs(a - b) for a, b in zip(now.cell, then.cell, strict=True)) > 1 else ""
        sentences.append(
            f"Step {step}: the cell {now.cell} is {now.color}{again}; facing {now.facing}, the ant turns {side} to "
            f"face {then.facing}, the cell becomes {becomes}, and the ant moves{edge} to {then.cell}"
        )
    return sentences


def _pose_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    (cell, facing, *_), *_ = _walk(state, 0)
    return [
        "Find the ant, the only arrow on the board.",
        f"The row number at the left edge of its row is {cell[0]}, so x = {cell[0]}.",
        f"The column number at the top edge of its column is {cell[1]}, so y = {cell[1]}.",
        f"The arrow points {facing}, so the ant stands at {cell} facing {facing}.",
    ]


def _walk_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    steps = params["steps"]
    first, *_, last = _walk(state, steps)
    return [
        f"The ant starts at {first.cell} facing {first.facing}.",
        *(f"{sentence}." for sentence in _step_sentences(state, steps)),
        f"After step {steps} the ant stands at {last.cell} facing {last.facing}.",
    ]


def _flip_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    cell = tuple(params["cell"])
    moments = _walk(state, params["steps"])
    color = "black" if state.to_json()["grid"][cell[0]][cell[1]] else "white"
    told = [
        f"The ant starts at {moments[0].cell} facing {moments[0].facing}; the cell {cell} is {color}. A cell changes "
        "in a step exactly when the ant stands on it at the beginning of that step."
    ]
    changes = 0
    for moment, sentence in zip(moments, _step_sentences(state, params["steps"]), strict=False):
        changes += moment.cell == cell
        ending = f"this is change no. {changes} of the cell" if moment.cell == cell else "the cell stays"
        told.append(f"{sentence}; {ending}.")
    end = moments[-1].cell == cell
    reached = "The ant ends on the cell, but being reached by the last move changes nothing. " if end else ""
    return [*told, f"{reached}The cell {cell} changes {changes} time{'' if changes == 1 else 's'} in all."]


CHECKS = Checks[State](
    answers={
        "ant_pose": lambda state, params: _poses(_walk(state, 0)[0], params),
        "pose_after_steps": lambda state, params: _poses(_walk(state, params["steps"])[-1], params),
        "cell_flip_count": lambda state, params: [_flips(state, params)],
    },
    steps={
        "ant_pose": as_solved(_pose_solution),
        "pose_after_steps": as_solved(_walk_solution),
        "cell_flip_count": as_solved(_flip_solution),
    },
)
