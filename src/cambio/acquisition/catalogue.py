"""The macro catalogue (`config/macro_series.yaml`): what each series is and when it is known."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from cambio.calendar import next_business_day

if TYPE_CHECKING:
    from collections.abc import Iterable

Frequency = Literal["daily", "monthly", "quarterly"]
COUNTRIES = {"America/Bogota": "CO", "America/New_York": "US", "America/Lima": "PE"}
"""Where who publishes on this clock keeps holidays."""
PERIOD_END_MONTHS = {"monthly": 1, "quarterly": 3}


class PublicationLag(BaseModel):
    """When a value becomes known: at a local time, so many business days after its period.

    The business days are those of the publisher's country, its holidays left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    business_days: int = Field(ge=0)
    at: time
    timezone: Literal["America/Bogota", "America/New_York", "America/Lima"]


class MacroSeries(BaseModel):
    """One variable of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    description: str
    source: str
    """The provider that serves it, or `file` where no free source exists."""
    source_id: str | None = None
    unit: str
    plausible: tuple[float, float]
    """Inclusive bounds outside of which a value is a mistake, whatever its history."""
    frequency: Frequency
    lag: PublicationLag
    critical: bool = False
    every_day: bool = False
    """Published for weekends and holidays too (policy rates); else weekend rows are refused."""

    def available_at(self, period: date) -> datetime:
        """Give the moment (UTC) at which the value of ``period`` is known to the public.

        A period is its own date for daily series, else its first day; it ends with the month
        or quarter.
        """
        day = period
        if self.frequency != "daily":
            day = _add_months(period.replace(day=1), PERIOD_END_MONTHS[self.frequency])
            day -= timedelta(days=1)
        for _ in range(self.lag.business_days):
            day = next_business_day(day, COUNTRIES[self.lag.timezone])
        local = datetime.combine(day, self.lag.at, ZoneInfo(self.lag.timezone))
        return local.astimezone(ZoneInfo("UTC"))

    def period_of(self, day: date) -> date:
        """Give the period that ``day`` belongs to: itself, or the first day of its span."""
        if self.frequency == "daily":
            return day
        if self.frequency == "monthly":
            return day.replace(day=1)
        return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


Catalogue = dict[str, MacroSeries]


def critical_series(catalogue: Catalogue) -> list[str]:
    """Give the names of the series that a complete day must have."""
    return [name for name, series in catalogue.items() if series.critical]


def available_at(series: MacroSeries, periods: Iterable[date]) -> list[datetime]:
    """Give the publication moments of many periods."""
    return [series.available_at(period) for period in periods]


def _add_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)
