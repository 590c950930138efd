"""The contract of a game as checks: written once, run by `gameqa check` and by the tests for every game.

Each check is a generator over a `Case` (one game, task and level) that yields one sentence per problem, naming the
key, in words a contributor can act on. No problem, no sentence.
"""

import copy
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any

import msgspec

from gameqa.core import engine
from gameqa.core.answers import LETTERS, AnswerKind, score
from gameqa.core.errors import GameQAError
from gameqa.core.game import Game, Level, Task
from gameqa.core.sample import Sample, draw, read_params, read_row, rederive
from gameqa.core.seeds import SPLITS, canonical_json, split_of

from .attacks import attacks, reply_forms

PIXELS = (200_000, 1_000_000)
"""Fewest and most pixels of a picture at scale 1."""

LONG = 10_000
"""Characters from which a reply counts as huge."""


@dataclass(frozen=True)
class Case:
    """One game, task and level, with `keys` samples spread over the splits."""

    game: Game[Any, Any]
    task: Task[Any, Any]
    level: Level
    keys: int = 6

    @property
    def name(self) -> str:
        """The case in words, `game/task/level`."""
        return f"{self.game.id}/{self.task.slug}/{self.level.lower()}"

    def make(self, index: int, split: str | None = None) -> Sample:
        """Make the sample of an index; splits take turns."""
        return engine.make(self.game, self.task, self.level, split or SPLITS[index % len(SPLITS)], index=index)

    @cached_property
    def samples(self) -> list[Sample]:
        """The case's samples, made once."""
        return [self.make(index) for index in range(self.keys)]


Check = Callable[[Case], Iterator[str]]


def reproducible(case: Case) -> Iterator[str]:
    """Same key, same row and same picture bytes, in any order."""
    again = {sample.data_id: sample for sample in map(case.make, reversed(range(case.keys)))}
    for sample in case.samples:
        if again[sample.data_id] != sample:
            yield f"{sample.data_id}: a second call gives another row; use nothing but the given rng for randomness"
        elif again[sample.data_id].png() != sample.png():
            yield f"{sample.data_id}: a second call gives another picture"
    if len({sample.question_hash() for sample in case.samples}) == 1 < case.keys:
        yield f"{case.name}: every key gives the same question; draw it from the rng"


def round_trip(case: Case) -> Iterator[str]:
    """State, params and row survive JSON and fit the schemas; the board belongs to its split."""
    for sample in case.samples:
        try:
            _, state, params = read_row(sample.row(image=False))
            if canonical_json(state.to_json()) != sample.state:
                yield f"{sample.data_id}: State.from_json(to_json()) is another state"
            if canonical_json(params) != sample.params:
                yield f"{sample.data_id}: the params change on their way through JSON"
            if Sample.from_row(msgspec.json.decode(msgspec.json.encode(sample.row(image=False)))) != sample:
                yield f"{sample.data_id}: Sample.from_row(row()) is another sample"
        except GameQAError as error:
            yield f"{sample.data_id}: {error}"
        if split_of(case.game.id, sample.state) != sample.split:
            yield f"{sample.data_id}: the board belongs to split {split_of(case.game.id, sample.state)}"


def labels(case: Case) -> Iterator[str]:
    """The answer re-derives from the row alone, and exactly one option is right and all look different."""
    for sample in case.samples:
        found = rederive(sample)
        if found != sample.accepted or sample.answer != sample.accepted[0]:
            yield f"{sample.data_id}: the row says {sample.accepted}, solving it again says {found}"
        if case.task.kind is AnswerKind.CHOICE:
            if len(found) != 1:
                yield f"{sample.data_id}: {len(found)} options are right"
            if len({text.casefold() for text in sample.options}) != len(sample.options):
                yield f"{sample.data_id}: two options look alike: {sample.options}"
        elif sample.options:
            yield f"{sample.data_id}: a fill-in question has options"


