"""The questions as a `gymnasium.Env`: `reset` shows a question, `step` takes the reply and ends the episode."""

from typing import Any, Unpack

import gymnasium  # pyright: ignore[reportMissingImports]
import numpy as np
from gymnasium import spaces  # pyright: ignore[reportMissingImports]
from numpy.typing import NDArray

from gameqa.core.answers import score
from gameqa.core.errors import GameQAError, UsageError
from gameqa.core.sample import Sample

from . import Options, Questions

REPLY = 65_536
"""Characters a reply may have."""
QUESTION = 65_536
"""Characters a question may have."""
NUMBERS = 2**31
"""How many questions of the stream `reset` chooses from."""
CHARACTERS = frozenset(map(chr, [*range(0xD800), *range(0xE000, 0x10000)]))
"""All of the basic plane of Unicode, halves of pairs left out."""

Observation = dict[str, Any]


class GameQAEnv(gymnasium.Env[Observation, str]):
    """One question an episode.

    An observation is a mapping of `question`, and with `view="picture"` also `picture`: height, width and RGB of
    0 to 255. An action is the reply, of which the final answer is scored: 1 or 0. The `info` of a reset names the
    question; that of a step also tells how the reply was read, and the right answer.
    """

    metadata = {"render_modes": ["rgb_array"]}

    def __init__(
        self, size: tuple[int, int] = (1024, 1280), render_mode: str | None = None, **options: Unpack[Options]
    ) -> None:
        if min(size) < 1:
            raise UsageError(f"the height and width of the picture must be at least 1, not {size}")
        self.questions = Questions(**options)
        self.size = size
        self.render_mode = render_mode
        self.sample: Sample | None = None
        shown: dict[str, spaces.Space[Any]] = {"question": spaces.Text(QUESTION, min_length=0, charset=CHARACTERS)}
        if self.questions.view == "picture":
            shown["picture"] = spaces.Box(0, 255, (*size, 3), np.uint8)
        self.observation_space = spaces.Dict(shown)
        self.action_space = spaces.Text(REPLY, min_length=0, charset=CHARACTERS)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Observation, dict[str, Any]]:
        """Show a question.

        Args:
            seed: the same seed, the same questions from here on.
            options: `number`: place of a question in the stream, instead of a chance one.
        """
        super().reset(seed=seed)
        number = (options or {}).get("number")
        self.sample = self.questions(int(self.np_random.integers(NUMBERS)) if number is None else number)
        return self._observed(self.sample), {"data_id": self.sample.data_id}

    def step(self, action: str) -> tuple[Observation, float, bool, bool, dict[str, Any]]:
        """Score a reply and end the episode.

        Raises:
            GameQAError: no question was shown yet, or it was answered.
        """
        if self.sample is None:
            raise GameQAError("there is no question to answer; call reset first")
        sample, self.sample = self.sample, None
        found = score(action, sample)
        told = {
            "data_id": sample.data_id,
            "extracted": found.extracted,
            "reason": found.reason,
            "answer": sample.answer,
        }
        return self._observed(sample), found.value, True, False, told

    def render(self) -> NDArray[np.uint8] | None:
        """Return the picture of the question in its own size, when `render_mode` is `rgb_array`."""
        if self.render_mode is None or self.sample is None:
            return None
        return np.asarray(self.sample.image.convert("RGB"))

    def _observed(self, sample: Sample) -> Observation:
        observation: Observation = {"question": self.questions.text(sample)}
        if self.questions.view == "picture":
            from PIL import Image

            height, width = self.size
            picture = sample.image.convert("RGB")
            picture.thumbnail((width, height))
            canvas = Image.new("RGB", (width, height), "white")
            canvas.paste(picture)
            observation["picture"] = np.asarray(canvas)
        return observation
