"""What a caller may choose about a picture."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Style:
    """How large to draw; every renderer receives one.

    Attributes:
        scale: Factor on every length, 0.5 to 4; 1 gives the sizes written in the renderers.
    """

    scale: float = 1.0

    def __post_init__(self) -> None:
        if not 0.5 <= self.scale <= 4:
            raise ValueError(f"scale must lie between 0.5 and 4, not {self.scale}")

    def px(self, length: float) -> int:
        """`length` at this scale in whole pixels; at least 1 when `length` is above 0.

        >>> Style(scale=2).px(36), Style(scale=0.5).px(1)
        (72, 1)
        """
        pixels = round(length * self.scale)
        return max(pixels, 1) if length > 0 else pixels
