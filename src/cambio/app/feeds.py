"""Where live bars come from: each feed stores what has closed, and keeps the clock.

| URL | bars | clock |
|---|---|---|
| `simulated://?speed=60` | of the simulated market that is stored, going on | the newest bar's |
| `twelvedata://` | TwelveData's, polled at each close | the real one |
| `database://` | what another process stores | the real one |
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, Protocol
from urllib.parse import parse_qsl, urlsplit

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from cambio.acquisition.catalogue import critical_series
from cambio.acquisition.simulator import SIMULATED, SimulatedMarket, SimulationConfig, simulate
from cambio.app.ohlcv import Intake, PollReport, realtime
from cambio.app.simulation import simulate_market
from cambio.app.watch import Schedule
from cambio.calendar import BAR_S, BOGOTA, session_open
from cambio.contracts.market import Bar
from cambio.errors import ConfigError, Conflict
from cambio.store import bars, macro
from cambio.store.database import pipelined, reading, transaction
from cambio.yaml_files import validated

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from cambio.app.resources import Resources

BAR: Final = timedelta(seconds=BAR_S)
AHEAD: Final = timedelta(days=90)
"""How far the simulated market is simulated at a time."""
POLL_S: Final = 1.0
"""Between two looks at what other processes have stored."""


class LiveFeed(Protocol):
    """Brings closed bars into the database."""

    def now(self) -> datetime:
        """Give the time (UTC) by which bars are late or not."""
        ...

    def poll(self) -> None:
        """Store what has closed since the last time.

        Raises:
            SourceError: the provider or the database failed; ask again later.
            ConfigError: a person has to mend something.
        """
        ...

    def take(self) -> PollReport:
        """Store at once what there is, for a scheduler that knows when to ask.

        Raises:
            SourceError: the provider or the database failed; ask again later.
            ConfigError: a person has to mend something, or others store this feed's bars.
        """
        ...

    def wait(self, stop: Event) -> None:
        """Wait until the next bar may have closed, or ``stop`` is set."""
        ...


class SimulatedFeedConfig(BaseModel):
    """The query of a `simulated://` URL."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    speed: float = Field(default=60.0, ge=0)
    """Bars pass so many times faster than the market's; 0: as fast as they are taken."""
    seed: int = Field(default=7, ge=0)
    edge: Literal["none", "planted"] = "planted"
    sessions: int = Field(default=0, ge=0)
    """The feed ends after so many; 0: never."""


