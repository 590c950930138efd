"""The questions: one class each."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

import msgspec

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.words import cells_text, counted

from .generate import TemplateParams
from .rules import marks
from .state import State


class CountMarks(Task[State, TemplateParams]):
    """Task 1: a fill-in question."""

    id, slug = 1, "count_marks"
    about = "Count the marked cells."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.3

    def plan(self, level: TemplateParams, rng: Random) -> TemplateParams:
        return msgspec.structs.replace(level, wanted=rng.randint(*level.marks))

    def ask(self, state: State, plan: TemplateParams, rng: Random) -> dict[str, Any]:
        return {}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "How many cells are marked?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found, steps = marks(state), list[str]()
        for row in range(state.size):
            cells = [cell for cell in found if cell[0] == row]
            steps.append(f"Row {row}: {cells_text(cells)}, {counted(len(cells), 'marked cell')}.")
        return Solution(len(found), [*steps, f"Together {counted(len(found), 'cell')}."], work=float(len(found)))


class MarkedCell(Task[State, TemplateParams]):
    """Task 2: a choice question with many right values, one of which is listed."""

    id, slug = 2, "marked_cell"
    about = "Find the one listed cell that is marked."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = tuple[int, int]

    def ask(self, state: State, plan: TemplateParams, rng: Random) -> dict[str, Any] | None:
        return {} if marks(state) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return "Which of these cells is marked?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        found = marks(state)
        steps = ["Look up each listed cell by its row number at the left and its column number at the top."]
        return Solution(found[0], steps, also=found[1:], work=float(state.size))

    def right_option(
        self, state: State, plan: TemplateParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice(solution.accepted)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        cells = [(r, c) for r in range(state.size) for c in range(state.size)]
        rng.shuffle(cells)
        yield from cells

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        return "marked." if state.board[value[0]][value[1]] else "not marked."


TASKS = (CountMarks(), MarkedCell())
