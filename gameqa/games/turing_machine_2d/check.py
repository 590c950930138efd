"""The 2D Turing machine a second time, without a board that changes.

The symbol under the head is looked up in the record of all writes: the latest one into that cell, else what was there
from the start. Worked solutions are checked sentence by sentence against those that this run gives.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from gameqa.core.audit import Checks, as_solved

from .state import BRACKETS, COLORS, State

_Cell = tuple[int, int]

_MOVES: list[tuple[str, _Cell]] = [("up", (-1, 0)), ("right", (0, 1)), ("down", (1, 0)), ("left", (0, -1))]
"""Directions by their numbers in the JSON."""


class _Moment(NamedTuple):
    """What is so when some steps are done; the last three values are what the next step does."""

    cell: _Cell
    state: int
    symbol: int
    written: int | None
    write: int
    side: str
    new_state: int

    @property
    def source(self) -> str:
        """Where the symbol comes from."""
        if self.written is None:
            return f"{COLORS[self.symbol]}, there from the start"
        return f"written in step {self.written}"


def _run(state: State, steps: int) -> list[_Moment]:
    """Return the moments before the first step and after each one; ValueError when the head leaves the board."""
    data = state.to_json()
    rules = {(rule["state"], rule["symbol"]): rule for rule in data["rules"]}
    cell, at = (data["head"]["y"], data["head"]["x"]), data["head"]["state"]
    moments: list[_Moment] = []
    for step in range(steps + 1):
        if not (0 <= cell[0] < len(data["grid"]) and 0 <= cell[1] < len(data["grid"][0])):
            raise ValueError(f"the head leaves the board in step {step}")
        written = max((number for number, one in enumerate(moments, 1) if one.cell == cell), default=None)
        symbol = data["grid"][cell[0]][cell[1]] if written is None else moments[written - 1].write
        rule = rules[at, symbol]
        side, (down, right) = _MOVES[rule["direction"]]
        moments.append(_Moment(cell, at, symbol, written, rule["new_symbol"], side, rule["new_state"]))
        cell, at = (cell[0] + down, cell[1] + right), rule["new_state"]
    return moments


def _positions(state: State, params: Mapping[str, Any]) -> list[Any]:
    end = _run(state, params["steps"])[-1]
    return [option for option in params["options"] if tuple(option) == end.cell]


def _pairs(state: State, params: Mapping[str, Any]) -> list[Any]:
    end = _run(state, params["steps"])[-1]
    return [option for option in params["options"] if (option["state"], option["symbol"]) == (end.state, end.symbol)]


def _writes(state: State, params: Mapping[str, Any]) -> list[list[int]]:
    """Return the step and the symbol of every write into the cell."""
    moments = _run(state, params["steps"])[:-1]
    return [[step, one.write] for step, one in enumerate(moments, 1) if list(one.cell) == params["cell"]]


def _start(state: State, params: Mapping[str, Any]) -> int:
    """Return the symbol that the cell holds before the first step."""
    row, column = params["cell"]
    return state.to_json()["grid"][row][column]


def _records(state: State, params: Mapping[str, Any]) -> list[Any]:
    right = {"start": _start(state, params), "writes": _writes(state, params)}
    return [option for option in params["options"] if option == right]


def _entries(state: State, params: Mapping[str, Any]) -> list[int]:
    """Return the options after which the head is in the state while it is not after any earlier step."""
    states = [one.state for one in _run(state, max(params["options"]))]
    target = params["target_state"]
    return [t for t in params["options"] if states[t] == target and target not in states[1:t]]


def _opening(state: State) -> str:
    start = _run(state, 0)[0]
    return f"Before step 1 the head stands on {start.cell} in state {start.state}."


def _bracketed(moment: _Moment) -> str:
    opened, closed = BRACKETS[moment.state]
    return f"{opened}{moment.symbol}{closed}"


def _step_sentences(moments: Sequence[_Moment]) -> list[str]:
    """Return a sentence for each step between moments, without its full stop."""
    return [
        f"Step {step}: the head on {now.cell} is in state {now.state} and reads symbol {now.symbol} ({now.source}): "
        f"{_bracketed(now)}. Rule: State {now.state}, Symbol {now.symbol} -> Write {now.write}, Move {now.side}, New "
        f"State {now.new_state}. So it writes {now.write}{' again' if now.write == now.symbol else ''} on {now.cell}, "
        f"moves {now.side} to {then.cell} and is in state {then.state}"
        for step, (now, then) in enumerate(pairwise(moments), 1)
    ]


def _position_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    moments = _run(state, params["steps"])
    told = [f"{sentence}." for sentence in _step_sentences(moments)]
    return [_opening(state), *told, f"After {params['steps']} steps the head stands on {moments[-1].cell}."]


def _pair_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    *told, ending = _position_solution(state, params)
    end = _run(state, params["steps"])[-1]
    there = f"The symbol there is {end.symbol} ({end.source}). In brackets: {_bracketed(end)}."
    return [*told, f"{ending[:-1]} in state {end.state}. {there}"]


def _record_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    cell, start = tuple(params["cell"]), _start(state, params)
    moments = _run(state, params["steps"])
    told = [f"{_opening(state)} The cell {cell} holds symbol {start} ({COLORS[start]})."]
    for now, sentence in zip(moments, _step_sentences(moments), strict=False):
        told.append(f"{sentence}.{' This writes the asked cell.' if now.cell == cell else ''}")
    writes = _writes(state, params)
    *most, last = [f"step {step} writes {symbol}" for step, symbol in writes]
    listed = f"{', '.join(most)} and {last}" if most else last
    record = "".join(f"->{symbol}(at step {step})" for step, symbol in writes)
    ends = "The head ends on the asked cell, but that writes nothing. " if moments[-1].cell == cell else ""
    return [*told, f"{ends}Writes into {cell}: {listed}. The record is {start}{record}."]


def _entry_solution(state: State, params: Mapping[str, Any]) -> list[str]:
    target, (first, *_) = params["target_state"], _entries(state, params)
    *before, last = _step_sentences(_run(state, first))
    return [
        _opening(state),
        *(f"{sentence}, which is not state {target}." for sentence in before),
        f"{last}, which is the state asked for.",
        f"The head first enters state {target} after {first} step{'' if first == 1 else 's'}.",
    ]


CHECKS = Checks[State](
    answers={
        "head_position": _positions,
        "head_state_symbol": _pairs,
        "symbol_history": _records,
        "first_state_entry": lambda state, params: list(_entries(state, params)),
    },
    steps={
        "head_position": as_solved(_position_solution),
        "head_state_symbol": as_solved(_pair_solution),
        "symbol_history": as_solved(_record_solution),
        "first_state_entry": as_solved(_entry_solution),
    },
)
