"""What the routes tell of stored data day by day, of macro series' ages, and of drift."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from sqlalchemy import text
from tests.api.conftest import Client, bearer
from tests.unit.app.test_data_report import at, publish, store_bars
from tests.unit.app.watched import SPEC, stored_market, watched
from tests.unit.dataset.market import COSTS, history

from cambio.api.application import create_app
from cambio.app import accounts
from cambio.app.drift import check_drift
from cambio.calendar import trading_days
from cambio.contracts.accounts import Role
from cambio.contracts.features import MARKET_FEATURES
from cambio.dataset.build import complete, observations
from cambio.store import bars, quarantine
from cambio.store.database import transaction
from cambio.trading.costs import CostModel

__all__ = ["stored_market", "watched"]

WEDNESDAY, HOLIDAY, FRIDAY, TODAY = (
    *(date(2025, 11, day) for day in (26, 27, 28)),
    date(2025, 12, 1),
)
"""Thursday is Thanksgiving."""
NOW = datetime(2025, 12, 1, 15, tzinfo=UTC)
"""10:00 in Bogota: 24 bars have closed."""
WEEKS = trading_days(date(2024, 5, 20), date(2024, 6, 26))


@pytest.fixture
def product(product):
    return replace(product, now=lambda: NOW)


@pytest.fixture
def ask(client, tokens):
    return asking(client, tokens[Role.VIEWER])


def asking(client, token):
    def asked(path, status=200, **query):
        answer = client.get(path, params=query, headers=bearer(token))
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


def told(moment):
    return moment.isoformat().replace("+00:00", "Z")


def by_day(calendar):
    return {day["day"]: day for day in calendar["days"]}


def test_each_day_tells_what_is_stored_of_what_is_expected(product, ask):
    store_bars(product.engine, WEDNESDAY, range(60), ranged=45)
    store_bars(product.engine, FRIDAY, [n for n in range(58) if n not in (3, 4, 30)], ranged=60)
    store_bars(product.engine, TODAY, range(20), ranged=60)
    calendar = ask("/v1/data/calendar")
    assert calendar["span"] == {"start": str(WEDNESDAY), "end": str(TODAY)}
    days = by_day(calendar)
    assert list(days) == [str(day) for day in (WEDNESDAY, FRIDAY, TODAY)]
    counts = {d: (row["expected"], row["stored"], row["close_only"]) for d, row in days.items()}
    assert counts == {
        str(WEDNESDAY): (60, 60, 15),
        str(FRIDAY): (60, 55, 0),
        str(TODAY): (24, 20, 0),
    }
    runs = [(3, 4), (30, 30), (58, 59)]
    assert days[str(FRIDAY)]["gaps"] == [
        {"first": told(at(FRIDAY, a)), "last": told(at(FRIDAY, b)), "bars": b - a + 1}
        for a, b in runs
    ]
    assert days[str(WEDNESDAY)]["gaps"] == []
    assert [gap["bars"] for gap in days[str(TODAY)]["gaps"]] == [4]


def test_a_day_without_a_session_shows_when_it_has_bars(product, ask):
    store_bars(product.engine, WEDNESDAY, range(60))
    store_bars(product.engine, HOLIDAY, range(2))
    day = by_day(ask("/v1/data/calendar"))[str(HOLIDAY)]
    assert (day["expected"], day["stored"], day["gaps"]) == (0, 2, [])


def test_repaired_and_refused_bars_are_counted_by_day(product, ask):
    store_bars(product.engine, WEDNESDAY, range(60), ranged=60)
    store_bars(product.engine, FRIDAY, range(60), ranged=60)
    repeated = bars.load(product.engine.connect(), at(FRIDAY, 5), at(FRIDAY, 6))
    refused = [
        {
            "kind": "ohlcv",
            "key": told(at(WEDNESDAY, n)),
            "reason": "spike",
            "detail": "far off",
            "payload": {},
            "content": None,
            "source_file": "bars.csv",
        }
        for n in (7, 8, 9)
    ]
    refused.append(refused[0] | {"key": "2025-11-21T14:00:00Z"})  # no bar is older than Wednesday's
    with transaction(product.engine) as connection:
        for high in (20.0, 30.0):  # the second revision is of the same bars
            bars.store(connection, repeated.with_columns(high=pl.lit(high)), NOW)
        quarantine.store(connection, refused, NOW)
        connection.execute(text("UPDATE quarantine SET resolution = 'released' WHERE id = 1"))
    days = by_day(ask("/v1/data/calendar"))
    assert {day: (row["repaired"], row["quarantined"]) for day, row in days.items()} == {
        str(WEDNESDAY): (0, 2),
        str(FRIDAY): (2, 0),
        str(TODAY): (0, 0),
    }


def test_a_calendar_keeps_to_the_span_that_is_asked_for(product, ask):
    store_bars(product.engine, WEDNESDAY, range(60))
    asked = {"from": str(FRIDAY), "to": "2025-11-30"}
    calendar = ask("/v1/data/calendar", **asked)
    assert (calendar["span"], [day["day"] for day in calendar["days"]]) == (
        {"start": str(FRIDAY), "end": "2025-11-30"},
        [str(FRIDAY)],
    )
    assert ask("/v1/data/calendar", **{"from": "2025-12-02", "to": "2025-12-31"})["days"] == []
    assert ask("/v1/data/calendar", to="2025-11-25")["span"] is None
    ask("/v1/data/calendar", 422, **{"from": "2025-11-30", "to": "2025-11-28"})
    ask("/v1/data/calendar", 422, **{"from": "1990-01-01", "to": "2025-11-28"})


def test_an_empty_database_has_an_empty_calendar(ask):
    assert ask("/v1/data/calendar") == {"span": None, "days": []}


def test_a_series_is_fresh_as_long_as_its_value_is_used(product, ask):
    """Daily ones for five days; a month's until five days after the next one was due."""
    publish(product.engine, "VIX", [date(2025, 11, 26)])
    publish(product.engine, "DXY", [date(2025, 11, 25)])
    found = ask("/v1/macro/freshness")
    series = {row["series"]: row for row in found["series"]}
    assert list(series) == list(product.catalogue)
    keys = ("state", "period", "age_days", "limit_days", "source")
    assert [tuple(series[name][key] for key in keys) for name in ("VIX", "DXY")] == [
        ("fresh", "2025-11-26", 5, 5, "vendor"),
        ("stale", "2025-11-25", 6, 5, "vendor"),
    ]
    without = series["BRENT"]
    assert [without[key] for key in keys[:4]] == ["none", None, None, None]
    assert without["source"] == product.catalogue["BRENT"].source


