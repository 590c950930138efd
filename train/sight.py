"""Does the model see? A check before the training that pictures reach the model, and how much they help it.

A few easy questions of perception are asked with their picture, without one, and with the picture of another question.
Three things are looked at: whether the prompts hold image tokens, whether the logits of the next token change with the
picture, and the three accuracies. Only the first two prove something: a model whose logits are the very same for three
different pictures of one size, in every prompt, is blind. Accuracies that do not differ may also mean that it has not
learnt yet to read such pictures.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gameqa.core.answers import AnswerKind, score
from gameqa.core.engine import make, select
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.game import Level, QAType
from gameqa.tools.progress import progress_bar

from .data import bounded

if TYPE_CHECKING:
    from PIL.Image import Image

OPTIONS = 4
"""Fewest options of a question, so that guessing does not look like seeing."""
GREY = (128, 128, 128)
"""The picture without content."""

VIEWS = ("with the picture", "without it", "with a wrong one")
"""What the questions are asked with, in the order of the three accuracies."""


@dataclass(frozen=True)
class SightReport:
    """What was seen of a model's eyes.

    Attributes:
        questions: how many were asked.
        image_tokens: fewest image tokens in one prompt.
        changed: prompts in which the logits of the next token change with the picture.
        difference: largest change of one logit.
        right: right answers with the picture, without it, and with a wrong one; not asked where no image token is.
        chance: right answers expected of guessing among the options.
    """

    questions: int
    image_tokens: int
    changed: int
    difference: float
    right: tuple[int, int, int]
    chance: float

    @property
    def blind(self) -> bool:
        """Whether it is proved that pictures make no difference."""
        return self.image_tokens == 0 or self.changed == 0


def perception_rows(count: int = 16, seed: int = 0) -> list[dict[str, Any]]:
    """Return easy choice questions of perception, from all games, that no training split holds.

    Args:
        count: how many.
        seed: names the stream of questions.

    Returns:
        Rows of the data, with `image` as a PIL image.
    """
    asked = [
        (game, task)
        for game, task, _ in select(levels=Level.EASY)
        if task.qa_type is QAType.TARGET_PERCEPTION and task.qa_level is Level.EASY and task.kind is AnswerKind.CHOICE
    ]
    rows: list[dict[str, Any]] = []
    index = 0
    while len(rows) < count:
        for game, task in asked:
            sample = make(game, task, Level.EASY, "validation", seed, index)
            if len(sample.options) >= OPTIONS and len(rows) < count:
                rows.append({**sample.row(image=False), "image": sample.image.convert("RGB")})
        index += 1
    return rows


def check_sight(
    model: Any,
    processor: Any,
    rows: Sequence[Mapping[str, Any]] | None = None,
    *,
    system: str = "",
    max_pixels: int = 1_003_520,
    max_new_tokens: int = 256,
    batch: int = 4,
    shown: bool | None = None,
) -> SightReport:
    """Ask a model questions with the right, no and a wrong picture.

    The model may be in training; it is left as it was found. Nothing random is used.

    Args:
        model: of a class behind AutoModelForImageTextToText, on any device.
        processor: its processor, with a chat template.
        rows: at least two choice questions with `image` as a PIL image, by default `perception_rows()`.
        system: text of the system message; empty: none.
        max_pixels: larger pictures are scaled down to this many pixels.
        max_new_tokens: tokens a reply may have.
        batch: prompts at the same time.
        shown: whether to show progress; None: if standard error is a terminal.

    Raises:
        UsageError: fewer than two rows, or a row without picture or options.
        GameQAError: the processor cannot make prompts with pictures.
    """
    from PIL import Image

    rows = perception_rows() if rows is None else rows
    if len(rows) < 2:
        raise UsageError(f"the check of a model's eyes needs at least 2 questions, not {len(rows)}")
    for row in rows:
        if not row["options"] or not hasattr(row.get("image"), "convert"):
            raise UsageError(f"{row['data_id']!r} is no choice question with a PIL image, so it cannot check the eyes")
    pictures = [bounded(row["image"], max_pixels) for row in rows]
    # Of the size of the right picture, so that they make as many image tokens.
    wrong = [pictures[place - 1].resize(picture.size) for place, picture in enumerate(pictures)]
    blank = [Image.new("RGB", picture.size, GREY) for picture in pictures]
    tokens: list[int] = []
    differences: list[float] = []
    right = [0, 0, 0]
    with at_rest(model), progress_bar("checking the eyes", "questions", len(rows), shown=shown) as bar:
        for start in range(0, len(rows), batch):
            part = slice(start, start + batch)
            texts = [row["question"] for row in rows[part]]
            asked = [
                inputs(model, processor, texts, shows, system)
                for shows in (pictures[part], [None] * len(texts), wrong[part], blank[part])
            ]
            found = _image_tokens(model, processor, asked[0]["input_ids"])
            tokens += found
            differences += _differences(model, asked[0], asked[2:]) if min(found) else [0.0] * len(found)
            for view in range(len(VIEWS)):
                if view != 1 and not min(found):
                    continue
                told = replies(model, processor, asked[view], max_new_tokens)
                right[view] += sum(int(score(reply, row).value) for reply, row in zip(told, rows[part], strict=True))
            for _ in texts:
                bar()
    return SightReport(
        questions=len(rows),
        image_tokens=min(tokens),
        changed=sum(difference != 0 for difference in differences),
        difference=max(differences),
        right=(right[0], right[1], right[2]),
        chance=sum(1 / len(row["options"]) for row in rows),
    )


def refuse(report: SightReport) -> None:
    """Stop a training in which pictures make no difference.

    Raises:
        GameQAError: the model is proved to be blind.
    """
    if report.image_tokens == 0:
        why = "the prompts hold no image tokens (is the chat template one for pictures?)"
    elif report.changed == 0:
        why = f"its logits are the same for three different pictures in all {report.questions} prompts"
    else:
        return
    raise GameQAError(
        f"the model does not see: {why}; training it would only teach it to guess. To go on all the same, set"
        " check.sight to false"
    )


def text(report: SightReport) -> str:
    """Return a report in a few lines."""
    if not report.image_tokens:
        return "prompts hold no image tokens: pictures do not reach the model"
    logits = f"in {report.changed} of {report.questions} prompts"
    if report.changed:
        logits += f", by up to {report.difference:.3g}"
    answers = ", ".join(f"{right} {view}" for right, view in zip(report.right, VIEWS, strict=True))
    return (
        f"prompts hold at least {report.image_tokens} image tokens; the logits change with the picture {logits}\n"
        f"right answers to {report.questions} easy questions of perception: {answers}"
        f" (guessing: {report.chance:.1f})"
    )


# --- Prompts ----------------------------------------------------------------------------------------


@contextmanager
def at_rest(model: Any) -> Iterator[None]:
    """Let the model answer without dropout and gradients; put it back afterwards."""
    import torch

    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)


def inputs(
    model: Any, processor: Any, texts: Sequence[str], pictures: Sequence["Image | None"], system: str
) -> dict[str, Any]:
    """Return the model's inputs of a batch, made by the chat template as in the training."""
    prompts = []
    for question, picture in zip(texts, pictures, strict=True):
        shown = [] if picture is None else [{"type": "image", "image": picture}]
        told = [{"role": "system", "content": [{"type": "text", "text": system}]}] if system else []
        prompts.append([*told, {"role": "user", "content": [*shown, {"type": "text", "text": question}]}])
    try:
        made = processor.apply_chat_template(
            prompts,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            processor_kwargs={"padding": True, "padding_side": "left"},
        )
    except ValueError as error:  # such as: as many pictures as marks for them must be there
        raise GameQAError(f"{type(processor).__name__} cannot make prompts with pictures: {error}") from error
    return made.to(model.device, dtype=model.dtype)


