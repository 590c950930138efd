"""Klondike: rules against brute force on the JSON, reachable boards, questions, shares, what can be guessed blindly."""

import json
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from math import sqrt
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.game import Level
from gameqa.draw import Style
from gameqa.games.klondike import GAME, KlondikeParams
from gameqa.games.klondike.generate import LEVELS, generate, perturb
from gameqa.games.klondike.render import describe, draw
from gameqa.games.klondike.rules import Effect, Move, Wish, carried, effect, granting, legal_moves
from gameqa.games.klondike.state import State

VALID, DEADLOCK, EFFECTIVE = GAME.tasks
N = 300
"""Samples for each task and level."""

EXAMPLE = {
    "draw": 4,
    "dump": ["spade 10", "heart 13", "heart 8"],
    "piles": [
        ["diamond 1", "diamond 2", "diamond 3", "diamond 4"],
        ["heart 1", "heart 2", "heart 3"],
        ["spade 1", "spade 2", "spade 3"],
        ["club 1", "club 2", "club 3", "club 4", "club 5"],
    ],
    "tableau": [
        ["spade 7", "heart 6", "spade 5", "heart 4"],
        ["?", "diamond 13"],
        ["?", "?", "spade 11", "diamond 10"],
        ["?", "?", "?", "spade 8", "heart 7"],
        ["diamond 8", "club 7", "diamond 6"],
        ["?", "?", "?", "diamond 9", "club 8", "diamond 7"],
        ["?", "?", "?", "?", "?", "spade 12"],
    ],
}
VIEW = """\
Klondike. Stock: 4 face-down cards. Waste top: 8 of hearts.
Foundations (top): F1 4 of diamonds | F2 3 of hearts | F3 3 of spades | F4 5 of clubs
Tab1: 7S 6H 5S 4H
Tab2: ## KD
Tab3: ## ## JS 10D
Tab4: ## ## ## 8S 7H
Tab5: 8D 7C 6D
Tab6: ## ## ## 9D 8C 7D
Tab7: ## ## ## ## ## QS"""


# A second set of rules, on the JSON: every number of cards is tried for every pair of places, and the move is played.

SOURCES = ["Waste", *(f"Tab{number}" for number in range(1, 8))]
TARGETS = [*(f"Tab{number}" for number in range(1, 8)), *(f"Foundation {number}" for number in range(1, 5))]
EVERY_MOVE = [f"{source} to {target}" for source in SOURCES for target in TARGETS if source != target]
HOME_MOVES = [text for text in EVERY_MOVE if "Foundation" in text]
TAB_MOVES = [text for text in EVERY_MOVE if text.count("Tab") == 2]
SUITS = ["heart", "diamond", "club", "spade"]


def copy(data):
    return json.loads(json.dumps(data))


@cache
def read_card(text):
    suit, rank = text.split()
    return suit, int(rank)


def red(suit):
    return suit in ("heart", "diamond")


def fits(data, card, target):
    """Say whether a card may be laid on a place."""
    suit, rank = read_card(card)
    if target.startswith("Foundation"):
        goal = data["piles"][int(target[-1]) - 1]
        return read_card(goal[-1]) == (suit, rank - 1) if goal else rank == 1
    goal = data["tableau"][int(target[-1]) - 1]
    if not goal:
        return rank == 13
    top_suit, top_rank = read_card(goal[-1])
    return red(top_suit) != red(suit) and top_rank == rank + 1


def played(data, text):
    """Return (cards moved, table after the move) of a move, or None when it is not legal."""
    source, target = text.split(" to ")
    pile = data["dump"] if source == "Waste" else data["tableau"][int(source[-1]) - 1]
    most = 1 if source == "Waste" or target.startswith("Foundation") else len(pile)
    counts = [n for n in range(1, min(most, len(pile)) + 1) if pile[-n] != "?" and fits(data, pile[-n], target)]
    if not counts:
        return None
    (count,) = counts
    after = copy(data)
    goals = after["piles"] if target.startswith("Foundation") else after["tableau"]
    goals[int(target[-1]) - 1].extend(pile[-count:])
    del (after["dump"] if source == "Waste" else after["tableau"][int(source[-1]) - 1])[-count:]
    return pile[-count:], after


