import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from pydantic import SecretStr
from tests.fakes.fred import KEY, FakeFred, Published
from tests.fakes.server import Reply, Server

from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.feed import MACRO_VALUES
from cambio.acquisition.providers import SourceConfig
from cambio.errors import ConfigError, SourceError
from cambio.sources.fred import Fred
from cambio.sources.http import Client
from cambio.store.requests import DatabaseRequestLog

TODAY = date(2024, 7, 9)
NOW = datetime(2024, 7, 9, 15, tzinfo=UTC)


@pytest.fixture
def fake() -> FakeFred:
    return FakeFred(TODAY)


@pytest.fixture
def server(fake: FakeFred) -> Iterator[Server]:
    with Server(fake.handle) as server:
        yield server


@pytest.fixture
def connect(engine, server: Server) -> Iterator[Callable[..., Fred]]:
    """Give a function that makes a client of the fake."""
    with ExitStack() as stack:

        def make(key: str = KEY, timeout_s: float = 5) -> Fred:
            config = SourceConfig(url=server.url, attempts=3, wait_initial_s=0, timeout_s=timeout_s)
            client = Client(
                "fred",
                config,
                DatabaseRequestLog(engine),
                now=lambda: NOW,
                sleep=lambda _: None,
                key=("api_key", SecretStr(key)),
            )
            stack.callback(client.close)
            return Fred(client)

        yield make


def test_market_values_come_in_order_and_without_the_missing_ones(connect, fake, catalogue):
    fake.publish(
        "DGS10",
        ("2024-07-05", "2024-07-08", 4.28),
        ("2024-07-03", "2024-07-05", 4.36),
        ("2024-07-04", "2024-07-05", None),  # a holiday: "."
    )
    frame = connect().values(catalogue["UST10Y"], None)
    assert frame.schema == MACRO_VALUES
    assert frame.rows() == [(date(2024, 7, 3), 4.36, None), (date(2024, 7, 5), 4.28, None)]


def test_only_periods_from_the_day_asked_for_on_are_given(connect, fake, catalogue):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", 12.0), ("2024-07-03", "2024-07-04", 12.1))
    frame = connect().values(catalogue["VIX"], date(2024, 7, 3))
    assert frame["period"].to_list() == [date(2024, 7, 3)]


def test_a_series_without_any_value_gives_an_empty_frame(connect, fake, catalogue):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", None))
    frame = connect().values(catalogue["VIX"], None)
    assert frame.is_empty()
    assert frame.schema == MACRO_VALUES


def test_without_vintages_the_newest_revision_stands_for_the_period(connect, fake, catalogue):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", 12.0), ("2024-07-02", "2024-07-05", 12.4))
    assert connect().values(catalogue["VIX"], None)["value"].to_list() == [12.4]


def test_a_value_dated_ahead_of_its_publication_is_left_out(connect, fake, catalogue):
    fake.publish("VIXCLS", ("2024-07-08", "2024-07-08", 12.0), ("2024-07-10", "2024-07-08", 12.4))
    assert connect().values(catalogue["VIX"], None)["period"].to_list() == [date(2024, 7, 8)]


def test_each_revision_is_known_from_its_day_at_the_hour_of_the_release(connect, fake, catalogue):
    fake.publish(
        "CPIAUCSL",
        ("2024-05-01", "2024-06-12", 313.225),
        ("2024-05-01", "2025-02-12", 313.14),  # new seasonal factors, in winter
        ("2024-04-01", "2024-05-15", 313.207),
    )
    assert connect().values(catalogue["CPI"], None).rows() == [
        (date(2024, 4, 1), 313.207, datetime(2024, 5, 15, 12, 30, tzinfo=UTC)),
        (date(2024, 5, 1), 313.225, datetime(2024, 6, 12, 12, 30, tzinfo=UTC)),
        (date(2024, 5, 1), 313.14, datetime(2025, 2, 12, 13, 30, tzinfo=UTC)),
    ]


def test_what_was_published_before_the_first_vintage_is_left_to_the_lag(connect, fake, catalogue):
    # Out on 2014-12-05, revised in January 2015: the first row is cut to 2015-01-01.
    fake.publish(
        "UNRATE", ("2014-11-01", "2014-12-05", 5.8), ("2014-11-01", "2015-01-09", 5.7)
    )  # fmt: skip
    assert connect().values(catalogue["UNEMPLOYMENT_US"], None).rows() == [
        (date(2014, 11, 1), 5.8, None),
        (date(2014, 11, 1), 5.7, datetime(2015, 1, 9, 13, 30, tzinfo=UTC)),
    ]


