"""The bundled fonts: DejaVu Sans, plain and bold, cut down to the signs that games show (see LICENSE)."""

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

_FOLDER = Path(__file__).parent


@lru_cache(maxsize=128)
def font(size: int, bold: bool = True) -> ImageFont.FreeTypeFont:
    """The bundled font at `size` pixels per em; capitals and digits are 0.73 em high.

    It holds ASCII, Latin-1, arrows, card suits, chess figures, simple geometric signs, stars and ticks.
    The basic layout engine gives the same pixels whether or not Raqm is installed.
    """
    file = _FOLDER / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.BASIC)
