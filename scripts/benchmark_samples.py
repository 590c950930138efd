"""Time whole samples per task: mean, p99 and max in milliseconds, and where the time goes.

Usage: python scripts/benchmark_samples.py [--keys 300] [--passes 3] [--split test] [--page PAGE.md] [GAME ...]

The clock is process time of one core; other work on the machine still slows it, so the quickest of some passes over
different keys counts. `board` is the making of boards (refused ones included), `proof` the question,
its solution, the proof of the options and the wording, `draw` the picture, `png` its encoding. The ratio is the mean
against the budget of the design: 4 ms for the mean over all tasks.
"""

import argparse
import os
import platform
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

import PIL

import gameqa
from gameqa.core import engine
from gameqa.core.files import write_atomic
from gameqa.core.game import Game, Level, Task

BUDGET_MS = 4.0
TIMES = ("mean", "p99", "max")
STAGES = ("board", "proof", "draw", "png")
HEAD = ("task", *TIMES, "ratio", *STAGES)


def measure(game: Game[Any, Any], task: Task[Any, Any], keys: int, split: str, passes: int) -> dict[str, float]:
    """Return the figures of the pass with the lowest mean; no two passes make the same samples."""
    found = (one_pass(game, task, keys, split, number * keys) for number in range(passes))
    return min(found, key=lambda row: row["mean"])


def one_pass(game: Game[Any, Any], task: Task[Any, Any], keys: int, split: str, first: int) -> dict[str, float]:
    """Return mean, p99 and max of one task over all levels in ms, and the share of each stage."""
    spent = dict.fromkeys(STAGES, 0.0)

    def generate(*arguments: Any) -> Any:
        start = process_time()
        try:
            return game.generate(*arguments)
        finally:
            spent["board"] += process_time() - start

    timed = replace(game, generate=generate)
    for level in Level:
        engine.make(game, task, level).png()
    totals: list[float] = []
    for index in range(first, first + keys):
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


def cells(name: str, row: dict[str, float]) -> list[str]:
    """Return one line of the table."""
    times = [f"{row[column]:.2f}" for column in TIMES]
    return [name, *times, f"{row['mean'] / BUDGET_MS:.2f}", *(f"{row[stage]:.0%}" for stage in STAGES)]


def machine() -> str:
    """Return the machine in words."""
    model = "an unnamed processor"
    info = Path("/proc/cpuinfo")
    if info.is_file():
        named = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = named[0] if named else model
    return (
        f"{platform.system()} on {platform.machine()} ({model}, {os.cpu_count()} virtual cores, one of them used), "
        f"Python {platform.python_version()}, Pillow {PIL.__version__}"
    )


def page(rows: dict[str, dict[str, float]], keys: int, passes: int, split: str) -> str:
    """Return the results as a page of the docs."""
    mean = sum(row["mean"] for row in rows.values()) / len(rows)
    slow = sorted(rows, key=lambda name: -rows[name]["mean"])[:10]
    listed = ", ".join(f"`{name}` ({rows[name]['mean']:.1f} ms)" for name in slow)
    lines = ["| " + " | ".join(HEAD) + " |", "|---" + "|---:" * (len(HEAD) - 1) + "|"]
    lines += ["| " + " | ".join(cells(f"`{name}`", row)) + " |" for name, row in rows.items()]
    return "\n".join(
        [
            "# How fast samples are made",
            "",
            f"Written by `python scripts/benchmark_samples.py --keys {keys} --split {split} --page docs/benchmark.md`.",
            "Whole samples: board, question, proof, wording, picture and its PNG, in milliseconds of one core's time.",
            f"{keys} keys a task of the {split} split, a third at each level; of {passes} passes over other keys",
            "the one with the lowest mean, because other work on the machine slows some of them.",
            "",
            f"Machine: {machine()}.",
            "",
            f"**Mean over {len(rows)} tasks: {mean:.2f} ms**; the budget is {BUDGET_MS:g} ms.",
            f"Slowest: {listed}.",
            "",
            "`ratio` is the mean against the budget. The last four columns say where the time goes: making boards",
            "(refused ones included); question, solution, proof of the options and wording; drawing; PNG encoding.",
            "",
            *lines,
            "",
        ]
    )


def main() -> None:
    """Print one row per task and the mean over all tasks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("games", nargs="*", default=[])
    parser.add_argument("--keys", type=int, default=300)
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--split", default="train")
    parser.add_argument("--page", type=Path, help="write the table to this Markdown page")
    options = parser.parse_args()
    print("  ".join(name.ljust(40) if name == "task" else name.rjust(6) for name in HEAD))
    rows: dict[str, dict[str, float]] = {}
    for name in options.games or gameqa.games():
        game = gameqa.game(name)
        for task in game.tasks:
            row = rows[f"{name}/{task.slug}"] = measure(game, task, options.keys, options.split, options.passes)
            first, *rest = cells(f"{name}/{task.slug}", row)
            print("  ".join([first.ljust(40), *(text.rjust(6) for text in rest)]), flush=True)
    mean = sum(row["mean"] for row in rows.values()) / len(rows)
    print(f"mean over {len(rows)} tasks: {mean:.2f} ms, {mean / BUDGET_MS:.2f} of the budget of {BUDGET_MS:g} ms")
    if options.page:
        write_atomic(options.page, page(rows, options.keys, options.passes, options.split))


if __name__ == "__main__":
    main()