def test_a_value_that_came_earlier_than_its_lag_is_not_known_before_the_first_vintage(
    connect, fake, catalogue
):
    # By its lag, December's rate is out on 2015-01-09: the cut-off row is known from 2015-01-01.
    fake.publish("UNRATE", ("2014-12-01", "2014-12-31", 5.6))
    known = connect().values(catalogue["UNEMPLOYMENT_US"], None)["available_at"].to_list()
    assert known == [datetime(2015, 1, 1, 13, 30, tzinfo=UTC)]


def test_a_revision_that_takes_a_value_back_is_no_value(connect, fake, catalogue):
    fake.publish("UNRATE", ("2024-05-01", "2024-06-07", 4.0), ("2024-05-01", "2024-06-08", None))
    assert connect().values(catalogue["UNEMPLOYMENT_US"], None)["value"].to_list() == [4.0]


def test_a_series_with_more_vintages_than_fred_gives_at_once_is_read_from_2015_on(
    connect, fake, catalogue
):
    # Every Thursday from 1980 on; the 1,827th after the first is 2015-01-01.
    days = [date(1980, 1, 3) + timedelta(weeks=n) for n in range(2300)]
    assert days[1826] == date(2015, 1, 1)
    fake.truth["M2SL"] = [Published(days[0], day, 1e3 + n) for n, day in enumerate(days)]
    frame = connect().values(catalogue["M2"], None)
    assert frame["value"].to_list() == [1e3 + n for n in range(1826, 2300)]


def test_more_rows_than_one_answer_holds_come_page_by_page(connect, server, fake, catalogue):
    fake.today = date(2060, 1, 1)
    periods = pl.date_range(date(1776, 7, 4), date(2050, 7, 3), "1d", eager=True).to_list()
    assert len(periods) == 100_076
    rows = [Published(day, date(2051, 1, 2), float(n)) for n, day in enumerate(periods)]
    fake.truth["VIXCLS"] = rows
    slow = 120.0  # the fake takes a second to write so much, and many if the machine is busy
    frame = connect(timeout_s=slow).values(catalogue["VIX"], date(1776, 7, 4))
    assert frame["period"].to_list() == periods
    assert frame["value"].to_list() == [float(n) for n in range(100_076)]
    assert [r.query["offset"] for r in server.requests] == ["0", "100000"]


@pytest.mark.parametrize("key", ["f" * 32, "short"])
def test_a_refused_key_names_the_variable_and_not_the_key(connect, server, fake, catalogue, key):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", 12.0))
    with pytest.raises(ConfigError, match="CAMBIO_FRED_API_KEY") as caught:
        connect(key).values(catalogue["VIX"], None)
    assert key not in str(caught.value)
    assert len(server.requests) == 1


def test_an_unknown_series_is_named(connect, server, catalogue: Catalogue):
    with pytest.raises(ConfigError, match=r"VIXCLS.*macro_series\.yaml"):
        connect().values(catalogue["VIX"], None)
    assert len(server.requests) == 1


def test_another_refusal_is_given_once_in_freds_words(connect, server, fake, catalogue):
    fake.truth["M2SL"] = [
        Published(date(2015, 1, 1), date(2015, 1, 2) + timedelta(days=n), float(n))
        for n in range(2001)
    ]
    with pytest.raises(SourceError, match=r"M2SL.*There are 2001 vintage dates"):
        connect().values(catalogue["M2"], None)
    assert len(server.requests) == 1


