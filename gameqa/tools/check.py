"""`gameqa check`: the contract of one game, reported in words."""

from collections.abc import Iterator
from typing import Any

from gameqa.core.game import Game

from . import contract
from .progress import progress


def run(game: Game[Any, Any], keys: int, many: int) -> list[str]:
    """Run every check on a game, print one line per check, and return the problems."""
    cases = contract.cases(game, keys)
    problems: list[str] = []

    def report(name: str, doc: str | None, found: Iterator[str]) -> None:
        sentences = list(dict.fromkeys(found))
        problems.extend(sentences)
        print(f"{'ok  ' if not sentences else 'FAIL'} {name}: {(doc or '').splitlines()[0]}")
        for sentence in sentences[:20]:
            print(f"     - {sentence}")
        if len(sentences) > 20:
            print(f"     - and {len(sentences) - 20} more")

    report("anatomy", contract.anatomy.__doc__, contract.anatomy(game))
    for check in contract.CHECKS:
        found = (sentence for case in progress(cases, len(cases), check.__name__, "cases") for sentence in check(case))
        report(check.__name__, check.__doc__, found)
    large = contract.cases(game, many)
    tallies = [contract.tally(case) for case in progress(large, len(large), "counts", "cases")]
    report("balanced", contract.balanced.__doc__, (s for tally in tallies for s in contract.balanced(tally)))
    by_task = [[tally for tally in tallies if tally.case.task is task] for task in game.tasks]
    report("rising", contract.rising.__doc__, (s for group in by_task for s in contract.rising(group)))
    return problems
