import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gameqa.core.seeds import SPLITS, Key, canonical_json, split_of, stream

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_canonical_json_is_that_of_the_standard_library(value: object) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # The library writes control characters as \u00XX in either case of hex digits and DEL plainly.
    assert json.loads(canonical_json(value)) == json.loads(text)
    if all(32 <= ord(sign) < 127 for sign in text):
        assert canonical_json(value) == text


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_each_key_has_its_own_stream(seed: int, index: int) -> None:
    key = Key("1", "maze", "exit", "easy", "train", seed, index)
    first = [stream(key).random() for _ in range(2)]
    assert first[0] == first[1]
    others = [
        replace(key, seed=seed + 1),
        replace(key, index=index + 1),
        replace(key, level="hard"),
        replace(key, split="test"),
        replace(key, task="path"),
        replace(key, release="2"),
        replace(key, seed=index, index=seed) if seed != index else replace(key, game="x"),
    ]
    assert first[0] not in [stream(other).random() for other in others]


def test_splits_have_their_shares_and_depend_on_game_and_state() -> None:
    found = [split_of("maze", f"[{number}]") for number in range(20_000)]
    shares = [found.count(split) / len(found) for split in SPLITS]
    assert all(abs(share - wanted) < 0.01 for share, wanted in zip(shares, (0.8, 0.1, 0.1), strict=True))
    assert found != [split_of("snake", f"[{number}]") for number in range(20_000)]
