"""FreeCell: rules against an independent checker, questions, shares, what can be guessed blindly."""

import json
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from math import sqrt
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.game import Level
from gameqa.draw import Style
from gameqa.games.freecell import GAME, FreecellParams
from gameqa.games.freecell.generate import LEVELS, generate, perturb
from gameqa.games.freecell.render import describe, draw
from gameqa.games.freecell.rules import FREE, HOMES, KINDS, PILES, Fault, Kind, Move, Place, fault, moves, play
from gameqa.games.freecell.state import DECK, State

SPECIFIED, VALID, AFTER = GAME.tasks
RANKS = ["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"]
NAMES = {"♥": "HEARTS", "♦": "DIAMONDS", "♣": "CLUBS", "♠": "SPADES"}
N = 400
"""Samples for each task and level."""

EXAMPLE = {
    "cascade_piles": [
        ["8 ♥", "6 ♣", "8 ♠", "7 ♠", "2 ♥", "2 ♦", "2 ♣", "3 ♣", "9 ♠", "3 ♥", "Q ♦", "7 ♥", "5 ♣", "4 ♦"],
        ["10 ♠", "K ♣", "7 ♦", "4 ♠", "A ♠", "K ♥", "4 ♥", "K ♦", "9 ♣", "9 ♥", "J ♦", "4 ♣"],
        ["2 ♠", "J ♥", "7 ♣", "6 ♠", "3 ♠", "A ♦", "5 ♥", "9 ♦", "8 ♦", "6 ♥", "3 ♦", "J ♣"],
        ["8 ♣", "10 ♥", "10 ♦", "10 ♣", "Q ♥", "Q ♠", "5 ♠", "5 ♦", "K ♠", "A ♣", "6 ♦"],
    ],
    "free_cells": ["J ♠", None, "Q ♣", None],
    "foundation_piles": {"HEARTS": ["A ♥"], "DIAMONDS": [], "CLUBS": [], "SPADES": []},
}


def table(text):
    """Read the form that `str(state)` has; not all cards need be there."""

    def card(word):
        return None if word == "--" else f"{word[:-1]} {dict(zip('HDCS', NAMES, strict=True))[word[-1]]}"

    upper, *piles = text.strip().splitlines()
    cells, tops = upper.split("|")
    heights = tuple(0 if top == "--" else RANKS.index(top[:-1]) + 1 for top in tops.split())
    rows = tuple(tuple(map(card, pile.partition(":")[2].split())) for pile in piles)
    return State(rows, tuple(map(card, cells.split())), heights)


def go(card, source, target):
    return Move(card, Place.read(source), Place.read(target))


# A second set of rules, on the JSON of state and move.


def checker(state, move):
    """Say whether a move is legal, and play it on the JSON state if it is."""
    card, source, target = move["card"], move["from"], move["to"]
    rank, suit = card.split()
    red = suit in "♥♦"
    if source.startswith("Foundation") or source == target:
        return False
    from_cascade = source.startswith("Cascade")
    number = int(source.split()[1])
    if from_cascade:
        if not state["cascade_piles"][number] or state["cascade_piles"][number][-1] != card:
            return False
    elif state["free_cells"][number] != card:
        return False
    name = target.split()[1]
    if target.startswith("FreeCell"):
        if not from_cascade or state["free_cells"][int(name)] is not None:
            return False
        state["free_cells"][int(name)] = card
    elif target.startswith("Foundation"):
        pile = state["foundation_piles"][name]
        if name != NAMES[suit] or len(pile) != RANKS.index(rank):
            return False
        pile.append(card)
    else:
        pile = state["cascade_piles"][int(name)]
        if pile:
            top_rank, top_suit = pile[-1].split()
            if (top_suit in "♥♦") == red or RANKS.index(top_rank) != RANKS.index(rank) + 1:
                return False
        pile.append(card)
    if from_cascade:
        state["cascade_piles"][number].pop()
    else:
        state["free_cells"][number] = None
    return True


def copy(data):
    return json.loads(json.dumps(data))


def some_state(seed, level=Level.EASY):
    rng = Random(seed)
    return generate(rng, LEVELS[level], lambda _: True), rng


# Rules


BOARD = """
AS -- 5H 2D | AH -- -- --
0: 9C 6S
1: KH
2: 3C 2H
3:
4: 6D 5S
5: AD QS
"""


