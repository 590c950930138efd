"""The only source of randomness, of splits and of canonical JSON.

A sample is named by its key; the key alone decides the random stream. The split of a board is decided
by the board itself, so no board of one split can stand in another one, whatever made it.
"""

from dataclasses import astuple, dataclass
from hashlib import sha256
from random import Random
from typing import Any

import msgspec

RELEASE = "1"
"""Changes when existing samples change; `tests/golden` guards it."""

SPLITS = ("train", "validation", "test")

_canonical = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Key:
    """The name of a sample. `level` is `easy`, `medium`, `hard`, or the canonical JSON of custom parameters."""

    release: str
    game: str
    task: str
    level: str
    split: str
    seed: int
    index: int

    @property
    def data_id(self) -> str:
        """The key spelled readably, for example `sokoban/min_moves/hard/train/0/17`."""
        return f"{self.game}/{self.task}/{self.level}/{self.split}/{self.seed}/{self.index}"


def canonical_json(value: Any) -> str:
    """Return `value` as JSON with sorted keys, no blanks, and characters as they are.

    Equals `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.
    """
    return _canonical.encode(value).decode()


def stream(key: Key) -> Random:
    """Return the random stream of a sample: seeded by the SHA-256 of its canonical key."""
    return Random(int.from_bytes(sha256(canonical_json(astuple(key)).encode()).digest(), "big"))


def split_of(game: str, state_json: str) -> str:
    """Return the split a board belongs to.

    Args:
        game: the game's id.
        state_json: the canonical JSON of the state.
    """
    digest = sha256(f"gameqa-split{game}{state_json}".encode()).digest()
    share = int.from_bytes(digest, "big") % 100
    if share < 80:
        return "train"
    return "validation" if share < 90 else "test"


def state_hash(game: str, state_json: str) -> str:
    """Return the 16 hex digits under which a board is known in the data."""
    return sha256(f"gameqa-state{game}{state_json}".encode()).hexdigest()[:16]
