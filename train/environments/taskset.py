"""The questions as a taskset of `verifiers` (0.4 and later, the interface `verifiers.v1`).

`verifiers` finds a taskset by the name of an importable module without dots. `register` makes this one known as
`gameqa` in the running process; for its own commands, which start processes of their own, put a module of one line on
the path, for example `gameqa_tasks.py`:

    from gameqa.train.environments.taskset import *
"""

import sys
from collections.abc import Iterator
from itertools import count
from typing import Literal

import verifiers.v1 as vf  # pyright: ignore[reportMissingImports]

from gameqa.core.engine import from_data_id
from gameqa.core.sample import Sample
from gameqa.tools.html import data_url

from . import Questions, reward

__all__ = ["GameQATaskset"]

NAME = "gameqa"


class GameQAConfig(vf.TasksetConfig):
    """Which questions; see `Questions`."""

    games: str | list[str] = "all"
    tasks: str | list[str] = "all"
    levels: str | list[str] = "all"
    split: Literal["train", "validation", "test"] = "train"
    view: Literal["picture", "text"] = "picture"
    seed: int = 0


class GameQAData(vf.TaskData):
    """A question on the wire; its `id` is the `data_id`, from which all else can be made again."""


class GameQATask(vf.Task[GameQAData, vf.State, vf.TaskConfig]):
    """One question."""

    @property
    def key(self) -> str:
        """The `data_id` of the question."""
        return self.data.id or super().key

    @vf.reward
    async def accuracy(self, trace: vf.Trace) -> float:
        """Return 1 for a right final answer, else 0."""
        return reward(trace.last_reply, from_data_id(self.key))


class GameQATaskset(vf.Taskset[GameQATask, GameQAConfig]):
    """An endless stream of questions; `take` or `--select.limit` bounds it."""

    INFINITE = True

    def load(self) -> Iterator[GameQATask]:
        """Yield the questions, each made when it is reached."""
        asked = self.config
        questions = Questions(asked.games, asked.tasks, asked.levels, asked.split, asked.view, asked.seed)
        for number in count():
            sample = questions(number)
            message = vf.UserMessage(content=_parts(questions, sample))
            data = GameQAData(id=sample.data_id, name=sample.data_id, prompt=[message])
            yield GameQATask(data, self.config.task)


def _parts(questions: Questions, sample: Sample) -> list[vf.ContentPart]:
    told = vf.TextContentPart(text=questions.text(sample))
    if questions.view == "text":
        return [told]
    url = data_url(sample.png())
    return [vf.ImageUrlContentPart(image_url=vf.ImageUrlSource(url=url)), told]


def register() -> str:
    """Make this taskset known to `verifiers` in this process; return the name it has there."""
    sys.modules[f"verifiers.v1.tasksets.{NAME}"] = sys.modules[__name__]
    return NAME
