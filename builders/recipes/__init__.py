"""Named builds: which samples make a dataset, and how they are cut into files.

A recipe is a YAML file; the named ones lie beside this file. All fields but the first three have defaults:

    name: own
    about: One sentence for the card.
    samples: {train: 100, test: 10}     # of every game, task and level; or instead:
    rows: {train: 126760, test: 15047}  # in all, spread evenly over games, then over a game's tasks and levels
    weights: {sokoban: 2}               # with rows: a game's share, 1 where it is not named
    games: in_domain                    # names of games and groups; or one entry for each split:
    games: {train: in_domain, test: all}
    tasks: [min_moves]
    levels: [Easy, Hard]
    seed: 0
    scale: 1.0
    text: false                         # true: no pictures
    shard_rows: 1000
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import yaml

from gameqa.core.engine import select
from gameqa.core.errors import UsageError, choice_error
from gameqa.core.game import plain
from gameqa.core.groups import config_names, games_of
from gameqa.core.sample import check_scale
from gameqa.core.seeds import SPLITS
from gameqa.core.streams import Stream

Names = str | tuple[str, ...]

LATE = "more"
"""In the names of files that make up for streams that ran dry."""
PIECE_ROWS = 5000
"""A longer stream is cut. Each piece makes the questions before it once more, without pictures, to know repeats."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the bytes of a build, besides the code.

    Attributes:
        name: what the build is asked for by.
        about: one sentence for the card.
        counts: for each split, the number of samples of every game, task and level (`samples` in YAML).
        games: names of games and groups; a mapping gives them for each split.
        tasks, levels: `all`, or names.
        seed: the seed of every stream.
        scale: picture scale.
        text: leave the picture out.
        shard_rows: rows after which a new file is begun.
        rows: instead of `counts`, for each split the number of samples in all, spread evenly over the games and
            then over each game's tasks and levels. What a task cannot give its game's other tasks do.
        weights: with `rows`, the share of a game relative to the others; 1 where it is not named.
    """

    name: str
    about: str
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    games: Names | Mapping[str, Names] = "all"
    tasks: Names = "all"
    levels: Names = "all"
    seed: int = 0
    scale: float = 1.0
    text: bool = False
    shard_rows: int = 1000
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    weights: Mapping[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        if self.counts and self.rows:
            raise UsageError(f"recipe {self.name!r} must give either samples or rows, not both")
        wanted = self.counts or self.rows
        for split in [*wanted, *(self.games if isinstance(self.games, Mapping) else ())]:
            if split not in SPLITS:
                raise choice_error("split", split, SPLITS)
        if min(wanted.values(), default=0) < 0 or not any(wanted.values()):
            raise UsageError(f"recipe {self.name!r} must ask for at least one sample")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"seed must lie between 0 and 2**63 - 1, not {self.seed}")
        if self.shard_rows < 1:
            raise UsageError(f"shard_rows must be at least 1, not {self.shard_rows}")
        if min(self.weights.values(), default=1) <= 0:
            raise UsageError(f"weights of recipe {self.name!r} must be above 0")
        check_scale(self.scale)

    def plain(self) -> dict[str, Any]:
        """Return the recipe as plain JSON; fields that stand at their default and came later are left out."""
        found = plain(asdict(self))
        return {name: value for name, value in found.items() if value or name not in ("rows", "weights", "counts")}

    def games_in(self, split: str) -> list[str]:
        """Return the ids of a split's games.

        Raises:
            UsageError: for a name that is neither a game nor a group.
        """
        names = self.games.get(split, "all") if isinstance(self.games, Mapping) else self.games
        asked = [names] if isinstance(names, str) else names
        for name in asked:
            if name not in config_names():
                raise choice_error("game or group", name, config_names())
        return [*dict.fromkeys(game for name in asked for game in games_of(name))]


class _RecipeFile(msgspec.Struct, forbid_unknown_fields=True):
    """What a YAML recipe may hold."""

    name: str
    about: str = ""
    samples: dict[str, int] = {}
    rows: dict[str, int] = {}
    weights: dict[str, float] = {}
    games: str | list[str] | dict[str, str | list[str]] = "all"
    tasks: str | list[str] = "all"
    levels: str | list[str] = "all"
    seed: int = 0
    scale: float = 1.0
    text: bool = False
    shard_rows: int = 1000


def parse_recipe(content: str, origin: str) -> Recipe:
    """Read a recipe from YAML; `origin` names it in errors.

    Raises:
        UsageError: in one sentence, for anything that is no recipe.
    """
    try:
        read = msgspec.convert(yaml.safe_load(content), _RecipeFile)
    except yaml.YAMLError as error:
        raise UsageError(f"{origin} is no YAML: {' '.join(str(error).split())}") from None
    except msgspec.ValidationError as error:
        allowed = ", ".join(_RecipeFile.__struct_fields__)
        raise UsageError(f"{origin} is no recipe: {error}; fields are {allowed}") from None
    games = read.games
    return Recipe(
        name=read.name,
        about=read.about,
        counts=read.samples,
        games={split: _names(names) for split, names in games.items()} if isinstance(games, dict) else _names(games),
        tasks=_names(read.tasks),
        levels=_names(read.levels),
        seed=read.seed,
        scale=read.scale,
        text=read.text,
        shard_rows=read.shard_rows,
        rows=read.rows,
        weights=read.weights,
    )


def stored_recipe(stored: Any) -> Recipe:
    """Return a recipe from the JSON of `Recipe.plain`.

    Raises:
        UsageError: it is none.
    """
    try:
        return msgspec.convert(stored, Recipe)
    except msgspec.ValidationError as error:
        raise UsageError(f"the manifest holds no recipe of this version: {error}") from None


def _names(names: str | Sequence[str]) -> Names:
    return names if isinstance(names, str) else tuple(names)


@cache
def named_recipes() -> dict[str, Recipe]:
    """Return the recipes that come with the package, by name."""
    found = [
        parse_recipe(file.read_text(encoding="utf-8"), file.name)
        for file in files(__name__).iterdir()
        if file.name.endswith(".yaml")
    ]
    return {recipe.name: recipe for recipe in sorted(found, key=lambda recipe: recipe.name)}


def read_recipe(recipe: str | Path | Recipe) -> Recipe:
    """Return a named recipe, or the one in a YAML file.

    Raises:
        UsageError: no such recipe (the message lists those that exist), or a file that is none.
    """
    if isinstance(recipe, Recipe):
        return recipe
    path = Path(recipe)
    if path.suffix in (".yaml", ".yml"):
        try:
            return parse_recipe(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}") from None
    if str(recipe) not in named_recipes():
        raise choice_error("recipe", str(recipe), [*named_recipes(), "or a path ending in .yaml"])
    return named_recipes()[str(recipe)]


class Shard(NamedTuple):
    """One file: some streams of one game and split."""

    path: str
    streams: tuple[Stream, ...]

    @property
    def game(self) -> str:
        """The game of all its streams."""
        return self.streams[0].game

    @property
    def rows(self) -> int:
        """The number of rows asked for."""
        return sum(stream.length for stream in self.streams)


def plan(recipe: Recipe) -> list[Shard]:
    """Return all files of a build, game by game and split by split.

    Raises:
        UsageError: when the recipe names something that does not exist.
    """
    found = [stream for split in SPLITS for stream in streams_of(recipe, split)]
    return sorted(_shards(found, recipe.shard_rows, ""), key=lambda shard: shard.path)


def streams_of(recipe: Recipe, split: str) -> list[Stream]:
    """Return the streams of one split, whole and with their lengths."""
    wanted = (recipe.counts or recipe.rows).get(split, 0)
    if not wanted:
        return []
    cells = select(recipe.games_in(split), recipe.tasks, recipe.levels)
    lengths = [wanted] * len(cells)
    if recipe.rows:
        games = [*dict.fromkeys(game.id for game, _, _ in cells)]
        shares = dict(zip(games, spread(wanted, [recipe.weights.get(game, 1.0) for game in games]), strict=True))
        lengths = []
        for name in games:
            count = sum(game.id == name for game, _, _ in cells)
            lengths += spread(shares[name], [1.0] * count)
    return [
        Stream(game.id, task.slug, level.value, split, recipe.seed, length)
        for (game, task, level), length in zip(cells, lengths, strict=True)
        if length
    ]


def spread(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole shares of `total` in proportion to the weights; they add up to it.

    >>> spread(10, [1, 1, 2]), spread(5, [1, 1, 1])
    ([2, 3, 5], [1, 2, 2])
    """
    shares: list[int] = []
    passed, whole = 0.0, sum(weights)
    for weight in weights:
        passed += weight
        shares.append(round(total * passed / whole) - sum(shares))
    return shares


