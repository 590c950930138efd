"""Opening cells, and what a player can conclude."""

from functools import lru_cache

from gameqa.core.masks import bits

from .solver import Clue, Knowledge, knowledge
from .state import FLAG, HIDDEN, State, neighbours


def opened(near: tuple[int, ...], mines: int, shown: int, place: int) -> int:
    """Return the revealed cells after revealing a safe cell; a cell without mined neighbours opens all of them."""
    queue = [place]
    shown |= 1 << place
    for cell in queue:
        if not near[cell] & mines:
            fresh = near[cell] & ~shown
            shown |= fresh
            queue += bits(fresh)
    return shown


def known_of(near: tuple[int, ...], mines: int, shown: int) -> Knowledge:
    """Return what the numbers of the revealed cells and the total prove on a board whose mines are given."""
    clues = [
        Clue(near[place] & ~shown, (near[place] & mines).bit_count()) for place in bits(shown) if near[place] & ~shown
    ]
    found = knowledge((1 << len(near)) - 1 & ~shown, clues, mines.bit_count())
    assert found is not None, "the given mines are a placement"
    return found


def openings(near: tuple[int, ...], known: Knowledge, shown: int) -> int:
    """Return the cells that can be proved to open an area: safe, and all hidden cells around them are safe as well."""
    return sum(1 << place for place in bits(known.safe) if not near[place] & ~shown & ~known.safe)


@lru_cache(maxsize=512)
def know(state: State) -> Knowledge:
    """Return what numbers, flags and mine total prove."""
    found = knowledge(state.mask(HIDDEN), state.clues(), state.mines - state.mask(FLAG).bit_count())
    assert found is not None, "a legal board has a placement of its mines"
    return found


def outcomes(state: State, place: int) -> list[str]:
    """Return what revealing a hidden cell without flag does in at least one placement, in terms of the options."""
    known, near = know(state), neighbours(state.rows, state.cols)[place]
    if known.mine >> place & 1:
        return ["mine"]
    flags = (near & state.mask(FLAG)).bit_count()
    numbers = [flags + more for more in bits(known.counts(1 << place, near & state.mask(HIDDEN)))]
    safe = ["blank" if number == 0 else f"number_{number}" for number in numbers]
    return safe if known.safe >> place & 1 else ["mine", *safe]


def conclusion(state: State, place: int) -> str | None:
    """Return the one thing that can be concluded about revealing a hidden cell without flag.

    None: the cell is safe, but its number differs between placements, so that nothing true can be said in one option.
    """
    known = know(state)
    if not (known.mine | known.safe) >> place & 1:
        return "undecidable"
    found = outcomes(state, place)
    return found[0] if len(found) == 1 else None


def look(state: State, place: int) -> str:
    """Return what any cell looks like."""
    value = state.board[place // state.cols][place % state.cols]
    return {HIDDEN: "hidden", FLAG: "flag", 0: "blank"}.get(value, "number")


def action(state: State, place: int) -> str:
    """Return the right action for any cell."""
    row, col = divmod(place, state.cols)
    value = state.board[row][col]
    if value == FLAG:
        return "done_flagged"
    if value != HIDDEN:
        open_near = neighbours(state.rows, state.cols)[place] & state.mask(HIDDEN)
        return "use_number" if value and open_near else "done_revealed"
    known = know(state)
    return "flag" if known.mine >> place & 1 else "reveal" if known.safe >> place & 1 else "wait"
