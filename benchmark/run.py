"""Asking a model all questions: `simple_evaluate` of lm-eval around a recorder, task by task.

The folder of a run holds

    run.json        what was asked of whom; decides whether a folder can be gone on with
    replies.jsonl   every reply, written as it came
    sanity.jsonl    replies of the check that the model sees
    judge.jsonl     what a judge said, when there was one
    results.json, report.md, report.html
"""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gameqa.core.errors import GameQAError, UsageError, choice_error
from gameqa.core.extras import require
from gameqa.core.files import write_atomic
from gameqa.core.seeds import RELEASE

from . import pack
from .records import Graded, View
from .replies import FILE, Store

SETTINGS, SANITY = "run.json", "sanity.jsonl"

SANITY_GAIN = 0.15
"""The least by which a model that sees should do better with the picture than without on the sanity set."""

_EXTRAS = {"hf-multimodal": ("hf", "torch", "transformers"), "vllm-vlm": ("vllm", "vllm")}
"""What the models of lm-eval that run here need, by their name there."""


@dataclass(frozen=True)
class Settings:
    """What decides the replies of a run.

    Attributes:
        model: kind of model, as lm-eval names it: `vllm-vlm`, `hf-multimodal`, `local-chat-completions` …
        model_args: its arguments, as in lm-eval.
        data: where the questions come from when it is not the fixed bench set: a folder or OWNER/NAME on the Hub.
        max_new_tokens: longest reply, in tokens.
        release: release of the questions.
    """

    model: str
    model_args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    data: str = ""
    max_new_tokens: int = pack.MAX_NEW_TOKENS
    release: str = RELEASE

    @property
    def name(self) -> str:
        """The name of the model."""
        return str(self.model_args.get("pretrained") or self.model_args.get("model") or self.model)


def read_settings(folder: Path) -> Settings | None:
    """Return the settings of a run, None when the folder holds none.

    Raises:
        UsageError: the file is not readable as such.
    """
    try:
        return msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"{folder / SETTINGS} cannot be read: {error}") from error


def ask(
    settings: Settings,
    out: Path,
    tasks: Sequence[str] = ("gameqa",),
    view: View = View.PICTURE,
    limit: int | None = None,
    batch_size: int = 1,
    device: str | None = None,
    sanity: bool = True,
) -> dict[str, Mapping[str, Any]]:
    """Ask a model the questions of tasks of the pack, and store its replies; what is answered is not asked again.

    Args:
        settings: the model and what decides its replies.
        out: folder of the run; may hold an earlier part of it.
        tasks: names of the pack, under the view `picture`; see `pack.tasks_of`.
        view: how the questions are put.
        limit: the most questions of each task.
        batch_size: requests that a model here answers at once.
        device: where a model here runs, such as `cuda:0`.
        sanity: with pictures, first check on a few easy questions that the model sees.

    Returns:
        the columns of the questions asked, by `data_id`.

    Raises:
        UsageError: an unknown model, task or argument, a folder of another run.
        MissingExtra: what the model needs is not installed.
        GameQAError: the model cannot be loaded or reached, or fails on the way.
    """
    names = [task for name in tasks for task in pack.tasks_of(name, view)]
    earlier = read_settings(out)
    if earlier is not None and earlier != settings:
        raise UsageError(f"{out} holds another run ({_difference(earlier, settings)}); choose another folder")
    require("eval", "lm_eval")
    os.environ.setdefault("TQDM_DISABLE", "1")  # one bar of our own on a terminal, none in a pipe
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    model = load(settings.model, settings.model_args, batch_size, device)
    write_atomic(out / SETTINGS, msgspec.json.format(msgspec.json.encode(settings)))

    from .recorder import Recorder

    at_once = max(batch_size, int(settings.model_args.get("num_concurrent", 1)))
    manager = _manager(settings)
    recorder = Recorder(model, Store(out / FILE, model.rank), view, at_once)
    if sanity and view is View.PICTURE and not settings.data:
        blind = Recorder(model, Store(out / SANITY, model.rank), View.BLIND, at_once)
        _evaluate(recorder, pack.task_name(View.PICTURE, "sanity"), settings, None, manager)
        _evaluate(blind, pack.task_name(View.BLIND, "sanity"), settings, None, manager)
    for name in dict.fromkeys(names):
        _evaluate(recorder, name, settings, limit, manager)
    return recorder.questions


