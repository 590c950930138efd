"""Pieces of a page: frame, style, tables, bars and cells coloured by share. No script, nothing loaded from outside."""

from collections.abc import Iterable, Sequence
from html import escape

from gameqa.tools import html

from ..records import Cell, Estimate
from . import content
from .content import Table

STEPS = 10
"""Steps of colour between 0 and 1."""

RAMPS = {"light": ((232, 240, 248), (8, 62, 116)), "dark": ((30, 42, 54), (158, 208, 250))}
"""Colours of the shares 0 and 1, in red, green and blue: one hue, from that of the page to the strongest."""

STYLE = """
:root{color-scheme:light dark;--bg:#f6f6f3;--card:#fff;--ink:#1c1c1a;--dim:#5f5f5a;--line:#d6d6cf;--bar:#4a8fbf;
--mark:#b4431f;--loud:#fff1d6;--edge:#b06a00}
@media(prefers-color-scheme:dark){:root{--bg:#171716;--card:#222220;--ink:#ecece6;--dim:#b0b0a8;--line:#3d3d39;
--bar:#35698c;--mark:#f2a27f;--loud:#3d2f12;--edge:#e0a030}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:16px 24px 60px;background:var(--bg);color:var(--ink);
font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:23px;margin:8px 0}h2{font-size:18px;margin:34px 0 4px}h3{font-size:15px;margin:18px 0 6px}
p{margin:0 0 10px;max-width:85ch}.dim,.tiles small{color:var(--dim)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:8px 0}a{color:inherit}
.loud{background:var(--loud);border:2px solid var(--edge);border-radius:8px;padding:10px 14px;font-weight:600}
.tiles{display:flex;flex-wrap:wrap;gap:10px;margin:14px 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 14px;min-width:130px}
.tiles span,.tiles b,.tiles small{display:block}.tiles b{font-size:22px;line-height:1.3}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;background:var(--card);font-size:13px;margin:6px 0;overflow-wrap:normal}
th,td{border:1px solid var(--line);padding:3px 8px;text-align:right;white-space:nowrap}
thead th{white-space:normal;vertical-align:bottom}
th:first-child{text-align:left;position:sticky;left:0;background:var(--card);font-weight:400}
thead th,thead th:first-child{font-weight:600}tbody th:first-child{max-width:46vw;white-space:normal}
.heat td,.heat th:not(:first-child){text-align:center;min-width:74px}.heat .gap{color:var(--dim)}
.legend{display:inline-flex;font-size:12px;margin:4px 0}.legend span{padding:1px 7px}
details{margin:6px 0}summary{cursor:pointer;font-weight:600}
.bars{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px;margin:6px 0;
font-size:13px}
.bar{display:grid;grid-template-columns:minmax(120px,260px) minmax(120px,1fr) 190px;gap:2px 12px;align-items:center;
padding:3px 0}
.track{position:relative;height:18px;background:linear-gradient(90deg,var(--line) 1px,transparent 1px) 0/25% 100%;
border-right:1px solid var(--line)}
.track i{position:absolute;display:block}.fill{left:0;top:3px;bottom:3px;background:var(--bar);
border-radius:0 2px 2px 0}
.whisker{top:5px;bottom:5px;border:solid var(--ink);border-width:0 1.5px;min-width:3px;
background:linear-gradient(var(--ink),var(--ink)) center/100% 1.5px no-repeat}
.chance{top:0;bottom:0;border-left:2px dashed var(--mark)}
.judge{width:11px;height:11px;top:3.5px;margin-left:-5.5px;transform:rotate(45deg);border:2px solid var(--mark);
background:var(--card)}
.ticks{position:relative;height:1.4em;color:var(--dim);font-size:11px}.ticks i{position:absolute;
font-style:normal;white-space:nowrap;transform:translateX(-50%)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:14px}
article{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px;min-width:0}
article h3{margin:0}article img{display:block;width:100%;max-height:340px;object-fit:contain;background:#fff;
border-radius:4px;margin:8px 0}
.asked{white-space:pre-wrap}ul.options{list-style:none;padding:0;margin:0 0 8px}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 12px;margin:6px 0;font-size:13px}
dt{color:var(--dim)}dd{margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:12.5px/1.45 ui-monospace,monospace;margin:6px 0 0;padding:8px;
border:1px solid var(--line);border-radius:4px;max-height:300px;overflow-y:auto;unicode-bidi:isolate}
@media(max-width:640px){body{padding:10px 12px 40px}.bar{grid-template-columns:1fr}.bar>.blank{display:none}
.ticks{margin-bottom:4px}}
"""


