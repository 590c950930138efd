"""From replies to a report: score, ask the judge, measure, and write what was found into the folder of the run."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gameqa.core.errors import UsageError
from gameqa.core.files import write_atomic

from .metrics import from_json, measure, to_json
from .records import Graded, Reply, Results
from .replies import read, read_run
from .report import markdown, page
from .run import SANITY, Settings, read_settings, sanity_of
from .scoring import Questions, grade, made_questions, stored_questions

if TYPE_CHECKING:
    from gameqa.tools.judge import Judge

RESULTS, REPORT, PAGE, JUDGED = "results.json", "report.md", "report.html", "judge.jsonl"


def questions_of(data: str = "", met: Mapping[str, Mapping[str, Any]] | None = None) -> Questions:
    """Return where the questions of replies are found.

    Args:
        data: a folder or OWNER/NAME on the Hub with our columns; empty: they are made anew from their `data_id`.
        met: questions that are at hand already.

    Raises:
        UsageError: the data cannot be read.
    """
    further = stored_questions(data) if data else made_questions
    at_hand = met or {}
    return lambda data_id: at_hand.get(data_id) or further(data_id)


def conclude(
    folder: Path,
    replies: Sequence[Reply],
    name: str = "",
    settings: Settings | None = None,
    questions: Questions | None = None,
    judge: "Judge | None" = None,
    scope: str = "unparsed",
) -> Results:
    """Score replies and write `results.json`, `report.md` and `report.html` into a folder.

    Args:
        folder: where the files go, by custom that of the run.
        replies: the replies.
        name: what the run is called in tables; by default the name of its model.
        settings: those of the run, when it was one of ours.
        questions: where the questions are found; by default where the settings say.
        judge: asked for its word beside the rules.
        scope: which replies the judge sees: `unparsed`, or `all`.

    Raises:
        UsageError: no replies, a reply to a question that does not exist, two replies to one question.
        GameQAError: the judge cannot be reached; the disk is full.
    """
    if not replies:
        raise UsageError(f"there are no replies to score for {folder}")
    settings = settings or Settings(model=folder.resolve().name)
    found = questions or questions_of(settings.data)
    graded = grade(replies, found)
    if judge is not None:
        from .judging import judge_replies

        graded = judge_replies(graded, found, judge, scope)
    results = measure(
        graded,
        name=name or settings.name,
        model=settings.name,
        judge=judge.model if judge else "",
        judge_scope=scope if judge else "",
        about=_about(folder, settings, graded, found),
    )
    write_atomic(folder / RESULTS, to_json(results))
    write_atomic(folder / REPORT, markdown(results, graded))
    write_atomic(folder / PAGE, page(results, graded, found))
    return results


def _about(folder: Path, settings: Settings, graded: Sequence[Graded], questions: Questions) -> dict[str, str]:
    facts = {
        "data": settings.data or "gameqa-bench",
        "release": settings.release,
        "model type": settings.model,
        "longest reply": f"{settings.max_new_tokens} tokens",
    }
    if (folder / SANITY).is_file():
        found = sanity_of(graded, grade(read_run(folder, SANITY), questions))
        if found.warning:
            facts["warning: sight"] = found.warning
        facts["sanity set"] = (
            f"{found.n} questions: {found.seeing:.0%} right with the picture, {found.blind:.0%} without"
        )
    return facts


def read_results(folder: Path) -> Results:
    """Return the measured results in the folder of a run.

    Raises:
        UsageError: it holds none.
    """
    try:
        return from_json((folder / RESULTS).read_text(encoding="utf-8"))
    except OSError:
        raise UsageError(f"{folder} holds no {RESULTS}; make it by `gameqa bench score {folder}`") from None
    except ValueError as error:
        raise UsageError(f"{folder / RESULTS} cannot be read: {error}") from error


def graded_of(path: Path, data: str = "") -> list[Graded]:
    """Return the graded replies of a file, or of the folder of a run.

    Raises:
        UsageError: it cannot be read, or answers questions that do not exist.
    """
    settings = read_settings(path) if path.is_dir() else None
    return grade(read(path), questions_of(data or (settings.data if settings else "")))
