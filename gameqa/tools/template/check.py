"""A second way to every answer, for the audit; it shares nothing with the solver but the board.

The cells are counted in the printed board instead of in the tuples.
"""

from collections.abc import Mapping
from typing import Any

from gameqa.core.audit import Checks

from .state import State


def _count_marks(state: State, params: Mapping[str, Any]) -> list[int]:
    """Count the signs."""
    return [str(state).count("#")]


def _marked_cell(state: State, params: Mapping[str, Any]) -> list[Any]:
    """Look up every option."""
    lines = str(state).split("\n")
    return [cell for cell in params["options"] if lines[cell[0]][cell[1]] == "#"]


CHECKS = Checks({"count_marks": _count_marks, "marked_cell": _marked_cell})
