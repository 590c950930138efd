"""Every measure of the audit finds the flaw it is there for, and stays quiet without one."""

from importlib import import_module
from pathlib import Path
from random import Random

import msgspec
import pytest

pytest.importorskip("sklearn")

import gameqa
from gameqa.core import audit as offers
from gameqa.core import engine
from gameqa.core.sample import draw
from gameqa.tools.audit import blind, labels, levels, pictures, remade, repeats, texts
from gameqa.tools.audit.criteria import Cell, Verdict, judged
from gameqa.tools.audit.rows import Entry, Made, grouped
from gameqa.tools.scaffold import scaffold

GAME = gameqa.game("tictactoe")


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    return [*Made.of(["tictactoe"], 3).rows("tictactoe")]


def changed(entry: Entry, **columns: object) -> Entry:
    return Entry.of({**entry.columns, **columns})


def cell(cells: "list[Cell]", criterion: str, task: str = "", level: str = "") -> Cell:
    return next(
        c for c in cells if c.criterion == criterion and c.task in (task or c.task) and c.level in (level or c.level)
    )


def by_labels(*entries: Entry) -> list[Cell]:
    return [*labels.measure("tictactoe", grouped(entries), offers.checks(GAME))]


def test_right_rows_pass(entries: list[Entry]) -> None:
    assert {one.verdict for one in by_labels(*entries)} == {Verdict.PASS}


def test_a_wrong_letter_is_found_by_both_methods(entries: list[Entry]) -> None:
    wrong = "A" if entries[0].columns["answer"] != "A" else "B"
    cells = by_labels(changed(entries[0], answer=wrong, accepted=[wrong]))
    assert {cell(cells, name).verdict for name in ("labels", "second_method")} == {Verdict.FAIL}
    assert entries[0].data_id == cell(cells, "labels").worst[0].data_id


def test_a_wrong_step_is_found() -> None:
    row = gameqa.sample("sokoban", "player_after_moves").row(image=False)
    second = offers.checks(gameqa.game("sokoban"))
    other = gameqa.sample("sokoban", "player_after_moves", index=1).analysis
    for analysis, verdict in ((row["analysis"], Verdict.PASS), (other, Verdict.FAIL)):
        cells = [*labels.measure("sokoban", grouped([Entry.of({**row, "analysis": analysis})]), second)]
        assert cell(cells, "steps").verdict is verdict


def test_equal_options_and_unreadable_rows_are_found(entries: list[Entry]) -> None:
    options = entries[0].columns["options"]
    cells = by_labels(changed(entries[0], options=[options[0], *options[:-1]]))
    assert cell(cells, "options").verdict is Verdict.FAIL
    broken = changed(entries[0], state='{"board": 1}')
    assert cell(by_labels(broken), "readable").worst[0].data_id == broken.data_id


def test_letters_that_lean_are_found(entries: list[Entry]) -> None:
    same = [entry for entry in entries if entry.columns["answer"] == entries[0].columns["answer"]][:1] * 60
    assert cell(by_labels(*same), "letters").verdict is Verdict.FAIL


def choices(rng: Random, telling: bool) -> list[Entry]:
    """Make rows of which the longest option is right, or any one."""
    made = []
    for number in range(300):
        options = ["ab" * length for length in rng.sample(range(1, 20), 4)]
        right = options.index(max(options, key=len)) if telling else rng.randrange(4)
        made.append(
            Entry(
                {
                    "data_id": str(number),
                    "plot_level": "Easy",
                    "answer_kind": "choice",
                    "query": "Which?",
                    "options": options,
                    "answer": "ABCD"[right],
                    "accepted": ["ABCD"[right]],
                }
            )
        )
    return made


@pytest.mark.parametrize(("telling", "verdict"), [(True, Verdict.FAIL), (False, Verdict.PASS)])
def test_an_option_that_betrays_itself_is_guessed(telling: bool, verdict: Verdict) -> None:
    (found,) = blind.measure("game", {("task", "Easy"): choices(Random(1), telling)})
    assert found.verdict is verdict
    assert not telling or found.value > 0.6


@pytest.mark.parametrize(("telling", "verdict"), [(True, Verdict.FAIL), (False, Verdict.PASS)])
def test_a_question_that_names_its_answer_is_guessed(telling: bool, verdict: Verdict) -> None:
    rng, made = Random(2), []
    for number in range(300):
        answer = str(rng.randrange(8))
        named = answer if telling else str(rng.randrange(8))
        columns = {"data_id": str(number), "plot_level": "Easy", "answer_kind": "integer", "options": []}
        made.append(Entry({**columns, "query": f"{named} of them?", "answer": answer, "accepted": [answer]}))
    (found,) = blind.measure("game", {("task", "Easy"): made})
    assert found.verdict is verdict


def test_effect_is_the_share_of_pairs_that_rise() -> None:
    assert levels.effect([1, 2], [3, 4])[0] == 1
    assert levels.effect([1, 2], [1, 2])[0] == 0.5
    assert levels.effect([2, 3], [1, 2])[0] == 0.125
    low, high = levels.effect([1.0] * 50 + [2.0] * 50, [1.0] * 30 + [2.0] * 70)[1:]
    assert 0.45 < low < 0.6 < high < 0.75


