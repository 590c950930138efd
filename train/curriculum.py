"""Which game, task and level comes next while the model learns.

A group of completions teaches only when some of them are right and some are wrong, so questions are drawn where the
pass rate p is near a half. Each task stands at one of its levels, at first the lowest. A question is drawn

* with probability `revisit` from all tasks and levels alike, so that nothing is forgotten or written off,
* else from the levels at which the tasks stand, with weight E[p(1 - p)] under a Beta(1, 1) prior and the last `window`
  rewards: 1/6 for a task that was never asked, nearly 1/4 at a half, and little but never nothing where all is right
  or all is wrong.

Once the window of a task's level is full, the task moves up a level when more than `high` of it is right, and down when
less than `low` is; what is known of the level it reaches is forgotten, so that it is measured anew.

The weight is the learnability p(1 - p) of Rutherford et al. 2024 ("No Regrets") and Foster and Foerster 2025 ("Learning
to Reason at the Frontier of Learnability"), here with a prior; moving levels by success rate is the curriculum of
Reasoning Gym (Stojanovski et al. 2025); the share drawn at random is that of Teacher-Student Curriculum Learning
(Matiisen et al. 2017).
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from random import Random
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.game import Level

from . import settings

S = TypeVar("S")


class Cell(NamedTuple):
    """A game, a task of it, and a level: what questions are drawn from."""

    game: str
    task: str
    level: str

    @property
    def name(self) -> str:
        """The cell as the head of a `data_id`, for example `sokoban/min_moves/hard`."""
        return f"{self.game}/{self.task}/{self.level.lower()}"


class Standing(NamedTuple):
    """What is known of a cell.

    Attributes:
        cell: the cell.
        asked: questions whose rewards were recorded.
        pass_rate: mean of the rewards in the window; None when it is empty.
        here: whether the task stands at this level.
        dry: whether the cell has no fresh questions left.
    """

    cell: Cell
    asked: int
    pass_rate: float | None
    here: bool
    dry: bool


class Chooser(Protocol):
    """Decides the cell of each question."""

    @property
    def learns(self) -> bool:
        """Whether rewards change what is drawn."""
        ...

    def draw(self, number: int) -> Cell:
        """Return the cell of a question; decided by its number, the seed and the state so far."""
        ...

    def record(self, cell: Cell, rewards: Sequence[float]) -> None:
        """Take note of the rewards of one question's completions: 1.0 where it was answered rightly, else 0.0."""
        ...

    def drop(self, cell: Cell) -> None:
        """Draw the cell no more: it has no fresh questions left."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state; the same draws follow as did there."""
        ...


class _State(msgspec.Struct, forbid_unknown_fields=True):
    """State of a curriculum; all but `stands` by the name of the cell, and without cells that hold nothing."""

    stands: dict[str, str]
    windows: dict[str, list[float]]
    asked: dict[str, int]
    dry: list[str]


