"""How sure a share is: intervals by bootstrap over boards, and paired tests.

Replies about one board are not independent: who misreads the board misses all its questions. So boards are drawn, not
replies: the cluster bootstrap (Field and Welsh 2007; for evaluations of language models, clustered errors are asked
for by Miller 2024, "Adding Error Bars to Evals"). Intervals hold 95 % and are taken from the percentiles of
2,000 resamples (Efron 1979; Efron and Tibshirani 1993).

The boards of a whole view are drawn at once, and every cell, such as a game, reads its own replies off the same draws,
so it finds more of its boards in one resample and fewer in another. For large cells that makes no difference; small
ones get the somewhat wider interval they need, since percentiles of k boards are too narrow by about the root of
(k - 1) / k. Boards are drawn whatever their task, which makes cells of many tasks wide rather than narrow.

Where all resamples give one and the same value, as for 5 right replies of 5, there is nothing to take percentiles of,
and [1, 1] would claim too much. Then the interval is that of Wilson (1927) on the number of boards; see `interval`.

The seed is fixed: the same replies give the same interval, in whatever order they come (with one version of numpy).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from .records import Estimate

RESAMPLES = 2_000
SEED = 20_250_513
Z = 1.959964
"""Standard normal quantile of 97.5 %."""
BLOCK = 4_000_000
"""Numbers that are held at a time while drawing, to bound memory."""

Floats = NDArray[np.float64]
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Draws(Generic[T]):
    """Boards drawn with replacement, as often as there are boards, 2,000 times.

    Attributes:
        outcomes: what can come out of a reply, sorted.
        counts: outcomes × (1 + resamples): how many replies have it, in the data itself (first) and in each resample.
        codes: replies × 2: of each reply, the place of its outcome, and a number that stands for its board.
    """

    outcomes: Sequence[T]
    counts: Floats
    codes: NDArray[np.int64]

    @property
    def boards(self) -> int:
        """How many boards the replies are about."""
        return len(np.unique(self.codes[:, 1]))

    def of(self, places: Sequence[int]) -> "Draws[T]":
        """Return the same draws, of some replies only; no other reply may have the same outcome as one of these."""
        chosen = self.codes[places]
        rows, outcomes = np.unique(chosen[:, 0], return_inverse=True)
        return Draws([self.outcomes[row] for row in rows], self.counts[rows], np.column_stack((outcomes, chosen[:, 1])))

    def number(self, counted: Callable[[T], bool] = lambda outcome: True) -> Floats:
        """Return how many replies are counted, in the data and in every resample."""
        return self.counts[[counted(outcome) for outcome in self.outcomes]].sum(axis=0)

    def share(self, hit: Callable[[T], bool], among: Callable[[T], bool] = lambda outcome: True) -> Floats:
        """Return the share of replies that `hit`, `among` those that count, in the data and in every resample.

        It is not a number where none counts.
        """
        return _ratio(self.number(lambda outcome: among(outcome) and hit(outcome)), self.number(among))

    def mean_share(self, group: Callable[[T], Any], hit: Callable[[T], bool]) -> Floats:
        """Return the mean over groups of each group's share of replies that `hit`, every group counting the same.

        Groups of which a resample holds no reply do not count in it.
        """
        number: dict[Any, int] = {}
        groups = np.array([number.setdefault(group(outcome), len(number)) for outcome in self.outcomes])
        hits = self.counts * np.array([[hit(outcome)] for outcome in self.outcomes])
        shares = _ratio(_summed(hits, groups), _summed(self.counts, groups))
        return _ratio(np.nansum(shares, axis=0), np.sum(~np.isnan(shares), axis=0))


def _summed(rows: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return the sum of the rows of each label; labels count from 0 up, and each occurs."""
    order = np.argsort(labels, kind="stable")
    starts = np.unique(labels[order], return_index=True)[1]
    # Much faster than np.add.reduceat, which goes through long rows number by number.
    return np.stack([rows[places].sum(axis=0) for places in np.split(order, starts[1:])])


def _ratio(parts: Floats, wholes: Floats) -> Floats:
    return np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0)