@pytest.fixture
def drifted(watched):
    """Five live sessions of a champion; its readings are stored."""
    watched.register()
    watched.enthrone()
    watched.trade(WEEKS[0], WEEKS[5], rsi_9=60.0)
    check_drift(watched.resources, WEEKS[4])
    token = accounts.create_token(watched.resources, "vera", Role.VIEWER)
    return watched, asking(Client(create_app(watched.resources)), token)


def test_histograms_are_of_what_the_readings_were_taken_from(drifted):
    _, ask = drifted
    found = ask("/v1/drift/histograms")
    readings = {row["feature"]: row for row in ask("/v1/drift")["items"]}
    assert [row["feature"] for row in found["features"]] == list(MARKET_FEATURES)
    assert (found["model_id"], found["session"], found["sessions"]) == ("m1", str(WEEKS[4]), 5)
    keys = ("ks", "p_value", "alert")
    for row in found["features"]:
        assert [row[key] for key in keys] == [readings[row["feature"]][key] for key in keys]

    frame = observations(history(), SPEC, CostModel(COSTS))
    day = pl.col("session")
    training = complete(frame.filter(day <= date(2024, 4, 30)))["log_ret_1h"].to_list()
    live = frame.filter(day.is_between(WEEKS[0], WEEKS[4]))["log_ret_1h"].to_list()
    assert (found["training_rows"], found["live_bars"]) == (len(training), len(live))
    row = next(row for row in found["features"] if row["feature"] == "log_ret_1h")
    assert row["training"] == pytest.approx(counted(training, row["edges"]))
    assert row["live"] == pytest.approx(counted(live, row["edges"]))


def counted(values, edges):
    """Shares by a loop: a value on an edge belongs to the bin above, outliers to the outer ones."""
    counts = [0] * (len(edges) - 1)
    for value in values:
        below = sum(edge <= value for edge in edges) - 1
        counts[min(max(below, 0), len(counts) - 1)] += 1
    return [count / len(values) for count in counts]


def test_what_lies_beyond_training_is_in_the_outer_bin(drifted):
    _, ask = drifted
    row = next(r for r in ask("/v1/drift/histograms")["features"] if r["feature"] == "rsi_9")
    assert np.argmax(row["live"]) == len(row["live"]) - 1
    assert (sum(row["live"]), sum(row["training"])) == pytest.approx((1.0, 1.0))
    assert row["alert"]


def test_a_feature_that_live_never_saw_has_no_live_shares(drifted):
    watched, ask = drifted
    watched.execute("UPDATE feature_cache SET features = json_set(features, '$.vix_z', NULL)")
    watched.execute("DELETE FROM drift_readings WHERE feature = 'vix_z'")
    row = next(r for r in ask("/v1/drift/histograms")["features"] if r["feature"] == "vix_z")
    assert (row["live"], row["ks"], row["alert"]) == (None, None, False)


def test_without_readings_there_are_no_histograms(drifted):
    watched, ask = drifted
    watched.execute("DELETE FROM feature_cache")
    assert "not stored any more" in ask("/v1/drift/histograms", 404, model_id="m1")["detail"]
    watched.execute("DELETE FROM drift_readings")
    assert "not been read" in ask("/v1/drift/histograms", 404)["detail"]
    watched.execute("UPDATE model_registry SET stage = 'staging', is_active = FALSE")
    assert "No model is champion" in ask("/v1/drift/histograms", 404)["detail"]
    ask("/v1/drift/histograms", 404, model_id="m2")
