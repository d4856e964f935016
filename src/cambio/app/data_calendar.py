"""The stored bars day by day: what a calendar of completeness shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cambio.acquisition import quality
from cambio.acquisition.gaps import gaps, missing_bars, without
from cambio.app.data_report import BarGap, by_day
from cambio.app.market_clock import market_clock
from cambio.calendar import BOGOTA, trading_days
from cambio.contracts.market import DateRange
from cambio.errors import ConfigError
from cambio.store import bars as bar_queries
from cambio.store import quarantine
from cambio.store.database import reading
from cambio.store.watches import midnight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cambio.app.resources import Resources

MOST_DAYS: Final = 2_200
"""Six years of calendar days in one answer."""
USUAL_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One trading day, or another date on which bars are stored."""

    day: date
    """Of Bogota."""
    expected: int
    """Bars that had closed; 0 on a day without a session."""
    stored: int
    close_only: int
    """Of the stored, those whose four prices are the same."""
    repaired: int
    """Of the stored, those that took the place of other values, which are kept."""
    quarantined: int
    """Bars that were refused and not released."""
    gaps: tuple[BarGap, ...]
    """Runs of expected bars that are not stored, ascending."""


@dataclass(frozen=True, slots=True)
class DataCalendar:
    """The days of a span, ascending."""

    span: DateRange | None
    """None where no bar is stored."""
    days: tuple[CalendarDay, ...]


def data_calendar(resources: Resources, first: date | None, last: date | None) -> DataCalendar:
    """Give each day from ``first`` to ``last``, as far as bars can be expected.

    Nothing is expected before the first stored bar, nor of a bar that has not closed.

    Args:
        resources: database and clock.
        first: None: a year before ``last``.
        last: None: today in Bogota; of a simulated market, its newest day.

    Raises:
        ConfigError: the span ends before it begins, or is longer than `MOST_DAYS`.
    """
    with reading(resources.engine) as connection:
        now = market_clock(connection, resources.now()).now
    today = now.astimezone(BOGOTA).date()
    last = today if last is None else last
    first = last - timedelta(days=USUAL_DAYS) if first is None else first
    if last < first or (last - first).days >= MOST_DAYS:
        raise ConfigError(
            f"A calendar of {first} to {last} can't be given.",
            remedy=f"Ask for up to {MOST_DAYS:,} days, the first one first.",
        )
    with reading(resources.engine) as connection:
        ends = bar_queries.first_and_last(connection)
        if ends is None:
            return DataCalendar(None, ())
        first = max(first, ends[0].astimezone(BOGOTA).date())
        last = min(last, today)
        if last < first:
            return DataCalendar(None, ())
        start, end = midnight(first), midnight(last + timedelta(days=1))
        within = start, end - timedelta(microseconds=1)
        stored = bar_queries.load(connection, *within)
        revised = bar_queries.revised_times(connection, *within)
        refused = quarantine.refused_times(connection)
    span = DateRange(first, last)
    counts = {
        "repaired": _counted(revised),
        "quarantined": _counted(refused.filter(refused.is_between(*within))),
    }
    return DataCalendar(span, tuple(_days(span, stored, counts, now)))


def _days(
    span: DateRange, stored: pl.DataFrame, counts: Mapping[str, Mapping[date, int]], now: datetime
) -> list[CalendarDay]:
    held = {day.day: day for day in by_day(stored)}
    times = stored["time"].dt.replace_time_zone(None).to_numpy()
    expected = missing_bars(span.start, span.end, now, times[:0])
    due, lacking = _by_date(expected), _by_date(without(expected, times))
    dates = {*trading_days(span.start, span.end), *held, *counts["quarantined"]}
    return [
        CalendarDay(
            day=day,
            expected=len(due.get(day, ())),
            stored=held[day].bars if day in held else 0,
            close_only=held[day].close_only if day in held else 0,
            repaired=counts["repaired"].get(day, 0),
            quarantined=counts["quarantined"].get(day, 0),
            gaps=_gaps(lacking[day]) if day in lacking else (),
        )
        for day in sorted(dates)
    ]


def _gaps(missing: NDArray[np.datetime64]) -> tuple[BarGap, ...]:
    return tuple(
        BarGap(gap.first.replace(tzinfo=UTC), gap.last.replace(tzinfo=UTC), gap.bars)
        for gap in gaps(missing)
    )


def _by_date(times: NDArray[np.datetime64]) -> dict[date, NDArray[np.datetime64]]:
    """Give ascending times, naive UTC, by their Bogota date: a session lies within a UTC day."""
    days, starts = np.unique(times.astype("datetime64[D]"), return_index=True)
    parts = np.split(times, starts[1:]) if len(days) else []
    return dict(zip(days.tolist(), parts, strict=True))


def _counted(times: pl.Series) -> dict[date, int]:
    """Give how many of the times fall on each Bogota date."""
    days = quality.session_dates(times.unique().to_frame("time"))
    return dict(days.value_counts().iter_rows())
