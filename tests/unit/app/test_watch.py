"""The loop of polls: at each close, again soon where a bar is late, through whatever fails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import stamina
from tests.fakes.twelvedata import FakeTwelveData, Fault
from tests.unit.app.live import Clock, market, product, stored

from cambio.app.ohlcv import PollReport
from cambio.app.watch import watch
from cambio.calendar import session_open
from cambio.errors import ConfigError, SourceError

FRIDAY, NEXT_MONDAY = date(2024, 7, 5), date(2024, 7, 8)
OPEN = session_open(FRIDAY)


class Enough(Exception):
    """The test has seen what it wants."""


@pytest.fixture
def watched(engine, tmp_path):
    """Give a function that watches for so many polls and gives (time, result) of each."""

    def run(start, polls, **options):
        clock = Clock(start)
        seen = []

        def note(result, following):
            assert following > clock.time
            seen.append((clock.time, result))
            if len(seen) == polls:
                raise Enough

        with FakeTwelveData(market(date(2024, 7, 1), NEXT_MONDAY), now=clock, **options) as fake:
            config = fake.config(timeout_s=5.0, attempts=1)
            with (
                stamina.set_testing(True, attempts=1),
                product(engine, tmp_path, fake, clock, config) as resources,
                pytest.raises(Enough),
            ):
                watch(resources, note)
        return seen

    return run


def test_it_polls_at_each_close_and_every_bar_comes_in(watched, engine):
    seen = watched(OPEN, 61)
    closes = [OPEN + timedelta(minutes=5 * n, seconds=2) for n in range(1, 61)]
    assert [time for time, _ in seen[1:]] == closes
    assert [result.intake.inserted for _, result in seen[2:]] == [1] * 59
    assert len(stored(engine)) == 60 + 60


def test_after_the_last_bar_it_sleeps_until_the_next_session(watched):
    last = OPEN + timedelta(hours=5, seconds=2)
    times = [time for time, _ in watched(last, 2)]
    assert times == [last, session_open(NEXT_MONDAY) + timedelta(minutes=5, seconds=2)]


def test_a_late_bar_is_asked_for_again_soon(watched):
    start = OPEN + timedelta(minutes=10, seconds=2)
    seen = watched(start, 4, faults=[Fault.NEWEST_MISSING] * 2)
    assert [(time - start).total_seconds() for time, _ in seen] == [0, 3, 13, 300]
    assert [result.behind for _, result in seen] == [1, 1, 0, 0]


def test_a_provider_that_fails_is_asked_again_and_then_at_the_next_close(watched):
    start = OPEN + timedelta(minutes=10, seconds=2)
    seen = watched(start, 6, faults=[Fault.HTTP_500] * 5)
    assert [(time - start).total_seconds() for time, _ in seen] == [0, 3, 13, 43, 300, 303]
    assert [isinstance(result, SourceError) for _, result in seen] == [True] * 5 + [False]
    assert seen[-1][1].behind == 0


def test_other_data_than_asked_for_is_asked_for_again(watched):
    start = OPEN + timedelta(hours=2)
    seen = watched(start, 3, faults=[Fault.OK, Fault.OTHER_SYMBOL])
    assert isinstance(seen[0][1], PollReport)
    assert isinstance(seen[1][1], SourceError)
    assert isinstance(seen[2][1], PollReport)


def test_a_refused_key_ends_the_watch(engine, tmp_path):
    clock = Clock(OPEN + timedelta(hours=1))
    with FakeTwelveData({}, now=clock) as fake:
        fake.key = ("apikey", fake.key[1].__class__("wrong"))
        with (
            product(engine, tmp_path, fake, clock, fake.config(timeout_s=5.0)) as resources,
            pytest.raises(ConfigError, match="key"),
        ):
            watch(resources, lambda result, following: None)


def test_a_weekend_asks_for_nothing(watched):
    saturday = datetime(2024, 7, 6, 15, tzinfo=UTC)
    seen = watched(saturday, 2)
    assert not seen[0][1].asked
    assert seen[1][0] == session_open(NEXT_MONDAY) + timedelta(minutes=5, seconds=2)
