"""Sokoban: the rules, the questions, their shares, and what a guesser without the board can do."""

import json
from collections import Counter, deque
from functools import cache
from itertools import islice
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.game import Level
from gameqa.draw import Style
from gameqa.games.sokoban import GAME
from gameqa.games.sokoban.generate import LEVELS, SokobanParams, generate, perturb
from gameqa.games.sokoban.render import describe, draw
from gameqa.games.sokoban.rules import MOVES, greedy_length, play, shortest_solution, slide, walks
from gameqa.games.sokoban.state import State

SIGNS = ".#BT*P+"
STEP = {"Up": (-1, 0), "Down": (1, 0), "Left": (0, -1), "Right": (0, 1)}
EXAMPLE_JSON = {
    "grid": [[1, 1, 1, 1, 1], [1, 0, 0, 0, 1], [1, 3, 2, 0, 1], [1, 0, 0, 5, 1], [1, 1, 1, 1, 1]],
    "grid_size": {"width": 5, "height": 5},
    "player": {"x": 3, "y": 3},
    "boxes": [{"x": 2, "y": 2}],
    "targets": [{"x": 1, "y": 2}],
}
EXAMPLE = State.from_json(EXAMPLE_JSON)
CELL_TASKS = ("player_after_moves", "box_after_moves", "player_position")
SAMPLES = 240


def board(text):
    return State.of(tuple(tuple(SIGNS.index(sign) for sign in line.split()[0]) for line in text.split()))


def near(share, aim, count=SAMPLES):
    """Within about three standard deviations."""
    return abs(share - aim) <= 3 * (aim * (1 - aim) / count) ** 0.5 + 0.005


@cache
def rows(task, level):
    """(state, params, right value) of some samples."""
    made = [gameqa.sample("sokoban", task, level, seed=7, index=index) for index in range(SAMPLES)]
    read = [(State.from_json(json.loads(one.state)), json.loads(one.params), one.answer) for one in made]
    return [(state, params, params["options"]["ABCDEFGH".index(letter)]) for state, params, letter in read]


def boards(level, number, /, seed=0, **wishes):
    plan = msgspec.structs.replace(LEVELS[level], **wishes)
    rng = Random(f"{level}{seed}{wishes}")
    tries = (generate(rng, plan, lambda state: True) for _ in range(1000))
    return list(islice((state for state in tries if state is not None), number))


# A second implementation of the rules, on sets of cells.


def plain(state):
    walls = {(r, c) for r, row in enumerate(state.grid) for c, code in enumerate(row) if code == 1}
    return walls, frozenset(state.boxes), state.player


def move_once(walls, boxes, player, move):
    down, across = STEP[move]
    there = player[0] + down, player[1] + across
    if there in walls:
        return boxes, player
    if there in boxes:
        beyond = there[0] + down, there[1] + across
        if beyond in walls or beyond in boxes:
            return boxes, player
        boxes = (boxes - {there}) | {beyond}
    return boxes, there


def least_moves(state):
    """Breadth-first search by single moves over (boxes, player)."""
    walls, boxes, player = plain(state)
    seen, queue = {(boxes, player)}, deque([(boxes, player, 0)])
    while queue:
        boxes, player, moves = queue.popleft()
        if boxes == frozenset(state.targets):
            return moves
        for move in STEP:
            after = move_once(walls, boxes, player, move)
            if after not in seen:
                seen.add(after)
                queue.append((*after, moves + 1))
    return None


def walk_lengths(state, start):
    walls, boxes, _ = plain(state)
    found, queue = {start: 0}, deque([start])
    while queue:
        here = queue.popleft()
        for down, across in STEP.values():
            there = here[0] + down, here[1] + across
            if there not in walls | boxes | found.keys():
                found[there] = found[here] + 1
                queue.append(there)
    return found


def carried_out(state, moves):
    """The last cell of a walk without pushes, None where it runs into something."""
    walls, boxes, here = plain(state)
    for move in moves:
        here = here[0] + STEP[move][0], here[1] + STEP[move][1]
        if here in walls | boxes:
            return None
    return here


