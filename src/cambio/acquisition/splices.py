"""Unit and splice checks: each macro value against the series' own past, walking forward.

A value that is refused never enters the past that the next ones are judged by, so the whole of a
spliced instrument is refused, from its first value on, and what came before stays. The limits are
those of mistakes, not of markets: the largest true move of 15 daily series in 2018-2025 is 29
robust standard deviations (WTI in April 2020, then 23, the COLCAP in March 2020); Brent replaced
by another instrument is 62. A peg that breaks is beyond both, and a person has to look at it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

from cambio.acquisition.quality import MAD_TO_SIGMA
from cambio.acquisition.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from cambio.acquisition.catalogue import Catalogue, Frequency, MacroSeries

WINDOW: Final = 120
"""Changes that the robust standard deviation looks back over."""
MIN_CHANGES: Final = 20
"""With fewer there is no standard deviation: only range and powers of ten are checked."""
SIGMAS: Final = 35.0
POWER_OF_TEN_TOLERANCE: Final = 0.25
"""In log10, about 10, 100, 0.1 ...: a true move by a factor above 5.6 in one period is unknown."""
RATE_TOLERANCE: Final = 0.1
"""The same for rates, which do move so near zero: the Fed went from 0.65 to 0.05 in 2020-04."""
MIN_LOG_SIGMA: Final = 0.0017
"""Least daily standard deviation: no limit below 6 % a day."""
MIN_RATE_SIGMA: Final = 0.085
"""Of rates, in percentage points: no limit below 3 points a day; policy rates rest, then step."""
MIN_SIGMA_OF_RANGE: Final = 0.0085
"""Of series that may be negative, as a share of the plausible range: WTI lost 55 USD on a day."""
BUSINESS_DAYS: Final[dict[Frequency, int]] = {"daily": 1, "monthly": 21, "quarterly": 63}


class Value(NamedTuple):
    """One value of one period; a stored one is trusted and only makes history."""

    period: date
    value: float
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a value is not believed."""

    reason: Reason
    detail: str


def judge_file(
    values: pl.DataFrame, stored: pl.DataFrame, catalogue: Catalogue
) -> tuple[pl.DataFrame, list[Refusal]]:
    """Give the values that are believed, and the refusal of each other one.

    A value that is stored already is believed; the other stored ones are history.

    Args:
        values: with `series`, `period` and `value`, one a series and period.
        stored: the same columns, the newest revision each.
        catalogue: has every series of ``values``.
    """
    refusals: list[Refusal] = []
    believed = []
    for (name,), new in values.sort("series", "period").group_by("series", maintain_order=True):
        series = str(name)
        old = stored.filter(pl.col("series") == series).select("period", "value")
        known = new.join(old, on=["period", "value"], how="semi")
        fresh = new.join(old, on=["period", "value"], how="anti")
        timeline = sorted(
            [Value(period, value) for period, value in fresh["period", "value"].iter_rows()]
            + [Value(period, value, trusted=True) for period, value in old.iter_rows()],
            key=lambda value: (value.period, value.trusted),
        )
        verdicts = judge(catalogue[series], timeline)
        found = [(v, s) for v, s in zip(timeline, verdicts, strict=True) if s is not None]
        refusals += [_refusal(series, value, suspicion) for value, suspicion in found]
        bad = [value.period for value, _ in found]
        believed += [known, fresh.filter(~pl.col("period").is_in(bad))]
    return pl.concat(believed) if believed else values, refusals


def _refusal(series: str, value: Value, suspicion: Suspicion) -> Refusal:
    return Refusal(
        kind="macro",
        key=f"{series} {value.period} {value.value:.9g}",
        reason=suspicion.reason,
        detail=f"{series} on {value.period}: {suspicion.detail}.",
        payload={"date": value.period.isoformat(), series: value.value},
    )


