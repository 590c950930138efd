"""The errors a caller can meet. Each message is one sentence that names what was wrong and what is allowed."""


class GameQAError(Exception):
    """Base of every error raised on purpose by gameqa."""


class UsageError(GameQAError, ValueError):
    """The caller asked for something that does not exist or is out of range (exit code 2)."""


class InvalidRow(GameQAError, ValueError):
    """A row, state or params JSON read from outside breaks the schema or the rules of its game."""


class MissingExtra(GameQAError, ImportError):
    """An optional dependency is not installed; the message names the `pip install` line."""


class Unaskable(GameQAError, RuntimeError):
    """No state within the bound of work could carry the question of a key."""


class Interrupted(GameQAError):
    """Long work was stopped by Ctrl-C; what is finished is kept (exit code 130)."""


def choice_error(what: str, given: object, allowed: "list[str] | tuple[str, ...]") -> UsageError:
    """Return the error for a name that is not among the `allowed` ones."""
    return UsageError(f"unknown {what} {given!r}; allowed: {', '.join(allowed)}")
