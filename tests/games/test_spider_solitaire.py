"""Spider Solitaire: rules against a simulator of single actions, tables, questions, shares, blind guesses."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import sqrt
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gameqa
from gameqa.core.game import Level
from gameqa.draw import Style
from gameqa.games.spider_solitaire import GAME, SpiderParams
from gameqa.games.spider_solitaire.generate import LEVELS, generate, perturb
from gameqa.games.spider_solitaire.render import describe, draw
from gameqa.games.spider_solitaire.rules import Move, Outcome, best_actions, joined, moves, outcome, revealing
from gameqa.games.spider_solitaire.state import State

DEALS, TOP, DOWN, CLICKS, RESULT, REVEAL, BEST = GAME.tasks
RANKS = ["A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K"]
N = 300
"""Samples for each task and level."""


def card(rank: int, up: bool = True) -> dict[str, Any]:
    return {"rank": rank, "suit": "spade", "faceUp": up}


def pile(text: str, below: list[int] | None = None) -> list[dict[str, Any]]:
    """Read `## 9 8`; the face-down cards take their ranks from `below`, one after the other."""
    ranks = iter(below or [1] * 9)
    return [card(next(ranks), False) if word == "##" else card(RANKS.index(word) + 1) for word in text.split()]


EXAMPLE = {
    "foundations": 6,
    "stock": [card(rank, False) for rank in (13, 11, 10, 8, 4, 2, 1, 1)],
    "waste": [
        pile("K Q"),
        pile("## 9 8", [5]),
        pile("## 10", [3]),
        pile("J"),
        pile("## 4 3", [7]),
        pile("6"),
        pile("## 7 6", [2]),
        pile("## ## 9", [5, 12]),
    ],
}


def table(text: str, stock: int = 0) -> State:
    """Read piles, one a line, `--` for an empty one; not all cards need be there."""
    piles = [pile(line.replace("--", "")) for line in text.strip().splitlines()]
    return State(
        (1,) * (stock * len(piles)),
        tuple(tuple(one["rank"] for one in cards) for cards in piles),
        tuple(sum(not one["faceUp"] for one in cards) for cards in piles),
        0,
    )


# A simulator of single actions on the JSON state, with its own rules.


def descending(cards: list[dict[str, Any]]) -> bool:
    ups = all(one["faceUp"] for one in cards)
    return ups and all(one["rank"] - two["rank"] == 1 for one, two in pairwise(cards))


def act(data: dict[str, Any], action: dict[str, Any]) -> dict[str, Any] | None:
    """Return the state after an action, None when it is not allowed."""
    waste = [list(cards) for cards in data["waste"]]
    stock, foundations = list(data["stock"]), data["foundations"]
    if action["kind"] == "deal":
        if not stock or [] in waste:
            return None
        for cards in waste:
            cards.append({**stock.pop(), "faceUp": True})
        return {"stock": stock, "waste": waste, "foundations": foundations}
    source = waste[action["pile"]]
    if action["kind"] == "foundation":
        taken = source[-13:]
        if [one["rank"] for one in taken] != list(range(13, 0, -1)) or not descending(taken) or foundations > 7:
            return None
        foundations += 1
    else:
        taken, target = source[action["card"] :], waste[action["to"]]
        if not taken or action["pile"] == action["to"] or not descending(taken):
            return None
        if target and target[-1]["rank"] != taken[0]["rank"] + 1:
            return None
        target += taken
    del source[-len(taken) :]
    if source:
        source[-1] = {**source[-1], "faceUp": True}
    return {"stock": stock, "waste": waste, "foundations": foundations}


def actions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every conceivable action that takes cards from a pile."""
    count = len(data["waste"])
    found: list[dict[str, Any]] = [{"kind": "foundation", "pile": number} for number in range(count)]
    for number, cards in enumerate(data["waste"]):
        found += [
            {"kind": "move", "pile": number, "card": place, "to": to}
            for place in range(len(cards))
            for to in range(count)
            if to != number
        ]
    return found


def down(data: dict[str, Any], number: int) -> int:
    return sum(not one["faceUp"] for one in data["waste"][number])