@pytest.mark.parametrize(
    ("move", "broken"),
    [
        (("6 ♠", "Cascade 0", "FreeCell 1"), None),
        (("6 ♠", "Cascade 0", "FreeCell 0"), Fault.CELL_TAKEN),
        (("9 ♣", "Cascade 0", "FreeCell 1"), Fault.COVERED),
        (("6 ♠", "Cascade 1", "FreeCell 1"), Fault.ABSENT),
        (("6 ♠", "Cascade 6", "FreeCell 1"), Fault.ABSENT),
        (("6 ♠", "Cascade 0", "Cascade 6"), Fault.NO_SUCH_MOVE),
        (("6 ♠", "Cascade 0", "Cascade 0"), Fault.NO_SUCH_MOVE),
        (("5 ♥", "FreeCell 2", "FreeCell 1"), Fault.NO_SUCH_MOVE),
        (("5 ♥", "FreeCell 2", "FreeCell 2"), Fault.NO_SUCH_MOVE),
        (("5 ♥", "FreeCell 0", "Cascade 0"), Fault.ABSENT),
        (("A ♥", "Foundation HEARTS", "FreeCell 1"), Fault.NO_SUCH_MOVE),
        (("5 ♥", "FreeCell 2", "Cascade 0"), None),  # a red 5 on a black 6
        (("5 ♠", "Cascade 4", "Cascade 0"), Fault.SAME_COLOR),
        (("Q ♠", "Cascade 5", "Cascade 1"), None),
        (("5 ♥", "FreeCell 2", "Cascade 5"), Fault.WRONG_RANK),
        (("K ♥", "Cascade 1", "Cascade 5"), Fault.WRONG_RANK),  # one rank lower is not one rank higher
        (("K ♥", "Cascade 1", "Cascade 3"), None),  # anything goes onto an empty cascade
        (("2 ♦", "FreeCell 3", "Cascade 3"), None),
        (("2 ♥", "Cascade 2", "Foundation HEARTS"), None),
        (("2 ♦", "FreeCell 3", "Foundation DIAMONDS"), Fault.NOT_DUE),
        (("2 ♥", "Cascade 2", "Foundation DIAMONDS"), Fault.OTHER_SUIT),
        (("A ♠", "FreeCell 0", "Foundation SPADES"), None),
        (("A ♠", "FreeCell 0", "Foundation CLUBS"), Fault.OTHER_SUIT),  # empty, but not the ace's own
        (("A ♦", "Cascade 5", "Foundation DIAMONDS"), Fault.COVERED),
    ],
)
def test_one_rule_at_a_time(move, broken):
    assert fault(table(BOARD), go(*move)) == broken


def test_a_move_changes_two_places_and_not_the_old_state():
    """
    Before                          5H from cell 2 onto 6S, then AS home, then 2H home
    AS -- 5H 2D | AH -- -- --       -- -- -- 2D | 2H -- -- AS
    0: 9C 6S                        0: 9C 6S 5H
    2: 3C 2H                        2: 3C
    """
    before = table(BOARD)
    state = before
    for move in (
        go("5 ♥", "FreeCell 2", "Cascade 0"),
        go("A ♠", "FreeCell 0", "Foundation SPADES"),
        go("2 ♥", "Cascade 2", "Foundation HEARTS"),
    ):
        state = play(state, move)
    assert state == table("-- -- -- 2D | 2H -- -- AS\n0: 9C 6S 5H\n1: KH\n2: 3C\n3:\n4: 6D 5S\n5: AD QS")
    assert before == table(BOARD)
    assert str(state).splitlines()[:2] == ["-- -- -- 2D | 2H -- -- AS", "0: 9C 6S 5H"]


def test_play_refuses_an_illegal_move():
    with pytest.raises(ValueError, match="2 ♦ cannot go from FreeCell 3 to Foundation DIAMONDS"):
        play(table(BOARD), go("2 ♦", "FreeCell 3", "Foundation DIAMONDS"))


