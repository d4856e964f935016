"""What live computed, computed again: the first differing bit is found, and its cause."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update
from tests.models import write_model
from tests.unit.app.watched import SESSION, SPEC, Watched, stored_market, watched
from tests.unit.dataset.market import history

from cambio.app.parity import Difference, check_session, is_checked
from cambio.calendar import session_open
from cambio.contracts.market import MarketHistory
from cambio.store import bars, tables
from cambio.store.database import transaction
from cambio.trading import bundle

__all__ = ["stored_market", "watched"]

CACHE = tables.feature_cache


def bar_time(index: int) -> datetime:
    return session_open(SESSION) + timedelta(minutes=5 * index)


def difference(product: Watched) -> Difference | None:
    (check,) = check_session(product.resources, SESSION).checks
    return check.difference


def spoil(product: Watched, index: int, **values: Any) -> dict[str, Any]:
    """Change what live kept of a bar; give its features as they were."""
    here = CACHE.c.timestamp == bar_time(index)
    with transaction(product.resources.engine) as connection:
        features = connection.execute(select(CACHE.c.features).where(here)).scalar_one()
        if "kernel_state" not in values:
            values = {"features": {**features, **values}}
        connection.execute(update(CACHE).where(here).values(values))
    return dict(features)


@pytest.fixture
def traded(watched) -> Watched:
    """One session was traded live."""
    watched.register()
    watched.trade()
    return watched


def test_live_and_batch_agree_to_the_bit(traded):
    report = check_session(traded.resources, SESSION)
    assert report.holds
    assert [(check.feature_spec_hash, check.bars) for check in report.checks] == [(SPEC.hash(), 60)]
    assert traded.told() == []


def test_a_feature_that_is_missing_in_both_is_no_difference(watched):
    """The first session of all: nothing is warm."""
    watched.register()
    first = date(2024, 1, 2)
    rows = watched.trade(first, first)
    assert rows[0]["features"]["log_ret_5m"] is None
    assert check_session(watched.resources, first).holds


@pytest.mark.parametrize("feature", ["log_ret_5m", "adx_14", "vix_z"])
def test_the_last_bit_of_a_feature_is_found(traded, feature):
    was = spoil(traded, 7)[feature]
    spoil(traded, 7, **{feature: math.nextafter(was, math.inf)})
    found = difference(traded)
    assert (found.bar, found.feature) == (bar_time(7).isoformat(), feature)
    assert (found.live, found.batch) == (math.nextafter(was, math.inf), was)
    assert found.cause.startswith("nothing that is stored changed since")


def test_a_feature_that_only_live_lacked_is_a_difference(traded):
    spoil(traded, 3, rsi_9=None)
    found = difference(traded)
    assert (found.feature, found.live, found.batch is None) == ("rsi_9", None, False)


def test_the_first_difference_is_told(traded):
    for index in (50, 20, 30):
        spoil(traded, index, embi_z=0.0, rsi_9=0.0)
    found = difference(traded)
    assert (found.bar, found.feature) == (bar_time(20).isoformat(), "rsi_9")


def test_a_spoilt_kernel_state_is_found(traded):
    spoil(traded, 59, kernel_state=b"\0" * 472)
    found = difference(traded)
    assert (found.bar, found.feature) == (bar_time(59).isoformat(), "kernel_state")


def test_only_the_kernel_state_behind_the_last_bar_counts(traded):
    """The others are of bars whose features are compared."""
    spoil(traded, 58, kernel_state=b"\0" * 472)
    assert difference(traded) is None


def test_a_bar_that_was_revised_afterwards_is_named(traded):
    revised = history().bars.filter(pl.col("time") == bar_time(10))
    revised = revised.with_columns(pl.col("open", "high", "low", "close") * 1.001)
    with transaction(traded.resources.engine) as connection:
        bars.store(connection, revised, bar_time(30))
    found = difference(traded)
    assert (found.bar, found.feature) == (bar_time(10).isoformat(), "log_ret_5m")
    assert found.cause == "the bar of 2024-06-05 13:50 UTC was revised 2024-06-05 15:30 UTC"


def test_a_bar_that_came_after_the_next_one_was_decided_is_named(watched):
    watched.register()
    late = history().bars.filter(pl.col("time") == bar_time(10))
    known = history().bars.filter(pl.col("time") != bar_time(10))
    watched.trade(known=MarketHistory(known, history().macro))
    watched.execute("DELETE FROM usdcop_m5_ohlcv WHERE time = :time", time=_sqlite(bar_time(10)))
    assert difference(watched) is None
    with transaction(watched.resources.engine) as connection:
        bars.store(connection, late, bar_time(12))
    found = difference(watched)
    assert (found.bar, found.feature) == (bar_time(10).isoformat(), "bar")
    assert found.cause == "the bar of 2024-06-05 13:50 UTC came 2024-06-05 14:00 UTC"


@pytest.mark.parametrize("hours", [-7, 1], ids=["after midnight", "after the open"])
def test_a_bar_of_an_earlier_session_that_came_late_is_named(watched, hours):
    """The averages remember it; live may have taken them up when the day began."""
    watched.register()
    missed = session_open(date(2024, 6, 4)) + timedelta(minutes=100)
    known = history().bars.filter(pl.col("time") != missed)
    watched.trade(known=MarketHistory(known, history().macro))
    came = bar_time(0) + timedelta(hours=hours)
    watched.execute(
        "UPDATE usdcop_m5_ohlcv SET created_at = :late WHERE time = :time",
        late=_sqlite(came),
        time=_sqlite(missed),
    )
    found = difference(watched)
    assert found.bar == bar_time(0).isoformat()
    assert found.cause == f"the bar of 2024-06-04 14:40 UTC came {came:%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize("hours", [-7, 1], ids=["after midnight", "after the open"])
def test_a_macro_value_that_was_seen_late_is_named(watched, hours):
    """Live may have read the macro values when the day began."""
    watched.register()
    yesterday = (pl.col("series") == "VIX") & (pl.col("period") == date(2024, 6, 4))
    known = history().macro.filter(~yesterday)
    watched.trade(known=MarketHistory(history().bars, known))
    seen = bar_time(0) + timedelta(hours=hours)
    watched.execute(
        "UPDATE macro_observations SET first_seen = :seen "
        "WHERE series = 'VIX' AND period = '2024-06-04'",
        seen=_sqlite(seen),
    )
    found = difference(watched)
    assert (found.bar, found.feature) == (bar_time(0).isoformat(), "vix_z")
    assert found.cause == (
        f"VIX of 2024-06-04 was due before the session and first seen {seen:%Y-%m-%d %H:%M} UTC"
    )


def test_a_bar_that_is_not_stored_any_more_is_named(traded):
    traded.execute("DELETE FROM usdcop_m5_ohlcv WHERE time = :time", time=_sqlite(bar_time(4)))
    found = difference(traded)
    assert (found.bar, found.feature, found.cause) == (
        *(bar_time(4).isoformat(), "bar"),
        "the bar is not stored",
    )


def test_live_that_began_within_the_session_is_compared_from_there(traded):
    traded.execute("DELETE FROM feature_cache WHERE timestamp < :time", time=_sqlite(bar_time(30)))
    (check,) = check_session(traded.resources, SESSION).checks
    assert (check.bars, check.difference) == (30, None)


def test_each_specification_is_compared_by_itself(traded):
    other = SPEC.model_copy(update={"zscore_window": 40})
    traded.register("m2", other)
    traded.trade(spec=other)
    spoil_all = "UPDATE feature_cache SET features = '{}' WHERE feature_spec_hash = :spec"
    traded.execute(spoil_all, spec=other.hash())
    found = check_session(traded.resources, SESSION).checks
    assert {check.feature_spec_hash: check.difference is None for check in found} == {
        SPEC.hash(): True,
        other.hash(): False,
    }


def test_features_that_no_model_explains_are_a_difference(watched):
    watched.trade()
    assert difference(watched).feature == "feature_spec"


@pytest.mark.parametrize("content", ["{", '{"feature_spec": {}}', None])
def test_another_model_of_the_same_features_explains_them_too(traded, content):
    """The first one's folder is damaged, forged or gone."""
    traded.register("m0")
    metadata = traded.resources.models / "m0" / "metadata.json"
    metadata.unlink() if content is None else metadata.write_text(content)
    assert difference(traded) is None


