"""The sample: one row of the data, with its picture made when it is asked for."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

import msgspec

from gameqa.core import registry
from gameqa.core.answers import LETTERS, AnswerKind
from gameqa.core.errors import InvalidRow, UsageError
from gameqa.core.game import Game, Json, Task
from gameqa.core.seeds import RELEASE, SPLITS, canonical_json, state_hash

if TYPE_CHECKING:
    from PIL.Image import Image

SCALES = (0.5, 4.0)
"""Smallest and largest picture scale."""


@dataclass(frozen=True)
class Sample:
    """One question about one game state. The fields are the columns of the data; see the README for each.

    Example:
        >>> import gameqa
        >>> sample = gameqa.sample("sudoku", "color_position")
        >>> sample.answer in "ABCD", sample.image.mode
        (True, 'P')
    """

    data_id: str
    game_name: str
    game_category: str
    domain: str
    task: str
    question_id: int
    question_description: str
    qa_type: str
    qa_level: str
    plot_level: str
    question: str
    rules: str
    query: str
    answer_format: str
    options: list[str]
    answer_kind: str
    answer: str
    accepted: list[str]
    analysis: str
    state: str
    params: str
    text_view: str
    text_question: str
    difficulty: float
    split: str
    seed: int
    index: int
    release: str
    state_hash: str
    scale: float = field(default=1.0, compare=False, metadata={"column": False})
    _png: bytes | None = field(default=None, repr=False, compare=False, metadata={"column": False})
    _board: tuple[Game[Any, Any], Any] | None = field(
        default=None, repr=False, compare=False, metadata={"column": False}
    )

    @cached_property
    def image(self) -> "Image":
        """The picture of the state (mode P or RGB)."""
        if self._png is not None:
            from PIL import Image

            return Image.open(io.BytesIO(self._png))
        game, state = self._board or _state(self.game_name, self.state)
        return draw(game, state, self.scale)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what can be made again: a copy sent to another process draws from the state's JSON."""
        return {**{name: value for name, value in self.__dict__.items() if name != "image"}, "_board": None}

    @property
    def file_name(self) -> str:
        """The `data_id` as a name for the picture's file."""
        return f"{file_stem(self.data_id)}.png"

    def png(self) -> bytes:
        """Return the picture as PNG bytes."""
        if self._png is not None:
            return self._png
        from gameqa.draw.canvas import encode

        return encode(self.image)

    def row(self, image: bool = True) -> dict[str, Any]:
        """Return the sample as a row of the data; `image` is `{"bytes": png, "path": name}`."""
        columns: dict[str, Any] = {}
        for name in COLUMNS:
            if name != "image":
                columns[name] = getattr(self, name)
            elif image:
                columns[name] = {"bytes": self.png(), "path": self.file_name}
        return columns

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """Read a row of the data, for example from `load_dataset`.

        Every text column must be there with its type; `image` may be missing and is then drawn anew.

        Raises:
            InvalidRow: in one sentence, when a column is missing, of another type, or breaks the rules of its game.
        """
        try:
            columns = msgspec.convert(
                {name: row[name] for name in _schema_fields() if name in row}, type=_row_schema(), strict=True
            )
        except msgspec.ValidationError as error:
            raise InvalidRow(f"row {row.get('data_id', '?')!r} breaks the schema: {error}") from None
        values = {name: getattr(columns, name) for name in _schema_fields()}
        read_row(values)
        return cls(**values, _png=_image_bytes(row.get("image")))

    def question_hash(self) -> str:
        """Return a hash of the state and of the params without regard to the order of options.

        Two samples of one stream with the same hash ask the same question.
        """
        return question_hash(self.state, self.params)


COLUMNS = (
    *(column.name for column in fields(Sample)[:10]),
    "image",
    *(column.name for column in fields(Sample)[10:] if column.metadata.get("column", True)),
)
"""Names of the columns, in order."""


def question_hash(state: str, params: str) -> str:
    """Return the hash of a question from the JSON of its state and params, see `Sample.question_hash`."""
    asked = msgspec.json.decode(params)
    if "options" in asked:
        asked["options"] = sorted(map(canonical_json, asked["options"]))
    return sha256(f"{state}\n{canonical_json(asked)}".encode()).hexdigest()


def _schema_fields() -> tuple[str, ...]:
    return tuple(name for name in COLUMNS if name != "image")


@lru_cache(maxsize=1)
def _row_schema() -> type[msgspec.Struct]:
    """Return the schema of a row without its picture, made from the fields of `Sample`."""
    types = {column.name: column.type for column in fields(Sample)}
    return msgspec.defstruct("Row", [(name, types[name]) for name in _schema_fields()])


def check_scale(scale: float) -> None:
    """Raise UsageError unless `scale` is a picture scale that can be drawn."""
    if not SCALES[0] <= scale <= SCALES[1]:
        raise UsageError(f"scale {scale} is out of range; allowed: {SCALES[0]} to {SCALES[1]}")


