"""Rewards: the rules decide, attacks earn nothing, and a judge that is out of reach is waited for, then told of."""

import importlib
import logging
import pickle
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from gameqa.train.rewards import Judged, Overlong, accuracy, readable, reward_functions, text_of
from gameqa.train.settings import Rewards
from hypothesis import given
from hypothesis import strategies as st

import gameqa
from gameqa.core.errors import GameQAError, UsageError
from gameqa.tools.attacks import attacks, reply_forms

KINDS = [
    ("tictactoe", "best_move"),
    ("minesweeper", "flag_count"),
    ("snake", "head_position"),
    ("tents", "tents_in_row"),
]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [gameqa.sample(game, task).row(image=False) for game, task in KINDS]


def columns(row: dict[str, Any], count: int) -> dict[str, list[Any]]:
    return {name: [value] * count for name, value in row.items()}


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


# --- Rules ----------------------------------------------------------------------------------------


def test_right_answers_are_paid_and_attacks_are_not(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        right, wrong = list(reply_forms(row).values()), list(attacks(row).values())
        pay = accuracy(completions=list(map(said, right + wrong)), prompts=[], **columns(row, len(right + wrong)))
        assert pay == [1.0] * len(right) + [0.0] * len(wrong)


def test_the_format_is_paid_only_with_one_final_answer(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        tries = [
            "",
            "Answer:",
            "<answer></answer>",
            "\\boxed{}",
            row["question"],
            f"\\boxed{{{row['answer']}",
            f"<think>Answer: {row['answer']}</think>",
            "I do not know.",
        ]
        assert readable(completions=tries, **columns(row, len(tries))) == [0.0] * len(tries)
    choice = rows[0]
    hedges = ["Answer: A\nAnswer: B", "\\boxed{A} \\boxed{B}", " ".join(f"\\boxed{{{letter}}}" for letter in "ABCDEF")]
    assert readable(completions=hedges, **columns(choice, 3)) == [0.0] * 3
    assert readable(completions=["Answer: A", "\\boxed{B}"], **columns(choice, 2)) == [1.0, 1.0]


def test_plain_text_messages_and_parts_are_the_same(rows: list[dict[str, Any]]) -> None:
    reply = f"Answer: {rows[0]['answer']}"
    forms = [
        reply,
        said(reply),
        [{"role": "assistant", "content": [{"type": "text", "text": reply}]}],
        [{"role": "assistant", "content": "Answer: Q"}, {"role": "tool", "content": "?"}, *said(reply)],
    ]
    assert list(map(text_of, forms)) == [reply] * 4
    assert accuracy(completions=forms, **columns(rows[0], 4)) == [1.0] * 4
    assert accuracy(completions=["", [], [{"role": "assistant", "content": None}]], **columns(rows[0], 3)) == [0.0] * 3


def test_each_completion_is_scored_by_its_own_row(rows: list[dict[str, Any]]) -> None:
    mixed = {name: [row[name] for row in rows] for name in rows[0]}
    replies = [f"Answer: {row['answer']}" for row in rows]
    assert accuracy(completions=replies, **mixed) == [1.0] * len(rows)
    assert accuracy(completions=replies[::-1], **mixed) == [0.0] * len(rows)


def test_data_of_another_make_is_refused() -> None:
    with pytest.raises(UsageError, match="no column 'answer_kind'"):
        accuracy(completions=["4"], solution=["4"])


@pytest.mark.slow
def test_trl_finds_the_rewards_by_their_dotted_names() -> None:
    """The same steps as in the `trl grpo` command."""
    for dotted in ("gameqa.train.rewards.accuracy", "gameqa.train.rewards.readable"):
        module, name = dotted.rsplit(".", 1)
        function = getattr(importlib.import_module(module), name)
        assert callable(function) and function.__name__ == name
    import datasets.load

    found = datasets.load.dataset_module_factory("gameqa")
    assert found.module_path == "gameqa.builders.gameqa"


# --- Overlong -------------------------------------------------------------------------------------


@given(st.integers(2, 400), st.data())
def test_overlong_falls_from_nothing_to_minus_one(limit: int, data: st.DataObject) -> None:
    margin = data.draw(st.integers(1, limit))
    penalties = Overlong(limit, margin)(completion_ids=[[5] * length for length in range(limit + 3)])
    assert penalties[: limit - margin + 1] == [0.0] * (limit - margin + 1)
    assert penalties[limit:] == [-1.0] * 3
    steps = [after - before for before, after in pairwise(penalties)][limit - margin : limit]
    assert steps == pytest.approx([-1 / margin] * margin)


def test_overlong_agrees_with_trl() -> None:
    trl = pytest.importorskip("trl.rewards")
    completions = [[7] * length for length in range(130)]
    theirs = trl.get_soft_overlong_punishment(100, 20)(completion_ids=completions)
    assert Overlong(100, 20)(completion_ids=completions) == pytest.approx(theirs)


def test_a_completion_that_was_cut_off_loses_all() -> None:
    ends = Overlong(100, 20, frozenset([2, 0]))
    assert ends(completion_ids=[[5, 5, 2], [5, 5, 2, 0], [5, 5, 5], [5] * 89 + [2], []]) == [0, 0, -1, -0.5, 0]


@pytest.mark.parametrize("margin", [0, -1, 65])
def test_a_margin_out_of_range_is_refused(margin: int) -> None:
    with pytest.raises(UsageError, match=f"overlong_margin {margin}.*1 to max_completion_length, 64"):
        reward_functions(Rewards(overlong=0.5, overlong_margin=margin), 64)


# --- Judge ----------------------------------------------------------------------------------------


class Played:
    """A judge that plays back what it is given, an error among it."""

    base_url = "http://127.0.0.1:1/v1"

    def __init__(self, *turns: Any) -> None:
        self.turns: Iterator[Any] = iter(turns)
        self.asked: list[list[str]] = []

    def ask_all(self, items: Any) -> Any:
        self.asked.append([reply for _, reply in items])
        turn = next(self.turns)
        if isinstance(turn, Exception):
            raise turn
        return turn


UNREADABLE = ["It is the middle one.", "Perhaps the second?", "\\boxed{the red thing}"]
QUICK = (0.001, 0.004)


def test_only_replies_the_rules_cannot_read_are_judged(rows: list[dict[str, Any]]) -> None:
    row = rows[0]
    judge = Played([("right", "x"), ("wrong", "x"), ("unjudged", "the judge said 'Hm'")])
    replies = ["Answer: A", *UNREADABLE, "Answer: A\nAnswer: B", f"Answer: {row['answer']}", " "]
    pay = Judged(judge)(completions=list(map(said, replies)), **columns(row, len(replies)))
    assert pay == [None, 1.0, 0.0, None, None, None, None]
    assert judge.asked == [UNREADABLE]


def test_nobody_is_asked_when_all_is_readable(rows: list[dict[str, Any]]) -> None:
    judge = Played()
    assert Judged(judge)(completions=["Answer: A"], **columns(rows[0], 1)) == [None]
    assert judge.asked == []


def test_a_judge_out_of_reach_is_waited_for(rows: list[dict[str, Any]], caplog: pytest.LogCaptureFixture) -> None:
    lost = [("unjudged", "APIConnectionError: Connection error."), ("right", "x")]
    judge = Played(GameQAError("no endpoint answers"), lost, [("wrong", "x"), ("right", "x")])
    with caplog.at_level(logging.WARNING):
        pay = Judged(judge, wait=QUICK)(completions=UNREADABLE[:2], **columns(rows[0], 2))
    assert pay == [0.0, 1.0]
    assert len(judge.asked) == 3
    assert "no endpoint answers" in caplog.text and "Connection error" in caplog.text


def test_a_judge_that_stays_away_ends_the_training(rows: list[dict[str, Any]]) -> None:
    """Even though each reply holds the right answer's text."""
    judge = Played(*[GameQAError("no endpoint answers")] * 1000)
    replies = [f"I see {rows[0]['answer']} there, among others"]
    with pytest.raises(GameQAError, match=r"judge at http://127.0.0.1:1/v1 could not be reached .*no endpoint answers"):
        Judged(judge, patience=0.05, wait=QUICK)(completions=replies, **columns(rows[0], 1))
    assert len(judge.asked) > 3


def test_a_refused_key_ends_the_training_at_once(rows: list[dict[str, Any]]) -> None:
    judge = Played(UsageError("refuses the key"))
    with pytest.raises(UsageError, match="refuses the key"):
        Judged(judge)(completions=UNREADABLE[:1], **columns(rows[0], 1))
    assert len(judge.asked) == 1


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The small endpoint that the tests of the benchmark use."""
    pytest.importorskip("openai")
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmark")
    return importlib.import_module("fake_openai").serve


def test_the_judge_of_the_benchmark_is_the_judge_here(rows: list[dict[str, Any]], serve: Any) -> None:
    with serve(lambda image, text: f"Correctness: {'Yes' if 'Perhaps' in text else 'No'}", "wise") as endpoint:
        functions, weights = reward_functions(Rewards(judge=endpoint.url, judge_model="wise"), 64)
        assert [function.__name__ for function in functions] == ["accuracy", "judge"] and weights == [1.0, 1.0]
        assert functions[1](completions=UNREADABLE[:2], **columns(rows[0], 2)) == [0.0, 1.0]
        assert len(endpoint.requests) == 2
        assert functions[1](completions=UNREADABLE[:2], **columns(rows[0], 2)) == [0.0, 1.0]
        assert len(endpoint.requests) == 2


def test_an_endpoint_that_fails_is_noticed(rows: list[dict[str, Any]], serve: Any) -> None:
    from gameqa.tools.judge import Judge

    with serve(lambda image, text: "Correctness: Yes", "wise") as endpoint:
        endpoint.fail_after = 0
        judged = Judged(Judge(endpoint.url, "wise", retries=0), patience=0.2, wait=(0.05, 0.05))
        with pytest.raises(GameQAError, match="could not be reached"):
            judged(completions=UNREADABLE[:1], **columns(rows[0], 1))
        endpoint.fail_after = None
        assert judged(completions=UNREADABLE[:1], **columns(rows[0], 1)) == [1.0]


# --- All of a recipe ------------------------------------------------------------------------------


def test_rewards_of_a_recipe_have_names_and_weights_and_can_be_sent() -> None:
    functions, weights = reward_functions(Rewards(format=0.1, overlong=0.5, overlong_margin=16), 64, eos=[2])
    assert [function.__name__ for function in functions] == ["accuracy", "readable", "overlong"]
    assert weights == [1.0, 0.1, 0.5]
    assert pickle.loads(pickle.dumps(functions)) == functions
    assert functions[2](completion_ids=[[2], [1]]) == [0.0, -1.0]
    assert [function.__name__ for function in reward_functions(Rewards(), 64)[0]] == ["accuracy"]


@pytest.mark.parametrize(
    ("rewards", "message"),
    [
        (Rewards(accuracy=-1), "'accuracy' has weight -1; allowed: 0 or more"),
        (Rewards(overlong=-0.5), "'overlong' has weight -0.5"),
        (Rewards(accuracy=0, overlong=1), "nothing to learn from"),
        (Rewards(accuracy=0, format=1, judge="http://127.0.0.1:1/v1"), "the judge pays as much as the reward"),
    ],
)
def test_weights_that_make_no_sense_are_refused(rewards: Rewards, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        reward_functions(rewards, 512)
