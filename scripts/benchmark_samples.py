"""Time whole samples per task: mean, p99 and max in milliseconds, and where the time goes.

Usage: python scripts/benchmark_samples.py [--keys 300] [--split test] [--markdown] [GAME ...]

The clock is process time of one core. `board` is the making of boards (refused ones included), `proof` the question,
its solution, the proof of the options and the wording, `draw` the picture, `png` its encoding. The ratio is the mean
against the budget of the design: 4 ms for the mean over all tasks.
"""

import argparse
from dataclasses import replace
from time import process_time
from typing import Any

import gameqa
from gameqa.core import engine
from gameqa.core.game import Game, Level, Task

BUDGET_MS = 4.0


def measure(game: Game[Any, Any], task: Task[Any, Any], keys: int, split: str) -> dict[str, float]:
    """Return mean, p99 and max of one task over all levels in ms, and the share of each stage."""
    spent = {"board": 0.0, "proof": 0.0, "draw": 0.0, "png": 0.0}

    def generate(*arguments: Any) -> Any:
        start = process_time()
        try:
            return game.generate(*arguments)
        finally:
            spent["board"] += process_time() - start

    timed = replace(game, generate=generate)
    engine.make(game, task, Level.EASY).png()
    totals: list[float] = []
    for index in range(keys):
        level = list(Level)[index % 3]
        board = spent["board"]
        start = process_time()
        sample = engine.make(timed, task, level, split, index=index)
        made = process_time()
        _ = sample.image
        drawn = process_time()
        sample.png()
        end = process_time()
        spent["proof"] += made - start - (spent["board"] - board)
        spent["draw"] += drawn - made
        spent["png"] += end - drawn
        totals.append((end - start) * 1e3)
    totals.sort()
    whole = sum(spent.values())
    return {
        "mean": sum(totals) / keys,
        "p99": totals[int(keys * 0.99)],
        "max": totals[-1],
        **{stage: seconds / whole for stage, seconds in spent.items()},
    }


def main() -> None:
    """Print one row per task and the mean over all tasks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("games", nargs="*", default=[])
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--split", default="train")
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    names = options.games or gameqa.games()
    bar = " | " if options.markdown else "  "
    head = [
        "task".ljust(40),
        *(name.rjust(6) for name in ("mean", "p99", "max", "ratio", "board", "proof", "draw", "png")),
    ]
    print(bar.join(head))
    if options.markdown:
        print("|".join(["---"] * len(head)))
    means = []
    for name in names:
        game = gameqa.game(name)
        for task in game.tasks:
            row = measure(game, task, options.keys, options.split)
            means.append(row["mean"])
            times = [f"{row[column]:6.2f}" for column in ("mean", "p99", "max")]
            shares = [f"{row[column]:6.0%}" for column in ("board", "proof", "draw", "png")]
            print(
                bar.join([f"{name}/{task.slug}".ljust(40), *times, f"{row['mean'] / BUDGET_MS:6.2f}", *shares]),
                flush=True,
            )
    mean = sum(means) / len(means)
    print(f"mean over {len(means)} tasks: {mean:.2f} ms, {mean / BUDGET_MS:.2f} of the budget of {BUDGET_MS:g} ms")


if __name__ == "__main__":
    main()
