"""Marbles as discs of their colours, the chain by following touching discs, the frog's aim by its outline.

The track winds counter-clockwise outwards, so a chain that is listed from its outer end turns clockwise.
"""

from itertools import pairwise
from math import dist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gameqa.core.audit import Reader
from gameqa.core.game import Json
from gameqa.draw.reading import Pixels, nearest

from .render import BASE, FILL, HALF_BASE, SIDE, TIP
from .state import DIAMETER, State

Spot = tuple[float, float]
"""(x, y) in pixels, y downwards."""

COLORED = 90
"""How far apart the channels of a marble's pixels are at least; black, grey and white have none of this."""


def _discs(picture: Pixels) -> list[tuple[Spot, str]]:
    """Return centre and colour of every marble, that on the frog included."""
    from scipy import ndimage

    # Every other pixel is enough to find discs of thirteen pixels' radius and more.
    small = picture[::2, ::2]
    colored = small.max(axis=2) - small.min(axis=2) > COLORED
    # The marks are holes in the discs; neighbours may be joined where their rims have blurred.
    depth: Any = ndimage.distance_transform_edt(ndimage.binary_fill_holes(colored))
    regions: Any = ndimage.label(depth > 0.6 * depth.max())
    labels, count = regions
    found, reach = list[tuple[Spot, str]](), round(0.75 * depth.max())
    for y, x in ndimage.center_of_mass(labels > 0, labels, range(1, count + 1)):
        window = np.s_[round(y) - reach : round(y) + reach + 1, round(x) - reach : round(x) + reach + 1]
        r, g, b = np.median(small[window][colored[window]], axis=0)
        found.append(((2 * float(x) + 0.5, 2 * float(y) + 0.5), nearest((int(r), int(g), int(b)), FILL, most=110)))
    return found


def _chain(discs: list[tuple[Spot, str]]) -> tuple[list[int], int]:
    """Return the marbles on the track, outer end first, and the one on the frog, which touches none."""
    spots = np.array([spot for spot, _ in discs])
    apart = np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2))
    np.fill_diagonal(apart, np.inf)
    touching = apart < 1.3 * np.median(apart.min(axis=1))
    links = touching.sum(axis=1)
    alone, ends = np.flatnonzero(links == 0), np.flatnonzero(links == 1)
    if len(alone) != 1 or len(ends) != 2 or links.max() > 2:
        raise ValueError(f"{len(alone)} marbles touch none, {len(ends)} touch one, one touches {links.max()}")
    chain = [int(ends[0])]
    while len(chain) < len(discs) - 1:
        chain.append(next(int(other) for other in np.flatnonzero(touching[chain[-1]]) if other not in chain[-2:]))
    ways = np.diff(spots[chain], axis=0)
    # With y downwards a positive turn is clockwise.
    turn = (ways[:-1, 0] * ways[1:, 1] - ways[:-1, 1] * ways[1:, 0]).sum()
    return (chain if turn > 0 else chain[::-1]), int(alone[0])


def _aim(picture: Pixels, frog: Spot, unit: float) -> int:
    """Return the whole degree at which the outline of the frog's triangle is darkest."""
    from scipy import ndimage

    reach = round(2 * unit)
    left, top = max(0, round(frog[0]) - reach), max(0, round(frog[1]) - reach)
    dark: NDArray[np.float64] = 255.0 - picture[top : top + 2 * reach, left : left + 2 * reach].max(axis=2)
    corners = np.array([(TIP, 0.0), (-BASE, HALF_BASE), (-BASE, -HALF_BASE), (TIP, 0.0)]) * unit
    steps = np.linspace(0, 1, 100)[:, None]
    edge = np.concatenate([one + (other - one) * steps for one, other in pairwise(corners)])

    def darkness(angles: NDArray[np.int64], right: float, down: float) -> NDArray[np.float64]:
        """Return how dark the outline is at each of these angles, when it lies a little beside the marble."""
        turns = np.radians(angles)[:, None]
        x = frog[0] - left + right + edge[:, 0] * np.cos(turns) - edge[:, 1] * np.sin(turns)
        y = frog[1] - top + down - edge[:, 0] * np.sin(turns) - edge[:, 1] * np.cos(turns)
        return ndimage.map_coordinates(dark, [y - 0.5, x - 0.5], order=1).mean(axis=1)

    rough = int(darkness(np.arange(-179, 181), 0, 0).argmax()) - 179
    # The marble is pasted on whole pixels, the triangle is not.
    angles, shifts = np.arange(rough - 4, rough + 5), np.linspace(-0.75, 0.75, 7)
    best = max(max(zip(darkness(angles, x, y), angles, strict=True)) for x in shifts for y in shifts)[1]
    return int((best + 179) % 360) - 179


def _read(picture: Pixels) -> Json:
    """Return the frog's colour and aim, and the colours of the chain from its outer end."""
    if picture.shape[:2] != (SIDE, SIDE):
        raise ValueError(f"a picture has {SIDE} x {SIDE} pixels")
    discs = _discs(picture)
    chain, frog = _chain(discs)
    spots = [discs[marble][0] for marble in chain]
    unit = float(np.mean([dist(*pair) for pair in pairwise(spots)])) / DIAMETER
    return [discs[frog][1], _aim(picture, discs[frog][0], unit), [discs[marble][1] for marble in chain]]


READER = Reader[State](
    read=_read,
    shown=lambda state: [state.shot, state.angle, state.colors],
    unread="The places of marbles, frog and hole: they are numbers without steps and cannot be compared for equality.",
)
