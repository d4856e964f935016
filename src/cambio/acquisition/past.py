"""What is known of one series when its next value is judged, and the limits of what is believed.

The limits are those of mistakes, not of markets: the largest true move of 15 daily series in
2018-2025 is 29 robust standard deviations (WTI in April 2020, then 23, the COLCAP in March 2020);
Brent replaced by another instrument is 62. A peg that breaks is beyond both, and a person has to
look at it.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cambio.acquisition.definitions import is_rate
from cambio.acquisition.quality import MAD_TO_SIGMA
from cambio.acquisition.refusals import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from cambio.acquisition.catalogue import Frequency, MacroSeries

WINDOW: Final = 120
"""Changes that the robust standard deviation looks back over."""
MIN_CHANGES: Final = 20
"""With fewer there is no standard deviation: only range and powers of ten are checked."""
SIGMAS: Final = 35.0
POWER_OF_TEN_TOLERANCE: Final = 0.25
"""In log10, about 10, 100, 0.1 ...: a true move by a factor above 5.6 in one period is unknown."""
RATE_TOLERANCE: Final = 0.1
"""The same for rates, which do move so near zero: the Fed went from 0.65 to 0.05 in 2020-04."""
ANY_POWER: Final = 1.5
"""In log10: beyond it any factor is one, in a series that is never negative."""
HEAD: Final = 5
"""First values whose median the very first one is compared with."""
MIN_LOG_SIGMA: Final = 0.0017
"""Least daily standard deviation: no limit below 6 % a day."""
MIN_RATE_SIGMA: Final = 0.085
"""Of rates, in percentage points: no limit below 3 points a day; policy rates rest, then step."""
MIN_SIGMA_OF_RANGE: Final = 0.0085
"""Of series that may be negative, as a share of the plausible range: WTI lost 55 USD on a day."""
BUSINESS_DAYS: Final[dict[Frequency, int]] = {"daily": 1, "monthly": 21, "quarterly": 63}


class Value(NamedTuple):
    """One value of one period."""

    period: date
    value: float
    available_at: datetime | None = None
    """When the provider published this vintage; None where there is one only."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a value is not believed."""

    reason: Reason
    detail: str


class Past:
    """The accepted values of one series, as far as the next one is judged by them."""

    def __init__(self, series: MacroSeries, values: Iterable[float]) -> None:
        self._series = series
        self._is_rate = is_rate(series)
        self._last: Value | None = None
        self._first_refused: date | None = None
        self._changes: dict[bool, deque[float]] = {
            in_logs: deque(maxlen=WINDOW) for in_logs in (True, False)
        }
        low, high = series.plausible
        head = [value for value in islice(values, HEAD) if low <= value <= high]
        self._head = median(head) if len(head) > HEAD / 2 else None
        self._doubtful: Value | None = None

    def accept(self, new: Value) -> None:
        """Let a value into the past."""
        if self._last is not None:
            gap = self._periods(self._last.period, new.period)
            for in_logs, changes in self._changes.items():
                if not in_logs or (self._last.value > 0 and new.value > 0):
                    changes.append(_change(self._last, new, in_logs=in_logs) / math.sqrt(gap))
        self._last, self._first_refused = new, None

    def refuse(self, new: Value) -> None:
        """Remember since when values are refused.

        Where the first value and those after it are a power of ten apart, nobody knows which of
        them is right: it is refused, and so are they, until one of them is released.
        """
        if self._first_refused is None:
            self._first_refused = new.period
        if self._last is None and self._doubtful is None and not self.implausible(new):
            self._doubtful = new

    def suspicion(self, new: Value) -> Suspicion | None:
        """Judge a value by the range and by the last accepted one."""
        if found := self.implausible(new):
            return found
        if before := self._last or self._doubtful:
            return self.jump(before, new)
        if self._head is None or not self._is_power_of_ten(self._head, new.value):
            return None
        what = f"{new.value:g} is a power of ten away from the values after it ({self._head:g})"
        return Suspicion(Reason.POWER_OF_TEN, what)

    def jump(self, old: Value, new: Value) -> Suspicion | None:
        """Judge the step from one value to another."""
        return self._power_of_ten(old, new) or self._level_shift(old, new)

    def implausible(self, new: Value) -> Suspicion | None:
        """Judge a value by the catalogue's range alone."""
        low, high = self._series.plausible
        if low <= new.value <= high:
            return None
        what = f"{new.value:g} lies outside {low:g} to {high:g} {self._series.unit}"
        return Suspicion(Reason.IMPLAUSIBLE, what)

    def _power_of_ten(self, old: Value, new: Value) -> Suspicion | None:
        if not self._is_power_of_ten(old.value, new.value):
            return None
        power = round(math.log10(new.value / old.value))
        what = f"{new.value:g} is about 10^{power} times {old.value:g}"
        return Suspicion(Reason.POWER_OF_TEN, f"{what} ({old.period})")

    def _is_power_of_ten(self, old: float, new: float) -> bool:
        if old * new <= 0:
            return False
        magnitude = math.log10(new / old)
        if abs(magnitude) > ANY_POWER and self._series.plausible[0] >= 0:
            return True
        tolerance = RATE_TOLERANCE if self._is_rate else POWER_OF_TEN_TOLERANCE
        return round(magnitude) != 0 and abs(magnitude - round(magnitude)) <= tolerance

    def _level_shift(self, old: Value, new: Value) -> Suspicion | None:
        in_logs = not self._is_rate and old.value > 0 and new.value > 0
        changes = self._changes[in_logs]
        if len(changes) < MIN_CHANGES:
            return None
        sigma = max(
            MAD_TO_SIGMA * median(abs(change) for change in changes), self._least_sigma(in_logs)
        )
        # A hole in the source widens the limit; the days that were refused do not.
        gap = self._periods(old.period, self._first_refused or new.period)
        sigmas = abs(_change(old, new, in_logs=in_logs)) / (sigma * math.sqrt(gap))
        if sigmas <= SIGMAS:
            return None
        what = f"{new.value:g} after {old.value:g} ({old.period})"
        return Suspicion(
            Reason.LEVEL_SHIFT, f"{what}: {sigmas:.0f} robust standard deviations of its changes"
        )

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
