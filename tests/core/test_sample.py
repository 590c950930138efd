import io
import json
import pickle
from typing import Any

import pytest
from PIL import Image

import gameqa
from gameqa import InvalidRow, Sample
from gameqa.core.sample import COLUMNS

SAMPLE = gameqa.sample("langtons_ant", "cell_flip_count", "Medium", "test", seed=3, index=4)


def test_the_row_has_the_published_columns_and_types() -> None:
    row = SAMPLE.row()
    assert tuple(row) == COLUMNS
    assert COLUMNS[:11] == (
        "data_id",
        "game_name",
        "game_category",
        "domain",
        "task",
        "question_id",
        "question_description",
        "qa_type",
        "qa_level",
        "plot_level",
        "image",
    )
    assert all(value is not None for value in row.values())
    assert Image.open(io.BytesIO(row["image"]["bytes"])).format == "PNG"


@pytest.mark.parametrize("image", ["row", "pil", "bytes", "missing"])
def test_round_trip_with_every_form_of_picture(image: str) -> None:
    row: dict[str, Any] = SAMPLE.row()
    if image == "pil":
        row["image"] = Image.open(io.BytesIO(row["image"]["bytes"]))
    elif image == "bytes":
        row["image"] = row["image"]["bytes"]
    elif image == "missing":
        del row["image"]
    again = Sample.from_row(row)
    assert again == SAMPLE
    assert again.image.convert("RGB").tobytes() == SAMPLE.image.convert("RGB").tobytes()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answer": 7}, "Expected `str`, got `int` - at `$.answer`"),
        ({"accepted": None}, "$.accepted"),
        ({"options": [1]}, "$.options"),
        ({"game_name": "ludo"}, "unknown game 'ludo'"),
        ({"task": "win"}, "unknown task"),
        ({"split": "dev"}, "split 'dev' is unknown"),
        ({"release": "99"}, "release '99' is unknown"),
        ({"state": "{"}, "the state of langtons_ant is not valid"),
        ({"state": '{"grid": []}'}, "the state of langtons_ant is not valid"),
        ({"params": "[]"}, "must be an object"),
        ({"params": "{"}, "are not JSON"),
        ({"params": '{"steps": 0, "cell": [0, 0]}'}, "$.steps"),
        ({"params": '{"steps": 3, "cell": [0, 0], "options": [1]}'}, "is no choice question"),
        ({"answer_kind": "choice"}, "has answer kind integer"),
        ({"state_hash": "0"}, "does not belong to its state"),
        ({"image": 5}, "the image of a row must be"),
    ],
)
def test_rows_from_outside_are_validated(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRow) as caught:
        Sample.from_row({**SAMPLE.row(), **change})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_column_is_named() -> None:
    row = SAMPLE.row()
    del row["analysis"]
    with pytest.raises(InvalidRow, match="analysis"):
        Sample.from_row(row)


def test_rederive_finds_a_wrong_label_without_trusting_the_row() -> None:
    row = SAMPLE.row(image=False)
    row["answer"], row["accepted"] = "99", ["99"]
    assert gameqa.rederive(row) == SAMPLE.accepted


def test_samples_pickle() -> None:
    assert pickle.loads(pickle.dumps(SAMPLE)) == SAMPLE


def test_scale_changes_the_picture_only() -> None:
    large = gameqa.sample("langtons_ant", "cell_flip_count", "Medium", "test", seed=3, index=4, scale=2)
    assert large == SAMPLE
    assert large.image.size == (1200, 1200)


def test_params_beyond_the_board_are_an_invalid_row() -> None:
    row = gameqa.sample("jewel2", "clear_outcome", "Easy").row(image=False)
    asked = json.loads(row["params"])
    with pytest.raises(InvalidRow, match="the params of clear_outcome do not fit the state"):
        gameqa.rederive({**row, "params": json.dumps({**asked, "x": 5, "y": 5})})