def open_length(cards: list[dict[str, Any]]) -> int:
    return next(length for length in range(len(cards), -1, -1) if descending(cards[len(cards) - length :]))


def brute_reveals(data: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """Try every action and see whether the pile has one face-down card less."""
    tried = [(action, act(data, action)) for action in actions(data)]
    return [action for action, after in tried if after and down(after, number) < down(data, number)]


def brute_best(data: dict[str, Any]) -> list[dict[str, Any]]:
    played = [(action, after) for action in actions(data) if (after := act(data, action))]
    complete = [action for action, _ in played if action["kind"] == "foundation"]
    if complete:
        return complete
    lengths = [
        (open_length(after["waste"][action["to"]]), action) for action, after in played if data["waste"][action["to"]]
    ]
    if lengths:
        longest = max(length for length, _ in lengths)
        return [action for length, action in lengths if length == longest]
    deal = {"kind": "deal"}
    return [deal] if not played and act(data, deal) else []


def unordered(values: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(value, sort_keys=True) for value in values)


WISHES: list[dict[str, Any]] = [
    {},
    {"complete": True},
    {"reveal": True},
    {"reveal": True, "complete": True},
    {"dead": True, "empty": False},
    {"empty": True},
    {"bare": True},
]


def some_state(seed: int, level: Level, **wishes: Any) -> tuple[State, Random]:
    rng = Random(seed)
    plan = msgspec.structs.replace(LEVELS[level], **wishes)
    while True:
        state = generate(rng, plan, lambda _: True)
        if state:
            return state, rng


some = given(st.integers(0, 10**6), st.sampled_from(list(Level)), st.sampled_from(WISHES))

# Rules


@some
@settings(max_examples=40, deadline=None)
def test_moves_reveals_and_best_actions_agree_with_the_simulator(
    seed: int, level: Level, wishes: dict[str, Any]
) -> None:
    state, _ = some_state(seed, level, **wishes)
    data = state.to_json()
    legal = [action for action in actions(data) if action["kind"] == "move" and act(data, action)]
    assert unordered([move.to_json() for move in moves(state)]) == unordered(legal)
    assert unordered(best_actions(state)) == unordered(brute_best(data))
    for number in range(len(state.piles)):
        assert unordered(revealing(state, number)) == unordered(brute_reveals(data, number))
    for move in moves(state):
        after = act(data, move.to_json())
        assert after is not None
        if state.piles[move.to]:
            assert len(joined(state, move)) == open_length(after["waste"][move.to])


ORDER = """
## 9 8
10
## 3 5 4
6
## ## 2
K
A
--
"""


@pytest.mark.parametrize(
    ("move", "result"),
    [
        ((0, 1, 1), "success"),
        ((0, 2, 1), "rank_mismatch"),
        ((0, 0, 1), "face_down"),
        ((0, 3, 1), "no_such_card"),
        ((2, 1, 0), "blocked"),  # 3 5 4 is no run, and 3 does not fit onto 8 either
        ((2, 1, 7), "blocked"),  # an empty target does not help
        ((2, 2, 3), "success"),
        ((2, 3, 3), "rank_mismatch"),
        ((4, 0, 7), "face_down"),
        ((4, 2, 6), "rank_mismatch"),  # nothing goes onto an ace
        ((5, 0, 6), "rank_mismatch"),  # and no king either
        ((6, 0, 5), "rank_mismatch"),
        ((5, 0, 7), "success"),
        ((4, 2, 7), "success"),
        ((7, 0, 1), "no_such_card"),
    ],
)
def test_the_first_failing_check_decides(move: tuple[int, int, int], result: str) -> None:
    assert outcome(table(ORDER), Move(*move)) == result


def test_only_the_whole_of_the_face_up_cards_reveals() -> None:
    state = table("## 9 4\n5\n10\n## 9 8\n## K Q\n## 3\n2\nA")
    assert revealing(state, 0) == []  # 4 alone fits onto 5, but 9 stays
    assert outcome(state, Move(0, 2, 1)) is Outcome.SUCCESS
    assert revealing(state, 3) == [{"kind": "move", "pile": 3, "card": 1, "to": 2}]
    assert revealing(state, 4) == []  # a king needs an empty pile
    assert revealing(state, 2) == []  # nothing is face down
    state = table("## 9 4\n5\n--\n## 9 8\n## K Q\n## 3\n2\nA")
    assert [action["to"] for action in revealing(state, 4)] == [2]


def test_a_complete_run_reveals_by_going_to_the_foundation() -> None:
    run = " ".join(reversed(RANKS))
    rest = "\n" + "\n".join(["5"] * 7)
    assert revealing(table(f"## {run}" + rest), 0) == [{"kind": "foundation", "pile": 0}]
    assert revealing(table(f"## 3 {run}" + rest), 0) == []
    assert best_actions(table(f"## 3 {run}" + rest)) == [{"kind": "foundation", "pile": 0}]


def test_runs_never_reach_into_face_down_cards() -> None:
    """The face-down card under 9 is a 10 in one table and an ace in the other."""
    for rank in (10, 1):
        state = table("## 9\n8\n3\n3\n3\n3\n3\n3")
        piles = ((rank, 9), *state.piles[1:])
        state = State((), piles, state.hidden, 0)
        assert len(joined(state, Move(1, 0, 0))) == 2


def test_moves_to_empty_piles_neither_count_nor_allow_a_deal() -> None:
    assert best_actions(table("3\n3\n3\n3\n3\n3\n3\n--", stock=2)) == []
    assert best_actions(table("3\n3\n3\n3\n3\n3\n3\n3", stock=2)) == [{"kind": "deal"}]
    assert best_actions(table("3\n3\n3\n3\n3\n3\n3\n3")) == []


# State


def test_example_state_and_its_text() -> None:
    state = State.from_json(EXAMPLE)
    assert state.to_json() == EXAMPLE
    assert describe(state).splitlines() == [
        "Spider Solitaire (one suit, all cards spades), 8 waste piles",
        "Stock: 1 deal left (8 cards) | Foundations: 6 complete runs",
        "0: K Q",
        "1: ## 9 8",
        "2: ## 10",
        "3: J",
        "4: ## 4 3",
        "5: 6",
        "6: ## 7 6",
        "7: ## ## 9",
    ]
    assert describe(table("\n".join(["A"] * 7) + "\n--")).splitlines()[-1] == "7: empty"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["waste"][0].pop(), "rank 12 must occur 2 times in stock and waste, not 1"),
        (lambda d: d.update(foundations=5), "rank 1 must occur 3 times"),
        (lambda d: d["waste"].pop(), "8 to 10 waste piles, not 7"),
        (lambda d: d["waste"][0].append(card(d["stock"].pop()["rank"])), "0 to 5 deals of 8 cards, not 7 cards"),
        (lambda d: d["stock"][0].update(faceUp=True), "every card of the stock must be face down"),
        (lambda d: d["waste"][0][1].update(faceUp=False), "a face-down card lies on a face-up one in waste pile 0"),
        (lambda d: d["waste"][3][0].update(faceUp=False), "the top card of waste pile 3 is face down"),
    ],
)
def test_from_json_refuses_what_breaks_the_rules(change: Callable[[Any], Any], message: str) -> None:
    data = json.loads(json.dumps(EXAMPLE))
    change(data)
    with pytest.raises(ValueError, match=message):
        State.from_json(data)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["waste"][0][0].update(rank=14),
        lambda d: d["waste"][0][0].update(suit="heart"),
        lambda d: d["waste"][0][0].pop("faceUp"),
        lambda d: d.update(foundations=9),
        lambda d: d.update(moves=3),
    ],
)
def test_from_json_refuses_what_breaks_the_schema(change: Callable[[Any], Any]) -> None:
    data = json.loads(json.dumps(EXAMPLE))
    change(data)
    with pytest.raises(msgspec.ValidationError):
        State.from_json(data)


