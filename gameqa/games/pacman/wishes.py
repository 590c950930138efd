"""What a plan wants of a board: where the ghosts stand, and what will happen.

A wish is drawn before the board, so the shares of answers do not depend on how easily boards with them are found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from random import Random
from typing import Literal

import msgspec

from gameqa.core.grids import manhattan

from .rules import (
    DIRECTIONS,
    OFFSETS,
    beans_on,
    best_run,
    compass,
    eaten,
    pinky_target,
    play,
    runs,
    snare,
    straight,
    travel,
    within,
)
from .state import Cell, Direction, Name, State, bit, bits, cells

Leg = tuple[Direction, int]
"""A direction that Pac-Man tries, and how often."""
Ghosts = tuple[Cell, Cell]
"""The cells of Pinky and Blinky."""

NAMES: tuple[Name, ...] = ("Pinky", "Blinky")
NEAR, FAR = (2, 8), 9
"""Steps from Pac-Man to a ghost that is near, and least steps to one that is not."""
STEPS = (3, 20)
"""Steps from Pac-Man to the ghosts where a ghost's next step is asked for."""


@dataclass(frozen=True)
class Scene:
    """A board without ghosts. `walk` goes back from Pac-Man; of it he has eaten `trail` cells, his own included.

    No ghost stands on the walk, so that trails of any length are possible.
    """

    size: int
    free: int
    walk: Sequence[Cell]
    direction: Direction
    trail: int

    @property
    def pacman(self) -> Cell:
        """Pac-Man's cell."""
        return self.walk[0]

    @property
    def beans(self) -> int:
        """Where beans lie as long as there are no ghosts."""
        return self.free & ~bits(self.walk[: self.trail], self.size)

    @property
    def room(self) -> int:
        """Where ghosts may stand."""
        return self.free & ~bits(self.walk, self.size)

    @property
    def goals(self) -> dict[Name, Cell]:
        """The ghosts' targets."""
        pinky = pinky_target(self.free, self.pacman, self.direction, self.size)
        return {"Pinky": pinky, "Blinky": self.pacman}

    def near(self, least: int, most: int | None = None) -> int:
        """Return where ghosts may stand `least` to `most` steps from Pac-Man."""
        return self.room & within(self.free, self.pacman, self.size, least, most)

    def ahead(self, direction: Direction) -> int:
        """Return how many beans lie in a direction up to the first wall."""
        return (self.beans & bits(straight(self.free, self.pacman, direction, self.size), self.size)).bit_count()

    def snare(self, moves: Iterable[Direction], name: Name) -> int:
        """Return the cells from which a ghost catches Pac-Man when he tries these moves."""
        return snare(self.free, travel(self.free, self.pacman, self.direction, moves, self.size), name, self.size)

    def state(self, trail: int, ghosts: Ghosts) -> State:
        """Return the board with a trail of a length and with ghosts."""
        size, full = self.size, (1 << self.size * self.size) - 1
        beans = self.free & ~bits([*self.walk[:trail], *ghosts], size)
        return State(size, full ^ self.free, beans, self.pacman, self.direction, *ghosts)


class Wish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag=True):
    """Any board."""

    @property
    def placings(self) -> int:
        """Placings of the ghosts that are tried in one scene."""
        return 1

    def fits(self, scene: Scene) -> bool:
        """Say whether the scene may do."""
        return True

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Place the ghosts; None when the scene has no place for them."""
        return _two(rng, "Pinky", scene.room, scene.room, scene.size)

    def suits(self, state: State) -> bool:
        """Say whether the finished board does."""
        return True


class Closer(Wish, frozen=True, kw_only=True):
    """The nearer ghost by Manhattan distance (None: neither), and whether the distances differ by 3 at most."""

    winner: Name | None
    slight: bool

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Place one ghost anywhere, then the other one."""
        room = cells(scene.room, scene.size)
        one = rng.choice(room)
        gaps = {cell: manhattan(scene.pacman, cell) - manhattan(scene.pacman, one) for cell in room if cell != one}
        if self.winner is None:
            others = [cell for cell, gap in gaps.items() if gap == 0]
        else:
            others = [cell for cell, gap in gaps.items() if gap and (abs(gap) <= 3) == self.slight]
        if not others:
            return None
        other = rng.choice(others)
        nearer, farther = (one, other) if gaps[other] > 0 else (other, one)
        return (nearer, farther) if self.winner != "Blinky" else (farther, nearer)