def scoring(case: Case) -> Iterator[str]:
    """The canonical answer scores 1 in every usual form of a reply; attacks and wrong options score 0."""
    for sample in case.samples:
        for form, reply in reply_forms(sample).items():
            if score(reply, sample).value != 1.0:
                yield f"{sample.data_id}: the right answer as {form} scores 0 ({score(reply, sample).reason})"
        # Replies of a megabyte cost more than all others together: once a case is enough.
        replies = {name: reply for name, reply in attacks(sample).items() if sample.index == 0 or len(reply) < LONG}
        for attack, reply in replies.items():
            if score(reply, sample).value != 0.0:
                yield f"{sample.data_id}: the attack {attack!r} scores 1"
        for letter in LETTERS[: len(sample.options)]:
            if letter != sample.answer and score(letter, sample).value:
                yield f"{sample.data_id}: the wrong option {letter} scores 1"


def wording(case: Case) -> Iterator[str]:
    """Prompts hold their parts; the analysis has numbered steps and ends by stating the answer."""
    for sample in case.samples:
        for part in (sample.rules, sample.query, sample.answer_format, *sample.options):
            if part not in sample.question:
                yield f"{sample.data_id}: the question lacks {part[:40]!r}"
        for part in (sample.text_view, sample.query, *sample.options):
            if part not in sample.text_question:
                yield f"{sample.data_id}: the text question lacks {part[:40]!r}"
        lines = sample.analysis.splitlines()
        if len(lines) < 2 or not lines[0].startswith("1. "):
            yield f"{sample.data_id}: the analysis has no numbered steps"
        if lines[-1] != f"Answer: {sample.answer}":
            yield f"{sample.data_id}: the analysis ends with {lines[-1]!r}"
        for name in ("question", "analysis", "text_question", "text_view"):
            if any(line != line.rstrip() for line in getattr(sample, name).split("\n")):
                yield f"{sample.data_id}: {name} has blanks at the end of a line"


def pictures(case: Case) -> Iterator[str]:
    """The picture is within the bounds of pixels, in mode P or RGB, not empty, and follows the scale."""
    from PIL import Image

    for sample in case.samples:
        image = Image.open(io.BytesIO(sample.png()))
        if not PIXELS[0] <= image.width * image.height <= PIXELS[1]:
            yield f"{sample.data_id}: {image.width} x {image.height} pixels is outside {PIXELS[0]} to {PIXELS[1]}"
        if image.mode not in ("P", "RGB") or "transparency" in image.info:
            yield f"{sample.data_id}: picture mode {image.mode}; use P or RGB without transparency"
        if len(image.convert("RGB").getcolors(maxcolors=1 << 20) or []) < 2:
            yield f"{sample.data_id}: the picture is empty"
    state = case.game.state_type.from_json(msgspec.json.decode(case.samples[0].state))
    base = case.samples[0].image
    for scale in (0.75, 2.0):
        image = draw(case.game, state, scale)
        if abs(image.width - base.width * scale) > 0.03 * base.width * scale + 4:
            yield f"{case.name}: at scale {scale} the picture is {image.width} px wide instead of {base.width * scale}"


def visible(case: Case) -> Iterator[str]:
    """Picture and text view change when the state changes in something that a question can ask about."""
    for sample in case.samples:
        rng = Random(sample.data_id)
        state = case.game.state_type.from_json(msgspec.json.decode(sample.state))
        other = case.game.perturb(state, rng)
        where = f"{sample.data_id}: after perturb"
        if canonical_json(other.to_json()) == sample.state:
            yield f"{where} the state is the same"
            continue
        try:
            case.game.state_type.from_json(other.to_json())
        except (ValueError, msgspec.ValidationError) as error:
            yield f"{where} the state is not legal: {error}"
        if draw(case.game, other).convert("RGB").tobytes() == sample.image.convert("RGB").tobytes():
            yield f"{where} the picture is the same ({sample.state} and {canonical_json(other.to_json())})"
        if case.game.describe(other) == case.game.describe(state):
            yield f"{where} the text view is the same ({sample.state} and {canonical_json(other.to_json())})"


