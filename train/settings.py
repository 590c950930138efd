"""What a training run is made of: the sections of a recipe."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

Names = str | Sequence[str]


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The model to train.

    Attributes:
        name: a folder, a name on the Hub, or `tiny`: made on the spot, for trying things out.
        dtype: `bfloat16` or `float32`.
        attention: `sdpa`, `flash_attention_2` or `eager`.
        freeze_vision: leave the vision tower as it is.
        lora: fields of peft's LoraConfig; None trains all parameters.
        trust_remote_code: run the model's own code.
    """

    name: str
    dtype: Literal["bfloat16", "float32"] = "bfloat16"
    attention: str = "sdpa"
    freeze_vision: bool = True
    lora: dict[str, Any] | None = None
    trust_remote_code: bool = False


class Curriculum(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How fresh questions are chosen while the model learns.

    Attributes:
        low, high: the band of pass rates in which a task and level teaches most.
        window: the last rewards of a task and level that its pass rate is taken from.
        revisit: share of questions drawn from all tasks and levels alike, whatever their pass rate.
    """

    low: float = 0.2
    high: float = 0.8
    window: int = 64
    revisit: float = 0.1


class Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The questions to train on.

    Attributes:
        source: `online` makes fresh questions while training, never one twice; else a named build of gameqa, such as
            `gameqa-5k` (made on the spot), or the folder of a build.
        games, tasks, levels: which of them; `all`, one name or several. Names of groups count for games.
        view: `picture`, or `text` for models without eyes.
        seed: names the stream of questions.
        rows: the most rows; None: all. With `online`: how many are made in all; None: as many as the steps need.
        max_pixels: larger pictures are scaled down to this many pixels before the processor sees them.
        system: text of the system message; empty: none.
        workers: processes that make questions, with `online`.
        curriculum: with `online`; None: all tasks and levels alike.
    """

    source: str = "gameqa-5k"
    games: Names = "in_domain"
    tasks: Names = "all"
    levels: Names = "all"
    view: Literal["picture", "text"] = "picture"
    seed: int = 0
    rows: int | None = None
    max_pixels: int = 1_003_520
    system: str = ""
    workers: int = 2
    curriculum: Curriculum | None = None


class Rewards(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a completion earns.

    Attributes:
        accuracy: for a right final answer, by the rules.
        format: for a final answer that the rules can read, right or wrong.
        overlong: taken off completions that were cut off, and in part off those that come near the limit.
        overlong_margin: tokens before the limit from which on the penalty grows.
        judge: root of an OpenAI-compatible endpoint that is asked about completions the rules cannot read.
        judge_model: its name.
    """

    accuracy: float = 1.0
    format: float = 0.0
    overlong: float = 0.0
    overlong_margin: int = 256
    judge: str = ""
    judge_model: str = "Qwen2.5-72B-Instruct-AWQ"


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Checks and evaluations beside the training.

    Attributes:
        sight: before training, check that pictures reach the model.
        evaluate: questions of the bench-mini set that are asked every `eval_steps` steps; 0: none.
        pages: write the completions with their pictures to a page.
    """

    sight: bool = True
    evaluate: int = 0
    pages: bool = True


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A training run.

    Attributes:
        name, about: what it is called, and one sentence.
        method: `grpo`, or `sft` on the worked analyses.
        analysis: with `sft`: `full`, or `short`, the last step and the answer only.
        batch_prompts: questions (with `sft`, examples) that one optimizer step learns from, over all processes; the
            gradient accumulation follows from it. None: it follows from `training`.
        model, data, rewards, check: see there.
        training: fields of TRL's GRPOConfig or SFTConfig, under the names they have there.
    """

    name: str
    about: str = ""
    method: Literal["grpo", "sft"] = "grpo"
    analysis: Literal["full", "short"] = "full"
    batch_prompts: int | None = None
    model: Model
    data: Data = Data()
    rewards: Rewards = Rewards()
    check: Check = Check()
    training: Mapping[str, Any] = {}
