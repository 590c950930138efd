"""Rewards: what a completion earns, in the form in which TRL calls them.

A reward is called as `reward(prompts, completions, completion_ids, **columns)`, where every further column of the
data is a list with one item a completion, and returns one number a completion, or None where it does not judge.
`accuracy` and `readable` need no settings, so that they can be named in a configuration file:

    trl grpo --config run.yaml        # reward_funcs: [gameqa.train.rewards.accuracy]

Importing this module also makes `load_dataset("gameqa")` known. The rewards with settings are objects of classes
rather than closures, so that they can be sent to another process.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from gameqa.core.answers import UNPARSABLE, Score, score
from gameqa.core.errors import GameQAError, UsageError

from .settings import Rewards

Completion = str | Sequence[Mapping[str, Any]]
"""Plain text, or messages, of which the last one counts."""

READ = ("answer_kind", "answer", "accepted", "options", "question", "text_question", "query", "answer_format")
"""Columns of the data that scoring reads."""

WAIT = (5.0, 60.0)
"""Seconds before a judge that cannot be reached is asked again: at first, and at most."""
PATIENCE = 900.0
"""Seconds a judge may be out of reach: half the time that processes of a run wait for each other by default."""

log = logging.getLogger(__name__)


RewardFunction = Callable[..., list[float | None]]
"""A reward as TRL calls it, with keywords only; TRL logs it under its `__name__`."""


class Asked(Protocol):
    """What is needed of a judge, see `gameqa.tools.judge.Judge`."""

    base_url: str

    def ask_all(self, items: list[tuple[Mapping[str, Any], str]]) -> Sequence[tuple[str, str]]:
        """Return a word (`right`, `wrong` or `unjudged`) and its reason for each question and reply."""
        ...


def text_of(completion: Completion) -> str:
    """Return the text of a completion: that of the last message, its parts of text joined.

    >>> text_of([{"role": "assistant", "content": [{"type": "text", "text": "Answer: B"}]}])
    'Answer: B'
    """
    if isinstance(completion, str):
        return completion
    content = completion[-1].get("content") if completion else None
    if content is None or isinstance(content, str):
        return content or ""
    return "".join(part.get("text") or "" for part in content)


def _scored(
    completions: Sequence[Completion], columns: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], str, Score]]:
    """Yield for every completion the columns of its question, its text, and its score by the rules."""
    missing = [name for name in ("answer_kind", "answer") if name not in columns]
    if missing:
        raise UsageError(
            f"the data has no column {missing[0]!r}, so completions cannot be scored; allowed are rows of gameqa"
        )
    held = [name for name in READ if name in columns]
    for place, completion in enumerate(completions):
        row = {name: columns[name][place] for name in held}
        text = text_of(completion)
        yield row, text, score(text, row)


def accuracy(completions: Sequence[Completion], **columns: Any) -> list[float | None]:
    """Pay 1 for one right final answer by the rules of `gameqa.score`, else 0.

    Raises:
        UsageError: the data has no columns of gameqa.

    Example:
        >>> accuracy(completions=["Answer: B", "A or B"], answer_kind=["choice"] * 2, answer=["B"] * 2)
        [1.0, 0.0]
    """
    return [found.value for _, _, found in _scored(completions, columns)]


def readable(completions: Sequence[Completion], **columns: Any) -> list[float | None]:
    """Pay 1 for one final answer that the rules can read, right or wrong, else 0.

    There is no pay for tags, boxes or words as such, nor for two different finals.

    Raises:
        UsageError: the data has no columns of gameqa.

    Example:
        >>> readable(completions=["Answer: A", "Answer:"], answer_kind=["choice"] * 2, answer=["B"] * 2)
        [1.0, 0.0]
    """
    return [float(bool(found.extracted)) for _, _, found in _scored(completions, columns)]


@dataclass(frozen=True)
class Overlong:
    """The soft overlong punishment of DAPO (Yu et al. 2025, equation 13), and the full one for what was cut off.

    0 up to `margin` tokens before the limit, from there on a line down to -1 at the limit.

    Attributes:
        max_completion_length: the limit, in tokens.
        margin: tokens.
        eos: tokens that end a completion (or pad it); one that ends with another token was cut off. Empty: only the
            length counts.
    """

    max_completion_length: int
    margin: int
    eos: frozenset[int] = frozenset()
    __name__: ClassVar[str] = "overlong"

    def __post_init__(self) -> None:
        if not 1 <= self.margin <= self.max_completion_length:
            raise UsageError(
                f"overlong_margin {self.margin} is out of range; allowed: 1 to max_completion_length,"
                f" {self.max_completion_length}"
            )

    def __call__(self, completion_ids: Sequence[Sequence[int]], **columns: Any) -> list[float | None]:
        """Return the penalty of each completion, from -1 to 0."""
        return [self._penalty(ids) for ids in completion_ids]

    def _penalty(self, ids: Sequence[int]) -> float:
        if self.eos and len(ids) and int(ids[-1]) not in self.eos:
            return -1.0
        beyond = len(ids) - (self.max_completion_length - self.margin)
        return 0.0 - min(max(beyond / self.margin, 0.0), 1.0)


@dataclass(frozen=True)
class Judged:
    """Pay 1 or 0 by the word of a judge for completions the rules cannot read; None for all others.

    While the judge cannot be reached the training waits and asks again, with growing pauses; after `patience` it
    stops with an error. Nothing is ever scored another way instead.

    Attributes:
        judge: the judge.
        patience: seconds it may be out of reach.
        wait: seconds before it is asked again, at first and at most.
    """

    judge: Asked
    patience: float = PATIENCE
    wait: tuple[float, float] = WAIT
    __name__: ClassVar[str] = "judge"

    def __call__(self, completions: Sequence[Completion], **columns: Any) -> list[float | None]:
        """Return 1 for the word right, 0 for wrong, None where the judge was not asked or had no clear word.

        Raises:
            UsageError: the data has no columns of gameqa, or the endpoint refuses the key or the model.
            GameQAError: the judge was out of reach for longer than `patience`.
        """
        pay: list[float | None] = [None] * len(completions)
        items: dict[int, tuple[Mapping[str, Any], str]] = {}
        for place, (row, text, found) in enumerate(_scored(completions, columns)):
            if found.reason in UNPARSABLE and text.strip():
                items[place] = row, text
        if items:
            for place, word in zip(items, self._words(list(items.values())), strict=True):
                pay[place] = {"right": 1.0, "wrong": 0.0}.get(word)
        return pay

    def _words(self, items: list[tuple[Mapping[str, Any], str]]) -> list[str]:
        """Ask until every request came through."""
        give_up, pause = time.monotonic() + self.patience, self.wait[0]
        while True:
            try:
                said = self.judge.ask_all(items)
                lost = [why for word, why in said if word == "unjudged" and not why.startswith("the judge said")]
                if not lost:
                    return [word for word, _ in said]
                trouble = lost[0]
            except UsageError:
                raise
            except GameQAError as error:
                trouble = str(error)
            if time.monotonic() + pause > give_up:
                raise GameQAError(
                    f"the judge at {self.judge.base_url} could not be reached for {self.patience:.0f} s ({trouble});"
                    " start it again and resume the training, or train without it"
                )
            log.warning(
                "the judge at %s is out of reach, asking again in %g s: %s", self.judge.base_url, pause, trouble
            )
            time.sleep(pause)
            pause = min(2 * pause, self.wait[1])


def reward_functions(
    rewards: Rewards, max_completion_length: int, eos: Collection[int] = ()
) -> tuple[list[RewardFunction], list[float]]:
    """Return the rewards of a recipe and their weights, for `reward_funcs` and GRPOConfig's `reward_weights`.

    Rewards without weight are left out. The judge pays as much as the rules do.

    Args:
        rewards: the section of the recipe.
        max_completion_length: tokens.
        eos: tokens that end a completion or pad it.

    Raises:
        UsageError: a weight is negative, none is left to learn from, or the margin is out of range.
        MissingExtra: a judge is asked for and the extra `eval` is not installed.
    """
    weights = {"accuracy": rewards.accuracy, "format": rewards.format, "overlong": rewards.overlong}
    for name, weight in weights.items():
        if weight < 0:
            raise UsageError(f"the reward {name!r} has weight {weight:g}; allowed: 0 or more")
    if not rewards.accuracy and not rewards.format:
        raise UsageError("the rewards 'accuracy' and 'format' both have weight 0, so there is nothing to learn from")
    paid: list[tuple[RewardFunction, float]] = []
    if rewards.accuracy:
        paid.append((accuracy, rewards.accuracy))
    if rewards.format:
        paid.append((readable, rewards.format))
    if rewards.overlong:
        paid.append((Overlong(max_completion_length, rewards.overlong_margin, frozenset(eos)), rewards.overlong))
    if rewards.judge:
        if not rewards.accuracy:
            raise UsageError("the judge pays as much as the reward 'accuracy', which has weight 0; give it one above 0")
        from gameqa.tools.judge import Judge

        paid.append((Judged(Judge(rewards.judge, rewards.judge_model)), rewards.accuracy))
    return [function for function, _ in paid], [weight for _, weight in paid]