def test_a_bundle_explains_its_features_where_no_folder_does(traded, tmp_path):
    folder = write_model(tmp_path / "whole", SPEC)
    files = {name: (folder / name).read_bytes() for name in bundle.FILES}
    traded.resources.bundles.mkdir()
    sealed = bundle.seal(files, Ed25519PrivateKey.generate())
    (traded.resources.bundles / "m1.cambio").write_bytes(sealed)
    (traded.resources.models / "m1" / "metadata.json").unlink()
    assert difference(traded) is None


def test_a_session_without_live_bars_holds_nothing_to_compare(traded):
    report = check_session(traded.resources, date(2024, 6, 6))
    assert (report.holds, report.checks) == (True, ())


def test_a_session_is_known_as_checked(traded):
    assert not is_checked(traded.resources, SESSION)
    check_session(traded.resources, SESSION)
    assert is_checked(traded.resources, SESSION)


def test_a_difference_is_stored_and_told_once(traded):
    spoil(traded, 7, rsi_9=1.5)
    for _ in range(2):
        check_session(traded.resources, SESSION)
    (event,) = traded.told()
    assert (event.type, event.subject) == ("parity", "engine")
    assert "rsi_9 of the bar 2024-06-05T13:35:00+00:00" in event.data["text"]
    with traded.resources.engine.connect() as connection:
        (row,) = connection.execute(select(tables.parity_checks)).all()
    assert (row.session, row.bars, row.difference["live"]) == (SESSION, 60, 1.5)


def test_a_second_difference_is_told_as_well(traded):
    spoil(traded, 7, rsi_9=1.5)
    check_session(traded.resources, SESSION)
    spoil(traded, 6, rsi_9=1.5)
    check_session(traded.resources, SESSION)
    assert [event.data["details"]["bar"][11:16] for event in traded.told()] == ["13:35", "13:30"]


def _sqlite(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}.000000"
