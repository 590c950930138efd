"""What is true of a board: pure functions, without randomness or wording."""

from .state import State


def marks(state: State) -> list[tuple[int, int]]:
    """Return the marked cells in reading order."""
    return [(r, c) for r, row in enumerate(state.board) for c, cell in enumerate(row) if cell]
