"""The clock of the stored market: the real one, or a simulated market's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from cambio.acquisition.simulator import SIMULATED
from cambio.calendar import BAR_S
from cambio.store import bars

if TYPE_CHECKING:
    from sqlalchemy import Connection

BAR: Final = timedelta(seconds=BAR_S)


class MarketClock(NamedTuple):
    """What time it is for the stored market."""

    now: datetime
    """UTC."""
    simulated: bool
    """The market is simulated, so no provider has what it lacks."""


def market_clock(connection: Connection, now: datetime) -> MarketClock:
    """Read the clock by which stored data is old or missing.

    A simulated market's stands at the close of its newest bar, whatever ours says: nothing of it is
    late, because nothing of it happens while nobody simulates.

    Args:
        connection: the database.
        now: of our clock, aware.
    """
    newest = bars.newest_and_source(connection)
    if newest is None or newest.source != SIMULATED:
        return MarketClock(now.astimezone(UTC), simulated=False)
    return MarketClock(newest.time + BAR, simulated=True)
