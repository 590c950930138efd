"""Measuring graded replies: shares with their intervals, overall and by group, and what seeing gains over blindness."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from gameqa.core import registry
from gameqa.core.errors import UsageError
from gameqa.core.game import Category, Domain, Level, QAType

from .records import DIMENSIONS, Cell, Difference, Graded, Results, Verdict, View, ViewResults
from .statistics import Draws, Paired, draw, interval, paired

OVERALL = "overall"
"""Dimension, and its only group, of all replies together."""
GAINS = ("domain", "category", "game")
"""Dimensions by which seeing minus blind is measured."""
UNNAMED = "unnamed"
"""Name of the group of replies whose data leave the column empty."""
LEVELS = (*Level, "Custom")


def measure(
    graded: Sequence[Graded],
    name: str,
    model: str,
    judge: str = "",
    judge_scope: str = "",
    about: Mapping[str, str] | None = None,
) -> Results:
    """Measure a run.

    Args:
        graded: its replies, one to each question under each view.
        name: what the run is called in tables.
        model: name of the model.
        judge: name of the judge model, empty without one.
        judge_scope: `unparsed` or `all`, empty without a judge.
        about: further facts worth a line in a report.

    Raises:
        UsageError: there are no replies.
    """
    if not graded:
        raise UsageError("there are no replies to measure")
    judged = bool(judge) or any(one.verdict is not Verdict.NONE for one in graded)
    of_view = {view: [one for one in graded if one.reply.view is view] for view in View}
    return Results(
        name=name,
        model=model,
        views={view: _view(found, judged) for view, found in of_view.items() if found},
        gain=_gain(of_view[View.PICTURE], of_view[View.BLIND]),
        judge=judge,
        judge_scope=judge_scope,
        about=dict(about or {}),
    )


def to_json(results: Results) -> str:
    """Return results as JSON text, from which `from_json` makes equal ones."""
    return msgspec.json.encode(results).decode() + "\n"


def from_json(text: str | bytes) -> Results:
    """Read results.

    Raises:
        UsageError: the text holds no results; the message says where.
    """
    try:
        return msgspec.json.decode(text, type=Results)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(f"these are no measured results: {error}") from None


# --- Groups ---------------------------------------------------------------------------------------


def groups(graded: Sequence[Graded], dimension: str) -> dict[str, list[int]]:
    """Return the groups of one of DIMENSIONS by name, in the order of the registry, as places in `graded`.

    Domains, categories, kinds of question and levels come in the order in which gameqa defines them. Games come by
    category, then domain, then as in `gameqa.games()`, their tasks as in the game. Names that gameqa does not know
    come last, in alphabetical order.
    """
    if dimension == OVERALL:
        return {OVERALL: [*range(len(graded))]}
    places: dict[str, list[int]] = {}
    for place, one in enumerate(graded):
        places.setdefault(_NAMES[dimension](one), []).append(place)
    rank = _ranks()[dimension]
    return dict(sorted(places.items(), key=lambda item: (rank(graded[item[1][0]]), item[0])))


_NAMES: Mapping[str, Callable[[Graded], str]] = {
    "domain": lambda one: one.domain or UNNAMED,
    "category": lambda one: one.category or UNNAMED,
    "game": lambda one: one.game or UNNAMED,
    "task": lambda one: f"{one.game or UNNAMED}/{one.task or UNNAMED}",
    "qa_type": lambda one: one.qa_type or UNNAMED,
    "plot_level": lambda one: one.plot_level or UNNAMED,
    "qa_level": lambda one: one.qa_level or UNNAMED,
    "game and level": lambda one: f"{one.game or UNNAMED}/{one.plot_level or UNNAMED}",
}


def _ranks() -> Mapping[str, Callable[[Graded], tuple[object, ...]]]:
    """Return for each dimension what its groups are sorted by, before their names."""
    games = registry.games()

    def game(one: Graded) -> tuple[object, ...]:
        known = one.game in games
        family = (_place(one.category, Category), _place(one.domain, Domain)) if known else (0, 0)
        return not known, *family, one.game

    def task(one: Graded) -> tuple[object, ...]:
        slugs = [task.slug for task in registry.game(one.game).tasks] if one.game in games else []
        return *game(one), _place(one.task, slugs)

    return {
        "domain": lambda one: (_place(one.domain, Domain),),
        "category": lambda one: (_place(one.category, Category),),
        "game": game,
        "task": task,
        "qa_type": lambda one: (_place(one.qa_type, QAType),),
        "plot_level": lambda one: (_place(one.plot_level, LEVELS),),
        "qa_level": lambda one: (_place(one.qa_level, LEVELS),),
        "game and level": lambda one: (*game(one), _place(one.plot_level, LEVELS)),
    }


def _place(name: str, known: "Sequence[str] | type[Category | Domain | QAType]") -> int:
    """Return where a name stands among the known ones; one that is not known stands behind them."""
    names = list(known)
    return names.index(name) if name in names else len(names)  # pyright: ignore[reportArgumentType]


# --- Cells ----------------------------------------------------------------------------------------


class _Outcome(NamedTuple):
    """What came out of one reply, as far as intervals need it."""

    traits: tuple[str, ...]
    right: bool
    judged: bool
    right_with_judge: bool


class _Pair(NamedTuple):
    """What came out of two replies to one question."""

    traits: tuple[str, ...]
    first: bool
    second: bool


def _traits(one: Graded) -> tuple[str, ...]:
    """Return all that decides to which groups a reply belongs, the game and the task first."""
    return one.game, one.task, one.category, one.domain, one.qa_type, one.plot_level, one.qa_level


def _view(graded: Sequence[Graded], judged: bool) -> ViewResults:
    outcomes = [
        _Outcome(_traits(one), one.right, one.right_with_judge is not None, bool(one.right_with_judge))
        for one in graded
    ]
    drawn = draw([one.state_hash for one in graded], outcomes)

    def cell(places: Sequence[int]) -> Cell:
        return _cell([graded[place] for place in places], drawn.of(places), judged)

    by = {
        dimension: {name: cell(places) for name, places in groups(graded, dimension).items()}
        for dimension in DIMENSIONS
    }
    return ViewResults(overall=_cell(graded, drawn, judged), by=by)


def _cell(graded: Sequence[Graded], drawn: Draws[_Outcome], judged: bool) -> Cell:
    boards = drawn.boards
    by_sample = drawn.share(lambda outcome: outcome.right)
    by_task = drawn.mean_share(lambda outcome: outcome.traits[:2], lambda outcome: outcome.right)
    unjudged = sum(one.verdict is Verdict.UNJUDGED for one in graded)
    with_judge = None
    if judged and unjudged < len(graded):
        shares = drawn.share(lambda outcome: outcome.right_with_judge, lambda outcome: outcome.judged)
        with_judge = interval(shares, boards)
    ends = [one.reply.finish for one in graded if one.reply.finish]
    return Cell(
        n=len(graded),
        boards=boards,
        by_sample=interval(by_sample, boards),
        by_task=interval(by_task, boards),
        with_judge=with_judge,
        unjudged=unjudged,
        unparsable=sum(not one.parsable for one in graded) / len(graded),
        cut=ends.count("length") / len(ends) if ends else None,
        chance=sum(one.chance for one in graded) / len(graded),
    )


def paired_by(
    first: Sequence[Graded], second: Sequence[Graded], dimensions: Sequence[str]
) -> dict[str, dict[str, Paired]]:
    """Compare replies to the same questions by groups.

    Args:
        first, second: the replies; those at one place answer the same question, and there is at least one.
        dimensions: by what to group: `overall` and any of DIMENSIONS.
    """
    pairs = [_Pair(_traits(one), one.right, other.right) for one, other in zip(first, second, strict=True)]
    drawn = draw([one.state_hash for one in first], pairs)
    return {
        dimension: {
            name: paired(drawn.of(places), lambda pair: pair.first, lambda pair: pair.second)
            for name, places in groups(first, dimension).items()
        }
        for dimension in dimensions
    }


def _gain(seeing: Sequence[Graded], blind: Sequence[Graded]) -> dict[str, dict[str, Difference]]:
    """Return seeing minus blind, `overall` and by GAINS; empty when no question is answered under both views."""
    of_blind = {one.reply.data_id: one for one in blind}
    seen = [one for one in seeing if one.reply.data_id in of_blind]
    if not seen:
        return {}
    found = paired_by(seen, [of_blind[one.reply.data_id] for one in seen], (OVERALL, *GAINS))
    return {
        dimension: {name: Difference(one.n, one.first, one.second, one.difference) for name, one in cells.items()}
        for dimension, cells in found.items()
    }
