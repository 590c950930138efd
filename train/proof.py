"""A proof that the training teaches to see: `python -m gameqa.train.proof`.

A vision-language model with random weights is made on the spot, warmed up by SFT on worked analyses, stopped early, and
trained on by GRPO with the accuracy reward, both by `trainers.run`, on an easy task of perception and, at all scales
but the smallest, a task of reasoning. After each phase it answers questions of the test split, whose boards no training
split holds, with their picture and without.

All questions of a task are the same, word for word, so that whoever does not see can do no better than to give the most
common answer. That is the floor. Intervals are Wilson's (1927), at 95 %.
"""

import math
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import typer

from gameqa.core.answers import score
from gameqa.core.engine import generate
from gameqa.core.files import write_atomic
from gameqa.core.sample import Sample
from gameqa.tools.command import sentences

from . import outputs, settings

GAME = "snake"
TASKS = {"perception": "head_position", "reasoning": "shortest_path_length"}
LEVEL = "Easy"
SEED = 9
"""Names the streams of questions, the weights and the draws; runs of one seed on one machine are alike."""
Z = 1.959964


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """How large a proof is.

    Attributes:
        tasks: `perception`, `reasoning` or both, taught to one model.
        hidden, layers, image_size, patch_size: of the model, see `tiny.make`.
        rows: different worked analyses of the warm-up.
        warm, batch: steps of the warm-up, and analyses in each; it ends before it has taught all it could.
        steps, prompts, generations: of GRPO; each prompt gets so many completions.
        rates: learning rates of the two phases.
        reply: tokens that a reply may have, and that are learnt of an analysis; what is longer is cut.
        questions: of the test split for each task.
    """

    tasks: tuple[str, ...]
    hidden: int
    layers: int
    image_size: int
    patch_size: int
    rows: int
    warm: int
    batch: int
    steps: int
    prompts: int
    generations: int
    rates: tuple[float, float]
    reply: int
    questions: int

    @property
    def slugs(self) -> dict[str, str]:
        """The game's tasks, by their kind."""
        return {kind: TASKS[kind] for kind in self.tasks}

    @property
    def patches(self) -> int:
        """Tokens of a picture."""
        return (self.image_size // self.patch_size) ** 2


SCALES = {
    "small": Scale(
        tasks=("perception",), hidden=64, layers=2, image_size=84, patch_size=14, rows=800, warm=190, batch=32,
        steps=14, prompts=16, generations=8, rates=(2e-3, 5e-4), reply=24, questions=300,
    ),
    "medium": Scale(
        tasks=("perception", "reasoning"), hidden=64, layers=2, image_size=84, patch_size=14, rows=1600, warm=320,
        batch=32, steps=40, prompts=16, generations=8, rates=(2e-3, 5e-4), reply=64, questions=300,
    ),
    "large": Scale(
        tasks=("perception", "reasoning"), hidden=256, layers=4, image_size=112, patch_size=14, rows=20000, warm=1500,
        batch=64, steps=400, prompts=32, generations=16, rates=(1e-3, 1e-4), reply=160, questions=2000,
    ),
}  # fmt: skip
SEEDS = {"warm-up": 5, "grpo": 2, "test": 3}
"""Names of the streams of questions."""
WORDS = 2048
HELP = "small: perception only; medium: reasoning too, not learnt yet; large: for a GPU, untried."
PROMPT = 40
"""Tokens of a question with the marks of a chat, at most, besides those of its picture."""


# --- The model ------------------------------------------------------------------------------------


def make_model(folder: Path, scale: Scale) -> Path:
    """Write a model with random weights, whose vocabulary is learnt from questions and analyses of the tasks."""
    from .tiny import make

    samples = questions(scale, "train", SEEDS["warm-up"], 50)
    return make(
        folder,
        hidden=scale.hidden,
        layers=scale.layers,
        image_size=scale.image_size,
        patch_size=scale.patch_size,
        words=WORDS,
        texts=[text for sample in samples for text in (sample.question, sample.analysis)],
        phrases=True,
        quick=True,
        seed=SEED,
    )


def recipes(out: Path, scale: Scale, device: str) -> tuple[settings.Recipe, settings.Recipe]:
    """Return the recipes of the warm-up and of GRPO."""
    cuda = device == "cuda"
    common: dict[str, Any] = {
        "seed": SEED,
        "use_cpu": not cuda,
        "bf16": False,
        "gradient_checkpointing": False,
        "logging_steps": 5,
        "adam_beta2": 0.95,  # with 0.999 the large gradients of the first steps slow all others down
        "report_to": "none",
    }
    warm = settings.Recipe(
        name="proof-sft",
        method="sft",
        batch_prompts=scale.batch,
        model=_model(out / "model"),
        data=_data("warm-up", scale, scale.rows),
        check=settings.Check(sight=False, pages=False),
        training={
            **common,
            "max_steps": scale.warm,
            "save_steps": 50,
            "per_device_train_batch_size": scale.batch,
            "learning_rate": scale.rates[0],
            "lr_scheduler_type": "constant_with_warmup",
            "warmup_steps": 30,
            "dataloader_num_workers": 1,
            "max_length": PROMPT + scale.patches + scale.reply,
        },
    )
    completions = scale.prompts * scale.generations
    grpo = settings.Recipe(
        name="proof-grpo",
        batch_prompts=scale.prompts,
        model=_model(out / "sft" / outputs.FINAL),
        data=_data("grpo", scale, None),
        check=settings.Check(sight=False, pages=False),
        training={
            **common,
            "max_steps": scale.steps,
            "save_steps": 20,
            "per_device_train_batch_size": completions,
            "num_generations": scale.generations,
            "max_completion_length": scale.reply,
            "learning_rate": scale.rates[1],
            "lr_scheduler_type": "linear",
            "warmup_steps": 5,
            "temperature": 1.0,
        },
    )
    return warm, grpo


def _model(folder: Path) -> settings.Model:
    return settings.Model(name=str(folder), dtype="float32", freeze_vision=False)


def _data(stream: str, scale: Scale, rows: int | None) -> settings.Data:
    return settings.Data(
        source="online",
        games=GAME,
        tasks=[*scale.slugs.values()],
        levels=LEVEL,
        seed=SEEDS[stream],
        rows=rows,
        max_pixels=scale.image_size**2,
        workers=1,
    )


def questions(scale: Scale, split: str, seed: int, count: int) -> list[Sample]:
    """Return so many different questions of each task."""
    return [*generate(GAME, [*scale.slugs.values()], LEVEL, split, seed, count)]


# --- Measuring ------------------------------------------------------------------------------------


class Share(NamedTuple):
    """A share with its 95 % interval.

    Attributes:
        right, of: the counts.
        low, high: Wilson's bounds.
    """

    right: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.right / self.of

    def __str__(self) -> str:
        """Return it in percent, such as `50.0 [40.4, 59.6]`."""
        return f"{100 * self.value:.1f} [{100 * self.low:.1f}, {100 * self.high:.1f}]"


def wilson(right: int, of: int) -> Share:
    """Return a share with Wilson's interval.

    Example:
        >>> str(wilson(50, 100))
        '50.0 [40.4, 59.6]'
    """
    middle = (right + Z**2 / 2) / (of + Z**2)
    half = Z / (of + Z**2) * math.sqrt(right * (of - right) / of + Z**2 / 4)
    low, high = middle - half, middle + half
    return Share(right, of, max(0.0, low) if right else 0.0, min(1.0, high) if right < of else 1.0)


def gain(before: Sequence[bool], after: Sequence[bool]) -> tuple[float, float, float]:
    """Return by how much the share of right replies to the same questions grew, with the bounds of its 95 % interval.

    The interval is that of paired differences (normal approximation).
    """
    count = len(before)
    differences = [int(now) - int(then) for then, now in zip(before, after, strict=True)]
    mean = sum(differences) / count
    half = Z * math.sqrt(sum((one - mean) ** 2 for one in differences) / count / (count - 1))
    return mean, mean - half, mean + half


def floor(samples: Sequence[Sample]) -> int:
    """Return how many questions are right for who knows the most common answer to each wording, but sees nothing."""
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        answers[sample.question][sample.answer] += 1
    return sum(found.most_common(1)[0][1] for found in answers.values())


def ask(
    folder: Path, samples: Sequence[Sample], scale: Scale, device: str, seeing: bool, batch: int = 100
) -> list[bool]:
    """Ask a model questions, and return which replies are right; the likeliest token is taken each time.

    Args:
        folder: of the model.
        samples: the questions.
        scale: how large its pictures and its replies are.
        device: `cpu` or `cuda`.
        seeing: whether the prompts hold the pictures.
        batch: prompts at the same time.
    """
    from . import sight
    from .data import bounded
    from .loading import load_model, load_processor

    model, processor = load_model(_model(folder)).to(device), load_processor(_model(folder))
    right: list[bool] = []
    with sight.at_rest(model):
        for start in range(0, len(samples), batch):
            part = samples[start : start + batch]
            pictures = [bounded(sample.image, scale.image_size**2) if seeing else None for sample in part]
            asked = sight.inputs(model, processor, [sample.question for sample in part], pictures, "")
            told = sight.replies(model, processor, asked, scale.reply)
            rows = [sample.row(image=False) for sample in part]
            right += [score(reply, row).value == 1 for reply, row in zip(told, rows, strict=True)]
    return right


# --- The proof ------------------------------------------------------------------------------------


class Result(msgspec.Struct, frozen=True):
    """Replies of one model to the questions of one task.

    Attributes:
        stage: `after SFT` or `after GRPO`.
        kind, task: `perception` or `reasoning`, and which task.
        seeing, blind: shares of right replies with the picture and without.
        gain: of the replies with the picture, over the stage before, with its bounds; None for the first.
    """

    stage: str
    kind: str
    task: str
    seeing: Share
    blind: Share
    gain: tuple[float, float, float] | None


class Proof(msgspec.Struct, frozen=True):
    """What was measured.

    Attributes:
        scale, device: as asked for.
        settings: of the scale.
        floors: for each task, the share that is right without seeing, at best.
        results: in the order of stages and tasks.
        seconds: wall time of each part.
        cpu_seconds: of the whole, over all threads of this process.
        machine: processor, threads and versions.
    """

    scale: str
    device: str
    settings: Scale
    floors: dict[str, Share]
    results: list[Result]
    seconds: dict[str, float]
    cpu_seconds: float
    machine: dict[str, str]


def prove(out: Path, name: str, device: str) -> Proof:
    """Make, train and measure the model; see the top of this module.

    Args:
        out: folder of the models; trainings that were interrupted there go on from their last checkpoint.
        name: of the scale.
        device: `cpu` or `cuda`.

    Raises:
        UsageError: the folder holds another proof, or there is no such device.
    """
    from . import trainers

    scale = SCALES[name]
    warm, grpo = recipes(out, scale, device)
    samples = questions(scale, "test", SEEDS["test"], scale.questions)
    seconds: dict[str, float] = {}
    results: list[Result] = []
    before: dict[str, list[bool]] = {}

    def measure(stage: str, folder: Path) -> None:
        for kind, task in scale.slugs.items():
            asked = [sample for sample in samples if sample.task == task]
            seen, blind = (ask(folder, asked, scale, device, seeing) for seeing in (True, False))
            grown = gain(before[task], seen) if task in before else None
            results.append(Result(stage, kind, task, _share(seen), _share(blind), grown))
            before[task] = seen

    def timed(part: str, do: Callable[[], object]) -> None:
        start = time.perf_counter()
        do()
        seconds[part] = round(time.perf_counter() - start, 1)

    began = time.process_time()
    timed("model", lambda: make_model(out / "model", scale))
    timed("SFT", lambda: trainers.run(warm, out / "sft"))
    timed("asking after SFT", lambda: measure("after SFT", out / "sft" / outputs.FINAL))
    timed("GRPO", lambda: trainers.run(grpo, out / "grpo"))
    timed("asking after GRPO", lambda: measure("after GRPO", out / "grpo" / outputs.FINAL))
    floors = {task: _floor([sample for sample in samples if sample.task == task]) for task in scale.slugs.values()}
    spent = round(time.process_time() - began, 1)
    return Proof(name, device, scale, floors, results, seconds, spent, _machine())


def _share(right: Sequence[bool]) -> Share:
    return wilson(sum(right), len(right))


def _floor(samples: Sequence[Sample]) -> Share:
    return wilson(floor(samples), len(samples))


def _machine() -> dict[str, str]:
    import torch

    libraries = {name: version(name) for name in ("gameqa", "torch", "transformers", "trl", "accelerate")}
    return {"python": platform.python_version(), "threads": str(torch.get_num_threads()), **libraries}


def text(proof: Proof) -> str:
    """Return what was measured as a table in Markdown."""
    lines = [
        "| task | | with the picture | without it | gain over the line before |",
        "|---|---|---|---|---|",
    ]
    for kind, task in proof.settings.slugs.items():
        best = proof.floors[task]
        lines.append(f"| {task} ({kind}) | best without seeing | | {best} | |")
        for one in (found for found in proof.results if found.task == task):
            grown = "{:+.1f} [{:+.1f}, {:+.1f}]".format(*(100 * bound for bound in one.gain)) if one.gain else ""
            stage = one.stage
            if stage == "after SFT" and one.seeing.low <= best.high:
                stage += ", still on its plateau: not above what is right without seeing"
            lines.append(f"| | {stage} | {one.seeing} | {one.blind} | {grown} |")
    took = ", ".join(f"{part} {seconds:.0f} s" for part, seconds in proof.seconds.items())
    return "\n".join([*lines, "", f"Time: {took}; CPU time {proof.cpu_seconds:.0f} s."])


def main(
    out: Annotated[Path, typer.Option(help="Folder of the models and of proof.json.")] = Path("runs/proof"),
    scale: Annotated[Literal["small", "medium", "large"], typer.Option(help=HELP)] = "small",
    device: Annotated[Literal["cpu", "cuda"], typer.Option(help="What the model runs on.")] = "cpu",
) -> None:
    """Show that a model made from scratch learns to see and to reason by SFT and GRPO."""
    with sentences("proof"):
        proof = prove(out, scale, device)
    write_atomic(out / "proof.json", msgspec.json.format(msgspec.json.encode(proof)))
    print(text(proof))


if __name__ == "__main__":
    typer.run(main)
