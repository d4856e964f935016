"""Parts of lists, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert

from cambio.contracts.features import MARKET_FEATURES
from cambio.contracts.trading import Fill
from cambio.store import features, listing, signals, tables, watches
from cambio.store.database import transaction

NOW = datetime(2025, 3, 3, 13, 5, tzinfo=UTC)
BAR = timedelta(minutes=5)
CACHED = {
    "timestamp": NOW,
    "feature_spec_hash": "spec",
    "features": dict.fromkeys(MARKET_FEATURES, 1.5),
    "kernel_state": b"",
    "builder_version": "1.0.0",
}


def test_each_book_has_trades_of_its_own(engine):
    ways = [(0, 1, None), (1, -1, 5.0), (-1, 0, -2.0)]
    told = [
        (model, Fill(NOW + n * BAR, start, end, 4000.0 + n, 1.0, result))
        for n, (start, end, result) in enumerate(ways)
        for model in ("m1", "m2")
    ]
    with transaction(engine) as connection:
        connection.execute(insert(tables.fills), signals.fill_rows(told))
        found = listing.trades(connection, None, None, 3)
        rest = listing.trades(connection, None, (found[-1]["exit_time"], found[-1]["model_id"]), 9)
        fills = listing.fills(connection, "m2", (NOW + BAR, "m1"), 9)
    keys = ("model_id", "side", "entry_price", "exit_price", "pnl")
    assert [tuple(trade[key] for key in keys) for trade in (*found, *rest)] == [
        ("m1", -1, 4001.0, 4002.0, -2.0),
        ("m2", -1, 4001.0, 4002.0, -2.0),
        ("m1", 1, 4000.0, 4001.0, 5.0),
        ("m2", 1, 4000.0, 4001.0, 5.0),
    ]
    assert [fill["timestamp"] for fill in fills] == [NOW + BAR, NOW]


def test_what_live_used_goes_before_what_was_computed_since(engine):
    with transaction(engine) as connection:
        assert listing.features(connection, "spec", None) is None
        features.cache(connection, CACHED, NOW)
        later = {"time": NOW, "feature_spec_hash": "spec", "builder_version": "1.0.0"}
        values = dict.fromkeys(MARKET_FEATURES, 9.0)
        row = {**later, **values, "computed_at": NOW}
        batch = insert(tables.inference_features_5m)
        connection.execute(batch, [row, {**row, "time": NOW + BAR}])
        same_bar = listing.features(connection, "spec", NOW)
        newest = listing.features(connection, "spec", None)
    assert same_bar is not None
    assert (same_bar["time"], same_bar["features"]["rsi_9"]) == (NOW, 1.5)
    assert newest is not None
    assert (newest["time"], newest["features"]["rsi_9"]) == (NOW + BAR, 9.0)


def test_drift_goes_on_within_a_session(engine):
    session = date(2025, 3, 3)
    with transaction(engine) as connection:
        for model in ("m1", "m2"):
            readings = [(name, 0.1, 0.5, False) for name in ("a", "b")]
            watches.store_drift(connection, (session, model), 20, readings, NOW)
        found = listing.drift(connection, None, (session, "m1", "a"), 9)
        assert listing.parity(connection, (session, "spec"), 9) == []
        assert listing.bars(connection, NOW, NOW + BAR, 9) == []
        assert listing.quarantined(connection, "macro", 7, 9, resolved=False) == []
    assert [(row["model_id"], row["feature"]) for row in found] == [
        ("m1", "b"),
        ("m2", "a"),
        ("m2", "b"),
    ]
