"""The engine: from a key to a sample.

For each key: draw a plan, draw boards until one of the key's split carries the planned question, solve it by
the rules, prove that exactly one option is right, shuffle, letter, and compose the prompts. Every loop is bounded
by counted work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec

from gameqa.core import registry
from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.errors import Unaskable, UsageError, choice_error
from gameqa.core.game import REDRAW, Game, Json, Level, Params, Solution, Task, plain
from gameqa.core.sample import Sample, check_scale
from gameqa.core.seeds import RELEASE, SPLITS, Key, canonical_json, split_of, state_hash, stream

PLANS = 12
"""Plans drawn for one key before it is given up."""
DRAWS = 300
"""Boards of the right split that are tried for one plan before the plan is dropped."""
ATTEMPTS = 10 * DRAWS
"""Calls of `generate` for one plan, boards of other splits included."""
REPEATS = 200
"""Repeated questions in a row after which a stream counts as dry (plus one for each distinct question)."""

LONG_OPTION = 60
"""Characters above which an option is discussed by its letter alone; the prompt shows its text."""

CUSTOM = "Custom"
"""The `plot_level` of samples made with a caller's own level parameters."""


def sample(
    game: str,
    task: str | int,
    level: "str | Level | Params | Mapping[str, Any]" = Level.EASY,
    split: str = "train",
    seed: int = 0,
    index: int = 0,
    release: str = RELEASE,
    scale: float = 1.0,
) -> Sample:
    """Make one sample from its key. Same key, same sample, on any machine and in any order.

    Args:
        game: id of a game, see `gameqa.games()`.
        task: slug or number of one of its tasks.
        level: `Easy`, `Medium`, `Hard` (in any case), or own parameters: the game's params struct, a mapping, or its
            JSON text.
        split: `train`, `validation` or `test`; the board itself belongs to it.
        seed: names an independent stream, at least 0.
        index: place in the stream, at least 0.
        release: the only release this version can make.
        scale: picture scale, 0.5 to 4.

    Raises:
        UsageError: for anything that does not exist or is out of range.
        Unaskable: when own parameters leave no board that can carry the question.

    Example:
        >>> import gameqa
        >>> gameqa.sample("tictactoe", "best_move", level="Hard", index=3).data_id
        'tictactoe/best_move/hard/train/0/3'
    """
    found = registry.game(game)
    return make(found, found.task(task), level, split, seed, index, release, scale)


def from_data_id(data_id: str, scale: float = 1.0) -> Sample:
    """Make the sample that a `data_id` names.

    Raises:
        UsageError: when the text is not of the form game/task/level/split/seed/index.
    """
    head, _, rest = data_id.partition("/")
    task, _, rest = rest.partition("/")
    parts = rest.rsplit("/", 3)
    if len(parts) != 4 or not (parts[2].isdecimal() and parts[3].isdecimal()):
        raise UsageError(f"data_id {data_id!r} is not of the form game/task/level/split/seed/index")
    return sample(head, task, parts[0], parts[1], int(parts[2]), int(parts[3]), scale=scale)


def generate(
    games: str | Sequence[str] = "all",
    tasks: str | Sequence[str] = "all",
    levels: str | Sequence[str] = "all",
    split: str = "train",
    seed: int = 0,
    per_task: int = 1,
    scale: float = 1.0,
) -> Iterator[Sample]:
    """Yield `per_task` distinct samples for each game, task and level asked for, in that order.

    Args:
        games, tasks, levels: `"all"`, one name, or a list of names. A task name selects it in every game that has it.
        split, seed, scale: as for `sample`.
        per_task: number of samples for each task and level.

    Raises:
        UsageError: at the first step, for anything that does not exist.
        Unaskable: when a stream holds fewer distinct questions than asked for.
    """
    for game, task, level in select(games, tasks, levels):
        yield from distinct(game, task, level, split, seed, per_task, scale)


def select(
    games: str | Sequence[str] = "all",
    tasks: str | Sequence[str] = "all",
    levels: str | Sequence[str] = "all",
) -> list[tuple[Game[Any, Any], Task[Any, Any], Level]]:
    """Return every (game, task, level) that the names select.

    Raises:
        UsageError: when a name selects nothing.
    """
    chosen = [registry.game(name) for name in _names(games, registry.games())]
    slugs = [task.slug for game in chosen for task in game.tasks]
    wanted = set(_names(tasks, slugs))
    for name in wanted:
        if name not in slugs:
            raise choice_error("task", name, sorted(set(slugs)))
    plots = [read_level(name) for name in _names(levels, list(Level))]
    return [
        (game, task, level)
        for game in chosen
        for task in game.tasks
        if task.slug in wanted
        for level in plots
        if level in game.levels
    ]


