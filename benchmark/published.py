"""The published GameQA data as questions of the benchmark, read through the importer of the data tools."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from gameqa.core.errors import GameQAError

RAW = "games_data_*.json"
"""Files by which the data are known as they are published."""


def published_rows(source: str, split: str = "test") -> Any:
    """Return a split of the published data as a `datasets.Dataset` in our columns.

    Args:
        source: a folder with the published files, the folder of a `gameqa import`, or OWNER/NAME on the Hub of either.
        split: the split.

    Raises:
        GameQAError: it cannot be read.
    """
    import datasets

    folder = Path(source)
    if not folder.is_dir():
        folder = _from_hub(source, split)
    try:
        return datasets.load_dataset(str(_imported(folder) if any(folder.glob(RAW)) else folder), split=split)
    except (ValueError, OSError) as error:
        raise GameQAError(f"{source} cannot be read as published GameQA data: {error}") from error


def _from_hub(repo_id: str, split: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(repo_id, repo_type="dataset", allow_patterns=[f"*{split}*", f"**/{split}-*", "*.md"])
        )
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise GameQAError(
            f"{repo_id} is neither a folder nor a data set that can be had from the Hub: {error}"
        ) from error


def _imported(folder: Path) -> Path:
    """Import the published files into the cache, once for every state of the folder."""
    from datasets import config
    from gameqa.builders.published import import_published  # pyright: ignore[reportMissingImports]

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    state = "\n".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files)
    out = Path(config.HF_DATASETS_CACHE) / "gameqa-published" / sha256(state.encode()).hexdigest()[:16]
    if not out.exists():
        import_published(folder, out)
    return out