def judge(series: MacroSeries, values: Iterable[Value]) -> list[Suspicion | None]:
    """Give a suspicion, or None, for each value.

    Args:
        series: its plausible range, unit and frequency.
        values: ascending by period. Where a stored value and a new one share a period, the
            stored one comes second; it makes history only if the new one is refused.
    """
    past = _Past(series)
    verdicts: list[Suspicion | None] = []
    for value in values:
        suspicion = None if value.trusted else past.suspicion(value)
        verdicts.append(suspicion)
        if suspicion is None and value.period != past.period:
            past.accept(value)
    return verdicts


class _Past:
    """The accepted values of one series, as far as the next one is judged by them."""

    def __init__(self, series: MacroSeries) -> None:
        self._series = series
        self._last: Value | None = None
        self._first_refused: date | None = None
        self._changes: dict[bool, deque[float]] = {
            in_logs: deque(maxlen=WINDOW) for in_logs in (True, False)
        }

    @property
    def period(self) -> date | None:
        return self._last.period if self._last else None

    def accept(self, new: Value) -> None:
        if self._last is not None:
            gap = self._periods(self._last.period, new.period)
            for in_logs, changes in self._changes.items():
                if not in_logs or (self._last.value > 0 and new.value > 0):
                    changes.append(_change(self._last, new, in_logs=in_logs) / math.sqrt(gap))
        self._last, self._first_refused = new, None

    def suspicion(self, new: Value) -> Suspicion | None:
        found = self._implausible(new) or self._power_of_ten(new) or self._level_shift(new)
        if found and self._first_refused is None:
            self._first_refused = new.period
        return found

    def _implausible(self, new: Value) -> Suspicion | None:
        low, high = self._series.plausible
        if low <= new.value <= high:
            return None
        what = f"{new.value:g} lies outside {low:g} to {high:g} {self._series.unit}"
        return Suspicion(Reason.IMPLAUSIBLE, what)

    def _power_of_ten(self, new: Value) -> Suspicion | None:
        if self._last is None or self._last.value * new.value <= 0:
            return None
        magnitude = math.log10(new.value / self._last.value)
        power = round(magnitude)
        tolerance = RATE_TOLERANCE if self._is_rate else POWER_OF_TEN_TOLERANCE
        if power == 0 or abs(magnitude - power) > tolerance:
            return None
        what = f"{new.value:g} is about 10^{power} times {self._last.value:g}"
        return Suspicion(Reason.POWER_OF_TEN, f"{what} ({self._last.period})")

    def _level_shift(self, new: Value) -> Suspicion | None:
        if self._last is None:
            return None
        in_logs = not self._is_rate and self._last.value > 0 and new.value > 0
        changes = self._changes[in_logs]
        if len(changes) < MIN_CHANGES:
            return None
        sigma = max(
            MAD_TO_SIGMA * median(abs(change) for change in changes), self._least_sigma(in_logs)
        )
        # A hole in the source widens the limit; the days that were refused do not.
        gap = self._periods(self._last.period, self._first_refused or new.period)
        sigmas = abs(_change(self._last, new, in_logs=in_logs)) / (sigma * math.sqrt(gap))
        if sigmas <= SIGMAS:
            return None
        what = f"{new.value:g} after {self._last.value:g} ({self._last.period})"
        return Suspicion(
            Reason.LEVEL_SHIFT, f"{what}: {sigmas:.0f} robust standard deviations of its changes"
        )

    @property
    def _is_rate(self) -> bool:
        return self._series.unit == "percent"

    def _least_sigma(self, in_logs: bool) -> float:
        low, high = self._series.plausible
        daily = MIN_RATE_SIGMA if self._is_rate else MIN_SIGMA_OF_RANGE * (high - low)
        if in_logs:
            daily = MIN_LOG_SIGMA
        return daily * math.sqrt(BUSINESS_DAYS[self._series.frequency])

    def _periods(self, start: date, end: date) -> int:
        days = int(np.busday_count(start, end))
        return max(1, round(days / BUSINESS_DAYS[self._series.frequency]))


def _change(old: Value, new: Value, *, in_logs: bool) -> float:
    return math.log(new.value / old.value) if in_logs else new.value - old.value