def helps(data, text):
    """Say whether a move is legal and effective, by looking at the table before and after it."""
    made = played(data, text)
    if made is None:
        return False
    _, after = made
    grown = sum(map(len, after["piles"])) > sum(map(len, data["piles"]))
    turned = any(pile and pile[-1] == "?" for pile in after["tableau"])
    return grown or turned or after["tableau"].count([]) > data["tableau"].count([])


def facts(data):
    """Return the three facts of a position."""
    return (
        not data["draw"] and not data["dump"],
        any(played(data, text) for text in HOME_MOVES),
        any(helps(data, text) for text in TAB_MOVES),
    )


def in_order(option):
    return tuple(option[name] for name in ("stock_and_waste_empty", "foundation_move", "tableau_move"))


def some_state(seed, level=Level.EASY, **wishes):
    rng = Random(seed)
    state = generate(rng, msgspec.structs.replace(LEVELS[level], **wishes), lambda _: True)
    assert state is not None
    return state, rng


@given(st.integers(0, 10**6), st.sampled_from(list(Level)), st.booleans(), st.sampled_from([0.0, 1.0]))
@settings(max_examples=60, deadline=None)
def test_moves_agree_with_brute_force(seed, level, dry, empty):
    state, rng = some_state(seed, level, dry=dry, empty=empty)
    for board in (state, perturb(state, rng)):
        data = board.to_json()
        made = {text: played(data, text) for text in EVERY_MOVE}
        assert {text for text, result in made.items() if result} == set(map(str, legal_moves(board)))
        assert len(legal_moves(board)) == len(set(legal_moves(board)))
        for text, result in made.items():
            move = Move.read(text)
            assert list(carried(board, move)) == (result[0] if result else [])
            assert (effect(board, move) not in (None, Effect.NOTHING)) == helps(data, text)
        answer = DEADLOCK.solve(board, {}).value
        assert in_order(answer) == facts(data)


def table(text, dump=(), piles=((), (), (), ())):
    """Read lines like `## ## 8S 7H`; the stock takes what is left."""
    names = dict(zip("HDCS", SUITS, strict=True))
    ranks = dict(zip(["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"], range(1, 14), strict=True))

    def card(word):
        return f"{names[word[-1]]} {ranks[word[:-1]]}"

    rows = [line.split(":")[1].split() for line in text.strip().splitlines()]
    hidden = tuple(row.count("##") for row in rows)
    runs = tuple(tuple(card(word) for word in row if word != "##") for row in rows)
    return State(0, tuple(map(card, dump)), tuple(tuple(map(card, pile)) for pile in piles), hidden, runs)


BOARD = table(
    """
    1: KH QS
    2: 9S 8H
    3: ## ## 9C
    4:
    5: ## JD 10S
    6: ## QD JC 10H
    7: ## KC
    """,
    dump=["2H", "AD"],
    piles=[["AH"], (), ["AC", "2C"], ()],
)


@pytest.mark.parametrize(
    ("move", "cards", "does"),
    [
        ("Tab3 to Tab6", ["club 9"], Effect.TURN),
        ("Tab3 to Tab5", [], None),  # both black
        ("Tab6 to Tab7", ["diamond 12", "club 11", "heart 10"], Effect.TURN),  # three cards
        ("Tab2 to Tab6", ["spade 9", "heart 8"], Effect.EMPTY),
        ("Tab7 to Tab4", ["club 13"], Effect.TURN),
        ("Tab1 to Tab4", ["heart 13", "spade 12"], Effect.NOTHING),  # fills an empty pile
        ("Tab6 to Tab4", [], None),  # a queen
        ("Tab2 to Tab3", ["heart 8"], Effect.NOTHING),  # a part of the run
        ("Tab3 to Tab2", [], None),  # the other direction
        ("Tab5 to Tab1", ["diamond 11", "spade 10"], Effect.TURN),
        ("Waste to Foundation 2", ["diamond 1"], Effect.HOME),
        ("Waste to Foundation 4", ["diamond 1"], Effect.HOME),  # any empty foundation
        ("Waste to Foundation 1", [], None),  # an occupied one
        ("Waste to Tab4", [], None),
        ("Tab4 to Tab1", [], None),  # nothing there
        ("Tab3 to Tab3", [], None),
    ],
)
def test_moves_of_a_small_board(move, cards, does):
    assert list(carried(BOARD, Move.read(move))) == cards
    assert effect(BOARD, Move.read(move)) is does


