import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import stamina
from pydantic import HttpUrl
from sqlalchemy import Engine
from tests.fakes.server import Reply, Server
from tests.fakes.twelvedata import KEY, FakeTwelveData, Fault, Ohlc, schedule

from cambio.acquisition.feed import PAGE_SCHEMA, Page
from cambio.acquisition.providers import RateLimit, SourceConfig
from cambio.errors import CambioError, ConfigError, SourceError
from cambio.sources.http import Client, Transient
from cambio.sources.twelvedata import PAGE_BARS, TwelveData
from cambio.store.requests import DatabaseRequestLog

OPEN = datetime(2024, 7, 8, 13, tzinfo=UTC)
STEP = timedelta(minutes=5)
LATER = OPEN + timedelta(days=1)
PRICES = ("open", "high", "low", "close")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self, time: datetime = LATER) -> None:
        self.time = time
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def no_growing_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=99, cap=True):
        yield


Connect = Callable[..., TwelveData]


@pytest.fixture
def connect(engine: Engine, clock: Clock) -> Iterator[Connect]:
    """Give a function that makes the feed of a fake."""
    clients: list[Client] = []

    def make(fake: FakeTwelveData, **config: Any) -> TwelveData:
        log = DatabaseRequestLog(engine)
        settings = fake.config(**config)
        clients.append(
            Client("twelvedata", settings, log, now=clock.now, sleep=clock.sleep, key=fake.key)
        )
        return TwelveData(clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def read(engine: Engine, clock: Clock) -> Callable[..., Page]:
    """Give a function that asks for one session and is served this body."""

    def page(body: object, *, attempts: int = 1, **reply: Any) -> Page:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        with Server(lambda _: Reply(content, date=clock.time.timestamp(), **reply)) as server:
            config = SourceConfig(url=HttpUrl(server.url), attempts=attempts)
            log = DatabaseRequestLog(engine)
            client = Client("twelvedata", config, log, now=clock.now, sleep=clock.sleep)
            try:
                return TwelveData(client).page(OPEN, OPEN + 59 * STEP)
            finally:
                client.close()

    return page


def bars(count: int, first: datetime = OPEN) -> dict[datetime, Ohlc]:
    """Give bars whose prices no rounding to five decimals would survive."""
    third = 1 / 3
    return {
        first + n * STEP: (4000 + n + third, 4002 + n + third, 3999 + n + third, 4001 + n + third)
        for n in range(count)
    }


def numbers(page: Page) -> dict[datetime, Ohlc]:
    """Read a page as Python does, row by row; a time that stands twice fails."""
    rows = {
        datetime.fromisoformat(time).replace(tzinfo=UTC): tuple(map(float, ohlc))
        for time, *ohlc in page.rows.iter_rows()
    }
    assert len(rows) == len(page.rows)
    return rows  # type: ignore[return-value]


def answer(*values: object, **meta: str) -> dict[str, object]:
    given = {"symbol": "USD/COP", "interval": "5min"} | meta
    return {"meta": given, "values": list(values), "status": "ok"}


def row(**changes: object) -> dict[str, object]:
    whole = {"datetime": "2024-07-08 13:00:00", "open": "1", "high": "2", "low": "0.5"}
    return whole | {"close": "1.5"} | changes


# What is asked, and what comes back


def test_a_page_holds_the_bars_asked_for_bit_for_bit(connect: Connect, clock: Clock) -> None:
    truth = bars(10)
    with FakeTwelveData(truth, now=clock.now) as fake:
        page = connect(fake).page(OPEN + 2 * STEP, OPEN + 5 * STEP)
        query = dict(fake.requests[0].query)
    assert numbers(page) == {OPEN + n * STEP: truth[OPEN + n * STEP] for n in (2, 3, 4, 5)}
    assert page.rows["time"].to_list()[0] == "2024-07-08 13:10:00"  # ascending
    assert page.rows.schema == PAGE_SCHEMA
    assert page.served_at == LATER
    assert not page.full
    assert query == {
        "symbol": "USD/COP",
        "interval": "5min",
        "outputsize": "5000",
        "start_date": "2024-07-08 13:10:00",
        "end_date": "2024-07-08 13:25:00",
        "timezone": "UTC",
        "order": "ASC",
        "apikey": KEY,
    }


def test_the_range_is_told_in_utc(connect: Connect, clock: Clock) -> None:
    bogota = OPEN.astimezone(ZoneInfo("America/Bogota"))
    with FakeTwelveData(bars(1), now=clock.now) as fake:
        assert len(connect(fake).page(bogota, bogota).rows) == 1
        assert fake.requests[0].query["start_date"] == "2024-07-08 13:00:00"


def test_no_bars_in_the_range_are_an_empty_page(connect: Connect, clock: Clock) -> None:
    with FakeTwelveData(bars(3), now=clock.now) as fake:
        page = connect(fake).page(OPEN - 9 * STEP, OPEN - STEP)
        assert len(fake.requests) == 1
    assert page.rows.is_empty()
    assert page.rows.schema == PAGE_SCHEMA
    assert (page.served_at, page.full) == (LATER, False)


@pytest.mark.parametrize("status", [200, 400])
def test_no_bars_come_with_either_status(read: Callable[..., Page], status: int) -> None:
    message = "No data is available on the specified dates. Try setting different start/end dates."
    page = read({"code": 400, "message": message, "status": "error"}, status=status)
    assert page.rows.is_empty()


@pytest.mark.parametrize(("count", "full"), [(PAGE_BARS - 1, False), (PAGE_BARS, True)])
def test_a_page_is_full_at_the_providers_limit(
    connect: Connect, clock: Clock, count: int, full: bool
) -> None:
    clock.time = OPEN + timedelta(days=60)
    with FakeTwelveData(bars(count), now=clock.now) as fake:
        page = connect(fake, timeout_s=10.0).page(OPEN, clock.time)
    assert (len(page.rows), page.full) == (count, full)


def test_a_range_above_the_limit_comes_cut_to_its_newest_bars(
    connect: Connect, clock: Clock
) -> None:
    clock.time = OPEN + timedelta(days=60)
    with FakeTwelveData(bars(PAGE_BARS + 2), now=clock.now) as fake:
        page = connect(fake, timeout_s=10.0).page(OPEN, clock.time)
    assert page.rows["time"][0] == "2024-07-08 13:10:00"
    assert page.full


# Rows that are no bars are handed on, to be refused with a reason


@pytest.mark.parametrize(
    ("served", "handed_on"),
    [
        (row(open=4000.25), "4000.25"),
        (row(open=4000), "4000"),
        (row(open=float("nan")), "NaN"),
        (row(open=None), None),
        (row(open=True), "true"),
        (row(open=["1"]), '["1"]'),
        (row(open="—"), '"\\u2014"'),
        (row(open="\ud800"), '"\\ud800"'),
        ({key: text for key, text in row().items() if key != "open"}, None),
    ],
)
def test_a_strange_price_is_handed_on_as_text(
    read: Callable[..., Page], served: object, handed_on: str | None
) -> None:
    page = read(answer(row(), served))
    assert page.rows["open"].to_list() == ["1", handed_on]
    assert page.rows["close"].to_list() == ["1.5", "1.5"]


@pytest.mark.parametrize("served", [None, "bar", 7, ["2024-07-08 13:00:00", "1"], {}])
def test_what_is_no_row_is_handed_on_too(read: Callable[..., Page], served: object) -> None:
    page = read(answer(row(), served))
    assert len(page.rows) == 2
    assert page.rows["close"].to_list() == ["1.5", None]


# What the provider says instead


def error(code: object, message: str = "why") -> dict[str, object]:
    return {"code": code, "message": message, "status": "error"}


@pytest.mark.parametrize("status", [200, 401])
def test_a_bad_key_names_the_variable_and_is_not_asked_again(
    read: Callable[..., Page], engine: Engine, status: int
) -> None:
    with pytest.raises(ConfigError, match=r"refuses the key.*CAMBIO_TWELVEDATA_API_KEY"):
        read(error(401), status=status, attempts=3)
    assert asked(engine) == 1


def test_a_bad_key_is_one_whatever_the_body(read: Callable[..., Page], engine: Engine) -> None:
    with pytest.raises(ConfigError, match="CAMBIO_TWELVEDATA_API_KEY"):
        read(b"<html>", status=401, attempts=3)
    assert asked(engine) == 1


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_refused_symbol_is_not_asked_again(
    read: Callable[..., Page], engine: Engine, code: int, status: int
) -> None:
    with pytest.raises(ConfigError, match=rf"refuses to serve USD/COP .*\({code}\): bad symbol"):
        read(error(code, "bad symbol"), status=status, attempts=3)
    assert asked(engine) == 1


@pytest.mark.parametrize("fault", [Fault.HTTP_429, Fault.BODY_429])
def test_without_credits_the_next_minute_of_the_provider_is_waited_for(
    connect: Connect, clock: Clock, fault: Fault
) -> None:
    clock.time = LATER + timedelta(seconds=18)
    with FakeTwelveData(bars(1), now=clock.now, faults=[fault]) as fake:
        assert len(connect(fake).page(OPEN, OPEN).rows) == 1
    assert clock.slept == [42.0]


def test_without_its_clock_a_whole_minute_is_waited(
    read: Callable[..., Page], clock: Clock
) -> None:
    clock.time = LATER + timedelta(seconds=18)
    with pytest.raises(Transient):
        read(error(429), attempts=2, dated=False)
    assert clock.slept == [60.0]


@pytest.mark.parametrize("status", [200, 429])
def test_without_credits_for_the_day_nothing_is_waited_for(
    read: Callable[..., Page], engine: Engine, clock: Clock, status: int
) -> None:
    message = "You have run out of API credits for the day. 801 API credits were used."
    with pytest.raises(SourceError, match=r"801 API credits.*tomorrow") as caught:
        read(error(429, message), status=status, attempts=3)
    assert not isinstance(caught.value, Transient)
    assert asked(engine) == 1
    assert clock.slept == []


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html></html>",
        b'{"meta": {"symbol": "USD/COP"',
        b"\xff\xfe",
        b"",
        [],
        None,
        {"status": "ok"},
        {"meta": {"symbol": "USD/COP", "interval": "5min"}, "values": {}, "status": "ok"},
        {"meta": {"symbol": "USD/COP"}, "values": [], "status": "ok"},
        {"code": "x", "message": "?", "status": "error"},
        {"code": 500, "message": "Internal", "status": "error"},
        {"code": 503, "status": "error"},
    ],
)
def test_an_answer_of_another_shape_is_asked_again(
    read: Callable[..., Page], engine: Engine, body: object
) -> None:
    with pytest.raises(Transient):
        read(body, attempts=3)
    assert asked(engine) == 3


