"""Comparing two runs: counted once more by hand on replies whose differences are known."""

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import pytest
from gameqa.benchmark.comparison import COMPARED, Comparison, Contrast, compare, markdown
from gameqa.benchmark.records import Graded, Reply, View
from gameqa.benchmark.tables import markdown_table
from hypothesis import given, settings
from hypothesis import strategies as st

from gameqa.core.errors import UsageError

GAMES = {"maze": "in", "snake": "out", "sokoban": "in"}
LEVELS = ("Easy", "Medium", "Hard")


def reply(number: int, right: bool, view: View = View.PICTURE, game: str = "snake", board: str = "") -> Graded:
    return Graded(
        Reply(data_id=str(number), reply="A", view=view),
        right=right,
        extracted="A",
        reason="match" if right else "wrong",
        game=game,
        category="Strategic Planning",
        domain=GAMES.get(game, ""),
        task="position",
        qa_type="Target Perception",
        qa_level="Easy",
        plot_level=LEVELS[number % 3],
        answer_kind="choice",
        answer="A",
        options=("1", "2"),
        state_hash=board or f"board {number}",
    )


def overall(a: Sequence[Graded], b: Sequence[Graded]) -> Contrast:
    return compare(a, b, ("a", "b")).views[View.PICTURE]["overall"]["overall"]


questions = st.dictionaries(
    st.tuples(st.integers(0, 20), st.sampled_from(View)),
    st.tuples(st.booleans(), st.booleans(), st.sampled_from("abn")),
)


@given(questions)
@settings(max_examples=25)
def test_every_number_is_what_counting_gives(drawn: dict[tuple[int, View], tuple[bool, bool, str]]) -> None:
    """The last of each question says which run did not answer it: a, b or none."""
    games = sorted(GAMES)
    a, b = (
        [
            reply(number, found[place], view, games[number % 2], f"b{number // 3}")
            for (number, view), found in drawn.items()
            if found[2] != name
        ]
        for place, name in enumerate("ab")
    )
    common = {key: found for key, found in drawn.items() if found[2] == "n"}
    if not common:
        with pytest.raises(UsageError, match="no question in common"):
            compare(a, b, ("a", "b"))
        return
    made = compare(a, b, ("a", "b"))
    assert made.left_out == (len(a) - len(common), len(b) - len(common))
    assert set(made.views) == {view for _, view in common}
    for view, by in made.views.items():
        assert [*by] == [*COMPARED]
        seen = {number: found for (number, other), found in common.items() if other is view}
        check(by["overall"]["overall"], seen)
        for game, cell in by["game"].items():
            check(cell, {number: found for number, found in seen.items() if games[number % 2] == game})
        for level, cell in by["plot_level"].items():
            check(cell, {number: found for number, found in seen.items() if LEVELS[number % 3] == level})


