"""What is stored, what is missing, and what was refused: `cambio data report`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from cambio.acquisition import quality
from cambio.app.ingest import to_plain
from cambio.calendar import BARS_PER_SESSION, expected_bars
from cambio.contracts.market import is_close_only
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store import quarantine

if TYPE_CHECKING:
    import polars as pl
    from sqlalchemy import Engine

    from cambio.acquisition.catalogue import Catalogue, MacroSeries

STALENESS_DAYS = 5


@dataclass(frozen=True, slots=True)
class BarsReport:
    """The stored bars. Times are UTC, dates are Bogota's."""

    total: int
    first: datetime | None
    last: datetime | None
    sessions: int
    """Dates with at least one bar."""
    complete_sessions: int
    """Dates with all 60 bars."""
    expected: int
    """Bars of the trading days from the first stored date to the last."""
    missing: int
    """Expected bars that are not stored."""
    on_holidays: int
    close_only: int
    close_only_share: dict[str, float]
    """By month, `YYYY-MM`."""
    revisions: int
    """Superseded values that are kept."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a value."""

    after: date
    before: date


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """One series of the catalogue, stored or not."""

    series: str
    frequency: str
    source: str
    critical: bool
    values: int
    first: date | None
    last: date | None
    newest_available: datetime | None
    gaps: tuple[Gap, ...]
    """Longer than the staleness limit if daily, else periods that are missing."""
    quarantined: int


@dataclass(frozen=True, slots=True)
class QuarantineCount:
    """Refused rows of one kind and reason; the keys open with the time or the series."""

    kind: str
    reason: str
    rows: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class DataReport:
    """The state of the data."""

    bars: BarsReport
    macro: tuple[SeriesReport, ...]
    quarantine: tuple[QuarantineCount, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


def data_report(
    engine: Engine, catalogue: Catalogue, *, staleness_days: int = STALENESS_DAYS
) -> DataReport:
    """Describe the stored bars, the macro series of the catalogue and the quarantine.

    Args:
        engine: the database.
        catalogue: its series are listed, in its order, with or without values.
        staleness_days: calendar days between two daily values that still make no gap.
    """
    with engine.connect() as connection:
        bars = _bars(bar_queries.load(connection), bar_queries.revision_count(connection))
        observations = macro_queries.newest(connection)
        available = macro_queries.last_available(connection)
        refused = quarantine.by_series(connection)
        counts = tuple(QuarantineCount(**row) for row in quarantine.counts(connection))
    periods = dict(observations.group_by("series").agg("period").iter_rows())
    macro = tuple(
        SeriesReport(
            series=name,
            frequency=series.frequency,
            source=series.source,
            critical=series.critical,
            values=len(days := periods.get(name, [])),
            first=min(days, default=None),
            last=max(days, default=None),
            newest_available=available.get(name),
            gaps=_gaps(series, days, staleness_days),
            quarantined=refused.get(name, 0),
        )
        for name, series in catalogue.items()
    )
    return DataReport(bars, macro, counts)


def _bars(bars: pl.DataFrame, revisions: int) -> BarsReport:
    by_day = quality.session_dates(bars).value_counts()
    days = by_day["day"]
    expected = np.empty(0, "datetime64[us]")
    if not bars.is_empty():
        expected = expected_bars(days.min(), days.max())  # type: ignore[arg-type]
    stored = bars["time"].dt.replace_time_zone(None).to_numpy()
    return BarsReport(
        total=bars.height,
        first=bars["time"].min(),  # type: ignore[arg-type]
        last=bars["time"].max(),  # type: ignore[arg-type]
        sessions=by_day.height,
        complete_sessions=int((by_day["count"] == BARS_PER_SESSION).sum()),
        expected=len(expected),
        missing=int((~np.isin(expected, stored)).sum()),
        on_holidays=quality.holiday_bars(bars),
        close_only=bars.select(is_close_only().sum()).item(),
        close_only_share=quality.close_only_share(bars),
        revisions=revisions,
    )


def _gaps(series: MacroSeries, periods: list[date], staleness_days: int) -> tuple[Gap, ...]:
    limit = {"daily": staleness_days, "monthly": 31, "quarterly": 92}[series.frequency]
    pairs = pairwise(sorted(periods))
    return tuple(Gap(after, before) for after, before in pairs if (before - after).days > limit)
