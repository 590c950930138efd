"""The columns of the data: what each means, and how `datasets` and arrow store it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from gameqa.core.sample import COLUMNS, Sample

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa
    import pyarrow.parquet as pq

ABOUT = {
    "data_id": "the key of the sample, readable: game/task/level/split/seed/index",
    "game_name": "id of the game",
    "game_category": "one of four families of games",
    "domain": "`in`: a training game; `out`: a game kept for testing only",
    "task": "slug of the question template",
    "question_id": "number of the question template within its game",
    "question_description": "what the template asks",
    "qa_type": "`Target Perception`, `State Prediction` or `Strategy Optimization`",
    "qa_level": "how hard the question is: `Easy`, `Medium` or `Hard`",
    "plot_level": "how hard the board is: `Easy`, `Medium` or `Hard`",
    "image": "picture of the state (PNG)",
    "question": "the whole prompt that goes with the picture: rules, question, options, answer format",
    "rules": "first part of the prompt: the rules, and how the picture shows the state",
    "query": "second part of the prompt: the bare question",
    "answer_format": "last part of the prompt: how to answer",
    "options": "texts of the options without letters, A first; empty for fill-in questions",
    "answer_kind": "`choice`, `integer`, `number`, `coordinate`, `sequence`, `set` or `text`",
    "answer": "the right answer in canonical form; for a choice its letter",
    "accepted": "every right canonical answer, `answer` first",
    "analysis": "worked solution in numbered steps",
    "state": "the state as JSON",
    "params": "what the question needs besides the state, as JSON; `options` holds the option values, A first",
    "text_view": "the state as text",
    "text_question": "the whole prompt of the text-only variant",
    "difficulty": "measured work of the worked solution; comparable within a task",
    "split": "`train`, `validation` or `test`, decided by the content of the state",
    "seed": "names the stream of samples",
    "index": "place in the stream",
    "release": "release of the generator",
    "state_hash": "hash of the state; equal states have equal hashes",
}
"""One phrase on every column."""

ROW_GROUP = 100
"""Rows of one parquet row group: what a reader must load to see one row."""

_VALUES = {str: "string", int: "int64", float: "float64"}


def columns(text: bool = False) -> list[str]:
    """Return the names of the columns; `text` leaves the picture out."""
    return [name for name in COLUMNS if not (text and name == "image")]


def features(text: bool = False) -> "datasets.Features":
    """Return the columns as `datasets` features; `text` leaves the picture out."""
    import datasets

    types: dict[str, Any] = {column.name: column.type for column in fields(Sample)}

    def feature(name: str) -> Any:
        if name == "image":
            return datasets.Image()
        if types[name] == list[str]:
            return datasets.List(datasets.Value("string"))
        return datasets.Value(_VALUES[types[name]])

    return datasets.Features({name: feature(name) for name in columns(text)})


def write_parquet(rows: Iterable[Mapping[str, Any]], file: Path | IO[bytes], schema: "pa.Schema | None" = None) -> None:
    """Write rows, pictures embedded, as one parquet file; the same rows give the same bytes.

    Args:
        rows: as `Sample.row()` gives them.
        file: a path, or a file opened for binary writing.
        schema: the arrow schema of `features`; None: with pictures.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = schema or features().arrow_schema
    waiting = iter(rows)
    with pq.ParquetWriter(file, schema, **_parquet_options(schema)) as writer:
        while group := [*islice(waiting, ROW_GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))


def read_batches(file: "pq.ParquetFile", columns: list[str] | None = None) -> "Iterator[pa.RecordBatch]":
    """Yield the rows of one row group at a time; without naming it, arrow reads ahead through the whole file."""
    for group in range(file.num_row_groups):
        yield from file.iter_batches(ROW_GROUP, row_groups=[group], columns=columns)


def _parquet_options(schema: "pa.Schema") -> dict[str, Any]:
    """PNG does not shrink further; text does, and repeats itself. Chunking by content lets a hub store changes only."""
    pictures = ["image.bytes"] if "image" in schema.names else []
    texts = [_leaf(name) for name in schema.names]
    return {
        "compression": {**dict.fromkeys(texts, "zstd"), **dict.fromkeys(pictures, "none")},
        "use_dictionary": texts,
        "use_content_defined_chunking": True,
        "write_page_index": True,
    }


def _leaf(name: str) -> str:
    """Return the path of a column's texts as parquet counts it."""
    if name == "image":
        return "image.path"
    return f"{name}.list.element" if name in _LISTS else name


_LISTS = [column.name for column in fields(Sample) if column.type == list[str]]
