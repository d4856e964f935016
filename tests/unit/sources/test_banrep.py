from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine
from tests.fakes.banrep import FakeBanrep, Fault, midnight_ms
from tests.fakes.server import Reply, Server
from tests.unit.sources.single_values import rows

from cambio.acquisition.catalogue import Catalogue, MacroSeries
from cambio.acquisition.providers import SourceConfig
from cambio.errors import ConfigError, SourceError
from cambio.sources.banrep import Banrep
from cambio.sources.http import Client, Transient
from cambio.store.requests import DatabaseRequestLog

NOW = datetime(2024, 3, 5, 2, tzinfo=UTC)
"""In Bogota it is 21:00 on March 4."""
LEAP = {
    date(2023, 12, 31): 13.25,
    date(2024, 1, 1): 13.0,
    date(2024, 2, 28): 12.8,
    date(2024, 2, 29): 12.75,
    date(2024, 3, 1): 12.7,
    date(2024, 3, 4): 12.6,
}


@pytest.fixture
def fake() -> FakeBanrep:
    return FakeBanrep({59: LEAP}, Random(1))


@pytest.fixture
def server(fake: FakeBanrep) -> Iterator[Server]:
    with Server(fake.handle) as running:
        yield running


Make = Callable[[Server], Banrep]


@pytest.fixture
def make(engine: Engine) -> Iterator[Make]:
    """Give a function that makes the client of a server."""
    clients: list[Client] = []

    def made(server: Server) -> Banrep:
        config = SourceConfig(url=HttpUrl(server.url), attempts=3, timeout_s=1.5, wait_initial_s=0)
        log = DatabaseRequestLog(engine)
        clients.append(Client("banrep", config, log, now=lambda: NOW, sleep=lambda _: None))
        return Banrep(clients[-1], lambda: NOW)

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def feed(server: Server, make: Make) -> Banrep:
    return make(server)


@pytest.fixture
def tpm(catalogue: Catalogue) -> MacroSeries:
    return catalogue["TPM"]


def test_the_whole_history_is_served_with_leap_day_and_turn_of_the_year(
    feed: Banrep, tpm: MacroSeries, server: Server
) -> None:
    assert rows(feed.values(tpm, None)) == LEAP
    assert server.requests[0].query == {"idSerie": "59"}


def test_since_includes_its_own_day(feed: Banrep, tpm: MacroSeries) -> None:
    assert min(rows(feed.values(tpm, date(2024, 2, 29)))) == date(2024, 2, 29)


def test_the_days_after_today_in_bogota_are_dropped(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries
) -> None:
    fake.extra = [[midnight_ms(date(2024, 3, n)), 12.5] for n in (5, 6)]
    assert NOW.date() == date(2024, 3, 5)  # in UTC it is tomorrow already
    assert max(rows(feed.values(tpm, None))) == date(2024, 3, 4)


def test_null_values_are_missing_ones(feed: Banrep, fake: FakeBanrep, tpm: MacroSeries) -> None:
    fake.nulls = {date(2024, 2, 29)}
    assert date(2024, 2, 29) not in rows(feed.values(tpm, None))


def test_repeated_and_reordered_rows_change_nothing(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries
) -> None:
    fake.messy = True
    for _ in range(10):
        assert rows(feed.values(tpm, None)) == LEAP


def test_two_values_for_a_day_are_refused(feed: Banrep, fake: FakeBanrep, tpm: MacroSeries) -> None:
    fake.extra = [[midnight_ms(date(2024, 2, 29)), 99.0]]
    with pytest.raises(SourceError, match=r"both 12\.75 and 99\.0 for 2024-02-29"):
        feed.values(tpm, None)


@pytest.mark.parametrize(
    ("epoch_ms", "day"),
    [
        (1041483600000, date(2003, 1, 2)),  # 2003-01-02 05:00 UTC
        (694155600000, date(1991, 12, 31)),  # 05:00 UTC
        (709704000000, date(1992, 6, 28)),  # 04:00 UTC: summer time
        (709707600000, date(1992, 6, 28)),  # 05:00 UTC: a server that knows no summer time
    ],
)
def test_the_day_is_the_one_that_begins_in_bogota(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, epoch_ms: int, day: date
) -> None:
    fake.truth = {59: {}}
    fake.extra = [[epoch_ms, 7.0]]
    assert rows(feed.values(tpm, None)) == {day: 7.0}


