"""The environment for TRL: a question to look at, and a tool to hand in the answer."""

import os
from typing import Any

from gameqa.core.engine import from_data_id
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.sample import Sample

from . import Questions, reward

HAND_IN = "Hand in your final answer by calling the tool `submit` once."
"""What the prompt ends with."""


class Dealer:
    """Deals questions to the environments of one process: the same one so many times in a row.

    The processes of a run, which know their place from the variables RANK and WORLD_SIZE, take turns in the stream.

    Args:
        questions: the stream.
        generations: how many times each question is dealt.

    Raises:
        UsageError: fewer than one generation.
    """

    def __init__(self, questions: Questions, generations: int) -> None:
        if generations < 1:
            raise UsageError(f"generations must be at least 1, not {generations}")
        self.questions, self.generations = questions, generations
        self.dealt = 0

    def deal(self) -> Sample:
        """Return the question of the next reset."""
        rank, processes = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        number = self.dealt // self.generations * processes + rank
        self.dealt += 1
        return self.questions(number)


class GameQAEnvironment:
    """One question after the other, for TRL's `environment_factory`.

    TRL makes a tool of every public method but `reset` and `get_reward`.
    """

    def __init__(self, dealer: Dealer) -> None:
        self._dealer = dealer
        self._sample: Sample | None = None
        self._answer: str | None = None

    def reset(self, data_id: str | None = None, **columns: Any) -> list[dict[str, Any]]:
        """Take up a question and return it as the parts of a message.

        Args:
            data_id: the question that a row of the data set names; None: the next of the stream.
            columns: further columns of the row, which are not needed.

        Raises:
            UsageError: there is no such question.
        """
        self._sample = from_data_id(data_id) if data_id else self._dealer.deal()
        self._answer = None
        questions = self._dealer.questions
        told = {"type": "text", "text": f"{questions.text(self._sample)}\n\n{HAND_IN}"}
        if questions.view == "text":
            return [told]
        return [{"type": "image", "image": self._sample.image.convert("RGB")}, told]

    def submit(self, answer: str) -> str:
        """
        Hand in the final answer to the question. Only the first one counts.

        Args:
            answer: The final answer, in the form that the question asks for.

        Returns:
            A note that the answer was taken.
        """
        if self._answer is not None:
            return "An answer was handed in before; it stands."
        self._answer = str(answer)
        return "Your answer was taken."

    def get_reward(self) -> float:
        """Return 1 when the answer that was handed in is right, else 0.

        Raises:
            GameQAError: no question was taken up.
        """
        if self._sample is None:
            raise GameQAError("the environment has no question yet; call reset first")
        return reward(self._answer or "", self._sample)