def check(cell: Contrast, seen: dict[int, tuple[bool, bool, str]]) -> None:
    a, b = [found[0] for found in seen.values()], [found[1] for found in seen.values()]
    assert cell.n == len(seen)
    assert cell.boards == len({number // 3 for number in seen})
    assert (cell.a, cell.b) == pytest.approx((fmean(a), fmean(b)))
    assert cell.difference.value == pytest.approx(fmean(b) - fmean(a))
    assert cell.only_a == sum(one and not other for one, other in zip(a, b, strict=True))
    assert cell.only_b == sum(other and not one for one, other in zip(a, b, strict=True))
    assert -1 <= cell.difference.low <= cell.difference.value <= cell.difference.high <= 1
    assert 0 < cell.p <= 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=20)
def test_the_other_way_round_everything_is_turned(drawn: list[tuple[bool, bool]]) -> None:
    a = [reply(number, right) for number, (right, _) in enumerate(drawn)]
    b = [reply(number, right) for number, (_, right) in enumerate(drawn)]
    there, back = overall(a, b), overall(b, a)
    assert (there.a, there.b, there.only_a, there.only_b, there.p) == (
        (back.b, back.a, back.only_b, back.only_a, back.p)
    )
    assert there.difference.value == pytest.approx(-back.difference.value)


def series(counts: dict[tuple[bool, bool], int], per_board: int = 1) -> tuple[list[Graded], list[Graded]]:
    """Replies of two runs: how often (a right, b right) is what."""
    pairs = [pair for pair, count in counts.items() for _ in range(count)]
    runs = [
        [reply(number, pair[run], board=f"b{number // per_board}") for number, pair in enumerate(pairs)]
        for run in (0, 1)
    ]
    return runs[0], runs[1]


def test_the_test_is_mcnemars() -> None:
    found = overall(*series({(True, True): 20, (True, False): 2, (False, True): 10, (False, False): 8}))
    assert (found.n, found.a, found.b, found.only_a, found.only_b) == (40, 0.55, 0.75, 2, 10)
    assert found.p == pytest.approx(0.03857, abs=5e-6)
    assert found.difference.value == pytest.approx(0.2)
    assert found.difference.low > 0


def test_the_interval_is_that_of_pairs() -> None:
    found = overall(*series({(True, True): 450, (True, False): 20, (False, True): 50, (False, False): 480}))
    half = 1.96 * ((0.07 - 0.03**2) / 1000) ** 0.5  # of the mean of differences -1, 0, 1
    assert found.difference.low == pytest.approx(0.03 - half, abs=0.003)
    assert found.difference.high == pytest.approx(0.03 + half, abs=0.003)


def test_questions_on_one_board_widen_the_interval() -> None:
    counts = {(True, True): 100, (True, False): 20, (False, True): 40, (False, False): 40}
    alone, together = (overall(*series(counts, per_board)).difference for per_board in (1, 5))
    ratio = (together.high - together.low) / (alone.high - alone.low)
    assert ratio == pytest.approx(5**0.5, rel=0.15)


def test_runs_that_answer_alike_are_not_proved_equal() -> None:
    found = overall(*series({(True, True): 5, (False, False): 5}))
    assert found.p == 1
    assert found.difference == pytest.approx((0, -0.2775, 0.2775), abs=1e-4)
    always = overall(*series({(False, True): 5})).difference
    assert always.value == always.high == 1
    assert always.low < 0.2


def test_p_of_games_is_adjusted_for_their_number() -> None:
    rng = random.Random(0)
    a = [reply(number, rng.random() < 0.5, game=sorted(GAMES)[number % 3]) for number in range(150)]
    b = [replace(one, right=one.right or rng.random() < 0.3 * (number % 3)) for number, one in enumerate(a)]
    by = compare(a, b, ("a", "b")).views[View.PICTURE]
    games = sorted(by["game"].values(), key=lambda game: game.p)
    assert [game.n for game in games] == [50, 50, 50]
    assert games[0].adjusted == pytest.approx(min(1, 3 * games[0].p))
    assert all(game.adjusted is not None and game.adjusted >= game.p for game in games)
    assert all(cell.adjusted is None for name, cells in by.items() if name != "game" for cell in cells.values())


def test_views_are_never_mixed() -> None:
    a = [reply(0, True), reply(0, False, View.BLIND), reply(1, True)]
    b = [reply(0, True), reply(1, True, View.BLIND), reply(1, False, View.TEXT)]
    made = compare(a, b, ("a", "b"))
    assert [*made.views] == [View.PICTURE]
    assert made.views[View.PICTURE]["overall"]["overall"].n == 1
    assert made.left_out == (2, 2)


def test_runs_scored_against_different_answers_are_refused() -> None:
    with pytest.raises(UsageError, match=r"different data: the answer to '0' is 'A' for the first and 'B'"):
        compare([reply(0, True)], [replace(reply(0, True), answer="B")], ("a", "b"))


# --- Text -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made() -> Comparison:
    a = [reply(number, number % 2 == 0, game=sorted(GAMES)[number % 3]) for number in range(60)]
    b = [reply(number, number % 10 > 0, game=sorted(GAMES)[number % 3]) for number in range(3, 60)]
    blind = [reply(number, False, View.BLIND) for number in range(5)]
    return compare(a + blind, b + blind, ("base|model", "trained"))


def test_the_text_tells_every_group_of_every_view(made: Comparison) -> None:
    text = markdown(made)
    assert "3 replies of base|model, 0 replies of trained" in text
    for view, by in made.views.items():
        section = text.split(f"## View: {view.value}\n")[1].split("##")[0]
        rows = [line for line in section.splitlines() if line.startswith("|")][2:]
        assert len(rows) == sum(len(cells) for cells in by.values())
    row = next(line for line in text.splitlines() if line.startswith("| game | snake |"))
    found = made.views[View.PICTURE]["game"]["snake"]
    assert f"| {found.a:.1%} | {found.b:.1%} | {100 * found.difference.value:+.1f} |" in row


def test_all_lines_of_a_table_have_as_many_cells(made: Comparison) -> None:
    rows = [line.replace("\\|", "") for line in markdown(made).splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {13}


def test_runs_of_one_name_are_told_apart() -> None:
    text = markdown(compare([reply(0, True)], [reply(0, True)], ("model", "model")))
    assert "only model (first) right" in text
    assert "only model (second) right" in text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_breaks_out_of_a_table(rows: list[list[str]]) -> None:
    lines = re.split("[\r\n]", markdown_table(("one", "two"), rows))
    assert len(lines) == 2 + len(rows)
    assert all(line.count("|") - line.count("\\|") == 3 for line in lines)
