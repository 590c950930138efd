"""What a run will do, before anything heavy starts: batch, steps, memory, and what stands in its way.

Memory is that of weights, gradients and optimizer states by the counting of Rajbhandari et al. (ZeRO, 2020), with the
dtypes that PyTorch, DeepSpeed and FSDP2 really use here, and a rough estimate of the activations.
"""

import os
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.util import find_spec
from math import ceil, gcd
from pathlib import Path
from typing import Any, NamedTuple

from gameqa.core.errors import GameQAError, MissingExtra, UsageError, choice_error
from gameqa.core.extras import require

from .loading import auto_class, freeze_vision, load_config, peft_config, sees
from .settings import Recipe

_DEFAULTS = {
    "per_device_train_batch_size": 8,
    "gradient_accumulation_steps": 1,
    "num_generations": 8,
    "num_iterations": 1,
    "num_train_epochs": 3,
    "max_completion_length": 512,
    "max_steps": -1,
    "beta": 0.0,
    "vllm_gpu_memory_utilization": 0.3,
}
"""TRL's values of the fields that a plan is made of."""

VLLM = ("0.22.0", "0.31.0")
"""The first and last release of vLLM that TRL 1.16 works with."""

GPUS = {"24 GB (RTX 4090, L4)": 24, "48 GB (L40S, A6000)": 48, "80 GB (A100, H100)": 80, "141 GB (H200)": 141}
"""Common GPUs and their memory in GB."""

_RESERVE = 0.1
"""Share of a GPU that the CUDA context, buffers and fragmentation take."""

_TEXT_TOKENS = 1000
"""Rounded up from the longest questions of the library, for the estimate of activations."""

_PIXELS_A_TOKEN = 28 * 28
"""Of the Qwen-VL models, whose towers take a picture as large as it is (Qwen3-VL: 32 x 32)."""

_TILES = {"internvl": 12 + 1, "llava_onevision": 9 + 1, "llava": 1}
"""The most squares that the processors of other families make of a picture: pieces, and the whole one made small."""


# --- Batch ----------------------------------------------------------------------------------------


class Batch(NamedTuple):
    """How one optimizer step is spread over processes.

    Attributes:
        processes: of all machines, one for each GPU.
        per_device: completions (with `sft`, examples) in one forward and backward pass of a process.
        accumulation: passes of each process before the optimizer steps.
        generations: completions of each prompt; 1 with `sft`.
        generated: completions made at once, over all processes; 0 with `sft`.
    """

    processes: int
    per_device: int
    accumulation: int
    generations: int
    generated: int

    @property
    def completions(self) -> int:
        """Completions, or examples, that one step learns from."""
        return self.processes * self.per_device * self.accumulation

    @property
    def prompts(self) -> int:
        """Prompts, or examples, that one step learns from."""
        return self.completions // self.generations

    def steps(self, rows: int, iterations: int = 1) -> int:
        """Return the optimizer steps of one epoch over a number of rows, as the trainers of TRL count them."""
        if not self.generated:
            passes = ceil(rows / (self.processes * self.per_device))
        else:  # the sampler leaves out what does not fill the last round of generation
            rounds = rows // (self.generated // self.generations)
            passes = rounds * iterations * self.generated // (self.processes * self.per_device)
        return max(1, ceil(passes / self.accumulation))


def setting(recipe: Recipe, key: str) -> Any:
    """Return a field of a recipe's training, or TRL's default."""
    return recipe.training.get(key, _DEFAULTS[key])