class Curriculum:
    """Keeps each task at the level where it teaches; see the top of this module.

    Args:
        cells: what may be drawn, each once.
        band: the recipe's section `curriculum`.
        seed: decides the draws, together with the rewards.

    Raises:
        UsageError: no cell, or a number of the section is out of range.
    """

    learns = True

    def __init__(self, cells: Iterable[Cell], band: settings.Curriculum, seed: int) -> None:
        self.cells = _checked(cells)
        if not 0 <= band.low < band.high <= 1:
            raise UsageError(f"curriculum needs 0 <= low < high <= 1, not low={band.low} and high={band.high}")
        if band.window < 1 or not 0 <= band.revisit <= 1:
            raise UsageError(
                f"curriculum needs a window of at least 1 and revisit from 0 to 1, not {band.window} and {band.revisit}"
            )
        self.band, self.seed = band, seed
        order = sorted(self.cells, key=lambda cell: (cell.game, cell.task, [*Level].index(Level(cell.level))))
        self._ladders = {task: [*steps] for task, steps in groupby(order, lambda cell: cell[:2])}
        self._stands = {task: ladder[0] for task, ladder in self._ladders.items()}
        self._windows = {cell: deque[float](maxlen=band.window) for cell in self.cells}
        self._asked = dict.fromkeys(self.cells, 0)
        self._dry: set[Cell] = set()

    def draw(self, number: int) -> Cell:
        """Return the cell of a question; decided by its number, the seed and the state so far.

        Raises:
            GameQAError: every cell has run dry.
        """
        rng = Random(f"{self.seed}/{number}")
        left = _left(self.cells, self._dry)
        if rng.random() < self.band.revisit:
            return rng.choice(left)
        standing = [cell for cell in self._stands.values() if cell not in self._dry]
        return rng.choices(standing, [*map(self.weight, standing)])[0]

    def weight(self, cell: Cell) -> float:
        """Return the expected variance p(1 - p) of a reward in a cell, by its window."""
        right = sum(self._windows[cell])
        a, b = 1 + right, 1 + len(self._windows[cell]) - right
        return a * b / ((a + b) * (a + b + 1))

    def record(self, cell: Cell, rewards: Sequence[float]) -> None:
        """Take note of the rewards of one question's completions: 1.0 where it was answered rightly, else 0.0."""
        window = self._windows[cell]
        window.extend(rewards)
        self._asked[cell] += 1
        if self._stands[cell[:2]] == cell and len(window) == window.maxlen:
            rate = sum(window) / len(window)
            if rate > self.band.high:
                self._move(self._above(cell))
            elif rate < self.band.low:
                self._move(self._below(cell))

    def drop(self, cell: Cell) -> None:
        """Draw the cell no more: it has no fresh questions left. Its task moves up, or down when there is no up."""
        self._dry.add(cell)
        if self._stands[cell[:2]] == cell:
            self._move(self._above(cell) or self._below(cell))

    def _above(self, cell: Cell) -> list[Cell]:
        ladder = self._ladders[cell[:2]]
        return [step for step in ladder[ladder.index(cell) + 1 :] if step not in self._dry]

    def _below(self, cell: Cell) -> list[Cell]:
        ladder = self._ladders[cell[:2]]
        return [step for step in reversed(ladder[: ladder.index(cell)]) if step not in self._dry]

    def _move(self, steps: Sequence[Cell]) -> None:
        """Let a task stand at the nearest of the steps, if there is one."""
        if steps:
            self._stands[steps[0][:2]] = steps[0]
            self._windows[steps[0]].clear()

    def standings(self) -> list[Standing]:
        """Return what is known of each cell, for logs."""
        return [
            Standing(
                cell=cell,
                asked=self._asked[cell],
                pass_rate=sum(window) / len(window) if window else None,
                here=self._stands[cell[:2]] == cell,
                dry=cell in self._dry,
            )
            for cell, window in self._windows.items()
        ]

    def metrics(self) -> dict[str, float]:
        """Return for each level the share of tasks that stand there, and the pass rate over the windows, if any."""
        found: dict[str, float] = {}
        for level in Level:
            here = [one for one in self.standings() if one.cell.level == level]
            rates = [one.pass_rate for one in here if one.pass_rate is not None]
            if here:
                found[f"curriculum/standing/{level.value}"] = sum(one.here for one in here) / len(self._ladders)
            if rates:
                found[f"curriculum/pass_rate/{level.value}"] = sum(rates) / len(rates)
        return found

    def __str__(self) -> str:
        """One line for the log."""
        told = []
        for level in Level:
            here = [one for one in self.standings() if one.cell.level == level]
            rates = [one.pass_rate for one in here if one.pass_rate is not None]
            rate = f", {sum(rates) / len(rates):.0%} right" if rates else ""
            if here:
                told.append(f"{level.value}: {sum(one.here for one in here)} of {len(self._ladders)} tasks{rate}")
        return "; ".join(told)

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return msgspec.to_builtins(
            _State(
                stands={"/".join(task): cell.level for task, cell in self._stands.items()},
                windows={cell.name: [*window] for cell, window in self._windows.items() if window},
                asked={cell.name: count for cell, count in self._asked.items() if count},
                dry=sorted(cell.name for cell in self._dry),
            )
        )

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state; the same draws follow as did there.

        Raises:
            UsageError: it is no state of these games, tasks and levels.
        """
        found = _read(state, _State)
        named = {cell.name: cell for cell in self.cells}
        stands = {task: Cell(*task, found.stands.get("/".join(task), "")) for task in self._ladders}
        if len(found.stands) != len(stands) or not {*found.windows, *found.asked, *found.dry} <= named.keys():
            raise UsageError("the state of the curriculum belongs to other games, tasks or levels")
        if not all(cell in self._windows for cell in stands.values()):
            raise UsageError("the state of the curriculum belongs to other games, tasks or levels")
        self._stands = stands
        self._asked = {cell: found.asked.get(cell.name, 0) for cell in self.cells}
        self._dry = {named[name] for name in found.dry}
        for cell, window in self._windows.items():
            window.clear()
            window.extend(found.windows.get(cell.name, ()))


class Alike:
    """Draws all cells alike: each once in every round of as many questions as there are cells, in random order.

    Args:
        cells: what may be drawn, each once.
        seed: decides the order.

    Raises:
        UsageError: no cell.
    """

    learns = False

    def __init__(self, cells: Iterable[Cell], seed: int) -> None:
        self.cells, self.seed = _checked(cells), seed
        self._dry: set[Cell] = set()

    def draw(self, number: int) -> Cell:
        """Return the cell of a question; the next one in the round where that has run dry.

        Raises:
            GameQAError: every cell has run dry.
        """
        _left(self.cells, self._dry)
        turn, place = divmod(number, len(self.cells))
        order = [*self.cells]
        Random(f"{self.seed}/{turn}").shuffle(order)
        return next(cell for cell in order[place:] + order[:place] if cell not in self._dry)

    def record(self, cell: Cell, rewards: Sequence[float]) -> None:
        """Do nothing: rewards change no draw."""

    def drop(self, cell: Cell) -> None:
        """Draw the cell no more: it has no fresh questions left."""
        self._dry.add(cell)

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain JSON."""
        return {"dry": sorted(cell.name for cell in self._dry)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state.

        Raises:
            UsageError: it is no state of these games, tasks and levels.
        """
        named = {cell.name: cell for cell in self.cells}
        dry = _read(state, _Dry).dry
        if not named.keys() >= {*dry}:
            raise UsageError("the state of the questions belongs to other games, tasks or levels")
        self._dry = {named[name] for name in dry}


class _Dry(msgspec.Struct, forbid_unknown_fields=True):
    dry: list[str]


def _read(state: Mapping[str, Any], kind: type[S]) -> S:
    try:
        return msgspec.convert(state, kind)
    except msgspec.ValidationError as error:
        raise UsageError(f"the state of the questions cannot be read: {error}") from None


def _checked(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    found = tuple(dict.fromkeys(cells))
    if not found:
        raise UsageError("there is no game, task and level to draw questions from")
    return found


def _left(cells: Sequence[Cell], dry: set[Cell]) -> list[Cell]:
    left = [cell for cell in cells if cell not in dry]
    if not left:
        raise GameQAError(f"all {len(cells)} tasks and levels have run out of fresh questions; choose more of them")
    return left
