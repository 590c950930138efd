"""The `gameqa` command. Commands import what they need when they run, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from gameqa.benchmark.commands import app as bench  # pyright: ignore[reportMissingImports]
from gameqa.core.errors import GameQAError, UsageError, choice_error
from gameqa.tools.command import fail, sentences

app = typer.Typer(
    help="Procedurally generated games as verified visual question answering data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(bench, name="bench")

Names = Annotated[list[str] | None, typer.Option(help="Repeat for several; all by default.")]
Split = Annotated[str, typer.Option(help="train, validation or test.")]
Seed = Annotated[int, typer.Option(help="Names an independent stream, at least 0.")]
Scale = Annotated[float, typer.Option(help="Picture scale, 0.5 to 4.")]


def main() -> NoReturn:
    """Run the command; errors become one sentence on standard error and exit code 1 or 2."""
    try:
        with sentences("gameqa"):
            try:
                app()
            except SystemExit as ended:
                if ended.code == 130:  # the framework's code for Ctrl-C
                    fail("gameqa", "interrupted; nothing half-written is left", 130)
                raise
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


@app.command("list")
def list_games(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show all games with category, domain, tasks and levels.

    Example: gameqa list
    """
    import gameqa

    games = [gameqa.game(name) for name in gameqa.games()]
    if as_json:
        import json

        rows: list[dict[str, Any]] = [
            {
                "game": game.id,
                "title": game.title,
                "category": game.category.value,
                "domain": game.domain.value,
                "tasks": [task.slug for task in game.tasks],
                "levels": list(game.levels),
            }
            for game in games
        ]
        print(json.dumps(rows, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(games)} games")
    for heading in ("game", "category", "domain", "tasks", "levels"):
        table.add_column(heading, no_wrap=heading in ("game", "tasks"))
    for game in games:
        table.add_row(
            game.id,
            game.category.value,
            game.domain.value,
            "\n".join(f"{task.slug} ({task.kind.value})" for task in game.tasks),
            ", ".join(game.levels),
            end_section=True,
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    print(f"{sum(len(game.tasks) for game in games)} tasks")


@app.command()
def show(
    target: Annotated[str, typer.Argument(help="A data_id, or GAME[/TASK[/LEVEL]].")],
    out: Annotated[Path | None, typer.Option(help="Where to write the PNG; ./<data_id>.png by default.")] = None,
    split: Split = "train",
    seed: Seed = 0,
    index: Annotated[int, typer.Option(help="Place in the stream, at least 0.")] = 0,
    scale: Scale = 1.0,
    text: Annotated[bool, typer.Option(help="Print the text view as well.")] = False,
) -> None:
    """Make one sample: write its picture; print question, options, answer, analysis and state.

    Example: gameqa show sokoban/min_moves/hard/train/0/17
    """
    import gameqa
    from gameqa.core.answers import LETTERS
    from gameqa.core.files import write_atomic

    if target.count("/") == 5:
        sample = gameqa.from_data_id(target, scale=scale)
    else:
        name, task, level = (*target.split("/", 2), "", "")[:3]
        task = task or gameqa.game(name).tasks[0].slug
        sample = gameqa.sample(name, task, level or "Easy", split, seed, index, scale=scale)
    path = out or Path(sample.file_name)
    write_atomic(path, sample.png())
    blocks = [sample.data_id, sample.query]
    if sample.options:
        blocks.append("\n".join(f"{letter}. {text}" for letter, text in zip(LETTERS, sample.options, strict=False)))
    blocks += [
        f"answer: {sample.answer}",
        sample.analysis,
        f"state: {sample.state}",
        f"params: {sample.params}",
    ]
    if text:
        blocks.append(sample.text_view)
    print("\n\n".join([*blocks, f"picture: {path}"]))


@app.command()
def render(
    game: Annotated[str, typer.Argument(help="Id of the game.")],
    state: Annotated[Path, typer.Option(help="File with the state as JSON, as in the column state; - reads stdin.")],
    out: Annotated[Path | None, typer.Option(help="Where to write the PNG; ./<game>.png by default.")] = None,
    scale: Scale = 1.0,
    text: Annotated[bool, typer.Option(help="Print the text view as well.")] = False,
) -> None:
    """Draw any legal state of a game, for example one made by hand. Exit code 1: it is not legal.

    Example: gameqa render tictactoe --state board.json --out board.png
    """
    from gameqa.core import registry
    from gameqa.core.files import write_atomic
    from gameqa.core.sample import read_state
    from gameqa.core.sample import render as drawn
    from gameqa.draw.canvas import encode

    found = registry.game(game)
    try:
        content = sys.stdin.buffer.read() if str(state) == "-" else state.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {state}: {error.strerror}") from error
    path = out or Path(f"{game}.png")
    write_atomic(path, encode(drawn(game, content, scale)))
    if text:
        print(f"{found.describe(read_state(found, content))}\n")
    print(f"picture: {path}")


@app.command()
def gallery(
    out: Annotated[Path, typer.Argument(help="Folder of the page; index.html is written into it.")],
    game: Names = None,
    split: Split = "train",
    seed: Seed = 0,
    per_task: Annotated[int, typer.Option(help="Samples for each task and level.")] = 1,
) -> None:
    """Write one self-contained HTML page with every game, task and level.

    Example: gameqa gallery out/gallery
    """
    import gameqa
    from gameqa.core.engine import select
    from gameqa.core.files import write_atomic
    from gameqa.tools.gallery import gallery as page
    from gameqa.tools.progress import progress

    games = game or "all"
    samples = gameqa.generate(games, split=split, seed=seed, per_task=per_task)
    total = len(select(games)) * per_task
    write_atomic(out / "index.html", page(progress(samples, total, "samples")))
    print(out / "index.html")


@app.command()
def generate(
    out: Annotated[Path, typer.Argument(help="Folder to write; it must be missing or empty.")],
    game: Names = None,
    task: Names = None,
    level: Names = None,
    split: Split = "train",
    seed: Seed = 0,
    per_task: Annotated[int, typer.Option(help="Samples for each task and level.")] = 1,
    scale: Scale = 1.0,
    form: Annotated[str, typer.Option("--format", help="jsonl (with a folder of PNGs) or parquet.")] = "jsonl",
) -> None:
    """Write samples into a folder that `load_dataset` reads: JSON lines with PNG files, or one parquet file.

    Example: gameqa generate out/sokoban --game sokoban --per-task 10
    """
    from gameqa.core import engine
    from gameqa.tools.export import FORMATS, export
    from gameqa.tools.progress import progress

    if form not in FORMATS:
        raise UsageError(f"unknown format {form!r}; allowed: {', '.join(FORMATS)}")
    if per_task < 1:
        raise UsageError(f"--per-task must be at least 1, not {per_task}")
    names = (game or "all", task or "all", level or "all")
    total = len(engine.select(*names)) * per_task
    samples = engine.generate(*names, split=split, seed=seed, per_task=per_task, scale=scale)
    print(export(progress(samples, total, "samples"), out, form, split))


@app.command()
def check(
    game: Annotated[str, typer.Argument(help="Id of the game to check.")],
    keys: Annotated[int, typer.Option(help="Samples of each task and level for the detailed checks.")] = 6,
    many: Annotated[int, typer.Option(help="Samples of each task and level for the counts.")] = 200,
) -> None:
    """Run the whole contract on one game and say, in words, what it still misses. Exit code 1 if anything.

    Example: gameqa check sokoban
    """
    from gameqa.core import registry
    from gameqa.tools import contract
    from gameqa.tools.check import run

    found = registry.game(game)
    problems = run(found, keys, many)
    if problems:
        print(f"\n{len(problems)} problems; the contract stands in {contract.__name__} and gameqa.core.game")
        sys.exit(1)
    print(f"\n{game} keeps the contract")


@app.command()
def audit(
    source: Annotated[str, typer.Argument(help="A folder with rows, a game, a recipe of `gameqa build`, or all.")],
    rows: Annotated[
        int | None, typer.Option(help="Rows of each task and level: made (200 by default), or the most that are read.")
    ] = None,
    seed: Seed = 0,
    pictures: Annotated[int, typer.Option(help="Pictures of each task and level that are read back.")] = 20,
    workers: Annotated[int | None, typer.Option(help="Processes; one per core by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page as well.")] = None,
) -> None:
    """Measure whether labels are right, the picture is needed, levels get harder and texts are clean.

    Exit code 1: something is beyond its bound. Needs the extra audit.

    Example: gameqa audit sokoban --rows 300 --html out/audit.html
    """
    import msgspec

    from gameqa.core.files import write_atomic
    from gameqa.tools.audit.page import page, print_summary
    from gameqa.tools.audit.rows import source_of
    from gameqa.tools.audit.run import audit as run

    found = run(source_of(source, rows, seed), workers, pictures)
    if html:
        write_atomic(html, page(found))
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found)).decode())
    else:
        print_summary(found)
    if found.failed:
        sys.exit(1)


