"""One cache of its own for the whole session: the questions are made once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("lm_eval", reason="needs the extra eval")
os.environ.setdefault("TQDM_DISABLE", "1")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HOME", str(folder))
        patch.setenv("HF_DATASETS_CACHE", str(folder))
        patch.setattr("datasets.config.HF_DATASETS_CACHE", folder)
        yield folder
