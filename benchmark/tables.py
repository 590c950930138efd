"""Tables as Markdown."""

from collections.abc import Iterable, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, without a line break at its end; bars and line breaks within cells are escaped.

    >>> print(markdown_table(("game", "share"), [("a|b", "50.0%")]))
    | game | share |
    | --- | --- |
    | a\\|b | 50.0% |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\r", " ").replace("\n", " ")
