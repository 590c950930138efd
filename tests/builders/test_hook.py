"""`load_dataset("gameqa")`: the internal names the hook relies on, and that it disturbs nothing else."""

import importlib
import sys
from dataclasses import fields
from pathlib import Path

import datasets
import pytest
from datasets import load_dataset

import gameqa
from gameqa import hook


def test_the_names_relied_upon_exist() -> None:
    """Fails when a new version of datasets moves what the hook wraps."""
    assert [column.name for column in fields(datasets.load.DatasetModule)][:3] == [
        "module_path",
        "hash",
        "builder_kwargs",
    ]
    for name in ("datasets.load", "datasets.inspect"):
        assert hasattr(sys.modules[name].dataset_module_factory, "leads_to_gameqa")
    assert "dataset_module_factory" in datasets.load.load_dataset_builder.__code__.co_names
    assert "dataset_module_factory" in datasets.inspect.get_dataset_config_names.__code__.co_names


def test_installing_again_changes_nothing() -> None:
    before = datasets.load.dataset_module_factory, datasets.inspect.dataset_module_factory, list(sys.meta_path)
    hook.install()
    importlib.reload(hook).install()
    assert before == (
        datasets.load.dataset_module_factory,
        datasets.inspect.dataset_module_factory,
        list(sys.meta_path),
    )


@pytest.mark.parametrize(
    "imports", ["import gameqa, datasets", "import datasets, gameqa", "import datasets.load, gameqa"]
)
def test_any_order_of_imports(start, imports: str) -> None:
    code = f"""
import sys
{imports}
import gameqa.hook
gameqa.hook.install()
assert not any(hasattr(finder, "leads_to_gameqa") for finder in sys.meta_path)
assert "_frozen_importlib_external.SourceFileLoader" in str(datasets.load.__loader__), datasets.load.__loader__
assert datasets.load.__spec__.loader is datasets.load.__loader__
print(datasets.get_dataset_config_names("gameqa"))
"""
    output, errors = start(code).communicate(timeout=60)
    assert "'langtons_ant'" in output, errors


def test_importing_gameqa_imports_nothing_heavy(start) -> None:
    code = "import sys, gameqa; print({'datasets', 'pyarrow', 'pandas', 'numpy'} & {*sys.modules})"
    assert start(code).communicate(timeout=60)[0] == "set()\n"


def test_other_paths_go_straight_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gameqa"
    folder.mkdir()
    (folder / "train.csv").write_text("a\n1\n")
    monkeypatch.chdir(tmp_path)
    assert load_dataset("./gameqa", split="train")[0] == {"a": 1}
    assert load_dataset(str(folder), split="train")[0] == {"a": 1}
    with pytest.raises((ConnectionError, FileNotFoundError)):
        load_dataset("someone/gameqa")


def test_configs_and_splits_are_listed() -> None:
    names = datasets.get_dataset_config_names("gameqa")
    assert names[:3] == ["all", "in_domain", "out_of_domain"]
    plain = {"strategic_planning", "multi_step_reasoning", *gameqa.games()}
    assert plain | {f"{name}-text" for name in plain} <= {*names}
    assert datasets.get_dataset_default_config_name("gameqa") == "all"
    assert datasets.get_dataset_split_names("gameqa", "langtons_ant") == ["train", "validation", "test"]
