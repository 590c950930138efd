"""Scoring replies by the rules of `gameqa.score`, and finding the questions they answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gameqa.core.answers import score
from gameqa.core.engine import from_data_id
from gameqa.core.errors import GameQAError, UsageError
from gameqa.tools.progress import progress

from .records import Graded, Reply

Questions = Callable[[str], Mapping[str, Any] | None]
"""Gives the columns of a question by its `data_id`, with or without `image`; None when there is no such question."""


def graded_by_rules(row: Mapping[str, Any], reply: Reply | str) -> Graded:
    """Score one reply to a question.

    Args:
        row: the columns of the question, those of the picture and the provenance not needed.
        reply: the reply, or only its text.
    """
    if isinstance(reply, str):
        reply = Reply(data_id=row["data_id"], reply=reply)
    found = score(reply.reply, row)
    return Graded(
        reply=reply,
        right=bool(found.value),
        extracted=found.extracted,
        reason=found.reason,
        game=row["game_name"],
        category=row["game_category"],
        domain=row["domain"],
        task=row["task"],
        qa_type=row["qa_type"],
        qa_level=row["qa_level"],
        plot_level=row["plot_level"],
        answer_kind=row["answer_kind"],
        answer=row["answer"],
        options=tuple(row["options"]),
        state_hash=row["state_hash"] or row["data_id"],
    )


def grade(replies: Sequence[Reply], questions: Questions) -> list[Graded]:
    """Score replies, in their order.

    Raises:
        UsageError: a reply to a question that does not exist, or two replies to one question under one view.
    """
    seen: set[tuple[str, str]] = set()
    graded: list[Graded] = []
    rows: dict[str, Mapping[str, Any]] = {}
    for reply in progress(replies, len(replies), "scoring", "replies"):
        if (reply.view, reply.data_id) in seen:
            raise UsageError(
                f"{reply.data_id!r} is answered twice under the view {reply.view.value}; allowed is one reply to each"
            )
        seen.add((reply.view, reply.data_id))
        row = rows.get(reply.data_id) or questions(reply.data_id)
        if row is None:
            raise UsageError(f"there is no question {reply.data_id!r} in the data that the replies are scored against")
        rows[reply.data_id] = row
        graded.append(graded_by_rules(row, reply))
    return graded


def made_questions(data_id: str) -> Mapping[str, Any] | None:
    """Make a question of gameqa anew from its `data_id`."""
    try:
        sample = from_data_id(data_id)
    except UsageError:
        return None
    return _Made(sample.row(image=False), sample)


class _Made(dict[str, Any]):
    """Columns of a sample; the picture is drawn when it is asked for."""

    def __init__(self, columns: Mapping[str, Any], sample: Any) -> None:
        super().__init__(columns)
        self._sample = sample

    def __missing__(self, name: str) -> Any:
        if name != "image":
            raise KeyError(name)
        return {"bytes": self._sample.png(), "path": self._sample.file_name}


def stored_questions(data: str, split: str = "test") -> Questions:
    """Return the questions of a data set: the folder of a build or import, or OWNER/NAME on the Hub.

    The files of the published data will do as well; see `published`.

    Raises:
        UsageError: it cannot be read, or holds no such split.
    """
    import datasets

    from .published import published_rows

    try:
        table = published_rows(data, split).cast_column("image", datasets.Image(decode=False))
    except (ValueError, OSError, GameQAError) as error:
        raise UsageError(f"{data} cannot be read as a data set with a split {split!r}: {error}") from error
    places = {name: place for place, name in enumerate(table["data_id"])}
    return lambda data_id: table[places[data_id]] if data_id in places else None


def png_of(row: Mapping[str, Any]) -> bytes | None:
    """Return the picture of a question as PNG bytes, None when it has none."""
    try:
        image = row["image"]
    except KeyError:
        return None
    return image.get("bytes") if isinstance(image, Mapping) else None