class SimulatedFeed:
    """Goes on with the simulated market that is stored; begins one where nothing is.

    The clock is the market's: a session's open, and each bar's close when it is stored. So bars are
    never late, and nights take no time.

    Args:
        resources: what to work with.
        config: which market, and how fast.

    Raises:
        Conflict: the database holds another market.
    """

    def __init__(self, resources: Resources, config: SimulatedFeedConfig) -> None:
        self._resources, self._config = resources, config
        first, self._newest = self._stored() or self._begun()
        self._start = first.astimezone(BOGOTA).date()
        self._clock = self._newest + BAR
        self._coming: list[Bar] = []
        """The next bars of the market, the newest first."""
        self._left = config.sessions
        self._polled = False
        self._market = self._ahead()
        self._require_same()

    def _stored(self) -> tuple[datetime, datetime] | None:
        with reading(self._resources.engine) as connection:
            return bars.first_and_last(connection)

    def _begun(self) -> tuple[datetime, datetime]:
        """Store the market's past, and give its first and its last bar."""
        market = SimulationConfig(seed=self._config.seed, edge=self._config.edge)
        simulate_market(self._resources, market)
        stored = self._stored()
        if stored is None:
            raise ConfigError("The simulated market has no bar.")
        return stored

    def now(self) -> datetime:
        """Give the market's time."""
        return self._clock

    def poll(self) -> None:
        """Open the next session with its macro values, or store the next bar.

        The first time nothing: a bar that is stored already may wait for its decision.
        """
        if not self._polled:
            self._polled = True
            return
        following = self._following()
        opening = session_open(following.astimezone(BOGOTA).date())
        if self._clock < opening:
            self._open(opening)
        else:
            self._store(following)

    def take(self) -> PollReport:
        """Store the next bar, and before a session's first one its macro values."""
        following = self._following()
        opening = session_open(following.astimezone(BOGOTA).date())
        if self._clock < opening:
            self._open(opening)
        self._store(following)
        return PollReport(SIMULATED, True, "", Intake(inserted=1), following, behind=0)

    def wait(self, stop: Event) -> None:
        """Wait for as long as a bar takes at this speed."""
        following = self._following()
        within = self._clock >= session_open(following.astimezone(BOGOTA).date())
        if within and self._config.speed:
            stop.wait(BAR_S / self._config.speed)
        if self._config.sessions and not self._left and not within:
            stop.set()

    def _following(self) -> datetime:
        """Give the open of the bar after the newest one."""
        if not self._coming:
            self._market = self._ahead()
            later = self._market.bars.filter(pl.col("time") > self._newest)
            rows = later.select("time", "open", "high", "low", "close").iter_rows()
            self._coming = [Bar(*row) for row in rows][::-1]
        return self._coming[-1].time

    def _open(self, opening: datetime) -> None:
        """Store the macro values that are known when the session opens."""
        known = self._market.macro.filter(pl.col("available_at") < opening)
        since = self._newest.date() - timedelta(days=14)
        with transaction(self._resources.engine) as connection:
            now = self._resources.now()
            macro.store(connection, known.filter(pl.col("period") >= since), now)
            macro.rebuild_daily(connection, critical_series(self._resources.catalogue), now)
        self._clock = opening
        self._left -= bool(self._left)

    def _store(self, time: datetime) -> None:
        with transaction(self._resources.engine) as connection, pipelined(connection):
            bars.add(connection, self._coming[-1], SIMULATED, self._resources.now())
        self._coming.pop()  # not before it is stored, or a failure would skip it
        self._newest, self._clock = time, time + BAR

    def _ahead(self) -> SimulatedMarket:
        config = SimulationConfig(
            seed=self._config.seed,
            edge=self._config.edge,
            start=self._start,
            end=self._newest.date() + AHEAD,
        )
        return simulate(config, self._resources.catalogue)

    def _require_same(self) -> None:
        """Refuse to go on with a market that is not the stored one."""
        with reading(self._resources.engine) as connection:
            stored = bars.load(connection, self._newest, self._newest)
        ours = self._market.bars.filter(pl.col("time") == self._newest)
        if not stored.equals(ours):
            is_real = stored["source"].to_list() != [SIMULATED]
            raise Conflict(
                f"The database holds {'real bars' if is_real else 'another simulated market'}; the "
                f"market of seed {self._config.seed}, edge {self._config.edge}, does not go on "
                "from them.",
                remedy="Set CAMBIO_FEED_URL to twelvedata:// or database:// for real bars, or give "
                "the seed and edge of the stored market: simulated://?seed=7&edge=planted.",
            )


class TwelveDataFeed:
    """Polls TwelveData at the close of each session bar, and soon again where one is late.

    Args:
        resources: with the provider.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._schedule = Schedule()
        self._due = resources.now()

    def now(self) -> datetime:
        """Give the real time."""
        return self._resources.now()

    def poll(self) -> None:
        """Ask once where it is time to, and store what is new."""
        if self._resources.now() < self._due:
            return
        again = True
        try:
            report = realtime(self._resources)
            again = report.asked and report.behind > 0
        finally:
            self._due = self._schedule.following(self._resources.now(), again=again)

    def take(self) -> PollReport:
        """Ask now, and store what is new."""
        return realtime(self._resources)

    def wait(self, stop: Event) -> None:
        """Wait until it is time, or for a moment: others may have something to tell."""
        left = self._due - self._resources.now()
        stop.wait(min(max(left.total_seconds(), 0.0), POLL_S))


class DatabaseFeed:
    """Looks for bars that another process stores.

    Args:
        resources: for the clock.
    """

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    def now(self) -> datetime:
        """Give the real time."""
        return self._resources.now()

    def poll(self) -> None:
        """Store nothing: somebody else does."""

    def take(self) -> PollReport:
        """Refuse: there is nobody to ask."""
        raise ConfigError(
            "database:// brings no bars: another process stores them.",
            remedy="Ask twelvedata:// or simulated://, or leave the asking to that process.",
        )

    def wait(self, stop: Event) -> None:
        """Wait a moment."""
        stop.wait(POLL_S)


def open_feed(resources: Resources, url: str) -> LiveFeed:
    """Give the feed that a URL names.

    Raises:
        ConfigError: it names none, or an option that there is not.
        Conflict: the database holds another market than the feed's.
    """
    parts = urlsplit(url)
    if parts.scheme == "simulated":
        config = validated(dict(parse_qsl(parts.query)), SimulatedFeedConfig, f"The feed {url}")
        return SimulatedFeed(resources, config)
    simple: dict[str, Callable[[Resources], LiveFeed]]
    simple = {"twelvedata": TwelveDataFeed, "database": DatabaseFeed}
    if parts.scheme not in simple or parts.query:
        raise ConfigError(
            f"{url!r} names no feed.",
            remedy="Set --feed or CAMBIO_FEED_URL to simulated://?speed=60, twelvedata:// or "
            "database://.",
        )
    return simple[parts.scheme](resources)
