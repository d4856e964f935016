"""How old the newest value of each macro series is, against how old it may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cambio.app.macro_as_of import as_of, latest_use
from cambio.app.market_clock import market_clock
from cambio.calendar import BOGOTA
from cambio.store.database import reading

if TYPE_CHECKING:
    from datetime import date, datetime

    from cambio.acquisition.catalogue import MacroSeries
    from cambio.app.macro_as_of import KnownValue
    from cambio.app.resources import Resources


class State(StrEnum):
    """Whether the features can use a series."""

    FRESH = "fresh"
    STALE = "stale"
    """Its newest value is too old."""
    NONE = "none"
    """It has no value."""


@dataclass(frozen=True, slots=True)
class SeriesFreshness:
    """The newest value of one series of the catalogue, and its age."""

    series: str
    source: str
    """That it comes from; without a value, that it should come from."""
    frequency: str
    critical: bool
    state: State
    period: date | None
    value: float | None
    unit: str
    age_days: int | None
    """From the period's date to today's, in Bogota."""
    limit_days: int | None
    """Age at which it is still used; None without a value."""


def freshness(resources: Resources) -> tuple[datetime, list[SeriesFreshness]]:
    """Give the time (UTC) on the market's clock, and what is known then of each series.

    The series come in the catalogue's order.
    """
    with reading(resources.engine) as connection:
        now = market_clock(connection, resources.now()).now
    known = {value.series: value for value in as_of(resources, now).values}
    catalogue = resources.catalogue
    return now, [_series(name, series, known.get(name)) for name, series in catalogue.items()]


def _series(name: str, series: MacroSeries, value: KnownValue | None) -> SeriesFreshness:
    if value is None:
        state, limit = State.NONE, None
    else:
        state = State.STALE if value.stale else State.FRESH
        last = latest_use(series, value.period)
        limit = (last.astimezone(BOGOTA).date() - value.period).days
    return SeriesFreshness(
        series=name,
        source=series.source if value is None else value.source,
        frequency=series.frequency,
        critical=series.critical,
        state=state,
        period=None if value is None else value.period,
        value=None if value is None else value.value,
        unit=series.unit,
        age_days=None if value is None else value.age_days,
        limit_days=limit,
    )