@pytest.mark.parametrize(
    "start",
    [
        datetime(2024, 2, 29, tzinfo=UTC),  # UTC's midnight: 19:00 on the 28th in Bogota
        datetime(2024, 2, 29, 4, tzinfo=UTC),  # New York's in summer, and no summer time here
        datetime(2024, 2, 29, 5, 0, 1, tzinfo=UTC),
    ],
)
def test_a_time_that_is_no_midnight_in_bogota_is_not_guessed(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, start: datetime
) -> None:
    epoch_ms = int(start.timestamp()) * 1000
    fake.extra = [[epoch_ms, 7.0]]
    with pytest.raises(SourceError, match=f"{epoch_ms}.*no midnight"):
        feed.values(tpm, None)


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ([10**20, 1.0], "100000000000000000000"),
        (["x", 1.0], "'x'"),
        ([None, 1.0], "None"),
        ([1041483600000], r"\[1041483600000\]"),
        ([1041483600000, "13.5"], "'13.5' on 2003-01-02"),
        ([1041483600000, True], "True on 2003-01-02"),
        ([1041483600000, float("nan")], "nan on 2003-01-02"),
        ([1041483600000, float("inf")], "inf on 2003-01-02"),
        ([1041483600000, 10**400], "10{400} on 2003-01-02"),
        ([1041483600000, [[1.0]]], r"\[\[1\.0\]\] on 2003-01-02"),
        ([10**400, 1.0], "10{400}, which is no epoch"),
        ([float("inf"), 1.0], "inf, which is no epoch"),
        ([-62135578800000, 1.0], r"\(0001-01-01\): before the bank"),
        (5, "holds 5"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, row: Any, named: str
) -> None:
    fake.extra = [row]
    with pytest.raises(SourceError, match=f"Series 59 of Banco.*{named}") as caught:
        feed.values(tpm, None)
    assert not isinstance(caught.value, Transient)


@pytest.mark.parametrize(
    ("frequency", "period"),
    [("monthly", date(2024, 2, 1)), ("quarterly", date(2024, 1, 1))],
)
def test_a_period_is_dated_by_its_first_day(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, frequency: str, period: date
) -> None:
    fake.truth = {59: {date(2024, 2, 29): 5.0}}
    series = tpm.model_copy(update={"frequency": frequency})
    assert rows(feed.values(series, None)) == {period: 5.0}
    assert rows(feed.values(series, period + timedelta(days=1))) == {}


def test_an_unknown_id_is_a_mistake_of_the_configuration(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, server: Server
) -> None:
    with pytest.raises(ConfigError, match=r"99999.*policy rate"):
        feed.values(tpm.model_copy(update={"source_id": "99999"}), None)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"[]", ConfigError, "does not know series 59"),
        (b"{}", SourceError, "without data"),
        (b'[{"id": 59}]', SourceError, "without data"),
        (b'[{"id": 60, "data": []}]', SourceError, "another series"),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    make: Make, tpm: MacroSeries, body: bytes, kind: type[Exception], message: str
) -> None:
    with Server(lambda request: Reply(body)) as running:
        with pytest.raises(kind, match=message):
            make(running).values(tpm, None)
        assert len(running.requests) == 1


def test_a_series_without_data_is_an_empty_frame(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries
) -> None:
    fake.truth = {59: {}}
    assert rows(feed.values(tpm, None)) == {}


@pytest.mark.parametrize("fault", list(Fault))
def test_a_passing_fault_is_asked_again(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, server: Server, fault: Fault
) -> None:
    fake.faults.extend([fault, fault])
    assert rows(feed.values(tpm, None)) == LEAP
    assert len(server.requests) == 3


def test_a_web_page_that_stays_names_both_causes(
    feed: Banrep, fake: FakeBanrep, tpm: MacroSeries, server: Server
) -> None:
    fake.faults.extend([Fault.WEB_PAGE] * 9)
    with pytest.raises(Transient, match=r"no JSON: '<!DOCTYPE.*maintenance, or a wrong url"):
        feed.values(tpm, None)
    assert len(server.requests) == 3
