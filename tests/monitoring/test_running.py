"""Alerts that fire because something is broken in a running system, one or more of each table.

The system is real: `cambio live` trades a simulated market at ten bars a second, `cambio serve`
answers beside it on the same database, and Prometheus scrapes both with the deployed configuration
and rules. `test_rules.py` has every alert, on made-up series. Each test breaks one thing, and mends
what would disturb another.
"""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from tests.faults.market import CHAMPION, FOREVER
from tests.monitoring.rules import rules
from tests.monitoring.running import System, configured, running, until

SLOW_S = 0.25
"""No bar takes so long unless something holds it up; a bound of the histogram."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running(tmp_path_factory.mktemp("watched")) as found:
        yield found


@contextmanager
def database(system: System) -> Iterator[sqlite3.Connection]:
    path = system.home / "cambio.db"
    with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as connection:
        yield connection


@contextmanager
def kept(connection: sqlite3.Connection, table: str, which: str) -> Iterator[None]:
    """Delete rows, and put them back in the end."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE {which}")
    assert connection.execute(f"DELETE FROM {table} WHERE {which}").rowcount
    connection.execute("COMMIT")
    try:
        yield
    finally:
        connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM kept")
        connection.execute("DROP TABLE kept")


@contextmanager
def slowed(connection: sqlite3.Connection) -> Iterator[None]:
    """Each write of a bar waits for a statement that takes most of a second."""
    connection.execute(
        "CREATE TRIGGER slow BEFORE INSERT ON account_marks BEGIN SELECT count(*) FROM "
        "usdcop_m5_ohlcv, usdcop_m5_ohlcv b, (SELECT 1 UNION SELECT 2 UNION SELECT 3); END"
    )
    try:
        yield
    finally:
        connection.execute("DROP TRIGGER slow")


def test_prometheus_takes_every_rule_and_both_targets_answer(system):
    loaded = [rule for group in system.ask("rules")["groups"] for rule in group["rules"]]
    assert sorted(rule["name"] for rule in loaded) == sorted(
        rule.get("alert") or rule["record"] for rule in rules()
    )
    assert {rule["health"] for rule in loaded} <= {"ok", "unknown"}  # unknown: not yet evaluated
    until("bars are counted", lambda: system.value("sum(cambio_live_bar_seconds_count)"))
    for alert in ("EngineStopped", "EngineBehind", "NothingAnswers", "DataUnreadable", "FeedDown"):
        system.clears(alert)  # until both had started, one or the other burnt


def test_l5_latency_the_database_is_slow(system):
    until("latency is known", lambda: system.value("cambio:live_bar_seconds:p95"))
    assert system.value("cambio:live_bar_seconds:p95") < SLOW_S
    with database(system) as connection, slowed(connection):
        until("bars are slow", lambda: system.value("cambio:live_bar_seconds:p95") > SLOW_S)
        system.fires("BarsSlow")


def test_l5_risk_checks_the_kill_switch_is_thrown(system):
    assert system.burning("KillSwitchOn") is None
    assert system.burning("RiskRefuses", reason="kill_switch") is None
    thrown = 'sum(cambio_risk_objections_total{reason="kill_switch"})'
    assert system.value(thrown) == 0.0  # known before, so that the first one is a rise
    assert system.command("kill-switch", "on", "--comment", "A drill.") == 0
    try:
        system.fires("KillSwitchOn")
        system.fires("RiskRefuses", reason="kill_switch")
    finally:
        assert system.command("kill-switch", "off", "--comment", "The drill is over.") == 0
    system.clears("KillSwitchOn")


def test_l0_bars_are_lost(system):
    """A session's worth of them; the engine needs them no more."""
    assert system.burning("BarsMissing") is None
    with database(system) as connection:
        lost = "SELECT time FROM usdcop_m5_ohlcv ORDER BY time DESC LIMIT 60 OFFSET 60"
        with kept(connection, "usdcop_m5_ohlcv", f"time IN ({lost})"):
            system.fires("BarsMissing")
        system.clears("BarsMissing")


def test_l0_and_l1_the_history_of_a_macro_series_is_lost(system):
    """Its z-score is no number from the next session's open on."""
    assert system.burning("MacroIncomplete") is None
    assert system.burning("FeaturesMissing") is None
    with database(system) as connection, kept(connection, "macro_observations", "series = 'VIX'"):
        system.fires("MacroIncomplete")
        system.fires("FeaturesMissing")
        missing = "sum by (feature) (cambio_live_missing_features_total) > 0"
        found = system.ask("query", query=missing)["result"]
        assert [one["metric"] for one in found] == [{"feature": "vix_z"}]


def test_an_engine_that_is_killed_is_missed_and_its_return_is_noticed(system):
    assert system.burning("EngineStopped") is None
    system.end("engine", signal.SIGKILL)
    system.fires("EngineStopped")
    system.fires("NothingAnswers", job="cambio-engine")
    system.start_engine()
    system.clears("EngineStopped")
    system.clears("NothingAnswers", job="cambio-engine")


def test_trading_a_broker_that_takes_a_percent_of_each_trade(system, tmp_path):
    """And the limits that flatten a book are lifted; the breaker trips and lets it go on."""
    for alert in ("DailyLoss", "ConsecutiveLosses", "Drawdown"):
        assert system.burning(alert, book=CHAMPION) is None
    system.end("engine", signal.SIGTERM)
    dear = {
        "deployment.yaml": {"live.shelf_life_days": FOREVER},
        "trading.yaml": {"costs.multiplier": 60.0},
        "risk.yaml": {"max_daily_loss": 1.0, "max_drawdown": 1.0},
    }
    system.start_engine(CAMBIO_CONFIG=str(configured(tmp_path / "config", dear)))
    system.fires("DailyLoss", book=CHAMPION)
    system.fires("ConsecutiveLosses", book=CHAMPION)
    system.fires("Drawdown", book=CHAMPION)
