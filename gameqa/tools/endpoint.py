"""Looking at an OpenAI-compatible endpoint before long work is sent to it."""

import json
import os
import urllib.error
import urllib.request

from gameqa.core.errors import GameQAError, UsageError

KEY = "OPENAI_API_KEY"
"""The environment variable that holds the key of an endpoint."""


def api_root(url: str) -> str:
    """Return the root of an endpoint, without `/chat/completions` and the like.

    >>> api_root("http://localhost:8000/v1/chat/completions")
    'http://localhost:8000/v1'
    """
    return url.rstrip("/").removesuffix("/completions").removesuffix("/chat")


def check_endpoint(url: str, model: str, key: str | None = None, timeout: float = 10.0) -> None:
    """Check that an endpoint answers, takes our key and serves a model; uses its list of models.

    An endpoint without such a list passes.

    Args:
        url: its root, such as `http://localhost:8000/v1`, or that of its chat completions.
        model: name of the model.
        key: key of the endpoint; None: that of the environment.
        timeout: seconds.

    Raises:
        UsageError: no proper address, the model is not served, or the key is missing or refused.
        GameQAError: nothing answers there, or it answers with an error of its own.
    """
    root = api_root(url)
    if not root.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is no address of an endpoint; it must begin with http:// or https://")
    key = key or os.environ.get(KEY)
    headers = {"Authorization": f"Bearer {key or 'EMPTY'}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{root}/models", headers=headers), timeout=timeout
        ) as found:
            served = [str(entry.get("id")) for entry in json.load(found)["data"]]
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            told = "refuses the key; put a valid one into" if key else "asks for a key; put it into"
            raise UsageError(f"{root} {told} the environment variable {KEY}") from None
        if error.code in (404, 405):
            return
        raise GameQAError(f"{root} answers with error {error.code}: {error.reason}") from None
    except (OSError, urllib.error.URLError) as error:
        raise GameQAError(f"no endpoint answers at {root}: {getattr(error, 'reason', error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        return
    if model and model not in served:
        raise UsageError(f"{root} does not serve the model {model!r}; it serves {', '.join(served) or 'none'}")