def file_stem(data_id: str) -> str:
    """Return a `data_id` as a file name without an ending."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", data_id)


def draw(game: Game[Any, Any], state: Any, scale: float = 1.0) -> "Image":
    """Draw a state at a picture scale; raise UsageError for a scale out of range."""
    from gameqa.draw.style import Style

    check_scale(scale)
    return game.draw(state, Style(scale=scale))


def read_state(game: Game[Any, Any], state: str | bytes | Mapping[str, Json]) -> Any:
    """Read a state of a game, given as JSON text or as the plain JSON of `to_json`.

    Raises:
        InvalidRow: in one sentence: no JSON, or not a legal state, in the words of the game.
    """
    try:
        data: Any = msgspec.json.decode(state) if isinstance(state, str | bytes) else state
    except (ValueError, RecursionError) as error:
        raise InvalidRow(f"the state of {game.id} is not valid JSON: {error}") from None
    try:
        return game.state_type.from_json(data)
    except ValueError as error:
        raise InvalidRow(f"the state of {game.id} is not valid: {error}") from None


def render(game: str, state_json: str | bytes | Mapping[str, Json], scale: float = 1.0) -> "Image":
    """Draw any legal state of a game, for example one made by hand or one that a move leads to.

    Args:
        game: id of a game, see `gameqa.games()`.
        state_json: the state as in the column `state`: JSON text, or the mapping it stands for.
        scale: picture scale, 0.5 to 4.

    Raises:
        UsageError: the game does not exist, or the scale is out of range.
        InvalidRow: the text is no JSON, or the state is not legal or cannot be drawn; the message says why.

    Example:
        >>> import gameqa
        >>> gameqa.render("tictactoe", '{"board": [["O", "X", "O"], [" ", "X", " "], [" ", " ", " "]]}').mode
        'P'
    """
    found = registry.game(game)
    check_scale(scale)
    state = read_state(found, state_json)
    try:
        return draw(found, state, scale)
    except Exception as error:  # some games allow boards of any size, and no renderer is made for all of them
        raise InvalidRow(f"this state of {game} is legal but cannot be drawn at scale {scale}: {error}") from error


def _state(game_name: str, text: str) -> tuple[Game[Any, Any], Any]:
    """Return the game and the state behind a row's `game_name` and `state`, validated."""
    try:
        game = registry.game(game_name)
    except UsageError as error:
        raise InvalidRow(str(error)) from None
    return game, read_state(game, text)


def read_params(task: Task[Any, Any], state: Any, params: Json) -> dict[str, Json]:
    """Validate the params of a question against the schema of its task and return them.

    Raises:
        InvalidRow: in one sentence, naming the place that is wrong.
    """
    if not isinstance(params, dict):
        raise InvalidRow(f"the params of {task.slug} must be an object")
    asked: dict[str, Json] = dict(params)  # pyright: ignore[reportUnknownArgumentType]
    listed = "options" in asked
    options = asked.pop("options", None)
    try:
        msgspec.convert(asked, type=task.params_type, strict=True)
        if task.kind is AnswerKind.CHOICE:
            wanted = task.options_wanted(state, asked)
            msgspec.convert(options, type=list[task.option_type], strict=True)  # pyright: ignore[reportInvalidTypeArguments]
            if len(options) != wanted:
                raise InvalidRow(f"the params of {task.slug} must hold {wanted} options, not {len(options)}")
            asked["options"] = options
        elif listed:
            raise InvalidRow(f"{task.slug} is no choice question, but its params hold options")
    except msgspec.ValidationError as error:
        raise InvalidRow(f"the params of {task.slug} are not valid: {error}") from None
    return asked


def read_row(row: Mapping[str, Any]) -> tuple[Task[Any, Any], Any, dict[str, Json]]:
    """Return task, state and params of a row, each validated by the schemas of its game.

    Raises:
        InvalidRow: in one sentence.
    """
    if row["release"] != RELEASE:
        raise InvalidRow(f"release {row['release']!r} is unknown; allowed: {RELEASE}")
    if row["split"] not in SPLITS:
        raise InvalidRow(f"split {row['split']!r} is unknown; allowed: {', '.join(SPLITS)}")
    game, state = _state(row["game_name"], row["state"])
    try:
        task = game.task(row["task"])
        params = msgspec.json.decode(row["params"])
    except UsageError as error:
        raise InvalidRow(str(error)) from None
    except msgspec.DecodeError as error:
        raise InvalidRow(f"the params of {row['data_id']!r} are not JSON: {error}") from None
    if row["answer_kind"] != task.kind:
        raise InvalidRow(f"{task.slug} has answer kind {task.kind.value}, not {row['answer_kind']!r}")
    if row["state_hash"] != state_hash(game.id, canonical_json(state.to_json())):
        raise InvalidRow(f"state_hash of {row['data_id']!r} does not belong to its state")
    return task, state, read_params(task, state, params)


def rederive(row: Mapping[str, Any] | Sample) -> list[str]:
    """Return the accepted answers of a row, computed anew from its `state` and `params` alone.

    For a choice question these are the letters of all right options.

    Raises:
        InvalidRow: when the row cannot be read, or its params do not fit its state.
    """
    columns = row.row(image=False) if isinstance(row, Sample) else row
    task, state, params = read_row(columns)
    try:
        solution = task.solve(state, params)
        if task.kind is AnswerKind.CHOICE:
            return [
                LETTERS[place]
                for place, value in enumerate(params["options"])
                if task.is_right(state, params, value, solution)
            ]
        return list(dict.fromkeys(task.canonical(value) for value in solution.accepted))
    except (LookupError, ValueError) as error:  # params of the right form that ask for what the board does not have
        raise InvalidRow(f"the params of {task.slug} do not fit the state: {error}") from error


def _image_bytes(image: Any) -> bytes | None:
    """Return the PNG bytes of an `image` column: bytes, `{"bytes": …}`, a PIL image, or nothing."""
    if image is None or isinstance(image, bytes):
        return image
    if isinstance(image, Mapping):
        content: Any = image.get("bytes")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        if content is None or isinstance(content, bytes):
            return content
    elif hasattr(image, "save"):
        buffer = io.BytesIO()
        image.save(buffer, format="PNG")
        return buffer.getvalue()
    raise InvalidRow("the image of a row must be PNG bytes, {'bytes': …}, a PIL image, or missing")
