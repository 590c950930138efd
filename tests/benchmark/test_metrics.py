"""Metrics: shares are counted once more by hand, and intervals hold what they promise on simulated replies."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import comb
from statistics import fmean

import msgspec
import numpy as np
import pytest
from gameqa.benchmark.metrics import from_json, measure, to_json
from gameqa.benchmark.records import DIMENSIONS, Cell, Estimate, Graded, Reply, Results, Verdict, View
from gameqa.benchmark.statistics import draw, holm, interval, mcnemar
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.errors import UsageError

BASE = Graded(
    Reply(data_id="0", reply="A", finish="stop"),
    right=True,
    extracted="A",
    reason="match",
    game="snake",
    category="Strategic Planning",
    domain="out",
    task="head_position",
    qa_type="Target Perception",
    qa_level="Easy",
    plot_level="Easy",
    answer_kind="choice",
    answer="A",
    options=("1", "2", "3", "4"),
    state_hash="board",
)


def reply(number: int, right: bool = True, board: str | None = None, view: View = View.PICTURE, **changes) -> Graded:
    """One reply about its own board unless a board is given."""
    of = Reply(data_id=str(number), reply="A", view=view, finish=changes.pop("finish", "stop"))
    reason = changes.pop("reason", "match" if right else "wrong")
    own = {"reply": of, "right": right, "reason": reason, "state_hash": board or f"board {number}"}
    return replace(BASE, **own | changes)


def overall(graded: Sequence[Graded], view: View = View.PICTURE) -> Cell:
    return measure(graded, "run", "model").views[view].overall


TASKS = ("head_position", "food_position", "path_length")
run = st.lists(
    st.builds(
        lambda right, board, task, level, verdict, view, finish: (right, board, task, level, verdict, view, finish),
        st.booleans(),
        st.sampled_from("abcdefgh"),
        st.sampled_from(TASKS),
        st.sampled_from(("Easy", "Hard", "Custom")),
        st.sampled_from(Verdict),
        st.sampled_from(View),
        st.sampled_from(("", "stop", "length")),
    ),
    min_size=1,
    max_size=40,
).map(
    lambda drawn: [
        reply(number, right, board, view, task=task, plot_level=level, verdict=verdict, finish=finish)
        for number, (right, board, task, level, verdict, view, finish) in enumerate(drawn)
    ]
)


# --- Shares ---------------------------------------------------------------------------------------


@given(run)
@settings(max_examples=20)
def test_every_number_of_every_cell_is_what_counting_gives(graded: list[Graded]) -> None:
    results = measure(graded, "run", "model", judge="judge")
    assert set(results.views) == {one.reply.view for one in graded}
    for view, found in results.views.items():
        seen = [one for one in graded if one.reply.view is view]
        check(found.overall, seen)
        for level, cell in found.by["plot_level"].items():
            check(cell, [one for one in seen if one.plot_level == level])
        for task, cell in found.by["task"].items():
            check(cell, [one for one in seen if f"snake/{one.task}" == task])
        for dimension in DIMENSIONS:
            assert sum(cell.n for cell in found.by[dimension].values()) == len(seen)


def check(cell: Cell, graded: Sequence[Graded]) -> None:
    assert cell.n == len(graded)
    assert cell.boards == len({one.state_hash for one in graded})
    assert cell.by_sample.value == pytest.approx(fmean(one.right for one in graded))
    tasks = {one.task for one in graded}
    shares = [fmean(one.right for one in graded if one.task == task) for task in tasks]
    assert cell.by_task.value == pytest.approx(fmean(shares))
    clear = [one.right_with_judge for one in graded if one.right_with_judge is not None]
    assert cell.unjudged == len(graded) - len(clear)
    if clear:
        assert cell.with_judge is not None
        assert cell.with_judge.value == pytest.approx(fmean(clear))
    else:
        assert cell.with_judge is None
    ends = [one.reply.finish == "length" for one in graded if one.reply.finish]
    assert cell.cut == (pytest.approx(fmean(ends)) if ends else None)
    assert cell.chance == 0.25
    for estimate in (cell.by_sample, cell.by_task, cell.with_judge or cell.by_sample):
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


def test_every_task_counts_the_same_by_task_and_every_reply_by_sample() -> None:
    many = [reply(number, True, task="head_position") for number in range(90)]
    few = [reply(number, False, task="food_position") for number in range(90, 100)]
    cell = overall(many + few)
    assert (cell.by_sample.value, cell.by_task.value) == (0.9, 0.5)
    assert cell.by_task.high < cell.by_sample.low


def test_tasks_of_different_games_are_different_even_when_named_alike() -> None:
    graded = [reply(number, True) for number in range(3)] + [reply(3, False, game="pacman")]
    assert overall(graded).by_task.value == 0.5


def test_unparsable_and_cut_replies_are_told() -> None:
    reasons = ("no final answer", "not readable", "two different finals", "wrong")
    graded = [reply(number, False, reason=reason) for number, reason in enumerate(reasons)]
    graded.append(reply(4, False, reason="no final answer", finish="length"))
    graded.append(reply(5, True, finish=""))
    assert overall(graded).unparsable == 0.5
    assert overall(graded).cut == 0.2
    assert overall([reply(0, finish="")]).cut is None


def test_an_unjudged_reply_is_neither_right_nor_wrong() -> None:
    graded = [
        reply(0, True),
        reply(1, False, verdict=Verdict.RIGHT),
        reply(2, False, verdict=Verdict.WRONG),
        *(reply(number, True, verdict=Verdict.UNJUDGED) for number in range(3, 6)),
        *(reply(number, False, verdict=Verdict.UNJUDGED) for number in range(6, 9)),
    ]
    cell = overall(graded)
    assert cell.with_judge is not None
    assert cell.with_judge.value == pytest.approx(2 / 3)
    assert cell.unjudged == 6
    assert cell.by_sample.value == pytest.approx(4 / 9)


def test_without_a_judge_there_is_no_share_with_judge() -> None:
    assert overall([reply(0)]).with_judge is None
    with_judge = measure([reply(0)], "run", "model", judge="judge").views[View.PICTURE].overall.with_judge
    assert with_judge is not None
    assert with_judge.value == 1


def test_chance_is_that_of_the_options() -> None:
    assert overall([reply(0), reply(1, options=("yes", "no")), reply(2, options=())]).chance == 0.25


def test_no_replies_are_refused() -> None:
    with pytest.raises(UsageError, match="no replies"):
        measure([], "run", "model")


# --- Groups ---------------------------------------------------------------------------------------


def test_groups_come_in_the_order_of_the_registry_and_unknown_ones_last() -> None:
    levels = ("Custom", "odd", "Hard", "Medium", "Easy", "")
    graded = [reply(number, plot_level=level, qa_level=level) for number, level in enumerate(levels)]
    graded += [
        reply(10, game="zzz", category="Zeal", domain=""),
        reply(11, game="aaa", category="", domain="far", qa_type="Odd"),
        reply(12, game="", task=""),
        reply(13, game="sokoban", category="Strategic Planning", domain="in"),
        reply(14, game="maze_3d", category="3D Spatial Perception and Understanding", domain="in"),
        reply(15, task="unheard of"),
        reply(16, task=gameqa.game("snake").tasks[2].slug, qa_type="Strategy Optimization"),
    ]
    random.Random(0).shuffle(graded)
    by = measure(graded, "run", "model").views[View.PICTURE].by
    assert [*by] == [*DIMENSIONS]
    assert [*by["domain"]] == ["in", "out", "far", "unnamed"]
    assert [*by["category"]] == ["3D Spatial Perception and Understanding", "Strategic Planning", "Zeal", "unnamed"]
    assert [*by["game"]] == ["maze_3d", "sokoban", "snake", "unnamed", "aaa", "zzz"]
    assert [*by["qa_type"]] == ["Target Perception", "Strategy Optimization", "Odd"]
    assert [*by["plot_level"]] == [*by["qa_level"]] == ["Easy", "Medium", "Hard", "Custom", "odd", "unnamed"]
    snake = [task for task in by["task"] if task.startswith("snake/")]
    assert snake == [f"snake/{task}" for task in ("head_position", gameqa.game("snake").tasks[2].slug, "unheard of")]
    assert [*by["game and level"]][:4] == ["maze_3d/Easy", "sokoban/Easy", "snake/Easy", "snake/Medium"]
    assert "unnamed/unnamed" in by["task"]


def test_games_come_in_the_order_of_the_registry_within_category_and_domain() -> None:
    games = [gameqa.game(name) for name in gameqa.games()]
    graded = [reply(n, game=game.id, category=game.category, domain=game.domain) for n, game in enumerate(games)]
    found = [gameqa.game(name) for name in measure(graded, "run", "model").views[View.PICTURE].by["game"]]
    assert sorted(game.id for game in found) == gameqa.games()
    for one, other in pairwise(found):
        if (one.category, one.domain) == (other.category, other.domain):
            assert one.id < other.id
    assert len({*(game.category for game in found)}) == 1 + sum(
        one.category != other.category for one, other in pairwise(found)
    )


# --- Seeing minus blind ---------------------------------------------------------------------------


def test_gain_is_measured_over_questions_answered_under_both_views() -> None:
    seeing = [reply(number, number < 6) for number in range(8)]
    blind = [reply(number, number == 7, view=View.BLIND) for number in range(4, 20)]
    gain = measure(seeing + blind, "run", "model").gain
    found = gain["overall"]["overall"]
    assert (found.n, found.seeing, found.blind, found.difference.value) == (4, 0.5, 0.25, 0.25)
    assert [*gain] == ["overall", "domain", "category", "game"]
    assert gain["game"] == {"snake": found}


@pytest.mark.parametrize("view", [View.TEXT, View.BLIND])
def test_without_questions_in_common_there_is_no_gain(view: View) -> None:
    assert measure([reply(0), reply(1, view=view)], "run", "model").gain == {}


def test_the_interval_of_a_gain_is_paired() -> None:
    right = [random.Random(number).random() < 0.5 for number in range(200)]
    seeing = [reply(number, found) for number, found in enumerate(right)]
    blind = [reply(number, found and number % 10 > 0, view=View.BLIND) for number, found in enumerate(right)]
    found = measure(seeing + blind, "run", "model").gain["overall"]["overall"].difference
    single = overall(seeing).by_sample
    assert found.high - found.low < 0.5 * (single.high - single.low)


# --- Storing --------------------------------------------------------------------------------------


@given(run)
@settings(max_examples=10)
def test_results_survive_json(graded: list[Graded]) -> None:
    results = measure(graded, "a run", "a model", "a judge", "unparsed", {"data": "fixed | bench"})
    again = from_json(to_json(results))
    assert again == results
    assert [*again.views] == [*results.views]
    for view, found in results.views.items():
        for dimension in DIMENSIONS:
            assert [*again.views[view].by[dimension]] == [*found.by[dimension]]
    assert isinstance(next(iter(again.views.values())).overall.by_sample, Estimate)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"name": "run"}', b"\xff\xfe", '{"name": 1, "model": "", "views": {}}']
)
def test_what_is_no_results_is_refused_in_one_sentence(text: str | bytes) -> None:
    with pytest.raises(UsageError, match="no measured results") as error:
        from_json(text)
    assert "\n" not in str(error.value)


def test_an_unknown_view_is_refused() -> None:
    results: Results = measure([reply(0)], "run", "model")
    stored = msgspec.json.decode(to_json(results))
    stored["views"]["smell"] = stored["views"].pop("picture")
    with pytest.raises(UsageError, match="smell"):
        from_json(msgspec.json.encode(stored))


# --- Intervals ------------------------------------------------------------------------------------


@given(run, st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_neither_the_order_of_replies_nor_the_names_of_boards_matter(graded: list[Graded], rng: random.Random) -> None:
    boards = dict(zip("abcdefgh", "hdcbagfe", strict=True))
    renamed = [replace(one, state_hash=boards[one.state_hash]) for one in graded]
    rng.shuffle(renamed)
    assert measure(renamed, "run", "model").views == measure(graded, "run", "model").views


def test_replies_that_agree_on_a_board_widen_the_interval() -> None:
    right = [number % 2 == 0 for number in range(40)]
    alone = overall([reply(5 * board + k, right[board]) for board in range(40) for k in range(5)])
    together = overall([reply(5 * board + k, right[board], f"b{board}") for board in range(40) for k in range(5)])
    assert (together.n, together.boards) == (alone.n, 40) == (200, 40)
    ratio = width(together.by_sample) / width(alone.by_sample)
    assert ratio == pytest.approx(5**0.5, rel=0.15)


def width(estimate: Estimate) -> float:
    return estimate.high - estimate.low


def test_the_interval_of_many_boards_is_the_normal_one() -> None:
    found = overall([reply(number, number % 5 > 0) for number in range(1000)]).by_sample
    assert found.value == 0.8
    half = 1.96 * (0.8 * 0.2 / 1000) ** 0.5
    assert found.low == pytest.approx(0.8 - half, abs=0.004)
    assert found.high == pytest.approx(0.8 + half, abs=0.004)


@pytest.mark.parametrize(("n", "low"), [(1, 0.2065), (5, 0.5655), (30, 0.8865)])  # lower Wilson bounds of n of n
def test_all_right_does_not_claim_certainty(n: int, low: float) -> None:
    found = overall([reply(number, True) for number in range(n)])
    assert found.by_sample == pytest.approx((1, low, 1), abs=1e-4)
    assert found.by_task == found.by_sample
    wrong = overall([reply(number, False) for number in range(n)]).by_sample
    assert wrong == pytest.approx((0, 0, 1 - low), abs=1e-4)


def test_boards_not_replies_count_when_all_are_right() -> None:
    assert overall([reply(number, True, "one board") for number in range(100)]).by_sample.low < 0.21


def test_boards_that_are_all_half_right_claim_no_certainty_either() -> None:
    found = overall([reply(number, number % 2 == 0, f"b{number // 2}") for number in range(20)]).by_sample
    assert found.value == 0.5
    assert found.low < 0.4
    assert found.high > 0.6


def coverage(truth: float, n: int, make: Callable[[random.Random], list[tuple[str, bool]]]) -> float:
    """Share of 200 simulated runs of which the interval holds the truth."""
    hits = 0
    for seed in range(200):
        replies = make(random.Random(f"{truth} {n} {seed}"))
        drawn = draw([board for board, _ in replies], [right for _, right in replies])
        found = interval(drawn.share(lambda right: right), drawn.boards)
        hits += found.low <= truth <= found.high
    return hits / 200


@pytest.mark.parametrize(("truth", "n"), [(0.3, 200), (0.5, 50), (0.9, 50), (0.7, 30)])
def test_intervals_cover_the_truth_as_often_as_they_say(truth: float, n: int) -> None:
    found = coverage(truth, n, lambda rng: [(str(board), rng.random() < truth) for board in range(n)])
    assert 0.9 <= found <= 0.99


@pytest.mark.parametrize(("truth", "n"), [(0.95, 30), (0.9, 10), (0.6, 10), (0.8, 5), (0.5, 3)])
def test_intervals_of_few_boards_do_not_claim_too_much(truth: float, n: int) -> None:
    assert coverage(truth, n, lambda rng: [(str(board), rng.random() < truth) for board in range(n)]) >= 0.9


def test_intervals_cover_the_truth_when_boards_decide() -> None:
    def make(rng: random.Random) -> list[tuple[str, bool]]:
        shares = [rng.choice((0.1, 0.9)) for _ in range(60)]
        return [(str(board), rng.random() < share) for board, share in enumerate(shares) for _ in range(4)]

    assert 0.9 <= coverage(0.5, 60, make) <= 0.99


def test_a_cell_read_off_the_draws_of_a_whole_is_as_sure_as_one_drawn_alone() -> None:
    graded = [reply(number, number % 3 > 0, game="snake" if number < 60 else "pacman") for number in range(600)]
    within = measure(graded, "run", "model").views[View.PICTURE].by["game"]["snake"].by_sample
    alone = overall(graded[:60]).by_sample
    assert within.value == alone.value
    assert within.low == pytest.approx(alone.low, abs=0.03)
    assert within.high == pytest.approx(alone.high, abs=0.03)


def test_a_block_of_any_size_draws_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    boards = [str(number % 50) for number in range(200)]
    outcomes = [number % 7 for number in range(200)]
    whole = draw(boards, outcomes).counts
    monkeypatch.setattr("gameqa.benchmark.statistics.BLOCK", 1000)
    assert np.array_equal(draw(boards, outcomes).counts, whole)
    assert whole[:, 1:].sum(axis=0) == pytest.approx(np.full(2000, 200))  # four replies to each of 50 boards


# --- Tests of differences -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [(10, 2, 0.03857), (2, 10, 0.03857), (0, 0, 1), (5, 5, 1), (0, 5, 0.0625), (6, 0, 0.03125)],
)
def test_mcnemar_gives_known_values(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == pytest.approx(p, abs=5e-6)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_the_share_of_tosses_at_least_as_uneven(first: int, second: int) -> None:
    tosses, uneven = first + second, abs(first - second)
    ways = sum(comb(tosses, heads) for heads in range(tosses + 1) if abs(tosses - 2 * heads) >= uneven)
    assert mcnemar(first, second) == pytest.approx(ways / 2**tosses)


def test_mcnemar_of_large_numbers_is_near_the_normal_one_and_does_not_overflow() -> None:
    assert mcnemar(10_000, 10_283) == pytest.approx(0.0477, abs=0.0005)  # z = 282 / sqrt(20283), with continuity
    assert mcnemar(20_000, 0) == 0.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_raises_p_and_keeps_their_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(p <= other <= min(1, len(ps) * p) for p, other in zip(ps, adjusted, strict=True))
    assert min(adjusted) == min(1, len(ps) * min(ps))
    order = sorted(range(len(ps)), key=ps.__getitem__)
    assert [adjusted[place] for place in order] == sorted(adjusted)
