"""Where bars stand on a chart's time axis: nights collapsed, missing bars left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cambio.calendar import (
    BAR_S,
    BARS_PER_SESSION,
    SESSION_OPEN_S,
    local_seconds,
    session_days,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHLY: Final = 2
"""The first level of `date_ticks` that names months without a day."""
HOUR_BARS: Final = 3600 // BAR_S
STUMP: Final = 0.6
"""A first period shorter than this share of the mean goes unlabelled: it would touch the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Bars on an axis whose unit is one bar of a session."""

    left: NDArray[np.float64]
    """Where each bar opens, `(n,)`; it closes one further right."""
    days: NDArray[np.datetime64]
    """The sessions' dates in Bogota, `(s,) datetime64[D]`."""
    night: int
    """Room between two sessions, in bars."""

    @classmethod
    def of(cls, time: NDArray[np.datetime64], *, night: int = 0) -> Timeline:
        """Place bars by their opens in UTC, `(n,)` ascending.

        >>> time = np.array(["2025-11-04T17:55", "2025-11-05T13:00", "2025-11-05T13:10"], "M8[us]")
        >>> Timeline.of(time).left.tolist()
        [59.0, 60.0, 62.0]
        """
        epoch_s = time.astype("datetime64[s]").astype(np.int64)
        days, rank = np.unique(session_days(epoch_s), return_inverse=True)
        slot = (local_seconds(epoch_s) - SESSION_OPEN_S) / BAR_S
        return cls(rank * (BARS_PER_SESSION + night) + slot, days.astype("datetime64[D]"), night)

    @property
    def pitch(self) -> int:
        """From one session's open to the next one's."""
        return BARS_PER_SESSION + self.night

    @property
    def opens(self) -> NDArray[np.int64]:
        """Where each session opens, `(s,)`."""
        return np.arange(len(self.days)) * self.pitch

    @property
    def span(self) -> tuple[float, float]:
        """From the first session's open to the last one's close."""
        return 0.0, float(len(self.days) * self.pitch - self.night)

    def closes(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Give x and y of a line through ``values`` at the bars' closes, broken where bars miss."""
        x = self.left + 1.0
        breaks = np.flatnonzero(np.diff(x) > 1.0) + 1
        return np.insert(x, breaks, np.nan), np.insert(values.astype(np.float64), breaks, np.nan)


@dataclass(frozen=True, slots=True)
class Ticks:
    """Marks on a time axis."""

    at: list[float]
    labels: list[str]


def date_ticks(line: Timeline, most: int) -> Ticks:
    r"""Give at most about ``most`` dates: sessions, else weeks, months, quarters or years.

    A single session gets its hours.

    >>> time = np.arange("2025-11-28T13:00", "2026-01-10", 1440, dtype="M8[m]").astype("M8[us]")
    >>> date_ticks(Timeline.of(time), 4).labels
    ['Dec\n2025', 'Jan\n2026']
    """
    if len(line.days) == 1:
        return _clock_ticks(line.days[0])
    numbers = line.days.astype(np.int64)
    months = line.days.astype("datetime64[M]").astype(np.int64)
    periods = [numbers, (numbers + 3) // 7, months, months // 3, months // 12]
    found = [np.flatnonzero(np.diff(period, prepend=period[0] - 1)) for period in periods]
    level = next((i for i, starts in enumerate(found) if len(starts) <= most), len(found) - 1)
    starts = found[level]
    if len(starts) > 1 and starts[1] - starts[0] < STUMP * len(line.days) / len(starts):
        starts = starts[1:]
    labels = _date_labels(line.days[starts], by_day=level < MONTHLY)
    return Ticks(line.opens[starts].astype(float).tolist(), labels)


def _clock_ticks(day: np.datetime64) -> Ticks:
    """Give the full hours of a session, the first one with its date."""
    first = SESSION_OPEN_S // 3600
    hours = range(BARS_PER_SESSION // HOUR_BARS + 1)
    labels = [f"{first + hour:02d}:00" for hour in hours]
    labels[0] += f"\n{date_text(day)}"
    return Ticks([float(hour * HOUR_BARS) for hour in hours], labels)


def date_text(day: np.datetime64) -> str:
    """Give a date in words.

    >>> date_text(np.datetime64("2025-11-04"))
    '4 Nov 2025'
    """
    moment = day.astype("datetime64[D]").item()
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def _date_labels(days: NDArray[np.datetime64], *, by_day: bool) -> list[str]:
    labels = []
    last_year = None
    for day in days.tolist():
        text = f"{day.day} {MONTHS[day.month - 1]}" if by_day else MONTHS[day.month - 1]
        labels.append(text if day.year == last_year else f"{text}\n{day.year}")
        last_year = day.year
    return labels


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring bars with the same position: bars ``first`` to ``last``, both included."""

    first: int
    last: int
    side: int


def runs(position: NDArray[np.int64]) -> list[Run]:
    """Give the stretches during which a position was held; flat ones are left out.

    >>> runs(np.array([0, 1, 1, -1, 0]))
    [Run(first=1, last=2, side=1), Run(first=3, last=3, side=-1)]
    """
    firsts = np.flatnonzero(np.diff(position, prepend=position[0] - 1))
    lasts = np.append(firsts[1:], len(position)) - 1
    stretches = zip(firsts.tolist(), lasts.tolist(), position[firsts].tolist(), strict=True)
    return [Run(first, last, int(side)) for first, last, side in stretches if side]
