"""The definitions of all benchmark tasks, from the registry of games, and the files of the lm-eval pack.

Every game has a task for each view, and every group of games a group:

    gameqa_sokoban   gameqa_text_sokoban   gameqa_blind_sokoban
    gameqa           gameqa_text           gameqa_blind            gameqa_in_domain …

`gameqa_mini` asks one question of every task and level, `gameqa_sanity` only the easy ones about what stands in the
picture, `gameqa_published` those of the published data; they have twins too. Otherwise the data are the recipe
gameqa-bench: the test split, seed 0, ten questions of every game, task and level, with the data_ids and pictures of
`gameqa build gameqa-bench`.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gameqa.core import registry
from gameqa.core.errors import choice_error
from gameqa.core.files import write_atomic
from gameqa.core.groups import GROUPS, games_of

from .records import View

SAMPLES = 10
"""Questions of every game, task and level, as in the recipe gameqa-bench."""
MINI_SAMPLES = 1

MAX_NEW_TOKENS = 2048
"""Longest reply, in tokens, as in the paper's training setting."""

VERSION = 1
"""Version of the tasks, told in results; to be raised when prompts or data change."""

FOLDER = Path(__file__).parent / "tasks"
"""The pack: what `--include_path` is given."""

_MARKS = {View.PICTURE: "", View.TEXT: "_text", View.BLIND: "_blind"}
_PROMPTS = {View.PICTURE: "picture_prompt", View.TEXT: "text_prompt", View.BLIND: "blind_prompt"}
_MODULE = "gameqa.benchmark.tasks.task"
_HEAD = "# Written by `gameqa bench tasks`; edit benchmark/pack.py instead.\n"


class Definition(NamedTuple):
    """One task of the pack: the questions of one config of the data set under one view.

    Attributes:
        name: the name of the task.
        config: the config of the data set, a game or `all`.
        view: how the questions are put.
        samples: questions of every game, task and level.
        perception: keep only the easy questions about what stands in the picture.
    """

    name: str
    config: str
    view: View
    samples: int = SAMPLES
    perception: bool = False


def definitions() -> list[Definition]:
    """Return all tasks on our own data."""
    seen = (View.PICTURE, View.BLIND)
    return [
        *(Definition(task_name(view, game), game, view) for view in View for game in registry.games()),
        *(Definition(task_name(view, "mini"), "all", view, MINI_SAMPLES) for view in View),
        *(Definition(task_name(view, "sanity"), "all", view, MINI_SAMPLES, perception=True) for view in seen),
    ]


def groups() -> dict[str, list[str]]:
    """Return the names of the members of every group, by its name."""
    found: dict[str, list[str]] = {}
    for view in View:
        found[task_name(view)] = [task_name(view, name) for name in ("in_domain", "out_of_domain")]
        for name in GROUPS:
            if name != "all":
                found[task_name(view, name)] = [task_name(view, game) for game in games_of(name)]
    return found


def task_name(view: View, below: str = "") -> str:
    """Return the name of a task or group: that of a game, of a group of games, or of all."""
    return f"gameqa{_MARKS[view]}{'_' + below if below else ''}"


def tasks_of(name: str, view: View) -> list[str]:
    """Return the names of the tasks that a name of the pack stands for, under a view.

    Args:
        name: a task or group of the view `picture`, such as `gameqa` or `gameqa_sokoban`.
        view: the view of the twin that is meant.

    Raises:
        UsageError: there is no such name, or it has no twin under the view.
    """
    below = groups()
    single = [definition.name for definition in definitions() if definition.view is view]
    single += [task_name(view, "published")] if view is not View.TEXT else []
    twin = task_name(view) + name.removeprefix("gameqa") if name.startswith("gameqa") else name
    if twin in single:
        return [twin]
    if twin not in below:
        mark = len(task_name(view))
        known = [found for found in [*below, *single] if found.startswith(task_name(view))]
        raise choice_error("task", name, ["gameqa" + found[mark:] for found in known if _view_of(found) is view])
    return [task for member in below[twin] for task in ([member] if member in single else below[member])]


