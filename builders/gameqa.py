"""The builder behind `datasets.load_dataset("gameqa", …)`.

    import gameqa
    from datasets import load_dataset

    load_dataset("gameqa", "sokoban", split="train")
    load_dataset("gameqa", "in_domain", samples=50, levels="hard", splits="test", split="test")
    load_dataset("gameqa", "sudoku", split="train", streaming=True)

Configs are the games, `all`, `in_domain`, `out_of_domain` and the four categories, each also with `-text` at the end
(no pictures; the prompt is `text_question`). `split="test"` alone makes every split and returns one of them;
`splits="test"` makes only that one. The same without the name "gameqa":

    from gameqa.builders.gameqa import GameQA

    builder = GameQA(config_name="sokoban", splits="test")
    builder.download_and_prepare()
    builder.as_dataset(split="test")            # or at once: builder.as_streaming_dataset(split="test")
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import datasets

from gameqa.core.engine import read_level, select
from gameqa.core.errors import UsageError, choice_error
from gameqa.core.game import Level
from gameqa.core.groups import GROUPS, config_names, games_of
from gameqa.core.sample import SCALES
from gameqa.core.seeds import RELEASE, SPLITS
from gameqa.core.streams import Stream

from .fingerprint import fingerprint
from .schema import features
from .streams import ENDLESS, LANES, Lane, streams

GAME_SAMPLES = 20
"""Samples for each task, level and split of a game asked for by name …"""
GROUP_SAMPLES = 3
"""… and of each game of a group."""

TEXT = "-text"
"""Mark of the configs without pictures."""

VERSION = datasets.Version(f"{RELEASE}.0.0")

ARGUMENTS = ("samples", "seed", "levels", "tasks", "splits", "scale", "text")

_BUILDER_ARGUMENTS = (
    "base_path",
    "config_id",
    "data_dir",
    "data_files",
    "features",
    "info",
    "repo_id",
    "storage_options",
    "token",
    "writer_batch_size",
)
"""What `datasets` itself passes to a builder."""


@dataclass(eq=False)
class GameQAConfig(datasets.BuilderConfig):
    """What to generate.

    Attributes:
        samples: number of distinct samples for each task and level in every split, or one number for each split,
            such as `{"train": 100, "test": 10}`; a split that is not named, or has 0, is left out. None streams
            for ever, the tasks and levels in turn; it needs `streaming=True`.
        seed: names an independent set of samples, at least 0.
        levels: `all`, or one or several of `Easy`, `Medium`, `Hard`.
        tasks: `all`, or the slugs of one or several tasks.
        splits: `all`, or one or several of `train`, `validation`, `test`: the splits to generate.
        scale: picture scale, 0.5 to 4.
        text: leave the picture out, for text-only models (prompt: the column `text_question`).
    """

    version: str | datasets.Version | None = VERSION
    samples: int | Mapping[str, int] = GAME_SAMPLES
    seed: int = 0
    levels: str | Sequence[str] = "all"
    tasks: str | Sequence[str] = "all"
    splits: str | Sequence[str] = "all"
    scale: float = 1.0
    text: bool = False

    def counts(self) -> dict[str, int]:
        """Return the number of samples of one stream for each split to generate."""
        wanted = SPLITS if self.splits == "all" else self.splits
        given = dict.fromkeys(SPLITS, self.samples) if isinstance(self.samples, int) else self.samples
        return {split: given[split] for split in SPLITS if split in wanted and given.get(split)}

    @property
    def games(self) -> str:
        """The name of the group or game, without the mark of the variant."""
        return self.name.removesuffix(TEXT)

    def streams(self, split: str, count: int) -> list[Stream]:
        """Return the streams of one split."""
        return streams(games_of(self.games), self.tasks, self.levels, split, self.seed, count)

    def shards(self, split: str, count: int) -> list[Stream] | list[Lane]:
        """Return what processes and workers share of one split."""
        found = self.streams(split, count)
        return [Lane(number, tuple(found)) for number in range(LANES)] if self.samples == ENDLESS else found

    def create_config_id(self, config_kwargs: dict[str, Any], custom_features: datasets.Features | None = None) -> str:
        """Name the cache after the arguments that matter: equal requests, however they are spelled, share one."""
        self.settle()
        usual = GameQA.builder_configs[self.name]
        told = {
            name: _spelled(getattr(self, name))
            for name in ARGUMENTS
            if name in config_kwargs and getattr(self, name) != getattr(usual, name)
        }
        rest = {name: value for name, value in config_kwargs.items() if name not in ARGUMENTS}
        return super().create_config_id({**told, **rest}, custom_features)

    def settle(self) -> None:
        """Check the arguments and bring them into one form.

        Raises:
            UsageError: in one sentence, for anything that does not exist or is out of range.
        """
        self.splits = _chosen("split", self.splits, SPLITS)
        plots = self.levels if isinstance(self.levels, str) else tuple(self.levels)
        if plots != "all":
            named = [plots] if isinstance(plots, str) else plots
            self.levels = _chosen("level", [read_level(name).value for name in named], [*Level])
        if self.tasks != "all":
            known = dict.fromkeys(task.slug for _, task, _ in select(games_of(self.games)))
            self.tasks = _chosen("task", self.tasks, [*known])
        self.samples = _samples(self.samples)
        if not self.counts():
            raise UsageError(f"samples={self.samples!r} leaves nothing to generate for splits={self.splits!r}")
        if not _whole(self.seed) or not 0 <= self.seed < 2**63:
            raise UsageError(f"seed must be a whole number from 0 to 2**63 - 1, not {self.seed!r}")
        if not isinstance(self.scale, int | float) or not SCALES[0] <= self.scale <= SCALES[1]:
            raise UsageError(f"scale must be a number from {SCALES[0]} to {SCALES[1]}, not {self.scale!r}")
        self.scale = float(self.scale)
        if not isinstance(self.text, bool):
            raise UsageError(f"text must be True or False, not {self.text!r}")


class GameQA(datasets.GeneratorBasedBuilder):
    """Generates the samples of one config; the same rows in any process, order and number of processes."""

    VERSION = VERSION
    BUILDER_CONFIG_CLASS = GameQAConfig
    BUILDER_CONFIGS = [
        GameQAConfig(name=name + mark, samples=GROUP_SAMPLES if name in GROUPS else GAME_SAMPLES, text=bool(mark))
        for mark in ("", TEXT)
        for name in config_names()
    ]
    DEFAULT_CONFIG_NAME = "all"

    config: GameQAConfig

    def __init__(
        self,
        cache_dir: str | None = None,
        dataset_name: str | None = "gameqa",
        config_name: str | None = None,
        hash: str | None = None,  # noqa: A002 - the name datasets passes it by
        **kwargs: Any,
    ) -> None:
        if config_name is not None and config_name not in self.builder_configs:
            raise choice_error("config", config_name, [*self.builder_configs])
        for name in kwargs:
            if name not in ARGUMENTS and name not in _BUILDER_ARGUMENTS:
                raise choice_error("argument", name, ARGUMENTS)
        if "samples" in kwargs and kwargs["samples"] is None:
            kwargs["samples"] = ENDLESS  # datasets itself takes None for "not given"
        super().__init__(cache_dir, dataset_name, config_name, hash or fingerprint(), **kwargs)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(
            description="Procedurally generated games as verified visual question answering data.",
            license="Apache-2.0",
            features=features(self.config.text),
        )

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        generators = []
        for split, count in self.config.counts().items():
            shards = self.config.shards(split, count)
            # A split without a row would break the loading of the others.
            if any(next(shard.samples(), None) for shard in shards):
                generators.append(datasets.SplitGenerator(name=split, gen_kwargs={"shards": shards}))
        if not generators:
            raise UsageError(f"{self.config_id} holds no sample in any of the splits asked for")
        return generators

    def _generate_examples(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, shards: list[Stream] | list[Lane]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        short = []
        for stream in shards:
            made = 0
            for sample in stream.samples(self.config.scale):
                made += 1
                yield sample.data_id, sample.row(image=not self.config.text)
            if isinstance(stream, Stream) and made < stream.length:
                short.append(f"{stream.name}: {made} of {stream.length}")
        if short:
            warnings.warn(
                f"{len(short)} streams hold fewer distinct questions than asked for, such as {short[0]}", stacklevel=1
            )

    def download_and_prepare(self, *arguments: Any, **options: Any) -> None:
        """Generate all rows into the cache or a folder; see `datasets.DatasetBuilder`.

        Raises:
            UsageError: samples=None, which has no end.
        """
        if self.config.samples == ENDLESS:
            raise UsageError("samples=None has no end: pass streaming=True, or a number of samples")
        super().download_and_prepare(*arguments, **options)


def _chosen(what: str, given: str | Sequence[str], allowed: Sequence[str]) -> str | tuple[str, ...]:
    """Return `all`, or the names given in the order of `allowed`, each once; a lone name stays a string."""
    if given == "all":
        return "all"
    names = [given] if isinstance(given, str) else list(given)
    for name in names:
        if name not in allowed:
            raise choice_error(what, name, list(allowed))
    if not names:
        raise UsageError(f"no {what} is given; allowed: {', '.join(allowed)}")
    found = tuple(str(name) for name in allowed if name in names)
    if len(found) == len(allowed):
        return "all"
    return found[0] if len(found) == 1 else found


def _samples(given: Any) -> int | dict[str, int]:
    if _whole(given) and given >= 1:
        return given
    if isinstance(given, Mapping):
        for split in given:
            if split not in SPLITS:
                raise choice_error("split", split, SPLITS)
        if all(_whole(count) and count >= 0 for count in given.values()):
            return {split: given[split] for split in SPLITS if split in given}
    raise UsageError(
        f"samples must be a whole number of at least 1, None with streaming=True, or one for each split, such as"
        f" {{'train': 100, 'test': 10}}, not {given!r}"
    )


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _spelled(value: Any) -> str | int | float | bool:
    """Return a value as it stands in the name of a cache folder."""
    if isinstance(value, Mapping):
        return "-".join(f"{split}{count}" for split, count in value.items())
    return "-".join(value) if isinstance(value, tuple) else value
