"""Parquet for reinforcement learning: TRL, verl, EasyR1. One file for each split, `OUT/<split>.parquet`.

Sources of the shapes:

- TRL 1.16: documentation, "Dataset formats", section "Vision datasets", and `examples/scripts/grpo_vlm.py`:
  `prompt` is a list of messages, `image` the picture, every further column reaches the reward function as a list.
- verl: documentation, "Prepare Data for Post-Training"; `examples/data_preprocess/geo3k.py` and
  `verl/utils/dataset/rl_dataset.py`: `<image>` in the text stands for the next of `images`; a reward function gets
  `data_source`, `ground_truth` and `extra_info`, and validation reports by `data_source`.
- EasyR1: README, "Custom Dataset" (`images`, `problem`, `answer`), `verl/utils/dataset.py` and
  `verl/workers/reward/function.py`: a reward function gets nothing but the text of the column that
  `data.answer_key` names; name `ground_truth` there to score with gameqa, `answer` for a reward of EasyR1's own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from ..schema import ROW_GROUP
from .rows import FACTS, Row, Target, facts, ground_truth, marked_prompt, prompt

if TYPE_CHECKING:
    import pyarrow as pa

_LISTS = ("accepted", "options")


def trl(rows: Iterator[Row], to: Target) -> None:
    """Write `prompt` and `image`, and the facts as columns of their own."""
    messages = ({"prompt": _user(prompt(row)), "image": row.get("image"), **facts(row)} for row in rows)
    _write(messages, to, {"prompt": _messages(), **_if(to, image=_image()), **_facts()})


def verl(rows: Iterator[Row], to: Target) -> None:
    """Write the columns of verl's own examples; the facts are in `extra_info`."""

    def table() -> Iterator[Row]:
        for index, row in enumerate(rows):
            yield {
                "data_source": f"gameqa/{row['game_name']}",
                "prompt": _user(marked_prompt(row)),
                "images": [row.get("image")],
                "ability": row["game_category"],
                "reward_model": {"style": "rule", "ground_truth": row["answer"]},
                "extra_info": {"split": to.split, "index": index, **facts(row)},
            }

    types = {
        "data_source": _text(),
        "prompt": _messages(),
        **_if(to, images=_list(_image())),
        "ability": _text(),
        "reward_model": {"style": _text(), "ground_truth": _text()},
        "extra_info": {"split": _text(), "index": {"dtype": "int64", "_type": "Value"}, **_facts()},
    }
    _write(table(), to, types)


def easyr1(rows: Iterator[Row], to: Target) -> None:
    """Write `images`, `problem`, `answer`, and the facts as one text."""
    table = (
        {
            "images": [row.get("image")],
            "problem": marked_prompt(row),
            "answer": row["answer"],
            "data_id": row["data_id"],
            "ground_truth": ground_truth(row),
        }
        for row in rows
    )
    texts = ("problem", "answer", "data_id", "ground_truth")
    _write(table, to, {**_if(to, images=_list(_image())), **{name: _text() for name in texts}})


def _user(text: str) -> list[Row]:
    return [{"role": "user", "content": text}]


# Types are written down as files of datasets < 4 have them: releases on both sides of that line read these, while
# older ones, which trainers may pin, refuse the names of newer ones ("Feature type 'List' not found").


def _text() -> Row:
    return {"dtype": "string", "_type": "Value"}


def _image() -> Row:
    return {"_type": "Image"}


def _list(kind: Row) -> Row:
    return {"feature": kind, "_type": "Sequence"}


def _messages() -> list[Row]:
    return [{"role": _text(), "content": _text()}]


def _facts() -> Row:
    return {name: _list(_text()) if name in _LISTS else _text() for name in (*FACTS, "question")}


def _if(to: Target, **columns: Any) -> Row:
    """Return the columns of pictures where there are pictures."""
    return columns if to.pictures else {}


def _schema(types: Row) -> "pa.Schema":
    import datasets

    schema = datasets.Features.from_dict(types).arrow_schema
    return schema.with_metadata({"huggingface": json.dumps({"info": {"features": types}})})


def _write(rows: Iterable[Mapping[str, Any]], to: Target, types: Row) -> None:
    """Write rows as one parquet file; the same rows give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = _schema(types)
    waiting = iter(rows)
    with (
        (to.folder / f"{to.split}.parquet").open("wb") as file,
        pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=False) as writer,
    ):
        while group := [*islice(waiting, ROW_GROUP)]:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