@given(st.integers(0, 10**6), st.sampled_from(list(Level)))
@settings(max_examples=25, deadline=None)
def test_legal_moves_are_those_of_the_checker(seed, level):
    """Every card, from every place, to every place."""
    state, rng = some_state(seed, level)
    data = state.to_json()
    listed = {move for kind in Kind for move in moves(state, kind)}
    piles = PILES[: len(state.piles)]
    for card in rng.sample(DECK, 10) + [move.card for move in listed][:3]:
        for source in (*piles, *FREE):
            for target in (*piles, *FREE, *HOMES):
                move = Move(card, source, target)
                played = copy(data)
                legal = checker(played, move.to_json())
                assert legal == (move in listed) == (fault(state, move) is None)
                assert Move.from_json(move.to_json()) == move
                if legal:
                    assert play(state, move).to_json() == played


# State


def test_example_state_and_its_text():
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert table(str(state)) == state
    assert describe(state).splitlines()[:5] == [
        "FreeCell, 4 cascades",
        "Free cells: 0: J ♠ | 1: empty | 2: Q ♣ | 3: empty",
        "Foundations (top card): hearts A ♥ | diamonds empty | clubs empty | spades empty",
        "Cascades (bottom card first, open card last):",
        "0: 8 ♥, 6 ♣, 8 ♠, 7 ♠, 2 ♥, 2 ♦, 2 ♣, 3 ♣, 9 ♠, 3 ♥, Q ♦, 7 ♥, 5 ♣, 4 ♦",
    ]
    assert describe(table(BOARD)).splitlines()[7] == "3: empty"


def spoiled(change):
    data = copy(EXAMPLE)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["cascade_piles"][0].pop(), "4 ♦ occurs 0 times"),
        (lambda d: d["free_cells"].__setitem__(1, "4 ♦"), "4 ♦ occurs 2 times"),
        (lambda d: d["free_cells"].append(None), "4 free cells, not 5"),
        (lambda d: d["cascade_piles"].pop(), "4 to 8 cascades, not 3"),
        (lambda d: d["foundation_piles"]["CLUBS"].append(d["cascade_piles"][0].pop(1)), "the CLUBS foundation"),
        (lambda d: d["foundation_piles"]["SPADES"].append(d["foundation_piles"]["HEARTS"].pop()), "the SPADES"),
    ],
)
def test_from_json_refuses_what_breaks_the_rules(change, message):
    with pytest.raises(ValueError, match=message):
        State.from_json(spoiled(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["cascade_piles"][0].__setitem__(0, "1 ♥"),
        lambda d: d["cascade_piles"][0].__setitem__(0, "8♥"),
        lambda d: d["cascade_piles"][0].__setitem__(0, None),
        lambda d: d["foundation_piles"].pop("CLUBS"),
        lambda d: d.__setitem__("moves", 3),
    ],
)
def test_from_json_refuses_what_breaks_the_schema(change):
    with pytest.raises(msgspec.ValidationError):
        State.from_json(spoiled(change))


@given(st.integers(0, 10**6), st.sampled_from(list(Level)))
@settings(max_examples=40, deadline=None)
def test_perturb_gives_another_legal_state(seed, level):
    state, rng = some_state(seed, level)
    other = perturb(state, rng)
    assert other != state
    assert State.from_json(other.to_json()) == other


@given(st.integers(0, 10**6), st.sampled_from(list(Level)))
@settings(max_examples=60, deadline=None)
def test_play_keeps_its_bounds(seed, level):
    state, _ = some_state(seed, level)
    assert State.from_json(state.to_json()) == state
    assert len(state.piles) == LEVELS[level].cascades
    assert state.occupied <= 3
    assert max(map(len, state.piles)) <= 19
    assert state.piles.count(()) <= 1
    assert sum(map(len, state.piles)) >= 30


def test_free_places_are_varied_before_a_new_game():
    """One deal offers many boards to a split that takes one of ten."""
    offered = []
    generate(Random(5), LEVELS[Level.HARD], lambda state: offered.append(state) is not None)
    assert len({tuple(sorted(state.piles)) for state in offered}) == 1
    assert len(set(offered)) > 20


def test_own_parameters_are_checked():
    with pytest.raises(ValueError, match="least, most"):
        FreecellParams(cascades=5, play=(4, 2), moves=1)
    for wrong in ({"cascades": 9, "play": (1, 2), "moves": 1}, {"cascades": 5, "play": (0, 2), "moves": 1}):
        with pytest.raises(gameqa.UsageError):
            gameqa.sample("freecell", "valid_move", level=wrong)
    made = gameqa.sample("freecell", "card_after_move", level={"cascades": 5, "play": (30, 40), "moves": 4})
    assert len(json.loads(made.params)["moves"]) == 4
    assert len(json.loads(made.state)["cascade_piles"]) == 5


