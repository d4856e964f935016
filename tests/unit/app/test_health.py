import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.request import urlopen

import polars as pl
import pytest
from prometheus_client import Counter
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine, insert
from tests.services import PostgreSQL

from cambio import telemetry
from cambio.acquisition.catalogue import Catalogue
from cambio.acquisition.providers import SourceConfig
from cambio.acquisition.simulator import SIMULATED
from cambio.app.health import Health, health, period_end
from cambio.app.metrics import readings, serve
from cambio.app.resources import Resources
from cambio.calendar import session_open
from cambio.contracts.market import BAR_SCHEMA, SYMBOL, MarketHistory
from cambio.errors import ConfigError
from cambio.store import bars, macro, quarantine, tables
from cambio.store.database import open_database, transaction
from cambio.store.requests import DatabaseRequestLog

FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2024, 7, day) for day in (5, 8, 9, 10))
NOW = datetime(2024, 7, 10, 15, tzinfo=UTC)  # 10:00 in Bogota: 24 bars have closed
SOURCE = SourceConfig(url="http://localhost")


def opens(day: date, count: int = 60) -> list[datetime]:
    return [session_open(day) + timedelta(minutes=5 * n) for n in range(count)]


def store_bars(engine: Engine, *times: datetime, source: str = "vendor") -> None:
    rows = [(time, 1.0, 1.0, 1.0, 1.0, 0.0, source) for time in sorted(times)]
    with transaction(engine) as connection:
        bars.store(connection, pl.DataFrame(rows, schema=BAR_SCHEMA, orient="row"), NOW)


def mark_absent(engine: Engine, source: str, times: list[datetime]) -> None:
    rows = [{"time": t, "symbol": SYMBOL, "source": source, "confirmed_at": NOW} for t in times]
    with transaction(engine) as connection:
        connection.execute(insert(tables.absent_bars), rows)


def publish(
    engine: Engine,
    catalogue: Catalogue,
    series: str,
    period: date,
    *,
    first_seen: datetime = NOW,
    revision: int = 0,
) -> None:
    row = {"series": series, "period": period, "revision": revision, "value": 1.0 + revision}
    known = {"available_at": catalogue[series].available_at(period), "first_seen": first_seen}
    with transaction(engine) as connection:
        connection.execute(insert(tables.macro_observations), {**row, **known, "source": "vendor"})


def ask(engine: Engine, source: str, at: datetime, outcome: bool | None, note: str = "") -> None:
    log = DatabaseRequestLog(engine)
    request = log.begin(source, SOURCE, lambda: at).request_id
    assert request is not None
    if outcome is not None:
        log.end(request, ok=outcome, note=note or ("" if outcome else "HTTP 500"), elapsed_s=0.1)


def series_of(found: Health, name: str):
    return next(series for series in found.macro.series if series.series == name)


def measures(found: Health) -> list[str]:
    return [alert.measure for alert in found.alerts]


@pytest.fixture
def counter() -> Iterator[Counter]:
    """Give what counts the new bars; the count is forgotten afterwards."""
    yield telemetry.BARS_INGESTED.labels(outcome="new")
    telemetry.BARS_INGESTED.clear()


