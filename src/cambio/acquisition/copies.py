"""Columns that suddenly track another series: a copied column, or one shifted or scaled (T6).

Two series that changed apart and then change alike, to rounding, are one series under two names.
How alike they were before decides how long a run has to be: yields with two decimals often
change alike by chance, exchange rates never. Values that rest tell nothing; only changes count.

Not found: a copy that is lagged, a column that was a copy from its first value on, one whose
source is in neither the batch nor the store, and a copy of a series that rests until it has
moved three times.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from numpy.typing import NDArray

    from cambio.acquisition.catalogue import Catalogue

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Indices = NDArray[np.intp]

WINDOW: Final = 120
"""Common changes that tell how often two series change alike."""
MIN_CHANGES: Final = 20
"""With fewer, nothing is known of that and nothing is refused."""
MIN_RUN: Final = 3
"""Least number of equal changes in a row, none of them zero."""
MAX_CHANCE: Final = 1e-6
"""Of such a run, at the rate of the changes before it."""
SAME: Final = 1e-9
"""Relative difference of equal levels."""
MAX_DECIMALS: Final = 8
USUAL_JUMP: Final = 5.0
"""Mean absolute changes that a series moves on a day without being another."""
CLEAR: Final = math.log(2)
"""Doubt above which one of two series is the copy rather than the other."""
EQUAL: Final = "equal"


@dataclass(frozen=True, slots=True)
class _Series:
    """One series on a grid of periods."""

    name: str
    value: Floats
    """NaN where a period has no value."""
    new: Flags
    """Not stored yet."""
    resolution: float

    def at(self, grid: Indices) -> _Series:
        return _Series(self.name, self.value[grid], self.new[grid], self.resolution)


@dataclass(frozen=True, slots=True)
class _Run:
    """Changes alike: from the grid's value ``start`` to the value ``end``, ends included."""

    start: int
    end: int
    steps: Indices
    """The changes that count, each by the index of the value before it."""
    rate: float
    """How often the changes before the run were alike."""


def copied(
    values: pl.DataFrame, stored: pl.DataFrame, catalogue: Catalogue
) -> dict[tuple[str, date], str]:
    """Say of each new value in a run that tracks another series, what it tracks.

    Of two columns the one that left its own ways where the run begins is the copy; where neither
    stands out, both are given. A run that was evident among stored values has been let in.

    Args:
        values: with `series`, `period` and `value`, one a series and period.
        stored: the same columns, of every series to compare with.
        catalogue: series of one frequency are compared.
    """
    keys = ["series", "period"]
    known = stored.select(*keys, "value", new=pl.lit(value=False))
    fresh = values.select(*keys, "value").join(known, on=[*keys, "value"], how="anti")
    merged = pl.concat([known, fresh.with_columns(new=pl.lit(value=True))])
    merged = merged.unique(keys, keep="last", maintain_order=True)
    changing = set(fresh["series"])
    found: dict[tuple[str, date], str] = {}
    for frequency in sorted({catalogue[name].frequency for name in changing}):
        names = {name for name, series in catalogue.items() if series.frequency == frequency}
        periods, columns = _grid(merged.filter(pl.col("series").is_in(names)))
        for a, b in combinations(columns, 2):
            if {a.name, b.name} & changing:
                for copy, index, what in _pair(a, b):
                    found.setdefault((copy, periods[index]), what)
    return found


def _grid(merged: pl.DataFrame) -> tuple[list[date], list[_Series]]:
    """Give the periods, from a window before the first new value on, and the series on them."""
    wide = merged.pivot("series", index="period", values=["value", "new"]).sort("period")
    names = merged["series"].unique(maintain_order=True).to_list()
    if len(names) < 2:
        return [], []
    values = [wide[f"value_{name}"].fill_null(math.nan).to_numpy() for name in names]
    flags = [wide[f"new_{name}"].fill_null(value=False).to_numpy() for name in names]
    first = int(np.logical_or.reduce(flags).argmax())
    start = max(0, first - 3 * WINDOW)  # 3: room for the periods that a series lacks
    columns = [
        _Series(name, value[start:], new[start:], _resolution(value[start:]))
        for name, value, new in zip(names, values, flags, strict=True)
    ]
    return wide["period"].to_list()[start:], columns


def _resolution(values: Floats) -> float:
    """Give the unit of the last decimal that the values are rounded to."""
    there = values[~np.isnan(values)]
    for decimals in range(MAX_DECIMALS):
        if np.abs(there - there.round(decimals)).max(initial=0.0) < 10.0**-MAX_DECIMALS:
            return 10.0**-decimals
    return 10.0**-MAX_DECIMALS


