"""A product on a fake provider: the real client, loopback, and a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine
from tests.fakes.twelvedata import FakeTwelveData, Ohlc

from cambio.acquisition.feed import BarFeed
from cambio.acquisition.providers import SourceConfig
from cambio.app.resources import Resources
from cambio.artifacts import Artifacts
from cambio.bus.memory import MemoryBus
from cambio.calendar import expected_bars
from cambio.contracts.accounts import Account, Role
from cambio.settings import Settings, load_settings
from cambio.sources.http import Client
from cambio.sources.twelvedata import TwelveData
from cambio.store import bars
from cambio.store.requests import DatabaseRequestLog


@dataclass
class Clock:
    """Stands still, until a sleep or the test moves it."""

    time: datetime
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


def market(start: date, end: date, seed: int = 5) -> dict[datetime, Ohlc]:
    """Ranged bars of every session bar, a random walk of 10 bp a bar."""
    rng = np.random.default_rng(seed)
    times = [
        datetime.fromtimestamp(int(t), UTC)
        for t in expected_bars(start, end).astype("M8[s]").astype(int)
    ]
    closes = 4000.0 * np.exp(rng.normal(0, 1e-3, len(times)).cumsum())
    opens = closes * np.exp(rng.normal(0, 3e-4, len(times)))
    tops = np.maximum(opens, closes) * (1 + rng.exponential(2e-4, len(times)))
    lows = np.minimum(opens, closes) * (1 - rng.exponential(2e-4, len(times)))
    rows = zip(opens, tops, lows, closes, strict=True)
    return {time: tuple(map(float, row)) for time, row in zip(times, rows, strict=True)}  # type: ignore[misc]


class Quiet:
    """No progress bars."""

    def stage(self, title: str) -> Any:
        raise AssertionError("the use cases under test report through callbacks")


@cache
def shipped() -> Settings:
    """Give the shipped settings, read once."""
    return load_settings()


def wired(engine: Engine, home: Path, clock: Clock, bar_feed: Callable[[], BarFeed]) -> Resources:
    """Give the use cases what `wiring` gives them, with a clock and a feed of our own."""
    settings = shipped()
    return Resources(
        engine=engine,
        home=home,
        config=settings.config_folder,
        catalogue=settings.catalogue,
        ranges=settings.ranges,
        costs=settings.trading.costs,
        limits=settings.risk,
        capital=settings.trading.initial_capital,
        deployment=settings.deployment,
        bus=MemoryBus(),
        artifacts=Artifacts(home, ""),
        tracker=None,  # type: ignore[arg-type]
        progress=Quiet(),
        now=clock,
        sleep=clock.sleep,
        bar_feed=bar_feed,
        macro_feed=lambda source: (_ for _ in ()).throw(AssertionError(source)),
        account=lambda: Account("os:test", Role.OPERATOR),
        reopen=lambda _progress: (_ for _ in ()).throw(AssertionError("one process only")),
    )


@contextmanager
def product(
    engine: Engine, home: Path, fake: FakeTwelveData, clock: Clock, config: SourceConfig
) -> Iterator[Resources]:
    """Wire the use cases to the fake, as `wiring` does with the real provider."""
    log = DatabaseRequestLog(engine)
    client = Client("twelvedata", config, log, now=clock, sleep=clock.sleep, key=fake.key)
    with closing(client):
        yield wired(engine, home, clock, lambda: TwelveData(client))


def stored(engine: Engine) -> dict[datetime, Ohlc]:
    """What the table holds, bit for bit."""
    with engine.connect() as connection:
        frame = bars.load(connection)
    rows = frame.select("time", "open", "high", "low", "close").iter_rows()
    return {time: tuple(ohlc) for time, *ohlc in rows}