@pytest.mark.parametrize("other", [{"symbol": "USD/MXN"}, {"interval": "1min"}])
def test_other_data_than_asked_for_is_refused(
    read: Callable[..., Page], other: dict[str, str]
) -> None:
    with pytest.raises(SourceError, match=f"other data.*{next(iter(other.values()))}"):
        read(answer(row(), **other))


@pytest.mark.parametrize("time", ["2024-07-08 09:00:00", "2024-07-08 18:55:00"])
def test_bars_on_another_clock_are_refused(read: Callable[..., Page], time: str) -> None:
    with pytest.raises(SourceError, match="other data than asked for: bars from"):
        read(answer(row(), row(datetime=time)))


def test_a_bar_just_outside_of_the_range_is_handed_on(read: Callable[..., Page]) -> None:
    assert len(read(answer(row(datetime="2024-07-08 18:00:00"))).rows) == 1


def asked(engine: Engine) -> int:
    return pl.read_database("SELECT id FROM source_requests", engine).height


# Each fault of the fake, and all of them


HEALED = set(Fault) - {Fault.NEWEST_MISSING, Fault.REPEATED_ROWS}
HEALED -= {Fault.LOCAL_TIMES, Fault.OTHER_SYMBOL}


@pytest.mark.parametrize("fault", sorted(HEALED))
def test_a_fault_leaves_the_bars_as_they_are(connect: Connect, clock: Clock, fault: Fault) -> None:
    truth = bars(60)
    with FakeTwelveData(truth, now=clock.now, faults=[fault]) as fake:
        assert numbers(connect(fake).page(OPEN, LATER)) == truth


