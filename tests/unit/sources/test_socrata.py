import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.fakes.server import Reply, Server
from tests.fakes.socrata import FakeSocrata

from cambio.acquisition.feed import MACRO_VALUES
from cambio.acquisition.providers import SourceConfig
from cambio.errors import ConfigError, SourceError
from cambio.sources.http import Client
from cambio.sources.socrata import Socrata
from cambio.store.requests import DatabaseRequestLog

MONDAY_NIGHT = datetime(2024, 7, 9, 4, 30, tzinfo=UTC)  # 23:30 of Monday the 8th in Bogota


@pytest.fixture
def fake() -> FakeSocrata:
    return FakeSocrata()


@pytest.fixture
def server(fake: FakeSocrata) -> Iterator[Server]:
    with Server(fake.handle) as server:
        yield server


@pytest.fixture
def connect(engine, server: Server) -> Iterator[Callable[..., Socrata]]:
    """Give a function that makes a client of the fake."""
    with ExitStack() as stack:

        def make(now: datetime = MONDAY_NIGHT, timeout_s: float = 5) -> Socrata:
            config = SourceConfig(url=server.url, attempts=3, wait_initial_s=0, timeout_s=timeout_s)
            client = Client(
                "socrata",
                config,
                DatabaseRequestLog(engine),
                now=lambda: now,
                sleep=lambda _: None,
            )
            stack.callback(client.close)
            return Socrata(client, lambda: now)

        yield make


def test_a_weekends_rate_stands_for_each_of_its_days(connect, fake, catalogue):
    fake.publish(("2024-07-06", "2024-07-08", 4103.91), ("2024-07-05", "2024-07-05", 4092.08))
    frame = connect().values(catalogue["TRM"], None)
    assert frame.schema == MACRO_VALUES
    assert frame.rows() == [
        (date(2024, 7, 5), 4092.08, None),
        (date(2024, 7, 6), 4103.91, None),
        (date(2024, 7, 7), 4103.91, None),
        (date(2024, 7, 8), 4103.91, None),
    ]


def test_tomorrows_rate_waits_for_tomorrow_in_bogota(connect, fake, catalogue):
    fake.publish(("2024-07-06", "2024-07-08", 4103.91), ("2024-07-09", "2024-07-09", 4065.01))
    assert connect().values(catalogue["TRM"], None)["period"].max() == date(2024, 7, 8)
    later = connect(MONDAY_NIGHT + timedelta(hours=1)).values(catalogue["TRM"], None)
    assert later.row(-1) == (date(2024, 7, 9), 4065.01, None)


def test_a_span_that_reaches_into_the_future_is_given_until_today(connect, fake, catalogue):
    fake.publish(("2024-07-06", "2024-07-08", 4103.91))
    saturday = datetime(2024, 7, 6, 17, tzinfo=UTC)
    assert connect(saturday).values(catalogue["TRM"], None)["period"].to_list() == [
        date(2024, 7, 6)
    ]


def test_a_span_that_began_before_the_day_asked_for_gives_its_rest(connect, fake, catalogue):
    fake.publish(("2024-07-05", "2024-07-05", 4092.08), ("2024-07-06", "2024-07-08", 4103.91))
    frame = connect().values(catalogue["TRM"], date(2024, 7, 7))
    assert frame["period"].to_list() == [date(2024, 7, 7), date(2024, 7, 8)]


def test_an_empty_data_set_gives_an_empty_frame(connect, catalogue):
    frame = connect().values(catalogue["TRM"], None)
    assert frame.is_empty()
    assert frame.schema == MACRO_VALUES


@pytest.mark.parametrize("most_rows", [50_000, 1_000, 999])
def test_no_row_is_lost_to_the_portals_silent_limit(connect, fake, catalogue, most_rows):
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range(6_001)]
    fake.truth = [(day, day, 2000.0 + n) for n, day in enumerate(days)]
    fake.most_rows = most_rows
    frame = connect().values(catalogue["TRM"], None)
    assert frame["period"].to_list() == days
    assert frame["value"].to_list() == [2000.0 + n for n in range(6_001)]


def test_two_rates_for_one_day_are_refused(connect, fake, catalogue):
    fake.publish(("2024-07-05", "2024-07-06", 4092.08), ("2024-07-06", "2024-07-08", 4103.91))
    with pytest.raises(SourceError, match=r"4092\.08 and 4103\.91 for 2024-07-06"):
        connect().values(catalogue["TRM"], None)


