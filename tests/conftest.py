import os

import pytest
from hypothesis import settings

# No timed assertions, and the same examples in every run: a failure is a change, not luck.
settings.register_profile("gameqa", deadline=None, derandomize=True)
settings.load_profile("gameqa")

os.environ["HF_HUB_OFFLINE"] = "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="run the slow tests too, with 10,000 keys per task")
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden from the code")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full"):
        skip = pytest.mark.skip(reason="slow; run with --full")
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(skip)
