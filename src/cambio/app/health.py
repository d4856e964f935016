"""Whether the data is complete and its sources answer: the figures that are watched.

Everything follows from the database and the time alone, so any past answer can be had again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cambio.acquisition.catalogue import PERIOD_END_MONTHS, critical_series
from cambio.acquisition.gaps import BAR, without
from cambio.app.ingest import to_plain
from cambio.app.market_clock import market_clock
from cambio.calendar import BOGOTA, expected_bars, session_open, trading_days
from cambio.features.macro import EPOCH, LEVEL, MacroTable
from cambio.store import bars as bar_queries
from cambio.store import macro as macro_queries
from cambio.store import quarantine, requests
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from sqlalchemy import Connection, Engine

    from cambio.acquisition.catalogue import Catalogue, MacroSeries
    from cambio.contracts.market import MarketHistory

    Times = NDArray[np.datetime64]

MAX_GAP_RATE: Final = 0.01
MIN_MACRO_COMPLETENESS: Final = 0.95
MAX_ERROR_RATE: Final = 0.05
"""Alert thresholds: the specification, Monitoring & Observability, "L0 Data Quality"."""
WINDOW_SESSIONS: Final = 20
API_WINDOW: Final = timedelta(hours=24)
STALENESS_DAYS: Final = 5
"""Calendar days after which a daily value counts as missing, as in the features."""
LIVE: Final = timedelta(days=30)
"""A value first seen this close to its publication was seen as it came, not imported later."""
OBSERVED: Final = timedelta(days=365)
"""How far back observed lags look."""


@dataclass(frozen=True, slots=True)
class GapRate:
    """The expected bars of a span that had closed, and those that are missing."""

    sessions: int
    expected: int
    absent: int
    """Missing; a provider was asked and had none."""
    refused: int
    """Missing; what came was refused and stands in quarantine."""
    never_asked: int
    """Missing, and nothing is known of them."""
    rate: float | None
    """Missing over expected; None where nothing was expected."""


@dataclass(frozen=True, slots=True)
class BarsHealth:
    """How complete and how fresh the bars are. Nothing is expected before the first one."""

    newest: datetime | None
    """Open of the newest bar, UTC."""
    behind: int | None
    """Session bars that closed since the newest one; None where no bar is stored."""
    recent: GapRate
    """The last 20 sessions that have opened, as far as they reach back to the first bar."""
    overall: GapRate
    """Since the first bar."""


@dataclass(frozen=True, slots=True)
class SeriesHealth:
    """One series of the catalogue. Lags count from the end of a period, the publisher's midnight.

    A market's close comes before midnight, so its lag is negative.
    """

    series: str
    critical: bool
    completeness: float | None
    """Share of the last 20 sessions whose features would find a value; None for slower ones."""
    newest_period: date | None
    """Of the values that are published by now."""
    age_s: float | None
    """Since the end of that period."""
    observed_lag_s: float | None
    """Median over the first publications of a year that were seen as they came, if any were."""
    assumed_lag_s: float | None
    """From the end of the newest period to when its value counts as known."""


@dataclass(frozen=True, slots=True)
class MacroHealth:
    """How complete the macro series are."""

    sessions: int
    completeness: float | None
    """Share of (critical series × session) with a value; None where no series is critical."""
    series: tuple[SeriesHealth, ...]


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one provider has answered."""

    source: str
    requests: int
    """In the last 24 hours."""
    failures: int
    """Of those; what never ended has failed."""
    error_rate: float | None
    """None without a request in the last 24 hours."""
    ok_ever: int
    failed_ever: int
    last_failure: datetime | None
    """When the last request that failed was made, UTC."""
    last_failure_note: str | None


