"""What is stored, what is missing, and what was refused: `cambio data report`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from cambio.acquisition import quality
from cambio.acquisition.catalogue import PERIOD_END_MONTHS
from cambio.acquisition.gaps import gaps, missing_bars
from cambio.app.health import STALENESS_DAYS
from cambio.app.ingest import to_plain
from cambio.calendar import BARS_PER_SESSION, is_trading_day, trading_days
from cambio.contracts.market import MarketHistory, is_close_only
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store import quarantine
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Engine

    from cambio.acquisition.catalogue import Catalogue, MacroSeries
    from cambio.app.health import Health

LARGEST_GAPS: Final = 10


@dataclass(frozen=True, slots=True)
class Day:
    """The stored bars of one date."""

    day: date
    bars: int
    close_only: int


@dataclass(frozen=True, slots=True)
class BarGap:
    """A run of expected bars that are not stored; opens of its ends, UTC."""

    first: datetime
    last: datetime
    bars: int


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
    gaps: int
    """Runs of missing bars; a night or a holiday does not end one."""
    largest_gaps: tuple[BarGap, ...]
    """At most ten, the longest first."""
    by_day: tuple[Day, ...]
    """Every date with a bar, ascending."""


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
    by_month: dict[str, float]
    """Share of the trading days of each month (`YYYY-MM`) that have a value; 1 for each month of a
    slower series' period. Months without a value are left out."""


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
    engine: Engine,
    catalogue: Catalogue,
    *,
    now: datetime | None = None,
    history: MarketHistory | None = None,
    staleness_days: int = STALENESS_DAYS,
) -> DataReport:
    """Describe the stored bars, the macro series of the catalogue and the quarantine.

    Args:
        engine: the database.
        catalogue: its series are listed, in its order, with or without values.
        now: bars that have not closed by then are not expected; None expects whole days.
        history: what the database holds, where it was read already.
        staleness_days: calendar days between two daily values that still make no gap.
    """
    with reading(engine) as connection:
        stored = history.bars if history else bar_queries.load(connection)
        observations = history.macro if history else macro_queries.load(connection)
        revisions = bar_queries.revision_count(connection)
        available = macro_queries.last_available(connection)
        refused = quarantine.by_series(connection)
        counts = tuple(QuarantineCount(**row) for row in quarantine.counts(connection))
    bars = _bars(stored, revisions, now)
    macro = _macro(observations, available, refused, catalogue, staleness_days)
    return DataReport(bars, tuple(macro), counts)


def _macro(
    observations: pl.DataFrame,
    available: Mapping[str, datetime],
    refused: Mapping[str, int],
    catalogue: Catalogue,
    staleness_days: int,
) -> Iterator[SeriesReport]:
    by_series = observations.group_by("series").agg(pl.col("period").unique().sort())
    periods: dict[str, list[date]] = dict(by_series.iter_rows())
    for name, series in catalogue.items():
        days = periods.get(name, [])
        yield SeriesReport(
            series=name,
            frequency=series.frequency,
            source=series.source,
            critical=series.critical,
            values=len(days),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            newest_available=available.get(name),
            gaps=_gaps(series, days, staleness_days),
            quarantined=refused.get(name, 0),
            by_month=_by_month(series, days),
        )


def _bars(bars: pl.DataFrame, revisions: int, now: datetime | None) -> BarsReport:
    days = by_day(bars)
    expected, runs = _missing(bars, days, now)
    ordered = sorted(runs, key=lambda gap: (-gap.bars, gap.first))
    return BarsReport(
        total=bars.height,
        first=bars["time"].min(),  # type: ignore[arg-type]
        last=bars["time"].max(),  # type: ignore[arg-type]
        sessions=len(days),
        complete_sessions=sum(day.bars == BARS_PER_SESSION for day in days),
        expected=expected,
        missing=sum(gap.bars for gap in runs),
        on_holidays=sum(day.bars for day in days if not is_trading_day(day.day)),
        close_only=sum(day.close_only for day in days),
        close_only_share=quality.close_only_share(bars),
        revisions=revisions,
        gaps=len(runs),
        largest_gaps=tuple(ordered[:LARGEST_GAPS]),
        by_day=days,
    )


