"""The scene as picture and as text. Lengths are pixels at scale 1."""

from typing import TYPE_CHECKING

from gameqa.core.words import listed
from gameqa.draw import Canvas, Sprite, Style

from .rules import has_ladder
from .scene import (
    DEEP,
    HEIGHT,
    TOP,
    WIDTH,
    Face,
    Lens,
    Pit,
    Point,
    Vector,
    chords,
    clip,
    faces,
    lava_pits,
    river_pit,
    square,
)
from .state import Block, Place, State, bounds
from .textures import SIZE, Texture, edge_color, needs_texture, shade_of, shaded, texture

if TYPE_CHECKING:
    from PIL.Image import Image

SKY, PLAIN = "#A9D4F5", "#EEF0F2"
WATER, WATER_LINE, RED = "#0A78F0", "#06356E", "#FF0000"
SOIL = 0.45
"""Brightness of the walls of pits, compared with the ground."""
STRIPE = 0.7
"""Width of a stripe of grass in cells: no multiple fits the cells, so that stripes cannot be mistaken for them."""
STRIPE_SHADE, GRID_SHADE = 0.94, 0.62
"""Brightness of stripes and of grid lines, compared with the ground."""

BLOCKS = {
    "plain": "plain block",
    "stone": "stone block",
    "brick": "brick block",
    "gold_ore": "gold ore block",
    "diamond_ore": "diamond ore block",
    "tnt": "TNT block",
    "pumpkin": "pumpkin",
}


def draw(state: State, style: Style) -> "Image":
    """Draw sky, ground, liquids, marker and blocks, farthest first."""
    lens = Lens(state.camera, style.px(HEIGHT))
    canvas = Canvas(style.px(WIDTH), style.px(HEIGHT), SKY if state.sky else PLAIN)
    _ground(canvas, lens, state, style)
    pit = river_pit(state, lens)
    if pit:
        _hollow(canvas, lens, state, pit)
        canvas.polygon(lens.flat(pit.liquid, -DEEP), WATER)
        if state.river and state.river.grid:
            for axis in (0, 1):
                for a, b in chords(pit.liquid, axis):
                    canvas.line(lens.flat([a, b], -DEEP), WATER_LINE, style.px(2))
    lava = lava_pits(state, lens)
    for _, pit in lava:
        _hollow(canvas, lens, state, pit)
    for (x, z), pit in lava:
        corner, look = (x - 0.5, -DEEP, z + 0.5), texture("lava", None, False, True, 1.0)
        _textured(canvas, lens, corner, (1, 0, 0), (0, 0, -1), look, lens.flat(pit.liquid, -DEEP))
    if state.player:
        canvas.polygon(lens.flat(square(state.player), 0), RED)
    for face in faces(state, lens):
        _face(canvas, lens, state.blocks[face.block], face, style)
    return canvas.image


def _ground(canvas: Canvas, lens: Lens, state: State, style: Style) -> None:
    shown, color = lens.footprint(0), state.ground.color
    canvas.polygon(lens.flat(shown, 0), color)
    if state.ground.style == "grid":
        line = shaded(color, GRID_SHADE)
        for axis in (0, 1):
            for a, b in chords(shown, axis):
                canvas.line(lens.flat([a, b], 0), line, style.px(1))
    if state.ground.style == "grass":
        dark = shaded(color, STRIPE_SHADE)
        first, last = (round(edge(z for _, z in shown) / (2 * STRIPE)) for edge in (min, max))
        for number in range(first, last + 1):
            stripe = clip(shown, south=2 * number * STRIPE, north=(2 * number + 1) * STRIPE)
            if len(stripe) > 2:
                canvas.polygon(lens.flat(stripe, 0), dark)


def _hollow(canvas: Canvas, lens: Lens, state: State, pit: Pit) -> None:
    """Fill an opening in the ground with the colour of its walls; the liquid comes on top."""
    canvas.polygon(lens.flat(pit.opening, 0), shaded(state.ground.color, SOIL))


def _face(canvas: Canvas, lens: Lens, block: Block, face: Face, style: Style) -> None:
    top, shade = face.normal == TOP, shade_of(face.normal)
    polygon = [lens.project(*corner) for corner in face.corners]
    if needs_texture(block, top):
        a, b, _, d = face.corners
        look = texture(block.type, block.color, block.ladder, top, shade)
        _textured(canvas, lens, a, _minus(b, a), _minus(d, a), look, polygon)
    elif block.color:
        canvas.polygon(polygon, shaded(block.color, shade))
    if block.color:
        canvas.polygon(polygon, None, edge_color(block.color), style.px(1.5))


