"""A page with completions, their rewards and their pictures, from what TRL logs.

TRL writes completions/completions_NNNNN.parquet with the completions of the steps since the last line of its log. The
pictures are not in there; they are drawn anew from the `data_id` of each question.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import gameqa
from gameqa.core.errors import GameQAError
from gameqa.core.files import write_atomic
from gameqa.core.sample import Sample
from gameqa.tools.html import data_url, frame

FILE = "completions.html"
STEPS = 20
"""Steps that are shown: the last one, and others evenly spread over the run."""
EACH = 2
"""Questions of each step."""
SHOWN = 1_500
"""Characters of a completion that are shown, at its end."""

_STYLE = """
:root{color-scheme:light dark;font:15px/1.45 system-ui,sans-serif}body{max-width:70rem;margin:2rem auto;padding:0 1rem}
article{display:grid;grid-template-columns:minmax(12rem,22rem) 1fr;gap:1rem;border-top:1px solid #8886;padding:1rem 0}
img{width:100%}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #8886;border-radius:6px;padding:.6rem}
.told{opacity:.75}@media(max-width:640px){article{grid-template-columns:1fr}}
"""


def write(out: Path) -> None:
    """Write the page of a run into its folder; nothing when TRL has logged no completions yet."""
    files = sorted((out / "completions").glob("completions_*.parquet"))
    if files:
        write_atomic(out / FILE, page(_spread(files)))


def _spread(files: Sequence[Path]) -> list[Path]:
    """Return files evenly spread, the last one among them."""
    step = max(1, -(-len(files) // STEPS))
    return [*reversed([*reversed(files)][::step])]


def page(files: Sequence[Path]) -> str:
    """Return the page: the newest step first.

    Args:
        files: TRL's parquet files, oldest first.
    """
    body = "\n".join(part for file in reversed(files) for part in _step(file))
    return frame("completions", _STYLE, f"<h1>Completions</h1>\n{body}\n")


def _step(file: Path) -> Iterator[str]:
    import pyarrow.parquet as pq

    rows = pq.read_table(file).to_pylist()
    of_question: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        of_question.setdefault(str(row.get("data_id", "")), []).append(row)
    yield f"<h2>Step {rows[0]['step'] if rows else '?'}</h2>"
    for data_id, found in [*of_question.items()][:EACH]:
        yield _question(data_id, found)


def _question(data_id: str, rows: Sequence[Mapping[str, Any]]) -> str:
    sample = _made(data_id)
    image = f'<img alt="" src="{data_url(sample.png())}">' if sample else ""
    asked = f"<p>{escape(sample.query)}</p><p class=told>right answer: {escape(sample.answer)}</p>" if sample else ""
    shown = "".join(f"<p class=told>{escape(_earned(row))}</p><pre>{escape(_said(row))}</pre>" for row in rows)
    return f"<article><div>{image}<p class=told>{escape(data_id)}</p></div><div>{asked}{shown}</div></article>"


def _made(data_id: str) -> Sample | None:
    try:
        return gameqa.from_data_id(data_id)
    except GameQAError:  # a question of other data
        return None


def _said(row: Mapping[str, Any]) -> str:
    said = row["completion"]
    text = said if isinstance(said, str) else "".join(str(turn.get("content") or "") for turn in said)
    return text if len(text) <= SHOWN else f"…{text[-SHOWN:]}"


def _earned(row: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.3g}" for name, value in row.items() if name != "step" and isinstance(value, float)
    )
