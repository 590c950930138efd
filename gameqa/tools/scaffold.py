"""A new game starts as a copy of the template: a small complete game to be replaced file by file."""

import re
from pathlib import Path

from gameqa.core import registry
from gameqa.core.errors import UsageError
from gameqa.core.files import write_atomic

TEMPLATE = Path(__file__).parent / "template"


def scaffold(name: str, folder: Path) -> list[Path]:
    """Copy the template into `folder / name` under the new name and return the files written.

    Raises:
        UsageError: the name is no lower-case identifier, is taken, or the folder is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(f"{name!r} is no name for a game; allowed: lower-case letters, digits and underscores")
    target = folder / name
    if name in registry.games() or target.exists():
        raise UsageError(f"a game {name!r} exists already; choose another name")
    camel = "".join(word.capitalize() for word in name.split("_"))
    written: list[Path] = []
    for source in sorted(TEMPLATE.glob("*.py")):
        text = source.read_text(encoding="utf-8").replace("TemplateParams", f"{camel}Params")
        text = text.replace('"template"', f'"{name}"').replace("`template`", f"`{name}`")
        text = text.replace("Template: ", f"{camel}: ").replace('"Template"', f'"{camel}"')
        write_atomic(target / source.name, text)
        written.append(target / source.name)
    return written
