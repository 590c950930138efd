"""Pages generated from the code: one per game, an index, and the picture strip of the README."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from gameqa.core import engine, registry
from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.game import Game, Level, Task
from gameqa.core.sample import Sample

STRIP_HEIGHT, STRIP_WIDTH = 200, 1000
"""Pixels of one row of the picture strip, and of its width."""

BEGIN, END = "<!-- games, written by `gameqa docs` -->", "<!-- end of games -->"
"""Marks in the README between which the table of games stands."""


def pages(folder: Path) -> dict[Path, bytes]:
    """Return every generated file of the docs folder and the README beside it, by path."""
    files: dict[str, bytes] = {}
    for name in registry.games():
        files.update(_game_page(registry.game(name)))
    files["games/README.md"] = f"# Games\n\n{_table('')}\n".encode()
    files["strip.png"] = _strip()
    made = {folder / path: content for path, content in files.items()}
    readme = folder.parent / "README.md"
    if readme.is_file():
        made[readme] = _with_table(readme.read_text(encoding="utf-8"), f"{folder.name}/games/").encode()
    return made


def stale(folder: Path) -> Iterator[str]:
    """Yield one sentence for every generated file that is missing or differs from the code."""
    made = pages(folder)
    for file, content in made.items():
        if not file.is_file():
            yield f"{file} is missing"
        elif not _same(file.read_bytes(), content):
            yield f"{file} is stale"
    for file in sorted((folder / "games").rglob("*")):
        if file.is_file() and file not in made:
            yield f"{file} belongs to no game"


def _table(base: str) -> str:
    """Return the table of all games; `base` leads to their pages."""
    lines = ["| game | id | category | domain | tasks |", "|---|---|---|---|---|"]
    games = [registry.game(name) for name in registry.games()]
    for game in sorted(games, key=lambda game: (game.category, game.title)):
        tasks = ", ".join(f"`{task.slug}`" for task in game.tasks)
        lines.append(
            f"| [{game.title}]({base}{game.id}.md) | `{game.id}` | {game.category} | {game.domain} | {tasks} |"
        )
    return "\n".join(lines)


def _with_table(readme: str, base: str) -> str:
    """Return a README with the table of games between its two marks written anew."""
    head, begin, rest = readme.partition(BEGIN)
    _, end, tail = rest.partition(END)
    return f"{head}{begin}\n{_table(base)}\n{end}{tail}" if begin and end else readme


def _same(old: bytes, new: bytes) -> bool:
    """Compare texts by bytes and pictures by pixels: encoders differ between machines, pixels do not."""
    if old == new or not new.startswith(b"\x89PNG"):
        return old == new
    from PIL import Image

    first, second = (Image.open(io.BytesIO(data)).convert("RGB") for data in (old, new))
    return first.size == second.size and first.tobytes() == second.tobytes()


def _game_page(game: Game[Any, Any]) -> dict[str, bytes]:
    """Return the page of a game and its pictures."""
    files: dict[str, bytes] = {}
    parts = [
        f"# {game.title}",
        _doc_page(game),
        "## Rules as a reader gets them",
        game.rules,
        "### Picture",
        game.picture,
    ]
    parts += ["### Text view", game.text, "## Levels", _levels(game)]
    for level in game.levels:
        sample = engine.make(game, game.tasks[0], level)
        name = f"{game.id}-{level.lower()}.png"
        files[f"games/pictures/{name}"] = sample.png()
        parts.append(f"![{game.title}, {level}](pictures/{name})")
    parts.append("## Tasks")
    parts += [part for task in game.tasks for part in _task(game, task)]
    text = "\n\n".join(part.strip("\n") for part in parts)
    files[f"games/{game.id}.md"] = f"{text}\n".encode()
    return files


def _doc_page(game: Game[Any, Any]) -> str:
    """Return the game's docstring without its title line's name: `Title: idea.` becomes the idea."""
    head, _, rest = (game.doc or game.title).strip().partition("\n")
    idea = head.partition(": ")[2] or head
    return f"{idea[0].upper()}{idea[1:]}\n{rest}"


def _levels(game: Game[Any, Any]) -> str:
    table = {level: msgspec.structs.asdict(params) for level, params in game.levels.items()}
    names = [name for name in next(iter(table.values())) if any(row[name] is not None for row in table.values())]
    head = ["| parameter | " + " | ".join(table) + " |", "|---" * (len(table) + 1) + "|"]
    cells = {name: " | ".join(_cell(row[name]) for row in table.values()) for name in names}
    return "\n".join([*head, *(f"| `{name}` | {row} |" for name, row in cells.items())])


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _task(game: Game[Any, Any], task: Task[Any, Any]) -> list[str]:
    sample: Sample = engine.make(game, task, Level.EASY)
    kind = f"{task.kind.value} ({len(sample.options)} options)" if task.kind is AnswerKind.CHOICE else task.kind.value
    head = f"### {task.id} `{task.slug}`\n\n{task.about} {task.qa_type.value}, {task.qa_level.value}, {kind}."
    options = [f"{letter}. {text}" for letter, text in zip(LETTERS, sample.options, strict=False)]
    view = f"```text\n{sample.text_view}\n```"
    asked = "\n".join(
        f"> {line}".rstrip() for line in [*sample.query.splitlines(), *(["", *_lines(options)] if options else [])]
    )
    analysis = f"```text\n{sample.analysis}\n```"
    return [head, f"Example (`{sample.data_id}`):", view, asked, analysis]


def _lines(items: list[str]) -> list[str]:
    """Return lines that Markdown keeps apart."""
    return [f"{item}<br>" for item in items[:-1]] + items[-1:]


def _strip() -> bytes:
    """Return one picture that shows every game at Medium, in rows of equal height."""
    from PIL import Image

    thumbs = []
    for name in registry.games():
        game = registry.game(name)
        image = engine.make(game, game.tasks[0], Level.MEDIUM).image.convert("RGB")
        image.thumbnail((STRIP_HEIGHT * 2, STRIP_HEIGHT), Image.Resampling.LANCZOS)
        thumbs.append(image)
    places, x, y = [], 0, 0
    for image in thumbs:
        if x + image.width > STRIP_WIDTH:
            x, y = 0, y + STRIP_HEIGHT + 8
        places.append((x, y))
        x += image.width + 8
    width = max(x + image.width for (x, _), image in zip(places, thumbs, strict=True))
    strip = Image.new("RGB", (width, y + STRIP_HEIGHT), "#FFFFFF")
    for (x, y), image in zip(places, thumbs, strict=True):
        strip.paste(image, (x, y + (STRIP_HEIGHT - image.height) // 2))
    buffer = io.BytesIO()
    strip.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