def ring_end(state, start, moves):
    row, column = start
    for move in moves:
        row = min(max(row + STEP[move][0], 1), state.height - 2)
        column = min(max(column + STEP[move][1], 1), state.width - 2)
    return [row, column]


def net(moves):
    return sum(STEP[move][0] for move in moves), sum(STEP[move][1] for move in moves)


class TestMoves:
    @pytest.mark.parametrize(
        ("before", "moves", "player", "boxes", "outcomes"),
        [
            ("##### #...# #TBP# #...# #####", "Left", (2, 2), {(2, 1)}, "push"),
            ("##### #...# #TBP# #...# #####", "Left Left", (2, 2), {(2, 1)}, "push stuck"),
            ("##### #...# #TBP# #...# #####", "Left Right", (2, 3), {(2, 1)}, "push walk"),
            ("##### #...# #TBP# #...# #####", "Right Up", (1, 3), {(2, 2)}, "wall walk"),
            ("###### #....# #TBBP# #...T# ######", "Left", (2, 4), {(2, 2), (2, 3)}, "stuck"),
            ("###### #....# #+B..# #....# ######", "Right Right Right", (2, 3), {(2, 4)}, "push push stuck"),
            ("###### #....# #.*P.# #....# ######", "Left", (2, 2), {(2, 1)}, "push"),
        ],
    )
    def test_small_boards(self, before, moves, player, boxes, outcomes):
        state = board(before)
        moves = moves.split()
        played = play(state, moves)
        assert [step.outcome for step in played] == outcomes.split()
        assert played[-1].after == player
        walls, stand, here = plain(state)
        for move in moves:
            stand, here = move_once(walls, stand, here, move)
        assert (here, set(stand)) == (player, boxes)

    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 10**6), st.lists(st.sampled_from(MOVES), min_size=1, max_size=20))
    def test_play_agrees_with_the_plain_rules(self, seed, moves):
        state = boards(Level.MEDIUM, 1, seed=seed)[0]
        walls, boxes, here = plain(state)
        for step in play(state, moves):
            assert step.before == here
            boxes, here = move_once(walls, boxes, here, step.move)
            assert step.after == here
            assert step.blocked == (step.before == step.after)

    def test_a_box_by_itself_is_blocked_by_walls_and_boxes_but_not_by_the_player(self):
        state = board("###### #P...# #BTB.# #..T.# ######")
        assert [step.after for step in slide(state, (2, 1), ["Right", "Right", "Up", "Left"])] == [
            (2, 2),
            (2, 2),
            (1, 2),
            (1, 1),
        ]
        assert state.boxes == ((2, 1), (2, 3))


class TestSearch:
    def test_walks_and_pushes_both_count(self):
        # A search by pushes that ignores walking gives 11 here.
        state = board("######## #......# #......# #..B...# #T.....# #......# #....P.# ########")
        assert len(shortest_solution(state)) == 9

    @pytest.mark.parametrize(("level", "boxes", "count"), [("Easy", 1, 40), ("Easy", 2, 12), ("Medium", 1, 12)])
    def test_agrees_with_plain_search(self, level, boxes, count):
        for state in boards(Level(level), count, count=boxes):
            moves = shortest_solution(state)
            assert len(moves) == least_moves(state)
            walls, stand, here = plain(state)
            for move in moves:
                stand, here = move_once(walls, stand, here, move)
            assert set(stand) == set(state.targets)

    def test_unsolvable_boards_have_no_solution(self):
        assert shortest_solution(board("##### #B..# #.TP# #...# #####")) is None
        assert shortest_solution(board("###### #BB.T# #...T# #...P# ######")) is None

    def test_the_search_is_bounded(self):
        assert shortest_solution(EXAMPLE, 3) is None
        assert len(shortest_solution(EXAMPLE)) == 2

    def test_walks_agree_with_plain_search(self):
        for state in boards(Level.HARD, 10):
            assert walks(state, state.player) == walk_lengths(state, state.player)

    def test_a_greedy_solution_is_never_shorter(self):
        lengths = [(greedy_length(state), len(shortest_solution(state))) for state in boards(Level.EASY, 60, count=1)]
        assert all(greedy is None or greedy >= least for greedy, least in lengths)
        assert any(greedy is not None and greedy > least for greedy, least in lengths)