# Examples of the questions


def test_example_of_specified_card():
    state = State.from_json(EXAMPLE)
    solution = SPECIFIED.solve(state, {"pile": 1, "n": 3})
    assert solution.value == "9 ♥"
    assert "1st 4 ♣, 2nd J ♦, 3rd 9 ♥" in solution.steps[1]


def test_example_of_valid_move():
    state = State.from_json(EXAMPLE)
    options = [
        {"card": "4 ♣", "from": "Cascade 1", "to": "Cascade 0"},
        {"card": "4 ♦", "from": "Cascade 0", "to": "Foundation DIAMONDS"},
        {"card": "J ♣", "from": "Cascade 2", "to": "FreeCell 1"},
        {"card": "J ♠", "from": "FreeCell 0", "to": "Cascade 3"},
    ]
    solution = VALID.solve(state, {})
    assert [VALID.is_right(state, {}, move) for move in options] == [False, False, True, False]
    verdicts = [VALID.verdict(state, {}, move, solution) for move in options]
    assert verdicts == [
        "4 ♣ is the open card of cascade 1; it goes only onto a red 5 or onto an empty cascade, but 4 ♦ is the open "
        "card of cascade 0, so the move is not legal.",
        "4 ♦ is the open card of cascade 0, but the diamonds foundation is empty and waits for A ♦, so the move is "
        "not legal.",
        "J ♣ is the open card of cascade 2, and free cell 1 is empty, so the move is legal.",
        "J ♠ is in free cell 0; it goes only onto a red Q or onto an empty cascade, but 6 ♦ is the open card of "
        "cascade 3, so the move is not legal.",
    ]
    accepted = [json.dumps(move, sort_keys=True) for move in solution.accepted]
    assert len(accepted) == len(set(accepted)) == 8  # four open cards, two empty cells, nothing else fits


def test_example_of_card_after_move():
    state = State.from_json(EXAMPLE)
    played = [
        {"card": "4 ♦", "from": "Cascade 0", "to": "FreeCell 1"},
        {"card": "4 ♣", "from": "Cascade 1", "to": "FreeCell 3"},
    ]
    solution = AFTER.solve(state, {"moves": played, "pile": 0})
    assert solution.value == "5 ♣"
    assert "Cascade 0: ... 7 ♥, 5 ♣, 4 ♦ before; ... Q ♦, 7 ♥, 5 ♣ after." in solution.steps[0]
    assert "Free cell 1: empty before; 4 ♦ after." in solution.steps[0]
    assert state.to_json() == EXAMPLE


def test_the_target_is_told_with_the_moved_card_on_it():
    solution = AFTER.solve(
        table(BOARD), {"moves": [{"card": "5 ♥", "from": "FreeCell 2", "to": "Cascade 0"}], "pile": 0}
    )
    assert solution.value == "5 ♥"
    assert "Cascade 0: 9 ♣, 6 ♠ before; 9 ♣, 6 ♠, 5 ♥ after." in solution.steps[0]
    assert "Free cell 2: 5 ♥ before; empty after." in solution.steps[0]


def test_illegal_moves_in_params_are_refused():
    wrong = [{"card": "5 ♥", "from": "FreeCell 2", "to": "FreeCell 1"}]
    with pytest.raises(ValueError, match="cannot go"):
        AFTER.solve(table(BOARD), {"moves": wrong, "pile": 0})


def test_top_is_defined_wherever_it_is_asked_for():
    state = State.from_json(EXAMPLE)
    assert "open card (the lowest one in the picture" in SPECIFIED.question(state, {"pile": 0, "n": 2})
    asked = {"moves": [{"card": "4 ♦", "from": "Cascade 0", "to": "FreeCell 1"}], "pile": 0}
    assert "open card, which lies on all the others (the lowest one in a picture" in AFTER.question(state, asked)


# Many samples


@cache
def samples(slug, level):
    return [gameqa.sample("freecell", slug, level, seed=5, index=index) for index in range(N)]


