"""Gaps: the bars that are expected and not there, and how to ask for them in few requests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cambio.calendar import (
    BAR_S,
    BARS_PER_SESSION,
    expected_bars,
    is_trading_day,
    session_days,
)

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    Times = NDArray[np.datetime64]

BAR = np.timedelta64(BAR_S, "s")
NEIGHBOURS = 2
"""Sessions that are asked for beside a group: the one before, and the rest of its own."""


class Gap(NamedTuple):
    """A run of expected bars without one that is there."""

    first: datetime
    """Open of the first missing bar; naive UTC, as numpy gives it."""
    last: datetime
    bars: int


def missing_bars(start: date, end: date, closed_by: datetime, present: Times) -> Times:
    """Give the opens of the expected bars from ``start`` to ``end`` that are not ``present``.

    Args:
        start: first session date.
        end: last session date.
        closed_by: bars that close after it (UTC) are not expected yet.
        present: `(n,) datetime64[us]`, UTC, ascending.
    """
    expected = expected_bars(start, end)
    closed = expected + BAR <= np.datetime64(closed_by.replace(tzinfo=None), "us")
    return without(expected[closed], present)


def without(times: Times, others: Times) -> Times:
    """Give the times that are not among ``others``; both ascend.

    >>> without(np.array([1, 2, 4], "M8[us]"), np.array([2, 3], "M8[us]")).astype(int).tolist()
    [1, 4]
    """
    if not len(others):
        return times
    place = np.searchsorted(others, times)
    here: Times = times[others[np.minimum(place, len(others) - 1)] != times]
    return here


def gaps(missing: Times) -> list[Gap]:
    """Give the runs of missing bars; the last bar of a session and the first of the next touch.

    >>> day = np.datetime64("2024-07-03T13:00", "us")
    >>> [gap.bars for gap in gaps(day + BAR * np.array([0, 1, 2, 10]))]
    [3, 1]
    """
    if not len(missing):
        return []
    days = session_days(_epoch_s(missing))
    expected = expected_bars(*(_date(day) for day in (days[0], days[-1])))
    place = np.searchsorted(expected, missing)
    starts = np.flatnonzero(np.diff(place, prepend=-2) != 1)
    ends = np.append(starts[1:], len(missing)) - 1
    return [
        Gap(missing[first].item(), missing[last].item(), int(last - first + 1))
        for first, last in zip(starts, ends, strict=True)
    ]


def requests(missing: Times, page_bars: int) -> list[Times]:
    """Group missing bars so that one request can answer for each group.

    A group spans as many sessions as one page can hold beside `NEIGHBOURS`, if the provider has
    no bars outside sessions; where it has, the page comes back full and the rest is asked again.
    """
    if not len(missing):
        return []
    sessions = max(1, page_bars // BARS_PER_SESSION - NEIGHBOURS)
    days = session_days(_epoch_s(missing))
    trading = expected_bars(_date(days[0]), _date(days[-1]))[::BARS_PER_SESSION]
    ordinal = np.searchsorted(session_days(_epoch_s(trading)), days)
    groups: list[Times] = []
    first = 0
    while first < len(missing):
        end = int(np.searchsorted(ordinal, ordinal[first] + sessions))
        groups.append(missing[first:end])
        first = end
    return groups


def previous_session(day: date) -> date:
    """Give the trading day before ``day``.

    >>> previous_session(date(2024, 7, 8)), previous_session(date(2024, 7, 5))
    (datetime.date(2024, 7, 5), datetime.date(2024, 7, 3))
    """
    day -= timedelta(days=1)
    while not is_trading_day(day):
        day -= timedelta(days=1)
    return day


def _epoch_s(times: Times) -> NDArray[np.int64]:
    return times.astype("datetime64[s]").astype(np.int64)


def _date(day: np.int64) -> date:
    return np.datetime64(int(day), "D").item()