class TestExamples:
    """The board of the documentation page."""

    def solve(self, task, **params):
        return GAME.task(task).solve(EXAMPLE, params).value

    def test_answers(self):
        moves = ["Left", "Left", "Up", "Right", "Right"]
        assert self.solve("player_after_moves", moves=moves) == (2, 2)
        assert self.solve("box_after_moves", box=[2, 2], moves=["Up", "Up", "Left", "Down", "Left"]) == (2, 1)
        assert self.solve("min_moves") == 2
        assert self.solve("player_position") == (3, 3)
        assert self.solve("box_target_distance") == 1

    @pytest.mark.parametrize(
        ("moves", "right"),
        [
            ("Up Up Left Left", True),
            ("Left Left Up Up", True),
            ("Up Left Left Up", False),
            ("Left Up Left Up", False),
            ("Up Up Left", False),
            ("Up Up Left Left Down Up", False),
            ("Down Up Up Left Left", False),
        ],
    )
    def test_walks(self, moves, right):
        assert GAME.task("shortest_walk").is_right(EXAMPLE, {"goal": [1, 1]}, moves.split()) == right

    def test_steps_of_a_sequence(self):
        moves = ["Left", "Left", "Up", "Right", "Right"]
        steps = GAME.task("player_after_moves").solve(EXAMPLE, {"moves": moves}).steps
        assert steps[4] == "Move 4, Right: the player goes (2, 1) → (2, 2) and pushes the box (2, 2) → (2, 3)."
        assert steps[5] == (
            "Move 5, Right: blocked by the box at (2, 3), behind which (2, 4) is wall; the player stays at (2, 2)."
        )

    def test_a_simple_lower_bound_is_given_where_it_is_met(self):
        steps = GAME.task("min_moves").solve(EXAMPLE, {}).steps
        assert steps[-1] == (
            "The box is 1 away from the target, so it takes 1 push at least; before that the player needs 1 move to "
            "stand beside the box. So fewer than 2 moves are impossible."
        )


