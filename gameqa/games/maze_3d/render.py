"""The maze as picture and as text. Lengths are pixels at scale 1."""

from collections.abc import Callable, Iterable

from PIL import Image, ImageDraw

from gameqa.core.words import cell_text
from gameqa.draw import Camera, Canvas, Style, cubes, tones

from .rules import LADDER, Cell
from .state import State
from .view import RAILS, lens

PAPER, FLOOR, EDGE, INK = "#FFFFFF", "#EDEDED", "#000000", "#000000"
PLAIN, START, GOAL, NUMBERED = "#A8A8A8", "#5A5AFF", "#FF5A5A", "#4CE04C"
BROWN, RAIL = "#5B3A1A", 3
RUNGS = (0.25, 0.75)
"""Heights of the rungs in each unit of a ladder."""
DIGIT, RIM = 24, 2


def draw(state: State, style: Style) -> Image.Image:
    """Draw the floor of the grid, the cubes and ladders with hidden parts removed, and the numbers."""
    side, camera = lens(state.size, style.scale)
    canvas = Canvas(style.px(side), style.px(side), PAPER)
    x, y, _ = state.size
    canvas.polygon([camera.project(*corner, 0) for corner in ((0, 0), (x, 0), (x, y), (0, y))], FLOOR)
    colors = {cell: tones(PLAIN) for cell in state.cubes}
    colors |= dict.fromkeys(state.markers, tones(NUMBERED))
    colors |= {state.start: tones(START), state.goal: tones(GOAL)}
    cubes(canvas, colors, camera, EDGE, style.px(1), _ladders(canvas, camera, state.ladders, style))
    for cell, label in state.labels.items():
        _number(canvas, camera, cell, label, style)
    return canvas.image


def describe(state: State) -> str:
    """Return the maze as lists; cubes are sorted, so their order tells nothing about the route."""
    x, y, z = state.size
    floors = [
        f"z={height}: " + " ".join(_cell(cell[:2]) for cell in state.cubes if cell[2] == height)
        for height in sorted({cell[2] for cell in state.cubes})
    ]
    ladders = " ".join(f"{_cell(base)}-{_cell((*base[:2], base[2] + LADDER))}" for base in state.ladders)
    return "\n".join(
        [
            f"3D maze, grid {x} x {y} x {z}, cells (x, y, z), z is the height."
            " right-forward = x-1, left-forward = y-1, up = ladder.",
            f"start {_cell(state.start)}   goal {_cell(state.goal)}",
            f"cubes: {' | '.join(floors)}",
            f"ladders: {ladders or 'none'}",
            "numbered: " + ", ".join(f"{label} at {_cell(cell)}" for label, cell in enumerate(state.markers, 1)),
        ]
    )


def _cell(cell: tuple[int, ...]) -> str:
    return cell_text(cell).replace(" ", "")


def _ladders(canvas: Canvas, camera: Camera, bases: Iterable[Cell], style: Style) -> dict[Cell, Callable[[], None]]:
    """One piece of ladder for each cell that stands before the +x side of a column with a ladder."""

    def piece(x: int, y: int, z: int) -> Callable[[], None]:
        def paint() -> None:
            for height in RUNGS:
                canvas.line([camera.project(x, y + rail, z + height) for rail in RAILS], BROWN, style.px(RAIL))
            for rail in RAILS:
                foot, head = (camera.project(x, y + rail, height) for height in (z, z + 1))
                canvas.line([foot, head], BROWN, style.px(RAIL))

        return paint

    return {(x + 1, y, z + up): piece(x + 1, y, z + up) for x, y, z in bases for up in range(1, LADDER + 1)}


def _number(canvas: Canvas, camera: Camera, cell: Cell, label: int, style: Style) -> None:
    """Put a number on the top of a cube; its rim is cut at the edges, so that it does not hang over another cube."""
    x, y, z = cell
    face = camera.face(cell, (x + 1, y + 1, z + 1), "top")
    left, top = (int(min(corner[axis] for corner in face)) for axis in (0, 1))
    size = (int(max(a for a, _ in face)) + 2 - left, int(max(b for _, b in face)) + 2 - top)
    inside = Image.new("1", size, 0)
    ImageDraw.Draw(inside).polygon([(round(a) - left, round(b) - top) for a, b in face], 1, 0, style.px(1))
    over = Canvas(*size, NUMBERED)
    a, b = camera.project(x + 0.5, y + 0.5, z + 1)
    over.text((a - left, b - top), str(label), style.px(DIGIT), INK, halo=PAPER, halo_width=style.px(RIM))
    written = Image.new("1", size, 0)
    written.paste(over.image.point([0] + [255] * 255, "1"), (0, 0), inside)
    canvas.paste(over.sprite(written), (left, top))
