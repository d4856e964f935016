"""What of the market is stored: the bars day by day, and how fresh each macro series is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query

from cambio.api.dependencies import Viewer
from cambio.api.models import Window
from cambio.api.schemas import FIRST_YEAR, LAST_YEAR, Answer, example, operation_id
from cambio.app import data_calendar, macro_freshness

router = APIRouter(prefix="/v1", tags=["quality"], generate_unique_id_function=operation_id)

EARLIEST, LATEST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)

GAP: Final[dict[str, Any]] = {
    "first": "2025-01-14T14:00:00Z",
    "last": "2025-01-14T14:10:00Z",
    "bars": 3,
}
DAY: Final[dict[str, Any]] = {
    "day": "2025-01-14",
    "expected": 60,
    "stored": 57,
    "close_only": 2,
    "repaired": 1,
    "quarantined": 0,
    "gaps": [GAP],
}
FRESHNESS: Final[dict[str, Any]] = {
    "series": "VIX",
    "source": "fred",
    "frequency": "daily",
    "critical": True,
    "state": "fresh",
    "period": "2025-01-14",
    "value": 18.7,
    "unit": "index",
    "age_days": 1,
    "limit_days": 5,
}


class MissingBars(Answer):
    """A run of expected bars of one day that are not stored."""

    model_config = example(**GAP)

    first: datetime
    """Open of the first missing bar."""
    last: datetime
    """Open of the last missing bar."""
    bars: int
    """How many."""


class CalendarDay(Answer):
    """The bars of one date in Bogota."""

    model_config = example(**DAY)

    day: date
    """A trading day, or another date with bars or refused ones."""
    expected: int
    """Bars that had closed: 60 of a whole session, 0 of a day without one."""
    stored: int
    """Bars that are there, whether they were expected or not."""
    close_only: int
    """Of the stored, those whose four prices are the same: the source knew the close alone."""
    repaired: int
    """Of the stored, those that took the place of other values; the older ones are kept."""
    quarantined: int
    """Bars that were refused and have not been released."""
    gaps: list[MissingBars]
    """What is missing, ascending."""


class DataCalendar(Answer):
    """The days of a span, as far as bars can be expected: from the first stored one to now."""

    model_config = example(span={"start": "2025-01-14", "end": "2025-01-14"}, days=[DAY])

    span: Window | None
    """The dates that were looked at; null where no bar can be expected."""
    days: list[CalendarDay]
    """Ascending."""


class SeriesFreshness(Answer):
    """The newest value of one macro series that is known, and its age."""

    model_config = example(**FRESHNESS)

    series: str
    """Its name in the catalogue."""
    source: str
    """The provider: of the value, or that it should come from."""
    frequency: Literal["daily", "monthly", "quarterly"]
    """How often it is published."""
    critical: bool
    """Whether features need it."""
    state: Literal["fresh", "stale", "none"]
    """Whether the value can be used; `none`: there is no value."""
    period: date | None
    """That the value is of."""
    value: float | None
    """In `unit`."""
    unit: str
    """Of the value."""
    age_days: int | None
    """From the period's date to today's, in Bogota."""
    limit_days: int | None
    """Oldest age at which the value is used; null without one."""


class MacroFreshness(Answer):
    """How fresh the macro series are."""

    model_config = example(now="2025-01-15T14:00:30Z", series=[FRESHNESS])

    now: datetime
    """When it was looked at; of a simulated market, on its own clock."""
    series: list[SeriesFreshness]
    """Each series of the catalogue."""


@router.get("/data/calendar")
def get_data_calendar(
    caller: Viewer,
    start: Annotated[
        date | None,
        Query(alias="from", ge=EARLIEST, le=LATEST, description="A year before `to` without it."),
    ] = None,
    end: Annotated[
        date | None,
        Query(alias="to", ge=EARLIEST, le=LATEST, description="The market's today without it."),
    ] = None,
) -> DataCalendar:
    """Give what is stored and what is missing of each day of a span, up to six years at once."""
    found = data_calendar.data_calendar(caller.resources, start, end)
    return DataCalendar(
        span=None if found.span is None else Window.model_validate(found.span),
        days=[CalendarDay.model_validate(day) for day in found.days],
    )


@router.get("/macro/freshness")
def get_macro_freshness(caller: Viewer) -> MacroFreshness:
    """Give the age of each macro series' newest value, and the age that it may have."""
    now, found = macro_freshness.freshness(caller.resources)
    return MacroFreshness(
        now=now, series=[SeriesFreshness.model_validate(series) for series in found]
    )
