"""The whole audit, over samples, recipes and folders, by function and by command."""

import json
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

pytest.importorskip("sklearn")

import gameqa
from gameqa.cli import app
from gameqa.core.errors import UsageError
from gameqa.tools.audit.criteria import CRITERIA, Audit, Verdict
from gameqa.tools.audit.page import page, summary
from gameqa.tools.audit.rows import Made, source_of
from gameqa.tools.audit.run import audit
from gameqa.tools.export import export


def run(*arguments: str) -> "tuple[int, str]":
    result = CliRunner().invoke(app, ["audit", *arguments])
    return result.exit_code, result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "rows"
    export(gameqa.generate("tictactoe", levels="Easy", per_task=2), out, "jsonl", "train")
    return out


def spoil(folder: Path, **columns: object) -> str:
    """Change the first row of a folder; return its name."""
    table = folder / "train" / "metadata.jsonl"
    first, *rest = table.read_text(encoding="utf-8").splitlines()
    row = {**json.loads(first), **columns}
    table.write_text("\n".join([json.dumps(row), *rest]), encoding="utf-8")
    return row["data_id"]


def test_fresh_rows_pass_every_criterion() -> None:
    found = audit(Made.of(["tictactoe"], 24), workers=1, most_pictures=2)
    assert found.failed == [] and found.rows == 24 * 9
    assert {cell.criterion for cell in found.cells} == set(CRITERIA) - {"majority", "blind_fill_in"}
    assert len(summary(found)) == len(CRITERIA) - 2
    assert msgspec.convert(json.loads(msgspec.json.encode(found)), Audit) == found


def test_the_page_shows_every_criterion_and_the_flawed_rows(folder: Path) -> None:
    name = spoil(folder, answer="Z", accepted=["Z"])
    made = page(audit(source_of(str(folder)), workers=1))
    assert name in made and "data:image/png" in made and "<script" not in made
    assert all(criterion.title in made for criterion in (CRITERIA["labels"], CRITERIA["read_full"]))


def test_a_sound_folder_ends_with_0_and_a_spoilt_one_with_1(folder: Path) -> None:
    code, told = run(str(folder), "--workers", "1")
    assert code == 0, told
    name = spoil(folder, answer="Z", accepted=["Z"])
    code, told = run(str(folder), "--workers", "1", "--json")
    failed = [cell for cell in json.loads(told)["cells"] if cell["verdict"] == Verdict.FAIL]
    assert code == 1
    assert (
        {"options", "labels", "second_method", "texts", "remade"}
        >= {cell["criterion"] for cell in failed}
        >= {"labels"}
    )
    assert all(name == cell["worst"][0]["data_id"] for cell in failed)


def test_two_processes_find_what_one_finds(folder: Path) -> None:
    one, two = (audit(source_of(str(folder)), workers=workers) for workers in (1, 2))
    assert one == two


def test_rows_without_state_are_looked_at_as_far_as_they_go(folder: Path) -> None:
    table = folder / "train" / "metadata.jsonl"
    rows = [json.loads(line) for line in table.read_text(encoding="utf-8").splitlines()]
    empty = {"state": "", "params": "", "state_hash": "", "release": "", "text_view": "", "text_question": ""}
    table.write_text("\n".join(json.dumps({**row, **empty}) for row in rows), encoding="utf-8")
    found = audit(source_of(str(folder)), workers=1)
    assert found.failed == [] and "no state" in found.notes[0]
    assert {cell.criterion for cell in found.cells} >= {"options", "letters", "texts"}
    assert "labels" not in {cell.criterion for cell in found.cells}


def test_a_recipe_is_audited_as_it_would_be_built() -> None:
    source = source_of("mini")
    assert isinstance(source, Made) and source.games == tuple(gameqa.games())


@pytest.mark.parametrize(
    ("name", "said"),
    [("tictacto", "no folder and no game"), ("--rows=0 tictactoe", "at least 1"), ("EMPTY", "holds no rows")],
)
def test_bad_sources_are_refused(name: str, said: str, tmp_path: Path) -> None:
    *options, source = name.replace("EMPTY", str(tmp_path)).split()
    with pytest.raises(UsageError, match=said):
        audit(source_of(source, *(int(option.rpartition("=")[2]) for option in options)), workers=1)


def test_a_damaged_file_is_named(folder: Path) -> None:
    (folder / "bad.parquet").write_bytes(b"PAR1")
    result = CliRunner().invoke(app, ["audit", str(folder), "--workers", "1"])
    assert result.exit_code != 0 and "bad.parquet" in str(result.exception)