def test_pages_that_repeat_themselves_end_in_an_error(connect, server, fake, catalogue):
    page = (
        b'[{"valor": "4103.91", "unidad": "COP", "vigenciadesde": "2024-07-06T00:00:00.000",'
        b' "vigenciahasta": "2024-07-08T00:00:00.000"}]'
    )
    fake.faults = [Reply(page)] * 5
    with pytest.raises(SourceError, match="overlap at 2024-07-06"):
        connect().values(catalogue["TRM"], None)
    assert len(server.requests) == 2


def test_an_unknown_data_set_is_named(connect, server, fake, catalogue):
    fake.data_set = "aaaa-bbbb"
    with pytest.raises(ConfigError, match=r"mcec-87by.*macro_series\.yaml"):
        connect().values(catalogue["TRM"], None)
    assert len(server.requests) == 1


FAULTS = {
    "a server error": Reply(b'{"error": true, "message": "Internal error"}', 500),
    "too many requests": Reply(b'{"error": true}', 429, headers={"Retry-After": "0"}),
    "a page for people": Reply(b"<html>Mantenimiento</html>", content_type="text/html"),
    "an answer cut off by the connection": Reply(b'[{"valor": "4103.91"}]', cut=9),
    "an answer cut off by the server": Reply(b'[{"valor": "4103.91", "unid'),
    "a query that still runs": Reply(b"[]", 202),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_passing_fault_is_survived(connect, fake, catalogue, fault):
    fake.publish(("2024-07-08", "2024-07-08", 4103.91))
    fake.faults = [fault, fault]
    assert connect().values(catalogue["TRM"], None)["value"].to_list() == [4103.91]


def test_a_silent_portal_is_given_up_and_asked_again(connect, fake, catalogue):
    fake.publish(("2024-07-08", "2024-07-08", 4103.91))
    fake.faults = [Reply(b"", stall_s=30)]
    assert len(connect(timeout_s=1.0).values(catalogue["TRM"], None)) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b'{"error": true, "message": "Something went wrong"}'),
        Reply(b'{"errorCode": "query.soql.no-such-column", "message": "No such column"}', 400),
        Reply(b'[{"fecha": "2024-07-08", "trm": "4103.91"}]'),
        Reply(
            b'[{"valor": "4.103,91", "unidad": "COP", "vigenciadesde": "2024-07-08T00:00:00.000",'
            b' "vigenciahasta": "2024-07-08T00:00:00.000"}]'
        ),
    ],
    ids=["an error body", "a refused query", "other columns", "another notation"],
)
def test_an_answer_of_another_form_is_not_asked_for_again(connect, server, fake, catalogue, reply):
    fake.faults = [reply]
    with pytest.raises(SourceError, match="mcec-87by with something else"):
        connect().values(catalogue["TRM"], None)
    assert len(server.requests) == 1


def test_a_rate_in_another_currency_is_refused(connect, fake, catalogue):
    fake.unit = "USD"
    fake.publish(("2024-07-08", "2024-07-08", 4103.91))
    with pytest.raises(SourceError, match="unidad"):
        connect().values(catalogue["TRM"], None)


SPAN = {
    "valor": "4103.91",
    "unidad": "COP",
    "vigenciadesde": "2024-07-06T00:00:00.000",
    "vigenciahasta": "2024-07-08T00:00:00.000",
}


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("valor", True),
        ("valor", None),
        ("valor", "4_103"),
        ("valor", "nan"),
        ("valor", "9" * 400),
        ("valor", 10**400),
        ("valor", [["4103"]]),
        ("vigenciadesde", 1720224000),
        ("vigenciadesde", "0001-01-01T00:00:00.000"),
        ("vigenciadesde", "2024-07-06T12:00:00.000"),
        ("vigenciahasta", "2024-07-32T00:00:00.000"),
    ],
)
def test_what_is_no_number_or_no_day_is_named(connect, server, fake, catalogue, field, text):
    fake.faults = [Reply(json.dumps([SPAN | {field: text}]).encode())]
    with pytest.raises(SourceError, match=rf"something else than rates \(200, at 0\.{field}\)"):
        connect().values(catalogue["TRM"], None)
    assert len(server.requests) == 1


@pytest.mark.parametrize("last", ["9999-12-31", "2024-06-11", "2024-05-31"])
def test_a_rate_without_an_end_is_not_taken_for_every_day(connect, server, fake, catalogue, last):
    fake.publish(("2024-05-31", "2024-05-31", 3860.0), ("2024-06-01", last, 3874.32))
    with pytest.raises(SourceError, match=rf"3874\.32 for 2024-06-01 to {last} in mcec-87by"):
        connect().values(catalogue["TRM"], None)
    assert len(server.requests) == 1


def test_the_longest_rate_is_taken(connect, fake, catalogue):
    fake.publish(("2024-06-01", "2024-06-10", 3874.32))
    assert len(connect().values(catalogue["TRM"], None)) == 10
