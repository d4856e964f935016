"""The live feed asks the provider at each close of a session bar, and at no other time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
import stamina
from sqlalchemy import func, select
from tests.fakes.twelvedata import FakeTwelveData, Fault
from tests.unit.app.live import Clock, market, product

from cambio.app.feeds import TwelveDataFeed
from cambio.calendar import session_open
from cambio.errors import SourceError
from cambio.store import tables

FRIDAY, NEXT_MONDAY = date(2024, 7, 5), date(2024, 7, 8)
OPEN = session_open(FRIDAY)
"""08:00 in Bogota, 13:00 UTC."""
BAR, SETTLE = timedelta(minutes=5), timedelta(seconds=2)


def count(engine) -> int:
    """How many bars are stored."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.bars))


@pytest.fixture
def polled(engine, tmp_path):
    """Give a function that polls each second for a while and gives when bars or a failure came.

    Its `requests` are how many the last run made.
    """

    def run(start, seconds, step=1, **options):
        clock, came = Clock(start), []
        with FakeTwelveData(market(date(2024, 7, 1), NEXT_MONDAY), now=clock, **options) as fake:
            config = fake.config(timeout_s=5.0, attempts=1)
            with (
                stamina.set_testing(True, attempts=1),
                product(engine, tmp_path, fake, clock, config) as resources,
            ):
                feed = TwelveDataFeed(resources)
                for second in range(0, seconds, step):
                    clock.time = start + timedelta(seconds=second)
                    before = count(engine)
                    try:
                        feed.poll()
                    except SourceError:
                        came.append((second, "failed"))
                    else:
                        new = count(engine) - before
                        came += [(second, new)] * bool(new)
            run.requests = len(fake.requests)
        return came

    return run


def test_each_bar_comes_in_two_seconds_after_its_close(polled):
    start = OPEN + BAR + SETTLE
    (first, backlog), *rest = polled(start, 700, step=2)
    assert (first, rest) == (0, [(300, 1), (600, 1)])
    assert backlog > 1


def test_nothing_is_asked_between_the_last_bar_and_the_next_open(polled):
    last = OPEN + 60 * BAR + SETTLE
    assert [second for second, _ in polled(last, 3600, step=10)] == [0]
    assert polled.requests == 1


def test_after_fridays_last_bar_comes_mondays_first(polled):
    last = OPEN + 60 * BAR + SETTLE
    mondays = int((session_open(NEXT_MONDAY) + BAR + SETTLE - last).total_seconds())
    assert polled(last, mondays + 1, step=300)[1:] == [(mondays, 1)]
    assert polled.requests == 2


def test_a_holiday_asks_for_nothing(polled):
    independence_day = datetime(2024, 7, 4, 12, 30, tzinfo=UTC)
    assert polled(independence_day, 7 * 3600, step=60) == []
    assert polled.requests == 0


def test_a_bar_that_the_provider_has_late_is_asked_for_again_after_three_and_ten_seconds(polled):
    start = OPEN + 2 * BAR + SETTLE
    came = polled(start, 30, faults=[Fault.NEWEST_MISSING] * 2)
    assert [second for second, _ in came] == [0, 13]
    assert came[-1][1] == 1


def test_a_provider_that_fails_is_told_and_asked_again_soon(polled):
    start = OPEN + 2 * BAR + SETTLE
    came = polled(start, 30, faults=[Fault.HTTP_500] * 2)
    assert [second for second, _ in came] == [0, 3, 13]
    assert [what for _, what in came[:2]] == ["failed", "failed"]


def test_after_three_more_tries_it_waits_for_the_next_close(polled):
    start = OPEN + 2 * BAR + SETTLE
    came = polled(start, 304, faults=[Fault.HTTP_500] * 5)
    assert [second for second, _ in came] == [0, 3, 13, 43, 300, 303]
    assert [what for _, what in came[:5]] == ["failed"] * 5


class Waited(Event):
    """Notes for how long it was waited, and lets nobody wait."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float | None] = []

    def wait(self, timeout=None):
        self.seconds.append(timeout)
        return False


def test_it_waits_until_a_poll_is_due_but_a_second_at_most(engine, tmp_path):
    clock, stop = Clock(datetime(2024, 7, 6, 15, tzinfo=UTC)), Waited()
    with (
        FakeTwelveData({}, now=clock) as fake,
        product(engine, tmp_path, fake, clock, fake.config()) as resources,
    ):
        feed = TwelveDataFeed(resources)
        feed.wait(stop)
        feed.poll()
        feed.wait(stop)
        clock.time = session_open(NEXT_MONDAY) + BAR + SETTLE - timedelta(seconds=0.25)
        feed.wait(stop)
    assert stop.seconds == [0.0, 1.0, 0.25]