# Generator


@some
@settings(max_examples=80, deadline=None)
def test_tables_keep_their_bounds_and_wishes(seed: int, level: Level, wishes: dict[str, Any]) -> None:
    state, rng = some_state(seed, level, **wishes)
    data = state.to_json()
    assert State.from_json(data) == state
    size = LEVELS[level].caps
    found = Counter(one["rank"] for row in (data["stock"], *data["waste"]) for one in row)
    assert [found[rank] for rank in range(1, 14)] == [8 - state.foundations] * 13
    assert len(state.piles) == len(size) == {Level.EASY: 8, Level.MEDIUM: 9, Level.HARD: 10}[level]
    assert all(count <= cap for count, cap in zip(state.hidden, size, strict=True))
    assert 0.2 * sum(size) <= sum(state.hidden)
    face_up = sum(map(len, state.piles)) - sum(state.hidden)
    assert len(size) <= face_up <= (2 if wishes.get("dead") else 6) * len(size)
    assert max(map(len, state.piles)) <= 22
    assert state.deals <= 5 and state.foundations <= 3
    empty = state.piles.count(())
    assert empty == wishes["empty"] if "empty" in wishes else empty <= 1
    complete = [open_length(cards) == 13 for cards in data["waste"]]
    assert sum(complete) == bool(wishes.get("complete"))
    if wishes.get("dead"):
        assert state.stock and not any(act(data, action) for action in actions(data))
    if wishes.get("reveal"):
        kind = "foundation" if wishes.get("complete") else "move"
        assert any(action["kind"] == kind for number in range(len(size)) for action in brute_reveals(data, number))
    if wishes.get("bare"):
        assert any(cards and not count for cards, count in zip(state.piles, state.hidden, strict=True))
    other = perturb(state, rng)
    assert State.from_json(other.to_json()) == other
    assert describe(other) != describe(state)