def load(model: str, model_args: Mapping[str, Any], batch_size: int = 1, device: str | None = None) -> Any:
    """Make a model of lm-eval.

    Raises:
        UsageError: there is no such kind of model, or the endpoint does not serve the model.
        MissingExtra: what it needs is not installed.
        GameQAError: it cannot be loaded or reached.
    """
    from lm_eval.api.registry import get_model
    from lm_eval.models import MODEL_MAPPING

    if model not in MODEL_MAPPING:
        raise choice_error(
            "model", model, ["vllm-vlm", "hf-multimodal", "local-chat-completions", "or another of lm-eval"]
        )
    if model in _EXTRAS:
        require(*_EXTRAS[model])
    if model == "local-chat-completions" and "base_url" not in model_args:
        raise UsageError(f"{model} needs the address of the endpoint: --endpoint URL, or base_url among its arguments")
    if "base_url" in model_args:
        from gameqa.tools.endpoint import check_endpoint

        check_endpoint(str(model_args["base_url"]), str(model_args.get("model", "")))
    try:
        return get_model(model).create_from_arg_obj(dict(model_args), {"batch_size": batch_size, "device": device})
    except TypeError as error:
        raise UsageError(f"the arguments of {model} are not right: {error}") from error
    except Exception as error:  # a model can fail in any way; the last word is what a user needs
        raise GameQAError(f"{model} could not be started with {dict(model_args)}: {error}") from error


def _manager(settings: Settings) -> Any:
    """Return lm-eval's index of the pack; both keys are given, since a task reads only its own."""
    from lm_eval.tasks import TaskManager

    from .tasks.task import DATA, PUBLISHED

    named: dict[str, Any] = dict.fromkeys((DATA, PUBLISHED), settings.data) if settings.data else {}
    return TaskManager(include_path=str(pack.FOLDER), include_defaults=False, metadata=named)


def _evaluate(recorder: Any, name: str, settings: Settings, limit: int | None, manager: Any) -> None:
    from lm_eval.evaluator import simple_evaluate

    try:
        simple_evaluate(
            model=recorder,
            tasks=[name],
            task_manager=manager,
            limit=limit,
            bootstrap_iters=0,
            log_samples=False,
            apply_chat_template=True,
            gen_kwargs={"max_gen_toks": settings.max_new_tokens},
        )
    except (GameQAError, KeyboardInterrupt):
        raise
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise GameQAError(f"the model failed at {name}: {told[:500]}; run again to go on from there") from error


def _difference(earlier: Settings, settings: Settings) -> str:
    old, new = msgspec.to_builtins(earlier), msgspec.to_builtins(settings)
    return "; ".join(f"{name} was {old[name]!r}, not {new[name]!r}" for name in new if old[name] != new[name])


class Sanity(NamedTuple):
    """How a model does on the easy questions about what stands in the picture, with the picture and without.

    Attributes:
        n: questions.
        seeing, blind: shares of right replies.
        same: replies that are the same with and without the picture.
    """

    n: int
    seeing: float
    blind: float
    same: int

    @property
    def warning(self) -> str:
        """One sentence when the model seems not to see, else empty."""
        if self.n == 0 or self.seeing - self.blind >= SANITY_GAIN:
            return ""
        return (
            f"the pictures may not reach the model: on {self.n} easy questions about what stands in the picture it is"
            f" right in {self.seeing:.0%} with the picture and in {self.blind:.0%} without, and {self.same} replies are"
            " the same"
        )


def sanity_of(seeing: Sequence[Graded], blind: Sequence[Graded]) -> Sanity:
    """Compare the graded replies of a run with those that the check got without pictures."""
    with_picture = {one.reply.data_id: one for one in seeing if one.reply.view is View.PICTURE}
    pairs = [(with_picture[one.reply.data_id], one) for one in blind if one.reply.data_id in with_picture]
    n = max(len(pairs), 1)
    return Sanity(
        n=len(pairs),
        seeing=sum(one.right for one, _ in pairs) / n,
        blind=sum(other.right for _, other in pairs) / n,
        same=sum(one.reply.reply == other.reply.reply for one, other in pairs),
    )
