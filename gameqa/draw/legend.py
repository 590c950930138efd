"""A legend: swatches with names, in aligned columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from .canvas import Canvas, text_size
from .palette import Color


@dataclass(frozen=True)
class Legend:
    """Colours with their names, laid out in as few lines as fit a width; lengths in pixels.

    Made before the canvas, so that its height can be counted in:

        key = Legend([("#E53935", "red"), ("#2979FF", "blue")], width=504)
        canvas = Canvas(560, 520 + key.height)
        key.draw(canvas, left=36, top=510)

    Attributes:
        entries: Pairs of colour and name.
        width: The space across; a single column may be wider.
        size: Font size.
        swatch: Side of a swatch; lines are half of that apart.
        gap: Space between columns.
        bold: Bold or plain names.
    """

    entries: Sequence[tuple[Color, str]]
    width: int
    size: int = 16
    swatch: int = 20
    gap: int = 14
    bold: bool = False

    def _columns(self, lines: int) -> list[int]:
        """Widths of the columns when the entries fill so many lines."""
        count = ceil(len(self.entries) / lines)
        beside = self.swatch + self.swatch // 3
        names = [text_size(name, self.size, self.bold)[0] for _, name in self.entries]
        return [beside + max(names[i::count]) for i in range(count)]

    @cached_property
    def lines(self) -> int:
        """How many lines the entries take."""
        for lines in range(1, len(self.entries)):
            columns = self._columns(lines)
            if sum(columns) + self.gap * (len(columns) - 1) <= self.width:
                return lines
        return len(self.entries)

    @property
    def height(self) -> int:
        """Height of all lines together."""
        return self.lines * (self.swatch + self.swatch // 2) - self.swatch // 2

    def draw(self, canvas: Canvas, left: int, top: int, ink: Color = "#000000", paper: Color = "#FFFFFF") -> None:
        """Draw from (`left`, `top`) on, on plain `paper`; swatches have a thin outline in `ink`."""
        columns = self._columns(self.lines)
        starts = [left + sum(columns[:i]) + self.gap * i for i in range(len(columns))]
        for i, (color, name) in enumerate(self.entries):
            x, y = starts[i % len(columns)], top + i // len(columns) * (self.swatch + self.swatch // 2)
            canvas.rect((x, y, x + self.swatch, y + self.swatch), color, ink, max(1, self.swatch // 20))
            at = (x + self.swatch + self.swatch // 3, y + self.swatch / 2)
            canvas.text(at, name, self.size, ink, paper, "lm", self.bold)