def frame(title: str, body: str) -> str:
    """Return a whole page in the style of reports; it is sealed, whatever a reply holds."""
    return html.frame(content.clean(title), f"{STYLE}{_heat_style()}", body)


def text(words: str) -> str:
    """Return words as they stand in a page, whatever they hold."""
    return escape(content.clean(words))


def table(found: Table) -> str:
    """Return a table that scrolls sideways where the page is narrow; the first cell of a row names it."""
    head = "".join(f"<th>{text(name)}</th>" for name in found.head)
    rows = "".join(
        f"<tr><th>{text(row[0])}</th>{''.join(f'<td>{text(cell)}</td>' for cell in row[1:])}</tr>" for row in found.rows
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


# --- Colours by share -----------------------------------------------------------------------------


def step_of(share: float) -> int:
    """Return the step of colour of a share."""
    return round(share * STEPS)


def heat_colors(scheme: str) -> list[tuple[str, str]]:
    """Return background and ink of each step, in the light or the dark scheme; black or white, what is read better."""
    low, high = RAMPS[scheme]
    colors: list[tuple[str, str]] = []
    for step in range(STEPS + 1):
        mixed = [round(a + (b - a) * step / STEPS) for a, b in zip(low, high, strict=True)]
        ink = "#000000" if luminance(mixed) > 0.179 else "#ffffff"  # where both have the same contrast
        colors.append((f"#{bytes(mixed).hex()}", ink))
    return colors


def luminance(color: Sequence[int]) -> float:
    """Return the relative luminance of a colour in sRGB, 0 to 1, as WCAG 2 defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _heat_style() -> str:
    def rules(scheme: str) -> str:
        return "".join(
            f".h{step}{{background:{background};color:{ink}}}"
            for step, (background, ink) in enumerate(heat_colors(scheme))
        )

    return f"{rules('light')}@media(prefers-color-scheme:dark){{{rules('dark')}}}"


def heat_map(head: Sequence[str], rows: Iterable[tuple[str, Sequence[Cell | None]]]) -> str:
    """Return a table whose cells are coloured by the share by the rules and hold it as a number."""
    legend = "".join(f'<span class="h{step}">{step * 100 // STEPS}%</span>' for step in range(0, STEPS + 1, 2))
    top = "".join(f"<th>{text(name)}</th>" for name in head)
    body = "".join(
        f"<tr><th>{text(name)}</th>{''.join(_heat_cell(cell) for cell in cells)}</tr>" for name, cells in rows
    )
    return (
        f'<div class="legend">{legend}</div><div class="wide"><table class="heat"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _heat_cell(cell: Cell | None) -> str:
    if cell is None:
        return '<td class="gap" title="no replies">–</td>'
    about = f"{cell.n} replies, {content.with_interval(cell.by_sample)}"
    return f'<td class="h{step_of(cell.by_sample.value)}" title="{about}">{content.both(cell)}</td>'


# --- Bars -----------------------------------------------------------------------------------------


def bars(cells: Iterable[tuple[str, Cell]]) -> str:
    """Return a chart: bars of the shares by the rules, with whiskers, chance and the share with the judge."""
    ticks = "".join(f'<i style="left:{place}%">{place}%</i>' for place in (0, 25, 50, 75, 100))
    drawn = "".join(_bar(name, cell) for name, cell in cells)
    blank = '<span class="blank"></span>'
    axis = f'<div class="bar">{blank}<span class="ticks">{ticks}</span>{blank}</div>'
    return f'<div class="bars">{drawn}{axis}</div>'


def _bar(name: str, cell: Cell) -> str:
    marks = f'<i class="fill" style="width:{_css(cell.by_sample.value)}"></i>{_whisker(cell.by_sample)}'
    told = text(content.with_interval(cell.by_sample))
    if cell.chance:
        marks += f'<i class="chance" style="left:{_css(cell.chance)}" title="chance"></i>'
    if content.cell_is_judged(cell):
        told += f"<br>judge: {text(content.with_interval(cell.with_judge))}"
        if cell.with_judge:
            marks += f'<i class="judge" style="left:{_css(cell.with_judge.value)}" title="with the judge"></i>'
    return f'<div class="bar"><span>{text(name)}</span><span class="track">{marks}</span><span>{told}</span></div>'


def _whisker(found: Estimate) -> str:
    return f'<i class="whisker" style="left:{_css(found.low)};width:{_css(found.high - found.low)}"></i>'


def _css(share: float) -> str:
    return f"{100 * share:.2f}%"
