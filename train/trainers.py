"""Running a recipe: GRPO or SFT by TRL, with our data, rewards, checks and folder around it."""

import logging
import sys
from pathlib import Path
from typing import Any

from gameqa.core.errors import GameQAError, Interrupted

from . import card, outputs
from .loading import freeze_vision, load_model, load_processor, peft_config
from .plan import Plan, check_machine, plan, text
from .settings import Data, Recipe

EVALUATION = "gameqa-bench-mini"
"""The build whose test split is asked while training: one question of every game, task and level."""
EVAL_STEPS = 50
"""Steps between two evaluations, where the recipe does not say."""

log = logging.getLogger(__name__)


def run(recipe: Recipe, out: Path, push: str | None = None) -> str:
    """Train by a recipe, or go on with what a folder holds of it, and return where the model is.

    Args:
        recipe: the recipe.
        out: folder of the run.
        push: OWNER/NAME on the Hub, to which the model is sent at the end.

    Raises:
        UsageError: the recipe, the machine, the model, the data or the folder do not go together.
        GameQAError: the model does not see; a judge cannot be reached; the disk is full.
        Interrupted: by Ctrl-C; the last checkpoint is kept.
    """
    check_machine(recipe)
    made = plan(recipe)
    config = _config(recipe, made, out)  # joins the processes of the run
    outputs.claim(recipe, out, writes=config.process_index == 0)
    if config.process_index == 0:
        print(text(made), file=sys.stderr)
    try:
        trainer, online = _trainer(recipe, config, out)
        try:
            trainer.train(resume_from_checkpoint=_resumed(out))
        finally:
            if online is not None:
                online.close()
    except KeyboardInterrupt:
        raise Interrupted("interrupted; run again to go on from the last checkpoint") from None
    return _finish(trainer, recipe, made, out, push)


def _config(recipe: Recipe, made: Plan, out: Path) -> Any:
    from trl.trainer.grpo_config import GRPOConfig
    from trl.trainer.sft_config import SFTConfig

    fields: dict[str, Any] = {"output_dir": str(out), "disable_tqdm": not sys.stderr.isatty(), **made.arguments()}
    if recipe.data.source == "online" and recipe.method == "grpo":
        fields |= {"shuffle_dataset": False, "dataloader_num_workers": 0}
    if recipe.method == "sft":
        return SFTConfig(**{"max_length": None, **fields})  # a cut could go through the tokens of a picture
    fields = {"log_completions": recipe.check.pages, "num_completions_to_print": 0, **fields}
    if recipe.check.evaluate:
        fields = {"eval_strategy": "steps", "eval_steps": EVAL_STEPS, "num_generations_eval": 1, **fields}
    return GRPOConfig(**fields)


def _resumed(out: Path) -> str | None:
    found = outputs.last_checkpoint(out)
    return str(found) if found else None


def _trainer(recipe: Recipe, config: Any, out: Path) -> tuple[Any, Any]:
    """Return the trainer, and the questions that are made while it trains, if there are any."""
    checkpoint = outputs.last_checkpoint(out)
    processor = load_processor(recipe.model)
    model = load_model(recipe.model, checkpoint)
    if recipe.model.freeze_vision and recipe.data.view == "picture" and recipe.model.lora is None:
        frozen = freeze_vision(model)
        log.info("%s is frozen: %d parameters; %d are trained", *frozen)
    if recipe.check.sight and recipe.data.view == "picture" and checkpoint is None:
        _check_sight(recipe, config, model.to(config.device), processor)
    if recipe.method == "sft":
        return _sft(recipe, config, out, model, processor), None
    return _grpo(recipe, config, out, model, processor, checkpoint)


def _check_sight(recipe: Recipe, config: Any, model: Any, processor: Any) -> None:
    from . import sight

    report = sight.check_sight(
        model,
        processor,
        system=recipe.data.system,
        max_pixels=recipe.data.max_pixels,
        max_new_tokens=min(256, recipe.training.get("max_completion_length", 256)),
    )
    if config.process_index == 0:
        print(sight.text(report), file=sys.stderr)
    sight.refuse(report)


def _grpo_trainer() -> Any:
    from trl.trainer.grpo_trainer import GRPOTrainer

    class Trainer(GRPOTrainer):
        """Takes what LLaVA-OneVision's processor returns, the number of pictures of each prompt, and leaves it out.

        TRL 1.16 hands it to this method, which does not know it. With one picture to a prompt the model needs none.
        """

        def _get_per_token_logps_and_entropies(self, *args: Any, batch_num_images: Any = None, **fields: Any) -> Any:
            return super()._get_per_token_logps_and_entropies(*args, **fields)

    return Trainer


def _grpo(
    recipe: Recipe, config: Any, out: Path, model: Any, processor: Any, checkpoint: Path | None
) -> tuple[Any, Any]:
    from .callbacks import Keeper, watched
    from .data import ONLINE, training_rows
    from .online import Online, pace
    from .rewards import accuracy, reward_functions

    online = Online(recipe.data, pace(recipe.data, config)) if recipe.data.source == ONLINE else None
    if online is not None and checkpoint is not None:
        online.load_state_dict(outputs.read_state(checkpoint)["online"])
    tokenizer = getattr(processor, "tokenizer", processor)
    ends = {tokenizer.eos_token_id, tokenizer.pad_token_id, *_several(model.generation_config.eos_token_id)} - {None}
    functions, weights = reward_functions(recipe.rewards, config.max_completion_length, ends)
    config.reward_weights = weights
    trainer = _grpo_trainer()(
        model=model,
        args=config,
        reward_funcs=[watched(found, online) if found is accuracy else found for found in functions],
        train_dataset=online.dataset() if online is not None else training_rows(recipe.data),
        eval_dataset=_evaluation(recipe) if recipe.check.evaluate else None,
        processing_class=processor,
        peft_config=peft_config(recipe.model),
        callbacks=[Keeper(out, online, recipe.check.pages)],
    )
    return trainer, online


def _several(value: int | list[int] | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _evaluation(recipe: Recipe) -> Any:
    from .data import training_rows

    data = Data(
        source=EVALUATION,
        games="all",
        view=recipe.data.view,
        max_pixels=recipe.data.max_pixels,
        system=recipe.data.system,
        rows=recipe.check.evaluate,
    )
    return training_rows(data, "test")


def _sft(recipe: Recipe, config: Any, out: Path, model: Any, processor: Any) -> Any:
    from trl.trainer.sft_trainer import SFTTrainer

    from .callbacks import Keeper
    from .data import sft_rows

    return SFTTrainer(
        model=model,
        args=config,
        train_dataset=sft_rows(recipe.data, recipe.analysis),
        processing_class=processor,
        peft_config=peft_config(recipe.model),
        callbacks=[Keeper(out, None, pages=False)],
    )


def _finish(trainer: Any, recipe: Recipe, made: Plan, out: Path, push: str | None) -> str:
    """Save the model with its processor and card, and send it to the Hub if asked."""
    final = out / outputs.FINAL
    trainer.save_model(str(final))
    if not trainer.is_world_process_zero():
        return ""
    trainer.processing_class.save_pretrained(final)
    card.write(final, recipe, made, trainer.state.log_history)
    if push is None:
        return f"model: {final}"
    try:
        return f"model: {final}, {outputs.push(final, push)}"
    except GameQAError as error:
        raise GameQAError(f"{error}; the model is in {final}") from error
