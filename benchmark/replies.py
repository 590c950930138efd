"""Reading replies from any harness, and keeping those of a run.

A file of replies is JSON lines (`.jsonl`). Each line is one of

* ours: `{"data_id": …, "reply": …}`, with `view` and `finish` when they are known;
* a line that lm-eval writes under `--log_samples`: the question in `doc`, the reply in `filtered_resps` or `resps`; the
  view follows from what was sent to the model. (Those of lmms-eval hold our own fields, see `lmms`.)
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gameqa.core.errors import UsageError
from gameqa.core.files import writing

from .records import Reply, View

FILE = "replies.jsonl"
"""Name of the replies in the folder of a run; further processes of the run write `replies-<rank>.jsonl`."""


def read(path: Path) -> list[Reply]:
    """Return the replies of a file, or of the folder of a run.

    Raises:
        UsageError: the file does not exist, or a line is no reply; the message names it.
    """
    if path.is_dir():
        return read_run(path)
    try:
        return list(_lines(path, path.read_bytes()))
    except OSError as error:
        raise UsageError(f"cannot read replies from {path}: {error.strerror}") from error


def read_run(folder: Path, name: str = FILE) -> list[Reply]:
    """Return all replies in the folder of a run; a last line that a killed process left half-written is passed over.

    Args:
        folder: the folder.
        name: that of the file of the first process.

    Raises:
        UsageError: the folder holds no replies.
    """
    paths = _of_all_processes(folder / name)
    if not paths:
        raise UsageError(f"{folder} holds no {name}; give the folder of a run or a file of replies")
    return [reply for path in paths for reply in _lines(path, _whole_lines(path.read_bytes()))]


def file_of(path: Path, rank: int) -> Path:
    """Return the file into which a process of a run writes what the first one writes into `path`."""
    return path if rank == 0 else path.with_stem(f"{path.stem}-{rank}")


def _of_all_processes(path: Path) -> list[Path]:
    return [*filter(Path.is_file, [path]), *sorted(path.parent.glob(f"{path.stem}-[0-9]*{path.suffix}"))]


def _whole_lines(content: bytes) -> bytes:
    return content[: content.rfind(b"\n") + 1]


def _lines(path: Path, content: bytes) -> Iterator[Reply]:
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            try:
                yield _reply(msgspec.json.decode(line))
            except (msgspec.MsgspecError, ValueError) as error:
                raise UsageError(f"line {number} of {path} is no reply: {error}") from None


def _reply(line: Any) -> Reply:
    if isinstance(line, dict) and isinstance(line.get("doc"), dict):
        return _logged(line)
    return msgspec.convert(line, Reply)


def _logged(line: Mapping[str, Any]) -> Reply:
    """Read a line of `--log_samples`."""
    text: Any = line.get("filtered_resps") or line.get("resps")
    while isinstance(text, list) and text:
        text = text[0]
    if not isinstance(text, str) or not isinstance(line["doc"].get("data_id"), str):
        raise ValueError("it has a doc, but no data_id in it or no text in filtered_resps or resps")
    return Reply(data_id=line["doc"]["data_id"], reply=text, view=_view(line))


def _view(line: Mapping[str, Any]) -> View:
    """Tell from the logged arguments of the request how the question was put."""
    sent = list(_leaves(line.get("arguments") or line.get("input") or ""))
    if "visual" in sent or any("<image>" in text for text in sent):
        return View.PICTURE
    prompt = line["doc"].get("text_question") or ""
    # A chat is logged as JSON within a text, in which line ends and quotes are escaped.
    forms = (prompt, msgspec.json.encode(prompt).decode()[1:-1])
    return View.TEXT if prompt and any(form in text for form in forms for text in sent) else View.BLIND


def _leaves(value: Any) -> Iterator[str]:
    """Yield all texts in nested JSON, the keys of objects among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield key
            yield from _leaves(below)
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below)


class Store:
    """The replies of a run that is under way: what is there already, and an open end to add to.

    Args:
        path: the file of the first process.
        rank: the number of this process, which adds to a file of its own; a half-written last line is cut off there.
    """

    def __init__(self, path: Path, rank: int = 0) -> None:
        self.path = file_of(path, rank)
        self.known: dict[tuple[View, str], Reply] = {}
        with writing(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            for file in _of_all_processes(path):
                content = _whole_lines(file.read_bytes())
                self.known |= {(reply.view, reply.data_id): reply for reply in _lines(file, content)}
                if file == self.path and file.stat().st_size != len(content):
                    os.truncate(file, len(content))

    def add(self, replies: Iterable[Reply]) -> None:
        """Append replies and see them onto the disk.

        Raises:
            GameQAError: the disk is full; what was there is kept.
        """
        replies = list(replies)
        with writing(self.path.parent), self.path.open("ab") as file:
            file.write(b"".join(msgspec.json.encode(reply) + b"\n" for reply in replies))
            file.flush()
            os.fsync(file.fileno())
        self.known |= {(reply.view, reply.data_id): reply for reply in replies}
