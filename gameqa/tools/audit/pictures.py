"""Pictures carry the answer: the game's reader recovers from pixels what questions can ask about."""

import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from gameqa.core.audit import Reader

from .criteria import Cell, Flaw, counted
from .rows import Entry, Rows

if TYPE_CHECKING:
    from PIL.Image import Image

SMALL, QUALITY = 0.75, 85
"""Share of width and height that is left of a shrunk picture, and quality of JPEG."""


def shrunk(picture: "Image") -> "Image":
    """Shrink a picture as a pixel budget does, and enlarge it to its first size, which adds nothing."""
    from PIL.Image import Resampling

    size = round(picture.width * SMALL), round(picture.height * SMALL)
    return picture.resize(size, Resampling.LANCZOS).resize(picture.size, Resampling.BICUBIC)


def through_jpeg(picture: "Image") -> "Image":
    """Return a picture after JPEG."""
    from PIL import Image

    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return Image.open(buffer).convert("RGB")


FORMS: "dict[str, Callable[[Image], Image]]" = {
    "read_full": lambda picture: picture,
    "read_small": shrunk,
    "read_jpeg": through_jpeg,
}
"""What is done to a picture before it is read."""


def measure(game: str, rows: Rows, reading: Reader[Any], most: int) -> Iterator[Cell]:
    """Yield the cells `read_full`, `read_small` and `read_jpeg`, each of at most so many rows; only for scale 1."""
    known = {place: [entry for entry in part if entry.task and entry.scale == 1][:most] for place, part in rows.items()}
    for place, entries in known.items():
        flaws: dict[str, list[Flaw]] = {name: [] for name in FORMS}
        for entry in entries:
            picture = entry.picture()
            for name, form in FORMS.items():
                flaws[name] += misread(reading, entry, form(picture))
        for name, found in flaws.items():
            if entries:
                yield counted(name, game, *place, len(entries), found)


def misread(reading: Reader[Any], entry: Entry, picture: "Image") -> Iterator[Flaw]:
    """Yield how what is read differs from what the state shows."""
    import numpy as np

    wanted = _plain(reading.shown(entry.state))
    try:
        found = _plain(reading.read(np.asarray(picture)))
    except ValueError as error:
        yield Flaw(entry.data_id, f"the picture cannot be read: {error}")
        return
    if found != wanted:
        yield Flaw(entry.data_id, f"the picture reads {str(found)[:300]}, the state shows {str(wanted)[:300]}")


def _plain(facts: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(facts))
