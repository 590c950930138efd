"""Files whose tests all need torch and TRL, which take long to be imported, are not even read without --full."""

from pathlib import Path

import pytest

HEAVY = {f"test_{name}.py" for name in ("families", "plan", "proof", "sight", "trainers", "training_recipes")}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name in HEAVY and not config.getoption("--full") else None