@pytest.mark.parametrize("fault", [Fault.LOCAL_TIMES, Fault.OTHER_SYMBOL])
def test_a_fault_that_would_poison_is_refused(connect: Connect, clock: Clock, fault: Fault) -> None:
    with FakeTwelveData(bars(60), now=clock.now, faults=[fault]) as fake:
        feed = connect(fake)
        with pytest.raises(SourceError, match="other data than asked for"):
            feed.page(OPEN, OPEN + 59 * STEP)
        assert numbers(feed.page(OPEN, OPEN + 59 * STEP)) == bars(60)


def test_repeated_rows_are_all_handed_on(connect: Connect, clock: Clock) -> None:
    with FakeTwelveData(bars(60), now=clock.now, faults=[Fault.REPEATED_ROWS]) as fake:
        rows = connect(fake).page(OPEN, LATER).rows
    assert len(rows) == 81
    assert rows.n_unique() == 60


def test_the_newest_bar_may_come_a_request_late(connect: Connect, clock: Clock) -> None:
    truth = bars(3)
    clock.time = OPEN + 3 * STEP
    with FakeTwelveData(truth, now=clock.now, faults=[Fault.NEWEST_MISSING]) as fake:
        feed = connect(fake)
        assert list(numbers(feed.page(OPEN, LATER))) == list(truth)[:2]
        assert numbers(feed.page(OPEN, LATER)) == truth


