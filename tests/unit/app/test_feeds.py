"""The simulated feed goes on with the stored market, and URLs name feeds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event

import polars as pl
import pytest
from sqlalchemy import Engine
from tests.unit.app.live import Clock, wired

from cambio.acquisition.simulator import SimulationConfig, simulate
from cambio.app.feeds import (
    DatabaseFeed,
    SimulatedFeed,
    SimulatedFeedConfig,
    TwelveDataFeed,
    open_feed,
)
from cambio.app.processes import Quiet
from cambio.app.resources import Resources
from cambio.app.simulation import simulate_market
from cambio.calendar import session_open
from cambio.errors import ConfigError, Conflict
from cambio.store import bars, macro
from cambio.store.database import reading

START, END, LATER = date(2025, 6, 2), date(2025, 6, 11), date(2025, 6, 13)
FAST = SimulatedFeedConfig(seed=3, speed=0, sessions=2)
VALUES = ("series", "period", "value")
PRICES = ("time", "open", "high", "low", "close")


@pytest.fixture
def resources(engine: Engine, tmp_path) -> Resources:
    """A product with a stored market of a few sessions."""
    clock = Clock(datetime(2025, 7, 1, tzinfo=UTC))
    found = wired(engine, tmp_path, clock, lambda: None)  # type: ignore[arg-type,return-value]
    found = replace(found, progress=Quiet())
    simulate_market(found, SimulationConfig(seed=3, start=START, end=END))
    return found


def stored(resources: Resources) -> pl.DataFrame:
    with reading(resources.engine) as connection:
        return bars.load(connection)


def run(feed: SimulatedFeed, turns: int = 200) -> int:
    """Poll as the loop does until the feed ends; give the number of turns."""
    stop = Event()
    for turn in range(turns):
        feed.poll()
        feed.wait(stop)
        if stop.is_set():
            return turn + 1
    raise AssertionError("the feed did not end")


def test_a_market_that_goes_on_is_the_longer_market_bit_for_bit(resources):
    run(SimulatedFeed(resources, FAST))
    longer = SimulationConfig(seed=3, start=START, end=LATER)
    expected = simulate(longer, resources.catalogue).bars
    assert stored(resources).select(PRICES).equals(expected.select(PRICES))


def test_a_feed_of_two_sessions_ends_after_two(resources):
    before = len(stored(resources))
    turns = run(SimulatedFeed(resources, FAST))
    assert len(stored(resources)) - before == 120
    assert turns == 1 + 2 * 61  # nothing at first; then an open and 60 bars each


def test_the_first_poll_stores_nothing(resources):
    before = stored(resources)
    feed = SimulatedFeed(resources, FAST)
    feed.poll()
    assert stored(resources).equals(before)


@pytest.mark.parametrize("url", ["simulated://?seed=4", "simulated://?seed=3&edge=none"])
def test_another_market_than_the_stored_one_is_refused(resources, url):
    with pytest.raises(Conflict, match="another simulated market"):
        open_feed(resources, url)


@pytest.mark.parametrize(
    ("url", "kind"), [("twelvedata://", TwelveDataFeed), ("database://", DatabaseFeed)]
)
def test_a_url_names_its_feed(resources, url, kind):
    assert isinstance(open_feed(resources, url), kind)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://",
        "",
        "database://?speed=2",
        "simulated://?pace=2",
        "simulated://?speed=-1",
        "simulated://?speed=inf",
        "simulated://?edge=huge",
    ],
)
def test_a_url_that_names_no_feed_is_refused(resources, url):
    with pytest.raises(ConfigError, match=r"names no feed|The feed "):
        open_feed(resources, url)


def test_a_taken_market_is_the_polled_one_bit_for_bit(resources):
    for bar in range(61):
        report = open_feed(resources, "simulated://?seed=3").take()
        assert (report.intake.inserted, report.newest) == (1, stored(resources)["time"][-1]), bar
    longer = SimulationConfig(seed=3, start=START, end=LATER)
    expected = simulate(longer, resources.catalogue)
    after = stored(resources)
    assert after.select(PRICES).equals(expected.bars.select(PRICES).head(len(after)))
    opened = session_open(after["time"][-1].date())
    with reading(resources.engine) as connection:
        stored_macro = macro.load(connection)
    ours, theirs = (
        frame.filter(pl.col("available_at") < opened).select(VALUES).sort(VALUES)
        for frame in (stored_macro, expected.macro)
    )
    assert ours.equals(theirs)


def test_a_database_is_not_asked_for_bars(resources):
    with pytest.raises(ConfigError, match="another process stores them"):
        open_feed(resources, "database://").take()
