"""The command line of the training; imports what is heavy only when all that can be wrong early is right."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gameqa.core.errors import UsageError, choice_error
from gameqa.tools.command import sentences

DEFAULT = {"grpo": "tiny-cpu", "sft": "tiny-sft"}
"""The recipe of a method when none is named: one that runs anywhere."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


def main() -> NoReturn:
    """Run the command; errors become one sentence on standard error and exit code 1 or 2."""
    with sentences("train"):
        app(prog_name="train")
    sys.exit(0)


@app.command()
def train(
    overrides: Annotated[
        list[str] | None, typer.Argument(help="section.key=value, or key=value of the section training.")
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="Name of a recipe, or a YAML file; tiny-cpu by default.")] = None,
    method: Annotated[str | None, typer.Option(help="grpo or sft, when it is not the recipe's own.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/RECIPE by default. Goes on with it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check, plan, and show the first prompt.")] = False,
    accelerate_config: Annotated[
        str | None, typer.Option(help="With --dry-run: a config of accelerate to plan for, by name or file.")
    ] = None,
    processes: Annotated[int | None, typer.Option(help="With --dry-run: how many processes to plan for.")] = None,
    report_to: Annotated[str | None, typer.Option(help="tensorboard, trackio or wandb.")] = None,
    push: Annotated[
        str | None, typer.Option(help="OWNER/NAME on the Hub, to which the model is sent at the end.")
    ] = None,
) -> None:
    """Train a vision-language model on gameqa.

    Example: accelerate launch train --recipe qwen2_5_vl_7b --out runs/qwen learning_rate=1e-6 data.levels=Easy
    """
    import os

    from .recipes import read_recipe

    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # bars of all libraries; read when they are imported
    if method is not None and method not in DEFAULT:
        raise choice_error("method", method, [*DEFAULT])
    if not dry_run and (accelerate_config or processes):
        raise UsageError(
            "--accelerate-config and --processes need --dry-run; a run itself takes them from the launcher"
        )
    told = [*(overrides or []), *([f"report_to={report_to}"] if report_to else [])]
    read = read_recipe(recipe or DEFAULT[method or "grpo"], told, method)
    folder = out or Path("runs") / read.name
    if dry_run:
        from .preview import preview

        print(preview(read, folder, accelerate_config, processes))
        return
    from .trainers import run

    print(run(read, folder, push))
