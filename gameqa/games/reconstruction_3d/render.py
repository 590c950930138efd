"""The structure as picture and as text. Lengths are pixels at scale 1."""

from functools import lru_cache
from typing import TYPE_CHECKING

from gameqa.draw import (
    Camera,
    Canvas,
    Grid,
    Sprite,
    Style,
    Tones,
    axis,
    column_labels,
    cubes,
    lines,
    mesh,
    row_labels,
)

from .state import State, view_rows

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 900, 640
PAPER, INK, GRID = "#FFFFFF", "#000000", "#D3D3D3"
RED, GREEN, BLUE = "#E00000", "#008000", "#0000E0"
VOXEL = Tones("#17CFCF", "#149A9A", "#0F7B7B")
DARK, LIGHT, RULED, BOX = "#08306B", "#F7FBFF", "#8C8C8C", "#FFD27F"

AZIMUTH = 55
ASSEMBLED = (52, 96, 334, 512)
"""Where the drawing of the whole lies, without its labels."""
LAYERS = (408, 62, 584, 604)
"""Where the layers lie, one third each, without their digits."""
SILHOUETTES = ((678, 96), (678, 382))
"""Left top corners of front and side target."""
CELL = 60
NOTE = (56, 556, 318, 602)
"""The box with the number of voxels left to add."""
TITLE, HEADING, DIGIT = 20, 17, 18


def draw(state: State, style: Style) -> "Image":
    """Draw the structure assembled and in layers, the two targets and the number of voxels left to add."""
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT), PAPER)
    canvas.paste(_empty(style.scale), (0, 0))
    edge = style.px(1)
    zero_based = [(x - 1, y - 1, z - 1) for x, y, z in state.cells]
    cubes(canvas, dict.fromkeys(zero_based, VOXEL), _whole(style), INK, edge)
    for z in range(3):
        layer = {(x, y, 0): VOXEL for x, y, height in zero_based if height == z}
        cubes(canvas, layer, _layer(style, z), INK, edge)
    for grid, view in zip(_targets(style), (state.target, state.target >> 9), strict=True):
        for z, row in enumerate(view_rows(view)):
            for column, dark in enumerate(row):
                canvas.rect(grid.box(2 - z, column), DARK if dark else LIGHT)
        lines(canvas, grid, RULED, style.px(2), frame=INK)
    left, top, right, bottom = (style.px(length) for length in NOTE)
    note = f"Voxels left to add: {state.remaining}"
    canvas.text(((left + right) / 2, (top + bottom) / 2), note, style.px(DIGIT), INK, BOX)
    return canvas.image


def describe(state: State, as_maps: bool = False) -> str:
    """Return the voxels, as a list or as one map a layer, the budget and the targets."""
    said = ["3D RECONSTRUCTION STATE"]
    if as_maps:
        said.append("Voxels, one map for each layer; # is a voxel, . an empty cell")
        for z in (1, 2, 3):
            said.append(f"z={z} (rows y=1..3, columns x=1..3)")
            said += [
                f"y={y}: " + " ".join("#" if (x, y, z) in state.cells else "." for x in (1, 2, 3)) for y in (1, 2, 3)
            ]
    else:
        said.append("Voxels (x,y,z): " + " ".join(f"({x},{y},{z})" for x, y, z in state.cells))
    said.append(f"Voxels left to add: {state.remaining}")
    for name, letter, view in (("front view (Y-Z)", "y", state.target), ("side view (X-Z)", "x", state.target >> 9)):
        said.append(f"Target {name}, top row z=3 first, columns {letter}=1..3:")
        rows = view_rows(view)
        said += [f"z={z}: " + " ".join(map(str, rows[z - 1])) for z in (3, 2, 1)]
    return "\n".join(said)


def _whole(style: Style) -> Camera:
    corners = [(x, y, z) for x in (0, 3) for y in (0, 3) for z in (0, 3)]
    left, top, right, bottom = (style.px(length) for length in ASSEMBLED)
    return Camera.fit(AZIMUTH, 22, corners, (left, top, right, bottom))


