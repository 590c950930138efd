"""What the YAML files of the pack name: the class of the tasks and its functions.

Importing this makes `load_dataset("gameqa")` known, so that plain lm-eval finds the data.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
from lm_eval.api.group import Group
from lm_eval.api.task import ConfigurableTask
from lm_eval.models.api_models import JsonChatStr
from lm_eval.tasks import TaskManager

from gameqa.core.errors import GameQAError

from ..published import published_rows
from ..scoring import graded_by_rules

IMAGE_MARK = "<image>"
"""Where the text holds this, `hf-multimodal` and `vllm-vlm` put the picture."""

DATA = "gameqa_data"
"""Key of the metadata that names other data with the same columns: `--metadata '{"gameqa_data": "OWNER/NAME"}'`."""

PUBLISHED = "gameqa_published"
"""Key of the metadata that names the published data."""

TEXT = "-text"
"""Mark of the configs of the data set without pictures."""


class GameQATask(ConfigurableTask):
    """A task of lm-eval whose data and prompts work with every kind of model.

    Differences to its parent: the data can be replaced by a named copy (see `DATA`), and models behind an API, which
    are sent the picture apart from the text, get the text without the marker for it.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config={key: value for key, value in config.items() if key != "class"})

    def download(self, dataset_kwargs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """Load the data of the task, or the copy that the metadata name.

        Raises:
            GameQAError: the copy cannot be read, or has no such config or split.
        """
        copy = (self.config.metadata or {}).get(DATA)
        if self.DATASET_PATH != "gameqa" or not copy:
            super().download(dataset_kwargs, **kwargs)
            return
        name = str(self.DATASET_NAME).removesuffix(TEXT)
        split = self.config.test_split
        try:
            self.dataset = {split: datasets.load_dataset(copy, name, split=split)}
        except (ValueError, OSError) as error:
            raise GameQAError(f"{copy} holds no config {name!r} with a split {split!r}: {error}") from error

    def construct_requests(self, doc: dict[str, Any], ctx: Any, **kwargs: Any) -> Any:
        """Return the request of a question; for a model behind an API, without the marker of the picture."""
        if isinstance(ctx, JsonChatStr):
            ctx = JsonChatStr(ctx.prompt.replace(f"{IMAGE_MARK}\\n", "").replace(IMAGE_MARK, ""))
        return super().construct_requests(doc, ctx, **kwargs)


def picture_prompt(doc: Mapping[str, Any]) -> str:
    """Return the prompt with the marker of the picture before it."""
    return f"{IMAGE_MARK}\n{doc['question']}"


def text_prompt(doc: Mapping[str, Any]) -> str:
    """Return the prompt that holds the state as text."""
    return doc["text_question"]


def blind_prompt(doc: Mapping[str, Any]) -> str:
    """Return the prompt of the picture without the picture."""
    return doc["question"]


def pictures(doc: Mapping[str, Any]) -> list[Any]:
    """Return the pictures of a question, as RGB since not every image processor knows palettes."""
    return [doc["image"].convert("RGB")]


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """Score the reply to a question by the rules: `acc`, and whether it was `unparsable`."""
    graded = graded_by_rules(doc, results[0])
    return {"acc": float(graded.right), "unparsable": float(not graded.parsable)}


def published(**metadata: Any) -> Mapping[str, datasets.Dataset]:
    """Return the test split of the published GameQA data in our columns.

    The metadata name them, `--metadata '{"gameqa_published": "…"}'`: a folder with the files as they are
    published, which are imported into the cache first, the folder of a `gameqa import`, or a Hub data set of either.

    Raises:
        GameQAError: nothing is named, or it cannot be read.
    """
    source = metadata.get(PUBLISHED)
    if not source:
        raise GameQAError(
            "the published data are not named; their folder, that of a `gameqa import`, or OWNER/NAME on the Hub goes"
            f' into --metadata \'{{"{PUBLISHED}": "…"}}\''
        )
    return {"test": published_rows(str(source))}


class GameQAGroup(Group):
    """The group `gameqa` with all below it, as a class that a YAML file can name.

    lm-eval reads the YAML files of a folder that is called like the task asked for. In the root of a checkout that is
    the package; its file tasks.yaml leads here, so that `lm_eval --tasks gameqa` works there.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        name, metadata = config["task"], dict(config.get("metadata") or {})
        manager = TaskManager(include_path=str(Path(__file__).parent), include_defaults=False, metadata=metadata)
        self.__dict__.update(manager.load(name).get("groups", {})[name].__dict__)