@cache
def read(slug, level):
    """State, params and place of the right option."""
    return [
        (json.loads(made.state), json.loads(made.params), ord(made.answer) - ord("A")) for made in samples(slug, level)
    ]


def slack(share, count=N):
    return 3 * sqrt(share * (1 - share) / count)


EVERY = [(task.slug, level) for task in GAME.tasks for level in Level]


@pytest.mark.parametrize(("slug", "level"), EVERY)
def test_cells_and_foundations_are_in_use(slug, level):
    states = [state for state, _, _ in read(slug, level)]
    assert sum(any(state["free_cells"]) for state in states) >= 0.75 * N
    assert sum(any(state["foundation_piles"].values()) for state in states) >= 0.25 * N


@pytest.mark.parametrize(("slug", "level"), EVERY)
def test_letters_are_uniform(slug, level):
    count = Counter(right for _, _, right in read(slug, level))
    options = 4 if slug == "valid_move" else 8
    assert all(abs(count[place] / N - 1 / options) < max(0.05, slack(1 / options)) for place in range(options))


@pytest.mark.parametrize("task", GAME.tasks, ids=lambda task: task.slug)
def test_work_rises(task):
    easy, medium, hard = (sum(made.difficulty for made in samples(task.slug, level)) for level in Level)
    assert easy < medium < hard


@pytest.mark.parametrize("level", Level)
def test_specified_card_counts_from_the_open_card(level):
    fractions = []
    for state, params, right in read("specified_card", level):
        pile, n, options = state["cascade_piles"][params["pile"]], params["n"], params["options"]
        card = list(reversed(pile))[n - 1]
        assert options[right] == card
        fractions.append((n - 0.5) / len(pile))
        around = [list(reversed(pile))[place - 1] for place in (n - 1, n + 1) if 1 <= place <= len(pile)]
        assert set(around) <= set(options)
        assert pile[n - 1] in options  # counted from the other end
        assert sum(option.split()[0] == card.split()[0] for option in options) >= 2  # the suit slip
    assert abs(sum(fractions) / N - 0.5) < 3 * sqrt(1 / 12 / N)


@pytest.mark.parametrize("level", Level)
def test_a_pair_of_equal_ranks_does_not_tell_the_card(level):
    """Guessers for ranks that come twice, or most often, must do little better than one in eight."""
    hits = 0.0
    for _, params, right in read("specified_card", level):
        ranks = [option.split()[0] for option in params["options"]]
        largest = max(map(ranks.count, ranks))
        for size in (2, largest):
            group = [place for place, rank in enumerate(ranks) if ranks.count(rank) == size]
            hits += (right in group) / max(1, len(group)) / 2
    assert hits / N < 0.18


@pytest.mark.parametrize("level", Level)
def test_exactly_one_move_is_legal_and_the_others_are_plausible(level):
    kinds, covered_questions = Counter(), 0
    for state, params, right in read("valid_move", level):
        verdicts = [checker(copy(state), move) for move in params["options"]]
        assert [place for place, legal in enumerate(verdicts) if legal] == [right]
        true_sources = covered = 0
        for place, move in enumerate(params["options"]):
            area, number = move["from"].split()
            held = state["free_cells"][int(number)] if area == "FreeCell" else state["cascade_piles"][int(number)]
            assert move["card"] in held if area == "Cascade" else move["card"] == held
            is_open = area == "FreeCell" or held[-1] == move["card"]
            assert move["from"] != move["to"]
            assert (area, move["to"].split()[0]) != ("FreeCell", "FreeCell")
            true_sources += is_open and place != right
            covered += not is_open
        assert true_sources >= 2
        assert covered <= 1
        covered_questions += covered
        parsed = [Move.from_json(move) for move in params["options"]]
        kinds[KINDS[parsed[right].source.area, parsed[right].target.area]] += 1
        for one, other in combinations(parsed, 2):  # no option shows what lies at the target of another
            assert one.target != other.source
            assert one.source != other.target
    shares = {
        Kind.PILE_TO_PILE: 0.35,
        Kind.PILE_TO_HOME: 0.25,
        Kind.PILE_TO_CELL: 0.20,
    }
    for kind, share in shares.items():
        assert abs(kinds[kind] / N - share) < slack(share)
    assert abs((kinds[Kind.CELL_TO_PILE] + kinds[Kind.CELL_TO_HOME]) / N - 0.2) < slack(0.2)
    assert 0.4 * N < covered_questions < 0.75 * N