def top_up(recipe: Recipe, held: Mapping[Stream, int], number: int) -> list[Shard]:
    """Return the files that make up for streams that ran dry: the other streams of the game go on for longer.

    Args:
        recipe: one that asks for `rows`; others are never topped up.
        held: for every stream so far, with the whole length asked for, how many rows it has given.
        number: counts the rounds from 1.
    """
    if not recipe.rows:
        return []
    wanted: Counter[tuple[str, str]] = Counter()
    for stream in (stream for split in SPLITS for stream in streams_of(recipe, split)):
        wanted[stream.game, stream.split] += stream.length
    more: list[Stream] = []
    for (game, split), rows in wanted.items():
        own = {stream: found for stream, found in held.items() if (stream.game, stream.split) == (game, split)}
        lacking = rows - sum(own.values())
        going = [stream for stream, found in own.items() if found == stream.length]
        if lacking and going:
            for stream, length in zip(going, spread(lacking, [1.0] * len(going)), strict=True):
                more += [stream._replace(skip=stream.length, length=length)] if length else []
    return sorted(_shards(more, recipe.shard_rows, f"{LATE}{number}-"), key=lambda shard: shard.path)


def _shards(found: list[Stream], rows: int, mark: str) -> Iterator[Shard]:
    pieces = [piece for stream in found for piece in _pieces(stream, max(rows, PIECE_ROWS))]
    for game, split in dict.fromkeys((stream.game, stream.split) for stream in pieces):
        own = [stream for stream in pieces if (stream.game, stream.split) == (game, split)]
        groups = [*_grouped(own, rows)]
        for number, group in enumerate(groups):
            yield Shard(f"data/{game}/{split}-{mark}{number:05d}-of-{len(groups):05d}.parquet", tuple(group))


def _pieces(stream: Stream, rows: int) -> Iterator[Stream]:
    for start in range(0, stream.length, rows):
        yield stream._replace(skip=stream.skip + start, length=min(rows, stream.length - start))


def _grouped(found: list[Stream], rows: int) -> Iterator[list[Stream]]:
    """Yield runs of streams that hold about `rows` rows together."""
    group: list[Stream] = []
    for stream in found:
        if group and sum(member.length for member in group) + stream.length > rows:
            yield group
            group = []
        group.append(stream)
    yield group
