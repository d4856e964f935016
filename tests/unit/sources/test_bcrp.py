from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from pydantic import HttpUrl
from sqlalchemy import Engine
from tests.fakes.banrep import Fault
from tests.fakes.bcrp import FakeBcrp
from tests.fakes.server import Reply, Server
from tests.unit.sources.single_values import rows

from cambio.acquisition.catalogue import Catalogue, MacroSeries
from cambio.acquisition.providers import SourceConfig
from cambio.errors import ConfigError, SourceError
from cambio.sources.bcrp import Bcrp
from cambio.sources.http import Client, Transient
from cambio.store.requests import DatabaseRequestLog

NOW = datetime(2024, 9, 5, 3, tzinfo=UTC)
"""In Lima it is 22:00 on September 4."""
CODE = "PD04715XD"
EMBI = {
    date(1999, 12, 31): 423.0,
    date(2000, 1, 3): 425.5,
    date(2023, 12, 29): 281.0,
    date(2024, 1, 2): 285.0,
    date(2024, 2, 29): 290.0,
    date(2024, 8, 30): 300.0,
    date(2024, 9, 2): 301.0,
    date(2024, 9, 4): 303.0,
}
Make = Callable[[Server], Bcrp]


@pytest.fixture
def fake() -> FakeBcrp:
    return FakeBcrp({CODE: EMBI | {date(2024, 9, 3): None}}, Random(1))


@pytest.fixture
def server(fake: FakeBcrp) -> Iterator[Server]:
    with Server(fake.handle) as running:
        yield running


@pytest.fixture
def make(engine: Engine) -> Iterator[Make]:
    """Give a function that makes the client of a server."""
    clients: list[Client] = []

    def made(server: Server) -> Bcrp:
        config = SourceConfig(url=HttpUrl(server.url), attempts=3, timeout_s=1.5, wait_initial_s=0)
        log = DatabaseRequestLog(engine)
        clients.append(Client("bcrp", config, log, now=lambda: NOW, sleep=lambda _: None))
        return Bcrp(clients[-1], lambda: NOW)

    yield made
    for client in clients:
        client.close()


@pytest.fixture
def feed(server: Server, make: Make) -> Bcrp:
    return make(server)


@pytest.fixture
def embi(catalogue: Catalogue) -> MacroSeries:
    return catalogue["EMBI"]


def test_the_history_is_asked_from_the_first_year_until_today_in_lima(
    feed: Bcrp, embi: MacroSeries, server: Server
) -> None:
    assert rows(feed.values(embi, None)) == EMBI
    assert [request.path for request in server.requests] == [
        "/series/api/PD04715XD/json/1990-01-01/2024-09-04/esp"
    ]


def test_only_the_range_from_since_on_is_asked_for(
    feed: Bcrp, embi: MacroSeries, server: Server
) -> None:
    assert rows(feed.values(embi, date(2024, 9, 2))) == {
        date(2024, 9, 2): 301.0,
        date(2024, 9, 4): 303.0,
    }
    assert server.requests[0].path.endswith("/2024-09-02/2024-09-04/esp")


def test_days_without_a_value_are_missing(feed: Bcrp, fake: FakeBcrp, embi: MacroSeries) -> None:
    fake.truth = {CODE: {date(2024, 9, 3): None, date(2024, 9, 4): None}}
    assert rows(feed.values(embi, date(2024, 9, 2))) == {}


def test_an_answer_without_periods_is_an_empty_frame(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries, server: Server
) -> None:
    fake.truth = {CODE: {}}
    assert rows(feed.values(embi, date(2024, 9, 1))) == {}
    assert len(server.requests) == 1


def test_tomorrow_is_not_asked_for(feed: Bcrp, embi: MacroSeries, server: Server) -> None:
    assert rows(feed.values(embi, date(2024, 9, 5))) == {}
    assert server.requests == []


def test_rows_outside_of_the_range_are_dropped(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries
) -> None:
    fake.extra = [
        {"name": "05.Set.24", "values": ["1"]},
        {"name": "01.Set.24", "values": ["2"]},
    ]
    assert min(rows(feed.values(embi, date(2024, 9, 2)))) == date(2024, 9, 2)
    assert max(rows(feed.values(embi, None))) == date(2024, 9, 4)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("01.Ene.24", date(2024, 1, 1)),
        ("29.Feb.24", date(2024, 2, 29)),
        ("31.Mar.24", date(2024, 3, 31)),
        ("30.Abr.24", date(2024, 4, 30)),
        ("31.May.24", date(2024, 5, 31)),
        ("30.Jun.24", date(2024, 6, 30)),
        ("31.Jul.24", date(2024, 7, 31)),
        ("31.Ago.24", date(2024, 8, 31)),
        ("04.Set.24", date(2024, 9, 4)),
        ("31.Oct.23", date(2023, 10, 31)),
        ("30.Nov.23", date(2023, 11, 30)),
        ("31.Dic.99", date(1999, 12, 31)),
        ("03.Ene.00", date(2000, 1, 3)),
        ("02.Ene.90", date(1990, 1, 2)),
    ],
)
def test_spanish_days_are_read(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries, name: str, day: date
) -> None:
    fake.truth = {CODE: {}}
    fake.extra = [{"name": name, "values": ["188"]}]
    assert rows(feed.values(embi, None)) == {day: 188.0}


