"""How commands end: an error of ours is one sentence on standard error and an exit code, never a traceback."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn

from gameqa.core.errors import GameQAError, Interrupted, UsageError


def fail(command: str, message: str, code: int) -> NoReturn:
    """End the process with a sentence."""
    print(f"{command}: {message}", file=sys.stderr)
    sys.exit(code)


@contextmanager
def sentences(command: str) -> Generator[None, None, None]:
    """Turn errors of gameqa within the block into the end of the process: 2 bad usage, 130 interrupted, 1 others."""
    try:
        yield
    except UsageError as error:
        fail(command, str(error), 2)
    except Interrupted as error:
        fail(command, str(error), 130)
    except GameQAError as error:
        fail(command, str(error), 1)