def untouched(case: Case) -> Iterator[str]:
    """Asking, solving and drawing change neither state nor params, and calls share no mutable objects."""
    for sample in case.samples:
        task, state, params = read_row(sample.row(image=False))
        kept = copy.deepcopy(params)
        first = task.solve(state, params)
        task.question(state, params)
        draw(case.game, state)
        case.game.describe(state)
        second = task.solve(state, params)
        if params != kept or canonical_json(state.to_json()) != sample.state:
            yield f"{sample.data_id}: solving or drawing changes the state or the params"
        if first != second:
            yield f"{sample.data_id}: solving twice gives two solutions"
        if isinstance(first.value, list | dict) and first.value is second.value:
            yield f"{sample.data_id}: two calls of solve share one mutable value"
        one, two = state.to_json(), state.to_json()
        if any(one[name] is two[name] for name in one if isinstance(one[name], list | dict)):
            yield f"{sample.data_id}: two calls of to_json share mutable objects"


def trajectories(case: Case) -> Iterator[str]:
    """A course of moves begins with the state, changes something with every move, and its states are legal."""
    for sample in case.samples:
        task, state, params = read_row(sample.row(image=False))
        frames, again = task.trajectory(state, params), task.trajectory(state, params)
        if frames is None:
            continue
        if frames != again or canonical_json(params) != sample.params:
            yield f"{sample.data_id}: a second call gives another trajectory, or the params change"
        states = [canonical_json(frame.state.to_json()) for frame in frames]
        if len(frames) < 2 or states[0] != sample.state or frames[0].move is not None:
            yield f"{sample.data_id}: a trajectory must begin with the state, without a move, and go on from there"
        if not all(frame.move for frame in frames[1:]):
            yield f"{sample.data_id}: a frame of the trajectory lacks its move"
        pictures = [draw(case.game, frame.state).convert("RGB") for frame in frames]
        for number, (before, after) in enumerate(pairwise(zip(states, pictures, strict=True)), 1):
            if before[0] == after[0] or before[1] == after[1]:
                what = "changes nothing" if before[0] == after[0] else "changes nothing in the picture"
                yield f"{sample.data_id}: move {number} of the trajectory, {frames[number].move!r}, {what}"
        for number, text in enumerate(states):
            try:
                same = canonical_json(case.game.state_type.from_json(msgspec.json.decode(text)).to_json()) == text
            except (ValueError, msgspec.ValidationError) as error:
                yield f"{sample.data_id}: state {number} of the trajectory is not legal: {error}"
                continue
            if not same:
                yield f"{sample.data_id}: state {number} of the trajectory changes on its way through JSON"


def schemas(case: Case) -> Iterator[str]:
    """Rows from outside are refused with one sentence when state or params are malformed."""
    sample = case.samples[0]
    task, state, params = read_row(sample.row(image=False))
    for broken in ({**params, "surprise": 1}, {"options": params.get("options")}, []):
        if broken == params:
            continue
        try:
            read_params(task, state, broken)
        except GameQAError:
            continue
        yield f"{sample.data_id}: malformed params pass: {canonical_json(broken)}"
    data = state.to_json()
    for broken in ({**data, "surprise": 1}, {}, [], *({**data, name: "?"} for name in data)):
        try:
            case.game.state_type.from_json(broken)
        except (ValueError, msgspec.ValidationError):
            continue
        except Exception as error:
            yield f"{sample.data_id}: a malformed state raises {type(error).__name__} instead of ValueError"
            continue
        yield f"{sample.data_id}: a malformed state passes: {canonical_json(broken)[:200]}"


CHECKS: tuple[Check, ...] = (
    reproducible,
    round_trip,
    labels,
    scoring,
    wording,
    pictures,
    visible,
    untouched,
    trajectories,
    schemas,
)
"""Checks of a few samples of a case."""