class Ahead(Wish, frozen=True, kw_only=True):
    """How many beans lie ahead of Pac-Man; None: two or more."""

    beans: Literal[0, 1] | None

    def fits(self, scene: Scene) -> bool:
        """Count the beans."""
        return self._meant(scene.ahead(scene.direction))

    def suits(self, state: State) -> bool:
        """Count the beans again: ghosts have none below them, and trails vary."""
        return self._meant(len(beans_on(state, straight(state.free, state.pacman, state.direction, state.size))))

    def _meant(self, found: int) -> bool:
        return found == self.beans if self.beans is not None else found >= 2


class Step(Wish, frozen=True, kw_only=True):
    """A ghost's next step, whether priority decides it, and whether the larger coordinate difference misleads."""

    ghost: Name
    step: Direction
    tie: bool
    misleading: bool

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Choose among all cells from which the ghost takes the step."""
        size, goals = scene.size, scene.goals
        goal = goals[self.ghost]
        found = compass(scene.free, goal, size)
        room = scene.near(*STEPS)
        fitting = room & found.steps[self.step] & (found.ties if self.tie else ~found.ties)
        places = bits((c for c in cells(fitting, size) if misleads(c, goal, self.step) == self.misleading), size)
        return _two(rng, self.ghost, places, room & ~bit(goals["Pinky"], size), size)


class Change(Wish, frozen=True, kw_only=True):
    """A ghost's next step, and whether Pac-Man's move changes it."""

    ghost: Name
    step: Direction
    move: Leg
    change: bool

    def fits(self, scene: Scene) -> bool:
        """Pac-Man must be able to move."""
        return bool(straight(scene.free, scene.pacman, self.move[0], scene.size, 1))

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Choose the step after the move, then a cell from which the ghost takes both."""
        size, free = scene.size, scene.free
        direction, tries = self.move
        path = straight(free, scene.pacman, direction, size, tries)
        later = {"Pinky": pinky_target(free, path[-1], direction, size), "Blinky": path[-1]}
        before, after = (compass(free, goal[self.ghost], size) for goal in (scene.goals, later))
        room = scene.near(*STEPS) & ~bits(path, size)
        asked = [
            fitting
            for step, found in after.steps.items()
            if (step != self.step) == self.change and (fitting := found & before.steps[self.step] & room)
        ]
        if not asked:
            return None
        others = room & ~bits((scene.goals["Pinky"], later["Pinky"]), size)
        return _two(rng, self.ghost, rng.choice(asked), others, size)


