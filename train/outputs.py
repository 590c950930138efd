"""The folder of a training run: what it holds, going on with it, and what is left at the end.

recipe.json          the recipe, with all overrides; decides whether a folder can be gone on with
checkpoint-N/        of the trainer; complete when it holds gameqa.json, which is written last
completions/         completions with their rewards, as TRL logs them; completions.html shows them with the pictures
final/               the model with its processor and its card
"""

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.files import write_atomic

from .settings import Recipe

RECIPE, STATE, FINAL = "recipe.json", "gameqa.json", "final"


def claim(recipe: Recipe, out: Path, writes: bool = True) -> None:
    """Take a folder for a run, or go on with the one that is in it.

    Args:
        recipe: the recipe.
        out: the folder.
        writes: whether this process writes; of several one does.

    Raises:
        UsageError: the folder holds a run of another recipe, or cannot be written.
    """
    try:
        earlier = msgspec.json.decode((out / RECIPE).read_bytes())
    except FileNotFoundError:
        earlier = None
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{out / RECIPE} cannot be read: {error}") from error
    ours = msgspec.to_builtins(recipe)
    if earlier is not None and earlier != ours:
        differs = [name for name in ours if not isinstance(earlier, dict) or earlier.get(name) != ours[name]]
        raise UsageError(
            f"{out} holds a run of another recipe (it differs in {', '.join(differs)}); choose another --out"
        )
    if writes and earlier is None:
        write_atomic(out / RECIPE, msgspec.json.format(msgspec.json.encode(recipe)))


def last_checkpoint(out: Path) -> Path | None:
    """Return the last complete checkpoint of a run; one that a kill left half-written does not count."""
    found = {int(path.name.rpartition("-")[2]): path for path in out.glob("checkpoint-*") if _complete(path)}
    return found[max(found)] if found else None


def _complete(path: Path) -> bool:
    return re.fullmatch(r"checkpoint-\d+", path.name) is not None and (path / STATE).is_file()


def write_state(checkpoint: Path, state: dict[str, Any]) -> None:
    """Mark a checkpoint as complete, with what is needed to go on besides the trainer's own files."""
    write_atomic(checkpoint / STATE, json.dumps(state))


def read_state(checkpoint: Path) -> dict[str, Any]:
    """Return what `write_state` wrote.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return json.loads((checkpoint / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{checkpoint / STATE} cannot be read: {error}") from error


def push(folder: Path, repo_id: str, endpoint: str | None = None) -> str:
    """Send the final model to the Hub in one commit and return its address.

    Args:
        folder: the final model.
        repo_id: OWNER/NAME; made when missing.
        endpoint: of the Hub; None: by the environment.

    Raises:
        GameQAError: the Hub refuses, or cannot be reached.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    api = HfApi(endpoint)
    try:
        api.create_repo(repo_id, exist_ok=True)
        return str(api.upload_folder(repo_id=repo_id, folder_path=folder, commit_message="Model trained on gameqa"))
    except (HfHubHTTPError, HFValidationError, OSError) as error:
        raise GameQAError(f"the model could not be sent to {repo_id}: {' '.join(str(error).split())[:300]}") from error
