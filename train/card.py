"""The card of a trained model: how it was made, on what, and what the training said at its end."""

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
import yaml

from gameqa.core.files import write_atomic
from gameqa.core.seeds import RELEASE

from .plan import Plan
from .settings import Recipe

TOLD = ("loss", "reward", "rewards/accuracy/mean", "eval_rewards/accuracy/mean", "completions/mean_length",
        "completions/clipped_ratio", "kl", "mean_token_accuracy")  # fmt: skip
"""Numbers of the trainer's log that the card tells, where there are any."""
LAST = 10
"""Log lines whose mean is told."""
LIBRARIES = ("gameqa", "trl", "transformers", "torch", "accelerate", "peft", "vllm")


def write(folder: Path, recipe: Recipe, made: Plan, history: Sequence[Mapping[str, Any]]) -> None:
    """Write the card (README.md) of a model into its folder.

    Args:
        folder: the folder of the model.
        recipe: the recipe it was trained by.
        made: the plan of the run.
        history: the trainer's log.
    """
    write_atomic(folder / "README.md", text(recipe, made, history))


def text(recipe: Recipe, made: Plan, history: Sequence[Mapping[str, Any]]) -> str:
    """Return the card."""
    head: dict[str, Any] = {
        "library_name": "peft" if recipe.model.lora else "transformers",
        "pipeline_tag": "image-text-to-text",
        "tags": ["gameqa", recipe.method, "visual-question-answering"],
    }
    if "/" in recipe.model.name:
        head["base_model"] = recipe.model.name
    what = "completions" if made.batch.generated else "examples"
    steps = max((int(line.get("step", 0)) for line in history), default=0)
    said = [f"| {name} | {first:.4g} | {last:.4g} |" for name, first, last in _numbers(history)]
    table = ["| | first lines | last lines |", "|---|---|---|", *said] if said else ["The trainer logged no numbers."]
    return "\n".join(
        [
            "---",
            yaml.safe_dump(head, sort_keys=False).strip(),
            "---",
            "",
            f"# {recipe.name}",
            "",
            f"{recipe.model.name}, trained by {recipe.method.upper()} on gameqa: verified visual questions on games.",
            "",
            f"- Steps: {steps}, each on {made.batch.completions} {what}",
            f"- Data: {recipe.data.source}, release {RELEASE}",
            f"- Libraries: {', '.join(_versions())}",
            "",
            "## What the training said",
            "",
            f"Means of the first and the last {LAST} lines of its log. Accuracies are by the rules of gameqa;",
            "results on the benchmark are made by `gameqa bench run`.",
            "",
            *table,
            "",
            "## Recipe",
            "",
            "```yaml",
            yaml.safe_dump(msgspec.to_builtins(recipe), sort_keys=False, allow_unicode=True).strip(),
            "```",
            "",
        ]
    )


def _numbers(history: Sequence[Mapping[str, Any]]) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = []
    for name in TOLD:
        values = [float(line[name]) for line in history if isinstance(line.get(name), int | float)]
        if values:
            found.append((name, _mean(values[:LAST]), _mean(values[-LAST:])))
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _versions() -> list[str]:
    found: list[str] = []
    for name in LIBRARIES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return found