def askable(case: Case) -> Iterator[str]:
    """Every key yields a sample, its label re-derives, and none costs more than a second."""
    from time import process_time

    for index in range(case.keys):
        start = process_time()
        try:
            sample = case.make(index)
        except GameQAError as error:
            yield str(error)
            continue
        sample.png()
        seconds = process_time() - start
        if seconds > 1:
            yield f"{sample.data_id}: took {seconds:.1f} s"
        if rederive(sample) != sample.accepted:
            yield f"{sample.data_id}: the label does not re-derive"


@dataclass(frozen=True)
class Tally:
    """What many samples of a case have in common: answers and mean difficulty."""

    case: Case
    answers: Counter[str] = field(default_factory=Counter[str])
    difficulty: float = 0.0


def tally(case: Case) -> Tally:
    """Count the answers of the case's samples (train split, where nine boards of ten are)."""
    samples = [case.make(index, "train") for index in range(case.keys)]
    mean = sum(sample.difficulty for sample in samples) / len(samples)
    return Tally(case, Counter(sample.answer for sample in samples), mean)


def balanced(counted: Tally) -> Iterator[str]:
    """Letters are uniform (chi-square); no fill-in answer is more common than the task's bound."""
    case, total = counted.case, counted.answers.total()
    if case.task.kind is AnswerKind.CHOICE:
        if case.task.fixed_order:
            return
        letters = len(case.samples[0].options)
        expected = total / letters
        chi = sum((counted.answers[letter] - expected) ** 2 / expected for letter in LETTERS[:letters])
        # Mean and spread of chi-square with k degrees of freedom are k and sqrt(2 k); five spreads are allowed.
        if chi > (letters - 1) + 5 * (2 * (letters - 1)) ** 0.5:
            yield f"{case.name}: letters are not uniform: {dict(sorted(counted.answers.items()))}"
        return
    limit = case.task.most_common(case.level)
    answer, times = counted.answers.most_common(1)[0]
    if times / total > limit + 3 * (limit * (1 - limit) / total) ** 0.5:
        yield f"{case.name}: {answer!r} is right in {times / total:.0%} of {total} samples; the bound is {limit:.0%}"


def rising(tallies: list[Tally]) -> Iterator[str]:
    """Mean difficulty of a task rises from level to level; give the levels of one task in order."""
    for easier, harder in pairwise(tallies):
        if harder.difficulty <= easier.difficulty:
            yield (
                f"{harder.case.name}: mean difficulty {harder.difficulty:.2f} is not above {easier.difficulty:.2f} of "
                f"{easier.case.level}; let Solution.work grow with the work"
            )


def anatomy(game: Game[Any, Any]) -> Iterator[str]:
    """The record of a game is complete and consistent."""
    slugs = [task.slug for task in game.tasks]
    if not game.tasks or len(set(slugs)) != len(slugs) or len({task.id for task in game.tasks}) != len(slugs):
        yield f"{game.id}: tasks need distinct ids and slugs, got {slugs}"
    for name in ("title", "rules", "picture", "text", "doc"):
        if not (getattr(game, name) or "").strip():
            yield f"{game.id}: {name} is empty"
    if list(game.levels) != list(Level):
        yield f"{game.id}: levels must be {', '.join(Level)} in this order"
    for level, params in game.levels.items():
        try:
            msgspec.convert(msgspec.structs.asdict(params), type=game.params_type)
        except msgspec.ValidationError as error:
            yield f"{game.id}: the parameters of {level} break their own bounds: {error}"
    for task in game.tasks:
        if not task.about.strip().endswith((".", "?")):
            yield f"{game.id}/{task.slug}: `about` must be a sentence"


def cases(game: Game[Any, Any], keys: int) -> list[Case]:
    """Return one case for every task and level of a game."""
    return [Case(game, task, level, keys) for task in game.tasks for level in game.levels]
