"""The curriculum: simulated learners move it as real ones should, and a restored one goes on exactly."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

import pytest
from gameqa.train import settings
from gameqa.train.curriculum import Alike, Cell, Curriculum
from hypothesis import given
from hypothesis import strategies as st

from gameqa.core.errors import GameQAError, UsageError

LEVELS = ("Easy", "Medium", "Hard")
BAND = settings.Curriculum(low=0.2, high=0.8, window=16, revisit=0.1)


def ladder(task: str) -> list[Cell]:
    return [Cell("snake", task, level) for level in LEVELS]


CELLS = [cell for task in ("a", "b", "c", "d") for cell in ladder(task)]


def learn(curriculum: Curriculum, rate: Callable[[Cell, int], float], questions: int, start: int = 0) -> list[Cell]:
    """Ask questions of a learner whose pass rate in a cell is given; return the cells drawn."""
    drawn = []
    for number in range(start, start + questions):
        cell = curriculum.draw(number)
        rng = Random(f"learner/{number}")
        curriculum.record(cell, [float(rng.random() < rate(cell, number)) for _ in range(8)])
        drawn.append(cell)
    return drawn


def stands(curriculum: Curriculum) -> dict[str, str]:
    return {one.cell.task: one.cell.level for one in curriculum.standings() if one.here}


def test_all_tasks_start_at_their_lowest_level():
    assert stands(Curriculum(reversed(CELLS), BAND, 0)) == dict.fromkeys("abcd", "Easy")
    assert stands(Curriculum(ladder("a")[1:], BAND, 0)) == {"a": "Medium"}


def test_a_learner_that_gets_better_is_led_through_all_levels():
    curriculum = Curriculum(CELLS, BAND, 0)
    seen = [stands(curriculum)]
    for start in range(0, 1200, 10):
        learn(curriculum, lambda cell, number: min(0.95, number / 300 / (1 + LEVELS.index(cell.level))), 10, start)
        seen.append(stands(curriculum))
    assert seen[-1] == dict.fromkeys("abcd", "Hard")
    assert all({one[task] for one in seen} == {*LEVELS} for task in "abcd")
    heights = [sum(LEVELS.index(level) for level in one.values()) for one in seen]
    thirds = [sum(heights[start : start + 40]) for start in (0, 40, 80)]
    assert thirds[0] < thirds[1] < thirds[2]


def test_a_learner_that_forgets_is_led_back():
    curriculum = Curriculum(CELLS, BAND, 0)
    learn(curriculum, lambda cell, number: 1.0, 300)
    assert stands(curriculum) == dict.fromkeys("abcd", "Hard")
    learn(curriculum, lambda cell, number: 0.0, 300, start=300)
    assert stands(curriculum) == dict.fromkeys("abcd", "Easy")


def test_a_level_is_left_only_by_a_full_window_outside_the_band():
    curriculum = Curriculum(ladder("a"), BAND, 0)
    easy, medium, _ = ladder("a")
    curriculum.record(easy, [1.0] * 15)
    assert stands(curriculum) == {"a": "Easy"}
    curriculum.record(easy, [1.0])
    assert stands(curriculum) == {"a": "Medium"}
    curriculum.record(medium, [1.0] * 12 + [0.0] * 4)
    assert stands(curriculum) == {"a": "Medium"}, "75 % lies within the band"
    curriculum.record(medium, [0.0] * 8)
    assert stands(curriculum) == {"a": "Medium"}, "25 % of the last 16 lies within the band"
    curriculum.record(medium, [0.0] * 2)
    assert stands(curriculum) == {"a": "Easy"}


def test_what_was_known_of_a_level_is_forgotten_when_it_is_reached_again():
    curriculum = Curriculum(ladder("a"), BAND, 0)
    easy, medium, _ = ladder("a")
    curriculum.record(easy, [1.0] * 16)
    curriculum.record(medium, [0.0] * 16)
    assert stands(curriculum) == {"a": "Easy"}
    assert {one.cell: one.pass_rate for one in curriculum.standings()}[easy] is None
    curriculum.record(easy, [1.0] * 8)
    assert stands(curriculum) == {"a": "Easy"}


def test_rewards_of_other_levels_move_nothing():
    curriculum = Curriculum(ladder("a"), BAND, 0)
    curriculum.record(ladder("a")[2], [1.0] * 64)
    assert stands(curriculum) == {"a": "Easy"}


def test_questions_go_where_about_half_is_right_and_the_hopeless_get_few_but_some():
    rates = {"a": 0.5, "b": 0.0, "c": 0.3, "d": 1.0}
    band = settings.Curriculum(low=0.2, high=0.8, window=64, revisit=0.0)
    curriculum = Curriculum([cell for cell in CELLS if cell.level == "Easy"], band, 0)
    drawn = Counter(cell.task for cell in learn(curriculum, lambda cell, number: rates[cell.task], 2000))
    assert drawn["a"] > drawn["c"] > 5 * drawn["b"] > 0
    assert 0 < drawn["d"] < drawn["c"] / 5
    assert drawn["b"] >= 20


def test_weights_are_the_expected_variance_of_a_reward():
    curriculum = Curriculum(ladder("a"), settings.Curriculum(window=64), 0)
    easy, medium, hard = ladder("a")
    assert curriculum.weight(easy) == pytest.approx(1 / 6)
    curriculum.record(medium, [0.0, 1.0] * 32)
    curriculum.record(hard, [0.0] * 64)
    assert 0.24 < curriculum.weight(medium) < 0.25
    assert 0 < curriculum.weight(hard) < 0.02


def test_revisits_reach_every_cell_alike():
    curriculum = Curriculum(CELLS, settings.Curriculum(revisit=1.0), 3)
    drawn = Counter(map(curriculum.draw, range(2400)))
    assert {*drawn} == {*CELLS}
    assert max(drawn.values()) < 1.5 * min(drawn.values())
    none = Curriculum(CELLS, settings.Curriculum(revisit=0.0), 3)
    assert {cell.level for cell in map(none.draw, range(300))} == {"Easy"}


def test_draws_follow_from_number_seed_and_state():
    one, two = Curriculum(CELLS, BAND, 5), Curriculum(CELLS, BAND, 5)
    assert [one.draw(number) for number in range(50)] == [two.draw(number) for number in reversed(range(50))][::-1]
    other = Curriculum(CELLS, BAND, 6)
    assert [one.draw(number) for number in range(50)] != [other.draw(number) for number in range(50)]


rewards = st.lists(st.sampled_from([0.0, 1.0]), min_size=0, max_size=12)


@given(
    st.lists(rewards, max_size=60), st.lists(rewards, max_size=30), st.integers(0, 5), st.sets(st.sampled_from(CELLS))
)
def test_a_restored_curriculum_goes_on_as_if_nothing_had_happened(
    before: Sequence[list[float]], after: Sequence[list[float]], seed: int, dry: set[Cell]
):
    whole = Curriculum(CELLS, settings.Curriculum(window=12), seed)
    for cell in dry - {CELLS[0]}:
        whole.drop(cell)
    for number, values in enumerate(before):
        whole.record(whole.draw(number), values)
    restored = Curriculum(CELLS, settings.Curriculum(window=12), seed)
    restored.load_state_dict(json.loads(json.dumps(whole.state_dict())))
    for number, values in enumerate(after, len(before)):
        cell = whole.draw(number)
        assert restored.draw(number) == cell
        whole.record(cell, values)
        restored.record(cell, values)
    assert restored.state_dict() == whole.state_dict()
    assert restored.standings() == whole.standings()


def test_a_dry_cell_is_never_drawn_and_its_task_goes_on_elsewhere():
    curriculum = Curriculum(ladder("a"), settings.Curriculum(revisit=0.5), 0)
    easy, medium, hard = ladder("a")
    curriculum.drop(easy)
    assert stands(curriculum) == {"a": "Medium"}
    curriculum.drop(hard)
    curriculum.record(medium, [1.0] * 64)
    assert stands(curriculum) == {"a": "Medium"}
    assert {curriculum.draw(number) for number in range(100)} == {medium}
    curriculum.drop(medium)
    with pytest.raises(GameQAError, match="run out of fresh questions"):
        curriculum.draw(0)


def test_metrics_and_the_log_line_tell_where_tasks_stand():
    curriculum = Curriculum(ladder("a") + ladder("b"), BAND, 0)
    curriculum.record(ladder("a")[0], [1.0] * 16)
    assert curriculum.metrics() == {
        "curriculum/standing/Easy": 0.5,
        "curriculum/standing/Medium": 0.5,
        "curriculum/standing/Hard": 0.0,
        "curriculum/pass_rate/Easy": 1.0,
    }
    assert str(curriculum) == "Easy: 1 of 2 tasks, 100% right; Medium: 1 of 2 tasks; Hard: 0 of 2 tasks"


def test_without_a_curriculum_each_cell_comes_once_in_a_round():
    alike = Alike(CELLS, 0)
    rounds = [[alike.draw(12 * turn + place) for place in range(12)] for turn in range(3)]
    assert all(sorted(one) == sorted(CELLS) for one in rounds)
    assert rounds[0] != rounds[1]
    alike.drop(CELLS[0])
    again = Alike(CELLS, 0)
    again.load_state_dict(json.loads(json.dumps(alike.state_dict())))
    assert {again.draw(number) for number in range(12)} == {*CELLS[1:]}
    for cell in CELLS:
        again.drop(cell)
    with pytest.raises(GameQAError, match="all 12 tasks and levels have run out"):
        again.draw(0)


@pytest.mark.parametrize(
    ("band", "told"),
    [
        ({"low": 0.8, "high": 0.2}, "0 <= low < high <= 1"),
        ({"high": 1.5}, "0 <= low < high <= 1"),
        ({"window": 0}, "window of at least 1"),
        ({"revisit": -0.1}, "revisit from 0 to 1"),
    ],
)
def test_numbers_out_of_range_are_refused(band: dict[str, float], told: str):
    with pytest.raises(UsageError, match=told):
        Curriculum(CELLS, settings.Curriculum(**band), 0)  # pyright: ignore[reportArgumentType]


def test_states_of_something_else_are_refused():
    curriculum = Curriculum(CELLS, BAND, 0)
    with pytest.raises(UsageError, match="other games, tasks or levels"):
        curriculum.load_state_dict(Curriculum(ladder("a"), BAND, 0).state_dict())
    with pytest.raises(UsageError, match="other games, tasks or levels"):
        Curriculum(ladder("a"), BAND, 0).load_state_dict(curriculum.state_dict())
    with pytest.raises(UsageError, match="cannot be read"):
        curriculum.load_state_dict({"stands": 3})
    with pytest.raises(UsageError, match="no game, task and level"):
        Curriculum([], BAND, 0)
