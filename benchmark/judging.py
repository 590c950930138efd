"""The judge beside the rules: its word on graded replies, and how often the two agree."""

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from gameqa.core.answers import LETTERS
from gameqa.core.errors import Interrupted, UsageError, choice_error
from gameqa.core.words import counted
from gameqa.tools.progress import progress_bar

from .records import Graded, Verdict
from .scoring import Questions
from .tables import markdown_table

if TYPE_CHECKING:
    from gameqa.tools.judge import Judge

SCOPES = ("unparsed", "all")
"""Which replies a judge is asked about: those the rules could not read, or all."""
EXAMPLES = 20
"""Disagreements that are shown."""
SHOWN = 160
"""Characters at the end of a reply that are shown."""


def judge_replies(
    graded: Sequence[Graded], questions: Questions, judge: "Judge", scope: str = "unparsed"
) -> list[Graded]:
    """Return the replies in their order, with the judge's word on those it was asked about.

    Warns, with the most frequent reason, when replies stay unjudged.

    Args:
        graded: replies scored by the rules.
        questions: where their questions are found.
        judge: the judge.
        scope: one of SCOPES.

    Raises:
        UsageError: unknown scope, unknown question, or a judge that cannot be asked, see `Judge.ask_all`.
        GameQAError: the judge cannot be reached; what it said before is kept.
        Interrupted: by Ctrl-C; what the judge said is kept.
    """
    if scope not in SCOPES:
        raise choice_error("judge scope", scope, SCOPES)
    places = [place for place, one in enumerate(graded) if scope == "all" or not one.parsable]

    def items() -> Iterator[tuple[Mapping[str, Any], str]]:
        for place in places:
            reply = graded[place].reply
            row = questions(reply.data_id)
            if row is None:
                raise UsageError(f"there is no question {reply.data_id!r} in the data that the replies are judged by")
            yield row, reply.reply

    try:
        with progress_bar("judging", "replies", len(places)) as bar:
            said = judge.ask_all(items(), bar)
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what the judge said is kept, run again to go on") from None
    unclear = Counter(why for word, why in said if word == "unjudged")
    if unclear:
        [(why, times)] = unclear.most_common(1)
        warnings.warn(
            f"{unclear.total()} of {counted(len(said), 'reply', 'replies')} got no clear word from {judge.model};"
            f" the most frequent reason, {times} of them: {why}",
            stacklevel=2,
        )
    judged = list(graded)
    for place, (word, _) in zip(places, said, strict=True):
        judged[place] = replace(graded[place], verdict=Verdict(word))
    return judged


# --- Agreement ------------------------------------------------------------------------------------


class Counts(NamedTuple):
    """Rules against judge: how many replies both, only one, or neither found right."""

    both_right: int
    only_rules: int
    only_judge: int
    both_wrong: int

    @property
    def n(self) -> int:
        """Replies that have the word of both."""
        return sum(self)

    @property
    def agree(self) -> float | None:
        """Share of replies on which both say the same; None when there are no replies."""
        return (self.both_right + self.both_wrong) / self.n if self.n else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: agreement beyond chance, over the most there could be.

        None when both always say one and the same, so that chance alone would agree as well. Source: Cohen 1960,
        doi 10.1177/001316446002000104.
        """
        if self.agree is None:
            return None
        rules, judge = self.both_right + self.only_rules, self.both_right + self.only_judge
        chance = (rules * judge + (self.n - rules) * (self.n - judge)) / self.n**2
        return (self.agree - chance) / (1 - chance) if chance < 1 else None


@dataclass(frozen=True)
class Agreement:
    """How often the rules and the judge agree, on the replies that have the word of both.

    Attributes:
        every: all of these replies.
        parsable: those in which the rules could read a final answer.
        unparsable: the others; the rules count them as wrong.
        unjudged: further replies, on which the judge was asked and gave no clear word.
        disagreements: the replies on which the two differ.
    """

    every: Counts
    parsable: Counts
    unparsable: Counts
    unjudged: int
    disagreements: tuple[Graded, ...]


def agreement(graded: Iterable[Graded]) -> Agreement:
    """Compare the rules with the judge, on the replies that the judge was asked about."""
    graded = list(graded)
    judged = [one for one in graded if one.verdict in (Verdict.RIGHT, Verdict.WRONG)]
    return Agreement(
        every=_counts(judged),
        parsable=_counts(one for one in judged if one.parsable),
        unparsable=_counts(one for one in judged if not one.parsable),
        unjudged=sum(one.verdict is Verdict.UNJUDGED for one in graded),
        disagreements=tuple(one for one in judged if one.right is not (one.verdict is Verdict.RIGHT)),
    )


def _counts(judged: Iterable[Graded]) -> Counts:
    pairs = Counter((one.right, one.verdict is Verdict.RIGHT) for one in judged)
    return Counts(pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False])


def agreement_markdown(found: Agreement, examples: int = EXAMPLES) -> str:
    """Return an agreement as Markdown: a table of counts, and up to `examples` disagreements, evenly spread."""
    head = (
        "replies",
        "n",
        "agree",
        "Cohen's kappa",
        "both right",
        "only rules right",
        "only judge right",
        "both wrong",
    )
    lines = {"all": found.every, "the rules could read": found.parsable, "the rules could not read": found.unparsable}
    rows = [
        (
            name,
            str(counts.n),
            "" if counts.agree is None else f"{counts.agree:.1%}",
            "" if counts.kappa is None else f"{counts.kappa:.3f}",
            *map(str, counts),
        )
        for name, counts in lines.items()
    ]
    parts = [
        "# Rules and judge",
        markdown_table(head, rows),
        f"Unjudged, and not counted above: {counted(found.unjudged, 'reply', 'replies')}."
        " Kappa is left out where both always say one and the same.",
    ]
    if found.disagreements:
        step = max(1, -(-len(found.disagreements) // examples))
        shown = found.disagreements[::step]
        parts += [
            f"## Disagreements: {len(shown)} of {len(found.disagreements)}",
            markdown_table(
                ("question", "view", "right answer", "the rules read", "rules", "judge", "end of the reply"),
                map(_example, shown),
            ),
        ]
    return "\n\n".join(parts)


def _example(one: Graded) -> tuple[str, ...]:
    reply = one.reply.reply
    return (
        one.reply.data_id,
        one.reply.view.value,
        _with_text(one.answer, one.options),
        _with_text(one.extracted, one.options) or one.reason,
        "right" if one.right else "wrong",
        one.verdict.value,
        reply if len(reply) <= SHOWN else f"…{reply[-SHOWN:]}",
    )


def _with_text(answer: str, options: Sequence[str]) -> str:
    """Return a letter with the text of its option; any other answer as it is."""
    place = LETTERS.find(answer) if len(answer) == 1 else -1
    return f"{answer}. {options[place]}" if 0 <= place < len(options) else answer
