"""What is stored, what is missing, and what was refused: `cambio data report`."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cambio.acquisition import quality
from cambio.acquisition.catalogue import PERIOD_END_MONTHS
from cambio.acquisition.gaps import gaps, missing_bars
from cambio.app.health import (
    MAX_ERROR_RATE,
    MAX_GAP_RATE,
    MIN_MACRO_COMPLETENESS,
    STALENESS_DAYS,
    opened_sessions,
)
from cambio.app.ingest import to_plain
from cambio.calendar import BARS_PER_SESSION, BOGOTA, is_trading_day, trading_days
from cambio.contracts.market import MarketHistory, is_close_only
from cambio.errors import SourceError
from cambio.reports import data as page
from cambio.reports.numbers import NONE, count, decimal, percent
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store import quarantine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from cambio.acquisition.catalogue import Catalogue, MacroSeries
    from cambio.app.features import FeatureSummary
    from cambio.app.health import Health, SeriesHealth, SourceHealth

LARGEST_GAPS: Final = 10
SERIES_HEADERS: Final = (
    "Series",
    "Months with values",
    "Values",
    "Newest",
    "Age, days",
    "Complete, %",
    "Lag by the catalogue, h",
    "Lag observed, h",
    "Gaps",
    "Refused",
)
NO_REQUEST: Final = "no provider was asked in the last 24 hours"
SOURCE_HEADERS: Final = ("Source", "Requests", "Failed", "Error rate, %", "Last failure", "Why")


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
    with engine.connect() as connection:
        stored = history.bars if history else bar_queries.load(connection)
        observations = history.macro if history else macro_queries.load(connection)
        bars = _bars(stored, bar_queries.revision_count(connection), now)
        available = macro_queries.last_available(connection)
        refused = quarantine.by_series(connection)
        counts = tuple(QuarantineCount(**row) for row in quarantine.counts(connection))
    by_series = observations.group_by("series").agg(pl.col("period").unique().sort())
    periods: dict[str, list[date]] = dict(by_series.iter_rows())
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
            by_month=_by_month(series, days),
        )
        for name, series in catalogue.items()
    )
    return DataReport(bars, macro, counts)


def _bars(bars: pl.DataFrame, revisions: int, now: datetime | None) -> BarsReport:
    days = _by_day(bars)
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


def _by_day(bars: pl.DataFrame) -> tuple[Day, ...]:
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
    missing = missing_bars(*span, closed_by, stored)
    runs = [
        BarGap(gap.first.replace(tzinfo=UTC), gap.last.replace(tzinfo=UTC), gap.bars)
        for gap in gaps(missing)
    ]
    return len(missing_bars(*span, closed_by, stored[:0])), runs


def _gaps(series: MacroSeries, periods: list[date], staleness_days: int) -> tuple[Gap, ...]:
    limit = {"daily": staleness_days, "monthly": 31, "quarterly": 92}[series.frequency]
    pairs = pairwise(sorted(periods))
    return tuple(Gap(after, before) for after, before in pairs if (before - after).days > limit)


def _by_month(series: MacroSeries, periods: list[date]) -> dict[str, float]:
    if series.frequency != "daily":
        months = range(PERIOD_END_MONTHS[series.frequency])
        return {
            f"{period.year}-{period.month + later:02d}": 1.0
            for period in sorted(periods)
            for later in months
        }
    held = Counter(f"{day:%Y-%m}" for day in sorted(periods) if is_trading_day(day))
    return {month: count / _trading_days_of(month) for month, count in held.items()}


@cache
def _trading_days_of(month: str) -> int:
    first = date.fromisoformat(f"{month}-01")
    next_one = (first + timedelta(days=31)).replace(day=1)
    return len(trading_days(first, next_one - timedelta(days=1)))


def write_page(
    path: Path, report: DataReport, health: Health, features: FeatureSummary | None
) -> Path:
    """Write the report as an HTML page; it appears whole or not at all.

    Args:
        path: where; its folder is made.
        report: what is stored.
        health: at the same moment.
        features: which sessions can be used; None without bars.

    Raises:
        SourceError: the file cannot be written; an older one stays as it was.
    """
    content = page.render(_page(report, health, features))
    staged = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_text(content, encoding="utf-8")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise SourceError(
            f"{path} cannot be written: {error.strerror}.", remedy="Choose another file."
        ) from error
    return path


def _page(report: DataReport, health: Health, features: FeatureSummary | None) -> page.DataPage:
    states = {state.series: state for state in health.macro.series}
    strips = [(s.critical, _strip(s, states[s.series])) for s in report.macro if s.values]
    groups = [[row for critical, row in strips if critical is wanted] for wanted in (True, False)]
    unusable: dict[str, Any] = (
        features.incomplete_sessions if features else {"count": 0, "reasons": {}}
    )
    return page.DataPage(
        as_of=health.now,
        until=opened_sessions(health.now)[-1],
        alerts=[alert.text for alert in health.alerts],
        figures=list(_figures(report, health)),
        days=[page.DayCount(day.day, day.bars, day.close_only) for day in report.bars.by_day],
        close_only_share=report.bars.close_only_share,
        gaps=page.Grid(
            ["First missing bar", "Newest missing bar", "Bars"],
            [[_local(g.first), _local(g.last), count(g.bars)] for g in report.bars.largest_gaps],
        ),
        gap_count=report.bars.gaps,
        series_headers=SERIES_HEADERS,
        series=[group for group in groups if group],
        without_values=page.Grid(
            ["Series", "Source", "Frequency", "Needed by the features"],
            [
                [s.series, s.source, s.frequency, "yes" if s.critical else ""]
                for s in report.macro
                if not s.values
            ],
        ),
        sources=page.Grid(SOURCE_HEADERS, [_source(source) for source in health.sources]),
        quarantine=page.Grid(
            ["Kind", "Reason", "Rows", "First", "Last"],
            [[q.kind, q.reason, count(q.rows), q.first, q.last] for q in report.quarantine],
        ),
        unusable=page.Grid(
            ["Why", "Sessions", "First", "Last"],
            [
                [why, count(entry["count"]), entry["first"], entry["last"]]
                for why, entry in unusable["reasons"].items()
            ],
        ),
        unusable_sessions=unusable["count"],
        next_commands=list(next_commands(report, health)),
    )


def _strip(series: SeriesReport, state: SeriesHealth) -> page.Strip:
    return page.Strip(
        series.series,
        series.by_month,
        [
            count(series.values),
            str(series.last),
            NONE if state.age_s is None else count(max(0.0, state.age_s) // 86_400),
            percent(state.completeness),
            _hours(state.catalogue_lag_s),
            _hours(state.observed_lag_s),
            count(len(series.gaps)),
            count(series.quarantined),
        ],
    )


def _source(source: SourceHealth) -> list[str]:
    failed_at = f"{source.last_failure:%Y-%m-%d %H:%M}" if source.last_failure else NONE
    return [
        source.source,
        count(source.requests),
        count(source.failures),
        percent(source.error_rate),
        failed_at,
        source.last_failure_note or "",
    ]


def _hours(seconds: float | None) -> str:
    return NONE if seconds is None else decimal(seconds / 3600, 1)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(BOGOTA):%a %Y-%m-%d %H:%M}"


def _figures(report: DataReport, health: Health) -> Iterator[page.Figure]:
    """Give the headline figures; shares in percent."""
    bars, state = report.bars, health.bars
    broken = {alert.measure for alert in health.alerts}
    span = f"{bars.first:%Y-%m-%d} to {bars.last:%Y-%m-%d}" if bars.first else "none stored yet"
    filled = 1.0 - bars.missing / bars.expected if bars.expected else None
    yield page.Figure("Bars", count(bars.total), "", False, span)
    yield page.Figure(
        "Filled, %",
        percent(filled),
        "",
        False,
        f"of {count(bars.expected)} expected from the first date to the newest; "
        f"{count(bars.missing)} are missing",
    )
    yield page.Figure(
        "Gap rate, %",
        percent(state.recent.rate),
        f"≤ {percent(MAX_GAP_RATE)}",
        "gap_rate" in broken,
        f"missing of the last {state.recent.sessions} sessions: "
        f"{count(state.recent.never_asked)} never asked for, {count(state.recent.absent)} "
        f"the provider lacks; {percent(state.overall.rate)} % since the first bar",
    )
    yield page.Figure("Bars behind", count(state.behind), "", False, behind(state.behind))
    yield page.Figure(
        "Macro completeness, %",
        percent(health.macro.completeness),
        f"≥ {percent(MIN_MACRO_COMPLETENESS)}",
        "macro_completeness" in broken,
        f"critical values known at the last {health.macro.sessions} opens, at most "
        f"{STALENESS_DAYS} days old",
    )
    rates = [s for s in health.sources if s.error_rate is not None]
    worst = max(rates, key=lambda source: source.error_rate or 0.0, default=None)
    yield page.Figure(
        "API error rate, %",
        percent(worst.error_rate if worst else None),
        f"≤ {percent(MAX_ERROR_RATE)}",
        "error_rate" in broken,
        f"last 24 hours, the worst source: {worst.source}" if worst else NO_REQUEST,
    )


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
    if report.quarantine:
        yield "Look at the refused rows", "cambio data quarantine list"