class TestState:
    def test_json_is_x_column_y_row(self):
        assert EXAMPLE.to_json() == EXAMPLE_JSON
        state = board("####### #..+..# #.*B..# #####.# #######")
        assert state.to_json()["player"] == {"x": 3, "y": 1}
        assert state.to_json()["boxes"] == [{"x": 2, "y": 2}, {"x": 3, "y": 2}]
        assert state.to_json()["targets"] == [{"x": 3, "y": 1}, {"x": 2, "y": 2}]
        assert State.from_json(state.to_json()) == state

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"grid": [[1] * 5] * 5}, "exactly one player"),
            ({"grid": [[1] * 5, [1, 0, 0, 0, 1], [1, 3, 0, 0, 1], [1, 0, 0, 5, 1], [1] * 5]}, "boxes and as many"),
            ({"grid": [[1] * 5, [1, 0, 0, 0, 1], [1, 3, 2, 0, 0], [1, 0, 0, 5, 1], [1] * 5]}, "outer ring"),
            ({"grid": [[1] * 5, [1, 0, 0, 0], [1, 3, 2, 0, 1], [1, 0, 0, 5, 1], [1] * 5]}, "equally long"),
            ({"grid": [[1] * 4, [1, 5, 2, 1], [1, 3, 0, 1], [1] * 4]}, "5 to 12"),
            ({"grid": []}, "5 to 12"),
            ({"grid": [[1] * 5, [1, 0, 0, 0, 1], [1, 3, 7, 0, 1], [1, 0, 0, 5, 1], [1] * 5]}, "Invalid enum value 7"),
            ({"grid_size": {"width": 6, "height": 5}}, "grid_size"),
            ({"player": {"x": 1, "y": 3}}, "player"),
            ({"boxes": [{"x": 2, "y": 1}]}, "boxes"),
            ({"targets": []}, "targets"),
            ({"moves": 3}, "unknown field"),
        ],
    )
    def test_bad_states_are_refused(self, change, message):
        with pytest.raises(ValueError, match=message):
            State.from_json({**EXAMPLE_JSON, **change})

    def test_perturbed_states_are_other_legal_states(self):
        rng = Random(3)
        state = boards(Level.EASY, 1, count=2)[0]
        made = [perturb(state, rng) for _ in range(60)]
        assert all(other != state and State.from_json(other.to_json()) == other for other in made)
        assert {other.player == state.player for other in made} == {True, False}
        assert {other.boxes == state.boxes for other in made} == {True, False}
        assert {other.targets == state.targets for other in made} == {True, False}

    def test_text_view(self):
        assert describe(EXAMPLE).splitlines() == [
            "# wall  . floor  P player  B box  T target  * box on target  + player on target",
            "    0 1 2 3 4",
            " 0  # # # # #",
            " 1  # . . . #",
            " 2  # T B . #",
            " 3  # . . P #",
            " 4  # # # # #",
        ]

    def test_wide_text_view_is_aligned(self):
        (state,) = boards(Level.HARD, 1)
        _, heading, *lines = describe(state).splitlines()
        for row, line in enumerate(lines):
            assert line[:2] == f"{row:>2}"
            assert len(line) == len(heading)
            for column in range(12):
                assert int(heading[4 + 3 * column - (column > 0) : 6 + 3 * column]) == column
                assert line[5 + 3 * column] == SIGNS[state.grid[row][column]]

    @pytest.mark.parametrize(("level", "side"), [("Easy", 472), ("Medium", 552), ("Hard", 808)])
    def test_picture_size(self, level, side):
        (state,) = boards(Level(level), 1)
        assert draw(state, Style()).size == (side, side)

    @pytest.mark.parametrize("height", range(5, 13))
    def test_every_board_makes_a_picture_of_fair_size(self, height):
        for width in range(5, 13):
            lines = ["#" * width, "#PBT" + "." * (width - 5) + "#", *["#" + "." * (width - 2) + "#"] * (height - 3)]
            image = draw(board(" ".join([*lines, "#" * width])), Style())
            assert 200_000 <= image.width * image.height <= 1_000_000


class TestBoards:
    @pytest.mark.parametrize(
        ("level", "size", "walls"), [("Easy", 6, (0, 2)), ("Medium", 8, (2, 5)), ("Hard", 12, (8, 12))]
    )
    def test_floor_is_one_region(self, level, size, walls):
        for state in boards(Level(level), 60):
            assert (state.height, state.width) == (size, size)
            floor = set(state.open_cells)
            assert len(floor) >= 8
            assert walls[0] <= (size - 2) ** 2 - len(floor) <= walls[1]
            reached, todo = set(), [state.player]
            while todo:
                here = todo.pop()
                if here in floor and here not in reached:
                    reached.add(here)
                    todo += [(here[0] + down, here[1] + across) for down, across in STEP.values()]
            assert reached == floor
            assert set(state.boxes) != set(state.targets)

    @pytest.mark.parametrize(("level", "boxes", "count"), [("Easy", 2, 40), ("Medium", 2, 15), ("Medium", 3, 4)])
    def test_boards_with_several_boxes_are_solvable(self, level, boxes, count):
        for state in boards(Level(level), count, count=boxes):
            assert shortest_solution(state, 10**7) is not None

    def test_shares_of_boxes_and_codes(self):
        plans = [GAME.task("player_position").plan(LEVELS[Level.HARD], Random(seed)) for seed in range(1500)]
        assert near(sum(plan.count == 1 for plan in plans) / 1500, 0.5, 1500)
        several = [plan for plan in plans if plan.count > 1]
        assert near(sum(plan.count == 2 for plan in several) / len(several), 0.5, len(several))
        assert near(sum(plan.box_on_target for plan in several) / len(several), 0.15, len(several))
        assert near(sum(plan.player_on_target for plan in plans) / 1500, 0.1, 1500)

    @pytest.mark.parametrize("level", list(Level))
    def test_wished_codes_are_granted(self, level):
        for box_on_target in (True, False):
            for player_on_target in (True, False):
                wishes = {"count": 2, "box_on_target": box_on_target, "player_on_target": player_on_target}
                for state in boards(level, 15, **wishes):
                    assert len(set(state.boxes) & set(state.targets)) == box_on_target
                    assert (state.player in state.targets) == player_on_target

    def test_params_are_checked(self):
        easy = msgspec.structs.asdict(LEVELS[Level.EASY])
        for change in ({"size": 4}, {"walls": (3, 2)}, {"walls": (5, 6)}, {"distance": 7}, {"boxes": 4}):
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert({**easy, **change}, SokobanParams)