class Outcome(Wish, frozen=True, kw_only=True):
    """What Pac-Man's moves come to: the ghost that catches him, or else the beans he eats.

    `near` asks for a ghost near by (or none); `stuck` allows that walls block all tries of a leg.
    """

    legs: tuple[Leg, Leg]
    by: Name | None
    beans: int
    near: bool
    stuck: bool

    @property
    def placings(self) -> int:
        """The ghosts shall be in the way, or not."""
        return 4

    def fits(self, scene: Scene) -> bool:
        """Each leg must move Pac-Man, unless it may be stuck; where no ghost comes, the beans must be right."""
        (first, count), (second, other) = self.legs
        leg = straight(scene.free, scene.pacman, first, scene.size, count)
        rest = straight(scene.free, [scene.pacman, *leg][-1], second, scene.size, other)
        if not (self.stuck or (leg and rest)):
            return False
        return self.by is not None or (scene.beans & bits(leg + rest, scene.size)).bit_count() == self.beans

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Place the ghost that shall catch Pac-Man in a snare."""
        if self.by is None:
            return _distant(scene, rng, self.near)
        places = scene.near(*NEAR) & scene.snare(tries(self.legs), self.by)
        return _two(rng, self.by, places, scene.near(NEAR[0]), scene.size)

    def suits(self, state: State) -> bool:
        """Play the moves."""
        turns = play(state, tries(self.legs))
        by = turns[-1].by
        return by == (self.by,) if self.by else not by and eaten(turns) == self.beans


class Best(Wish, frozen=True, kw_only=True):
    """The best direction, and whether the one with most beans ends in capture. `near`: as in `Outcome`."""

    answer: Direction | Literal["CAUGHT"]
    bait: bool
    near: bool

    @property
    def placings(self) -> int:
        """Ghosts that are placed as bait leave the other directions to chance."""
        return 4

    def fits(self, scene: Scene) -> bool:
        """The direction with most beans must be the best one, unless it is bait."""
        return (_tempting(scene) == self.answer) != self.bait

    def ghosts(self, scene: Scene, rng: Random) -> Ghosts | None:
        """Snare the direction with most beans, or all of them."""
        if self.answer == "CAUGHT":
            return _hopeless(scene, rng)
        if not self.bait:
            return _distant(scene, rng, self.near)
        tempting = _tempting(scene)
        length = len(straight(scene.free, scene.pacman, tempting, scene.size))
        name = rng.choice(NAMES)
        places = scene.near(*NEAR) & scene.snare(repeat(tempting, length), name)
        return _two(rng, name, places, scene.near(NEAR[0]), scene.size)

    def suits(self, state: State) -> bool:
        """Run in all directions."""
        found = list(runs(state))
        best = best_run(found)
        if best is None or best.direction != self.answer:
            return best is None and self.answer == "CAUGHT"
        totals = {one.direction: len(beans_on(state, one.path)) for one in found}
        tempting = max(totals, key=totals.__getitem__)
        return (tempting != self.answer) == self.bait


AnyWish = Wish | Closer | Ahead | Step | Change | Outcome | Best


def tries(legs: Sequence[Leg]) -> list[Direction]:
    """Return the directions that Pac-Man tries, one for each turn."""
    return [direction for direction, count in legs for _ in range(count)]


def misleads(ghost: Cell, goal: Cell, step: Direction) -> bool:
    """Say whether a step does not lie along the larger coordinate difference (either one when they are equal)."""
    down, across = goal[0] - ghost[0], goal[1] - ghost[1]
    ahead_down, ahead_across = OFFSETS[step]
    larger = max(abs(down), abs(across))
    return larger not in (ahead_down * down, ahead_across * across)


def _tempting(scene: Scene) -> Direction:
    """Return the direction with most beans up to the wall; Pac-Man always came from an available one."""
    available: list[Direction] = [d for d in DIRECTIONS if straight(scene.free, scene.pacman, d, scene.size, 1)]
    return max(available, key=scene.ahead)


def _two(rng: Random, name: Name, places: int, others: int, size: int) -> Ghosts | None:
    """Choose a cell for the ghost of a name among `places`, then another cell for the other ghost."""
    if not places:
        return None
    one = rng.choice(cells(places, size))
    others &= ~bit(one, size)
    if not others:
        return None
    other = rng.choice(cells(others, size))
    return (one, other) if name == "Pinky" else (other, one)


def _distant(scene: Scene, rng: Random, near: bool) -> Ghosts | None:
    """Place one ghost near by and one anywhere, or both far away."""
    places, others = (scene.near(*NEAR), scene.near(NEAR[0])) if near else (scene.near(FAR), scene.near(FAR))
    return _two(rng, rng.choice(NAMES), places, others, scene.size)


def _hopeless(scene: Scene, rng: Random) -> Ghosts | None:
    """Place the ghosts so that one of them snares each available direction."""
    pairs = [(scene.near(*NEAR), scene.near(*NEAR))]
    for direction in DIRECTIONS:
        length = len(straight(scene.free, scene.pacman, direction, scene.size))
        if length:
            caught = {name: scene.snare(repeat(direction, length), name) for name in NAMES}
            pairs = [
                pair
                for pinky, blinky in pairs
                for pair in ((pinky & caught["Pinky"], blinky), (pinky, blinky & caught["Blinky"]))
                if all(pair)
            ]
    if not pairs:
        return None
    pinky, blinky = rng.choice(pairs)
    return _two(rng, "Pinky", pinky, blinky, scene.size)