@pytest.mark.parametrize("level", Level)
def test_tables_are_spread(level: Level) -> None:
    states = [some_state(seed, level)[0] for seed in range(300)]
    assert max(Counter(sum(state.hidden) for state in states).values()) <= 0.1 * 300
    assert max(Counter(state.deals for state in states).values()) <= 0.25 * 300
    assert abs(sum(() in state.piles for state in states) / 300 - 0.1) < slack(0.1, 300)
    put_away = Counter(state.foundations for state in states)
    assert min(put_away[number] for number in range(4)) >= 15


def test_the_piles_are_shuffled_before_a_new_table() -> None:
    offered: list[State] = []
    generate(Random(5), LEVELS[Level.HARD], lambda state: offered.append(state) is not None)
    assert len({tuple(sorted(state.piles)) for state in offered}) == 1
    assert len(set(offered)) > 50


def test_own_parameters_are_checked() -> None:
    for caps in ((7,) * 7, (7,) * 11, (8,) * 8, (0,) * 8):
        with pytest.raises(gameqa.UsageError):
            gameqa.sample("spider_solitaire", "move_result", level={"caps": list(caps)})
    for task in GAME.tasks:
        made = gameqa.sample("spider_solitaire", task.slug, level=SpiderParams(caps=(1, 2) * 4))
        assert all(
            sum(not one["faceUp"] for one in cards) <= 2 for cards in json.loads(made.state)["waste"]
        ) and made.accepted == gameqa.rederive(made)


# Examples of the questions


def test_examples_of_the_fill_in_questions() -> None:
    state = State.from_json(EXAMPLE)
    assert DEALS.solve(state, {}).value == 1
    assert TOP.solve(state, {"pile": 3}).value == "Spade Jack"
    assert TOP.solve(state, {"pile": 2}).value == "Spade 10"
    assert TOP.solve(table("\n".join(["A"] * 7) + "\n--"), {"pile": 7}).value == "Empty"
    assert TOP.solve(table("\n".join(["A"] * 7) + "\n--"), {"pile": 0}).value == "Spade Ace"
    assert DOWN.solve(state, {}).value == 6
    solution = CLICKS.solve(state, {"clicks": 3, "pile": 1})
    assert solution.value == 3
    assert "1 of the 3 clicks deals and the other 2 do nothing" in solution.steps[1]


