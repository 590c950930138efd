"""The four questions."""

from collections.abc import Iterable, Mapping
from random import Random
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gameqa.core.answers import AnswerKind
from gameqa.core.game import Level, NoParams, QAType, Solution, Task
from gameqa.core.grids import Cell, around, sides
from gameqa.core.options import shuffled
from gameqa.core.words import cell_text, cells_text, counted, listed

from .generate import StarBattleParams
from .rules import finished_boards, objections, open_cells, open_regions
from .state import State

Index = Annotated[int, Meta(ge=0)]
NONE_SHARE = 1 / 8
"""How often the option that names no cell is right."""


class RegionParams(msgspec.Struct, forbid_unknown_fields=True):
    """Params of a question about one region."""

    region: Index


class LastStar(Task[State, StarBattleParams]):
    """Task 1."""

    id, slug = 1, "last_star"
    about = "Find the place of a missing star."
    qa_type, qa_level = QAType.STATE_PREDICTION, Level.HARD
    kind = AnswerKind.COORDINATE
    params_type = RegionParams
    answer_form = "(row, column)"
    answer_bound = 0.2

    def plan(self, level: StarBattleParams, rng: Random) -> StarBattleParams:
        shown = level.size - level.missing
        return msgspec.structs.replace(level, stars=(shown, shown))

    def ask(self, state: State, plan: StarBattleParams, rng: Random) -> dict[str, Any] | None:
        boards = list(finished_boards(state))
        fits = [
            region
            for region in open_regions(state, state.stars)
            if len({star for board in boards for star in board if star in state.regions[region]}) == 1
            and (not plan.ahead or len(open_cells(state, region, state.stars)) > 1)
        ]
        return {"region": rng.choice(fits)} if fits else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        missing = counted(state.size - len(state.stars), "star is", "stars are")
        return (
            f"{_regions(state)} {missing} still missing on this board. "
            f"In which cell must the star of {_region(state, params)} stand?"
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        region = params["region"]
        ends = {star for board in finished_boards(state) for star in board if star in state.regions[region]}
        if len(ends) != 1:
            raise ValueError(f"the star of region {region} can stand in {len(ends)} cells")
        (answer,) = ends
        owners = state.owners()
        placed = listed(f"{cell_text(star)} in region {owners[star]}" for star in state.stars)
        regions = open_regions(state, state.stars)
        taken = [{star[axis] for star in state.stars} for axis in (0, 1)]
        rows, cols = ([line for line in range(state.size) if line not in lines] for lines in taken)
        choices = open_cells(state, region, state.stars)
        steps = [
            f"The stars on the board: {placed}.",
            f"Still without a star: {_lines('row', rows)}; {_lines('column', cols)}; {_lines('region', regions)}.",
            f"Region {region} has {counted(len(choices), 'cell')} in such rows and columns that touch no star: "
            f"{cells_text(choices)}.",
        ]
        steps += [_failure(state, region, cell) for cell in choices if cell != answer]
        board = next(board for board in finished_boards(state) if answer in board)
        rest = [star for star in board if star not in state.stars and star != answer]
        done = f"; the other missing stars can stand on {cells_text(rest)}" if rest else ""
        steps.append(
            f"So the star of region {region} stands on {cell_text(answer)}{done}: then every row, column and region "
            "holds one star and no two touch."
        )
        work = state.size + sum(len(open_cells(state, number, state.stars)) for number in regions)
        return Solution(answer, steps, work=float(work))


class CellsOfRegion(Task[State, StarBattleParams]):
    """Task 2."""

    id, slug = 2, "cells_of_region"
    about = "Find a cell of a given region."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = RegionParams
    option_type = tuple[Index, Index]

    def ask(self, state: State, plan: StarBattleParams, rng: Random) -> dict[str, Any]:
        return {"region": rng.randrange(state.size)}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_regions(state)} Which of the listed cells belongs to {_region(state, params)}?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        cells = state.regions[params["region"]]
        color = state.colors[params["region"]]
        steps = [f"Region {params['region']} is {color}. Look up the colour of each listed cell by row and column."]
        return Solution(cells[0], steps, also=cells[1:], work=float(state.size))

    def right_option(
        self, state: State, plan: StarBattleParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return rng.choice(solution.accepted)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        near, far = _beside(state, params["region"], rng)
        yield from [*near[:4], *shuffled([*near[4:], *far], rng)]

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        owner = state.owners()[value[0], value[1]]
        match = "the region asked for" if owner == params["region"] else "another region"
        return f"the cell is {state.colors[owner]}, region {owner}, {match}."


class StarOfRegion(Task[State, StarBattleParams]):
    """Task 3."""

    id, slug = 3, "star_of_region"
    about = "Find the star of a given region."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.EASY
    kind = AnswerKind.CHOICE
    params_type = RegionParams
    option_type = tuple[Index, Index] | None

    def plan(self, level: StarBattleParams, rng: Random) -> StarBattleParams:
        return msgspec.structs.replace(level, none=rng.random() < NONE_SHARE)

    def ask(self, state: State, plan: StarBattleParams, rng: Random) -> dict[str, Any]:
        starless = open_regions(state, state.stars)
        fits = [region for region in range(state.size) if (region in starless) == plan.none]
        return {"region": rng.choice(fits)}

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return f"{_regions(state)} On which of the listed cells does the star of {_region(state, params)} stand?"

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        region = params["region"]
        star = next((star for star in state.stars if star in state.regions[region]), None)
        steps = [f"Region {region} is {state.colors[region]}. Look up the region of each listed cell and its star."]
        return Solution(star, steps, work=float(state.size + len(state.stars)))

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        region = params["region"]
        own = [cell for cell in state.regions[region] if cell not in state.stars]
        stars = [star for star in state.stars if star not in state.regions[region]]
        near, far = _beside(state, region, rng)
        yield None
        # Without a star to list, one more cell of the region keeps the numbers of cells alike.
        yield from shuffled(own, rng)[: rng.randint(2, 4) + (right is None)]
        yield from shuffled(stars, rng)[: rng.randint(2, 3)]
        yield from [*near, *far]

    def option_text(self, state: State, value: Any) -> str:
        return "this region has no star yet" if value is None else cell_text(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        region = params["region"]
        if value is None:
            place = solution.value
            return (
                f"region {region} has its star on {cell_text(place)}."
                if place
                else f"no star stands in region {region}."
            )
        owner = state.owners()[value[0], value[1]]
        star = "a star stands there" if tuple(value) in state.stars else "no star stands there"
        return f"the cell is in region {owner} ({state.colors[owner]}), and {star}."


class ValidCells(Task[State, StarBattleParams]):
    """Task 4."""

    id, slug = 4, "valid_cells"
    about = "Find a cell where a star may be placed now."
    qa_type, qa_level = QAType.TARGET_PERCEPTION, Level.MEDIUM
    kind = AnswerKind.CHOICE
    params_type = NoParams
    option_type = tuple[Index, Index] | None
    judges_list = True

    def plan(self, level: StarBattleParams, rng: Random) -> StarBattleParams:
        return msgspec.structs.replace(level, none=rng.random() < NONE_SHARE)

    def ask(self, state: State, plan: StarBattleParams, rng: Random) -> dict[str, Any] | None:
        return {} if plan.none or _free(state) else None

    def question(self, state: State, params: Mapping[str, Any]) -> str:
        return (
            f"{_regions(state)} On which of the listed cells could one more star be placed right now without breaking "
            "a rule? That is: the cell is empty, its row, its column and its region have no star yet, and none of its "
            "eight neighbours holds one. Whether the board can still be finished afterwards plays no role."
        )

    def solve(self, state: State, params: Mapping[str, Any]) -> Solution:
        free: list[Cell | None] = [*_free(state)]
        steps = [f"Stars stand on {cells_text(state.stars)}. Check each listed cell against them."]
        return Solution(
            free[0] if free else None, steps, also=[*free[1:], None], work=float(state.size + len(state.stars))
        )

    def right_option(
        self, state: State, plan: StarBattleParams, params: Mapping[str, Any], solution: Solution, rng: Random
    ) -> Any:
        return None if plan.none else rng.choice(_free(state))

    def is_right(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution | None = None) -> bool:
        found = solution if solution is not None else self.solve(state, params)
        if value is not None:
            return (value[0], value[1]) in found.accepted
        return not any((option[0], option[1]) in found.accepted for option in params["options"] if option is not None)

    def distractors(
        self, state: State, params: Mapping[str, Any], solution: Solution, right: Any, rng: Random
    ) -> Iterable[Any]:
        """One cell that fails by each single rule, where there is one; then others, at most one with a star."""
        owners = state.owners()
        board = shuffled(sorted(owners), rng)
        against = {cell: {objection.rule for objection in objections(state, cell, owners)} for cell in board}
        yield None
        for rule in shuffled(["row", "column", "region", "touch"], rng):
            yield from [cell for cell in board if against[cell] == {rule}][:1]
        rest = [cell for cell in board if against[cell] and cell not in state.stars]
        yield from shuffled([*rest[: self.option_count], rng.choice(state.stars)], rng)
        yield from rest

    def option_text(self, state: State, value: Any) -> str:
        return "on none of the listed cells" if value is None else cell_text(value)

    def verdict(self, state: State, params: Mapping[str, Any], value: Any, solution: Solution) -> str:
        if value is None:
            found = self.is_right(state, params, value)
            return "every listed cell breaks a rule." if found else "a listed cell breaks no rule."
        owners = state.owners()
        found = objections(state, (value[0], value[1]), owners)
        if not found:
            return "no objection: row, column, region and neighbours are free of stars."
        return f"{listed(_reason(owners, objection.rule, objection.star) for objection in found)}."


def _free(state: State) -> list[Cell]:
    """Return the cells where a star breaks no rule now, in reading order."""
    regions = open_regions(state, state.stars)
    return sorted(cell for region in regions for cell in open_cells(state, region, state.stars))


def _regions(state: State) -> str:
    """Name each region by number and colour."""
    named = listed(f"region {number} is {color}" for number, color in enumerate(state.colors))
    return f"{named[0].upper()}{named[1:]}."


def _lines(noun: str, numbers: list[int]) -> str:
    return f"{noun}{'' if len(numbers) == 1 else 's'} {listed(numbers)}"


def _region(state: State, params: Mapping[str, Any]) -> str:
    return f"region {params['region']} ({state.colors[params['region']]})"


def _beside(state: State, region: int, rng: Random) -> tuple[list[Cell], list[Cell]]:
    """Return the cells that share a side with a region, and all further ones, each shuffled."""
    own = set(state.regions[region])
    edge = {cell for member in own for cell in sides(member)} - own
    others = sorted(set(state.owners()) - own)
    return (
        shuffled([cell for cell in others if cell in edge], rng),
        shuffled([cell for cell in others if cell not in edge], rng),
    )


def _reason(owners: dict[Cell, int], rule: str, star: Cell) -> str:
    """Say how a star stands in the way."""
    return {
        "star": "a star stands there already",
        "row": f"row {star[0]} has the star {cell_text(star)}",
        "column": f"column {star[1]} has the star {cell_text(star)}",
        "region": f"region {owners[star]} has the star {cell_text(star)}",
        "touch": f"it touches the star {cell_text(star)}",
    }[rule]


def _failure(state: State, region: int, cell: Cell) -> str:
    """Say why a star on an open cell of a region cannot be completed."""
    stars = (*state.stars, cell)
    places = {number: open_cells(state, number, stars) for number in open_regions(state, stars)}
    empty = [number for number, cells in places.items() if not cells]
    if empty:
        lost = _blocked(state, cell, empty[0])
        return f"With a star on {cell_text(cell)}, region {empty[0]} would have no cell left: {lost}."
    number, cells = min(places.items(), key=lambda entry: (len(entry[1]), entry[0]))
    tries = listed(f"{cell_text(second)} ({_dead_end(state, (*stars, second))})" for second in cells)
    return f"With a star on {cell_text(cell)}, region {number} could take only {tries}: no way to finish the board."


def _dead_end(state: State, stars: tuple[Cell, ...]) -> str:
    """Say where a board with further stars gets stuck."""
    for number in open_regions(state, stars):
        if not open_cells(state, number, stars):
            return f"then region {number} has no cell left"
    return "then the stars still missing have no places that fit together"


def _blocked(state: State, cell: Cell, region: int) -> str:
    """Say what the new star does to the cells that were open in a region."""
    lost = open_cells(state, region, state.stars)
    reasons = []
    for other in lost:
        if other in around(cell):
            reasons.append(f"{cell_text(other)} touches it")
        else:
            line = f"row {cell[0]}" if other[0] == cell[0] else f"column {cell[1]}"
            reasons.append(f"{cell_text(other)} is in {line}")
    return listed(reasons)


TASKS = (LastStar(), CellsOfRegion(), StarOfRegion(), ValidCells())
