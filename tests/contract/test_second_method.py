"""The second method and the picture reader, for every registered game."""

from functools import cache

import pytest

import gameqa
from gameqa.core import audit
from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.game import Level
from gameqa.core.seeds import SPLITS
from gameqa.tools.audit import labels, pictures
from gameqa.tools.audit.rows import Entry

KEYS, FULL = 4, 200
"""Rows of each task and level; with `--full` many more."""
READ = [name for name in gameqa.games() if name != "minecraft"]
"""Games with a picture reader."""


@cache
def entries(name: str, count: int) -> list[Entry]:
    return [
        Entry.of(gameqa.sample(name, task.slug, level, SPLITS[index % 3], seed=11, index=index).row(image=False))
        for task in gameqa.game(name).tasks
        for level in Level
        for index in range(count)
    ]


@pytest.fixture(params=[KEYS, pytest.param(FULL, marks=pytest.mark.slow)], ids=["few", "many"])
def count(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.mark.parametrize("name", gameqa.games())
def test_the_second_method_finds_every_answer(name: str, count: int) -> None:
    second = audit.checks(gameqa.game(name))
    for entry in entries(name, count):
        assert sorted(labels.right_by_check(second, entry)) == sorted(entry.columns["accepted"]), entry.data_id


@pytest.mark.parametrize("name", gameqa.games())
def test_the_second_method_follows_every_worked_step(name: str, count: int) -> None:
    second = audit.checks(gameqa.game(name))
    for entry in entries(name, count):
        if follow := second.steps.get(entry.columns["task"]):
            found = follow(entry.state, entry.params or {}, labels.numbered_steps(entry.columns["analysis"]))
            assert found == [], entry.data_id


@pytest.mark.parametrize("name", gameqa.games())
def test_the_second_method_calls_no_wrong_option_right(name: str) -> None:
    second = audit.checks(gameqa.game(name))
    for entry in entries(name, KEYS):
        assert entry.task and entry.params is not None
        if entry.task.kind is not AnswerKind.CHOICE or entry.task.judges_list or entry.task.fixed_order:
            continue
        right = LETTERS.index(entry.columns["answer"])
        wrong = [value for place, value in enumerate(entry.params["options"]) if place != right]
        assert second.answers[entry.task.slug](entry.state, {**entry.params, "options": wrong}) == [], entry.data_id


@pytest.mark.parametrize("name", gameqa.games())
def test_steps_of_another_board_are_noticed(name: str) -> None:
    """Follow steps of another row: a follower that approves anything would pass them."""

    def noticed(entry: Entry, steps: list[str]) -> bool:
        try:
            return bool(second.steps[entry.columns["task"]](entry.state, entry.params or {}, steps))
        except (LookupError, ValueError):  # they speak of what this board does not have
            return True

    second = audit.checks(gameqa.game(name))
    for slug in second.steps:
        same = [entry for entry in entries(name, KEYS) if entry.columns["task"] == slug]
        others = [labels.numbered_steps(entry.columns["analysis"]) for entry in [*same[1:], same[0]]]
        assert sum(map(noticed, same, others)) > len(same) / 2, slug


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("form", pictures.FORMS)
def test_the_reader_recovers_what_the_picture_shows(name: str, form: str) -> None:
    reading = audit.reader(gameqa.game(name))
    for entry in entries(name, KEYS)[::KEYS]:
        assert [*pictures.misread(reading, entry, pictures.FORMS[form](entry.picture()))] == []


@pytest.mark.parametrize("name", READ)
def test_the_reader_tells_boards_apart(name: str) -> None:
    """Read the picture of another board of the task: it must not read as the first."""
    reading = audit.reader(gameqa.game(name))
    for level in Level:
        part = [entry for entry in entries(name, KEYS) if entry.columns["plot_level"] == level]
        one, other = part[0], next(entry for entry in part if entry.columns["state"] != part[0].columns["state"])
        assert [*pictures.misread(reading, one, other.picture())] != []
