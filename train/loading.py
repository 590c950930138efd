"""Models and processors: loading them, freezing the vision tower, LoRA; and which class a configuration asks for."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.extras import require

from .settings import Model

TINY = "tiny"

_TOWERS = ("visual", "vision_tower", "vision_model", "vision_encoder", "image_tower")
"""What models call their vision tower: Qwen-VL, InternVL and LLaVA, CLIP-like ones, and others of transformers."""


def path_of(model: Model) -> str:
    """Return what transformers load the model by; the model `tiny` is made first, once in each process.

    Its weights are the same in every process, so that nothing needs to be shared between them.
    """
    return str(_tiny_folder()) if model.name == TINY else model.name


def tiny_model(folder: Path) -> Path:
    """Write the model `tiny` with its processor into a folder and return it."""
    from .tiny import make

    return make(folder)


_kept: list[Any] = []
"""Temporary folders that must live as long as the process."""


@cache
def _tiny_folder() -> Path:
    require("train", "torch", "transformers")
    kept = tempfile.TemporaryDirectory(prefix="gameqa-tiny-")
    _kept.append(kept)
    return tiny_model(Path(kept.name))


def load_config(model: Model) -> Any:
    """Return the configuration of a model.

    Raises:
        UsageError: there is no such model, or it cannot be reached and is not in the cache.
        MissingExtra: transformers are not installed.
    """
    require("train", "torch", "transformers")
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(path_of(model), trust_remote_code=model.trust_remote_code)
    except (OSError, ValueError) as error:
        raise UsageError(f"the configuration of model {model.name} cannot be read: {_first_line(error)}") from error


def sees(config: Any) -> bool:
    """Return whether a configuration belongs to a model that transformers load as one for pictures and text."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

    known = config.model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
    return known or "AutoModelForImageTextToText" in (getattr(config, "auto_map", None) or {})


def auto_class(config: Any) -> Any:
    """Return the auto class of transformers that makes the model of a configuration."""
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

    return AutoModelForImageTextToText if sees(config) else AutoModelForCausalLM


def load_processor(model: Model) -> Any:
    """Return the processor of a model (a tokenizer, for a model without eyes); prompts are padded on the left.

    Raises:
        UsageError: it cannot be loaded.
    """
    require("train", "torch", "transformers")
    from transformers import AutoProcessor

    try:
        processor = AutoProcessor.from_pretrained(path_of(model), trust_remote_code=model.trust_remote_code)
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"the processor of model {model.name} cannot be loaded: {_first_line(error)}") from error
    getattr(processor, "tokenizer", processor).padding_side = "left"
    return processor


def load_model(model: Model, checkpoint: Path | None = None) -> Any:
    """Return the model with its weights, on the CPU, in its dtype; the trainer moves it.

    Args:
        model: the section of the recipe.
        checkpoint: take the weights from this folder instead, where it holds all of them. (The trainer would look for
            them under the names of the modules, but models of transformers 5 are saved under other names.)

    Raises:
        UsageError: it cannot be loaded.
    """
    config = load_config(model)
    import torch

    whole = checkpoint if checkpoint is not None and _holds_weights(checkpoint) else None
    try:
        loaded = auto_class(config).from_pretrained(
            whole or path_of(model),
            dtype=getattr(torch, model.dtype),
            attn_implementation=model.attention,
            trust_remote_code=model.trust_remote_code,
        )
    except (OSError, ValueError, ImportError) as error:
        raise UsageError(f"model {model.name} cannot be loaded: {_first_line(error)}") from error
    loaded.config._name_or_path = path_of(model)  # where trainers look for the reference model
    return loaded


def _holds_weights(checkpoint: Path) -> bool:
    return any((checkpoint / name).is_file() for name in ("model.safetensors", "model.safetensors.index.json"))


class Frozen(NamedTuple):
    """What was frozen.

    Attributes:
        name: the vision tower, as the model calls it.
        parameters: how many parameters it has.
        trained: how many parameters of the whole model are still trained.
    """

    name: str
    parameters: int
    trained: int


def freeze_vision(model: Any) -> Frozen:
    """Take the vision tower of a model out of training.

    The projector behind the tower stays in training where it is a module of its own (InternVL, LLaVA); in the Qwen-VL
    models it is a part of the tower.

    Raises:
        GameQAError: the model has no vision tower under any of the usual names.
    """
    name, tower = vision_tower(model)
    tower.requires_grad_(False)
    trained = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    return Frozen(name, sum(weight.numel() for weight in tower.parameters()), trained)


def vision_tower(model: Any) -> tuple[str, Any]:
    """Return the name and the module of a model's vision tower: the outermost module with one of the usual names.

    Raises:
        GameQAError: there is none.
    """
    for name, module in sorted(model.named_modules(), key=lambda item: item[0].count(".")):
        if name.rpartition(".")[2] in _TOWERS:
            return name, module
    raise GameQAError(
        f"{type(model).__name__} has no vision tower to freeze (none of {', '.join(_TOWERS)}); "
        "set model.freeze_vision=false to train all of it"
    )


def peft_config(model: Model) -> Any:
    """Return peft's LoraConfig, or None when all parameters are trained.

    Raises:
        UsageError: peft refuses a field.
        MissingExtra: peft is not installed.
    """
    if model.lora is None:
        return None
    require("train", "peft")
    from peft import LoraConfig

    try:
        return LoraConfig(**{"task_type": "CAUSAL_LM", **model.lora})
    except (TypeError, ValueError) as error:
        raise UsageError(f"model.lora is not right: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__
