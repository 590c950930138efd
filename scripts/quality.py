"""Make the full audit of the release and write docs/quality.md and the record that cards quote.

Usage: python scripts/quality.py [--rows 210] [--html PAGE]

210 rows of each of the 159 tasks and three levels are 100,170 rows: about half an hour on two cores.
"""

import argparse
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from gameqa.builders.card import markdown_table

import gameqa
from gameqa.core.files import write_atomic
from gameqa.core.seeds import RELEASE
from gameqa.tools.audit.criteria import CONFIDENCE, CRITERIA, EXCEPTIONS, Audit, Cell, shown
from gameqa.tools.audit.page import HEAD, headline, page, summary
from gameqa.tools.audit.record import NAME, Record
from gameqa.tools.audit.rows import Made
from gameqa.tools.audit.run import PICTURES, REMADE, audit

ROOT = Path(__file__).parent.parent


def beyond(found: Audit) -> "list[tuple[str, ...]]":
    """Return a line for each task with cells that are certainly beyond their bound."""
    cells: dict[tuple[str, str, str], list[Cell]] = defaultdict(list)
    for cell in found.failed:
        cells[cell.criterion, cell.game, cell.task].append(cell)
    return [
        (
            CRITERIA[name].title,
            f"{game}/{task}",
            ", ".join(f"{cell.level} {shown(name, cell.value)}" for cell in part),
            shown(name, part[0].bound),
        )
        for (name, game, task), part in cells.items()
    ]


def document(found: Audit, command: str, date: str) -> str:
    """Return docs/quality.md."""
    abouts = [f"- **{one.title}**: {one.about}" for one in CRITERIA.values()]
    excepted = [
        (CRITERIA[name].title, f"{game}/{task}", shown(name, bound), why)
        for (name, game, task), (bound, why) in EXCEPTIONS.items()
    ]
    parts = [
        "# How good the data are",
        f"`{command}` on {date}, release {RELEASE}: {found.source}.\n{headline(found)}",
        "`gameqa audit FOLDER` measures the same on any build, `gameqa audit GAME` on fresh rows of one game; `--html"
        " PAGE` writes a page with a heat-map for each criterion and pictures of flawed rows. Needs the extra `audit`.",
        markdown_table(HEAD, summary(found)),
        f"Pictures are read back for {PICTURES} rows of each task and level, and {REMADE:.0%} of the rows are made"
        f" again in a fresh process. A cell fails when its {CONFIDENCE:.1%} interval (Wilson; Hanley and McNeil"
        " for levels) lies beyond the bound; it is unsure when only its value does. Blind guessing is learned"
        " on one half of a task's rows and tested on the other, both ways round.",
        "## What is measured",
        "\n".join(abouts),
        "## Beyond the bound",
        markdown_table(("what", "task", "found", "bound"), beyond(found)) if found.failed else "Nothing.",
    ]
    if excepted:
        parts += ["## Bounds of single tasks", markdown_table(("what", "task", "bound", "why"), excepted)]
    if found.unread:
        parts += [
            "## What the picture readers leave out",
            "\n".join(f"- **{game}**: {why}" for game, why in found.unread.items()),
        ]
    made_with = ", ".join(f"{name} {number}" for name, number in found.made_with.items())
    return "\n\n".join([*parts, f"Made with {made_with}."]) + "\n"


def main() -> None:
    """Run the audit and write its results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=210, help="rows of each task and level")
    parser.add_argument("--html", type=Path, help="write the page as well")
    given = parser.parse_args()
    found = audit(Made.of(gameqa.games(), given.rows))
    date = datetime.now(UTC).date().isoformat()
    command = f"python scripts/quality.py --rows {given.rows}"
    told = Record(date, RELEASE, found.source, command, headline(found), HEAD, tuple(summary(found)))
    write_atomic(ROOT / "docs" / "quality.md", document(found, command, date))
    write_atomic(ROOT / "gameqa" / "tools" / "audit" / NAME, msgspec.json.format(msgspec.json.encode(told)) + b"\n")
    if given.html:
        write_atomic(given.html, page(found))
    print(headline(found))


if __name__ == "__main__":
    main()