def distinct(
    game: Game[Any, Any],
    task: Task[Any, Any],
    level: "str | Level | Params | Mapping[str, Any]",
    split: str,
    seed: int,
    count: int,
    scale: float = 1.0,
    start: int = 0,
    step: int = 1,
) -> Iterator[Sample]:
    """Yield the first `count` distinct questions of a stream; repeated ones are skipped by hash.

    Only every `step`-th index from `start` on is made.

    Raises:
        Unaskable: when the stream runs dry, naming how many distinct questions were found.
    """
    seen: set[str] = set()
    repeats, index = 0, start
    while len(seen) < count:
        made = make(game, task, level, split, seed, index, scale=scale)
        index += step
        mark = made.question_hash()
        if mark in seen:
            repeats += 1
            if repeats > REPEATS + len(seen):
                raise Unaskable(
                    f"{game.id}/{task.slug}/{made.plot_level.lower()}/{split}/{seed} holds only {len(seen)} distinct"
                    f" questions, {count} were asked for"
                )
            continue
        repeats = 0
        seen.add(mark)
        yield made


def make(
    game: Game[Any, Any],
    task: Task[Any, Any],
    level: "str | Level | Params | Mapping[str, Any]" = Level.EASY,
    split: str = "train",
    seed: int = 0,
    index: int = 0,
    release: str = RELEASE,
    scale: float = 1.0,
) -> Sample:
    """Make one sample of a game object; see `sample` for arguments and errors."""
    plot_level, level_name, params = _level(game, level)
    _check_key(split, seed, index, release, scale)
    key = Key(release, game.id, task.slug, level_name, split, seed, index)
    return _compose(game, task, plot_level, key, _find(game, task, params, key), scale)


def read_level(name: str) -> Level:
    """Return the level of a name in any case; raise UsageError naming the allowed ones."""
    try:
        return Level(str(name).capitalize())
    except ValueError:
        raise choice_error("level", name, [*Level]) from None


@dataclass(frozen=True)
class _Found:
    """A state with a proved question. `options` is empty for fill-in questions."""

    state: Any
    state_json: str
    params: dict[str, Json]
    solution: Solution
    options: list[Json]
    right: int


def _find(game: Game[Any, Any], task: Task[Any, Any], params: Params, key: Key) -> _Found:
    """Draw plans and boards until one carries the question."""
    rng = stream(key)
    judged: list[Any] = [None, False, ""]

    def accept(state: Any) -> bool:
        if judged[0] is not state:
            text = canonical_json(state.to_json())
            judged[:] = [state, split_of(game.id, text) == key.split, text]
        return judged[1]

    for _ in range(PLANS):
        plan = task.plan(params, rng)
        draws = 0
        for _ in range(ATTEMPTS):
            state = game.generate(rng, plan, accept)
            if state is None or not accept(state):
                continue
            found = _question(task, state, judged[2], plan, rng)
            if found is not None:
                return found
            draws += 1
            if draws == DRAWS:
                break
    raise Unaskable(f"no board found for {key.data_id} within {PLANS} plans of {DRAWS} boards")


def _question(task: Task[Any, Any], state: Any, state_json: str, plan: Params, rng: Random) -> _Found | None:
    """Ask one question about a state and prove its options; None when the state cannot carry it."""
    asked = task.ask(state, plan, rng)
    if asked is None:
        return None
    params: dict[str, Json] = plain(asked)
    solution = task.solve(state, params)
    if task.kind is not AnswerKind.CHOICE:
        return _Found(state, state_json, params, solution, [], 0)
    right = task.right_option(state, plan, params, solution, rng)
    if right is REDRAW:
        return None
    right = plain(right)
    options = _options(task, state, params, solution, right, rng)
    if options is None:
        return None
    return _Found(state, state_json, {**params, "options": options}, solution, options, options.index(right))


