"""A second way to every answer of Klondike: each move is tried card by card, its effect is read off the table after it.

Worked solutions are compared with sentences that are put together here from the same trials.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, unlike
from gameqa.core.game import Json
from gameqa.core.words import listed

from .state import RANKS, SIGNS, SUITS, Card, State, name

Params = Mapping[str, Any]


class Trial(NamedTuple):
    """What became of a move: the cards it carries, () when it is not legal, and what it does."""

    carried: tuple[Card, ...]
    turns: bool = False
    empties: bool = False
    fills: bool = False
    founds: bool = False

    @property
    def effective(self) -> bool:
        """Whether the move is legal and effective."""
        return self.founds or self.turns or (self.empties and not self.fills)


def _parts(card: Card) -> tuple[str, int, bool]:
    """Return suit, rank and whether a card is red."""
    suit, rank = card.split()
    return suit, int(rank), suit in ("heart", "diamond")


def _fits(card: Card, run: Sequence[Card]) -> bool:
    """Return whether a card may be laid on the face-up cards of a Tab."""
    if not run:
        return _parts(card)[1] == 13
    (_, rank, red), (_, below, below_red) = _parts(card), _parts(run[-1])
    return rank == below - 1 and red != below_red


def _founds(card: Card, foundation: Sequence[Card]) -> bool:
    """Return whether a card may be put on a foundation."""
    suit, rank, _ = _parts(card)
    return rank == len(foundation) + 1 and all(_parts(other)[0] == suit for other in foundation)


def _try(state: State, move: str) -> Trial:
    """Try a move like `Tab3 to Foundation 2`."""
    source, target = move.split(" to ")
    number = int(target[-1]) - 1
    tab = None if source == "Waste" else int(source[-1]) - 1
    run = state.dump[-1:] if tab is None else state.runs[tab]
    if target.startswith("Foundation"):
        legal = bool(run) and _founds(run[-1], state.piles[number])
        return Trial(run[-1:] if legal else (), founds=legal)
    found = [run[start:] for start in range(len(run)) if _fits(run[start], state.runs[number])]
    if not found or tab == number:
        return Trial(())
    (carried,) = found
    if tab is None:
        return Trial(carried)
    gone = carried == run
    hidden = state.hidden[tab]
    return Trial(carried, gone and hidden > 0, gone and not hidden, not state.runs[number])


def _tab_moves(state: State) -> dict[str, Trial]:
    """Return all legal Tab to Tab moves."""
    moves = [f"Tab{i} to Tab{j}" for i in range(1, 8) for j in range(1, 8)]
    return {move: trial for move in moves if (trial := _try(state, move)).carried}


def _foundation_moves(state: State) -> list[tuple[Card, int]]:
    """Return the cards that can go to a foundation, with its number."""
    sources = [*(f"Tab{tab}" for tab in range(1, 8)), "Waste"]
    return [
        (trial.carried[0], number)
        for source in sources
        for number in range(1, 5)
        if (trial := _try(state, f"{source} to Foundation {number}")).carried
    ]


def _facts(state: State) -> dict[str, bool]:
    return {
        "stock_and_waste_empty": state.draw == 0 and not state.dump,
        "foundation_move": bool(_foundation_moves(state)),
        "tableau_move": any(trial.effective for trial in _tab_moves(state).values()),
    }


def _valid_move(state: State, params: Params) -> list[Json]:
    return [move for move in params["options"] if move != "none" and _try(state, move).carried] or ["none"]


def _effective_move(state: State, params: Params) -> list[Json]:
    return [move for move in params["options"] if move != "none" and _try(state, move).effective] or ["none"]


def _deadlock(state: State, params: Params) -> list[Json]:
    facts = _facts(state)
    return [option for option in params["options"] if option == facts]


def _sign(card: Card) -> str:
    suit, rank, _ = _parts(card)
    return RANKS[rank - 1] + SIGNS[suit]


def _signs(cards: Sequence[Card]) -> str:
    return " ".join(map(_sign, cards)) or "empty"


def _takes(state: State, place: str) -> str:
    """Return what a foundation or a Tab takes, in words."""
    number = int(place[-1]) - 1
    if not place.startswith("Tab"):
        pile = state.piles[number]
        if not pile:
            return f"{place} is empty and takes any ace"
        suit, rank, _ = _parts(pile[-1])
        return f"{place} shows the {name(pile[-1])} and takes only the {name(f'{suit} {rank + 1}')}"
    run = state.runs[number]
    if not run:
        return f"{place} is empty and takes only a king"
    shown = f"the open card of {place} is the {name(run[-1])}"
    _, rank, red = _parts(run[-1])
    if rank == 1:
        return f"{shown}, on which no card can be laid"
    return f"{shown} and takes only a {'black' if red else 'red'} {RANKS[rank - 2]}"


def _foundations(state: State) -> str:
    return "; ".join(_takes(state, f"F{number}") for number in range(1, 5)) + "."


def _offers(state: State, move: str) -> str:
    """Return what the source of a move has for its target, in words."""
    source, target = move.split(" to ")
    if source == "Waste":
        return f"the top waste card is the {name(state.dump[-1])}"
    run = state.runs[int(source[-1]) - 1]
    if target.startswith("Foundation"):
        return f"the open card of {source} is the {name(run[-1])}"
    if len(run) == 1:
        return f"the only face-up card of {source} is the {name(run[0])}"
    carried = _try(state, move).carried
    if not carried:
        return f"none of the face-up cards of {source}, {_signs(run)}, is one"
    above = len(carried) - 1
    more = f" and moves with the {above} card{'s' * (above > 1)} on it" if above else ""
    return f"of the face-up cards of {source}, {_signs(run)}, the {name(carried[0])} fits{more}"


def _verdict(state: State, move: str, effect: bool) -> str:
    """Return the sentences on an option that is a move."""
    source, target = move.split(" to ")
    trial = _try(state, move)
    takes = _takes(state, target)
    if not takes.endswith("can be laid"):
        takes += f"; {_offers(state, move)}"
    takes += f", so the move is{'' if trial.carried else ' not'} legal."
    if not effect or not trial.carried:
        return takes
    if trial.founds:
        return f"{takes} It puts a card on a foundation, so it is effective."
    if source == "Waste":
        return f"{takes} A move from the waste to a Tab is not effective."
    if trial.turns:
        return f"{takes} It moves all face-up cards of {source} and turns over a face-down card, so it is effective."
    if trial.empties and trial.fills:
        return f"{takes} It empties {source} but fills the empty {target} and turns nothing over: not effective."
    if trial.empties:
        return f"{takes} It empties {source} and fills no empty pile, so it is effective."
    return f"{takes} It moves only a part of the face-up run of {source} and turns nothing over: not effective."


def _ordered(text: str) -> str:
    """Return a text with its Tab to Tab moves in order: in which order they are listed does not matter."""
    moves = iter(sorted(re.findall(r"Tab\d to Tab\d", text)))
    return re.sub(r"Tab\d to Tab\d", lambda _: next(moves), text)


def _move_steps(state: State, params: Params, steps: Sequence[str], effect: bool) -> list[str]:
    runs = "; ".join(f"Tab{number} {_signs(run)}" for number, run in enumerate(state.runs, 1))
    waste = f"shows the {name(state.dump[-1])}" if state.dump else "is empty"
    moves = [move for move in params["options"] if move != "none"]
    some = any(_try(state, move).effective if effect else _try(state, move).carried for move in moves)
    none = {
        (False, False): "no listed move is legal.",
        (False, True): "one of the listed moves is legal.",
        (True, False): "no listed move is legal and effective.",
        (True, True): "one listed move is legal and effective.",
    }[effect, some]
    expected = [
        f"The face-up cards of the tableau, the open card last: {runs}.",
        f"The waste {waste}. {_foundations(state)}",
    ]
    for letter, move in zip("ABCDEFGH", params["options"], strict=True):
        if move == "none":
            expected.append(f"Option {letter}, none of the listed moves: {none}")
        else:
            expected.append(f"Option {letter}, {move}: {_verdict(state, move, effect)}")
    return unlike(steps, expected)


def _pile_step(state: State, tab: int) -> str:
    """Return the sentences on the whole face-up run of a Tab."""
    run, hidden = state.runs[tab], state.hidden[tab]
    _, rank, red = _parts(run[0])
    if rank == 13:
        needs = "an empty Tab"
    else:
        suits = [suit for suit in SUITS if (suit in ("heart", "diamond")) != red]
        needs = " or ".join(_sign(f"{suit} {rank + 1}") for suit in suits) + " as an open card"
    covered = f"{hidden or 'no'} face-down card{'s' * (hidden > 1)}"
    begin = f"Tab{tab + 1}: {covered}, then the run {_signs(run)}. The {name(run[0])} needs {needs}"
    targets = [number for number in range(7) if number != tab and _fits(run[0], state.runs[number])]
    if not targets:
        return f"{begin}; there is none."
    trial = _try(state, f"Tab{tab + 1} to Tab{targets[0] + 1}")
    if trial.turns:
        effect = "The move turns over a face-down card."
    elif trial.effective:
        effect = "The move empties the pile."
    else:
        effect = "But moving a whole pile to an empty place does not count."
    return f"{begin}: {listed([f'Tab{number + 1}' for number in targets], 'or')}. {effect}"


def _deadlock_steps(state: State, _: Params, steps: Sequence[str]) -> list[str]:
    facts, moves = _facts(state), _tab_moves(state)
    stock = "holds face-down cards" if state.draw else "is empty"
    waste = f"shows the {name(state.dump[-1])}" if state.dump else "is empty"
    both = "both empty" if facts["stock_and_waste_empty"] else "not both empty"
    opens = [f"{_sign(run[-1])} in Tab{number}" for number, run in enumerate(state.runs, 1) if run]
    could = opens + [f"{_sign(card)} on the waste" for card in state.dump[-1:]]
    empty = [f"Tab{number}" for number, run in enumerate(state.runs, 1) if not run]
    gaps = f"; {listed(empty)} {'are' if len(empty) > 1 else 'is'} empty" if empty else ""
    can = listed([f"the {name(card)} to Foundation {number}" for card, number in _foundation_moves(state)], empty="")
    can = f"These can go to a foundation: {can}." if can else "None of them can go to a foundation."
    useful = [move for move, trial in moves.items() if trial.effective]
    kind = f"Moves of the kind asked for in (c): {listed(useful)}."
    if moves and not useful:
        kind += f" ({listed(list(moves))} would be legal, but without such an effect.)"
    reasons = [
        *["stock and waste are not both empty"] * (not facts["stock_and_waste_empty"]),
        *["a card can go to a foundation"] * facts["foundation_move"],
        *["a Tab to Tab move turns over a card or empties a pile"] * facts["tableau_move"],
    ]
    end = "Stock and waste are empty and there is neither kind of move: the game is deadlocked."
    if reasons:
        end = f"The game is not deadlocked, for {listed(reasons)}."
    expected = [
        f"(a) The stock {stock} and the waste {waste}, so they are {both}.",
        f"(b) {_foundations(state)}",
        f"The cards that could go there are {listed(could)}. {can}",
        "(c) Only a move of a pile's whole face-up run can turn over a card or empty the pile."
        f" The open cards are {listed(opens)}{gaps}.",
        *[_pile_step(state, tab) for tab in range(7) if state.runs[tab]],
        kind,
        end,
    ]
    return unlike([_ordered(step) if step.startswith("Moves") else step for step in steps], expected)


CHECKS = Checks(
    answers={"valid_move": _valid_move, "deadlock": _deadlock, "effective_move": _effective_move},
    steps={
        "valid_move": lambda state, params, steps: _move_steps(state, params, steps, effect=False),
        "deadlock": _deadlock_steps,
        "effective_move": lambda state, params, steps: _move_steps(state, params, steps, effect=True),
    },
)
