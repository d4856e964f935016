"""What a provider of live data hands over, before anything is believed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cambio.acquisition.catalogue import MacroSeries

PAGE_SCHEMA: Final = pl.Schema(dict.fromkeys(("time", "open", "high", "low", "close"), pl.String()))
"""Columns of a page, as text: `time` reads 2024-07-08 13:05:00 in UTC and is the bar's open."""

MACRO_VALUES: Final = pl.Schema(
    {"period": pl.Date(), "value": pl.Float64(), "available_at": pl.Datetime("us", "UTC")}
)
"""Columns of a series' values. `available_at` is null where only the catalogue knows it; a period
stands several times, ascending in `available_at`, where the provider keeps its revisions."""


def macro_values(known: Mapping[date, float], since: date | None) -> pl.DataFrame:
    """Give one value a period, from ``since`` on, by `MACRO_VALUES`, ascending.

    >>> macro_values({date(2024, 7, 2): 2.0, date(2024, 7, 1): 1.0}, None)["value"].to_list()
    [1.0, 2.0]
    """
    kept = {period: value for period, value in known.items() if since is None or period >= since}
    columns = {"period": list(kept), "value": list(kept.values()), "available_at": None}
    return pl.DataFrame(columns, schema=MACRO_VALUES).sort("period")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: bars as served, of any order, the forming one perhaps among them."""

    rows: pl.DataFrame
    """By `PAGE_SCHEMA`."""
    served_at: datetime | None
    """The provider's own clock, UTC."""
    full: bool
    """It holds as many bars as one answer may: the range may not be covered."""


class BarFeed(Protocol):
    """A provider of 5-minute bars of USD/COP."""

    name: str
    page_bars: int
    """Most bars of one page."""

    def page(self, start: datetime, end: datetime) -> Page:
        """Give the bars whose open lies in [start, end]; none is an empty page.

        Raises:
            SourceError: the provider could not be asked, or failed.
            ConfigError: it refuses the key or the symbol.
        """
        ...


class MacroFeed(Protocol):
    """A provider of macro series."""

    name: str

    def values(self, series: MacroSeries, since: date | None) -> pl.DataFrame:
        """Give the values from the period ``since`` on, or all, by `MACRO_VALUES`, ascending.

        Values dated in the future are left out, and so are the provider's marks of missing ones.

        Raises:
            SourceError: the provider could not be asked, or failed.
            ConfigError: it refuses the key or does not know the series.
        """
        ...
