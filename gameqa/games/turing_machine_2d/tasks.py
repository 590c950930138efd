"""The four questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, QAType, Solution, Task, course
from gameqa.core.grids import DIRECTIONS, OPPOSITE, Cell, Direction, manhattan
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, counted, listed

from .generate import ENTRY_STEPS, TuringMachine2dParams, cells_to_ask
from .rules import Step, boards, can_end, play, record, run, symbol_at, write_steps
from .state import BRACKETS, COLORS, Rule, State

Index = Annotated[int, Meta(ge=0)]
StepNumber = Annotated[int, Meta(ge=1)]
Writes = list[tuple[int, int]]

WRITTEN_SHARE = 0.47
"""How often the head ends on a cell that was written before."""
SAME_STATE_SHARE = 0.38
"""How often, at most, the last state is the first one."""
THREE_STEPS_SHARE = 0.85
"""How often, given 5 steps or more, the asked cell could be written in three steps or more, not in two."""


class StepParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about the position after some steps."""

    steps: StepNumber


class HistoryParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `symbol_history`."""

    steps: StepNumber
    cell: tuple[Index, Index]


class EntryParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `first_state_entry`."""

    target_state: Index


class Reading(msgspec.Struct, forbid_unknown_fields=True):
    """An option of `head_state_symbol`."""

    state: Index
    symbol: Index


class Record(msgspec.Struct, forbid_unknown_fields=True):
    """An option of `symbol_history`: the symbol at the start and every write as (step, symbol)."""

    start: Index
    writes: Annotated[list[tuple[StepNumber, Index]], Meta(min_length=1)]


class MachineTask(Task[State, TuringMachine2dParams]):
    """A question about the machine's run."""

    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    kind = AnswerKind.CHOICE

    def plan(self, level: TuringMachine2dParams, rng: Random) -> TuringMachine2dParams:
        return level.narrowed(rng)

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        symbols = ", ".join(f"{symbol} = {color}" for symbol, color in enumerate(COLORS[: state.symbols]))
        brackets = ", ".join(f"state {number}: {_bracketed(number, 'k')}" for number in range(state.states))
        rules = [
            _rule_text(number, symbol, rule)
            for number, row in enumerate(state.rules)
            for symbol, rule in enumerate(row)
        ]
        return "\n".join(
            [
                f"The symbols and their colours: {symbols}.",
                f"A head that stands on symbol k is written in the brackets of its state: {brackets}.",
                "The rules of this machine:",
                *rules,
                "",
                self.asked(params),
            ]
        )

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return course(state, (("step", after) for after in boards(state, run(state, self.length(state, params)))))

    def length(self, state: State, params: Mapping[str, Any]) -> int:
        """Return how many steps the question is about."""
        return params["steps"]

    def asked(self, params: Mapping[str, Any]) -> str:
        """Return the question that follows the rules of the machine."""
        raise NotImplementedError


