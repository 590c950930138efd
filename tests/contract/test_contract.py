"""The contract, for every registered game, task and level; the checks are those of `gameqa check`."""

from functools import cache

import pytest

import gameqa
from gameqa.core.game import Game, Level
from gameqa.tools import contract
from gameqa.tools.contract import Case

KEYS, MANY, FULL = 6, 60, 10_000

CELLS = [
    pytest.param(name, task.slug, level, id=f"{name}-{task.slug}-{level.lower()}")
    for name in gameqa.games()
    for task in gameqa.game(name).tasks
    for level in Level
]


@cache
def case(name: str, slug: str, level: Level, keys: int = KEYS) -> Case:
    game = gameqa.game(name)
    return Case(game, game.task(slug), level, keys)


@pytest.mark.parametrize("name", gameqa.games())
def test_anatomy(name: str) -> None:
    assert list(contract.anatomy(gameqa.game(name))) == []


@pytest.mark.parametrize(("name", "slug", "level"), CELLS)
@pytest.mark.parametrize("check", contract.CHECKS, ids=lambda check: check.__name__)
def test_check(check: contract.Check, name: str, slug: str, level: Level) -> None:
    assert list(check(case(name, slug, level))) == []


@pytest.mark.parametrize("name", gameqa.games())
def test_counts(name: str) -> None:
    """Letters are uniform, fill-in answers stay under their bound, and difficulty rises with the level."""
    game: Game = gameqa.game(name)
    problems = []
    for task in game.tasks:
        tallies = [contract.tally(case(name, task.slug, level, MANY)) for level in Level]
        problems += [sentence for counted in tallies for sentence in contract.balanced(counted)]
        problems += contract.rising(tallies)
    assert problems == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "slug", "level"), CELLS)
def test_ten_thousand_keys(name: str, slug: str, level: Level) -> None:
    """No key of a task is unaskable, wrong or slow."""
    assert list(contract.askable(Case(gameqa.game(name), gameqa.game(name).task(slug), level, FULL // 3))) == []