def test_clicks_are_refused_while_a_pile_is_empty() -> None:
    state = table("3 2\n3\n3\n3\n3\n3\n3\n--", stock=3)
    solution = CLICKS.solve(state, {"clicks": 2, "pile": 0})
    assert solution.value == 2
    assert "Pile 7 is empty, so every click is refused" in solution.steps[1]
    question = CLICKS.question(state, {"clicks": 2, "pile": 0})
    assert "A click on an empty stock does nothing" in question and "refused" in question


def test_examples_of_move_result() -> None:
    state = State.from_json(EXAMPLE)
    cases = {(1, 1, 2): "success", (7, 1, 0): "face_down", (4, 1, 5): "rank_mismatch"}
    for (source, number, to), result in cases.items():
        params = {"pile": source, "card": number, "to": to}
        assert RESULT.solve(state, params).value == result
    steps = RESULT.solve(state, {"pile": 4, "card": 1, "to": 5}).steps
    assert steps[-1] == "Check (4): the top card of pile 5 is 6, not exactly one rank higher than 4. This check fails."


def test_examples_of_reveal_move() -> None:
    state = State.from_json(EXAMPLE)
    assert REVEAL.solve(state, {"pile": 1}).accepted == [{"kind": "move", "pile": 1, "card": 1, "to": 2}]
    assert REVEAL.solve(state, {"pile": 4}).accepted == [{"kind": "impossible"}]
    assert REVEAL.solve(state, {"pile": 5}).accepted == [{"kind": "none_needed"}]


def test_example_of_best_action() -> None:
    state = State.from_json(EXAMPLE)
    solution = BEST.solve(state, {})
    assert solution.accepted == [{"kind": "move", "pile": 6, "card": 1, "to": 1}]
    for text in ("9 8 7 6 (4)", "10 9 8 (3)", "K Q J (3)", "10 9 (2)", "J 10 (2)"):
        assert text in solution.steps[2]


def test_rules_say_neither_same_suit_nor_circular() -> None:
    for made in samples("best_action", Level.EASY)[:1]:
        assert "same suit" not in made.question.lower()
        assert "nothing can be put on an ace, and a king goes only onto an empty pile" in made.question


# Many samples


@cache
def samples(slug: str, level: Level) -> list[Any]:
    return [gameqa.sample("spider_solitaire", slug, level, seed=5, index=index) for index in range(N)]


@cache
def read(slug: str, level: Level) -> list[tuple[dict[str, Any], dict[str, Any], Any]]:
    """State, params and the answer: a text, or the right option."""
    found: list[tuple[dict[str, Any], dict[str, Any], Any]] = []
    for made in samples(slug, level):
        params = json.loads(made.params)
        right = params["options"][ord(made.answer) - ord("A")] if made.options else made.answer
        found.append((json.loads(made.state), params, right))
    return found


def slack(share: float, count: int = N) -> float:
    return 3 * sqrt(share * (1 - share) / count)


def assert_shares(found: Counter[str], shares: dict[str, float], count: int = N) -> None:
    for name, share in shares.items():
        assert abs(found[name] / count - share) < slack(share, count), (name, found[name] / count)


@pytest.mark.parametrize("level", Level)
def test_deals_left_is_uniform_and_counted_from_the_stock(level: Level) -> None:
    for state, _, right in read("deals_left", level):
        assert int(right) * len(state["waste"]) == len(state["stock"])
    assert_shares(
        Counter(right for _, _, right in read("deals_left", level)), {str(deals): 1 / 6 for deals in range(6)}
    )


@pytest.mark.parametrize("level", Level)
def test_top_cards_are_balanced_and_seldom_empty(level: Level) -> None:
    names = {1: "Ace", 11: "Jack", 12: "Queen", 13: "King"}
    found: Counter[str] = Counter()
    for state, params, right in read("top_card", level):
        cards = state["waste"][params["pile"]]
        found[right] += 1
        assert right == (f"Spade {names.get(cards[-1]['rank'], cards[-1]['rank'])}" if cards else "Empty")
    assert found["Empty"] <= N * 0.05 + 3 * sqrt(N * 0.05)
    assert len(found) == 14
    assert max(found.values()) / N < 1 / 13 + slack(1 / 13)