def _options(
    task: Task[Any, Any], state: Any, params: dict[str, Json], solution: Solution, right: Json, rng: Random
) -> list[Json] | None:
    """Collect wrong options, prove that exactly one option is right and all look different, and order them."""
    if not (task.judges_list or task.is_right(state, params, right, solution)):
        raise AssertionError(f"{task.slug}: the option meant to be right, {right!r}, is wrong")
    wanted = task.options_wanted(state, params)
    options, shown = [right], {task.option_text(state, right)}
    for value in task.distractors(state, params, solution, right, rng):
        if len(options) == wanted:
            break
        wrong = plain(value)
        text = task.option_text(state, wrong)
        if text not in shown and (task.judges_list or not task.is_right(state, params, wrong, solution)):
            options.append(wrong)
            shown.add(text)
    if len(options) < wanted:
        return None
    if task.judges_list:
        listed = {**params, "options": options}
        if [value for value in options if task.is_right(state, listed, value, solution)] != [right]:
            return None
    if task.fixed_order:
        options.sort(key=lambda value: task.order_key(state, value))
    else:
        rng.shuffle(options)
    return options


def _compose(
    game: Game[Any, Any], task: Task[Any, Any], plot_level: str, key: Key, found: _Found, scale: float
) -> Sample:
    """Write the row of a found question."""
    state, params, solution = found.state, found.params, found.solution
    options = [task.option_text(state, value) for value in found.options]
    lettered = [f"{letter}. {text}" for letter, text in zip(LETTERS, options, strict=False)]
    rules = task.rules or game.rules
    query = task.question(state, params)
    view = task.text_view(state, params) or game.describe(state)
    tail = [query, *(["\n".join(["Options:", *lettered])] if lettered else []), task.answer_format()]
    steps = list(solution.steps)
    if options:
        answer = LETTERS[found.right]
        accepted = [answer]
        for letter, value in zip(LETTERS, found.options, strict=False):
            verdict = task.verdict(state, params, value, solution)
            if verdict:
                text = task.option_text(state, value)
                steps.append(f"Option {letter}{f', {text}' if len(text) <= LONG_OPTION else ''}: {verdict}")
        close = f"So option {answer} is right: {options[found.right]}."
    else:
        accepted = list(dict.fromkeys(task.canonical(value) for value in solution.accepted))
        answer = accepted[0]
        close = ""
    analysis = [f"{number}. {step}" for number, step in enumerate(steps, 1)]
    return Sample(
        data_id=key.data_id,
        game_name=game.id,
        game_category=game.category.value,
        domain=game.domain.value,
        task=task.slug,
        question_id=task.id,
        question_description=task.about,
        qa_type=task.qa_type.value,
        qa_level=task.qa_level.value,
        plot_level=plot_level,
        question="\n\n".join([f"{rules}\n\n{game.picture}".strip(), *tail]),
        rules=f"{rules}\n\n{game.picture}".strip(),
        query=query,
        answer_format=task.answer_format(),
        options=options,
        answer_kind=task.kind.value,
        answer=answer,
        accepted=accepted,
        analysis="\n".join([*analysis, *([close] if close else []), f"Answer: {answer}"]),
        state=found.state_json,
        params=canonical_json(params),
        text_view=view,
        text_question="\n\n".join([f"{rules}\n\n{game.text}".strip(), view, *tail]),
        difficulty=float(solution.work if solution.work is not None else len(solution.steps)),
        split=key.split,
        seed=key.seed,
        index=key.index,
        release=key.release,
        state_hash=state_hash(game.id, found.state_json),
        scale=scale,
        _board=(game, state),
    )


def _level(game: Game[Any, Any], level: "str | Level | Params | Mapping[str, Any]") -> tuple[str, str, Params]:
    """Return plot level, its spelling in the key, and the parameters."""
    if isinstance(level, str) and not level.startswith("{"):
        plot = read_level(level)
        return plot.value, plot.value.lower(), game.levels[plot]
    try:
        if isinstance(level, str):
            given = msgspec.json.decode(level, type=dict[str, Any])
        else:
            given = msgspec.structs.asdict(level) if isinstance(level, Params) else dict(level)
        params = msgspec.convert(given, type=game.params_type)
    except msgspec.DecodeError as error:
        raise UsageError(f"level parameters of {game.id} are not valid: {error}") from None
    return CUSTOM, canonical_json(params), params


def _check_key(split: str, seed: int, index: int, release: str, scale: float) -> None:
    if split not in SPLITS:
        raise choice_error("split", split, SPLITS)
    if release != RELEASE:
        raise choice_error("release", release, [RELEASE])
    if seed < 0 or index < 0:
        raise UsageError(f"seed and index must be at least 0, not {min(seed, index)}")
    check_scale(scale)


def _names(given: str | Sequence[str], known: Sequence[str]) -> Sequence[str]:
    if given == "all":
        return known
    return [given] if isinstance(given, str) else list(given)
