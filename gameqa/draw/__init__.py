"""The drawing kit: palette pictures, text, grids, sprites, cards and solids.

Names are loaded when first used, so that importing a game does not import the picture library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .canvas import Box as Box
    from .canvas import Canvas as Canvas
    from .canvas import Point as Point
    from .canvas import encode as encode
    from .canvas import text_size as text_size
    from .cards import back as back
    from .cards import card as card
    from .cards import draw_suit as draw_suit
    from .cards import enter_colors as enter_colors
    from .cards import place as place
    from .fonts import font as font
    from .grid import Grid as Grid
    from .grid import column_labels as column_labels
    from .grid import lines as lines
    from .grid import row_labels as row_labels
    from .legend import Legend as Legend
    from .palette import NAMED as NAMED
    from .palette import NINE as NINE
    from .palette import RGB as RGB
    from .palette import Color as Color
    from .palette import blend as blend
    from .palette import delta_e as delta_e
    from .palette import rgb as rgb
    from .pieces import ball as ball
    from .pieces import disc as disc
    from .pieces import figure as figure
    from .solids import Camera as Camera
    from .solids import Tones as Tones
    from .solids import axis as axis
    from .solids import cubes as cubes
    from .solids import mesh as mesh
    from .solids import tones as tones
    from .solids import visible_faces as visible_faces
    from .sprites import Sprite as Sprite
    from .sprites import cached_sprite as cached_sprite
    from .sprites import sprite as sprite
    from .style import Style as Style

_HOME = {
    "canvas": ("Box", "Canvas", "Point", "encode", "text_size"),
    "cards": ("back", "card", "draw_suit", "enter_colors", "place"),
    "fonts": ("font",),
    "grid": ("Grid", "column_labels", "lines", "row_labels"),
    "legend": ("Legend",),
    "palette": ("NAMED", "NINE", "RGB", "Color", "blend", "delta_e", "rgb"),
    "pieces": ("ball", "disc", "figure"),
    "solids": ("Camera", "Tones", "axis", "cubes", "mesh", "tones", "visible_faces"),
    "sprites": ("Sprite", "cached_sprite", "sprite"),
    "style": ("Style",),
}
_MODULE = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_MODULE[name]}", __name__), name)
    globals()[name] = value
    return value
