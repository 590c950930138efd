"""Rows and files of a finished build, made again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from gameqa.builders.rebuild import compare, compare_file, rebuild

from gameqa.core.errors import UsageError

Hashes = Callable[[Path], dict[str, str]]


def changed(file: Path, column: str, value: object) -> None:
    """Overwrite one cell of the first row."""
    table = pq.read_table(file)
    values = table.column(column).to_pylist()
    values[0] = value
    place = table.column_names.index(column)
    field = table.schema.field(column)
    pq.write_table(table.set_column(place, field, pa.array(values, field.type)), file)


def test_an_untouched_build_has_no_differences(finished: Path) -> None:
    found = compare(finished, workers=2, progress=False)
    assert (found.rows, found.differences, found.same_code) == (72, (), True)
    part = compare(finished, fraction=0.25, workers=1)
    assert 0 < part.rows < 40 and part == compare(finished, fraction=0.25, workers=1)


def test_differences_are_named(finished: Path, tmp_path: Path) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    one, two, three, *_ = sorted(out.glob("data/*/*"))
    name = pq.read_table(one).column("data_id")[0].as_py()
    changed(one, "answer", "(99, 99)")
    changed(two, "data_id", "chess_boxing/round/easy/train/0/1")
    three.unlink()
    found = compare(out, workers=1)
    text = "\n".join(found.differences)
    assert f"{name}: answer is '(99, 99)' in the file" in text
    assert "chess_boxing/round/easy/train/0/1 cannot be made again" in text
    assert f"{three.name} is missing" in text and f"{one.name} differs from its SHA-256" in text


def test_a_changed_picture_and_a_broken_file_are_found(finished: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    shutil.copy(min(finished.glob("data/*/*")), file)
    changed(file, "image", {"bytes": b"\x89PNG", "path": None})
    count, found = compare_file(file, 1.0, 1.0)
    assert count > 1 and len(found) == 1 and found[0].endswith("the picture differs")
    file.write_bytes(b"PAR1")
    assert "cannot be read" in compare_file(file, 1.0, 1.0)[1][0]


def test_rebuild_makes_what_is_damaged_again(finished: Path, tmp_path: Path, hashes: Hashes) -> None:
    out = tmp_path / "ants"
    shutil.copytree(finished, out)
    broken, missing, *_ = sorted(out.glob("data/*/*"))
    broken.write_bytes(b"")
    missing.unlink()
    assert rebuild(out, workers=1).made == 2
    assert hashes(out) == hashes(finished)


def test_bad_input_is_refused(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no finished build"):
        compare(tmp_path)
    for fraction in (0, 1.5):
        with pytest.raises(UsageError, match="fraction must lie above 0"):
            compare(finished, fraction)
