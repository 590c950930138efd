"""The gallery: one self-contained HTML page with every game, task and level; needs no network."""

from collections.abc import Iterable
from html import escape

from gameqa.core.sample import Sample

from .html import data_url, frame

STYLE = """
:root{color-scheme:light dark;--bg:#f6f6f3;--card:#fff;--ink:#1c1c1a;--dim:#6b6b66;--line:#deded8;--mark:#2f6f4f}
@media(prefers-color-scheme:dark){:root{--bg:#171716;--card:#222220;--ink:#ecece6;--dim:#a2a29a;--line:#3a3a36;--mark:#7fc8a0}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
header{position:sticky;top:0;z-index:1;background:var(--bg);border-bottom:1px solid var(--line);padding:14px 24px}
h1{font-size:20px;margin:0 0 8px}h1 small{font-weight:400;color:var(--dim);font-size:14px;margin-left:8px}
.filters{display:flex;flex-wrap:wrap;gap:8px}select,input{font:inherit;padding:4px 8px;border:1px solid var(--line);
border-radius:6px;background:var(--card);color:var(--ink)}input{min-width:200px;flex:1}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(380px,1fr));gap:18px;padding:18px 24px}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:hidden;display:flex;flex-direction:column}
article[hidden]{display:none}article>img{width:100%;aspect-ratio:1;object-fit:contain;background:#fff;border-bottom:1px solid var(--line)}
.body{padding:12px 16px 14px}h2{font-size:16px;margin:0}.tags{margin:4px 0 8px;color:var(--dim);font-size:13px}
.tags b{color:var(--mark);font-weight:600}.query{margin:0 0 8px;white-space:pre-wrap}ol{list-style:upper-alpha;margin:0 0 8px;padding-left:26px}
details{border-top:1px solid var(--line);padding:6px 0}summary{cursor:pointer;color:var(--dim)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace;margin:6px 0 2px}
.answer{font-weight:600;color:var(--mark)}
"""

SCRIPT = """
const cards=[...document.querySelectorAll('article')],controls=[...document.querySelectorAll('[data-by]')];
const shown=document.getElementById('shown');
function filter(){let n=0;for(const card of cards){const ok=controls.every(c=>!c.value||(c.dataset.by==='words'
?card.textContent.toLowerCase().includes(c.value.toLowerCase()):card.dataset[c.dataset.by]===c.value));
card.hidden=!ok;n+=ok}shown.textContent=n+' of '+cards.length+' samples'}
controls.forEach(c=>c.addEventListener('input',filter));filter();
"""

FILTERS = {
    "game": "game_name",
    "task": "task",
    "level": "plot_level",
    "category": "game_category",
    "domain": "domain",
    "kind": "answer_kind",
}
"""Name of a filter and the column it filters by."""


def gallery(samples: Iterable[Sample]) -> str:
    """Return the page that shows the samples, with their pictures embedded."""
    cards: list[str] = []
    values: dict[str, list[str]] = {name: [] for name in FILTERS}
    for sample in samples:
        cards.append(_card(sample))
        for name, column in FILTERS.items():
            value = getattr(sample, column)
            if value not in values[name]:
                values[name].append(value)
    selects = "".join(_select(name, found) for name, found in values.items())
    body = (
        '<header><h1>gameqa gallery<small id="shown"></small></h1>'
        f'<div class="filters">{selects}<input data-by="words" type="search" placeholder="search" aria-label="search">'
        f"</div></header><main>\n{''.join(cards)}</main><script>{SCRIPT}</script>"
    )
    return frame("gameqa gallery", STYLE, body, sealed=False)


def _select(name: str, values: list[str]) -> str:
    options = "".join(f"<option>{escape(value)}</option>" for value in values)
    return f'<select data-by="{name}" aria-label="{name}"><option value="">every {name}</option>{options}</select>'


def _card(sample: Sample) -> str:
    data = " ".join(f'data-{name}="{escape(getattr(sample, column))}"' for name, column in FILTERS.items())
    options = "".join(f"<li>{escape(text)}</li>" for text in sample.options)
    shown = f" {escape(sample.options[ord(sample.answer) - ord('A')])}" if sample.options else ""
    return (
        f'<article {data}><img src="{data_url(sample.png())}" alt="{escape(sample.data_id)}">'
        f'<div class="body"><h2>{escape(sample.game_name)} · {escape(sample.task)}</h2>'
        f'<p class="tags"><b>{sample.plot_level}</b> · {escape(sample.qa_type)} · {escape(sample.game_category)}</p>'
        f'<p class="query">{escape(sample.query)}</p>{f"<ol>{options}</ol>" if options else ""}'
        f'<details><summary>answer and analysis</summary><p class="answer">{escape(sample.answer)}{shown}</p>'
        f"<pre>{escape(sample.analysis)}</pre></details>"
        f"<details><summary>whole prompt</summary><pre>{escape(sample.question)}</pre></details>"
        f"<details><summary>state as text</summary><pre>{escape(sample.text_view)}</pre></details>"
        f"<details><summary>{escape(sample.data_id)}</summary><pre>{escape(sample.state)}\n{escape(sample.params)}</pre>"
        "</details></div></article>\n"
    )
