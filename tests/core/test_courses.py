"""Courses of moves: how frames are made of moves, and that the last frame agrees with the answer of the question."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import gameqa
from gameqa import Level, Sample
from gameqa.core.game import Frame, course
from gameqa.core.sample import read_row
from gameqa.tools.template import GAME as TEMPLATE
from gameqa.tools.template.state import State

Last = dict[str, Any]
"""The last state of a course, as JSON."""
Agrees = Callable[[Sample, Any, Last, int], bool]
"""Whether the answer (a letter's value for a choice) is what the last state, after so many moves, says."""


def board(mark: int) -> State:
    return State(((mark, 0), (0, 1)))


def test_a_course_leaves_out_moves_that_change_nothing() -> None:
    start, other = board(0), board(1)
    moves = [("up", start), ("down", other), ("down", other), ("up", start)]
    assert course(start, moves) == [Frame(start), Frame(other, "down"), Frame(start, "up")]
    assert course(start, [("up", start)]) is course(start, []) is None


def test_a_task_has_no_course_unless_it_says_so() -> None:
    sample = gameqa.sample("sudoku", "color_count")
    assert TEMPLATE.tasks[0].trajectory(board(0), {}) is None
    task, state, params = read_row(sample.row(image=False))
    assert task.trajectory(state, params) is None


def courses(game: str, slug: str, count: int) -> Iterator[tuple[Sample, list[Frame[Any]] | None]]:
    """Yield samples of all levels with their courses."""
    for level in Level:
        for index in range(count):
            sample = gameqa.sample(game, slug, level, "validation", index=index)
            task, state, params = read_row(sample.row(image=False))
            frames = task.trajectory(state, params)
            yield sample, [*frames] if frames else None


def value(sample: Sample) -> Any:
    if sample.answer_kind == "choice":
        return json.loads(sample.params)["options"]["ABCDEFGHIJKLMNOP".index(sample.answer)]
    return int(sample.answer) if sample.answer_kind == "integer" else sample.answer


def params(sample: Sample) -> Any:
    return json.loads(sample.params)


def place(cell: dict[str, int]) -> list[int]:
    return [cell["y"], cell["x"]]


def shown(sample: Sample, last: Last) -> Any:
    """Return the colour of the asked sticker of a cube."""
    asked = params(sample)
    return last["colors"][last["faces"][asked["face"]][asked["row"]][asked["col"]]]


def solved(faces: dict[str, list[list[int]]]) -> bool:
    return all(len({color for row in face for color in row}) == 1 for face in faces.values())


AGREEMENT: dict[tuple[str, str], Agrees] = {
    ("langtons_ant", "pose_after_steps"): lambda sample, answer, last, moves: answer == last["ant"],
    ("langtons_ant", "cell_flip_count"): lambda sample, answer, last, moves: moves == params(sample)["steps"],
    ("lifegame", "next_live_count"): lambda sample, answer, last, moves: answer == sum(map(sum, last["grid"])),
    ("lifegame", "cell_sequence"): lambda sample, answer, last, moves: (
        answer[-1] == last["grid"][params(sample)["row"]][params(sample)["col"]]
    ),
    ("lifegame", "region_stability_steps"): lambda sample, answer, last, moves: answer == moves,
    ("sokoban", "player_after_moves"): lambda sample, answer, last, moves: answer == place(last["player"]),
    ("sokoban", "box_after_moves"): lambda sample, answer, last, moves: answer in map(place, last["boxes"]),
    ("sokoban", "min_moves"): lambda sample, answer, last, moves: answer == moves and last["boxes"] == last["targets"],
    ("sokoban", "shortest_walk"): lambda sample, answer, last, moves: (
        len(answer) == moves and place(last["player"]) == params(sample)["goal"]
    ),
    ("maze", "position_after_moves"): lambda sample, answer, last, moves: answer == last["playerPosition"],
    ("maze", "path_to_goal"): lambda sample, answer, last, moves: (
        len(answer) == moves + 1
        and sum(abs(a - b) for a, b in zip(last["playerPosition"], last["endPosition"], strict=True)) == 1
    ),
    ("snake", "shortest_path_length"): lambda sample, answer, last, moves: (
        answer == moves + 1 and sum(abs(a - b) for a, b in zip(last["snake"][0], last["food"], strict=True)) == 1
    ),
    ("rubiks_cube", "move_prediction"): lambda sample, answer, last, moves: answer == shown(sample, last),
    ("rubiks_cube", "full_solve"): lambda sample, answer, last, moves: answer == moves and solved(last["faces"]),
    ("rubiks_cube", "single_face_solve"): lambda sample, answer, last, moves: (
        answer == moves and len({color for row in last["faces"][params(sample)["face"]] for color in row}) == 1
    ),
    ("chess_ranger", "max_captures"): lambda sample, answer, last, moves: (
        answer == moves == json.loads(sample.state)["pieces"] - last["pieces"]
    ),
    ("freecell", "card_after_move"): lambda sample, answer, last, moves: (
        answer == last["cascade_piles"][params(sample)["pile"]][-1]
    ),
    ("spider_solitaire", "deal_clicks"): lambda sample, answer, last, moves: (
        answer == sum(card["faceUp"] for card in last["waste"][params(sample)["pile"]])
    ),
    ("spider_solitaire", "reveal_move"): lambda sample, answer, last, moves: (
        hidden(last, params(sample)["pile"]) == hidden(json.loads(sample.state), params(sample)["pile"]) - 1
    ),
    ("turing_machine_2d", "head_position"): lambda sample, answer, last, moves: answer == place(last["head"]),
    ("turing_machine_2d", "head_state_symbol"): lambda sample, answer, last, moves: (
        answer == {"state": last["head"]["state"], "symbol": last["grid"][last["head"]["y"]][last["head"]["x"]]}
    ),
    ("turing_machine_2d", "first_state_entry"): lambda sample, answer, last, moves: (
        answer == moves and last["head"]["state"] == params(sample)["target_state"]
    ),
    ("ultra_tictactoe", "best_scoring_move"): lambda sample, answer, last, moves: (
        answer == f"({', '.join(map(str, last['last_step']))})"
    ),
    ("space_invaders", "continuous_shooting"): lambda sample, answer, last, moves: (
        answer == worth(json.loads(sample.state)) - worth(last)
    ),
    ("space_invaders", "move_and_shoot"): lambda sample, answer, last, moves: (
        answer == worth(json.loads(sample.state)) - worth(last) and last["ship_col"] == params(sample)["col"]
    ),
    ("reconstruction_3d", "transition_path"): lambda sample, answer, last, moves: (
        sorted([*json.loads(sample.state)["voxel_positions"], *answer]) == last["voxel_positions"]
    ),
    ("reconstruction_3d", "min_added_voxels"): lambda sample, answer, last, moves: answer == moves,
    ("tictactoe", "best_move"): lambda sample, answer, last, moves: last["board"][answer[0]][answer[1]] != " ",
    ("tictactoe", "reply_after_move"): lambda sample, answer, last, moves: (
        answer is None or last["board"][answer[0]][answer[1]] != " "
    ),
}


def hidden(state: Last, pile: int) -> int:
    return sum(not card["faceUp"] for card in state["waste"][pile])


def worth(state: Last) -> int:
    points = {"purple": 30, "blue": 20, "green": 10}
    return sum(points[enemy["color"]] for enemy in state["enemies"])


@pytest.mark.parametrize(("game", "slug"), AGREEMENT)
def test_the_last_frame_agrees_with_the_answer(game: str, slug: str) -> None:
    seen = 0
    for sample, frames in courses(game, slug, 6):
        if frames:
            seen += 1
            last = frames[-1].state.to_json()
            assert AGREEMENT[game, slug](sample, value(sample), json.loads(json.dumps(last)), len(frames) - 1), (
                sample.data_id
            )
    assert seen >= 3


def test_the_fall_of_a_tetris_piece_takes_the_asked_timesteps() -> None:
    for sample, frames in courses("tetris", "timesteps_until_collision", 8):
        answer = value(sample)
        words = [frame.move for frame in frames or []][1:]
        assert words == [params(sample)["move"], *["down"] * max(answer, 0)] if frames else answer in (-1, 0)


@pytest.mark.parametrize(("game", "slug"), [("klondike", "valid_move"), ("freecell", "valid_move")])
def test_a_right_move_is_the_course(game: str, slug: str) -> None:
    for sample, frames in courses(game, slug, 6):
        right = dict(zip("ABCDEFGHIJ", sample.options, strict=False))[sample.answer]
        assert frames is None or [frame.move for frame in frames] == [None, right]


def test_blocked_moves_have_no_frame() -> None:
    """The player is shut in on the left and above; a box to the right goes onto its target."""
    state = gameqa.game("sokoban").state_type.from_json(
        {
            "grid": [[1] * 6, [1, 5, 2, 3, 0, 1], *[[1, 0, 0, 0, 0, 1]] * 3, [1] * 6],
            "grid_size": {"width": 6, "height": 6},
            "player": {"x": 1, "y": 1},
            "boxes": [{"x": 2, "y": 1}],
            "targets": [{"x": 3, "y": 1}],
        }
    )
    task = gameqa.game("sokoban").task("player_after_moves")
    frames = task.trajectory(state, {"moves": ["Left", "Up", "Right", "Down"]})
    assert frames is not None
    assert [(frame.move, str(frame.state).splitlines()[1:3]) for frame in frames] == [
        (None, ["#PBT.#", "#....#"]),
        ("Right", ["#.P*.#", "#....#"]),
        ("Down", ["#..*.#", "#.P..#"]),
    ]
