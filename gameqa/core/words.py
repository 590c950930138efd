"""Small helpers for wording questions and analyses, shared by all games."""

from collections.abc import Iterable, Sequence


def cell_text(cell: Iterable[object]) -> str:
    """Return coordinates as `(2, 3)`."""
    return f"({', '.join(map(str, cell))})"


def listed(items: Iterable[object], last: str = "and", empty: str = "none") -> str:
    """Return `a`, `a and b`, `a, b and c`; `empty` when there is nothing."""
    words = [str(item) for item in items]
    if not words:
        return empty
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def cells_text(cells: Iterable[Iterable[object]]) -> str:
    """Return cells as `(2, 3), (2, 4) and (5, 0)`."""
    return listed(map(cell_text, cells))


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 box`, `2 boxes` (give an irregular `plural`; the regular one adds an s)."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `4th`, `11th`, `22nd` …."""
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def arrows(words: Sequence[object]) -> str:
    """Return a sequence of moves as it is shown: `Up → Right`."""
    return " → ".join(map(str, words))


def aligned(rows: Sequence[Sequence[str]], gap: str = " ", left: bool = False) -> str:
    """Return rows of words as a table with columns padded to equal width, without trailing blanks."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    pad = str.ljust if left else str.rjust
    return "\n".join(
        gap.join(pad(word, width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
