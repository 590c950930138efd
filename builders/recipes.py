"""Named builds: which samples make a dataset, and how they are cut into files."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from gameqa.core.errors import UsageError, choice_error
from gameqa.core.sample import check_scale
from gameqa.core.seeds import SPLITS

from .streams import Stream, streams


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the bytes of a build, besides the code.

    Attributes:
        name: what the build is asked for by.
        about: one sentence for the card.
        counts: for each split, the number of samples of every game, task and level.
        games, tasks, levels: `all`, or names.
        seed: the seed of every stream.
        scale: picture scale.
        text: leave the picture out.
        shard_rows: rows after which a new file is begun; a stream is never cut.
    """

    name: str
    about: str
    counts: Mapping[str, int]
    games: str | tuple[str, ...] = "all"
    tasks: str | tuple[str, ...] = "all"
    levels: str | tuple[str, ...] = "all"
    seed: int = 0
    scale: float = 1.0
    text: bool = False
    shard_rows: int = 1000

    def __post_init__(self) -> None:
        for split in self.counts:
            if split not in SPLITS:
                raise choice_error("split", split, SPLITS)
        if min(self.counts.values(), default=0) < 0 or not any(self.counts.values()):
            raise UsageError(f"recipe {self.name!r} must ask for at least one sample")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"seed must lie between 0 and 2**63 - 1, not {self.seed}")
        check_scale(self.scale)

    def plain(self) -> dict[str, Any]:
        """Return the recipe as plain JSON."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


RECIPES = {
    recipe.name: recipe
    for recipe in [
        Recipe(
            name="mini",
            about="A first look: every game, task and level, a few samples each.",
            counts={"train": 2, "validation": 1, "test": 1},
        ),
    ]
}
"""The named builds; a new one is one entry."""


def read_recipe(recipe: str | Recipe) -> Recipe:
    """Return a recipe by name.

    Raises:
        UsageError: no such recipe (the message lists those that exist).
    """
    if isinstance(recipe, Recipe):
        return recipe
    if recipe not in RECIPES:
        raise choice_error("recipe", recipe, [*RECIPES])
    return RECIPES[recipe]


class Shard(NamedTuple):
    """One file: some whole streams of one game and split."""

    path: str
    streams: tuple[Stream, ...]

    @property
    def rows(self) -> int:
        """The number of rows asked for."""
        return sum(stream.length for stream in self.streams)


def plan(recipe: Recipe) -> list[Shard]:
    """Return all files of a build, game by game and split by split.

    Raises:
        UsageError: when the recipe names something that does not exist.
    """
    shards = []
    for split in SPLITS:
        count = recipe.counts.get(split, 0)
        if not count:
            continue
        found = streams(recipe.games, recipe.tasks, recipe.levels, split, recipe.seed, count)
        for game in dict.fromkeys(stream.game for stream in found):
            groups = [*_grouped([stream for stream in found if stream.game == game], recipe.shard_rows)]
            for number, group in enumerate(groups):
                name = f"{split}-{number:05d}-of-{len(groups):05d}.parquet"
                shards.append(Shard(f"data/{game}/{name}", tuple(group)))
    return sorted(shards, key=lambda shard: shard.path)


def _grouped(found: list[Stream], rows: int) -> Iterator[list[Stream]]:
    """Yield runs of streams that hold about `rows` rows together."""
    group: list[Stream] = []
    for stream in found:
        if group and sum(member.length for member in group) + stream.length > rows:
            yield group
            group = []
        group.append(stream)
    yield group
