"""Sequences of pictures with the moves between them, for models of what happens next, of edits and of video.

`<split>.jsonl` has one line for each row whose question or answer describes a course of moves (`Task.trajectory`):

    data_id, game, task, question   as in the build
    moves                           what leads from each picture to the next, one less than there are pictures
    frames                          the pictures, PNG files relative to the folder; the first one is the row's own

All pictures of a row are drawn at the scale of the build. `load_dataset("json", data_files="OUT/train.jsonl")` reads
the lines.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from gameqa.core import registry
from gameqa.core.game import Frame
from gameqa.core.sample import draw, file_stem, read_row
from gameqa.draw.canvas import encode

from .rows import Row, Target, json_lines, prompt


def trajectories(rows: Iterator[Row], to: Target) -> int:
    """Write `<split>.jsonl` and the pictures below `frames/`; return the number of rows without a course."""
    skipped = 0
    with json_lines(to.folder / f"{to.split}.jsonl") as write:
        for row in rows:
            task, state, params = read_row(row)
            frames = task.trajectory(state, params)
            if frames is None:
                skipped += 1
                continue
            write(
                {
                    "data_id": row["data_id"],
                    "game": row["game_name"],
                    "task": row["task"],
                    "question": prompt(row),
                    "moves": [frame.move for frame in frames[1:]],
                    "frames": _pictures(row, frames, to),
                }
            )
    return skipped


def _pictures(row: Row, frames: Sequence[Frame[Any]], to: Target) -> list[str]:
    """Write the pictures of a course as files of their own and return their paths."""
    folder = f"frames/{row['game_name']}/{file_stem(row['data_id'])}"
    (to.folder / folder).mkdir(parents=True)
    game = registry.game(row["game_name"])
    paths = [f"{folder}/{number:03d}.png" for number in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        own = to.pictures and frame is frames[0]
        picture = row["image"]["bytes"] if own else encode(draw(game, frame.state, to.scale))
        (to.folder / path).write_bytes(picture)
    return paths