def effective(recipe: Recipe, processes: int) -> Batch:
    """Return how a recipe's batch is spread over so many processes.

    `gradient_accumulation_steps` follows from the recipe's `batch_prompts` where it gives them.

    Raises:
        UsageError: it cannot be spread evenly; the sentence names the nearest numbers that can.
    """
    grpo = recipe.method == "grpo"
    generations = setting(recipe, "num_generations") if grpo else 1
    per_device = setting(recipe, "per_device_train_batch_size")
    given = {"processes": processes, "num_generations": generations, "per_device_train_batch_size": per_device}
    for name, value in {**given, "batch_prompts": 1 if recipe.batch_prompts is None else recipe.batch_prompts}.items():
        if not isinstance(value, int) or value < 1:
            raise UsageError(f"{name} must be a whole number of at least 1, not {value!r}")
    if grpo and generations < 2:
        raise UsageError("num_generations must be at least 2: a completion is compared with others to the same prompt")
    at_once = processes * per_device
    if recipe.batch_prompts is None:
        accumulation = setting(recipe, "gradient_accumulation_steps")
    else:
        accumulation = _accumulation(recipe.batch_prompts, generations, processes, per_device)
    generated = _generated(recipe, at_once, accumulation, generations) if grpo else 0
    if at_once * accumulation % generations:
        need = generations // gcd(generations, at_once)
        raise UsageError(
            f"{at_once * accumulation} completions a step ({processes} processes x {per_device} x {accumulation}) are"
            f" no multiple of num_generations {generations}; the nearest gradient_accumulation_steps that work are"
            f" {_nearest_multiples(accumulation, need)}, or set batch_prompts"
        )
    return Batch(processes, per_device, accumulation, generations, generated)