@pytest.mark.parametrize("level", Level)
def test_face_down_cards_are_counted_and_spread(level: Level) -> None:
    for state, _, right in read("face_down_count", level):
        assert int(right) == sum(not one["faceUp"] for cards in state["waste"] for one in cards)
    assert max(Counter(right for _, _, right in read("face_down_count", level)).values()) < 0.08 * N


@pytest.mark.parametrize("level", Level)
def test_clicks_are_simulated(level: Level) -> None:
    beyond = empty = 0
    for state, params, right in read("deal_clicks", level):
        beyond += params["clicks"] > len(state["stock"]) // len(state["waste"])
        empty += [] in state["waste"]
        after = state
        for _ in range(params["clicks"]):
            after = act(after, {"kind": "deal"}) or after
        assert int(right) == sum(one["faceUp"] for one in after["waste"][params["pile"]])
    assert 0.25 - slack(0.25) / 3 < beyond / N < 0.35 + slack(0.35) / 3
    assert abs(empty / N - 0.08) < slack(0.08)


def first_failure(state: dict[str, Any], params: dict[str, Any]) -> str:
    cards, target = state["waste"][params["pile"]], state["waste"][params["to"]]
    if params["card"] >= len(cards):
        return "no_such_card"
    if not cards[params["card"]]["faceUp"]:
        return "face_down"
    if not descending(cards[params["card"] :]):
        return "blocked"
    return "success" if not target or target[-1]["rank"] - cards[params["card"]]["rank"] == 1 else "rank_mismatch"


@pytest.mark.parametrize("level", Level)
def test_results_of_moves_have_their_shares(level: Level) -> None:
    results: Counter[str] = Counter()
    twists: Counter[str] = Counter()
    for state, params, right in read("move_result", level):
        assert right == first_failure(state, params)
        assert params["to"] != params["pile"]
        assert sorted(params["options"]) == sorted(["success", "no_such_card", "face_down", "blocked", "rank_mismatch"])
        results[right] += 1
        cards, target = state["waste"][params["pile"]], state["waste"][params["to"]]
        number = params["card"]
        assert number <= len(cards) + 2
        higher = target[-1]["rank"] - cards[number]["rank"] if target and number < len(cards) else 1
        twists[right] += {
            "success": number < len(cards) - 1,
            "blocked": higher == 1,
            "rank_mismatch": higher in (0, 2, -1),
        }.get(right, False)
    shares = {"success": 0.25, "rank_mismatch": 0.25, "blocked": 0.2, "face_down": 0.15, "no_such_card": 0.15}
    assert_shares(results, shares)
    for name in ("success", "blocked"):
        assert abs(twists[name] / results[name] - 0.5) < slack(0.5, results[name])
    assert twists["rank_mismatch"] >= 0.5 * results["rank_mismatch"]


def legal_and_real(state: dict[str, Any], options: list[dict[str, Any]]) -> None:
    """All options differ, and name piles and cards that exist."""
    assert len(set(unordered(options))) == len(options) == 8
    for option in options:
        if option["kind"] == "move":
            assert option["pile"] != option["to"] < len(state["waste"])
            assert option["card"] < len(state["waste"][option["pile"]])


