"""Frozen rows: a change of any existing sample shows here. Update on purpose with `--update-golden`, look at the
pictures, and raise `gameqa.RELEASE` when the change is published."""

import hashlib
import json
from pathlib import Path

import pytest

import gameqa
from gameqa import Sample

FOLDER = Path(__file__).parent.parent / "golden"


def pixel_hash(sample: Sample) -> str:
    """Hash of the pixels: PNG bytes may differ between builds of zlib, pixels do not."""
    image = sample.image.convert("RGB")
    return hashlib.sha256(f"{image.size}".encode() + image.tobytes()).hexdigest()


def golden_rows(name: str) -> dict[str, dict[str, object]]:
    rows = {}
    for task in gameqa.game(name).tasks:
        for level, split in (("Easy", "train"), ("Hard", "test")):
            sample = gameqa.sample(name, task.slug, level, split)
            row = sample.row(image=False)
            row["state"], row["params"] = json.loads(sample.state), json.loads(sample.params)
            rows[sample.data_id] = {**row, "pixels": pixel_hash(sample)}
    return rows


@pytest.mark.parametrize("name", gameqa.games())
def test_golden_rows(name: str, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{name}.json"
    rows = golden_rows(name)
    if request.config.getoption("--update-golden"):
        path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    frozen = json.loads(path.read_text(encoding="utf-8"))
    assert frozen.keys() == rows.keys()
    for data_id, row in rows.items():
        assert row == frozen[data_id], data_id
