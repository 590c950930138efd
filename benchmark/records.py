"""What the parts of the benchmark hand to each other: replies, graded replies, measured results.

A reply is what one model said to one question under one view. Views are the ways a question is put:

* `picture`: the picture and the prompt, the benchmark itself;
* `text`: the prompt with the state as text, no picture;
* `blind`: the prompt without its picture: the floor that a score must clear to show that the model sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

import msgspec

from gameqa.core.answers import UNPARSABLE


class View(StrEnum):
    """How a question is put to the model."""

    PICTURE = "picture"
    TEXT = "text"
    BLIND = "blind"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a file of replies.

    Attributes:
        data_id: names the question, as in the column `data_id`.
        reply: what the model said, all of it.
        view: how the question was put.
        finish: why the model stopped: `stop` by itself, `length` cut off at the limit, empty when it is not known.
    """

    data_id: str
    reply: str
    view: View = View.PICTURE
    finish: Literal["", "stop", "length"] = ""


class Verdict(StrEnum):
    """What the judge said of a reply."""

    NONE = ""  # not asked
    RIGHT = "right"
    WRONG = "wrong"
    UNJUDGED = "unjudged"  # asked, but no clear word came back


@dataclass(frozen=True)
class Graded:
    """One reply beside its question and its score.

    Attributes:
        reply: the reply as read.
        right: whether the rules found the right answer in it.
        extracted: canonical text of the answer the rules found, empty when none.
        reason: in the words of `gameqa.score`.
        verdict: the judge's word, when it was asked.
        game, category, domain, task, qa_type, qa_level, plot_level, answer_kind, answer, options, state_hash: as in
            the columns of the data (`game_name`, `game_category`, … without `game_`). Replies with the same
            `state_hash` are about the same board, and are therefore not independent.
    """

    reply: Reply
    right: bool
    extracted: str
    reason: str
    game: str
    category: str
    domain: str
    task: str
    qa_type: str
    qa_level: str
    plot_level: str
    answer_kind: str
    answer: str
    options: tuple[str, ...]
    state_hash: str
    verdict: Verdict = Verdict.NONE

    @property
    def parsable(self) -> bool:
        """Whether the rules could read a final answer (two different finals are read, and wrong)."""
        return self.reason not in UNPARSABLE

    @property
    def right_with_judge(self) -> bool | None:
        """The judge's word where it was asked, else the rules'; None where the judge gave no clear word."""
        if self.verdict is Verdict.UNJUDGED:
            return None
        return self.right if self.verdict is Verdict.NONE else self.verdict is Verdict.RIGHT

    @property
    def chance(self) -> float:
        """How often a blind guess among the options is right; 0 for a question without options."""
        return 1 / len(self.options) if self.options else 0.0


class Estimate(NamedTuple):
    """A share between 0 and 1 with its 95 % interval (bootstrap over boards, see `statistics`)."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Cell:
    """What was measured on one group of replies.

    Attributes:
        n: replies.
        boards: different boards they are about.
        by_sample: share of right replies by the rules, every reply counting the same.
        by_task: mean over tasks of the task's share, every task counting the same.
        with_judge: share of right replies by rules and judge, over the replies that are not unjudged; None without
            a judge, or when all are unjudged.
        unjudged: replies on which the judge was asked and gave no clear word.
        unparsable: share of replies in which the rules could read no final answer.
        cut: share of replies cut off at the limit of length, among those of which it is known; None when of none.
        chance: share that blind guessing among the options gives.
    """

    n: int
    boards: int
    by_sample: Estimate
    by_task: Estimate
    with_judge: Estimate | None
    unjudged: int
    unparsable: float
    cut: float | None
    chance: float


DIMENSIONS = ("domain", "category", "game", "task", "qa_type", "plot_level", "qa_level", "game and level")
"""What replies are grouped by. Names of groups: as in the data, a task is `game/task`, the last is `game/level`."""


@dataclass(frozen=True)
class ViewResults:
    """What was measured under one view.

    Attributes:
        overall: all replies.
        by: for each of DIMENSIONS, the cells of its groups by name, in the order of the registry.
    """

    overall: Cell
    by: Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True)
class Difference:
    """Seeing minus blind, on the questions answered under both views.

    Attributes:
        n: questions.
        seeing, blind: share of right replies of either view, by the rules.
        difference: seeing minus blind, with its paired interval.
    """

    n: int
    seeing: float
    blind: float
    difference: Estimate


@dataclass(frozen=True)
class Results:
    """The measured results of one run.

    Attributes:
        name: what the run is called in tables, by default the model.
        model: name of the model.
        views: the views that have replies.
        gain: seeing minus blind: `overall`, and by `domain`, `category` and `game`; empty without blind replies.
        judge: name of the judge model, empty without one.
        judge_scope: `unparsed` or `all`, empty without a judge.
        about: further facts worth a line in a report, such as data, release, limits, versions, warnings.
    """

    name: str
    model: str
    views: Mapping[View, ViewResults]
    gain: Mapping[str, Mapping[str, Difference]] = field(default_factory=dict[str, Mapping[str, Difference]])
    judge: str = ""
    judge_scope: str = ""
    about: Mapping[str, str] = field(default_factory=dict[str, str])