@pytest.mark.parametrize("seed", range(10))
def test_whatever_fails_a_page_is_the_truth_or_an_error(
    connect: Connect, clock: Clock, seed: int
) -> None:
    truth = bars(60)
    faults = schedule(seed, length=60, share_of_faults=0.6)
    limits = (RateLimit(requests=8, per_s=60),)
    served = 0
    with FakeTwelveData(truth, now=clock.now, faults=faults, per_minute=8) as fake:
        feed = connect(fake, limits=limits, attempts=3)
        for _ in range(15):
            try:
                page = feed.page(OPEN, OPEN + 59 * STEP)
            except CambioError:
                continue
            assert numbers(Page(page.rows.unique(), page.served_at, page.full)) == truth
            served += 1
        assert fake.violations == 0
    assert served > 0


# The fake itself


def test_a_forming_bar_drifts_until_it_closes(connect: Connect, clock: Clock) -> None:
    truth = bars(3)
    clock.time = OPEN + STEP + timedelta(minutes=1)
    with FakeTwelveData(truth, now=clock.now) as fake:
        feed = connect(fake)
        seen = [numbers(feed.page(OPEN, LATER)) for _ in range(2)]
        clock.time = OPEN + 2 * STEP - timedelta(seconds=1)
        seen.append(numbers(feed.page(OPEN, LATER)))
        clock.time += timedelta(seconds=1)
        closed = numbers(feed.page(OPEN, OPEN + STEP))
    assert all(list(page) == [OPEN, OPEN + STEP] for page in seen)  # the third has not opened
    forming = [page[OPEN + STEP] for page in seen]
    assert all(a != b for a, b in itertools.combinations([*forming, truth[OPEN + STEP]], 2))
    assert closed == {time: truth[time] for time in (OPEN, OPEN + STEP)}


def test_revised_history_is_served_from_then_on(connect: Connect, clock: Clock) -> None:
    with FakeTwelveData(bars(2), now=clock.now) as fake:
        feed = connect(fake)
        before = numbers(feed.page(OPEN, LATER))
        fake.revise(OPEN, 4500.0)
        after = numbers(feed.page(OPEN, LATER))
    assert after[OPEN] == (before[OPEN][0], 4500.0, before[OPEN][2], 4500.0)
    assert after[OPEN + STEP] == before[OPEN + STEP]


def test_the_fake_counts_what_breaks_its_limit(connect: Connect, clock: Clock) -> None:
    with FakeTwelveData(bars(1), now=clock.now, per_minute=2) as fake:
        feed = connect(fake)
        for _ in range(3):
            feed.page(OPEN, OPEN)
        assert fake.violations == 1
    assert clock.slept == [60.0]


def test_the_clock_skew_goes_both_ways(connect: Connect, clock: Clock) -> None:
    with FakeTwelveData(bars(1), now=clock.now, faults=[Fault.CLOCK_SKEW] * 2) as fake:
        stamps = {connect(fake).page(OPEN, OPEN).served_at for _ in range(2)}
    assert stamps == {LATER - timedelta(seconds=90), LATER + timedelta(seconds=90)}


@pytest.mark.parametrize(
    ("day", "local"), [(8, "2024-03-08 08:00:00"), (11, "2024-03-11 09:00:00")]
)
def test_local_times_follow_new_yorks_summer_time(
    connect: Connect, clock: Clock, day: int, local: str
) -> None:
    first = datetime(2024, 3, day, 13, tzinfo=UTC)
    with (
        FakeTwelveData(bars(1, first), now=clock.now, faults=[Fault.LOCAL_TIMES]) as fake,
        pytest.raises(SourceError, match=f"bars from {local}"),
    ):
        connect(fake).page(first, first)


def test_a_schedule_is_the_same_for_the_same_seed() -> None:
    assert schedule(1, 200, 0.5) == schedule(1, 200, 0.5) != schedule(2, 200, 0.5)
    assert schedule(1, 9, 0.0) == [Fault.OK] * 9
    assert set(schedule(1, 2000, 0.5)) == set(Fault)


def test_what_a_database_cannot_hold_is_quoted(read: Callable[..., Page]) -> None:
    rows = read(answer(row(close="1\0"), row(close="\x1b"))).rows
    assert rows["close"].to_list() == ['"1\\u0000"', '"\\u001b"']


@pytest.mark.parametrize("depth", [900, 980, 990, 100_000])
def test_an_answer_of_whatever_depth_is_a_page_or_an_error_of_the_source(
    read: Callable[..., Page], depth: int
) -> None:
    nested = b"[" * depth + b"]" * depth
    whole = json.dumps(answer(row(close="here"))).encode().replace(b'"here"', nested)
    for body in (whole, b'{"status": "error", "code": 400, "message": ' + nested + b"}"):
        try:
            assert len(read(body).rows) == 1
        except CambioError:
            continue