def by_day(bars: pl.DataFrame) -> tuple[Day, ...]:
    """Give each Bogota date with a bar, ascending."""
    counted = (
        bars.select(quality.session_dates(bars), flat=is_close_only())
        .group_by("day")
        .agg(pl.len(), pl.col("flat").sum())
        .sort("day")
    )
    return tuple(Day(*row) for row in counted.iter_rows())


def _missing(
    bars: pl.DataFrame, days: tuple[Day, ...], now: datetime | None
) -> tuple[int, list[BarGap]]:
    """Give how many bars are expected from the first date to the last, and the missing runs."""
    if not days:
        return 0, []
    span = days[0].day, days[-1].day
    closed_by = now or datetime.combine(span[1] + timedelta(days=1), time(), UTC)
    stored = bars["time"].dt.replace_time_zone(None).to_numpy()
    expected = missing_bars(*span, closed_by, stored[:0])
    missing = expected[~np.isin(expected, stored)]
    runs = [
        BarGap(gap.first.replace(tzinfo=UTC), gap.last.replace(tzinfo=UTC), gap.bars)
        for gap in gaps(missing)
    ]
    return len(expected), runs


def _gaps(series: MacroSeries, periods: Sequence[date], staleness_days: int) -> tuple[Gap, ...]:
    limit = {"daily": staleness_days, "monthly": 31, "quarterly": 92}[series.frequency]
    pairs = pairwise(periods)
    return tuple(Gap(after, before) for after, before in pairs if (before - after).days > limit)


def _by_month(series: MacroSeries, periods: Sequence[date]) -> dict[str, float]:
    if series.frequency != "daily":
        months = range(PERIOD_END_MONTHS[series.frequency])
        return {
            f"{period.year}-{period.month + later:02d}": 1.0
            for period in periods
            for later in months
        }
    held = Counter(f"{day:%Y-%m}" for day in periods if is_trading_day(day))
    shares = {month: count / _trading_days_of(month) for month, count in held.items()}
    if held:  # the last month goes as far as the values do
        last = max(day for day in periods if is_trading_day(day))
        month = f"{last:%Y-%m}"
        shares[month] = held[month] / len(trading_days(last.replace(day=1), last))
    return shares


@cache
def _trading_days_of(month: str) -> int:
    first = date.fromisoformat(f"{month}-01")
    next_one = (first + timedelta(days=31)).replace(day=1)
    return len(trading_days(first, next_one - timedelta(days=1)))


def behind(bars: int | None) -> str:
    """Say how far the newest bar lies back.

    >>> behind(0), behind(61)
    ('up to date', '1.0 sessions closed since the newest bar')
    """
    if bars is None:
        return "no bar is stored yet"
    if bars == 0:
        return "up to date"
    return f"{bars / BARS_PER_SESSION:,.1f} sessions closed since the newest bar"


def next_commands(report: DataReport, health: Health) -> Iterator[tuple[str, str]]:
    """Give what is due, each with the command that does it."""
    if not health.simulated:
        yield from _fetching(report, health)
    if report.quarantine:
        yield "Look at the refused rows", "cambio data quarantine list"


def _fetching(report: DataReport, health: Health) -> Iterator[tuple[str, str]]:
    if not report.bars.total:
        yield "Import bars from a file", "cambio import ohlcv FILE --source-timezone UTC"
    if not report.bars.total or health.bars.overall.never_asked:
        yield "Fetch the bars that are missing", "cambio ohlcv backfill"
    lacking = {s.series for s in health.macro.series if s.critical and s.completeness != 1.0}
    sources = {s.series: s.source for s in report.macro if s.series in lacking}
    if set(sources.values()) - {"file"}:
        yield "Fetch macro series from their providers", "cambio macro update"
    by_file = [series for series, source in sources.items() if source == "file"]
    if by_file:
        yield (
            f"Import what no provider serves: {', '.join(by_file)}",
            "cambio import macro FILE --mapping MAPPING",
        )
