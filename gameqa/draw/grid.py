"""Boards of square cells: where a cell lies, lines between cells, labels beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from .canvas import Canvas
from .palette import Color


@dataclass(frozen=True)
class Grid:
    """Rows and columns of square cells; lengths in pixels, `left` and `top` is the corner of cell (0, 0).

    >>> grid = Grid(rows=3, cols=4, cell=50, left=40, top=40)
    >>> grid.box(1, 2), grid.center(0, 0), grid.right
    ((140, 90, 190, 140), (65.0, 65.0), 240)
    """

    rows: int
    cols: int
    cell: int
    left: int = 0
    top: int = 0

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.cols * self.cell

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.rows * self.cell

    @property
    def right(self) -> int:
        """The first pixel column to the right of the board."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first pixel row below the board."""
        return self.top + self.height

    @property
    def frame(self) -> tuple[int, int, int, int]:
        """The box of the whole board."""
        return self.left, self.top, self.right, self.bottom

    def box(self, row: int, col: int, inset: int = 0) -> tuple[int, int, int, int]:
        """The box of a cell (right and bottom exclusive), `inset` pixels smaller on every side."""
        x, y = self.left + col * self.cell, self.top + row * self.cell
        return x + inset, y + inset, x + self.cell - inset, y + self.cell - inset

    def center(self, row: float, col: float) -> tuple[float, float]:
        """The middle of a cell, as a border between pixels where the cell's side is even."""
        return self.left + (col + 0.5) * self.cell, self.top + (row + 0.5) * self.cell


def lines(
    canvas: Canvas,
    grid: Grid,
    color: Color,
    width: int = 1,
    frame: Color | None = None,
    frame_width: int | None = None,
    every: int | tuple[int, int] = 1,
) -> None:
    """Lines between the cells and around the board, centred on the cells' borders.

    Args:
        canvas: Where to draw; the cells first, the lines last.
        grid: The board.
        color: Colour of the lines between cells.
        width: Their width in pixels.
        frame: Colour of the frame; that of the lines when None.
        frame_width: Width of the frame, that of the lines when None. A wider frame grows outwards, so that
            it takes no more from the cells than the lines do.
        every: Only every so many cells, e.g. 3 for the boxes of a Sudoku; (rows, columns) where they differ.
    """
    by_rows, by_cols = (every, every) if isinstance(every, int) else every
    before = width // 2
    left, top, right, bottom = grid.frame
    for col in range(by_cols, grid.cols, by_cols):
        x = left + col * grid.cell - before
        canvas.rect((x, top, x + width, bottom), color)
    for row in range(by_rows, grid.rows, by_rows):
        y = top + row * grid.cell - before
        canvas.rect((left, y, right, y + width), color)
    thick = width if frame_width is None else frame_width
    inside = width - before
    out = thick - inside
    canvas.rect(
        (left - out, top - out, right + out, bottom + out),
        outline=color if frame is None else frame,
        width=thick,
    )


def row_labels(
    canvas: Canvas,
    grid: Grid,
    names: Sequence[object],
    size: int,
    gap: int = 10,
    ink: Color = "#000000",
    paper: Color = "#FFFFFF",
    right: bool = False,
) -> None:
    """A name beside each row, top first, centred on the row in a column of its own.

    The widest name ends `gap` pixels left of the board; with `right`, it starts so far right of it.
    """
    wide = max(canvas.text_size(str(name), size)[0] for name in names)
    x = grid.right + gap + wide / 2 if right else grid.left - gap - wide / 2
    for row, name in enumerate(names):
        canvas.text((x, grid.center(row, 0)[1]), str(name), size, ink, paper)


def column_labels(
    canvas: Canvas,
    grid: Grid,
    names: Sequence[object],
    size: int,
    gap: int = 10,
    ink: Color = "#000000",
    paper: Color = "#FFFFFF",
    below: bool = False,
) -> None:
    """A name above each column, left first, centred on the column; the capitals' feet are `gap` pixels
    above the board. With `below`, their tops are so far below it."""
    high = canvas.text_size("H", size)[1]
    y = grid.bottom + gap + high / 2 if below else grid.top - gap - high / 2
    for col, name in enumerate(names):
        canvas.text((grid.center(0, col)[0], y), str(name), size, ink, paper)
