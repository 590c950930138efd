"""The contract of one game: what a game must offer so that everything else works with it. Read this first.

A **game** turns a seeded stream into a *state*; a **task** asks one question about the state and derives the
one answer by the rules; the engine (`engine.py`) packs both into a *sample*. A task never shuffles options,
writes letters, composes prompts or draws: it says what varies, what is asked, what is right and why.

Values that reach `params`, `Solution` or an option are plain JSON (int, float, str, None, list, dict); tuples
are allowed in code and become lists.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Protocol, Self, TypeVar

import msgspec

from gameqa.core.answers import AnswerKind, canonical
from gameqa.core.errors import choice_error
from gameqa.core.words import cell_text

if TYPE_CHECKING:
    from PIL.Image import Image

    from gameqa.draw.style import Style

Json = Any
"""A plain JSON value."""

REDRAW: Final = object()
"""What `Task.right_option` returns when the board offers no option as planned: the engine draws another board."""


class Level(StrEnum):
    """The plot level: how hard the board is."""

    EASY = "Easy"
    MEDIUM = "Medium"
    HARD = "Hard"


class QAType(StrEnum):
    """What a question exercises."""

    TARGET_PERCEPTION = "Target Perception"
    STATE_PREDICTION = "State Prediction"
    STRATEGY_OPTIMIZATION = "Strategy Optimization"


class Category(StrEnum):
    """The four families of games."""

    SPATIAL = "3D Spatial Perception and Understanding"
    PATTERN = "Pattern Recognition and Matching"
    REASONING = "Multi-step Reasoning"
    STRATEGY = "Strategic Planning"


class Domain(StrEnum):
    """Whether a game belongs to the training games or to those kept for testing only."""

    IN = "in"
    OUT = "out"


class State(Protocol):
    """A board: immutable, and its JSON is part of every published row."""

    def to_json(self) -> dict[str, Json]:
        """Return the state as plain JSON."""
        ...

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read a state; raise ValueError (rules) or msgspec.ValidationError (schema) when it is not legal."""
        ...


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a game's level parameters.

    Fields carry their bounds as `Annotated[int, msgspec.Meta(ge=…, le=…)]`: they are checked for parameters
    given by a user. Wishes that only a plan sets (the aimed answer, the number of boxes …) are fields with
    the default None. Use `msgspec.structs.replace(level, …)` to make a plan out of a level.
    """


class NoParams(msgspec.Struct, forbid_unknown_fields=True):
    """The params schema of a question that needs nothing besides the state."""


S = TypeVar("S", bound=State)
P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Solution:
    """The answer to a question, derived by the rules.

    Attributes:
        value: the answer as a plain JSON value (for a choice: the value of one right option, not a letter).
        steps: the worked solution, one sentence or short paragraph a step; the last one leads to the value.
            Neither numbers nor a closing "the answer is": the engine adds both.
        also: further values that are right as well.
        work: measured work of the solution (steps, search depth …), the sample's `difficulty`; rises with the
            level on average. By default the number of steps.
    """

    value: Json
    steps: Sequence[str]
    also: Sequence[Json] = ()
    work: float | None = None

    @property
    def accepted(self) -> list[Json]:
        """Every right value, `value` first."""
        return [self.value, *self.also]

    @cached_property
    def accepted_json(self) -> list[Json]:
        """`accepted` as plain JSON."""
        return plain(self.accepted)


@dataclass(frozen=True, slots=True)
class Frame(Generic[S]):
    """One state of a course of moves.

    Attributes:
        state: the state, legal and drawable like any other.
        move: the move that led here from the frame before, in the game's own words; None for the first frame.
    """

    state: S
    move: str | None = None


def course(start: S, moves: Iterable[tuple[str, S]]) -> list[Frame[S]] | None:
    """Return the frames of a course; a move that changes nothing has none.

    Args:
        start: the state before all moves.
        moves: each move with the state after it.

    Returns:
        The frames; None when no move changes anything.
    """
    frames = [Frame(start)]
    for move, state in moves:
        if state != frames[-1].state:
            frames.append(Frame(state, move))
    return frames if len(frames) > 1 else None


class Task(ABC, Generic[S, P]):
    """One question template. Subclasses are stateless; class attributes describe the template."""

    id: ClassVar[int]
    slug: ClassVar[str]
    about: ClassVar[str]
    """The row's `question_description`."""
    qa_type: ClassVar[QAType]
    qa_level: ClassVar[Level]
    kind: ClassVar[AnswerKind]

    params_type: ClassVar[type[msgspec.Struct]]
    """Schema of what `ask` returns (without `options`)."""
    option_type: ClassVar[Any] = Json
    """Type of one option value, for validating rows (`int`, `tuple[int, int]`, `Literal[…]` …)."""
    option_count: ClassVar[int] = 8
    """Number of options of a choice question; override `options_wanted` when it depends on the state."""
    fixed_order: ClassVar[bool] = False
    """True when the picture itself letters the options: the right one first, then the distractors, sorted
    by `order_key`, and never shuffled."""
    judges_list: ClassVar[bool] = False
    """True when an option may speak of the other options ("none of the listed cells"): then `is_right` is asked only
    about the whole list, with `params["options"]`, and a list without exactly one right option is dropped."""
    rules: ClassVar[str] = ""
    """Replaces the game's rules in this task's prompt when not empty."""
    answer_form: ClassVar[str] = ""
    """How a fill-in answer is to be written, for example `(row, column)`; empty: by the answer kind."""
    answer_bound: ClassVar[float | Mapping[Level, float]] = 0.5
    """The largest share one answer value of a fill-in task may reach within a level."""

    def most_common(self, level: Level) -> float:
        """Return the largest share one answer value may reach at a level, see `answer_bound`."""
        return self.answer_bound[level] if isinstance(self.answer_bound, Mapping) else self.answer_bound

    def plan(self, level: P, rng: Random) -> P:
        """Draw, once per key, what kind of board and answer this question wants. Default: the level itself."""
        return level

    @abstractmethod
    def ask(self, state: S, plan: P, rng: Random) -> dict[str, Json] | None:
        """Return what the question needs besides the state, or None: this state cannot carry it (or not as planned)."""

    @abstractmethod
    def question(self, state: S, params: Mapping[str, Any]) -> str:
        """Return the bare question: words only, fit for the picture and for the text view."""

    @abstractmethod
    def solve(self, state: S, params: Mapping[str, Any]) -> Solution:
        """Derive the answer by the rules from `(state, params)` alone; must not need `params["options"]`
        unless the question is about the options themselves."""

    def right_option(self, state: S, plan: P, params: Mapping[str, Any], solution: Solution, rng: Random) -> Json:
        """Choose the right value to be listed as an option, or `REDRAW`. Default: the solution's value."""
        return solution.value

    def distractors(
        self, state: S, params: Mapping[str, Any], solution: Solution, right: Json, rng: Random
    ) -> Iterable[Json]:
        """Yield wrong option values, the most tempting first; the engine skips repeats and right ones.

        Must be finite. When it runs dry before the options are full, the engine draws another board.
        """
        return ()

    def is_right(self, state: S, params: Mapping[str, Any], value: Json, solution: Solution | None = None) -> bool:
        """Decide ANY value. Default: it is among the accepted values of the solution."""
        found = solution if solution is not None else self.solve(state, params)
        return value in found.accepted_json

    def options_wanted(self, state: S, params: Mapping[str, Any]) -> int:
        """Return how many options a choice question has."""
        return self.option_count

    def order_key(self, state: S, value: Json) -> Any:
        """Return the place of an option in the picture (only for `fixed_order`)."""
        raise NotImplementedError(f"{type(self).__name__} has fixed_order but no order_key")

    def option_text(self, state: S, value: Json) -> str:
        """Return an option as it is shown. Cells as `(2, 3)`, words and numbers as they are."""
        if isinstance(value, list):
            return cell_text(value)  # pyright: ignore[reportUnknownArgumentType]
        return "None" if value is None else str(value)

    def canonical(self, value: Json) -> str:
        """Return the canonical text of a fill-in answer."""
        return canonical(self.kind, value)

    def verdict(self, state: S, params: Mapping[str, Any], value: Json, solution: Solution) -> str | None:
        """Return one short sentence on why an option is right or wrong; None: options are not discussed."""
        return None

    def text_view(self, state: S, params: Mapping[str, Any]) -> str | None:
        """Return the text view for this question when it differs from the game's; None: the game's."""
        return None

    def trajectory(self, state: S, params: Mapping[str, Any]) -> Sequence[Frame[S]] | None:
        """Return the course of moves that the question or its answer describes; None: there is none to show.

        By the game's own rules, from `(state, params)` alone, `params["options"]` included. The first frame is the
        state itself, and neighbouring frames differ, see `course`. A course ends before a state of which the game has
        no picture (a capture, a crash, a piece on its goal).
        """
        return None

    def listed_answer(self, state: S, params: Mapping[str, Any]) -> Json:
        """Return the right one of the listed options of a choice question."""
        solution = self.solve(state, params)
        return next(value for value in params["options"] if self.is_right(state, params, value, solution))

    def answer_format(self) -> str:
        """Return the sentence that says how to answer."""
        if self.kind is AnswerKind.CHOICE:
            asked, form = "Choose the one right option.", "<letter>"
        elif self.answer_form:
            asked, form = f"Write the answer in the form {self.answer_form}.", "<answer>"
        elif self.kind in (AnswerKind.INTEGER, AnswerKind.NUMBER):
            asked, form = "Write the answer as a number in digits.", "<number>"
        else:
            asked, form = "Write nothing but the answer on the last line.", "<answer>"
        return f'{asked} End your reply with one line of the form "Answer: {form}".'


