"""Signals are stored once for each bar and model; features once for each bar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
from sqlalchemy import insert, select

from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.trading import Action, Fill, Reason, Signal
from cambio.store import features, signals, tables
from cambio.store.database import transaction

NOW = datetime(2025, 3, 3, 13, 5, tzinfo=UTC)
SIGNAL = Signal(
    timestamp=NOW,
    model_id="m1",
    role="shadow",
    action=Action.BUY,
    confidence=0.7,
    price=4100.0,
    requested=1,
    target=1,
    position=0,
    equity=10_000.0,
    blocked_by=(Reason.CONFIDENCE,),
    late=False,
    observation=(0.0,) * 15,
)


def test_the_same_bar_and_model_is_stored_once(engine):
    with transaction(engine) as connection:
        assert signals.store(connection, SIGNAL, NOW)
        assert not signals.store(connection, replace(SIGNAL, action=Action.SELL), NOW)
        (row,) = connection.execute(select(tables.inference_signals)).all()
    assert row.action == Action.BUY
    assert row.blocked_by == ["confidence"]
    assert row.timestamp == NOW


def test_another_model_has_its_own_signal_for_the_bar(engine):
    with transaction(engine) as connection:
        signals.store(connection, SIGNAL, NOW)
        assert signals.store(connection, replace(SIGNAL, model_id="m2"), NOW)
        assert signals.count(connection, "m1") == 1


def test_a_missing_feature_is_stored_as_null(engine):
    values = {name: [1.0] for name in MARKET_FEATURES} | {"vix_z": [float("nan")]}
    frame = pl.DataFrame({"time": [NOW], **values})
    with transaction(engine) as connection:
        features.replace(connection, frame, "spec", "1.0.0", NOW)
        assert features.load(connection, "spec")["time"].to_list() == [NOW]
        assert features.load(connection, "another").is_empty()
        query = "SELECT vix_z, dxy_z FROM inference_features_5m"
        assert connection.exec_driver_sql(query).one() == (None, 1.0)


def test_losing_trades_in_a_row_are_counted_until_one_wins(engine):
    results = {
        "ended": (-1.0, -1.0, 2.0),
        "goes on": (-1.0, 2.0, None, -1.0, 0.0, None, *(-1.0,) * 5),  # None: a fill that opened
        "never won": (None, -1.0),
    }
    told = [
        (name, Fill(NOW + n * timedelta(minutes=5), 0, 1, 4100.0, 1.0, result))
        for name, values in results.items()
        for n, result in enumerate(values)
    ]
    with transaction(engine) as connection:
        connection.execute(insert(tables.fills), signals.fill_rows(told))
        assert signals.losing_streaks(connection) == {"goes on": 7, "never won": 1}
