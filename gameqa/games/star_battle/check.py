"""A second way to the answers: every way to place the missing stars is tried, rules are judged cell by cell."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, permutations
from typing import Any

from gameqa.core.audit import Checks, unmet

from .state import State

Cell = tuple[int, int]
Params = Mapping[str, Any]


def _region(state: State, cell: Cell) -> int:
    return next(number for number, cells in enumerate(state.regions) if cell in cells)


def _touch(one: Cell, two: Cell) -> bool:
    return max(abs(one[0] - two[0]), abs(one[1] - two[1])) == 1


def _free(state: State) -> list[list[int]]:
    """Return the rows, the columns and the regions without a star."""
    used = [{star[0] for star in state.stars}, {star[1] for star in state.stars}]
    used.append({_region(state, star) for star in state.stars})
    return [[number for number in range(state.size) if number not in unit] for unit in used]


def _boards(state: State) -> Iterator[tuple[Cell, ...]]:
    """Yield the missing stars of every finished board: each pairing of free rows and columns that keeps the rules."""
    rows, cols, regions = _free(state)
    for order in permutations(cols):
        missing = tuple(zip(rows, order, strict=True))
        if sorted(_region(state, cell) for cell in missing) != regions:
            continue
        if not any(_touch(one, two) for one, two in combinations((*state.stars, *missing), 2)):
            yield missing


def _reasons(state: State, cell: Cell) -> set[tuple[str, Cell]]:
    """Return what forbids a further star on a cell: the rule and the star at fault."""
    rules: dict[str, Callable[[Cell], bool]] = {
        "there": lambda star: star == cell,
        "row": lambda star: star[0] == cell[0],
        "column": lambda star: star[1] == cell[1],
        "region": lambda star: _region(state, star) == _region(state, cell),
        "touch": lambda star: _touch(star, cell),
    }
    return {(rule, star) for rule, broken in rules.items() for star in state.stars if broken(star)}


def _last_star(state: State, params: Params) -> list[Any]:
    asked = state.regions[params["region"]]
    return sorted({f"({row}, {col})" for missing in _boards(state) for row, col in missing if (row, col) in asked})


def _cells_of_region(state: State, params: Params) -> list[Any]:
    return [cell for cell in params["options"] if tuple(cell) in state.regions[params["region"]]]


def _star_of_region(state: State, params: Params) -> list[Any]:
    here = [star for star in state.stars if star in state.regions[params["region"]]]
    return [cell for cell in params["options"] if (tuple(cell) in here if cell else not here)]


def _valid_cells(state: State, params: Params) -> list[Any]:
    allowed = [cell for cell in params["options"] if cell and not _reasons(state, tuple(cell))]
    return allowed or [cell for cell in params["options"] if not cell]


def _cells(text: str) -> list[Cell]:
    return [(int(row), int(col)) for row, col in re.findall(r"\((\d), (\d)\)", text)]


def _numbers(text: str) -> list[int]:
    return list(map(int, re.findall(r"\d", text)))


def _options(params: Params, none: str = "") -> list[tuple[str, Any]]:
    """Return the beginning of the step of each option, and the option."""
    return [
        (f"Option {letter}, {re.escape(f'({cell[0]}, {cell[1]})')}: " if cell else f"Option {letter}, {none}: ", cell)
        for letter, cell in zip("ABCDEFGH", params["options"], strict=True)
    ]


def _open(state: State, more: Sequence[Cell], cell: Cell) -> bool:
    """Whether a star on a cell would break no rule with the stars of the board and some more."""
    regions = {_region(state, star) for star in (*state.stars, *more)}
    return _region(state, cell) not in regions and not any(
        star == cell or star[0] == cell[0] or star[1] == cell[1] or _touch(star, cell) for star in (*state.stars, *more)
    )


def _last_star_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    region, free = params["region"], _free(state)
    open_ = [cell for cell in state.regions[region] if _open(state, (), cell)]

    def stars(text: str) -> bool:
        said = re.findall(r"\((\d), (\d)\) in region (\d)", text)
        return [(int(r), int(c)) for r, c, _ in said] == list(state.stars) and all(
            _region(state, (int(r), int(c))) == int(number) for r, c, number in said
        )

    def starless(rows: str, cols: str, regions: str) -> bool:
        return [_numbers(rows), _numbers(cols), _numbers(regions)] == free

    def fails(tried: str, starved: str, why: str) -> bool:
        """Judge that a region has no cell left: each that is open now is named with what shuts it."""
        star, number = _cells(tried)[0], int(starved)
        shut = re.findall(r"(\(\d, \d\)) (?:is in (row|column) (\d)|touches (it|\(\d, \d\)))", why)
        named = [_cells(cell)[0] for cell, *_ in shut]
        right = all(
            cell[unit == "column"] == int(line) == star[unit == "column"]
            if unit
            else _touch(cell, star) and by in ("it", f"{star}")
            for cell, (_, unit, line, by) in zip(named, shut, strict=True)
        )
        return right and number in free[2] and named == [c for c in state.regions[number] if _open(state, (), c)]

    def leads_nowhere(tried: str, starved: str, why: str) -> bool:
        """Judge that every cell which a region has left leaves another region without one."""
        star, number = _cells(tried)[0], int(starved)
        then = re.findall(r"(\(\d, \d\)) \(then region (\d) has no cell left\)", why)
        right = all(
            int(other) in free[2] and not any(_open(state, (star, *_cells(cell)), c) for c in state.regions[int(other)])
            for cell, other in then
        )
        left = [cell for cell in state.regions[number] if _open(state, (star,), cell)]
        return right and number in free[2] and [_cells(cell)[0] for cell, _ in then] == left

    def concludes(at: str, others: str | None) -> bool:
        return f"{_cells(at)[0]}" in _last_star(state, params) and tuple(
            sorted(_cells(at) + _cells(others or ""))
        ) in list(_boards(state))

    trials = [step for step in steps if step.startswith("With a star on")]
    tried = [_cells(step)[0] for step in trials]
    on = r"With a star on (\(\d, \d\)), region (\d)"
    if sorted([*tried, *_cells(_last_star(state, params)[0])]) != open_:
        return [f"region {region} could take {open_}, but only {tried} are ruled out"]
    return unmet(
        steps,
        [
            (r"The stars on the board: (.+)\.", stars),
            (r"Still without a star: rows? ([\d, and]+); columns? ([\d, and]+); regions? ([\d, and]+)\.", starless),
            (
                rf"Region {region} has (\d) cells? in such rows and columns that touch no star: (.+)\.",
                lambda count, said: _cells(said) == open_ and int(count) == len(open_),
            ),
            *(
                (rf"{on} could take only (.+): no way to finish the board\.", leads_nowhere)
                if "could take only" in step
                else (rf"{on} would have no cell left: (.+)\.", fails)
                for step in trials
            ),
            (
                rf"So the star of region {region} stands on (\(\d, \d\))"
                r"(?:; the other missing stars can stand on (.+))?"
                r": then every row, column and region holds one star and no two touch\.",
                concludes,
            ),
        ],
    )


def _cells_of_region_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    region = params["region"]

    def place(cell: Cell) -> Callable[[str, str, str], bool]:
        def true(color: str, number: str, verdict: str) -> bool:
            own = _region(state, cell)
            shown = (own, state.colors[own]) == (int(number), color)
            return shown and (verdict != "another region") == (own == region)

        return true

    head = rf"Region {region} is {state.colors[region]}\. Look up the colour of each listed cell by row and column\."
    tail = r"the cell is (\w+), region (\d), (another region|the region asked for)\."
    return unmet(
        steps, [(head, lambda: True), *((start + tail, place(tuple(cell))) for start, cell in _options(params))]
    )


def _star_of_region_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    region = params["region"]
    here = [star for star in state.stars if star in state.regions[region]]

    def place(cell: Cell) -> Callable[[str, str, str], bool]:
        def true(number: str, color: str, verdict: str) -> bool:
            own = _region(state, cell)
            return (own, state.colors[own]) == (int(number), color) and (verdict == "a") == (cell in state.stars)

        return true

    has = (rf"region {region} has its star on (.+)\.", lambda said: _cells(said) == here)
    none = (rf"no star stands in region {region}\.", lambda: not here)
    expected: list[tuple[str, Callable[..., bool]]] = [
        (
            rf"Region {region} is {state.colors[region]}\. Look up the region of each listed cell and its star\.",
            lambda: True,
        )
    ]
    for start, cell in _options(params, "this region has no star yet"):
        if cell:
            tail = r"the cell is in region (\d) \((\w+)\), and (a|no) star stands there\."
            expected.append((start + tail, place(tuple(cell))))
        else:
            tail, true = has if here else none
            expected.append((start + tail, true))
    return unmet(steps, expected)


def _valid_cells_steps(state: State, params: Params, steps: Sequence[str]) -> list[str]:
    def place(cell: Cell) -> Callable[[str], bool]:
        def true(text: str) -> bool:
            want = _reasons(state, cell)
            if text == "a star stands there already":
                return ("there", cell) in want
            if text == "no objection: row, column, region and neighbours are free of stars":
                return not want
            own = {"row": cell[0], "column": cell[1], "region": _region(state, cell)}
            said: set[tuple[str, Cell]] = set()
            for reason in re.split(r", (?![^()]*\))| and (?!\()", text):
                unit = re.fullmatch(r"(row|column|region) (\d) has the star (\(\d, \d\))", reason)
                touch = re.fullmatch(r"it touches the stars? (.+)", reason)
                if unit and own[unit[1]] == int(unit[2]):
                    said.add((unit[1], _cells(unit[3])[0]))
                elif touch:
                    said |= {("touch", star) for star in _cells(touch[1])}
                else:
                    return False
            return said == want

        return true

    allowed = any(cell and not _reasons(state, tuple(cell)) for cell in params["options"])
    none = "a listed cell breaks no rule" if allowed else "every listed cell breaks a rule"
    return unmet(
        steps,
        [
            (
                r"Stars stand on (.+)\. Check each listed cell against them\.",
                lambda said: _cells(said) == list(state.stars),
            ),
            *(
                (start + r"(.+)\.", place(tuple(cell)) if cell else lambda said: said == none)
                for start, cell in _options(params, "on none of the listed cells")
            ),
        ],
    )


CHECKS: Checks[State] = Checks(
    answers={
        "last_star": _last_star,
        "cells_of_region": _cells_of_region,
        "star_of_region": _star_of_region,
        "valid_cells": _valid_cells,
    },
    steps={
        "last_star": _last_star_steps,
        "cells_of_region": _cells_of_region_steps,
        "star_of_region": _star_of_region_steps,
        "valid_cells": _valid_cells_steps,
    },
)
