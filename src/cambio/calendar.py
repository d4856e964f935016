"""The session: when USD/COP trades, which days count, which bars are expected.

The session is 08:00-12:55 America/Bogota (60 bars; the last one closes at 13:00). Bars are
labelled by their open, in UTC. Colombia has kept UTC-5 without daylight saving since 1993, so
kernels may use `BOGOTA_OFFSET_S`; a test holds it against the time-zone database.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import holidays
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

BOGOTA: Final = ZoneInfo("America/Bogota")
BOGOTA_OFFSET_S: Final = -5 * 3600
BAR_S: Final = 300
BARS_PER_SESSION: Final = 60
SESSION_OPEN_S: Final = 8 * 3600
"""Open of the first bar, seconds after local midnight."""
SESSION_CLOSE_S: Final = SESSION_OPEN_S + BARS_PER_SESSION * BAR_S
"""Close of the last bar: 13:00."""
DAY_S: Final = 86_400


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    colombia = holidays.country_holidays("CO", years=[year])
    united_states = holidays.financial_holidays("NYSE", years=[year])
    return frozenset(colombia) | frozenset(united_states)


def is_holiday(day: date) -> bool:
    """Tell whether ``day`` is a Colombian public or a US market holiday.

    >>> is_holiday(date(2024, 7, 4)), is_holiday(date(2024, 7, 20)), is_holiday(date(2024, 7, 3))
    (True, True, False)
    """
    return day in _holidays_of(day.year)


def is_trading_day(day: date) -> bool:
    """Tell whether a full session is expected on ``day``."""
    return day.weekday() < 5 and not is_holiday(day)


def trading_days(start: date, end: date) -> list[date]:
    """Give the trading days from ``start`` to ``end``, both included.

    >>> [d.isoformat() for d in trading_days(date(2024, 7, 3), date(2024, 7, 8))]
    ['2024-07-03', '2024-07-05', '2024-07-08']
    """
    span = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in span if is_trading_day(day)]


def previous_business_day(day: date) -> date:
    """Give the weekday before ``day``: the newest macro period a session may see.

    >>> previous_business_day(date(2024, 7, 8)).isoformat()
    '2024-07-05'
    """
    return day - timedelta(days={0: 3, 6: 2}.get(day.weekday(), 1))


@lru_cache(maxsize=256)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=[year]))


def next_business_day(day: date, country: str) -> date:
    """Give the first weekday after ``day`` that is no public holiday of ``country`` (CO, US, PE).

    >>> next_business_day(date(2024, 11, 8), "CO").isoformat()  # Monday the 11th is one
    '2024-11-12'
    """
    day += timedelta(days=1)
    while day.weekday() >= 5 or day in _public_holidays(country, day.year):
        day += timedelta(days=1)
    return day


def previous_business_days(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give `previous_business_day` of many dates, as days since 1970-01-01 (a Thursday)."""
    weekday = (days + 3) % 7
    return days - np.where(weekday == 0, 3, np.where(weekday == 6, 2, 1))


def session_open(day: date) -> datetime:
    """Give the open of the session's first bar, in UTC.

    >>> session_open(date(2024, 7, 8)).isoformat()
    '2024-07-08T13:00:00+00:00'
    """
    return datetime.combine(day, time(8), BOGOTA).astimezone(UTC)


def expected_bars(start: date, end: date) -> NDArray[np.datetime64]:
    """Give the opens of all expected bars, `(n,) datetime64[us]` in UTC, ascending.

    >>> len(expected_bars(date(2024, 7, 3), date(2024, 7, 5)))
    120
    """
    days = np.array(trading_days(start, end), dtype="datetime64[D]")
    offsets = np.arange(BARS_PER_SESSION) * BAR_S + SESSION_OPEN_S - BOGOTA_OFFSET_S
    grid = days.astype("datetime64[us]")[:, None] + offsets.astype("timedelta64[s]")[None, :]
    return np.asarray(grid.reshape(-1), dtype="datetime64[us]")


def local_seconds(epoch_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the seconds after Bogota's midnight of UTC epoch seconds."""
    return (epoch_s + BOGOTA_OFFSET_S) % DAY_S


def session_days(epoch_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the Bogota dates of UTC epoch seconds, as days since 1970-01-01."""
    return (epoch_s + BOGOTA_OFFSET_S) // DAY_S


def in_session(epoch_s: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which times are the open of a session bar: on the 5-minute grid, 08:00-12:55."""
    seconds = local_seconds(epoch_s)
    within = (seconds >= SESSION_OPEN_S) & (seconds < SESSION_CLOSE_S) & (seconds % BAR_S == 0)
    return np.asarray(within, dtype=np.bool_)


def sessions_per_year(start: date, end: date) -> float:
    """Give the mean number of sessions in the calendar years that the range touches.

    >>> sessions_per_year(date(2024, 1, 1), date(2024, 12, 31))
    239.0
    """
    years = range(start.year, end.year + 1)
    counts = [len(trading_days(date(y, 1, 1), date(y, 12, 31))) for y in years]
    return sum(counts) / len(counts)