@pytest.mark.parametrize("level", list(Level))
class TestQuestions:
    def test_player_after_moves(self, level):
        found = Counter()
        for state, params, right in rows("player_after_moves", level):
            walls, boxes, here = plain(state)
            first = boxes
            blocked = 0
            for move in params["moves"]:
                boxes, there = move_once(walls, boxes, here, move)
                blocked += there == here
                here = there
            assert list(here) == right
            assert len(params["moves"]) == LEVELS[level].moves > blocked
            played = play(state, params["moves"])
            stuck = [step.number for step in played if step.outcome == "stuck"]
            wrong = [
                play(state, params["moves"], boxes="wall")[-1].after,
                play(state, params["moves"], through=stuck)[-1].after,
            ]
            found["push"] += boxes != first or any(step.outcome == "push" for step in played)
            found["blocked"] += blocked > 0
            found["misjudged"] += any(list(cell) != right for cell in wrong)
        assert found["push"] >= 0.6 * SAMPLES
        assert found["blocked"] >= 0.4 * SAMPLES
        assert found["misjudged"] >= 0.25 * SAMPLES

    def test_box_after_moves(self, level):
        for state, params, right in rows("box_after_moves", level):
            box = tuple(params["box"])
            assert box in state.boxes
            walls, boxes, _ = plain(state)
            here, blocked = box, []
            for number, move in enumerate(params["moves"], 1):
                there = here[0] + STEP[move][0], here[1] + STEP[move][1]
                if there in walls or there in boxes - {box}:
                    blocked.append(number)
                else:
                    here = there
            assert list(here) == right
            down, across = net(params["moves"])
            assert right != [box[0] + down, box[1] + across]
            matter = [slide(state, box, params["moves"], through=[number])[-1].after != here for number in blocked]
            assert sum(matter) >= (2 if level is Level.HARD else 1)

    def test_min_moves(self, level):
        two = 0
        for state, params, right in rows("min_moves", level):
            two += len(state.boxes) == 2
            assert right >= {Level.EASY: 2, Level.MEDIUM: 5, Level.HARD: 8}[level]
            assert min(params["options"]) >= 1
        assert near(two / SAMPLES, 0.0 if level is Level.HARD else 0.25)

    def test_distances(self, level):
        most = {Level.EASY: 4, Level.MEDIUM: 7, Level.HARD: 12}[level]
        found = Counter()
        for state, params, right in rows("box_target_distance", level):
            ((row, column),), ((to_row, to_column),) = state.boxes, state.targets
            assert right == abs(row - to_row) + abs(column - to_column) > 0
            assert min(params["options"]) >= 0 and max(params["options"]) <= max(9, 2 * (state.width - 3) + 2)
            found[right] += 1
        assert set(found) == set(range(1, most + 1))
        assert all(near(count / SAMPLES, 1 / most) for count in found.values())

    def test_cell_options_are_never_walls(self, level):
        for task in CELL_TASKS:
            for state, params, _ in rows(task, level):
                assert all(tuple(cell) in state.open_cells for cell in params["options"])

    def test_shortest_walk(self, level):
        low, high = LEVELS[level].walk
        hindered = 0
        for state, params, right in rows("shortest_walk", level):
            goal = tuple(params["goal"])
            least = walk_lengths(state, state.player)[goal]
            assert low <= least <= high
            fits = [moves for moves in params["options"] if carried_out(state, moves) == goal and len(moves) == least]
            assert fits == [right]
            rest = [moves for moves in params["options"] if moves != right]
            assert sum(net(moves) == net(right) for moves in rest) >= 3
            rows_apart, columns_apart = net(right)
            down = ["Down" if rows_apart > 0 else "Up"] * abs(rows_apart)
            across = ["Right" if columns_apart > 0 else "Left"] * abs(columns_apart)
            free = [carried_out(state, route) is not None for route in (down + across, across + down)]
            hindered += least > len(down + across) or not all(free)
        assert hindered >= 0.6 * SAMPLES


