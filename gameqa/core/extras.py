"""Optional dependencies: one sentence instead of a traceback when one is missing."""

from importlib.util import find_spec

from gameqa.core.errors import MissingExtra


def require(extra: str, *modules: str) -> None:
    """Check that the modules of an optional extra can be found, without importing them.

    Raises:
        MissingExtra: names the first missing module and the `pip install` line.
    """
    for module in modules:
        if find_spec(module) is None:
            raise MissingExtra(f"this needs {module}, which is not installed; run: pip install 'gameqa[{extra}]'")
