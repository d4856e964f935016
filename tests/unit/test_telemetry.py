import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog
from prometheus_client import REGISTRY as GLOBAL
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from cambio import telemetry
from cambio.telemetry import Reading, StateCollector, configure_logging, exposition


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """What other tests counted in this process is not ours."""
    telemetry.BARS_INGESTED.clear()
    telemetry.ROWS_QUARANTINED.clear()


@pytest.fixture
def restored_logging() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def names(text: bytes) -> list[str]:
    return [line.split()[2] for line in text.decode().splitlines() if line.startswith("# TYPE")]


def test_every_metric_is_ours_unique_and_explained() -> None:
    found = names(exposition(list))
    counted = {family.name for family in telemetry.REGISTRY.collect()}
    assert len(counted) == 13
    assert len(set(found)) == len(found) == len(telemetry.READINGS) + len(counted)
    assert all(name.startswith("cambio_") for name in found)
    assert all(metric.text.endswith(".") for metric in telemetry.READINGS)


def test_the_global_registry_stays_as_it_was() -> None:
    assert not [name for family in GLOBAL.collect() if (name := family.name).startswith("cambio")]


def test_a_reading_without_a_value_is_left_out() -> None:
    read = [
        Reading(telemetry.SERIES_AGE, None, ("VIX",)),
        Reading(telemetry.SERIES_AGE, 86_400.0, ("DXY",)),
    ]
    lines = exposition(lambda: read).decode().splitlines()
    ages = [line for line in lines if line.startswith("cambio_macro_series_age_seconds")]
    assert ages == ['cambio_macro_series_age_seconds{series="DXY"} 86400.0']


def test_a_total_is_a_counter_and_what_is_read_a_gauge() -> None:
    families = text_string_to_metric_families(exposition(list).decode())
    counters = {family.name for family in families if family.type == "counter"}
    assert counters == {
        "cambio_source_requests",
        "cambio_bars_ingested",
        "cambio_rows_quarantined",
        "cambio_signals",
        "cambio_risk_objections",
        "cambio_live_missing_features",
        "cambio_live_outlier_features",
        "cambio_late_bars",
        "cambio_trades",
        "cambio_engine_troubles",
    }


def test_registering_reads_nothing_and_each_scrape_reads_anew() -> None:
    behind = iter([3, 4])
    registry = CollectorRegistry()
    registry.register(StateCollector(lambda: [Reading(telemetry.BARS_BEHIND, next(behind))]))
    scraped = [registry.get_sample_value("cambio_ohlcv_bars_behind") for _ in range(2)]
    assert scraped == [3, 4]


def test_what_the_process_counts_is_given_with_or_without_readings() -> None:
    counter = telemetry.BARS_INGESTED.labels(outcome="new")
    counter.inc(60)
    line = b'cambio_bars_ingested_total{outcome="new"} 60.0\n'
    assert line in exposition()
    assert line in exposition(list)
    telemetry.BARS_INGESTED.remove("new")


@pytest.mark.usefixtures("restored_logging")
def test_logs_for_machines_are_a_json_object_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(json=True)
    log = structlog.get_logger()
    log.info("bar_ingested", source="TRM de Bogotá", bars=3)
    try:
        int("cut short")
    except ValueError:
        log.exception("page_refused")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["level"], first["bars"]) == ("bar_ingested", "info", 3)
    assert "TRM de Bogotá" in stream.getvalue()
    assert datetime.fromisoformat(first["timestamp"]).tzinfo == UTC
    assert second["exception"].endswith("'cut short'")


@pytest.mark.usefixtures("restored_logging")
def test_logs_for_a_terminal_are_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(json=False)
    structlog.get_logger().debug("bar_committed")  # the command itself shows it
    structlog.get_logger().info("bar_ingested", bars=3)
    [line] = stream.getvalue().splitlines()
    assert "bar_ingested" in line
    assert not line.startswith("{")


def test_troubles_are_told_before_the_first_one():
    """A counter that is born at one has not risen, so the first failure would alert nobody."""
    code = "from cambio.telemetry import *; print(generate_latest(REGISTRY).decode())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for what in ("engine", "feed", "database", "bus", "session"):
        assert f'cambio_engine_troubles_total{{what="{what}"}} 0.0' in told.stdout