class TestBlindGuesses:
    """Eight options: chance is 12.5 %."""

    @pytest.mark.parametrize("task", CELL_TASKS)
    @pytest.mark.parametrize("level", list(Level))
    def test_the_middle_or_outermost_cell(self, task, level):
        for best in (min, max):
            hits = 0.0
            for _, params, right in rows(task, level):
                cells = params["options"]
                spread = [sum(abs(a - c) + abs(b - d) for c, d in cells) for a, b in cells]
                guesses = [cell for cell, value in zip(cells, spread, strict=True) if value == best(spread)]
                hits += (right in guesses) / len(guesses)
            assert hits / SAMPLES < 0.28

    @pytest.mark.parametrize("level", list(Level))
    def test_the_cell_with_a_swapped_twin(self, level):
        hits = 0.0
        for _, params, right in rows("player_position", level):
            cells = params["options"]
            guesses = [cell for cell in cells if cell[::-1] in cells and cell[0] != cell[1]] or cells
            hits += (right in guesses) / len(guesses)
        assert hits / SAMPLES < 0.22

    @pytest.mark.parametrize("level", list(Level))
    def test_two_cells_as_far_apart_as_the_moves(self, level):
        hits = 0.0
        for _, params, right in rows("player_after_moves", level):
            cells, (down, across) = params["options"], net(params["moves"])
            guesses = [cell for cell in cells if [cell[0] - down, cell[1] - across] in cells] or cells
            hits += (right in guesses) / len(guesses)
        assert hits / SAMPLES < 0.25

    @pytest.mark.parametrize("level", list(Level))
    def test_the_box_in_an_empty_board(self, level):
        hits = sum(
            ring_end(state, params["box"], params["moves"]) == right
            for state, params, right in rows("box_after_moves", level)
        )
        assert hits / SAMPLES < 0.3

    @pytest.mark.parametrize("task", ["min_moves", "box_target_distance"])
    @pytest.mark.parametrize("level", list(Level))
    def test_ranks_of_numbers(self, task, level):
        ranks = Counter(sorted(params["options"]).index(right) for _, params, right in rows(task, level))
        # Small right values cannot stand high: on Easy the ranks are as even as values from 0 or 1 up allow.
        assert max(ranks.values()) / SAMPLES < (0.4 if level is Level.EASY else 0.26)
        assert ranks[0] / SAMPLES < 0.3

    @pytest.mark.parametrize("level", list(Level))
    def test_net_displacement_and_length(self, level):
        by_net = shortest = 0.0
        for _, params, right in rows("shortest_walk", level):
            options = params["options"]
            common = Counter(map(net, options))
            guesses = [moves for moves in options if common[net(moves)] == max(common.values())]
            by_net += (right in guesses) / len(guesses)
            briefest = [moves for moves in guesses if len(moves) == min(map(len, guesses))]
            shortest += (right in briefest) / len(briefest)
        assert by_net / SAMPLES < 0.2
        assert shortest / SAMPLES < 0.3
