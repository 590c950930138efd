"""A model of lm-eval behind a recorder: every reply is stored as it comes, and never asked for again.

lm-eval has a cache of requests of its own, but fills it only after the last reply of a call; a killed run would lose
everything. The recorder asks in blocks and writes each of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from gameqa.tools.progress import progress_bar

from .records import Reply, View
from .replies import Store

BLOCK = 64
"""Fewest requests of a block, which ends when its slowest reply is there …"""
ROUNDS = 8
"""… so that it holds many times what the model answers at once."""


class Recorder(LM):
    """Hands requests on to a model in blocks, and stores the replies.

    Args:
        model: the model that answers.
        store: where replies are kept; what is there is not asked for again.
        view: how the tasks put their questions.
        at_once: requests that the model answers at the same time.

    Attributes:
        questions: the columns of every question met, by `data_id`.
    """

    def __init__(self, model: LM, store: Store, view: View, at_once: int = 1) -> None:
        super().__init__()
        self.model = model
        self.store = store
        self.view = view
        self.block = max(BLOCK, ROUNDS * at_once)
        self.questions: dict[str, Mapping[str, Any]] = {}
        _tell_finish(model)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["model"], name)

    @property
    def rank(self) -> int:
        """The number of this process among those that share the work."""
        return self.model.rank

    @property
    def world_size(self) -> int:
        """How many processes share the work."""
        return self.model.world_size

    @property
    def tokenizer_name(self) -> str:
        """The name of the model's tokenizer."""
        return self.model.tokenizer_name

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> Any:
        """Put a conversation into the model's form."""
        return self.model.apply_chat_template(chat_history, add_generation_prompt)

    def chat_template(self, chat_template: bool | str = False) -> str | None:
        """Return the template of the model."""
        return self.model.chat_template(chat_template)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Return the replies to the requests, from the store or else from the model."""
        docs = [_doc(request) for request in requests]
        keys = [(self.view, str(doc["data_id"])) for doc in docs]
        for doc in docs:
            self.questions[doc["data_id"]] = {name: value for name, value in doc.items() if name != "image"}
        lacking = [place for place, key in enumerate(keys) if key not in self.store.known]
        name = requests[0].task_name or "questions"
        with progress_bar(name, "replies", len(requests), len(requests) - len(lacking)) as bar:
            for start in range(0, len(lacking), self.block):
                block = lacking[start : start + self.block]
                texts = self.model.generate_until([requests[place] for place in block])
                self.store.add(
                    Reply(
                        data_id=keys[place][1],
                        reply=str(text),
                        view=self.view,
                        finish=self._finish(text, place, requests),
                    )
                    for place, text in zip(block, texts, strict=True)
                )
                for _ in block:
                    bar()
        return [self.store.known[key].reply for key in keys]

    def _finish(self, text: str, place: int, requests: Sequence[Instance]) -> Any:
        """Return why the model stopped, as the endpoint says, or else by the number of tokens of the reply."""
        if isinstance(text, _Told):
            return text.finish if text.finish in ("stop", "length") else ""
        options: Any = list(requests[place].args)[1]
        encode: Any = getattr(self.model, "tok_encode", None)
        if encode is None or getattr(self.model, "tokenizer", None) is None:
            return ""
        # The token that ends a reply is not part of its text.
        return "length" if len(encode(text)) >= options["max_gen_toks"] else "stop"

    def loglikelihood(self, requests: list[Instance]) -> Any:
        """Refuse: the tasks of gameqa are answered in words."""
        raise NotImplementedError("tasks of gameqa need generate_until only")

    loglikelihood_rolling = loglikelihood


def _doc(request: Instance) -> Mapping[str, Any]:
    return request.doc  # pyright: ignore[reportReturnType]


class _Told(str):
    """The text of a reply with the word of the endpoint on why it ended."""

    finish = ""


def _tell_finish(model: LM) -> None:
    """Let a model behind a chat API hand on the `finish_reason` of its replies, which lm-eval drops."""
    parse: Callable[..., list[str]] | None = getattr(model, "parse_generations", None)
    if parse is None:
        return

    def parse_generations(outputs: Any, **kwargs: Any) -> list[str | None]:
        return [
            text if text is None else _told(text, finish)
            for text, finish in zip(parse(outputs=outputs, **kwargs), _finishes(outputs), strict=True)
        ]

    model.parse_generations = parse_generations  # pyright: ignore[reportAttributeAccessIssue]


def _told(text: str, finish: str) -> _Told:
    told = _Told(text)
    told.finish = finish
    return told


def _finishes(outputs: Any) -> Iterator[str]:
    for output in outputs if isinstance(outputs, list) else [outputs]:
        choices = output.get("choices") if isinstance(output, Mapping) else None
        for choice in sorted(choices or [{}], key=lambda choice: choice.get("index", 0)):
            yield choice.get("finish_reason") or ""