def _textured(
    canvas: Canvas, lens: Lens, corner: Vector, u: Vector, v: Vector, look: Texture, polygon: list[Point]
) -> None:
    """Fill a polygon with a texture that spans `u` (to the right) and `v` (downwards) from a corner in space."""
    from PIL import Image, ImageDraw

    flat = [(round(x), round(y)) for x, y in polygon]
    xs, ys = zip(*flat, strict=True)
    left, top = max(0, min(xs)), max(0, min(ys))
    right, bottom = min(lens.width - 1, max(xs)), min(lens.height - 1, max(ys))
    size = (right - left + 1, bottom - top + 1)
    if min(size) <= 0:
        return
    mask = Image.new("1", size)
    ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in flat], 1)
    whole = Image.frombytes("L", (SIZE + 2, SIZE + 2), look.pixels)
    way = _unproject(lens, corner, u, v, left, top)
    pixels = whole.transform(size, Image.Transform.PERSPECTIVE, way, Image.Resampling.NEAREST)
    canvas.paste(Sprite(*size, pixels.tobytes(), mask, look.colors), (left, top))


def _unproject(lens: Lens, corner: Vector, u: Vector, v: Vector, left: int, top: int) -> list[float]:
    """Return the eight numbers that lead from a pixel of the picture, cut at (left, top), to a texel with its rim.

    `seen_from_eye` of u, v and the corner are the columns of the matrix from face to picture; its inverse, up to a
    factor, is made of cross products.
    """
    a, b = lens.seen_from_eye(*u), lens.seen_from_eye(*v)
    c = lens.seen_from_eye(*_minus(corner, lens.eye))
    across, down, scale = _cross(b, c), _cross(c, a), _cross(a, b)
    rows = [tuple(SIZE * s + t for s, t in zip(row, scale, strict=True)) for row in (across, down)]
    shifted = [(x, y, x * left + y * top + w) for x, y, w in (*rows, scale)]
    unit = shifted[2][2]
    return [number / unit for row in shifted for number in row][:8]


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def describe(state: State) -> str:
    """Return what the scene holds, with its cells."""
    lines = ["MINECRAFT SCENE", "x = east, z = north, y = height (y=0 stands on the ground)"]
    river = state.river
    if river:
        across = "z" if river.direction == "x" else "x"
        cells = ", ".join(map(str, range(river.start, river.last + 1)))
        lines.append(f"River: runs along {river.direction}, covers {across} = {cells}")
    if state.player:
        x, z = state.player
        lines.append(f"Player stands on ground cell (x={x}, z={z})")
    if state.kind == "cuboid":
        (x, y, z), (a, b, c) = bounds(block.pos for block in state.blocks)
        lines.append(f"A solid box of cubes covers x = {x}..{a}, y = {y}..{b}, z = {z}..{c}")
    elif state.target:
        x, _, z = state.blocks[0].pos
        piled = ", ".join(f"y={block.pos[1]} {BLOCKS[block.type]}" for block in state.blocks)
        lines.append(f"Column at (x={x}, z={z}): {piled}")
        hung = f"on all four sides of every block under the {BLOCKS[state.target]}" if has_ladder(state) else "none"
        lines.append(f"Ladders: {hung}")
    else:
        lines += _sceneries(state)
    return "\n".join(lines)


def _sceneries(state: State) -> list[str]:
    lines: list[str] = []
    if state.lava:
        lines.append("Lava: " + listed(f"ground cell (x={x}, z={z})" for x, z in state.lava))
    looks: dict[tuple[str, bool], list[Place]] = {}
    for block in state.blocks:
        looks.setdefault((block.type, block.ladder), []).append(block.pos)
    for (name, ladder), places in sorted(looks.items()):
        word = BLOCKS[name][0].upper() + BLOCKS[name][1:]
        cells = listed(f"(x={x}, y={y}, z={z})" for x, y, z in places)
        lines.append(f"{word}{'s' if len(places) > 1 else ''} at {cells}")
        if ladder:
            lines[-1] += ", with ladders on all four sides"
    return lines
