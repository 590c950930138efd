"""The board as picture and as text. Lengths are pixels at scale 1."""

from math import cos, pi, sin
from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Legend, Sprite, Style, cached_sprite, column_labels, lines, row_labels, sprite

from .state import COLORS, State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MARGIN, EDGE, LABEL, LABEL_GAP = 40, 16, 20, 12
THIN, THICK, LINE = 1, 4, "#000000"
STAR, RIM, INNER = 0.6, 2, 0.4
"""Side of a star in cells, width of its white outline, radius of its inner corners against that of its tips."""


def cell_side(size: int) -> int:
    """Return the side of a cell: larger on small boards."""
    return {5: 80, 6: 68}.get(size, 56)


def draw(state: State, style: Style) -> "Image":
    """Draw the cells in the colours of their regions, the borders, the numbers, the stars and the legend."""
    px, size = style.px, state.size
    grid = Grid(size, size, px(cell_side(size)), px(MARGIN), px(MARGIN))
    key = [(COLORS[name], f"{number} {name}") for number, name in enumerate(state.colors)]
    legend = Legend(key, grid.width, px(16), px(20), px(EDGE))
    canvas = Canvas(grid.right + px(EDGE), grid.bottom + legend.height + 2 * px(EDGE))
    owners = state.owners()
    for cell, owner in owners.items():
        canvas.rect(grid.box(*cell), COLORS[state.colors[owner]])
    lines(canvas, grid, LINE, px(THIN), frame=LINE, frame_width=px(THICK))
    half = px(THICK) // 2
    for (row, col), owner in owners.items():
        left, top, right, bottom = grid.box(row, col)
        if owners.get((row, col + 1), owner) != owner:
            canvas.rect((right - half, top - half, right + half, bottom + half), LINE)
        if owners.get((row + 1, col), owner) != owner:
            canvas.rect((left - half, bottom - half, right + half, bottom + half), LINE)
    row_labels(canvas, grid, range(size), px(LABEL), px(LABEL_GAP))
    column_labels(canvas, grid, range(size), px(LABEL), px(LABEL_GAP))
    for star in state.stars:
        picture = _star(round(grid.cell * STAR), px(RIM), COLORS[state.colors[owners[star]]])
        canvas.paste(picture, grid.center(*star), "mm")
    legend.draw(canvas, grid.left, grid.bottom + px(EDGE))
    return canvas.image


@cached_sprite
def _star(size: int, rim: int, paper: str) -> Sprite:
    """A black five-pointed star with a white outline, one tip up."""

    def paint(pen: "ImageDraw", s: int) -> None:
        middle, outer = size * s / 2, (size / 2 - rim) * s
        radii = [outer if tip % 2 == 0 else outer * INNER for tip in range(10)]
        tips = [(middle + r * sin(n * pi / 5), middle - r * cos(n * pi / 5)) for n, r in enumerate(radii)]
        pen.line([*tips, tips[0], tips[1]], "#FFFFFF", 2 * rim * s, "curve")
        pen.polygon(tips, LINE)

    return sprite(size, paint, paper=paper)


def describe(state: State) -> str:
    """Return the board with the number of its region for each cell, and * behind it where a star stands."""
    owners, size = state.owners(), state.size
    rows = [f"row {row}: " + " ".join(_mark(state, owners, (row, col)) for col in range(size)) for row in range(size)]
    names = ", ".join(f"{number} {name}" for number, name in enumerate(state.colors))
    head = f"Star Battle, {size} x {size}. Each cell: region number, '*' behind it where a star stands."
    columns = "       " + " ".join(f"{col:<2}" for col in range(size))
    return "\n".join([head, f"Regions: {names}", columns.rstrip(), *(row.rstrip() for row in rows)])


def _mark(state: State, owners: dict[tuple[int, int], int], cell: tuple[int, int]) -> str:
    return f"{owners[cell]}{'*' if cell in state.stars else ' '}"
