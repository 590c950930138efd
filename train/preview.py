"""The dry run: the plan of a run, and what the model will be shown first."""

from pathlib import Path

from gameqa.core.files import write_atomic

from .data import ONLINE, bounded, cells, messages, training_rows
from .plan import plan, text
from .settings import Recipe

PICTURE = "first-prompt.png"


def preview(recipe: Recipe, out: Path, accelerate_config: str | None = None, processes: int | None = None) -> str:
    """Return the plan of a run and its first prompt; the picture that goes with it is written into the folder.

    Args:
        recipe: the recipe.
        out: folder of the run.
        accelerate_config, processes: what to plan for, see `plan.read_spread`.

    Raises:
        UsageError: the recipe, the config, the model or the data do not go together.
    """
    rows = None if recipe.data.source == ONLINE else len(training_rows(recipe.data))
    parts = [text(plan(recipe, accelerate_config, processes, rows))]
    if recipe.data.source == ONLINE:
        import gameqa

        sample = gameqa.sample(*cells(recipe.data)[0], seed=recipe.data.seed)
        row = {**sample.row(image=False), "prompt": messages(sample.row(image=False), recipe.data)}
        image = bounded(sample.image, recipe.data.max_pixels)
    else:
        row = training_rows(recipe.data)[0]
        image = row.get("image")
    parts.append("\n\n".join(f"[{turn['role']}]\n{turn['content']}" for turn in row["prompt"]))
    parts.append(f"right answer: {row['answer']}")
    if recipe.data.view == "picture" and image is not None:
        from gameqa.draw.canvas import encode

        write_atomic(out / PICTURE, encode(image))
        parts.append(f"picture: {out / PICTURE}, {image.width} x {image.height} pixels")
    return "\n\n".join(parts)
