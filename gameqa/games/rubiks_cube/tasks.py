"""The five questions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Frame, Level, NoParams, QAType, Solution, Task, course
from gameqa.core.options import shuffled
from gameqa.core.words import arrows, counted, listed

from .generate import RELATIONS, Relation, RubiksCubeParams, scramble
from .render import face_text
from .rules import FACES, MOVES, STRIPS, Face, Move, opposite, place_of, traced, turned
from .solver import LIMIT, SPHERES, ball, cube_solution, face_solution, near_face, only
from .state import COLORS, ColorName, State

CENTRE_SHARE = 0.04
CHANGED_SHARE = 0.86
"""How often `face_recognition` asks for a centre, and how often the moves of `move_prediction` change the colour."""
EXTRA = 2
"""Turns by which the scramble of `single_face_solve` may exceed the least number."""
SEQUENCES = 20
"""Sequences of moves tried on one cube."""

NAMING = """\
A Rubik's cube (3 x 3 x 3) has six faces of nine stickers each: U (upper), D (down), L (left), R (right), F (front), B \
(back). There are six colours. The centre of a face never changes and gives the face its colour: U yellow, D white, L \
orange, R red, F blue, B green.
In the net of the unfolded cube, U lies above F; L, F, R, B lie in a row from left to right; D lies below F. Every \
face is seen from outside.
A sticker is named by its face and (row, column), both counted from 0: row 0 is the top row of the face as it lies in \
the net, column 0 its left column."""

_CYCLES = "\n".join(f"{face}: {' -> '.join([*strips, strips[0].rsplit(' ', 1)[0]])}" for face, strips in STRIPS.items())

RULES = f"""\
{NAMING}
A move is a quarter turn (90 degrees) of one face. X stands for a clockwise turn of face X as seen from outside, \
looking straight at that face; X' stands for a counter-clockwise one. Only these 12 moves exist: \
{", ".join(MOVES)}. A half turn counts as two moves.
A clockwise turn of a face brings its own sticker from (2 - c, r) to (r, c). It also moves four strips of its \
neighbours in a cycle, each onto the place of the next, sticker by sticker in the directions given ("col" is a column):
{_CYCLES}
A counter-clockwise turn moves everything the opposite way."""

Index = Annotated[int, Meta(ge=0, le=2)]


class PlaceParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `face_recognition`."""

    face: Face
    row: Index
    col: Index


class MoveParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `move_prediction`."""

    moves: Annotated[list[Move], Meta(min_length=1)]
    face: Face
    row: Index
    col: Index


class FaceParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `single_face_solve`."""

    face: Face


class CountParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of `color_count`."""

    face: Face
    color: ColorName


class ColorTask(Task[State, RubiksCubeParams]):
    """A question for a colour, with the six colours of the cube as options."""

    kind = AnswerKind.CHOICE
    option_type = ColorName
    option_count = len(COLORS)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        return COLORS


class FaceRecognition(ColorTask):
    """Task 1."""

    id, slug = 1, "face_recognition"
    about = "Name the colour of a sticker."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    params_type = PlaceParams
    rules = NAMING

    def plan(self, level: RubiksCubeParams, rng: Random) -> RubiksCubeParams:
        """Draw whether the centre is asked for, and else what the colour is to the face."""
        return replace(level, centre=rng.random() < CENTRE_SHARE, relation=_relation_drawn(rng))

    def ask(self, state: State, plan: RubiksCubeParams, rng: Random) -> dict[str, Any] | None:
        """Choose a sticker of the wished colour on a colourful face.

        A sticker off the centre has another colour than the one that is read by mistaking rows for columns or by
        counting rows from the bottom.
        """
        faces: list[Face] = [face for face in FACES if len(set(_shown(state, face))) >= plan.face_colors]
        if not faces:
            return None
        if plan.centre:
            return {"face": rng.choice(faces), "row": 1, "col": 1}
        fits: list[dict[str, Any]] = []
        for face in faces:
            rows = state.rows(face)
            for place in range(9):
                row, col = place // 3, place % 3
                color = rows[row][col]
                mistaken = {rows[col][row], rows[2 - row][col]} != {color}
                if mistaken and place != 4 and _relation(face, color) == plan.relation:
                    fits.append({"face": face, "row": row, "col": col})
        return rng.choice(fits) if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"Which colour is the sticker at {_named(_place(params))}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        face, row, col = params["face"], params["row"], params["col"]
        rows = state.rows(face)
        right = COLORS[rows[row][col]]
        return Solution(
            right,
            [
                f"Find face {face}, the one with the {_name(face)} centre. Its rows from the top are:"
                f" {face_text(rows)}.",
                f"Row {row} is {' '.join(COLORS[color] for color in rows[row])}.",
                f"In it, column {col} is {right}.",
            ],
            work=float(len(set(_shown(state, face)))),
        )


class MovePrediction(ColorTask):
    """Task 2."""

    id, slug = 2, "move_prediction"
    about = "Colour of a place after a sequence of turns."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.MEDIUM
    params_type = MoveParams

    def plan(self, level: RubiksCubeParams, rng: Random) -> RubiksCubeParams:
        """Draw the number of moves, what the colour is to the face, and whether the place changes its colour."""
        changes = rng.random() < CHANGED_SHARE
        return replace(level, count=rng.randint(*level.moves), relation=_relation_drawn(rng), changes=changes)

    def ask(self, state: State, plan: RubiksCubeParams, rng: Random) -> dict[str, Any] | None:
        """Choose moves and a place off the centre whose sticker at least 60 % of them move."""
        count = plan.count or 1
        for _ in range(SEQUENCES):
            moves = scramble(rng, count)
            if count > 1 and len({move[0] for move in moves}) == 1:
                continue
            for place in shuffled(range(54), rng):
                face = FACES[place // 9]
                way = traced(place, moves)
                moved = sum(a != b for a, b in pairwise(way))
                color = state.stickers[way[-1]]
                changes = color != state.stickers[place]
                wished = changes == plan.changes and _relation(face, color) == plan.relation
                if wished and place % 9 != 4 and 5 * moved >= 3 * count:
                    return {"moves": moves, "face": face, "row": place // 3 % 3, "col": place % 3}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        moves, place = params["moves"], _named(_place(params))
        if len(moves) == 1:
            return f"The move {moves[0]} is made. Which colour is at {place} after it?"
        return (
            f"These moves are made one after the other: {arrows(moves)}. Which colour is at {place} after the last one?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        moves: list[Move] = params["moves"]
        way = traced(_place(params), moves)
        steps = [
            f"Follow the sticker backwards from its last place, {_named(way[0])}, to its place in the cube shown;"
            " undo the last move first."
        ]
        for move, (now, before) in zip(reversed(moves), pairwise(way), strict=True):
            steps.append(_came(move, now, before))
        right = COLORS[state.stickers[way[-1]]]
        steps.append(f"Before all moves, in the cube shown, {_named(way[-1])} is {right}.")
        return Solution(right, steps, work=float(len(moves)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, params["moves"])


class SingleFaceSolve(Task[State, RubiksCubeParams]):
    """Task 3."""

    id, slug = 3, "single_face_solve"
    about = "Least number of turns to make one face uniform."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = FaceParams

    def plan(self, level: RubiksCubeParams, rng: Random) -> RubiksCubeParams:
        """Draw the least number."""
        least = rng.choices(range(1, 1 + len(level.face_shares)), level.face_shares)[0]
        return replace(level, turns=least, extra=EXTRA)

    def ask(self, state: State, plan: RubiksCubeParams, rng: Random) -> dict[str, Any] | None:
        for color in shuffled(range(6), rng):
            way = face_solution(state.stickers, color)
            if way is not None and len(way) == plan.turns:
                return {"face": FACES[color]}
        return None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        face = params["face"]
        return (
            f"What is the least number of quarter turns after which all nine stickers of face {face} are {_name(face)},"
            " the colour of its centre? The other faces may look any way. A half turn counts as two."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        face: Face = params["face"]
        color = FACES.index(face)
        way = _wanted(face_solution(state.stickers, color))
        away = [place for place in range(54) if state.stickers[place] == color and place // 9 != color]
        steps = [
            f"Face {face} must become {_name(face)}. It shows {counted(9 - len(away), 'sticker')} of this colour; the"
            f" others are at {listed(map(_named, away))}."
        ]
        stickers = state.stickers
        for number, move in enumerate(way, 1):
            stickers = turned(stickers, move)
            shown = face_text(State(stickers).rows(face))
            steps.append(f"Turn {number}, {move}: face {face} is then {shown}.")
        steps.append(_fewer(state.stickers, color, len(way)))
        return Solution(len(way), steps, work=float(len(way)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, _wanted(face_solution(state.stickers, FACES.index(params["face"]))))


class FullSolve(Task[State, RubiksCubeParams]):
    """Task 4."""

    id, slug = 4, "full_solve"
    about = "Least number of turns to solve the cube."
    qa_type, qa_level = QAType.STRATEGY_OPTIMIZATION, Level.HARD
    kind = AnswerKind.INTEGER
    params_type = NoParams
    answer_bound = 0.55

    def plan(self, level: RubiksCubeParams, rng: Random) -> RubiksCubeParams:
        """Draw the least number."""
        return replace(level, turns=rng.choices(range(2, 2 + len(level.cube_shares)), level.cube_shares)[0])

    def ask(self, state: State, plan: RubiksCubeParams, rng: Random) -> dict[str, Any] | None:
        way = cube_solution(state.stickers)
        return {} if way is not None and len(way) == plan.turns else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            "What is the least number of quarter turns that solves the whole cube, so that each face shows one colour?"
            " A half turn counts as two."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        way = _wanted(cube_solution(state.stickers))
        stickers = state.stickers
        steps = [f"One shortest solution is {arrows(way)}. Letters stand for colours: y = yellow, w = white and so on."]
        for number, move in enumerate(way, 1):
            stickers = turned(stickers, move)
            strips = listed(strip.rsplit(" ", 1)[0] for strip in STRIPS[_face(move)])
            steps.append(f"Turn {number}, {move}: face {move[0]} turns, and {strips} move. Then {_letters(stickers)}.")
        steps.append(_too_few(len(way)))
        return Solution(len(way), steps, work=float(len(way)))

    def trajectory(self, state: State, params: Mapping[str, Any]) -> Sequence[Frame[State]] | None:
        return _course(state, _wanted(cube_solution(state.stickers)))


class ColorCount(Task[State, RubiksCubeParams]):
    """Task 5."""

    id, slug = 5, "color_count"
    about = "Count stickers of one colour on a face."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.INTEGER
    params_type = CountParams
    rules = NAMING

    def plan(self, level: RubiksCubeParams, rng: Random) -> RubiksCubeParams:
        """Draw the number to be counted."""
        return replace(level, count=rng.choices(range(len(level.count_shares)), level.count_shares)[0])

    def ask(self, state: State, plan: RubiksCubeParams, rng: Random) -> dict[str, Any] | None:
        counts = ((face, color, _shown(state, face).count(color)) for face in FACES for color in range(6))
        fits = [{"face": face, "color": COLORS[color]} for face, color, count in counts if count == plan.count]
        return rng.choice(fits) if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"How many of the nine stickers of face {params['face']} are {params['color']}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        face, color = params["face"], params["color"]
        rows = state.rows(face)
        found = [f"({row},{col})" for row in range(3) for col in range(3) if COLORS[rows[row][col]] == color]
        where = f"at {listed(found)}" if found else "nowhere on this face"
        return Solution(
            len(found),
            [
                f"Find face {face}, the one with the {_name(face)} centre. Its rows from the top are:"
                f" {face_text(rows)}.",
                f"The colour {color} is {where}: {counted(len(found), 'sticker')}.",
            ],
            work=float(len(set(_shown(state, face)))),
        )


# --- Colours and places


def _relation_drawn(rng: Random) -> Relation:
    return rng.choices(list(RELATIONS), list(RELATIONS.values()))[0]


def _relation(face: Face, color: int) -> Relation:
    own = FACES.index(face)
    return "own" if color == own else "opposite" if color == opposite(own) else "side"


def _shown(state: State, face: Face) -> bytes:
    """Return the nine stickers of a face."""
    start = 9 * FACES.index(face)
    return state.stickers[start : start + 9]


def _name(face: Face) -> str:
    return COLORS[FACES.index(face)]


def _face(move: Move) -> Face:
    return FACES[MOVES.index(move) // 2]


def _place(params: Mapping[str, Any]) -> int:
    return place_of(params["face"], params["row"], params["col"])


def _named(place: int) -> str:
    return f"{FACES[place // 9]} ({place // 3 % 3},{place % 3})"


def _letters(stickers: bytes) -> str:
    """Return all faces with one letter for each sticker, rows separated by slashes."""
    cube = State(stickers)
    return "; ".join(
        f"{face} {'/'.join(''.join(COLORS[color][0] for color in row) for row in cube.rows(face))}" for face in FACES
    )


# --- Reasons


def _came(move: Move, now: int, before: int) -> str:
    """Say from where a move brought the sticker that stands at `now` after it."""
    face = _face(move)
    if now == before:
        return f"{move} leaves {_named(now)} where it is, so before {move} the sticker was there as well."
    if now // 9 == FACES.index(face):
        turn = "clockwise" if move == face else "counter-clockwise"
        return (
            f"Before {move} the sticker was at {_named(before)}: {move} turns face {face} {turn}, which brings it to"
            f" {_named(now)}."
        )
    source, target = (_strip(face, place) for place in (before, now))
    return f"Before {move} the sticker was at {_named(before)}: {move} moves {source} onto {target}."


def _strip(face: Face, place: int) -> str:
    """Return the strip of a face's neighbours on which a place lies, with its direction."""
    name = FACES[place // 9]
    return next(strip for strip in STRIPS[face] if strip[0] == name)


def _course(state: State, moves: Sequence[Move]) -> Sequence[Frame[State]] | None:
    return course(
        state, ((move, State(turned(state.stickers, *moves[:number]))) for number, move in enumerate(moves, 1))
    )


def _wanted(way: list[Move] | None) -> list[Move]:
    if way is None:
        raise ValueError(f"the goal is more than {LIMIT} turns away")
    if not way:
        raise ValueError("the goal is reached without a turn")
    return way


def _fewer(stickers: bytes, color: int, least: int) -> str:
    """Say why fewer turns do not make a face uniform."""
    face, name = FACES[color], COLORS[color]
    if least == 1:
        return f"Without a turn face {face} is not uniform, so 1 turn is the least."
    if least == 2:
        return f"None of the 12 single turns makes face {face} uniform, so 2 turns are the least."
    fore = (least - 1) // 2
    back = least - 1 - fore
    here, there = len(ball(only(stickers, color), fore)), near_face(color, back)
    return (
        f"Fewer turns do not suffice. With up to {counted(fore, 'turn')} from here the nine {name} stickers get into"
        f" {here} arrangements, and {there} arrangements are up to {counted(back, 'turn')} from a uniform face {face}."
        f" No arrangement is among both, so {counted(least - 1, 'turn')} are not enough, and {least} are the least."
    )


def _too_few(least: int) -> str:
    """Say why fewer turns do not solve the cube."""
    if least == 1:
        return "The cube shown is not solved, so 1 turn is the least."
    ways = [f"{cubes} are {counted(turns, 'turn')}" for turns, cubes in enumerate(SPHERES[:least]) if turns]
    return (
        f"Fewer turns do not suffice. A search through all cubes near the solved one shows that exactly {listed(ways)}"
        f" from solved; the cube shown is none of these. So {least} turns are the least."
    )


TASKS = (FaceRecognition(), MovePrediction(), SingleFaceSolve(), FullSolve(), ColorCount())
