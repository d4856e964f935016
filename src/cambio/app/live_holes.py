"""Bars that live trading never got: neither in time nor late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cambio.calendar import BAR_S, BOGOTA, expected_bars

BAR: Final = timedelta(seconds=BAR_S)


def missing_between(last: datetime, bar: datetime) -> int:
    """Give how many bars are expected between two, by their opens in UTC.

    >>> from datetime import UTC
    >>> friday = datetime(2024, 7, 5, 17, 50, tzinfo=UTC)  # 12:50 in Bogota; one more is due
    >>> missing_between(friday, datetime(2024, 7, 8, 13, 10, tzinfo=UTC))
    3
    """
    if bar - last <= BAR:
        return 0
    expected = expected_bars(*(time.astimezone(BOGOTA).date() for time in (last, bar)))
    after, until = (np.datetime64(time.replace(tzinfo=None), "us") for time in (last, bar))
    return int(((expected > after) & (expected < until)).sum())


def told_of(missing: int, last: datetime, bar: datetime) -> str:
    """Give the sentences for a person."""
    return (
        f"{missing:,} bars between {last:%Y-%m-%d %H:%M} and {bar:%Y-%m-%d %H:%M} UTC are not "
        "stored; features go on without them. `cambio ohlcv backfill` asks for them, and they "
        "count from the next session's open on."
    )