def _pair(a: _Series, b: _Series) -> Iterator[tuple[str, int, str]]:
    """Give (copy, index in the grid, what it tracks) of each new value that is refused."""
    grid = np.flatnonzero(~np.isnan(a.value) & ~np.isnan(b.value))
    if len(grid) <= MIN_CHANGES:
        return
    a, b = a.at(grid), b.at(grid)
    runs = [
        (how, run, _doubt(x, run), _doubt(y, run))
        for how, x, y, tolerance in _relations(a, b)
        for run in _runs(*_alike(x, y, tolerance, levels=how == EQUAL))
    ]
    yield from _refused(a, b.name, grid, runs)
    yield from _refused(b, a.name, grid, [(how, run, y, x) for how, run, x, y in runs])


def _refused(
    copy: _Series, source: str, grid: Indices, runs: list[tuple[str, _Run, float, float]]
) -> Iterator[tuple[str, int, str]]:
    """Give the new values of one side unless it is the source; its doubt stands first."""
    let_in = {run.end for _, run, *_ in runs if _let_in(copy, run)}
    for how, run, doubt, doubt_of_source in runs:
        is_source = doubt_of_source > CLEAR and doubt < doubt_of_source / 2
        if is_source or run.end in let_in:
            continue
        what = f"{len(run.steps)} changes in a row are those of {source} ({how})"
        inside = np.arange(run.start, run.end + 1)
        for n in inside[copy.new[inside]]:
            yield copy.name, int(grid[n]), what


def _relations(a: _Series, b: _Series) -> Iterator[tuple[str, Floats, Floats, Floats]]:
    """Give each way to be a copy: its name, both series in its terms, and their rounding."""
    x, y = a.value, b.value
    yield EQUAL, x, y, SAME * np.maximum(np.abs(x), np.abs(y))
    yield "a constant apart", x, y, np.full(len(x), a.resolution + b.resolution)
    if min(x.min(), y.min()) > 0:
        yield "a factor apart", np.log(x), np.log(y), a.resolution / x + b.resolution / y


def _alike(x: Floats, y: Floats, tolerance: Floats, *, levels: bool) -> tuple[Flags, Flags]:
    """Give the changes that count, and those that are alike; or whose levels are, at both ends."""
    dx, dy = np.diff(x), np.diff(y)
    tolerance_of_change = np.maximum(tolerance[1:], tolerance[:-1])
    moves = np.maximum(np.abs(dx), np.abs(dy)) > 2 * tolerance_of_change
    if levels:
        same = np.abs(x - y) <= tolerance
        return moves, same[1:] & same[:-1]
    return moves, np.abs(dx - dy) <= tolerance_of_change


def _runs(moves: Flags, alike: Flags) -> Iterator[_Run]:
    """Give the runs of changes alike that chance does not explain."""
    steps = np.flatnonzero(moves)
    hits = alike[steps]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], hits, [False]]).astype(np.int8)))
    past = np.ones(len(steps), dtype=bool)
    for first, stop in edges.reshape(-1, 2):
        before = np.flatnonzero(past[:first])[-WINDOW:]
        if len(before) < MIN_CHANGES:
            continue
        rate = (int(hits[before].sum()) + 1) / (len(before) + 2)
        if _is_evident(stop - first, rate):
            past[first:stop] = False
            start, end = int(steps[first - 1]) + 1, int(steps[stop - 1]) + 1
            yield _Run(start, end, steps[first:stop], rate)


def _is_evident(count: int, rate: float) -> bool:
    return count >= MIN_RUN and count * math.log(rate) <= math.log(MAX_CHANCE)


def _let_in(copy: _Series, run: _Run) -> bool:
    """Tell whether the stored part of a run was evidence enough when it was stored."""
    new = copy.new[run.steps + 1]
    stored = int(new.argmax()) if new.any() else len(new)
    return _is_evident(stored, run.rate)


def _doubt(values: Floats, run: _Run) -> float:
    """Give how far a series left its own ways in a run, in natural logarithms.

    By the jump into the run, or by the size of the changes in it, as multiples of those before.
    """
    before = np.abs(np.diff(values[max(0, run.start - WINDOW) : run.start]))
    usual = float(before.mean()) if len(before) else 0.0
    if usual == 0:
        return math.inf
    jump = abs(float(values[run.start] - values[run.start - 1])) / usual
    size = float(np.abs(np.diff(values[run.start : run.end + 1])).mean()) / usual
    return max(math.log(max(jump / USUAL_JUMP, 1.0)), abs(math.log(size)))