def test_a_whole_pile_onto_a_card_empties_it():
    board = table("1: QH\n2: ## KS\n3:\n4: 2S\n5: 5D\n6: 5C\n7: 9C", piles=[(), ["AS"], (), ()])
    assert effect(board, Move.read("Tab1 to Tab2")) is Effect.EMPTY
    assert effect(board, Move.read("Tab4 to Foundation 2")) is Effect.HOME
    assert granting(board, Wish.EMPTY) == [Move.read("Tab1 to Tab2")]
    assert granting(board, Wish.KING) == granting(board, Wish.TURN) == [Move.read("Tab2 to Tab3")]


# State


def test_example_state():
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert describe(state) == VIEW
    assert str(state).isascii()


def test_empty_places_read_empty():
    state = State(0, (), ((),) * 4, (0,) * 7, ((),) * 7)
    lines = describe(state).splitlines()
    assert lines[0] == "Klondike. Stock: empty. Waste top: empty."
    assert lines[1] == "Foundations (top): F1 empty | F2 empty | F3 empty | F4 empty"
    assert lines[2:] == [f"Tab{number}: empty" for number in range(1, 8)]


def spoiled(change):
    data = copy(EXAMPLE)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.update(draw=5), "52 cards in all, not 53"),
        (lambda d: d["dump"].__setitem__(0, "heart 8"), "heart 8 occurs 2 times"),
        (lambda d: d["piles"].pop(), "4 foundations and 7 tableau piles, not 3 and 7"),
        (lambda d: d["tableau"].append([]), "not 4 and 8"),
        (lambda d: d["piles"][0].pop(0), "foundation 1 must hold one suit from the ace"),
        (lambda d: d["piles"][1].append("club 6"), "foundation 2"),
        (lambda d: d["tableau"][1].insert(0, "?"), "Tab2 has at most 1 face-down cards, not 2"),
        (lambda d: d["tableau"][0].insert(0, "?"), "Tab1 has at most 0"),
        (lambda d: d["tableau"][1].pop(), "Tab2 has face-down cards but no face-up card"),
        (lambda d: d["tableau"][3].append("?"), "in Tab4 the face-down cards must come first"),
        (lambda d: d["tableau"][0].pop(1), "in Tab1 spade 5 cannot lie on spade 7"),
        (lambda d: d["tableau"][2].append("diamond 9"), "in Tab3 diamond 9 cannot lie on diamond 10"),
        (lambda d: d.update(draw=22), "at most 24 cards together, not 25"),
    ],
)
def test_from_json_refuses_what_breaks_the_rules(change, message):
    with pytest.raises(ValueError, match=message):
        State.from_json(spoiled(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["dump"].append("?"),
        lambda d: d["dump"].append("spade 14"),
        lambda d: d["dump"].append("spade A"),
        lambda d: d.update(draw=-1),
        lambda d: d.pop("piles"),
        lambda d: d.update(moves=3),
    ],
)
def test_from_json_refuses_what_breaks_the_schema(change):
    with pytest.raises(msgspec.ValidationError):
        State.from_json(spoiled(change))