def _accumulation(prompts: int, generations: int, processes: int, per_device: int) -> int:
    """Return the passes that make `prompts` x `generations` completions.

    Raises:
        UsageError: no whole number of passes does.
    """
    completions, at_once = prompts * generations, processes * per_device
    if completions % at_once == 0:
        return completions // at_once
    counts = [count for count in range(1, completions // per_device + 1) if completions % (count * per_device) == 0]
    below, above = [n for n in counts if n < processes], [n for n in counts if n > processes]
    near = " and ".join(map(str, [*below[-1:], *above[:1]]))
    need = at_once // gcd(at_once, generations)
    advice = f"the nearest numbers of processes that work are {near}, or" if near else "lower it, or"
    raise UsageError(
        f"{completions} completions a step (batch_prompts {prompts} x {generations}) cannot be spread evenly over"
        f" {processes} processes of per_device_train_batch_size {per_device}; {advice} set batch_prompts to"
        f" {_nearest_multiples(prompts, need)}"
    )


def _generated(recipe: Recipe, at_once: int, accumulation: int, generations: int) -> int:
    """Return the completions made at once: those of one step, unless the training section says otherwise."""
    found = recipe.training.get("generation_batch_size")
    if found is None:
        return at_once * (recipe.training.get("steps_per_generation") or accumulation)
    need = at_once * generations // gcd(at_once, generations)
    if found < 1 or found % need:
        raise UsageError(
            f"generation_batch_size {found} must be a multiple of num_generations {generations} and of the {at_once}"
            f" completions of one pass; the nearest that work are {_nearest_multiples(found, need)}"
        )
    return found


def _nearest_multiples(value: int, of: int) -> str:
    """Name the multiples next to a value.

    >>> _nearest_multiples(7, 5), _nearest_multiples(2, 5)
    ('5 and 10', '5')
    """
    below = value // of * of
    return " and ".join(str(found) for found in (below, below + of) if found)


# --- Accelerate -----------------------------------------------------------------------------------


class Spread(NamedTuple):
    """What an accelerate config says about sharing a model out.

    Attributes:
        name: of the config; empty when there is none.
        kind: `NO`, `MULTI_GPU`, `DEEPSPEED`, `FSDP` … as accelerate calls it.
        stage: 0: every GPU holds all; 1: optimizer states are shared out; 2: gradients too; 3: weights too.
        processes: over all machines.
    """

    name: str
    kind: str
    stage: int
    processes: int

    def sharded(self, stage: int) -> int:
        """Return over how many GPUs something is shared out that is so from a stage on."""
        return self.processes if self.stage >= stage else 1


def accelerate_configs() -> dict[str, Path]:
    """Return the accelerate configs that come with the package, by name."""
    folder = files("gameqa.train") / "accelerate"
    return {file.name[:-5]: Path(str(file)) for file in sorted(folder.iterdir(), key=lambda file: file.name)}


def read_spread(config: str | Path | None, processes: int | None = None) -> Spread:
    """Return what an accelerate config says.

    Args:
        config: a file, or the name of one that comes with the package; None: what this process was launched with.
        processes: over all machines; None: as the config says.

    Raises:
        UsageError: there is no such file, or accelerate cannot read it.
    """
    if config is None:
        return _launched(processes)
    path = accelerate_configs().get(str(config), Path(config))
    if path.suffix not in (".yaml", ".yml", ".json"):
        raise choice_error("accelerate config", str(config), [*accelerate_configs(), "or a path ending in .yaml"])
    require("train", "accelerate")
    from accelerate.commands.config.config_args import load_config_from_file

    try:
        read: Any = load_config_from_file(str(path))
        kind = str(read.distributed_type.value)
        stage = _stage(kind, read.deepspeed_config, read.fsdp_config)
    except Exception as error:  # accelerate lets through whatever its parser and classes raise
        raise UsageError(f"{path} is no accelerate config: {' '.join(str(error).split())}") from error
    count = processes or read.num_processes
    if count < 1:
        raise UsageError(f"{path} says nothing about num_processes; give the number of processes")
    if count % read.num_machines:
        raise UsageError(f"{count} processes cannot be spread evenly over the {read.num_machines} machines of {path}")
    return Spread(path.stem, kind, stage, count)


def _launched(processes: int | None) -> Spread:
    """Return what `accelerate launch` has written into the environment, or one process that holds all."""
    count = processes or int(os.environ.get("WORLD_SIZE", 1))
    if os.environ.get("ACCELERATE_USE_DEEPSPEED") == "true":
        return Spread("", "DEEPSPEED", int(os.environ.get("ACCELERATE_DEEPSPEED_ZERO_STAGE", 2)), count)
    if os.environ.get("ACCELERATE_USE_FSDP") == "true":
        fsdp = {"fsdp_reshard_after_forward": os.environ.get("FSDP_RESHARD_AFTER_FORWARD", "true")}
        return Spread("", "FSDP", _stage("FSDP", {}, fsdp), count)
    return Spread("", "MULTI_GPU" if count > 1 else "NO", 0, count)


def _stage(kind: str, deepspeed: dict[str, Any], fsdp: dict[str, Any]) -> int:
    if kind == "DEEPSPEED":
        return int(deepspeed.get("zero_stage", 2))  # as accelerate itself takes it
    if kind == "FSDP":
        return 3 if str(fsdp.get("fsdp_reshard_after_forward", True)).upper() in ("TRUE", "FULL_SHARD") else 2
    return 0


# --- What stands in the way -----------------------------------------------------------------------


def check_machine(recipe: Recipe) -> None:
    """Check that this machine can run a recipe.

    Raises:
        UsageError: it needs a GPU and PyTorch sees none, or a vLLM of another version.
        MissingExtra: something it needs is not installed.
    """
    require("train", "torch", "transformers", "accelerate", "trl", *(["peft"] if recipe.model.lora is not None else []))
    if recipe.training.get("use_vllm"):
        check_vllm()
    import torch

    training = recipe.training
    half = training.get("fp16") or training.get("bf16") is not False  # TRL turns bf16 on where nothing is said
    if half and not training.get("use_cpu") and not torch.cuda.is_available():
        raise UsageError(
            f"recipe {recipe.name} needs a GPU and PyTorch sees none; run it where there is one, or try recipe tiny-cpu"
        )


def check_vllm() -> None:
    """Check that a vLLM is installed that TRL works with.

    Raises:
        UsageError: it is of another version.
        MissingExtra: there is none.
    """
    from packaging.version import Version

    try:
        found = version("vllm")
    except PackageNotFoundError:
        raise MissingExtra(
            "use_vllm needs vllm, which is not installed; run: pip install 'gameqa[train,vllm]', or set use_vllm=false"
        ) from None
    base = Version(Version(found).base_version)  # without +cu129 and the like
    if not Version(VLLM[0]) <= base <= Version(VLLM[1]):
        raise UsageError(
            f"vllm {found} is installed, but TRL works with {VLLM[0]} to {VLLM[1]} only;"
            f" run: pip install 'vllm=={VLLM[1]}', or set use_vllm=false"
        )


def check_model(recipe: Recipe, config: Any) -> None:
    """Check that a model can be shown what a recipe shows.

    Raises:
        UsageError: pictures, for a model that transformers do not know as one for pictures and text.
    """
    if recipe.data.view == "picture" and not sees(config):
        kind = (getattr(config, "architectures", None) or [config.model_type])[0]
        raise UsageError(
            f"model {recipe.model.name} ({kind}) is no vision-language model that transformers can load;"
            " choose one (in the format of transformers, often a name ending in -hf), or set data.view=text"
        )


# --- Memory ---------------------------------------------------------------------------------------


class Parameters(NamedTuple):
    """How many parameters a model has, and how many of them are trained; LoRA's count in both."""

    total: int
    trained: int
    adapters: int


def count_parameters(recipe: Recipe, config: Any) -> Parameters:
    """Count a model's parameters from its configuration; no weight is made or read."""
    from accelerate import init_empty_weights

    with init_empty_weights():
        model = auto_class(config).from_config(config, trust_remote_code=recipe.model.trust_remote_code)
    model.tie_weights()
    base = sum(weight.numel() for weight in model.parameters())
    if (adapter := peft_config(recipe.model)) is not None:
        from peft import get_peft_model

        with init_empty_weights():
            model = get_peft_model(model, adapter, autocast_adapter_dtype=False)
    elif recipe.model.freeze_vision and recipe.data.view == "picture":
        freeze_vision(model)
    total = sum(weight.numel() for weight in model.parameters())
    return Parameters(total, sum(weight.numel() for weight in model.parameters() if weight.requires_grad), total - base)


class Memory(NamedTuple):
    """Bytes on each GPU, by what holds them; `vllm` is a share of the GPU instead."""

    weights: int
    gradients: int
    optimizer: int
    reference: int
    activations: int
    vllm: float
    sleeping: bool

    @property
    def training(self) -> int:
        """All but vLLM's."""
        return self.weights + self.gradients + self.optimizer + self.reference + self.activations

    def fits(self, gigabytes: int) -> bool:
        """Return whether a GPU of so many GB (10^9 bytes) holds it, with a tenth to spare."""
        room = gigabytes * 1e9 * (1 - _RESERVE)
        if self.sleeping:  # vLLM gives its share back while weights are updated, but holds it beside the weights
            held = self.weights + self.optimizer + self.reference
            return self.training <= room and held + self.vllm * gigabytes * 1e9 <= room
        return self.training + self.vllm * gigabytes * 1e9 <= room


def memory(recipe: Recipe, parameters: Parameters, config: Any, spread: Spread, batch: Batch) -> Memory:
    """Estimate what each GPU holds.

    Bytes a parameter, besides the weight's own: DeepSpeed keeps an fp32 copy and two fp32 moments of what is trained
    in bfloat16; accelerate turns what FSDP2 trains into fp32; else gradients and moments have the weight's dtype.
    Adapters are fp32.
    """
    dtype = 4 if recipe.model.dtype == "float32" else 2
    lora = parameters.adapters
    full = 0 if lora else parameters.trained
    own = 4 if spread.kind == "FSDP" else dtype
    state = 12 if spread.kind == "DEEPSPEED" and dtype == 2 else 2 * own
    still = parameters.total - parameters.trained
    weights = (still * dtype + full * own + lora * 4) // spread.sharded(3)
    gradients = (full * own + lora * 4) // spread.sharded(2)
    optimizer = (full * state + lora * 8) // spread.sharded(1)
    second = recipe.method == "grpo" and setting(recipe, "beta") > 0 and not lora
    vllm = recipe.training.get("use_vllm") and recipe.training.get("vllm_mode", "colocate") == "colocate"
    return Memory(
        weights=weights,
        gradients=gradients,
        optimizer=optimizer,
        reference=parameters.total * dtype // spread.sharded(3) if second else 0,
        activations=_activations(recipe, config, batch),
        vllm=setting(recipe, "vllm_gpu_memory_utilization") if vllm else 0.0,
        sleeping=bool(recipe.training.get("vllm_enable_sleep_mode")),
    )


def _activations(recipe: Recipe, config: Any, batch: Batch) -> int:
    """Return bytes: with gradient checkpointing, the input of each layer and the inside of one.

    The inside of a layer is about 34 x width bytes a token in 16 bits (Korthikanti et al. 2022, without the scores of
    attention, which sdpa never stores); without checkpointing every layer keeps it. TRL computes the logits in chunks.
    """
    text = config.get_text_config()
    picture = _picture_tokens(config, recipe.data.max_pixels) if recipe.data.view == "picture" else 0
    replies = setting(recipe, "max_completion_length") if recipe.method == "grpo" else _TEXT_TOKENS
    tokens = batch.per_device * (_TEXT_TOKENS + picture + replies)
    wide = 2 if recipe.model.dtype == "float32" else 1
    inside = 34 * text.hidden_size
    kept = 2 * text.hidden_size
    layers = text.num_hidden_layers
    checkpointing = recipe.training.get("gradient_checkpointing", True)
    return tokens * wide * (layers * kept + inside if checkpointing else layers * inside)


def _picture_tokens(config: Any, pixels: int) -> int:
    if config.model_type not in _TILES:
        return pixels // _PIXELS_A_TOKEN
    tower = config.vision_config
    side, patch = (size if isinstance(size, int) else size[0] for size in (tower.image_size, tower.patch_size))
    shrunk = getattr(config, "downsample_ratio", 1.0)  # InternVL joins neighbours
    return int(_TILES[config.model_type] * (side // patch * shrunk) ** 2)


# --- Plan -----------------------------------------------------------------------------------------


class Plan(NamedTuple):
    """What a run will do.

    Attributes:
        recipe, spread, batch: see there.
        rows: rows of one epoch; None: not known.
        steps_per_epoch, steps: optimizer steps; None: not known.
        parameters, memory: None: the model's configuration could not be read; `notes` say why.
        notes: what the run would stumble over here; each one sentence.
    """

    recipe: Recipe
    spread: Spread
    batch: Batch
    rows: int | None
    steps_per_epoch: int | None
    steps: int | None
    parameters: Parameters | None
    memory: Memory | None
    notes: Sequence[str]

    def arguments(self) -> dict[str, Any]:
        """Return the training section with the gradient accumulation that was worked out."""
        return {**self.recipe.training, "gradient_accumulation_steps": self.batch.accumulation}


def plan(
    recipe: Recipe, accelerate_config: str | Path | None = None, processes: int | None = None, rows: int | None = None
) -> Plan:
    """Check a recipe against an accelerate config and a model, and work out what the run will do.

    Args:
        recipe: as `read_recipe` gives it.
        accelerate_config, processes: see `read_spread`.
        rows: of the training data; None: as many as the recipe says, if it does.

    Raises:
        UsageError: the batch cannot be spread, the config cannot be read, the model does not see.
    """
    spread = read_spread(accelerate_config, processes)
    batch = effective(recipe, spread.processes)
    notes = [*_notes(recipe, spread)]
    parameters = held = None
    try:
        config = load_config(recipe.model)
    except GameQAError as error:
        notes.append(f"{error}; parameters and memory are not known")
    else:
        check_model(recipe, config)
        parameters = count_parameters(recipe, config)
        held = memory(recipe, parameters, config, spread, batch)
    rows = recipe.data.rows if rows is None else rows
    epoch = None if rows is None else batch.steps(rows, setting(recipe, "num_iterations"))
    steps = setting(recipe, "max_steps")
    if steps <= 0:
        steps = None if epoch is None else ceil(epoch * setting(recipe, "num_train_epochs"))
    return Plan(recipe, spread, batch, rows, epoch, steps, parameters, held, notes)


def _notes(recipe: Recipe, spread: Spread) -> list[str]:
    found: list[str] = []
    try:
        check_machine(recipe)
    except GameQAError as error:
        found.append(str(error))
    if spread.kind == "DEEPSPEED" and find_spec("deepspeed") is None:
        found.append(
            f"accelerate config {spread.name} needs deepspeed, which is not installed; run: pip install deepspeed"
        )
    if recipe.training.get("use_cpu") and spread.kind not in ("NO", "MULTI_CPU"):
        found.append(f"the recipe runs on the CPU, but accelerate config {spread.name or spread.kind} is for GPUs")
    return found


def text(plan: Plan) -> str:
    """Return a plan as lines for the terminal."""
    recipe, spread, batch = plan.recipe, plan.spread, plan.batch
    what = "completions" if batch.generated else "examples"
    lines = [
        f"recipe        {recipe.name}: {recipe.about}",
        f"model         {recipe.model.name}, {_parameters(plan)}",
        f"data          {recipe.data.source}, {recipe.data.view}, {_count(plan.rows, 'rows')}",
        f"spread        {spread.name or 'no accelerate config'} ({spread.kind}), processes: {batch.processes}",
        f"batch         {batch.completions} {what} a step = {batch.processes} (processes) x {batch.per_device} (at"
        f" once) x {batch.accumulation} (accumulated)",
    ]
    if batch.generated:
        lines.append(f"prompts       {batch.prompts} a step x {batch.generations} completions each")
    lines.append(f"steps         {_count(plan.steps_per_epoch, 'an epoch')}, {_count(plan.steps, 'in all')}")
    return "\n".join([*lines, *_memory(plan), *(f"note          {note}" for note in plan.notes)])


def _parameters(plan: Plan) -> str:
    if plan.parameters is None:
        return "parameters not known"
    total, trained, _ = plan.parameters
    return f"{_short(total)} parameters, {_short(trained)} of them trained"


def _count(value: int | None, of: str) -> str:
    return f"{'not known' if value is None else format(value, ',')} {of}"


def _short(number: int) -> str:
    """Return a large number in words of three digits.

    >>> _short(8292166656), _short(412000), _short(12)
    ('8.29 billion', '0.412 million', '12')
    """
    for name, size in (("billion", 10**9), ("million", 10**6)):
        if number * 10 >= size:
            return f"{number / size:.3g} {name}"
    return str(number)


def _memory(plan: Plan) -> list[str]:
    held = plan.memory
    if held is None:
        return []
    names = ("weights", "gradients", "optimizer", "reference", "activations")
    parts = [f"{name} {getattr(held, name) / 1e9:.1f}" for name in names]
    vllm = f", and vLLM {held.vllm:.0%} of it" if held.vllm else ""
    sleeping = " while it makes completions" if held.vllm and held.sleeping else ""
    fits = [f"{name} {'yes' if held.fits(size) else 'no'}" for name, size in GPUS.items()]
    return [
        f"memory        {held.training / 1e9:.1f} GB on each GPU{vllm}{sleeping}: {', '.join(parts)} (activations are a"
        " rough estimate)",
        f"fits          {', '.join(fits)}",
    ]
