"""The engine on the template game and on small games made to misbehave."""

import json
from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa import GameQAError, Level, Unaskable, UsageError
from gameqa.core import engine, registry
from gameqa.core.game import REDRAW, Solution
from gameqa.tools import contract
from gameqa.tools.template import GAME, TemplateParams
from gameqa.tools.template.state import State
from gameqa.tools.template.tasks import CountMarks, MarkedCell


@pytest.mark.parametrize("case", contract.cases(GAME, 12), ids=lambda case: case.name)
def test_the_template_keeps_the_contract(case: contract.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._registered, "template", GAME)
    assert [sentence for check in contract.CHECKS for sentence in check(case)] == []


@given(st.sampled_from([*Level]), st.sampled_from(["train", "validation", "test"]), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_any_key_makes_a_sample_that_its_data_id_names(level: Level, split: str, index: int) -> None:
    sample = gameqa.sample("langtons_ant", "ant_pose", level, split, index=index)
    assert gameqa.from_data_id(sample.data_id) == sample
    assert (sample.plot_level, sample.split, sample.index) == (level, split, index)


def test_custom_level() -> None:
    sample = engine.make(GAME, GAME.task("count_marks"), TemplateParams(size=12, marks=(2, 3)))
    assert sample.plot_level == "Custom"
    assert sample.answer in "23"
    assert len(sample.text_view.splitlines()) == 13
    again = engine.make(GAME, GAME.task("count_marks"), {"size": 12, "marks": [2, 3]})
    assert again == sample
    assert engine.make(GAME, GAME.task("count_marks"), sample.data_id.split("/")[2]) == sample


def test_custom_level_of_a_registered_game_is_made_again_from_its_data_id() -> None:
    from gameqa.games.langtons_ant import LangtonsAntParams

    level = LangtonsAntParams(size=7, black=(3, 9), pose_steps=(4, 4), flip_steps=(4, 5))
    sample = gameqa.sample("langtons_ant", "pose_after_steps", level, index=3)
    assert gameqa.from_data_id(sample.data_id) == sample


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"game": "chess"}, "unknown game 'chess'; allowed: "),
        ({"task": "win"}, "unknown task of langtons_ant 'win'; allowed: ant_pose"),
        ({"level": "Extreme"}, "unknown level 'Extreme'; allowed: Easy, Medium, Hard"),
        ({"split": "dev"}, "unknown split 'dev'; allowed: train, validation, test"),
        ({"index": -1}, "seed and index must be at least 0, not -1"),
        ({"seed": -5}, "seed and index must be at least 0, not -5"),
        ({"release": "0"}, "unknown release '0'; allowed: 1"),
        ({"scale": 9}, "scale 9 is out of range"),
        ({"level": {"size": 99, "black": [1, 2], "pose_steps": [1, 2], "flip_steps": [1, 2]}}, "<= 25"),
        ({"level": {"size": 5}}, "black"),
        ({"level": "{nonsense"}, "level parameters of langtons_ant are not valid"),
    ],
)
def test_bad_arguments_get_one_clear_sentence(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        gameqa.sample(**{"game": "langtons_ant", "task": "ant_pose", **arguments})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data_id", ["", "sudoku", "a/b/c/d/e/f/g", "langtons_ant/ant_pose/easy/train/0/x", "a/b/c/d/1/-1"]
)
def test_bad_data_ids(data_id: str) -> None:
    with pytest.raises(UsageError):
        gameqa.from_data_id(data_id)


def test_selection() -> None:
    cells = engine.select("langtons_ant", "all", ["easy", "Hard"])
    assert [(task.slug, level) for _, task, level in cells][:3] == [
        ("ant_pose", "Easy"),
        ("ant_pose", "Hard"),
        ("pose_after_steps", "Easy"),
    ]
    with pytest.raises(UsageError, match="unknown task"):
        engine.select("langtons_ant", "min_moves")


def test_a_question_that_never_comes_raises_unaskable_naming_the_key() -> None:
    class Never(CountMarks):
        def ask(self, state: State, plan: TemplateParams, rng: Random) -> Any:
            return None

    with pytest.raises(Unaskable, match="template/count_marks/easy/train/0/0"):
        engine.make(replace(GAME, tasks=(Never(),)), Never())


def test_a_wish_that_cannot_be_granted_is_dropped_for_a_new_plan() -> None:
    class Picky(CountMarks):
        """Wants 0 marks in half of its plans, which `ask` never grants."""

        def plan(self, level: TemplateParams, rng: Random) -> TemplateParams:
            from msgspec.structs import replace

            return replace(level, wanted=rng.choice((0, 4)))

        def ask(self, state: State, plan: TemplateParams, rng: Random) -> Any:
            return {} if plan.wanted else None

    answers = {engine.make(GAME, Picky(), index=index).answer for index in range(6)}
    assert answers == {"4"}


def test_the_engine_refuses_a_wrong_option_meant_to_be_right() -> None:
    class Liar(MarkedCell):
        def right_option(self, state: State, plan: TemplateParams, params: Any, solution: Solution, rng: Random) -> Any:
            return next((r, c) for r in range(5) for c in range(5) if not state.board[r][c])

    with pytest.raises(AssertionError, match="is wrong"):
        engine.make(GAME, Liar())


def test_options_that_are_right_or_look_alike_are_never_listed() -> None:
    class Careless(MarkedCell):
        def distractors(
            self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
        ) -> Any:
            yield from solution.accepted
            yield right
            free = [(r, c) for r in range(state.size) for c in range(state.size) if not state.board[r][c]]
            for cell in free:
                yield cell
                yield list(cell)

    for index in range(20):
        sample = engine.make(GAME, Careless(), index=index)
        assert len(set(sample.options)) == 8
        board = json.loads(sample.state)["board"]
        assert sum(board[r][c] for r, c in json.loads(sample.params)["options"]) == 1


def test_redraw_and_too_few_distractors_draw_another_board() -> None:
    class Shy(MarkedCell):
        def right_option(self, state: State, plan: TemplateParams, params: Any, solution: Solution, rng: Random) -> Any:
            return solution.value if state.board[0][0] else REDRAW

    assert all(engine.make(GAME, Shy(), index=index).answer for index in range(5))

    class Poor(MarkedCell):
        def distractors(self, state: State, params: Any, solution: Solution, right: Any, rng: Random) -> Any:
            return [(0, 0)]

    with pytest.raises(Unaskable):
        engine.make(GAME, Poor())


def test_fixed_order_keeps_the_order_of_the_picture() -> None:
    class Lettered(MarkedCell):
        fixed_order = True

        def order_key(self, state: State, value: Any) -> Any:
            return value

    sample = engine.make(GAME, Lettered())
    assert sample.options == sorted(sample.options)


def test_a_stream_without_repeats_and_its_end() -> None:
    tiny = TemplateParams(size=3, marks=(1, 1))
    task = GAME.task("count_marks")
    found = [sample.state for sample in engine.distinct(GAME, task, tiny, "train", 0, 5)]
    assert len(set(found)) == 5
    with pytest.raises(Unaskable, match=r"holds only [5-9] distinct questions, 10 were asked for"):
        list(engine.distinct(GAME, task, tiny, "train", 0, 10))


def test_errors_share_a_base() -> None:
    assert issubclass(UsageError, GameQAError) and issubclass(Unaskable, GameQAError)
