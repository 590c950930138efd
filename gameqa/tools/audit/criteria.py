"""What is measured and what counts as good: the one table of bounds, and the cells that measures fill."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import msgspec

CONFIDENCE = 0.999
"""Of the intervals of shares: hundreds of cells are compared, and hardly any may fail by chance."""
WORST = 5
"""Rows that a cell names as examples of what is wrong with it."""


class Verdict(StrEnum):
    """How a cell came out."""

    PASS = "pass"
    UNSURE = "unsure"
    """Beyond its bound, but the interval still holds the bound: too few rows to tell."""
    FAIL = "fail"
    TOLD = "told"
    """Reported without a bound."""


class Criterion(msgspec.Struct, frozen=True):
    """One thing that is measured.

    Attributes:
        name, title: as in JSON, and for people.
        about: what the value is, in plain words.
        most, least: bounds of the value; both None: it is only told.
        percent: whether the value is a share.
    """

    name: str
    title: str
    about: str
    most: float | None = None
    least: float | None = None
    percent: bool = True


CRITERIA = {
    one.name: one
    for one in (
        Criterion("readable", "Rows read", "Share of rows that break the schema of their game.", most=0),
        Criterion(
            "labels",
            "Labels",
            "Share of rows whose answer is another one when solved again from the row alone.",
            most=0,
        ),
        Criterion(
            "second_method",
            "Second method",
            "Share of rows where an independent checker, written without a look at the solver, finds another answer.",
            most=0,
        ),
        Criterion(
            "steps", "Worked steps", "Share of rows with a step of the analysis that the checker denies.", most=0
        ),
        Criterion(
            "options", "Options", "Share of rows with a wrong number of options, or two that look alike.", most=0
        ),
        Criterion(
            "letters",
            "Letters",
            "Chi-square test of the right letters against even shares: its p value.",
            least=1e-6,
            percent=False,
        ),
        Criterion(
            "majority",
            "Most common answer",
            "Share of rows that the most common answer of a fill-in task gets right.",
            most=0.5,
        ),
        Criterion(
            "blind_choice",
            "Blind guess over chance",
            "Points above chance of a learned guesser that sees all but the board, on rows it was not trained on.",
            most=0.10,
        ),
        Criterion(
            "blind_fill_in",
            "Blind guess, fill-in",
            "Share that a learned guesser gets right that sees all but the board, on rows it was not trained on.",
            most=0.35,
        ),
        Criterion("read_full", "Picture read", "Share of pictures that the reader reads wrongly.", most=0),
        Criterion("read_small", "Read at 75 %", "The same, after shrinking to 75 % of width and height.", most=0),
        Criterion("read_jpeg", "Read after JPEG", "The same, after JPEG with quality 85.", most=0),
        Criterion(
            "difficulty",
            "Harder level",
            "How often a row is more difficult than one of the level before (ties half): 50 % is no difference.",
            least=0.6,
        ),
        Criterion("length", "Longer analysis", "The same for the length of the analysis."),
        Criterion("board_size", "Larger board", "The same for the length of the state as text."),
        Criterion("repeats", "Repeated questions", "Share of rows that ask the question of another row.", most=0),
        Criterion("leaks", "Boards in two splits", "Share of rows whose board stands in another split too.", most=0),
        Criterion(
            "lookalikes", "Look-alikes", "Share of boards whose picture has the perceptual hash of another board's."
        ),
        Criterion("seeds", "Questions of another seed", "Share of questions that the next seed asks too."),
        Criterion("texts", "Texts", "Share of rows with a slip in their words.", most=0),
        Criterion("remade", "Made again", "Share of rows that a fresh process makes otherwise, byte by byte.", most=0),
    )
}
"""Every criterion by its name, in the order of the report."""

EXCEPTIONS: dict[tuple[str, str, str], tuple[float, str]] = {}
"""(criterion, game, task): another bound, and why the game's rules ask for it."""


class Flaw(msgspec.Struct, frozen=True):
    """A row with something wrong.

    Attributes:
        data_id: of the row.
        why: in one sentence.
    """

    data_id: str
    why: str


class Cell(msgspec.Struct, frozen=True):
    """One criterion measured on one game, task and level; `all` where it is not told apart.

    Attributes:
        criterion, game, task, level: what was measured where.
        rows: how many rows it was measured on.
        value: what came out, see the criterion.
        low, high: bounds of its interval; both equal `value` where a count is exact.
        bound: that the value is compared with; None: it is only told.
        verdict: how it came out.
        flaws: the number of flawed rows.
        worst: some of them.
    """

    criterion: str
    game: str
    task: str
    level: str
    rows: int
    value: float
    low: float
    high: float
    bound: float | None
    verdict: Verdict
    flaws: int = 0
    worst: tuple[Flaw, ...] = ()


def counted(criterion: str, game: str, task: str, level: str, rows: int, flaws: Iterable[Flaw]) -> Cell:
    """Return the cell of a share of flawed rows; each row counts once."""
    found = {flaw.data_id: flaw for flaw in flaws}
    share = len(found) / rows if rows else 0.0
    return judged(criterion, (game, task, level), rows, (share, share, share), len(found), [*found.values()][:WORST])


def judged(
    criterion: str,
    place: tuple[str, str, str],
    rows: int,
    value: tuple[float, float, float],
    flaws: int = 0,
    worst: Iterable[Flaw] = (),
    bound: float | None = None,
) -> Cell:
    """Return a cell with its verdict.

    Args:
        criterion: a name in `CRITERIA`.
        place: game, task and level.
        rows: how many rows were measured.
        value: the value with the bounds of its interval.
        flaws, worst: the number of flawed rows, and some of them.
        bound: in place of the criterion's own.
    """
    one = CRITERIA[criterion]
    found, low, high = value
    if bound is None:
        excepted, _ = EXCEPTIONS.get((criterion, *place[:2]), (None, ""))
        bound = next((limit for limit in (excepted, one.most, one.least) if limit is not None), None)
    if bound is None:
        verdict = Verdict.TOLD
    elif found >= bound if one.least is not None else found <= bound:
        verdict = Verdict.PASS
    else:
        beyond = high < bound if one.least is not None else low > bound
        verdict = Verdict.FAIL if beyond else Verdict.UNSURE
    return Cell(criterion, *place, rows, found, low, high, bound, verdict, flaws, tuple(worst))


class Audit(msgspec.Struct, frozen=True):
    """The result of an audit.

    Attributes:
        source: what was audited.
        made_with: versions of the package and of the libraries that measure.
        rows: how many rows were looked at.
        unread: in plain words, for each game whose pictures are not read back whole, what is not covered.
        notes: what could not be measured, and why.
        cells: what came out.
    """

    source: str
    made_with: dict[str, str]
    rows: int
    unread: dict[str, str]
    notes: list[str]
    cells: list[Cell]

    @property
    def failed(self) -> list[Cell]:
        """The cells that are certainly beyond their bound."""
        return [cell for cell in self.cells if cell.verdict is Verdict.FAIL]


def shown(criterion: str, value: Any) -> str:
    """Return a value of a criterion as text."""
    return f"{100 * value:.1f} %" if CRITERIA[criterion].percent else f"{value:.2g}"
