"""L0 use case: tell what was known of the macro series at a moment."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from cambio.app.ingest import to_plain
from cambio.app.macro import require_known
from cambio.app.market_clock import market_clock
from cambio.calendar import BOGOTA, is_trading_day, previous_business_day, session_open
from cambio.errors import ConfigError
from cambio.features.spec import FeatureSpec
from cambio.store import macro as macro_queries
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.app.resources import Resources

NEXT_PERIOD_DAYS: Final = {"daily": 1, "monthly": 31, "quarterly": 92}
"""Days after a period's date that always lie in the next period."""


@dataclass(frozen=True, slots=True)
class KnownValue:
    """The newest value of one series that was known at a moment."""

    series: str
    period: date
    value: float
    unit: str
    known_since: datetime
    """UTC."""
    age_days: int
    """From the period's date to the moment's, in Bogota."""
    revision: int
    """In the order of arrival, from 0."""
    superseded: bool
    """Another value of this period came later."""
    source: str
    stale: bool
    """Too old to be used, if daily; else the next period's value was overdue by as much."""
    sessions_from: date
    """First session that may see it: known before its open, and of a business day before it."""


@dataclass(frozen=True, slots=True)
class AsOfReport:
    """What was known at a moment."""

    moment: datetime
    """UTC."""
    as_seen: bool
    values: tuple[KnownValue, ...]
    without: tuple[str, ...]
    """Series that had no value then."""

    def to_dict(self) -> dict[str, Any]:
        """Give the report in JSON types."""
        return {name: to_plain(value) for name, value in asdict(self).items()}


def as_of(
    resources: Resources,
    moment: datetime,
    names: Collection[str] | None = None,
    *,
    as_seen: bool = False,
) -> AsOfReport:
    """Tell the newest value of each series that was known just before ``moment``.

    That is what a session that opens at ``moment`` may know, but for T-1, which also keeps the
    values of its own day from it (`KnownValue.sessions_from`).

    Args:
        resources: database, catalogue and clock.
        moment: with its zone.
        names: of series; None is the whole catalogue.
        as_seen: what this database had received by then, rather than what was public.

    Raises:
        ConfigError: the moment has no zone, or lies in the future.
        NotFound: the catalogue has no series of that name.
    """
    if moment.tzinfo is None:
        raise ConfigError(
            f"{moment.isoformat()} has no time zone.",
            remedy=f"Write {moment.isoformat()}Z for UTC, {moment.isoformat()}-05:00 for Bogota.",
        )
    catalogue = resources.catalogue
    require_known(catalogue, names or ())
    asked = [name for name in catalogue if names is None or name in names]
    with reading(resources.engine) as connection:
        now = resources.now()
        if moment > max(now, market_clock(connection, now).now):
            raise ConfigError(
                f"{moment.isoformat()} lies in the future: nobody knows what is known."
            )
        known = macro_queries.as_of(connection, moment, asked, as_seen=as_seen)
    rows = {row["series"]: row for row in known.iter_rows(named=True)}
    return AsOfReport(
        moment=moment.astimezone(UTC),
        as_seen=as_seen,
        values=tuple(
            _known_value(rows[name], catalogue[name], moment, as_seen=as_seen)
            for name in asked
            if name in rows
        ),
        without=tuple(name for name in asked if name not in rows),
    )


def _known_value(
    row: dict[str, Any], series: MacroSeries, moment: datetime, *, as_seen: bool
) -> KnownValue:
    known_since = max(row["available_at"], row["first_seen"]) if as_seen else row["available_at"]
    age_days = (moment.astimezone(BOGOTA).date() - row["period"]).days
    return KnownValue(
        series=row["series"],
        period=row["period"],
        value=row["value"],
        unit=series.unit,
        known_since=known_since,
        age_days=age_days,
        revision=row["revision"],
        superseded=row["superseded"],
        source=row["source"],
        stale=moment > latest_use(series, row["period"]),
        sessions_from=_first_session(row["period"], known_since),
    )


def latest_use(series: MacroSeries, period: date) -> datetime:
    """Give the last moment at which the value of a period is not too old: `KnownValue.stale`."""
    limit = timedelta(days=FeatureSpec().staleness_days)
    if series.frequency == "daily":
        return datetime.combine(period + limit, time.max, BOGOTA)
    following = series.period_of(period + timedelta(days=NEXT_PERIOD_DAYS[series.frequency]))
    return series.available_at(following, by_source=True) + limit


def _first_session(period: date, known_since: datetime) -> date:
    day = max(period, known_since.astimezone(BOGOTA).date())
    while (
        not is_trading_day(day)
        or previous_business_day(day) < period
        or session_open(day) <= known_since
    ):
        day += timedelta(days=1)
    return day
