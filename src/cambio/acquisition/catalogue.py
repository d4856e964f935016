"""The macro catalogue (`config/macro_series.yaml`): what each series is and when it is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cambio.calendar import next_business_day

if TYPE_CHECKING:
    from collections.abc import Iterable

Frequency = Literal["daily", "monthly", "quarterly"]
Source = Literal["fred", "banrep", "bcrp", "socrata", "dane", "file"]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
COUNTRIES = {"America/Bogota": "CO", "America/New_York": "US", "America/Lima": "PE"}
"""Where who publishes on this clock keeps holidays."""
PERIOD_END_MONTHS = {"monthly": 1, "quarterly": 3}
WITHOUT_ID = ("file", "dane")
"""Sources that serve what they have under no id."""


class PublicationLag(BaseModel):
    """When a value becomes known: at a local time, so many business days after its period.

    The business days are those of the publisher's country, its holidays left out. A weekly
    timetable counts every weekday, for a holiday does not move it; it delays the release by as
    many days as the release's week has lost until then.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    business_days: int = Field(ge=0)
    weekday: Literal["mon", "tue", "wed", "thu", "fri"] | None = None
    """Of a weekly release: the first such day from then on holds the value."""
    at: time
    timezone: Literal["America/Bogota", "America/New_York", "America/Lima"]

    def on(self, day: date) -> datetime:
        """Give the moment (UTC) of a publication on ``day``."""
        return datetime.combine(day, self.at, ZoneInfo(self.timezone)).astimezone(UTC)

    def after(self, day: date) -> datetime:
        """Give the moment (UTC) at which the value of a period that ends on ``day`` is known.

        >>> h10 = PublicationLag(
        ...     business_days=1, weekday="mon", at="17:00", timezone="America/New_York"
        ... )
        >>> h10.after(date(2024, 1, 12)).isoformat()  # Monday the 15th is a holiday
        '2024-01-16T22:00:00+00:00'
        """
        if self.weekday is not None:
            return self.on(self._weekly_release(day, WEEKDAYS.index(self.weekday)))
        for _ in range(self.business_days):
            day = next_business_day(day, COUNTRIES[self.timezone])
        return self.on(day)

    def _weekly_release(self, day: date, weekday: int) -> date:
        for _ in range(self.business_days):
            day += timedelta(days=1 if day.weekday() < 4 else 7 - day.weekday())
        day += timedelta(days=(weekday - day.weekday()) % 7)
        release = day - timedelta(days=weekday + 1)  # the Sunday before
        for _ in range(weekday + 1):
            release = next_business_day(release, COUNTRIES[self.timezone])
        return release


class MacroSeries(BaseModel):
    """One variable of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    description: str
    source: Source
    """The provider that serves it, or `file` where no free source exists."""
    source_id: str | None = None
    vintages: bool = False
    """The provider keeps every revision with its date (FRED): all are loaded."""
    unit: str
    plausible: tuple[float, float]
    """Inclusive bounds outside of which a value is a mistake, whatever its history."""
    frequency: Frequency
    lag: PublicationLag
    """Of the publication itself; what a file holds is known from then on."""
    served: PublicationLag | None = None
    """Of the provider, where it passes the value on later."""
    critical: bool = False
    every_day: bool = False
    """Published for weekends and holidays too (policy rates); else weekend rows are refused."""

    @model_validator(mode="after")
    def _can_be_asked_for(self) -> MacroSeries:
        if self.source not in WITHOUT_ID and not self.source_id:
            raise ValueError(f"{self.source} serves it under a source_id, which is missing")
        if self.vintages and self.source != "fred":
            raise ValueError(f"{self.source} keeps no vintages, only fred does")
        return self

    def available_at(self, period: date, *, by_source: bool = False) -> datetime:
        """Give the moment (UTC) at which the value of ``period`` is known to the public.

        A period is its own date for daily series, else its first day; it ends with the month
        or quarter.

        Args:
            period: of the value.
            by_source: known to those who ask the provider, who may pass it on later.
        """
        day = period
        if self.frequency != "daily":
            day = _add_months(period.replace(day=1), PERIOD_END_MONTHS[self.frequency])
            day -= timedelta(days=1)
        lag = self.served if by_source and self.served is not None else self.lag
        return lag.after(day)

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