class HeadPosition(MachineTask):
    """Task 0."""

    id, slug = 0, "head_position"
    about = "Predict the head position after a given number of steps."
    params_type = StepParams
    option_type = tuple[Index, Index]

    def ask(self, state: State, plan: TuringMachine2dParams, rng: Random) -> dict[str, Any]:
        return {"steps": plan.steps[1]}

    def asked(self, params: Mapping[str, Any]) -> str:
        return f"On which cell does the head stand after {params['steps']} steps?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = run(state, params["steps"])
        end = played[-1].to
        steps = [_start(state), *(f"{_narrate(step)}." for step in played)]
        steps.append(f"After {counted(len(played), 'step')} the head stands on {cell_text(end)}.")
        return Solution(end, steps, work=float(len(played)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Yield five cells where the head could stand by parity and distance, as far as they exist, and two others.

        Mistakes end around the right cell, so the rest crowds around a random cell: the middle of all tells nothing.
        """
        steps, end = params["steps"], (right[0], right[1])
        board = shuffled([(row, column) for row in range(state.rows) for column in range(state.columns)], rng)
        possible = [cell for cell in board if cell != end and can_end(state, cell, steps)]
        pivot = rng.choice(possible)
        tempting = [cell for cell in _wrong_ends(state, steps, rng) if cell in possible]
        likely = list(dict.fromkeys([*tempting, *sorted(possible, key=lambda cell: manhattan(cell, pivot))]))[:5]
        yield from likely
        # A cell one step off stands beside the right one; decoys that do not make up for it.
        one_off = rng.choice([run(state, steps)[-1].cell, run(state, steps + 1)[-1].to])
        impossible = [cell for cell in board if cell not in possible and cell != end]
        apart = [cell for cell in impossible if manhattan(cell, end) > 1][:2]
        others = shuffled([one_off, state.head, (end[1], end[0]), *apart], rng)
        yield from [cell for cell in others if cell in board][:2]
        yield from [*impossible, *possible]


class HeadStateSymbol(MachineTask):
    """Task 1."""

    id, slug = 1, "head_state_symbol"
    about = "Predict the head state and the symbol under the head after a given number of steps."
    params_type = StepParams
    option_type = Reading

    def plan(self, level: TuringMachine2dParams, rng: Random) -> TuringMachine2dParams:
        plan = level.narrowed(rng)
        return msgspec.structs.replace(
            plan,
            ends_on_written=rng.random() < WRITTEN_SHARE,
            ends_in_first_state=rng.random() < min(SAME_STATE_SHARE, 1 / plan.states[0]),
        )

    def ask(self, state: State, plan: TuringMachine2dParams, rng: Random) -> dict[str, Any]:
        return {"steps": plan.steps[1]}

    def asked(self, params: Mapping[str, Any]) -> str:
        return (
            f"In which state is the head after {params['steps']} steps, and which symbol is then in the cell it stands "
            "on (before anything of the next step happens)? The options are in brackets."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        played = run(state, params["steps"])
        last = played[-1]
        symbol, source = symbol_at(state, played, last.to)
        steps = [
            _start(state),
            *(f"{_narrate(step)}." for step in played),
            f"After {counted(len(played), 'step')} the head stands on {cell_text(last.to)} in state "
            f"{last.rule.state}. The symbol there is {_symbol(symbol, source)}. In brackets: "
            f"{_bracketed(last.rule.state, symbol)}.",
        ]
        return Solution({"state": last.rule.state, "symbol": symbol}, steps, work=float(len(played)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Yield a full product of states and symbols, so that no pair stands out; of nine pairs one is left out."""
        count, last = state.states * state.symbols, run(state, params["steps"])[-1]
        states, symbols = list(range(state.states)), list(range(state.symbols))
        if count > 9 or (count > 8 and state.states != state.symbols):
            original = state.grid[last.to[0]][last.to[1]]
            tempting = shuffled([last.symbol, original, last.rule.write], rng)
            few_states = state.symbols > 3 and (state.states < 4 or rng.random() < 0.5)
            states = _few(right["state"], [last.state], states, 2 if few_states else 4, rng)
            symbols = _few(right["symbol"], tempting, symbols, 4 if few_states else 2, rng)
        pairs = [{"state": number, "symbol": symbol} for number in states for symbol in symbols]
        yield from shuffled([pair for pair in pairs if pair != right], rng)

    def options_wanted(self, state: State, params: Mapping[str, Any]) -> int:
        return min(self.option_count, state.states * state.symbols)

    def option_text(self, state: State, value: Any) -> str:
        return _bracketed(value["state"], value["symbol"])


class SymbolHistory(MachineTask):
    """Task 2."""

    id, slug = 2, "symbol_history"
    about = "Describe how the symbol at a given position changes over the steps."
    params_type = HistoryParams
    option_type = Record

    def plan(self, level: TuringMachine2dParams, rng: Random) -> TuringMachine2dParams:
        """Draw the number of writes as it is spread over the options: no number is right more often than it is shown.

        Two possible write steps: the options hold one write twice, two writes six times. Three or more: one write
        twice, two writes four times, three writes twice.
        """
        plan = level.narrowed(rng, least_steps=4)
        if plan.steps[1] >= 5 and rng.random() < THREE_STEPS_SHARE:
            return msgspec.structs.replace(plan, write_steps=3, writes=rng.choice((1, 2, 2, 3)))
        return msgspec.structs.replace(plan, write_steps=2, writes=rng.choice((1, 2, 2, 2)))

    def ask(self, state: State, plan: TuringMachine2dParams, rng: Random) -> dict[str, Any]:
        steps = plan.steps[1]
        written = [step.cell for step in run(state, steps)]
        return {"steps": steps, "cell": rng.choice(cells_to_ask(written, plan.writes or 1, plan.write_steps))}

    def asked(self, params: Mapping[str, Any]) -> str:
        return (
            f"What is the record of the cell {cell_text(params['cell'])} within the first {params['steps']} steps? The "
            "record is the cell's symbol before step 1, then every write into the cell with the number of the step "
            "that does it, also a write of the same symbol as before. A step writes the cell on which the head "
            "stands before it moves; the cell that the last step leads to is not written by that. For example, "
            "2->2(at step 21)->0(at step 23) is the record of a cell that holds 2, is written 2 in step 21 and 0 in "
            "step 23."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cell: Cell = (params["cell"][0], params["cell"][1])
        played = run(state, params["steps"])
        start = state.grid[cell[0]][cell[1]]
        writes = record(played, cell)
        value = {"start": start, "writes": writes}
        steps = [f"{_start(state)} The cell {cell_text(cell)} holds symbol {start} ({COLORS[start]})."]
        steps += [f"{_narrate(step)}.{' This writes the asked cell.' if step.cell == cell else ''}" for step in played]
        ends = "The head ends on the asked cell, but that writes nothing. " if played[-1].to == cell else ""
        done = listed(f"step {number} writes {symbol}" for number, symbol in writes) if writes else "no step writes it"
        steps.append(f"{ends}Writes into {cell_text(cell)}: {done}. The record is {self.option_text(state, value)}.")
        return Solution(value, steps, work=float(len(played)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """Yield the other combinations of variants of two or three steps that could write the cell.

        One written step is written in every option, so that no record is empty; the start cell's is step 1, which
        everybody knows to write it.
        """
        cell: Cell = (params["cell"][0], params["cell"][1])
        possible = write_steps(state.head, cell, params["steps"])
        writes: dict[int, int | None] = dict(right["writes"])
        sure = 1 if cell == state.head else rng.choice(list(writes))
        free = shuffled([number for number in possible if number != sure], rng)
        free.sort(key=lambda number: number not in writes)
        slips = _slips(state, params["steps"], rng)

        def variants(number: int, count: int) -> list[int | None]:
            """Return the right symbol and the most tempting others, as many as asked for."""
            others: list[int | None] = [
                symbol for made in slips for step, symbol in record(made, cell) if step == number
            ]
            others += shuffled(range(state.symbols), rng)
            wrong = [symbol for symbol in dict.fromkeys(others) if symbol != writes.get(number)]
            return [writes[number], *wrong][:count] if number in writes else wrong[:count]

        choices: list[tuple[int, list[int | None]]] = [(sure, variants(sure, 2))]
        if len(possible) > 2:
            choices += [(number, [None, *variants(number, 1)]) for number in free[:2]]
        else:
            choices += [(free[0], [None, *variants(free[0], 3)])]
        numbers = [number for number, _ in choices]
        records = [
            sorted((writes | dict(zip(numbers, symbols, strict=True))).items())
            for symbols in product(*(symbols for _, symbols in choices))
        ]
        for combined in shuffled(records, rng):
            kept = [(number, symbol) for number, symbol in combined if symbol is not None]
            yield {"start": right["start"], "writes": kept}

    def option_text(self, state: State, value: Any) -> str:
        return "->".join([str(value["start"]), *(f"{symbol}(at step {step})" for step, symbol in value["writes"])])


class FirstStateEntry(MachineTask):
    """Task 3."""

    id, slug = 3, "first_state_entry"
    about = "Find after how many steps the head first enters a given state."
    params_type = EntryParams
    option_type = Annotated[int, Meta(ge=1, le=ENTRY_STEPS)]

    def plan(self, level: TuringMachine2dParams, rng: Random) -> TuringMachine2dParams:
        plan = level.narrowed(rng)
        steps = (ENTRY_STEPS, ENTRY_STEPS)
        return msgspec.structs.replace(plan, steps=steps, entry=rng.randint(*plan.entries))

    def ask(self, state: State, plan: TuringMachine2dParams, rng: Random) -> dict[str, Any]:
        return {"target_state": run(state, plan.entry or 1)[-1].rule.state}

    def asked(self, params: Mapping[str, Any]) -> str:
        return (
            f"After how many steps does the head first enter state {params['target_state']}? That is: what is the "
            f"smallest number t of at least 1 such that the head is in state {params['target_state']} after t steps?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        target, steps = params["target_state"], [_start(state)]
        for step in play(state, ENTRY_STEPS):
            if step.rule.state == target:
                steps.append(f"{_narrate(step)}, which is the state asked for.")
                steps.append(f"The head first enters state {target} after {counted(step.number, 'step')}.")
                return Solution(step.number, steps, work=float(step.number))
            steps.append(f"{_narrate(step)}, which is not state {target}.")
        raise ValueError(f"state {target} is not entered within {ENTRY_STEPS} steps")

    def length(self, state: State, params: Mapping[str, Any]) -> int:
        return self.solve(state, params).value

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        yield from range(1, ENTRY_STEPS + 1)


def _bracketed(state: int, symbol: object) -> str:
    opened, closed = BRACKETS[state]
    return f"{opened}{symbol}{closed}"


def _rule_text(state: int, symbol: int, rule: Rule) -> str:
    return f"State {state}, Symbol {symbol} -> Write {rule.write}, Move {rule.move}, New State {rule.state}"


def _symbol(symbol: int, source: int) -> str:
    """Return a symbol and where it comes from."""
    origin = f"written in step {source}" if source else f"{COLORS[symbol]}, there from the start"
    return f"{symbol} ({origin})"


def _start(state: State) -> str:
    return f"Before step 1 the head stands on {cell_text(state.head)} in state {state.head_state}."


def _narrate(step: Step) -> str:
    """Return one step in words, without a full stop."""
    rule = step.rule
    kept = " again" if rule.write == step.symbol else ""
    return (
        f"Step {step.number}: the head on {cell_text(step.cell)} is in state {step.state} and reads symbol "
        f"{_symbol(step.symbol, step.source)}: {_bracketed(step.state, step.symbol)}. Rule: "
        f"{_rule_text(step.state, step.symbol, rule)}. So it writes {rule.write}{kept} on {cell_text(step.cell)}, "
        f"moves {rule.move} to {cell_text(step.to)} and is in state {rule.state}"
    )


def _slips(state: State, steps: int, rng: Random) -> list[list[Step]]:
    """Return runs in which one rule is looked up wrongly, with a wrong state or a wrong symbol, in random order."""
    runs: list[list[Step]] = []
    for slip in range(1, steps + 1):
        by_state = rng.randrange(1, state.states) if rng.random() < 0.5 else 0
        by_symbol = 0 if by_state else rng.randrange(1, state.symbols)

        def look_up(step: int, now: int, read: int, slip: int = slip, on: Cell = (by_state, by_symbol)) -> Rule:
            wrong = on if step == slip else (0, 0)
            return state.rules[(now + wrong[0]) % state.states][(read + wrong[1]) % state.symbols]

        runs.append(play(state, steps, look_up))
    return shuffled(runs, rng)


def _wrong_ends(state: State, steps: int, rng: Random) -> list[Cell]:
    """Return the ends of typical mistakes: a wrong rule, forgotten writes, two sides swapped, two steps missed."""
    swapped: tuple[Direction, ...] = rng.choice((DIRECTIONS[:2], DIRECTIONS[2:]))

    def mirrored(step: int, now: int, read: int) -> Rule:
        rule = state.rules[now][read]
        return rule._replace(move=OPPOSITE[rule.move]) if rule.move in swapped else rule

    runs = [_slips(state, steps, rng)[0], play(state, steps, forgets=True), play(state, steps, mirrored)]
    ends = [played[-1].to for played in runs if len(played) == steps]
    return [*ends, run(state, steps)[-2].cell]


def _few(right: int, tempting: Sequence[int], everything: Sequence[int], count: int, rng: Random) -> list[int]:
    """Return `count` values: the right one, the tempting ones, then any."""
    return list(dict.fromkeys([right, *tempting, *shuffled(everything, rng)]))[:count]


TASKS = (HeadPosition(), HeadStateSymbol(), SymbolHistory(), FirstStateEntry())
