"""Deductions in words: why a hidden cell holds a mine, is safe, or shows a certain number.

A proof is looked for as a player does: one number at a time, two numbers together, the mine total, and when all that
is stuck, by trying out a cell. Steps that the conclusion does not rest on are dropped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, permutations
from typing import NamedTuple

from gameqa.core.masks import bits
from gameqa.core.words import cell_text, counted, listed

from .rules import know
from .state import FLAG, HIDDEN, State, neighbours

FAMILIES = 200
"""Sets of numbers compared with the mine total at one point of a proof."""


class Facts(NamedTuple):
    """The settled hidden cells: those with a mine and the safe ones."""

    mine: int
    safe: int

    @property
    def all(self) -> int:
        """All settled cells."""
        return self.mine | self.safe


class View(NamedTuple):
    """A number and the hidden cells around it: flags, settled ones, and `unknown` ones, which hold `need` mines."""

    place: int
    number: int
    flags: int
    mine: int
    safe: int
    unknown: int
    need: int

    @property
    def settled(self) -> int:
        """The settled cells around the number."""
        return self.mine | self.safe


class Step(NamedTuple):
    """One deduction: the cells it settles, and the settled cells it rests on."""

    text: str
    mine: int
    safe: int
    needs: int


class Share(NamedTuple):
    """Unknown cells that hold a known number of mines, why, and the settled cells that this rests on."""

    cells: int
    mines: int
    text: str
    needs: int


Goal = Callable[[Facts], bool]


class Prover:
    """Proofs about one board."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.known = know(state)
        self.near = neighbours(state.rows, state.cols)
        self.hidden, self.flags = state.mask(HIDDEN), state.mask(FLAG)
        flat = [value for row in state.board for value in row]
        self.numbers = [(at, value) for at, value in enumerate(flat) if value > 0 and self.near[at] & self.hidden]

    def settle(self, place: int) -> list[str]:
        """Return the steps that prove a cell to hold a mine or to be safe."""
        steps, _ = self._deduce(1 << place, lambda facts: bool(facts.all >> place & 1))
        return _texts(_used(steps, 1 << place)[0])

    def count(self, place: int) -> list[str]:
        """Return the steps that prove a safe cell to be safe, and how many mines lie around it."""
        cell, around = 1 << place, self.near[place] & self.hidden

        def done(facts: Facts) -> bool:
            return bool(facts.safe & cell) and self._cover(facts, around) is not None

        steps, facts = self._deduce(cell | around & (self.known.mine | self.known.safe), done)
        cover = self._cover(facts, around)
        if cover is None:
            mines = (self.near[place] & self.flags).bit_count() + self.known.counts(cell, around).bit_length() - 1
            tried = f"Trying out all placements of the mines in the unknown cells shows that every one has {mines}"
            return [*_texts(_used(steps, facts.all)[0]), f"{tried} next to {self._name(place)}."]
        needs = cell | around & facts.all
        for share in cover:
            needs |= share.needs
        return [*_texts(_used(steps, needs)[0]), *(share.text for share in cover), self._sum(place, facts, cover)]

    # Finding a proof

    def _deduce(self, wished: int, done: Goal) -> tuple[list[Step], Facts]:
        """Return deductions until `done` or until all provable cells are settled, the `wished` first; and the facts."""
        facts, steps = Facts(0, 0), list[Step]()
        while True:
            more, facts, _ = self._chain(facts, done)
            steps += more
            unsettled = (self.known.mine | self.known.safe) & ~facts.all
            if done(facts) or not unsettled:
                return steps, facts
            step = self._trial(facts, wished & unsettled or unsettled, unsettled)
            steps.append(step)
            facts = _with(facts, step)

    def _chain(self, facts: Facts, done: Goal | None = None) -> tuple[list[Step], Facts, Step | None]:
        """Deduce until `done` or stuck; without `done` until something is impossible, which is returned as well."""
        steps: list[Step] = []
        while done is None or not done(facts):
            views = [self._view(place, number, facts) for place, number in self.numbers]
            clash = next(self._clashes(facts, views), None) if done is None else None
            step = None if clash else next(self._deductions(facts, [view for view in views if view.unknown]), None)
            if step is None:
                return steps, facts, clash
            steps.append(step)
            facts = _with(facts, step)
        return steps, facts, None

    def _view(self, place: int, number: int, facts: Facts) -> View:
        near, flags = self.near[place], self.near[place] & self.flags
        mine, safe = near & facts.mine, near & facts.safe
        need = number - flags.bit_count() - mine.bit_count()
        return View(place, number, flags, mine, safe, near & self.hidden & ~facts.all, need)

    def _deductions(self, facts: Facts, views: Sequence[View]) -> Iterator[Step]:
        """Yield what follows from one number, from two numbers, and from the mine total."""
        for view in views:
            if view.need == 0:
                # That some are safe for another reason does not matter, and the proof need not give that reason.
                rest = view.unknown | view.safe
                found = f"Its {'only mine is' if view.number == 1 else f'{view.number} mines are'} found already"
                text = f"{self._seen(view._replace(safe=0, unknown=rest), 'besides')} {found}, so {self._safe(rest)}."
                yield Step(text, 0, view.unknown, view.mine)
            elif view.need == view.unknown.bit_count():
                yield Step(f"{self._leaves(view)} So {self._mined(view.unknown)}.", view.unknown, 0, view.settled)
        for one, two in permutations(views, 2):
            if one.unknown & two.unknown and two.unknown & ~one.unknown:
                yield from self._pair(one, two)
        for family, rest, left in self._families(facts, views):
            if not rest or left not in (0, rest.bit_count()):
                continue
            said = [self._total(facts), *map(self._leaves, family)]
            if left == 0:
                taken = "These cells take all of them, so" if family else "So"
                others = "" if family else "unknown "
                said.append(f"{taken} no other {others}cell holds a mine: {self._safe(rest)}.")
                yield Step(" ".join(said), 0, rest, facts.mine | _settled(family))
            else:
                others = counted(rest.bit_count(), "other unknown cell" if family else "unknown cell")
                said.append(f"That leaves exactly {counted(left, 'mine')} for {others}: {self._mined(rest)}.")
                yield Step(" ".join(said), rest, 0, facts.all)

    def _pair(self, one: View, two: View) -> Iterator[Step]:
        """Yield what the unknown cells shared by two numbers mean for the other unknown cells of the second number."""
        shared, rest, other = one.unknown & two.unknown, two.unknown & ~one.unknown, one.unknown & ~two.unknown
        least, most = max(0, one.need - other.bit_count()), min(one.need, shared.bit_count())
        said = f"{self._leaves(one)} {self._leaves(two)}"
        joint = f"{self._cells(shared)}, shared by both, {'holds' if shared.bit_count() == 1 else 'hold'}"
        if not other:
            joint = f"The former cells are all among the latter and hold {counted(one.need, 'mine')}"
        if two.need == least:
            bound = f" at least {counted(least, 'mine')}" if other else ""
            yield Step(f"{said} {joint}{bound}, so {self._safe(rest)}.", 0, rest, one.settled | two.settled)
        elif two.need - most == rest.bit_count():
            bound = f" at most {counted(most, 'mine')}" if other else ""
            free = other if most == one.need else 0
            tail = f", and {self._safe(free)}" if free else ""
            yield Step(f"{said} {joint}{bound}, so {self._mined(rest)}{tail}.", rest, free, one.settled | two.settled)

    def _families(self, facts: Facts, views: Sequence[View]) -> Iterator[tuple[list[View], int, int]]:
        """Yield numbers without common unknown cells, all other unknown cells, and the mines left for these."""
        distinct = list({view.unknown: view for view in views if view.need > 0}.values())
        free, left = self.hidden & ~facts.all, self.known.left - facts.mine.bit_count()

        def grow(family: list[View], rest: int, left: int, start: int) -> Iterator[tuple[list[View], int, int]]:
            yield family, rest, left
            for at in range(start, len(distinct)):
                view = distinct[at]
                if view.unknown & ~rest == 0:
                    yield from grow([*family, view], rest & ~view.unknown, left - view.need, at + 1)

        return islice(grow([], free, left, 0), FAMILIES)

    def _clashes(self, facts: Facts, views: Sequence[View]) -> Iterator[Step]:
        """Yield what is impossible about the facts."""
        for view in views:
            room = view.number - view.need + view.unknown.bit_count()
            if view.need < 0:
                text = f"Then {self._name(view.place)} shows {view.number} but has more mines around it"
                yield Step(text, 0, 0, view.mine)
            elif view.number > room:
                text = f"Then {self._name(view.place)} shows {view.number} but has room for only {room} around it"
                yield Step(text, 0, 0, view.settled)
        for family, rest, left in self._families(facts, [view for view in views if view.unknown]):
            if 0 <= left <= rest.bit_count():
                continue
            said = [self._total(facts), *map(self._leaves, family)]
            if left < 0:
                said.append(f"Then the board has more than {counted(self.state.mines, 'mine')}")
            else:
                room = (
                    f"in {counted(rest.bit_count(), 'other unknown cell')}" if rest else "where no unknown cell is left"
                )
                said.append(f"Then {left} more would have to lie {room}")
            yield Step(" ".join(said), 0, 0, facts.all)

    def _trial(self, facts: Facts, wished: int, provable: int) -> Step:
        """Settle one provable cell, a wished one if possible, by showing that the opposite is impossible."""
        for cells, depth in ((wished, 0), (provable & ~wished, 0), (wished, 1)):
            found = [step for place in bits(cells) if (step := self._opposite(facts, place, depth)) is not None]
            if found:
                return min(found, key=lambda step: len(step.text))
        mine, safe = wished & self.known.mine, wished & self.known.safe
        truth = " and ".join([self._mined(mine)] * (mine > 0) + [self._safe(safe)] * (safe > 0))
        text = f"Trying out all placements of the mines in the unknown cells shows that {truth}."
        return Step(text, mine, safe, facts.all)

    def _opposite(self, facts: Facts, place: int, depth: int) -> Step | None:
        cell, mined = 1 << place, bool(self.known.mine >> place & 1)
        proof = self._impossible(_guess(facts, cell, not mined), depth)
        if proof is None:
            return None
        guess, truth = ("were safe", self._mined(cell)) if mined else ("held a mine", self._safe(cell))
        text = f"Suppose {self._name(place)} {guess}. {proof.text} So {truth}."
        return Step(text, cell * mined, cell * (not mined), proof.needs & facts.all)

    def _impossible(self, facts: Facts, depth: int) -> Step | None:
        """Refute facts; up to `depth` more cells may be tried out one inside the other."""
        steps, later, clash = self._chain(facts)
        if clash is not None:
            used, needs = _used(steps, clash.needs)
            return Step(" ".join([*_texts(used), f"{clash.text}, which is impossible."]), 0, 0, needs)
        if depth == 0:
            return None
        for place in bits(self.hidden & ~later.all):
            mined = self._impossible(_guess(later, 1 << place, True), depth - 1)
            safe = mined and self._impossible(_guess(later, 1 << place, False), depth - 1)
            if mined and safe:
                used, needs = _used(steps, mined.needs | safe.needs)
                name = self._name(place)
                cases = f"If {name} held a mine: {mined.text} If {name} were safe: {safe.text}"
                return Step(" ".join([*_texts(used), cases]), 0, 0, needs & ~(1 << place))
        return None

    def _cover(self, facts: Facts, around: int) -> list[Share] | None:
        """Return shares that make up the unknown cells of `around`, none of them twice."""
        unknown = around & ~facts.all
        shares = [*self._shares(facts, unknown)] if unknown else []

        def fill(rest: int) -> list[Share] | None:
            if not rest:
                return []
            for share in shares:
                if share.cells & rest & -rest and share.cells & ~rest == 0:
                    more = fill(rest & ~share.cells)
                    if more is not None:
                        return [share, *more]
            return None

        return fill(unknown)

    def _shares(self, facts: Facts, within: int) -> Iterator[Share]:
        """Yield what one number, two numbers, and the mine total say about unknown cells inside a set.

        Numbers that settle cells by themselves are left out: they are used up first.
        """
        views = [self._view(place, number, facts) for place, number in self.numbers]
        views = [view for view in views if 0 < view.need < view.unknown.bit_count()]
        for view in views:
            if view.unknown & ~within == 0:
                yield Share(view.unknown, view.need, self._leaves(view), view.settled)
        for one, two in permutations(views, 2):
            rest, left = two.unknown & ~one.unknown, two.need - one.need
            if 0 < left < rest.bit_count() and rest & ~within == 0 and one.unknown & ~two.unknown == 0:
                said = f"{self._leaves(one)} {self._leaves(two)} The former cells are all among the latter"
                text = f"{said}; that leaves exactly {counted(left, 'mine')} for {self._cells(rest)}."
                yield Share(rest, left, text, one.settled | two.settled)
        for family, rest, left in self._families(facts, views):
            if 0 < left < rest.bit_count() and rest & ~within == 0:
                said, other = [self._total(facts), *map(self._leaves, family)], "other " if family else ""
                said.append(
                    f"So exactly {counted(left, 'mine')} must lie in the {other}unknown cells, {self._cells(rest)}."
                )
                yield Share(rest, left, " ".join(said), facts.all)

    # Wording

    def _sum(self, place: int, facts: Facts, cover: Sequence[Share]) -> str:
        """Count the mines around a cell."""
        near, name = self.near[place], self._name(place)
        certain = near & (self.flags | facts.mine)
        parts = [f"{certain.bit_count()} at {self._cells(certain)}"] * (certain > 0)
        parts += [f"{share.mines} in {self._cells(share.cells)}" for share in cover]
        total = certain.bit_count() + sum(share.mines for share in cover)
        if total == 0:
            return f"No mine lies around {name}: none of its neighbours is flagged, and the hidden ones are all safe."
        return f"Mines around {name}: {', '.join(parts)}. That makes {total}."

    def _total(self, facts: Facts) -> str:
        """Say how many mines are left."""
        flagged, found = self.flags.bit_count(), facts.mine.bit_count()
        parts = [f"{flagged} flagged"] * (flagged > 0) + [f"{found} found at {self._cells(facts.mine)}"] * (found > 0)
        left = self.known.left - found
        known = f", {listed(parts)}" if parts else ""
        return f"The board has {counted(self.state.mines, 'mine')}{known}: {left if left > 0 else 'none'} left."

    def _seen(self, view: View, rest: str = "unknown") -> str:
        """Describe a number and the hidden cells around it; `rest` is the word for those not yet known."""
        parts = [
            (view.flags, "flagged"),
            (view.mine, "a mine" if view.mine.bit_count() == 1 else "mines"),
            (view.safe, "safe"),
            (view.unknown, rest),
        ]
        around = "; ".join(f"{self._cells(cells)} {word}" for cells, word in parts if cells)
        return f"{self._name(view.place)} shows {view.number}; hidden around it: {around}."

    def _leaves(self, view: View) -> str:
        """Describe a number and say how many mines its unknown cells hold."""
        return f"{self._seen(view)} That leaves exactly {counted(view.need, 'mine')} for {self._cells(view.unknown)}."

    def _name(self, place: int) -> str:
        return cell_text(divmod(place, self.state.cols))

    def _cells(self, mask: int) -> str:
        return listed(map(self._name, bits(mask)))

    def _safe(self, mask: int) -> str:
        return f"{self._cells(mask)} {'is' if mask.bit_count() == 1 else 'are'} safe"

    def _mined(self, mask: int) -> str:
        return f"{self._cells(mask)} {'holds a mine' if mask.bit_count() == 1 else 'hold mines'}"


def _guess(facts: Facts, cell: int, mined: bool) -> Facts:
    return Facts(facts.mine | cell * mined, facts.safe | cell * (not mined))


def _with(facts: Facts, step: Step) -> Facts:
    return Facts(facts.mine | step.mine, facts.safe | step.safe)


def _settled(views: Iterable[View]) -> int:
    cells = 0
    for view in views:
        cells |= view.settled
    return cells


def _texts(steps: Iterable[Step]) -> list[str]:
    return [step.text for step in steps]


def _used(steps: Sequence[Step], needs: int) -> tuple[list[Step], int]:
    """Return the steps that `needs` rests on, in order, and all cells that these rest on."""
    used: list[Step] = []
    for step in reversed(steps):
        if (step.mine | step.safe) & needs:
            used.append(step)
            needs |= step.needs
    return used[::-1], needs