def _layer(style: Style, z: int) -> Camera:
    """The camera of one layer; z = 0 is the lowest."""
    corners = [(x, y, z) for x in (0, 3) for y in (0, 3) for z in (0, 1)]
    left, top, right, bottom = LAYERS
    high = (bottom - top) / 3
    box = (left, top + (2 - z) * high, right, top + (3 - z) * high - 26)
    left, top, right, bottom = (style.px(length) for length in box)
    return Camera.fit(AZIMUTH, 40, corners, (left, top, right, bottom))


def _targets(style: Style) -> list[Grid]:
    return [Grid(3, 3, style.px(CELL), style.px(left), style.px(top)) for left, top in SILHOUETTES]


@lru_cache(maxsize=8)
def _empty(scale: float) -> Sprite:
    """All that is the same in every picture."""
    style = Style(scale)
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT), PAPER)
    canvas.text((style.px(WIDTH / 2), style.px(24)), "3D Voxel Reconstruction", style.px(TITLE), INK, PAPER)
    camera, thin = _whole(style), style.px(1)
    for u, v in (((1, 0, 0), (0, 1, 0)), ((1, 0, 0), (0, 0, 1)), ((0, 1, 0), (0, 0, 1))):
        mesh(canvas, camera, (0, 0, 0), u, v, (3, 3), GRID, thin)
    for end, color, name in (((3.4, 0, 0), RED, "X"), ((0, 3.4, 0), GREEN, "Y"), ((0, 0, 3.4), BLUE, "Z")):
        axis(canvas, camera, (0, 0, 0), end, color, name, style.px(DIGIT), style.px(2), PAPER)
    _floor_digits(canvas, camera, style)
    for number in (1, 2, 3):
        x, y = camera.project(3, 0, number - 0.5)
        canvas.text((x - style.px(14), y), str(number), style.px(DIGIT), BLUE, PAPER)
    for z in range(3):
        camera = _layer(style, z)
        mesh(canvas, camera, (0, 0, 0), (1, 0, 0), (0, 1, 0), (3, 3), GRID, thin)
        _floor_digits(canvas, camera, style)
        left, top = style.px(LAYERS[0]), camera.project(0, 0, 1)[1]
        canvas.text((left - style.px(14), top + style.px(14)), f"z={z + 1}", style.px(DIGIT), BLUE, PAPER)
    for grid, name, letter, color in zip(
        _targets(style), ("Target Front View (Y-Z)", "Target Side View (X-Z)"), "YX", (GREEN, RED), strict=True
    ):
        canvas.text((grid.center(1, 1)[0], grid.top - style.px(36)), name, style.px(HEADING), INK, PAPER)
        row_labels(canvas, grid, (3, 2, 1), style.px(DIGIT), style.px(10), BLUE)
        column_labels(canvas, grid, (1, 2, 3), style.px(DIGIT), style.px(10), color, below=True)
        canvas.text((grid.left - style.px(16), grid.top - style.px(14)), "Z", style.px(DIGIT), BLUE, PAPER)
        canvas.text((grid.right + style.px(16), grid.bottom + style.px(17)), letter, style.px(DIGIT), color, PAPER)
    left, top, right, bottom = (style.px(length) for length in NOTE)
    canvas.rounded((left, top, right, bottom), style.px(6), BOX, INK, thin)
    return canvas.sprite()


def _floor_digits(canvas: Canvas, camera: Camera, style: Style) -> None:
    """The digits of x along the edge y = 3, those of y along the edge x = 3."""
    for number in (1, 2, 3):
        for (x, y), color in (
            (camera.project(number - 0.5, 3, 0), RED),
            (camera.project(3, number - 0.5, 0), GREEN),
        ):
            side = 1 if color == RED else -1
            at = (x + side * style.px(8), y + style.px(14))
            canvas.text(at, str(number), style.px(DIGIT), color, PAPER)
