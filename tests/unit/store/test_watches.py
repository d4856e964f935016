"""Readings of drift, checks of parity, and what they are made from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from sqlalchemy import select

from cambio.contracts.market import BAR_SCHEMA, MACRO_SCHEMA
from cambio.store import bars, features, macro, tables, watches
from cambio.store.database import transaction

OPEN = datetime(2025, 3, 3, 13, tzinfo=UTC)
MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)
BAR = timedelta(minutes=5)


@pytest.fixture
def connection(engine):
    with transaction(engine) as opened:
        yield opened


def keep(connection, time: datetime, spec: str = "s1", value: float | None = 1.0) -> None:
    row = {
        "timestamp": time,
        "feature_spec_hash": spec,
        "features": {"rsi_9": value},
        "kernel_state": b"\x01\x00",
        "builder_version": "1.0.0",
    }
    features.cache(connection, row, time + BAR)


def bar(index: int, close: float = 4000.0) -> pl.DataFrame:
    row = {"time": OPEN + index * BAR, "volume": 0.0, "source": "test"}
    prices = dict.fromkeys(("open", "high", "low", "close"), close)
    return pl.DataFrame([row | prices], schema=BAR_SCHEMA)


def drift(connection, session: date, model_id: str = "m1", **alerts: bool) -> None:
    readings = [(feature, 0.2, 0.01, alert) for feature, alert in alerts.items()]
    watches.store_drift(connection, (session, model_id), 20, readings, OPEN)


def test_what_live_kept_of_a_session_comes_by_specification_and_time(connection):
    for time, spec in ((OPEN + BAR, "s2"), (OPEN + BAR, "s1"), (OPEN, "s1")):
        keep(connection, time, spec)
    for outside in (OPEN - BAR, OPEN + 2 * BAR):
        keep(connection, outside)
    found = watches.cached(connection, OPEN, OPEN + 2 * BAR)
    assert [(row["feature_spec_hash"], row["timestamp"]) for row in found] == [
        *(("s1", OPEN), ("s1", OPEN + BAR)),
        ("s2", OPEN + BAR),
    ]
    assert found[0]["computed_at"] == OPEN + BAR
    assert (found[0]["features"], bytes(found[0]["kernel_state"])) == ({"rsi_9": 1.0}, b"\x01\x00")


def test_features_come_back_to_the_bit(connection):
    values = [0.1 + 0.2, 5e-324, -0.0, 1.7976931348623157e308, None]
    for index, value in enumerate(values):
        keep(connection, OPEN + index * BAR, value=value)
    found = watches.cached(connection, OPEN, OPEN + 5 * BAR)
    assert [repr(row["features"]["rsi_9"]) for row in found] == list(map(repr, values))


def test_the_newest_features_before_a_moment_come_in_order_of_time(connection):
    for index in range(4):
        keep(connection, OPEN + index * BAR, value=float(index))
    keep(connection, OPEN, "s2")
    found = watches.newest_features(connection, "s1", OPEN + 3 * BAR, 2)
    assert found == [(OPEN + BAR, {"rsi_9": 1.0}), (OPEN + 2 * BAR, {"rsi_9": 2.0})]


def test_readings_take_the_place_of_those_of_the_same_session_and_model(connection):
    drift(connection, MONDAY, vix_z=True, rsi_9=False)
    drift(connection, MONDAY, "m2", rsi_9=False)
    drift(connection, TUESDAY, rsi_9=False)
    drift(connection, MONDAY, rsi_9=True)
    table = tables.drift_readings
    query = select(table.c.session, table.c.model_id, table.c.feature, table.c.alert)
    assert sorted(map(tuple, connection.execute(query))) == [
        (MONDAY, "m1", "rsi_9", True),
        (MONDAY, "m2", "rsi_9", False),
        (TUESDAY, "m1", "rsi_9", False),
    ]


def test_a_models_newest_readings_are_those_of_one_session(connection):
    drift(connection, MONDAY, vix_z=True)
    drift(connection, TUESDAY, rsi_9=False, adx_14=True)
    drift(connection, date(2025, 3, 5), "m2", rsi_9=False)
    found = {
        until: [row["feature"] for row in watches.newest_drift(connection, "m1", until)]
        for until in (None, TUESDAY, MONDAY)
    }
    assert found == {None: (both := ["adx_14", "rsi_9"]), TUESDAY: both, MONDAY: ["vix_z"]}


def test_a_model_that_was_never_looked_at_has_no_readings(connection):
    assert watches.newest_drift(connection, "m1") == []


def test_a_difference_is_news_once(connection):
    row = {"session": MONDAY, "feature_spec_hash": "s1", "bars": 60, "checked_at": OPEN}
    differences = [None, {"bar": "1"}, {"bar": "1"}, {"bar": "2"}, None, {"bar": "2"}]
    news = [watches.store_parity(connection, row | {"difference": each}) for each in differences]
    assert news == [False, True, False, True, False, True]
    (kept,) = connection.execute(select(tables.parity_checks.c.difference)).scalars()
    assert kept == {"bar": "2"}


def test_a_session_is_checked_when_one_of_its_specifications_is(connection):
    row = {"session": MONDAY, "feature_spec_hash": "s1", "bars": 1, "checked_at": OPEN}
    watches.store_parity(connection, row | {"difference": None})
    assert watches.is_checked(connection, MONDAY)
    assert not watches.is_checked(connection, TUESDAY)


def test_the_oldest_bar_that_changed_after_a_moment_is_found(connection):
    for index in range(4):
        bars.store(connection, bar(index), OPEN)
    later = OPEN + timedelta(hours=1)
    assert watches.changed_bar(connection, OPEN + 3 * BAR, OPEN) is None
    bars.store(connection, bar(2, 4100.0), later)
    bars.store(connection, bar(3, 4100.0), later)
    found = watches.changed_bar(connection, OPEN + 3 * BAR, OPEN)
    assert found == (OPEN + 2 * BAR, later, True)
    assert watches.changed_bar(connection, OPEN + BAR, OPEN) is None
    assert watches.changed_bar(connection, OPEN + 3 * BAR, later) is None


def test_a_bar_that_came_after_a_moment_was_not_revised(connection):
    """Nor was one that came after it and was revised later still."""
    bars.store(connection, bar(0), OPEN + BAR)
    assert watches.changed_bar(connection, OPEN, OPEN) == (OPEN, OPEN + BAR, False)
    bars.store(connection, bar(0, 4100.0), OPEN + 2 * BAR)
    assert watches.changed_bar(connection, OPEN, OPEN) == (OPEN, OPEN + 2 * BAR, False)


def test_a_macro_value_that_was_due_and_not_seen_is_found(connection):
    rows = [
        ("VIX", date(2025, 2, 27), OPEN - 2 * BAR),
        ("VIX", date(2025, 2, 28), OPEN - BAR),
        ("VIX", date(2025, 3, 3), OPEN + BAR),
    ]
    frame = pl.DataFrame(
        [
            {"series": s, "period": p, "available_at": a, "value": 1.0, "source": "t"}
            for s, p, a in rows
        ],
        schema=MACRO_SCHEMA,
    )
    macro.store(connection, frame, OPEN + 2 * BAR)
    found = watches.late_value(connection, OPEN, OPEN + BAR)
    assert found == ("VIX", date(2025, 2, 28), OPEN + 2 * BAR)
    assert watches.late_value(connection, OPEN, OPEN + 2 * BAR) is None
