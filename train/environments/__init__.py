"""The questions as environments of other libraries: thin layers over `gameqa.sample` and `gameqa.score`.

    environment_factory(...)    for TRL's `GRPOTrainer(environment_factory=…)`
    load_environment(...)       for `verifiers`
    gymnasium_environment(...)  for everything that plays Gymnasium's `reset` and `step`

An episode is one question and one answer. All three take the same options, see `Questions`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from gameqa.core.answers import score
from gameqa.core.engine import make, select
from gameqa.core.errors import MissingExtra, UsageError, choice_error
from gameqa.core.groups import games_of
from gameqa.core.sample import Sample
from gameqa.core.seeds import SPLITS

if TYPE_CHECKING:
    from .trl_environment import GameQAEnvironment

Names = str | Sequence[str]
View = Literal["picture", "text"]


class Options(TypedDict, total=False):
    """The options that all three take, see `Questions`."""

    games: Names
    tasks: Names
    levels: Names
    split: str
    view: View
    seed: int


class Questions:
    """An endless stream of questions, each made when it is asked for.

    Args:
        games, tasks, levels: `all`, one name, or several. Names of groups count for games.
        split: `train`, `validation` or `test`.
        view: `picture`, or `text` for models without eyes.
        seed: names the stream.

    Raises:
        UsageError: a name does not exist, or the names together select nothing.

    Example:
        >>> Questions("tictactoe", levels="Easy")(7).data_id
        'tictactoe/best_move/easy/train/0/2'
    """

    def __init__(
        self,
        games: Names = "all",
        tasks: Names = "all",
        levels: Names = "all",
        split: str = "train",
        view: View = "picture",
        seed: int = 0,
    ) -> None:
        named = [games] if isinstance(games, str) else games
        self._kinds = select([*dict.fromkeys(game for name in named for game in games_of(name))], tasks, levels)
        if not self._kinds:
            raise UsageError(f"games={games!r}, tasks={tasks!r} and levels={levels!r} together select nothing")
        if split not in SPLITS:
            raise choice_error("split", split, SPLITS)
        if view not in ("picture", "text"):
            raise choice_error("view", view, ("picture", "text"))
        if seed < 0:
            raise UsageError(f"seed must be at least 0, not {seed}")
        self.split, self.view, self.seed = split, view, seed

    def __call__(self, number: int) -> Sample:
        """Return a question by its place in the stream, in which the tasks and levels take turns."""
        index, kind = divmod(number, len(self._kinds))
        game, task, level = self._kinds[kind]
        return make(game, task, level, self.split, self.seed, index)

    def text(self, sample: Sample) -> str:
        """Return the prompt of a question in the view that is shown."""
        return sample.question if self.view == "picture" else sample.text_question


def reward(reply: str, sample: Sample) -> float:
    """Return 1 for a right final answer, else 0."""
    return score(reply, sample).value


def environment_factory(*, generations: int = 1, **options: Unpack[Options]) -> "Callable[[], GameQAEnvironment]":
    """Return what TRL's GRPOTrainer takes as `environment_factory` (experimental in TRL).

    The model hands in its answer by calling the tool `submit`, so its chat template must know tools. GRPO compares the
    completions of one question, and TRL resets one environment for each of them: with no data set, `generations` such
    resets in a row are given the same question, and each process takes questions of its own, for which its batch must
    be divisible by `generations`. With a data set that has a column `data_id`, the rows name the questions instead.

    Args:
        generations: `num_generations` of the training.
        options: games, tasks, levels, split, view and seed, see `Questions`.

    Raises:
        UsageError: a name does not exist, or a number is out of range.

    Example:
        trainer = GRPOTrainer(model, environment_factory=environment_factory(games="maze", generations=8), args=args)
    """
    from .trl_environment import Dealer, GameQAEnvironment

    dealer = Dealer(Questions(**options), generations)
    return partial(GameQAEnvironment, dealer)


def load_environment(*, harness: str = "null", **options: Unpack[Options]) -> Any:
    """Return the questions as an environment of `verifiers` with one agent.

    Args:
        harness: the program of the agent, by its name in `verifiers`; `null` is a chat without tools.
        options: games, tasks, levels, split, view and seed, see `Questions`.

    Raises:
        MissingExtra: `verifiers` is not installed, or older than 0.4.
        UsageError: a name does not exist, or a number is out of range.

    Example:
        environment = load_environment(games="maze", split="test")
        tasks = list(environment.taskset.take(100))
    """
    _require("verifiers.v1", "verifiers>=0.4")
    import verifiers.v1 as vf  # pyright: ignore[reportMissingImports]

    from . import taskset

    Questions(**options)  # says in a sentence what is wrong with them
    agent = {"harness": {"id": harness}, "runtime": {"type": "subprocess"}}  # verifiers' default is a paid service
    config = {"taskset": {"id": taskset.register(), **options}, "agent": agent}
    return vf.load_environment(vf.resolve_env_config(config))


def gymnasium_environment(*, size: tuple[int, int] = (1024, 1280), **options: Unpack[Options]) -> Any:
    """Return the questions as a `gymnasium.Env`.

    Args:
        size: height and width in pixels of the observed picture, which is scaled down where it is larger and set
            on white where it is smaller.
        options: games, tasks, levels, split, view and seed, see `Questions`; `reset(seed=…)` chooses within that
            stream.

    Raises:
        MissingExtra: `gymnasium` is not installed.
        UsageError: a name does not exist, or a number is out of range.

    Example:
        environment = gymnasium_environment(games="maze")
        observation, info = environment.reset(seed=1)
        observation, reward, terminated, truncated, info = environment.step("Answer: B")
    """
    _require("gymnasium", "gymnasium")
    from .gymnasium_environment import GameQAEnv

    return GameQAEnv(size=size, **options)


def _require(module: str, package: str) -> None:
    """Check that a library can be found, and that it is new enough to hold the module."""
    head = module.partition(".")[0]
    if find_spec(head) is None or find_spec(module) is None:
        raise MissingExtra(f"this needs {package}, which is not installed; run: pip install '{package}'")