def draw(boards: Sequence[Hashable], outcomes: Sequence[T]) -> Draws[T]:
    """Draw boards with replacement.

    Boards with equal outcomes are interchangeable, so not boards are drawn but how many there are of each kind, which
    is multinomial: exactly the same bootstrap, with fewer numbers.

    Args:
        boards: of each reply, the board it is about; at least one reply.
        outcomes: of each reply, what came out of it; they must be sortable.
    """
    names: list[T] = sorted(set(outcomes))  # pyright: ignore[reportArgumentType]
    code = {name: place for place, name in enumerate(names)}
    number = {board: place for place, board in enumerate(dict.fromkeys(boards))}
    codes = np.array([(code[outcome], number[board]) for board, outcome in zip(boards, outcomes, strict=True)])
    on_board: list[list[int]] = [[] for _ in number]
    for outcome, board in codes.tolist():
        on_board[board].append(outcome)
    kinds = sorted(Counter(tuple(sorted(found)) for found in on_board).items())
    often = np.array([boards_of_kind for _, boards_of_kind in kinds])
    held = np.array([(place, outcome) for place, (kind, _) in enumerate(kinds) for outcome in kind])
    rng = np.random.default_rng(SEED)
    counts = [_summed(often[held[:, :1]].astype(np.float64), held[:, 1])]
    block = max(1, BLOCK // len(held))
    for start in range(0, RESAMPLES, block):
        drawn = rng.multinomial(len(number), often / len(number), size=min(block, RESAMPLES - start))
        counts.append(_summed(drawn.T.astype(np.float64)[held[:, 0]], held[:, 1]))
    return Draws(names, np.concatenate(counts, axis=1), codes)


def interval(values: Floats, boards: int, lowest: float = 0.0) -> Estimate:
    """Return a value with its 95 % interval.

    When all resamples agree, all boards are alike in what was measured. Of none among n boards that are unlike these,
    Wilson's upper bound is u = z² / (n + z²); the interval is how far a share u of boards at the lowest or at the
    highest possible value would move the whole. For shares of 0 and 1 this is Wilson's interval itself.

    Args:
        values: in the data (first) and in the resamples (others), as `Draws` gives them; resamples that are not a
            number are passed over.
        boards: how many boards there are.
        lowest: the least value that is possible: 0 for a share, -1 for a difference; the greatest is 1.
    """
    value = float(values[0])
    known = values[1:][~np.isnan(values[1:])]
    low, high = (float(bound) for bound in np.quantile(known if len(known) else values[:1], (0.025, 0.975)))
    if high - low < 1e-12:  # sums of the same shares may differ in the last bits
        unlike = Z**2 / (boards + Z**2)
        low, high = (1 - unlike) * value + unlike * lowest, (1 - unlike) * value + unlike
    return Estimate(value, min(low, value), max(high, value))


class Paired(NamedTuple):
    """Two series of replies to the same questions.

    Attributes:
        n: questions.
        boards: different boards they are about.
        first, second: share of right replies of either.
        difference: first minus second, with the interval of the paired bootstrap over boards.
        only_first, only_second: questions which only the one, or only the other, has right.
    """

    n: int
    boards: int
    first: float
    second: float
    difference: Estimate
    only_first: int
    only_second: int


def paired(drawn: Draws[T], first: Callable[[T], bool], second: Callable[[T], bool]) -> Paired:
    """Compare two series of replies to the same questions.

    Args:
        drawn: the questions, at least one; an outcome is what came out of both replies to a question.
        first, second: whether the one and the other reply is right.
    """
    of_first, of_second = drawn.share(first), drawn.share(second)
    return Paired(
        n=int(drawn.number()[0]),
        boards=drawn.boards,
        first=float(of_first[0]),
        second=float(of_second[0]),
        difference=interval(of_first - of_second, drawn.boards, lowest=-1.0),
        only_first=int(drawn.number(lambda pair: first(pair) and not second(pair))[0]),
        only_second=int(drawn.number(lambda pair: second(pair) and not first(pair))[0]),
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p of McNemar's test (1947): of the discordant questions, half go either way.

    The test takes questions as independent; where boards carry several questions the interval is the safer guide.

    >>> round(mcnemar(10, 2), 5)
    0.03857
    """
    discordant = only_first + only_second
    ways = tail = 1  # whole numbers of any size: exact, and no overflow
    for wins in range(min(only_first, only_second)):
        ways = ways * (discordant - wins) // (wins + 1)
        tail += ways
    return min(1.0, 2 * tail / 2**discordant)


def holm(ps: Iterable[float]) -> list[float]:
    """Return p values adjusted for how many there are, in their order (Holm 1979, step-down).

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    given = list(ps)
    adjusted = [1.0] * len(given)
    highest = 0.0
    for place, index in enumerate(sorted(range(len(given)), key=given.__getitem__)):
        highest = max(highest, min(1.0, (len(given) - place) * given[index]))
        adjusted[index] = highest
    return adjusted
