"""The dataset card of a build: YAML head for the Hub and `load_dataset`, and a page for people.

The same rows give the same bytes: nothing is told but the recipe, the identity of the code, and what the data holds.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import yaml

from gameqa.core import registry
from gameqa.core.answers import LETTERS
from gameqa.core.game import Level
from gameqa.core.groups import GROUPS
from gameqa.core.seeds import SPLITS
from gameqa.tools.audit.record import record

from .recipes import Recipe, named_recipes
from .schema import ABOUT, columns
from .stats import Table, shown, tables
from .survey import Example, Survey

CANARY = "82b2da5f-707b-44bd-ba66-1de3776f900a"
"""Stands in the card of every build with a test split, for training corpora to be searched for it; never changes."""

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
        "tags": ["games", "synthetic", "procedural-generation", "verifiable-answers", "visual-reasoning", "reasoning"],
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "source_datasets": ["original"],
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
    parts = [
        f"# gameqa {recipe.name}",
        f"{recipe.about} Procedurally generated games as verified visual question answering data: every answer is"
        " derived by the rules of its game, and every row can be derived anew from its own `state` and `params`.",
        f"{found.rows} rows. The split of a row is decided by the content of its state, so no board of one split"
        " stands in another one, whatever seed made it.",
        markdown_table(("split", "rows"), splits),
        "## Use",
        _code(
            "python",
            "from datasets import load_dataset\n\n"
            f'load_dataset("DIR", split="{splits[-1][0]}")\n'
            f'load_dataset("DIR", "{min(found.total("game"))}", split="{splits[-1][0]}")     # one game',
        ),
        "`DIR` is the folder of this card or its name on the Hub. Besides the whole there is one config for each game"
        " and for each group of games; the head of this file lists them.",
        *_canary(found),
        *_examples(found.examples),
        *_contents(found),
        "## Columns",
        markdown_table(("column", "meaning"), [(f"`{name}`", ABOUT[name]) for name in columns(recipe.text)]),
        "## How labels are made and checked",
        _LABELS,
        *_quality(),
        "## Limits",
        _LIMITS,
        *_rebuild(recipe, identity),
        "## Citation",
        "The games, the question templates and the idea follow the GameQA data of Game-RL, first published as"
        " Code2Logic ([arXiv:2505.13886](https://arxiv.org/abs/2505.13886)). Please cite it, and this software:",
        _code("bibtex", _BIBTEX.replace("VERSION", identity["version"])),
        "## License",
        "Apache-2.0. All boards, questions and pictures are generated; none are taken from elsewhere.",
    ]
    return "\n\n".join(parts) + "\n"


def _canary(found: Survey) -> list[str]:
    """Ask not to train on the test split, with a string to search for."""
    if "test" not in found.splits:
        return []
    return [
        "## Test split",
        "The test split is for measuring. Please do not train on it; keep it and this line out of training corpora:",
        _code("text", f"gameqa test data must not be trained on; canary GUID {CANARY}"),
    ]


def _examples(examples: Sequence[Example]) -> list[str]:
    """Show some rows, with pictures that lie next to the card."""
    parts = ["## Examples"] if examples else []
    for example in examples:
        options = [f"{letter}. {text}" for letter, text in zip(LETTERS, example.options, strict=False)]
        parts.append(f"### {example.data_id}")
        if example.png:
            parts.append(f"![{example.data_id}]({example.asset})")
        blocks = [example.text_view, example.query, "\n".join(options), f"Answer: {example.answer}"]
        parts.append(_code("text", "\n\n".join(block for block in blocks if block)))
    return parts


def _contents(found: Survey) -> list[str]:
    """Tell what the rows are and how the answers are spread."""
    held = {table.name: table for table in tables(found)}
    held["tasks"] = Table(
        "tasks",
        "By task",
        "What each task asks, and its rows of each level, then of each split.",
        ("game", "task", "asks", "answer", *Level, *SPLITS),
        [*_tasks(found)],
    )
    parts = ["## Contents"]
    for table in held.values():
        about = [table.about] if table.about else []
        parts += [f"### {table.title}", *about, markdown_table(table.head, _cells(table))]
    return [*parts, *_short(found)]


def _quality() -> list[str]:
    """Return what the last full audit of the release found, if there was one."""
    known = record()
    if known is None:
        return []
    return [
        "## Quality",
        f"The full audit of release {known.release} on {known.date} ({known.source}; not these very rows):"
        f" {known.headline} `gameqa audit DIR --html PAGE` measures the same on the rows of this folder.",
        markdown_table(known.head, known.lines),
    ]


def _cells(table: Table) -> Iterable[Sequence[str]]:
    for row in table.rows:
        cells = zip(table.head, map(shown, row), strict=True)
        yield [f"`{text}`" if name in table.code else text for name, text in cells]


def _rebuild(recipe: Recipe, identity: dict[str, Any]) -> list[str]:
    made_with = ", ".join(f"{name} {number}" for name, number in identity["made_with"].items())
    return [
        "## How to rebuild",
        _code("sh", f"pip install gameqa=={identity['version']}"),
        _making(recipe),
        f"Release {identity['release']}, seed {recipe.seed}, generator fingerprint `{identity['fingerprint']}`, made"
        f" with {made_with}. The same command with the same versions gives the same bytes, so the `manifest.json` of"
        " both folders, which holds the SHA-256 of every file, are equal.",
        "## How to verify",
        "Files are compared with the manifest; answers are checked from the rows alone:",
        _code("python", _VERIFY),
    ]


_LABELS = """\
No person and no model wrote a label. A sample is made from its key alone (`data_id`), in these steps:

1. The game draws a board from the random stream of the key. Boards that belong to another split are refused.
2. The task asks its question; the rules of the game, or an exhaustive search where needed, give the answer.
3. For a choice question, code proves that exactly one option is right and that no two options read the same. The
   place of the right option is drawn at random, except where the picture itself fixes the order.
4. `answer` is written in canonical form, and `accepted` lists every right answer.

The solver sees nothing but `state` and `params`, so every label can be checked from its own row, without the
generator: see *How to verify*. Rules are tested against hand-made boards, solvers against brute force on small ones."""

_LIMITS = """\
- English only; one way of drawing and a few templates of wording for each game; no photographs, no noise, no video.
- One state, one question and one answer in each row: no dialogue, no play over several turns.
- Questions come from fixed templates, which are the same in all splits. The test split holds other boards, not
  other games or other questions; for those keep whole games out of training (`domain` proposes which).
- `difficulty` and the levels measure boards and worked solutions. No people were asked how hard a question is.
- Answers are not spread evenly in all tasks: compare a score with the best constant answer in the tables above, and
  with one over the number of options.
- Colours carry meaning in some games; how well people with colour blindness can answer has not been measured.
- `analysis` is the solution of a program, step by step; it does not show how people would reason."""

_BIBTEX = """\
@article{tong2025gamerl,
  title         = {Game-RL: Synthesizing Multimodal Verifiable Game Data to Boost {VLMs}' General Reasoning},
  author        = {Tong, Jingqi and Tang, Jixin and Li, Hangcheng and Mou, Yurong and Zhang, Ming and Zhao, Jun and
                   Wen, Yanbo and Song, Fan and Zhan, Jiahao and Lu, Yuyang and others},
  journal       = {arXiv preprint arXiv:2505.13886},
  eprint        = {2505.13886},
  archivePrefix = {arXiv},
  year          = {2025},
  note          = {First version: Code2Logic: Game-Code-Driven Data Synthesis for Enhancing {VLMs} General Reasoning}
}

@software{gameqa,
  title   = {gameqa: procedurally generated games as verified visual question answering data},
  author  = {{The gameqa maintainers}},
  version = {VERSION},
  year    = {2026}
}"""


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
    if named_recipes().get(recipe.name) == recipe:
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
        markdown_table(("stream", "found", "asked for"), streams),
    ]


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; bars within cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _code(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
