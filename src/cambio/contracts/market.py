"""Bars and macro observations: one row, and the columns of many."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
import polars as pl

from cambio.contracts.lineage import canonical_json

SYMBOL: Final = "USD/COP"

_TIME: Final = pl.Datetime("us", "UTC")

BAR_SCHEMA: Final = pl.Schema(
    {
        "time": _TIME,
        "open": pl.Float64(),
        "high": pl.Float64(),
        "low": pl.Float64(),
        "close": pl.Float64(),
        "volume": pl.Float64(),
        "source": pl.String(),
    }
)
"""Columns of a frame of bars, ascending and unique in `time` (the bar's open)."""

MACRO_SCHEMA: Final = pl.Schema(
    {
        "series": pl.String(),
        "period": pl.Date(),
        "value": pl.Float64(),
        "available_at": _TIME,
        "source": pl.String(),
    }
)
"""Columns of a frame of macro observations: one value of one series, as first published."""


def is_close_only() -> pl.Expr:
    """Tell which bars are flat: records of the close, without a range (T5)."""
    return pl.col("high") == pl.col("low")


@dataclass(frozen=True, slots=True)
class Bar:
    """One closed 5-minute bar. `time` is its open, in UTC; prices are COP per USD."""

    time: datetime
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, slots=True)
class DateRange:
    """An inclusive range of session dates.

    >>> DateRange(date(2025, 1, 1), date(2025, 6, 30)).contains(date(2025, 6, 30))
    True
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"date range ends ({self.end}) before it starts ({self.start})")

    def contains(self, day: date) -> bool:
        """Tell whether ``day`` lies in the range, ends included."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class MarketHistory:
    """Everything that was recorded of the market, up to some moment."""

    bars: pl.DataFrame
    """By `BAR_SCHEMA`."""
    macro: pl.DataFrame
    """By `MACRO_SCHEMA`, revisions included."""

    def hash(self) -> str:
        """Give the SHA-256 of the values, whatever their layout in memory."""
        digest = hashlib.sha256()
        for column in ("time", "open", "high", "low", "close"):
            digest.update(np.ascontiguousarray(self.bars[column].to_numpy()).tobytes())
        ties = ["revision"] if "revision" in self.macro.columns else ["value"]
        ordered = self.macro.sort("series", "period", "available_at", *ties)
        digest.update(canonical_json(ordered["series"].to_list()).encode())
        for column in ("period", "available_at", "value"):
            digest.update(np.ascontiguousarray(ordered[column].to_numpy()).tobytes())
        return digest.hexdigest()
