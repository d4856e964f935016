"""L0 use case: poll at the close of every session bar, for as long as the process lives."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cambio.app.ingest import refuse_simulated
from cambio.app.ohlcv import PollReport, realtime
from cambio.calendar import (
    BAR_S,
    BARS_PER_SESSION,
    BOGOTA,
    is_trading_day,
    session_open,
)
from cambio.errors import CambioError, Conflict, DataQualityError, SourceError
from cambio.store.database import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cambio.app.resources import Resources

SETTLE: Final = timedelta(seconds=2)
"""Pause after a bar's close, until the provider may have it."""
LATE_S: Final = (3.0, 10.0, 30.0)
"""Pauses before the next tries, if the newest bar is not there; then the next bar's turn comes."""


def watch(
    resources: Resources, on_poll: Callable[[PollReport | CambioError, datetime], None]
) -> None:
    """Poll now and at each close, and again soon where a bar is late or the provider failed.

    Ends only by an interrupt or by what a person has to mend.

    Args:
        resources: what to work with.
        on_poll: told what each poll brought, its report or the failure that the next one may
            cure, and when that comes (UTC).

    Raises:
        ConfigError: the key is missing or refused.
        Conflict: the database holds a simulated market.
    """
    with reading(resources.engine) as connection:
        refuse_simulated(connection)
    schedule = Schedule()
    while True:
        again = False
        result: PollReport | CambioError
        try:
            result = realtime(resources)
            again = result.asked and result.behind > 0
        except (SourceError, Conflict) as error:  # a lost race is cured by another try
            again, result = True, error
        except DataQualityError as error:
            result = error
        now = resources.now()
        following = schedule.following(now, again=again)
        on_poll(result, following)
        resources.sleep((following - now).total_seconds())


class Schedule:
    """When a provider is asked next: at each close, and soon again where a bar is late."""

    def __init__(self) -> None:
        self._tries = 0

    def following(self, now: datetime, *, again: bool) -> datetime:
        """Give the moment (UTC) of the next poll.

        Args:
            now: after the last one.
            again: it failed, or lacked a bar.
        """
        soon = again and self._tries < len(LATE_S)
        following = now + timedelta(seconds=LATE_S[self._tries]) if soon else next_close(now)
        self._tries = self._tries + 1 if soon else 0
        return following


def next_close(now: datetime) -> datetime:
    """Give the next moment (UTC) at which a session bar has closed and settled.

    >>> from datetime import UTC
    >>> next_close(datetime(2024, 7, 5, 13, 7, tzinfo=UTC)).isoformat()
    '2024-07-05T13:10:02+00:00'
    >>> next_close(datetime(2024, 7, 5, 18, 0, 2, tzinfo=UTC)).isoformat()  # a Friday
    '2024-07-08T13:05:02+00:00'
    """
    day = now.astimezone(BOGOTA).date()
    while True:
        for close in _closes(day):
            if close > now:
                return close
        day += timedelta(days=1)


def _closes(day: date) -> list[datetime]:
    if not is_trading_day(day):
        return []
    first = session_open(day) + SETTLE
    return [first + timedelta(seconds=BAR_S * (n + 1)) for n in range(BARS_PER_SESSION)]
