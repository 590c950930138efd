"""Blind guessing: how far a learned guesser gets that sees all of a row but the board.

For a choice question it scores each option by gradient-boosted trees over what the option and its rivals look like
(value, rank, length, distances, shared parts, how often such a text was right, what the question names) and takes the
best; for a fill-in question a random forest guesses among the common answers from the params and the words. Trained on
one half of the rows of a task and tested on the other, both ways round.
"""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from zlib import crc32

from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.game import Level

from .criteria import CONFIDENCE, Cell, judged
from .rows import Entry, Rows

FEWEST = 40
"""Rows of a task below which nothing is learned."""
CLASSES = 40
"""Fill-in answers, the most common first, that the guesser can give."""
WORDS = 32
"""Buckets that words of question and params are counted in."""
PARTS = 6
"""Parts of an option or of the params that are looked at one by one."""

_WORD = re.compile(r"[A-Za-z]+|\d+")


def measure(game: str, rows: Rows) -> Iterator[Cell]:
    """Yield the cells `blind_choice` or `blind_fill_in` of every task with enough rows."""
    for task in dict.fromkeys(task for task, _ in rows):
        entries = [entry for (slug, _), part in rows.items() if slug == task for entry in part]
        if len(entries) < FEWEST:
            continue
        choice = entries[0].columns["answer_kind"] == AnswerKind.CHOICE
        right = guessed(entries, choice)
        for level in dict.fromkeys(level for slug, level in rows if slug == task):
            places = [place for place, entry in enumerate(entries) if entry.columns["plot_level"] == level]
            yield _cell((game, task, level), [entries[p] for p in places], [right[p] for p in places], choice)


def _cell(place: tuple[str, str, str], entries: list[Entry], right: list[bool], choice: bool) -> Cell:
    from scipy.stats import binomtest

    low, high = binomtest(sum(right), len(right)).proportion_ci(CONFIDENCE, "wilson")
    value = sum(right) / len(right), float(low), float(high)
    if not choice:
        return judged("blind_fill_in", place, len(right), value)
    chance = sum(1 / len(entry.columns["options"]) for entry in entries) / len(entries)
    above = value[0] - chance, value[1] - chance, value[2] - chance
    return judged("blind_choice", place, len(right), above)


def guessed(entries: Sequence[Entry], choice: bool) -> list[bool]:
    """Return for every row whether the guesser that was trained on the other half gets it right."""
    right = [False] * len(entries)
    halves = [range(0, len(entries), 2), range(1, len(entries), 2)]
    for train, test in (halves, halves[::-1]):
        known, asked = [entries[place] for place in train], [entries[place] for place in test]
        guesses = _choose(known, asked) if choice else _fill_in(known, asked)
        for place, guess in zip(test, guesses, strict=True):
            right[place] = guess in entries[place].columns["accepted"]
    return right


def _choose(known: Sequence[Entry], asked: Sequence[Entry]) -> list[str]:
    """Return the letter of the best-scored option of every question."""
    import numpy as np
    from sklearn.ensemble import HistGradientBoostingClassifier

    listed: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for entry in known:
        listed.update(entry.columns["options"])
        hits[_right_text(entry)] += 1
    rows = [row for entry in known for row in _option_rows(entry, listed, hits, own=True)]
    labels = [place == _right(entry) for entry in known for place in range(len(entry.columns["options"]))]
    model = HistGradientBoostingClassifier(max_iter=80, min_samples_leaf=20, random_state=0)
    model.fit(np.array(rows), np.array(labels))
    letters: list[str] = []
    scores = iter(model.predict_proba(np.array([r for e in asked for r in _option_rows(e, listed, hits)]))[:, 1])
    for entry in asked:
        own = [next(scores) for _ in entry.columns["options"]]
        letters.append(LETTERS[own.index(max(own))])
    return letters


def _right(entry: Entry) -> int:
    return LETTERS.index(entry.columns["answer"])


def _right_text(entry: Entry) -> str:
    return entry.columns["options"][_right(entry)]