@pytest.mark.parametrize("level", Level)
def test_reveal_move_against_the_simulator(level: Level) -> None:
    kinds: Counter[str] = Counter()
    foundations = fits = useless = 0
    for (state, params, right), made in zip(read("reveal_move", level), samples("reveal_move", level), strict=True):
        number, options = params["pile"], params["options"]
        legal_and_real(state, options)
        ways = brute_reveals(state, number)
        truth = ways if ways else [{"kind": "impossible" if down(state, number) else "none_needed"}]
        assert [option for option in options if option in truth] == [right]
        kinds[right["kind"]] += 1
        found = Counter(option["kind"] for option in options)
        assert found["move"] + found["foundation"] == 6 and found["foundation"] <= 1
        foundations += found["foundation"]
        if right["kind"] == "move":  # the right cards go to a wrong target as well
            assert sum(one.get("card") == right["card"] and one.get("pile") == number for one in options) >= 2
        top = {"kind": "move", "pile": number, "card": len(state["waste"][number]) - 1}
        if right["kind"] == "impossible":
            fits += any(act(state, {**top, "to": to}) for to in range(len(state["waste"])) if to != number)
        own = [one for one in options if one["kind"] == "move" and one["pile"] == number and one != right]
        useless += any(act(state, one) for one in own)
        for text, one in zip(made.options, options, strict=True):
            if one["kind"] == "move":
                assert text == f"Move card number {one['card']} of pile {one['pile']} to pile {one['to']}"
    kinds["moved"] = kinds["move"] + kinds["foundation"]
    assert_shares(kinds, {"moved": 0.60, "impossible": 0.28, "none_needed": 0.12})
    assert abs(fits / kinds["impossible"] - 0.5) < slack(0.5, kinds["impossible"])
    assert kinds["foundation"] / foundations < 0.25
    assert useless > 0.2 * N


@pytest.mark.parametrize("level", Level)
def test_best_action_against_the_simulator(level: Level) -> None:
    kinds: Counter[str] = Counter()
    for state, params, right in read("best_action", level):
        options = params["options"]
        legal_and_real(state, options)
        best = brute_best(state)
        assert [option for option in options if option in best] == [right]
        found = Counter(option["kind"] for option in options)
        assert found == {"move": 6, "deal": 1, "foundation": 1}
        kinds[right["kind"]] += 1
        if right["kind"] == "move":
            shorter = [
                one
                for one in options
                if one["kind"] == "move" and one != right and state["waste"][one["to"]] and act(state, one)
            ]
            assert len(shorter) >= 3
    assert_shares(kinds, {"move": 0.7, "foundation": 0.15, "deal": 0.15})


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("slug", ["move_result", "reveal_move", "best_action"])
def test_letters_are_uniform(slug: str, level: Level) -> None:
    count = 5 if slug == "move_result" else 8
    found = Counter(made.answer for made in samples(slug, level))
    assert_shares(found, {"ABCDEFGH"[place]: 1 / count for place in range(count)})


def learned(rows: list[tuple[list[Any], Any]], look: Callable[[Any, list[Any]], Any]) -> float:
    """Learn how often options of each look are right on one half, and guess on the other."""
    seen: defaultdict[Any, list[float]] = defaultdict(lambda: [0.25, 2.0])
    half, hits = len(rows) // 2, 0
    for number, (options, right) in enumerate(rows):
        looks = [look(option, options) for option in options]
        if number < half:
            for option, one in zip(options, looks, strict=True):
                seen[one][0] += option == right
                seen[one][1] += 1
        else:
            rates = [seen[one][0] / seen[one][1] for one in looks]
            hits += options[rates.index(max(rates))] == right
    return hits / (len(rows) - half)


def crowd(option: Any, options: list[Any]) -> Any:
    """How often an option's source, its target and its card are named by the options."""
    if option["kind"] != "move":
        return option["kind"]
    source = sum(one.get("pile") == option["pile"] for one in options)
    target = sum(one.get("to") == option["to"] for one in options)
    same = sum((one.get("pile"), one.get("card")) == (option["pile"], option["card"]) for one in options)
    return source, target, same, sum(one.get("pile") == option["to"] for one in options)


def place(option: Any, options: list[Any]) -> Any:
    """The rank of an option's card number among those of the options from its pile, or the pile's part for others."""
    if option["kind"] != "move":
        return option["kind"], sum(one.get("pile") == option.get("pile") for one in options)
    numbers = sorted({one["card"] for one in options if one["kind"] == "move" and one["pile"] == option["pile"]})
    return numbers.index(option["card"]), len(numbers), sum(one.get("pile") == option["pile"] for one in options)


