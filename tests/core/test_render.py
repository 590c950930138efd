"""Pictures of states that belong to no sample, from the library and from the command."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import gameqa
from gameqa import InvalidRow, UsageError
from gameqa.cli import main

BOARD: dict[str, Any] = {"board": [["O", "X", "O"], [" ", "X", " "], [" ", " ", " "]]}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Call the command in a folder of its own; return exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object, given: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gameqa", "render", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    return call


def pixels(picture: Image.Image) -> tuple[tuple[int, int], bytes]:
    return picture.size, picture.convert("RGB").tobytes()


@pytest.mark.parametrize("name", gameqa.games())
def test_the_state_of_a_sample_gives_its_picture(name: str) -> None:
    sample = gameqa.sample(name, gameqa.game(name).tasks[0].slug, "Medium")
    for state in (sample.state, sample.state.encode(), json.loads(sample.state)):
        assert pixels(gameqa.render(name, state)) == pixels(sample.image)


def test_any_legal_state_and_scale() -> None:
    sizes = [gameqa.render("tictactoe", BOARD, scale).width for scale in (0.5, 1, 2, 4)]
    assert sizes == sorted(set(sizes))
    other = {"board": [["O", "X", "O"], ["X", "X", " "], [" ", "O", " "]]}
    assert pixels(gameqa.render("tictactoe", BOARD)) != pixels(gameqa.render("tictactoe", other))


BAD = [
    ("ludo", BOARD, UsageError, r"unknown game 'ludo'; allowed: .*tictactoe"),
    ("tictactoe", "", InvalidRow, "the state of tictactoe is not valid JSON: "),
    ("tictactoe", '{"board": ', InvalidRow, "the state of tictactoe is not valid JSON: "),
    ("tictactoe", b"\xff", InvalidRow, "the state of tictactoe is not valid"),
    ("tictactoe", "[" * 100_000, InvalidRow, "the state of tictactoe is not valid JSON: "),
    ("tictactoe", "[]", InvalidRow, "the state of tictactoe is not valid: "),
    ("tictactoe", {**BOARD, "turn": "X"}, InvalidRow, "the state of tictactoe is not valid: .*turn"),
    ("tictactoe", {"board": [["X", " ", " "]] * 3}, InvalidRow, "is not valid: O must have as many marks as X or one"),
    ("tictactoe", {"board": [["?", " ", " "]] * 3}, InvalidRow, r"is not valid: .*\$\.board"),
    (
        "langtons_ant",
        {"grid": [[0] * 300] * 300, "ant": {"x": 0, "y": 0, "direction": "up"}},
        InvalidRow,
        "this state of langtons_ant is legal but cannot be drawn at scale 1",
    ),
    ("tictactoe", {"board": [["O"]]}, InvalidRow, "is not valid: the board must have 3 rows of 3 cells"),
]


@pytest.mark.parametrize(("game", "state", "error", "message"), BAD)
def test_what_cannot_be_drawn_is_named_in_one_sentence(
    game: str, state: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as raised:
        gameqa.render(game, state)
    assert "\n" not in str(raised.value)


def test_scale_out_of_range() -> None:
    with pytest.raises(UsageError, match=r"scale 9 is out of range; allowed: 0.5 to 4"):
        gameqa.render("tictactoe", BOARD, 9)


def test_importing_stays_cheap() -> None:
    code = "import sys, gameqa; gameqa.__all__; print({'PIL', 'numpy', 'msgspec'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_command_draws_a_file_and_standard_input(run: Run, tmp_path: Path) -> None:
    (tmp_path / "board.json").write_text(json.dumps(BOARD))
    assert run("tictactoe", "--state", "board.json") == (0, "picture: tictactoe.png\n", "")
    assert pixels(Image.open("tictactoe.png")) == pixels(gameqa.render("tictactoe", BOARD))
    arguments = ("tictactoe", "--state", "-", "--out", "new/b.png", "--scale", "2", "--text")
    code, out, _ = run(*arguments, given=json.dumps(BOARD).encode())
    text = gameqa.game("tictactoe").describe(gameqa.game("tictactoe").state_type.from_json(BOARD))
    assert (code, out) == (0, f"{text}\n\npicture: new/b.png\n")
    assert pixels(Image.open("new/b.png")) == pixels(gameqa.render("tictactoe", BOARD, 2))


@pytest.mark.parametrize(
    ("arguments", "given", "code", "words"),
    [
        (["ludo", "--state", "-"], "{}", 2, "unknown game 'ludo'; allowed: "),
        (["tictactoe", "--state", "-"], "{", 1, "the state of tictactoe is not valid JSON"),
        (["tictactoe", "--state", "-"], '{"board": [["O"]]}', 1, "the board must have 3 rows of 3 cells"),
        (["tictactoe", "--state", "-", "--scale", "9"], "{}", 2, "scale 9.0 is out of range"),
        (["tictactoe", "--state", "gone.json"], "", 2, "cannot read gone.json: No such file"),
        (["tictactoe", "--state", "."], "", 2, "cannot read .: Is a directory"),
    ],
)
def test_bad_input_gets_one_sentence(
    run: Run, tmp_path: Path, arguments: list[str], given: str, code: int, words: str
) -> None:
    ended, out, err = run(*arguments, given=given.encode())
    assert (ended, out) == (code, "")
    assert err.startswith("gameqa: ") and words in err and err.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


def test_help_has_an_example(run: Run) -> None:
    assert "Example: gameqa render" in run("--help")[1]
