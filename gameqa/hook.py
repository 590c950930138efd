"""Makes `datasets.load_dataset("gameqa", …)` find the builder of this package, after `import gameqa`.

`datasets` has no entry point for builders, so one function of it is wrapped: `datasets.load.dataset_module_factory`.
The path `"gameqa"` leads to `gameqa.builders.gameqa`; every other path, `./gameqa` and `org/gameqa` among them, goes
straight through. `datasets` is not imported here: where it is not loaded yet, a finder waits for it on
`sys.meta_path`, lets the normal loader run, wraps the function and goes away.

Without this hook the same data come from `gameqa.builders.gameqa.GameQA(config_name=…)`.
"""

import sys
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from importlib.machinery import ModuleSpec
    from types import ModuleType

NAME = "gameqa"
"""The path that leads to the builder."""

BUILDER = "gameqa.builders.gameqa"

_MODULE = "datasets.load"
_FUNCTION = "dataset_module_factory"
_HOLDERS = (_MODULE, "datasets.inspect")
"""Modules that keep an own reference to the function."""
_MARK = "leads_to_gameqa"


def install() -> None:
    """Make `load_dataset("gameqa")` known. Imports nothing; calling it again changes nothing."""
    if _MODULE in sys.modules:
        # Another thread may be in the middle of importing it: this waits until it is complete.
        import_module(_MODULE)
        _patch()
    elif not any(getattr(finder, _MARK, False) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Waits for `datasets.load` to be imported. (The base classes of importlib.abc would cost 10 ms to import.)"""

    leads_to_gameqa = True

    def find_spec(
        self, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        if fullname != _MODULE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    patching: Any = _PatchingLoader(spec.loader, self)
                    spec.loader = patching
                return spec
        return None


class _PatchingLoader:
    """Runs the normal loader, gives it back its place, and wraps the function."""

    def __init__(self, loader: "Loader", finder: _Finder) -> None:
        self.loader = loader
        self.finder = finder

    def create_module(self, spec: "ModuleSpec") -> "ModuleType | None":
        return self.loader.create_module(spec)

    def exec_module(self, module: "ModuleType") -> None:
        module.__loader__ = self.loader
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        self.loader.exec_module(module)
        _patch()
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)


def _patch() -> None:
    """Wrap the function in `datasets.load`, and rebind it where another module holds it already."""
    load = sys.modules[_MODULE]
    found = getattr(load, _FUNCTION)
    wrapped = found if hasattr(found, _MARK) else _wrap(found, load)
    for name in _HOLDERS:
        if name in sys.modules:
            setattr(sys.modules[name], _FUNCTION, wrapped)


def _wrap(original: Any, load: "ModuleType") -> Any:
    @wraps(original)
    def dataset_module_factory(path: str, *args: Any, **kwargs: Any) -> Any:
        if path != NAME:
            return original(path, *args, **kwargs)
        fingerprint = import_module("gameqa.builders.fingerprint").fingerprint()
        return load.DatasetModule(module_path=BUILDER, hash=fingerprint, builder_kwargs={"dataset_name": NAME})

    setattr(dataset_module_factory, _MARK, True)
    return dataset_module_factory
