"""The dataset card of a build: YAML head for the Hub and `load_dataset`, and a page for people."""

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from gameqa.core import registry
from gameqa.core.game import Level
from gameqa.core.seeds import SPLITS

from .recipes import RECIPES, Recipe
from .schema import ABOUT, columns
from .streams import GROUPS
from .survey import Survey

SIZES = (("n<1K", 1_000), ("1K<n<10K", 10_000), ("10K<n<100K", 100_000), ("100K<n<1M", 1_000_000), ("1M<n<10M", 10**7))


def card(recipe: Recipe, identity: dict[str, Any], found: Survey) -> str:
    """Return the text of README.md."""
    head = yaml.safe_dump(_head(recipe, found), sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n{_body(recipe, identity, found)}"


def _head(recipe: Recipe, found: Survey) -> dict[str, Any]:
    size = next((name for name, bound in SIZES if found.rows < bound), "n>10M")
    tasks = ["question-answering"] if recipe.text else ["visual-question-answering", "image-text-to-text"]
    return {
        "pretty_name": f"gameqa {recipe.name}",
        "license": "apache-2.0",
        "language": ["en"],
        "task_categories": tasks,
        "tags": ["games", "synthetic", "procedural-generation", "verifiable-answers", "reasoning"],
        "annotations_creators": ["machine-generated"],
        "size_categories": [size],
        "configs": _configs(found),
    }


def _configs(found: Survey) -> list[dict[str, Any]]:
    """One config for all games, one for each group, one for each game; splits without rows are left out."""
    games = sorted(found.total("game"))
    groups = {
        group: [name for name in games if belongs(registry.game(name))]
        for group, belongs in GROUPS.items()
        if group != "all"
    }
    members = {"default": games, **{group: held for group, held in groups.items() if held}}
    members |= {name: [name] for name in games}
    return [
        {"config_name": config, **({"default": True} if config == "default" else {}), "data_files": _globs(found, held)}
        for config, held in members.items()
    ]


def _globs(found: Survey, games: Sequence[str]) -> list[dict[str, Any]]:
    everything = list(games) == sorted(found.total("game")) and len(games) > 1
    globs = []
    for split in SPLITS:
        held = [game for game in games if found.total("split", game=game).get(split)]
        paths = ["data/*"] if everything and held == list(games) else [f"data/{game}" for game in held]
        paths = [f"{path}/{split}-*.parquet" for path in paths]
        if paths:
            globs.append({"split": split, "path": paths[0] if len(paths) == 1 else paths})
    return globs


def _body(recipe: Recipe, identity: dict[str, Any], found: Survey) -> str:
    splits = [(split, str(found.splits[split])) for split in SPLITS if split in found.splits]
    made_with = ", ".join(f"{name} {number}" for name, number in identity["made_with"].items())
    parts = [
        f"# gameqa {recipe.name}",
        f"{recipe.about} Procedurally generated games as verified visual question answering data: every answer is"
        " derived by the rules of its game, and every row can be derived anew from its own `state` and `params`.",
        f"{found.rows} rows. The split of a row is decided by the content of its state, so no board of one split"
        " stands in another one, whatever seed made it.",
        _table(("split", "rows"), splits),
        "## Use",
        _code(
            "python",
            "from datasets import load_dataset\n\n"
            'load_dataset("DIR", split="test")\n'
            f'load_dataset("DIR", "{min(found.total("game"))}", split="{splits[-1][0]}")     # one game',
        ),
        "## Games, tasks and levels",
        _table(("game", "task", "asks", "answer", *Level, *SPLITS), _tasks(found)),
        *_short(found),
        "## Answer letters",
        "How often each letter is right, over all choice questions (their number of options varies).",
        _table(("letter", "rows", "share"), _letters(found)),
        "## Columns",
        _table(("column", "meaning"), [(f"`{name}`", ABOUT[name]) for name in columns(recipe.text)]),
        "## How it was made",
        _code("sh", f"pip install gameqa=={identity['version']}"),
        _making(recipe),
        f"Release {identity['release']}, seed {recipe.seed}, generator fingerprint `{identity['fingerprint']}`, made"
        f" with {made_with}. The same command with the same versions gives the same bytes.",
        "## How to verify",
        "`manifest.json` holds the SHA-256 of every file. Answers are checked from the rows alone:",
        _code("python", _VERIFY),
        "## License",
        "Apache-2.0. All boards, questions and pictures are generated; none are taken from elsewhere.",
    ]
    return "\n\n".join(parts) + "\n"


_VERIFY = """\
import gameqa
from datasets import load_dataset
from gameqa.builders.build import verify

assert verify("DIR") == []                                          # the files are those of the manifest
for split in load_dataset("DIR").values():
    for row in split:
        assert gameqa.rederive(row) == row["accepted"]              # by the rules, from state and params
        assert gameqa.from_data_id(row["data_id"]).answer == row["answer"]      # the generator gives this very row"""


def _making(recipe: Recipe) -> str:
    if RECIPES.get(recipe.name) == recipe:
        return _code("sh", f"gameqa build {recipe.name} --out DIR")
    return _code(
        "python",
        f'from gameqa.builders.build import Recipe, build\n\nif __name__ == "__main__":\n    build({recipe!r}, "DIR")',
    )


def _tasks(found: Survey) -> Iterable[Sequence[str]]:
    for name in sorted(found.total("game")):
        game = registry.game(name)
        held = found.total("task", game=name)
        for task in game.tasks:
            if task.slug in held:
                levels = found.total("level", game=name, task=task.slug)
                splits = found.total("split", game=name, task=task.slug)
                counts = [*(levels.get(level, 0) for level in Level), *(splits.get(split, 0) for split in SPLITS)]
                yield (game.title, f"`{task.slug}`", task.about, task.kind.value, *map(str, counts))


def _short(found: Survey) -> list[str]:
    """Say where questions ran out."""
    if not found.short:
        return []
    streams = [(f"`{name}`", str(got), str(asked)) for name, got, asked in found.short]
    return [
        "Some small games hold fewer distinct questions than were asked for:",
        _table(("stream", "found", "asked for"), streams),
    ]


def _letters(found: Survey) -> Iterable[Sequence[str]]:
    for letter, rows in sorted(found.letters.items()):
        yield letter, str(rows), f"{rows / found.letters.total():.1%}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _code(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