@given(st.integers(0, 10**6), st.sampled_from(list(Level)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_perturb_gives_another_legal_state(seed, level, dry):
    state, rng = some_state(seed, level, dry=dry)
    other = perturb(state, rng)
    assert State.from_json(other.to_json()) == other
    assert describe(other) != describe(state)


# Boards


def reachable(data):
    """Say whether a table may look so in a game, apart from what was played."""
    named = [card for pile in (data["dump"], *data["piles"], *data["tableau"]) for card in pile if card != "?"]
    hidden = [pile.count("?") for pile in data["tableau"]]
    runs = [pile[count:] for count, pile in zip(hidden, data["tableau"], strict=True)]
    steps = [(read_card(one), read_card(two)) for run in runs for one, two in pairwise(run)]
    return (
        len(set(named)) == len(named)
        and len(named) + sum(hidden) + data["draw"] == 52
        and all(count <= number for number, count in enumerate(hidden))
        and all(run for count, run in zip(hidden, runs, strict=True) if count)
        and all(red(one[0]) != red(two[0]) and one[1] == two[1] + 1 for one, two in steps)
        and all(pile == [f"{pile[0].split()[0]} {rank}" for rank in range(1, len(pile) + 1)] for pile in data["piles"])
        and data["draw"] + len(data["dump"]) <= 24
    )


@pytest.mark.parametrize("level", Level)
def test_boards_are_reachable_and_keep_the_level(level):
    low, high = LEVELS[level].face_up
    empty = 0
    for slug in ("valid_move", "deadlock", "effective_move"):
        for data, _, _ in read(slug, level):
            assert reachable(data)
            assert low <= sum(card != "?" for pile in data["tableau"] for card in pile) <= high
            dry = not data["draw"] and not data["dump"]
            assert all((2 if dry else 0) <= len(pile) <= (8 if dry else 4) for pile in data["piles"])
            assert data["tableau"].count([]) <= 1
            empty += data["tableau"].count([])
            assert len(data["dump"]) <= 6
            assert not dry or slug == "deadlock"
    assert 0.1 < empty / (3 * N) < 0.25


def test_face_down_cards_and_suits_are_spread():
    """Tab k has all numbers from 0 to k-1, and every suit stands on every foundation, none reserved."""
    boards = [data for level in Level for slug in ("valid_move", "effective_move") for data, _, _ in read(slug, level)]
    for number in range(7):
        assert {board["tableau"][number].count("?") for board in boards} == set(range(number + 1))
    for place in range(4):
        suits = Counter(board["piles"][place][0].split()[0] for board in boards if board["piles"][place])
        total = sum(suits.values())
        assert all(abs(suits[suit] / total - 0.25) < slack(0.25, total) for suit in SUITS)


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("code", range(8))
def test_every_combination_can_be_had_for_a_small_split(level, code):
    """One of ten boards is taken; free features are varied before a new search."""
    wishes = {"dry": bool(code & 4), "home": bool(code & 2), "useful": bool(code & 1), "twist": True}
    plan = msgspec.structs.replace(LEVELS[level], **wishes)
    rng, offered = Random(code), []

    def accept(state):
        offered.append(state)
        return len(offered) % 10 == 0

    granted = [state for state in (generate(rng, plan, accept) for _ in range(6)) if state]
    assert len(granted) >= 5
    for state in offered:
        data = state.to_json()
        assert facts(data) == tuple(wishes[wish] for wish in ("dry", "home", "useful"))
        assert reachable(data)
    shapes = {(tuple(sorted(map(len, state.runs))), tuple(sorted(map(len, state.piles)))) for state in offered}
    assert len(shapes) <= 6
    assert len(set(offered)) > 0.9 * len(offered) >= 45


def test_own_parameters_are_checked():
    with pytest.raises(ValueError, match="least, most"):
        KlondikeParams(face_up=(12, 10))
    for wrong in ({"face_up": (3, 10)}, {"face_up": (10, 40)}, {"face_up": (10, 12), "heights": (0, 14)}):
        with pytest.raises(gameqa.UsageError):
            gameqa.sample("klondike", "valid_move", level=wrong)
    made = gameqa.sample("klondike", "valid_move", level={"face_up": (20, 20), "heights": (1, 2)})
    data = json.loads(made.state)
    assert sum(card != "?" for pile in data["tableau"] for card in pile) == 20
    assert all(1 <= len(pile) <= 2 for pile in data["piles"])


def test_more_cards_than_there_are_give_no_board():
    plan = KlondikeParams(face_up=(30, 30), heights=(8, 8))
    assert generate(Random(1), plan, lambda _: True) is None


# Examples of the questions


VALID_OPTIONS = [
    "Tab3 to Tab2",
    "Tab1 to Tab5",
    "Waste to Tab4",
    "Tab4 to Foundation 3",
    "Tab5 to Tab4",
    "none",
    "Tab7 to Tab3",
    "Waste to Foundation 2",
]
EFFECTIVE_OPTIONS = [
    "Tab1 to Tab5",
    "Tab6 to Tab4",
    "Tab7 to Tab2",
    "Tab3 to Tab7",
    "Tab5 to Foundation 4",
    "Waste to Tab6",
    "none",
    "Tab4 to Tab5",
]


def test_example_of_valid_move():
    state, params = State.from_json(EXAMPLE), {"options": VALID_OPTIONS}
    assert [option for option in VALID_OPTIONS if VALID.is_right(state, params, option)] == ["Tab1 to Tab5"]
    solution = VALID.solve(state, params)
    assert VALID.verdict(state, params, "Tab1 to Tab5", solution) == (
        "the open card of Tab5 is the 6 of diamonds and takes only a black 5; of the face-up cards of Tab1, 7♠ 6♥ 5♠ "
        "4♥, the 5 of spades fits and moves with the 1 card on it, so the move is legal."
    )
    assert VALID.verdict(state, params, "Tab4 to Foundation 3", solution) == (
        "Foundation 3 shows the 3 of spades and takes only the 4 of spades; the open card of Tab4 is the 7 of hearts, "
        "so the move is not legal."
    )
    assert VALID.verdict(state, params, "none", solution) == "one of the listed moves is legal."


def test_example_of_deadlock():
    state = State.from_json(EXAMPLE)
    solution = DEADLOCK.solve(state, {})
    assert solution.value == {"stock_and_waste_empty": False, "foundation_move": True, "tableau_move": True}
    text = "\n".join(solution.steps)
    assert "the 4 of hearts to Foundation 2" in text
    assert "Tab7: 5 face-down cards, then the run Q♠. The Q of spades needs K♥ or K♦ as an open card: Tab2." in text
    assert DEADLOCK.option_text(state, solution.value).endswith("so the game is not deadlocked")


def test_example_of_effective_move():
    state, params = State.from_json(EXAMPLE), {"options": EFFECTIVE_OPTIONS}
    assert [option for option in EFFECTIVE_OPTIONS if EFFECTIVE.is_right(state, params, option)] == ["Tab7 to Tab2"]
    solution = EFFECTIVE.solve(state, params)
    assert "It moves only a part of the face-up run of Tab1 and turns nothing over: not effective." in str(
        EFFECTIVE.verdict(state, params, "Tab1 to Tab5", solution)
    )
    assert "It moves all face-up cards of Tab7 and turns over a face-down card, so it is effective." in str(
        EFFECTIVE.verdict(state, params, "Tab7 to Tab2", solution)
    )


def test_none_is_right_without_the_right_move():
    state = State.from_json(EXAMPLE)
    for task, options, right in (
        (VALID, VALID_OPTIONS, "Tab1 to Tab5"),
        (EFFECTIVE, EFFECTIVE_OPTIONS, "Tab7 to Tab2"),
    ):
        rest = {"options": [option for option in options if option != right]}
        assert task.is_right(state, rest, "none")
        assert not task.is_right(state, {"options": options}, "none")


def test_whole_pile_to_an_empty_place_does_not_count():
    board = table("1: KH QS\n2:\n3: 9S\n4: 9C\n5: ## 5H\n6: 7D\n7: 2C", piles=[["AH"], ["AD"], ["AS"], ()])
    solution = DEADLOCK.solve(board, {})
    assert solution.value == {"stock_and_waste_empty": True, "foundation_move": False, "tableau_move": False}
    assert "But moving a whole pile to an empty place does not count." in "\n".join(solution.steps)
    assert solution.steps[-1].endswith("the game is deadlocked.")


def test_every_question_says_that_runs_may_be_moved():
    state = State.from_json(EXAMPLE)
    assert "may carry several cards" in VALID.question(state, {})
    assert "Runs of several cards may be moved" in DEADLOCK.question(state, {})
    assert "may carry several cards" in EFFECTIVE.question(state, {})


# Many samples


@cache
def samples(slug, level):
    return [gameqa.sample("klondike", slug, level, seed=7, index=index) for index in range(N)]


@cache
def read(slug, level):
    """State, options and place of the right one."""
    return [
        (json.loads(made.state), json.loads(made.params)["options"], ord(made.answer) - ord("A"))
        for made in samples(slug, level)
    ]


def slack(share, count=N):
    return 3 * sqrt(share * (1 - share) / count)


def kind(text):
    return text.split()[0][:3], text.split()[2][:3]


def source_cards(data, text):
    """Return the cards a move may start from."""
    source = text.split(" to ")[0]
    pile = data["dump"][-1:] if source == "Waste" else data["tableau"][int(source[3:]) - 1]
    return [card for card in pile if card != "?"]


def is_near(data, text):
    """The near misses that a question is to offer, read off the JSON."""
    target = text.split(" to ")[1]
    cards = [read_card(card) for card in source_cards(data, text)]
    if target.startswith("Tab"):
        pile = data["tableau"][int(target[3:]) - 1]
        if not pile:
            return cards[0][1] == 12
        top_suit, top_rank = read_card(pile[-1])
        return any(
            rank == top_rank - 1 or (rank in (top_rank, top_rank - 2) and red(suit) != red(top_suit))
            for suit, rank in (cards[0], cards[-1])
        )
    pile, (suit, rank) = data["piles"][int(target.split()[1]) - 1], cards[-1]
    if not pile:
        return rank == 2
    own, height = read_card(pile[-1])
    return (own, height + 1) in cards or rank in (1, height + 1) or (suit == own and rank in (height + 2, height + 3))


MOVE_TASKS = ["valid_move", "effective_move"]


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("slug", MOVE_TASKS)
def test_exactly_one_option_fulfils_the_question(slug, level):
    for data, options, right in read(slug, level):
        good = [bool(helps(data, text) if slug == "effective_move" else played(data, text)) for text in moves(options)]
        assert sum(good) == (options[right] != "none")
        if options[right] != "none":
            assert moves(options)[good.index(True)] == options[right]
        assert len(set(options)) == 8
        assert options.count("none") == 1
        for text in moves(options):
            assert source_cards(data, text), "no move starts from an empty place"
            assert len(set(text.split(" to "))) == 2


def moves(options):
    return [text for text in options if text != "none"]


@pytest.mark.parametrize("level", Level)
def test_valid_move_keeps_its_mix(level):
    right, shown, several, kings, onto_tab = Counter(), Counter(), 0, 0, 0
    for data, options, place in read("valid_move", level):
        wrong = [text for text in moves(options) if not played(data, text)]
        assert sum(is_near(data, text) for text in wrong) >= 4
        shown.update(map(kind, wrong))
        right[options[place] if options[place] == "none" else kind(options[place])] += 1
        made = None if options[place] == "none" else played(data, options[place])
        if made and kind(options[place]) == ("Tab", "Tab"):
            onto_tab += 1
            several += len(made[0]) > 1
            kings += not data["tableau"][int(options[place][-1]) - 1]
    assert abs(right["none"] / N - 0.135) < slack(0.135)
    rest = N - right["none"]
    assert abs(several / onto_tab - 1 / 3) < slack(1 / 3, onto_tab)
    assert kings / onto_tab < 0.15
    mix = {("Tab", "Tab"): 0.45, ("Tab", "Fou"): 0.25, ("Was", "Tab"): 0.15, ("Was", "Fou"): 0.15}
    for pair, share in mix.items():
        assert abs(right[pair] / rest - share) < slack(share, rest)
        assert abs(shown[pair] / shown.total() - share) < 0.08


@pytest.mark.parametrize("level", Level)
def test_effective_move_keeps_its_mix(level):
    right, idle, lacking = Counter(), Counter(), 0
    for data, options, place in read("effective_move", level):
        listed = sum(bool(played(data, text)) for text in moves(options) if text != options[place])
        idle[listed] += 1
        there = [text for text in EVERY_MOVE if played(data, text) and not helps(data, text)]
        lacking += bool(there) and not listed
        text = options[place]
        if text == "none":
            right["none"] += 1
        elif "Foundation" in text:
            right["foundation"] += 1
        else:
            right["turn" if "?" in data["tableau"][int(text[3]) - 1] else "empty"] += 1
    for name, share in {"none": 0.15, "foundation": 0.2, "turn": 0.45, "empty": 0.2}.items():
        assert abs(right[name] / N - share) < slack(share)
    assert lacking == 0
    assert max(idle) == 3
    assert sum(idle[count] for count in (1, 2, 3)) > (0.5 if level is Level.EASY else 0.85) * N


def look(text, options):
    """What a guesser sees of an option without the table."""
    if text == "none":
        return "none"
    source, target = text.split(" to ")
    others = [other.split(" to ") for other in moves(options) if other != text]
    return (
        kind(text),
        min(2, sum(source == other[0] for other in others)),
        min(2, sum(target == other[1] for other in others)),
        [target, source] in others,
    )


@pytest.mark.parametrize("slug", MOVE_TASKS)
def test_a_guesser_who_learns_from_the_options_gains_little(slug):
    """Shares are learned on one half of all levels and used on the other; chance is one in eight."""
    seen = defaultdict(lambda: [1.0, 8.0])
    hits = count = 0
    for level in Level:
        for number, (_, options, right) in enumerate(read(slug, level)):
            if number % 2:
                continue
            for place, text in enumerate(options):
                seen[look(text, options)][0] += place == right
                seen[look(text, options)][1] += 1
    for level in Level:
        for _, options, right in read(slug, level)[1::2]:
            shares = [seen[look(text, options)][0] / seen[look(text, options)][1] for text in options]
            hits += shares.index(max(shares)) == right
            count += 1
    assert hits / count < 0.2


@pytest.mark.parametrize("slug", MOVE_TASKS)
def test_no_pile_is_right_more_often(slug):
    right = [options[place] for level in Level for _, options, place in read(slug, level) if options[place] != "none"]
    sources = Counter(text.split()[0] for text in right if text.startswith("Tab"))
    total = sources.total()
    assert all(abs(sources[f"Tab{number}"] / total - 1 / 7) < 0.06 for number in range(1, 8))


@cache
def combinations_of(level):
    """For every board of `deadlock`: its facts, its useful moves from Tab to Tab, and the others."""
    found = []
    for data, options, right in read("deadlock", level):
        made = {text: played(data, text) for text in TAB_MOVES}
        legal = {text: len(result[0]) for text, result in made.items() if result}
        useful = {text: count for text, count in legal.items() if helps(data, text)}
        assert in_order(options[right]) == facts(data)
        found.append((facts(data), useful, {text for text in legal if text not in useful}))
    return found


def test_deadlock_has_every_combination_equally_often():
    pooled = Counter()
    for level in Level:
        count = Counter(found for found, _, _ in combinations_of(level))
        assert all(abs(count[combination] / N - 1 / 8) < slack(1 / 8) for combination in count)
        pooled += count
    assert len(pooled) == 8
    assert all(0.08 < number / (3 * N) < 0.18 for number in pooled.values())


@pytest.mark.parametrize("level", Level)
def test_tableau_moves_of_deadlock_mislead(level):
    positive = [useful for (_, _, move), useful, _ in combinations_of(level) if move]
    negative = [useless for (_, _, move), _, useless in combinations_of(level) if not move]
    assert sum(min(useful.values()) > 1 for useful in positive) >= 0.5 * len(positive)
    assert sum(map(bool, negative)) >= len(negative) / 3


def test_deadlock_lists_every_combination_and_its_conclusion():
    for data, options, _ in read("deadlock", Level.EASY)[:20]:
        assert len(set(map(in_order, options))) == 8
        texts = [DEADLOCK.option_text(State.from_json(data), option) for option in options]
        dead = [option for option, text in zip(options, texts, strict=True) if text.endswith("is deadlocked")]
        assert list(map(in_order, dead)) == [(True, False, False)]


@pytest.mark.parametrize("task", GAME.tasks, ids=lambda task: task.slug)
def test_letters_are_uniform_and_work_rises(task):
    letters = Counter(made.answer for level in Level for made in samples(task.slug, level))
    assert all(abs(letters[letter] / (3 * N) - 1 / 8) < slack(1 / 8, 3 * N) + 0.01 for letter in "ABCDEFGH")
    easy, medium, hard = (sum(made.difficulty for made in samples(task.slug, level)) for level in Level)
    assert easy < medium < hard


# Picture


def pixels(state, box):
    return draw(state, Style()).convert("RGB").crop(box).tobytes()


def test_suit_of_a_covered_card_can_be_seen():
    data = copy(EXAMPLE)
    data["tableau"][0][1] = "diamond 6"
    data["tableau"][4][2] = "heart 6"
    one, other = State.from_json(EXAMPLE), State.from_json(data)
    strip = (28, 188 + 28, 108, 188 + 2 * 28)  # what Tab1 shows of its second card
    assert pixels(one, strip) != pixels(other, strip)
    above = (28, 188, 108, 188 + 28)
    assert pixels(one, above) == pixels(other, above)


def test_face_down_cards_can_be_counted():
    """Each face-down strip has a black edge, white margin and pattern: 14 pixels apart."""
    image = draw(State.from_json(EXAMPLE), Style()).convert("RGB")
    middle = 28 + 6 * 104 + 40
    edges = [y for y in range(186, 188 + 5 * 14 + 2) if image.getpixel((middle, y)) == (16, 16, 16)]
    assert edges == [188 + 14 * number for number in range(6)]


def test_waste_shows_only_its_top_card():
    one = State.from_json(EXAMPLE)
    lower = State.from_json({**copy(EXAMPLE), "dump": ["heart 13", "spade 10", "heart 8"]})
    assert draw(one, Style()).tobytes() == draw(lower, Style()).tobytes()
    assert describe(one) == describe(lower)
    top = State.from_json({**copy(EXAMPLE), "dump": ["spade 10", "heart 8", "heart 13"]})
    assert pixels(one, (132, 34, 212, 146)) != pixels(top, (132, 34, 212, 146))


def test_empty_stock_is_crossed_out():
    full, dry = State.from_json(EXAMPLE), some_state(4, dry=True)[0]
    stock, waste = (28, 34, 108, 146), (132, 34, 212, 146)
    assert len({pixels(full, stock), pixels(dry, stock), pixels(dry, waste)}) == 3


@pytest.mark.parametrize(("length", "height"), [(1, 620), (9, 622), (13, 734)])
def test_picture_grows_with_the_longest_pile(length, height):
    run = tuple(f"{'spade' if rank % 2 else 'heart'} {rank}" for rank in range(13, 13 - length, -1))
    state = State(0, (), ((),) * 4, (0,) * 6 + (6,), ((),) * 6 + (run,))
    image = draw(state, Style())
    assert image.size == (760, height)
    bottom = {image.convert("RGB").getpixel((x, image.height - 1)) for x in range(0, 760, 4)}
    assert bottom == {(0x1E, 0x64, 0x46)}
