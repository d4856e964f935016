"""Live bars against a provider on loopback: polls, gap repair, and what goes wrong."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
import stamina
from pydantic import SecretStr
from sqlalchemy import delete
from tests.fakes.twelvedata import FakeTwelveData, Fault
from tests.unit.app.live import Clock, market, product, stored, wired

from cambio.acquisition.feed import PAGE_SCHEMA, Page
from cambio.acquisition.providers import RateLimit
from cambio.acquisition.quality import PRICES
from cambio.acquisition.simulator import SIMULATED
from cambio.app.ohlcv import backfill, realtime
from cambio.calendar import session_open
from cambio.contracts.market import BAR_SCHEMA
from cambio.errors import ConfigError, Conflict, DataQualityError, SourceError
from cambio.store import bars, quarantine, tables
from cambio.store.database import transaction

MONDAY, WEDNESDAY, FRIDAY = date(2024, 7, 1), date(2024, 7, 3), date(2024, 7, 5)
"""Monday is a Colombian holiday, Thursday a US one."""
OPEN = session_open(FRIDAY)
EVENING = OPEN + timedelta(hours=9)


@pytest.fixture(autouse=True)
def no_pauses():
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def live(engine, tmp_path):
    """Give a function that opens a product on a fake provider."""

    @contextmanager
    def opened(truth, now, *, limits=(), timeout_s=5.0, key=None, **options):
        clock = Clock(now)
        with FakeTwelveData(truth, now=clock, **options) as fake:
            if key is not None:
                fake.key = ("apikey", SecretStr(key))
            config = fake.config(limits=limits, timeout_s=timeout_s, attempts=4)
            with product(engine, tmp_path, fake, clock, config) as resources:
                yield resources, fake, clock

    return opened


def test_a_poll_stores_the_closed_bars_of_two_sessions(live, engine):
    with live(market(MONDAY, FRIDAY), OPEN + timedelta(minutes=62)) as (resources, fake, _):
        report = realtime(resources)
        assert stored(engine) == {
            time: ohlc for time, ohlc in fake.closed().items() if time >= session_open(WEDNESDAY)
        }
    assert (report.intake.inserted, report.behind) == (60 + 12, 0)
    assert report.newest == OPEN + timedelta(minutes=55)
    assert len(fake.requests) == 1


def test_a_second_poll_brings_the_next_bar_only(live, engine):
    with live(market(MONDAY, FRIDAY), OPEN + timedelta(minutes=62)) as (resources, _, clock):
        realtime(resources)
        clock.time += timedelta(minutes=5)
        again = realtime(resources)
    assert (again.intake.inserted, again.intake.unchanged, again.intake.revised) == (1, 72, 0)


def test_the_forming_bar_becomes_a_bar_when_it_has_closed(live, engine):
    truth = market(MONDAY, FRIDAY)
    with live(truth, OPEN + timedelta(minutes=4, seconds=59)) as (resources, _, clock):
        first = realtime(resources)
        assert OPEN not in stored(engine)
        clock.time += timedelta(seconds=1)
        realtime(resources)
    assert not first.asked
    assert stored(engine)[OPEN] == truth[OPEN]


def test_a_provider_clock_that_lags_delays_a_bar_and_loses_none(live, engine):
    truth = market(MONDAY, FRIDAY)
    skewed = [Fault.CLOCK_SKEW] * 2  # 90 s early, then late
    with live(truth, OPEN + timedelta(minutes=10), faults=skewed) as (resources, _, clock):
        behind = {realtime(resources).behind for _ in range(2)}
        clock.time += timedelta(minutes=5)
        assert realtime(resources).behind == 0
    assert behind == {0, 1}
    assert stored(engine)[OPEN + timedelta(minutes=5)] == truth[OPEN + timedelta(minutes=5)]


def test_what_the_provider_revises_becomes_a_revision(live, engine):
    with live(market(MONDAY, FRIDAY), EVENING) as (resources, fake, _):
        realtime(resources)
        fake.revise(OPEN, 4100.0)
        report = realtime(resources)
        assert stored(engine)[OPEN] == fake.truth[OPEN]
    assert report.intake.revised == 1
    with engine.connect() as connection:
        assert bars.revision_count(connection) == 1


@pytest.mark.parametrize("day", [MONDAY, date(2024, 7, 6)])
def test_nothing_is_asked_on_a_day_without_session(live, day):
    with live({}, session_open(day) + timedelta(hours=1)) as (resources, fake, _):
        report = realtime(resources)
        assert not report.asked
        assert fake.requests == []
    assert str(day) in report.note


def test_a_backfill_fills_every_gap_and_leaves_the_rest(live, engine):
    truth = market(MONDAY, FRIDAY)
    with live(truth, EVENING) as (resources, _, _):
        report = backfill(resources, MONDAY, FRIDAY)
        assert stored(engine) == truth
        assert (report.missing_before, report.missing_after) == (180, 0)
        again = backfill(resources)
    assert (again.intake.requests, again.missing_before) == (0, 0)
    assert again.start == date(2024, 7, 2)


@pytest.mark.parametrize("keep", ["newest", "oldest"])
def test_a_page_that_is_cut_is_asked_on(live, engine, keep, monkeypatch):
    truth = market(date(2023, 12, 1), FRIDAY)
    with live(truth, EVENING, keep=keep) as (resources, _, _):
        report = backfill(resources, date(2023, 12, 1), FRIDAY)
        assert stored(engine) == truth
    assert report.missing_after == 0
    assert report.intake.requests <= -(-len(truth) // 5000) + 1


def test_a_provider_with_bars_around_the_clock_is_paged_through(live, engine):
    day = date(2024, 6, 3)
    truth = {
        datetime(2024, 6, 3, tzinfo=UTC) + timedelta(minutes=5 * n): (
            4000.0,
            4001.0,
            3999.0,
            4000.5,
        )
        for n in range(33 * 288)
    }
    with live(truth, EVENING) as (resources, _, _):
        report = backfill(resources, day, FRIDAY)
    assert report.missing_after == 0
    assert report.intake.requests == 2
    assert len(stored(engine)) == report.expected + 5 * 60  # and the bars of five holidays


def test_what_the_provider_lacks_is_remembered_and_not_asked_again(live, engine):
    truth = market(MONDAY, FRIDAY)
    lost = [time for time in truth if time.hour == 15 and time.date() != FRIDAY]
    for time in lost:
        del truth[time]
    later = EVENING + timedelta(days=3)
    with live(truth, later) as (resources, fake, _):
        first = backfill(resources, MONDAY, FRIDAY)
        again = backfill(resources, MONDAY, FRIDAY)
        assert len(fake.requests) == 1
        fake.truth.update(dict.fromkeys(lost, (4000.0, 4001.0, 3999.0, 4000.5)))
        rechecked = backfill(resources, MONDAY, FRIDAY, recheck=True)
    assert (first.intake.absent, first.missing_after, len(first.gaps)) == (24, 24, 2)
    assert (again.known_absent, again.intake.requests) == (24, 0)
    assert rechecked.missing_after == 0


def test_a_bar_that_is_late_is_not_called_absent(live):
    truth = market(MONDAY, FRIDAY)
    del truth[OPEN + timedelta(minutes=30)]
    with live(truth, EVENING) as (resources, _, _):
        report = backfill(resources, MONDAY, FRIDAY)
    assert (report.intake.absent, report.missing_after) == (0, 1)


def test_a_run_that_is_stopped_goes_on_where_it_stopped(live, engine):
    truth = market(date(2023, 1, 2), FRIDAY)
    faults = [Fault.OK] * 2 + [Fault.HTTP_500] * 4
    with live(truth, EVENING, faults=faults) as (resources, _, _):
        stopped = backfill(resources, date(2023, 1, 2), FRIDAY)
        kept = len(stored(engine))
        resumed = backfill(resources, date(2023, 1, 2), FRIDAY)
        assert stored(engine) == truth
    assert isinstance(stopped.failure, SourceError)
    assert stopped.missing_after == len(truth) - kept > 0
    assert resumed.missing_before == stopped.missing_after
    assert resumed.failure is None


def test_impossible_rows_are_quarantined_and_stay_missing(live, engine):
    truth = market(MONDAY, FRIDAY)
    broken = OPEN + timedelta(minutes=30)
    first, high, low, close = truth[broken]
    truth[broken] = (first, low, high, close)
    with live(truth, EVENING + timedelta(days=3)) as (resources, _, _):
        report = backfill(resources, MONDAY, FRIDAY)
    assert report.intake.quarantined == {"high_below_low": 1}
    assert json.loads(json.dumps(report.to_dict()))["intake"]["quarantined"] == {
        "high_below_low": 1
    }
    assert report.intake.absent == 0
    assert [(gap.bars, gap.first) for gap in report.gaps] == [(1, broken.replace(tzinfo=None))]
    with engine.connect() as connection:
        assert [row["rows"] for row in quarantine.counts(connection)] == [1]


def test_a_bar_that_a_person_dropped_is_not_asked_for_again(live, engine):
    truth = market(MONDAY, FRIDAY)
    first, high, low, close = truth[OPEN]
    truth[OPEN] = (first, low, high, close)
    with live(truth, EVENING + timedelta(days=3)) as (resources, _, clock):
        backfill(resources, MONDAY, FRIDAY)
        asked = backfill(resources, MONDAY, FRIDAY).intake.requests
        decision = quarantine.Decision("ana", "a bad tick", clock())
        with transaction(engine) as connection:
            quarantine.resolve(connection, [1], quarantine.Resolution.DROPPED, decision)
        report = backfill(resources, MONDAY, FRIDAY)
    assert asked == 1
    assert (report.intake.requests, report.known_absent, report.missing_after) == (0, 1, 1)


def test_another_market_under_the_same_name_is_refused_whole(live, engine):
    truth = market(MONDAY, FRIDAY)
    with live(truth, OPEN + timedelta(minutes=62)) as (resources, fake, clock):
        realtime(resources)
        before = stored(engine)
        fake.truth = market(MONDAY, FRIDAY, seed=6)
        clock.time += timedelta(minutes=5)
        with pytest.raises(DataQualityError, match="other bars"):
            realtime(resources)
    assert stored(engine) == before


def test_the_limit_is_kept_before_it_is_hit(live):
    truth = market(date(2020, 1, 2), FRIDAY)
    eight = (RateLimit(requests=8, per_s=60),)
    with live(truth, EVENING, limits=eight, per_minute=8) as (resources, fake, clock):
        report = backfill(resources, date(2020, 1, 2), FRIDAY)
        assert fake.violations == 0
    assert report.missing_after == 0
    assert report.intake.requests > 8
    assert sum(clock.slept) == pytest.approx(60 * (report.intake.requests // 8), abs=60)


def test_a_key_that_is_refused_ends_the_run_at_once(live):
    with live(market(MONDAY, FRIDAY), EVENING, key="wrong") as (resources, fake, _):
        with pytest.raises(ConfigError, match="key"):
            realtime(resources)
        assert len(fake.requests) == 1


def test_real_bars_are_never_stored_beside_a_simulated_market(live, engine):
    bar = {"time": [OPEN], "volume": [0.0], "source": [SIMULATED]}
    frame = pl.DataFrame(bar | {price: [4000.0] for price in PRICES}, schema=BAR_SCHEMA)
    with transaction(engine) as connection:
        bars.store(connection, frame.select(BAR_SCHEMA.names()), OPEN)
    with live(market(MONDAY, FRIDAY), EVENING) as (resources, fake, _):
        with pytest.raises(Conflict, match="simulated"):
            realtime(resources)
        with pytest.raises(Conflict, match="simulated"):
            backfill(resources)
        assert fake.requests == []


def test_a_range_that_ends_before_it_starts_is_refused(live):
    with live({}, EVENING) as (resources, _, _), pytest.raises(ConfigError, match="no session"):
        backfill(resources, date(2025, 1, 1), None)


def test_an_empty_database_begins_with_the_configured_data(live):
    with live({}, session_open(date(2020, 3, 4)) + timedelta(hours=6)) as (resources, _, _):
        report = backfill(resources)
    assert report.start == resources.ranges.data.start
    assert report.missing_after == 3 * 60


def test_two_at_once_end_with_the_same_table(live, engine, tmp_path):
    truth = market(date(2023, 6, 1), FRIDAY)
    with live(truth, EVENING) as (resources, _, _):
        reports = []
        runs = [
            threading.Thread(
                target=lambda: reports.append(backfill(resources, date(2023, 6, 1), FRIDAY))
            )
            for _ in range(2)
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
    assert stored(engine) == truth
    assert [report.failure for report in reports] == [None, None]
    assert sum(report.intake.inserted for report in reports) == len(truth)
    with transaction(engine) as connection:
        assert bars.revision_count(connection) == 0


class Feed:
    """A provider that answers with what ``rows`` makes of the bars that it was asked for."""

    name, page_bars = "provider", 5000

    def __init__(self, truth, rows=lambda rows: rows, full=False):
        self.truth, self.rows, self.full, self.asked = truth, rows, full, 0

    def page(self, start, end):
        self.asked += 1
        assert self.asked < 50, "it asks for ever"
        bars = [(time, *ohlc) for time, ohlc in self.truth.items() if start <= time <= end]
        cells = [[f"{t:%Y-%m-%d %H:%M:%S}", *map(repr, ohlc)] for t, *ohlc in self.rows(bars)]
        return Page(pl.DataFrame(cells, PAGE_SCHEMA, orient="row"), None, self.full)


@pytest.fixture
def fed(engine, tmp_path):
    """Give a function that backfills the week from a feed, three days later."""

    def run(feed, **options):
        clock = Clock(EVENING + timedelta(days=3))
        resources = wired(engine, tmp_path, clock, lambda: feed)
        return backfill(resources, MONDAY, FRIDAY, **options)

    return run


@pytest.mark.parametrize("part", [slice(30), slice(-30, None)])
def test_an_answer_that_is_cut_without_saying_so_loses_nothing(fed, engine, part):
    truth = market(MONDAY, FRIDAY)
    report = fed(Feed(truth, lambda rows: rows[part]))
    assert stored(engine) == truth
    assert (report.intake.absent, report.missing_after) == (0, 0)


def test_where_a_time_cannot_be_read_nothing_is_called_absent(fed, engine):
    truth = market(MONDAY, FRIDAY)
    feed = Feed(truth)

    def page(start, end, honest=feed.page):
        answer = honest(start, end)
        rows = answer.rows.with_row_index().with_columns(
            time=pl.when(pl.col("index") == 9).then(pl.lit("2024-07-02")).otherwise("time")
        )
        return Page(rows.drop("index"), answer.served_at, full=False)

    feed.page = page
    report = fed(feed)
    assert (report.intake.absent, report.missing_after) == (0, 1)
    feed.page = Feed(truth).page
    assert fed(feed).missing_after == 0
    assert stored(engine) == truth


SHIFT = timedelta(hours=1)
OTHER_DATA = {
    "another hour": lambda truth: {t: truth.get(t + SHIFT, ohlc) for t, ohlc in truth.items()},
    "another price": lambda truth: {t: tuple(1.5 * p for p in ohlc) for t, ohlc in truth.items()},
    "labels of the close": lambda truth: {
        t + timedelta(minutes=5): ohlc for t, ohlc in truth.items()
    },
}


@pytest.mark.parametrize("change", OTHER_DATA.values(), ids=OTHER_DATA)
def test_a_small_gap_is_not_filled_with_other_data(fed, engine, change):
    truth = market(MONDAY, FRIDAY)
    hole = [OPEN + timedelta(minutes=5 * n) for n in range(10, 15)]
    fed(Feed({time: ohlc for time, ohlc in truth.items() if time not in hole}))
    with transaction(engine) as connection:
        connection.execute(delete(tables.absent_bars))
    before = stored(engine)
    report = fed(Feed(change(truth)))
    assert isinstance(report.failure, DataQualityError)
    assert report.missing_after == 5
    assert stored(engine) == before


def test_full_answers_without_what_was_asked_for_are_not_asked_for_ever(fed):
    truth = market(MONDAY, FRIDAY)
    feed = Feed(truth, lambda rows: rows[-1:] * 5000, full=True)
    report = fed(feed)
    assert isinstance(report.failure, SourceError) or report.missing_after == 0
    assert feed.asked < 50
