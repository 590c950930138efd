"""The tasks of the benchmark for lmms-eval: the files of its pack, and the functions that they name.

The tasks, groups, data and scores are those of the lm-eval pack (see `pack`). lmms-eval knows other keys than lm-eval,
and lm-eval reads every YAML file below the folder it is given, so the files are not kept in this package: `write_pack`
writes them. Keys and calls are those of lmms-eval 0.7.3. It sends the text to simple models and `doc_to_messages` to
chat models, and each model puts its own marker where a picture goes, so no text here has one.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from gameqa.core.files import new_folder

from . import pack
from .records import View
from .scoring import graded_by_rules

_MODULE = "gameqa.benchmark.lmms"
_HEAD = "# Written by `gameqa tasks-path --harness lmms-eval`; edit benchmark/lmms.py instead.\n"
_VISUALS = {View.PICTURE: "pictures", View.TEXT: "no_pictures", View.BLIND: "no_pictures"}
_TEXTS = {View.PICTURE: "prompt", View.TEXT: "text_prompt", View.BLIND: "prompt"}

Doc = Mapping[str, Any]
"""The columns of a question."""

Words = Mapping[str, Any] | None
"""`lmms_eval_specific_kwargs` of a YAML file that includes ours: `pre_prompt` and `post_prompt`; None without them."""


def pictures(doc: Doc) -> list[Any]:
    """Return the pictures of a question, as RGB since not every image processor knows palettes."""
    return [doc["image"].convert("RGB")]


def no_pictures(doc: Doc) -> list[Any]:
    """Return no picture: what the text-only and blind views show."""
    return []


def prompt(doc: Doc, lmms_eval_specific_kwargs: Words = None) -> str:
    """Return the prompt that goes with the picture."""
    return _framed(doc["question"], lmms_eval_specific_kwargs)


def text_prompt(doc: Doc, lmms_eval_specific_kwargs: Words = None) -> str:
    """Return the prompt that holds the state as text."""
    return _framed(doc["text_question"], lmms_eval_specific_kwargs)


def picture_messages(doc: Doc, lmms_eval_specific_kwargs: Words = None) -> list[dict[str, Any]]:
    """Return the chat that shows the picture, then asks."""
    return _chat(pictures(doc), prompt(doc, lmms_eval_specific_kwargs))


def text_messages(doc: Doc, lmms_eval_specific_kwargs: Words = None) -> list[dict[str, Any]]:
    """Return the chat that asks with the state as text."""
    return _chat([], text_prompt(doc, lmms_eval_specific_kwargs))


def blind_messages(doc: Doc, lmms_eval_specific_kwargs: Words = None) -> list[dict[str, Any]]:
    """Return the chat that asks without showing the picture."""
    return _chat([], prompt(doc, lmms_eval_specific_kwargs))


def picture_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """Score the reply to a question with its picture, see `_results`."""
    return _results(View.PICTURE, doc, results)


def text_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """Score the reply to a question with its state as text, see `_results`."""
    return _results(View.TEXT, doc, results)


def blind_results(doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """Score the reply to a question without its picture, see `_results`."""
    return _results(View.BLIND, doc, results)


def _results(view: View, doc: Doc, results: Sequence[str]) -> dict[str, Any]:
    """Score a reply by the rules: `acc`, and whether it was `unparsable`.

    The rest makes a logged line one of ours (see `replies`): lmms-eval logs what is returned here, not the question.
    """
    graded = graded_by_rules(doc, results[0])
    return {
        "acc": float(graded.right),
        "unparsable": float(not graded.parsable),
        "data_id": doc["data_id"],
        "reply": results[0],
        "view": view.value,
    }


def _framed(text: str, words: Words) -> str:
    return f"{words.get('pre_prompt', '')}{text}{words.get('post_prompt', '')}" if words else text


def _chat(images: Sequence[Any], text: str) -> list[dict[str, Any]]:
    shown = [{"type": "image", "url": image} for image in images]
    return [{"role": "user", "content": [*shown, {"type": "text", "text": text}]}]


def files() -> dict[str, str]:
    """Return the content of every file of the pack, by its name."""
    return {
        **{f"_{view.value}": _common(view) for view in View},
        **{f"{definition.name}.yaml": _HEAD + pack.task_text(definition, "") for definition in pack.definitions()},
        **{f"{name}.yaml": _HEAD + pack.group_text(name, members) for name, members in pack.groups().items()},
    }


def write_pack(folder: Path) -> Path:
    """Write the pack, all files or none, and return the folder.

    Args:
        folder: missing, empty, or holding nothing but files of the pack, which are replaced.

    Raises:
        UsageError: the folder holds something else, or cannot be written.
        GameQAError: the disk is full.
    """
    made = files()
    with new_folder(folder, replaceable=made) as part:
        for name, content in made.items():
            (part / name).write_text(content, encoding="utf-8")
    return folder


def pack_folder() -> Path:
    """Return a folder with the pack: in the cache of `datasets`, named by its content, written when not all is there.

    Raises:
        UsageError: the cache cannot be written.
        GameQAError: the disk is full.
    """
    from datasets import config

    made = files()
    state = sha256("\0".join(f"{name}\0{content}" for name, content in made.items()).encode()).hexdigest()[:16]
    folder = Path(config.HF_DATASETS_CACHE) / "gameqa-lmms-eval" / state
    return folder if all((folder / name).is_file() for name in made) else write_pack(folder)


def _common(view: View) -> str:
    # Without `until` a reply would end at its first empty line; without `reasoning_tags: none` the harness would cut
    # <think> blocks by rules of its own before the scorer sees the reply.
    return f"""{_HEAD}test_split: test
output_type: generate_until
doc_to_visual: !function {_MODULE}.{_VISUALS[view]}
doc_to_text: !function {_MODULE}.{_TEXTS[view]}
doc_to_messages: !function {_MODULE}.{view.value}_messages
doc_to_target: answer
process_results: !function {_MODULE}.{view.value}_results
reasoning_tags: none
generation_kwargs:
  until: []
  do_sample: false
  temperature: 0.0
  max_new_tokens: {pack.MAX_NEW_TOKENS}
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: unparsable
    aggregation: mean
    higher_is_better: false
metadata:
  version: {pack.VERSION}
  view: {view.value}
"""
