"""The as-of join: what each macro series showed at a session's open, and nothing newer.

A session sees, of each series, the newest value that was available before its open, whose
period is at least one business day old (T-1) and not stale. Every answer is a pure function of
the recorded events, so a later event cannot change it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cambio.calendar import BOGOTA_OFFSET_S, DAY_S, SESSION_OPEN_S, previous_business_days
from cambio.features.kernels import kernel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cambio.features.spec import FeatureSpec

EPOCH: Final = date(1970, 1, 1)
FEATURE_SERIES: Final = ("DXY", "VIX", "EMBI", "BRENT", "COL10Y", "UST10Y", "USDMXN")
LEVEL, CHANGE, ZSCORE = range(3)
_RECIPES: Final = (
    ("DXY", ZSCORE),
    ("DXY", CHANGE),
    ("VIX", ZSCORE),
    ("EMBI", ZSCORE),
    ("BRENT", CHANGE),
    ("COL10Y", LEVEL),  # minus UST10Y: rate_spread
    ("USDMXN", CHANGE),
)
SCORED: Final = frozenset(series for series, kind in _RECIPES if kind == ZSCORE)
ANY_AGE: Final = 100_000
"""Days; a staleness limit that nothing exceeds."""
MACRO_COUNT: Final = len(_RECIPES)
_RATE_SPREAD: Final = 5


@dataclass(frozen=True, slots=True)
class SeriesEvents:
    """One series' publications and revisions, sorted by (period, available_at)."""

    period: NDArray[np.int64]
    """Days since 1970-01-01."""
    available_s: NDArray[np.int64]
    """UTC epoch seconds."""
    value: NDArray[np.float64]

    @classmethod
    def empty(cls) -> SeriesEvents:
        """Give a series without any value."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


class MacroTable:
    """All series' events, ready for as-of questions.

    Args:
        frame: observations by `MACRO_SCHEMA`, revisions included, in any order.
    """

    def __init__(self, frame: pl.DataFrame) -> None:
        self._events: dict[str, SeriesEvents] = {}
        # Stable: of two revisions known at once, the one stored later counts.
        ordered = frame.sort("series", "period", "available_at", maintain_order=True)
        for (name,), part in ordered.group_by("series", maintain_order=True):
            self._events[str(name)] = SeriesEvents(
                period=part["period"].to_physical().cast(pl.Int64).to_numpy(),
                available_s=part["available_at"].dt.epoch("s").to_numpy(),
                value=part["value"].to_numpy(),
            )

    def events(self, series: str) -> SeriesEvents:
        """Give the events of ``series``, empty when nothing was ever stored."""
        return self._events.get(series, SeriesEvents.empty())

    def as_of(
        self,
        series: str,
        days: Sequence[int],
        *,
        staleness_days: int,
        window: int = 2,
        ddof: int = 1,
    ) -> NDArray[np.float64]:
        """Give level, one-release change and z-score at the open of each session.

        Args:
            series: name in the catalogue.
            days: session dates, as days since 1970-01-01.
            staleness_days: a value older than this (calendar days) is missing.
            window: releases that the z-score looks back over.
            ddof: of the z-score's standard deviation.

        Returns:
            `(len(days), 3) float64`; NaN where a value is missing, stale or lacks history.
        """
        events = self.events(series)
        sessions = np.asarray(days, dtype=np.int64)
        newest, open_s = horizons(sessions)
        out = np.empty((len(sessions), 3))
        _as_of_each(
            *(events.period, events.available_s, events.value),
            *(sessions, newest, open_s, staleness_days, window, ddof, out),
        )
        return out

    def features(self, days: Sequence[int], spec: FeatureSpec) -> NDArray[np.float64]:
        """Give the seven macro features of each session, `(len(days), 7) float64`."""
        answers = {
            series: self.as_of(
                series,
                days,
                staleness_days=spec.staleness_days,
                window=spec.zscore_window if series in SCORED else 2,
                ddof=spec.zscore_ddof,
            )
            for series in FEATURE_SERIES
        }
        out = np.column_stack([answers[series][:, kind] for series, kind in _RECIPES])
        out[:, _RATE_SPREAD] -= answers["UST10Y"][:, LEVEL]
        return out

    def missing(self, day: int, spec: FeatureSpec) -> dict[str, str]:
        """Say of each series that leaves a feature empty at the session of ``day``, why."""
        needed = {(series, kind) for series, kind in _RECIPES} | {("UST10Y", LEVEL)}
        reasons = {}
        for series in FEATURE_SERIES:
            found = self.as_of(
                series,
                [day],
                staleness_days=spec.staleness_days,
                window=spec.zscore_window,
                ddof=spec.zscore_ddof,
            )[0]
            if np.isnan(found[LEVEL]):
                known = self.as_of(series, [day], staleness_days=ANY_AGE)[0, LEVEL]
                reasons[series] = "no value yet" if np.isnan(known) else "stale"
            elif (series, CHANGE) in needed and np.isnan(found[CHANGE]):
                reasons[series] = "fewer than 2 releases"
            elif (series, ZSCORE) in needed and np.isnan(found[ZSCORE]):
                reasons[series] = self._without_score(series, day, spec.zscore_window)
        return reasons

    def _without_score(self, series: str, day: int, window: int) -> str:
        events, (newest, open_s) = self.events(series), horizons(np.array([day]))
        known = events.period[(events.period <= newest) & (events.available_s < open_s)]
        if len(np.unique(known)) < window:
            return f"fewer than {window} releases"
        return f"constant over {window} releases"


def horizons(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the newest period that each session may see, and its open in UTC epoch seconds.

    Args:
        days: session dates, as days since 1970-01-01.
    """
    return previous_business_days(days), days * DAY_S + SESSION_OPEN_S - BOGOTA_OFFSET_S


@kernel
def _as_of_each(  # type: ignore[no-untyped-def]
    period, available_s, value, days, newest, open_s, staleness_days, window, ddof, out
):
    for i in range(days.shape[0]):
        _as_of(
            period,
            available_s,
            value,
            days[i],
            newest[i],
            open_s[i],
            staleness_days,
            window,
            ddof,
            out[i],
        )


@kernel
def _as_of(  # type: ignore[no-untyped-def]
    period, available_s, value, day, newest_period, open_s, staleness_days, window, ddof, out
):
    out[:] = np.nan
    seen = np.empty(window)  # newest first
    n = 0
    last = np.int64(0)
    i = np.searchsorted(period, newest_period, side="right") - 1
    while i >= 0 and n < window:
        # Within a period the newest revision comes first on the way back.
        if available_s[i] < open_s and (n == 0 or period[i] != last):
            if n == 0 and day - period[i] > staleness_days:
                return
            last = period[i]
            seen[n] = value[i]
            n += 1
        i -= 1
    if n == 0:
        return
    out[LEVEL] = seen[0]
    if n > 1 and seen[1] != 0.0:
        out[CHANGE] = (seen[0] - seen[1]) / seen[1]
    if n == window and seen.min() < seen.max():  # a constant's rounding errors are no spread
        mean = seen.mean()
        spread = math.sqrt(((seen - mean) ** 2).sum() / (window - ddof))
        out[ZSCORE] = (seen[0] - mean) / spread
