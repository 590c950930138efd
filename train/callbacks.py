"""What happens beside the steps of a trainer: rewards for the curriculum, complete checkpoints, pages."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from accelerate.utils import gather_object
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from . import page
from .online import Online
from .outputs import write_state
from .rewards import RewardFunction


class Keeper(TrainerCallback):
    """Tells the curriculum what was earned, completes checkpoints with its state, and writes the page of completions.

    Args:
        out: folder of the run.
        online: the questions made while training, if there are any.
        pages: whether to write the page.
    """

    def __init__(self, out: Path, online: Online | None, pages: bool) -> None:
        self.out = out
        self.online = online
        self.pages = pages

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Give the rewards of all processes to the curriculum of each."""
        if self.online is not None:
            self.online.record(gather_object(self.online.noted()))

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Complete a checkpoint."""
        if state.is_world_process_zero:
            questions = self.online.state_dict() if self.online is not None else None
            write_state(Path(str(args.output_dir)) / f"checkpoint-{state.global_step}", {"online": questions})
            self._write_page()

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Write the page for the last time."""
        if state.is_world_process_zero:
            self._write_page()

    def _write_page(self) -> None:
        if self.pages:
            page.write(self.out)


def watched(accuracy: RewardFunction, online: Online | None) -> RewardFunction:
    """Return the accuracy reward, which also logs pass rates by level and tells what the questions earned.

    Args:
        accuracy: the reward.
        online: the questions made while training, if there are any.
    """

    def reward(
        *,
        data_id: Sequence[str],
        plot_level: Sequence[str],
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        values = accuracy(**columns)
        if online is not None and "number" in columns:
            online.note(columns["number"], values)
        if log_extra is not None:
            log_extra("data_id", list(data_id))
        if log_metric is not None:
            of_level: dict[str, list[float]] = defaultdict(list)
            for level, value in zip(plot_level, values, strict=True):
                of_level[level].append(value or 0.0)
            for level, found in of_level.items():
                log_metric(f"pass_rate/{level}", sum(found) / len(found))
        return values

    reward.__name__ = "accuracy"
    return reward