def test_the_year_89_is_2089_and_so_in_the_future(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries
) -> None:
    fake.truth = {CODE: {}}
    fake.extra = [{"name": "29.Dic.89", "values": ["188"]}]
    assert rows(feed.values(embi, None)) == {}


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"name": "29.Feb.23", "values": ["1"]}, "29.Feb.23"),
        ({"name": "04.Sep.24", "values": ["1"]}, "04.Sep.24"),
        ({"name": "Set.2024", "values": ["1"]}, "Set.2024"),
        ({"name": "2024-09-04", "values": ["1"]}, "2024-09-04"),
        ({"name": None, "values": ["1"]}, "the day None"),
        ({"name": "01.Ago.24", "values": []}, "one value"),
        ({"name": "01.Ago.24", "values": ["1", "2"]}, "one value"),
        ({"name": "01.Ago.24"}, "one value"),
        ("01.Ago.24", "one value"),
        ({"name": "01.Ago.24", "values": ["s/d"]}, "'s/d' on 2024-08-01"),
        ({"name": "01.Ago.24", "values": ["1,234.5"]}, "'1,234.5' on 2024-08-01"),
        ({"name": "01.Ago.24", "values": ["nan"]}, "'nan' on 2024-08-01"),
        ({"name": "01.Ago.24", "values": [None]}, "None on 2024-08-01"),
        ({"name": "01.Ago.24", "values": ["9" * 400]}, "on 2024-08-01, which is no number"),
        ({"name": "01.Ago.24", "values": [10**400]}, "on 2024-08-01, which is no number"),
        ({"name": "01.Ago.24", "values": [[["1"]]]}, "on 2024-08-01, which is no number"),
        ({"name": "01.Ago.24", "values": "5"}, "one value"),
        ({"name": "01.Ago.24", "values": {"5": 1}}, "one value"),
        ({"name": "02.Set.24", "values": ["1"]}, "both 301.0 and 1.0 for 2024-09-02"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries, row: Any, named: str
) -> None:
    fake.extra = [row]
    with pytest.raises(SourceError, match="Series PD04715XD of BCRP") as caught:
        feed.values(embi, None)
    assert named in caught.value.what
    assert not isinstance(caught.value, Transient)


def test_repeated_and_reordered_rows_change_nothing(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries
) -> None:
    fake.messy = True
    for _ in range(10):
        assert rows(feed.values(embi, None)) == EMBI


def test_a_series_that_is_not_daily_is_not_asked_for(
    feed: Bcrp, embi: MacroSeries, server: Server
) -> None:
    with pytest.raises(ConfigError, match="PD04715XD of BCRP is monthly"):
        feed.values(embi.model_copy(update={"frequency": "monthly"}), None)
    assert server.requests == []


@pytest.mark.parametrize("fault", list(Fault))
def test_a_passing_fault_is_asked_again(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries, server: Server, fault: Fault
) -> None:
    fake.faults.extend([fault, fault])
    assert rows(feed.values(embi, None)) == EMBI
    assert len(server.requests) == 3


def test_a_page_that_stays_names_the_code(feed: Bcrp, embi: MacroSeries, server: Server) -> None:
    unknown = embi.model_copy(update={"source_id": "PD99999XD"})
    with pytest.raises(Transient, match=r"PD99999XD.*no JSON: '<html>.*check its source_id"):
        feed.values(unknown, None)
    assert len(server.requests) == 3


SERIES = [{"name": "EMBIG", "dec": "0"}]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(b"Codigo no valido"), "with a message: 'Codigo no valido'"),
        (Reply(b'"error"'), "without config.series or periods"),
        (Reply(json.dumps({"config": {"series": SERIES}}).encode()), "without config.series"),
        (Reply(json.dumps({"config": {"series": SERIES * 2}, "periods": []}).encode()), "not one"),
        (Reply(json.dumps({"config": {"series": []}, "periods": []}).encode()), "not one"),
        (Reply(b"<html></html>", 404), "answered 404"),
    ],
)
def test_an_answer_of_another_kind_is_refused_at_once(
    make: Make, embi: MacroSeries, reply: Reply, message: str
) -> None:
    with Server(lambda request: reply) as running:
        with pytest.raises(SourceError, match=message):
            make(running).values(embi, None)
        assert len(running.requests) == 1


@pytest.mark.parametrize("name", ["Spread - EMBIG Perú (pbs)", None, 5])
def test_the_series_of_another_country_is_refused(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries, server: Server, name: Any
) -> None:
    fake.name = name
    with pytest.raises(SourceError, match=r"PD04715XD.* the name .*, which is not one of Colombia"):
        feed.values(embi, None)
    assert len(server.requests) == 1


def test_the_name_of_a_series_that_we_know_nothing_of_is_not_judged(
    feed: Bcrp, fake: FakeBcrp, embi: MacroSeries
) -> None:
    fake.truth = {"PD04709XD": EMBI}
    fake.name = "Spread - EMBIG Perú (pbs)"
    assert rows(feed.values(embi.model_copy(update={"source_id": "PD04709XD"}), None)) == EMBI
