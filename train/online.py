"""Fresh questions while training: never one twice, and where the curriculum wants them.

TRL takes a `datasets.Dataset` and reads it in blocks: the prompts of one round of generation. `Online.dataset()` is a
data set of numbers; reading row k gives question k. Which question that is, is decided a block at a time:

* the cells (game, task, level) of block b follow from the seed and from the rewards of the blocks up to b - lag. The
  lag is needed because the trainer reads ahead: block b is read before b - 1 has been answered;
* in each cell the questions follow one another by index in the stream of the recipe's seed (split `train`). What was
  asked before in the task, by the hash of state and params, is passed over.

So the same seed and the same rewards give the same questions, in any number of training processes and whenever rewards
come in, and a run that was killed and goes on from a checkpoint asks what it would have asked. In every process of the
training

    online = Online(data, pace(data, config))
    trainer = GRPOTrainer(train_dataset=online.dataset(), …)
    online.note(number, values)             in the accuracy reward: its column `number`, and what each completion earned
    online.record(gather_object(online.noted()))                    at the end of each step, before a checkpoint
    online.state_dict(), online.load_state_dict(state)              with a checkpoint, and before going on from it

The next block is made by worker processes while the model is at work on the one before; a question takes some 4 ms.
"""

import math
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import msgspec

import gameqa
from gameqa.core.engine import REPEATS
from gameqa.core.errors import GameQAError, Unaskable, UsageError

from . import settings
from .curriculum import Alike, Cell, Chooser, Curriculum
from .data import Pictures, cells, facts, messages

if TYPE_CHECKING:
    import datasets

MARK = 12
"""Hex digits by which a question is remembered; of a million in one task two are mixed up in one run of 500."""


class Pace(NamedTuple):
    """How the trainer reads.

    Attributes:
        block: prompts of one round of generation, over all training processes.
        lag: blocks by which rewards are late: those of block b are known when block b + lag is first read.
        blocks: how many there are.
    """

    block: int
    lag: int
    blocks: int


def pace(data: settings.Data, config: Any) -> Pace:
    """Return how a GRPOTrainer with this GRPOConfig reads.

    One optimizer step reads `gradient_accumulation_steps` micro-batches at once, and one more ahead. One block lasts
    for `steps_per_generation * num_iterations` of them; after a resume it may be answered as late as in its last one.

    Raises:
        UsageError: the config does not go with questions made while training, or says not how many are needed.
    """
    if config.shuffle_dataset:
        raise UsageError("source: online needs shuffle_dataset: false, for its questions come in their order")
    if config.dataloader_num_workers:
        raise UsageError("source: online needs dataloader_num_workers: 0; data.workers is the number of its processes")
    block = config.generation_batch_size // config.num_generations
    lasts = config.steps_per_generation * config.num_iterations
    needed = math.ceil(config.max_steps * config.gradient_accumulation_steps / lasts) if config.max_steps > 0 else None
    if data.rows is None and needed is None:
        raise UsageError("source: online needs either data.rows or training.max_steps, to know when to end")
    blocks = needed if data.rows is None else data.rows // block
    if not blocks or (needed or 0) > blocks or (needed is None and config.num_train_epochs > 1):
        raise UsageError(
            f"rows={data.rows} gives {blocks} rounds of {block} questions, but {config.num_train_epochs:g} epochs or"
            f" {config.max_steps} steps ask for more; no question is asked twice, so leave rows away and set max_steps"
        )
    return Pace(block, math.ceil(config.gradient_accumulation_steps / lasts) + 1, blocks)


class _Made(NamedTuple):
    """A question that was made: its mark, the facts of its row, and its picture if one is wanted."""

    mark: str
    facts: dict[str, Any]
    png: bytes | None


class _Question(NamedTuple):
    """A question that is asked."""

    cell: Cell
    place: int
    """Its index in the stream of the cell."""
    made: _Made