@pytest.mark.parametrize("level", Level)
def test_the_kind_of_a_move_says_little(level):
    right, shown = Counter(), Counter()
    for _, params, place in read("valid_move", level):
        for number, move in enumerate(params["options"]):
            kind = move["from"].split()[0], move["to"].split()[0]
            shown[kind] += 1
            right[kind] += number == place
    assert len(shown) == 5
    assert all(right[kind] / shown[kind] < 0.45 for kind in shown)


@pytest.mark.parametrize("level", Level)
def test_a_guesser_who_learns_kinds_ranks_and_suits_gains_little(level):
    """Shares are learned on one half and used on the other; chance is a quarter."""
    seen = defaultdict(lambda: [0.25, 1.0])
    half, hits = N // 2, 0

    def look(move):
        rank, suit = move["card"].split()
        home = move["to"].startswith("Foundation")
        return move["from"][:4], move["to"][:4], home and rank, home and move["to"].split()[1] == NAMES[suit]

    for number, (_, params, right) in enumerate(read("valid_move", level)):
        looks = [look(move) for move in params["options"]]
        if number < half:
            for place, one in enumerate(looks):
                seen[one][0] += place == right
                seen[one][1] += 1
        else:
            shares = [seen[one][0] / seen[one][1] for one in looks]
            hits += shares.index(max(shares)) == right
    assert hits / (N - half) < 0.5


@pytest.mark.parametrize("level", Level)
def test_card_after_move_is_played_by_the_checker(level):
    from_source = deep = 0
    for state, params, right in read("card_after_move", level):
        number, played = params["pile"], params["moves"]
        asked = f"Cascade {number}"
        assert len(played) == LEVELS[level].moves
        after = copy(state)
        assert all(checker(after, move) for move in played)
        card = after["cascade_piles"][number][-1]
        assert params["options"][right] == card
        touching = [move for move in played if asked in (move["from"], move["to"])]
        last = touching[-1]
        from_source += last["from"] == asked
        pile = state["cascade_piles"][number]
        alone = pile[-2:-1] if last["from"] == asked else [last["card"]]
        deep += card not in pile[-1:] + alone
        below = after["cascade_piles"][number][-2:-1]
        assert {*pile[-1:], *below, played[0]["card"]} <= set(params["options"])
        assert not any(one["card"] == two["card"] and one["from"] == two["to"] for one, two in combinations(played, 2))
    assert 0.5 < from_source / N < 0.7 + slack(0.64) / 3
    assert deep == 0 if level is Level.EASY else deep >= 0.5 * N


@pytest.mark.parametrize("level", Level)
def test_pairs_of_ranks_do_not_tell_an_uncovered_card(level):
    """Where the answer is not among the moved cards, equal ranks must not single it out."""
    hits, count = 0.0, 0
    for _, params, right in read("card_after_move", level):
        moved = {move["card"] for move in params["moves"]}
        ranks = {card: card.split()[0] for card in params["options"] if card not in moved}
        if params["options"][right] in ranks:
            count += 1
            twice = [card for card, rank in ranks.items() if [*ranks.values()].count(rank) == 2]
            hits += (params["options"][right] in twice) / max(1, len(twice))
    assert count > 0.5 * N
    assert hits / count < 0.33


# Picture


@pytest.mark.parametrize("longest", [7, 13, 16, 19])
def test_picture_follows_the_longest_pile(longest):
    cards = iter(DECK)
    piles = [[next(cards) for _ in range(longest)], *[[] for _ in range(7)]]
    for number, card in enumerate(cards):
        piles[1 + number % 7].append(card)
    image = draw(State(tuple(map(tuple, piles)), (None,) * 4, (0,) * 4), Style())
    assert image.width == 720
    assert 520 <= image.height <= 700
    palette = image.convert("RGB")
    assert palette.getpixel((23 + 7 * 86 + 71, 240)) == (0, 0, 0)  # right border of the eighth cascade
    assert palette.getpixel((23 + 7 * 86 + 72, 240)) == (0x2F, 0x4F, 0x4F)
    assert all(palette.getpixel((x, image.height - 1)) == (0x2F, 0x4F, 0x4F) for x in range(0, 720, 5))
