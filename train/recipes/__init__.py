"""Named recipes: YAML files beside this one, and how they are read, combined and overridden.

A recipe holds the sections of `settings.Recipe`; `training` holds fields of TRL's own GRPOConfig or SFTConfig. It may
begin with `extends: NAME`, or a list of names: their fields hold wherever it does not set its own, and of two names the
later one wins. A file whose name begins with `_` holds fields for others to extend and is no recipe by itself.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import yaml
from rapidfuzz import process

from gameqa.core.errors import UsageError, choice_error

from ..settings import Check, Curriculum, Data, Model, Recipe, Rewards

_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "": Recipe,
    "model": Model,
    "data": Data,
    "data.curriculum": Curriculum,
    "rewards": Rewards,
    "check": Check,
}
"""What stands where in a recipe; `training` and `model.lora` belong to other libraries."""


def recipe_names() -> list[str]:
    """Return the names of the recipes that come with the package."""
    return sorted(file.name[:-5] for file in files(__name__).iterdir() if re.fullmatch(r"[^_].*\.yaml", file.name))


def read_recipe(name_or_path: str | Path, overrides: Sequence[str] = (), method: str | None = None) -> Recipe:
    """Return a recipe by its name or from a YAML file, with overrides put over it.

    Args:
        name_or_path: see `recipe_names`, or a path that ends in `.yaml`.
        overrides: each `section.key=value`, or `key=value` for the `training` section and for what stands outside of
            any section; values are written as in YAML.
        method: instead of the recipe's own; fields of `training` that the other trainer does not have are left out, and
            so is `loss_type`, which both have with other values.

    Raises:
        UsageError: in one sentence, for anything that is no recipe; an unknown key is answered with the nearest right
            one.
    """
    fields = _fields_of(str(name_or_path), ())
    fields.setdefault("name", Path(name_or_path).stem)
    if method is not None and method != fields.get("method", "grpo"):
        known = _TRAINING[method].fields() if method in _TRAINING else None
        given = _section(fields, "training").items()
        training = {key: value for key, value in given if key != "loss_type" and (not known or key in known)}
        fields |= {"method": method, "training": training}
    for override in overrides:
        fields = _merged(fields, _parse_override(override))
    origin = f"recipe {name_or_path}"
    for path, section in _SECTIONS.items():
        _check_keys(_section(fields, path), section.__struct_fields__, path, origin)
    try:
        recipe = msgspec.convert(fields, Recipe)
    except msgspec.ValidationError as error:
        raise UsageError(f"{origin} is not right: {error}") from None
    _check_lora(recipe, origin)
    _check_training(recipe, origin)
    return recipe


# --- YAML -----------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """YAML 1.1 reads `5e-7` as text; people and YAML 1.2 mean a number."""


_Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+"), [*"-+0123456789"])


def _parse(content: str, origin: str) -> Any:
    try:
        return yaml.load(content, _Loader)
    except yaml.YAMLError as error:
        raise UsageError(f"{origin} is no YAML: {' '.join(str(error).split())}") from None


def _fields_of(name_or_path: str, within: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields of a YAML file with those that it extends; `within` names the files that extend it."""
    if name_or_path in within:
        raise UsageError(f"recipe {name_or_path} extends itself: {' -> '.join([*within, name_or_path])}")
    source = Path(name_or_path)
    if source.suffix not in (".yaml", ".yml"):
        if not (files(__name__) / f"{name_or_path}.yaml").is_file():
            raise choice_error("recipe", name_or_path, [*recipe_names(), "or a path ending in .yaml"])
        source = files(__name__) / f"{name_or_path}.yaml"
    try:
        content = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name_or_path} cannot be read: {error}") from None
    given = _parse(content, name_or_path)
    if not isinstance(given, dict):
        raise UsageError(f"{name_or_path} is no recipe: it must hold fields such as model and training")
    own = cast(dict[str, Any], given)
    parents = own.pop("extends", [])
    fields: dict[str, Any] = {}
    for parent in [parents] if isinstance(parents, str) else parents:
        fields = _merged(fields, _fields_of(str(parent), (*within, name_or_path)))
    return _merged(fields, own)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of both, section by section; those of `above` win."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        found[key] = _merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return found


def _parse_override(override: str) -> dict[str, Any]:
    """Return the fields that an override sets, nested as in a recipe."""
    key, equals, value = override.partition("=")
    if not equals or not key:
        raise UsageError(f"override {override!r} must be written section.key=value or key=value")
    parts = key.split(".")
    if len(parts) == 1 and key not in Recipe.__struct_fields__:
        parts = ["training", key]
    found: Any = _parse(value, f"override {override!r}")
    for part in reversed(parts):
        found = {part: found}
    return found


# --- Keys and values ------------------------------------------------------------------------------


def _section(fields: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    found: Any = fields
    for part in path.split(".") if path else ():
        found = found.get(part) if isinstance(found, Mapping) else None
    return cast(Mapping[str, Any], found) if isinstance(found, Mapping) else {}


def _check_keys(given: Iterable[str], allowed: Sequence[str], path: str, origin: str) -> None:
    """Refuse keys that are not allowed; named is the nearest that is, or the same word in another section."""
    where = f" in {path}" if path else ""
    elsewhere = {
        key: f"{section}.{key}" if section else key
        for section, struct in _SECTIONS.items()
        for key in struct.__struct_fields__
    }
    for key in given:
        if key not in allowed:
            nearest = elsewhere.get(key) or process.extractOne(str(key), allowed)[0]
            raise UsageError(f"{origin} has the unknown key {key!r}{where}; the nearest right key is {nearest!r}")


class _Origin(NamedTuple):
    """Where the fields of a section come from: a dataclass in another library."""

    module: str
    name: str

    def fields(self) -> dict[str, Any] | None:
        """Return the types of the fields by name; None when the library is not installed."""
        from dataclasses import fields
        from importlib import import_module
        from typing import get_type_hints

        if find_spec(self.module) is None:
            return None
        owner = getattr(import_module(self.module), self.name)
        hints = get_type_hints(owner)
        return {field.name: hints[field.name] for field in fields(owner) if field.init}


_TRAINING = {"grpo": _Origin("trl", "GRPOConfig"), "sft": _Origin("trl", "SFTConfig")}
"""Whose fields the `training` section holds, by method."""

_LORA = _Origin("peft", "LoraConfig")


def _check_lora(recipe: Recipe, origin: str) -> None:
    if recipe.model.lora is not None and (allowed := _LORA.fields()):
        _check_keys(recipe.model.lora, [*allowed], "model.lora", origin)


def _check_training(recipe: Recipe, origin: str) -> None:
    allowed = _TRAINING[recipe.method].fields()
    if not allowed:
        return
    _check_keys(recipe.training, [*allowed], "training", origin)
    for key, value in recipe.training.items():
        try:
            msgspec.convert(value, allowed[key])
        except msgspec.ValidationError as error:
            raise UsageError(f"{origin} has {key}: {value!r} in training, which is not right: {error}") from None
        except TypeError:  # a type that only TRL can read, such as a choice of its own or a plain text; it will say so
            continue