def _option_rows(entry: Entry, listed: Counter[str], hits: Counter[str], own: bool = False) -> Iterator[list[float]]:
    """Yield the features of every option; with `own`, the row itself is taken out of the counts of texts."""
    from rapidfuzz.distance import Levenshtein

    texts = entry.columns["options"]
    values = (entry.params or {}).get("options") or texts
    parts = [_flat(value) for value in values]
    numbers = [_number(value) for value in values]
    lengths = [len(text) for text in texts]
    asked = _asked(entry)
    question = Counter(_WORD.findall(entry.columns["query"]))
    context = [float([*Level].index(entry.columns["plot_level"])), *asked[:PARTS]]
    for place, text in enumerate(texts):
        rivals = [other for other in range(len(texts)) if other != place]
        apart = [Levenshtein.normalized_distance(text, texts[other]) for other in rivals] or [0.0]
        gaps = [abs(numbers[place] - numbers[other]) for other in rivals] or [0.0]
        shared = [
            sum(position < len(parts[other]) and parts[other][position] == part for other in rivals)
            for position, part in enumerate(parts[place][:PARTS])
        ]
        whole = [len(set(parts[place]) & set(parts[other])) for other in rivals] or [0]
        times = listed[text] - own
        share = (hits[text] - (own and _right_text(entry) == text) + 1) / (times + len(texts))
        words = _WORD.findall(text)
        yield [
            *context,
            float(lengths[place]),
            float(sum(length < lengths[place] for length in lengths)),
            float(sum(length == lengths[place] for length in lengths)),
            numbers[place],
            float(sum(number < numbers[place] for number in numbers)),
            min(gaps),
            sum(gaps),
            min(apart),
            sum(apart) / len(apart),
            max(apart),
            float(sum(shared)),
            float(sum(whole)),
            float(max(whole)),
            *_padded([float(count) for count in shared]),
            *_padded([_scalar(part) for part in parts[place]]),
            float(len(parts[place])),
            float(len(set(parts[place]))),
            share,
            float(times),
            float(sum(question[word] for word in words)),
            *[numbers[place] - given for given in asked[:3]],
            float(place),
        ]


def _fill_in(known: Sequence[Entry], asked: Sequence[Entry]) -> list[str]:
    """Return the guessed answer of every question."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier

    counts = Counter(entry.columns["answer"] for entry in known).most_common(CLASSES)
    common = [answer for place, (answer, times) in enumerate(counts) if times > 1 or place == 0]
    told = [entry for entry in known if entry.columns["answer"] in common]
    model = RandomForestClassifier(150, min_samples_leaf=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # many classes for few rows are no mistake here
        model.fit(np.array([_words(entry) for entry in told]), [entry.columns["answer"] for entry in told])
    return [str(answer) for answer in model.predict(np.array([_words(entry) for entry in asked]))]


def _words(entry: Entry) -> list[float]:
    """Return level, params and counted words of a question."""
    buckets = [0.0] * WORDS
    for word in _WORD.findall(entry.columns["query"]):
        buckets[crc32(word.encode()) % WORDS] += 1
    level = float([*Level].index(entry.columns["plot_level"]))
    return [level, float(len(entry.columns["query"])), *_padded(_asked(entry), 2 * PARTS), *buckets]


def _asked(entry: Entry) -> list[float]:
    """Return the params besides the options as numbers; of imported rows the numbers in the question."""
    if entry.params is None:
        numbers = [float(number) for number in re.findall(r"\d+", entry.columns["query"])]
    else:
        given = {name: value for name, value in sorted(entry.params.items()) if name != "options"}
        numbers = [_scalar(part) for part in _flat([*given.values()])]
    return _padded(numbers, 2 * PARTS)


def _flat(value: Any) -> list[Any]:
    """Return the scalars within a JSON value, in order."""
    if isinstance(value, dict):
        return [part for name in sorted(value) for part in _flat(value[name])]
    return [part for item in value for part in _flat(item)] if isinstance(value, list) else [value]


def _scalar(value: Any) -> float:
    """Return a scalar as a number; words by their hash, so that equal words are equal numbers."""
    return float(value) if isinstance(value, int | float) else float(crc32(json.dumps(value).encode()) % 9973)


def _number(value: Any) -> float:
    """Return a number as it is, and the sum of the numbers within anything else."""
    return float(sum(part for part in _flat(value) if isinstance(part, int | float)))


def _padded(numbers: list[float], length: int = PARTS) -> list[float]:
    return [*numbers[:length], *[-1.0] * (length - len(numbers))]
