"""Difficulty rises with the level: rank tests between neighbouring levels.

The value is the common-language effect size, the Mann-Whitney statistic over the number of pairs (McGraw and Wong,
1992): how often a row of the harder level is above one of the easier, ties counting half.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise

from gameqa.core.game import Level

from .criteria import CONFIDENCE, Cell, judged
from .rows import Entry, Rows

PROXIES: dict[str, Callable[[Entry], float]] = {
    "difficulty": lambda entry: entry.columns["difficulty"],
    "length": lambda entry: len(entry.columns["analysis"]),
    "board_size": lambda entry: len(entry.columns["state"]),
}
"""Criteria and the figure of a row that each compares."""


def measure(game: str, rows: Rows) -> Iterator[Cell]:
    """Yield the cells of `PROXIES` for Medium over Easy and Hard over Medium, at the harder level."""
    for task in dict.fromkeys(task for task, _ in rows):
        parts = [(level, rows[task, level]) for level in Level if (task, level) in rows]
        for (_, easier), (level, harder) in pairwise(parts):
            for name, figure in PROXIES.items():
                above = effect([figure(entry) for entry in easier], [figure(entry) for entry in harder])
                yield judged(name, (game, task, level), len(easier) + len(harder), above)


def effect(easier: list[float], harder: list[float]) -> tuple[float, float, float]:
    """Return how often a harder one is above an easier one, with its interval by Hanley and McNeil (1982)."""
    from scipy.stats import mannwhitneyu, norm

    pairs = len(easier) * len(harder)
    share = float(mannwhitneyu(harder, easier).statistic) / pairs
    one, two = share / (2 - share), 2 * share**2 / (1 + share)
    spread = share * (1 - share) + (len(harder) - 1) * (one - share**2) + (len(easier) - 1) * (two - share**2)
    half = float(norm.ppf((1 + CONFIDENCE) / 2)) * (max(spread, 0.0) / pairs) ** 0.5
    return share, max(0.0, share - half), min(1.0, share + half)
