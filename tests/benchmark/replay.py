"""A model for lm-eval without torch that answers by a function of the request."""

from collections.abc import Callable
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM


class Replay(LM):
    """Answers every request by a function; keeps what it was asked."""

    MULTIMODAL = True

    def __init__(self, answer: Callable[[Instance], str]) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[Instance] = []

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        self.asked += requests
        return [self.answer(request) for request in requests]

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        return chat_history[-1]["content"]

    def chat_template(self, chat_template: bool | str = False) -> str:
        return ""

    @property
    def tokenizer_name(self) -> str:
        return "replay"

    def loglikelihood(self, requests: list[Instance]) -> Any:
        raise NotImplementedError

    loglikelihood_rolling = loglikelihood