def test_a_level_that_is_no_harder_is_found(entries: list[Entry]) -> None:
    flat = [changed(entry, difficulty=1.0) for entry in entries] * 150
    assert {one.verdict for one in levels.measure("tictactoe", grouped(flat)) if one.criterion == "difficulty"} == {
        Verdict.FAIL
    }


def test_a_board_in_two_splits_and_a_repeated_question_are_found(entries: list[Entry]) -> None:
    one = entries[0]
    fair = [*repeats.measure("tictactoe", grouped(entries), 2, None)]
    assert {cell(fair, name).verdict for name in ("leaks", "repeats")} == {Verdict.PASS}
    twice = [*repeats.measure("tictactoe", grouped([one, changed(one, data_id="again")]), 2, None)]
    assert cell(twice, "repeats").flaws == 1 and cell(twice, "leaks").flaws == 0
    leaked = [*repeats.measure("tictactoe", grouped([one, changed(one, data_id="again", split="test")]), 2, None)]
    assert cell(leaked, "leaks").flaws == 2


def test_the_next_seed_asks_other_questions(entries: list[Entry]) -> None:
    cells = [*repeats.measure("tictactoe", grouped(entries), 3, 0)]
    assert {one.value for one in cells if one.criterion == "seeds"} == {1.0}  # the same seed: all of them
    cells = [*repeats.measure("sokoban", grouped(Made.of(["sokoban"], 3).rows("sokoban")), 3, 1)]
    assert {one.value for one in cells if one.criterion == "seeds"} == {0.0}


@pytest.mark.parametrize(
    "words",
    [
        "Push the box {box} up.",
        "It takes 1 moves.",
        "It takes 3 move in all.",
        "The the board is full.",
        "It moves  on and stays.",
        "There are nan of them.",
        "It stays,, then moves.",
        "Take a apple.",
    ],
)
def test_slips_are_found(entries: list[Entry], words: str) -> None:
    assert [*texts.slips(changed(entries[0], query=words))] != []
    assert [*texts.slips(entries[0])] == []


@pytest.mark.parametrize("words", ["Row 1 moves on.", "It takes 1 move.", "Is it a unit?", "Go to a one-way cell."])
def test_right_words_are_no_slips(entries: list[Entry], words: str) -> None:
    assert [*texts.slips(changed(entries[0], query=words))] == []


def test_an_analysis_with_another_answer_is_found(entries: list[Entry]) -> None:
    analysis = entries[0].columns["analysis"].rpartition("\n")[0] + "\nAnswer: Z"
    assert any("ends with" in flaw.why for flaw in texts.slips(changed(entries[0], analysis=analysis)))


def test_the_picture_of_another_board_is_found(entries: list[Entry]) -> None:
    one, other = entries[0], entries[1]
    png = gameqa.from_data_id(other.data_id).png()
    reading = offers.reader(GAME)
    assert cell([*pictures.measure("tictactoe", grouped([one]), reading, 1)], "read_full").verdict is Verdict.PASS
    swapped = changed(one, image={"bytes": png, "path": None})
    assert cell([*pictures.measure("tictactoe", grouped([swapped]), reading, 1)], "read_full").verdict is Verdict.FAIL


def test_a_row_that_comes_out_otherwise_is_found(entries: list[Entry]) -> None:
    ((row, scale),) = remade.chosen(grouped(entries[:1]), 0.01)
    assert remade.differences(row, scale) == []
    assert "query" in remade.differences({**row, "query": "?"}, scale)[0]
    assert "picture" in remade.differences({**row, "image": {"bytes": b"no"}}, scale)[0]
    cells = [*remade.measure("tictactoe", [({**row, "query": "?"}, scale)])]
    assert cells[0].verdict is Verdict.FAIL


def test_verdicts() -> None:
    place = ("game", "task", "Easy")
    assert judged("blind_choice", place, 9, (0.05, -0.1, 0.3)).verdict is Verdict.PASS
    assert judged("blind_choice", place, 9, (0.2, 0.05, 0.3)).verdict is Verdict.UNSURE
    assert judged("blind_choice", place, 9, (0.2, 0.15, 0.3)).verdict is Verdict.FAIL
    assert judged("difficulty", place, 9, (0.5, 0.4, 0.55)).verdict is Verdict.FAIL
    assert judged("difficulty", place, 9, (0.5, 0.4, 0.65)).verdict is Verdict.UNSURE
    assert judged("seeds", place, 9, (0.5, 0.5, 0.5)).verdict is Verdict.TOLD


def test_a_new_game_comes_with_both_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scaffold("marked", tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    game = import_module("marked").GAME
    second, reading = offers.checks(game), offers.reader(game)
    for task in game.tasks:
        sample = engine.make(game, task, "Hard")
        state = game.state_type.from_json(msgspec.json.decode(sample.state))
        entry = Entry(sample.row(image=False), task, state, msgspec.json.decode(sample.params))
        assert labels.right_by_check(second, entry) == entry.columns["accepted"]
        picture = draw(game, entry.state).convert("RGB")
        for form in pictures.FORMS.values():
            assert [*pictures.misread(reading, entry, form(picture))] == []