@dataclass(frozen=True)
class Game(Generic[S, P]):
    """One game: a record of its parts; the parts live in the game's own files.

    Attributes:
        id: folder name and `game_name` column.
        title: the name people know.
        category, domain: the family it belongs to, and whether it is a training game.
        rules: what a reader must know to answer (common to picture and text).
        picture: how the picture shows the state (added to the rules of the picture prompt).
        text: how the text view shows the state (added to the rules of the text prompt); a legend that is
            part of the text view itself need not be repeated.
        state_type: the frozen dataclass of the state.
        params_type: the level parameters' type.
        levels: the table of levels.
        tasks: one instance per question template.
        generate: `(rng, plan, accept) -> State | None`. Calls `accept(state)` as soon as the board is fixed and
            before costly proofs; None: this attempt failed (the engine counts and calls again).
        draw: `(state, style) -> Image`, mode P or RGB.
        describe: `state -> str`, the text view.
        perturb: `(state, rng) -> State`: another legal state that differs in something visible that questions can
            ask about (one piece moved, one cell changed …). Used to prove that pictures and text views show it.
    """

    id: str
    title: str
    category: Category
    domain: Domain
    rules: str
    picture: str
    text: str
    state_type: type[S]
    params_type: type[P]
    levels: Mapping[Level, P]
    tasks: Sequence[Task[S, P]]
    generate: Callable[[Random, P, Callable[[S], bool]], S | None]
    draw: "Callable[[S, Style], Image]"
    describe: Callable[[S], str]
    perturb: Callable[[S, Random], S]
    doc: str | None = field(default=None, repr=False)

    def task(self, name: "str | int | Task[Any, Any]") -> Task[S, P]:
        """Return a task by slug or number; raise UsageError naming the allowed slugs."""
        for task in self.tasks:
            if name in (task.slug, task.id, str(task.id)) or name is task:
                return task
        raise choice_error(f"task of {self.id}", name, [task.slug for task in self.tasks])


_SCALARS = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Json:
    """Return `value` with tuples as lists, sets refused: what it will be after a trip through JSON."""
    if type(value) in _SCALARS:
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{value!r} is not plain JSON")