@pytest.mark.parametrize("look", [crowd, place])
@pytest.mark.parametrize(("slug", "most"), [("reveal_move", 0.36), ("best_action", 0.28)])
def test_options_do_not_tell_the_answer(slug: str, most: float, look: Callable[[Any, list[Any]], Any]) -> None:
    """Always naming the most common answer scores 0.28 (impossible) and 0.15."""
    for level in Level:
        rows = [(params["options"], right) for _, params, right in read(slug, level)]
        assert learned(rows, look) < most + slack(most, N // 2) / 3


def test_card_numbers_do_not_tell_the_result() -> None:
    rows = [
        ([(result, params["card"]) for result in params["options"]], (right, params["card"]))
        for level in Level
        for _, params, right in read("move_result", level)
    ]
    assert learned(rows, lambda option, _: option) < 0.4


@pytest.mark.parametrize("task", GAME.tasks, ids=lambda task: task.slug)
def test_work_rises(task: Any) -> None:
    easy, medium, hard = (sum(made.difficulty for made in samples(task.slug, level)) for level in Level)
    assert easy < medium < hard


def test_ranks_of_face_down_cards_are_never_shown() -> None:
    """Other ranks below and in the stock leave picture, text view, question and analysis as they are."""
    for made in samples("reveal_move", Level.HARD)[:5] + samples("best_action", Level.EASY)[:5]:
        state, task = State.from_json(json.loads(made.state)), GAME.task(made.task)
        secret = [rank for cards, count in zip(state.piles, state.hidden, strict=True) for rank in cards[:count]]
        secret += state.stock
        secret = secret[1:] + secret[:1]
        piles: list[tuple[int, ...]] = []
        for cards, count in zip(state.piles, state.hidden, strict=True):
            piles.append((*secret[:count], *cards[count:]))
            secret = secret[count:]
        other = State(tuple(secret), tuple(piles), state.hidden, state.foundations)
        params = json.loads(made.params)
        assert State.from_json(other.to_json()) == other != state
        assert describe(other) == describe(state)
        assert draw(other, Style()).tobytes() == draw(state, Style()).tobytes()
        assert task.solve(other, params) == task.solve(state, params)


# Picture


FELT, BACK, WHITE, EMPTY = (7, 112, 7), (0x1F, 0x3A, 0x93), (255, 255, 255), (6, 96, 6)


@pytest.mark.parametrize(("hidden", "shown"), [(0, 1), (7, 4), (7, 15), (0, 22), (3, 19), (2, 20)])
def test_the_height_follows_the_longest_pile_and_nothing_is_cut_off(hidden: int, shown: int) -> None:
    state = table("\n".join([" ".join(["##"] * hidden + ["5"] * shown), *["5"] * 9]))
    image = draw(state, Style()).convert("RGB")
    assert image.width == 860 and 430 <= image.height <= 760
    assert all(image.getpixel((x, image.height - 1)) == FELT for x in range(0, 860, 5))
    column = [image.getpixel((16 + 35, y)) for y in range(160, image.height)]
    used = len(column) - next(number for number, color in enumerate(reversed(column)) if color != FELT)
    step = (used - 96 - 12 * hidden) / max(1, shown - 1)
    assert shown == 1 or step in (23, 25)


def test_backs_can_be_counted_in_stock_and_piles() -> None:
    """Each back shows its black edge and white margin anew."""
    for deals in range(6):
        state = table("\n".join(["## ## ## 5", *["5"] * 7]), stock=deals)
        image = draw(state, Style()).convert("RGB")
        row = [image.getpixel((x, 32 + 48)) for x in range(16, 220)]
        assert sum(one == (0, 0, 0) and two == WHITE for one, two in pairwise(row)) == deals
        assert (row[5] == EMPTY) == (deals == 0)
        column = [image.getpixel((16 + 60, y)) for y in range(160, 160 + 36)]
        assert sum(one == (0, 0, 0) and two == WHITE for one, two in pairwise(column)) == 3
        assert BACK in column


def test_stock_and_foundations_lie_apart() -> None:
    state = State.from_json(EXAMPLE)
    full = State((1,) * 40, state.piles, state.hidden, 8)
    image = draw(full, Style()).convert("RGB")
    assert all(image.getpixel((x, y)) == FELT for x in range(170, 225) for y in range(32, 128, 8))
    kings = [image.getpixel((227 + 78 * number + 35, 32 + 30)) for number in range(8)]
    assert kings == [WHITE] * 8
