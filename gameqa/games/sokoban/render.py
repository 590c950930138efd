"""The board as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.draw import Canvas, Grid, Sprite, Style, cached_sprite, lines, sprite

from .state import BOX, BOX_ON_TARGET, FLOOR, PLAYER, PLAYER_ON_TARGET, SIGNS, TARGET, WALL, State

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

MARGIN, LABEL, LINE = 40, 30, 2
CELLS = ((35, 84), (40, 72), (144, 64))
"""Side of a cell on boards of at most so many cells: pictures hold 200,000 pixels or more."""
PAPER, INK = "#FFFFFF", "#000000"
BEIGE, BRICK, MORTAR = "#DEC8A4", "#E0702C", "#F6B98A"
BROWN, PALE, GREEN = "#8B4A24", "#F0DCC0", "#3FA535"
CAP, SKIN, SHIRT, TROUSERS = "#1A1A1A", "#F2B88C", "#D62828", "#1F4FBF"
LEGEND = "# wall  . floor  P player  B box  T target  * box on target  + player on target"


def draw(state: State, style: Style) -> "Image":
    """Draw the board with its numbers, then the inner walls and the pieces, and the lines again."""
    cell = style.px(next(side for most, side in CELLS if state.height * state.width <= most))
    grid = Grid(state.height, state.width, cell, style.px(MARGIN), style.px(MARGIN))
    canvas = Canvas(grid.right, grid.bottom, PAPER)
    canvas.paste(_board(grid, style), (0, 0))
    for r, row in enumerate(state.grid[1:-1], 1):
        for c, code in enumerate(row[1:-1], 1):
            if code != FLOOR:
                canvas.paste(_PIECES[code](cell), grid.box(r, c)[:2])
    lines(canvas, grid, INK, style.px(LINE))
    return canvas.image


def describe(state: State) -> str:
    """Return the board with one letter a cell; rows and columns are numbered."""
    wide = 2 if state.width > 10 else 1
    heading = " ".join(f"{column:>{wide}}" for column in range(state.width))
    rows = (" ".join(f"{SIGNS[code]:>{wide}}" for code in row) for row in state.grid)
    return "\n".join([LEGEND, f"    {heading}", *(f"{number:>2}  {row}" for number, row in enumerate(rows))])


@cached_sprite
def _board(grid: Grid, style: Style) -> Sprite:
    """The wall ring, the floor, and the numbers of rows (left) and columns (top)."""
    canvas = Canvas(grid.right, grid.bottom, PAPER)
    canvas.rect(grid.frame, BEIGE)
    size, middle = style.px(LABEL), style.px(MARGIN) / 2
    for row in range(grid.rows):
        canvas.text((middle, grid.center(row, 0)[1]), str(row), size, INK, PAPER, bold=False)
        for column in range(grid.cols):
            if row in (0, grid.rows - 1) or column in (0, grid.cols - 1):
                canvas.paste(_wall(grid.cell), grid.box(row, column)[:2])
    for column in range(grid.cols):
        canvas.text((grid.center(0, column)[0], middle), str(column), size, INK, PAPER, bold=False)
    return canvas.sprite()


@cached_sprite
def _wall(size: int) -> Sprite:
    """Bricks in three courses; the mortar runs level and upright only."""

    def paint(pen: "ImageDraw", s: int) -> None:
        full = size * s
        pen.rectangle((0, 0, full, full), BRICK)
        half = max(2 * s, full // 36) // 2
        for course in range(3):
            y = full * course // 3
            for x in (full // 4, full * 3 // 4) if course % 2 == 0 else (full // 2,):
                pen.rectangle((x - half, y, x + half - 1, full * (course + 1) // 3), MORTAR)
            if course:
                pen.rectangle((0, y - half, full, y + half - 1), MORTAR)

    return sprite(size, paint)


@cached_sprite
def _box(size: int, mark: str) -> Sprite:
    """A wooden square with a frame and a diagonal cross in the colour of `mark`."""

    def paint(pen: "ImageDraw", s: int) -> None:
        full = size * s
        edge, thick = full * 9 // 100, full * 8 // 100
        inner = edge + thick
        pen.rectangle((edge, edge, full - edge, full - edge), mark)
        pen.rectangle((inner, inner, full - inner, full - inner), BROWN)
        pen.line((inner, inner, full - inner, full - inner), mark, thick)
        pen.line((inner, full - inner, full - inner, inner), mark, thick)
        pen.rectangle((edge, edge, full - edge, full - edge), None, mark, thick)

    return sprite(size, paint, paper=BEIGE)


def _cross(pen: "ImageDraw", full: int, reach: float, thick: float) -> None:
    """A bold green X whose arms span `reach` of the cell."""
    near, far, half = full * (1 - reach) / 2, full * (1 + reach) / 2, full * thick / 2
    for flip in (False, True):
        points = [(near, near + half), (near + half, near), (far, far - half), (far - half, far)]
        pen.polygon([(full - x, y) if flip else (x, y) for x, y in points], GREEN)


@cached_sprite
def _target(size: int) -> Sprite:
    return sprite(size, lambda pen, s: _cross(pen, size * s, 0.6, 0.2), paper=BEIGE)


@cached_sprite
def _player(size: int, on_target: bool) -> Sprite:
    """An upright figure; on a target the X fills the cell behind it."""

    def paint(pen: "ImageDraw", s: int) -> None:
        full = size * s

        def at(*points: float) -> tuple[float, ...]:
            return tuple(full * value for value in points)

        if on_target:
            _cross(pen, full, 0.96, 0.24)
        for side in (1, -1):
            xs = sorted((0.5 + side * 0.03, 0.5 + side * 0.14))
            pen.rectangle(at(xs[0], 0.66, xs[1], 0.83), TROUSERS)
            xs = sorted((0.5 + side * 0.01, 0.5 + side * 0.17))
            pen.rectangle(at(xs[0], 0.81, xs[1], 0.86), CAP)
            xs = sorted((0.5 + side * 0.15, 0.5 + side * 0.23))
            pen.rounded_rectangle(at(xs[0], 0.45, xs[1], 0.66), full * 0.03, SHIRT)
            xs = sorted((0.5 + side * 0.16, 0.5 + side * 0.22))
            pen.ellipse(at(xs[0], 0.62, xs[1], 0.68), SKIN)
        pen.rounded_rectangle(at(0.34, 0.44, 0.66, 0.70), full * 0.05, SHIRT)
        pen.ellipse(at(0.37, 0.19, 0.63, 0.46), SKIN)
        pen.pieslice(at(0.36, 0.15, 0.64, 0.43), 180, 360, CAP)
        pen.rounded_rectangle(at(0.31, 0.27, 0.69, 0.31), full * 0.015, CAP)
        for side in (1, -1):
            x = 0.5 + side * 0.05
            pen.ellipse(at(x - 0.018, 0.335, x + 0.018, 0.371), CAP)

    return sprite(size, paint, paper=BEIGE)


_PIECES = {
    WALL: _wall,
    BOX: lambda size: _box(size, PALE),
    TARGET: _target,
    BOX_ON_TARGET: lambda size: _box(size, GREEN),
    PLAYER: lambda size: _player(size, False),
    PLAYER_ON_TARGET: lambda size: _player(size, True),
}