@app.command()
def build(
    recipe: Annotated[str, typer.Argument(help="Name of the build, for example mini, or a YAML file.")],
    out: Annotated[Path, typer.Option(help="Folder of the data set.")],
    workers: Annotated[int | None, typer.Option(help="Processes; one per core by default.")] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace what another build left in the folder.")] = False,
    executor: Annotated[
        str | None, typer.Option(help="local, slurm or ray: share the work out through datatrove (extra: scale).")
    ] = None,
    tasks: Annotated[
        int | None, typer.Option(help="With --executor: parts of the work; at most 1000 by default.")
    ] = None,
    slurm_partition: Annotated[str | None, typer.Option(help="With slurm, required: where the tasks run.")] = None,
    slurm_time: Annotated[str | None, typer.Option(help="With slurm: limit of a task; 12:00:00 by default.")] = None,
    slurm_cpus: Annotated[int | None, typer.Option(help="With slurm: cores of a task; 1 by default.")] = None,
) -> None:
    """Build a data set: parquet shards with pictures, a card and a manifest. Run again to resume.

    With --executor, --workers is how many tasks run at once; with slurm and ray, as many as there is room for.

    Example: gameqa build mini --out out/mini
    """
    slurm = {"partition": slurm_partition, "time": slurm_time, "cpus": slurm_cpus}
    asked = {name: value for name, value in slurm.items() if value is not None}
    if executor not in (None, "local", "slurm", "ray"):
        raise choice_error("executor", executor, ["local", "slurm", "ray"])
    if tasks is not None and not executor:
        raise UsageError("--tasks needs --executor local, slurm or ray")
    if asked and executor != "slurm":
        raise UsageError(f"--slurm-{next(iter(asked))} needs --executor slurm")
    if executor is None:
        from gameqa.builders.build import build as run  # pyright: ignore[reportMissingImports]

        print(run(recipe, out, workers=workers, overwrite=overwrite))
        return
    if executor == "slurm" and not slurm_partition:
        raise UsageError("--executor slurm needs --slurm-partition")
    from gameqa.builders import scale  # pyright: ignore[reportMissingImports]

    if executor == "slurm":
        print(scale.submit(recipe, out, scale.Slurm(**asked), tasks, workers, overwrite))
    else:
        print(scale.shared_build(recipe, out, executor, tasks, workers, overwrite))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished build.")],
    form: Annotated[
        str,
        typer.Option(
            "--format",
            help="trl, verl, easyr1, ms-swift, llamafactory, nemo-gym, openai-jsonl, webdataset, published or "
            "trajectories.",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write; it must be missing or empty.")],
    split: Annotated[str | None, typer.Option(help="train, validation or test; all that have rows by default.")] = None,
    limit: Annotated[int | None, typer.Option(help="The most rows of each split; all by default.")] = None,
    model: Annotated[str | None, typer.Option(help="Name of the model in the requests of openai-jsonl.")] = None,
) -> None:
    """Write a finished build in the shape that a trainer, an evaluator or an archive reads.

    Example: gameqa export out/mini --format trl --out out/mini-trl --split train
    """
    from gameqa.builders.exports import MODEL  # pyright: ignore[reportMissingImports]
    from gameqa.builders.exports import export as run  # pyright: ignore[reportMissingImports]

    counts = run(folder, form, out, split, limit, model or MODEL)
    print(f"{', '.join(f'{rows} {name} rows' for name, rows in counts.items())} as {form} in {out}")


@app.command()
def push(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished build.")],
    repo_id: Annotated[str, typer.Argument(help="OWNER/NAME on the Hugging Face Hub; made when missing.")],
    private: Annotated[bool, typer.Option("--private", help="Make the repository private.")] = False,
    revision: Annotated[str, typer.Option(help="The branch; made when missing.")] = "main",
    tag: Annotated[str | None, typer.Option(help="Name of the finished state; by default the release, as v1.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent; uses no network.")] = False,
) -> None:
    """Send a build to the Hugging Face Hub in one commit, compare what arrived, and tag it. Run again to go on.

    Example: gameqa push out/mini me/gameqa --private
    """
    from gameqa.builders import push as pushing  # pyright: ignore[reportMissingImports]

    if dry_run:
        print(pushing.prepare(folder, repo_id, revision, tag, private))
    else:
        print(pushing.push(folder, repo_id, revision, tag, private))


@app.command()
def stats(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished build.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write one self-contained page with charts as well.")] = None,
) -> None:
    """Count what a build holds: rows, answers, difficulty and picture sizes, by game, task and level.

    Example: gameqa stats out/mini --html out/mini.html
    """
    from gameqa.builders import stats as telling  # pyright: ignore[reportMissingImports]
    from gameqa.builders.survey import data_files, read  # pyright: ignore[reportMissingImports]
    from gameqa.core.files import write_atomic
    from gameqa.tools.progress import progress

    files = data_files(folder)
    found = read(progress(files, len(files), "reading", "files"))
    if html:
        write_atomic(html, telling.page(folder.resolve().name, found))
    if as_json:
        import json

        print(json.dumps(telling.plain(telling.tables(found)), indent=2, ensure_ascii=False))
    else:
        telling.print_tables(telling.tables(found), None if sys.stdout.isatty() else 140)


@app.command("tasks-path")
def tasks_path(
    harness: Annotated[str, typer.Option(help="lm-eval, or lmms-eval.")] = "lm-eval",
) -> None:
    """Print the folder with the tasks of the benchmark, for `--include_path`.

    Example: lm_eval run --include_path "$(gameqa tasks-path)" --tasks gameqa …
    """
    if harness == "lm-eval":
        from gameqa.benchmark.pack import FOLDER  # pyright: ignore[reportMissingImports]

        print(FOLDER)
    elif harness == "lmms-eval":
        from gameqa.benchmark.lmms import pack_folder  # pyright: ignore[reportMissingImports]

        print(pack_folder())
    else:
        raise choice_error("harness", harness, ["lm-eval", "lmms-eval"])


@app.command("import")
def import_published(
    source: Annotated[Path, typer.Argument(help="Folder with games_data_<split>.json and the pictures.")],
    out: Annotated[Path, typer.Option(help="Folder to write; it must be missing or empty.")],
) -> None:
    """Read the published GameQA data into our columns; problems.jsonl tells what could not be read for certain.

    Exit code 1 when no row could be read.

    Example: gameqa import downloads/GameQA-140K --out out/published
    """
    from gameqa.builders.published import import_published as run  # pyright: ignore[reportMissingImports]

    report = run(source, out)
    print(report)
    if not report.rows:
        sys.exit(1)


@app.command()
def rebuild(
    folder: Annotated[Path, typer.Argument(help="Folder of a finished build.")],
    verify: Annotated[bool, typer.Option("--verify", help="Change nothing; make rows again and compare.")] = False,
    fraction: Annotated[float, typer.Option(help="Share of the rows to compare, above 0 up to 1.")] = 1.0,
    workers: Annotated[int | None, typer.Option(help="Processes; one per core by default.")] = None,
) -> None:
    """Make damaged files of a build again; with --verify, compare its rows with fresh ones. Exit code 1: some differ.

    Example: gameqa rebuild out/mini --verify --fraction 0.1
    """
    from gameqa.builders.rebuild import compare  # pyright: ignore[reportMissingImports]
    from gameqa.builders.rebuild import rebuild as run  # pyright: ignore[reportMissingImports]

    if not verify:
        print(run(folder, workers=workers))
        return
    found = compare(folder, fraction, workers=workers)
    if not found.same_code:
        print("note: the build was made by other code", file=sys.stderr)
    print("\n".join([*found.differences, f"{found.rows} rows compared, {len(found.differences)} differences"]))
    if found.differences:
        sys.exit(1)


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(help="The docs folder of the checkout.")] = Path("docs"),
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 when pages are stale.")
    ] = False,
) -> None:
    """Write the pages that are generated from the code, one per game, or check that they are fresh.

    Example: gameqa docs --check
    """
    from gameqa.core.files import write_atomic
    from gameqa.tools.docs import pages, stale

    if only_check:
        problems = list(stale(folder))
        if problems:
            raise GameQAError("; ".join(problems) + "; run `gameqa docs`")
        print("docs are fresh")
        return
    made = pages(folder)
    for path, content in made.items():
        write_atomic(path, content)
    print(f"{len(made)} files in {folder}")


@app.command()
def new(
    game: Annotated[str, typer.Argument(help="Id of the new game: lower-case letters, digits, underscores.")],
    into: Annotated[Path | None, typer.Option(help="Folder for it; the package's own games by default.")] = None,
) -> None:
    """Start a new game as a copy of a small complete one; replace it file by file.

    Example: gameqa new connect_four
    """
    import gameqa.games
    from gameqa.tools.scaffold import scaffold

    folder = into or Path(gameqa.games.__path__[0])
    for path in scaffold(game, folder):
        print(path)
    print(f"next: fill state, rules, generate, render and tasks, then run `gameqa check {game}`")


if __name__ == "__main__":
    main()
