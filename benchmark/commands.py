"""The commands `gameqa bench …`. They import what they need when they run, so that `--help` is quick."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gameqa.core.errors import UsageError, choice_error

app = typer.Typer(
    help="Evaluate vision-language models: ask, score, compare.", no_args_is_help=True, rich_markup_mode=None
)

Data = Annotated[str, typer.Option(help="Questions other than the bench set: a folder, or OWNER/NAME on the Hub.")]
JudgeUrl = Annotated[str | None, typer.Option("--judge", help="Root of an OpenAI-compatible endpoint that judges.")]
JudgeModel = Annotated[str | None, typer.Option(help="Name of the judge; Qwen2.5-72B-Instruct-AWQ by default.")]
JudgeScope = Annotated[str, typer.Option(help="unparsed: replies the rules could not read; all: every reply.")]


@app.command()
def run(
    model: Annotated[str, typer.Option(help="vllm-vlm, hf-multimodal, …; with --endpoint, the name of the model.")],
    model_args: Annotated[str, typer.Option(help="As in lm-eval: pretrained=NAME,tensor_parallel_size=2.")] = "",
    endpoint: Annotated[
        str | None, typer.Option(help="Root of an OpenAI-compatible API; --model is served there.")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="With --endpoint: requests at the same time.")] = 16,
    tasks: Annotated[
        list[str] | None, typer.Option(help="gameqa (default), gameqa_GAME, gameqa_mini …; repeat.")
    ] = None,
    text: Annotated[bool, typer.Option("--text", help="Give the state as text instead of the picture.")] = False,
    blind: Annotated[bool, typer.Option("--blind", help="Leave the picture out: the floor.")] = False,
    limit: Annotated[int | None, typer.Option(help="The most questions of each task.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run; runs/MODEL by default. Goes on with it.")] = None,
    data: Data = "",
    batch_size: Annotated[int, typer.Option(help="Requests at once of a model that runs here.")] = 1,
    device: Annotated[str | None, typer.Option(help="Device of a model that runs here, such as cuda:0.")] = None,
    max_new_tokens: Annotated[int | None, typer.Option(help="Longest reply in tokens; 2048 by default.")] = None,
    sanity: Annotated[bool, typer.Option(help="First check on easy questions that the model sees.")] = True,
    judge: JudgeUrl = None,
    judge_model: JudgeModel = None,
    judge_scope: JudgeScope = "unparsed",
) -> None:
    """Ask a model all questions and write the report. Run again to go on, or to add a view to the same folder.

    Example: gameqa bench run --model vllm-vlm --model-args pretrained=Qwen/Qwen2.5-VL-7B-Instruct --out runs/qwen
    """
    from gameqa.core.extras import require

    from .outcome import conclude, questions_of
    from .pack import MAX_NEW_TOKENS
    from .records import View
    from .replies import read_run
    from .run import Settings, ask

    if text and blind:
        raise UsageError("--text and --blind are two views; run them one after the other into the same folder")
    if limit is not None and limit < 1:
        raise UsageError(f"--limit must be at least 1, not {limit}")
    require("eval", "lm_eval")
    kind, arguments = model, _arguments(model_args)
    if endpoint:
        kind, arguments = "local-chat-completions", _endpoint(endpoint, model, concurrency) | arguments
    settings = Settings(kind, arguments, data, max_new_tokens or MAX_NEW_TOKENS)
    judging = _judge(judge, judge_model, judge_scope, folder := out or Path("runs") / _slug(settings.name))
    view = View.TEXT if text else View.BLIND if blind else View.PICTURE
    met = ask(settings, folder, tasks or ["gameqa"], view, limit, batch_size, device, sanity)
    results = conclude(
        folder,
        read_run(folder),
        settings=settings,
        questions=questions_of(data, met),
        judge=judging,
        scope=judge_scope,
    )
    _tell(results, folder)


@app.command()
def score(
    replies: Annotated[list[Path], typer.Argument(help="Files of replies (.jsonl), or the folder of a run.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report; by default the run, or beside the file.")
    ] = None,
    name: Annotated[str, typer.Option(help="What the run is called in tables.")] = "",
    view: Annotated[str | None, typer.Option(help="picture, text or blind, where the files do not say.")] = None,
    data: Data = "",
    judge: JudgeUrl = None,
    judge_model: JudgeModel = None,
    judge_scope: JudgeScope = "unparsed",
) -> None:
    """Score stored replies of any harness: ours, lm-eval's --log_samples, or lines of {"data_id", "reply"}.

    Example: gameqa bench score replies.jsonl --out runs/other --name "another model"
    """
    import msgspec

    from .outcome import conclude
    from .records import View
    from .replies import read
    from .run import Settings, read_settings

    if view is not None and view not in list(View):
        raise choice_error("view", view, [*View])
    found = [reply for path in replies for reply in read(path)]
    if view is not None:
        found = [msgspec.structs.replace(reply, view=View(view)) for reply in found]
    first = replies[0]
    folder = out or (first if first.is_dir() else first.with_suffix(""))
    settings = (read_settings(first) if first.is_dir() else None) or Settings(name or first.stem, data=data)
    judging = _judge(judge, judge_model, judge_scope, folder)
    _tell(conclude(folder, found, name, settings, judge=judging, scope=judge_scope), folder)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="Folder of a run, or a file of replies.")],
    second: Annotated[Path, typer.Argument(help="Another one.")],
    data: Data = "",
) -> None:
    """Compare two runs on the questions that both answered: paired differences and McNemar's test.

    Example: gameqa bench compare runs/base runs/trained
    """
    from . import comparison
    from .outcome import graded_of

    names = (first.name, second.name) if first.name != second.name else (str(first), str(second))
    print(comparison.markdown(comparison.compare(graded_of(first, data), graded_of(second, data), names)))


@app.command()
def leaderboard(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs.")],
    html: Annotated[Path | None, typer.Option(help="Write the table as a page as well.")] = None,
) -> None:
    """Make one table of several runs.

    Example: gameqa bench leaderboard runs/* --html leaderboard.html
    """
    from gameqa.core.files import write_atomic

    from . import report
    from .outcome import read_results

    found = [read_results(folder) for folder in runs]
    if html:
        write_atomic(html, report.leaderboard_page(found))
    print(report.leaderboard(found))


@app.command("judge-agreement")
def judge_agreement(
    replies: Annotated[Path, typer.Argument(help="Folder of a run, or a file of replies.")],
    judge: Annotated[str, typer.Option(help="Root of an OpenAI-compatible endpoint that judges.")],
    judge_model: JudgeModel = None,
    data: Data = "",
) -> None:
    """Let a judge and the rules score the same replies, and tell how often they agree.

    Example: gameqa bench judge-agreement runs/qwen --judge http://localhost:8001/v1
    """
    from .judging import agreement, agreement_markdown, judge_replies
    from .outcome import graded_of, questions_of

    judging = _judge(judge, judge_model, "all", replies if replies.is_dir() else replies.with_suffix(""))
    graded = graded_of(replies, data)
    print(agreement_markdown(agreement(judge_replies(graded, questions_of(data), judging, "all"))))


@app.command("tasks")
def write_tasks(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if a file is stale.")] = False,
) -> None:
    """Write the YAML files of the lm-eval pack anew from the registry of games (in a checkout).

    Example: gameqa bench tasks --check
    """
    from . import pack

    if not check:
        pack.write()
        return
    stale = list(pack.stale())
    for sentence in stale:
        print(sentence, file=sys.stderr)
    if stale:
        print("run `gameqa bench tasks`", file=sys.stderr)
        sys.exit(1)


def _arguments(text: str) -> dict[str, Any]:
    from lm_eval.utils import simple_parse_args_string

    try:
        return simple_parse_args_string(text)
    except ValueError as error:
        raise UsageError(f"--model-args must be NAME=VALUE, comma-separated, not {text!r}: {error}") from None


def _endpoint(url: str, model: str, concurrency: int) -> dict[str, Any]:
    from gameqa.tools.endpoint import api_root

    return {"model": model, "base_url": f"{api_root(url)}/chat/completions", "num_concurrent": concurrency}


def _judge(url: str | None, model: str | None, scope: str, folder: Path) -> Any:
    from .judging import SCOPES

    if scope not in SCOPES:
        raise choice_error("judge scope", scope, SCOPES)
    if url is None:
        return None
    from gameqa.tools.judge import MODEL, Judge

    from .outcome import JUDGED

    return Judge(url, model or MODEL, cache=folder / JUDGED)


def _slug(name: str) -> str:
    import re

    return re.sub(r"[^A-Za-z0-9.]+", "-", name.rstrip("/").rpartition("/")[2]).strip("-") or "model"


def _tell(results: Any, folder: Path) -> None:
    from .outcome import PAGE, REPORT

    for fact, text in results.about.items():
        if fact.startswith("warning"):
            print(f"WARNING: {text}", file=sys.stderr)
    for view, found in results.views.items():
        share = found.overall.by_sample
        told = f"{view}: {share.value:.1%} right ({share.low:.1%} to {share.high:.1%}) of {found.overall.n} replies"
        if found.overall.with_judge:
            told += f"; with the judge {results.judge} {found.overall.with_judge.value:.1%}"
        print(told)
    print(f"report: {folder / REPORT}, {folder / PAGE}")