def _view_of(name: str) -> View:
    return next(view for view in reversed(View) if name.startswith(task_name(view)))


def files() -> dict[str, str]:
    """Return the content of every generated file of the pack, by its path in the pack."""
    made = {f"_{view.value}": _common(view) for view in View}
    for definition in definitions():
        made[f"{definition.view.value}/{definition.name}.yaml"] = _HEAD + task_text(definition, "../")
    for name, members in groups().items():
        made[f"{_view_of(name).value}/{name}.yaml"] = _HEAD + group_text(name, members)
    for view in (View.PICTURE, View.BLIND):
        made[f"{view.value}/{task_name(view, 'published')}.yaml"] = _published(view)
    return made


def write(folder: Path = FOLDER) -> None:
    """Write the generated files and remove those that belong to no game any more."""
    made = files()
    for path, content in made.items():
        write_atomic(folder / path, content)
    for path in _strays(folder, made):
        path.unlink()


def stale(folder: Path = FOLDER) -> Iterator[str]:
    """Yield one sentence for every generated file that is missing, differs from the code, or should not be there."""
    made = files()
    for name, content in made.items():
        path = folder / name
        if not path.is_file():
            yield f"{path} is missing"
        elif path.read_text(encoding="utf-8") != content:
            yield f"{path} is stale"
    for path in _strays(folder, made):
        yield f"{path} belongs to no task"


def _strays(folder: Path, made: Mapping[str, str]) -> list[Path]:
    places = (
        path for below in {name.rpartition("/")[0] for name in made} - {""} for path in (folder / below).glob("*")
    )
    return sorted(path for path in places if path.is_file() and path.relative_to(folder).as_posix() not in made)


def _common(view: View) -> str:
    image = f"doc_to_image: !function {_MODULE}.pictures\n" if view is View.PICTURE else ""
    return f"""{_HEAD}class: !function {_MODULE}.GameQATask
test_split: test
output_type: generate_until
doc_to_text: !function {_MODULE}.{_PROMPTS[view]}
{image}doc_to_target: answer
process_results: !function {_MODULE}.process_results
generation_kwargs:
  until: []
  do_sample: false
  temperature: 0.0
  max_gen_toks: {MAX_NEW_TOKENS}
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
  - metric: unparsable
    aggregation: mean
    higher_is_better: false
metadata:
  version: {VERSION}
  view: {view.value}
"""


def task_text(definition: Definition, common: str) -> str:
    """Return the YAML of a task beside its head; `common` leads to the folder of the shared files."""
    config = definition.config if definition.view is View.PICTURE else f"{definition.config}-text"
    keep = f"process_docs: !function {__name__}.perception\n" if definition.perception else ""
    return f"""include: {common}_{definition.view.value}
task: {definition.name}
dataset_path: gameqa
dataset_name: {config}
dataset_kwargs:
  samples: {definition.samples}
  splits: test
{keep}"""


def group_text(name: str, members: list[str]) -> str:
    """Return the YAML of a group beside its head."""
    listed = "".join(f"  - {member}\n" for member in members)
    return f"""group: {name}
task:
{listed}aggregate_metric_list:
  - metric: acc
    weight_by_size: true
  - metric: unparsable
    weight_by_size: true
metadata:
  version: {VERSION}
"""


def _published(view: View) -> str:
    return f"""{_HEAD}include: ../_{view.value}
task: {task_name(view, "published")}
custom_dataset: !function {_MODULE}.published
"""


# --- Named by the files ---------------------------------------------------------------------------


def perception(docs: Any) -> Any:
    """Keep the easy questions about what stands in the picture, with options enough that guessing gets few right.

    Args:
        docs: a `datasets.Dataset` in our columns.
    """
    names = ("qa_type", "qa_level", "plot_level", "options")
    keep = [
        place
        for place, (kind, level, plot, options) in enumerate(zip(*(docs[name] for name in names), strict=True))
        if kind == "Target Perception" and level == plot == "Easy" and (not options or len(options) > 3)
    ]
    return docs.select(keep)