def _image_tokens(model: Any, processor: Any, ids: Any) -> list[int]:
    """Return how many image tokens each prompt holds."""
    for holder in (model.config, processor):
        for name in ("image_token_id", "image_token_index"):
            token = getattr(holder, name, None)
            if isinstance(token, int):
                return (ids == token).sum(dim=1).tolist()
    raise GameQAError(f"{type(model).__name__} names no image token, so it cannot be told whether it gets pictures")


# --- The model ------------------------------------------------------------------------------------


def _differences(model: Any, inputs: dict[str, Any], others: Sequence[dict[str, Any]]) -> list[float]:
    """Return for each prompt how far a logit of the next token is off with one of the other pictures, at most."""
    logits = _next_logits(model, inputs)
    return [
        max(found)
        for found in zip(
            *((logits - _next_logits(model, other)).abs().amax(dim=1).tolist() for other in others), strict=True
        )
    ]


def _next_logits(model: Any, inputs: dict[str, Any]) -> Any:
    """Return the logits of the first token of the reply, by batch and vocabulary."""
    made = model.generate(**inputs, max_new_tokens=1, do_sample=False, return_dict_in_generate=True, output_logits=True)
    return made.logits[0].float()


def replies(model: Any, processor: Any, asked: dict[str, Any], max_new_tokens: int) -> list[str]:
    """Return the model's likeliest replies to a batch of `inputs`."""
    made = model.generate(**asked, max_new_tokens=max_new_tokens, do_sample=False)
    return processor.batch_decode(made[:, asked["input_ids"].shape[1] :], skip_special_tokens=True)
