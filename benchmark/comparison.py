"""Comparing two runs on the questions that both answered: paired differences, intervals and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gameqa.core.errors import UsageError
from gameqa.core.words import counted

from .metrics import OVERALL, paired_by
from .records import Estimate, Graded, View
from .statistics import Paired, holm, mcnemar
from .tables import markdown_table

COMPARED = (OVERALL, "domain", "category", "game", "qa_type", "plot_level")
"""What questions are grouped by."""


@dataclass(frozen=True)
class Contrast:
    """Two runs on one group of questions, by the rules.

    Attributes:
        n: questions.
        boards: different boards they are about.
        a, b: share of right replies of either run.
        difference: `b` minus `a`, with the interval of the paired bootstrap over boards.
        only_a, only_b: questions that only the one run, or only the other, answered right.
        p: exact two-sided McNemar test.
        adjusted: p adjusted for the number of games (Holm); None for groups other than games.
    """

    n: int
    boards: int
    a: float
    b: float
    difference: Estimate
    only_a: int
    only_b: int
    p: float
    adjusted: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        names: what the runs are called.
        views: for each view under which both answered: the groups of COMPARED by name; all questions together are
            the group `overall` of `overall`.
        left_out: replies of either run to questions that the other did not answer under the same view.
    """

    names: tuple[str, str]
    views: Mapping[View, Mapping[str, Mapping[str, Contrast]]]
    left_out: tuple[int, int]


def compare(a: Sequence[Graded], b: Sequence[Graded], names: Sequence[str]) -> Comparison:
    """Compare two runs on the questions that both answered under the same view.

    Args:
        a, b: the replies of either run, one to each question under each view.
        names: what the two runs are called.

    Raises:
        UsageError: they have no question in common, or were scored against different answers.
    """
    first, second = names if names[0] != names[1] else (f"{names[0]} (first)", f"{names[1]} (second)")
    of_b = {(one.reply.view, one.reply.data_id): one for one in b}
    pairs = [(one, of_b[one.reply.view, one.reply.data_id]) for one in a if (one.reply.view, one.reply.data_id) in of_b]
    if not pairs:
        raise UsageError(f"{first} and {second} answered no question in common under the same view")
    for one, other in pairs:
        if one.answer != other.answer:
            raise UsageError(
                f"{first} and {second} were scored against different data: the answer to {one.reply.data_id!r} is"
                f" {one.answer!r} for the first and {other.answer!r} for the second"
            )
    of_view = {view: [pair for pair in pairs if pair[0].reply.view is view] for view in View}
    return Comparison(
        names=(first, second),
        views={view: _view(found) for view, found in of_view.items() if found},
        left_out=(len(a) - len(pairs), len(b) - len(pairs)),
    )


def _view(pairs: Sequence[tuple[Graded, Graded]]) -> dict[str, dict[str, Contrast]]:
    # The second run is given first, because the difference is told as what it gains over the first.
    found = paired_by([other for _, other in pairs], [one for one, _ in pairs], COMPARED)
    contrasts = {
        dimension: {name: _contrast(cell) for name, cell in cells.items()} for dimension, cells in found.items()
    }
    games = contrasts["game"]
    adjusted = holm(game.p for game in games.values())
    contrasts["game"] = {
        name: replace(game, adjusted=p) for (name, game), p in zip(games.items(), adjusted, strict=True)
    }
    return contrasts


def _contrast(found: Paired) -> Contrast:
    return Contrast(
        n=found.n,
        boards=found.boards,
        a=found.second,
        b=found.first,
        difference=found.difference,
        only_a=found.only_second,
        only_b=found.only_first,
        p=mcnemar(found.only_first, found.only_second),
    )


# --- Text -----------------------------------------------------------------------------------------


def markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown: one table for each view, one line for each group."""
    first, second = comparison.names
    of_first, of_second = comparison.left_out
    parts = [
        f"# {first} and {second}",
        "Compared are the questions that both answered under the same view. Left out:"
        f" {counted(of_first, 'reply', 'replies')} of {first}, {counted(of_second, 'reply', 'replies')} of {second}.",
    ]
    for view, by in comparison.views.items():
        parts += [f"## View: {view.value}", _table(comparison.names, by)]
    return "\n\n".join([*parts, _NOTES]) + "\n"


def _table(names: tuple[str, str], by: Mapping[str, Mapping[str, Contrast]]) -> str:
    first, second = names
    head = (
        "by", "group", "questions", "boards", first, second, f"{second} minus {first} (points)", "95 % interval",
        f"only {first} right", f"only {second} right", "p", "p over games",
    )  # fmt: skip
    rows = [
        ("" if dimension == OVERALL else dimension, name, *_cells(found))
        for dimension, of_groups in by.items()
        for name, found in of_groups.items()
    ]
    return markdown_table(head, rows)


def _cells(found: Contrast) -> tuple[str, ...]:
    low, high = (f"{100 * bound:+.1f}" for bound in found.difference[1:])
    return (
        str(found.n), str(found.boards), f"{found.a:.1%}", f"{found.b:.1%}", f"{100 * found.difference.value:+.1f}",
        f"{low} to {high}", str(found.only_a), str(found.only_b), _p(found.p),
        "" if found.adjusted is None else _p(found.adjusted),
    )  # fmt: skip


def _p(p: float) -> str:
    return f"{p:.4f}" if p >= 0.0001 else "<0.0001"


_NOTES = """\
Replies are scored by the rules. Intervals: paired bootstrap over boards, 95 %. p: exact two-sided McNemar test on the
questions that only one of the two has right; p over games: the same, adjusted for the number of games (Holm)."""