FAULTS = {
    "a server error": Reply(b"oops", 500),
    "too many requests": Reply(b'{"error_code": 429}', 429, headers={"Retry-After": "0"}),
    "a page for people": Reply(b"<html>Maintenance</html>", content_type="text/html"),
    "an answer cut off by the connection": Reply(b'{"observations": []}', cut=9),
    "an answer cut off by the server": Reply(b'{"limit": 100000, "offset": 0, "observ'),
    "an error body with status 200": Reply(b'{"error_code": 500, "error_message": "Internal"}'),
    "a page of another offset": Reply(b'{"limit": 9, "offset": 9, "observations": []}'),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_passing_fault_is_survived(connect, server, fake, catalogue, fault):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", 12.0))
    fake.faults = [fault, fault]
    assert connect().values(catalogue["VIX"], None)["value"].to_list() == [12.0]
    assert len(server.requests) == 3


def test_a_silent_server_is_given_up_and_asked_again(connect, fake, catalogue):
    fake.publish("VIXCLS", ("2024-07-02", "2024-07-03", 12.0))
    fake.faults = [Reply(b"", stall_s=30)]
    assert connect(timeout_s=1.0).values(catalogue["VIX"], None)["value"].to_list() == [12.0]


def test_a_lasting_fault_is_a_source_error(connect, fake, catalogue):
    fake.faults = [Reply(b"oops", 500)] * 3
    with pytest.raises(SourceError, match="fred failed \\(500\\)"):
        connect().values(catalogue["VIX"], None)


ROW = b'{"limit": 9, "offset": 0, "observations": [{"realtime_start": "2024-07-09", %s}]}'


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'{"limit": 9, "offset": 0}',
        ROW % b'"date": "2024-07-02", "value": ""',
        ROW % b'"date": "02/07/2024", "value": "1"',
        ROW % b'"date": "20240702", "value": "1"',
        ROW % b'"date": "2024-07-02T00:00:00", "value": "1"',
        ROW % b'"date": "2024-02-30", "value": "1"',
        ROW % b'"date": "0001-07-02", "value": "1"',
        ROW % b'"date": "9999-12-31", "value": "1"',
        ROW % b'"date": 1719878400, "value": "1"',
        ROW % b'"date": null, "value": "1"',
        ROW % b'"date": "2024-07-02", "value": true',
        ROW % b'"date": "2024-07-02", "value": null',
        ROW % b'"date": "2024-07-02", "value": "1_000"',
        ROW % b'"date": "2024-07-02", "value": " 1"',
        ROW % b'"date": "2024-07-02", "value": "1,5"',
        ROW % b'"date": "2024-07-02", "value": "nan"',
        ROW % b'"date": "2024-07-02", "value": "1e999"',
        ROW % (b'"date": "2024-07-02", "value": ' + b"9" * 400),
        ROW % (b'"date": "2024-07-02", "value": "' + b"9" * 400 + b'"'),
        ROW % b'"date": "2024-07-02", "value": [["1"]]',
        b'{"limit": "9", "offset": 0, "observations": []}',
        b'{"limit": 9, "offset": false, "observations": []}',
    ],
)
def test_an_answer_of_another_form_is_not_asked_for_again(connect, server, fake, catalogue, body):
    fake.faults = [Reply(body)]
    with pytest.raises(SourceError, match="VIXCLS in another form"):
        connect().values(catalogue["VIX"], None)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("text", "number"), [("4.28", 4.28), ("-.5", -0.5), ("1.0E-5", 1e-5)])
def test_numbers_stand_as_text(connect, fake, catalogue, text, number):
    fake.faults = [Reply(ROW % f'"date": "2024-07-02", "value": "{text}"'.encode())]
    assert connect().values(catalogue["VIX"], None)["value"].to_list() == [number]


def page(*rows: tuple[str, str, str]) -> Reply:
    """Answer with (period, valid from, value)."""
    observations = [{"date": p, "realtime_start": d, "value": v} for p, d, v in rows]
    return Reply(json.dumps({"limit": 9, "offset": 0, "observations": observations}).encode())


TODAYS = ("2024-07-02", "2024-07-09", "12.0")


@pytest.mark.parametrize("other", ["12.4", "."])
def test_two_values_for_a_period_are_refused(connect, server, fake, catalogue, other):
    fake.faults = [page(TODAYS, ("2024-07-02", "2024-07-09", other))]
    with pytest.raises(SourceError, match=rf"gives 12\.0 and {other}.* for 2024-07-02 in VIXCLS"):
        connect().values(catalogue["VIX"], None)
    assert len(server.requests) == 1


def test_a_row_that_is_repeated_counts_once(connect, fake, catalogue):
    fake.faults = [page(TODAYS, TODAYS, ("2024-07-02", "2024-07-09", "12.00"))]
    assert connect().values(catalogue["VIX"], None)["value"].to_list() == [12.0]


def test_two_values_of_one_revision_are_refused(connect, fake, catalogue):
    revisions = [("2024-05-01", day, value) for day, value in (
        ("2024-06-12", "313.2"), ("2024-07-11", "313.1"), ("2024-07-11", "313.0"))]  # fmt: skip
    fake.faults = [page(*revisions[:2], revisions[1])]
    assert connect().values(catalogue["CPI"], None)["value"].to_list() == [313.2, 313.1]
    fake.faults = [page(*revisions)]
    with pytest.raises(SourceError, match=r"313\.1 and 313\.0 .*, both valid from 2024-07-11 on"):
        connect().values(catalogue["CPI"], None)