class _State(msgspec.Struct, forbid_unknown_fields=True):
    """State of the questions. Cells go by their place in `cells`, blocks and questions by their number."""

    identity: dict[str, Any]
    cells: list[str]
    chooser: dict[str, Any]
    next: list[int]
    seen: dict[str, list[str]]
    asked: list[list[list[int]]]
    first: int
    folded: int
    rewards: dict[str, list[float]]


class Online:
    """Questions made while training; see the top of this module.

    Args:
        data: the section of the recipe.
        pace: how the trainer reads.

    Raises:
        UsageError: a game, task or level does not exist, or a number is out of range.
    """

    def __init__(self, data: settings.Data, pace: Pace) -> None:
        if data.seed < 0 or data.workers < 0:
            raise UsageError(f"seed and workers must be at least 0, not {data.seed} and {data.workers}")
        if min(pace) < 1:
            raise UsageError(f"source: online needs a block, a lag and a number of blocks of at least 1, not {pace}")
        self.data, self.pace = data, pace
        self.cells = cells(data)
        self.chooser: Chooser = (
            Curriculum(self.cells, data.curriculum, data.seed) if data.curriculum else Alike(self.cells, data.seed)
        )
        self._maker = _Maker(data)
        self._pictures = Pictures(data.max_pixels)
        self._owner = os.getpid()
        self._next = dict.fromkeys(self.cells, 0)
        self._seen: dict[str, dict[str, None]] = {_task(cell): {} for cell in self.cells}
        self._asked: list[list[_Question]] = []
        """The blocks from number `_first` on that may still be read."""
        self._first = 0
        self._drawn: list[Cell] = []
        """The cells of the block after these, when it is drawn but not settled."""
        self._folded = 0
        """Blocks whose rewards the chooser knows."""
        self._rewards: dict[int, list[float]] = {}
        """Rewards of questions of blocks that the chooser does not know yet."""
        self._noted: list[tuple[int, float | None]] = []

    def dataset(self) -> "datasets.Dataset":
        """Return what a trainer reads: row k is question k, with its number in the column `number`."""
        import datasets

        # Under the name of a column that trainers never drop.
        numbers = datasets.Dataset.from_dict({"prompt": [*range(self.pace.block * self.pace.blocks)]})
        return numbers.with_transform(_Rows(self))

    def rows(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the rows of questions.

        Raises:
            GameQAError: a block is asked for after later ones, rewards are missing that it depends on, all tasks have
                run dry, or a worker died.
        """
        if os.getpid() != self._owner:
            _refuse()
        found = [self._question(number) for number in numbers]
        self._draw_ahead()
        rows = [{**one.made.facts, "number": number} for one, number in zip(found, numbers, strict=True)]
        for row in rows:
            row["prompt"] = messages(row, self.data)
        if self.data.view == "picture":
            images = self._pictures([one.made.png or b"" for one in found])
            for row, image in zip(rows, images, strict=True):
                row["image"] = image
        return rows

    def note(self, numbers: Iterable[int], values: Iterable[float | None]) -> None:
        """Keep what completions of this process earned for accuracy: 1.0, 0.0, or None where it was not judged."""
        self._noted += [
            (number, None if value is None else float(value)) for number, value in zip(numbers, values, strict=True)
        ]

    def noted(self) -> list[tuple[int, float | None]]:
        """Return what was kept since the last call, to be gathered from all processes."""
        noted, self._noted = self._noted, []
        return noted

    def record(self, gathered: Iterable[tuple[int, float | None]]) -> None:
        """Take note of what completions of all training processes earned; to be called alike in each of them.

        All completions of a question come in one call; a question that comes again, as it may after a resume, is
        passed over.
        """
        if not self.chooser.learns:
            return
        fresh: dict[int, list[float]] = {}
        for number, value in gathered:
            if number not in self._rewards and number >= self._folded * self.pace.block:
                fresh.setdefault(number, []).extend([] if value is None else [value])
        self._rewards.update(fresh)
        self._draw_ahead()

    def state_dict(self) -> dict[str, Any]:
        """Return the state as plain JSON. It grows by 15 bytes with each question asked."""
        if self._drawn:
            self._settle()
        place = {cell: number for number, cell in enumerate(self.cells)}
        return msgspec.to_builtins(
            _State(
                identity=self._identity(),
                cells=[cell.name for cell in self.cells],
                chooser=self.chooser.state_dict(),
                next=[*self._next.values()],
                seen={task: [*marks] for task, marks in self._seen.items()},
                asked=[[[place[one.cell], one.place] for one in block] for block in self._asked],
                first=self._first,
                folded=self._folded,
                rewards={str(number): values for number, values in self._rewards.items()},
            )
        )

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state: the same questions follow as did there.

        Raises:
            UsageError: it is no state, or one of other data, another batch or another release.
        """
        try:
            found = msgspec.convert(state, _State)
        except msgspec.ValidationError as error:
            raise UsageError(f"the state of the questions cannot be read: {error}") from None
        ours = self._identity()
        differs = [name for name in ours if found.identity.get(name) != ours[name]]
        if found.cells != [cell.name for cell in self.cells]:
            differs.append("games, tasks or levels")
        if differs:
            raise UsageError(
                f"the state of the questions belongs to a run with another {' and another '.join(differs)}"
            )
        self.chooser.load_state_dict(found.chooser)
        self._next = dict(zip(self.cells, found.next, strict=True))
        self._seen = {task: dict.fromkeys(marks) for task, marks in found.seen.items()}
        asked = [[(self.cells[place], index) for place, index in block] for block in found.asked]
        for question in (one for block in asked for one in block):
            self._maker.order(*question)
        self._asked = [[_Question(*one, self._again(*one)) for one in block] for block in asked]
        self._first, self._folded, self._drawn = found.first, found.folded, []
        self._rewards = {int(number): values for number, values in found.rewards.items()}
        self._noted = []

    def close(self) -> None:
        """End the worker processes; questions asked for later start them anew."""
        self._maker.close()

    def _identity(self) -> dict[str, Any]:
        """Return what, besides the cells, decides the questions."""
        band = msgspec.to_builtins(self.data.curriculum)
        told = {"seed": self.data.seed, "curriculum": band, "block": self.pace.block, "lag": self.pace.lag}
        return {"release": gameqa.RELEASE, **told}

    def _question(self, number: int) -> _Question:
        block, place = divmod(number, self.pace.block)
        if block < self._first:
            raise GameQAError(f"question {number} was asked before and is gone; online questions are read in order")
        while block >= self._first + len(self._asked):
            if not self._drawn and not self._draw():
                late = self._first + len(self._asked) - self.pace.lag
                raise GameQAError(
                    f"the curriculum cannot choose block {late + self.pace.lag} of the questions: the rewards of block"
                    f" {late} were not recorded"
                )
            self._settle()
        # The trainer never reads back beyond what it may be at work on.
        if gone := max(0, block - self.pace.lag - self._first):
            self._first += gone
            del self._asked[:gone]
        return self._asked[block - self._first][place]

    def _draw_ahead(self) -> None:
        """Draw the block after those that are settled, when it can be, so that the workers make it in time."""
        if self._asked and not self._drawn and self._first + len(self._asked) < self.pace.blocks:
            self._draw()

    def _draw(self) -> bool:
        """Draw the cells of the next block and order its questions; return False when rewards are missing for it."""
        block = self._first + len(self._asked)
        if self.chooser.learns:
            while self._folded <= block - self.pace.lag:
                if not self._fold():
                    return False
        start = block * self.pace.block
        self._drawn = [self.chooser.draw(number) for number in range(start, start + self.pace.block)]
        ahead: Counter[Cell] = Counter()
        for cell in self._drawn:
            self._maker.order(cell, self._next[cell] + ahead[cell])
            ahead[cell] += 1
        return True

    def _fold(self) -> bool:
        """Tell the chooser the rewards of the first block it does not know; return False when some are missing."""
        start = self._folded * self.pace.block
        numbers = range(start, start + self.pace.block)
        if not all(number in self._rewards for number in numbers):
            return False
        for number, one in zip(numbers, self._asked[self._folded - self._first], strict=True):
            self.chooser.record(one.cell, self._rewards.pop(number))
        self._folded += 1
        return True

    def _settle(self) -> None:
        """Give each place of the block that is drawn its question."""
        start = (self._first + len(self._asked)) * self.pace.block
        block: list[_Question] = []
        for number, cell in enumerate(self._drawn, start):
            while (question := self._fresh(cell)) is None:
                self.chooser.drop(cell)
                cell = self.chooser.draw(number)
            block.append(question)
        self._asked.append(block)
        self._drawn = []

    def _fresh(self, cell: Cell) -> _Question | None:
        """Return the next question of a cell that was not asked before, None when there seems to be none."""
        seen = self._seen[_task(cell)]
        for _ in range(REPEATS + len(seen)):
            index = self._next[cell]
            self._next[cell] += 1
            made = self._maker.take(cell, index)
            if made is not None and made.mark not in seen:
                seen[made.mark] = None
                return _Question(cell, index, made)
        return None

    def _again(self, cell: Cell, index: int) -> _Made:
        made = self._maker.take(cell, index)
        if made is None:
            raise UsageError(f"the state of the questions names {cell.name}, {index}, which does not exist")
        return made


class _Maker:
    """Makes questions, in worker processes if there are any; they start with the first order."""

    def __init__(self, data: settings.Data) -> None:
        self.data = data
        self._pool: ProcessPoolExecutor | None = None
        self._orders: dict[tuple[Cell, int], Future[_Made | None]] = {}

    def order(self, cell: Cell, index: int) -> None:
        """Have a question made ahead."""
        if not self.data.workers or (cell, index) in self._orders:
            return
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.data.workers, get_context("spawn"), _begin)
        try:
            self._orders[cell, index] = self._pool.submit(_make, cell, index, self.data.seed, self._pictured)
        except BrokenProcessPool as error:
            raise _died() from error

    def take(self, cell: Cell, index: int) -> _Made | None:
        """Return a question, made ahead or now; None when no board carries it."""
        self.order(cell, index)
        if not self.data.workers:
            return _make(cell, index, self.data.seed, self._pictured)
        try:
            return self._orders.pop((cell, index)).result()
        except BrokenProcessPool as error:
            raise _died() from error

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None
        self._orders = {}

    @property
    def _pictured(self) -> bool:
        return self.data.view == "picture"


def _died() -> GameQAError:
    return GameQAError(
        "a process that makes questions died, perhaps for want of memory; go on from the last checkpoint, with fewer"
        " data.workers"
    )


def _make(cell: Cell, index: int, seed: int, pictured: bool) -> _Made | None:
    try:
        sample = gameqa.sample(*cell, seed=seed, index=index)
    except Unaskable:
        return None
    return _Made(sample.question_hash()[:MARK], facts(sample.row(image=False)), sample.png() if pictured else None)


def _begin() -> None:
    """Make a worker deaf to Ctrl-C, which is its parent's to handle, and let it end with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Rows:
    """The transform of the data set. Copies of the data set share the questions; other processes cannot have them."""

    def __init__(self, online: Online) -> None:
        self.online = online

    def __call__(self, batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        rows = self.online.rows(batch["prompt"])
        return {name: [row[name] for row in rows] for name in rows[0]}

    def __deepcopy__(self, memo: Any) -> "_Rows":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _refuse, ()


def _refuse() -> NoReturn:
    raise GameQAError("source: online needs dataloader_num_workers: 0; data.workers is the number of its processes")


def _task(cell: Cell) -> str:
    return f"{cell.game}/{cell.task}"
