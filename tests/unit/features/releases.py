"""Macro observations for tests, and what a session should see of them, the slow and plain way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from cambio.contracts.market import MACRO_SCHEMA
from cambio.features.macro import EPOCH, MacroTable


@dataclass(frozen=True)
class Release:
    """One value of one period, and when it became known."""

    period: date
    value: float
    available_at: datetime
    series: str = "DXY"


def at(day: date, hour: int = 21, minute: int = 0, second: int = 0) -> datetime:
    """A moment in UTC; 21:00 is an evening in New York and Bogota."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)


def same_evening(period: date, value: float, series: str = "DXY") -> Release:
    return Release(period, value, at(period), series)


def weekdays(last: date, count: int) -> list[date]:
    """The `count` weekdays up to `last`, ascending."""
    span = (last - timedelta(days=n) for n in range(2 * count + 7))
    return sorted([day for day in span if day.weekday() < 5][:count])


def table(releases: list[Release]) -> MacroTable:
    return MacroTable(frame(releases))


def frame(releases: list[Release]) -> pl.DataFrame:
    rows = [(r.series, r.period, r.value, r.available_at, "test") for r in releases]
    return pl.DataFrame(rows, MACRO_SCHEMA, orient="row")


def number(day: date) -> int:
    return (day - EPOCH).days


def ask(releases: list[Release], day: date, **options) -> np.ndarray:
    """Level, change and z-score that the session of `day` sees of DXY."""
    options = {"staleness_days": 5, **options}
    return table(releases).as_of("DXY", [number(day)], **options)[0]


def naive_as_of(
    releases: list[Release], day: date, staleness_days: int, window: int, ddof: int
) -> list[float]:
    """The same by lists and dictionaries, from the rules of decisions F4 and F5."""
    newest = day - timedelta(days=1)
    while newest.weekday() > 4:
        newest -= timedelta(days=1)
    opens = at(day, 13)
    known: dict[date, Release] = {}
    for release in sorted(releases, key=lambda r: r.available_at):
        if release.available_at < opens and release.period <= newest:
            known[release.period] = release
    values = [known[period].value for period in sorted(known, reverse=True)]
    if not values or (day - max(known)).days > staleness_days:
        return [np.nan] * 3
    change = (values[0] - values[1]) / values[1] if len(values) > 1 else np.nan
    last = np.array(values[:window])
    full = len(last) == window
    return [values[0], change, (last[0] - last.mean()) / last.std(ddof=ddof) if full else np.nan]
