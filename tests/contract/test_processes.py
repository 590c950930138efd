"""Samples do not depend on the process, its hash seed, or what was made before."""

import json
import os
import subprocess
import sys

import gameqa
from gameqa.core.engine import select

SCRIPT = """
import json, sys, hashlib, random
import gameqa
from gameqa.core.engine import select
cells = [(game.id, task.slug, level) for game, task, level in select()]
random.Random(sys.argv[1]).shuffle(cells)
digests = {}
for game, task, level in cells:
    sample = gameqa.sample(game, task, level, "test", seed=5, index=2)
    text = json.dumps(sample.row(image=False), sort_keys=True).encode()
    digests[sample.data_id] = hashlib.sha256(text + sample.png()).hexdigest()
print(json.dumps(digests))
"""


def digests(order: str, hash_seed: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, order],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_same_bytes_in_other_processes_orders_and_hash_seeds() -> None:
    first = digests("a", "0")
    assert len(first) == len(select())
    assert digests("b", "1") == first
    assert digests("c", "4242") == first


def test_global_random_state_is_neither_used_nor_changed() -> None:
    import random

    random.seed(1)
    before = random.getstate()
    one = [gameqa.sample(game.id, task.slug, level, index=1) for game, task, level in select()]
    assert random.getstate() == before
    random.seed(2)
    assert one == [gameqa.sample(game.id, task.slug, level, index=1) for game, task, level in select()]