def samples_of(text: str) -> dict[tuple[str, ...], float]:
    """Give the value of each sample by its name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@contextmanager
def scraped(resources: Resources) -> Iterator[Callable[[], dict[tuple[str, ...], float]]]:
    """Serve metrics on a free port; give what asks for them."""
    server = serve(resources, 0)

    def scrape() -> dict[tuple[str, ...], float]:
        with urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=30) as answer:
            return samples_of(answer.read().decode())

    try:
        yield scrape
    finally:
        server.shutdown()
        server.server_close()


def test_bars_that_have_not_closed_are_not_missed(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(MONDAY), *opens(TUESDAY), *opens(WEDNESDAY, 24))
    found = health(engine, catalogue, NOW).bars
    assert (found.recent.expected, found.recent.rate, found.behind) == (204, 0.0, 0)
    later = health(engine, catalogue, NOW + timedelta(minutes=5)).bars
    assert (later.recent.expected, later.recent.never_asked, later.behind) == (205, 1, 1)


def test_a_bar_that_was_refused_is_not_called_unasked(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(MONDAY), *opens(TUESDAY), *opens(WEDNESDAY, 20))
    missing = opens(WEDNESDAY, 24)[20:]
    row = {"kind": "ohlcv", "reason": "high_below_low", "detail": "", "payload": {}}
    keys = [f"{time:%Y-%m-%dT%H:%M:%SZ} 1 2 3 4" for time in missing[:3]]
    with transaction(engine) as connection:
        rows = [{**row, "key": key, "source_file": "twelvedata"} for key in keys]
        quarantine.store(connection, rows, NOW)
    found = health(engine, catalogue, NOW).bars.overall
    assert (found.refused, found.absent, found.never_asked) == (3, 0, 1)


def test_missing_bars_are_told_apart_by_whether_a_provider_was_asked(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(MONDAY), *opens(WEDNESDAY, 20))
    mark_absent(engine, "one", opens(TUESDAY))
    mark_absent(engine, "other", opens(TUESDAY))
    found = health(engine, catalogue, NOW).bars
    assert (found.overall.absent, found.overall.never_asked) == (60, 4)
    assert found.overall.rate == pytest.approx(64 / 204)
    assert (found.newest, found.behind) == (opens(WEDNESDAY)[19], 4)


def test_the_recent_rate_looks_back_over_twenty_sessions(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, opens(date(2024, 5, 2))[0], *opens(WEDNESDAY, 24))
    found = health(engine, catalogue, NOW).bars
    assert (found.recent.sessions, found.recent.expected) == (20, 19 * 60 + 24)
    assert found.recent.never_asked == 19 * 60
    assert found.overall.expected > found.recent.expected


def test_a_session_counts_once_it_has_opened(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, *opens(FRIDAY))
    at_open = health(engine, catalogue, session_open(MONDAY)).bars
    assert (at_open.recent.sessions, at_open.recent.rate, at_open.behind) == (1, 0.0, 0)


def test_a_simulated_market_lacks_nothing_that_was_not_simulated_yet(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(MONDAY, 30), source=SIMULATED)
    found = health(engine, catalogue, NOW)
    assert (found.simulated, found.now) == (True, opens(MONDAY)[30])
    assert (found.bars.behind, found.bars.overall.expected, found.bars.recent.rate) == (0, 90, 0.0)


def test_a_series_is_complete_where_the_features_would_find_a_value(
    engine: Engine, catalogue: Catalogue
) -> None:
    # Known to the sessions of July 3 and 5; on July 8 it is six days old. July 4 is a holiday.
    publish(engine, catalogue, "VIX", date(2024, 7, 2))
    # Known to July 10 alone; what is dated July 10 comes after its open.
    publish(engine, catalogue, "DXY", TUESDAY)
    publish(engine, catalogue, "DXY", WEDNESDAY)
    found = health(engine, catalogue, NOW)
    assert series_of(found, "VIX").completeness == pytest.approx(2 / 20)
    assert series_of(found, "DXY").completeness == pytest.approx(1 / 20)
    assert found.macro.completeness == pytest.approx(3 / (7 * 20))
    assert series_of(found, "CPI").completeness is None


def test_a_session_is_complete_or_not_once_it_has_opened(
    engine: Engine, catalogue: Catalogue
) -> None:
    publish(engine, catalogue, "DXY", TUESDAY)
    at_open = session_open(WEDNESDAY)
    before, after = (
        series_of(health(engine, catalogue, now), "DXY").completeness
        for now in (at_open, at_open + timedelta(seconds=1))
    )
    assert (before, after) == (0.0, pytest.approx(1 / 20))


def test_the_newest_period_is_one_that_is_published(engine: Engine, catalogue: Catalogue) -> None:
    publish(engine, catalogue, "DXY", TUESDAY)  # ends at midnight in New York, 04:00 UTC
    publish(engine, catalogue, "DXY", WEDNESDAY)
    found = series_of(health(engine, catalogue, NOW), "DXY")
    assert (found.newest_period, found.age_s) == (TUESDAY, 11 * 3600)
    assert found.assumed_lag_s == -7 * 3600


def test_the_observed_lag_is_that_of_first_values_seen_as_they_came(
    engine: Engine, catalogue: Catalogue
) -> None:
    midnight = datetime(2024, 7, 10, 4, tzinfo=UTC)
    hours = timedelta(hours=1)
    publish(engine, catalogue, "DXY", TUESDAY, first_seen=midnight + hours)
    publish(engine, catalogue, "DXY", MONDAY, first_seen=midnight - 24 * hours + 3 * hours)
    publish(engine, catalogue, "DXY", date(2024, 5, 7))  # imported two months later
    ended = datetime(2023, 5, 9, 4, tzinfo=UTC)
    publish(engine, catalogue, "DXY", date(2023, 5, 8), first_seen=ended + 50 * hours)  # long ago
    publish(engine, catalogue, "DXY", FRIDAY, first_seen=NOW + hours)  # not yet
    publish(engine, catalogue, "DXY", TUESDAY, first_seen=midnight + 90 * hours, revision=1)
    found = health(engine, catalogue, NOW)
    assert series_of(found, "DXY").observed_lag_s == 2 * 3600
    assert series_of(found, "VIX").observed_lag_s is None


@pytest.mark.parametrize(
    ("name", "period", "end"),
    [
        ("DXY", TUESDAY, datetime(2024, 7, 10, 4, tzinfo=UTC)),
        ("CPI", date(2024, 2, 1), datetime(2024, 3, 1, 5, tzinfo=UTC)),
        ("GDP_US", date(2024, 10, 1), datetime(2025, 1, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_period_ends_at_its_publishers_midnight(
    catalogue: Catalogue, name: str, period: date, end: datetime
) -> None:
    assert period_end(catalogue[name], period) == end


def test_the_error_rate_is_that_of_the_last_day(engine: Engine, catalogue: Catalogue) -> None:
    ask(engine, "fred", NOW - timedelta(days=2), outcome=False, note="an old one")
    ask(engine, "fred", NOW - timedelta(hours=3), outcome=True)
    ask(engine, "fred", NOW - timedelta(hours=2), outcome=False, note="HTTP 500")
    ask(engine, "fred", NOW - timedelta(hours=1), outcome=None)
    ask(engine, "dane", NOW - timedelta(days=3), outcome=True)
    dane, fred = health(engine, catalogue, NOW).sources
    assert (fred.requests, fred.failures, fred.error_rate) == (3, 2, pytest.approx(2 / 3))
    assert (fred.ok_ever, fred.failed_ever) == (1, 2)
    assert (fred.last_failure, fred.last_failure_note) == (NOW - timedelta(hours=2), "HTTP 500")
    assert (dane.requests, dane.error_rate, dane.ok_ever) == (0, None, 1)
    assert (dane.last_failure, dane.last_failure_note) == (None, None)


def test_a_source_alerts_above_five_percent_and_not_at_it(
    engine: Engine, catalogue: Catalogue
) -> None:
    for n in range(20):
        ask(engine, "fred", NOW - timedelta(minutes=n + 1), outcome=n > 0)
    assert "error_rate" not in measures(health(engine, catalogue, NOW))
    ask(engine, "fred", NOW, outcome=False, note="HTTP 503")
    found = health(engine, catalogue, NOW)
    [alert] = [alert for alert in found.alerts if alert.measure == "error_rate"]
    assert alert.text == "fred failed 2 of 21 requests in the last 24 hours. Last: HTTP 503."


def test_gaps_alert_above_one_percent_and_not_at_it(engine: Engine, catalogue: Catalogue) -> None:
    day = [*opens(FRIDAY), *opens(MONDAY), *opens(TUESDAY), *opens(WEDNESDAY)]
    missing = {opens(MONDAY)[7], opens(MONDAY)[8], opens(TUESDAY)[9]}
    evening = datetime(2024, 7, 10, 22, tzinfo=UTC)
    store_bars(engine, *(time for time in day if time not in missing))
    assert "gap_rate" in measures(health(engine, catalogue, evening))  # 3 of 240
    store_bars(engine, opens(MONDAY)[7])
    assert "gap_rate" not in measures(health(engine, catalogue, evening))  # 2 of 240


def test_macro_alerts_name_the_series_that_lack(engine: Engine, catalogue: Catalogue) -> None:
    for series in [name for name, each in catalogue.items() if each.critical]:
        for back in range(40):
            day = TUESDAY - timedelta(days=back)
            if day.weekday() < 5 and (series != "EMBI" or day < date(2024, 6, 1)):
                publish(engine, catalogue, series, day)
    [alert] = health(engine, catalogue, NOW).alerts
    assert (alert.measure, alert.threshold) == ("macro_completeness", 0.95)
    assert ": EMBI are missing" in alert.text


def test_an_empty_database_has_no_rates_and_its_state_is_json(
    engine: Engine, catalogue: Catalogue
) -> None:
    found = health(engine, catalogue, NOW)
    assert (found.bars.newest, found.bars.behind, found.bars.overall.rate) == (None, None, None)
    assert (found.macro.completeness, found.sources) == (0.0, ())
    assert measures(found) == ["macro_completeness"]
    plain = found.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_a_history_that_was_read_already_gives_the_same_answer(
    engine: Engine, catalogue: Catalogue
) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(WEDNESDAY, 20))
    publish(engine, catalogue, "DXY", TUESDAY)
    with engine.connect() as connection:
        history = MarketHistory(bars.load(connection), macro.load(connection))
    assert health(engine, catalogue, NOW, history) == health(engine, catalogue, NOW)


def test_the_state_is_read_as_metrics(engine: Engine, catalogue: Catalogue) -> None:
    store_bars(engine, *opens(FRIDAY), *opens(MONDAY), *opens(WEDNESDAY, 20))
    mark_absent(engine, "one", opens(TUESDAY))
    publish(engine, catalogue, "DXY", TUESDAY)
    ask(engine, "fred", NOW, outcome=True)
    text = telemetry.exposition(lambda: readings(health(engine, catalogue, NOW))).decode()
    samples = samples_of(text)
    assert samples[("cambio_ohlcv_gap_ratio", "20_sessions")] == pytest.approx(64 / 204)
    assert samples[("cambio_ohlcv_missing_bars", "absent", "all")] == 60
    assert samples[("cambio_ohlcv_missing_bars", "never_asked", "all")] == 4
    assert samples[("cambio_ohlcv_bars_behind",)] == 4
    newest = datetime(2024, 7, 10, 14, 35, tzinfo=UTC)
    assert samples[("cambio_ohlcv_newest_bar_timestamp_seconds",)] == newest.timestamp()
    assert samples[("cambio_macro_completeness_ratio",)] == pytest.approx(1 / 140)
    assert samples[("cambio_macro_series_age_seconds", "DXY")] == 11 * 3600
    assert samples[("cambio_source_requests_total", "ok", "fred")] == 1
    assert samples[("cambio_source_error_ratio", "fred")] == 0
    assert ("cambio_macro_series_age_seconds", "VIX") not in samples


def test_each_scrape_reads_the_state_anew(product: Resources, counter: Counter) -> None:
    watched = replace(product, now=lambda: NOW)
    store_bars(product.engine, *opens(FRIDAY))
    with scraped(watched) as scrape:
        first = scrape()
        store_bars(product.engine, *opens(MONDAY), *opens(TUESDAY))
        counter.inc(120)
        second = scrape()
    assert (first[("cambio_health_up",)], first[("cambio_ohlcv_bars_behind",)]) == (1, 60 * 2 + 24)
    assert (second[("cambio_health_up",)], second[("cambio_ohlcv_bars_behind",)]) == (1, 24)
    ingested = ("cambio_bars_ingested_total", "new")
    assert second[ingested] - first[ingested] == 120


def test_without_the_database_a_scrape_still_tells_what_was_counted(
    product: Resources, counter: Counter, postgresql_server: PostgreSQL, migrated: str
) -> None:
    counter.inc(60)
    with ExitStack() as stack:
        with postgresql_server.database(migrated) as url:
            engine = open_database(url)
            stack.callback(engine.dispose)
            watched = replace(product, engine=engine, now=lambda: NOW)
            scrape = stack.enter_context(scraped(watched))
            there = scrape()
        gone = scrape()  # the database was dropped, and our connections cut
    assert there[("cambio_health_up",)] == 1
    assert ("cambio_ohlcv_missing_bars", "absent", "all") in there
    assert gone[("cambio_health_up",)] == 0
    assert gone[("cambio_bars_ingested_total", "new")] >= 60
    assert not [name for name, *_ in gone if name.startswith(("cambio_ohlcv", "cambio_macro"))]


def test_a_port_that_is_taken_is_a_configuration_error(product: Resources) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(ConfigError, match=f"127.0.0.1:{port}: Address already in use"):
            serve(product, port)


def test_an_address_of_another_machine_is_a_configuration_error(product: Resources) -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1:0"):  # an address that documents use
        serve(product, 0, "192.0.2.1")


def test_a_number_that_is_no_port_is_a_configuration_error(product: Resources) -> None:
    with pytest.raises(ConfigError, match="metrics-port"):
        serve(product, 70_000)