@dataclass(frozen=True, slots=True)
class Alert:
    """A threshold that is broken."""

    measure: str
    """`gap_rate`, `macro_completeness` or `error_rate`."""
    value: float
    threshold: float
    text: str
    """What is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of L0 at one moment."""

    now: datetime
    """On the market's clock, UTC."""
    simulated: bool
    """The market is simulated: its clock is its own, and nothing can be fetched for it."""
    bars: BarsHealth
    macro: MacroHealth
    sources: tuple[SourceHealth, ...]
    alerts: tuple[Alert, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give the state in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


def health(
    engine: Engine, catalogue: Catalogue, now: datetime, history: MarketHistory | None = None
) -> Health:
    """Measure the bars, the macro series and the providers as they stand at ``now`` (aware).

    The bars and the series of a simulated market are measured by its own clock.

    Args:
        engine: the database.
        catalogue: its series are measured, in its order.
        now: the time of the measurement.
        history: what the database holds, where it was read already.
    """
    with reading(engine) as connection:
        at, simulated = market_clock(connection, now)
        sessions = opened_sessions(at)
        stored = history.bars["time"] if history else bar_queries.times(connection)
        observations = history.macro if history else macro_queries.load(connection)
        known = Known(
            *map(
                _naive_times,
                (
                    stored,
                    bar_queries.absent_anywhere(connection),
                    quarantine.refused_times(connection),
                ),
            )
        )
        bars = _bars(known, sessions, at)
        lags = _observed_lags(connection, catalogue, at)
        macro = _macro(observations, lags, catalogue, sessions, at)
        sources = tuple(_sources(connection, now))
    return Health(at, simulated, bars, macro, sources, tuple(_alerts(bars, macro, sources)))


def opened_sessions(now: datetime) -> list[date]:
    """Give the last 20 sessions whose open lies before ``now``."""
    today = now.astimezone(BOGOTA).date()
    days = trading_days(today - timedelta(days=3 * WINDOW_SESSIONS), today)
    return [day for day in days if session_open(day) < now][-WINDOW_SESSIONS:]


class Known(NamedTuple):
    """What is known of bars: opens, naive UTC, ascending."""

    stored: Times
    absent: Times
    refused: Times


def _bars(known: Known, sessions: Sequence[date], now: datetime) -> BarsHealth:
    stored = known.stored
    if not len(stored):
        nothing = GapRate(0, 0, 0, 0, 0, None)
        return BarsHealth(None, None, nothing, nothing)
    first, newest = (moment.item().replace(tzinfo=UTC) for moment in stored[[0, -1]])
    since = first.astimezone(BOGOTA).date()
    behind = _closed(newest.astimezone(BOGOTA).date(), now)
    return BarsHealth(
        newest=newest,
        behind=int((behind > stored[-1]).sum()),
        recent=_gap_rate(max(since, sessions[0]), now, known),
        overall=_gap_rate(since, now, known),
    )


def _gap_rate(since: date, now: datetime, known: Known) -> GapRate:
    expected = _closed(since, now)
    missing = without(expected, known.stored)
    not_refused = without(missing, known.refused)
    unknown = without(not_refused, known.absent)
    return GapRate(
        sessions=len(np.unique(expected.astype("datetime64[D]"))),
        expected=len(expected),
        absent=len(not_refused) - len(unknown),
        refused=len(missing) - len(not_refused),
        never_asked=len(unknown),
        rate=len(missing) / len(expected) if len(expected) else None,
    )


def _closed(since: date, now: datetime) -> Times:
    """Give the opens of the expected bars since then that have closed by now."""
    expected = expected_bars(since, max(since, now.astimezone(BOGOTA).date()))
    return expected[expected + BAR <= np.datetime64(now.replace(tzinfo=None), "us")]


def _naive_times(times: pl.Series) -> Times:
    return times.dt.replace_time_zone(None).to_numpy()


def _macro(
    observations: pl.DataFrame,
    lags: Mapping[str, float],
    catalogue: Catalogue,
    sessions: Sequence[date],
    now: datetime,
) -> MacroHealth:
    table = MacroTable(observations)
    days = [(day - EPOCH).days for day in sessions]
    shares = {
        name: float(np.isfinite(_levels(table, name, days)).mean())
        for name, series in catalogue.items()
        if series.critical or series.frequency == "daily"
    }
    published = observations.filter(pl.col("available_at") <= now)
    last = published.filter(pl.col("period") == pl.col("period").max().over("series"))
    first = last.group_by("series").agg(pl.col("period").first(), pl.col("available_at").min())
    newest = {name: (period, at) for name, period, at in first.iter_rows()}
    critical = [shares[name] for name in critical_series(catalogue)]
    return MacroHealth(
        sessions=len(sessions),
        completeness=sum(critical) / len(critical) if critical else None,
        series=tuple(
            _series(name, series, newest.get(name), lags.get(name), shares.get(name), now)
            for name, series in catalogue.items()
        ),
    )


def _levels(table: MacroTable, name: str, days: Sequence[int]) -> NDArray[np.float64]:
    return table.as_of(name, days, staleness_days=STALENESS_DAYS)[:, LEVEL]


def _series(
    name: str,
    series: MacroSeries,
    newest: tuple[date, datetime] | None,
    observed_lag_s: float | None,
    completeness: float | None,
    now: datetime,
) -> SeriesHealth:
    period, published = newest or (None, None)
    end = period_end(series, period) if period else None
    return SeriesHealth(
        series=name,
        critical=series.critical,
        completeness=completeness,
        newest_period=period,
        age_s=(now - end).total_seconds() if end else None,
        observed_lag_s=observed_lag_s,
        assumed_lag_s=(published - end).total_seconds() if published and end else None,
    )


def period_end(series: MacroSeries, period: date) -> datetime:
    """Give the midnight (UTC) that ends a period, on the clock of its publisher."""
    day = period + timedelta(days=1)
    if series.frequency != "daily":
        months = PERIOD_END_MONTHS[series.frequency]
        day = (period.replace(day=1) + timedelta(days=31 * months)).replace(day=1)
    return datetime.combine(day, time(), ZoneInfo(series.lag.timezone)).astimezone(UTC)


def _observed_lags(
    connection: Connection, catalogue: Catalogue, now: datetime
) -> Mapping[str, float]:
    """Give the median seconds from period end to first sight, of values seen as they came."""
    first = macro_queries.first_values(connection, now - OBSERVED, now + LIVE)
    seen, available = pl.col("first_seen"), pl.col("available_at")
    live = first.filter(seen <= now, (seen - available).abs() <= LIVE)
    lags: dict[str, list[float]] = {}
    for name, period, moment in live.select("series", "period", seen).iter_rows():
        if name in catalogue:
            lag = moment - period_end(catalogue[name], period)
            lags.setdefault(name, []).append(lag.total_seconds())
    return {name: median(found) for name, found in lags.items()}


def _sources(connection: Connection, now: datetime) -> Iterator[SourceHealth]:
    rates = requests.error_rates(connection, now - API_WINDOW, now)
    for source, record in requests.records(connection).items():
        count, failures = rates.get(source, (0, 0))
        yield SourceHealth(
            source=source,
            requests=count,
            failures=failures,
            error_rate=failures / count if count else None,
            ok_ever=record.ok,
            failed_ever=record.failed,
            last_failure=record.last_failure,
            last_failure_note=record.note,
        )


def _alerts(
    bars: BarsHealth, macro: MacroHealth, sources: Sequence[SourceHealth]
) -> Iterator[Alert]:
    recent = bars.recent
    if recent.rate is not None and recent.rate > MAX_GAP_RATE:
        yield Alert(
            "gap_rate",
            recent.rate,
            MAX_GAP_RATE,
            f"{100 * recent.rate:.2f} % of the bars of the last {recent.sessions} sessions are "
            f"missing: {recent.never_asked:,} were never asked for (`cambio ohlcv backfill`), "
            f"{recent.absent:,} the provider does not have, {recent.refused:,} were refused "
            "(`cambio data quarantine list`).",
        )
    if macro.completeness is not None and macro.completeness < MIN_MACRO_COMPLETENESS:
        worst = [s.series for s in macro.series if s.critical and (s.completeness or 0.0) < 1.0]
        yield Alert(
            "macro_completeness",
            macro.completeness,
            MIN_MACRO_COMPLETENESS,
            f"{100 * macro.completeness:.2f} % of the critical macro values were known at "
            f"the last {macro.sessions} opens: {', '.join(worst)} are missing or older than "
            f"{STALENESS_DAYS} days. `cambio macro update` fetches what a provider serves; what it "
            "serves too late, or not at all, takes a file: `cambio import macro`.",
        )
    for source in sources:
        last = source.last_failure_note or "it never ended"
        if source.error_rate is not None and source.error_rate > MAX_ERROR_RATE:
            yield Alert(
                "error_rate",
                source.error_rate,
                MAX_ERROR_RATE,
                f"{source.source} failed {source.failures:,} of {source.requests:,} requests in "
                f"the last 24 hours. Last: {last.rstrip('.')}.",
            )
