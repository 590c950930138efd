"""A hash of the code that makes samples: when it changes, caches and half-made builds of older code are void."""

from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path

import gameqa
from gameqa.core.registry import ENTRY_POINT_GROUP
from gameqa.core.seeds import RELEASE

HERE = Path(__file__).parent
LIBRARY = Path(gameqa.__file__).parent

SOURCES = (
    LIBRARY / "core",
    LIBRARY / "draw",
    LIBRARY / "games",
    HERE / "gameqa.py",
    HERE / "schema.py",
    HERE / "streams.py",
)
"""Files and folders that decide what a sample is and how it is stored."""

OBSERVERS = ("check.py", "read.py", "audit.py", "reading.py")
"""Files within that only look at samples: second methods, picture readers, and what these build on."""


def fingerprint(sources: Iterable[Path] = SOURCES) -> str:
    """Return 16 hex digits that change with the content or the name of any source file.

    Games of outside packages count with the version of their package.
    """
    digest = sha256(RELEASE.encode())
    for source in sources:
        for file in [source] if source.is_file() else _files(source):
            content = file.read_bytes()
            digest.update(f"\n{file.relative_to(source.parent).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP)):
        digest.update(f"\n{point.name} {point.value} {point.dist.version if point.dist else ''}".encode())
    return digest.hexdigest()[:16]


def _files(folder: Path) -> list[Path]:
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file() and file.name not in OBSERVERS and "__pycache__" not in file.parts
    )
